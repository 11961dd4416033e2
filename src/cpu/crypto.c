/* SPDX-License-Identifier: MIT */
/*
 * AES, SHA1, SHA256 and the 64-bit PMULL (Arm ARM C4.1.96 "Cryptographic
 * AES", "three-register SHA", "two-register SHA"; shared/functions/crypto).
 * Portable bodies; the host's own instructions take over at decode where it
 * has them.
 */
#include "cpu/crypto.h"

#include <pthread.h>

#include "cpu/bodies.h"
#include "cpu/exec.h"
#include "cpu/host-crypto.h"

/* ---- AES ----------------------------------------------------------------- */

static uint8_t sbox[256], inv_sbox[256];
static pthread_once_t sbox_once = PTHREAD_ONCE_INIT;

/* Times x in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1. */
static inline uint8_t times2(uint8_t a)
{
	return a << 1 ^ (a >> 7) * 0x1b;
}

static inline uint8_t rol8(uint8_t a, unsigned int n)
{
	return a << n | a >> (8 - n);
}

/* FIPS 197 5.1.1: inverse, then the affine map. 3 generates the field, and
 * its inverse is 0xf6: walk both ways around at once. */
static void sbox_build(void)
{
	uint8_t p = 1, q = 1;

	do {
		uint8_t s;

		p ^= times2(p);
		q ^= q << 1;
		q ^= q << 2;
		q ^= q << 4;
		q ^= (q >> 7) * 0x09;
		s = q ^ rol8(q, 1) ^ rol8(q, 2) ^ rol8(q, 3) ^ rol8(q, 4) ^
		    0x63;
		sbox[p] = s;
		inv_sbox[s] = p;
	} while (p != 1);
	sbox[0] = 0x63;
	inv_sbox[0x63] = 0;
}

void crypto_aes_tables(void)
{
	pthread_once(&sbox_once, sbox_build);
}

/* State bytes by column, as in memory: row r of column c is byte 4c + r. */
union vreg crypto_aes_substitute(union vreg x)
{
	union vreg r;

	for (unsigned int k = 0; k < 16; k++)
		r.b[k] = sbox[x.b[(5 * k) & 15]];
	return r;
}

union vreg crypto_aes_substitute_back(union vreg x)
{
	union vreg r;

	for (unsigned int k = 0; k < 16; k++)
		r.b[k] = inv_sbox[x.b[(13 * k) & 15]];
	return r;
}

union vreg crypto_aes_mix(union vreg x)
{
	union vreg r;

	for (unsigned int c = 0; c < 16; c += 4) {
		const uint8_t *a = &x.b[c];
		uint8_t all = a[0] ^ a[1] ^ a[2] ^ a[3];

		for (unsigned int k = 0; k < 4; k++)
			r.b[c + k] = a[k] ^ all ^ times2(a[k] ^ a[(k + 1) & 3]);
	}
	return r;
}

/* The inverse matrix is that of MixColumns times (5 0 4 0). */
union vreg crypto_aes_mix_back(union vreg x)
{
	for (unsigned int c = 0; c < 16; c += 4) {
		uint8_t *a = &x.b[c];
		uint8_t even = times2(times2(a[0] ^ a[2]));
		uint8_t odd = times2(times2(a[1] ^ a[3]));

		a[0] ^= even;
		a[2] ^= even;
		a[1] ^= odd;
		a[3] ^= odd;
	}
	return crypto_aes_mix(x);
}

static void exec_aese(struct cpu *cpu, const struct insn *i)
{
	union vreg *d = &cpu->vreg[i->rd];

	FP_CHECK;
	d->q ^= cpu->vreg[i->rn].q;
	*d = crypto_aes_substitute(*d);
	NEXT;
}

static void exec_aesd(struct cpu *cpu, const struct insn *i)
{
	union vreg *d = &cpu->vreg[i->rd];

	FP_CHECK;
	d->q ^= cpu->vreg[i->rn].q;
	*d = crypto_aes_substitute_back(*d);
	NEXT;
}

