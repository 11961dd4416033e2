/* SPDX-License-Identifier: MIT */
/*
 * Permutations: ZIP, UZP, TRN, EXT, REV, table lookups; and pairwise operations,
 * which are those of the even and the odd lanes.
 */
#include "jit/simd.h"

simd_ops simd_zip_low = {X86_PUNPCKLBW, X86_PUNPCKLWD, X86_PUNPCKLDQ,
			 X86_PUNPCKLQDQ};
simd_ops simd_zip_high = {X86_PUNPCKHBW, X86_PUNPCKHWD, X86_PUNPCKHDQ,
			  X86_PUNPCKHQDQ};

/* ---- ZIP, UZP, TRN ------------------------------------------------------- */

static bool emit_zip(struct translation *t, const struct insn *i)
{
	bool high = i->op == A64_ZIP2, half = simd_bytes(i) == 8;
	unsigned int lane = simd_lane(i);
	struct x86_code *c = &t->c;
	int n, m, d;

	emit_fp_check(t);
	n = simd_src(t, i, i->rn);
	m = simd_src(t, i, i->rm);
	d = vreg_dst(t);
	/* Of half registers, both results in one. */
	x86_vex_rr(c, (high && !half ? simd_zip_high : simd_zip_low)[lane], d,
		   n, m);
	if (high && half)
		x86_vex_rr_i8(c, X86_PSHIFTQ, X86_PSRLDQ, d, d, 8);
	simd_done(t, i, d, high ? 8 : 16);
	return true;
}

void simd_unzip(struct translation *t, unsigned int lane, unsigned int bytes,
		bool odd, int d, int n, int m)
{
	struct x86_mem order = pool(t, (odd ? POOL_ODD_B : POOL_EVEN_B) + lane);
	struct x86_code *c = &t->c;

	if (lane == 3) {
		x86_vex_rr(c, odd ? X86_PUNPCKHQDQ : X86_PUNPCKLQDQ, d, n, m);
	} else if (bytes == 8) {
		x86_vex_rr(c, X86_PUNPCKLQDQ, d, n, m);
		x86_vex_rm(c, X86_PSHUFB, d, d, order);
	} else if (lane == 2) {
		x86_vex_rr_i8(c, X86_FSHUF, d, n, m, odd ? 0xdd : 0x88);
	} else {
		x86_vex_rm(c, X86_PSHUFB, XMM0, n, order);
		x86_vex_rm(c, X86_PSHUFB, d, m, order);
		x86_vex_rr(c, X86_PUNPCKLQDQ, d, XMM0, d);
	}
}

static bool emit_unzip(struct translation *t, const struct insn *i)
{
	int n, m, d;

	emit_fp_check(t);
	n = simd_src(t, i, i->rn);
	m = simd_src(t, i, i->rm);
	d = vreg_dst(t);
	simd_unzip(t, simd_lane(i), simd_bytes(i), i->op == A64_UZP2, d, n, m);
	simd_done(t, i, d, 8);
	return true;
}

static bool emit_transpose(struct translation *t, const struct insn *i)
{
	bool odd = i->op == A64_TRN2;
	unsigned int lane = simd_lane(i), bits = 8u << lane;
	int n, m, d;

	emit_fp_check(t);
	n = simd_src(t, i, i->rn);
	m = simd_src(t, i, i->rm);
	d = vreg_dst(t);
	if (lane == 3) {
		x86_vex_rr(&t->c, odd ? X86_PUNPCKHQDQ : X86_PUNPCKLQDQ, d, n,
			   m);
	} else if (odd) {
		simd_shift_lanes(t, lane + 1, X86_PSRL, XMM0, n, bits);
		simd_shift_lanes(t, lane + 1, X86_PSRL, d, m, bits);
		simd_shift_lanes(t, lane + 1, X86_PSLL, d, d, bits);
		x86_vex_rr(&t->c, X86_POR, d, d, XMM0);
	} else {
		simd_shift_lanes(t, lane + 1, X86_PSLL, XMM0, n, bits);
		simd_shift_lanes(t, lane + 1, X86_PSRL, XMM0, XMM0, bits);
		simd_shift_lanes(t, lane + 1, X86_PSLL, d, m, bits);
		x86_vex_rr(&t->c, X86_POR, d, d, XMM0);
	}
	simd_done(t, i, d, 16);
	return true;
}

/* ---- EXT, REV ------------------------------------------------------------ */

