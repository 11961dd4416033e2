/* SPDX-License-Identifier: MIT */
/*
 * What the bodies of exclusives, ordered accesses and FEAT_LSE share.
 * Guest memory is accessed by the host's own atomics, which are full barriers
 * whatever ordering the instruction asks for.
 */
#ifndef FAUXKVM_CPU_ATOMIC_H
#define FAUXKVM_CPU_ATOMIC_H

#include "cpu/host-atomic.h"
#include "cpu/ldst.h"

/* Guest memory, aligned but for FEAT_LSE2 (mem_is_within_16()), whatever the host
 * knows it as. */
typedef uint16_t u16_alias __attribute__((may_alias));
typedef uint32_t u32_alias __attribute__((may_alias));
typedef uint64_t u64_alias __attribute__((may_alias));

/* The operation itself, given the host address of its memory. */
typedef void atomic_fn(struct cpu *cpu, const struct insn *i, void *host);

/* Compare with @old and if equal store @new; @old becomes what was read. */
#define host_cas(p, old, new)                                             \
	__atomic_compare_exchange_n(p, old, new, false, __ATOMIC_SEQ_CST, \
				    __ATOMIC_SEQ_CST)

/* Host address of @len bytes, naturally aligned, at the base; or NULL. */
static ALWAYS_INLINE void *atomic_try(struct cpu *cpu, const struct insn *i,
				      unsigned int len, bool write)
{
	gva_t va = cpu->x[i->rn];

	if (unlikely(ldst_base_bad(cpu, i, BASE_ANY) || (va & (len - 1))))
		return NULL;
	return write ? mem_try_write(cpu, i, va, 1)
		     : (void *)mem_try_read(cpu, i, va, 1);
}

/* What atomic_try() refuses: @at, then NEXT; or a fault. @ma says the size. */
void atomic_slow(struct cpu *cpu, const struct insn *i, atomic_fn *at,
		 uint32_t ma);

/* All of a body that does @at, which is inline here. */
static ALWAYS_INLINE void atomic_do(struct cpu *cpu, const struct insn *i,
				    atomic_fn *at, unsigned int len,
				    uint32_t ma)
{
	void *host = atomic_try(cpu, i, len, ma & MA_WRITE);

	if (unlikely(!host)) {
		atomic_slow(cpu, i, at, ma | MA_BYTES(__builtin_ctz(len)));
		return;
	}
	at(cpu, i, host);
	NEXT;
}

#define MA_RMW (MA_WRITE | MA_ATOMIC)

/* ---- the exclusive monitor ----------------------------------------------- */

/*
 * It remembers the host address, size and value of the load; the store is a
 * compare-and-swap with that value. So a store by another PE that puts the
 * same value back goes unseen, which an algorithm for LDXR/STXR alone could
 * notice, and none in use does.
 */
static inline void excl_set(struct cpu *cpu, const void *host,
			    unsigned int size, uint64_t lo, uint64_t hi)
{
	cpu->excl_valid = true;
	cpu->excl_size = size;
	cpu->excl_addr = (uintptr_t)host;
	cpu->excl_val[0] = lo;
	cpu->excl_val[1] = hi;
}

/* Does the monitor allow the store? It is open afterwards in any case. */
static inline bool excl_take(struct cpu *cpu, const void *host,
			     unsigned int size)
{
	bool ok = cpu->excl_valid && cpu->excl_addr == (uintptr_t)host &&
		  cpu->excl_size == size;

	cpu->excl_valid = false;
	return ok;
}

/* ---- bodies -------------------------------------------------------------- */

/* LDAR, STLR off the fast path: atomic.c. */
insn_fn exec_ldar_slow, exec_stlr_slow;

/* Of one size, in atomic-8.c ... atomic-64.c. */
struct atomic_bodies {
	insn_fn *op[NR_ATOMICS];
	insn_fn *no_result[NR_ATOMICS]; /* STADD etc.; NULL: as op[] */
};
extern const struct atomic_bodies atomic_bodies_8, atomic_bodies_16,
	atomic_bodies_32, atomic_bodies_64;

/* CASP, LDXP, STXP of W or X registers: atomic-pair.c. */
insn_fn *atomic_pair_body(const struct insn *i);

#endif
