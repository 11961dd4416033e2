/* SPDX-License-Identifier: MIT */
/*
 * The vCPU object: creation, sleeping and waking, and the requests that are
 * small. KVM_RUN is in vcpu-run.c. Every handler here runs with vcpu->lock
 * held.
 */
#include "kernel/vcpu.h"

#include <errno.h>
#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/fault.h"
#include "base/host.h"
#include "base/refuse.h"
#include "base/thread-id.h"
#include "kernel/ioctl.h"
#include "kernel/irq-stats.h"
#include "kernel/memslot.h"
#include "kernel/system.h"
#include "kernel/vm.h"

/* ---- sleeping and waking ------------------------------------------------- */

void vcpu_wake(struct vcpu *vcpu)
{
	atomic_fetch_add(&vcpu->wake, 1);
	if (atomic_load(&vcpu->sleeping) && atomic_exchange(&vcpu->sleeping, 0))
		host_raw(SYS_futex, &vcpu->wake, FUTEX_WAKE_PRIVATE, INT32_MAX);
}

void vcpu_kick(struct vcpu *vcpu)
{
	atomic_fetch_or(vcpu->requests, VCPU_REQ_KICK);
	vcpu_wake(vcpu);
}

void vcpu_signalled(struct vcpu *vcpu)
{
	atomic_fetch_or(vcpu->requests, VCPU_REQ_KICK);
	/* It is not asleep, but perhaps about to be. */
	atomic_fetch_add(&vcpu->wake, 1);
}

/* Sleep until @ends says so, which is asked when the vCPU is woken, and if
 * @timed at its deadline; whether it slept. */
static bool sleep_until(struct vcpu *vcpu, bool (*ends)(struct vcpu *vcpu),
			bool timed)
{
	bool slept = false, woken = false;

	for (;;) {
		uint32_t seq;

		woken |= !atomic_exchange(&vcpu->sleeping, 1) && slept;
		seq = atomic_load(&vcpu->wake);
		if (ends(vcpu))
			break;
		slept = true;
		clock_wait(&vcpu->vm->clock, vcpu, seq,
			   timed ? atomic_load(&vcpu->deadline) : NO_DEADLINE);
	}
	woken |= !atomic_exchange(&vcpu->sleeping, 0) && slept;
	if (woken)
		stat_add(&vcpu->stats[STAT_HALT_WAKEUP], 1);
	return slept;
}

/* ---- halting ------------------------------------------------------------- */

/* A halted vCPU goes on. Its timers are driven here. */
static bool halt_ends(struct vcpu *vcpu)
{
	const struct arch *arch = vcpu->vm->arch;
	uint64_t deadline;

	for (;;) {
		if (arch->vcpu_wakeup(vcpu) || vcpu_kicked(vcpu))
			return true;
		deadline = atomic_load(&vcpu->deadline);
		if (deadline == NO_DEADLINE ||
		    deadline > clock_now(&vcpu->vm->clock))
			return false;
		arch->vcpu_timer(vcpu);
	}
}

/* Look again and again from @start on, for as long as the vCPU polls. True: it
 * was worth it. *@end: when polling ended. */
static bool halt_poll(struct vcpu *vcpu, uint64_t start, uint64_t *end)
{
	do {
		if (halt_ends(vcpu))
			return true;
		host_relax();
		*end = clock_now(&vcpu->vm->clock);
	} while (*end < start + vcpu->halt_poll);
	return false;
}

static void halt_poll_count(struct vcpu *vcpu, uint64_t ns, bool success)
{
	stat_t *stats = vcpu->stats;

	stat_add(&stats[STAT_HALT_ATTEMPTED_POLL], 1);
	if (success) {
		stat_add(&stats[STAT_HALT_SUCCESSFUL_POLL], 1);
		stat_add(&stats[STAT_HALT_POLL_SUCCESS_NS], ns);
		stat_hist_add(&stats[STAT_HALT_POLL_SUCCESS_HIST], ns);
	} else {
		stat_add(&stats[STAT_HALT_POLL_FAIL_NS], ns);
		stat_hist_add(&stats[STAT_HALT_POLL_FAIL_HIST], ns);
	}
}

/* Linux's defaults: where polling begins to grow, and how it grows and
 * shrinks. */
#define POLL_START  10000
#define POLL_FACTOR 2

/* How long the next halt polls, after one that took @ns. */
static void halt_poll_adapt(struct vcpu *vcpu, uint64_t ns)
{
	uint64_t max = atomic_load(&vcpu->vm->max_halt_poll);
	uint64_t poll = vcpu->halt_poll;

	if (!max) {
		poll = 0;
	} else if (ns > poll && poll && ns > max) {
		poll /= POLL_FACTOR;
		if (poll < POLL_START)
			poll = 0;
	} else if (ns > poll && poll < max && ns < max) {
		poll *= POLL_FACTOR;
		if (poll < POLL_START)
			poll = POLL_START;
	}
	vcpu->halt_poll = poll;
}

