/* SPDX-License-Identifier: MIT */
/*
 * Vector floating point: arrangements 4S, 2S and 2D, all lanes at once. If one
 * of them does not stand all leave to the body.
 */
#include "jit/fp.h"
#include "jit/simd.h"

/* ---- operands and results ------------------------------------------------ */

static unsigned int vector_bytes(const struct insn *i)
{
	return fp_bytes(i) * i->aux;
}

/* Of half a register there must be zeros above, for which no operation signals
 * anything: in @tmp if need be. */
static int source(struct translation *t, const struct insn *i, unsigned int g,
		  int tmp)
{
	unsigned int bytes = vector_bytes(i);
	int x = vreg_src(t, g, bytes);

	if (vreg_zeros(t, x) <= bytes || bytes == 16)
		return x;
	x86_vex_rr(&t->c, X86_MOVQ, tmp, 0, x);
	return tmp;
}

static void done(struct translation *t, const struct insn *i, int d,
		 unsigned int zeros)
{
	if (vector_bytes(i) == 16)
		vreg_done(t, i->rd, d, 16);
	else
		vreg_done_scalar(t, i->rd, d, 8, zeros);
}

/* A side exit if a lane of the mask @x is set. */
static void exit_if_any(struct translation *t, int x)
{
	x86_vex_rr(&t->c, X86_PMOVMSKB, RAX, 0, x);
	x86_test_rr(&t->c, 4, RAX, RAX);
	exit_here(t, x86_jcc(&t->c, CC_NE));
	flags_lose(t);
}

enum { CMP_EQ, CMP_LT, CMP_LE, CMP_UNORDERED }; /* predicates of X86_FCMP */

/* XMM1 = lanes of singles that are denormal or the smallest normal number. */
static void find_denormal(struct translation *t, int r)
{
	struct x86_code *c = &t->c;

	x86_vex_rm(c, X86_PAND, XMM1, r, pool(t, POOL_ABS_S));
	x86_vex_rm(c, X86_PADDD, XMM1, XMM1, pool(t, POOL_ABS_S));
	x86_vex_rm(c, X86_MOVAPS, XMM0, 0, pool(t, POOL_ABOVE_LEAST));
	x86_vex_rr(c, X86_PCMPGTD, XMM1, XMM0, XMM1);
}

/* The same @a twice is a result. */
static void exit_nan(struct translation *t, const struct insn *i, int a, int b)
{
	bool flushes = t->flushes && a == b;

	if (flushes)
		find_denormal(t, a);
	x86_vex_rr_i8(&t->c, X86_FCMP | fp_packed_type(i), XMM0, a, b,
		      CMP_UNORDERED);
	if (flushes)
		x86_vex_rr(&t->c, X86_POR, XMM0, XMM0, XMM1);
	exit_if_any(t, XMM0);
}

void fp_vector_exit_nan(struct translation *t, const struct insn *i, int r)
{
	exit_nan(t, i, r, r);
}

/* Neither NaN nor the smallest normal number. */
void fp_vector_exit_unsettled(struct translation *t, const struct insn *i,
			      int r)
{
	struct x86_code *c = &t->c;

	if (t->flushes) {
		find_denormal(t, r);
	} else {
		x86_vex_rm(c, X86_PAND, XMM1, r, fp_pool(t, i, POOL_ABS_S));
		x86_vex_rm(c, simd_equal[i->size], XMM1, XMM1,
			   fp_pool(t, i, POOL_MIN_NORMAL_S));
	}
	x86_vex_rr_i8(c, X86_FCMP | fp_packed_type(i), XMM0, r, r,
		      CMP_UNORDERED);
	x86_vex_rr(c, X86_POR, XMM0, XMM0, XMM1);
	exit_if_any(t, XMM0);
}

/* The second operand; @element: element imm in all lanes. First of all, for it
 * needs the whole register, which may be the other operand as well. */
static int second(struct translation *t, const struct insn *i, bool element)
{
	int m, x = XMM3;

	if (!element)
		return source(t, i, i->rm, x);
	m = vreg_src(t, i->rm, 16);
	x86_vex_rr_i8(&t->c, X86_PSHUFD, x, 0, m,
		      i->size == FP_DOUBLE ? (i->imm ? 0xee : 0x44)
					   : i->imm * 0x55);
	if (vector_bytes(i) == 8)
		x86_vex_rr(&t->c, X86_MOVQ, x, 0, x);
	return x;
}

