/* SPDX-License-Identifier: MIT */
/*
 * The bodies of exclusives, ordered accesses and FEAT_LSE of one size.
 * atomic-8.c ... atomic-64.c include it and define
 *
 *   BITS           8 ... 64
 *   DATA           an unsigned type of that size that may alias others
 *   SIGNED_DATA    the signed one
 *   ATOMIC_BODIES  the table
 */
#include "cpu/atomic.h"

#define BYTES (BITS / 8)

/* Between a register and memory. */
#define ORDER(val) ((DATA)mem_order(val, __builtin_ctz(BYTES)))

/* ---- exclusives ---------------------------------------------------------- */

static ALWAYS_INLINE void ldxr(struct cpu *cpu, const struct insn *i,
			       void *host)
{
	uint64_t val = __atomic_load_n((DATA *)host, __ATOMIC_SEQ_CST);

	excl_set(cpu, host, BYTES, val, 0);
	cpu->x[i->rd] = ORDER(val);
}

static void exec_ldxr(struct cpu *cpu, const struct insn *i)
{
	atomic_do(cpu, i, ldxr, BYTES, MA_EXCL);
}

static ALWAYS_INLINE void stxr(struct cpu *cpu, const struct insn *i,
			       void *host)
{
	DATA old = (DATA)cpu->excl_val[0], new = ORDER(cpu->x[i->rd]);
	bool ok = excl_take(cpu, host, BYTES) &&
		  host_cas((DATA *)host, &old, new);

	cpu->x[i->ra] = !ok;
}

static void exec_stxr(struct cpu *cpu, const struct insn *i)
{
	atomic_do(cpu, i, stxr, BYTES, MA_EXCL | MA_WRITE);
}

/* ---- acquire, release ---------------------------------------------------- */

static void exec_ldar(struct cpu *cpu, const struct insn *i)
{
	const DATA *host = atomic_try(cpu, i, BYTES, false);

	if (unlikely(!host))
		return exec_ldar_slow(cpu, i);
	cpu->x[i->rd] = ORDER(__atomic_load_n(host, __ATOMIC_SEQ_CST));
	NEXT;
}

static void exec_stlr(struct cpu *cpu, const struct insn *i)
{
	DATA *host = atomic_try(cpu, i, BYTES, true);

	if (unlikely(!host))
		return exec_stlr_slow(cpu, i);
	__atomic_store_n(host, ORDER(cpu->x[i->rd]), __ATOMIC_SEQ_CST);
	NEXT;
}

/* ---- compare and swap ---------------------------------------------------- */

static ALWAYS_INLINE void cas(struct cpu *cpu, const struct insn *i, void *host)
{
	DATA old = ORDER(cpu->x[i->rm]);

	host_cas((DATA *)host, &old, ORDER(cpu->x[i->rd]));
	cpu->x[i->ra] = ORDER(old);
}

static void exec_cas(struct cpu *cpu, const struct insn *i)
{
	atomic_do(cpu, i, cas, BYTES, MA_RMW);
}

/* ---- read, modify, write ------------------------------------------------- */

/* The host adds in its own order only. */
static ALWAYS_INLINE DATA fetch_add(DATA *p, DATA val)
{
	DATA old;

	if (!MEM_BIG)
		return __atomic_fetch_add(p, val, __ATOMIC_SEQ_CST);
	old = __atomic_load_n(p, __ATOMIC_RELAXED);
	while (!host_cas(p, &old, ORDER(ORDER(old) + val)))
		;
	return ORDER(old);
}

static ALWAYS_INLINE void ldadd(struct cpu *cpu, const struct insn *i,
				void *host)
{
	DATA val = cpu->x[i->rm];

	cpu->x[i->rd] = fetch_add(host, val);
}

static void exec_ldadd(struct cpu *cpu, const struct insn *i)
{
	atomic_do(cpu, i, ldadd, BYTES, MA_RMW);
}

static ALWAYS_INLINE void ldclr(struct cpu *cpu, const struct insn *i,
				void *host)
{
	DATA val = ORDER(cpu->x[i->rm]);

	cpu->x[i->rd] =
		ORDER(__atomic_fetch_and((DATA *)host, ~val, __ATOMIC_SEQ_CST));
}

static void exec_ldclr(struct cpu *cpu, const struct insn *i)
{
	atomic_do(cpu, i, ldclr, BYTES, MA_RMW);
}

static ALWAYS_INLINE void ldeor(struct cpu *cpu, const struct insn *i,
				void *host)
{
	DATA val = ORDER(cpu->x[i->rm]);

	cpu->x[i->rd] =
		ORDER(__atomic_fetch_xor((DATA *)host, val, __ATOMIC_SEQ_CST));
}

static void exec_ldeor(struct cpu *cpu, const struct insn *i)
{
	atomic_do(cpu, i, ldeor, BYTES, MA_RMW);
}

static ALWAYS_INLINE void ldset(struct cpu *cpu, const struct insn *i,
				void *host)
{
	DATA val = ORDER(cpu->x[i->rm]);

	cpu->x[i->rd] =
		ORDER(__atomic_fetch_or((DATA *)host, val, __ATOMIC_SEQ_CST));
}

static void exec_ldset(struct cpu *cpu, const struct insn *i)
{
	atomic_do(cpu, i, ldset, BYTES, MA_RMW);
}

static ALWAYS_INLINE void swp(struct cpu *cpu, const struct insn *i, void *host)
{
	DATA val = ORDER(cpu->x[i->rm]);

	cpu->x[i->rd] =
		ORDER(__atomic_exchange_n((DATA *)host, val, __ATOMIC_SEQ_CST));
}

