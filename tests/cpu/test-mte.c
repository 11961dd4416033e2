/* SPDX-License-Identifier: MIT */
/*
 * Memory tagging (Arm ARM D10): tags of addresses and in memory, what is checked
 * and what becomes of a check that fails, what a VM without it sees.
 */
#include "cpu-env.h"
#include "engines.h"

#include "cpu/mte.h"

#define PAGE            UINT64_C(0x200000) /* of Tagged memory, in both halves */
#define PLAIN           UINT64_C(0x600000) /* the same memory, not Tagged */
#define NO_WRITE        UINT64_C(0x800000) /* Tagged, read only */
#define UPPER(va)       ((va) | GENMASK(63, 48))
#define TAGGED(va, tag) mte_with_tag(va, tag)
#define ATTR_TAGGED     2

#define GCR    SYSREG_ENC(3, 0, 1, 0, 6)
#define RGSR   SYSREG_ENC(3, 0, 1, 0, 5)
#define TFSR   SYSREG_ENC(3, 0, 5, 6, 0)
#define TFSRE0 SYSREG_ENC(3, 0, 5, 6, 1)

#define EC_OF(esr)   ((esr) >> 26)
#define SYNC_CURRENT 4 /* numbers of vectors */
#define SYNC_LOWER   8

/* With X0 as the result or what has the tag, X1 as the address, X2. */
#define IRG            0x9ac21020u /* irg x0, x1, x2 */
#define GMI            0x9ac21420u /* gmi x0, x1, x2 */
#define SUBP           0x9ac20020u
#define SUBPS          0xbac20020u
#define ADDG(off, tag) (0x91800020u | (off) << 16 | (tag) << 10)
#define SUBG(off, tag) (0xd1800020u | (off) << 16 | (tag) << 10)
#define LDG            0xd9600020u
#define STG            0xd9200820u
#define STG_POST(off)  (0xd9200420u | ((off)&0x1ff) << 12)
#define STG_PRE(off)   (0xd9200c20u | ((off)&0x1ff) << 12)
#define STZG           0xd9600820u
#define ST2G           0xd9a00820u
#define STZ2G          0xd9e00820u
#define STGP           0x69000820u /* stgp x0, x2, [x1] */
#define LDGM           0xd9e00020u
#define STGM           0xd9a00020u
#define STZGM          0xd9200020u
#define DC_ZVA_X1      0xd50b7421u
#define DC_GVA_X1      0xd50b7461u
#define DC_GZVA_X1     0xd50b7481u
#define LDR            ASM_LDR(0, 1)
#define STR            ASM_STR(0, 1)
#define MSR_TCO(n)     (0xd503409fu | (n) << 8)
#define MRS_TCO        0xd53b42e0u
#define MRS_GMID       0xd5390080u
#define MRS_GCR        0xd53810c0u
#define DC_CIGSW       0xd5087e80u

static struct env *e;
static struct cpu_domain *dom;
static struct space lo, hi;
static uint8_t *tags;

static int page_with_tags(struct cpu *cpu, gpa_t gpa, bool write,
			  struct cpu_page *page)
{
	int err = env_page(cpu, gpa, write, page);

	if (!err && gpa >= RAM_BASE && gpa < RAM_BASE + RAM_SIZE)
		page->tags = tags + (gpa - RAM_BASE) / MTE_GRANULE;
	return err;
}

static struct cpu_env tagged_env;

static void sctlr(uint64_t set)
{
	set_sys(e, ENC_SCTLR, (e->cpu.sys.sctlr_el1 & ~SCTLR_MTE) | set);
}

#define BOTH_ATA (SCTLR_ATA | SCTLR_ATA0)
#define TCF(n)   ((uint64_t)(n) << 40)
#define TCF0(n)  ((uint64_t)(n) << 38)

