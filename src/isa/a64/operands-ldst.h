/* SPDX-License-Identifier: MIT */
/*
 * Operands of loads, stores and atomics of general registers.
 * These are the classes LDST and ATOMIC. size is log2 of the bytes of one
 * memory access, of one register if it is a pair; rd is Rt, ra is Rt2, rn the
 * base.
 */
#ifndef FAUXKVM_ISA_A64_OPERANDS_LDST_H
#define FAUXKVM_ISA_A64_OPERANDS_LDST_H

#include <stdbool.h>

/* How the address is made; PRE and POST write it back to the base. */
enum a64_ldst_mode {
	LDST_OFFSET, /* base + imm; also the unscaled and non-temporal forms */
	LDST_PRE,
	LDST_POST,
	LDST_LSL, /* base + (rm << aux) */
	LDST_UXTW,
	LDST_SXTW,
	LDST_UNPRIV,  /* as OFFSET, with the rights of EL0: LDTR, STTR */
	LDST_LITERAL, /* imm from the instruction itself */
	NR_LDST_MODES,
};

static inline bool ldst_writes_back(enum a64_ldst_mode mode)
{
	return mode == LDST_PRE || mode == LDST_POST;
}

/* What goes where. A load without S zeroes the rest of X. */
enum a64_ldst_kind {
	LDST_STORE,
	LDST_LOAD,
	LDST_LOAD_SX, /* sign-extended to X: LDRSB, LDRSH, LDRSW, LDPSW */
	LDST_LOAD_SW, /* sign-extended to W: LDRSB, LDRSH */
	NR_LDST_KINDS,
};

/* form of class LDST: both of these, and whether it is a pair. */
enum { LDST_FORM_KIND = 4, LDST_FORM_PAIR = 6 };

/* form of PRFM, a hint without an access. */
enum { LDST_FORM_PREFETCH = 0xff };

static inline unsigned int ldst_form(bool pair, enum a64_ldst_kind kind,
				     enum a64_ldst_mode mode)
{
	return pair << LDST_FORM_PAIR | kind << LDST_FORM_KIND | mode;
}

static inline enum a64_ldst_mode ldst_form_mode(unsigned int form)
{
	return form & 7;
}

static inline enum a64_ldst_kind ldst_form_kind(unsigned int form)
{
	return form >> LDST_FORM_KIND & 3;
}

static inline bool ldst_form_pair(unsigned int form)
{
	return form >> LDST_FORM_PAIR & 1;
}

/*
 * form of class ATOMIC: the operation, whatever its size and ordering. Loads:
 * rd, ra are Rt, Rt2. STLR, STLUR: rd is Rt. STXR, STXP: rd, rm are Rt, Rt2, ra is
 * the status. LDADD ... SWP: rm is Rs, rd is Rt. CAS: rm and ra are Rs as
 * source and destination, rd is Rt. CASP: rm is Rs, rd is Rt, both even; their
 * odd partners, of which the last is XZR, are the low byte of aux (Rs + 1),
 * the high byte of aux (Rt + 1) and, as destination, ra (Rs + 1).
 */
enum a64_atomic {
	ATOMIC_STXR,
	ATOMIC_LDXR,
	ATOMIC_STXP,
	ATOMIC_LDXP,
	ATOMIC_STLR,
	ATOMIC_LDAR,
	ATOMIC_CAS,
	ATOMIC_CASP,
	ATOMIC_LDADD, /* these in the order of their opc */
	ATOMIC_LDCLR,
	ATOMIC_LDEOR,
	ATOMIC_LDSET,
	ATOMIC_LDSMAX,
	ATOMIC_LDSMIN,
	ATOMIC_LDUMAX,
	ATOMIC_LDUMIN,
	ATOMIC_SWP,
	ATOMIC_STLUR, /* base + imm; aux is enum a64_ldst_kind */
	ATOMIC_LDAPUR,
	NR_ATOMICS,
};

#endif
