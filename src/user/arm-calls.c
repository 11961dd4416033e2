/* SPDX-License-Identifier: MIT */
/*
 * System calls of 32-bit Arm that are not another of arm64's with its arguments
 * converted one by one.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "base/fault.h"
#include "base/held-fd.h"
#include "base/host.h"
#include "base/types.h"
#include "cpu/cpu.h"
#include "shim/vmm-calls.h"
#include "user/abi.h"
#include "user/arm.h"
#include "user/pe.h"
#include "user/seccomp.h"
#include "user/signal.h"
#include "user/syscall.h"
#include "user/thread.h"

/* ---- the architecture's -------------------------------------------------- */

/* The program has written code from the first address to the second. */
long arm_cacheflush(struct user_thread *t, const uint64_t args[7])
{
	(void)t;
	if (args[1] < args[0] || args[2])
		return -EINVAL;
	pe_code_gone(args[0] & ~UINT64_C(4095), ALIGN_UP(args[1], 4096));
	return 0;
}

long arm_set_tls(struct user_thread *t, const uint64_t args[7])
{
	*user_abi->tls(t->cpu) = args[0];
	return 0;
}

/* glibc asks as each program begins, and does without: nobody wants to be told. */
long arm_rseq(struct user_thread *t, const uint64_t args[7])
{
	(void)t;
	(void)args;
	return -ENOSYS;
}

/* ---- processes ----------------------------------------------------------- */

long arm_fork(struct user_thread *t, const uint64_t args[7])
{
	const uint64_t clone[6] = {SIGCHLD};

	(void)args;
	return call_clone(t, clone);
}

long arm_vfork(struct user_thread *t, const uint64_t args[7])
{
	const uint64_t clone[6] = {CLONE_VM | CLONE_VFORK | SIGCHLD};

	(void)args;
	return call_clone(t, clone);
}

long arm_nice(struct user_thread *t, const uint64_t args[7])
{
	long now = host_raw(SYS_getpriority, PRIO_PROCESS, 0);
	long to = (int32_t)args[0];

	(void)t;
	if (now < 0)
		return now;
	/* What is read is 20 less the value. */
	to = to > 40 ? 40 : to < -40 ? -40 : to;
	to += 20 - now;
	to = to > 19 ? 19 : to < -20 ? -20 : to;
	return user_host_call(SYS_setpriority,
			      (uint64_t[6]){PRIO_PROCESS, 0, (uint64_t)to});
}

/* Linux's 32-bit struct sock_fprog. */
struct fprog_arm {
	uint16_t len, pad;
	uint32_t filter;
};

/* @fprog is the host's then. */
static long fprog_in(uint64_t addr, struct sock_fprog *fprog)
{
	struct fprog_arm in;

	if (copy_from_user(&in, (void *)addr, sizeof(in)))
		return -EFAULT;
	memset(fprog, 0, sizeof(*fprog));
	fprog->len = in.len;
	fprog->filter = (void *)(uint64_t)in.filter;
	return 0;
}

long arm_seccomp(struct user_thread *t, const uint64_t args[7])
{
	uint64_t host[6] = {args[0], args[1], args[2]};
	struct sock_fprog fprog;
	long ret = 0;

	if (args[0] == SECCOMP_SET_MODE_FILTER) {
		ret = fprog_in(args[2], &fprog);
		host[2] = (uint64_t)&fprog;
	}
	return ret ? ret : call_seccomp(t, host);
}

long arm_prctl(struct user_thread *t, const uint64_t args[7])
{
	uint64_t host[6] = {args[0], args[1], args[2], args[3], args[4]};
	struct sock_fprog fprog;
	uint32_t tid_address = (uint32_t)t->clear_tid;
	long ret = 0;

	if (args[0] == PR_GET_TID_ADDRESS)
		return copy_to_user((void *)args[1], &tid_address,
				    sizeof(tid_address));
	if (args[0] == PR_SET_SECCOMP && args[1] == SECCOMP_MODE_FILTER) {
		ret = fprog_in(args[2], &fprog);
		host[2] = (uint64_t)&fprog;
	}
	return ret ? ret : call_prctl(t, host);
}

/* ---- memory -------------------------------------------------------------- */

/* The offset is in pages. */
long arm_mmap2(struct user_thread *t, const uint64_t args[7])
{
	const uint64_t host[6] = {args[0], args[1], args[2],
				  args[3], args[4], args[5] << 12};

	return call_mmap(t, host);
}

/* ---- signals ------------------------------------------------------------- */

static long frame_return(struct user_thread *t, bool rt)
{
	siginfo_t segv = {.si_signo = SIGSEGV, .si_code = SEGV_MAPERR};
	long ret = arm_frame_pop(t, rt);

	if (ret == -EFAULT) {
		segv.si_addr = (void *)t->cpu->x[ARM_REG_SP];
		signal_fault(t, &segv);
		ret = 0;
	}
	return ret ? ret : USER_REGISTERS_SET;
}