/* As Linux counts: a poll was a success if nobody had to wait. */
void vcpu_halt(struct vcpu *vcpu)
{
	struct clock *clock = &vcpu->vm->clock;
	uint64_t max = atomic_load(&vcpu->vm->max_halt_poll);
	uint64_t start, polled, end;
	bool polls, waited = false;

	if (vcpu->vm->turns) {
		irq_stats_publish(vcpu);
		turn_halt(vcpu);
		return;
	}
	start = polled = clock_now(clock);
	irq_stats_idle(vcpu, start);
	if (vcpu->halt_poll > max)
		vcpu->halt_poll = max;
	polls = vcpu->halt_poll != 0;
	if (!polls || !halt_poll(vcpu, start, &polled)) {
		stat_set(&vcpu->stats[STAT_BLOCKING], 1);
		waited = sleep_until(vcpu, halt_ends, true);
		stat_set(&vcpu->stats[STAT_BLOCKING], 0);
	}
	end = waited ? clock_now(clock) : polled;
	if (waited) {
		stat_add(&vcpu->stats[STAT_HALT_WAIT_NS], end - polled);
		stat_hist_add(&vcpu->stats[STAT_HALT_WAIT_HIST], end - polled);
	}
	if (polls)
		halt_poll_count(vcpu, polled - start, !waited);
	halt_poll_adapt(vcpu, end - start);
}

void vcpu_sleep(struct vcpu *vcpu, bool (*ends)(struct vcpu *vcpu))
{
	sleep_until(vcpu, ends, false);
}

uint32_t vcpu_nap_begin(struct vcpu *vcpu)
{
	atomic_store(&vcpu->sleeping, 1);
	return atomic_load(&vcpu->wake);
}

void vcpu_nap(struct vcpu *vcpu, uint32_t seq, uint64_t ns)
{
	struct clock *clock = &vcpu->vm->clock;

	if (ns)
		clock_wait(clock, vcpu, seq, clock_now(clock) + ns);
	atomic_store(&vcpu->sleeping, 0);
}

/* ---- life ---------------------------------------------------------------- */

struct vcpu *vcpu_by_id(struct vm *vm, unsigned int id)
{
	for (unsigned int i = 0; i < vm_vcpu_count(vm); i++)
		if (vm->vcpus[i]->id == id)
			return vm->vcpus[i];
	return NULL;
}

#define RING_OFFSET (KVM_COALESCED_MMIO_PAGE_OFFSET * GUEST_PAGE_SIZE)

static struct vcpu *vcpu_alloc(struct vm *vm, unsigned int id)
{
	struct vcpu *vcpu = vm->arch->vcpu_new(vm);

	if (!vcpu)
		return NULL;
	vcpu->id = id;
	vcpu->index = vm_vcpu_count(vm);
	vcpu->stats = vcpu->first_stats;
	vcpu->maker = thread_id();
	vcpu->obj.kind = KOBJ_VCPU;
	vcpu->obj.refs = 1;
	vcpu->obj.size = 2 * GUEST_PAGE_SIZE;
	vcpu->obj.part[0] =
		(struct kobj_part){RING_OFFSET, GUEST_PAGE_SIZE, vm->ring};
	snprintf(vcpu->obj.name, sizeof(vcpu->obj.name), "kvm-vcpu:%u", id);
	vcpu_lock_init(&vcpu->lock);
	atomic_store(&vcpu->deadline, NO_DEADLINE);
	turn_init(vcpu);
	vm->arch->vcpu_init(vcpu);
	if (dirty_ring_alloc(vcpu)) {
		vcpu_free(vcpu);
		return NULL;
	}
	return vcpu;
}

void vcpu_free(struct vcpu *vcpu)
{
	dirty_ring_free(vcpu);
	if (vcpu->obj.pages)
		kernel_host.free_pages(&vcpu->obj);
	stats_owner_gone(&vcpu->obj);
	vcpu_lock_destroy(&vcpu->lock);
	vcpu->vm->arch->vcpu_free(vcpu);
}

/* vm->lock held. */
static long vcpu_create_check(struct vm *vm, unsigned long id)
{
	if (vm_vcpu_count(vm) >= atomic_load(&vm->max_vcpus))
		return refuse(EINVAL, FKVM_VCPU_COUNT,
			      "the VM has %u vCPUs, as many as it can",
			      vm_vcpu_count(vm));
	return vm->arch->vcpu_check(vm, id);
}

