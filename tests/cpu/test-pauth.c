/* SPDX-License-Identifier: MIT */
/*
 * Pointer authentication (Arm ARM D8.10): the codes against published and
 * QEMU's vectors, what is enabled, trapped or UNDEFINED, branches, loads and
 * what the later levels of the feature change.
 */
#include "cpu-env.h"
#include "engines.h"

#include "cpu/pauth.h"
#include "pauth-vectors.h"

#define ENC_KEY(n, high) SYSREG_ENC(3, 0, 2, 1 + (n) / 2, (n) % 2 * 2 + (high))

static struct env *e;
static struct cpu_domain *dom;

static void has(enum cpu_pauth_alg alg, unsigned int level, bool trapped)
{
	const struct cpu_pauth pauth = {alg, level, trapped};

	cpu_set_pauth(&e->cpu, &pauth);
}

static void keys_on(void)
{
	set_sys(e, ENC_SCTLR, e->cpu.sys.sctlr_el1 | SCTLR_PAUTH);
}

static void setup(void)
{
	dom = cpu_domain_new();
	e = env_new(dom);
	vectors_put(e);
	set_sys(e, ENC_TCR, TCR_4K);
	for (unsigned int n = 0; n < NR_PAUTH_KEYS; n++) {
		set_sys(e, ENC_KEY(n, 0), 0x0123456789abcdef * (n + 1));
		set_sys(e, ENC_KEY(n, 1), 0x0f1e2d3c4b5a6978 * (n + 3));
	}
	has(CPU_PAUTH_QARMA5, 1, false);
	keys_on();
}

static void teardown(void)
{
	env_free(e);
	cpu_domain_free(dom);
}

/* Run one instruction at EL1. The vector it took, -1: went on. */
static int step(uint32_t word)
{
	CODE(e, CODE_PA, word, ASM_HVC(1));
	go_el1(e);
	run_at(e, CODE_PA);
	return exit_vector(e);
}

static uint64_t of_x0_x1(uint32_t word, uint64_t x0, uint64_t x1)
{
	e->cpu.x[0] = x0;
	e->cpu.x[1] = x1;
	ck_assert_int_eq(step(word), -1);
	return e->cpu.x[0];
}

/* ---- the algorithms ------------------------------------------------------ */

/* QARMA-64 of the paper, S-box 2, r = 5. */
START_TEST(published_vector)
{
	struct pac_key key = {.lo = 0xec2802d4e0a488e9,
			      .hi = 0x84be85ce9804e94b};

	ck_assert_uint_eq(pac_qarma5_portable(0xfb623599da6e8127,
					      0x477d469dec0b8762, key),
			  0xc003b93999b33765);
	ck_assert_uint_eq(
		pac_qarma5(0xfb623599da6e8127, 0x477d469dec0b8762, key),
		0xc003b93999b33765);
}
END_TEST

START_TEST(host_does_the_same)
{
	struct pac_key key = {1, 2};
	uint64_t x = 3, y = 4;

	for (unsigned int n = 0; n < 20000; n++) {
		uint64_t r = pac_qarma5_portable(x, y, key);

		ck_assert_uint_eq(pac_qarma5(x, y, key), r);
		x = y;
		y = key.lo;
		key.lo = key.hi;
		key.hi = r;
	}
}
END_TEST

START_TEST(qemu_vector)
{
	const struct pauth_vector *v = &pauth_vectors[_i];

	has(v->alg, 1, false);
	keys_on();
	set_sys(e, ENC_TCR, v->tcr);
	for (unsigned int n = 0; n < NR_PAUTH_KEYS; n++)
		e->cpu.sys.pac_key[n] = v->key;
	ck_assert_uint_eq(of_x0_x1(v->word, v->ptr, v->modifier), v->result);
}
END_TEST

/* ---- which instruction uses what ----------------------------------------- */

#define PTR UINT64_C(0x0000123456789abc)
#define MOD UINT64_C(0xfedcba9876543210)

enum { X_LR = 30, X_16 = 16, X_17 = 17 };

