/* SPDX-License-Identifier: MIT */
/*
 * Exceptions, PSTATE, system registers and system instructions at EL1 and
 * EL0 (Arm ARM D1.3, C5, D19), and the sanity of the register table.
 */
#include "cpu-env.h"
#include "engines.h"

#include "cpu/bodies.h"
#include "cpu/host-atomic.h"

static struct env *e;
static struct cpu_domain *dom;

static void setup(void)
{
	dom = cpu_domain_new();
	e = env_new(dom);
	vectors_put(e);
}

static void teardown(void)
{
	env_free(e);
	cpu_domain_free(dom);
}

static const uint32_t modes[] = {PSTATE_EL1t, PSTATE_EL1h, PSTATE_EL0t};
/* First vector of each, in units of 0x80. */
static const int mode_vector[] = {0, 4, 8};

/* Run one instruction from a state. The vector it took, -1: went on. */
static int step(uint64_t pstate, uint32_t word)
{
	CODE(e, CODE_PA, word, ASM_HVC(1));
	cpu_set_pstate(&e->cpu, pstate);
	run_at(e, CODE_PA);
	/* HVC at EL0 is undefined: the second instruction was reached. */
	if ((pstate & 0xf) == 0 && esr_ec(e) == EC_UNKNOWN &&
	    e->cpu.sys.elr_el1 == CODE_PA + 4)
		return -1;
	return exit_vector(e);
}

/* ---- taking -------------------------------------------------------------- */

START_TEST(sync_vectors)
{
	uint64_t pstate = modes[_i] | 0x600003c0; /* Z, C */

	ck_assert_int_eq(step(pstate, ASM_SVC(0x123)), mode_vector[_i]);
	ck_assert_uint_eq(e->cpu.sys.esr_el1, 0x56000123);
	ck_assert_uint_eq(e->cpu.sys.elr_el1, CODE_PA + 4);
	ck_assert_uint_eq(e->cpu.sys.spsr_el1, pstate);
	ck_assert_uint_eq(e->cpu.el, 1);
	ck_assert_uint_eq(e->cpu.spsel, 1);
	ck_assert_int_eq(step(pstate, ASM_BRK(0x77)), mode_vector[_i]);
	ck_assert_uint_eq(e->cpu.sys.esr_el1, 0xf2000077);
	ck_assert_uint_eq(e->cpu.sys.elr_el1, CODE_PA);
	/* UNDEFINED: UDF, HLT, and an unallocated encoding. */
	ck_assert_int_eq(step(pstate, 0), mode_vector[_i]);
	ck_assert_uint_eq(e->cpu.sys.esr_el1, 0x02000000);
	ck_assert_uint_eq(e->cpu.sys.elr_el1, CODE_PA);
	ck_assert_int_eq(step(pstate, ASM_HLT(0xf000)), mode_vector[_i]);
	ck_assert_int_eq(step(pstate, 0xd4a00001), mode_vector[_i]); /* DCPS1 */
	ck_assert_int_eq(step(pstate, 0xd6bf03e0), mode_vector[_i]); /* DRPS */
}
END_TEST

START_TEST(async_vectors)
{
	static const unsigned int pin[] = {CPU_PIN_IRQ, CPU_PIN_FIQ, 0};
	static const unsigned int mask[] = {DAIF_I, DAIF_F, DAIF_A};
	static const int offset[] = {1, 2, 3};

	for (unsigned int k = 0; k < 3; k++) {
		uint64_t others = (uint64_t)(0xf & ~mask[k]) << 6;

		CODE(e, CODE_PA, ASM_NOP, ASM_B_SELF);
		cpu_set_pstate(&e->cpu, modes[_i] | others);
		cpu_set_pins(&e->cpu, pin[k]);
		e->cpu.serror_pending = k == 2;
		e->cpu.serror_esr = 0x123;
		run_at(e, CODE_PA);
		ck_assert_int_eq(exit_vector(e), mode_vector[_i] + offset[k]);
		ck_assert_uint_eq(e->cpu.sys.elr_el1, CODE_PA);
		ck_assert_uint_eq(e->cpu.sys.spsr_el1, modes[_i] | others);
		ck_assert_uint_eq(e->cpu.daif, 0xf);
		if (k == 2) {
			ck_assert_uint_eq(e->cpu.sys.esr_el1, 0xbe000123);
			ck_assert(!e->cpu.serror_pending);
		}
		cpu_set_pins(&e->cpu, 0);
	}
}
END_TEST

START_TEST(async_masked)
{
	CODE(e, CODE_PA, ASM_NOP, ASM_HVC(1));
	cpu_set_pstate(&e->cpu, PSTATE_EL1h | PSTATE_DAIF);
	cpu_set_pins(&e->cpu, CPU_PIN_IRQ | CPU_PIN_FIQ);
	e->cpu.serror_pending = true;
	run_at(e, CODE_PA);
	ck_assert_int_eq(exit_vector(e), -1);
	ck_assert(cpu_wakeup_pending(&e->cpu));
	/* All unmasked: SError before FIQ before IRQ. */
	cpu_set_pstate(&e->cpu, PSTATE_EL1h);
	run_at(e, CODE_PA);
	ck_assert_int_eq(exit_vector(e), 7);
	cpu_set_pstate(&e->cpu, PSTATE_EL1h);
	run_at(e, CODE_PA);
	ck_assert_int_eq(exit_vector(e), 6);
	cpu_set_pins(&e->cpu, CPU_PIN_IRQ);
	cpu_set_pstate(&e->cpu, PSTATE_EL1h);
	run_at(e, CODE_PA);
	ck_assert_int_eq(exit_vector(e), 5);
}
END_TEST

