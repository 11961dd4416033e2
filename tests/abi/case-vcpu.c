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

/*
 * A call of a speculation workaround is answered by KVM's vectors, whatever the
 * host needs and a filter says: X0 is 0, X1 was used, no other register is
 * touched. By SMC it is a call like others.
 */
static void workaround_calls(void)
{
	static const uint32_t fn[] = {0x80008000, 0x80007fff, 0x80003fff};
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	for (int k = 0; k < 6; k++) {
		bool smc = k >= 3;

		if (smc)
			GUEST(&v, 0, ASM_SMC(0), ASM_MOVZ(9, 0x0900, 1),
			      ASM_STR(0, 9));
		else
			GUEST(&v, 0, ASM_HVC(0), ASM_MOVZ(9, 0x0900, 1),
			      ASM_STR(0, 9));
		/* Only the low half is looked at. */
		reg_set(v.vcpu, REG_X(0), 5ull << 32 | fn[k % 3]);
		for (int n = 1; n < 4; n++)
			reg_set(v.vcpu, REG_X(n), 0x1111 * n);
		EQUAL(abi_run(&v), KVM_EXIT_MMIO);
		EQUAL(reg_get(v.vcpu, REG_X(0)), smc ? ~0ull : 0);
		for (int n = 1; n < 4; n++)
			EQUAL(reg_get(v.vcpu, REG_X(n)),
			      smc || n == 1 ? 0 : 0x1111 * n);
		abi_run_nothing(&v);
	}
}

const struct abi_case cases_vcpu[] = {
	{"vcpu/run-to-mmio", run_to_mmio},
	{"vcpu/workaround-calls", workaround_calls},
	{NULL},
};