static const struct {
	uint32_t word, back; /* signs, authenticates */
	enum a64_pauth_key key;
	unsigned int ptr, mod; /* registers; REG_ZR: no modifier */
} signers[] = {
	{PACIA_X0_X1, AUTIA_X0_X1, PAUTH_IA, 0, 1},
	{PACIB_X0_X1, AUTIB_X0_X1, PAUTH_IB, 0, 1},
	{PACDA_X0_X1, AUTDA_X0_X1, PAUTH_DA, 0, 1},
	{PACDB_X0_X1, AUTDB_X0_X1, PAUTH_DB, 0, 1},
	{0xdac103e7, 0xdac113e7, PAUTH_IA, 7, REG_SP}, /* pacia x7, sp */
	{0xdac123e7, 0xdac133e7, PAUTH_IA, 7, REG_ZR}, /* paciza x7 */
	{0xdac127e7, 0xdac137e7, PAUTH_IB, 7, REG_ZR},
	{0xdac12be7, 0xdac13be7, PAUTH_DA, 7, REG_ZR},
	{0xdac12fe7, 0xdac13fe7, PAUTH_DB, 7, REG_ZR},
	{ASM_HINT(8), ASM_HINT(12), PAUTH_IA, X_17, X_16},
	{ASM_HINT(10), ASM_HINT(14), PAUTH_IB, X_17, X_16},
	{ASM_HINT(24), ASM_HINT(28), PAUTH_IA, X_LR, REG_ZR},
	{ASM_HINT(25), ASM_HINT(29), PAUTH_IA, X_LR, REG_SP},
	{ASM_HINT(26), ASM_HINT(30), PAUTH_IB, X_LR, REG_ZR},
	{ASM_HINT(27), ASM_HINT(31), PAUTH_IB, X_LR, REG_SP},
};

static bool is_hint(uint32_t word)
{
	return word >> 24 == 0xd5;
}

static void put_operands(unsigned int n, uint64_t ptr)
{
	for (unsigned int r = 0; r < 31; r++)
		e->cpu.x[r] = 0x1111111111111111 * (r % 15 + 1);
	cpu_set_sp(&e->cpu, 1, MOD);
	go_el1(e);
	if (signers[n].mod < REG_ZR)
		e->cpu.x[signers[n].mod] = MOD;
	e->cpu.x[signers[n].ptr] = ptr;
}

/* QARMA5 of a pointer of the lower half in bits 63..56 and 54..48. */
static uint64_t signed_ptr(unsigned int n)
{
	uint64_t mod = signers[n].mod == REG_ZR ? 0 : MOD;
	uint64_t field = GENMASK(63, 56) | GENMASK(54, 48);

	return PTR | (pac_qarma5(PTR, mod, e->cpu.sys.pac_key[signers[n].key]) &
		      field);
}

START_TEST(operands)
{
	uint64_t bad;

	put_operands(_i, PTR);
	ck_assert_int_eq(step(signers[_i].word), -1);
	ck_assert_uint_eq(e->cpu.x[signers[_i].ptr], signed_ptr(_i));
	ck_assert_int_eq(step(signers[_i].back), -1);
	ck_assert_uint_eq(e->cpu.x[signers[_i].ptr], PTR);
	/* A wrong code tells of the key in bits 62, 61. */
	put_operands(_i, signed_ptr(_i) ^ BIT(56));
	ck_assert_int_eq(step(signers[_i].back), -1);
	bad = signers[_i].key == PAUTH_IA || signers[_i].key == PAUTH_DA
		      ? BIT(61)
		      : BIT(62);
	ck_assert_uint_eq(e->cpu.x[signers[_i].ptr], PTR | bad);
}
END_TEST

START_TEST(enabled_by_its_bit)
{
	static const uint64_t bits[] = {SCTLR_ENIA, SCTLR_ENIB, SCTLR_ENDA,
					SCTLR_ENDB};
	uint64_t mine = bits[signers[_i].key];

	set_sys(e, ENC_SCTLR, e->cpu.sys.sctlr_el1 & ~mine);
	put_operands(_i, PTR);
	ck_assert_int_eq(step(signers[_i].word), -1);
	ck_assert_uint_eq(e->cpu.x[signers[_i].ptr], PTR);
	ck_assert_int_eq(step(signers[_i].back), -1);
	ck_assert_uint_eq(e->cpu.x[signers[_i].ptr], PTR);
	set_sys(e, ENC_SCTLR, (e->cpu.sys.sctlr_el1 & ~SCTLR_PAUTH) | mine);
	put_operands(_i, PTR);
	ck_assert_int_eq(step(signers[_i].word), -1);
	ck_assert_uint_eq(e->cpu.x[signers[_i].ptr], signed_ptr(_i));
}
END_TEST

