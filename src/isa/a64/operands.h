/* SPDX-License-Identifier: MIT */
/*
 * What the fields size and form of a decoded A64 instruction hold. The format
 * functions set them, bodies and emit functions are chosen by them.
 */
#ifndef FAUXKVM_ISA_A64_OPERANDS_H
#define FAUXKVM_ISA_A64_OPERANDS_H

#include <stdint.h>

#include "isa/a64/operands-simd-ldst.h"
#include "isa/a64/operands-ldst.h"
#include "isa/a64/operands-sve.h"

/*
 * size of classes INT and BRANCH: of the registers, W or X. Of LDST, ATOMIC
 * and VLDST: log2 of the bytes of one memory access, 0..4. Of FP: the type, see
 * operands-fp.h.
 */
enum a64_size { SIZE_B, SIZE_H, SIZE_W, SIZE_X, SIZE_Q };

/*
 * size of class SIMD: the arrangement, of the destination unless the format
 * says otherwise (format-simd.c: of long and wide instructions the narrow
 * source's). The scalar ones have one lane. imm: the amount of a shift; aux:
 * the lane of an element.
 */
enum a64_arrangement {
	ARR_8B,
	ARR_16B,
	ARR_4H,
	ARR_8H,
	ARR_2S,
	ARR_4S,
	ARR_1D,
	ARR_2D,
	ARR_B, /* scalars */
	ARR_H,
	ARR_S,
	ARR_D,
	NR_ARRANGEMENTS,
};

#include "isa/a64/operands-fp.h"
/* ---- classes INT and BRANCH ---------------------------------------------- */

/*
 * form of additions, subtractions and logical operations: the second operand.
 * IMM: imm. REG: rm. LSL..ROR: rm, shifted by aux (never 0). UXT and SXT: rm,
 * a field of it by the shifts of aux (aux_shifts()), without and with sign.
 */
enum a64_operand {
	OPERAND_IMM,
	OPERAND_REG,
	OPERAND_LSL,
	OPERAND_LSR,
	OPERAND_ASR,
	OPERAND_ROR,
	OPERAND_UXT,
	OPERAND_SXT,
	NR_OPERANDS,
};

/*
 * form of UBFM, SBFM and BFM: what the field of rn is. ANY: by the shifts of
 * aux; of BFM with imm as the bits of rd that stay.
 */
enum a64_bitfield {
	BITFIELD_ANY,
	BITFIELD_LEFT,  /* all of rn, left by aux */
	BITFIELD_RIGHT, /* all of rn, right by aux */
	BITFIELD_MASK,  /* right by aux, then masked by imm */
	BITFIELD_BYTE,  /* the lowest 8 bits */
	BITFIELD_HALF,  /* the lowest 16 */
	BITFIELD_WORD,  /* the lowest 32, to 64 */
};

/*
 * form of B_cond and of conditional select and compare. The second encoding of
 * "always", NV, is decoded as AL. aux of CCMP and CCMN: NZCV if it fails.
 */
enum a64_cond {
	COND_EQ,
	COND_NE,
	COND_CS,
	COND_CC,
	COND_MI,
	COND_PL,
	COND_VS,
	COND_VC,
	COND_HI,
	COND_LS,
	COND_GE,
	COND_LT,
	COND_GT,
	COND_LE,
	COND_AL,
	NR_CONDS,
};

/* The condition encoded as @field. */
static inline unsigned int cond_of(uint32_t field)
{
	return field == 15 ? COND_AL : field;
}

/*
 * Any extract-and-place of a bit field (UBFM, SBFM, extended registers) is a
 * shift left by A and then, logical or arithmetic, right by B, both of 64
 * bits. aux holds A in bits 7..0 and B above.
 */
static inline uint16_t aux_shifts(unsigned int a, unsigned int b)
{
	return b << 8 | a;
}

/* Extended register: @option as encoded (UXTB..SXTX), then left by @shift. */
static inline uint16_t aux_extend(unsigned int option, unsigned int shift)
{
	unsigned int unused = 64 - (8u << (option & 3));

	return unused ? aux_shifts(unused, unused - shift)
		      : aux_shifts(shift, 0);
}

/* ---- pointer authentication ---------------------------------------------- */

/* aux: the key. Of instruction addresses, of data, and of what is neither. */
enum a64_pauth_key {
	PAUTH_IA,
	PAUTH_IB,
	PAUTH_DA,
	PAUTH_DB,
	PAUTH_GA,
	NR_PAUTH_KEYS
};

/* ---- class MTE ----------------------------------------------------------- */

/*
 * ADDG, SUBG: rd, rn, what is added in imm, to the tag aux. IRG, GMI, SUBP: rd,
 * rn, rm. In memory rn is the base, form the mode (enum a64_ldst_mode), imm the
 * offset; LDG, LDGM: rd is Xt as a destination, ra as a source. STG and its like: rd is
 * what has the tag, of STGP rd and ra what is stored.
 */

/* ---- classes SYS and CONTEXT --------------------------------------------- */

/*
 * MRS, MSR (register) and the SYS instructions have in imm the register's or
 * operation's encoding, SYSREG_ENC() of base/sysreg-enc.h; rd or rn is Rt.
 *
 * form of DMB: what it orders; of TLBI: what it forgets, aux is 1 if on every
 * PE (IS); of AT_S1: enum a64_at.
 */
enum a64_dmb { DMB_ALL, DMB_LOADS, DMB_STORES };
enum a64_tlbi { TLBI_ALL, TLBI_VA, TLBI_ASID, TLBI_RANGE };
enum a64_at { AT_WRITE = 1 << 0, AT_EL0 = 1 << 1, AT_PAN = 1 << 2 };

#endif
