/* SPDX-License-Identifier: MIT */
/*
 * AArch32 at EL1: reset, modes and their registers, exceptions to each mode and
 * returns from them, and the instructions for these.
 */
#include "a32-env.h"

static const uint8_t modes[] = {MODE_USR, MODE_FIQ, MODE_IRQ, MODE_SVC,
				MODE_ABT, MODE_UND, MODE_SYS};

START_TEST(reset)
{
	ck_assert(cpu_is_aarch32_el1(&e->cpu));
	ck_assert_uint_eq(cpu_pstate(&e->cpu), 0x1d3);
	ck_assert_uint_eq(e->cpu.el, 1);
	cpu_set_pstate(&e->cpu, MODE_USR | CPSR_T | CPSR_E | BIT(27));
	ck_assert_uint_eq(cpu_pstate(&e->cpu),
			  MODE_USR | CPSR_T | CPSR_E | BIT(27));
	ck_assert_uint_eq(e->cpu.el, 0);
	cpu_set_aarch32(&e->cpu, false);
	cpu_reset(&e->cpu);
	ck_assert_uint_eq(cpu_pstate(&e->cpu), 0x3c5);
}
END_TEST

/* R13 and R14, of FIQ mode R8 to R14: where AArch64 has them. */
START_TEST(registers_of_modes)
{
	static const struct {
		uint8_t mode, n, x;
	} of[] = {
		{MODE_USR, 0, 0},   {MODE_FIQ, 7, 7},   {MODE_USR, 12, 12},
		{MODE_USR, 13, 13}, {MODE_SYS, 14, 14}, {MODE_IRQ, 12, 12},
		{MODE_IRQ, 14, 16}, {MODE_IRQ, 13, 17}, {MODE_SVC, 14, 18},
		{MODE_SVC, 13, 19}, {MODE_ABT, 14, 20}, {MODE_ABT, 13, 21},
		{MODE_UND, 14, 22}, {MODE_UND, 13, 23}, {MODE_FIQ, 8, 24},
		{MODE_FIQ, 12, 28}, {MODE_FIQ, 13, 29}, {MODE_FIQ, 14, 30},
	};
	uint64_t x[31], back[31];

	for (unsigned int k = 0; k < 31; k++)
		x[k] = 0x1000 + k;
	cpu_a32_regs_from_x(&e->cpu, x);
	for (unsigned int m = 0; m < ARRAY_SIZE(modes); m++) {
		cpu_set_pstate(&e->cpu, modes[m]);
		cpu_a32_regs_to_x(&e->cpu, back);
		ck_assert_mem_eq(back, x, sizeof(x));
		for (size_t k = 0; k < ARRAY_SIZE(of); k++) {
			unsigned int n = of[k].n;

			if (of[k].mode == modes[m])
				ck_assert_uint_eq(e->cpu.x[n], x[of[k].x]);
			n = a32_reg_of_mode(&e->cpu, of[k].mode, n);
			ck_assert_uint_eq(e->cpu.x[n], x[of[k].x]);
		}
		cpu_a32_regs_from_x(&e->cpu, x);
		cpu_a32_regs_to_x(&e->cpu, back);
		ck_assert_mem_eq(back, x, sizeof(x));
	}
}
END_TEST

/* ---- exceptions ---------------------------------------------------------- */

static uint32_t cpsr_masks(void)
{
	return cpu_pstate(&e->cpu) & CPSR_AIF;
}

START_TEST(supervisor_call)
{
	A32(CODE_PA, 0xef000005 /* svc */);
	run32(CODE_PA, MODE_USR | CPSR_Z);
	expect(0x08, MODE_SVC, CODE_PA + 4, MODE_USR | CPSR_Z);
	ck_assert_uint_eq(cpsr_masks(), CPSR_I);
	T32(CODE_PA, 0xdf05 /* svc */);
	run32(CODE_PA, MODE_SYS | CPSR_T | CPSR_F);
	expect(0x08, MODE_SVC, CODE_PA + 2, MODE_SYS | CPSR_T | CPSR_F);
	ck_assert_uint_eq(cpsr_masks(), CPSR_I | CPSR_F);
}
END_TEST

START_TEST(undefined)
{
	A32(CODE_PA, UDF32);
	run32(CODE_PA, MODE_IRQ);
	expect(0x04, MODE_UND, CODE_PA + 4, MODE_IRQ);
	ck_assert_uint_eq(cpsr_masks(), CPSR_I);
	T32(CODE_PA, 0xde00 /* udf */);
	run32(CODE_PA, MODE_USR | CPSR_T);
	expect(0x04, MODE_UND, CODE_PA + 2, MODE_USR | CPSR_T);
	/* In UND mode itself. */
	A32(CODE_PA, UDF32);
	run32(CODE_PA, MODE_UND);
	expect(0x04, MODE_UND, CODE_PA + 4, MODE_UND);
}
END_TEST

