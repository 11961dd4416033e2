/* SPDX-License-Identifier: MIT */
/*
 * Random A64 instruction streams and the register states they start from.
 *
 * A stream of loads and stores gives each of its instructions a base register
 * of its own (X16 and up, never a destination) that is set so that the access
 * falls in the compared window; the index registers (X24 and up) hold small
 * values. A stream of one instruction may use any registers.
 */
#include <stdlib.h>
#include <string.h>

#include "insn-gen-a32.h"

const char *const gen_group_names[NR_GEN_GROUPS] = {
	"int",      "branch",   "ldst",     "atomic",     "fp",
	"simd",     "crypto",   "a32-int",  "a32-branch", "a32-ldst",
	"a32-vfp",  "a32-neon", "t32-int",  "t32-branch", "t32-ldst",
	"t32-vfp",  "t32-neon", "sve-pred", "sve-int",    "sve-fp",
	"sve-ldst", "sve-mm",   "sve2-int", "sve2-fp",    "mte",
};

/* ---- randomness ---------------------------------------------------------- */

static uint64_t rng[2];

void gen_seed(uint64_t seed)
{
	for (unsigned int i = 0; i < 2; i++) {
		uint64_t z = seed += UINT64_C(0x9e3779b97f4a7c15);

		z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
		z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
		rng[i] = z ^ (z >> 31);
	}
}

/* xoroshiro128+ */
uint64_t gen_random(void)
{
	uint64_t a = rng[0], b = rng[1], r = a + b;

	b ^= a;
	rng[0] = (a << 24 | a >> 40) ^ b ^ (b << 16);
	rng[1] = b << 37 | b >> 27;
	return r;
}

bool gen_chance(unsigned int percent)
{
	return gen_below(100) < percent;
}

/* ---- instructions -------------------------------------------------------- */

static bool is_ldst(uint32_t w)
{
	return FLD(w, 27, 27) && !FLD(w, 25, 25);
}

static bool is_dc_zva(uint32_t w)
{
	return (w & 0xffffffe0) == 0xd50b7420;
}

static bool is_fpsimd(uint32_t w)
{
	return FLD(w, 26, 26);
}

static unsigned int rt_of(uint32_t w)
{
	return FLD(w, 4, 0);
}

static unsigned int rn_of(uint32_t w)
{
	return FLD(w, 9, 5);
}

/* The register a memory access takes its address from. */
static unsigned int base_of(uint32_t w)
{
	return is_dc_zva(w) ? rt_of(w) : rn_of(w);
}

static unsigned int rt2_of(uint32_t w)
{
	return FLD(w, 14, 10);
}

static unsigned int rs_of(uint32_t w)
{
	return FLD(w, 20, 16);
}

static bool same_pair(uint32_t w)
{
	return rt_of(w) == rt2_of(w);
}

static bool pair_base(uint32_t w)
{
	return rn_of(w) != 31 &&
	       (rn_of(w) == rt_of(w) || rn_of(w) == rt2_of(w));
}

static bool single_base(uint32_t w)
{
	return rn_of(w) != 31 && rn_of(w) == rt_of(w);
}

static bool status_clash(uint32_t w)
{
	return rs_of(w) == rt_of(w) ||
	       (rs_of(w) == rn_of(w) && rn_of(w) != 31) ||
	       (FLD(w, 21, 21) && rs_of(w) == rt2_of(w));
}

static bool casp_at_30(uint32_t w)
{
	return rs_of(w) == 30;
}

static bool any_registers(uint32_t w)
{
	return true;
}

/*
 * CONSTRAINED UNPREDICTABLE (two implementations may differ and be right), or
 * wrong in QEMU.
 */
