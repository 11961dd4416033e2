/* SPDX-License-Identifier: MIT */
/*
 * AES, SHA, SHA3 and the 64-bit PMULL by the host's instructions for them, if it has
 * them; cpu/host-x86-64-crypto.h says why these do what is asked. Those of
 * SHA exist without VEX only, and take XMM0.
 */
#include "jit/translate.h"

/* ---- AES, PMULL ---------------------------------------------------------- */

/* The key first, without MixColumns. */
static bool emit_aes_round(struct translation *t, const struct insn *i)
{
	int n, old, d;

	emit_fp_check(t);
	n = vreg_src(t, i->rn, 16);
	old = vreg_src(t, i->rd, 16);
	d = vreg_dst(t);
	x86_vex_rr(&t->c, X86_PXOR, XMM1, n, old);
	x86_vex_rr(&t->c, X86_PXOR, XMM0, XMM0, XMM0);
	x86_vex_rr(&t->c, i->op == A64_AESE ? X86_AESENCLAST : X86_AESDECLAST,
		   d, XMM1, XMM0);
	vreg_done(t, i->rd, d, 16);
	return true;
}

/* The last inverse round undoes what a whole round does before MixColumns. */
static bool emit_aes_mix(struct translation *t, const struct insn *i)
{
	int n, d;

	emit_fp_check(t);
	n = vreg_src(t, i->rn, 16);
	d = vreg_dst(t);
	if (i->op == A64_AESIMC) {
		x86_vex_rr(&t->c, X86_AESIMC, d, 0, n);
	} else {
		x86_vex_rr(&t->c, X86_PXOR, XMM0, XMM0, XMM0);
		x86_vex_rr(&t->c, X86_AESDECLAST, d, n, XMM0);
		x86_vex_rr(&t->c, X86_AESENC, d, d, XMM0);
	}
	vreg_done(t, i->rd, d, 16);
	return true;
}

static bool emit_pmull(struct translation *t, const struct insn *i)
{
	int n, m, d;

	emit_fp_check(t);
	n = vreg_src(t, i->rn, i->aux ? 16 : 8);
	m = vreg_src(t, i->rm, i->aux ? 16 : 8);
	d = vreg_dst(t);
	x86_vex_rr_i8(&t->c, X86_PCLMULQDQ, d, n, m, i->aux ? 0x11 : 0);
	vreg_done(t, i->rd, d, 16);
	return true;
}

/* ---- SHA ----------------------------------------------------------------- */

static void reverse(struct translation *t, int d, int n)
{
	x86_vex_rr_i8(&t->c, X86_PSHUFD, d, 0, n, 0x1b);
}

/* SHA256RNDS2 works on a b e f and c d g h, highest lane first, and does two
 * rounds: what was a b e f is then c d g h. */
static bool emit_sha256_rounds(struct translation *t, const struct insn *i)
{
	bool second = i->op == A64_SHA256H2;
	struct x86_code *c = &t->c;
	int abcd, efgh, d;

	emit_fp_check(t);
	abcd = vreg_src(t, second ? i->rn : i->rd, 16);
	efgh = vreg_src(t, second ? i->rd : i->rn, 16);
	x86_vex_rr(c, X86_MOVAPS, XMM0, 0, vreg_src(t, i->rm, 16));
	d = vreg_dst(t);
	x86_vex_rr(c, X86_PUNPCKLQDQ, XMM1, abcd, efgh);
	x86_vex_rr(c, X86_PUNPCKHQDQ, XMM2, abcd, efgh);
	reverse(t, XMM1, XMM1); /* a b e f */
	reverse(t, XMM2, XMM2); /* c d g h */
	x86_op_rr(c, X86_SHA256RNDS2, XMM2, XMM1);
	x86_vex_rr(c, X86_PUNPCKHQDQ, XMM0, XMM0, XMM0);
	x86_op_rr(c, X86_SHA256RNDS2, XMM1, XMM2);
	x86_vex_rr(c, second ? X86_PUNPCKLQDQ : X86_PUNPCKHQDQ, d, XMM2, XMM1);
	reverse(t, d, d);
	vreg_done(t, i->rd, d, 16);
	return true;
}