/* ---- arithmetic ---------------------------------------------------------- */

static bool emit_two(struct translation *t, const struct insn *i)
{
	int n, m, d;
	uint32_t op;

	switch (i->op) {
	case A64_FADD_vector: op = X86_FADD; break;
	case A64_FSUB_vector:
	case A64_FABD_vector: op = X86_FSUB; break;
	case A64_FDIV_vector: op = X86_FDIV; break;
	default: op = X86_FMUL;
	}
	/* 0 / 0 above would signal. */
	if (op == X86_FDIV && vector_bytes(i) == 8)
		return false;
	emit_fp_mode_check(t);
	m = second(t, i, i->op == A64_FMUL_elem);
	n = source(t, i, i->rn, XMM2);
	d = vreg_dst(t);
	x86_vex_rr(&t->c, op | fp_packed_type(i), d, n, m);
	if (op == X86_FADD || op == X86_FSUB)
		exit_nan(t, i, d, d); /* tiny sums are exact */
	else
		fp_vector_exit_unsettled(t, i, d);
	if (i->op == A64_FABD_vector)
		x86_vex_rm(&t->c, X86_FAND, d, d, fp_pool(t, i, POOL_ABS_S));
	/* A difference of zeros may be -0. */
	done(t, i, d, op == X86_FSUB ? 16 : 8);
	return true;
}

/* FMLA, FMLS */
static bool emit_muladd(struct translation *t, const struct insn *i)
{
	bool sub = i->op == A64_FMLS_vector || i->op == A64_FMLS_elem;
	int n, m, a, d;

	emit_fp_mode_check(t);
	m = second(t, i, i->op == A64_FMLA_elem || i->op == A64_FMLS_elem);
	n = source(t, i, i->rn, XMM2);
	a = source(t, i, i->rd, XMM1);
	d = vreg_dst(t);
	x86_vex_rr(&t->c, X86_MOVAPS, d, 0, n);
	x86_vex_rr(&t->c,
		   (sub ? X86_FNMADD : X86_FMADD) |
			   (i->size == FP_DOUBLE ? X86_W : 0),
		   d, m, a);
	fp_vector_exit_unsettled(t, i, d);
	done(t, i, d, 16);
	return true;
}

bool fp_vector_chained(struct translation *t, const struct insn *i, bool sub,
		       bool element)
{
	uint32_t type = fp_packed_type(i);
	int m = second(t, i, element), n = source(t, i, i->rn, XMM2);
	int a = source(t, i, i->rd, XMM1), d = vreg_dst(t);

	x86_vex_rr(&t->c, X86_FMUL | type, XMM3, n, m);
	x86_vex_rr(&t->c, (sub ? X86_FSUB : X86_FADD) | type, d, a, XMM3);
	exit_nan(t, i, d, d);
	done(t, i, d, 16);
	return true;
}

/* As of scalars, fp-scalar.c. */
static bool emit_max_min(struct translation *t, const struct insn *i)
{
	bool max = i->op == A64_FMAX_vector || i->op == A64_FMAXNM_vector;
	uint32_t op = (max ? X86_FMAX : X86_FMIN) | fp_packed_type(i);
	int n, m, d;

	emit_fp_mode_check(t);
	n = source(t, i, i->rn, XMM2);
	m = source(t, i, i->rm, XMM3);
	exit_nan(t, i, n, m);
	d = vreg_dst(t);
	x86_vex_rr(&t->c, op, XMM0, n, m);
	x86_vex_rr(&t->c, op, d, m, n);
	x86_vex_rr(&t->c, max ? X86_FAND : X86_FOR, d, d, XMM0);
	done(t, i, d, 8);
	return true;
}

/* FADDP of whole registers and of the first two elements. */
static bool emit_addp(struct translation *t, const struct insn *i)
{
	bool scalar = i->op == A64_FADDP_scalar;
	unsigned int bytes = fp_bytes(i);
	int n, d;

	if (!scalar && vector_bytes(i) == 8)
		return false;
	emit_fp_mode_check(t);
	n = vreg_src(t, i->rn, scalar ? 2 * bytes : 16);
	if (scalar) {
		d = vreg_dst(t);
		x86_vex_rr_i8(&t->c, X86_PSHUFD, XMM1, 0, n,
			      bytes == 8 ? 0xee : 0x55);
		x86_vex_rr(&t->c, X86_FADD | fp_scalar_type(i), d, n, XMM1);
		fp_exit_nan(t, i, d, d);
		vreg_done_scalar(t, i->rd, d, bytes, 16);
		return true;
	}
	simd_unzip(t, i->size, 16, false, XMM1, n, vreg_src(t, i->rm, 16));
	simd_unzip(t, i->size, 16, true, XMM2, n, vreg_src(t, i->rm, 16));
	d = vreg_dst(t);
	x86_vex_rr(&t->c, X86_FADD | fp_packed_type(i), d, XMM1, XMM2);
	exit_nan(t, i, d, d);
	vreg_done(t, i->rd, d, 16);
	return true;
}

