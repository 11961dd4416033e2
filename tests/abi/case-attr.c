/* SPDX-License-Identifier: MIT */
/*
 * Attributes of the GICs: HAS, GET and SET of every group by an unknown
 * attribute, a bad pointer, a vCPU that is none, in every state the device
 * goes through, and what the addresses may be. ITS and VFIO: case-its.c.
 */
#include "abi.h"

#define ADDR    KVM_DEV_ARM_VGIC_GRP_ADDR
#define DIST    KVM_DEV_ARM_VGIC_GRP_DIST_REGS
#define CPU     KVM_DEV_ARM_VGIC_GRP_CPU_REGS
#define IRQS    KVM_DEV_ARM_VGIC_GRP_NR_IRQS
#define CONTROL KVM_DEV_ARM_VGIC_GRP_CTRL
#define REDIST  KVM_DEV_ARM_VGIC_GRP_REDIST_REGS
#define SYSREGS KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS
#define LEVEL   KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO

static struct abi_vm v;

static int has(uint32_t group, uint64_t attr)
{
	/* The address is not looked at. */
	return abi_attr(v.gic, KVM_HAS_DEVICE_ATTR, group, attr,
			abi_bad_pointer(0, 8));
}

static int get(uint32_t group, uint64_t attr, void *to)
{
	return abi_attr(v.gic, KVM_GET_DEVICE_ATTR, group, attr, to);
}

static int set_from(uint32_t group, uint64_t attr, const void *from)
{
	return abi_attr(v.gic, KVM_SET_DEVICE_ATTR, group, attr, (void *)from);
}

static int set(uint32_t group, uint64_t attr, uint64_t val)
{
	return set_from(group, attr, &val);
}

static uint64_t addr_of(uint64_t type)
{
	uint64_t addr = 0;

	OK(get(ADDR, type, &addr));
	return addr;
}

/* One row of what an attribute answers in the state the device is in. */
struct row {
	const char *name;
	uint32_t group;
	uint64_t attr;
	int has, get, get_bad, set, set_bad;
};

static void rows_are(const char *state, const struct row *rows, size_t nr)
{
	void *bad = abi_bad_pointer(0, 8);
	char name[80];
	uint64_t val;

	for (size_t i = 0; i < nr; i++) {
		const struct row *r = &rows[i];

		snprintf(name, sizeof(name), "%s, %s", r->name, state);
		ROW(has(r->group, r->attr), r->has, name);
		val = 0;
		ROW(get(r->group, r->attr, bad), r->get_bad, name);
		ROW(get(r->group, r->attr, &val), r->get, name);
		ROW(set_from(r->group, r->attr, bad), r->set_bad, name);
		if (r->set >= 0)
			ROW(set(r->group, r->attr, val), r->set, name);
	}
}
#define ROWS_ARE(state, rows) rows_are((state), (rows), ROWS(rows))
#define NONE(name, group, attr)                                      \
	{                                                            \
		name, group, attr, ENXIO, ENXIO, ENXIO, ENXIO, ENXIO \
	}

/* ---- what there is not --------------------------------------------------- */