static void map(gva_t va, uint64_t attrs)
{
	attrs |= PTE_AF | PTE_SH | PTE_AP(1);
	space_map(e, &lo, va, DATA_PA, 3, attrs);
	space_map(e, &lo, va + 0x1000, DATA_PA + 0x1000, 3, attrs);
	space_map(e, &hi, va, DATA_PA, 3, attrs);
}

static void setup(void)
{
	dom = cpu_domain_new();
	e = env_new(dom);
	tags = calloc(RAM_SIZE / MTE_GRANULE, 1);
	ck_assert_ptr_nonnull(tags);
	tagged_env = env_ops;
	tagged_env.page = page_with_tags;
	e->cpu.env = &tagged_env;
	mmu_on(e, &lo, &hi);
	space_map(e, &lo, CODE_PA, CODE_PA, 2,
		  PTE_DEFAULT | PTE_AP(3)); /* EL0, too */
	set_sys(e, ENC_MAIR, TEST_MAIR | MTE_ATTR_TAGGED << 8 * ATTR_TAGGED);
	set_sys(e, ENC_TCR, TCR_4K | TCR_TBI0 | TCR_TBI1);
	map(PAGE, PTE_ATTR(ATTR_TAGGED));
	map(PLAIN, PTE_ATTR(ATTR_NORMAL));
	map(NO_WRITE, PTE_ATTR(ATTR_TAGGED) | PTE_AP(2));
	cpu_set_mte(&e->cpu, true);
	sctlr(BOTH_ATA);
	set_sys(e, GCR, 0);
	set_sys(e, RGSR, 0);
	set_sys(e, TFSR, 0);
	set_sys(e, TFSRE0, 0);
}

static void teardown(void)
{
	env_free(e);
	cpu_domain_free(dom);
	free(tags);
}

static uint8_t *tag_at(gva_t va)
{
	return &tags[(DATA_PA - RAM_BASE + (va & 0x1fff)) / MTE_GRANULE];
}

/* Run one instruction. The vector it took, -1: went on. */
static int step_as(uint64_t pstate, uint32_t word)
{
	CODE(e, CODE_PA, word, pstate & 4 ? ASM_HVC(1) : ASM_SVC(1));
	cpu_set_pstate(&e->cpu, pstate);
	run_at(e, CODE_PA);
	if (!(pstate & 4) && exit_vector(e) == SYNC_LOWER &&
	    EC_OF(e->cpu.sys.esr_el1) == EC_SVC)
		return -1;
	return exit_vector(e);
}

static int step(uint32_t word)
{
	return step_as(PSTATE_EL1h | PSTATE_DAIF, word);
}

static int step_el0(uint32_t word)
{
	return step_as(PSTATE_EL0t, word);
}

static uint64_t of(uint32_t word, uint64_t x0, uint64_t x1, uint64_t x2)
{
	e->cpu.x[0] = x0;
	e->cpu.x[1] = x1;
	e->cpu.x[2] = x2;
	ck_assert_int_eq(step(word), -1);
	return e->cpu.x[0];
}

static void undefined(int vector)
{
	ck_assert_int_ge(vector, 0);
	ck_assert_uint_eq(EC_OF(e->cpu.sys.esr_el1), EC_UNKNOWN);
}

static void aborted(int vector, unsigned int fsc, bool write, gva_t far)
{
	ck_assert_int_ge(vector, 0);
	ck_assert_uint_eq(EC_OF(e->cpu.sys.esr_el1),
			  vector == SYNC_LOWER ? EC_DABT_LOW : EC_DABT_CUR);
	ck_assert_uint_eq(e->cpu.sys.esr_el1 & 0x1ffffff,
			  fsc | (write ? ISS_WNR : 0));
	ck_assert_uint_eq(e->cpu.sys.far_el1, far);
}

/* ---- addresses ----------------------------------------------------------- */

