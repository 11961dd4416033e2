/* SPDX-License-Identifier: MIT */
/*
 * How the body of an instruction is written.
 *
 *   static void exec_add_imm64(struct cpu *cpu, const struct insn *i)
 *   {
 *           cpu->x[i->rd] = cpu->x[i->rn] + i->imm;
 *           NEXT;
 *   }
 *
 * A body ends with exactly one of, always in tail position:
 *   NEXT          go on with the following instruction of the block
 *   JUMP(va)      branch: PC = va (chains to the next block if it can)
 *   RESUME(va)    PC = va and leave to the run loop, which looks at requests
 *                 and interrupts (after changing DAIF, EL, translation, ...)
 *   return        after a function that has already set PC and the exception
 *                 or exit (mem_* returned false, cpu_raise_*)
 * A body never calls another body's NEXT in non-tail position, holds no lock
 * and allocates nothing.
 */
#ifndef FAUXKVM_CPU_EXEC_H
#define FAUXKVM_CPU_EXEC_H

#include <string.h>

#include "cpu/block.h"
#include "isa/insn.h"

#ifdef FAUXKVM_TAIL_CALLS
#define GOTO_INSN(cpu, i) return (i)->fn(cpu, i)
#else
/* A sanitizer build: the run loop calls one body at a time. */
#define GOTO_INSN(cpu, i)          \
	do {                       \
		(cpu)->next = (i); \
		return;            \
	} while (0)
#endif

/* The empty asm has the compiler add to the register that holds i and jump
 * through memory, where it would else compute both apart. */
#define NEXT                                        \
	do {                                        \
		const struct insn *next_i_ = i + 1; \
		__asm__("" : "+r"(next_i_));        \
		GOTO_INSN(cpu, next_i_);            \
	} while (0)

/* Virtual address of instruction @i of the running block. */
static inline uint64_t insn_pc(const struct cpu *cpu, const struct insn *i)
{
	return cpu->page_va + i->pgoff;
}

/* Chain to the block at @va if it is cached and nothing is requested. */
#define JUMP(va)                                      \
	do {                                          \
		uint64_t jump_va_ = (va);             \
		const struct insn *jump_i_;           \
		cpu->pc = jump_va_;                   \
		jump_i_ = block_chain(cpu, jump_va_); \
		if (unlikely(!jump_i_))               \
			return;                       \
		GOTO_INSN(cpu, jump_i_);              \
	} while (0)

#define RESUME(va)              \
	do {                    \
		cpu->pc = (va); \
		return;         \
	} while (0)

/* ---- flags ---------------------------------------------------------------- */

static inline void set_nz64(struct cpu *cpu, uint64_t res)
{
	cpu->n = res;
	cpu->z = res;
}

static inline void set_nz32(struct cpu *cpu, uint32_t res)
{
	cpu->n = (uint64_t)res << 32;
	cpu->z = res;
}

/* @nzcv in bits 31..28 (PSTATE/NZCV layout). */
static inline void set_nzcv(struct cpu *cpu, uint32_t nzcv)
{
	cpu->n = (uint64_t)nzcv << 32; /* bit 31 -> 63 */
	cpu->z = !(nzcv & (1u << 30));
	cpu->c = nzcv >> 29 & 1;
	cpu->v = nzcv >> 28 & 1;
}

static inline uint32_t get_nzcv(const struct cpu *cpu)
{
	return (uint32_t)(cpu->n >> 63) << 31 | (uint32_t)(cpu->z == 0) << 30 |
	       (uint32_t)cpu->c << 29 | (uint32_t)cpu->v << 28;
}

static inline bool cond_holds(const struct cpu *cpu, unsigned int cond)
{
	bool n = cpu->n >> 63, r;

	switch (cond >> 1) {
	case 0: r = cpu->z == 0; break;
	case 1: r = cpu->c; break;
	case 2: r = n; break;
	case 3: r = cpu->v; break;
	case 4: r = cpu->c && cpu->z != 0; break;
	case 5: r = n == (bool)cpu->v; break;
	case 6: r = n == (bool)cpu->v && cpu->z != 0; break;
	default: return true; /* AL, NV */
	}
	return r ^ (cond & 1);
}

