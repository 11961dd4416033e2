/* SPDX-License-Identifier: MIT */
/*
 * Capabilities: what KVM_CHECK_EXTENSION answers for each number on each
 * descriptor, and KVM_ENABLE_CAP: which can be enabled where, with what
 * arguments, and what comes of it.
 */
#include "abi.h"

/* Values by what the host is: a bound is all that holds everywhere. */
enum {
	SWITCH = -1000, /* 0 or 1 */
	RANGE,          /* see in_range() */
};

static const struct value {
	unsigned int cap;
	long value; /* on both descriptors */
} values[] = {
	{KVM_CAP_IRQCHIP, 1},
	{KVM_CAP_USER_MEMORY, 1},
	{KVM_CAP_NR_VCPUS, RANGE},
	{KVM_CAP_NR_MEMSLOTS, 32767},
	{KVM_CAP_MP_STATE, 1},
	{KVM_CAP_COALESCED_MMIO, 1},
	{KVM_CAP_SYNC_MMU, 1},
	{KVM_CAP_DESTROY_MEMORY_REGION_WORKS, 1},
	{KVM_CAP_SET_GUEST_DEBUG, 1},
	{KVM_CAP_IRQ_ROUTING, 4096},
	{KVM_CAP_JOIN_MEMORY_REGIONS_WORKS, 1},
	{KVM_CAP_IRQFD, 1},
	{KVM_CAP_IOEVENTFD, 1},
	{KVM_CAP_INTERNAL_ERROR_DATA, 1},
	{KVM_CAP_VCPU_EVENTS, 1},
	{KVM_CAP_MAX_VCPUS, RANGE},
	{KVM_CAP_ONE_REG, 1},
	{KVM_CAP_SIGNAL_MSI, 1},
	{KVM_CAP_READONLY_MEM, 1},
	{KVM_CAP_IRQFD_RESAMPLE, 1},
	{KVM_CAP_ARM_PSCI, 1},
	{KVM_CAP_ARM_SET_DEVICE_ADDR, 1},
	{KVM_CAP_DEVICE_CTRL, 1},
	{KVM_CAP_ARM_EL1_32BIT, SWITCH},
	{KVM_CAP_ENABLE_CAP_VM, 1},
	{KVM_CAP_ARM_PSCI_0_2, 1},
	{KVM_CAP_CHECK_EXTENSION_VM, 1},
	{KVM_CAP_GUEST_DEBUG_HW_BPS, RANGE},
	{KVM_CAP_GUEST_DEBUG_HW_WPS, RANGE},
	{KVM_CAP_IOEVENTFD_ANY_LENGTH, 1},
	{KVM_CAP_ARM_PMU_V3, SWITCH},
	{KVM_CAP_VCPU_ATTRIBUTES, 1},
	{KVM_CAP_MAX_VCPU_ID, RANGE},
	{KVM_CAP_IMMEDIATE_EXIT, 1},
	{KVM_CAP_ARM_USER_IRQ, 1},
	{KVM_CAP_ARM_INJECT_SERROR_ESR, SWITCH},
	{KVM_CAP_COALESCED_PIO, 1},
	{KVM_CAP_ARM_VM_IPA_SIZE, RANGE},
	{KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, 3},
	{KVM_CAP_ARM_SVE, SWITCH},
	{KVM_CAP_ARM_PTRAUTH_ADDRESS, SWITCH},
	{KVM_CAP_ARM_PTRAUTH_GENERIC, SWITCH},
	{KVM_CAP_ARM_IRQ_LINE_LAYOUT_2, 1},
	{KVM_CAP_ARM_NISV_TO_USER, 1},
	{KVM_CAP_ARM_INJECT_EXT_DABT, 1},
	{KVM_CAP_HALT_POLL, 1},
	{KVM_CAP_STEAL_TIME, SWITCH},
	{KVM_CAP_SET_GUEST_DEBUG2, 0x30003},
	{KVM_CAP_PTP_KVM, 1},
	{KVM_CAP_BINARY_STATS_FD, 1},
	{KVM_CAP_ARM_MTE, SWITCH},
	{KVM_CAP_SYSTEM_EVENT_DATA, 1},
	{KVM_CAP_ARM_SYSTEM_SUSPEND, 1},
	{KVM_CAP_DIRTY_LOG_RING_ACQ_REL, RANGE},
	{KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP, SWITCH},
	{KVM_CAP_COUNTER_OFFSET, 1},
	{KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE, 0},
	{KVM_CAP_ARM_SUPPORTED_BLOCK_SIZES, 0x40201000},
	{KVM_CAP_ARM_SUPPORTED_REG_MASK_RANGES, 1},
	{KVM_CAP_USER_MEMORY2, 1},
};

