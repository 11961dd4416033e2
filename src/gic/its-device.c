/* SPDX-License-Identifier: MIT */
/*
 * The ITS as a device of the VMM: made, placed, its registers saved and
 * restored, its tables told to be (Linux
 * Documentation/virt/kvm/devices/arm-vgic-its.rst for what is checked when).
 *
 * Attributes stop the VM: VM mutex, every vCPU's, gic->config, then the locks
 * of the ITS.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/fault.h"
#include "base/log.h"
#include "gic/its-internal.h"

static struct its *its_of(struct device *dev)
{
	return container_of(dev, struct its, dev);
}

static int its_create(const struct device_type *type, struct device_vm *vm,
		      struct device **out)
{
	struct gic *gic = gic_of(vm);
	struct its *its = calloc(1, sizeof(*its));
	/* Inner shareable, read-allocate write-back, 64K pages. */
	uint64_t attrs = UINT64_C(3) << 59 | BIT(10) | UINT64_C(2) << 8;

	if (!its)
		return -ENOMEM;
	its->dev.type = type;
	its->dev.vm = vm;
	its->gic = gic;
	its->base = GIC_ADDR_UNDEF;
	its->cache_gen = 1;
	its->baser_device = attrs | its_baser_fixed(ITS_TYPE_DEVICE);
	its->baser_collection = attrs | its_baser_fixed(ITS_TYPE_COLLECTION);
	pthread_mutex_init(&its->cmd_lock, NULL);
	pthread_mutex_init(&its->lock, NULL);

	pthread_mutex_lock(&gic->config);
	gic_lock(gic);
	gic->propbaser = UINT64_C(3) << 7 | BIT(10);
	gic_unlock(gic);
	gic->has_its = true;
	its->next = gic->itses;
	gic->itses = its;
	pthread_mutex_unlock(&gic->config);
	*out = &its->dev;
	return 0;
}

static void its_destroy(struct device *dev)
{
	struct its *its = its_of(dev), *i;
	struct gic *gic = its->gic;

	pthread_mutex_lock(&its->lock);
	its_devices_clear(its);
	its_collections_clear(its);
	pthread_mutex_unlock(&its->lock);
	if (gic->itses == its) {
		gic->itses = its->next;
	} else {
		for (i = gic->itses; i->next != its; i = i->next)
			;
		i->next = its->next;
	}
	free(its->devices);
	free(its->collections);
	pthread_mutex_destroy(&its->lock);
	pthread_mutex_destroy(&its->cmd_lock);
	free(its);
}

static int its_addr_set(struct its *its, const struct device_attr *attr)
{
	struct gic *gic = its->gic;
	uint64_t addr;
	int ret;

	if (attr->attr != KVM_VGIC_ITS_ADDR_TYPE)
		return -ENODEV;
	if (copy_from_user(&addr, attr->addr, sizeof(addr)))
		return -EFAULT;
	pthread_mutex_lock(&gic->config);
	ret = gic_check_range(gic, its->base, addr, 0x10000, GIC_ITS_SIZE);
	if (!ret) {
		its->frame = (struct mmio_frame){
			.base = addr,
			.size = GIC_ITS_SIZE,
			.read = its_frame_read,
			.write = its_frame_write,
		};
		/* Linux keeps the address even if the bus refuses it. */
		its->base = addr;
		ret = gic->vm->ops->mmio_add(gic->vm, &its->frame);
		its->on_bus = !ret;
	}
	pthread_mutex_unlock(&gic->config);
	return ret;
}

static int its_addr_get(struct its *its, const struct device_attr *attr)
{
	uint64_t addr = its->base;

	if (attr->attr != KVM_VGIC_ITS_ADDR_TYPE)
		return -ENODEV;
	return copy_to_user(attr->addr, &addr, sizeof(addr));
}

static int its_stop_vm(struct its *its)
{
	const struct device_vm_ops *ops = its->gic->vm->ops;

	ops->lock(its->gic->vm);
	if (!ops->trylock_vcpus(its->gic->vm)) {
		ops->unlock(its->gic->vm);
		explain("ITS: a vCPU is running or inside an ioctl");
		return -EBUSY;
	}
	pthread_mutex_lock(&its->gic->config);
	return 0;
}

static void its_resume_vm(struct its *its)
{
	const struct device_vm_ops *ops = its->gic->vm->ops;

	pthread_mutex_unlock(&its->gic->config);
	ops->unlock_vcpus(its->gic->vm);
	ops->unlock(its->gic->vm);
}

static void its_reset(struct its *its)
{
	its->baser_collection &= ~GITS_VALID;
	its->baser_device &= ~GITS_VALID;
	its->cbaser = 0;
	its->creadr = 0;
	its->cwriter = 0;
	its->enabled = false;
	its_devices_clear(its);
	its_collections_clear(its);
}

