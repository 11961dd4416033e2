/* SPDX-License-Identifier: MIT */
/*
 * Breakpoints of the VMM and of the guest among code that runs in blocks:
 * wherever in a block, a loop, or a page they are, under each of a page's
 * addresses, and however they come and go. All else goes on at full speed.
 */
#include "cpu-env.h"
#include "tests/check-main.h"

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

static void teardown(void)
{
	env_free(e);
	cpu_domain_free(domain);
}

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
	TCase *tc = tcase_create("breakpoints");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, stops_everywhere);
	tcase_add_test(tc, others_run_in_blocks);
	tcase_add_test(tc, same_offset_elsewhere);
	tcase_add_test(tc, page_at_two_addresses);
	tcase_add_test(tc, several);
	tcase_add_test(tc, guest_sets_its_own);
	tcase_add_test(tc, by_context);
	suite_add_tcase(s, tc);
	return check_run(srunner_create(s));
}
