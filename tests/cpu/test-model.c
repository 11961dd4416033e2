/* SPDX-License-Identifier: MIT */
/*
 * Models of cores: values limited to what src/cpu executes, what a model lacks
 * is UNDEFINED and its control bits are not there, and what only some models
 * have works: FEAT_SSBS, FEAT_LOR, FEAT_PAN2, FEAT_HPDS, FEAT_HAFDBS, FEAT_TTST.
 */
#include "cpu-env.h"
#include "engines.h"

#include "cpu/model.h"

#define ENC_PFR0  SYSREG_ENC(3, 0, 0, 4, 0)
#define ENC_PFR1  SYSREG_ENC(3, 0, 0, 4, 1)
#define ENC_ZFR0  SYSREG_ENC(3, 0, 0, 4, 4)
#define ENC_ISAR0 SYSREG_ENC(3, 0, 0, 6, 0)
#define ENC_ISAR1 SYSREG_ENC(3, 0, 0, 6, 1)
#define ENC_MMFR0 SYSREG_ENC(3, 0, 0, 7, 0)
#define ENC_MMFR1 SYSREG_ENC(3, 0, 0, 7, 1)
#define ENC_MMFR2 SYSREG_ENC(3, 0, 0, 7, 2)
#define ENC_SSBS  SYSREG_ENC(3, 3, 4, 2, 6)
#define ENC_RNDR  SYSREG_ENC(3, 3, 2, 4, 0)
#define ENC_DIT   SYSREG_ENC(3, 3, 4, 2, 5)
#define ENC_LORID SYSREG_ENC(3, 0, 10, 4, 7)
#define ENC_LORC  SYSREG_ENC(3, 0, 10, 4, 3)

#define BIT_DSSBS BIT(44)
#define BIT_SPAN  BIT(23)
#define PTE_DBM   BIT(51)
#define PTE_RO    PTE_AP(2)

static struct env *e;
static struct cpu_domain *dom;
static struct space lo, hi;
static struct cpu_model model;

/* The PE is one of @ids, of one that has everything if @nr is 0. */
static void be(const struct cpu_id *ids, unsigned int nr)
{
	static struct cpu_env ops;

	ops = env_ops;
	if (nr) {
		cpu_model_set(&model, ids, nr);
		ops.model = &model;
	}
	cpu_destroy(&e->cpu);
	ck_assert_int_eq(cpu_init(&e->cpu, dom, &ops, e), 0);
	vectors_put(e);
}

/* Armv8.0: nothing that any model may lack. */
static void be_plain(void)
{
	static const struct cpu_id ids[] = {
		{ENC_PFR0, 0x11}, {ENC_PFR1, 0},  {ENC_ISAR0, 0},
		{ENC_ISAR1, 0},   {ENC_MMFR1, 0}, {ENC_MMFR2, 0},
		{ENC_ZFR0, 0},
	};

	be(ids, ARRAY_SIZE(ids));
}

static void setup(void)
{
	dom = cpu_domain_new();
	e = env_new(dom);
	be(NULL, 0);
}

static void teardown(void)
{
	env_free(e);
	cpu_domain_free(dom);
}

/* True if @word is not UNDEFINED at EL1. */
static bool defined(uint32_t word)
{
	CODE(e, CODE_PA, word, ASM_HVC(1));
	cpu_set_pstate(&e->cpu, 0x3c5);
	e->cpu.x[0] = DATA_PA;
	e->cpu.sys.esr_el1 = ~UINT64_C(0);
	run_at(e, CODE_PA);
	ck_assert_int_eq(e->cpu.exit.reason, CPU_EXIT_HVC);
	return e->cpu.exit.imm16 == 1 || esr_ec(e) != EC_UNKNOWN;
}

/* ---- values -------------------------------------------------------------- */