/* Fault registers in both formats. */
START_TEST(aborts)
{
	A32(CODE_PA, 0xe891000c /* ldm r1, {r2, r3} */,
	    0xe3a00000 /* mov r0, #0 */, 0xe12fff10 /* bx r0 */);
	for (unsigned int eae = 0; eae < 2; eae++) {
		e->cpu.sys.tcr_el1 = eae ? TTBCR_EAE : 0;
		e->cpu.sys.far_el1 = 0;
		e->cpu.x[1] = DATA_PA + 1;
		run32(CODE_PA, MODE_SVC);
		expect(0x10, MODE_ABT, CODE_PA + 8, MODE_SVC);
		ck_assert_uint_eq(cpsr_masks(), CPSR_A | CPSR_I);
		ck_assert_uint_eq(e->cpu.sys.esr_el1, eae ? 0x221 : 0x001);
		ck_assert_uint_eq(e->cpu.sys.far_el1, DATA_PA + 1);
		/* No memory to fetch from: as KVM has it. */
		run32(CODE_PA + 4, MODE_SYS | CPSR_Z);
		expect(0x0c, MODE_ABT, 4, MODE_SYS | CPSR_Z);
		ck_assert_uint_eq(e->cpu.sys.ifsr32_el2, eae ? 0x210 : 0x008);
		ck_assert_uint_eq(e->cpu.sys.far_el1, DATA_PA + 1);
	}
	/* A store says so. */
	A32(CODE_PA, 0xe881000c /* stm r1, {r2, r3} */);
	run32(CODE_PA, MODE_SVC);
	ck_assert_uint_eq(e->cpu.sys.esr_el1, 0xa21);
}
END_TEST

START_TEST(breakpoint_instruction)
{
	A32(CODE_PA, 0xe1200077 /* bkpt */);
	run32(CODE_PA, MODE_SVC);
	expect(0x0c, MODE_ABT, CODE_PA + 4, MODE_SVC);
	ck_assert_uint_eq(e->cpu.sys.ifsr32_el2, 0x002);
	ck_assert_uint_eq(e->cpu.sys.mdscr_el1 & DBGDSCR_MOE, 3 << 2);
}
END_TEST

START_TEST(interrupts)
{
	A32(CODE_PA, 0xe3a00001 /* mov r0, #1 */, HVC32(0));
	cpu_set_pins(&e->cpu, CPU_PIN_IRQ);
	run32(CODE_PA, MODE_USR);
	expect(0x18, MODE_IRQ, CODE_PA + 4, MODE_USR);
	ck_assert_uint_eq(cpsr_masks(), CPSR_A | CPSR_I);
	cpu_set_pins(&e->cpu, CPU_PIN_IRQ | CPU_PIN_FIQ);
	run32(CODE_PA, MODE_SVC);
	expect(0x1c, MODE_FIQ, CODE_PA + 4, MODE_SVC);
	ck_assert_uint_eq(cpsr_masks(), CPSR_AIF);
	cpu_set_pins(&e->cpu, 0);
	e->cpu.serror_pending = true;
	run32(CODE_PA, MODE_SVC | CPSR_I | CPSR_F);
	expect(0x10, MODE_ABT, CODE_PA + 8, MODE_SVC | CPSR_I | CPSR_F);
	ck_assert_uint_eq(e->cpu.sys.esr_el1, 0x406);
	/* What masks them does. */
	e->cpu.serror_pending = true;
	cpu_set_pins(&e->cpu, CPU_PIN_IRQ | CPU_PIN_FIQ);
	run32(CODE_PA, MODE_SVC | CPSR_AIF);
	ck_assert_uint_eq(e->cpu.exit.imm16, 0);
	/* Until they are taken away. */
	A32(CODE_PA, 0xf10801c0 /* cpsie aif */, HVC32(0));
	e->cpu.serror_pending = false;
	run32(CODE_PA, MODE_SVC | CPSR_AIF);
	expect(0x1c, MODE_FIQ, CODE_PA + 8, MODE_SVC);
	cpu_set_pins(&e->cpu, 0);
}
END_TEST

