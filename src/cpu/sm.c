/* SPDX-License-Identifier: MIT */
/*
 * SM3 and SM4 (FEAT_SM3, FEAT_SM4; Arm ARM C7.2, by the names of the
 * instructions; GB/T 32905-2016, GB/T 32907-2016).
 */
#include "cpu/bodies.h"
#include "cpu/crypto.h"
#include "cpu/exec.h"

#include <pthread.h>

/* ---- SM3 ----------------------------------------------------------------- */

/* GB/T 32905 4.4: the permutations P0 and P1. */
static inline uint32_t p0(uint32_t v)
{
	return v ^ rol32(v, 9) ^ rol32(v, 17);
}

static inline uint32_t p1(uint32_t v)
{
	return v ^ rol32(v, 15) ^ rol32(v, 23);
}

static void exec_sm3ss1(struct cpu *cpu, const struct insn *i)
{
	union vreg r = {0};

	FP_CHECK;
	r.s[3] = rol32(rol32(cpu->vreg[i->rn].s[3], 12) +
			       cpu->vreg[i->rm].s[3] + cpu->vreg[i->ra].s[3],
		       7);
	cpu->vreg[i->rd] = r;
	NEXT;
}

/* Half a round: of A to D, the word with @last becomes the top one; @rotated is
 * how far B goes on its way. */
static ALWAYS_INLINE void sm3_half_round(union vreg *d, uint32_t last,
					 unsigned int rotated)
{
	d->s[0] = d->s[1];
	d->s[1] = rol32(d->s[2], rotated);
	d->s[2] = d->s[3];
	d->s[3] = last;
}

/* Vd is D C B A from its low word on, Vn has SS1, aux says which word of Vm. */
static ALWAYS_INLINE void sm3_tt1(struct cpu *cpu, const struct insn *i,
				  crypto_mix *mix)
{
	union vreg *d = &cpu->vreg[i->rd];
	uint32_t ss2;

	FP_CHECK;
	ss2 = cpu->vreg[i->rn].s[3] ^ rol32(d->s[3], 12);
	sm3_half_round(d,
		       mix(d->s[3], d->s[1], d->s[2]) + d->s[0] + ss2 +
			       cpu->vreg[i->rm].s[i->aux],
		       9);
	NEXT;
}

static void exec_sm3tt1a(struct cpu *cpu, const struct insn *i)
{
	sm3_tt1(cpu, i, crypto_parity);
}

static void exec_sm3tt1b(struct cpu *cpu, const struct insn *i)
{
	sm3_tt1(cpu, i, crypto_majority);
}

/* Vd is H G F E. */
static ALWAYS_INLINE void sm3_tt2(struct cpu *cpu, const struct insn *i,
				  crypto_mix *mix)
{
	union vreg *d = &cpu->vreg[i->rd];

	FP_CHECK;
	sm3_half_round(d,
		       p0(mix(d->s[3], d->s[2], d->s[1]) + d->s[0] +
			  cpu->vreg[i->rn].s[3] + cpu->vreg[i->rm].s[i->aux]),
		       19);
	NEXT;
}

static void exec_sm3tt2a(struct cpu *cpu, const struct insn *i)
{
	sm3_tt2(cpu, i, crypto_parity);
}

static void exec_sm3tt2b(struct cpu *cpu, const struct insn *i)
{
	sm3_tt2(cpu, i, crypto_choose);
}

static void exec_sm3partw1(struct cpu *cpu, const struct insn *i)
{
	union vreg r = cpu->vreg[i->rd];
	const union vreg *n = &cpu->vreg[i->rn], *m = &cpu->vreg[i->rm];

	FP_CHECK;
	for (unsigned int k = 0; k < 4; k++)
		r.s[k] = p1(r.s[k] ^ n->s[k] ^
			    rol32(k < 3 ? m->s[k + 1] : r.s[0], 15));
	cpu->vreg[i->rd] = r;
	NEXT;
}

static void exec_sm3partw2(struct cpu *cpu, const struct insn *i)
{
	union vreg *d = &cpu->vreg[i->rd], t;

	FP_CHECK;
	for (unsigned int k = 0; k < 4; k++)
		t.s[k] =
			cpu->vreg[i->rn].s[k] ^ rol32(cpu->vreg[i->rm].s[k], 7);
	d->q ^= t.q;
	d->s[3] ^= p1(rol32(t.s[0], 15));
	NEXT;
}

