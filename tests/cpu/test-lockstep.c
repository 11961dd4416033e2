/* SPDX-License-Identifier: MIT */
/*
 * Random programs run three ways: as the interpreter threads them, twice, so
 * that the second time their blocks are linked; an instruction at a time by
 * insn_execute(); and by an engine of this test whose blocks do the latter.
 * Registers, flags, vectors, system registers and memory must be the same. And
 * with performance counters: what they counted is what the steps were.
 */
#include <stdio.h>

#include "programs.h"

#include "cpu/engine.h"
#include "cpu/fp/fp.h"
#include "tests/check-main.h"

#define ROUNDS    400 /* of each kind of program */
#define MAX_STEPS 4000

struct outcome {
	struct cpu cpu;
	uint8_t window[DIFF_WINDOW_SIZE];
};

static struct env *e;
static struct cpu_domain *dom;
static struct cpu_sysregs sys_before;
static struct outcome want, got;

static void setup(void)
{
	struct space lo, hi;

	gen_seed(1);
	dom = cpu_domain_new();
	e = env_new(dom);
	cpu_reset(&e->cpu);
	mmu_on(e, &lo, &hi);
	space_map(e, &lo, DIFF_BASE, PROGRAM_PA, 2, PTE_DEFAULT);
	e->cpu.sys.cpacr_el1 = 3 << 20;
	sys_before = e->cpu.sys;
}

static void teardown(void)
{
	env_free(e);
	cpu_domain_free(dom);
}

/* ---- another engine ------------------------------------------------------ */

static unsigned int compiled, dropped, dropped_all;

/* A block, an instruction at a time; its own memory may go meanwhile. */
static void stepper_enter(struct cpu *cpu, const struct insn *i)
{
	const struct block *b = block_of(i);
	unsigned int n = b->n;

	for (unsigned int k = 0; k < n; k++) {
		struct insn_single s = {.insn = b->insns[k]};

		insn_single_bind(cpu, &s);
		insn_execute(cpu, &s);
		if (cpu->leave || cpu->pc != cpu->page_va + s.stop.pgoff)
			return;
	}
}

static void stepper_compile(struct cpu *cpu, struct block *b)
{
	b->insns[0].fn = stepper_enter;
	compiled++;
}

static void stepper_drop(struct cpu *cpu, struct block *b)
{
	if (b)
		dropped++;
	else
		dropped_all++;
}

static const struct code_engine stepper = {
	.name = "stepper",
	.compile = stepper_compile,
	.drop = stepper_drop,
};

static void use_engine(const struct code_engine *engine)
{
	block_invalidate_all(&e->cpu);
	e->cpu.engine = engine;
}

/* ---- running ------------------------------------------------------------- */

static void load(const struct program *p)
{
	program_load(e, p, &sys_before);
}

static void save(struct outcome *o)
{
	memcpy(&o->cpu, &e->cpu, sizeof(o->cpu));
	memcpy(o->window, program_host(e, DIFF_WINDOW), DIFF_WINDOW_SIZE);
}

static void run_threaded(const struct program *p)
{
	load(p);
	cpu_run(&e->cpu);
}

/* What run_steps() executed: the counters of struct cpu_pmu by hand. */
enum { INSNS, BRANCHES, ACCESSES, NR_COUNTS };
static uint64_t stepped[NR_COUNTS];

/* The instruction at @pc is over. One that faulted, and one that left cpu_run()
 * undone, will be executed again. */
static void step_count(const struct cpu *cpu, uint64_t pc, enum a64_op op)
{
	const struct insn_row *row = insn_row(op);
	bool faulted = cpu->sys.elr_el1 == pc && cpu->pc >= VECTORS &&
		       cpu->pc < VECTORS + 0x800;

	if (cpu->leave ? cpu->pc == pc : faulted)
		return;
	stepped[INSNS]++;
	stepped[BRANCHES] += insn_branches(row);
	stepped[ACCESSES] += insn_accesses(row);
}

static void run_steps(const struct program *p)
{
	struct cpu *cpu = &e->cpu;

	load(p);
	memset(stepped, 0, sizeof(stepped));
	cpu->leave = false;
	fp_enter(cpu);
	for (unsigned int n = 0; !cpu->leave; n++) {
		const struct insn_single *s;
		uint64_t counted = cpu->cycles, pc = cpu->pc;
		enum a64_op op;

		ck_assert_int_lt(n, MAX_STEPS);
		if (exception_take_pending(cpu))
			continue;
		s = block_single(cpu);
		if (!s)
			continue;
		op = s->insn.op;
		cpu->page_va = cpu->pc & ~UINT64_C(0xfff);
		/* nothing of the instruction may depend on it */
		cpu->pc = UINT64_C(0xdead000000000000);
		insn_execute(cpu, s);
		/* A chain into a block would have counted it. */
		ck_assert_uint_eq(cpu->cycles, counted);
		step_count(cpu, pc, op);
	}
	fp_leave(cpu);
	ck_assert(!cpu_requested(cpu));
}

/* ---- comparison ---------------------------------------------------------- */

static void check_same(const struct program *p, const char *way)
{
	const char *what;

	save(&got);
	what = cpu_difference(&want.cpu, &got.cpu);
	if (!what && memcmp(want.window, got.window, DIFF_WINDOW_SIZE))
		what = "memory";
	for (unsigned int k = 0; what && k < p->n; k++) {
		char text[96];

		insn_disassemble(p->words[k], DIFF_CODE + 4 * k, text,
				 sizeof(text));
		fprintf(stderr, "  %08x %s\n", p->words[k], text);
	}
	ck_assert_msg(!what, "%s: %s differs", way, what);
}

