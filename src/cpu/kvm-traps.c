/* SPDX-License-Identifier: MIT */
/*
 * Which instructions of the guest's KVM of Linux 6.12 does for it: by HCR_EL2 (TVM, TACR,
 * TSW, TID2 or TID4, TID3, TERR, TLOR), MDCR_EL2 (TDA, TDOSA, TDRA, TPM), CNTHCTL_EL2, and
 * writes that send an SGI.
 */
#include "cpu/kvm-traps.h"

#include "base/sysreg-enc.h"
#include "base/types.h"
#include "cpu/cpu.h"
#include "isa/a32/operands.h"

/* When. */
enum kvm_trap {
	TRAP_ALWAYS,
	TRAP_READ,       /* of it alone */
	TRAP_WRITE,      /* to it alone */
	TRAP_VM,         /* writes while caches are off: TVM */
	TRAP_RAS,        /* of a core with FEAT_RAS: TERR */
	TRAP_CACHE_TYPE, /* of a core without FEAT_EVT: TID2, else TID4 */
	TRAP_PTIMER,
	TRAP_PCOUNTER,
};

/* Registers @op1, @crn, @crm to @crm_last, and of @op2 those whose bits are set. */
struct kvm_trap_row {
	uint8_t op1, crn, crm, crm_last, op2;
	uint8_t when;
};

#define ALL 0xff

static const struct kvm_trap_row traps_a64[] = {
	{0, 0, 1, 7, ALL, TRAP_READ},      /* identification */
	{0, 1, 0, 0, 1 << 0, TRAP_VM},     /* SCTLR_EL1 */
	{0, 1, 0, 0, 1 << 1, TRAP_ALWAYS}, /* ACTLR_EL1 */
	{0, 2, 0, 0, 7, TRAP_VM},          /* TTBR0_EL1, TTBR1_EL1, TCR_EL1 */
	{0, 5, 1, 1, 3, TRAP_VM},          /* AFSR0_EL1, AFSR1_EL1 */
	{0, 5, 2, 2, 1, TRAP_VM},          /* ESR_EL1 */
	{0, 5, 3, 5, ALL, TRAP_RAS},       /* ERRIDR_EL1, ERRSELR_EL1, ERX* */
	{0, 6, 0, 0, 1, TRAP_VM},          /* FAR_EL1 */
	{0, 9, 14, 14, ALL, TRAP_ALWAYS},  /* PMINTENSET_EL1, ... */
	{0, 10, 2, 3, 1, TRAP_VM},         /* MAIR_EL1, AMAIR_EL1 */
	{0, 10, 4, 4, ALL, TRAP_ALWAYS},   /* LOR* */
	{0, 12, 11, 11, 0xe0, TRAP_WRITE}, /* ICC_SGI1R_EL1, ASGI1R, SGI0R */
	{0, 13, 0, 0, 1 << 1, TRAP_VM},    /* CONTEXTIDR_EL1 */
	{1, 0, 0, 0, 3, TRAP_ALWAYS},      /* CCSIDR_EL1, CLIDR_EL1 */
	{2, 0, 0, 0, 1, TRAP_ALWAYS},      /* CSSELR_EL1 */
	{3, 0, 0, 0, 1 << 1, TRAP_CACHE_TYPE}, /* CTR_EL0 */
	{3, 9, 12, 14, ALL, TRAP_ALWAYS},      /* PM* */
	{3, 14, 0, 0, 1 << 1, TRAP_PCOUNTER},  /* CNTPCT_EL0 */
	{3, 14, 2, 2, ALL, TRAP_PTIMER},       /* CNTP_*_EL0 */
	{3, 14, 8, 15, ALL,
	 TRAP_ALWAYS}, /* PMEVCNTR<n>_EL0, PMEVTYPER<n>_EL0 */
};

/* CP15, of MRC and MCR. */
static const struct kvm_trap_row traps_a32[] = {
	{0, 0, 0, 0, 1 << 1, TRAP_CACHE_TYPE}, /* CTR */
	{0, 0, 1, 7, ALL, TRAP_READ},
	{0, 1, 0, 0, 1 << 0, TRAP_VM},      /* SCTLR */
	{0, 1, 0, 0, 1 << 1, TRAP_ALWAYS},  /* ACTLR */
	{0, 2, 0, 0, 7, TRAP_VM},           /* TTBR0, TTBR1, TTBCR */
	{0, 3, 0, 0, 1, TRAP_VM},           /* DACR */
	{0, 5, 0, 1, 3, TRAP_VM},           /* DFSR, IFSR, ADFSR, AIFSR */
	{0, 6, 0, 0, 5, TRAP_VM},           /* DFAR, IFAR */
	{0, 7, 6, 6, 1 << 2, TRAP_WRITE},   /* DCISW */
	{0, 7, 10, 10, 1 << 2, TRAP_WRITE}, /* DCCSW */
	{0, 7, 14, 14, 1 << 2, TRAP_WRITE}, /* DCCISW */
	{0, 9, 12, 14, ALL, TRAP_ALWAYS},   /* PM* */
	{0, 10, 2, 3, 3, TRAP_VM},          /* PRRR, NMRR, AMAIR0, AMAIR1 */
	{0, 13, 0, 0, 1 << 1, TRAP_VM},     /* CONTEXTIDR */
	{0, 14, 2, 2, 3, TRAP_PTIMER},      /* CNTP_TVAL, CNTP_CTL */
	{0, 14, 8, 15, ALL, TRAP_ALWAYS},   /* PMEVCNTR<n>, PMEVTYPER<n> */
	{1, 0, 0, 0, 3, TRAP_ALWAYS},       /* CCSIDR, CLIDR */
	{2, 0, 0, 0, 1, TRAP_ALWAYS},       /* CSSELR */
};

