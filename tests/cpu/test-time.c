/* SPDX-License-Identifier: MIT */
/*
 * Counted time (cpu.h's section on it): it is the sum of what the instructions
 * cost, a stop is exact, and neither depends on how the program is cut into
 * blocks nor on what the host makes us forget. Random programs with random costs
 * are run as a whole, in slices, and an instruction at a time.
 */
#include <stdio.h>

#include "engines.h"
#include "programs.h"

#define ROUNDS     60 /* of each kind of program */
#define STOPS      20 /* tried in each */
#define MAX_STEPS  20000
#define TIME_ENC   SYSREG_ENC(3, 3, 14, 0, 2) /* CNTVCT_EL0 */
#define PMCCNTR    SYSREG_ENC(3, 3, 9, 13, 0)
#define PMCNTENSET SYSREG_ENC(3, 3, 9, 12, 1)
#define PMCR       SYSREG_ENC(3, 3, 9, 12, 0)

/* Of many_pages, see there. */
#define HOP_DATA  UINT64_C(0x100000000)      /* and multiples of HOP_APART on */
#define HOP_LARGE (HOP_DATA + 8 * HOP_APART) /* 2 MiB */
#define HOP_CODE  UINT64_C(0x200000000)
#define HOP_APART (MMU_PAID_SIZE * UINT64_C(0x1000))
#define HOP_PA    (RAM_BASE + 0x800000)
#define HOP_FNS   8
#define HOP_PAGES 12 /* of data */
#define HOP_LOOPS 300

/* Where an instruction began. */
struct boundary {
	uint64_t time, pc, hash;
};

static struct env *e;
static struct cpu_domain *dom;
static struct cpu_sysregs sys_before;
static struct space lo;
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
	struct space hi;

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
	memset(ram_at(e, HOP_PA), 0, HOP_PAGES * 0x1000);
	memset(ram_at(e, HOP_PA + 0x200000), 0, 0x6000);
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
			program_make_stream(&p, k / 3 % GEN_SVE_PRED);
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

/* ---- many pages ---------------------------------------------------------- */

/*
 * A loop that accesses one of 16 addresses and calls one of 8 functions, at
 * random, in pages that fight for the same places of TLBs; some accesses cross
 * a page. Now and then it changes PSTATE.PAN, which has a TLB of its own with
 * us, and invalidates one address, or all.
 */
/* Registers: x9 to x11 random numbers, x20 loops, x21 addresses, x22
 * functions. */
#define UBFX(rd, rn, lsb, n) \
	(0xd3400000u | (lsb) << 16 | ((lsb) + (n)-1) << 10 | (rn) << 5 | (rd))
#define LSR(rd, rn, n) (0xd340fc00u | (n) << 16 | (rn) << 5 | (rd))
#define MADD(rd, rn, rm, ra) \
	(0x9b000000u | (rm) << 16 | (ra) << 10 | (rn) << 5 | (rd))
#define LDR_INDEX(rt, rn, rm) (0xf8607800u | (rm) << 16 | (rn) << 5 | (rt))

static const uint32_t hop_words[] = {
	MADD(9, 9, 10, 11),
	UBFX(1, 9, 40, 4),
	LDR_INDEX(1, 21, 1),
	UBFX(4, 9, 50, 1),
	ASM_CBNZ(4, 3),
	ASM_LDR(3, 1),
	ASM_B(2),
	ASM_STR(9, 1),
	UBFX(2, 9, 44, 3),
	LDR_INDEX(2, 22, 2),
	ASM_BLR(2),
	ASM_PAN(0),
	UBFX(4, 9, 58, 1),
	ASM_CBNZ(4, 2),
	ASM_PAN(1),
	UBFX(4, 9, 51, 2),
	LSR(5, 1, 12),
	ASM_CBNZ(4, 2),
	ASM_TLBI_VAE1(5),
	UBFX(4, 9, 53, 5),
	ASM_CBNZ(4, 2),
	ASM_TLBI_VMALLE1,
	ASM_SUB_IMM(20, 20, 1),
	ASM_CBNZ(20, -23),
	ASM_HVC(1),
};