/* Without the feature the hints do nothing. */
START_TEST(absent)
{
	has(CPU_PAUTH_NONE, 0, false);
	put_operands(_i, PTR);
	if (is_hint(signers[_i].word)) {
		ck_assert_int_eq(step(signers[_i].word), -1);
		ck_assert_int_eq(step(signers[_i].back), -1);
	} else {
		ck_assert_int_eq(step(signers[_i].word), 4);
		ck_assert_uint_eq(e->cpu.sys.esr_el1, ESR_IL);
		ck_assert_int_eq(step(signers[_i].back), 4);
	}
	ck_assert_uint_eq(e->cpu.x[signers[_i].ptr], PTR);
}
END_TEST

/* In a VM without it: only an enabled key is UNDEFINED, and then hints too. */
START_TEST(trapped)
{
	has(CPU_PAUTH_QARMA5, 1, true);
	put_operands(_i, PTR);
	ck_assert_int_eq(step(signers[_i].word), 4);
	ck_assert_uint_eq(e->cpu.sys.esr_el1, ESR_IL);
	ck_assert_int_eq(step(signers[_i].back), 4);
	set_sys(e, ENC_SCTLR, e->cpu.sys.sctlr_el1 & ~SCTLR_PAUTH);
	ck_assert_int_eq(step(signers[_i].word), -1);
	ck_assert_int_eq(step(signers[_i].back), -1);
	ck_assert_uint_eq(e->cpu.x[signers[_i].ptr], PTR);
}
END_TEST

static const uint32_t others[] = {
	XPACI_X0_X1, XPACD_X0_X1, PACGA_X0_X1,
	0xd61f081f,  0xd61f0c1f, /* braaz, brabz x0 */
	0xd63f081f,  0xd63f0c1f, /* blraaz, blrabz x0 */
	0xd71f0801,  0xd71f0c01, /* braa, brab x0, x1 */
	0xd73f0801,  0xd73f0c01, /* blraa, blrab x0, x1 */
	0xd65f0bff,  0xd65f0fff, /* retaa, retab */
	0xd69f0bff,  0xd69f0fff, /* eretaa, eretab */
	0xf8200401,  0xf8a00401, /* ldraa, ldrab x1, [x0] */
	0xf8200c01,  0xf8a00c01, /* the same with ! */
};

START_TEST(others_absent)
{
	has(CPU_PAUTH_NONE, 0, false);
	e->cpu.x[0] = DATA_PA;
	ck_assert_int_eq(step(others[_i]), 4);
	ck_assert_uint_eq(e->cpu.sys.esr_el1, ESR_IL);
	ck_assert_uint_eq(e->cpu.sys.elr_el1, CODE_PA);
	ck_assert_uint_eq(e->cpu.x[0], DATA_PA);
}
END_TEST

/* Stripping uses no key, PACGA uses one that is always enabled. */
START_TEST(others_trapped)
{
	bool strips = _i < 2;

	has(CPU_PAUTH_QARMA5, 1, true);
	e->cpu.x[0] = DATA_PA;
	ck_assert_int_eq(step(others[_i]), strips ? -1 : 4);
	if (strips)
		return;
	ck_assert_uint_eq(e->cpu.sys.esr_el1, ESR_IL);
	ck_assert_uint_eq(e->cpu.x[0], DATA_PA);
	set_sys(e, ENC_SCTLR, e->cpu.sys.sctlr_el1 & ~SCTLR_PAUTH);
	e->cpu.x[0] = _i < 15 ? CODE_PA + 4 : DATA_PA;
	e->cpu.x[30] = e->cpu.sys.elr_el1 = CODE_PA + 4;
	e->cpu.sys.spsr_el1 = 0x3c5;
	ck_assert_int_eq(step(others[_i]), others[_i] == PACGA_X0_X1 ? 4 : -1);
}
END_TEST

