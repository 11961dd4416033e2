/* SPDX-License-Identifier: MIT */
/*
 * Models of cores: the ID registers of one, limited to what src/cpu executes,
 * and what follows from them for instructions and system registers.
 */
#include "cpu/model.h"

#include <string.h>

#include "base/log.h"
#include "cpu/a32/mode.h"
#include "isa/a32/operands.h"

/* ---- fields of ID registers ---------------------------------------------- */

enum id_rule { ID_ANY, ID_EXEC, ID_SIGNED };

#define ANY(reg, name, shift)    {#reg, #name, shift, ID_ANY},
#define EXEC(reg, name, shift)   {#reg, #name, shift, ID_EXEC},
#define SIGNED(reg, name, shift) {#reg, #name, shift, ID_SIGNED},
static const struct id_field {
	const char *reg, *name;
	uint8_t shift, rule;
} id_fields[] = {
#include "cpu/id-fields.def"
};

static uint64_t field_limit(const struct id_field *f, uint64_t field,
			    uint64_t most)
{
	switch (f->rule) {
	case ID_EXEC: return min_u64(field, most);
	case ID_SIGNED:
		return sext64(field, 4) < sext64(most, 4) ? field : most;
	default: return field;
	}
}

uint64_t cpu_id_limit(const struct cpu_sysreg_info *row, uint64_t val)
{
	uint64_t out = 0;

	/* What identifies the core or its caches is no feature. */
	if (!(row->flags & SYSREG_ID) || SYSREG_OP1(row->enc))
		return val;
	for (size_t i = 0; i < ARRAY_SIZE(id_fields); i++) {
		const struct id_field *f = &id_fields[i];

		if (!strcmp(f->reg, row->name))
			out |= field_limit(f, val >> f->shift & 15,
					   row->reset >> f->shift & 15)
			       << f->shift;
	}
	return out;
}

bool cpu_id_field(unsigned int n, struct cpu_id_field *out)
{
	const struct id_field *f = &id_fields[n];

	if (n >= ARRAY_SIZE(id_fields))
		return false;
	*out = (struct cpu_id_field){f->reg, f->name, f->shift};
	return true;
}

/* ---- a model ------------------------------------------------------------- */

void cpu_model_set(struct cpu_model *model, const struct cpu_id *ids,
		   unsigned int nr_ids)
{
	bug_on(nr_ids > CPU_MODEL_IDS, "%u registers of a model", nr_ids);
	for (unsigned int n = 0; n < nr_ids; n++) {
		const struct cpu_sysreg_info *row = cpu_sysreg_find(ids[n].enc);

		bug_on(!row, "no register 0x%x", ids[n].enc);
		model->ids[n].enc = ids[n].enc;
		model->ids[n].val = cpu_id_limit(row, ids[n].val);
	}
	model->nr_ids = nr_ids;
}

uint64_t cpu_model_id(const struct cpu_model *model,
		      const struct cpu_sysreg_info *row)
{
	for (unsigned int n = 0; model && n < model->nr_ids; n++)
		if (model->ids[n].enc == row->enc)
			return model->ids[n].val;
	return row->reset;
}

uint64_t model_reset(const struct cpu *cpu, const struct cpu_sysreg_info *row)
{
	return cpu_model_id(cpu->env->model, row);
}

/* ---- features ------------------------------------------------------------ */

