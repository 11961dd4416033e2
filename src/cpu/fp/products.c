/* SPDX-License-Identifier: MIT */
/*
 * Products of half precision and of BFloat16 that are added to singles, and
 * conversions to BFloat16 (FEAT_FHM, FEAT_BF16). All by softfloat.
 */
#include "cpu/fp/bodies.h"

static void put_singles(struct cpu *cpu, const struct insn *i,
			const union vreg *r)
{
	cpu->vreg[i->rd].d[0] = r->d[0];
	cpu->vreg[i->rd].d[1] = i->aux == 4 ? r->d[1] : 0;
}

/* ---- half precision ------------------------------------------------------ */

/* form: the first element of Vn; @m: the element of Vm, or that of Vn's number if
 * negative. */
static ALWAYS_INLINE void muladd_half(struct cpu *cpu, const struct insn *i,
				      int m)
{
	union vreg r = {0};

	FP_CHECK;
	for (unsigned int e = 0; e < i->aux; e++) {
		unsigned int from = i->form + e;
		uint16_t n = cpu->vreg[i->rn].h[from] ^ (i->ra ? 0x8000 : 0);

		r.s[e] = fp_slow_muladd_half(
			cpu, cpu->vreg[i->rd].s[e], n,
			cpu->vreg[i->rm].h[m < 0 ? from : (unsigned int)m]);
	}
	put_singles(cpu, i, &r);
	NEXT;
}

static void exec_fmlal(struct cpu *cpu, const struct insn *i)
{
	muladd_half(cpu, i, -1);
}

static void exec_fmlal_elem(struct cpu *cpu, const struct insn *i)
{
	muladd_half(cpu, i, (int)i->imm);
}

/* ---- BFloat16 ------------------------------------------------------------ */

static void exec_bfdot(struct cpu *cpu, const struct insn *i)
{
	union vreg r = {0};

	FP_CHECK;
	for (unsigned int e = 0; e < i->aux; e++)
		r.s[e] = sf_bfloat_dot(cpu->vreg[i->rd].s[e],
				       &cpu->vreg[i->rn].h[2 * e],
				       &cpu->vreg[i->rm].h[2 * e]);
	put_singles(cpu, i, &r);
	NEXT;
}

static void exec_bfdot_elem(struct cpu *cpu, const struct insn *i)
{
	union vreg r = {0};

	FP_CHECK;
	for (unsigned int e = 0; e < i->aux; e++)
		r.s[e] = sf_bfloat_dot(cpu->vreg[i->rd].s[e],
				       &cpu->vreg[i->rn].h[2 * e],
				       &cpu->vreg[i->rm].h[2 * i->imm]);
	put_singles(cpu, i, &r);
	NEXT;
}

/* 2 x 4 by 4 x 2; of Vm the columns are where its rows would be. */
static void exec_bfmmla(struct cpu *cpu, const struct insn *i)
{
	const uint16_t *n = cpu->vreg[i->rn].h, *m = cpu->vreg[i->rm].h;
	union vreg r = {0};

	FP_CHECK;
	for (unsigned int e = 0; e < 4; e++) {
		uint32_t sum = cpu->vreg[i->rd].s[e];

		for (unsigned int k = 0; k < 4; k += 2)
			sum = sf_bfloat_dot(sum, &n[e / 2 * 4 + k],
					    &m[e % 2 * 4 + k]);
		r.s[e] = sum;
	}
	put_singles(cpu, i, &r);
	NEXT;
}

/* BFMLALB, BFMLALT: by FPCR, unlike the others. All four singles. */
static ALWAYS_INLINE void muladd_bfloat(struct cpu *cpu, const struct insn *i,
					int m)
{
	union vreg r = {0};

	FP_CHECK;
	for (unsigned int e = 0; e < 4; e++) {
		unsigned int from = 2 * e + i->form;
		uint16_t b = cpu->vreg[i->rm].h[m < 0 ? from : (unsigned int)m];

		r.s[e] = (uint32_t)fp_slow_muladd(
			cpu, SF_SINGLE, cpu->vreg[i->rd].s[e],
			(uint32_t)cpu->vreg[i->rn].h[from] << 16,
			(uint32_t)b << 16);
	}
	cpu->vreg[i->rd] = r;
	NEXT;
}

static void exec_bfmlal(struct cpu *cpu, const struct insn *i)
{
	muladd_bfloat(cpu, i, -1);
}

static void exec_bfmlal_elem(struct cpu *cpu, const struct insn *i)
{
	muladd_bfloat(cpu, i, (int)i->imm);
}

static void exec_bfcvt(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	fp_put(cpu, i->rd, fp_slow_to_bfloat(cpu, cpu->vreg[i->rn].s[0]));
	NEXT;
}

/* BFCVTN clears the upper half, BFCVTN2 writes it. */
static void exec_bfcvtn(struct cpu *cpu, const struct insn *i)
{
	uint64_t r = 0;

	FP_CHECK;
	for (unsigned int e = 0; e < 4; e++)
		r |= (uint64_t)fp_slow_to_bfloat(cpu, cpu->vreg[i->rn].s[e])
		     << 16 * e;
	cpu->vreg[i->rd].d[i->aux] = r;
	if (!i->aux)
		cpu->vreg[i->rd].d[1] = 0;
	NEXT;
}

insn_fn *fp_products_body(const struct insn *i)
{
	switch (i->op) {
	case A64_FMLAL:
	case A64_FMLSL:
	case A64_FMLAL2:
	case A64_FMLSL2: return exec_fmlal;
	case A64_FMLAL_elem:
	case A64_FMLSL_elem:
	case A64_FMLAL2_elem:
	case A64_FMLSL2_elem: return exec_fmlal_elem;
	case A64_BFDOT: return exec_bfdot;
	case A64_BFDOT_elem: return exec_bfdot_elem;
	case A64_BFMMLA: return exec_bfmmla;
	case A64_BFMLAL: return exec_bfmlal;
	case A64_BFMLAL_elem: return exec_bfmlal_elem;
	case A64_BFCVT: return exec_bfcvt;
	case A64_BFCVTN: return exec_bfcvtn;
	default: return NULL;
	}
}
