/* SPDX-License-Identifier: MIT */
/* The timers of a guest without an irqchip: what user space hears, and when. */
#include "abi.h"

#include <signal.h>
#include <sys/resource.h>
#include <time.h>

#define CNTV_CTL SYSREG_ENC(3, 3, 14, 3, 1)
#define WFI      ASM_HINT(3)
/* Of this host, and of QEMU's. */
#define COUNTER_HZ UINT64_C(62500000)

static void open_due(struct abi_vm *v)
{
	abi_vm_open(v, ABI_NO_GIC);
	reg_set(v->vcpu, KVM_REG_ARM_TIMER_CVAL, 0);
	reg_set(v->vcpu, KVM_REG_ARM_TIMER_CTL, 1);
}

static void expect_intr(struct abi_vm *v, uint64_t level)
{
	REFUSED(ioctl(v->vcpu, KVM_RUN, 0), EINTR);
	EQUAL(v->run->exit_reason, KVM_EXIT_INTR);
	EQUAL(v->run->s.regs.device_irq_level & 3, level);
}

static long preemptions(void)
{
	struct rusage usage;

	OK(getrusage(RUSAGE_THREAD, &usage));
	return usage.ru_nivcsw;
}

/*
 * A host's tick may end a run that is otherwise not ended: rarely, unless the
 * run lasts because the thread has to wait for its processor.
 */
static void stopped_then_mmio(void)
{
	unsigned int ticks = 0, rounds = 20;
	struct abi_vm v;

	for (unsigned int i = 0; i < rounds; i++) {
		long before;

		open_due(&v);
		GUEST(&v, 0, ASM_MSR(CNTV_CTL, 2), ASM_MOVZ(1, 0x0900, 1),
		      ASM_STR(0, 1), ASM_B_SELF);
		expect_intr(&v, KVM_ARM_DEV_EL1_VTIMER);
		EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE);
		before = preemptions();
		if (ioctl(v.vcpu, KVM_RUN, 0)) {
			ticks += preemptions() == before;
			OK(ioctl(v.vcpu, KVM_RUN, 0));
		}
		EQUAL(v.run->exit_reason, KVM_EXIT_MMIO);
		EQUAL(v.run->s.regs.device_irq_level & 3, 0);
		close(v.vcpu);
		close(v.vm);
		munmap(v.ram, GUEST_SIZE);
	}
	CHECK(ticks <= rounds / 4);
}

/* WFI is an exit at which the model looks. */
static void stopped_then_wfi(void)
{
	struct abi_vm v;

	open_due(&v);
	GUEST(&v, 0, ASM_MSR(CNTV_CTL, 2), WFI, ASM_B_SELF);
	expect_intr(&v, KVM_ARM_DEV_EL1_VTIMER);
	expect_intr(&v, 0);
}

/* A guest that does nothing else is ended by the tick. */
static void stopped_then_spin(void)
{
	struct timespec from, to;
	struct abi_vm v;

	open_due(&v);
	GUEST(&v, 0, ASM_MSR(CNTV_CTL, 2), ASM_B_SELF);
	expect_intr(&v, KVM_ARM_DEV_EL1_VTIMER);
	clock_gettime(CLOCK_MONOTONIC, &from);
	expect_intr(&v, 0);
	clock_gettime(CLOCK_MONOTONIC, &to);
	EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE + 4);
	CHECK(to.tv_sec - from.tv_sec < 2);
}

/* Not due yet: KVM_RUN ends when it is, in WFI or not. */
static void due_later(void)
{
	static const uint32_t first[] = {WFI, ASM_B_SELF};
	struct abi_vm v;

	for (int i = 0; i < 2; i++) {
		abi_vm_open(&v, ABI_NO_GIC);
		GUEST(&v, 0, ASM_B_SELF, ASM_B_SELF);
		abi_guest_load(&v, 0, &first[i], 1);
		reg_set(v.vcpu, KVM_REG_ARM_TIMER_CVAL,
			reg_get(v.vcpu, KVM_REG_ARM_TIMER_CNT) +
				COUNTER_HZ / 2);
		reg_set(v.vcpu, KVM_REG_ARM_TIMER_CTL, 1);
		expect_intr(&v, KVM_ARM_DEV_EL1_VTIMER);
		EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE + (i ? 0 : 4));
	}
}

/* ---- on a busy host ------------------------------------------------------ */

#define SPINNERS 8

