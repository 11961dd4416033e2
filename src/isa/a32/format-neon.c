/* SPDX-License-Identifier: MIT */
/*
 * Formats of Advanced SIMD, the same for A32 and T32 (Arm ARM F3.1.10, F6.1). Most
 * are an instruction of A64 with other registers: a format makes that one's word
 * and decodes it.
 */
#include "isa/a32/formats.h"
#include "isa/a32/neon.h"

/* ---- fields -------------------------------------------------------------- */

/* U is bit 24 of A32, bit 28 of T32. */
static unsigned int neon_u(uint32_t w)
{
	return FLD(w, 27, 25) == 7 ? FLD(w, 28, 28) : FLD(w, 24, 24);
}

/* ---- operands ------------------------------------------------------------ */

bool neon_take_regs(struct insn *out, unsigned int halves, unsigned int d,
		    unsigned int n, unsigned int m)
{
	out->rd = halves & NEON_D ? d : d / 2;
	out->rn = halves & NEON_N ? n : n / 2;
	out->rm = halves & NEON_M ? m : m / 2;
	out->ra = halves;
	return (halves & NEON_D || !(d & 1)) && (halves & NEON_N || !(n & 1)) &&
	       (halves & NEON_M || !(m & 1));
}

bool neon_as_a64(uint32_t a64, struct insn *out)
{
	struct insn i;

	if (!insn_decode(a64, &i))
		return false;
	out->op = i.op;
	out->imm = i.imm;
	out->rd = i.rd;
	out->rn = i.rn;
	out->rm = i.rm;
	out->aux = i.aux;
	out->size = i.size;
	out->form = i.form;
	return true;
}

/* What was decoded is of singles, of half precision it has other encodings. */
static void as_half(uint32_t w, struct insn *out)
{
	out->size = FP_HALF;
	out->aux = neon_q(w) ? 8 : 4;
}

/* All of one length: by Q. */
static bool same_length(uint32_t w, struct insn *out, unsigned int flags,
			unsigned int n)
{
	return neon_take_regs(out, flags | (neon_q(w) ? 0 : NEON_ALL),
			      neon_d(w), n, neon_m(w));
}

/* ---- three registers of the same length ---------------------------------- */

static bool own_three(uint32_t w, struct insn *out, unsigned int op)
{
	out->op = op;
	out->size = FP_SINGLE;
	out->aux = neon_q(w) ? 4 : 2;
	out->form = FLD(w, 21, 21); /* subtracts */
	if (FLD(w, 20, 20))
		as_half(w, out);
	return same_length(w, out, NEON_STANDARD, neon_n(w));
}

enum { THREE_SWAP = 1, THREE_64 = 2, THREE_FP = 4, THREE_D_ONLY = 8 };

/* By opc and op. */
static const uint8_t three_rules[32] = {
	[0x01] = THREE_64,              /* VQADD */
	[0x03] = THREE_64,              /* VAND, ..., VBIF */
	[0x05] = THREE_64,              /* VQSUB */
	[0x08] = THREE_64 | THREE_SWAP, /* VSHL */
	[0x09] = THREE_64 | THREE_SWAP, /* VQSHL */
	[0x0a] = THREE_64 | THREE_SWAP, /* VRSHL */
	[0x0b] = THREE_64 | THREE_SWAP, /* VQRSHL */
	[0x10] = THREE_64,              /* VADD, VSUB */
	[0x14] = THREE_D_ONLY,          /* VPMAX */
	[0x15] = THREE_D_ONLY,          /* VPMIN */
	[0x17] = THREE_D_ONLY,          /* VPADD */
	[0x19] = THREE_FP,              /* VFMA, VFMS */
	[0x1a] = THREE_FP,              /* VADD, VSUB, VPADD, VABD */
	[0x1b] = THREE_FP,              /* VMLA, VMLS, VMUL */
	[0x1c] = THREE_FP,              /* VCEQ, VCGE, VCGT */
	[0x1d] = THREE_FP,              /* VACGE, VACGT */
	[0x1e] = THREE_FP,              /* VMAX, VMIN, VPMAX, VPMIN */
	[0x1f] = THREE_FP,              /* VRECPS, VRSQRTS, VMAXNM, VMINNM */
};

