/* SPDX-License-Identifier: MIT */
/*
 * SVE of a vCPU: the vector lengths that it may have, KVM_ARM_VCPU_FINALIZE,
 * and ONE_REG of Z, P, FFR and the lengths, as Linux 6.12 has them. vcpu->lock held.
 */
#include "kernel/arm64/onereg.h"

#include <errno.h>
#include <stdio.h>

#include "base/fault.h"
#include "base/refuse.h"

#define Z_BYTES 256 /* of a slice, and of the longest vector */
#define P_BYTES (Z_BYTES / 8)

/* ---- lengths ------------------------------------------------------------- */

static long lengths_apply(struct vcpu_arm64 *a)
{
	return cpu_set_sve(&a->cpu, a->sve_lengths)
		       ? refuse(ENOMEM, FKVM_NO_MEMORY,
				"no memory for SVE's registers")
		       : 0;
}

long sve_vcpu_init(struct vcpu *vcpu)
{
	struct vcpu_arm64 *a = vcpu_arm64(vcpu);

	if (!vcpu_has_feature(vcpu, KVM_ARM_VCPU_SVE) || a->sve_final)
		return 0;
	a->sve_lengths = host_sve_lengths();
	return lengths_apply(a);
}

bool sve_vcpu_ready(const struct vcpu *vcpu)
{
	return vcpu_arm64(vcpu)->sve_final ||
	       !vcpu_has_feature(vcpu, KVM_ARM_VCPU_SVE);
}

long vcpu_ioctl_finalize(struct kobj *obj, void *arg, unsigned long user)
{
	struct vcpu *vcpu = vcpu_of(obj);
	struct vcpu_arm64 *a = vcpu_arm64(vcpu);
	int what = *(int *)arg;
	long ret;

	if (what != KVM_ARM_VCPU_SVE ||
	    !vcpu_has_feature(vcpu, KVM_ARM_VCPU_SVE))
		return refuse(EINVAL, FKVM_VCPU_FINALIZE,
			      "%d is not a feature of the vCPU that has to be "
			      "finalised",
			      what);
	if (a->sve_final)
		return refuse(EPERM, FKVM_VCPU_FINALIZED,
			      "SVE has been finalised");
	ret = lengths_apply(a);
	a->sve_final = !ret;
	return ret;
}

/* ---- KVM_REG_ARM64_SVE_VLS ----------------------------------------------- */

typedef uint64_t sve_vls[KVM_ARM64_SVE_VLS_WORDS];

static long no_sve(void)
{
	return refuse(ENOENT, FKVM_SVE_REG, "the vCPU has no SVE");
}

static long vls_get(struct vcpu *vcpu, void *user)
{
	sve_vls vls = {vcpu_arm64(vcpu)->sve_lengths};

	if (!vcpu_has_feature(vcpu, KVM_ARM_VCPU_SVE))
		return no_sve();
	return copy_to_user(user, vls, sizeof(vls));
}

static long vls_set(struct vcpu *vcpu, const void *user)
{
	struct vcpu_arm64 *a = vcpu_arm64(vcpu);
	uint64_t host = host_sve_lengths(), beyond = 0;
	sve_vls vls;

	if (!vcpu_has_feature(vcpu, KVM_ARM_VCPU_SVE))
		return no_sve();
	if (a->sve_final)
		return refuse(EPERM, FKVM_VCPU_FINALIZED,
			      "the vector lengths are final");
	if (copy_from_user(vls, user, sizeof(vls)))
		return -EFAULT;
	for (unsigned int n = 1; n < ARRAY_SIZE(vls); n++)
		beyond |= vls[n];
	if (beyond ||
	    (vls[0] && cpu_sve_longest(vls[0]) > cpu_sve_longest(host)))
		return refuse(EINVAL, FKVM_SVE_VLS,
			      "lengths %#lx, the host's longest is %u bytes",
			      vls[0], cpu_sve_longest(host));
	if (!vls[0] ||
	    vls[0] != (host & (UINT64_MAX >> __builtin_clzll(vls[0]))))
		return refuse(EINVAL, FKVM_SVE_VLS,
			      "lengths %#lx, the host has %#lx, of which none "
			      "below the longest can be left out",
			      vls[0], host);
	a->sve_lengths = vls[0];
	return 0;
}

/* ---- Z, P, FFR ----------------------------------------------------------- */

#define SLICE      GENMASK(4, 0)
#define FIRST_Z    KVM_REG_ARM64_SVE_ZREG(0, 0)
#define LAST_Z     KVM_REG_ARM64_SVE_ZREG(31, 31)
#define FIRST_P    KVM_REG_ARM64_SVE_PREG(0, 0)
#define LAST_P_FFR KVM_REG_ARM64_SVE_FFR(31)

