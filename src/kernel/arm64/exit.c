/* SPDX-License-Identifier: MIT */
/*
 * arm64's part of KVM_RUN: checks of the first run, what the VMM did since the
 * last exit, entering the guest, and what each exit of it means. The loop
 * around is vcpu-run.c.
 */
#include "kernel/arm64/arm64.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/refuse.h"
#include "base/since.h"
#include "cpu/costs.h"
#include "kernel/arm64/smccc.h"
#include "kernel/event.h"
#include "kernel/irq-stats.h"
#include "kernel/memslot.h"
#include "kernel/stat-guest.h"
#include "kernel/stat-tree.h"

/* ---- before the loop ----------------------------------------------------- */

/* The classes are the rows of any core's table of costs. */
const char *arm64_class_name(unsigned int n)
{
	unsigned int nr;
	const struct cost_model *m = cpu_cost_models(&nr)[0];

	return n < NR_CPU_COSTS ? m->rows[n].name : NULL;
}

/* Where time is counted and somebody wants to know what it goes by. */
static void classes_begin(struct vcpu *vcpu)
{
	_Static_assert(NR_CPU_COSTS <= STAT_KINDS, "a class has no place");

	if (vcpu->shown && vcpu->vm->dev.counted)
		cpu_set_class_cycles(cpu_of(vcpu),
				     (uint64_t *)vcpu->shown->class_cycles);
}

/* LDR X0, label */
#define LDR_X0_MASK 0xff00001f
#define LDR_X0      0x58000000

/*
 * Where the device tree is: a kernel is told in X0, a 32-bit one in R2, firmware
 * finds it where memory begins. QEMU has some instructions before a kernel, of
 * which the first loads X0.
 */
static void look_for_tree(struct vcpu *vcpu)
{
	const struct cpu *cpu = cpu_of(vcpu);
	uint64_t at;
	uint32_t insn;

	stat_tree_take(vcpu->vm, cpu->x[0]);
	stat_tree_take(vcpu->vm, cpu->x[2]);
	if (!vm_mem_read(vcpu->vm, cpu->pc, &insn, sizeof(insn)) &&
	    (insn & LDR_X0_MASK) == LDR_X0 &&
	    !vm_mem_read(vcpu->vm, cpu->pc + 4 * sext64(FIELD(insn, 23, 5), 19),
			 &at, sizeof(at)))
		stat_tree_take(vcpu->vm, at);
	stat_tree_take_first(vcpu->vm);
}

/* Somebody wants to know what it does. */
static void guest_begins(struct vcpu *vcpu)
{
	look_for_tree(vcpu);
	cpu_sample_at(cpu_of(vcpu), cpu_of(vcpu)->cycles + 1);
}

/* Linux's kvm_arch_vcpu_run_pid_change(). */
long arm64_run_check(struct vcpu *vcpu)
{
	struct vm *vm = vcpu->vm;
	long ret;

	if (!vcpu->initialised)
		return refuse(ENOEXEC, FKVM_VCPU_UNINIT,
			      "the vCPU is not initialised");
	if (!sve_vcpu_ready(vcpu))
		return refuse(EPERM, FKVM_VCPU_NOT_FINAL,
			      "SVE has not been finalised");
	host_cpus_look(vcpu);
	if (vcpu->has_run)
		return 0;
	mpidr_first_run(vm);
	if (vm_has_irqchip(vm)) {
		vcpu_arm64(vcpu)->gic =
			gic_run_of(vm_arm64(vm)->gic, vcpu->index);
		ret = irqchip_first_run(vm->dev.irqchip);
		if (ret) {
			vm_set_dead(vm);
			return refused_within(ret, "the VM is dead from now "
						   "on, its VGIC can't be "
						   "mapped");
		}
	}
	idreg_finalize(vcpu);
	ret = timer_vcpu_enable(vcpu);
	if (ret)
		return ret;
	ret = pmu_vcpu_enable(vcpu);
	if (ret)
		return ret;
	classes_begin(vcpu);
	if (vcpu->shown)
		guest_begins(vcpu);
	vcpu->has_run = true;
	/* What may be changed until then is looked at under this lock. */
	pthread_mutex_lock(&vm_arm64(vm)->config);
	atomic_store(&vm->has_run, true);
	pthread_mutex_unlock(&vm_arm64(vm)->config);
	return 0;
}

