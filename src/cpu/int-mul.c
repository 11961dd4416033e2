/* SPDX-License-Identifier: MIT */
/*
 * Data processing with one, two and three source registers: bit counts and
 * reversals, division, variable shifts, multiplication (Arm ARM C4.1.95).
 */
#include "isa/a64/formats.h"
#include "cpu/int-body.h"

/* ---- one source ---------------------------------------------------------------- */

static inline uint64_t bits_reverse(uint64_t x)
{
	x = (x >> 1 & 0x5555555555555555) | (x & 0x5555555555555555) << 1;
	x = (x >> 2 & 0x3333333333333333) | (x & 0x3333333333333333) << 2;
	x = (x >> 4 & 0x0f0f0f0f0f0f0f0f) | (x & 0x0f0f0f0f0f0f0f0f) << 4;
	return __builtin_bswap64(x);
}

static inline uint64_t bytes_reverse16(uint64_t x)
{
	return (x >> 8 & 0x00ff00ff00ff00ff) | (x & 0x00ff00ff00ff00ff) << 8;
}

#define ONE_SOURCE(name, type, expr)          \
	BODY(name)                            \
	{                                     \
		type x = (type)cpu->x[i->rn]; \
                                              \
		cpu->x[i->rd] = (expr);       \
		NEXT;                         \
	}

ONE_SOURCE(rbit32, uint32_t, bits_reverse(x) >> 32)
ONE_SOURCE(rbit64, uint64_t, bits_reverse(x))
ONE_SOURCE(rev16_32, uint32_t, bytes_reverse16(x))
ONE_SOURCE(rev16_64, uint64_t, bytes_reverse16(x))
ONE_SOURCE(clz32, uint32_t, x ? __builtin_clz(x) : 32)
ONE_SOURCE(clz64, uint64_t, x ? __builtin_clzll(x) : 64)
ONE_SOURCE(cls32, uint32_t, __builtin_clrsb((int32_t)x))
ONE_SOURCE(cls64, uint64_t, __builtin_clrsbll((int64_t)x))
ONE_SOURCE(rev_w, uint32_t, __builtin_bswap32(x))
ONE_SOURCE(rev_x, uint64_t, __builtin_bswap64(x))
ONE_SOURCE(rev32, uint64_t, __builtin_bswap64(x >> 32 | x << 32))

BODY_FOR_ROW(exec_int_rbit, rbit64);
BODY_FOR_ROW(exec_int_rev16, rev16_64);
BODY_FOR_ROW(exec_int_clz, clz64);
BODY_FOR_ROW(exec_int_cls, cls64);
BODY_FOR_ROW(exec_int_rev_w, rev_w);
BODY_FOR_ROW(exec_int_rev_x, rev_x);
BODY_FOR_ROW(exec_int_rev32, rev32);

bool fmt_int_1src(uint32_t word, struct insn *out)
{
	/* [sf][opcode] */
	static insn_fn *const fns[2][6] = {
		{rbit32, rev16_32, rev_w, NULL, clz32, cls32},
		{rbit64, rev16_64, rev32, rev_x, clz64, cls64},
	};

	out->rn = reg_src(FLD(word, 9, 5));
	out->rd = reg_dst(FLD(word, 4, 0));
	out->fn = fns[word >> 31][FLD(word, 12, 10)];
	return true;
}

/* ---- two sources --------------------------------------------------------------- */

/* The most negative number by -1 overflows to itself. */
#define SDIV(n, m, U) ((m) == -1 ? -(U)(n) : (m) ? (U)((n) / (m)) : 0)

