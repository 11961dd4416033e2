/* SPDX-License-Identifier: MIT */
/*
 * The calls clone and clone3: threads and processes of the program's.
 */
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/host.h"
#include "base/log.h"
#include "base/types.h"
#include "cpu/cpu.h"
#include "user/abi.h"
#include "user/host-clone3.h"
#include "user/memory.h"
#include "user/rseq.h"
#include "user/signal.h"
#include "user/stops.h"
#include "user/syscall.h"
#include "user/thread.h"
#include "user/vfork.h"

#define CLEAR_SIGHAND (UINT64_C(1) << 32) /* clone3 only */
#define INTO_CGROUP   (UINT64_C(1) << 33) /* likewise */
#define DETACHED      UINT64_C(0x00400000)
#define SIGNAL_MASK   UINT64_C(0xff)
#define NEWTIME       UINT64_C(0x80) /* clone3 only: the mask has it, too */
#define NUMBERS_MAX   32 /* of a process, in namespaces in each other */

/* What both calls ask for. */
struct request {
	uint64_t flags; /* without the signal */
	int exit_signal;
	uint64_t stack;
	uint64_t parent_tid, child_tid, tls, pidfd;
	/* What only the host's clone3 does; NULL: nothing of it. */
	const struct host_clone3 *clone3;
};

static bool has_all(uint64_t flags, uint64_t all)
{
	return (flags & all) == all;
}

/* What Linux refuses. */
static bool contradicts(uint64_t f)
{
	return has_all(f, CLONE_NEWNS | CLONE_FS) ||
	       has_all(f, CLONE_NEWUSER | CLONE_FS) ||
	       ((f & CLONE_THREAD) && !(f & CLONE_SIGHAND)) ||
	       ((f & CLONE_SIGHAND) && !(f & CLONE_VM)) ||
	       has_all(f, CLONE_SIGHAND | CLEAR_SIGHAND) ||
	       has_all(f, CLONE_NEWIPC | CLONE_SYSVSEM) ||
	       ((f & CLONE_THREAD) && (f & (CLONE_NEWUSER | CLONE_NEWPID)));
}

/* ---- threads ------------------------------------------------------------- */

static long make_thread(struct user_thread *t, const struct request *r)
{
	const struct thread_new n = {
		.stack = r->stack,
		.tls = r->tls,
		.parent_tid = r->parent_tid,
		.child_tid = r->child_tid,
		.pidfd = r->pidfd,
		.flags = r->flags,
	};
	long ret;

	if (r->clone3) {
		log_warn("clone3: of a thread, set_tid, CLONE_INTO_CGROUP and "
			 "CLONE_NEWTIME are not implemented: EPERM");
		return -EPERM;
	}
	if (r->flags & CLONE_VFORK) {
		log_warn("clone: CLONE_VFORK of a thread is not implemented: "
			 "EINVAL");
		return -EINVAL;
	}
	signal_block();
	ret = t->signals.arrived ? USER_AGAIN : thread_new(t, &n);
	signal_unblock(t);
	return ret;
}

/* ---- processes ----------------------------------------------------------- */

static void put_tid(uint64_t addr, long number)
{
	pid_t tid = (pid_t)number;

	/* As Linux: nobody hears that it could not be written. */
	if (copy_to_user((void *)addr, &tid, sizeof(tid)))
		return;
}

static void child_begin(struct user_thread *t, const struct request *r,
			long held)
{
	if (held >= 0 && !(r->flags & CLONE_FILES))
		host_raw(SYS_close, held);
	if (thread_forked_child(t)) {
		log_error("no memory in a forked child");
		_exit(127);
	}
	t->clear_tid = r->flags & CLONE_CHILD_CLEARTID ? r->child_tid : 0;
	if (r->flags & CLEAR_SIGHAND)
		signal_clear_actions(t);
	if (r->flags & CLONE_CHILD_SETTID)
		put_tid(r->child_tid, t->tid);
	if (r->flags & CLONE_SETTLS)
		*user_abi->tls(t->cpu) = r->tls;
	if (r->stack)
		t->cpu->x[user_abi->sp] = r->stack;
	t->cpu->x[0] = 0;
}

