/* SPDX-License-Identifier: MIT */
/*
 * What AArch32's system state has beyond Armv8.0 where EL1 is in it: FEAT_PAN and PAN2,
 * AA32HPD, SPECRES.
 */
#include "a32-env.h"
#include "cpu/a32/mmu.h"

/* A section by domain 1, which is DATA_PA's; code has one of EL1 alone by domain 0. */
#define DATA_VA    0x12300000u
#define SECTION(n) ((n)&0xfff00000u)
#define AP(ap)     (((ap)&3) << 10 | ((ap)&4) << 13)

enum {
	ENC_MMFR3 = SYSREG_ENC(3, 0, 0, 1, 7),
	ENC_MMFR4 = SYSREG_ENC(3, 0, 0, 2, 6),
	ENC_ISAR6 = SYSREG_ENC(3, 0, 0, 2, 7),
};

static void section(uint32_t va, uint32_t desc)
{
	memcpy(ram_at(e, TABLE_PA + (va >> 20) * 4), &desc, sizeof(desc));
	flush(e);
}

static void map_data(unsigned int ap, unsigned int domain_access)
{
	section(CODE_PA, SECTION(CODE_PA) | AP(1) | 2);
	section(DATA_VA, SECTION(DATA_PA) | AP(ap) | 1 << 5 | 2);
	set_sys(e, ENC_TTBR0, TABLE_PA);
	set_sys(e, SYSREG_ENC(3, 4, 3, 0, 0), 1 | domain_access << 2);
	set_sys(e, ENC_SCTLR, 0x00c50078 | SCTLR_M);
}

/* Only with fields of one ID register that are @val. */
static void be(uint32_t enc, uint32_t val)
{
	static struct cpu_model model;
	static struct cpu_env ops;
	const struct cpu_id id = {enc, val};

	cpu_model_set(&model, &id, 1);
	ops = env_ops;
	ops.model = &model;
	cpu_destroy(&e->cpu);
	ck_assert_int_eq(cpu_init(&e->cpu, domain, &ops, e), 0);
	engine_choose(&e->cpu);
	cpu_set_aarch32(&e->cpu, true);
	cpu_reset(&e->cpu);
	e->cpu.sys.vbar_el1 = VECTORS;
}

static bool pan(void)
{
	return cpu_pstate(&e->cpu) & PSR_PAN;
}

/* ---- PSTATE.PAN ---------------------------------------------------------- */

START_TEST(set_pan)
{
	A32(CODE_PA, 0xf1100200 /* setpan #1 */, 0xe10f0000 /* mrs r0, cpsr */,
	    0xf1100000 /* setpan #0 */, 0xe10f1000 /* mrs r1, cpsr */,
	    0xe124f002 /* msr CPSR_s, r2 */, HVC32(0));
	e->cpu.x[2] = PSR_PAN;
	run32(CODE_PA, MODE_SYS);
	ck_assert_uint_eq(e->cpu.exit.imm16, 0);
	ck_assert_uint_eq(e->cpu.x[0], MODE_SYS | PSR_PAN);
	ck_assert_uint_eq(e->cpu.x[1], MODE_SYS);
	ck_assert(pan());
	T32(CODE_PA, 0xb618 /* setpan #1 */, 0xf3ef, 0x8000 /* mrs r0, cpsr */,
	    0xb610 /* setpan #0 */, 0xf7e0, 0x8000 /* hvc */);
	run32(CODE_PA, MODE_SVC | CPSR_T);
	ck_assert_uint_eq(e->cpu.x[0], MODE_SVC | PSR_PAN);
	ck_assert(!pan());
	/* EL0 changes nothing, and has none to see. */
	A32(CODE_PA, 0xf1100200, 0xe124f002, 0xe10f0000, 0xef000000);
	run32(CODE_PA, MODE_USR);
	expect(0x08, MODE_SVC, CODE_PA + 16, MODE_USR);
	A32(CODE_PA, 0xf1100000, 0xe10f0000, 0xef000000);
	run32(CODE_PA, MODE_USR | PSR_PAN);
	expect(0x08, MODE_SVC, CODE_PA + 12, MODE_USR | PSR_PAN);
	ck_assert_uint_eq(e->cpu.x[0], MODE_USR);
	/* In an IT block it is UNPREDICTABLE: UNDEFINED here. */
	T32(CODE_PA, 0xbf08 /* it eq */, 0xb618);
	run32(CODE_PA, MODE_SVC | CPSR_T | CPSR_Z);
	ck_assert_uint_eq(e->cpu.exit.imm16, 0x104);
}
END_TEST

