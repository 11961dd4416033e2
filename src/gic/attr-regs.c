/* SPDX-License-Identifier: MIT */
/*
 * The device attributes that are registers of a GICv2 or GICv3: distributor,
 * redistributor, CPU interface, line levels. The order of the checks is
 * Linux's (Documentation/virt/kvm/devices/arm-vgic.rst and arm-vgic-v3.rst).
 *
 * Register access stops the VM: VM mutex, every vCPU's mutex, gic->config.
 */
#include <errno.h>

#include "base/fault.h"
#include "base/refuse.h"
#include "base/warn.h"
#include "gic/gic-internal.h"

int gic_stop_vm(struct gic *gic)
{
	const struct device_vm_ops *ops = gic->vm->ops;
	int ret;

	ops->lock(gic->vm);
	ret = ops->trylock_vcpus(gic->vm);
	if (ret) {
		ops->unlock(gic->vm);
		return ret;
	}
	pthread_mutex_lock(&gic->config);
	return 0;
}

void gic_resume_vm(struct gic *gic)
{
	const struct device_vm_ops *ops = gic->vm->ops;

	pthread_mutex_unlock(&gic->config);
	ops->unlock_vcpus(gic->vm);
	ops->unlock(gic->vm);
}

static int reg_has(struct gic *gic, const struct mmio_regs *regs, uint32_t off)
{
	struct mmio_access m = {
		.off = off,
		.len = 4,
		.user = true,
		.limit = gic_nr_irqs(gic),
	};

	if (mmio_reg_find(regs, &m))
		return 0;
	return refuse(ENXIO, FKVM_VGIC_OFFSET,
		      "no 32-bit register at offset %#x", off);
}

/* The attribute names a vCPU that is not there. */
static int refuse_vcpu(struct gic *gic, uint64_t attr)
{
	if (!gic_online_vcpus(gic))
		return refuse(EINVAL, FKVM_VGIC_ATTR_VCPU,
			      "the VM has no vCPU");
	if (gic->model == 2)
		return refuse(EINVAL, FKVM_VGIC_ATTR_VCPU,
			      "no vCPU has id %lu, attr bits 39-32",
			      FIELD(attr, 39, 32));
	warn_once(&gic->vm->warned, FKVM_VGIC_MPIDR,
		  "attribute %#lx names affinity %#lx, which no vCPU has", attr,
		  FIELD(attr, 63, 32));
	return refuse(EINVAL, FKVM_VGIC_ATTR_VCPU,
		      "no vCPU has affinity %#lx, attr bits 63-32",
		      FIELD(attr, 63, 32));
}

/* GICv2 */

/* Bits 39-32 of the attribute are the vCPU's id. */
static struct gic_vcpu *v2_vcpu(struct gic *gic, uint64_t attr)
{
	return gic_vcpu_by_id(gic, FIELD(attr, 39, 32));
}

static int v2_access(struct gic *gic, const struct mmio_regs *regs,
		     const struct device_attr *attr, bool write)
{
	struct gic_vcpu *v = v2_vcpu(gic, attr->attr);
	uint32_t val = 0;
	int ret;

	if (!v)
		return refuse_vcpu(gic, attr->attr);
	if (write && copy_from_user(&val, attr->addr, sizeof(val)))
		return -EFAULT;
	ret = gic_stop_vm(gic);
	if (ret)
		return ret;
	ret = gic_init(gic);
	if (!ret)
		ret = gic_uaccess(gic, regs, v, attr->attr, write, &val);
	gic_resume_vm(gic);
	if (!ret && !write)
		ret = copy_to_user(attr->addr, &val, sizeof(val));
	return ret;
}

static int v2_has(struct gic *gic, const struct mmio_regs *regs, uint64_t attr)
{
	return v2_vcpu(gic, attr) ? reg_has(gic, regs, attr)
				  : refuse_vcpu(gic, attr);
}

