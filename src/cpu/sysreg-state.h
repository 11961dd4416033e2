/* SPDX-License-Identifier: MIT */
/*
 * Storage of the EL1 and EL0 system registers of one PE, and the fields of
 * those that several files look into. Names are the manual's, in lower case;
 * what each register does is its row in cpu/sysregs.def.
 */
#ifndef FAUXKVM_CPU_SYSREG_STATE_H
#define FAUXKVM_CPU_SYSREG_STATE_H

#include <stdint.h>

#include "base/types.h"
#include "cpu/pac.h"
#include "isa/a64/operands.h"

#define CPU_NR_ID_REGS 64 /* op0=3 op1=0 CRn=0 CRm=0..7 op2=0..7 */

struct cpu_sysregs {
	/* ID space, index CRm * 8 + op2 (0: MIDR, 5: MPIDR, 6: REVIDR). */
	uint64_t id[CPU_NR_ID_REGS];
	uint64_t clidr_el1, csselr_el1, ctr_el0, aidr_el1, dczid_el0;
	uint32_t ccsidr[16];

	uint64_t sctlr_el1, actlr_el1, cpacr_el1, zcr_el1;
	uint64_t ttbr0_el1, ttbr1_el1, tcr_el1, tcr2_el1;
	uint64_t mair_el1, amair_el1, pire0_el1, pir_el1;
	uint64_t spsr_el1, elr_el1, esr_el1, far_el1;
	uint64_t afsr0_el1, afsr1_el1, par_el1, vbar_el1, disr_el1;
	uint64_t contextidr_el1, tpidr_el1, tpidr_el0, tpidrro_el0;
	uint64_t cntkctl_el1;
	uint32_t l2ctlr; /* of Cortex-A7 and A15 */
	struct pac_key pac_key[NR_PAUTH_KEYS];
	uint64_t gcr_el1, rgsr_el1, tfsr_el1, tfsre0_el1;
	/* Of AArch32 modes. SPSR_svc is SPSR_EL1. */
	uint64_t spsr_abt, spsr_und, spsr_irq, spsr_fiq;
	uint64_t dacr32_el2, ifsr32_el2, fpexc32_el2, dbgvcr32_el2;

	/* PMU; number 31 is the cycle counter, whose type is PMCCFILTR_EL0. */
	uint64_t pmcr_el0, pmcnten, pminten, pmovs, pmselr_el0, pmuserenr_el0;
	uint64_t pmswinc_el0; /* always 0 */
	uint64_t pmevcntr[32], pmevtyper[32];

	/* Self-hosted debug. */
	uint64_t mdscr_el1, mdccint_el1, oslsr_el1;
	uint64_t dbgbvr[16], dbgbcr[16], dbgwvr[16], dbgwcr[16];
};

/* ---- their fields -------------------------------------------------------- */

#define SCTLR_M         BIT(0)
#define SCTLR_A         BIT(1)
#define SCTLR_SA        BIT(3)
#define SCTLR_SA0       BIT(4)
#define SCTLR_UMA       BIT(9)
#define SCTLR_ENRCTX    BIT(10)
#define SCTLR_ENDB      BIT(13) /* this and the other three: FEAT_PAuth */
#define SCTLR_DZE       BIT(14)
#define SCTLR_UCT       BIT(15)
#define SCTLR_NTWI      BIT(16)
#define SCTLR_NTWE      BIT(18)
#define SCTLR_WXN       BIT(19)
#define SCTLR_IESB      BIT(21)
#define SCTLR_NAA       BIT(6)
#define SCTLR_SPAN      BIT(23)
#define SCTLR_E0E       BIT(24)
#define SCTLR_EE        BIT(25)
#define SCTLR_UCI       BIT(26)
#define SCTLR_A32_SED   BIT(8)
#define SCTLR_A32_V     BIT(13) /* AArch32's, as the next two */
#define SCTLR_A32_TE    BIT(30)
#define SCTLR_A32_DSSBS BIT(31)
#define SCTLR_ENDA      BIT(27)
#define SCTLR_ENIB      BIT(30)
#define SCTLR_ENIA      BIT(31)
#define SCTLR_BT0       BIT(35)
#define SCTLR_BT1       BIT(36)
#define SCTLR_TCF0      GENMASK(39, 38) /* enum mte_tcf, of EL0 */
#define SCTLR_TCF       GENMASK(41, 40)
#define SCTLR_ATA0      BIT(42)
#define SCTLR_ATA       BIT(43)
#define SCTLR_MTE       GENMASK(43, 37) /* these and ITFSB */
#define SCTLR_DSSBS     BIT(44)
#define CPACR_ASEDIS    BIT(31) /* AArch32's */
#define FPEXC_EN        BIT(30)
#define SCTLR_PAUTH     (SCTLR_ENDB | SCTLR_ENDA | SCTLR_ENIB | SCTLR_ENIA)

/* What AArch32 has there. */
#define SCTLR_A32_UWXN BIT(20)
#define SCTLR_A32_TRE  BIT(28)
#define SCTLR_A32_AFE  BIT(29)
/* What is kept of a translation depends on it. */
#define SCTLR_A32_WALK \
	(SCTLR_WXN | SCTLR_A32_UWXN | SCTLR_EE | SCTLR_A32_TRE | SCTLR_A32_AFE)

#define CPACR_ZEN      GENMASK(17, 16) /* FEAT_SVE */
#define CPACR_FPEN_EL1 BIT(20)

#define TCR_HA    BIT(39)
#define TCR_HD    BIT(40)
#define TCR_HPD0  BIT(41)
#define TCR_HPD1  BIT(42)
#define TCR_HWU   GENMASK(50, 43) /* of bits that nothing here uses */
#define TCR_TBID0 BIT(51)         /* FEAT_PAuth */
#define TCR_TBID1 BIT(52)
#define TCR_E0PD0 BIT(55)
#define TCR_E0PD1 BIT(56)
#define TCR_TCMA0 BIT(57)
#define TCR_TCMA1 BIT(58)

#define MDSCR_SS   BIT(0)
#define MDSCR_TDCC BIT(12)
#define MDSCR_KDE  BIT(13)
#define MDSCR_MDE  BIT(15)

#define DBGDSCR_MOE GENMASK(5, 2) /* AArch32's view */

#define OSLSR_OSLK BIT(1)

#endif
