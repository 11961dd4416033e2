/* SPDX-License-Identifier: MIT */
/*
 * Generic timers of the guest: CNTV_* and CNTP_* with VM-wide offsets, the
 * counters, and the level interrupts they drive (Arm ARM D11, KVM's PPIs).
 *
 * CTL and CVAL are atomic, so the output can be computed anywhere; driving
 * the line happens under timer.lock so that two threads cannot leave it at
 * the older of two levels. Match times in the future are the event thread's,
 * and the vCPU's own: while it sleeps, and every so many instructions while it
 * runs, since on a busy host the other thread may wait long for a processor.
 */
#include "kernel/arm64/arm64.h"

#include <errno.h>

#include "base/log.h"
#include "base/refuse.h"
#include "base/since.h"

#define CTL_MASK UINT64_C(7)

static const uint32_t default_ppi[4] = {
	[KVM_ARM_VCPU_TIMER_IRQ_VTIMER] = 27,
	[KVM_ARM_VCPU_TIMER_IRQ_PTIMER] = 30,
	[KVM_ARM_VCPU_TIMER_IRQ_HVTIMER] = 28,
	[KVM_ARM_VCPU_TIMER_IRQ_HPTIMER] = 26,
};

void timer_vm_init(struct vm_arm64 *vm)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(default_ppi); i++)
		vm->timer_ppi[i] = default_ppi[i];
	vm->ptimer_mapped = host_has_vhe();
}

static struct timer *timer_of(const struct vcpu *vcpu, unsigned int n)
{
	return &vcpu_arm64(vcpu)->timer.t[n];
}

static uint64_t timer_offset(const struct vcpu *vcpu, unsigned int n)
{
	return n == TIMER_VIRT ? atomic_load(&vm_arm64(vcpu->vm)->voffset)
			       : atomic_load(&vm_arm64(vcpu->vm)->poffset);
}

static uint64_t timer_count(const struct vcpu *vcpu, unsigned int n)
{
	return clock_counter(&vcpu->vm->clock) - timer_offset(vcpu, n);
}

void timer_vcpu_init(struct vcpu *vcpu)
{
	struct vm_arm64 *vm = vm_arm64(vcpu->vm);

	pthread_mutex_init(&vcpu_arm64(vcpu)->timer.lock, NULL);
	atomic_store(&vcpu_arm64(vcpu)->timer.fell_until, NO_DEADLINE);
	for (unsigned int n = 0; n < NR_TIMERS; n++)
		timer_of(vcpu, n)->found_at = NO_DEADLINE;
	/* Each new vCPU restarts the VM's virtual counter, unless the VMM
	 * took the offset into its own hands. */
	pthread_mutex_lock(&vm->config);
	if (!vm->offset_set) {
		atomic_store(&vm->voffset, clock_counter(&vm->vm.clock));
		atomic_store(&vm->poffset, 0);
	}
	pthread_mutex_unlock(&vm->config);
}

/* As the guest sees it: CTL.ISTATUS. */
static bool timer_condition(const struct vcpu *vcpu, unsigned int n)
{
	return atomic_load(&timer_of(vcpu, n)->cval) <= timer_count(vcpu, n);
}

/* The host's own timer works for it, whose interrupt is mapped to the PPI. A
 * host without FEAT_VHE has none to spare for CNTP_*, which KVM emulates. */
static bool timer_is_mapped(const struct vcpu *vcpu, unsigned int n)
{
	return n == TIMER_VIRT || vm_arm64(vcpu->vm)->ptimer_mapped;
}

/* A host without CNTPOFF_EL2 (ID_AA64MMFR0_EL1.ECV) shifts its own timer for it: that has
 * the sum of match time and offset, wherever it wraps to. */
static bool timer_is_summed(const struct vcpu *vcpu, unsigned int n)
{
	const struct vm_arm64 *vm = vm_arm64(vcpu->vm);

	return n == TIMER_PHYS && vm->ptimer_mapped &&
	       atomic_load(&vm->poffset) &&
	       FIELD(cpu_sysreg_get(cpu_of(vcpu), ENC_ID_AA64MMFR0), 63, 60) <
		       2;
}

