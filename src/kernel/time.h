/* SPDX-License-Identifier: MIT */
/*
 * Time as the model's objects see it (clock.c): nanoseconds to wait for, and
 * the counter that a guest reads.
 */
#ifndef FAUXKVM_KERNEL_TIME_H
#define FAUXKVM_KERNEL_TIME_H

#include "base/types.h"

#define NS_PER_S    UINT64_C(1000000000)
#define NO_DEADLINE UINT64_MAX

/* The counter follows CLOCK_MONOTONIC. */
struct vm_clock {
	uint64_t hz;
};
uint64_t clock_now_ns(void);
uint64_t clock_counter(const struct vm_clock *clock);
/* The CLOCK_MONOTONIC time at which the counter reaches @count. */
uint64_t clock_deadline(const struct vm_clock *clock, uint64_t count);

#endif
