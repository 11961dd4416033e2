/* SPDX-License-Identifier: MIT */
/*
 * The MPIC's client: interrupts by KVM_IRQ_LINE, routes, messages and irqfds.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "mpic-client.h"

struct routes {
	struct kvm_irq_routing head;
	struct kvm_irq_routing_entry entry[4097];
};

static struct kvm_irq_routing_entry pin_route(uint32_t gsi, uint32_t pin)
{
	return (struct kvm_irq_routing_entry){
		.gsi = gsi,
		.type = KVM_IRQ_ROUTING_IRQCHIP,
		.u.irqchip = {.pin = pin},
	};
}

static struct kvm_irq_routing_entry msi_route(uint32_t gsi, uint32_t data)
{
	return (struct kvm_irq_routing_entry){
		.gsi = gsi,
		.type = KVM_IRQ_ROUTING_MSI,
		.u.msi = {.address_lo = 0x1000, .data = data},
	};
}

static void route(struct world *w, const char *what, struct routes *r,
		  uint32_t nr)
{
	r->head.nr = nr;
	say("routes, %s: %s", what,
	    answer(call(w->vm, KVM_SET_GSI_ROUTING, r)));
}

/* KVM_IRQ_LINE, then KVM_IRQ_LINE_STATUS, and what the source says. */
static void gsi_line(struct world *w, uint32_t gsi, uint32_t level,
		     unsigned int source)
{
	struct kvm_irq_level args = {.irq = gsi, .level = level};
	int ret = call(w->vm, KVM_IRQ_LINE, &args);

	say("gsi %u %x: %s, %x", gsi, level, answer(ret), args.irq);
	line_now(w, source);
	args.irq = gsi;
	ret = call(w->vm, KVM_IRQ_LINE_STATUS, &args);
	say("gsi %u %x: %s, status %x", gsi, level, answer(ret), args.irq);
	line_now(w, source);
}

static void routing(struct world *w)
{
	struct routes r = {.entry = {pin_route(7, 20), pin_route(8, 20),
				     msi_route(9, 0x25000000),
				     pin_route(4095, 3)}};

	topic("routes");
	gsi_line(w, 5, 1, 5);
	gsi_line(w, 4096, 1, 5);
	gsi_line(w, 0x80000005, 1, 5);
	route(w, "none", &r, 0);
	route(w, "four", &r, 4);
	gsi_line(w, 7, 1, 20);
	gsi_line(w, 7, 7, 20);
	gsi_line(w, 7, 0xffffffff, 20);
	gsi_line(w, 8, 0, 20);
	gsi_line(w, 4095, 2, 3);
	gsi_line(w, 4095, 0, 3);
	gsi_line(w, 20, 1, 20);
	gsi_line(w, 9, 1, 225);
	rd(w, MSIR(1));
	gsi_line(w, 9, 0, 225);
	rd(w, MSIR(1));
	topic("routes that are refused");
	r.head.flags = 1;
	route(w, "flags", &r, 4);
	r.head.flags = 0;
	r.entry[0] = pin_route(4096, 1);
	route(w, "gsi 4096", &r, 1);
	r.entry[0] = pin_route(1, 255);
	route(w, "pin 255", &r, 1);
	r.entry[0] = pin_route(1, 256);
	route(w, "pin 256", &r, 1);
	/* Of an irqchip but 0 nothing is asked: Linux does not check that number,
	 * and writes where it points. */
	for (uint32_t type = 0; type < 8; type++) {
		r.entry[0] = pin_route(1, 0);
		r.entry[0].type = type;
		say("type %u", type);
		route(w, "", &r, 1);
	}
	r.entry[0] = pin_route(1, 1);
	r.entry[0].flags = 1;
	route(w, "a pin with flags", &r, 1);
	for (uint32_t bit = 0; bit < 4; bit++) {
		r.entry[0] = msi_route(1, 0);
		r.entry[0].flags = 1u << bit;
		route(w, "an MSI with flags", &r, 1);
	}
	r.entry[0] = pin_route(1, 1);
	r.entry[1] = pin_route(1, 2);
	route(w, "a gsi to two pins", &r, 2);
	r.entry[1] = msi_route(1, 0);
	route(w, "a gsi to a pin and an MSI", &r, 2);
	r.entry[0] = msi_route(1, 0);
	route(w, "a gsi to two MSIs", &r, 2);
	route(w, "4097 entries", &r, 4097);
	route(w, "none", &r, 0);
	gsi_line(w, 7, 0, 20);
}

static void messages(struct world *w)
{
	topic("messages");
	wr(w, IVPR(229), PRIO(5) | 229);
	for (uint32_t flags = 0; flags < 5; flags++) {
		say("flags %u: %s", flags,
		    answer(msi_send(w, 0xa0000000 | flags << 24, flags)));
		rd(w, MSISR);
		line_now(w, 229);
	}
	rd(w, CPU(0) + IACK);
	rd(w, MSIR(5));
	rd(w, CPU(0) + IACK);
	wr(w, CPU(0) + EOI, 0);
	rd(w, CPU(0) + IACK);
	for (uint32_t n = 0; n < 8; n++) {
		say("%u: %s", n, answer(msi_send(w, n << 29 | 0x1f123456, 0)));
		rd(w, MSISR);
		rd(w, MSIR(n));
	}
}

static int irqfd(struct world *w, int fd, uint32_t gsi, uint32_t flags,
		 int resample)
{
	struct kvm_irqfd args = {
		.fd = fd, .gsi = gsi, .flags = flags, .resamplefd = resample};

	return call(w->vm, KVM_IRQFD, &args);
}

