/* SPDX-License-Identifier: MIT */
/*
 * Client of the PowerPC profile: capabilities, requests of every descriptor,
 * registers of a vCPU, its TLB and its capabilities, and the errno of what is
 * wrong with them. The MPIC has a client of its own. See ppc.h; check-clients
 * compares the lines with those of a real kernel.
 */
#include "ppc.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static int kvm, vm, vcpu, device;

static void topic(const char *name)
{
	printf("# %s\n", name);
}

#define SAY(what, ret) printf("%s = %s\n", what, answer(ret))

/* ---- descriptors --------------------------------------------------------- */

static void new_vm(void)
{
	vm = ask_value(kvm, KVM_CREATE_VM, 0);
	vcpu = ask_value(vm, KVM_CREATE_VCPU, 0);
	if (vm < 0 || vcpu < 0) {
		printf("no VM: %s, %s\n", answer(vm), answer(vcpu));
		exit(1);
	}
}

static void end_vm(void)
{
	close(vcpu);
	close(vm);
}

static int new_mpic(void)
{
	struct kvm_create_device cd = {.type = KVM_DEV_TYPE_FSL_MPIC_20};
	int ret = ask(vm, KVM_CREATE_DEVICE, &cd);

	return ret < 0 ? ret : (int)cd.fd;
}

/* ---- system -------------------------------------------------------------- */

static void system_requests(void)
{
	topic("system");
	SAY("api version", ask_value(kvm, KVM_GET_API_VERSION, 0));
	SAY("api version, argument 1", ask_value(kvm, KVM_GET_API_VERSION, 1));
	SAY("mmap size", ask_value(kvm, KVM_GET_VCPU_MMAP_SIZE, 0));
	SAY("mmap size, argument 1", ask_value(kvm, KVM_GET_VCPU_MMAP_SIZE, 1));
	printf("struct kvm_run has %zu bytes\n", sizeof(struct kvm_run));
	for (unsigned int type = 0; type < 6; type++) {
		int fd = ask_value(kvm, KVM_CREATE_VM, type);

		printf("vm type %u: %s\n", type, answer(fd < 0 ? fd : 0));
		if (fd >= 0)
			close(fd);
	}
}

static void capabilities(void)
{
	topic("capabilities");
	for (unsigned int n = 0; n < 300; n++) {
		int on_system = ask_value(kvm, KVM_CHECK_EXTENSION, n);
		int on_vm = ask_value(vm, KVM_CHECK_EXTENSION, n);

		if (n == KVM_CAP_NR_VCPUS) /* of the machine */
			on_system = on_vm = on_vm > 0 && on_system == on_vm;
		if (on_system || on_vm)
			printf("capability %u: %s %s\n", n, answer(on_system),
			       answer(on_vm));
	}
}

