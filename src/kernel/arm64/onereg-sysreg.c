/* SPDX-License-Identifier: MIT */
/*
 * ONE_REG of the system registers: the timers' by ids of their own, the rows
 * of src/cpu's table that have SYSREG_USER, and CCSIDR_EL1 by what CSSELR_EL1
 * would select. A row says how long its value may change (SYSREG_ID: until a
 * vCPU has run; SYSREG_INVARIANT: never); who judges the value is here.
 */
#include "kernel/arm64/onereg.h"

#include <errno.h>
#include <stdio.h>

#include "base/fault.h"
#include "base/refuse.h"
#include "kernel/arm64/linux-6-1.h"

/* ---- what a write does beyond the storage -------------------------------- */

static long clidr_set(struct vcpu *vcpu, const struct cpu_sysreg_info *row,
		      uint64_t val)
{
	uint64_t idc = cpu_sysreg_get(cpu_of(vcpu), ENC_CTR) & BIT(28);
	uint64_t loc = FIELD(val, 26, 24);
	uint64_t lou = FIELD(val, 23, 21) | FIELD(val, 29, 27);

	if ((val & ~row->user_wmask) || (!idc && (!loc || !lou)))
		return refuse(EINVAL, FKVM_SYSREG_VALUE,
			      "%#lx: reserved bits, or no cache level "
			      "that needs cleaning",
			      val);
	cpu_sysreg_set(cpu_of(vcpu), row->enc, val);
	return 0;
}

/* Only the lock itself can be restored. */
static long oslsr_set(struct vcpu *vcpu, const struct cpu_sysreg_info *row,
		      uint64_t val)
{
	if ((val ^ cpu_sysreg_get(cpu_of(vcpu), row->enc)) & ~OSLSR_OSLK)
		return refuse(EINVAL, FKVM_SYSREG_VALUE,
			      "only OSLK of %#lx can be written", val);
	cpu_sysreg_set(cpu_of(vcpu), row->enc, val);
	return 0;
}

static long mpidr_set(struct vcpu *vcpu, const struct cpu_sysreg_info *row,
		      uint64_t val)
{
	vcpu_set_mpidr(vcpu, val);
	return 0;
}

static long invariant_set(struct vcpu *vcpu, const struct cpu_sysreg_info *row,
			  uint64_t val)
{
	uint64_t old = cpu_sysreg_get(cpu_of(vcpu), row->enc);

	if (val == old)
		return 0;
	return refuse(EINVAL, FKVM_SYSREG_FIXED,
		      "it is %#lx and can't change to %#lx", old, val);
}

static long plain_set(struct vcpu *vcpu, const struct cpu_sysreg_info *row,
		      uint64_t val)
{
	if (!linux_6_1_bits_set(vcpu, row, val))
		cpu_sysreg_set(cpu_of(vcpu), row->enc, val);
	vcpu_unload(vcpu);
	return 0;
}

typedef long sysreg_set_fn(struct vcpu *vcpu, const struct cpu_sysreg_info *row,
			   uint64_t val);

/* The row says by which rule a write is judged. */
static sysreg_set_fn *set_of(const struct cpu_sysreg_info *row)
{
	if (linux_fixes_reg(row))
		return invariant_set;
	if (row->flags & SYSREG_ID)
		return idreg_set;
	switch (row->flags & SYSREG_SET_MASK) {
	case SYSREG_SET_CLIDR: return clidr_set;
	case SYSREG_SET_MPIDR: return mpidr_set;
	case SYSREG_SET_OSLSR: return oslsr_set;
	case SYSREG_SET_PMCR: return pmu_pmcr_set;
	default: return plain_set;
	}
}

/* ---- system registers ---------------------------------------------------- */