/* SCTLR.V, TE and EE. */
START_TEST(state_at_vectors)
{
	e->more_ram = 0xffff0000;
	A32(RAM_BASE + 8, HVC32(0x208));
	A32(CODE_PA + 0x100, 0xef000005 /* svc */);
	e->cpu.sys.sctlr_el1 |= SCTLR_A32_V;
	run32(CODE_PA + 0x100, MODE_USR);
	ck_assert_uint_eq(e->cpu.exit.imm16, 0x208);
	ck_assert_uint_eq(e->cpu.pc, 0xffff000c);
	e->cpu.sys.sctlr_el1 &= ~SCTLR_A32_V;
	e->cpu.sys.sctlr_el1 |= SCTLR_A32_TE | SCTLR_EE;
	T32(VECTORS + 8, 0xf7e0, 0x8108 /* hvc #0x108 */);
	run32(CODE_PA + 0x100, MODE_USR);
	expect(0x08, MODE_SVC, CODE_PA + 0x104, MODE_USR);
	ck_assert_uint_eq(cpu_pstate(&e->cpu),
			  MODE_SVC | CPSR_I | CPSR_T | CPSR_E);
}
END_TEST

/* ---- returns ------------------------------------------------------------- */

/* Where all of these return to. */
#define TO (DATA_PA + 0x100)

static void expect_return(uint32_t cpsr)
{
	ck_assert_int_eq(e->cpu.exit.reason, CPU_EXIT_HVC);
	ck_assert_uint_eq(e->cpu.exit.imm16, 0x108);
	ck_assert_uint_eq(e->cpu.sys.spsr_el1, cpsr);
}

/* From Supervisor mode to User mode, which does SVC. */
static void return_by(uint32_t insn, uint32_t lr)
{
	A32(CODE_PA, insn, HVC32(1));
	A32(TO, 0xef000000);
	cpu_set_pstate(&e->cpu, MODE_SVC | CPSR_I);
	e->cpu.sys.spsr_el1 = MODE_USR | CPSR_Z;
	e->cpu.x[14] = lr;
	e->cpu.x[13] = STACK_PA;
	run32(CODE_PA, MODE_SVC | CPSR_I);
}

START_TEST(returns)
{
	return_by(0xe1b0f00e /* movs pc, lr */, TO);
	expect_return(MODE_USR | CPSR_Z);
	return_by(0xe25ef004 /* subs pc, lr, #4 */, TO + 4);
	expect_return(MODE_USR | CPSR_Z);
	return_by(0xe160006e /* eret */, TO);
	expect_return(MODE_USR | CPSR_Z);
	/* A condition that fails: it is as if it were not there. */
	return_by(0x01b0f00e /* movseq pc, lr */, TO);
	ck_assert_uint_eq(e->cpu.exit.imm16, 1);
	ck_assert_uint_eq(cpu_pstate(&e->cpu), MODE_SVC | CPSR_I);
	ram_put(e, STACK_PA, 0x1234 | TO << 32);
	return_by(0xe8fd8001 /* ldm sp!, {r0, pc}^ */, 0);
	expect_return(MODE_USR | CPSR_Z);
	ck_assert_uint_eq(e->cpu.x[0], 0x1234);
	ck_assert_uint_eq(e->cpu.x[13], STACK_PA + 8);
	ram_put(e, STACK_PA, TO | (uint64_t)(MODE_USR | CPSR_F) << 32);
	return_by(0xf8bd0a00 /* rfeia sp! */, 0);
	expect_return(MODE_USR | CPSR_F);
	ck_assert_uint_eq(e->cpu.x[13], STACK_PA + 8);
	ram_put(e, STACK_PA - 8, TO | (uint64_t)MODE_USR << 32);
	return_by(0xf91d0a00 /* rfedb sp */, 0);
	expect_return(MODE_USR);
	ck_assert_uint_eq(e->cpu.x[13], STACK_PA);
	T32(CODE_PA, 0xf3de, 0x8f02 /* subs pc, lr, #2 */);
	cpu_set_pstate(&e->cpu, MODE_SVC);
	e->cpu.sys.spsr_el1 = MODE_USR | CPSR_F;
	e->cpu.x[14] = TO + 2;
	run32(CODE_PA, MODE_SVC | CPSR_T);
	expect_return(MODE_USR | CPSR_F);
}
END_TEST

/* One at a time they do the same. */
START_TEST(returns_one_at_a_time)
{
	e->cpu.debug_slow = true;
	return_by(0xe1b0f00e /* movs pc, lr */, TO);
	expect_return(MODE_USR | CPSR_Z);
	return_by(0x01b0f00e /* movseq pc, lr */, TO);
	ck_assert_uint_eq(e->cpu.exit.imm16, 1);
	e->cpu.debug_slow = false;
}
END_TEST

