/* SPDX-License-Identifier: MIT */
/*
 * HVC and SMC of the guest by the SMC Calling Convention (DEN 0028), as KVM
 * 6.12 answers them: the VM's filter first, then the services its firmware
 * bitmap registers leave on, then PSCI. What is denied or unknown answers
 * NOT_SUPPORTED.
 */
#include "kernel/arm64/smccc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/refuse.h"
#include "kernel/arm64/arm64.h"

#define SMCCC_VERSION_1_1   0x10001
#define SMCCC_SUCCESS       0
#define SMCCC_NOT_SUPPORTED (-1)
#define SMCCC_NOT_REQUIRED  (-2)
/* ARCH_WORKAROUND_1 and _3: the CPU needs nothing. */
#define SMCCC_UNAFFECTED 1

/* 28b46fb6-2ec5-11e9-a9ca-4b564d003a74: "KVM" as vendor hypervisor. */
static const uint32_t vendor_uid[4] = {0xb66fb428, 0xe911c52e, 0x564bcaa9,
				       0x743a004d};

enum { PTP_VIRT_COUNTER = 0, PTP_PHYS_COUNTER = 1 };

/* What R0 to R3 of AArch32 have room for. */
static COLD void results_narrow(struct cpu *cpu)
{
	for (unsigned int n = 0; n < 4; n++)
		cpu->x[n] = (uint32_t)cpu->x[n];
}

void smccc_return(struct vcpu *vcpu, uint64_t r0, uint64_t r1, uint64_t r2,
		  uint64_t r3)
{
	struct cpu *cpu = cpu_of(vcpu);

	cpu->x[0] = r0;
	cpu->x[1] = r1;
	cpu->x[2] = r2;
	cpu->x[3] = r3;
	if (unlikely(cpu_is_aarch32_el1(cpu)))
		results_narrow(cpu);
}

void smccc_return_x0(struct vcpu *vcpu, uint64_t r0)
{
	struct cpu *cpu = cpu_of(vcpu);

	cpu->x[0] = cpu_is_aarch32_el1(cpu) ? (uint32_t)r0 : r0;
}

/* ---- filter -------------------------------------------------------------- */

/* The architecture's own calls are never the VMM's to filter. */
static const struct smccc_range reserved[] = {
	{0x80000000, 0x8000ffff, KVM_SMCCC_FILTER_HANDLE},
	{0xc0000000, 0xc000ffff, KVM_SMCCC_FILTER_HANDLE},
};

static bool ranges_overlap(const struct smccc_range *ranges, unsigned int n,
			   uint32_t first, uint32_t last)
{
	for (unsigned int k = 0; k < n; k++)
		if (first <= ranges[k].last && ranges[k].first <= last)
			return true;
	return false;
}

static long filter_insert(struct vm *vm, const struct smccc_range *range)
{
	struct smccc_range *p;

	if (atomic_load(&vm->has_run))
		return refuse(EBUSY, FKVM_VM_HAS_RUN, "a vCPU has run");
	if (ranges_overlap(reserved, ARRAY_SIZE(reserved), range->first,
			   range->last))
		return refuse(EEXIST, FKVM_SMCCC_RESERVED,
			      "%#x to %#x has functions of the "
			      "architecture's",
			      range->first, range->last);
	if (ranges_overlap(vm_arm64(vm)->filter, vm_arm64(vm)->nr_filter,
			   range->first, range->last))
		return refuse(EEXIST, FKVM_SMCCC_OVERLAP,
			      "%#x to %#x overlaps an earlier range",
			      range->first, range->last);
	p = realloc(vm_arm64(vm)->filter,
		    (vm_arm64(vm)->nr_filter + 1) * sizeof(*p));
	if (!p)
		return refuse(ENOMEM, FKVM_NO_MEMORY,
			      "no memory for the range");
	vm_arm64(vm)->filter = p;
	p[vm_arm64(vm)->nr_filter++] = *range;
	return 0;
}

