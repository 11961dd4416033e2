/* SPDX-License-Identifier: MIT */
/*
 * Random programs for the tests of src/cpu: each ends in HVC #1 if no exception
 * comes before, touches no memory but the window of insn-diff.h, and comes with
 * registers that suit it. gen_seed() (insn-gen.h) names a series of them.
 */
#ifndef FAUXKVM_TESTS_CPU_PROGRAMS_H
#define FAUXKVM_TESTS_CPU_PROGRAMS_H

#include "cpu-env.h"

#include "cpu/fp/fp.h"
#include "tests/isa/insn-gen.h"

struct program {
	struct diff_case c; /* start, window, registers */
	uint32_t words[32];
	unsigned int n;
};

/* A random stream of @group with registers and memory that suit it. */
void program_make_stream(struct program *p, enum gen_group group);
/* A loop with ways around some instructions: links both ways of branches. */
void program_make_loop(struct program *p);
/* System instructions that do not change translation. */
void program_make_system(struct program *p);

/* What two PEs differ in of what a guest can see; NULL: nothing. Not time. */
const char *cpu_difference(const struct cpu *a, const struct cpu *b);

/* ---- in an environment --------------------------------------------------- */

#define PROGRAM_PA (RAM_BASE + 0x200000) /* of DIFF_BASE, 2 MiB */

static inline void *program_host(struct env *e, uint64_t va)
{
	return ram_at(e, va - DIFF_BASE + PROGRAM_PA);
}

/* Put @p into memory, and registers as it wants them; @sys: those of the system
 * as they are after mmu_on(), with DIFF_BASE mapped. What was decoded of
 * another program is the caller's to drop. */
static inline void program_load(struct env *e, const struct program *p,
				const struct cpu_sysregs *sys)
{
	const struct diff_state *s = &p->c.in;
	struct cpu *cpu = &e->cpu;

	memcpy(program_host(e, DIFF_CODE), p->words, sizeof(p->words));
	memcpy(program_host(e, DIFF_WINDOW), p->c.mem_in, DIFF_WINDOW_SIZE);
	cpu->sys = *sys;
	cpu_set_pstate(cpu, s->nzcv | 0x3c5);
	memcpy(cpu->x, s->x, sizeof(s->x));
	cpu_set_sp(cpu, 0, s->sp);
	cpu_set_sp(cpu, 1, s->sp);
	memcpy(cpu->vreg, s->v, sizeof(s->v));
	fp_write_fpcr(cpu, s->fpcr);
	fp_write_fpsr(cpu, s->fpsr);
	cpu->excl_valid = false;
	cpu->event = false;
	cpu->pc = DIFF_CODE;
}

#endif
