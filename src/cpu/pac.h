/* SPDX-License-Identifier: MIT */
/*
 * The code of a pointer authentication: 64 bits of data, a modifier and a key
 * made into 64 bits (Arm ARM, pseudocode ComputePAC). What of it goes into a
 * pointer is decided in pauth.c.
 */
#ifndef FAUXKVM_CPU_PAC_H
#define FAUXKVM_CPU_PAC_H

#include <stdint.h>

/* APxxKeyHi_EL1 and APxxKeyLo_EL1. */
struct pac_key {
	uint64_t lo, hi;
};

/*
 * ComputePACQARMA5, which is the block cipher QARMA-64 (Avanzi, The QARMA Block
 * Cipher Family, 2016) with five rounds and S-box 2; ID_AA64ISAR1_EL1.APA, GPA.
 */
uint64_t pac_qarma5(uint64_t data, uint64_t modifier, struct pac_key key);

/*
 * The IMPLEMENTATION DEFINED one, API and GPI: XXH64 of data, modifier, low and
 * high half of the key with seed 1, without its count of bytes. It is QEMU's,
 * so that a guest finds the same pointers there.
 */
uint64_t pac_hash(uint64_t data, uint64_t modifier, struct pac_key key);

/* What pac_qarma5() has where the host has no faster one (cpu/host-pac.h). */
uint64_t pac_qarma5_portable(uint64_t data, uint64_t modifier,
			     struct pac_key key);

#endif
