/* SPDX-License-Identifier: MIT */
/*
 * Armv7's instructions among those of AArch32 (ARM DDI 0406C; Armv8's additions:
 * Arm ARM A1.3, F4.1), and its system registers as Linux's KVM for 32-bit Arm
 * left them to guests: debug registers and performance monitors are there and do
 * nothing, what Cortex-A7 and A15 have of their own is UNDEFINED but for a few.
 */
#include "cpu/a32/armv7.h"

#include "isa/a32/operands.h"

/* ---- instructions -------------------------------------------------------- */

/* By encoding, where an operation has older ones as well: Load-Acquire and
 * Store-Release, alone and exclusive; VCVTA, VCVTN, VCVTP and VCVTM. A condition
 * is none of the fixed bits. */
struct encoding {
	uint32_t mask, value;
};
static const struct encoding new_a32[] = {
	{0x0f800df0, 0x01800c90},
	{0xffbc0e50, 0xfebc0a40},
	{0xffb30c10, 0xf3b30000},
};
static const struct encoding new_t32[] = {
	{0xffe00080, 0xe8c00080},
	{0xffbc0e50, 0xfebc0a40},
	{0xffb30c10, 0xffb30000},
};

static bool is_among(const struct encoding *rows, size_t n, uint32_t word)
{
	for (size_t k = 0; k < n; k++)
		if ((word & rows[k].mask) == rows[k].value)
			return true;
	return false;
}

static bool op_is_new(const struct insn *i)
{
	switch (i->op) {
	case A32_VSEL:
	case A32_VMAXNM:
	case A32_VMINNM:
	case A32_VRINT:
	case A64_FMAXNM_vector:
	case A64_FMINNM_vector:
	case A64_FRINT_vector:
	case A64_FCVTA_vector: return true;
	case A32_VCVT_from_half:
	case A32_VCVT_to_half: return i->size == FP_DOUBLE;
	case A32_VMRS_system: return i->imm == VFP_MVFR2;
	default: return false;
	}
}

/* A hint without a meaning. */
static bool is_sevl(uint32_t word, bool t32)
{
	return t32 ? word == 0xbf50 || word == 0xf3af8005
		   : (word & 0x0fffffff) == 0x0320f005;
}

/* ---- system registers ---------------------------------------------------- */

#define RAZ_WI A32_SYSREG(15, 0, 0, 0, 2) /* as TCMTR is */

/* CRm and opc2 of the performance monitors that KVM knew. */
static bool is_pmu(uint32_t key)
{
	static const uint8_t there[] = {[12] = 0xef, [13] = 0x07, [14] = 0x07};
	unsigned int crm = SYSREG_CRM(key);

	return !SYSREG_OP1(key) && crm < sizeof(there) &&
	       there[crm] >> SYSREG_OP2(key) & 1;
}

static const struct {
	uint32_t key, armv7; /* 0: UNDEFINED */
} moved[] = {
	{A32_SYSREG(15, 0, 1, 0, 0), ARMV7_SCTLR},
	{A32_SYSREG(15, 0, 1, 0, 3), 0}, /* ACTLR2 */
	{A32_SYSREG(15, 0, 8, 3, 5), 0}, /* TLBIMVALIS */
	{A32_SYSREG(15, 0, 8, 3, 7), 0}, /* TLBIMVAALIS */
	{A32_SYSREG(15, 0, 8, 7, 5), 0}, /* TLBIMVAL */
	{A32_SYSREG(15, 0, 8, 7, 7), 0}, /* TLBIMVAAL */
	{A32_SYSREG(15, 1, 9, 0, 2), ARMV7_L2CTLR},
	{A32_SYSREG(15, 1, 9, 0, 3), RAZ_WI}, /* L2ECTLR */
	{A32_SYSREG(15, 4, 15, 0, 0), ARMV7_CBAR},
	{A32_SYSREG_64(15, 0, 9), 0}, /* PMCCNTR */
};

/* 0: there is none. */
static uint32_t armv7_sysreg(uint32_t key, bool wide)
{
	bool cp15 = SYSREG_OP0(key) & 1;

	if (!cp15)
		return RAZ_WI;
	for (size_t k = 0; k < sizeof(moved) / sizeof(*moved); k++)
		if (moved[k].key == key)
			return moved[k].armv7;
	if (!wide && SYSREG_CRN(key) == 9)
		return is_pmu(key) ? RAZ_WI : 0;
	if (!wide && SYSREG_CRN(key) == 14 && SYSREG_CRM(key) >= 8)
		return 0;
	return key;
}

bool armv7_insn(uint32_t word, bool t32, struct insn *i)
{
	switch (i->op) {
	case A32_MRC:
	case A32_MCR: i->imm = armv7_sysreg(i->imm, false); return i->imm;
	case A32_MRRC:
	case A32_MCRR: i->imm = armv7_sysreg(i->imm, true); return i->imm;
	case A32_SEV:
		if (is_sevl(word, t32))
			i->op = A64_HINT;
		return true;
	default: break;
	}
	return !op_is_new(i) &&
	       !(t32 ? is_among(new_t32, sizeof(new_t32) / sizeof(*new_t32),
				word)
		     : is_among(new_a32, sizeof(new_a32) / sizeof(*new_a32),
				word));
}