/* What the VMM asked for between two KVM_RUNs. */
void arm64_run_begin(struct vcpu *vcpu)
{
	struct vcpu_arm64 *a = vcpu_arm64(vcpu);
	/* The event thread may wait long for a processor, which is no reason to
	 * begin without what is due. Time that is counted passes no deadline. */
	bool due = !vcpu->vm->turns && timer_is_due(vcpu);
	bool asked = vcpu->asked, done;
	uint64_t data;

	a->steal_begins = true;
	irqchip_vcpu_load(vcpu->vm->dev.irqchip, vcpu->index);
	cpu_run_begins(&a->cpu);
	if (vcpu_is_unloaded(a) || due)
		arm64_vcpu_load(vcpu);
	done = !a->dabt_pending && vcpu_mmio_done(vcpu, &data);
	if (done)
		cpu_mmio_complete(&a->cpu, data);
	/* A VMM that only plays a device leaves the guest's code alone; in
	 * what else it does it may load, patch or restore. */
	if (!done || asked)
		cpu_doubt_code(&a->cpu);
	if (asked)
		cpu_code_written(&a->cpu);
	if (a->dabt_pending) {
		a->dabt_pending = false;
		cpu_abort_enter(&a->cpu);
		a->cpu.sys.spsr_el1 |= a->pstate_rest;
		a->pstate_rest = 0;
	}
}

/* ---- sleeping ------------------------------------------------------------ */

static uint64_t device_levels(const struct vcpu *vcpu)
{
	return timer_device_levels(vcpu) | pmu_device_level(vcpu);
}

/* Asked by another vCPU's thread, too, which looks whose turn it is. */
static COLD bool levels_differ(const struct vcpu *vcpu)
{
	uint64_t told = __atomic_load_n(&vcpu->run->s.regs.device_irq_level,
					__ATOMIC_RELAXED);

	return device_levels(vcpu) != (told & DEVICE_LEVELS);
}

static ALWAYS_INLINE bool levels_notify(const struct vcpu *vcpu)
{
	return !vm_has_irqchip(vcpu->vm) && !levels_are_quiet(vcpu) &&
	       levels_differ(vcpu);
}

/* A pending SError ends WFI as an instruction, but is nothing that Linux looks
 * at once it waits (CPU_SUSPEND, MP state). */
bool arm64_wakeup(struct vcpu *vcpu)
{
	return atomic_load(&cpu_of(vcpu)->pins) || levels_notify(vcpu);
}

bool arm64_stopped(struct vcpu *vcpu)
{
	return atomic_load(&vcpu_arm64(vcpu)->power) == POWER_STOPPED;
}

static bool may_go_on(struct vcpu *vcpu)
{
	return vcpu_kicked(vcpu) || !arm64_stopped(vcpu);
}

/* ---- exits --------------------------------------------------------------- */

/* Each handler: 1 go on, 0 leave with exit_reason set, negative errno. */

static long exit_mmio(struct vcpu *vcpu)
{
	const struct cpu_exit *e = &cpu_of(vcpu)->exit;
	uint64_t data = e->mmio.write ? e->mmio.data : 0;

	if (!vcpu_mmio(vcpu, e->mmio.gpa, e->mmio.write, e->mmio.len, &data))
		return 0;
	cpu_mmio_complete(cpu_of(vcpu), data);
	return 1;
}

/* CM, WnR and the fault status are what an invalid syndrome still says. */
#define NISV_ISS_MASK (BIT(8) | BIT(6) | GENMASK(5, 0))

static long exit_nisv(struct vcpu *vcpu)
{
	const struct cpu_exit *e = &cpu_of(vcpu)->exit;
	struct kvm_run *run = vcpu->run;

	if (!atomic_load(&vm_arm64(vcpu->vm)->nisv_to_user))
		return refuse(ENOSYS, FKVM_RUN_NISV,
			      "pc %#lx: access to %#lx outside memory "
			      "by an instruction without syndrome",
			      cpu_of(vcpu)->pc, e->nisv.gpa);
	run->exit_reason = KVM_EXIT_ARM_NISV;
	run->arm_nisv.esr_iss = e->nisv.iss & NISV_ISS_MASK;
	run->arm_nisv.fault_ipa = e->nisv.gpa;
	return 0;
}