/* Into an IT block, of which the rest is done. */
START_TEST(return_into_it_block)
{
	A32(CODE_PA, 0xe1b0f00e /* movs pc, lr */);
	T32(TO, 0x2001 /* moveq r0, #1 */, 0x2002 /* movne r0, #2 */, 0xdf00);
	cpu_set_pstate(&e->cpu, MODE_IRQ);
	e->cpu.sys.spsr_irq = MODE_USR | CPSR_T | CPSR_Z | 0x0c00 /* ite eq */;
	e->cpu.x[14] = TO;
	run32(CODE_PA, MODE_IRQ);
	expect(0x08, MODE_SVC, TO + 6, MODE_USR | CPSR_T | CPSR_Z);
	ck_assert_uint_eq(e->cpu.x[0], 1);
}
END_TEST

/* A mode that there is not: PSTATE.IL, and UNDEFINED is what comes. */
START_TEST(illegal_return)
{
	static const uint8_t bad[] = {0x16, 0x1a, 0x14, 0x00};

	for (size_t k = 0; k < ARRAY_SIZE(bad); k++) {
		A32(CODE_PA, 0xe1b0f00e /* movs pc, lr */);
		cpu_set_pstate(&e->cpu, MODE_SVC);
		e->cpu.sys.spsr_el1 = bad[k] | CPSR_Z;
		e->cpu.x[14] = TO;
		run32(CODE_PA, MODE_SVC | CPSR_I);
		expect(0x04, MODE_UND, TO + 4, MODE_SVC | CPSR_Z | BIT(20));
		ck_assert_uint_eq(e->cpu.il, 0);
	}
}
END_TEST

/* At EL0, and where there is no SPSR. */
START_TEST(privileged)
{
	static const uint32_t insns[] = {0xe1b0f00e /* movs pc, lr */,
					 0xe160006e /* eret */,
					 0xe8dd8001 /* ldm sp, {r0, pc}^ */,
					 0xe8dd0001 /* ldm sp, {r0}^ */,
					 0xe8cd0001 /* stm ^ */,
					 0xf8cd0512 /* srs */,
					 0xe14f0000 /* mrs spsr */,
					 0xe16ff000 /* msr spsr */};
	static const uint32_t user_only[] = {
		0xf8bd0a00 /* rfe */, 0xe1050200 /* mrs r0, SP of User */,
		0xe123f300 /* msr SP of SVC, r0 */, HVC32(0),
		0xe1600071 /* smc */};

	for (size_t k = 0; k < ARRAY_SIZE(insns); k++) {
		A32(CODE_PA, insns[k]);
		run32(CODE_PA, MODE_SYS);
		expect(0x04, MODE_UND, CODE_PA + 4, MODE_SYS);
		run32(CODE_PA, MODE_USR);
		expect(0x04, MODE_UND, CODE_PA + 4, MODE_USR);
	}
	for (size_t k = 0; k < ARRAY_SIZE(user_only); k++) {
		A32(CODE_PA, user_only[k]);
		run32(CODE_PA, MODE_USR);
		expect(0x04, MODE_UND, CODE_PA + 4, MODE_USR);
	}
	/* CPS does nothing, MSR what flags are. */
	A32(CODE_PA, 0xf10c00c0 /* cpsid if */, 0xe12ff000 /* msr cpsr */,
	    0xef000000);
	e->cpu.x[0] = CPSR_Z | CPSR_AIF | MODE_SVC;
	run32(CODE_PA, MODE_USR);
	expect(0x08, MODE_SVC, CODE_PA + 12, MODE_USR | CPSR_Z);
}
END_TEST

/* ---- status registers and registers of other modes ------------------------ */

