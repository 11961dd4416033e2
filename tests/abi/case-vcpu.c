/* SPDX-License-Identifier: MIT */
/* Registers of a vCPU, and what a run without a device leaves in them. */
#include "abi.h"

static void run_to_mmio(void)
{
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	GUEST(&v, 0, ASM_MOVZ(1, 0x0900, 1), ASM_MOVZ(0, 0x1234, 0),
	      ASM_STR(0, 1), ASM_B_SELF);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(v.run->mmio.phys_addr, GUEST_MMIO);
	EQUAL(v.run->mmio.len, 8);
	EQUAL(v.run->mmio.is_write, 1);
	/* The store is not done until KVM_RUN is called again. */
	EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE + 8);
	v.run->immediate_exit = 1;
	REFUSED(ioctl(v.vcpu, KVM_RUN, 0), EINTR);
	EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE + 12);
	EQUAL(reg_get(v.vcpu, REG_X(0)), 0x1234);
}

const struct abi_case cases_vcpu[] = {
	{"vcpu/run-to-mmio", run_to_mmio},
	{NULL},
};
