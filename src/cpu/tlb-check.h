/* SPDX-License-Identifier: MIT */
/*
 * A build that checks its TLBs (configure --enable-tlb-check), about ten times
 * slower; elsewhere everything here is empty. Implemented in tlb-check.c.
 *
 * At every hit in the data TLB, the instruction TLB, the jump cache and a
 * branch's link two things are checked:
 *
 * - The entry is not older than an invalidation that covers it and whose
 *   sender is past its DSB. That is our own mistake: bug_on().
 * - The tables, walked again, say the same: address and permission. A guest
 *   may change its tables first and invalidate later, so a difference waits:
 *   an invalidation of the address, from whichever PE, explains it. One that
 *   nothing explains for some seconds is a warning that begins "TLB check".
 *   Not looked at: the access flag, which Linux clears without invalidation,
 *   and permissions that were added.
 */
#ifndef FAUXKVM_CPU_TLB_CHECK_H
#define FAUXKVM_CPU_TLB_CHECK_H

#include "cpu/mmu.h"

#ifdef FAUXKVM_TLB_CHECK

struct tlb_check;

/* Of a domain; NULL: no memory. */
struct tlb_check *tlb_check_new(void);
void tlb_check_free(struct tlb_check *check);

/* A walk begins: what it finds is as old as this number. */
uint64_t tlb_check_now(struct cpu *cpu);

/* @e is about to be used for an access that begins at @va. */
void tlb_check_data(struct cpu *cpu, struct cpu_tlb_entry *e, gva_t va,
		    bool write);
/* What was fetched from @va at @pa is about to run. @age: of the translation,
 * NULL: by a link, which has none. */
void tlb_check_code(struct cpu *cpu, gva_t va, gpa_t pa, struct tlb_age *age);
#define TLB_AGE(e) (&(e)->age)

/* @cpu is about to broadcast; is past the DSB after it; flushes itself only. */
void tlb_check_issue(struct cpu *cpu, enum inval_op op, uint64_t arg);
void tlb_check_complete(struct cpu *cpu);
void tlb_check_local(struct cpu *cpu, enum inval_op op, uint64_t arg);

#else

static ALWAYS_INLINE void tlb_check_data(struct cpu *cpu,
					 struct cpu_tlb_entry *e, gva_t va,
					 bool write)
{
}

struct tlb_age;
#define TLB_AGE(e) NULL
static ALWAYS_INLINE void tlb_check_code(struct cpu *cpu, gva_t va, gpa_t pa,
					 struct tlb_age *age)
{
}

static inline void tlb_check_issue(struct cpu *cpu, enum inval_op op,
				   uint64_t arg)
{
}

static inline void tlb_check_complete(struct cpu *cpu)
{
}

static inline void tlb_check_local(struct cpu *cpu, enum inval_op op,
				   uint64_t arg)
{
}

#endif

#endif
