/* SPDX-License-Identifier: MIT */
/*
 * CRC32C with the CRC32 instruction of SSE4.2, which has the same polynomial,
 * reflection and lack of inversion. Only for crc32.c.
 */
#ifndef FAUXKVM_CPU_HOST_X86_64_CRC32_H
#define FAUXKVM_CPU_HOST_X86_64_CRC32_H

#include <immintrin.h>

#include "cpu/exec.h"

#define HOST_CRC_FN(name, type, op)                                   \
	__attribute__((target("sse4.2"))) static void name(           \
		struct cpu *cpu, const struct insn *i)                \
	{                                                             \
		cpu->x[i->rd] = (uint32_t)op((uint32_t)cpu->x[i->rn], \
					     (type)cpu->x[i->rm]);    \
		NEXT;                                                 \
	}
HOST_CRC_FN(host_crc32cb, uint8_t, _mm_crc32_u8)
HOST_CRC_FN(host_crc32ch, uint16_t, _mm_crc32_u16)
HOST_CRC_FN(host_crc32cw, uint32_t, _mm_crc32_u32)
HOST_CRC_FN(host_crc32cx, uint64_t, _mm_crc32_u64)

/* Body for operands of 1 << @log2 bytes, NULL: the host can't. */
static inline insn_fn *host_crc32c_fn(unsigned int log2)
{
	static insn_fn *const fns[4] = {host_crc32cb, host_crc32ch,
					host_crc32cw, host_crc32cx};

	return __builtin_cpu_supports("sse4.2") ? fns[log2] : NULL;
}

#endif
