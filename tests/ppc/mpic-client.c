/* SPDX-License-Identifier: MIT */
/*
 * Asks KVM for PowerPC all there is to ask of its MPIC, without running a
 * guest, and prints an answer a line. The same source is built for this machine and
 * for the real kernel, whose answers are tests/ppc/mpic-client.expected:
 * tests/ppc/check-mpic compares.
 *
 *   mpic-client [PART...]
 *
 * A part that needs a guest ("int") is only run if it is named.
 */
#include "mpic-client.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- calls --------------------------------------------------------------- */

const char *answer(int ret)
{
	static char number[16];

	if (ret < 0)
		return strerrorname_np(-ret);
	snprintf(number, sizeof(number), "%d", ret);
	return number;
}

static void vsay(const char *fmt, va_list ap)
{
	vprintf(fmt, ap);
	putchar('\n');
}

void topic(const char *fmt, ...)
{
	va_list ap;

	printf("== ");
	va_start(ap, fmt);
	vsay(fmt, ap);
	va_end(ap);
}

void say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsay(fmt, ap);
	va_end(ap);
}

int call(int fd, unsigned long request, const void *arg)
{
	int ret = ioctl(fd, request, arg);

	return ret < 0 ? -errno : ret;
}

static int must(int ret, const char *what)
{
	if (ret >= 0)
		return ret;
	fprintf(stderr, "mpic-client: %s: %s\n", what, answer(ret));
	exit(2);
}

int make_device(struct world *w, uint32_t type, uint32_t flags, int *fd)
{
	struct kvm_create_device args = {
		.type = type, .fd = ~0u, .flags = flags};
	int ret = call(w->vm, KVM_CREATE_DEVICE, &args);

	*fd = (int)args.fd;
	return ret;
}

static int attr_call(struct world *w, unsigned long request, uint32_t group,
		     uint64_t attr, void *addr)
{
	struct kvm_device_attr a = {
		.group = group, .attr = attr, .addr = (uintptr_t)addr};

	return call(w->dev, request, &a);
}

int set_attr(struct world *w, uint32_t group, uint64_t attr, void *addr)
{
	return attr_call(w, KVM_SET_DEVICE_ATTR, group, attr, addr);
}

int get_attr(struct world *w, uint32_t group, uint64_t attr, void *addr)
{
	return attr_call(w, KVM_GET_DEVICE_ATTR, group, attr, addr);
}

int has_attr(struct world *w, uint32_t group, uint64_t attr)
{
	return attr_call(w, KVM_HAS_DEVICE_ATTR, group, attr, NULL);
}

int connect_cpu(int vcpu, uint64_t dev, uint64_t cpu, uint32_t flags)
{
	struct kvm_enable_cap cap = {
		.cap = KVM_CAP_IRQ_MPIC, .flags = flags, .args = {dev, cpu}};

	return call(vcpu, KVM_ENABLE_CAP, &cap);
}

int reg_read(struct world *w, uint64_t off, uint32_t *val)
{
	*val = 0x5a5a5a5a;
	return get_attr(w, KVM_DEV_MPIC_GRP_REGISTER, off, val);
}

int reg_write(struct world *w, uint64_t off, uint32_t val)
{
	return set_attr(w, KVM_DEV_MPIC_GRP_REGISTER, off, &val);
}

int msi_send(struct world *w, uint32_t data, uint32_t flags)
{
	struct kvm_msi msi = {
		.address_lo = 0x12345670, .data = data, .flags = flags};

	return call(w->vm, KVM_SIGNAL_MSI, &msi);
}

/* ---- calls that say what they did ---------------------------------------- */

uint32_t rd(struct world *w, uint32_t off)
{
	uint32_t val;
	int ret = reg_read(w, off, &val);

	if (ret)
		say("r %05x: %s", off, answer(ret));
	else
		say("r %05x: %08x", off, val);
	return val;
}

void wr(struct world *w, uint32_t off, uint32_t val)
{
	say("w %05x %08x: %s", off, val, answer(reg_write(w, off, val)));
}

void line(struct world *w, unsigned int source, uint32_t level)
{
	int ret = set_attr(w, KVM_DEV_MPIC_GRP_IRQ_ACTIVE, source, &level);

	say("line %u %u: %s", source, level, answer(ret));
}

uint32_t line_now(struct world *w, unsigned int source)
{
	uint32_t val = 0x5a5a5a5a;
	int ret = get_attr(w, KVM_DEV_MPIC_GRP_IRQ_ACTIVE, source, &val);

	say("line %u: %s %x", source, answer(ret), val);
	return val;
}

