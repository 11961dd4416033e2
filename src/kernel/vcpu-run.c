/* SPDX-License-Identifier: MIT */
/*
 * KVM_RUN. Order of things as in Linux 6.12: checks when the thread changes
 * (first run included), completion of the MMIO that user space was asked for,
 * immediate_exit, then the loop: signals and requests, guest, exit handling.
 *
 * A request to leave the guest is CPU_REQ_KICK in cpu.req. The loop clears it
 * first and then looks at everything a kick may mean, so none is lost.
 */
#include "kernel/internal.h"

#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>

#include "base/host.h"
#include "base/log.h"

/* What this thread runs; read by kernel_signal_arrived(). */
static __thread struct vcpu *running __attribute__((tls_model("initial-exec")));

void kernel_signal_arrived(void)
{
	struct vcpu *vcpu = running;

	if (!vcpu)
		return;
	atomic_store(&vcpu->signal, true);
	vcpu_kick(vcpu);
}

/* ---- before the loop -----------------------------------------------------*/

/* Linux's kvm_arch_vcpu_run_pid_change(). */
static long run_checks(struct vcpu *vcpu)
{
	struct vm *vm = vcpu->vm;
	long ret;

	if (!vcpu->initialised) {
		explain("KVM_RUN: vCPU %u is not initialised", vcpu->id);
		return -ENOEXEC;
	}
	if (vcpu->has_run)
		return 0;
	if (vm_has_irqchip(vm)) {
		ret = irqchip_first_run(vm->dev.irqchip);
		if (ret) {
			explain("first KVM_RUN: the VGIC can't be mapped "
				"(%ld), the VM is dead",
				ret);
			vm_set_dead(vm);
			return ret;
		}
	}
	idreg_finalize(vcpu);
	ret = timer_vcpu_enable(vcpu);
	if (ret)
		return ret;
	vcpu->has_run = true;
	atomic_store(&vm->has_run, true);
	return 0;
}

static void mmio_finish(struct vcpu *vcpu)
{
	uint64_t data = 0;

	if (!vcpu->mmio_needed)
		return;
	vcpu->mmio_needed = false;
	memcpy(&data, vcpu->run->mmio.data, sizeof(data));
	cpu_mmio_complete(&vcpu->cpu, data);
}

/* What the VMM asked for between two KVM_RUNs. */
static void run_commit(struct vcpu *vcpu)
{
	if (vcpu->run->exit_reason == KVM_EXIT_MMIO)
		mmio_finish(vcpu);
	/* Not finished: the access is made again. */
	vcpu->mmio_needed = false;
	vcpu->cpu.mmio_pending = false;
	if (vcpu->dabt_pending) {
		vcpu->dabt_pending = false;
		cpu_inject_abort(&vcpu->cpu, false,
				 cpu_last_fault_va(&vcpu->cpu));
	}
}

/* ---- sleeping ------------------------------------------------------------ */

static bool timer_notify(const struct vcpu *vcpu)
{
	uint64_t mask = KVM_ARM_DEV_EL1_VTIMER | KVM_ARM_DEV_EL1_PTIMER;

	return !vm_has_irqchip(vcpu->vm) &&
	       timer_device_levels(vcpu) !=
		       (vcpu->run->s.regs.device_irq_level & mask);
}

/* Wait until vcpu->wake is no longer @seq, a signal, or @deadline (ns). */
static void wait_wake(struct vcpu *vcpu, uint32_t seq, uint64_t deadline)
{
	struct timespec ts = {.tv_sec = deadline / 1000000000,
			      .tv_nsec = deadline % 1000000000};

	host_raw(SYS_futex, &vcpu->wake, FUTEX_WAIT_BITSET_PRIVATE, seq,
		 deadline == NO_DEADLINE ? NULL : &ts, NULL,
		 FUTEX_BITSET_MATCH_ANY);
}

static bool kicked(struct vcpu *vcpu)
{
	return atomic_load(&vcpu->cpu.req) & CPU_REQ_KICK;
}

/* WFI: until an interrupt is pending or there is something else to do. */
static void vcpu_wfi(struct vcpu *vcpu)
{
	uint64_t start = clock_now_ns();

	atomic_store(&vcpu->sleeping, 1);
	for (;;) {
		uint32_t seq = atomic_load(&vcpu->wake);
		uint64_t deadline = atomic_load(&vcpu->timer.deadline);

		if (cpu_wakeup_pending(&vcpu->cpu) || kicked(vcpu) ||
		    timer_notify(vcpu))
			break;
		if (deadline != NO_DEADLINE && deadline <= clock_now_ns()) {
			timer_update(vcpu);
			continue;
		}
		wait_wake(vcpu, seq, deadline);
	}
	atomic_store(&vcpu->sleeping, 0);
	stat_add(&vcpu->stats[STAT_HALT_WAKEUP], 1);
	stat_add(&vcpu->stats[STAT_HALT_WAIT_NS], clock_now_ns() - start);
}

