/* SPDX-License-Identifier: MIT */
/*
 * Registers by ONE_REG: what is taken, what is kept, what is refused. Values
 * that a vCPU's core does not have last until the vCPU is loaded.
 */
#include "abi.h"

#define REG_CCSIDR(csselr) (0x6020000000110000ull | (csselr))
#define REG_MIDR           REG_SYS(3, 0, 0, 0, 0)
#define REG_REVIDR         REG_SYS(3, 0, 0, 0, 6)
#define REG_AIDR           REG_SYS(3, 1, 0, 0, 7)
#define REG_CTR            REG_SYS(3, 3, 0, 0, 1)
#define REG_AFSR0          REG_SYS(3, 0, 5, 1, 0)
#define REG_AFSR1          REG_SYS(3, 0, 5, 1, 1)
#define REG_CSSELR         REG_SYS(3, 2, 0, 0, 0)
#define FAMILY             0x0fff0000ull
#define PSTATE_EL1H        0x3c5ull

/* A VM whose vCPU has run: the store of it is completed. */
static void open_and_run(struct abi_vm *v)
{
	abi_vm_open(v, ABI_NO_GIC);
	GUEST(v, 0, ASM_MOVZ(1, 0x0900, 1), ASM_STR(0, 1), ASM_B_SELF);
	NEED(abi_run(v) == KVM_EXIT_MMIO);
	abi_run_nothing(v);
}

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

/* Migration: what another host had comes back, whatever its caches are, unless
 * their lines are shorter than this host's. */
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
			bool fits = (values[i] & 7) >= line;

			ROW(ccsidr_set(v.vcpu, REG_CCSIDR(sel), values[i]),
			    fits ? 0 : EINVAL, "CCSIDR of another host");
			if (fits)
				EQUAL(ccsidr_get(v.vcpu, sel), values[i]);
		}
		if (line)
			REFUSED(ccsidr_set(v.vcpu, REG_CCSIDR(sel),
					   0xfffffff8 | (line - 1)),
				EINVAL);
	}
	/* The guest sees it, and KVM_ARM_VCPU_INIT leaves it. */
	OK(ccsidr_set(v.vcpu, REG_CCSIDR(0), 0x701fe01f));
	reg_set(v.vcpu, REG_CSSELR, 0);
	GUEST(&v, 0, ASM_MRS(0, SYSREG_ENC(3, 1, 0, 0, 0)),
	      ASM_MOVZ(1, 0x0900, 1), ASM_STR(0, 1), ASM_B_SELF);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(reg_get(v.vcpu, REG_X(0)), 0x701fe01f);
	OK(abi_init(&v));
	EQUAL(ccsidr_get(v.vcpu, 0), 0x701fe01f);
}

/* As long as CTR_EL0's, the host's: no VM's that says less. */
static void ccsidr_lines(void)
{
	struct abi_vm v;
	uint64_t ctr;

	abi_vm_open(&v, ABI_NO_GIC);
	ctr = reg_get(v.vcpu, REG_CTR);
	for (unsigned int turn = 0; turn < 2; turn++) {
		for (unsigned int sel = 0; sel < 14; sel++) {
			uint32_t line = (ctr >> (sel & 1 ? 0 : 16) & 15) - 2;

			if (!turn)
				EQUAL(ccsidr_get(v.vcpu, sel), line);
			REFUSED(ccsidr_set(v.vcpu, REG_CCSIDR(sel), line - 1),
				EINVAL);
			OK(ccsidr_set(v.vcpu, REG_CCSIDR(sel), line));
		}
		reg_set(v.vcpu, REG_CTR, ctr - 0x10001);
		EQUAL(reg_get(v.vcpu, REG_CTR), ctr - 0x10001);
	}
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

/* 64 bits are kept as written; a run leaves those the core has. */
static void pstate_keeps_reserved(void)
{
	static const uint64_t values[] = {
		0xffffffff000003c5, 0x00000000080303c5, 0x0000000f000003c5,
		0x00000000000203c4, 0xfffffffff0c803c0};
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		reg_set(v.vcpu, REG_PSTATE, values[i]);
		EQUAL(reg_get(v.vcpu, REG_PSTATE), values[i]);
	}
	/* Not loaded yet by a run that does not enter the guest. */
	reg_set(v.vcpu, REG_PSTATE, 0xf0000000203c5);
	abi_run_nothing(&v);
	EQUAL(reg_get(v.vcpu, REG_PSTATE), 0xf0000000203c5);
	GUEST(&v, 0, ASM_MOVZ(1, 0x0900, 1), ASM_STR(0, 1), ASM_B_SELF);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(reg_get(v.vcpu, REG_PSTATE), PSTATE_EL1H);
	reg_set(v.vcpu, REG_PSTATE, 0xf0000000203c5);
	OK(abi_init(&v));
	EQUAL(reg_get(v.vcpu, REG_PSTATE), PSTATE_EL1H);
}

