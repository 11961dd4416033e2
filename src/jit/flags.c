/* SPDX-License-Identifier: MIT */
/*
 * N, Z, C and V in translated code.
 *
 * In memory they are cpu->code_flags: what LAHF and SETO give after the host's
 * SUB, AH above AL: bit 15 is N, bit 14 Z, bit 8 the inverse of C, bit 0 V.
 * Two instructions and a store make it of the host's flags, ADD and SAHF take it
 * back. The interpreter's form (cpu->n ...) is made of it at each way out, and
 * the reverse at each way in (glue.c).
 */
#include "jit/flags.h"

#include "base/log.h"
#include "jit/a32.h"

static uint16_t flags_packed(uint32_t nzcv)
{
	return (nzcv & 8 ? PACKED_N : 0) | (nzcv & 4 ? PACKED_Z : 0) |
	       (nzcv & 2 ? 0 : PACKED_NOTC) | (nzcv & 1 ? PACKED_V : 0);
}

void flags_unpack(struct cpu *cpu, uint16_t packed)
{
	cpu->n = (uint64_t)packed << 48;
	cpu->z = !(packed & PACKED_Z);
	cpu->c = !(packed & PACKED_NOTC);
	cpu->v = packed & PACKED_V;
}

/* ---- who does what with them --------------------------------------------- */

unsigned int flags_use_a64(const struct translation *t, const struct insn *i)
{
	unsigned int by_bmi2 = x86_has(&t->c, X86_BMI2) ? USE_KEEPS : 0;

	switch (i->op) {
	case A64_ADDS_imm:
	case A64_ADDS_shift:
	case A64_ADDS_ext:
	case A64_SUBS_imm:
	case A64_SUBS_shift:
	case A64_SUBS_ext:
	case A64_ANDS_imm:
	case A64_ANDS_shift:
	case A64_BICS_shift: return USE_SETS;
	case A64_ADCS:
	case A64_SBCS:
	case A64_CCMN_reg:
	case A64_CCMP_reg:
	case A64_CCMN_imm:
	case A64_CCMP_imm: return USE_READS | USE_SETS;
	case A64_ADC:
	case A64_SBC: return USE_READS;
	case A64_CSEL:
	case A64_CSINC:
	case A64_CSINV: return USE_READS | USE_KEEPS;
	case A64_CSNEG: return USE_READS | USE_KEEPS;
	case A64_FCSEL: return i->size == FP_HALF ? 0 : USE_READS | USE_KEEPS;
	case A64_FMOV_reg:
	case A64_FABS_scalar:
	case A64_FNEG_scalar: return i->size == FP_HALF ? 0 : USE_KEEPS;
	case A64_ADR:
	case A64_ADRP:
	case A64_MOVZ:
	case A64_MOVN:
	case A64_ADD_imm:
	case A64_SUB_imm: return USE_KEEPS;
	case A64_ADD_shift:
		return i->form == OPERAND_REG ||
				       (i->form == OPERAND_LSL && i->aux <= 3)
			       ? USE_KEEPS
			       : 0;
	case A64_ORR_shift:
	case A64_ORN_shift:
		return i->rn == REG_ZR && i->form == OPERAND_REG ? USE_KEEPS
								 : 0;
	case A64_MOVK:
	case A64_LSLV:
	case A64_LSRV:
	case A64_ASRV:
	case A64_UMULH: return by_bmi2;
	case A64_MADD: return i->ra == REG_ZR ? by_bmi2 : 0;
	case A64_UBFM:
	case A64_SBFM:
		return i->form == BITFIELD_BYTE || i->form == BITFIELD_HALF ||
				       i->form == BITFIELD_WORD
			       ? USE_KEEPS
			       : 0;
	default: return 0;
	}
}

unsigned int flags_use(const struct translation *t, const struct insn *i)
{
	unsigned int use = flags_use_a64(t, i);

	return t->a32 ? a32_flags_use(t, i, use) : use;
}

