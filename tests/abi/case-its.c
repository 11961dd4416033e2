/* SPDX-License-Identifier: MIT */
/*
 * Attributes of what is no GIC: the ITS, VFIO, and those of vCPU and VM
 * descriptors; and the making of devices: types, how many, when.
 */
#include "abi.h"

#include <sys/eventfd.h>

static struct abi_vm v;
static int dev; /* the descriptor that is asked */

static int has(uint32_t group, uint64_t attr)
{
	return abi_attr(dev, KVM_HAS_DEVICE_ATTR, group, attr,
			abi_bad_pointer(0, 8));
}

static int get(uint32_t group, uint64_t attr, void *to)
{
	return abi_attr(dev, KVM_GET_DEVICE_ATTR, group, attr, to);
}

static int set_from(uint32_t group, uint64_t attr, const void *from)
{
	return abi_attr(dev, KVM_SET_DEVICE_ATTR, group, attr, (void *)from);
}

static int set(uint32_t group, uint64_t attr, uint64_t val)
{
	return set_from(group, attr, &val);
}

/* ---- ITS ----------------------------------------------------------------- */

#define ADDR KVM_DEV_ARM_VGIC_GRP_ADDR
#define CTL  KVM_DEV_ARM_VGIC_GRP_CTRL
#define REGS KVM_DEV_ARM_VGIC_GRP_ITS_REGS

#define ITS_BASE  0x08200000ull
#define GITS_CTLR 0x00

static void its_open(void)
{
	abi_vm_open(&v, ABI_GICV3);
	dev = abi_device(&v, KVM_DEV_TYPE_ARM_VGIC_ITS);
}

static void its_address(void)
{
	const uint64_t end = abi_ipa_end(), t = KVM_VGIC_ITS_ADDR_TYPE;
	void *bad = abi_bad_pointer(0, 8);
	uint64_t val;

	its_open();
	for (uint64_t type = 0; type < 8; type++) {
		if (type == t)
			continue;
		REFUSED(has(ADDR, type), ENXIO);
		REFUSED(get(ADDR, type, bad), ENODEV);
		REFUSED(set_from(ADDR, type, bad), ENODEV);
	}
	OK(has(ADDR, t));
	OK(get(ADDR, t, &val));
	EQUAL(val, ~0ull);
	REFUSED(get(ADDR, t, bad), EFAULT);
	REFUSED(set_from(ADDR, t, bad), EFAULT);
	REFUSED(set(ADDR, t, 0x1000), EINVAL);
	REFUSED(set(ADDR, t, end + 0x1000), EINVAL);
	REFUSED(set(ADDR, t, -0x10000ull), EINVAL);
	REFUSED(set(ADDR, t, end), E2BIG);
	REFUSED(set(ADDR, t, end - 0x10000), E2BIG);
	OK(set(ADDR, t, ITS_BASE));
	REFUSED(set(ADDR, t, ITS_BASE), EEXIST);
	REFUSED(set(ADDR, t, 1), EEXIST);
	OK(get(ADDR, t, &val));
	EQUAL(val, ITS_BASE);
	/* Nobody looks whether another one overlaps it. */
	dev = abi_device(&v, KVM_DEV_TYPE_ARM_VGIC_ITS);
	OK(get(ADDR, t, &val));
	EQUAL(val, ~0ull);
	OK(set(ADDR, t, ITS_BASE));
}

static void its_control(void)
{
	void *bad = abi_bad_pointer(0, 8);

	its_open();
	for (uint64_t attr = 0; attr < 8; attr++) {
		bool there = attr < 3 || attr == 4;

		if (there)
			OK(has(CTL, attr));
		else
			REFUSED(has(CTL, attr), ENXIO);
		REFUSED(get(CTL, attr, bad), ENXIO);
		/* An unknown one does nothing. */
		OK(set_from(CTL, attr, bad));
	}
	OK(set(CTL, ~0ull, 0));
	for (uint32_t group = 1; group < 12; group++) {
		if (group == CTL || group == REGS)
			continue;
		REFUSED(has(group, 0), ENXIO);
		REFUSED(get(group, 0, bad), ENXIO);
		REFUSED(set_from(group, 0, bad), ENXIO);
	}
}

