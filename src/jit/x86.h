/* SPDX-License-Identifier: MIT */
/*
 * x86-64 machine code, an instruction a call. Small on purpose: what emit
 * functions use and no more, without tables and without checks but asserts of
 * the tests, which compare each form with Capstone's reading of it.
 *
 * Sizes are in bytes, 4 or 8; an operation of 4 bytes zeroes the upper half of
 * its destination. "m" is a memory operand, "r" a register, "i" an immediate;
 * the destination comes first. Nothing here knows of guests.
 *
 * Source: Intel SDM volume 2.
 */
#ifndef FAUXKVM_JIT_X86_H
#define FAUXKVM_JIT_X86_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	RAX,
	RCX,
	RDX,
	RBX,
	RSP,
	RBP,
	RSI,
	RDI,
	R8,
	R9,
	R10,
	R11,
	R12,
	R13,
	R14,
	R15,
	X86_NO_REG = -1,
	X86_RIP = -2, /* as a base: see x86_at_code() */
};

/* Vector registers are numbers, too. */
enum { XMM0, XMM1, XMM2, XMM3, XMM4, XMM15 = 15 };

/* What an instruction needs of the host. All x86-64 have the first. */
enum x86_feature {
	X86_SSE2,
	X86_SSSE3,
	X86_SSE4_1,
	X86_SSE4_2,
	X86_AVX,
	X86_AVX2,
	X86_FMA,
	X86_AES,
	X86_CLMUL,
	X86_SHA,
	X86_BMI1,
	X86_BMI2,
	X86_LZCNT,
	NR_X86_FEATURES,
};

/* Where code is written: @p; and where it runs: @p + @run. @lacks: a bit for each
 * feature that the host has not. An instruction that needs one of them is not
 * emitted, which is noted in @missing. */
struct x86_code {
	uint8_t *p, *end;
	ptrdiff_t run;
	uint16_t lacks;
	bool missing;
};

static inline bool x86_has(const struct x86_code *c, enum x86_feature f)
{
	return !(c->lacks >> f & 1);
}

static inline const uint8_t *x86_here(const struct x86_code *c)
{
	return c->p + c->run;
}

/* [base + (index << scale) + disp]; either may be X86_NO_REG. */
struct x86_mem {
	int8_t base, index;
	uint8_t scale;
	int32_t disp;
};

static inline struct x86_mem x86_at(int base, int32_t disp)
{
	return (struct x86_mem){base, X86_NO_REG, 0, disp};
}

static inline struct x86_mem x86_at_index(int base, int index, int scale,
					  int32_t disp)
{
	return (struct x86_mem){base, index, scale, disp};
}

/* What is @to in the code memory, for an instruction that runs there too. Not
 * with an immediate but by the _i8 forms. */
static inline struct x86_mem x86_at_code(const struct x86_code *c,
					 const uint8_t *to)
{
	return x86_at(X86_RIP, (int32_t)(to - (c->end + c->run)));
}

/* Conditions as encoded; the lowest bit inverts. */
enum x86_cc {
	CC_O,
	CC_NO,
	CC_B,
	CC_AE,
	CC_E,
	CC_NE,
	CC_BE,
	CC_A,
	CC_S,
	CC_NS,
	CC_P,

	CC_L = 12,
	CC_GE,
	CC_LE,
	CC_G,
};

/* ---- any instruction ----------------------------------------------------- */

/*
 * An opcode with what stands before it: its map, a mandatory prefix, REX.W, and
 * whether its register operands are bytes (which for SPL to DIL need a REX); and
 * for x86_vex_*() what its operands are, and the feature that it needs.
 */
enum {
	X86_0F = 1 << 8,
	X86_0F38 = 2 << 8,
	X86_0F3A = 3 << 8,
	X86_66 = 1 << 12,
	X86_F3 = 2 << 12,
	X86_F2 = 3 << 12,
	X86_W = 1 << 16,
	X86_BYTE = 1 << 17,
	X86_256 = 1 << 18, /* VEX.L */
	/* There is no second operand, or none if it is packed: 0 is given. */
	X86_TWO = 1 << 19,
	X86_TWO_PACKED = 1 << 20,
	X86_GENERAL = 1 << 21, /* "rm" is a general register */
	X86_FEATURE_SHIFT = 24,
};
#define X86_NEEDS(feature) ((feature) << X86_FEATURE_SHIFT)

