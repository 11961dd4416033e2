/* SPDX-License-Identifier: MIT */
/*
 * Random calls about interrupts and events: lines, MSIs, routes, irqfds,
 * ioeventfds, and reading and writing the eventfds. See random.h.
 */
#include "random.h"

#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static void irq_line(void)
{
	unsigned int vm;
	int fd = pick_vm(&vm);
	uint32_t type = odd(50) ? below(16) : 1 + below(2), vcpu = 0, num;
	struct kvm_irq_level line = {.level = below(2)};
	bool status = odd(100);

	if (type == KVM_ARM_IRQ_TYPE_SPI)
		num = 32 + below(64);
	else
		num = type == KVM_ARM_IRQ_TYPE_PPI ? 16 + below(16) : below(3);
	if (odd(50))
		num = ONE_OF(0, 15, 16, 31, 32, 95, 96, 255, 256, 1019, 1020,
			     1023, 8192, 0xffff);
	if (odd(300))
		vcpu = below(2);
	if (odd(30))
		vcpu = ONE_OF(2, 7, 8, 255, 256, 257, 4095);
	if (odd(30))
		line.level = wild();
	line.irq = (vcpu >> 8) << 28 | type << 24 | (vcpu & 255) << 16 | num;
	say(" type=%u vcpu=%u irq=%u level=%u%s", type, vcpu, num, line.level,
	    status ? " status" : "");
	answer(ioctl(fd, status ? KVM_IRQ_LINE_STATUS : KVM_IRQ_LINE,
		     in_arg(&line, sizeof(line))));
}

static uint64_t msi_doorbell(void)
{
	return odd(80) ? ONE_OF(GPA_ITS, GPA_ITS + 0x10044, 0, -1ull, GPA_MMIO)
		       : ONE_OF(GPA_ITS + 0x10040, GPA_ITS + 0x10040,
				GPA_ITS + 0x30040);
}

static void signal_msi(void)
{
	unsigned int vm;
	int fd = pick_vm(&vm);
	uint64_t to = msi_doorbell();
	struct kvm_msi msi = {
		.address_lo = to,
		.address_hi = to >> 32,
		.data = below(6),
		.flags = odd(50) ? below(4) : KVM_MSI_VALID_DEVID,
		.devid = below(4),
	};

	if (odd(30))
		msi.devid = wild();
	if (odd(30))
		msi.data = wild();
	say(" to=%#llx data=%#x flags=%#x devid=%#x", (unsigned long long)to,
	    msi.data, msi.flags, msi.devid);
	answer(ioctl(fd, KVM_SIGNAL_MSI, in_arg(&msi, sizeof(msi))));
}

static uint32_t pick_gsi(void)
{
	return odd(60) ? ONE_OF(64, 255, 256, 987, 1000, 4095, 4096, -1u)
		       : below(12);
}

static void route(struct kvm_irq_routing_entry *e)
{
	uint64_t to = msi_doorbell();

	e->gsi = pick_gsi();
	if (odd(400)) {
		e->type = KVM_IRQ_ROUTING_MSI;
		e->flags = odd(80) ? below(4) : KVM_MSI_VALID_DEVID;
		e->u.msi.address_lo = to;
		e->u.msi.address_hi = to >> 32;
		e->u.msi.data = below(6);
		e->u.msi.devid = below(4);
		say(" {gsi=%u msi to=%#llx data=%u flags=%u devid=%u}", e->gsi,
		    (unsigned long long)to, e->u.msi.data, e->flags,
		    e->u.msi.devid);
		return;
	}
	e->type = odd(30) ? below(6) : KVM_IRQ_ROUTING_IRQCHIP;
	e->flags = odd(30) ? 1 : 0;
	e->u.irqchip.irqchip = odd(30) ? below(3) : 0;
	e->u.irqchip.pin =
		odd(60) ? ONE_OF(63, 64, 223, 224, 987, 988, -1u) : below(32);
	say(" {gsi=%u type=%u flags=%u chip=%u pin=%u}", e->gsi, e->type,
	    e->flags, e->u.irqchip.irqchip, e->u.irqchip.pin);
}