bool timer_traps_ptimer(struct cpu *cpu, bool counter)
{
	const struct vcpu *vcpu = cpu->opaque;
	const struct vm_arm64 *vm = vm_arm64(vcpu->vm);

	if (!vm->ptimer_mapped)
		return !counter || atomic_load(&vm->poffset);
	return timer_is_summed(vcpu, TIMER_PHYS);
}

/* What KVM works out itself, when a vCPU is loaded. */
static bool timer_is_past(const struct vcpu *vcpu, unsigned int n)
{
	return timer_can_fire(timer_of(vcpu, n)) && timer_condition(vcpu, n);
}

/* What the timer does then. */
static bool timer_output(const struct vcpu *vcpu, unsigned int n)
{
	const struct timer *t = timer_of(vcpu, n);

	if (timer_is_summed(vcpu, n))
		return timer_can_fire(t) &&
		       atomic_load(&t->cval) + timer_offset(vcpu, n) <=
			       clock_counter(&vcpu->vm->clock);
	return timer_is_past(vcpu, n);
}

/* The same as a GIC hears of it: what was said when the vCPU was loaded lasts while it
 * is so. */
static bool timer_line(const struct vcpu *vcpu, unsigned int n)
{
	if (!timer_can_fire(timer_of(vcpu, n)))
		return false;
	return timer_output(vcpu, n) ||
	       (atomic_load(&timer_of(vcpu, n)->level) &&
		vm_has_irqchip(vcpu->vm) && timer_is_past(vcpu, n));
}

static unsigned int timer_intid(const struct vcpu *vcpu, unsigned int n)
{
	return vm_arm64(vcpu->vm)
		->timer_ppi[n == TIMER_VIRT ? KVM_ARM_VCPU_TIMER_IRQ_VTIMER
					    : KVM_ARM_VCPU_TIMER_IRQ_PTIMER];
}

/*
 * Without a VGIC user space drives the interrupt. It hears at once of an output
 * that rises: that is a host interrupt. One that falls, because the guest
 * stopped the timer, is seen when KVM_RUN next looks, which a host's tick makes
 * it do at the latest.
 */
#define HOST_TICK_NS UINT64_C(4000000)

static void timer_tell_user(struct vcpu *vcpu, bool level)
{
	struct vcpu_timers *timers = &vcpu_arm64(vcpu)->timer;

	if (level)
		vcpu_kick(vcpu);
	else
		atomic_store(&timers->fell_until,
			     clock_now(&vcpu->vm->clock) + HOST_TICK_NS);
}

/* The tick after a fall: kick the vCPU, or when to. */
static uint64_t timer_tick(struct vcpu *vcpu)
{
	struct vcpu_timers *timers = &vcpu_arm64(vcpu)->timer;
	uint64_t until = atomic_load(&timers->fell_until);

	if (until == NO_DEADLINE || until > clock_now(&vcpu->vm->clock))
		return until;
	atomic_store(&timers->fell_until, NO_DEADLINE);
	vcpu_kick(vcpu);
	return NO_DEADLINE;
}

/* timer.lock held, timers enabled. */
static void timer_say(struct vcpu *vcpu, unsigned int n, bool level)
{
	struct timer *t = timer_of(vcpu, n);

	t->level = level;
	if (vm_has_irqchip(vcpu->vm))
		gic_set_line(vm_arm64(vcpu->vm)->gic, vcpu->index,
			     timer_intid(vcpu, n), level, t);
	else
		timer_tell_user(vcpu, level);
}

/* The line of a vCPU that sleeps is driven as if it were loaded: it will be, when
 * that wakes it. */
static void timer_drive(struct vcpu *vcpu, unsigned int n, bool level)
{
	struct timer *t = timer_of(vcpu, n);

	if (t->level == level)
		return;
	if (!vm_has_irqchip(vcpu->vm) || !timer_is_mapped(vcpu, n) ||
	    atomic_load(&vcpu->sleeping)) {
		timer_say(vcpu, n, level);
		return;
	}
	t->level = level;
	gic_hear_line(vm_arm64(vcpu->vm)->gic, vcpu->index,
		      timer_intid(vcpu, n), level, t);
}