START_TEST(addresses)
{
	/* The next tag that GCR_EL1 does not exclude, modulo 16. */
	ck_assert_uint_eq(of(ADDG(2, 1), 0, TAGGED(0x1000, 3), 0),
			  TAGGED(0x1020, 4));
	ck_assert_uint_eq(of(SUBG(2, 1), 0, TAGGED(0x1000, 15), 0),
			  TAGGED(0xfe0, 0));
	set_sys(e, GCR, BIT(4) | BIT(5));
	ck_assert_uint_eq(of(ADDG(0, 1), 0, TAGGED(0x1000, 3), 0),
			  TAGGED(0x1000, 6));
	ck_assert_uint_eq(of(ADDG(0, 0), 0, TAGGED(0x1000, 4), 0),
			  TAGGED(0x1000, 6));
	/* One that is excluded is no step behind itself. */
	ck_assert_uint_eq(of(ADDG(0, 1), 0, TAGGED(0x1000, 4), 0),
			  TAGGED(0x1000, 6));
	ck_assert_uint_eq(of(ADDG(0, 2), 0, TAGGED(0x1000, 4), 0),
			  TAGGED(0x1000, 7));
	set_sys(e, GCR, 0xffff);
	ck_assert_uint_eq(of(ADDG(0, 7), 0, TAGGED(0x1000, 4), 0), 0x1000);
	ck_assert_uint_eq(of(GMI, 0, TAGGED(0x1000, 9), 0x10001),
			  0x10001 | BIT(9));
	/* Bits 63 to 60 stay. */
	set_sys(e, GCR, 0);
	ck_assert_uint_eq(of(ADDG(0, 2), 0, 0xa500000000001000, 0),
			  0xa700000000001000);
}
END_TEST

START_TEST(differences)
{
	ck_assert_uint_eq(of(SUBP, 0, TAGGED(0x2000, 3), TAGGED(0x1000, 7)),
			  0x1000);
	ck_assert_uint_eq(of(SUBP, 0, BIT(55), 1), GENMASK(63, 55) - 1);
	ck_assert_uint_eq(of(SUBPS, 0, TAGGED(0x1000, 3), 0x1000), 0);
	ck_assert_uint_eq(get_nzcv(&e->cpu), 0x60000000);
	ck_assert_uint_eq(of(SUBPS, 0, 1, TAGGED(2, 9)), ~UINT64_C(0));
	ck_assert_uint_eq(get_nzcv(&e->cpu), 0x80000000);
}
END_TEST

START_TEST(random_tags)
{
	unsigned int seen = 0;

	/* By hand: 0x1234 gives 0, 0x091a 1, 0x848d 1, 0xc246 1: the 14th
	 * behind 3. */
	set_sys(e, RGSR, 0x1234 << 8 | 3);
	ck_assert_uint_eq(of(IRG, 0, 0x1000, 0), TAGGED(0x1000, 1));
	ck_assert_uint_eq(e->cpu.sys.rgsr_el1, 0xe123 << 8 | 1);
	for (unsigned int k = 0; k < 1000; k++)
		seen |= BIT(mte_tag(of(IRG, 0, 0x1000, 0xf0)));
	ck_assert_uint_eq(seen, 0xff0f);
	set_sys(e, GCR, 0xff00);
	for (unsigned int k = seen = 0; k < 1000; k++)
		seen |= BIT(mte_tag(of(IRG, 0, 0x1000, 0xf0)));
	ck_assert_uint_eq(seen, 0x000f);
	/* RRND: it never stands still. */
	set_sys(e, GCR, BIT(16));
	set_sys(e, RGSR, 0);
	for (unsigned int k = seen = 0; k < 1000; k++)
		seen |= BIT(mte_tag(of(IRG, 0, 0x1000, 0)));
	ck_assert_uint_eq(seen, 0xffff);
	set_sys(e, GCR, 0xffff);
	ck_assert_uint_eq(of(IRG, 0, TAGGED(0x1000, 7), 0), 0x1000);
}
END_TEST

/* ---- memory -------------------------------------------------------------- */