/* The field that says whether it is there, and the least that says so. */
static const struct {
	uint32_t enc;
	uint8_t shift, least;
} features[NR_FEATURES] = {
	[FEAT_AES] = {ENC_ID_AA64ISAR0, 4, 1},
	[FEAT_PMULL] = {ENC_ID_AA64ISAR0, 4, 2},
	[FEAT_SHA1] = {ENC_ID_AA64ISAR0, 8, 1},
	[FEAT_SHA256] = {ENC_ID_AA64ISAR0, 12, 1},
	[FEAT_SHA512] = {ENC_ID_AA64ISAR0, 12, 2},
	[FEAT_SHA3] = {ENC_ID_AA64ISAR0, 32, 1},
	[FEAT_SM3] = {ENC_ID_AA64ISAR0, 36, 1},
	[FEAT_SM4] = {ENC_ID_AA64ISAR0, 40, 1},
	[FEAT_CRC32] = {ENC_ID_AA64ISAR0, 16, 1},
	[FEAT_FP16] = {ENC_ID_AA64PFR0, 16, 1},
	[FEAT_FHM] = {ENC_ID_AA64ISAR0, 48, 1},
	[FEAT_FCMA] = {ENC_ID_AA64ISAR1, 16, 1},
	[FEAT_JSCVT] = {ENC_ID_AA64ISAR1, 12, 1},
	[FEAT_FRINTTS] = {ENC_ID_AA64ISAR1, 32, 1},
	[FEAT_BF16] = {ENC_ID_AA64ISAR1, 44, 1},
	[FEAT_I8MM] = {ENC_ID_AA64ISAR1, 52, 1},
	[FEAT_LSE] = {ENC_ID_AA64ISAR0, 20, 2},
	[FEAT_RDM] = {ENC_ID_AA64ISAR0, 28, 1},
	[FEAT_DOTPROD] = {ENC_ID_AA64ISAR0, 44, 1},
	[FEAT_PAN] = {ENC_ID_AA64MMFR1, 20, 1},
	[FEAT_UAO] = {ENC_ID_AA64MMFR2, 4, 1},
	[FEAT_LRCPC] = {ENC_ID_AA64ISAR1, 20, 1},
	[FEAT_LRCPC2] = {ENC_ID_AA64ISAR1, 20, 2},
	[FEAT_FLAGM] = {ENC_ID_AA64ISAR0, 52, 1},
	[FEAT_FLAGM2] = {ENC_ID_AA64ISAR0, 52, 2},
	[FEAT_DPB] = {ENC_ID_AA64ISAR1, 0, 1},
	[FEAT_DPB2] = {ENC_ID_AA64ISAR1, 0, 2},
	[FEAT_SB] = {ENC_ID_AA64ISAR1, 36, 1},
	[FEAT_LOR] = {ENC_ID_AA64MMFR1, 16, 1},
	[FEAT_PAN2] = {ENC_ID_AA64MMFR1, 20, 2},
	[FEAT_SSBS] = {ENC_ID_AA64PFR1, 4, 2},
	[FEAT_IESB] = {ENC_ID_AA64MMFR2, 12, 1},
	[FEAT_RNG] = {ENC_ID_AA64ISAR0, 60, 1},
	[FEAT_DIT] = {ENC_ID_AA64PFR0, 48, 1},
	[FEAT_TLBIOS] = {ENC_ID_AA64ISAR0, 56, 1},
	[FEAT_TLBIRANGE] = {ENC_ID_AA64ISAR0, 56, 2},
	[FEAT_SPECRES] = {ENC_ID_AA64ISAR1, 40, 1},
	[FEAT_E0PD] = {ENC_ID_AA64MMFR2, 60, 1},
	[FEAT_HPDS] = {ENC_ID_AA64MMFR1, 12, 1},
	[FEAT_HAF] = {ENC_ID_AA64MMFR1, 0, 1},
	[FEAT_HDBS] = {ENC_ID_AA64MMFR1, 0, 2},
	[FEAT_ST] = {ENC_ID_AA64MMFR2, 28, 1},
	[FEAT_RAS] = {ENC_ID_AA64PFR0, 28, 1},
	[FEAT_MIXED_END] = {ENC_ID_AA64MMFR0, 8, 1},
	[FEAT_MTE] = {ENC_ID_AA64PFR1, 8, 1},
	[FEAT_MTE2] = {ENC_ID_AA64PFR1, 8, 2},
	[FEAT_MTE3] = {ENC_ID_AA64PFR1, 8, 3},
	[FEAT_BTI] = {ENC_ID_AA64PFR1, 0, 1},
	[FEAT_V8] = {ENC_ID_AA64PFR0, 4, 1},
	[FEAT_SVE2] = {ENC_ID_AA64ZFR0, 0, 1},
	[FEAT_SVE_AES] = {ENC_ID_AA64ZFR0, 4, 1},
	[FEAT_SVE_PMULL128] = {ENC_ID_AA64ZFR0, 4, 2},
	[FEAT_SVE_BITPERM] = {ENC_ID_AA64ZFR0, 16, 1},
	[FEAT_SVE_SHA3] = {ENC_ID_AA64ZFR0, 32, 1},
	[FEAT_SVE_SM4] = {ENC_ID_AA64ZFR0, 40, 1},
	[FEAT_SVE_BF16] = {ENC_ID_AA64ZFR0, 20, 1},
	[FEAT_SVE_I8MM] = {ENC_ID_AA64ZFR0, 44, 1},
	[FEAT_F32MM] = {ENC_ID_AA64ZFR0, 52, 1},
	[FEAT_F64MM] = {ENC_ID_AA64ZFR0, 56, 1},
	[FEAT_LSE2] = {ENC_ID_AA64MMFR2, 32, 1},
	[FEAT_IDST] = {ENC_ID_AA64MMFR2, 36, 1},
};