/* What a read finds to be due is taken before the next instruction. */
START_TEST(read_brings_interrupt)
{
	const uint64_t masked = _i ? PSTATE_DAIF : 0;

	CODE(e, CODE_PA, ASM_MRS(0, SYSREG_ENC(3, 3, 14, 0, 2)),
	     ASM_MOVZ(1, 7, 0), ASM_B(2), 0, ASM_MOVZ(2, 7, 0), ASM_HVC(1));
	e->cpu.x[1] = e->cpu.x[2] = 0;
	e->read_pins = CPU_PIN_IRQ;
	cpu_set_pstate(&e->cpu, PSTATE_EL1h | masked);
	run_at(e, CODE_PA);
	ck_assert_uint_eq(e->cpu.x[1], masked ? 7 : 0);
	ck_assert_uint_eq(e->cpu.x[2], masked ? 7 : 0);
	ck_assert_int_eq(exit_vector(e), masked ? -1 : 5);
	if (!masked)
		ck_assert_uint_eq(e->cpu.sys.elr_el1, CODE_PA + 4);
}
END_TEST

/* ESB puts a masked SError into DISR_EL1, at EL0 as well. */
START_TEST(esb_defers)
{
	uint64_t mode = _i ? PSTATE_EL0t : PSTATE_EL1h;

	e->cpu.sys.disr_el1 = 7;
	ck_assert_int_eq(step(mode | PSTATE_DAIF, ASM_HINT(16)), -1);
	ck_assert_uint_eq(e->cpu.sys.disr_el1, 7);
	e->cpu.serror_pending = true;
	e->cpu.serror_esr = 0x1abcdef;
	ck_assert_int_eq(step(mode | PSTATE_DAIF, ASM_NOP), -1);
	ck_assert(e->cpu.serror_pending);
	ck_assert_int_eq(step(mode | PSTATE_DAIF, ASM_HINT(16)), -1);
	ck_assert_uint_eq(e->cpu.sys.disr_el1, 0x81abcdef);
	ck_assert(!e->cpu.serror_pending);
	e->cpu.sys.disr_el1 = 0;
	e->cpu.serror_pending = true;
	ck_assert_int_eq(step(mode, ASM_HINT(16)), _i ? 11 : 7);
	ck_assert_uint_eq(e->cpu.sys.esr_el1, 0xbfabcdef);
	ck_assert_uint_eq(e->cpu.sys.disr_el1, 0);
}
END_TEST

/* Every way of unmasking takes the interrupt before the next instruction. */
START_TEST(unmasking)
{
	static const uint32_t words[] = {ASM_DAIFCLR(2), ASM_MSR(ENC_DAIF, 0),
					 ASM_ERET};

	e->cpu.x[0] = 0;
	e->cpu.sys.spsr_el1 = PSTATE_EL1h;
	e->cpu.sys.elr_el1 = CODE_PA + 4;
	cpu_set_pins(&e->cpu, CPU_PIN_IRQ);
	/* Run the request out of the way first. */
	CODE(e, CODE_PA, ASM_HVC(1));
	cpu_set_pstate(&e->cpu, PSTATE_EL1h | PSTATE_DAIF);
	run_at(e, CODE_PA);
	ck_assert_int_eq(step(PSTATE_EL1h | PSTATE_DAIF, words[_i]), 5);
	ck_assert_uint_eq(e->cpu.sys.elr_el1, CODE_PA + 4);
	/* One that leaves it masked does not. */
	ck_assert_int_eq(step(PSTATE_EL1h | PSTATE_DAIF, ASM_DAIFCLR(1)), -1);
	ck_assert_int_eq(step(PSTATE_EL1h | PSTATE_DAIF, ASM_DAIFSET(2)), -1);
}
END_TEST

START_TEST(entry_state)
{
	/* UAO 23, PAN 22, SS 21, IL is separate. */
	uint64_t pstate = PSTATE_EL1h | BIT(23);

	/* SPAN = 0 sets PAN, SPAN = 1 leaves it. */
	set_sys(e, ENC_SCTLR, e->cpu.sys.sctlr_el1 & ~BIT(23));
	step(pstate, ASM_SVC(0));
	ck_assert_uint_eq(e->cpu.pan, 1);
	ck_assert_uint_eq(e->cpu.uao, 0);
	ck_assert_uint_eq(e->cpu.sys.spsr_el1, pstate);
	set_sys(e, ENC_SCTLR, e->cpu.sys.sctlr_el1 | BIT(23));
	step(pstate, ASM_SVC(0));
	ck_assert_uint_eq(e->cpu.pan, 0);
	step(pstate | BIT(22), ASM_SVC(0));
	ck_assert_uint_eq(e->cpu.pan, 1);
	/* VBAR_EL1 ignores its low bits. */
	CODE(e, CODE_PA, ASM_MSR(SYSREG_ENC(3, 0, 12, 0, 0), 0),
	     ASM_MRS(1, SYSREG_ENC(3, 0, 12, 0, 0)), ASM_HVC(1));
	e->cpu.x[0] = VECTORS + 0x7ff;
	run_at(e, CODE_PA);
	ck_assert_uint_eq(e->cpu.x[1], VECTORS);
}
END_TEST

/* ---- returning ----------------------------------------------------------- */

START_TEST(eret_legal)
{
	uint64_t spsr = 0x90c00240 | modes[_i]; /* N, V, UAO, PAN, D, F */

	CODE(e, CODE_PA, ASM_ERET);
	CODE(e, DATA_PA, ASM_SVC(9));
	cpu_set_pstate(&e->cpu, PSTATE_EL1h | PSTATE_DAIF);
	cpu_set_sp(&e->cpu, 0, 0x1000);
	cpu_set_sp(&e->cpu, 1, 0x2000);
	e->cpu.excl_valid = true;
	e->cpu.sys.spsr_el1 = spsr;
	e->cpu.sys.elr_el1 = DATA_PA;
	run_at(e, CODE_PA);
	ck_assert_int_eq(exit_vector(e), mode_vector[_i]);
	ck_assert_uint_eq(e->cpu.sys.spsr_el1, spsr);
	ck_assert_uint_eq(e->cpu.sys.elr_el1, DATA_PA + 4);
	ck_assert(!e->cpu.excl_valid);
	ck_assert_uint_eq(cpu_sp(&e->cpu, 0), 0x1000);
	ck_assert_uint_eq(cpu_sp(&e->cpu, 1), 0x2000);
}
END_TEST

