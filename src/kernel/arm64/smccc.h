/* SPDX-License-Identifier: MIT */
/*
 * Calls of the guest to firmware (HVC, SMC), their numbers and who answers
 * them: the SMC Calling Convention (DEN 0028) and the services behind it.
 */
#ifndef FAUXKVM_KERNEL_SMCCC_H
#define FAUXKVM_KERNEL_SMCCC_H

#include <fauxkvm/kvm.h>

#include "base/types.h"
#include "cpu/cpu.h"

struct vcpu;
struct vm;

#define SMCCC_VERSION           UINT32_C(0x80000000)
#define SMCCC_ARCH_FEATURES     UINT32_C(0x80000001)
#define SMCCC_ARCH_WORKAROUND_1 UINT32_C(0x80008000)
#define SMCCC_ARCH_WORKAROUND_2 UINT32_C(0x80007fff)
#define SMCCC_ARCH_WORKAROUND_3 UINT32_C(0x80003fff)
#define SMCCC_TRNG_VERSION      UINT32_C(0x84000050)
#define SMCCC_TRNG_FEATURES     UINT32_C(0x84000051)
#define SMCCC_TRNG_GET_UUID     UINT32_C(0x84000052)
#define SMCCC_TRNG_RND32        UINT32_C(0x84000053)
#define SMCCC_TRNG_RND64        UINT32_C(0xc4000053)
#define SMCCC_PV_TIME_FEATURES  UINT32_C(0xc5000020)
#define SMCCC_PV_TIME_ST        UINT32_C(0xc5000021)
#define SMCCC_VENDOR_UID        UINT32_C(0x8600ff01)
#define SMCCC_VENDOR_FEATURES   UINT32_C(0x86000000)
#define SMCCC_VENDOR_PTP        UINT32_C(0x86000001)

static inline bool smccc_is_trng(uint32_t fn)
{
	return (fn >= SMCCC_TRNG_VERSION && fn <= SMCCC_TRNG_RND32) ||
	       fn == SMCCC_TRNG_RND64;
}

/* Versions of PSCI, as the firmware register PSCI_VERSION holds them. */
enum {
	PSCI_V0_1 = 0x1,
	PSCI_V0_2 = 0x2,
	PSCI_V1_0 = 0x10000,
	PSCI_V1_1 = 0x10001
};

/* The services that the firmware bitmap registers switch, by the register's
 * place in vm_arm64.fw_bmap[]. A new VM has them all. */
enum { BMAP_STD, BMAP_STD_HYP, BMAP_VENDOR_HYP };
#define BMAP_TRNG           BIT(KVM_REG_ARM_STD_BIT_TRNG_V1_0)
#define BMAP_PV_TIME        BIT(KVM_REG_ARM_STD_HYP_BIT_PV_TIME)
#define BMAP_VENDOR_FEAT    BIT(KVM_REG_ARM_VENDOR_HYP_BIT_FUNC_FEAT)
#define BMAP_VENDOR_PTP     BIT(KVM_REG_ARM_VENDOR_HYP_BIT_PTP)
#define BMAP_STD_ALL        BMAP_TRNG
#define BMAP_STD_HYP_ALL    BMAP_PV_TIME
#define BMAP_VENDOR_HYP_ALL (BMAP_VENDOR_FEAT | BMAP_VENDOR_PTP)

struct smccc_range {
	uint32_t first, last;
	uint8_t action;
};

/* Of an HVC: Linux's vectors answer it, which is no exit. */
static inline bool smccc_is_workaround(uint32_t fn)
{
	return unlikely(fn == SMCCC_ARCH_WORKAROUND_1 ||
			fn == SMCCC_ARCH_WORKAROUND_2 ||
			fn == SMCCC_ARCH_WORKAROUND_3);
}

/* An HVC (@smc: SMC) of the guest. 1: go on with the guest, 0: exit to user
 * space. */
int smccc_call(struct vcpu *vcpu, bool smc);
void smccc_return(struct vcpu *vcpu, uint64_t r0, uint64_t r1, uint64_t r2,
		  uint64_t r3);
/* X0 alone. As smccc_return(), what R0 of AArch32 has room for. */
void smccc_return_x0(struct vcpu *vcpu, uint64_t r0);
long smccc_filter_set(struct vm *vm, const void *user);

/* psci.c: as smccc_call(). */
int psci_call(struct vcpu *vcpu, uint32_t fn);

/* trng.c: 1, the guest goes on. */
int trng_call(struct vcpu *vcpu, uint32_t fn);
/* A read of RNDR or RNDRRS. */
enum cpu_sysreg_result trng_sysreg(struct vcpu *vcpu, uint32_t enc,
				   uint64_t *val);

#endif