START_TEST(values_are_limited)
{
	static const struct cpu_id ids[] = {
		{SYSREG_ENC(3, 0, 0, 0, 0), 0x414fd0c1},
		{ENC_PFR0, 0x1201112031110122},
		{ENC_ISAR0, 0xffffffffffffffff},
		{ENC_MMFR0, 0xf0000000000fff0f},
		{SYSREG_ENC(3, 3, 0, 0, 1), 0x9444c004},
	};

	be(ids, ARRAY_SIZE(ids));
	/* What identifies is as it is. */
	ck_assert_uint_eq(cpu_sysreg_get(&e->cpu, ids[0].enc), 0x414fd0c1);
	ck_assert_uint_eq(cpu_sysreg_get(&e->cpu, ids[4].enc), 0x9444c004);
	/* EL0 and EL1 have both states, EL2 is nothing of ours; FP, AdvSIMD at
	 * most what there is; MPAM, AMU have no row. */
	ck_assert_uint_eq(cpu_sysreg_get(&e->cpu, ENC_PFR0) &
				  0xf00000000000ffff,
			  0x1000000000000122);
	ck_assert_uint_eq(cpu_sysreg_get(&e->cpu, ENC_PFR0) >> 40 & 0xff, 0);
	ck_assert_uint_eq(cpu_sysreg_get(&e->cpu, ENC_ISAR0),
			  cpu_sysreg_find(ENC_ISAR0)->reset);
	ck_assert_uint_eq(cpu_sysreg_get(&e->cpu, ENC_MMFR0) & 0xf, 6);
	/* What the model does not name is the table's. */
	ck_assert_uint_eq(cpu_sysreg_get(&e->cpu, ENC_MMFR2),
			  cpu_sysreg_find(ENC_MMFR2)->reset);
}
END_TEST

/* -1 says less than 0 in a signed field. */
START_TEST(signed_fields)
{
	const struct cpu_sysreg_info *row = cpu_sysreg_find(ENC_PFR0);
	const struct cpu_sysreg_info *mmfr0 = cpu_sysreg_find(ENC_MMFR0);

	ck_assert_uint_eq(cpu_id_limit(row, 0xff0000), 0xff0000);
	ck_assert_uint_eq(cpu_id_limit(mmfr0, 0xff000000), 0xff000000);
	ck_assert_uint_eq(cpu_id_limit(mmfr0, 0x11000000), 0);
}
END_TEST

/* Every reset value is within the limits that it makes, and is made of fields
 * that have a row. */
START_TEST(table_is_its_own_limit)
{
	const struct cpu_sysreg_info *row;
	struct cpu_id_field f;

	for (unsigned int n = 0; (row = cpu_sysreg_info(n)); n++)
		ck_assert_msg(cpu_id_limit(row, row->reset) == row->reset, "%s",
			      row->name);
	for (unsigned int n = 0; cpu_id_field(n, &f); n++) {
		bool found = false;

		for (unsigned int k = 0; (row = cpu_sysreg_info(k)); k++)
			found |= !strcmp(row->name, f.reg);
		ck_assert_msg(found, "%s.%s", f.reg, f.name);
	}
}
END_TEST

/* ---- instructions and registers ------------------------------------------ */

