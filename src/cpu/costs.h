/* SPDX-License-Identifier: MIT */
/*
 * What a core takes in cycles, by rows of a table (base/costs.h); a table for
 * each model of a core that we have figures for.
 *
 * Instructions execute one after the other and take what their row says,
 * whatever stands beside them: a figure is what one of many such instructions
 * takes in a mixed program rather than its latency. No caches are modelled but
 * the TLB (tlb.c). All models run at 1 GHz: a cycle is a nanosecond.
 */
#ifndef FAUXKVM_CPU_COSTS_H
#define FAUXKVM_CPU_COSTS_H

#include "base/costs.h"

struct insn;

/* Rows. Those of the first group are of instructions, each of which has one;
 * the others are charged beside. Names are in costs.c. */
enum cpu_cost {
	COST_INT,
	COST_MULTIPLY,
	COST_DIVIDE_32,
	COST_DIVIDE_64,
	COST_LOAD,
	COST_STORE,
	COST_LOAD_PAIR,
	COST_STORE_PAIR,
	COST_VECTOR_LOAD,
	COST_VECTOR_STORE,
	COST_VECTOR_STRUCT, /* LD2 to LD4, ST2 to ST4, and single lanes */
	COST_LOAD_ACQUIRE,
	COST_STORE_RELEASE,
	COST_EXCLUSIVE,
	COST_ATOMIC,
	COST_FP,
	COST_FP_DIVIDE,
	COST_FP_SQRT,
	COST_SIMD,
	COST_CRYPTO,
	COST_PAUTH,
	COST_BRANCH,
	COST_HINT, /* and what else changes nothing but PSTATE */
	COST_WAIT, /* WFI, WFE */
	COST_CALL, /* SVC, HVC, SMC, BRK, undefined: the instruction itself */
	COST_EXCEPTION_RETURN,
	COST_SYSREG_READ,
	COST_SYSREG_WRITE,
	COST_DMB,
	COST_DSB,
	COST_ISB,
	COST_TLBI,
	COST_CACHE_OP,  /* DC, IC */
	COST_ZERO,      /* DC ZVA */
	COST_TRANSLATE, /* AT */
	NR_INSN_COSTS,

	COST_EXCEPTION_ENTRY = NR_INSN_COSTS,
	COST_TLB_WALK, /* a level of the tables read */
	COST_MMIO,     /* an access outside RAM, beside the instruction */
	COST_WAKE,     /* from WFI, when there is something to do */
	NR_CPU_COSTS,
};

/* No instruction, nor the entry of an exception, takes less than one cycle, or
 * time might stand still; and no instruction more than this; whatever the row
 * says. */
#define INSN_COST_MAX ((1u << 26) - 1)

struct cpu_costs {
	uint32_t cycles[NR_CPU_COSTS]; /* by enum cpu_cost */
};

/* The models, for the user to choose one by name and to read. */
const struct cost_model *const *cpu_cost_models(unsigned int *n);
/* Without a profile: the table of model @core, NULL if there is none. */
const struct cpu_costs *cpu_costs_find(const char *core);
/* The table of @m, which is one of cpu_cost_models(), with @p's changes; @p may
 * be NULL. */
void cpu_costs_fill(struct cpu_costs *costs, const struct cost_model *m,
		    const struct cost_profile *p);

/* The row of a decoded instruction. */
enum cpu_cost insn_cost_row(const struct insn *i);

#endif
