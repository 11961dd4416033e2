/* SPDX-License-Identifier: MIT */
/*
 * Single steps, breakpoints and watchpoints of the VMM and of the guest (Arm
 * ARM D2). Breakpoints among code that runs in blocks: wherever in a block, a
 * loop, or a page they are, under each of a page's addresses, and however they
 * come and go. All else goes on at full speed.
 */
#include "cpu-env.h"
#include "engines.h"

#define BCR_E      1
#define BCR_EL1    (1 << 1)
#define BCR_EL0    (2 << 1)
#define BCR_BAS    (0xf << 5)
#define BCR_ANY    (BCR_E | BCR_EL0 | BCR_EL1 | BCR_BAS)
#define MDSCR_MDE_ BIT(15)
#define MDSCR_KDE_ BIT(13)
#define ENC_BVR(n) SYSREG_ENC(2, 0, 0, n, 4)
#define ENC_BCR(n) SYSREG_ENC(2, 0, 0, n, 5)

static struct cpu_domain *domain;
static struct env *e;
static struct cpu_guest_debug debug;

static void setup(void)
{
	domain = cpu_domain_new();
	ck_assert_ptr_nonnull(domain);
	e = env_new(domain);
	memset(&debug, 0, sizeof(debug));
	debug.enable = debug.hw = true;
}

static void setup_guest(void)
{
	setup();
	vectors_put(e);
}

static void teardown(void)
{
	env_free(e);
	cpu_domain_free(domain);
}

/* ---- one of each --------------------------------------------------------- */

/* The guest steps EL0 through three instructions (D2.12). */
START_TEST(software_step)
{
	static const uint32_t el0[] = {ASM_MOVZ(1, 1, 0), ASM_MOVZ(1, 2, 0),
				       ASM_SVC(0)};

	memcpy(ram_at(e, DATA_PA), el0, sizeof(el0));
	CODE(e, CODE_PA, ASM_ERET);
	set_sys(e, ENC_MDSCR, 1);
	e->cpu.sys.spsr_el1 = BIT(21) | PSTATE_EL0t;
	e->cpu.sys.elr_el1 = DATA_PA;
	for (unsigned int k = 1; k <= 2; k++) {
		cpu_set_pstate(&e->cpu, PSTATE_EL1h | PSTATE_DAIF);
		run_at(e, CODE_PA);
		ck_assert_int_eq(exit_vector(e), 8);
		ck_assert_uint_eq(esr_ec(e), EC_STEP_LOW);
		ck_assert_uint_eq(esr_iss(e) & 0x3f, 0x22);
		ck_assert_uint_eq(e->cpu.sys.elr_el1, DATA_PA + 4 * k);
		ck_assert_uint_eq(e->cpu.x[1], k);
		ck_assert(!(e->cpu.sys.spsr_el1 & BIT(21)));
		e->cpu.sys.spsr_el1 |= BIT(21);
	}
	/* SVC is stepped: SPSR.SS is 0 in its exception. */
	cpu_set_pstate(&e->cpu, PSTATE_EL1h | PSTATE_DAIF);
	run_at(e, CODE_PA);
	ck_assert_uint_eq(esr_ec(e), EC_SVC);
	ck_assert(!(e->cpu.sys.spsr_el1 & BIT(21)));
	/* SS = 0 from the start: taken before the instruction. */
	e->cpu.sys.spsr_el1 = PSTATE_EL0t;
	e->cpu.sys.elr_el1 = DATA_PA;
	e->cpu.x[1] = 9;
	cpu_set_pstate(&e->cpu, PSTATE_EL1h | PSTATE_DAIF);
	run_at(e, CODE_PA);
	ck_assert_uint_eq(esr_ec(e), EC_STEP_LOW);
	ck_assert_uint_eq(e->cpu.x[1], 9);
}
END_TEST