#define SCTLR_CACHES (BIT(2) | BIT(0)) /* C, M */

bool kvm_traps_caches_on(const struct cpu *cpu)
{
	return (cpu->sys.sctlr_el1 & SCTLR_CACHES) == SCTLR_CACHES;
}

/* TVM is set from the vCPU's reset, or DC by set and way, until the guest writes such a
 * register with its caches on; never where stage 2 makes memory cacheable (FEAT_S2FWB). */
static bool vm_write_is_trapped(struct cpu *cpu)
{
	bool trapped = !cpu->caches_seen;

	if (FIELD(cpu_sysreg_get(cpu, ENC_ID_AA64MMFR2), 43, 40))
		return false;
	cpu->caches_seen |= kvm_traps_caches_on(cpu);
	return trapped;
}

static bool ptimer_is_trapped(struct cpu *cpu, bool counter)
{
	return cpu->env->traps_ptimer && cpu->env->traps_ptimer(cpu, counter);
}

static bool applies(struct cpu *cpu, enum kvm_trap when, bool write)
{
	switch (when) {
	case TRAP_ALWAYS: return true;
	case TRAP_READ: return !write;
	case TRAP_WRITE: return write;
	case TRAP_VM: return write && vm_write_is_trapped(cpu);
	case TRAP_RAS:
		return FIELD(cpu_sysreg_get(cpu, ENC_ID_AA64PFR0), 31, 28);
	case TRAP_CACHE_TYPE:
		return !FIELD(cpu_sysreg_get(cpu, ENC_ID_AA64MMFR2), 59, 56);
	case TRAP_PTIMER: return ptimer_is_trapped(cpu, false);
	case TRAP_PCOUNTER: return ptimer_is_trapped(cpu, true);
	}
	return false;
}

static bool is_in(struct cpu *cpu, const struct kvm_trap_row *rows, size_t n,
		  uint32_t enc, bool write)
{
	for (size_t k = 0; k < n; k++)
		if (rows[k].op1 == SYSREG_OP1(enc) &&
		    rows[k].crn == SYSREG_CRN(enc) &&
		    SYSREG_CRM(enc) >= rows[k].crm &&
		    SYSREG_CRM(enc) <= rows[k].crm_last &&
		    (rows[k].op2 >> SYSREG_OP2(enc) & 1))
			return applies(cpu, rows[k].when, write);
	return false;
}

/* While KVM debugs all of them; MDRAR_EL1, OSLAR_EL1 and the like always. */
static bool debug_is_trapped(const struct cpu *cpu, uint32_t enc)
{
	return cpu->gdbg || (!SYSREG_OP1(enc) && SYSREG_CRN(enc) == 1);
}

/* DC by set and way, tags too. */
static bool is_set_way(uint32_t enc)
{
	unsigned int crm = SYSREG_CRM(enc), op2 = SYSREG_OP2(enc);

	return enc >> 14 == 1 && !SYSREG_OP1(enc) && SYSREG_CRN(enc) == 7 &&
	       (crm == 6 || crm == 10 || crm == 14) && op2 && !(op2 & 1);
}

bool kvm_traps_a64(struct cpu *cpu, uint32_t word)
{
	uint32_t enc = word >> 5 & 0xffff;

	switch (word >> 20) {
	case 0xd51:                   /* MSR */
	case 0xd53:                   /* MRS */
		if (!(enc & BIT(14))) /* op0 is 2 */
			return debug_is_trapped(cpu, enc);
		return is_in(cpu, traps_a64, ARRAY_SIZE(traps_a64), enc,
			     !(word & BIT(21)));
	case 0xd50: return is_set_way(enc);
	default: return false;
	}
}

bool kvm_traps_a32(struct cpu *cpu, const struct insn *i)
{
	unsigned int crm = SYSREG_CRM(i->imm), op1 = SYSREG_OP1(i->imm);
	bool write = i->op == A32_MCR || i->op == A32_MCRR;

	switch (i->op) {
	case A32_MRC:
	case A32_MCR:
		if (!(SYSREG_OP0(i->imm) & 1)) /* CP14 */
			return cpu->gdbg;
		return is_in(cpu, traps_a32, ARRAY_SIZE(traps_a32), i->imm,
			     write);
	case A32_MRRC:
	case A32_MCRR:
		if (!(SYSREG_OP0(i->imm) & 1))
			return cpu->gdbg;
		switch (crm) {
		case 2: return write && vm_write_is_trapped(cpu);
		case 9: return true;  /* PMCCNTR */
		case 12: return true; /* ICC_SGI1R and its like */
		case 14:
			return !op1 ? ptimer_is_trapped(cpu, true)
				    : op1 == 2 && ptimer_is_trapped(cpu, false);
		default: return false;
		}
	default: return false;
	}
}