static bool in_range(unsigned int cap, long value)
{
	switch (cap) {
	case KVM_CAP_NR_VCPUS: return value >= 1 && value <= 512;
	case KVM_CAP_MAX_VCPUS:
	case KVM_CAP_MAX_VCPU_ID: return value == 8 || value == 512;
	case KVM_CAP_GUEST_DEBUG_HW_BPS:
	case KVM_CAP_GUEST_DEBUG_HW_WPS: return value >= 2 && value <= 16;
	case KVM_CAP_ARM_VM_IPA_SIZE: return value >= 32 && value <= 52;
	case KVM_CAP_DIRTY_LOG_RING_ACQ_REL:
		return value == 0 || value == 1048576;
	default: return false;
	}
}

static long expected(unsigned int cap)
{
	for (size_t i = 0; i < ROWS(values); i++)
		if (values[i].cap == cap)
			return values[i].value;
	return 0;
}

static void check_each(void)
{
	struct abi_vm v;

	abi_vm_bare(&v);
	/* Every number, named or not. */
	for (unsigned int cap = 0; cap < 512; cap++) {
		long want = expected(cap), sys, vm;
		bool right;

		if (cap == KVM_CAP_MSI_DEVID)
			continue;
		sys = ioctl(v.kvm, KVM_CHECK_EXTENSION, cap);
		vm = ioctl(v.vm, KVM_CHECK_EXTENSION, cap);
		right = want == SWITCH  ? sys == 0 || sys == 1
			: want == RANGE ? in_range(cap, sys)
					: sys == want;
		if (!right || sys != vm)
			printf("     capability %u: %ld and %ld\n", cap, sys,
			       vm);
		CHECK(right && sys == vm);
	}
	EQUAL(OK(ioctl(v.kvm, KVM_CHECK_EXTENSION, -1ul)), 0);
	EQUAL(OK(ioctl(v.vm, KVM_CHECK_EXTENSION, -1ul)), 0);
	EQUAL(OK(ioctl(v.vm, KVM_CHECK_EXTENSION, 1ul << 32)), 0);
}

/* What belongs to a VM. */
static void check_by_vm(void)
{
	struct abi_vm v;
	long max;

	abi_vm_bare(&v);
	REFUSED(ioctl(v.kvm, KVM_CHECK_EXTENSION, KVM_CAP_MSI_DEVID), EINVAL);
	EQUAL(OK(ioctl(v.vm, KVM_CHECK_EXTENSION, KVM_CAP_MSI_DEVID)), 0);
	max = ioctl(v.vm, KVM_CHECK_EXTENSION, KVM_CAP_MAX_VCPUS);
	EQUAL(max, abi_device_there(&v, KVM_DEV_TYPE_ARM_VGIC_V3) ? 512 : 8);
	if (abi_device_there(&v, KVM_DEV_TYPE_ARM_VGIC_V2)) {
		abi_device(&v, KVM_DEV_TYPE_ARM_VGIC_V2);
		EQUAL(ioctl(v.vm, KVM_CHECK_EXTENSION, KVM_CAP_MAX_VCPUS), 8);
		EQUAL(ioctl(v.vm, KVM_CHECK_EXTENSION, KVM_CAP_MAX_VCPU_ID), 8);
		EQUAL(ioctl(v.kvm, KVM_CHECK_EXTENSION, KVM_CAP_MAX_VCPUS),
		      max);
	}
	if (!abi_device_there(&v, KVM_DEV_TYPE_ARM_VGIC_ITS))
		return;
	abi_vm_bare(&v);
	abi_device(&v, KVM_DEV_TYPE_ARM_VGIC_ITS);
	EQUAL(ioctl(v.vm, KVM_CHECK_EXTENSION, KVM_CAP_MSI_DEVID), 1);
}

/* ---- enabling ------------------------------------------------------------ */

static bool can_enable(uint32_t cap)
{
	switch (cap) {
	case KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2:
	case KVM_CAP_ARM_NISV_TO_USER:
	case KVM_CAP_HALT_POLL:
	case KVM_CAP_ARM_SYSTEM_SUSPEND:
	case KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE: return true;
	default: return false;
	}
}

