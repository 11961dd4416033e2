/* SPDX-License-Identifier: MIT */
/*
 * What a kernel says of a vCPU, a line each, for tests/slow/kernel-6-1: every
 * register of KVM_GET_REG_LIST with its value, whether that may be set, and
 * another one; of every number, which capability it is.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/kvm.h>

#define REGS_MAX 1000
#define CAPS_MAX 300

static int outcome(int ret)
{
	return ret < 0 ? errno : 0;
}

static void reg_dump(int vcpu, unsigned int features, uint64_t id)
{
	uint64_t val[32] = {0};
	struct kvm_one_reg reg = {id, (uintptr_t)val};
	int get = outcome(ioctl(vcpu, KVM_GET_ONE_REG, &reg)), same, other;

	same = outcome(ioctl(vcpu, KVM_SET_ONE_REG, &reg));
	val[0] ^= 1;
	other = outcome(ioctl(vcpu, KVM_SET_ONE_REG, &reg));
	val[0] ^= 1;
	ioctl(vcpu, KVM_SET_ONE_REG, &reg);
	printf("%#x %llx %llx %d %d %d\n", features, (unsigned long long)id,
	       (unsigned long long)val[0], get, same, other);
}

static void vcpu_dump(int kvm, unsigned int features)
{
	struct kvm_reg_list *list = calloc(1, 8 + 8 * REGS_MAX);
	struct kvm_vcpu_init init = {0};
	int vm = ioctl(kvm, KVM_CREATE_VM, 0);
	int vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);

	ioctl(vm, KVM_ARM_PREFERRED_TARGET, &init);
	init.features[0] = features;
	printf("init %#x: %u %d\n", features, init.target,
	       outcome(ioctl(vcpu, KVM_ARM_VCPU_INIT, &init)));
	list->n = REGS_MAX;
	printf("list %#x: %d\n", features,
	       outcome(ioctl(vcpu, KVM_GET_REG_LIST, list)));
	for (uint64_t n = 0; n < list->n && n < REGS_MAX; n++)
		reg_dump(vcpu, features, list->reg[n]);
	close(vcpu);
	close(vm);
	free(list);
}

int main(void)
{
	int kvm = open("/dev/kvm", O_RDWR), vm;

	vcpu_dump(kvm, 0);
	vcpu_dump(kvm, 1 << KVM_ARM_VCPU_PSCI_0_2);
	vcpu_dump(kvm, 1 << KVM_ARM_VCPU_PMU_V3);
	vm = ioctl(kvm, KVM_CREATE_VM, 0);
	for (int cap = 0; cap < CAPS_MAX; cap++)
		printf("cap %d %d %d\n", cap,
		       ioctl(kvm, KVM_CHECK_EXTENSION, cap),
		       ioctl(vm, KVM_CHECK_EXTENSION, cap));
	return 0;
}
