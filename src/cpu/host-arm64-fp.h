/* SPDX-License-Identifier: MIT */
/*
 * Floating point on an arm64 host, what doesn't depend on the type of the
 * elements: the host's FPCR with the guest's rounding mode, its FPSR, and
 * conversions between precisions. Single operations are in
 * host-arm64-fp-element.h.
 *
 * The host could do more of what the guest asks for (FZ, NaNs) than
 * cpu/fp/element.h asks of it, which is what any host has.
 */
#ifndef FAUXKVM_CPU_HOST_ARM64_FP_H
#define FAUXKVM_CPU_HOST_ARM64_FP_H

#include "cpu/fp/fp.h"

#define HOST_FP 1 /* there is a fast path */

/* Every host has them: no function needs an attribute. */
#define HOST_FMA
#define HOST_ROUND

static inline bool host_has_fma(void)
{
	return true;
}

static inline bool host_has_round(void)
{
	return true;
}

static inline uint64_t host_fpsr(void)
{
	uint64_t fpsr;

	__asm__ volatile("mrs %0, fpsr" : "=r"(fpsr));
	return fpsr;
}

static inline void host_fp_set(uint64_t fpcr, uint64_t fpsr)
{
	__asm__ volatile("msr fpcr, %0\n\t"
			 "msr fpsr, %1"
			 :
			 : "r"(fpcr), "r"(fpsr));
}

/* Both are 32 bits wide: FPCR below, FPSR above. */
static inline uint64_t host_fp_save(void)
{
	uint64_t fpcr;

	__asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
	return host_fpsr() << 32 | (uint32_t)fpcr;
}

static inline void host_fp_restore(uint64_t env)
{
	host_fp_set((uint32_t)env, env >> 32);
}

/* Guest rounding mode, no flags collected yet, no traps. */
static inline uint64_t host_fp_env(uint32_t fpcr)
{
	return fpcr & FPCR_RMODE;
}

/* What is not flags of @env. */
static inline uint64_t host_fp_control(uint64_t env)
{
	return (uint32_t)env;
}

static inline uint32_t host_fp_flags_in(uint64_t env)
{
	return env >> 32 &
	       (FPSR_IOC | FPSR_DZC | FPSR_OFC | FPSR_UFC | FPSR_IXC);
}

static inline uint64_t host_single_to_double(uint32_t a)
{
	double r;

	__asm__ volatile("fmov %s0, %w1\n\t"
			 "fcvt %d0, %s0"
			 : "=w"(r)
			 : "r"(a));
	return (union {
		       double f;
		       uint64_t u;
	       }){r}
		.u;
}

static inline uint32_t host_double_to_single(uint64_t a)
{
	float r;

	__asm__ volatile("fmov %d0, %1\n\t"
			 "fcvt %s0, %d0"
			 : "=w"(r)
			 : "r"(a));
	return (union {
		       float f;
		       uint32_t u;
	       }){r}
		.u;
}

#endif
