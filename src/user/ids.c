/* SPDX-License-Identifier: MIT */
/*
 * What the PEs can do, as Linux tells it to a program: AT_HWCAP, and MRS of an ID
 * register, which EL0 may not and Linux does for it (its documentation's
 * "ARM64 CPU Feature Registers"). Both come from the core's ID registers.
 *
 * Pointer authentication is not told: no key is enabled, so that its hints do
 * nothing. Nor is what the translator has no code for, if what a program does
 * without it is faster.
 */
#include "base/fault.h"
#include "base/sysreg-enc.h"
#include "cpu/cpu.h"
#include "cpu/exception.h"
#include "kernel/arm64/host.h"
#include "user/pe.h"

#define ISAR0 SYSREG_ENC(3, 0, 0, 6, 0)
#define ISAR1 SYSREG_ENC(3, 0, 0, 6, 1)
#define PFR0  SYSREG_ENC(3, 0, 0, 4, 0)
#define PFR1  SYSREG_ENC(3, 0, 0, 4, 1)
#define DFR0  SYSREG_ENC(3, 0, 0, 5, 0)
#define MMFR0 SYSREG_ENC(3, 0, 0, 7, 0)
#define MMFR2 SYSREG_ENC(3, 0, 0, 7, 2)
#define MIDR  SYSREG_ENC(3, 0, 0, 0, 0)
#define MPIDR SYSREG_ENC(3, 0, 0, 0, 5)

/* What is told of a field, at most: these are softfloat's or a body's. */
static const struct {
	uint32_t enc;
	uint8_t shift, most;
} limits[] = {
	{PFR0, 16, 0},  /* FP16, scalar */
	{PFR0, 20, 0},  /* and vectors */
	{PFR0, 32, 0},  /* SVE: its PEs have none */
	{PFR1, 8, 0},   /* MTE, which a PE that is flat has not */
	{ISAR0, 12, 1}, /* SHA512 */
	{ISAR0, 48, 0}, /* FHM */
	{ISAR1, 16, 0}, /* FCMA */
	{ISAR1, 32, 0}, /* FRINTTS */
	{ISAR1, 44, 0}, /* BF16 */
	{MMFR2, 32, 0}, /* AT: nor LSE2 */
};

static uint64_t id_value(uint32_t enc)
{
	const struct cpu_sysreg_info *row = cpu_sysreg_find(enc);
	uint64_t val = row ? row->reset : 0;

	for (size_t k = 0; k < ARRAY_SIZE(limits); k++) {
		unsigned int shift = limits[k].shift;

		if (limits[k].enc == enc &&
		    (val >> shift & 15) > limits[k].most)
			val = (val & ~(UINT64_C(15) << shift)) |
			      (uint64_t)limits[k].most << shift;
	}
	return val;
}

/* ---- AT_HWCAP ------------------------------------------------------------ */