/* Nanoseconds this thread has waited for a processor. */
static uint64_t run_delay(void)
{
	unsigned long long ran, waited;
	FILE *f = fopen("/proc/thread-self/schedstat", "re");

	if (!f || fscanf(f, "%llu %llu", &ran, &waited) != 2)
		abi_skip("no schedstat");
	fclose(f);
	return waited;
}

static void spinners_start(pid_t pid[SPINNERS])
{
	for (int i = 0; i < SPINNERS; i++) {
		pid[i] = fork();
		while (!pid[i])
			;
	}
}

static void spinners_stop(const pid_t pid[SPINNERS])
{
	for (int i = 0; i < SPINNERS; i++)
		kill(pid[i], SIGKILL);
}

/* The guest's counter, to which COUNTER_HZ belongs. */
static uint64_t counter(const struct abi_vm *v)
{
	return reg_get(v->vcpu, KVM_REG_ARM_TIMER_CNT);
}

/* Is it later than what this thread has waited, and a millisecond? */
static bool is_late(const struct abi_vm *v, uint64_t due, uint64_t waited)
{
	const uint64_t slack = 1000000;
	uint64_t now = counter(v);

	waited = run_delay() - waited;
	CHECK(now >= due);
	return (now - due) * (1000000000 / COUNTER_HZ) > waited + slack;
}

/* What a hypervisor below takes away is in no schedstat, but this thread is as
 * late if it only looks at the counter. */
static bool looking_is_late(const struct abi_vm *v)
{
	uint64_t due = counter(v) + COUNTER_HZ / 100, waited = run_delay();

	if (abi_counted())
		return false;
	while (counter(v) < due)
		;
	return is_late(v, due, waited);
}

/*
 * A guest that spins is told of its timer by whoever runs it, not by a thread
 * that has to wait for a processor too: it is late by what it has waited
 * itself, and at most a millisecond.
 */
static void late_at_load(void)
{
	unsigned int late = 0, late_here = 0, rounds = 40;
	uint64_t due, waited;
	pid_t pid[SPINNERS];
	struct abi_vm v;

	/* By tests/slow/real-kvm. */
	if (getenv("ABI_TCG"))
		abi_skip("the host is QEMU's TCG: no bounds of time");
	abi_vm_open(&v, ABI_NO_GIC);
	GUEST(&v, 0, ASM_B_SELF);
	reg_set(v.vcpu, KVM_REG_ARM_TIMER_CTL, 1);
	spinners_start(pid);
	for (unsigned int i = 0; i < rounds; i++) {
		due = counter(&v) + COUNTER_HZ / 100;
		reg_set(v.vcpu, KVM_REG_ARM_TIMER_CVAL, due);
		waited = run_delay();
		expect_intr(&v, KVM_ARM_DEV_EL1_VTIMER);
		late += is_late(&v, due, waited);
		late_here += looking_is_late(&v);
		/* It falls, which ends the next run. */
		reg_set(v.vcpu, KVM_REG_ARM_TIMER_CVAL, UINT64_MAX);
		expect_intr(&v, 0);
	}
	spinners_stop(pid);
	CHECK(late <= rounds / 10 + 2 * late_here);
}

/* A line that the VMM raised is the timer's from the first run on. */
static void first_run_takes_line(void)
{
	struct kvm_irq_level line = {
		.irq = KVM_ARM_IRQ_TYPE_PPI << KVM_ARM_IRQ_TYPE_SHIFT | 27,
		.level = 1,
	};
	uint32_t levels = 0;
	struct abi_vm v;

	abi_vm_open(&v, ABI_GICV3);
	OK(ioctl(v.vm, KVM_IRQ_LINE, &line));
	OK(abi_attr(v.gic, KVM_GET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO,
		    0, &levels));
	EQUAL(levels, 1u << 27);
	abi_run_nothing(&v);
	OK(abi_attr(v.gic, KVM_GET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO,
		    0, &levels));
	EQUAL(levels, 0);
}

const struct abi_case cases_timer[] = {
	{"timer/first-run-takes-line", first_run_takes_line},
	{"timer/stopped-then-mmio", stopped_then_mmio},
	{"timer/stopped-then-wfi", stopped_then_wfi},
	{"timer/stopped-then-spin", stopped_then_spin},
	{"timer/due-later", due_later},
	{"timer/late-at-load", late_at_load},
	{NULL},
};