START_TEST(vmm_debug)
{
	struct cpu_guest_debug dbg = {.enable = true, .single_step = true};

	CODE(e, CODE_PA, ASM_MOVZ(1, 1, 0), ASM_MOVZ(1, 2, 0), ASM_BRK(5));
	cpu_set_guest_debug(&e->cpu, &dbg);
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_DEBUG);
	ck_assert_uint_eq(e->cpu.exit.debug.esr >> 26, EC_STEP_LOW);
	ck_assert_uint_eq(e->cpu.pc, CODE_PA + 4);
	ck_assert_uint_eq(e->cpu.x[1], 1);
	dbg.single_step = false;
	dbg.sw_bp = true;
	cpu_set_guest_debug(&e->cpu, &dbg);
	ck_assert_int_eq(cpu_run(&e->cpu), CPU_EXIT_DEBUG);
	ck_assert_uint_eq(e->cpu.exit.debug.esr, 0xf2000005);
	ck_assert_uint_eq(e->cpu.pc, CODE_PA + 8);
	cpu_set_guest_debug(&e->cpu, NULL);
	cpu_run(&e->cpu);
	ck_assert_int_eq(exit_vector(e), 4);
	ck_assert_uint_eq(esr_ec(e), EC_BRK);
}
END_TEST

START_TEST(breakpoint_and_watchpoint)
{
	CODE(e, CODE_PA, ASM_MOVZ(1, 1, 0), ASM_MOVZ(1, 2, 0), ASM_STR(1, 0),
	     ASM_HVC(1));
	/* EL1 only, all bytes, enabled; needs KDE and D clear. */
	set_sys(e, SYSREG_ENC(2, 0, 0, 0, 4), CODE_PA + 4);
	set_sys(e, SYSREG_ENC(2, 0, 0, 0, 5), 0x1e3);
	set_sys(e, ENC_MDSCR, BIT(15) | BIT(13));
	cpu_set_pstate(&e->cpu, PSTATE_EL1h);
	e->cpu.x[0] = DATA_PA;
	run_at(e, CODE_PA);
	ck_assert_int_eq(exit_vector(e), 4);
	ck_assert_uint_eq(esr_ec(e), EC_BREAKPOINT_CUR);
	ck_assert_uint_eq(e->cpu.sys.elr_el1, CODE_PA + 4);
	cpu_set_pstate(&e->cpu, PSTATE_EL1h | 8 << 6);
	run_at(e, CODE_PA);
	ck_assert_int_eq(exit_vector(e), -1);
	set_sys(e, SYSREG_ENC(2, 0, 0, 0, 5), 0);
	/* Watch eight bytes for stores. */
	set_sys(e, SYSREG_ENC(2, 0, 0, 0, 6), DATA_PA + 8);
	set_sys(e, SYSREG_ENC(2, 0, 0, 0, 7), 0xff << 5 | 2 << 3 | 3 << 1 | 1);
	cpu_set_pstate(&e->cpu, PSTATE_EL1h);
	run_at(e, CODE_PA);
	ck_assert_int_eq(exit_vector(e), -1);
	e->cpu.x[0] = DATA_PA + 8;
	ram_put(e, DATA_PA + 8, 0);
	cpu_set_pstate(&e->cpu, PSTATE_EL1h);
	run_at(e, CODE_PA);
	ck_assert_int_eq(exit_vector(e), 4);
	ck_assert_uint_eq(esr_ec(e), EC_WATCHPOINT_CUR);
	ck_assert_uint_eq(esr_iss(e), 0x22 | 1 << 6);
	ck_assert_uint_eq(e->cpu.sys.far_el1, DATA_PA + 8);
	ck_assert_uint_eq(ram_get(e, DATA_PA + 8), 0);
}
END_TEST

/* An access that begins below what is watched names the watched byte. */
START_TEST(watchpoint_inside_an_access)
{
	static const struct {
		uint32_t insn;
		uint64_t base, watched;
	} t[] = {
		{ASM_STR(1, 0), 0x100, 0x104},
		{ASM_STP(1, 2, 0), 0x100, 0x108},
		{ASM_STP(1, 2, 0), 0x100, 0x10c},
		{0x3d800000 /* str q0, [x0] */, 0x100, 0x108},
		{0xad000000 /* stp q0, q0, [x0] */, 0x100, 0x118},
	};

	for (unsigned int k = 0; k < ARRAY_SIZE(t); k++) {
		uint64_t watched = DATA_PA + t[k].watched;

		CODE(e, CODE_PA, t[k].insn, ASM_HVC(1));
		/* Four bytes. */
		set_sys(e, SYSREG_ENC(2, 0, 0, 0, 6), watched & ~UINT64_C(7));
		set_sys(e, SYSREG_ENC(2, 0, 0, 0, 7),
			0xf << (watched & 7) << 5 | 2 << 3 | 3 << 1 | 1);
		set_sys(e, ENC_MDSCR, BIT(15) | BIT(13));
		e->cpu.sys.cpacr_el1 = 3 << 20;
		cpu_set_pstate(&e->cpu, PSTATE_EL1h);
		e->cpu.x[0] = DATA_PA + t[k].base;
		run_at(e, CODE_PA);
		ck_assert_int_eq(exit_vector(e), 4);
		ck_assert_uint_eq(esr_ec(e), EC_WATCHPOINT_CUR);
		ck_assert_msg(e->cpu.sys.far_el1 == watched,
			      "%08x: FAR %#lx, watched %#lx", t[k].insn,
			      (long)e->cpu.sys.far_el1, (long)watched);
	}
}
END_TEST

