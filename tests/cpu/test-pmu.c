/* SPDX-License-Identifier: MIT */
/*
 * Performance counters (cpu/pmu.c): that counts are exact, wherever a block is
 * left, and what they cost nothing for. Programs count a known number of
 * instructions between the MSR that starts the counters and the one that stops
 * them, which is counted too.
 */
#include "cpu-env.h"
#include "engines.h"

#include "cpu/engine.h"

#define PMCR         SYSREG_ENC(3, 3, 9, 12, 0)
#define PMCNTENSET   SYSREG_ENC(3, 3, 9, 12, 1)
#define PMCNTENCLR   SYSREG_ENC(3, 3, 9, 12, 2)
#define PMOVSCLR     SYSREG_ENC(3, 3, 9, 12, 3)
#define PMCCNTR      SYSREG_ENC(3, 3, 9, 13, 0)
#define PMOVSSET     SYSREG_ENC(3, 3, 9, 14, 3)
#define PMINTENSET   SYSREG_ENC(3, 0, 9, 14, 1)
#define PMEVCNTR(n)  SYSREG_ENC(3, 3, 14, 8, n)
#define PMEVTYPER(n) SYSREG_ENC(3, 3, 14, 12, n)
#define PMCCFILTR    SYSREG_ENC(3, 3, 14, 15, 7)

#define EV_INSNS    0x08
#define EV_TAKEN    0x09
#define EV_RETURN   0x0a
#define EV_CYCLES   0x11
#define EV_ACCESSES 0x13
#define EV_CHAIN    0x1e
#define EV_BRANCHES 0x21
#define NOT_EL1     BIT(31)
#define NOT_EL0     BIT(30)

/* Counters of the fixture, by number. */
enum { INSNS, BRANCHES, ACCESSES, TAKEN, RETURN, EL0_INSNS, NR };

static const uint32_t types[NR] = {
	[INSNS] = EV_INSNS,       [BRANCHES] = EV_BRANCHES,
	[ACCESSES] = EV_ACCESSES, [TAKEN] = EV_TAKEN,
	[RETURN] = EV_RETURN,     [EL0_INSNS] = EV_INSNS | NOT_EL1,
};

static struct cpu_pmu_model model;
static struct cpu_domain *dom;
static struct env *e;
static struct cpu_env ops;
static unsigned int level_changes, looks;
static bool level;

static void level_changed(struct cpu *cpu, bool to)
{
	level = to;
	level_changes++;
}

static void look(struct cpu *cpu)
{
	looks++;
}

static void setup(void)
{
	dom = cpu_domain_new();
	ck_assert_ptr_nonnull(dom);
	e = env_new(dom);
	ops = env_ops;
	ops.pmu_level = level_changed;
	ops.look = look;
	e->cpu.env = &ops;
	model = (struct cpu_pmu_model){
		.counters = NR, .type_bits = 0xc000ffff, .no_aarch32 = true};
	cpu_set_pmu(&e->cpu, &model);
	cpu_reset(&e->cpu);
	vectors_put(e);
	level = false;
	level_changes = looks = 0;
	for (unsigned int n = 0; n < NR; n++) {
		set_sys(e, PMEVTYPER(n), types[n]);
		set_sys(e, PMEVCNTR(n), 0);
	}
	set_sys(e, PMCCNTR, 0);
	set_sys(e, PMCNTENCLR, ~UINT64_C(0));
	set_sys(e, PMOVSCLR, ~UINT64_C(0));
	set_sys(e, SYSREG_ENC(3, 0, 9, 14, 2), ~UINT64_C(0));
	set_sys(e, PMCR, 1);
	cpu_pmu_reload(&e->cpu);
	e->cpu.x[20] = BIT(31) | (BIT(NR) - 1);
	e->cpu.x[21] = DATA_PA;
	e->cpu.x[22] = 0x60000000; /* no memory */
}

static void teardown(void)
{
	env_free(e);
	cpu_domain_free(dom);
}

#define START ASM_MSR(PMCNTENSET, 20)
#define STOP  ASM_MSR(PMCNTENCLR, 20)

static uint64_t counter(unsigned int n)
{
	return cpu_sysreg_get(&e->cpu, PMEVCNTR(n));
}

