/* SPDX-License-Identifier: MIT */
/*
 * Memory tagging (FEAT_MTE2, FEAT_MTE3; Arm ARM D10). Instructions and registers are in
 * mte.c and sysreg.c, tags in memory and the checks of accesses in mmu-mte.c.
 *
 * An access is checked on its slow path alone: pages that are Tagged are in no
 * TLB of a level whose accesses are checked (mmu-access.c), whatever PSTATE.TCO says.
 */
#ifndef FAUXKVM_CPU_MTE_H
#define FAUXKVM_CPU_MTE_H

#include "cpu/mmu-internal.h"

#define MTE_GRANULE 16

/* MAIR_EL1 of Tagged memory: Normal, write-back, non-transient. */
#define MTE_ATTR_TAGGED 0xf0

/* SCTLR_EL1.TCF, TCF0: what becomes of a check that failed. */
enum mte_tcf { MTE_TCF_SYNC = 1, MTE_TCF_ASYNC, MTE_TCF_ASYMM };

/* GMID_EL1.BS: log2 of the words whose tags LDGM and STGM access, all that fit into a
 * register. */
#define MTE_GMID_BS    6
#define MTE_BLOCK_TAGS 16

/* The tag of an address. */
static inline unsigned int mte_tag(uint64_t addr)
{
	return FIELD(addr, 59, 56);
}

static inline uint64_t mte_with_tag(uint64_t addr, unsigned int tag)
{
	return (addr & ~GENMASK(59, 56)) | (uint64_t)tag << 56;
}

/* cpu->mte.access and checks from SCTLR_EL1. */
void mte_changed(struct cpu *cpu);

/* ---- mmu-mte.c ----------------------------------------------------------- */

/*
 * An access of @len bytes at @far, translated: @first bytes at x[0], the rest at
 * x[1]. False: the check failed and an exception was taken.
 */
bool mte_check(struct cpu *cpu, const struct insn *i, gva_t far,
	       unsigned int len, uint32_t ma, const struct mmu_xlat *x,
	       unsigned int first);

/*
 * Tags in memory, which need no check. False or negative: an exception was
 * taken, or the PE leaves. What has no tags reads as 0 and ignores writes.
 */

/* Of the granule of @va. */
int mte_load_tag(struct cpu *cpu, const struct insn *i, gva_t va);
/* Of @n granules, 1 or 2, from @va, whose data becomes 0 if @zero. */
bool mte_store_tag(struct cpu *cpu, const struct insn *i, gva_t va,
		   unsigned int n, unsigned int tag, bool zero);
/* Of the granule at @va, and its data. */
bool mte_store_pair(struct cpu *cpu, const struct insn *i, gva_t va,
		    uint64_t lo, uint64_t hi);
/* Of MTE_BLOCK_TAGS granules about @va, four bits each from or to *@data. */
bool mte_load_block(struct cpu *cpu, const struct insn *i, gva_t va,
		    uint64_t *data);
bool mte_store_block(struct cpu *cpu, const struct insn *i, gva_t va,
		     uint64_t data);
/* Of the block of @va that DC ZVA has; @zero: its data becomes 0. */
bool mte_fill_block(struct cpu *cpu, const struct insn *i, gva_t va,
		    unsigned int tag, bool zero);

#endif
