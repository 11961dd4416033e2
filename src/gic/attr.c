/* SPDX-License-Identifier: MIT */
/*
 * The device attributes of the GICv2 and GICv3 devices: what a VMM says by
 * KVM_{SET,GET,HAS}_DEVICE_ATTR. The order of the checks is the ABI's (Linux
 * Documentation/virt/kvm/devices/arm-vgic.rst and arm-vgic-v3.rst; where the
 * documents and the kernel differ, the kernel).
 *
 * Register access stops the VM: VM mutex, every vCPU's mutex, gic->config.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/fault.h"
#include "base/log.h"
#include "base/sysreg-enc.h"
#include "gic/gic-internal.h"

static struct gic *gic_of_device(struct device *dev)
{
	return container_of(dev, struct gic_device, dev)->gic;
}

static int vgic_create(const struct device_type *type, struct device_vm *vm,
		       struct device **out)
{
	struct gic_device *d = calloc(1, sizeof(*d));
	int ret;

	if (!d)
		return -ENOMEM;
	d->gic = gic_of(vm);
	ret = gic_create(d->gic, type == &gic_v2_type ? 2 : 3);
	if (ret) {
		free(d);
		return ret;
	}
	d->dev.type = type;
	d->dev.vm = vm;
	*out = &d->dev;
	return 0;
}

static void vgic_destroy(struct device *dev)
{
	free(container_of(dev, struct gic_device, dev));
}

/* KVM_DEV_ARM_VGIC_GRP_ADDR */

static int addr_set_redist(struct gic *gic, uint64_t kind, uint64_t addr)
{
	uint32_t count = FIELD(addr, 63, 52);

	if (kind == KVM_VGIC_V3_ADDR_TYPE_REDIST)
		return gic_region_set(gic, 0, addr, 0);
	if (!count || FIELD(addr, 15, 12)) {
		explain("redistributor region: count 0 or flags not 0");
		return -EINVAL;
	}
	return gic_region_set(gic, addr & 0xff, addr & GENMASK(51, 16), count);
}

static int addr_get_redist(struct gic *gic, uint64_t kind, uint64_t *addr)
{
	struct gic_region *r;

	if (kind == KVM_VGIC_V3_ADDR_TYPE_REDIST) {
		*addr = gic->regions ? gic->regions->base : GIC_ADDR_UNDEF;
		return 0;
	}
	r = gic_region_find(gic, *addr & 0xff);
	if (!r) {
		explain("no redistributor region %u", (unsigned)(*addr & 0xff));
		return -ENOENT;
	}
	*addr = r->index | r->base | (uint64_t)r->count << 52;
	return 0;
}

struct addr_kind {
	int model;
	uint64_t align, size;
};

static const struct addr_kind addr_kinds[] = {
	[KVM_VGIC_V2_ADDR_TYPE_DIST] = {2, 0x1000, GICV2_DIST_SIZE},
	[KVM_VGIC_V2_ADDR_TYPE_CPU] = {2, 0x1000, GICV2_CPU_SIZE},
	[KVM_VGIC_V3_ADDR_TYPE_DIST] = {3, 0x10000, GICV3_DIST_SIZE},
	[KVM_VGIC_V3_ADDR_TYPE_REDIST] = {3, 0, 0},
	[KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION] = {3, 0, 0},
};

static int addr_access(struct gic *gic, const struct device_attr *attr,
		       bool write)
{
	const struct addr_kind *k;
	uint64_t kind = attr->attr, addr = 0;
	gpa_t *base;
	int ret = 0;

	/* Reading a region says which one by the payload. */
	if ((write || kind == KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION) &&
	    copy_from_user(&addr, attr->addr, sizeof(addr)))
		return -EFAULT;
	k = kind < ARRAY_SIZE(addr_kinds) ? &addr_kinds[kind] : NULL;
	if (!k || k->model != gic->model) {
		explain("no address of kind %llu in a GICv%d",
			(unsigned long long)kind, gic->model);
		return -ENXIO;
	}

	pthread_mutex_lock(&gic->config);
	base = kind == KVM_VGIC_V2_ADDR_TYPE_CPU ? &gic->cpu_base
						 : &gic->dist_base;
	if (!k->size && write) {
		ret = addr_set_redist(gic, kind, addr);
	} else if (!k->size) {
		ret = addr_get_redist(gic, kind, &addr);
	} else if (write) {
		ret = gic_check_range(gic, *base, addr, k->align, k->size);
		if (!ret)
			*base = addr;
	} else {
		addr = *base;
	}
	pthread_mutex_unlock(&gic->config);

	if (!ret && !write)
		ret = copy_to_user(attr->addr, &addr, sizeof(addr));
	return ret;
}

