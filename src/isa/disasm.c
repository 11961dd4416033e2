/* SPDX-License-Identifier: MIT */
/*
 * Disassembly for people, by Capstone if the host has it. Used in diagnostics only:
 * opening a handle per call keeps it free of state and safe in any thread.
 *
 * It is loaded when first asked for. Its tables of all architectures are a
 * megabyte to relocate, 0.8 ms each time a program starts, and its symbols would be
 * found before those of a VMM's own Capstone.
 */
#include "isa/insn.h"

#include <capstone/capstone.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

#define TEXT_OF(x) #x
#define TEXT(x)    TEXT_OF(x)
#define LIBRARY    "libcapstone.so." TEXT(CS_API_MAJOR)

static struct {
	__typeof__(cs_open) *open;
	__typeof__(cs_disasm) *disasm;
	__typeof__(cs_free) *free;
	__typeof__(cs_close) *close;
} cs;

static void load(void)
{
	void *lib = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);

	if (!lib)
		return;
	cs.disasm = (__typeof__(cs.disasm))dlsym(lib, "cs_disasm");
	cs.free = (__typeof__(cs.free))dlsym(lib, "cs_free");
	cs.close = (__typeof__(cs.close))dlsym(lib, "cs_close");
	if (cs.disasm && cs.free && cs.close)
		cs.open = (__typeof__(cs.open))dlsym(lib, "cs_open");
}

void insn_disassemble(uint32_t word, uint64_t pc, char *buf, size_t len)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	const uint8_t code[4] = {word, word >> 8, word >> 16, word >> 24};
	cs_insn *insn;
	csh handle;

	pthread_once(&once, load);
	snprintf(buf, len, ".inst 0x%08x", word);
	if (!cs.open ||
	    cs.open(CS_ARCH_ARM64, CS_MODE_LITTLE_ENDIAN, &handle) != CS_ERR_OK)
		return;
	if (cs.disasm(handle, code, sizeof(code), pc, 1, &insn) == 1) {
		snprintf(buf, len, "%s %s", insn->mnemonic, insn->op_str);
		cs.free(insn, 1);
	}
	cs.close(&handle);
}
