/* SPDX-License-Identifier: MIT */
/*
 * Two vCPUs with one affinity: which of them is meant. Linux has a table of them
 * from the first KVM_RUN on, in which the last one is, and before that takes the
 * first one.
 */
#include "abi.h"

#define REG_MPIDR     REG_SYS(3, 0, 0, 0, 5)
#define MPIDR_RES1    (1ull << 31)
#define GICR_ISENABLE 0x10100
#define PSCI_CPU_ON64 0xc4000003u

static struct abi_vm v;
static int others[3]; /* vCPUs 1 to 3 */

static void two_more(struct abi_vm *vm)
{
	for (unsigned int id = 1; id < 3; id++)
		others[id - 1] = abi_vcpu(vm, id, NULL);
}

static void mpidr_set(int vcpu, uint64_t affinity)
{
	reg_set(vcpu, REG_MPIDR, MPIDR_RES1 | affinity);
}

/* ---- the GIC's redistributors ------------------------------------------- */

static uint32_t redist(uint64_t affinity, unsigned long request, uint32_t val)
{
	OK(abi_attr(v.gic, request, KVM_DEV_ARM_VGIC_GRP_REDIST_REGS,
		    affinity << KVM_DEV_ARM_VGIC_V3_MPIDR_SHIFT | GICR_ISENABLE,
		    &val));
	return val;
}

/* PPI 16 + n is enabled on vCPU n. */
static void mark(unsigned int id)
{
	redist(id, KVM_SET_DEVICE_ATTR, 0x10000u << id);
}

static uint32_t marks(uint64_t affinity)
{
	return redist(affinity, KVM_GET_DEVICE_ATTR, 0) >> 16 & 7;
}

static void run_once(void)
{
	GUEST(&v, 0, ASM_MOVZ(1, 0x0900, 1), ASM_STR(0, 1), ASM_B_SELF);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	abi_run_nothing(&v);
}

static void redistributors(void)
{
	abi_vm_open_with(&v, ABI_GICV3, two_more);
	for (unsigned int id = 0; id < 3; id++)
		mark(id);
	EQUAL(marks(0), 1);
	EQUAL(marks(1), 2);
	EQUAL(marks(2), 4);
	mpidr_set(others[1], 1);
	EQUAL(marks(1), 2);
	run_once();
	EQUAL(marks(0), 1);
	EQUAL(marks(1), 4);
	/* The table is not made again. */
	mpidr_set(others[1], 5);
	EQUAL(marks(1), 2);
	EQUAL(marks(5), 4);
	mpidr_set(others[0], 5);
	EQUAL(marks(5), 4); /* by bit 0, in which they differed */
	mpidr_set(others[0], 1);
	mpidr_set(others[1], 1);
	EQUAL(marks(1), 4);
	/* All have the same. */
	mpidr_set(v.vcpu, 1);
	EQUAL(marks(1), 4);
	mpidr_set(others[1], 3);
	EQUAL(marks(1), 2); /* vCPU 1 was made before vCPU 0 */
}

/* ---- PSCI --------------------------------------------------------------- */

static void stop(int vcpu)
{
	struct kvm_mp_state state = {KVM_MP_STATE_STOPPED};

	OK(ioctl(vcpu, KVM_SET_MP_STATE, &state));
}

static bool stands(int vcpu)
{
	struct kvm_mp_state state;

	OK(ioctl(vcpu, KVM_GET_MP_STATE, &state));
	return state.mp_state == KVM_MP_STATE_STOPPED;
}

/* The guest turns on who has @affinity: PSCI's answer. */
static int64_t cpu_on(uint64_t affinity)
{
	GUEST(&v, 0, ASM_HVC(0), ASM_MOVZ(1, 0x0900, 1), ASM_STR(0, 1),
	      ASM_B_SELF);
	reg_set(v.vcpu, REG_X(0), PSCI_CPU_ON64);
	reg_set(v.vcpu, REG_X(1), affinity);
	reg_set(v.vcpu, REG_X(2), GUEST_BASE);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	abi_run_nothing(&v);
	return (int64_t)reg_get(v.vcpu, REG_X(0));
}

static void cpu_on_of_two(void)
{
	abi_vm_open(&v, ABI_NO_GIC);
	two_more(&v);
	mpidr_set(others[1], 1);
	stop(others[0]);
	stop(others[1]);
	EQUAL(cpu_on(1), 0);
	CHECK(stands(others[0]));
	CHECK(!stands(others[1]));
	EQUAL(cpu_on(1), -4); /* ALREADY_ON */
	CHECK(stands(others[0]));
	/* A vCPU that is made takes the table away, which only one's first
	 * KVM_RUN brings back. */
	others[2] = abi_vcpu(&v, 3, NULL);
	EQUAL(cpu_on(1), 0);
	CHECK(!stands(others[0]));
}

const struct abi_case cases_mpidr[] = {
	{"mpidr/redistributors-of-two", redistributors},
	{"mpidr/cpu-on-of-two", cpu_on_of_two},
	{NULL},
};
