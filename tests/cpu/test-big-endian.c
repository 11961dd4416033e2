/* SPDX-License-Identifier: MIT */
/*
 * Big-endian data: SCTLR_EL1.EE and E0E. What an instruction does to memory is what it does
 * little-endian to memory whose elements have their bytes the other way round; each row of the
 * decode table that accesses memory is held to that, with random operands. And tables, devices,
 * the order of one level beside the other's, and its change.
 */
#include "cpu-env.h"
#include "cpu/sve/sve.h"
#include "isa/a64/operands.h"
#include "tests/isa/insn-gen.h"

#define SCTLR_RES1 0x30d00800u
#define SCTLR_EL0  (SCTLR_DZE | SCTLR_UCT | SCTLR_UCI | SCTLR_NTWE | SCTLR_NTWI)
#define DIFF_PA    (RAM_BASE + 0x800000)
#define PER_ROW    60
#define ENC_ZCR    SYSREG_ENC(3, 0, 1, 2, 0)

static struct cpu_domain *domain;
static struct env *e;
static struct space lo, hi;

static void setup(void)
{
	domain = cpu_domain_new();
	ck_assert_ptr_nonnull(domain);
	e = env_new(domain);
	gen_seed(1);
	set_sys(e, ENC_SCTLR, SCTLR_RES1 | SCTLR_EL0);
	vectors_put(e);
}

static void teardown(void)
{
	env_free(e);
	cpu_domain_free(domain);
}

static void set_order(uint64_t bits)
{
	set_sys(e, ENC_SCTLR,
		(e->cpu.sys.sctlr_el1 & ~(uint64_t)(SCTLR_EE | SCTLR_E0E)) |
			bits);
}

/* ---- each instruction ---------------------------------------------------- */

static uint8_t *window(void)
{
	return ram_at(e, DIFF_PA + (DIFF_WINDOW - DIFF_BASE));
}

struct result {
	uint64_t x[31], sp, v[32][2], nzcv, fpsr, elr, esr;
	uint8_t mem[DIFF_WINDOW_SIZE];
	struct diff_sve sve;
};

static void put_sve(const struct diff_sve *s, unsigned int vl)
{
	set_sys(e, ENC_ZCR, vl / 16 - 1);
	for (unsigned int k = 0; k < 32; k++)
		cpu_sve_set_z(&e->cpu, k, s->z[k]);
	for (unsigned int k = 0; k < 17; k++)
		cpu_sve_set_p(&e->cpu, k, s->p[k]);
}

static void get_sve(struct diff_sve *s)
{
	for (unsigned int k = 0; k < 32; k++)
		cpu_sve_get_z(&e->cpu, k, s->z[k]);
	for (unsigned int k = 0; k < 17; k++)
		cpu_sve_get_p(&e->cpu, k, s->p[k]);
}

/* The first instruction of @c at EL0. */
static void run_case(const struct diff_case *c, const uint8_t *mem,
		     struct result *r)
{
	const struct diff_state *s = &c->in;

	memcpy(window(), mem, DIFF_WINDOW_SIZE);
	cpu_set_pstate(&e->cpu, s->nzcv);
	memcpy(e->cpu.x, s->x, sizeof(s->x));
	cpu_set_sp(&e->cpu, 0, s->sp);
	memcpy(e->cpu.vreg, s->v, sizeof(s->v));
	e->cpu.excl_valid = false;
	e->cpu.sys.cpacr_el1 = 3 << 20 | 3 << 16;
	if (c->vl)
		put_sve(&c->sve_in, c->vl);
	run_at(e, DIFF_CODE + 4);
	ck_assert_int_ge(exit_vector(e), 0);
	memcpy(r->x, e->cpu.x, sizeof(r->x));
	r->sp = cpu_sp(&e->cpu, 0);
	memcpy(r->v, e->cpu.vreg, sizeof(r->v));
	r->nzcv = e->cpu.sys.spsr_el1;
	r->fpsr = cpu_fpsr(&e->cpu);
	r->elr = e->cpu.sys.elr_el1;
	r->esr = e->cpu.sys.esr_el1;
	memcpy(r->mem, window(), DIFF_WINDOW_SIZE);
	memset(&r->sve, 0, sizeof(r->sve));
	if (c->vl)
		get_sve(&r->sve);
}

