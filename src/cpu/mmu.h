/* SPDX-License-Identifier: MIT */
/*
 * Stage 1 translation and the software TLB (Arm ARM D8). Implemented in mmu.c
 * (regime, walk, fetch), a32/mmu.c (regime and walk of an EL1 in AArch32 state),
 * mmu-access.c (slow paths of mem.h, faults), tlb.c
 * (entries, invalidation) and domain.c (broadcast).
 *
 * TLB tags. A tag is the 4 KiB page of the virtual address with a context id
 * in its low 12 bits: cpu->tlb_ctx[h] for VA half h (bit 63). The context of
 * the lower half stands for the ASID, so a TTBR/ASID switch changes the
 * context and flushes nothing; when context ids run out everything is flushed.
 * Upper-half contexts change only if a non-global upper-half page was ever
 * entered. CPU_TLB_INVALID never equals a tag. There is one direct-mapped
 * array per enum cpu_tlb_mode; cpu->tlb points to the current one.
 * A page is entered for fast reading (rtag) or writing (wtag) only if it is
 * RAM, Normal memory or alignment doesn't matter, no watchpoint is on it and
 * SCTLR_EL1.A is 0; wtag also only once env->page(write = true) said yes.
 */
#ifndef FAUXKVM_CPU_MMU_H
#define FAUXKVM_CPU_MMU_H

#include "cpu/cpu.h"

#define CPU_TLB_INVALID UINT64_C(1 << 11) /* bit 11 is never in a context */

int mmu_init(struct cpu *cpu);
void mmu_destroy(struct cpu *cpu);

/* The instruction cpu->cur, NULL: the fetch from cpu->pc, found nothing at
 * @host: that is the last fault now, cpu_last_fault_va(). */
void mmu_host_fault(struct cpu *cpu, const void *host);

/*
 * Where to fetch from. True: *pa and *host are set for @va itself (host memory
 * of at least the rest of the 4 KiB page). False: a prefetch abort or PC
 * alignment exception was taken to EL1 (cpu->pc etc. are set). PSTATE.IL is looked
 * at behind breakpoints: exception_illegal_state().
 */
bool mmu_fetch(struct cpu *cpu, gva_t va, gpa_t *pa, const uint8_t **host);

/*
 * Where a branch to @va goes (pseudocode AArch64.BranchAddr): without its tag if
 * its half of the address space has TBI for code. Bit 55 is the half.
 */
static inline gva_t branch_address(const struct cpu *cpu, gva_t va)
{
	return cpu->tbi_code && cpu->tbi_code >> (va >> 55 & 1) & 1
		       ? (gva_t)sext64(va, 56)
		       : va;
}

/* A jump cache key without a context: nothing is found (PSTATE.IL). */
#define JC_KEY_NOTHING (UINT64_C(0x7ff) << 3)

/*
 * Recompute cpu->tlb, tlb_ctx, jc_key, tbi, big after a change of EL, PSTATE.PAN or
 * UAO, SCTLR, TCR, TTBRn, CONTEXTIDR...; cheap enough for every exception.
 * jc_key differs whenever the same va could fetch other code: EL, ASID
 * context, MMU on/off. Does not flush.
 *
 * Only bits 13..2 of a key are used: those are of the index into the jump cache,
 * so that a PC which hits has all its other bits from the address that was
 * entered. A PC that is misaligned or not canonical never hits.
 */
void mmu_regime_changed(struct cpu *cpu);
/* The part of it for TTBR0_EL1 and TTBR1_EL1 alone. */
void mmu_ttbr_changed(struct cpu *cpu);

/* The current one. */
static inline enum cpu_tlb_mode mmu_mode(const struct cpu *cpu)
{
	return (enum cpu_tlb_mode)((size_t)(cpu->tlb - cpu->tlbs[0]) /
				   CPU_TLB_SIZE);
}

/*
 * The part of it for a change of EL or PSTATE.PAN alone, exception entry and
 * return, which know what is in @cpu already.
 */
static ALWAYS_INLINE void mmu_mode_is(struct cpu *cpu, unsigned int el,
				      bool pan, bool il)
{
	unsigned int mode = el == 0 ? TLB_EL0 : pan ? TLB_EL1_PAN : TLB_EL1;

	cpu->tlb = cpu->tlbs[mode];
	/* Where both are little-endian cpu->big is 0 in AArch64 state. */
	if (unlikely(cpu->el_big) && !cpu->isa)
		cpu->big = cpu->el_big >> el & 1;
	if (cpu->fasts)
		cpu->fast = &cpu->fasts[mode];
	for (unsigned int h = 0; h < 2; h++)
		cpu->jc_key[h] =
			il ? JC_KEY_NOTHING : cpu->tlb_ctx[h] << 3 | el << 2;
}

static inline void mmu_mode_changed(struct cpu *cpu)
{
	mmu_mode_is(cpu, cpu->el, cpu->pan, cpu->il);
}

/*
 * What an instruction that takes an address but is no load or store needs.
 * False: an exception was taken, the body returns.
 */