/* ---- one source ---------------------------------------------------------- */

static bool emit_sign(struct translation *t, const struct insn *i)
{
	bool neg = i->op == A64_FNEG_vector;
	int n, d;

	emit_fp_check(t);
	n = vreg_src(t, i->rn, vector_bytes(i));
	d = vreg_dst(t);
	x86_vex_rm(&t->c, neg ? X86_FXOR : X86_FAND, d, n,
		   fp_pool(t, i, neg ? POOL_SIGN_S : POOL_ABS_S));
	done(t, i, d, neg ? 16 : vreg_zeros(t, n));
	return true;
}

static bool emit_sqrt(struct translation *t, const struct insn *i)
{
	int n, d;

	emit_fp_mode_check(t);
	n = source(t, i, i->rn, XMM2);
	d = vreg_dst(t);
	x86_vex_rr(&t->c, X86_FSQRT | fp_packed_type(i), d, 0, n);
	exit_nan(t, i, d, d);
	done(t, i, d, 8);
	return true;
}

static bool emit_rint(struct translation *t, const struct insn *i)
{
	int n, d;

	if (i->form == FP_ROUND_A)
		return false;
	emit_fp_mode_check(t);
	n = source(t, i, i->rn, XMM2);
	d = vreg_dst(t);
	x86_vex_rr_i8(&t->c, i->size == FP_DOUBLE ? X86_ROUNDPD : X86_ROUNDPS,
		      d, 0, n, fp_round_control(i->form));
	exit_nan(t, i, d, d);
	done(t, i, d, 8);
	return true;
}

/* ---- comparisons --------------------------------------------------------- */

/* @swap: "less" of the operands the other way round. */
static void compare(struct translation *t, const struct insn *i, int n, int m,
		    bool swap, uint8_t predicate)
{
	int d = vreg_dst(t);

	x86_vex_rr_i8(&t->c, X86_FCMP | fp_packed_type(i), d, swap ? m : n,
		      swap ? n : m, predicate);
	done(t, i, d, 16);
}

static bool emit_compare(struct translation *t, const struct insn *i)
{
	bool absolute = i->op == A64_FACGE_vector || i->op == A64_FACGT_vector;
	int n, m;

	emit_fp_mode_check(t);
	n = source(t, i, i->rn, XMM2);
	m = source(t, i, i->rm, XMM3);
	if (absolute) {
		struct x86_mem mask = fp_pool(t, i, POOL_ABS_S);

		x86_vex_rm(&t->c, X86_FAND, XMM2, n, mask);
		x86_vex_rm(&t->c, X86_FAND, XMM3, m, mask);
		n = XMM2;
		m = XMM3;
	}
	switch (i->op) {
	case A64_FCMEQ_vector: compare(t, i, n, m, false, CMP_EQ); break;
	case A64_FCMGE_vector:
	case A64_FACGE_vector: compare(t, i, n, m, true, CMP_LE); break;
	default: compare(t, i, n, m, true, CMP_LT);
	}
	return true;
}

static bool emit_compare_zero(struct translation *t, const struct insn *i)
{
	int n, m = XMM3;

	emit_fp_mode_check(t);
	n = source(t, i, i->rn, XMM2);
	x86_vex_rr(&t->c, X86_FXOR, m, m, m);
	switch (i->op) {
	case A64_FCMEQ_zero: compare(t, i, n, m, false, CMP_EQ); break;
	case A64_FCMGE_zero: compare(t, i, n, m, true, CMP_LE); break;
	case A64_FCMGT_zero: compare(t, i, n, m, true, CMP_LT); break;
	case A64_FCMLE_zero: compare(t, i, n, m, false, CMP_LE); break;
	default: compare(t, i, n, m, false, CMP_LT);
	}
	return true;
}

