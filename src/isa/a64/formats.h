/* SPDX-License-Identifier: MIT */
/*
 * Prototypes of the format functions that rows name, see isa/insn.h. Included
 * by the files that define them and by decode.c.
 */
#ifndef FAUXKVM_ISA_A64_FORMATS_H
#define FAUXKVM_ISA_A64_FORMATS_H

#include "isa/a64/operands.h"
#include "isa/insn.h"

#define ROW(operation, pattern, format, mnemonics, class) \
	bool format(uint32_t word, struct insn *out);
#include "isa/a64/all.def"
#undef ROW

/*
 * The bitmask immediate (DecodeBitMasks in the Arm ARM): a run of S+1 ones,
 * rotated right by R within an element of 2..64 bits, replicated. False for
 * the reserved encodings.
 */
bool bitmask_decode(unsigned int n, unsigned int imms, unsigned int immr,
		    uint64_t *mask);

#endif