/* Of AArch32 the fields are others; it may lack what A64 has. VCMLA of ID_ISAR5_EL1 Linux
 * shows nobody: that is as A64's. */
static const struct {
	uint32_t enc;
	uint8_t feature, shift, least;
} features_a32[] = {
	{SYSREG_ID_ENC(2, 5), FEAT_RDM, 24, 1},  /* ID_ISAR5_EL1 */
	{SYSREG_ID_ENC(3, 1), FEAT_FP16, 24, 3}, /* MVFR1_EL1.FPHP */
	{SYSREG_ID_ENC(2, 7), FEAT_JSCVT, 0, 1}, /* ID_ISAR6_EL1 */
	{SYSREG_ID_ENC(2, 7), FEAT_DOTPROD, 4, 1},
	{SYSREG_ID_ENC(2, 7), FEAT_FHM, 8, 1},
	{SYSREG_ID_ENC(2, 7), FEAT_SB, 12, 1},
	{SYSREG_ID_ENC(2, 7), FEAT_BF16, 20, 1},
	{SYSREG_ID_ENC(2, 7), FEAT_I8MM, 24, 1},
	{SYSREG_ID_ENC(1, 0), FEAT_DIT, 24, 1}, /* ID_PFR0_EL1 */
	{SYSREG_ID_ENC(3, 4), FEAT_SSBS, 4, 1}, /* ID_PFR2_EL1 */
	{SYSREG_ID_ENC(1, 7), FEAT_PAN, 16, 1}, /* ID_MMFR3_EL1 */
	{SYSREG_ID_ENC(1, 7), FEAT_PAN2, 16, 2},
	{SYSREG_ID_ENC(2, 6), FEAT_HPDS, 16, 1}, /* ID_MMFR4_EL1 */
	{SYSREG_ID_ENC(2, 7), FEAT_SPECRES, 16, 1},
};

/* Bits of registers that are there with a feature. */
static const struct {
	uint8_t feature;
	uint64_t sctlr, tcr, pstate;
} feature_bits[] = {
	{FEAT_PAN, SCTLR_SPAN, 0, PSR_PAN},
	{FEAT_UAO, 0, 0, PSR_UAO},
	{FEAT_SSBS, SCTLR_DSSBS, 0, PSR_SSBS},
	{FEAT_DIT, 0, 0, PSR_DIT},
	{FEAT_SPECRES, SCTLR_ENRCTX, 0, 0},
	{FEAT_MIXED_END, SCTLR_EE | SCTLR_E0E, 0, 0},
	{FEAT_BTI, SCTLR_BT0 | SCTLR_BT1, 0, PSR_BTYPE},
	{FEAT_E0PD, 0, TCR_E0PD0 | TCR_E0PD1, 0},
	{FEAT_IESB, SCTLR_IESB, 0, 0},
	{FEAT_HPDS, 0, TCR_HPD0 | TCR_HPD1 | TCR_HWU, 0},
	{FEAT_HAF, 0, TCR_HA, 0},
	{FEAT_HDBS, 0, TCR_HD, 0},
	{FEAT_MTE, 0, 0, PSR_TCO},
	{FEAT_MTE2, SCTLR_MTE, TCR_TCMA0 | TCR_TCMA1, 0},
};

/* Likewise of AArch32. */
static const struct {
	uint8_t feature;
	uint32_t sctlr, pstate;
} feature_bits_a32[] = {
	{FEAT_PAN, SCTLR_SPAN, PSR_PAN},
	{FEAT_DIT, 0, PSR_DIT},
	{FEAT_SSBS, SCTLR_A32_DSSBS, CPSR_SSBS},
	{FEAT_SPECRES, SCTLR_ENRCTX, 0},
};

