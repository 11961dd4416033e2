/* SPDX-License-Identifier: MIT */
/*
 * MMIO of the board: console and the registers that let a guest ask the VMM
 * for interrupts, events and faults.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "vmm.h"

static uint32_t drain(int fd)
{
	uint64_t n = 0;

	if (read(fd, &n, 8) != 8)
		return 0;
	return n;
}

/* A level interrupt by irqfd, lowered by its acknowledgement. */
static void raise_resampled(struct vm *vm, unsigned int gsi)
{
	uint64_t one = 1;

	if (vm->resample_irqfd < 0) {
		struct kvm_irqfd i = {.gsi = gsi,
				      .flags = KVM_IRQFD_FLAG_RESAMPLE};

		vm->resample_irqfd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		vm->resample_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		i.fd = vm->resample_irqfd;
		i.resamplefd = vm->resample_fd;
		if (ioctl(vm->fd, KVM_IRQFD, &i))
			die("KVM_IRQFD with resamplefd");
	}
	if (write(vm->resample_irqfd, &one, 8) != 8)
		die("write to an irqfd");
}

static void test_write(struct vm *vm, unsigned int reg, uint32_t val)
{
	switch (reg) {
	case TEST_EXIT: vm_end(vm, val); break;
	case TEST_STATUS: vm->status = val; break;
	case TEST_IRQFD: machine_irqfd(vm, val); break;
	case TEST_IRQ_HIGH:
	case TEST_IRQ_LOW:
		machine_irq_line(vm, KVM_ARM_IRQ_TYPE_SPI, 0, 32 + val,
				 reg == TEST_IRQ_HIGH);
		break;
	case TEST_PPI:
		machine_irq_line(vm, KVM_ARM_IRQ_TYPE_PPI, 0, val & 0xff,
				 val >> 31);
		break;
	case TEST_MSI: vm->msi_result = machine_msi(vm, 1, val); break;
	case TEST_UNMAP: machine_unmap_hole(vm); break;
	case TEST_RESAMPLE: raise_resampled(vm, val); break;
	}
}

static uint32_t test_read(struct vm *vm, unsigned int reg)
{
	switch (reg) {
	case TEST_IOEVENTS: return drain(vm->ioevent);
	case TEST_IOEVENTS_55: return drain(vm->ioevent_55);
	case TEST_MSI_RESULT: return vm->msi_result;
	case TEST_FAULTS: return vm->faults;
	case TEST_RESAMPLED:
		return vm->resample_irqfd < 0 ? 0 : drain(vm->resample_fd);
	case TEST_LAST_LEN: return vm->scratch_len;
	}
	return 0;
}

static void test_access(struct vm *vm, unsigned int reg, uint8_t *data,
			unsigned int len, bool write)
{
	uint32_t val = 0;

	if (reg >= TEST_SCRATCH && reg + len <= TEST_SCRATCH + 16) {
		uint8_t *p = &vm->scratch[reg - TEST_SCRATCH];

		memcpy(write ? p : data, write ? data : p, len);
		vm->scratch_len = len;
		return;
	}
	if (write) {
		memcpy(&val, data, len < 4 ? len : 4);
		test_write(vm, reg, val);
	} else {
		val = test_read(vm, reg);
		memcpy(data, &val, len < 4 ? len : 4);
	}
}

static void access_register(struct vm *vm, uint64_t addr, uint8_t *data,
			    unsigned int len, bool write)
{
	if (addr >> 12 == BOARD_CONSOLE >> 12) {
		if (write && (addr & 0xfff) == 0)
			putchar(data[0]);
		else if (!write)
			memset(data, 0, MMIO_SIZE);
	} else if (addr >> 12 == BOARD_TEST >> 12) {
		if (!write)
			memset(data, 0, MMIO_SIZE);
		test_access(vm, addr & 0xfff, data, len, write);
	} else if (!write) {
		memset(data, 0xff, MMIO_SIZE);
	}
}

/* Only vCPU threads come here: one alone needs no lock. */
void board_access(struct vm *vm, uint64_t addr, uint8_t *data, unsigned int len,
		  bool write)
{
	bool shared = vm->nr_vcpus > 1;

	if (shared)
		pthread_mutex_lock(&vm->lock);
	access_register(vm, addr, data, len, write);
	if (shared)
		pthread_mutex_unlock(&vm->lock);
}
