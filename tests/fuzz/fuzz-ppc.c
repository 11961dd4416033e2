/* SPDX-License-Identifier: MIT */
/*
 * Sequences of requests to a PowerPC VM: each row of its table on a VM, two vCPUs
 * and their MPIC, with arguments that are nearly right, wrong, or nowhere. What
 * must hold: no crash, an errno with a reason (kvm-host.c), and nothing left of
 * the objects when all descriptors are closed.
 *
 * An input is the kind of MPIC and then operations: a row, a descriptor, what the
 * argument points at, its bytes.
 */
#include <errno.h>
#include <fauxkvm/kvm.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "tests/kernel/kvm-host.h"

const size_t fuzz_input_max = 2048;

#define ARENA 0x10000 /* for what arguments point at */
#define HALF  (ARENA / 2)

static uint8_t *arena;
static int fds[5]; /* system, VM, vCPUs, MPIC */

/* An address of the arena, its last bytes, or nowhere. */
static uint64_t address(struct fuzz_input *in)
{
	switch (fuzz_u8(in) & 7) {
	case 0: return 8;
	case 1: return (uintptr_t)arena + ARENA - (fuzz_u8(in) & 63);
	default: return (uintptr_t)arena + HALF + (fuzz_u16(in) & 0x3ff8);
	}
}

/* Numbers that mean something to somebody. */
static uint64_t number(struct fuzz_input *in)
{
	static const uint64_t known[] = {
		0,
		1,
		2,
		3,
		4,
		8,
		16,
		31,
		32,
		64,
		255,
		256,
		260,
		512,
		4095,
		4096,
		0x1020,
		0x10000,
		0x10070,
		0x20080,
		0x40000,
		0xffffffff,
		KVM_CAP_SW_TLB,
		KVM_CAP_IRQ_MPIC,
		KVM_CAP_PPC_PAPR,
		KVM_CAP_PPC_BOOKE_WATCHDOG,
		KVM_REG_PPC_TCR,
		KVM_REG_PPC_TSR,
		KVM_REG_PPC_MAS2,
		0x80210030,
	};
	uint8_t kind = fuzz_u8(in);

	if (kind < 40)
		return address(in);
	if (kind < 60)
		return fds[kind % 5];
	if (kind < 180)
		return known[kind % (sizeof(known) / sizeof(known[0]))];
	return kind < 230 ? fuzz_u8(in) : fuzz_u64(in);
}

/* 32-bit and 64-bit members in any order, each a number of the above. */
static void fill(struct fuzz_input *in, uint8_t *p, size_t size)
{
	while (size >= 4 && !fuzz_empty(in)) {
		size_t n = size >= 8 && (fuzz_u8(in) & 1) ? 8 : 4;
		uint64_t v = number(in);

		memcpy(p, &v, n);
		p += n;
		size -= n;
	}
}

static void operation(struct fuzz_input *in)
{
	static unsigned int rows;
	const struct kernel_ioctl_row *row;
	int fd = fds[fuzz_u8(in) % 5];
	unsigned long arg;
	long ret;

	while (!rows || kernel_ioctl_row(rows))
		rows++;
	row = kernel_ioctl_row(fuzz_u8(in) % rows);
	/* An array for KVM_CAP_SW_TLB, parameters, a register. */
	if (fuzz_u8(in) < 64)
		fill(in, arena + HALF + (fuzz_u16(in) & 0x3ff8), 64);
	arg = row->size ? address(in) : number(in);
	if (row->size && arg >= (uintptr_t)arena &&
	    arg + row->size <= (uintptr_t)arena + ARENA)
		fill(in, (uint8_t *)arg, row->size < 128 ? row->size : 128);
	ret = kvm_host_ioctl(fd, row->cmd, arg);
	if (ret < -4095)
		fuzz_fail("%s answers %ld", row->name, ret);
	/* A descriptor of its own: of a VM, a vCPU, statistics. */
	if (ret > 4 &&
	    (row->cmd == KVM_CREATE_VM || row->cmd == KVM_CREATE_VCPU ||
	     row->cmd == KVM_GET_STATS_FD))
		kvm_host_close(ret);
}

static void begin(void)
{
	if (arena)
		return;
	if (kernel_set_arch("ppc"))
		fuzz_fail("there is no ppc");
	kvm_host_init();
	arena = mmap(NULL, ARENA + 4096, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	mprotect(arena + ARENA, 4096, PROT_NONE);
}

/* Devices: KVM_CREATE_DEVICE says in the arena what it made. */
static void close_rest(void)
{
	for (int fd = 0; kvm_host_count() && fd < 1024; fd++) {
		struct kobj *obj = kvm_host_get(fd);

		if (!obj)
			continue;
		kobj_put(obj);
		kvm_host_close(fd);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, data + size};
	struct kvm_create_device cd = {.type = KVM_DEV_TYPE_FSL_MPIC_20};

	begin();
	memset(arena, 0, ARENA);
	cd.type += fuzz_u8(&in) & 1;
	fds[0] = kvm_host_open();
	fds[1] = KVM(fds[0], KVM_CREATE_VM, 0);
	fds[2] = KVM(fds[1], KVM_CREATE_VCPU, 0);
	fds[3] = KVM(fds[1], KVM_CREATE_VCPU, 1);
	if (KVM(fds[1], KVM_CREATE_DEVICE, &cd))
		fuzz_fail("no MPIC");
	fds[4] = cd.fd;
	while (!fuzz_empty(&in))
		operation(&in);
	for (int i = 4; i >= 0; i--)
		kvm_host_close(fds[i]);
	close_rest();
	if (kvm_host_count())
		fuzz_fail("%u objects are left", kvm_host_count());
	return 0;
}
