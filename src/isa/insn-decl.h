/* SPDX-License-Identifier: MIT */
/*
 * Prototypes of every format function and body that a row names. Included by
 * the files that define them and by table.c.
 */
#ifndef FAUXKVM_CPU_INSN_DECL_H
#define FAUXKVM_CPU_INSN_DECL_H

#include "isa/insn.h"

#define ROW(name, pattern, format, body, mnemonics, class) \
	bool format(uint32_t word, struct insn *out);      \
	insn_fn body;
#include "isa/a64/all.def"
#undef ROW

#endif
