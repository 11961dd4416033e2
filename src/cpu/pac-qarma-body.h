/* SPDX-License-Identifier: MIT */
/*
 * QARMA-64 with five rounds and S-box 2, one cell of four bits in each byte of a
 * vector. pac.c includes it for any host, host-x86-64-pac.c where sixteen bytes
 * are looked up at once. Cell n is bits 4n+3..4n as in the pseudocode of the Arm
 * ARM (shared/functions/pac); the paper counts from the other end.
 *
 *   QARMA5   the name of the function
 */
#include "cpu/pac.h"

typedef uint8_t cells __attribute__((vector_size(16)));
typedef uint16_t words __attribute__((vector_size(16)));
typedef uint64_t halves __attribute__((vector_size(16)));

#define QARMA_ROUNDS 5
#define QARMA_ALPHA  UINT64_C(0xc0ac29b7c97c50dd)
#define NIBBLES      UINT64_C(0x0f0f0f0f0f0f0f0f)

/* None, then digits of pi. */
static const uint64_t round_constants[QARMA_ROUNDS] = {
	0x0000000000000000, 0x13198a2e03707344, 0xa4093822299f31d0,
	0x082efa98ec4e6c89, 0x452821e638d01377,
};

/* What each value becomes. */
static const cells sub_cells = {0xb, 0x6, 0x8, 0xf, 0xc, 0x0, 0x9, 0xe,
				0x3, 0x7, 0x4, 0x5, 0xd, 0x2, 0x1, 0xa};
static const cells sub_cells_back = {0x5, 0xe, 0xd, 0x8, 0xa, 0xb, 0x1, 0x9,
				     0x2, 0x6, 0xf, 0x0, 0x4, 0xc, 0x7, 0x3};
static const cells turn_by_1 = {0x0, 0x2, 0x4, 0x6, 0x8, 0xa, 0xc, 0xe,
				0x1, 0x3, 0x5, 0x7, 0x9, 0xb, 0xd, 0xf};
static const cells turn_by_2 = {0x0, 0x4, 0x8, 0xc, 0x1, 0x5, 0x9, 0xd,
				0x2, 0x6, 0xa, 0xe, 0x3, 0x7, 0xb, 0xf};
/* A value and what an LFSR makes of it, by exclusive or: right by one, bits 0
 * and 1 together go in on the left. It runs for some cells of the tweak. */
static const cells lfsr_change = {0x0 ^ 0x0, 0x1 ^ 0x8, 0x2 ^ 0x9, 0x3 ^ 0x1,
				  0x4 ^ 0x2, 0x5 ^ 0xa, 0x6 ^ 0xb, 0x7 ^ 0x3,
				  0x8 ^ 0x4, 0x9 ^ 0xc, 0xa ^ 0xd, 0xb ^ 0x5,
				  0xc ^ 0x6, 0xd ^ 0xe, 0xe ^ 0xf, 0xf ^ 0x7};
static const cells lfsr_cells = {0, 0, 15, 0,  15, 0, 0,  15,
				 0, 0, 0,  15, 15, 0, 15, 15};
/* Which cell goes to each place. */
static const cells cell_order = {13, 6, 11, 0, 7, 12, 1, 10,
				 8,  3, 14, 5, 2, 9,  4, 15};
static const cells cell_order_back = {3, 6,  12, 9, 14, 11, 1,  4,
				      8, 13, 7,  2, 5,  0,  10, 15};
static const cells tweak_order = {4,  5,  6,  7,  11, 2, 3,  8,
				  12, 13, 14, 15, 0,  1, 10, 9};
static const cells rows_by_1 = {4,  5,  6,  7,  8, 9, 10, 11,
				12, 13, 14, 15, 0, 1, 2,  3};
static const cells rows_by_2 = {8, 9, 10, 11, 12, 13, 14, 15,
				0, 1, 2,  3,  4,  5,  6,  7};
static const cells rows_by_3 = {12, 13, 14, 15, 0, 1, 2,  3,
				4,  5,  6,  7,  8, 9, 10, 11};
/* Between 64 bits and one cell in each byte. */
static const cells interleave = {0, 16, 1, 17, 2, 18, 3, 19,
				 4, 20, 5, 21, 6, 22, 7, 23};
static const cells even = {0, 2, 4, 6, 8, 10, 12, 14, 0, 0, 0, 0, 0, 0, 0, 0};

/* By @by from @a and @b; clang has no such builtin. */
static inline cells cells_pick(cells a, cells b, cells by)
{
#if __has_builtin(__builtin_shuffle)
	return __builtin_shuffle(a, b, by);
#else
	cells c;

	for (unsigned int i = 0; i < 16; i++)
		c[i] = by[i] & 16 ? b[by[i] & 15] : a[by[i] & 15];
	return c;
#endif
}

static inline cells cells_order(cells c, cells by)
{
#if __has_builtin(__builtin_shuffle)
	return __builtin_shuffle(c, by);
#else
	return cells_pick(c, c, by);
#endif
}

static inline cells cells_split(uint64_t x)
{
	uint64_t low = x & NIBBLES, high = x >> 4 & NIBBLES;
	const cells l = (cells)(halves){low, 0}, h = (cells)(halves){high, 0};

	return cells_pick(l, h, interleave);
}

static inline uint64_t cells_join(cells c)
{
	words w = (words)c;

	w |= w >> 4;
	return ((halves)cells_order((cells)w, even))[0];
}

/* Row r of the result: rows r + 1 and r + 3 turned by 1, row r + 2 by 2. */
static inline cells cells_mix(cells c)
{
	cells one = cells_order(c, rows_by_1) ^ cells_order(c, rows_by_3);
	cells two = cells_order(c, rows_by_2);

	return cells_order(turn_by_1, one) ^ cells_order(turn_by_2, two);
}

static inline cells cells_tweak_next(cells t)
{
	t = cells_order(t, tweak_order);
	return t ^ (cells_order(lfsr_change, t) & lfsr_cells);
}

uint64_t QARMA5(uint64_t data, uint64_t modifier, struct pac_key key)
{
	uint64_t w1 = key.hi << 63 | (key.hi >> 1 ^ key.hi >> 63);
	const cells k0 = cells_split(key.lo), w0 = cells_split(key.hi);
	cells tweaks[QARMA_ROUNDS + 1], c = cells_split(data) ^ w0;

	tweaks[0] = cells_split(modifier);
	for (unsigned int r = 0; r < QARMA_ROUNDS; r++) {
		c ^= k0 ^ tweaks[r] ^ cells_split(round_constants[r]);
		if (r)
			c = cells_mix(cells_order(c, cell_order));
		c = cells_order(sub_cells, c);
		tweaks[r + 1] = cells_tweak_next(tweaks[r]);
	}
	/* The reflector. */
	c ^= cells_split(w1) ^ tweaks[QARMA_ROUNDS];
	c = cells_mix(cells_order(c, cell_order));
	c = cells_order(sub_cells, c);
	c = cells_mix(cells_order(c, cell_order)) ^ k0;
	c = cells_order(c, cell_order_back);
	c = cells_mix(cells_order(sub_cells_back, c));
	c = cells_order(c, cell_order_back);
	c ^= w0 ^ tweaks[QARMA_ROUNDS];
	for (unsigned int r = QARMA_ROUNDS; r-- > 0;) {
		c = cells_order(sub_cells_back, c);
		if (r)
			c = cells_order(cells_mix(c), cell_order_back);
		c ^= k0 ^ tweaks[r] ^
		     cells_split(round_constants[r] ^ QARMA_ALPHA);
	}
	return cells_join(c ^ cells_split(w1));
}