long smccc_filter_set(struct vm *vm, const void *user)
{
	static const uint8_t zero[sizeof(((struct kvm_smccc_filter *)0)->pad)];
	struct kvm_smccc_filter filter;
	struct smccc_range range;
	long ret;

	if (copy_from_user(&filter, user, sizeof(filter)))
		return -EFAULT;
	if (memcmp(filter.pad, zero, sizeof(zero)))
		return refuse(EINVAL, FKVM_SMCCC_PAD, "pad is not zero");
	range.first = filter.base;
	range.last = filter.base + filter.nr_functions - 1;
	range.action = filter.action;
	if (!filter.nr_functions || range.last < range.first)
		return refuse(EINVAL, FKVM_SMCCC_RANGE,
			      "%u functions from %#x: none, or a range "
			      "that wraps",
			      filter.nr_functions, filter.base);
	if (filter.action > KVM_SMCCC_FILTER_FWD_TO_USER)
		return refuse(EINVAL, FKVM_SMCCC_ACTION,
			      "action %u is above %u", filter.action,
			      KVM_SMCCC_FILTER_FWD_TO_USER);
	pthread_mutex_lock(&vm_arm64(vm)->config);
	ret = filter_insert(vm, &range);
	pthread_mutex_unlock(&vm_arm64(vm)->config);
	return ret;
}

/* The filter is fixed once a vCPU has run: no lock. */
static uint8_t filter_action(const struct vm *vm, uint32_t fn)
{
	for (unsigned int k = 0; k < vm_arm64(vm)->nr_filter; k++)
		if (fn >= vm_arm64(vm)->filter[k].first &&
		    fn <= vm_arm64(vm)->filter[k].last)
			return vm_arm64(vm)->filter[k].action;
	return KVM_SMCCC_FILTER_HANDLE;
}

/* ---- what exists --------------------------------------------------------- */

static bool bmap_has(struct vm *vm, unsigned int reg, uint64_t bit)
{
	return atomic_load(&vm_arm64(vm)->fw_bmap[reg]) & bit;
}

/* Standard secure services 0..0x1f, 32 or 64 bit, fast or not. */
static bool is_psci(uint32_t fn)
{
	return FIELD(fn, 29, 24) == 4 && FIELD(fn, 15, 0) <= 0x1f;
}

static bool service_allowed(struct vm *vm, uint32_t fn)
{
	if (smccc_is_trng(fn))
		return bmap_has(vm, BMAP_STD, BMAP_TRNG);
	switch (fn) {
	case SMCCC_VERSION:
	case SMCCC_ARCH_FEATURES: return true;
	case SMCCC_PV_TIME_FEATURES:
	case SMCCC_PV_TIME_ST: return bmap_has(vm, BMAP_STD_HYP, BMAP_PV_TIME);
	case SMCCC_VENDOR_UID:
	case SMCCC_VENDOR_FEATURES:
		return bmap_has(vm, BMAP_VENDOR_HYP, BMAP_VENDOR_FEAT);
	case SMCCC_VENDOR_PTP:
		return bmap_has(vm, BMAP_VENDOR_HYP, BMAP_VENDOR_PTP);
	}
	/* The ids PSCI 0.1 had before the convention. */
	return fn >= KVM_PSCI_FN(0) && fn <= KVM_PSCI_FN(3);
}

static int64_t workaround_feature(unsigned int n)
{
	/* _1 and _3: 0 not available, 1 available, 2 not required. */
	switch (host_profile->workaround[n - 1]) {
	case KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1_AVAIL: return SMCCC_SUCCESS;
	case KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1_NOT_REQUIRED:
		return SMCCC_UNAFFECTED;
	default: return SMCCC_NOT_SUPPORTED;
	}
}

static int64_t arch_features(struct vcpu *vcpu, uint32_t fn)
{
	switch (fn) {
	case SMCCC_ARCH_WORKAROUND_1: return workaround_feature(1);
	case SMCCC_ARCH_WORKAROUND_2:
		return host_profile->workaround[1] ==
				       KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_NOT_REQUIRED
			       ? SMCCC_NOT_REQUIRED
			       : SMCCC_NOT_SUPPORTED;
	case SMCCC_ARCH_WORKAROUND_3: return workaround_feature(3);
	case SMCCC_PV_TIME_FEATURES:
		return bmap_has(vcpu->vm, BMAP_STD_HYP, BMAP_PV_TIME)
			       ? SMCCC_SUCCESS
			       : SMCCC_NOT_SUPPORTED;
	default: return SMCCC_NOT_SUPPORTED;
	}
}