static void nothing_there(uint32_t first_group)
{
	const struct row rows[] = {
		NONE("group 9", 9, 0),
		NONE("group 10", 10, 0),
		NONE("group -1", ~0u, 0),
		NONE("group ITS", KVM_DEV_ARM_VGIC_GRP_ITS_REGS, 0),
		NONE("control 1", CONTROL, 1),
		NONE("control 2", CONTROL, 2),
		NONE("control 4", CONTROL, 4),
		NONE("control -1", CONTROL, ~0ull),
	};
	const struct row v2[] = {
		NONE("redistributor", REDIST, 0),
		NONE("ICC", SYSREGS, 0),
		NONE("level", LEVEL, 0),
		NONE("pending tables", CONTROL, 3),
	};
	const struct row v3[] = {NONE("GICC", CPU, 0)};

	ROWS_ARE("-", rows);
	if (first_group == CPU)
		ROWS_ARE("v2", v2);
	else
		ROWS_ARE("v3", v3);
	/* An address of the other's, or of none. */
	for (uint64_t type = 0; type < 8; type++) {
		bool mine = first_group == CPU
				    ? type < 2
				    : type == 2 || type == 3 || type == 5;
		void *bad = abi_bad_pointer(0, 8);
		uint64_t val = 0;

		if (mine)
			continue;
		REFUSED(has(ADDR, type), ENXIO);
		/* A region's index is read before one knows. */
		REFUSED(get(ADDR, type, bad),
			type == KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION ? EFAULT
								    : ENXIO);
		REFUSED(get(ADDR, type, &val), ENXIO);
		REFUSED(set_from(ADDR, type, bad), EFAULT);
		REFUSED(set(ADDR, type, 0x1000000), ENXIO);
	}
	REFUSED(get(ADDR, ~0ull, &(uint64_t){0}), ENXIO);
}

static void open_gic(uint32_t type)
{
	abi_vm_open(&v, ABI_NO_GIC);
	v.gic = abi_device(&v, type);
}

static void nothing(void)
{
	abi_vm_bare(&v);
	if (abi_device_there(&v, KVM_DEV_TYPE_ARM_VGIC_V3)) {
		open_gic(KVM_DEV_TYPE_ARM_VGIC_V3);
		nothing_there(SYSREGS);
	}
	abi_vm_bare(&v);
	if (abi_device_there(&v, KVM_DEV_TYPE_ARM_VGIC_V2)) {
		open_gic(KVM_DEV_TYPE_ARM_VGIC_V2);
		nothing_there(CPU);
	}
}

/* ---- addresses ----------------------------------------------------------- */

static void addresses_of(uint64_t type, uint64_t align, uint64_t size)
{
	const uint64_t end = abi_ipa_end();

	OK(has(ADDR, type));
	EQUAL(addr_of(type), ~0ull);
	REFUSED(set(ADDR, type, align / 2), EINVAL);
	REFUSED(set(ADDR, type, align + 1), EINVAL);
	/* Alignment before the range. */
	REFUSED(set(ADDR, type, end + 8), EINVAL);
	REFUSED(set(ADDR, type, -align), EINVAL);
	REFUSED(set(ADDR, type, end), E2BIG);
	if (size > align)
		REFUSED(set(ADDR, type, end - align), E2BIG);
	REFUSED(set(ADDR, type, 1ull << 52), E2BIG);
	EQUAL(addr_of(type), ~0ull);
	OK(set(ADDR, type, end - size));
	EQUAL(addr_of(type), end - size);
	REFUSED(get(ADDR, type, abi_bad_pointer(0, 8)), EFAULT);
	REFUSED(get(ADDR, type, abi_bad_pointer(4, 8)), EFAULT);
	/* Once, and that before anything that is wrong with it. */
	REFUSED(set(ADDR, type, 0), EEXIST);
	REFUSED(set(ADDR, type, 1), EEXIST);
	REFUSED(set(ADDR, type, end), EEXIST);
	REFUSED(set_from(ADDR, type, abi_bad_pointer(0, 8)), EFAULT);
}

static void addresses_v2(void)
{
	open_gic(KVM_DEV_TYPE_ARM_VGIC_V2);
	addresses_of(KVM_VGIC_V2_ADDR_TYPE_DIST, 0x1000, 0x1000);
	addresses_of(KVM_VGIC_V2_ADDR_TYPE_CPU, 0x1000, 0x2000);
	/* 0 is an address. */
	open_gic(KVM_DEV_TYPE_ARM_VGIC_V2);
	OK(set(ADDR, KVM_VGIC_V2_ADDR_TYPE_DIST, 0));
	EQUAL(addr_of(KVM_VGIC_V2_ADDR_TYPE_DIST), 0);
	REFUSED(set(ADDR, KVM_VGIC_V2_ADDR_TYPE_DIST, 0), EEXIST);
	/* They may overlap until a vCPU runs. */
	OK(set(ADDR, KVM_VGIC_V2_ADDR_TYPE_CPU, 0));
}

