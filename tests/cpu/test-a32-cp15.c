/* SPDX-License-Identifier: MIT */
/*
 * AArch32's system registers: which of AArch64's they are and which half, who may,
 * and what FPEXC and CPACR take away.
 */
#include "a32-env.h"

static void expect_hvc0(void)
{
	ck_assert_int_eq(e->cpu.exit.reason, CPU_EXIT_HVC);
	ck_assert_uint_eq(e->cpu.exit.imm16, 0);
}

/* One instruction at EL1, with R0 and R1. */
static void one(uint32_t insn, uint32_t r0, uint32_t r1)
{
	A32(CODE_PA, insn, HVC32(0));
	cpu_set_pstate(&e->cpu, MODE_SVC);
	e->cpu.x[0] = r0;
	e->cpu.x[1] = r1;
	run32(CODE_PA, MODE_SVC);
}

static void do_one(uint32_t insn, uint32_t r0, uint32_t r1)
{
	one(insn, r0, r1);
	expect_hvc0();
}

#define MCR(opc1, n, m, opc2) \
	(0xee000f10 | (opc1) << 21 | (n) << 16 | (opc2) << 5 | (m))
#define MRC(opc1, n, m, opc2) (MCR(opc1, n, m, opc2) | 1 << 20)
#define MCRR(opc1, m)         (0xec410f00 | (opc1) << 4 | (m))
#define MRRC(opc1, m)         (MCRR(opc1, m) | 1 << 20)
#define CP14(insn)            ((insn) & ~UINT32_C(0x100))

START_TEST(halves)
{
	struct cpu_sysregs *s = &e->cpu.sys;

	s->ttbr0_el1 = UINT64_C(0x1111111122222222);
	do_one(MCR(0, 2, 0, 0), 0x33333333, 0);
	ck_assert_uint_eq(s->ttbr0_el1, UINT64_C(0x1111111133333333));
	do_one(MCRR(1, 2), 0x44444444, 0x55555555);
	ck_assert_uint_eq(s->ttbr1_el1, UINT64_C(0x5555555544444444));
	do_one(MRRC(0, 2), 0, 0);
	ck_assert_uint_eq(e->cpu.x[0], 0x33333333);
	ck_assert_uint_eq(e->cpu.x[1], 0x11111111);
	s->mair_el1 = 0;
	do_one(MCR(0, 10, 2, 1), 0x12345678, 0);
	ck_assert_uint_eq(s->mair_el1, UINT64_C(0x1234567800000000));
	do_one(MRC(0, 10, 2, 1), 0, 0);
	ck_assert_uint_eq(e->cpu.x[0], 0x12345678);
	s->far_el1 = 0;
	do_one(MCR(0, 6, 0, 0), 0xaaaaaaaa, 0);
	do_one(MCR(0, 6, 0, 2), 0xbbbbbbbb, 0);
	ck_assert_uint_eq(s->far_el1, UINT64_C(0xbbbbbbbbaaaaaaaa));
	do_one(MRC(0, 6, 0, 2), 0, 0);
	ck_assert_uint_eq(e->cpu.x[0], 0xbbbbbbbb);
	s->tpidr_el1 = UINT64_C(0x7700000000);
	do_one(MCR(0, 13, 0, 4), 0x99, 0);
	ck_assert_uint_eq(s->tpidr_el1, UINT64_C(0x7700000099));
	do_one(MCR(0, 7, 4, 0), 0x1001, 0);
	ck_assert_uint_eq((uint32_t)s->par_el1, 0x1001);
}
END_TEST

/* What can be written. */
START_TEST(masks)
{
	struct cpu_sysregs *s = &e->cpu.sys;

	do_one(MCR(0, 12, 0, 0), VECTORS | 0x1f, 0);
	ck_assert_uint_eq(s->vbar_el1, VECTORS);
	do_one(MCR(0, 1, 0, 0), UINT32_MAX & ~1u, 0);
	ck_assert_uint_eq(s->sctlr_el1, 0xf2dd357e);
	do_one(MCR(0, 1, 0, 0), 0, 0);
	ck_assert_uint_eq(s->sctlr_el1, 0x00400078);
	do_one(MCR(0, 1, 0, 2), UINT32_MAX, 0);
	ck_assert_uint_eq(s->cpacr_el1, 0x80f00000);
	do_one(MCR(0, 5, 0, 0), 0x805, 0);
	ck_assert_uint_eq((uint32_t)s->esr_el1, 0x805);
	do_one(MCR(0, 5, 0, 1), 0x407, 0);
	ck_assert_uint_eq(s->ifsr32_el2, 0x407);
	do_one(MCR(0, 3, 0, 0), 0x55555555, 0);
	ck_assert_uint_eq(s->dacr32_el2, 0x55555555);
	do_one(MCR(0, 13, 0, 1), 0x1234, 0);
	ck_assert_uint_eq(s->contextidr_el1, 0x1234);
	do_one(MCR(0, 2, 0, 2), 0x80000000, 0);
	ck_assert_uint_eq(s->tcr_el1, 0x80000000);
}
END_TEST

