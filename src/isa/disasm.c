/* SPDX-License-Identifier: MIT */
/*
 * Disassembly for people, by Capstone. Used in diagnostics only: opening a
 * handle per call keeps it free of state and safe in any thread.
 */
#include "isa/insn.h"

#include <capstone/capstone.h>
#include <stdio.h>

void insn_disassemble(uint32_t word, uint64_t pc, char *buf, size_t len)
{
	const uint8_t code[4] = {word, word >> 8, word >> 16, word >> 24};
	cs_insn *insn;
	csh handle;

	snprintf(buf, len, ".inst 0x%08x", word);
	if (cs_open(CS_ARCH_ARM64, CS_MODE_LITTLE_ENDIAN, &handle) != CS_ERR_OK)
		return;
	if (cs_disasm(handle, code, sizeof(code), pc, 1, &insn) == 1) {
		snprintf(buf, len, "%s %s", insn->mnemonic, insn->op_str);
		cs_free(insn, 1);
	}
	cs_close(&handle);
}