static const struct {
	uint32_t word, enc;
	unsigned int shift, least;
} gated[] = {
	{0xf8210002, ENC_ISAR0, 20, 2}, /* ldadd x1, x2, [x0] */
	{0xc8a17c02, ENC_ISAR0, 20, 2}, /* cas x1, x2, [x0] */
	{0x1ac04000, ENC_ISAR0, 16, 1}, /* crc32b */
	{0x1ac05000, ENC_ISAR0, 16, 1}, /* crc32cb */
	{0x4e284800, ENC_ISAR0, 4, 1},  /* aese */
	{0x0ee0e000, ENC_ISAR0, 4, 2},  /* pmull v0.1q */
	{0x5e000000, ENC_ISAR0, 8, 1},  /* sha1c */
	{0x5e280800, ENC_ISAR0, 8, 1},  /* sha1h */
	{0x5e004000, ENC_ISAR0, 12, 1}, /* sha256h */
	{0x5e282800, ENC_ISAR0, 12, 1}, /* sha256su0 */
	{0x6e828420, ENC_ISAR0, 28, 1}, /* sqrdmlah */
	{0x4e829420, ENC_ISAR0, 44, 1}, /* sdot */
	{0xf8bfc001, ENC_ISAR1, 20, 1}, /* ldapr x1, [x0] */
	{0xd50b7c20, ENC_ISAR1, 0, 1},  /* dc cvap, x0 */
	{0xd50b7d20, ENC_ISAR1, 0, 2},  /* dc cvadp, x0 */
	{0xd50330ff, ENC_ISAR1, 36, 1}, /* sb */
	{0xc8df7c01, ENC_MMFR1, 16, 1}, /* ldlar x1, [x0] */
	{0xc89f7c01, ENC_MMFR1, 16, 1}, /* stllr x1, [x0] */
	{ASM_MRS(1, ENC_LORID), ENC_MMFR1, 16, 1},
	{ASM_MSR(ENC_LORC, 1), ENC_MMFR1, 16, 1},
	{0xd500409f, ENC_MMFR1, 20, 1}, /* msr pan, #0 */
	{ASM_MRS(1, SYSREG_ENC(3, 0, 4, 2, 3)), ENC_MMFR1, 20, 1},
	{0xd5087900, ENC_MMFR1, 20, 2}, /* at s1e1rp, x0 */
	{0xd500407f, ENC_MMFR2, 4, 1},  /* msr uao, #0 */
	{ASM_MSR(SYSREG_ENC(3, 0, 4, 2, 4), 1), ENC_MMFR2, 4, 1},
	{0xd503403f, ENC_PFR1, 4, 2}, /* msr ssbs, #0 */
	{ASM_MRS(1, ENC_SSBS), ENC_PFR1, 4, 2},
	{0x1ee12800, ENC_PFR0, 16, 1},  /* fadd h0, h0, h1 */
	{0x4e411400, ENC_PFR0, 16, 1},  /* fadd v0.8h, v0.8h, v1.8h */
	{0x0f00fc00, ENC_PFR0, 16, 1},  /* fmov v0.4h, #2.0 */
	{0x1ee60000, ENC_PFR0, 16, 1},  /* fmov w0, h0 */
	{0xce608000, ENC_ISAR0, 12, 2}, /* sha512h */
	{0xcec08000, ENC_ISAR0, 12, 2}, /* sha512su0 */
	{0xce000000, ENC_ISAR0, 32, 1}, /* eor3 */
	{0xce800000, ENC_ISAR0, 32, 1}, /* xar */
	{0xce400000, ENC_ISAR0, 36, 1}, /* sm3ss1 */
	{0xce60c400, ENC_ISAR0, 36, 1}, /* sm3partw2 */
	{0xce60c800, ENC_ISAR0, 40, 1}, /* sm4ekey */
	{0xcec08400, ENC_ISAR0, 40, 1}, /* sm4e */
	{0x0e20ec00, ENC_ISAR0, 48, 1}, /* fmlal v0.2s, v0.2h, v0.2h */
	{0x2f80c000, ENC_ISAR0, 48, 1}, /* fmlsl2, by element */
	{0xba000400, ENC_ISAR0, 52, 1}, /* rmif x0, #0, #0 */
	{0x3a00080d, ENC_ISAR0, 52, 1}, /* setf8 w0 */
	{0xd500401f, ENC_ISAR0, 52, 1}, /* cfinv */
	{0xd500403f, ENC_ISAR0, 52, 2}, /* xaflag */
	{0xd500405f, ENC_ISAR0, 52, 2}, /* axflag */
	{ASM_SYS(0, 8, 1, 1, 0), ENC_ISAR0, 56, 1}, /* tlbi vae1os, x0 */
	{ASM_SYS(0, 8, 6, 1, 0), ENC_ISAR0, 56, 2}, /* tlbi rvae1, x0 */
	{ASM_SYS(0, 8, 5, 7, 0), ENC_ISAR0, 56, 2}, /* tlbi rvaale1os, x0 */
	{0x1e7e0000, ENC_ISAR1, 12, 1},             /* fjcvtzs w0, d0 */
	{0x2e80e400, ENC_ISAR1, 16, 1},             /* fcadd v0.2s, ... */
	{0x6f801000, ENC_ISAR1, 16, 1},             /* fcmla, by element */
	{0xd9400001, ENC_ISAR1, 20, 2},             /* ldapur x1, [x0] */
	{0xd9000001, ENC_ISAR1, 20, 2},             /* stlur x1, [x0] */
	{0x1e284000, ENC_ISAR1, 32, 1},             /* frint32z s0, s0 */
	{0x6e21f800, ENC_ISAR1, 32, 1},             /* frint64x v0.4s, v0.4s */
	{0xd50b7380, ENC_ISAR1, 40, 1},             /* cfp rctx, x0 */
	{0x1e634000, ENC_ISAR1, 44, 1},             /* bfcvt h0, s0 */
	{0x6e40ec00, ENC_ISAR1, 44, 1}, /* bfmmla v0.4s, v0.8h, v0.8h */
	{0x4e80a400, ENC_ISAR1, 52, 1}, /* smmla v0.4s, v0.16b, v0.16b */
	{0x0f00f000, ENC_ISAR1, 52, 1}, /* sudot, by element */
	{0xd503405f, ENC_PFR0, 48, 1},  /* msr dit, #0 */
	{ASM_MRS(1, ENC_DIT), ENC_PFR0, 48, 1},
	{ASM_MRS(1, ENC_RNDR), ENC_ISAR0, 60, 1},
	{ASM_MRS(1, ENC_RNDR + 1), ENC_ISAR0, 60, 1}, /* RNDRRS */
	{0x04206000, ENC_ZFR0, 0, 1},                 /* mul z0.b, z0.b, z0.b */
	{0x25200800, ENC_ZFR0, 0, 1},                 /* whilehs p0.b, w0, w0 */
	{0x45400000, ENC_ZFR0, 0, 1},                 /* saddlb, of bytes */
	{0x64508000, ENC_ZFR0, 0, 1},                 /* faddp, of halves */
	{0xe4002000, ENC_ZFR0, 0, 1},  /* stnt1b {z0.d}, p0, [z0.d, x0] */
	{0x4522e000, ENC_ZFR0, 4, 1},  /* aese z0.b, z0.b, z0.b */
	{0x45006800, ENC_ZFR0, 4, 2},  /* pmullb z0.q, z0.d, z0.d */
	{0x4500b000, ENC_ZFR0, 16, 1}, /* bext z0.b, z0.b, z0.b */
	{0x658aa000, ENC_ZFR0, 20, 1}, /* bfcvt, of z0.s */
	{0x4520f400, ENC_ZFR0, 32, 1}, /* rax1 z0.d, z0.d, z0.d */
	{0x4523e000, ENC_ZFR0, 40, 1}, /* sm4e z0.s, z0.s, z0.s */
	{0x45009800, ENC_ZFR0, 44, 1}, /* smmla z0.s, z0.b, z0.b */
	{0x64a0e400, ENC_ZFR0, 52, 1}, /* fmmla z0.s, z0.s, z0.s */
	{0x64e0e400, ENC_ZFR0, 56, 1}, /* fmmla z0.d, z0.d, z0.d */
	{0xa4202000, ENC_ZFR0, 56, 1}, /* ld1rob {z0.b}, p0/z, [x0] */
};

