/* SPDX-License-Identifier: MIT */
/*
 * Registers as Linux 6.1 has them, see linux-6-1.h. Source: Linux 6.1
 * arch/arm64/kvm/sys_regs.c, and what tests/real-kvm -k 6.1 says.
 */
#include "kernel/arm64/linux-6-1.h"

#include <errno.h>

#include "base/refuse.h"
#include "base/since.h"

#define ENC_TCR2  SYSREG_ENC(3, 0, 2, 0, 3)
#define ENC_PIRE0 SYSREG_ENC(3, 0, 10, 2, 2)
#define ENC_PIR   SYSREG_ENC(3, 0, 10, 2, 3)
#define ENC_CLIDR SYSREG_ENC(3, 1, 0, 0, 1)
#define ENC_PMCR  SYSREG_ENC(3, 3, 9, 12, 0)

#define PFR0_CSV2     GENMASK(59, 56)
#define PFR0_CSV3     GENMASK(63, 60)
#define DFR0_DEBUGVER GENMASK(3, 0)
#define DFR0_PMUVER   GENMASK(11, 8)
/* It knows no such field. */
#define MMFR1_ETS  GENMASK(39, 36)
#define PMUVER_8_4 5
/* The writable bits after a reset, which 6.1 makes up, but for E. */
#define PMCR_RESET 0xac

/* From when on a register is there, or not the host's any more. */
static const struct {
	uint32_t enc;
	unsigned int listed, free; /* LINUX(), 0: always */
} reg_rows[] = {
	{.enc = ENC_TCR2, .listed = LINUX(6, 5)},
	{.enc = ENC_PIRE0, .listed = LINUX(6, 5)},
	{.enc = ENC_PIR, .listed = LINUX(6, 5)},
	{.enc = ENC_CLIDR, .free = LINUX(6, 3)},
	{.enc = ENC_CTR, .free = LINUX(6, 11)},
};

bool linux_lists_reg(const struct cpu_sysreg_info *row)
{
	for (size_t i = 0; i < ARRAY_SIZE(reg_rows); i++)
		if (reg_rows[i].enc == row->enc)
			return linux_version >= reg_rows[i].listed;
	return true;
}

bool linux_fixes_reg(const struct cpu_sysreg_info *row)
{
	for (size_t i = 0; i < ARRAY_SIZE(reg_rows); i++)
		if (reg_rows[i].enc == row->enc &&
		    linux_version < reg_rows[i].free)
			return true;
	return row->flags & SYSREG_INVARIANT;
}

/* ---- ID registers -------------------------------------------------------- */

bool linux_fixes_ids(void)
{
	return !linux_is_since(6, 7);
}

static uint64_t at_most(uint64_t val, uint64_t mask, uint64_t most)
{
	unsigned int shift = __builtin_ctzll(mask);

	return (val & ~mask) | min_u64((val & mask) >> shift, most) << shift;
}

/* Branches and permissions: 1 if Linux has nothing to do against speculation. */
static uint64_t csv2_limit(void)
{
	return host_profile->workaround[0] ==
	       KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1_NOT_REQUIRED;
}

uint64_t linux_6_1_id(const struct cpu_sysreg_info *row, uint64_t limit)
{
	switch (row->enc) {
	case ENC_ID_AA64PFR0:
		return at_most((limit & ~PFR0_CSV2) | csv2_limit() << 56,
			       PFR0_CSV3, 1);
	case ENC_ID_AA64DFR0:
		limit = at_most(limit, DFR0_DEBUGVER, 6);
		return at_most(limit, DFR0_PMUVER, PMUVER_8_4);
	case ENC_ID_AA64MMFR1: return limit & ~MMFR1_ETS;
	default: return limit;
	}
}

long linux_6_1_id_check(const struct cpu_sysreg_info *row, uint64_t old,
			uint64_t val)
{
	uint64_t free = row->enc == ENC_ID_AA64PFR0 ? PFR0_CSV2 | PFR0_CSV3 : 0;
	uint64_t most = linux_6_1_id(row, host_id(row));

	if ((val & free & PFR0_CSV2) > (most & PFR0_CSV2) ||
	    (val & free & PFR0_CSV3) > (most & PFR0_CSV3))
		return refuse(EINVAL, FKVM_IDREG_HIGH,
			      "CSV2 or CSV3 of %#lx is more than the host has",
			      val);
	if ((val ^ old) & ~free)
		return refuse(EINVAL, FKVM_IDREG_FIXED,
			      "bits %#lx of %#lx can't be written in Linux 6.1",
			      (val ^ old) & ~free, val);
	return 0;
}

/* ---- counters ------------------------------------------------------------ */

bool linux_6_1_bits_set(struct vcpu *vcpu, const struct cpu_sysreg_info *row,
			uint64_t val)
{
	static const struct {
		uint32_t set, clear;
	} rows[] = {
		{SYSREG_ENC(3, 0, 9, 14, 1), SYSREG_ENC(3, 0, 9, 14, 2)},
		{SYSREG_ENC(3, 3, 9, 12, 1), SYSREG_ENC(3, 3, 9, 12, 2)},
		{SYSREG_ENC(3, 3, 9, 14, 3), SYSREG_ENC(3, 3, 9, 12, 3)},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (row->enc != rows[i].set && row->enc != rows[i].clear)
			continue;
		if (linux_is_since(6, 7))
			return false;
		cpu_sysreg_set(cpu_of(vcpu), rows[i].clear, ~val);
		cpu_sysreg_set(cpu_of(vcpu), rows[i].set, val);
		return true;
	}
	return false;
}

/* ---- caches -------------------------------------------------------------- */

bool linux_fixes_caches(void)
{
	return !linux_is_since(6, 3);
}

/* By its level and kind: 1 is for instructions, 2 for data, 3 both apart, 4
 * both in one. */
static bool has_cache(unsigned int n)
{
	uint64_t clidr = host_id(cpu_sysreg_find(ENC_CLIDR));
	unsigned int kind = clidr >> 3 * (n / 2) & 7;

	return n / 2 < 7 &&
	       (n & 1 ? kind == 1 || kind == 3 : kind >= 2 && kind <= 4);
}

bool linux_6_1_ccsidr(unsigned int n, uint32_t *val)
{
	if (!has_cache(n))
		return false;
	*val = host_profile->ccsidr[n];
	return true;
}

/* The guest shall not flush by set and way: a cache for data has one of each. */
void linux_6_1_vcpu_init(struct vcpu *vcpu)
{
	uint32_t val;

	if (!linux_fixes_caches())
		return;
	for (unsigned int n = 0; n < HOST_CACHES; n++)
		if (linux_6_1_ccsidr(n, &val))
			cpu_of(vcpu)->sys.ccsidr[n] =
				n & 1 || host_is_32bit()
					? val
					: val & ~GENMASK(27, 3);
}

void linux_6_1_vcpu_reset(struct vcpu *vcpu)
{
	if (!linux_is_since(6, 4) && cpu_of(vcpu)->pmu.model)
		cpu_sysreg_set(cpu_of(vcpu), ENC_PMCR, PMCR_RESET);
}