/* From which value of a field on a bit is told (Linux's numbers). */
static const struct {
	uint32_t enc;
	uint8_t shift, least, bit;
	bool sign, second; /* second: of AT_HWCAP2 */
} hwcaps[] = {
	{PFR0, 16, 0, 0, true, false},    /* FP */
	{PFR0, 20, 0, 1, true, false},    /* ASIMD */
	{ISAR0, 4, 1, 3, false, false},   /* AES */
	{ISAR0, 4, 2, 4, false, false},   /* PMULL */
	{ISAR0, 8, 1, 5, false, false},   /* SHA1 */
	{ISAR0, 12, 1, 6, false, false},  /* SHA2 */
	{ISAR0, 16, 1, 7, false, false},  /* CRC32 */
	{ISAR0, 20, 2, 8, false, false},  /* ATOMICS */
	{PFR0, 16, 1, 9, true, false},    /* FPHP */
	{PFR0, 20, 1, 10, true, false},   /* ASIMDHP */
	{ISAR0, 28, 1, 12, false, false}, /* ASIMDRDM */
	{ISAR1, 12, 1, 13, false, false}, /* JSCVT */
	{ISAR1, 16, 1, 14, false, false}, /* FCMA */
	{ISAR1, 20, 1, 15, false, false}, /* LRCPC */
	{ISAR1, 0, 1, 16, false, false},  /* DCPOP */
	{ISAR0, 32, 1, 17, false, false}, /* SHA3 */
	{ISAR0, 36, 1, 18, false, false}, /* SM3 */
	{ISAR0, 40, 1, 19, false, false}, /* SM4 */
	{ISAR0, 44, 1, 20, false, false}, /* ASIMDDP */
	{ISAR0, 12, 2, 21, false, false}, /* SHA512 */
	{ISAR0, 48, 1, 23, false, false}, /* ASIMDFHM */
	{PFR0, 48, 1, 24, false, false},  /* DIT */
	{MMFR2, 32, 1, 25, false, false}, /* USCAT */
	{ISAR1, 20, 2, 26, false, false}, /* ILRCPC */
	{ISAR0, 52, 1, 27, false, false}, /* FLAGM */
	{PFR1, 4, 2, 28, false, false},   /* SSBS */
	{ISAR1, 36, 1, 29, false, false}, /* SB */
	{ISAR1, 0, 2, 0, false, true},    /* DCPODP */
	{ISAR0, 52, 2, 7, false, true},   /* FLAGM2 */
	{ISAR1, 32, 1, 8, false, true},   /* FRINT */
	{ISAR1, 52, 1, 13, false, true},  /* I8MM */
	{ISAR1, 44, 1, 14, false, true},  /* BF16 */
};

#define HWCAP_EVTSTRM BIT(2) /* WFE does not wait for long */
#define HWCAP_CPUID   BIT(11)

static uint64_t hwcap(bool second)
{
	uint64_t out = 0;

	for (size_t k = 0; k < ARRAY_SIZE(hwcaps); k++) {
		uint64_t field =
			id_value(hwcaps[k].enc) >> hwcaps[k].shift & 15;
		int64_t val =
			(int64_t)(hwcaps[k].sign ? sext64(field, 4) : field);

		if (hwcaps[k].second == second && val >= hwcaps[k].least)
			out |= BIT(hwcaps[k].bit);
	}
	return out;
}

uint64_t pe_hwcap(void)
{
	return hwcap(false) | HWCAP_EVTSTRM | HWCAP_CPUID;
}

uint64_t pe_hwcap2(void)
{
	return hwcap(true);
}

/* ---- those of 32-bit Arm ------------------------------------------------- */

#define ISAR5 SYSREG_ENC(3, 0, 0, 2, 5)
#define ISAR6 SYSREG_ENC(3, 0, 0, 2, 7)
#define PFR2  SYSREG_ENC(3, 0, 0, 3, 4)
#define MVFR1 SYSREG_ENC(3, 0, 0, 3, 1)

static const struct {
	uint32_t enc;
	uint8_t shift, least, bit;
	bool second;
} hwcaps_arm[] = {
	{ISAR5, 4, 1, 0, true},    /* AES */
	{ISAR5, 4, 2, 1, true},    /* PMULL */
	{ISAR5, 8, 1, 2, true},    /* SHA1 */
	{ISAR5, 12, 1, 3, true},   /* SHA2 */
	{ISAR5, 16, 1, 4, true},   /* CRC32 */
	{ISAR6, 12, 1, 5, true},   /* SB */
	{PFR2, 4, 1, 6, true},     /* SSBS */
	{MVFR1, 24, 3, 22, false}, /* FPHP */
	{MVFR1, 20, 2, 23, false}, /* ASIMDHP */
	{ISAR6, 4, 1, 24, false},  /* ASIMDDP */
	{ISAR6, 8, 1, 25, false},  /* ASIMDFHM */
	{ISAR6, 20, 1, 26, false}, /* ASIMDBF16 */
	{ISAR6, 24, 1, 27, false}, /* I8MM */
};

