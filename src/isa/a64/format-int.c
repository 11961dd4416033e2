/* SPDX-License-Identifier: MIT */
/*
 * Formats of integer data processing (Arm ARM C4.1.92, C4.1.95), class INT.
 * size is of the registers; form and aux as in isa/a64/operands.h.
 */
#include "isa/a64/formats.h"

static uint8_t size_of(uint32_t word)
{
	return word >> 31 ? SIZE_X : SIZE_W;
}

static unsigned int bits_of(uint32_t word)
{
	return word >> 31 ? 64 : 32;
}

/* Rm, Rn and Rd, with 31 as XZR. */
static void fields_mnd(uint32_t word, struct insn *out)
{
	out->size = size_of(word);
	out->rm = reg_src(FLD(word, 20, 16));
	out->rn = reg_src(FLD(word, 9, 5));
	out->rd = reg_dst(FLD(word, 4, 0));
}

bool fmt_int_adr(uint32_t word, struct insn *out)
{
	uint64_t imm = sext64(FLD(word, 23, 5) << 2 | FLD(word, 30, 29), 21);

	out->size = SIZE_X;
	out->imm = word >> 31 ? imm << 12 : imm;
	out->rd = reg_dst(FLD(word, 4, 0));
	return true;
}

/* ---- add and subtract ---------------------------------------------------- */

/* Rd is SP but where the flags are set. */
static uint8_t addsub_rd(uint32_t word)
{
	unsigned int d = FLD(word, 4, 0);

	return FLD(word, 29, 29) ? reg_dst(d) : reg_sp(d);
}

bool fmt_int_addsub_imm(uint32_t word, struct insn *out)
{
	out->size = size_of(word);
	out->form = OPERAND_IMM;
	out->imm = (uint64_t)FLD(word, 21, 10) << (FLD(word, 22, 22) ? 12 : 0);
	out->rn = reg_sp(FLD(word, 9, 5));
	out->rd = addsub_rd(word);
	return true;
}

/* Also of the logical operations. */
static bool shifted_register(uint32_t word, struct insn *out)
{
	fields_mnd(word, out);
	out->aux = FLD(word, 15, 10);
	out->form = out->aux ? OPERAND_LSL + FLD(word, 23, 22) : OPERAND_REG;
	return out->aux < bits_of(word);
}

bool fmt_int_addsub_shift(uint32_t word, struct insn *out)
{
	return FLD(word, 23, 22) != 3 && shifted_register(word, out);
}

bool fmt_int_addsub_ext(uint32_t word, struct insn *out)
{
	unsigned int option = FLD(word, 15, 13), shift = FLD(word, 12, 10);

	if (shift > 4)
		return false;
	out->size = size_of(word);
	out->form = option & 4 ? OPERAND_SXT : OPERAND_UXT;
	out->aux = aux_extend(option, shift);
	out->rm = reg_src(FLD(word, 20, 16));
	out->rn = reg_sp(FLD(word, 9, 5));
	out->rd = addsub_rd(word);
	return true;
}

/* ---- logical ------------------------------------------------------------- */

bool bitmask_decode(unsigned int n, unsigned int imms, unsigned int immr,
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
	unsigned int n = FLD(word, 22, 22), d = FLD(word, 4, 0);
	bool sf = word >> 31;
	uint64_t mask;

	if ((!sf && n) ||
	    !bitmask_decode(n, FLD(word, 15, 10), FLD(word, 21, 16), &mask))
		return false;
	out->size = size_of(word);
	out->form = OPERAND_IMM;
	out->imm = sf ? mask : (uint32_t)mask;
	out->rn = reg_src(FLD(word, 9, 5));
	/* only ANDS sets flags */
	out->rd = FLD(word, 30, 29) == 3 ? reg_dst(d) : reg_sp(d);
	return true;
}

bool fmt_int_logical_shift(uint32_t word, struct insn *out)
{
	return shifted_register(word, out);
}

/* ---- move wide ----------------------------------------------------------- */

/* imm: the field in its place, aux: of its lowest bit. */
bool fmt_int_movk(uint32_t word, struct insn *out)
{
	out->size = size_of(word);
	out->aux = FLD(word, 22, 21) * 16;
	out->imm = (uint64_t)FLD(word, 20, 5) << out->aux;
	out->rd = reg_dst(FLD(word, 4, 0));
	return out->aux < bits_of(word);
}

/* imm: the value. */
bool fmt_int_movz(uint32_t word, struct insn *out)
{
	return fmt_int_movk(word, out);
}

bool fmt_int_movn(uint32_t word, struct insn *out)
{
	bool ok = fmt_int_movk(word, out);

	out->imm = word >> 31 ? ~out->imm : (uint32_t)~out->imm;
	return ok;
}

/* ---- bitfield and extract ------------------------------------------------ */

