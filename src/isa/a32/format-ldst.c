/* SPDX-License-Identifier: MIT */
/*
 * Formats of loads and stores of A32 (Arm ARM F4.1.4 to F4.1.14), and what they have in
 * common with those of T32. What the operands mean is in isa/a32/operands.h.
 */
#include "isa/a32/formats.h"

/* ---- one register -------------------------------------------------------- */

/* The modes that have a body of their own. False: any. */
static bool plain_mode(struct insn *out, unsigned int n,
		       const struct a32_address *a, enum a64_ldst_mode *mode)
{
	if (a->unpriv)
		return false;
	if (a->m < 0) {
		out->imm = a->add ? (int64_t)a->imm : -(int64_t)a->imm;
		if (n == R_PC) {
			out->imm += a->pc;
			*mode = LDST_LITERAL;
			return a->index && !a->wback;
		}
		*mode = !a->index  ? LDST_POST
			: a->wback ? LDST_PRE
				   : LDST_OFFSET;
		return true;
	}
	*mode = LDST_LSL;
	return a->add && a->index && !a->wback && a->type == 0 && n != R_PC &&
	       a->m != R_PC;
}

/* Where the address comes from, for what is done by any of the modes. */
static bool any_mode(struct insn *out, unsigned int n,
		     const struct a32_address *a)
{
	bool wback = a->wback || !a->index;

	/* rm may be the base: that is UNPREDICTABLE before Armv6 only. */
	if (a->m == R_PC || (wback && n == R_PC))
		return false;
	out->imm = a->add ? (int64_t)a->imm : -(int64_t)a->imm;
	out->rm = REG_ZR;
	out->aux = 0;
	if (a->m >= 0) {
		out->imm = 0;
		out->rm = a->m;
		out->aux = LDST_ANY_REG | a->amount |
			   a->type << LDST_ANY_TYPE_SHIFT |
			   (a->add ? 0 : LDST_ANY_SUB);
		/* LSR and ASR by 32 */
		if (!a->amount && (a->type == 1 || a->type == 2)) {
			if (a->type == 1)
				out->rm = REG_ZR;
			else
				out->aux |= 31;
		}
	}
	out->aux |= (a->index ? 0 : LDST_ANY_POST) |
		    (wback ? LDST_ANY_WRITE_BACK : 0) |
		    (a->unpriv ? LDST_ANY_UNPRIV : 0);
	out->rn = a32_src(out, n);
	/* What is set before it is not aligned. */
	if (n == R_PC && a->pc == 2)
		out->imm -= 2;
	return true;
}

bool a32_ldst(struct insn *out, enum a64_ldst_kind kind, enum a64_size size,
	      unsigned int t, unsigned int n, const struct a32_address *a)
{
	bool load = kind != LDST_STORE, wback = a->wback || !a->index;
	enum a64_ldst_mode mode = LDST_OFFSET;

	/* With writeback the base is no other operand. */
	if (wback && (n == R_PC || n == t))
		return false;
	/* STRT may store it (Arm ARM F5.1, STRT). */
	if (t == R_PC && (size != SIZE_W || (load && a->unpriv)))
		return false;
	out->size = size;
	if (load)
		out->rd = a32_dst(out, t, PC_INTERWORKING);
	else
		out->rd = a32_src(out, t);
	if (plain_mode(out, n, a, &mode)) {
		out->op = load ? A32_LDR : A32_STR;
		out->form = ldst_form(false, kind, mode);
		out->rn = mode == LDST_LITERAL ? REG_ZR : n;
		out->rm = a->m < 0 ? 0 : a->m;
		out->aux = a->m < 0 ? 0 : a->amount;
		return true;
	}
	out->op = load ? A32_LDR_any : A32_STR_any;
	out->form = kind << LDST_FORM_KIND;
	return any_mode(out, n, a);
}

static struct a32_address address(uint32_t word)
{
	bool index = FLD(word, 24, 24), w = FLD(word, 21, 21);

	return (struct a32_address){
		.add = FLD(word, 23, 23),
		.index = index,
		.wback = index && w,
		.unpriv = !index && w,
		.m = -1,
		.pc = 8,
	};
}

