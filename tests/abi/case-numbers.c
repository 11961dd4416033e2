/* SPDX-License-Identifier: MIT */
/*
 * A VMM's descriptor numbers are its own: it closes all it does not know and
 * puts its files on any number. What KVM was given works on, and nothing is
 * written into those files.
 */
#include "abi.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#define FIRST    512 /* a VMM's numbers end well below */
#define FILLED   64  /* numbers on which it puts its own file */
#define SPI      40
#define ISPENDR1 0x204
#define ICPENDR1 0x284
#define ICFGR2   0xc08

struct fixture {
	struct abi_vm v;
	int in, out; /* eventfds: of an irqfd, of an ioeventfd */
	int file;    /* what the VMM puts on numbers */
};

static void fixture_open(struct fixture *f)
{
	struct kvm_irqfd irqfd = {.gsi = SPI - 32};
	struct kvm_ioeventfd io = {.addr = GUEST_MMIO, .len = 8};
	char name[] = "/tmp/abi-XXXXXX";

	abi_vm_open(&f->v, ABI_GICV3);
	f->in = eventfd(0, EFD_NONBLOCK);
	f->out = eventfd(0, EFD_NONBLOCK);
	f->file = mkstemp(name);
	NEED(f->in >= 0 && f->out >= 0 && f->file >= 0 && unlink(name) == 0);
	abi_dist_set(&f->v, ICFGR2, 0xaaaaaaaa);
	irqfd.fd = (uint32_t)f->in;
	OK(ioctl(f->v.vm, KVM_IRQFD, &irqfd));
	io.fd = f->out;
	OK(ioctl(f->v.vm, KVM_IOEVENTFD, &io));
}

