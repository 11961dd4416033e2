/* SPDX-License-Identifier: MIT */
/*
 * Formats of isa/a32/neon-ext.def: Advanced SIMD that came after Armv8.0, among the
 * encodings of coprocessors (Arm ARM F4.1, F6.1). As in format-neon.c most are
 * instructions of A64 with other registers.
 */
#include "isa/a32/formats.h"
#include "isa/a32/neon.h"

/* ---- operands ------------------------------------------------------------ */

/* @a64 without its registers and Q: all of the length that @w says. */
static bool three(uint32_t w, struct insn *out, uint32_t a64)
{
	return neon_as_a64(a64 | (uint32_t)neon_q(w) << 30, out) &&
	       neon_take_regs(out, neon_q(w) ? 0 : NEON_ALL, neon_d(w),
			      neon_n(w), neon_m(w));
}

/* By a word of D(Vm), of which M says which one: A64's word, H:L, is of the
 * vector register that has it. */
static bool by_word(uint32_t w, struct insn *out, uint32_t a64)
{
	unsigned int m = FLD(w, 3, 0), index = m % 2 << 1 | FLD(w, 5, 5);

	a64 |= (index >> 1) << 11 | (index & 1) << 21;
	return neon_as_a64(a64 | (uint32_t)neon_q(w) << 30, out) &&
	       neon_take_regs(out, neon_q(w) ? 0 : NEON_D | NEON_N, neon_d(w),
			      neon_n(w), m & ~1u);
}

/* ---- integers ------------------------------------------------------------ */

/* Bit 23 says that the signs differ, else U which both have. */
static uint32_t signs(uint32_t w, uint32_t same, uint32_t differ)
{
	return FLD(w, 23, 23) ? differ : same | FLD(w, 4, 4) << 29;
}

bool neon_fmt_dot(uint32_t w, struct insn *out)
{
	return three(w, out, signs(w, 0x0e809400, 0x0e809c00));
}

bool neon_fmt_mmla(uint32_t w, struct insn *out)
{
	return three(w, out, signs(w, 0x0e80a400, 0x0e80ac00));
}

bool neon_fmt_dot_elem(uint32_t w, struct insn *out)
{
	return by_word(w, out, signs(w, 0x0f80e000, 0));
}

/* VUSDOT, VSUDOT */
bool neon_fmt_usdot_elem(uint32_t w, struct insn *out)
{
	return by_word(w, out, FLD(w, 4, 4) ? 0x0f00f000 : 0x0f80f000);
}

/* ---- half precision, added to singles ------------------------------------ */

/*
 * Of VFMAL rn and rm are S registers, the first of those that have the halves: half
 * as many as rd has.
 */
static bool halves_to_singles(uint32_t w, struct insn *out, bool subtract,
			      unsigned int rm)
{
	bool q = neon_q(w);

	if (!neon_take_regs(out, NEON_STANDARD | (q ? 0 : NEON_D), neon_d(w), 0,
			    0))
		return false;
	out->op = A32_VFMAL;
	out->size = FP_SINGLE;
	out->form = subtract;
	out->aux = q ? 4 : 2;
	out->rn = q ? neon_n(w) << 1 : FLD(w, 19, 16) << 1 | FLD(w, 7, 7);
	out->rm = rm;
	return true;
}

bool neon_fmt_fmal(uint32_t w, struct insn *out)
{
	out->imm = -1;
	return halves_to_singles(w, out, FLD(w, 23, 23),
				 neon_q(w) ? neon_m(w) << 1
					   : FLD(w, 3, 0) << 1 | FLD(w, 5, 5));
}

/* By a half of D(Vm<2:0>) or S(Vm<2:0>:M). */
bool neon_fmt_fmal_elem(uint32_t w, struct insn *out)
{
	unsigned int vm = FLD(w, 2, 0), m = FLD(w, 5, 5), top = FLD(w, 3, 3);

	out->imm = neon_q(w) ? m << 1 | top : top;
	return halves_to_singles(w, out, FLD(w, 20, 20),
				 neon_q(w) ? vm << 1 : vm << 1 | m);
}

/* ---- BFloat16 ------------------------------------------------------------ */

bool neon_fmt_bfdot(uint32_t w, struct insn *out)
{
	return three(w, out, 0x2e40fc00);
}

bool neon_fmt_bfdot_elem(uint32_t w, struct insn *out)
{
	return by_word(w, out, 0x0f40f000);
}

bool neon_fmt_bfmmla(uint32_t w, struct insn *out)
{
	return three(w, out, 0x2e40ec00);
}

/* VFMAB, VFMAT: all Q registers. */
bool neon_fmt_bfmlal(uint32_t w, struct insn *out)
{
	return neon_as_a64(0x2ec0fc00 | (uint32_t)neon_q(w) << 30, out) &&
	       neon_take_regs(out, NEON_STANDARD, neon_d(w), neon_n(w),
			      neon_m(w));
}

/* By a half of D(Vm<2:0>). */
bool neon_fmt_bfmlal_elem(uint32_t w, struct insn *out)
{
	unsigned int m = FLD(w, 2, 0);

	if (!neon_as_a64(0x0fc0f000 | (uint32_t)neon_q(w) << 30, out) ||
	    !neon_take_regs(out, NEON_STANDARD, neon_d(w), neon_n(w), m & ~1u))
		return false;
	out->imm = m % 2 << 2 | FLD(w, 5, 5) << 1 | FLD(w, 3, 3);
	return true;
}

/* ---- complex numbers ----------------------------------------------------- */

static bool complex_three(uint32_t w, struct insn *out, uint32_t a64)
{
	a64 |= (uint32_t)neon_q(w) << 30 | (FLD(w, 20, 20) ? 2u : 1u) << 22;
	return neon_as_a64(a64, out) &&
	       neon_take_regs(out, NEON_STANDARD | (neon_q(w) ? 0 : NEON_ALL),
			      neon_d(w), neon_n(w), neon_m(w));
}

bool neon_fmt_cadd(uint32_t w, struct insn *out)
{
	return complex_three(w, out, 0x2e00e400 | FLD(w, 24, 24) << 12);
}

bool neon_fmt_cmla(uint32_t w, struct insn *out)
{
	return complex_three(w, out, 0x2e00c400 | FLD(w, 24, 23) << 11);
}

/* By a number of a D register: of two, M says which, or the only one. A64 has no
 * vector of two singles, nor the upper half with one of four halves. */
bool neon_fmt_cmla_elem(uint32_t w, struct insn *out)
{
	bool q = neon_q(w), single = FLD(w, 23, 23);
	unsigned int m = single ? neon_m(w) : FLD(w, 3, 0);

	if (!neon_as_a64(0x6f001000 | (single ? 2u : 1u) << 22 |
				 FLD(w, 21, 20) << 13,
			 out) ||
	    !neon_take_regs(out, NEON_STANDARD | (q ? 0 : NEON_D | NEON_N),
			    neon_d(w), neon_n(w), m & ~1u))
		return false;
	out->imm = single ? m % 2 : m % 2 << 1 | FLD(w, 5, 5);
	if (!q)
		out->aux /= 2;
	return true;
}