/* Three pages one behind the other at each of four places. */
static gva_t hop_page(unsigned int k)
{
	return HOP_DATA + k / 3 * HOP_APART + k % 3 * 0x1000;
}

/* Not at the same place of the jump cache. */
static gva_t hop_fn(unsigned int k)
{
	return HOP_CODE + k * HOP_APART + k * 0x40;
}

static void hop_map(struct space *lo)
{
	gpa_t pa = HOP_PA;

	for (unsigned int k = 0; k < HOP_PAGES; k++, pa += 0x1000)
		space_map(e, lo, hop_page(k), pa, 3, PTE_DEFAULT);
	for (unsigned int k = 0; k < HOP_FNS; k++, pa += 0x1000) {
		const uint32_t fn[] = {ASM_ADD_IMM(0, 0, k), ASM_NOP, ASM_RET};

		space_map(e, lo, hop_fn(k) & ~UINT64_C(0xfff), pa, 3,
			  PTE_DEFAULT);
		memcpy(ram_at(e, pa + hop_fn(k) % 0x1000), fn, sizeof(fn));
	}
	/* A large mapping among them, and a page that ours never has */
	space_map(e, lo, HOP_DATA + 9 * HOP_APART, HOP_PA, 3,
		  PTE_DEFAULT | PTE_ATTR(ATTR_DEVICE));
	space_map(e, lo, HOP_LARGE, HOP_PA + 0x200000, 2, PTE_DEFAULT);
}

static void hop_make(struct program *p)
{
	uint64_t *data = program_host(e, DIFF_SCRATCH), *fns = data + 16;

	memset(p, 0, sizeof(*p));
	memcpy(p->words, hop_words, sizeof(hop_words));
	p->n = ARRAY_SIZE(hop_words);
	for (unsigned int k = 0; k < 16; k++)
		data[k] = k < HOP_PAGES ? hop_page(k) + 8 * k
					: HOP_LARGE + (k & 1) * 0x5000;
	data[15] = HOP_DATA + 9 * HOP_APART + 0x100;
	for (unsigned int k = 0; k < 4; k++) /* across a page */
		data[3 * k] = hop_page(3 * k) + 0xffc;
	for (unsigned int k = 0; k < HOP_FNS; k++)
		fns[k] = hop_fn(k);
	p->c.in.x[9] = gen_random();
	p->c.in.x[10] = UINT64_C(6364136223846793005);
	p->c.in.x[11] = UINT64_C(1442695040888963407);
	p->c.in.x[20] = HOP_LOOPS;
	p->c.in.x[21] = DIFF_SCRATCH;
	p->c.in.x[22] = DIFF_SCRATCH + 16 * 8;
}

START_TEST(many_pages)
{
	static struct program p;

	hop_map(&lo);
	for (unsigned int k = 0; k < 10; k++) {
		hop_make(&p);
		check_program(&p);
	}
}
END_TEST

