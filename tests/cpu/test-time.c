/* SPDX-License-Identifier: MIT */
/*
 * Counted time (cpu.h's section on it): it is the sum of what the instructions
 * cost, a stop is exact, and neither depends on how the program is cut into
 * blocks nor on what the host makes us forget. Random programs with random costs
 * are run as a whole, in slices, and an instruction at a time.
 */
#include <stdio.h>

#include "programs.h"

#include "tests/check-main.h"

#define ROUNDS     60 /* of each kind of program */
#define STOPS      20 /* tried in each */
#define MAX_STEPS  20000
#define TIME_ENC   SYSREG_ENC(3, 3, 14, 0, 2) /* CNTVCT_EL0 */
#define PMCCNTR    SYSREG_ENC(3, 3, 9, 13, 0)
#define PMCNTENSET SYSREG_ENC(3, 3, 9, 12, 1)
#define PMCR       SYSREG_ENC(3, 3, 9, 12, 0)

/* Where an instruction began. */
struct boundary {
	uint64_t time, pc, hash;
};

static struct env *e;
static struct cpu_domain *dom;
static struct cpu_sysregs sys_before;
static struct cpu_costs costs;
static struct cpu_env ops;
static struct boundary trace[MAX_STEPS];
static unsigned int nr_trace;
static uint64_t began; /* local time at which the program was loaded */

/* ---- the environment ----------------------------------------------------- */

/* The counter is local time. A read of it may charge and stop. */
static uint64_t read_charges, read_stops_in;

static enum cpu_sysreg_result time_read(struct cpu *cpu, uint32_t enc,
					uint64_t *val)
{
	if (enc != TIME_ENC)
		return env_sysreg_read(cpu, enc, val);
	*val = cpu_now(cpu) - began;
	cpu_charge(cpu, read_charges);
	if (read_stops_in)
		cpu_stop_at(cpu, cpu_now(cpu) + read_stops_in);
	return CPU_SYSREG_OK;
}

static void setup(void)
{
	struct space lo, hi;

	gen_seed(1);
	dom = cpu_domain_new();
	e = env_new(dom);
	ops = env_ops;
	ops.sysreg_read = time_read;
	e->cpu.env = &ops;
	read_charges = read_stops_in = 0;
	cpu_reset(&e->cpu);
	mmu_on(e, &lo, &hi);
	for (unsigned int k = 0; k < DIFF_SIZE; k += 0x1000)
		space_map(e, &lo, DIFF_BASE + k, PROGRAM_PA + k, 3,
			  PTE_DEFAULT);
	e->cpu.sys.cpacr_el1 = 3 << 20;
	sys_before = e->cpu.sys;
}

static void teardown(void)
{
	env_free(e);
	cpu_domain_free(dom);
}

static void random_costs(void)
{
	for (unsigned int k = 0; k < NR_CPU_COSTS; k++)
		costs.cycles[k] = 1 + gen_below(9);
	cpu_set_costs(&e->cpu, &costs);
}

/* ---- running ------------------------------------------------------------- */

/* The model's TLB is empty each time; blocks stay. */
static void load(const struct program *p)
{
	program_load(e, p, &sys_before);
	tlb_flush_all(&e->cpu);
	cpu_stop_at(&e->cpu, UINT64_MAX);
	began = e->cpu.cycles;
}

static uint64_t time_of(void)
{
	return e->cpu.cycles - began;
}

static uint64_t hash_of(uint64_t h, const void *p, size_t n)
{
	for (const uint8_t *b = p; n--; b++)
		h = (h ^ *b) * UINT64_C(0x100000001b3);
	return h;
}

static struct boundary boundary(void)
{
	const struct cpu *cpu = &e->cpu;
	uint64_t h = cpu_pstate(cpu) * 31 + cpu->excl_valid * 2 + cpu->event;

