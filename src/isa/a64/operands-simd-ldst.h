/* SPDX-License-Identifier: MIT */
/*
 * Operands of class VLDST, loads and stores of SIMD&FP registers: what form,
 * size, aux and ra hold (Arm ARM C4.1.94).
 *
 *  size  log2 of the bytes of one access: of the register, or of the element
 *        of a structure
 *  form  one of enum a64_vldst_form, with VLDST_LOAD for a load
 *  aux   how many registers, 1 to 4
 *  ra    of a pair Vt2; of structures the lane (VLDST_LANE), else the bytes
 *        of each register, 8 or 16
 *  imm   what the form says; of structures it and x[rm] are added to the
 *        base: without post-index 0 and XZR
 *
 * The registers of a structure follow rd modulo 32.
 */
#ifndef FAUXKVM_ISA_A64_OPERANDS_SIMD_LDST_H
#define FAUXKVM_ISA_A64_OPERANDS_SIMD_LDST_H

enum a64_vldst_form {
	/* one register or a pair: its address */
	VLDST_OFFSET,  /* x[rn] + imm */
	VLDST_PRE,     /* the same, which becomes the base */
	VLDST_POST,    /* x[rn], to which imm is added */
	VLDST_LSL,     /* x[rn] + (x[rm] << imm) */
	VLDST_UXTW,    /* the same with the low word of x[rm], unsigned */
	VLDST_SXTW,    /* and signed */
	VLDST_LITERAL, /* PC + imm */
	NR_VLDST_MODES,
	/* a structure at x[rn] */
	VLDST_WHOLE = NR_VLDST_MODES, /* one register after the other */
	VLDST_INTERLEAVED,            /* lane 0 of all of them, lane 1, ... */
	VLDST_LANE,                   /* one lane of each */
	VLDST_REPLICATE,              /* load one lane, into all lanes */
	VLDST_LOAD = 0x80,
};

#endif
