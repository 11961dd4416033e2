/* SPDX-License-Identifier: MIT */
/*
 * ONE_REG of VFP, D0 to D31 and what VMRS reads, and of CCSIDR by what CSSELR
 * would select.
 */
#include <errno.h>
#include <stdio.h>

#include "base/fault.h"
#include "base/refuse.h"
#include "kernel/arm/arm.h"
#include "kernel/arm64/linux-6-1.h"

#define NR_D 32
/* Of CSSELR, that the port looked at: six levels. */
#define NR_CSSELR 12

/* N, Z, C, V and QC; exceptions. The rest is FPCR's. */
#define FPSCR_FPSR 0xf800009fu

/* As they are listed. */
static const struct vfp_row {
	const char *name;
	uint32_t n;
} vfp_rows[] = {
	{"FPEXC", ARM_VFP_FPEXC},   {"FPSCR", ARM_VFP_FPSCR},
	{"FPINST", ARM_VFP_FPINST}, {"FPINST2", ARM_VFP_FPINST2},
	{"MVFR0", ARM_VFP_MVFR0},   {"MVFR1", ARM_VFP_MVFR1},
	{"FPSID", ARM_VFP_FPSID},
};

/* 0: D registers and the others are of other sizes. */
static long vfp_find(uint64_t id, unsigned int *n)
{
	bool known = false;

	*n = FIELD(id, 15, 0);
	for (size_t i = 0; i < ARRAY_SIZE(vfp_rows); i++)
		known |= vfp_rows[i].n == *n;
	if (!FIELD(id, 31, 28) &&
	    (*n < NR_D ? onereg_size(id) == 8 : known && onereg_size(id) == 4))
		return 0;
	return refuse(ENOENT, FKVM_SYSREG,
		      "VFP has no register %#x of %u bytes", *n,
		      onereg_size(id));
}

/* The host's, which stay as they are. */
static bool vfp_fixed(const struct vcpu *vcpu, unsigned int n, uint32_t *val)
{
	switch (n) {
	case ARM_VFP_MVFR0:
		*val = host_id(cpu_sysreg_find(SYSREG_ID_ENC(3, 0)));
		return true;
	case ARM_VFP_MVFR1:
		*val = host_id(cpu_sysreg_find(SYSREG_ID_ENC(3, 1)));
		return true;
	case ARM_VFP_FPSID: *val = cpu_a32_fpsid(cpu_of(vcpu)); return true;
	default: return false;
	}
}

static uint64_t *vfp_d(struct cpu *cpu, unsigned int n)
{
	return &cpu->vreg[n / 2].d[n % 2];
}

static uint64_t vfp_read(struct vcpu *vcpu, unsigned int n)
{
	struct vcpu_arm64 *a = vcpu_arm64(vcpu);
	uint32_t val;

	if (n < NR_D)
		return *vfp_d(&a->cpu, n);
	if (vfp_fixed(vcpu, n, &val))
		return val;
	switch (n) {
	case ARM_VFP_FPEXC: return a->cpu.sys.fpexc32_el2;
	case ARM_VFP_FPINST: return a->fpinst;
	case ARM_VFP_FPINST2: return a->fpinst2;
	default: return cpu_fpsr(&a->cpu) | a->cpu.fpcr;
	}
}

static long vfp_get(struct vcpu *vcpu, uint64_t id, void *user)
{
	unsigned int n;
	uint64_t val;
	long ret = vfp_find(id, &n);

	if (ret)
		return ret;
	val = vfp_read(vcpu, n);
	return copy_to_user(user, &val, onereg_size(id));
}

static void vfp_write(struct vcpu *vcpu, unsigned int n, uint64_t val)
{
	struct vcpu_arm64 *a = vcpu_arm64(vcpu);

	if (n < NR_D) {
		*vfp_d(&a->cpu, n) = val;
		return;
	}
	switch (n) {
	case ARM_VFP_FPEXC:
		cpu_sysreg_set(&a->cpu, SYSREG_ENC(3, 4, 5, 3, 0), val);
		break;
	case ARM_VFP_FPINST: a->fpinst = val; break;
	case ARM_VFP_FPINST2: a->fpinst2 = val; break;
	default:
		a->cpu.fpsr = val & FPSCR_FPSR;
		a->cpu.fpcr = val & ~FPSCR_FPSR;
	}
}

