/* SPDX-License-Identifier: MIT */
/*
 * SVE2: the choice of a body of integers, by the size of elements; and what counts bits or
 * 128 bits, not elements.
 */
#include "cpu/crypto.h"
#include "cpu/sve/int.h"
#include "cpu/sve/sve2.h"

/* ---- three sources, bit by bit ------------------------------------------- */

typedef uint64_t ternary_op(uint64_t n, uint64_t m, uint64_t k);

/* Zdn, Zm and Zk. */
static ALWAYS_INLINE void ternary(struct cpu *cpu, const struct insn *i,
				  ternary_op *op)
{
	const union sve_z *n = sve_src(cpu, i->rn), *m = sve_src(cpu, i->rm);
	const union sve_z *k = sve_src(cpu, i->ra);
	union sve_z *d = sve_dst(cpu, i->rd);

	for (unsigned int e = 0; e < sve_vl(cpu) / 8; e++)
		d->d[e] = op(n->d[e], m->d[e], k->d[e]);
	sve_done(cpu, i->rd);
}

static uint64_t bits_eor3(uint64_t n, uint64_t m, uint64_t k)
{
	return n ^ m ^ k;
}

static void sve_eor3(struct cpu *cpu, const struct insn *i)
{
	ternary(cpu, i, bits_eor3);
}

static uint64_t bits_bcax(uint64_t n, uint64_t m, uint64_t k)
{
	return n ^ (m & ~k);
}

static void sve_bcax(struct cpu *cpu, const struct insn *i)
{
	ternary(cpu, i, bits_bcax);
}

static uint64_t bits_bsl(uint64_t n, uint64_t m, uint64_t k)
{
	return (n & k) | (m & ~k);
}

static void sve_bsl(struct cpu *cpu, const struct insn *i)
{
	ternary(cpu, i, bits_bsl);
}

static uint64_t bits_bsl1n(uint64_t n, uint64_t m, uint64_t k)
{
	return bits_bsl(~n, m, k);
}

static void sve_bsl1n(struct cpu *cpu, const struct insn *i)
{
	ternary(cpu, i, bits_bsl1n);
}

static uint64_t bits_bsl2n(uint64_t n, uint64_t m, uint64_t k)
{
	return bits_bsl(n, ~m, k);
}

static void sve_bsl2n(struct cpu *cpu, const struct insn *i)
{
	ternary(cpu, i, bits_bsl2n);
}

static uint64_t bits_nbsl(uint64_t n, uint64_t m, uint64_t k)
{
	return ~bits_bsl(n, m, k);
}

static void sve_nbsl(struct cpu *cpu, const struct insn *i)
{
	ternary(cpu, i, bits_nbsl);
}

/* ---- ciphers and hashes -------------------------------------------------- */

/* 128 bits of Zn and of Zm to those of Zd. */
typedef union vreg quad_op(union vreg n, union vreg m);

static ALWAYS_INLINE void each_quad(struct cpu *cpu, const struct insn *i,
				    quad_op *op)
{
	const union sve_z *n = sve_src(cpu, i->rn), *m = sve_src(cpu, i->rm);
	union sve_z *d = sve_dst(cpu, i->rd);

	for (unsigned int e = 0; e < sve_vl(cpu) / 16; e++) {
		union vreg a = {.q = n->q[e]}, b = {.q = m->q[e]};

		d->q[e] = op(a, b).q;
	}
	sve_done(cpu, i->rd);
}

static union vreg quad_aese(union vreg n, union vreg m)
{
	n.q ^= m.q;
	return crypto_aes_substitute(n);
}

static void sve_aese(struct cpu *cpu, const struct insn *i)
{
	each_quad(cpu, i, quad_aese);
}

static union vreg quad_aesd(union vreg n, union vreg m)
{
	n.q ^= m.q;
	return crypto_aes_substitute_back(n);
}

static void sve_aesd(struct cpu *cpu, const struct insn *i)
{
	each_quad(cpu, i, quad_aesd);
}

static union vreg quad_aesmc(union vreg n, union vreg m)
{
	return crypto_aes_mix(n);
}

static void sve_aesmc(struct cpu *cpu, const struct insn *i)
{
	each_quad(cpu, i, quad_aesmc);
}