/* ---- memory --------------------------------------------------------------- */

/*
 * What an access is; the slow path builds syndromes from it. MA_SIZE holds
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
	MA_ALIGN = 1 << 6, /* must be aligned whatever SCTLR.A says */
	MA_EXCL = 1 << 7,
	MA_SIZE_SHIFT = 8,
	/* read and write in one (LSE, CAS): WnR is by the rule for atomics */
	MA_ATOMIC = 1 << 12,
};
#define MA_LOG2(ma)  (((ma) >> MA_SIZE_SHIFT) & 7)
#define MA_BYTES(l2) ((l2) << MA_SIZE_SHIFT)
#define MA_1         MA_BYTES(0)
#define MA_2         MA_BYTES(1)
#define MA_4         MA_BYTES(2)
#define MA_8         MA_BYTES(3)
#define MA_16        MA_BYTES(4)

/*
 * Slow paths (mmu-access.c): TLB miss, page crossing, alignment, MMIO, faults,
 * tagged addresses, SP alignment. false: the access didn't happen and
 * cpu->pc / the exception or exit are set; the body returns at once, with no
 * architectural effect of its own done yet (so: access first, write back
 * after).
 */
bool mem_read_slow(struct cpu *cpu, const struct insn *i, gva_t va, uint32_t ma,
		   void *buf);
bool mem_write_slow(struct cpu *cpu, const struct insn *i, gva_t va,
		    uint32_t ma, const void *buf);
/*
 * Host address for an atomic access (naturally aligned, or an alignment
 * fault is raised); the page is readable and, with MA_WRITE, writable and
 * marked dirty. NULL: as false above (also for MMIO: exit without syndrome).
 */
void *mem_host(struct cpu *cpu, const struct insn *i, gva_t va, uint32_t ma);

/*
 * Tag to compare for an access of @len bytes at @va: of the page of its last
 * byte, so that a page-crossing access misses. Bit 63 selects the VA half. A
 * pointer with a tag in its top byte (TBI) misses: the slow path cleans it.
 */
static inline uint64_t mem_tag(const struct cpu *cpu, gva_t va,
			       unsigned int len)
{
	return ((va + len - 1) & ~UINT64_C(0xfff)) | cpu->tlb_ctx[va >> 63];
}

static inline struct cpu_tlb_entry *mem_tlb(const struct cpu *cpu, gva_t va)
{
	return &cpu->tlb[(va >> 12) & (CPU_TLB_SIZE - 1)];
}

/*
 * mem_ld8(cpu, i, va, ma, &val) ... mem_ld64: zero-extended into a uint64_t.
 * mem_st8(cpu, i, va, ma, val) ... mem_st64. @ma holds only flags; the size
 * is added here. Plain accesses are single-copy atomic when aligned.
 */
#define MEM_ACCESSORS(bits, type)                                             \
	static inline __attribute__((always_inline)) bool mem_ld##bits(       \
		struct cpu *cpu, const struct insn *i, gva_t va, uint32_t ma, \
		uint64_t *val)                                                \
	{                                                                     \
		const struct cpu_tlb_entry *e = mem_tlb(cpu, va);             \
		cpu->cur = i;                                                 \
		if (likely(e->rtag == mem_tag(cpu, va, bits / 8) &&           \
			   !(ma & (MA_UNPRIV | MA_ALIGN)))) {                 \
			*val = *(const volatile type *)(va + e->addend);      \
			return true;                                          \
		}                                                             \
		if (!mem_read_slow(cpu, i, va,                                \
				   ma | MA_BYTES(__builtin_ctz(bits / 8)),    \
				   &cpu->mem_buf))                            \
			return false;                                         \
		*val = *(const type *)&cpu->mem_buf;                          \
		return true;                                                  \
	}                                                                     \
	static inline __attribute__((always_inline)) bool mem_st##bits(       \
		struct cpu *cpu, const struct insn *i, gva_t va, uint32_t ma, \
		uint64_t val)                                                 \
	{                                                                     \
		const struct cpu_tlb_entry *e = mem_tlb(cpu, va);             \
		cpu->cur = i;                                                 \
		if (likely(e->wtag == mem_tag(cpu, va, bits / 8) &&           \
			   !(ma & (MA_UNPRIV | MA_ALIGN)))) {                 \
			*(volatile type *)(va + e->addend) = (type)val;       \
			return true;                                          \
		}                                                             \
		*(type *)&cpu->mem_buf = (type)val;                           \
		return mem_write_slow(                                        \
			cpu, i, va,                                           \
			ma | MA_WRITE | MA_BYTES(__builtin_ctz(bits / 8)),    \
			&cpu->mem_buf);                                       \
	}

