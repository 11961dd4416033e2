/* SPDX-License-Identifier: MIT */
/*
 * A thread of the program, see thread.h: what the PE leaves cpu_run() for.
 */
#include "user/thread.h"

#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>

#include "base/log.h"
#include "cpu/cpu.h"
#include "cpu/exception.h"
#include "user/syscall.h"

__thread struct user_thread *user_self;

static void run_syscall(struct user_thread *t)
{
	struct cpu *cpu = t->cpu;
	long ret = user_syscall(t, cpu->x[8], cpu->x);

	if (ret == USER_AGAIN)
		cpu->pc -= 4;
	else if (ret != USER_REGISTERS_SET)
		cpu->x[0] = (uint64_t)ret;
}

static void run_sync(struct user_thread *t)
{
	struct cpu *cpu = t->cpu;

	if (cpu->exit.sync.esr >> 26 == EC_SVC) {
		run_syscall(t);
		return;
	}
	log_error("exception %#" PRIx64 " at %#" PRIx64 ", address %#" PRIx64,
		  cpu->exit.sync.esr, cpu->pc, cpu->exit.sync.far);
	abort();
}

static void run_fault(struct user_thread *t)
{
	struct cpu *cpu = t->cpu;

	log_error("signal %d at %#" PRIx64 ", address %p", cpu->exit.host_sig,
		  cpu->pc, cpu->exit.host_addr);
	abort();
}

void thread_run(struct user_thread *t)
{
	user_self = t;
	for (;;) {
		switch (cpu_run(t->cpu)) {
		case CPU_EXIT_SYNC: run_sync(t); break;
		case CPU_EXIT_HOST_FAULT: run_fault(t); break;
		case CPU_EXIT_REQUEST:
			atomic_fetch_and(&t->cpu->req, ~(uint32_t)CPU_REQ_KICK);
			break;
		case CPU_EXIT_WFI:
		case CPU_EXIT_WFE: sched_yield(); break;
		default:
			bug_on(true, "the PE of a program left for %d",
			       t->cpu->exit.reason);
		}
	}
}
