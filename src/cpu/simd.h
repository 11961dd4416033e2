/* SPDX-License-Identifier: MIT */
/*
 * The shapes of Advanced SIMD integer instructions (Arm ARM C7), private to
 * simd-*.c. One macro per shape makes the body for each element type and
 * vector width; one line per operation gives the arithmetic of one lane. The
 * bodies have constant trip counts and typed lanes, so gcc turns them into
 * straight host vector code.
 *
 * An expression may use
 *   a, b   the lanes of Vn and Vm (const, of the lane's type)
 *   c      the lane of Vd before
 *   sh     the shift amount of an immediate shift
 *   bits   lane width; T, U, S: its type, unsigned and signed
 *   sat    set to 1 if the lane saturated: sets FPSR.QC
 * A body named op_T_lanes handles that many lanes; the rest of Vd becomes 0,
 * which is both the Q=0 and the scalar rule.
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

/* Scalar: by size only. */
static inline bool simd_fmt_scalar(uint32_t w, struct insn *out,
				   insn_fn *const fns[4])
{
	simd_regs(w, out);
	out->fn = fns[FLD(w, 23, 22)];
	return out->fn;
}

/*
 * By element: the index and Vm of 16- and 32-bit lanes (H:L:M and H:L).
 * false: other sizes.
 */
