/* SPDX-License-Identifier: MIT */
/*
 * The arm64 VM and vCPU, which embed those of every architecture, and what the
 * files of this folder offer each other. The order of all locks is in
 * kernel/vm.h.
 */
#ifndef FAUXKVM_KERNEL_ARM64_H
#define FAUXKVM_KERNEL_ARM64_H

#include <sched.h>

#include <fauxkvm/kvm.h>

#include "base/attr.h"
#include "cpu/costs.h"
#include "cpu/cpu.h"
#include "gic/gic.h"
#include "kernel/arch.h"
#include "kernel/arm64/host.h"
#include "kernel/arm64/pmu.h"
#include "kernel/arm64/timer.h"
#include "kernel/vcpu.h"
#include "kernel/vm.h"

/* The model of GIC that the user chose for counted time, NULL: none. */
const struct cost_model *arm64_gic_chosen(void);
/* Can VMs have a GIC of this version (2, 3)? By the host, and what was chosen. */
bool arm64_has_gic(int version);

/* Of a VM until it gets another GIC. */
static inline unsigned int host_max_vcpus(void)
{
	return gic_max_vcpus(arm64_has_gic(3) || !arm64_has_gic(2) ? 3 : 2);
}

/* ---- VM ------------------------------------------------------------------ */

#define NR_ID_REGS 96 /* rows with SYSREG_ID, in table order */

struct tag_store;

struct vm_arm64 {
	struct vm vm;
	/* ID registers, PPIs, offsets, filters (Linux: config_lock). */
	pthread_mutex_t config;
	bool features_set; /* config */
	/* Set once, config; a vCPU that is not initialised reads it, too. */
	_Atomic uint32_t features;

	struct cpu_domain *domain;
	/* What a core takes where time is counted; constant. */
	struct cpu_costs core_costs;
	struct cpu_env env;
	struct gic *gic;

	_Atomic uint64_t voffset, poffset;
	bool offset_set;       /* KVM_ARM_SET_COUNTER_OFFSET; config */
	uint32_t timer_ppi[4]; /* by KVM_ARM_VCPU_TIMER_IRQ_*; config */
	bool ptimer_mapped;    /* timer_is_mapped() */
	bool ppis_fixed;

	struct vm_pmu pmu;

	/* With MTE; NULL: without. Set before there are vCPUs. */
	struct tag_store *tags;

	/* Of the 32-bit port: what a reset does to a vCPU after the core's own.
	 * NULL: nothing. Set before there are vCPUs. */
	void (*reset_port)(struct vcpu *vcpu);

	bool id_init; /* config */
	uint64_t id_regs[NR_ID_REGS];
	_Atomic uint64_t psci_version, fw_bmap[3];
	struct smccc_range *filter;
	unsigned int nr_filter;

	atomic_bool nisv_to_user, system_suspend;
	uint64_t eager_split;
	/* The next word of the TRNG where time is counted; by who executes. */
	uint64_t trng_state;

	/* mpidr.c; the one in force, NULL: none, and all made (config). */
	_Atomic(struct mpidr_map *) mpidr_map;
	struct mpidr_map *mpidr_maps;
};

static inline struct vm_arm64 *vm_arm64(const struct vm *vm)
{
	return container_of(vm, struct vm_arm64, vm);
}

/* ---- vCPU ---------------------------------------------------------------- */

enum vcpu_power {
	POWER_RUNNABLE = KVM_MP_STATE_RUNNABLE,
	POWER_STOPPED = KVM_MP_STATE_STOPPED,
	POWER_SUSPENDED = KVM_MP_STATE_SUSPENDED
};

/* Counters beyond those of every KVM. */
enum {
	STAT_HVC_EXIT = STAT_ARCH_0,
	STAT_WFE_EXIT = STAT_ARCH_1,
	STAT_WFI_EXIT = STAT_ARCH_2,
};

struct vcpu_arm64 {
	struct cpu cpu; /* first: hot, aligned */
	struct vcpu vcpu;
	_Atomic uint64_t mpidr;
	bool dabt_pending; /* KVM_SET_VCPU_EVENTS */
	/* There is something to do when the registers are loaded,
	 * arm64_vcpu_load(): until then what user space wrote into bits that
	 * the core does not have lasts, and the timers' lines are as they
	 * were. Any thread sets it, vcpu_unload(). */
	atomic_bool unloaded;
	uint64_t pstate_rest;       /* of PSTATE: until the guest is entered */
	_Atomic uint32_t irq_lines; /* KVM_IRQ_LINE of type CPU, cpu_pin */
	struct gic_run
		*gic; /* from the first KVM_RUN on; NULL: there is none */
	struct vcpu_timers timer;
	struct vcpu_pmu pmu;
	/* The vector lengths of SVE, bit n: (n + 1) * 128 bits; 0: none. */
	uint16_t sve_lengths;
	bool sve_final;                  /* KVM_ARM_VCPU_FINALIZE was here */
	gpa_t steal_base;                /* STEAL_NONE: not set */
	uint64_t steal_last, steal_next; /* run delay counted; when again */
	long steal_switches;             /* of steal_tid at that time */
	pid_t steal_tid;
	bool steal_begins; /* not updated in this KVM_RUN */
	/* Of the 32-bit port: words that nobody but ONE_REG knows; features[0]
	 * of the last KVM_ARM_VCPU_INIT. */
	uint32_t orig_r0, fpinst, fpinst2, port_features;

