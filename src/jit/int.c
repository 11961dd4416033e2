/* SPDX-License-Identifier: MIT */
/*
 * Integer data processing: the choice of an emit function, and those of moves,
 * bit fields, selection, multiplication, division. int-addsub.c has additions,
 * subtractions and logical operations. None may return false or leave the
 * block: flags.c counts on it.
 */
#include "jit/int.h"

/* ---- moves --------------------------------------------------------------- */

static bool emit_adr(struct translation *t, const struct insn *i)
{
	int64_t off = i->op == A64_ADRP ? i->imm : i->pgoff + i->imm;
	int d = greg_dst_host(i->rd, RAX);

	if (is_flat(t))
		return emit_known(t, i, page_of(t->b) + off);
	emit_page_address(t, d, off);
	greg_done(t, i->rd, d);
	return true;
}

/* MOVZ, MOVN */
static bool emit_mov_wide(struct translation *t, const struct insn *i)
{
	return emit_known(t, i, i->imm);
}

/* Of what is known. */
static bool emit_movk_known(struct translation *t, const struct insn *i)
{
	uint64_t v = t->known.value & ~(UINT64_C(0xffff) << i->aux);

	v |= i->imm;
	return emit_known(t, i, i->size == SIZE_X ? v : (uint32_t)v);
}

/* The field is turned to the bottom, written there, and turned back. */
static bool emit_movk(struct translation *t, const struct insn *i)
{
	unsigned int size = bytes_of(i), bits = 8 * size;
	struct x86_code *c = &t->c;
	int d = greg_dst_host(i->rd, RAX), s;

	if (is_known(t))
		return emit_movk_known(t, i);
	s = greg_src(t, i->rd == REG_SINK ? REG_ZR : i->rd, RAX);
	if (i->aux)
		x86_rorx(c, size, RAX, s, i->aux);
	else
		x86_mov_rr(c, size, RAX, s);
	x86_byte(c, 0x66);
	x86_byte(c, 0xb8); /* MOV AX, imm16 */
	x86_byte(c, i->imm >> i->aux);
	x86_byte(c, i->imm >> i->aux >> 8);
	if (i->aux)
		x86_rorx(c, size, d, RAX, bits - i->aux);
	else
		x86_mov_rr(c, size, d, RAX);
	if (!x86_has(c, X86_BMI2))
		flags_lose(t);
	greg_done(t, i->rd, d);
	return true;
}

/* ---- bit fields ---------------------------------------------------------- */

static void emit_shift(struct translation *t, enum x86_shift op,
		       unsigned int size, int d, unsigned int n)
{
	if (n)
		x86_shift_ri(&t->c, op, size, d, n);
}

/* UBFM, SBFM but for extensions. */
static bool emit_bitfield(struct translation *t, const struct insn *i)
{
	unsigned int size = bytes_of(i), a = i->aux & 0xff, b = i->aux >> 8;
	enum x86_shift right = i->op == A64_SBFM ? X86_SAR : X86_SHR;
	int d = greg_dst_host(i->rd, RAX);

	switch (i->form) {
	case BITFIELD_LEFT:
		greg_load(t, size, d, i->rn);
		emit_shift(t, X86_SHL, size, d, i->aux);
		break;
	case BITFIELD_RIGHT:
		greg_load(t, size, d, i->rn);
		emit_shift(t, right, size, d, i->aux);
		break;
	case BITFIELD_MASK:
		greg_load(t, size, d, i->rn);
		emit_shift(t, X86_SHR, size, d, i->aux);
		/* What does not fit leaves as many bits as it has. */
		if (i->imm <= INT32_MAX) {
			x86_alu_ri(&t->c, X86_AND, 4, d, i->imm);
		} else if (size == 8 && i->imm != UINT32_MAX) {
			unsigned int rest = __builtin_clzll(i->imm);

			emit_shift(t, X86_SHL, 8, d, rest);
			emit_shift(t, X86_SHR, 8, d, rest);
		} else {
			x86_mov_rr(&t->c, 4, d, d);
		}
		break;
	default:
		greg_load(t, 8, d, i->rn);
		emit_shift(t, X86_SHL, 8, d, a);
		emit_shift(t, right, 8, d, b);
		if (size == 4)
			x86_mov_rr(&t->c, 4, d, d);
	}
	flags_lose(t);
	greg_done(t, i->rd, d);
	return true;
}