/* Every Armv8-A with AArch32 has these: half-words, Thumb, fast multiply, VFP, DSP, NEON,
 * VFPv3, TLS, VFPv4, division in both instruction sets, LPAE. That there are 32 D registers
 * only a 32-bit Linux tells. */
#define HWCAP_ARM_V8                                                      \
	(BIT(1) | BIT(2) | BIT(4) | BIT(6) | BIT(7) | BIT(12) | BIT(13) | \
	 BIT(15) | BIT(16) | BIT(17) | BIT(18) | BIT(20))
#define HWCAP_ARM_VFPD32  BIT(19)
#define HWCAP_ARM_EVTSTRM BIT(21)

static uint64_t hwcap_arm(bool second)
{
	uint64_t out = 0;

	for (size_t k = 0; k < ARRAY_SIZE(hwcaps_arm); k++)
		if (hwcaps_arm[k].second == second &&
		    (id_value(hwcaps_arm[k].enc) >> hwcaps_arm[k].shift & 15) >=
			    hwcaps_arm[k].least)
			out |= BIT(hwcaps_arm[k].bit);
	return out;
}

uint64_t pe_hwcap_arm(void)
{
	/* Cortex-A15 and A7, which have of Armv8's list all that is Armv7's. */
	if (host_is_32bit())
		return HWCAP_ARM_V8 | HWCAP_ARM_VFPD32 | HWCAP_ARM_EVTSTRM;
	return hwcap_arm(false) | HWCAP_ARM_V8 | HWCAP_ARM_EVTSTRM;
}

uint64_t pe_hwcap2_arm(void)
{
	return host_is_32bit() ? 0 : hwcap_arm(true);
}

/* ---- MRS ----------------------------------------------------------------- */

/* The fields that Linux shows, and what it shows of the others. */
static const struct {
	uint32_t enc;
	uint64_t mask, rest;
} shown[] = {
	{ISAR0, UINT64_C(0x00fffffff0fffff0), 0},
	{ISAR1, UINT64_C(0x00fff0ff00fff00f), 0},
	{PFR0, UINT64_C(0x000f000000ff0000), 0x11},
	{PFR1, UINT64_C(0x00000000000000f0), 0},
	{DFR0, 0, 0x6},
	{MMFR0, 0, UINT64_C(0xff000000)},
	{MMFR2, UINT64_C(0x0000000f00000000), 0},
	{MIDR, UINT64_MAX, 0},
	{MPIDR, 0, BIT(31)},
};

/* Those that Linux reads for a program; the ones that say nothing are zero. */
static bool is_shown(uint32_t enc)
{
	unsigned int m = SYSREG_CRM(enc), op2 = SYSREG_OP2(enc);

	if (SYSREG_OP0(enc) != 3 || SYSREG_OP1(enc) || SYSREG_CRN(enc))
		return false;
	return m ? m >= 2 && m <= 7 : !op2 || op2 == 5 || op2 == 6;
}

static bool id_read(uint32_t enc, uint64_t *val)
{
	if (!is_shown(enc))
		return false;
	*val = 0;
	for (size_t k = 0; k < ARRAY_SIZE(shown); k++)
		if (shown[k].enc == enc)
			*val = (id_value(enc) & shown[k].mask) | shown[k].rest;
	return true;
}

bool pe_emulate(struct cpu *cpu)
{
	uint32_t word, ec = (uint32_t)(cpu->exit.sync.esr >> 26);
	uint64_t val;

	if ((ec != EC_UNKNOWN && ec != EC_MSR) ||
	    copy_from_user(&word, (const void *)cpu->pc, sizeof(word)) ||
	    (word & 0xfff00000) != 0xd5300000 ||
	    !id_read(word >> 5 & 0xffff, &val))
		return false;
	if ((word & 31) != 31)
		cpu->x[word & 31] = val;
	cpu->pc += 4;
	return true;
}
