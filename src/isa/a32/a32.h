/* SPDX-License-Identifier: MIT */
/*
 * Decoding A32 and T32, into the same struct insn as A64.
 *
 * Each encoding is a ROW in a file isa/a32/NAME.def or isa/a32/t32/NAME.def, in
 * the form of isa/insn.h; of a name, not of an operation: the format function
 * says which operation it is. Where one of A64 does the same with W registers
 * it is that one, since the registers of AArch32 are those of AArch64 (Arm ARM
 * D1.20.1), R0..R14 of User mode X0..X14. Others are operations of their own
 * (isa/a32/ops.def).
 *
 * A pattern that begins with "cccc" is of an instruction with a condition,
 * which is decoded apart: no format looks at it.
 *
 * R15 as a source is REG_SINK, and reads_pc says that it must be set before; as
 * a destination REG_SINK, and writes_pc says what happens to it behind the
 * instruction, which ends its block. So an operation need not know of R15.
 *
 * Source: Arm ARM F3, F4, F5. What is CONSTRAINED UNPREDICTABLE and may be
 * UNDEFINED is so here, unless compilers or QEMU have it otherwise.
 */
#ifndef FAUXKVM_ISA_A32_A32_H
#define FAUXKVM_ISA_A32_A32_H

#include "isa/insn.h"

enum insn_set { ISA_A64, ISA_A32, ISA_T32 };

enum a32_writes_pc {
	PC_KEPT,
	PC_BRANCH,       /* BranchWritePC(): the instruction set stays */
	PC_INTERWORKING, /* BXWritePC(): bit 0 chooses it */
	PC_RETURN,       /* an exception return: SPSR says all the rest */
};

/* The row of an operation of AArch32. */
const struct insn_row *a32_op_row(unsigned int op);

/*
 * Decode @word, an A32 instruction, at offset @pgoff in its page. As insn_decode(),
 * and pgoff is set.
 */
const struct insn_row *insn_decode_a32(uint32_t word, unsigned int pgoff,
				       struct insn *out);

/*
 * Decode a T32 instruction with PSTATE.IT = @it before it: @word is its halfword
 * or, if t32_is_wide(), both, the first one above.
 */
const struct insn_row *insn_decode_t32(uint32_t word, unsigned int pgoff,
				       uint8_t it, struct insn *out);

/* Is @half the first of two? */
static inline bool t32_is_wide(uint16_t half)
{
	return half >> 11 >= 0x1d;
}

/* PSTATE.IT behind an instruction with @it before it that is not IT itself. */
static inline uint8_t it_advance(uint8_t it)
{
	return it & 7 ? (it & 0xe0) | (it << 1 & 0x1f) : 0;
}

/* As insn_disassemble(); @word as for insn_decode_t32() if @t32. */
void insn_disassemble_a32(uint32_t word, bool t32, uint64_t pc, char *buf,
			  size_t len);

/* Every row of A32; of T32, of 16 and of 32 bits. */
const struct insn_row *a32_rows(unsigned int *n);
const struct insn_row *t32_narrow_rows(unsigned int *n);
const struct insn_row *t32_wide_rows(unsigned int *n);

#endif
