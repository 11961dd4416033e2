/* SPDX-License-Identifier: MIT */
/*
 * Requests while another thread is in KVM_RUN: what needs all vCPUs answers
 * EBUSY, after what it can tell without them, and the rest goes on. Tables of
 * an ITS, which need the same, and what is wrong with them; a bus without room
 * for one more redistributor.
 */
#include "abi.h"

#include <pthread.h>

#define ADDR    KVM_DEV_ARM_VGIC_GRP_ADDR
#define DIST    KVM_DEV_ARM_VGIC_GRP_DIST_REGS
#define CPU     KVM_DEV_ARM_VGIC_GRP_CPU_REGS
#define CONTROL KVM_DEV_ARM_VGIC_GRP_CTRL
#define REDIST  KVM_DEV_ARM_VGIC_GRP_REDIST_REGS
#define SYSREGS KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS
#define LEVEL   KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO
#define ITS     KVM_DEV_ARM_VGIC_GRP_ITS_REGS

static struct abi_vm v;
static pthread_t runner;

static void *run(void *arg)
{
	long ret;

	do
		ret = ioctl(v.vcpu, KVM_RUN, 0);
	while (ret && errno == EINTR);
	return (void *)(ret ? (long)errno : 0);
}

/* The guest spins until the word at 0x1000 is not 0, and copies it behind. */
static void run_begin(void)
{
	volatile uint64_t *count = (void *)(v.ram + 0x1000);

	GUEST(&v, 0, ASM_LDR(0, 1), ASM_STR(0, 2), ASM_CBZ(0, -2),
	      ASM_MOVZ(1, 0x0900, 1), ASM_STR(0, 1), ASM_B_SELF);
	reg_set(v.vcpu, REG_X(1), GUEST_BASE + 0x1000);
	reg_set(v.vcpu, REG_X(2), GUEST_BASE + 0x1008);
	count[0] = 0;
	count[1] = 1;
	NEED(!pthread_create(&runner, NULL, run, NULL));
	/* It has begun when the store is there. */
	while (count[1])
		usleep(100);
}

static void run_end(void)
{
	void *ret;

	*(volatile uint64_t *)(v.ram + 0x1000) = 1;
	NEED(!pthread_join(runner, &ret));
	EQUAL((uintptr_t)ret, 0);
	EQUAL(v.run->exit_reason, KVM_EXIT_MMIO);
}

static int attr(int fd, unsigned long request, uint32_t group, uint64_t nr,
		void *addr)
{
	return abi_attr(fd, request, group, nr, addr);
}
#define GET KVM_GET_DEVICE_ATTR
#define SET KVM_SET_DEVICE_ATTR
#define HAS KVM_HAS_DEVICE_ATTR

/* What of a VM can be asked and done while a vCPU runs. */
static void others_go_on(void)
{
	struct kvm_arm_counter_offset off = {.counter_offset = 5};
	struct kvm_irq_level line = {.irq = 1 << 24 | 40, .level = 1};
	struct kvm_mp_state state;
	struct kvm_create_device vfio = {.type = KVM_DEV_TYPE_VFIO};
	int second;

	REFUSED(ioctl(v.vm, KVM_ARM_SET_COUNTER_OFFSET, &off), EBUSY);
	off.reserved = 1;
	REFUSED(ioctl(v.vm, KVM_ARM_SET_COUNTER_OFFSET, &off), EINVAL);
	OK(ioctl(v.vm, KVM_CHECK_EXTENSION, 0));
	OK(ioctl(v.vm, KVM_CREATE_DEVICE, &vfio));
	if (v.gic >= 0) {
		OK(ioctl(v.vm, KVM_IRQ_LINE, &line));
		REFUSED(ioctl(v.vm, KVM_CREATE_VCPU, 1), EBUSY);
		return;
	}
	second = OK(ioctl(v.vm, KVM_CREATE_VCPU, 1));
	OK(ioctl(second, KVM_GET_MP_STATE, &state));
}

static void without_gic(void)
{
	struct kvm_create_device gic = {.type = KVM_DEV_TYPE_ARM_VGIC_V3};
	struct kvm_create_device its = {.type = KVM_DEV_TYPE_ARM_VGIC_ITS};

	abi_vm_open(&v, ABI_NO_GIC);
	if (!abi_device_there(&v, 7))
		gic.type = KVM_DEV_TYPE_ARM_VGIC_V2;
	run_begin();
	others_go_on();
	REFUSED(ioctl(v.vm, KVM_CREATE_DEVICE, &gic), EBUSY);
	REFUSED(ioctl(v.vm, KVM_CREATE_IRQCHIP, 0),
		abi_device_there(&v, 5) ? EBUSY : ENODEV);
	if (abi_device_there(&v, 8))
		OK(ioctl(v.vm, KVM_CREATE_DEVICE, &its));
	run_end();
	/* It has run. */
	REFUSED(ioctl(v.vm, KVM_CREATE_DEVICE, &gic), EBUSY);
}

