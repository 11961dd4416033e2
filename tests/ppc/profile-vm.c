/* SPDX-License-Identifier: MIT */
/*
 * Client of the PowerPC profile: requests of a VM, its vCPUs' ids, memory, interrupts
 * and devices. See profile.h.
 */
#include "profile.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

void vcpu_ids(void)
{
	int fds[40];
	unsigned int n = 0;

	topic("vCPU ids");
	for (unsigned long id = 31; id < 34; id++) {
		int fd = ask_value(vm, KVM_CREATE_VCPU, id);

		printf("vcpu %lu: %s\n", id, answer(fd < 0 ? fd : 0));
		if (fd >= 0)
			close(fd);
	}
	SAY("vcpu -1", ask_value(vm, KVM_CREATE_VCPU, -1));
	SAY("vcpu 0 again", ask_value(vm, KVM_CREATE_VCPU, 0));
	for (unsigned long id = 1; id < 32; id++) {
		int fd = ask_value(vm, KVM_CREATE_VCPU, id);

		if (fd >= 0)
			fds[n++] = fd;
		else
			printf("vcpu %lu of many: %s\n", id, answer(fd));
	}
	SAY("one more", ask_value(vm, KVM_CREATE_VCPU, 5));
	while (n)
		close(fds[--n]);
}

static void slot(const char *what, struct kvm_userspace_memory_region r)
{
	SAY(what, ask(vm, KVM_SET_USER_MEMORY_REGION, &r));
}