/* A tag in the pointer is not part of the address that is watched. */
START_TEST(watchpoint_under_a_tag)
{
	const uint64_t tagged = UINT64_C(0xa5) << 56 | (DATA_PA + 8);

	CODE(e, CODE_PA, ASM_STR(1, 0), ASM_HVC(1));
	set_sys(e, ENC_TCR, TCR_TBI0);
	set_sys(e, SYSREG_ENC(2, 0, 0, 0, 6), DATA_PA + 8);
	set_sys(e, SYSREG_ENC(2, 0, 0, 0, 7), 0xff << 5 | 2 << 3 | 3 << 1 | 1);
	set_sys(e, ENC_MDSCR, BIT(15) | BIT(13));
	cpu_set_pstate(&e->cpu, PSTATE_EL1h);
	e->cpu.x[0] = tagged;
	run_at(e, CODE_PA);
	ck_assert_int_eq(exit_vector(e), 4);
	ck_assert_uint_eq(esr_ec(e), EC_WATCHPOINT_CUR);
	ck_assert_uint_eq(e->cpu.sys.far_el1, tagged);
}
END_TEST

/* STTR at EL1 is an access of EL0 to a watchpoint too, STR is not. */
START_TEST(watchpoint_and_unprivileged)
{
	CODE(e, CODE_PA, ASM_STR(1, 0), 0xf8000801 /* sttr x1, [x0] */,
	     ASM_HVC(1));
	set_sys(e, SYSREG_ENC(2, 0, 0, 0, 6), DATA_PA);
	set_sys(e, SYSREG_ENC(2, 0, 0, 0, 7), 0xff << 5 | 2 << 3 | 2 << 1 | 1);
	set_sys(e, ENC_MDSCR, BIT(15) | BIT(13));
	cpu_set_pstate(&e->cpu, PSTATE_EL1h);
	e->cpu.x[0] = DATA_PA;
	run_at(e, CODE_PA);
	ck_assert_int_eq(exit_vector(e), 4);
	ck_assert_uint_eq(esr_ec(e), EC_WATCHPOINT_CUR);
	ck_assert_uint_eq(e->cpu.sys.elr_el1, CODE_PA + 4);
}
END_TEST

static void watch(gva_t va, unsigned int lsc)
{
	set_sys(e, SYSREG_ENC(2, 0, 0, 0, 6), va);
	set_sys(e, SYSREG_ENC(2, 0, 0, 0, 7),
		0xff << 5 | lsc << 3 | 3 << 1 | 1);
	set_sys(e, ENC_MDSCR, BIT(15) | BIT(13));
	cpu_set_pstate(&e->cpu, PSTATE_EL1h);
}

/* What loads and stores is found by either, as a read if it would be one (Arm ARM
 * D17.2.37, WnR of a watchpoint); exclusives do one of it at a time. */