START_TEST(status_registers)
{
	A32(CODE_PA, 0xe10f0000 /* mrs r0, cpsr */,
	    0xe14f1000 /* mrs r1, spsr */, 0xe16ff002 /* msr spsr, r2 */,
	    0xe321f0d2 /* msr CPSR, #0xd2 */, 0xe10f3000 /* mrs r3, cpsr */,
	    0xf102001f /* cps #0x1f */, 0xe10f4000 /* mrs r4, cpsr */,
	    0xf1080080 /* cpsie i */, 0xe10f5000 /* mrs r5, cpsr */, HVC32(0));
	e->cpu.sys.spsr_el1 = 0x12345678;
	e->cpu.x[2] = 0xf80003ff;
	run32(CODE_PA, MODE_SVC | CPSR_Z | BIT(27) | BIT(17));
	ck_assert_uint_eq(e->cpu.exit.imm16, 0);
	ck_assert_uint_eq(e->cpu.x[0], MODE_SVC | CPSR_Z | BIT(27) | BIT(17));
	ck_assert_uint_eq(e->cpu.x[1], 0x12345678);
	ck_assert_uint_eq(e->cpu.sys.spsr_el1, 0xf80003ff);
	ck_assert_uint_eq(e->cpu.x[3] & 0xff, 0xd2);
	ck_assert_uint_eq(e->cpu.x[4] & 0xff, 0xdf);
	ck_assert_uint_eq(e->cpu.x[5] & 0xff, 0x5f);
}
END_TEST

/* DIT is bit 21 of CPSR and every SPSR, 24 in what the VMM sees; SSBS. An exception
 * keeps DIT and takes SSBS from SCTLR.DSSBS. */
START_TEST(dit_and_ssbs)
{
	const uint32_t both = CPSR_DIT | CPSR_SSBS;

	A32(CODE_PA, 0xe10f0000 /* mrs r0, cpsr */, 0xef000000 /* svc */);
	run32(CODE_PA, MODE_USR | PSR_DIT | CPSR_SSBS);
	expect(0x08, MODE_SVC, CODE_PA + 8, MODE_USR | both);
	ck_assert_uint_eq(e->cpu.x[0], MODE_USR | both);
	ck_assert_uint_eq(cpu_pstate(&e->cpu), MODE_SVC | CPSR_I | PSR_DIT);
	e->cpu.sys.sctlr_el1 |= SCTLR_A32_DSSBS;
	run32(CODE_PA, MODE_USR);
	expect(0x08, MODE_SVC, CODE_PA + 8, MODE_USR);
	ck_assert_uint_eq(cpu_pstate(&e->cpu), MODE_SVC | CPSR_I | CPSR_SSBS);
	/* MSR of CPSR; the VMM's image has SS, which CPSR has not. */
	A32(CODE_PA, 0xe124f001 /* msr CPSR_s, r1 */, 0xe10f0000,
	    0xe12ef002 /* msr CPSR_fsx, r2 */, 0xe10f3000 /* mrs r3, cpsr */,
	    HVC32(0));
	e->cpu.x[1] = both;
	e->cpu.x[2] = PSR_DIT;
	run32(CODE_PA, MODE_SYS | PSR_SS);
	ck_assert_uint_eq(e->cpu.x[0], MODE_SYS | both);
	ck_assert_uint_eq(e->cpu.x[3], MODE_SYS);
	/* Returns, by SPSR and from memory, where SRS had put it. */
	return_by(0xe1b0f00e /* movs pc, lr */, TO);
	A32(CODE_PA, 0xe16ff001 /* msr SPSR, r1 */,
	    0xf96d0513 /* srsdb sp!, #svc */, 0xf8bd0a00 /* rfeia sp! */);
	e->cpu.sys.spsr_el1 = 0;
	e->cpu.x[1] = MODE_USR | both;
	e->cpu.x[14] = TO;
	run32(CODE_PA, MODE_SVC);
	expect_return(MODE_USR | both);
	e->cpu.x[1] = MODE_USR | PSR_DIT; /* J: none */
	e->cpu.x[14] = TO;
	run32(CODE_PA, MODE_SVC);
	expect_return(MODE_USR);
	/* What KVM injects. */
	cpu_set_pstate(&e->cpu, MODE_USR | PSR_DIT);
	cpu_abort_enter(&e->cpu);
	ck_assert_uint_eq(e->cpu.sys.spsr_abt, MODE_USR | CPSR_DIT);
}
END_TEST