static void exec_swp(struct cpu *cpu, const struct insn *i)
{
	atomic_do(cpu, i, swp, BYTES, MA_RMW);
}

/* The host has no atomic minimum and maximum. */
static ALWAYS_INLINE void ldsmax(struct cpu *cpu, const struct insn *i,
				 void *host)
{
	DATA *p = host, val = cpu->x[i->rm];
	DATA old = __atomic_load_n(p, __ATOMIC_RELAXED);

	while (!host_cas(
		p, &old,
		(SIGNED_DATA)ORDER(old) > (SIGNED_DATA)val ? old : ORDER(val)))
		;
	cpu->x[i->rd] = ORDER(old);
}

static void exec_ldsmax(struct cpu *cpu, const struct insn *i)
{
	atomic_do(cpu, i, ldsmax, BYTES, MA_RMW);
}

static ALWAYS_INLINE void ldsmin(struct cpu *cpu, const struct insn *i,
				 void *host)
{
	DATA *p = host, val = cpu->x[i->rm];
	DATA old = __atomic_load_n(p, __ATOMIC_RELAXED);

	while (!host_cas(
		p, &old,
		(SIGNED_DATA)ORDER(old) < (SIGNED_DATA)val ? old : ORDER(val)))
		;
	cpu->x[i->rd] = ORDER(old);
}

static void exec_ldsmin(struct cpu *cpu, const struct insn *i)
{
	atomic_do(cpu, i, ldsmin, BYTES, MA_RMW);
}

static ALWAYS_INLINE void ldumax(struct cpu *cpu, const struct insn *i,
				 void *host)
{
	DATA *p = host, val = cpu->x[i->rm];
	DATA old = __atomic_load_n(p, __ATOMIC_RELAXED);

	while (!host_cas(p, &old, ORDER(old) > val ? old : ORDER(val)))
		;
	cpu->x[i->rd] = ORDER(old);
}

static void exec_ldumax(struct cpu *cpu, const struct insn *i)
{
	atomic_do(cpu, i, ldumax, BYTES, MA_RMW);
}

static ALWAYS_INLINE void ldumin(struct cpu *cpu, const struct insn *i,
				 void *host)
{
	DATA *p = host, val = cpu->x[i->rm];
	DATA old = __atomic_load_n(p, __ATOMIC_RELAXED);

	while (!host_cas(p, &old, ORDER(old) < val ? old : ORDER(val)))
		;
	cpu->x[i->rd] = ORDER(old);
}

static void exec_ldumin(struct cpu *cpu, const struct insn *i)
{
	atomic_do(cpu, i, ldumin, BYTES, MA_RMW);
}

/*
 * STADD etc., that is with XZR as Rt: nobody wants the old value, and the host
 * need not fetch it.
 */

static ALWAYS_INLINE void stadd(struct cpu *cpu, const struct insn *i,
				void *host)
{
	DATA val = cpu->x[i->rm];

	fetch_add(host, val);
}

static void exec_stadd(struct cpu *cpu, const struct insn *i)
{
	atomic_do(cpu, i, stadd, BYTES, MA_RMW);
}

static ALWAYS_INLINE void stclr(struct cpu *cpu, const struct insn *i,
				void *host)
{
	DATA val = ORDER(cpu->x[i->rm]);

	__atomic_fetch_and((DATA *)host, ~val, __ATOMIC_SEQ_CST);
}

static void exec_stclr(struct cpu *cpu, const struct insn *i)
{
	atomic_do(cpu, i, stclr, BYTES, MA_RMW);
}

static ALWAYS_INLINE void steor(struct cpu *cpu, const struct insn *i,
				void *host)
{
	DATA val = ORDER(cpu->x[i->rm]);

	__atomic_fetch_xor((DATA *)host, val, __ATOMIC_SEQ_CST);
}

static void exec_steor(struct cpu *cpu, const struct insn *i)
{
	atomic_do(cpu, i, steor, BYTES, MA_RMW);
}

static ALWAYS_INLINE void stset(struct cpu *cpu, const struct insn *i,
				void *host)
{
	DATA val = ORDER(cpu->x[i->rm]);

	__atomic_fetch_or((DATA *)host, val, __ATOMIC_SEQ_CST);
}

static void exec_stset(struct cpu *cpu, const struct insn *i)
{
	atomic_do(cpu, i, stset, BYTES, MA_RMW);
}

const struct atomic_bodies ATOMIC_BODIES = {
	.op[ATOMIC_STXR] = exec_stxr,
	.op[ATOMIC_LDXR] = exec_ldxr,
	.op[ATOMIC_STLR] = exec_stlr,
	.op[ATOMIC_LDAR] = exec_ldar,
	.op[ATOMIC_CAS] = exec_cas,
	.op[ATOMIC_LDADD] = exec_ldadd,
	.op[ATOMIC_LDCLR] = exec_ldclr,
	.op[ATOMIC_LDEOR] = exec_ldeor,
	.op[ATOMIC_LDSET] = exec_ldset,
	.op[ATOMIC_LDSMAX] = exec_ldsmax,
	.op[ATOMIC_LDSMIN] = exec_ldsmin,
	.op[ATOMIC_LDUMAX] = exec_ldumax,
	.op[ATOMIC_LDUMIN] = exec_ldumin,
	.op[ATOMIC_SWP] = exec_swp,
	.no_result[ATOMIC_LDADD] = exec_stadd,
	.no_result[ATOMIC_LDCLR] = exec_stclr,
	.no_result[ATOMIC_LDEOR] = exec_steor,
	.no_result[ATOMIC_LDSET] = exec_stset,
};