static int addr_has(int model, uint64_t kind)
{
	return kind < ARRAY_SIZE(addr_kinds) && addr_kinds[kind].model == model
		       ? 0
		       : -ENXIO;
}

/* KVM_DEV_ARM_VGIC_GRP_NR_IRQS */

static int nr_irqs_set(struct gic *gic, const struct device_attr *attr)
{
	uint32_t val;
	int ret = 0;

	if (copy_from_user(&val, attr->addr, sizeof(val)))
		return -EFAULT;
	if (val < GIC_NR_PRIVATE + 32 || val > GIC_MAX_RESERVED || val & 31) {
		explain("NR_IRQS %u: not a multiple of 32 in 64..992", val);
		return -EINVAL;
	}
	pthread_mutex_lock(&gic->config);
	if (gic->nr_spis) {
		explain("NR_IRQS is set already, by the VMM or by INIT");
		ret = -EBUSY;
	} else {
		gic->nr_spis = val - GIC_NR_PRIVATE;
	}
	pthread_mutex_unlock(&gic->config);
	return ret;
}

static int nr_irqs_get(struct gic *gic, const struct device_attr *attr)
{
	uint32_t val;

	pthread_mutex_lock(&gic->config);
	val = gic_nr_irqs(gic);
	pthread_mutex_unlock(&gic->config);
	return copy_to_user(attr->addr, &val, sizeof(val));
}

/* Stop every vCPU and lock the configuration. */
static int stop_vm(struct gic *gic)
{
	const struct device_vm_ops *ops = gic->vm->ops;

	ops->lock(gic->vm);
	if (!ops->trylock_vcpus(gic->vm)) {
		ops->unlock(gic->vm);
		explain("a vCPU is running or inside an ioctl");
		return -EBUSY;
	}
	pthread_mutex_lock(&gic->config);
	return 0;
}

static void resume_vm(struct gic *gic)
{
	const struct device_vm_ops *ops = gic->vm->ops;

	pthread_mutex_unlock(&gic->config);
	ops->unlock_vcpus(gic->vm);
	ops->unlock(gic->vm);
}

static int ctrl_set(struct gic *gic, const struct device_attr *attr)
{
	int ret = -ENXIO;

	if (attr->attr == KVM_DEV_ARM_VGIC_CTRL_INIT) {
		pthread_mutex_lock(&gic->config);
		ret = gic_init(gic);
		pthread_mutex_unlock(&gic->config);
	} else if (attr->attr == KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES &&
		   gic->model == 3) {
		ret = stop_vm(gic);
		if (ret)
			return ret;
		if (gic->initialised) {
			gic_lock(gic);
			ret = gic_lpi_save_pending(gic);
			gic_unlock(gic);
		} else {
			explain("SAVE_PENDING_TABLES: not initialised");
			ret = -ENXIO;
		}
		resume_vm(gic);
	}
	return ret;
}

/* What both models set and get in the same way. */
static int common_set(struct gic *gic, const struct device_attr *attr)
{
	switch (attr->group) {
	case KVM_DEV_ARM_VGIC_GRP_ADDR: return addr_access(gic, attr, true);
	case KVM_DEV_ARM_VGIC_GRP_NR_IRQS: return nr_irqs_set(gic, attr);
	case KVM_DEV_ARM_VGIC_GRP_CTRL: return ctrl_set(gic, attr);
	default: return -ENXIO;
	}
}

static int common_get(struct gic *gic, const struct device_attr *attr)
{
	switch (attr->group) {
	case KVM_DEV_ARM_VGIC_GRP_ADDR: return addr_access(gic, attr, false);
	case KVM_DEV_ARM_VGIC_GRP_NR_IRQS: return nr_irqs_get(gic, attr);
	default: return -ENXIO;
	}
}

/* GICv2 registers */

static const struct mmio_regs *v2_regs(uint32_t group)
{
	switch (group) {
	case KVM_DEV_ARM_VGIC_GRP_DIST_REGS: return &gicv2_dist_regs;
	case KVM_DEV_ARM_VGIC_GRP_CPU_REGS: return &gicv2_cpu_regs;
	default: return NULL;
	}
}

static struct gic_vcpu *v2_vcpu(struct gic *gic, uint64_t attr)
{
	struct gic_vcpu *v = gic_vcpu_by_id(gic, FIELD(attr, 39, 32));

