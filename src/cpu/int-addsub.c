/* SPDX-License-Identifier: MIT */
/*
 * Add and subtract: immediate, shifted and extended register, with carry
 * (Arm ARM C4.1.92, C4.1.95). One body for each kind of second operand, size
 * and operation; CMP and CMN are those that write no register.
 */
#include "isa/a64/formats.h"
#include "cpu/int-body.h"

enum operand {
	OP_IMM,
	OP_REG,
	OP_LSL,
	OP_LSR,
	OP_ASR,
	OP_UXT,
	OP_SXT,
	NR_OPERANDS
};

#define OPERAND_imm(T, S) ((T)i->imm)
#define OPERAND_reg(T, S) ((T)cpu->x[i->rm])
#define OPERAND_lsl(T, S) ((T)cpu->x[i->rm] << i->aux)
#define OPERAND_lsr(T, S) ((T)cpu->x[i->rm] >> i->aux)
#define OPERAND_asr(T, S) ((T)((S)cpu->x[i->rm] >> i->aux))
#define OPERAND_uxt(T, S) ((T)shift_field_u(cpu->x[i->rm], i->aux))
#define OPERAND_sxt(T, S) ((T)shift_field_s(cpu->x[i->rm], i->aux))

#define ADDSUB(kind, bits, T, S)                                   \
	BODY(add##bits##_##kind)                                   \
	{                                                          \
		T y = OPERAND_##kind(T, S);                        \
                                                                   \
		cpu->x[i->rd] = (T)(cpu->x[i->rn] + y);            \
		NEXT;                                              \
	}                                                          \
	BODY(sub##bits##_##kind)                                   \
	{                                                          \
		T y = OPERAND_##kind(T, S);                        \
                                                                   \
		cpu->x[i->rd] = (T)(cpu->x[i->rn] - y);            \
		NEXT;                                              \
	}                                                          \
	BODY(adds##bits##_##kind)                                  \
	{                                                          \
		T y = OPERAND_##kind(T, S);                        \
                                                                   \
		cpu->x[i->rd] = adds##bits(cpu, cpu->x[i->rn], y); \
		NEXT;                                              \
	}                                                          \
	BODY(subs##bits##_##kind)                                  \
	{                                                          \
		T y = OPERAND_##kind(T, S);                        \
                                                                   \
		cpu->x[i->rd] = subs##bits(cpu, cpu->x[i->rn], y); \
		NEXT;                                              \
	}                                                          \
	BODY(cmn##bits##_##kind)                                   \
	{                                                          \
		T y = OPERAND_##kind(T, S);                        \
                                                                   \
		adds##bits(cpu, cpu->x[i->rn], y);                 \
		NEXT;                                              \
	}                                                          \
	BODY(cmp##bits##_##kind)                                   \
	{                                                          \
		T y = OPERAND_##kind(T, S);                        \
                                                                   \
		subs##bits(cpu, cpu->x[i->rn], y);                 \
		NEXT;                                              \
	}

#define ADDSUB_KIND(kind)                   \
	ADDSUB(kind, 32, uint32_t, int32_t) \
	ADDSUB(kind, 64, uint64_t, int64_t)

ADDSUB_KIND(imm)
ADDSUB_KIND(reg)
ADDSUB_KIND(lsl)
ADDSUB_KIND(lsr)
ADDSUB_KIND(asr)
ADDSUB_KIND(uxt)
ADDSUB_KIND(sxt)

BODY(mov64)
{
	cpu->x[i->rd] = cpu->x[i->rn];
	NEXT;
}

BODY_FOR_ROW(exec_int_add_imm, add64_imm);
BODY_FOR_ROW(exec_int_adds_imm, adds64_imm);
BODY_FOR_ROW(exec_int_sub_imm, sub64_imm);
BODY_FOR_ROW(exec_int_subs_imm, subs64_imm);
BODY_FOR_ROW(exec_int_add_reg, add64_reg);
BODY_FOR_ROW(exec_int_adds_reg, adds64_reg);
BODY_FOR_ROW(exec_int_sub_reg, sub64_reg);
BODY_FOR_ROW(exec_int_subs_reg, subs64_reg);
BODY_FOR_ROW(exec_int_add_ext, add64_uxt);
BODY_FOR_ROW(exec_int_adds_ext, adds64_uxt);
BODY_FOR_ROW(exec_int_sub_ext, sub64_uxt);
BODY_FOR_ROW(exec_int_subs_ext, subs64_uxt);

/* Index op: word bits 30:29 (op, S), or those of CMN and CMP below. */
enum { OP_ADD, OP_ADDS, OP_SUB, OP_SUBS, OP_CMN, OP_CMP, NR_OPS };

#define ADDSUB_OPS(kind, bits)                                               \
	{                                                                    \
		add##bits##_##kind, adds##bits##_##kind, sub##bits##_##kind, \
			subs##bits##_##kind, cmn##bits##_##kind,             \
			cmp##bits##_##kind                                   \
	}
#define ADDSUB_FNS(kind)                                   \
	{                                                  \
		ADDSUB_OPS(kind, 32), ADDSUB_OPS(kind, 64) \
	}

static insn_fn *const addsub_fns[NR_OPERANDS][2][NR_OPS] = {
	[OP_IMM] = ADDSUB_FNS(imm), [OP_REG] = ADDSUB_FNS(reg),
	[OP_LSL] = ADDSUB_FNS(lsl), [OP_LSR] = ADDSUB_FNS(lsr),
	[OP_ASR] = ADDSUB_FNS(asr), [OP_UXT] = ADDSUB_FNS(uxt),
	[OP_SXT] = ADDSUB_FNS(sxt),
};

static void addsub_choose(uint32_t word, struct insn *out, enum operand kind)
{
	unsigned int op = FLD(word, 30, 29);

	if ((op & 1) && out->rd == REG_SINK)
		op = op == OP_ADDS ? OP_CMN : OP_CMP;
	out->fn = addsub_fns[kind][word >> 31][op];
}

bool fmt_int_addsub_imm(uint32_t word, struct insn *out)
{
	bool sets_flags = FLD(word, 29, 29);

	out->imm = (uint64_t)FLD(word, 21, 10) << (FLD(word, 22, 22) ? 12 : 0);
	out->rn = reg_sp(FLD(word, 9, 5));
	out->rd =
		sets_flags ? reg_dst(FLD(word, 4, 0)) : reg_sp(FLD(word, 4, 0));
	addsub_choose(word, out, OP_IMM);
	if (!out->imm && !sets_flags && word >> 31)
		out->fn = mov64;
	return true;
}

bool fmt_int_addsub_shift(uint32_t word, struct insn *out)
{
	unsigned int type = FLD(word, 23, 22);

	out->aux = FLD(word, 15, 10);
	if (type == 3 || (!(word >> 31) && out->aux >= 32))
		return false;
	out->rm = reg_src(FLD(word, 20, 16));
	out->rn = reg_src(FLD(word, 9, 5));
	out->rd = reg_dst(FLD(word, 4, 0));
	addsub_choose(word, out, out->aux ? OP_LSL + type : OP_REG);
	return true;
}

bool fmt_int_addsub_ext(uint32_t word, struct insn *out)
{
	unsigned int option = FLD(word, 15, 13), shift = FLD(word, 12, 10);

	if (shift > 4)
		return false;
	out->aux = aux_extend(option, shift);
	out->rm = reg_src(FLD(word, 20, 16));
	out->rn = reg_sp(FLD(word, 9, 5));
	out->rd = FLD(word, 29, 29) ? reg_dst(FLD(word, 4, 0))
				    : reg_sp(FLD(word, 4, 0));
	addsub_choose(word, out, extend_is_signed(option) ? OP_SXT : OP_UXT);
	return true;
}

/* ---- with carry ------------------------------------------------------------ */

/* x + y + C; SBC is this with y inverted. Flags as AddWithCarry(). */
static inline uint64_t adcs64(struct cpu *cpu, uint64_t x, uint64_t y)
{
	unsigned __int128 u = (unsigned __int128)x + y + cpu->c;
	uint64_t r = (uint64_t)u;

	cpu->c = (uint64_t)(u >> 64);
	cpu->v = ((x ^ r) & (y ^ r)) >> 63;
	set_nz64(cpu, r);
	return r;
}

static inline uint64_t adcs32(struct cpu *cpu, uint32_t x, uint32_t y)
{
	uint64_t u = (uint64_t)x + y + cpu->c;
	uint32_t r = (uint32_t)u;

	cpu->c = u >> 32;
	cpu->v = ((x ^ r) & (y ^ r)) >> 31;
	set_nz32(cpu, r);
	return r;
}

#define CARRY(bits, T)                                                         \
	BODY(adc##bits)                                                        \
	{                                                                      \
		cpu->x[i->rd] = (T)(cpu->x[i->rn] + cpu->x[i->rm] + cpu->c);   \
		NEXT;                                                          \
	}                                                                      \
	BODY(sbc##bits)                                                        \
	{                                                                      \
		cpu->x[i->rd] = (T)(cpu->x[i->rn] + ~cpu->x[i->rm] + cpu->c);  \
		NEXT;                                                          \
	}                                                                      \
	BODY(body_adcs##bits)                                                  \
	{                                                                      \
		cpu->x[i->rd] = adcs##bits(cpu, cpu->x[i->rn], cpu->x[i->rm]); \
		NEXT;                                                          \
	}                                                                      \
	BODY(body_sbcs##bits)                                                  \
	{                                                                      \
		cpu->x[i->rd] =                                                \
			adcs##bits(cpu, cpu->x[i->rn], ~cpu->x[i->rm]);        \
		NEXT;                                                          \
	}

CARRY(32, uint32_t)
CARRY(64, uint64_t)

BODY_FOR_ROW(exec_int_adc, adc64);
BODY_FOR_ROW(exec_int_adcs, body_adcs64);
BODY_FOR_ROW(exec_int_sbc, sbc64);
BODY_FOR_ROW(exec_int_sbcs, body_sbcs64);

bool fmt_int_adc(uint32_t word, struct insn *out)
{
	static insn_fn *const fns[2][4] = {
		{adc32, body_adcs32, sbc32, body_sbcs32},
		{adc64, body_adcs64, sbc64, body_sbcs64},
	};

	out->rm = reg_src(FLD(word, 20, 16));
	out->rn = reg_src(FLD(word, 9, 5));
	out->rd = reg_dst(FLD(word, 4, 0));
	out->fn = fns[word >> 31][FLD(word, 30, 29)];
	return true;
}