/* M[4:0] that EL1 may not return to: IL is set, the mode stays. */
START_TEST(eret_illegal)
{
	if (_i == PSTATE_EL0t || _i == PSTATE_EL1t || _i == PSTATE_EL1h)
		return;
	CODE(e, CODE_PA, ASM_ERET);
	CODE(e, DATA_PA, ASM_HVC(9));
	cpu_set_pstate(&e->cpu, PSTATE_EL1t | PSTATE_DAIF);
	e->cpu.sys.spsr_el1 = 0x50000000 | _i;
	e->cpu.sys.elr_el1 = DATA_PA;
	run_at(e, CODE_PA);
	ck_assert_int_eq(exit_vector(e), 0); /* from EL1t */
	ck_assert_uint_eq(e->cpu.sys.esr_el1, 0x3a000000);
	ck_assert_uint_eq(e->cpu.sys.elr_el1, DATA_PA);
	ck_assert_uint_eq(e->cpu.sys.spsr_el1,
			  0x50000000 | BIT(20) | PSTATE_EL1t);
	ck_assert_uint_eq(e->cpu.il, 0);
}
END_TEST

/* SPSR.IL makes a legal return arrive in the illegal state. */
START_TEST(eret_il)
{
	CODE(e, CODE_PA, ASM_ERET);
	CODE(e, DATA_PA, ASM_HVC(9));
	/* The target is in the jump cache already. */
	run_at(e, DATA_PA);
	ck_assert_int_eq(exit_vector(e), -1);
	cpu_set_pstate(&e->cpu, PSTATE_EL1h | PSTATE_DAIF);
	e->cpu.sys.spsr_el1 = BIT(20) | PSTATE_EL1h;
	e->cpu.sys.elr_el1 = DATA_PA;
	run_at(e, CODE_PA);
	ck_assert_int_eq(exit_vector(e), 4);
	ck_assert_uint_eq(e->cpu.sys.esr_el1, 0x3a000000);
	ck_assert_uint_eq(e->cpu.sys.spsr_el1, BIT(20) | PSTATE_EL1h);
}
END_TEST

START_TEST(stack_banks)
{
	CODE(e, CODE_PA, ASM_MRS(0, SYSREG_ENC(3, 0, 4, 1, 0)), ASM_SPSEL(0),
	     0x910003e1 /* mov x1, sp */, ASM_SPSEL(1),
	     0x910003e2 /* mov x2, sp */, ASM_MSR(SYSREG_ENC(3, 0, 4, 1, 0), 3),
	     ASM_HVC(1));
	cpu_set_sp(&e->cpu, 0, 0x1110);
	cpu_set_sp(&e->cpu, 1, 0x2220);
	e->cpu.x[3] = 0x3330;
	run_at(e, CODE_PA);
	ck_assert_uint_eq(e->cpu.x[0], 0x1110);
	ck_assert_uint_eq(e->cpu.x[1], 0x1110);
	ck_assert_uint_eq(e->cpu.x[2], 0x2220);
	ck_assert_uint_eq(cpu_sp(&e->cpu, 0), 0x3330);
	/* SP_EL0 by name while it is SP: UNDEFINED. */
	ck_assert_int_eq(
		step(PSTATE_EL1t, ASM_MRS(0, SYSREG_ENC(3, 0, 4, 1, 0))), 0);
	ck_assert_int_eq(
		step(PSTATE_EL1t, ASM_MSR(SYSREG_ENC(3, 0, 4, 1, 0), 0)), 0);
}
END_TEST

START_TEST(pstate_image)
{
	static const uint64_t images[] = {0, 0x3c5, 0xf0c003c4, 0x80200000,
					  0x60800145};

	for (unsigned int k = 0; k < ARRAY_SIZE(images); k++) {
		cpu_set_pstate(&e->cpu, images[k]);
		ck_assert_uint_eq(cpu_pstate(&e->cpu), images[k]);
	}
}
END_TEST

/* ---- calls, hints -------------------------------------------------------- */

START_TEST(calls)
{
	CODE(e, CODE_PA, ASM_SMC(0xabc), ASM_HVC(0x12));
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_SMC);
	ck_assert_uint_eq(e->cpu.exit.imm16, 0xabc);
	ck_assert_uint_eq(e->cpu.pc, CODE_PA + 4);
	ck_assert_int_eq(cpu_run(&e->cpu), CPU_EXIT_HVC);
	ck_assert_uint_eq(e->cpu.exit.imm16, 0x12);
	ck_assert_uint_eq(e->cpu.pc, CODE_PA + 8);
	ck_assert_int_eq(step(PSTATE_EL0t, ASM_SMC(0)), 8);
	ck_assert_uint_eq(esr_ec(e), EC_UNKNOWN);
	ck_assert_int_eq(step(PSTATE_EL0t, ASM_ERET), 8);
	ck_assert_uint_eq(esr_ec(e), EC_UNKNOWN);
}
END_TEST

