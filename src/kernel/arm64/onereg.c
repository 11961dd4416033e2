/* SPDX-License-Identifier: MIT */
/*
 * KVM_GET_ONE_REG, KVM_SET_ONE_REG and KVM_GET_REG_LIST: registers by 64-bit
 * id, dispatched by family. vcpu->lock held.
 */
#include "kernel/arm64/onereg.h"

#include <errno.h>

#include "base/fault.h"
#include "base/refuse.h"

#define ID_RESERVED   GENMASK(51, 32)
#define ID_FAMILY(id) ((uint32_t)FIELD(id, 27, 16))

#define REG_NAME_MAX 40

/* ---- dispatch ------------------------------------------------------------ */

static bool id_is_of(const struct onereg_ids *ids, uint64_t id)
{
	return (id & KVM_REG_ARCH_MASK) == ids->arch && !(id & ID_RESERVED);
}

static long id_check(const struct onereg_ids *ids, uint64_t id)
{
	if (id_is_of(ids, id))
		return 0;
	return refuse(EINVAL, FKVM_REG_ID,
		      "the id is not one of %s, or has reserved bits",
		      ids->arch == KVM_REG_ARM64 ? "arm64" : "arm");
}

/* For people; @name is where it is. */
static const char *reg_name(const struct onereg_ids *ids, uint64_t id,
			    char name[REG_NAME_MAX])
{
	return onereg_name_of(ids, id, name, REG_NAME_MAX) ? name
							   : "no such register";
}

long onereg_get(const struct onereg_ids *ids, struct vcpu *vcpu,
		const struct kvm_one_reg *reg)
{
	char name[REG_NAME_MAX];
	long ret = id_check(ids, reg->id);

	vcpu_reset_owed(vcpu);
	if (!ret)
		ret = ids->find(reg->id)->get(vcpu, reg->id, (void *)reg->addr);
	return refused_within(ret, "register %#lx (%s)", (uint64_t)reg->id,
			      reg_name(ids, reg->id, name));
}

long onereg_set(const struct onereg_ids *ids, struct vcpu *vcpu,
		const struct kvm_one_reg *reg)
{
	char name[REG_NAME_MAX];
	long ret = id_check(ids, reg->id);

	vcpu_reset_owed(vcpu);
	turn_changed(vcpu);
	if (!ret)
		ret = ids->find(reg->id)->set(vcpu, reg->id,
					      (const void *)reg->addr);
	return refused_within(ret, "register %#lx (%s)", (uint64_t)reg->id,
			      reg_name(ids, reg->id, name));
}

/* ---- KVM_GET_REG_LIST ---------------------------------------------------- */

static int list_walk(const struct onereg_ids *ids, const struct vcpu *vcpu,
		     onereg_put *put, void *ctx)
{
	int ret = 0;

	for (unsigned int i = 0; i < ids->nr && !ret; i++)
		if (ids->families[i]->list)
			ret = ids->families[i]->list(vcpu, put, ctx);
	return ret;
}

static int put_count(uint64_t id, void *ctx)
{
	++*(uint64_t *)ctx;
	return 0;
}

static int put_user(uint64_t id, void *ctx)
{
	uint64_t **user = ctx;

	return copy_to_user((*user)++, &id, sizeof(id));
}

long onereg_list(const struct onereg_ids *ids, const struct vcpu *vcpu,
		 const struct kvm_reg_list *arg, unsigned long user)
{
	struct kvm_reg_list *list = (void *)user;
	uint32_t n = arg->n;
	uint64_t count = 0, *at = list->reg;

	list_walk(ids, vcpu, put_count, &count);
	if (copy_to_user(&list->n, &count, sizeof(count)))
		return -EFAULT;
	if (n < count)
		return refuse(E2BIG, FKVM_REG_LIST, "room for %u of %u ids", n,
			      (unsigned int)count);
	return list_walk(ids, vcpu, put_user, &at);
}

bool onereg_name_of(const struct onereg_ids *ids, uint64_t id, char *name,
		    size_t size)
{
	*name = '\0';
	if (id_is_of(ids, id) && ids->find(id)->name)
		ids->find(id)->name(id, name, size);
	return *name;
}

/* ---- rows for the list --------------------------------------------------- */

struct row_wanted {
	const struct onereg_family *family;
	unsigned int skip;
	struct kernel_reg_row *out;
};

static int put_row(uint64_t id, void *ctx)
{
	struct row_wanted *w = ctx;

	if (w->skip--)
		return 0;
	w->out->id = id;
	w->out->family = w->family->title;
	w->family->name(id, w->out->name, sizeof(w->out->name));
	return 1;
}

bool onereg_row_of(const struct onereg_ids *ids, unsigned int n,
		   struct kernel_reg_row *out)
{
	struct row_wanted w = {.skip = n, .out = out};

	for (unsigned int i = 0; i < ids->nr; i++) {
		w.family = ids->families[i];
		if (w.family->list && w.family->list(NULL, put_row, &w))
			return true;
	}
	return false;
}

/* ---- arm64's ------------------------------------------------------------- */

static const struct onereg_family *const families[] = {
	&onereg_core,   &onereg_sve,    &onereg_fw,
	&onereg_fwbmap, &onereg_sysreg, &onereg_demux,
};

static const struct onereg_family *family_find(uint64_t id)
{
	for (size_t i = 0; i < ARRAY_SIZE(families); i++)
		if (families[i]->id == ID_FAMILY(id))
			return families[i];
	/* An unknown one is looked up as a system register, and not found. */
	return &onereg_sysreg;
}

static const struct onereg_ids arm64_ids = {
	.arch = KVM_REG_ARM64,
	.families = families,
	.nr = ARRAY_SIZE(families),
	.find = family_find,
};

long vcpu_ioctl_get_one_reg(struct kobj *obj, void *arg, unsigned long user)
{
	return onereg_get(&arm64_ids, vcpu_of(obj), arg);
}

long vcpu_ioctl_set_one_reg(struct kobj *obj, void *arg, unsigned long user)
{
	return onereg_set(&arm64_ids, vcpu_of(obj), arg);
}

long vcpu_ioctl_get_reg_list(struct kobj *obj, void *arg, unsigned long user)
{
	struct kvm_reg_list list;

	/* Linux looks at the argument after this. */
	if (!sve_vcpu_ready(vcpu_of(obj)))
		return refuse(EPERM, FKVM_VCPU_NOT_FINAL,
			      "SVE has not been finalised");
	if (copy_from_user(&list, (void *)user, sizeof(list)))
		return refused_within(-EFAULT, "the argument");
	return onereg_list(&arm64_ids, vcpu_of(obj), &list, user);
}

bool onereg_name(uint64_t id, char *name, size_t size)
{
	return onereg_name_of(&arm64_ids, id, name, size);
}

bool onereg_row(unsigned int n, struct kernel_reg_row *out)
{
	return onereg_row_of(&arm64_ids, n, out);
}
