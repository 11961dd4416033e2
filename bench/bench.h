/* SPDX-License-Identifier: MIT */
/*
 * What the measuring guest's lines are: a row each, a function that runs rounds
 * of it. The rows are in guest.c, the functions in the files named below.
 */
#ifndef FAUXKVM_BENCH_BENCH_H
#define FAUXKVM_BENCH_BENCH_H

#include "tests/guests/gic.h"

/* What the machine must have for a line. */
enum {
	NEEDS_GICV2 = 1,
	NEEDS_GICV3 = 2,
	NEEDS_GIC = 4,
	NEEDS_ITS = 8,
	NEEDS_TWO_CPUS = 16,
	NEEDS_SVE = 32,
};

struct line {
	const char *name;
	/* Does @n rounds; returns the operations done. */
	uint64_t (*run)(uint64_t n);
	/* Of the first, short measurement. */
	uint64_t rounds;
	unsigned int needs;
	/* 0, or no more rounds than these. What leaves to the VMM takes next to
	 * no guest time when that is counted, however long the host takes. */
	uint64_t most;
	void (*setup)(void);
};

/* QEMU's own devices, not the test VMM's: no start registers tell. */
extern bool on_qemu;

/* cpu.c: instructions */
extern uint8_t buffer[1 << 20];
uint64_t run_integer(uint64_t n);
uint64_t run_calls(uint64_t n);
uint64_t run_memory(uint64_t n);
uint64_t run_fp(uint64_t n);
uint64_t run_fp_parallel(uint64_t n);
uint64_t run_simd(uint64_t n);
uint64_t run_rsa(uint64_t n);

/* sve.c */
void setup_sve(void);
uint64_t run_sve_copy(uint64_t n);
uint64_t run_sve_dot(uint64_t n);
uint64_t run_sve_int(uint64_t n);

/* strings.c: what compilers make of C */
uint64_t run_strings(uint64_t n);
uint64_t run_dispatch(uint64_t n);

/* system.c: what a kernel does */
void setup_system(void);
uint64_t run_exceptions(uint64_t n);
uint64_t run_syscalls(uint64_t n);
uint64_t run_page_churn(uint64_t n);
uint64_t run_switches(uint64_t n);

/* exits.c: what leaves the guest */
uint64_t run_hypercalls(uint64_t n);
uint64_t run_mmio_exits(uint64_t n);

/* irq.c: interrupts and the GIC */
void setup_ipi(void);
uint64_t run_ipi(uint64_t n);
uint64_t run_ipi_wfi(uint64_t n);
void setup_timer(void);
uint64_t run_timer(uint64_t n);
void setup_gic(void);
uint64_t run_gic_mmio(uint64_t n);
void setup_irqfd(void);
uint64_t run_irqfd(uint64_t n);
void setup_lpi(void);
uint64_t run_lpi(uint64_t n);

#endif