/* Elements of @size bytes, the first at @phase. */
static void mirror(uint8_t *mem, unsigned int size, unsigned int phase)
{
	for (unsigned int k = phase; k + size <= DIFF_WINDOW_SIZE; k += size)
		for (unsigned int b = 0; b < size / 2; b++) {
			uint8_t was = mem[k + b];

			mem[k + b] = mem[k + size - 1 - b];
			mem[k + size - 1 - b] = was;
		}
}

/* Bytes of an element in memory. LDR and STR of SVE have none but bytes. */
static unsigned int element_size(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_LDR_z:
	case A64_SVE_LDR_p:
	case A64_SVE_STR_z:
	case A64_SVE_STR_p: return 1;
	default: break;
	}
	switch (insn_row(i->op)->class) {
	case INSN_SYS: return 1;
	case INSN_SVE_LDST: return 1u << (i->form & SVE_MEM_SIZE);
	default: return 1u << i->size;
	}
}

/* True if the order mattered. */
static bool check_case(const struct diff_case *c, const struct insn *i)
{
	static struct result little, big, plain;
	unsigned int size = element_size(i);
	uint8_t mem[DIFF_WINDOW_SIZE];

	CODE(e, DIFF_PA + (DIFF_CODE - DIFF_BASE) + 4, c->words[1], ASM_SVC(0));
	set_order(SCTLR_E0E);
	run_case(c, c->mem_in, &big);
	set_order(0);
	run_case(c, c->mem_in, &plain);
	/* Of an access that is not aligned it doesn't show where it begins. */
	for (unsigned int phase = 0; phase < size; phase++) {
		memcpy(mem, c->mem_in, sizeof(mem));
		mirror(mem, size, phase);
		run_case(c, mem, &little);
		mirror(little.mem, size, phase);
		if (!memcmp(&little, &big, sizeof(big)))
			return memcmp(&plain, &big, sizeof(big));
	}
	ck_abort_msg("%s %08x is not the same the other way round",
		     insn_row(i->op)->name, c->words[1]);
}

START_TEST(each_row)
{
	static struct diff_case c;
	const struct insn_row *rows, *of[DIFF_MAX_INSNS];
	unsigned int n, checked = 0, mattered = 0;

	mmu_on(e, &lo, &hi);
	space_map(e, &lo, DIFF_BASE, DIFF_PA, 2, PTE_DEFAULT | PTE_AP(1));
	rows = insn_rows(&n);
	for (unsigned int k = 0; k < n; k++) {
		enum gen_group g = gen_row_group(&rows[k]);

		if (g != GEN_LDST && g != GEN_ATOMIC)
			continue;
		for (unsigned int t = 0; t < PER_ROW; t++) {
			struct insn i;

			if (!gen_case(&c, g, 0, &rows[k], 1, of))
				continue;
			insn_decode(c.words[1], &i);
			mattered += check_case(&c, &i);
			checked++;
		}
	}
	ck_assert_uint_gt(checked, 10000);
	ck_assert_uint_gt(mattered, checked / 3);
}
END_TEST

/* Elements at addresses of their own are aligned here: they have no phase in common. */
static void align_vector(struct diff_case *c, const struct insn *i)
{
	unsigned int z = i->form & SVE_MEM_BASES ? i->rn : i->rm;
	uint64_t low = element_size(i) - 1;

	if (!gen_sve_has_addresses(i) || i->form & SVE_MEM_SCALED)
		return;
	if (i->size == 2)
		low |= low << 32;
	for (unsigned int k = 0; k < c->vl / 8; k++)
		c->sve_in.z[z][k] &= ~low;
	memcpy(c->in.v[z], c->sve_in.z[z], 16);
	if (i->form & SVE_MEM_BASES && i->rm != REG_ZR)
		c->in.x[i->rm] &= ~(uint64_t)(element_size(i) - 1);
}