static const struct {
	uint32_t mask, value;
	bool (*clash)(uint32_t w);
	const char *reason;
} unpredictable[] = {
	{0x3a400000, 0x28400000, same_pair, "LDP with Rt == Rt2"},
	{0x3e800000, 0x28800000, pair_base, "LDP/STP writeback, Rn == Rt"},
	{0x3f200400, 0x38000400, single_base, "LDR/STR writeback, Rn == Rt"},
	{0x3fc00000, 0x08000000, status_clash, "STXR with Rs == Rt, Rn"},
	{0x3fe00000, 0x08600000, same_pair, "LDXP with Rt == Rt2"},
	{0xbfa00000, 0x08200000, casp_at_30,
	 "QEMU 7.2: CASP with Rs == X30 writes SP, not XZR"},
	{0xfff0fc00, 0x5f10fc00, any_registers,
	 "QEMU 7.2: FCVTZS Hd, Hn, #fbits extends the sign to 32 bits"},
	{0xfffff800, 0x45604800, any_registers,
	 "QEMU 7.2: UQXTNB, UQXTNT of 64 bits takes them as signed"},
};

bool gen_predictable(uint32_t w)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(unpredictable); i++)
		if ((w & unpredictable[i].mask) == unpredictable[i].value &&
		    unpredictable[i].clash(w))
			return false;
	return true;
}

/* MSR, MRS, SYS and hints: only what acts on the compared state. */
static bool is_compared(const struct insn_row *row)
{
	static const uint32_t compared[] = {
		0xd53b4200, 0xd51b4200, /* NZCV */
		0xd53b4420, 0xd51b4420, /* FPSR */
		0xd53b4400,             /* FPCR; writing it: QEMU's max
					 * has FZ16 and the AArch32 fields */
	};

	/* Pointer authentication: the other side's keys are not ours to set,
	 * tests/cpu/test-pauth.c has its own vectors. */
	if (row->class == INSN_BRANCH &&
	    (row->value & 0xfe000800) == 0xd6000800)
		return false;
	if ((row->value & 0xffc00000) != 0xd5000000 || is_dc_zva(row->value))
		return true;
	if (row->class == INSN_INT)
		return true;
	for (unsigned int i = 0; i < ARRAY_SIZE(compared); i++)
		if (row->value == compared[i] && row->mask == 0xffffffe0)
			return true;
	return false;
}

enum gen_group gen_row_group(const struct insn_row *row)
{
	if (!is_compared(row))
		return NR_GEN_GROUPS;
	if (row->op == A64_DC_ZVA)
		return GEN_LDST;
	switch (row->class) {
	case INSN_INT:
	case INSN_SYS: return GEN_INT;
	case INSN_BRANCH: return GEN_BRANCH;
	case INSN_ATOMIC: return GEN_ATOMIC;
	case INSN_LDST:
	case INSN_VLDST: return GEN_LDST;
	case INSN_FP: return GEN_FP;
	case INSN_SIMD: return is_ldst(row->value) ? GEN_LDST : GEN_SIMD;
	case INSN_CRYPTO: return GEN_CRYPTO;
	case INSN_SVE: /* in the order of all.def */
		return row->op < A64_SVE_ADD     ? GEN_SVE_PRED
		       : row->op < A64_SVE_SMMLA ? GEN_SVE_INT
		       : row->op < A64_SVE_MUL   ? GEN_SVE_MM
						 : GEN_SVE2_INT;
	case INSN_SVE_FP:
		return row->op < A64_SVE_SMMLA ? GEN_SVE_FP
		       : row->op < A64_SVE_MUL ? GEN_SVE_MM
					       : GEN_SVE2_FP;
	case INSN_SVE_LDST: return GEN_SVE_LDST;
	case INSN_MTE: return GEN_MTE;
	default: return NR_GEN_GROUPS;
	}
}

const struct insn_row *gen_random_row(enum gen_group group)
{
	unsigned int n;
	const struct insn_row *rows = insn_rows(&n), *row;

	do
		row = &rows[gen_below(n)];
	while (gen_row_group(row) != group);
	return row;
}

/* Make two register fields equal now and then: overlap is where bodies err. */
static uint32_t alias_registers(const struct insn_row *row, uint32_t w)
{
	static const struct {
		uint8_t to, from;
	} pairs[] = {{0, 5}, {0, 16}, {5, 16}, {16, 5}, {0, 10}, {5, 0}};
	unsigned int k = gen_below(ARRAY_SIZE(pairs));
	uint32_t m = 31u << pairs[k].to;

	if (row->mask & (m | 31u << pairs[k].from))
		return w;
	return (w & ~m) | (w >> pairs[k].from & 31) << pairs[k].to;
}