/* Powered off: until CPU_ON, an MP state or a signal. */
static void vcpu_sleep_off(struct vcpu *vcpu)
{
	atomic_store(&vcpu->sleeping, 1);
	for (;;) {
		uint32_t seq = atomic_load(&vcpu->wake);

		if (kicked(vcpu) || atomic_load(&vcpu->power) != POWER_STOPPED)
			break;
		wait_wake(vcpu, seq, NO_DEADLINE);
	}
	atomic_store(&vcpu->sleeping, 0);
}

/* ---- exits --------------------------------------------------------------- */

/* Each handler: 1 go on, 0 leave with exit_reason set, negative errno. */

static long exit_mmio(struct vcpu *vcpu)
{
	const struct cpu_exit *e = &vcpu->cpu.exit;
	struct kvm_run *run = vcpu->run;
	uint64_t data = e->mmio.write ? e->mmio.data : 0;

	if (bus_access(vcpu, e->mmio.gpa, e->mmio.write, e->mmio.len, &data)) {
		stat_add(&vcpu->stats[STAT_MMIO_EXIT_KERNEL], 1);
		cpu_mmio_complete(&vcpu->cpu, data);
		return 1;
	}
	run->mmio.phys_addr = e->mmio.gpa;
	run->mmio.len = e->mmio.len;
	run->mmio.is_write = e->mmio.write;
	if (e->mmio.write)
		memcpy(run->mmio.data, &data, e->mmio.len);
	vcpu->mmio_needed = true;
	stat_add(&vcpu->stats[STAT_MMIO_EXIT_USER], 1);
	run->exit_reason = KVM_EXIT_MMIO;
	return 0;
}

/* CM, WnR and the fault status are what an invalid syndrome still says. */
#define NISV_ISS_MASK (BIT(8) | BIT(6) | GENMASK(5, 0))

static long exit_nisv(struct vcpu *vcpu)
{
	const struct cpu_exit *e = &vcpu->cpu.exit;
	struct kvm_run *run = vcpu->run;

	if (!atomic_load(&vcpu->vm->nisv_to_user)) {
		explain("vCPU %u at pc 0x%llx: access to 0x%llx outside memory "
			"by an instruction without syndrome",
			vcpu->id, (unsigned long long)vcpu->cpu.pc,
			(unsigned long long)e->nisv.gpa);
		return -ENOSYS;
	}
	run->exit_reason = KVM_EXIT_ARM_NISV;
	run->arm_nisv.esr_iss = e->nisv.iss & NISV_ISS_MASK;
	run->arm_nisv.fault_ipa = e->nisv.gpa;
	return 0;
}

#define EC_WATCHPOINT 0x34

static long exit_debug(struct vcpu *vcpu)
{
	const struct cpu_exit *e = &vcpu->cpu.exit;
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
	if (vcpu->cpu.exit.imm16) {
		vcpu->cpu.x[0] = ~UINT64_C(0);
		return 1;
	}
	return smccc_call(vcpu, true);
}

static long exit_host_fault(struct vcpu *vcpu)
{
	explain("vCPU %u at pc 0x%llx: a memory slot's host memory is not "
		"accessible",
		vcpu->id, (unsigned long long)vcpu->cpu.pc);
	return -EFAULT;
}

static long handle_exit(struct vcpu *vcpu, enum cpu_exit_reason reason)
{
	stat_add(&vcpu->stats[STAT_EXITS], 1);
	switch (reason) {
	case CPU_EXIT_REQUEST: return 1;
	case CPU_EXIT_WFI:
		stat_add(&vcpu->stats[STAT_WFI_EXIT], 1);
		vcpu_wfi(vcpu);
		return 1;
	case CPU_EXIT_WFE:
		stat_add(&vcpu->stats[STAT_WFE_EXIT], 1);
		sched_yield();
		return 1;
	case CPU_EXIT_HVC:
		stat_add(&vcpu->stats[STAT_HVC_EXIT], 1);
		return smccc_call(vcpu, false);
	case CPU_EXIT_SMC: return exit_smc(vcpu);
	case CPU_EXIT_MMIO: return exit_mmio(vcpu);
	case CPU_EXIT_NISV: return exit_nisv(vcpu);
	case CPU_EXIT_HOST_FAULT: return exit_host_fault(vcpu);
	case CPU_EXIT_DEBUG: return exit_debug(vcpu);
	}
	bug_on(true, "cpu_run() returned %d", reason);
}

