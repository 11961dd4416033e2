/* SPDX-License-Identifier: MIT */
/*
 * QARMA5 and the hash that stands for an IMPLEMENTATION DEFINED algorithm of
 * pointer authentication, see pac.h.
 */
#include "cpu/pac.h"

#include "cpu/host-pac.h"

/* ---- QARMA5 -------------------------------------------------------------- */

#define QARMA5 pac_qarma5_portable
#include "cpu/pac-qarma-body.h"

uint64_t pac_qarma5(uint64_t data, uint64_t modifier, struct pac_key key)
{
	if (host_has_qarma5())
		return host_qarma5(data, modifier, key);
	return pac_qarma5_portable(data, modifier, key);
}

/* ---- XXH64 --------------------------------------------------------------- */

#define PRIME_1 UINT64_C(0x9e3779b185ebca87)
#define PRIME_2 UINT64_C(0xc2b2ae3d27d4eb4f)
#define PRIME_3 UINT64_C(0x165667b19e3779f9)
#define PRIME_4 UINT64_C(0x85ebca77c2b2ae63)
#define SEED    1

static uint64_t rol64(uint64_t x, unsigned int n)
{
	return x << n | x >> (64 - n);
}

static uint64_t hash_round(uint64_t acc, uint64_t in)
{
	return rol64(acc + in * PRIME_2, 31) * PRIME_1;
}

static uint64_t hash_merge(uint64_t h, uint64_t acc)
{
	return (h ^ hash_round(0, acc)) * PRIME_1 + PRIME_4;
}

uint64_t pac_hash(uint64_t data, uint64_t modifier, struct pac_key key)
{
	uint64_t a = hash_round(SEED + PRIME_1 + PRIME_2, data);
	uint64_t b = hash_round(SEED + PRIME_2, modifier);
	uint64_t c = hash_round(SEED, key.lo);
	uint64_t d = hash_round(SEED - PRIME_1, key.hi);
	uint64_t h = rol64(a, 1) + rol64(b, 7) + rol64(c, 12) + rol64(d, 18);

	h = hash_merge(hash_merge(h, a), b);
	h = hash_merge(hash_merge(h, c), d);
	h = (h ^ h >> 33) * PRIME_2;
	h = (h ^ h >> 29) * PRIME_3;
	return h ^ h >> 32;
}