	if (!v)
		explain("no vCPU has the id in attr bits 39-32");
	return v;
}

static int v2_access(struct gic *gic, const struct device_attr *attr,
		     bool write)
{
	const struct mmio_regs *regs = v2_regs(attr->group);
	struct gic_vcpu *v = v2_vcpu(gic, attr->attr);
	uint32_t val = 0;
	int ret;

	if (!v)
		return -EINVAL;
	if (write && copy_from_user(&val, attr->addr, sizeof(val)))
		return -EFAULT;
	ret = stop_vm(gic);
	if (ret)
		return ret;
	ret = gic_init(gic);
	if (!ret)
		ret = gic_uaccess(gic, regs, v, attr->attr, write, &val);
	resume_vm(gic);
	if (!ret && !write)
		ret = copy_to_user(attr->addr, &val, sizeof(val));
	return ret;
}

static int v2_set(struct device *dev, const struct device_attr *attr)
{
	struct gic *gic = gic_of_device(dev);

	return v2_regs(attr->group) ? v2_access(gic, attr, true)
				    : common_set(gic, attr);
}

static int v2_get(struct device *dev, const struct device_attr *attr)
{
	struct gic *gic = gic_of_device(dev);

	return v2_regs(attr->group) ? v2_access(gic, attr, false)
				    : common_get(gic, attr);
}

static int reg_has(struct gic *gic, const struct mmio_regs *regs, uint32_t off)
{
	struct mmio_access m = {
		.off = off,
		.len = 4,
		.user = true,
		.limit = gic_nr_irqs(gic),
	};

	return mmio_reg_find(regs, &m) ? 0 : -ENXIO;
}

static int v2_has(struct device *dev, const struct device_attr *attr)
{
	struct gic *gic = gic_of_device(dev);

	switch (attr->group) {
	case KVM_DEV_ARM_VGIC_GRP_ADDR: return addr_has(2, attr->attr);
	case KVM_DEV_ARM_VGIC_GRP_DIST_REGS:
	case KVM_DEV_ARM_VGIC_GRP_CPU_REGS:
		if (!v2_vcpu(gic, attr->attr))
			return -EINVAL;
		return reg_has(gic, v2_regs(attr->group), attr->attr);
	case KVM_DEV_ARM_VGIC_GRP_NR_IRQS: return 0;
	case KVM_DEV_ARM_VGIC_GRP_CTRL:
		return attr->attr == KVM_DEV_ARM_VGIC_CTRL_INIT ? 0 : -ENXIO;
	default: return -ENXIO;
	}
}

/* GICv3 registers */

/* Bits 63-32 hold Aff3..Aff0 as bytes; the distributor is vCPU 0's. */
static struct gic_vcpu *v3_vcpu(struct gic *gic, const struct device_attr *attr)
{
	struct gic_vcpu *v;

	if (attr->group == KVM_DEV_ARM_VGIC_GRP_DIST_REGS) {
		v = gic_online_vcpus(gic) ? gic->vcpus[0] : NULL;
		if (!v)
			explain("the VM has no vCPU");
		return v;
	}
	v = gic_vcpu_by_aff(gic, FIELD(attr->attr, 55, 32) |
					 FIELD(attr->attr, 63, 56) << 32);
	if (!v)
		explain("no vCPU has the affinity in attr bits 63-32");
	return v;
}

static int v3_icc_access(struct gic *gic, struct gic_vcpu *v,
			 const struct device_attr *attr, bool write)
{
	uint32_t enc = attr->attr & KVM_DEV_ARM_VGIC_SYSREG_INSTR_MASK;
	uint64_t val = 0;
	int ret;

	if (write && copy_from_user(&val, attr->addr, sizeof(val)))
		return -EFAULT;
	ret = gic_icc_user(gic, v, enc, write, &val);
	if (!ret && !write)
		ret = copy_to_user(attr->addr, &val, sizeof(val));
	return ret;
}

static int v3_level_access(struct gic *gic, struct gic_vcpu *v, uint64_t attr,
			   bool write, uint32_t *val)
{
	if (FIELD(attr, 31, 10) != VGIC_LEVEL_INFO_LINE_LEVEL) {
		explain("LEVEL_INFO: unknown kind of information");
		return -EINVAL;
	}
	return gic_level_info(gic, v,
			      attr & KVM_DEV_ARM_VGIC_LINE_LEVEL_INTID_MASK,
			      write, val);
}

