/* SPDX-License-Identifier: MIT */
/*
 * ONE_REG family by family: every register that is listed is read and written
 * back; ids that name nothing, of a wrong size or beside a register; values
 * that are refused; and whether the id or the pointer is judged first.
 */
#include "abi.h"

static int get(int vcpu, uint64_t id, void *to)
{
	struct kvm_one_reg reg = {.id = id, .addr = (uintptr_t)to};

	return ioctl(vcpu, KVM_GET_ONE_REG, &reg);
}

static int set_from(int vcpu, uint64_t id, const void *from)
{
	struct kvm_one_reg reg = {.id = id, .addr = (uintptr_t)from};

	return ioctl(vcpu, KVM_SET_ONE_REG, &reg);
}

static int set(int vcpu, uint64_t id, uint64_t val)
{
	return set_from(vcpu, id, &val);
}

static struct {
	uint64_t n;
	uint64_t reg[1024];
} list;

static void list_get(int vcpu)
{
	list.n = ROWS(list.reg);
	NEED(ioctl(vcpu, KVM_GET_REG_LIST, &list) == 0);
}

/* "register 0x...", for messages. */
static const char *id_name(uint64_t id)
{
	static char name[40];

	snprintf(name, sizeof(name), "register 0x%llx", (unsigned long long)id);
	return name;
}

#define CTR REG_SYS(3, 3, 0, 0, 1)

/* Read, written back, read again: for a counter time goes on. */
static void every_register(void)
{
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	list_get(v.vcpu);
	for (uint64_t i = 0; i < list.n; i++) {
		uint64_t id = list.reg[i], a[32] = {0}, b[32] = {0};
		bool counts = id == KVM_REG_ARM_TIMER_CNT ||
			      id == KVM_REG_ARM_PTIMER_CNT;

		ROW(get(v.vcpu, id, a), 0, id_name(id));
		ROW(set_from(v.vcpu, id, a), 0, id_name(id));
		ROW(get(v.vcpu, id, b), 0, id_name(id));
		if (!counts && memcmp(a, b, sizeof(a)))
			printf("     %s: 0x%llx, then 0x%llx\n", id_name(id),
			       (unsigned long long)a[0],
			       (unsigned long long)b[0]);
		CHECK(counts || !memcmp(a, b, sizeof(a)));
		/* Behind none of them may be nothing. */
		for (unsigned int n = 0; n < NR_BAD_POINTERS; n++) {
			void *bad = abi_bad_pointer(n, 4);

			ROW(get(v.vcpu, id, bad), EFAULT, id_name(id));
			ROW(set_from(v.vcpu, id, bad), EFAULT, id_name(id));
		}
	}
	/* None is listed twice. */
	for (uint64_t i = 0; i < list.n; i++)
		for (uint64_t j = 0; j < i; j++)
			CHECK(list.reg[i] != list.reg[j]);
}

static void every_size(void)
{
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	list_get(v.vcpu);
	for (uint64_t i = 0; i < list.n; i++) {
		uint64_t id = list.reg[i], val[512] = {0};
		uint32_t family = id >> 16 & 0xfff;

		for (uint64_t size = 0; size < 16; size++) {
			uint64_t other = (id & ~KVM_REG_SIZE_MASK) |
					 size << KVM_REG_SIZE_SHIFT;
			int err = family == 0x10 ? EINVAL : ENOENT;

			if (other == id)
				continue;
			/* One that reaches beyond the structure is none. */
			if (family == 0x10 &&
			    (id & 0xffff) + (1u << size) / 4 >= 216)
				err = ENOENT;
			ROW(get(v.vcpu, other, val), err, id_name(other));
			ROW(set_from(v.vcpu, other, val), err, id_name(other));
		}
	}
}

