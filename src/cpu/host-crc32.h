/* SPDX-License-Identifier: MIT */
/*
 * The body of a CRC32C that this host has an instruction for; only for crc32.c.
 * NULL: it has none.
 */
#ifndef FAUXKVM_CPU_HOST_CRC32_H
#define FAUXKVM_CPU_HOST_CRC32_H

#if defined(__x86_64__)
#include "cpu/host-x86-64-crc32.h"
#else
#include "isa/insn.h"

static inline insn_fn *host_crc32c_body(unsigned int size)
{
	(void)size;
	return NULL;
}
#endif

#endif
