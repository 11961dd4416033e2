/* SPDX-License-Identifier: MIT */
/*
 * Operands of SVE, classes SVE, SVE_FP and SVE_LDST (Arm ARM C4.1.60 ff.).
 *
 *  size  log2 of the bytes of an element, of the destination unless the row's format
 *        says otherwise; 0 where there are none
 *  rd    what is written: Zd, Zdn, Zda, Pd, Pdm, Vd, or Xd (REG_SINK); of stores
 *        what is read
 *  rn    the first source that is not rd, Zn, Pn, Vn, or Xn (REG_ZR; a base or
 *        where 31 is SP: REG_SP)
 *  rm    the second: Zm, Pm, or Xm (REG_ZR)
 *  ra    of multiply-add the addend's register, where it is not rd
 *  aux   the governing predicate, 0 to 15, or SVE_NO_PREDICATE
 *  form  enum a64_sve_form
 *  imm   an immediate, an index, a shift's amount, a pattern
 *
 * A destructive instruction whose encoding has Zdn has it in rd and in rn, or
 * where it is the reversed one (SUBR) in rd and in rm.
 */
#ifndef FAUXKVM_ISA_A64_OPERANDS_SVE_H
#define FAUXKVM_ISA_A64_OPERANDS_SVE_H

#define SVE_NO_PREDICATE 0xff

enum a64_sve_form {
	SVE_SETS_FLAGS = 1 << 0,
	SVE_MERGING = 1 << 1, /* inactive elements of rd stay, else are zero */
	SVE_WORD = 1 << 2,    /* the general register is a W */
	SVE_IMMEDIATE = 1 << 3, /* of SVE_FP: imm instead of rm */
	/* Of elements that have half an element's bits, the odd ones: else the even. */
	SVE_TOP_N = 1 << 4,
	SVE_TOP_M = 1 << 5,
	SVE_TOP_D = 1 << 6, /* they are written, and the even ones stay */
};

/*
 * Of class SVE_LDST, but for LDR and STR. Contiguous: rn and rm are the base and an
 * offset that counts elements (REG_ZR: none), imm an offset in multiples of all that is
 * accessed, ra how many registers. Vectors of addresses: rm is Zm, or with
 * SVE_MEM_BASES rn is Zn, rm and imm are offsets in bytes. LD1R: imm likewise. LD1RQ: imm
 * counts 16 bytes, LD1RO: 32.
 */
enum a64_sve_mem_form {
	SVE_MEM_SIZE = 3, /* log2 of the bytes that an element has in memory */
	SVE_MEM_SIGNED = 1 << 2,
	SVE_MEM_UXTW = 1 << 3, /* offsets are the low words of elements */
	SVE_MEM_SXTW = 1 << 4,
	SVE_MEM_SCALED = 1 << 5, /* offsets count elements */
	SVE_MEM_BASES = 1 << 6,
	SVE_MEM_FIRST_FAULT = 1 << 7,
};

#endif
