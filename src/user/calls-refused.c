/* SPDX-License-Identifier: MIT */
/*
 * System calls that a program may not make here, with what Linux answers where
 * they are not allowed or the machine has not what they are about.
 */
#include <errno.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "base/fault.h"
#include "base/host.h"
#include "user/memory.h"
#include "user/syscall.h"

/* What would be started is not this machine's kernel. As without
 * CAP_SYS_BOOT. */
long call_kexec(struct user_thread *t, const uint64_t args[6])
{
	(void)t;
	(void)args;
	return -EPERM;
}

/* Counters would count the engine. As kernel.perf_event_paranoid = 4 has it. */
long call_perf_event_open(struct user_thread *t, const uint64_t args[6])
{
	struct perf_event_attr attr;

	(void)t;
	if (args[4] & ~(uint64_t)(PERF_FLAG_FD_NO_GROUP | PERF_FLAG_FD_OUTPUT |
				  PERF_FLAG_PID_CGROUP | PERF_FLAG_FD_CLOEXEC))
		return -EINVAL;
	if (copy_from_user(&attr, (const void *)args[0], PERF_ATTR_SIZE_VER0))
		return -EFAULT;
	return -EACCES;
}

/* ---- memory protection keys: a machine without FEAT_S1POE ----------------- */

#define PKEY_RIGHTS 0xf

long call_pkey_alloc(struct user_thread *t, const uint64_t args[6])
{
	(void)t;
	return args[0] || (args[1] & ~(uint64_t)PKEY_RIGHTS) ? -EINVAL
							     : -ENOSPC;
}

long call_pkey_free(struct user_thread *t, const uint64_t args[6])
{
	(void)t;
	(void)args;
	return -EINVAL;
}

long call_pkey_mprotect(struct user_thread *t, const uint64_t args[6])
{
	if ((int)args[3] != -1)
		return -EINVAL;
	return call_mprotect(t, args);
}
