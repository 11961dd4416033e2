/* SPDX-License-Identifier: MIT */
/*
 * Disassembly for people, by Capstone if the host has it. Used in diagnostics only:
 * opening a handle per call keeps it free of state and safe in any thread.
 *
 * It is loaded when first asked for. Its tables of all architectures are a
 * megabyte to relocate, 0.8 ms each time a program starts, and its symbols would be
 * found before those of a VMM's own Capstone.
 */
#include "isa/a32/a32.h"

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

/* @size bytes of @code. Nothing is written if there is no Capstone, or it does not
 * know them. */
static void disassemble(cs_arch arch, cs_mode mode, const uint8_t *code,
			size_t size, uint64_t pc, char *buf, size_t len)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	cs_insn *insn;
	csh handle;

	pthread_once(&once, load);
	if (!cs.open || cs.open(arch, mode, &handle) != CS_ERR_OK)
		return;
	if (cs.disasm(handle, code, size, pc, 1, &insn) == 1) {
		snprintf(buf, len, "%s %s", insn->mnemonic, insn->op_str);
		cs.free(insn, 1);
	}
	cs.close(&handle);
}

void insn_disassemble(uint32_t word, uint64_t pc, char *buf, size_t len)
{
	const uint8_t code[4] = {word, word >> 8, word >> 16, word >> 24};

	snprintf(buf, len, ".inst 0x%08x", word);
	disassemble(CS_ARCH_ARM64, CS_MODE_LITTLE_ENDIAN, code, sizeof(code),
		    pc, buf, len);
}

void insn_disassemble_a32(uint32_t word, bool t32, uint64_t pc, char *buf,
			  size_t len)
{
	uint32_t mem = t32 && word > 0xffff ? word >> 16 | word << 16 : word;
	const uint8_t code[4] = {mem, mem >> 8, mem >> 16, mem >> 24};

	snprintf(buf, len, ".inst 0x%08x", word);
	disassemble(CS_ARCH_ARM,
		    (t32 ? CS_MODE_THUMB : CS_MODE_ARM) | CS_MODE_V8, code,
		    t32 && word <= 0xffff ? 2 : 4, pc, buf, len);
}
