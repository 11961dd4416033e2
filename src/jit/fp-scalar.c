/* SPDX-License-Identifier: MIT */
/*
 * Scalar floating-point arithmetic, comparison and selection.
 */
#include "jit/fp.h"

/* ---- what stands --------------------------------------------------------- */

void fp_exit_nan(struct translation *t, const struct insn *i, int a, int b)
{
	x86_vex_rr(&t->c, X86_UCOMI | fp_packed_type(i), a, 0, b);
	exit_here(t, x86_jcc(&t->c, CC_P));
	flags_lose(t);
}

/* By its encoding without the sign. */
void fp_exit_unsettled(struct translation *t, const struct insn *i, int r)
{
	struct x86_code *c = &t->c;

	if (i->size == FP_DOUBLE) {
		x86_vex_rr(c, X86_MOVD_R | X86_W, r, 0, RAX);
		x86_alu_rr(c, X86_ADD, 8, RAX, RAX);
		x86_alu_rm(c, X86_CMP, 8, RAX, pool(t, POOL_TWICE_INF_D));
		exit_here(t, x86_jcc(c, CC_A));
		x86_alu_rm(c, X86_CMP, 8, RAX,
			   pool(t, POOL_TWICE_MIN_NORMAL_D));
	} else {
		x86_vex_rr(c, X86_MOVD_R, r, 0, RAX);
		x86_alu_rr(c, X86_ADD, 4, RAX, RAX);
		x86_alu_ri(c, X86_CMP, 4, RAX, (int32_t)0xff000000);
		exit_here(t, x86_jcc(c, CC_A));
		x86_alu_ri(c, X86_CMP, 4, RAX, 0x01000000);
	}
	exit_here(t, x86_jcc(c, CC_E));
	flags_lose(t);
}

/* ---- one source ---------------------------------------------------------- */

static bool emit_fmov(struct translation *t, const struct insn *i)
{
	unsigned int size = fp_bytes(i);
	int n, d;

	emit_fp_check(t);
	n = vreg_src(t, i->rn, size);
	d = vreg_dst(t);
	x86_vex_rr(&t->c, X86_MOVAPS, d, 0, n);
	vreg_done_scalar(t, i->rd, d, size, vreg_zeros(t, n));
	return true;
}

static bool emit_sign(struct translation *t, const struct insn *i, uint32_t op,
		      enum pool_constant mask)
{
	unsigned int size = fp_bytes(i), zeros;
	int n, d;

	emit_fp_check(t);
	n = vreg_src(t, i->rn, size);
	zeros = op == X86_FAND ? size : vreg_zeros(t, n);
	d = vreg_dst(t);
	x86_vex_rm(&t->c, op, d, n, fp_pool(t, i, mask));
	vreg_done_scalar(t, i->rd, d, size, zeros);
	return true;
}

static bool emit_fabs(struct translation *t, const struct insn *i)
{
	return emit_sign(t, i, X86_FAND, POOL_ABS_SCALAR_S);
}

static bool emit_fneg(struct translation *t, const struct insn *i)
{
	return emit_sign(t, i, X86_FXOR, POOL_SIGN_SCALAR_S);
}

static bool emit_fsqrt(struct translation *t, const struct insn *i)
{
	unsigned int size = fp_bytes(i);
	int n, d;

	emit_fp_mode_check(t);
	n = vreg_src(t, i->rn, size);
	d = vreg_dst(t);
	x86_vex_rr(&t->c, X86_FSQRT | fp_scalar_type(i), d, n, n);
	fp_exit_nan(t, i, d, d);
	vreg_done_scalar(t, i->rd, d, size, vreg_zeros(t, n));
	return true;
}

/* ---- two sources --------------------------------------------------------- */

