/* SPDX-License-Identifier: MIT */
/*
 * How vector floating-point bodies are written. One body per element size
 * does the vector forms and the scalar SIMD form: aux is the number of lanes
 * (1: scalar), the rest of the destination is cleared. A lane's operands are
 * read before the lane is written, so destination and sources may be the same.
 */
#ifndef FAUXKVM_CPU_FP_VECTOR_H
#define FAUXKVM_CPU_FP_VECTOR_H

#include "cpu/fp-ops.h"
#include "isa/a64/formats.h"

/* The destination has @bytes (4, 8, 16) valid ones. */
static inline void fp_clear_rest(union vreg *v, unsigned int bytes)
{
	if (bytes < 16)
		v->d[1] = 0;
	if (bytes < 8)
		v->s[1] = 0;
}

#define FP_LANES(S, U, expr)                          \
	do {                                          \
		union vreg *vd = &cpu->vreg[i->rd];   \
		unsigned int e, lanes = i->aux;       \
		for (e = 0; e < lanes; e++) {         \
			U a = cpu->vreg[i->rn].S[e];  \
			vd->S[e] = (expr);            \
		}                                     \
		fp_clear_rest(vd, lanes * sizeof(U)); \
	} while (0)

#define FP_VBODY(name, S, U, expr)                                        \
	void exec_fpv_##name##_##S(struct cpu *cpu, const struct insn *i) \
	{                                                                 \
		FP_CHECK;                                                 \
		FP_LANES(S, U, expr);                                     \
		NEXT;                                                     \
	}

/* Rd, Rn, Rm, lanes by Q and sz (bit 22); @body_d if sz. */
static inline bool fp_format_vector(uint32_t word, struct insn *out,
				    insn_fn *body_d)
{
	bool q = FLD(word, 30, 30), dbl = FLD(word, 22, 22);

	out->rd = FLD(word, 4, 0);
	out->rn = FLD(word, 9, 5);
	out->rm = FLD(word, 20, 16);
	out->aux = q && !dbl ? 4 : 2;
	if (dbl)
		out->fn = body_d;
	return q || !dbl;
}

/* The scalar SIMD encodings differ in bit 28, and bit 30 is 1. */
static inline bool fp_format_simd(uint32_t word, struct insn *out,
				  insn_fn *body_d)
{
	bool valid = fp_format_vector(word, out, body_d);

	if (FLD(word, 28, 28))
		out->aux = 1;
	return valid;
}

#ifdef HOST_FP
/*
 * A body that does the register at once: @expr computes r (and says whether
 * all lanes stand) from vector a, given that a full (or half) register is
 * meant. Else @lanes, the body that goes lane by lane, takes over.
 */
#define FP_PACKED(name, S, full, lanes, attr, expr)            \
	attr static void exec_fpv_##name(struct cpu *cpu,      \
					 const struct insn *i) \
	{                                                      \
		host_vec_##S a, r;                             \
		FP_CHECK;                                      \
		a = host_load_##S(&cpu->vreg[i->rn], full);    \
		if (unlikely(!fp_host_ok(cpu) || !(expr))) {   \
			lanes(cpu, i);                         \
			return;                                \
		}                                              \
		host_store_##S(&cpu->vreg[i->rd], r, full);    \
		NEXT;                                          \
	}
/* The second operand. */
#define FP_PACKED_RM(S, full) host_load_##S(&cpu->vreg[i->rm], full)

/* Which of the three: by the lanes that the format found. */
static inline void fp_choose_packed(struct insn *out, insn_fn *full_s,
				    insn_fn *half_s, insn_fn *full_d,
				    uint32_t word)
{
	if (FLD(word, 22, 22)) {
		if (out->aux == 2)
			out->fn = full_d;
	} else if (out->aux == 4) {
		out->fn = full_s;
	} else if (out->aux == 2) {
		out->fn = half_s;
	}
}
#endif

#define FP_VFORMAT(name)                                               \
	bool fmt_fpv_##name(uint32_t word, struct insn *out)           \
	{                                                              \
		return fp_format_simd(word, out, exec_fpv_##name##_d); \
	}

#endif
