/* SPDX-License-Identifier: MIT */
/*
 * A reference model of the FSL MPIC as Linux's KVM has it, without a look at
 * src/mpic: from what is known of it (OpenPIC 1.2, and the answers of the real
 * kernel). Loops over all sources.
 */
#ifndef FAUXKVM_TESTS_MODEL_REF_MPIC_H
#define FAUXKVM_TESTS_MODEL_REF_MPIC_H

#include <stdbool.h>
#include <stdint.h>

#define REF_MPIC_CPUS    4
#define REF_MPIC_IPI     256
#define REF_MPIC_TIMER   260
#define REF_MPIC_SOURCES 264

struct ref_source {
	uint32_t ivpr, idr;
	uint32_t output; /* ILR: 0 INT, 1 critical, 2 machine check */
	uint32_t dest;
	bool level, nomask;
	uint32_t pending; /* the level, as it was said */
};

/* A set of sources, and what Linux remembers of its best; it does not look
 * again each time it asks. */
struct ref_set {
	bool in[REF_MPIC_SOURCES];
	int best, priority;
};

struct ref_mpic_cpu {
	unsigned int ctpr;
	struct ref_set raised, serving;
	bool pin;
};

struct ref_mpic {
	bool v42;
	unsigned int cpus;
	uint32_t gcr, svr, tfrr, tbcr[4], msir[8];
	struct ref_source source[REF_MPIC_SOURCES];
	struct ref_mpic_cpu cpu[REF_MPIC_CPUS];
	unsigned int acked; /* ends told to irqfds, and of which */
	int last_acked;
};

/* As it is after a reset of all of it by GCR with @cpus connected. */
void ref_mpic_init(struct ref_mpic *m, bool v42, unsigned int cpus);
void ref_mpic_pin(struct ref_mpic *m, unsigned int source, uint32_t level);
/* An access to the register at @off; @cpu: who does it, -1: no vCPU. */
uint32_t ref_mpic_read(struct ref_mpic *m, int cpu, uint32_t off);
void ref_mpic_write(struct ref_mpic *m, int cpu, uint32_t off, uint32_t val);

#endif