START_TEST(wait_for)
{
	uint64_t sctlr = e->cpu.sys.sctlr_el1;

	CODE(e, CODE_PA, ASM_WFI, ASM_WFE, ASM_HVC(1));
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_WFI);
	ck_assert_uint_eq(e->cpu.pc, CODE_PA + 4);
	ck_assert_int_eq(cpu_run(&e->cpu), CPU_EXIT_WFE);
	ck_assert_uint_eq(e->cpu.pc, CODE_PA + 8);
	/* Something waits, though masked. */
	cpu_set_pins(&e->cpu, CPU_PIN_IRQ);
	e->cpu.event = true;
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_HVC);
	ck_assert(!e->cpu.event);
	/* EL0 without nTWI, nTWE. */
	set_sys(e, ENC_SCTLR, sctlr & ~(BIT(16) | BIT(18)));
	ck_assert_int_eq(step(PSTATE_EL0t | PSTATE_DAIF, ASM_WFI), -1);
	cpu_set_pins(&e->cpu, 0);
	ck_assert_int_eq(step(PSTATE_EL0t, ASM_WFI), 8);
	ck_assert_uint_eq(e->cpu.sys.esr_el1, 0x07e00000);
	ck_assert_int_eq(step(PSTATE_EL0t, ASM_WFE), 8);
	ck_assert_uint_eq(e->cpu.sys.esr_el1, 0x07e00001);
	set_sys(e, ENC_SCTLR, sctlr | BIT(16) | BIT(18));
	CODE(e, CODE_PA, ASM_WFI);
	cpu_set_pstate(&e->cpu, PSTATE_EL0t);
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_WFI);
}
END_TEST

/* Every other hint does nothing, at both levels. */
START_TEST(hints_are_nops)
{
	if (_i >= 2 && _i <= 5)
		return; /* WFE, WFI, SEV, SEVL */
	for (unsigned int r = 0; r < 31; r++)
		e->cpu.x[r] = r * 0x0101010101010101;
	ck_assert_int_eq(step(PSTATE_EL1h, ASM_HINT(_i)), -1);
	ck_assert_int_eq(step(PSTATE_EL0t, ASM_HINT(_i)), -1);
	for (unsigned int r = 0; r < 31; r++)
		ck_assert_uint_eq(e->cpu.x[r], r * 0x0101010101010101);
}
END_TEST

/* ---- PSTATE fields ------------------------------------------------------- */

START_TEST(pstate_fields)
{
	CODE(e, CODE_PA, ASM_PAN(1), ASM_UAO(1), ASM_DAIFSET(0xd),
	     ASM_MRS(0, SYSREG_ENC(3, 0, 4, 2, 3)),
	     ASM_MRS(1, SYSREG_ENC(3, 0, 4, 2, 4)), ASM_MRS(2, ENC_DAIF),
	     ASM_MRS(3, SYSREG_ENC(3, 0, 4, 2, 2)), ASM_PAN(0), ASM_UAO(0),
	     ASM_DAIFCLR(0xc), ASM_HVC(1));
	cpu_set_pstate(&e->cpu, PSTATE_EL1h);
	run_at(e, CODE_PA);
	ck_assert_uint_eq(e->cpu.x[0], BIT(22));
	ck_assert_uint_eq(e->cpu.x[1], BIT(23));
	ck_assert_uint_eq(e->cpu.x[2], 0xd << 6);
	ck_assert_uint_eq(e->cpu.x[3], 4);
	ck_assert_uint_eq(cpu_pstate(&e->cpu), PSTATE_EL1h | 1 << 6);
	ck_assert_int_eq(step(PSTATE_EL0t, ASM_PAN(1)), 8);
	ck_assert_int_eq(step(PSTATE_EL0t, ASM_UAO(1)), 8);
	ck_assert_int_eq(step(PSTATE_EL0t, ASM_SPSEL(1)), 8);
	ck_assert_uint_eq(esr_ec(e), EC_UNKNOWN);
}
END_TEST

/* DAIF at EL0 needs SCTLR_EL1.UMA, else EC 0x18 with the instruction's ISS. */
START_TEST(daif_at_el0)
{
	uint64_t sctlr = e->cpu.sys.sctlr_el1;

	set_sys(e, ENC_SCTLR, sctlr & ~BIT(9));
	ck_assert_int_eq(step(PSTATE_EL0t, ASM_DAIFSET(2)), 8);
	ck_assert_uint_eq(e->cpu.sys.esr_el1, 0x62000000 | 6 << 17 | 3 << 14 |
						      4 << 10 | 31 << 5 |
						      2 << 1);
	ck_assert_int_eq(step(PSTATE_EL0t, ASM_DAIFCLR(2)), 8);
	ck_assert_int_eq(step(PSTATE_EL0t, ASM_MRS(5, ENC_DAIF)), 8);
	ck_assert_uint_eq(e->cpu.sys.esr_el1, 0x62000000 | 3 << 20 | 1 << 17 |
						      3 << 14 | 4 << 10 |
						      5 << 5 | 2 << 1 | 1);
	ck_assert_int_eq(step(PSTATE_EL0t, ASM_MSR(ENC_DAIF, 5)), 8);
	set_sys(e, ENC_SCTLR, sctlr | BIT(9));
	ck_assert_int_eq(step(PSTATE_EL0t, ASM_DAIFSET(2)), -1);
	ck_assert_uint_eq(e->cpu.sys.spsr_el1, 2 << 6);
	ck_assert_int_eq(step(PSTATE_EL0t, ASM_MRS(5, ENC_DAIF)), -1);
}
END_TEST

/* ---- the register table -------------------------------------------------- */