/* FP and SVE, which what is gated may be. */
static void enable(void)
{
	e->cpu.sys.cpacr_el1 = 3 << 20 | 3 << 16;
	ck_assert_int_eq(cpu_set_sve(&e->cpu, 0xffff), 0);
	set_sys(e, SYSREG_ENC(3, 0, 1, 2, 0), 15); /* ZCR_EL1 */
}

START_TEST(what_a_model_lacks)
{
	struct cpu_id id = {gated[_i].enc, 0};

	enable();
	ck_assert_msg(defined(gated[_i].word), "%08x", gated[_i].word);
	id.val = (uint64_t)gated[_i].least << gated[_i].shift;
	be(&id, 1);
	enable();
	ck_assert_msg(defined(gated[_i].word), "%08x", gated[_i].word);
	id.val -= UINT64_C(1) << gated[_i].shift;
	be(&id, 1);
	enable();
	ck_assert_msg(!defined(gated[_i].word), "%08x", gated[_i].word);
	be_plain();
	enable();
	ck_assert_msg(!defined(gated[_i].word), "%08x", gated[_i].word);
}
END_TEST

START_TEST(loregion_is_empty)
{
	e->cpu.x[1] = 7;
	ck_assert(defined(ASM_MRS(1, ENC_LORID)));
	ck_assert_uint_eq(e->cpu.x[1], 0);
	ck_assert(!defined(ASM_MSR(ENC_LORID, 1)));
}
END_TEST

START_TEST(ordered_accesses)
{
	ram_put(e, DATA_PA, 0x1122334455667788);
	ck_assert(defined(0xf8bfc001)); /* ldapr x1, [x0] */
	ck_assert_uint_eq(e->cpu.x[1], 0x1122334455667788);
	ck_assert(defined(0x38bfc001)); /* ldaprb w1, [x0] */
	ck_assert_uint_eq(e->cpu.x[1], 0x88);
	ck_assert(defined(0x48df7c01)); /* ldlarh w1, [x0] */
	ck_assert_uint_eq(e->cpu.x[1], 0x7788);
	e->cpu.x[1] = 0xaabbccdd;
	ck_assert(defined(0x889f7c01)); /* stllr w1, [x0] */
	ck_assert_uint_eq(ram_get(e, DATA_PA), 0x11223344aabbccdd);
}
END_TEST

