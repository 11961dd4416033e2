/* SPDX-License-Identifier: MIT */
/*
 * The machine that we pretend KVM runs on: what differs from host to host in
 * what KVM for arm64 answers. One is chosen when the process starts, before
 * the first request, and stays.
 */
#ifndef FAUXKVM_KERNEL_ARM64_HOST_H
#define FAUXKVM_KERNEL_ARM64_HOST_H

#include "base/types.h"

struct host_profile {
	unsigned int ipa_bits; /* largest IPA space */
	bool gicv3, gicv2;     /* gicv2: GICv3 with GICv2 compatibility */
	bool pmu, sve, pauth, mte, aarch32_el1, aarch32_el0, ras;
	unsigned int target; /* KVM_ARM_TARGET_* of the host CPU */
	uint64_t counter_hz;
	/* Speculation state: KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_n levels. */
	uint8_t workaround[3];
};

extern const struct host_profile *host_profile;

#endif