enum mmu_va_op {
	VA_OP_CLEAN,      /* DC CVAC, CVAU, CIVAC: as a read, ESR.CM */
	VA_OP_INVALIDATE, /* DC IVAC: as a write, ESR.CM */
	VA_OP_ICACHE,     /* IC IVAU: as VA_OP_CLEAN; *pa is set */
};
bool mmu_va_op(struct cpu *cpu, const struct insn *i, gva_t va,
	       enum mmu_va_op op, gpa_t *pa);
/* DC ZVA of the 64-byte block of @va. */
bool mmu_zero_block(struct cpu *cpu, const struct insn *i, gva_t va);
/* AT S1E1R, S1E0W, ... (@at: enum a64_at): PAR_EL1 is set. False: an external
 * abort on the walk was taken as an exception. */
bool mmu_address_translate(struct cpu *cpu, const struct insn *i, gva_t va,
			   unsigned int at);

/*
 * What DFSR or IFSR says of an abort with @iss, the ISS that ESR_EL1 would have,
 * in the format that TTBCR.EAE chose (Arm ARM G8, DFSR). A permission or domain
 * fault of a data access has the domain in @iss from ISS_DOMAIN_SHIFT on.
 */
#define ISS_DOMAIN_SHIFT 16
uint32_t mmu_a32_fsr(const struct cpu *cpu, uint32_t iss);

/* Local invalidation, by the scope of the TLBI instructions. Each also makes
 * the jump cache forget. */
void tlb_flush_all(struct cpu *cpu);
void tlb_forget(struct cpu *cpu); /* all, but the guest didn't ask for it */
void tlb_flush_write(struct cpu *cpu);        /* wtags only: dirty logging */
void tlb_mark_again(struct cpu *cpu);         /* env->wrote() for each wtag */
void tlb_flush_va(struct cpu *cpu, gva_t va); /* any ASID; all sizes */
void tlb_flush_asid(struct cpu *cpu, uint16_t asid);

/* ---- broadcast (domain.c) ------------------------------------------------ */

/*
 * Hashed bitmap (block.c: which bit) of the pages that may hold decoded
 * blocks on some PE of the domain; DOMAIN_CODE_MAP_BITS bits, zero at start.
 */
#define DOMAIN_CODE_MAP_BITS (1u << 20)
_Atomic uint64_t *domain_code_map(struct cpu_domain *dom);
/* @pa, whose bit in the code map is @bit, is no code any more: true if there was
 * some, and all PEs will be told; no request is raised. Any thread. */
bool domain_post_code(struct cpu_domain *dom, unsigned int bit, gpa_t pa);
/* What has been told of the VM's guest. */
struct warned *domain_warned(struct cpu_domain *dom);

/* cpu_init(), cpu_destroy(). */
int domain_join(struct cpu *cpu, struct cpu_domain *dom);
void domain_part(struct cpu *cpu);
/* Likewise, of one whose thread is gone and was perhaps inside. Any thread. */
void domain_abandon(struct cpu *cpu);

enum inval_op {
	INVAL_TLB_ALL,
	INVAL_TLB_VA,   /* arg: va */
	INVAL_TLB_ASID, /* arg: asid */
	INVAL_TLB_WRITE,
	INVAL_TLB_FORGET, /* of the host's, not of a guest's TLBI */
	INVAL_CODE_PAGE,  /* arg: pa */
	INVAL_CODE_ALL,
};

/* Apply to this PE now and queue for the others of the domain. */
void domain_broadcast(struct cpu *cpu, enum inval_op op, uint64_t arg);
/* The same with INVAL_CODE_PAGE, only if the page's bit of the code map is set;
 * it is cleared. What another PE queued when it cleared the bit is waited for
 * by the next DSB as well, and applied to this PE after it. */
void domain_forget_code(struct cpu *cpu, unsigned int bit, gpa_t pa);
/* DSB: wait until every PE that is inside cpu_run() has applied what this PE
 * has broadcast, and serve this PE's own inbox then (it counts as outside
 * meanwhile: no deadlock), with which the caller's own block may go. Only where
 * a block ends. False: the PE is asked to leave, as this may take until the
 * memory of another one is there; the wait is still owed, and nothing went. */
bool domain_wait(struct cpu *cpu);
/* Apply what is in this PE's inbox (CPU_REQ_INVAL). */
void domain_serve(struct cpu *cpu);
/* Bracket cpu_run(): a PE outside has nothing to acknowledge, and serves its
 * inbox on entry. */
void domain_enter(struct cpu *cpu);
void domain_leave(struct cpu *cpu);
/* Between blocks: give the seat to another PE if it is time (seats.c). */
void seat_look(struct cpu *cpu);
/* @cpu is out and does not want to go on at once: others may have its seat.
 * @sleeps: until an interrupt comes. False: nobody wants it. Owner thread. */
bool seat_release(struct cpu *cpu, bool sleeps);

#ifdef FAUXKVM_TLB_CHECK
/* Of the translation that mmu_fetch() gave. */
struct tlb_age mmu_fetch_age(const struct cpu *cpu);
struct tlb_check *domain_tlb_check(const struct cpu_domain *dom);
/* Something is in this PE's inbox. */
bool domain_unapplied(struct cpu *cpu);
#endif

#endif
