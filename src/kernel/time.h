/* SPDX-License-Identifier: MIT */
/*
 * The clock of a VM, as operations: everybody who reads time, waits for a time
 * or spends some does it by these. Guest timers, sleeping vCPUs, the event
 * thread, stolen time and PTP see no other clock.
 *
 * Times are nanoseconds from a start of the clock's own. Functions may be
 * called from any thread and take no lock but leaves (vm.h), unless they say
 * otherwise.
 */
#ifndef FAUXKVM_KERNEL_TIME_H
#define FAUXKVM_KERNEL_TIME_H

#include "base/types.h"

#define NS_PER_S    UINT64_C(1000000000)
#define NO_DEADLINE UINT64_MAX

struct clock;
struct vcpu;

struct clock_ops {
	const char *name; /* "host", "cycles" */
	/* Never goes back. */
	uint64_t (*now)(struct clock *clock);
	/* What a guest's counter shows of now(), the same for all vCPUs: not
	 * before what one of them has seen there. @see: this one does. NULL:
	 * now(). */
	uint64_t (*count)(struct clock *clock, bool see);
	/* Time of day at now(), nanoseconds since 1970 (UTC). */
	uint64_t (*wall)(struct clock *clock);
	/* See that vm_timers_expire() is called at @ns or soon after. A later
	 * call with a later time does not take this one back. */
	void (*deadline)(struct clock *clock, uint64_t ns);
	/* On the vCPU's thread: wait until vcpu->wake is not @seq, or until
	 * @deadline (NO_DEADLINE: for ever); may return early. */
	void (*wait)(struct clock *clock, struct vcpu *vcpu, uint32_t seq,
		     uint64_t deadline);
	/* See that irqchip_vcpu_due() is called for @vcpu at @ns of its time;
	 * device locks may be held. NULL where time is not counted. */
	void (*due_at)(struct clock *clock, struct vcpu *vcpu, uint64_t ns);
	/* vCPU @index, or a device on its behalf, spent @cycles. */
	void (*charge)(struct clock *clock, unsigned int index,
		       uint64_t cycles);
};

/* In the VM that it is the clock of. */
struct clock {
	const struct clock_ops *ops;
	uint64_t hz; /* of the counter that the guest sees */
};

/* Follows the host: CLOCK_MONOTONIC, nothing to charge (clock-host.c). */
extern const struct clock_ops clock_host_ops;
/* Counts cycles, each a nanosecond (clock-cycles.c). */
extern const struct clock_ops clock_cycles_ops;

static inline uint64_t clock_now(struct clock *clock)
{
	return clock->ops->now(clock);
}

static inline uint64_t clock_wall(struct clock *clock)
{
	return clock->ops->wall(clock);
}

static inline void clock_deadline(struct clock *clock, uint64_t ns)
{
	clock->ops->deadline(clock, ns);
}

static inline void clock_wait(struct clock *clock, struct vcpu *vcpu,
			      uint32_t seq, uint64_t deadline)
{
	clock->ops->wait(clock, vcpu, seq, deadline);
}

static inline void clock_due_at(struct clock *clock, struct vcpu *vcpu,
				uint64_t ns)
{
	if (clock->ops->due_at)
		clock->ops->due_at(clock, vcpu, ns);
}

static inline void clock_charge(struct clock *clock, unsigned int index,
				uint64_t cycles)
{
	clock->ops->charge(clock, index, cycles);
}

/* The guest's counter now: ticks of hz since the clock's start. */
static inline uint64_t clock_counter_of(struct clock *clock, bool see)
{
	uint64_t ns = clock->ops->count ? clock->ops->count(clock, see)
					: clock_now(clock);

	return (unsigned __int128)ns * clock->hz / NS_PER_S;
}

static inline uint64_t clock_counter(struct clock *clock)
{
	return clock_counter_of(clock, false);
}

/* The same, and the guest sees it. */
static inline uint64_t clock_counter_read(struct clock *clock)
{
	return clock_counter_of(clock, true);
}

/* The first time at which the counter is @count; before NO_DEADLINE. */
static inline uint64_t clock_counter_time(const struct clock *clock,
					  uint64_t count)
{
	unsigned __int128 ns =
		((unsigned __int128)count * NS_PER_S + clock->hz - 1) /
		clock->hz;

	return ns >= NO_DEADLINE ? NO_DEADLINE - 1 : (uint64_t)ns;
}

#endif
