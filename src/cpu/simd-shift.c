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

static bool fmt_shift_scalar(uint32_t w, struct insn *out, bool right,
			     insn_fn *const fns[4])
{
	int size = shift_size(w, out, right);

	if (size < 0)
		return false;
	out->fn = fns[size];
	return out->fn;
}

enum { LEFT, RIGHT };

#define SHIFT_BHSD(op, g, dir, ...)                                          \
	SAME_8(op, g, __VA_ARGS__)                                           \
	SAME_16(op, g, __VA_ARGS__)                                          \
	SAME_32(op, g, __VA_ARGS__)                                          \
	SAME_64(op, g, __VA_ARGS__)                                          \
	bool fmt_simd_##op(uint32_t w, struct insn *out)                     \
	{                                                                    \
		static simd_fns fns = {{FNS_BHS(op, g, 0)},                  \
				       {FNS_BHS(op, g, 1), op##_##g##64_1}}; \
                                                                             \
		return fmt_shift(w, out, dir, fns);                          \
	}
#define SHIFT_AND_SCALAR_D(op, g, dir, ...)                            \
	SHIFT_BHSD(op, g, dir, __VA_ARGS__)                            \
	SAME_FN(op##_##g##64_s, g##64, 1, l, __VA_ARGS__)              \
	bool fmt_simd_##op##_scalar(uint32_t w, struct insn *out)      \
	{                                                              \
		static insn_fn *const fns[4] = {[3] = op##_##g##64_s}; \
                                                                       \
		return fmt_shift_scalar(w, out, dir, fns);             \
	}
#define SHIFT_AND_SCALAR_BHSD(op, g, dir, ...)                     \
	SHIFT_BHSD(op, g, dir, __VA_ARGS__)                        \
	SAME_FN(op##_##g##8_s, g##8, 1, l, __VA_ARGS__)            \
	SAME_FN(op##_##g##16_s, g##16, 1, l, __VA_ARGS__)          \
	SAME_FN(op##_##g##32_s, g##32, 1, l, __VA_ARGS__)          \
	SAME_FN(op##_##g##64_s, g##64, 1, l, __VA_ARGS__)          \
	bool fmt_simd_##op##_scalar(uint32_t w, struct insn *out)  \
	{                                                          \
		static insn_fn *const fns[4] = {FNS_BHS(op, g, s), \
						op##_##g##64_s};   \
                                                                   \
		return fmt_shift_scalar(w, out, dir, fns);         \
	}

/* Insert: the bits of Vd that the shift leaves empty stay. */
#define ONES ((T) ~(T)0)
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

/* The size is that of the narrow result. */
#define SHIFT_NARROW(op, g, ...)                             \
	NARROW_BODIES(op, g, __VA_ARGS__)                    \
	bool fmt_simd_##op(uint32_t w, struct insn *out)     \
	{                                                    \
		static simd_fns fns = {{FNS_BHS(op, g, 0)},  \
				       {FNS_BHS(op, g, 1)}}; \
                                                             \
		return fmt_shift(w, out, RIGHT, fns);        \
	}
#define SHIFT_NARROW_AND_SCALAR(op, g, ...)                         \
	SHIFT_NARROW(op, g, __VA_ARGS__)                            \
	NARROW_SCALAR_BODIES(op, g, __VA_ARGS__)                    \
	bool fmt_simd_##op##_scalar(uint32_t w, struct insn *out)   \
	{                                                           \
		static insn_fn *const fns[4] = {FNS_BHS(op, g, s)}; \
                                                                    \
		return fmt_shift_scalar(w, out, RIGHT, fns);        \
	}

SHIFT_NARROW(shrn, u, SHR(a))
SHIFT_NARROW(rshrn, u, RSHR(a))
SHIFT_NARROW_AND_SCALAR(sqshrn, s, sat_ss(SHR(a), bits, &sat))
SHIFT_NARROW_AND_SCALAR(uqshrn, u, sat_uu(SHR(a), bits, &sat))
SHIFT_NARROW_AND_SCALAR(sqrshrn, s, sat_ss(RSHR(a), bits, &sat))
SHIFT_NARROW_AND_SCALAR(uqrshrn, u, sat_uu(RSHR(a), bits, &sat))
SHIFT_NARROW_AND_SCALAR(sqshrun, s, sat_su(SHR(a), bits, &sat))
SHIFT_NARROW_AND_SCALAR(sqrshrun, s, sat_su(RSHR(a), bits, &sat))
