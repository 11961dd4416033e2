/* SPDX-License-Identifier: MIT */
/*
 * The cost tables of cores (costs.h), and which row an instruction has. Figures
 * and where they come from are in a file for each, a row a line:
 *
 *   ROW(row of enum cpu_cost without COST_, "name", cycles, "source")
 */
#include "cpu/costs.h"

#include "isa/a64/operands.h"
#include "isa/insn.h"

/* ---- models -------------------------------------------------------------- */

#define ROW(row, name, cycles, source) [COST_##row] = {name, cycles, source},
static const struct cost_row a53_rows[NR_CPU_COSTS] = {
#include "cpu/costs-cortex-a53.def"
};
static const struct cost_row a72_rows[NR_CPU_COSTS] = {
#include "cpu/costs-cortex-a72.def"
};
static const struct cost_row n1_rows[NR_CPU_COSTS] = {
#include "cpu/costs-neoverse-n1.def"
};
#undef ROW

#define ROW(row, name, cycles, source) [COST_##row] = cycles,
static const struct cpu_costs a53_costs = {{
#include "cpu/costs-cortex-a53.def"
}};
static const struct cpu_costs a72_costs = {{
#include "cpu/costs-cortex-a72.def"
}};
static const struct cpu_costs n1_costs = {{
#include "cpu/costs-neoverse-n1.def"
}};
#undef ROW

static const struct cost_model a53 = {
	.name = "cortex-a53",
	.about = "Arm Cortex-A53 at 1 GHz: in order, two instructions a cycle",
	.rows = a53_rows,
	.nr = NR_CPU_COSTS,
};
static const struct cost_model a72 = {
	.name = "cortex-a72",
	.about = "Arm Cortex-A72 at 1 GHz: out of order, three a cycle",
	.rows = a72_rows,
	.nr = NR_CPU_COSTS,
};
static const struct cost_model n1 = {
	.name = "neoverse-n1",
	.about = "Arm Neoverse N1 at 1 GHz: out of order, four a cycle",
	.rows = n1_rows,
	.nr = NR_CPU_COSTS,
};

static const struct cost_model *const models[] = {&a53, &a72, &n1};
static const struct cpu_costs *const tables[] = {&a53_costs, &a72_costs,
						 &n1_costs};

const struct cost_model *const *cpu_cost_models(unsigned int *n)
{
	*n = ARRAY_SIZE(models);
	return models;
}

const struct cpu_costs *cpu_costs_find(const char *core)
{
	const struct cost_model *m =
		cost_model_find(models, ARRAY_SIZE(models), core);

	for (unsigned int k = 0; m && k < ARRAY_SIZE(models); k++)
		if (models[k] == m)
			return tables[k];
	return NULL;
}

void cpu_costs_fill(struct cpu_costs *costs, const struct cost_model *m,
		    const struct cost_profile *p)
{
	costs_fill(costs->cycles, m, p);
}

/* ---- the row of an instruction ------------------------------------------- */

static enum cpu_cost int_row(const struct insn *i)
{
	switch (i->op) {
	case A64_UDIV:
	case A64_SDIV:
		return i->size == SIZE_X ? COST_DIVIDE_64 : COST_DIVIDE_32;
	case A64_MADD:
	case A64_MSUB:
	case A64_SMADDL:
	case A64_SMSUBL:
	case A64_SMULH:
	case A64_UMADDL:
	case A64_UMSUBL:
	case A64_UMULH: return COST_MULTIPLY;
	default: return COST_INT;
	}
}

/* By the Arm ARM's names: stores begin with ST, and in pairs P is the third
 * letter, or the fourth behind N. A prefetch is like a load. */
static enum cpu_cost ldst_row(const char *name)
{
	bool store = name[0] == 'S';

	if (name[2] == 'P' || (name[2] == 'N' && name[3] == 'P'))
		return store ? COST_STORE_PAIR : COST_LOAD_PAIR;
	return store ? COST_STORE : COST_LOAD;
}

static enum cpu_cost vldst_row(const struct insn *i)
{
	if ((i->form & ~VLDST_LOAD) >= NR_VLDST_MODES)
		return COST_VECTOR_STRUCT;
	return i->form & VLDST_LOAD ? COST_VECTOR_LOAD : COST_VECTOR_STORE;
}

