/* SPDX-License-Identifier: MIT */
/*
 * Programs of 32-bit Arm (EABI): what abi_arm in abi.h is made of. They are to see what
 * an arm64 Linux shows to them (its "compat" side), which is what armhf is run by on
 * arm64 machines.
 *
 * System calls: rows of user/arm-calls.def say which call of arm64's does it,
 * and how the registers are its arguments; structures are converted by their
 * kind (arm-convert.c) on the engine's stack, so that what serves arm64 programs
 * serves these. A row with a function is all that function's affair.
 */
#ifndef FAUXKVM_USER_ARM_H
#define FAUXKVM_USER_ARM_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cpu;
struct user_action;
struct user_thread;

/* ---- arm.c: the beginning, and the page of the kernel's helpers ----------- */

#define ARM_REG_SP 13
#define ARM_REG_LR 14

/* Where a handler without a restorer returns to; bit 0: in T32. */
uint32_t arm_sigreturn(bool thumb, bool rt);

/* ---- arm-trap.c ---------------------------------------------------------- */

void arm_exception(struct user_thread *t);
void arm_host_fault(struct user_thread *t);

/* ---- arm-frame.c --------------------------------------------------------- */

int arm_frame_push(struct user_thread *t, const struct user_action *act,
		   int sig, const siginfo_t *info, uint64_t saved);
/* What both kinds of handler come back by, as frame_pop() has it. */
long arm_frame_pop(struct user_thread *t, bool rt);

/* ---- arm-syscall.c ------------------------------------------------------- */

/* What SVC asks for is done, and the registers are set. */
void arm_syscall(struct user_thread *t);

/* How a parameter of arm64's call comes from the registers, one after the other;
 * structures are in arm-convert.c. */
enum arm_arg {
	A_END,
	A_U,      /* one, unsigned, or an address of what is alike */
	A_S,      /* one, with its sign */
	A_LONG,   /* an even one and the next: 64 bits */
	A_HALVES, /* the next two, even or not */
	A_SKIP,   /* one that arm64's call does not have */
	/* Of no register. */
	A_ZERO,
	A_CWD,       /* AT_FDCWD */
	A_REMOVEDIR, /* AT_REMOVEDIR */
	A_NOFOLLOW,  /* AT_SYMLINK_NOFOLLOW */
	/* Addresses of structures: in, out, or both. */
	A_STRUCT,
	A_TIMESPEC = A_STRUCT,
	A_TIMESPEC_OUT,
	A_TIMESPEC_LEFT, /* written if a signal came */
	A_TIMESPEC_BOTH,
	A_TIMESPECS, /* two */
	/* Of 64 bits: of nanoseconds the upper half is not the program's. */
	A_TIMESPEC64,
	A_TIMESPEC64_BOTH,
	A_TIMESPECS64,
	A_ITIMERSPEC64,
	A_TIMEVAL,
	A_TIMEVAL_OUT,
	A_TIMEVALS, /* two, to be timespecs */
	A_ITIMERVAL,
	A_ITIMERVAL_OUT,
	A_ITIMERSPEC,
	A_ITIMERSPEC_OUT,
	A_STAT64_OUT,
	A_STATFS_OUT,
	A_STATFS64_OUT,
	A_RLIMIT,
	A_RLIMIT_OUT,
	A_RUSAGE_OUT,
	A_SYSINFO_OUT,
	A_TMS_OUT,
	A_SIGACTION,
	A_SIGACTION_OUT,
	A_STACK,
	A_STACK_OUT,
	A_SIGINFO,
	A_SIGINFO_OUT,
	A_SIGEVENT,
	A_MQ_ATTR,
	A_MQ_ATTR_OUT,
	A_OFFSET, /* in and out: 32 bits */
	NR_ARM_ARGS,
};

typedef long arm_call_fn(struct user_thread *t, const uint64_t args[7]);

struct arm_call {
	const char *name;
	const char *to;  /* arm64's call that does it; NULL: none */
	uint8_t args[7]; /* enum arm_arg */
	arm_call_fn *fn;
};

/* ---- arm-convert.c ------------------------------------------------------- */

#define ARM_HOST_MAX 160 /* bytes of the largest structure, on the host */

struct arm_struct {
	uint16_t host, arm; /* sizes */
	void (*in)(void *host, const void *arm);
	/* False: a value does not fit (EOVERFLOW). */
	bool (*out)(void *arm, const void *host);
	bool if_interrupted; /* out after EINTR only */
};
const struct arm_struct *arm_struct_of(unsigned int kind);

/* struct siginfo as the program has it: 128 bytes. */
bool arm_siginfo_out(void *arm, const void *host);

/* ---- the functions of rows ----------------------------------------------- */

/* arm-calls.c */
arm_call_fn arm_cacheflush, arm_set_tls, arm_fork, arm_vfork, arm_nice,
	arm_seccomp, arm_prctl, arm_mmap2, arm_sigreturn_call,
	arm_rt_sigreturn_call, arm_pause, arm_rseq, arm_creat, arm_dup2,
	arm_epoll_create, arm_fcntl, arm_lseek, arm_llseek, arm_fadvise,
	arm_sync_file_range, arm_ioctl, arm_futex, arm_futex_time64,
	arm_set_robust_list;
/* arm-ipc.c */
arm_call_fn arm_msgsnd, arm_msgrcv, arm_msgctl, arm_semctl, arm_shmctl;
/* arm-wait.c */
arm_call_fn arm_select, arm_pselect6, arm_pselect6_time64, arm_poll;
/* arm-vector.c */
arm_call_fn arm_readv, arm_writev, arm_preadv, arm_pwritev, arm_preadv2,
	arm_pwritev2, arm_vmsplice, arm_process_vm_readv, arm_process_vm_writev;
/* arm-socket.c */
arm_call_fn arm_sendmsg, arm_recvmsg, arm_sendmmsg, arm_recvmmsg,
	arm_recvmmsg_time64, arm_setsockopt, arm_getsockopt;

#endif
