/* SPDX-License-Identifier: MIT */
/*
 * What stands in for Capstone (isa/disasm.c), which a program that is linked
 * statically can't load for a name in a warning.
 */
#include <stdio.h>

#include "isa/insn.h"

void insn_disassemble(uint32_t word, uint64_t pc, char *buf, size_t len)
{
	(void)pc;
	snprintf(buf, len, ".inst 0x%08x", word);
}
