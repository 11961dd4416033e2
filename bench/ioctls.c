/* SPDX-License-Identifier: MIT */
/*
 * Round trips of ioctls that do little: what a call costs. One line each:
 * name, calls, nanoseconds.
 */
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#include "tests/vmm/vmm.h"

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * UINT64_C(1000000000) + t.tv_nsec;
}

static void check_extension(struct vm *vm)
{
	if (ioctl(vm->sys, KVM_CHECK_EXTENSION, KVM_CAP_IRQFD) != 1)
		die("KVM_CHECK_EXTENSION");
}

static void get_one_reg(struct vm *vm)
{
	uint64_t val;
	struct kvm_one_reg r = {.id = KVM_REG_ARM64 | KVM_REG_SIZE_U64 |
				      KVM_REG_ARM_CORE |
				      KVM_REG_ARM_CORE_REG(regs.regs[5]),
				.addr = (uintptr_t)&val};

	if (ioctl(vm->vcpus[0].fd, KVM_GET_ONE_REG, &r))
		die("KVM_GET_ONE_REG");
}

static void run_immediate_exit(struct vm *vm)
{
	if (ioctl(vm->vcpus[0].fd, KVM_RUN, 0) != -1)
		die("KVM_RUN with immediate_exit");
}

#define WINDOWS 100

/* The whole, or as much as the fastest of WINDOWS would make it: the host may be
 * busy. */
static void measure(struct vm *vm, const char *name, unsigned long n,
		    void (*call)(struct vm *vm))
{
	bool fastest = vm->args && !strcmp(vm->args, "best");
	uint64_t sum = 0, best = UINT64_MAX;

	n /= WINDOWS;
	for (unsigned int w = 0; w < WINDOWS; w++) {
		uint64_t t = now_ns();

		for (unsigned long i = 0; i < n; i++)
			call(vm);
		t = now_ns() - t;
		sum += t;
		best = t < best ? t : best;
	}
	printf("%s %lu %llu\n", name, n * WINDOWS,
	       (unsigned long long)(fastest ? best * WINDOWS : sum));
}

void bench_ioctls(struct vm *vm, unsigned long n)
{
	measure(vm, "ioctl-check-extension", n, check_extension);
	measure(vm, "ioctl-get-one-reg", n, get_one_reg);
	vm->vcpus[0].run->immediate_exit = 1;
	measure(vm, "ioctl-run-immediate-exit", n, run_immediate_exit);
	vm->vcpus[0].run->immediate_exit = 0;
}
