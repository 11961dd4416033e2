/* SPDX-License-Identifier: MIT */
/*
 * Integer data processing that A64 has not: operands of A32, reverse subtraction,
 * logical operations that set N and Z and leave C or V, products of two
 * registers. As int.c: none may leave the block.
 *
 * Of the flags that are kept the host knows nothing, so those that are set go to
 * cpu->code_flags, which has the others.
 */
#include "jit/a32.h"

#include "base/types.h"

static enum a32_alu alu_of(const struct insn *i)
{
	return (i->op - A32_AND) / 2;
}

static bool sets_flags(const struct insn *i)
{
	return (i->op - A32_AND) & 1;
}

static bool is_arithmetic(enum a32_alu alu)
{
	return alu >= ALU_SUB && alu <= ALU_RSC;
}

static bool is_shift(const struct insn *i)
{
	return i->form >= OPERAND_LSL && i->form <= OPERAND_ASR;
}

/* ---- the second operand, in RDI ------------------------------------------ */

/* By the low byte of ra, from the 64 bits of the register: what the host can't
 * shift so far is nothing, or the sign. Of RAX, RDX. */
static void emit_shifted_by_reg(struct translation *t, const struct insn *i)
{
	struct x86_code *c = &t->c;
	int s = greg_src(t, i->ra, RDX), m = greg_src(t, i->rm, RDI);

	x86_movzx_rr(c, 1, RDX, s);
	switch (i->form) {
	case A32_OPERAND_LSL_REG:
	case A32_OPERAND_LSR_REG:
		x86_shx(c, i->form == A32_OPERAND_LSL_REG ? X86_SHLX : X86_SHRX,
			8, RDI, m, RDX);
		x86_mov_ri(c, RAX, 0);
		x86_alu_ri(c, X86_CMP, 4, RDX, 63);
		x86_cmov_rr(c, CC_A, 8, RDI, RAX);
		break;
	case A32_OPERAND_ASR_REG:
		x86_movsx_rr(c, 4, 8, RDI, m);
		x86_mov_ri(c, RAX, 63);
		x86_alu_rr(c, X86_CMP, 4, RDX, RAX);
		x86_cmov_rr(c, CC_A, 4, RDX, RAX);
		x86_shx(c, X86_SARX, 8, RDI, RDI, RDX);
		break;
	default: /* ROR: of the register twice */
		x86_mov_rr(c, 4, RAX, m);
		x86_mov_rr(c, 4, RDI, m);
		x86_shift_ri(c, X86_SHL, 8, RAX, 32);
		x86_alu_rr(c, X86_OR, 8, RDI, RAX);
		x86_alu_ri(c, X86_AND, 4, RDX, 31);
		x86_shx(c, X86_SHRX, 8, RDI, RDI, RDX);
	}
	x86_mov_rr(c, 4, RDI, RDI);
}

/* By a constant: CF is the last bit that went. @r is changed. */
static void emit_shift(struct translation *t, const struct insn *i, int r)
{
	static const uint8_t shifts[] = {[OPERAND_LSL - OPERAND_LSL] = X86_SHL,
					 [OPERAND_LSR - OPERAND_LSL] = X86_SHR,
					 [OPERAND_ASR - OPERAND_LSL] = X86_SAR,
					 [OPERAND_ROR - OPERAND_LSL] = X86_ROR};

	x86_shift_ri(&t->c, shifts[i->form - OPERAND_LSL], 4, r, i->aux);
}

static void emit_operand(struct translation *t, const struct insn *i)
{
	if (i->form == OPERAND_IMM) {
		emit_constant(t, RDI, (uint32_t)i->imm);
	} else if (i->form >= A32_OPERAND_LSL_REG) {
		emit_shifted_by_reg(t, i);
	} else {
		greg_load(t, 4, RDI, i->rm);
		if (i->form != OPERAND_REG)
			emit_shift(t, i, RDI);
	}
}

