/* SPDX-License-Identifier: MIT */
/*
 * SVE: contiguous loads and stores, of one register and of structures, and loads that
 * replicate (Arm ARM C8.2, LD1*, LD2* to LD4*, LD1R*, LD1RQ*, ST1* to ST4*).
 */
#include "cpu/sve/ldst.h"
#include "cpu/sve/pred.h"

/* ---- loads --------------------------------------------------------------- */

static union sve_z *register_after(struct cpu *cpu, const struct insn *i,
				   unsigned int k)
{
	return &cpu->sve->z[(i->rd + k) & 31];
}

static void commit(struct cpu *cpu, const struct insn *i)
{
	for (unsigned int k = 0; k < i->ra; k++)
		sve_z_set(cpu, (i->rd + k) & 31, &cpu->sve->tmp[k]);
}

/* @from: where it is in the host, NULL: each element by itself. */
static bool load_elements(struct cpu *cpu, const struct insn *i, gva_t va,
			  const uint8_t *from)
{
	unsigned int log2 = sve_mem_log2(i), k = sve_vl(cpu) >> i->size;
	const struct sve_p *p = sve_p(cpu, i->aux);

	for (unsigned int e = 0, at = 0; e < k; e++)
		for (unsigned int r = 0; r < i->ra; r++, at++) {
			uint64_t val = 0;

			if (sve_active(p, e, i->size)) {
				if (likely(from))
					val = sve_extend(
						i, mem_get(from + (at << log2),
							   log2));
				else if (!sve_read(cpu, i,
						   va + ((gva_t)at << log2),
						   &val))
					return false;
			}
			sve_element_put(&cpu->sve->tmp[r], e, i->size, val);
		}
	return true;
}

/* All elements of one register, which are in memory as they are in it. */
static bool is_copy(const struct cpu *cpu, const struct insn *i)
{
	return i->ra == 1 && sve_mem_log2(i) == i->size &&
	       (!MEM_BIG || i->size == SIZE_B) &&
	       sve_all_active(cpu, sve_p(cpu, i->aux), i->size);
}

static __attribute__((noinline)) bool load(struct cpu *cpu,
					   const struct insn *i)
{
	unsigned int log2 = sve_mem_log2(i), k = sve_vl(cpu) >> i->size;
	gva_t va = sve_contiguous_address(cpu, i);
	const uint8_t *from = mem_try_read(cpu, i, va, k * i->ra << log2);

	if (likely(from) && is_copy(cpu, i)) {
		memcpy(&cpu->sve->tmp[0], from, sve_vl(cpu));
	} else if (!load_elements(cpu, i, va, from)) {
		return false;
	}
	commit(cpu, i);
	return true;
}

/* LD1R: one element to all that are active; nothing is read if none is. */
static __attribute__((noinline)) bool load_replicate(struct cpu *cpu,
						     const struct insn *i)
{
	const struct sve_p *p = sve_p(cpu, i->aux);
	unsigned int k = sve_vl(cpu) >> i->size;
	uint64_t val = 0;
	bool any = false;

	for (unsigned int e = 0; e < k; e++)
		any |= sve_active(p, e, i->size);
	if (any && !sve_read(cpu, i, cpu->x[i->rn] + (uint64_t)i->imm, &val))
		return false;
	for (unsigned int e = 0; e < k; e++)
		sve_element_put(&cpu->sve->tmp[0], e, i->size,
				sve_active(p, e, i->size) ? val : 0);
	commit(cpu, i);
	return true;
}

/* LD1RQ, LD1RO: @bytes to each so many, by the first of the predicate; what is left over
 * is zero. */
static __attribute__((noinline)) bool load_block(struct cpu *cpu,
						 const struct insn *i,
						 unsigned int bytes)
{
	const struct sve_p *p = sve_p(cpu, i->aux);
	union sve_z *to = &cpu->sve->tmp[0];
	gva_t va = cpu->x[i->rn] + (cpu->x[i->rm] << i->size) +
		   (uint64_t)i->imm * bytes;
	unsigned int at;

	for (unsigned int e = 0; e < bytes >> i->size; e++) {
		uint64_t val = 0;

		if (sve_active(p, e, i->size) &&
		    !sve_read(cpu, i, va + ((gva_t)e << i->size), &val))
			return false;
		sve_element_put(to, e, i->size, val);
	}
	for (at = bytes; at + bytes <= sve_vl(cpu); at += bytes)
		memcpy(&to->b[at], to, bytes);
	memset(&to->b[at], 0, sve_vl(cpu) - at);
	commit(cpu, i);
	return true;
}

