/* SPDX-License-Identifier: MIT */
/*
 * io_uring of an arm64 VMM: the host's own. The rings are shared memory at the
 * same addresses, and the kernel reads requests from it by itself, so nobody
 * could translate a request that differs between the architectures. Those few
 * are made to fail: a ring is restricted (IORING_REGISTER_RESTRICTIONS) to the
 * others, and a probe says so. A VMM that restricts its ring itself is left to
 * that.
 */
#include <errno.h>
#include <linux/io_uring.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "base/fault.h"
#include "base/host.h"
#include "base/log.h"
#include "base/types.h"
#include "shim/bridge-syscalls.h"

/* More than any kernel has. */
#define OPS_MAX       128
#define REGISTERS_MAX 64

/* Newer than Debian's header. */
#define SETUP_REGISTERED_FD_ONLY (1U << 15)
#define REGISTER_BY_INDEX        (1U << 31)
#define OP_EPOLL_WAIT            59
#define OP_PIPE                  62

/*
 * libuv takes the tags of resources for a sign that the kernel has every request
 * of 5.13's, without a probe, and aborts if one of EPOLL_CTL fails.
 */
#define UNTOLD_FEATURES ((uint32_t)IORING_FEAT_RSRC_TAGS)

/* Flags of open() have other values, struct epoll_event another layout. */
static bool op_differs(unsigned int op)
{
	switch (op) {
	case IORING_OP_OPENAT:
	case IORING_OP_OPENAT2:
	case IORING_OP_EPOLL_CTL:
	case OP_EPOLL_WAIT:
	case OP_PIPE: return true;
	}
	return false;
}

struct probe {
	struct io_uring_probe head;
	struct io_uring_probe_op ops[OPS_MAX];
};

struct ring {
	long fd;
	unsigned int by_index; /* REGISTER_BY_INDEX: fd is no descriptor */
};

static long ring_register(const struct ring *ring, unsigned int op, void *arg,
			  unsigned int count)
{
	return host_raw(SYS_io_uring_register, ring->fd, op | ring->by_index,
			arg, count);
}

/* The kernel refuses a list with a register operation it does not know. */
static long restrict_with(const struct ring *ring, const struct probe *probe,
			  unsigned int registers)
{
	struct io_uring_restriction list[OPS_MAX + REGISTERS_MAX + 1] = {0};
	unsigned int n = 0;

	for (unsigned int i = 0; i < probe->head.ops_len; i++) {
		if (op_differs(probe->ops[i].op))
			continue;
		list[n].opcode = IORING_RESTRICTION_SQE_OP;
		list[n++].sqe_op = probe->ops[i].op;
	}
	for (unsigned int i = 0; i < registers; i++) {
		list[n].opcode = IORING_RESTRICTION_REGISTER_OP;
		list[n++].register_op = (uint8_t)i;
	}
	list[n].opcode = IORING_RESTRICTION_SQE_FLAGS_ALLOWED;
	list[n++].sqe_flags = 0xff;
	return ring_register(ring, IORING_REGISTER_RESTRICTIONS, list, n);
}

/* A ring was made in this process or in one it was forked from. */
static bool rings_made;

static long ring_made(long fd)
{
	__atomic_store_n(&rings_made, true, __ATOMIC_RELAXED);
	return fd;
}

static long ring_restrict(const struct ring *ring)
{
	static unsigned int registers = REGISTERS_MAX; /* known once tried */
	unsigned int n = __atomic_load_n(&registers, __ATOMIC_RELAXED);
	struct probe probe;
	long ret;

	memset(&probe, 0, sizeof(probe));
	ret = ring_register(ring, IORING_REGISTER_PROBE, &probe, OPS_MAX);
	if (ret < 0)
		return ret;
	while ((ret = restrict_with(ring, &probe, n)) == -EINVAL && n > 1)
		n--;
	if (ret < 0)
		return ret;
	__atomic_store_n(&registers, n, __ATOMIC_RELAXED);
	return ring_register(ring, IORING_REGISTER_ENABLE_RINGS, NULL, 0);
}

long bridge_uring_setup(const uint64_t args[6])
{
	struct io_uring_params params, *guest = (void *)args[1];
	struct ring ring;
	long ret;

	if (copy_from_user(&params, guest, sizeof(params)) ||
	    (params.flags & IORING_SETUP_R_DISABLED))
		return ring_made(host_raw(SYS_io_uring_setup, args[0], guest));
	params.flags |= IORING_SETUP_R_DISABLED;
	ring.fd = host_raw(SYS_io_uring_setup, args[0], &params);
	if (ring.fd < 0)
		return ring.fd;
	ring.by_index =
		params.flags & SETUP_REGISTERED_FD_ONLY ? REGISTER_BY_INDEX : 0;
	params.flags &= ~IORING_SETUP_R_DISABLED;
	params.features &= ~UNTOLD_FEATURES;
	ret = ring_restrict(&ring);
	if (ret < 0)
		log_info("io_uring: the host's cannot be restricted: %ld", ret);
	else if (copy_to_user(guest, &params, sizeof(params)))
		ret = -EFAULT;
	if (ret < 0) {
		if (!ring.by_index)
			host_raw(SYS_close, ring.fd);
		return ret;
	}
	return ring_made(ring.fd);
}

/*
 * The kernel lets nobody choose a ring's address, and QEMU chooses that of every
 * mapping. It does not know of this one then, but has no need to: loads and
 * stores are the host's, and munmap() is passed on.
 */
bool bridge_uring_mmap(const uint64_t args[6], int64_t *ret)
{
	static const char ring[] = "anon_inode:[io_uring]";
	char path[32], link[sizeof(ring)];
	long n;

	if (!__atomic_load_n(&rings_made, __ATOMIC_RELAXED) ||
	    (args[3] & MAP_ANONYMOUS))
		return false;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", (int)args[4]);
	n = host_raw(SYS_readlink, path, link, sizeof(link));
	if (n != sizeof(ring) - 1 || memcmp(link, ring, (size_t)n))
		return false;
	*ret = host_raw(SYS_mmap, args[0], args[1], args[2], args[3], args[4],
			args[5]);
	return true;
}

/* Take the supported mark from what is not. */
static void probe_correct(struct probe *guest)
{
	struct io_uring_probe head;
	struct io_uring_probe_op op;

	if (copy_from_user(&head, &guest->head, sizeof(head)))
		return;
	for (unsigned int i = 0; i < head.ops_len; i++) {
		if (copy_from_user(&op, &guest->ops[i], sizeof(op)))
			return;
		if (!op_differs(op.op))
			continue;
		op.flags = 0;
		copy_to_user(&guest->ops[i], &op, sizeof(op));
	}
}

long bridge_uring_register(const uint64_t args[6])
{
	unsigned int op = (unsigned int)args[1];
	long ret =
		host_raw(SYS_io_uring_register, args[0], op, args[2], args[3]);

	if (ret >= 0 && (op & ~REGISTER_BY_INDEX) == IORING_REGISTER_PROBE)
		probe_correct((struct probe *)args[2]);
	return ret;
}
