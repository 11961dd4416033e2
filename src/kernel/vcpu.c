/* SPDX-License-Identifier: MIT */
/*
 * The vCPU object: creation, KVM_ARM_VCPU_INIT and reset, power state, and
 * the requests that are small. KVM_RUN is in vcpu-run.c, registers in
 * onereg.c. Every handler here runs with vcpu->mutex held.
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

#define MPIDR_RES1 BIT(31)
#define ENC_MPIDR  SYSREG_ENC(3, 0, 0, 0, 5)

/* Features KVM_ARM_VCPU_INIT knows; POWER_OFF is taken out before. */
#define FEATURES_KNOWN 0x7f

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

struct vcpu *vcpu_by_mpidr(struct vm *vm, uint64_t mpidr)
{
	uint64_t mask = GENMASK(39, 32) | GENMASK(23, 0);

	for (unsigned int i = 0; i < vm_vcpu_count(vm); i++)
		if ((atomic_load(&vm->vcpus[i]->mpidr) & mask) ==
		    (mpidr & mask))
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

/* ---- KVM_ARM_VCPU_INIT ---------------------------------------------------*/

static uint64_t mpidr_of_id(unsigned int id)
{
	return MPIDR_RES1 | (id & 15) | ((id >> 4) & 255) << 8 |
	       ((id >> 12) & 255) << 16;
}

void vcpu_reset(struct vcpu *vcpu)
{
	bool apply;
	uint64_t pc, x0;

	pthread_mutex_lock(&vcpu->power_lock);
	apply = vcpu->reset_pending;
	pc = vcpu->reset_pc;
	x0 = vcpu->reset_x0;
	vcpu->reset_pending = false;
	pthread_mutex_unlock(&vcpu->power_lock);

	cpu_reset(&vcpu->cpu);
	vcpu->cpu.mmio_pending = false;
	vcpu->mmio_needed = false;
	vcpu->dabt_pending = false;
	if (apply) {
		vcpu->cpu.pc = pc;
		vcpu->cpu.x[0] = x0;
	}
	timer_vcpu_reset(vcpu);
	irqchip_vcpu_reset(vcpu->vm->dev.irqchip, vcpu->index);
}

void vcpu_reset_owed(struct vcpu *vcpu)
{
	bool owed;

	pthread_mutex_lock(&vcpu->power_lock);
	owed = vcpu->reset_pending;
	pthread_mutex_unlock(&vcpu->power_lock);
	if (owed)
		vcpu_reset(vcpu);
}

static uint32_t features_supported(void)
{
	return 1 << KVM_ARM_VCPU_PSCI_0_2 |
	       host_profile.aarch32_el1 << KVM_ARM_VCPU_EL1_32BIT |
	       host_profile.pmu << KVM_ARM_VCPU_PMU_V3 |
	       host_profile.sve << KVM_ARM_VCPU_SVE |
	       host_profile.pauth << KVM_ARM_VCPU_PTRAUTH_ADDRESS |
	       host_profile.pauth << KVM_ARM_VCPU_PTRAUTH_GENERIC;
}

static long init_check(const struct kvm_vcpu_init *init, uint32_t features)
{
	uint32_t pauth = features >> KVM_ARM_VCPU_PTRAUTH_ADDRESS & 3;

	if (init->target != KVM_ARM_TARGET_GENERIC_V8 &&
	    init->target != host_profile.target) {
		explain("KVM_ARM_VCPU_INIT: target %u", init->target);
		return -EINVAL;
	}
	if (features & ~FEATURES_KNOWN) {
		explain("KVM_ARM_VCPU_INIT: unknown feature in 0x%x", features);
		return -ENOENT;
	}
	for (unsigned int i = 1; i < ARRAY_SIZE(init->features); i++) {
		if (init->features[i]) {
			explain("KVM_ARM_VCPU_INIT: features[%u] is 0x%x", i,
				init->features[i]);
			return -ENOENT;
		}
	}
	if (features & ~features_supported()) {
		explain("KVM_ARM_VCPU_INIT: the host lacks features 0x%x",
			features & ~features_supported());
		return -EINVAL;
	}
	return pauth == 1 || pauth == 2 ? -EINVAL : 0;
}

static long init_features(struct vcpu *vcpu, uint32_t features)
{
	struct vm *vm = vcpu->vm;
	long ret = 0;

	pthread_mutex_lock(&vm->config);
	if (vm->features_set && vm->features != features) {
		explain("KVM_ARM_VCPU_INIT: features 0x%x, the VM's are 0x%x",
			features, vm->features);
		ret = -EINVAL;
	} else {
		vm->features = features;
		vm->features_set = true;
	}
	pthread_mutex_unlock(&vm->config);
	return ret;
}

static void init_first(struct vcpu *vcpu)
{
	uint64_t mpidr = mpidr_of_id(vcpu->id);

	cpu_reset(&vcpu->cpu);
	cpu_sysreg_set(&vcpu->cpu, ENC_MPIDR, mpidr);
	atomic_store(&vcpu->mpidr, mpidr);
}

long vcpu_ioctl_init(struct kobj *obj, void *arg, unsigned long user)
{
	const struct kvm_vcpu_init *init = arg;
	struct vcpu *vcpu = vcpu_of(obj);
	bool off = init->features[0] & BIT(KVM_ARM_VCPU_POWER_OFF);
	uint32_t features = init->features[0] & ~BIT(KVM_ARM_VCPU_POWER_OFF);
	long ret = init_check(init, features);

	if (!ret)
		ret = init_features(vcpu, features);
	if (ret)
		return ret;
	if (!vcpu->initialised)
		init_first(vcpu);
	vcpu_reset(vcpu);
	vcpu->initialised = true;
	if (vcpu->has_run) {
		/* A rebooted VM: what was decoded may be gone. */
		cpu_domain_flush(vcpu->vm->domain,
				 CPU_FLUSH_TLB | CPU_FLUSH_CODE);
	} else {
		atomic_store(&vcpu->irq_lines, 0);
	}
	if (vm_has_irqchip(vcpu->vm))
		irqchip_vcpu_sync(vcpu->vm->dev.irqchip, vcpu->index);
	else
		cpu_set_pins(&vcpu->cpu, atomic_load(&vcpu->irq_lines));
	vcpu_power_set(vcpu, off ? POWER_STOPPED : POWER_RUNNABLE);
	return 0;
}

long vcpu_ioctl_finalize(struct kobj *obj, void *arg, unsigned long user)
{
	/* SVE is the only feature to finalise, and the host has none. */
	explain("KVM_ARM_VCPU_FINALIZE: %d is not a feature of the vCPU",
		*(int *)arg);
	return -EINVAL;
}

/* ---- MP state, events, debug, signal mask --------------------------------*/

long vcpu_ioctl_get_mp_state(struct kobj *obj, void *arg, unsigned long user)
{
	struct kvm_mp_state *state = arg;

	state->mp_state = atomic_load(&vcpu_of(obj)->power);
	return 0;
}

long vcpu_ioctl_set_mp_state(struct kobj *obj, void *arg, unsigned long user)
{
	const struct kvm_mp_state *state = arg;

	switch (state->mp_state) {
	case KVM_MP_STATE_RUNNABLE:
	case KVM_MP_STATE_STOPPED:
	case KVM_MP_STATE_SUSPENDED:
		vcpu_power_set(vcpu_of(obj), state->mp_state);
		return 0;
	}
	explain("KVM_SET_MP_STATE: state %u", state->mp_state);
	return -EINVAL;
}

long vcpu_ioctl_get_events(struct kobj *obj, void *arg, unsigned long user)
{
	const struct vcpu *vcpu = vcpu_of(obj);
	struct kvm_vcpu_events *ev = arg;

	ev->exception.serror_pending = vcpu->cpu.serror_pending;
	ev->exception.serror_has_esr = host_profile.ras;
	if (vcpu->cpu.serror_pending && host_profile.ras)
		ev->exception.serror_esr = vcpu->cpu.serror_esr;
	return 0;
}

#define SERROR_ISS_MASK GENMASK(24, 0)

long vcpu_ioctl_set_events(struct kobj *obj, void *arg, unsigned long user)
{
	static const struct kvm_vcpu_events zero;
	const struct kvm_vcpu_events *ev = arg;
	struct vcpu *vcpu = vcpu_of(obj);

	if (memcmp(ev->reserved, zero.reserved, sizeof(zero.reserved)) ||
	    memcmp(ev->exception.pad, zero.exception.pad,
		   sizeof(zero.exception.pad))) {
		explain("KVM_SET_VCPU_EVENTS: reserved or pad is not zero");
		return -EINVAL;
	}
	if (ev->exception.serror_pending && ev->exception.serror_has_esr) {
		if (!host_profile.ras) {
			explain("KVM_SET_VCPU_EVENTS: serror_has_esr, the host "
				"has no RAS");
			return -EINVAL;
		}
		if (ev->exception.serror_esr & ~SERROR_ISS_MASK)
			return -EINVAL;
		vcpu->cpu.serror_esr = ev->exception.serror_esr;
	}
	vcpu->cpu.serror_pending = ev->exception.serror_pending;
	if (ev->exception.ext_dabt_pending) {
		vcpu->dabt_pending = true;
		vcpu->mmio_needed = false;
	}
	return 0;
}

long vcpu_ioctl_set_guest_debug(struct kobj *obj, void *arg, unsigned long user)
{
	const struct kvm_guest_debug *dbg = arg;
	struct vcpu *vcpu = vcpu_of(obj);
	uint32_t control = dbg->control;
	struct cpu_guest_debug g = {.enable = control & KVM_GUESTDBG_ENABLE};

	if (control & ~(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP |
			KVM_GUESTDBG_USE_SW_BP | KVM_GUESTDBG_USE_HW)) {
		explain("KVM_SET_GUEST_DEBUG: control 0x%x", control);
		return -EINVAL;
	}
	if (!g.enable)
		return cpu_set_guest_debug(&vcpu->cpu, NULL);
	g.single_step = control & KVM_GUESTDBG_SINGLESTEP;
	g.sw_bp = control & KVM_GUESTDBG_USE_SW_BP;
	g.hw = control & KVM_GUESTDBG_USE_HW;
	memcpy(g.bcr, dbg->arch.dbg_bcr, sizeof(g.bcr));
	memcpy(g.bvr, dbg->arch.dbg_bvr, sizeof(g.bvr));
	memcpy(g.wcr, dbg->arch.dbg_wcr, sizeof(g.wcr));
	memcpy(g.wvr, dbg->arch.dbg_wvr, sizeof(g.wvr));
	return cpu_set_guest_debug(&vcpu->cpu, &g);
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

long vcpu_ioctl_get_one_reg(struct kobj *obj, void *arg, unsigned long user)
{
	vcpu_reset_owed(vcpu_of(obj));
	return onereg_get(vcpu_of(obj), arg);
}

long vcpu_ioctl_set_one_reg(struct kobj *obj, void *arg, unsigned long user)
{
	vcpu_reset_owed(vcpu_of(obj));
	return onereg_set(vcpu_of(obj), arg);
}

long vcpu_ioctl_get_reg_list(struct kobj *obj, void *arg, unsigned long user)
{
	struct kvm_reg_list *list = (void *)user;
	uint32_t n = ((struct kvm_reg_list *)arg)->n;
	uint64_t count = onereg_count();

	if (copy_to_user(&list->n, &count, sizeof(count)))
		return -EFAULT;
	if (n < count) {
		explain("KVM_GET_REG_LIST: room for %u of %u ids", n,
			(unsigned int)count);
		return -E2BIG;
	}
	return onereg_list(vcpu_of(obj), list->reg);
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
