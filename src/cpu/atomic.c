/* SPDX-License-Identifier: MIT */
/*
 * Exclusives, ordered accesses and FEAT_LSE: choice of the body, slow paths.
 * The fast bodies are in atomic-body.h, once for each size, and atomic-pair.c
 * (Arm ARM C4.1.94, B2.3, B2.12).
 */
#include "cpu/atomic.h"

#include "cpu/bodies.h"

static insn_fn exec_stlur, exec_ldapur;

insn_fn *atomic_body(const struct insn *i)
{
	static const struct atomic_bodies *const by_size[] = {
		[SIZE_B] = &atomic_bodies_8,
		[SIZE_H] = &atomic_bodies_16,
		[SIZE_W] = &atomic_bodies_32,
		[SIZE_X] = &atomic_bodies_64,
	};
	const struct atomic_bodies *bodies = by_size[i->size];

	switch (i->form) {
	case ATOMIC_CASP:
	case ATOMIC_LDXP:
	case ATOMIC_STXP: return atomic_pair_body(i);
	case ATOMIC_STLUR: return exec_stlur;
	case ATOMIC_LDAPUR: return exec_ldapur;
	}
	if (i->rd == REG_SINK && bodies->no_result[i->form])
		return bodies->no_result[i->form];
	return bodies->op[i->form];
}

COLD void atomic_slow(struct cpu *cpu, const struct insn *i, atomic_fn *at,
		      uint32_t ma)
{
	void *host;

	SP_CHECK;
	host = mem_host(cpu, i, cpu->x[i->rn], ma | MA_ALIGN);
	if (!host)
		return;
	at(cpu, i, host);
	NEXT;
}

/* ---- acquire, release ---------------------------------------------------- */

/* Unlike the others they may be of a device. */
static uint32_t ordered_flags(const struct insn *i)
{
	return MA_ISV | MA_AR | MA_ALIGN | (i->size == SIZE_X ? MA_SF : 0) |
	       MA_BYTES(i->size);
}

COLD void exec_ldar_slow(struct cpu *cpu, const struct insn *i)
{
	SP_CHECK;
	if (!mem_read_slow(cpu, i, cpu->x[i->rn], ordered_flags(i),
			   &cpu->mem_buf))
		return;
	host_fence_load();
	cpu->x[i->rd] = cpu->mem_buf.d[0] & GENMASK((8 << i->size) - 1, 0);
	NEXT;
}

COLD void exec_stlr_slow(struct cpu *cpu, const struct insn *i)
{
	SP_CHECK;
	cpu->mem_buf.d[0] = cpu->x[i->rd];
	host_fence_full();
	if (!mem_write_slow(cpu, i, cpu->x[i->rn], ordered_flags(i) | MA_WRITE,
			    &cpu->mem_buf))
		return;
	host_fence_full();
	NEXT;
}

/*
 * With an offset. Rare enough to have one way for all memory. Two of these may
 * not pass each other (RCpc) if they are a load and what follows, or a store and
 * what came before; and a later LDAR not the store: it is a full barrier.
 */
static uint64_t sign_extended(const struct insn *i, uint64_t val)
{
	switch (i->aux) {
	case LDST_LOAD_SX: return sext64(val, 8 << i->size);
	case LDST_LOAD_SW: return (uint32_t)sext64(val, 8 << i->size);
	default: return val & GENMASK((8 << i->size) - 1, 0);
	}
}

static void exec_ldapur(struct cpu *cpu, const struct insn *i)
{
	uint32_t ma = MA_ISV | MA_AR | MA_ALIGN | MA_BYTES(i->size);

	SP_CHECK;
	if (i->size == SIZE_X || i->aux == LDST_LOAD_SX)
		ma |= MA_SF;
	if (i->aux != LDST_LOAD)
		ma |= MA_SIGN;
	if (!mem_read_slow(cpu, i, cpu->x[i->rn] + i->imm, ma, &cpu->mem_buf))
		return;
	host_fence_load();
	cpu->x[i->rd] = sign_extended(i, cpu->mem_buf.d[0]);
	NEXT;
}

static void exec_stlur(struct cpu *cpu, const struct insn *i)
{
	SP_CHECK;
	cpu->mem_buf.d[0] = cpu->x[i->rd];
	host_fence_full();
	if (!mem_write_slow(cpu, i, cpu->x[i->rn] + i->imm,
			    ordered_flags(i) | MA_WRITE, &cpu->mem_buf))
		return;
	host_fence_full();
	NEXT;
}
