/* SPDX-License-Identifier: MIT */
/*
 * The MPIC's client: making the device, its descriptor, its attributes, and
 * connecting vCPUs to it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mpic-client.h"

#define BAD ((void *)8)

static int or_errno(long ret)
{
	return ret < 0 ? -errno : (int)ret;
}

/* ---- devices ------------------------------------------------------------- */

static void before(struct world *w)
{
	struct kvm_irq_level level = {.irq = 3, .level = 1};
	struct kvm_irqfd irqfd = {.fd = 0, .gsi = 3};
	struct kvm_irq_routing routing = {.nr = 0};

	topic("before there is a device");
	say("KVM_IRQ_LINE: %s", answer(call(w->vm, KVM_IRQ_LINE, &level)));
	say("KVM_IRQ_LINE_STATUS: %s",
	    answer(call(w->vm, KVM_IRQ_LINE_STATUS, &level)));
	say("KVM_SIGNAL_MSI: %s", answer(msi_send(w, 0, 0)));
	say("KVM_IRQFD: %s", answer(call(w->vm, KVM_IRQFD, &irqfd)));
	say("KVM_SET_GSI_ROUTING: %s",
	    answer(call(w->vm, KVM_SET_GSI_ROUTING, &routing)));
	say("KVM_CREATE_IRQCHIP: %s",
	    answer(call(w->vm, KVM_CREATE_IRQCHIP, NULL)));
}

static void descriptor(struct world *w)
{
	char path[64], name[64] = "";
	char byte;

	topic("the descriptor");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", w->dev);
	say("readlink: %d", or_errno(readlink(path, name, 63)) > 0);
	say("name %s", name);
	say("F_GETFD: %d", fcntl(w->dev, F_GETFD));
	say("read: %s", answer(or_errno(read(w->dev, &byte, 1))));
	say("write: %s", answer(or_errno(write(w->dev, &byte, 1))));
	say("mmap: %s",
	    mmap(NULL, 4096, PROT_READ, MAP_SHARED, w->dev, 0) == MAP_FAILED
		    ? strerrorname_np(errno)
		    : "0");
	say("KVM_RUN: %s", answer(call(w->dev, KVM_RUN, NULL)));
	say("KVM_CREATE_DEVICE: %s",
	    answer(call(w->dev, KVM_CREATE_DEVICE, &w->type)));
	say("KVM_SET_DEVICE_ATTR, no argument: %s",
	    answer(call(w->dev, KVM_SET_DEVICE_ATTR, BAD)));
	say("KVM_HAS_DEVICE_ATTR, no argument: %s",
	    answer(call(w->dev, KVM_HAS_DEVICE_ATTR, BAD)));
}

void client_devices(uint32_t type)
{
	struct world w, other;
	int fd;

	world_open(&w, 0, 0);
	for (uint32_t t = 0; t < 16; t++)
		say("test of type %u: %s", t,
		    answer(make_device(&w, t, KVM_CREATE_DEVICE_TEST, &fd)));
	for (uint32_t t = 3; t < 16; t++)
		if (t != KVM_DEV_TYPE_VFIO)
			say("device of type %u: %s", t,
			    answer(make_device(&w, t, 0, &fd)));
	before(&w);
	topic("one device");
	say("first: %s", answer(make_device(&w, type, 0, &w.dev)));
	say("second: %s", answer(make_device(&w, type, 0, &fd)));
	say("of the other type: %s", answer(make_device(&w, 3 - type, 0, &fd)));
	say("test: %s",
	    answer(make_device(&w, type, KVM_CREATE_DEVICE_TEST, &fd)));
	descriptor(&w);
	topic("closed");
	close(w.dev);
	say("again: %s", answer(make_device(&w, type, 0, &w.dev)));
	say("KVM_SIGNAL_MSI: %s", answer(msi_send(&w, 0, 0)));
	world_open(&other, type, 0);
	rd(&other, FRR);
	world_close(&other);
	w.dev = -1;
	world_close(&w);
	for (uint32_t bit = 1; bit < 32; bit += 5) {
		world_open(&w, 0, 0);
		say("flags %x: %s", 1u << bit,
		    answer(make_device(&w, type, 1u << bit, &w.dev)));
		world_close(&w);
	}
}

/* ---- attributes ---------------------------------------------------------- */

static const uint64_t numbers[] = {
	0,           1,
	2,           3,
	4,           0x10,
	0x40,        0xff,
	0x100,       0x101,
	0x102,       0x1000,
	0x1001,      0x1002,
	0x3fffc,     0x40000,
	0x7fffffff,  0xffffffff,
	0x100000000, 0x100000100,
	0x100001000, UINT64_MAX - 3,
	UINT64_MAX,
};

static void every(struct world *w, uint32_t group, uint64_t attr)
{
	/* A word, and what must not be written behind it. */
	uint32_t val[4] = {1, 0x5afe, 0x5afe, 0x5afe};
	int ret;

	say("%u %llx has: %s", group, (unsigned long long)attr,
	    answer(has_attr(w, group, attr)));
	say("%u %llx set from nowhere: %s", group, (unsigned long long)attr,
	    answer(set_attr(w, group, attr, BAD)));
	say("%u %llx get to nowhere: %s", group, (unsigned long long)attr,
	    answer(get_attr(w, group, attr, BAD)));
	say("%u %llx set: %s", group, (unsigned long long)attr,
	    answer(set_attr(w, group, attr, val)));
	ret = get_attr(w, group, attr, val);
	say("%u %llx get: %s, %d words", group, (unsigned long long)attr,
	    answer(ret),
	    val[1] == 0x5afe   ? 1
	    : val[2] == 0x5afe ? 2
			       : 3);
}