uint32_t gen_row_word(const struct insn_row *row)
{
	uint32_t w = row->value | ((uint32_t)gen_random() & ~row->mask);

	if (gen_chance(25))
		w = alias_registers(row, w);
	return w;
}

bool gen_row_valid(const struct insn_row *row, uint32_t *word)
{
	struct insn out;

	for (unsigned int i = 0; i < 2000; i++) {
		*word = gen_row_word(row);
		if (insn_decode(*word, &out) == row && gen_predictable(*word))
			return true;
	}
	return false;
}

/* ---- values -------------------------------------------------------------- */

static uint64_t random_integer(void)
{
	static const uint64_t edges[] = {
		0,
		1,
		2,
		0x7f,
		0x80,
		0xff,
		0x7fff,
		0x8000,
		0xffff,
		0x7fffffff,
		0x80000000,
		0xffffffff,
		0x100000000,
		0x7fffffffffffffff,
		0x8000000000000000,
		0xfffffffffffffffe,
		0xffffffffffffffff,
		0xffffffff80000000,
		0x5555555555555555,
		0xaaaaaaaaaaaaaaaa,
	};

	switch (gen_below(5)) {
	case 0: return edges[gen_below(ARRAY_SIZE(edges))];
	case 1: return gen_below(64) - 32ll;
	case 2: return gen_random() >> gen_below(64);
	case 3: return ~(gen_random() >> gen_below(64));
	default: return gen_random();
	}
}

/* A floating-point number of 16, 32 or 64 bits with @mant mantissa bits. */
static uint64_t random_float(unsigned int bits, unsigned int mant)
{
	unsigned int expbits = bits - 1 - mant;
	uint64_t maxexp = BIT(expbits) - 1, bias = maxexp >> 1;
	uint64_t sign = gen_random() & 1, exp, frac;

	switch (gen_below(8)) {
	case 0: exp = 0; break;                         /* zero, denormal */
	case 1: exp = maxexp; break;                    /* inf, NaN */
	case 2: exp = 1 + gen_below(2); break;          /* smallest normal */
	case 3: exp = maxexp - 1 - gen_below(2); break; /* largest */
	case 4: exp = gen_random() & maxexp; break;
	case 5: exp = bias + gen_below(2 * mant); break; /* integer range */
	default: exp = bias - 4 + gen_below(9); break;
	}
	exp &= maxexp;
	switch (gen_below(6)) {
	case 0: frac = 0; break;
	case 1: frac = 1; break;
	case 2: frac = BIT(mant) - 1; break;
	case 3: frac = BIT(mant - 1) | (gen_random() & gen_random() & 3); break;
	case 4: frac = gen_random() << gen_below(mant); break;
	default: frac = gen_random(); break;
	}
	return sign << (bits - 1) | exp << mant | (frac & (BIT(mant) - 1));
}

static uint64_t random_lanes(unsigned int kind)
{
	uint64_t v = 0;

	switch (kind) {
	case 0: return random_float(64, 52);
	case 1: return random_float(32, 23) << 32 | random_float(32, 23);
	case 2:
		for (unsigned int i = 0; i < 4; i++)
			v = v << 16 | random_float(16, 10);
		return v;
	case 3:
		for (unsigned int i = 0; i < 8; i++)
			v = v << 8 | (random_integer() & 0xff);
		return v;
	case 4:
		for (unsigned int i = 0; i < 4; i++)
			v = v << 16 | (random_integer() & 0xffff);
		return v;
	case 5: return random_integer() << 32 | (uint32_t)random_integer();
	case 6: return random_integer();
	default: return gen_random();
	}
}

