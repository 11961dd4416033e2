/* SPDX-License-Identifier: MIT */
/*
 * The data TLB as translated code looks into it (struct cpu_fast_tlb): one for
 * each mode, without contexts, direct-mapped by page.
 *
 * An entry is filled from the PE's TLB (tlb.c) when translated code misses, and
 * is gone whenever that one's is or is of another context: what is not there is
 * not here. For an engine that has none everything but init does nothing.
 */
#ifndef FAUXKVM_CPU_FAST_TLB_H
#define FAUXKVM_CPU_FAST_TLB_H

#include "cpu/cpu.h"

/* For the engine, which frees it. 0 or -ENOMEM. */
int fast_tlb_init(struct cpu *cpu);
void fast_tlb_destroy(struct cpu *cpu);

/*
 * What is called when an access of @len bytes at @va missed. True: the PE's TLB
 * knows its page, and the next try is a hit. @unpriv: with the rights of EL0,
 * PSTATE.UAO is 0.
 */
typedef bool fast_tlb_fill_fn(struct cpu *cpu, gva_t va, unsigned int len);
fast_tlb_fill_fn *fast_tlb_fill(bool write, bool unpriv);

/* ---- for tlb.c and mmu.c ------------------------------------------------- */

void fast_tlb_flush(struct cpu *cpu);
/* @va: or a tag of the PE's TLB. */
void fast_tlb_flush_page(struct cpu *cpu, gva_t va);
/* The context of VA half @h is another. */
void fast_tlb_flush_half(struct cpu *cpu, unsigned int h);

#endif
