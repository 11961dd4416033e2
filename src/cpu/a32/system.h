/* SPDX-License-Identifier: MIT */
/*
 * What the files of AArch32's system instructions share: system.c, privileged.c
 * and cp15.c.
 */
#ifndef FAUXKVM_CPU_A32_SYSTEM_H
#define FAUXKVM_CPU_A32_SYSTEM_H

#include "cpu/a32/chain.h"
#include "cpu/exception.h"
#include "isa/a32/operands.h"

/* Go on at @va, by way of the run loop if an exception waits. */
#define A32_CONTINUE(va)                                                 \
	do {                                                             \
		if (unlikely(cpu->debug_slow || exception_pending(cpu))) \
			RESUME(va);                                      \
		A32_JUMP(va);                                            \
	} while (0)

/* What MSR writes. */
static inline uint32_t a32_msr_value(const struct cpu *cpu,
				     const struct insn *i)
{
	return i->form == OPERAND_IMM ? (uint64_t)i->imm : cpu->x[i->rn];
}

/* CV and COND of an ISS. */
static inline uint32_t a32_iss_cond(const struct insn *i)
{
	return BIT(24) | (i->cond ? i->cond - 1u : 14) << 20;
}

/* The bodies of one file each; NULL: the operation isn't there. */
insn_fn *a32_privileged_body(const struct insn *i);
insn_fn *a32_cp15_body(const struct insn *i);
insn_fn *a32_vfp_system_body(const struct insn *i);
/* What the body of an MRC, MCR, MRRC or MCRR keeps in priv: its row. */
int16_t a32_cp15_priv(const struct insn *i);

/* Behind an instruction that writes R15 and is an exception return: the end of a
 * block, and of an instruction that stands alone. */
insn_fn a32_end_return, a32_stop_return;

#endif