START_TEST(watchpoint_and_atomics)
{
	enum { LOAD = 1, STORE, BOTH, NONE = -1 };
	static const struct {
		uint32_t insn;
		int of_load, of_store, of_both; /* WnR */
	} t[] = {
		{ASM_LDADD(2, 1, 0), 0, 1, 0},
		{0xf8228001 /* swp x2, x1, [x0] */, 0, 1, 0},
		{0xc8a17c02 /* cas x1, x2, [x0] */, 0, 1, 0},
		{0x48207c02 /* casp x0, x1, x2, x3, [x0] */, 0, 1, 0},
		{0xc85f7c01 /* ldxr x1, [x0] */, 0, NONE, 0},
		{0xc8027c01 /* stxr w2, x1, [x0] */, NONE, 1, 1},
		{0xc8dffc01 /* ldar x1, [x0] */, 0, NONE, 0},
		{0xc89ffc01 /* stlr x1, [x0] */, NONE, 1, 1},
	};

	for (unsigned int n = 0; n < ARRAY_SIZE(t) * 3; n++) {
		const unsigned int k = n / 3, lsc = LOAD + n % 3;
		const int want = lsc == LOAD    ? t[k].of_load
				 : lsc == STORE ? t[k].of_store
						: t[k].of_both;

		CODE(e, CODE_PA, t[k].insn, ASM_HVC(1));
		watch(DATA_PA, lsc);
		ram_put(e, DATA_PA, 5);
		e->cpu.x[0] = DATA_PA;
		run_at(e, CODE_PA);
		ck_assert_msg((exit_vector(e) == 4) == (want != NONE),
			      "%08x, LSC %u", t[k].insn, lsc);
		if (want == NONE)
			continue;
		ck_assert_uint_eq(esr_ec(e), EC_WATCHPOINT_CUR);
		ck_assert_msg(esr_iss(e) == (0x22 | (uint32_t)want << 6),
			      "%08x, LSC %u: ISS %#x", t[k].insn, lsc,
			      esr_iss(e));
		ck_assert_uint_eq(ram_get(e, DATA_PA), 5);
	}
}
END_TEST

/* DC IVAC is a store to its line, what cleans is no access. */
START_TEST(watchpoint_and_maintenance)
{
	CODE(e, CODE_PA, ASM_SYS(3, 7, 10, 1, 0), /* dc cvac, x0 */
	     ASM_SYS(3, 7, 14, 1, 0),             /* dc civac, x0 */
	     ASM_SYS(0, 7, 6, 1, 0),              /* dc ivac, x0 */
	     ASM_HVC(1));
	e->cpu.x[0] = DATA_PA + 56;
	watch(DATA_PA + 8, 1);
	run_at(e, CODE_PA);
	ck_assert_int_eq(exit_vector(e), -1);
	watch(DATA_PA + 8, 2);
	run_at(e, CODE_PA);
	ck_assert_int_eq(exit_vector(e), 4);
	ck_assert_uint_eq(e->cpu.sys.elr_el1, CODE_PA + 8);
	ck_assert_uint_eq(esr_iss(e), 0x22 | 1 << 6 | 1 << 8);
	ck_assert_uint_eq(e->cpu.sys.far_el1, DATA_PA + 8);
}
END_TEST

/* There is no address behind the last. */
START_TEST(watchpoint_at_the_end)
{
	const gva_t last = UINT64_C(0xfffffffffffffff8);
	struct space lo, hi;

	mmu_on(e, &lo, &hi);
	space_map(e, &hi, last & ~UINT64_C(0xfff), DATA_PA, 3, PTE_DEFAULT);
	CODE(e, CODE_PA, ASM_STR(1, 0), ASM_HVC(1));
	e->cpu.x[0] = last;
	watch(last, 2);
	run_at(e, CODE_PA);
	ck_assert_int_eq(exit_vector(e), 4);
	ck_assert_uint_eq(esr_ec(e), EC_WATCHPOINT_CUR);
	ck_assert_uint_eq(e->cpu.sys.far_el1, last);
	/* 2 GiB by DBGWCR.MASK */
	watch(last, 2);
	set_sys(e, SYSREG_ENC(2, 0, 0, 0, 6), ~UINT64_C(0x7fffffff));
	set_sys(e, SYSREG_ENC(2, 0, 0, 0, 7),
		31 << 24 | 0xff << 5 | 2 << 3 | 3 << 1 | 1);
	e->cpu.x[0] = last - 256;
	run_at(e, CODE_PA);
	ck_assert_int_eq(exit_vector(e), 4);
	ck_assert_uint_eq(e->cpu.sys.far_el1, last - 256);
}
END_TEST

/* A breakpoint on what cannot be fetched: the abort comes first. */
START_TEST(breakpoint_behind_an_abort)
{
	set_sys(e, SYSREG_ENC(2, 0, 0, 0, 4), 0x1000);
	set_sys(e, SYSREG_ENC(2, 0, 0, 0, 5), 0x1e3);
	set_sys(e, ENC_MDSCR, BIT(15) | BIT(13));
	cpu_set_pstate(&e->cpu, PSTATE_EL1h);
	run_at(e, 0x1000);
	ck_assert_int_eq(exit_vector(e), 4);
	ck_assert_uint_eq(esr_ec(e), EC_IABT_CUR);
}
END_TEST

