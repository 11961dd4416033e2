/* SPDX-License-Identifier: MIT */
/*
 * SVE: products of matrices, of halves and of BFloat16, and permutations of 128 bits
 * (FEAT_I8MM, FEAT_BF16, FEAT_F32MM, FEAT_F64MM; FMLALB and its like of SVE2).
 */
#include "cpu/bodies.h"
#include "cpu/sve/fp.h"

/* ---- bytes --------------------------------------------------------------- */

/* In each 128 bits 2 x 8 by 8 x 2; of Zm the columns are where its rows would be. */
static ALWAYS_INLINE void multiply_bytes(struct cpu *cpu, const struct insn *i,
					 bool signed_n, bool signed_m)
{
	const union sve_z *n = sve_src(cpu, i->rn), *m = sve_src(cpu, i->rm);
	union sve_z *d;

	(void)sve_src(cpu, i->rd);
	d = sve_dst(cpu, i->rd);
	for (unsigned int q = 0; q < sve_vl(cpu); q += 16) {
		uint32_t r[4];

		for (unsigned int e = 0; e < 4; e++) {
			const uint8_t *row = &n->b[q + e / 2 * 8];
			const uint8_t *column = &m->b[q + e % 2 * 8];

			r[e] = d->s[q / 4 + e];
			for (unsigned int k = 0; k < 8; k++)
				r[e] += (uint32_t)(signed_n ? (int8_t)row[k]
							    : row[k]) *
					(uint32_t)(signed_m ? (int8_t)column[k]
							    : column[k]);
		}
		memcpy(&d->s[q / 4], r, sizeof(r));
	}
	sve_done(cpu, i->rd);
}

static void sve_smmla(struct cpu *cpu, const struct insn *i)
{
	multiply_bytes(cpu, i, true, true);
}

static void sve_ummla(struct cpu *cpu, const struct insn *i)
{
	multiply_bytes(cpu, i, false, false);
}

static void sve_usmmla(struct cpu *cpu, const struct insn *i)
{
	multiply_bytes(cpu, i, false, true);
}

/* ---- singles from halves ------------------------------------------------- */

/* @elem: Zm's of the number in imm, of each 128 bits. The other half of what is written
 * at an element is read there alone, but for that. */
static const union sve_z *second(struct cpu *cpu, const struct insn *i,
				 bool elem)
{
	const union sve_z *m = sve_src(cpu, i->rm);

	return elem ? memcpy(&cpu->sve->tmp[0], m, sve_vl(cpu)) : m;
}

static ALWAYS_INLINE void dot_bfloat(struct cpu *cpu, const struct insn *i,
				     bool elem)
{
	const union sve_z *n = sve_src(cpu, i->rn), *m = second(cpu, i, elem);
	union sve_z *d;

	(void)sve_src(cpu, i->rd);
	d = sve_dst(cpu, i->rd);
	for (unsigned int e = 0; e < sve_vl(cpu) / 4; e++) {
		unsigned int by = elem ? e - e % 4 + (unsigned int)i->imm : e;

		d->s[e] = sf_bfloat_dot(d->s[e], &n->h[2 * e], &m->h[2 * by]);
	}
	sve_done(cpu, i->rd);
}

static void sve_bfdot(struct cpu *cpu, const struct insn *i)
{
	dot_bfloat(cpu, i, false);
}

static void sve_bfdot_elem(struct cpu *cpu, const struct insn *i)
{
	dot_bfloat(cpu, i, true);
}

/* 2 x 4 by 4 x 2 */
static void sve_bfmmla(struct cpu *cpu, const struct insn *i)
{
	const union sve_z *n = sve_src(cpu, i->rn), *m = sve_src(cpu, i->rm);
	union sve_z *d;

	(void)sve_src(cpu, i->rd);
	d = sve_dst(cpu, i->rd);
	for (unsigned int q = 0; q < sve_vl(cpu) / 2; q += 8) {
		uint32_t r[4];

		for (unsigned int e = 0; e < 4; e++) {
			r[e] = d->s[q / 2 + e];
			for (unsigned int k = q; k < q + 4; k += 2)
				r[e] = sf_bfloat_dot(r[e], &n->h[k + e / 2 * 4],
						     &m->h[k + e % 2 * 4]);
		}
		memcpy(&d->s[q / 2], r, sizeof(r));
	}
	sve_done(cpu, i->rd);
}

typedef uint32_t product_fn(struct cpu *cpu, uint32_t c, uint16_t a,
			    uint16_t b);

static ALWAYS_INLINE void add_products(struct cpu *cpu, const struct insn *i,
				       product_fn *add, uint16_t neg, bool elem)
{
	const union sve_z *n = sve_src(cpu, i->rn), *m = second(cpu, i, elem);
	unsigned int top = !!(i->form & SVE_TOP_N);
	union sve_z *d;

	(void)sve_src(cpu, i->rd);
	d = sve_dst(cpu, i->rd);
	for (unsigned int e = 0; e < sve_vl(cpu) / 4; e++) {
		unsigned int h = 2 * e + top;
		unsigned int by =
			elem ? 2 * (e - e % 4) + (unsigned int)i->imm : h;

		d->s[e] = add(cpu, d->s[e], n->h[h] ^ neg, m->h[by]);
	}
	sve_done(cpu, i->rd);
}

/* By FPCR, unlike BFDOT. */
static uint32_t add_bfloat(struct cpu *cpu, uint32_t c, uint16_t a, uint16_t b)
{
	return (uint32_t)fp_slow_muladd(cpu, SF_SINGLE, c, (uint32_t)a << 16,
					(uint32_t)b << 16);
}