static void its_registers(void)
{
	static const struct {
		const char *name;
		uint64_t off;
		int has, get, set; /* with an address */
	} rows[] = {
		{"GITS_CTLR", 0, 0, 0, 0},
		{"GITS_IIDR", 4, 0, 0, 0},
		{"GITS_TYPER", 8, 0, 0, 0},
		{"GITS_CBASER", 0x80, 0, 0, 0},
		{"GITS_CWRITER", 0x88, 0, 0, 0},
		{"GITS_CREADR", 0x90, 0, 0, 0},
		{"GITS_BASER0", 0x100, 0, 0, 0},
		{"GITS_BASER7", 0x138, 0, 0, 0},
		{"GITS_PIDR4", 0xffd0, 0, 0, 0},
		{"GITS_PIDR2", 0xffe8, 0, 0, 0},
		{"GITS_CIDR3", 0xfffc, 0, 0, 0},
		{"0x10", 0x10, ENXIO, ENXIO, ENXIO},
		{"0x98", 0x98, ENXIO, ENXIO, ENXIO},
		{"0x140", 0x140, ENXIO, ENXIO, ENXIO},
		{"GITS_TRANSLATER", 0x10040, ENXIO, ENXIO, ENXIO},
		{"GITS_CTLR + 2", 2, EINVAL, EINVAL, EINVAL},
		{"GITS_TYPER + 4", 0xc, EINVAL, EINVAL, EINVAL},
		{"GITS_CBASER + 4", 0x84, EINVAL, EINVAL, EINVAL},
		{"0x14", 0x14, EINVAL, EINVAL, EINVAL},
		{"GITS_PIDR2 + 1", 0xffe9, EINVAL, EINVAL, EINVAL},
	};
	void *bad = abi_bad_pointer(0, 8);
	uint64_t val;

	its_open();
	for (int placed = 0; placed < 2; placed++) {
		for (size_t i = 0; i < ROWS(rows); i++) {
			const char *name = rows[i].name;
			int gets = rows[i].get, sets = rows[i].set;

			if (!placed && gets != EINVAL)
				gets = sets = ENXIO;
			val = 0;
			ROW(has(REGS, rows[i].off), rows[i].has, name);
			ROW(get(REGS, rows[i].off, &val), gets, name);
			ROW(get(REGS, rows[i].off, bad), gets ? gets : EFAULT,
			    name);
			ROW(set_from(REGS, rows[i].off, bad), EFAULT, name);
			ROW(set(REGS, rows[i].off, val), sets, name);
		}
		if (!placed)
			OK(set(ADDR, KVM_VGIC_ITS_ADDR_TYPE, ITS_BASE));
	}
	/* CREADR: within the queue, and only while nothing runs. */
	OK(set(REGS, 0x80, 1ull << 63 | GUEST_BASE));
	OK(set(REGS, 0x90, 0xfe0));
	REFUSED(set(REGS, 0x90, 0x1000), EINVAL);
	OK(set(REGS, 0x90, 0));
	OK(get(REGS, 4, &val));
	REFUSED(set(REGS, 4, val ^ 1 << 12), EINVAL);
	OK(set(REGS, 0x88, 0));
	OK(get(REGS, GITS_CTLR, &val));
	OK(set(REGS, 0x100, 1ull << 63 | (GUEST_BASE + 0x10000)));
	OK(set(REGS, 0x108, 1ull << 63 | (GUEST_BASE + 0x20000)));
	OK(set(REGS, GITS_CTLR, 1));
	REFUSED(set(REGS, 0x90, 0), EBUSY);
	OK(set(REGS, GITS_CTLR, 0));
}

/* ---- VFIO ---------------------------------------------------------------- */