/* SCTLR.SPAN, as the guest writes it. */
START_TEST(exceptions_set_pan)
{
	for (unsigned int k = 0; k < 4; k++) {
		uint32_t was = k & 1 ? PSR_PAN : 0, span = k & 2 ? BIT(23) : 0;

		A32(CODE_PA, 0xee010f10 /* mcr SCTLR, r0 */,
		    0xef000000 /* svc */);
		e->cpu.x[0] = 0x00450078 | span;
		run32(CODE_PA, MODE_SYS | was);
		expect(0x08, MODE_SVC, CODE_PA + 8, MODE_SYS | was);
		ck_assert_int_eq(pan(), was || !span);
		/* What KVM injects. */
		cpu_set_pstate(&e->cpu, MODE_USR | was);
		cpu_abort_enter(&e->cpu);
		ck_assert_int_eq(pan(), was || !span);
		ck_assert_uint_eq(e->cpu.sys.spsr_abt, MODE_USR | was);
	}
	/* A return takes it from SPSR, legal or not. */
	A32(CODE_PA, 0xe1b0f00e /* movs pc, lr */);
	A32(DATA_PA, HVC32(0));
	cpu_set_pstate(&e->cpu, MODE_SVC | PSR_PAN);
	e->cpu.x[14] = DATA_PA;
	e->cpu.sys.spsr_el1 = MODE_SYS;
	run32(CODE_PA, MODE_SVC | PSR_PAN);
	ck_assert_uint_eq(cpu_pstate(&e->cpu), MODE_SYS);
}
END_TEST

START_TEST(without_pan)
{
	static const uint32_t undefined[] = {0xf1100200 /* setpan #1 */,
					     0xee070f19 /* mcr ATS1CPRP, r0 */,
					     0xee070f39 /* mcr ATS1CPWP, r0 */};

	for (unsigned int version = 0; version < 3; version++) {
		be(ENC_MMFR3, 0x02102211 | version << 16);
		for (size_t k = 0; k < ARRAY_SIZE(undefined); k++) {
			A32(CODE_PA, undefined[k], HVC32(0));
			run32(CODE_PA, MODE_SYS);
			ck_assert_uint_eq(e->cpu.exit.imm16,
					  version > (k ? 1 : 0) ? 0 : 0x104);
		}
		/* SPAN is RES1. */
		A32(CODE_PA, 0xee010f10 /* mcr SCTLR, r0 */,
		    0xee110f10 /* mrc SCTLR, r0 */,
		    0xe12ff001 /* msr CPSR_fsxc, r1 */, 0xef000000 /* svc */);
		e->cpu.x[0] = 0;
		e->cpu.x[1] = MODE_SYS | PSR_PAN;
		run32(CODE_PA, MODE_SVC);
		ck_assert_uint_eq(e->cpu.exit.imm16, 0x108);
		ck_assert_uint_eq(e->cpu.x[0],
				  version ? 0x00400078 : 0x00c00078);
		ck_assert_uint_eq(e->cpu.sys.spsr_el1,
				  MODE_SYS | (version ? PSR_PAN : 0));
		ck_assert_int_eq(pan(), version > 0);
	}
}
END_TEST

/* ---- what it takes ------------------------------------------------------- */

/* By AP: what EL1 and EL0 may, 1 to read, 2 to write. */
static const uint8_t el1_may[8] = {0, 3, 3, 3, 0, 1, 1, 1};
static const uint8_t el0_may[8] = {0, 0, 1, 3, 0, 0, 1, 1};

#define DFSR_WNR BIT(11)
#define DFSR_CM  BIT(13)

/* True: it went through; else a permission fault of which DFSR says @how. */
static bool data_access(uint32_t insn, bool with_pan, uint32_t how)
{
	A32(CODE_PA, insn, HVC32(0));
	e->cpu.x[1] = DATA_VA;
	run32(CODE_PA, MODE_SVC | (with_pan ? PSR_PAN : 0));
	if (!e->cpu.exit.imm16)
		return true;
	ck_assert_uint_eq(e->cpu.exit.imm16, 0x110);
	ck_assert_uint_eq((uint32_t)e->cpu.sys.esr_el1, how | 1 << 4 | 0xd);
	ck_assert_uint_eq((uint32_t)e->cpu.sys.far_el1, DATA_VA);
	return false;
}

/* Of loads and stores, but neither of unprivileged ones nor of cache maintenance, and not
 * in a Manager's domain. Twice each: the second is the TLB's. */
