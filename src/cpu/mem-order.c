/* SPDX-License-Identifier: MIT */
/* The slow paths of cpu/mem.h for data that is big-endian: those of mmu-access.c, with the bytes
 * of each access exchanged. */
#include "cpu/mem.h"

static void exchange(uint8_t *to, const uint8_t *from, unsigned int len)
{
	for (unsigned int k = 0; k < len; k++)
		to[k] = from[len - 1 - k];
}

bool mem_read_slow_big(struct cpu *cpu, const struct insn *i, gva_t va,
		       uint32_t ma, void *buf)
{
	union vreg val;

	if (!mem_read_slow(cpu, i, va, ma, &val))
		return false;
	exchange(buf, val.b, 1u << MA_LOG2(ma));
	return true;
}

bool mem_write_slow_big(struct cpu *cpu, const struct insn *i, gva_t va,
			uint32_t ma, const void *buf)
{
	union vreg val;

	exchange(val.b, buf, 1u << MA_LOG2(ma));
	return mem_write_slow(cpu, i, va, ma, &val);
}