static void timer_ctl_bits(void)
{
	static const uint64_t ids[] = {KVM_REG_ARM_TIMER_CTL,
				       KVM_REG_ARM_PTIMER_CTL};
	static const uint64_t cvals[] = {KVM_REG_ARM_TIMER_CVAL,
					 KVM_REG_ARM_PTIMER_CVAL};
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	for (int i = 0; i < 2; i++) {
		reg_set(v.vcpu, cvals[i], UINT64_MAX);
		reg_set(v.vcpu, ids[i], UINT64_MAX);
		EQUAL(reg_get(v.vcpu, ids[i]), 0xfffffffb);
		/* ISTATUS is the condition, whatever else is there. */
		reg_set(v.vcpu, cvals[i], 0);
		EQUAL(reg_get(v.vcpu, ids[i]), 0xffffffff);
		reg_set(v.vcpu, ids[i], 0x8000000000000002);
		EQUAL(reg_get(v.vcpu, ids[i]), 6);
	}
	OK(abi_init(&v));
	EQUAL(reg_get(v.vcpu, ids[0]), 4);
	/* The core has two bits of them. */
	reg_set(v.vcpu, cvals[0], UINT64_MAX);
	reg_set(v.vcpu, ids[0], 0xfffffff2);
	EQUAL(reg_get(v.vcpu, ids[0]), 0xfffffff2);
	GUEST(&v, 0, ASM_MRS(0, SYSREG_ENC(3, 3, 14, 3, 1)),
	      ASM_MOVZ(1, 0x0900, 1), ASM_STR(0, 1), ASM_B_SELF);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(reg_get(v.vcpu, REG_X(0)), 2);
	EQUAL(reg_get(v.vcpu, ids[0]), 2);
}

/* Registers the core has no bits of: kept until they are loaded. */
static void afsr_are_zero(void)
{
	struct abi_vm v;

	open_and_run(&v);
	EQUAL(reg_get(v.vcpu, REG_AFSR0), 0);
	EQUAL(reg_get(v.vcpu, REG_AFSR1), 0);
	reg_set(v.vcpu, REG_AFSR0, 0x1234);
	EQUAL(reg_get(v.vcpu, REG_AFSR0), 0x1234);
	GUEST(&v, 0x100, ASM_MRS(2, SYSREG_ENC(3, 0, 5, 1, 0)),
	      ASM_MRS(3, SYSREG_ENC(3, 0, 5, 1, 1)), ASM_MOVZ(1, 0x0900, 1),
	      ASM_STR(2, 1), ASM_B_SELF);
	reg_set(v.vcpu, REG_X(2), 1);
	reg_set(v.vcpu, REG_X(3), 1);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(reg_get(v.vcpu, REG_X(2)), 0);
	EQUAL(reg_get(v.vcpu, REG_X(3)), 0);
	EQUAL(reg_get(v.vcpu, REG_AFSR0), 0);
	OK(abi_init(&v));
	EQUAL(reg_get(v.vcpu, REG_AFSR0), 0x1de7ec7edbadc0de);
}

/*
 * A breakpoint register that ID_AA64DFR0_EL1 does not count is UNDEFINED to
 * the guest; user space sees all of them.
 */
