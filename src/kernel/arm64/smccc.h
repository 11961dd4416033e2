/* SPDX-License-Identifier: MIT */
/* Function identifiers of the SMC Calling Convention (DEN 0028) and of the
 * services behind it. */
#ifndef FAUXKVM_KERNEL_SMCCC_H
#define FAUXKVM_KERNEL_SMCCC_H

#include "kernel/internal.h"

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

/* trng.c: 1, the guest goes on. */
int trng_call(struct vcpu *vcpu, uint32_t fn);

#endif
