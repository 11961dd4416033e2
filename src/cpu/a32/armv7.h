/* SPDX-License-Identifier: MIT */
/*
 * What a core of Armv7 has otherwise than AArch32 of Armv8, as a guest of KVM for
 * 32-bit Arm sees it: known when an instruction is decoded.
 */
#ifndef FAUXKVM_CPU_A32_ARMV7_H
#define FAUXKVM_CPU_A32_ARMV7_H

#include "base/sysreg-enc.h"
#include "cpu/cpu.h"
#include "isa/insn.h"

/* Registers that only such a core has, or that are otherwise there: instead of
 * A32_SYSREG(), with the op0 of A32_SYSREG_64(), which has no CRn. */
#define ARMV7_SCTLR  SYSREG_ENC(3, 0, 1, 0, 0)
#define ARMV7_L2CTLR SYSREG_ENC(3, 1, 9, 0, 2)
#define ARMV7_CBAR   SYSREG_ENC(3, 4, 15, 0, 0)

/* Make @i, which @word was decoded to as A32 or @t32, what it is there; false:
 * it is UNDEFINED. */
bool armv7_insn(uint32_t word, bool t32, struct insn *i);

#endif