/* ---- SM4 ----------------------------------------------------------------- */

static uint8_t sbox[256];
static pthread_once_t sbox_once = PTHREAD_ONCE_INIT;

/* In GF(2^8) modulo x^8 + x^7 + x^6 + x^5 + x^4 + x^2 + 1. */
static uint8_t field_times(uint8_t a, uint8_t b)
{
	uint8_t r = 0;

	for (; b; b >>= 1, a = a << 1 ^ (a >> 7) * 0xf5)
		r ^= (b & 1) * a;
	return r;
}

/* Each bit of the result is the parity of @v under a row of a circulant matrix. */
static uint8_t affine(uint8_t v)
{
	uint8_t r = 0xd3;

	for (unsigned int k = 0; k < 8; k++) {
		uint8_t row = 0xa7 << k | 0xa7 >> (8 - k);

		r ^= __builtin_parity(row & v) << k;
	}
	return r;
}

/* An affine map, the inverse (the power of 254 = 2 + 4 + ... + 128), the map
 * again. */
static void sbox_build(void)
{
	for (unsigned int v = 0; v < 256; v++) {
		uint8_t a = affine(v), inverse = 1;

		for (unsigned int k = 0; k < 7; k++) {
			a = field_times(a, a);
			inverse = field_times(inverse, a);
		}
		sbox[v] = affine(inverse);
	}
}

static inline uint32_t substitute(uint32_t v)
{
	return sbox[v & 0xff] | sbox[v >> 8 & 0xff] << 8 |
	       sbox[v >> 16 & 0xff] << 16 | (uint32_t)sbox[v >> 24] << 24;
}

/* GB/T 32907 6.2, 7.3: the linear maps L and L'. */
static inline uint32_t linear(uint32_t v)
{
	return v ^ rol32(v, 2) ^ rol32(v, 10) ^ rol32(v, 18) ^ rol32(v, 24);
}

static inline uint32_t linear_key(uint32_t v)
{
	return v ^ rol32(v, 13) ^ rol32(v, 23);
}

/* Four rounds, each with a word of @k. */
static ALWAYS_INLINE union vreg sm4_rounds(union vreg x, union vreg k,
					   uint32_t (*map)(uint32_t))
{
	for (unsigned int r = 0; r < 4; r++) {
		uint32_t t = x.s[1] ^ x.s[2] ^ x.s[3] ^ k.s[r];

		t = map(substitute(t)) ^ x.s[0];
		x.s[0] = x.s[1];
		x.s[1] = x.s[2];
		x.s[2] = x.s[3];
		x.s[3] = t;
	}
	return x;
}

void crypto_sm4_tables(void)
{
	pthread_once(&sbox_once, sbox_build);
}

union vreg crypto_sm4e(union vreg x, union vreg k)
{
	return sm4_rounds(x, k, linear);
}

union vreg crypto_sm4ekey(union vreg x, union vreg k)
{
	return sm4_rounds(x, k, linear_key);
}

static void exec_sm4e(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	cpu->vreg[i->rd] = crypto_sm4e(cpu->vreg[i->rd], cpu->vreg[i->rn]);
	NEXT;
}

static void exec_sm4ekey(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	cpu->vreg[i->rd] = crypto_sm4ekey(cpu->vreg[i->rn], cpu->vreg[i->rm]);
	NEXT;
}

insn_fn *sm_body(enum a64_op op)
{
	switch (op) {
	case A64_SM3SS1: return exec_sm3ss1;
	case A64_SM3TT1A: return exec_sm3tt1a;
	case A64_SM3TT1B: return exec_sm3tt1b;
	case A64_SM3TT2A: return exec_sm3tt2a;
	case A64_SM3TT2B: return exec_sm3tt2b;
	case A64_SM3PARTW1: return exec_sm3partw1;
	case A64_SM3PARTW2: return exec_sm3partw2;
	case A64_SM4E: crypto_sm4_tables(); return exec_sm4e;
	case A64_SM4EKEY: crypto_sm4_tables(); return exec_sm4ekey;
	default: return NULL;
	}
}