#define REGION(count, base, flags, index) \
	((uint64_t)(count) << 52 | (base) | (uint64_t)(flags) << 12 | (index))

static void addresses_v3(void)
{
	const uint64_t end = abi_ipa_end(), r = KVM_VGIC_V3_ADDR_TYPE_REDIST;

	open_gic(KVM_DEV_TYPE_ARM_VGIC_V3);
	addresses_of(KVM_VGIC_V3_ADDR_TYPE_DIST, 0x10000, 0x10000);
	/* One frame for the one vCPU there is. */
	open_gic(KVM_DEV_TYPE_ARM_VGIC_V3);
	OK(has(ADDR, r));
	EQUAL(addr_of(r), ~0ull);
	OK(set(ADDR, KVM_VGIC_V3_ADDR_TYPE_DIST, GUEST_GICD));
	REFUSED(set(ADDR, r, 0x1000), EINVAL);
	REFUSED(set(ADDR, r, end), E2BIG);
	REFUSED(set(ADDR, r, end - 0x10000), E2BIG);
	REFUSED(set(ADDR, r, -0x10000ull), EINVAL);
	REFUSED(set(ADDR, r, GUEST_GICD), EINVAL);
	REFUSED(set(ADDR, r, GUEST_GICD - 0x10000), EINVAL);
	REFUSED(set(ADDR, r, GUEST_GICD - 0x1000), EINVAL);
	EQUAL(addr_of(r), ~0ull);
	REFUSED(set_from(ADDR, r, abi_bad_pointer(0, 8)), EFAULT);
	REFUSED(get(ADDR, r, abi_bad_pointer(0, 8)), EFAULT);
	OK(set(ADDR, r, end - 0x20000));
	EQUAL(addr_of(r), end - 0x20000);
	REFUSED(set(ADDR, r, 0), EEXIST);
	REFUSED(set(ADDR, r, 1), EEXIST);
	REFUSED(set(ADDR, r, -0x10000ull), EINVAL);
	REFUSED(set(ADDR, KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION,
		    REGION(1, 0x1000000, 0, 0)),
		EINVAL);
	/* A vCPU more needs a frame more. */
	REFUSED(ioctl(v.vm, KVM_CREATE_VCPU, 0), EEXIST);
	OK(set(CONTROL, KVM_DEV_ARM_VGIC_CTRL_INIT, 0));
}

