/* SPDX-License-Identifier: MIT */
/*
 * Loads and stores of SVE for insn-diff: bases, offsets and vectors of addresses that
 * keep what is accessed in the window, and first-fault and non-fault loads at the end
 * of memory.
 */
#include <string.h>

#include "isa/a64/operands.h"
#include "tests/isa/insn-gen.h"

#define END_OF_MEMORY (DIFF_BASE + DIFF_SIZE)

bool gen_sve_has_addresses(const struct insn *i)
{
	return (i->op >= A64_SVE_LD1_zz_s &&
		i->op <= A64_SVE_LD1_zz_d64_scaled) ||
	       (i->op >= A64_SVE_ST1_zz_d32 && i->op <= A64_SVE_ST1_iz_s) ||
	       (i->op >= A64_SVE_LDNT1_iz_s && i->op <= A64_SVE_STNT1_iz_s);
}

/* Base k is X<16 + k>, offset k X<k>, vector of addresses k Z<23 + k>; what streams
 * load goes to others. */
static uint32_t with_registers(uint32_t w, const struct insn *i, unsigned int k,
			       unsigned int n)
{
	bool vector = gen_sve_has_addresses(i);

	/* The governing predicates stay as they are, too. */
	if (n > 1)
		w = i->op == A64_SVE_LDR_p ? w | 1u << 3 : w & ~(1u << 4);
	if (vector && i->form & SVE_MEM_BASES) {
		if (i->op >= A64_SVE_LDNT1_iz_s && i->rm != REG_ZR)
			w = (w & ~(31u << 16)) | k << 16;
		return (w & ~(31u << 5)) | (23 + k) << 5;
	}
	w = (w & ~(31u << 5)) | (16 + k) << 5;
	if (vector)
		return (w & ~(31u << 16)) | (23 + k) << 16;
	switch (i->op) {
	case A64_SVE_LDFF1_zr:
		if (i->rm == REG_ZR)
			return w;
		/* fall through */
	case A64_SVE_LD1_zr:
	case A64_SVE_LDNT1_zr:
	case A64_SVE_LDN_zr:
	case A64_SVE_LD1RQ_zr:
	case A64_SVE_LD1RO_zr:
	case A64_SVE_ST1_zr:
	case A64_SVE_STNT1_zr:
	case A64_SVE_STN_zr: return (w & ~(31u << 16)) | k << 16;
	default: return w;
	}
}

static uint64_t within(unsigned int bytes)
{
	return DIFF_WINDOW + gen_below(DIFF_WINDOW_SIZE - bytes + 1);
}

/* ---- contiguous ---------------------------------------------------------- */

static unsigned int first_active(const struct diff_case *c,
				 const struct insn *i)
{
	const uint64_t *p = c->sve_in.p[i->aux];
	unsigned int bit;

	for (bit = 0; bit < c->vl; bit += 1u << i->size)
		if (p[bit / 64] >> (bit % 64) & 1)
			break;
	return bit >> i->size;
}

/*
 * QEMU (7.2 to 9, of first-fault and non-fault loads) reads the predicate from a byte that is not that of a
 * word, and tests wrong bits, if the first active element is not the first of 64 bytes.
 */
static void avoid_qemu_predicate(struct diff_case *c, const struct insn *i)
{
	if ((first_active(c, i) << i->size) & 63)
		c->sve_in.p[i->aux][0] |= 1;
}

/* Where a load that may stop begins: the first that it must load is there. */
static uint64_t near_end(const struct diff_case *c, const struct insn *i)
{
	unsigned int size = 1u << (i->form & SVE_MEM_SIZE);
	unsigned int k = c->vl >> i->size, e = first_active(c, i);
	uint64_t va = END_OF_MEMORY - (uint64_t)(gen_below(k) + 1) * size;

	/* With an element across the end QEMU loads nothing by LDNF1. */
	if (i->op == A64_SVE_LDFF1_zr && gen_chance(20))
		va -= gen_below(size);
	if (va + (e + 1) * size > END_OF_MEMORY)
		va = END_OF_MEMORY - (e + 1) * size;
	return va;
}

/* Of such a load whose first active element is in the second page QEMU says that
 * that one faulted. */
static bool qemu_loads_nothing(const struct diff_case *c, const struct insn *i,
			       uint64_t va)
{
	unsigned int msz = i->form & SVE_MEM_SIZE;

	if (i->op != A64_SVE_LDFF1_zr && i->op != A64_SVE_LDNF1_zi)
		return false;
	return (va ^ (va + ((uint64_t)first_active(c, i) << msz))) >> 12;
}