/* What no register has, with the errno for a good and for a bad pointer. */
static void no_register(void)
{
	static const struct {
		const char *name;
		uint64_t id;
		int get, set, set_bad;
	} rows[] = {
		{"0", 0, EINVAL, EINVAL, EINVAL},
		{"-1", ~0ull, EINVAL, EINVAL, EINVAL},
		{"x86", 0x2030000000100000, EINVAL, EINVAL, EINVAL},
		{"arm", 0x4030000000100000, EINVAL, EINVAL, EINVAL},
		{"riscv", 0x8030000000100000, EINVAL, EINVAL, EINVAL},
		{"bit 32", 0x6030000100100000, EINVAL, EINVAL, EINVAL},
		{"bit 51", 0x6038000000100000, EINVAL, EINVAL, EINVAL},
		{"core, bit 28", 0x6030000010100000, ENOENT, ENOENT, ENOENT},
		{"core, behind", 0x60300000001000d8, ENOENT, ENOENT, ENOENT},
		{"core, last word", 0x60200000001000d7, ENOENT, ENOENT, ENOENT},
		{"core, padding", 0x60200000001000d6, EINVAL, EINVAL, EINVAL},
		{"core, half of X0", 0x6020000000100000, EINVAL, EINVAL,
		 EINVAL},
		{"core, in X0", 0x6030000000100001, EINVAL, EINVAL, EINVAL},
		{"core, in V0", 0x6040000000100056, EINVAL, EINVAL, EINVAL},
		{"core, half of V0", 0x6030000000100054, EINVAL, EINVAL,
		 EINVAL},
		{"core, before V0", 0x6030000000100052, EINVAL, EINVAL, EINVAL},
		{"CCSIDR 14", 0x602000000011000e, ENOENT, ENOENT, ENOENT},
		{"CCSIDR 255", 0x60200000001100ff, ENOENT, ENOENT, ENOENT},
		{"CCSIDR, 64 bits", 0x6030000000110000, ENOENT, ENOENT, ENOENT},
		{"demux 1", 0x6020000000110100, ENOENT, ENOENT, ENOENT},
		{"firmware 4", 0x6030000000140004, ENOENT, ENOENT, EFAULT},
		{"firmware, 32", 0x6020000000140000, ENOENT, ENOENT, ENOENT},
		{"bitmap 3", 0x6030000000160003, ENOENT, ENOENT, EFAULT},
		{"bitmap, 32", 0x6020000000160000, ENOENT, ENOENT, ENOENT},
		{"Z0", 0x6080000000150000, ENOENT, ENOENT, ENOENT},
		{"Z0, slice 1", 0x6080000000150001, ENOENT, ENOENT, ENOENT},
		{"P0", 0x6050000000150400, ENOENT, ENOENT, ENOENT},
		{"FFR", 0x6050000000150600, ENOENT, ENOENT, ENOENT},
		{"VLS", 0x606000000015ffff, ENOENT, ENOENT, ENOENT},
		{"Z0, 64 bits", 0x6030000000150000, EINVAL, EINVAL, EINVAL},
		{"P0 as Z", 0x6080000000150400, EINVAL, EINVAL, EINVAL},
		{"behind FFR", 0x6050000000150620, EINVAL, EINVAL, EINVAL},
		{"family 0", 0x6030000000000000, ENOENT, ENOENT, EFAULT},
		{"family 0x12", 0x6030000000120000, ENOENT, ENOENT, EFAULT},
		{"family 0x17", 0x6030000000170000, ENOENT, ENOENT, EFAULT},
		{"family 0xfff", 0x603000000fff0000, ENOENT, ENOENT, EFAULT},
		{"no op0", 0x6030000000130000, ENOENT, ENOENT, EFAULT},
		{"SCTLR, bit 28", 0x603000001013c080, ENOENT, ENOENT, EFAULT},
		{"SCTLR, 32 bits", 0x602000000013c080, ENOENT, ENOENT, EFAULT},
		{"SPSR_EL1", 0x603000000013c200, ENOENT, ENOENT, EFAULT},
		{"ELR_EL1", 0x603000000013c201, ENOENT, ENOENT, EFAULT},
		{"CCSIDR_EL1", 0x603000000013c800, ENOENT, ENOENT, EFAULT},
		{"ICC_PMR_EL1", 0x603000000013c230, ENOENT, ENOENT, EFAULT},
		{"OSLAR_EL1", 0x6030000000138084, ENOENT, ENOENT, EFAULT},
		{"DBGAUTHSTATUS", 0x60300000001383f6, ENOENT, ENOENT, EFAULT},
		{"ERRIDR_EL1", 0x603000000013c298, ENOENT, ENOENT, EFAULT},
		{"LORID_EL1", 0x603000000013c527, ENOENT, ENOENT, EFAULT},
		{"CNTFRQ_EL0", 0x603000000013df00, ENOENT, ENOENT, EFAULT},
		{"PMCR_EL0", 0x603000000013dce0, ENOENT, ENOENT, EFAULT},
		{"PMCEID0_EL0", 0x603000000013dce6, ENOENT, ENOENT, EFAULT},
		{"PMEVCNTR0_EL0", 0x603000000013df40, ENOENT, ENOENT, EFAULT},
		{"ZCR_EL1", 0x603000000013c090, ENOENT, ENOENT, EFAULT},
		{"APIAKEYLO_EL1", 0x603000000013c108, ENOENT, ENOENT, EFAULT},
		{"RGSR_EL1", 0x603000000013c085, ENOENT, ENOENT, EFAULT},
		{"TFSR_EL1", 0x603000000013c2b0, ENOENT, ENOENT, EFAULT},
		{"SVCR", 0x603000000013da12, ENOENT, ENOENT, EFAULT},
		{"FPMR", 0x603000000013da22, ENOENT, ENOENT, EFAULT},
		{"SCTLR_EL2", 0x603000000013e080, ENOENT, ENOENT, EFAULT},
		{"HCR_EL2", 0x603000000013e088, ENOENT, ENOENT, EFAULT},
		{"VBAR_EL3", 0x603000000013f600, ENOENT, ENOENT, EFAULT},
		{"TIMER_CTL, 32", 0x602000000013df19, ENOENT, ENOENT, EFAULT},
		{"TIMER_CNT, arm's", 0x403000000013df1a, EINVAL, EINVAL,
		 EINVAL},
	};
	uint64_t val[32] = {0};
	struct abi_vm v;
	void *bad = abi_bad_pointer(0, 8);

	abi_vm_open(&v, ABI_NO_GIC);
	for (size_t i = 0; i < ROWS(rows); i++) {
		ROW(get(v.vcpu, rows[i].id, val), rows[i].get, rows[i].name);
		/* Nothing is written back to find that out. */
		ROW(get(v.vcpu, rows[i].id, bad), rows[i].get, rows[i].name);
		ROW(set_from(v.vcpu, rows[i].id, val), rows[i].set,
		    rows[i].name);
		ROW(set_from(v.vcpu, rows[i].id, bad), rows[i].set_bad,
		    rows[i].name);
	}
}