	h = hash_of(h, cpu->x, REG_SINK * sizeof(cpu->x[0]));
	h = hash_of(h, cpu->vreg, sizeof(cpu->vreg));
	h = hash_of(h, &cpu->sys, sizeof(cpu->sys));
	h = hash_of(h, program_host(e, DIFF_WINDOW), DIFF_WINDOW_SIZE);
	return (struct boundary){time_of(), cpu->pc, h};
}

/* Instruction by instruction: where each began, and at last the end. */
static void run_traced(const struct program *p)
{
	load(p);
	for (nr_trace = 0;;) {
		ck_assert_uint_lt(nr_trace, MAX_STEPS);
		trace[nr_trace++] = boundary();
		cpu_stop_at(&e->cpu, e->cpu.cycles + 1);
		if (cpu_run(&e->cpu) != CPU_EXIT_TIME)
			break;
		ck_assert_uint_gt(time_of(), trace[nr_trace - 1].time);
	}
	ck_assert_int_eq(e->cpu.exit.reason, CPU_EXIT_HVC);
	trace[nr_trace++] = boundary();
}

static void show(const struct program *p)
{
	for (unsigned int k = 0; k < p->n; k++) {
		char text[96];

		insn_disassemble(p->words[k], DIFF_CODE + 4 * k, text,
				 sizeof(text));
		fprintf(stderr, "  %08x %s\n", p->words[k], text);
	}
}

static void check_boundary(const struct program *p, const struct boundary *want,
			   const char *way)
{
	struct boundary got = boundary();
	bool same = got.time == want->time && got.pc == want->pc &&
		    got.hash == want->hash;

	if (!same)
		show(p);
	ck_assert_msg(
		same, "%s: time %llu, PC %llx, not %llu, %llx; state %s", way,
		(unsigned long long)got.time, (unsigned long long)got.pc,
		(unsigned long long)want->time, (unsigned long long)want->pc,
		got.hash == want->hash ? "is the same" : "differs");
}

/* A stop at @time is at the first boundary at or after it. The end is none: the
 * last instruction leaves before. */
static void check_stop(const struct program *p, uint64_t time)
{
	const struct boundary *want = trace;
	enum cpu_exit_reason reason;

	while (want < &trace[nr_trace - 1] && want->time < time)
		want++;
	cpu_stop_at(&e->cpu, began + time);
	reason = cpu_run(&e->cpu);
	ck_assert_int_eq(reason, want == &trace[nr_trace - 1] ? CPU_EXIT_HVC
							      : CPU_EXIT_TIME);
	check_boundary(p, want, "a stop");
	/* It stays. */
	if (reason == CPU_EXIT_TIME) {
		ck_assert_int_eq(cpu_run(&e->cpu), CPU_EXIT_TIME);
		check_boundary(p, want, "the stop again");
	}
}

/* What the host does at any time, and the guest does not see. */
static void forget_something(void)
{
	static const uint32_t what[] = {
		CPU_FLUSH_WRITE,
		CPU_FLUSH_TLB,
		CPU_FLUSH_CODE,
		CPU_FLUSH_TLB | CPU_FLUSH_CODE,
	};

	switch (gen_below(4)) {
	case 0: break;
	case 1: cpu_doubt_code(&e->cpu); break;
	default:
		cpu_domain_flush(dom, what[gen_below(ARRAY_SIZE(what))] |
					      CPU_FLUSH_NO_WAIT);
	}
}

/* The whole program in random slices. */
static void run_sliced(const struct program *p, unsigned int slice, bool forget)
{
	load(p);
	do {
		cpu_stop_at(&e->cpu, e->cpu.cycles + 1 + gen_below(slice));
		if (forget)
			forget_something();
	} while (cpu_run(&e->cpu) == CPU_EXIT_TIME);
	ck_assert_int_eq(e->cpu.exit.reason, CPU_EXIT_HVC);
	check_boundary(p, &trace[nr_trace - 1],
		       forget ? "forgetful slices" : "slices");
}