START_TEST(keys_are_registers)
{
	for (unsigned int n = 0; n < 2 * NR_PAUTH_KEYS; n++) {
		uint32_t enc = ENC_KEY(n / 2, n % 2);

		e->cpu.x[0] = 0x1234 + n;
		ck_assert_int_eq(step(ASM_MSR(enc, 0)), -1);
		ck_assert_int_eq(step(ASM_MRS(1, enc)), -1);
		ck_assert_uint_eq(e->cpu.x[1], 0x1234 + n);
		ck_assert_uint_eq((&e->cpu.sys.pac_key[0].lo)[n], 0x1234 + n);
		has(CPU_PAUTH_QARMA5, 1, true);
		ck_assert_int_eq(step(ASM_MSR(enc, 0)), 4);
		ck_assert_int_eq(step(ASM_MRS(1, enc)), 4);
		has(CPU_PAUTH_NONE, 0, false);
		ck_assert_int_eq(step(ASM_MRS(1, enc)), 4);
		has(CPU_PAUTH_QARMA5, 1, false);
	}
}
END_TEST

/* The bits of SCTLR_EL1 and TCR_EL1 are RES0 without the feature. */
START_TEST(control_bits)
{
	uint64_t tbid = TCR_TBID0 | TCR_TBID1;

	for (unsigned int alg = 0; alg <= CPU_PAUTH_IMPDEF; alg++) {
		has(alg, 1, false);
		set_sys(e, ENC_SCTLR, 0);
		set_sys(e, ENC_TCR, 0);
		e->cpu.x[0] = SCTLR_PAUTH;
		ck_assert_int_eq(step(ASM_MSR(ENC_SCTLR, 0)), -1);
		ck_assert_uint_eq(e->cpu.sys.sctlr_el1 & SCTLR_PAUTH,
				  alg ? SCTLR_PAUTH : 0);
		e->cpu.x[0] = tbid;
		ck_assert_int_eq(step(ASM_MSR(ENC_TCR, 0)), -1);
		ck_assert_uint_eq(e->cpu.sys.tcr_el1 & tbid, alg ? tbid : 0);
	}
}
END_TEST

/* ---- the field ----------------------------------------------------------- */

/* TBI with TBID: data has no code in the top byte, instructions have. */
START_TEST(tbid)
{
	uint64_t ptr = UINT64_C(0xab) << 56 | 0x123456, r;

	set_sys(e, ENC_TCR, TCR_4K | TCR_TBI0 | TCR_TBID0);
	ck_assert_uint_eq(e->cpu.tbi, 1);
	ck_assert_uint_eq(e->cpu.tbi_code, 0);
	r = of_x0_x1(PACDA_X0_X1, ptr, MOD);
	ck_assert_uint_eq(r >> 56, 0xab);
	ck_assert_uint_eq(of_x0_x1(AUTDA_X0_X1, r, MOD), ptr);
	ck_assert_uint_eq(of_x0_x1(XPACD_X0_X1, r, 0), ptr);
	ck_assert_uint_eq(of_x0_x1(XPACI_X0_X1, r, 0), 0x123456);
	/* A tag is no good extension of an instruction's address. */
	r = of_x0_x1(PACIA_X0_X1, ptr, MOD);
	ck_assert_uint_ne(of_x0_x1(AUTIA_X0_X1, r, MOD), 0x123456);
	r = of_x0_x1(PACIA_X0_X1, 0x123456, MOD);
	ck_assert_uint_eq(of_x0_x1(AUTIA_X0_X1, r, MOD), 0x123456);
	/* A branch takes such a tag with it. */
	e->cpu.x[0] = UINT64_C(0xab) << 56 | (CODE_PA + 4);
	ck_assert_int_eq(step(ASM_BR(0)), 4);
	ck_assert_uint_eq(esr_ec(e), EC_IABT_CUR);
	set_sys(e, ENC_TCR, TCR_4K | TCR_TBI0);
	ck_assert_int_eq(step(ASM_BR(0)), -1);
}
END_TEST

