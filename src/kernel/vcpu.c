/* SPDX-License-Identifier: MIT */
/*
 * The vCPU object: creation, sleeping and waking, and the requests that are
 * small. KVM_RUN is in vcpu-run.c. Every handler here runs with vcpu->mutex
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
#include "kernel/ioctl.h"
#include "kernel/memslot.h"
#include "kernel/system.h"
#include "kernel/vm.h"

/* ---- sleeping and waking ------------------------------------------------- */

void vcpu_wake(struct vcpu *vcpu)
{
	atomic_fetch_add(&vcpu->wake, 1);
	if (atomic_load(&vcpu->sleeping))
		host_raw(SYS_futex, &vcpu->wake, FUTEX_WAKE_PRIVATE, INT32_MAX);
}

void vcpu_kick(struct vcpu *vcpu)
{
	atomic_fetch_or(vcpu->requests, VCPU_REQ_KICK);
	vcpu_wake(vcpu);
}

void vcpu_halt(struct vcpu *vcpu)
{
	const struct arch *arch = vcpu->vm->arch;
	struct clock *clock = &vcpu->vm->clock;
	uint64_t start = clock_now(clock);

	atomic_store(&vcpu->sleeping, 1);
	for (;;) {
		uint32_t seq = atomic_load(&vcpu->wake);
		uint64_t deadline = atomic_load(&vcpu->deadline);

		if (arch->vcpu_wakeup(vcpu) || vcpu_kicked(vcpu))
			break;
		if (deadline != NO_DEADLINE && deadline <= clock_now(clock)) {
			arch->vcpu_timer(vcpu);
			continue;
		}
		clock_wait(clock, vcpu, seq, deadline);
	}
	atomic_store(&vcpu->sleeping, 0);
	stat_add(&vcpu->stats[STAT_HALT_WAKEUP], 1);
	stat_add(&vcpu->stats[STAT_HALT_WAIT_NS], clock_now(clock) - start);
}

void vcpu_sleep_while(struct vcpu *vcpu, bool (*sleep)(struct vcpu *vcpu))
{
	atomic_store(&vcpu->sleeping, 1);
	for (;;) {
		uint32_t seq = atomic_load(&vcpu->wake);

		if (vcpu_kicked(vcpu) || !sleep(vcpu))
			break;
		clock_wait(&vcpu->vm->clock, vcpu, seq, NO_DEADLINE);
	}
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
	vcpu->obj.kind = KOBJ_VCPU;
	vcpu->obj.refs = 1;
	vcpu->obj.size = 2 * GUEST_PAGE_SIZE;
	vcpu->obj.foreign_at = RING_OFFSET;
	vcpu->obj.foreign_page = vm->ring;
	snprintf(vcpu->obj.name, sizeof(vcpu->obj.name), "kvm-vcpu:%u", id);
	pthread_mutex_init(&vcpu->mutex, NULL);
	atomic_store(&vcpu->deadline, NO_DEADLINE);
	vm->arch->vcpu_init(vcpu);
	return vcpu;
}

void vcpu_free(struct vcpu *vcpu)
{
	if (vcpu->obj.pages)
		kernel_host.free_pages(&vcpu->obj);
	pthread_mutex_destroy(&vcpu->mutex);
	vcpu->vm->arch->vcpu_free(vcpu);
}

/* vm->lock held. */
static long vcpu_create_check(struct vm *vm, unsigned long id)
{
	if (vm_vcpu_count(vm) >= atomic_load(&vm->max_vcpus))
		return refuse(EINVAL, "the VM has its %u vCPUs",
			      vm_vcpu_count(vm));
	return vm->arch->vcpu_check(vm, id);
}

static long vcpu_publish(struct vm *vm, struct vcpu *vcpu)
{
	long ret;

	vm->vcpus[vcpu->index] = vcpu;
	ret = irqchip_vcpu_created(vm->dev.irqchip, vcpu->index);
	if (ret)
		return ret;
	if (vcpu_by_id(vm, vcpu->id))
		return refuse(EEXIST, "id %u is in use", vcpu->id);
	kobj_get(&vm->obj); /* the descriptor's */
	/* Requests on the descriptor wait until the vCPU is complete. */
	pthread_mutex_lock(&vcpu->mutex);
	ret = kernel_host.install(&vcpu->obj);
	if (ret < 0) {
		pthread_mutex_unlock(&vcpu->mutex);
		kobj_put(&vm->obj);
		return ret;
	}
	vcpu->run = vcpu->obj.pages;
	if (!vm->ring)
		vm->ring = (void *)((char *)vcpu->obj.pages + RING_OFFSET);
	atomic_store_explicit(&vm->nr_vcpus, vcpu->index + 1,
			      memory_order_release);
	pthread_mutex_unlock(&vcpu->mutex);
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
		return refuse(ENOMEM, "no memory for vCPU %lu", id);
	ret = vcpu_publish(vm, vcpu);
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
		return refuse(EINVAL, "id %lu is above %u", id,
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
	return refuse(EINVAL, "not a request of this architecture's");
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
		return refuse(EINVAL, "len %u, not %zu", len, sizeof(bits));
	if (copy_from_user(&bits, mask->sigset, sizeof(bits)))
		return -EFAULT;
	/* Nobody blocks SIGKILL (9) and SIGSTOP (19). */
	vcpu->sigmask = bits & ~(BIT(9 - 1) | BIT(19 - 1));
	vcpu->sigmask_set = true;
	return 0;
}
