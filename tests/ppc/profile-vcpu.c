/* SPDX-License-Identifier: MIT */
/*
 * Client of the PowerPC profile: capabilities of a vCPU, its MPIC, debugging, the
 * errnos of KVM_RUN and smaller requests. See profile.h.
 */
#include "profile.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

void vcpu_caps(void)
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

void mpic_connect(void)
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

void guest_debug(void)
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

void small_requests(void)
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

void run_errors(void)
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
