/* SPDX-License-Identifier: MIT */
/*
 * What the cases asked: every ioctl() of a case, with the capability, the
 * attribute, the register or the exit it was about, and its errno. With
 * ABI_RECORD=FILE in the environment main() writes them there, once each for
 * each case; scripts/abi-coverage reads that. Nothing of a case's process
 * changes but its time: the list is in memory shared with the parent.
 */
#include "abi.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <sys/uio.h>

#undef ioctl

#define ROOM 0x10000 /* different answers of one case */

/* One answer; all of it is compared. */
struct answer {
	char fd[32]; /* what the descriptor is, as /proc has it */
	uint64_t what;
	uint32_t group; /* of an attribute; of KVM_RUN: type of system event */
	uint32_t request;
	uint64_t err;
};

static struct record {
	atomic_uint nr;
	/* Hashes of those that are there; 0: free. */
	_Atomic uint64_t seen[2 * ROOM];
	struct answer answers[ROOM];
} * record;

void abi_record_open(void)
{
	record = mmap(NULL, sizeof(*record), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	NEED(record != MAP_FAILED);
}

void abi_record_write(FILE *to, const char *name)
{
	unsigned int nr = record->nr;

	if (nr > ROOM) {
		fprintf(stderr, "%s: %u answers, %u are written\n", name, nr,
			ROOM);
		nr = ROOM;
	}
	for (unsigned int i = 0; i < nr; i++) {
		const struct answer *a = &record->answers[i];

		fprintf(to, "%s\t%s\t0x%08x\t0x%llx\t%u\t%s\n", name, a->fd,
			a->request, (unsigned long long)a->what, a->group,
			a->err ? strerrorname_np((int)a->err) : "0");
	}
	fflush(to);
	madvise(record, sizeof(*record), MADV_REMOVE);
	memset(record, 0, offsetof(struct record, answers));
}

/* The first of its kind in this case? */
static bool is_new(const struct answer *a)
{
	const uint8_t *byte = (const uint8_t *)a;
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < sizeof(*a); i++)
		hash = (hash ^ byte[i]) * 0x100000001b3;
	hash |= !hash;
	for (size_t i = hash % (2 * ROOM);; i = (i + 1) % (2 * ROOM)) {
		uint64_t there = 0;

		if (record->nr >= ROOM)
			return false;
		if (atomic_compare_exchange_strong(&record->seen[i], &there,
						   hash))
			return true;
		if (there == hash)
			return false;
	}
}

/* The first @size bytes of the argument, if they can be read. */
static bool peek(void *to, size_t size, unsigned long arg)
{
	struct iovec local = {to, size}, remote = {(void *)arg, size};

	return process_vm_readv(getpid(), &local, 1, &remote, 1, 0) ==
	       (ssize_t)size;
}

static void note_exit(struct answer *a, int fd)
{
	struct kvm_run *run = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);

	if (run == MAP_FAILED)
		return;
	a->what = run->exit_reason;
	if (a->what == KVM_EXIT_SYSTEM_EVENT)
		a->group = run->system_event.type;
	munmap(run, 4096);
}

/* What the request was about. */
static void note_argument(struct answer *a, int fd, unsigned long arg)
{
	union {
		struct kvm_enable_cap cap;
		struct kvm_create_device device;
		struct kvm_device_attr attr;
		struct kvm_one_reg reg;
	} u;

	a->what = UINT64_MAX;
	switch (a->request) {
	case KVM_CHECK_EXTENSION: a->what = arg; break;
	case KVM_ENABLE_CAP:
		if (peek(&u.cap, sizeof(u.cap), arg))
			a->what = u.cap.cap;
		break;
	case KVM_CREATE_DEVICE:
		if (peek(&u.device, sizeof(u.device), arg))
			a->what = u.device.type;
		break;
	case KVM_SET_DEVICE_ATTR:
	case KVM_GET_DEVICE_ATTR:
	case KVM_HAS_DEVICE_ATTR:
		if (peek(&u.attr, sizeof(u.attr), arg)) {
			a->what = u.attr.attr;
			a->group = u.attr.group;
		}
		break;
	case KVM_GET_ONE_REG: /* of a VM: KVM_ARM_SET_DEVICE_ADDR */
	case KVM_SET_ONE_REG:
		if (peek(&u.reg, sizeof(u.reg), arg))
			a->what = u.reg.id;
		break;
	case KVM_RUN:
		/* Others come before the loop, and change no exit_reason. */
		if (!a->err || a->err == EINTR || a->err == EFAULT ||
		    a->err == ENOSYS)
			note_exit(a, fd);
		break;
	}
}

static void note(int fd, unsigned long request, unsigned long arg, int err)
{
	struct answer a = {.request = (uint32_t)request, .err = err};
	char path[32];
	unsigned int at;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (readlink(path, a.fd, sizeof(a.fd) - 1) < 0)
		return;
	/* A vCPU is one, whatever its number. */
	a.fd[strcspn(a.fd, "0123456789")] = 0;
	if (strstr(a.fd, "vgic-v"))
		readlink(path, a.fd, sizeof(a.fd) - 1);
	note_argument(&a, fd, arg);
	if (!is_new(&a))
		return;
	at = atomic_fetch_add(&record->nr, 1);
	if (at < ROOM)
		record->answers[at] = a;
}

int abi_ioctl(int fd, unsigned long request, ...)
{
	unsigned long arg;
	va_list list;
	int ret, err;

	va_start(list, request);
	arg = va_arg(list, unsigned long);
	va_end(list);
	ret = ioctl(fd, request, arg);
	if (record) {
		err = errno;
		note(fd, request, arg, ret < 0 ? err : 0);
		errno = err;
	}
	return ret;
}