/* Who pays for a walk, and how much: four levels, for data and for code. */
START_TEST(walks)
{
	struct cpu *cpu = &e->cpu;
	uint64_t buf;

	memset(&costs, 0, sizeof(costs));
	costs.cycles[COST_TLB_WALK] = 1000;
	cpu_set_costs(cpu, &costs);
	began = cpu->cycles;
	ck_assert(access_at(e, DIFF_SCRATCH, MA_8, &buf));
	ck_assert_uint_eq(time_of(), 4000);
	ck_assert(access_at(e, DIFF_SCRATCH + 8, MA_8 | MA_WRITE, &buf));
	ck_assert_uint_eq(time_of(), 4000);
	cpu_domain_flush(dom, CPU_FLUSH_TLB);
	domain_serve(cpu);
	ck_assert(access_at(e, DIFF_SCRATCH, MA_8, &buf));
	ck_assert_uint_eq(time_of(), 4000);
	/* Any mode of the same address space. */
	go_el0(e);
	go_el1(e);
	tlb_flush_va(cpu, DIFF_SCRATCH);
	ck_assert(access_at(e, DIFF_SCRATCH, MA_8, &buf));
	ck_assert_uint_eq(time_of(), 8000);
	/* A page for code is another entry; a block of 2 MiB is a level less. */
	CODE(e, CODE_PA, ASM_HVC(1));
	run_at(e, CODE_PA);
	ck_assert_uint_eq(time_of(), 11001);
	run_at(e, CODE_PA);
	ck_assert_uint_eq(time_of(), 11002);
	/* A large mapping goes as a whole, and is entered by the page. */
	hop_map(&lo);
	began = cpu->cycles;
	for (unsigned int k = 0; k < 4; k++)
		ck_assert(access_at(e, HOP_LARGE + k % 2 * 0x1000, MA_8, &buf));
	ck_assert_uint_eq(time_of(), 6000);
	tlb_flush_va(cpu, HOP_LARGE + 0x5000);
	ck_assert(access_at(e, HOP_LARGE, MA_8, &buf));
	ck_assert_uint_eq(time_of(), 9000);
	began = cpu->cycles - 11002;
	/* What the guest broadcast is the guest's. */
	domain_broadcast(cpu, INVAL_TLB_ALL, 0);
	run_at(e, CODE_PA);
	ck_assert_uint_eq(time_of(), 14003);
}
END_TEST

/* ---- the environment's time ---------------------------------------------- */

/* In the middle of a block: exact, and what it charges and where it wants to
 * stop holds for the next instruction already. */
START_TEST(inside)
{
	struct cpu *cpu = &e->cpu;

	for (unsigned int k = 0; k < NR_CPU_COSTS; k++)
		costs.cycles[k] = 10;
	costs.cycles[COST_TLB_WALK] = 0;
	cpu_set_costs(cpu, &costs);
	CODE(e, CODE_PA, ASM_NOP, ASM_MRS(1, TIME_ENC), ASM_NOP,
	     ASM_MRS(2, TIME_ENC), ASM_NOP, ASM_NOP, ASM_NOP, ASM_HVC(1));
	for (unsigned int k = 0; k < 3; k++) {
		began = cpu->cycles;
		ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_HVC);
		ck_assert_uint_eq(cpu->x[1], 10);
		ck_assert_uint_eq(cpu->x[2], 30);
		ck_assert_uint_eq(time_of(), 80);
		ck_assert_uint_eq(cpu_now(cpu), cpu->cycles);
	}
	read_charges = 1000;
	began = cpu->cycles;
	run_at(e, CODE_PA);
	ck_assert_uint_eq(cpu->x[2], 1030);
	ck_assert_uint_eq(time_of(), 2080);
	/* Before a later stop, and before the end of the block. */
	read_charges = 0;
	read_stops_in = 15;
	began = cpu->cycles;
	cpu_stop_at(cpu, began + 70);
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_TIME);
	ck_assert_uint_eq(time_of(), 30);
	ck_assert_uint_eq(cpu->pc, CODE_PA + 12);
	/* The charge alone gets there. */
	read_stops_in = 0;
	read_charges = 500;
	cpu_stop_at(cpu, began + 400);
	ck_assert_int_eq(cpu_run(cpu), CPU_EXIT_TIME);
	ck_assert_uint_eq(cpu->pc, CODE_PA + 16);
	ck_assert_uint_eq(time_of(), 540);
}
END_TEST

/* A load that faults takes nothing, nor what is behind it; one from a device
 * when it is done, and the bus as well. */
