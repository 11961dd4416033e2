/* SPDX-License-Identifier: MIT */
/* The timers of a guest without an irqchip: what user space hears, and when. */
#include "abi.h"

#include <time.h>

#define ENC(op0, op1, crn, crm, op2) \
	((op0) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))
#define CNTV_CTL ENC(3, 3, 14, 3, 1)
#define WFI      ASM_HINT(3)

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

/* A host's tick may end a run that is otherwise not ended: rarely. */
static void stopped_then_mmio(void)
{
	unsigned int ticks = 0, rounds = 20;
	struct abi_vm v;

	for (unsigned int i = 0; i < rounds; i++) {
		open_due(&v);
		GUEST(&v, 0, ASM_MSR(CNTV_CTL, 2), ASM_MOVZ(1, 0x0900, 1),
		      ASM_STR(0, 1), ASM_B_SELF);
		expect_intr(&v, KVM_ARM_DEV_EL1_VTIMER);
		EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE);
		if (ioctl(v.vcpu, KVM_RUN, 0)) {
			ticks++;
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
			reg_get(v.vcpu, KVM_REG_ARM_TIMER_CNT) + 31250000);
		reg_set(v.vcpu, KVM_REG_ARM_TIMER_CTL, 1);
		expect_intr(&v, KVM_ARM_DEV_EL1_VTIMER);
		EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE + (i ? 0 : 4));
	}
}

const struct abi_case cases_timer[] = {
	{"timer/stopped-then-mmio", stopped_then_mmio},
	{"timer/stopped-then-wfi", stopped_then_wfi},
	{"timer/stopped-then-spin", stopped_then_spin},
	{"timer/due-later", due_later},
	{NULL},
};
