/* SPDX-License-Identifier: MIT */
/*
 * Load and store exclusive, load-acquire and store-release (Arm ARM C4.1.94,
 * B2.3, B2.12).
 *
 * The exclusive monitor remembers the host address, size and value of the
 * load; the store is a compare-and-swap with that value. So a store by another
 * PE that puts the same value back goes unseen, which an algorithm for
 * LDXR/STXR alone could notice, and none in use does. Acquire and release forms
 * need nothing more: the compare-and-swap is a full barrier.
 */
#include "isa/a64/formats.h"
#include "cpu/host-x86-64-atomic.h"
#include "cpu/atomic-old.h"

/* ---- exclusives ------------------------------------------------------------------- */

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

#define LDXR(bits, T)                                                        \
	HOST_ACCESS(ldxr##bits)                                              \
	{                                                                    \
		uint64_t val = __atomic_load_n((T *)host, __ATOMIC_SEQ_CST); \
                                                                             \
		excl_set(cpu, host, bits / 8, val, 0);                       \
		cpu->x[i->rd] = val;                                         \
	}                                                                    \
	ATOMIC_BODY(ldxr##bits, bits / 8, MA_EXCL)

HOST_ACCESS(ldxp32)
{
	uint64_t val = __atomic_load_n((u64_alias *)host, __ATOMIC_SEQ_CST);

	excl_set(cpu, host, 8, val, 0);
	cpu->x[i->rd] = (uint32_t)val;
	cpu->x[i->ra] = val >> 32;
}
ATOMIC_BODY(ldxp32, 8, MA_EXCL)

/* Each half is atomic, the pair is if the store exclusive succeeds. */
HOST_ACCESS(ldxp64)
{
	uint64_t lo = __atomic_load_n((u64_alias *)host, __ATOMIC_SEQ_CST);
	uint64_t hi = __atomic_load_n((u64_alias *)host + 1, __ATOMIC_SEQ_CST);

	excl_set(cpu, host, 16, lo, hi);
	cpu->x[i->rd] = lo;
	cpu->x[i->ra] = hi;
}
ATOMIC_BODY(ldxp64, 16, MA_EXCL)

#define STXR(bits, T)                                                       \
	HOST_ACCESS(stxr##bits)                                             \
	{                                                                   \
		T old = (T)cpu->excl_val[0];                                \
		bool ok = excl_take(cpu, host, bits / 8) &&                 \
			  __atomic_compare_exchange_n(                      \
				  (T *)host, &old, (T)cpu->x[i->rd], false, \
				  __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);      \
                                                                            \
		cpu->x[i->ra] = !ok;                                        \
	}                                                                   \
	ATOMIC_BODY(stxr##bits, bits / 8, MA_EXCL | MA_WRITE)

HOST_ACCESS(stxp32)
{
	uint64_t old = cpu->excl_val[0];
	uint64_t new = (uint32_t)cpu->x[i->rd] | cpu->x[i->rm] << 32;
	bool ok =
		excl_take(cpu, host, 8) &&
		__atomic_compare_exchange_n((u64_alias *)host, &old, new, false,
					    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);

	cpu->x[i->ra] = !ok;
}
ATOMIC_BODY(stxp32, 8, MA_EXCL | MA_WRITE)

HOST_ACCESS(stxp64)
{
	uint64_t old[2] = {cpu->excl_val[0], cpu->excl_val[1]};
	uint64_t new[2] = {cpu->x[i->rd], cpu->x[i->rm]};
	bool ok = excl_take(cpu, host, 16) && host_cas128(host, old, new);

	cpu->x[i->ra] = !ok;
}
ATOMIC_BODY(stxp64, 16, MA_EXCL | MA_WRITE)

LDXR(8, uint8_t)
LDXR(16, u16_alias)
LDXR(32, u32_alias)
LDXR(64, u64_alias)
STXR(8, uint8_t)
STXR(16, u16_alias)
STXR(32, u32_alias)
STXR(64, u64_alias)

BODY_FOR_ROW(exec_excl_ldxr, ldxr64);
BODY_FOR_ROW(exec_excl_ldxp, ldxp64);
BODY_FOR_ROW(exec_excl_stxr, stxr64);
BODY_FOR_ROW(exec_excl_stxp, stxp64);

/* Loads: rd, ra are Rt, Rt2. Stores: rd, rm are Rt, Rt2; ra is the status. */
bool fmt_excl(uint32_t word, struct insn *out)
{
	/* [L][pair, size] */
	static insn_fn *const fns[2][8] = {
		{stxr8, stxr16, stxr32, stxr64, NULL, NULL, stxp32, stxp64},
		{ldxr8, ldxr16, ldxr32, ldxr64, NULL, NULL, ldxp32, ldxp64},
	};
	unsigned int t = FLD(word, 4, 0), t2 = FLD(word, 14, 10);
	bool load = FLD(word, 22, 22);

	out->rn = reg_sp(FLD(word, 9, 5));
	out->rd = load ? reg_dst(t) : reg_src(t);
	out->rm = reg_src(t2);
	out->ra = reg_dst(load ? t2 : FLD(word, 20, 16));
	out->fn = fns[load][FLD(word, 21, 21) << 2 | FLD(word, 31, 30)];
	return true;
}

/* ---- acquire, release --------------------------------------------------------------- */

#define LDAR(bits, T)                                                      \
	static COLD void ldar##bits##_slow(struct cpu *cpu,                \
					   const struct insn *i, gva_t va) \
	{                                                                  \
		SP_CHECK;                                                  \
		if (!mem_read_slow(cpu, i, va, ORDERED_MA(bits),           \
				   &cpu->mem_buf))                         \
			return;                                            \
		host_fence_load();                                         \
		cpu->x[i->rd] = *(const T *)&cpu->mem_buf;                 \
		NEXT;                                                      \
	}                                                                  \
	BODY(ldar##bits)                                                   \
	{                                                                  \
		gva_t va = cpu->x[i->rn];                                  \
		const struct cpu_tlb_entry *e = mem_tlb(cpu, va);          \
                                                                           \
		cpu->cur = i;                                              \
		if (BASE_BAD_any || (va & (bits / 8 - 1)) ||               \
		    !tlb_hits_read(cpu, e, va, 1)) {                       \
			ldar##bits##_slow(cpu, i, va);                     \
			return;                                            \
		}                                                          \
		cpu->x[i->rd] = __atomic_load_n((T *)(va + e->addend),     \
						__ATOMIC_SEQ_CST);         \
		NEXT;                                                      \
	}
#define STLR(bits, T)                                                        \
	static COLD void stlr##bits##_slow(struct cpu *cpu,                  \
					   const struct insn *i, gva_t va)   \
	{                                                                    \
		SP_CHECK;                                                    \
		cpu->mem_buf.d[0] = cpu->x[i->rd];                           \
		host_fence_full();                                           \
		if (!mem_write_slow(cpu, i, va, ORDERED_MA(bits) | MA_WRITE, \
				    &cpu->mem_buf))                          \
			return;                                              \
		host_fence_full();                                           \
		NEXT;                                                        \
	}                                                                    \
	BODY(stlr##bits)                                                     \
	{                                                                    \
		gva_t va = cpu->x[i->rn];                                    \
		const struct cpu_tlb_entry *e = mem_tlb(cpu, va);            \
                                                                             \
		cpu->cur = i;                                                \
		if (BASE_BAD_any || (va & (bits / 8 - 1)) ||                 \
		    !tlb_hits_write(cpu, e, va, 1)) {                        \
			stlr##bits##_slow(cpu, i, va);                       \
			return;                                              \
		}                                                            \
		__atomic_store_n((T *)(va + e->addend), (T)cpu->x[i->rd],    \
				 __ATOMIC_SEQ_CST);                          \
		NEXT;                                                        \
	}

#define ORDERED_MA(bits)                                        \
	(MA_ISV | MA_AR | MA_ALIGN | (bits == 64 ? MA_SF : 0) | \
	 MA_BYTES(__builtin_ctz(bits / 8)))

LDAR(8, uint8_t)
LDAR(16, u16_alias)
LDAR(32, u32_alias)
LDAR(64, u64_alias)
STLR(8, uint8_t)
STLR(16, u16_alias)
STLR(32, u32_alias)
STLR(64, u64_alias)

BODY_FOR_ROW(exec_ordered_ldar, ldar64);
BODY_FOR_ROW(exec_ordered_stlr, stlr64);

bool fmt_ordered(uint32_t word, struct insn *out)
{
	static insn_fn *const fns[2][4] = {
		{stlr8, stlr16, stlr32, stlr64},
		{ldar8, ldar16, ldar32, ldar64},
	};
	unsigned int t = FLD(word, 4, 0);
	bool load = FLD(word, 22, 22);

	out->rn = reg_sp(FLD(word, 9, 5));
	out->rd = load ? reg_dst(t) : reg_src(t);
	out->fn = fns[load][FLD(word, 31, 30)];
	return true;
}
