/* SPDX-License-Identifier: MIT */
/*
 * Bodies of Advanced SIMD instructions that profit from x86-64 instructions
 * beyond SSE2; chosen at decode if the host has them. Only for simd-*.c.
 */
#ifndef FAUXKVM_CPU_HOST_X86_64_SIMD_H
#define FAUXKVM_CPU_HOST_X86_64_SIMD_H

#include <immintrin.h>

#include "cpu/exec.h"

/*
 * PSHUFB gives 0 where bit 7 of the index is set; a saturating add of 0x70
 * sets it for every index above 15.
 */
__attribute__((target("ssse3"))) static inline __m128i host_lookup(
	const union vreg *table, __m128i index)
{
	return _mm_shuffle_epi8(_mm_load_si128((const __m128i *)table),
				_mm_adds_epu8(index, _mm_set1_epi8(0x70)));
}

#define HOST_TBL_FN(name, regs, cut)                                         \
	__attribute__((target("ssse3"))) static void name(                   \
		struct cpu *cpu, const struct insn *i)                       \
	{                                                                    \
		const __m128i *m = (const __m128i *)&cpu->vreg[i->rm];       \
		__m128i index, r;                                            \
                                                                             \
		FP_CHECK;                                                    \
		index = _mm_load_si128(m);                                   \
		r = host_lookup(&cpu->vreg[i->rn], index);                   \
		for (unsigned int k = 1; k < (regs); k++) {                  \
			/* wraps: indices below 16 * k become large */       \
			index = _mm_sub_epi8(index, _mm_set1_epi8(16));      \
			r = _mm_or_si128(                                    \
				r, host_lookup(&cpu->vreg[(i->rn + k) & 31], \
					       index));                      \
		}                                                            \
		_mm_store_si128((__m128i *)&cpu->vreg[i->rd], cut(r));       \
		NEXT;                                                        \
	}

/* Q=1: all 16 bytes; Q=0: the upper half is 0. */
#define HOST_ALL(r) (r)
HOST_TBL_FN(host_tbl1_0, 1, _mm_move_epi64)
HOST_TBL_FN(host_tbl1_1, 1, HOST_ALL)
HOST_TBL_FN(host_tbl2_0, 2, _mm_move_epi64)
HOST_TBL_FN(host_tbl2_1, 2, HOST_ALL)
HOST_TBL_FN(host_tbl3_0, 3, _mm_move_epi64)
HOST_TBL_FN(host_tbl3_1, 3, HOST_ALL)
HOST_TBL_FN(host_tbl4_0, 4, _mm_move_epi64)
HOST_TBL_FN(host_tbl4_1, 4, HOST_ALL)

/* Body of TBL with @regs table registers, NULL: the host can't. */
static inline insn_fn *host_simd_tbl(unsigned int regs, bool q)
{
	static insn_fn *const fns[4][2] = {
		{host_tbl1_0, host_tbl1_1},
		{host_tbl2_0, host_tbl2_1},
		{host_tbl3_0, host_tbl3_1},
		{host_tbl4_0, host_tbl4_1},
	};

	return __builtin_cpu_supports("ssse3") ? fns[regs - 1][q] : NULL;
}

#endif
