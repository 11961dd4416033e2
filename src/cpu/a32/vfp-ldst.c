/* SPDX-License-Identifier: MIT */
/*
 * Loads and stores of VFP registers and of structures of Advanced SIMD in AArch32 state
 * (Arm ARM F6.1). Compiled for both kinds of memory (cpu/mem.h). An access is of words, each of which must be
 * aligned. A load that fails halfway leaves registers that the instruction may have
 * changed, and its base as it was.
 */
#include "cpu/a32/vfp.h"
#include "cpu/bodies.h"
#include "cpu/mem.h"

/* The word @k of those from register rd on. */
static uint32_t *word_of(struct cpu *cpu, const struct insn *i, unsigned int k)
{
	/* Of a D register the first is the upper half if data is big-endian. */
	if (i->size == FP_DOUBLE)
		return vfp_s(cpu, 2u * i->rd + (MEM_BIG ? k ^ 1 : k));
	return vfp_s(cpu, i->rd + k);
}

static __attribute__((noinline)) bool load_words(struct cpu *cpu,
						 const struct insn *i,
						 uint32_t va, unsigned int n)
{
	const uint8_t *from = va & 3 ? NULL : mem_try_read(cpu, i, va, 4 * n);

	for (unsigned int k = 0; from && k < n; k++)
		*word_of(cpu, i, k) = mem_get(from + 4 * k, SIZE_W);
	for (unsigned int k = 0; !from && k < n; k++, va += 4) {
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
	uint8_t *to = va & 3 ? NULL : mem_try_write(cpu, i, va, 4 * n);

	for (unsigned int k = 0; to && k < n; k++)
		mem_put(to + 4 * k, SIZE_W, *word_of(cpu, i, k));
	for (unsigned int k = 0; !to && k < n; k++, va += 4) {
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

static __attribute__((noinline)) bool half_access(struct cpu *cpu,
						  const struct insn *i,
						  uint32_t va, bool load)
{
	if (!load) {
		cpu->mem_buf.s[0] = *vfp_s(cpu, i->rd) & 0xffff;
		return mem_write_slow(cpu, i, va,
				      MA_BYTES(1) | MA_ALIGN | MA_WRITE,
				      &cpu->mem_buf);
	}
	if (!mem_read_slow(cpu, i, va, MA_BYTES(1) | MA_ALIGN, &cpu->mem_buf))
		return false;
	*vfp_s(cpu, i->rd) = cpu->mem_buf.h[0];
	return true;
}

static void exec_vldr_half(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	if (!half_access(cpu, i, one_address(cpu, i), true))
		return;
	NEXT;
}

static void exec_vstr_half(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	if (!half_access(cpu, i, one_address(cpu, i), false))
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

/* ---- structures ---------------------------------------------------------- */

/* Of @size (log2) bytes at lane @lane of D(@r). */
static __attribute__((noinline)) bool element(struct cpu *cpu,
					      const struct insn *i, uint32_t va,
					      unsigned int r, unsigned int lane,
					      unsigned int size)
{
	unsigned int bits = 8u << size, at = lane * bits;
	uint64_t mask = GENMASK(bits - 1, 0), *d = vfp_d(cpu, r);

	if (i->op == A32_VST) {
		cpu->mem_buf.d[0] = *d >> at & mask;
		return mem_write_slow(cpu, i, va, MA_BYTES(size) | MA_WRITE,
				      &cpu->mem_buf);
	}
	if (!mem_read_slow(cpu, i, va, MA_BYTES(size), &cpu->mem_buf))
		return false;
	*d = (*d & ~(mask << at)) | (cpu->mem_buf.d[0] & mask) << at;
	return true;
}

static void to_all_lanes(struct cpu *cpu, const struct insn *i, unsigned int r)
{
	uint64_t val = *vfp_d(cpu, r) & GENMASK((8u << i->size) - 1, 0);

	for (unsigned int bits = 8u << i->size; bits < 64; bits *= 2)
		val |= val << bits;
	*vfp_d(cpu, r) = val;
}

/* One lane of each register. */
static bool one_lane(struct cpu *cpu, const struct insn *i, uint32_t va)
{
	unsigned int n = (i->form & STRUCTURE_N) + 1;
	unsigned int step = i->form & STRUCTURE_STEP ? 2 : 1;
	unsigned int more = i->form >> STRUCTURE_REGS_SHIFT & 3;

	for (unsigned int k = 0; k < n; k++) {
		unsigned int r = i->rd + k * step;

		if (!element(cpu, i, va + (k << i->size), r, i->ra, i->size))
			return false;
		if (i->form & STRUCTURE_ALL)
			to_all_lanes(cpu, i, r);
	}
	if (i->form & STRUCTURE_ALL && more)
		*vfp_d(cpu, i->rd + 1) = *vfp_d(cpu, i->rd);
	return true;
}

static bool whole(struct cpu *cpu, const struct insn *i, uint32_t va)
{
	unsigned int n = (i->form & STRUCTURE_N) + 1;
	unsigned int step = i->form & STRUCTURE_STEP ? 2 : 1;
	unsigned int regs = (i->form >> STRUCTURE_REGS_SHIFT & 3) + 1;
	/* The order is one, if bytes have it too. */
	unsigned int size = n == 1 && !MEM_BIG ? SIZE_X : i->size;

	for (unsigned int r = 0; r < regs; r++)
		for (unsigned int e = 0; e < 8u >> size; e++)
			for (unsigned int k = 0; k < n; k++) {
				if (!element(cpu, i, va, i->rd + r + k * step,
					     e, size))
					return false;
				va += 1u << size;
			}
	return true;
}

static __attribute__((noinline)) bool structure(struct cpu *cpu,
						const struct insn *i)
{
	uint32_t va = cpu->x[i->rn];

	/* The fault that the alignment asks for. */
	if (unlikely(va & (i->aux - 1u)))
		return mem_read_slow(cpu, i, va,
				     MA_BYTES(__builtin_ctz(i->aux)) |
					     MA_ALIGN |
					     (i->op == A32_VST ? MA_WRITE : 0),
				     &cpu->mem_buf);
	if (i->form & (STRUCTURE_LANE | STRUCTURE_ALL))
		return one_lane(cpu, i, va);
	return whole(cpu, i, va);
}

static void exec_structure(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	if (!structure(cpu, i))
		return;
	cpu->x[i->rn] = (uint32_t)(cpu->x[i->rn] + cpu->x[i->rm] + i->imm);
	NEXT;
}

insn_fn *a32_vfp_ldst_body(const struct insn *i)
{
	switch (i->op) {
	case A32_VLDR: return exec_vldr;
	case A32_VSTR: return exec_vstr;
	case A32_VLDR_half: return exec_vldr_half;
	case A32_VSTR_half: return exec_vstr_half;
	case A32_VLDM: return exec_vldm;
	case A32_VSTM: return exec_vstm;
	case A32_VLD:
	case A32_VST: return exec_structure;
	default: return NULL;
	}
}