static union vreg quad_aesimc(union vreg n, union vreg m)
{
	return crypto_aes_mix_back(n);
}

static void sve_aesimc(struct cpu *cpu, const struct insn *i)
{
	each_quad(cpu, i, quad_aesimc);
}

static void sve_sm4e(struct cpu *cpu, const struct insn *i)
{
	each_quad(cpu, i, crypto_sm4e);
}

static void sve_sm4ekey(struct cpu *cpu, const struct insn *i)
{
	each_quad(cpu, i, crypto_sm4ekey);
}

static union vreg quad_pmullb(union vreg n, union vreg m)
{
	n.q = crypto_pmull(n.d[0], m.d[0]);
	return n;
}

static void sve_pmullb_q(struct cpu *cpu, const struct insn *i)
{
	each_quad(cpu, i, quad_pmullb);
}

static union vreg quad_pmullt(union vreg n, union vreg m)
{
	n.q = crypto_pmull(n.d[1], m.d[1]);
	return n;
}

static void sve_pmullt_q(struct cpu *cpu, const struct insn *i)
{
	each_quad(cpu, i, quad_pmullt);
}

static union vreg quad_rax1(union vreg n, union vreg m)
{
	for (unsigned int k = 0; k < 2; k++)
		n.d[k] ^= m.d[k] << 1 | m.d[k] >> 63;
	return n;
}

static void sve_rax1(struct cpu *cpu, const struct insn *i)
{
	each_quad(cpu, i, quad_rax1);
}

/* ---- estimates ----------------------------------------------------------- */

typedef uint32_t estimate_fn(uint32_t a);

static ALWAYS_INLINE void estimate(struct cpu *cpu, const struct insn *i,
				   estimate_fn *of)
{
	const union sve_z *n = sve_src(cpu, i->rn);
	const struct sve_p *g = sve_p(cpu, i->aux);
	union sve_z *d;

	(void)sve_src(cpu, i->rd);
	d = sve_dst(cpu, i->rd);
	for (unsigned int e = 0; e < sve_vl(cpu) / 4; e++)
		if (sve_active(g, e, SIZE_W))
			d->s[e] = of(n->s[e]);
	sve_done(cpu, i->rd);
}

static void sve_urecpe(struct cpu *cpu, const struct insn *i)
{
	estimate(cpu, i, sf_urecpe);
}

static void sve_ursqrte(struct cpu *cpu, const struct insn *i)
{
	estimate(cpu, i, sf_ursqrte);
}

/* ---- choice -------------------------------------------------------------- */

static insn_fn *sve2_crypto_work(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_AESE: crypto_aes_tables(); return sve_aese;
	case A64_SVE_AESD: crypto_aes_tables(); return sve_aesd;
	case A64_SVE_AESMC: return sve_aesmc;
	case A64_SVE_AESIMC: return sve_aesimc;
	case A64_SVE_SM4E: crypto_sm4_tables(); return sve_sm4e;
	case A64_SVE_SM4EKEY: crypto_sm4_tables(); return sve_sm4ekey;
	case A64_SVE_PMULL_q:
		return i->form & SVE_TOP_N ? sve_pmullt_q : sve_pmullb_q;
	case A64_SVE_RAX1: return sve_rax1;
	default: return NULL;
	}
}

insn_fn *sve2_work(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_EOR3: return sve_eor3;
	case A64_SVE_BCAX: return sve_bcax;
	case A64_SVE_BSL: return sve_bsl;
	case A64_SVE_BSL1N: return sve_bsl1n;
	case A64_SVE_BSL2N: return sve_bsl2n;
	case A64_SVE_NBSL: return sve_nbsl;
	case A64_SVE_URECPE: return sve_urecpe;
	case A64_SVE_URSQRTE: return sve_ursqrte;
	}
	switch (i->size) {
	case SIZE_B: return sve2_b_work(i);
	case SIZE_H: return sve2_h_work(i);
	case SIZE_W: return sve2_s_work(i);
	case SIZE_X: return sve2_d_work(i) ?: sve2_crypto_work(i);
	default: return sve2_crypto_work(i);
	}
}