/* Then the breakpoint, then PSTATE.IL. */
START_TEST(breakpoint_and_illegal_state)
{
	CODE(e, CODE_PA, ASM_NOP, ASM_HVC(1));
	set_sys(e, SYSREG_ENC(2, 0, 0, 0, 4), CODE_PA);
	set_sys(e, SYSREG_ENC(2, 0, 0, 0, 5), 0x1e3);
	set_sys(e, ENC_MDSCR, BIT(15) | BIT(13));
	cpu_set_pstate(&e->cpu, PSTATE_EL1h | BIT(20));
	run_at(e, CODE_PA);
	ck_assert_int_eq(exit_vector(e), 4);
	ck_assert_uint_eq(esr_ec(e), EC_BREAKPOINT_CUR);
	ck_assert_uint_eq(e->cpu.sys.spsr_el1 >> 20 & 1, 1);
	set_sys(e, ENC_MDSCR, 0);
	cpu_set_pstate(&e->cpu, PSTATE_EL1h | BIT(20));
	run_at(e, CODE_PA);
	ck_assert_int_eq(exit_vector(e), 4);
	ck_assert_uint_eq(esr_ec(e), EC_ILLEGAL_STATE);
	ck_assert_uint_eq(e->cpu.sys.elr_el1, CODE_PA);
}
END_TEST

/* ---- breakpoints among blocks -------------------------------------------- */

static void breakpoint(unsigned int n, gva_t va)
{
	debug.bvr[n] = va;
	debug.bcr[n] = va ? BCR_ANY : 0;
	ck_assert_int_eq(cpu_set_guest_debug(&e->cpu, &debug), 0);
}

#define LOOP_ROUNDS 4

/* The loop of a few blocks: x0 counts rounds down, x2 counts what was done. */
static void put_loop(gpa_t pa)
{
	CODE(e, pa, ASM_MOVZ(0, LOOP_ROUNDS, 0), /* 0 */
	     ASM_MOVZ(2, 0, 0),                  /* 4 */
	     ASM_ADD_IMM(2, 2, 1),               /* 8: the loop */
	     ASM_NOP,                            /* 12 */
	     ASM_B(2),                           /* 16 */
	     ASM_NOP,                            /* 20: never */
	     ASM_ADD_IMM(2, 2, 1),               /* 24 */
	     ASM_NOP,                            /* 28 */
	     0xf1000400,                         /* 32: subs x0, x0, #1 */
	     0x54ffff21,                         /* 36: b.ne .-28 */
	     ASM_HVC(0));                        /* 40 */
}

/* How often the breakpoint at @va stops, from @pc to the end. */
static unsigned int stops(gva_t pc, gva_t va)
{
	unsigned int n = 0;

	breakpoint(0, va);
	e->cpu.pc = pc;
	while (cpu_run(&e->cpu) == CPU_EXIT_DEBUG) {
		ck_assert_uint_eq(e->cpu.pc, va);
		ck_assert_uint_eq(FIELD(e->cpu.exit.debug.esr, 31, 26), 0x30);
		n++;
		/* Step over it, as a debugger does. */
		debug.bcr[0] = 0;
		debug.single_step = true;
		cpu_set_guest_debug(&e->cpu, &debug);
		ck_assert_int_eq(cpu_run(&e->cpu), CPU_EXIT_DEBUG);
		ck_assert_uint_eq(FIELD(e->cpu.exit.debug.esr, 31, 26), 0x32);
		debug.single_step = false;
		breakpoint(0, va);
	}
	ck_assert_int_eq(e->cpu.exit.reason, CPU_EXIT_HVC);
	ck_assert_uint_eq(e->cpu.x[2], 2 * LOOP_ROUNDS);
	return n;
}

/* At each instruction of the loop, once it has run and all is linked. */
START_TEST(stops_everywhere)
{
	static const unsigned int want[] = {1, 1, 4, 4, 4, 0, 4, 4, 4, 4, 1};

	put_loop(CODE_PA);
	for (unsigned int k = 0; k < ARRAY_SIZE(want); k++) {
		ck_assert_int_eq(cpu_set_guest_debug(&e->cpu, NULL), 0);
		ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_HVC);
		/* At the last one the step is the hypercall itself. */
		if (k < 10)
			ck_assert_uint_eq(stops(CODE_PA, CODE_PA + k * 4),
					  want[k]);
		breakpoint(0, 0);
	}
}
END_TEST

/* ---- breakpoints at random ----------------------------------------------- */