static void regions(void)
{
	const uint64_t end = abi_ipa_end();
	const uint64_t t = KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION;
	uint64_t val;

	open_gic(KVM_DEV_TYPE_ARM_VGIC_V3);
	OK(has(ADDR, t));
	OK(set(ADDR, KVM_VGIC_V3_ADDR_TYPE_DIST, GUEST_GICD));
	val = 0;
	REFUSED(get(ADDR, t, &val), ENOENT);
	REFUSED(set(ADDR, t, REGION(0, 0x1000000, 0, 0)), EINVAL);
	REFUSED(set(ADDR, t, REGION(1, 0x1000000, 1, 0)), EINVAL);
	REFUSED(set(ADDR, t, REGION(1, 0x1000000, 0, 1)), EINVAL);
	REFUSED(set(ADDR, t, REGION(1, end, 0, 0)), E2BIG);
	REFUSED(set(ADDR, t, REGION(2, end - 0x20000, 0, 0)), E2BIG);
	REFUSED(set(ADDR, t, REGION(1, GUEST_GICD, 0, 0)), EINVAL);
	/* The index before the range, the count before the index. */
	REFUSED(set(ADDR, t, REGION(1, end, 0, 7)), EINVAL);
	REFUSED(set(ADDR, t, REGION(0, end, 0, 7)), EINVAL);
	REFUSED(get(ADDR, t, &val), ENOENT);
	OK(set(ADDR, t, REGION(2, 0x1000000, 0, 0)));
	REFUSED(set(ADDR, t, REGION(2, 0x2000000, 0, 0)), EINVAL);
	REFUSED(set(ADDR, t, REGION(2, 0x2000000, 0, 2)), EINVAL);
	REFUSED(set(ADDR, t, REGION(2, 0x1020000, 0, 1)), EINVAL);
	REFUSED(set(ADDR, t, REGION(2, 0x0fe0000, 0, 1)), EINVAL);
	REFUSED(set(ADDR, t, REGION(9, 0x0fe0000, 0, 1)), EINVAL);
	REFUSED(set(ADDR, t, REGION(1, end, 0, 1)), E2BIG);
	OK(set(ADDR, t, REGION(1, 0x0fe0000, 0, 1)));
	OK(set(ADDR, t, REGION(0xfff, 0x2000000, 0, 2)));
	REFUSED(set(ADDR, KVM_VGIC_V3_ADDR_TYPE_REDIST, 0x1000000), EINVAL);
	/* The index goes in, the whole comes out. */
	for (uint64_t i = 0; i < 4; i++) {
		static const uint64_t want[] = {REGION(2, 0x1000000, 0, 0),
						REGION(1, 0x0fe0000, 0, 1),
						REGION(0xfff, 0x2000000, 0, 2)};

		val = REGION(7, 0x5550000, 0xf, i);
		if (i == 3) {
			REFUSED(get(ADDR, t, &val), ENOENT);
			break;
		}
		OK(get(ADDR, t, &val));
		EQUAL(val, want[i]);
	}
	REFUSED(get(ADDR, t, abi_bad_pointer(0, 8)), EFAULT);
	REFUSED(set_from(ADDR, t, abi_bad_pointer(0, 8)), EFAULT);
	EQUAL(addr_of(KVM_VGIC_V3_ADDR_TYPE_REDIST), 0x1000000);
	OK(set(CONTROL, KVM_DEV_ARM_VGIC_CTRL_INIT, 0));
	OK(set(ADDR, t, REGION(1, 0x90000000, 0, 3)));
}

/* ---- the number of interrupts -------------------------------------------- */

static uint32_t irqs(void)
{
	uint32_t nr = 0;

	OK(get(IRQS, 0, &nr));
	return nr;
}

static void number_of(uint32_t type)
{
	static const uint32_t bad[] = {0, 1, 32, 63, 65, 95, 993, 1024, ~0u};

	open_gic(type);
	OK(has(IRQS, 0));
	OK(has(IRQS, ~0ull));
	/* No SPIs yet, though init makes 224. */
	EQUAL(irqs(), 32);
	for (size_t i = 0; i < ROWS(bad); i++)
		REFUSED(set_from(IRQS, 0, &bad[i]), EINVAL);
	REFUSED(set_from(IRQS, 0, abi_bad_pointer(0, 4)), EFAULT);
	REFUSED(get(IRQS, 0, abi_bad_pointer(0, 4)), EFAULT);
	OK(set(IRQS, 7, 992));
	EQUAL(irqs(), 992);
	REFUSED(set(IRQS, 0, 992), EBUSY);
	REFUSED(set(IRQS, 0, 1), EINVAL);
	open_gic(type);
	OK(set(CONTROL, KVM_DEV_ARM_VGIC_CTRL_INIT, 0));
	EQUAL(irqs(), 256);
	REFUSED(set(IRQS, 0, 64), EBUSY);
	REFUSED(set(IRQS, 0, 63), EINVAL);
}

static void numbers_v2(void)
{
	number_of(KVM_DEV_TYPE_ARM_VGIC_V2);
}