START_TEST(table_is_sane)
{
	uint32_t last = 0;
	unsigned int n, user = 0;

	cpu_reset(&e->cpu);
	for (n = 0; sysreg_row(n); n++) {
		const struct sysreg_row *r = sysreg_row(n);
		bool reads = r->access != ACC_NONE && r->access != ACC_WO &&
			     r->access != ACC_WO0;
		bool writes = r->access == ACC_RW || r->access == ACC_WO ||
			      r->access == ACC_RW0 || r->access == ACC_RW_RO0 ||
			      r->access == ACC_WO0;

		ck_assert_msg(r->info.enc > last, "%s is out of order",
			      r->info.name);
		last = r->info.enc;
		ck_assert_ptr_eq(sysreg_row_find(last, NULL), r);
		ck_assert_ptr_eq(cpu_sysreg_info(n), &r->info);
		ck_assert_ptr_eq(cpu_sysreg_find(last), &r->info);
		if (r->offset == SYSREG_NO_FIELD) {
			ck_assert_msg(!reads || r->hooks->read, "%s",
				      r->info.name);
			ck_assert_msg(!writes || r->hooks->write, "%s",
				      r->info.name);
			ck_assert_uint_eq(r->info.flags, 0);
		} else {
			ck_assert_uint_le(r->offset + 8,
					  sizeof(struct cpu_sysregs));
			ck_assert_uint_eq(r->offset % 8, 0);
			/* What is more than storage has its own tests. */
			if (!r->hooks->get)
				ck_assert_uint_eq(cpu_sysreg_get(&e->cpu, last),
						  r->info.reset);
		}
		/* A RAZ register reads as zero. */
		if (r->info.flags & SYSREG_RAZ)
			ck_assert_uint_eq(r->info.reset, 0);
		user += (r->info.flags & SYSREG_USER) &&
			!(r->info.flags &
			  (SYSREG_PTRAUTH | SYSREG_SVE | SYSREG_MTE));
		/* Two rows share storage only where one sets and one clears. */
		for (unsigned int k = 0; k < n; k++)
			ck_assert(r->offset == SYSREG_NO_FIELD ||
				  sysreg_row(k)->offset != r->offset ||
				  (sysreg_row(k)->hooks == r->hooks &&
				   r->hooks->set));
	}
	ck_assert_ptr_null(cpu_sysreg_info(n));
	/* Linux 6.12 lists 154, three invariant ones and 74 of the PMU. */
	ck_assert_uint_eq(user, 157 + 74);
}
END_TEST

/* Every row by MRS and MSR from EL1 and EL0: who may is what the row says. */
START_TEST(table_access)
{
	static const struct cpu_pauth pauth = {CPU_PAUTH_QARMA5, 1, false};
	static const struct cpu_pmu_model pmu = {.counters = 31};

	cpu_set_pauth(&e->cpu, &pauth);
	cpu_set_pmu(&e->cpu, &pmu);
	ck_assert_int_eq(cpu_set_sve(&e->cpu, 1), 0);
	cpu_set_mte(&e->cpu, true);
	/* Everything EL0 can be allowed is. */
	e->cpu.sys.cntkctl_el1 = 0x303;
	e->cpu.sys.cpacr_el1 = 3 << 20 | 3 << 16;
	e->cpu.sys.sctlr_el1 |= BIT(9) | BIT(14) | BIT(15) | BIT(26);
	for (unsigned int n = 0; sysreg_row(n); n++) {
		const struct sysreg_row *r = sysreg_row(n);
		uint32_t enc = r->info.enc;
		int acc = r->access;
		bool r1 = acc != ACC_NONE && acc != ACC_WO && acc != ACC_WO0;
		bool r0 = acc == ACC_RO0 || acc == ACC_RW0 || acc == ACC_RW_RO0;
		bool w1 = acc == ACC_RW || acc == ACC_WO || acc == ACC_RW0 ||
			  acc == ACC_RW_RO0 || acc == ACC_WO0;
		bool w0 = acc == ACC_RW0 || acc == ACC_WO0;

		e->cpu.sys.pmuserenr_el0 = 15;
		/* Writing it back must not upset the test's own state. */
		if (r->offset != SYSREG_NO_FIELD)
			e->cpu.x[0] = cpu_sysreg_get(&e->cpu, enc);
		else
			e->cpu.x[0] = 1;
		ck_assert_msg((step(PSTATE_EL1h, ASM_MRS(1, enc)) == -1) == r1,
			      "MRS EL1 %s", r->info.name);
		ck_assert_msg((step(PSTATE_EL0t, ASM_MRS(1, enc)) == -1) == r0,
			      "MRS EL0 %s", r->info.name);
		ck_assert_msg((step(PSTATE_EL1h, ASM_MSR(enc, 0)) == -1) == w1,
			      "MSR EL1 %s", r->info.name);
		ck_assert_msg((step(PSTATE_EL0t, ASM_MSR(enc, 0)) == -1) == w0,
			      "MSR EL0 %s", r->info.name);
		vectors_put(e);
		e->cpu.sys.cntkctl_el1 = 0x303;
		e->cpu.sys.cpacr_el1 = 3 << 20 | 3 << 16;
	}
}
END_TEST

/* What the manual only has an MRS for, though nothing is in it. */
START_TEST(read_only)
{
	static const uint32_t encs[] = {
		SYSREG_ENC(2, 0, 1, 0, 0),  /* MDRAR_EL1 */
		SYSREG_ENC(2, 0, 7, 14, 6), /* DBGAUTHSTATUS_EL1 */
		SYSREG_ENC(3, 0, 5, 3, 0),  /* ERRIDR_EL1 */
		SYSREG_ENC(3, 0, 5, 4, 0),  /* ERXFR_EL1 */
		SYSREG_ENC(3, 0, 10, 4, 7), /* LORID_EL1 */
		SYSREG_ENC(3, 0, 12, 1, 0), /* ISR_EL1 */
		SYSREG_ENC(3, 3, 0, 0, 1),  /* CTR_EL0 */
	};

	for (unsigned int k = 0; k < ARRAY_SIZE(encs); k++) {
		ck_assert_int_eq(step(PSTATE_EL1h, ASM_MRS(1, encs[k])), -1);
		ck_assert_int_eq(step(PSTATE_EL1h, ASM_MSR(encs[k], 1)), 4);
		ck_assert_uint_eq(e->cpu.sys.esr_el1, 0x2000000);
	}
}
END_TEST