struct sve_reg {
	bool is_z;
	unsigned int n; /* 16 of P: FFR */
};

static bool reg_find(uint64_t id, struct sve_reg *reg)
{
	reg->is_z = id >= FIRST_Z && id <= LAST_Z;
	reg->n = FIELD(id, 9, 5);
	return reg->is_z || (id >= FIRST_P && id <= LAST_P_FFR);
}

/* Linux judges the id before the vCPU, and whether it is final last. */
static long reg_check(const struct vcpu *vcpu, uint64_t id, struct sve_reg *reg)
{
	if (!reg_find(id, reg))
		return refuse(EINVAL, FKVM_SVE_REG,
			      "not the id of an SVE register");
	if (!vcpu_has_feature(vcpu, KVM_ARM_VCPU_SVE))
		return no_sve();
	if (id & SLICE)
		return refuse(ENOENT, FKVM_SVE_REG,
			      "slice %lu, there is but one", id & SLICE);
	if (!sve_vcpu_ready(vcpu))
		return refuse(EPERM, FKVM_VCPU_NOT_FINAL,
			      "SVE has not been finalised");
	return 0;
}

static long sve_get(struct vcpu *vcpu, uint64_t id, void *user)
{
	uint8_t z[Z_BYTES] = {0};
	uint64_t p[P_BYTES / 8] = {0};
	struct sve_reg reg;
	long ret;

	if (id == KVM_REG_ARM64_SVE_VLS)
		return vls_get(vcpu, user);
	ret = reg_check(vcpu, id, &reg);
	if (ret)
		return ret;
	if (reg.is_z) {
		cpu_sve_get_z(cpu_of(vcpu), reg.n, z);
		return copy_to_user(user, z, sizeof(z));
	}
	cpu_sve_get_p(cpu_of(vcpu), reg.n, p);
	return copy_to_user(user, p, sizeof(p));
}

/* What is beyond the longest vector is not looked at. */
static long sve_set(struct vcpu *vcpu, uint64_t id, const void *user)
{
	unsigned int vl = cpu_sve_longest(vcpu_arm64(vcpu)->sve_lengths | 1);
	uint8_t z[Z_BYTES] = {0};
	uint64_t p[P_BYTES / 8] = {0};
	struct sve_reg reg;
	long ret;

	if (id == KVM_REG_ARM64_SVE_VLS)
		return vls_set(vcpu, user);
	ret = reg_check(vcpu, id, &reg);
	if (ret)
		return ret;
	if (reg.is_z ? copy_from_user(z, user, vl)
		     : copy_from_user(p, user, vl / 8))
		return -EFAULT;
	if (reg.is_z)
		cpu_sve_set_z(cpu_of(vcpu), reg.n, z);
	else
		cpu_sve_set_p(cpu_of(vcpu), reg.n, p);
	return 0;
}

/* The lengths are first: a VMM may restore in the order of the list. */
static int sve_list(const struct vcpu *vcpu, onereg_put *put, void *ctx)
{
	int ret;

	if (vcpu ? !vcpu_has_feature(vcpu, KVM_ARM_VCPU_SVE) : !host_has_sve())
		return 0;
	ret = put(KVM_REG_ARM64_SVE_VLS, ctx);
	for (unsigned int n = 0; n < KVM_ARM64_SVE_NUM_ZREGS && !ret; n++)
		ret = put(KVM_REG_ARM64_SVE_ZREG(n, 0), ctx);
	for (unsigned int n = 0; n < KVM_ARM64_SVE_NUM_PREGS && !ret; n++)
		ret = put(KVM_REG_ARM64_SVE_PREG(n, 0), ctx);
	return ret ?: put(KVM_REG_ARM64_SVE_FFR(0), ctx);
}

static void sve_name(uint64_t id, char *name, size_t size)
{
	struct sve_reg reg;

	if (id == KVM_REG_ARM64_SVE_VLS)
		snprintf(name, size, "SVE_VLS");
	else if (!reg_find(id, &reg))
		return;
	else if (!reg.is_z && reg.n == KVM_ARM64_SVE_NUM_PREGS)
		snprintf(name, size, "FFR");
	else
		snprintf(name, size, "%c%u", reg.is_z ? 'Z' : 'P', reg.n);
}

const struct onereg_family onereg_sve = {
	.id = 0x15,
	.title = "SVE",
	.get = sve_get,
	.set = sve_set,
	.list = sve_list,
	.name = sve_name,
};
