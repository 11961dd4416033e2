/* SPDX-License-Identifier: MIT */
/*
 * Copies of elements: DUP, INS, UMOV, SMOV; and modified immediates.
 */
#include "jit/simd.h"

static simd_ops insert = {X86_PINSRB, X86_PINSRW, X86_PINSRD,
			  X86_PINSRD | X86_W};
static simd_ops extract = {X86_PEXTRB, X86_PEXTRW, X86_PEXTRD,
			   X86_PEXTRD | X86_W};

/* ---- DUP ----------------------------------------------------------------- */

/* Without an instruction for it: bytes become words first. */
static void broadcast_plain(struct x86_code *c, unsigned int lane, int d, int n)
{
	if (lane == 2) {
		x86_vex_rr_i8(c, X86_PSHUFD, d, 0, n, 0);
		return;
	}
	if (lane == 0) {
		x86_vex_rr(c, X86_PUNPCKLBW, d, n, n);
		n = d;
	}
	if (lane <= 1) {
		x86_vex_rr_i8(c, X86_PSHUFLW, d, 0, n, 0);
		n = d;
	}
	x86_vex_rr(c, X86_PUNPCKLQDQ, d, n, n);
}

void simd_broadcast(struct translation *t, unsigned int lane, int d, int n)
{
	static simd_ops ops = {X86_PBROADCASTB, X86_PBROADCASTW,
			       X86_PBROADCASTD, X86_PBROADCASTQ};

	if (x86_has(&t->c, X86_AVX2))
		x86_vex_rr(&t->c, ops[lane], d, 0, n);
	else
		broadcast_plain(&t->c, lane, d, n);
}

/* @d = lane @k of @n below, what follows it above. */
static void bring_down(struct translation *t, int d, int n, unsigned int bytes)
{
	x86_vex_rr_i8(&t->c, X86_PSHIFTQ, X86_PSRLDQ, d, n, bytes);
}

static bool emit_dup(struct translation *t, const struct insn *i)
{
	unsigned int lane = simd_lane(i);
	int n, d;

	emit_fp_check(t);
	n = vreg_src(t, i->rn, 16);
	d = vreg_dst(t);
	if (i->aux) {
		bring_down(t, d, n, i->aux << lane);
		n = d;
	}
	simd_broadcast(t, lane, d, n);
	simd_done(t, i, d, 16);
	return true;
}

static bool emit_dup_general(struct translation *t, const struct insn *i)
{
	unsigned int lane = simd_lane(i);
	int n, d;

	emit_fp_check(t);
	n = greg_src(t, i->rn, RAX);
	d = vreg_dst(t);
	x86_vex_rr(&t->c, X86_MOVD_X | (lane == 3 ? X86_W : 0), d, 0, n);
	simd_broadcast(t, lane, d, d);
	simd_done(t, i, d, 16);
	return true;
}

/* DUP of a scalar: through a general register unless it can be moved as it
 * stands. */
static bool emit_dup_scalar(struct translation *t, const struct insn *i)
{
	unsigned int lane = simd_lane(i);
	int n, d;

	emit_fp_check(t);
	n = vreg_src(t, i->rn, 16);
	d = vreg_dst(t);
	if (lane == 3) {
		bring_down(t, d, n, 8 * i->aux);
	} else {
		x86_vex_rr_i8(&t->c, extract[lane], n, 0, RAX, i->aux);
		x86_vex_rr(&t->c, X86_MOVD_X, d, 0, RAX);
	}
	vreg_done_scalar(t, i->rd, d, lane == 3 ? 8 : 4,
			 lane == 3 && !i->aux ? 16 : 0);
	return true;
}

/* ---- INS, UMOV, SMOV ----------------------------------------------------- */

static bool emit_ins_general(struct translation *t, const struct insn *i)
{
	int n, old, d;

	emit_fp_check(t);
	n = greg_src(t, i->rn, RAX);
	old = vreg_src(t, i->rd, 16);
	d = vreg_dst(t);
	x86_vex_rr_i8(&t->c, insert[simd_lane(i)], d, old, n, i->aux);
	vreg_done(t, i->rd, d, 16);
	return true;
}

/* Doublewords by which of both halves comes from where. */
static void insert_d(struct x86_code *c, int d, int old, int n, unsigned int to,
		     unsigned int from)
{
	if (to == from && x86_has(c, X86_AVX2))
		x86_vex_rr_i8(c, X86_PBLENDD, d, old, n, to ? 0xc : 3);
	else if (to == from)
		x86_vex_rr_i8(c, X86_FSHUF | X86_PD, d, to ? old : n,
			      to ? n : old, 2);
	else if (to)
		x86_vex_rr(c, X86_PUNPCKLQDQ, d, old, n);
	else
		x86_vex_rr(c, X86_PUNPCKHQDQ, d, n, old);
}