static bool ldst_word(uint32_t word, struct insn *out,
		      const struct a32_address *a)
{
	return a32_ldst(out, FLD(word, 20, 20) ? LDST_LOAD : LDST_STORE,
			FLD(word, 22, 22) ? SIZE_B : SIZE_W, FLD(word, 15, 12),
			FLD(word, 19, 16), a);
}

bool a32_fmt_ldst_imm(uint32_t word, struct insn *out)
{
	struct a32_address a = address(word);

	a.imm = FLD(word, 11, 0);
	return ldst_word(word, out, &a);
}

bool a32_fmt_ldst_reg(uint32_t word, struct insn *out)
{
	struct a32_address a = address(word);

	a.m = FLD(word, 3, 0);
	a.type = FLD(word, 6, 5);
	a.amount = FLD(word, 11, 7);
	return ldst_word(word, out, &a);
}

static bool ldst_extra(uint32_t word, struct insn *out,
		       const struct a32_address *a)
{
	bool sign = FLD(word, 6, 6);

	return a32_ldst(out,
			!FLD(word, 20, 20) ? LDST_STORE
			: sign             ? LDST_LOAD_SW
					   : LDST_LOAD,
			FLD(word, 6, 5) == 2 ? SIZE_B : SIZE_H,
			FLD(word, 15, 12), FLD(word, 19, 16), a);
}

static unsigned int imm4_4(uint32_t word)
{
	return FLD(word, 11, 8) << 4 | FLD(word, 3, 0);
}

bool a32_fmt_extra_imm(uint32_t word, struct insn *out)
{
	struct a32_address a = address(word);

	a.imm = imm4_4(word);
	return ldst_extra(word, out, &a);
}

bool a32_fmt_extra_reg(uint32_t word, struct insn *out)
{
	struct a32_address a = address(word);

	a.m = FLD(word, 3, 0);
	return ldst_extra(word, out, &a);
}

/* ---- pairs and lists ----------------------------------------------------- */

bool a32_ldrd(struct insn *out, bool load, unsigned int t, unsigned int t2,
	      unsigned int n, const struct a32_address *a)
{
	bool wback = a->wback || !a->index;

	if (a->unpriv || a32_any_pc(t, t2, 0))
		return false;
	if (wback && (n == R_PC || n == t || n == t2))
		return false;
	if (load && (t == t2 || (int)t == a->m || (int)t2 == a->m))
		return false;
	out->op = load ? A32_LDRD : A32_STRD;
	out->size = SIZE_W;
	out->rd = t;
	out->ra = t2;
	return any_mode(out, n, a);
}

bool a32_fmt_ldrd_imm(uint32_t word, struct insn *out)
{
	struct a32_address a = address(word);
	unsigned int t = FLD(word, 15, 12);

	a.imm = imm4_4(word);
	return !(t & 1) &&
	       a32_ldrd(out, !FLD(word, 5, 5), t, t + 1, FLD(word, 19, 16), &a);
}

bool a32_fmt_ldrd_reg(uint32_t word, struct insn *out)
{
	struct a32_address a = address(word);
	unsigned int t = FLD(word, 15, 12);

	a.m = FLD(word, 3, 0);
	return !(t & 1) &&
	       a32_ldrd(out, !FLD(word, 5, 5), t, t + 1, FLD(word, 19, 16), &a);
}

bool a32_ldm(struct insn *out, bool load, bool up, bool before, bool wback,
	     unsigned int n, unsigned int list)
{
	unsigned int count = __builtin_popcount(list);
	bool pc = list >> R_PC & 1;

	/* Stored, the base is what it was; UNKNOWN if it is not the first. */
	if (!count || n == R_PC || (load && wback && (list >> n & 1)))
		return false;
	out->op = load ? A32_LDM : A32_STM;
	out->size = SIZE_W;
	out->rn = n;
	out->aux = list;
	out->form = (wback ? LDM_WRITE_BACK : 0) | (up ? LDM_UP : 0);
	out->imm = up ? 0 : -4 * (int64_t)count;
	out->imm += before == up ? 4 : 0;
	if (pc && load)
		out->writes_pc = PC_INTERWORKING;
	else if (pc)
		out->reads_pc = true;
	return true;
}