void x86_op_rr(struct x86_code *c, uint32_t op, int reg, int rm);
void x86_op_rm(struct x86_code *c, uint32_t op, int reg, struct x86_mem m);
/* The same with an immediate of one byte behind. */
void x86_op_rr_i8(struct x86_code *c, uint32_t op, int reg, int rm, uint8_t i);
void x86_op_rm_i8(struct x86_code *c, uint32_t op, int reg, struct x86_mem m,
		  uint8_t i);
/*
 * Of vectors, @v the second operand. VEX-encoded if the host has AVX; else without,
 * behind a move of @v to @reg, for which XMM15 is the encoder's own then. The
 * memory operand is aligned where that form wants it.
 */
void x86_vex_rr(struct x86_code *c, uint32_t op, int reg, int v, int rm);
void x86_vex_rm(struct x86_code *c, uint32_t op, int reg, int v,
		struct x86_mem m);
void x86_vex_rr_i8(struct x86_code *c, uint32_t op, int reg, int v, int rm,
		   uint8_t i);
void x86_vex_rm_i8(struct x86_code *c, uint32_t op, int reg, int v,
		   struct x86_mem m, uint8_t i);

void x86_byte(struct x86_code *c, uint8_t v);
void x86_word32(struct x86_code *c, uint32_t v);

/* ---- moves --------------------------------------------------------------- */

void x86_mov_rr(struct x86_code *c, unsigned int size, int d, int s);
/* The shortest that sets 64 bits; no flags. */
void x86_mov_ri(struct x86_code *c, int d, uint64_t v);
/* @size 1, 2: zero-extended to 64 bits, 4, 8 plain. */
void x86_load(struct x86_code *c, unsigned int size, int d, struct x86_mem m);
/* Sign-extended from @size (1, 2, 4) to @to (4, 8) bytes. */
void x86_load_sx(struct x86_code *c, unsigned int size, unsigned int to, int d,
		 struct x86_mem m);
void x86_store(struct x86_code *c, unsigned int size, struct x86_mem m, int s);
/* @size 2, 4 or 8; sign-extended to 8. */
void x86_store_i(struct x86_code *c, unsigned int size, struct x86_mem m,
		 int32_t v);
/* From the lowest 1, 2 or 4 bytes of a register. */
void x86_movzx_rr(struct x86_code *c, unsigned int size, int d, int s);
void x86_movsx_rr(struct x86_code *c, unsigned int size, unsigned int to, int d,
		  int s);
void x86_lea(struct x86_code *c, unsigned int size, int d, struct x86_mem m);
/* Of what is @to in the running code; no flags. */
void x86_lea_code(struct x86_code *c, int d, const uint8_t *to);
void x86_push(struct x86_code *c, int r);
void x86_pop(struct x86_code *c, int r);

/* ---- arithmetic ---------------------------------------------------------- */

enum x86_alu {
	X86_ADD,
	X86_OR,
	X86_ADC,
	X86_SBB,
	X86_AND,
	X86_SUB,
	X86_XOR,
	X86_CMP,
};

void x86_alu_rr(struct x86_code *c, enum x86_alu op, unsigned int size, int d,
		int s);
void x86_alu_rm(struct x86_code *c, enum x86_alu op, unsigned int size, int d,
		struct x86_mem m);
void x86_alu_ri(struct x86_code *c, enum x86_alu op, unsigned int size, int d,
		int32_t i);
void x86_alu_mi(struct x86_code *c, enum x86_alu op, unsigned int size,
		struct x86_mem m, int32_t i);
void x86_test_rr(struct x86_code *c, unsigned int size, int a, int b);
void x86_test_ri(struct x86_code *c, unsigned int size, int a, int32_t i);
void x86_test_m8i(struct x86_code *c, struct x86_mem m, uint8_t i);
void x86_bt_ri(struct x86_code *c, unsigned int size, int r, unsigned int bit);
void x86_bt_mi(struct x86_code *c, struct x86_mem m, unsigned int bit);

enum x86_unary { X86_NOT = 2, X86_NEG, X86_MUL, X86_IMUL, X86_DIV, X86_IDIV };
/* NOT leaves the flags alone. MUL to IDIV: of RDX:RAX. */
void x86_unary(struct x86_code *c, enum x86_unary op, unsigned int size, int r);
void x86_imul_rr(struct x86_code *c, unsigned int size, int d, int s);
void x86_imul_rm(struct x86_code *c, unsigned int size, int d,
		 struct x86_mem m);