/* The same where it is an extension. */
static bool emit_extend(struct translation *t, const struct insn *i)
{
	unsigned int from = i->form == BITFIELD_BYTE   ? 1
			    : i->form == BITFIELD_HALF ? 2
						       : 4;
	int d = greg_dst_host(i->rd, RAX), s = greg_src(t, i->rn, RAX);

	if (i->op == A64_SBFM)
		x86_movsx_rr(&t->c, from, bytes_of(i), d, s);
	else
		x86_movzx_rr(&t->c, from, d, s);
	greg_done(t, i->rd, d);
	return true;
}

static bool emit_bfm(struct translation *t, const struct insn *i)
{
	unsigned int size = bytes_of(i);
	struct x86_code *c = &t->c;

	greg_load(t, 8, RDI, i->rn);
	emit_shift(t, X86_SHL, 8, RDI, i->aux & 0xff);
	emit_shift(t, X86_SHR, 8, RDI, i->aux >> 8);
	emit_constant(t, RAX, i->imm);
	greg_alu(t, X86_AND, size, RAX, i->rd == REG_SINK ? REG_ZR : i->rd);
	x86_alu_rr(c, X86_OR, size, RAX, RDI);
	flags_lose(t);
	greg_done(t, i->rd, RAX);
	return true;
}

static bool emit_extr(struct translation *t, const struct insn *i)
{
	unsigned int size = bytes_of(i);
	int d = greg_dst_host(i->rd, RAX), n;

	if (!i->aux) {
		greg_load(t, size, d, i->rm);
	} else if (i->rn == i->rm) {
		x86_rorx(&t->c, size, d, greg_src(t, i->rn, RAX), i->aux);
		if (!x86_has(&t->c, X86_BMI2))
			flags_lose(t);
	} else {
		greg_load(t, size, RAX, i->rm);
		n = greg_src(t, i->rn, RDI);
		x86_shrd(&t->c, size, RAX, n, i->aux);
		flags_lose(t);
		d = RAX;
	}
	greg_done(t, i->rd, d);
	return true;
}

/* ---- selection ----------------------------------------------------------- */

/* CSET and CSETM, whose operands are both zero. */
static void emit_set(struct translation *t, const struct insn *i,
		     enum x86_cc cc)
{
	int d = greg_dst_host(i->rd, RAX);

	x86_setcc_r(&t->c, cc ^ 1, RAX);
	x86_movzx_rr(&t->c, 1, d, RAX);
	greg_done(t, i->rd, d);
}

/* The other operand, made ready in RDI, unless the condition holds. */
static bool emit_csel(struct translation *t, const struct insn *i)
{
	unsigned int size = bytes_of(i);
	struct x86_code *c = &t->c;
	enum x86_cc cc;

	if (i->form == COND_AL) {
		greg_load(t, size, RDI, i->rn);
		greg_done(t, i->rd, RDI);
		return true;
	}
	cc = emit_condition(t, i->form);
	if (i->op == A64_CSINC && i->rn == REG_ZR && i->rm == REG_ZR) {
		emit_set(t, i, cc);
		return true;
	}
	greg_load(t, size, RDI, i->rm);
	if (i->op == A64_CSINV || i->op == A64_CSNEG)
		x86_unary(c, X86_NOT, size, RDI);
	if (i->op == A64_CSINC || i->op == A64_CSNEG)
		x86_lea(c, size, RDI, x86_at(RDI, 1));
	greg_cmov(t, cc, size, RDI, i->rn);
	greg_done(t, i->rd, RDI);
	return true;
}

