/* SPDX-License-Identifier: MIT */
/* Registers by ONE_REG: what is taken, what is kept, what is refused. */
#include "abi.h"

#define ENC(op0, op1, crn, crm, op2) \
	((op0) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))
#define REG_CCSIDR(csselr) (0x6020000000110000ull | (csselr))
#define REG_MIDR           REG_SYS(3, 0, 0, 0, 0)
#define REG_REVIDR         REG_SYS(3, 0, 0, 0, 6)
#define REG_AIDR           REG_SYS(3, 1, 0, 0, 7)
#define REG_CTR            REG_SYS(3, 3, 0, 0, 1)
#define REG_CSSELR         REG_SYS(3, 2, 0, 0, 0)
#define FAMILY             0x0fff0000ull

static uint32_t ccsidr_get(int vcpu, unsigned int csselr)
{
	uint32_t val = 0;
	struct kvm_one_reg reg = {.id = REG_CCSIDR(csselr),
				  .addr = (uintptr_t)&val};

	OK(ioctl(vcpu, KVM_GET_ONE_REG, &reg));
	return val;
}

static int ccsidr_set(int vcpu, uint64_t id, uint32_t val)
{
	struct kvm_one_reg reg = {.id = id, .addr = (uintptr_t)&val};

	return ioctl(vcpu, KVM_SET_ONE_REG, &reg);
}

/* Migration: what another host had comes back, whatever its caches are. */
static void ccsidr_of_another_host(void)
{
	static const uint32_t values[] = {0x701fe01a, 0xffffffff, 0x700fe01a,
					  0x203fe01a, 0x00000007};
	struct abi_vm v;
	uint32_t line;

	abi_vm_open(&v, ABI_NO_GIC);
	for (unsigned int sel = 0; sel < 14; sel++) {
		line = ccsidr_get(v.vcpu, sel) & 7;
		for (size_t i = 0; i < sizeof(values) / 4; i++) {
			OK(ccsidr_set(v.vcpu, REG_CCSIDR(sel), values[i]));
			EQUAL(ccsidr_get(v.vcpu, sel), values[i]);
		}
		if (line)
			REFUSED(ccsidr_set(v.vcpu, REG_CCSIDR(sel),
					   0xfffffff8 | (line - 1)),
				EINVAL);
	}
	/* The guest sees it, and KVM_ARM_VCPU_INIT leaves it. */
	OK(ccsidr_set(v.vcpu, REG_CCSIDR(0), 0x701fe01a));
	reg_set(v.vcpu, REG_CSSELR, 0);
	GUEST(&v, 0, ASM_MRS(0, ENC(3, 1, 0, 0, 0)), ASM_MOVZ(1, 0x0900, 1),
	      ASM_STR(0, 1), ASM_B_SELF);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(reg_get(v.vcpu, REG_X(0)), 0x701fe01a);
	OK(abi_init(&v));
	EQUAL(ccsidr_get(v.vcpu, 0), 0x701fe01a);
}

/* Bits that no family owns: of a CCSIDR's id they are looked at. */
static void ccsidr_ids(void)
{
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	for (unsigned int bit = 28; bit < 32; bit++)
		REFUSED(ccsidr_set(v.vcpu, REG_CCSIDR(0) | 1ull << bit, 2),
			ENOENT);
	REFUSED(ccsidr_set(v.vcpu, REG_CCSIDR(14), 2), ENOENT);
	REFUSED(ccsidr_set(v.vcpu, REG_CCSIDR(0) | 0x100, 2), ENOENT);
	REFUSED(ccsidr_set(v.vcpu, REG_CCSIDR(0) | 1ull << 52, 2), ENOENT);
}

/* What never changes is found by its encoding alone. */
static void invariants_of_any_family(void)
{
	static const uint64_t ids[] = {REG_MIDR, REG_REVIDR, REG_AIDR};
	struct abi_vm v;
	uint64_t val;

	abi_vm_open(&v, ABI_NO_GIC);
	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
		uint64_t there = reg_get(v.vcpu, ids[i]);

		for (uint64_t family = 0x17; family < 0x1000; family += 0x1e9) {
			uint64_t id = (ids[i] & ~FAMILY) | family << 16;

			val = ~there;
			CHECK(abi_reg_get(v.vcpu, id, &val));
			EQUAL(val, there);
			CHECK(abi_reg_set(v.vcpu, id, there));
			CHECK(!abi_reg_set(v.vcpu, id, there + 1) &&
			      errno == EINVAL);
		}
		/* But not with a bit too many, or as CORE or DEMUX. */
		CHECK(!abi_reg_get(v.vcpu, ids[i] | 1 << 28, &val) &&
		      errno == ENOENT);
		CHECK(!abi_reg_get(v.vcpu, (ids[i] & ~FAMILY) | 0x11 << 16,
				   &val) &&
		      errno == ENOENT);
	}
	/* Others belong to the system registers' family. */
	CHECK(!abi_reg_get(v.vcpu, (REG_CTR & ~FAMILY) | 0x17 << 16, &val) &&
	      errno == ENOENT);
	CHECK(!abi_reg_set(v.vcpu, (REG_CTR & ~FAMILY) | 0x17 << 16, 0) &&
	      errno == ENOENT);
}

static void writable_masks(void)
{
	static uint64_t masks[192];
	struct reg_mask_range range = {.addr = (uintptr_t)masks};
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	memset(masks, 0xff, sizeof(masks));
	OK(ioctl(v.vm, KVM_ARM_GET_REG_WRITABLE_MASKS, &range));
	/* CLIDR_EL1 and CTR_EL0, which are no ID registers by name. */
	EQUAL(masks[65], 0x00007fffffffffff);
	EQUAL(masks[129], 0x300f000f);
	for (unsigned int i = 64; i < 192; i++)
		if (i != 65 && i != 129)
			EQUAL(masks[i], 0);
	for (unsigned int i = 0; i < 8; i++)
		EQUAL(masks[i], 0);
}

static long enable(int vm, uint32_t cap, uint64_t arg)
{
	struct kvm_enable_cap c = {.cap = cap, .args = {arg}};

	return ioctl(vm, KVM_ENABLE_CAP, &c);
}

/* One block size of those there are, or none. */
static void eager_split_sizes(void)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	int vm = ioctl(kvm, KVM_CREATE_VM, 0);

	NEED(vm >= 0);
	OK(enable(vm, KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE, 0x200000));
	EQUAL(ioctl(vm, KVM_CHECK_EXTENSION,
		    KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE),
	      0x200000);
	REFUSED(enable(vm, KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE, 0x201000),
		EINVAL);
	REFUSED(enable(vm, KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE, 0x40200000),
		EINVAL);
	REFUSED(enable(vm, KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE, 0x200001),
		EINVAL);
	REFUSED(enable(vm, KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE, 0x2000), EINVAL);
	EQUAL(ioctl(vm, KVM_CHECK_EXTENSION,
		    KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE),
	      0x200000);
	OK(enable(vm, KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE, 0));
}

const struct abi_case cases_onereg[] = {
	{"onereg/ccsidr-of-another-host", ccsidr_of_another_host},
	{"onereg/ccsidr-ids", ccsidr_ids},
	{"onereg/invariants-of-any-family", invariants_of_any_family},
	{"onereg/writable-masks", writable_masks},
	{"onereg/eager-split-sizes", eager_split_sizes},
	{NULL},
};