long arm_sigreturn_call(struct user_thread *t, const uint64_t args[7])
{
	(void)args;
	return frame_return(t, false);
}

long arm_rt_sigreturn_call(struct user_thread *t, const uint64_t args[7])
{
	(void)args;
	return frame_return(t, true);
}

long arm_pause(struct user_thread *t, const uint64_t args[7])
{
	(void)t;
	(void)args;
	return user_host_call(SYS_pause, (uint64_t[6]){0});
}

/* ---- descriptors --------------------------------------------------------- */

long arm_creat(struct user_thread *t, const uint64_t args[7])
{
	const uint64_t host[6] = {(uint64_t)AT_FDCWD, args[0],
				  O_CREAT | O_WRONLY | O_TRUNC, args[1]};

	return call_openat(t, host);
}

long arm_dup2(struct user_thread *t, const uint64_t args[7])
{
	(void)t;
	if (held_fd_is((int)args[0]))
		return -EBADF;
	return user_host_call(SYS_dup2, (uint64_t[6]){args[0], args[1]});
}

long arm_epoll_create(struct user_thread *t, const uint64_t args[7])
{
	(void)t;
	if ((int32_t)args[0] <= 0)
		return -EINVAL;
	return user_host_call(SYS_epoll_create1, (uint64_t[6]){0});
}

struct flock_arm {
	int16_t type, whence;
	int32_t start, len, pid;
};

static long lock_call(const uint64_t args[7])
{
	uint64_t host[6] = {args[0], args[1]};
	struct flock_arm l;
	struct flock f;
	long ret;

	if (copy_from_user(&l, (void *)args[2], sizeof(l)))
		return -EFAULT;
	f = (struct flock){
		.l_type = l.type,
		.l_whence = l.whence,
		.l_start = l.start,
		.l_len = l.len,
		.l_pid = l.pid,
	};
	host[2] = (uint64_t)&f;
	ret = user_host_call(SYS_fcntl, host);
	if (ret || args[1] != F_GETLK)
		return ret;
	if (f.l_start > INT32_MAX || f.l_len > INT32_MAX)
		return -EOVERFLOW;
	l = (struct flock_arm){f.l_type, f.l_whence, (int32_t)f.l_start,
			       (int32_t)f.l_len, f.l_pid};
	return copy_to_user((void *)args[2], &l, sizeof(l)) ? -EFAULT : 0;
}

/* Locks with 64-bit offsets are other commands, whose structure is the host's. */
#define GETLK64  12
#define SETLKW64 14

long arm_fcntl(struct user_thread *t, const uint64_t args[7])
{
	uint64_t host[6] = {args[0], args[1], args[2]};

	if (args[1] >= GETLK64 && args[1] <= SETLKW64) {
		host[1] = args[1] - GETLK64 + F_GETLK;
		return call_fcntl(t, host);
	}
	if (args[1] == F_GETLK || args[1] == F_SETLK || args[1] == F_SETLKW)
		return held_fd_is((int)args[0]) ? -EBADF : lock_call(args);
	return call_fcntl(t, host);
}

static bool offset_fits(long ret)
{
	return ret <= INT32_MAX;
}

long arm_lseek(struct user_thread *t, const uint64_t args[7])
{
	long ret;

	(void)t;
	if (held_fd_is((int)args[0]))
		return -EBADF;
	ret = user_host_call(SYS_lseek,
			     (uint64_t[6]){args[0],
					   (uint64_t)(int64_t)(int32_t)args[1],
					   args[2]});
	return offset_fits(ret) ? ret : -EOVERFLOW;
}

long arm_llseek(struct user_thread *t, const uint64_t args[7])
{
	long ret;

	(void)t;
	if (held_fd_is((int)args[0]))
		return -EBADF;
	ret = user_host_call(
		SYS_lseek,
		(uint64_t[6]){args[0], args[1] << 32 | args[2], args[4]});
	if (ret < 0)
		return ret;
	return copy_to_user((void *)args[3], &ret, sizeof(ret)) ? -EFAULT : 0;
}

/* The advice comes before the pairs, which are aligned. */
long arm_fadvise(struct user_thread *t, const uint64_t args[7])
{
	(void)t;
	if (held_fd_is((int)args[0]))
		return -EBADF;
	return user_host_call(SYS_fadvise64,
			      (uint64_t[6]){args[0], args[2] | args[3] << 32,
					    args[4] | args[5] << 32, args[1]});
}

long arm_sync_file_range(struct user_thread *t, const uint64_t args[7])
{
	(void)t;
	if (held_fd_is((int)args[0]))
		return -EBADF;
	return user_host_call(SYS_sync_file_range,
			      (uint64_t[6]){args[0], args[2] | args[3] << 32,
					    args[4] | args[5] << 32, args[1]});
}