static void base(struct world *w)
{
	static const uint64_t bases[] = {
		0,
		0x40000,
		0xe0040000,
		0xe0040000,
		0xe0020000,
		0x20000,
		1,
		0x3ffff,
		0xfffc0000,
		0x100000000,
		0xfe0040000,
		0x8000000000000000,
		0xfffffffffffc0000,
		0xfffffffffffe0000,
		0,
	};
	uint64_t val;
	char bytes[16];
	int ret;

	topic("base address");
	for (unsigned int i = 0; i < sizeof(bases) / sizeof(*bases); i++) {
		val = bases[i];
		ret = set_attr(w, KVM_DEV_MPIC_GRP_MISC, KVM_DEV_MPIC_BASE_ADDR,
			       &val);
		say("set %llx: %s", (unsigned long long)val, answer(ret));
		val = 0x5a;
		ret = get_attr(w, KVM_DEV_MPIC_GRP_MISC, KVM_DEV_MPIC_BASE_ADDR,
			       &val);
		say("get: %s %llx", answer(ret), (unsigned long long)val);
	}
	val = 0xe0040000;
	memcpy(bytes + 3, &val, sizeof(val));
	say("from a crooked address: %s",
	    answer(set_attr(w, KVM_DEV_MPIC_GRP_MISC, KVM_DEV_MPIC_BASE_ADDR,
			    bytes + 3)));
}

static void flags(struct world *w)
{
	uint32_t val = 0;
	struct kvm_device_attr a = {.flags = 0xffffffff,
				    .group = KVM_DEV_MPIC_GRP_IRQ_ACTIVE,
				    .addr = (uintptr_t)&val};

	topic("flags");
	say("has: %s", answer(call(w->dev, KVM_HAS_DEVICE_ATTR, &a)));
	say("set: %s", answer(call(w->dev, KVM_SET_DEVICE_ATTR, &a)));
	say("get: %s", answer(call(w->dev, KVM_GET_DEVICE_ATTR, &a)));
}

void client_attributes(uint32_t type)
{
	struct world w;
	uint32_t level;

	world_open(&w, type, 1);
	for (uint32_t group = 0; group < 6; group++) {
		topic("group %u", group);
		for (unsigned int i = 0; i < sizeof(numbers) / sizeof(*numbers);
		     i += group % 4 ? 2 : 7)
			every(&w, group, numbers[i]);
	}
	base(&w);
	flags(&w);
	topic("levels");
	for (level = 0; level < 4; level++)
		line(&w, 20, level);
	line(&w, 20, 0x80000000);
	line(&w, 20, UINT32_MAX);
	line_now(&w, 20);
	for (unsigned int i = 250; i < 260; i++) {
		line(&w, i, 1);
		line_now(&w, i);
		line(&w, i, 0);
		line_now(&w, i);
	}
	world_close(&w);
}

/* ---- CPUs ---------------------------------------------------------------- */

static void say_connect(const char *what, int vcpu, uint64_t dev, uint64_t cpu,
			uint32_t flags)
{
	say("%s as %llx: %s", what, (unsigned long long)cpu,
	    answer(connect_cpu(vcpu, dev, cpu, flags)));
}

static void refused(struct world *w)
{
	struct world other;
	int v = world_vcpu(w), fd = -1;

	topic("refused");
	world_open(&other, w->type, 0);
	say_connect("flags", v, w->dev, 0, 1);
	say_connect("flags, no descriptor", v, ~0u, 0, 0x80000000);
	say_connect("no descriptor", v, ~0u, 0, 0);
	say_connect("closed descriptor", v, 999, 0, 0);
	say_connect("the VM", v, w->vm, 0, 0);
	say_connect("the vCPU", v, v, 0, 0);
	say_connect("another VM's", v, other.dev, 0, 0);
	if (!make_device(w, KVM_DEV_TYPE_VFIO, 0, &fd))
		say_connect("a device of another type", v, fd, 0, 0);
	say_connect("too large", v, w->dev, 32, 0);
	say_connect("too large", v, w->dev, 0xffffffff, 0);
	say_connect("another VM's, too large", v, other.dev, 32, 0);
	say("KVM_CAP_IRQ_MPIC on the VM: %s",
	    answer(connect_cpu(w->vm, w->dev, 0, 0)));
	world_close(&other);
}

void client_cpus(uint32_t type)
{
	struct world w;
	int v;

	world_open(&w, type, 0);
	rd(&w, FRR);
	rd(&w, CPU(0) + WHOAMI);
	refused(&w);
	topic("connected");
	say_connect("cut to 32 bits", w.vcpu[0], 0x700000000 | w.dev,
		    0x900000005, 0);
	rd(&w, FRR);
	rd(&w, WHOAMI);
	say_connect("again", w.vcpu[0], w.dev, 5, 0);
	say_connect("again", w.vcpu[0], w.dev, 6, 0);
	say_connect("again", w.vcpu[0], w.dev, 32, 0);
	v = world_vcpu(&w);
	say_connect("second", v, w.dev, 5, 0);
	say_connect("second", v, w.dev, 2, 0);
	rd(&w, FRR);
	for (unsigned int i = 2; i < NR_CPUS; i++) {
		v = world_vcpu(&w);
		say_connect("next", v, w.dev, i, 0);
		rd(&w, FRR);
	}
	say_connect("first again", w.vcpu[0], w.dev, 0, 0);
	world_close(&w);
}