/* ---- conversions --------------------------------------------------------- */

/* SCVTF of words */
static bool emit_from_words(struct translation *t, const struct insn *i)
{
	int n, d;

	emit_fp_mode_check(t);
	n = source(t, i, i->rn, XMM2);
	d = vreg_dst(t);
	x86_vex_rr(&t->c, X86_CVT_WORDS, d, 0, n);
	done(t, i, d, 8);
	return true;
}

/* FCVTZS to words; the most negative integer says that one does not fit. */
static bool emit_to_words(struct translation *t, const struct insn *i)
{
	int n, d;

	emit_fp_mode_check(t);
	n = source(t, i, i->rn, XMM2);
	d = vreg_dst(t);
	x86_vex_rr(&t->c, X86_F3 | X86_CVT_WORDS, d, 0, n);
	x86_vex_rm(&t->c, X86_PCMPEQD, XMM0, d, pool(t, POOL_SIGN_S));
	exit_if_any(t, XMM0);
	done(t, i, d, 8);
	return true;
}

/* FCVTL from singles; aux: from the upper half. */
static bool emit_lengthen(struct translation *t, const struct insn *i)
{
	int n, d;

	emit_fp_mode_check(t);
	n = vreg_src(t, i->rn, i->aux ? 16 : 8);
	if (i->aux) {
		x86_vex_rr_i8(&t->c, X86_PSHUFD, XMM1, 0, n, 0xee);
		n = XMM1;
	}
	d = vreg_dst(t);
	x86_vex_rr(&t->c, X86_CVT | X86_PS, d, 0, n);
	exit_nan(t, i, d, d);
	vreg_done(t, i->rd, d, 16);
	return true;
}

/* FCVTN to singles, which are the lower half, zeros above, or become the
 * upper. */
static bool emit_narrow(struct translation *t, const struct insn *i)
{
	struct insn single = *i;
	int n, d, low;

	emit_fp_mode_check(t);
	n = vreg_src(t, i->rn, 16);
	d = vreg_dst(t);
	x86_vex_rr(&t->c, X86_CVT | X86_PD, d, 0, n);
	single.size = FP_SINGLE;
	fp_vector_exit_unsettled(t, &single, d);
	if (i->aux) {
		low = vreg_src(t, i->rd, 8);
		x86_vex_rr(&t->c, X86_PUNPCKLQDQ, d, low, d);
	}
	vreg_done(t, i->rd, d, i->aux ? 16 : 8);
	return true;
}

/* ---- the choice ---------------------------------------------------------- */

static emit_fn *conversion_emitter(const struct insn *i)
{
	bool single = i->size == FP_SINGLE;

	switch (i->op) {
	case A64_SCVTF: return single ? emit_from_words : NULL;
	case A64_FCVT_int_vector:
		return single && i->form == FP_ROUND_Z ? emit_to_words : NULL;
	case A64_FCVTL: return single ? NULL : emit_lengthen;
	case A64_FCVTN: return single ? NULL : emit_narrow;
	default: return NULL;
	}
}

emit_fn *fp_vector_emitter(const struct insn *i)
{
	switch (i->op) {
	case A64_FADD_vector:
	case A64_FSUB_vector:
	case A64_FABD_vector:
	case A64_FMUL_vector:
	case A64_FDIV_vector:
	case A64_FMUL_elem: return emit_two;
	case A64_FMLA_vector:
	case A64_FMLS_vector:
	case A64_FMLA_elem:
	case A64_FMLS_elem: return emit_muladd;
	case A64_FMAX_vector:
	case A64_FMAXNM_vector:
	case A64_FMIN_vector:
	case A64_FMINNM_vector: return emit_max_min;
	case A64_FADDP_vector:
	case A64_FADDP_scalar: return emit_addp;
	case A64_FABS_vector:
	case A64_FNEG_vector: return emit_sign;
	case A64_FSQRT_vector: return emit_sqrt;
	case A64_FRINT_vector: return emit_rint;
	case A64_FCMEQ_vector:
	case A64_FCMGE_vector:
	case A64_FCMGT_vector:
	case A64_FACGE_vector:
	case A64_FACGT_vector: return emit_compare;
	case A64_FCMEQ_zero:
	case A64_FCMGE_zero:
	case A64_FCMGT_zero:
	case A64_FCMLE_zero:
	case A64_FCMLT_zero: return emit_compare_zero;
	default: return conversion_emitter(i);
	}
}