START_TEST(each_row_sve)
{
	static struct diff_case c;
	const struct insn_row *rows, *of[DIFF_MAX_INSNS];
	unsigned int n, checked = 0, mattered = 0;

	mmu_on(e, &lo, &hi);
	space_map(e, &lo, DIFF_BASE, DIFF_PA, 2, PTE_DEFAULT | PTE_AP(1));
	ck_assert_int_eq(cpu_set_sve(&e->cpu, 0xffff), 0);
	rows = insn_rows(&n);
	for (unsigned int k = 0; k < n; k++) {
		if (gen_row_group(&rows[k]) != GEN_SVE_LDST)
			continue;
		for (unsigned int t = 0; t < PER_ROW; t++) {
			struct insn i;

			c.vl = 16u << t % 3;
			if (!gen_case(&c, GEN_SVE_LDST, 0, &rows[k], 1, of))
				continue;
			insn_decode(c.words[1], &i);
			align_vector(&c, &i);
			mattered += check_case(&c, &i);
			checked++;
		}
	}
	ck_assert_uint_gt(checked, 1500);
	ck_assert_uint_gt(mattered, checked / 3);
}
END_TEST

/* Exclusives, whose store goes through: X1 and X2 to memory, what was there to X3, X4. */
START_TEST(exclusives)
{
	static const struct {
		uint32_t load, store;
		unsigned int size, bytes;
	} ops[] = {
		{0x485f7c03, 0x48057c01, 2, 2},  /* ldxrh, stxrh */
		{0x885f7c03, 0x88057c01, 4, 4},  /* ldxr, stxr w */
		{0xc85ffc03, 0xc805fc01, 8, 8},  /* ldaxr, stlxr */
		{0x887f1003, 0x88250801, 4, 8},  /* ldxp, stxp w */
		{0xc87f1003, 0xc8250801, 8, 16}, /* ldxp, stxp x */
	};
	static const uint8_t first[16] = {0x11, 0x22, 0x33, 0x44, 0x55, 0x66,
					  0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc,
					  0xdd, 0xee, 0xff, 0x10};
	const unsigned int n = ARRAY_SIZE(ops);

	set_order(SCTLR_EE);
	for (unsigned int k = 0; k < n; k++) {
		uint64_t mask = GENMASK(8 * ops[k].size - 1, 0);
		const uint8_t *p = ram_at(e, DATA_PA);
		uint64_t was[2] = {0}, is[2] = {0};

		memcpy(ram_at(e, DATA_PA), first, 16);
		CODE(e, CODE_PA, ops[k].load, ops[k].store, ASM_HVC(0));
		e->cpu.x[0] = DATA_PA;
		e->cpu.x[1] = 0x0102030405060708;
		e->cpu.x[2] = 0x1112131415161718;
		e->cpu.x[5] = 7;
		run_at(e, CODE_PA);
		ck_assert_int_eq(exit_vector(e), -1);
		ck_assert_uint_eq(e->cpu.x[5], 0);
		for (unsigned int b = 0; b < ops[k].bytes; b++) {
			was[b / ops[k].size] =
				was[b / ops[k].size] << 8 | first[b];
			is[b / ops[k].size] = is[b / ops[k].size] << 8 | p[b];
		}
		ck_assert_uint_eq(e->cpu.x[3], was[0]);
		ck_assert_uint_eq(is[0], e->cpu.x[1] & mask);
		if (ops[k].bytes == ops[k].size)
			continue;
		ck_assert_uint_eq(e->cpu.x[4], was[1]);
		ck_assert_uint_eq(is[1], e->cpu.x[2] & mask);
	}
}
END_TEST

/* ---- the order itself ---------------------------------------------------- */

#define ASM_LDR_W_AT(rt, rn, off) (ASM_LDR_W(rt, rn) | (off) / 4 << 10)
#define ASM_STR_W_AT(rt, rn, off) (ASM_STR_W(rt, rn) | (off) / 4 << 10)

