/* SPDX-License-Identifier: MIT */
/*
 * Random calls of ONE_REG: every family, ids that exist and that nearly do,
 * their values and one field changed. See random.h.
 */
#include "random.h"

#include <string.h>

#define SYS(op0, op1, crn, crm, op2) ARM64_SYS_REG(op0, op1, crn, crm, op2)

static uint64_t core_reg(void)
{
	uint64_t index = odd(300)
				 ? below(0xdc)
				 : ONE_OF(0, 2, 4, 0x3e, 0x40, 0x42, 0x44, 0x46,
					  0x48, 0x4a, 0x54, 0x58, 0xd4, 0xd5);
	uint64_t size = KVM_REG_SIZE_U64;

	if (index >= 0x54)
		size = index < 0xd4 ? KVM_REG_SIZE_U128 : KVM_REG_SIZE_U32;
	if (odd(50))
		size = (uint64_t)below(10) << KVM_REG_SIZE_SHIFT;
	return KVM_REG_ARM64 | KVM_REG_ARM_CORE | size | index;
}

/* System registers that have state, and the space of the ID registers. */
static uint64_t sys_reg(void)
{
	switch (below(4)) {
	case 0: return SYS(3, 0, 0, below(8), below(8));
	case 1:
		return ONE_OF(SYS(3, 0, 1, 0, 0), SYS(3, 0, 1, 0, 1),
			      SYS(3, 0, 1, 0, 2), SYS(3, 0, 2, 0, 0),
			      SYS(3, 0, 2, 0, 1), SYS(3, 0, 2, 0, 2),
			      SYS(3, 0, 2, 0, 3), SYS(3, 0, 5, 1, 0),
			      SYS(3, 0, 5, 1, 1), SYS(3, 0, 5, 2, 0),
			      SYS(3, 0, 6, 0, 0), SYS(3, 0, 7, 4, 0),
			      SYS(3, 0, 10, 2, 0), SYS(3, 0, 10, 2, 2),
			      SYS(3, 0, 10, 2, 3), SYS(3, 0, 10, 3, 0),
			      SYS(3, 0, 12, 0, 0), SYS(3, 0, 12, 1, 1),
			      SYS(3, 0, 13, 0, 1), SYS(3, 0, 13, 0, 4),
			      SYS(3, 0, 14, 1, 0), SYS(3, 1, 0, 0, 0),
			      SYS(3, 1, 0, 0, 1), SYS(3, 1, 0, 0, 7),
			      SYS(3, 2, 0, 0, 0), SYS(3, 3, 0, 0, 1),
			      SYS(3, 3, 13, 0, 2), SYS(3, 3, 13, 0, 3),
			      SYS(3, 4, 3, 0, 0), SYS(3, 4, 5, 0, 1),
			      SYS(3, 4, 5, 3, 0), SYS(2, 0, 0, 2, 0),
			      SYS(2, 0, 0, 2, 2), SYS(2, 0, 1, 1, 4),
			      SYS(2, 0, 1, 3, 4), SYS(2, 4, 0, 7, 0));
	case 2: return SYS(2, 0, 0, below(16), 4 + below(4));
	default:
		return SYS(2 + below(2), odd(300) ? below(8) : 0, below(16),
			   below(16), below(8));
	}
}

/* Of a vCPU without, of one whose lengths are not final yet, and of one with. */
static uint64_t sve_reg(void)
{
	unsigned int slice = odd(50) ? below(32) : 0;

	switch (below(5)) {
	case 0: return KVM_REG_ARM64_SVE_ZREG(below(32), slice);
	case 1: return KVM_REG_ARM64_SVE_PREG(below(16), slice);
	case 2: return KVM_REG_ARM64_SVE_FFR(slice);
	case 3: return KVM_REG_ARM64_SVE_VLS;
	default: return SYS(3, 0, 1, 2, 0); /* ZCR_EL1 */
	}
}

static bool is_pmu(uint64_t id)
{
	uint32_t enc = id & 0xffff;

	/* PM*_EL0, PMINT*_EL1 */
	return (enc & 0xff80) == (SYS(3, 3, 9, 0, 0) & 0xffff) ||
	       ((enc & 0xff80) == (SYS(3, 3, 14, 0, 0) & 0xffff) &&
		(enc & 0x40)) ||
	       (enc & 0xfff8) == (SYS(3, 0, 9, 14, 0) & 0xffff);
}