/* When the output of timer @n goes up by itself. */
static uint64_t timer_deadline(const struct vcpu *vcpu, unsigned int n)
{
	const struct timer *t = timer_of(vcpu, n);
	uint64_t cval = atomic_load(&t->cval);
	uint64_t offset = timer_offset(vcpu, n);

	if (!timer_can_fire(t))
		return NO_DEADLINE;
	/* The sum wraps for a match time that never comes. */
	if (cval + offset < cval && offset < BIT(63) &&
	    !timer_is_summed(vcpu, n))
		return NO_DEADLINE;
	return clock_counter_time(&vcpu->vm->clock, cval + offset);
}

/*
 * A sum that has wrapped does not fire, though the match time is past. KVM finds that
 * when it loads the vCPU: after its WFI, or when its thread had made room for another
 * one, here at a host's tick. Without a VGIC it only looks at the virtual timer then.
 * timer.lock held.
 */
static bool timer_is_found(struct vcpu *vcpu, unsigned int n)
{
	struct timer *t = timer_of(vcpu, n);
	uint64_t now;

	if (!timer_can_fire(t) || t->level || !vm_has_irqchip(vcpu->vm) ||
	    !timer_is_summed(vcpu, n) || !timer_condition(vcpu, n)) {
		t->found_at = NO_DEADLINE;
		return false;
	}
	now = clock_now(&vcpu->vm->clock);
	if (t->found_at == NO_DEADLINE)
		t->found_at = now + HOST_TICK_NS;
	return t->found_at <= now;
}

/* Drive the lines to what they should be now, compute the next deadline. */
static void timer_update(struct vcpu *vcpu)
{
	uint64_t deadline = NO_DEADLINE;

	if (!vcpu_arm64(vcpu)->timer.enabled)
		return;
	pthread_mutex_lock(&vcpu_arm64(vcpu)->timer.lock);
	for (unsigned int n = 0; n < NR_TIMERS; n++) {
		bool level = timer_line(vcpu, n) || timer_is_found(vcpu, n);

		timer_drive(vcpu, n, level);
		if (level)
			continue;
		deadline = min_u64(deadline, timer_deadline(vcpu, n));
		deadline = min_u64(deadline, timer_of(vcpu, n)->found_at);
	}
	deadline = min_u64(deadline, timer_tick(vcpu));
	if (atomic_load(&vcpu->deadline) != deadline)
		atomic_store(&vcpu->deadline, deadline);
	pthread_mutex_unlock(&vcpu_arm64(vcpu)->timer.lock);
	if (deadline != NO_DEADLINE)
		clock_deadline(&vcpu->vm->clock, deadline);
}

static bool has_come(const struct vcpu *vcpu, uint64_t deadline)
{
	return deadline != NO_DEADLINE &&
	       deadline <= clock_now(&vcpu->vm->clock);
}

bool timer_is_due(const struct vcpu *vcpu)
{
	return has_come(vcpu, atomic_load(&vcpu->deadline));
}

void timer_look(struct vcpu *vcpu)
{
	if (timer_is_due(vcpu))
		timer_update(vcpu);
}

/*
 * Linux drives the lines while the vCPU is loaded, and when it is: whatever
 * happens to the timers meanwhile is seen at the next KVM_RUN, in LEVEL_INFO,
 * too. That one drives them only if it is told to, for whoever changes what it
 * would find.
 */
void timer_expire(struct vcpu *vcpu)
{
	uint64_t due = atomic_load(&vcpu->deadline);

	if (vcpu->vm->turns || !vm_has_irqchip(vcpu->vm) ||
	    vcpu_running(vcpu->vm) == vcpu || cpu_executes(cpu_of(vcpu)) ||
	    atomic_load(&vcpu->sleeping)) {
		timer_update(vcpu);
		return;
	}
	/* KVM_RUN looks at the deadline, then whether it has to load. If it was
	 * faster there is another deadline by now, which stays. */
	if (!has_come(vcpu, due))
		return;
	vcpu_unload(vcpu);
	atomic_compare_exchange_strong(&vcpu->deadline, &due, NO_DEADLINE);
	/* It may be in KVM_RUN all the same. */
	vcpu_kick(vcpu);
}

