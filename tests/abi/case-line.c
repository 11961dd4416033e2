/* SPDX-License-Identifier: MIT */
/*
 * How user space interrupts: KVM_IRQ_LINE, routes, MSIs, and what the bus of
 * ioeventfds and coalesced zones takes; each errno and the order of them.
 */
#include "abi.h"

#include <sys/eventfd.h>

#define CPU_LINE(vcpu, n) (0u << 24 | (vcpu) << 16 | (n))
#define SPI(n)            (1u << 24 | (n))
#define PPI(vcpu, n)      (2u << 24 | (vcpu) << 16 | (n))

static int line(const struct abi_vm *v, uint32_t irq, uint32_t level)
{
	struct kvm_irq_level status = {.irq = irq, .level = level}, l = status;
	int ret = ioctl(v->vm, KVM_IRQ_LINE_STATUS, &status), err = errno;

	/* Both are the same, but for writing back what they were given. */
	CHECK(status.irq == irq && status.level == level);
	CHECK(ioctl(v->vm, KVM_IRQ_LINE, &l) == ret);
	CHECK(ret == 0 || errno == err);
	errno = err;
	return ret;
}

static void lines_without_gic(void)
{
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	REFUSED(line(&v, SPI(40), 1), ENXIO);
	REFUSED(line(&v, SPI(0), 1), ENXIO);
	REFUSED(line(&v, PPI(0, 20), 1), ENXIO);
	REFUSED(line(&v, PPI(9, 99), 1), ENXIO);
	REFUSED(line(&v, CPU_LINE(1, 0), 1), EINVAL);
	REFUSED(line(&v, CPU_LINE(0, 2), 1), EINVAL);
	REFUSED(line(&v, 1u << 28 | CPU_LINE(0, 0), 1), EINVAL);
	for (uint32_t type = 3; type < 16; type++)
		REFUSED(line(&v, type << 24, 1), EINVAL);
	OK(line(&v, CPU_LINE(0, 0), 1));
	OK(line(&v, CPU_LINE(0, 1), 0x80000000));
	OK(line(&v, CPU_LINE(0, 0), 0));
}

/* vCPUs are named by their ids, of which the high part stands elsewhere. */
static void lines_by_id(void)
{
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	if (ioctl(v.vm, KVM_CHECK_EXTENSION, KVM_CAP_MAX_VCPUS) < 300)
		abi_skip("8 vCPUs at most");
	abi_vcpu(&v, 7, NULL);
	abi_vcpu(&v, 299, NULL);
	OK(line(&v, CPU_LINE(7, 0), 1));
	OK(line(&v, 1u << 28 | CPU_LINE(43, 0), 1));
	REFUSED(line(&v, CPU_LINE(1, 0), 1), EINVAL);
	REFUSED(line(&v, CPU_LINE(43, 0), 1), EINVAL);
}

static void lines_of(const struct abi_vm *v)
{
	REFUSED(line(v, CPU_LINE(0, 0), 1), ENXIO);
	REFUSED(line(v, CPU_LINE(9, 9), 1), ENXIO);
	REFUSED(line(v, PPI(1, 20), 1), EINVAL);
	REFUSED(line(v, PPI(0, 15), 1), EINVAL);
	REFUSED(line(v, PPI(0, 32), 1), EINVAL);
	REFUSED(line(v, SPI(31), 1), EINVAL);
	REFUSED(line(v, SPI(0), 1), EINVAL);
	REFUSED(line(v, 3u << 24 | 40, 1), EINVAL);
	/* 96 interrupts: the last is 95. */
	REFUSED(line(v, SPI(96), 1), EINVAL);
	REFUSED(line(v, SPI(1020), 1), EINVAL);
	REFUSED(line(v, SPI(0xffff), 1), EINVAL);
	OK(line(v, SPI(95), 1));
	OK(line(v, 0xf1ff0000 | 32, 1));
	OK(line(v, PPI(0, 16), 1));
	OK(line(v, PPI(0, 31), 1));
	/* The timer's own: ignored. */
	OK(line(v, PPI(0, 27), 1));
	OK(line(v, PPI(0, 27), 0));
}