/* aux: the lane of the destination, imm: of the source. */
static bool emit_ins(struct translation *t, const struct insn *i)
{
	unsigned int lane = simd_lane(i);
	struct x86_code *c = &t->c;
	int n, old, d;

	emit_fp_check(t);
	n = vreg_src(t, i->rn, 16);
	old = vreg_src(t, i->rd, 16);
	d = vreg_dst(t);
	switch (lane) {
	case 3: insert_d(c, d, old, n, i->aux, i->imm); break;
	case 2:
		x86_vex_rr_i8(c, X86_INSERTPS, d, old, n,
			      i->imm << 6 | i->aux << 4);
		break;
	default:
		x86_vex_rr_i8(c, extract[lane], n, 0, RAX, i->imm);
		x86_vex_rr_i8(c, insert[lane], d, old, RAX, i->aux);
	}
	vreg_done(t, i->rd, d, 16);
	return true;
}

static bool emit_umov(struct translation *t, const struct insn *i)
{
	int d = greg_dst_host(i->rd, RAX), n;

	emit_fp_check(t);
	n = vreg_src(t, i->rn, 16);
	x86_vex_rr_i8(&t->c, extract[simd_lane(i)], n, 0, d, i->aux);
	greg_done(t, i->rd, d);
	return true;
}

static bool emit_smov(struct translation *t, const struct insn *i)
{
	int d = greg_dst_host(i->rd, RAX), n;
	unsigned int lane = simd_lane(i);

	emit_fp_check(t);
	n = vreg_src(t, i->rn, 16);
	x86_vex_rr_i8(&t->c, extract[lane], n, 0, RAX, i->aux);
	x86_movsx_rr(&t->c, 1u << lane, i->form == SIZE_X ? 8 : 4, d, RAX);
	greg_done(t, i->rd, d);
	return true;
}

/* ---- modified immediates ------------------------------------------------- */

/* @x = @v in both halves. */
static void immediate(struct translation *t, int x, uint64_t v)
{
	if (!v) {
		x86_vex_rr(&t->c, X86_PXOR, x, x, x);
	} else if (v == UINT64_MAX) {
		simd_ones(t, x);
	} else if (v >> 32 == (uint32_t)v) {
		x86_mov_ri(&t->c, RAX, (uint32_t)v);
		x86_vex_rr(&t->c, X86_MOVD_X, x, 0, RAX);
		simd_broadcast(t, 2, x, x);
	} else {
		emit_constant(t, RAX, v);
		x86_vex_rr(&t->c, X86_MOVD_X | X86_W, x, 0, RAX);
		simd_broadcast(t, 3, x, x);
	}
}

static bool emit_movi(struct translation *t, const struct insn *i)
{
	int d;

	emit_fp_check(t);
	d = vreg_dst(t);
	immediate(t, d, i->imm);
	simd_done(t, i, d, i->imm ? 16 : 0);
	return true;
}

/* ORR, BIC */
static bool emit_logic_imm(struct translation *t, const struct insn *i)
{
	bool bic = i->op == A64_BIC_imm_32 || i->op == A64_BIC_imm_16;
	int old, d;

	emit_fp_check(t);
	old = simd_src(t, i, i->rd);
	d = vreg_dst(t);
	immediate(t, XMM0, i->imm);
	x86_vex_rr(&t->c, bic ? X86_PANDN : X86_POR, d, XMM0, old);
	simd_done(t, i, d, bic ? vreg_zeros(t, old) : 16);
	return true;
}

emit_fn *simd_copy_emitter(const struct insn *i)
{
	switch (i->op) {
	case A64_DUP_el: return emit_dup;
	case A64_DUP_s: return emit_dup_scalar;
	case A64_DUP_gen: return emit_dup_general;
	case A64_INS_gen: return emit_ins_general;
	case A64_INS_el: return emit_ins;
	case A64_UMOV: return emit_umov;
	case A64_SMOV: return emit_smov;
	case A64_MOVI_32:
	case A64_MOVI_16:
	case A64_MOVI_msl:
	case A64_MOVI_8:
	case A64_MOVI_64:
	case A64_FMOV_imm_h:
	case A64_FMOV_imm_s:
	case A64_FMOV_imm_d:
	case A64_MVNI_32:
	case A64_MVNI_16:
	case A64_MVNI_msl: return emit_movi;
	case A64_ORR_imm_32:
	case A64_ORR_imm_16:
	case A64_BIC_imm_32:
	case A64_BIC_imm_16: return emit_logic_imm;
	default: return NULL;
	}
}
