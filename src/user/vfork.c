/* SPDX-License-Identifier: MIT */
/*
 * A process that shares the program's memory, see vfork.h.
 */
#include "user/vfork.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/host.h"
#include "cpu/cpu.h"
#include "cpu/fp.h"
#include "shim/sig.h"
#include "user/thread.h"

#define HOST_STACK (512 << 10)

/* Of clone()'s flags those that are about how the child begins. */
#define OURS                                                                  \
	((uint64_t)(CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | \
		    CLONE_CHILD_CLEARTID))

/* What the program sees of a PE. */
struct registers {
	uint64_t x[NR_REGS], pc, pstate, tpidr;
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
	r->fpcr = cpu->fpcr;
	r->fpsr = cpu_fpsr(cpu);
}

static void registers_restore(const struct registers *r, struct cpu *cpu)
{
	/* The child may have been killed in the middle of cpu_run(). */
	cpu->fp_active = false;
	memcpy(cpu->x, r->x, sizeof(r->x));
	memcpy(cpu->vreg, r->vreg, sizeof(r->vreg));
	cpu->pc = r->pc;
	cpu_set_pstate(cpu, r->pstate);
	cpu->sys.tpidr_el0 = r->tpidr;
	fp_write_fpcr(cpu, r->fpcr);
	fp_write_fpsr(cpu, r->fpsr);
	cpu->excl_valid = false;
}

struct child {
	struct user_thread thread;
	const struct vfork_new *n;
	struct user_action actions[SIGNALS + 1];
};

static void child_registers(const struct child *c)
{
	struct cpu *cpu = c->thread.cpu;

	cpu->x[0] = 0;
	if (c->n->stack)
		cpu->x[REG_SP] = c->n->stack;
	if (c->n->flags & CLONE_SETTLS)
		cpu->sys.tpidr_el0 = c->n->tls;
}

static int child_main(void *arg)
{
	struct child *c = arg;
	struct user_thread *t = &c->thread;

	t->tid = gettid();
	t->first = true;
	t->clear_tid = c->n->flags & CLONE_CHILD_CLEARTID ? c->n->child_tid : 0;
	t->robust_list = 0;
	t->prev = NULL; /* in no list: that is the parent's */
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

long vfork_run(struct user_thread *t, const struct vfork_new *n)
{
	struct child c = {.thread = *t, .n = n};
	struct fault_guard *guard = fault_guard_top;
	struct sig_self signals = sig_self;
	struct registers regs;
	char *stack;
	long pid;

	stack = host_mmap(
		NULL, HOST_STACK, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
	if (stack == MAP_FAILED)
		return -errno;
	registers_save(&regs, t->cpu);
	pid = clone(child_main, stack + HOST_STACK, (int)(n->flags & ~OURS), &c,
		    n->parent_tid);
	if (pid < 0)
		pid = -errno;
	/* The child was this thread. */
	user_self = t;
	fault_guard_top = guard;
	sig_self = signals;
	registers_restore(&regs, t->cpu);
	host_munmap(stack, HOST_STACK);
	return pid;
}