void x86_imul_ri(struct x86_code *c, unsigned int size, int d, int s,
		 int32_t i);
/* CDQ, CQO */
void x86_sign_rax(struct x86_code *c, unsigned int size);

enum x86_shift { X86_ROL, X86_ROR, X86_SHL = 4, X86_SHR, X86_SAR = 7 };
void x86_shift_ri(struct x86_code *c, enum x86_shift op, unsigned int size,
		  int r, unsigned int n);
/* By CL. */
void x86_shift_rcl(struct x86_code *c, enum x86_shift op, unsigned int size,
		   int r);
void x86_shrd(struct x86_code *c, unsigned int size, int d, int s,
	      unsigned int n);
void x86_bswap(struct x86_code *c, unsigned int size, int r);
void x86_bsr(struct x86_code *c, unsigned int size, int d, int s);
void x86_lzcnt(struct x86_code *c, unsigned int size, int d, int s);

/* BMI1, BMI2; but for ANDN they leave the flags alone. Without them only RORX is
 * emitted, as what does not. */
enum x86_shx { X86_SHLX = X86_66, X86_SARX = X86_F3, X86_SHRX = X86_F2 };
void x86_shx(struct x86_code *c, enum x86_shx op, unsigned int size, int d,
	     int s, int count);
void x86_rorx(struct x86_code *c, unsigned int size, int d, int s,
	      unsigned int n);
/* @d = ~@n & @s */
void x86_andn(struct x86_code *c, unsigned int size, int d, int n, int s);
/* @hi:@lo = RDX * @s */
void x86_mulx(struct x86_code *c, unsigned int size, int hi, int lo, int s);

/* ---- flags --------------------------------------------------------------- */

void x86_lahf(struct x86_code *c);
void x86_sahf(struct x86_code *c);
void x86_cmc(struct x86_code *c);
void x86_stc(struct x86_code *c);
void x86_setcc_r(struct x86_code *c, enum x86_cc cc, int r);
void x86_cmov_rr(struct x86_code *c, enum x86_cc cc, unsigned int size, int d,
		 int s);
void x86_cmov_rm(struct x86_code *c, enum x86_cc cc, unsigned int size, int d,
		 struct x86_mem m);

/* ---- vectors: opcodes for x86_vex_*() ------------------------------------ */

/* Maps, each with who has them. */
enum {
	X86_SSSE3_38 = X86_NEEDS(X86_SSSE3) | X86_66 | X86_0F38,
	X86_SSE4_38 = X86_NEEDS(X86_SSE4_1) | X86_66 | X86_0F38,
	X86_SSE4_3A = X86_NEEDS(X86_SSE4_1) | X86_66 | X86_0F3A,
	X86_AVX2_38 = X86_NEEDS(X86_AVX2) | X86_66 | X86_0F38,
};

/* Of floating point, with what tells the type of the elements. */
enum {
	X86_PS = 0,
	X86_PD = X86_66,
	X86_SS = X86_F3,
	X86_SD = X86_F2,
	X86_FSQRT = X86_TWO_PACKED | X86_0F | 0x51,
	X86_FAND = X86_0F | 0x54, /* packed only, as the next three */
	X86_FOR = X86_0F | 0x56,
	X86_FXOR = X86_0F | 0x57,
	X86_FADD = X86_0F | 0x58,
	X86_FMUL = X86_0F | 0x59,
	X86_FSUB = X86_0F | 0x5c,
	X86_FMIN = X86_0F | 0x5d,
	X86_FDIV = X86_0F | 0x5e,
	X86_FMAX = X86_0F | 0x5f,
	X86_FCMP = X86_0F | 0xc2,  /* with a predicate */
	X86_FSHUF = X86_0F | 0xc6, /* packed only, with which elements */
};

/* Multiply and add, 213: d = v * d + m; scalar with | 1, double with X86_W. */
enum {
	X86_FMADD = X86_NEEDS(X86_FMA) | X86_66 | X86_0F38 | 0xa8,
	X86_FMSUB = X86_NEEDS(X86_FMA) | X86_66 | X86_0F38 | 0xaa,
	X86_FNMADD = X86_NEEDS(X86_FMA) | X86_66 | X86_0F38 | 0xac,
	X86_FNMSUB = X86_NEEDS(X86_FMA) | X86_66 | X86_0F38 | 0xae,
};