static void check_program(const struct program *p)
{
	unsigned int before;

	run_threaded(p);
	save(&want);
	ck_assert_int_eq(want.cpu.exit.reason, CPU_EXIT_HVC);
	run_threaded(p);
	check_same(p, "linked");
	run_steps(p);
	check_same(p, "step by step");
	use_engine(&stepper);
	before = compiled;
	run_threaded(p);
	check_same(p, "another engine");
	ck_assert_uint_gt(compiled, before);
	use_engine(&interp_engine);
}

/* ---- programs ------------------------------------------------------------ */

START_TEST(streams)
{
	static struct program p;

	for (unsigned int k = 0; k < ROUNDS * GEN_SVE_PRED; k++) {
		program_make_stream(&p, k % GEN_SVE_PRED);
		check_program(&p);
	}
}
END_TEST

START_TEST(loops)
{
	static struct program p;

	for (unsigned int k = 0; k < ROUNDS; k++) {
		program_make_loop(&p);
		check_program(&p);
	}
}
END_TEST

START_TEST(system_instructions)
{
	static struct program p;

	for (unsigned int k = 0; k < ROUNDS; k++) {
		program_make_system(&p);
		check_program(&p);
	}
}
END_TEST

/* ---- counters ------------------------------------------------------------ */

static const uint8_t count_events[NR_COUNTS] = {0x08, 0x21, 0x13};

static void counters_start(uint32_t mask)
{
	set_sys(e, SYSREG_ENC(3, 3, 9, 12, 2), ~UINT64_C(0)); /* PMCNTENCLR */
	set_sys(e, SYSREG_ENC(3, 3, 9, 12, 1), mask);
	for (unsigned int n = 0; n < NR_COUNTS; n++) /* PMEVTYPER<n> */
		set_sys(e, SYSREG_ENC(3, 3, 14, 12, n), count_events[n]);
	/* PMCR: on, and from zero */
	set_sys(e, SYSREG_ENC(3, 3, 9, 12, 0), 3);
	cpu_pmu_reload(&e->cpu);
}

static void counters_stop(void)
{
	set_sys(e, SYSREG_ENC(3, 3, 9, 12, 0), 0);
	cpu_pmu_reload(&e->cpu);
	ck_assert_uint_eq(e->cpu.pmu.active, 0);
}

static uint64_t counter_get(unsigned int n)
{
	return cpu_sysreg_get(&e->cpu, SYSREG_ENC(3, 3, 14, 8, n));
}

/* Reading a counter is the one thing that is not the same in steps. */
static void without_counters(struct program *p)
{
	for (unsigned int k = 0; k < p->n; k++) {
		const struct sysreg_row *row;

		if ((p->words[k] & 0xfff00000) != 0xd5300000)
			continue;
		row = sysreg_row_find(FIELD(p->words[k], 20, 5), NULL);
		if (row && !strncmp(row->info.name, "PM", 2))
			p->words[k] = ASM_NOP;
	}
}

static void check_counts(struct program *p)
{
	without_counters(p);
	block_invalidate_all(&e->cpu);
	run_steps(p);
	/* Linked the second time; the third time block by block. */
	for (unsigned int k = 0; k < 3; k++) {
		load(p);
		counters_start(k == 2 ? BIT(NR_COUNTS) - 1 : BIT(INSNS));
		cpu_run(&e->cpu);
		for (unsigned int n = 0; n < NR_COUNTS; n++)
			ck_assert_uint_eq(counter_get(n),
					  n && k != 2 ? 0 : stepped[n]);
		counters_stop();
	}
}

START_TEST(counts)
{
	static struct cpu_pmu_model model = {.counters = NR_COUNTS,
					     .type_bits = 0xffff};
	static struct program p;

	cpu_set_pmu(&e->cpu, &model);
	for (unsigned int k = 0; k < ROUNDS * 3; k++) {
		if (k % 3 == 0)
			program_make_loop(&p);
		else if (k % 3 == 1)
			program_make_system(&p);
		else
			program_make_stream(&p, k / 3 % GEN_SVE_PRED);
		check_counts(&p);
	}
}
END_TEST

/* An engine hears of each block that goes. */
START_TEST(engine_hears_of_drops)
{
	static struct program p;

	program_make_stream(&p, GEN_INT);
	use_engine(&stepper);
	compiled = dropped = dropped_all = 0;
	run_threaded(&p);
	ck_assert_uint_ge(compiled, 1);
	ck_assert_uint_eq(dropped, 0);
	block_invalidate_page(&e->cpu, DIFF_CODE - DIFF_BASE + PROGRAM_PA);
	ck_assert_uint_eq(dropped, compiled);
	block_invalidate_all(&e->cpu);
	ck_assert_uint_eq(dropped_all, 1);
	use_engine(&interp_engine);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cpu-lockstep");
	TCase *tc = tcase_create("lockstep");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, streams);
	tcase_add_test(tc, loops);
	tcase_add_test(tc, system_instructions);
	tcase_add_test(tc, counts);
	tcase_add_test(tc, engine_hears_of_drops);
	suite_add_tcase(suite, tc);
	return check_run(srunner_create(suite));
}
