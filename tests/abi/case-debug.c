/* SPDX-License-Identifier: MIT */
/*
 * KVM_SET_GUEST_DEBUG: where single steps and hardware breakpoints stop, and
 * what they say.
 */
#include "abi.h"

#include <time.h>

#define BCR_EL1_WORD (1 | 1 << 1 | 0xf << 5) /* E, PMC = EL1, BAS = all */

#define EC_BREAKPOINT 0x30
#define EC_STEP       0x32

static void set_debug(struct abi_vm *v, uint32_t how, uint64_t address)
{
	struct kvm_guest_debug debug = {.control = how};

	if (how)
		debug.control |= KVM_GUESTDBG_ENABLE;
	if (how & KVM_GUESTDBG_USE_HW) {
		debug.arch.dbg_bvr[0] = address;
		debug.arch.dbg_bcr[0] = BCR_EL1_WORD;
	}
	OK(ioctl(v->vcpu, KVM_SET_GUEST_DEBUG, &debug));
}

/* ---- hardware breakpoints ------------------------------------------------ */

static const uint32_t counting[] = {
	ASM_MOV(0, 2),                                   /* x0 rounds of */
	ASM_B(2),      ASM_NOP,    ASM_ADD_IMM(3, 3, 1), /* 12 */
	ASM_B(1),      0xf1000400, /* 20: subs x0, x0, #1 */
	0x54ffffa1,                /* b.ne .-12 */
	ASM_STR(3, 1), ASM_B_SELF,
};

static void counting_start(struct abi_vm *v, uint64_t rounds)
{
	abi_guest_load(v, 0x1000, counting, sizeof(counting) / 4);
	reg_set(v->vcpu, REG_X(1), GUEST_MMIO);
	reg_set(v->vcpu, REG_X(2), rounds);
	reg_set(v->vcpu, REG_X(3), 0);
}

static void finish_access(struct abi_vm *v)
{
	v->run->immediate_exit = 1;
	REFUSED(ioctl(v->vcpu, KVM_RUN, 0), EINTR);
	v->run->immediate_exit = 0;
}

/* At every word of the loop, after the loop ran without. */
static void breakpoint_in_loop(void)
{
	static const unsigned int where[] = {0, 4, 12, 16, 20, 24, 28};
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	counting_start(&v, 100);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	finish_access(&v);
	for (size_t k = 0; k < sizeof(where) / sizeof(*where); k++) {
		uint64_t at = GUEST_BASE + 0x1000 + where[k];

		counting_start(&v, 100);
		set_debug(&v, KVM_GUESTDBG_USE_HW, at);
		EQUAL(abi_run(&v), KVM_EXIT_DEBUG);
		EQUAL(reg_get(v.vcpu, REG_PC), at);
		EQUAL(v.run->debug.arch.hsr,
		      (uint32_t)EC_BREAKPOINT << 26 | 0x2000022);
		/* It is still there. */
		EQUAL(abi_run(&v), KVM_EXIT_DEBUG);
		EQUAL(reg_get(v.vcpu, REG_PC), at);
		set_debug(&v, 0, 0);
		EQUAL(abi_run(&v), KVM_EXIT_MMIO);
		EQUAL(*(uint64_t *)v.run->mmio.data, 100);
		finish_access(&v);
	}
}

/* Seconds of the processor for the loop. */
static double loop_time(struct abi_vm *v)
{
	struct timespec a, b;

	counting_start(v, 300000);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a);
	EQUAL(abi_run(v), KVM_EXIT_MMIO);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &b);
	finish_access(v);
	return b.tv_sec - a.tv_sec + (b.tv_nsec - a.tv_nsec) * 1e-9;
}

/* One that is never reached, in the same page and in another, does not make
 * the guest step: that took 30 times as long. */
static void breakpoint_costs_little(void)
{
	double without = 1e9, with = 1e9;
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	for (unsigned int k = 0; k < 5; k++) {
		double t;

		set_debug(&v, 0, 0);
		t = loop_time(&v);
		without = t < without ? t : without;
		set_debug(&v, KVM_GUESTDBG_USE_HW,
			  k % 2 ? GUEST_BASE + 0x1008 : GUEST_BASE + 0x200c);
		t = loop_time(&v);
		with = t < with ? t : with;
	}
	CHECK(with < 4 * without);
}

const struct abi_case cases_debug[] = {
	{"debug/breakpoint-in-loop", breakpoint_in_loop},
	{"debug/breakpoint-costs-little", breakpoint_costs_little},
	{NULL},
};
