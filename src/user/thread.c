/* SPDX-License-Identifier: MIT */
/*
 * A thread of the program, see thread.h: what the PE leaves cpu_run() for, and
 * how a thread begins and ends.
 */
#include "user/thread.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/host.h"
#include "base/log.h"
#include "cpu/cpu.h"
#include "cpu/exception.h"
#include "user/abi.h"
#include "user/lock.h"
#include "user/pe.h"
#include "user/robust.h"
#include "user/stops.h"
#include "user/syscall.h"
#include "user/vdso.h"

/* Of the engine on a thread of the program: paths are what takes most. */
#define HOST_STACK (512 << 10)
/* PIDFD_THREAD, of newer headers than Debian's. */
#define PIDFD_OF_THREAD O_EXCL

__thread struct user_thread *user_self;

/* ---- all of them --------------------------------------------------------- */

static struct user_thread *threads;
static unsigned int nr_threads;

void threads_lock(void)
{
	lock_take(LOCK_THREADS);
}

void threads_unlock(void)
{
	lock_release(LOCK_THREADS);
}

void threads_each(void (*fn)(struct user_thread *t, void *arg), void *arg)
{
	for (struct user_thread *t = threads; t; t = t->next)
		fn(t, arg);
}

unsigned int thread_count(void)
{
	return __atomic_load_n(&nr_threads, __ATOMIC_RELAXED);
}

static void list_add(struct user_thread *t)
{
	t->next = threads;
	t->prev = &threads;
	t->beside = false;
	if (threads)
		threads->prev = &t->next;
	threads = t;
	nr_threads++;
}

static void list_remove(struct user_thread *t)
{
	threads_lock();
	*t->prev = t->next;
	if (t->next)
		t->next->prev = t->prev;
	nr_threads--;
	threads_unlock();
}

void thread_first(struct user_thread *t)
{
	threads = NULL;
	nr_threads = 0;
	list_add(t);
	user_self = t;
}

/* ---- running ------------------------------------------------------------- */

static void run_syscall(struct user_thread *t)
{
	long ret = user_syscall(t, t->cpu->x[8], t->cpu->x);

	/* The call may have given the thread another PE. */
	if (ret == USER_AGAIN)
		t->cpu->pc -= 4;
	else if (ret != USER_REGISTERS_SET)
		t->cpu->x[0] = (uint64_t)ret;
}

static void run_sync(struct user_thread *t)
{
	if (t->cpu->exit.sync.esr >> 26 != EC_SVC) {
		user_abi->exception(t);
	} else if (likely(!vdso_call(t->cpu))) {
		run_syscall(t);
	}
}

void thread_run(struct user_thread *t)
{
	enum cpu_exit_reason reason;

	user_self = t;
	while (!t->ended) {
		if (unlikely(signal_waits(&t->signals)))
			signal_deliver(t);
		if (unlikely(gdb_on))
			gdb_before(t);
		/* From here on the PE is no other's if the thread is killed. */
		t->executes = true;
		if (unlikely((uint64_t)t->cpu->opaque != stops_changes))
			stops_update(t->cpu);
		reason = cpu_run(t->cpu);
		t->executes = false;
		if (unlikely(reason == CPU_EXIT_DEBUG || t->gdb.stepping) &&
		    !gdb_after(t, reason) && reason == CPU_EXIT_DEBUG)
			reason = rseq_stopped(t);
		switch (reason) {
		case CPU_EXIT_SYNC: run_sync(t); break;
		case CPU_EXIT_HOST_FAULT: user_abi->host_fault(t); break;
		case CPU_EXIT_REQUEST:
			atomic_fetch_and(&t->cpu->req, ~(uint32_t)CPU_REQ_KICK);
			if (unlikely(t->traced.by))
				ptrace_park(t);
			break;
		case CPU_EXIT_DEBUG: break;
		case CPU_EXIT_WFI:
		case CPU_EXIT_WFE: sched_yield(); break;
		default:
			bug_on(true, "the PE of a program left for %d",
			       t->cpu->exit.reason);
		}
		if (unlikely(t->gdb.stepping) && reason != CPU_EXIT_REQUEST)
			gdb_stepped(t);
	}
}

/* ---- beginning ----------------------------------------------------------- */

struct beginning {
	struct user_thread *thread;
	const struct thread_new *n;
	pid_t tid;
	_Atomic uint32_t ready; /* futex */
};

static void tid_out(uint64_t addr, pid_t tid)
{
	/* As Linux: nobody hears that it could not be written. */
	if (copy_to_user((void *)addr, &tid, sizeof(tid)))
		return;
}

/* What threads of the program share by default, and these don't: 0 or -errno. */
static long unshare_for(uint64_t flags)
{
	const uint64_t parts = CLONE_FS | CLONE_FILES | CLONE_SYSVSEM;
	const uint64_t spaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS |
				CLONE_NEWIPC | CLONE_NEWNET;
	uint64_t own = (parts & ~flags) | (spaces & flags);

	return own ? host_raw(SYS_unshare, own) : 0;
}