static const struct {
	const char *name;
	unsigned int cmd;
} requests[] = {
#define R(name)             \
	{                   \
#name, name \
	}
	R(KVM_GET_API_VERSION),
	R(KVM_CREATE_VM),
	R(KVM_CHECK_EXTENSION),
	R(KVM_GET_VCPU_MMAP_SIZE),
	R(KVM_CREATE_VCPU),
	R(KVM_GET_DIRTY_LOG),
	R(KVM_CLEAR_DIRTY_LOG),
	R(KVM_SET_USER_MEMORY_REGION),
	R(KVM_CREATE_IRQCHIP),
	R(KVM_IRQ_LINE),
	R(KVM_IRQ_LINE_STATUS),
	R(KVM_REGISTER_COALESCED_MMIO),
	R(KVM_UNREGISTER_COALESCED_MMIO),
	R(KVM_SET_GSI_ROUTING),
	R(KVM_IRQFD),
	R(KVM_IOEVENTFD),
	R(KVM_SIGNAL_MSI),
	R(KVM_CREATE_DEVICE),
	R(KVM_SET_DEVICE_ATTR),
	R(KVM_GET_DEVICE_ATTR),
	R(KVM_HAS_DEVICE_ATTR),
	R(KVM_RUN),
	R(KVM_GET_REGS),
	R(KVM_SET_REGS),
	R(KVM_GET_SREGS),
	R(KVM_SET_SREGS),
	R(KVM_TRANSLATE),
	R(KVM_INTERRUPT),
	R(KVM_SET_SIGNAL_MASK),
	R(KVM_GET_FPU),
	R(KVM_SET_FPU),
	R(KVM_GET_MP_STATE),
	R(KVM_SET_MP_STATE),
	R(KVM_SET_GUEST_DEBUG),
	R(KVM_ENABLE_CAP),
	R(KVM_GET_ONE_REG),
	R(KVM_SET_ONE_REG),
	R(KVM_GET_REG_LIST),
	R(KVM_DIRTY_TLB),
	R(KVM_PPC_GET_PVINFO),
#undef R
	{"KVM_SET_USER_MEMORY_REGION2", 0x80a0ae49},
	{"KVM_RESET_DIRTY_RINGS", 0x2000aec7},
	{"KVM_TRACE_ENABLE", 0x8004ae06},
	{"KVM_GET_SUPPORTED_CPUID", 0xc008ae05},
	{"KVM_GET_IRQCHIP", 0xc208ae62},
	{"KVM_SET_IRQCHIP", 0x4208ae63},
	{"KVM_CREATE_PIT", 0x2000ae64},
	{"KVM_SET_BOOT_CPU_ID", 0x2000ae78},
	{"KVM_SET_CLOCK", 0x8030ae7b},
	{"KVM_GET_CLOCK", 0x4030ae7c},
	{"KVM_PPC_GET_SMMU_INFO", 0x4250aea6},
	{"KVM_PPC_ALLOCATE_HTAB", 0xc004aea7},
	{"KVM_CREATE_SPAPR_TCE", 0x8010aea8},
	{"KVM_CREATE_SPAPR_TCE_64", 0x8020aea8},
	{"KVM_ALLOCATE_RMA", 0x4008aea9},
	{"KVM_PPC_GET_HTAB_FD", 0x8020aeaa},
	{"KVM_PPC_RTAS_DEFINE_TOKEN", 0x8080aeac},
	{"KVM_PPC_CONFIGURE_V3_MMU", 0x8010aeaf},
	{"KVM_PPC_GET_RMMU_INFO", 0x4060aeb0},
	{"KVM_PPC_GET_CPU_CHAR", 0x4020aeb1},
	{"KVM_NMI", 0x2000ae9a},
	{"KVM_SMI", 0x2000aeb7},
	{"KVM_KVMCLOCK_CTRL", 0x2000aead},
	{"KVM_GET_VCPU_EVENTS", 0x4040ae9f},
	{"KVM_PRE_FAULT_MEMORY", 0xc040aed5},
	{"KVM_CREATE_GUEST_MEMFD", 0xc040aed4},
	{"KVM_SET_MEMORY_ATTRIBUTES", 0x8020aed2},
	{"arm64's KVM_RUN", 0xae80},
	{"arm64's KVM_CREATE_VCPU", 0xae41},
	{"x86's KVM_GET_REGS", 0x8090ae81},
	{"another type", 0x2000af80},
	{"none at all", 0},
};

/* Each request with its number, on each descriptor, with an argument that is no
 * address: which know it, and what do they read first? */
static void request_numbers(void)
{
	const char *const names[] = {"system", "vm", "vcpu", "device"};
	const int fds[] = {kvm, vm, vcpu, device};

	topic("requests");
	for (size_t r = 0; r < sizeof(requests) / sizeof(requests[0]); r++) {
		printf("%s %#x:", requests[r].name, requests[r].cmd);
		for (unsigned int i = 0; i < 4; i++) {
			int ret = ask(fds[i], requests[r].cmd, NOWHERE);

			if (ret > 2 && fds[i] != kvm)
				close(ret);
			printf(" %s %s", names[i], answer(ret > 2 ? 3 : ret));
		}
		puts("");
	}
	/* Any number, nothing else of it known. */
	for (unsigned int nr = 0; nr < 256; nr++) {
		unsigned int cmd = 0x4100ae00 | nr;

		if (cmd == KVM_GET_FPU)
			continue;
		if (ask(kvm, cmd, NOWHERE) != -EINVAL ||
		    ask(vm, cmd, NOWHERE) != -ENOTTY ||
		    ask(vcpu, cmd, NOWHERE) != -EINVAL ||
		    ask(device, cmd, NOWHERE) != -ENOTTY)
			printf("number %#x is known\n", cmd);
	}
}

/* ---- VM ------------------------------------------------------------------ */

static void vcpu_ids(void)
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

static void memory(void)
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

static void pvinfo(void)
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

static void vm_caps(void)
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
static void interrupts(const char *when)
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

static void devices(void)
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

static void device_descriptor(void)
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

/* ---- vCPU: registers ----------------------------------------------------- */

struct field {
	const char *name;
	size_t at, size;
};

static uint64_t field_get(const void *p, const struct field *f)
{
	uint64_t v;
	uint32_t w;

	if (f->size == 8) {
		memcpy(&v, (const char *)p + f->at, 8);
		return v;
	}
	if (f->size == 4) {
		memcpy(&w, (const char *)p + f->at, 4);
		return w;
	}
	return *((const unsigned char *)p + f->at);
}

/* Those that are others than the last time, in @was. */
static void print_fields(const char *what, const void *p, void *was,
			 const struct field *f, size_t n)
{
	printf("%s:", what);
	for (; n--; f++) {
		uint64_t v = field_get(p, f);

		if (v != field_get(was, f))
			printf(" %s %llx", f->name, (unsigned long long)v);
		memcpy((char *)was + f->at, (const char *)p + f->at, f->size);
	}
	puts("");
}