bool a32_fmt_ldm(uint32_t word, struct insn *out)
{
	return a32_ldm(out, FLD(word, 20, 20), FLD(word, 23, 23),
		       FLD(word, 24, 24), FLD(word, 21, 21), FLD(word, 19, 16),
		       FLD(word, 15, 0));
}

/* "LDM (exception return)" if R15 is in the list, else of User mode's registers. */
bool a32_fmt_ldm_user(uint32_t word, struct insn *out)
{
	bool load = FLD(word, 20, 20), wback = FLD(word, 21, 21);
	bool ret = load && FLD(word, 15, 15);

	if (!ret && wback)
		return false;
	if (!a32_ldm(out, load, FLD(word, 23, 23), FLD(word, 24, 24), wback,
		     FLD(word, 19, 16), FLD(word, 15, 0)))
		return false;
	out->writes_pc = PC_KEPT;
	out->op = ret ? A32_LDM_return : load ? A32_LDM_user : A32_STM_user;
	return true;
}

/* ---- exclusive and ordered ----------------------------------------------- */

static enum a64_op exclusive_op(bool load, unsigned int size)
{
	static const uint16_t ops[2][4] = {
		{A64_STXRB, A64_STXRH, A64_STXR_w, A64_STXP_w},
		{A64_LDXRB, A64_LDXRH, A64_LDXR_w, A64_LDXP_w},
	};

	return ops[load][size];
}

static enum a64_op ordered_op(bool load, unsigned int size)
{
	static const uint16_t ops[2][3] = {
		{A64_STLRB, A64_STLRH, A64_STLR_w},
		{A64_LDARB, A64_LDARH, A64_LDAR_w},
	};

	return ops[load][size];
}

/* @size is SIZE_X of a pair, @t and @t2; @d is the status. */
bool a32_exclusive(struct insn *out, bool load, bool exclusive, bool ordered,
		   unsigned int size, unsigned int d, unsigned int t,
		   unsigned int t2, unsigned int n)
{
	bool pair = size == SIZE_X;

	if (a32_any_pc(t, n, pair ? t2 : 0))
		return false;
	out->rn = n;
	out->rd = t;
	out->size = pair ? SIZE_W : size;
	if (!exclusive) {
		out->op = ordered_op(load, size);
		out->form = load ? ATOMIC_LDAR : ATOMIC_STLR;
		return !pair;
	}
	out->op = exclusive_op(load, size);
	out->rm = pair ? t2 : 0;
	out->ra = load ? out->rm : d;
	if (load) {
		out->form = pair ? ATOMIC_LDXP : ATOMIC_LDXR;
		return !pair || t != t2;
	}
	out->form = pair ? ATOMIC_STXP : ATOMIC_STXR;
	return d != R_PC && d != n && d != t && !(pair && d == t2);
}

static bool exclusive(uint32_t word, struct insn *out, bool exclusive)
{
	static const uint8_t sizes[4] = {SIZE_W, SIZE_X, SIZE_B, SIZE_H};
	bool load = FLD(word, 20, 20);
	unsigned int size = sizes[FLD(word, 22, 21)];
	unsigned int t = load ? FLD(word, 15, 12) : FLD(word, 3, 0);

	if (size == SIZE_X && (t & 1 || t == 14))
		return false;
	return a32_exclusive(out, load, exclusive, !FLD(word, 8, 8), size,
			     FLD(word, 15, 12), t, t + 1, FLD(word, 19, 16));
}

bool a32_fmt_exclusive(uint32_t word, struct insn *out)
{
	return exclusive(word, out, true);
}

bool a32_fmt_ordered(uint32_t word, struct insn *out)
{
	return exclusive(word, out, false);
}

/* ---- prefetches ---------------------------------------------------------- */

bool a32_prefetch(struct insn *out)
{
	out->op = A64_PRFM_uimm;
	out->form = LDST_FORM_PREFETCH;
	return true;
}

bool a32_fmt_prefetch(uint32_t word, struct insn *out)
{
	return a32_prefetch(out);
}

bool a32_fmt_prefetch_reg(uint32_t word, struct insn *out)
{
	return FLD(word, 3, 0) != R_PC && a32_prefetch(out);
}
