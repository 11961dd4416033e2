/* SPDX-License-Identifier: MIT */
/*
 * What the Advanced SIMD copies, permutations and reductions share, until they
 * are decoded apart from their bodies: SAME_FN as in simd-unit.h, but with the
 * name, the type and the number of lanes of a body, and formats that choose
 * the body by size and Q.
 */
#ifndef FAUXKVM_CPU_SIMD_H
#define FAUXKVM_CPU_SIMD_H

#include "cpu/exec.h"
#include "cpu/fp.h"
#include "cpu/simd-lane.h"
#include "isa/a64/formats.h"

/* Field of union vreg, and the twin types, of a lane type. */
#define LANE_u8           b
#define LANE_s8           b
#define LANE_u16          h
#define LANE_s16          h
#define LANE_u32          s
#define LANE_s32          s
#define LANE_u64          d
#define LANE_s64          d
#define LANE(v, T, l)     ((T)(v)->LANE_##T[l])
#define SET_LANE(v, T, l) ((v)->LANE_##T[l])
#define UNS_u8            u8
#define UNS_s8            u8
#define UNS_u16           u16
#define UNS_s16           u16
#define UNS_u32           u32
#define UNS_s32           u32
#define UNS_u64           u64
#define UNS_s64           u64
#define SGN_u8            s8
#define SGN_s8            s8
#define SGN_u16           s16
#define SGN_s16           s16
#define SGN_u32           s32
#define SGN_s32           s32
#define SGN_u64           s64
#define SGN_s64           s64

#define SIMD_UNUSED __attribute__((unused))

/* fn[0]: Q=0, fn[1]: Q=1; NULL: reserved. */
typedef insn_fn *const simd_fns[2][4];

static inline void simd_regs(uint32_t w, struct insn *out)
{
	out->rd = FLD(w, 4, 0);
	out->rn = FLD(w, 9, 5);
	out->rm = FLD(w, 20, 16);
}

/* By Q (bit 30) and size (bits 23..22). */
static inline bool simd_fmt(uint32_t w, struct insn *out, simd_fns fns)
{
	simd_regs(w, out);
	out->fn = fns[FLD(w, 30, 30)][FLD(w, 23, 22)];
	return out->fn;
}

/* ---- lane by lane ---------------------------------------------------------- */

/*
 * Vd, Vn and Vm have lanes of the same type. @vm_lane: which lane of Vm: l, or
 * i->aux by element.
 */
#define SAME_FN(name, T_, lanes, vm_lane, ...)                         \
	static void name(struct cpu *cpu, const struct insn *i)        \
	{                                                              \
		typedef T_ T SIMD_UNUSED;                              \
		typedef UNS_##T_ U SIMD_UNUSED;                        \
		typedef SGN_##T_ S SIMD_UNUSED;                        \
		enum { bits SIMD_UNUSED = sizeof(T) * 8 };             \
		const union vreg *n_ = &cpu->vreg[i->rn];              \
		const union vreg *m_ = &cpu->vreg[i->rm];              \
		union vreg *d_ = &cpu->vreg[i->rd], r_ = {0};          \
		const int sh SIMD_UNUSED = (int)i->imm;                \
		unsigned int sat = 0;                                  \
                                                                       \
		FP_CHECK;                                              \
		for (unsigned int l = 0; l < (lanes); l++) {           \
			const T a SIMD_UNUSED = LANE(n_, T_, l);       \
			const T b SIMD_UNUSED = LANE(m_, T_, vm_lane); \
			const T c SIMD_UNUSED = LANE(d_, T_, l);       \
			SET_LANE(&r_, T_, l) = (__VA_ARGS__);          \
		}                                                      \
		*d_ = r_;                                              \
		if (sat)                                               \
			fp_set_qc(cpu);                                \
		NEXT;                                                  \
	}

#define FNS_BHS(op, g, q) op##_##g##8_##q, op##_##g##16_##q, op##_##g##32_##q

#endif