static bool is_fp_pairwise(unsigned int op, bool u, unsigned int size)
{
	return u && ((op == 0x1a && !(size & 2)) || op == 0x1e);
}

/* SHA1C, ..., SHA256SU1 are where VFMA would be with op 0. */
static bool sha_three(uint32_t w, struct insn *out, bool u, unsigned int size)
{
	static const uint8_t opcodes[2][4] = {{0, 1, 2, 3}, {4, 5, 6, 15}};
	unsigned int opcode = opcodes[u][size];

	return neon_q(w) && opcode < 8 &&
	       neon_as_a64(0x5e000000u | opcode << 12, out) &&
	       same_length(w, out, 0, neon_n(w));
}

/* VQRDMLAH, VQRDMLSH. */
static bool rounding_doubling(uint32_t w, struct insn *out, bool subtract,
			      unsigned int size)
{
	return neon_as_a64(0x2e008400u | (uint32_t)neon_q(w) << 30 |
				   size << 22 | (uint32_t)subtract << 11,
			   out) &&
	       same_length(w, out, 0, neon_n(w));
}

bool neon_fmt_three(uint32_t w, struct insn *out)
{
	unsigned int op = FLD(w, 11, 8) << 1 | FLD(w, 4, 4);
	unsigned int size = FLD(w, 21, 20), rules = three_rules[op];
	unsigned int opcode = op, n = neon_n(w);
	bool u = neon_u(w), q = neon_q(w), half = false;
	uint32_t a64;

	if (op == 0x18)
		return sha_three(w, out, u, size);
	if (op == 0x1b && !u)
		return own_three(w, out, A32_VMLA_neon);
	if (op == 0x1f && !u)
		return own_three(w, out, size & 2 ? A32_VRSQRTS : A32_VRECPS);
	if ((op == 0x17 || op == 0x19) && u)
		return rounding_doubling(w, out, op == 0x19, size);
	if ((op == 0x1d && !u) || (op == 0x1c && !u && size & 2))
		return false;
	if (op == 0x1f) { /* VMAXNM, VMINNM */
		opcode = 0x18;
		u = false;
	}
	if (rules & THREE_FP) {
		half = size & 1;
		size &= 2;
	}
	if (!(rules & (THREE_64 | THREE_FP)) && size == 3)
		return false;
	if ((rules & THREE_D_ONLY || is_fp_pairwise(op, u, size)) && q)
		return false;
	a64 = 0x0e200400u | (uint32_t)u << 29 | size << 22 | opcode << 11;
	/* One doubleword is a scalar to A64. */
	if (size == 3 && !q && rules & THREE_64 && op != 0x03)
		a64 |= 0x50000000;
	else
		a64 |= (uint32_t)q << 30;
	if (!neon_as_a64(a64, out))
		return false;
	if (half)
		as_half(w, out);
	if (!same_length(w, out, rules & THREE_FP ? NEON_STANDARD : 0, n))
		return false;
	if (rules & THREE_SWAP) {
		uint8_t m = out->rm;

		out->rm = out->rn;
		out->rn = m;
	}
	return true;
}

/* ---- three registers of different lengths -------------------------------- */

bool neon_fmt_three_long(uint32_t w, struct insn *out)
{
	unsigned int opc = FLD(w, 11, 8), size = FLD(w, 21, 20);
	bool u = neon_u(w);
	/* D = Q op Q; Q = Q op D; Q = D op D */
	unsigned int halves = opc == 4 || opc == 6   ? NEON_D
			      : opc == 1 || opc == 3 ? NEON_M
						     : NEON_N | NEON_M;

	if (size == 3 || opc == 15 || (u && opc >= 9 && opc & 1))
		return false;
	if (opc == 14) {
		/* VMULL.P8, .P64 */
		if (u || size == 1)
			return false;
		size = size == 2 ? 3 : 0;
	}
	return neon_as_a64(0x0e200000u | (uint32_t)u << 29 | size << 22 |
				   opc << 12,
			   out) &&
	       neon_take_regs(out, halves, neon_d(w), neon_n(w), neon_m(w));
}

