/* SPDX-License-Identifier: MIT */
/*
 * What the operands of AArch32's own operations hold (isa/a32/ops.def). rd, rn,
 * rm and ra are registers as in isa/insn.h: 0..14, REG_SINK, or REG_ZR where an
 * operand is missing. size is W unless said otherwise.
 */
#ifndef FAUXKVM_ISA_A32_OPERANDS_H
#define FAUXKVM_ISA_A32_OPERANDS_H

#include "isa/a32/a32.h"
#include "isa/a64/operands.h"

/* ---- data processing ----------------------------------------------------- */

/* As the opcodes of A32, without those that only compare; ORN is T32's. The
 * operation is A32_AND + 2 * this, one more if it sets flags. */
enum a32_alu {
	ALU_AND,
	ALU_EOR,
	ALU_SUB,
	ALU_RSB,
	ALU_ADD,
	ALU_ADC,
	ALU_SBC,
	ALU_RSC,
	ALU_ORR,
	ALU_MOV,
	ALU_BIC,
	ALU_MVN,
	ALU_ORN,
};

/*
 * form: the second operand, one of enum a64_operand up to ROR (LSR and ASR by
 * 1..32), or of these: rm by RRX; rm shifted by the low byte of ra. Of IMM aux
 * is the shifter's carry, CARRY_KEPT where there is none.
 */
enum a32_operand {
	A32_OPERAND_RRX = NR_OPERANDS,
	A32_OPERAND_LSL_REG,
	A32_OPERAND_LSR_REG,
	A32_OPERAND_ASR_REG,
	A32_OPERAND_ROR_REG,
};
enum { CARRY_KEPT = 2 };

/* ADR: imm from the instruction's own address. */

/* ---- multiplication ------------------------------------------------------ */

/*
 * MULS: rd = rn * rm + ra. UMULL, SMULL, UMLAL, SMLAL: rd is RdLo, ra RdHi; aux 1:
 * sets flags. UMAAL likewise. SMLA_half, SMLAW, SMLAL_half: aux of enum a32_half;
 * SMLAD, SMLALD: aux 1 if the halves of rm are exchanged, 2 if the products are
 * subtracted. SMMLA: aux 1 rounds, 2 subtracts. Of the long ones as UMULL.
 */
enum a32_half { HALF_N_TOP = 1, HALF_M_TOP = 2 };

/* ---- media --------------------------------------------------------------- */

/* QADD: rn is the first operand; aux of these. */
enum a32_qadd { QADD_SUBTRACT = 1, QADD_DOUBLE = 2 };

/* SSAT, USAT: to imm bits, of rn shifted as form and aux say (LSL or ASR).
 * SSAT16, USAT16: to imm bits. */

/* PARALLEL: form is how, aux is what. */
enum a32_parallel {
	PARALLEL_S = 1,
	PARALLEL_Q,
	PARALLEL_SH,
	PARALLEL_U = 5,
	PARALLEL_UQ,
	PARALLEL_UH,
};
enum a32_parallel_op {
	PARALLEL_ADD16,
	PARALLEL_ASX,
	PARALLEL_SAX,
	PARALLEL_SUB16,
	PARALLEL_ADD8,
	PARALLEL_SUB8 = 7,
};

/* PKH: rm shifted as form and aux say; imm 1: PKHTB. */

/* EXTEND: rd = rn + the field of rm rotated right by aux; form is one of these,
 * as the encodings have them. */
enum a32_extend {
	EXTEND_SXTB16,
	EXTEND_SXTB = 2,
	EXTEND_SXTH,
	EXTEND_UXTB16,
	EXTEND_UXTB = 6,
	EXTEND_UXTH,
};

/* ---- status and system registers, exceptions ----------------------------- */

/* CPSR.M. Those below EL2, without Secure state. */
enum a32_mode {
	MODE_USR = 0x10,
	MODE_FIQ = 0x11,
	MODE_IRQ = 0x12,
	MODE_SVC = 0x13,
	MODE_ABT = 0x17,
	MODE_UND = 0x1b,
	MODE_SYS = 0x1f,
};

/* MSR (NZCVQ alone), MSR_control, MSR_spsr: aux is the mask, of these; form
 * OPERAND_IMM (imm) or OPERAND_REG (rn). */
enum a32_msr { MSR_C = 1, MSR_X = 2, MSR_G = 4, MSR_NZCVQ = 8 };
/* MRS_bank, MSR_bank: aux is the mode, imm the register, BANK_SPSR for that. */
enum { BANK_SPSR = 16 };
/* CPS: aux of A 4, I 2, F 1; imm the mode, 0 for none. form: */
enum a32_cps { CPS_NONE, CPS_ENABLE, CPS_DISABLE };
/* SETEND: imm is PSTATE.E; SETPAN: PSTATE.PAN. */

/* MRC, MCR: imm is the register, A32_SYSREG(); rd or rn is Rt; of MRC REG_SINK
 * with form 1: to the flags. MRRC, MCRR: A32_SYSREG_64(); rd and ra, rn and ra. */
#define A32_SYSREG(cp, opc1, crn, crm, opc2) \
	SYSREG_ENC((cp)&1, opc1, crn, crm, opc2)
