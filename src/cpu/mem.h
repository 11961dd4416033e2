/* SPDX-License-Identifier: MIT */
/*
 * Guest memory as the bodies of instructions see it: try, then the slow path.
 *
 *   const void *host = mem_try_read(cpu, i, va, 8);
 *
 *   if (unlikely(!host)) {
 *           exec_ldst_load_slow(cpu, i);   mem_read_slow(), then NEXT
 *           return;
 *   }
 *
 * Two implementations, and bodies know of neither: mem-mmu.h, a guest's
 * memory behind the MMU, and with -DFAUXKVM_MEM_FLAT mem-flat.h, the host's
 * own address space for a program at EL0 that has no guest around it.
 */
#ifndef FAUXKVM_CPU_MEM_H
#define FAUXKVM_CPU_MEM_H

#include <string.h>

#include "cpu/cpu.h"
#include "cpu/model.h"
#include "isa/insn.h"

/*
 * What an access is; the slow path builds syndromes from it. MA_BYTES holds
 * log2 of the bytes of one access (0..4).
 */
enum {
	MA_WRITE = 1 << 0,
	MA_UNPRIV = 1 << 1, /* LDTR/STTR: as EL0 unless UAO */
	/* syndrome valid: one GPR, no writeback; Rt is i->rd (load: REG_SINK
	 * for XZR; store: REG_ZR) */
	MA_ISV = 1 << 2,
	MA_SIGN = 1 << 3,  /* sign-extending load */
	MA_SF = 1 << 4,    /* 64-bit destination register */
	MA_AR = 1 << 5,    /* acquire/release */
	MA_ALIGN = 1 << 6, /* must be aligned whatever SCTLR.A says, or
			    * mem_is_within_16() */
	MA_EXCL = 1 << 7,
	MA_SIZE_SHIFT = 8,
	/* read and write in one (LSE, CAS): WnR is by the rule for atomics */
	MA_ATOMIC = 1 << 12,
};
#define MA_LOG2(ma)  (((ma) >> MA_SIZE_SHIFT) & 7)
#define MA_BYTES(l2) ((l2) << MA_SIZE_SHIFT)
#define MA_1         MA_BYTES(0)
#define MA_4         MA_BYTES(2)
#define MA_8         MA_BYTES(3)

/*
 * FEAT_LSE2 (Arm ARM B2.5.2, AArch64.UnalignedAccessFaults): what else must be
 * aligned may lie anywhere in 16 bytes that are. A host's locked access and its plain
 * one of so few bytes of a cache line are single-copy atomic as well.
 */
static inline bool mem_is_within_16(const struct cpu *cpu, gva_t va,
				    uint32_t ma)
{
	return !cpu->isa && cpu_has(cpu, FEAT_LSE2) &&
	       (va & 15) + (1u << MA_LOG2(ma)) <= 16;
}

/* ---- the order of bytes -------------------------------------------------- */

/*
 * Bodies for data that is big-endian are a build of their own, with -DFAUXKVM_MEM_BIG
 * (src/cpu/local.mk): chosen where a block is decoded, by cpu->big.
 */
#ifdef FAUXKVM_MEM_BIG
#define MEM_BIG true
#else
#define MEM_BIG false
#endif

/* Of each element of 1 << @log2 (0..3) bytes in @val: from memory to a register or
 * back. */
static ALWAYS_INLINE uint64_t mem_order_each(uint64_t val, unsigned int log2)
{
	const uint64_t low = UINT64_C(0x00ff00ff00ff00ff);

	if (!MEM_BIG)
		return val;
	switch (log2) {
	case 0: return val;
	case 1: return (val & low) << 8 | (val >> 8 & low);
	case 2: val = __builtin_bswap64(val); return val << 32 | val >> 32;
	default: return __builtin_bswap64(val);
	}
}

/* Likewise of the low 1 << @log2 (0..3) bytes, all of them one element. */
static ALWAYS_INLINE uint64_t mem_order(uint64_t val, unsigned int log2)
{
	if (!MEM_BIG)
		return val;
	switch (log2) {
	case 0: return val;
	case 1: return __builtin_bswap16(val);
	case 2: return __builtin_bswap32(val);
	default: return __builtin_bswap64(val);
	}
}

