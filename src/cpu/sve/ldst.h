/* SPDX-License-Identifier: MIT */
/*
 * SVE: what the files of its loads and stores share. What is loaded goes to
 * cpu->sve->tmp and from there to the registers when nothing can fault any more, so a
 * fault leaves them as they were. A store that faults may have stored what is before.
 */
#ifndef FAUXKVM_CPU_SVE_LDST_H
#define FAUXKVM_CPU_SVE_LDST_H

#include "cpu/sve/sve.h"

/* Log2 of the bytes that an element has in memory. */
static inline unsigned int sve_mem_log2(const struct insn *i)
{
	return i->form & SVE_MEM_SIZE;
}

static inline uint64_t sve_element(const union sve_z *z, unsigned int e,
				   unsigned int size)
{
	switch (size) {
	case SIZE_B: return z->b[e];
	case SIZE_H: return z->h[e];
	case SIZE_W: return z->s[e];
	default: return z->d[e];
	}
}

static inline void sve_element_put(union sve_z *z, unsigned int e,
				   unsigned int size, uint64_t val)
{
	switch (size) {
	case SIZE_B: z->b[e] = val; break;
	case SIZE_H: z->h[e] = val; break;
	case SIZE_W: z->s[e] = val; break;
	default: z->d[e] = val; break;
	}
}

/* What was read from memory as an element. */
static inline uint64_t sve_extend(const struct insn *i, uint64_t val)
{
	return i->form & SVE_MEM_SIGNED
		       ? (uint64_t)sext64(val, 8u << sve_mem_log2(i))
		       : val;
}

/* One element from memory; false: as mem_read_slow(). */
static inline bool sve_read(struct cpu *cpu, const struct insn *i, gva_t va,
			    uint64_t *val)
{
	unsigned int log2 = sve_mem_log2(i);
	const void *host = mem_try_read(cpu, i, va, 1u << log2);
	uint64_t buf = 0;

	if (likely(host))
		buf = mem_get(host, log2);
	else if (!mem_read_slow(cpu, i, va, MA_BYTES(log2), &buf))
		return false;
	*val = sve_extend(i, buf);
	return true;
}

static inline bool sve_write(struct cpu *cpu, const struct insn *i, gva_t va,
			     uint64_t val)
{
	unsigned int log2 = sve_mem_log2(i);
	void *host = mem_try_write(cpu, i, va, 1u << log2);

	if (unlikely(!host))
		return mem_write_slow(cpu, i, va, MA_WRITE | MA_BYTES(log2),
				      &val);
	mem_put(host, log2, val);
	return true;
}

/* Of what is contiguous: where it begins. */
static inline gva_t sve_contiguous_address(const struct cpu *cpu,
					   const struct insn *i)
{
	uint64_t bytes = (uint64_t)i->ra * (sve_vl(cpu) >> i->size)
			 << sve_mem_log2(i);

	return cpu->x[i->rn] + (cpu->x[i->rm] << sve_mem_log2(i)) +
	       (uint64_t)i->imm * bytes;
}

/* SP is no base of what has its bases in a vector. */
#define SVE_SP_CHECK                            \
	do {                                    \
		if (!(i->form & SVE_MEM_BASES)) \
			SP_CHECK;               \
	} while (0)

/* ldst-contiguous.c, ldst-vector.c, ldst-fault.c: as struct
 * mem_bodies has them, NULL: not an operation of that file. */
insn_fn *sve_contiguous_body(const struct insn *i);
insn_fn *sve_vector_body(const struct insn *i);
insn_fn *sve_fault_body(const struct insn *i);

/* Where element @e of a gather or scatter is, after sve_vector_ready(). */
static inline void sve_vector_ready(struct cpu *cpu, const struct insn *i)
{
	(void)sve_src(cpu, i->form & SVE_MEM_BASES ? i->rn : i->rm);
}
gva_t sve_vector_address(struct cpu *cpu, const struct insn *i, unsigned int e);

#endif