#define A32_SYSREG_64(cp, opc1, crm) SYSREG_ENC(2 | ((cp)&1), opc1, 0, crm, 0)
/* VMRS_system, VMSR_system: imm of these. */
enum a32_vfp_system {
	VFP_FPSID,
	VFP_MVFR2 = 5,
	VFP_MVFR1,
	VFP_MVFR0,
	VFP_FPEXC,
};
/* SVC, BKPT, HVC, SMC: imm. ERET: to R14 - imm. */

/* RFE: from rn; SRS: to R13 of mode aux; imm where the first word is from it, form
 * of enum a32_ldm. LDM_return, LDM_user, STM_user: as LDM; the last two without
 * writeback, of User mode's registers. */

/* ---- branches ------------------------------------------------------------ */

/* B, BL, BLX_imm, CBZ, CBNZ: imm from the instruction's own address; of BLX_imm
 * from that aligned to 4 bytes. BX, BLX_reg: rm. CBZ: rn. */

/* ---- loads and stores ---------------------------------------------------- */

/*
 * LDR, STR: as in operands-ldst.h of A64 with the modes OFFSET, PRE, POST, LSL
 * and LITERAL (imm from the instruction's own address); an address has 32 bits.
 * The sign is extended to W.
 * LDR_any, STR_any: all others. form is the kind, the offset is imm or, if that is
 * LDST_ANY_REG, rm shifted; aux of the rest.
 */
enum a32_ldst_any {
	LDST_ANY_AMOUNT = 31,    /* of the shift */
	LDST_ANY_TYPE_SHIFT = 5, /* 0..3 as encoded; ROR by 0 is RRX */
	LDST_ANY_REG = 1 << 7,   /* rm rather than imm */
	LDST_ANY_SUB = 1 << 8,   /* of rm */
	LDST_ANY_POST = 1 << 9,
	LDST_ANY_WRITE_BACK = 1 << 10,
	LDST_ANY_UNPRIV = 1 << 11,
};

/*
 * LDRD, STRD: rd is Rt, ra Rt2; the offset and aux as of LDR_any.
 * LDM, STM: aux is the list, imm where the first is from rn, form of these. R15 in
 * the list is REG_SINK.
 */
enum a32_ldm { LDM_WRITE_BACK = 1, LDM_UP = 2 };

/* TBB: size B or H; rd becomes PC + 2 * what is at rn + (rm << size). */

/* ---- VFP ------------------------------------------------------------------ */

/*
 * rd, rn and rm are S or D registers as size says (FP_SINGLE, FP_DOUBLE; of FP_HALF
 * what is in the lower half of an S register), of which S(n) is the quarter n % 4 of vector register n / 4 and D(n) the half n % 2 of n / 2;
 * or general registers where the name says core.
 *
 * VSEL: aux is enum a64_cond. VCMP: form is enum a64_fp_compare. VRINT, VCVT_to_int: form
 * is enum a64_fp_round, with FP_UNSIGNED; the integer is an S register, as that of
 * VCVT_from_int. VCVT_from_half, VCVT_to_half: aux 1 is the upper half of the S register that
 * has it, as of VCVT_to_bfloat. VCVT_precision: size is the source's. VCVT_from_fixed, VCVT_to_fixed: of
 * rd; aux bits, imm of them fraction; form FP_UNSIGNED. VMOV_imm: imm.
 * VMOV_to_core, VMOV_from_core: an S register. VMOV_to_pair, VMOV_from_pair: rd and ra, or
 * rn and ra, with D(rm) or S(rm) and the next. VMOV_to_lane, VMOV_from_lane,
 * VDUP_core: size is that of the lane, aux which one of the D register; form
 * FP_UNSIGNED; of VDUP aux is how many D registers. VMRS: rd, REG_SINK with form 1: to the
 * flags. VMSR: rn.
 * VLDR, VSTR: at rn + imm; form 1: imm is from the instruction's own address. VLDM,
 * VSTM: from rd on, aux of them (of FLDMX too); imm is where the first is from rn, form of enum
 * a32_ldm.
 */

/* ---- Advanced SIMD -------------------------------------------------------- */

/*
 * Operations of A64 and own ones, with these in ra. rd, rn and rm are D registers, or
 * without its flag that Q register, a vector register of A64. The operand of what has but
 * one source is rn.
 */
enum a32_neon {
	NEON_D = 1, /* rd is a D register */
	NEON_N = 2,
	NEON_M = 4,
	NEON_STANDARD = 8, /* by the standard FPSCR: flushes, default NaNs */
	NEON_OWN = 16,     /* the body knows of D registers itself */
};
/*
 * VLD, VST: from rn, structures of n elements of which the first is in D(rd), the next
 * one step registers on; form of these. size: of an element; aux: how the address must be
 * aligned, in bytes; ra the lane. The base moves by rm, or by imm without one (REG_ZR); by
 * 0 is not at all.
 */