	cpu_set_t host_cpus; /* the thread's; vm->config */

	/* Power state (PSCI, MP state). */
	pthread_mutex_t power_lock;
	_Atomic uint32_t power;
	atomic_bool reset_pending; /* by CPU_ON; changed under power_lock */
	uint64_t reset_pc, reset_x0;
	bool reset_big; /* data is big-endian, as the caller's */
};

static inline struct vcpu_arm64 *vcpu_arm64(const struct vcpu *vcpu)
{
	return container_of(vcpu, struct vcpu_arm64, vcpu);
}

static inline bool vcpu_has_feature(const struct vcpu *vcpu,
				    unsigned int feature)
{
	return vm_arm64(vcpu->vm)->features >> feature & 1;
}

static inline struct cpu *cpu_of(const struct vcpu *vcpu)
{
	return &vcpu_arm64(vcpu)->cpu;
}

/* Without a VGIC: the interrupts that user space drives. */
#define DEVICE_LEVELS \
	(KVM_ARM_DEV_EL1_VTIMER | KVM_ARM_DEV_EL1_PTIMER | KVM_ARM_DEV_PMU)

/* None of them is up, nor does user space believe so. */
static inline bool levels_are_quiet(const struct vcpu *vcpu)
{
	const struct vcpu_arm64 *a = vcpu_arm64(vcpu);
	uint64_t told = __atomic_load_n(&vcpu->run->s.regs.device_irq_level,
					__ATOMIC_RELAXED);

	return !(told & DEVICE_LEVELS) && !a->cpu.pmu.level &&
	       timers_are_low(&a->timer);
}

/* vcpu.c */
struct vcpu *arm64_vcpu_new(struct vm *vm);
void arm64_vcpu_init(struct vcpu *vcpu);
void arm64_vcpu_free(struct vcpu *vcpu);
long arm64_vcpu_check(struct vm *vm, unsigned long id);
void arm64_vcpu_set_pins(struct vcpu *vcpu, uint32_t pins);
long arm64_get_mp_state(struct vcpu *vcpu, struct kvm_mp_state *state);
long arm64_set_mp_state(struct vcpu *vcpu, const struct kvm_mp_state *state);
long arm64_set_guest_debug(struct vcpu *vcpu,
			   const struct kvm_guest_debug *dbg);
void vcpu_reset(struct vcpu *vcpu);
/* KVM_ARM_VCPU_INIT of features that the host has, without POWER_OFF. */
long vcpu_initialise(struct vcpu *vcpu, uint32_t features, bool off);
/* Other threads find the vCPU by it. */
void vcpu_set_mpidr(struct vcpu *vcpu, uint64_t mpidr);
/* The registers go into the core: the bits that it has; the timers' outputs
 * become lines. */
void arm64_vcpu_load(struct vcpu *vcpu);
static inline bool vcpu_is_unloaded(const struct vcpu_arm64 *a)
{
	return atomic_load_explicit(&a->unloaded, memory_order_acquire);
}
/* The next KVM_RUN calls it; one that goes on only when kicked. */
static inline void vcpu_unload(struct vcpu *vcpu)
{
	atomic_store_explicit(&vcpu_arm64(vcpu)->unloaded, true,
			      memory_order_release);
}
/* Apply a reset that PSCI CPU_ON left. */
static inline void vcpu_reset_owed(struct vcpu *vcpu)
{
	if (unlikely(atomic_load(&vcpu_arm64(vcpu)->reset_pending)))
		vcpu_reset(vcpu);
}
void vcpu_power_set(struct vcpu *vcpu, enum vcpu_power power);

/* mpidr.c. Whose affinity is that of @mpidr, NULL: nobody's. */
struct vcpu *vcpu_by_mpidr(struct vm *vm, uint64_t mpidr);
void mpidr_first_run(struct vm *vm); /* of a vCPU of @vm */
void mpidr_vcpu_new(struct vm *vm);  /* vm->lock held */
void mpidr_vm_free(struct vm_arm64 *a);

/* sve.c. Init: KVM_ARM_VCPU_INIT, when the features are known, before the reset.
 * Ready: SVE is final, or not asked for. */
long sve_vcpu_init(struct vcpu *vcpu);
bool sve_vcpu_ready(const struct vcpu *vcpu);

/* mte.c */
long mte_enable(struct vm *vm, const struct kvm_enable_cap *cap);
void mte_vm_free(struct vm_arm64 *vm);
/* The first KVM_ARM_VCPU_INIT, after the reset. */
void mte_vcpu_init(struct vcpu *vcpu);
/* struct arch's */
void arm64_host_changed(struct vm *vm, uintptr_t start, uintptr_t end);
long arm64_slot_check(struct vm *vm,
		      const struct kvm_userspace_memory_region2 *r);