static void numbers_v3(void)
{
	number_of(KVM_DEV_TYPE_ARM_VGIC_V3);
}

/* ---- registers ----------------------------------------------------------- */

#define GICV2_VCPU(id, off) ((uint64_t)(id) << 32 | (off))

static void registers_v2(void)
{
	static const struct row rows[] = {
		{"GICD_CTLR", DIST, 0, 0, 0, EFAULT, 0, EFAULT},
		{"GICD_TYPER", DIST, 4, 0, 0, EFAULT, 0, EFAULT},
		{"GICD_IIDR", DIST, 8, 0, 0, EFAULT, 0, EFAULT},
		{"GICD_CTLR + 1", DIST, 1, ENXIO, 0, EFAULT, 0, EFAULT},
		{"0x10", DIST, 0x10, ENXIO, 0, EFAULT, 0, EFAULT},
		{"GICD_SGIR", DIST, 0xf00, 0, 0, EFAULT, -1, EFAULT},
		{"0x1000", DIST, 0x1000, ENXIO, 0, EFAULT, 0, EFAULT},
		{"-4", DIST, 0xfffffffc, ENXIO, 0, EFAULT, 0, EFAULT},
		{"vCPU 1", DIST, GICV2_VCPU(1, 0), EINVAL, EINVAL, EINVAL,
		 EINVAL, EINVAL},
		{"vCPU 255", DIST, GICV2_VCPU(255, 0), EINVAL, EINVAL, EINVAL,
		 EINVAL, EINVAL},
		{"vCPU 1, odd", DIST, GICV2_VCPU(1, 1), EINVAL, EINVAL, EINVAL,
		 EINVAL, EINVAL},
		{"bits above", DIST, 1ull << 40, 0, 0, EFAULT, 0, EFAULT},
		{"GICC_CTLR", CPU, 0, 0, 0, EFAULT, 0, EFAULT},
		{"GICC_PMR", CPU, 4, 0, 0, EFAULT, 0, EFAULT},
		{"GICC_BPR", CPU, 8, 0, 0, EFAULT, 0, EFAULT},
		{"GICC_IAR", CPU, 0xc, ENXIO, 0, EFAULT, 0, EFAULT},
		{"GICC_EOIR", CPU, 0x10, ENXIO, 0, EFAULT, 0, EFAULT},
		{"GICC_ABPR", CPU, 0x1c, 0, 0, EFAULT, 0, EFAULT},
		{"GICC_APR0", CPU, 0xd0, 0, 0, EFAULT, 0, EFAULT},
		{"GICC_IIDR", CPU, 0xfc, 0, 0, EFAULT, 0, EFAULT},
		{"GICC, 2", CPU, 2, ENXIO, 0, EFAULT, 0, EFAULT},
		{"GICC, 0x100", CPU, 0x100, ENXIO, 0, EFAULT, 0, EFAULT},
		{"GICC, vCPU 1", CPU, GICV2_VCPU(1, 0), EINVAL, EINVAL, EINVAL,
		 EINVAL, EINVAL},
	};

	open_gic(KVM_DEV_TYPE_ARM_VGIC_V2);
	/* The first of them initialises. */
	ROWS_ARE("new", rows);
	REFUSED(ioctl(v.vm, KVM_CREATE_VCPU, 1), EBUSY);
	ROWS_ARE("initialised", rows);
	GUEST(&v, 0, ASM_MOVZ(1, 0x0900, 1), ASM_STR(0, 1), ASM_B_SELF);
	OK(set(ADDR, KVM_VGIC_V2_ADDR_TYPE_DIST, GUEST_GICD));
	OK(set(ADDR, KVM_VGIC_V2_ADDR_TYPE_CPU, GUEST_GICC));
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	ROWS_ARE("has run", rows);
}

