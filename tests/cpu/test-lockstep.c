/* SPDX-License-Identifier: MIT */
/*
 * Random programs run three ways: as the interpreter threads them, twice, so
 * that the second time their blocks are linked; an instruction at a time by
 * insn_execute(); and by an engine of this test whose blocks do the latter.
 * Registers, flags, vectors, system registers and memory must be the same. And
 * with performance counters: what they counted is what the steps were.
 */
#include <stdio.h>

#include "cpu-env.h"

#include "cpu/engine.h"
#include "cpu/fp.h"
#include "tests/check-main.h"
#include "tests/isa/insn-gen.h"

#define GUEST_PA  (RAM_BASE + 0x200000) /* of DIFF_BASE, 2 MiB */
#define ROUNDS    400                   /* of each kind of program */
#define LOOP_REG  28
#define LOOPS     40
#define MAX_STEPS 4000

struct program {
	struct diff_case c; /* start, window, registers */
	uint32_t words[32];
	unsigned int n;
};

struct outcome {
	struct cpu cpu;
	uint8_t window[DIFF_WINDOW_SIZE];
};

static struct env *e;
static struct cpu_domain *dom;
static struct cpu_sysregs sys_before;
static struct outcome want, got;

static void *host_of(uint64_t va)
{
	return ram_at(e, va - DIFF_BASE + GUEST_PA);
}

static void setup(void)
{
	struct space lo, hi;

	gen_seed(1);
	dom = cpu_domain_new();
	e = env_new(dom);
	cpu_reset(&e->cpu);
	mmu_on(e, &lo, &hi);
	space_map(e, &lo, DIFF_BASE, GUEST_PA, 2, PTE_DEFAULT);
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

		insn_single_bind(&s);
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
	const struct diff_state *s = &p->c.in;
	struct cpu *cpu = &e->cpu;

	memcpy(host_of(DIFF_CODE), p->words, sizeof(p->words));
	memcpy(host_of(DIFF_WINDOW), p->c.mem_in, DIFF_WINDOW_SIZE);
	cpu->sys = sys_before;
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

static void save(struct outcome *o)
{
	memcpy(&o->cpu, &e->cpu, sizeof(o->cpu));
	memcpy(o->window, host_of(DIFF_WINDOW), DIFF_WINDOW_SIZE);
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

#define SAME(member) (!memcmp(&a->member, &b->member, sizeof(a->member)))

static const char *difference(const struct cpu *a, const struct cpu *b)
{
	if (memcmp(a->x, b->x, REG_SINK * sizeof(a->x[0])))
		return "a general register";
	if (a->x[REG_ZR] || b->x[REG_ZR])
		return "XZR";
	if (get_nzcv(a) != get_nzcv(b))
		return "NZCV";
	if (!SAME(vreg))
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
	if (a->exit.reason != b->exit.reason || a->exit.imm16 != b->exit.imm16)
		return "the exit";
	return NULL;
}

static void check_same(const struct program *p, const char *way)
{
	const char *what;

	save(&got);
	what = difference(&want.cpu, &got.cpu);
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

/* A random stream of @group with registers and memory that suit it. */
static void stream_make(struct program *p, enum gen_group group)
{
	const struct insn_row *rows[DIFF_MAX_INSNS];

	memset(p, 0, sizeof(*p));
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

static const struct insn_row *random_row(enum gen_group group)
{
	unsigned int n;
	const struct insn_row *rows = insn_rows(&n), *row;

	do
		row = &rows[gen_below(n)];
	while (gen_row_group(row) != group);
	return row;
}

/* Integer data processing that leaves the loop counter alone. */
static uint32_t integer_word(void)
{
	uint32_t word;

	do
		ck_assert(gen_row_valid(random_row(GEN_INT), &word));
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
static void loop_make(struct program *p)
{
	stream_make(p, GEN_INT);
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

static void system_make(struct program *p)
{
	stream_make(p, GEN_INT);
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

START_TEST(streams)
{
	static struct program p;

	for (unsigned int k = 0; k < ROUNDS * NR_GEN_GROUPS; k++) {
		stream_make(&p, k % NR_GEN_GROUPS);
		check_program(&p);
	}
}
END_TEST

START_TEST(loops)
{
	static struct program p;

	for (unsigned int k = 0; k < ROUNDS; k++) {
		loop_make(&p);
		check_program(&p);
	}
}
END_TEST

START_TEST(system_instructions)
{
	static struct program p;

	for (unsigned int k = 0; k < ROUNDS; k++) {
		system_make(&p);
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
			loop_make(&p);
		else if (k % 3 == 1)
			system_make(&p);
		else
			stream_make(&p, k / 3 % NR_GEN_GROUPS);
		check_counts(&p);
	}
}
END_TEST

/* An engine hears of each block that goes. */
START_TEST(engine_hears_of_drops)
{
	static struct program p;

	stream_make(&p, GEN_INT);
	use_engine(&stepper);
	compiled = dropped = dropped_all = 0;
	run_threaded(&p);
	ck_assert_uint_ge(compiled, 1);
	ck_assert_uint_eq(dropped, 0);
	block_invalidate_page(&e->cpu, DIFF_CODE - DIFF_BASE + GUEST_PA);
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
