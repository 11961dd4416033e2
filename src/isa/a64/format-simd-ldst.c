/* SPDX-License-Identifier: MIT */
/*
 * Formats of loads and stores of SIMD&FP registers: one register, pairs,
 * structures (Arm ARM C4.1.94). What they mean: operands-simd-ldst.h.
 */
#include "isa/a64/formats.h"

/* ---- one register -------------------------------------------------------- */

/* Size and opc<1>, which makes it Q; opc<0> is load. */
static bool vldst_one(uint32_t w, struct insn *out, enum a64_vldst_form mode)
{
	out->size = FLD(w, 31, 30);
	if (FLD(w, 23, 23)) {
		if (out->size)
			return false;
		out->size = SIZE_Q;
	}
	out->form = mode | (FLD(w, 22, 22) ? VLDST_LOAD : 0);
	out->rd = FLD(w, 4, 0);
	out->rn = reg_sp(FLD(w, 9, 5));
	out->aux = 1;
	return true;
}

bool fmt_vldst_uimm(uint32_t w, struct insn *out)
{
	if (!vldst_one(w, out, VLDST_OFFSET))
		return false;
	out->imm = (int64_t)FLD(w, 21, 10) << out->size;
	return true;
}

bool fmt_vldst_unscaled(uint32_t w, struct insn *out)
{
	out->imm = sext64(FLD(w, 20, 12), 9);
	return vldst_one(w, out, VLDST_OFFSET);
}

bool fmt_vldst_pre(uint32_t w, struct insn *out)
{
	out->imm = sext64(FLD(w, 20, 12), 9);
	return vldst_one(w, out, VLDST_PRE);
}

bool fmt_vldst_post(uint32_t w, struct insn *out)
{
	out->imm = sext64(FLD(w, 20, 12), 9);
	return vldst_one(w, out, VLDST_POST);
}

bool fmt_vldst_reg(uint32_t w, struct insn *out)
{
	unsigned int option = FLD(w, 15, 13);
	enum a64_vldst_form mode = option == 2   ? VLDST_UXTW
				   : option == 6 ? VLDST_SXTW
						 : VLDST_LSL;

	if (!(option & 2) || !vldst_one(w, out, mode))
		return false;
	out->rm = reg_src(FLD(w, 20, 16));
	out->imm = FLD(w, 12, 12) ? out->size : 0;
	return true;
}

bool fmt_vld_literal(uint32_t w, struct insn *out)
{
	unsigned int opc = FLD(w, 31, 30);

	out->rd = FLD(w, 4, 0);
	out->imm = sext64(FLD(w, 23, 5), 19) * 4;
	out->size = SIZE_W + opc;
	out->form = VLDST_LITERAL | VLDST_LOAD;
	out->aux = 1;
	return opc != 3;
}

/* ---- pairs --------------------------------------------------------------- */

static bool vldst_pair(uint32_t w, struct insn *out, enum a64_vldst_form mode)
{
	unsigned int opc = FLD(w, 31, 30);

	out->size = SIZE_W + opc;
	out->form = mode | (FLD(w, 22, 22) ? VLDST_LOAD : 0);
	out->rd = FLD(w, 4, 0);
	out->rn = reg_sp(FLD(w, 9, 5));
	out->ra = FLD(w, 14, 10);
	out->imm = sext64(FLD(w, 21, 15), 7) * (4 << opc);
	out->aux = 2;
	return opc != 3;
}

/* Also LDNP, STNP: the hint has no effect. */
bool fmt_vldstp_offset(uint32_t w, struct insn *out)
{
	return vldst_pair(w, out, VLDST_OFFSET);
}

bool fmt_vldstp_pre(uint32_t w, struct insn *out)
{
	return vldst_pair(w, out, VLDST_PRE);
}

bool fmt_vldstp_post(uint32_t w, struct insn *out)
{
	return vldst_pair(w, out, VLDST_POST);
}

/* ---- structures ---------------------------------------------------------- */

/* Base and write-back, which is by the @len bytes of the access if Rm is 31. */
static void vldst_struct(uint32_t w, struct insn *out, enum a64_vldst_form form,
			 unsigned int len)
{
	bool post = FLD(w, 23, 23);
	unsigned int rm = FLD(w, 20, 16);

	out->form = form | (FLD(w, 22, 22) ? VLDST_LOAD : 0);
	out->rd = FLD(w, 4, 0);
	out->rn = reg_sp(FLD(w, 9, 5));
	out->rm = post ? reg_src(rm) : REG_ZR;
	out->imm = post && rm == 31 ? len : 0;
}

bool fmt_vldst_multiple(uint32_t w, struct insn *out)
{
	/* By opcode: registers, and whether they are interleaved. */
	static const struct {
		uint8_t regs, interleaved;
	} opcodes[16] = {
		[0] = {4, 1}, [2] = {4, 0}, [4] = {3, 1},  [6] = {3, 0},
		[7] = {1, 0}, [8] = {2, 1}, [10] = {2, 0},
	};
	unsigned int opcode = FLD(w, 15, 12), regs = opcodes[opcode].regs;
	bool interleaved = opcodes[opcode].interleaved;

	out->size = FLD(w, 11, 10);
	out->aux = regs;
	out->ra = FLD(w, 30, 30) ? 16 : 8;
	vldst_struct(w, out, interleaved ? VLDST_INTERLEAVED : VLDST_WHOLE,
		     regs * out->ra);
	/* 1D has nothing to interleave. */
	return regs && !(interleaved && out->size == SIZE_X && out->ra == 8);
}

static bool vldst_replicate(uint32_t w, struct insn *out)
{
	out->size = FLD(w, 11, 10);
	out->ra = FLD(w, 30, 30) ? 16 : 8;
	vldst_struct(w, out, VLDST_REPLICATE, out->aux << out->size);
	return (out->form & VLDST_LOAD) && !FLD(w, 12, 12);
}

bool fmt_vldst_single(uint32_t w, struct insn *out)
{
	unsigned int opcode = FLD(w, 15, 13), size = FLD(w, 11, 10);
	unsigned int s = FLD(w, 12, 12), log2 = opcode >> 1;
	unsigned int index = FLD(w, 30, 30) << 3 | s << 2 | size;

	out->aux = ((opcode & 1) << 1 | FLD(w, 21, 21)) + 1;
	if (log2 == 3)
		return vldst_replicate(w, out);
	if (log2 == 2 && (size & 1)) {
		if (size != 1 || s)
			return false;
		log2 = 3;
	} else if (size & ((1u << log2) - 1)) {
		return false;
	}
	out->size = log2;
	out->ra = index >> log2;
	vldst_struct(w, out, VLDST_LANE, out->aux << log2);
	return true;
}