START_TEST(identification)
{
	e->cpu.sys.id[5] = 0x80000003;
	do_one(MRC(0, 0, 0, 5), 0, 0);
	ck_assert_uint_eq(e->cpu.x[0], 0x80000003);
	e->cpu.sys.cpacr_el1 = 0x00f00000;
	e->cpu.sys.id[0] = 0x411fd070;
	do_one(MRC(0, 0, 0, 7), 0, 0);
	ck_assert_uint_eq(e->cpu.x[0], 0x411fd070);
	do_one(0xeef00a10 /* vmrs r0, fpsid */, 0, 0);
	ck_assert_uint_eq(e->cpu.x[0], 0x41034070);
	e->cpu.sys.id[12] = 0x10201105; /* ID_MMFR0 */
	do_one(MRC(0, 0, 1, 4), 0, 0);
	ck_assert_uint_eq(e->cpu.x[0], 0x10201105);
	do_one(MRC(0, 0, 6, 2), 1, 0);
	ck_assert_uint_eq(e->cpu.x[0], 0);
	/* Four watchpoints, six breakpoints, two of them by context. */
	do_one(CP14(MRC(0, 0, 0, 0)), 0, 0);
	ck_assert_uint_eq(e->cpu.x[0] >> 20, 0x351);
}
END_TEST

/* Timers and the GIC's are the environment's. */
START_TEST(environment)
{
	uint32_t cval = SYSREG_ENC(3, 3, 14, 3, 2);

	do_one(MCRR(3, 14), 0x1234, 0x5678);
	ck_assert_uint_eq(e->last_enc, cval);
	ck_assert_uint_eq(e->regs[cval & 3], UINT64_C(0x567800001234));
	do_one(MRC(0, 14, 3, 1), 0, 0);
	ck_assert_uint_eq(e->last_enc, SYSREG_ENC(3, 3, 14, 3, 1));
	do_one(MCRR(0, 12), 1, 2);
	ck_assert_uint_eq(e->last_enc, SYSREG_ENC(3, 0, 12, 11, 5));
	do_one(MRC(0, 12, 12, 5), 0, 0);
	ck_assert_uint_eq(e->last_enc, SYSREG_ENC(3, 0, 12, 12, 5));
}
END_TEST

/* What a read finds to be due is taken before the next instruction, in an IT block,
 * too. */
START_TEST(read_brings_interrupt)
{
	e->read_pins = CPU_PIN_IRQ;
	A32(CODE_PA, MRRC(1, 14), 0xe3a02007 /* MOV R2, #7 */, HVC32(0));
	e->cpu.x[2] = 0;
	run32(CODE_PA, MODE_SVC);
	expect(0x18, MODE_IRQ, CODE_PA + 8, MODE_SVC);
	ck_assert_uint_eq(e->cpu.x[2], 0);
	cpu_set_pins(&e->cpu, 0);
	/* ITTE EQ, MRRC, MOV R2, MOV R2 */
	T32(CODE_PA, 0xbf06, 0xec51, 0x0f1e, 0x2207, 0x2208);
	run32(CODE_PA, MODE_SVC | CPSR_T | CPSR_Z);
	expect(0x18, MODE_IRQ, CODE_PA + 6 + 4,
	       MODE_SVC | CPSR_T | CPSR_Z | 0x0c00);
	ck_assert_uint_eq(e->cpu.x[2], 0);
	cpu_set_pins(&e->cpu, 0);
	A32(CODE_PA, MRC(0, 14, 3, 1), 0xe3a02007, HVC32(0));
	run32(CODE_PA, MODE_SVC | CPSR_I);
	expect_hvc0();
	ck_assert_uint_eq(e->cpu.x[2], 7);
}
END_TEST