#define FIELD_OF(s, m)                                                \
	{                                                             \
#m, offsetof(struct s, m), sizeof(((struct s *)0)->m) \
	}
#define REG(m) FIELD_OF(kvm_regs, m)
static const struct field regs_fields[] = {
	REG(pc),     REG(cr),      REG(ctr),     REG(lr),      REG(xer),
	REG(msr),    REG(srr0),    REG(srr1),    REG(pid),     REG(sprg0),
	REG(sprg1),  REG(sprg2),   REG(sprg3),   REG(sprg4),   REG(sprg5),
	REG(sprg6),  REG(sprg7),   REG(gpr[0]),  REG(gpr[1]),  REG(gpr[2]),
	REG(gpr[3]), REG(gpr[15]), REG(gpr[30]), REG(gpr[31]),
};

static void get_regs(const char *what)
{
	static struct kvm_regs was;
	struct kvm_regs r;

	memset(&r, 0x5a, sizeof(r));
	SAY("get regs", ask(vcpu, KVM_GET_REGS, &r));
	print_fields(what, &r, &was, regs_fields,
		     sizeof(regs_fields) / sizeof(regs_fields[0]));
}

static void regs(void)
{
	struct kvm_regs r;
	uint64_t *word = (uint64_t *)&r;

	topic("regs");
	get_regs("at first");
	for (size_t i = 0; i < sizeof(r) / 8; i++)
		word[i] = 0x0123456789abcd00 + i;
	SAY("set regs", ask(vcpu, KVM_SET_REGS, &r));
	get_regs("numbers");
	memset(&r, 0xff, sizeof(r));
	SAY("set regs", ask(vcpu, KVM_SET_REGS, &r));
	get_regs("ones");
	memset(&r, 0, sizeof(r));
	SAY("set regs", ask(vcpu, KVM_SET_REGS, &r));
	get_regs("zeros");
}

#define SREG(m)                                                \
	{                                                      \
#m, offsetof(struct kvm_sregs, u.e.m),         \
			sizeof(((struct kvm_sregs *)0)->u.e.m) \
	}
static const struct field sregs_fields[] = {
	FIELD_OF(kvm_sregs, pvr),
	SREG(impl.fsl.features),
	SREG(impl.fsl.svr),
	SREG(impl.fsl.mcar),
	SREG(impl.fsl.hid0),
	SREG(impl.fsl.pid1),
	SREG(impl.fsl.pid2),
	SREG(features),
	SREG(impl_id),
	SREG(update_special),
	SREG(pir),
	SREG(sprg8),
	SREG(sprg9),
	SREG(csrr0),
	SREG(dsrr0),
	SREG(mcsrr0),
	SREG(csrr1),
	SREG(dsrr1),
	SREG(mcsrr1),
	SREG(esr),
	SREG(dear),
	SREG(ivpr),
	SREG(mcivpr),
	SREG(mcsr),
	SREG(tsr),
	SREG(tcr),
	SREG(decar),
	SREG(dbsr),
	SREG(dbcr[0]),
	SREG(dbcr[1]),
	SREG(dbcr[2]),
	SREG(iac[0]),
	SREG(iac[1]),
	SREG(iac[2]),
	SREG(iac[3]),
	SREG(dac[0]),
	SREG(dac[1]),
	SREG(dvc[0]),
	SREG(dvc[1]),
	SREG(num_iac),
	SREG(num_dac),
	SREG(num_dvc),
	SREG(pad),
	SREG(epr),
	SREG(vrsave),
	SREG(epcr),
	SREG(mas0),
	SREG(mas1),
	SREG(mas2),
	SREG(mas7_3),
	SREG(mas4),
	SREG(mas6),
	SREG(ivor_low[0]),
	SREG(ivor_low[1]),
	SREG(ivor_low[2]),
	SREG(ivor_low[3]),
	SREG(ivor_low[4]),
	SREG(ivor_low[5]),
	SREG(ivor_low[6]),
	SREG(ivor_low[7]),
	SREG(ivor_low[8]),
	SREG(ivor_low[9]),
	SREG(ivor_low[10]),
	SREG(ivor_low[11]),
	SREG(ivor_low[12]),
	SREG(ivor_low[13]),
	SREG(ivor_low[14]),
	SREG(ivor_low[15]),
	SREG(ivor_high[0]),
	SREG(ivor_high[1]),
	SREG(ivor_high[2]),
	SREG(ivor_high[3]),
	SREG(ivor_high[4]),
	SREG(ivor_high[17]),
	SREG(mmucfg),
	SREG(eptcfg),
	SREG(tlbcfg[0]),
	SREG(tlbcfg[1]),
	SREG(tlbcfg[2]),
	SREG(tlbcfg[3]),
	SREG(tlbps[0]),
	SREG(tlbps[3]),
	SREG(eplc),
	SREG(epsc),
};