/* ---- PSTATE and control bits --------------------------------------------- */

#define PSTATE_SSBS BIT(12)
#define PSTATE_DIT  BIT(24)
#define PSTATE_PAN  BIT(22)
#define PSTATE_UAO  BIT(23)

static void do_msr(uint32_t enc, uint64_t val)
{
	CODE(e, CODE_PA, ASM_MSR(enc, 1), ASM_HVC(1));
	cpu_set_pstate(&e->cpu, 0x3c5);
	e->cpu.x[1] = val;
	run_at(e, CODE_PA);
	ck_assert_int_eq(exit_vector(e), -1);
}

START_TEST(ssbs)
{
	ck_assert(defined(0xd503413f)); /* msr ssbs, #1 */
	ck_assert_uint_eq(cpu_pstate(&e->cpu), 0x3c5 | PSTATE_SSBS);
	CODE(e, CODE_PA, ASM_MRS(1, ENC_SSBS), ASM_HVC(1));
	run_at(e, CODE_PA);
	ck_assert_uint_eq(e->cpu.x[1], PSTATE_SSBS);
	do_msr(ENC_SSBS, 0);
	ck_assert_uint_eq(cpu_pstate(&e->cpu), 0x3c5);
	/* An exception keeps it in SPSR_EL1 and takes SCTLR_EL1.DSSBS. */
	for (unsigned int dssbs = 0; dssbs < 2; dssbs++) {
		do_msr(ENC_SCTLR, BIT_SPAN | (dssbs ? BIT_DSSBS : 0));
		CODE(e, CODE_PA, ASM_SVC(0));
		cpu_set_pstate(&e->cpu, 0x3c5 | (dssbs ? 0 : PSTATE_SSBS));
		run_at(e, CODE_PA);
		ck_assert_uint_eq(e->cpu.sys.spsr_el1,
				  0x3c5 | (dssbs ? 0 : PSTATE_SSBS));
		ck_assert_uint_eq(cpu_pstate(&e->cpu),
				  0x3c5 | PSR_TCO | (dssbs ? PSTATE_SSBS : 0));
	}
	/* And ERET takes it from there. */
	CODE(e, CODE_PA, ASM_ERET, ASM_HVC(1));
	e->cpu.sys.spsr_el1 = 0x3c5 | PSTATE_SSBS;
	e->cpu.sys.elr_el1 = CODE_PA + 4;
	run_at(e, CODE_PA);
	ck_assert_uint_eq(cpu_pstate(&e->cpu), 0x3c5 | PSTATE_SSBS);
}
END_TEST

/* The flags say whether the environment had a number. */
START_TEST(rndr)
{
	CODE(e, CODE_PA, ASM_MRS(1, ENC_RNDR), ASM_HVC(1));
	e->regs[ENC_RNDR & 3] = 0x1234;
	cpu_set_pstate(&e->cpu, 0xf00003c5);
	run_at(e, CODE_PA);
	ck_assert_uint_eq(e->last_enc, ENC_RNDR);
	ck_assert_uint_eq(e->cpu.x[1], 0x1234);
	ck_assert_uint_eq(cpu_pstate(&e->cpu), 0x3c5);
	e->sysreg_empty = true;
	run_at(e, CODE_PA);
	ck_assert_uint_eq(e->cpu.x[1], 0);
	ck_assert_uint_eq(cpu_pstate(&e->cpu), 0x400003c5);
}
END_TEST

/* Exceptions keep it. */
START_TEST(dit)
{
	ck_assert(defined(0xd503415f)); /* msr dit, #1 */
	ck_assert_uint_eq(cpu_pstate(&e->cpu), 0x3c5 | PSTATE_DIT);
	CODE(e, CODE_PA, ASM_MRS(1, ENC_DIT), ASM_SVC(0));
	cpu_set_pstate(&e->cpu, 0x3c5 | PSTATE_DIT | PSTATE_SSBS);
	run_at(e, CODE_PA);
	ck_assert_uint_eq(e->cpu.x[1], PSTATE_DIT);
	ck_assert_uint_eq(e->cpu.sys.spsr_el1,
			  0x3c5 | PSTATE_DIT | PSTATE_SSBS);
	ck_assert_uint_eq(cpu_pstate(&e->cpu) & (PSTATE_DIT | PSTATE_SSBS),
			  PSTATE_DIT);
	do_msr(ENC_DIT, ~PSTATE_DIT);
	ck_assert_uint_eq(cpu_pstate(&e->cpu), 0x3c5);
	do_msr(ENC_DIT, PSTATE_DIT);
	ck_assert_uint_eq(cpu_pstate(&e->cpu), 0x3c5 | PSTATE_DIT);
}
END_TEST

