/* SPDX-License-Identifier: MIT */
/*
 * The VM: memory slots, vCPUs, irqfds and ioeventfds.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/tsan.h"
#include "vmm.h"

#define PMU_INTID 23
#define CORE_REG(name)                                         \
	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | \
	 KVM_REG_ARM_CORE_REG(name))

static void *map_ram(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		die("mmap");
	tsan_guest_memory(p, size);
	return p;
}

static void add_slot(struct vm *vm, uint32_t slot, uint32_t flags, uint64_t gpa,
		     void *host, size_t size)
{
	struct kvm_userspace_memory_region r = {.slot = slot,
						.flags = flags,
						.guest_phys_addr = gpa,
						.memory_size = size,
						.userspace_addr =
							(uintptr_t)host};

	if (ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION, &r))
		die("KVM_SET_USER_MEMORY_REGION");
}

static void create_memory(struct vm *vm)
{
	vm->ram = map_ram(vm->ram_size);
	vm->rom = map_ram(HOLE_SIZE);
	vm->hole = map_ram(HOLE_SIZE);
	for (unsigned int i = 0; i < HOLE_SIZE / 4; i++)
		((uint32_t *)vm->rom)[i] = 0x0f0f0000 + i;
	add_slot(vm, 0, 0, BOARD_RAM, vm->ram, vm->ram_size);
	add_slot(vm, 1, KVM_MEM_READONLY, BOARD_ROM, vm->rom, HOLE_SIZE);
	add_slot(vm, 2, 0, BOARD_HOLE, vm->hole, HOLE_SIZE);
}

void machine_unmap_hole(struct vm *vm)
{
	if (munmap(vm->hole, HOLE_SIZE))
		die("munmap");
	vm->hole_gone = true;
}

bool machine_restore_hole(struct vm *vm)
{
	bool ok;

	pthread_mutex_lock(&vm->lock);
	ok = vm->hole_gone;
	if (ok) {
		void *p =
			mmap(vm->hole, HOLE_SIZE, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
			     -1, 0);

		if (p != vm->hole)
			die("mmap of the hole");
		tsan_guest_memory(p, HOLE_SIZE);
		*(uint64_t *)vm->hole = 0x1122334455667788;
		vm->hole_gone = false;
		vm->faults++;
	}
	pthread_mutex_unlock(&vm->lock);
	return ok;
}

static int new_eventfd(void)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	if (fd < 0)
		die("eventfd");
	return fd;
}

static void create_events(struct vm *vm)
{
	struct kvm_ioeventfd e = {.addr = BOARD_IOEVENT, .len = 4};

	for (unsigned int i = 0; i < NR_IRQFDS; i++)
		vm->irqfd[i] = -1;
	vm->resample_irqfd = -1;
	vm->ioevent = new_eventfd();
	vm->ioevent_55 = new_eventfd();
	e.fd = vm->ioevent;
	if (ioctl(vm->fd, KVM_IOEVENTFD, &e))
		die("KVM_IOEVENTFD");
	e.fd = vm->ioevent_55;
	e.addr = BOARD_IOEVENT_55;
	e.datamatch = 0x55;
	e.flags = KVM_IOEVENTFD_FLAG_DATAMATCH;
	if (ioctl(vm->fd, KVM_IOEVENTFD, &e))
		die("KVM_IOEVENTFD with datamatch");
}

/* Signal GSI @gsi through an irqfd, made on its first use. */
void machine_irqfd(struct vm *vm, unsigned int gsi)
{
	uint64_t one = 1;

	if (gsi >= NR_IRQFDS)
		return;
	if (vm->irqfd[gsi] < 0) {
		struct kvm_irqfd i = {.fd = new_eventfd(), .gsi = gsi};

		if (ioctl(vm->fd, KVM_IRQFD, &i))
			die("KVM_IRQFD");
		vm->irqfd[gsi] = i.fd;
	}
	if (write(vm->irqfd[gsi], &one, 8) != 8)
		die("write to an irqfd");
}

void machine_irq_line(struct vm *vm, unsigned int type, unsigned int vcpu,
		      unsigned int intid, unsigned int level)
{
	struct kvm_irq_level l = {.irq = type << KVM_ARM_IRQ_TYPE_SHIFT |
					 vcpu << KVM_ARM_IRQ_VCPU_SHIFT | intid,
				  .level = level};

	if (ioctl(vm->fd, KVM_IRQ_LINE, &l))
		die("KVM_IRQ_LINE");
}

int machine_msi(struct vm *vm, uint32_t device, uint32_t event)
{
	struct kvm_msi m = {.address_lo = BOARD_ITS + 0x10040,
			    .data = event,
			    .flags = KVM_MSI_VALID_DEVID,
			    .devid = device};
	int ret = ioctl(vm->fd, KVM_SIGNAL_MSI, &m);

	return ret < 0 ? -errno : ret;
}

static void set_core(struct vcpu *v, uint64_t id, uint64_t val)
{
	struct kvm_one_reg r = {.id = id, .addr = (uintptr_t)&val};

	if (ioctl(v->fd, KVM_SET_ONE_REG, &r))
		die("KVM_SET_ONE_REG");
}