/* ---- arithmetic ---------------------------------------------------------- */

static bool emit_arithmetic(struct translation *t, const struct insn *i)
{
	enum a32_alu alu = alu_of(i);
	struct x86_code *c = &t->c;
	int d = RDX;

	emit_operand(t, i);
	if (alu == ALU_RSB) {
		greg_alu(t, X86_SUB, 4, RDI, i->rn);
		d = RDI;
	} else {
		greg_load(t, 4, RDX, i->rn);
		x86_alu_rr(c, alu == ALU_ADD ? X86_ADD : X86_SUB, 4, RDX, RDI);
	}
	if (sets_flags(i))
		emit_flags(t, alu == ALU_ADD ? FLAGS_ADD : FLAGS_SUB);
	else
		flags_lose(t);
	greg_done(t, i->rd, d);
	return true;
}

/* ADC, SBC, RSC of a constant. */
static bool emit_with_carry(struct translation *t, const struct insn *i)
{
	enum a32_alu alu = alu_of(i);
	bool sub = alu != ALU_ADC;
	struct x86_code *c = &t->c;

	emit_carry(t, sub);
	if (alu == ALU_RSC) {
		emit_constant(t, RDX, (uint32_t)i->imm);
		greg_alu(t, X86_SBB, 4, RDX, i->rn);
	} else {
		greg_load(t, 4, RDX, i->rn);
		x86_alu_ri(c, sub ? X86_SBB : X86_ADC, 4, RDX, i->imm);
	}
	if (sets_flags(i))
		emit_flags(t, sub ? FLAGS_SUB : FLAGS_ADD);
	else
		flags_lose(t);
	greg_done(t, i->rd, RDX);
	return true;
}

/* ---- flags in part ------------------------------------------------------- */

static struct x86_mem high_flags(void)
{
	struct x86_mem m = CPU_FIELD(code_flags);

	m.disp++;
	return m;
}

/* The host's SF and ZF are N and Z, with @carry CF is the inverse of C; the
 * rest stays. RAX, RDI. */
static void emit_part(struct translation *t, bool carry)
{
	struct x86_code *c = &t->c;

	if (!flags_are_dead(t, carry)) {
		x86_lahf(c);
		x86_shift_ri(c, X86_SHR, 4, RAX, 8);
		if (!carry) {
			x86_load(c, 1, RDI, high_flags());
			x86_alu_ri(c, X86_AND, 4, RAX,
				   (PACKED_N | PACKED_Z) >> 8);
			x86_alu_ri(c, X86_AND, 4, RDI, PACKED_NOTC >> 8);
			x86_alu_rr(c, X86_OR, 4, RAX, RDI);
		}
		x86_store(c, 1, high_flags(), RAX);
	}
	flags_lose(t);
}

/* N and Z of what is in @r stay to be had. */
static void note_part(struct translation *t, int r)
{
	t->part.r = r;
	t->part.next = t->k + 1;
}

/* MOVS, MVNS of a constant. */
static void emit_part_constant(struct translation *t, const struct insn *i,
			       uint32_t v)
{
	uint8_t bits = (v >> 31 ? PACKED_N >> 8 : 0) | (v ? 0 : PACKED_Z >> 8);
	struct x86_code *c = &t->c;

	if (i->aux != CARRY_KEPT) {
		bits |= i->aux ? 0 : PACKED_NOTC >> 8;
		x86_op_rm_i8(c, 0xc6, 0, high_flags(), bits);
	} else {
		x86_op_rm_i8(c, 0x80, X86_AND, high_flags(), PACKED_NOTC >> 8);
		if (bits)
			x86_op_rm_i8(c, 0x80, X86_OR, high_flags(), bits);
	}
	flags_lose(t);
}

