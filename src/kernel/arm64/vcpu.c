/* SPDX-License-Identifier: MIT */
/*
 * The arm64 vCPU: its life, power state, KVM_ARM_VCPU_INIT and reset, and the
 * requests of its descriptor that are arm64's (registers: onereg.c). Every
 * handler here runs with vcpu->lock held.
 */
#include "kernel/arm64/arm64.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/log.h"
#include "base/refuse.h"
#include "base/since.h"
#include "base/warn.h"
#include "kernel/arm64/engine.h"
#include "kernel/arm64/linux-6-1.h"

#define MPIDR_RES1 BIT(31)
#define ENC_MPIDR  SYSREG_ENC(3, 0, 0, 0, 5)

/* Features KVM_ARM_VCPU_INIT knows; POWER_OFF is taken out before. */
#define FEATURES_KNOWN 0x7f

_Static_assert((int)VCPU_REQ_KICK == CPU_REQ_KICK, "a kick of the core's");

/* ---- life ---------------------------------------------------------------- */

struct vcpu *arm64_vcpu_new(struct vm *vm)
{
	struct vcpu_arm64 *a = aligned_alloc(64, ALIGN_UP(sizeof(*a), 64));

	if (!a)
		return NULL;
	memset(a, 0, sizeof(*a));
	a->vcpu.vm = vm;
	a->vcpu.requests = &a->cpu.req;
	if (cpu_init(&a->cpu, vm_arm64(vm)->domain, &vm_arm64(vm)->env,
		     &a->vcpu)) {
		free(a);
		return NULL;
	}
	arm64_choose_engine(&a->cpu);
	mpidr_vcpu_new(vm);
	return &a->vcpu;
}

void arm64_vcpu_init(struct vcpu *vcpu)
{
	pthread_mutex_init(&vcpu_arm64(vcpu)->power_lock, NULL);
	if (vcpu->vm->turns)
		count_vcpu_init(vcpu);
	timer_vcpu_init(vcpu);
	steal_vcpu_init(vcpu);
}

void arm64_vcpu_free(struct vcpu *vcpu)
{
	struct vcpu_arm64 *a = vcpu_arm64(vcpu);

	cpu_destroy(&a->cpu);
	pthread_mutex_destroy(&a->power_lock);
	pthread_mutex_destroy(&a->timer.lock);
	free(a);
}

/* vm->lock held. */
long arm64_vcpu_check(struct vm *vm, unsigned long id)
{
	if (irqchip_initialised(vm->dev.irqchip) && vm->has_run)
		warn_once(&vm->dev.warned, FKVM_VCPU_AFTER_RUN,
			  "vCPU %lu is created after another has run, too late "
			  "for the VGIC",
			  id);
	if (irqchip_initialised(vm->dev.irqchip))
		return refuse(EBUSY, FKVM_VCPU_VGIC_INIT,
			      "the VGIC is initialised already");
	if (id >= atomic_load(&vm->max_vcpus))
		return refuse(EINVAL, FKVM_VCPU_ID,
			      "id %lu, this VM's GIC has room for ids below %u",
			      id, atomic_load(&vm->max_vcpus));
	return 0;
}

void arm64_vcpu_set_pins(struct vcpu *vcpu, uint32_t pins)
{
	cpu_set_pins(cpu_of(vcpu), pins);
}

void vcpu_power_set(struct vcpu *vcpu, enum vcpu_power power)
{
	struct vcpu_arm64 *a = vcpu_arm64(vcpu);

	pthread_mutex_lock(&a->power_lock);
	atomic_store(&a->power, power);
	pthread_mutex_unlock(&a->power_lock);
	if (vcpu->vm->turns)
		turn_start(vcpu);
	vcpu_kick(vcpu);
}

/* ---- KVM_ARM_VCPU_INIT --------------------------------------------------- */

static uint64_t mpidr_of_id(unsigned int id)
{
	return MPIDR_RES1 | (id & 15) | ((id >> 4) & 255) << 8 |
	       ((id >> 12) & 255) << 16;
}

/* Bit 0 of where CPU_ON is to begin says T32; the byte order is the caller's. */
static uint64_t entry_a32(struct cpu *cpu, uint64_t pc, bool big)
{
	uint64_t thumb = pc & 1;

	cpu_set_pstate(cpu, cpu_pstate(cpu) | thumb << 5 | (uint64_t)big << 9);
	return pc & ~thumb;
}

