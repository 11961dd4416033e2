/* SPDX-License-Identifier: MIT */
/*
 * What a model of a core has beyond Armv8.0, for the instructions and system
 * registers that depend on it (model.c): one that it lacks is UNDEFINED.
 */
#ifndef FAUXKVM_CPU_MODEL_H
#define FAUXKVM_CPU_MODEL_H

#include "cpu/cpu.h"

/* Bits of cpu->absent and absent_a32. */
enum cpu_feature {
	FEAT_ALWAYS,
	FEAT_AES,
	FEAT_PMULL,
	FEAT_SHA1,
	FEAT_SHA256,
	FEAT_SHA512,
	FEAT_SHA3,
	FEAT_SM3,
	FEAT_SM4,
	FEAT_CRC32,
	FEAT_FP16,
	FEAT_FHM,
	FEAT_FCMA,
	FEAT_JSCVT,
	FEAT_FRINTTS,
	FEAT_BF16,
	FEAT_I8MM,
	FEAT_LSE,
	FEAT_RDM,
	FEAT_DOTPROD,
	FEAT_PAN,
	FEAT_UAO,
	FEAT_LRCPC,
	FEAT_LRCPC2,
	FEAT_FLAGM,
	FEAT_FLAGM2,
	FEAT_DPB,
	FEAT_DPB2,
	FEAT_SB,
	FEAT_LOR,
	FEAT_PAN2,
	FEAT_SSBS,
	FEAT_IESB,
	FEAT_RNG,
	FEAT_DIT,
	FEAT_TLBIOS,
	FEAT_TLBIRANGE,
	FEAT_SPECRES,
	FEAT_E0PD,
	FEAT_HPDS,
	FEAT_HAF,
	FEAT_HDBS,
	FEAT_ST,
	FEAT_RAS,
	FEAT_MIXED_END,
	FEAT_MTE,
	FEAT_MTE2,
	FEAT_MTE3,
	FEAT_BTI,
	FEAT_V8, /* else it is one of Armv7, a32/armv7.h */
	FEAT_SVE2,
	FEAT_SVE_AES,
	FEAT_SVE_PMULL128,
	FEAT_SVE_BITPERM,
	FEAT_SVE_SHA3,
	FEAT_SVE_SM4,
	/* Of SVE: ID_AA64ZFR0_EL1's. */
	FEAT_SVE_BF16,
	FEAT_SVE_I8MM,
	FEAT_F32MM,
	FEAT_F64MM,
	FEAT_IDST,
	FEAT_LSE2,
	NR_FEATURES,
};
_Static_assert((int)NR_FEATURES <= 64, "a bit each");

/* What @cpu lacks, by the model that its environment names; cpu_init(). */
void model_init(struct cpu *cpu);

/* The value that @cpu begins with in @row. */
uint64_t model_reset(const struct cpu *cpu, const struct cpu_sysreg_info *row);

bool model_lacks_insn(const struct cpu *cpu, const struct insn *i);
/* Of A32 or T32. */
bool model_lacks_insn_a32(const struct cpu *cpu, const struct insn *i);

static inline bool cpu_has(const struct cpu *cpu, enum cpu_feature feature)
{
	return !(cpu->absent & BIT(feature));
}

#endif