static void vfio(void)
{
	void *bad = abi_bad_pointer(0, 8);
	int event = eventfd(0, 0);

	abi_vm_bare(&v);
	dev = abi_device(&v, KVM_DEV_TYPE_VFIO);
	OK(has(KVM_DEV_VFIO_FILE, KVM_DEV_VFIO_FILE_ADD));
	OK(has(KVM_DEV_VFIO_FILE, KVM_DEV_VFIO_FILE_DEL));
	for (uint64_t attr = 0; attr < 5; attr++) {
		REFUSED(get(KVM_DEV_VFIO_FILE, attr, bad), EPERM);
		if (attr == KVM_DEV_VFIO_FILE_ADD ||
		    attr == KVM_DEV_VFIO_FILE_DEL)
			continue;
		REFUSED(has(KVM_DEV_VFIO_FILE, attr), ENXIO);
		REFUSED(set_from(KVM_DEV_VFIO_FILE, attr, bad), ENXIO);
	}
	REFUSED(has(0, 1), ENXIO);
	REFUSED(set_from(0, 1, bad), ENXIO);
	REFUSED(set_from(2, 1, bad), ENXIO);
	for (uint64_t attr = KVM_DEV_VFIO_FILE_ADD;
	     attr <= KVM_DEV_VFIO_FILE_DEL; attr++) {
		REFUSED(set_from(KVM_DEV_VFIO_FILE, attr, bad), EFAULT);
		REFUSED(set(KVM_DEV_VFIO_FILE, attr, -1), EBADF);
		REFUSED(set(KVM_DEV_VFIO_FILE, attr, 9999), EBADF);
		/* A file of another kind. */
		REFUSED(set(KVM_DEV_VFIO_FILE, attr, (uint32_t)event),
			attr == KVM_DEV_VFIO_FILE_ADD ? EINVAL : ENOENT);
		REFUSED(set(KVM_DEV_VFIO_FILE, attr, (uint32_t)v.vm),
			attr == KVM_DEV_VFIO_FILE_ADD ? EINVAL : ENOENT);
	}
}

/* ---- vCPU and VM --------------------------------------------------------- */

#define PMU    KVM_ARM_VCPU_PMU_V3_CTRL
#define TIMER  KVM_ARM_VCPU_TIMER_CTRL
#define PVTIME KVM_ARM_VCPU_PVTIME_CTRL

static uint32_t ppi_of(uint64_t timer)
{
	uint32_t irq = 0;

	OK(get(TIMER, timer, &irq));
	return irq;
}

static void vcpu_others(void)
{
	void *bad = abi_bad_pointer(0, 8);

	abi_vm_open(&v, ABI_NO_GIC);
	dev = v.vcpu;
	for (uint32_t group = 3; group < 9; group++) {
		REFUSED(has(group, 0), ENXIO);
		REFUSED(get(group, 0, bad), ENXIO);
		REFUSED(set_from(group, 0, bad), ENXIO);
	}
	REFUSED(set_from(~0u, 0, bad), ENXIO);
}

/* The vCPU has no PMU, whatever the host has. */
static void vcpu_pmu(void)
{
	void *bad = abi_bad_pointer(0, 8);

	abi_vm_open(&v, ABI_NO_GIC);
	for (int inited = 0; inited < 2; inited++) {
		dev = inited ? v.vcpu : ioctl(v.vm, KVM_CREATE_VCPU, 3);
		NEED(dev >= 0);
		for (uint64_t attr = 0; attr < 6; attr++) {
			REFUSED(has(PMU, attr), ENXIO);
			REFUSED(get(PMU, attr, bad), attr ? ENXIO : EINVAL);
			REFUSED(set_from(PMU, attr, bad), ENODEV);
		}
	}
	v.gic = abi_device(&v, abi_device_there(&v, 7) ? 7 : 5);
	REFUSED(get(PMU, KVM_ARM_VCPU_PMU_V3_IRQ, bad), ENODEV);
}