static bool emit_ext(struct translation *t, const struct insn *i)
{
	struct x86_code *c = &t->c;
	int n, m, d;

	emit_fp_check(t);
	n = simd_src(t, i, i->rn);
	m = simd_src(t, i, i->rm);
	d = vreg_dst(t);
	if (simd_bytes(i) == 16) {
		x86_vex_rr_i8(c, X86_PALIGNR, d, m, n, i->aux);
	} else {
		x86_vex_rr(c, X86_PUNPCKLQDQ, d, n, m);
		x86_vex_rr_i8(c, X86_PSHIFTQ, X86_PSRLDQ, d, d, i->aux);
	}
	simd_done(t, i, d, 16);
	return true;
}

static bool emit_rev(struct translation *t, const struct insn *i)
{
	enum pool_constant first = i->op == A64_REV64_v   ? POOL_REV64_B
				   : i->op == A64_REV32_v ? POOL_REV32_B
							  : POOL_REV16_B;
	int n, d;

	emit_fp_check(t);
	n = simd_src(t, i, i->rn);
	d = vreg_dst(t);
	x86_vex_rm(&t->c, X86_PSHUFB, d, n, pool(t, first + simd_lane(i)));
	simd_done(t, i, d, vreg_zeros(t, n));
	return true;
}

/* ---- table lookup -------------------------------------------------------- */

/* @d = ones in the bytes of @n below @limit. */
static void in_range(struct translation *t, int d, int n, uint8_t limit)
{
	x86_mov_ri(&t->c, RAX, limit - 1);
	x86_vex_rr(&t->c, X86_MOVD_X, d, 0, RAX);
	simd_broadcast(t, 0, d, d);
	x86_vex_rr(&t->c, X86_PMINUB, d, d, n);
	x86_vex_rr(&t->c, X86_PCMPEQB, d, d, n);
}

/*
 * Bytes of each table register by indices less where it begins. PSHUFB takes
 * four bits, or none if bit 7 is set: so it is when those that are out of
 * range have grown by 0x70; the rest keep what they are.
 */
static bool emit_table(struct translation *t, const struct insn *i)
{
	struct x86_code *c = &t->c;
	int index, d, old = X86_NO_REG;

	emit_fp_check(t);
	index = simd_src(t, i, i->rm);
	if (i->op == A64_TBX)
		old = simd_src(t, i, i->rd);
	d = vreg_dst(t);
	x86_vex_rr(c, X86_MOVAPS, XMM1, 0, index);
	for (int64_t k = 0; k < i->imm; k++) {
		int r = k ? XMM0 : d;

		if (k)
			x86_vex_rm(c, X86_PSUBB, XMM1, XMM1,
				   pool(t, POOL_0X10));
		x86_vex_rm(c, X86_PADDUSB, r, XMM1, pool(t, POOL_0X70));
		x86_vex_rr(c, X86_PSHUFB, r, vreg_src(t, (i->rn + k) & 31, 16),
			   r);
		if (k)
			x86_vex_rr(c, X86_POR, d, d, XMM0);
	}
	if (old >= 0) {
		in_range(t, XMM0, index, 16 * i->imm);
		x86_vex_rr_i8(c, X86_PBLENDVB, d, old, d, XMM0 << 4);
	}
	simd_done(t, i, d, 16);
	return true;
}

/* ---- pairwise ------------------------------------------------------------ */

static bool emit_pairwise(struct translation *t, const struct insn *i)
{
	unsigned int lane = simd_lane(i), bytes = simd_bytes(i);
	const uint32_t *op;
	int n, m, d;

	switch (i->op) {
	case A64_ADDP_v: op = simd_add; break;
	case A64_SMAXP_v: op = simd_max_signed; break;
	case A64_SMINP_v: op = simd_min_signed; break;
	case A64_UMAXP_v: op = simd_max_unsigned; break;
	default: op = simd_min_unsigned;
	}
	emit_fp_check(t);
	n = simd_src(t, i, i->rn);
	m = simd_src(t, i, i->rm);
	d = vreg_dst(t);
	simd_unzip(t, lane, bytes, false, XMM1, n, m);
	simd_unzip(t, lane, bytes, true, d, n, m);
	x86_vex_rr(&t->c, op[lane], d, d, XMM1);
	simd_done(t, i, d, 8);
	return true;
}

emit_fn *simd_permute_emitter(const struct insn *i)
{
	switch (i->op) {
	case A64_ZIP1:
	case A64_ZIP2: return emit_zip;
	case A64_UZP1:
	case A64_UZP2: return emit_unzip;
	case A64_TRN1:
	case A64_TRN2: return emit_transpose;
	case A64_EXT: return emit_ext;
	case A64_REV64_v:
	case A64_REV32_v:
	case A64_REV16_v: return emit_rev;
	case A64_TBL:
	case A64_TBX: return emit_table;
	case A64_ADDP_v:
	case A64_SMAXP_v:
	case A64_SMINP_v:
	case A64_UMAXP_v:
	case A64_UMINP_v: return emit_pairwise;
	default: return NULL;
	}
}
