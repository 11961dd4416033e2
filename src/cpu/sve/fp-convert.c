/* SPDX-License-Identifier: MIT */
/*
 * SVE: FCVT, SCVTF, UCVTF, FCVTZS, FCVTZU, BFCVT, and SVE2's. An element's room is that of the longer of
 * both types: of the source its low part counts, and a result that is shorter is
 * extended, by its sign if it is a signed integer.
 */
#include "cpu/sve/fp.h"

static enum sf_fmt format_of(unsigned int size)
{
	return size == SIZE_H   ? SF_HALF
	       : size == SIZE_W ? SF_SINGLE
				: SF_DOUBLE;
}

/* Element @e of 1 << @size bytes. */
static uint64_t element_get(const union sve_z *z, unsigned int e,
			    unsigned int size)
{
	switch (size) {
	case SIZE_H: return z->h[e];
	case SIZE_W: return z->s[e];
	default: return z->d[e];
	}
}

static void element_put(union sve_z *z, unsigned int e, unsigned int size,
			uint64_t val)
{
	switch (size) {
	case SIZE_H: z->h[e] = val; break;
	case SIZE_W: z->s[e] = val; break;
	default: z->d[e] = val; break;
	}
}

/* The low part of 1 << @size bytes. */
static uint64_t low_part(uint64_t val, unsigned int size)
{
	return val & (UINT64_MAX >> (64 - (8u << size)));
}

typedef uint64_t convert_fn(struct cpu *cpu, const struct insn *i, uint64_t a);

/* Of active elements, whose upper half may be what is read, or all that is written. */
static ALWAYS_INLINE void convert_halves(struct cpu *cpu, const struct insn *i,
					 convert_fn *op, bool from_upper,
					 bool to_upper)
{
	const union sve_z *n = sve_src(cpu, i->rn);
	const struct sve_p *p = sve_p(cpu, i->aux);
	union sve_z *d;
	unsigned int k = sve_vl(cpu) >> i->size;

	(void)sve_src(cpu, i->rd);
	d = sve_dst(cpu, i->rd);
	for (unsigned int e = 0; e < k; e++) {
		uint64_t a = element_get(n, e, i->size);

		if (!sve_active(p, e, i->size))
			continue;
		a = op(cpu, i,
		       from_upper ? a >> (8u << i->ra) : low_part(a, i->ra));
		if (to_upper)
			element_put(d, 2 * e + 1, i->size - 1u, a);
		else
			element_put(d, e, i->size, a);
	}
	sve_done(cpu, i->rd);
}

static ALWAYS_INLINE void convert(struct cpu *cpu, const struct insn *i,
				  convert_fn *op)
{
	convert_halves(cpu, i, op, false, false);
}

static uint64_t element_fcvt(struct cpu *cpu, const struct insn *i, uint64_t a)
{
	return fp_slow_convert_ieee(cpu, format_of(i->ra),
				    format_of((unsigned int)i->imm), a);
}

static void sve_fcvt(struct cpu *cpu, const struct insn *i)
{
	convert(cpu, i, element_fcvt);
}

/* ---- to BFloat16, to odd, and of odd elements ---------------------------- */

static uint64_t element_bfcvt(struct cpu *cpu, const struct insn *i, uint64_t a)
{
	return fp_slow_to_bfloat(cpu, (uint32_t)a);
}

static void sve_bfcvt(struct cpu *cpu, const struct insn *i)
{
	convert(cpu, i, element_bfcvt);
}

static uint64_t element_fcvtx(struct cpu *cpu, const struct insn *i, uint64_t a)
{
	return fp_slow_convert_odd(cpu, a);
}

static void sve_fcvtx(struct cpu *cpu, const struct insn *i)
{
	convert(cpu, i, element_fcvtx);
}

static void sve_fcvtnt(struct cpu *cpu, const struct insn *i)
{
	convert_halves(cpu, i, element_fcvt, false, true);
}

static void sve_bfcvtnt(struct cpu *cpu, const struct insn *i)
{
	convert_halves(cpu, i, element_bfcvt, false, true);
}

static void sve_fcvtxnt(struct cpu *cpu, const struct insn *i)
{
	convert_halves(cpu, i, element_fcvtx, false, true);
}

static void sve_fcvtlt(struct cpu *cpu, const struct insn *i)
{
	convert_halves(cpu, i, element_fcvt, true, false);
}

/* ---- integers ------------------------------------------------------------ */

static uint64_t element_cvtf(struct cpu *cpu, const struct insn *i, uint64_t a)
{
	bool uns = i->form & FP_UNSIGNED;

	return fp_slow_from_int(cpu, format_of((unsigned int)i->imm),
				uns ? a : (uint64_t)sext64(a, 8u << i->ra), 0,
				uns);
}

static void sve_cvtf(struct cpu *cpu, const struct insn *i)
{
	convert(cpu, i, element_cvtf);
}

static uint64_t element_fcvtz(struct cpu *cpu, const struct insn *i, uint64_t a)
{
	unsigned int width = 8u << i->imm;
	bool uns = i->form & FP_UNSIGNED;
	uint64_t r = fp_slow_to_int(cpu, format_of(i->ra), a, 0, uns, width,
				    SF_TOZERO);

	return uns ? r : (uint64_t)sext64(r, width);
}

static void sve_fcvtz(struct cpu *cpu, const struct insn *i)
{
	convert(cpu, i, element_fcvtz);
}

insn_fn *sve_fp_convert_work(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_FCVT_s_h:
	case A64_SVE_FCVT_h_s:
	case A64_SVE_FCVT_d_h:
	case A64_SVE_FCVT_h_d:
	case A64_SVE_FCVT_d_s:
	case A64_SVE_FCVT_s_d: return sve_fcvt;
	case A64_SVE_BFCVT: return sve_bfcvt;
	case A64_SVE_BFCVTNT: return sve_bfcvtnt;
	case A64_SVE_FCVTX: return sve_fcvtx;
	case A64_SVE_FCVTXNT: return sve_fcvtxnt;
	case A64_SVE_FCVTNT_s_h:
	case A64_SVE_FCVTNT_d_s: return sve_fcvtnt;
	case A64_SVE_FCVTLT_h_s:
	case A64_SVE_FCVTLT_s_d: return sve_fcvtlt;
	case A64_SVE_CVTF_h_h:
	case A64_SVE_CVTF_s_h:
	case A64_SVE_CVTF_d_h:
	case A64_SVE_CVTF_s_s:
	case A64_SVE_CVTF_s_d:
	case A64_SVE_CVTF_d_s:
	case A64_SVE_CVTF_d_d: return sve_cvtf;
	case A64_SVE_FCVTZ_h_h:
	case A64_SVE_FCVTZ_h_s:
	case A64_SVE_FCVTZ_h_d:
	case A64_SVE_FCVTZ_s_s:
	case A64_SVE_FCVTZ_s_d:
	case A64_SVE_FCVTZ_d_s:
	case A64_SVE_FCVTZ_d_d: return sve_fcvtz;
	default: return NULL;
	}
}