#define TWO_SOURCE(name, bits, type, expr)                             \
	BODY(name##bits)                                               \
	{                                                              \
		type n = (type)cpu->x[i->rn], m = (type)cpu->x[i->rm]; \
                                                                       \
		cpu->x[i->rd] = (uint##bits##_t)(expr);                \
		NEXT;                                                  \
	}

TWO_SOURCE(udiv, 32, uint32_t, m ? n / m : 0)
TWO_SOURCE(udiv, 64, uint64_t, m ? n / m : 0)
TWO_SOURCE(sdiv, 32, int32_t, SDIV(n, m, uint32_t))
TWO_SOURCE(sdiv, 64, int64_t, SDIV(n, m, uint64_t))
TWO_SOURCE(lslv, 32, uint32_t, n << (m & 31))
TWO_SOURCE(lslv, 64, uint64_t, n << (m & 63))
TWO_SOURCE(lsrv, 32, uint32_t, n >> (m & 31))
TWO_SOURCE(lsrv, 64, uint64_t, n >> (m & 63))
TWO_SOURCE(asrv, 32, int32_t, n >> (m & 31))
TWO_SOURCE(asrv, 64, int64_t, n >> (m & 63))
TWO_SOURCE(rorv, 32, uint32_t, n >> (m & 31) | n << (-m & 31))
TWO_SOURCE(rorv, 64, uint64_t, n >> (m & 63) | n << (-m & 63))

BODY_FOR_ROW(exec_int_udiv, udiv64);
BODY_FOR_ROW(exec_int_sdiv, sdiv64);
BODY_FOR_ROW(exec_int_lslv, lslv64);
BODY_FOR_ROW(exec_int_lsrv, lsrv64);
BODY_FOR_ROW(exec_int_asrv, asrv64);
BODY_FOR_ROW(exec_int_rorv, rorv64);

bool fmt_int_2src(uint32_t word, struct insn *out)
{
	/* [opcode][sf] */
	static insn_fn *const fns[12][2] = {
		[2] = {udiv32, udiv64},  [3] = {sdiv32, sdiv64},
		[8] = {lslv32, lslv64},  [9] = {lsrv32, lsrv64},
		[10] = {asrv32, asrv64}, [11] = {rorv32, rorv64},
	};

	out->rm = reg_src(FLD(word, 20, 16));
	out->rn = reg_src(FLD(word, 9, 5));
	out->rd = reg_dst(FLD(word, 4, 0));
	out->fn = fns[FLD(word, 13, 10)][word >> 31];
	return true;
}

/* ---- three sources ------------------------------------------------------------- */

#define THREE_SOURCE(name, expr)                               \
	BODY(name)                                             \
	{                                                      \
		uint64_t n = cpu->x[i->rn], m = cpu->x[i->rm]; \
		uint64_t a = cpu->x[i->ra];                    \
                                                               \
		cpu->x[i->rd] = (expr);                        \
		NEXT;                                          \
	}
#define HIGH_HALF(name, type)                                                 \
	void exec_int_##name(struct cpu *cpu, const struct insn *i)           \
	{                                                                     \
		type n = (type)cpu->x[i->rn], m = (type)cpu->x[i->rm];        \
                                                                              \
		cpu->x[i->rd] =                                               \
			(uint64_t)((unsigned __int128)((type##_wide)n * m) >> \
				   64);                                       \
		NEXT;                                                         \
	}

THREE_SOURCE(madd32, (uint32_t)(a + n * m))
THREE_SOURCE(madd64, a + n * m)
THREE_SOURCE(msub32, (uint32_t)(a - n * m))
THREE_SOURCE(msub64, a - n * m)
THREE_SOURCE(smaddl, a + (int64_t)(int32_t)n * (int32_t)m)
THREE_SOURCE(smsubl, a - (int64_t)(int32_t)n * (int32_t)m)
THREE_SOURCE(umaddl, a + (uint64_t)(uint32_t)n * (uint32_t)m)
THREE_SOURCE(umsubl, a - (uint64_t)(uint32_t)n * (uint32_t)m)

typedef __int128 int64_t_wide;
typedef unsigned __int128 uint64_t_wide;
HIGH_HALF(smulh, int64_t)
HIGH_HALF(umulh, uint64_t)

BODY_FOR_ROW(exec_int_madd, madd64);
BODY_FOR_ROW(exec_int_msub, msub64);
BODY_FOR_ROW(exec_int_smaddl, smaddl);
BODY_FOR_ROW(exec_int_smsubl, smsubl);
BODY_FOR_ROW(exec_int_umaddl, umaddl);
BODY_FOR_ROW(exec_int_umsubl, umsubl);

bool fmt_int_3src(uint32_t word, struct insn *out)
{
	out->rm = reg_src(FLD(word, 20, 16));
	out->ra = reg_src(FLD(word, 14, 10));
	out->rn = reg_src(FLD(word, 9, 5));
	out->rd = reg_dst(FLD(word, 4, 0));
	if (!(word >> 31))
		out->fn = FLD(word, 15, 15) ? msub32 : madd32;
	return true;
}