START_TEST(accesses)
{
	struct cpu *cpu = &e->cpu;

	memset(&costs, 0, sizeof(costs));
	costs.cycles[COST_LOAD] = 7;
	costs.cycles[COST_EXCEPTION_ENTRY] = 100;
	costs.cycles[COST_MMIO] = 1000;
	set_sys(e, ENC_SCTLR, 0);
	cpu_set_costs(cpu, &costs);
	CODE(e, CODE_PA, ASM_NOP, ASM_LDR(1, 2), ASM_NOP, ASM_NOP, ASM_HVC(1));
	began = cpu->cycles;
	cpu->x[2] = IPA_LIMIT;
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_HVC);
	ck_assert_int_eq(exit_vector(e), 4);
	ck_assert_uint_eq(time_of(), 1 + 100 + 1);
	began = cpu->cycles;
	cpu->x[2] = 0x1000;
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_MMIO);
	ck_assert_uint_eq(time_of(), 1);
	ck_assert_uint_eq(cpu_now(cpu), cpu->cycles);
	cpu_mmio_complete(cpu, 0);
	ck_assert_uint_eq(time_of(), 1 + 7 + 1000);
	ck_assert_int_eq(cpu_run(cpu), CPU_EXIT_HVC);
	ck_assert_uint_eq(time_of(), 1 + 7 + 1000 + 3);
}
END_TEST

START_TEST(wakes)
{
	struct cpu *cpu = &e->cpu;

	memset(&costs, 0, sizeof(costs));
	costs.cycles[COST_WAKE] = 50;
	cpu_set_costs(cpu, &costs);
	CODE(e, CODE_PA, ASM_WFI, ASM_HVC(1));
	began = cpu->cycles;
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_WFI);
	ck_assert_uint_eq(time_of(), 1);
	cpu_charge(cpu, 1000);
	ck_assert_int_eq(cpu_run(cpu), CPU_EXIT_HVC);
	ck_assert_uint_eq(time_of(), 1052);
	/* One that has something to do does not sleep. */
	cpu_set_pins(cpu, CPU_PIN_WAKE);
	began = cpu->cycles;
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_HVC);
	ck_assert_uint_eq(time_of(), 2);
}
END_TEST

/* ---- counters ------------------------------------------------------------ */

/* PMCCNTR_EL0 is local time, whatever happens between two reads. */
START_TEST(cycle_counter)
{
	static struct cpu_pmu_model model = {.type_bits = 0xffff};
	struct cpu *cpu = &e->cpu;
	uint64_t diff;

	random_costs();
	cpu_set_pmu(cpu, &model);
	cpu_reset(cpu);
	vectors_put(e);
	cpu->x[2] = BIT(31);
	cpu->x[3] = 1 | BIT(6);
	read_charges = 77;
	cpu->x[4] = CODE_PA + 0x8000;
	CODE(e, CODE_PA, ASM_MSR(PMCNTENSET, 2), ASM_MSR(PMCR, 3), ASM_NOP,
	     ASM_MRS(10, PMCCNTR), ASM_MRS(11, TIME_ENC), ASM_NOP,
	     ASM_LDR(5, 4), ASM_LDR(5, 6), ASM_MRS(12, PMCCNTR),
	     ASM_MRS(13, TIME_ENC), ASM_WFI, ASM_MRS(14, PMCCNTR),
	     ASM_MRS(15, TIME_ENC), ASM_HVC(1));
	cpu->x[6] = 0x1000;
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_MMIO);
	cpu_mmio_complete(cpu, 0);
	ck_assert_int_eq(cpu_run(cpu), CPU_EXIT_WFI);
	cpu_charge(cpu, 12345);
	ck_assert_int_eq(cpu_run(cpu), CPU_EXIT_HVC);
	diff = cpu->x[11] - cpu->x[10];
	ck_assert_uint_eq(cpu->x[13] - cpu->x[12], diff);
	ck_assert_uint_eq(cpu->x[15] - cpu->x[14], diff);
	ck_assert_uint_gt(cpu->x[14] - cpu->x[12], 12345);
}
END_TEST

static void overflowed(struct cpu *cpu, bool level)
{
	cpu_set_pins(cpu, level ? CPU_PIN_IRQ : 0);
}

/* Its interrupt comes behind the instruction that made it overflow, with a
 * block or without. */