void gen_state(struct diff_state *s, enum gen_group group)
{
	/* FP: mostly values of one size, so that operands meet their kind. */
	unsigned int fp = gen_chance(60) ? 0 : 1, kind;

	memset(s, 0, sizeof(*s));
	for (unsigned int i = 0; i < 31; i++)
		s->x[i] = i && gen_chance(10) ? s->x[gen_below(i)]
					      : random_integer();
	s->sp = random_integer();
	for (unsigned int i = 0; i < 32; i++) {
		if (i && gen_chance(10)) {
			memcpy(s->v[i], s->v[gen_below(i)], 16);
			continue;
		}
		kind = group == GEN_FP && gen_chance(75) ? fp : gen_below(8);
		s->v[i][0] = random_lanes(kind);
		s->v[i][1] = random_lanes(kind);
	}
	s->nzcv = (uint32_t)gen_below(16) << 28;
	if (gen_chance(60))
		s->fpcr = gen_below(32) << 22; /* AHP DN FZ RMode */
	if (gen_chance(40))
		s->fpcr |= BIT(19); /* FZ16 */
	if (gen_chance(50))
		s->fpsr = (uint32_t)gen_random() & 0x0800009f;
}

/* Few are all true or false, few at random: what is in between is where bodies err. */
static void random_predicate(uint64_t p[4], unsigned int vl)
{
	unsigned int kind = gen_below(6), size = gen_below(4);
	unsigned int until = gen_below(vl + 1);

	for (unsigned int k = 0; k < 4; k++) {
		static const uint64_t elements[] = {
			~UINT64_C(0), 0x5555555555555555, 0x1111111111111111,
			0x0101010101010101};
		uint64_t w =
			kind == 0   ? 0
			: kind <= 2 ? ~UINT64_C(0)
			: kind == 3 ? gen_random() & gen_random() & gen_random()
				    : gen_random();

		if (gen_chance(60))
			w &= elements[size];
		/* Up to some element. */
		if (kind == 2 && until < 64 * k + 64)
			w &= until > 64 * k ? BIT(until - 64 * k) - 1 : 0;
		if (vl < 64 * k + 64)
			w &= vl > 64 * k ? BIT(vl - 64 * k) - 1 : 0;
		p[k] = w;
	}
}

static bool is_sve_fp(enum gen_group group)
{
	return group == GEN_SVE_FP || group == GEN_SVE2_FP ||
	       group == GEN_SVE_MM;
}

void gen_state_sve(struct diff_sve *sve, struct diff_state *s,
		   enum gen_group group, unsigned int vl)
{
	unsigned int fp = gen_below(3), kind;

	memset(sve, 0, sizeof(*sve));
	for (unsigned int i = 0; i < 32; i++) {
		if (i && gen_chance(10)) {
			memcpy(sve->z[i], sve->z[gen_below(i)], vl);
		} else {
			kind = is_sve_fp(group) && gen_chance(75)
				       ? fp
				       : gen_below(8);
			for (unsigned int k = 0; k < vl / 8; k++)
				sve->z[i][k] = random_lanes(kind);
		}
		memcpy(s->v[i], sve->z[i], 16);
	}
	for (unsigned int i = 0; i < 17; i++)
		random_predicate(sve->p[i], vl);
	/* FFR: of what first-faulting loads leave. */
	if (gen_chance(50))
		memset(sve->p[16], 0xff, vl / 8);
}

/* ---- loads, stores, atomics ---------------------------------------------- */

/* LDAPUR, STLUR */
static bool is_ldapur(uint32_t w)
{
	return (w & 0x3f200c00) == 0x19000000;
}

/* The register index of a load or store that adds one (or would add it back
 * after a SIMD structure access); 0xff: none. */
static unsigned int index_register(uint32_t w)
{
	if ((w & 0x3b200c00) == 0x38200800) /* register offset */
		return rs_of(w);
	if ((w & 0xbe800000) == 0x0c800000 && rs_of(w) != 31) /* LD1.. post */
		return rs_of(w);
	return 0xff;
}

