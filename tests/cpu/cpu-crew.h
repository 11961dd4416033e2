/* SPDX-License-Identifier: MIT */
/*
 * Two or four PEs at EL1 on shared memory, for tests that need nothing around
 * the core: 64 KiB of RAM, VA = PA, code at CODE, data at DATA.
 */
#ifndef FAUXKVM_TESTS_CPU_CREW_H
#define FAUXKVM_TESTS_CPU_CREW_H

#include "cpu/cpu.h"

#define RAM_BASE UINT64_C(0x40000000)
#define RAM_SIZE 0x10000
#define CODE     (RAM_BASE + 0x4000)
#define DATA     (RAM_BASE + 0x8000)

#define CREW_MAX 4
extern struct cpu *crew_cpus[CREW_MAX];
extern unsigned int crew_size;

/* Check fixtures: creates two or four, PC at CODE. */
void crew_setup(void);
void crew_setup_four(void);
void crew_teardown(void);
/* Host memory of DATA + @off. */
uint64_t *crew_data(unsigned int off);
/* All run @code at the same time, each until its HVC. */
void crew_run(const uint32_t *code, size_t size);
/* One runs @code alone. */
void crew_run_one(unsigned int k, const uint32_t *code, size_t size);

#endif
