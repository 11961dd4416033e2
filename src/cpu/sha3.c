/* SPDX-License-Identifier: MIT */
/*
 * SHA512 and SHA3 (FEAT_SHA512, FEAT_SHA3; Arm ARM C7.2, by the names of the
 * instructions; FIPS 180-4 6.4, FIPS 202 3.2).
 */
#include "cpu/bodies.h"
#include "cpu/crypto.h"
#include "cpu/exec.h"

static inline uint64_t ror64(uint64_t v, unsigned int n)
{
	return v >> n | v << (-n & 63);
}

/* The big Sigmas of FIPS 180-4 are of three rotations. */
static inline uint64_t big_sigma(uint64_t v, unsigned int a, unsigned int b,
				 unsigned int c)
{
	return ror64(v, a) ^ ror64(v, b) ^ ror64(v, c);
}

/* The small ones are of two and a shift. */
static inline uint64_t small_sigma(uint64_t v, unsigned int a, unsigned int b,
				   unsigned int shift)
{
	return ror64(v, a) ^ ror64(v, b) ^ v >> shift;
}

/* ---- SHA512 -------------------------------------------------------------- */

/* Two rounds' T1: Vd has the sums of g, h, K and W. */
static void exec_sha512h(struct cpu *cpu, const struct insn *i)
{
	const union vreg *n = &cpu->vreg[i->rn], *m = &cpu->vreg[i->rm];
	union vreg *d = &cpu->vreg[i->rd];
	uint64_t first, e;

	FP_CHECK;
	first = crypto_choose(m->d[1], n->d[0], n->d[1]) +
		big_sigma(m->d[1], 14, 18, 41) + d->d[1];
	e = first + m->d[0];
	d->d[0] +=
		crypto_choose(e, m->d[1], n->d[0]) + big_sigma(e, 14, 18, 41);
	d->d[1] = first;
	NEXT;
}

/* Two rounds' T1 + T2. */
static void exec_sha512h2(struct cpu *cpu, const struct insn *i)
{
	const union vreg *n = &cpu->vreg[i->rn], *m = &cpu->vreg[i->rm];
	union vreg *d = &cpu->vreg[i->rd];
	uint64_t a;

	FP_CHECK;
	a = crypto_majority(n->d[0], m->d[1], m->d[0]) +
	    big_sigma(m->d[0], 28, 34, 39) + d->d[1];
	d->d[0] +=
		crypto_majority(a, m->d[0], m->d[1]) + big_sigma(a, 28, 34, 39);
	d->d[1] = a;
	NEXT;
}

static void exec_sha512su0(struct cpu *cpu, const struct insn *i)
{
	union vreg *d = &cpu->vreg[i->rd];
	uint64_t next = cpu->vreg[i->rn].d[0];

	FP_CHECK;
	d->d[0] += small_sigma(d->d[1], 1, 8, 7);
	d->d[1] += small_sigma(next, 1, 8, 7);
	NEXT;
}

static void exec_sha512su1(struct cpu *cpu, const struct insn *i)
{
	const union vreg *n = &cpu->vreg[i->rn], *m = &cpu->vreg[i->rm];
	union vreg *d = &cpu->vreg[i->rd], r;

	FP_CHECK;
	for (unsigned int k = 0; k < 2; k++)
		r.d[k] = d->d[k] + small_sigma(n->d[k], 19, 61, 6) + m->d[k];
	*d = r;
	NEXT;
}

/* ---- SHA3 ---------------------------------------------------------------- */

static void exec_eor3(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	cpu->vreg[i->rd].q =
		cpu->vreg[i->rn].q ^ cpu->vreg[i->rm].q ^ cpu->vreg[i->ra].q;
	NEXT;
}

static void exec_bcax(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	cpu->vreg[i->rd].q =
		cpu->vreg[i->rn].q ^ (cpu->vreg[i->rm].q & ~cpu->vreg[i->ra].q);
	NEXT;
}

static void exec_rax1(struct cpu *cpu, const struct insn *i)
{
	const union vreg *n = &cpu->vreg[i->rn], *m = &cpu->vreg[i->rm];
	union vreg r;

	FP_CHECK;
	for (unsigned int k = 0; k < 2; k++)
		r.d[k] = n->d[k] ^ ror64(m->d[k], 63);
	cpu->vreg[i->rd] = r;
	NEXT;
}

/* aux: by how much. */
static void exec_xar(struct cpu *cpu, const struct insn *i)
{
	const union vreg *n = &cpu->vreg[i->rn], *m = &cpu->vreg[i->rm];
	union vreg r;

	FP_CHECK;
	for (unsigned int k = 0; k < 2; k++)
		r.d[k] = ror64(n->d[k] ^ m->d[k], i->aux);
	cpu->vreg[i->rd] = r;
	NEXT;
}

insn_fn *sha3_body(enum a64_op op)
{
	switch (op) {
	case A64_SHA512H: return exec_sha512h;
	case A64_SHA512H2: return exec_sha512h2;
	case A64_SHA512SU0: return exec_sha512su0;
	case A64_SHA512SU1: return exec_sha512su1;
	case A64_EOR3: return exec_eor3;
	case A64_BCAX: return exec_bcax;
	case A64_RAX1: return exec_rax1;
	case A64_XAR: return exec_xar;
	default: return NULL;
	}
}
