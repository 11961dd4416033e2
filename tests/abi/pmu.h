/* SPDX-License-Identifier: MIT */
/*
 * What the cases of the PMU share: the encodings of its registers, and a VM
 * whose vCPU has one.
 */
#ifndef FAUXKVM_TESTS_ABI_PMU_H
#define FAUXKVM_TESTS_ABI_PMU_H

#include "abi.h"

#define PMU     (1u << KVM_ARM_VCPU_PMU_V3)
#define GROUP   KVM_ARM_VCPU_PMU_V3_CTRL
#define IRQ     KVM_ARM_VCPU_PMU_V3_IRQ
#define INIT    KVM_ARM_VCPU_PMU_V3_INIT
#define FILTER  KVM_ARM_VCPU_PMU_V3_FILTER
#define SET_PMU KVM_ARM_VCPU_PMU_V3_SET_PMU
#define NOWHERE ((void *)8)
#define UNKNOWN 0x1de7ec7edbadc0deull

#define PMINTENSET   SYSREG_ENC(3, 0, 9, 14, 1)
#define PMINTENCLR   SYSREG_ENC(3, 0, 9, 14, 2)
#define PMMIR        SYSREG_ENC(3, 0, 9, 14, 6)
#define PMCR         SYSREG_ENC(3, 3, 9, 12, 0)
#define PMCNTENSET   SYSREG_ENC(3, 3, 9, 12, 1)
#define PMCNTENCLR   SYSREG_ENC(3, 3, 9, 12, 2)
#define PMOVSCLR     SYSREG_ENC(3, 3, 9, 12, 3)
#define PMSWINC      SYSREG_ENC(3, 3, 9, 12, 4)
#define PMSELR       SYSREG_ENC(3, 3, 9, 12, 5)
#define PMCEID0      SYSREG_ENC(3, 3, 9, 12, 6)
#define PMCEID1      SYSREG_ENC(3, 3, 9, 12, 7)
#define PMCCNTR      SYSREG_ENC(3, 3, 9, 13, 0)
#define PMXEVTYPER   SYSREG_ENC(3, 3, 9, 13, 1)
#define PMXEVCNTR    SYSREG_ENC(3, 3, 9, 13, 2)
#define PMUSERENR    SYSREG_ENC(3, 3, 9, 14, 0)
#define PMOVSSET     SYSREG_ENC(3, 3, 9, 14, 3)
#define PMEVCNTR(n)  SYSREG_ENC(3, 3, 14, 8 + (n) / 8, (n) % 8)
#define PMEVTYPER(n) SYSREG_ENC(3, 3, 14, 12 + (n) / 8, (n) % 8)
#define PMCCFILTR    SYSREG_ENC(3, 3, 14, 15, 7)
#define DFR0         SYSREG_ENC(3, 0, 0, 5, 0)
#define PFR0         SYSREG_ENC(3, 0, 0, 4, 0)

#define CYCLE     0x80000000ull
#define PMCR_E    1
#define PMCR_N(n) ((uint64_t)(n) << 11)

/* x10 leads to where an access leaves the guest. */
#define ASM_LEAVE ASM_MOVZ(10, 0x0900, 1), ASM_STR(0, 10)

static inline uint64_t pm_get(const struct abi_vm *v, uint32_t enc)
{
	return reg_get(v->vcpu, 0x6030000000130000ull | enc);
}

/* Counters that the VM has now; before that is changed, the host. */
static inline unsigned int nr_events(const struct abi_vm *v)
{
	return pm_get(v, PMCR) >> 11 & 31;
}

static inline void pm_set(const struct abi_vm *v, uint32_t enc, uint64_t val)
{
	reg_set(v->vcpu, 0x6030000000130000ull | enc, val);
}

static inline int set_attr(int vcpu, uint64_t attr, void *addr)
{
	return abi_attr(vcpu, KVM_SET_DEVICE_ATTR, GROUP, attr, addr);
}

static inline int set_filter(int vcpu, uint16_t base, uint16_t n,
			     uint8_t action)
{
	struct kvm_pmu_event_filter f = {base, n, action, {1, 2, 3}};

	return set_attr(vcpu, FILTER, &f);
}

/* As abi_vm_open(), with a PMU. */
static inline void open_pmu(struct abi_vm *v, enum abi_gic gic)
{
	abi_vm_open_features(v, gic, PMU);
}

/* A VM without irqchip whose PMU is ready. */
static inline void open_ready(struct abi_vm *v)
{
	open_pmu(v, ABI_NO_GIC);
	OK(set_attr(v->vcpu, INIT, NULL));
}

#endif
