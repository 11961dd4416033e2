/* SPDX-License-Identifier: MIT */
/*
 * The bodies of Advanced SIMD instructions that this host has a better way for
 * than the compiler finds; only for simd/move.c. NULL: it has none.
 */
#ifndef FAUXKVM_CPU_HOST_SIMD_H
#define FAUXKVM_CPU_HOST_SIMD_H

#if defined(__x86_64__)
#include "cpu/host-x86-64-simd.h"
#else
#include "isa/insn.h"

/* TBL with @regs table registers. */
static inline insn_fn *host_tbl_body(unsigned int regs)
{
	(void)regs;
	return NULL;
}
#endif

#endif