static bool emit_movs_imm(struct translation *t, const struct insn *i)
{
	uint32_t v = i->op == A32_MVNS ? ~(uint32_t)i->imm : (uint32_t)i->imm;
	int d = greg_dst_host(i->rd, RDX);

	if (!flags_are_dead(t, i->aux != CARRY_KEPT))
		emit_part_constant(t, i, v);
	emit_constant(t, d, v);
	greg_done(t, i->rd, d);
	note_part(t, d);
	return true;
}

/* LSLS, LSRS, ASRS. */
static bool emit_movs_shift(struct translation *t, const struct insn *i)
{
	int d = greg_dst_host(i->rd, RDX);

	greg_load(t, 4, d, i->rm);
	emit_shift(t, i, d);
	x86_cmc(&t->c);
	emit_part(t, true);
	greg_done(t, i->rd, d);
	note_part(t, d);
	return true;
}

static enum x86_alu host_alu(enum a32_alu alu)
{
	switch (alu) {
	case ALU_EOR: return X86_XOR;
	case ALU_ORR:
	case ALU_ORN: return X86_OR;
	default: return X86_AND;
	}
}

static bool inverts(enum a32_alu alu)
{
	return alu == ALU_BIC || alu == ALU_ORN || alu == ALU_MVN;
}

/* Of a constant or a register. */
static bool emit_logical_flags(struct translation *t, const struct insn *i)
{
	bool carry = i->form == OPERAND_IMM && i->aux != CARRY_KEPT;
	enum a32_alu alu = alu_of(i);
	struct x86_code *c = &t->c;

	if (alu == ALU_MOV || alu == ALU_MVN) {
		greg_load(t, 4, RDX, i->rm);
		if (inverts(alu))
			x86_unary(c, X86_NOT, 4, RDX);
		x86_test_rr(c, 4, RDX, RDX);
	} else if (i->form == OPERAND_IMM) {
		int32_t v = inverts(alu) ? ~i->imm : i->imm;

		greg_load(t, 4, RDX, i->rn);
		x86_alu_ri(c, host_alu(alu), 4, RDX, v);
	} else if (inverts(alu)) {
		greg_load(t, 4, RDX, i->rm);
		x86_unary(c, X86_NOT, 4, RDX);
		greg_alu(t, host_alu(alu), 4, RDX, i->rn);
	} else {
		greg_load(t, 4, RDX, i->rn);
		greg_alu(t, host_alu(alu), 4, RDX, i->rm);
	}
	/* CF is 0. */
	if (carry && !i->aux)
		x86_stc(c);
	emit_part(t, carry);
	greg_done(t, i->rd, RDX);
	note_part(t, RDX);
	return true;
}

/* Without flags, of what A64 can't shift so. */
static bool emit_logical(struct translation *t, const struct insn *i)
{
	enum a32_alu alu = alu_of(i);

	emit_operand(t, i);
	if (inverts(alu))
		x86_unary(&t->c, X86_NOT, 4, RDI);
	if (alu != ALU_MOV && alu != ALU_MVN)
		greg_alu(t, host_alu(alu), 4, RDI, i->rn);
	flags_lose(t);
	greg_done(t, i->rd, RDI);
	return true;
}

/* ---- products, addresses ------------------------------------------------- */

static void load_extended(struct translation *t, int d, unsigned int g,
			  bool sign)
{
	int s = greg_src(t, g, d);

	if (sign)
		x86_movsx_rr(&t->c, 4, 8, d, s);
	else
		x86_mov_rr(&t->c, 4, d, s);
}

/* UMULL, SMULL, UMLAL, SMLAL */
static bool emit_mull(struct translation *t, const struct insn *i)
{
	bool sign = i->op == A32_SMULL || i->op == A32_SMLAL;
	struct x86_code *c = &t->c;

	load_extended(t, RAX, i->rn, sign);
	load_extended(t, RDX, i->rm, sign);
	x86_imul_rr(c, 8, RAX, RDX);
	if (i->op == A32_UMLAL || i->op == A32_SMLAL) {
		greg_load(t, 4, RDI, i->ra);
		x86_shift_ri(c, X86_SHL, 8, RDI, 32);
		greg_load(t, 4, RDX, i->rd);
		x86_alu_rr(c, X86_OR, 8, RDI, RDX);
		x86_alu_rr(c, X86_ADD, 8, RAX, RDI);
	}
	x86_mov_rr(c, 4, RDX, RAX);
	x86_shift_ri(c, X86_SHR, 8, RAX, 32);
	flags_lose(t);
	greg_done(t, i->rd, RDX);
	greg_done(t, i->ra, RAX);
	return true;
}