/* ---- a scalar ------------------------------------------------------------ */

bool neon_fmt_scalar(uint32_t w, struct insn *out)
{
	/* By opc: U of A64, and whether the result is long; of those that are
	 * not U is Q. */
	enum { LONG = 2, FP = 4 };
	static const uint8_t rules[16] = {
		1, FP, LONG, LONG, 1, FP, LONG, LONG,
		0, FP, LONG, LONG, 0, 0,  1,    1,
	};
	unsigned int opc = FLD(w, 11, 8), size = FLD(w, 21, 20);
	unsigned int rule = rules[opc], m, index;
	bool is_long = rule & LONG, q = !is_long && neon_u(w);
	bool u = is_long ? neon_u(w) : rule & 1;

	uint32_t opcode = opc == 14 ? 13 : opc; /* VQRDMLAH */

	if (size == 0 || size == 3)
		return false;
	/* VQDMLAL, VQDMLSL, VQDMULL are signed. */
	if (u && is_long && opc % 4 == 3)
		return false;
	/* The element among those of the vector register that has it. */
	m = size == 1 ? FLD(w, 2, 0) : FLD(w, 3, 0);
	index = size == 1 ? FLD(w, 5, 5) << 1 | FLD(w, 3, 3) : FLD(w, 5, 5);
	index += m % 2 << (3 - size);
	if (opc == 1 || opc == 5) {
		out->op = A32_VMLA_neon_elem;
		out->size = FP_SINGLE;
		out->form = opc == 5;
		out->aux = q ? 4 : 2;
	} else if (rule & FP) {
		/* A64's FMUL of singles; the index of halves it has elsewhere. */
		if (!neon_as_a64(0x0f809000u | (uint32_t)q << 30, out))
			return false;
	} else {
		uint32_t a64 = 0x0f000000u | (uint32_t)q << 30 |
			       (uint32_t)u << 29 | size << 22 | opcode << 12;

		a64 |= size == 1 ? (index >> 2) << 11 | (index & 3) << 20
				 : (index >> 1) << 11 | (index & 1) << 21;
		if (!neon_as_a64(a64, out))
			return false;
	}
	if (rule & FP) {
		out->imm = index;
		if (size == 1) {
			out->size = FP_HALF;
			out->aux = q ? 8 : 4;
		}
	}
	if (!neon_take_regs(out,
			    (is_long ? NEON_N
			     : q     ? 0
				     : NEON_D | NEON_N) |
				    (rule & FP ? NEON_STANDARD : 0),
			    neon_d(w), neon_n(w), m & ~1u))
		return false;
	return true;
}

/* ---- two registers ------------------------------------------------------- */

/* U, bit 23 (a) and opcode of A64's "two-register miscellaneous"; which sizes there
 * are, and of what lengths the registers. */
struct two_row {
	uint8_t u, a, opcode;
	uint8_t sizes; /* a bit for each */
	uint8_t kind;
};
enum {
	TWO_SAME = 1,
	TWO_NARROW,
	TWO_LONG,
	TWO_FP,     /* half or single precision, sizes 1 and 2 */
	TWO_SWAP,   /* own, with both registers written */
	TWO_CRYPTO, /* Q only */
	TWO_HALF,   /* a conversion of half precision */
};