uint64_t pick_reg(void)
{
	uint64_t id;

	switch (below(14)) {
	case 0:
	case 1: id = core_reg(); break;
	case 12:
	case 13: id = sve_reg(); break;
	case 2:
		id = ONE_OF(KVM_REG_ARM_TIMER_CTL, KVM_REG_ARM_TIMER_CNT,
			    KVM_REG_ARM_TIMER_CVAL, KVM_REG_ARM_PTIMER_CTL,
			    KVM_REG_ARM_PTIMER_CNT, KVM_REG_ARM_PTIMER_CVAL);
		break;
	case 3: id = KVM_REG_ARM_FW_REG(below(6)); break;
	case 4: id = KVM_REG_ARM_FW_FEAT_BMAP_REG(below(5)); break;
	case 5:
		id = KVM_REG_ARM64 | KVM_REG_SIZE_U32 | KVM_REG_ARM_DEMUX |
		     (odd(100) ? below(256) << 8 : 0) |
		     (odd(100) ? below(256) : below(16));
		break;
	default: id = sys_reg();
	}
	if (odd(20))
		id = KVM_REG_ARM64 | (uint64_t)below(10) << 52 |
		     (uint64_t)below(0x20) << 16 | (rnd() & 0xffff);
	if (odd(20))
		id ^= 1ull << below(64);
	if (odd(5))
		id = wild();
	if (options.without & WITHOUT_PMU && is_pmu(id))
		id = SYS(3, 0, 0, 4, 0);
	return id;
}

static bool by_time(uint64_t id)
{
	return id == KVM_REG_ARM_TIMER_CNT || id == KVM_REG_ARM_PTIMER_CNT;
}

static size_t reg_size(uint64_t id)
{
	size_t size = 1ull << ((id & KVM_REG_SIZE_MASK) >> KVM_REG_SIZE_SHIFT);

	return size > 256 ? 256 : size;
}

long reg_get(int fd, uint64_t id, uint8_t *val)
{
	static const uint8_t none[256];
	struct kvm_one_reg reg = {.id = id};
	void *at = in_arg2(none, reg_size(id));
	long ret;

	reg.addr = (uintptr_t)at;
	ret = answer(ioctl(fd, KVM_GET_ONE_REG, in_arg(&reg, sizeof(reg))));
	if (ret || !args_good)
		return -1;
	memcpy(val, at, reg_size(id));
	say(" ");
	if (by_time(id))
		say("time");
	else if (reg_size(id) == 8)
		say("%#llx", *(unsigned long long *)val);
	else
		say_bytes(val, reg_size(id));
	return 0;
}

/* Timers that are far from firing, or have long fired. */
uint64_t reg_value(uint64_t id)
{
	switch (id) {
	case KVM_REG_ARM_TIMER_CNT:
	case KVM_REG_ARM_PTIMER_CNT: return ONE_OF(0, 0x1000, 1ull << 40);
	case KVM_REG_ARM_TIMER_CVAL:
	case KVM_REG_ARM_PTIMER_CVAL:
		return ONE_OF(0, 1ull << 62, -1ull, 1ull << 63);
	case KVM_REG_ARM_TIMER_CTL:
	case KVM_REG_ARM_PTIMER_CTL: return odd(100) ? wild() : below(4);
	}
	return wild();
}

void reg_set(int fd, uint64_t id, const void *val)
{
	struct kvm_one_reg reg = {.id = id};

	reg.addr = (uintptr_t)in_arg2(val, reg_size(id));
	answer(ioctl(fd, KVM_SET_ONE_REG, in_arg(&reg, sizeof(reg))));
}

static void get_one_reg(void)
{
	unsigned int vm, n;
	int fd = pick_vcpu(&vm, &n);
	uint64_t id = pick_reg();
	uint8_t val[256];

	say(" %#llx", (unsigned long long)id);
	reg_get(fd, id, val);
}

static void set_one_reg(void)
{
	unsigned int vm, n;
	int fd = pick_vcpu(&vm, &n);
	uint64_t id = pick_reg(), val[32] = {reg_value(id)};

	for (unsigned int i = 1; i < reg_size(id) / 8; i++)
		val[i] = wild();
	if (id == 0x6030000000100042ull && odd(800)) /* pstate */
		val[0] = ONE_OF(0x3c5, 0x3c4, 0x3c0, 0x5, 0x10, 0x1d3, 0x3c9);
	say(" %#llx %#llx", (unsigned long long)id,
	    (unsigned long long)val[0] &
		    (reg_size(id) < 8 ? (1ull << 8 * reg_size(id)) - 1
				      : -1ull));
	reg_set(fd, id, val);
}

/* What is there, with one field changed: what can be written? */
static void change_one_reg(void)
{
	unsigned int vm, n;
	int fd = pick_vcpu(&vm, &n);
	uint64_t id = odd(700) ? SYS(3, 0, 0, below(8), below(8)) : pick_reg();
	unsigned int shift = below(16) * 4;
	uint64_t field = below(16), val[32] = {0};

	say(" %#llx", (unsigned long long)id);
	if (reg_get(fd, id, (uint8_t *)val) || by_time(id))
		return;
	if (id == KVM_REG_ARM_TIMER_CVAL || id == KVM_REG_ARM_PTIMER_CVAL)
		return;
	if (odd(800)) {
		val[0] = (val[0] & ~(15ull << shift)) | field << shift;
		say("; field %u = %llu", shift, (unsigned long long)field);
	}
	say("; set");
	reg_set(fd, id, val);
}

const struct op ops_regs[] = {
	{"GET_ONE_REG", get_one_reg, 60},
	{"SET_ONE_REG", set_one_reg, 60},
	{"change ONE_REG", change_one_reg, 50},
	{0},
};