static bool emit_two(struct translation *t, const struct insn *i)
{
	unsigned int size = fp_bytes(i);
	int n, m, d;
	uint32_t op;

	switch (i->op) {
	case A64_FADD_scalar: op = X86_FADD; break;
	case A64_FSUB_scalar: op = X86_FSUB; break;
	case A64_FDIV_scalar: op = X86_FDIV; break;
	default: op = X86_FMUL;
	}
	emit_fp_mode_check(t);
	n = vreg_src(t, i->rn, size);
	m = vreg_src(t, i->rm, size);
	d = vreg_dst(t);
	x86_vex_rr(&t->c, op | fp_scalar_type(i), d, n, m);
	if (op == X86_FADD || op == X86_FSUB)
		fp_exit_nan(t, i, d, d); /* tiny sums are exact */
	else
		fp_exit_unsettled(t, i, d);
	if (i->op == A64_FNMUL_scalar)
		x86_vex_rm(&t->c, X86_FXOR, d, d,
			   fp_pool(t, i, POOL_SIGN_SCALAR_S));
	vreg_done_scalar(t, i->rd, d, size, vreg_zeros(t, n));
	return true;
}

/*
 * FMAX, FMIN and their NM forms, which are no others without a NaN. x86 takes
 * the second operand if both are zeros: the signs of both ways are combined.
 */
static bool emit_max_min(struct translation *t, const struct insn *i)
{
	bool max = i->op == A64_FMAX_scalar || i->op == A64_FMAXNM_scalar;
	uint32_t op = (max ? X86_FMAX : X86_FMIN) | fp_scalar_type(i);
	unsigned int size = fp_bytes(i), zeros;
	int n, m, d;

	emit_fp_mode_check(t);
	n = vreg_src(t, i->rn, size);
	m = vreg_src(t, i->rm, size);
	fp_exit_nan(t, i, n, m);
	d = vreg_dst(t);
	x86_vex_rr(&t->c, op, XMM0, n, m);
	x86_vex_rr(&t->c, op, d, m, n);
	x86_vex_rr(&t->c, max ? X86_FAND : X86_FOR, d, d, XMM0);
	/* AND clears what is zero in either, OR in both. */
	zeros = vreg_zeros(t, n);
	if ((vreg_zeros(t, m) < zeros) == max)
		zeros = vreg_zeros(t, m);
	vreg_done_scalar(t, i->rd, d, size, zeros);
	return true;
}

/* ---- three sources ------------------------------------------------------- */

static bool emit_muladd(struct translation *t, const struct insn *i)
{
	unsigned int size = fp_bytes(i);
	int n, m, a, d;
	uint32_t op;

	switch (i->op) {
	case A64_FMADD_scalar: op = X86_FMADD; break;
	case A64_FMSUB_scalar: op = X86_FNMADD; break;
	case A64_FNMADD_scalar: op = X86_FNMSUB; break;
	default: op = X86_FMSUB;
	}
	emit_fp_mode_check(t);
	n = vreg_src(t, i->rn, size);
	m = vreg_src(t, i->rm, size);
	a = vreg_src(t, i->ra, size);
	d = vreg_dst(t);
	x86_vex_rr(&t->c, X86_MOVAPS, d, 0, n);
	/* Scalar is the next opcode. */
	x86_vex_rr(&t->c, (op + 1) | (size == 8 ? X86_W : 0), d, m, a);
	fp_exit_unsettled(t, i, d);
	vreg_done_scalar(t, i->rd, d, size, vreg_zeros(t, n));
	return true;
}

/* ---- comparison and selection -------------------------------------------- */

/* What @i compares with: a register, or the zero in XMM0. */
static int other_operand(struct translation *t, const struct insn *i)
{
	if (i->op != A64_FCMP_zero)
		return vreg_src(t, i->rm, fp_bytes(i));
	x86_vex_rr(&t->c, X86_FXOR, XMM0, XMM0, XMM0);
	return XMM0;
}

/* The host's flags are those of FLAGS_COMPARE, unless one is a NaN: PF. */
static void compare(struct translation *t, const struct insn *i, int n, int m)
{
	uint32_t op = i->form == FP_SIGNALLING ? X86_COMI : X86_UCOMI;

	x86_vex_rr(&t->c, op | fp_packed_type(i), n, 0, m);
}