static void exec_sve_load(struct cpu *cpu, const struct insn *i)
{
	SVE_CHECK;
	SP_CHECK;
	if (unlikely(!load(cpu, i)))
		return;
	NEXT;
}

static void exec_sve_load_replicate(struct cpu *cpu, const struct insn *i)
{
	SVE_CHECK;
	SP_CHECK;
	if (unlikely(!load_replicate(cpu, i)))
		return;
	NEXT;
}

static void exec_sve_load_quad(struct cpu *cpu, const struct insn *i)
{
	SVE_CHECK;
	SP_CHECK;
	if (unlikely(!load_block(cpu, i, 16)))
		return;
	NEXT;
}

static void exec_sve_load_octo(struct cpu *cpu, const struct insn *i)
{
	SVE_CHECK;
	SVE_256_CHECK;
	SP_CHECK;
	if (unlikely(!load_block(cpu, i, 32)))
		return;
	NEXT;
}

/* ---- stores -------------------------------------------------------------- */

static bool store_elements(struct cpu *cpu, const struct insn *i, gva_t va,
			   uint8_t *to)
{
	unsigned int log2 = sve_mem_log2(i), k = sve_vl(cpu) >> i->size;
	const struct sve_p *p = sve_p(cpu, i->aux);

	for (unsigned int e = 0, at = 0; e < k; e++)
		for (unsigned int r = 0; r < i->ra; r++, at++) {
			uint64_t val;

			if (!sve_active(p, e, i->size))
				continue;
			val = sve_element(register_after(cpu, i, r), e,
					  i->size);
			if (likely(to))
				mem_put(to + (at << log2), log2, val);
			else if (!sve_write(cpu, i, va + ((gva_t)at << log2),
					    val))
				return false;
		}
	return true;
}

static __attribute__((noinline)) bool store(struct cpu *cpu,
					    const struct insn *i)
{
	unsigned int log2 = sve_mem_log2(i), k = sve_vl(cpu) >> i->size;
	gva_t va = sve_contiguous_address(cpu, i);
	uint8_t *to = mem_try_write(cpu, i, va, k * i->ra << log2);

	for (unsigned int r = 0; r < i->ra; r++)
		(void)sve_src(cpu, (i->rd + r) & 31);
	if (likely(to) && is_copy(cpu, i)) {
		memcpy(to, register_after(cpu, i, 0), sve_vl(cpu));
		return true;
	}
	return store_elements(cpu, i, va, to);
}

static void exec_sve_store(struct cpu *cpu, const struct insn *i)
{
	SVE_CHECK;
	SP_CHECK;
	if (unlikely(!store(cpu, i)))
		return;
	NEXT;
}

insn_fn *sve_contiguous_body(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_LD1_zr:
	case A64_SVE_LD1_zi:
	case A64_SVE_LDNT1_zr:
	case A64_SVE_LDNT1_zi:
	case A64_SVE_LDN_zr:
	case A64_SVE_LDN_zi: return exec_sve_load;
	case A64_SVE_LD1R: return exec_sve_load_replicate;
	case A64_SVE_LD1RQ_zr:
	case A64_SVE_LD1RQ_zi: return exec_sve_load_quad;
	case A64_SVE_LD1RO_zr:
	case A64_SVE_LD1RO_zi: return exec_sve_load_octo;
	case A64_SVE_ST1_zr:
	case A64_SVE_ST1_zi:
	case A64_SVE_STNT1_zr:
	case A64_SVE_STNT1_zi:
	case A64_SVE_STN_zr:
	case A64_SVE_STN_zi: return exec_sve_store;
	default: return NULL;
	}
}