/* The VM is stopped. */
static int v3_stopped_access(struct gic *gic, struct gic_vcpu *v,
			     const struct device_attr *attr, bool write,
			     uint32_t *val)
{
	if (!gic->initialised) {
		explain("the GICv3 isn't initialised");
		return -EBUSY;
	}
	switch (attr->group) {
	case KVM_DEV_ARM_VGIC_GRP_DIST_REGS:
		return gic_uaccess(gic, &gicv3_dist_regs, v, attr->attr, write,
				   val);
	case KVM_DEV_ARM_VGIC_GRP_REDIST_REGS:
		return gic_uaccess(gic, &gicv3_redist_regs, v, attr->attr,
				   write, val);
	case KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS:
		return v3_icc_access(gic, v, attr, write);
	default: return v3_level_access(gic, v, attr->attr, write, val);
	}
}

static int v3_access(struct gic *gic, const struct device_attr *attr,
		     bool write)
{
	bool icc = attr->group == KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS;
	struct gic_vcpu *v = v3_vcpu(gic, attr);
	uint32_t val = 0;
	int ret;

	if (!v)
		return -EINVAL;
	if (write && !icc && copy_from_user(&val, attr->addr, sizeof(val)))
		return -EFAULT;
	ret = stop_vm(gic);
	if (ret)
		return ret;
	ret = v3_stopped_access(gic, v, attr, write, &val);
	resume_vm(gic);
	if (!ret && !write && !icc)
		ret = copy_to_user(attr->addr, &val, sizeof(val));
	return ret;
}

static bool v3_is_register(uint32_t group)
{
	return group == KVM_DEV_ARM_VGIC_GRP_DIST_REGS ||
	       group == KVM_DEV_ARM_VGIC_GRP_REDIST_REGS ||
	       group == KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS ||
	       group == KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO;
}

static int v3_set(struct device *dev, const struct device_attr *attr)
{
	struct gic *gic = gic_of_device(dev);

	return v3_is_register(attr->group) ? v3_access(gic, attr, true)
					   : common_set(gic, attr);
}

static int v3_get(struct device *dev, const struct device_attr *attr)
{
	struct gic *gic = gic_of_device(dev);

	return v3_is_register(attr->group) ? v3_access(gic, attr, false)
					   : common_get(gic, attr);
}

static int v3_has_register(struct gic *gic, const struct device_attr *attr)
{
	if (!v3_vcpu(gic, attr))
		return -EINVAL;
	switch (attr->group) {
	case KVM_DEV_ARM_VGIC_GRP_DIST_REGS:
		return reg_has(gic, &gicv3_dist_regs, attr->attr);
	case KVM_DEV_ARM_VGIC_GRP_REDIST_REGS:
		return reg_has(gic, &gicv3_redist_regs, attr->attr);
	default:
		return gic_icc_has(attr->attr &
				   KVM_DEV_ARM_VGIC_SYSREG_INSTR_MASK)
			       ? 0
			       : -ENXIO;
	}
}

static int v3_has(struct device *dev, const struct device_attr *attr)
{
	switch (attr->group) {
	case KVM_DEV_ARM_VGIC_GRP_ADDR: return addr_has(3, attr->attr);
	case KVM_DEV_ARM_VGIC_GRP_DIST_REGS:
	case KVM_DEV_ARM_VGIC_GRP_REDIST_REGS:
	case KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS:
		return v3_has_register(gic_of_device(dev), attr);
	case KVM_DEV_ARM_VGIC_GRP_NR_IRQS: return 0;
	case KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO:
		return FIELD(attr->attr, 31, 10) == VGIC_LEVEL_INFO_LINE_LEVEL
			       ? 0
			       : -ENXIO;
	case KVM_DEV_ARM_VGIC_GRP_CTRL:
		return attr->attr == KVM_DEV_ARM_VGIC_CTRL_INIT ||
				       attr->attr ==
					       KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES
			       ? 0
			       : -ENXIO;
	default: return -ENXIO;
	}
}

const struct device_type gic_v2_type = {
	.name = "kvm-arm-vgic-v2",
	.type = KVM_DEV_TYPE_ARM_VGIC_V2,
	.create = vgic_create,
	.set_attr = v2_set,
	.get_attr = v2_get,
	.has_attr = v2_has,
	.destroy = vgic_destroy,
};

const struct device_type gic_v3_type = {
	.name = "kvm-arm-vgic-v3",
	.type = KVM_DEV_TYPE_ARM_VGIC_V3,
	.create = vgic_create,
	.set_attr = v3_set,
	.get_attr = v3_get,
	.has_attr = v3_has,
	.destroy = vgic_destroy,
};