/*
 * What Linux finds wrong with a descriptor that is to stand for a child before there is one: no
 * number is free, or nothing can be written to where it is to go. It or -errno; until there is
 * the child's, another one holds its place.
 */
static long pidfd_hold(const struct request *r)
{
	long fd = host_raw(SYS_pidfd_open, getpid(), 0);
	int was;

	if (fd >= 0 && (copy_from_user(&was, (void *)r->pidfd, sizeof(was)) ||
			copy_to_user((void *)r->pidfd, &was, sizeof(was)))) {
		host_raw(SYS_close, fd);
		return -EFAULT;
	}
	return fd;
}

/* Child @pid's own, or none if there is no child, takes the place of @held. */
static void pidfd_settle(const struct request *r, long held, long pid)
{
	int fd;

	host_raw(SYS_close, held);
	if (pid < 0)
		return;
	fd = (int)host_raw(SYS_pidfd_open, pid, 0);
	if (copy_to_user((void *)r->pidfd, &fd, sizeof(fd)))
		return;
}

/* What the child has of its own beside memory, or whose child it is. */
#define SPECIAL                                                            \
	((uint64_t)(CLONE_FS | CLONE_FILES | CLONE_PARENT | CLONE_PTRACE | \
		    CLONE_UNTRACED | CLONE_NEWNS | CLONE_SYSVSEM |         \
		    CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |        \
		    CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET |          \
		    CLONE_VFORK | CLONE_IO))

static bool is_special(const struct request *r)
{
	return r->exit_signal != SIGCHLD || (r->flags & SPECIAL) || r->clone3;
}

/*
 * The C library forks in one way. Its locks are as they are for the call itself,
 * which is right if there is no thread that may hold one.
 */
static pid_t fork_special(const struct request *r)
{
	struct host_clone3 a;

	if (thread_count() > 1) {
		log_warn("clone: of several threads, flags %#lx with signal %d "
			 "are not implemented: EINVAL",
			 r->flags, r->exit_signal);
		return -EINVAL;
	}
	if (r->clone3) {
		a = *r->clone3;
		a.flags |= r->flags & SPECIAL;
		a.exit_signal = (uint64_t)r->exit_signal;
		return (pid_t)host_clone3_fork(&a);
	}
	return (pid_t)host_raw(SYS_clone,
			       (r->flags & SPECIAL) | (uint64_t)r->exit_signal,
			       0, 0, 0, 0);
}

static pid_t fork_usual(void)
{
	pid_t pid = fork();

	return pid < 0 ? -errno : pid;
}

static pid_t fork_whole(const struct request *r)
{
	pid_t pid;

	memory_fork_prepare();
	signal_fork_prepare();
	gdb_fork_prepare();
	rseq_fork_prepare();
	stops_fork_prepare();
	threads_lock();
	pid = is_special(r) ? fork_special(r) : fork_usual();
	threads_unlock();
	stops_fork_done();
	rseq_fork_done();
	gdb_fork_done();
	signal_fork_done();
	memory_fork_done();
	return pid;
}

static long vforked(struct user_thread *t, const struct request *r)
{
	const struct vfork_new n = {
		.flags = (r->flags & ~CLEAR_SIGHAND) | (uint64_t)r->exit_signal,
		.clear_actions = r->flags & CLEAR_SIGHAND,
		.stack = r->stack,
		.parent_tid = r->flags & CLONE_PIDFD ? r->pidfd : 0,
		.child_tid = r->child_tid,
		.tls = r->tls,
		.clone3 = r->clone3,
	};

	return r->flags & CLONE_VFORK ? vfork_run(t, &n) : vfork_beside(t, &n);
}

static long make_process(struct user_thread *t, const struct request *r)
{
	const bool shares = r->flags & CLONE_VM;
	long pid, held = -1;

	signal_block();
	if (t->signals.arrived)
		return USER_AGAIN;
	if ((r->flags & CLONE_PIDFD) && !shares) {
		held = pidfd_hold(r);
		if (held < 0) {
			signal_unblock(t);
			return held;
		}
	}
	pid = shares ? vforked(t, r) : fork_whole(r);
	if (!pid)
		child_begin(t, r, held);
	if (pid > 0 && (r->flags & CLONE_PARENT_SETTID))
		put_tid(r->parent_tid, pid);
	if (pid && held >= 0)
		pidfd_settle(r, held, pid);
	signal_unblock(t);
	return pid ? pid : USER_REGISTERS_SET;
}