void vcpu_reset(struct vcpu *vcpu)
{
	struct vcpu_arm64 *a = vcpu_arm64(vcpu);
	bool apply, big;
	uint64_t pc, x0;

	pthread_mutex_lock(&a->power_lock);
	apply = a->reset_pending;
	pc = a->reset_pc;
	x0 = a->reset_x0;
	big = a->reset_big;
	a->reset_pending = false;
	pthread_mutex_unlock(&a->power_lock);

	cpu_reset(&a->cpu);
	a->pstate_rest = 0;
	vcpu_unload(vcpu); /* AFSR0_EL1, AFSR1_EL1 */
	if (vm_arm64(vcpu->vm)->reset_port)
		vm_arm64(vcpu->vm)->reset_port(vcpu);
	if (apply) {
		if (cpu_is_aarch32_el1(&a->cpu))
			pc = entry_a32(&a->cpu, pc, big);
		else if (big)
			cpu_sysreg_set(&a->cpu, SYSREG_ENC(3, 0, 1, 0, 0),
				       a->cpu.sys.sctlr_el1 | SCTLR_EE);
		a->cpu.pc = pc;
		a->cpu.x[0] = x0;
		a->dabt_pending = false;
	}
	linux_6_1_vcpu_reset(vcpu);
	timer_vcpu_reset(vcpu);
	irqchip_vcpu_reset(vcpu->vm->dev.irqchip, vcpu->index);
}

void arm64_vcpu_load(struct vcpu *vcpu)
{
	struct vcpu_arm64 *a = vcpu_arm64(vcpu);

	atomic_store(&a->unloaded, false);
	cpu_settle(&a->cpu);
	timer_vcpu_load(vcpu);
}

static uint32_t features_supported(void)
{
	return 1 << KVM_ARM_VCPU_PSCI_0_2 |
	       host_has_aarch32(1) << KVM_ARM_VCPU_EL1_32BIT |
	       host_has_pmu() << KVM_ARM_VCPU_PMU_V3 |
	       host_has_sve() << KVM_ARM_VCPU_SVE |
	       host_has_pauth() << KVM_ARM_VCPU_PTRAUTH_ADDRESS |
	       host_has_pauth() << KVM_ARM_VCPU_PTRAUTH_GENERIC;
}

static long init_check(const struct kvm_vcpu_init *init, uint32_t features)
{
	uint32_t pauth = features >> KVM_ARM_VCPU_PTRAUTH_ADDRESS & 3;
	uint32_t own = host_profile->target;
	uint32_t general =
		linux_is_since(6, 4) ? KVM_ARM_TARGET_GENERIC_V8 : own;

	if (init->target != own && own == general)
		return refuse(EINVAL, FKVM_VCPU_TARGET,
			      "target %u, this host takes %u", init->target,
			      own);
	if (init->target != own && init->target != general)
		return refuse(EINVAL, FKVM_VCPU_TARGET,
			      "target %u, this host takes %u and %u",
			      init->target, general, own);
	if (features & ~FEATURES_KNOWN)
		return refuse(ENOENT, FKVM_VCPU_FEATURES,
			      "features %#x, known are %#x", features,
			      FEATURES_KNOWN);
	for (unsigned int i = 1; i < ARRAY_SIZE(init->features); i++) {
		if (init->features[i])
			return refuse(ENOENT, FKVM_VCPU_FEATURES,
				      "features[%u] is %#x, not 0", i,
				      init->features[i]);
	}
	if (features & ~features_supported())
		return refuse(EINVAL, FKVM_VCPU_FEATURES_HOST,
			      "the host lacks features %#x",
			      features & ~features_supported());
	if (pauth == 1 || pauth == 2)
		return refuse(EINVAL, FKVM_VCPU_PTRAUTH,
			      "features %#x: one of PTRAUTH_ADDRESS "
			      "and PTRAUTH_GENERIC without the other",
			      features);
	return 0;
}

