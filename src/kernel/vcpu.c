/* SPDX-License-Identifier: MIT */
/*
 * The vCPU object: creation, sleeping and waking, and the requests that are
 * small. KVM_RUN is in vcpu-run.c. Every handler here runs with vcpu->mutex
 * held.
 */
#include "kernel/internal.h"

#include <errno.h>
#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/fault.h"
#include "base/host.h"
#include "base/log.h"

/* ---- sleeping and waking -------------------------------------------------*/

void vcpu_wake(struct vcpu *vcpu)
{
	atomic_fetch_add(&vcpu->wake, 1);
	if (atomic_load(&vcpu->sleeping))
		host_raw(SYS_futex, &vcpu->wake, FUTEX_WAKE_PRIVATE, INT32_MAX);
}

void vcpu_kick(struct vcpu *vcpu)
{
	cpu_request(&vcpu->cpu, CPU_REQ_KICK);
	vcpu_wake(vcpu);
}

void vcpu_power_set(struct vcpu *vcpu, enum vcpu_power power)
{
	pthread_mutex_lock(&vcpu->power_lock);
	atomic_store(&vcpu->power, power);
	pthread_mutex_unlock(&vcpu->power_lock);
	vcpu_kick(vcpu);
}

/* ---- life ---------------------------------------------------------------- */

struct vcpu *vcpu_by_id(struct vm *vm, unsigned int id)
{
	for (unsigned int i = 0; i < vm_vcpu_count(vm); i++)
		if (vm->vcpus[i]->id == id)
			return vm->vcpus[i];
	return NULL;
}

static struct vcpu *vcpu_alloc(struct vm *vm, unsigned int id)
{
	struct vcpu *vcpu = aligned_alloc(64, ALIGN_UP(sizeof(*vcpu), 64));

	if (!vcpu)
		return NULL;
	memset(vcpu, 0, sizeof(*vcpu));
	vcpu->vm = vm;
	vcpu->id = id;
	vcpu->index = vm_vcpu_count(vm);
	if (cpu_init(&vcpu->cpu, vm->domain, &vm->env, vcpu)) {
		free(vcpu);
		return NULL;
	}
	vcpu->obj.kind = KOBJ_VCPU;
	vcpu->obj.refs = 1;
	vcpu->obj.size = 2 * GUEST_PAGE_SIZE;
	snprintf(vcpu->obj.name, sizeof(vcpu->obj.name), "kvm-vcpu:%u", id);
	pthread_mutex_init(&vcpu->mutex, NULL);
	pthread_mutex_init(&vcpu->power_lock, NULL);
	timer_vcpu_init(vcpu);
	steal_vcpu_init(vcpu);
	return vcpu;
}

void vcpu_free(struct vcpu *vcpu)
{
	if (vcpu->obj.pages)
		kernel_host.free_pages(&vcpu->obj);
	cpu_destroy(&vcpu->cpu);
	pthread_mutex_destroy(&vcpu->mutex);
	pthread_mutex_destroy(&vcpu->power_lock);
	pthread_mutex_destroy(&vcpu->timer.lock);
	free(vcpu);
}

/* vm->lock held. */
static long vcpu_create_check(struct vm *vm, unsigned long id)
{
	if (vm_vcpu_count(vm) >= atomic_load(&vm->max_vcpus)) {
		explain("KVM_CREATE_VCPU: the VM has its %u vCPUs",
			vm_vcpu_count(vm));
		return -EINVAL;
	}
	if (irqchip_initialised(vm->dev.irqchip)) {
		explain("KVM_CREATE_VCPU: the VGIC is initialised already");
		return -EBUSY;
	}
	if (id >= atomic_load(&vm->max_vcpus)) {
		explain("KVM_CREATE_VCPU: id %lu, the VM takes ids below %u",
			id, atomic_load(&vm->max_vcpus));
		return -EINVAL;
	}
	return 0;
}

static long vcpu_publish(struct vm *vm, struct vcpu *vcpu)
{
	long ret;

	vm->vcpus[vcpu->index] = vcpu;
	ret = irqchip_vcpu_created(vm->dev.irqchip, vcpu->index);
	if (ret)
		return ret;
	if (vcpu_by_id(vm, vcpu->id)) {
		explain("KVM_CREATE_VCPU: id %u is in use", vcpu->id);
		return -EEXIST;
	}
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
	vcpu->ring = (void *)((char *)vcpu->obj.pages +
			      KVM_COALESCED_MMIO_PAGE_OFFSET * GUEST_PAGE_SIZE);
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
		return -ENOMEM;
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

	if (id >= MAX_VCPUS) {
		explain("KVM_CREATE_VCPU: id %lu is above %u", id,
			MAX_VCPUS - 1);
		return -EINVAL;
	}
	pthread_mutex_lock(&vm->lock);
	atomic_fetch_add(&vm->creating, 1);
	ret = vcpu_create_locked(vm, id);
	atomic_fetch_sub(&vm->creating, 1);
	pthread_mutex_unlock(&vm->lock);
	return ret;
}

/* ---- signal mask ---------------------------------------------------------*/

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
	if (len != sizeof(bits)) {
		explain("KVM_SET_SIGNAL_MASK: len %u, not 8", len);
		return -EINVAL;
	}
	if (copy_from_user(&bits, mask->sigset, sizeof(bits)))
		return -EFAULT;
	/* Nobody blocks SIGKILL (9) and SIGSTOP (19). */
	vcpu->sigmask = bits & ~(BIT(9 - 1) | BIT(19 - 1));
	vcpu->sigmask_set = true;
	return 0;
}

/* ---- thin handlers -------------------------------------------------------*/

long vcpu_ioctl_run(struct kobj *obj, void *arg, unsigned long user)
{
	if (user) {
		explain("KVM_RUN: the argument is not 0");
		return -EINVAL;
	}
	return vcpu_run(vcpu_of(obj));
}

long vcpu_ioctl_set_attr(struct kobj *obj, void *arg, unsigned long user)
{
	return vcpu_attr(vcpu_of(obj), ATTR_SET, arg);
}

long vcpu_ioctl_get_attr(struct kobj *obj, void *arg, unsigned long user)
{
	return vcpu_attr(vcpu_of(obj), ATTR_GET, arg);
}

long vcpu_ioctl_has_attr(struct kobj *obj, void *arg, unsigned long user)
{
	return vcpu_attr(vcpu_of(obj), ATTR_HAS, arg);
}