void fp_compare(struct translation *t, const struct insn *i)
{
	int n = vreg_src(t, i->rn, fp_bytes(i));

	compare(t, i, n, other_operand(t, i));
}

/* Once more if storing them has cost the flags: that is nearer to who reads
 * them than through the general registers. */
void fp_compared(struct translation *t, const struct insn *i)
{
	int n = vreg_src(t, i->rn, fp_bytes(i)), m = XMM0;

	if (i->op != A64_FCMP_zero)
		m = vreg_src(t, i->rm, fp_bytes(i));
	if (emit_flags_compared(t))
		compare(t, i, n, m);
	t->compared.bytes = fp_bytes(i);
	t->compared.n = n;
	t->compared.m = m;
	t->compared.n_value = vreg_value(t, n);
	t->compared.m_value = vreg_value(t, m);
}

static bool emit_fcmp(struct translation *t, const struct insn *i)
{
	emit_fp_mode_check(t);
	fp_compare(t, i);
	exit_here(t, x86_jcc(&t->c, CC_P));
	fp_compared(t, i);
	return true;
}

/* Both registers are read in any case: what follows counts on their copies. */
static bool emit_fccmp(struct translation *t, const struct insn *i)
{
	struct x86_site fails, over;
	struct x86_code *c = &t->c;
	int n, m;

	if (i->aux == COND_AL)
		return emit_fcmp(t, i);
	emit_fp_mode_check(t);
	n = vreg_src(t, i->rn, fp_bytes(i));
	m = vreg_src(t, i->rm, fp_bytes(i));
	fails = x86_jcc(c, emit_condition(t, i->aux) ^ 1);
	compare(t, i, n, m);
	exit_here(t, x86_jcc(c, CC_P));
	emit_flags_of_compare(t);
	over = x86_jmp(c);
	x86_land_here(c, fails);
	emit_flags_constant(t, i->imm);
	x86_land_here(c, over);
	emit_flags(t, FLAGS_SUB);
	return true;
}

/* Predicates of X86_FCMP, none of which signals a quiet NaN. */
static const uint8_t predicates[NR_CONDS] = {
	[COND_EQ] = 0x00, [COND_NE] = 0x04, [COND_CS] = 0x15, [COND_CC] = 0x11,
	[COND_MI] = 0x11, [COND_PL] = 0x15, [COND_VS] = 0x03, [COND_VC] = 0x07,
	[COND_HI] = 0x16, [COND_LS] = 0x12, [COND_GE] = 0x1d, [COND_LT] = 0x19,
	[COND_GT] = 0x1e, [COND_LE] = 0x1a,
};

/* @d is @n or @m. */
static void select_done(struct translation *t, const struct insn *i, int d,
			int n, int m)
{
	unsigned int n_zeros = vreg_zeros(t, n), m_zeros = vreg_zeros(t, m);

	vreg_done_scalar(t, i->rd, d, fp_bytes(i),
			 n_zeros > m_zeros ? n_zeros : m_zeros);
}

/* Those for which a host without AVX has one: the others signal there. */
static bool has_predicate(const struct translation *t, uint8_t predicate)
{
	return x86_has(&t->c, X86_AVX) ||
	       (predicate <= 0x07 && x86_has(&t->c, X86_SSE4_1));
}

/*
 * The flags are of a comparison whose operands are still there: it is done once
 * more, for a mask, since the way from vector registers to general ones and
 * back is long. What they have above is in both results or is cleared.
 */