/* All but the time, which goes on. */
static void get_sregs(const char *what)
{
	static struct kvm_sregs was;
	struct kvm_sregs s;

	memset(&s, 0x5a, sizeof(s));
	SAY("get sregs", ask(vcpu, KVM_GET_SREGS, &s));
	print_fields(what, &s, &was, sregs_fields,
		     sizeof(sregs_fields) / sizeof(sregs_fields[0]));
	printf("the rest is 0: %d\n", s.u.pad[sizeof(s.u.pad) - 1] == 0);
}

static void set_sregs(const char *what, uint32_t features, uint32_t impl,
		      uint32_t special)
{
	static uint32_t count;
	struct kvm_sregs s;
	uint32_t *word = (uint32_t *)&s;

	/* The same in both halves of 64 bits, and new each time. */
	for (size_t i = 0; i < sizeof(s) / 4; i++)
		word[i] = 0x11110000 + (count << 16) + i / 2;
	count++;
	s.pvr = 0x80210030;
	s.u.e.pir = 0;
	s.u.e.features = features;
	s.u.e.impl_id = impl;
	s.u.e.update_special = special;
	/* No watchdog that expires while this runs. */
	s.u.e.tcr = 0x00400000;
	SAY(what, ask(vcpu, KVM_SET_SREGS, &s));
	get_sregs(what);
}

static void sregs(void)
{
	struct kvm_sregs s;

	topic("sregs");
	get_sregs("at first");
	SAY("get", ask(vcpu, KVM_GET_SREGS, &s));
	s.pvr ^= 1;
	SAY("another PVR", ask(vcpu, KVM_SET_SREGS, &s));
	s.pvr ^= 1;
	s.u.e.pir = 1;
	s.u.e.mas0 = 1;
	s.u.e.csrr0 = 0x4444;
	SAY("another PIR", ask(vcpu, KVM_SET_SREGS, &s));
	get_sregs("after another PIR");
	s.u.e.features &= ~KVM_SREGS_E_ARCH206;
	SAY("another PIR, not of features", ask(vcpu, KVM_SET_SREGS, &s));
	get_sregs("after that");
	for (unsigned int bit = 0; bit < 16; bit++) {
		char what[32];

		snprintf(what, sizeof(what), "features bit %u", bit);
		set_sregs(what, 1u << bit, 0, 0);
	}
	set_sregs("IVORs and SPE", KVM_SREGS_E_IVOR | KVM_SREGS_E_SPE, 0, 0);
	set_sregs("IVORs and PM", KVM_SREGS_E_IVOR | KVM_SREGS_E_PM, 0, 0);
	set_sregs("impl", 0, KVM_SREGS_E_IMPL_FSL, 0);
	set_sregs("TSR", KVM_SREGS_E_BASE, 0, 2);
	set_sregs("all", 0xffffffff, 1, 2);
}

static void reg_get(uint64_t id)
{
	uint64_t buf[4] = {0x5a5a5a5a5a5a5a5a, 0, 0, 0};
	struct kvm_one_reg reg = {.id = id, .addr = PTR(buf)};
	int ret = ask(vcpu, KVM_GET_ONE_REG, &reg);
	uint32_t w;

	memcpy(&w, buf, 4);
	if (ret != -EINVAL)
		printf("reg %llx: %s %llx\n", (unsigned long long)id,
		       answer(ret),
		       (id >> 52 & 15) == 2 ? w : (unsigned long long)buf[0]);
}

static void reg_set(uint64_t id, uint64_t val)
{
	uint32_t w = val;
	uint64_t buf[4] = {val};
	struct kvm_one_reg reg = {
		.id = id, .addr = (id >> 52 & 15) == 2 ? PTR(&w) : PTR(buf)};
	int ret = ask(vcpu, KVM_SET_ONE_REG, &reg);

	if (ret != -EINVAL)
		printf("reg %llx set to %llx: %s\n", (unsigned long long)id,
		       (unsigned long long)val, answer(ret));
}