static int64_t immediate_offset(uint32_t w)
{
	unsigned int scale;

	if ((w & 0x3b000000) == 0x39000000) { /* unsigned imm12 */
		scale = FLD(w, 31, 30);
		if (is_fpsimd(w) && FLD(w, 23, 23))
			scale = 4;
		return (int64_t)FLD(w, 21, 10) << scale;
	}
	if ((w & 0x3a000000) == 0x28000000) { /* pairs */
		if (FLD(w, 24, 23) == 1)
			return 0; /* post-index */
		scale = is_fpsimd(w) ? 2 + FLD(w, 31, 30) : 2 + FLD(w, 31, 31);
		return sext64(FLD(w, 21, 15), 7) * (1 << scale);
	}
	if (is_ldapur(w))
		return sext64(FLD(w, 20, 12), 9);
	if ((w & 0x3b200000) == 0x38000000 && FLD(w, 11, 10) != 1)
		return sext64(FLD(w, 20, 12), 9);
	return 0;
}

static bool is_literal(uint32_t w)
{
	return (w & 0x3b000000) == 0x18000000;
}

/* Exclusive, ordered or LSE: must be aligned. */
static bool is_atomic(uint32_t w)
{
	return (w & 0x3f000000) == 0x08000000 ||
	       (w & 0x3b200c00) == 0x38200000 || is_ldapur(w);
}

/* Bytes such an access covers: its alignment. */
static unsigned int atomic_align(uint32_t w)
{
	bool exclusive = (w & 0x3f000000) == 0x08000000;
	unsigned int size = 1u << FLD(w, 31, 30);

	if (exclusive && !FLD(w, 23, 23) && FLD(w, 21, 21)) {
		/* LDXP/STXP; with bit 31 clear it is CASP (4 or 8 each) */
		if (!FLD(w, 31, 31))
			return 8u << FLD(w, 30, 30);
		return 2 * size;
	}
	return size;
}

static bool is_load_exclusive(uint32_t w)
{
	return (w & 0x3fc00000) == 0x08400000 &&
	       !(FLD(w, 21, 21) && !FLD(w, 31, 31));
}

/* The store exclusive that goes with a load exclusive: other value, status
 * and order bits, same size and base. */
static uint32_t matching_store(uint32_t w, unsigned int rs, unsigned int rt)
{
	w &= ~(BIT(22) | 31u << 16 | 31u | BIT(15));
	return w | rs << 16 | rt | (uint32_t)(gen_random() & BIT(15));
}

/* Random registers in a stream: destinations below 16 or ZR, base x16 + k,
 * index x24 and up. */
static uint32_t stream_registers(uint32_t w, unsigned int k)
{
	unsigned int idx = index_register(w);
	bool exclusive = (w & 0x3f000000) == 0x08000000;
	bool pair = (w & 0x3a000000) == 0x28000000;
	bool lse = (w & 0x3b200c00) == 0x38200000;

	if (is_literal(w))
		return is_fpsimd(w) || rt_of(w) == 31 ? w : w & ~16u;
	if (is_dc_zva(w))
		return (w & ~31u) | (16 + k);
	w = (w & ~(31u << 5)) | (16 + k) << 5;
	if (idx != 0xff)
		w = (w & ~(31u << 16)) | (24 + gen_below(7)) << 16;
	if (is_fpsimd(w))
		return w;
	if (!gen_chance(10) || rt_of(w) != 31)
		w &= ~16u;
	if ((pair || exclusive) && rt2_of(w) != 31)
		w &= ~(16u << 10);
	if ((exclusive || lse) && rs_of(w) != 31)
		w &= ~(16u << 16);
	return w;
}

static void set_base(struct diff_case *c, unsigned int k)
{
	uint32_t w = c->words[k], idx = index_register(w);
	uint64_t pc = DIFF_CODE + c->slot * DIFF_SLOT + 4 * k;
	uint64_t va = DIFF_WINDOW_MID - 160 + gen_below(256);
	unsigned int align = is_atomic(w) ? atomic_align(w) : 1;

	if (is_literal(w)) {
		va &= ~UINT64_C(3);
		c->words[k] = (w & ~(0x7ffffu << 5)) |
			      ((uint32_t)((va - pc) >> 2) & 0x7ffff) << 5;
		return;
	}
	if (gen_chance(70) && align < 16)
		align = 16;
	va &= ~(uint64_t)(align - 1);
	va -= immediate_offset(w);
	if (idx < 31 && (w & 0x3b200c00) == 0x38200800) {
		/* small and of either sign; high garbage where only a W
		 * register counts */
		int64_t off = (int)gen_below(17) - 8;

		if (FLD(w, 13, 13) == 0) {
			off = FLD(w, 15, 15) ? off : (int64_t)gen_below(9);
			c->in.x[idx] = (uint32_t)off | gen_random() << 32;
		} else {
			c->in.x[idx] = off;
		}
	} else if (idx < 31) {
		c->in.x[idx] = random_integer();
	}
	if (base_of(w) == 31 && is_ldapur(w))
		c->words[k] &= ~((align - 1) << 12); /* of the offset */
	if (base_of(w) == 31)
		c->in.sp = va & ~UINT64_C(15);
	else
		c->in.x[base_of(w)] = va;
}