/* Dirty rings and MTE look at more than flags; they have cases of their own. */
static bool looks_elsewhere(uint32_t cap)
{
	return cap == KVM_CAP_DIRTY_LOG_RING_ACQ_REL ||
	       cap == KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP ||
	       cap == KVM_CAP_ARM_MTE;
}

static void enable_each(void)
{
	struct abi_vm v;
	char name[32];

	abi_vm_open(&v, ABI_NO_GIC);
	for (uint32_t cap = 0; cap < 512; cap++) {
		snprintf(name, sizeof(name), "capability %u", cap);
		ROW(abi_enable(v.vcpu, cap, 0, 0), EINVAL, name);
		ROW(abi_enable(v.kvm, cap, 0, 0), EINVAL, name);
		if (looks_elsewhere(cap))
			continue;
		ROW(abi_enable(v.vm, cap, 1, 0), EINVAL, name);
		ROW(abi_enable(v.vm, cap, 1u << 31, 0), EINVAL, name);
		/* With 0 it changes nothing: there is a memory slot. */
		if (cap == KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE ||
		    !can_enable(cap))
			ROW(abi_enable(v.vm, cap, 0, 0), EINVAL, name);
		else
			ROW(abi_enable(v.vm, cap, 0, 0), 0, name);
	}
	REFUSED(abi_enable(v.vm, ~0u, 0, 0), EINVAL);
}

static void enable_arguments(void)
{
	static const struct {
		uint32_t cap;
		uint64_t arg;
		int err;
	} rows[] = {
		{KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, 1, 0},
		{KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, 3, 0},
		{KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, 0, 0},
		{KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, 2, EINVAL},
		{KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, 4, EINVAL},
		{KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, 7, EINVAL},
		{KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, 1ull << 32, EINVAL},
		{KVM_CAP_HALT_POLL, 0, 0},
		{KVM_CAP_HALT_POLL, 0xffffffff, 0},
		{KVM_CAP_HALT_POLL, 0x100000000, EINVAL},
		{KVM_CAP_HALT_POLL, ~0ull, EINVAL},
		{KVM_CAP_ARM_NISV_TO_USER, ~0ull, 0},
		{KVM_CAP_ARM_SYSTEM_SUSPEND, ~0ull, 0},
		{KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE, 0x1000, 0},
		{KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE, 0x40000000, 0},
		{KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE, 0x8000, EINVAL},
		{KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE, ~0ull, EINVAL},
		{KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE, 1ull << 39, EINVAL},
		{KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE, 0, 0},
	};
	struct kvm_enable_cap more = {.cap = KVM_CAP_HALT_POLL,
				      .args = {5, ~0ull, 7, ~0ull}};
	struct abi_vm v;
	char name[64];

	abi_vm_bare(&v);
	memset(more.pad, 0xff, sizeof(more.pad));
	OK(ioctl(v.vm, KVM_ENABLE_CAP, &more));
	for (size_t i = 0; i < ROWS(rows); i++) {
		snprintf(name, sizeof(name), "capability %u, 0x%llx",
			 rows[i].cap, (unsigned long long)rows[i].arg);
		ROW(abi_enable(v.vm, rows[i].cap, 0, rows[i].arg), rows[i].err,
		    name);
	}
}

/* Once there is a vCPU, or without tags in the host. */
static void enable_mte(void)
{
	struct abi_vm v;

	abi_vm_bare(&v);
	if (ioctl(v.kvm, KVM_CHECK_EXTENSION, KVM_CAP_ARM_MTE) == 1) {
		OK(abi_enable(v.vm, KVM_CAP_ARM_MTE, 0, 0));
		OK(abi_enable(v.vm, KVM_CAP_ARM_MTE, 0, 0));
		abi_vm_open(&v, ABI_NO_GIC);
	}
	REFUSED(abi_enable(v.vm, KVM_CAP_ARM_MTE, 0, 0), EINVAL);
	REFUSED(abi_enable(v.vm, KVM_CAP_ARM_MTE, 1, 0), EINVAL);
}

const struct abi_case cases_cap[] = {
	{"cap/check-each", check_each},
	{"cap/check-by-vm", check_by_vm},
	{"cap/enable-each", enable_each},
	{"cap/enable-arguments", enable_arguments},
	{"cap/enable-mte", enable_mte},
	{NULL},
};
