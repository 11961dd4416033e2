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
#include "base/refuse.h"
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
		return refuse(ENOMEM, FKVM_NO_MEMORY, "no memory for the ITS");
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

	its_lock(its);
	its_devices_clear(its);
	its_collections_clear(its);
	its_unlock(its);
	if (gic->itses == its) {
		gic->itses = its->next;
	} else {
		for (i = gic->itses; i->next != its; i = i->next)
			;
		i->next = its->next;
	}
	its_caches_free(its);
	free(its->devices);
	free(its->collections);
	pthread_mutex_destroy(&its->lock);
	pthread_mutex_destroy(&its->cmd_lock);
	free(its);
}

static int refuse_address_type(void)
{
	return refuse(ENODEV, FKVM_ITS_ADDR_KIND,
		      "an ITS has only the address of type %u",
		      KVM_VGIC_ITS_ADDR_TYPE);
}

static int its_addr_set(void *owner, const struct device_attr *attr)
{
	struct its *its = its_of(owner);
	struct gic *gic = its->gic;
	uint64_t addr;
	int ret;

	if (attr->attr != KVM_VGIC_ITS_ADDR_TYPE)
		return refuse_address_type();
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

static int its_addr_get(void *owner, const struct device_attr *attr)
{
	struct its *its = its_of(owner);
	uint64_t addr = its->base;

	if (attr->attr != KVM_VGIC_ITS_ADDR_TYPE)
		return refuse_address_type();
	return copy_to_user(attr->addr, &addr, sizeof(addr));
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

/* Stop the VM and take the locks of the ITS. */
static int its_stop(struct its *its)
{
	int ret = gic_stop_vm(its->gic);

	if (ret)
		return ret;
	pthread_mutex_lock(&its->cmd_lock);
	its_lock(its);
	return 0;
}

static void its_resume(struct its *its)
{
	its_unlock(its);
	pthread_mutex_unlock(&its->cmd_lock);
	gic_resume_vm(its->gic);
}

/* An ITS is made initialised; the attribute is there for the API's sake. */
static int its_ctrl_init(void *owner, const struct device_attr *attr)
{
	return 0;
}

static int its_ctrl_save(void *owner, const struct device_attr *attr)
{
	struct its *its = its_of(owner);
	int ret = its_stop(its);

	if (ret)
		return ret;
	ret = its_tables_save(its);
	its_resume(its);
	return ret;
}

static int its_ctrl_restore(void *owner, const struct device_attr *attr)
{
	struct its *its = its_of(owner);
	int ret = its_stop(its);

	if (ret)
		return ret;
	ret = its_tables_restore(its);
	its_resume(its);
	return ret;
}

static int its_ctrl_reset(void *owner, const struct device_attr *attr)
{
	struct its *its = its_of(owner);
	int ret = its_stop(its);

	if (ret)
		return ret;
	its_reset(its);
	its_resume(its);
	return 0;
}

/* Linux does nothing for an attribute it doesn't know, once the VM stands. */
static int its_ctrl_other(void *owner, const struct device_attr *attr)
{
	struct its *its = its_of(owner);
	int ret = its_stop(its);

	if (!ret)
		its_resume(its);
	return ret;
}

/* 64-bit registers are accessed whole, unlike by the guest. */
static bool its_reg_aligned(uint64_t off)
{
	return IS_ALIGNED(off, off < 0x8 || off >= 0xffd0 ? 4 : 8);
}

static int refuse_misaligned(uint64_t off)
{
	return refuse(EINVAL, FKVM_ITS_REG_ALIGN, "offset %#lx isn't aligned",
		      off);
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

	if (!its_reg_aligned(attr->attr))
		return refuse_misaligned(attr->attr);
	ret = gic_stop_vm(its->gic);
	if (ret)
		return ret;
	if (its->base == GIC_ADDR_UNDEF || !r) {
		ret = refuse(ENXIO, FKVM_ITS_REG, "%s",
			     r ? "the ITS has no address" : "no such register");
		goto out;
	}
	a.m.len = r->flags & MMIO_W64 ? 8 : 4;
	ret = write ? mmio_reg_uwrite(r, &a.m, *val)
		    : mmio_reg_uread(r, &a.m, val);
out:
	gic_resume_vm(its->gic);
	return ret;
}

static int its_reg_set(void *owner, const struct device_attr *attr)
{
	uint64_t val;

	if (copy_from_user(&val, attr->addr, sizeof(val)))
		return -EFAULT;
	return its_reg_access(its_of(owner), attr, true, &val);
}

static int its_reg_get(void *owner, const struct device_attr *attr)
{
	uint64_t val = 0;
	int ret = its_reg_access(its_of(owner), attr, false, &val);

	return ret ? ret : copy_to_user(attr->addr, &val, sizeof(val));
}

static int its_reg_has(void *owner, const struct device_attr *attr)
{
	if (!its_reg_aligned(attr->attr))
		return refuse_misaligned(attr->attr);
	if (!mmio_reg_at(&its_regs, attr->attr))
		return refuse(ENXIO, FKVM_ITS_REG, "no such register");
	return 0;
}

/* clang-format off */
static const struct attr_row its_rows[] = {
	{ ATTR_GROUP(KVM_DEV_ARM_VGIC_GRP_ADDR),
	  ATTR_ONE(KVM_VGIC_ITS_ADDR_TYPE),
	  .payload = ATTR_U64, .set_when = ATTR_ONCE, .since = "<=6.1",
	  .set = its_addr_set, .get = its_addr_get },
	{ ATTR_GROUP(KVM_DEV_ARM_VGIC_GRP_ADDR), ATTR_ALL("(others)"),
	  .payload = ATTR_U64, .set = its_addr_set, .get = its_addr_get,
	  .absent = true },
	{ ATTR_GROUP(KVM_DEV_ARM_VGIC_GRP_CTRL),
	  ATTR_ONE(KVM_DEV_ARM_VGIC_CTRL_INIT), .since = "<=6.1",
	  .set = its_ctrl_init },
	{ ATTR_GROUP(KVM_DEV_ARM_VGIC_GRP_CTRL),
	  ATTR_ONE(KVM_DEV_ARM_ITS_SAVE_TABLES), .set_when = ATTR_STOPPED,
	  .since = "<=6.1", .set = its_ctrl_save },
	{ ATTR_GROUP(KVM_DEV_ARM_VGIC_GRP_CTRL),
	  ATTR_ONE(KVM_DEV_ARM_ITS_RESTORE_TABLES), .set_when = ATTR_STOPPED,
	  .since = "<=6.1", .set = its_ctrl_restore },
	{ ATTR_GROUP(KVM_DEV_ARM_VGIC_GRP_CTRL),
	  ATTR_ONE(KVM_DEV_ARM_ITS_CTRL_RESET), .set_when = ATTR_STOPPED,
	  .since = "<=6.1", .set = its_ctrl_reset },
	{ ATTR_GROUP(KVM_DEV_ARM_VGIC_GRP_CTRL), ATTR_ALL("(others)"),
	  .set_when = ATTR_STOPPED, .set = its_ctrl_other, .absent = true },
	{ ATTR_GROUP(KVM_DEV_ARM_VGIC_GRP_ITS_REGS),
	  ATTR_ALL("bits 31-0 offset"),
	  .payload = ATTR_U64, .set_when = ATTR_STOPPED, .since = "<=6.1",
	  .set = its_reg_set, .get = its_reg_get, .has = its_reg_has,
	  .describe = gic_its_attr_name },
};
/* clang-format on */

static const struct attr_table its_attrs = {its_rows, ARRAY_SIZE(its_rows)};

const struct device_type gic_its_type = {
	.name = "kvm-arm-vgic-its",
	.type = KVM_DEV_TYPE_ARM_VGIC_ITS,
	.create = its_create,
	.attrs = &its_attrs,
	.destroy = its_destroy,
};