static void iidr_of(void)
{
	uint32_t iidr = 0;

	OK(get(DIST, 8, &iidr));
	EQUAL(iidr >> 12 & 15, 3);
	REFUSED(set(DIST, 8, iidr ^ 1), EINVAL);
	REFUSED(set(DIST, 8, iidr ^ 1 << 24), EINVAL);
	REFUSED(set(DIST, 8, (iidr & ~0xf000u)), EINVAL);
	REFUSED(set(DIST, 8, (iidr & ~0xf000u) | 0x1000), EINVAL);
	REFUSED(set(DIST, 8, (iidr & ~0xf000u) | 0x4000), EINVAL);
	OK(set(DIST, 8, (iidr & ~0xf000u) | 0x2000));
	OK(get(DIST, 8, &iidr));
	EQUAL(iidr >> 12 & 15, 2);
}

static void iidrs(void)
{
	abi_vm_bare(&v);
	if (abi_device_there(&v, KVM_DEV_TYPE_ARM_VGIC_V2)) {
		open_gic(KVM_DEV_TYPE_ARM_VGIC_V2);
		iidr_of();
	}
	abi_vm_bare(&v);
	if (!abi_device_there(&v, KVM_DEV_TYPE_ARM_VGIC_V3))
		return;
	abi_vm_open(&v, ABI_GICV3);
	iidr_of();
	/* TYPER2 as it is. */
	OK(set(DIST, 0xc, 0));
	REFUSED(set(DIST, 0xc, 1), EINVAL);
}

#define ICC(crn, crm, op2) (3u << 14 | (crn) << 7 | (crm) << 3 | (op2))
#define CPU_1              (1ull << 32)

/* @e: EBUSY until it is initialised, else what the row itself answers. */
static void registers_v3_in(const char *state, int e)
{
#define REG(name, group, attr, has)                                  \
	{                                                            \
		name, group, attr, has, e, e ? e : EFAULT, e, EFAULT \
	}
#define LOST(name, group, attr)                                           \
	{                                                                 \
		name, group, attr, EINVAL, EINVAL, EINVAL, EINVAL, EINVAL \
	}
	const struct row rows[] = {
		REG("GICD_CTLR", DIST, 0, 0),
		REG("GICD_TYPER", DIST, 4, 0),
		REG("GICD_TYPER2", DIST, 0xc, 0),
		REG("GICD_STATUSR", DIST, 0x10, 0),
		REG("GICD_IGROUPR", DIST, 0x80, 0),
		REG("GICD_PIDR2", DIST, 0xffe8, 0),
		REG("GICD + 2", DIST, 2, ENXIO),
		REG("GICD + 0x14", DIST, 0x14, ENXIO),
		REG("GICD + 0x10000", DIST, 0x10000, ENXIO),
		REG("GICD, high bits", DIST, 0x12300000000, 0),
		REG("GICR_CTLR", REDIST, 0, 0),
		REG("GICR_TYPER", REDIST, 8, 0),
		REG("GICR_WAKER", REDIST, 0x14, 0),
		REG("GICR_STATUSR", REDIST, 0x10, ENXIO),
		REG("GICR_PIDR2", REDIST, 0xffe8, 0),
		REG("GICR_ISENABLER0", REDIST, 0x10100, 0),
		REG("GICR + 2", REDIST, 2, ENXIO),
		REG("GICR + 0x20000", REDIST, 0x20000, ENXIO),
		LOST("GICR of none", REDIST, CPU_1),
		LOST("GICR of none, odd", REDIST, CPU_1 | 2),
		{"ICC_PMR", SYSREGS, ICC(4, 6, 0), 0, e, e ? e : EFAULT, e,
		 e ? e : EFAULT},
		{"ICC_CTLR", SYSREGS, ICC(12, 12, 4), 0, e, e ? e : EFAULT, e,
		 e ? e : EFAULT},
		{"ICC_SRE", SYSREGS, ICC(12, 12, 5), 0, e, e ? e : EFAULT, e,
		 e ? e : EFAULT},
		{"ICC_IGRPEN1", SYSREGS, ICC(12, 12, 7), 0, e, e ? e : EFAULT,
		 e, e ? e : EFAULT},
		{"ICC_IAR1", SYSREGS, ICC(12, 12, 0), ENXIO, e ? e : ENOENT,
		 e ? e : ENOENT, e ? e : ENOENT, e ? e : EFAULT},
		{"ICC 0", SYSREGS, 0, ENXIO, e ? e : ENOENT, e ? e : ENOENT,
		 e ? e : ENOENT, e ? e : EFAULT},
		LOST("ICC of none", SYSREGS, CPU_1 | ICC(4, 6, 0)),
		LOST("ICC 0 of none", SYSREGS, CPU_1),
		{"levels", LEVEL, 0, 0, e, e ? e : EFAULT, e, EFAULT},
		{"levels 32", LEVEL, 32, 0, e, e ? e : EFAULT, e, EFAULT},
		{"levels 992", LEVEL, 992, 0, e, e ? e : EFAULT, e, EFAULT},
		{"levels 1", LEVEL, 1, 0, e ? e : EINVAL, e ? e : EINVAL,
		 e ? e : EINVAL, EFAULT},
		{"levels, info 1", LEVEL, 1 << 10, ENXIO, e ? e : EINVAL,
		 e ? e : EINVAL, e ? e : EINVAL, EFAULT},
		{"levels of none", LEVEL, CPU_1, 0, EINVAL, EINVAL, EINVAL,
		 EINVAL},
		{"levels of none, info", LEVEL, CPU_1 | 1 << 10, ENXIO, EINVAL,
		 EINVAL, EINVAL, EINVAL},
	};

	ROWS_ARE(state, rows);
}