static bool model_has(const struct cpu *cpu, uint32_t enc, unsigned int shift,
		      unsigned int least)
{
	uint64_t val = model_reset(cpu, cpu_sysreg_find(enc));

	return (val >> shift & 15) >= least;
}

static void model_init_a32(struct cpu *cpu)
{
	cpu->absent_a32 = cpu->absent;
	for (size_t k = 0; k < ARRAY_SIZE(features_a32); k++) {
		uint64_t bit = BIT(features_a32[k].feature);

		cpu->absent_a32 &= ~bit;
		if (!model_has(cpu, features_a32[k].enc, features_a32[k].shift,
			       features_a32[k].least))
			cpu->absent_a32 |= bit;
	}
	for (size_t k = 0; k < ARRAY_SIZE(feature_bits_a32); k++) {
		if (!(cpu->absent_a32 & BIT(feature_bits_a32[k].feature)))
			continue;
		cpu->a32_sctlr_absent |= feature_bits_a32[k].sctlr;
		cpu->a32_pstate_absent |= feature_bits_a32[k].pstate;
	}
}

void model_init(struct cpu *cpu)
{
	for (unsigned int k = FEAT_ALWAYS + 1; k < NR_FEATURES; k++)
		if (!model_has(cpu, features[k].enc, features[k].shift,
			       features[k].least))
			cpu->absent |= BIT(k);
	/* The host's memory has no tags; who answers for EL1 takes what is
	 * UNDEFINED; pairs are faster as two accesses. */
	if (cpu->env->flat)
		cpu->absent |= BIT(FEAT_MTE) | BIT(FEAT_MTE2) | BIT(FEAT_MTE3) |
			       BIT(FEAT_IDST) | BIT(FEAT_LSE2);
	model_init_a32(cpu);
	for (size_t i = 0; i < ARRAY_SIZE(feature_bits); i++) {
		if (cpu_has(cpu, feature_bits[i].feature))
			continue;
		cpu->sctlr_absent |= feature_bits[i].sctlr;
		cpu->tcr_absent |= feature_bits[i].tcr;
		cpu->pstate_absent |= feature_bits[i].pstate;
	}
	cpu->bti = cpu_has(cpu, FEAT_BTI) && !cpu->env->flat;
	cpu->mte.tco_at_entry = PSR_TCO & ~(uint32_t)cpu->pstate_absent;
}