int gicv2_dist_attr_set(void *owner, const struct device_attr *attr)
{
	return v2_access(gic_of_device(owner), &gicv2_dist_regs, attr, true);
}

int gicv2_dist_attr_get(void *owner, const struct device_attr *attr)
{
	return v2_access(gic_of_device(owner), &gicv2_dist_regs, attr, false);
}

int gicv2_dist_attr_has(void *owner, const struct device_attr *attr)
{
	return v2_has(gic_of_device(owner), &gicv2_dist_regs, attr->attr);
}

int gicv2_cpu_attr_set(void *owner, const struct device_attr *attr)
{
	return v2_access(gic_of_device(owner), &gicv2_cpu_regs, attr, true);
}

int gicv2_cpu_attr_get(void *owner, const struct device_attr *attr)
{
	return v2_access(gic_of_device(owner), &gicv2_cpu_regs, attr, false);
}

int gicv2_cpu_attr_has(void *owner, const struct device_attr *attr)
{
	return v2_has(gic_of_device(owner), &gicv2_cpu_regs, attr->attr);
}

/* GICv3 */

/* Bits 63-32 of the attribute hold Aff3..Aff0 as bytes. */
static struct gic_vcpu *v3_vcpu(struct gic *gic, uint64_t attr)
{
	return gic_vcpu_by_aff(gic, FIELD(attr, 55, 32) | FIELD(attr, 63, 56)
								  << 32);
}

/* The distributor is reached by way of vCPU 0, whatever the attribute says. */
static struct gic_vcpu *v3_first_vcpu(struct gic *gic)
{
	return gic_online_vcpus(gic) ? gic->vcpus[0] : NULL;
}

static int v3_stop(struct gic *gic)
{
	int ret = gic_stop_vm(gic);

	if (ret || gic->initialised)
		return ret;
	gic_resume_vm(gic);
	return refuse(EBUSY, FKVM_VGIC_UNINIT, "the GICv3 isn't initialised");
}

/* What a 32-bit attribute does with the VM stopped. */
typedef int v3_access_fn(struct gic *gic, struct gic_vcpu *v, uint64_t attr,
			 bool write, uint32_t *val);

static int v3_access(struct gic *gic, struct gic_vcpu *v, v3_access_fn *fn,
		     const struct device_attr *attr, bool write)
{
	uint32_t val = 0;
	int ret;

	if (!v)
		return refuse_vcpu(gic, attr->attr);
	if (write && copy_from_user(&val, attr->addr, sizeof(val)))
		return -EFAULT;
	ret = v3_stop(gic);
	if (ret)
		return ret;
	ret = fn(gic, v, attr->attr, write, &val);
	gic_resume_vm(gic);
	if (!ret && !write)
		ret = copy_to_user(attr->addr, &val, sizeof(val));
	return ret;
}

static int dist_access(struct gic *gic, struct gic_vcpu *v, uint64_t attr,
		       bool write, uint32_t *val)
{
	return gic_uaccess(gic, &gicv3_dist_regs, v, attr, write, val);
}

int gicv3_dist_attr_set(void *owner, const struct device_attr *attr)
{
	struct gic *gic = gic_of_device(owner);

	return v3_access(gic, v3_first_vcpu(gic), dist_access, attr, true);
}

int gicv3_dist_attr_get(void *owner, const struct device_attr *attr)
{
	struct gic *gic = gic_of_device(owner);

	return v3_access(gic, v3_first_vcpu(gic), dist_access, attr, false);
}

int gicv3_dist_attr_has(void *owner, const struct device_attr *attr)
{
	struct gic *gic = gic_of_device(owner);

	return v3_first_vcpu(gic) ? reg_has(gic, &gicv3_dist_regs, attr->attr)
				  : refuse_vcpu(gic, attr->attr);
}

static int redist_access(struct gic *gic, struct gic_vcpu *v, uint64_t attr,
			 bool write, uint32_t *val)
{
	return gic_uaccess(gic, &gicv3_redist_regs, v, attr, write, val);
}