/* If the condition fails, the flags are taken from a constant. */
static bool emit_ccmp(struct translation *t, const struct insn *i)
{
	bool sub = i->op == A64_CCMP_reg || i->op == A64_CCMP_imm;
	unsigned int size = bytes_of(i);
	struct x86_site fails = {0}, over;
	struct x86_code *c = &t->c;

	if (i->form != COND_AL)
		fails = x86_jcc(c, emit_condition(t, i->form) ^ 1);
	greg_load(t, size, RDI, i->rn);
	if (i->rm == REG_ZR)
		x86_alu_ri(c, sub ? X86_CMP : X86_ADD, size, RDI, i->imm);
	else
		greg_alu(t, sub ? X86_CMP : X86_ADD, size, RDI, i->rm);
	if (!sub)
		x86_cmc(c);
	if (i->form != COND_AL) {
		over = x86_jmp(c);
		x86_land_here(c, fails);
		emit_flags_constant(t, i->aux);
		x86_land_here(c, over);
	}
	emit_flags(t, FLAGS_SUB);
	return true;
}

/* ---- multiplication and division ----------------------------------------- */

/* The low half by MULX, which keeps the flags, if they are there to be kept and
 * the host has it. */
static void emit_product(struct translation *t, unsigned int size, int d,
			 unsigned int rm)
{
	struct x86_code *c = &t->c;

	if (!x86_has(c, X86_BMI2))
		flags_lose(t);
	if (t->flags == FLAGS_LOST) {
		if (greg_is_pinned(rm) || rm == REG_ZR)
			x86_imul_rr(c, size, d, greg_src(t, rm, RAX));
		else
			x86_imul_rm(c, size, d, greg_mem(rm));
		return;
	}
	x86_mov_rr(c, size, RDX, d);
	x86_mulx(c, size, RAX, d, greg_src(t, rm, RAX));
}

static bool emit_mul(struct translation *t, const struct insn *i)
{
	greg_load(t, bytes_of(i), RDI, i->rn);
	emit_product(t, bytes_of(i), RDI, i->rm);
	greg_done(t, i->rd, RDI);
	return true;
}

/* @d = ra + or - the product in RDI. */
static void emit_accumulate(struct translation *t, const struct insn *i,
			    unsigned int size, bool sub)
{
	struct x86_code *c = &t->c;

	if (sub) {
		greg_load(t, size, RAX, i->ra);
		x86_alu_rr(c, X86_SUB, size, RAX, RDI);
	} else {
		x86_lea(c, size, RAX,
			x86_at_index(RDI, greg_src(t, i->ra, RAX), 0, 0));
	}
	flags_lose(t);
	greg_done(t, i->rd, RAX);
}

static bool emit_madd(struct translation *t, const struct insn *i)
{
	unsigned int size = bytes_of(i);

	flags_lose(t);
	greg_load(t, size, RDI, i->rn);
	emit_product(t, size, RDI, i->rm);
	emit_accumulate(t, i, size, i->op == A64_MSUB);
	return true;
}

/* Of words to a doubleword. */
static bool emit_madd_long(struct translation *t, const struct insn *i)
{
	bool sign = i->op == A64_SMADDL || i->op == A64_SMSUBL;
	struct x86_code *c = &t->c;
	int n = greg_src(t, i->rn, RDI), m;

	if (sign)
		x86_movsx_rr(c, 4, 8, RDI, n);
	else
		x86_mov_rr(c, 4, RDI, n);
	m = greg_src(t, i->rm, RAX);
	if (sign)
		x86_movsx_rr(c, 4, 8, RAX, m);
	else
		x86_mov_rr(c, 4, RAX, m);
	x86_imul_rr(c, 8, RDI, RAX);
	emit_accumulate(t, i, 8, i->op == A64_SMSUBL || i->op == A64_UMSUBL);
	return true;
}

static bool emit_umulh(struct translation *t, const struct insn *i)
{
	int m;

	greg_load(t, 8, RDX, i->rn);
	m = greg_src(t, i->rm, RAX);
	x86_mulx(&t->c, 8, RDI, RAX, m);
	greg_done(t, i->rd, RDI);
	return true;
}

/* SMULH; and UMULH if there is no MULX. */
static bool emit_high(struct translation *t, const struct insn *i)
{
	int m;

	if (i->op == A64_UMULH && x86_has(&t->c, X86_BMI2))
		return emit_umulh(t, i);
	greg_load(t, 8, RAX, i->rn);
	m = greg_src(t, i->rm, RDI);
	x86_unary(&t->c, i->op == A64_UMULH ? X86_MUL : X86_IMUL, 8, m);
	flags_lose(t);
	greg_done(t, i->rd, RDX);
	return true;
}