void vcpu_standby(struct vcpu *vcpu)
{
	vcpu_wfi(vcpu);
}

/* ---- the loop ------------------------------------------------------------ */

static long exit_intr(struct vcpu *vcpu)
{
	vcpu->run->exit_reason = KVM_EXIT_INTR;
	return -EINTR;
}

/* Suspended (MP state): sleep as WFI does; awake, tell user space. */
static long run_suspended(struct vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;

	vcpu_wfi(vcpu);
	if (!atomic_load(&vcpu->cpu.pins) ||
	    atomic_load(&vcpu->power) != POWER_SUSPENDED)
		return 1;
	memset(&run->system_event, 0, sizeof(run->system_event));
	run->system_event.type = KVM_SYSTEM_EVENT_WAKEUP;
	run->exit_reason = KVM_EXIT_SYSTEM_EVENT;
	return 0;
}

/* What has to happen before the guest is entered: 1 enter, 2 look again. */
static long run_requests(struct vcpu *vcpu)
{
	atomic_fetch_and(&vcpu->cpu.req, ~(uint32_t)CPU_REQ_KICK);
	if (atomic_load(&vcpu->signal)) {
		stat_add(&vcpu->stats[STAT_SIGNAL_EXITS], 1);
		return exit_intr(vcpu);
	}
	if (atomic_load(&vcpu->vm->dead))
		return -EIO;
	if (atomic_load(&vcpu->power) == POWER_STOPPED) {
		vcpu_sleep_off(vcpu);
		return 2;
	}
	vcpu_reset_owed(vcpu);
	steal_update(vcpu);
	if (atomic_load(&vcpu->power) == POWER_SUSPENDED)
		return run_suspended(vcpu) ? 2 : 0;
	if (timer_notify(vcpu))
		return exit_intr(vcpu);
	return 1;
}

static long run_loop(struct vcpu *vcpu)
{
	long ret;

	do {
		ret = run_requests(vcpu);
		if (ret == 1)
			ret = handle_exit(vcpu, cpu_run(&vcpu->cpu));
	} while (ret > 0);
	return ret;
}

/* Without a VGIC user space drives the interrupts of the timers. */
static void levels_publish(struct vcpu *vcpu)
{
	uint64_t *level = &vcpu->run->s.regs.device_irq_level;

	if (vm_has_irqchip(vcpu->vm))
		return;
	*level = (*level &
		  ~(uint64_t)(KVM_ARM_DEV_EL1_VTIMER | KVM_ARM_DEV_EL1_PTIMER |
			      KVM_ARM_DEV_PMU)) |
		 timer_device_levels(vcpu);
}

static bool immediate_exit(const struct vcpu *vcpu)
{
	return *(volatile uint8_t *)&vcpu->run->immediate_exit;
}

/*
 * immediate_exit is looked at after run_begin(): a handler that sets it ran
 * either before that, or its signal is one that kernel_signal_arrived() tells
 * us of. A return because of it changes nothing in struct kvm_run.
 */
static long run_guest(struct vcpu *vcpu)
{
	long ret;

	atomic_store(&vcpu->signal, false);
	running = vcpu;
	ret = kernel_host.run_begin(vcpu->sigmask_set ? &vcpu->sigmask : NULL);
	if (immediate_exit(vcpu)) {
		ret = -EINTR;
	} else {
		vcpu->run->exit_reason = KVM_EXIT_UNKNOWN;
		vcpu->run->flags = 0;
		if (ret) {
			stat_add(&vcpu->stats[STAT_SIGNAL_EXITS], 1);
			ret = exit_intr(vcpu);
		} else {
			ret = run_loop(vcpu);
		}
		levels_publish(vcpu);
	}
	running = NULL;
	kernel_host.run_end();
	stats_publish(&vcpu->obj);
	return ret;
}

static pid_t thread_id(void)
{
	static __thread pid_t tid;

	if (!tid)
		tid = host_raw(SYS_gettid);
	return tid;
}

long vcpu_run(struct vcpu *vcpu)
{
	long ret;

	if (vcpu->last_tid != thread_id()) {
		ret = run_checks(vcpu);
		if (ret)
			return ret;
		vcpu->last_tid = thread_id();
	}
	run_commit(vcpu);
	return run_guest(vcpu);
}