int gicv3_redist_attr_set(void *owner, const struct device_attr *attr)
{
	struct gic *gic = gic_of_device(owner);

	return v3_access(gic, v3_vcpu(gic, attr->attr), redist_access, attr,
			 true);
}

int gicv3_redist_attr_get(void *owner, const struct device_attr *attr)
{
	struct gic *gic = gic_of_device(owner);

	return v3_access(gic, v3_vcpu(gic, attr->attr), redist_access, attr,
			 false);
}

int gicv3_redist_attr_has(void *owner, const struct device_attr *attr)
{
	struct gic *gic = gic_of_device(owner);

	return v3_vcpu(gic, attr->attr)
		       ? reg_has(gic, &gicv3_redist_regs, attr->attr)
		       : refuse_vcpu(gic, attr->attr);
}

static bool is_line_level(uint64_t attr)
{
	return FIELD(attr, 31, 10) == VGIC_LEVEL_INFO_LINE_LEVEL;
}

static int refuse_level(int err, uint64_t attr)
{
	return refuse(err, FKVM_VGIC_LEVEL_INFO,
		      "attr bits 31-10 are %lu, not LINE_LEVEL",
		      FIELD(attr, 31, 10));
}

static int level_access(struct gic *gic, struct gic_vcpu *v, uint64_t attr,
			bool write, uint32_t *val)
{
	if (!is_line_level(attr))
		return refuse_level(EINVAL, attr);
	return gic_level_info(gic, v,
			      attr & KVM_DEV_ARM_VGIC_LINE_LEVEL_INTID_MASK,
			      write, val);
}

int gicv3_level_attr_set(void *owner, const struct device_attr *attr)
{
	struct gic *gic = gic_of_device(owner);

	return v3_access(gic, v3_vcpu(gic, attr->attr), level_access, attr,
			 true);
}

int gicv3_level_attr_get(void *owner, const struct device_attr *attr)
{
	struct gic *gic = gic_of_device(owner);

	return v3_access(gic, v3_vcpu(gic, attr->attr), level_access, attr,
			 false);
}

int gicv3_level_attr_has(void *owner, const struct device_attr *attr)
{
	return is_line_level(attr->attr) ? 0 : refuse_level(ENXIO, attr->attr);
}

/* The CPU interface: 64 bits, which Linux reads with the VM stopped already. */

static int icc_access(struct gic *gic, const struct device_attr *attr,
		      bool write)
{
	uint32_t enc = attr->attr & KVM_DEV_ARM_VGIC_SYSREG_INSTR_MASK;
	struct gic_vcpu *v = v3_vcpu(gic, attr->attr);
	uint64_t val = 0;
	int ret;

	if (!v)
		return refuse_vcpu(gic, attr->attr);
	ret = v3_stop(gic);
	if (ret)
		return ret;
	if (write)
		ret = copy_from_user(&val, attr->addr, sizeof(val));
	if (!ret)
		ret = gic_icc_user(gic, v, enc, write, &val);
	gic_resume_vm(gic);
	if (!ret && !write)
		ret = copy_to_user(attr->addr, &val, sizeof(val));
	return ret;
}

int gicv3_icc_attr_set(void *owner, const struct device_attr *attr)
{
	return icc_access(gic_of_device(owner), attr, true);
}

int gicv3_icc_attr_get(void *owner, const struct device_attr *attr)
{
	return icc_access(gic_of_device(owner), attr, false);
}

int gicv3_icc_attr_has(void *owner, const struct device_attr *attr)
{
	struct gic *gic = gic_of_device(owner);
	uint32_t enc = attr->attr & KVM_DEV_ARM_VGIC_SYSREG_INSTR_MASK;

	if (!v3_vcpu(gic, attr->attr))
		return refuse_vcpu(gic, attr->attr);
	if (!gic_icc_has(enc))
		return refuse(ENXIO, FKVM_ICC_ENCODING,
			      "encoding %#x is no ICC register", enc);
	return 0;
}
