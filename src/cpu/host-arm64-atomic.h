/* SPDX-License-Identifier: MIT */
/*
 * Compare and swap of 16 bytes on an arm64 host, without FEAT_LSE.
 *
 * What LDXP reads is one value of memory only if the STXP succeeds (Arm ARM
 * B2.2.1), so that what differs is stored again. Acquire and release as in
 * CASPAL.
 */
#ifndef FAUXKVM_CPU_HOST_ARM64_ATOMIC_H
#define FAUXKVM_CPU_HOST_ARM64_ATOMIC_H

#include <stdbool.h>
#include <stdint.h>

static inline bool host_cas128(void *p, uint64_t old[2], const uint64_t new[2])
{
	uint64_t lo, hi, put_lo, put_hi;
	uint32_t failed;
	bool equal;

	__asm__ volatile(
		"1:	ldaxp	%[lo], %[hi], %[mem]\n\t"
		"cmp	%[lo], %[old_lo]\n\t"
		"ccmp	%[hi], %[old_hi], #0, eq\n\t"
		"csel	%[put_lo], %[new_lo], %[lo], eq\n\t"
		"csel	%[put_hi], %[new_hi], %[hi], eq\n\t"
		"stlxp	%w[failed], %[put_lo], %[put_hi], %[mem]\n\t"
		"cbnz	%w[failed], 1b"
		: [lo] "=&r"(lo), [hi] "=&r"(hi), [put_lo] "=&r"(put_lo),
		  [put_hi] "=&r"(put_hi), [failed] "=&r"(failed),
		  "=@cceq"(equal), [mem] "+Q"(*(unsigned __int128 *)p)
		: [old_lo] "r"(old[0]), [old_hi] "r"(old[1]),
		  [new_lo] "r"(new[0]), [new_hi] "r"(new[1])
		: "memory");
	old[0] = lo;
	old[1] = hi;
	return equal;
}

#define HOST_LSE2 0 /* not asked */

static inline struct host_pair host_load_16(const void *p)
{
	struct host_pair val;

	__asm__ volatile("ldp	%0, %1, %2"
			 : "=r"(val.first), "=r"(val.second)
			 : "Q"(*(const unsigned char(*)[16])p));
	return val;
}

static inline void host_store_16(void *p, struct host_pair val)
{
	__asm__ volatile("stp	%1, %2, %0"
			 : "=Q"(*(unsigned char(*)[16])p)
			 : "r"(val.first), "r"(val.second));
}

#endif