START_TEST(banked_registers)
{
	uint64_t x[31];

	for (unsigned int k = 0; k < 31; k++)
		x[k] = 0x1000 + k;
	cpu_set_pstate(&e->cpu, MODE_SVC);
	cpu_a32_regs_from_x(&e->cpu, x);
	A32(CODE_PA, 0xe1050200 /* mrs r0, SP of User */,
	    0xe1001300 /* mrs r1, LR of IRQ */,
	    0xe1082200 /* mrs r2, R8 of FIQ */,
	    0xe1443300 /* mrs r3, SPSR of ABT */,
	    0xe127f300 /* msr SP of UND, r0 */,
	    0xe16ef201 /* msr SPSR of FIQ, r1 */, HVC32(0));
	e->cpu.sys.spsr_abt = 0x77;
	run32(CODE_PA, MODE_SVC);
	ck_assert_uint_eq(e->cpu.exit.imm16, 0);
	ck_assert_uint_eq(e->cpu.x[0], 0x1000 + 13);
	ck_assert_uint_eq(e->cpu.x[1], 0x1000 + 16);
	ck_assert_uint_eq(e->cpu.x[2], 0x1000 + 24);
	ck_assert_uint_eq(e->cpu.x[3], 0x77);
	ck_assert_uint_eq(e->cpu.sys.spsr_fiq, 0x1000 + 16);
	cpu_a32_regs_to_x(&e->cpu, x);
	ck_assert_uint_eq(x[23], 0x1000 + 13);
}
END_TEST

/* STM and LDM of User mode's registers, from FIQ mode, which has most others. */
START_TEST(user_registers)
{
	uint64_t x[31];

	for (unsigned int k = 0; k < 31; k++)
		x[k] = 0x1000 + k;
	x[29] = STACK_PA;
	cpu_set_pstate(&e->cpu, MODE_FIQ);
	cpu_a32_regs_from_x(&e->cpu, x);
	A32(CODE_PA, 0xe8cd7f80 /* stm sp, {r7-lr}^ */,
	    0xe59d0018 /* ldr r0, [sp, #24] */,
	    0xe8dd6100 /* ldm sp, {r8, sp, lr}^ */, HVC32(0));
	run32(CODE_PA, MODE_FIQ);
	ck_assert_uint_eq(e->cpu.exit.imm16, 0);
	for (unsigned int n = 0; n < 8; n++)
		ck_assert_uint_eq((uint32_t)ram_get(e, STACK_PA + 4 * n),
				  0x1007 + n);
	ck_assert_uint_eq(e->cpu.x[0], 0x1000 + 13);
	ck_assert_uint_eq(e->cpu.x[8], 0x1000 + 24);
	cpu_a32_regs_to_x(&e->cpu, x);
	ck_assert_uint_eq(x[8], 0x1007);
	ck_assert_uint_eq(x[13], 0x1008);
	ck_assert_uint_eq(x[14], 0x1009);
	ck_assert_uint_eq(x[29], STACK_PA);
}
END_TEST

START_TEST(store_return_state)
{
	uint64_t x[31] = {0};

	x[17] = STACK_PA;      /* SP_irq */
	x[18] = 0x1234;        /* LR_svc */
	x[19] = STACK_PA + 64; /* SP_svc */
	cpu_set_pstate(&e->cpu, MODE_SVC);
	cpu_a32_regs_from_x(&e->cpu, x);
	e->cpu.sys.spsr_el1 = 0x5678;
	A32(CODE_PA, 0xf96d0512 /* srsdb sp!, #irq */,
	    0xf8cd0513 /* srsia sp, #svc */, HVC32(0));
	run32(CODE_PA, MODE_SVC);
	ck_assert_uint_eq(e->cpu.exit.imm16, 0);
	ck_assert_uint_eq(ram_get(e, STACK_PA - 8), 0x567800001234);
	ck_assert_uint_eq(ram_get(e, STACK_PA + 64), 0x567800001234);
	cpu_a32_regs_to_x(&e->cpu, x);
	ck_assert_uint_eq(x[17], STACK_PA - 8);
	ck_assert_uint_eq(x[19], STACK_PA + 64);
}
END_TEST

START_TEST(wait)
{
	A32(CODE_PA, 0xe320f003 /* wfi */);
	run32(CODE_PA, MODE_SVC | CPSR_I);
	ck_assert_int_eq(e->cpu.exit.reason, CPU_EXIT_WFI);
	ck_assert_uint_eq(e->cpu.pc, CODE_PA + 4);
	/* SCTLR.nTWI */
	e->cpu.sys.sctlr_el1 &= ~SCTLR_NTWI;
	run32(CODE_PA, MODE_USR);
	expect(0x04, MODE_UND, CODE_PA + 4, MODE_USR);
	T32(CODE_PA, 0xbf08 /* it eq */, 0xbf30 /* wfi */);
	run32(CODE_PA, MODE_SVC | CPSR_T | CPSR_Z);
	ck_assert_int_eq(e->cpu.exit.reason, CPU_EXIT_WFI);
	ck_assert_uint_eq(e->cpu.pc, CODE_PA + 4);
	ck_assert_uint_eq(cpu_pstate(&e->cpu), MODE_SVC | CPSR_T | CPSR_Z);
}
END_TEST

