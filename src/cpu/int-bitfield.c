/* SPDX-License-Identifier: MIT */
/*
 * Move wide, bitfield, extract and PC-relative addresses (Arm ARM C4.1.92).
 * SBFM and UBFM are two shifts (see aux_shifts()); the aliases that need one
 * shift or a plain extension have their own bodies.
 */
#include "isa/a64/formats.h"
#include "cpu/int-body.h"

/* ---- PC-relative ------------------------------------------------------------ */

void exec_int_adr(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = insn_pc(cpu, i) + i->imm;
	NEXT;
}

/* page_va is the 4 KiB page of the instruction: what ADRP adds to. */
void exec_int_adrp(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = cpu->page_va + i->imm;
	NEXT;
}

bool fmt_int_adr(uint32_t word, struct insn *out)
{
	uint64_t imm = sext64(FLD(word, 23, 5) << 2 | FLD(word, 30, 29), 21);

	out->imm = word >> 31 ? imm << 12 : imm;
	out->rd = reg_dst(FLD(word, 4, 0));
	return true;
}

/* ---- move wide -------------------------------------------------------------- */

void exec_int_mov_imm(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = i->imm;
	NEXT;
}

BODY(movk64)
{
	cpu->x[i->rd] =
		(cpu->x[i->rd] & ~(UINT64_C(0xffff) << i->aux)) | i->imm;
	NEXT;
}

BODY(movk32)
{
	cpu->x[i->rd] =
		(uint32_t)((cpu->x[i->rd] & ~(UINT64_C(0xffff) << i->aux)) |
			   i->imm);
	NEXT;
}

BODY_FOR_ROW(exec_int_movk, movk64);

static bool movw_fields(uint32_t word, struct insn *out)
{
	out->aux = FLD(word, 22, 21) * 16;
	out->imm = (uint64_t)FLD(word, 20, 5) << out->aux;
	out->rd = reg_dst(FLD(word, 4, 0));
	return word >> 31 || out->aux < 32;
}

bool fmt_int_movz(uint32_t word, struct insn *out)
{
	return movw_fields(word, out);
}

bool fmt_int_movn(uint32_t word, struct insn *out)
{
	bool ok = movw_fields(word, out);

	out->imm = word >> 31 ? ~out->imm : (uint32_t)~out->imm;
	return ok;
}

/* MOVK to XZR reads the sink, and writes it: neither matters. */
bool fmt_int_movk(uint32_t word, struct insn *out)
{
	out->fn = word >> 31 ? movk64 : movk32;
	return movw_fields(word, out);
}

/* ---- bitfield ---------------------------------------------------------------- */

BODY(ubfm)
{
	cpu->x[i->rd] = shift_field_u(cpu->x[i->rn], i->aux);
	NEXT;
}

BODY(lsl64)
{
	cpu->x[i->rd] = cpu->x[i->rn] << i->aux;
	NEXT;
}

BODY(lsl32)
{
	cpu->x[i->rd] = (uint32_t)cpu->x[i->rn] << i->aux;
	NEXT;
}

BODY(lsr64)
{
	cpu->x[i->rd] = cpu->x[i->rn] >> i->aux;
	NEXT;
}

BODY(lsr32)
{
	cpu->x[i->rd] = (uint32_t)cpu->x[i->rn] >> i->aux;
	NEXT;
}

/* UBFX: imm is the mask of the width. */
BODY(ubfx)
{
	cpu->x[i->rd] = cpu->x[i->rn] >> i->aux & i->imm;
	NEXT;
}

BODY(uxtb)
{
	cpu->x[i->rd] = (uint8_t)cpu->x[i->rn];
	NEXT;
}

BODY(uxth)
{
	cpu->x[i->rd] = (uint16_t)cpu->x[i->rn];
	NEXT;
}

BODY(sbfm64)
{
	cpu->x[i->rd] = shift_field_s(cpu->x[i->rn], i->aux);
	NEXT;
}

BODY(sbfm32)
{
	cpu->x[i->rd] = (uint32_t)shift_field_s(cpu->x[i->rn], i->aux);
	NEXT;
}

BODY(asr64)
{
	cpu->x[i->rd] = (int64_t)cpu->x[i->rn] >> i->aux;
	NEXT;
}

BODY(asr32)
{
	cpu->x[i->rd] = (uint32_t)((int32_t)cpu->x[i->rn] >> i->aux);
	NEXT;
}

BODY(sxtw)
{
	cpu->x[i->rd] = (int64_t)(int32_t)cpu->x[i->rn];
	NEXT;
}