/* ---- values -------------------------------------------------------------- */

/* Registers that keep what is written, until the core has them. */
static void values_kept(void)
{
	static const uint64_t values[] = {0, ~0ull, 0x5555aaaa12345678};
	static const uint64_t ids[] = {
		REG_X(0),
		REG_X(30),
		REG_SP,
		REG_PC,
		REG_ELR,
		REG_SPSR,
		REG_SPSR + 2,
		REG_SPSR + 8,
		0x6030000000100044, /* SP_EL1 */
		REG_SYS(2, 0, 0, 0, 4),
		REG_SYS(2, 0, 0, 0, 5),
		REG_SYS(2, 0, 0, 15, 6),
		REG_SYS(2, 0, 0, 15, 7),
		REG_SYS(2, 0, 0, 2, 0), /* MDCCINT */
		REG_SYS(2, 0, 0, 2, 2), /* MDSCR */
		REG_SYS(2, 4, 0, 7, 0), /* DBGVCR32 */
		REG_SYS(3, 0, 0, 0, 5), /* MPIDR */
		REG_SYS(3, 0, 1, 0, 0), /* SCTLR */
		REG_SYS(3, 0, 1, 0, 1), /* ACTLR */
		REG_SYS(3, 0, 1, 0, 2), /* CPACR */
		REG_SYS(3, 0, 2, 0, 0), /* TTBR0 */
		REG_SYS(3, 0, 2, 0, 1), /* TTBR1 */
		REG_SYS(3, 0, 2, 0, 2), /* TCR */
		REG_SYS(3, 0, 5, 1, 0), /* AFSR0 */
		REG_SYS(3, 0, 5, 1, 1), /* AFSR1 */
		REG_ESR,
		REG_SYS(3, 0, 6, 0, 0),  /* FAR */
		REG_SYS(3, 0, 7, 4, 0),  /* PAR */
		REG_SYS(3, 0, 10, 2, 0), /* MAIR */
		REG_SYS(3, 0, 10, 3, 0), /* AMAIR */
		REG_VBAR,
		REG_SYS(3, 0, 12, 1, 1), /* DISR */
		REG_SYS(3, 0, 13, 0, 1), /* CONTEXTIDR */
		REG_SYS(3, 0, 13, 0, 4), /* TPIDR_EL1 */
		REG_SYS(3, 0, 14, 1, 0), /* CNTKCTL */
		REG_SYS(3, 2, 0, 0, 0),  /* CSSELR */
		REG_SYS(3, 3, 13, 0, 2), /* TPIDR_EL0 */
		REG_SYS(3, 3, 13, 0, 3), /* TPIDRRO_EL0 */
		REG_SYS(3, 4, 3, 0, 0),  /* DACR32 */
		REG_SYS(3, 4, 5, 0, 1),  /* IFSR32 */
		REG_SYS(3, 4, 5, 3, 0),  /* FPEXC32 */
		KVM_REG_ARM_TIMER_CVAL,
		KVM_REG_ARM_PTIMER_CVAL,
	};
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	for (size_t i = 0; i < ROWS(ids); i++) {
		uint64_t was = reg_get(v.vcpu, ids[i]);

		for (size_t n = 0; n < ROWS(values); n++) {
			uint64_t val = 1;

			ROW(set(v.vcpu, ids[i], values[n]), 0, id_name(ids[i]));
			ROW(get(v.vcpu, ids[i], &val), 0, id_name(ids[i]));
			if (val != values[n])
				printf("     %s\n", id_name(ids[i]));
			EQUAL(val, values[n]);
		}
		OK(set(v.vcpu, ids[i], was));
	}
}