static uint64_t cycles(void)
{
	return cpu_sysreg_get(&e->cpu, PMCCNTR);
}

static void expect(uint64_t insns, uint64_t branches, uint64_t accesses)
{
	ck_assert_uint_eq(counter(INSNS), insns);
	ck_assert_uint_eq(cycles(), insns);
	ck_assert_uint_eq(counter(BRANCHES), branches);
	ck_assert_uint_eq(counter(ACCESSES), accesses);
}

/* Only what is counted by the block anyway. */
static void insns_only(void)
{
	e->cpu.x[20] = BIT(31) | BIT(INSNS) | BIT(EL0_INSNS);
}

/* ---- straight and in circles --------------------------------------------- */

START_TEST(straight)
{
	if (_i)
		insns_only();
	CODE(e, CODE_PA, ASM_NOP, ASM_NOP, START, ASM_NOP, ASM_LDR(1, 21),
	     ASM_STR(1, 21), ASM_LDP(2, 3, 21), ASM_LDADD(1, 2, 21),
	     0xf9800000 | 21 << 5 /* prfm */, ASM_NOP, STOP, ASM_NOP,
	     ASM_HVC(1));
	run_at(e, CODE_PA);
	expect(8, 0, _i ? 0 : 4);
	ck_assert_uint_eq(counter(EL0_INSNS), 0);
	ck_assert_uint_eq(counter(TAKEN), 0);
}
END_TEST

/* A loop, whose blocks are linked. */
START_TEST(loop)
{
	unsigned int often;

	if (_i)
		insns_only();
	CODE(e, CODE_PA, START, ASM_MOVZ(4, 50000, 0), ASM_LDR(1, 21),
	     0xd1000484 /* sub x4, x4, #1 */, ASM_CBNZ(4, -2), ASM_BLR(19),
	     STOP, ASM_HVC(1));
	CODE(e, CODE_PA + 0x1000, ASM_STR(1, 21), ASM_RET);
	e->cpu.x[19] = CODE_PA + 0x1000;
	run_at(e, CODE_PA);
	expect(1 + 3 * 50000 + 1 + 2 + 1, _i ? 0 : 50000 + 2,
	       _i ? 0 : 50000 + 1);
	/* Looked at as often, whatever is counted. */
	often = 3 * 50000 / e->cpu.engine->look_insns;
	ck_assert_uint_ge(looks, often - 1);
	ck_assert_uint_le(looks, often + 5);
}
END_TEST

/* A read says what was before it, one in the middle of a block too. */
START_TEST(reads)
{
	if (_i)
		insns_only();
	CODE(e, CODE_PA, START, ASM_NOP, ASM_MRS(1, PMEVCNTR(INSNS)),
	     ASM_MRS(2, PMCCNTR), ASM_LDR(9, 21), ASM_MRS(3, PMCCNTR),
	     ASM_MRS(4, PMEVCNTR(ACCESSES)), ASM_LDR(9, 21), ASM_B(1),
	     ASM_MRS(5, PMEVCNTR(BRANCHES)), STOP, ASM_MRS(6, PMCCNTR),
	     ASM_MRS(7, PMCCNTR), ASM_HVC(1));
	run_at(e, CODE_PA);
	ck_assert_uint_eq(e->cpu.x[1], 1);
	ck_assert_uint_eq(e->cpu.x[2], 2);
	ck_assert_uint_eq(e->cpu.x[3], 4);
	ck_assert_uint_eq(e->cpu.x[4], _i ? 0 : 1);
	ck_assert_uint_eq(e->cpu.x[5], _i ? 0 : 1);
	ck_assert_uint_eq(e->cpu.x[6], 10);
	ck_assert_uint_eq(e->cpu.x[7], 10);
	expect(10, _i ? 0 : 1, _i ? 0 : 2);
}
END_TEST

/* ---- where a block is left ----------------------------------------------- */

/* The instruction at which it is left, and how often it has been counted: an
 * exception call is executed, what faults is not. */
static const struct {
	uint32_t word;
	uint8_t counted;
} leaving[] = {
	{ASM_SVC(0), 1},
	{ASM_BRK(0), 0},
	{ASM_UDF, 0},
	{ASM_LDR(1, 23), 0}, /* beyond the IPA space */
	{ASM_LDR(1, 24), 0}, /* unaligned */
	{ASM_MRS(1, 0xffff), 0},
	{ASM_MSR(SYSREG_ENC(3, 3, 9, 12, 6), 1), 0}, /* PMCEID0_EL0 */
};

