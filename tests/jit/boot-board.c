/* SPDX-License-Identifier: MIT */
/*
 * The machine of boot-board.h: memory with a kernel in it, vCPUs, a GICv3, and
 * the registers of a PL011 as far as Linux needs them to print.
 */
#include "boot-board.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/types.h"
#include "tests/kernel/kvm-host.h"
#include "tests/vmm/board.h"

#define TREE_SIZE  0x10000 /* at the beginning of RAM */
#define IMAGE_OFF  0x200000
#define INITRD_OFF 0x4000000

#define REG_X0 0x6030000000100000ull
#define REG_PC 0x6030000000100040ull

static long ask(int fd, unsigned int cmd, const void *arg, const char *what)
{
	long ret = KVM(fd, cmd, arg);

	if (ret < 0)
		fprintf(stderr, "boot: %s: %s\n", what, strerror((int)-ret));
	return ret;
}

/* ---- memory -------------------------------------------------------------- */

/* Bytes of @path that are at @p now, 0: none. */
static size_t load(uint8_t *p, size_t room, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t size = 0;
	ssize_t n = 1;

	while (fd >= 0 && n > 0 && size < room) {
		n = read(fd, p + size, room - size);
		if (n > 0)
			size += (size_t)n;
	}
	if (fd >= 0)
		close(fd);
	if (fd < 0 || n < 0 || size == room) {
		fprintf(stderr, "boot: can't load %s\n", path);
		return 0;
	}
	return size;
}

static bool memory_fill(const struct boot_board *b)
{
	struct boot_initrd initrd = {0};

	if (!load(b->ram + IMAGE_OFF, INITRD_OFF - IMAGE_OFF, b->image))
		return false;
	if (b->initrd) {
		initrd.start = BOOT_RAM + INITRD_OFF;
		initrd.end = initrd.start + load(b->ram + INITRD_OFF,
						 b->ram_size - INITRD_OFF,
						 b->initrd);
		if (initrd.end == initrd.start)
			return false;
	}
	boot_tree_write(b->ram, TREE_SIZE, b, initrd);
	return true;
}

/* ---- the VM -------------------------------------------------------------- */

static bool gic_make(int vm)
{
	static const struct {
		uint32_t group;
		uint64_t attr, val;
	} rows[] = {
		{KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_DIST,
		 BOARD_GICD},
		{KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_REDIST,
		 BOARD_GICR},
		{KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT, 0},
	};
	struct kvm_create_device d = {.type = KVM_DEV_TYPE_ARM_VGIC_V3};

	if (ask(vm, KVM_CREATE_DEVICE, &d, "a GIC") < 0)
		return false;
	for (unsigned int k = 0; k < ARRAY_SIZE(rows); k++) {
		struct kvm_device_attr a = {.group = rows[k].group,
					    .attr = rows[k].attr,
					    .addr = (uintptr_t)&rows[k].val};

		if (ask((int)d.fd, KVM_SET_DEVICE_ATTR, &a, "the GIC") < 0)
			return false;
	}
	return true;
}

static bool reg_set(int vcpu, uint64_t id, uint64_t val)
{
	struct kvm_one_reg reg = {id, (uintptr_t)&val};

	return ask(vcpu, KVM_SET_ONE_REG, &reg, "a register") >= 0;
}

static int vcpu_make(int vm, unsigned int index)
{
	struct kvm_vcpu_init init = {.target = KVM_ARM_TARGET_GENERIC_V8,
				     .features = {1 << KVM_ARM_VCPU_PSCI_0_2}};
	int vcpu = (int)ask(vm, KVM_CREATE_VCPU, (const void *)(uintptr_t)index,
			    "a vCPU");

	if (index)
		init.features[0] |= 1 << KVM_ARM_VCPU_POWER_OFF;
	if (vcpu < 0 ||
	    ask(vcpu, KVM_ARM_VCPU_INIT, &init, "KVM_ARM_VCPU_INIT") < 0)
		return -1;
	return vcpu;
}

