/* SPDX-License-Identifier: MIT */
/* The timers of a guest without an irqchip: what user space hears, and when. */
#include "abi.h"

#include <signal.h>
#include <sys/resource.h>

#define CNTV_CTL SYSREG_ENC(3, 3, 14, 3, 1)
#define WFI      ASM_HINT(3)

static uint64_t hz; /* of the guests' counter */

static void open_due(struct abi_vm *v)
{
	abi_vm_open(v, ABI_NO_GIC);
	reg_set(v->vcpu, KVM_REG_ARM_TIMER_CVAL, 0);
	reg_set(v->vcpu, KVM_REG_ARM_TIMER_CTL, 1);
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
static unsigned int ended_by_ticks(unsigned int rounds)
{
	unsigned int ticks = 0;
	struct abi_vm v;

	for (unsigned int i = 0; i < rounds; i++) {
		long before;

		open_due(&v);
		GUEST(&v, 0, ASM_MSR(CNTV_CTL, 2), ASM_MOVZ(1, 0x0900, 1),
		      ASM_STR(0, 1), ASM_B_SELF);
		abi_run_timer_line(&v, KVM_ARM_DEV_EL1_VTIMER);
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
	return ticks;
}

static void stopped_then_mmio(void)
{
	unsigned int ticks = 20;

	for (unsigned int n = 0; n < 8 && ticks > 5; n++)
		ticks = ended_by_ticks(20);
	CHECK(ticks <= 5);
}

/* WFI is an exit at which the model looks. */
static void stopped_then_wfi(void)
{
	struct abi_vm v;

	open_due(&v);
	GUEST(&v, 0, ASM_MSR(CNTV_CTL, 2), WFI, ASM_B_SELF);
	abi_run_timer_line(&v, KVM_ARM_DEV_EL1_VTIMER);
	abi_run_timer_line(&v, 0);
}

/* A guest that does nothing else is ended by the tick. */
static void stopped_then_spin(void)
{
	struct abi_vm v;

	open_due(&v);
	GUEST(&v, 0, ASM_MSR(CNTV_CTL, 2), ASM_B_SELF);
	abi_run_timer_line(&v, KVM_ARM_DEV_EL1_VTIMER);
	abi_run_timer_line(&v, 0);
	EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE + 4);
}

/* Due in so many ticks: KVM_RUN ends then, at the PC that is answered. */
static uint64_t ends_when_due(uint32_t insn, uint64_t ticks)
{
	struct abi_vm v;
	uint64_t pc;

	abi_vm_open(&v, ABI_NO_GIC);
	GUEST(&v, 0, ASM_B_SELF, ASM_B_SELF);
	abi_guest_load(&v, 0, &insn, 1);
	reg_set(v.vcpu, KVM_REG_ARM_TIMER_CVAL,
		reg_get(v.vcpu, KVM_REG_ARM_TIMER_CNT) + ticks);
	reg_set(v.vcpu, KVM_REG_ARM_TIMER_CTL, 1);
	abi_run_timer_line(&v, KVM_ARM_DEV_EL1_VTIMER);
	pc = reg_get(v.vcpu, REG_PC);
	abi_vm_close(&v);
	return pc;
}

/* In WFI or not. A busy machine may come to the guest too late. */
static void due_later(void)
{
	uint64_t ticks;

	hz = abi_counter_hz();
	ticks = hz / 10;
	while (ends_when_due(WFI, ticks) != GUEST_BASE + 4) {
		ticks *= 2;
		NEED(ticks < 100 * hz);
	}
	EQUAL(ends_when_due(ASM_B_SELF, ticks), GUEST_BASE);
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

/* The guest's counter, to which hz belongs. */
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
	return (now - due) * 1000000000 / hz > waited + slack;
}

/* What a hypervisor below takes away is in no schedstat, but this thread is as
 * late if it only looks at the counter. */
static bool looking_is_late(const struct abi_vm *v)
{
	uint64_t due = counter(v) + hz / 100, waited = run_delay();

	if (abi_counted())
		return false;
	while (counter(v) < due)
		;
	return is_late(v, due, waited);
}

/* More often than happens to who only looks. */
static bool often_late(struct abi_vm *v)
{
	unsigned int late = 0, late_here = 0, rounds = 40;
	uint64_t due, waited;

	for (unsigned int i = 0; i < rounds; i++) {
		due = counter(v) + hz / 100;
		reg_set(v->vcpu, KVM_REG_ARM_TIMER_CVAL, due);
		waited = run_delay();
		abi_run_timer_line(v, KVM_ARM_DEV_EL1_VTIMER);
		late += is_late(v, due, waited);
		late_here += looking_is_late(v);
		/* It falls, which ends the next run. */
		reg_set(v->vcpu, KVM_REG_ARM_TIMER_CVAL, UINT64_MAX);
		abi_run_timer_line(v, 0);
	}
	return late > rounds / 10 + 2 * late_here;
}

/*
 * A guest that spins is told of its timer by whoever runs it, not by a thread
 * that has to wait for a processor too: it is late by what it has waited
 * itself, and at most a millisecond. A host can make one series differ, and
 * not all of them.
 */
static void late_at_load(void)
{
	pid_t pid[SPINNERS];
	struct abi_vm v;
	bool late = true;

	/* By tests/slow/real-kvm. */
	if (getenv("ABI_TCG"))
		abi_skip("the host is QEMU's TCG: no bounds of time");
	hz = abi_counter_hz();
	abi_vm_open(&v, ABI_NO_GIC);
	GUEST(&v, 0, ASM_B_SELF);
	reg_set(v.vcpu, KVM_REG_ARM_TIMER_CTL, 1);
	spinners_start(pid);
	for (unsigned int n = 0; n < 8 && late; n++)
		late = often_late(&v);
	spinners_stop(pid);
	CHECK(!late);
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
	{"timer/late-at-load", late_at_load, 60},
	{NULL},
};
