/* SPDX-License-Identifier: MIT */
/*
 * The Arm half of the differential instruction test: runs cases that insn-diff put
 * into shared memory and stores the state they end in. Static; started by
 * insn-diff under qemu-aarch64, and of A32 and T32 under qemu-arm.
 */
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <ucontext.h>
#include <unistd.h>

#include "insn-runner.h"

void runner_enter(const struct diff_state *in, struct diff_state *out,
		  uint64_t code, const struct diff_sve *in_sve,
		  struct diff_sve *out_sve);
extern char runner_leave[], runner_faulted[];

_Static_assert(offsetof(struct diff_state, sp) == 248, "the .S files");
_Static_assert(offsetof(struct diff_state, v) == 256, "the .S files");
_Static_assert(offsetof(struct diff_state, nzcv) == 768, "the .S files");
_Static_assert(offsetof(struct diff_state, fpsr) == 776, "the .S files");
_Static_assert(offsetof(struct diff_sve, p) == 8192, "the .S files");

static struct diff_state *current;
static int ends_in_fault; /* whose registers are compared, too */

#ifdef __arm__
static void store_context(struct diff_state *s, const ucontext_t *uc)
{
}
#else
static void store_context(struct diff_state *s, const ucontext_t *uc)
{
	const struct fpsimd_context *fp =
		(const void *)uc->uc_mcontext.__reserved;

	memcpy(s->x, uc->uc_mcontext.regs, sizeof(s->x));
	s->sp = uc->uc_mcontext.sp;
	s->nzcv = uc->uc_mcontext.pstate & 0xf0000000;
	if (fp->head.magic != FPSIMD_MAGIC)
		_exit(5);
	memcpy(s->v, fp->vregs, sizeof(s->v));
	s->fpsr = fp->fpsr;
	s->fpcr = fp->fpcr;
}
#endif

static void on_fault(int sig, siginfo_t *info, void *ctx)
{
	ucontext_t *uc = ctx;

	current->fault = sig;
	/* QEMU says ILL_ILLOPN, Linux ILL_ILLOPC. */
	current->fault_code = sig == SIGILL ? 0 : info->si_code;
	current->fault_addr = (uintptr_t)info->si_addr;
	if (ends_in_fault)
		store_context(current, uc);
#ifdef __arm__
	current->fault_pc = uc->uc_mcontext.arm_pc;
	uc->uc_mcontext.arm_pc = (uintptr_t)runner_faulted;
	uc->uc_mcontext.arm_cpsr &= ~0x0600fc20; /* IT, T */
#else
	current->fault_pc = uc->uc_mcontext.pc;
	uc->uc_mcontext.pc = (uint64_t)runner_faulted;
#endif
}

static uint64_t case_code(const struct diff_case *c)
{
	return DIFF_CODE + c->slot * DIFF_SLOT + c->shift;
}

#ifndef PR_SVE_SET_VL
#define PR_SVE_SET_VL 50
#endif

static void set_vl(uint32_t vl)
{
	static uint32_t is;

	if (vl == is)
		return;
	if (prctl(PR_SVE_SET_VL, vl, 0, 0, 0) < 0)
		_exit(4);
	is = vl;
}

static void run_batch(struct diff_batch *b)
{
	for (uint32_t i = 0; i < b->n; i++) {
		struct diff_case *c = &b->cases[i];

		memcpy((void *)(uintptr_t)case_code(c), c->words,
		       sizeof(c->words) - c->shift);
	}
	__builtin___clear_cache((char *)(uintptr_t)DIFF_CODE,
				(char *)(uintptr_t)DIFF_CODE + DIFF_CODE_SIZE);
	for (uint32_t i = 0; i < b->n; i++) {
		struct diff_case *c = &b->cases[i];

		if (c->uses_mem)
			memcpy((void *)(uintptr_t)DIFF_WINDOW, c->mem_in,
			       DIFF_WINDOW_SIZE);
		current = &c->out;
		ends_in_fault = c->tagged;
		c->out.fault = 0;
		c->out.fault_pc = c->out.fault_addr = 0;
		c->out.fault_code = 0;
		if (c->vl) {
			set_vl(c->vl);
			memset(&c->sve_out, 0, sizeof(c->sve_out));
		}
		if (c->tagged)
			tags_enter(c);
		runner_enter(
			&c->in, &c->out, case_code(c) | (c->isa == DIFF_T32),
			c->vl ? &c->sve_in : NULL, c->vl ? &c->sve_out : NULL);
		if (c->tagged)
			tags_leave(c);
		if (c->uses_mem)
			memcpy(c->mem_out, (void *)(uintptr_t)DIFF_WINDOW,
			       DIFF_WINDOW_SIZE);
	}
}

#ifdef __arm__
/* LR goes to TPIDRURW. In A32 and in T32. */
static void put_trampoline(void)
{
	uint32_t *t = (uint32_t *)(uintptr_t)DIFF_TRAMPOLINE;
	uint32_t *t32 = (uint32_t *)(uintptr_t)DIFF_TRAMPOLINE_T32;

	t[0] = 0xee0def50; /* mcr p15, 0, lr, c13, c0, 2 */
	t[1] = 0xe59fe000; /* ldr lr, .+8 */
	t[2] = 0xe12fff1e; /* bx lr */
	t[3] = (uintptr_t)runner_leave;
	t32[0] = 0xef50ee0d;
	t32[1] = 0xe004f8df; /* ldr.w lr, .+8 */
	t32[2] = 0xbf004770; /* bx lr */
	t32[3] = (uintptr_t)runner_leave;
	__builtin___clear_cache((char *)t, (char *)(t32 + 4));
}
#else
static void put_trampoline(void)
{
	uint32_t *t = (uint32_t *)DIFF_TRAMPOLINE;
	uint64_t leave = (uint64_t)runner_leave;

	t[0] = 0xd51bd05e; /* msr tpidr_el0, x30 */
	t[1] = 0x5800005e; /* ldr x30, .+8 */
	t[2] = 0xd61f03c0; /* br x30 */
	memcpy(&t[3], &leave, sizeof(leave));
	__builtin___clear_cache((char *)t, (char *)(t + 5));
}
#endif

static void setup(void)
{
	static const int sigs[] = {SIGILL, SIGSEGV, SIGBUS, SIGTRAP, SIGFPE};
	struct sigaction sa = {.sa_sigaction = on_fault,
			       .sa_flags = SA_SIGINFO | SA_ONSTACK};
	/* A stream's SP may be an address within it: the frame is below SP then,
	 * at worst in the lower half. */
	static char stacks[2][65536];
	stack_t ss = {.ss_sp = stacks[1], .ss_size = sizeof(stacks[1])};
	void *p =
		mmap((void *)(uintptr_t)DIFF_BASE, DIFF_SIZE,
		     PROT_READ | PROT_WRITE | PROT_EXEC,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (p != (void *)(uintptr_t)DIFF_BASE || sigaltstack(&ss, NULL))
		_exit(3);
	for (unsigned int i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++)
		if (sigaction(sigs[i], &sa, NULL))
			_exit(3);
	put_trampoline();
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