/* User space of @vcpu sees it; NULL: of some vCPU. */
static bool row_shown(const struct vcpu *vcpu,
		      const struct cpu_sysreg_info *row)
{
	bool pmu = vcpu ? cpu_of(vcpu)->pmu.model != NULL : host_has_pmu();
	bool sve = vcpu ? vcpu_has_feature(vcpu, KVM_ARM_VCPU_SVE)
			: host_has_sve();
	bool pauth = vcpu ? vcpu_has_feature(vcpu, KVM_ARM_VCPU_PTRAUTH_ADDRESS)
			  : host_has_pauth();
	bool mte = vcpu ? vm_arm64(vcpu->vm)->tags != NULL : host_has_mte();

	return (row->flags & SYSREG_USER) && linux_lists_reg(row) &&
	       (!(row->flags & SYSREG_PMU) || pmu) &&
	       (!(row->flags & SYSREG_MTE) || mte) &&
	       (!(row->flags & SYSREG_PTRAUTH) || pauth) &&
	       (!(row->flags & SYSREG_SVE) || sve);
}

static const struct cpu_sysreg_info *sysreg_row(const struct vcpu *vcpu,
						uint64_t id)
{
	const struct cpu_sysreg_info *row;

	/* The family may be any that is nobody else's for what is invariant:
	 * Linux looks for those first, by their encoding. */
	if ((id & ~GENMASK(27, 0)) != ONEREG_U64)
		return NULL;
	row = cpu_sysreg_find(id & 0xffff);
	if (!row || !row_shown(vcpu, row))
		return NULL;
	return linux_fixes_reg(row) || FIELD(id, 27, 16) == onereg_sysreg.id
		       ? row
		       : NULL;
}

static long refuse_unknown(uint64_t id)
{
	if ((id & ~GENMASK(27, 0)) != ONEREG_U64)
		return refuse(ENOENT, FKVM_SYSREG,
			      "not the id of a register of 8 bytes");
	return refuse(ENOENT, FKVM_SYSREG,
		      "no register has op0 %lu op1 %lu CRn %lu CRm %lu "
		      "op2 %lu, or the VMM does not see it",
		      SYSREG_OP0(id & 0xffff), SYSREG_OP1(id & 0xffff),
		      SYSREG_CRN(id & 0xffff), SYSREG_CRM(id & 0xffff),
		      SYSREG_OP2(id & 0xffff));
}

static long sysreg_get(struct vcpu *vcpu, uint64_t id, void *user)
{
	const struct cpu_sysreg_info *row;
	uint64_t val;

	if (!timer_reg_get(vcpu, id, &val)) {
		row = sysreg_row(vcpu, id);
		if (!row)
			return refuse_unknown(id);
		val = row->flags & SYSREG_ID
			      ? idreg_get(vcpu, row)
			      : cpu_sysreg_get(cpu_of(vcpu), row->enc);
	}
	return copy_to_user(user, &val, sizeof(val));
}

static long sysreg_set(struct vcpu *vcpu, uint64_t id, const void *user)
{
	const struct cpu_sysreg_info *row;
	uint64_t val;

	if (copy_from_user(&val, user, sizeof(val)))
		return -EFAULT;
	if (timer_reg_set(vcpu, id, val))
		return 0;
	row = sysreg_row(vcpu, id);
	if (!row)
		return refuse_unknown(id);
	return set_of(row)(vcpu, row, val);
}

/* Timers, then what never changes, then the others, each in order of
 * encoding. */
static int sysreg_list(const struct vcpu *vcpu, onereg_put *put, void *ctx)
{
	const struct cpu_sysreg_info *row;
	uint64_t id;
	int ret = 0;

	for (unsigned int n = 0; (id = timer_reg_id(n)) && !ret; n++)
		ret = put(id, ctx);
	for (int invariant = 1; invariant >= 0; invariant--)
		for (unsigned int n = 0; (row = cpu_sysreg_info(n)) && !ret;
		     n++)
			if (row_shown(vcpu, row) &&
			    linux_fixes_reg(row) == invariant)
				ret = put(ONEREG_U64 | KVM_REG_ARM64_SYSREG |
						  row->enc,
					  ctx);
	return ret;
}