/* By opc1 and opc2, that is bits 17:16 and 10:7. */
static const struct two_row two_rows[64] = {
	/* opc1 0 */
	{0, 0, 0x00, 7, TWO_SAME}, /* VREV64 */
	{1, 0, 0x00, 3, TWO_SAME}, /* VREV32 */
	{0, 0, 0x01, 1, TWO_SAME}, /* VREV16 */
	{0},
	{0, 0, 0x02, 7, TWO_SAME}, /* VPADDL */
	{1, 0, 0x02, 7, TWO_SAME},
	{0, 0, 0x04, 1, TWO_CRYPTO}, /* AESE, AESD by bit 6 */
	{0, 0, 0x06, 1, TWO_CRYPTO}, /* AESMC, AESIMC */
	{0, 0, 0x04, 7, TWO_SAME},   /* VCLS */
	{1, 0, 0x04, 7, TWO_SAME},   /* VCLZ */
	{0, 0, 0x05, 1, TWO_SAME},   /* VCNT */
	{1, 0, 0x05, 1, TWO_SAME},   /* VMVN */
	{0, 0, 0x06, 7, TWO_SAME},   /* VPADAL */
	{1, 0, 0x06, 7, TWO_SAME},
	{0, 0, 0x07, 7, TWO_SAME}, /* VQABS */
	{1, 0, 0x07, 7, TWO_SAME}, /* VQNEG */
	/* opc1 1 */
	{0, 0, 0x08, 7, TWO_SAME}, /* VCGT #0 */
	{1, 0, 0x08, 7, TWO_SAME}, /* VCGE */
	{0, 0, 0x09, 7, TWO_SAME}, /* VCEQ */
	{1, 0, 0x09, 7, TWO_SAME}, /* VCLE */
	{0, 0, 0x0a, 7, TWO_SAME}, /* VCLT */
	{0},                       /* SHA1H */
	{0, 0, 0x0b, 7, TWO_SAME}, /* VABS */
	{1, 0, 0x0b, 7, TWO_SAME}, /* VNEG */
	{0, 1, 0x0c, 6, TWO_FP},   /* the same of floating point */
	{1, 1, 0x0c, 6, TWO_FP},
	{0, 1, 0x0d, 6, TWO_FP},
	{1, 1, 0x0d, 6, TWO_FP},
	{0, 1, 0x0e, 6, TWO_FP},
	{0},
	{0, 1, 0x0f, 6, TWO_FP},
	{1, 1, 0x0f, 6, TWO_FP},
	/* opc1 2 */
	{0, 0, 0, 1, TWO_SWAP},      /* VSWP */
	{0, 0, 1, 7, TWO_SWAP},      /* VTRN */
	{0, 0, 2, 7, TWO_SWAP},      /* VUZP */
	{0, 0, 3, 7, TWO_SWAP},      /* VZIP */
	{0, 0, 0x12, 7, TWO_NARROW}, /* VMOVN; bit 6: VQMOVUN */
	{0, 0, 0x14, 7, TWO_NARROW}, /* VQMOVN, bit 6: unsigned */
	{1, 0, 0x13, 7, TWO_LONG},   /* VSHLL */
	{0},                         /* SHA1SU1, SHA256SU0 */
	{0, 0, 0x18, 6, TWO_FP},     /* VRINTN */
	{1, 0, 0x19, 6, TWO_FP},     /* VRINTX */
	{1, 0, 0x18, 6, TWO_FP},     /* VRINTA */
	{0, 1, 0x19, 6, TWO_FP},     /* VRINTZ */
	{0, 0, 0x16, 2, TWO_HALF},   /* VCVT.F16.F32 */
	{0, 0, 0x19, 6, TWO_FP},     /* VRINTM */
	{0, 0, 0x17, 2, TWO_HALF},   /* VCVT.F32.F16 */
	{0, 1, 0x18, 6, TWO_FP},     /* VRINTP */
	/* opc1 3 */
	{0, 0, 0x1c, 6, TWO_FP}, /* VCVTA */
	{1, 0, 0x1c, 6, TWO_FP},
	{0, 0, 0x1a, 6, TWO_FP}, /* VCVTN */
	{1, 0, 0x1a, 6, TWO_FP},
	{0, 1, 0x1a, 6, TWO_FP}, /* VCVTP */
	{1, 1, 0x1a, 6, TWO_FP},
	{0, 0, 0x1b, 6, TWO_FP}, /* VCVTM */
	{1, 0, 0x1b, 6, TWO_FP},
	{0, 1, 0x1c, 4, TWO_FP}, /* VRECPE */
	{1, 1, 0x1c, 4, TWO_FP}, /* VRSQRTE */
	{0, 1, 0x1d, 6, TWO_FP}, /* the same of floating point */
	{1, 1, 0x1d, 6, TWO_FP},
	{0, 0, 0x1d, 6, TWO_FP}, /* VCVT from integers */
	{1, 0, 0x1d, 6, TWO_FP},
	{0, 1, 0x1b, 6, TWO_FP}, /* VCVT to them */
	{1, 1, 0x1b, 6, TWO_FP},
};