/*
 * Registers and aux for BITFIELD_ANY, with the field brought to the top of 64
 * bits first: bits imms..immr go to the bottom or, if imms < immr, bits
 * imms..0 go up by the size less immr.
 */
static bool bitfield(uint32_t word, struct insn *out)
{
	unsigned int immr = FLD(word, 21, 16), imms = FLD(word, 15, 10);
	unsigned int size = bits_of(word), a = 63 - imms;

	if (FLD(word, 22, 22) != word >> 31 || immr >= size || imms >= size)
		return false;
	out->size = size_of(word);
	out->form = BITFIELD_ANY;
	out->rn = reg_src(FLD(word, 9, 5));
	out->rd = reg_dst(FLD(word, 4, 0));
	out->aux = aux_shifts(a, a + immr - (imms < immr ? size : 0));
	return true;
}

bool fmt_int_ubfm(uint32_t word, struct insn *out)
{
	unsigned int immr = FLD(word, 21, 16), imms = FLD(word, 15, 10);
	unsigned int top = bits_of(word) - 1;

	if (!bitfield(word, out))
		return false;
	if (imms == top) {
		out->form = BITFIELD_RIGHT;
		out->aux = immr;
	} else if (imms + 1 == immr) {
		out->form = BITFIELD_LEFT;
		out->aux = top - imms;
	} else if (!immr && imms == 7) {
		out->form = BITFIELD_BYTE;
	} else if (!immr && imms == 15) {
		out->form = BITFIELD_HALF;
	} else if (imms >= immr) {
		out->form = BITFIELD_MASK;
		out->aux = immr;
		out->imm = GENMASK(imms - immr, 0);
	}
	return true;
}

bool fmt_int_sbfm(uint32_t word, struct insn *out)
{
	unsigned int immr = FLD(word, 21, 16), imms = FLD(word, 15, 10);

	if (!bitfield(word, out))
		return false;
	if (imms == bits_of(word) - 1) {
		out->form = BITFIELD_RIGHT;
		out->aux = immr;
	} else if (!immr && imms == 31) {
		out->form = BITFIELD_WORD;
	}
	return true;
}

bool fmt_int_bfm(uint32_t word, struct insn *out)
{
	unsigned int left, right;

	if (!bitfield(word, out))
		return false;
	left = out->aux & 0xff;
	right = out->aux >> 8;
	out->imm = ~(~UINT64_C(0) << left >> right);
	if (out->size == SIZE_W)
		out->imm = (uint32_t)out->imm;
	return true;
}

/* aux: bits to leave out of rm, the low half of the pair. */
bool fmt_int_extr(uint32_t word, struct insn *out)
{
	fields_mnd(word, out);
	out->aux = FLD(word, 15, 10);
	return FLD(word, 22, 22) == word >> 31 && out->aux < bits_of(word);
}

/* ---- conditional --------------------------------------------------------- */

/* Second operand: rm + imm, one of which is zero. */
bool fmt_int_ccmp(uint32_t word, struct insn *out)
{
	unsigned int m = FLD(word, 20, 16);
	bool immediate = FLD(word, 11, 11);

	out->size = size_of(word);
	out->form = cond_of(FLD(word, 15, 12));
	out->rm = immediate ? REG_ZR : reg_src(m);
	out->imm = immediate ? m : 0;
	out->rn = reg_src(FLD(word, 9, 5));
	out->aux = FLD(word, 3, 0);
	return true;
}

/* imm: by how much to rotate right; aux: NZCV bits to set. */
bool fmt_int_rmif(uint32_t word, struct insn *out)
{
	out->rn = reg_src(FLD(word, 9, 5));
	out->imm = FLD(word, 20, 15);
	out->aux = FLD(word, 3, 0);
	return true;
}

bool fmt_int_setf(uint32_t word, struct insn *out)
{
	out->rn = reg_src(FLD(word, 9, 5));
	out->size = FLD(word, 14, 14) ? SIZE_H : SIZE_B;
	return true;
}

bool fmt_int_flags(uint32_t word, struct insn *out)
{
	return true;
}

bool fmt_int_csel(uint32_t word, struct insn *out)
{
	fields_mnd(word, out);
	out->form = cond_of(FLD(word, 15, 12));
	return true;
}

/* ---- one, two and three sources ------------------------------------------ */

bool fmt_int_1src(uint32_t word, struct insn *out)
{
	out->size = size_of(word);
	out->rn = reg_src(FLD(word, 9, 5));
	out->rd = reg_dst(FLD(word, 4, 0));
	return true;
}

bool fmt_int_2src(uint32_t word, struct insn *out)
{
	fields_mnd(word, out);
	return true;
}

bool fmt_int_3src(uint32_t word, struct insn *out)
{
	fields_mnd(word, out);
	out->ra = reg_src(FLD(word, 14, 10));
	return true;
}
