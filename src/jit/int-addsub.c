/* SPDX-License-Identifier: MIT */
/*
 * Additions, subtractions and logical operations, with their second operand in
 * any form (enum a64_operand).
 *
 * The result is made in RDX if it is not pinned, since what follows a definition
 * of flags needs RAX; a second operand that has to be computed, in RDI.
 */
#include "jit/int.h"

#include "base/types.h"

enum { OP_ADD, OP_SUB, OP_AND, OP_OR, OP_XOR };

struct operation {
	uint8_t op;
	bool sets;    /* the flags */
	bool inverts; /* the second operand: BIC, ORN, EON */
};

static struct operation operation_of(const struct insn *i)
{
	switch (i->op) {
	case A64_ADD_imm:
	case A64_ADD_shift:
	case A64_ADD_ext: return (struct operation){OP_ADD, false, false};
	case A64_ADDS_imm:
	case A64_ADDS_shift:
	case A64_ADDS_ext: return (struct operation){OP_ADD, true, false};
	case A64_SUB_imm:
	case A64_SUB_shift:
	case A64_SUB_ext: return (struct operation){OP_SUB, false, false};
	case A64_SUBS_imm:
	case A64_SUBS_shift:
	case A64_SUBS_ext: return (struct operation){OP_SUB, true, false};
	case A64_AND_imm:
	case A64_AND_shift: return (struct operation){OP_AND, false, false};
	case A64_BIC_shift: return (struct operation){OP_AND, false, true};
	case A64_ORR_imm:
	case A64_ORR_shift: return (struct operation){OP_OR, false, false};
	case A64_ORN_shift: return (struct operation){OP_OR, false, true};
	case A64_EOR_imm:
	case A64_EOR_shift: return (struct operation){OP_XOR, false, false};
	case A64_EON_shift: return (struct operation){OP_XOR, false, true};
	case A64_BICS_shift: return (struct operation){OP_AND, true, true};
	default: return (struct operation){OP_AND, true, false}; /* ANDS */
	}
}

static enum x86_alu alu_of(const struct operation *o)
{
	static const uint8_t alus[] = {[OP_ADD] = X86_ADD,
				       [OP_SUB] = X86_SUB,
				       [OP_AND] = X86_AND,
				       [OP_OR] = X86_OR,
				       [OP_XOR] = X86_XOR};

	return alus[o->op];
}

static enum flags_kind kind_of(const struct operation *o)
{
	return o->op == OP_ADD   ? FLAGS_ADD
	       : o->op == OP_SUB ? FLAGS_SUB
				 : FLAGS_LOGIC;
}

/* ---- the second operand -------------------------------------------------- */

/* UXT and SXT: a field at the bottom, then left. */
static void emit_extended(struct translation *t, const struct insn *i)
{
	unsigned int a = i->aux & 0xff, b = i->aux >> 8, left = a - b;
	struct x86_code *c = &t->c;
	int m = greg_src(t, i->rm, RDI);

	/* Of A32: a field that is not at the bottom. */
	if (b > a) {
		x86_mov_rr(c, 8, RDI, m);
		x86_shift_ri(c, X86_SHL, 8, RDI, a);
		x86_shift_ri(c, i->form == OPERAND_SXT ? X86_SAR : X86_SHR, 8,
			     RDI, b);
		return;
	}
	/* UXTX and SXTX: all of it. */
	if (!b) {
		left = a;
		x86_mov_rr(c, 8, RDI, m);
	} else if (i->form == OPERAND_SXT) {
		x86_movsx_rr(c, (64 - a) / 8, 8, RDI, m);
	} else {
		x86_movzx_rr(c, (64 - a) / 8, RDI, m);
	}
	if (left)
		x86_shift_ri(c, X86_SHL, 8, RDI, left);
}

/* In RDI. Flags are lost. */
static void emit_operand(struct translation *t, const struct insn *i)
{
	static const uint8_t shifts[] = {[OPERAND_LSL - OPERAND_LSL] = X86_SHL,
					 [OPERAND_LSR - OPERAND_LSL] = X86_SHR,
					 [OPERAND_ASR - OPERAND_LSL] = X86_SAR,
					 [OPERAND_ROR - OPERAND_LSL] = X86_ROR};
	unsigned int size = bytes_of(i);

	switch (i->form) {
	case OPERAND_UXT:
	case OPERAND_SXT: emit_extended(t, i); break;
	case OPERAND_REG: greg_load(t, size, RDI, i->rm); break;
	case OPERAND_ROR:
		x86_rorx(&t->c, size, RDI, greg_src(t, i->rm, RDI), i->aux);
		break;
	default:
		greg_load(t, size, RDI, i->rm);
		x86_shift_ri(&t->c, shifts[i->form - OPERAND_LSL], size, RDI,
			     i->aux);
	}
}