START_TEST(tags_in_memory)
{
	of(STG, TAGGED(0, 5), PAGE + 0x20, 0);
	ck_assert_uint_eq(*tag_at(0x20), 5);
	ck_assert_uint_eq(of(LDG, 0xff00000000000001, PAGE + 0x2f, 0),
			  0xf500000000000001);
	of(ST2G, TAGGED(0, 6), PAGE + 0xff0, 0);
	ck_assert_uint_eq(*tag_at(0xff0), 6);
	ck_assert_uint_eq(*tag_at(0x1000), 6);
	of(STG_POST(-1), TAGGED(0, 7), PAGE + 0x40, 0);
	ck_assert_uint_eq(*tag_at(0x40), 7);
	ck_assert_uint_eq(e->cpu.x[1], PAGE + 0x30);
	of(STG_PRE(2), TAGGED(0, 8), PAGE + 0x40, 0);
	ck_assert_uint_eq(*tag_at(0x60), 8);
	ck_assert_uint_eq(e->cpu.x[1], PAGE + 0x60);
	aborted((e->cpu.x[1] = PAGE + 8, step(STG)), 0x21, true, PAGE + 8);
	aborted((e->cpu.x[1] = NO_WRITE, step(STG)), 0x0f, true, NO_WRITE);
	aborted((e->cpu.x[1] = 0x10000, step(LDG)), 0x06, false, 0x10000);
}
END_TEST

START_TEST(with_data)
{
	memset(ram_at(e, DATA_PA), 0xaa, 0x200);
	of(STZG, TAGGED(0, 1), PAGE, 0);
	ck_assert_uint_eq(ram_get(e, DATA_PA + 8), 0);
	ck_assert_uint_eq(ram_get(e, DATA_PA + 16), 0xaaaaaaaaaaaaaaaa);
	of(STZ2G, TAGGED(0, 2), PAGE + 16, 0);
	ck_assert_uint_eq(ram_get(e, DATA_PA + 40), 0);
	ck_assert_uint_eq(*tag_at(32), 2);
	of(STGP, 11, TAGGED(PAGE + 0x80, 3), 12);
	ck_assert_uint_eq(ram_get(e, DATA_PA + 0x80), 11);
	ck_assert_uint_eq(ram_get(e, DATA_PA + 0x88), 12);
	ck_assert_uint_eq(*tag_at(0x80), 3);
	of(DC_GVA_X1, 0, TAGGED(PAGE + 0xd0, 4), 0);
	for (unsigned int at = 0xc0; at < 0x100; at += 16)
		ck_assert_uint_eq(*tag_at(at), 4);
	ck_assert_uint_eq(ram_get(e, DATA_PA + 0xc0), 0xaaaaaaaaaaaaaaaa);
	of(DC_GZVA_X1, 0, TAGGED(PAGE + 0xd0, 5), 0);
	ck_assert_uint_eq(*tag_at(0xf0), 5);
	ck_assert_uint_eq(*tag_at(0x100), 0);
	ck_assert_uint_eq(ram_get(e, DATA_PA + 0xf8), 0);
}
END_TEST

START_TEST(blocks_of_tags)
{
	of(STGM, 0xfedcba9876543210, PAGE + 0x110, 0);
	for (unsigned int k = 0; k < 16; k++)
		ck_assert_uint_eq(*tag_at(0x100 + 16 * k), k);
	ck_assert_uint_eq(of(LDGM, 0, PAGE + 0x1ff, 0), 0xfedcba9876543210);
	of(STZGM, 0x37, PAGE + 0x104, 0);
	ck_assert_uint_eq(of(LDGM, 0, PAGE + 0x100, 0), 0xfedcba9876547777);
	undefined(step_el0(LDGM));
	undefined(step_el0(STGM));
	undefined(step_el0(STZGM));
}
END_TEST

