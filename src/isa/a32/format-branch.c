/* SPDX-License-Identifier: MIT */
/*
 * Formats of branches, exceptions, status registers, hints and barriers of A32
 * (Arm ARM F4.1.2, F4.1.16 to F4.1.18), and what they have in common with those of T32.
 */
#include "base/sysreg-enc.h"
#include "isa/a32/formats.h"

/* ---- branches ------------------------------------------------------------ */

static int64_t branch_offset(uint32_t word)
{
	return sext64(FLD(word, 23, 0) << 2, 26) + 8;
}

bool a32_fmt_b(uint32_t word, struct insn *out)
{
	out->op = A32_B;
	out->imm = branch_offset(word);
	return true;
}

bool a32_fmt_bl(uint32_t word, struct insn *out)
{
	out->op = A32_BL;
	out->imm = branch_offset(word);
	return true;
}

bool a32_fmt_blx_imm(uint32_t word, struct insn *out)
{
	out->op = A32_BLX_imm;
	out->imm = branch_offset(word) + 2 * FLD(word, 24, 24);
	return true;
}

/* BXJ does as BX without Jazelle. */
bool a32_fmt_bx(uint32_t word, struct insn *out)
{
	unsigned int m = FLD(word, 3, 0);
	bool link = FLD(word, 5, 4) == 3;

	out->op = link ? A32_BLX_reg : A32_BX;
	if (m == R_PC && FLD(word, 5, 4) != 1)
		return false;
	out->rm = a32_src(out, m);
	return true;
}

/* ---- exceptions ---------------------------------------------------------- */

bool a32_fmt_svc(uint32_t word, struct insn *out)
{
	out->op = A32_SVC;
	out->imm = FLD(word, 23, 0);
	return true;
}

bool a32_fmt_bkpt(uint32_t word, struct insn *out)
{
	out->op = A32_BKPT;
	out->imm = FLD(word, 19, 8) << 4 | FLD(word, 3, 0);
	return !out->cond;
}

bool a32_fmt_hvc(uint32_t word, struct insn *out)
{
	out->op = A32_HVC;
	out->imm = FLD(word, 19, 8) << 4 | FLD(word, 3, 0);
	return !out->cond;
}

bool a32_fmt_smc(uint32_t word, struct insn *out)
{
	out->op = A32_SMC;
	out->imm = FLD(word, 3, 0);
	return true;
}

bool a32_fmt_eret(uint32_t word, struct insn *out)
{
	out->op = A32_ERET;
	return true;
}

/* Two words. */
static void two_words(struct insn *out, bool up, bool before, bool wback)
{
	out->form = (wback ? LDM_WRITE_BACK : 0) | (up ? LDM_UP : 0);
	out->imm = up ? 0 : -8;
	out->imm += before == up ? 4 : 0;
}

bool a32_rfe(struct insn *out, bool up, bool before, bool wback, unsigned int n)
{
	out->op = A32_RFE;
	out->rn = n;
	two_words(out, up, before, wback);
	return n != R_PC;
}

bool a32_srs(struct insn *out, bool up, bool before, bool wback,
	     unsigned int mode)
{
	out->op = A32_SRS;
	out->aux = mode;
	two_words(out, up, before, wback);
	return true;
}

bool a32_fmt_rfe(uint32_t word, struct insn *out)
{
	return a32_rfe(out, FLD(word, 23, 23), FLD(word, 24, 24),
		       FLD(word, 21, 21), FLD(word, 19, 16));
}

bool a32_fmt_srs(uint32_t word, struct insn *out)
{
	return a32_srs(out, FLD(word, 23, 23), FLD(word, 24, 24),
		       FLD(word, 21, 21), FLD(word, 4, 0));
}

/* ---- status registers ---------------------------------------------------- */

bool a32_msr(struct insn *out, unsigned int mask, bool spsr)
{
	out->op = spsr                ? A32_MSR_spsr
		  : mask != MSR_NZCVQ ? A32_MSR_control
				      : A32_MSR;
	out->aux = mask;
	return mask;
}

bool a32_fmt_msr_imm(uint32_t word, struct insn *out)
{
	uint32_t imm = FLD(word, 7, 0);
	unsigned int by = 2 * FLD(word, 11, 8);

	out->form = OPERAND_IMM;
	out->imm = by ? imm >> by | imm << (32 - by) : imm;
	return a32_msr(out, FLD(word, 19, 16), FLD(word, 22, 22));
}

bool a32_fmt_msr_reg(uint32_t word, struct insn *out)
{
	out->form = OPERAND_REG;
	out->rn = FLD(word, 3, 0);
	return out->rn != R_PC &&
	       a32_msr(out, FLD(word, 19, 16), FLD(word, 22, 22));
}

bool a32_fmt_mrs(uint32_t word, struct insn *out)
{
	out->op = FLD(word, 22, 22) ? A32_MRS_spsr : A32_MRS;
	out->rd = FLD(word, 15, 12);
	return out->rd != R_PC;
}

/* As pseudocode BankedRegisterAccessValid has @sysm. UNPREDICTABLE: that the mode
 * is the current one; it is allowed here. */