/* ---- without flags, keeping the host's ----------------------------------- */

/* ADD and SUB of an immediate. */
static bool emit_add_imm(struct translation *t, const struct insn *i)
{
	int64_t imm = i->op == A64_SUB_imm ? -i->imm : i->imm;
	bool aligned = t->sp_aligned && i->rn == REG_SP && !(imm & 15);
	unsigned int size = bytes_of(i);
	int d = greg_dst_host(i->rd, RAX), n;

	if (is_known(t))
		return emit_known(t, i, t->known.value + imm);
	n = greg_src(t, i->rn, RAX);
	if (!imm)
		x86_mov_rr(&t->c, size, d, n);
	else if (d == n && t->flags == FLAGS_LOST)
		x86_alu_ri(&t->c, X86_ADD, size, d, imm);
	else
		x86_lea(&t->c, size, d, x86_at(n, imm));
	greg_done(t, i->rd, d);
	if (i->rd == REG_SP)
		t->sp_aligned = aligned && size == 8;
	return true;
}

/* ADD of a register, shifted left by at most 3. */
static bool emit_add_reg(struct translation *t, const struct insn *i)
{
	unsigned int size = bytes_of(i);
	int d = greg_dst_host(i->rd, RAX);
	int n = greg_src(t, i->rn, RAX), m;

	if (t->flags == FLAGS_LOST && i->form == OPERAND_REG &&
	    (d == n || !greg_is_pinned(i->rd)) && i->rm != REG_ZR) {
		if (d != n)
			x86_mov_rr(&t->c, 8, d, n);
		greg_alu(t, X86_ADD, size, d, i->rm);
	} else {
		m = greg_src(t, i->rm, RDI);
		x86_lea(&t->c, size, d, x86_at_index(n, m, i->aux, 0));
	}
	greg_done(t, i->rd, d);
	return true;
}

/* ORR and ORN of the zero register: MOV and MVN. */
static bool emit_mov_reg(struct translation *t, const struct insn *i)
{
	int d = greg_dst_host(i->rd, RAX);

	greg_load(t, bytes_of(i), d, i->rm);
	if (i->op == A64_ORN_shift)
		x86_unary(&t->c, X86_NOT, bytes_of(i), d);
	greg_done(t, i->rd, d);
	return true;
}

static bool emit_mov_imm(struct translation *t, const struct insn *i)
{
	int d = greg_dst_host(i->rd, RAX);

	emit_constant(t, d, i->imm);
	greg_done(t, i->rd, d);
	return true;
}

/* ---- any ----------------------------------------------------------------- */

/* The immediate as the host's sign-extended 32 bits, if it is one. */
static bool immediate(const struct insn *i, int32_t *imm)
{
	*imm = i->imm;
	return i->size != SIZE_X || i->imm == *imm;
}

/* CMP, CMN and TST: the result goes nowhere. */
static void emit_compare(struct translation *t, const struct insn *i,
			 const struct operation *o)
{
	unsigned int size = bytes_of(i);
	bool reads = o->op == OP_SUB || o->op == OP_AND;
	int n = greg_src(t, i->rn, RDX);
	struct x86_code *c = &t->c;
	int32_t imm;

	/* CMN has no compare of its own: a copy is changed. */
	if (!reads && n != RDX) {
		x86_mov_rr(c, 8, RDX, n);
		n = RDX;
	}
	if (i->form == OPERAND_IMM && immediate(i, &imm)) {
		if (o->op == OP_AND)
			x86_test_ri(c, size, n, imm);
		else
			x86_alu_ri(c, reads ? X86_CMP : X86_ADD, size, n, imm);
	} else if (i->form == OPERAND_REG && !o->inverts) {
		if (o->op == OP_AND)
			x86_test_rr(c, size, n, greg_src(t, i->rm, RDI));
		else
			greg_alu(t, reads ? X86_CMP : X86_ADD, size, n, i->rm);
	} else {
		if (i->form == OPERAND_IMM)
			emit_constant(t, RDI, i->imm);
		else
			emit_operand(t, i);
		if (o->inverts)
			x86_unary(c, X86_NOT, size, RDI);
		if (o->op == OP_AND)
			x86_test_rr(c, size, n, RDI);
		else
			x86_alu_rr(c, reads ? X86_CMP : X86_ADD, size, n, RDI);
	}
	emit_flags(t, kind_of(o));
}

/* @d = @g, if it is not there already; of @size bytes what follows makes all. */
static void first_operand(struct translation *t, unsigned int size, int d,
			  unsigned int g)
{
	if (!greg_is_pinned(g) || greg_pinned[g] != d)
		greg_load(t, size, d, g);
}