void memory(void)
{
	struct kvm_dirty_log log = {.slot = 0};
	void *mem = mmap(NULL, 0x10000, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t at = PTR(mem);

	topic("memory");
#define REGION(s, f, gpa, size, user)                                 \
	((struct kvm_userspace_memory_region){.slot = s,              \
					      .flags = f,             \
					      .guest_phys_addr = gpa, \
					      .memory_size = size,    \
					      .userspace_addr = user})
	slot("slot", REGION(0, 0, 0, 0x10000, at));
	slot("slot that overlaps", REGION(1, 0, 0x1000, 0x1000, at));
	slot("slot, logged", REGION(0, 1, 0, 0x10000, at));
	slot("slot, read-only", REGION(1, 2, 0x100000, 0x1000, at));
	slot("slot, flags 4", REGION(1, 4, 0x100000, 0x1000, at));
	slot("slot at the end of 4 GiB", REGION(1, 0, 0xfffff000, 0x1000, at));
	slot("slot above 36 bits", REGION(2, 0, 1ull << 40, 0x1000, at));
	slot("slot that wraps", REGION(3, 0, -0x1000ull, 0x2000, at));
	slot("slot, odd size", REGION(3, 0, 0x200000, 0x800, at));
	slot("slot, odd address", REGION(3, 0, 0x200800, 0x1000, at));
	slot("slot, odd memory", REGION(3, 0, 0x200000, 0x1000, at + 8));
	slot("slot that is none", REGION(3, 0, 0x200000, 0, at));
	slot("slot 32766", REGION(32766, 0, 0x200000, 0x1000, at));
	slot("slot 32767", REGION(32767, 0, 0x201000, 0x1000, at));
	slot("slot of another size", REGION(32766, 0, 0x200000, 0x2000, at));
	slot("slot gone", REGION(32766, 0, 0, 0, 0));
	log.dirty_bitmap = mem;
	SAY("dirty log", ask(vm, KVM_GET_DIRTY_LOG, &log));
	log.slot = 9;
	SAY("dirty log of no slot", ask(vm, KVM_GET_DIRTY_LOG, &log));
}

void pvinfo(void)
{
	struct kvm_ppc_pvinfo info;
	unsigned char *hcall = (unsigned char *)info.hcall;

	topic("pvinfo");
	memset(&info, 0xff, sizeof(info));
	SAY("get", ask(vm, KVM_PPC_GET_PVINFO, &info));
	printf("flags %#x, pad %#x, hcall", info.flags, info.pad[0]);
	for (unsigned int i = 0; i < 16; i++)
		printf(" %02x", hcall[i]);
	puts("");
}

void vm_caps(void)
{
	topic("capabilities that are enabled on a VM");
	for (unsigned int n = 0; n < 256; n++) {
		struct kvm_enable_cap cap = {.cap = n};
		int ret = ask(vm, KVM_ENABLE_CAP, &cap);

		if (ret != -EINVAL)
			printf("capability %u: %s\n", n, answer(ret));
		cap.flags = 1;
		ret = ask(vm, KVM_ENABLE_CAP, &cap);
		if (ret != -EINVAL)
			printf("capability %u with flags: %s\n", n,
			       answer(ret));
	}
}

static void irq_line(const char *what, unsigned int irq, unsigned int level)
{
	struct kvm_irq_level l = {.irq = irq, .level = level};
	int ret = ask(vm, KVM_IRQ_LINE, &l);

	printf("%s: %s", what, answer(ret));
	l.irq = irq;
	ret = ask(vm, KVM_IRQ_LINE_STATUS, &l);
	printf(", with status: %s %d\n", answer(ret), ret ? 0 : l.status);
}

static int route(unsigned int gsi, unsigned int type, unsigned int pin,
		 unsigned int flags)
{
	struct {
		struct kvm_irq_routing hdr;
		struct kvm_irq_routing_entry e[1];
	} r = {.hdr = {.nr = 1},
	       .e = {{.gsi = gsi, .type = type, .flags = flags}}};

	if (type == KVM_IRQ_ROUTING_IRQCHIP)
		r.e[0].u.irqchip.pin = pin;
	return ask(vm, KVM_SET_GSI_ROUTING, &r);
}

/* What needs no register of the MPIC; called before and after there is one. */
void interrupts(const char *when)
{
	struct kvm_irqfd irqfd = {.fd = -1};
	struct kvm_msi msi = {.flags = 0};

	topic(when);
	irq_line("line 0", 0, 1);
	irq_line("line 5000", 5000, 1);
	SAY("msi", ask(vm, KVM_SIGNAL_MSI, &msi));
	msi.flags = 1;
	SAY("msi, flags 1", ask(vm, KVM_SIGNAL_MSI, &msi));
	msi.flags = 2;
	SAY("msi, flags 2", ask(vm, KVM_SIGNAL_MSI, &msi));
	SAY("irqfd -1", ask(vm, KVM_IRQFD, &irqfd));
	irqfd.fd = kvm;
	SAY("irqfd of no eventfd", ask(vm, KVM_IRQFD, &irqfd));
	irqfd.flags = 4;
	SAY("irqfd, flags 4", ask(vm, KVM_IRQFD, &irqfd));
	SAY("route 0 to pin 0", route(0, 1, 0, 0));
	irq_line("line 0, routed", 0, 0);
	SAY("route 4095 to pin 255", route(4095, 1, 255, 0));
	SAY("route 4096", route(4096, 1, 0, 0));
	SAY("route to pin 256", route(0, 1, 256, 0));
	/* Not asked: a route to irqchip 1, by which Linux writes behind its
	 * table. */
	SAY("route to an MSI", route(3, 2, 0, 0));
	irq_line("line 3, an MSI, level 0", 3, 0);
	irq_line("line 3, an MSI, level 1", 3, 1);
	SAY("route to an MSI with a device", route(3, 2, 0, 1));
	SAY("route to an MSI, flags 2", route(3, 2, 0, 2));
	SAY("route with flags", route(3, 1, 0, 1));
	SAY("route of type 0", route(3, 0, 0, 0));
	SAY("route of type 3", route(3, 3, 0, 0));
}

void devices(void)
{
	struct kvm_create_device cd;
	int second;

	topic("devices");
	for (unsigned int type = 0; type < 14; type++) {
		cd = (struct kvm_create_device){
			.type = type, .fd = 77, .flags = 1};
		printf("test of type %u: %s", type,
		       answer(ask(vm, KVM_CREATE_DEVICE, &cd)));
		printf(", fd %d\n", cd.fd);
	}
	cd = (struct kvm_create_device){.type = 1, .flags = 2};
	SAY("flags 2", ask(vm, KVM_CREATE_DEVICE, &cd) < 0 ? -1 : 0);
	second = new_mpic();
	SAY("a second one", second < 0 ? second : 0);
	close(cd.fd);
	SAY("a second one, the first closed", new_mpic());
}

void device_descriptor(void)
{
	char byte;

	topic("the device's descriptor");
	SAY("mmap",
	    mmap(NULL, 4096, PROT_READ, MAP_SHARED, device, 0) == MAP_FAILED
		    ? -errno
		    : 0);
	SAY("read", read(device, &byte, 1) < 0 ? -errno : 0);
	SAY("write", write(device, &byte, 1) < 0 ? -errno : 0);
	SAY("close-on-exec", fcntl(device, F_GETFD));
}
