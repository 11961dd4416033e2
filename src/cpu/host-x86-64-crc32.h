/* SPDX-License-Identifier: MIT */
/*
 * CRC32C with the CRC32 instruction of SSE4.2, which has the same polynomial,
 * reflection and lack of inversion. Only for crc32.c.
 */
#ifndef FAUXKVM_CPU_HOST_X86_64_CRC32_H
#define FAUXKVM_CPU_HOST_X86_64_CRC32_H

#include <immintrin.h>

#include "cpu/exec.h"
#include "isa/a64/operands.h"

#define HOST_CRC32 __attribute__((target("sse4.2")))

HOST_CRC32 static void exec_crc32cb_host(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] =
		_mm_crc32_u8((uint32_t)cpu->x[i->rn], (uint8_t)cpu->x[i->rm]);
	NEXT;
}

HOST_CRC32 static void exec_crc32ch_host(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] =
		_mm_crc32_u16((uint32_t)cpu->x[i->rn], (uint16_t)cpu->x[i->rm]);
	NEXT;
}

HOST_CRC32 static void exec_crc32cw_host(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] =
		_mm_crc32_u32((uint32_t)cpu->x[i->rn], (uint32_t)cpu->x[i->rm]);
	NEXT;
}

HOST_CRC32 static void exec_crc32cx_host(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] =
		(uint32_t)_mm_crc32_u64((uint32_t)cpu->x[i->rn], cpu->x[i->rm]);
	NEXT;
}

/* Body of CRC32C of @size, NULL: the host can't. */
static inline insn_fn *host_crc32c_body(enum a64_size size)
{
	static insn_fn *const fns[4] = {exec_crc32cb_host, exec_crc32ch_host,
					exec_crc32cw_host, exec_crc32cx_host};

	return __builtin_cpu_supports("sse4.2") ? fns[size] : NULL;
}

#endif
