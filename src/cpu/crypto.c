/* SPDX-License-Identifier: MIT */
/*
 * AES, SHA1, SHA256 and the 64-bit PMULL (Arm ARM C4.1.96 "Cryptographic
 * AES", "three-register SHA", "two-register SHA"; shared/functions/crypto).
 * Portable bodies; the host's own instructions take over at decode where it
 * has them.
 */
#include "cpu/crypto.h"

#include <pthread.h>

#include "cpu/simd.h"

#ifdef __x86_64__
#include "cpu/host-x86-64-crypto.h"
#else
static insn_fn *host_crypto_fn(enum crypto_op op)
{
	return NULL;
}
#endif

/* ---- AES ------------------------------------------------------------------- */

static u8 sbox[256], inv_sbox[256];
static pthread_once_t sbox_once = PTHREAD_ONCE_INIT;

/* Times x in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1. */
static inline u8 times2(u8 a)
{
	return a << 1 ^ (a >> 7) * 0x1b;
}

static inline u8 rol8(u8 a, unsigned int n)
{
	return a << n | a >> (8 - n);
}

/* FIPS 197 5.1.1: inverse, then the affine map. 3 generates the field, and
 * its inverse is 0xf6: walk both ways around at once. */
static void sbox_build(void)
{
	u8 p = 1, q = 1;

	do {
		u8 s;

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

/* State bytes by column, as in memory: row r of column c is byte 4c + r. */
static void aese(struct cpu *cpu, const struct insn *i)
{
	union vreg *d = &cpu->vreg[i->rd], x, r;

	FP_CHECK;
	x.q = d->q ^ cpu->vreg[i->rn].q;
	for (unsigned int k = 0; k < 16; k++)
		r.b[k] = sbox[x.b[(5 * k) & 15]];
	*d = r;
	NEXT;
}

static void aesd(struct cpu *cpu, const struct insn *i)
{
	union vreg *d = &cpu->vreg[i->rd], x, r;

	FP_CHECK;
	x.q = d->q ^ cpu->vreg[i->rn].q;
	for (unsigned int k = 0; k < 16; k++)
		r.b[k] = inv_sbox[x.b[(13 * k) & 15]];
	*d = r;
	NEXT;
}

static void aesmc(struct cpu *cpu, const struct insn *i)
{
	union vreg x, r;

	FP_CHECK;
	x = cpu->vreg[i->rn];
	for (unsigned int c = 0; c < 16; c += 4) {
		const u8 *a = &x.b[c];
		u8 all = a[0] ^ a[1] ^ a[2] ^ a[3];

		for (unsigned int k = 0; k < 4; k++)
			r.b[c + k] = a[k] ^ all ^ times2(a[k] ^ a[(k + 1) & 3]);
	}
	cpu->vreg[i->rd] = r;
	NEXT;
}

/* The inverse matrix is that of MixColumns times (5 0 4 0). */
static void aesimc(struct cpu *cpu, const struct insn *i)
{
	union vreg x, r;

	FP_CHECK;
	x = cpu->vreg[i->rn];
	for (unsigned int c = 0; c < 16; c += 4) {
		u8 *a = &x.b[c], all;
		u8 even = times2(times2(a[0] ^ a[2]));
		u8 odd = times2(times2(a[1] ^ a[3]));

		a[0] ^= even;
		a[2] ^= even;
		a[1] ^= odd;
		a[3] ^= odd;
		all = a[0] ^ a[1] ^ a[2] ^ a[3];
		for (unsigned int k = 0; k < 4; k++)
			r.b[c + k] = a[k] ^ all ^ times2(a[k] ^ a[(k + 1) & 3]);
	}
	cpu->vreg[i->rd] = r;
	NEXT;
}

/* ---- SHA1 ------------------------------------------------------------------ */

static inline u32 rol32(u32 v, unsigned int n)
{
	return v << n | v >> (32 - n);
}

static inline u32 ror32(u32 v, unsigned int n)
{
	return v >> n | v << (32 - n);
}

static inline u32 choose(u32 x, u32 y, u32 z)
{
	return z ^ (x & (y ^ z));
}

static inline u32 parity(u32 x, u32 y, u32 z)
{
	return x ^ y ^ z;
}

static inline u32 majority(u32 x, u32 y, u32 z)
{
	return (x & y) | ((x | y) & z);
}

/* Four rounds: Vd is a b c d, Sn is e, Vm the schedule with its constants. */
#define SHA1_FN(name, mix)                                       \
	static void name(struct cpu *cpu, const struct insn *i)  \
	{                                                        \
		union vreg *d = &cpu->vreg[i->rd], x = *d;       \
		u32 e = cpu->vreg[i->rn].s[0];                   \
		const union vreg *w = &cpu->vreg[i->rm];         \
                                                                 \
		FP_CHECK;                                        \
		for (unsigned int k = 0; k < 4; k++) {           \
			u32 a = rol32(x.s[0], 5) + e + w->s[k] + \
				mix(x.s[1], x.s[2], x.s[3]);     \
                                                                 \
			e = x.s[3];                              \
			x.s[3] = x.s[2];                         \
			x.s[2] = rol32(x.s[1], 30);              \
			x.s[1] = x.s[0];                         \
			x.s[0] = a;                              \
		}                                                \
		*d = x;                                          \
		NEXT;                                            \
	}
SHA1_FN(sha1c, choose)
SHA1_FN(sha1p, parity)
SHA1_FN(sha1m, majority)

static void sha1h(struct cpu *cpu, const struct insn *i)
{
	union vreg r = {0};

	FP_CHECK;
	r.s[0] = rol32(cpu->vreg[i->rn].s[0], 30);
	cpu->vreg[i->rd] = r;
	NEXT;
}

static void sha1su0(struct cpu *cpu, const struct insn *i)
{
	union vreg *d = &cpu->vreg[i->rd], r;

	FP_CHECK;
	r.d[0] = d->d[1];
	r.d[1] = cpu->vreg[i->rn].d[0];
	d->q ^= r.q ^ cpu->vreg[i->rm].q;
	NEXT;
}

static void sha1su1(struct cpu *cpu, const struct insn *i)
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

/* ---- SHA256 ---------------------------------------------------------------- */

/* Four rounds; @abcd and @efgh are both updated. */
static inline void sha256_rounds(union vreg *abcd, union vreg *efgh,
				 const union vreg *w)
{
	u32 *x = abcd->s, *y = efgh->s;

	for (unsigned int k = 0; k < 4; k++) {
		u32 t = y[3] + w->s[k] + choose(y[0], y[1], y[2]) +
			(ror32(y[0], 6) ^ ror32(y[0], 11) ^ ror32(y[0], 25));
		u32 a = t + majority(x[0], x[1], x[2]) +
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

static void sha256h(struct cpu *cpu, const struct insn *i)
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
static void sha256h2(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	do {
		union vreg x = cpu->vreg[i->rn], y = cpu->vreg[i->rd];

		sha256_rounds(&x, &y, &cpu->vreg[i->rm]);
		cpu->vreg[i->rd] = y;
	} while (0);
	NEXT;
}

static void sha256su0(struct cpu *cpu, const struct insn *i)
{
	union vreg *d = &cpu->vreg[i->rd], r;
	u32 next = cpu->vreg[i->rn].s[0];

	FP_CHECK;
	for (unsigned int k = 0; k < 4; k++) {
		u32 v = k < 3 ? d->s[k + 1] : next;

		r.s[k] = d->s[k] + (ror32(v, 7) ^ ror32(v, 18) ^ v >> 3);
	}
	*d = r;
	NEXT;
}

static void sha256su1(struct cpu *cpu, const struct insn *i)
{
	union vreg *d = &cpu->vreg[i->rd], r;
	const union vreg *n = &cpu->vreg[i->rn], *m = &cpu->vreg[i->rm];

	FP_CHECK;
	for (unsigned int k = 0; k < 4; k++) {
		u32 v = k < 2 ? m->s[k + 2] : r.s[k - 2];

		r.s[k] = d->s[k] + (k < 3 ? n->s[k + 1] : m->s[0]) +
			 (ror32(v, 17) ^ ror32(v, 19) ^ v >> 10);
	}
	*d = r;
	NEXT;
}

/* ---- PMULL 64 -> 128 ------------------------------------------------------- */

/* aux: the doubleword of Vn and Vm. */
static void pmull_64(struct cpu *cpu, const struct insn *i)
{
	unsigned __int128 a = cpu->vreg[i->rn].d[i->aux], r = 0;
	u64 b = cpu->vreg[i->rm].d[i->aux];

	FP_CHECK;
	for (; b; b >>= 1, a <<= 1)
		r ^= b & 1 ? a : 0;
	cpu->vreg[i->rd].q = r;
	NEXT;
}

/* ---- formats --------------------------------------------------------------- */

insn_fn *crypto_portable_fn(enum crypto_op op)
{
	static insn_fn *const fns[NR_CRYPTO_OPS] = {
		[CRYPTO_AESE] = aese,           [CRYPTO_AESD] = aesd,
		[CRYPTO_AESMC] = aesmc,         [CRYPTO_AESIMC] = aesimc,
		[CRYPTO_SHA1C] = sha1c,         [CRYPTO_SHA1P] = sha1p,
		[CRYPTO_SHA1M] = sha1m,         [CRYPTO_SHA1H] = sha1h,
		[CRYPTO_SHA1SU0] = sha1su0,     [CRYPTO_SHA1SU1] = sha1su1,
		[CRYPTO_SHA256H] = sha256h,     [CRYPTO_SHA256H2] = sha256h2,
		[CRYPTO_SHA256SU0] = sha256su0, [CRYPTO_SHA256SU1] = sha256su1,
		[CRYPTO_PMULL] = pmull_64,
	};

	if (op == CRYPTO_AESE || op == CRYPTO_AESD)
		pthread_once(&sbox_once, sbox_build);
	return fns[op];
}

static bool fmt_crypto(uint32_t w, struct insn *out, enum crypto_op op)
{
	insn_fn *host = host_crypto_fn(op);

	simd_regs(w, out);
	out->fn = host ?: crypto_portable_fn(op);
	return true;
}

#define CRYPTO(name, op)                                     \
	bool fmt_crypto_##name(uint32_t w, struct insn *out) \
	{                                                    \
		return fmt_crypto(w, out, op);               \
	}
CRYPTO(aese, CRYPTO_AESE)
CRYPTO(aesd, CRYPTO_AESD)
CRYPTO(aesmc, CRYPTO_AESMC)
CRYPTO(aesimc, CRYPTO_AESIMC)
CRYPTO(sha1c, CRYPTO_SHA1C)
CRYPTO(sha1p, CRYPTO_SHA1P)
CRYPTO(sha1m, CRYPTO_SHA1M)
CRYPTO(sha1h, CRYPTO_SHA1H)
CRYPTO(sha1su0, CRYPTO_SHA1SU0)
CRYPTO(sha1su1, CRYPTO_SHA1SU1)
CRYPTO(sha256h, CRYPTO_SHA256H)
CRYPTO(sha256h2, CRYPTO_SHA256H2)
CRYPTO(sha256su0, CRYPTO_SHA256SU0)
CRYPTO(sha256su1, CRYPTO_SHA256SU1)

bool fmt_crypto_pmull(uint32_t w, struct insn *out)
{
	out->aux = FLD(w, 30, 30);
	return fmt_crypto(w, out, CRYPTO_PMULL);
}