static void lines_v3(void)
{
	struct abi_vm v;

	abi_vm_open(&v, ABI_GICV3);
	lines_of(&v);
	/* Not initialised: only what names no interrupt comes first. */
	abi_vm_bare(&v);
	abi_device(&v, KVM_DEV_TYPE_ARM_VGIC_V3);
	abi_vcpu(&v, 0, NULL);
	REFUSED(line(&v, CPU_LINE(0, 0), 1), ENXIO);
	REFUSED(line(&v, SPI(31), 1), EINVAL);
	REFUSED(line(&v, PPI(3, 20), 1), EINVAL);
	REFUSED(line(&v, PPI(0, 15), 1), EINVAL);
	REFUSED(line(&v, SPI(40), 1), EBUSY);
	REFUSED(line(&v, SPI(5000), 1), EBUSY);
	REFUSED(line(&v, PPI(0, 20), 1), EBUSY);
}

static void lines_v2(void)
{
	struct abi_vm v;
	uint32_t irqs = 64;

	abi_vm_open(&v, ABI_GICV2);
	lines_of(&v);
	/* It is initialised by the first line. */
	abi_vm_bare(&v);
	v.gic = abi_device(&v, KVM_DEV_TYPE_ARM_VGIC_V2);
	abi_vcpu(&v, 0, NULL);
	REFUSED(line(&v, SPI(31), 1), EINVAL);
	OK(abi_attr(v.gic, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0,
		    &irqs));
	REFUSED(line(&v, SPI(64), 1), EINVAL);
	REFUSED(ioctl(v.vm, KVM_CREATE_VCPU, 1), EBUSY);
	OK(line(&v, SPI(63), 1));
}

/* ---- routes -------------------------------------------------------------- */

struct routes {
	struct kvm_irq_routing head;
	struct kvm_irq_routing_entry e[2];
};

static int route(const struct abi_vm *v, const struct routes *r)
{
	return ioctl(v->vm, KVM_SET_GSI_ROUTING, r);
}