/* Division by zero gives zero; the least number by -1 itself. */
static bool emit_div(struct translation *t, const struct insn *i)
{
	bool sign = i->op == A64_SDIV;
	struct x86_site zero, minus = {0}, done, negated;
	unsigned int size = bytes_of(i);
	struct x86_code *c = &t->c;

	greg_load(t, size, RDI, i->rm);
	greg_load(t, size, RAX, i->rn);
	x86_test_rr(c, size, RDI, RDI);
	zero = x86_jcc(c, CC_E);
	if (sign) {
		x86_alu_ri(c, X86_CMP, size, RDI, -1);
		minus = x86_jcc(c, CC_E);
		x86_sign_rax(c, size);
		x86_unary(c, X86_IDIV, size, RDI);
	} else {
		x86_alu_rr(c, X86_XOR, 4, RDX, RDX);
		x86_unary(c, X86_DIV, size, RDI);
	}
	done = x86_jmp(c);
	x86_land_here(c, zero);
	x86_alu_rr(c, X86_XOR, 4, RAX, RAX);
	if (sign) {
		negated = x86_jmp(c);
		x86_land_here(c, minus);
		x86_unary(c, X86_NEG, size, RAX);
		x86_land_here(c, negated);
	}
	x86_land_here(c, done);
	flags_lose(t);
	greg_done(t, i->rd, RAX);
	return true;
}

/* ---- shifts by register, bits -------------------------------------------- */

/* By CL, where x1 is, in RAX. */
static void shift_by_cl(struct translation *t, const struct insn *i,
			enum x86_shift op)
{
	unsigned int size = bytes_of(i);
	struct x86_code *c = &t->c;

	greg_load(t, size, RAX, i->rn);
	if (i->rm == 1) {
		x86_shift_rcl(c, op, size, RAX);
	} else {
		x86_mov_rr(c, 8, RDI, RCX);
		greg_load(t, 8, RCX, i->rm);
		x86_shift_rcl(c, op, size, RAX);
		x86_mov_rr(c, 8, RCX, RDI);
	}
	flags_lose(t);
	greg_done(t, i->rd, RAX);
}

static bool emit_shiftv(struct translation *t, const struct insn *i)
{
	enum x86_shx op = i->op == A64_LSLV   ? X86_SHLX
			  : i->op == A64_LSRV ? X86_SHRX
					      : X86_SARX;
	int d, n, m;

	if (!x86_has(&t->c, X86_BMI2)) {
		shift_by_cl(t, i,
			    op == X86_SHLX   ? X86_SHL
			    : op == X86_SHRX ? X86_SHR
					     : X86_SAR);
		return true;
	}
	d = greg_dst_host(i->rd, RAX);
	n = greg_src(t, i->rn, RAX);
	m = greg_src(t, i->rm, RDX);
	x86_shx(&t->c, op, bytes_of(i), d, n, m);
	greg_done(t, i->rd, d);
	return true;
}

/* Of rotations there is no other form. */
static bool emit_rorv(struct translation *t, const struct insn *i)
{
	shift_by_cl(t, i, X86_ROR);
	return true;
}

/* By BSR, which says nothing of zero: of the highest bit's number, of 2n - 1 for
 * none, only the bits below n, the other way round, are wanted. RDX. */
static void leading_zeros(struct translation *t, unsigned int size, int n)
{
	struct x86_code *c = &t->c;

	if (x86_has(c, X86_LZCNT)) {
		x86_lzcnt(c, size, RAX, n);
		return;
	}
	x86_mov_ri(c, RDX, 16 * size - 1);
	x86_bsr(c, size, RAX, n);
	x86_cmov_rr(c, CC_E, 4, RAX, RDX);
	x86_alu_ri(c, X86_XOR, 4, RAX, 8 * size - 1);
}