static inline bool simd_element(uint32_t w, struct insn *out)
{
	unsigned int h = FLD(w, 11, 11), l = FLD(w, 21, 21), m = FLD(w, 20, 20);

	simd_regs(w, out);
	switch (FLD(w, 23, 22)) {
	case 1:
		out->rm &= 15;
		out->aux = h << 2 | l << 1 | m;
		return true;
	case 2: out->aux = h << 1 | l; return true;
	default: return false;
	}
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

#define SAME_2(op, T, n64, vm_lane, ...)                    \
	SAME_FN(op##_##T##_0, T, n64, vm_lane, __VA_ARGS__) \
	SAME_FN(op##_##T##_1, T, 2 * n64, vm_lane, __VA_ARGS__)
#define SAME_8(op, g, ...)  SAME_2(op, g##8, 8, l, __VA_ARGS__)
#define SAME_16(op, g, ...) SAME_2(op, g##16, 4, l, __VA_ARGS__)
#define SAME_32(op, g, ...) SAME_2(op, g##32, 2, l, __VA_ARGS__)
#define SAME_64(op, g, ...) SAME_FN(op##_##g##64_1, g##64, 2, l, __VA_ARGS__)

#define FNS_BHS(op, g, q) op##_##g##8_##q, op##_##g##16_##q, op##_##g##32_##q

/* 8 bits; 8 and 16; 8 to 32; 16 and 32; 8 to 64 (not 1D): vector forms. */
#define SIMD_B(op, g, ...)                                                \
	SAME_8(op, g, __VA_ARGS__)                                        \
	bool fmt_simd_##op(uint32_t w, struct insn *out)                  \
	{                                                                 \
		static simd_fns fns = {{op##_##g##8_0}, {op##_##g##8_1}}; \
                                                                          \
		return simd_fmt(w, out, fns);                             \
	}
#define SIMD_BH(op, g, ...)                                              \
	SAME_8(op, g, __VA_ARGS__)                                       \
	SAME_16(op, g, __VA_ARGS__)                                      \
	bool fmt_simd_##op(uint32_t w, struct insn *out)                 \
	{                                                                \
		static simd_fns fns = {{op##_##g##8_0, op##_##g##16_0},  \
				       {op##_##g##8_1, op##_##g##16_1}}; \
                                                                         \
		return simd_fmt(w, out, fns);                            \
	}
#define SIMD_BHS(op, g, ...)                                 \
	SAME_8(op, g, __VA_ARGS__)                           \
	SAME_16(op, g, __VA_ARGS__)                          \
	SAME_32(op, g, __VA_ARGS__)                          \
	bool fmt_simd_##op(uint32_t w, struct insn *out)     \
	{                                                    \
		static simd_fns fns = {{FNS_BHS(op, g, 0)},  \
				       {FNS_BHS(op, g, 1)}}; \
                                                             \
		return simd_fmt(w, out, fns);                \
	}
#define SIMD_HS(op, g, ...)                                      \
	SAME_16(op, g, __VA_ARGS__)                              \
	SAME_32(op, g, __VA_ARGS__)                              \
	bool fmt_simd_##op(uint32_t w, struct insn *out)         \
	{                                                        \
		static simd_fns fns = {                          \
			{NULL, op##_##g##16_0, op##_##g##32_0},  \
			{NULL, op##_##g##16_1, op##_##g##32_1}}; \
                                                                 \
		return simd_fmt(w, out, fns);                    \
	}
#define SIMD_BHSD(op, g, ...)                                                \
	SAME_8(op, g, __VA_ARGS__)                                           \
	SAME_16(op, g, __VA_ARGS__)                                          \
	SAME_32(op, g, __VA_ARGS__)                                          \
	SAME_64(op, g, __VA_ARGS__)                                          \
	bool fmt_simd_##op(uint32_t w, struct insn *out)                     \
	{                                                                    \
		static simd_fns fns = {{FNS_BHS(op, g, 0)},                  \
				       {FNS_BHS(op, g, 1), op##_##g##64_1}}; \
                                                                             \
		return simd_fmt(w, out, fns);                                \
	}

/* Scalar forms: all sizes; 64 bits only; 16 and 32 bits. */
#define SCALAR_BHSD(op, g, ...)                                    \
	SAME_FN(op##_##g##8_s, g##8, 1, l, __VA_ARGS__)            \
	SAME_FN(op##_##g##16_s, g##16, 1, l, __VA_ARGS__)          \
	SAME_FN(op##_##g##32_s, g##32, 1, l, __VA_ARGS__)          \
	SAME_FN(op##_##g##64_s, g##64, 1, l, __VA_ARGS__)          \
	bool fmt_simd_##op##_scalar(uint32_t w, struct insn *out)  \
	{                                                          \
		static insn_fn *const fns[4] = {FNS_BHS(op, g, s), \
						op##_##g##64_s};   \
                                                                   \
		return simd_fmt_scalar(w, out, fns);               \
	}
#define SCALAR_D(op, g, ...)                                           \
	SAME_FN(op##_##g##64_s, g##64, 1, l, __VA_ARGS__)              \
	bool fmt_simd_##op##_scalar(uint32_t w, struct insn *out)      \
	{                                                              \
		static insn_fn *const fns[4] = {[3] = op##_##g##64_s}; \
                                                                       \
		return simd_fmt_scalar(w, out, fns);                   \
	}
#define SCALAR_HS(op, g, ...)                                         \
	SAME_FN(op##_##g##16_s, g##16, 1, l, __VA_ARGS__)             \
	SAME_FN(op##_##g##32_s, g##32, 1, l, __VA_ARGS__)             \
	bool fmt_simd_##op##_scalar(uint32_t w, struct insn *out)     \
	{                                                             \
		static insn_fn *const fns[4] = {NULL, op##_##g##16_s, \
						op##_##g##32_s};      \
                                                                      \
		return simd_fmt_scalar(w, out, fns);                  \
	}

/* Vector and scalar forms of one operation. */
#define SIMD_AND_SCALAR_BHSD(op, g, ...) \
	SIMD_BHSD(op, g, __VA_ARGS__)    \
	SCALAR_BHSD(op, g, __VA_ARGS__)
#define SIMD_AND_SCALAR_D(op, g, ...) \
	SIMD_BHSD(op, g, __VA_ARGS__) \
	SCALAR_D(op, g, __VA_ARGS__)

/* By element, 16 and 32 bits: vector and scalar. */
#define ELEMENT_HS(op, g, ...)                                         \
	SAME_2(op##_el, g##16, 4, i->aux, __VA_ARGS__)                 \
	SAME_2(op##_el, g##32, 2, i->aux, __VA_ARGS__)                 \
	bool fmt_simd_##op##_el(uint32_t w, struct insn *out)          \
	{                                                              \
		static simd_fns fns = {                                \
			{NULL, op##_el_##g##16_0, op##_el_##g##32_0},  \
			{NULL, op##_el_##g##16_1, op##_el_##g##32_1}}; \
                                                                       \
		out->fn = fns[FLD(w, 30, 30)][FLD(w, 23, 22)];         \
		return simd_element(w, out);                           \
	}
#define SCALAR_ELEMENT_HS(op, g, ...)                                \
	SAME_FN(op##_els_##g##16, g##16, 1, i->aux, __VA_ARGS__)     \
	SAME_FN(op##_els_##g##32, g##32, 1, i->aux, __VA_ARGS__)     \
	bool fmt_simd_##op##_el_scalar(uint32_t w, struct insn *out) \
	{                                                            \
		out->fn = FLD(w, 23, 22) == 1 ? op##_els_##g##16     \
					      : op##_els_##g##32;    \
		return simd_element(w, out);                         \
	}

/* ---- long: narrow sources, wide destination -------------------------------- */

/*
 * a: lane of Vn: of type N (long) or already wide (ADDW: NA = W); b: narrow
 * lane of Vm; both widened to W. @offa: first lane of Vn (Q=1: upper half).
 */
#define LONG_FN(name, NA, N, W_, lanes, offa, vm_lane, ...)               \
	static void name(struct cpu *cpu, const struct insn *i)           \
	{                                                                 \
		typedef W_ T SIMD_UNUSED;                                 \
		typedef UNS_##W_ U SIMD_UNUSED;                           \
		enum { bits SIMD_UNUSED = sizeof(T) * 8 };                \
		const union vreg *n_ = &cpu->vreg[i->rn];                 \
		const union vreg *m_ = &cpu->vreg[i->rm];                 \
		union vreg *d_ = &cpu->vreg[i->rd], r_ = {0};             \
		const int sh SIMD_UNUSED = (int)i->imm;                   \
		unsigned int sat = 0;                                     \
                                                                          \
		FP_CHECK;                                                 \
		for (unsigned int l = 0; l < (lanes); l++) {              \
			const T a SIMD_UNUSED = LANE(n_, NA, l + (offa)); \
			const T b SIMD_UNUSED = LANE(m_, N, vm_lane);     \
			const T c SIMD_UNUSED = LANE(d_, W_, l);          \
			SET_LANE(&r_, W_, l) = (__VA_ARGS__);             \
		}                                                         \
		*d_ = r_;                                                 \
		if (sat)                                                  \
			fp_set_qc(cpu);                                   \
		NEXT;                                                     \
	}

/* Q=0 and Q=1; then the operation for 8->16 ... 32->64. */
#define LONG_2(op, N, W, lanes, ...)                             \
	LONG_FN(op##_##N##_0, N, N, W, lanes, 0, l, __VA_ARGS__) \
	LONG_FN(op##_##N##_1, N, N, W, lanes, lanes, l + lanes, __VA_ARGS__)
#define WIDE_2(op, N, W, lanes, ...)                             \
	LONG_FN(op##_##N##_0, W, N, W, lanes, 0, l, __VA_ARGS__) \
	LONG_FN(op##_##N##_1, W, N, W, lanes, 0, l + lanes, __VA_ARGS__)
#define LONG_SHAPE_BHS(SHAPE, op, g, ...)                    \
	SHAPE(op, g##8, g##16, 8, __VA_ARGS__)               \
	SHAPE(op, g##16, g##32, 4, __VA_ARGS__)              \
	SHAPE(op, g##32, g##64, 2, __VA_ARGS__)              \
	bool fmt_simd_##op(uint32_t w, struct insn *out)     \
	{                                                    \
		static simd_fns fns = {{FNS_BHS(op, g, 0)},  \
				       {FNS_BHS(op, g, 1)}}; \
                                                             \
		return simd_fmt(w, out, fns);                \
	}
#define LONG_BHS(op, g, ...) LONG_SHAPE_BHS(LONG_2, op, g, __VA_ARGS__)
#define WIDE_BHS(op, g, ...) LONG_SHAPE_BHS(WIDE_2, op, g, __VA_ARGS__)
#define LONG_HS(op, g, ...)                                      \
	LONG_2(op, g##16, g##32, 4, __VA_ARGS__)                 \
	LONG_2(op, g##32, g##64, 2, __VA_ARGS__)                 \
	bool fmt_simd_##op(uint32_t w, struct insn *out)         \
	{                                                        \
		static simd_fns fns = {                          \
			{NULL, op##_##g##16_0, op##_##g##32_0},  \
			{NULL, op##_##g##16_1, op##_##g##32_1}}; \
                                                                 \
		return simd_fmt(w, out, fns);                    \
	}
#define LONG_SCALAR_HS(op, g, ...)                                         \
	LONG_FN(op##_##g##16_s, g##16, g##16, g##32, 1, 0, l, __VA_ARGS__) \
	LONG_FN(op##_##g##32_s, g##32, g##32, g##64, 1, 0, l, __VA_ARGS__) \
	bool fmt_simd_##op##_scalar(uint32_t w, struct insn *out)          \
	{                                                                  \
		static insn_fn *const fns[4] = {NULL, op##_##g##16_s,      \
						op##_##g##32_s};           \
                                                                           \
		return simd_fmt_scalar(w, out, fns);                       \
	}

/* By element. */
#define LONG_EL_2(op, N, W, lanes, ...)                                  \
	LONG_FN(op##_el_##N##_0, N, N, W, lanes, 0, i->aux, __VA_ARGS__) \
	LONG_FN(op##_el_##N##_1, N, N, W, lanes, lanes, i->aux, __VA_ARGS__)
#define LONG_ELEMENT_HS(op, g, ...)                                    \
	LONG_EL_2(op, g##16, g##32, 4, __VA_ARGS__)                    \
	LONG_EL_2(op, g##32, g##64, 2, __VA_ARGS__)                    \
	bool fmt_simd_##op##_el(uint32_t w, struct insn *out)          \
	{                                                              \
		static simd_fns fns = {                                \
			{NULL, op##_el_##g##16_0, op##_el_##g##32_0},  \
			{NULL, op##_el_##g##16_1, op##_el_##g##32_1}}; \
                                                                       \
		out->fn = fns[FLD(w, 30, 30)][FLD(w, 23, 22)];         \
		return simd_element(w, out);                           \
	}
#define LONG_SCALAR_ELEMENT_HS(op, g, ...)                           \
	LONG_FN(op##_els_##g##16, g##16, g##16, g##32, 1, 0, i->aux, \
		__VA_ARGS__)                                         \
	LONG_FN(op##_els_##g##32, g##32, g##32, g##64, 1, 0, i->aux, \
		__VA_ARGS__)                                         \
	bool fmt_simd_##op##_el_scalar(uint32_t w, struct insn *out) \
	{                                                            \
		out->fn = FLD(w, 23, 22) == 1 ? op##_els_##g##16     \
					      : op##_els_##g##32;    \
		return simd_element(w, out);                         \
	}

/* ---- narrow: wide sources, narrow destination ------------------------------ */

/*
 * a, b: wide lanes; the result is cut to the narrow type N (bits: of N).
 * lanes written from @off on; Q=1 (@off > 0) keeps the lower half of Vd.
 */
#define NARROW_FN(name, W_, N, lanes, off, ...)                         \
	static void name(struct cpu *cpu, const struct insn *i)         \
	{                                                               \
		typedef W_ T SIMD_UNUSED;                               \
		typedef UNS_##W_ U SIMD_UNUSED;                         \
		typedef SGN_##W_ S SIMD_UNUSED;                         \
		enum { bits SIMD_UNUSED = sizeof(N) * 8 };              \
		const union vreg *n_ = &cpu->vreg[i->rn];               \
		const union vreg *m_ = &cpu->vreg[i->rm];               \
		union vreg *d_ = &cpu->vreg[i->rd], r_ = {0};           \
		const int sh SIMD_UNUSED = (int)i->imm;                 \
		unsigned int sat = 0;                                   \
                                                                        \
		FP_CHECK;                                               \
		if (off)                                                \
			r_.d[0] = d_->d[0];                             \
		for (unsigned int l = 0; l < (lanes); l++) {            \
			const T a SIMD_UNUSED = LANE(n_, W_, l);        \
			const T b SIMD_UNUSED = LANE(m_, W_, l);        \
			SET_LANE(&r_, N, l + (off)) = (N)(__VA_ARGS__); \
		}                                                       \
		*d_ = r_;                                               \
		if (sat)                                                \
			fp_set_qc(cpu);                                 \
		NEXT;                                                   \
	}

#define NARROW_2(op, W, N, lanes, ...)                       \
	NARROW_FN(op##_##N##_0, W, N, lanes, 0, __VA_ARGS__) \
	NARROW_FN(op##_##N##_1, W, N, lanes, lanes, __VA_ARGS__)
#define NARROW_BODIES(op, g, ...)                  \
	NARROW_2(op, g##16, g##8, 8, __VA_ARGS__)  \
	NARROW_2(op, g##32, g##16, 4, __VA_ARGS__) \
	NARROW_2(op, g##64, g##32, 2, __VA_ARGS__)
#define NARROW_SCALAR_BODIES(op, g, ...)                           \
	NARROW_FN(op##_##g##8_s, g##16, g##8, 1, 0, __VA_ARGS__)   \
	NARROW_FN(op##_##g##16_s, g##32, g##16, 1, 0, __VA_ARGS__) \
	NARROW_FN(op##_##g##32_s, g##64, g##32, 1, 0, __VA_ARGS__)
/* size is the narrow one. */
#define NARROW_BHS(op, g, ...)                               \
	NARROW_BODIES(op, g, __VA_ARGS__)                    \
	bool fmt_simd_##op(uint32_t w, struct insn *out)     \
	{                                                    \
		static simd_fns fns = {{FNS_BHS(op, g, 0)},  \
				       {FNS_BHS(op, g, 1)}}; \
                                                             \
		return simd_fmt(w, out, fns);                \
	}
#define NARROW_SCALAR_BHS(op, g, ...)                               \
	NARROW_SCALAR_BODIES(op, g, __VA_ARGS__)                    \
	bool fmt_simd_##op##_scalar(uint32_t w, struct insn *out)   \
	{                                                           \
		static insn_fn *const fns[4] = {FNS_BHS(op, g, s)}; \
                                                                    \
		return simd_fmt_scalar(w, out, fns);                \
	}

/* Right shift by sh = 1..bits (T's own width included); R: rounding. */
#define SHR(v) ((T)((T)(v) >> (sh - 1)) >> 1)
#define RSHR(v)                                  \
	({                                       \
		const T t_ = (T)(v) >> (sh - 1); \
		(T)((t_ >> 1) + (t_ & 1));       \
	})

#endif