/* User space has changed it, outside of KVM_RUN. */
static void timer_changed(struct vcpu *vcpu)
{
	if (vm_has_irqchip(vcpu->vm))
		vcpu_unload(vcpu);
	else
		timer_update(vcpu);
}

/* To a GIC, whatever was said last: of mapped timers, or of @emulated ones, too. */
static void timer_lines_say(struct vcpu *vcpu, bool emulated)
{
	struct vcpu_timers *timers = &vcpu_arm64(vcpu)->timer;

	if (!timers->enabled || !vm_has_irqchip(vcpu->vm))
		return;
	pthread_mutex_lock(&timers->lock);
	for (unsigned int n = 0; n < NR_TIMERS; n++)
		if (emulated || timer_is_mapped(vcpu, n))
			timer_say(vcpu, n, timer_is_past(vcpu, n));
	pthread_mutex_unlock(&timers->lock);
}

void timer_vcpu_reset(struct vcpu *vcpu)
{
	struct vcpu_timers *timers = &vcpu_arm64(vcpu)->timer;

	for (unsigned int n = 0; n < NR_TIMERS; n++) {
		atomic_store(&timers->t[n].ctl, 0);
		timers->t[n].ctl_rest = 0;
	}
	timer_lines_say(vcpu, true);
	timer_update(vcpu);
}

void timer_vcpu_load(struct vcpu *vcpu)
{
	struct vcpu_timers *timers = &vcpu_arm64(vcpu)->timer;

	for (unsigned int n = 0; n < NR_TIMERS; n++)
		timers->t[n].ctl_rest = 0;
	timer_lines_say(vcpu, false);
	timer_update(vcpu);
}

/*
 * First run of @vcpu: claim the PPIs. From now on they are fixed, whether
 * this succeeds or not, as in Linux.
 */
int timer_vcpu_enable(struct vcpu *vcpu)
{
	struct vcpu_timers *timers = &vcpu_arm64(vcpu)->timer;
	struct vm_arm64 *vm = vm_arm64(vcpu->vm);
	int ret = 0;

	if (timers->enabled)
		return 0;
	if (vm_has_irqchip(&vm->vm)) {
		pthread_mutex_lock(&vm->config);
		if (timer_intid(vcpu, TIMER_VIRT) ==
		    timer_intid(vcpu, TIMER_PHYS))
			ret = refuse(EINVAL, FKVM_TIMER_SHARED,
				     "both timers have PPI %u",
				     timer_intid(vcpu, TIMER_VIRT));
		for (unsigned int n = 0; n < NR_TIMERS && !ret; n++)
			if (gic_set_owner(vm->gic, vcpu->index,
					  timer_intid(vcpu, n), &timers->t[n]))
				ret = refuse(EINVAL, FKVM_TIMER_SHARED,
					     "a timer's PPI %u is "
					     "another's, too",
					     timer_intid(vcpu, n));
		if (!ret)
			vm->ppis_fixed = true;
		pthread_mutex_unlock(&vm->config);
	}
	if (ret)
		return ret;
	timers->enabled = true;
	timer_changed(vcpu);
	return 0;
}

/* ---- registers ----------------------------------------------------------- */

static uint64_t timer_ctl_read(const struct vcpu *vcpu, unsigned int n)
{
	const struct timer *t = timer_of(vcpu, n);
	uint64_t ctl = atomic_load(&t->ctl);

	/* ISTATUS is UNKNOWN while disabled; KVM reports the condition. */
	if (timer_condition(vcpu, n))
		ctl |= CTL_ISTATUS;
	return ctl;
}

static void timer_ctl_write(struct vcpu *vcpu, unsigned int n, uint64_t val)
{
	atomic_store_explicit(&timer_of(vcpu, n)->ctl,
			      val & (CTL_ENABLE | CTL_IMASK),
			      memory_order_release);
}