enum {
	X86_MOVAPS = X86_TWO | X86_0F | 0x28,
	X86_MOVAPS_TO = X86_TWO | X86_0F | 0x29,
	X86_MOVUPS = X86_TWO | X86_0F | 0x10,
	X86_MOVUPS_TO = X86_TWO | X86_0F | 0x11,
	X86_MOVSS = X86_TWO | X86_F3 | X86_0F | 0x10, /* from memory */
	X86_MOVSS_TO = X86_TWO | X86_F3 | X86_0F | 0x11,
	X86_MOVSD = X86_TWO | X86_F2 | X86_0F | 0x10, /* from memory */
	X86_MOVSD_TO = X86_TWO | X86_F2 | X86_0F | 0x11,
	/* The lower half, zero-extended; from a general register; to one, which
	 * is "rm". */
	X86_MOVQ = X86_TWO | X86_F3 | X86_0F | 0x7e,
	X86_MOVD_X = X86_TWO | X86_66 | X86_0F | 0x6e,
	X86_MOVD_R = X86_TWO | X86_66 | X86_0F | 0x7e,
	X86_INSERTPS = X86_SSE4_3A | 0x21,
	X86_PEXTRB = X86_SSE4_3A | X86_TWO | 0x14, /* to "rm" */
	X86_PEXTRW = X86_SSE4_3A | X86_TWO | 0x15,
	X86_PEXTRD = X86_SSE4_3A | X86_TWO | 0x16,
	X86_PINSRB = X86_SSE4_3A | X86_GENERAL | 0x20,
	X86_PINSRW = X86_GENERAL | X86_66 | X86_0F | 0xc4,
	X86_PINSRD = X86_SSE4_3A | X86_GENERAL | 0x22, /* X86_W: Q */
	X86_PBROADCASTB = X86_AVX2_38 | X86_TWO | 0x78,
	X86_PBROADCASTW = X86_AVX2_38 | X86_TWO | 0x79,
	X86_PBROADCASTD = X86_AVX2_38 | X86_TWO | 0x58,
	X86_PBROADCASTQ = X86_AVX2_38 | X86_TWO | 0x59,
	/* From X86_SS or X86_SD to the other; from a general register; to one. */
	X86_CVT = X86_TWO_PACKED | X86_0F | 0x5a,
	X86_CVT_FROM_INT = X86_GENERAL | X86_0F | 0x2a,
	X86_CVTT_TO_INT = X86_TWO | X86_0F | 0x2c,
	/* Packed: singles from signed words; with X86_F3 to them, truncated. */
	X86_CVT_WORDS = X86_TWO | X86_0F | 0x5b,
	X86_ROUNDPS = X86_SSE4_3A | X86_TWO | 0x08,
	X86_ROUNDPD = X86_SSE4_3A | X86_TWO | 0x09,
	X86_ROUNDSS = X86_SSE4_3A | 0x0a,
	X86_ROUNDSD = X86_SSE4_3A | 0x0b,
	X86_UCOMI = X86_TWO | X86_0F | 0x2e, /* X86_PS, X86_PD */
	X86_COMI = X86_TWO | X86_0F | 0x2f,
};

