/* SPDX-License-Identifier: MIT */
/*
 * Shifts of lanes, by a constant and by another register's lanes. x86 has none of
 * bytes: those are shifted as words, and what has come from the neighbour is
 * masked.
 */
#include "jit/simd.h"

simd_ops simd_shift = {0, X86_PSHIFTW, X86_PSHIFTD, X86_PSHIFTQ};

static unsigned int lane_bits(const struct insn *i)
{
	return 8u << simd_lane(i);
}

/* XMM0 = @v in each byte. */
static void byte_mask(struct translation *t, uint8_t v)
{
	x86_mov_ri(&t->c, RAX, v);
	x86_vex_rr(&t->c, X86_MOVD_X, XMM0, 0, RAX);
	simd_broadcast(t, 0, XMM0, XMM0);
}

/* ---- by a constant ------------------------------------------------------- */

static void shift_left(struct translation *t, const struct insn *i, int d,
		       int n)
{
	unsigned int lane = simd_lane(i);

	simd_shift_lanes(t, lane ? lane : 1, X86_PSLL, d, n, i->imm);
	if (lane)
		return;
	byte_mask(t, 0xff << i->imm);
	x86_vex_rr(&t->c, X86_PAND, d, d, XMM0);
}

static void shift_right(struct translation *t, const struct insn *i, int d,
			int n)
{
	unsigned int lane = simd_lane(i);

	simd_shift_lanes(t, lane ? lane : 1, X86_PSRL, d, n, i->imm);
	if (lane)
		return;
	byte_mask(t, 0xff >> i->imm);
	x86_vex_rr(&t->c, X86_PAND, d, d, XMM0);
}

/* With sign: of bytes what takes it into account later, (n ^ s) - s with the place
 * s where it has come to; of doublewords what the sign adds above. */
static void shift_right_signed(struct translation *t, const struct insn *i,
			       int d, int n)
{
	unsigned int lane = simd_lane(i), by = i->imm;
	struct x86_code *c = &t->c;

	switch (lane) {
	case 0:
		if (by == 8)
			by = 7;
		simd_shift_lanes(t, 1, X86_PSRL, d, n, by);
		byte_mask(t, 0xff >> by);
		x86_vex_rr(c, X86_PAND, d, d, XMM0);
		byte_mask(t, 0x80 >> by);
		x86_vex_rr(c, X86_PXOR, d, d, XMM0);
		x86_vex_rr(c, X86_PSUBB, d, d, XMM0);
		break;
	case 3:
		x86_vex_rr(c, X86_PXOR, XMM0, XMM0, XMM0);
		x86_vex_rr(c, X86_PCMPGTQ, XMM0, XMM0, n);
		simd_shift_lanes(t, 3, X86_PSLL, XMM0, XMM0, 64 - by);
		simd_shift_lanes(t, 3, X86_PSRL, d, n, by);
		x86_vex_rr(c, X86_POR, d, d, XMM0);
		break;
	default: simd_shift_lanes(t, lane, X86_PSRA, d, n, by);
	}
}

static bool emit_shift_left(struct translation *t, const struct insn *i)
{
	int n, d;

	emit_fp_check(t);
	n = simd_src(t, i, i->rn);
	d = vreg_dst(t);
	shift_left(t, i, d, n);
	simd_done(t, i, d, vreg_zeros(t, n));
	return true;
}

/* How a right shift does it. */
enum { SIGNED = 1, ADDS = 2, ROUNDS = 4 };

static unsigned int manner(const struct insn *i)
{
	switch (i->op) {
	case A64_SSHR_v:
	case A64_SSHR_s: return SIGNED;
	case A64_SSRA_v:
	case A64_SSRA_s: return SIGNED | ADDS;
	case A64_USRA_v:
	case A64_USRA_s: return ADDS;
	case A64_SRSHR_v:
	case A64_SRSHR_s: return SIGNED | ROUNDS;
	case A64_URSHR_v:
	case A64_URSHR_s: return ROUNDS;
	case A64_SRSRA_v:
	case A64_SRSRA_s: return SIGNED | ADDS | ROUNDS;
	case A64_URSRA_v:
	case A64_URSRA_s: return ADDS | ROUNDS;
	default: return 0;
	}
}

void simd_add_rounding(struct translation *t, unsigned int lane, int d, int n,
		       unsigned int by)
{
	unsigned int bits = 8u << lane;

	simd_shift_lanes(t, lane, X86_PSLL, XMM0, n, bits - by);
	simd_shift_lanes(t, lane, X86_PSRL, XMM0, XMM0, bits - 1);
	x86_vex_rr(&t->c, simd_add[lane], d, d, XMM0);
}