static void timer_cval_write(struct vcpu *vcpu, unsigned int n, uint64_t val)
{
	atomic_store_explicit(&timer_of(vcpu, n)->cval, val,
			      memory_order_release);
}

/*
 * The guest reads counter @n. A count at or past a match time comes with the
 * interrupt: a guest that polls must not see time go by without it, as it
 * would when the host runs this thread before the event thread.
 */
static uint64_t timer_count_read(struct vcpu *vcpu, unsigned int n)
{
	uint64_t counter = clock_counter_read(&vcpu->vm->clock);

	if (atomic_load(&vcpu->deadline) != NO_DEADLINE) {
		for (unsigned int i = 0; i < NR_TIMERS; i++) {
			const struct timer *t = timer_of(vcpu, i);

			if (timer_can_fire(t) &&
			    atomic_load(&t->cval) <=
				    counter - timer_offset(vcpu, i)) {
				timer_update(vcpu);
				break;
			}
		}
	}
	return counter - timer_offset(vcpu, n);
}

#define CNT(op1, crm, op2) SYSREG_ENC(3, op1, 14, crm, op2)

/* CNTP_{TVAL,CTL,CVAL}_EL0, CNTV_...: @reg is op2. */
static void timer_access(struct vcpu *vcpu, unsigned int n, unsigned int reg,
			 bool write, uint64_t *val)
{
	struct timer *t = timer_of(vcpu, n);

	switch (reg) {
	case 0: /* TVAL: a signed 32-bit distance from the count */
		if (write)
			timer_cval_write(vcpu, n,
					 timer_count(vcpu, n) +
						 sext64(*val, 32));
		else
			*val = (uint32_t)(atomic_load(&t->cval) -
					  timer_count(vcpu, n));
		break;
	case 1:
		if (write)
			timer_ctl_write(vcpu, n, *val);
		else
			*val = timer_ctl_read(vcpu, n);
		break;
	case 2:
		if (write)
			timer_cval_write(vcpu, n, *val);
		else
			*val = atomic_load(&t->cval);
		break;
	}
	if (write)
		timer_update(vcpu);
	else if (reg < 2) /* TVAL, and CTL.ISTATUS: they tell the count, too */
		timer_look(vcpu);
}

bool timer_sysreg(struct vcpu *vcpu, uint32_t enc, bool write, uint64_t *val)
{
	if (!write) {
		switch (enc) {
		case CNT(3, 0, 0): /* CNTFRQ_EL0 */
			*val = vcpu->vm->clock.hz;
			return true;
		case CNT(3, 0, 1): /* CNTPCT_EL0 */
			*val = timer_count_read(vcpu, TIMER_PHYS);
			return true;
		case CNT(3, 0, 2): /* CNTVCT_EL0 */
			*val = timer_count_read(vcpu, TIMER_VIRT);
			return true;
		}
	}
	if (enc >= CNT(3, 2, 0) && enc <= CNT(3, 2, 2)) {
		timer_access(vcpu, TIMER_PHYS, SYSREG_OP2(enc), write, val);
		return true;
	}
	if (enc >= CNT(3, 3, 0) && enc <= CNT(3, 3, 2)) {
		timer_access(vcpu, TIMER_VIRT, SYSREG_OP2(enc), write, val);
		return true;
	}
	return false;
}

/* What userspace calls the registers, in the order in which they are listed. */
enum timer_reg { REG_CTL, REG_CNT, REG_CVAL };
static const struct timer_row {
	uint64_t id;
	uint8_t timer, reg;
	const char *name;
} timer_rows[] = {
	{KVM_REG_ARM_TIMER_CTL, TIMER_VIRT, REG_CTL, "TIMER_CTL"},
	{KVM_REG_ARM_TIMER_CNT, TIMER_VIRT, REG_CNT, "TIMER_CNT"},
	{KVM_REG_ARM_TIMER_CVAL, TIMER_VIRT, REG_CVAL, "TIMER_CVAL"},
	{KVM_REG_ARM_PTIMER_CTL, TIMER_PHYS, REG_CTL, "PTIMER_CTL"},
	{KVM_REG_ARM_PTIMER_CNT, TIMER_PHYS, REG_CNT, "PTIMER_CNT"},
	{KVM_REG_ARM_PTIMER_CVAL, TIMER_PHYS, REG_CVAL, "PTIMER_CVAL"},
};