static void debug_registers_unimplemented(void)
{
	struct abi_vm v;
	uint64_t dfr0;
	unsigned int bps, wps;

	abi_vm_open(&v, ABI_NO_GIC);
	dfr0 = reg_get(v.vcpu, REG_SYS(3, 0, 0, 5, 0));
	bps = (dfr0 >> 12 & 15) + 1;
	wps = (dfr0 >> 20 & 15) + 1;
	reg_set(v.vcpu, REG_SYS(3, 0, 12, 0, 0), GUEST_BASE + 0x1000);
	for (unsigned int n = 0; n < 16; n++) {
		for (unsigned int op2 = 4; op2 < 8; op2++) {
			uint32_t code[] = {
				ASM_MRS(0, SYSREG_ENC(2, 0, 0, n, op2)),
				ASM_MOVZ(1, 0x0900, 1), ASM_STR(0, 1),
				ASM_B_SELF};
			static const uint32_t vector[] = {
				ASM_MOVZ(1, 0x0900, 1), ASM_STR_W(1, 1),
				ASM_B_SELF};
			bool there = n < (op2 < 6 ? bps : wps);

			CHECK(abi_reg_set(v.vcpu, REG_SYS(2, 0, 0, n, op2), 0));
			abi_guest_load(&v, 0x1200, vector, 3);
			abi_guest_load(&v, 0x2000 + n * 0x100 + op2 * 0x20,
				       code, 4);
			reg_set(v.vcpu, REG_PSTATE, PSTATE_EL1H);
			EQUAL(abi_run(&v), KVM_EXIT_MMIO);
			/* The vector stores a word, the code a doubleword. */
			EQUAL(v.run->mmio.len, there ? 8 : 4);
			abi_run_nothing(&v);
		}
	}
}

/*
 * The core is a real one, of a vendor and a part: libvirt looks for both in
 * its list. ID_AA64* say what there is, so the architecture field is 15. (The
 * vendor of QEMU's "max" is 0, "for software", its part "Q".)
 */
static void midr_of_a_core(void)
{
	struct abi_vm v;
	uint64_t midr;

	abi_vm_open(&v, ABI_NO_GIC);
	midr = reg_get(v.vcpu, REG_MIDR);
	EQUAL(midr >> 32, 0);
	if (getenv("ABI_TCG") && !(midr >> 24 & 0xff))
		abi_skip("QEMU's max is nobody's core");
	CHECK((midr >> 24 & 0xff) || midr == 0x000f0510);
	EQUAL(midr >> 16 & 15, 15);
	CHECK(midr >> 4 & 0xfff);
	GUEST(&v, 0, ASM_MRS(0, SYSREG_ENC(3, 0, 0, 0, 0)),
	      ASM_MOVZ(1, 0x0900, 1), ASM_STR(0, 1), ASM_B_SELF);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(reg_get(v.vcpu, REG_X(0)), midr);
}

/*
 * EE and E0E are there if ID_AA64MMFR0_EL1 says that data may be big-endian at
 * all (BigEnd, BigEndEL0), to the guest and to user space.
 */
static void big_endian_as_announced(void)
{
	uint64_t mmfr0, there = 0, ee = 1 << 25, e0e = 1 << 24, sctlr;
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	mmfr0 = reg_get(v.vcpu, REG_SYS(3, 0, 0, 7, 0));
	if (mmfr0 >> 8 & 15)
		there = ee | e0e;
	else if (mmfr0 >> 16 & 15)
		there = e0e;
	sctlr = reg_get(v.vcpu, REG_SYS(3, 0, 1, 0, 0));
	reg_set(v.vcpu, REG_X(3), sctlr | ee | e0e);
	reg_set(v.vcpu, REG_X(4), sctlr);
	GUEST(&v, 0, ASM_MRS(0, SYSREG_ENC(3, 0, 1, 0, 0)),
	      ASM_MSR(SYSREG_ENC(3, 0, 1, 0, 0), 3),
	      ASM_MRS(2, SYSREG_ENC(3, 0, 1, 0, 0)),
	      ASM_MSR(SYSREG_ENC(3, 0, 1, 0, 0), 4), ASM_MOVZ(1, 0x0900, 1),
	      ASM_STR(0, 1), ASM_B_SELF);
	/* What user space wrote, as the guest finds it. */
	reg_set(v.vcpu, REG_SYS(3, 0, 1, 0, 0), sctlr | ee | e0e);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(reg_get(v.vcpu, REG_X(0)) & (ee | e0e), there);
	EQUAL(reg_get(v.vcpu, REG_X(2)) & (ee | e0e), there);
}