START_TEST(untagged_memory)
{
	*tag_at(0) = 9;
	ck_assert_uint_eq(of(LDG, TAGGED(0, 3), PLAIN, 0), 0);
	of(STG, TAGGED(0, 5), PLAIN, 0);
	ck_assert_uint_eq(*tag_at(0), 9);
	sctlr(TCF(1) | BOTH_ATA);
	ck_assert_int_eq((e->cpu.x[1] = TAGGED(PLAIN, 3), step(LDR)), -1);
	/* No access to tags at all. */
	sctlr(SCTLR_ATA0);
	ck_assert_uint_eq(of(LDG, TAGGED(0, 3), PAGE, 0), 0);
	of(STG, TAGGED(0, 5), PAGE, 0);
	ck_assert_uint_eq(*tag_at(0), 9);
	ck_assert_uint_eq(of(ADDG(1, 3), 0, TAGGED(16, 2), 0), 32);
	ck_assert_uint_eq(of(IRG, 0, TAGGED(16, 2), 0), 16);
	aborted((e->cpu.x[1] = NO_WRITE, step(STG)), 0x0f, true, NO_WRITE);
	e->cpu.x[1] = PAGE;
	e->cpu.x[0] = 0;
	ck_assert_int_eq(step_el0(LDG), -1);
	ck_assert_uint_eq(e->cpu.x[0], TAGGED(0, 9));
}
END_TEST

/* ---- checks -------------------------------------------------------------- */

static int load(gva_t va)
{
	e->cpu.x[1] = va;
	return step(LDR);
}

static int store(gva_t va)
{
	e->cpu.x[1] = va;
	return step(STR);
}

START_TEST(checked)
{
	*tag_at(0) = *tag_at(0x1000) = 5;
	ck_assert_int_eq(load(TAGGED(PAGE, 4)), -1); /* TCF is 0 */
	sctlr(BOTH_ATA | TCF(MTE_TCF_SYNC));
	for (unsigned int k = 0; k < 3; k++) {
		ck_assert_int_eq(load(TAGGED(PAGE, 5)), -1);
		ck_assert_int_eq(store(TAGGED(PAGE, 5)), -1);
		aborted(load(TAGGED(PAGE, 4)), 0x11, false, TAGGED(PAGE, 4));
		aborted(load(PAGE), 0x11, false, PAGE);
		aborted(store(TAGGED(PAGE, 4)), 0x11, true, TAGGED(PAGE, 4));
	}
	/* Across granules, and pages: the first byte that failed. */
	aborted(load(TAGGED(PAGE + 12, 5)), 0x11, false, TAGGED(PAGE + 16, 5));
	*tag_at(0xff0) = 5;
	ck_assert_int_eq(load(TAGGED(PAGE + 0xffc, 5)), -1);
	*tag_at(0x1000) = 6;
	aborted(load(TAGGED(PAGE + 0xffc, 5)), 0x11, false,
		TAGGED(PAGE + 0x1000, 5));
	aborted(load(TAGGED(PAGE + 0xffc, 6)), 0x11, false,
		TAGGED(PAGE + 0xffc, 6));
	/* The upper half. */
	aborted(load(UPPER(PAGE)), 0x11, false, UPPER(PAGE));
	ck_assert_int_eq(load(TAGGED(UPPER(PAGE), 5)), -1);
	/* EL0 has its own. */
	e->cpu.x[1] = TAGGED(PAGE, 4);
	ck_assert_int_eq(step_el0(LDR), -1);
	sctlr(BOTH_ATA | TCF0(MTE_TCF_SYNC));
	ck_assert_int_eq(load(TAGGED(PAGE, 4)), -1);
	aborted(step_el0(LDR), 0x11, false, TAGGED(PAGE, 4));
}
END_TEST

