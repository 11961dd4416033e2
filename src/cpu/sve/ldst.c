/* SPDX-License-Identifier: MIT */
/* SVE: LDR and STR of vectors and predicates, and the choice of a body. */
#include "cpu/bodies.h"
#include "cpu/sve/ldst.h"

/* ---- LDR, STR ------------------------------------------------------------ */

/* Bytes of the register. */
static unsigned int fill_bytes(const struct cpu *cpu, const struct insn *i)
{
	bool p = i->op == A64_SVE_LDR_p || i->op == A64_SVE_STR_p;

	return p ? sve_vl(cpu) / 8 : sve_vl(cpu);
}

static gva_t fill_address(const struct cpu *cpu, const struct insn *i)
{
	return cpu->x[i->rn] + i->imm * fill_bytes(cpu, i);
}

/* False: as mem_read_slow(). */
static __attribute__((noinline)) bool fill(struct cpu *cpu,
					   const struct insn *i)
{
	unsigned int bytes = fill_bytes(cpu, i);
	gva_t va = fill_address(cpu, i);
	uint8_t *to = cpu->sve->tmp[0].b;
	const void *host = mem_try_read(cpu, i, va, bytes);

	if (likely(host))
		memcpy(to, host, bytes);
	for (unsigned int k = 0; !host && k < bytes; k++)
		if (!mem_read_slow(cpu, i, va + k, MA_1, to + k))
			return false;
	if (i->op == A64_SVE_LDR_z) {
		sve_z_set(cpu, i->rd, to);
	} else {
		memset(to + bytes, 0, sizeof(struct sve_p) - bytes);
		memcpy(&cpu->sve->p[i->rd], to, sizeof(struct sve_p));
	}
	return true;
}

static __attribute__((noinline)) bool spill(struct cpu *cpu,
					    const struct insn *i)
{
	unsigned int bytes = fill_bytes(cpu, i);
	gva_t va = fill_address(cpu, i);
	const uint8_t *from = (const uint8_t *)sve_p(cpu, i->rd & 15)->w;
	void *host;

	if (i->op == A64_SVE_STR_z)
		from = sve_src(cpu, i->rd)->b;
	host = mem_try_write(cpu, i, va, bytes);
	if (likely(host)) {
		memcpy(host, from, bytes);
		return true;
	}
	for (unsigned int k = 0; k < bytes; k++)
		if (!mem_write_slow(cpu, i, va + k, MA_WRITE | MA_1, from + k))
			return false;
	return true;
}

static void exec_sve_ldr(struct cpu *cpu, const struct insn *i)
{
	SVE_CHECK;
	SP_CHECK;
	if (!fill(cpu, i))
		return;
	NEXT;
}

static void exec_sve_str(struct cpu *cpu, const struct insn *i)
{
	SVE_CHECK;
	SP_CHECK;
	if (!spill(cpu, i))
		return;
	NEXT;
}

insn_fn *sve_ldst_body(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_LDR_z:
	case A64_SVE_LDR_p: return exec_sve_ldr;
	case A64_SVE_STR_z:
	case A64_SVE_STR_p: return exec_sve_str;
	default:
		return sve_fault_body(i) ?: sve_contiguous_body(i)
						   ?: sve_vector_body(i);
	}
}