static void sve_bfmlal(struct cpu *cpu, const struct insn *i)
{
	add_products(cpu, i, add_bfloat, 0, false);
}

static void sve_bfmlal_elem(struct cpu *cpu, const struct insn *i)
{
	add_products(cpu, i, add_bfloat, 0, true);
}

static void sve_fmlal(struct cpu *cpu, const struct insn *i)
{
	add_products(cpu, i, fp_slow_muladd_half, 0, false);
}

static void sve_fmlal_elem(struct cpu *cpu, const struct insn *i)
{
	add_products(cpu, i, fp_slow_muladd_half, 0, true);
}

static void sve_fmlsl(struct cpu *cpu, const struct insn *i)
{
	add_products(cpu, i, fp_slow_muladd_half, 0x8000, false);
}

static void sve_fmlsl_elem(struct cpu *cpu, const struct insn *i)
{
	add_products(cpu, i, fp_slow_muladd_half, 0x8000, true);
}

insn_fn *sve_matrix_work(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_SMMLA: return sve_smmla;
	case A64_SVE_UMMLA: return sve_ummla;
	case A64_SVE_USMMLA: return sve_usmmla;
	case A64_SVE_BFDOT: return sve_bfdot;
	case A64_SVE_BFDOT_elem: return sve_bfdot_elem;
	case A64_SVE_BFMMLA: return sve_bfmmla;
	case A64_SVE_BFMLAL: return sve_bfmlal;
	case A64_SVE_BFMLAL_elem: return sve_bfmlal_elem;
	case A64_SVE_FMLAL: return sve_fmlal;
	case A64_SVE_FMLAL_elem: return sve_fmlal_elem;
	case A64_SVE_FMLSL: return sve_fmlsl;
	case A64_SVE_FMLSL_elem: return sve_fmlsl_elem;
	default: return NULL;
	}
}

/* ---- with vectors of 256 bits and more ----------------------------------- */

enum quad_permutation { QUAD_ZIP, QUAD_UZP, QUAD_TRN };

/* As many pairs of 128 bits as there are; what is left over is zero. */
static __attribute__((noinline)) void permute_quads(struct cpu *cpu,
						    const struct insn *i,
						    enum quad_permutation how,
						    unsigned int part)
{
	union sve_z *n = &cpu->sve->tmp[0], *m = &cpu->sve->tmp[1];
	union sve_z *d = sve_dst(cpu, i->rd);
	unsigned int pairs = sve_vl(cpu) / 32;

	memcpy(n, sve_src(cpu, i->rn), sve_vl(cpu));
	memcpy(m, sve_src(cpu, i->rm), sve_vl(cpu));
	memset(d, 0, sve_vl(cpu));
	for (unsigned int p = 0; p < pairs; p++) {
		unsigned int from =
			how == QUAD_ZIP ? part * pairs + p : 2 * p + part;
		unsigned int to = how == QUAD_UZP ? p : 2 * p;

		d->q[to] = n->q[from];
		d->q[how == QUAD_UZP ? pairs + p : to + 1] = m->q[from];
	}
	sve_done(cpu, i->rd);
}

static void exec_sve_zip1_q(struct cpu *cpu, const struct insn *i)
{
	SVE_CHECK;
	SVE_256_CHECK;
	permute_quads(cpu, i, QUAD_ZIP, 0);
	NEXT;
}

static void exec_sve_zip2_q(struct cpu *cpu, const struct insn *i)
{
	SVE_CHECK;
	SVE_256_CHECK;
	permute_quads(cpu, i, QUAD_ZIP, 1);
	NEXT;
}

static void exec_sve_uzp1_q(struct cpu *cpu, const struct insn *i)
{
	SVE_CHECK;
	SVE_256_CHECK;
	permute_quads(cpu, i, QUAD_UZP, 0);
	NEXT;
}

static void exec_sve_uzp2_q(struct cpu *cpu, const struct insn *i)
{
	SVE_CHECK;
	SVE_256_CHECK;
	permute_quads(cpu, i, QUAD_UZP, 1);
	NEXT;
}

static void exec_sve_trn1_q(struct cpu *cpu, const struct insn *i)
{
	SVE_CHECK;
	SVE_256_CHECK;
	permute_quads(cpu, i, QUAD_TRN, 0);
	NEXT;
}

static void exec_sve_trn2_q(struct cpu *cpu, const struct insn *i)
{
	SVE_CHECK;
	SVE_256_CHECK;
	permute_quads(cpu, i, QUAD_TRN, 1);
	NEXT;
}

static void exec_sve_fmmla_d(struct cpu *cpu, const struct insn *i)
{
	SVE_CHECK;
	SVE_256_CHECK;
	sve_fmmla_double(cpu, i);
	NEXT;
}

insn_fn *sve_256_body(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_ZIP1_q: return exec_sve_zip1_q;
	case A64_SVE_ZIP2_q: return exec_sve_zip2_q;
	case A64_SVE_UZP1_q: return exec_sve_uzp1_q;
	case A64_SVE_UZP2_q: return exec_sve_uzp2_q;
	case A64_SVE_TRN1_q: return exec_sve_trn1_q;
	case A64_SVE_TRN2_q: return exec_sve_trn2_q;
	case A64_SVE_FMMLA_d: return exec_sve_fmmla_d;
	default: return NULL;
	}
}
