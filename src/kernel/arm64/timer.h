/* SPDX-License-Identifier: MIT */
/*
 * The generic timers of a vCPU (timer.c).
 */
#ifndef FAUXKVM_KERNEL_TIMER_H
#define FAUXKVM_KERNEL_TIMER_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/types.h"

struct vcpu;
struct vm;
struct vm_arm64;

enum { TIMER_VIRT, TIMER_PHYS, NR_TIMERS };

struct timer {
	_Atomic uint64_t cval;
	_Atomic uint32_t ctl; /* ENABLE, IMASK; ISTATUS is computed */
	uint32_t ctl_rest;    /* what ONE_REG wrote beside, until loaded */
	atomic_bool level;    /* what the line was last driven to */
	/* When KVM finds what is past and has not fired; NO_DEADLINE: nothing is. */
	uint64_t found_at;
};

/* The earliest future match is vcpu->deadline. */
struct vcpu_timers {
	pthread_mutex_t lock;
	atomic_bool enabled; /* after the first-run checks */
	/* Without a VGIC: when user space hears of an output that fell. */
	_Atomic uint64_t fell_until;
	struct timer t[NR_TIMERS];
};

enum { CTL_ENABLE = 1 << 0, CTL_IMASK = 1 << 1, CTL_ISTATUS = 1 << 2 };

static inline bool timer_can_fire(const struct timer *t)
{
	return (atomic_load(&t->ctl) & (CTL_ENABLE | CTL_IMASK)) == CTL_ENABLE;
}

/* No output is high, whatever the time. */
static inline bool timers_are_low(const struct vcpu_timers *timers)
{
	return !timer_can_fire(&timers->t[TIMER_VIRT]) &&
	       !timer_can_fire(&timers->t[TIMER_PHYS]);
}

void timer_vm_init(struct vm_arm64 *vm);
void timer_vcpu_init(struct vcpu *vcpu);
void timer_vcpu_reset(struct vcpu *vcpu);
void timer_vcpu_load(struct vcpu *vcpu);
int timer_vcpu_enable(struct vcpu *vcpu);
/* The deadline has come: drive the lines to what they should be now, compute the
 * next one. Any thread. */
void timer_expire(struct vcpu *vcpu);
bool timer_is_due(const struct vcpu *vcpu);
/* The same if it is; on the vCPU's thread, in the guest. */
void timer_look(struct vcpu *vcpu);
bool timer_sysreg(struct vcpu *vcpu, uint32_t enc, bool write, uint64_t *val);
/* ONE_REG: the @n-th id (0: no more); false: not a timer's. */
uint64_t timer_reg_id(unsigned int n);
/* What the header calls it, NULL: no timer's. */
const char *timer_reg_name(uint64_t id);
bool timer_reg_get(struct vcpu *vcpu, uint64_t id, uint64_t *val);
bool timer_reg_set(struct vcpu *vcpu, uint64_t id, uint64_t val);
/* The VM's offsets are others; all vCPUs locked. */
void timer_offset_changed(struct vm *vm);
/* struct cpu_env's traps_ptimer(). */
bool timer_traps_ptimer(struct cpu *cpu, bool counter);
uint64_t timer_device_levels(const struct vcpu *vcpu);
bool timer_ppi_level(struct vcpu *vcpu, unsigned int intid, bool *known);

#endif
