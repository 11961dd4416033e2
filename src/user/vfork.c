/* SPDX-License-Identifier: MIT */
/*
 * A process that shares the program's memory, see vfork.h.
 */
#include "user/vfork.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/host.h"
#include "cpu/cpu.h"
#include "cpu/fp/fp.h"
#include "shim/sig.h"
#include "user/abi.h"
#include "user/exec.h"
#include "user/host-clone3.h"
#include "user/lock.h"
#include "user/pe.h"
#include "user/thread.h"

/* A little less than a size of heap.c's, whose blocks have a head. */
#define HOST_STACK ((512 << 10) - 16)

/* Of clone()'s flags those that are about how the child begins. */
#define OURS                                                                  \
	((uint64_t)(CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | \
		    CLONE_CHILD_CLEARTID))

/* What the program sees of a PE. */
struct registers {
	uint64_t x[NR_REGS], pc, pstate, tpidr, tpidrro;
	union vreg vreg[32];
	uint32_t fpcr, fpsr;
};

static void registers_save(struct registers *r, const struct cpu *cpu)
{
	memcpy(r->x, cpu->x, sizeof(r->x));
	memcpy(r->vreg, cpu->vreg, sizeof(r->vreg));
	r->pc = cpu->pc;
	r->pstate = cpu_pstate(cpu);
	r->tpidr = cpu->sys.tpidr_el0;
	r->tpidrro = cpu->sys.tpidrro_el0;
	r->fpcr = cpu->fpcr;
	r->fpsr = cpu_fpsr(cpu);
}

static void registers_restore(const struct registers *r, struct cpu *cpu)
{
	memcpy(cpu->x, r->x, sizeof(r->x));
	memcpy(cpu->vreg, r->vreg, sizeof(r->vreg));
	cpu->pc = r->pc;
	cpu_set_pstate(cpu, r->pstate);
	cpu->sys.tpidr_el0 = r->tpidr;
	cpu->sys.tpidrro_el0 = r->tpidrro;
	fp_write_fpcr(cpu, r->fpcr);
	fp_write_fpsr(cpu, r->fpsr);
	cpu->excl_valid = false;
}

/* The child was killed while it executed: what the PE has of its code may be
 * half a change. */
static bool is_broken(const struct user_thread *child)
{
	return child->executes;
}

struct child {
	struct user_thread thread;
	const struct vfork_new *n;
	struct vfork_new own; /* vfork_beside(): where that is */
	struct user_action actions[SIGNALS + 1];
};

static void child_registers(const struct child *c)
{
	struct cpu *cpu = c->thread.cpu;

	cpu->x[0] = 0;
	if (c->n->stack)
		cpu->x[user_abi->sp] = c->n->stack;
	if (c->n->flags & CLONE_SETTLS)
		*user_abi->tls(cpu) = c->n->tls;
}

static int child_main(void *arg)
{
	struct child *c = arg;
	struct user_thread *t = &c->thread;

	t->tid = gettid();
	t->first = true;
	t->clear_tid = c->n->flags & CLONE_CHILD_CLEARTID ? c->n->child_tid : 0;
	t->robust_list = 0;
	t->rseq.area = 0;
	t->beside = true;
	t->traced = (struct user_traced){0};
	t->signals.sent[0].sig = t->signals.sent[1].sig = 0;
	if (!(c->n->flags & CLONE_SIGHAND))
		signal_copy_actions(t, c->actions);
	if (c->n->clear_actions)
		signal_clear_actions(t);
	if ((c->n->flags & CLONE_CHILD_SETTID) &&
	    copy_to_user((void *)c->n->child_tid, &t->tid, sizeof(t->tid)))
		t->tid = gettid(); /* as Linux: nobody hears of it */
	child_registers(c);
	user_self = t;
	signal_unblock(t);
	thread_run(t);
	thread_end(t);
	return 0;
}

/* @ctid and @tls are the host's. */
static long host_clone(const struct vfork_new *n, uint64_t more, char *stack,
		       struct child *c, uint64_t tls, void *ctid)
{
	const uint64_t flags = (n->flags & ~OURS) | more;
	struct host_clone3 a;
	long pid;

