/* SPDX-License-Identifier: MIT */
/*
 * Bodies of Advanced SIMD instructions that profit from x86-64 instructions
 * beyond SSE2; chosen if the host has them. Only for simd/move.c.
 */
#ifndef FAUXKVM_CPU_HOST_X86_64_SIMD_H
#define FAUXKVM_CPU_HOST_X86_64_SIMD_H

#include <immintrin.h>

#include "cpu/exec.h"
#include "isa/a64/operands.h"

#define HOST_SSSE3 __attribute__((target("ssse3")))

/*
 * PSHUFB gives 0 where bit 7 of the index is set; a saturating add of 0x70
 * sets it for every index above 15.
 */
HOST_SSSE3 static inline __m128i host_lookup(const union vreg *table,
					     __m128i index)
{
	return _mm_shuffle_epi8(_mm_load_si128((const __m128i *)table),
				_mm_adds_epu8(index, _mm_set1_epi8(0x70)));
}

/* @regs is a constant for the compiler; Q=0: the upper half is 0. */
HOST_SSSE3 static ALWAYS_INLINE void host_tbl(struct cpu *cpu,
					      const struct insn *i,
					      unsigned int regs)
{
	__m128i index = _mm_load_si128((const __m128i *)&cpu->vreg[i->rm]);
	__m128i r = host_lookup(&cpu->vreg[i->rn], index);

	for (unsigned int k = 1; k < regs; k++) {
		/* wraps: indices below 16 * k become large */
		index = _mm_sub_epi8(index, _mm_set1_epi8(16));
		r = _mm_or_si128(
			r, host_lookup(&cpu->vreg[(i->rn + k) & 31], index));
	}
	if (i->size == ARR_8B)
		r = _mm_move_epi64(r);
	_mm_store_si128((__m128i *)&cpu->vreg[i->rd], r);
}

HOST_SSSE3 static void exec_tbl_1_host(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	host_tbl(cpu, i, 1);
	NEXT;
}

HOST_SSSE3 static void exec_tbl_2_host(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	host_tbl(cpu, i, 2);
	NEXT;
}

HOST_SSSE3 static void exec_tbl_3_host(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	host_tbl(cpu, i, 3);
	NEXT;
}

HOST_SSSE3 static void exec_tbl_4_host(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	host_tbl(cpu, i, 4);
	NEXT;
}

/* Body of TBL with @regs table registers, NULL: the host can't. */
static inline insn_fn *host_tbl_body(unsigned int regs)
{
	static insn_fn *const fns[] = {exec_tbl_1_host, exec_tbl_2_host,
				       exec_tbl_3_host, exec_tbl_4_host};

	return __builtin_cpu_supports("ssse3") ? fns[regs - 1] : NULL;
}

#endif
