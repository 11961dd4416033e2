/* SPDX-License-Identifier: MIT */
/*
 * System calls of 32-bit Arm with vectors of memory (struct iovec of 32 bits).
 */
#include <errno.h>
#include <limits.h>
#include <sys/syscall.h>

#include "base/fault.h"
#include "base/held-fd.h"
#include "base/types.h"
#include "user/arm-vector.h"
#include "user/arm.h"
#include "user/syscall.h"
#include "user/thread.h"

struct iovec_arm {
	uint32_t base, len;
};

long arm_iovec_in(uint64_t addr, uint64_t count, struct iovec *to)
{
	struct iovec_arm v;

	if (count > ARM_IOVECS)
		return -EINVAL;
	for (uint64_t k = 0; k < count; k++) {
		if (copy_from_user(&v, (struct iovec_arm *)addr + k, sizeof(v)))
			return -EFAULT;
		if (v.len > INT32_MAX)
			return -EINVAL;
		to[k].iov_base = (void *)(uint64_t)v.base;
		to[k].iov_len = v.len;
	}
	return 0;
}

/* The host's call @nr about descriptor, vector, its length and three more. */
static __attribute__((noinline)) long vector_call(long nr,
						  const uint64_t args[7],
						  uint64_t more, uint64_t flags)
{
	struct iovec v[ARM_IOVECS];
	const uint64_t host[6] = {args[0], (uint64_t)v, args[2],
				  more,    0,           flags};
	long ret;

	if (held_fd_is((int)args[0]))
		return -EBADF;
	ret = arm_iovec_in(args[1], args[2], v);
	return ret ? ret : user_host_call(nr, host);
}

static uint64_t halves(const uint64_t *at)
{
	return at[0] | at[1] << 32;
}

long arm_readv(struct user_thread *t, const uint64_t args[7])
{
	(void)t;
	return vector_call(SYS_readv, args, 0, 0);
}

long arm_writev(struct user_thread *t, const uint64_t args[7])
{
	(void)t;
	return vector_call(SYS_writev, args, 0, 0);
}

long arm_preadv(struct user_thread *t, const uint64_t args[7])
{
	(void)t;
	return vector_call(SYS_preadv, args, halves(&args[3]), 0);
}

long arm_pwritev(struct user_thread *t, const uint64_t args[7])
{
	(void)t;
	return vector_call(SYS_pwritev, args, halves(&args[3]), 0);
}

long arm_preadv2(struct user_thread *t, const uint64_t args[7])
{
	(void)t;
	return vector_call(SYS_preadv2, args, halves(&args[3]), args[5]);
}

long arm_pwritev2(struct user_thread *t, const uint64_t args[7])
{
	(void)t;
	return vector_call(SYS_pwritev2, args, halves(&args[3]), args[5]);
}

long arm_vmsplice(struct user_thread *t, const uint64_t args[7])
{
	(void)t;
	return vector_call(SYS_vmsplice, args, args[3], 0);
}

/* What is remote are addresses of a process of whatever kind. */
static __attribute__((noinline)) long process_vm(long nr,
						 const uint64_t args[7])
{
	struct iovec local[ARM_IOVECS], remote[ARM_IOVECS];
	const uint64_t host[6] = {args[0],          (uint64_t)local, args[2],
				  (uint64_t)remote, args[4],         args[5]};
	long ret = arm_iovec_in(args[1], args[2], local);

	if (!ret)
		ret = arm_iovec_in(args[3], args[4], remote);
	return ret ? ret : user_host_call(nr, host);
}

long arm_process_vm_readv(struct user_thread *t, const uint64_t args[7])
{
	(void)t;
	return process_vm(SYS_process_vm_readv, args);
}

long arm_process_vm_writev(struct user_thread *t, const uint64_t args[7])
{
	(void)t;
	return process_vm(SYS_process_vm_writev, args);
}
