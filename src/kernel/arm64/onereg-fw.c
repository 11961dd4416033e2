/* SPDX-License-Identifier: MIT */
/*
 * ONE_REG of the firmware pseudo-registers: PSCI version, speculation
 * workarounds, and the bitmaps of services that the guest may call.
 */
#include "kernel/arm64/onereg.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "base/refuse.h"
#include "base/since.h"
#include "kernel/arm64/smccc.h"

struct fw_row {
	uint64_t id;
	const char *name;
	uint64_t (*get)(struct vcpu *vcpu, const struct fw_row *row);
	long (*set)(struct vcpu *vcpu, const struct fw_row *row, uint64_t val);
	uint64_t known; /* bits of a bitmap */
};

/* ---- PSCI ---------------------------------------------------------------- */

static bool has_psci_0_2(const struct vcpu *vcpu)
{
	return vm_arm64(vcpu->vm)->features & BIT(KVM_ARM_VCPU_PSCI_0_2);
}

static uint64_t psci_version_get(struct vcpu *vcpu, const struct fw_row *row)
{
	return has_psci_0_2(vcpu)
		       ? atomic_load(&vm_arm64(vcpu->vm)->psci_version)
		       : PSCI_V0_1;
}

static long psci_version_set(struct vcpu *vcpu, const struct fw_row *row,
			     uint64_t val)
{
	bool known =
		has_psci_0_2(vcpu)
			? val == PSCI_V0_2 || val == PSCI_V1_0 ||
				  (val == PSCI_V1_1 && linux_is_since(5, 18))
			: val == PSCI_V0_1;

	if (!known)
		return refuse(EINVAL, FKVM_FW_REG_PSCI,
			      "PSCI version %#lx %s PSCI_0_2", val,
			      has_psci_0_2(vcpu) ? "with" : "without");
	if (has_psci_0_2(vcpu))
		atomic_store(&vm_arm64(vcpu->vm)->psci_version, val);
	return 0;
}

/* ---- workarounds: ids 1 to 3 --------------------------------------------- */

static uint64_t workaround_get(struct vcpu *vcpu, const struct fw_row *row)
{
	return host_profile->workaround[(row->id & 0xffff) - 1];
}

/* What a VM from elsewhere may have been told, as one of the two levels of the
 * second that a host can have. */
static uint64_t workaround_2_level(uint64_t level)
{
	switch (level) {
	case KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_UNKNOWN:
		return KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_NOT_AVAIL;
	case KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_AVAIL:
		return KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_NOT_REQUIRED;
	default: return level;
	}
}

/* Levels are checked and not stored. */
static long workaround_set(struct vcpu *vcpu, const struct fw_row *row,
			   uint64_t val)
{
	const bool second = row->id == KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2;
	uint64_t enabled =
		second ? KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_ENABLED : 0;
	uint64_t level = val & 0xf;

	if (val & ~(0xf | enabled))
		return refuse(EINVAL, FKVM_FW_REG_BITS,
			      "bits %#lx of %#lx are unknown",
			      val & ~(0xf | enabled), val);
	if ((val & enabled) &&
	    level != KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_AVAIL)
		return refuse(EINVAL, FKVM_FW_REG_LEVEL,
			      "%#lx: enabled, but not available", val);
	if (second)
		level = workaround_2_level(level);
	if (level > workaround_get(vcpu, row))
		return refuse(EINVAL, FKVM_FW_REG_LEVEL,
			      "level %lu is above the host's, %lu", level,
			      workaround_get(vcpu, row));
	return 0;
}

/* ---- bitmaps ------------------------------------------------------------- */

static _Atomic uint64_t *bmap_of(struct vcpu *vcpu, const struct fw_row *row)
{
	return &vm_arm64(vcpu->vm)->fw_bmap[row->id & 0xffff];
}

static uint64_t bmap_get(struct vcpu *vcpu, const struct fw_row *row)
{
	return atomic_load(bmap_of(vcpu, row));
}