static void set_contiguous(struct diff_case *c, const struct insn *i,
			   unsigned int n)
{
	unsigned int msz = i->form & SVE_MEM_SIZE, k = c->vl >> i->size;
	unsigned int bytes = k * i->ra << msz;
	uint64_t times = bytes, va;

	if (i->op == A64_SVE_LD1RQ_zr || i->op == A64_SVE_LD1RQ_zi)
		bytes = times = 16;
	if (i->op == A64_SVE_LD1RO_zr || i->op == A64_SVE_LD1RO_zi)
		bytes = times = 32;
	if (i->op == A64_SVE_LD1R) {
		bytes = 1u << msz;
		times = 1;
	}
	if (i->op == A64_SVE_LDFF1_zr || i->op == A64_SVE_LDNF1_zi)
		avoid_qemu_predicate(c, i);
	do
		va = within(bytes);
	while (qemu_loads_nothing(c, i, va));
	if (n == 1 && gen_chance(40) &&
	    (i->op == A64_SVE_LDFF1_zr || i->op == A64_SVE_LDNF1_zi))
		va = near_end(c, i);
	if (i->rm != REG_ZR) {
		c->in.x[i->rm] = (uint64_t)(int64_t)((int)gen_below(16) - 8);
		va -= c->in.x[i->rm] << msz;
	}
	c->in.x[i->rn] = va - (uint64_t)i->imm * times;
}

/* LDR, STR */
static void set_fill(struct diff_case *c, const struct insn *i, uint32_t w)
{
	unsigned int len = FLD(w, 14, 14) ? c->vl : c->vl / 8;

	c->in.x[i->rn] = within(len) - (uint64_t)(i->imm * (int)len);
}

/* ---- vectors of addresses ------------------------------------------------ */

static void put(struct diff_case *c, unsigned int z, unsigned int e,
		unsigned int size, uint64_t val)
{
	memcpy((uint8_t *)c->sve_in.z[z] + (e << size), &val, 1u << size);
}

/* First-fault loads find the end now and then, behind their first element. */
static uint64_t element_at(const struct diff_case *c, const struct insn *i,
			   unsigned int e, unsigned int n)
{
	unsigned int size = 1u << (i->form & SVE_MEM_SIZE);

	if (n == 1 && i->form & SVE_MEM_FIRST_FAULT && e > first_active(c, i) &&
	    gen_chance(10))
		return END_OF_MEMORY - gen_below(2 * size);
	return within(size);
}

static void set_vector(struct diff_case *c, const struct insn *i,
		       unsigned int n)
{
	unsigned int z = i->form & SVE_MEM_BASES ? i->rn : i->rm;
	unsigned int msz = i->form & SVE_MEM_SIZE;
	unsigned int scale = i->form & SVE_MEM_SCALED ? msz : 0;
	uint64_t base = i->form & SVE_MEM_SXTW ? DIFF_WINDOW_MID : DIFF_WINDOW;
	uint64_t offset = (uint64_t)i->imm;

	if (!(i->form & SVE_MEM_BASES))
		c->in.x[i->rn] = base;
	else if (i->rm != REG_ZR)
		/* Bases of 32 bits are not signed. */
		c->in.x[i->rm] = offset =
			i->size == SIZE_W ? DIFF_WINDOW - gen_below(1u << 31)
					  : gen_random();
	for (unsigned int e = 0; e < c->vl >> i->size; e++) {
		uint64_t va = element_at(c, i, e, n), val;

		if (i->form & SVE_MEM_BASES)
			val = va - offset;
		else
			val = (uint64_t)((int64_t)(va - base) >> scale);
		/* What is above the low word of an offset does not count. */
		if (i->form & (SVE_MEM_SXTW | SVE_MEM_UXTW))
			val = (uint32_t)val | gen_random() << 32;
		put(c, z, e, i->size, val);
	}
	memcpy(c->in.v[z], c->sve_in.z[z], 16);
}

bool gen_sve_ldst(struct diff_case *c, unsigned int k, unsigned int n)
{
	struct insn i;
	uint32_t w;

	if (!insn_decode(c->words[k], &i))
		return false;
	w = with_registers(c->words[k], &i, k, n);
	if (!insn_decode(w, &i) || (c->vl < 32 && gen_needs_256_bits(i.op)))
		return false;
	c->words[k] = w;
	switch (i.op) {
	case A64_SVE_LDR_z:
	case A64_SVE_LDR_p:
	case A64_SVE_STR_z:
	case A64_SVE_STR_p: set_fill(c, &i, w); break;
	case A64_SVE_LD1_zr:
	case A64_SVE_LD1_zi:
	case A64_SVE_LDFF1_zr:
	case A64_SVE_LDNF1_zi:
	case A64_SVE_LDNT1_zr:
	case A64_SVE_LDNT1_zi:
	case A64_SVE_LDN_zr:
	case A64_SVE_LDN_zi:
	case A64_SVE_LD1RQ_zr:
	case A64_SVE_LD1RQ_zi:
	case A64_SVE_LD1RO_zr:
	case A64_SVE_LD1RO_zi:
	case A64_SVE_LD1R:
	case A64_SVE_ST1_zr:
	case A64_SVE_ST1_zi:
	case A64_SVE_STNT1_zr:
	case A64_SVE_STNT1_zi:
	case A64_SVE_STN_zr:
	case A64_SVE_STN_zi: set_contiguous(c, &i, n); break;
	default: set_vector(c, &i, n); break;
	}
	return true;
}