#define RANDOM_INSNS  96
#define RANDOM_ROUNDS 24
#define RANDOM_PA     (CODE_PA + 0x1000 - RANDOM_INSNS / 2 * 4)

static uint64_t lcg = 1;

static unsigned int below(unsigned int n)
{
	lcg = lcg * UINT64_C(6364136223846793005) +
	      UINT64_C(1442695040888963407);
	return (lcg >> 33) % n;
}

/*
 * A loop across two pages that goes forward only: by x2, which counts, by
 * direct and by indirect branches, of which none leads between adr and br.
 */
static void put_random(void)
{
	uint32_t code[RANDOM_INSNS];
	bool target[RANDOM_INSNS] = {false};
	const unsigned int n = RANDOM_INSNS - 3;

	for (unsigned int k = 0; k < n; k++) {
		unsigned int by = 1 + below(n - k > 8 ? 8 : n - k);
		unsigned int kind = below(6);

		if (kind == 5 && (by == 1 || k + 1 == n || target[k + 1]))
			kind = 2;
		target[k + by] |= kind >= 2;
		switch (kind) {
		case 0: code[k] = ASM_ADD_IMM(2, 2, 1); break;
		case 1: code[k] = ASM_NOP; break;
		case 2: code[k] = ASM_B(by); break;
		case 3: /* tbz x2 */
			code[k] = 0x36000002 | below(6) << 19 | by << 5;
			break;
		case 4: /* tbnz x2 */
			code[k] = 0x37000002 | below(6) << 19 | by << 5;
			break;
		case 5:
			code[k] = 0x10000003 | by << 5; /* adr x3 */
			code[++k] = 0xd61f0060;         /* br x3 */
			break;
		}
	}
	code[n] = 0xf1000400; /* subs x0, x0, #1 */
	code[n + 1] = 0x54000001 | (-(n + 1) & 0x7ffff) << 5; /* b.ne */
	code[n + 2] = ASM_HVC(0);
	memcpy(ram_at(e, RANDOM_PA), code, sizeof(code));
	/* With it goes a step that is owed for the hypercall. */
	ck_assert_int_eq(cpu_set_guest_debug(&e->cpu, NULL), 0);
	e->cpu.pc = RANDOM_PA;
	e->cpu.x[0] = RANDOM_ROUNDS;
	e->cpu.x[2] = 0;
}

/* Where it goes, one step at a time; the last is the hypercall. */
static unsigned int trace_random(gva_t *trace)
{
	struct cpu_guest_debug dbg = {.enable = true, .single_step = true};
	unsigned int n = 0;

	ck_assert_int_eq(cpu_set_guest_debug(&e->cpu, &dbg), 0);
	do
		trace[n++] = e->cpu.pc;
	while (cpu_run(&e->cpu) == CPU_EXIT_DEBUG);
	ck_assert_int_eq(e->cpu.exit.reason, CPU_EXIT_HVC);
	return n;
}

/* The first of the next places at which one of the breakpoints is. */
static unsigned int next_stop(const gva_t *trace, unsigned int n,
			      unsigned int at)
{
	for (; at < n; at++)
		for (unsigned int k = 0; k < 6; k++)
			if (debug.bcr[k] && debug.bvr[k] == trace[at])
				return at;
	return n;
}

/* Breakpoints come, go, come again at places known by then and stay, wherever
 * the guest is. */
static void follow(const gva_t *trace, unsigned int n)
{
	unsigned int at = 0;
	gva_t places[8];

	for (unsigned int k = 0; k < ARRAY_SIZE(places); k++)
		places[k] = RANDOM_PA + below(RANDOM_INSNS) * 4;
	for (unsigned int stop = 0; stop < n; at = stop) {
		unsigned int k = below(6);
		gva_t va = places[below(ARRAY_SIZE(places))];

		debug.single_step = at && below(2);
		breakpoint(k, below(3) ? va : 0);
		stop = next_stop(trace, n, at);
		if (debug.single_step && stop > at)
			stop = at + 1;
		if (stop < n) {
			ck_assert_int_eq(cpu_run(&e->cpu), CPU_EXIT_DEBUG);
			ck_assert_uint_eq(e->cpu.pc, trace[stop]);
		} else {
			ck_assert_int_eq(cpu_run(&e->cpu), CPU_EXIT_HVC);
		}
		/* Where one is, nothing goes on. */
		for (k = 0; k < 6; k++)
			if (stop < n && debug.bvr[k] == trace[stop])
				breakpoint(k, 0);
	}
}