static void values_core(void)
{
	uint8_t q[16], got[16] = {0};
	uint32_t fpsr = 0;
	struct abi_vm v;
	bool el0_32;

	abi_vm_open(&v, ABI_NO_GIC);
	/* AArch32 at EL0 is a host's; at EL1 it is a vCPU's feature. */
	el0_32 = (reg_get(v.vcpu, REG_SYS(3, 0, 0, 4, 0)) & 15) == 2;
	for (uint64_t mode = 0; mode < 32; mode++) {
		int want = mode == 0 || mode == 4 || mode == 5 ||
					   (mode == 0x10 && el0_32)
				   ? 0
				   : EINVAL;

		ROW(set(v.vcpu, REG_PSTATE, 0x3c0 | mode), want, "PSTATE");
	}
	OK(set(v.vcpu, REG_PSTATE, 0x3c5));
	for (int i = 0; i < 16; i++)
		q[i] = 0xf0 + i;
	for (uint64_t n = 0; n < 32; n++) {
		uint64_t id = 0x6040000000100054 + 4 * n;

		OK(set_from(v.vcpu, id, q));
		OK(get(v.vcpu, id, got));
		CHECK(!memcmp(q, got, 16));
	}
	OK(set(v.vcpu, 0x60200000001000d4, 0x0800009f));
	OK(get(v.vcpu, 0x60200000001000d4, &fpsr));
	EQUAL(fpsr, 0x0800009f);
	OK(set(v.vcpu, 0x60200000001000d5, 0x07c00000));
	OK(get(v.vcpu, 0x60200000001000d5, &fpsr));
	EQUAL(fpsr, 0x07c00000);
}