/* The SPI becomes pending, in some time. */
static bool irqfd_arrives(struct fixture *f)
{
	struct timespec pause = {.tv_nsec = 1000000};
	uint32_t bit = 1u << (SPI - 32);

	abi_dist_set(&f->v, ICPENDR1, bit);
	CHECK(eventfd_write(f->in, 1) == 0);
	for (int i = 0; i < 5000; i++) {
		if (abi_dist_get(&f->v, ISPENDR1) & bit)
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

/* The guest stores to the ioeventfd's address, then elsewhere. */
static bool ioeventfd_arrives(struct fixture *f)
{
	eventfd_t value = 0;

	GUEST(&f->v, 0, ASM_MOVZ(1, 0x0900, 1), ASM_STR(0, 1),
	      ASM_MOVZ(1, 0x0a00, 1), ASM_STR(0, 1), ASM_B_SELF);
	EQUAL(abi_run(&f->v), KVM_EXIT_MMIO);
	EQUAL(f->v.run->mmio.phys_addr, 0x0a000000);
	return eventfd_read(f->out, &value) == 0 && value == 1;
}

/* Put the VMM's file on numbers, as many as stay free of them. */
static void fill(struct fixture *f)
{
	for (int i = 0; i < FILLED; i++)
		NEED(fcntl(f->file, F_DUPFD, FIRST) >= 0);
}

/* KVM does what it did, and the VMM's file is as it was. */
static void still_works(struct fixture *f)
{
	struct stat st, mine;

	CHECK(irqfd_arrives(f));
	CHECK(ioeventfd_arrives(f));
	CHECK(irqfd_arrives(f));
	OK(fstat(f->file, &mine));
	EQUAL(mine.st_size, 0);

	/* The end of the VM closes nothing of the VMM. */
	abi_vm_close(&f->v);
	for (int fd = FIRST; fd < FIRST + FILLED; fd++)
		CHECK(fcntl(fd, F_GETFD) < 0 ||
		      (fstat(fd, &st) == 0 && st.st_ino == mine.st_ino));
	OK(fstat(f->file, &mine));
	EQUAL(mine.st_size, 0);
}

static void close_each(void)
{
	struct fixture f;

	fixture_open(&f);
	for (int fd = FIRST; fd < FIRST + 600; fd++)
		REFUSED(close(fd), EBADF);
	fill(&f);
	still_works(&f);
}

static void close_range_all(void)
{
	struct fixture f;

	fixture_open(&f);
	OK(close_range(FIRST, ~0u, 0));
	fill(&f);
	still_works(&f);
}

static void closefrom_some(void)
{
	struct fixture f;

	fixture_open(&f);
	closefrom(FIRST);
	fill(&f);
	still_works(&f);
}

static void dup_over(void)
{
	struct fixture f;

	fixture_open(&f);
	for (int fd = FIRST; fd < FIRST + FILLED; fd++)
		EQUAL(OK(dup2(f.file, fd)), fd);
	for (int fd = FIRST; fd < FIRST + FILLED; fd++)
		OK(close(fd));
	for (int fd = FIRST; fd < FIRST + FILLED; fd++)
		EQUAL(OK(dup3(f.file, fd, O_CLOEXEC)), fd);
	REFUSED(dup2(-1, FIRST + FILLED + 1), EBADF);
	still_works(&f);
}

static void close_raw(void)
{
	struct fixture f;

	fixture_open(&f);
	EQUAL(RAW(SYS_close_range, FIRST, ~0u, 0), 0);
	fill(&f);
	still_works(&f);
}

/* EBUSY: somebody is about to have it, see dup2(2). */
static long dup_raw(int file, int fd)
{
	long ret;

	do
		ret = (long)RAW(SYS_dup3, file, fd, 0);
	while (ret < 0 && errno == EBUSY);
	return ret;
}

static void dup_over_raw(void)
{
	struct fixture f;

	fixture_open(&f);
	/* Again and again, as those that are missed are made anew meanwhile. */
	for (int round = 0; round < 20; round++) {
		RAW(SYS_close_range, FIRST, FIRST + FILLED - 1, 0);
		for (int fd = FIRST; fd < FIRST + FILLED; fd++)
			EQUAL(dup_raw(f.file, fd), fd);
	}
	still_works(&f);
}

/* As a daemon does: in the child everything goes, the parent works on. */
static void close_in_child(void)
{
	struct fixture f;
	int status = -1;
	pid_t pid;

	fixture_open(&f);
	pid = fork();
	if (pid == 0) {
		bool none = true;

		for (int fd = FIRST; fd < FIRST + FILLED; fd++)
			none &= fcntl(fd, F_GETFD) < 0;
		_exit(none && close_range(3, ~0u, 0) == 0 ? 0 : 1);
	}
	NEED(pid > 0 && waitpid(pid, &status, 0) == pid);
	EQUAL(status, 0);
	pid = vfork();
	if (pid == 0) {
		dup2(f.file, FIRST);
		_exit(close_range(FIRST, ~0u, 0));
	}
	NEED(pid > 0 && waitpid(pid, &status, 0) == pid);
	EQUAL(status, 0);
	fill(&f);
	still_works(&f);
}

static int asked(int fd)
{
	return ioctl(fd, KVM_CHECK_EXTENSION, KVM_CAP_USER_MEMORY);
}

/* A child's numbers are its own, be its memory the parent's (vfork). */
static void numbers_of_child(void)
{
	const int vm_number = 30, free_number = 31;
	struct abi_vm v;
	int p[2], status = -1;
	pid_t pid;

	abi_vm_open(&v, ABI_NO_GIC);
	NEED(pipe(p) == 0);
	NEED(dup2(v.vm, vm_number) == vm_number);
	NEED(dup2(p[0], free_number) == free_number);
	EQUAL(OK(asked(vm_number)), 1);
	pid = vfork();
	if (pid == 0) {
		int ret, err;

		dup2(p[0], vm_number);
		ret = asked(vm_number);
		err = errno;
		dup2(v.vm, free_number);
		asked(free_number);
		_exit(ret < 0 && err == ENOTTY ? 0 : 1);
	}
	NEED(pid > 0 && waitpid(pid, &status, 0) == pid);
	EQUAL(status, 0);
	EQUAL(OK(asked(vm_number)), 1);
	REFUSED(asked(free_number), ENOTTY);
	REFUSED(ioctl(free_number, KVM_CREATE_VCPU, 3), ENOTTY);
}

const struct abi_case cases_numbers[] = {
	{"numbers/close-each", close_each},
	{"numbers/close-range", close_range_all},
	{"numbers/closefrom", closefrom_some},
	{"numbers/dup-over", dup_over},
	{"numbers/close-raw", close_raw},
	{"numbers/dup-over-raw", dup_over_raw},
	{"numbers/close-in-child", close_in_child},
	{"numbers/of-child", numbers_of_child},
	{NULL},
};