#define EC_WATCHPOINT 0x34

static long exit_debug(struct vcpu *vcpu)
{
	const struct cpu_exit *e = &cpu_of(vcpu)->exit;
	struct kvm_run *run = vcpu->run;

	run->exit_reason = KVM_EXIT_DEBUG;
	run->debug.arch.hsr = (uint32_t)e->debug.esr;
	run->debug.arch.hsr_high = e->debug.esr >> 32;
	run->flags = KVM_DEBUG_ARCH_HSR_HIGH_VALID;
	if (FIELD(e->debug.esr, 31, 26) == EC_WATCHPOINT)
		run->debug.arch.far = e->debug.far;
	return 0;
}

static long exit_smc(struct vcpu *vcpu)
{
	if (cpu_of(vcpu)->exit.imm16 || !linux_is_since(6, 4)) {
		smccc_return_x0(vcpu, ~UINT64_C(0));
		return 1;
	}
	return smccc_call(vcpu, true);
}

static long exit_host_fault(struct vcpu *vcpu)
{
	return refuse(EFAULT, FKVM_RUN_HOST_MEMORY,
		      "pc %#lx: a memory slot's host memory is not accessible, "
		      "address %p",
		      cpu_of(vcpu)->pc, cpu_of(vcpu)->exit.host_addr);
}

static ALWAYS_INLINE long handle_exit(struct vcpu *vcpu,
				      enum cpu_exit_reason reason)
{
	uint64_t *x = cpu_of(vcpu)->x;

	if (reason == CPU_EXIT_TIME)
		return 1;
	if (reason == CPU_EXIT_HVC && smccc_is_workaround(x[0])) {
		x[0] = x[1] = 0;
		return 1;
	}
	stat_add(&vcpu->stats[STAT_EXITS], 1);
	switch (reason) {
	case CPU_EXIT_REQUEST: return 1;
	case CPU_EXIT_WFI:
		stat_add(&vcpu->stats[STAT_WFI_EXIT], 1);
		vcpu_halt(vcpu);
		return 1;
	case CPU_EXIT_WFE:
		stat_add(&vcpu->stats[STAT_WFE_EXIT], 1);
		if (vcpu->vm->turns)
			turn_spin(vcpu);
		else if (cpu_spins(cpu_of(vcpu)))
			cpu_rest(cpu_of(vcpu));
		return 1;
	case CPU_EXIT_HVC:
		stat_add(&vcpu->stats[STAT_HVC_EXIT], 1);
		return smccc_call(vcpu, false);
	case CPU_EXIT_SMC: return exit_smc(vcpu);
	case CPU_EXIT_MMIO: return exit_mmio(vcpu);
	case CPU_EXIT_NISV: return exit_nisv(vcpu);
	case CPU_EXIT_HOST_FAULT: return exit_host_fault(vcpu);
	case CPU_EXIT_DEBUG: return exit_debug(vcpu);
	case CPU_EXIT_TIME: return 1;
	case CPU_EXIT_SYNC: break; /* no guest is flat */
	}
	bug_on(true, "cpu_run() returned %d", reason);
}

const char *arm64_exit_name(unsigned int n)
{
	static const char *const names[] = {
		[CPU_EXIT_REQUEST] = "request",
		[CPU_EXIT_WFI] = "wfi",
		[CPU_EXIT_WFE] = "wfe",
		[CPU_EXIT_HVC] = "hvc",
		[CPU_EXIT_SMC] = "smc",
		[CPU_EXIT_MMIO] = "mmio",
		[CPU_EXIT_NISV] = "no syndrome",
		[CPU_EXIT_HOST_FAULT] = "host fault",
		[CPU_EXIT_DEBUG] = "debug",
		[CPU_EXIT_TIME] = "time",
	};

	return n < ARRAY_SIZE(names) ? names[n] : NULL;
}

static COLD void tell_exit(struct vcpu *vcpu, enum cpu_exit_reason reason,
			   long result)
{
	struct event event = {
		.kind = EVENT_EXIT,
		.exit = {.vcpu = vcpu,
			 .reason = arm64_exit_name(reason),
			 .result = result},
	};

	event_send(&event);
}