/* SSHR, USHR; SSRA, USRA, which add it; and those that round. */
static bool emit_shift_right(struct translation *t, const struct insn *i)
{
	unsigned int how = manner(i), zeros;
	bool add = how & ADDS;
	int n, d;

	if (how & ROUNDS && !simd_lane(i))
		return false;
	emit_fp_check(t);
	n = simd_src(t, i, i->rn);
	d = vreg_dst(t);
	(how & SIGNED ? shift_right_signed : shift_right)(t, i, d, n);
	if (how & ROUNDS)
		simd_add_rounding(t, simd_lane(i), d, n, i->imm);
	zeros = vreg_zeros(t, n);
	if (add) {
		x86_vex_rr(&t->c, simd_add[simd_lane(i)], d, d,
			   simd_src(t, i, i->rd));
		zeros = 16;
	}
	simd_done(t, i, d, zeros);
	return true;
}

/*
 * SLI, SRI: the bits that the shift leaves free are the destination's: those it
 * had, shifted out and back.
 */
static bool emit_insert(struct translation *t, const struct insn *i)
{
	bool left = i->op == A64_SLI_v || i->op == A64_SLI_s;
	unsigned int lane = simd_lane(i), rest = lane_bits(i) - i->imm;
	int n, old, d;

	if (!lane)
		return false;
	emit_fp_check(t);
	n = simd_src(t, i, i->rn);
	old = simd_src(t, i, i->rd);
	d = vreg_dst(t);
	simd_shift_lanes(t, lane, left ? X86_PSLL : X86_PSRL, XMM0, n, i->imm);
	simd_shift_lanes(t, lane, left ? X86_PSLL : X86_PSRL, d, old, rest);
	simd_shift_lanes(t, lane, left ? X86_PSRL : X86_PSLL, d, d, rest);
	x86_vex_rr(&t->c, X86_POR, d, d, XMM0);
	simd_done(t, i, d, 16);
	return true;
}

/* ---- by a register ------------------------------------------------------- */

/*
 * USHL and SSHL of words and doublewords: to the left by the lowest byte, to
 * the right if that is negative. Of both ways x86 makes nothing of what is too
 * far, as the byte is for the other way; a shift by zero is the same twice. With
 * sign, which fills, the byte's sign chooses.
 */
static bool emit_variable(struct translation *t, const struct insn *i)
{
	bool sign = i->op == A64_SSHL_v || i->op == A64_SSHL_s;
	unsigned int lane = simd_lane(i);
	struct x86_code *c = &t->c;
	struct x86_mem low;
	int n, m, d;

	if (lane < 2 || (sign && lane == 3))
		return false;
	emit_fp_check(t);
	n = simd_src(t, i, i->rn);
	m = simd_src(t, i, i->rm);
	d = vreg_dst(t);
	low = pool(t, lane == 2 ? POOL_LOW_BYTE_S : POOL_LOW_BYTE_D);
	x86_vex_rm(c, X86_PAND, XMM0, m, low);
	x86_vex_rr(c, X86_PXOR, XMM1, XMM1, XMM1);
	x86_vex_rr(c, simd_sub[lane], XMM1, XMM1, m);
	x86_vex_rm(c, X86_PAND, XMM1, XMM1, low);
	x86_vex_rr(c, lane == 2 ? X86_PSLLVD : X86_PSLLVQ, XMM0, n, XMM0);
	if (sign) {
		x86_vex_rr(c, X86_PSRAVD, XMM1, n, XMM1);
		simd_shift_lanes(t, 2, X86_PSLL, XMM2, m, 24);
		x86_vex_rr_i8(c, X86_BLENDVPS, d, XMM0, XMM1, XMM2 << 4);
	} else {
		x86_vex_rr(c, lane == 2 ? X86_PSRLVD : X86_PSRLVQ, XMM1, n,
			   XMM1);
		x86_vex_rr(c, X86_POR, d, XMM0, XMM1);
	}
	simd_done(t, i, d, vreg_zeros(t, n));
	return true;
}

emit_fn *simd_shift_emitter(const struct insn *i)
{
	switch (i->op) {
	case A64_SHL_v:
	case A64_SHL_s: return emit_shift_left;
	case A64_SSHR_v:
	case A64_SSHR_s:
	case A64_USHR_v:
	case A64_USHR_s:
	case A64_SSRA_v:
	case A64_SSRA_s:
	case A64_USRA_v:
	case A64_USRA_s:
	case A64_SRSHR_v:
	case A64_SRSHR_s:
	case A64_URSHR_v:
	case A64_URSHR_s:
	case A64_SRSRA_v:
	case A64_SRSRA_s:
	case A64_URSRA_v:
	case A64_URSRA_s: return emit_shift_right;
	case A64_SLI_v:
	case A64_SLI_s:
	case A64_SRI_v:
	case A64_SRI_s: return emit_insert;
	case A64_SSHL_v:
	case A64_SSHL_s:
	case A64_USHL_v:
	case A64_USHL_s: return emit_variable;
	default: return NULL;
	}
}
