/* SPDX-License-Identifier: MIT */
/*
 * Logical operations: bitmask immediate and shifted register (Arm ARM
 * C4.1.92, C4.1.95).
 */
#include "isa/a64/formats.h"
#include "cpu/int-body.h"

enum operand { OP_IMM, OP_REG, OP_LSL, OP_LSR, OP_ASR, OP_ROR, NR_OPERANDS };

#define OPERAND_imm(bits, T, S) ((T)i->imm)
#define OPERAND_reg(bits, T, S) ((T)cpu->x[i->rm])
#define OPERAND_lsl(bits, T, S) ((T)cpu->x[i->rm] << i->aux)
#define OPERAND_lsr(bits, T, S) ((T)cpu->x[i->rm] >> i->aux)
#define OPERAND_asr(bits, T, S) ((T)((S)cpu->x[i->rm] >> i->aux))
#define OPERAND_ror(bits, T, S) \
	((T)cpu->x[i->rm] >> i->aux | (T)cpu->x[i->rm] << (bits - i->aux))

#define LOGICAL(name, kind, bits, T, S, expr)                           \
	BODY(name##bits##_##kind)                                       \
	{                                                               \
		T y = OPERAND_##kind(bits, T, S), x = (T)cpu->x[i->rn]; \
                                                                        \
		cpu->x[i->rd] = (T)(expr);                              \
		NEXT;                                                   \
	}
/* The body that sets flags; with i->rd the sink it is TST. */
#define LOGICAL_S(name, kind, bits, T, S, expr)                         \
	BODY(name##bits##_##kind)                                       \
	{                                                               \
		T y = OPERAND_##kind(bits, T, S), x = (T)cpu->x[i->rn]; \
		T r = (expr);                                           \
                                                                        \
		cpu->x[i->rd] = r;                                      \
		cpu->c = 0;                                             \
		cpu->v = 0;                                             \
		set_nz##bits(cpu, r);                                   \
		NEXT;                                                   \
	}

#define LOGICAL_IMM(bits, T, S)              \
	LOGICAL(and, imm, bits, T, S, x &y)  \
	LOGICAL(orr, imm, bits, T, S, x | y) \
	LOGICAL(eor, imm, bits, T, S, x ^ y) \
	LOGICAL_S(ands, imm, bits, T, S, x &y)

#define LOGICAL_REG(kind, bits, T, S)           \
	LOGICAL(and, kind, bits, T, S, x &y)    \
	LOGICAL(bic, kind, bits, T, S, x & ~y)  \
	LOGICAL(orr, kind, bits, T, S, x | y)   \
	LOGICAL(orn, kind, bits, T, S, x | ~y)  \
	LOGICAL(eor, kind, bits, T, S, x ^ y)   \
	LOGICAL(eon, kind, bits, T, S, x ^ ~y)  \
	LOGICAL_S(ands, kind, bits, T, S, x &y) \
	LOGICAL_S(bics, kind, bits, T, S, x & ~y)

#define LOGICAL_KIND(kind)                       \
	LOGICAL_REG(kind, 32, uint32_t, int32_t) \
	LOGICAL_REG(kind, 64, uint64_t, int64_t)

LOGICAL_IMM(32, uint32_t, int32_t)
LOGICAL_IMM(64, uint64_t, int64_t)
LOGICAL_KIND(reg)
LOGICAL_KIND(lsl)
LOGICAL_KIND(lsr)
LOGICAL_KIND(asr)
LOGICAL_KIND(ror)

BODY(mov64)
{
	cpu->x[i->rd] = cpu->x[i->rm];
	NEXT;
}

BODY(mov32)
{
	cpu->x[i->rd] = (uint32_t)cpu->x[i->rm];
	NEXT;
}

BODY(mov_imm)
{
	cpu->x[i->rd] = i->imm;
	NEXT;
}

BODY_FOR_ROW(exec_int_and_imm, and64_imm);
BODY_FOR_ROW(exec_int_orr_imm, orr64_imm);
BODY_FOR_ROW(exec_int_eor_imm, eor64_imm);
BODY_FOR_ROW(exec_int_ands_imm, ands64_imm);
BODY_FOR_ROW(exec_int_and_reg, and64_reg);
BODY_FOR_ROW(exec_int_bic_reg, bic64_reg);
BODY_FOR_ROW(exec_int_orr_reg, orr64_reg);
BODY_FOR_ROW(exec_int_orn_reg, orn64_reg);
BODY_FOR_ROW(exec_int_eor_reg, eor64_reg);
BODY_FOR_ROW(exec_int_eon_reg, eon64_reg);
BODY_FOR_ROW(exec_int_ands_reg, ands64_reg);
BODY_FOR_ROW(exec_int_bics_reg, bics64_reg);

/*
 * The bitmask immediate (DecodeBitMasks in the Arm ARM): a run of S+1 ones,
 * rotated right by R within an element of 2..64 bits, replicated. False for
 * the reserved encodings.
 */
static bool bitmask_decode(unsigned int n, unsigned int imms, unsigned int immr,
			   uint64_t *mask)
{
	unsigned int key = n << 6 | (~imms & 0x3f), len, size, s, r;
	uint64_t elem, elem_mask;

	if (key < 2)
		return false;
	len = 31 - __builtin_clz(key);
	size = 1u << len;
	s = imms & (size - 1);
	r = immr & (size - 1);
	if (s == size - 1)
		return false;
	elem_mask = ~UINT64_C(0) >> (64 - size);
	elem = ~UINT64_C(0) >> (63 - s);
	if (r)
		elem = (elem >> r | elem << (size - r)) & elem_mask;
	for (; size < 64; size *= 2)
		elem |= elem << size;
	*mask = elem;
	return true;
}

bool fmt_int_logical_imm(uint32_t word, struct insn *out)
{
	static insn_fn *const fns[2][4] = {
		{and32_imm, orr32_imm, eor32_imm, ands32_imm},
		{and64_imm, orr64_imm, eor64_imm, ands64_imm},
	};
	unsigned int op = FLD(word, 30, 29), n = FLD(word, 22, 22);
	bool sf = word >> 31;
	uint64_t mask;

	if ((!sf && n) ||
	    !bitmask_decode(n, FLD(word, 15, 10), FLD(word, 21, 16), &mask))
		return false;
	out->imm = sf ? mask : (uint32_t)mask;
	out->rn = reg_src(FLD(word, 9, 5));
	out->rd = op == 3 ? reg_dst(FLD(word, 4, 0)) : reg_sp(FLD(word, 4, 0));
	out->fn = fns[sf][op];
	if (op == 1 && out->rn == REG_ZR)
		out->fn = mov_imm;
	return true;
}

#define LOGICAL_OPS(kind, bits)                                             \
	{                                                                   \
		and##bits##_##kind, bic##bits##_##kind, orr##bits##_##kind, \
			orn##bits##_##kind, eor##bits##_##kind,             \
			eon##bits##_##kind, ands##bits##_##kind,            \
			bics##bits##_##kind                                 \
	}
#define LOGICAL_FNS(kind)                                    \
	{                                                    \
		LOGICAL_OPS(kind, 32), LOGICAL_OPS(kind, 64) \
	}

bool fmt_int_logical_shift(uint32_t word, struct insn *out)
{
	static insn_fn *const fns[NR_OPERANDS][2][8] = {
		[OP_REG] = LOGICAL_FNS(reg), [OP_LSL] = LOGICAL_FNS(lsl),
		[OP_LSR] = LOGICAL_FNS(lsr), [OP_ASR] = LOGICAL_FNS(asr),
		[OP_ROR] = LOGICAL_FNS(ror),
	};
	unsigned int op = FLD(word, 30, 29) << 1 | FLD(word, 21, 21);
	bool sf = word >> 31;
	enum operand kind;

	out->aux = FLD(word, 15, 10);
	if (!sf && out->aux >= 32)
		return false;
	kind = out->aux ? OP_LSL + FLD(word, 23, 22) : OP_REG;
	out->rm = reg_src(FLD(word, 20, 16));
	out->rn = reg_src(FLD(word, 9, 5));
	out->rd = reg_dst(FLD(word, 4, 0));
	out->fn = fns[kind][sf][op];
	if (op == 2 && out->rn == REG_ZR && kind == OP_REG)
		out->fn = sf ? mov64 : mov32;
	return true;
}