/* ---- ioctl() ------------------------------------------------------------- */

/*
 * Requests of KVM whose structure ends with an address in 64 bits: a kernel of 32 bits
 * does not look at the upper ones, in which a pointer that a program has cast there
 * may have its sign.
 */
static unsigned int kvm_address_at(int fd, uint32_t request)
{
	switch (request) {
	case 0x4010aeab: /* KVM_GET_ONE_REG */
		/* Of a VM it is KVM_ARM_SET_DEVICE_ADDR, a guest's address. */
		return vmm_kind(fd) == VMM_VM ? 0 : 1;
	case 0x4010ae42: /* KVM_GET_DIRTY_LOG */
	case 0x4010aeac: /* KVM_SET_ONE_REG */ return 1;
	case 0xc018aec0: /* KVM_CLEAR_DIRTY_LOG */
	case 0x4018aee1: /* KVM_SET_DEVICE_ATTR */
	case 0x4018aee2: /* KVM_GET_DEVICE_ATTR */
	case 0x4018aee3: /* KVM_HAS_DEVICE_ATTR */ return 2;
	case 0x4020ae46: /* KVM_SET_USER_MEMORY_REGION */ return 3;
	}
	return 0;
}

static long kvm_address_call(struct user_thread *t, const uint64_t args[7],
			     unsigned int at)
{
	uint64_t arg[4], host[6] = {args[0], args[1], args[2]};

	if (!copy_from_user(arg, (void *)args[2], (at + 1) * sizeof(*arg))) {
		arg[at] = (uint32_t)arg[at];
		host[2] = (uint64_t)arg;
	}
	return call_ioctl(t, host);
}

/* Structures with longs or addresses, whose number does not tell. */
static bool is_of_longs(uint32_t request)
{
	switch (request) {
	case 0x1260: /* BLKGETSIZE */
	case 0x1262: /* BLKRASET */
	case 0x1263: /* BLKRAGET */
	case 0x2285: /* SG_IO */
	case 0x890b: /* SIOCADDRT */
	case 0x890c: /* SIOCDELRT */
	case 0x8912: /* SIOCGIFCONF */
	case 0x8946: /* SIOCETHTOOL */ return true;
	}
	return false;
}

long arm_ioctl(struct user_thread *t, const uint64_t args[7])
{
	const uint64_t host[6] = {args[0], args[1], args[2]};
	unsigned int at = kvm_address_at((int)args[0], (uint32_t)args[1]);

	if (at)
		return kvm_address_call(t, args, at);
	if (is_of_longs((uint32_t)args[1]))
		return held_fd_is((int)args[0]) ? -EBADF : -ENOTTY;
	return call_ioctl(t, host);
}

/* ---- futexes ------------------------------------------------------------- */

static bool futex_has_timeout(uint64_t op)
{
	switch (op & (uint64_t)FUTEX_CMD_MASK & 0x7f) {
	case FUTEX_WAIT:
	case FUTEX_LOCK_PI:
	case FUTEX_WAIT_BITSET:
	case FUTEX_WAIT_REQUEUE_PI:
	case 13 /* FUTEX_LOCK_PI2 */: return true;
	}
	return false;
}

/* @ts: NULL, or the host's, in place of what the program gave. */
static long futex_call(const uint64_t args[7], const int64_t *ts)
{
	const uint64_t host[6] = {args[0], args[1],
				  args[2], ts ? (uint64_t)ts : args[3],
				  args[4], args[5]};

	return user_host_call(SYS_futex, host);
}

long arm_futex(struct user_thread *t, const uint64_t args[7])
{
	int32_t in[2];
	int64_t ts[2];

	(void)t;
	if (!args[3] || !futex_has_timeout(args[1]))
		return futex_call(args, NULL);
	if (copy_from_user(in, (void *)args[3], sizeof(in)))
		return -EFAULT;
	ts[0] = in[0];
	ts[1] = in[1];
	return futex_call(args, ts);
}

long arm_futex_time64(struct user_thread *t, const uint64_t args[7])
{
	int64_t ts[2];

	(void)t;
	if (!args[3] || !futex_has_timeout(args[1]))
		return futex_call(args, NULL);
	if (copy_from_user(ts, (void *)args[3], sizeof(ts)))
		return -EFAULT;
	ts[1] = (uint32_t)ts[1];
	return futex_call(args, ts);
}

#define ROBUST_HEAD 12

/* The host's kernel knows only its own kind, so it is the engine that looks at it when the
 * thread ends (robust.h). */
long arm_set_robust_list(struct user_thread *t, const uint64_t args[7])
{
	if (args[1] != ROBUST_HEAD)
		return -EINVAL;
	t->robust_list = args[0];
	return 0;
}
