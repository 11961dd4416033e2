/* SPDX-License-Identifier: MIT */
/*
 * The device attributes of the GICv2 and GICv3 devices: what a VMM says by
 * KVM_{SET,GET,HAS}_DEVICE_ATTR. The order of the checks is the ABI's (Linux
 * Documentation/virt/kvm/devices/arm-vgic.rst and arm-vgic-v3.rst; where the
 * documents and the kernel differ, the kernel).
 *
 * Each attribute is a row of the tables at the end; those that are registers
 * have their functions in attr-regs.c.
 */
#include <errno.h>

#include <fauxkvm/device-attr-draft.h>

#include "base/fault.h"
#include "base/refuse.h"
#include "gic/gic-internal.h"

struct gic *gic_of_device(void *owner)
{
	struct device *dev = owner;

	return container_of(dev, struct gic_device, dev)->gic;
}

static int vgic_create(const struct device_type *type, struct device_vm *vm,
		       struct device **out)
{
	struct gic *gic = gic_of(vm);
	int ret = gic_create(gic, type == &gic_v2_type ? 2 : 3);

	if (!ret)
		*out = &gic->self.dev;
	return ret;
}

static struct device *vgic_find(struct device_vm *vm, int model)
{
	struct gic *gic = gic_of(vm);

	return gic->model == model ? &gic->self.dev : NULL;
}

static struct device *vgic_find_v2(struct device_vm *vm)
{
	return vgic_find(vm, 2);
}

static struct device *vgic_find_v3(struct device_vm *vm)
{
	return vgic_find(vm, 3);
}

/* KVM_DEV_ARM_VGIC_GRP_ADDR */