START_TEST(exceptions)
{
	const uint32_t word = leaving[_i].word;

	CODE(e, CODE_PA, START, ASM_NOP, ASM_LDR(1, 21), word, ASM_LDR(1, 21),
	     ASM_LDR(1, 21), ASM_HVC(1));
	CODE(e, VECTORS + 0x200, ASM_NOP, STOP, ASM_HVC(2));
	e->cpu.x[23] = UINT64_C(1) << 60;
	e->cpu.x[24] = DATA_PA + 1;
	if (word == ASM_LDR(1, 24))
		set_sys(e, ENC_SCTLR, e->cpu.sys.sctlr_el1 | SCTLR_A);
	run_at(e, CODE_PA);
	ck_assert_int_eq(e->cpu.exit.imm16, 2);
	expect(2 + leaving[_i].counted + 2, 0, 1);
	ck_assert_uint_eq(counter(TAKEN), 1);
}
END_TEST

/* An access that the environment does is counted when it is done, once. */
START_TEST(mmio)
{
	CODE(e, CODE_PA, START, ASM_NOP, ASM_LDR(1, 22), ASM_LDR(1, 21),
	     ASM_STR(1, 22), STOP, ASM_HVC(1));
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_MMIO);
	expect(1, 0, 0);
	cpu_mmio_complete(&e->cpu, 5);
	ck_assert_int_eq(cpu_run(&e->cpu), CPU_EXIT_MMIO);
	expect(3, 0, 2);
	/* Not done by the environment: tried again. */
	e->cpu.mmio_pending = false;
	ck_assert_int_eq(cpu_run(&e->cpu), CPU_EXIT_MMIO);
	expect(3, 0, 2);
	cpu_mmio_complete(&e->cpu, 5);
	ck_assert_int_eq(cpu_run(&e->cpu), CPU_EXIT_HVC);
	expect(5, 0, 3);
}
END_TEST

/* What leaves cpu_run() done: HVC, SMC, WFI, WFE. */
START_TEST(calls)
{
	static const uint32_t words[] = {ASM_HVC(7), ASM_SMC(7), ASM_WFI,
					 ASM_WFE};

	for (size_t k = 0; k < ARRAY_SIZE(words); k++) {
		CODE(e, CODE_PA, START, ASM_NOP, words[k], ASM_NOP, STOP,
		     ASM_HVC(1));
		run_at(e, CODE_PA);
		if (!k)
			expect(2, 0, 0);
		cpu_run(&e->cpu);
		expect(4 * (k + 1), 0, 0);
	}
}
END_TEST

/* Interrupts come between blocks: nothing is lost, nothing counted twice. */
START_TEST(interrupts)
{
	CODE(e, CODE_PA, START, ASM_DAIFCLR(2), ASM_MOVZ(4, 10000, 0),
	     0xd1000484 /* sub x4, x4, #1 */, ASM_CBNZ(4, -1), STOP,
	     ASM_HVC(1));
	CODE(e, VECTORS + 0x280, ASM_NOP, ASM_HVC(2), ASM_ERET);
	cpu_set_pins(&e->cpu, CPU_PIN_IRQ);
	run_at(e, CODE_PA);
	ck_assert_int_eq(e->cpu.exit.imm16, 2);
	cpu_set_pins(&e->cpu, 0);
	cpu_run(&e->cpu);
	ck_assert_int_eq(e->cpu.exit.imm16, 1);
	expect(2 + 2 * 10000 + 1 + 3, 10000, 0);
	ck_assert_uint_eq(counter(TAKEN), 1);
	ck_assert_uint_eq(counter(RETURN), 1);
}
END_TEST

/* ---- exception levels ---------------------------------------------------- */

