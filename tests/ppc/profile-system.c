/* SPDX-License-Identifier: MIT */
/*
 * Client of the PowerPC profile: requests of the system, capabilities, and requests
 * by their numbers of each descriptor. See profile.h.
 */
#include "profile.h"

#include <unistd.h>

void system_requests(void)
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

void capabilities(void)
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
void request_numbers(void)
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
