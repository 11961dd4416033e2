/* SPDX-License-Identifier: MIT */
/*
 * A decoded instruction and the table it comes from: what interpreter,
 * translator and tests know of an encoding.
 *
 * Each A64 encoding is one ROW in a file isa/a64/NAME.def:
 *
 *   ROW(operation, "pattern", format, "mnemonics", CLASS)
 *
 *  operation  A64_ and a name in the Arm ARM's style: A64_ADD_imm. Unique; the
 *             row is found by it, and the body that does it (cpu/bodies.h).
 *  pattern    32 characters, most significant bit first: '0', '1' are fixed,
 *             '.' or any other letter is a field bit. '_' may separate groups
 *             and is ignored. E.g. "x00_100010_h_iiiiiiiiiiii_nnnnn_ddddd"
 *  format     bool format(uint32_t word, struct insn *out): extracts the
 *             operands; false: this encoding is UNDEFINED (reserved or
 *             unallocated, or a feature we don't have)
 *  mnemonics  space-separated list of what Capstone may call it, aliases
 *             included ("add mov"); the cross-check test uses it
 *  CLASS      of enum insn_class, without INSN_
 *
 * Rows with more fixed bits win over rows with fewer; two rows with the same
 * number of fixed bits must not overlap. An encoding without a row is
 * UNDEFINED.
 *
 * Source: Arm Architecture Reference Manual for A-profile (DDI 0487), C4.
 */
#ifndef FAUXKVM_ISA_INSN_H
#define FAUXKVM_ISA_INSN_H

#include "base/types.h"

struct cpu;
struct insn;

/* What the interpreter calls for an instruction; see cpu/exec.h. */
typedef void insn_fn(struct cpu *cpu, const struct insn *i);

/* Indices of general registers beyond 0..30. */
enum {
	REG_SP = 31,   /* the current stack pointer */
	REG_ZR = 32,   /* XZR as a source: always zero */
	REG_SINK = 33, /* XZR as a destination: never read */
	NR_REGS = 34,
};

enum a64_op {
	A64_UNDEFINED, /* no row, or the row's format said no */
#define ROW(operation, pattern, format, mnemonics, class) operation,
#include "isa/a64/all.def"
#undef ROW
	NR_A64_OPS,
/* Of AArch32, what none of A64 does: isa/a32/operands.h. */
#define OP(operation, class) operation,
#include "isa/a32/ops.def"
#undef OP
	NR_INSN_OPS,
};

/*
 * General registers are indices with 31 already turned into REG_SP, REG_ZR
 * (source) or REG_SINK (destination), so that nobody downstream tests for it.
 * SIMD&FP registers are plain 0..31.
 *
 * Nothing downstream looks at the encoding: operation and operands say it
 * all, and nothing changes them after decode. What size, form and aux mean
 * stands with the format of each group.
 *
 * 40 bytes. At 32 scripts/bench was slower in each of five series on an AMD
 * EPYC: 0.87 of the speed on calls, 0.95 on the integer loop. The likely reason
 * is that a field of every instruction then lies in the same banks of the L1
 * cache.
 */
struct insn {
	insn_fn *fn; /* the engine's: the body; NULL after decode */
	union {      /* the engine's; NULL after decode: */
		const struct insn *link; /* branch.c */
		insn_fn *body;           /* a32/block.c, sve/sve.h */
	};
	int64_t imm;            /* immediate, sign-extended and scaled */
	uint8_t rd, rn, rm, ra; /* rd is also Rt, ra also Rt2 and Rs */
	uint16_t pgoff;         /* offset of the instruction in its 4K page */
	uint16_t op;            /* enum a64_op, also of AArch32 */
	uint16_t aux;           /* shift amount, condition, lane, ... */
	uint8_t size;           /* of the operation: isa/a64/operands.h */
	uint8_t form;           /* kind of operand or address: there */
	int16_t priv;           /* the engine's own; 0 after decode */
	/* Of AArch32, isa/a32/a32.h; all 0 in A64. */
	uint8_t it;            /* T32: PSTATE.IT before it */
	uint8_t cond : 4;      /* 1 + enum a64_cond; 0: always */
	uint8_t narrow : 1;    /* of two bytes */
	uint8_t reads_pc : 1;  /* REG_SINK as a source is the PC */
	uint8_t writes_pc : 2; /* enum a32_writes_pc */
};

enum insn_class {
	INSN_INT,
	INSN_LDST,
	INSN_VLDST, /* of SIMD&FP registers */
	INSN_ATOMIC,
	INSN_FP,
	INSN_SIMD,
	INSN_CRYPTO,
	INSN_SVE,
	INSN_SVE_FP,
	INSN_SVE_LDST,
	INSN_PAUTH, /* the branches among them are BRANCH, hints SYS */
	INSN_MTE,
	INSN_SYS,
	INSN_CONTEXT, /* of SYS, what changes how the next one is seen */
	INSN_BRANCH,
	NR_INSN_CLASSES,
};

struct insn_row {
	const char *name; /* of the operation, without A64_ */
	const char *pattern;
	bool (*format)(uint32_t word, struct insn *out);
	const char *mnemonics;
	enum insn_class class;
	uint16_t op;
	uint32_t mask, value; /* from pattern, when first asked for */
	uint8_t fixed_bits;
};

/* Every row of every .def file, in file order; *n is the count. */
const struct insn_row *insn_rows(unsigned int *n);

/* The row of @op, NULL for A64_UNDEFINED. Of an operation of AArch32, which many
 * encodings have, it has the name and the class alone. */
const struct insn_row *insn_row(enum a64_op op);

/*
 * Decode @word. Always fills *out: an UNDEFINED encoding gets A64_UNDEFINED
 * with imm = word. Returns the row, NULL if UNDEFINED. pgoff, fn, link and priv
 * are the caller's.
 */
const struct insn_row *insn_decode(uint32_t word, struct insn *out);

/* Bytes of a decoded instruction. */
static inline unsigned int insn_len(const struct insn *i)
{
	return i->narrow ? 2 : 4;
}

/* Rows that end a block: after them nothing of the block runs. UNDEFINED (no
 * row) does too. */
static inline bool insn_ends_block(const struct insn_row *row)
{
	return !row || row->class == INSN_BRANCH || row->class == INSN_CONTEXT;
}

/* Capstone's text of @word at @pc into @buf, or ".inst 0x...". */
void insn_disassemble(uint32_t word, uint64_t pc, char *buf, size_t len);

/* ---- for format functions ------------------------------------------------ */

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