START_TEST(accesses)
{
	unsigned int ap = _i & 7;
	bool manager = _i & 8, with = _i & 16;
	bool taken = with && !manager && (el0_may[ap] & 1);
	unsigned int el1 = manager ? 3 : taken ? 0 : el1_may[ap];
	unsigned int el0 = manager ? 3 : el0_may[ap];

	map_data(ap, manager ? 3 : 1);
	for (unsigned int k = 0; k < 2; k++) {
		ck_assert_int_eq(data_access(0xe5910000 /* ldr */, with, 0),
				 el1 & 1);
		ck_assert_int_eq(
			data_access(0xe5810000 /* str */, with, DFSR_WNR),
			el1 >> 1);
		ck_assert_int_eq(data_access(0xe4b10000 /* ldrt */, with, 0),
				 el0 & 1);
		ck_assert_int_eq(
			data_access(0xe4a10000 /* strt */, with, DFSR_WNR),
			el0 >> 1);
		/* The other mode in between. */
		data_access(0xe5910000, !with, 0);
	}
	ck_assert_int_eq(data_access(0xee070f3a | 1 << 12 /* DCCMVAC, r1 */,
				     with, DFSR_CM | DFSR_WNR),
			 manager ? 1 : el1_may[ap] & 1);
}
END_TEST

/* PAR of an instruction: 0, or the fault status. */
static uint32_t par_of(uint32_t insn, bool with_pan)
{
	A32(CODE_PA, insn, HVC32(0));
	e->cpu.x[0] = DATA_VA;
	run32(CODE_PA, MODE_SVC | (with_pan ? PSR_PAN : 0));
	ck_assert_uint_eq(e->cpu.exit.imm16, 0);
	return e->cpu.sys.par_el1 & 1 ? e->cpu.sys.par_el1 & 0x7f : 0;
}

/* ATS1CPR and ATS1CPW ask for no PAN, ATS1CPRP and ATS1CPWP for the current one. */
START_TEST(address_translation)
{
	for (unsigned int ap = 0; ap < 8; ap++) {
		unsigned int may = el1_may[ap];
		bool el0 = el0_may[ap] & 1;

		map_data(ap, 1);
		for (unsigned int with = 0; with < 2; with++) {
			unsigned int then = with && el0 ? 0 : may;

			ck_assert_uint_eq(par_of(0xee070f18, with),
					  may & 1 ? 0 : 0xd << 1 | 1);
			ck_assert_uint_eq(par_of(0xee070f38, with),
					  may & 2 ? 0 : 0xd << 1 | 1);
			ck_assert_uint_eq(par_of(0xee070f19, with),
					  then & 1 ? 0 : 0xd << 1 | 1);
			ck_assert_uint_eq(par_of(0xee070f39, with),
					  then & 2 ? 0 : 0xd << 1 | 1);
		}
	}
}
END_TEST

/* ---- hierarchical permissions -------------------------------------------- */

/* What a page has whose tables take all rights away. */
static unsigned int perm_with(uint32_t ttbcr, uint32_t ttbcr2, uint32_t va)
{
	struct mmu_fault f;
	struct mmu_walk w;

	A32(CODE_PA, 0xee022f50 /* mcr TTBCR, r2 */,
	    0xee023f70 /* mcr TTBCR2, r3 */, HVC32(0));
	set_sys(e, ENC_SCTLR, 0x00c50078);
	e->cpu.x[2] = ttbcr;
	e->cpu.x[3] = ttbcr2;
	run32(CODE_PA, MODE_SVC);
	ck_assert_uint_eq(e->cpu.exit.imm16, 0);
	set_sys(e, ENC_SCTLR, 0x00c50078 | SCTLR_M);
	ck_assert(mmu_walk(&e->cpu, va, &w, &f));
	return w.perm;
}

START_TEST(hierarchical_permissions)
{
	const unsigned int all =
		PERM_R1 | PERM_W1 | PERM_R0 | PERM_W0 | PERM_X1 | PERM_X0;
	const uint32_t split = TTBCR_EAE | 1 | 1 << 16; /* T0SZ, T1SZ */

	for (unsigned int k = 0; k < 2; k++) {
		uint64_t base = TABLE_PA + k * 0x2000;

		set_sys(e, k ? ENC_TTBR1 : ENC_TTBR0, base);
		for (unsigned int n = 0; n < 4; n++)
			ram_put(e, base + 8 * n,
				UINT64_C(0xf8) << 56 | (base + 0x1000) | 3);
		ram_put(e, base + 0x1000, PTE_DEFAULT | PTE_AP(1) | 1);
	}
	for (unsigned int k = 0; k < 8; k++) {
		uint32_t t2e = k & 1 ? TTBCR_T2E : 0, hpd = (k >> 1) << 9;

		ck_assert_uint_eq(perm_with(split | t2e, hpd, 0),
				  t2e && (hpd & BIT(9)) ? all : PERM_R1);
		ck_assert_uint_eq(perm_with(split | t2e, hpd, 0x80000000),
				  t2e && (hpd & BIT(10)) ? all : PERM_R1);
	}
	/* What of it is there to be read again. */
	perm_with(UINT32_MAX & ~0x00800087u, UINT32_MAX, 0);
	ck_assert_uint_eq(e->cpu.sys.tcr_el1 >> 32, 0x7fe00);
	A32(CODE_PA, 0xee120f70 /* mrc TTBCR2, r0 */, HVC32(0));
	set_sys(e, ENC_SCTLR, 0x00c50078);
	run32(CODE_PA, MODE_SVC);
	ck_assert_uint_eq(e->cpu.x[0], 0x7fe00);
}
END_TEST