static long init_features(struct vcpu *vcpu, uint32_t features)
{
	struct vm_arm64 *vm = vm_arm64(vcpu->vm);
	long ret = 0;

	pthread_mutex_lock(&vm->config);
	if (vm->features_set && vm->features != features) {
		ret = refuse(
			EINVAL, FKVM_VCPU_FEATURES_DIFFER,
			"features %#x, those of the VM's first vCPU are %#x",
			features, vm->features);
	} else if (!vm->features_set) {
		vm->features = features;
		vm->features_set = true;
		idreg_init(vm);
		if (features & BIT(KVM_ARM_VCPU_PMU_V3))
			pmu_vm_init(vm);
	}
	pthread_mutex_unlock(&vm->config);
	return ret;
}

static void init_pauth(struct vcpu *vcpu)
{
	uint64_t isar1 = host_profile->pauth_isar1, apa = FIELD(isar1, 7, 4);
	struct cpu_pauth pauth = {
		.alg = apa     ? CPU_PAUTH_QARMA5
		       : isar1 ? CPU_PAUTH_IMPDEF
			       : CPU_PAUTH_NONE,
		.level = apa ? apa : FIELD(isar1, 11, 8),
		.trapped =
			!vcpu_has_feature(vcpu, KVM_ARM_VCPU_PTRAUTH_ADDRESS),
	};

	cpu_set_pauth(cpu_of(vcpu), &pauth);
}

void vcpu_set_mpidr(struct vcpu *vcpu, uint64_t mpidr)
{
	atomic_store(&vcpu_arm64(vcpu)->mpidr, mpidr);
	cpu_sysreg_set(cpu_of(vcpu), ENC_MPIDR, mpidr);
}

static void init_first(struct vcpu *vcpu)
{
	init_pauth(vcpu);
	cpu_set_aarch32(cpu_of(vcpu),
			vcpu_has_feature(vcpu, KVM_ARM_VCPU_EL1_32BIT));
	cpu_reset(cpu_of(vcpu));
	linux_6_1_vcpu_init(vcpu);
	mte_vcpu_init(vcpu);
	vcpu_set_mpidr(vcpu, mpidr_of_id(vcpu->id));
}

long vcpu_initialise(struct vcpu *vcpu, uint32_t features, bool off)
{
	long ret = init_features(vcpu, features);

	if (!ret)
		ret = sve_vcpu_init(vcpu);
	if (ret)
		return ret;
	if (!vcpu->initialised) {
		pmu_vcpu_init(vcpu);
		init_first(vcpu);
	}
	vcpu_reset(vcpu);
	vcpu->initialised = true;
	if (vcpu->has_run) {
		/* A rebooted VM: what was decoded may be gone. */
		arm64_vm_flush(vcpu->vm, VM_FLUSH_ALL | VM_FLUSH_NO_WAIT);
	} else {
		/* Linux resets HCR_EL2 with VI, VF and VSE only now. */
		atomic_store(&vcpu_arm64(vcpu)->irq_lines, 0);
		cpu_of(vcpu)->serror_pending = false;
	}
	if (vm_has_irqchip(vcpu->vm))
		irqchip_vcpu_sync(vcpu->vm->dev.irqchip, vcpu->index);
	else
		cpu_set_pins(cpu_of(vcpu),
			     atomic_load(&vcpu_arm64(vcpu)->irq_lines));
	vcpu_power_set(vcpu, off ? POWER_STOPPED : POWER_RUNNABLE);
	return 0;
}

long vcpu_ioctl_init(struct kobj *obj, void *arg, unsigned long user)
{
	const struct kvm_vcpu_init *init = arg;
	struct vcpu *vcpu = vcpu_of(obj);
	bool off = init->features[0] & BIT(KVM_ARM_VCPU_POWER_OFF);
	uint32_t features = init->features[0] & ~BIT(KVM_ARM_VCPU_POWER_OFF);
	long ret = init_check(init, features);

	if (!ret && features & BIT(KVM_ARM_VCPU_EL1_32BIT) &&
	    vm_arm64(vcpu->vm)->tags)
		ret = refuse(EINVAL, FKVM_VCPU_MTE,
			     "EL1_32BIT, and the VM has MTE");
	return ret ? ret : vcpu_initialise(vcpu, features, off);
}

/* ---- MP state, events, debug, signal mask -------------------------------- */

long arm64_get_mp_state(struct vcpu *vcpu, struct kvm_mp_state *state)
{
	state->mp_state = atomic_load(&vcpu_arm64(vcpu)->power);
	return 0;
}

