/* SPDX-License-Identifier: MIT */
/*
 * The host's clock as a VM's: CLOCK_MONOTONIC, vCPUs sleep in the host's
 * kernel, the VM's event thread wakes for its timers. Nothing has a price.
 */
#include "kernel/time.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>

#include "base/host.h"
#include "kernel/vcpu.h"
#include "kernel/vm.h"

static uint64_t read_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

static uint64_t host_now(struct clock *clock)
{
	return read_ns(CLOCK_MONOTONIC);
}

static uint64_t host_wall(struct clock *clock)
{
	return read_ns(CLOCK_REALTIME);
}

static void host_deadline(struct clock *clock, uint64_t ns)
{
	event_thread_deadline(container_of(clock, struct vm, clock), ns);
}

static void host_wait(struct clock *clock, struct vcpu *vcpu, uint32_t seq,
		      uint64_t deadline)
{
	struct timespec ts = {.tv_sec = deadline / NS_PER_S,
			      .tv_nsec = deadline % NS_PER_S};

	/* FUTEX_WAIT_BITSET's time is absolute, of CLOCK_MONOTONIC. */
	host_raw(SYS_futex, &vcpu->wake, FUTEX_WAIT_BITSET_PRIVATE, seq,
		 deadline == NO_DEADLINE ? NULL : &ts, NULL,
		 FUTEX_BITSET_MATCH_ANY);
}

static void host_charge(struct clock *clock, unsigned int index,
			uint64_t cycles)
{
}

const struct clock_ops clock_host_ops = {
	.name = "host",
	.now = host_now,
	.wall = host_wall,
	.deadline = host_deadline,
	.wait = host_wait,
	.charge = host_charge,
};