START_TEST(overflow)
{
	static struct cpu_pmu_model model = {.counters = 1,
					     .type_bits = 0xffff};
	struct cpu *cpu = &e->cpu;

	ops.pmu_level = overflowed;
	memset(&costs, 0, sizeof(costs));
	costs.cycles[COST_HINT] = 5;
	cpu_set_costs(cpu, &costs);
	cpu_set_pmu(cpu, &model);
	CODE(e, CODE_PA, ASM_NOP, ASM_NOP, ASM_NOP, ASM_NOP, ASM_NOP, ASM_NOP,
	     ASM_NOP, ASM_NOP, ASM_HVC(1));
	for (unsigned int k = 0; k < 2 * 6; k++) {
		unsigned int n = k % 6;

		cpu_reset(cpu);
		vectors_put(e);
		set_sys(e, SYSREG_ENC(3, 3, 9, 14, 3), 0); /* PMOVSSET */
		set_sys(e, SYSREG_ENC(3, 3, 9, 12, 3), ~UINT64_C(0));
		set_sys(e, SYSREG_ENC(3, 0, 9, 14, 1), BIT(31) | 1);
		set_sys(e, PMCNTENSET, k < 6 ? BIT(31) : 1);
		set_sys(e, SYSREG_ENC(3, 3, 9, 12, 2), k < 6 ? 1 : BIT(31));
		set_sys(e, SYSREG_ENC(3, 3, 14, 12, 0), 8); /* instructions */
		set_sys(e, PMCR, 1);
		if (k < 6)
			set_sys(e, PMCCNTR, (uint32_t)-5 - 5 * n);
		else
			set_sys(e, SYSREG_ENC(3, 3, 14, 8, 0),
				(uint32_t)-1 - n);
		cpu_pmu_reload(cpu);
		cpu_set_pstate(cpu, 5); /* interrupts on */
		ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_HVC);
		ck_assert_int_eq(exit_vector(e), 5);
		ck_assert_uint_eq(cpu->sys.elr_el1, CODE_PA + 4 * (n + 1));
		cpu_set_pins(cpu, 0);
	}
}
END_TEST

/* ---- by class ------------------------------------------------------------ */

START_TEST(classes)
{
	static uint64_t cycles[NR_CPU_COSTS];
	static struct program p;
	struct cpu *cpu = &e->cpu;

	hop_map(&lo);
	for (unsigned int k = 0; k < 30; k++) {
		uint64_t total = 0;

		if (k % 3 == 0)
			hop_make(&p);
		else if (k % 3 == 1)
			program_make_system(&p);
		else
			program_make_stream(&p, k / 3 % GEN_SVE_PRED);
		block_invalidate_all(cpu);
		random_costs();
		run_traced(&p);
		memset(cycles, 0, sizeof(cycles));
		cpu_set_class_cycles(cpu, cycles);
		if (k & 1) {
			run_sliced(&p, 100, true);
		} else {
			load(&p);
			ck_assert_int_eq(cpu_run(cpu), CPU_EXIT_HVC);
			check_boundary(&p, &trace[nr_trace - 1], "by class");
		}
		cpu_set_class_cycles(cpu, NULL);
		for (unsigned int r = 0; r < NR_CPU_COSTS; r++) {
			total += cycles[r];
			ck_assert_uint_eq(cycles[r] % costs.cycles[r], 0);
		}
		ck_assert_uint_eq(total, time_of());
		if (k % 3 == 0) {
			ck_assert_uint_eq(cycles[COST_MULTIPLY],
					  costs.cycles[COST_MULTIPLY] *
						  HOP_LOOPS);
			ck_assert_uint_eq(cycles[COST_CALL],
					  costs.cycles[COST_CALL]);
		}
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
	tcase_add_test(t, many_pages);
	tcase_add_test(t, walks);
	tcase_add_test(t, inside);
	tcase_add_test(t, accesses);
	tcase_add_test(t, wakes);
	tcase_add_test(t, cycle_counter);
	tcase_add_test(t, overflow);
	tcase_add_test(t, classes);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return check_run_engines(srunner_create(suite()));
}