/* The kernel may deliver an irqfd's signal a little later. */
static void signal_until(struct world *w, int fd, unsigned int source,
			 uint32_t level)
{
	uint64_t one = 1;
	uint32_t val = !level;

	if (write(fd, &one, sizeof(one)) != sizeof(one))
		say("write: %s", strerrorname_np(errno));
	for (unsigned int i = 0; i < 5000 && val != level; i++) {
		get_attr(w, KVM_DEV_MPIC_GRP_IRQ_ACTIVE, source, &val);
		poll(NULL, 0, val != level);
	}
	say("signalled");
}

static void say_ready(const char *what, int fd)
{
	uint64_t n = 0;

	if (read(fd, &n, sizeof(n)) < 0)
		say("%s: %s", what, strerrorname_np(errno));
	else
		say("%s: %llu", what, (unsigned long long)n);
}

static void irqfds(struct world *w)
{
	struct routes r = {.entry = {pin_route(10, 22), pin_route(11, 6),
				     msi_route(12, 0xe3000000)}};
	int fd = eventfd(0, EFD_NONBLOCK), other = eventfd(0, EFD_NONBLOCK);
	int end = eventfd(0, EFD_NONBLOCK);

	topic("irqfds");
	route(w, "three", &r, 3);
	wr(w, IVPR(22), PRIO(5) | 22);
	wr(w, IVPR(6), PRIO(6) | 6);
	wr(w, IVPR(231), PRIO(7) | 231);
	say("no eventfd: %s", answer(irqfd(w, w->vm, 10, 0, 0)));
	say("flags: %s", answer(irqfd(w, fd, 10, 4, 0)));
	say("gsi 4096: %s", answer(irqfd(w, fd, 4096, 0, 0)));
	say("edge: %s", answer(irqfd(w, fd, 11, 0, 0)));
	say("twice: %s", answer(irqfd(w, fd, 11, 0, 0)));
	signal_until(w, fd, 6, 1);
	rd(w, CPU(0) + IACK);
	line_now(w, 6);
	wr(w, CPU(0) + EOI, 0);
	say("away: %s", answer(irqfd(w, fd, 11, KVM_IRQFD_FLAG_DEASSIGN, 0)));
	say("away: %s", answer(irqfd(w, fd, 11, KVM_IRQFD_FLAG_DEASSIGN, 0)));
	topic("resample");
	say("no end: %s",
	    answer(irqfd(w, fd, 10, KVM_IRQFD_FLAG_RESAMPLE, -1)));
	say("level: %s",
	    answer(irqfd(w, fd, 10, KVM_IRQFD_FLAG_RESAMPLE, end)));
	signal_until(w, fd, 22, 1);
	line_now(w, 22);
	say_ready("end", end);
	rd(w, CPU(0) + IACK);
	line_now(w, 22);
	say_ready("end", end);
	wr(w, CPU(0) + EOI, 0);
	line_now(w, 22);
	say_ready("end", end);
	wr(w, CPU(0) + EOI, 0);
	say_ready("end", end);
	rd(w, CPU(0) + IACK);
	/* An edge's end is told of, too. */
	line(w, 6, 1);
	rd(w, CPU(0) + IACK);
	wr(w, CPU(0) + EOI, 0);
	say_ready("end", end);
	say("away: %s", answer(irqfd(w, fd, 10, KVM_IRQFD_FLAG_DEASSIGN, 0)));
	say("resample of an edge: %s",
	    answer(irqfd(w, other, 11, KVM_IRQFD_FLAG_RESAMPLE, end)));
	signal_until(w, other, 6, 1);
	rd(w, CPU(0) + IACK);
	wr(w, CPU(0) + EOI, 0);
	say_ready("end", end);
	say("away: %s",
	    answer(irqfd(w, other, 11, KVM_IRQFD_FLAG_DEASSIGN, 0)));
	topic("an irqfd that is a message");
	say("message: %s", answer(irqfd(w, fd, 12, 0, 0)));
	signal_until(w, fd, 231, 1);
	rd(w, CPU(0) + IACK);
	rd(w, MSIR(7));
	wr(w, CPU(0) + EOI, 0);
	rd(w, CPU(0) + IACK);
	close(fd);
	close(other);
	close(end);
}

static void capabilities(struct world *w)
{
	static const struct {
		const char *name;
		unsigned long number;
	} caps[] = {
		{"IRQCHIP", KVM_CAP_IRQCHIP},
		{"IRQ_ROUTING", KVM_CAP_IRQ_ROUTING},
		{"IRQFD", KVM_CAP_IRQFD},
		{"IRQFD_RESAMPLE", KVM_CAP_IRQFD_RESAMPLE},
		{"SIGNAL_MSI", KVM_CAP_SIGNAL_MSI},
		{"MSI_DEVID", KVM_CAP_MSI_DEVID},
		{"DEVICE_CTRL", KVM_CAP_DEVICE_CTRL},
		{"IRQ_MPIC", KVM_CAP_IRQ_MPIC},
		{"PPC_EPR", KVM_CAP_PPC_EPR},
		{"IRQ_LINE", KVM_CAP_IRQ_INJECT_STATUS},
	};

	topic("capabilities");
	for (unsigned int i = 0; i < sizeof(caps) / sizeof(*caps); i++) {
		say("%s: %s", caps[i].name,
		    answer(call(w->kvm, KVM_CHECK_EXTENSION,
				(void *)caps[i].number)));
		say("%s, VM: %s", caps[i].name,
		    answer(call(w->vm, KVM_CHECK_EXTENSION,
				(void *)caps[i].number)));
	}
}

void client_vm(uint32_t type)
{
	struct world w;

	world_open(&w, type, 1);
	capabilities(&w);
	wr(&w, GCR, 0x80000000);
	wr(&w, CPU(0) + CTPR, 0);
	routing(&w);
	messages(&w);
	irqfds(&w);
	world_close(&w);
}