/* Of packed integers. */
enum {
	X86_PUNPCKLBW = X86_66 | X86_0F | 0x60,
	X86_PUNPCKLWD = X86_66 | X86_0F | 0x61,
	X86_PUNPCKLDQ = X86_66 | X86_0F | 0x62,
	X86_PACKSSWB = X86_66 | X86_0F | 0x63,
	X86_PCMPGTB = X86_66 | X86_0F | 0x64,
	X86_PCMPGTW = X86_66 | X86_0F | 0x65,
	X86_PCMPGTD = X86_66 | X86_0F | 0x66,
	X86_PACKUSWB = X86_66 | X86_0F | 0x67,
	X86_PUNPCKHBW = X86_66 | X86_0F | 0x68,
	X86_PUNPCKHWD = X86_66 | X86_0F | 0x69,
	X86_PUNPCKHDQ = X86_66 | X86_0F | 0x6a,
	X86_PACKSSDW = X86_66 | X86_0F | 0x6b,
	X86_PUNPCKLQDQ = X86_66 | X86_0F | 0x6c,
	X86_PUNPCKHQDQ = X86_66 | X86_0F | 0x6d,
	X86_PSHUFLW = X86_TWO | X86_F2 | X86_0F | 0x70,
	X86_PSHUFD = X86_TWO | X86_66 | X86_0F | 0x70,
	X86_PSHIFTW = X86_66 | X86_0F | 0x71,
	X86_PSHIFTD = X86_66 | X86_0F | 0x72,
	X86_PSHIFTQ = X86_66 | X86_0F | 0x73,
	X86_PCMPEQB = X86_66 | X86_0F | 0x74,
	X86_PCMPEQW = X86_66 | X86_0F | 0x75,
	X86_PCMPEQD = X86_66 | X86_0F | 0x76,
	X86_PADDQ = X86_66 | X86_0F | 0xd4,
	X86_PMULLW = X86_66 | X86_0F | 0xd5,
	X86_PMOVMSKB = X86_TWO | X86_66 | X86_0F | 0xd7,
	X86_PSUBUSB = X86_66 | X86_0F | 0xd8,
	X86_PSUBUSW = X86_66 | X86_0F | 0xd9,
	X86_PMINUB = X86_66 | X86_0F | 0xda,
	X86_PAND = X86_66 | X86_0F | 0xdb,
	X86_PADDUSB = X86_66 | X86_0F | 0xdc,
	X86_PADDUSW = X86_66 | X86_0F | 0xdd,
	X86_PMAXUB = X86_66 | X86_0F | 0xde,
	X86_PANDN = X86_66 | X86_0F | 0xdf,
	X86_PAVGB = X86_66 | X86_0F | 0xe0,
	X86_PAVGW = X86_66 | X86_0F | 0xe3,
	X86_PSUBSB = X86_66 | X86_0F | 0xe8,
	X86_PSUBSW = X86_66 | X86_0F | 0xe9,
	X86_PMINSW = X86_66 | X86_0F | 0xea,
	X86_POR = X86_66 | X86_0F | 0xeb,
	X86_PADDSB = X86_66 | X86_0F | 0xec,
	X86_PADDSW = X86_66 | X86_0F | 0xed,
	X86_PMAXSW = X86_66 | X86_0F | 0xee,
	X86_PXOR = X86_66 | X86_0F | 0xef,
	X86_PMULUDQ = X86_66 | X86_0F | 0xf4,
	X86_PSADBW = X86_66 | X86_0F | 0xf6,
	X86_PSUBB = X86_66 | X86_0F | 0xf8,
	X86_PSUBW = X86_66 | X86_0F | 0xf9,
	X86_PSUBD = X86_66 | X86_0F | 0xfa,
	X86_PSUBQ = X86_66 | X86_0F | 0xfb,
	X86_PADDB = X86_66 | X86_0F | 0xfc,
	X86_PADDW = X86_66 | X86_0F | 0xfd,
	X86_PADDD = X86_66 | X86_0F | 0xfe,
	X86_PSHUFB = X86_SSSE3_38 | 0x00,
	X86_PTEST = X86_SSE4_38 | X86_TWO | 0x17,
	X86_PABSB = X86_SSSE3_38 | X86_TWO | 0x1c,
	X86_PABSW = X86_SSSE3_38 | X86_TWO | 0x1d,
	X86_PABSD = X86_SSSE3_38 | X86_TWO | 0x1e,
	X86_PMOVSXBW = X86_SSE4_38 | X86_TWO | 0x20,
	X86_PMOVSXWD = X86_SSE4_38 | X86_TWO | 0x23,
	X86_PMOVSXDQ = X86_SSE4_38 | X86_TWO | 0x25,
	X86_PMULDQ = X86_SSE4_38 | 0x28,
	X86_PCMPEQQ = X86_SSE4_38 | 0x29,
	X86_PACKUSDW = X86_SSE4_38 | 0x2b,
	X86_PMOVZXBW = X86_SSE4_38 | X86_TWO | 0x30,
	X86_PMOVZXWD = X86_SSE4_38 | X86_TWO | 0x33,
	X86_PMOVZXDQ = X86_SSE4_38 | X86_TWO | 0x35,
	X86_PCMPGTQ = X86_NEEDS(X86_SSE4_2) | X86_66 | X86_0F38 | 0x37,
	X86_PMINSB = X86_SSE4_38 | 0x38,
	X86_PMINSD = X86_SSE4_38 | 0x39,
	X86_PMINUW = X86_SSE4_38 | 0x3a,
	X86_PMINUD = X86_SSE4_38 | 0x3b,
	X86_PMAXSB = X86_SSE4_38 | 0x3c,
	X86_PMAXSD = X86_SSE4_38 | 0x3d,
	X86_PMAXUW = X86_SSE4_38 | 0x3e,
	X86_PMAXUD = X86_SSE4_38 | 0x3f,
	X86_PMULLD = X86_SSE4_38 | 0x40,
	X86_PSRLVD = X86_AVX2_38 | 0x45,
	X86_PSRAVD = X86_AVX2_38 | 0x46,
	X86_PSLLVD = X86_AVX2_38 | 0x47,
	X86_PBLENDD = X86_NEEDS(X86_AVX2) | X86_66 | X86_0F3A | 0x02,
	X86_PALIGNR = X86_NEEDS(X86_SSSE3) | X86_66 | X86_0F3A | 0x0f,
	X86_PCLMULQDQ = X86_NEEDS(X86_CLMUL) | X86_66 | X86_0F3A | 0x44,
	/* The selector is in the upper half of the immediate: XMM0, which is
	 * the only one without AVX. */
	X86_BLENDVPS = X86_SSE4_3A | 0x4a,
	X86_BLENDVPD = X86_SSE4_3A | 0x4b,
	X86_PBLENDVB = X86_SSE4_3A | 0x4c,
	/* With X86_W of quadwords. */
	X86_PSRLVQ = X86_PSRLVD | X86_W,
	X86_PSLLVQ = X86_PSLLVD | X86_W,
};

