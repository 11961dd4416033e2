/* SPDX-License-Identifier: MIT */
/*
 * The machine that we pretend KVM runs on: what differs from host to host in
 * what KVM for arm64 answers. One is chosen when the process starts, before
 * the first request, and stays.
 */
#ifndef FAUXKVM_KERNEL_ARM64_HOST_H
#define FAUXKVM_KERNEL_ARM64_HOST_H

#include "base/since.h"
#include "cpu/cpu.h"
#include "kernel/kernel.h"

/* Levels of caches, each for data and for instructions. */
#define HOST_CACHES 14

struct host_profile {
	const char *name, *about;
	const char *source;  /* where the values come from; NULL: a file says */
	unsigned int kernel; /* LINUX(6, 12): whose answers it gives */
	unsigned int cpus;   /* that are online; 0: as many as there are */
	unsigned int ipa_bits; /* largest IPA space */
	bool gicv3, gicv2;     /* both: GICv3 with GICv2 compatibility */
	/* ID_AA64ISAR1_EL1 of a VM that has pointer authentication: APA and GPA,
	 * or API and GPI. */
	uint64_t pauth_isar1;
	/* Vector lengths of SVE, bit n: (n + 1) * 128 bits. */
	uint16_t sve_lengths;
	unsigned int pmu_counters; /* for events: PMCR_EL0.N */
	unsigned int pmu_type;     /* its number as a perf device */
	unsigned int target;       /* KVM_ARM_TARGET_* of the host CPU */
	uint64_t counter_hz;
	/* Speculation state: KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_n levels. */
	uint8_t workaround[3];
	/* CCSIDR_EL1 by CSSELR_EL1, for Linux 6.1. */
	uint32_t ccsidr[HOST_CACHES];
	/* As KVM shows them to a VM with a PMU: real ones, of which
	 * host_id() is what src/cpu executes. */
	const struct cpu_id *ids;
	unsigned int nr_ids;
};

/* The one that was chosen, the default if none was. */
extern const struct host_profile *host_profile;
/* Its core. */
const struct cpu_model *host_model(void);
/* The value of @row, an ID register, with which a VM begins. */
uint64_t host_id(const struct cpu_sysreg_info *row);

/* Linux for 32-bit Arm of that version had its own KVM, later ones have none. */
#define HOST_LINUX_32BIT LINUX(5, 6)
/* KVM_ARM_TARGET_* as it had them. */
#define HOST_TARGET_CORTEX_A15 0
#define HOST_TARGET_CORTEX_A7  1
bool host_is_32bit(void);

/* What it has: as its ID registers say, of which the core executes all. */
bool host_has_pmu(void);
bool host_has_ras(void);
bool host_has_sve(void);
bool host_has_vhe(void);
/* As struct host_profile has them; 0 without SVE. */
uint64_t host_sve_lengths(void);
bool host_has_mte(void);
bool host_has_aarch32(unsigned int el);
bool host_has_pauth(void);
/* Of the largest IPA space. */
unsigned int host_ipa_bits(void);

/* The name of the one that was chosen, and which file of that name. */
const char *host_id_name(void);

/*
 * Choose by name or, what has a "/", by the file that describes it, before
 * there is a VM. 0, or refused: ENOENT no host is called so, or the file is not
 * to be used; then it is the one that it was.
 */
int host_choose(const char *name);
/* NULL: there is no @n-th. */
const struct host_profile *host_row(unsigned int n);
/* The row of this name, or NULL. */
const struct host_profile *host_find(const char *name);
/* As a file, in memory of the caller's; 0 or refused, as host_choose(). */
int host_text(const char *name, char **text);
/* The @k-th ID field of which host @n says less than it does on real hardware.
 * False: there is none. */
bool host_limit(unsigned int n, unsigned int k,
		struct kernel_profile_limit *out);

#endif
