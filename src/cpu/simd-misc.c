/* SPDX-License-Identifier: MIT */
/*
 * Advanced SIMD two-register miscellaneous: compare with zero, absolute,
 * negate, count, reverse, narrow, lengthen (Arm ARM C4.1.96 "two-register
 * miscellaneous"). The saturating ones are in simd-saturate.c.
 */
#include "cpu/simd.h"

/* Compare with zero. */
/* ---- bits of a lane -------------------------------------------------------- */

#define CLZ_OF(v) ((v) ? __builtin_clzll(v) - (64 - bits) : bits)
SIMD_BHS(clz, u, CLZ_OF((u64)a))
/* Leading bits equal to the sign, the sign not counted. */
SIMD_BHS(cls, u, ({
		 const u64 v_ = (T)(a ^ (T)((S)a >> (bits - 1)));
		 CLZ_OF(v_) - 1;
	 }))

/* Within a byte, as sums of neighbours, so that whole vectors go at once. */
static inline u64 count_bytes(u64 v)
{
	v -= v >> 1 & UINT64_C(0x5555555555555555);
	v = (v & UINT64_C(0x3333333333333333)) +
	    (v >> 2 & UINT64_C(0x3333333333333333));
	return (v + (v >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
}

static inline u64 reverse_bits_of_bytes(u64 v)
{
	v = (v >> 1 & UINT64_C(0x5555555555555555)) |
	    (v & UINT64_C(0x5555555555555555)) << 1;
	v = (v >> 2 & UINT64_C(0x3333333333333333)) |
	    (v & UINT64_C(0x3333333333333333)) << 2;
	return (v >> 4 & UINT64_C(0x0f0f0f0f0f0f0f0f)) |
	       (v & UINT64_C(0x0f0f0f0f0f0f0f0f)) << 4;
}

/* Byte operations written on doublewords; the format checks the size. */
#define SIMD_BYTES(op, size, ...)                           \
	SAME_FN(op##_0, u64, 1, l, __VA_ARGS__)             \
	SAME_FN(op##_1, u64, 2, l, __VA_ARGS__)             \
	bool fmt_simd_##op(uint32_t w, struct insn *out)    \
	{                                                   \
		simd_regs(w, out);                          \
		out->fn = FLD(w, 30, 30) ? op##_1 : op##_0; \
		return FLD(w, 23, 22) == (size);            \
	}

SIMD_BYTES(cnt, 0, count_bytes(a))
SIMD_BYTES(not, 0, ~a)
SIMD_BYTES(rbit, 1, reverse_bits_of_bytes(a))

/* ---- reverse lanes in a container ------------------------------------------ */

static inline u64 rev16_bytes(u64 v)
{
	return (v >> 8 & UINT64_C(0x00ff00ff00ff00ff)) |
	       (v & UINT64_C(0x00ff00ff00ff00ff)) << 8;
}

static inline u64 rev32_halves(u64 v)
{
	return (v >> 16 & UINT64_C(0x0000ffff0000ffff)) |
	       (v & UINT64_C(0x0000ffff0000ffff)) << 16;
}

#define REV_FNS(name, ...)                        \
	SAME_FN(name##_0, u64, 1, l, __VA_ARGS__) \
	SAME_FN(name##_1, u64, 2, l, __VA_ARGS__)

REV_FNS(rev16_b, rev16_bytes(a))
REV_FNS(rev32_b, rev16_bytes(rev32_halves(a)))
REV_FNS(rev32_h, rev32_halves(a))
REV_FNS(rev64_b, __builtin_bswap64(a))
REV_FNS(rev64_h, rev32_halves(a >> 32 | a << 32))
REV_FNS(rev64_s, a >> 32 | a << 32)

bool fmt_simd_rev16(uint32_t w, struct insn *out)
{
	static simd_fns fns = {{rev16_b_0}, {rev16_b_1}};

	return simd_fmt(w, out, fns);
}

bool fmt_simd_rev32(uint32_t w, struct insn *out)
{
	static simd_fns fns = {{rev32_b_0, rev32_h_0}, {rev32_b_1, rev32_h_1}};

	return simd_fmt(w, out, fns);
}

bool fmt_simd_rev64(uint32_t w, struct insn *out)
{
	static simd_fns fns = {{rev64_b_0, rev64_h_0, rev64_s_0},
			       {rev64_b_1, rev64_h_1, rev64_s_1}};

	return simd_fmt(w, out, fns);
}

/* ---- narrow, lengthen ------------------------------------------------------ */

/* Shift left by the width of the source lane. */