/* The descriptor that stands for the calling thread to @addr: it or -errno, -EINVAL where the
 * host's kernel has none for threads (before 6.9). */
static long pidfd_out(uint64_t addr)
{
	int fd = (int)host_raw(SYS_pidfd_open, gettid(), PIDFD_OF_THREAD);

	if (fd < 0 || !copy_to_user((void *)addr, &fd, sizeof(fd)))
		return fd;
	host_raw(SYS_close, fd);
	return -EFAULT;
}

/* As the flags say, on the new thread: 0 or -errno. The descriptor is in its maker's table, even
 * if the thread has one of its own. */
static long begin(const struct thread_new *n)
{
	const bool has_fd = n->flags & CLONE_PIDFD;
	long ret, fd = has_fd ? pidfd_out(n->pidfd) : 0;

	if (fd < 0)
		return fd;
	ret = unshare_for(n->flags);
	if (ret && has_fd)
		host_raw(SYS_close, fd);
	return ret;
}

static void *thread_gone(struct user_thread *t)
{
	user_self = NULL;
	pe_free(t->cpu);
	free(t);
	return NULL;
}

/* @b is gone with this: a wake-up in vain does no harm. */
static void has_begun(struct beginning *b)
{
	atomic_store(&b->ready, 1);
	host_raw(SYS_futex, &b->ready, FUTEX_WAKE_PRIVATE, 1);
}

static void *thread_main(void *arg)
{
	struct beginning *b = arg;
	struct user_thread *t = b->thread;
	long err;

	b->tid = t->tid = gettid();
	err = begin(b->n);
	if (err) {
		b->tid = (pid_t)err;
		list_remove(t);
		has_begun(b);
		return thread_gone(t);
	}
	if (b->n->flags & CLONE_PARENT_SETTID)
		tid_out(b->n->parent_tid, t->tid);
	if (b->n->flags & CLONE_CHILD_SETTID)
		tid_out(b->n->child_tid, t->tid);
	user_self = t;
	has_begun(b);
	signal_unblock(t);
	thread_run(t);
	thread_end(t);
	return thread_gone(t);
}

static int host_thread(const struct user_thread *of, struct beginning *b)
{
	pthread_attr_t attr;
	pthread_t host;
	int ret;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, HOST_STACK);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	ret = pthread_create(&host, &attr, thread_main, b);
	pthread_attr_destroy(&attr);
	signal_restore_internal(of);
	return -ret;
}

static struct user_thread *thread_copy(const struct user_thread *of,
				       const struct thread_new *n)
{
	struct user_thread *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->cpu = pe_copy(of->cpu);
	if (!t->cpu) {
		free(t);
		return NULL;
	}
	signal_thread_init(t, of);
	/* Whoever gives all threads a filter finds it in the list, or its maker
	 * has had it. */
	threads_lock();
	t->seccomp = of->seccomp;
	t->seccomp_strict = of->seccomp_strict;
	list_add(t);
	threads_unlock();
	t->cpu->x[0] = 0;
	if (n->stack)
		t->cpu->x[user_abi->sp] = n->stack;
	if (n->flags & CLONE_SETTLS)
		*user_abi->tls(t->cpu) = n->tls;
	if (n->flags & CLONE_CHILD_CLEARTID)
		t->clear_tid = n->child_tid;
	return t;
}

long thread_new(const struct user_thread *of, const struct thread_new *n)
{
	struct beginning b = {.thread = thread_copy(of, n), .n = n};
	int ret;

	if (!b.thread)
		return -ENOMEM;
	ret = host_thread(of, &b);
	if (ret) {
		list_remove(b.thread);
		pe_free(b.thread->cpu);
		free(b.thread);
		return ret;
	}
	while (!atomic_load(&b.ready))
		host_raw(SYS_futex, &b.ready, FUTEX_WAIT_PRIVATE, 0, NULL);
	return b.tid;
}

int thread_forked_child(struct user_thread *t)
{
	struct cpu *cpu;
	int ret = pe_forked_child();

	if (ret)
		return ret;
	/* Its code is not here, and what it shared with other PEs may be in the
	 * middle of a change: the old one is left as it is. */
	cpu = pe_copy(t->cpu);
	if (!cpu)
		return -ENOMEM;
	t->cpu = cpu;
	t->tid = gettid();
	t->robust_list = 0;
	t->traced = (struct user_traced){0};
	t->first = true;
	rseq_forked_child();
	gdb_forked_child();
	thread_first(t);
	return 0;
}

/* ---- end ----------------------------------------------------------------- */

void thread_end(struct user_thread *t)
{
	const uint32_t zero = 0;

	signal_block();
	if (!t->beside)
		list_remove(t);
	rseq_end(t);
	robust_list_end(t);
	if (t->clear_tid &&
	    !copy_to_user((void *)t->clear_tid, &zero, sizeof(zero)))
		host_raw(SYS_futex, t->clear_tid, FUTEX_WAKE, 1);
	if (t->first)
		host_raw(SYS_exit, t->exit_code);
}
