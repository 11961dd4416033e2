/* SPDX-License-Identifier: MIT */
/*
 * What the bodies of the integer, branch and load/store groups share. Those
 * groups have several special bodies for one row (by size, shift, condition,
 * ...), which macros make; the format function picks one. BODY defines such a
 * static body, BODY_FOR_ROW gives the one the row names its external name.
 */
#ifndef FAUXKVM_CPU_INT_BODY_H
#define FAUXKVM_CPU_INT_BODY_H

#include "cpu/exec.h"
#include "cpu/host-x86-64-flags.h"

#define BODY(name) static void name(struct cpu *cpu, const struct insn *i)
#define BODY_FOR_ROW(row_name, name) \
	extern insn_fn row_name __attribute__((alias(#name)))

/* Out of the hot path: called in tail position, keeps bodies frameless. */
#define COLD __attribute__((noinline, cold))

/* ---- register operands ---------------------------------------------------- */

/*
 * Any extract-and-place of a bit field (UBFM, SBFM, extended registers) is a
 * shift left by A and then, logical or arithmetic, right by B. aux holds both.
 */
static inline uint16_t aux_shifts(unsigned int a, unsigned int b)
{
	return b << 8 | a;
}

static inline uint64_t shift_field_u(uint64_t x, uint16_t aux)
{
	return x << (aux & 63) >> (aux >> 8);
}

static inline uint64_t shift_field_s(uint64_t x, uint16_t aux)
{
	return (int64_t)(x << (aux & 63)) >> (aux >> 8);
}

/* Extended register: @option as encoded (UXTB..SXTX), then left by @shift. */
static inline uint16_t aux_extend(unsigned int option, unsigned int shift)
{
	unsigned int unused = 64 - (8u << (option & 3));

	return unused ? aux_shifts(unused, unused - shift)
		      : aux_shifts(shift, 0);
}

static inline bool extend_is_signed(unsigned int option)
{
	return option & 4;
}

/* ---- arithmetic with flags ------------------------------------------------ */

static inline uint64_t adds64(struct cpu *cpu, uint64_t a, uint64_t b)
{
	uint64_t r = host_add64(a, b, &cpu->c, &cpu->v);

	set_nz64(cpu, r);
	return r;
}

static inline uint64_t subs64(struct cpu *cpu, uint64_t a, uint64_t b)
{
	uint64_t r = host_sub64(a, b, &cpu->c, &cpu->v);

	set_nz64(cpu, r);
	return r;
}

static inline uint64_t adds32(struct cpu *cpu, uint32_t a, uint32_t b)
{
	uint32_t r = host_add32(a, b, &cpu->c, &cpu->v);

	set_nz32(cpu, r);
	return r;
}

static inline uint64_t subs32(struct cpu *cpu, uint32_t a, uint32_t b)
{
	uint32_t r = host_sub32(a, b, &cpu->c, &cpu->v);

	set_nz32(cpu, r);
	return r;
}

/* ---- conditions ------------------------------------------------------------ */

/*
 * COND_LIST(M, args...) calls M(index, name, args...) for the conditions in
 * encoding order; 14 and 15 (AL, NV) are both "always".
 */
#define COND_LIST(M, ...)      \
	M(0, eq, __VA_ARGS__)  \
	M(1, ne, __VA_ARGS__)  \
	M(2, cs, __VA_ARGS__)  \
	M(3, cc, __VA_ARGS__)  \
	M(4, mi, __VA_ARGS__)  \
	M(5, pl, __VA_ARGS__)  \
	M(6, vs, __VA_ARGS__)  \
	M(7, vc, __VA_ARGS__)  \
	M(8, hi, __VA_ARGS__)  \
	M(9, ls, __VA_ARGS__)  \
	M(10, ge, __VA_ARGS__) \
	M(11, lt, __VA_ARGS__) \
	M(12, gt, __VA_ARGS__) \
	M(13, le, __VA_ARGS__) \
	M(14, al, __VA_ARGS__)

/* The index of COND_LIST for an encoded condition. */
static inline unsigned int cond_index(unsigned int cond)
{
	return cond == 15 ? 14 : cond;
}

#endif
