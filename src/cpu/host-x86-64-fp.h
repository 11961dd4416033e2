/* SPDX-License-Identifier: MIT */
/*
 * Floating point on an x86-64 host, what doesn't depend on the type of the
 * elements: the MXCSR mirror of FPCR and FPSR, conversions between precisions,
 * and which instructions the host has. Single operations are in
 * host-x86-64-fp-element.h, whole registers in host-x86-64-fp-packed.h.
 */
#ifndef FAUXKVM_CPU_HOST_X86_64_FP_H
#define FAUXKVM_CPU_HOST_X86_64_FP_H

#include <immintrin.h>

#include "cpu/fp/fp.h"

#define HOST_FP        1 /* there is a fast path */
#define HOST_FP_PACKED 1 /* for whole registers as well */

#define MXCSR_MASKED 0x1f80u /* every exception masked, no FTZ, no DAZ */
#define MXCSR_IE     (1u << 0)
#define MXCSR_FLAGS  0x3fu

/* An environment is MXCSR's value. */
static inline uint64_t host_fp_save(void)
{
	return _mm_getcsr();
}

static inline void host_fp_restore(uint64_t env)
{
	_mm_setcsr((uint32_t)env);
}

/* One with the guest's rounding mode, no flags collected yet. Arm RMode is N, P,
 * M, Z; MXCSR.RC is N, M, P, Z. */
static inline uint64_t host_fp_env(uint32_t fpcr)
{
	static const uint16_t rc[4] = {0, 2 << 13, 1 << 13, 3 << 13};

	return MXCSR_MASKED | rc[(fpcr & FPCR_RMODE) >> FPCR_RMODE_SHIFT];
}

/* What is not flags of @env. */
static inline uint64_t host_fp_control(uint64_t env)
{
	return env & ~(uint64_t)MXCSR_FLAGS;
}

/*
 * The flags collected in @env as FPSR bits. ZE, OE, UE, PE are adjacent in both
 * registers; the denormal flag has no Arm counterpart while FZ is 0.
 */
static inline uint32_t host_fp_flags_in(uint64_t env)
{
	return (env & MXCSR_IE) |
	       (env >> 1 & (FPSR_DZC | FPSR_OFC | FPSR_UFC | FPSR_IXC));
}

/* ---- conversion, and what not every host has ----------------------------- */

static inline uint64_t host_single_to_double(uint32_t a)
{
	union {
		uint32_t u;
		float f;
	} from = {.u = a};
	union {
		uint64_t u;
		double f;
	} to = {.f = (double)from.f};

	return to.u;
}

static inline uint32_t host_double_to_single(uint64_t a)
{
	union {
		uint64_t u;
		double f;
	} from = {.u = a};
	union {
		uint32_t u;
		float f;
	} to = {.f = (float)from.f};

	return to.u;
}

/* Fused multiply-add: only in functions compiled with HOST_FMA, which only
 * run if host_has_fma(). */
#define HOST_FMA __attribute__((target("fma")))

static inline bool host_has_fma(void)
{
	return __builtin_cpu_supports("fma");
}

#define HOST_ROUND __attribute__((target("sse4.1")))

static inline bool host_has_round(void)
{
	return __builtin_cpu_supports("sse4.1");
}

#endif