/* ---- host memory --------------------------------------------------------- */

typedef uint16_t u16_unaligned __attribute__((aligned(1), may_alias));
typedef uint32_t u32_unaligned __attribute__((aligned(1), may_alias));
typedef uint64_t u64_unaligned __attribute__((aligned(1), may_alias));

/* 1 << @log2 (0..3) bytes, in one host access if they are aligned. */
static ALWAYS_INLINE uint64_t mem_get(const void *p, unsigned int log2)
{
	switch (log2) {
	case 0: return *(const volatile uint8_t *)p;
	case 1: return mem_order(*(const volatile u16_unaligned *)p, 1);
	case 2: return mem_order(*(const volatile u32_unaligned *)p, 2);
	default: return mem_order(*(const volatile u64_unaligned *)p, 3);
	}
}

static ALWAYS_INLINE void mem_put(void *p, unsigned int log2, uint64_t val)
{
	switch (log2) {
	case 0: *(volatile uint8_t *)p = val; break;
	case 1: *(volatile u16_unaligned *)p = mem_order(val, 1); break;
	case 2: *(volatile u32_unaligned *)p = mem_order(val, 2); break;
	default: *(volatile u64_unaligned *)p = mem_order(val, 3); break;
	}
}

/* 1 << @log2 (0..4) bytes; the guest's side may be either. */
static inline void mem_copy(void *to, const void *from, unsigned int log2)
{
	switch (log2) {
	case 0: mem_put(to, 0, mem_get(from, 0)); break;
	case 1: mem_put(to, 1, mem_get(from, 1)); break;
	case 2: mem_put(to, 2, mem_get(from, 2)); break;
	case 3: mem_put(to, 3, mem_get(from, 3)); break;
	default: memcpy(to, from, 1u << log2); break;
	}
}

/* ---- the interface ------------------------------------------------------- */

/*
 * An implementation defines these.
 *
 * mem_try_read(cpu, i, va, len), mem_try_write(): the host address of @len
 *   bytes at @va if a host access there is all that the instruction @i asks
 *   for, else NULL: nothing has happened yet, the body goes to its slow path.
 *   An access that is aligned may ask for one byte only. A host fault on the
 *   memory leaves the body by the fault guard, with cpu->cur == i.
 * mem_try_read_unpriv(), mem_try_write_unpriv(): with the rights of EL0
 *   unless PSTATE.UAO (LDTR, STTR).
 * mem_read_slow(cpu, i, va, ma, buf), mem_write_slow(): the whole truth about
 *   one access: faults, MMIO, page crossing, tagged addresses, alignment.
 *   false: the access didn't happen and cpu->pc and the exception or exit are
 *   set; the body returns at once, with no architectural effect of its own
 *   done yet (so: access first, write back after). @buf has the value as a
 *   register of the host has it, whatever its order in memory.
 * mem_probe(cpu, i, va, log2, buf): 1 << @log2 bytes at @va, if they can be read
 *   and that has no other effect, no exception, exit or watchpoint among them;
 *   false: or not, for any reason.
 * mem_host(cpu, i, va, ma): the slow path of an atomic access (that may be
 *   there, or an alignment fault is raised): its host address; the page is
 *   readable and, with MA_WRITE, writable and marked dirty. NULL: as false
 *   above (also for MMIO: exit without syndrome).
 */
#ifdef FAUXKVM_MEM_FLAT
#include "cpu/mem-flat.h"
#else
#include "cpu/mem-mmu.h"
#endif

/* ---- SP ------------------------------------------------------------------ */

/*
 * A base register that is SP must be 16-byte aligned when SCTLR_EL1.SA (EL1)
 * or SA0 (EL0) says so. Every load and store with a base starts with
 *   SP_CHECK;
 * before anything else (the check comes before the access in the manual).
 * cpu_raise_sp_alignment(): true if the check is enabled, exception taken.
 */
bool cpu_raise_sp_alignment(struct cpu *cpu, const struct insn *i);
#define SP_CHECK                                                          \
	do {                                                              \
		if (unlikely(i->rn == REG_SP && (cpu->x[REG_SP] & 15)) && \
		    cpu_raise_sp_alignment(cpu, i))                       \
			return;                                           \
	} while (0)

#endif