/* LDXR, STLXP, ...: exclusives have an X as the third or fourth letter. */
static enum cpu_cost atomic_row(const struct insn *i, const char *name)
{
	switch (i->op) {
	case A64_STLRB:
	case A64_STLRH:
	case A64_STLR_w:
	case A64_STLR_x:
	case A64_STLUR:
	case A64_STLLR: return COST_STORE_RELEASE;
	case A64_LDARB:
	case A64_LDARH:
	case A64_LDAR_w:
	case A64_LDAR_x:
	case A64_LDLAR:
	case A64_LDAPUR:
	case A64_LDAPURS_x:
	case A64_LDAPURS_w:
	case A64_LDAPR: return COST_LOAD_ACQUIRE;
	case A64_LDSMAX:
	case A64_LDUMAX: return COST_ATOMIC;
	default: break;
	}
	return name[2] == 'X' || name[3] == 'X' ? COST_EXCLUSIVE : COST_ATOMIC;
}

static enum cpu_cost mte_row(const struct insn *i)
{
	switch (i->op) {
	case A64_LDG:
	case A64_LDGM: return COST_LOAD;
	case A64_STGP: return COST_STORE_PAIR;
	case A64_STG:
	case A64_STZG:
	case A64_ST2G:
	case A64_STZ2G:
	case A64_STZGM:
	case A64_STGM: return COST_STORE;
	default: return COST_INT;
	}
}

static enum cpu_cost fp_row(const struct insn *i)
{
	switch (i->op) {
	case A64_FDIV_scalar:
	case A64_FDIV_vector: return COST_FP_DIVIDE;
	case A64_FSQRT_scalar:
	case A64_FSQRT_vector: return COST_FP_SQRT;
	default: return COST_FP;
	}
}

static enum cpu_cost sys_row(const struct insn *i)
{
	switch (i->op) {
	case A64_UNDEFINED:
	case A64_SVC:
	case A64_HVC:
	case A64_SMC:
	case A64_BRK: return COST_CALL;
	case A64_ERET:
	case A64_ERETA: return COST_EXCEPTION_RETURN;
	case A64_WFE:
	case A64_WFI: return COST_WAIT;
	case A64_DMB: return COST_DMB;
	case A64_DSB:
	case A64_ESB: return COST_DSB;
	case A64_SB:
	case A64_ISB: return COST_ISB;
	case A64_MRS: return COST_SYSREG_READ;
	case A64_MSR_reg:
	case A64_MSR_DAIF:
	case A64_MSR_NZCV:
	case A64_MSR_FPCR:
	case A64_MSR_FPSR:
	case A64_MSR_SP_EL0:
	case A64_MSR_SPSR_EL1:
	case A64_MSR_ELR_EL1:
	case A64_MSR_TPIDR_EL1:
	case A64_MSR_TPIDRRO_EL0:
	case A64_MSR_TPIDR_EL0: return COST_SYSREG_WRITE;
	case A64_TLBI:
	case A64_TLBI_OS:
	case A64_TLBI_range:
	case A64_TLBI_range_IS:
	case A64_TLBI_range_OS: return COST_TLBI;
	case A64_AT_S1:
	case A64_AT_S1_PAN: return COST_TRANSLATE;
	case A64_DC_GVA:
	case A64_DC_GZVA:
	case A64_DC_ZVA: return COST_ZERO;
	case A64_IC_IALLUIS:
	case A64_IC_IALLU:
	case A64_IC_IVAU:
	case A64_DC_IVAC:
	case A64_DC_ISW:
	case A64_DC_CSW:
	case A64_DC_CISW:
	case A64_DC_CVAC:
	case A64_DC_CVAU:
	case A64_DC_CVAP:
	case A64_DC_CVADP:
	case A64_DC_CIVAC:
	case A64_DC_IGVAC ... A64_DC_CIGDVAC: return COST_CACHE_OP;
	case A64_XPACLRI:
	case A64_PAC_1716:
	case A64_AUT_1716:
	case A64_PAC_lr:
	case A64_AUT_lr: return COST_PAUTH;
	default: return COST_HINT;
	}
}

enum cpu_cost insn_cost_row(const struct insn *i)
{
	const struct insn_row *row = insn_row(i->op);

	if (!row)
		return sys_row(i);
	switch (row->class) {
	case INSN_INT: return int_row(i);
	case INSN_LDST: return ldst_row(row->name);
	case INSN_VLDST: return vldst_row(i);
	case INSN_ATOMIC: return atomic_row(i, row->name);
	case INSN_FP: return fp_row(i);
	case INSN_SIMD: return COST_SIMD;
	case INSN_CRYPTO: return COST_CRYPTO;
	case INSN_SVE: return COST_SIMD;
	case INSN_SVE_FP: return COST_FP;
	case INSN_SVE_LDST: return COST_VECTOR_STRUCT;
	case INSN_PAUTH: return COST_PAUTH;
	case INSN_MTE: return mte_row(i);
	case INSN_BRANCH: return COST_BRANCH;
	default: return sys_row(i);
	}
}