/* host-cpus.c: the last two are of struct cpu_env. The vCPU's thread. */
void host_cpus_look(struct vcpu *vcpu);
void host_cpus_park(struct cpu *cpu, uint64_t ns,
		    bool (*ready)(struct cpu *cpu));
void host_cpus_unpark(struct cpu *cpu);

/* exit.c */
long arm64_run_check(struct vcpu *vcpu);
void arm64_run_begin(struct vcpu *vcpu);
long arm64_enter(struct vcpu *vcpu);
const char *arm64_exit_name(unsigned int n);
const char *arm64_class_name(unsigned int n);
void arm64_run_end(struct vcpu *vcpu);
/* cpu_run() returned, and what that means: as arch->vcpu_enter(). */
long arm64_exited(struct vcpu *vcpu, enum cpu_exit_reason reason);
bool arm64_wakeup(struct vcpu *vcpu);
bool arm64_stopped(struct vcpu *vcpu);

/* again.c: arch->vcpu_again */
long arm64_again(struct kobj *obj, const volatile bool *due);

/* count.c: where time is counted, struct arch's */
void count_vm_init(struct vm_arm64 *a);
void count_vcpu_init(struct vcpu *vcpu);
uint64_t arm64_time(struct vcpu *vcpu);
void arm64_stop_at(struct vcpu *vcpu, uint64_t cycles);
void arm64_charge(struct vcpu *vcpu, uint64_t cycles);

/* arch.c: struct arch's */
bool arm64_has_device(const struct device_type *type);
const struct cost_model *arm64_cost_model(unsigned int n);
int arm64_check_models(const struct kernel_clock_options *opts);
bool arm64_profile_row(unsigned int n, struct kernel_profile_row *out);
/* GSI routes reach SPIs 32..1019. */
#define ARM64_NR_SPIS 988

/* vm.c, irqline.c */
long arm64_vm_new(unsigned long type, struct vm **vm);
int arm64_vm_init(struct vm *vm);
void arm64_vm_free(struct vm *vm);
void arm64_vm_flush(struct vm *vm, unsigned int what);
void arm64_code_gone(struct vm *vm, gpa_t start, gpa_t end);
long arm64_irq_line(struct vm *vm, struct kvm_irq_level *irq);
bool onereg_row(unsigned int n, struct kernel_reg_row *out);
/* As struct decode_table has it. */
bool onereg_name(uint64_t id, char *name, size_t size);

/* ---- requests ------------------------------------------------------------ */

#define IOCTL(kind, request, copy, since, fn)        ioctl_fn fn;
#define IOCTL_INITED(kind, request, copy, since, fn) ioctl_fn fn;
#define IOCTL_REFUSED(kind, name, cmd, copy)
#define IOCTL_GONE(kind, name, cmd, err)
#include "kernel/arm64/ioctls.def"
#undef IOCTL
#undef IOCTL_INITED
#undef IOCTL_REFUSED
#undef IOCTL_GONE

/* caps.c, attr.c */
extern const struct cap_table arm64_caps;
extern const struct attr_table arm64_vcpu_attrs, arm64_vm_attrs;
attr_fn arm64_timer_irq_set, arm64_timer_irq_get;
/* decode.c */
extern const struct decode_table arm64_decode;
extern const struct decode_fields arm64_decode_device_addr,
	arm64_decode_finalize, arm64_decode_get_events, arm64_decode_set_events;
void arm64_decode_irq_line(struct decode_call *c, const char *name,
			   uint32_t irq);

/* ---- registers ----------------------------------------------------------- */

/* ID registers of the VM (idreg.c). */
/* The first KVM_ARM_VCPU_INIT of a VM, before it resets: its features say what
 * they are. config held. */
void idreg_init(struct vm_arm64 *vm);
uint64_t idreg_get(struct vcpu *vcpu, const struct cpu_sysreg_info *row);
long idreg_set(struct vcpu *vcpu, const struct cpu_sysreg_info *row,
	       uint64_t val);
/* First run of @vcpu: fix what depends on the VM's devices, load. */
void idreg_finalize(struct vcpu *vcpu);
uint64_t idreg_writable(const struct cpu_sysreg_info *row);

/* ---- stolen time (steal.c) ----------------------------------------------- */

#define STEAL_NONE UINT64_MAX

/* The host counts it for this process; nothing is stolen of counted time. */
bool steal_supported(const struct vm *vm);
void steal_vcpu_init(struct vcpu *vcpu);
attr_fn steal_attr_set, steal_attr_get, steal_attr_has;
/* The guest's PV_TIME_ST call: the structure's address or NOT_SUPPORTED. */
int64_t steal_start(struct vcpu *vcpu);
/* On the vCPU's thread, before it enters the guest or after it slept, if
 * steal_base is set. */
void steal_update(struct vcpu *vcpu);

#endif
