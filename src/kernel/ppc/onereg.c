/* SPDX-License-Identifier: MIT */
/*
 * KVM_GET_ONE_REG and KVM_SET_ONE_REG of an e500v2: a register is a row. There
 * is no KVM_GET_REG_LIST on PowerPC.
 *
 * Linux reads where it should write a register of the MMU: the request succeeds
 * and changes nothing. So here.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "base/refuse.h"
#include "kernel/ppc/ppc.h"

/* An illegal instruction, which stands where a software breakpoint is. */
#define BREAKPOINT_INSN 0x00dddd00

struct reg_row {
	uint64_t id;
	const char *name, *family;
	enum {
		REG_KEPT,     /* of the member below, set and got */
		REG_FIXED,    /* the value below; setting changes nothing */
		REG_MMU,      /* of the member below; setting changes nothing */
		REG_SET_ONLY, /* by set() */
		REG_GET_ONLY, /* the value below */
		REG_BY_FUNCTION /* of the member below; set by set() */
	} kind;
	size_t at; /* in struct e500; 32 bits, or 64 if @wide */
	bool wide;
	uint32_t value;
	void (*set)(struct vcpu *vcpu, uint32_t val);
};

#define ROW(name_, family_, kind_, ...)                                       \
	{                                                                     \
		.id = KVM_REG_PPC_##name_, .name = #name_, .family = family_, \
		.kind = kind_, __VA_ARGS__                                    \
	}
#define AT(member)                           \
	.at = offsetof(struct e500, member), \
	.wide = sizeof(((struct e500 *)0)->member) == sizeof(uint64_t)

/* In ascending order of number. */
static const struct reg_row rows[] = {
	ROW(IAC1, "debug", REG_KEPT, AT(iac[0])),
	ROW(IAC2, "debug", REG_KEPT, AT(iac[1])),
	ROW(DAC1, "debug", REG_KEPT, AT(dac[0])),
	ROW(DAC2, "debug", REG_KEPT, AT(dac[1])),
	ROW(EPR, "core", REG_KEPT, AT(epr)),
	ROW(OR_TSR, "timer", REG_SET_ONLY, .set = ppc_or_tsr),
	ROW(CLEAR_TSR, "timer", REG_SET_ONLY, .set = ppc_clear_tsr),
	ROW(TCR, "timer", REG_BY_FUNCTION, AT(tcr), .set = ppc_set_tcr),
	ROW(TSR, "timer", REG_BY_FUNCTION, AT(tsr), .set = ppc_set_tsr),
	ROW(DEBUG_INST, "debug", REG_GET_ONLY, .value = BREAKPOINT_INSN),
	ROW(MAS0, "mmu", REG_MMU, AT(mas0)),
	ROW(MAS1, "mmu", REG_MMU, AT(mas1)),
	ROW(MAS2, "mmu", REG_MMU, AT(mas2)),
	ROW(MAS7_3, "mmu", REG_MMU, AT(mas7_3)),
	ROW(MAS4, "mmu", REG_MMU, AT(mas4)),
	ROW(MAS6, "mmu", REG_MMU, AT(mas6)),
	ROW(MMUCFG, "mmu", REG_FIXED),
	ROW(TLB0CFG, "mmu", REG_MMU, AT(tlbcfg[0])),
	ROW(TLB1CFG, "mmu", REG_MMU, AT(tlbcfg[1])),
	ROW(TLB2CFG, "mmu", REG_FIXED),
	ROW(TLB3CFG, "mmu", REG_FIXED),
	ROW(TLB0PS, "mmu", REG_FIXED),
	ROW(TLB1PS, "mmu", REG_FIXED),
	ROW(TLB2PS, "mmu", REG_FIXED),
	ROW(TLB3PS, "mmu", REG_FIXED),
	ROW(EPTCFG, "mmu", REG_FIXED),
	ROW(VRSAVE, "core", REG_KEPT, AT(vrsave)),
};

bool ppc_reg_row(unsigned int n, struct kernel_reg_row *out)
{
	if (n >= ARRAY_SIZE(rows))
		return false;
	out->id = rows[n].id;
	out->family = rows[n].family;
	snprintf(out->name, sizeof(out->name), "%s", rows[n].name);
	return true;
}

static const struct reg_row *row_find(uint64_t id)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].id == id)
			return &rows[i];
	return NULL;
}

static size_t id_size(uint64_t id)
{
	return 1u << ((id & KVM_REG_SIZE_MASK) >> KVM_REG_SIZE_SHIFT);
}

/* Linux's largest value has 16 bytes. */
static long size_check(uint64_t id)
{
	return id_size(id) > 16 ? refuse(EINVAL, FKVM_PPC_REG,
					 "register %#lx has %zu bytes, the "
					 "largest have 16",
					 id, id_size(id))
				: 0;
}

static void *row_member(struct vcpu *vcpu, const struct reg_row *row)
{
	return (char *)e500_of(vcpu) + row->at;
}

static uint64_t row_get(struct vcpu *vcpu, const struct reg_row *row)
{
	uint64_t wide;
	uint32_t narrow;

	if (row->kind == REG_FIXED || row->kind == REG_GET_ONLY)
		return row->value;
	if (row->wide) {
		memcpy(&wide, row_member(vcpu, row), sizeof(wide));
		return wide;
	}
	/* TSR changes on any thread. */
	narrow = __atomic_load_n((uint32_t *)row_member(vcpu, row),
				 __ATOMIC_RELAXED);
	return narrow;
}

long ppc_ioctl_get_one_reg(struct kobj *obj, void *arg, unsigned long user)
{
	const struct kvm_one_reg *reg = arg;
	const struct reg_row *row = row_find(reg->id);
	long ret = size_check(reg->id);
	uint64_t val;

	if (ret)
		return ret;
	if (!row || row->kind == REG_SET_ONLY)
		return refuse(EINVAL, FKVM_PPC_REG, "register %#lx %s", reg->id,
			      row ? "can only be set" : "is none of this core");
	val = row_get(vcpu_of(obj), row);
	return copy_to_user((void *)reg->addr, &val, id_size(reg->id));
}

static void row_set(struct vcpu *vcpu, const struct reg_row *row, uint32_t val)
{
	if (row->set)
		row->set(vcpu, val);
	else if (row->kind == REG_KEPT)
		memcpy(row_member(vcpu, row), &val, sizeof(val));
}

long ppc_ioctl_set_one_reg(struct kobj *obj, void *arg, unsigned long user)
{
	const struct kvm_one_reg *reg = arg;
	const struct reg_row *row = row_find(reg->id);
	long ret = size_check(reg->id);
	uint64_t val[2] = {0};

	if (ret)
		return ret;
	if (copy_from_user(val, (void *)reg->addr, id_size(reg->id)))
		return refused_within(-EFAULT, "addr");
	if (!row || row->kind == REG_GET_ONLY)
		return refuse(EINVAL, FKVM_PPC_REG, "register %#lx %s", reg->id,
			      row ? "can't be set" : "is none of this core");
	row_set(vcpu_of(obj), row, val[0]);
	return 0;
}