/* To and fro in a loop, in one page and over branches of its. */
START_TEST(changes_in_place)
{
	uint64_t sctlr = e->cpu.sys.sctlr_el1;

	CODE(e, CODE_PA, ASM_LDR_W(1, 0), ASM_MSR(ENC_SCTLR, 10), ASM_ISB,
	     ASM_B(2), ASM_UDF, ASM_LDR_W(2, 0), ASM_STR_W_AT(1, 0, 4),
	     ASM_MSR(ENC_SCTLR, 11), ASM_ISB, ASM_STR_W_AT(1, 0, 8),
	     ASM_SUB_IMM(9, 9, 1), ASM_CBNZ(9, -11), ASM_HVC(0));
	ram_put(e, DATA_PA, 0x11223344);
	e->cpu.x[0] = DATA_PA;
	e->cpu.x[9] = 100;
	e->cpu.x[10] = sctlr | SCTLR_EE;
	e->cpu.x[11] = sctlr;
	run_at(e, CODE_PA);
	ck_assert_int_eq(exit_vector(e), -1);
	ck_assert_uint_eq(e->cpu.x[1], 0x11223344);
	ck_assert_uint_eq(e->cpu.x[2], 0x44332211);
	ck_assert_uint_eq(ram_get(e, DATA_PA + 4),
			  UINT64_C(0x1122334444332211));
}
END_TEST

/* The same code at EL0 and at EL1. */
START_TEST(each_level_has_its_own)
{
	CODE(e, CODE_PA, ASM_LDR_W(1, 0), ASM_B(1), ASM_LDR_W(2, 0),
	     ASM_SVC(0));
	ram_put(e, DATA_PA, 0x11223344);
	for (unsigned int k = 0; k < 8; k++) {
		bool el1 = k & 1, big = el1 ? k & 2 : k & 4;

		set_order((k & 2 ? SCTLR_EE : 0) | (k & 4 ? SCTLR_E0E : 0));
		cpu_set_pstate(&e->cpu, el1 ? 0x3c5 : 0);
		e->cpu.x[0] = DATA_PA;
		run_at(e, CODE_PA);
		ck_assert_int_eq(exit_vector(e), el1 ? 4 : 8);
		ck_assert_uint_eq(e->cpu.x[1], big ? 0x44332211 : 0x11223344);
		ck_assert_uint_eq(e->cpu.x[2], e->cpu.x[1]);
	}
}
END_TEST

/* Tables, with what hardware notes in them. */
START_TEST(tables)
{
	gpa_t entry;

	mmu_on(e, &lo, &hi);
	space_map(e, &lo, 0x200000, DATA_PA, 3,
		  (PTE_DEFAULT & ~PTE_AF) | PTE_AP(2) | BIT(51));
	entry = space_entry(e, &lo, 0x200000, 3);
	for (gpa_t pa = TABLE_PA; pa < e->table_next; pa += 8)
		ram_put(e, pa, __builtin_bswap64(ram_get(e, pa)));
	set_sys(e, ENC_TCR, TCR_4K | BIT(39) | BIT(40)); /* HA, HD */
	set_order(SCTLR_EE);
	flush(e);
	CODE(e, CODE_PA, ASM_LDR(1, 0), ASM_STR(0, 0), ASM_HVC(0));
	ram_put(e, DATA_PA, 0x1122334455667788);
	e->cpu.x[0] = 0x200000;
	run_at(e, CODE_PA);
	ck_assert_int_eq(exit_vector(e), -1);
	ck_assert_uint_eq(e->cpu.x[1], 0x8877665544332211);
	ck_assert_uint_eq(ram_get(e, DATA_PA), 0x0000200000000000);
	ck_assert_uint_eq(__builtin_bswap64(ram_get(e, entry)) &
				  (PTE_AF | BIT(7)),
			  PTE_AF);
}
END_TEST