static void with_v3(void)
{
	static const struct {
		const char *name;
		uint32_t group;
		uint64_t nr;
		int get, get_bad, set, set_bad;
	} rows[] = {
		{"GICD_CTLR", DIST, 0, EBUSY, EBUSY, EBUSY, EFAULT},
		{"GICD + 2", DIST, 2, EBUSY, EBUSY, EBUSY, EFAULT},
		{"GICR_CTLR", REDIST, 0, EBUSY, EBUSY, EBUSY, EFAULT},
		{"GICR of none", REDIST, 1ull << 32, EINVAL, EINVAL, EINVAL,
		 EINVAL},
		{"ICC_PMR", SYSREGS, 0xc230, EBUSY, EBUSY, EBUSY, EBUSY},
		{"ICC 0", SYSREGS, 0, EBUSY, EBUSY, EBUSY, EBUSY},
		{"ICC of none", SYSREGS, 1ull << 32, EINVAL, EINVAL, EINVAL,
		 EINVAL},
		{"levels", LEVEL, 32, EBUSY, EBUSY, EBUSY, EFAULT},
		{"levels 1", LEVEL, 1, EBUSY, EBUSY, EBUSY, EFAULT},
		{"pending tables", CONTROL, 3, ENXIO, ENXIO, EBUSY, EBUSY},
		{"control 5", CONTROL, 5, ENXIO, ENXIO, ENXIO, ENXIO},
	};
	void *bad = abi_bad_pointer(0, 8);
	uint64_t val = 0;
	uint32_t irqs = 64;

	abi_vm_open(&v, ABI_GICV3);
	run_begin();
	others_go_on();
	for (size_t i = 0; i < ROWS(rows); i++) {
		uint32_t group = rows[i].group;
		uint64_t nr = rows[i].nr;

		ROW(attr(v.gic, GET, group, nr, &val), rows[i].get,
		    rows[i].name);
		ROW(attr(v.gic, GET, group, nr, bad), rows[i].get_bad,
		    rows[i].name);
		ROW(attr(v.gic, SET, group, nr, &val), rows[i].set,
		    rows[i].name);
		ROW(attr(v.gic, SET, group, nr, bad), rows[i].set_bad,
		    rows[i].name);
	}
	/* These need no vCPU. */
	OK(attr(v.gic, HAS, DIST, 0, NULL));
	OK(attr(v.gic, GET, ADDR, KVM_VGIC_V3_ADDR_TYPE_DIST, &val));
	OK(attr(v.gic, SET, CONTROL, KVM_DEV_ARM_VGIC_CTRL_INIT, NULL));
	REFUSED(attr(v.gic, SET, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0, &irqs),
		EBUSY);
	run_end();
	OK(attr(v.gic, GET, DIST, 0, &val));
}

static void with_v2(void)
{
	void *bad = abi_bad_pointer(0, 8);
	uint32_t val = 0;

	abi_vm_open(&v, ABI_GICV2);
	run_begin();
	others_go_on();
	for (uint32_t group = DIST; group <= CPU; group++) {
		REFUSED(attr(v.gic, GET, group, 0, &val), EBUSY);
		REFUSED(attr(v.gic, GET, group, 0, bad), EBUSY);
		REFUSED(attr(v.gic, SET, group, 0, &val), EBUSY);
		REFUSED(attr(v.gic, SET, group, 0, bad), EFAULT);
		REFUSED(attr(v.gic, GET, group, 1ull << 32, &val), EINVAL);
		OK(attr(v.gic, HAS, group, 0, NULL));
	}
	run_end();
	OK(attr(v.gic, GET, CPU, 0, &val));
}

static void with_its(void)
{
	void *bad = abi_bad_pointer(0, 8);
	uint64_t val = 0x08200000;
	int its;

	abi_vm_open(&v, ABI_GICV3);
	its = abi_device(&v, KVM_DEV_TYPE_ARM_VGIC_ITS);
	run_begin();
	REFUSED(attr(its, GET, ITS, 0, &val), EBUSY);
	OK(attr(its, SET, ADDR, KVM_VGIC_ITS_ADDR_TYPE, &val));
	for (uint64_t nr = 1; nr < 7; nr++) {
		REFUSED(attr(its, SET, CONTROL, nr, NULL), EBUSY);
		REFUSED(attr(its, GET, CONTROL, nr, NULL), ENXIO);
	}
	OK(attr(its, SET, CONTROL, KVM_DEV_ARM_VGIC_CTRL_INIT, NULL));
	REFUSED(attr(its, GET, ITS, 0, &val), EBUSY);
	REFUSED(attr(its, GET, ITS, 0, bad), EBUSY);
	REFUSED(attr(its, SET, ITS, 0, &val), EBUSY);
	REFUSED(attr(its, SET, ITS, 0, bad), EFAULT);
	REFUSED(attr(its, GET, ITS, 2, &val), EINVAL);
	REFUSED(attr(its, GET, ITS, 0x10, &val), EBUSY);
	run_end();
	OK(attr(its, GET, ITS, 0, &val));
}