START_TEST(unchecked)
{
	static const uint32_t sp_forms[] = {
		0xf94003e0, /* ldr x0, [sp] */
		0xa94003e0, /* ldp x0, x0, [sp] */
		0xc8dfffe0, /* ldar x0, [sp] */
		0x3dc003e0, /* ldr q0, [sp] */
		0x4c407be0, /* ld1 {v0.4s}, [sp] */
		0x858043e0, /* ldr z0, [sp] */
	};
	static const uint32_t checked_sp[] = {
		0xf8408fe0,           /* ldr x0, [sp, #8]! */
		0xf8408400 | 31 << 5, /* ldr x0, [sp], #8 */
		0xf87f6be0,           /* ldr x0, [sp, xzr] */
		0x4cdf7be0,           /* ld1 {v0.4s}, [sp], #16 */
	};

	ck_assert_int_eq(cpu_set_sve(&e->cpu, 1), 0);
	set_sys(e, SYSREG_ENC(3, 0, 1, 0, 2), 3 << 20 | 3 << 16);
	sctlr(BOTH_ATA | TCF(MTE_TCF_SYNC));
	*tag_at(0) = 5;
	for (unsigned int k = 0; k < ARRAY_SIZE(sp_forms); k++) {
		cpu_set_sp(&e->cpu, 1, PAGE);
		ck_assert_int_eq(step(sp_forms[k]), -1);
	}
	*tag_at(0x0) = *tag_at(0x10) = 5;
	for (unsigned int k = 0; k < ARRAY_SIZE(checked_sp); k++) {
		cpu_set_sp(&e->cpu, 1, PAGE);
		ck_assert_int_eq(step(checked_sp[k]), SYNC_CURRENT);
		ck_assert_uint_eq(e->cpu.sys.esr_el1 & 0x3f, 0x11);
	}
	/* PSTATE.TCO, which an exception sets. */
	e->cpu.x[1] = PAGE;
	ck_assert_int_eq(step_as(PSTATE_EL1h | PSTATE_DAIF | PSR_TCO, LDR), -1);
	ck_assert_int_eq(step(LDR), SYNC_CURRENT);
	ck_assert_uint_eq(cpu_pstate(&e->cpu) & PSR_TCO, PSR_TCO);
	ck_assert_uint_eq(e->cpu.sys.spsr_el1 & PSR_TCO, 0);
	/* TCMA: each half has a tag that matches all. */
	set_sys(e, ENC_TCR, TCR_4K | TCR_TBI0 | TCR_TBI1 | TCR_TCMA0);
	ck_assert_int_eq(load(PAGE), -1);
	ck_assert_int_eq(load(TAGGED(UPPER(PAGE), 15)), SYNC_CURRENT);
	set_sys(e, ENC_TCR, TCR_4K | TCR_TBI0 | TCR_TBI1 | TCR_TCMA1);
	ck_assert_int_eq(load(PAGE), SYNC_CURRENT);
	ck_assert_int_eq(load(TAGGED(UPPER(PAGE), 15)), -1);
	/* Without TBI an address has no tag. */
	set_sys(e, ENC_TCR, TCR_4K | TCR_TBI1);
	ck_assert_int_eq(load(PAGE), -1);
	set_sys(e, ENC_TCR, TCR_4K | TCR_TBI0);
	ck_assert_int_eq(load(PAGE), SYNC_CURRENT);
}
END_TEST

START_TEST(tco)
{
	ck_assert_int_eq(step(MSR_TCO(1)), -1);
	ck_assert_uint_eq(cpu_pstate(&e->cpu) & PSR_TCO, PSR_TCO);
	ck_assert_int_eq(step_as(PSTATE_EL1h | PSR_TCO, MRS_TCO), -1);
	ck_assert_uint_eq(e->cpu.x[0], PSR_TCO);
	ck_assert_int_eq(step_as(PSTATE_EL1h | PSR_TCO, MSR_TCO(0)), -1);
	ck_assert_uint_eq(cpu_pstate(&e->cpu) & PSR_TCO, 0);
	ck_assert_int_eq(step_el0(MRS_TCO), -1);
	ck_assert_uint_eq(e->cpu.x[0], 0);
}
END_TEST

