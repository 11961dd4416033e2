/* SPDX-License-Identifier: MIT */
/*
 * The counter that an arm64 VMM reads, see bridge-clock.h. QEMU user mode takes
 * CNTVCT_EL0 from gettimeofday(), time of day in nanoseconds over 16: it leaps
 * when the host's clock is set. Its import is redirected; CNTFRQ_EL0 is 62.5
 * MHz there as it is here (struct host_profile).
 */
#include "shim/bridge-clock.h"

#include <stdint.h>
#include <sys/time.h>
#include <time.h>

#include "shim/got-hook.h"

/* 125 * INVERSE_125 is 1 in 64 bits. */
#define INVERSE_125 UINT64_C(0x1cac083126e978d5)

/*
 * The guest's own gettimeofday() asks for the time zone too; the counter does
 * not, and makes nanoseconds of it: tv_sec * 1000000000 + tv_usec * 1000, in 64
 * bits that wrap. So that the counter is the model's to the tick and not to the
 * microsecond, tv_usec is the number whose product wraps to what is wanted,
 * CLOCK_MONOTONIC down to a multiple of 8.
 */
static int qemu_gettimeofday(struct timeval *tv, struct timezone *tz)
{
	struct timespec ts;
	uint64_t ns;

	if (tz)
		return gettimeofday(tv, tz);
	clock_gettime(CLOCK_MONOTONIC, &ts);
	ns = (uint64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
	tv->tv_sec = 0;
	tv->tv_usec = (int64_t)(ns / 8 * INVERSE_125);
	return 0;
}

int bridge_clock_init(void)
{
	return got_hook("gettimeofday", (void *)qemu_gettimeofday);
}