long arm64_set_mp_state(struct vcpu *vcpu, const struct kvm_mp_state *state)
{
	switch (state->mp_state) {
	case KVM_MP_STATE_RUNNABLE:
	case KVM_MP_STATE_STOPPED:
	case KVM_MP_STATE_SUSPENDED:
		vcpu_power_set(vcpu, state->mp_state);
		return 0;
	}
	return refuse(EINVAL, FKVM_MP_STATE,
		      "mp_state %u is none of RUNNABLE, STOPPED, SUSPENDED",
		      state->mp_state);
}

long vcpu_ioctl_get_events(struct kobj *obj, void *arg, unsigned long user)
{
	const struct cpu *cpu = cpu_of(vcpu_of(obj));
	struct kvm_vcpu_events *ev = arg;

	ev->exception.serror_pending = cpu->serror_pending;
	ev->exception.serror_has_esr = host_has_ras();
	if (cpu->serror_pending && host_has_ras())
		ev->exception.serror_esr = cpu->serror_esr;
	return 0;
}

#define SERROR_ISS_MASK GENMASK(24, 0)
/* Of an SError about which the VMM says nothing: ISS is of no kind known. */
#define SERROR_ISS_IDS BIT(24)

long vcpu_ioctl_set_events(struct kobj *obj, void *arg, unsigned long user)
{
	static const struct kvm_vcpu_events zero;
	const struct kvm_vcpu_events *ev = arg;
	struct vcpu *vcpu = vcpu_of(obj);
	struct cpu *cpu = cpu_of(vcpu);

	turn_changed(vcpu);
	if (memcmp(ev->reserved, zero.reserved, sizeof(zero.reserved)) ||
	    memcmp(ev->exception.pad, zero.exception.pad,
		   sizeof(zero.exception.pad)))
		return refuse(EINVAL, FKVM_EVENTS_PAD,
			      "reserved or pad is not zero");
	if (ev->exception.serror_pending && ev->exception.serror_has_esr) {
		if (!host_has_ras())
			return refuse(EINVAL, FKVM_EVENTS_SERROR,
				      "serror_has_esr, the host "
				      "has no RAS");
		if (ev->exception.serror_esr & ~SERROR_ISS_MASK)
			return refuse(EINVAL, FKVM_EVENTS_SERROR,
				      "serror_esr %#lx has bits "
				      "above 24",
				      (uint64_t)ev->exception.serror_esr);
		cpu->serror_esr = ev->exception.serror_esr;
	} else if (ev->exception.serror_pending && host_has_ras()) {
		cpu->serror_esr = SERROR_ISS_IDS;
	}
	/* One that is pending stays so until the guest takes it. */
	if (ev->exception.serror_pending)
		cpu->serror_pending = true;
	if (ev->exception.ext_dabt_pending) {
		/* IL is that of the last trap; none before the first. */
		cpu_abort_syndrome(cpu, cpu_last_fault_va(cpu),
				   vcpu->stats[STAT_EXITS]);
		vcpu_arm64(vcpu)->dabt_pending = true;
	}
	return 0;
}

long arm64_set_guest_debug(struct vcpu *vcpu, const struct kvm_guest_debug *dbg)
{
	uint32_t control = dbg->control;
	struct cpu_guest_debug g = {.enable = control & KVM_GUESTDBG_ENABLE};

	if (control & ~(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP |
			KVM_GUESTDBG_USE_SW_BP | KVM_GUESTDBG_USE_HW))
		return refuse(EINVAL, FKVM_DEBUG_CONTROL,
			      "control %#x has unknown bits", control);
	if (!g.enable)
		return cpu_set_guest_debug(cpu_of(vcpu), NULL);
	g.single_step = control & KVM_GUESTDBG_SINGLESTEP;
	g.sw_bp = control & KVM_GUESTDBG_USE_SW_BP;
	g.hw = control & KVM_GUESTDBG_USE_HW;
	memcpy(g.bcr, dbg->arch.dbg_bcr, sizeof(g.bcr));
	memcpy(g.bvr, dbg->arch.dbg_bvr, sizeof(g.bvr));
	memcpy(g.wcr, dbg->arch.dbg_wcr, sizeof(g.wcr));
	memcpy(g.wvr, dbg->arch.dbg_wvr, sizeof(g.wvr));
	return cpu_set_guest_debug(cpu_of(vcpu), &g);
}