bool flags_only_computes(const struct translation *t, const struct insn *i)
{
	const struct insn_row *row = insn_row(i->op);

	if (t->a32)
		return a32_only_computes(t, i);

	switch (i->op) {
	case A64_FCSEL:
	case A64_FMOV_reg:
	case A64_FABS_scalar:
	case A64_FNEG_scalar: return t->fp_checked && fp_emitter(i);
	default: return row && row->class == INSN_INT && int_emitter(i);
	}
}

/* Must a definition by instruction t->k be stored? */
static bool must_store(const struct translation *t)
{
	bool live = true;

	for (unsigned int k = t->k + 1; k < t->b->n; k++) {
		const struct insn *i = &t->b->insns[k];
		unsigned int use = flags_use(t, i);

		if ((use & USE_READS && !live) || use & USE_PART)
			return true;
		if (use & USE_SETS)
			return false;
		if (!flags_only_computes(t, i))
			return k != t->b->n - 1u || !t->lazy.on;
		live = live && use & USE_KEEPS;
	}
	return true;
}

bool flags_are_dead(const struct translation *t, bool carry)
{
	for (unsigned int k = t->k + 1; k < t->b->n; k++) {
		const struct insn *i = &t->b->insns[k];
		unsigned int use = flags_use(t, i);

		if (use & USE_READS || !flags_only_computes(t, i))
			return false;
		if (use & USE_SETS ||
		    (use & USE_PART && (!carry || use & USE_PART_C)))
			return true;
		if (use & USE_PART)
			return false;
	}
	return false;
}

/* ---- forms ---------------------------------------------------------- */

/* AX = what COMPARE is in memory: N, bit 15, is a copy of CF, bit 8. */
static void pack_compare(struct translation *t)
{
	x86_lahf(&t->c);
	x86_alu_ri(&t->c, X86_AND, 4, RAX, PACKED_Z | PACKED_NOTC);
	x86_imul_ri(&t->c, 4, RAX, RAX, 1 + PACKED_N / PACKED_NOTC);
}

void emit_flags_of_compare(struct translation *t)
{
	pack_compare(t);
	/* The product has cleared OF. */
	x86_sahf(&t->c);
}

/* Of what is in AX as in memory. */
static void unpack(struct translation *t)
{
	/* ADD AL, 0x7f: 1 + 0x7f overflows. */
	x86_byte(&t->c, 0x04);
	x86_byte(&t->c, 0x7f);
	x86_sahf(&t->c);
}

void emit_flags_constant(struct translation *t, uint32_t nzcv)
{
	x86_mov_ri(&t->c, RAX, flags_packed(nzcv));
	unpack(t);
}

void flags_normalize(struct translation *t)
{
	if (t->flags == FLAGS_ADD)
		x86_cmc(&t->c);
	else if (t->flags == FLAGS_LOGIC)
		x86_stc(&t->c);
	else if (t->flags == FLAGS_COMPARE)
		emit_flags_of_compare(t);
	t->flags = FLAGS_SUB;
}

/* ---- definition ---------------------------------------------------------- */

void emit_flags(struct translation *t, enum flags_kind kind)
{
	t->flags = kind;
	t->compared.bytes = 0;
	t->flags_stored = false;
	if (must_store(t))
		emit_flags_stored(t);
}

void emit_flags_stored(struct translation *t)
{
	if (t->flags_stored)
		return;
	flags_normalize(t);
	x86_lahf(&t->c);
	x86_setcc_r(&t->c, CC_O, RAX);
	x86_store(&t->c, 2, CPU_FIELD(code_flags), RAX);
	t->flags_stored = true;
}

bool emit_flags_compared(struct translation *t)
{
	t->flags = FLAGS_COMPARE;
	t->flags_stored = must_store(t);
	if (!t->flags_stored)
		return false;
	pack_compare(t);
	x86_store(&t->c, 2, CPU_FIELD(code_flags), RAX);
	return true;
}

void flags_lose(struct translation *t)
{
	t->flags = FLAGS_LOST;
}