/* What can fail behind it is as in Linux: the irqchip knows of it already. */
static long vcpu_publish(struct vm *vm, struct vcpu *vcpu)
{
	long ret;

	if (vcpu_by_id(vm, vcpu->id))
		return refuse(EEXIST, FKVM_VCPU_EXISTS, "id %u is in use",
			      vcpu->id);
	kobj_get(&vm->obj); /* the descriptor's */
	/* Requests on the descriptor wait until the vCPU is complete. */
	vcpu_lock(&vcpu->lock);
	ret = kernel_host.install(&vcpu->obj);
	if (ret < 0) {
		vcpu_unlock(&vcpu->lock);
		kobj_put(&vm->obj);
		return ret;
	}
	vcpu->run = vcpu->obj.pages;
	irq_stats_vcpu(vcpu);
	if (!vm->ring)
		vm->ring = (void *)((char *)vcpu->obj.pages + RING_OFFSET);
	atomic_store_explicit(&vm->nr_vcpus, vcpu->index + 1,
			      memory_order_release);
	vcpu_unlock(&vcpu->lock);
	return ret;
}

static long vcpu_create_locked(struct vm *vm, unsigned long id)
{
	struct vcpu *vcpu;
	long ret = vcpu_create_check(vm, id);

	if (ret)
		return ret;
	vcpu = vcpu_alloc(vm, id);
	if (!vcpu)
		return refuse(ENOMEM, FKVM_NO_MEMORY, "no memory for vCPU %lu",
			      id);
	vm->vcpus[vcpu->index] = vcpu;
	ret = irqchip_vcpu_created(vm->dev.irqchip, vcpu->index);
	if (!ret) {
		ret = vcpu_publish(vm, vcpu);
		if (ret < 0)
			irqchip_vcpu_gone(vm->dev.irqchip, vcpu->index);
	}
	if (ret < 0) {
		vm->vcpus[vcpu->index] = NULL;
		vcpu_free(vcpu);
	}
	return ret;
}

long vcpu_create(struct vm *vm, unsigned long id)
{
	long ret;

	if (id >= vm->arch->max_vcpus)
		return refuse(EINVAL, FKVM_VCPU_ID, "id %lu is above %u", id,
			      vm->arch->max_vcpus - 1);
	pthread_mutex_lock(&vm->lock);
	atomic_fetch_add(&vm->creating, 1);
	ret = vcpu_create_locked(vm, id);
	atomic_fetch_sub(&vm->creating, 1);
	pthread_mutex_unlock(&vm->lock);
	return ret;
}

/* ---- MP state, guest debug, signal mask ---------------------------------- */

static long refuse_of_arch(void)
{
	return refuse(EINVAL, FKVM_REQUEST_ARCH,
		      "not a request of this architecture's");
}

long vcpu_ioctl_get_mp_state(struct kobj *obj, void *arg, unsigned long user)
{
	struct vcpu *vcpu = vcpu_of(obj);
	const struct arch *arch = vcpu->vm->arch;

	return arch->vcpu_get_mp_state ? arch->vcpu_get_mp_state(vcpu, arg)
				       : refuse_of_arch();
}

long vcpu_ioctl_set_mp_state(struct kobj *obj, void *arg, unsigned long user)
{
	struct vcpu *vcpu = vcpu_of(obj);
	const struct arch *arch = vcpu->vm->arch;

	return arch->vcpu_set_mp_state ? arch->vcpu_set_mp_state(vcpu, arg)
				       : refuse_of_arch();
}

long vcpu_ioctl_set_guest_debug(struct kobj *obj, void *arg, unsigned long user)
{
	struct vcpu *vcpu = vcpu_of(obj);
	const struct arch *arch = vcpu->vm->arch;

	return arch->vcpu_set_guest_debug
		       ? arch->vcpu_set_guest_debug(vcpu, arg)
		       : refuse_of_arch();
}

long vcpu_ioctl_set_signal_mask(struct kobj *obj, void *arg, unsigned long user)
{
	const struct kvm_signal_mask *mask = (void *)user;
	struct vcpu *vcpu = vcpu_of(obj);
	uint32_t len;
	uint64_t bits;

	if (!mask) {
		vcpu->sigmask_set = false;
		return 0;
	}
	if (copy_from_user(&len, &mask->len, sizeof(len)))
		return -EFAULT;
	if (len != sizeof(bits))
		return refuse(EINVAL, FKVM_SIGNAL_MASK, "len %u, not %zu", len,
			      sizeof(bits));
	if (copy_from_user(&bits, mask->sigset, sizeof(bits)))
		return -EFAULT;
	/* Nobody blocks SIGKILL (9) and SIGSTOP (19). */
	vcpu->sigmask = bits & ~(BIT(9 - 1) | BIT(19 - 1));
	vcpu->sigmask_set = true;
	return 0;
}
