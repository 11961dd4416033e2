/* SPDX-License-Identifier: MIT */
/* See noted.h. */
#include "tests/user/noted.h"

#include "tests/user/machine.h"
#include "tests/user/user.h"

volatile int hits, order[16];
volatile siginfo_t seen;
volatile uint64_t seen_pc, seen_sp, seen_fault;
volatile bool seen_load, seen_store;

void install(int sig, void (*fn)(int, siginfo_t *, void *), int flags)
{
	struct sigaction act = {.sa_sigaction = fn,
				.sa_flags = flags | SA_SIGINFO};

	CHECK_EQ(sigaction(sig, &act, NULL), 0);
}

void note(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	order[hits % 16] = sig;
	hits++;
	memcpy((void *)&seen, info, sizeof(seen));
	seen_pc = *context_pc(uc);
	seen_sp = context_sp(uc);
	seen_fault = uc->uc_mcontext.fault_address;
	seen_load = context_is_fault(uc, false);
	seen_store = context_is_fault(uc, true);
}

void set_of(sigset_t *set, int a, int b)
{
	sigemptyset(set);
	if (a)
		sigaddset(set, a);
	if (b)
		sigaddset(set, b);
}

sigjmp_buf back;

void jump(int sig, siginfo_t *info, void *context)
{
	note(sig, info, context);
	siglongjmp(back, 1);
}