static void values_system(void)
{
	static const uint64_t never[] = {REG_SYS(3, 0, 0, 0, 0),
					 REG_SYS(3, 0, 0, 0, 6),
					 REG_SYS(3, 1, 0, 0, 7)};
	const uint64_t oslsr = REG_SYS(2, 0, 1, 1, 4);
	const uint64_t clidr = REG_SYS(3, 1, 0, 0, 1);
	struct abi_vm v;
	uint64_t was;

	abi_vm_open(&v, ABI_NO_GIC);
	for (size_t i = 0; i < ROWS(never); i++) {
		was = reg_get(v.vcpu, never[i]);
		for (unsigned int bit = 0; bit < 64; bit += 7)
			REFUSED(set(v.vcpu, never[i], was ^ 1ull << bit),
				EINVAL);
		OK(set(v.vcpu, never[i], was));
	}
	/* The OS lock itself, and nothing else. */
	was = reg_get(v.vcpu, oslsr);
	EQUAL(was, 8);
	for (unsigned int bit = 0; bit < 64; bit++) {
		if (bit == 1)
			OK(set(v.vcpu, oslsr, was ^ 2));
		else
			REFUSED(set(v.vcpu, oslsr, was ^ 1ull << bit), EINVAL);
	}
	EQUAL(reg_get(v.vcpu, oslsr), 10);
	/* Reserved bits of CLIDR_EL1; no level at all, if IDC is 0. */
	was = reg_get(v.vcpu, clidr);
	for (unsigned int bit = 47; bit < 64; bit++)
		REFUSED(set(v.vcpu, clidr, was | 1ull << bit), EINVAL);
	if (reg_get(v.vcpu, CTR) & 1 << 28)
		OK(set(v.vcpu, clidr, 0));
	else
		REFUSED(set(v.vcpu, clidr, 0), EINVAL);
	OK(set(v.vcpu, clidr, 0x09200003));
	EQUAL(reg_get(v.vcpu, clidr), 0x09200003);
	OK(abi_init(&v));
	EQUAL(reg_get(v.vcpu, clidr), 0x09200003);
}

/* No register of the feature space may be more than the host has. */
static void values_id(void)
{
	static uint64_t masks[192];
	struct reg_mask_range range = {.addr = (uintptr_t)masks};
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	OK(ioctl(v.vm, KVM_ARM_GET_REG_WRITABLE_MASKS, &range));
	for (unsigned int crm = 1; crm < 8; crm++) {
		for (unsigned int op2 = 0; op2 < 8; op2++) {
			uint64_t id = REG_SYS(3, 0, 0, crm, op2);
			uint64_t was = reg_get(v.vcpu, id);
			uint64_t mask = masks[crm * 8 + op2];

			ROW(set(v.vcpu, id, was), 0, id_name(id));
			/* Without AArch32 its registers are RAZ/WI. */
			if (crm < 4 && !was && set(v.vcpu, id, 0x1234) == 0) {
				EQUAL(reg_get(v.vcpu, id), 0);
				continue;
			}
			for (unsigned int bit = 0; bit < 64; bit++) {
				if (mask & 1ull << bit)
					continue;
				ROW(set(v.vcpu, id, was ^ 1ull << bit), EINVAL,
				    id_name(id));
			}
			EQUAL(reg_get(v.vcpu, id), was);
		}
	}
}

