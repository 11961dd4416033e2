/* SPDX-License-Identifier: MIT */
/*
 * The call prctl: what is about the architecture or about what the engine does
 * for the kernel. The rest is the host's.
 */
#include <errno.h>
#include <linux/prctl.h>
#include <stdbool.h>
#include <sys/syscall.h>

#include "base/fault.h"
#include "user/proc-file.h"
#include "user/seccomp.h"
#include "user/syscall.h"
#include "user/thread.h"

/* Not in the headers of an x86-64 host of some age. */
#define TAGGED_ADDR_SET 55
#define TAGGED_ADDR_GET 56
#define PAC_KEYS_RESET  54
#define PAC_KEYS_SET    60
#define PAC_KEYS_GET    61
#define SME_SET         63
#define SME_GET         64
#define SVE_SET         50
#define SVE_GET         51
#define GET_AUXV        0x41555856

static long tid_address(const struct user_thread *t, uint64_t addr)
{
	return copy_to_user((void *)addr, &t->clear_tid, sizeof(uint64_t))
		       ? -EFAULT
		       : 0;
}

/* Would be about the engine's code and memory: as of who may not, where the kernel
 * has no CONFIG_CHECKPOINT_RESTORE. */
static long set_mm(const uint64_t args[6])
{
	const bool sized = args[1] == PR_SET_MM_AUXV ||
			   args[1] == PR_SET_MM_MAP ||
			   args[1] == PR_SET_MM_MAP_SIZE;

	return args[4] || (args[3] && !sized) ? -EINVAL : -EPERM;
}

/* What the program began with; the host's is the engine's. */
static long get_auxv(uint64_t to, uint64_t len, const uint64_t args[6])
{
	size_t size;
	const void *auxv = proc_file_auxv(&size);

	if (args[3] || args[4])
		return -EINVAL;
	if (copy_to_user((void *)to, auxv, len < size ? len : size))
		return -EFAULT;
	return (long)size;
}

long call_prctl(struct user_thread *t, const uint64_t args[6])
{
	switch ((int)args[0]) {
	case PR_GET_SECCOMP: return seccomp_mode(t);
	case PR_SET_SECCOMP: return seccomp_prctl_set(t, args[1], args[2]);
	case PR_GET_TID_ADDRESS: return tid_address(t, args[1]);
	/* The host's of these are not arm64's, and what arm64 has of them needs
	 * what the PEs don't have. */
	case SVE_SET:
	case SVE_GET:
	case SME_SET:
	case SME_GET:
	case PAC_KEYS_RESET:
	case PAC_KEYS_SET:
	case PAC_KEYS_GET:
	case PR_GET_TSC:
	case PR_SET_TSC:
	case PR_MPX_ENABLE_MANAGEMENT:
	case PR_MPX_DISABLE_MANAGEMENT:
	/* Would be about the engine's code and memory. */
	case PR_SET_SYSCALL_USER_DISPATCH: return -EINVAL;
	case GET_AUXV: return get_auxv(args[1], args[2], args);
	case PR_SET_MM: return set_mm(args);
	/* The engine passes addresses with a tag to nobody. */
	case TAGGED_ADDR_SET: return args[1] ? -EINVAL : 0;
	case TAGGED_ADDR_GET: return 0;
	default: return user_host_call(SYS_prctl, args);
	}
}