/* Statistics want to know how long this one takes, which stands for some. */
static COLD long exited_timed(struct vcpu *vcpu, enum cpu_exit_reason reason)
{
	const struct cpu_exit e = cpu_of(vcpu)->exit;
	uint32_t every = vcpu->shown->own.every;
	long ret;

	irq_stats_left(vcpu, reason);
	ret = handle_exit(vcpu, reason);
	if (reason == CPU_EXIT_MMIO && ret > 0)
		stat_guest_access(vcpu, e.mmio.gpa, e.mmio.write,
				  every ? every : 1);
	irq_stats_handled(vcpu);
	return ret;
}

long arm64_exited(struct vcpu *vcpu, enum cpu_exit_reason reason)
{
	long ret;

	if (unlikely(vcpu->shown) && stat_times_exit(vcpu->shown))
		ret = exited_timed(vcpu, reason);
	else
		ret = handle_exit(vcpu, reason);
	stat_count_exit(vcpu->shown, reason, ret);
	if (event_wanted())
		tell_exit(vcpu, reason, ret);
	return ret;
}

/* ---- entering ------------------------------------------------------------ */

/* Suspended (MP state): sleep as WFI does; awake, tell user space. */
static long run_suspended(struct vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;

	vcpu_halt(vcpu);
	if (!atomic_load(&cpu_of(vcpu)->pins) ||
	    atomic_load(&vcpu_arm64(vcpu)->power) != POWER_SUSPENDED)
		return 1;
	memset(&run->system_event, 0, sizeof(run->system_event));
	run->system_event.type = KVM_SYSTEM_EVENT_WAKEUP;
	run->exit_reason = KVM_EXIT_SYSTEM_EVENT;
	return 0;
}

long arm64_enter(struct vcpu *vcpu)
{
	struct vcpu_arm64 *a = vcpu_arm64(vcpu);

	if (arm64_stopped(vcpu)) {
		/* Until CPU_ON, an MP state or a signal. */
		vcpu_sleep(vcpu, may_go_on);
		if (a->steal_base != STEAL_NONE)
			steal_update(vcpu);
		return 1;
	}
	vcpu_reset_owed(vcpu);
	if (a->steal_base != STEAL_NONE)
		steal_update(vcpu);
	if (atomic_load(&a->power) == POWER_SUSPENDED)
		return run_suspended(vcpu);
	if (dirty_ring_exits(vcpu))
		return 0;
	if (unlikely(vcpu_is_unloaded(a)))
		arm64_vcpu_load(vcpu);
	if (a->cpu.pmu.model)
		pmu_vcpu_enter(vcpu);
	if (levels_notify(vcpu))
		return vcpu_exit_intr(vcpu);
	a->cpu.mmio_pending = false;
	a->pstate_rest = 0;
	return arm64_exited(vcpu, cpu_run(&a->cpu));
}

/* When a signal ends a KVM_RUN is the host's affair, of which counted time knows
 * nothing. An exit is the guest's doing. */
static bool guest_left(const struct vcpu *vcpu)
{
	uint32_t reason = vcpu->run->exit_reason;

	return !vcpu->vm->turns ||
	       (reason != KVM_EXIT_INTR && reason != KVM_EXIT_UNKNOWN);
}

/* Without a VGIC user space drives the interrupts of timers and PMU. */
void arm64_run_end(struct vcpu *vcpu)
{
	_Atomic uint64_t *fell_until = &vcpu_arm64(vcpu)->timer.fell_until;
	uint64_t *level = &vcpu->run->s.regs.device_irq_level;

	if (vm_has_irqchip(vcpu->vm)) {
		if (guest_left(vcpu))
			irqchip_vcpu_put(vcpu->vm->dev.irqchip, vcpu->index);
		return;
	}
	if (!levels_are_quiet(vcpu))
		__atomic_store_n(level,
				 (*level & ~(uint64_t)DEVICE_LEVELS) |
					 device_levels(vcpu),
				 __ATOMIC_RELAXED);
	if (atomic_load(fell_until) != NO_DEADLINE)
		atomic_store(fell_until, NO_DEADLINE);
}