static int addr_set_redist(struct gic *gic, uint64_t kind, uint64_t addr)
{
	uint32_t count = FIELD(addr, 63, 52);

	if (kind == KVM_VGIC_V3_ADDR_TYPE_REDIST)
		return gic_region_set(gic, 0, addr, 0);
	if (!count || FIELD(addr, 15, 12))
		return refuse(
			EINVAL, FKVM_VGIC_REGION_COUNT,
			"count %u, flags %lu: count must not be 0, flags must",
			count, FIELD(addr, 15, 12));
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
	if (!r)
		return refuse(ENOENT, FKVM_VGIC_REGION_NONE,
			      "no redistributor region %u",
			      (unsigned)(*addr & 0xff));
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
	if (!k || k->model != gic->model)
		return refuse(ENXIO, FKVM_VGIC_ADDR_KIND,
			      "no address of kind %lu in a GICv%d", kind,
			      gic->model);

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

static int addr_set(void *owner, const struct device_attr *attr)
{
	return addr_access(gic_of_device(owner), attr, true);
}

static int addr_get(void *owner, const struct device_attr *attr)
{
	return addr_access(gic_of_device(owner), attr, false);
}

/* KVM_DEV_ARM_VGIC_GRP_NR_IRQS */

static int nr_irqs_set(void *owner, const struct device_attr *attr)
{
	struct gic *gic = gic_of_device(owner);
	uint32_t val;
	int ret = 0;

	if (copy_from_user(&val, attr->addr, sizeof(val)))
		return -EFAULT;
	if (val < GIC_NR_PRIVATE + 32 || val > GIC_MAX_RESERVED || val & 31)
		return refuse(EINVAL, FKVM_VGIC_NRIRQS,
			      "%u is not a multiple of 32 in 64..992", val);
	pthread_mutex_lock(&gic->config);
	if (gic->nr_spis) {
		ret = refuse(EBUSY, FKVM_VGIC_NRIRQS_SET,
			     "it is set already, by the VMM or by INIT");
	} else {
		gic->nr_spis = val - GIC_NR_PRIVATE;
	}
	pthread_mutex_unlock(&gic->config);
	return ret;
}

static int nr_irqs_get(void *owner, const struct device_attr *attr)
{
	struct gic *gic = gic_of_device(owner);
	uint32_t val;

	pthread_mutex_lock(&gic->config);
	val = gic_nr_irqs(gic);
	pthread_mutex_unlock(&gic->config);
	return copy_to_user(attr->addr, &val, sizeof(val));
}

/* KVM_DEV_ARM_VGIC_GRP_CTRL */

static int ctrl_init(void *owner, const struct device_attr *attr)
{
	struct gic *gic = gic_of_device(owner);
	int ret;

	pthread_mutex_lock(&gic->config);
	ret = gic_init(gic);
	pthread_mutex_unlock(&gic->config);
	return ret;
}

static int ctrl_save_pending(void *owner, const struct device_attr *attr)
{
	struct gic *gic = gic_of_device(owner);
	int ret = gic_stop_vm(gic);

	if (ret)
		return ret;
	if (gic->initialised) {
		gic_lock(gic);
		ret = gic_lpi_save_pending(gic);
		gic_unlock(gic);
	} else {
		ret = refuse(ENXIO, FKVM_VGIC_UNINIT,
			     "the GICv3 isn't initialised");
	}
	gic_resume_vm(gic);
	return ret;
}

/* clang-format off */
/* The rows. What is the same in both models: */
#define ADDR(when) \
	ATTR_GROUP(KVM_DEV_ARM_VGIC_GRP_ADDR), .payload = ATTR_U64, \
	.set_when = (when), .since = "<=6.1", .set = addr_set, .get = addr_get
/* For any other address the payload is looked at before the kind. */
#define NO_ADDR_ROW \
	{ ATTR_GROUP(KVM_DEV_ARM_VGIC_GRP_ADDR), ATTR_ALL("(others)"), \
	  .payload = ATTR_U64, .set = addr_set, .get = addr_get, \
	  .absent = true }
#define NR_IRQS_ROW \
	{ ATTR_GROUP(KVM_DEV_ARM_VGIC_GRP_NR_IRQS), ATTR_ALL("(any)"), \
	  .payload = ATTR_U32, .set_when = ATTR_ONCE | ATTR_BEFORE_INIT, \
	  .since = "<=6.1", .set = nr_irqs_set, .get = nr_irqs_get, \
	  .draft = KVM_DRAFT_VGIC_NR_IRQS }
#define INIT_ROW \
	{ ATTR_GROUP(KVM_DEV_ARM_VGIC_GRP_CTRL), \
	  ATTR_ONE(KVM_DEV_ARM_VGIC_CTRL_INIT), .since = "<=6.1", \
	  .set = ctrl_init }

static const struct attr_row v2_rows[] = {
	{ ATTR_ONE(KVM_VGIC_V2_ADDR_TYPE_DIST), ADDR(ATTR_ONCE),
	  .draft = KVM_DRAFT_VGIC_DIST_ADDR },
	{ ATTR_ONE(KVM_VGIC_V2_ADDR_TYPE_CPU), ADDR(ATTR_ONCE),
	  .draft = KVM_DRAFT_VGIC_CPU_ADDR },
	NO_ADDR_ROW,
	{ ATTR_GROUP(KVM_DEV_ARM_VGIC_GRP_DIST_REGS),
	  ATTR_ALL("bits 39-32 vCPU id, 31-0 offset"),
	  .payload = ATTR_U32, .set_when = ATTR_STOPPED, .since = "<=6.1",
	  .set = gicv2_dist_attr_set, .get = gicv2_dist_attr_get,
	  .has = gicv2_dist_attr_has,
	  .describe = gicv2_dist_attr_name },
	{ ATTR_GROUP(KVM_DEV_ARM_VGIC_GRP_CPU_REGS),
	  ATTR_ALL("bits 39-32 vCPU id, 31-0 offset"),
	  .payload = ATTR_U32, .set_when = ATTR_STOPPED, .since = "<=6.1",
	  .set = gicv2_cpu_attr_set, .get = gicv2_cpu_attr_get,
	  .has = gicv2_cpu_attr_has,
	  .describe = gicv2_cpu_attr_name },
	NR_IRQS_ROW,
	INIT_ROW,
};

static const struct attr_row v3_rows[] = {
	{ ATTR_ONE(KVM_VGIC_V3_ADDR_TYPE_DIST), ADDR(ATTR_ONCE),
	  .draft = KVM_DRAFT_VGIC_DIST_ADDR },
	{ ATTR_ONE(KVM_VGIC_V3_ADDR_TYPE_REDIST), ADDR(ATTR_ONCE),
	  .draft = KVM_DRAFT_VGIC_REDIST_ADDR },
	{ ATTR_ONE(KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION), ADDR(ATTR_ANYTIME),
	  .draft = KVM_DRAFT_VGIC_REDIST_REGION },
	NO_ADDR_ROW,
	{ ATTR_GROUP(KVM_DEV_ARM_VGIC_GRP_DIST_REGS),
	  ATTR_ALL("bits 31-0 offset"),
	  .payload = ATTR_U32, .set_when = ATTR_AFTER_INIT | ATTR_STOPPED,
	  .since = "<=6.1", .set = gicv3_dist_attr_set,
	  .get = gicv3_dist_attr_get, .has = gicv3_dist_attr_has,
	  .describe = gicv3_dist_attr_name },
	{ ATTR_GROUP(KVM_DEV_ARM_VGIC_GRP_REDIST_REGS),
	  ATTR_ALL("bits 63-32 affinity, 31-0 offset"),
	  .payload = ATTR_U32, .set_when = ATTR_AFTER_INIT | ATTR_STOPPED,
	  .since = "<=6.1", .set = gicv3_redist_attr_set,
	  .get = gicv3_redist_attr_get, .has = gicv3_redist_attr_has,
	  .describe = gicv3_redist_attr_name },
	{ ATTR_GROUP(KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS),
	  ATTR_ALL("bits 63-32 affinity, 15-0 encoding"),
	  .payload = ATTR_U64, .set_when = ATTR_AFTER_INIT | ATTR_STOPPED,
	  .since = "<=6.1", .set = gicv3_icc_attr_set,
	  .get = gicv3_icc_attr_get, .has = gicv3_icc_attr_has,
	  .describe = gicv3_icc_attr_name },
	{ ATTR_GROUP(KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO),
	  ATTR_ALL("bits 63-32 affinity, 31-10 kind, 9-0 INTID"),
	  .payload = ATTR_U32, .set_when = ATTR_AFTER_INIT | ATTR_STOPPED,
	  .since = "<=6.1", .set = gicv3_level_attr_set,
	  .get = gicv3_level_attr_get, .has = gicv3_level_attr_has },
	NR_IRQS_ROW,
	INIT_ROW,
	{ ATTR_GROUP(KVM_DEV_ARM_VGIC_GRP_CTRL),
	  ATTR_ONE(KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES),
	  .set_when = ATTR_AFTER_INIT | ATTR_STOPPED, .since = "<=6.1",
	  .set = ctrl_save_pending },
};
/* clang-format on */

static const struct attr_table v2_attrs = {v2_rows, ARRAY_SIZE(v2_rows)};
static const struct attr_table v3_attrs = {v3_rows, ARRAY_SIZE(v3_rows)};

const struct device_type gic_v2_type = {
	.name = "kvm-arm-vgic-v2",
	.type = KVM_DEV_TYPE_ARM_VGIC_V2,
	.create = vgic_create,
	.find = vgic_find_v2,
	.attrs = &v2_attrs,
};

const struct device_type gic_v3_type = {
	.name = "kvm-arm-vgic-v3",
	.type = KVM_DEV_TYPE_ARM_VGIC_V3,
	.create = vgic_create,
	.find = vgic_find_v3,
	.attrs = &v3_attrs,
};

int gic_set_legacy_addr(struct gic *gic, unsigned int type, gpa_t addr)
{
	const struct device_attr attr = {KVM_DEV_ARM_VGIC_GRP_ADDR, type,
					 &addr};

	if (type > KVM_VGIC_V2_ADDR_TYPE_CPU || gic->model != 2)
		return refuse(ENODEV, FKVM_VGIC_ADDR_LEGACY,
			      "legacy GIC address: no GICv2, or type %u", type);
	return attr_dispatch(&v2_attrs, &gic->self.dev, ATTR_SET, &attr);
}
