/* SPDX-License-Identifier: MIT */
/* SVE: gathers and scatters (Arm ARM C8.2, LD1*, ST1* of vectors of addresses). */
#include "cpu/sve/ldst.h"

gva_t sve_vector_address(struct cpu *cpu, const struct insn *i, unsigned int e)
{
	unsigned int scale = i->form & SVE_MEM_SCALED ? sve_mem_log2(i) : 0;
	uint64_t offset;

	if (i->form & SVE_MEM_BASES)
		return sve_element(&cpu->sve->z[i->rn], e, i->size) +
		       cpu->x[i->rm] + (uint64_t)i->imm;
	offset = sve_element(&cpu->sve->z[i->rm], e, i->size);
	if (i->form & SVE_MEM_SXTW)
		offset = (uint64_t)(int32_t)offset;
	else if (i->form & SVE_MEM_UXTW)
		offset = (uint32_t)offset;
	return cpu->x[i->rn] + (offset << scale);
}

static __attribute__((noinline)) bool gather(struct cpu *cpu,
					     const struct insn *i)
{
	const struct sve_p *p = sve_p(cpu, i->aux);
	unsigned int k = sve_vl(cpu) >> i->size;

	sve_vector_ready(cpu, i);
	for (unsigned int e = 0; e < k; e++) {
		uint64_t val = 0;

		if (sve_active(p, e, i->size) &&
		    !sve_read(cpu, i, sve_vector_address(cpu, i, e), &val))
			return false;
		sve_element_put(&cpu->sve->tmp[0], e, i->size, val);
	}
	sve_z_set(cpu, i->rd, &cpu->sve->tmp[0]);
	return true;
}

static __attribute__((noinline)) bool scatter(struct cpu *cpu,
					      const struct insn *i)
{
	const struct sve_p *p = sve_p(cpu, i->aux);
	const union sve_z *t = sve_src(cpu, i->rd);
	unsigned int k = sve_vl(cpu) >> i->size;

	sve_vector_ready(cpu, i);
	for (unsigned int e = 0; e < k; e++)
		if (sve_active(p, e, i->size) &&
		    !sve_write(cpu, i, sve_vector_address(cpu, i, e),
			       sve_element(t, e, i->size)))
			return false;
	return true;
}

static void exec_sve_gather(struct cpu *cpu, const struct insn *i)
{
	SVE_CHECK;
	SVE_SP_CHECK;
	if (unlikely(!gather(cpu, i)))
		return;
	NEXT;
}

static void exec_sve_scatter(struct cpu *cpu, const struct insn *i)
{
	SVE_CHECK;
	SVE_SP_CHECK;
	if (unlikely(!scatter(cpu, i)))
		return;
	NEXT;
}

insn_fn *sve_vector_body(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_LD1_zz_s:
	case A64_SVE_LD1_zz_s_scaled:
	case A64_SVE_LD1_iz_s:
	case A64_SVE_LD1_zz_d32:
	case A64_SVE_LD1_zz_d32_scaled:
	case A64_SVE_LD1_iz_d:
	case A64_SVE_LD1_zz_d64:
	case A64_SVE_LD1_zz_d64_scaled:
	case A64_SVE_LDNT1_iz_s:
	case A64_SVE_LDNT1_iz_d: return exec_sve_gather;
	case A64_SVE_ST1_zz_d32:
	case A64_SVE_ST1_zz_d32_scaled:
	case A64_SVE_ST1_zz_s:
	case A64_SVE_ST1_zz_s_scaled:
	case A64_SVE_ST1_zz_d64:
	case A64_SVE_ST1_zz_d64_scaled:
	case A64_SVE_ST1_iz_d:
	case A64_SVE_ST1_iz_s:
	case A64_SVE_STNT1_iz_d:
	case A64_SVE_STNT1_iz_s: return exec_sve_scatter;
	default: return NULL;
	}
}
