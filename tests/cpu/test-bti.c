/* SPDX-License-Identifier: MIT */
/*
 * Branch target identification (FEAT_BTI): what may be where which branch leads, from
 * guarded pages and others, known to the jump cache or not, and PSTATE.BTYPE over exceptions.
 */
#include "cpu-env.h"

#define PTE_GP     BIT(50)
#define GUARDED    UINT64_C(0x400000)
#define OPEN       UINT64_C(0x401000)
#define MISSING    UINT64_C(0x402000)
#define GUARDED_PA DATA_PA
#define OPEN_PA    (DATA_PA + 0x1000)
#define CALLER     0x800 /* in either page */

#define BTI     0xd503241fu
#define BTI_C   0xd503245fu
#define BTI_J   0xd503249fu
#define BTI_JC  0xd50324dfu
#define PACIASP 0xd503233fu
#define PACIBSP 0xd503237fu
#define PACIAZ  0xd503231fu

#define SPSR_BTYPE(n) ((uint64_t)(n) << 10)

static struct cpu_domain *domain;
static struct env *e;
static struct space lo, hi;

static void setup(void)
{
	domain = cpu_domain_new();
	ck_assert_ptr_nonnull(domain);
	e = env_new(domain);
	mmu_on(e, &lo, &hi);
	space_map(e, &lo, GUARDED, GUARDED_PA, 3,
		  PTE_DEFAULT | PTE_AP(3) | PTE_GP);
	space_map(e, &lo, OPEN, OPEN_PA, 3, PTE_DEFAULT | PTE_AP(3));
}

static void teardown(void)
{
	env_free(e);
	cpu_domain_free(domain);
}

/* From @from by @branch to @to, where @word and HVC #1 are, at EL1. */
static void branch(gva_t from, uint32_t insn, gva_t to, uint32_t word)
{
	gpa_t page = to == OPEN ? OPEN_PA : GUARDED_PA;

	CODE(e, page, word, ASM_HVC(1));
	CODE(e, (from == OPEN ? OPEN_PA : GUARDED_PA) + CALLER, insn);
	cpu_set_pstate(&e->cpu, PSTATE_EL1h | PSTATE_DAIF);
	e->cpu.x[1] = e->cpu.x[16] = e->cpu.x[17] = e->cpu.x[30] = to;
	run_at(e, from + CALLER);
}

static void expect_fault(unsigned int vector, gva_t at, unsigned int btype)
{
	ck_assert_int_eq(exit_vector(e), vector);
	ck_assert_uint_eq(esr_ec(e), EC_BTI);
	ck_assert_uint_eq(esr_iss(e), btype);
	ck_assert_uint_eq(e->cpu.sys.esr_el1 & ESR_IL, ESR_IL);
	ck_assert_uint_eq(e->cpu.sys.elr_el1, at);
	ck_assert_uint_eq(e->cpu.sys.spsr_el1 & SPSR_BTYPE(3),
			  SPSR_BTYPE(btype));
}

static void expect_passed(void)
{
	ck_assert_int_eq(exit_vector(e), -1);
	ck_assert_uint_eq(e->cpu.exit.imm16, 1);
	ck_assert_uint_eq(cpu_pstate(&e->cpu) & SPSR_BTYPE(3), 0);
}

/* What may be there, a bit for each BTYPE. */
static const struct {
	uint32_t word;
	uint8_t passes, passes_bt;
} targets[] = {
	{ASM_NOP, 0, 0},  {BTI, 0, 0},      {BTI_C, 6, 6},
	{BTI_J, 10, 10},  {BTI_JC, 14, 14}, {PACIASP, 14, 6},
	{PACIBSP, 14, 6}, {PACIAZ, 0, 0},   {ASM_MOVZ(2, 1, 0), 0, 0},
};

static const struct {
	gva_t from;
	uint32_t insn;
	uint8_t btype;
} branches[] = {
	{GUARDED, ASM_BR(1), 3},   {GUARDED, ASM_BR(16), 1},
	{GUARDED, ASM_BR(17), 1},  {GUARDED, ASM_BLR(1), 2},
	{GUARDED, ASM_BLR(16), 2}, {OPEN, ASM_BR(1), 1},
	{OPEN, ASM_BLR(1), 2},
};

START_TEST(what_may_be_there)
{
	for (unsigned int k = 0;
	     k < ARRAY_SIZE(targets) * ARRAY_SIZE(branches) * 2; k++) {
		unsigned int t = k / 2 / ARRAY_SIZE(branches);
		unsigned int b = k / 2 % ARRAY_SIZE(branches);
		unsigned int type = branches[b].btype;
		bool bt = k & 1;
		uint8_t passes = bt ? targets[t].passes_bt : targets[t].passes;

		set_sys(e, ENC_SCTLR,
			(e->cpu.sys.sctlr_el1 & ~SCTLR_BT1) |
				(bt ? SCTLR_BT1 : SCTLR_BT0));
		for (unsigned int again = 0; again < 3; again++) {
			branch(branches[b].from, branches[b].insn, GUARDED,
			       targets[t].word);
			if (passes >> type & 1)
				expect_passed();
			else
				expect_fault(4, GUARDED, type);
			branch(branches[b].from, branches[b].insn, OPEN,
			       targets[t].word);
			expect_passed();
		}
	}
}
END_TEST