enum a32_structure {
	STRUCTURE_N = 3,         /* n - 1 */
	STRUCTURE_STEP = 1 << 2, /* 2, not 1 */
	STRUCTURE_REGS_SHIFT =
		3, /* whole: as often, from the next register on; all
				   * lanes of VLD1: registers; - 1 */
	STRUCTURE_LANE = 1 << 5,
	STRUCTURE_ALL = 1 << 6, /* one lane to all */
};
/* VMLA_neon: of singles, form 1 subtracts, aux lanes; _elem with element imm of rm.
 * VRECPS, VRSQRTS: aux lanes. VFMAL: aux singles, form 1 subtracts; of halves from S(rn) and
 * S(rm) on, imm the only one of rm or -1. VSWP, VTRN, VUZP, VZIP: size of the lanes, rd and rn.
 * VTBL: rd and rm, from D(rn) on aux of them; form 1: VTBX. */

/* ---- for format functions ------------------------------------------------ */

#define R_PC 15

/* A register as a source, R15 among them. */
static inline uint8_t a32_src(struct insn *out, unsigned int n)
{
	if (n != R_PC)
		return n;
	out->reads_pc = true;
	return REG_SINK;
}

/* As a destination. */
static inline uint8_t a32_dst(struct insn *out, unsigned int n,
			      enum a32_writes_pc how)
{
	if (n != R_PC)
		return n;
	out->writes_pc = how;
	return REG_SINK;
}

static inline bool a32_any_pc(unsigned int a, unsigned int b, unsigned int c)
{
	return a == R_PC || b == R_PC || c == R_PC;
}

/* format-alu.c. The second operand goes first. */
void a32_operand_imm(struct insn *out, uint32_t imm, unsigned int carry);
void a32_operand_shift(struct insn *out, unsigned int m, unsigned int type,
		       unsigned int amount);
void a32_operand_reg(struct insn *out, unsigned int m, unsigned int type,
		     unsigned int s);
/* What does @alu of @rn and that to @rd. */
void a32_alu(struct insn *out, enum a32_alu alu, bool flags, uint8_t rd,
	     uint8_t rn);

/* format-media.c. */
bool a32_bfi(struct insn *out, unsigned int d, unsigned int n, unsigned int lsb,
	     unsigned int msb);
bool a32_bfx(struct insn *out, bool sign, unsigned int d, unsigned int n,
	     unsigned int lsb, unsigned int width);
bool a32_extend(struct insn *out, enum a32_extend kind, unsigned int d,
		unsigned int n, unsigned int m, unsigned int rotation);
bool a32_sat(struct insn *out, bool sign, unsigned int d, unsigned int n,
	     unsigned int to, bool asr, unsigned int amount);
bool a32_multiply(struct insn *out, bool subtract, bool flags, unsigned int d,
		  unsigned int n, unsigned int m, unsigned int a);
bool a32_multiply_long(struct insn *out, enum a64_op op, unsigned int aux,
		       unsigned int lo, unsigned int hi, unsigned int n,
		       unsigned int m);
bool a32_multiply_media(struct insn *out, enum a64_op op, unsigned int aux,
			unsigned int d, unsigned int n, unsigned int m,
			unsigned int a);
bool a32_3regs(struct insn *out, enum a64_op op, unsigned int d, unsigned int n,
	       unsigned int m);

/* format-ldst.c. */
struct a32_address {
	bool add, index, wback, unpriv;
	int m;                     /* -1: imm */
	unsigned int imm;          /* or */
	unsigned int type, amount; /* of the shift of m */
	int pc; /* from the instruction to the PC as a base: aligned */
};
bool a32_ldst(struct insn *out, enum a64_ldst_kind kind, enum a64_size size,
	      unsigned int t, unsigned int n, const struct a32_address *a);
bool a32_ldrd(struct insn *out, bool load, unsigned int t, unsigned int t2,
	      unsigned int n, const struct a32_address *a);
bool a32_ldm(struct insn *out, bool load, bool up, bool before, bool wback,
	     unsigned int n, unsigned int list);
bool a32_exclusive(struct insn *out, bool load, bool exclusive, bool ordered,
		   unsigned int size, unsigned int d, unsigned int t,
		   unsigned int t2, unsigned int n);
bool a32_prefetch(struct insn *out);

/* format-branch.c. */
bool a32_barrier(struct insn *out, unsigned int op, unsigned int option);
bool a32_hint(struct insn *out, unsigned int hint);
bool a32_coprocessor_64(struct insn *out, bool read, unsigned int cp,
			unsigned int opc1, unsigned int m, unsigned int t,
			unsigned int t2);
bool a32_bank(struct insn *out, bool spsr, unsigned int sysm);
bool a32_cps(struct insn *out, unsigned int imod, bool change_mode,
	     unsigned int aif, unsigned int mode);
bool a32_rfe(struct insn *out, bool up, bool before, bool wback,
	     unsigned int n);
bool a32_srs(struct insn *out, bool up, bool before, bool wback,
	     unsigned int mode);
bool a32_coprocessor(struct insn *out, bool read, unsigned int cp,
		     unsigned int opc1, unsigned int n, unsigned int m,
		     unsigned int opc2, unsigned int t);
bool a32_msr(struct insn *out, unsigned int mask, bool spsr);

#endif
