/* SPDX-License-Identifier: MIT */
/*
 * Compare and swap of 16 bytes on an x86-64 host.
 *
 * The order of memory there (TSO): every load of the host is an acquire and
 * every store a release, which Arm's plain accesses do not need. The one order
 * that must be asked for is a store before a later load: LDAR after STLR (RCsc)
 * and DMB. STLR is an exchange, and every locked instruction is a full barrier,
 * so LDAR is a plain load.
 */
#ifndef FAUXKVM_CPU_HOST_X86_64_ATOMIC_H
#define FAUXKVM_CPU_HOST_X86_64_ATOMIC_H

#include <emmintrin.h>
#include <stdbool.h>
#include <stdint.h>

static inline bool host_cas128(void *p, uint64_t old[2], const uint64_t new[2])
{
	uint64_t lo = old[0], hi = old[1];
	bool equal;

	__asm__ volatile("lock cmpxchg16b %1"
			 : "=@cce"(equal), "+m"(*(unsigned __int128 *)p),
			   "+a"(lo), "+d"(hi)
			 : "b"(new[0]), "c"(new[1])
			 : "memory");
	old[0] = lo;
	old[1] = hi;
	return equal;
}

/* With AVX, as Intel and AMD have it; a line of the cache has all of them. */
#define HOST_LSE2 1

static inline struct host_pair host_load_16(const void *p)
{
	__m128i both;

	__asm__ volatile("movdqu %1, %0"
			 : "=x"(both)
			 : "m"(*(const unsigned char(*)[16])p));
	return (struct host_pair){
		(uint64_t)_mm_cvtsi128_si64(both),
		(uint64_t)_mm_cvtsi128_si64(_mm_unpackhi_epi64(both, both)),
	};
}

static inline void host_store_16(void *p, struct host_pair val)
{
	__m128i both =
		_mm_set_epi64x((long long)val.second, (long long)val.first);

	__asm__ volatile("movdqu %1, %0"
			 : "=m"(*(unsigned char(*)[16])p)
			 : "x"(both));
}

#endif
