/* SPDX-License-Identifier: MIT */
/*
 * Two PEs at EL1 on shared memory, for tests that need nothing around the
 * core: 64 KiB of RAM, VA = PA, code at CODE, data at DATA.
 */
#ifndef FAUXKVM_TESTS_CPU_PAIR_H
#define FAUXKVM_TESTS_CPU_PAIR_H

#include "cpu/cpu.h"

#define RAM_BASE UINT64_C(0x40000000)
#define RAM_SIZE 0x10000
#define CODE     (RAM_BASE + 0x4000)
#define DATA     (RAM_BASE + 0x8000)

extern struct cpu *pair_cpus[2];

/* Check fixture: creates both, PC at CODE. */
void pair_setup(void);
void pair_teardown(void);
/* Host memory of DATA + @off. */
uint64_t *pair_data(unsigned int off);
/* Both run @code at the same time, each until its HVC. */
void pair_run(const uint32_t *code, size_t size);
/* One runs @code alone. */
void pair_run_one(unsigned int k, const uint32_t *code, size_t size);

#endif
