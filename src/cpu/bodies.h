/* SPDX-License-Identifier: MIT */
/*
 * From a decoded instruction to the function that does it. Each class has one
 * function that picks the body, special to the operands where that pays; it
 * stands in the file named. Bodies are as in cpu/exec.h.
 */
#ifndef FAUXKVM_CPU_BODIES_H
#define FAUXKVM_CPU_BODIES_H

#include "isa/insn.h"

/* Make decoded @i ready to run: its fn, and what that keeps in priv. */
void insn_bind(struct insn *i);

/*
 * Decode @word and bind it. Always fills *out but for pgoff. Returns the row,
 * NULL if it is UNDEFINED here: no row, or an unknown system register.
 */
const struct insn_row *insn_prepare(uint32_t word, struct insn *out);

/* Body of undefined encodings: UNDEF exception; reports the instruction once
 * (log_warn with its disassembly) if Capstone knows it. Lives in system.c. */
insn_fn insn_undefined;

/* ---- by class ------------------------------------------------------------ */

/* NULL: not an operation of that file. */
insn_fn *int_body(const struct insn *i);        /* int.c */
insn_fn *crc32_body(const struct insn *i);      /* crc32.c, for int_body() */
insn_fn *ldst_body(const struct insn *i);       /* ldst.c */
insn_fn *vldst_body(const struct insn *i);      /* simd-ldst.c */
insn_fn *atomic_body(const struct insn *i);     /* atomic.c */
insn_fn *fp_body(const struct insn *i);         /* fp-bodies.c */
insn_fn *simd_lanes_body(const struct insn *i); /* simd-lanes.c */
insn_fn *simd_move_body(const struct insn *i);  /* simd-move.c */
insn_fn *crypto_body(const struct insn *i);     /* crypto.c */
insn_fn *pauth_body(const struct insn *i); /* pauth.c: branches and hints too */
insn_fn *system_body(const struct insn *i); /* system.c: SYS and CONTEXT */
insn_fn *branch_body(const struct insn *i); /* branch.c */

#endif