/* ---- tables of an ITS ---------------------------------------------------- */

#define DEVICES     (GUEST_BASE + 0x20000)
#define COLLECTIONS (GUEST_BASE + 0x30000)
#define VALID       (1ull << 63)

/* Restored from what user space put there. */
static int restored(int its, uint64_t devices, uint64_t collections,
		    uint64_t dte, uint64_t cte, uint64_t cte2)
{
	uint64_t baser[2] = {devices, collections};

	NEED(!attr(its, SET, CONTROL, KVM_DEV_ARM_ITS_CTRL_RESET, NULL));
	NEED(!attr(its, SET, ITS, 0x100, &baser[0]));
	NEED(!attr(its, SET, ITS, 0x108, &baser[1]));
	memset(v.ram + 0x20000, 0, 0x20000);
	memcpy(v.ram + 0x20000, &dte, 8);
	memcpy(v.ram + 0x30000, &cte, 8);
	memcpy(v.ram + 0x30008, &cte2, 8);
	return attr(its, SET, CONTROL, KVM_DEV_ARM_ITS_RESTORE_TABLES, NULL);
}

static void its_tables(void)
{
	const uint64_t d = VALID | DEVICES, c = VALID | COLLECTIONS;
	const uint64_t nowhere = VALID | 0x20000000;
	uint64_t base = 0x08200000, val;
	int its;

	abi_vm_open(&v, ABI_GICV3);
	its = abi_device(&v, KVM_DEV_TYPE_ARM_VGIC_ITS);
	OK(attr(its, SET, ADDR, KVM_VGIC_ITS_ADDR_TYPE, &base));
	OK(restored(its, 0, 0, VALID, VALID, VALID));
	OK(restored(its, d, c, 0, 0, 0));
	OK(restored(its, d, c, 0, VALID | 5, 0));
	OK(restored(its, d, c, 0, VALID | 5, VALID | 6));
	/* A collection twice, or of a vCPU that is none. */
	REFUSED(restored(its, d, c, 0, VALID | 5, VALID | 5), EEXIST);
	REFUSED(restored(its, d, c, 0, VALID | 1 << 16 | 5, 0), EINVAL);
	/* Tables where no memory is. */
	REFUSED(restored(its, d, nowhere, 0, 0, 0), EFAULT);
	REFUSED(restored(its, nowhere, c, 0, 0, 0), EFAULT);
	/* A device with an empty table of interrupts, and with none. */
	OK(restored(its, d, c, VALID | (GUEST_BASE + 0x40000) >> 8 << 5 | 1, 0,
		    0));
	REFUSED(restored(its, d, c, VALID | 0x20000000ull >> 8 << 5 | 1, 0, 0),
		EFAULT);
	OK(restored(its, d, c, 0, VALID | 5, 0));
	memset(v.ram + 0x30000, 0xff, 0x10000);
	OK(attr(its, SET, CONTROL, KVM_DEV_ARM_ITS_SAVE_TABLES, NULL));
	memcpy(&val, v.ram + 0x30000, 8);
	EQUAL(val, VALID | 5);
	memcpy(&val, v.ram + 0x30008, 8);
	EQUAL(val, 0);
	OK(attr(its, SET, CONTROL, KVM_DEV_ARM_ITS_CTRL_RESET, NULL));
	OK(attr(its, GET, ITS, 0x108, &val));
	EQUAL(val >> 63, 0);
}

/* ---- no room on the bus -------------------------------------------------- */

static void full_bus(void)
{
	struct kvm_coalesced_mmio_zone z = {.addr = GUEST_MMIO, .size = 4};
	uint64_t base = GUEST_GICR;

	abi_vm_bare(&v);
	v.gic = abi_device(&v, KVM_DEV_TYPE_ARM_VGIC_V3);
	OK(attr(v.gic, SET, ADDR, KVM_VGIC_V3_ADDR_TYPE_REDIST, &base));
	OK(ioctl(v.vm, KVM_CREATE_VCPU, 0));
	for (int i = 0; i < 999; i++)
		OK(ioctl(v.vm, KVM_REGISTER_COALESCED_MMIO, &z));
	REFUSED(ioctl(v.vm, KVM_REGISTER_COALESCED_MMIO, &z), ENOSPC);
	REFUSED(ioctl(v.vm, KVM_CREATE_VCPU, 1), ENOSPC);
	OK(ioctl(v.vm, KVM_UNREGISTER_COALESCED_MMIO, &z));
	OK(ioctl(v.vm, KVM_CREATE_VCPU, 1));
}

const struct abi_case cases_busy[] = {
	{"busy/without-gic", without_gic},
	{"busy/with-v3", with_v3},
	{"busy/with-v2", with_v2},
	{"busy/with-its", with_its},
	{"busy/its-tables", its_tables},
	{"busy/full-bus", full_bus},
	{NULL},
};