static void vcpu_timer(void)
{
	static const uint32_t reset[] = {27, 30, 28, 26};
	static const uint32_t no_ppi[] = {0, 15, 32, 1019, ~0u};
	void *bad = abi_bad_pointer(0, 4);
	uint32_t val = 0;

	abi_vm_open(&v, ABI_NO_GIC);
	dev = v.vcpu;
	for (uint64_t attr = 0; attr < 4; attr++) {
		OK(has(TIMER, attr));
		EQUAL(ppi_of(attr), reset[attr]);
		REFUSED(get(TIMER, attr, bad), EFAULT);
		REFUSED(set_from(TIMER, attr, bad), EINVAL);
		REFUSED(set(TIMER, attr, 20), EINVAL);
	}
	REFUSED(has(TIMER, 4), ENXIO);
	REFUSED(get(TIMER, 4, &val), ENXIO);
	REFUSED(set(TIMER, 4, 20), EINVAL);
	abi_vm_bare(&v);
	abi_vm_open(&v, abi_device_there(&v, 7) ? ABI_GICV3 : ABI_GICV2);
	dev = v.vcpu;
	for (uint64_t attr = 0; attr < 5; attr++) {
		REFUSED(set_from(TIMER, attr, bad), EFAULT);
		for (size_t i = 0; i < ROWS(no_ppi); i++)
			REFUSED(set(TIMER, attr, no_ppi[i]), EINVAL);
	}
	REFUSED(set(TIMER, 4, 20), ENXIO);
	REFUSED(set(TIMER, ~0ull, 20), ENXIO);
	for (uint64_t attr = 0; attr < 4; attr++) {
		OK(set(TIMER, attr, 31));
		EQUAL(ppi_of(attr), 31);
	}
	/* Two with one: the run tells, and it can be mended. */
	GUEST(&v, 0, ASM_MOVZ(1, 0x0900, 1), ASM_STR(0, 1), ASM_B_SELF);
	REFUSED(ioctl(v.vcpu, KVM_RUN, 0), EINVAL);
	for (uint64_t attr = 0; attr < 4; attr++)
		OK(set(TIMER, attr, 20 + attr));
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	for (uint64_t attr = 0; attr < 5; attr++) {
		REFUSED(set(TIMER, attr, 20), EBUSY);
		REFUSED(set(TIMER, attr, 32), EINVAL);
	}
	EQUAL(ppi_of(1), 21);
}

static void vcpu_stolen(void)
{
	void *bad = abi_bad_pointer(0, 8);
	uint64_t val = 0;

	abi_vm_open(&v, ABI_NO_GIC);
	dev = v.vcpu;
	REFUSED(has(PVTIME, 1), ENXIO);
	REFUSED(get(PVTIME, 1, bad), ENXIO);
	REFUSED(set_from(PVTIME, 1, bad), ENXIO);
	if (!ioctl(v.kvm, KVM_CHECK_EXTENSION, KVM_CAP_STEAL_TIME)) {
		REFUSED(has(PVTIME, 0), ENXIO);
		REFUSED(get(PVTIME, 0, bad), ENXIO);
		REFUSED(set_from(PVTIME, 0, bad), ENXIO);
		return;
	}
	OK(has(PVTIME, 0));
	OK(get(PVTIME, 0, &val));
	EQUAL(val, ~0ull);
	REFUSED(get(PVTIME, 0, bad), EFAULT);
	REFUSED(set_from(PVTIME, 0, bad), EFAULT);
	REFUSED(set(PVTIME, 0, GUEST_BASE + 8), EINVAL);
	REFUSED(set(PVTIME, 0, 8), EINVAL);
	REFUSED(set(PVTIME, 0, GUEST_BASE - 64), EINVAL);
	REFUSED(set(PVTIME, 0, GUEST_BASE + GUEST_SIZE), EINVAL);
	OK(set(PVTIME, 0, GUEST_BASE + GUEST_SIZE - 64));
	REFUSED(set(PVTIME, 0, GUEST_BASE), EEXIST);
	/* Alignment before that, the slot after it. */
	REFUSED(set(PVTIME, 0, 8), EINVAL);
	REFUSED(set(PVTIME, 0, 0), EEXIST);
	OK(get(PVTIME, 0, &val));
	EQUAL(val, GUEST_BASE + GUEST_SIZE - 64);
}