/* What a big-endian guest has in memory is what leaves and comes back, by SCTLR_EL1.EE at
 * EL1 and by E0E at EL0. */
static void big_endian_guest(void)
{
	static const uint8_t data[] = {0x11, 0x22, 0x33, 0x44};
	const uint64_t ee = 1 << 25, e0e = 1 << 24;
	uint64_t sctlr;
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	if (!(reg_get(v.vcpu, REG_SYS(3, 0, 0, 7, 0)) >> 8 & 15))
		abi_skip("little-endian data only");
	sctlr = reg_get(v.vcpu, REG_SYS(3, 0, 1, 0, 0));
	GUEST(&v, 0, ASM_MSR(SYSREG_ENC(3, 0, 1, 0, 0), 3), ASM_ISB,
	      ASM_STR_W(0, 1), ASM_LDR_W(2, 1), ASM_STRH(0, 1), ASM_STR(2, 1),
	      ASM_B_SELF);
	reg_set(v.vcpu, REG_X(0), 0x11223344);
	reg_set(v.vcpu, REG_X(1), 0x09000000);
	reg_set(v.vcpu, REG_X(3), sctlr | ee);
	for (unsigned int el0 = 0; el0 < 2; el0++) {
		if (el0) {
			v.run->immediate_exit = 1;
			ioctl(v.vcpu, KVM_RUN, 0);
			v.run->immediate_exit = 0;
			reg_set(v.vcpu, REG_SYS(3, 0, 1, 0, 0), sctlr | e0e);
			reg_set(v.vcpu, REG_PSTATE, 0);
			reg_set(v.vcpu, REG_PC, reg_get(v.vcpu, REG_PC) - 16);
		}
		EQUAL(abi_run(&v), KVM_EXIT_MMIO);
		EQUAL(v.run->mmio.len, 4);
		EQUAL(memcmp(v.run->mmio.data, data, 4), 0);
		EQUAL(abi_run(&v), KVM_EXIT_MMIO);
		EQUAL(v.run->mmio.is_write, 0);
		memcpy(v.run->mmio.data, data, 4);
		EQUAL(abi_run(&v), KVM_EXIT_MMIO);
		EQUAL(v.run->mmio.len, 2);
		EQUAL(memcmp(v.run->mmio.data, &data[2], 2), 0);
		EQUAL(abi_run(&v), KVM_EXIT_MMIO);
		EQUAL(v.run->mmio.len, 8);
		EQUAL(memcmp(&v.run->mmio.data[4], data, 4), 0);
		EQUAL(reg_get(v.vcpu, REG_X(2)), 0x11223344);
	}
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
	int vm = abi_create_vm(kvm);

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
	{"onereg/ccsidr-lines", ccsidr_lines},
	{"onereg/ccsidr-ids", ccsidr_ids},
	{"onereg/invariants-of-any-family", invariants_of_any_family},
	{"onereg/pstate-keeps-reserved", pstate_keeps_reserved},
	{"onereg/timer-ctl-bits", timer_ctl_bits},
	{"onereg/afsr-are-zero", afsr_are_zero},
	{"onereg/debug-registers-unimplemented", debug_registers_unimplemented},
	{"onereg/midr-of-a-core", midr_of_a_core},
	{"onereg/big-endian-as-announced", big_endian_as_announced},
	{"onereg/big-endian-guest", big_endian_guest},
	{"onereg/writable-masks", writable_masks},
	{"onereg/eager-split-sizes", eager_split_sizes},
	{NULL},
};