static int64_t pv_time_features(struct vcpu *vcpu, uint32_t fn)
{
	if (fn != SMCCC_PV_TIME_FEATURES && fn != SMCCC_PV_TIME_ST)
		return SMCCC_NOT_SUPPORTED;
	return vcpu_arm64(vcpu)->steal_base == STEAL_NONE ? SMCCC_NOT_SUPPORTED
							  : SMCCC_SUCCESS;
}

/* Real time and the counter, taken together (Linux ptp_kvm). */
static void ptp_time(struct vcpu *vcpu)
{
	uint64_t cycles = clock_counter_read(&vcpu->vm->clock), ns;

	switch ((uint32_t)cpu_of(vcpu)->x[1]) {
	case PTP_VIRT_COUNTER:
		cycles -= atomic_load(&vm_arm64(vcpu->vm)->voffset);
		break;
	case PTP_PHYS_COUNTER:
		cycles -= atomic_load(&vm_arm64(vcpu->vm)->poffset);
		break;
	default: smccc_return(vcpu, SMCCC_NOT_SUPPORTED, 0, 0, 0); return;
	}
	ns = clock_wall(&vcpu->vm->clock);
	smccc_return(vcpu, ns >> 32, (uint32_t)ns, cycles >> 32,
		     (uint32_t)cycles);
}

static int exit_hypercall(struct vcpu *vcpu, uint32_t fn, bool smc)
{
	struct kvm_run *run = vcpu->run;

	memset(&run->hypercall, 0, sizeof(run->hypercall));
	run->hypercall.nr = fn;
	run->hypercall.flags = smc ? KVM_HYPERCALL_EXIT_SMC : 0;
	run->exit_reason = KVM_EXIT_HYPERCALL;
	return 0;
}

int smccc_call(struct vcpu *vcpu, bool smc)
{
	uint32_t fn = cpu_of(vcpu)->x[0];
	uint8_t action = filter_action(vcpu->vm, fn);
	int64_t ret = SMCCC_NOT_SUPPORTED;

	if (is_psci(fn) && action == KVM_SMCCC_FILTER_HANDLE)
		return psci_call(vcpu, fn);
	if (action == KVM_SMCCC_FILTER_FWD_TO_USER)
		return exit_hypercall(vcpu, fn, smc);
	if (action == KVM_SMCCC_FILTER_DENY || !service_allowed(vcpu->vm, fn)) {
		smccc_return(vcpu, ret, 0, 0, 0);
		return 1;
	}
	if (smccc_is_trng(fn))
		return trng_call(vcpu, fn);
	switch (fn) {
	case SMCCC_VERSION: ret = SMCCC_VERSION_1_1; break;
	case SMCCC_ARCH_FEATURES:
		ret = arch_features(vcpu, (uint32_t)cpu_of(vcpu)->x[1]);
		break;
	case SMCCC_PV_TIME_FEATURES:
		ret = pv_time_features(vcpu, (uint32_t)cpu_of(vcpu)->x[1]);
		break;
	case SMCCC_PV_TIME_ST: ret = steal_start(vcpu); break;
	case SMCCC_VENDOR_UID:
		smccc_return(vcpu, vendor_uid[0], vendor_uid[1], vendor_uid[2],
			     vendor_uid[3]);
		return 1;
	case SMCCC_VENDOR_FEATURES:
		ret = atomic_load(
			&vm_arm64(vcpu->vm)->fw_bmap[BMAP_VENDOR_HYP]);
		break;
	case SMCCC_VENDOR_PTP: ptp_time(vcpu); return 1;
	default: return psci_call(vcpu, fn);
	}
	smccc_return(vcpu, ret, 0, 0, 0);
	return 1;
}
