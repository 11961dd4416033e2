/* SPDX-License-Identifier: MIT */
/*
 * The arm64 half of the differential instruction test: runs cases that
 * insn-diff put into shared memory and stores the state they end in. Static;
 * started by insn-diff under qemu-aarch64.
 */
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "insn-diff.h"

void runner_enter(const struct diff_state *in, struct diff_state *out,
		  uint64_t code);
extern char runner_leave[], runner_faulted[];

_Static_assert(offsetof(struct diff_state, sp) == 248, "insn-runner.S");
_Static_assert(offsetof(struct diff_state, v) == 256, "insn-runner.S");
_Static_assert(offsetof(struct diff_state, nzcv) == 768, "insn-runner.S");
_Static_assert(offsetof(struct diff_state, fpsr) == 776, "insn-runner.S");

static struct diff_state *current;

static void on_fault(int sig, siginfo_t *info, void *ctx)
{
	ucontext_t *uc = ctx;

	(void)info;
	current->fault = sig;
	current->fault_pc = uc->uc_mcontext.pc;
	uc->uc_mcontext.pc = (uint64_t)runner_faulted;
}

static void run_batch(struct diff_batch *b)
{
	for (uint32_t i = 0; i < b->n; i++) {
		struct diff_case *c = &b->cases[i];

		memcpy((void *)(DIFF_CODE + c->slot * DIFF_SLOT), c->words,
		       sizeof(c->words));
	}
	__builtin___clear_cache((char *)DIFF_CODE,
				(char *)DIFF_CODE + DIFF_CODE_SIZE);
	for (uint32_t i = 0; i < b->n; i++) {
		struct diff_case *c = &b->cases[i];

		if (c->uses_mem)
			memcpy((void *)DIFF_WINDOW, c->mem_in,
			       DIFF_WINDOW_SIZE);
		current = &c->out;
		c->out.fault = 0;
		c->out.fault_pc = 0;
		runner_enter(&c->in, &c->out, DIFF_CODE + c->slot * DIFF_SLOT);
		if (c->uses_mem)
			memcpy(c->mem_out, (void *)DIFF_WINDOW,
			       DIFF_WINDOW_SIZE);
	}
}

static void setup(void)
{
	static const int sigs[] = {SIGILL, SIGSEGV, SIGBUS, SIGTRAP, SIGFPE};
	struct sigaction sa = {.sa_sigaction = on_fault,
			       .sa_flags = SA_SIGINFO | SA_ONSTACK};
	static char stack[65536];
	stack_t ss = {.ss_sp = stack, .ss_size = sizeof(stack)};
	uint32_t *t = (uint32_t *)DIFF_TRAMPOLINE;
	uint64_t leave = (uint64_t)runner_leave;
	void *p =
		mmap((void *)DIFF_BASE, DIFF_SIZE,
		     PROT_READ | PROT_WRITE | PROT_EXEC,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (p != (void *)DIFF_BASE || sigaltstack(&ss, NULL))
		_exit(3);
	for (unsigned int i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++)
		if (sigaction(sigs[i], &sa, NULL))
			_exit(3);
	t[0] = 0xd51bd05e; /* msr tpidr_el0, x30 */
	t[1] = 0x5800005e; /* ldr x30, .+8 */
	t[2] = 0xd61f03c0; /* br x30 */
	memcpy(&t[3], &leave, sizeof(leave));
	__builtin___clear_cache((char *)t, (char *)(t + 5));
}

int main(void)
{
	struct diff_batch *batches;
	unsigned char i;

	setup();
	batches = mmap(NULL, DIFF_BATCHES * sizeof(*batches),
		       PROT_READ | PROT_WRITE, MAP_SHARED, DIFF_SHM_FD, 0);
	if (batches == MAP_FAILED)
		return 3;
	while (read(0, &i, 1) == 1) {
		if (i >= DIFF_BATCHES)
			return 3;
		run_batch(&batches[i]);
		if (write(1, &i, 1) != 1)
			return 3;
	}
	return 0;
}
