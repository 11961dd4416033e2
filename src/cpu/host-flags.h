/* SPDX-License-Identifier: MIT */
/*
 * Addition and subtraction with carry and overflow, by the host's own flags
 * where the compiler lets one have them: one instruction gives result and
 * flags, where portable C takes three. @c and @v are 0 or 1. A subtraction's @c
 * is Arm's: set if nothing was borrowed.
 */
#ifndef FAUXKVM_CPU_HOST_FLAGS_H
#define FAUXKVM_CPU_HOST_FLAGS_H

#if defined(__x86_64__)
#include "cpu/host-x86-64-flags.h"
#else
#include "cpu/host-none-flags.h"
#endif

#endif