/* ---- the calls ----------------------------------------------------------- */

static long make(struct user_thread *t, const struct request *r)
{
	if (contradicts(r->flags))
		return -EINVAL;
	/* Always so of clone, where both are one argument. */
	if (has_all(r->flags, CLONE_PIDFD | CLONE_PARENT_SETTID) &&
	    r->pidfd == r->parent_tid)
		return -EINVAL;
	if (r->flags & CLONE_THREAD)
		return make_thread(t, r);
	return make_process(t, r);
}

long call_clone(struct user_thread *t, const uint64_t args[6])
{
	const struct request r = {
		.flags = (uint32_t)args[0] & ~SIGNAL_MASK,
		.exit_signal = (int)(args[0] & SIGNAL_MASK),
		.stack = args[1],
		.parent_tid = args[2],
		.tls = args[3],
		.child_tid = args[4],
		.pidfd = args[2],
	};

	if (has_all(r.flags, CLONE_PIDFD | DETACHED))
		return -EINVAL;
	return make(t, &r);
}

/* What is behind the structure must be zero. */
static long clone3_in(uint64_t addr, uint64_t size, struct host_clone3 *a)
{
	uint8_t rest;

	if (size > 4096)
		return -E2BIG;
	if (size < CLONE3_SIZE_FIRST)
		return -EINVAL;
	memset(a, 0, sizeof(*a));
	for (uint64_t k = sizeof(*a); k < size; k++) {
		if (copy_from_user(&rest, (void *)(addr + k), 1))
			return -EFAULT;
		if (rest)
			return -E2BIG;
	}
	return copy_from_user(a, (void *)addr,
			      size < sizeof(*a) ? size : sizeof(*a));
}

#define CLONE3_FLAGS                                                    \
	((UINT64_C(0xffffffff) & ~(DETACHED | SIGNAL_MASK)) | NEWTIME | \
	 CLEAR_SIGHAND | INTO_CGROUP)

static bool clone3_valid(const struct host_clone3 *a, uint64_t size)
{
	if ((a->flags & ~CLONE3_FLAGS) || a->exit_signal > SIGNALS)
		return false;
	if ((a->flags & (CLONE_THREAD | CLONE_PARENT)) && a->exit_signal)
		return false;
	if (a->set_tid_size > NUMBERS_MAX || !a->set_tid != !a->set_tid_size)
		return false;
	if ((a->flags & INTO_CGROUP) &&
	    (a->cgroup > INT_MAX || size < CLONE3_SIZE_CGROUP))
		return false;
	return !a->stack == !a->stack_size;
}

/* What clone does not know. */
static bool for_clone3(const struct host_clone3 *a, const pid_t *numbers,
		       struct host_clone3 *out)
{
	*out = (struct host_clone3){
		.flags = a->flags & (INTO_CGROUP | NEWTIME),
		.set_tid = a->set_tid ? (uint64_t)numbers : 0,
		.set_tid_size = a->set_tid_size,
		.cgroup = a->flags & INTO_CGROUP ? a->cgroup : 0,
	};
	return out->flags || out->set_tid;
}

long call_clone3(struct user_thread *t, const uint64_t args[6])
{
	pid_t numbers[NUMBERS_MAX];
	struct host_clone3 a, only;
	struct request r;
	long ret = clone3_in(args[0], args[1], &a);

	if (ret)
		return ret;
	if (!clone3_valid(&a, args[1]))
		return -EINVAL;
	if (copy_from_user(numbers, (void *)a.set_tid,
			   a.set_tid_size * sizeof(*numbers)))
		return -EFAULT;
	r = (struct request){
		.flags = a.flags & ~(INTO_CGROUP | NEWTIME),
		.exit_signal = (int)a.exit_signal,
		.stack = a.stack + a.stack_size,
		.parent_tid = a.parent_tid,
		.child_tid = a.child_tid,
		.tls = a.tls,
		.pidfd = a.pidfd,
		.clone3 = for_clone3(&a, numbers, &only) ? &only : NULL,
	};
	return make(t, &r);
}
