/* SPDX-License-Identifier: MIT */
/*
 * The device attributes of the MPIC: what a VMM says by KVM_{SET,GET,HAS}_-
 * DEVICE_ATTR. The order of the checks is Linux's; each attribute is a row of
 * the table at the end. (Linux Documentation/virt/kvm/devices/mpic.rst)
 *
 * Locks: each function takes what it needs; mpic-internal.h has the order.
 */
#include <errno.h>

#include "base/fault.h"
#include "base/log.h"
#include "base/refuse.h"
#include "fauxkvm/kvm.h"
#include "mpic/mpic-internal.h"

/* IRQ_ACTIVE takes the sources with a pin, and one more: IPI 0. */
#define LAST_ACTIVE MPIC_NR_PINS

static struct mpic *mpic_of_device(void *owner)
{
	return container_of((struct device *)owner, struct mpic, dev);
}

/* ---- MISC ---------------------------------------------------------------- */

/* Linux asks neither what else is there nor whether guest memory is. */
static int base_set(void *owner, const struct device_attr *attr)
{
	struct mpic *m = mpic_of_device(owner);
	const struct device_vm_ops *ops = m->vm->ops;
	uint64_t base;

	if (copy_from_user(&base, attr->addr, sizeof(base)))
		return refuse(EFAULT, FKVM_USER_ADDRESS,
			      "the address can't be read");
	if (!IS_ALIGNED(base, MPIC_SIZE))
		return refuse(EINVAL, FKVM_MPIC_ADDR,
			      "%#lx isn't aligned to %#x", base, MPIC_SIZE);
	pthread_mutex_lock(&m->config);
	if (m->mapped && base != m->frame.base) {
		ops->mmio_remove(m->vm, &m->frame);
		m->mapped = false;
	}
	if (!m->mapped) {
		m->frame.base = base;
		m->mapped = base && !ops->mmio_add(m->vm, &m->frame);
		if (base && !m->mapped)
			log_warn("no room on the bus for the MPIC at %#lx",
				 base);
	}
	pthread_mutex_unlock(&m->config);
	return 0;
}

static int base_get(void *owner, const struct device_attr *attr)
{
	struct mpic *m = mpic_of_device(owner);
	uint64_t base;

	pthread_mutex_lock(&m->config);
	base = m->frame.base;
	pthread_mutex_unlock(&m->config);
	if (copy_to_user(attr->addr, &base, sizeof(base)))
		return refuse(EFAULT, FKVM_USER_ADDRESS,
			      "the address can't be written");
	return 0;
}

/* ---- REGISTER ------------------------------------------------------------ */

static int check_register(uint64_t off)
{
	if (!IS_ALIGNED(off, 4))
		return refuse(ENXIO, FKVM_MPIC_REG,
			      "offset %#lx isn't aligned to 4", off);
	return 0;
}

static int register_set(void *owner, const struct device_attr *attr)
{
	uint32_t val;
	int ret;

	if (copy_from_user(&val, attr->addr, sizeof(val)))
		return refuse(EFAULT, FKVM_USER_ADDRESS,
			      "the value can't be read");
	ret = check_register(attr->attr);
	return ret ? ret
		   : mpic_write_reg(mpic_of_device(owner), -1, attr->attr, val);
}

static int register_get(void *owner, const struct device_attr *attr)
{
	int ret = check_register(attr->attr);
	uint32_t val;

	if (!ret)
		ret = mpic_read_reg(mpic_of_device(owner), -1, attr->attr,
				    &val);
	if (!ret && copy_to_user(attr->addr, &val, sizeof(val)))
		ret = refuse(EFAULT, FKVM_USER_ADDRESS,
			     "the value can't be written");
	return ret;
}

/* ---- IRQ_ACTIVE ---------------------------------------------------------- */

static int active_set(void *owner, const struct device_attr *attr)
{
	struct mpic *m = mpic_of_device(owner);
	uint32_t level;

	if (copy_from_user(&level, attr->addr, sizeof(level)))
		return refuse(EFAULT, FKVM_USER_ADDRESS,
			      "the level can't be read");
	if (level > 1)
		return refuse(EINVAL, FKVM_MPIC_LEVEL,
			      "level %u is neither 0 nor 1", level);
	mpic_lock(m);
	mpic_set_source(m, attr->attr, level);
	mpic_unlock(m);
	return 0;
}

static int active_get(void *owner, const struct device_attr *attr)
{
	struct mpic *m = mpic_of_device(owner);
	uint32_t level;

	mpic_lock(m);
	level = m->source[attr->attr].pending;
	mpic_unlock(m);
	if (copy_to_user(attr->addr, &level, sizeof(level)))
		return refuse(EFAULT, FKVM_USER_ADDRESS,
			      "the level can't be written");
	return 0;
}

static int active_none(void *owner, const struct device_attr *attr)
{
	return refuse(EINVAL, FKVM_MPIC_SOURCE,
		      "source %lu, the last one is %u", attr->attr,
		      LAST_ACTIVE);
}

/* ---- the tables ---------------------------------------------------------- */

/* clang-format off */
static const struct attr_row rows[] = {
	{ ATTR_GROUP(KVM_DEV_MPIC_GRP_MISC), ATTR_ONE(KVM_DEV_MPIC_BASE_ADDR),
	  .payload = ATTR_U64, .since = "<=6.1",
	  .set = base_set, .get = base_get },
	{ ATTR_GROUP(KVM_DEV_MPIC_GRP_REGISTER), ATTR_ALL("offset"),
	  .payload = ATTR_U32, .since = "<=6.1",
	  .set = register_set, .get = register_get },
	{ ATTR_GROUP(KVM_DEV_MPIC_GRP_IRQ_ACTIVE), .name = "source",
	  .first = 0, .last = LAST_ACTIVE,
	  .payload = ATTR_U32, .since = "<=6.1",
	  .set = active_set, .get = active_get },
	{ ATTR_GROUP(KVM_DEV_MPIC_GRP_IRQ_ACTIVE), .name = "source",
	  .first = LAST_ACTIVE + 1, .last = UINT64_MAX, .absent = true,
	  .payload = ATTR_U32,
	  .set = active_none, .get = active_none },
};
/* clang-format on */

static const struct attr_table attrs = {rows, ARRAY_SIZE(rows)};

static struct device *find_20(struct device_vm *vm)
{
	return mpic_find(vm, &mpic_20_type);
}

static struct device *find_42(struct device_vm *vm)
{
	return mpic_find(vm, &mpic_42_type);
}

/* Linux has one name for both. */
const struct device_type mpic_20_type = {
	.name = "kvm-mpic",
	.type = KVM_DEV_TYPE_FSL_MPIC_20,
	.create = mpic_create,
	.find = find_20,
	.attrs = &attrs,
};

const struct device_type mpic_42_type = {
	.name = "kvm-mpic",
	.type = KVM_DEV_TYPE_FSL_MPIC_42,
	.create = mpic_create,
	.find = find_42,
	.attrs = &attrs,
};