	if (!n->clone3) {
		pid = clone(child_main, stack + HOST_STACK, (int)flags, c,
			    n->parent_tid, tls, ctid);
		return pid < 0 ? -errno : pid;
	}
	a = *n->clone3;
	a.flags |= flags & ~(uint64_t)CSIGNAL;
	a.exit_signal = flags & CSIGNAL;
	a.pidfd = n->parent_tid;
	a.child_tid = (uint64_t)ctid;
	a.tls = tls;
	a.stack = (uint64_t)stack;
	a.stack_size = HOST_STACK;
	return host_clone3_run(&a, child_main, c);
}

long vfork_run(struct user_thread *t, const struct vfork_new *n)
{
	struct child c = {.thread = *t, .n = n};
	struct fault_guard *guard = fault_guard_top;
	struct sig_self signals = sig_self;
	struct registers regs;
	char *stack;
	long pid;

	cpu_make_tables();
	stack = malloc(HOST_STACK);
	if (!stack)
		return -ENOMEM;
	registers_save(&regs, t->cpu);
	pid = host_clone(n, 0, stack, &c, 0, NULL);
	/* The child was this thread. */
	user_self = t;
	fault_guard_top = guard;
	sig_self = signals;
	locks_give_back();
	if (pid > 0)
		ptrace_tracer_gone((pid_t)pid);
	exec_free(&c.thread);
	if (is_broken(&c.thread)) {
		struct cpu *cpu = pe_copy(t->cpu);

		if (cpu) {
			cpu_abandon(t->cpu);
			t->cpu = cpu;
		}
	}
	registers_restore(&regs, t->cpu);
	free(stack);
	return pid;
}

/* ---- beside the parent --------------------------------------------------- */

struct beside {
	struct child child; /* first: child_main() has it */
	char *stack;
	uint64_t tls;            /* of the host thread */
	_Atomic uint32_t parked; /* futex: 1 */
	/* futex: 1; 0 when the child is gone, by the kernel, or there is none */
	_Atomic uint32_t lives;
};

static void beside_free(struct beside *b)
{
	exec_free(&b->child.thread);
	free(b->stack);
	if (is_broken(&b->child.thread))
		cpu_abandon(b->child.thread.cpu);
	else if (b->child.thread.cpu)
		pe_free(b->child.thread.cpu);
	free(b);
}

/* The child uses this thread's storage: from the first futex on nothing here
 * touches that before the second says that the child is gone. */
static void *beside_main(void *arg)
{
	struct beside *b = arg;

	b->tls = (unsigned long)__builtin_thread_pointer();
	atomic_store(&b->parked, 1);
	host_raw(SYS_futex, &b->parked, FUTEX_WAKE, 1);
	while (atomic_load(&b->lives))
		host_raw(SYS_futex, &b->lives, FUTEX_WAIT, 1, NULL);
	user_self = NULL;
	fault_guard_top = NULL;
	sig_self = (struct sig_self){0};
	locks_give_back();
	ptrace_tracer_gone(b->child.thread.tid);
	beside_free(b);
	return NULL;
}

static long beside_park(struct beside *b)
{
	pthread_attr_t attr;
	pthread_t host;
	int ret;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	ret = pthread_create(&host, &attr, beside_main, b);
	pthread_attr_destroy(&attr);
	if (ret)
		return -EAGAIN;
	while (!atomic_load(&b->parked))
		host_raw(SYS_futex, &b->parked, FUTEX_WAIT, 0, NULL);
	return 0;
}

static struct beside *beside_new(const struct user_thread *t,
				 const struct vfork_new *n)
{
	struct beside *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	b->child.thread = *t;
	b->child.own = *n;
	b->child.n = &b->child.own;
	b->child.thread.cpu = pe_copy(t->cpu);
	b->stack = malloc(HOST_STACK);
	if (b->child.thread.cpu && b->stack)
		return b;
	beside_free(b);
	return NULL;
}

long vfork_beside(struct user_thread *t, const struct vfork_new *n)
{
	const uint64_t host = CLONE_SETTLS | CLONE_CHILD_CLEARTID;
	struct beside *b = beside_new(t, n);
	long ret;

	if (!b)
		return -ENOMEM;
	cpu_make_tables();
	b->lives = 1;
	ret = beside_park(b);
	if (ret) {
		beside_free(b);
		return ret;
	}
	signal_restore_internal(t);
	ret = host_clone(n, host, b->stack, &b->child, b->tls, &b->lives);
	if (ret > 0)
		return ret;
	atomic_store(&b->lives, 0);
	host_raw(SYS_futex, &b->lives, FUTEX_WAKE, 1);
	return ret;
}