/* All other encodings of op0 2 and 3 are UNDEFINED. */
START_TEST(table_lacks)
{
	struct insn i;

	for (uint32_t enc = 2 << 14; enc < 1 << 16; enc++) {
		const struct sysreg_row *r = sysreg_row_find(enc, NULL);
		bool mrs = insn_prepare(ASM_MRS(0, enc), &i) != NULL;
		bool msr = insn_prepare(ASM_MSR(enc, 0), &i) != NULL;

		ck_assert(r || (!mrs && !msr));
		ck_assert(!mrs || i.fn);
	}
	ck_assert_int_eq(
		step(PSTATE_EL1h, ASM_MRS(0, SYSREG_ENC(3, 0, 0, 0, 1))), 4);
	/* The PMU that it was not given, EL2 */
	ck_assert_int_eq(
		step(PSTATE_EL1h, ASM_MRS(0, SYSREG_ENC(3, 3, 9, 12, 0))), 4);
	ck_assert_int_eq(
		step(PSTATE_EL1h, ASM_MRS(0, SYSREG_ENC(3, 4, 1, 1, 0))), 4);
}
END_TEST

START_TEST(storage_and_masks)
{
	static const struct {
		uint32_t enc;
		uint64_t write, read;
	} t[] = {
		{SYSREG_ENC(3, 0, 13, 0, 4), ~UINT64_C(0), ~UINT64_C(0)},
		{SYSREG_ENC(3, 3, 13, 0, 2), 0x1234, 0x1234},
		{SYSREG_ENC(3, 3, 13, 0, 3), 0x5678, 0x5678},
		{SYSREG_ENC(3, 0, 4, 0, 1), ~UINT64_C(0), ~UINT64_C(0)},
		{SYSREG_ENC(3, 0, 13, 0, 1), ~UINT64_C(0), 0xffffffff},
		{SYSREG_ENC(3, 0, 1, 0, 1), ~UINT64_C(0), 0},  /* ACTLR */
		{SYSREG_ENC(3, 0, 10, 3, 0), ~UINT64_C(0), 0}, /* AMAIR */
		{SYSREG_ENC(3, 2, 0, 0, 0), 5, 5},             /* CSSELR */
		{SYSREG_ENC(3, 0, 14, 1, 0), ~UINT64_C(0), 0x3ff},
		{ENC_NZCV, ~UINT64_C(0), 0xf0000000},
		{SYSREG_ENC(3, 3, 4, 4, 0), ~UINT64_C(0), 0x07c80000},
		{SYSREG_ENC(3, 3, 4, 4, 1), ~UINT64_C(0), 0xf800009f},
	};

	e->cpu.sys.cpacr_el1 = 3 << 20;
	for (unsigned int k = 0; k < ARRAY_SIZE(t); k++) {
		CODE(e, CODE_PA, ASM_MSR(t[k].enc, 0), ASM_MRS(1, t[k].enc),
		     ASM_HVC(1));
		e->cpu.x[0] = t[k].write;
		run_at(e, CODE_PA);
		ck_assert_int_eq(exit_vector(e), -1);
		ck_assert_msg(e->cpu.x[1] == t[k].read, "enc %#x: %#llx",
			      t[k].enc, (unsigned long long)e->cpu.x[1]);
	}
}
END_TEST

static uint64_t read_reg(uint32_t enc)
{
	ck_assert_int_eq(step(PSTATE_EL1h, ASM_MRS(1, enc)), -1);
	return e->cpu.x[1];
}

/* What is announced is what src/cpu executes, and nothing else. */
START_TEST(identification)
{
	struct insn i;

	ck_assert_uint_eq(read_reg(SYSREG_ENC(3, 0, 0, 4, 0)),
			  0x1301000120110022);
	ck_assert_uint_eq(read_reg(SYSREG_ENC(3, 0, 0, 4, 1)), 0x321);
	ck_assert_uint_eq(read_reg(SYSREG_ENC(3, 0, 0, 6, 0)),
			  0x1221111110212120);
	ck_assert_uint_eq(read_reg(SYSREG_ENC(3, 0, 0, 6, 1)),
			  0x0011111100211002);
	ck_assert_uint_eq(read_reg(SYSREG_ENC(3, 0, 0, 7, 0)), 0x00100126);
	ck_assert_uint_eq(read_reg(SYSREG_ENC(3, 0, 0, 7, 1)), 0x1000212002);
	ck_assert_uint_eq(read_reg(SYSREG_ENC(3, 0, 0, 7, 2)),
			  0x1021001010001011 | (uint64_t)HOST_LSE2 << 32);
	ck_assert_uint_eq(read_reg(SYSREG_ENC(3, 0, 0, 5, 0)), 0x10305606);
	ck_assert_uint_eq(read_reg(SYSREG_ENC(3, 0, 0, 0, 0)), 0x481fd010);
	ck_assert_uint_eq(read_reg(SYSREG_ENC(3, 3, 0, 0, 1)), 0x8444c004);
	ck_assert_uint_eq(read_reg(SYSREG_ENC(3, 3, 0, 0, 7)), 4);
	set_sys(e, SYSREG_ENC(3, 2, 0, 0, 0), 1);
	ck_assert_uint_eq(read_reg(SYSREG_ENC(3, 1, 0, 0, 0)), 2);
	/* LSE, CRC32, SDOT, SQRDMLAH, AESE, SHA1C, SHA256H, PMULL Q. */
	ck_assert_ptr_nonnull(insn_decode(0xf8200000, &i));
	ck_assert_ptr_nonnull(insn_decode(0x1ac04000, &i));
	ck_assert_ptr_nonnull(insn_decode(0x4e829420, &i));
	ck_assert_ptr_nonnull(insn_decode(0x6e828420, &i));
	ck_assert_ptr_nonnull(insn_decode(0x4e284800, &i));
	ck_assert_ptr_nonnull(insn_decode(0x5e000000, &i));
	ck_assert_ptr_nonnull(insn_decode(0x5e004000, &i));
	ck_assert_ptr_nonnull(insn_decode(0x0ee0e000, &i));
	ck_assert_ptr_nonnull(insn_decode(0xf8bfc020, &i)); /* LDAPR */
	/* FADD Hd, EOR3, RAX1, SM3, CFINV, IRG; LD64B not. */
	ck_assert_ptr_nonnull(insn_decode(0x1ee12800, &i));
	ck_assert_ptr_nonnull(insn_decode(0xce020020, &i));
	ck_assert_ptr_nonnull(insn_decode(0xce628c20, &i));
	ck_assert_ptr_nonnull(insn_decode(0xce408020, &i));
	ck_assert_ptr_nonnull(insn_decode(0xd500401f, &i));
	ck_assert_ptr_nonnull(insn_decode(0x9adf1020, &i));
	ck_assert_ptr_null(insn_decode(0xf83fd020, &i));
}
END_TEST