/* Fixed once a vCPU has run. */
static long bmap_set(struct vcpu *vcpu, const struct fw_row *row, uint64_t val)
{
	struct vm_arm64 *vm = vm_arm64(vcpu->vm);
	long ret = 0;

	if (val & ~row->known)
		return refuse(EINVAL, FKVM_FW_REG_BITS,
			      "bits %#lx of %#lx are unknown",
			      val & ~row->known, val);
	pthread_mutex_lock(&vm->config);
	if (atomic_load(&vm->vm.has_run) && val != bmap_get(vcpu, row))
		ret = refuse(EBUSY, FKVM_FW_REG_FINAL,
			     "a vCPU has run, %#lx is final",
			     bmap_get(vcpu, row));
	else
		atomic_store(bmap_of(vcpu, row), val);
	pthread_mutex_unlock(&vm->config);
	return ret;
}

/* ---- the rows, as they are listed ---------------------------------------- */

#define FW_ID(id) id, #id
static const struct fw_row fw_rows[] = {
	{FW_ID(KVM_REG_ARM_PSCI_VERSION), psci_version_get, psci_version_set,
	 0},
	{FW_ID(KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1), workaround_get,
	 workaround_set, 0},
	{FW_ID(KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2), workaround_get,
	 workaround_set, 0},
	{FW_ID(KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_3), workaround_get,
	 workaround_set, 0},
	{FW_ID(KVM_REG_ARM_STD_BMAP), bmap_get, bmap_set, BMAP_STD_ALL},
	{FW_ID(KVM_REG_ARM_STD_HYP_BMAP), bmap_get, bmap_set, BMAP_STD_HYP_ALL},
	{FW_ID(KVM_REG_ARM_VENDOR_HYP_BMAP), bmap_get, bmap_set,
	 BMAP_VENDOR_HYP_ALL},
};

static const struct fw_row *fw_find(uint64_t id)
{
	for (size_t i = 0; i < ARRAY_SIZE(fw_rows); i++)
		if (fw_rows[i].id == id)
			return &fw_rows[i];
	return NULL;
}

static long refuse_unknown(void)
{
	return refuse(ENOENT, FKVM_FW_REG, "no firmware register has this id");
}

static long fw_get(struct vcpu *vcpu, uint64_t id, void *user)
{
	const struct fw_row *row = fw_find(id);
	uint64_t val;

	if (!row)
		return refuse_unknown();
	val = row->get(vcpu, row);
	return copy_to_user(user, &val, sizeof(val));
}

static long fw_set(struct vcpu *vcpu, uint64_t id, const void *user)
{
	const struct fw_row *row = fw_find(id);
	uint64_t val;

	/* Linux reads the value before it looks for the register. */
	if (onereg_size(id) != sizeof(val))
		return refuse(ENOENT, FKVM_FW_REG,
			      "a size of %u, firmware registers have "
			      "%zu",
			      onereg_size(id), sizeof(val));
	if (copy_from_user(&val, user, sizeof(val)))
		return -EFAULT;
	return row ? row->set(vcpu, row, val) : refuse_unknown();
}

static int fw_list(const struct vcpu *vcpu, onereg_put *put, void *ctx)
{
	int ret = 0;

	for (size_t i = 0; i < ARRAY_SIZE(fw_rows) && !ret; i++)
		ret = put(fw_rows[i].id, ctx);
	return ret;
}

/* As the header has it, less its prefix. */
static void fw_name(uint64_t id, char *name, size_t size)
{
	const struct fw_row *row = fw_find(id);

	if (row)
		snprintf(name, size, "%s", row->name + strlen("KVM_REG_ARM_"));
}

/* Two families of one table, listed once. */
const struct onereg_family onereg_fw = {
	.id = 0x14,
	.title = "firmware",
	.get = fw_get,
	.set = fw_set,
	.list = fw_list,
	.name = fw_name,
};
const struct onereg_family onereg_fwbmap = {
	.id = 0x16,
	.title = "firmware",
	.get = fw_get,
	.set = fw_set,
	.name = fw_name,
};
