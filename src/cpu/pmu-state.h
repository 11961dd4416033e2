/* SPDX-License-Identifier: MIT */
/*
 * What one PE keeps of its performance counters beside the registers: which of
 * them count, and what they have counted (pmu.c).
 */
#ifndef FAUXKVM_CPU_PMU_STATE_H
#define FAUXKVM_CPU_PMU_STATE_H

#include <stdatomic.h>

#include "base/types.h"

#define PMU_COUNTERS 32 /* event counters 0 to 30 and the cycle counter */
#define PMU_CYCLE    31

/* What the core can count. PMU_NOTHING: any other event. */
enum pmu_kind {
	PMU_NOTHING,
	PMU_INSNS,
	PMU_CYCLES,
	PMU_BRANCHES,
	PMU_ACCESSES,
	PMU_EXC_TAKEN,
	PMU_EXC_RETURN,
	NR_PMU_KINDS,
};

struct cpu_pmu {
	const struct cpu_pmu_model *model; /* NULL: the PE has no PMU */
	uint32_t active; /* counters that count something, 0 most of the time */
	uint32_t open;   /* that have been set up: Linux's perf events */
	bool per_block;  /* something that cycles don't tell is counted */
	bool level;      /* of the overflow interrupt */
	/* What has been counted beyond the value of the register. */
	uint64_t count[PMU_COUNTERS];
	uint8_t kind[PMU_COUNTERS]; /* enum pmu_kind */
	uint8_t els[PMU_COUNTERS];  /* bit n: at ELn */
	/* Local time at the last pmu_sync(), and what of it was charged; and
	 * since then, by the block. */
	uint64_t cycles_seen, charged_seen;
	uint64_t insns, branches, accesses;
};

#endif