START_TEST(levels)
{
	if (_i)
		insns_only();
	/* EL1: 4 with ERET; EL0: 3 with SVC; EL1: 2. */
	CODE(e, CODE_PA, START, ASM_MSR(SYSREG_ENC(3, 0, 4, 0, 1), 5),
	     ASM_MSR(SYSREG_ENC(3, 0, 4, 0, 0), 6), ASM_NOP, ASM_ERET);
	CODE(e, CODE_PA + 0x800, ASM_NOP, ASM_NOP, ASM_SVC(0));
	CODE(e, VECTORS + 0x400, ASM_NOP, STOP, ASM_HVC(1));
	e->cpu.x[5] = CODE_PA + 0x800;
	e->cpu.x[6] = 0x3c0;
	set_sys(e, PMCCFILTR, NOT_EL0);
	run_at(e, CODE_PA);
	ck_assert_uint_eq(counter(INSNS), 9);
	ck_assert_uint_eq(counter(EL0_INSNS), 3);
	ck_assert_uint_eq(cycles(), 6);
	ck_assert_uint_eq(counter(TAKEN), _i ? 0 : 1);
	ck_assert_uint_eq(counter(RETURN), _i ? 0 : 1);
}
END_TEST

/* ---- what cycles cost ---------------------------------------------------- */

START_TEST(costs)
{
	static const struct cpu_costs costs = {
		.cycles = {[COST_INT] = 1,
			   [COST_LOAD] = 10,
			   [COST_HINT] = 100,
			   [COST_SYSREG_READ] = 100,
			   [COST_SYSREG_WRITE] = 1000,
			   [COST_BRANCH] = 10000,
			   [COST_MMIO] = 100000}};

	insns_only();
	cpu_set_costs(&e->cpu, &costs);
	CODE(e, CODE_PA, START, ASM_MOVZ(1, 0, 0), ASM_LDR(1, 21), ASM_NOP,
	     ASM_MRS(3, PMCCNTR), ASM_LDR(1, 22), ASM_B(1), STOP, ASM_HVC(1));
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_MMIO);
	ck_assert_uint_eq(e->cpu.x[3], 1 + 10 + 100);
	ck_assert_uint_eq(cycles(), 1 + 10 + 200);
	cpu_mmio_complete(&e->cpu, 0);
	cpu_run(&e->cpu);
	ck_assert_uint_eq(cycles(), 1 + 20 + 200 + 1000 + 110000);
	ck_assert_uint_eq(counter(INSNS), 7);
	cpu_set_costs(&e->cpu, NULL);
	CODE(e, CODE_PA, START, ASM_NOP, STOP, ASM_HVC(1));
	run_at(e, CODE_PA);
	ck_assert_uint_eq(cycles(), 1 + 20 + 200 + 1000 + 110000 + 2);
}
END_TEST

/* ---- overflow ------------------------------------------------------------ */

static void level_kicks(struct cpu *cpu, bool to)
{
	level_changed(cpu, to);
	cpu_request(cpu, CPU_REQ_KICK);
}

/* Noticed at the end of the block in which it is. */
START_TEST(overflow)
{
	unsigned int n = _i ? PMU_CYCLE : INSNS;

	ops.pmu_level = level_kicks;
	if (_i)
		set_sys(e, PMCCNTR, -UINT64_C(1001));
	else
		set_sys(e, PMEVCNTR(INSNS), UINT32_MAX - 1000);
	set_sys(e, PMINTENSET, BIT(n));
	e->cpu.x[20] = BIT(n);
	CODE(e, CODE_PA, START, 0x91000484 /* add x4, x4, #1 */, ASM_B(-1));
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_REQUEST);
	ck_assert(level);
	ck_assert_uint_eq(level_changes, 1);
	ck_assert_uint_eq(cpu_sysreg_get(&e->cpu, PMOVSSET), BIT(n));
	ck_assert_uint_eq(e->cpu.x[4], 501);
	ck_assert_uint_eq(_i ? cycles() : counter(INSNS), 1);
	/* Cleared by user space: nothing until the environment asks. */
	set_sys(e, PMOVSCLR, BIT(n));
	ck_assert(level);
	cpu_pmu_update(&e->cpu);
	ck_assert(!level);
}
END_TEST