START_TEST(at_random)
{
	static gva_t trace[RANDOM_INSNS * RANDOM_ROUNDS];

	lcg = _i + 1;
	for (unsigned int program = 0; program < 20; program++) {
		unsigned int n;
		uint64_t seed = lcg;

		put_random();
		n = trace_random(trace);
		for (unsigned int k = 0; k < 20; k++) {
			uint64_t next;

			lcg = seed;
			put_random();
			lcg = next = seed * 3 + k + 1;
			/* Sometimes all of it has run and is linked. */
			memset(&debug, 0, sizeof(debug));
			debug.enable = debug.hw = true;
			breakpoint(0, 0);
			if (k % 2) {
				ck_assert_int_eq(cpu_run(&e->cpu),
						 CPU_EXIT_HVC);
				lcg = seed;
				put_random();
				lcg = next;
			}
			follow(trace, n);
		}
		lcg = seed * 5 + 7;
	}
}
END_TEST

/* Not one at a time: by the run loop's own account. */
START_TEST(others_run_in_blocks)
{
	put_loop(CODE_PA);
	breakpoint(0, CODE_PA + 20);
	ck_assert(!e->cpu.debug_slow);
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_HVC);
	breakpoint(1, CODE_PA + 0x1000);
	ck_assert(!e->cpu.debug_slow);
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_HVC);
}
END_TEST

/* In another page at the same offset nothing stops. */
START_TEST(same_offset_elsewhere)
{
	put_loop(CODE_PA);
	put_loop(CODE_PA + 0x1000);
	ck_assert_uint_eq(stops(CODE_PA, CODE_PA + 0x1018), 0);
	ck_assert_uint_eq(stops(CODE_PA + 0x1000, CODE_PA + 0x1018), 4);
	ck_assert_uint_eq(stops(CODE_PA, CODE_PA + 0x1018), 0);
}
END_TEST

/*
 * A page at two addresses: what has run and is linked under the one stops
 * under the other. And the other way around.
 */
START_TEST(page_at_two_addresses)
{
	const gva_t other = 0x7000000;
	struct space lo, hi;

	mmu_on(e, &lo, &hi);
	space_map(e, &lo, other, CODE_PA, 3, PTE_DEFAULT | PTE_AP(2));
	put_loop(CODE_PA);
	for (unsigned int round = 0; round < 3; round++) {
		ck_assert_uint_eq(stops(CODE_PA, other + 24), 0);
		ck_assert_uint_eq(stops(other, other + 24), 4);
		ck_assert_uint_eq(stops(other, CODE_PA + 24), 0);
		ck_assert_uint_eq(stops(CODE_PA, CODE_PA + 24), 4);
	}
}
END_TEST

/* Several at once, and all that there are. */
START_TEST(several)
{
	static const unsigned int order[] = {8, 12, 16, 24, 28, 32};
	unsigned int n = 0;

	put_loop(CODE_PA);
	for (unsigned int k = 0; k < ARRAY_SIZE(order); k++)
		breakpoint(k, CODE_PA + order[k]);
	e->cpu.pc = CODE_PA;
	for (; cpu_run(&e->cpu) == CPU_EXIT_DEBUG; n++) {
		unsigned int k = n % ARRAY_SIZE(order);

		ck_assert_uint_eq(e->cpu.pc, CODE_PA + order[k]);
		/* Take it away until the next has stopped. */
		breakpoint((k + 5) % 6, CODE_PA + order[(k + 5) % 6]);
		breakpoint(k, 0);
	}
	ck_assert_uint_eq(n, LOOP_ROUNDS * ARRAY_SIZE(order));
	ck_assert_uint_eq(e->cpu.x[2], 2 * LOOP_ROUNDS);
}
END_TEST

