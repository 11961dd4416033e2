/* SPDX-License-Identifier: MIT */
/*
 * A decoded instruction and the table it comes from (CONVENTIONS.md habit 5).
 *
 * Each A64 encoding is one ROW in a cpu/a64-*.def file:
 *
 *   ROW(name, "pattern", format, body, "mnemonics", CLASS)
 *
 *  name       unique C identifier, Arm ARM style: ADD_imm
 *  pattern    32 characters, most significant bit first: '0', '1' are fixed,
 *             '.' or any other letter is a field bit. '_' may separate groups
 *             and is ignored. E.g. "x00_100010_h_iiiiiiiiiiii_nnnnn_ddddd"
 *  format     bool format(uint32_t word, struct insn *out): extracts the
 *             operands; false: this encoding is UNDEFINED (reserved or
 *             unallocated, or a feature we don't have). May replace out->fn
 *             (already set to body) by a more special body (size, flags).
 *  body       void body(struct cpu *, const struct insn *), see exec.h
 *  mnemonics  space-separated list of what Capstone may call it, aliases
 *             included ("add mov"); the cross-check test uses it
 *  CLASS      INT, LDST, ATOMIC, FP, SIMD, CRYPTO, SYS, BRANCH
 *
 * Rows with more fixed bits win over rows with fewer; two rows with the same
 * number of fixed bits must not overlap. An encoding without a row is
 * UNDEFINED.
 */
#ifndef FAUXKVM_CPU_INSN_H
#define FAUXKVM_CPU_INSN_H

#include "cpu/cpu.h"

typedef void insn_fn(struct cpu *cpu, const struct insn *i);

/*
 * 24 bytes. Register fields are indices into cpu->x: the format function has
 * already turned register 31 into REG_SP, REG_ZR (source) or REG_SINK
 * (destination), so that bodies never test for it. SIMD&FP registers are
 * plain 0..31 indices into cpu->vreg.
 */
struct insn {
	insn_fn *fn;
	int64_t imm;            /* immediate, sign-extended and scaled */
	uint8_t rd, rn, rm, ra; /* rd is also Rt, ra also Rt2 and Rs */
	uint16_t pgoff;         /* offset of the instruction in its 4K page */
	uint16_t aux;           /* shift amount, condition, lane: body's */
};

enum insn_class {
	INSN_INT,
	INSN_LDST,
	INSN_ATOMIC,
	INSN_FP,
	INSN_SIMD,
	INSN_CRYPTO,
	INSN_SYS,
	INSN_BRANCH,
	NR_INSN_CLASSES,
};

struct insn_row {
	const char *name;
	const char *pattern;
	bool (*format)(uint32_t word, struct insn *out);
	insn_fn *body;
	const char *mnemonics;
	enum insn_class class;
	uint32_t mask, value; /* from pattern, by insn_table_init() */
	uint8_t fixed_bits;
};

/* Every row of every .def file, in file order; *n is the count. */
const struct insn_row *insn_rows(unsigned int *n);

/*
 * Decode @word. Always fills *out: an UNDEFINED encoding gets the body
 * insn_undefined with imm = word. Returns the row, NULL if UNDEFINED.
 * pgoff is the caller's.
 */
const struct insn_row *insn_decode(uint32_t word, struct insn *out);

/* Body of undefined encodings: UNDEF exception; reports the instruction once
 * (log_warn with its disassembly) if Capstone knows it. Lives in system.c. */
insn_fn insn_undefined;

/* Rows that end a block: after their body nothing of the block runs. Class
 * BRANCH and SYS do, UNDEFINED (no row) does, others never do. */
static inline bool insn_ends_block(const struct insn_row *row)
{
	return !row || row->class == INSN_BRANCH || row->class == INSN_SYS;
}

/* Helpers for format functions. */
static inline uint8_t reg_src(uint32_t n)
{
	return n == 31 ? REG_ZR : n;
}

static inline uint8_t reg_dst(uint32_t n)
{
	return n == 31 ? REG_SINK : n;
}

/* 31 is SP: index 31, identity; the name documents intent. */
static inline uint8_t reg_sp(uint32_t n)
{
	return n;
}

#define FLD(w, h, l) ((uint32_t)FIELD(w, h, l))

#endif