static int its_ctrl(struct its *its, uint64_t attr)
{
	int ret;

	if (attr == KVM_DEV_ARM_VGIC_CTRL_INIT)
		return 0;
	ret = its_stop_vm(its);
	if (ret)
		return ret;
	pthread_mutex_lock(&its->cmd_lock);
	pthread_mutex_lock(&its->lock);
	switch (attr) {
	case KVM_DEV_ARM_ITS_SAVE_TABLES: ret = its_tables_save(its); break;
	case KVM_DEV_ARM_ITS_RESTORE_TABLES:
		ret = its_tables_restore(its);
		break;
	case KVM_DEV_ARM_ITS_CTRL_RESET: its_reset(its); break;
	}
	pthread_mutex_unlock(&its->lock);
	pthread_mutex_unlock(&its->cmd_lock);
	its_resume_vm(its);
	return ret;
}

/* 64-bit registers are accessed whole, unlike by the guest. */
static bool its_reg_aligned(uint64_t off)
{
	return IS_ALIGNED(off, off < 0x8 || off >= 0xffd0 ? 4 : 8);
}

static int its_reg_access(struct its *its, const struct device_attr *attr,
			  bool write, uint64_t *val)
{
	const struct mmio_reg *r = mmio_reg_at(&its_regs, attr->attr);
	struct gic_access a = {
		.m = {.off = attr->attr, .user = true},
		.gic = its->gic,
		.its = its,
		.acked = -1,
	};
	int ret;

	if (!its_reg_aligned(attr->attr)) {
		explain("ITS_REGS: offset %#llx isn't aligned",
			(unsigned long long)attr->attr);
		return -EINVAL;
	}
	ret = its_stop_vm(its);
	if (ret)
		return ret;
	if (its->base == GIC_ADDR_UNDEF || !r) {
		explain("ITS_REGS: %s",
			r ? "the ITS has no address" : "no such register");
		ret = -ENXIO;
		goto out;
	}
	a.m.len = r->flags & MMIO_W64 ? 8 : 4;
	ret = write ? mmio_reg_uwrite(r, &a.m, *val)
		    : mmio_reg_uread(r, &a.m, val);
out:
	its_resume_vm(its);
	return ret;
}

static int its_set(struct device *dev, const struct device_attr *attr)
{
	struct its *its = its_of(dev);
	uint64_t val;

	switch (attr->group) {
	case KVM_DEV_ARM_VGIC_GRP_ADDR: return its_addr_set(its, attr);
	case KVM_DEV_ARM_VGIC_GRP_CTRL: return its_ctrl(its, attr->attr);
	case KVM_DEV_ARM_VGIC_GRP_ITS_REGS:
		if (copy_from_user(&val, attr->addr, sizeof(val)))
			return -EFAULT;
		return its_reg_access(its, attr, true, &val);
	default: return -ENXIO;
	}
}

static int its_get(struct device *dev, const struct device_attr *attr)
{
	struct its *its = its_of(dev);
	uint64_t val = 0;
	int ret;

	switch (attr->group) {
	case KVM_DEV_ARM_VGIC_GRP_ADDR: return its_addr_get(its, attr);
	case KVM_DEV_ARM_VGIC_GRP_ITS_REGS:
		ret = its_reg_access(its, attr, false, &val);
		return ret ? ret : copy_to_user(attr->addr, &val, sizeof(val));
	default: return -ENXIO;
	}
}

static int its_has(struct device *dev, const struct device_attr *attr)
{
	switch (attr->group) {
	case KVM_DEV_ARM_VGIC_GRP_ADDR:
		return attr->attr == KVM_VGIC_ITS_ADDR_TYPE ? 0 : -ENXIO;
	case KVM_DEV_ARM_VGIC_GRP_CTRL:
		switch (attr->attr) {
		case KVM_DEV_ARM_VGIC_CTRL_INIT:
		case KVM_DEV_ARM_ITS_SAVE_TABLES:
		case KVM_DEV_ARM_ITS_RESTORE_TABLES:
		case KVM_DEV_ARM_ITS_CTRL_RESET: return 0;
		default: return -ENXIO;
		}
	case KVM_DEV_ARM_VGIC_GRP_ITS_REGS:
		if (!its_reg_aligned(attr->attr))
			return -EINVAL;
		return mmio_reg_at(&its_regs, attr->attr) ? 0 : -ENXIO;
	default: return -ENXIO;
	}
}

const struct device_type gic_its_type = {
	.name = "kvm-arm-vgic-its",
	.type = KVM_DEV_TYPE_ARM_VGIC_ITS,
	.create = its_create,
	.set_attr = its_set,
	.get_attr = its_get,
	.has_attr = its_has,
	.destroy = its_destroy,
};