/* ---- use ----------------------------------------------------------------- */

/* They are lost: from memory. */
static void emit_flags_load(struct translation *t)
{
	bug_on(!t->flags_stored, "flags were neither kept nor stored");
	x86_load(&t->c, 2, RAX, CPU_FIELD(code_flags));
	unpack(t);
	t->flags = FLAGS_SUB;
}

/* Of the host's flags after SUB. */
static const uint8_t sub_cc[NR_CONDS] = {
	[COND_EQ] = CC_E,  [COND_NE] = CC_NE, [COND_CS] = CC_AE,
	[COND_CC] = CC_B,  [COND_MI] = CC_S,  [COND_PL] = CC_NS,
	[COND_VS] = CC_O,  [COND_VC] = CC_NO, [COND_HI] = CC_A,
	[COND_LS] = CC_BE, [COND_GE] = CC_GE, [COND_LT] = CC_L,
	[COND_GT] = CC_G,  [COND_LE] = CC_LE,
};

static const uint8_t compare_cc[NR_CONDS] = {
	[COND_EQ] = CC_E,  [COND_NE] = CC_NE, [COND_CS] = CC_AE,
	[COND_CC] = CC_B,  [COND_MI] = CC_B,  [COND_PL] = CC_AE,
	[COND_VS] = CC_O,  [COND_VC] = CC_NO, [COND_HI] = CC_A,
	[COND_LS] = CC_BE, [COND_GE] = CC_AE, [COND_LT] = CC_B,
	[COND_GT] = CC_A,  [COND_LE] = CC_BE,
};

/* One flag in memory: ZF is its inverse. */
static enum x86_cc test_stored(struct translation *t, uint16_t bit, bool set)
{
	struct x86_mem m = CPU_FIELD(code_flags);

	bug_on(!t->flags_stored, "flags were neither kept nor stored");
	if (bit > 0xff) {
		m.disp++;
		bit >>= 8;
	}
	x86_test_m8i(&t->c, m, bit);
	return set ? CC_NE : CC_E;
}

enum x86_cc emit_condition(struct translation *t, enum a64_cond cond)
{
	if (t->flags == FLAGS_LOST) {
		if (part_is_known(t) && cond <= COND_PL && cond != COND_CS &&
		    cond != COND_CC) {
			x86_test_rr(&t->c, 4, t->part.r, t->part.r);
			return sub_cc[cond];
		}
		switch (cond) {
		case COND_EQ: return test_stored(t, PACKED_Z, true);
		case COND_NE: return test_stored(t, PACKED_Z, false);
		case COND_CS: return test_stored(t, PACKED_NOTC, false);
		case COND_CC: return test_stored(t, PACKED_NOTC, true);
		case COND_MI: return test_stored(t, PACKED_N, true);
		case COND_PL: return test_stored(t, PACKED_N, false);
		case COND_VS: return test_stored(t, PACKED_V, true);
		case COND_VC: return test_stored(t, PACKED_V, false);
		default: emit_flags_load(t); return sub_cc[cond];
		}
	}
	if (t->flags == FLAGS_COMPARE)
		return compare_cc[cond];
	switch (cond) {
	case COND_CS:
	case COND_CC:
		if (t->flags == FLAGS_ADD)
			return cond == COND_CS ? CC_B : CC_AE;
		flags_normalize(t);
		break;
	case COND_HI:
	case COND_LS: flags_normalize(t); break;
	default: break;
	}
	return sub_cc[cond];
}

void emit_carry(struct translation *t, bool inverse)
{
	switch (t->flags) {
	case FLAGS_LOST:
		bug_on(!t->flags_stored, "flags were neither kept nor stored");
		x86_bt_mi(&t->c, CPU_FIELD(code_flags), 8);
		break;
	case FLAGS_ADD:
		if (inverse)
			x86_cmc(&t->c);
		return;
	default: flags_normalize(t);
	}
	if (!inverse)
		x86_cmc(&t->c);
}
