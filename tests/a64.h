/* SPDX-License-Identifier: MIT */
/*
 * A64 encodings for the guests that tests put together a word at a time.
 * Operands are in the order of the assembler; loads and stores have no offset,
 * branches count words from themselves. A longer program stands as words with
 * its assembly beside them. (A64_ begins the operations that src/isa decodes.)
 */
#ifndef FAUXKVM_TESTS_A64_H
#define FAUXKVM_TESTS_A64_H

#include <stdint.h>

#include "base/sysreg-enc.h"

/* ---- branches and exceptions --------------------------------------------- */

#define ASM_B(words)        (0x14000000u | ((words)&0x3ffffff))
#define ASM_B_SELF          ASM_B(0)
#define ASM_CBZ(rt, words)  (0xb4000000u | ((words)&0x7ffff) << 5 | (rt))
#define ASM_CBNZ(rt, words) (0xb5000000u | ((words)&0x7ffff) << 5 | (rt))
#define ASM_BR(rn)          (0xd61f0000u | (rn) << 5)
#define ASM_BLR(rn)         (0xd63f0000u | (rn) << 5)
#define ASM_RET             0xd65f03c0u
#define ASM_ERET            0xd69f03e0u
#define ASM_SVC(n)          (0xd4000001u | (n) << 5)
#define ASM_HVC(n)          (0xd4000002u | (n) << 5)
#define ASM_SMC(n)          (0xd4000003u | (n) << 5)
#define ASM_BRK(n)          (0xd4200000u | (n) << 5)
#define ASM_HLT(n)          (0xd4400000u | (n) << 5)
#define ASM_UDF             0x00000000u

/* ---- integers ------------------------------------------------------------ */

#define ASM_MOVZ(rd, imm, hw)    (0xd2800000u | (hw) << 21 | (imm) << 5 | (rd))
#define ASM_MOVK(rd, imm, hw)    (0xf2800000u | (hw) << 21 | (imm) << 5 | (rd))
#define ASM_MOV(rd, rm)          (0xaa0003e0u | (rm) << 16 | (rd))
#define ASM_ADD_IMM(rd, rn, imm) (0x91000000u | (imm) << 10 | (rn) << 5 | (rd))
#define ASM_ADD_PAGE(rd, rn)     (0x91400400u | (rn) << 5 | (rd)) /* 4096 */
#define ASM_SUB_IMM(rd, rn, imm) (0xd1000000u | (imm) << 10 | (rn) << 5 | (rd))

/* ---- memory: W is a 32-bit register, X a 64-bit one where both exist ----- */

#define ASM_LDR(rt, rn)        (0xf9400000u | (rn) << 5 | (rt))
#define ASM_LDR_W(rt, rn)      (0xb9400000u | (rn) << 5 | (rt))
#define ASM_LDRB(rt, rn)       (0x39400000u | (rn) << 5 | (rt))
#define ASM_LDRSB_W(rt, rn)    (0x39c00000u | (rn) << 5 | (rt))
#define ASM_LDRSB_X(rt, rn)    (0x39800000u | (rn) << 5 | (rt))
#define ASM_LDRSW(rt, rn)      (0xb9800000u | (rn) << 5 | (rt))
#define ASM_STR(rt, rn)        (0xf9000000u | (rn) << 5 | (rt))
#define ASM_STR_W(rt, rn)      (0xb9000000u | (rn) << 5 | (rt))
#define ASM_STRB(rt, rn)       (0x39000000u | (rn) << 5 | (rt))
#define ASM_STRH(rt, rn)       (0x79000000u | (rn) << 5 | (rt))
#define ASM_LDP(rt, rt2, rn)   (0xa9400000u | (rt2) << 10 | (rn) << 5 | (rt))
#define ASM_STP(rt, rt2, rn)   (0xa9000000u | (rt2) << 10 | (rn) << 5 | (rt))
#define ASM_STP_W(rt, rt2, rn) (0x29000000u | (rt2) << 10 | (rn) << 5 | (rt))
#define ASM_LDADD(rs, rt, rn)  (0xf8200000u | (rs) << 16 | (rn) << 5 | (rt))

/* ---- the system ---------------------------------------------------------- */

#define ASM_HINT(n) (0xd503201fu | (n) << 5)
/* Three instructions that take as long as some thousand: time in which an
 * interrupt arrives where time is counted. */
#define ASM_PAUSE(rd) \
	ASM_MOVZ(rd, 1000, 0), ASM_SUB_IMM(rd, rd, 1), ASM_CBNZ(rd, -1)
#define ASM_NOP                     ASM_HINT(0)
#define ASM_WFE                     ASM_HINT(2)
#define ASM_WFI                     ASM_HINT(3)
#define ASM_SEV                     ASM_HINT(4)
#define ASM_ISB                     0xd5033fdfu
#define ASM_DSB                     0xd5033f9fu /* SY */
#define ASM_DAIFSET(n)              (0xd50340dfu | (n) << 8)
#define ASM_DAIFCLR(n)              (0xd50340ffu | (n) << 8)
#define ASM_SPSEL(n)                (0xd50040bfu | (n) << 8)
#define ASM_PAN(n)                  (0xd500409fu | (n) << 8)
#define ASM_UAO(n)                  (0xd500407fu | (n) << 8)
#define ASM_MRS(rt, enc)            (0xd5200000u | (enc) << 5 | (rt))
#define ASM_MSR(enc, rt)            (0xd5000000u | (enc) << 5 | (rt))
#define ASM_SYS(op1, n, m, op2, rt) ASM_MSR(SYSREG_ENC(1, op1, n, m, op2), rt)

#define ASM_TLBI_VMALLE1     ASM_SYS(0, 8, 7, 0, 31)
#define ASM_TLBI_VMALLE1IS   ASM_SYS(0, 8, 3, 0, 31)
#define ASM_TLBI_VAE1(rt)    ASM_SYS(0, 8, 7, 1, rt)
#define ASM_TLBI_ASIDE1(rt)  ASM_SYS(0, 8, 7, 2, rt)
#define ASM_TLBI_VAAE1(rt)   ASM_SYS(0, 8, 7, 3, rt)
#define ASM_TLBI_VAAE1IS(rt) ASM_SYS(0, 8, 3, 3, rt)
#define ASM_IC_IALLU         ASM_SYS(0, 7, 5, 0, 31)

#define ENC_DAIF      SYSREG_ENC(3, 3, 4, 2, 1)
#define ENC_NZCV      SYSREG_ENC(3, 3, 4, 2, 0)
#define ENC_SCTLR     SYSREG_ENC(3, 0, 1, 0, 0)
#define ENC_TTBR0     SYSREG_ENC(3, 0, 2, 0, 0)
#define ENC_TTBR1     SYSREG_ENC(3, 0, 2, 0, 1)
#define ENC_TCR       SYSREG_ENC(3, 0, 2, 0, 2)
#define ENC_MAIR      SYSREG_ENC(3, 0, 10, 2, 0)
#define ENC_MDSCR     SYSREG_ENC(2, 0, 0, 2, 2)
#define ENC_CNTV_TVAL SYSREG_ENC(3, 3, 14, 3, 0)
#define ENC_CNTV_CTL  SYSREG_ENC(3, 3, 14, 3, 1)

#endif