/* The counter and timers go to the environment, under CNTKCTL_EL1 at EL0. */
START_TEST(counters)
{
	static const struct {
		uint32_t enc;
		uint64_t bits;
	} t[] = {
		{SYSREG_ENC(3, 3, 14, 0, 1), 1 << 0},
		{SYSREG_ENC(3, 3, 14, 0, 2), 1 << 1},
		{SYSREG_ENC(3, 3, 14, 2, 1), 1 << 9},
		{SYSREG_ENC(3, 3, 14, 3, 2), 1 << 8},
	};

	for (unsigned int k = 0; k < ARRAY_SIZE(t); k++) {
		e->regs[t[k].enc & 3] = 0xabc + k;
		e->cpu.sys.cntkctl_el1 = 0x303 & ~t[k].bits;
		ck_assert_int_eq(step(PSTATE_EL1h, ASM_MRS(1, t[k].enc)), -1);
		ck_assert_uint_eq(e->cpu.x[1], 0xabc + k);
		ck_assert_uint_eq(e->last_enc, t[k].enc);
		e->last_enc = 0;
		ck_assert_int_eq(step(PSTATE_EL0t, ASM_MRS(1, t[k].enc)), 8);
		ck_assert_uint_eq(esr_ec(e), EC_MSR);
		ck_assert_uint_eq(e->last_enc, 0);
		e->cpu.sys.cntkctl_el1 = t[k].bits;
		ck_assert_int_eq(step(PSTATE_EL0t, ASM_MRS(1, t[k].enc)), -1);
	}
	/* CNTFRQ: either counter. */
	e->cpu.sys.cntkctl_el1 = 2;
	ck_assert_int_eq(
		step(PSTATE_EL0t, ASM_MRS(1, SYSREG_ENC(3, 3, 14, 0, 0))), -1);
	e->cpu.sys.cntkctl_el1 = 0;
	ck_assert_int_eq(
		step(PSTATE_EL0t, ASM_MRS(1, SYSREG_ENC(3, 3, 14, 0, 0))), 8);
	/* The environment has no such register. */
	e->sysreg_undef = true;
	ck_assert_int_eq(
		step(PSTATE_EL1h, ASM_MRS(1, SYSREG_ENC(3, 0, 12, 12, 0))), 4);
	ck_assert_uint_eq(esr_ec(e), EC_UNKNOWN);
}
END_TEST

/* SCTLR_EL1.UCT, UCI, DZE at EL0. */
START_TEST(el0_controls)
{
	static const struct {
		uint32_t word;
		unsigned int bit;
	} t[] = {
		{ASM_MRS(1, SYSREG_ENC(3, 3, 0, 0, 1)), 15},
		{ASM_SYS(3, 7, 4, 1, 0), 14},
		{ASM_SYS(3, 7, 10, 1, 0), 26},
		{ASM_SYS(3, 7, 11, 1, 0), 26},
		{ASM_SYS(3, 7, 14, 1, 0), 26},
		{ASM_SYS(3, 7, 5, 1, 0), 26},
	};
	static const uint32_t never[] = {
		ASM_SYS(0, 7, 6, 1, 0),  ASM_SYS(0, 7, 6, 2, 0),
		ASM_SYS(0, 7, 1, 0, 31), ASM_SYS(0, 7, 5, 0, 31),
		ASM_SYS(0, 8, 7, 0, 31), ASM_SYS(0, 8, 7, 1, 0),
		ASM_SYS(0, 8, 3, 2, 0),  ASM_SYS(0, 7, 8, 0, 0)};
	uint64_t sctlr = e->cpu.sys.sctlr_el1;

	/* With the MMU off memory is Device: DC ZVA faults, a data abort. */
	e->cpu.x[0] = DATA_PA;
	for (unsigned int k = 0; k < ARRAY_SIZE(t); k++) {
		set_sys(e, ENC_SCTLR, sctlr & ~BIT(t[k].bit));
		ck_assert_int_eq(step(PSTATE_EL0t, t[k].word), 8);
		ck_assert_uint_eq(esr_ec(e), EC_MSR);
		set_sys(e, ENC_SCTLR, sctlr | BIT(t[k].bit));
		if (t[k].bit == 14) {
			step(PSTATE_EL0t, t[k].word);
			ck_assert_uint_eq(esr_ec(e), EC_DABT_LOW);
		} else {
			ck_assert_int_eq(step(PSTATE_EL0t, t[k].word), -1);
		}
	}
	for (unsigned int k = 0; k < ARRAY_SIZE(never); k++) {
		ck_assert_int_eq(step(PSTATE_EL1h, never[k]), -1);
		ck_assert_int_eq(step(PSTATE_EL0t, never[k]), 8);
		ck_assert_uint_eq(esr_ec(e), EC_UNKNOWN);
	}
	/* DCZID_EL0.DZP follows DZE at EL0. */
	set_sys(e, ENC_SCTLR, sctlr & ~BIT(14));
	step(PSTATE_EL0t, ASM_MRS(1, SYSREG_ENC(3, 3, 0, 0, 7)));
	ck_assert_uint_eq(e->cpu.x[1], 0x14);
}
END_TEST