START_TEST(bits_that_are_not_there)
{
	const uint64_t later =
		PSTATE_SSBS | PSTATE_PAN | PSTATE_UAO | PSTATE_DIT;
	uint64_t sctlr;

	be_plain();
	sctlr = e->cpu.sys.sctlr_el1;
	cpu_set_pstate(&e->cpu, 0x3c5 | later);
	ck_assert_uint_eq(cpu_pstate(&e->cpu), 0x3c5);
	CODE(e, CODE_PA, ASM_ERET, ASM_HVC(1));
	e->cpu.sys.spsr_el1 = 0x3c5 | later;
	e->cpu.sys.elr_el1 = CODE_PA + 4;
	run_at(e, CODE_PA);
	ck_assert_uint_eq(cpu_pstate(&e->cpu), 0x3c5);
	/* SPAN reads as one, DSSBS and IESB as zero. */
	do_msr(ENC_SCTLR, (sctlr & ~BIT_SPAN) | BIT_DSSBS | BIT(21));
	ck_assert_uint_eq(e->cpu.sys.sctlr_el1, sctlr);
	set_sys(e, ENC_SCTLR, (sctlr & ~BIT_SPAN) | BIT_DSSBS | BIT(21));
	cpu_settle(&e->cpu);
	ck_assert_uint_eq(e->cpu.sys.sctlr_el1, sctlr);
	CODE(e, CODE_PA, ASM_SVC(0));
	run_at(e, CODE_PA);
	ck_assert_uint_eq(cpu_pstate(&e->cpu), 0x3c5);
	/* HA, HD, HPDn, HWUn */
	do_msr(ENC_TCR, TCR_4K | GENMASK(50, 39));
	ck_assert_uint_eq(e->cpu.sys.tcr_el1, TCR_4K);
	be(NULL, 0);
	do_msr(ENC_TCR, TCR_4K | GENMASK(50, 39));
	ck_assert_uint_eq(e->cpu.sys.tcr_el1, TCR_4K | GENMASK(50, 39));
}
END_TEST

/* ---- translation --------------------------------------------------------- */

static gva_t va = 0x10000;

static void mmu_on_with(uint64_t tcr)
{
	e->table_next = TABLE_PA;
	mmu_on(e, &lo, &hi);
	set_sys(e, ENC_TCR, TCR_4K | tcr);
	flush(e);
}

static uint64_t map(uint64_t attrs)
{
	space_map(e, &lo, va, DATA_PA, 3, attrs);
	flush(e);
	return ram_get(e, space_entry(e, &lo, va, 3));
}

static uint64_t pte(void)
{
	return ram_get(e, space_entry(e, &lo, va, 3));
}

START_TEST(access_flag)
{
	uint64_t val = 0, old;

	mmu_on_with(TCR_HA);
	old = map(PTE_DEFAULT & ~PTE_AF);
	ck_assert(access_at(e, va, MA_8, &val));
	ck_assert_uint_eq(pte(), old | PTE_AF);
	/* By a fetch. */
	old = map((PTE_DEFAULT & ~PTE_AF) | PTE_RO);
	CODE(e, DATA_PA, ASM_HVC(2));
	cpu_set_pstate(&e->cpu, 0x3c5);
	run_at(e, va);
	ck_assert_int_eq(e->cpu.exit.imm16, 2);
	ck_assert_uint_eq(pte(), old | PTE_AF);
	/* Not by an access that has another fault than that of permission. */
	old = map(PTE_DEFAULT & ~PTE_AF) & ~UINT64_C(3);
	ram_put(e, space_entry(e, &lo, va, 3), old);
	ck_assert(!access_at(e, va, MA_8, &val));
	ck_assert_uint_eq(pte(), old);
	/* Without HA it is software's. */
	set_sys(e, ENC_TCR, TCR_4K);
	old = map(PTE_DEFAULT & ~PTE_AF);
	ck_assert(!access_at(e, va, MA_8, &val));
	ck_assert_uint_eq(esr_iss(e), 0x0b);
	ck_assert_uint_eq(pte(), old);
}
END_TEST

