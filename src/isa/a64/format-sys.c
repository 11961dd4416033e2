/* SPDX-License-Identifier: MIT */
/*
 * Formats of system instructions (Arm ARM C4.1.93): exception generation,
 * hints, barriers, PSTATE fields, system registers, maintenance. Whether the
 * register of an MRS or MSR exists is a matter of the PE, not of decoding.
 */
#include "isa/a64/formats.h"

bool fmt_sys_none(uint32_t word, struct insn *out)
{
	return true;
}

/* imm: of the exception. */
bool fmt_sys_imm16(uint32_t word, struct insn *out)
{
	out->imm = FLD(word, 20, 5);
	return true;
}

/* imm: the value for the PSTATE field. */
bool fmt_sys_imm4(uint32_t word, struct insn *out)
{
	out->imm = FLD(word, 11, 8);
	return true;
}

/* CRm<1:0> says what it orders: 01 loads with all, 10 stores with stores. */
bool fmt_sys_dmb(uint32_t word, struct insn *out)
{
	switch (FLD(word, 9, 8)) {
	case 1: out->form = DMB_LOADS; break;
	case 2: out->form = DMB_STORES; break;
	default: out->form = DMB_ALL;
	}
	return true;
}

bool fmt_sys_mrs(uint32_t word, struct insn *out)
{
	out->imm = FLD(word, 20, 5);
	out->rd = reg_dst(FLD(word, 4, 0));
	return true;
}

/* MSR (register) and SYS */
bool fmt_sys_msr(uint32_t word, struct insn *out)
{
	out->imm = FLD(word, 20, 5);
	out->rn = reg_src(FLD(word, 4, 0));
	return true;
}

/* aux: others are told. What is outer shareable is no more than that here. op2: 0
 * VMALLE1, 1 VAE1, 2 ASIDE1, 3 VAAE1, 5 VALE1, 7 VAALE1. */
bool fmt_sys_tlbi(uint32_t word, struct insn *out)
{
	fmt_sys_msr(word, out);
	switch (FLD(word, 11, 8)) {
	case 1:
	case 3: out->aux = 1; break;
	case 7: break;
	default: return false;
	}
	switch (FLD(word, 7, 5)) {
	case 0: out->form = TLBI_ALL; return true;
	case 2: out->form = TLBI_ASID; return true;
	case 1:
	case 3:
	case 5:
	case 7: out->form = TLBI_VA; return true;
	default: return false;
	}
}

/* op2: 4 CFP, 5 DVP, 7 CPP. */
bool fmt_sys_rctx(uint32_t word, struct insn *out)
{
	unsigned int op2 = FLD(word, 7, 5);

	fmt_sys_msr(word, out);
	return op2 == 4 || op2 == 5 || op2 == 7;
}

/* op2: 1 RVAE1, 3 RVAAE1, 5 RVALE1, 7 RVAALE1. */
bool fmt_sys_tlbi_range(uint32_t word, struct insn *out)
{
	fmt_sys_msr(word, out);
	out->aux = FLD(word, 11, 8) != 6;
	out->form = TLBI_RANGE;
	return FLD(word, 5, 5);
}

/* op2: 0 S1E1R, 1 S1E1W, 2 S1E0R, 3 S1E0W; with CRm 9: 0 S1E1RP, 1 S1E1WP. */
bool fmt_sys_at(uint32_t word, struct insn *out)
{
	fmt_sys_msr(word, out);
	out->form = (FLD(word, 5, 5) ? AT_WRITE : 0) |
		    (FLD(word, 6, 6) ? AT_EL0 : 0) |
		    (FLD(word, 8, 8) ? AT_PAN : 0);
	return true;
}
