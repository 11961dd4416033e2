/* SPDX-License-Identifier: MIT */
/*
 * Advanced SIMD shifts by register (signed byte in each lane of Vm, negative:
 * right) and by immediate, vector and scalar (Arm ARM C4.1.96 "three same",
 * "shift by immediate").
 */
#include "cpu/simd.h"

/* ---- by register ----------------------------------------------------------- */

#define BY ((s8)b)
/* ---- by immediate ---------------------------------------------------------- */

/*
 * immh:immb (bits 22..16): the highest set bit of immh gives the lane size,
 * the rest the amount: left imm - bits, right 2 * bits - imm. -1: reserved.
 */
static int shift_size(uint32_t w, struct insn *out, bool right)
{
	unsigned int imm = FLD(w, 22, 16);
	int size;

	simd_regs(w, out);
	out->rm = 0;
	if (!(imm >> 3))
		return -1;
	size = 31 - __builtin_clz(imm >> 3);
	out->imm = right ? (16 << size) - (int)imm : (int)imm - (8 << size);
	return size;
}

static bool fmt_shift(uint32_t w, struct insn *out, bool right, simd_fns fns)
{
	int size = shift_size(w, out, right);

	if (size < 0)
		return false;
	out->fn = fns[FLD(w, 30, 30)][size];
	return out->fn;
}

enum { LEFT, RIGHT };

/* ---- long and narrow ------------------------------------------------------- */

#define SHIFT_LONG(op, g, ...)                               \
	LONG_2(op, g##8, g##16, 8, __VA_ARGS__)              \
	LONG_2(op, g##16, g##32, 4, __VA_ARGS__)             \
	LONG_2(op, g##32, g##64, 2, __VA_ARGS__)             \
	bool fmt_simd_##op(uint32_t w, struct insn *out)     \
	{                                                    \
		static simd_fns fns = {{FNS_BHS(op, g, 0)},  \
				       {FNS_BHS(op, g, 1)}}; \
                                                             \
		return fmt_shift(w, out, LEFT, fns);         \
	}

SHIFT_LONG(sshll, s, (U)a << sh)
SHIFT_LONG(ushll, u, (U)a << sh)
