/* SPDX-License-Identifier: MIT */
/*
 * The decrementer and the watchdog of an e500, as far as its registers show
 * them (E500CORERM 2.8): TSR's bits come when their time does, also while the
 * vCPU is not in KVM_RUN. As in Linux the decrementer stands at 0 until it is
 * set, and the watchdog stops at its last expiry until TSR or TCR is written.
 *
 * Time is the VM's clock; its counter is the timebase.
 */
#include "kernel/ppc/ppc.h"

/* The watchdog's period is a bit of the timebase: TCR's WP and WPEXT, counted
 * from the most significant one. */
#define TCR_WATCHDOG_BIT(tcr) (FIELD(tcr, 20, 17) << 2 | FIELD(tcr, 31, 30))
/* Linux arms no timer that is further away, in its ticks of 4 ms. */
#define WATCHDOG_MAX_NS ((UINT64_C(1) << 30) * 4000000 - 1)

void ppc_timer_init(struct vcpu *vcpu)
{
	struct vcpu_ppc *p = vcpu_ppc(vcpu);

	pthread_mutex_init(&p->timer_lock, NULL);
	p->dec_due = p->watchdog_due = NO_DEADLINE;
}

uint64_t ppc_timebase(struct vcpu *vcpu)
{
	return clock_counter(&vcpu->vm->clock);
}

/* timer_lock held. */
static void timers_arm(struct vcpu *vcpu)
{
	struct vcpu_ppc *p = vcpu_ppc(vcpu);
	uint64_t due = min_u64(p->dec_due, p->watchdog_due);

	atomic_store(&vcpu->deadline, due);
	if (due != NO_DEADLINE)
		clock_deadline(&vcpu->vm->clock, due);
}

/* timer_lock held. */
static void dec_start(struct vcpu *vcpu, uint32_t dec)
{
	struct vcpu_ppc *p = vcpu_ppc(vcpu);

	p->cpu.dec = dec;
	p->dec_due = NO_DEADLINE;
	if (!dec)
		return;
	p->dec_start = ppc_timebase(vcpu);
	p->dec_due = clock_counter_time(&vcpu->vm->clock, p->dec_start + dec);
}

/* The bit that the period chooses goes from 0 to 1. timer_lock held. */
static void watchdog_start(struct vcpu *vcpu)
{
	struct vcpu_ppc *p = vcpu_ppc(vcpu);
	uint64_t bit = BIT(63 - TCR_WATCHDOG_BIT(p->cpu.tcr));
	uint64_t now = ppc_timebase(vcpu);
	uint64_t ticks = bit - (now & (bit - 1)) + (now & bit);
	uint64_t due = clock_counter_time(&vcpu->vm->clock, now + ticks);

	if (due - clock_now(&vcpu->vm->clock) > WATCHDOG_MAX_NS)
		due = NO_DEADLINE;
	p->watchdog_due = due;
}

static void watchdog_expire(struct vcpu *vcpu)
{
	struct vcpu_ppc *p = vcpu_ppc(vcpu);
	uint32_t tsr = atomic_load(&p->cpu.tsr);

	p->watchdog_due = NO_DEADLINE;
	if ((tsr & (TSR_ENW | TSR_WIS)) == (TSR_ENW | TSR_WIS)) {
		if ((p->cpu.tcr & TCR_WRC) && p->watchdog) {
			atomic_store(&p->watchdog_final, true);
			vcpu_kick(vcpu);
		}
		return;
	}
	atomic_fetch_or(&p->cpu.tsr, tsr & TSR_ENW ? TSR_WIS : TSR_ENW);
	watchdog_start(vcpu);
}

void ppc_timer_expire(struct vcpu *vcpu)
{
	struct vcpu_ppc *p = vcpu_ppc(vcpu);
	uint64_t now = clock_now(&vcpu->vm->clock);

	pthread_mutex_lock(&p->timer_lock);
	if (p->dec_due <= now) {
		atomic_fetch_or(&p->cpu.tsr, TSR_DIS);
		dec_start(vcpu, p->cpu.tcr & TCR_ARE ? p->cpu.decar : 0);
	}
	if (p->watchdog_due <= now)
		watchdog_expire(vcpu);
	timers_arm(vcpu);
	pthread_mutex_unlock(&p->timer_lock);
}

uint32_t ppc_get_dec(struct vcpu *vcpu, uint64_t timebase)
{
	struct vcpu_ppc *p = vcpu_ppc(vcpu);
	uint64_t passed;
	uint32_t dec;

	pthread_mutex_lock(&p->timer_lock);
	passed = timebase - p->dec_start;
	dec = passed > p->cpu.dec ? 0 : p->cpu.dec - passed;
	pthread_mutex_unlock(&p->timer_lock);
	return dec;
}

void ppc_set_dec(struct vcpu *vcpu, uint32_t dec)
{
	struct vcpu_ppc *p = vcpu_ppc(vcpu);

	pthread_mutex_lock(&p->timer_lock);
	dec_start(vcpu, dec);
	timers_arm(vcpu);
	pthread_mutex_unlock(&p->timer_lock);
}

void ppc_set_tcr(struct vcpu *vcpu, uint32_t tcr)
{
	struct vcpu_ppc *p = vcpu_ppc(vcpu);

	pthread_mutex_lock(&p->timer_lock);
	p->cpu.tcr = tcr;
	watchdog_start(vcpu);
	timers_arm(vcpu);
	pthread_mutex_unlock(&p->timer_lock);
}

/* Where the watchdog's bits changed its time begins anew. */
static void tsr_change(struct vcpu *vcpu, uint32_t clear, uint32_t set,
		       bool restart)
{
	struct vcpu_ppc *p = vcpu_ppc(vcpu);
	uint32_t old, new;

	pthread_mutex_lock(&p->timer_lock);
	old = atomic_load(&p->cpu.tsr);
	new = (old & ~clear) | set;
	atomic_store(&p->cpu.tsr, new);
	if (restart && ((old ^ new) & (TSR_ENW | TSR_WIS))) {
		atomic_store(&p->watchdog_final, false);
		watchdog_start(vcpu);
		timers_arm(vcpu);
	}
	pthread_mutex_unlock(&p->timer_lock);
}

void ppc_set_tsr(struct vcpu *vcpu, uint32_t tsr)
{
	tsr_change(vcpu, UINT32_MAX, tsr, true);
}

void ppc_or_tsr(struct vcpu *vcpu, uint32_t bits)
{
	tsr_change(vcpu, 0, bits, false);
}

void ppc_clear_tsr(struct vcpu *vcpu, uint32_t bits)
{
	tsr_change(vcpu, bits, 0, true);
}