/* Tagged pointers in one half only: bit 55 is the half in both. */
START_TEST(tbi_of_one_half)
{
	uint64_t ptr = UINT64_C(0xff80) << 48 | 0x123456, r;

	set_sys(e, ENC_TCR, TCR_4K | TCR_TBI0);
	r = of_x0_x1(PACDA_X0_X1, ptr & ~BIT(55), MOD);
	ck_assert_uint_eq(r >> 55, 0xff << 1);
	r = of_x0_x1(PACDA_X0_X1, (ptr | GENMASK(55, 48)) & ~BIT(63), MOD);
	ck_assert_uint_eq(r >> 55 & 1, 1);
	set_sys(e, ENC_TCR, TCR_4K);
	r = of_x0_x1(PACDA_X0_X1, (ptr | GENMASK(55, 48)) & ~BIT(63), MOD);
	ck_assert_uint_eq(r >> 55 & 1, 0);
}
END_TEST

/* ---- branches and loads -------------------------------------------------- */

static const struct {
	uint32_t word;
	enum a64_pauth_key key;
	bool link, modifier;
} branches[] = {
	{0xd61f081f, PAUTH_IA, false, false},
	{0xd61f0c1f, PAUTH_IB, false, false},
	{0xd63f081f, PAUTH_IA, true, false},
	{0xd63f0c1f, PAUTH_IB, true, false},
	{0xd71f0801, PAUTH_IA, false, true},
	{0xd71f0c01, PAUTH_IB, false, true},
	{0xd73f0801, PAUTH_IA, true, true},
	{0xd73f0c01, PAUTH_IB, true, true},
};

static uint64_t target_signed(uint64_t va, enum a64_pauth_key key, uint64_t mod)
{
	return va | (pac_qarma5(va, mod, e->cpu.sys.pac_key[key]) &
		     (GENMASK(63, 56) | GENMASK(54, 48)));
}

/* To the instruction after next. */
static int branch_to(uint32_t word)
{
	CODE(e, CODE_PA, word, ASM_HVC(2), ASM_HVC(1));
	run_at(e, CODE_PA);
	return e->cpu.exit.imm16;
}

START_TEST(branch)
{
	uint64_t to = CODE_PA + 8;
	uint64_t x0 = target_signed(to, branches[_i].key,
				    branches[_i].modifier ? MOD : 0);

	go_el1(e);
	e->cpu.x[0] = x0;
	e->cpu.x[1] = MOD;
	e->cpu.x[30] = 5;
	ck_assert_int_eq(branch_to(branches[_i].word), 1);
	ck_assert_uint_eq(e->cpu.x[30], branches[_i].link ? CODE_PA + 4 : 5);
	ck_assert_uint_eq(e->cpu.x[0], x0);
	/* A wrong code leads to where nothing is. */
	e->cpu.x[0] = x0 ^ BIT(48);
	ck_assert_int_eq(branch_to(branches[_i].word), 0x104);
	ck_assert_uint_eq(esr_ec(e), EC_IABT_CUR);
	ck_assert_uint_eq(
		e->cpu.sys.far_el1,
		to | (branches[_i].key == PAUTH_IA ? BIT(61) : BIT(62)));
}
END_TEST

/* RETAA, RETAB, ERETAA, ERETAB: by SP. */
START_TEST(branch_back)
{
	enum a64_pauth_key key = _i & 1 ? PAUTH_IB : PAUTH_IA;
	uint32_t word = others[11 + _i];
	uint64_t to = CODE_PA + 8;

	for (unsigned int wrong = 0; wrong < 2; wrong++) {
		go_el1(e);
		e->cpu.x[REG_SP] = MOD;
		e->cpu.x[30] = e->cpu.sys.elr_el1 =
			target_signed(to, key, MOD) ^ (uint64_t)wrong << 48;
		e->cpu.sys.spsr_el1 = 0x3c5;
		ck_assert_int_eq(branch_to(word), wrong ? 0x104 : 1);
	}
	/* ERETAA is UNDEFINED at EL0, whatever the code. */
	e->cpu.sys.elr_el1 = target_signed(to, key, MOD);
	go_el0(e);
	e->cpu.x[REG_SP] = MOD;
	e->cpu.x[30] = e->cpu.sys.elr_el1;
	ck_assert_int_eq(branch_to(word), 0x108);
	ck_assert_uint_eq(e->cpu.sys.elr_el1, _i < 2 ? to : CODE_PA);
}
END_TEST