START_TEST(asynchronous)
{
	*tag_at(0) = 5;
	sctlr(BOTH_ATA | TCF(MTE_TCF_ASYNC) | TCF0(MTE_TCF_ASYNC));
	ck_assert_int_eq(load(TAGGED(PAGE, 4)), -1);
	ck_assert_uint_eq(e->cpu.sys.tfsr_el1, 1);
	ck_assert_int_eq(store(UPPER(PAGE)), -1);
	ck_assert_uint_eq(e->cpu.sys.tfsr_el1, 3);
	ck_assert_uint_eq(e->cpu.sys.tfsre0_el1, 0);
	e->cpu.x[1] = PAGE;
	ck_assert_int_eq(step_el0(LDR), -1);
	ck_assert_uint_eq(e->cpu.sys.tfsre0_el1, 1);
	/* LDTR is EL0's. */
	set_sys(e, TFSR, 0);
	set_sys(e, TFSRE0, 0);
	e->cpu.x[1] = PAGE;
	ck_assert_int_eq(step(0xf8400820), -1); /* ldtr x0, [x1] */
	ck_assert_uint_eq(e->cpu.sys.tfsr_el1, 0);
	ck_assert_uint_eq(e->cpu.sys.tfsre0_el1, 1);
	/* Asymmetric: loads are synchronous, and what loads and stores. */
	set_sys(e, TFSRE0, 0);
	sctlr(BOTH_ATA | TCF(MTE_TCF_ASYMM));
	aborted(load(PAGE), 0x11, false, PAGE);
	ck_assert_int_eq(store(PAGE), -1);
	ck_assert_uint_eq(e->cpu.sys.tfsr_el1, 1);
	e->cpu.x[1] = PAGE;
	aborted(step(ASM_LDADD(2, 0, 1)), 0x11, false, PAGE);
}
END_TEST

START_TEST(atomics_and_zva)
{
	uint64_t before;

	*tag_at(0) = *tag_at(0x10) = *tag_at(0x20) = 5;
	sctlr(BOTH_ATA | TCF(MTE_TCF_SYNC));
	memset(ram_at(e, DATA_PA), 0xaa, 64);
	before = ram_get(e, DATA_PA);
	e->cpu.x[1] = TAGGED(PAGE, 5);
	aborted(step(DC_ZVA_X1), 0x11, true, TAGGED(PAGE + 0x30, 5));
	ck_assert_uint_eq(ram_get(e, DATA_PA), before);
	*tag_at(0x30) = 5;
	ck_assert_int_eq(step(DC_ZVA_X1), -1);
	ck_assert_uint_eq(ram_get(e, DATA_PA), 0);
	ck_assert_int_eq(step(ASM_LDADD(2, 0, 1)), -1);
	e->cpu.x[1] = PAGE;
	ck_assert_int_eq(step(ASM_LDADD(2, 0, 1)), SYNC_CURRENT);
	ck_assert_int_eq(step(0xc85f7c20), SYNC_CURRENT); /* ldxr x0, [x1] */
	ck_assert_int_eq(step(0xa9400c22), SYNC_CURRENT); /* ldp x2, x3, [x1] */
}
END_TEST

/* What the TLBs have found before is checked once checks are on. */
START_TEST(after_hits)
{
	*tag_at(0) = 5;
	for (unsigned int k = 0; k < 5; k++) {
		ck_assert_int_eq(load(PAGE), -1);
		ck_assert_int_eq(store(PAGE), -1);
	}
	sctlr(BOTH_ATA | TCF(MTE_TCF_SYNC));
	ck_assert_int_eq(load(PAGE), SYNC_CURRENT);
	ck_assert_int_eq(store(PAGE), SYNC_CURRENT);
	/* A store by an address that a store of tags has found. */
	of(STG, TAGGED(0, 0), PAGE, 0);
	ck_assert_int_eq(store(PAGE), -1);
	/* The page becomes another one. */
	space_map(e, &lo, PAGE, DATA_PA + 0x1000, 3,
		  PTE_AF | PTE_SH | PTE_ATTR(ATTR_TAGGED));
	tlb_flush_va(&e->cpu, PAGE);
	*tag_at(0x1000) = 3;
	ck_assert_int_eq(store(PAGE), SYNC_CURRENT);
	/* A write is asked for again when its permission is forgotten. */
	of(STG, TAGGED(0, 0), PAGE, 0);
	tlb_flush_write(&e->cpu);
	e->pages_asked = 0;
	ck_assert_int_eq(store(PAGE), -1);
	ck_assert_uint_ge(e->pages_asked, 1);
}
END_TEST

