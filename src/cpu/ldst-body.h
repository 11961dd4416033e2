/* SPDX-License-Identifier: MIT */
/*
 * The fast path of loads and stores as their bodies write it out: compare one
 * tag of the software TLB, access host memory, go on. Anything else goes to a
 * cold function in tail position, which starts over on the slow path.
 *
 * A load or store whose base is SP has bodies of its own ("sp"), so that the
 * others ("gp") need no test for SP alignment; "any" is for rare instructions.
 */
#ifndef FAUXKVM_CPU_LDST_BODY_H
#define FAUXKVM_CPU_LDST_BODY_H

#include "cpu/int-body.h"

/* Off the fast path for want of SP alignment; the slow one does SP_CHECK. */
#define BASE_BAD_gp false
#define BASE_BAD_sp unlikely(cpu->x[REG_SP] & 15)
#define BASE_BAD_any unlikely(i->rn == REG_SP && (cpu->x[REG_SP] & 15))
#define BASE_gp cpu->x[i->rn]
#define BASE_sp cpu->x[REG_SP]
#define BASE_any cpu->x[i->rn]

/* The entry hits for reading, writing @len bytes at @va. */
static inline bool tlb_hits_read(const struct cpu *cpu,
				 const struct cpu_tlb_entry *e, gva_t va,
				 unsigned int len)
{
	return likely(e->rtag == mem_tag(cpu, va, len));
}

static inline bool tlb_hits_write(const struct cpu *cpu,
				  const struct cpu_tlb_entry *e, gva_t va,
				  unsigned int len)
{
	return likely(e->wtag == mem_tag(cpu, va, len));
}

#define HOST(type, va) (*(volatile type *)((va) + e->addend))

#endif