typedef uint16_t u16_unaligned __attribute__((aligned(1), may_alias));
typedef uint32_t u32_unaligned __attribute__((aligned(1), may_alias));
typedef uint64_t u64_unaligned __attribute__((aligned(1), may_alias));

MEM_ACCESSORS(8, uint8_t)
MEM_ACCESSORS(16, u16_unaligned)
MEM_ACCESSORS(32, u32_unaligned)
MEM_ACCESSORS(64, u64_unaligned)

/* A SIMD&FP quadword: out[0] is the lower address. Not atomic. */
static inline bool mem_ld128(struct cpu *cpu, const struct insn *i, gva_t va,
			     uint32_t ma, union vreg *out)
{
	const struct cpu_tlb_entry *e = mem_tlb(cpu, va);

	cpu->cur = i;
	if (likely(e->rtag == mem_tag(cpu, va, 16) &&
		   !(ma & (MA_UNPRIV | MA_ALIGN)))) {
		memcpy(out, (const void *)(va + e->addend), 16);
		return true;
	}
	return mem_read_slow(cpu, i, va, ma | MA_16, out);
}

static inline bool mem_st128(struct cpu *cpu, const struct insn *i, gva_t va,
			     uint32_t ma, const union vreg *val)
{
	const struct cpu_tlb_entry *e = mem_tlb(cpu, va);

	cpu->cur = i;
	if (likely(e->wtag == mem_tag(cpu, va, 16) &&
		   !(ma & (MA_UNPRIV | MA_ALIGN)))) {
		memcpy((void *)(va + e->addend), val, 16);
		return true;
	}
	return mem_write_slow(cpu, i, va, ma | MA_16 | MA_WRITE, val);
}

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

/*
 * Leave cpu_run() with @reason once the body has returned. The body (or slow
 * path) has set cpu->pc and the rest of cpu->exit.
 */
static inline void cpu_leave(struct cpu *cpu, enum cpu_exit_reason reason)
{
	cpu->exit.reason = reason;
	cpu->leave = true;
}

/* ---- exceptions (exception.c) --------------------------------------------- */

/*
 * Each takes the exception to EL1: sets ELR, SPSR, ESR, FAR, PC and PSTATE.
 * The body returns right after. PC of the instruction comes from @i.
 */
void cpu_raise_undef(struct cpu *cpu, const struct insn *i);
/* Any synchronous exception: @ec is ESR.EC, @iss the ISS (IL is set to 1),
 * preferred return address is the instruction (SVC, HVC: the next). */
void cpu_raise_sync(struct cpu *cpu, const struct insn *i, unsigned int ec,
		    uint32_t iss);
/*
 * FP/SIMD access check (CPACR_EL1.FPEN): false: trapped, exception raised.
 * Every FP, SIMD and CRYPTO body (and SIMD loads and stores) starts with
 *   FP_CHECK;
 */
static inline bool cpu_fp_enabled(const struct cpu *cpu)
{
	unsigned int fpen = cpu->sys.cpacr_el1 >> 20 & 3;

	return fpen == 3 || (fpen == 1 && cpu->el == 1);
}
void cpu_raise_fp_trap(struct cpu *cpu, const struct insn *i);
#define FP_CHECK                                      \
	do {                                          \
		if (unlikely(!cpu_fp_enabled(cpu))) { \
			cpu_raise_fp_trap(cpu, i);    \
			return;                       \
		}                                     \
	} while (0)

#endif