static void one_reg(void)
{
	struct kvm_one_reg reg = {.id = KVM_REG_PPC_EPR, .addr = 8};
	unsigned char byte[8];

	topic("one_reg");
	for (uint64_t size = 0; size < 16; size++) {
		for (unsigned int n = 0; n < 0x140; n++) {
			uint64_t id = KVM_REG_PPC | size << 52 | n;

			/* A buffer has 32 bytes. */
			if (size > 5)
				reg = (struct kvm_one_reg){.id = id, .addr = 8};
			if (size > 5 &&
			    (ask(vcpu, KVM_GET_ONE_REG, &reg) != -EINVAL ||
			     ask(vcpu, KVM_SET_ONE_REG, &reg) != -EINVAL))
				printf("reg %llx is known\n",
				       (unsigned long long)id);
			if (size > 5)
				continue;
			reg_get(id);
			reg_set(id, 0x1234567800000009 + n);
			reg_get(id);
		}
	}
	/* One address is 0, others have a bit too many. */
	reg_get(KVM_REG_PPC_EPR & ~KVM_REG_PPC);
	reg_get(KVM_REG_PPC_EPR | 1ull << 62);
	reg_get(KVM_REG_PPC_EPR | 1ull << 32);
	reg = (struct kvm_one_reg){.id = KVM_REG_PPC_EPR, .addr = 8};
	SAY("get to nowhere", ask(vcpu, KVM_GET_ONE_REG, &reg));
	SAY("set from nowhere", ask(vcpu, KVM_SET_ONE_REG, &reg));
	reg.id = KVM_REG_PPC | KVM_REG_SIZE_U32 | 0x999;
	SAY("get an unknown one to nowhere", ask(vcpu, KVM_GET_ONE_REG, &reg));
	SAY("set an unknown one from nowhere",
	    ask(vcpu, KVM_SET_ONE_REG, &reg));
	reg = (struct kvm_one_reg){.id = KVM_REG_PPC_EPR,
				   .addr = PTR(byte + 1)};
	SAY("get to an odd address", ask(vcpu, KVM_GET_ONE_REG, &reg));
}

static void timers(void)
{
	static const uint32_t tsrs[] = {0, 0xffffffff, 0x0c000000, 0x48000000};
	uint32_t val = 0;
	struct kvm_one_reg reg = {.id = KVM_REG_PPC_TSR, .addr = PTR(&val)};
	struct kvm_sregs s;

	topic("timers");
	reg_set(KVM_REG_PPC_TCR, 0);
	for (size_t i = 0; i < sizeof(tsrs) / sizeof(tsrs[0]); i++) {
		reg_set(KVM_REG_PPC_TSR, tsrs[i]);
		reg_get(KVM_REG_PPC_TSR);
		reg_set(KVM_REG_PPC_OR_TSR, 0x00ff0000);
		reg_get(KVM_REG_PPC_TSR);
		reg_set(KVM_REG_PPC_CLEAR_TSR, 0x440f0000);
		reg_get(KVM_REG_PPC_TSR);
		reg_get(KVM_REG_PPC_OR_TSR);
		reg_get(KVM_REG_PPC_CLEAR_TSR);
	}
	/* The decrementer: a bit of TSR when it has run down. */
	reg_set(KVM_REG_PPC_TSR, 0);
	ask(vcpu, KVM_GET_SREGS, &s);
	s.u.e.features = KVM_SREGS_E_BASE;
	s.u.e.update_special = KVM_SREGS_E_UPDATE_DEC;
	s.u.e.dec = 0x7fffffff;
	SAY("set DEC", ask(vcpu, KVM_SET_SREGS, &s));
	ask(vcpu, KVM_GET_SREGS, &s);
	printf("DEC goes down: %d\n",
	       s.u.e.dec < 0x7fffffff && s.u.e.dec > 0x10000000);
	s.u.e.dec = 1000;
	s.u.e.update_special = KVM_SREGS_E_UPDATE_DEC;
	SAY("set DEC", ask(vcpu, KVM_SET_SREGS, &s));
	for (int i = 0; i < 5000 && !val; i++) {
		usleep(1000);
		ask(vcpu, KVM_GET_ONE_REG, &reg);
	}
	printf("TSR %x\n", val);
	ask(vcpu, KVM_GET_SREGS, &s);
	printf("DEC %x\n", s.u.e.dec);
	/* The watchdog's first step: ENW. Bit 63 - 45 of the timebase. */
	reg_set(KVM_REG_PPC_TSR, 0);
	reg_set(KVM_REG_PPC_TCR, 0x40160000);
	for (val = 0; (val & 0xc0000000) != 0xc0000000;) {
		usleep(1000);
		ask(vcpu, KVM_GET_ONE_REG, &reg);
	}
	printf("TSR %x\n", val);
	reg_set(KVM_REG_PPC_TCR, 0);
	reg_set(KVM_REG_PPC_TSR, 0);
}

static void fpu(void)
{
	struct kvm_fpu f = {0};

	topic("fpu");
	SAY("get", ask(vcpu, KVM_GET_FPU, &f));
	SAY("set", ask(vcpu, KVM_SET_FPU, &f));
}

/* ---- vCPU: TLB ----------------------------------------------------------- */