/* By operation; a row that is not here is Armv8.0's. */
static const uint8_t feature_of_op[] = {
	[A64_CASB... A64_SWP] = FEAT_LSE,
	[A64_CRC32] = FEAT_CRC32,
	[A64_CRC32C] = FEAT_CRC32,
	[A64_AESE... A64_AESIMC] = FEAT_AES,
	[A64_SHA1C... A64_SHA1SU0] = FEAT_SHA1,
	[A64_SHA256H... A64_SHA256SU1] = FEAT_SHA256,
	[A64_SHA1H... A64_SHA1SU1] = FEAT_SHA1,
	[A64_SHA256SU0] = FEAT_SHA256,
	[A64_PMULL_1q] = FEAT_PMULL,
	[A64_SHA512H... A64_SHA512SU0] = FEAT_SHA512,
	[A64_EOR3... A64_XAR] = FEAT_SHA3,
	[A64_SM3SS1... A64_SM3PARTW2] = FEAT_SM3,
	[A64_SM4EKEY] = FEAT_SM4,
	[A64_SM4E] = FEAT_SM4,
	[A64_SQRDMLAH_v... A64_SQRDMLSH_s] = FEAT_RDM,
	[A64_SQRDMLAH_el... A64_SQRDMLSH_el_s] = FEAT_RDM,
	[A64_SDOT_v] = FEAT_DOTPROD,
	[A64_UDOT_v] = FEAT_DOTPROD,
	[A64_SDOT_el] = FEAT_DOTPROD,
	[A64_UDOT_el] = FEAT_DOTPROD,
	[A64_MSR_imm_UAO] = FEAT_UAO,
	[A64_MSR_imm_PAN] = FEAT_PAN,
	[A64_MSR_imm_SSBS] = FEAT_SSBS,
	[A64_MSR_imm_DIT] = FEAT_DIT,
	[A64_TLBI_OS] = FEAT_TLBIOS,
	[A64_TLBI_range... A64_TLBI_range_OS] = FEAT_TLBIRANGE,
	[A64_RCTX] = FEAT_SPECRES,
	[A64_STLLR] = FEAT_LOR,
	[A64_LDLAR] = FEAT_LOR,
	[A64_FRINTTS_scalar] = FEAT_FRINTTS,
	[A64_FRINTTS_vector] = FEAT_FRINTTS,
	[A64_FJCVTZS] = FEAT_JSCVT,
	[A64_FCADD... A64_FCMLA_elem] = FEAT_FCMA,
	[A64_FMLAL... A64_FMLSL2_elem] = FEAT_FHM,
	[A64_BFCVT] = FEAT_BF16,
	[A64_BFDOT... A64_BFCVTN] = FEAT_BF16,
	[A64_USDOT_v] = FEAT_I8MM,
	[A64_USDOT_el] = FEAT_I8MM,
	[A64_SUDOT_el] = FEAT_I8MM,
	[A64_SMMLA... A64_USMMLA] = FEAT_I8MM,
	[A64_FMOV_imm_h] = FEAT_FP16,
	[A64_LDAPR] = FEAT_LRCPC,
	[A64_STLUR... A64_LDAPURS_w] = FEAT_LRCPC2,
	[A64_RMIF] = FEAT_FLAGM,
	[A64_SETF] = FEAT_FLAGM,
	[A64_CFINV] = FEAT_FLAGM,
	[A64_XAFLAG] = FEAT_FLAGM2,
	[A64_AXFLAG] = FEAT_FLAGM2,
	[A64_DC_CVAP] = FEAT_DPB,
	[A64_DC_CVADP] = FEAT_DPB2,
	[A64_SB] = FEAT_SB,
	[A64_AT_S1_PAN] = FEAT_PAN2,
	[A64_MSR_imm_TCO] = FEAT_MTE,
	[A64_SUBP... A64_STGP] = FEAT_MTE,
	[A64_STZGM... A64_LDGM] = FEAT_MTE2,
	[A64_DC_GVA] = FEAT_MTE,
	[A64_DC_GZVA] = FEAT_MTE,
	[A64_DC_IGVAC... A64_DC_CIGDSW] = FEAT_MTE2,
	[A64_DC_CGVAC... A64_DC_CIGDVAC] = FEAT_MTE,
	[A64_SVE_SMMLA... A64_SVE_SUDOT_elem] = FEAT_SVE_I8MM,
	[A64_SVE_BFDOT... A64_SVE_BFCVTNT] = FEAT_SVE_BF16,
	[A64_SVE_FMMLA_s] = FEAT_F32MM,
	[A64_SVE_FMMLA_d... A64_SVE_LD1RO_zi] = FEAT_F64MM,
	[A64_SVE_MUL... A64_SVE_EORTB] = FEAT_SVE2,
	[A64_SVE_BEXT... A64_SVE_BGRP] = FEAT_SVE_BITPERM,
	[A64_SVE_SABA... A64_SVE_WHILERW] = FEAT_SVE2,
	[A64_SVE_AESMC... A64_SVE_AESD] = FEAT_SVE_AES,
	[A64_SVE_SM4E... A64_SVE_SM4EKEY] = FEAT_SVE_SM4,
	[A64_SVE_RAX1] = FEAT_SVE_SHA3,
	[A64_SVE_PMULL_q] = FEAT_SVE_PMULL128,
	[A64_SVE_SADDL... A64_SVE_STNT1_iz_s] = FEAT_SVE2,
	[A32_SETPAN] = FEAT_PAN,
	[A32_VMOVX] = FEAT_FP16,
	[A32_VINS] = FEAT_FP16,
	[A32_VMOV_to_core_half] = FEAT_FP16,
	[A32_VMOV_from_core_half] = FEAT_FP16,
	[A32_VCVT_to_bfloat] = FEAT_BF16,
	[A32_VJCVT] = FEAT_JSCVT,
	[A32_VFMAL] = FEAT_FHM,
};

