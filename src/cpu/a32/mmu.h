/* SPDX-License-Identifier: MIT */
/*
 * VMSAv8-32: stage 1 of an EL1 that is in AArch32 state, in the Short- and the
 * Long-descriptor format (Arm ARM G5). mmu.c comes here if cpu->mmu->a32.
 */
#ifndef FAUXKVM_CPU_A32_MMU_H
#define FAUXKVM_CPU_A32_MMU_H

#include "cpu/mmu-internal.h"
#include "cpu/model.h"

/* TTBCR, as TCR_EL1 holds it. */
#define TTBCR_N    GENMASK(2, 0)
#define TTBCR_PD0  BIT(4)
#define TTBCR_PD1  BIT(5)
#define TTBCR_T2E  BIT(6) /* TTBCR2 counts: FEAT_AA32HPD */
#define TTBCR_EPD0 BIT(7)
#define TTBCR_A1   BIT(22)
#define TTBCR_EPD1 BIT(23)
#define TTBCR_EAE  BIT(31)

static inline bool mmu_a32_is_long(const struct cpu *cpu)
{
	return cpu->sys.tcr_el1 & TTBCR_EAE;
}

/* What the core has not of TTBCR and TTBCR2. */
static inline uint64_t mmu_a32_ttbcr_absent(const struct cpu *cpu)
{
	return cpu->absent_a32 & BIT(FEAT_HPDS)
		       ? TCR_HPD0 | TCR_HPD1 | TCR_HWU | TTBCR_T2E
		       : 0;
}

/* mmu_regime_changed() and mmu_walk(), in this regime. The walk is of the low
 * 32 bits of @va, with the MMU on. */
void mmu_a32_regime(struct cpu *cpu);
bool mmu_a32_walk(struct cpu *cpu, gva_t va, struct mmu_walk *w,
		  struct mmu_fault *f);
/* Level of the first table for @va. */
unsigned int mmu_a32_level(const struct cpu *cpu, gva_t va);
/* PAR of a translation that succeeded, or failed with @fsc. */
uint64_t mmu_a32_par(const struct cpu *cpu, const struct mmu_walk *w);
uint64_t mmu_a32_par_fault(const struct cpu *cpu, unsigned int fsc);

#endif