static void exec_aesmc(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	cpu->vreg[i->rd] = crypto_aes_mix(cpu->vreg[i->rn]);
	NEXT;
}

static void exec_aesimc(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	cpu->vreg[i->rd] = crypto_aes_mix_back(cpu->vreg[i->rn]);
	NEXT;
}

/* ---- SHA1 ---------------------------------------------------------------- */

static inline uint32_t ror32(uint32_t v, unsigned int n)
{
	return v >> n | v << (32 - n);
}

/* Four rounds: @x is a b c d, @w the schedule with its constants. */
static ALWAYS_INLINE union vreg sha1_rounds(union vreg x, uint32_t e,
					    const union vreg *w,
					    crypto_mix *mix)
{
	for (unsigned int k = 0; k < 4; k++) {
		uint32_t a = rol32(x.s[0], 5) + e + w->s[k] +
			     mix(x.s[1], x.s[2], x.s[3]);

		e = x.s[3];
		x.s[3] = x.s[2];
		x.s[2] = rol32(x.s[1], 30);
		x.s[1] = x.s[0];
		x.s[0] = a;
	}
	return x;
}

static void exec_sha1c(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	cpu->vreg[i->rd] = sha1_rounds(cpu->vreg[i->rd], cpu->vreg[i->rn].s[0],
				       &cpu->vreg[i->rm], crypto_choose);
	NEXT;
}

static void exec_sha1p(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	cpu->vreg[i->rd] = sha1_rounds(cpu->vreg[i->rd], cpu->vreg[i->rn].s[0],
				       &cpu->vreg[i->rm], crypto_parity);
	NEXT;
}

static void exec_sha1m(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	cpu->vreg[i->rd] = sha1_rounds(cpu->vreg[i->rd], cpu->vreg[i->rn].s[0],
				       &cpu->vreg[i->rm], crypto_majority);
	NEXT;
}

static void exec_sha1h(struct cpu *cpu, const struct insn *i)
{
	union vreg r = {0};

	FP_CHECK;
	r.s[0] = rol32(cpu->vreg[i->rn].s[0], 30);
	cpu->vreg[i->rd] = r;
	NEXT;
}

static void exec_sha1su0(struct cpu *cpu, const struct insn *i)
{
	union vreg *d = &cpu->vreg[i->rd], r;

	FP_CHECK;
	r.d[0] = d->d[1];
	r.d[1] = cpu->vreg[i->rn].d[0];
	d->q ^= r.q ^ cpu->vreg[i->rm].q;
	NEXT;
}

static void exec_sha1su1(struct cpu *cpu, const struct insn *i)
{
	union vreg *d = &cpu->vreg[i->rd], t, r;

	FP_CHECK;
	t.q = d->q ^ cpu->vreg[i->rn].q >> 32;
	for (unsigned int k = 0; k < 4; k++)
		r.s[k] = rol32(t.s[k], 1);
	r.s[3] ^= rol32(t.s[0], 2);
	*d = r;
	NEXT;
}

/* ---- SHA256 -------------------------------------------------------------- */

/* Four rounds; @abcd and @efgh are both updated. */
static inline void sha256_rounds(union vreg *abcd, union vreg *efgh,
				 const union vreg *w)
{
	uint32_t *x = abcd->s, *y = efgh->s;

	for (unsigned int k = 0; k < 4; k++) {
		uint32_t t =
			y[3] + w->s[k] + crypto_choose(y[0], y[1], y[2]) +
			(ror32(y[0], 6) ^ ror32(y[0], 11) ^ ror32(y[0], 25));
		uint32_t a =
			t + crypto_majority(x[0], x[1], x[2]) +
			(ror32(x[0], 2) ^ ror32(x[0], 13) ^ ror32(x[0], 22));

		y[3] = y[2];
		y[2] = y[1];
		y[1] = y[0];
		y[0] = x[3] + t;
		x[3] = x[2];
		x[2] = x[1];
		x[1] = x[0];
		x[0] = a;
	}
}

