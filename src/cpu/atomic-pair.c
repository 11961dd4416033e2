/* SPDX-License-Identifier: MIT */
/*
 * Atomics of two registers: LDXP, STXP (Arm ARM C4.1.94) and CASP (FEAT_LSE).
 * A pair of W is one access of 64 bits, of X one of 128.
 */
#include "cpu/atomic.h"

/* ---- LDXP ---------------------------------------------------------------- */

static ALWAYS_INLINE void ldxp_w(struct cpu *cpu, const struct insn *i,
				 void *host)
{
	uint64_t val = __atomic_load_n((u64_alias *)host, __ATOMIC_SEQ_CST);

	excl_set(cpu, host, 8, val, 0);
	val = mem_order_each(val, SIZE_W);
	cpu->x[i->rd] = (uint32_t)val;
	cpu->x[i->ra] = val >> 32;
}

static void exec_ldxp_w(struct cpu *cpu, const struct insn *i)
{
	atomic_do(cpu, i, ldxp_w, 8, MA_EXCL);
}

/* Each half is atomic, the pair is if the store exclusive succeeds. */
static ALWAYS_INLINE void ldxp_x(struct cpu *cpu, const struct insn *i,
				 void *host)
{
	uint64_t lo = __atomic_load_n((u64_alias *)host, __ATOMIC_SEQ_CST);
	uint64_t hi = __atomic_load_n((u64_alias *)host + 1, __ATOMIC_SEQ_CST);

	excl_set(cpu, host, 16, lo, hi);
	cpu->x[i->rd] = mem_order(lo, SIZE_X);
	cpu->x[i->ra] = mem_order(hi, SIZE_X);
}

static void exec_ldxp_x(struct cpu *cpu, const struct insn *i)
{
	atomic_do(cpu, i, ldxp_x, 16, MA_EXCL);
}

/* ---- STXP ---------------------------------------------------------------- */

static ALWAYS_INLINE void stxp_w(struct cpu *cpu, const struct insn *i,
				 void *host)
{
	uint64_t old = cpu->excl_val[0];
	uint64_t new = (uint32_t)cpu->x[i->rd] | cpu->x[i->rm] << 32;
	bool ok =
		excl_take(cpu, host, 8) &&
		host_cas((u64_alias *)host, &old, mem_order_each(new, SIZE_W));

	cpu->x[i->ra] = !ok;
}

static void exec_stxp_w(struct cpu *cpu, const struct insn *i)
{
	atomic_do(cpu, i, stxp_w, 8, MA_EXCL | MA_WRITE);
}

static ALWAYS_INLINE void stxp_x(struct cpu *cpu, const struct insn *i,
				 void *host)
{
	uint64_t old[2] = {cpu->excl_val[0], cpu->excl_val[1]};
	uint64_t new[2] = {mem_order(cpu->x[i->rd], SIZE_X),
			   mem_order(cpu->x[i->rm], SIZE_X)};
	bool ok = excl_take(cpu, host, 16) && host_cas128(host, old, new);

	cpu->x[i->ra] = !ok;
}

static void exec_stxp_x(struct cpu *cpu, const struct insn *i)
{
	atomic_do(cpu, i, stxp_x, 16, MA_EXCL | MA_WRITE);
}

/* ---- CASP ---------------------------------------------------------------- */

/* The odd partners, see operands-ldst.h. */
#define CASP_S2 cpu->x[i->aux & 0xff]
#define CASP_T2 cpu->x[i->aux >> 8]

static ALWAYS_INLINE void casp_w(struct cpu *cpu, const struct insn *i,
				 void *host)
{
	uint64_t old = (uint32_t)cpu->x[i->rm] | CASP_S2 << 32;
	uint64_t new = (uint32_t)cpu->x[i->rd] | CASP_T2 << 32;

	old = mem_order_each(old, SIZE_W);
	host_cas((u64_alias *)host, &old, mem_order_each(new, SIZE_W));
	old = mem_order_each(old, SIZE_W);
	cpu->x[i->rm] = (uint32_t)old;
	cpu->x[i->ra] = old >> 32;
}

static void exec_casp_w(struct cpu *cpu, const struct insn *i)
{
	atomic_do(cpu, i, casp_w, 8, MA_RMW);
}

static ALWAYS_INLINE void casp_x(struct cpu *cpu, const struct insn *i,
				 void *host)
{
	uint64_t old[2] = {mem_order(cpu->x[i->rm], SIZE_X),
			   mem_order(CASP_S2, SIZE_X)};
	uint64_t new[2] = {mem_order(cpu->x[i->rd], SIZE_X),
			   mem_order(CASP_T2, SIZE_X)};

	host_cas128(host, old, new);
	cpu->x[i->rm] = mem_order(old[0], SIZE_X);
	cpu->x[i->ra] = mem_order(old[1], SIZE_X);
}

static void exec_casp_x(struct cpu *cpu, const struct insn *i)
{
	atomic_do(cpu, i, casp_x, 16, MA_RMW);
}

insn_fn *atomic_pair_body(const struct insn *i)
{
	bool x = i->size == SIZE_X;

	switch (i->form) {
	case ATOMIC_CASP: return x ? exec_casp_x : exec_casp_w;
	case ATOMIC_LDXP: return x ? exec_ldxp_x : exec_ldxp_w;
	default: return x ? exec_stxp_x : exec_stxp_w;
	}
}