/* SHA1H, SHA1SU1, SHA256SU0 are of A64's "two-register SHA". */
static bool sha_two(uint32_t w, struct insn *out, unsigned int opcode)
{
	return FLD(w, 19, 18) == 2 &&
	       neon_as_a64(0x5e280800u | opcode << 12, out) &&
	       neon_take_regs(out, 0, neon_d(w), neon_m(w), 0);
}

bool neon_fmt_two(uint32_t w, struct insn *out)
{
	unsigned int which = FLD(w, 17, 16) << 4 | FLD(w, 10, 7);
	unsigned int size = FLD(w, 19, 18), d = neon_d(w), m = neon_m(w);
	const struct two_row *row = &two_rows[which];
	bool q = neon_q(w), u = row->u;
	unsigned int opcode = row->opcode, halves = q ? 0 : NEON_D | NEON_N;
	bool half = row->kind == TWO_FP && size == 1;
	uint32_t a64;

	if (which == 0x15)
		return q && sha_two(w, out, 0);
	if (which == 0x27)
		return sha_two(w, out, q ? 2 : 1);
	if (which == 0x2c && size == 1 && q) /* VCVT.BF16.F32 */
		return neon_as_a64(0x0ea16800, out) &&
		       neon_take_regs(out, NEON_D | NEON_STANDARD, d, m, 0);
	if (!(row->sizes >> size & 1))
		return false;
	switch (row->kind) {
	case TWO_SWAP:
		out->op = A32_VSWP + opcode;
		out->size = size;
		/* Of two words VTRN does what these do. */
		return !(opcode > 1 && size == 2 && !q) &&
		       neon_take_regs(out, NEON_OWN | halves | NEON_M, d, m, 0);
	case TWO_CRYPTO:
		return neon_as_a64(0x4e280800u | (opcode + q) << 12, out) &&
		       neon_take_regs(out, 0, d, m, 0);
	case TWO_NARROW:
		/* VQMOVUN, or a signed and an unsigned VQMOVN */
		u = q;
		q = false;
		halves = NEON_D;
		break;
	case TWO_LONG:
		if (q)
			return false;
		halves = NEON_N;
		break;
	case TWO_HALF:
		if (q)
			return false;
		halves = (opcode == 0x16 ? NEON_D : NEON_N) | NEON_STANDARD;
		size = 0;
		break;
	case TWO_FP:
		halves |= NEON_STANDARD;
		size = 0;
		break;
	}
	a64 = 0x0e200800u | (uint32_t)q << 30 | (uint32_t)u << 29 |
	      (row->a ? 2u : size) << 22 | opcode << 12;
	if (!neon_as_a64(a64, out))
		return false;
	if (half)
		as_half(w, out);
	return neon_take_regs(out, halves, d, m, 0);
}

bool neon_fmt_ext(uint32_t w, struct insn *out)
{
	return neon_as_a64(0x2e000000u | neon_q(w) << 30 | FLD(w, 11, 8) << 11,
			   out) &&
	       same_length(w, out, 0, neon_n(w));
}

