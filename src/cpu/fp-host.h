/* SPDX-License-Identifier: MIT */
/*
 * The host's floating point, if this architecture has a fast path; else
 * everything is computed by cpu/softfloat.c (FAUXKVM_SOFT_FP: on any host, to
 * test that path).
 */
#ifndef FAUXKVM_CPU_FP_HOST_H
#define FAUXKVM_CPU_FP_HOST_H

#if defined(__x86_64__) && !defined(FAUXKVM_SOFT_FP)
#include "cpu/host-x86-64-fp.h"
#else
#include "cpu/fp.h"

/* Of functions that use what only some hosts have. */
#define HOST_FMA
#define HOST_ROUND

static inline bool host_has_fma(void)
{
	return false;
}

static inline bool host_has_round(void)
{
	return false;
}

static inline uint32_t host_fp_save(void)
{
	return 0;
}

static inline void host_fp_restore(uint32_t saved)
{
	(void)saved;
}

static inline void host_fp_load(uint32_t fpcr)
{
	(void)fpcr;
}

static inline uint32_t host_fp_flags(void)
{
	return 0;
}

/* Never called: without HOST_FP fp_host_ok() is false. */
static inline uint64_t host_single_to_double(uint32_t a)
{
	return a;
}

static inline uint32_t host_double_to_single(uint64_t a)
{
	return (uint32_t)a;
}
#endif

#endif
