/* SPDX-License-Identifier: MIT */
/*
 * Floating point where the host has no fast path: what cpu/host-fp.h has to
 * have. HOST_FP is not defined, and fp_host_ok() is false.
 */
#ifndef FAUXKVM_CPU_HOST_NONE_FP_H
#define FAUXKVM_CPU_HOST_NONE_FP_H

#include "cpu/fp/fp.h"

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

static inline uint64_t host_fp_save(void)
{
	return 0;
}

static inline void host_fp_restore(uint64_t env)
{
	(void)env;
}

static inline uint64_t host_fp_env(uint32_t fpcr)
{
	(void)fpcr;
	return 0;
}

static inline uint64_t host_fp_control(uint64_t env)
{
	return env;
}

static inline uint32_t host_fp_flags_in(uint64_t env)
{
	(void)env;
	return 0;
}

/* Never called. */
static inline uint64_t host_single_to_double(uint32_t a)
{
	return a;
}

static inline uint32_t host_double_to_single(uint64_t a)
{
	return (uint32_t)a;
}

#endif