START_TEST(load)
{
	enum a64_pauth_key key = _i & 1 ? PAUTH_DB : PAUTH_DA;
	uint32_t word = others[15 + _i] | 0x1ff << 12 | BIT(22); /* #-8 */
	uint64_t base = target_signed(DATA_PA, key, 0);

	ram_put(e, DATA_PA - 8, 0x1122334455667788);
	e->cpu.x[0] = base;
	ck_assert_int_eq(step(word), -1);
	ck_assert_uint_eq(e->cpu.x[1], 0x1122334455667788);
	/* Written back is the address without the code. */
	ck_assert_uint_eq(e->cpu.x[0], _i < 2 ? base : DATA_PA - 8);
	e->cpu.x[0] = base ^ BIT(57);
	e->cpu.x[1] = 7;
	ck_assert_int_eq(step(word), 4);
	ck_assert_uint_eq(esr_ec(e), EC_DABT_CUR);
	ck_assert_uint_eq(e->cpu.sys.far_el1,
			  (DATA_PA | (_i & 1 ? BIT(62) : BIT(61))) - 8);
	ck_assert_uint_eq(e->cpu.x[0], base ^ BIT(57));
	ck_assert_uint_eq(e->cpu.x[1], 7);
	/* #4088, of the stack pointer, which must be aligned. */
	word = (others[15 + _i] | 0x1ff << 12) + (31 << 5);
	ram_put(e, DATA_PA + 4088, 0x99);
	e->cpu.x[REG_SP] = base;
	set_sys(e, ENC_SCTLR, e->cpu.sys.sctlr_el1 | SCTLR_SA);
	ck_assert_int_eq(step(word), -1);
	ck_assert_uint_eq(e->cpu.x[1], 0x99);
	e->cpu.x[REG_SP] = target_signed(DATA_PA + 8, key, 0);
	ck_assert_int_eq(step(word), 4);
	ck_assert_uint_eq(esr_ec(e), EC_SP_ALIGNMENT);
}
END_TEST

/* Outside memory: a syndrome, but not with writeback. */
START_TEST(load_device)
{
	enum a64_pauth_key key = _i & 1 ? PAUTH_DB : PAUTH_DA;
	uint64_t base = target_signed(0x09000000, key, 0);

	e->cpu.x[0] = base;
	CODE(e, CODE_PA, others[15 + _i], ASM_HVC(1));
	go_el1(e);
	if (_i >= 2) {
		ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_NISV);
		return;
	}
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_MMIO);
	ck_assert_uint_eq(e->cpu.exit.mmio.gpa, 0x09000000);
	ck_assert_uint_eq(e->cpu.exit.mmio.len, 8);
	cpu_mmio_complete(&e->cpu, 0x1234);
	ck_assert_uint_eq(e->cpu.x[1], 0x1234);
	ck_assert_uint_eq(e->cpu.x[0], base);
}
END_TEST

/* ---- later levels -------------------------------------------------------- */

/* A pointer that is none: its code is wrong, with EPAC zero, with PAuth2 as
 * good as any. */
START_TEST(bad_extension)
{
	uint64_t field = GENMASK(63, 56) | GENMASK(54, 48);
	uint64_t bad = PTR | BIT(50), pac;

	pac = pac_qarma5(PTR, MOD, e->cpu.sys.pac_key[PAUTH_IA]) & field;
	ck_assert_uint_eq(of_x0_x1(PACIA_X0_X1, bad, MOD),
			  PTR | (pac ^ BIT(62)));
	has(CPU_PAUTH_QARMA5, 2, false);
	ck_assert_uint_eq(of_x0_x1(PACIA_X0_X1, bad, MOD), PTR);
	ck_assert_uint_eq(of_x0_x1(PACIA_X0_X1, PTR, MOD), PTR | pac);
	has(CPU_PAUTH_QARMA5, 3, false);
	ck_assert_uint_eq(of_x0_x1(PACIA_X0_X1, bad, MOD), bad ^ pac);
	ck_assert_uint_eq(of_x0_x1(AUTIA_X0_X1, bad ^ pac, MOD), bad);
	ck_assert_uint_eq(of_x0_x1(AUTIA_X0_X1, PTR ^ pac, MOD), PTR);
	/* Of the upper half: the code is or'ed exclusively to ones. */
	pac = pac_qarma5(~PTR, MOD, e->cpu.sys.pac_key[PAUTH_IA]) & field;
	ck_assert_uint_eq(of_x0_x1(PACIA_X0_X1, ~PTR, MOD), ~PTR ^ pac);
	ck_assert_uint_eq(of_x0_x1(AUTIA_X0_X1, ~PTR ^ pac, MOD), ~PTR);
}
END_TEST

