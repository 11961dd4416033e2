/* SPDX-License-Identifier: MIT */
/*
 * QARMA5 on an x86-64 host that has SSSE3 (host-x86-64-pac.c).
 */
#ifndef FAUXKVM_CPU_HOST_X86_64_PAC_H
#define FAUXKVM_CPU_HOST_X86_64_PAC_H

#include <stdbool.h>

#include "cpu/pac.h"

static inline bool host_has_qarma5(void)
{
	return __builtin_cpu_supports("ssse3");
}

uint64_t host_qarma5(uint64_t data, uint64_t modifier, struct pac_key key);

#endif
