/* SPDX-License-Identifier: MIT */
/*
 * What executes a core's code, by the process's options (--cpu, --jit-memory,
 * --jit-isa): of a vCPU, and of a thread of an arm64 program that src/user runs.
 */
#ifndef FAUXKVM_KERNEL_ARM64_ENGINE_H
#define FAUXKVM_KERNEL_ARM64_ENGINE_H

#include "cpu/cpu.h"

/* After cpu_init(). Where code can't be translated it is interpreted, which is
 * said. */
void arm64_choose_engine(struct cpu *cpu);

#endif