/* RET, and branches that are not to a register. */
START_TEST(others_have_no_type)
{
	branch(OPEN, ASM_RET, GUARDED, ASM_NOP);
	expect_passed();
	branch(OPEN, ASM_B(-(0x1000 + CALLER) / 4), GUARDED, ASM_NOP);
	expect_passed();
}
END_TEST

/* BRK is allowed, and then it is that exception. */
START_TEST(breakpoint_instruction)
{
	branch(GUARDED, ASM_BR(1), GUARDED, ASM_BRK(7));
	ck_assert_int_eq(exit_vector(e), 4);
	ck_assert_uint_eq(esr_ec(e), EC_BRK);
}
END_TEST

/* The type is kept by an exception before the target, and looked at behind it. */
START_TEST(over_exceptions)
{
	branch(OPEN, ASM_BLR(1), MISSING, ASM_NOP);
	ck_assert_int_eq(exit_vector(e), 4);
	ck_assert_uint_eq(esr_ec(e), EC_IABT_CUR);
	ck_assert_uint_eq(e->cpu.sys.spsr_el1 & SPSR_BTYPE(3), SPSR_BTYPE(2));
	space_map(e, &lo, MISSING, GUARDED_PA, 3,
		  PTE_DEFAULT | PTE_AP(3) | PTE_GP);
	flush(e);
	CODE(e, CODE_PA, ASM_ERET);
	CODE(e, GUARDED_PA, ASM_NOP, ASM_HVC(1));
	run_at(e, CODE_PA);
	expect_fault(4, MISSING, 2);
	CODE(e, GUARDED_PA, BTI_C, ASM_HVC(1));
	run_at(e, CODE_PA);
	expect_passed();
	/* From user space. */
	cpu_set_pstate(&e->cpu, PSTATE_EL1h | SPSR_BTYPE(3));
	ck_assert_uint_eq(cpu_pstate(&e->cpu), PSTATE_EL1h | SPSR_BTYPE(3));
	run_at(e, GUARDED);
	expect_fault(4, GUARDED, 3);
}
END_TEST

/* EL0 has its own bit of SCTLR_EL1. */
START_TEST(at_el0)
{
	CODE(e, GUARDED_PA + CALLER, ASM_BR(1));
	CODE(e, GUARDED_PA, PACIASP, ASM_SVC(0));
	for (unsigned int k = 0; k < 2; k++) {
		set_sys(e, ENC_SCTLR,
			(e->cpu.sys.sctlr_el1 & ~(SCTLR_BT0 | SCTLR_BT1)) |
				(k ? SCTLR_BT0 : SCTLR_BT1));
		go_el0(e);
		e->cpu.x[1] = GUARDED;
		run_at(e, GUARDED + CALLER);
		if (k)
			expect_fault(8, GUARDED, 3);
		else
			ck_assert_uint_eq(esr_ec(e), EC_SVC);
	}
}
END_TEST

START_TEST(is_not_there)
{
	static const struct cpu_id id = {SYSREG_ENC(3, 0, 0, 4, 1), 0x20};
	static struct cpu_model model;
	static struct cpu_env ops;

	ops = env_ops;
	cpu_model_set(&model, &id, 1);
	ops.model = &model;
	cpu_destroy(&e->cpu);
	ck_assert_int_eq(cpu_init(&e->cpu, domain, &ops, e), 0);
	engine_choose(&e->cpu);
	mmu_on(e, &lo, &hi);
	space_map(e, &lo, GUARDED, GUARDED_PA, 3,
		  PTE_DEFAULT | PTE_AP(3) | PTE_GP);
	branch(GUARDED, ASM_BR(1), GUARDED, ASM_NOP);
	expect_passed();
	CODE(e, CODE_PA, ASM_MSR(ENC_SCTLR, 1), ASM_MRS(2, ENC_SCTLR),
	     ASM_HVC(1));
	e->cpu.x[1] = e->cpu.sys.sctlr_el1 | SCTLR_BT0 | SCTLR_BT1;
	run_at(e, CODE_PA);
	ck_assert_uint_eq(e->cpu.x[2] & (SCTLR_BT0 | SCTLR_BT1), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("bti");
	TCase *tc = tcase_create("targets");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, what_may_be_there);
	tcase_add_test(tc, others_have_no_type);
	tcase_add_test(tc, breakpoint_instruction);
	tcase_add_test(tc, over_exceptions);
	tcase_add_test(tc, at_el0);
	tcase_add_test(tc, is_not_there);
	suite_add_tcase(s, tc);
	return check_run_engines(srunner_create(s));
}