static void translate(uint64_t addr)
{
	struct kvm_translation tr = {.linear_address = addr,
				     .physical_address = 0x77,
				     .valid = 9,
				     .writeable = 9,
				     .usermode = 9};
	int ret = ask(vcpu, KVM_TRANSLATE, &tr);

	printf("translate %llx: %s %llx valid %u %u %u\n",
	       (unsigned long long)addr, answer(ret),
	       (unsigned long long)tr.physical_address, tr.valid, tr.writeable,
	       tr.usermode);
}

static struct kvm_book3e_206_tlb_entry *tlb;

static int config_tlb(const uint32_t sizes[4], const uint32_t ways[4],
		      uint32_t len, uint32_t type, uint64_t array)
{
	struct kvm_book3e_206_tlb_params p = {.tlb_sizes = {0}};
	struct kvm_config_tlb cfg = {.params = PTR(&p),
				     .array = array,
				     .mmu_type = type,
				     .array_len = len};
	struct kvm_enable_cap cap = {.cap = KVM_CAP_SW_TLB,
				     .args = {PTR(&cfg)}};

	memcpy(p.tlb_sizes, sizes, sizeof(p.tlb_sizes));
	memcpy(p.tlb_ways, ways, sizeof(p.tlb_ways));
	return ask(vcpu, KVM_ENABLE_CAP, &cap);
}

static void config(const char *what, uint32_t size0, uint32_t ways0,
		   uint32_t size1, uint32_t ways1, uint32_t size2,
		   uint32_t ways3)
{
	const uint32_t sizes[4] = {size0, size1, size2};
	const uint32_t ways[4] = {ways0, ways1, 0, ways3};

	SAY(what, config_tlb(sizes, ways, 0x10000, 0, PTR(tlb)));
}

#define V(size, space, tid) \
	(0x80000000u | (tid) << 16 | (space) << 12 | (size) << 7)