/* aux: registers of the table, from D(rn) on. form: what is outside stays. */
bool neon_fmt_tbl(uint32_t w, struct insn *out)
{
	out->op = A32_VTBL;
	out->aux = FLD(w, 9, 8) + 1;
	out->form = FLD(w, 6, 6);
	return neon_take_regs(out, NEON_OWN | NEON_ALL, neon_d(w), neon_n(w),
			      neon_m(w)) &&
	       out->rn + out->aux <= 32;
}

bool neon_fmt_dup(uint32_t w, struct insn *out)
{
	unsigned int imm = FLD(w, 19, 16), m = neon_m(w), size;

	if (!(imm & 7))
		return false;
	size = __builtin_ctz(imm);
	/* imm5 of A64 is the index and a one; so many to a D register. */
	imm += (m & 1) << 4;
	(void)size;
	return neon_as_a64(0x0e000400u | neon_q(w) << 30 | imm << 16, out) &&
	       neon_take_regs(out, neon_q(w) ? 0 : NEON_D, neon_d(w), m & ~1u,
			      0);
}

/* ---- shifts -------------------------------------------------------------- */

bool neon_fmt_shift(uint32_t w, struct insn *out)
{
	/* A64's opcode by opc; those from 8 on are not of one length. */
	static const uint8_t opcodes[16] = {
		0x00, 0x02, 0x04, 0x06, 0x08, 0x0a, 0x0c, 0x0e,
		0x10, 0x12, 0x14, 0xff, 0x1c, 0x1f, 0x1c, 0x1f,
	};
	unsigned int opc = FLD(w, 11, 8), opcode = opcodes[opc];
	unsigned int imm = FLD(w, 7, 7) << 6 | FLD(w, 21, 16);
	unsigned int d = neon_d(w), m = neon_m(w);
	bool u = neon_u(w), q = neon_q(w), l = FLD(w, 7, 7);
	unsigned int halves = q ? 0 : NEON_D | NEON_N;
	uint32_t a64;

	if (opcode == 0xff || imm < 8 || (opc == 4 && !u) || (opc == 6 && !u))
		return false;
	if (opc >= 8 && l)
		return false;
	switch (opc) {
	case 8:
	case 9: /* narrower; bit 6 rounds */
		opcode += q;
		q = false;
		halves = NEON_D;
		break;
	case 10:
		if (q)
			return false;
		halves = NEON_N;
		break;
	case 12: /* of half precision */
	case 13:
		if (imm < 48)
			return false;
		halves |= NEON_STANDARD;
		break;
	case 14:
	case 15:
		if (imm < 32)
			return false;
		halves |= NEON_STANDARD;
		break;
	}
	a64 = 0x0f000400u | (uint32_t)u << 29 | imm << 16 | opcode << 11;
	a64 |= l && !q ? 0x50000000u : (uint32_t)q << 30;
	if (!neon_as_a64(a64, out))
		return false;
	if (opc == 12 || opc == 13)
		as_half(w, out);
	return neon_take_regs(out, halves, d, m, 0);
}

/* ---- immediates ---------------------------------------------------------- */

/* MOVI's imm is all 64 bits; rn and rm are not used. */
bool neon_fmt_imm(uint32_t w, struct insn *out)
{
	unsigned int imm8 = neon_u(w) << 7 | FLD(w, 18, 16) << 4 | FLD(w, 3, 0);
	unsigned int cmode = FLD(w, 11, 8);
	bool q = neon_q(w), op = FLD(w, 5, 5);

	if (cmode == 15 && op)
		return false;
	return neon_as_a64(0x0f000400u | (uint32_t)q << 30 |
				   (uint32_t)op << 29 | (imm8 >> 5) << 16 |
				   cmode << 12 | (imm8 & 31) << 5,
			   out) &&
	       neon_take_regs(out, q ? 0 : NEON_D, neon_d(w), 0, 0);
}

/* ---- structures ---------------------------------------------------------- */