START_TEST(fp_trap)
{
	static const uint32_t words[] = {ASM_MRS(1, SYSREG_ENC(3, 3, 4, 4, 0)),
					 ASM_MSR(SYSREG_ENC(3, 3, 4, 4, 1), 1)};

	for (unsigned int fpen = 0; fpen < 4; fpen++)
		for (unsigned int k = 0; k < 2; k++) {
			bool el1 = fpen & 1, el0 = fpen == 3;

			e->cpu.sys.cpacr_el1 = fpen << 20;
			ck_assert_int_eq(step(PSTATE_EL1h, words[k]),
					 el1 ? -1 : 4);
			if (!el1)
				ck_assert_uint_eq(e->cpu.sys.esr_el1,
						  0x1fe00000);
			ck_assert_int_eq(step(PSTATE_EL0t, words[k]),
					 el0 ? -1 : 8);
		}
}
END_TEST

START_TEST(os_lock)
{
	CODE(e, CODE_PA, ASM_MSR(SYSREG_ENC(2, 0, 1, 0, 4), 0),
	     ASM_MRS(1, SYSREG_ENC(2, 0, 1, 1, 4)), ASM_HVC(1));
	e->cpu.x[0] = 1;
	run_at(e, CODE_PA);
	ck_assert_uint_eq(e->cpu.x[1], 0xa);
	e->cpu.x[0] = 0;
	run_at(e, CODE_PA);
	ck_assert_uint_eq(e->cpu.x[1], 0x8);
}
END_TEST

/* A second reset leaves identification alone and restores the rest. */
START_TEST(reset)
{
	set_sys(e, SYSREG_ENC(3, 0, 0, 0, 5), 0x80000103);
	set_sys(e, SYSREG_ENC(3, 0, 0, 4, 0), 0x1100000001000011);
	set_sys(e, ENC_TTBR0, 5);
	set_sys(e, ENC_SCTLR, 1);
	e->cpu.x[5] = 1;
	cpu_set_sp(&e->cpu, 0, 3);
	cpu_reset(&e->cpu);
	ck_assert_uint_eq(read_reg(SYSREG_ENC(3, 0, 0, 0, 5)), 0x80000103);
	ck_assert_uint_eq(cpu_sysreg_get(&e->cpu, SYSREG_ENC(3, 0, 0, 4, 0)),
			  0x1100000001000011);
	ck_assert_uint_eq(e->cpu.sys.ttbr0_el1, 0x1de7ec7edbadc0de);
	ck_assert_uint_eq(e->cpu.sys.sctlr_el1, 0x00c50078);
	ck_assert_uint_eq(e->cpu.x[5], 0);
	ck_assert_uint_eq(cpu_sp(&e->cpu, 0), 0);
	cpu_reset(&e->cpu);
	ck_assert_uint_eq(cpu_pstate(&e->cpu), 0x3c5);
}
END_TEST

/* ---- branches ------------------------------------------------------------- */

/*
 * The jump cache knows the code for EL1. At EL0 a branch to one byte, two or
 * three behind its address is a PC alignment fault and nothing else.
 */
START_TEST(misaligned_branch_to_cached_code)
{
	const uint64_t target = CODE_PA + 0x100;

	CODE(e, CODE_PA, ASM_BR(0));
	CODE(e, target, ASM_HVC(1));
	go_el1(e);
	run_at(e, target);
	ck_assert_int_eq(exit_vector(e), -1);
	go_el0(e);
	e->cpu.x[0] = target + _i;
	run_at(e, CODE_PA);
	ck_assert_int_eq(exit_vector(e), 8);
	ck_assert_uint_eq(esr_ec(e), EC_PC_ALIGNMENT);
	ck_assert_uint_eq(e->cpu.sys.far_el1, target + _i);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("cpu-system");
	TCase *t = tcase_create("system");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, sync_vectors, 0, ARRAY_SIZE(modes));
	tcase_add_loop_test(t, async_vectors, 0, ARRAY_SIZE(modes));
	tcase_add_test(t, async_masked);
	tcase_add_loop_test(t, read_brings_interrupt, 0, 2);
	tcase_add_loop_test(t, esb_defers, 0, 2);
	tcase_add_loop_test(t, unmasking, 0, 3);
	tcase_add_test(t, entry_state);
	tcase_add_loop_test(t, eret_legal, 0, ARRAY_SIZE(modes));
	tcase_add_loop_test(t, eret_illegal, 0, 32);
	tcase_add_test(t, eret_il);
	tcase_add_test(t, stack_banks);
	tcase_add_test(t, pstate_image);
	tcase_add_test(t, calls);
	tcase_add_test(t, wait_for);
	tcase_add_loop_test(t, hints_are_nops, 0, 128);
	tcase_add_test(t, pstate_fields);
	tcase_add_test(t, daif_at_el0);
	tcase_add_test(t, table_is_sane);
	tcase_add_test(t, table_access);
	tcase_add_test(t, read_only);
	tcase_add_test(t, table_lacks);
	tcase_add_test(t, storage_and_masks);
	tcase_add_test(t, identification);
	tcase_add_test(t, counters);
	tcase_add_test(t, el0_controls);
	tcase_add_test(t, fp_trap);
	tcase_add_test(t, os_lock);
	tcase_add_test(t, reset);
	tcase_add_loop_test(t, misaligned_branch_to_cached_code, 1, 4);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return check_run_engines(srunner_create(suite()));
}
