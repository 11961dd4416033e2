/* SPDX-License-Identifier: MIT */
/*
 * Loads and stores of VFP registers in AArch32 state (Arm ARM F6.1). Compiled for
 * both kinds of memory (cpu/mem.h). An access is of words, each of which must be
 * aligned. A load that fails halfway leaves registers that the instruction may have
 * changed, and its base as it was.
 */
#include "cpu/a32-vfp.h"
#include "cpu/bodies.h"
#include "cpu/mem.h"

/* The word @k of those from register rd on. */
static uint32_t *word_of(struct cpu *cpu, const struct insn *i, unsigned int k)
{
	unsigned int s = (i->size == FP_DOUBLE ? 2u * i->rd : i->rd) + k;

	return vfp_s(cpu, s);
}

static __attribute__((noinline)) bool load_words(struct cpu *cpu,
						 const struct insn *i,
						 uint32_t va, unsigned int n)
{
	for (unsigned int k = 0; k < n; k++, va += 4) {
		if (!mem_read_slow(cpu, i, va, MA_4 | MA_ALIGN, &cpu->mem_buf))
			return false;
		*word_of(cpu, i, k) = cpu->mem_buf.s[0];
	}
	return true;
}

static __attribute__((noinline)) bool store_words(struct cpu *cpu,
						  const struct insn *i,
						  uint32_t va, unsigned int n)
{
	for (unsigned int k = 0; k < n; k++, va += 4) {
		cpu->mem_buf.s[0] = *word_of(cpu, i, k);
		if (!mem_write_slow(cpu, i, va, MA_4 | MA_ALIGN | MA_WRITE,
				    &cpu->mem_buf))
			return false;
	}
	return true;
}

static unsigned int words(const struct insn *i, unsigned int regs)
{
	return i->size == FP_DOUBLE ? 2 * regs : regs;
}

static uint32_t one_address(const struct cpu *cpu, const struct insn *i)
{
	return (i->form ? insn_pc(cpu, i) : cpu->x[i->rn]) + i->imm;
}

static void exec_vldr(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	if (!load_words(cpu, i, one_address(cpu, i), words(i, 1)))
		return;
	NEXT;
}

static void exec_vstr(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	if (!store_words(cpu, i, one_address(cpu, i), words(i, 1)))
		return;
	NEXT;
}

static void list_write_back(struct cpu *cpu, const struct insn *i)
{
	uint32_t by = 4 * i->ra;

	if (i->form & LDM_WRITE_BACK)
		cpu->x[i->rn] = (uint32_t)(cpu->x[i->rn] +
					   (i->form & LDM_UP ? by : -by));
}

static void exec_vldm(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	if (!load_words(cpu, i, cpu->x[i->rn] + i->imm, words(i, i->aux)))
		return;
	list_write_back(cpu, i);
	NEXT;
}

static void exec_vstm(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	if (!store_words(cpu, i, cpu->x[i->rn] + i->imm, words(i, i->aux)))
		return;
	list_write_back(cpu, i);
	NEXT;
}

insn_fn *a32_vfp_ldst_body(const struct insn *i)
{
	switch (i->op) {
	case A32_VLDR: return exec_vldr;
	case A32_VSTR: return exec_vstr;
	case A32_VLDM: return exec_vldm;
	case A32_VSTM: return exec_vstm;
	default: return NULL;
	}
}
