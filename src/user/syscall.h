/* SPDX-License-Identifier: MIT */
/*
 * The program's system calls: arm64's table of Linux 6.12 (the generic one), a
 * row for each call in user/syscalls.def.
 *
 * A row says how each argument is passed. What is alike on both sides goes to
 * the host's call of the row as it is; where a kind of argument differs, it is
 * converted on the way in or out by its kind (convert.c), so that most calls
 * need no code of their own. A row with a function is all that function's
 * affair. A row with neither answers ENOSYS and is reported once.
 */
#ifndef FAUXKVM_USER_SYSCALL_H
#define FAUXKVM_USER_SYSCALL_H

#include <stdbool.h>
#include <stdint.h>

struct user_thread;

enum user_arg {
	ARG_NONE,
	ARG_VALUE, /* a number, or flags that are alike */
	ARG_FD,
	ARG_DIR_FD,     /* or AT_FDCWD */
	ARG_POINTER,    /* to what is alike, or not looked into */
	ARG_PATH,       /* a path to look up, path.h */
	ARG_LINK,       /* likewise; if it is a link, that itself is meant */
	ARG_NEW_PATH,   /* a path that is made, or a link's text: as it is */
	ARG_OPEN_FLAGS, /* convert.h */
	ARG_AT_FLAGS,   /* AT_*, with AT_SYMLINK_NOFOLLOW */
	ARG_SIGNAL,
	ARG_ADDRESS, /* of the program's memory, as a number */
	ARG_SIZE,
};

/* What a function of a row may answer beside a value or -errno. */
enum {
	/* A signal came first: make the call again, from its instruction, when
	 * that is dealt with. */
	USER_AGAIN = -512,
	/* The registers are the function's: x0 is not written. */
	USER_REGISTERS_SET = -513,
};

typedef long user_call_fn(struct user_thread *t, const uint64_t args[6]);

enum {
	/* It does not return if it succeeds. */
	CALL_ENDS = 1 << 0,
};

struct user_call {
	const char *name;
	int16_t host;    /* the host's number, if there is no function; -1 */
	uint8_t flags;   /* CALL_* */
	uint8_t args[6]; /* enum user_arg */
	user_call_fn *fn;
};

/* NULL: there is no such call. */
const struct user_call *user_call(uint64_t nr);

/* Make call @nr for @t: a value, -errno, or one of the above. */
long user_syscall(struct user_thread *t, uint64_t nr, const uint64_t args[6]);

/* What a table of another ABI is made of: the row of that name, NULL: none; do
 * filters allow the call, or what is *@ret; the call of a row; ENOSYS is said once
 * for each number. */
const struct user_call *user_call_named(const char *name);
bool user_call_allowed(struct user_thread *t, uint64_t nr,
		       const uint64_t args[6], long *ret);
long user_call_do(struct user_thread *t, const struct user_call *call,
		  const uint64_t args[6]);
void user_call_missing(uint64_t nr, const char *name);

/* The host's call as a program with KVM has it (kvm.h): -errno or value,
 * USER_AGAIN if a signal has come that the program has not seen. For all that
 * may block, and all that is about descriptors and paths. */
long user_host_call(long nr, const uint64_t args[6]);

/* calls-memory.c */
user_call_fn call_brk, call_mmap, call_munmap, call_mprotect, call_mremap,
	call_remap_file_pages, call_madvise, call_msync, call_mlock,
	call_mlock2, call_munlock, call_mlockall, call_munlockall, call_mincore,
	call_mseal, call_process_madvise, call_shmat, call_shmdt;
/* calls-process.c */
/* Its personality is PER_LINUX32, by which Linux tells it of the machine. */
bool process_is_linux32(void);
/* A 32-bit program on a host whose kernel is of 32 bits. */
bool process_is_armv7(void);
user_call_fn call_exit, call_exit_group, call_set_tid_address, call_uname;
/* calls-file.c */
user_call_fn call_openat, call_openat2, call_fstat, call_newfstatat,
	call_chroot, call_chdir;
user_call_fn call_readlinkat;
/* calls-signal.c */
user_call_fn call_rt_sigaction, call_rt_sigprocmask, call_rt_sigpending,
	call_rt_sigsuspend, call_rt_sigtimedwait, call_rt_sigreturn,
	call_sigaltstack, call_restart_syscall;
/* calls-clone.c */
user_call_fn call_clone, call_clone3;
/* calls-exec.c */
user_call_fn call_execve, call_execveat;
/* calls-prctl.c */
user_call_fn call_prctl;
/* seccomp.c */
user_call_fn call_seccomp;
/* rseq.c */
user_call_fn call_rseq, call_membarrier;
/* robust.c */
user_call_fn call_set_robust_list;
/* calls-fd.c */
user_call_fn call_fcntl, call_ioctl;
/* calls-poll.c */
user_call_fn call_epoll_ctl, call_epoll_pwait, call_epoll_pwait2;
user_call_fn call_ppoll, call_pselect6, call_io_pgetevents;
/* calls-ipc.c */
user_call_fn call_semctl;
/* calls-uring.c */
user_call_fn call_io_uring_setup, call_io_uring_enter, call_io_uring_register;
/* ptrace.c */
user_call_fn call_ptrace, call_wait4;
/* calls-refused.c */
user_call_fn call_kexec, call_perf_event_open;
user_call_fn call_pkey_alloc, call_pkey_free, call_pkey_mprotect;

#endif
