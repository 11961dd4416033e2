/* SPDX-License-Identifier: MIT */
/*
 * Random programs for the tests of src/cpu that run one in several ways.
 */
#include "programs.h"

#include <check.h>
#include <string.h>

#include "cpu/sysreg.h"
#include "tests/a64.h"

#define LOOP_REG 28
#define LOOPS    40

/* A random stream of @group with registers and memory that suit it. */
void program_make_stream(struct program *p, enum gen_group group)
{
	const struct insn_row *rows[DIFF_MAX_INSNS];

	memset(p, 0, sizeof(*p));
	p->c.vl = 0;
	ck_assert(gen_case(&p->c, group, 0, NULL, DIFF_MAX_INSNS, rows));
	/* words[0] is the other runner's way in, the last one its way out */
	p->words[0] = ASM_NOP;
	for (unsigned int k = 1; k <= p->c.n_words; k++)
		p->words[k] = p->c.words[k];
	p->words[p->c.n_words + 1] = ASM_HVC(1);
	p->n = p->c.n_words + 2;
}

static void put(struct program *p, uint32_t word)
{
	p->words[p->n++] = word;
}

/* Integer data processing that leaves the loop counter alone. */
static uint32_t integer_word(void)
{
	uint32_t word;

	do
		ck_assert(gen_row_valid(gen_random_row(GEN_INT), &word));
	while (FLD(word, 4, 0) == LOOP_REG);
	return word;
}

/* CBZ, CBNZ, TBZ, TBNZ or B.cond over one instruction. */
static uint32_t skip_word(void)
{
	uint32_t bits = (uint32_t)gen_random();

	switch (gen_below(3)) {
	case 0: return 0x34000000 | (bits & 0x81000000) | 2 << 5 | (bits & 7);
	case 1: return 0x36000000 | (bits & 0x81f80000) | 2 << 5 | (bits & 7);
	default: return 0x54000000 | 2 << 5 | (bits & 15);
	}
}

/* A loop with ways around some instructions: links both ways of branches. */
void program_make_loop(struct program *p)
{
	program_make_stream(p, GEN_INT);
	p->n = 0;
	put(p, ASM_MOVZ(LOOP_REG, LOOPS, 0));
	for (unsigned int k = 0; k < 8; k++) {
		put(p, integer_word());
		put(p, skip_word());
		put(p, integer_word());
	}
	put(p, 0xd1000400 | LOOP_REG << 5 | LOOP_REG); /* SUB #1 */
	put(p, ASM_CBNZ(LOOP_REG, -(int)(p->n - 1)));
	put(p, ASM_HVC(1));
}

static uint32_t mrs_word(void)
{
	unsigned int n = 0;

	while (cpu_sysreg_info(n))
		n++;
	return ASM_MRS(gen_below(32), cpu_sysreg_info(gen_below(n))->enc);
}

/* Words that do not change translation. X1 is an address in the window. */
static uint32_t system_word(void)
{
	static const uint32_t words[] = {
		ASM_NOP,
		ASM_ISB,
		ASM_DSB,
		0xd5033bbf,           /* DMB ISH */
		0xd50339bf,           /* DMB ISHLD */
		0xd5033abf,           /* DMB ISHST */
		0xd503305f | 15 << 8, /* CLREX */
		ASM_SEV,
		ASM_WFE,
		ASM_DAIFSET(15),
		ASM_DAIFCLR(15),
		ASM_PAN(0),
		ASM_PAN(1),
		ASM_UAO(1),
		ASM_SPSEL(0),
		ASM_SPSEL(1),
		ASM_MSR(ENC_NZCV, 2),
		ASM_MSR(ENC_DAIF, 2),
		ASM_MSR(SYSREG_ENC(3, 3, 4, 4, 0), 2),  /* FPCR */
		ASM_MSR(SYSREG_ENC(3, 3, 4, 4, 1), 2),  /* FPSR */
		ASM_MSR(SYSREG_ENC(3, 0, 4, 0, 0), 2),  /* SPSR_EL1 */
		ASM_MSR(SYSREG_ENC(3, 0, 4, 0, 1), 1),  /* ELR_EL1 */
		ASM_MSR(SYSREG_ENC(3, 0, 4, 1, 0), 2),  /* SP_EL0 */
		ASM_MSR(SYSREG_ENC(3, 3, 13, 0, 2), 2), /* TPIDR_EL0 */
		ASM_MSR(SYSREG_ENC(3, 0, 6, 0, 0), 2),  /* FAR_EL1 */
		ASM_TLBI_VMALLE1,
		ASM_TLBI_VAE1(3),
		ASM_TLBI_ASIDE1(3),
		ASM_TLBI_VAAE1IS(3),
		ASM_SYS(0, 7, 8, 0, 1), /* AT S1E1R */
		ASM_IC_IALLU,
		ASM_SYS(3, 7, 5, 1, 1),  /* IC IVAU */
		ASM_SYS(3, 7, 4, 1, 1),  /* DC ZVA */
		ASM_SYS(3, 7, 10, 1, 1), /* DC CVAC */
		ASM_SVC(3),
		ASM_BRK(4),
		ASM_ERET,
		ASM_MRS(0, SYSREG_ENC(3, 0, 0, 0, 1)), /* does not exist */
		ASM_UDF,
	};

	switch (gen_below(3)) {
	case 0: return mrs_word();
	case 1: return integer_word();
	default: return words[gen_below(ARRAY_SIZE(words))];
	}
}

void program_make_system(struct program *p)
{
	program_make_stream(p, GEN_INT);
	p->n = 0;
	while (p->n < ARRAY_SIZE(p->words) - 3) {
		uint32_t word = system_word();

		if (word == ASM_WFE) /* without an event it leaves */
			put(p, ASM_SEV);
		put(p, word);
	}
	put(p, ASM_HVC(1));
	p->c.in.x[1] = DIFF_WINDOW_MID;
}

/* ---- comparison ---------------------------------------------------------- */

#define SAME(member) (!memcmp(&a->member, &b->member, sizeof(a->member)))

const char *cpu_difference(const struct cpu *a, const struct cpu *b)
{
	if (memcmp(a->x, b->x, REG_SINK * sizeof(a->x[0])))
		return "a general register";
	if (a->x[REG_ZR] || b->x[REG_ZR])
		return "XZR";
	if (get_nzcv(a) != get_nzcv(b))
		return "NZCV";
	/* Those behind are the interpreter's own. */
	if (memcmp(a->vreg, b->vreg, 32 * sizeof(a->vreg[0])) != 0)
		return "a vector register";
	if (a->fpcr != b->fpcr || cpu_fpsr(a) != cpu_fpsr(b))
		return "FPCR or FPSR";
	if (a->pc != b->pc)
		return "PC";
	if (cpu_pstate(a) != cpu_pstate(b) || !SAME(sp_bank))
		return "PSTATE";
	if (!SAME(sys))
		return "a system register";
	if (a->excl_valid != b->excl_valid || a->event != b->event)
		return "a monitor or event";
	if (a->exit.reason != b->exit.reason ||
	    (a->exit.reason == CPU_EXIT_HVC && a->exit.imm16 != b->exit.imm16))
		return "the exit";
	return NULL;
}