static void values_firmware(void)
{
	static const struct {
		uint64_t id, val;
		int err;
	} rows[] = {
		{KVM_REG_ARM_PSCI_VERSION, 0x10001, 0},
		{KVM_REG_ARM_PSCI_VERSION, 0x10000, 0},
		{KVM_REG_ARM_PSCI_VERSION, 2, 0},
		{KVM_REG_ARM_PSCI_VERSION, 1, EINVAL},
		{KVM_REG_ARM_PSCI_VERSION, 0, EINVAL},
		{KVM_REG_ARM_PSCI_VERSION, 3, EINVAL},
		{KVM_REG_ARM_PSCI_VERSION, 0x10002, EINVAL},
		{KVM_REG_ARM_PSCI_VERSION, 0x20000, EINVAL},
		{KVM_REG_ARM_PSCI_VERSION, 1ull << 32 | 2, EINVAL},
		{KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1, 0, 0},
		{KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1, 3, EINVAL},
		{KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1, 0x10, EINVAL},
		{KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1, 1ull << 32, EINVAL},
		{KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2, 0, 0},
		{KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2, 1, 0},
		{KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2, 4, EINVAL},
		{KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2, 0x10, EINVAL},
		{KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2, 0x11, EINVAL},
		{KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2, 0x13, EINVAL},
		{KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2, 0x20, EINVAL},
		{KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_3, 0, 0},
		{KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_3, 3, EINVAL},
		{KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_3, 0x10, EINVAL},
		{KVM_REG_ARM_STD_BMAP, 0, 0},
		{KVM_REG_ARM_STD_BMAP, 2, EINVAL},
		{KVM_REG_ARM_STD_HYP_BMAP, 0, 0},
		{KVM_REG_ARM_STD_HYP_BMAP, 3, EINVAL},
		{KVM_REG_ARM_VENDOR_HYP_BMAP, 0, 0},
		{KVM_REG_ARM_VENDOR_HYP_BMAP, 2, 0},
		{KVM_REG_ARM_VENDOR_HYP_BMAP, 4, EINVAL},
		{KVM_REG_ARM_VENDOR_HYP_BMAP, ~0ull, EINVAL},
	};
	struct abi_vm v;
	uint64_t was;
	int second;

	abi_vm_open(&v, ABI_NO_GIC);
	second = abi_vcpu(&v, 1, NULL);
	EQUAL(reg_get(v.vcpu, KVM_REG_ARM_PSCI_VERSION), 0x10001);
	EQUAL(reg_get(v.vcpu, KVM_REG_ARM_STD_BMAP), 1);
	EQUAL(reg_get(v.vcpu, KVM_REG_ARM_STD_HYP_BMAP), 1);
	EQUAL(reg_get(v.vcpu, KVM_REG_ARM_VENDOR_HYP_BMAP), 3);
	for (size_t i = 0; i < ROWS(rows); i++) {
		was = reg_get(v.vcpu, rows[i].id);
		ROW(set(v.vcpu, rows[i].id, rows[i].val), rows[i].err,
		    id_name(rows[i].id));
		/* Workarounds are the host's, whatever is written. */
		if (rows[i].err || (rows[i].id & 0xfffff) - 0x40001 < 3)
			EQUAL(reg_get(v.vcpu, rows[i].id), was);
		else
			EQUAL(reg_get(second, rows[i].id), rows[i].val);
	}
	/* Once a vCPU has run the bitmaps take what they have. */
	GUEST(&v, 0, ASM_MOVZ(1, 0x0900, 1), ASM_STR(0, 1), ASM_B_SELF);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	for (uint64_t id = KVM_REG_ARM_STD_BMAP;
	     id <= KVM_REG_ARM_VENDOR_HYP_BMAP; id++) {
		was = reg_get(v.vcpu, id);
		OK(set(v.vcpu, id, was));
		REFUSED(set(v.vcpu, id, was ^ 1), EBUSY);
		REFUSED(set(second, id, 1 << 5), EINVAL);
	}
	OK(set(v.vcpu, KVM_REG_ARM_PSCI_VERSION, 0x10000));
}

/* Without the feature PSCI 0.1 is all there is. */
static void values_psci_0_1(void)
{
	struct kvm_vcpu_init init = {.target = KVM_ARM_TARGET_GENERIC_V8};
	struct abi_vm v;
	int vcpu;

	abi_vm_bare(&v);
	vcpu = ioctl(v.vm, KVM_CREATE_VCPU, 0);
	NEED(vcpu >= 0 && ioctl(vcpu, KVM_ARM_VCPU_INIT, &init) == 0);
	EQUAL(reg_get(vcpu, KVM_REG_ARM_PSCI_VERSION), 1);
	OK(set(vcpu, KVM_REG_ARM_PSCI_VERSION, 1));
	REFUSED(set(vcpu, KVM_REG_ARM_PSCI_VERSION, 2), EINVAL);
	REFUSED(set(vcpu, KVM_REG_ARM_PSCI_VERSION, 0x10001), EINVAL);
}

const struct abi_case cases_family[] = {
	{"family/every-register", every_register},
	{"family/every-size", every_size},
	{"family/no-register", no_register},
	{"family/values-kept", values_kept},
	{"family/values-core", values_core},
	{"family/values-system", values_system},
	{"family/values-id", values_id},
	{"family/values-firmware", values_firmware},
	{"family/values-psci-0-1", values_psci_0_1},
	{NULL},
};