static bool emit_clz(struct translation *t, const struct insn *i)
{
	unsigned int size = bytes_of(i);
	struct x86_code *c = &t->c;
	int n = greg_src(t, i->rn, RDI);

	if (i->op == A64_CLS_int) {
		/* As many as agree with their neighbour above. */
		x86_mov_rr(c, size, RAX, n);
		x86_shift_ri(c, X86_SAR, size, RAX, 1);
		x86_alu_rr(c, X86_XOR, size, RAX, n);
		leading_zeros(t, size, RAX);
		x86_alu_ri(c, X86_SUB, 4, RAX, 1);
	} else {
		leading_zeros(t, size, n);
	}
	flags_lose(t);
	greg_done(t, i->rd, RAX);
	return true;
}

/* Bits of each @n apart change places, RAX; by @mask of the lower ones. */
static void swap_bits(struct translation *t, unsigned int size, unsigned int n,
		      uint64_t mask)
{
	struct x86_code *c = &t->c;

	x86_mov_ri(c, RDX, size == 4 ? (uint32_t)mask : mask);
	x86_mov_rr(c, size, RDI, RAX);
	x86_shift_ri(c, X86_SHR, size, RDI, n);
	x86_alu_rr(c, X86_AND, size, RDI, RDX);
	x86_alu_rr(c, X86_AND, size, RAX, RDX);
	x86_shift_ri(c, X86_SHL, size, RAX, n);
	x86_alu_rr(c, X86_OR, size, RAX, RDI);
}

/* REV, REV16, REV32, RBIT */
static bool emit_reverse(struct translation *t, const struct insn *i)
{
	unsigned int size = bytes_of(i);
	struct x86_code *c = &t->c;

	greg_load(t, size, RAX, i->rn);
	if (i->op == A64_REV16_int) {
		swap_bits(t, size, 8, UINT64_C(0x00ff00ff00ff00ff));
	} else {
		x86_bswap(c, size, RAX);
		if (i->op == A64_REV32_64)
			x86_shift_ri(c, X86_ROR, 8, RAX, 32);
	}
	if (i->op == A64_RBIT_int) {
		swap_bits(t, size, 4, UINT64_C(0x0f0f0f0f0f0f0f0f));
		swap_bits(t, size, 2, UINT64_C(0x3333333333333333));
		swap_bits(t, size, 1, UINT64_C(0x5555555555555555));
	}
	flags_lose(t);
	greg_done(t, i->rd, RAX);
	return true;
}

/* ---- the choice ---------------------------------------------------------- */

static emit_fn *bitfield_emitter(const struct insn *i)
{
	switch (i->form) {
	case BITFIELD_BYTE:
	case BITFIELD_HALF:
	case BITFIELD_WORD: return emit_extend;
	default: return emit_bitfield;
	}
}

emit_fn *int_emitter(const struct insn *i)
{
	switch (i->op) {
	case A64_ADR:
	case A64_ADRP: return emit_adr;
	case A64_MOVZ:
	case A64_MOVN: return emit_mov_wide;
	case A64_MOVK: return emit_movk;
	case A64_UBFM:
	case A64_SBFM: return bitfield_emitter(i);
	case A64_BFM: return emit_bfm;
	case A64_EXTR: return emit_extr;
	case A64_CSEL:
	case A64_CSINC:
	case A64_CSINV:
	case A64_CSNEG: return emit_csel;
	case A64_CCMN_reg:
	case A64_CCMP_reg:
	case A64_CCMN_imm:
	case A64_CCMP_imm: return emit_ccmp;
	case A64_MADD: return i->ra == REG_ZR ? emit_mul : emit_madd;
	case A64_MSUB: return emit_madd;
	case A64_SMADDL:
	case A64_SMSUBL:
	case A64_UMADDL:
	case A64_UMSUBL: return emit_madd_long;
	case A64_SMULH:
	case A64_UMULH: return emit_high;
	case A64_UDIV:
	case A64_SDIV: return emit_div;
	case A64_LSLV:
	case A64_LSRV:
	case A64_ASRV: return emit_shiftv;
	case A64_RORV: return emit_rorv;
	case A64_CLZ_int:
	case A64_CLS_int: return emit_clz;
	case A64_RBIT_int:
	case A64_REV16_int:
	case A64_REV_32:
	case A64_REV_64:
	case A64_REV32_64: return emit_reverse;
	default: return int_addsub_emitter(i);
	}
}