static enum cpu_feature feature_of_sysreg(uint32_t enc)
{
	switch (enc) {
	case SYSREG_ENC(3, 0, 4, 2, 3): return FEAT_PAN;
	case SYSREG_ENC(3, 0, 4, 2, 4): return FEAT_UAO;
	case SYSREG_ENC(3, 3, 2, 4, 0):
	case SYSREG_ENC(3, 3, 2, 4, 1): return FEAT_RNG;
	case SYSREG_ENC(3, 3, 4, 2, 5): return FEAT_DIT;
	case SYSREG_ENC(3, 3, 4, 2, 6): return FEAT_SSBS;
	case SYSREG_ENC(3, 3, 4, 2, 7): return FEAT_MTE;
	case SYSREG_ENC(3, 0, 1, 0, 5):
	case SYSREG_ENC(3, 0, 1, 0, 6):
	case SYSREG_ENC(3, 0, 5, 6, 0):
	case SYSREG_ENC(3, 0, 5, 6, 1):
	case SYSREG_ENC(3, 1, 0, 0, 4): return FEAT_MTE2;
	case SYSREG_ENC(3, 0, 10, 4, 0):
	case SYSREG_ENC(3, 0, 10, 4, 1):
	case SYSREG_ENC(3, 0, 10, 4, 2):
	case SYSREG_ENC(3, 0, 10, 4, 3):
	case SYSREG_ENC(3, 0, 10, 4, 7): return FEAT_LOR;
	case SYSREG_ENC(3, 0, 5, 3, 0):
	case SYSREG_ENC(3, 0, 5, 3, 1):
	case SYSREG_ENC(3, 0, 5, 4, 0):
	case SYSREG_ENC(3, 0, 5, 4, 1):
	case SYSREG_ENC(3, 0, 5, 4, 2):
	case SYSREG_ENC(3, 0, 5, 4, 3):
	case SYSREG_ENC(3, 0, 5, 5, 0):
	case SYSREG_ENC(3, 0, 5, 5, 1):
	case SYSREG_ENC(3, 0, 12, 1, 1): return FEAT_RAS;
	default: return FEAT_ALWAYS;
	}
}

/* Conversions from and to half precision are older; AArch32's moves of lanes have
 * the size of an integer. */
static bool is_half_arithmetic(const struct insn *i)
{
	const struct insn_row *row = insn_row(i->op);

	if (!row || i->size != FP_HALF)
		return false;
	switch (i->op) {
	case A64_FCVT_h_s:
	case A64_FCVT_h_d:
	case A32_VMOV_to_lane:
	case A32_VMOV_from_lane:
	case A32_VDUP_core: return false;
	case A32_VLDR_half:
	case A32_VSTR_half:
	case A32_VMLA_neon:
	case A32_VMLA_neon_elem:
	case A32_VRECPS:
	case A32_VRSQRTS: return true;
	default: return row->class == INSN_FP;
	}
}

/* MRC and MCR, by its name in cpu/a32/cp15.def. */
static enum cpu_feature feature_of_cp15(uint32_t key)
{
	switch (key) {
	case A32_SYSREG(15, 0, 2, 0, 3): /* TTBCR2 */ return FEAT_HPDS;
	case A32_SYSREG(15, 0, 7, 3, 4): /* CFPRCTX */
	case A32_SYSREG(15, 0, 7, 3, 5): /* DVPRCTX */
	case A32_SYSREG(15, 0, 7, 3, 7): /* CPPRCTX */ return FEAT_SPECRES;
	case A32_SYSREG(15, 0, 7, 9, 0): /* ATS1CPRP */
	case A32_SYSREG(15, 0, 7, 9, 1): /* ATS1CPWP */ return FEAT_PAN2;
	default: return FEAT_ALWAYS;
	}
}

static enum cpu_feature feature_of_insn(const struct insn *i)
{
	if (i->op == A64_MRS || i->op == A64_MSR_reg)
		return feature_of_sysreg(i->imm);
	if (i->op == A32_MRC || i->op == A32_MCR)
		return feature_of_cp15(i->imm);
	if (is_half_arithmetic(i))
		return FEAT_FP16;
	if (i->op < ARRAY_SIZE(feature_of_op))
		return feature_of_op[i->op];
	return FEAT_ALWAYS;
}

bool model_lacks_insn(const struct cpu *cpu, const struct insn *i)
{
	return !cpu_has(cpu, feature_of_insn(i));
}

bool model_lacks_insn_a32(const struct cpu *cpu, const struct insn *i)
{
	return cpu->absent_a32 & BIT(feature_of_insn(i));
}