/* @bytes: of the whole access. The last register must be one. */
static bool structure(uint32_t w, struct insn *out, unsigned int n,
		      unsigned int step, unsigned int regs, unsigned int kind,
		      unsigned int bytes)
{
	unsigned int rm = FLD(w, 3, 0), rn = FLD(w, 19, 16);
	unsigned int last = (n - 1) * step + regs - 1;

	out->op = FLD(w, 21, 21) ? A32_VLD : A32_VST;
	out->rd = neon_d(w);
	out->rn = rn;
	out->rm = rm == R_PC || rm == 13 ? REG_ZR : rm;
	out->imm = rm == 13 ? bytes : 0;
	out->form = (n - 1) | (step == 2 ? STRUCTURE_STEP : 0) |
		    (regs - 1) << STRUCTURE_REGS_SHIFT | kind;
	return rn != R_PC && out->rd + last <= 31;
}

bool neon_fmt_whole(uint32_t w, struct insn *out)
{
	/* By type: elements, step, registers, and which alignments. */
	static const struct {
		uint8_t n, step, regs, aligns;
	} types[16] = {
		[0x0] = {4, 1, 1, 15}, [0x1] = {4, 2, 1, 15},
		[0x2] = {1, 1, 4, 15}, [0x3] = {2, 2, 2, 15},
		[0x4] = {3, 1, 1, 3},  [0x5] = {3, 2, 1, 3},
		[0x6] = {1, 1, 3, 3},  [0x7] = {1, 1, 1, 3},
		[0x8] = {2, 1, 1, 7},  [0x9] = {2, 2, 1, 7},
		[0xa] = {1, 1, 2, 7},
	};
	unsigned int type = FLD(w, 11, 8), align = FLD(w, 5, 4);
	unsigned int n = types[type].n, regs = types[type].regs;

	out->size = FLD(w, 7, 6);
	out->aux = align ? 4 << align : 1;
	if (!n || !(types[type].aligns >> align & 1) ||
	    (n > 1 && out->size == 3))
		return false;
	return structure(w, out, n, types[type].step, regs, 0, 8 * n * regs);
}

static bool all_lanes(uint32_t w, struct insn *out, unsigned int n)
{
	unsigned int size = FLD(w, 7, 6);
	bool two = FLD(w, 5, 5), a = FLD(w, 4, 4);

	if (!FLD(w, 21, 21))
		return false;
	if (size == 3 && !(n == 4 && a))
		return false;
	if (a && (n == 3 || (n == 1 && !size)))
		return false;
	out->size = size == 3 ? 2 : size;
	out->aux = 1;
	if (a)
		out->aux = size == 3 ? 16 : n == 4 && size == 2 ? 8 : n << size;
	return structure(w, out, n, n > 1 && two ? 2 : 1, n == 1 ? 1 + two : 1,
			 STRUCTURE_ALL, n << out->size);
}

bool neon_fmt_lane(uint32_t w, struct insn *out)
{
	unsigned int size = FLD(w, 11, 10), n = FLD(w, 9, 8) + 1;
	unsigned int ia = FLD(w, 7, 4), step = 1, low;

	if (size == 3)
		return all_lanes(w, out, n);
	out->size = size;
	out->ra = ia >> (size + 1);
	out->aux = 1;
	if (size && n > 1)
		step = 1 + (ia >> size & 1);
	/* What is below the lane and the step says how it is aligned. */
	low = ia & ((size && n > 1 ? BIT(size) : BIT(size + 1)) - 1);
	switch (n) {
	case 1:
		if (size == 2 ? low != 0 && low != 3 : low >> size)
			return false;
		if (size == 1 && low > 1)
			return false;
		out->aux = low ? 1 << size : 1;
		if (!size && low)
			return false;
		break;
	case 2:
		if (low > 1)
			return false;
		out->aux = low ? 2 << size : 1;
		break;
	case 3:
		if (low)
			return false;
		break;
	default:
		if (low == 3)
			return false;
		out->aux = !low ? 1 : size == 2 ? 4 << low : 4 << size;
	}
	return structure(w, out, n, step, 1, STRUCTURE_LANE, n << size);
}