static bool options_set(const struct boot_board *b)
{
	struct kernel_clock_options o = KERNEL_CLOCK_DEFAULTS;

	o.clock = KERNEL_CLOCK_CYCLES;
	o.cpu = b->translate ? KERNEL_CPU_JIT : KERNEL_CPU_INTERP;
	o.core = b->core;
	o.jit_isa = b->jit_isa;
	o.idle_wait_ms = 60000;
	if (b->jit_memory_mib)
		o.jit_memory_mib = b->jit_memory_mib;
	if (!fault_init() && !kernel_set_clock(&o))
		return true;
	fprintf(stderr, "boot: time can't be counted so\n");
	return false;
}

static bool vm_make(const struct boot_board *b, int vcpus[BOOT_VCPUS])
{
	struct kvm_userspace_memory_region ram = {.guest_phys_addr = BOOT_RAM,
						  .memory_size = b->ram_size,
						  .userspace_addr =
							  (uintptr_t)b->ram};
	int vm;

	if (!options_set(b))
		return false;
	kvm_host_init();
	vm = (int)ask(kvm_host_open(), KVM_CREATE_VM, NULL, "a VM");
	if (vm < 0 || ask(vm, KVM_SET_USER_MEMORY_REGION, &ram, "memory") < 0)
		return false;
	for (unsigned int k = 0; k < b->vcpus; k++) {
		vcpus[k] = vcpu_make(vm, k);
		if (vcpus[k] < 0)
			return false;
	}
	return gic_make(vm) && reg_set(vcpus[0], REG_X0, BOOT_RAM) &&
	       reg_set(vcpus[0], REG_PC, BOOT_RAM + IMAGE_OFF);
}

/* ---- devices ------------------------------------------------------------- */

/* PL011, DDI 0183: nothing to read, always room to write. */
static uint32_t uart_read(unsigned int reg)
{
	static const uint8_t ids[] = {0x11, 0x10, 0x34, 0x00,
				      0x0d, 0xf0, 0x05, 0xb1};

	if (reg >= 0xfe0)
		return ids[(reg - 0xfe0) / 4];
	return reg == 0x18 ? 0x90 : 0; /* UARTFR: TXFE, RXFE */
}

static void device_access(const struct boot_board *b, struct kvm_run *run)
{
	bool uart = run->mmio.phys_addr >> 12 == BOARD_CONSOLE >> 12;
	unsigned int reg = run->mmio.phys_addr & 0xffc;
	uint64_t val = 0;

	if (!run->mmio.is_write) {
		if (uart)
			val = uart_read(reg);
		memcpy(run->mmio.data, &val, sizeof(val));
	} else if (uart && !reg && b->console >= 0) {
		if (write(b->console, run->mmio.data, 1) != 1)
			fprintf(stderr, "boot: the console is gone\n");
	}
}

/* ---- vCPUs --------------------------------------------------------------- */

struct runner {
	const struct boot_board *board;
	int vcpu;
	void (*ended)(int status);
};

static void *run(void *arg)
{
	const struct runner *r = arg;
	struct kvm_run *run = kvm_host_pages(r->vcpu);

	while (ask(r->vcpu, KVM_RUN, NULL, "KVM_RUN") >= 0) {
		if (run->exit_reason == KVM_EXIT_SYSTEM_EVENT)
			r->ended(0);
		if (run->exit_reason != KVM_EXIT_MMIO) {
			fprintf(stderr, "boot: exit reason %u\n",
				run->exit_reason);
			break;
		}
		device_access(r->board, run);
	}
	r->ended(2);
	return NULL;
}

_Noreturn void boot_board_run(const struct boot_board *b,
			      void (*ended)(int status))
{
	struct runner runners[BOOT_VCPUS];
	int vcpus[BOOT_VCPUS];
	pthread_t thread;

	if (!memory_fill(b) || !vm_make(b, vcpus))
		ended(2);
	for (unsigned int k = 0; k < b->vcpus; k++) {
		runners[k] = (struct runner){b, vcpus[k], ended};
		if (k && pthread_create(&thread, NULL, run, &runners[k]))
			ended(2);
	}
	run(&runners[0]);
	_exit(2);
}