START_TEST(without_hpd)
{
	be(ENC_MMFR4, 0);
	for (unsigned int k = 0; k < 2; k++) {
		A32(CODE_PA, k ? 0xee120f70 : 0xee020f70 /* TTBCR2 */);
		run32(CODE_PA, MODE_SVC);
		ck_assert_uint_eq(e->cpu.exit.imm16, 0x104);
	}
	A32(CODE_PA, 0xee020f50 /* mcr TTBCR, r0 */, HVC32(0));
	e->cpu.x[0] = TTBCR_EAE | TTBCR_T2E;
	run32(CODE_PA, MODE_SVC);
	ck_assert_uint_eq(e->cpu.sys.tcr_el1, TTBCR_EAE);
}
END_TEST

/* ---- prediction restriction ---------------------------------------------- */

static const uint32_t rctx[] = {0xee070f93 /* CFPRCTX */,
				0xee070fb3 /* DVPRCTX */,
				0xee070ff3 /* CPPRCTX */};

/* EL0 by SCTLR.EnRCTX, which the guest writes. */
START_TEST(prediction_restriction)
{
	for (unsigned int k = 0; k < ARRAY_SIZE(rctx); k++) {
		A32(CODE_PA, 0xee011f10 /* mcr SCTLR, r1 */, rctx[k], HVC32(0));
		A32(DATA_PA, rctx[k], 0xef000000 /* svc */);
		for (unsigned int on = 0; on < 2; on++) {
			e->cpu.x[1] = 0x00c50078 | (on ? SCTLR_ENRCTX : 0);
			run32(CODE_PA, MODE_SVC);
			ck_assert_uint_eq(e->cpu.exit.imm16, 0);
			run32(DATA_PA, MODE_USR);
			ck_assert_uint_eq(e->cpu.exit.imm16,
					  on ? 0x108 : 0x104);
		}
	}
	be(ENC_ISAR6, 0x01101111);
	for (unsigned int k = 0; k < ARRAY_SIZE(rctx); k++) {
		A32(CODE_PA, rctx[k]);
		run32(CODE_PA, MODE_SVC);
		ck_assert_uint_eq(e->cpu.exit.imm16, 0x104);
	}
	A32(CODE_PA, 0xee011f10 /* mcr SCTLR, r1 */, HVC32(0));
	e->cpu.x[1] = 0x00c50078 | SCTLR_ENRCTX;
	run32(CODE_PA, MODE_SVC);
	ck_assert_uint_eq(e->cpu.sys.sctlr_el1, 0x00c50078);
}
END_TEST

/* To an EL1 in AArch64 state it is a trap. */
START_TEST(prediction_trapped_to_a64)
{
	under_a64();
	CODE(e, CODE_PA, ASM_ERET);
	for (unsigned int on = 0; on < 2; on++) {
		A32(DATA_PA, rctx[1], 0xef000000 /* svc */);
		set_sys(e, ENC_SCTLR, on ? SCTLR_ENRCTX : 0);
		e->cpu.sys.spsr_el1 = MODE_USR;
		e->cpu.sys.elr_el1 = DATA_PA;
		run_at(e, CODE_PA);
		ck_assert_uint_eq(esr_ec(e), on ? EC_SVC32 : EC_CP15);
	}
	e->cpu.env = &env_ops;
}
END_TEST

int main(void)
{
	Suite *s = suite_create("a32-system");
	TCase *tc = tcase_create("PAN");

	tcase_add_checked_fixture(tc, setup_vectors, teardown);
	tcase_add_test(tc, set_pan);
	tcase_add_test(tc, exceptions_set_pan);
	tcase_add_test(tc, without_pan);
	tcase_add_loop_test(tc, accesses, 0, 32);
	tcase_add_test(tc, address_translation);
	suite_add_tcase(s, tc);
	tc = tcase_create("AA32HPD and SPECRES");
	tcase_add_checked_fixture(tc, setup_vectors, teardown);
	tcase_add_test(tc, hierarchical_permissions);
	tcase_add_test(tc, without_hpd);
	tcase_add_test(tc, prediction_restriction);
	tcase_add_test(tc, prediction_trapped_to_a64);
	suite_add_tcase(s, tc);
	return check_run_engines(srunner_create(s));
}
