/* SPDX-License-Identifier: MIT */
/*
 * Prototypes of the format functions that rows of A32 and T32 name, see
 * isa/a32/a32.h. Included by the files that define them and by decode.c.
 */
#ifndef FAUXKVM_ISA_A32_FORMATS_H
#define FAUXKVM_ISA_A32_FORMATS_H

#include "isa/a32/operands.h"

#define ROW(name, pattern, format, mnemonics, class) \
	bool format(uint32_t word, struct insn *out);
#include "isa/a32/all.def"
#include "isa/a32/t32/narrow.def"
#include "isa/a32/t32/wide.def"
#undef ROW

#endif