/* ---- VMs and cores without it -------------------------------------------- */

START_TEST(vm_without)
{
	cpu_set_mte(&e->cpu, false);
	sctlr(BOTH_ATA | TCF(MTE_TCF_SYNC));
	*tag_at(0) = 5;
	ck_assert_int_eq(load(PAGE), -1);
	ck_assert_uint_eq(of(LDG, TAGGED(0, 3), PAGE, 0), 0);
	of(STG, TAGGED(0, 4), PAGE, 0);
	ck_assert_uint_eq(*tag_at(0), 5);
	undefined(step(MRS_GCR));
	undefined(step(DC_CIGSW));
	ck_assert_int_eq(step(MRS_TCO), -1);
	ck_assert_int_eq(step(MRS_GMID), -1);
	ck_assert_uint_eq(e->cpu.x[0], 6);
	cpu_set_mte(&e->cpu, true);
	ck_assert_int_eq(step(MRS_GCR), -1);
	ck_assert_int_eq(step(DC_CIGSW), -1);
	undefined(step_el0(DC_CIGSW));
}
END_TEST

/* Data has it, tags have none. */
START_TEST(big_endian)
{
	const uint8_t *p = ram_at(e, DATA_PA);

	sctlr(BOTH_ATA | TCF0(MTE_TCF_SYNC) | SCTLR_E0E);
	e->cpu.x[0] = 0x0102030405060708;
	e->cpu.x[1] = TAGGED(PAGE, 9);
	e->cpu.x[2] = 0x1112131415161718;
	ck_assert_int_eq(step_el0(STGP), -1);
	for (unsigned int k = 0; k < 16; k++)
		ck_assert_uint_eq(p[k], (k < 8 ? 1 : 9) + k);
	ck_assert_uint_eq(*tag_at(PAGE), 9);
	e->cpu.x[1] = TAGGED(PAGE + 8, 9);
	ck_assert_int_eq(step_el0(LDR), -1);
	ck_assert_uint_eq(e->cpu.x[0], 0x1112131415161718);
	e->cpu.x[0] = 0x2122232425262728;
	ck_assert_int_eq(step_el0(STR), -1);
	ck_assert_uint_eq(p[8], 0x21);
	e->cpu.x[1] = TAGGED(PAGE + 8, 8);
	ck_assert_int_eq(step_el0(STR), SYNC_LOWER);
	ck_assert_uint_eq(p[8], 0x21);
	ck_assert_uint_eq(e->cpu.sys.far_el1, TAGGED(PAGE + 8, 8));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cpu-mte");
	TCase *tc = tcase_create("mte");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, addresses);
	tcase_add_test(tc, differences);
	tcase_add_test(tc, random_tags);
	tcase_add_test(tc, tags_in_memory);
	tcase_add_test(tc, with_data);
	tcase_add_test(tc, blocks_of_tags);
	tcase_add_test(tc, untagged_memory);
	tcase_add_test(tc, checked);
	tcase_add_test(tc, unchecked);
	tcase_add_test(tc, tco);
	tcase_add_test(tc, asynchronous);
	tcase_add_test(tc, atomics_and_zva);
	tcase_add_test(tc, after_hits);
	tcase_add_test(tc, big_endian);
	tcase_add_test(tc, vm_without);
	suite_add_tcase(s, tc);
	return check_run_engines(srunner_create(s));
}