/* imm has the bits of the destination that stay. */
BODY(bfm)
{
	cpu->x[i->rd] =
		(cpu->x[i->rd] & i->imm) | shift_field_u(cpu->x[i->rn], i->aux);
	NEXT;
}

BODY_FOR_ROW(exec_int_ubfm, ubfm);
BODY_FOR_ROW(exec_int_sbfm, sbfm64);
BODY_FOR_ROW(exec_int_bfm, bfm);

struct bitfield {
	bool sf;
	unsigned int immr, imms;
};

/*
 * Sets registers and aux, with the field brought to the top of 64 bits first:
 * bits imms..immr go to the bottom or, if imms < immr, bits imms..0 go up by
 * size - immr.
 */
static bool bitfield_fields(uint32_t word, struct insn *out,
			    struct bitfield *bf)
{
	unsigned int size, a;

	bf->sf = word >> 31;
	bf->immr = FLD(word, 21, 16);
	bf->imms = FLD(word, 15, 10);
	size = bf->sf ? 64 : 32;
	if (FLD(word, 22, 22) != bf->sf || bf->immr >= size || bf->imms >= size)
		return false;
	out->rn = reg_src(FLD(word, 9, 5));
	out->rd = reg_dst(FLD(word, 4, 0));
	a = 63 - bf->imms;
	if (bf->imms >= bf->immr)
		out->aux = aux_shifts(a, a + bf->immr);
	else
		out->aux = aux_shifts(a, a - (size - bf->immr));
	return true;
}

bool fmt_int_ubfm(uint32_t word, struct insn *out)
{
	struct bitfield bf;
	unsigned int top;

	if (!bitfield_fields(word, out, &bf))
		return false;
	top = bf.sf ? 63 : 31;
	if (bf.imms == top) {
		out->fn = bf.sf ? lsr64 : lsr32;
		out->aux = bf.immr;
	} else if (bf.imms + 1 == bf.immr) {
		out->fn = bf.sf ? lsl64 : lsl32;
		out->aux = top - bf.imms;
	} else if (!bf.immr && bf.imms == 7) {
		out->fn = uxtb;
	} else if (!bf.immr && bf.imms == 15) {
		out->fn = uxth;
	} else if (bf.imms >= bf.immr) {
		out->fn = ubfx;
		out->aux = bf.immr;
		out->imm = GENMASK(bf.imms - bf.immr, 0);
	} else {
		out->fn = ubfm;
	}
	return true;
}

bool fmt_int_sbfm(uint32_t word, struct insn *out)
{
	struct bitfield bf;

	if (!bitfield_fields(word, out, &bf))
		return false;
	if (bf.imms == (bf.sf ? 63 : 31)) {
		out->fn = bf.sf ? asr64 : asr32;
		out->aux = bf.immr;
	} else if (bf.sf && !bf.immr && bf.imms == 31) {
		out->fn = sxtw;
	} else {
		out->fn = bf.sf ? sbfm64 : sbfm32;
	}
	return true;
}

bool fmt_int_bfm(uint32_t word, struct insn *out)
{
	struct bitfield bf;

	if (!bitfield_fields(word, out, &bf))
		return false;
	out->imm = ~shift_field_u(~UINT64_C(0), out->aux);
	if (!bf.sf)
		out->imm = (uint32_t)out->imm;
	return true;
}

/* ---- extract ----------------------------------------------------------------- */

/* 0 < aux < 64 */
BODY(extr64)
{
	cpu->x[i->rd] = cpu->x[i->rm] >> i->aux | cpu->x[i->rn]
							  << (64 - i->aux);
	NEXT;
}

/* 0 <= aux < 32 */
BODY(extr32)
{
	uint64_t pair = cpu->x[i->rn] << 32 | (uint32_t)cpu->x[i->rm];

	cpu->x[i->rd] = (uint32_t)(pair >> i->aux);
	NEXT;
}

BODY(extr64_zero)
{
	cpu->x[i->rd] = cpu->x[i->rm];
	NEXT;
}

BODY_FOR_ROW(exec_int_extr, extr64);

bool fmt_int_extr(uint32_t word, struct insn *out)
{
	bool sf = word >> 31;

	out->aux = FLD(word, 15, 10);
	if (FLD(word, 22, 22) != sf || (!sf && out->aux >= 32))
		return false;
	out->rm = reg_src(FLD(word, 20, 16));
	out->rn = reg_src(FLD(word, 9, 5));
	out->rd = reg_dst(FLD(word, 4, 0));
	out->fn = !sf ? extr32 : out->aux ? extr64 : extr64_zero;
	return true;
}