static void check_program(const struct program *p)
{
	uint64_t end;

	block_invalidate_all(&e->cpu);
	random_costs();
	run_traced(p);
	end = trace[nr_trace - 1].time;
	for (unsigned int k = 0; k < STOPS; k++) {
		load(p);
		check_stop(p, gen_below((uint32_t)end + 2));
	}
	/* Nothing decoded, then all linked. */
	block_invalidate_all(&e->cpu);
	for (unsigned int k = 0; k < 3; k++) {
		load(p);
		ck_assert_int_eq(cpu_run(&e->cpu), CPU_EXIT_HVC);
		check_boundary(p, &trace[nr_trace - 1], "at once");
	}
	run_sliced(p, 40, false);
	run_sliced(p, 40, true);
	run_sliced(p, 400, true);
}

START_TEST(streams)
{
	static struct program p;

	for (unsigned int k = 0; k < ROUNDS * NR_GEN_GROUPS; k++) {
		program_make_stream(&p, k % NR_GEN_GROUPS);
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

	for (unsigned int k = 0; k < ROUNDS * 4; k++) {
		program_make_system(&p);
		check_program(&p);
	}
}
END_TEST

/* ---- the sum ------------------------------------------------------------- */

static bool in_vectors(uint64_t pc)
{
	return pc >= VECTORS && pc < VECTORS + 0x800;
}

/* By hand, without walks: what was executed, and exceptions. */
static uint64_t sum_steps(const struct program *p)
{
	struct cpu *cpu = &e->cpu;
	uint64_t sum = 0;

	load(p);
	cpu->leave = false;
	fp_enter(cpu);
	for (unsigned int n = 0; !cpu->leave; n++) {
		const struct insn_single *s = block_single(cpu);
		uint64_t pc = cpu->pc, elr = cpu->sys.elr_el1;
		bool taken, done;

		ck_assert_uint_lt(n, MAX_STEPS);
		if (!s) { /* the fetch found something */
			sum += costs.cycles[COST_EXCEPTION_ENTRY];
			continue;
		}
		cpu->page_va = pc & ~UINT64_C(0xfff);
		cpu->sys.elr_el1 = ~elr;
		insn_execute(cpu, s);
		taken = cpu->sys.elr_el1 != ~elr && in_vectors(cpu->pc) &&
			s->insn.op != A64_MSR_ELR_EL1;
		if (cpu->sys.elr_el1 == ~elr)
			cpu->sys.elr_el1 = elr;
		done = !taken || s->insn.op == A64_SVC;
		sum += done ? insn_cost(cpu, &s->insn) : 0;
		sum += taken ? costs.cycles[COST_EXCEPTION_ENTRY] : 0;
	}
	fp_leave(cpu);
	return sum;
}

/* ERET and MRS of ELR_EL1 would see what sum_steps() does to that. */
static void without_elr(struct program *p)
{
	for (unsigned int k = 0; k < p->n; k++)
		if (p->words[k] == ASM_ERET ||
		    (p->words[k] & ~31u) ==
			    ASM_MRS(0, SYSREG_ENC(3, 0, 4, 0, 1)))
			p->words[k] = ASM_NOP;
}

START_TEST(sum)
{
	static struct program p;

	for (unsigned int k = 0; k < ROUNDS * 8; k++) {
		uint64_t want;

		if (k % 3 == 0)
			program_make_loop(&p);
		else if (k % 3 == 1)
			program_make_system(&p);
		else
			program_make_stream(&p, k / 3 % NR_GEN_GROUPS);
		without_elr(&p);
		random_costs();
		costs.cycles[COST_TLB_WALK] = 0;
		want = sum_steps(&p);
		load(&p);
		ck_assert_int_eq(cpu_run(&e->cpu), CPU_EXIT_HVC);
		if (time_of() != want)
			show(&p);
		ck_assert_uint_eq(time_of(), want);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("cpu-time");
	TCase *t = tcase_create("time");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, streams);
	tcase_add_test(t, loops);
	tcase_add_test(t, system_instructions);
	tcase_add_test(t, sum);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return check_run(srunner_create(suite()));
}