/* What leaves is as it is in memory, and a sign is lost, as with Linux. */
START_TEST(devices)
{
	static const struct {
		uint32_t insn;
		uint64_t val, data, read;
		uint64_t loaded;
	} cases[] = {
		{ASM_STR_W(1, 0), 0x11223344, 0x44332211, 0, 0},
		{ASM_STRH(1, 0), 0x1122, 0x2211, 0, 0},
		{ASM_STRB(1, 0), 0x11, 0x11, 0, 0},
		{ASM_STR(1, 0), 0x1122334455667788, 0x8877665544332211, 0, 0},
		{ASM_LDR_W(1, 0), 0, 0, 0x11223384, 0x84332211},
		{ASM_LDRSW(1, 0), 0, 0, 0x11223384, 0x84332211},
		{ASM_LDR(1, 0), 0, 0, 0x11, UINT64_C(0x11) << 56},
		{0x889ffc01 /* stlr w1 */, 0x11223344, 0x44332211, 0, 0},
	};

	set_order(SCTLR_EE);
	for (unsigned int k = 0; k < 2 * ARRAY_SIZE(cases); k++) {
		unsigned int n = k / 2;

		CODE(e, CODE_PA, cases[n].insn, ASM_HVC(0));
		e->cpu.x[0] = 0x9000000;
		e->cpu.x[1] = cases[n].val;
		ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_MMIO);
		if (e->cpu.exit.mmio.write)
			ck_assert_uint_eq(e->cpu.exit.mmio.data, cases[n].data);
		cpu_mmio_complete(&e->cpu, cases[n].read);
		if (!e->cpu.exit.mmio.write)
			ck_assert_uint_eq(e->cpu.x[1], cases[n].loaded);
		ck_assert_int_eq(cpu_run(&e->cpu), CPU_EXIT_HVC);
	}
}
END_TEST

/* LDTR and STTR are of EL1 in this, though of EL0 in what they may access. */
START_TEST(unprivileged)
{
	set_order(SCTLR_E0E);
	CODE(e, CODE_PA, 0xb8400801 /* ldtr w1, [x0] */, ASM_HVC(0));
	ram_put(e, DATA_PA, 0x11223344);
	e->cpu.x[0] = DATA_PA;
	run_at(e, CODE_PA);
	ck_assert_uint_eq(e->cpu.x[1], 0x11223344);
}
END_TEST

/* A core that is little-endian only. */
START_TEST(is_not_there)
{
	static const struct cpu_id id = {SYSREG_ENC(3, 0, 0, 7, 0), 0x100025};
	static struct cpu_model model;
	struct cpu_env ops = env_ops;

	cpu_model_set(&model, &id, 1);
	ops.model = &model;
	cpu_destroy(&e->cpu);
	ck_assert_int_eq(cpu_init(&e->cpu, domain, &ops, e), 0);
	engine_choose(&e->cpu);
	CODE(e, CODE_PA, ASM_MSR(ENC_SCTLR, 10), ASM_ISB, ASM_LDR_W(1, 0),
	     ASM_MRS(2, ENC_SCTLR), ASM_HVC(0));
	ram_put(e, DATA_PA, 0x11223344);
	e->cpu.x[0] = DATA_PA;
	e->cpu.x[10] = SCTLR_RES1 | SCTLR_EE | SCTLR_E0E;
	run_at(e, CODE_PA);
	ck_assert_uint_eq(e->cpu.x[1], 0x11223344);
	ck_assert_uint_eq(e->cpu.x[2] & (SCTLR_EE | SCTLR_E0E), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("big-endian");
	TCase *tc = tcase_create("data");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, each_row);
	tcase_add_test(tc, each_row_sve);
	tcase_add_test(tc, exclusives);
	tcase_add_test(tc, changes_in_place);
	tcase_add_test(tc, each_level_has_its_own);
	tcase_add_test(tc, tables);
	tcase_add_test(tc, devices);
	tcase_add_test(tc, unprivileged);
	tcase_add_test(tc, is_not_there);
	suite_add_tcase(s, tc);
	return check_run_engines(srunner_create(s));
}