static bool emit_sha256_schedule(struct translation *t, const struct insn *i)
{
	struct x86_code *c = &t->c;
	int n, m, old, d;

	emit_fp_check(t);
	n = vreg_src(t, i->rn, 16);
	old = vreg_src(t, i->rd, 16);
	if (i->op == A64_SHA256SU0) {
		d = vreg_dst(t);
		x86_vex_rr(c, X86_MOVAPS, d, 0, old);
		x86_op_rr(c, X86_SHA256MSG1, d, n);
		vreg_done(t, i->rd, d, 16);
		return true;
	}
	/* The words of seven rounds ago: the top three of Vn, the lowest of
	 * Vm. */
	m = vreg_src(t, i->rm, 16);
	d = vreg_dst(t);
	x86_vex_rr_i8(c, X86_PALIGNR, d, m, n, 4);
	x86_vex_rr(c, X86_PADDD, d, d, old);
	x86_op_rr(c, X86_SHA256MSG2, d, m);
	vreg_done(t, i->rd, d, 16);
	return true;
}

/* Four rounds of SHA1, whose constants Arm's schedule has already and x86
 * adds: they are taken off. */
static bool emit_sha1_rounds(struct translation *t, const struct insn *i)
{
	uint32_t constant = i->op == A64_SHA1C   ? 0x5a827999
			    : i->op == A64_SHA1P ? 0x6ed9eba1
						 : 0x8f1bbcdc;
	unsigned int function = i->op == A64_SHA1C   ? 0
				: i->op == A64_SHA1P ? 1
						     : 2;
	struct x86_code *c = &t->c;
	int e, w, d;

	emit_fp_check(t);
	e = vreg_src(t, i->rn, 4);
	w = vreg_src(t, i->rm, 16);
	reverse(t, XMM1, vreg_src(t, i->rd, 16));
	x86_mov_ri(c, RAX, constant);
	x86_vex_rr(c, X86_MOVD_X, XMM0, 0, RAX);
	x86_vex_rr_i8(c, X86_PSHUFD, XMM0, 0, XMM0, 0);
	x86_vex_rr(c, X86_PSUBD, XMM0, w, XMM0);
	/* e is added to the first word, and nothing to the others. */
	x86_vex_rr_i8(c, X86_INSERTPS, XMM2, e, e, 0xe);
	x86_vex_rr(c, X86_PADDD, XMM0, XMM0, XMM2);
	reverse(t, XMM0, XMM0);
	x86_op_rr_i8(c, X86_SHA1RNDS4, XMM1, XMM0, function);
	d = vreg_dst(t);
	reverse(t, d, XMM1);
	vreg_done(t, i->rd, d, 16);
	return true;
}

/* @d = @n, each word or doubleword (@op) rotated left by @by. Uses @tmp, which none of
 * them may be. */
static void rotate(struct x86_code *c, uint32_t op, int d, int n,
		   unsigned int by, int tmp)
{
	unsigned int bits = op == X86_PSHIFTD ? 32 : 64;

	x86_vex_rr_i8(c, op, X86_PSRL, tmp, n, bits - by);
	x86_vex_rr_i8(c, op, X86_PSLL, d, n, by);
	x86_vex_rr(c, X86_POR, d, d, tmp);
}

static bool emit_sha1h(struct translation *t, const struct insn *i)
{
	int n, d;

	emit_fp_check(t);
	n = vreg_src(t, i->rn, 4);
	d = vreg_dst(t);
	rotate(&t->c, X86_PSHIFTD, d, n, 30, XMM0);
	vreg_done_scalar(t, i->rd, d, 4, 16);
	return true;
}

/* The words of 16, 14 and 8 rounds ago. */
static bool emit_sha1su0(struct translation *t, const struct insn *i)
{
	struct x86_code *c = &t->c;
	int old, n, m, d;

	emit_fp_check(t);
	old = vreg_src(t, i->rd, 16);
	n = vreg_src(t, i->rn, 8);
	m = vreg_src(t, i->rm, 16);
	d = vreg_dst(t);
	x86_vex_rr_i8(c, X86_PALIGNR, d, n, old, 8);
	x86_vex_rr(c, X86_PXOR, d, d, old);
	x86_vex_rr(c, X86_PXOR, d, d, m);
	vreg_done(t, i->rd, d, 16);
	return true;
}

