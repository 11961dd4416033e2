/* SPDX-License-Identifier: MIT */
/*
 * The smallest VM for tests of what is around KVM_RUN: one vCPU at the start
 * of one memory slot, MMU off. Include once per program.
 */
#ifndef FAUXKVM_TESTS_TINY_VM_H
#define FAUXKVM_TESTS_TINY_VM_H

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <fauxkvm/kvm.h>

#include "tests/a64.h"

#define GUEST_BASE 0x40000000
#define GUEST_SIZE 0x10000

static struct kvm_run *run;
static char *guest_memory;
static int vm_fd, vcpu_fd;

static const uint32_t guest_spin[] = {ASM_B_SELF};
static const uint32_t guest_wfi[] = {ASM_WFI, ASM_B(-1)};

static void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	_exit(1);
}

static void vm_make(const uint32_t *code, size_t size)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	struct kvm_userspace_memory_region slot = {
		.guest_phys_addr = GUEST_BASE,
		.memory_size = GUEST_SIZE,
	};
	struct kvm_vcpu_init init;
	uint64_t pc = GUEST_BASE;
	struct kvm_one_reg reg = {
		.id = KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE |
		      KVM_REG_ARM_CORE_REG(regs.pc),
		.addr = (uintptr_t)&pc,
	};

	vm_fd = ioctl(kvm, KVM_CREATE_VM, 0);
	if (kvm < 0 || vm_fd < 0)
		die("/dev/kvm");
	guest_memory = mmap(NULL, GUEST_SIZE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memcpy(guest_memory, code, size);
	slot.userspace_addr = (uintptr_t)guest_memory;
	if (ioctl(vm_fd, KVM_SET_USER_MEMORY_REGION, &slot))
		die("memory");
	vcpu_fd = ioctl(vm_fd, KVM_CREATE_VCPU, 0);
	if (vcpu_fd < 0 || ioctl(vm_fd, KVM_ARM_PREFERRED_TARGET, &init) ||
	    ioctl(vcpu_fd, KVM_ARM_VCPU_INIT, &init) ||
	    ioctl(vcpu_fd, KVM_SET_ONE_REG, &reg))
		die("vcpu");
	run = mmap(NULL, (size_t)ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0),
		   PROT_READ | PROT_WRITE, MAP_SHARED, vcpu_fd, 0);
	if (run == MAP_FAILED)
		die("mmap");
}

#endif
