/* SPDX-License-Identifier: MIT */
/*
 * The counter of the guest and the one its VMM reads are one, less the offsets
 * of the VM. A VMM that is not arm64 has none of its own; the model's is
 * CLOCK_MONOTONIC in ticks of CNTFRQ_EL0.
 */
#include "abi.h"

#include <time.h>

#define CNTPCT SYSREG_ENC(3, 3, 14, 0, 1)
#define CNTVCT SYSREG_ENC(3, 3, 14, 0, 2)

#ifdef __aarch64__
static uint64_t own_count(void)
{
	uint64_t val;

	__asm__ volatile("isb; mrs %0, cntvct_el0; isb" : "=r"(val)::"memory");
	return val;
}

/* The one number for both. */
static void own_counter_begin(void)
{
	uint64_t hz;

	__asm__("mrs %0, cntfrq_el0" : "=r"(hz));
	EQUAL(abi_counter_hz(), hz);
}
#else
static uint64_t own_hz;

static uint64_t own_count(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * own_hz +
	       (uint64_t)ts.tv_nsec * own_hz / 1000000000;
}

static void own_counter_begin(void)
{
	own_hz = abi_counter_hz();
}
#endif

/* The guest stores three counters, in X0, X2 and X3. */
static void guest_reads(struct abi_vm *v)
{
	GUEST(v, 0, ASM_MRS(0, CNTPCT), ASM_MRS(2, CNTVCT), ASM_MRS(3, CNTPCT),
	      ASM_MOVZ(1, 0x0900, 1), ASM_STR(0, 1), ASM_B_SELF);
	EQUAL(abi_run(v), KVM_EXIT_MMIO);
}

static void one_counter(void)
{
	uint64_t before, after, p, q;
	struct abi_vm v;

	if (abi_counted())
		abi_skip("the guest's counter counts the guest's cycles");
	own_counter_begin();
	abi_vm_open(&v, ABI_NO_GIC);
	for (int i = 0; i < 1000; i++) {
		before = own_count();
		p = reg_get(v.vcpu, KVM_REG_ARM_PTIMER_CNT);
		after = own_count();
		if (before <= p && p <= after)
			continue;
		CHECK(before <= p && p <= after);
		break;
	}
	before = own_count();
	guest_reads(&v);
	after = own_count();
	p = reg_get(v.vcpu, REG_X(0));
	q = reg_get(v.vcpu, REG_X(3));
	CHECK(before <= p && p <= q && q <= after);
	/* The virtual one began with the vCPU. */
	CHECK(reg_get(v.vcpu, REG_X(2)) < q);
}

/* A restored VM goes on at 0, or wherever the VMM wants. */
static void offset_of_own_reading(void)
{
	struct kvm_arm_counter_offset offset = {0};
	uint64_t before, after, start = 0, limit;
	struct abi_vm v;

	if (abi_counted())
		abi_skip("the guest's counter counts the guest's cycles");
	own_counter_begin();
	abi_vm_open(&v, ABI_NO_GIC);
	for (int i = 0; i < 2; i++) {
		before = own_count();
		offset.counter_offset = before - start;
		OK(ioctl(v.vm, KVM_ARM_SET_COUNTER_OFFSET, &offset));
		guest_reads(&v);
		after = own_count();
		limit = after - before;
		CHECK(reg_get(v.vcpu, REG_X(0)) - start <= limit);
		CHECK(reg_get(v.vcpu, REG_X(2)) - start <= limit);
		CHECK(reg_get(v.vcpu, KVM_REG_ARM_TIMER_CNT) >=
		      reg_get(v.vcpu, REG_X(2)));
		/* The store that is pending is done; once more. */
		abi_run_nothing(&v);
		start = 0x123456789abc;
	}
	/* From now on the count is not user space's to write. */
	reg_set(v.vcpu, KVM_REG_ARM_TIMER_CNT, 1);
	CHECK(reg_get(v.vcpu, KVM_REG_ARM_TIMER_CNT) > 0x123456789abc);
}

/* Without the offset a count that is written is where the counter goes on. */
static void count_written(void)
{
	struct abi_vm v;
	uint64_t before, after;

	own_counter_begin();
	abi_vm_open(&v, ABI_NO_GIC);
	before = own_count();
	reg_set(v.vcpu, KVM_REG_ARM_TIMER_CNT, 1000);
	reg_set(v.vcpu, KVM_REG_ARM_PTIMER_CNT, 2000);
	guest_reads(&v);
	after = own_count();
	CHECK(reg_get(v.vcpu, REG_X(2)) - 1000 <= after - before);
	CHECK(reg_get(v.vcpu, REG_X(0)) - 2000 <= after - before);
}

#define CNTP_CTL SYSREG_ENC(3, 3, 14, 2, 1)

/* A core's own timer that works for the guest's (FEAT_VHE), but
 * cannot be shifted (FEAT_ECV), gets the sum: to the guest it is due, and nothing comes. */
static void offset_beyond_count(void)
{
	struct kvm_arm_counter_offset offset = {.counter_offset = 1ull << 62};
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	OK(ioctl(v.vm, KVM_ARM_SET_COUNTER_OFFSET, &offset));
	GUEST(&v, 0, ASM_MOVZ(1, 0x0900, 1), ASM_MSR(CNTP_CTL, 2),
	      ASM_MRS(3, CNTP_CTL), ASM_STR(3, 1));
	reg_set(v.vcpu, REG_X(2), 1);
	if (abi_has_vhe(&v) &&
	    reg_get(v.vcpu, REG_SYS(3, 0, 0, 7, 0)) >> 60 < 2) {
		EQUAL(abi_run(&v), KVM_EXIT_MMIO);
		EQUAL(reg_get(v.vcpu, REG_X(3)), 5);
	} else {
		abi_run_timer_line(&v, KVM_ARM_DEV_EL1_PTIMER);
	}
}

const struct abi_case cases_counter[] = {
	{"counter/one-counter", one_counter},
	{"counter/offset-of-own-reading", offset_of_own_reading},
	{"counter/count-written", count_written},
	{"counter/offset-beyond-count", offset_beyond_count},
	{NULL},
};