START_TEST(dirty_state)
{
	uint64_t val = 0, old;

	mmu_on_with(TCR_HA | TCR_HD);
	old = map(PTE_DEFAULT | PTE_DBM | PTE_RO);
	/* A read does not dirty, nor let a write go unnoted. */
	ck_assert(access_at(e, va, MA_8, &val));
	ck_assert_uint_eq(pte(), old);
	CODE(e, CODE_PA, ASM_LDR(1, 0), ASM_STR(1, 0), ASM_HVC(1));
	cpu_set_pstate(&e->cpu, 0x3c5);
	e->cpu.x[0] = va;
	run_at(e, CODE_PA);
	ck_assert_int_eq(exit_vector(e), -1);
	ck_assert_uint_eq(pte(), old & ~PTE_RO);
	/* AT says that it may be written, and does not write. */
	old = map(PTE_DEFAULT | PTE_DBM | PTE_RO);
	e->cpu.x[0] = va;
	CODE(e, CODE_PA, 0xd5087820 /* at s1e1w, x0 */, ASM_HVC(1));
	run_at(e, CODE_PA);
	ck_assert_uint_eq(e->cpu.sys.par_el1 & 1, 0);
	ck_assert_uint_eq(pte(), old);
	/* Read-only without DBM; and EL0 has no right to it. */
	old = map(PTE_DEFAULT | PTE_RO);
	ck_assert(!access_at(e, va, MA_8 | MA_WRITE, &val));
	ck_assert_uint_eq(esr_iss(e), 0x4f);
	old = map(PTE_DEFAULT | PTE_DBM | PTE_RO);
	go_el0(e);
	ck_assert(!access_at(e, va, MA_8 | MA_WRITE, &val));
	ck_assert_uint_eq(pte(), old);
	go_el1(e);
	/* Without HD. */
	set_sys(e, ENC_TCR, TCR_4K | TCR_HA);
	flush(e);
	ck_assert(!access_at(e, va, MA_8 | MA_WRITE, &val));
	ck_assert_uint_eq(pte(), old);
}
END_TEST

/* The table is where nothing can be written: as a walk into what is no RAM. */
START_TEST(flag_in_read_only_memory)
{
	uint64_t val = 0;

	mmu_on_with(TCR_HA);
	map(PTE_DEFAULT);
	ram_put(e, space_entry(e, &lo, va, 2), ROM_BASE | 3);
	memset(env_rom, 0, 4096);
	((uint64_t *)env_rom)[va >> 12 & 511] =
		DATA_PA | (PTE_DEFAULT & ~PTE_AF) | 3;
	flush(e);
	ck_assert(!access_at(e, va, MA_8, &val));
	ck_assert_uint_eq(esr_iss(e) & 0x3f, 0x10);
	((uint64_t *)env_rom)[va >> 12 & 511] |= PTE_AF;
	ck_assert(access_at(e, va, MA_8, &val));
	memset(env_rom, 0x5a, 4096);
}
END_TEST

/* An environment that has marked a page and would rather be left first. */
static unsigned int later; /* so many times */

static int env_page_later(struct cpu *cpu, gpa_t gpa, bool write,
			  struct cpu_page *page)
{
	if (!write || !later)
		return env_page(cpu, gpa, write, page);
	later--;
	return -EAGAIN;
}

