/* SPDX-License-Identifier: MIT */
/*
 * Counted time as a VM's clock: nanoseconds are cycles of cores that run at
 * 1 GHz, counted by what vCPUs do and moved on where all of them wait. What the
 * host's clock says changes nothing (docs/clock.md).
 */
#include "kernel/time.h"

#include <stdlib.h>

#include "kernel/turns.h"
#include "kernel/vcpu.h"
#include "kernel/vm.h"

/* 2026-01-01 00:00:00 UTC: when time begins, unless SOURCE_DATE_EPOCH says. */
#define EPOCH UINT64_C(1767225600)

static struct vm *vm_of_clock(struct clock *clock)
{
	return container_of(clock, struct vm, clock);
}

static uint64_t cycles_now(struct clock *clock)
{
	return turns_now(vm_of_clock(clock));
}

static uint64_t cycles_count(struct clock *clock, bool see)
{
	return turns_count(vm_of_clock(clock), see);
}

static uint64_t cycles_wall(struct clock *clock)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	uint64_t start = epoch ? strtoull(epoch, NULL, 10) : EPOCH;

	return start * NS_PER_S + cycles_count(clock, false);
}

static void cycles_deadline(struct clock *clock, uint64_t ns)
{
	turn_deadline(vm_of_clock(clock));
}

/* Nobody sleeps by the clock: vCPUs wait for their turn. */
static void cycles_wait(struct clock *clock, struct vcpu *vcpu, uint32_t seq,
			uint64_t deadline)
{
}

static void cycles_due_at(struct clock *clock, struct vcpu *vcpu, uint64_t ns)
{
	turn_due(vcpu, ns);
}

static void cycles_charge(struct clock *clock, unsigned int index,
			  uint64_t cycles)
{
	turn_charge(vm_of_clock(clock)->vcpus[index], cycles);
}

const struct clock_ops clock_cycles_ops = {
	.name = "cycles",
	.now = cycles_now,
	.count = cycles_count,
	.wall = cycles_wall,
	.deadline = cycles_deadline,
	.wait = cycles_wait,
	.due_at = cycles_due_at,
	.charge = cycles_charge,
};
