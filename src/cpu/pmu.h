/* SPDX-License-Identifier: MIT */
/*
 * Performance counters inside the core (pmu.c): what executing instructions
 * tells them, beside counted.h. As long as none counts each of these is a load
 * and a predicted branch, and none of them is on the way from block to block.
 */
#ifndef FAUXKVM_CPU_PMU_H
#define FAUXKVM_CPU_PMU_H

#include "cpu/block.h"
#include "cpu/counted.h"
#include "cpu/cpu.h"

/* The counters get what happened since the last time, at the current EL. */
void pmu_sync(struct cpu *cpu);
/* The same, and the interrupt is what it should be now. */
void pmu_update(struct cpu *cpu);
/* An exception or the return from one, which is an event at the EL that is
 * left; and what happened there. */
void pmu_exception(struct cpu *cpu, enum pmu_kind kind);
/* cpu->costs changed, after a pmu_sync(). */
void pmu_costs_changed(struct cpu *cpu);
/* Reset values of the registers, and nothing counts. */
void pmu_reset(struct cpu *cpu);

/* How many cycles may pass before a counter can overflow, at most @max. */
uint64_t pmu_headroom(const struct cpu *cpu, uint64_t max);

/* ---- between pmu.c and pmu-regs.c ---------------------------------------- */

#define PMCR_E  BIT(0)
#define PMCR_P  BIT(1)
#define PMCR_C  BIT(2)
#define PMCR_LC BIT(6)
#define PMCR_LP BIT(7)

/* PMCR_EL0.N, and a bit for each counter that there is. */
unsigned int pmu_nr_events(const struct cpu *cpu);
uint32_t pmu_valid(const struct cpu *cpu);
/* The value of counter @n. */
uint64_t pmu_value(const struct cpu *cpu, unsigned int n);
/*
 * What the guest does: it sets a value or a type, lets counters of @mask count
 * as PMCNTENSET_EL0 says or stops them, writes PMCR_EL0 or PMSWINC_EL0. The
 * caller has called pmu_sync().
 */
void pmu_set_value(struct cpu *cpu, unsigned int n, uint64_t val);
void pmu_set_type(struct cpu *cpu, unsigned int n, uint64_t val);
void pmu_start(struct cpu *cpu, uint32_t mask);
void pmu_stop(struct cpu *cpu, uint32_t mask);
void pmu_control(struct cpu *cpu, uint64_t pmcr);
void pmu_increment(struct cpu *cpu, uint32_t mask);
/* PMCEID<n>_EL0 */
uint64_t pmu_events(const struct cpu *cpu, unsigned int n);

#endif