static void registers_v3(void)
{
	static const struct row no_vcpu[] = {
		LOST("GICD_CTLR", DIST, 0),
		LOST("GICD + 2", DIST, 2),
		LOST("GICR_CTLR", REDIST, 0),
		LOST("ICC_PMR", SYSREGS, ICC(4, 6, 0)),
		{"levels", LEVEL, 0, 0, EINVAL, EINVAL, EINVAL, EINVAL},
	};

	abi_vm_bare(&v);
	v.gic = abi_device(&v, KVM_DEV_TYPE_ARM_VGIC_V3);
	ROWS_ARE("no vCPU", no_vcpu);
	open_gic(KVM_DEV_TYPE_ARM_VGIC_V3);
	registers_v3_in("new", EBUSY);
	OK(set(CONTROL, KVM_DEV_ARM_VGIC_CTRL_INIT, 0));
	registers_v3_in("initialised", 0);
	abi_vm_open(&v, ABI_GICV3);
	GUEST(&v, 0, ASM_MOVZ(1, 0x0900, 1), ASM_STR(0, 1), ASM_B_SELF);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	registers_v3_in("has run", 0);
}

/* Values that an ICC register does not take. */
static void icc_values(void)
{
	const uint64_t ctlr = ICC(12, 12, 4), sre = ICC(12, 12, 5);
	uint64_t val = 0, pri;

	abi_vm_open(&v, ABI_GICV3);
	OK(get(SYSREGS, ctlr, &val));
	OK(set(SYSREGS, ctlr, val));
	pri = val >> 8 & 7;
	/* Fewer bits than the host's are taken, more are not. */
	if (pri < 7)
		REFUSED(set(SYSREGS, ctlr, val + (1 << 8)), EINVAL);
	REFUSED(set(SYSREGS, ctlr, val | 7 << 11), EINVAL);
	REFUSED(set(SYSREGS, ctlr, val ^ 1 << 14), EINVAL);
	REFUSED(set(SYSREGS, ctlr, val ^ 1 << 15), EINVAL);
	OK(get(SYSREGS, sre, &val));
	EQUAL(val, 7);
	OK(set(SYSREGS, sre, 7));
	OK(set(SYSREGS, sre, 1));
	REFUSED(set(SYSREGS, sre, 6), EINVAL);
	REFUSED(set(SYSREGS, sre, 0), EINVAL);
	OK(get(SYSREGS, sre, &val));
	EQUAL(val, 7);
	/* Active priorities: one word up to 5 bits of priority, 2 for 6. */
	for (unsigned int n = 0; n < 4; n++) {
		int err =
			n == 0 || (n == 1 && pri >= 5) || pri >= 6 ? 0 : EINVAL;

		ROW(get(SYSREGS, ICC(12, 8, 4 + n), &val), err, "AP0R");
		ROW(set(SYSREGS, ICC(12, 8, 4 + n), 0), err, "AP0R");
		ROW(get(SYSREGS, ICC(12, 9, n), &val), err, "AP1R");
		ROW(set(SYSREGS, ICC(12, 9, n), 0), err, "AP1R");
		OK(has(SYSREGS, ICC(12, 8, 4 + n)));
	}
}