/* FEAT_FPAC: of AUT; FEAT_FPACCOMBINE: of what uses the pointer, too. */
START_TEST(fails_at_once)
{
	static const uint32_t aut[] = {AUTIA_X0_X1, AUTIB_X0_X1, AUTDA_X0_X1,
				       AUTDB_X0_X1};

	for (unsigned int level = 3; level <= 5; level++) {
		has(CPU_PAUTH_QARMA5, level, false);
		for (unsigned int key = 0; key < 4; key++) {
			uint64_t x0 = target_signed(CODE_PA + 8, key, MOD);

			ck_assert_uint_eq(of_x0_x1(aut[key], x0, MOD),
					  CODE_PA + 8);
			e->cpu.x[0] = x0 ^ BIT(60);
			ck_assert_int_eq(step(aut[key]), level < 4 ? -1 : 4);
			if (level < 4) {
				ck_assert_uint_eq(e->cpu.x[0],
						  (CODE_PA + 8) ^ BIT(60));
				continue;
			}
			ck_assert_uint_eq(e->cpu.x[0], x0 ^ BIT(60));
			ck_assert_uint_eq(e->cpu.sys.esr_el1,
					  ESR_EC(EC_PAC_FAIL) | ESR_IL | key);
			ck_assert_uint_eq(e->cpu.sys.elr_el1, CODE_PA);
		}
		/* blraa x0, x1 */
		e->cpu.x[0] =
			target_signed(CODE_PA + 8, PAUTH_IA, MOD) ^ BIT(60);
		e->cpu.x[30] = 5;
		go_el1(e);
		ck_assert_int_eq(branch_to(0xd73f0801), 0x104);
		ck_assert_uint_eq(esr_ec(e),
				  level < 5 ? EC_IABT_CUR : EC_PAC_FAIL);
		ck_assert_uint_eq(e->cpu.x[30], level < 5 ? CODE_PA + 4 : 5);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cpu-pauth");
	TCase *tc = tcase_create("pauth");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, published_vector);
	tcase_add_test(tc, host_does_the_same);
	tcase_add_loop_test(tc, qemu_vector, 0, ARRAY_SIZE(pauth_vectors));
	tcase_add_loop_test(tc, operands, 0, ARRAY_SIZE(signers));
	tcase_add_loop_test(tc, enabled_by_its_bit, 0, ARRAY_SIZE(signers));
	tcase_add_loop_test(tc, absent, 0, ARRAY_SIZE(signers));
	tcase_add_loop_test(tc, trapped, 0, ARRAY_SIZE(signers));
	tcase_add_loop_test(tc, others_absent, 0, ARRAY_SIZE(others));
	tcase_add_loop_test(tc, others_trapped, 0, ARRAY_SIZE(others));
	tcase_add_test(tc, keys_are_registers);
	tcase_add_test(tc, control_bits);
	tcase_add_test(tc, tbid);
	tcase_add_test(tc, tbi_of_one_half);
	tcase_add_loop_test(tc, branch, 0, ARRAY_SIZE(branches));
	tcase_add_loop_test(tc, branch_back, 0, 4);
	tcase_add_loop_test(tc, load, 0, 4);
	tcase_add_loop_test(tc, load_device, 0, 4);
	tcase_add_test(tc, bad_extension);
	tcase_add_test(tc, fails_at_once);
	suite_add_tcase(s, tc);
	return check_run_engines(srunner_create(s));
}