void gen_memory(struct diff_case *c)
{
	c->uses_mem = 1;
	for (unsigned int i = 0; i < DIFF_WINDOW_SIZE; i += 8) {
		uint64_t v = gen_chance(30) ? random_integer() : gen_random();

		memcpy(&c->mem_in[i], &v, 8);
	}
}

/* Index values must suit every instruction of a stream: small, positive. */
static void stream_indexes(struct diff_case *c)
{
	for (unsigned int r = 24; r < 31; r++)
		c->in.x[r] = gen_below(9);
}

static bool is_store_exclusive(uint32_t w)
{
	return (w & 0x3fc00000) == 0x08000000 &&
	       !(FLD(w, 21, 21) && !FLD(w, 31, 31));
}

/*
 * A store exclusive to the address of a load exclusive of another size is
 * CONSTRAINED UNPREDICTABLE: give it another base.
 */
static bool mixes_exclusives(const struct diff_case *c, unsigned int k)
{
	uint32_t w = c->words[k];

	if (!is_store_exclusive(w))
		return false;
	for (unsigned int i = k - 1; i >= 1; i--)
		if (is_load_exclusive(c->words[i]))
			/* The same but for the tag. */
			return !((c->in.x[rn_of(c->words[i])] ^
				  c->in.x[rn_of(w)])
				 << 8) &&
			       ((w ^ c->words[i]) & 0xc0200000);
	return false;
}

static bool gen_ldst(struct diff_case *c, unsigned int k, unsigned int n,
		     const struct insn_row **rows)
{
	uint32_t w = c->words[k];
	struct insn out;

	if (n > 1) {
		w = stream_registers(w, k - 1);
		if (k > 1 && is_load_exclusive(c->words[k - 1]) &&
		    gen_chance(80)) {
			w = matching_store(c->words[k - 1], gen_below(16),
					   gen_below(16));
		}
		rows[k - 1] = insn_decode(w, &out);
		if (!rows[k - 1] || !gen_predictable(w))
			return false;
		c->words[k] = w;
	} else if (index_register(w) == rn_of(w) ||
		   (is_dc_zva(w) && rt_of(w) == 31)) {
		return false; /* no base suits */
	}
	set_base(c, k);
	if (n > 1)
		stream_indexes(c);
	return !mixes_exclusives(c, k);
}

/* ---- branches ------------------------------------------------------------ */

#define BRANCH_MARKERS 9

/* A branch at words[1], then markers: how many of them were skipped shows in
 * X0. */
static void gen_branch(struct diff_case *c)
{
	uint32_t w = c->words[1], t = 1 + gen_below(BRANCH_MARKERS);
	uint64_t pc = DIFF_CODE + c->slot * DIFF_SLOT + 4;

	if ((w & 0x7c000000) == 0x14000000) /* B, BL */
		w = (w & ~0x3ffffffu) | t;
	else if ((w & 0xfe000000) == 0x54000000 ||
		 (w & 0x7e000000) == 0x34000000) /* B.cond, CBZ */
		w = (w & ~(0x7ffffu << 5)) | t << 5;
	else if ((w & 0x7e000000) == 0x36000000) /* TBZ */
		w = (w & ~(0x3fffu << 5)) | t << 5;
	else { /* BR, BLR, RET: not XZR, address 0 isn't mapped */
		w &= rn_of(w) == 31 ? ~(16u << 5) : ~0u;
		c->in.x[rn_of(w)] = pc + 4 * t;
	}
	c->words[1] = w;
	for (unsigned int i = 0; i < BRANCH_MARKERS; i++)
		c->words[2 + i] = i & 1 ? 0x93c00c00  /* ror x0, x0, #3 */
					: 0x91000400; /* add x0, x0, #1 */
	c->n_words = 1 + BRANCH_MARKERS;
}