/* BIC and BICS of a register, if the host has it as one instruction. */
static bool emit_andn(struct translation *t, const struct insn *i, int d)
{
	int n;

	if (i->form != OPERAND_REG || !x86_has(&t->c, X86_BMI1) ||
	    i->rn == REG_ZR || i->rm == REG_ZR)
		return false;
	n = greg_src(t, i->rn, RDX);
	x86_andn(&t->c, bytes_of(i), d, greg_src(t, i->rm, RDI), n);
	return true;
}

static bool emit_any(struct translation *t, const struct insn *i)
{
	struct operation o = operation_of(i);
	unsigned int size = bytes_of(i);
	int d = greg_dst_host(i->rd, RDX);
	struct x86_code *c = &t->c;
	int32_t imm;

	if (o.sets && i->rd == REG_SINK) {
		emit_compare(t, i, &o);
		return true;
	}
	if (o.op == OP_AND && o.inverts && emit_andn(t, i, d)) {
		if (o.sets)
			emit_flags(t, FLAGS_LOGIC);
		else
			flags_lose(t);
		greg_done(t, i->rd, d);
		return true;
	}
	if (i->form == OPERAND_IMM && immediate(i, &imm)) {
		first_operand(t, size, d, i->rn);
		x86_alu_ri(c, alu_of(&o), size, d, imm);
	} else if (i->form == OPERAND_IMM && o.op == OP_AND && !o.sets &&
		   (uint64_t)i->imm <= UINT32_MAX) {
		first_operand(t, 4, d, i->rn);
		x86_alu_ri(c, X86_AND, 4, d, i->imm);
	} else if (i->form == OPERAND_REG && !o.inverts &&
		   (i->rm != i->rd || i->rn == i->rd)) {
		first_operand(t, size, d, i->rn);
		greg_alu(t, alu_of(&o), size, d, i->rm);
	} else {
		if (i->form == OPERAND_IMM)
			emit_constant(t, RDI, i->imm);
		else
			emit_operand(t, i);
		if (o.inverts)
			x86_unary(c, X86_NOT, size, RDI);
		first_operand(t, size, d, i->rn);
		x86_alu_rr(c, alu_of(&o), size, d, RDI);
	}
	if (o.sets)
		emit_flags(t, kind_of(&o));
	else
		flags_lose(t);
	greg_done(t, i->rd, d);
	return true;
}

/* ---- with carry ---------------------------------------------------------- */

static bool emit_adc(struct translation *t, const struct insn *i)
{
	bool sub = i->op == A64_SBC || i->op == A64_SBCS;
	unsigned int size = bytes_of(i);
	struct x86_code *c = &t->c;

	emit_carry(t, sub);
	greg_load(t, size, RDX, i->rn);
	greg_alu(t, sub ? X86_SBB : X86_ADC, size, RDX, i->rm);
	if (i->op == A64_ADCS || i->op == A64_SBCS) {
		emit_flags(t, sub ? FLAGS_SUB : FLAGS_ADD);
	} else {
		flags_lose(t);
		if (size == 4)
			x86_mov_rr(c, 4, RDX, RDX);
	}
	greg_done(t, i->rd, RDX);
	return true;
}

/* ---- the choice ---------------------------------------------------------- */

emit_fn *int_addsub_emitter(const struct insn *i)
{
	switch (i->op) {
	case A64_ADD_imm:
	case A64_SUB_imm: return emit_add_imm;
	case A64_ADD_shift:
		if (i->form == OPERAND_REG ||
		    (i->form == OPERAND_LSL && i->aux <= 3))
			return emit_add_reg;
		return emit_any;
	case A64_ORR_imm: return i->rn == REG_ZR ? emit_mov_imm : emit_any;
	case A64_ORR_shift:
	case A64_ORN_shift:
		if (i->rn == REG_ZR && i->form == OPERAND_REG)
			return emit_mov_reg;
		return emit_any;
	case A64_ADD_ext:
	case A64_ADDS_imm:
	case A64_ADDS_shift:
	case A64_ADDS_ext:
	case A64_SUB_shift:
	case A64_SUB_ext:
	case A64_SUBS_imm:
	case A64_SUBS_shift:
	case A64_SUBS_ext:
	case A64_AND_imm:
	case A64_AND_shift:
	case A64_ANDS_imm:
	case A64_ANDS_shift:
	case A64_BIC_shift:
	case A64_BICS_shift:
	case A64_EOR_imm:
	case A64_EOR_shift:
	case A64_EON_shift: return emit_any;
	case A64_ADC:
	case A64_ADCS:
	case A64_SBC:
	case A64_SBCS: return emit_adc;
	default: return NULL;
	}
}