START_TEST(write_that_is_put_off)
{
	struct cpu_env ops = *e->cpu.env;
	uint64_t old;

	ops.page = env_page_later;
	e->cpu.env = &ops;
	mmu_on_with(TCR_HA);
	map(PTE_DEFAULT);
	CODE(e, CODE_PA, ASM_STR(1, 0), ASM_HVC(1));
	cpu_set_pstate(&e->cpu, 0x3c5);
	e->cpu.x[0] = va;
	e->cpu.x[1] = 0x1234;
	ram_put(e, DATA_PA, 0);
	later = 1;
	e->cpu.pc = CODE_PA;
	ck_assert_int_eq(cpu_run(&e->cpu), CPU_EXIT_REQUEST);
	ck_assert_uint_eq(e->cpu.pc, CODE_PA);
	ck_assert_uint_eq(ram_get(e, DATA_PA), 0);
	run_at(e, CODE_PA);
	ck_assert_uint_eq(ram_get(e, DATA_PA), 0x1234);
	/* A table that the walk changes: it goes on, and leaves then. */
	old = map(PTE_DEFAULT & ~PTE_AF);
	CODE(e, CODE_PA, ASM_LDR(2, 0), ASM_B(1), ASM_HVC(1));
	later = 2;
	e->cpu.pc = CODE_PA;
	ck_assert_int_eq(cpu_run(&e->cpu), CPU_EXIT_REQUEST);
	ck_assert_uint_eq(e->cpu.x[2], 0x1234);
	ck_assert_uint_eq(e->cpu.pc, CODE_PA + 8);
	ck_assert_uint_eq(pte(), old | PTE_AF);
	ck_assert_uint_eq(later, 0);
}
END_TEST

START_TEST(permissions_of_tables)
{
	uint64_t val = 0;
	gpa_t table;

	mmu_on_with(TCR_HPD0);
	map(PTE_DEFAULT | PTE_AP(1));
	table = space_entry(e, &lo, va, 1);
	ram_put(e, table, ram_get(e, table) | BIT(62) | BIT(61));
	flush(e);
	go_el0(e);
	ck_assert(access_at(e, va, MA_8 | MA_WRITE, &val));
	set_sys(e, ENC_TCR, TCR_4K | TCR_HPD1);
	flush(e);
	ck_assert(!access_at(e, va, MA_8, &val));
}
END_TEST

static uint64_t at_pan(uint32_t word, bool pan)
{
	CODE(e, CODE_PA, word, ASM_HVC(1));
	cpu_set_pstate(&e->cpu, 0x3c5 | (pan ? PSTATE_PAN : 0));
	e->cpu.x[0] = va;
	run_at(e, CODE_PA);
	return e->cpu.sys.par_el1 & 1;
}

START_TEST(at_with_pan)
{
	static const uint32_t s1e1r = 0xd5087800, s1e1rp = 0xd5087900,
			      s1e1wp = 0xd5087920;

	mmu_on_with(0);
	map(PTE_DEFAULT | PTE_AP(1));
	ck_assert(!at_pan(s1e1r, true));
	ck_assert(!at_pan(s1e1rp, false));
	ck_assert(at_pan(s1e1rp, true));
	ck_assert(at_pan(s1e1wp, true));
	map(PTE_DEFAULT);
	ck_assert(!at_pan(s1e1rp, true));
	ck_assert(!at_pan(s1e1wp, true));
	map(PTE_DEFAULT | PTE_RO);
	ck_assert(!at_pan(s1e1rp, true));
	ck_assert(at_pan(s1e1wp, true));
}
END_TEST

/* 16 bits of input: the table has 16 entries. */
START_TEST(small_table)
{
	uint64_t val = 0;

	mmu_on_with(0);
	va = 0x3000;
	ram_put(e, lo.root + 8 * 3, DATA_PA | PTE_DEFAULT | 3);
	set_sys(e, ENC_TCR, (TCR_4K & ~UINT64_C(63)) | TCR_T0SZ(48));
	flush(e);
	ck_assert(access_at(e, va, MA_8 | MA_WRITE, &val));
	ck_assert(!access_at(e, 0x13000, MA_8, &val));
	ck_assert_uint_eq(esr_iss(e), 0x04);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cpu-model");
	TCase *t = tcase_create("model");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, values_are_limited);
	tcase_add_test(t, signed_fields);
	tcase_add_test(t, table_is_its_own_limit);
	tcase_add_loop_test(t, what_a_model_lacks, 0, ARRAY_SIZE(gated));
	tcase_add_test(t, loregion_is_empty);
	tcase_add_test(t, ordered_accesses);
	tcase_add_test(t, ssbs);
	tcase_add_test(t, dit);
	tcase_add_test(t, rndr);
	tcase_add_test(t, bits_that_are_not_there);
	tcase_add_test(t, access_flag);
	tcase_add_test(t, dirty_state);
	tcase_add_test(t, write_that_is_put_off);
	tcase_add_test(t, flag_in_read_only_memory);
	tcase_add_test(t, permissions_of_tables);
	tcase_add_test(t, at_with_pan);
	tcase_add_test(t, small_table);
	suite_add_tcase(s, t);
	return check_run_engines(srunner_create(s));
}