static void routing(void)
{
	static struct {
		struct kvm_irq_routing head;
		struct kvm_irq_routing_entry e[4];
	} table;
	unsigned int vm;
	int fd = pick_vm(&vm);

	memset(&table, 0, sizeof(table));
	table.head.nr = odd(20) ? 4097 : below(5);
	table.head.flags = odd(20) ? wild() : 0;
	say(" nr=%u flags=%#x", table.head.nr, table.head.flags);
	for (unsigned int i = 0; i < table.head.nr && i < 4; i++)
		route(&table.e[i]);
	answer(ioctl(fd, KVM_SET_GSI_ROUTING, in_arg(&table, sizeof(table))));
}

static void irqfd(void)
{
	unsigned int vm;
	int fd = pick_vm(&vm);
	struct kvm_irqfd f = {0};

	say(" ");
	f.fd = pick_event();
	f.gsi = pick_gsi();
	if (odd(300))
		f.flags |= KVM_IRQFD_FLAG_DEASSIGN;
	if (odd(200)) {
		f.flags |= KVM_IRQFD_FLAG_RESAMPLE;
		say(" resample ");
		f.resamplefd = pick_event();
	}
	if (odd(30))
		f.flags = wild();
	say(" gsi=%u flags=%#x", f.gsi, f.flags);
	answer(ioctl(fd, KVM_IRQFD, in_arg(&f, sizeof(f))));
	settle();
}

static void ioeventfd(void)
{
	unsigned int vm;
	int fd = pick_vm(&vm);
	struct kvm_ioeventfd f = {
		.addr = GPA_MMIO + 0x2000 + below(8) * 8,
		.len = ONE_OF(0, 1, 2, 4, 4, 8),
	};

	say(" ");
	f.fd = pick_event();
	if (odd(300))
		f.flags |= KVM_IOEVENTFD_FLAG_DEASSIGN;
	if (odd(300)) {
		f.flags |= KVM_IOEVENTFD_FLAG_DATAMATCH;
		f.datamatch = below(3);
	}
	if (odd(30))
		f.flags |= below(32);
	if (odd(20))
		f.flags = wild();
	if (odd(30))
		f.len = ONE_OF(3, 16, -1u);
	if (odd(30))
		f.addr = ONE_OF(GPA_GICD, -4ull, -1ull, RAM_GPA);
	say(" addr=%#llx len=%u match=%llu flags=%#x",
	    (unsigned long long)f.addr, f.len, (unsigned long long)f.datamatch,
	    f.flags);
	answer(ioctl(fd, KVM_IOEVENTFD, in_arg(&f, sizeof(f))));
}

static void event_write(void)
{
	unsigned int n = below(NR_EVENTS);
	uint64_t val = odd(100) ? ONE_OF(0, 2, -2ull, -1ull) : 1;

	say("event%u %llu", n, (unsigned long long)val);
	answer(write(world.event[n], &val, 8));
	settle();
}

static void event_read(void)
{
	unsigned int n = below(NR_EVENTS);
	uint64_t val = 0;

	say("event%u", n);
	if (answer(read(world.event[n], &val, 8)) == 8)
		say(" %llu", (unsigned long long)val);
}

static void event_new(void)
{
	unsigned int n = below(NR_EVENTS);
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	say("event%u", n);
	slot_put(&world.event[n], answer_fd(fd));
	settle();
}

const struct op ops_irq[] = {
	{"IRQ_LINE", irq_line, 40},
	{"SIGNAL_MSI", signal_msi, 16},
	{"SET_GSI_ROUTING", routing, 14},
	{"IRQFD", irqfd, 24},
	{"IOEVENTFD", ioeventfd, 24},
	{"write", event_write, 24},
	{"read", event_read, 24},
	{"eventfd", event_new, 4},
	{0},
};