/* ---- cases --------------------------------------------------------------- */

/* The rows of each group, found once. */
static const struct insn_row **group_rows[NR_GEN_GROUPS];
static unsigned int group_count[NR_GEN_GROUPS];

static void find_groups(void)
{
	unsigned int n;
	const struct insn_row *rows = insn_rows(&n);

	for (unsigned int g = 0; g < NR_GEN_GROUPS; g++) {
		if (gen_group_is_a32(g))
			continue;
		group_rows[g] = calloc(n + 1, sizeof(rows));
		for (unsigned int i = 0; i < n; i++)
			if (gen_row_group(&rows[i]) == g)
				group_rows[g][group_count[g]++] = &rows[i];
	}
}

/* What may come behind a MOVPRFX at words[k]: it has the same Zd, predicate and
 * size, and another Zm. */
static void gen_movprfx(struct diff_case *c, unsigned int k,
			const struct insn_row **rows)
{
	static const enum a64_op ops[] = {A64_SVE_ADD_pg, A64_SVE_SUB_pg,
					  A64_SVE_SMULH_pg, A64_SVE_EOR_pg,
					  A64_SVE_LSL_pg};
	const struct insn_row *row = insn_row(ops[gen_below(ARRAY_SIZE(ops))]);
	uint32_t w = c->words[k], zd = FLD(w, 4, 0);
	bool pg = rows[k - 1]->op == A64_SVE_MOVPRFX_pg;
	uint32_t same = pg ? w & 0x00c01c00 : gen_random() & 0x00c01c00;

	c->words[k + 1] =
		row->value | same | ((zd + 1 + gen_below(31)) & 31) << 5 | zd;
	rows[k] = row;
}

static bool is_movprfx(const struct insn_row *row)
{
	return row->op == A64_SVE_MOVPRFX || row->op == A64_SVE_MOVPRFX_pg;
}

/* An instruction of a stream of @group, which for GEN_MTE has @beside's, too. */
static const struct insn_row *choose_row(enum gen_group group,
					 enum gen_group beside)
{
	bool tagged = group == GEN_MTE;
	const struct insn_row *row;

	if (tagged && gen_chance(4))
		return insn_row(A64_MSR_imm_TCO);
	if (tagged && gen_chance(50))
		group = beside;
	do
		row = group_rows[group][gen_below(group_count[group])];
	while (tagged && !gen_tags_compared(row));
	return row;
}

/* False: words[@k] won't do. */
static bool gen_access(struct diff_case *c, unsigned int k, unsigned int n,
		       enum gen_group group, const struct insn_row **rows)
{
	if (rows[k - 1]->class == INSN_MTE)
		return gen_mte(c, k, n, group);
	if (rows[k - 1]->op == A64_MSR_imm_TCO)
		return true;
	if (!(group == GEN_SVE_LDST ? gen_sve_ldst(c, k, n)
				    : gen_ldst(c, k, n, rows)))
		return false;
	if (c->tagged)
		gen_tag_base(c, k);
	return true;
}

bool gen_needs_256_bits(enum a64_op op)
{
	return op >= A64_SVE_FMMLA_d && op <= A64_SVE_LD1RO_zi;
}

/*
 * UNDEFINED, or what QEMU 7.2 does not do: of vectors that are no multiple of 256 bits the
 * rest is zero (C8.2, FMMLA, UZP1, UZP2: result is Zeros(VL) before their pairs or segments).
 */
static bool suits_length(enum a64_op op, unsigned int vl)
{
	if (!gen_needs_256_bits(op) || vl % 32 == 0)
		return true;
	return vl > 32 && op != A64_SVE_FMMLA_d && op != A64_SVE_UZP1_q &&
	       op != A64_SVE_UZP2_q;
}