/* The guest's own, set and taken away while the loop runs around it. */
START_TEST(guest_sets_its_own)
{
	vectors_put(e);
	go_el1(e);
	e->cpu.daif = 0;
	/* x3: the address, x4: DBGBCR, x5: MDSCR */
	CODE(e, CODE_PA, ASM_MOVZ(0, LOOP_ROUNDS, 0), ASM_B(4), /* 4: in */
	     ASM_NOP, ASM_NOP, ASM_HVC(2),                      /* 16: out */
	     ASM_NOP,                                           /* 20: here */
	     0xf1000400,             /* 24: subs x0, x0, #1 */
	     0x54ffffc1,             /* 28: b.ne .-8 */
	     ASM_CBZ(4, -4),         /* 32: b.eq 16 if without */
	     ASM_MSR(ENC_BVR(3), 3), /* 36 */
	     ASM_MSR(ENC_BCR(3), 4), /* 40 */
	     ASM_MSR(ENC_MDSCR, 5),  /* 44 */
	     ASM_ISB,                /* 48 */
	     ASM_B(-8));             /* 52: to 20 */
	e->cpu.x[3] = CODE_PA + 20;
	e->cpu.x[4] = BCR_E | BCR_EL1 | BCR_BAS;
	e->cpu.x[5] = MDSCR_MDE_ | MDSCR_KDE_;
	/* The first rounds are without. */
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_HVC);
	ck_assert_int_eq(exit_vector(e), 4);
	ck_assert_uint_eq(e->cpu.sys.elr_el1, CODE_PA + 20);
	ck_assert_uint_eq(esr_ec(e), 0x31);
	ck_assert(!e->cpu.debug_slow);
	/* Masked, it does not stop; nor for EL0 only. */
	go_el1(e);
	e->cpu.x[0] = 1;
	e->cpu.x[4] = 0;
	ck_assert_int_eq(run_at(e, CODE_PA + 20), CPU_EXIT_HVC);
	ck_assert_int_eq(e->cpu.exit.imm16, 2);
	e->cpu.daif = 0;
	set_sys(e, ENC_BCR(3), BCR_E | BCR_EL0 | BCR_BAS);
	e->cpu.x[0] = 1;
	ck_assert_int_eq(run_at(e, CODE_PA + 20), CPU_EXIT_HVC);
	ck_assert_int_eq(e->cpu.exit.imm16, 2);
}
END_TEST

/* One that asks for a context only may match anywhere. */
START_TEST(by_context)
{
	put_loop(CODE_PA);
	e->cpu.sys.contextidr_el1 = 0x1234;
	debug.bvr[5] = 0x1235;
	debug.bcr[5] = BCR_ANY | 2 << 20;
	breakpoint(0, 0);
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_HVC);
	debug.bvr[5] = 0x1234;
	breakpoint(0, 0);
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_DEBUG);
	ck_assert_uint_eq(e->cpu.pc, CODE_PA);
	/* Linked to one by address. */
	debug.bcr[5] = BCR_ANY | 3 << 20;
	debug.bvr[0] = CODE_PA + 24;
	debug.bcr[0] = BCR_ANY | 1 << 20 | 5 << 16;
	ck_assert_int_eq(cpu_set_guest_debug(&e->cpu, &debug), 0);
	ck_assert(!e->cpu.debug_slow);
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_DEBUG);
	ck_assert_uint_eq(e->cpu.pc, CODE_PA + 24);
	e->cpu.sys.contextidr_el1 = 0x1235;
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_HVC);
	/* What went past it before does not go past it again. */
	e->cpu.sys.contextidr_el1 = 0x1234;
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_DEBUG);
	ck_assert_uint_eq(e->cpu.pc, CODE_PA + 24);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cpu-debug");
	TCase *tc = tcase_create("each");

	tcase_add_checked_fixture(tc, setup_guest, teardown);
	tcase_add_test(tc, software_step);
	tcase_add_test(tc, vmm_debug);
	tcase_add_test(tc, breakpoint_and_watchpoint);
	tcase_add_test(tc, watchpoint_inside_an_access);
	tcase_add_test(tc, watchpoint_under_a_tag);
	tcase_add_test(tc, watchpoint_and_unprivileged);
	tcase_add_test(tc, watchpoint_and_atomics);
	tcase_add_test(tc, watchpoint_and_maintenance);
	tcase_add_test(tc, watchpoint_at_the_end);
	tcase_add_test(tc, breakpoint_behind_an_abort);
	tcase_add_test(tc, breakpoint_and_illegal_state);
	suite_add_tcase(s, tc);
	tc = tcase_create("breakpoints");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, stops_everywhere);
	tcase_add_loop_test(tc, at_random, 0, 8);
	tcase_add_test(tc, others_run_in_blocks);
	tcase_add_test(tc, same_offset_elsewhere);
	tcase_add_test(tc, page_at_two_addresses);
	tcase_add_test(tc, several);
	tcase_add_test(tc, guest_sets_its_own);
	tcase_add_test(tc, by_context);
	suite_add_tcase(s, tc);
	return check_run_engines(srunner_create(s));
}
