/* SPDX-License-Identifier: MIT */
/*
 * QARMA5 by this host's own instructions; only for pac.c.
 */
#ifndef FAUXKVM_CPU_HOST_PAC_H
#define FAUXKVM_CPU_HOST_PAC_H

#include <stdbool.h>

#include "cpu/pac.h"

#if defined(__x86_64__)
#include "cpu/host-x86-64-pac.h"
#else
static inline bool host_has_qarma5(void)
{
	return false;
}
#define host_qarma5 pac_qarma5_portable
#endif

#endif
