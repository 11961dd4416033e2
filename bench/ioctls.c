/* SPDX-License-Identifier: MIT */
/*
 * Round trips of ioctls that do little: what a call costs. One line each:
 * name, calls, nanoseconds.
 */
#include <stdio.h>
#include <sys/ioctl.h>
#include <time.h>

#include "tests/vmm/vmm.h"

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * UINT64_C(1000000000) + t.tv_nsec;
}

static void report(const char *name, unsigned long n, uint64_t t0)
{
	printf("%s %lu %llu\n", name, n, (unsigned long long)(now_ns() - t0));
}

void bench_ioctls(struct vm *vm, unsigned long n)
{
	struct vcpu *v = &vm->vcpus[0];
	uint64_t val, t0;
	struct kvm_one_reg r = {.id = KVM_REG_ARM64 | KVM_REG_SIZE_U64 |
				      KVM_REG_ARM_CORE |
				      KVM_REG_ARM_CORE_REG(regs.regs[5]),
				.addr = (uintptr_t)&val};

	t0 = now_ns();
	for (unsigned long i = 0; i < n; i++)
		if (ioctl(vm->sys, KVM_CHECK_EXTENSION, KVM_CAP_IRQFD) != 1)
			die("KVM_CHECK_EXTENSION");
	report("ioctl-check-extension", n, t0);

	t0 = now_ns();
	for (unsigned long i = 0; i < n; i++)
		if (ioctl(v->fd, KVM_GET_ONE_REG, &r))
			die("KVM_GET_ONE_REG");
	report("ioctl-get-one-reg", n, t0);

	v->run->immediate_exit = 1;
	t0 = now_ns();
	for (unsigned long i = 0; i < n; i++)
		if (ioctl(v->fd, KVM_RUN, 0) != -1)
			die("KVM_RUN with immediate_exit");
	report("ioctl-run-immediate-exit", n, t0);
	v->run->immediate_exit = 0;
}
