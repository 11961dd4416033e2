/* SPDX-License-Identifier: MIT */
/*
 * SVE elements of the including unit's size: it defines SVE_BITS, 8, 16, 32 or 64,
 * first.
 */
#include "cpu/sve/pred.h"

#if SVE_BITS == 8
typedef uint8_t elem_t;
typedef int8_t selem_t;
typedef uint16_t wide_t; /* of twice as many bits */
typedef int16_t swide_t;
#define SVE_LANE b /* of union sve_z */
#define SVE_LOG2 0
#elif SVE_BITS == 16
typedef uint16_t elem_t;
typedef int16_t selem_t;
typedef uint32_t wide_t;
typedef int32_t swide_t;
#define SVE_LANE h
#define SVE_LOG2 1
#elif SVE_BITS == 32
typedef uint32_t elem_t;
typedef int32_t selem_t;
typedef uint64_t wide_t;
typedef int64_t swide_t;
#define SVE_LANE s
#define SVE_LOG2 2
#else
typedef uint64_t elem_t;
typedef int64_t selem_t;
typedef unsigned __int128 wide_t;
typedef __int128 swide_t;
#define SVE_LANE d
#define SVE_LOG2 3
#endif

/* A half and a quarter of an element. */
#if SVE_BITS == 16
typedef uint8_t half_t;
typedef int8_t shalf_t;
#define SVE_HALF b
#elif SVE_BITS == 32
typedef uint16_t half_t;
typedef int16_t shalf_t;
typedef int8_t squarter_t;
#define SVE_HALF    h
#define SVE_QUARTER b
#elif SVE_BITS == 64
typedef uint32_t half_t;
typedef int32_t shalf_t;
typedef int16_t squarter_t;
#define SVE_HALF    s
#define SVE_QUARTER h
#endif

static inline unsigned int elements(const struct cpu *cpu)
{
	return sve_vl(cpu) >> SVE_LOG2;
}

static inline bool active(const struct sve_p *p, unsigned int e)
{
	return sve_active(p, e, SVE_LOG2);
}

/* Each byte of the result is all ones where the element it is in is active in @g. */
static inline const union sve_z *active_mask(struct cpu *cpu,
					     const struct sve_p *g)
{
	union sve_z *mask = &cpu->sve->tmp[3];

	for (unsigned int k = 0; k < sve_vl(cpu) / 8; k++)
		mask->d[k] = sve_mask_of(g->w[k / 8] >> (k % 8 * 8), SVE_LOG2);
	return mask;
}