START_TEST(undefined)
{
	static const uint32_t insns[] = {
		MRC(1, 9, 0, 2) /* L2CTLR */,
		MCR(0, 0, 0, 0) /* MIDR */,
		MCR(0, 12, 11, 5) /* ICC_SGI1R, of 64 bits */,
		MRC(0, 8, 7, 0) /* TLBIALL */,
		MRC(0, 7, 5, 0),
		MRC(4, 1, 0, 0),
		MRRC(6, 14),
		CP14(MRC(1, 0, 0, 0))};
	static const uint32_t user[] = {MRC(0, 1, 0, 0),  MRC(0, 0, 0, 1),
					MCR(0, 8, 7, 0),  MCR(0, 7, 5, 0),
					MCR(0, 13, 0, 3), MRRC(0, 2),
					MRC(0, 13, 0, 4)};

	for (size_t k = 0; k < ARRAY_SIZE(insns); k++) {
		one(insns[k], 0, 0);
		expect(0x04, MODE_UND, CODE_PA + 4, MODE_SVC);
	}
	for (size_t k = 0; k < ARRAY_SIZE(user); k++) {
		A32(CODE_PA, user[k]);
		run32(CODE_PA, MODE_USR);
		expect(0x04, MODE_UND, CODE_PA + 4, MODE_USR);
	}
	/* EL0 has its own thread registers, and what CNTKCTL lets it. */
	A32(CODE_PA, MRC(0, 13, 0, 3), MCR(0, 13, 0, 2), MCR(0, 7, 10, 5),
	    MRRC(1, 14), 0xef000000);
	e->cpu.sys.cntkctl_el1 = 2;
	run32(CODE_PA, MODE_USR);
	expect(0x08, MODE_SVC, CODE_PA + 20, MODE_USR);
	e->cpu.sys.cntkctl_el1 = 0;
	run32(CODE_PA, MODE_USR);
	expect(0x04, MODE_UND, CODE_PA + 16, MODE_USR);
}
END_TEST

/* To an EL1 in AArch64 state it is a trap with a syndrome. */
START_TEST(trapped_to_a64)
{
	under_a64();
	e->cpu.sys.cntkctl_el1 = 0;
	CODE(e, CODE_PA, ASM_ERET);
	A32(DATA_PA, MRRC(1, 14));
	e->cpu.sys.spsr_el1 = MODE_USR;
	e->cpu.sys.elr_el1 = DATA_PA;
	run_at(e, CODE_PA);
	ck_assert_int_eq(exit_vector(e), 12);
	ck_assert_uint_eq(esr_ec(e), 0x04);
	/* CV, COND, Opc1, Rt2, Rt, CRm, read */
	ck_assert_uint_eq(esr_iss(e),
			  BIT(24) | 14 << 20 | 1 << 16 | 1 << 10 | 14 << 1 | 1);
	e->cpu.sys.cntkctl_el1 = 2;
	A32(DATA_PA, MRRC(1, 14), 0xef000000);
	e->cpu.sys.spsr_el1 = MODE_USR;
	e->cpu.sys.elr_el1 = DATA_PA;
	run_at(e, CODE_PA);
	ck_assert_uint_eq(esr_ec(e), EC_SVC32);
	e->cpu.env = &env_ops;
}
END_TEST

/* What of the debug registers EL0 reads, as MDSCR_EL1.TDCC lets it. */
START_TEST(debug_at_el0)
{
	static const uint32_t reads[] = {
		CP14(MRC(0, 0, 0, 0)), CP14(MRC(0, 0, 1, 0)),
		CP14(MRC(0, 1, 0, 0)), CP14(MRC(0, 2, 0, 0)),
		CP14(MRRC(0, 1)),      CP14(MRRC(0, 2))};

	for (size_t k = 0; k < ARRAY_SIZE(reads); k++) {
		bool wide = k >= 4;

		under_a64();
		CODE(e, CODE_PA, ASM_ERET);
		A32(DATA_PA, reads[k], 0xef000000);
		for (unsigned int trapped = 0; trapped < 2; trapped++) {
			e->cpu.sys.mdscr_el1 = trapped ? MDSCR_TDCC : 0;
			e->cpu.sys.spsr_el1 = MODE_USR;
			e->cpu.sys.elr_el1 = DATA_PA;
			run_at(e, CODE_PA);
			ck_assert_int_eq(exit_vector(e), 12);
			ck_assert_uint_eq(esr_ec(e), !trapped ? EC_SVC32
						     : wide   ? 0x0c
							      : 0x05);
		}
		e->cpu.env = &env_ops;
	}
}
END_TEST