/* With nothing to add. */
static bool emit_muls(struct translation *t, const struct insn *i)
{
	struct x86_code *c = &t->c;

	greg_load(t, 4, RDX, i->rn);
	x86_imul_rr(c, 4, RDX, greg_src(t, i->rm, RAX));
	x86_test_rr(c, 4, RDX, RDX);
	emit_part(t, false);
	greg_done(t, i->rd, RDX);
	note_part(t, RDX);
	return true;
}

static bool emit_adr(struct translation *t, const struct insn *i)
{
	int d = greg_dst_host(i->rd, RAX);

	emit_page_address(t, d, i->pgoff + i->imm);
	greg_done(t, i->rd, d);
	return true;
}

/* ---- the choice ---------------------------------------------------------- */

static emit_fn *arithmetic_emitter(const struct translation *t,
				   const struct insn *i)
{
	switch (alu_of(i)) {
	case ALU_ADC:
	case ALU_SBC:
	case ALU_RSC: return i->form == OPERAND_IMM ? emit_with_carry : NULL;
	default: break;
	}
	if (i->form == A32_OPERAND_RRX)
		return NULL;
	/* Shifts by 32 */
	if (is_shift(i) && i->aux > 31)
		return NULL;
	return i->form < A32_OPERAND_LSL_REG || x86_has(&t->c, X86_BMI2)
		       ? emit_arithmetic
		       : NULL;
}

static emit_fn *flags_emitter(const struct insn *i)
{
	bool moves = i->op == A32_MOVS || i->op == A32_MVNS;

	if (i->form == OPERAND_IMM)
		return moves ? emit_movs_imm : emit_logical_flags;
	if (i->form == OPERAND_REG)
		return emit_logical_flags;
	return i->op == A32_MOVS && is_shift(i) && i->aux < 32 ? emit_movs_shift
							       : NULL;
}

static emit_fn *alu_emitter(const struct translation *t, const struct insn *i)
{
	if (is_arithmetic(alu_of(i)))
		return arithmetic_emitter(t, i);
	if (sets_flags(i))
		return flags_emitter(i);
	return i->form >= A32_OPERAND_LSL_REG && x86_has(&t->c, X86_BMI2)
		       ? emit_logical
		       : NULL;
}

emit_fn *a32_int_emitter(const struct translation *t, const struct insn *i)
{
	if (i->op < A32_ADR)
		return alu_emitter(t, i);
	switch (i->op) {
	case A32_ADR: return emit_adr;
	case A32_UMULL:
	case A32_SMULL:
	case A32_UMLAL:
	case A32_SMLAL: return i->aux ? NULL : emit_mull;
	case A32_MULS: return i->ra == REG_ZR ? emit_muls : NULL;
	default: return NULL;
	}
}

unsigned int a32_int_flags_use(const struct insn *i)
{
	unsigned int use = 0;

	if (i->op == A32_ADR)
		return USE_KEEPS;
	if (i->op == A32_MULS)
		return USE_PART;
	if (i->op > A32_ADR)
		return 0;
	if (alu_of(i) >= ALU_ADC && alu_of(i) <= ALU_RSC)
		use = USE_READS;
	if (!sets_flags(i))
		return use;
	if (is_arithmetic(alu_of(i)))
		return use | USE_SETS;
	return is_shift(i) || (i->form == OPERAND_IMM && i->aux != CARRY_KEPT)
		       ? USE_PART | USE_PART_C
		       : USE_PART;
}