static void routes_of(const struct abi_vm *v)
{
	const struct kvm_irq_routing_entry chip = {
		.gsi = 1, .type = KVM_IRQ_ROUTING_IRQCHIP};
	const struct kvm_irq_routing_entry msi = {.gsi = 2,
						  .type = KVM_IRQ_ROUTING_MSI};
	struct routes good = {.head.nr = 2, .e = {chip, msi}}, r;
	char *end = abi_bad_pointer(0, 8);

	OK(route(v, &good));
#define WITH(field, value, err)                                \
	do {                                                   \
		r = good;                                      \
		r.field = (value);                             \
		ROW(route(v, &r), (err), #field " = " #value); \
	} while (0)
	WITH(head.nr, 0, 0);
	WITH(head.nr, 4097, EINVAL);
	WITH(head.nr, ~0u, EINVAL);
	WITH(head.flags, 1, EINVAL);
	WITH(e[0].gsi, 4095, 0);
	WITH(e[0].gsi, 4096, EINVAL);
	WITH(e[1].gsi, ~0u, EINVAL);
	WITH(e[0].flags, 1, EINVAL);
	WITH(e[1].flags, KVM_MSI_VALID_DEVID, 0);
	WITH(e[1].flags, 2, EINVAL);
	WITH(e[1].gsi, 1, EINVAL);
	WITH(e[0].type, 0, EINVAL);
	WITH(e[0].type, 3, EINVAL);
	WITH(e[0].type, 4, EINVAL);
	WITH(e[0].type, 5, EINVAL);
	WITH(e[0].u.irqchip.irqchip, 1, EINVAL);
	WITH(e[0].u.irqchip.pin, 987, 0);
	WITH(e[0].u.irqchip.pin, 988, EINVAL);
	WITH(e[0].pad, 5, 0);
#undef WITH
	/* Entries that can't be read; too many come first, flags as well. */
	r = good;
	memcpy(end - 8, &r.head, 8);
	REFUSED(ioctl(v->vm, KVM_SET_GSI_ROUTING, end - 8), EFAULT);
	r.head.flags = 1;
	memcpy(end - 8, &r.head, 8);
	REFUSED(ioctl(v->vm, KVM_SET_GSI_ROUTING, end - 8), EINVAL);
	r.head = (struct kvm_irq_routing){.nr = 4097};
	memcpy(end - 8, &r.head, 8);
	REFUSED(ioctl(v->vm, KVM_SET_GSI_ROUTING, end - 8), EINVAL);
	r.head.nr = 0;
	memcpy(end - 8, &r.head, 8);
	OK(ioctl(v->vm, KVM_SET_GSI_ROUTING, end - 8));
}

/* They are judged alike, whether there is a controller or not. */
static void routes(void)
{
	struct abi_vm v;

	abi_vm_bare(&v);
	routes_of(&v);
	abi_vm_open(&v, ABI_NO_GIC);
	v.gic = abi_device(&v, abi_device_there(&v, 7) ? 7 : 5);
	routes_of(&v);
}

/* ---- MSIs ---------------------------------------------------------------- */

static int msi(const struct abi_vm *v, uint64_t addr, uint32_t flags)
{
	struct kvm_msi m = {
		.address_lo = (uint32_t)addr,
		.address_hi = addr >> 32,
		.flags = flags,
	};

	memset(m.pad, 0xff, sizeof(m.pad));
	return ioctl(v->vm, KVM_SIGNAL_MSI, &m);
}

#define ITS 0x08080000ull

static void msis(void)
{
	struct abi_vm v;
	uint64_t base = ITS;
	int its;

	abi_vm_open(&v, ABI_NO_GIC);
	REFUSED(msi(&v, 0, 2), EINVAL);
	REFUSED(msi(&v, 0, KVM_MSI_VALID_DEVID), EINVAL);
	abi_vm_open(&v, ABI_GICV3);
	REFUSED(msi(&v, 0, 2), EINVAL);
	REFUSED(msi(&v, 0, 3), EINVAL);
	REFUSED(msi(&v, 0, 0), ENODEV);
	REFUSED(msi(&v, 0, KVM_MSI_VALID_DEVID), ENODEV);
	its = abi_device(&v, KVM_DEV_TYPE_ARM_VGIC_ITS);
	REFUSED(msi(&v, ITS, 0), EINVAL);
	REFUSED(msi(&v, ITS, KVM_MSI_VALID_DEVID), EINVAL);
	OK(abi_attr(its, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_ADDR,
		    KVM_VGIC_ITS_ADDR_TYPE, &base));
	REFUSED(msi(&v, ITS, 0), EINVAL);
	REFUSED(msi(&v, ITS - 1, KVM_MSI_VALID_DEVID), EINVAL);
	REFUSED(msi(&v, ITS + 0x20000, KVM_MSI_VALID_DEVID), EINVAL);
	REFUSED(msi(&v, GUEST_GICD, KVM_MSI_VALID_DEVID), EINVAL);
	/* Anywhere in the frame; it is not enabled. */
	REFUSED(msi(&v, ITS, KVM_MSI_VALID_DEVID), EBUSY);
	REFUSED(msi(&v, ITS + 0x10040, KVM_MSI_VALID_DEVID), EBUSY);
}

static void msis_v2(void)
{
	struct abi_vm v;

	abi_vm_open(&v, ABI_GICV2);
	REFUSED(msi(&v, GUEST_GICD, 2), EINVAL);
	REFUSED(msi(&v, GUEST_GICD, 0), ENODEV);
	REFUSED(msi(&v, GUEST_GICD, KVM_MSI_VALID_DEVID), ENODEV);
}

/* ---- the bus ------------------------------------------------------------- */

static int ioeventfd(const struct abi_vm *v, int fd, uint64_t addr,
		     uint32_t len, uint32_t flags, uint64_t match)
{
	struct kvm_ioeventfd args = {
		.fd = fd,
		.addr = addr,
		.len = len,
		.flags = flags,
		.datamatch = match,
	};

	return ioctl(v->vm, KVM_IOEVENTFD, &args);
}

enum { MATCH = 1, PIO = 2, GONE = 4, CCW = 8, FAST = 16 };

static void ioeventfds(void)
{
	int e = eventfd(0, 0), e2 = eventfd(0, 0);
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	const struct {
		const char *name;
		int fd;
		uint64_t addr;
		uint32_t len, flags;
		uint64_t match;
		int err;
	} rows[] = {
		{"3 bytes", e, 0, 3, 0, 0, EINVAL},
		{"9 bytes", e, 0, 9, 0, 0, EINVAL},
		{"16 bytes", e, 0, 16, 0, 0, EINVAL},
		{"wraps", e, ~0ull, 4, 0, 0, EINVAL},
		{"flag 5", e, GUEST_MMIO, 4, 32, 0, EINVAL},
		{"flag 31", e, GUEST_MMIO, 4, 1u << 31, 0, EINVAL},
		{"nothing to match", e, GUEST_MMIO, 0, MATCH, 7, EINVAL},
		{"bad length, no fd", -1, GUEST_MMIO, 3, 0, 0, EINVAL},
		{"no fd", -1, GUEST_MMIO, 4, 0, 0, EBADF},
		{"no eventfd", null, GUEST_MMIO, 4, 0, 0, EINVAL},
		{"ends at the top", e, -8ull, 8, 0, 0, EINVAL},
		{"ends below it", e, -16ull, 8, 0, 0, 0},
		{"is there", e2, -16ull, 8, 0, 0, EEXIST},
		{"made", e, GUEST_MMIO, 4, MATCH, 7, 0},
		{"the same", e2, GUEST_MMIO, 4, MATCH, 7, EEXIST},
		{"any value", e2, GUEST_MMIO, 4, 0, 0, EEXIST},
		{"any length", e2, GUEST_MMIO, 0, 0, 0, EEXIST},
		{"another value", e2, GUEST_MMIO, 4, MATCH, 8, 0},
		{"another length", e2, GUEST_MMIO, 2, 0, 0, 0},
		{"another address", e2, GUEST_MMIO + 4, 4, 0, 0, 0},
		{"port", e, GUEST_MMIO, 4, PIO, 0, 0},
		{"port again", e2, GUEST_MMIO, 4, PIO, 0, EEXIST},
		{"virtio-ccw", e, GUEST_MMIO, 4, CCW, 0, 0},
		{"fast", e2, GUEST_MMIO + 64, 0, FAST, 0, 0},
		{"not of this fd", e2, GUEST_MMIO, 4, GONE | MATCH, 7, ENOENT},
		{"not any value", e, GUEST_MMIO, 4, GONE, 7, ENOENT},
		{"not this value", e, GUEST_MMIO, 4, GONE | MATCH, 8, ENOENT},
		{"no such length", e, GUEST_MMIO, 3, GONE | MATCH, 7, ENOENT},
		{"gone, no fd", -1, GUEST_MMIO, 4, GONE | MATCH, 7, EBADF},
		{"gone, no eventfd", null, GUEST_MMIO, 4, GONE, 7, EINVAL},
		{"gone, flag 5", e, GUEST_MMIO, 4, 32 | GONE | MATCH, 7, 0},
		{"gone again", e, GUEST_MMIO, 4, GONE | MATCH, 7, ENOENT},
		{"port gone", e, GUEST_MMIO, 4, PIO | GONE, 0, 0},
		{"virtio-ccw gone", e, GUEST_MMIO, 4, CCW | GONE, 0, 0},
	};
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	NEED(e >= 0 && e2 >= 0 && null >= 0);
	for (size_t i = 0; i < ROWS(rows); i++)
		ROW(ioeventfd(&v, rows[i].fd, rows[i].addr, rows[i].len,
			      rows[i].flags, rows[i].match),
		    rows[i].err, rows[i].name);
}

static int zone(const struct abi_vm *v, unsigned long request, uint64_t addr,
		uint32_t size, uint32_t pio)
{
	struct kvm_coalesced_mmio_zone z = {
		.addr = addr, .size = size, .pio = pio};

	return ioctl(v->vm, request, &z);
}

static void zones(void)
{
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
#define ADD KVM_REGISTER_COALESCED_MMIO
#define DEL KVM_UNREGISTER_COALESCED_MMIO
	REFUSED(zone(&v, ADD, GUEST_MMIO, 4, 2), EINVAL);
	REFUSED(zone(&v, ADD, GUEST_MMIO, 4, ~0u), EINVAL);
	REFUSED(zone(&v, DEL, GUEST_MMIO, 4, 2), EINVAL);
	OK(zone(&v, DEL, GUEST_MMIO, 4, 0));
	OK(zone(&v, ADD, GUEST_MMIO, 4, 0));
	OK(zone(&v, ADD, GUEST_MMIO, 4, 0));
	OK(zone(&v, ADD, GUEST_MMIO, 4, 1));
	OK(zone(&v, ADD, GUEST_MMIO, 0, 0));
	OK(zone(&v, ADD, ~0ull, ~0u, 0));
	OK(zone(&v, DEL, 0, 0, 0));
	OK(zone(&v, DEL, GUEST_MMIO, 4, 1));
}

const struct abi_case cases_line[] = {
	{"line/without-gic", lines_without_gic},
	{"line/by-id", lines_by_id},
	{"line/v3", lines_v3},
	{"line/v2", lines_v2},
	{"line/routes", routes},
	{"line/msis", msis},
	{"line/msis-v2", msis_v2},
	{"line/ioeventfds", ioeventfds},
	{"line/zones", zones},
	{NULL},
};