/* Code that changes, with the maintenance that makes it seen. */
START_TEST(instruction_cache)
{
	A32(DATA_PA, 0xe3a02001 /* mov r2, #1 */, 0xe12fff1e /* bx lr */);
	A32(CODE_PA, 0xe1a0400e /* mov r4, lr */, 0xe12fff33 /* blx r3 */,
	    0xe5830000 /* str r0, [r3] */, 0xee073f35 /* mcr ICIMVAU, r3 */,
	    0xe12fff33 /* blx r3 */, 0xe1a05002 /* mov r5, r2 */,
	    0xe5831000 /* str r1, [r3] */, 0xee070f15 /* mcr ICIALLU */,
	    0xf57ff04f /* dsb */, 0xf57ff06f /* isb */, 0xe12fff33 /* blx r3 */,
	    HVC32(0));
	cpu_set_pstate(&e->cpu, MODE_SVC);
	e->cpu.x[0] = 0xe3a02002;
	e->cpu.x[1] = 0xe3a02003;
	e->cpu.x[3] = DATA_PA;
	run32(CODE_PA, MODE_SVC);
	expect_hvc0();
	ck_assert_uint_eq(e->cpu.x[5], 2);
	ck_assert_uint_eq(e->cpu.x[2], 3);
}
END_TEST

/*
 * While DSB waits the PE forgets what others sent, and its own block with it.
 * So many of them that what the block was in goes back to the host.
 */
START_TEST(dsb_forgets_its_block)
{
	static const uint32_t next = 0xeaffffff; /* b . + 4 */
	const gpa_t end = DATA_PA + (4 << 15);
	struct env *other = env_new(domain);

	for (gpa_t pa = DATA_PA; pa < end; pa += 4)
		memcpy(ram_at(e, pa), &next, 4);
	A32(end, 0xe3a02001 /* mov r2, #1 */, 0xe2822002 /* add r2, r2, #2 */,
	    MCR(0, 8, 3, 0) /* TLBIALLIS */, 0xf57ff04f /* dsb */, HVC32(0));
	domain_broadcast(&other->cpu, INVAL_CODE_ALL, 0);
	run32(DATA_PA, MODE_SVC);
	expect_hvc0();
	ck_assert_uint_eq(e->cpu.pc, end + 20);
	ck_assert_uint_eq(e->cpu.x[2], 3);
	env_free(other);
}
END_TEST

/* FPEXC.EN and CPACR. */
START_TEST(floating_point)
{
	static const uint32_t fp[] = {0xee300a00 /* vadd.f32 s0, s0, s0 */,
				      0xeef10a10 /* vmrs r0, fpscr */,
				      0xed910b00 /* vldr d0, [r1] */,
				      0xf2200800 /* vadd.i32 d0, d0, d0 */};

	e->cpu.sys.cpacr_el1 = 0x00f00000;
	for (unsigned int on = 0; on < 3; on++) {
		do_one(0xeee80a10 /* vmsr fpexc, r0 */,
		       on == 1 ? UINT32_MAX : 0, 0);
		do_one(0xeef80a10 /* vmrs r0, fpexc */, 0, 0);
		ck_assert_uint_eq(e->cpu.x[0], on == 1 ? 0x40000700 : 0x700);
		for (size_t k = 0; k < ARRAY_SIZE(fp); k++) {
			one(fp[k], 0, DATA_PA);
			if (on == 1)
				expect_hvc0();
			else
				expect(0x04, MODE_UND, CODE_PA + 4, MODE_SVC);
		}
	}
	/* Of Advanced SIMD alone. */
	e->cpu.sys.fpexc32_el2 = 0x40000700;
	do_one(MCR(0, 1, 0, 2), 0x80f00000, 0);
	do_one(fp[0], 0, 0);
	one(fp[3], 0, 0);
	expect(0x04, MODE_UND, CODE_PA + 4, MODE_SVC);
	/* Not without CPACR. */
	do_one(MCR(0, 1, 0, 2), 0, 0);
	one(0xeef80a10 /* vmrs r0, fpexc */, 0, 0);
	expect(0x04, MODE_UND, CODE_PA + 4, MODE_SVC);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("a32-cp15");
	TCase *tc = tcase_create("cp15");

	tcase_add_checked_fixture(tc, setup_vectors, teardown);
	tcase_add_test(tc, halves);
	tcase_add_test(tc, masks);
	tcase_add_test(tc, identification);
	tcase_add_test(tc, environment);
	tcase_add_test(tc, read_brings_interrupt);
	tcase_add_test(tc, undefined);
	tcase_add_test(tc, trapped_to_a64);
	tcase_add_test(tc, debug_at_el0);
	tcase_add_test(tc, instruction_cache);
	tcase_add_test(tc, dsb_forgets_its_block);
	tcase_add_test(tc, floating_point);
	suite_add_tcase(s, tc);
	return check_run_engines(srunner_create(s));
}