/* ---- control ------------------------------------------------------------- */

static void control_v3(void)
{
	uint64_t tables = KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES;

	open_gic(KVM_DEV_TYPE_ARM_VGIC_V3);
	OK(has(CONTROL, KVM_DEV_ARM_VGIC_CTRL_INIT));
	OK(has(CONTROL, tables));
	REFUSED(get(CONTROL, KVM_DEV_ARM_VGIC_CTRL_INIT, &tables), ENXIO);
	REFUSED(get(CONTROL, tables, &tables), ENXIO);
	REFUSED(set(CONTROL, tables, 0), ENXIO);
	/* No payload, no address. */
	OK(set_from(CONTROL, KVM_DEV_ARM_VGIC_CTRL_INIT,
		    abi_bad_pointer(0, 8)));
	OK(set(CONTROL, KVM_DEV_ARM_VGIC_CTRL_INIT, 0));
	OK(set_from(CONTROL, tables, abi_bad_pointer(0, 8)));
	REFUSED(ioctl(v.vm, KVM_CREATE_VCPU, 1), EBUSY);
	/* Without vCPUs, too. */
	abi_vm_bare(&v);
	v.gic = abi_device(&v, KVM_DEV_TYPE_ARM_VGIC_V3);
	OK(set(CONTROL, KVM_DEV_ARM_VGIC_CTRL_INIT, 0));
	REFUSED(ioctl(v.vm, KVM_CREATE_VCPU, 0), EBUSY);
}

static void control_v2(void)
{
	uint64_t val;

	open_gic(KVM_DEV_TYPE_ARM_VGIC_V2);
	OK(has(CONTROL, KVM_DEV_ARM_VGIC_CTRL_INIT));
	REFUSED(get(CONTROL, KVM_DEV_ARM_VGIC_CTRL_INIT, &val), ENXIO);
	OK(set_from(CONTROL, KVM_DEV_ARM_VGIC_CTRL_INIT,
		    abi_bad_pointer(0, 8)));
	OK(set(CONTROL, KVM_DEV_ARM_VGIC_CTRL_INIT, 0));
	REFUSED(ioctl(v.vm, KVM_CREATE_VCPU, 1), EBUSY);
}

const struct abi_case cases_attr[] = {
	{"attr/nothing", nothing},
	{"attr/addresses-v2", addresses_v2},
	{"attr/addresses-v3", addresses_v3},
	{"attr/regions", regions},
	{"attr/numbers-v2", numbers_v2},
	{"attr/numbers-v3", numbers_v3},
	{"attr/registers-v2", registers_v2},
	{"attr/registers-v3", registers_v3},
	{"attr/iidrs", iidrs},
	{"attr/icc-values", icc_values},
	{"attr/control-v2", control_v2},
	{"attr/control-v3", control_v3},
	{NULL},
};