static long vfp_set(struct vcpu *vcpu, uint64_t id, const void *user)
{
	unsigned int n;
	uint64_t val = 0;
	uint32_t fixed;
	long ret = vfp_find(id, &n);

	if (ret)
		return ret;
	if (copy_from_user(&val, user, onereg_size(id)))
		return -EFAULT;
	if (!vfp_fixed(vcpu, n, &fixed)) {
		vfp_write(vcpu, n, val);
		return 0;
	}
	if (val == fixed)
		return 0;
	return refuse(EINVAL, FKVM_SYSREG_FIXED,
		      "it is %#x and can't change to %#lx", fixed, val);
}

static int vfp_list(const struct vcpu *vcpu, onereg_put *put, void *ctx)
{
	int ret = 0;

	for (unsigned int n = 0; n < NR_D && !ret; n++)
		ret = put(ARM_ID(KVM_REG_SIZE_U64, ARM_REG_VFP, n), ctx);
	for (size_t i = 0; i < ARRAY_SIZE(vfp_rows) && !ret; i++)
		ret = put(ARM_ID(KVM_REG_SIZE_U32, ARM_REG_VFP, vfp_rows[i].n),
			  ctx);
	return ret;
}

static void vfp_name(uint64_t id, char *name, size_t size)
{
	unsigned int n;

	if (vfp_find(id, &n))
		return;
	if (n < NR_D)
		snprintf(name, size, "D%u", n);
	for (size_t i = 0; i < ARRAY_SIZE(vfp_rows); i++)
		if (vfp_rows[i].n == n)
			snprintf(name, size, "%s", vfp_rows[i].name);
}

const struct onereg_family arm_onereg_vfp = {
	.id = ARM_REG_VFP,
	.title = "VFP",
	.get = vfp_get,
	.set = vfp_set,
	.list = vfp_list,
	.name = vfp_name,
};

/* ---- CCSIDR -------------------------------------------------------------- */

static long demux_find(uint64_t id, uint32_t *val)
{
	unsigned int n = FIELD(id, 7, 0);

	if (FIELD(id, 31, 28) || FIELD(id, 15, 8) || onereg_size(id) != 4)
		return refuse(ENOENT, FKVM_CCSIDR,
			      "not the id of a CCSIDR of 4 bytes");
	if (n >= NR_CSSELR || !linux_6_1_ccsidr(n, val))
		return refuse(ENOENT, FKVM_CCSIDR,
			      "CSSELR %u, CLIDR has no such cache", n);
	return 0;
}

static long demux_get(struct vcpu *vcpu, uint64_t id, void *user)
{
	uint32_t val;
	long ret = demux_find(id, &val);

	return ret ? ret : copy_to_user(user, &val, sizeof(val));
}

static long demux_set(struct vcpu *vcpu, uint64_t id, const void *user)
{
	uint32_t host, val;
	long ret = demux_find(id, &host);

	if (ret)
		return ret;
	if (copy_from_user(&val, user, sizeof(val)))
		return -EFAULT;
	return val == host
		       ? 0
		       : refuse(EINVAL, FKVM_CCSIDR_VALUE,
				"it is %#x and can't change to %#x", host, val);
}

static int demux_list(const struct vcpu *vcpu, onereg_put *put, void *ctx)
{
	uint32_t val;
	int ret = 0;

	for (unsigned int n = 0; n < NR_CSSELR && !ret; n++)
		if (linux_6_1_ccsidr(n, &val))
			ret = put(ARM_ID(KVM_REG_SIZE_U32, ARM_REG_DEMUX, n),
				  ctx);
	return ret;
}

static void demux_name(uint64_t id, char *name, size_t size)
{
	uint32_t val;

	if (!demux_find(id, &val))
		snprintf(name, size, "CCSIDR%lu", FIELD(id, 7, 0));
}

const struct onereg_family arm_onereg_demux = {
	.id = ARM_REG_DEMUX,
	.title = "CCSIDR",
	.get = demux_get,
	.set = demux_set,
	.list = demux_list,
	.name = demux_name,
};