/* The physical timer's have ids of their own from 6.4 on. */
static unsigned int nr_timer_rows(void)
{
	return linux_is_since(6, 4) ? ARRAY_SIZE(timer_rows)
				    : ARRAY_SIZE(timer_rows) / NR_TIMERS;
}

uint64_t timer_reg_id(unsigned int n)
{
	return n < nr_timer_rows() ? timer_rows[n].id : 0;
}

/* All are of the generic timer's encodings. */
static const struct timer_row *timer_row_find(uint64_t id)
{
	if (SYSREG_CRN(id & 0xffff) != 14)
		return NULL;
	for (unsigned int i = 0; i < nr_timer_rows(); i++)
		if (timer_rows[i].id == id)
			return &timer_rows[i];
	return NULL;
}

const char *timer_reg_name(uint64_t id)
{
	const struct timer_row *row = timer_row_find(id);

	return row ? row->name : NULL;
}

bool timer_reg_get(struct vcpu *vcpu, uint64_t id, uint64_t *val)
{
	const struct timer_row *row = timer_row_find(id);

	if (!row)
		return false;
	switch ((enum timer_reg)row->reg) {
	case REG_CTL:
		*val = timer_ctl_read(vcpu, row->timer) |
		       timer_of(vcpu, row->timer)->ctl_rest;
		break;
	case REG_CNT: *val = timer_count(vcpu, row->timer); break;
	case REG_CVAL:
		*val = atomic_load(&timer_of(vcpu, row->timer)->cval);
		break;
	}
	return true;
}

/* Restoring a count moves the offset of the whole VM. */
static void timer_count_set(struct vcpu *vcpu, unsigned int n, uint64_t count)
{
	struct vm_arm64 *vm = vm_arm64(vcpu->vm);
	_Atomic uint64_t *offset =
		n == TIMER_VIRT ? &vm->voffset : &vm->poffset;

	pthread_mutex_lock(&vm->config);
	if (vm->offset_set)
		log_info("vCPU %u: a counter write is ignored after "
			 "KVM_ARM_SET_COUNTER_OFFSET",
			 vcpu->id);
	else
		atomic_store(offset, clock_counter(&vm->vm.clock) - count);
	pthread_mutex_unlock(&vm->config);
}

bool timer_reg_set(struct vcpu *vcpu, uint64_t id, uint64_t val)
{
	const struct timer_row *row = timer_row_find(id);

	if (!row)
		return false;
	switch ((enum timer_reg)row->reg) {
	case REG_CTL:
		timer_ctl_write(vcpu, row->timer, val);
		timer_of(vcpu, row->timer)->ctl_rest = val & ~CTL_MASK;
		vcpu_unload(vcpu);
		break;
	case REG_CNT: timer_count_set(vcpu, row->timer, val); break;
	case REG_CVAL: timer_cval_write(vcpu, row->timer, val); break;
	}
	timer_changed(vcpu);
	return true;
}

void timer_offset_changed(struct vm *vm)
{
	for (unsigned int i = 0; i < vm_vcpu_count(vm); i++)
		timer_changed(vm->vcpus[i]);
}

/* ---- outputs ------------------------------------------------------------- */

uint64_t timer_device_levels(const struct vcpu *vcpu)
{
	return (timer_output(vcpu, TIMER_VIRT) ? KVM_ARM_DEV_EL1_VTIMER : 0) |
	       (timer_output(vcpu, TIMER_PHYS) ? KVM_ARM_DEV_EL1_PTIMER : 0);
}

bool timer_ppi_level(struct vcpu *vcpu, unsigned int intid, bool *known)
{
	*known = false;
	if (!vcpu_arm64(vcpu)->timer.enabled)
		return false;
	for (unsigned int n = 0; n < NR_TIMERS; n++) {
		if (timer_is_mapped(vcpu, n) && timer_intid(vcpu, n) == intid) {
			*known = true;
			return timer_line(vcpu, n);
		}
	}
	return false;
}