static bool select_compared(struct translation *t, const struct insn *i, int n,
			    int m)
{
	uint32_t type = t->compared.bytes == 8 ? X86_SD : X86_SS;
	bool dbl = fp_bytes(i) == 8;
	int a = t->compared.n, b = t->compared.m, d;

	if (t->compared.bytes != fp_bytes(i) ||
	    !has_predicate(t, predicates[i->aux]) ||
	    vreg_value(t, a) != t->compared.n_value ||
	    vreg_value(t, b) != t->compared.m_value)
		return false;
	if (b == XMM0)
		x86_vex_rr(&t->c, X86_FXOR, b, b, b);
	x86_vex_rr_i8(&t->c, X86_FCMP | type, XMM0, a, b, predicates[i->aux]);
	d = vreg_dst(t);
	x86_vex_rr_i8(&t->c, dbl ? X86_BLENDVPD : X86_BLENDVPS, d, m, n,
		      XMM0 << 4);
	select_done(t, i, d, n, m);
	return true;
}

/*
 * What is chosen is taken into the next round: whoever waits for it does not
 * wait for the comparison if the host foresees the branch, as it mostly does of
 * a maximum. What is not carried on is more often like chance.
 */
static bool select_carried(struct translation *t, const struct insn *i, int n,
			   int m)
{
	struct x86_site chosen;
	enum x86_cc cc;
	int d;

	if (i->rd >= VREG_D || !(t->loop.carried >> i->rd & 1))
		return false;
	cc = emit_condition(t, i->aux);
	d = vreg_dst(t);
	x86_vex_rr(&t->c, X86_MOVAPS, d, 0, n);
	chosen = x86_jcc(&t->c, cc);
	x86_vex_rr(&t->c, X86_MOVAPS, d, 0, m);
	x86_land_here(&t->c, chosen);
	select_done(t, i, d, n, m);
	return true;
}

static bool emit_fcsel(struct translation *t, const struct insn *i)
{
	unsigned int size = fp_bytes(i);
	uint32_t w = size == 8 ? X86_W : 0;
	struct x86_code *c = &t->c;
	int n, m, d;

	emit_fp_check(t);
	n = vreg_src(t, i->rn, size);
	if (i->aux == COND_AL) {
		d = vreg_dst(t);
		x86_vex_rr(c, X86_MOVAPS, d, 0, n);
		vreg_done_scalar(t, i->rd, d, size, vreg_zeros(t, n));
		return true;
	}
	m = vreg_src(t, i->rm, size);
	if (select_carried(t, i, n, m) || select_compared(t, i, n, m))
		return true;
	d = vreg_dst(t);
	x86_vex_rr(c, X86_MOVD_R | w, m, 0, RDX);
	x86_vex_rr(c, X86_MOVD_R | w, n, 0, RDI);
	x86_cmov_rr(c, emit_condition(t, i->aux), size, RDX, RDI);
	x86_vex_rr(c, X86_MOVD_X | w, d, 0, RDX);
	vreg_done(t, i->rd, d, size);
	return true;
}

/* ---- the choice ---------------------------------------------------------- */

emit_fn *fp_scalar_emitter(const struct insn *i)
{
	switch (i->op) {
	case A64_FMOV_reg: return emit_fmov;
	case A64_FABS_scalar: return emit_fabs;
	case A64_FNEG_scalar: return emit_fneg;
	case A64_FSQRT_scalar: return emit_fsqrt;
	case A64_FADD_scalar:
	case A64_FSUB_scalar:
	case A64_FMUL_scalar:
	case A64_FDIV_scalar:
	case A64_FNMUL_scalar: return emit_two;
	case A64_FMAX_scalar:
	case A64_FMIN_scalar:
	case A64_FMAXNM_scalar:
	case A64_FMINNM_scalar: return emit_max_min;
	case A64_FMADD_scalar:
	case A64_FMSUB_scalar:
	case A64_FNMADD_scalar:
	case A64_FNMSUB_scalar: return emit_muladd;
	case A64_FCMP_reg:
	case A64_FCMP_zero: return emit_fcmp;
	case A64_FCCMP: return emit_fccmp;
	case A64_FCSEL: return emit_fcsel;
	default: return NULL;
	}
}