static void sysreg_name(uint64_t id, char *name, size_t size)
{
	const char *timer = timer_reg_name(id);
	const struct cpu_sysreg_info *row = cpu_sysreg_find(id & 0xffff);

	if (timer || row)
		snprintf(name, size, "%s", timer ? timer : row->name);
}

const struct onereg_family onereg_sysreg = {
	.id = 0x13,
	.title = "system",
	.get = sysreg_get,
	.set = sysreg_set,
	.list = sysreg_list,
	.name = sysreg_name,
};

/* ---- CCSIDR, by CSSELR --------------------------------------------------- */

#define CCSIDR_LINE GENMASK(2, 0)

/* 6.12 makes one up for each. */
static bool ccsidr_there(unsigned int n)
{
	uint32_t val;

	return !linux_fixes_caches() || linux_6_1_ccsidr(n, &val);
}

static long demux_find(uint64_t id, unsigned int *n)
{
	if (FIELD(id, 31, 28) || FIELD(id, 15, 8) || onereg_size(id) != 4)
		return refuse(ENOENT, FKVM_CCSIDR,
			      "not the id of a CCSIDR of 4 bytes");
	*n = FIELD(id, 7, 0);
	if (*n >= HOST_CACHES)
		return refuse(ENOENT, FKVM_CCSIDR, "CSSELR %u, the last is %u",
			      *n, HOST_CACHES - 1);
	if (!ccsidr_there(*n))
		return refuse(ENOENT, FKVM_CCSIDR,
			      "CSSELR %u, CLIDR_EL1 has no such cache", *n);
	return 0;
}

static long demux_get(struct vcpu *vcpu, uint64_t id, void *user)
{
	unsigned int n;
	uint32_t val;
	long ret = demux_find(id, &n);

	if (ret)
		return ret;
	if (!linux_fixes_caches() || !linux_6_1_ccsidr(n, &val))
		val = cpu_of(vcpu)->sys.ccsidr[n];
	return copy_to_user(user, &val, sizeof(val));
}

static long demux_set(struct vcpu *vcpu, uint64_t id, const void *user)
{
	const uint64_t ctr = host_id(cpu_sysreg_find(ENC_CTR));
	unsigned int n;
	uint32_t val, host = 0;
	long ret = demux_find(id, &n);

	if (ret)
		return ret;
	if (copy_from_user(&val, user, sizeof(val)))
		return -EFAULT;
	if (linux_fixes_caches())
		return linux_6_1_ccsidr(n, &host) && val == host
			       ? 0
			       : refuse(EINVAL, FKVM_CCSIDR_VALUE,
					"CCSIDR %u is %#x and can't change", n,
					host);
	if ((val & CCSIDR_LINE) < ctr_ccsidr_line(ctr, n))
		return refuse(
			EINVAL, FKVM_CCSIDR_VALUE,
			"CCSIDR %u: the line of %#x is shorter than CTR_EL0's",
			n, val);
	cpu_of(vcpu)->sys.ccsidr[n] = val;
	return 0;
}

static int demux_list(const struct vcpu *vcpu, onereg_put *put, void *ctx)
{
	int ret = 0;

	for (unsigned int n = 0; n < HOST_CACHES && !ret; n++)
		if (ccsidr_there(n))
			ret = put(KVM_REG_ARM64 | KVM_REG_SIZE_U32 |
					  KVM_REG_ARM_DEMUX | n,
				  ctx);
	return ret;
}

static void demux_name(uint64_t id, char *name, size_t size)
{
	snprintf(name, size, "CCSIDR%u", (unsigned int)(id & 0xff));
}

const struct onereg_family onereg_demux = {
	.id = 0x11,
	.title = "CCSIDR_EL1",
	.get = demux_get,
	.set = demux_set,
	.list = demux_list,
	.name = demux_name,
};