static void exec_sha256h(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	do {
		union vreg x = cpu->vreg[i->rd], y = cpu->vreg[i->rn];

		sha256_rounds(&x, &y, &cpu->vreg[i->rm]);
		cpu->vreg[i->rd] = x;
	} while (0);
	NEXT;
}

/* Vd is e f g h here, Vn a b c d as it was before. */
static void exec_sha256h2(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	do {
		union vreg x = cpu->vreg[i->rn], y = cpu->vreg[i->rd];

		sha256_rounds(&x, &y, &cpu->vreg[i->rm]);
		cpu->vreg[i->rd] = y;
	} while (0);
	NEXT;
}

static void exec_sha256su0(struct cpu *cpu, const struct insn *i)
{
	union vreg *d = &cpu->vreg[i->rd], r;
	uint32_t next = cpu->vreg[i->rn].s[0];

	FP_CHECK;
	for (unsigned int k = 0; k < 4; k++) {
		uint32_t v = k < 3 ? d->s[k + 1] : next;

		r.s[k] = d->s[k] + (ror32(v, 7) ^ ror32(v, 18) ^ v >> 3);
	}
	*d = r;
	NEXT;
}

static void exec_sha256su1(struct cpu *cpu, const struct insn *i)
{
	union vreg *d = &cpu->vreg[i->rd], r;
	const union vreg *n = &cpu->vreg[i->rn], *m = &cpu->vreg[i->rm];

	FP_CHECK;
	for (unsigned int k = 0; k < 4; k++) {
		uint32_t v = k < 2 ? m->s[k + 2] : r.s[k - 2];

		r.s[k] = d->s[k] + (k < 3 ? n->s[k + 1] : m->s[0]) +
			 (ror32(v, 17) ^ ror32(v, 19) ^ v >> 10);
	}
	*d = r;
	NEXT;
}

/* ---- PMULL 64 -> 128 ----------------------------------------------------- */

unsigned __int128 crypto_pmull(uint64_t n, uint64_t m)
{
	unsigned __int128 a = n, r = 0;

	for (; m; m >>= 1, a <<= 1)
		r ^= m & 1 ? a : 0;
	return r;
}

/* aux: the doubleword of Vn and Vm. */
static void exec_pmull_1q(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	cpu->vreg[i->rd].q = crypto_pmull(cpu->vreg[i->rn].d[i->aux],
					  cpu->vreg[i->rm].d[i->aux]);
	NEXT;
}

/* ---- the choice ---------------------------------------------------------- */

insn_fn *crypto_portable_body(enum a64_op op)
{
	switch (op) {
	case A64_AESE: crypto_aes_tables(); return exec_aese;
	case A64_AESD: crypto_aes_tables(); return exec_aesd;
	case A64_AESMC: return exec_aesmc;
	case A64_AESIMC: return exec_aesimc;
	case A64_SHA1C: return exec_sha1c;
	case A64_SHA1P: return exec_sha1p;
	case A64_SHA1M: return exec_sha1m;
	case A64_SHA1H: return exec_sha1h;
	case A64_SHA1SU0: return exec_sha1su0;
	case A64_SHA1SU1: return exec_sha1su1;
	case A64_SHA256H: return exec_sha256h;
	case A64_SHA256H2: return exec_sha256h2;
	case A64_SHA256SU0: return exec_sha256su0;
	case A64_SHA256SU1: return exec_sha256su1;
	case A64_PMULL_1q: return exec_pmull_1q;
	default: return sha3_body(op) ?: sm_body(op);
	}
}

insn_fn *crypto_body(const struct insn *i)
{
	return host_crypto_body(i->op) ?: crypto_portable_body(i->op);
}