/* And of three rounds ago, which for the last word is the first, made here. */
static bool emit_sha1su1(struct translation *t, const struct insn *i)
{
	struct x86_code *c = &t->c;
	int old, n, d;

	emit_fp_check(t);
	old = vreg_src(t, i->rd, 16);
	n = vreg_src(t, i->rn, 16);
	d = vreg_dst(t);
	x86_vex_rr_i8(c, X86_PSHIFTQ, X86_PSRLDQ, XMM1, n, 4);
	x86_vex_rr(c, X86_PXOR, XMM1, XMM1, old);
	rotate(&t->c, X86_PSHIFTD, d, XMM1, 1, XMM0);
	x86_vex_rr_i8(c, X86_PSHIFTQ, X86_PSLLDQ, XMM1, d, 12);
	rotate(&t->c, X86_PSHIFTD, XMM2, XMM1, 1, XMM0);
	x86_vex_rr(c, X86_PXOR, d, d, XMM2);
	vreg_done(t, i->rd, d, 16);
	return true;
}

/* ---- SHA3 ---------------------------------------------------------------- */

static bool emit_three_ways(struct translation *t, const struct insn *i)
{
	int n, m, a, d;

	emit_fp_check(t);
	n = vreg_src(t, i->rn, 16);
	m = vreg_src(t, i->rm, 16);
	a = vreg_src(t, i->ra, 16);
	d = vreg_dst(t);
	x86_vex_rr(&t->c, i->op == A64_EOR3 ? X86_PXOR : X86_PANDN, XMM0, a, m);
	x86_vex_rr(&t->c, X86_PXOR, d, n, XMM0);
	vreg_done(t, i->rd, d, 16);
	return true;
}

static bool emit_rax1(struct translation *t, const struct insn *i)
{
	int n, m, d;

	emit_fp_check(t);
	n = vreg_src(t, i->rn, 16);
	m = vreg_src(t, i->rm, 16);
	d = vreg_dst(t);
	rotate(&t->c, X86_PSHIFTQ, XMM0, m, 1, XMM1);
	x86_vex_rr(&t->c, X86_PXOR, d, n, XMM0);
	vreg_done(t, i->rd, d, 16);
	return true;
}

/* By 0 the shift left is by 64, which leaves nothing. */
static bool emit_xar(struct translation *t, const struct insn *i)
{
	int n, m, d;

	emit_fp_check(t);
	n = vreg_src(t, i->rn, 16);
	m = vreg_src(t, i->rm, 16);
	d = vreg_dst(t);
	x86_vex_rr(&t->c, X86_PXOR, XMM0, n, m);
	rotate(&t->c, X86_PSHIFTQ, d, XMM0, 64 - i->aux, XMM1);
	vreg_done(t, i->rd, d, 16);
	return true;
}

/* ---- the choice ---------------------------------------------------------- */

emit_fn *crypto_emitter(const struct insn *i)
{
	switch (i->op) {
	case A64_AESE:
	case A64_AESD: return emit_aes_round;
	case A64_AESMC:
	case A64_AESIMC: return emit_aes_mix;
	case A64_PMULL_1q: return emit_pmull;
	case A64_SHA1C:
	case A64_SHA1P:
	case A64_SHA1M: return emit_sha1_rounds;
	case A64_SHA1H: return emit_sha1h;
	case A64_SHA1SU0: return emit_sha1su0;
	case A64_SHA1SU1: return emit_sha1su1;
	case A64_SHA256H:
	case A64_SHA256H2: return emit_sha256_rounds;
	case A64_SHA256SU0:
	case A64_SHA256SU1: return emit_sha256_schedule;
	case A64_EOR3:
	case A64_BCAX: return emit_three_ways;
	case A64_RAX1: return emit_rax1;
	case A64_XAR: return emit_xar;
	default: return NULL;
	}
}