/* SETEND, at both levels, and what loads, stores and an exception make of it. */
START_TEST(byte_order)
{
	A32(CODE_PA, 0xf1010200 /* setend be */, 0xe5910000 /* ldr r0, [r1] */,
	    0xe8910014 /* ldm r1, {r2, r4} */,
	    0xe1d130b2 /* ldrh r3, [r1, #2] */,
	    0xe1c160b8 /* strh r6, [r1, #8] */, 0xf1010000 /* setend le */,
	    0xe5915000 /* ldr r5, [r1] */, 0xf1010200 /* setend be */,
	    0xef000000 /* svc */);
	ram_put(e, DATA_PA, UINT64_C(0x1122334455667788));
	e->cpu.x[1] = DATA_PA;
	e->cpu.x[6] = 0x1234;
	run32(CODE_PA, MODE_USR);
	expect(0x08, MODE_SVC, CODE_PA + 36, MODE_USR | CPSR_E);
	ck_assert_uint_eq(cpu_pstate(&e->cpu) & CPSR_E, 0);
	ck_assert_uint_eq(e->cpu.x[0], 0x88776655);
	ck_assert_uint_eq(e->cpu.x[2], 0x88776655);
	ck_assert_uint_eq(e->cpu.x[4], 0x44332211);
	ck_assert_uint_eq(e->cpu.x[3], 0x6655);
	ck_assert_uint_eq(e->cpu.x[5], 0x55667788);
	ck_assert_uint_eq(ram_get(e, DATA_PA + 8), 0x3412);
	T32(CODE_PA, 0xb658 /* setend be */, 0xdf00);
	run32(CODE_PA, MODE_SYS | CPSR_T);
	expect(0x08, MODE_SVC, CODE_PA + 4, MODE_SYS | CPSR_T | CPSR_E);
	e->cpu.sys.sctlr_el1 |= SCTLR_A32_SED;
	run32(CODE_PA, MODE_SYS | CPSR_T);
	expect(0x04, MODE_UND, CODE_PA + 2, MODE_SYS | CPSR_T);
}
END_TEST

/* ---- debug --------------------------------------------------------------- */

/* The VMM's single step, through an exception and back. */
START_TEST(stepped_by_vmm)
{
	static const struct cpu_guest_debug dbg = {.enable = true,
						   .single_step = true};
	static const struct {
		uint32_t pc, cpsr;
	} steps[] = {
		{CODE_PA + 4, MODE_USR},
		{VECTORS + 0x08, MODE_SVC | CPSR_I},
		{CODE_PA + 8, MODE_USR},
		{TO, MODE_USR | CPSR_T},
		{TO + 2, MODE_USR | CPSR_T},
		{TO + 6, MODE_USR | CPSR_T},
	};

	A32(CODE_PA, 0xe3a00001 /* mov r0, #1 */, 0xef000000 /* svc */,
	    0xe12fff11 /* bx r1 */);
	A32(VECTORS + 0x08, 0xe1b0f00e /* movs pc, lr */);
	T32(TO, 0x2005 /* movs r0, #5 */, 0xf240, 0x1200 /* movw r2 */);
	e->cpu.x[1] = TO | 1;
	ck_assert_int_eq(cpu_set_guest_debug(&e->cpu, &dbg), 0);
	cpu_set_pstate(&e->cpu, MODE_USR);
	e->cpu.pc = CODE_PA;
	for (size_t k = 0; k < ARRAY_SIZE(steps); k++) {
		ck_assert_int_eq(cpu_run(&e->cpu), CPU_EXIT_DEBUG);
		ck_assert_uint_eq(FIELD(e->cpu.exit.debug.esr, 31, 26),
				  EC_STEP_LOW);
		ck_assert_uint_eq(e->cpu.pc, steps[k].pc);
		ck_assert_uint_eq(cpu_pstate(&e->cpu), steps[k].cpsr);
	}
	ck_assert_int_eq(cpu_set_guest_debug(&e->cpu, NULL), 0);
}
END_TEST