/* For cryptography. SHA: for x86_op_rr(), with XMM0 of RNDS2 implied. */
enum {
	X86_AESIMC = X86_NEEDS(X86_AES) | X86_TWO | X86_66 | X86_0F38 | 0xdb,
	X86_AESENC = X86_NEEDS(X86_AES) | X86_66 | X86_0F38 | 0xdc,
	X86_AESENCLAST = X86_NEEDS(X86_AES) | X86_66 | X86_0F38 | 0xdd,
	X86_AESDECLAST = X86_NEEDS(X86_AES) | X86_66 | X86_0F38 | 0xdf,
	/* With the function. */
	X86_SHA1RNDS4 = X86_NEEDS(X86_SHA) | X86_0F3A | 0xcc,
	X86_SHA256RNDS2 = X86_NEEDS(X86_SHA) | X86_0F38 | 0xcb,
	X86_SHA256MSG1 = X86_NEEDS(X86_SHA) | X86_0F38 | 0xcc,
	X86_SHA256MSG2 = X86_NEEDS(X86_SHA) | X86_0F38 | 0xcd,
};

/* By how much: x86_vex_rr_i8() of X86_PSHIFT* with one of these for "reg", the
 * result for "v". The last two are of bytes, of the whole register. */
enum {
	X86_PSRL = 2,
	X86_PSRA = 4,
	X86_PSLL = 6,
	X86_PSRLDQ = 3,
	X86_PSLLDQ = 7
};

/* ---- jumps --------------------------------------------------------------- */

/* A jump whose target is not known yet: where its distance is written. */
struct x86_site {
	uint8_t *at;
};

struct x86_site x86_jcc(struct x86_code *c, enum x86_cc cc);
struct x86_site x86_jmp(struct x86_code *c);
struct x86_site x86_call(struct x86_code *c);
/* @to is in the running code. */
void x86_land(const struct x86_code *c, struct x86_site site,
	      const uint8_t *to);
void x86_land_here(const struct x86_code *c, struct x86_site site);
void x86_jmp_to(struct x86_code *c, const uint8_t *to);
void x86_jcc_to(struct x86_code *c, enum x86_cc cc, const uint8_t *to);
void x86_call_to(struct x86_code *c, const uint8_t *to);
void x86_jmp_r(struct x86_code *c, int r);
void x86_call_r(struct x86_code *c, int r);
void x86_ret(struct x86_code *c);
/* One-byte INT3 up to the next multiple of @bytes. */
void x86_align(struct x86_code *c, unsigned int bytes);

#endif