/* Equal answers one after the other. */
struct run {
	uint32_t from, to, val;
	int ret; /* 1: none yet */
};

static void run_end(const struct run *r)
{
	if (r->ret < 0)
		say("r %05x-%05x: %s", r->from, r->to, answer(r->ret));
	else if (!r->ret)
		say("r %05x-%05x: %08x", r->from, r->to, r->val);
}

static void run_read(struct world *w, struct run *r, uint32_t off)
{
	uint32_t val;
	int ret = reg_read(w, off, &val);

	if (ret != r->ret || val != r->val) {
		run_end(r);
		*r = (struct run){off, off, val, ret};
	}
	r->to = off;
}

void dump(struct world *w, uint32_t off, uint32_t end, uint32_t step)
{
	struct run r = {.ret = 1};

	for (; off < end; off += step)
		run_read(w, &r, off);
	run_end(&r);
}

/* Blocks of @size from @off to @end: the first word of each, then the second of
 * each ... */
static void dump_blocks(struct world *w, uint32_t off, uint32_t end,
			uint32_t size)
{
	struct run r = {.ret = 1};

	for (uint32_t word = 0; word < size; word += 4)
		for (uint32_t block = off; block < end; block += size)
			run_read(w, &r, block + word);
	run_end(&r);
}

void dump_all(struct world *w)
{
	dump_blocks(w, 0, 0x2000, 0x10);
	dump(w, 0x2000, IVPR(0), 4);
	dump_blocks(w, IVPR(0), IVPR(256), 0x20);
	dump(w, IVPR(256), CPU(0), 4);
	dump_blocks(w, CPU(0), CPU(NR_CPUS - 1), 0x1000);
	dump(w, CPU(NR_CPUS - 1), MPIC_SIZE + 0x20, 4);
}

/* ---- worlds -------------------------------------------------------------- */

int world_vcpu(struct world *w)
{
	int fd = ioctl(w->vm, KVM_CREATE_VCPU, (unsigned long)w->nr_vcpus);

	must(fd < 0 ? -errno : fd, "KVM_CREATE_VCPU");
	return w->vcpu[w->nr_vcpus++] = fd;
}

void world_open(struct world *w, uint32_t type, unsigned int cpus)
{
	*w = (struct world){.type = type, .dev = -1};
	w->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	must(w->kvm < 0 ? -errno : 0, "/dev/kvm");
	w->vm = ioctl(w->kvm, KVM_CREATE_VM, 0ul);
	must(w->vm < 0 ? -errno : 0, "KVM_CREATE_VM");
	if (type)
		must(make_device(w, type, 0, &w->dev), "KVM_CREATE_DEVICE");
	for (unsigned int i = 0; i < cpus; i++)
		must(connect_cpu(world_vcpu(w), w->dev, i, 0),
		     "KVM_CAP_IRQ_MPIC");
}

void world_close(struct world *w)
{
	for (unsigned int i = 0; i < w->nr_vcpus; i++)
		close(w->vcpu[i]);
	if (w->dev >= 0)
		close(w->dev);
	close(w->vm);
	close(w->kvm);
}

static const struct part {
	const char *name;
	void (*run)(uint32_t type);
	bool asked; /* only if it is asked for */
} parts[] = {
	{"devices", client_devices, false},
	{"attributes", client_attributes, false},
	{"cpus", client_cpus, false},
	{"registers", client_registers, false},
	{"sources", client_sources, false},
	{"vm", client_vm, false},
	{"random", client_random, false},
	{"int", client_int, true}, /* has a guest */
	{"stat", client_stat, true},
};

static bool wanted(const struct part *part, char **only)
{
	if (!*only)
		return !part->asked;
	for (; *only; only++)
		if (!strcmp(*only, part->name))
			return true;
	return false;
}

int main(__attribute__((unused)) int argc, char **argv)
{
	static const uint32_t types[] = {KVM_DEV_TYPE_FSL_MPIC_20,
					 KVM_DEV_TYPE_FSL_MPIC_42};

	for (unsigned int t = 0; t < 2; t++)
		for (unsigned int i = 0; i < sizeof(parts) / sizeof(*parts);
		     i++)
			if (wanted(&parts[i], argv + 1)) {
				topic("MPIC %s, %s", t ? "4.2" : "2.0",
				      parts[i].name);
				parts[i].run(types[t]);
			}
	return 0;
}
