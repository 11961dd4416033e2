/* SPDX-License-Identifier: MIT */
/*
 * KVM_GET_ONE_REG, KVM_SET_ONE_REG and KVM_GET_REG_LIST of 32-bit Arm: who
 * answers for an id; firmware and timers are arm64's by other ids.
 */
#include <errno.h>
#include <stdio.h>

#include "base/fault.h"
#include "base/refuse.h"
#include "kernel/arm/arm.h"

/* ---- firmware ------------------------------------------------------------ */

/* PSCI_VERSION and two workarounds. */
#define NR_FW 3

static uint64_t arm64_fw_id(uint64_t id)
{
	return (id & ~KVM_REG_ARCH_MASK) | KVM_REG_ARM64;
}

static bool fw_is_later(uint64_t id)
{
	return FIELD(id, 15, 0) >= NR_FW;
}

static long refuse_fw(void)
{
	return refuse(ENOENT, FKVM_FW_REG, "no firmware register has this id");
}

static long fw_get(struct vcpu *vcpu, uint64_t id, void *user)
{
	return fw_is_later(id) ? refuse_fw()
			       : onereg_fw.get(vcpu, arm64_fw_id(id), user);
}

static long fw_set(struct vcpu *vcpu, uint64_t id, const void *user)
{
	return fw_is_later(id) ? refuse_fw()
			       : onereg_fw.set(vcpu, arm64_fw_id(id), user);
}

static int fw_list(const struct vcpu *vcpu, onereg_put *put, void *ctx)
{
	int ret = 0;

	for (unsigned int n = 0; n < NR_FW && !ret; n++)
		ret = put(ARM_ID(KVM_REG_SIZE_U64, ARM_REG_FW, n), ctx);
	return ret;
}

static void fw_name(uint64_t id, char *name, size_t size)
{
	if (!fw_is_later(id))
		onereg_fw.name(arm64_fw_id(id), name, size);
}

const struct onereg_family arm_onereg_fw = {
	.id = ARM_REG_FW,
	.title = "firmware",
	.get = fw_get,
	.set = fw_set,
	.list = fw_list,
	.name = fw_name,
};

/* ---- the virtual timer --------------------------------------------------- */

/* In the coprocessor's encoding; the physical one's are not to be had. */
static const struct timer_reg_row {
	const char *name;
	uint64_t id, arm64;
} timer_rows[] = {
	{"TIMER_CTL", ARM_CP15(0, 14, 3, 1), KVM_REG_ARM_TIMER_CTL},
	{"TIMER_CNT", ARM_CP15_64(1, 14), KVM_REG_ARM_TIMER_CNT},
	{"TIMER_CVAL", ARM_CP15_64(3, 14), KVM_REG_ARM_TIMER_CVAL},
};

static const struct timer_reg_row *timer_find(uint64_t id)
{
	for (size_t i = 0; i < ARRAY_SIZE(timer_rows); i++)
		if (timer_rows[i].id == id)
			return &timer_rows[i];
	return NULL;
}

static long timer_get(struct vcpu *vcpu, uint64_t id, void *user)
{
	uint64_t val = 0;

	timer_reg_get(vcpu, timer_find(id)->arm64, &val);
	return copy_to_user(user, &val, onereg_size(id));
}

static long timer_set(struct vcpu *vcpu, uint64_t id, const void *user)
{
	uint64_t val = 0;

	if (copy_from_user(&val, user, onereg_size(id)))
		return -EFAULT;
	timer_reg_set(vcpu, timer_find(id)->arm64, val);
	return 0;
}

static int timer_list(const struct vcpu *vcpu, onereg_put *put, void *ctx)
{
	int ret = 0;

	for (size_t i = 0; i < ARRAY_SIZE(timer_rows) && !ret; i++)
		ret = put(timer_rows[i].id, ctx);
	return ret;
}

static void timer_name(uint64_t id, char *name, size_t size)
{
	snprintf(name, size, "%s", timer_find(id)->name);
}

const struct onereg_family arm_onereg_timer = {
	.id = ARM_REG_CP15,
	.title = "timer",
	.get = timer_get,
	.set = timer_set,
	.list = timer_list,
	.name = timer_name,
};

/* ---- all of them --------------------------------------------------------- */

static const struct onereg_family *const families[] = {
	&arm_onereg_core, &arm_onereg_fw,  &arm_onereg_timer,
	&arm_onereg_cp15, &arm_onereg_vfp, &arm_onereg_demux,
};

/* CP15's are looked for last, and some of them under any number. */
static const struct onereg_family *family_find(uint64_t id)
{
	switch (ARM_ID_FAMILY(id)) {
	case ARM_REG_CORE: return &arm_onereg_core;
	case ARM_REG_FW: return &arm_onereg_fw;
	case ARM_REG_VFP: return &arm_onereg_vfp;
	case ARM_REG_DEMUX: return &arm_onereg_demux;
	default: return timer_find(id) ? &arm_onereg_timer : &arm_onereg_cp15;
	}
}

static const struct onereg_ids arm_ids = {
	.arch = KVM_REG_ARM,
	.families = families,
	.nr = ARRAY_SIZE(families),
	.find = family_find,
};

long arm_vcpu_ioctl_get_one_reg(struct kobj *obj, void *arg, unsigned long user)
{
	return onereg_get(&arm_ids, vcpu_of(obj), arg);
}

long arm_vcpu_ioctl_set_one_reg(struct kobj *obj, void *arg, unsigned long user)
{
	return onereg_set(&arm_ids, vcpu_of(obj), arg);
}

long arm_vcpu_ioctl_get_reg_list(struct kobj *obj, void *arg,
				 unsigned long user)
{
	return onereg_list(&arm_ids, vcpu_of(obj), arg, user);
}

bool arm_onereg_name(uint64_t id, char *name, size_t size)
{
	return onereg_name_of(&arm_ids, id, name, size);
}

bool arm_onereg_row(unsigned int n, struct kernel_reg_row *out)
{
	return onereg_row_of(&arm_ids, n, out);
}