bool a32_bank(struct insn *out, bool spsr, unsigned int sysm)
{
	static const uint8_t modes[16] = {
		[8] = MODE_IRQ,
		[9] = MODE_SVC,
		[10] = MODE_ABT,
		[11] = MODE_UND,
	};

	if (sysm < 16) {
		out->aux = sysm < 8 ? MODE_USR : MODE_FIQ;
		out->imm = spsr ? BANK_SPSR : 8 + (sysm & 7);
		return spsr ? sysm == 14 : (sysm & 7) < 7;
	}
	out->aux = modes[sysm >> 1];
	out->imm = spsr ? BANK_SPSR : 14 - (sysm & 1);
	return out->aux && !(spsr && (sysm & 1));
}

static unsigned int field_sysm(uint32_t word)
{
	return FLD(word, 8, 8) << 4 | FLD(word, 19, 16);
}

bool a32_fmt_mrs_bank(uint32_t word, struct insn *out)
{
	out->op = A32_MRS_bank;
	out->rd = FLD(word, 15, 12);
	return out->rd != R_PC &&
	       a32_bank(out, FLD(word, 22, 22), field_sysm(word));
}

bool a32_fmt_msr_bank(uint32_t word, struct insn *out)
{
	out->op = A32_MSR_bank;
	out->rn = FLD(word, 3, 0);
	return out->rn != R_PC &&
	       a32_bank(out, FLD(word, 22, 22), field_sysm(word));
}

bool a32_cps(struct insn *out, unsigned int imod, bool change_mode,
	     unsigned int aif, unsigned int mode)
{
	static const uint8_t forms[4] = {CPS_NONE, CPS_NONE, CPS_ENABLE,
					 CPS_DISABLE};

	out->op = A32_CPS;
	out->form = forms[imod];
	out->aux = aif;
	out->imm = change_mode ? mode : 0;
	if (out->it || imod == 1 || (mode && !change_mode))
		return false;
	return imod ? aif : change_mode && !aif;
}

bool a32_fmt_setend(uint32_t word, struct insn *out)
{
	out->op = A32_SETEND;
	out->imm = FLD(word, 9, 9);
	return true;
}

bool a32_fmt_setpan(uint32_t word, struct insn *out)
{
	out->op = A32_SETPAN;
	out->imm = FLD(word, 9, 9);
	return true;
}

bool a32_fmt_cps(uint32_t word, struct insn *out)
{
	return a32_cps(out, FLD(word, 19, 18), FLD(word, 17, 17),
		       FLD(word, 8, 6), FLD(word, 4, 0));
}

/* ---- system registers ---------------------------------------------------- */

bool a32_coprocessor(struct insn *out, bool read, unsigned int cp,
		     unsigned int opc1, unsigned int n, unsigned int m,
		     unsigned int opc2, unsigned int t)
{
	out->op = read ? A32_MRC : A32_MCR;
	out->imm = A32_SYSREG(cp, opc1, n, m, opc2);
	if (read) {
		out->rd = t == R_PC ? REG_SINK : t;
		out->form = t == R_PC;
		return true;
	}
	out->rn = t;
	return t != R_PC;
}

bool a32_fmt_coprocessor(uint32_t word, struct insn *out)
{
	return a32_coprocessor(out, FLD(word, 20, 20), FLD(word, 11, 8),
			       FLD(word, 23, 21), FLD(word, 19, 16),
			       FLD(word, 3, 0), FLD(word, 7, 5),
			       FLD(word, 15, 12));
}

bool a32_coprocessor_64(struct insn *out, bool read, unsigned int cp,
			unsigned int opc1, unsigned int m, unsigned int t,
			unsigned int t2)
{
	out->op = read ? A32_MRRC : A32_MCRR;
	out->imm = A32_SYSREG_64(cp, opc1 & 7, m);
	out->ra = t2;
	if (read)
		out->rd = t;
	else
		out->rn = t;
	return opc1 < 8 && !a32_any_pc(t, t2, 0) && !(read && t == t2);
}

bool a32_fmt_coprocessor_64(uint32_t word, struct insn *out)
{
	return a32_coprocessor_64(out, FLD(word, 20, 20), FLD(word, 11, 8),
				  FLD(word, 7, 4), FLD(word, 3, 0),
				  FLD(word, 15, 12), FLD(word, 19, 16));
}

/* ---- hints and barriers -------------------------------------------------- */

bool a32_hint(struct insn *out, unsigned int hint)
{
	switch (hint) {
	case 1: out->op = A32_YIELD; break;
	case 2: out->op = A32_WFE; break;
	case 3: out->op = A32_WFI; break;
	case 4:
	case 5: out->op = A32_SEV; break;
	default: out->op = A64_HINT; break;
	}
	return true;
}

bool a32_fmt_hint(uint32_t word, struct insn *out)
{
	return a32_hint(out, FLD(word, 7, 0));
}

/* DMB, ISB and SB as A64's. */
bool a32_barrier(struct insn *out, unsigned int op, unsigned int option)
{
	switch (op) {
	case 1: out->op = A64_CLREX; return true;
	case 4: out->op = A32_DSB; return true;
	case 5:
		out->op = A64_DMB;
		out->form = (option & 3) == 1   ? DMB_LOADS
			    : (option & 3) == 2 ? DMB_STORES
						: DMB_ALL;
		return true;
	case 6: out->op = A64_ISB; return true;
	case 7: out->op = A64_SB; return true;
	default: return false;
	}
}

bool a32_fmt_barrier(uint32_t word, struct insn *out)
{
	return a32_barrier(out, FLD(word, 7, 4), FLD(word, 3, 0));
}