/*
 * Of WHILERW and WHILEWR: addresses that are near. Of ones that are less than an element
 * apart QEMU 7.2 says that they conflict, where the manual's quotient is zero and they
 * don't (C8.2, diff): there are none.
 */
static void set_pointers(struct diff_case *c, unsigned int k)
{
	uint32_t rn = rn_of(c->words[k]), rm = rs_of(c->words[k]);
	uint64_t from;

	for (unsigned int r = 0; r < 31; r++)
		c->in.x[r] &= ~UINT64_C(7);
	if (rm == 31)
		return;
	from = rn == 31 ? 0 : c->in.x[rn];
	if (gen_chance(75))
		c->in.x[rm] = from + 8 * (gen_below(100) - UINT64_C(50));
}

bool gen_case(struct diff_case *c, enum gen_group group, uint32_t slot,
	      const struct insn_row *only, unsigned int max,
	      const struct insn_row *rows[DIFF_MAX_INSNS])
{
	static const enum gen_group tagged[] = {GEN_LDST, GEN_ATOMIC,
						GEN_SVE_LDST};
	enum gen_group beside = group == GEN_MTE ? tagged[gen_below(3)] : group;
	bool memory = beside == GEN_LDST || beside == GEN_ATOMIC ||
		      beside == GEN_SVE_LDST;
	const struct insn_row *row;
	unsigned int n = 1, tries = 0;

	c->tagged = group == GEN_MTE;
	if (gen_group_is_a32(group))
		return gen_case_a32(c, group, slot, only, max, rows);
	if (!group_rows[0])
		find_groups();
	if (!group_count[group])
		return false;
	c->slot = slot;
	c->uses_mem = 0;
	c->isa = c->end_isa = ISA_A64;
	c->shift = 0;
	gen_state(&c->in, group);
	/* QEMU leaves the rest of Z as it is in some rows (insn-README). */
	if (c->tagged && beside != GEN_SVE_LDST)
		c->vl = 0;
	if (c->vl)
		gen_state_sve(&c->sve_in, &c->in, group, c->vl);
	if (max > 1 && group != GEN_BRANCH && gen_chance(85))
		n = 2 + gen_below(max - 1);
	if (memory)
		gen_memory(c);
	if (c->tagged)
		gen_tags(c);
	for (unsigned int k = 1; k <= n; k++) {
		do {
			row = only ? only : choose_row(group, beside);
			if (!gen_row_valid(row, &c->words[k]) || tries++ > 1000)
				return false;
			rows[k - 1] = row;
			if (row->op == A64_FJCVTZS)     /* QEMU issue 2375 */
				c->in.fpcr &= ~BIT(24); /* FZ */
		} while (!suits_length(row->op, c->vl) ||
			 (memory && !gen_access(c, k, n, beside, rows)));
	}
	for (unsigned int k = 1; k <= n; k++)
		if (rows[k - 1]->op == A64_SVE_WHILEWR ||
		    rows[k - 1]->op == A64_SVE_WHILERW)
			set_pointers(c, k);
	for (unsigned int k = 1; k < n; k++)
		if (is_movprfx(rows[k - 1]))
			gen_movprfx(c, k, rows);
	if (is_movprfx(rows[n - 1])) {
		if (n < DIFF_MAX_INSNS)
			gen_movprfx(c, n++, rows);
		else
			n--;
	}
	c->n = n;
	c->n_words = n;
	if (group == GEN_BRANCH)
		gen_branch(c);
	gen_finish(c);
	return true;
}

void gen_finish(struct diff_case *c)
{
	uint64_t pc = DIFF_CODE + c->slot * DIFF_SLOT + 4 * (c->n_words + 1);

	if (c->isa != ISA_A64) {
		gen_finish_a32(c);
		return;
	}
	c->words[0] = 0xd53bd05e; /* mrs x30, tpidr_el0 */
	c->words[c->n_words + 1] =
		0x14000000 |
		((uint32_t)((int64_t)(DIFF_TRAMPOLINE - pc) >> 2) & 0x3ffffff);
}