/* The one behind counts how often. */
START_TEST(chain)
{
	set_sys(e, PMEVTYPER(BRANCHES), EV_CHAIN);
	set_sys(e, PMEVCNTR(INSNS), UINT32_MAX - 2);
	set_sys(e, PMEVCNTR(BRANCHES), 41);
	e->cpu.x[20] = BIT(INSNS) | BIT(BRANCHES);
	CODE(e, CODE_PA, START, ASM_NOP, ASM_NOP, ASM_MRS(1, PMOVSSET), ASM_NOP,
	     ASM_MRS(2, PMOVSSET), STOP, ASM_HVC(1));
	run_at(e, CODE_PA);
	ck_assert_uint_eq(e->cpu.x[1], 0);
	ck_assert_uint_eq(e->cpu.x[2], BIT(INSNS));
	ck_assert_uint_eq(counter(INSNS), 3);
	ck_assert_uint_eq(counter(BRANCHES), 42);
	ck_assert_uint_eq(level_changes, 0);
}
END_TEST

/* ---- what is not counted ------------------------------------------------- */

START_TEST(filter)
{
	static uint64_t allowed[1024];

	memset(allowed, 0xff, sizeof(allowed));
	allowed[0] &= ~BIT(EV_INSNS);
	atomic_store(&model.filter, allowed);
	CODE(e, CODE_PA, ASM_MRS(1, SYSREG_ENC(3, 3, 9, 12, 6)),
	     ASM_MRS(2, SYSREG_ENC(3, 3, 9, 12, 7)),
	     ASM_MSR(PMEVTYPER(INSNS), 3), START, ASM_NOP, ASM_B(1), STOP,
	     ASM_HVC(1));
	e->cpu.x[3] = EV_INSNS;
	run_at(e, CODE_PA);
	ck_assert_uint_eq(e->cpu.x[1], 0x400a0601);
	ck_assert_uint_eq(e->cpu.x[2], 2);
	ck_assert_uint_eq(counter(INSNS), 0);
	ck_assert_uint_eq(counter(BRANCHES), 1);
	ck_assert_uint_eq(cycles(), 3);
}
END_TEST

/* User space's writes lie in the registers until a reload. */
START_TEST(reload)
{
	CODE(e, CODE_PA, ASM_NOP, ASM_NOP, ASM_HVC(1));
	set_sys(e, PMCNTENSET, BIT(INSNS));
	run_at(e, CODE_PA);
	ck_assert_uint_eq(counter(INSNS), 0);
	cpu_pmu_reload(&e->cpu);
	run_at(e, CODE_PA);
	ck_assert_uint_eq(counter(INSNS), 3);
	cpu_reset(&e->cpu);
	ck_assert_uint_eq(e->cpu.pmu.active, 0);
	ck_assert_uint_eq(counter(INSNS), 0xdbadc0de);
}
END_TEST

/* As long as nothing that needs it counts, blocks follow one another. */
START_TEST(chains_stay)
{
	CODE(e, CODE_PA, START, ASM_MOVZ(4, 5000, 0),
	     0xd1000484 /* sub x4, x4, #1 */, ASM_CBNZ(4, -1), STOP,
	     ASM_HVC(1));
	insns_only();
	run_at(e, CODE_PA);
	ck_assert(!e->cpu.pmu.per_block);
	e->cpu.x[20] = BIT(BRANCHES);
	CODE(e, CODE_PA, START, ASM_HVC(1));
	run_at(e, CODE_PA);
	ck_assert(e->cpu.pmu.per_block);
	CODE(e, CODE_PA, STOP, ASM_HVC(1));
	run_at(e, CODE_PA);
	ck_assert(!e->cpu.pmu.per_block);
	ck_assert_uint_eq(e->cpu.pmu.active, 0);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("cpu-pmu");
	TCase *t = tcase_create("pmu");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, straight, 0, 2);
	tcase_add_loop_test(t, loop, 0, 2);
	tcase_add_loop_test(t, reads, 0, 2);
	tcase_add_loop_test(t, exceptions, 0, ARRAY_SIZE(leaving));
	tcase_add_test(t, mmio);
	tcase_add_test(t, calls);
	tcase_add_test(t, interrupts);
	tcase_add_loop_test(t, levels, 0, 2);
	tcase_add_test(t, costs);
	tcase_add_loop_test(t, overflow, 0, 2);
	tcase_add_test(t, chain);
	tcase_add_test(t, filter);
	tcase_add_test(t, reload);
	tcase_add_test(t, chains_stay);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return check_run_engines(srunner_create(suite()));
}