static int filter(uint32_t base, uint32_t nr, uint8_t action, int pad)
{
	struct kvm_smccc_filter f = {
		.base = base, .nr_functions = nr, .action = action};

	if (pad >= 0)
		f.pad[pad] = 1;
	return set_from(KVM_ARM_VM_SMCCC_CTRL, KVM_ARM_VM_SMCCC_FILTER, &f);
}

static void vm_filter(void)
{
	void *bad = abi_bad_pointer(0, 8);

	abi_vm_open(&v, ABI_NO_GIC);
	dev = v.vm;
	OK(has(KVM_ARM_VM_SMCCC_CTRL, KVM_ARM_VM_SMCCC_FILTER));
	REFUSED(has(KVM_ARM_VM_SMCCC_CTRL, 1), ENXIO);
	REFUSED(set_from(KVM_ARM_VM_SMCCC_CTRL, 1, bad), ENXIO);
	for (uint32_t group = 1; group < 4; group++) {
		REFUSED(has(group, 0), ENXIO);
		REFUSED(set_from(group, 0, bad), ENXIO);
	}
	REFUSED(get(KVM_ARM_VM_SMCCC_CTRL, KVM_ARM_VM_SMCCC_FILTER, bad),
		EINVAL);
	REFUSED(set_from(KVM_ARM_VM_SMCCC_CTRL, KVM_ARM_VM_SMCCC_FILTER, bad),
		EFAULT);
	for (int pad = 0; pad < 15; pad++)
		REFUSED(filter(0x84000000, 1, 0, pad), EINVAL);
	REFUSED(filter(0x84000000, 0, 0, -1), EINVAL);
	REFUSED(filter(0x84000000, 1, 3, -1), EINVAL);
	REFUSED(filter(0x84000000, 1, 255, -1), EINVAL);
	REFUSED(filter(0xffffffff, 2, 1, -1), EINVAL);
	REFUSED(filter(0xffff0000, 0xffffffff, 1, -1), EINVAL);
	REFUSED(filter(0x80000000, 1, 1, -1), EEXIST);
	REFUSED(filter(0x8000ffff, 1, 1, -1), EEXIST);
	REFUSED(filter(0xc0000000, 1, 1, -1), EEXIST);
	REFUSED(filter(0x7fffffff, 2, 1, -1), EEXIST);
	REFUSED(filter(0, 0xffffffff, 1, -1), EEXIST);
	OK(filter(0x84000000, 0x20, KVM_SMCCC_FILTER_DENY, -1));
	OK(filter(0x84000020, 1, KVM_SMCCC_FILTER_FWD_TO_USER, -1));
	REFUSED(filter(0x8400001f, 1, 2, -1), EEXIST);
	REFUSED(filter(0x83ffffff, 0x100, 2, -1), EEXIST);
	OK(filter(0xfffffffe, 1, KVM_SMCCC_FILTER_HANDLE, -1));
	GUEST(&v, 0, ASM_MOVZ(1, 0x0900, 1), ASM_STR(0, 1), ASM_B_SELF);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	REFUSED(filter(0x86000000, 1, 1, -1), EBUSY);
	REFUSED(filter(0x84000000, 1, 1, -1), EBUSY);
	REFUSED(filter(0x86000000, 0, 1, -1), EINVAL);
	REFUSED(filter(0x86000000, 1, 3, -1), EINVAL);
}

const struct abi_case cases_its[] = {
	{"its/address", its_address},     {"its/control", its_control},
	{"its/registers", its_registers}, {"its/vfio", vfio},
	{"its/vcpu-others", vcpu_others}, {"its/vcpu-pmu", vcpu_pmu},
	{"its/vcpu-timer", vcpu_timer},   {"its/vcpu-stolen", vcpu_stolen},
	{"its/vm-filter", vm_filter},     {NULL},
};