static void tlb_config(void)
{
	const uint32_t sizes[4] = {512, 16}, ways[4] = {4, 16};
	struct kvm_enable_cap cap = {.cap = KVM_CAP_SW_TLB, .args = {8}};
	struct kvm_config_tlb cfg = {.params = 8};

	/* Not asked: what is found before it is configured. Linux looks at
	 * memory for that which it has not written. */
	topic("TLB");
	tlb = mmap(NULL, 0x11000, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	mprotect((char *)tlb + 0x10000, 0x1000, PROT_NONE);
	SAY("args[0] nowhere", ask(vcpu, KVM_ENABLE_CAP, &cap));
	cap.args[0] = PTR(&cfg);
	SAY("params nowhere", ask(vcpu, KVM_ENABLE_CAP, &cap));
	cfg.mmu_type = 1;
	SAY("params nowhere, type 1", ask(vcpu, KVM_ENABLE_CAP, &cap));
	SAY("type 1", config_tlb(sizes, ways, 0x10000, 1, PTR(tlb)));
	config("TLB1 of 65", 512, 4, 65, 65, 0, 0);
	config("TLB1 of 16, 8 ways", 512, 4, 16, 8, 0, 0);
	config("TLB2", 512, 4, 16, 16, 1, 0);
	config("TLB3's ways", 512, 4, 16, 16, 0, 1);
	config("TLB0 of 0 ways", 512, 0, 16, 16, 0, 0);
	config("TLB0 of 3 ways", 512, 3, 16, 16, 0, 0);
	config("TLB0 of 3 sets", 12, 4, 16, 16, 0, 0);
	config("TLB0 of 0", 0, 4, 16, 16, 0, 0);
	config("TLB1 of 0", 512, 4, 0, 0, 0, 0);
	config("TLB0 of 32 ways", 512, 32, 16, 16, 0, 0);
	SAY("too short", config_tlb(sizes, ways, 528 * 24 - 1, 0, PTR(tlb)));
	SAY("just long enough", config_tlb(sizes, ways, 528 * 24, 0, PTR(tlb)));
	SAY("array nowhere", config_tlb(sizes, ways, 0x10000, 0, 0));
	SAY("array at an end",
	    config_tlb(sizes, ways, 0x10000, 0, PTR(tlb) + 0xf000));
	get_sregs("configured");
	config("TLB0 of 4096", 2048, 4, 16, 16, 0, 0);
	get_sregs("TLB0 of 2048");
}

static void tlb_entries(void)
{
	const uint32_t sizes[4] = {512, 16}, ways[4] = {4, 16};
	struct kvm_dirty_tlb dirty = {.bitmap = 0, .num_dirty = 0};
	struct kvm_book3e_206_tlb_entry *tlb1 = tlb + 512;

	topic("TLB entries");
	memset(tlb, 0, 0x10000);
	tlb1[0].mas1 = V(18, 0, 0); /* 256 MiB */
	tlb1[0].mas7_3 = 0x40000000;
	tlb1[1].mas1 = V(2, 1, 7);
	tlb1[1].mas2 = 0x80000000;
	tlb1[1].mas7_3 = 0xc12345015;
	SAY("configure", config_tlb(sizes, ways, 0x10000, 0, PTR(tlb)));
	translate(0);
	translate(0x0fffffff);
	translate(0x10000000);
	translate(0x80000123);
	translate(0x80000123 | 1ull << 40);
	translate(0x80000123 | 1ull << 40 | 7ull << 32);
	translate(0x80000123 | 1ull << 40 | 8ull << 32);
	translate(0x80000123 | 7ull << 32);
	translate(0x00001000 | 1ull << 41);
	/* TLB1 beyond what KVM was told of. */
	tlb1[2].mas1 = V(2, 0, 0);
	tlb1[2].mas2 = 0xf0000000;
	tlb1[2].mas7_3 = 0x1000;
	translate(0xf0000010);
	SAY("dirty", ask(vcpu, KVM_DIRTY_TLB, &dirty));
	translate(0xf0000010);
	/* TLB0: the set of the address, four ways. */
	tlb[(0x12345 & 127) * 4 + 3].mas1 = V(2, 0, 0);
	tlb[(0x12345 & 127) * 4 + 3].mas2 = 0x12345000;
	tlb[(0x12345 & 127) * 4 + 3].mas7_3 = 0xabc000;
	translate(0x12345678);
	tlb[(0x12346 & 127) * 4 + 4].mas1 = V(2, 0, 0);
	tlb[(0x12346 & 127) * 4 + 4].mas2 = 0x12346000;
	translate(0x12346678);
	/* TLB0 goes before TLB1. */
	tlb[8].mas1 = V(2, 0, 0);
	tlb[8].mas2 = 0x00002000;
	tlb[8].mas7_3 = 0x5000;
	translate(0x00002abc);
	tlb[8].mas1 &= 0x7fffffff;
	translate(0x00002abc);
}

/* ---- vCPU: the rest ------------------------------------------------------ */

static void vcpu_caps(void)
{
	topic("capabilities that are enabled on a vCPU");
	for (unsigned int n = 0; n < 256; n++) {
		struct kvm_enable_cap cap = {.cap = n};
		int ret;

		if (n == KVM_CAP_PPC_PAPR)
			continue;
		if (n == KVM_CAP_IRQ_MPIC)
			cap.args[0] = -1;
		ret = ask(vcpu, KVM_ENABLE_CAP, &cap);
		if (ret != -EINVAL)
			printf("capability %u: %s\n", n, answer(ret));
		cap.flags = 1;
		ret = ask(vcpu, KVM_ENABLE_CAP, &cap);
		if (ret != -EINVAL)
			printf("capability %u with flags: %s\n", n,
			       answer(ret));
	}
}

static int connect(uint64_t fd, uint64_t cpu, uint32_t flags)
{
	struct kvm_enable_cap cap = {
		.cap = KVM_CAP_IRQ_MPIC, .flags = flags, .args = {fd, cpu}};

	return ask(vcpu, KVM_ENABLE_CAP, &cap);
}

static void mpic_connect(void)
{
	int path = open("/", O_PATH);
	int file = open("/dev/null", O_RDONLY);

	topic("KVM_CAP_IRQ_MPIC");
	SAY("flags, no descriptor", connect(-1, 0, 1));
	SAY("no descriptor", connect(-1, 0, 0));
	SAY("O_PATH", connect(path, 0, 0));
	SAY("a file", connect(file, 0, 0));
	SAY("the VM", connect(vm, 0, 0));
	SAY("the vCPU", connect(vcpu, 0, 0));
	SAY("/dev/kvm", connect(kvm, 0, 0));
	SAY("CPU 32", connect(device, 32, 0));
	SAY("CPU -1", connect(device, -1, 0));
	SAY("CPU 5, in more than 32 bits",
	    connect(device | 1ull << 32, 5 | 1ull << 32, 0));
	SAY("CPU 5 again", connect(device, 5, 0));
	SAY("CPU 6", connect(device, 6, 0));
	SAY("a file, connected", connect(file, 0, 0));
	close(path);
	close(file);
}

static void debug(const char *what, uint32_t control, uint32_t type0,
		  uint32_t type1, uint32_t type2, uint32_t type4)
{
	struct kvm_guest_debug dbg = {.control = control};

	dbg.arch.bp[0].type = type0;
	dbg.arch.bp[1].type = type1;
	dbg.arch.bp[2].type = type2;
	dbg.arch.bp[4].type = type4;
	for (unsigned int i = 0; i < 5; i++)
		dbg.arch.bp[i].addr = 0x123456780 + i;
	SAY(what, ask(vcpu, KVM_SET_GUEST_DEBUG, &dbg));
	reg_get(KVM_REG_PPC_IAC1);
	reg_get(KVM_REG_PPC_IAC2);
	reg_get(KVM_REG_PPC_DAC1);
	reg_get(KVM_REG_PPC_DAC2);
}

static void guest_debug(void)
{
	topic("guest debug");
	debug("off", 0, 0, 0, 0, 0);
	debug("on", 1, 2, 2, 2, 0);
	debug("step", 3, 0, 0, 0, 0);
	debug("all of control", 0xfffdffff, 0, 0, 0, 0);
	debug("two breakpoints", 0x20001, 2, 2, 0, 0);
	debug("three breakpoints", 0x20001, 2, 2, 2, 0);
	debug("two watchpoints", 0x20001, 4, 8, 0, 0);
	debug("three watchpoints", 0x20001, 4, 8, 12, 0);
	debug("both of each", 0x20001, 2, 12, 2, 0);
	debug("a breakpoint that watches", 0x20001, 14, 0, 0, 0);
	debug("type 1", 0x20001, 1, 0, 0, 0);
	debug("type 16", 0x20001, 2, 16, 0, 0);
	debug("the fifth, not looked at", 0x20001, 0, 0, 0, 16);
	debug("software breakpoints", 0x10001, 1, 0, 0, 0);
	debug("off", 0, 1, 1, 1, 0);
}

static void small_requests(void)
{
	struct kvm_mp_state mp = {.mp_state = 0};
	struct {
		struct kvm_signal_mask hdr;
		uint64_t bits;
	} mask = {.hdr = {.len = 8}};
	static const uint32_t irqs[] = {0, 1, -1, -2, -3, -4};

	topic("small requests of a vCPU");
	SAY("get mp state", ask(vcpu, KVM_GET_MP_STATE, &mp));
	SAY("set mp state", ask(vcpu, KVM_SET_MP_STATE, &mp));
	SAY("signal mask", ask(vcpu, KVM_SET_SIGNAL_MASK, &mask));
	mask.hdr.len = 4;
	SAY("signal mask of 4", ask(vcpu, KVM_SET_SIGNAL_MASK, &mask));
	SAY("no signal mask", ask(vcpu, KVM_SET_SIGNAL_MASK, NULL));
	for (size_t i = 0; i < sizeof(irqs) / sizeof(irqs[0]); i++) {
		struct kvm_interrupt irq = {.irq = irqs[i]};

		printf("interrupt %x: %s\n", irqs[i],
		       answer(ask(vcpu, KVM_INTERRUPT, &irq)));
	}
}

static void run_errors(void)
{
	struct kvm_enable_cap papr = {.cap = KVM_CAP_PPC_PAPR};
	struct kvm_enable_cap osi = {.cap = KVM_CAP_PPC_OSI};
	struct kvm_run *run =
		mmap(NULL, 0x2000, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
	int ret;

	topic("KVM_RUN");
	SAY("argument 1", ask_value(vcpu, KVM_RUN, 1));
	run->immediate_exit = 1;
	run->exit_reason = 99;
	ret = ask_value(vcpu, KVM_RUN, 0);
	printf("immediate exit: %s, reason %u\n", answer(ret),
	       run->exit_reason);
	/* What this core has not: enabled, and the vCPU never runs again. */
	SAY("enable PAPR", ask(vcpu, KVM_ENABLE_CAP, &papr));
	SAY("enable OSI", ask(vcpu, KVM_ENABLE_CAP, &osi));
	SAY("connect", connect(device, 9, 0));
	SAY("connect again", connect(device, 9, 0));
	ret = ask_value(vcpu, KVM_RUN, 0);
	printf("immediate exit: %s, reason %u\n", answer(ret),
	       run->exit_reason);
	run->immediate_exit = 0;
	ret = ask_value(vcpu, KVM_RUN, 0);
	printf("run: %s, reason %u\n", answer(ret), run->exit_reason);
	munmap(run, 0x2000);
	SAY("map 3 pages",
	    mmap(NULL, 0x3000, PROT_READ, MAP_SHARED, vcpu, 0) == MAP_FAILED
		    ? -errno
		    : 0);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (kvm < 0) {
		printf("no /dev/kvm: %s\n", answer(-errno));
		return 1;
	}
	system_requests();
	new_vm();
	capabilities();
	vcpu_ids();
	memory();
	pvinfo();
	interrupts("interrupts without an MPIC");
	devices();
	end_vm();

	new_vm();
	device = new_mpic();
	interrupts("interrupts with an MPIC");
	device_descriptor();
	request_numbers();
	end_vm();

	new_vm();
	regs();
	sregs();
	end_vm();

	new_vm();
	one_reg();
	timers();
	fpu();
	tlb_config();
	tlb_entries();
	end_vm();

	new_vm();
	close(device);
	device = new_mpic();
	vm_caps();
	vcpu_caps();
	mpic_connect();
	guest_debug();
	small_requests();
	end_vm();

	new_vm();
	close(device);
	device = new_mpic();
	run_errors();
	end_vm();
	return 0;
}