void vcpu_start_state(struct vcpu *v)
{
	struct vm *vm = v->vm;
	struct kvm_vcpu_init init;

	if (ioctl(vm->fd, KVM_ARM_PREFERRED_TARGET, &init))
		die("KVM_ARM_PREFERRED_TARGET");
	memset(init.features, 0, sizeof(init.features));
	init.features[0] = 1 << KVM_ARM_VCPU_PSCI_0_2;
	if (v->index)
		init.features[0] |= 1 << KVM_ARM_VCPU_POWER_OFF;
	if (vm->with_pmu)
		init.features[0] |= 1 << KVM_ARM_VCPU_PMU_V3;
	if (vm->with_sve)
		init.features[0] |= 1 << KVM_ARM_VCPU_SVE;
	if (ioctl(v->fd, KVM_ARM_VCPU_INIT, &init))
		die("KVM_ARM_VCPU_INIT");
	/* It stays so if the vCPU is made to start anew. */
	if (vm->with_sve &&
	    ioctl(v->fd, KVM_ARM_VCPU_FINALIZE, &(int){KVM_ARM_VCPU_SVE}) &&
	    errno != EPERM)
		die("KVM_ARM_VCPU_FINALIZE");
	if (v->index)
		return;
	set_core(v, CORE_REG(regs.pc), BOARD_ENTRY);
	set_core(v, CORE_REG(regs.regs[0]), vm->nr_vcpus);
	set_core(v, CORE_REG(regs.regs[1]), vm->gic_version);
	set_core(v, CORE_REG(regs.regs[2]), vm->resets);
	set_core(v, CORE_REG(regs.regs[3]), vm->with_its);
	set_core(v, CORE_REG(regs.regs[4]), vm->tcg);
	set_core(v, CORE_REG(regs.regs[5]), vm->irqs);
}

static void create_vcpus(struct vm *vm)
{
	vm->run_size = ioctl(vm->sys, KVM_GET_VCPU_MMAP_SIZE, 0);
	for (unsigned int i = 0; i < vm->nr_vcpus; i++) {
		struct vcpu *v = &vm->vcpus[i];

		v->vm = vm;
		v->index = i;
		v->fd = ioctl(vm->fd, KVM_CREATE_VCPU, (long)i);
		if (v->fd < 0)
			die("KVM_CREATE_VCPU");
		v->run = mmap(NULL, vm->run_size, PROT_READ | PROT_WRITE,
			      MAP_SHARED, v->fd, 0);
		if (v->run == MAP_FAILED)
			die("mmap of a vCPU");
		vcpu_start_state(v);
	}
}

/* After the GIC: each PMU has an interrupt of it. */
static void init_pmus(struct vm *vm)
{
	int irq = PMU_INTID;
	struct kvm_device_attr set_irq = {
		.group = KVM_ARM_VCPU_PMU_V3_CTRL,
		.attr = KVM_ARM_VCPU_PMU_V3_IRQ,
		.addr = (uintptr_t)&irq,
	};
	struct kvm_device_attr init = {
		.group = KVM_ARM_VCPU_PMU_V3_CTRL,
		.attr = KVM_ARM_VCPU_PMU_V3_INIT,
	};

	for (unsigned int i = 0; i < vm->nr_vcpus; i++)
		if ((vm->gic_version &&
		     ioctl(vm->vcpus[i].fd, KVM_SET_DEVICE_ATTR, &set_irq)) ||
		    ioctl(vm->vcpus[i].fd, KVM_SET_DEVICE_ATTR, &init))
			die("KVM_ARM_VCPU_PMU_V3_CTRL");
}

/* All of it, into memory from @gpa to its end. */
static void load(struct vm *vm, const char *path, uint64_t gpa)
{
	size_t room = vm->ram_size - (gpa - BOARD_RAM), n = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (fd < 0)
		die(path);
	while ((got = read(fd, vm->ram + (gpa - BOARD_RAM) + n, room - n)) > 0)
		n += got;
	if (got < 0 || n == 0)
		die(path);
	close(fd);
}

void machine_load(struct vm *vm)
{
	if (!vm->image)
		return;
	memset(vm->ram, 0, vm->ram_size);
	load(vm, vm->image, BOARD_ENTRY);
	if (vm->tree)
		load(vm, vm->tree, BOARD_RAM);
	if (vm->args)
		strcpy((char *)vm->ram + (BOARD_ARGS - BOARD_RAM), vm->args);
}

void machine_create(struct vm *vm)
{
	vm->sys = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (vm->sys < 0)
		die("/dev/kvm");
	if (ioctl(vm->sys, KVM_GET_API_VERSION, 0) != KVM_API_VERSION)
		die("KVM_GET_API_VERSION");
	vm->fd = ioctl(vm->sys, KVM_CREATE_VM, 0);
	if (vm->fd < 0)
		die("KVM_CREATE_VM");
	create_memory(vm);
	vm->irqs = gic_irqs(vm);
	create_vcpus(vm);
	make_gic(vm);
	if (vm->with_pmu)
		init_pmus(vm);
	create_events(vm);
}
