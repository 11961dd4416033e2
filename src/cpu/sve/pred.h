/* SPDX-License-Identifier: MIT */
/* SVE predicates: what several files make of them; pred.c. */
#ifndef FAUXKVM_CPU_SVE_PRED_H
#define FAUXKVM_CPU_SVE_PRED_H

#include "cpu/sve/sve.h"

/* A bit for each element of 1 << @size bytes. */
static inline uint64_t sve_element_bits(unsigned int size)
{
	static const uint64_t bits[] = {
		~UINT64_C(0),
		UINT64_C(0x5555555555555555),
		UINT64_C(0x1111111111111111),
		UINT64_C(0x0101010101010101),
	};

	return bits[size];
}

/* No element of 1 << @size bytes is inactive. */
static inline bool sve_all_active(const struct cpu *cpu, const struct sve_p *g,
				  unsigned int size)
{
	const uint64_t bits = sve_element_bits(size);
	unsigned int k = 0;

	for (; 64 * k + 64 <= sve_vl(cpu); k++)
		if (bits & ~g->w[k])
			return false;
	return sve_vl(cpu) % 64 == 0 ||
	       !(bits & ~g->w[k] & (BIT(sve_vl(cpu) % 64) - 1));
}

/* From the lowest eight bits of a predicate, all ones in each byte of an active element
 * of 1 << @size bytes. */
static inline uint64_t sve_mask_of(uint64_t bits, unsigned int size)
{
	static const uint64_t first_bytes[] = {UINT64_C(0x0101010101010101),
					       UINT64_C(0x0001000100010001),
					       UINT64_C(0x0000000100000001), 1};
	static const uint64_t element[] = {0xff, 0xffff, 0xffffffff,
					   ~UINT64_C(0)};
	const uint64_t ones = UINT64_C(0x0101010101010101);

	/* Bit n alone in byte n, and then its lowest. */
	bits = (bits & 0xff) * ones & UINT64_C(0x8040201008040201);
	bits = (bits + 0x7f * ones) >> 7;
	return (bits & first_bytes[size]) * element[size];
}

/* The reverse: a bit for each element that is not zero, of eight bytes. */
static inline uint64_t sve_bits_of(uint64_t mask, unsigned int size)
{
	static const uint64_t first_bytes[] = {UINT64_C(0x0101010101010101),
					       UINT64_C(0x0001000100010001),
					       UINT64_C(0x0000000100000001), 1};

	/* The lowest of byte n to bit n. */
	return (mask & first_bytes[size]) * UINT64_C(0x0102040810204080) >> 56;
}

/* The elements of 1 << @size bytes in the first @bytes are active, no others. */
void sve_p_first_bytes(struct sve_p *p, unsigned int bytes, unsigned int size);

/* PredTest: of the elements in @mask, of 1 << @size bytes, N is whether the first
 * is in @r, Z whether none is, C whether the last is not. */
void sve_pred_test(struct cpu *cpu, const struct sve_p *mask,
		   const struct sve_p *r, unsigned int size);

/* Number of the last active element, -1: none is. */
int sve_last_active(const struct sve_p *p, unsigned int size);

/* How many elements of its size the pattern in imm names (count.c). */
unsigned int sve_insn_count(const struct cpu *cpu, const struct insn *i);

/* ---- permutations of two sources ----------------------------------------- */

/* Where element @e comes from: of the first source's @elements, or the second's
 * behind them. */
static inline unsigned int sve_from_zip1(unsigned int e, unsigned int elements)
{
	return e / 2 + (e & 1 ? elements : 0);
}

static inline unsigned int sve_from_zip2(unsigned int e, unsigned int elements)
{
	return sve_from_zip1(e, elements) + elements / 2;
}

static inline unsigned int sve_from_uzp1(unsigned int e, unsigned int elements)
{
	return 2 * e;
}

static inline unsigned int sve_from_uzp2(unsigned int e, unsigned int elements)
{
	return 2 * e + 1;
}

static inline unsigned int sve_from_trn1(unsigned int e, unsigned int elements)
{
	return (e & ~1u) + (e & 1 ? elements : 0);
}

static inline unsigned int sve_from_trn2(unsigned int e, unsigned int elements)
{
	return sve_from_trn1(e, elements) + 1;
}

static inline unsigned int sve_from_rev(unsigned int e, unsigned int elements)
{
	return elements - 1 - e;
}

#endif
