/* SPDX-License-Identifier: MIT */
/*
 * The VM's counter, host mode: the system counter follows CLOCK_MONOTONIC at
 * the profile's frequency.
 */
#include "kernel/time.h"

#include <time.h>

uint64_t clock_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

uint64_t clock_counter(const struct vm_clock *clock)
{
	return (unsigned __int128)clock_now_ns() * clock->hz / NS_PER_S;
}

uint64_t clock_deadline(const struct vm_clock *clock, uint64_t count)
{
	unsigned __int128 ns =
		((unsigned __int128)count * NS_PER_S + clock->hz - 1) /
		clock->hz;

	return ns >= NO_DEADLINE ? NO_DEADLINE - 1 : (uint64_t)ns;
}