/* BKPT, and a breakpoint at the second halfword of a word. */
START_TEST(breakpoints_of_vmm)
{
	struct cpu_guest_debug dbg = {.enable = true, .hw = true};

	A32(CODE_PA, 0xe1200077 /* bkpt */);
	T32(TO, 0x2005 /* movs r0, #5 */, 0x2006 /* movs r0, #6 */,
	    0x2007 /* movs r0, #7 */);
	dbg.bvr[1] = TO;
	dbg.bcr[1] = 1 | 3 << 1 | 0xc << 5 | 1 << 13;
	ck_assert_int_eq(cpu_set_guest_debug(&e->cpu, &dbg), 0);
	run32(CODE_PA, MODE_SVC);
	ck_assert_int_eq(e->cpu.exit.reason, CPU_EXIT_DEBUG);
	ck_assert_uint_eq(e->cpu.exit.debug.esr,
			  ESR_EC(EC_BKPT32) | ESR_IL | 7);
	run32(TO, MODE_USR | CPSR_T);
	ck_assert_int_eq(e->cpu.exit.reason, CPU_EXIT_DEBUG);
	ck_assert_uint_eq(FIELD(e->cpu.exit.debug.esr, 31, 26),
			  EC_BREAKPOINT_LOW);
	ck_assert_uint_eq(e->cpu.pc, TO + 2);
	ck_assert_uint_eq(e->cpu.x[0], 5);
	ck_assert_int_eq(cpu_set_guest_debug(&e->cpu, NULL), 0);
}
END_TEST

/* A breakpoint of the guest's own is a prefetch abort. */
START_TEST(breakpoint_of_guest)
{
	A32(CODE_PA, 0xe3a00001 /* mov r0, #1 */, 0xe3a00002 /* mov r0, #2 */,
	    HVC32(0));
	set_sys(e, SYSREG_ENC(2, 0, 0, 0, 4), CODE_PA + 4);
	set_sys(e, SYSREG_ENC(2, 0, 0, 0, 5), 1 | 3 << 1 | 0xf << 5);
	set_sys(e, SYSREG_ENC(2, 0, 0, 2, 2), MDSCR_MDE);
	run32(CODE_PA, MODE_USR);
	expect(0x0c, MODE_ABT, CODE_PA + 8, MODE_USR);
	ck_assert_uint_eq(e->cpu.sys.ifsr32_el2, 0x002);
	ck_assert_uint_eq(e->cpu.sys.mdscr_el1 & DBGDSCR_MOE, 1 << 2);
	ck_assert_uint_eq(e->cpu.x[0], 1);
	/* At EL1 as well, which asks for no KDE. */
	run32(CODE_PA, MODE_SVC);
	expect(0x0c, MODE_ABT, CODE_PA + 8, MODE_SVC);
}
END_TEST

/* KVM's external abort. */
START_TEST(injected)
{
	cpu_set_pstate(&e->cpu, MODE_USR);
	e->cpu.pc = CODE_PA;
	e->cpu.sys.far_el1 = UINT64_C(0x1234567800000000);
	cpu_abort_syndrome(&e->cpu, 0x9abc, true);
	cpu_abort_enter(&e->cpu);
	ck_assert_uint_eq(e->cpu.pc, VECTORS + 0x10);
	cpu_run(&e->cpu);
	expect(0x10, MODE_ABT, CODE_PA + 8, MODE_USR);
	ck_assert_uint_eq(e->cpu.sys.esr_el1, 0x008);
	ck_assert_uint_eq(e->cpu.sys.far_el1, UINT64_C(0x1234567800009abc));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("a32-el1");
	TCase *tc = tcase_create("EL1");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, reset);
	tcase_add_test(tc, registers_of_modes);
	suite_add_tcase(s, tc);
	tc = tcase_create("exceptions");
	tcase_add_checked_fixture(tc, setup_vectors, teardown);
	tcase_add_test(tc, supervisor_call);
	tcase_add_test(tc, undefined);
	tcase_add_test(tc, aborts);
	tcase_add_test(tc, breakpoint_instruction);
	tcase_add_test(tc, interrupts);
	tcase_add_test(tc, state_at_vectors);
	tcase_add_test(tc, returns);
	tcase_add_test(tc, returns_one_at_a_time);
	tcase_add_test(tc, return_into_it_block);
	tcase_add_test(tc, illegal_return);
	tcase_add_test(tc, privileged);
	tcase_add_test(tc, status_registers);
	tcase_add_test(tc, dit_and_ssbs);
	tcase_add_test(tc, banked_registers);
	tcase_add_test(tc, user_registers);
	tcase_add_test(tc, store_return_state);
	tcase_add_test(tc, wait);
	tcase_add_test(tc, injected);
	tcase_add_test(tc, byte_order);
	tcase_add_test(tc, stepped_by_vmm);
	tcase_add_test(tc, breakpoints_of_vmm);
	tcase_add_test(tc, breakpoint_of_guest);
	suite_add_tcase(s, tc);
	return check_run_engines(srunner_create(s));
}
