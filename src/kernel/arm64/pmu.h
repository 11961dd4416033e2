/* SPDX-License-Identifier: MIT */
/*
 * The PMU of a VM and of its vCPUs, as far as KVM has to do with it (pmu.c);
 * the counters are the core's.
 */
#ifndef FAUXKVM_KERNEL_ARM64_PMU_H
#define FAUXKVM_KERNEL_ARM64_PMU_H

#include "base/attr.h"
#include "cpu/cpu.h"

struct vcpu;
struct vm_arm64;

struct vm_pmu {
	struct cpu_pmu_model model;
	bool chosen; /* which of the host's PMUs it is; config */
};

struct vcpu_pmu {
	int32_t irq;  /* 0: not set; config */
	bool created; /* KVM_ARM_VCPU_PMU_V3_INIT; config */
	bool reload;  /* owed since the checks of the first run */
};

/* The features of the VM are known. config held. */
void pmu_vm_init(struct vm_arm64 *vm);
void pmu_vm_free(struct vm_arm64 *vm);
/* What its ID registers say of it has changed. config held. */
void pmu_vm_ids(struct vm_arm64 *vm, uint64_t dfr0, uint64_t pfr0);
/* KVM_ARM_VCPU_INIT, before the reset. */
void pmu_vcpu_init(struct vcpu *vcpu);
/* Checks of the first run: 0 or -EINVAL. */
int pmu_vcpu_enable(struct vcpu *vcpu);
/* Before the guest is entered. */
void pmu_vcpu_enter(struct vcpu *vcpu);
/* The level changed: struct cpu_env's. */
void pmu_level_changed(struct cpu *cpu, bool level);
/* KVM_ARM_DEV_PMU or 0. */
uint64_t pmu_device_level(const struct vcpu *vcpu);
/* ONE_REG of PMCR_EL0. */
long pmu_pmcr_set(struct vcpu *vcpu, const struct cpu_sysreg_info *row,
		  uint64_t val);
/* ID_AA64DFR0_EL1.PMUVer for a vCPU that has a PMU. */
unsigned int pmu_host_version(void);

attr_fn pmu_irq_set, pmu_irq_get, pmu_init_set, pmu_filter_set, pmu_choice_set;
attr_fn pmu_other_set, pmu_attr_has;

#endif
