/* SPDX-License-Identifier: MIT */
/*
 * Every host that KVM can be pretended to run on, against what Linux says on
 * the real one (host-facts.def): capabilities, registers with their values,
 * writable masks, devices, targets. A host may lack what is named here or what
 * kernel_profile_limit() names, nothing else.
 */
#include "test-kvm.h"

#include <stdlib.h>

#include "cpu/cpu.h"

#define NR_HOSTS 5
static const char *const names[NR_HOSTS] = {"neoverse-n1", "cortex-a57-gicv2",
					    "cortex-a57", "max", "a64fx"};

#define CAP(number, ...) {number, {__VA_ARGS__}},
#define REG(id, ...)
#define REG_ALL(id, val)
#define REG_OF_TIME(id)
#define MASK(index, mask)
#define MASK_32(index, mask)
static const struct {
	int number;
	int val[NR_HOSTS];
} caps[] = {
#include "host-facts.def"
};
#undef CAP
#undef REG
#undef REG_ALL
#undef REG_OF_TIME
#undef MASK
#undef MASK_32

#define CAP(number, ...)
#define REG(id, ...)     {id, {__VA_ARGS__}, false},
#define REG_ALL(id, val) {id, {val, val, val, val, val}, false},
#define REG_OF_TIME(id)  {id, {0}, true},
#define MASK(index, mask)
#define MASK_32(index, mask)
static const struct {
	uint64_t id, val[NR_HOSTS];
	bool time;
} regs[] = {
#include "host-facts.def"
};
#undef REG
#undef REG_ALL
#undef REG_OF_TIME
#undef MASK
#undef MASK_32

#define REG(id, ...)
#define REG_ALL(id, val)
#define REG_OF_TIME(id)
#define MASK(index, mask)    [index] = {mask, mask},
#define MASK_32(index, mask) [index] = {0, mask},
static const uint64_t masks[KVM_ARM_FEATURE_ID_RANGE_SIZE][2] = {
#include "host-facts.def"
};

/* ---- a host -------------------------------------------------------------- */

static int sys, vm, vcpu;

static void host_open(unsigned int host)
{
	struct kvm_vcpu_init init = {.target = KVM_ARM_TARGET_GENERIC_V8};

	ck_assert_int_eq(kernel_set_profile(names[host]), 0);
	sys = kvm_host_open();
	vm = KVM(sys, KVM_CREATE_VM, 0);
	vcpu = KVM(vm, KVM_CREATE_VCPU, 0);
	ASK(0, vcpu, KVM_ARM_VCPU_INIT, &init);
}

static void host_close(void)
{
	kvm_host_close(vcpu);
	kvm_host_close(vm);
	kvm_host_close(sys);
	ck_assert_uint_eq(kvm_host_count(), 0);
}

/* ---- capabilities -------------------------------------------------------- */

/* Counts CPUs; depends on the scheduler. */
static bool is_of_the_moment(int cap)
{
	return cap == KVM_CAP_NR_VCPUS || cap == KVM_CAP_STEAL_TIME;
}

/* Not done, docs/coverage.md: 0 instead. */
static bool may_lack(int cap)
{
	switch (cap) {
	case KVM_CAP_ARM_PMU_V3:
	case KVM_CAP_ARM_INJECT_SERROR_ESR:
	case KVM_CAP_ARM_PTRAUTH_ADDRESS:
	case KVM_CAP_ARM_PTRAUTH_GENERIC:
	case KVM_CAP_DIRTY_LOG_RING_ACQ_REL:
	case KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP: return true;
	default: return false;
	}
}

static int cap_fact(unsigned int host, int cap)
{
	for (size_t k = 0; k < ARRAY_SIZE(caps); k++)
		if (caps[k].number == cap)
			return caps[k].val[host];
	return 0;
}

START_TEST(capabilities)
{
	host_open(_i);
	for (int cap = 0; cap < 260; cap++) {
		long got = KVM(sys, KVM_CHECK_EXTENSION, cap);
		int want = cap_fact(_i, cap);

		/* A failing ioctl gave -1 there. */
		if (is_of_the_moment(cap) || (got < 0 && want == -1) ||
		    (!got && may_lack(cap)))
			continue;
		ck_assert_msg(got == want, "%s: capability %d is %ld, not %d",
			      names[_i], cap, got, want);
	}
	ck_assert_int_eq(KVM(vm, KVM_CHECK_EXTENSION, KVM_CAP_MAX_VCPUS),
			 cap_fact(_i, KVM_CAP_MAX_VCPUS));
	host_close();
}
END_TEST

/* ---- registers ----------------------------------------------------------- */

static bool limit_of(unsigned int host, unsigned int k,
		     struct kernel_profile_limit *l)
{
	struct kernel_profile_row row;
	unsigned int n = 0;

	while (kernel_profile_row(n, &row) && strcmp(row.name, names[host]))
		n++;
	return kernel_profile_limit(n, k, l);
}

/* The value that @real becomes where the host may say less. */
static uint64_t with_limits(unsigned int host, const char *name, uint64_t real)
{
	struct kernel_profile_limit l;
	struct cpu_id_field f;

	for (unsigned int k = 0; limit_of(host, k, &l); k++) {
		/* A vCPU says it only if it was initialised with a PMU. */
		if (strcmp(l.reg, name) || !strcmp(l.field, "PMUVer"))
			continue;
		for (unsigned int n = 0; cpu_id_field(n, &f); n++) {
			if (strcmp(f.reg, l.reg) || strcmp(f.name, l.field))
				continue;
			ck_assert_uint_eq(real >> f.shift & 15, l.real);
			real &= ~(UINT64_C(15) << f.shift);
			real |= (uint64_t)l.here << f.shift;
		}
	}
	return real;
}

static uint64_t expected(unsigned int host, uint64_t id, uint64_t real)
{
	const struct cpu_sysreg_info *row = cpu_sysreg_find(id & 0xffff);

	return (id & 0xfff0000) == KVM_REG_ARM64_SYSREG && row
		       ? with_limits(host, row->name, real)
		       : real;
}

START_TEST(registers)
{
	struct kvm_reg_list *list = malloc(8 + 300 * 8);

	host_open(_i);
	list->n = 300;
	ASK(0, vcpu, KVM_GET_REG_LIST, list);
	ck_assert_uint_eq(list->n, ARRAY_SIZE(regs));
	for (size_t k = 0; k < ARRAY_SIZE(regs); k++) {
		uint64_t val[4] = {0}, want;
		struct kvm_one_reg reg = {regs[k].id, (uintptr_t)val};

		ck_assert_uint_eq(list->reg[k], regs[k].id);
		ASK(0, vcpu, KVM_GET_ONE_REG, &reg);
		want = expected(_i, regs[k].id, regs[k].val[_i]);
		ck_assert_msg(regs[k].time || val[0] == want,
			      "%s: register %llx is %llx, not %llx", names[_i],
			      (unsigned long long)reg.id,
			      (unsigned long long)val[0],
			      (unsigned long long)want);
	}
	free(list);
	host_close();
}
END_TEST

/* A field that no guest sees on the real machine says no less: of AArch32 where there
 * is none, of the caches that KVM makes up. */
START_TEST(limits)
{
	static const char *const no_aarch32[] = {
		"default", "a64fx", "thunderx2", "ampereone", "apple-m1"};
	struct kernel_profile_limit l;
	struct kernel_profile_row row;

	for (unsigned int n = 0; kernel_profile_row(n, &row); n++) {
		bool aarch32 = true;

		for (size_t k = 0; k < ARRAY_SIZE(no_aarch32); k++)
			aarch32 = aarch32 && strcmp(row.name, no_aarch32[k]);
		for (unsigned int k = 0; kernel_profile_limit(n, k, &l); k++) {
			ck_assert_msg(aarch32 || !strncmp(l.reg, "ID_AA64", 7),
				      "%s: %s.%s", row.name, l.reg, l.field);
			ck_assert_str_ne(l.field, "CCIDX");
		}
	}
}
END_TEST

START_TEST(writable_masks)
{
	static uint64_t got[KVM_ARM_FEATURE_ID_RANGE_SIZE];
	struct reg_mask_range range = {.addr = (uintptr_t)got};
	bool aarch32 = strcmp(names[_i], "a64fx");

	host_open(_i);
	ASK(0, vm, KVM_ARM_GET_REG_WRITABLE_MASKS, &range);
	for (size_t k = 0; k < ARRAY_SIZE(masks); k++)
		ck_assert_uint_eq(got[k], masks[k][aarch32]);
	host_close();
}
END_TEST

/* Fixed values of the core, to the guest as to user space. */
START_TEST(what_the_guest_reads)
{
	static const uint32_t encs[] = {
		SYSREG_ENC(3, 0, 0, 0, 0), SYSREG_ENC(3, 0, 0, 4, 1),
		SYSREG_ENC(3, 0, 0, 6, 0), SYSREG_ENC(3, 0, 0, 7, 1),
		SYSREG_ENC(3, 1, 0, 0, 1), SYSREG_ENC(3, 3, 0, 0, 1),
	};

	uint32_t code[ARRAY_SIZE(encs) + 2];

	ck_assert_int_eq(kernel_set_profile(names[_i]), 0);
	test_vm_open();
	for (size_t k = 0; k < ARRAY_SIZE(encs); k++)
		code[k] = ASM_MRS(k, encs[k]);
	code[ARRAY_SIZE(encs)] = ASM_MOVZ(9, GUEST_MMIO >> 16, 1);
	code[ARRAY_SIZE(encs) + 1] = ASM_STR(0, 9);
	guest_load(0, code, ARRAY_SIZE(code));
	ASK(0, t.vcpu, KVM_RUN, 0);
	ck_assert_uint_eq(t.run->exit_reason, KVM_EXIT_MMIO);
	for (size_t k = 0; k < ARRAY_SIZE(encs); k++)
		ck_assert_uint_eq(reg_get(REG_X(k)),
				  reg_get(0x6030000000130000 | encs[k]));
	test_vm_close();
}
END_TEST

/* ---- objects ------------------------------------------------------------- */

START_TEST(devices)
{
	bool v2 = strstr(names[_i], "gicv2");

	host_open(_i);
	for (uint32_t type = 0; type < 12; type++) {
		struct kvm_create_device cd = {.type = type,
					       .flags = KVM_CREATE_DEVICE_TEST};
		bool have = type == KVM_DEV_TYPE_VFIO ||
			    (v2 ? type == KVM_DEV_TYPE_ARM_VGIC_V2
				: type == KVM_DEV_TYPE_ARM_VGIC_V3 ||
					     type == KVM_DEV_TYPE_ARM_VGIC_ITS);

		ASK(have ? 0 : -ENODEV, vm, KVM_CREATE_DEVICE, &cd);
	}
	host_close();
}
END_TEST

START_TEST(targets)
{
	bool a57 = strstr(names[_i], "a57");
	struct kvm_vcpu_init init;

	host_open(_i);
	ASK(0, vm, KVM_ARM_PREFERRED_TARGET, &init);
	ck_assert_uint_eq(init.target, KVM_ARM_TARGET_GENERIC_V8);
	for (uint32_t target = 0; target < 7; target++) {
		struct kvm_vcpu_init other = {.target = target};
		bool have = target == KVM_ARM_TARGET_GENERIC_V8 ||
			    (a57 && target == KVM_ARM_TARGET_CORTEX_A57);

		ASK(have ? 0 : -EINVAL, vcpu, KVM_ARM_VCPU_INIT, &other);
	}
	host_close();
}
END_TEST

START_TEST(sizes)
{
	host_open(_i);
	for (int bits = 30; bits < 54; bits++) {
		bool good = bits >= 32 &&
			    bits <= cap_fact(_i, KVM_CAP_ARM_VM_IPA_SIZE);
		long fd = KVM(sys, KVM_CREATE_VM, bits);

		ck_assert_msg(good ? fd >= 0 : fd == -EINVAL,
			      "%s: %d IPA bits: %ld", names[_i], bits, fd);
		if (fd >= 0)
			kvm_host_close(fd);
	}
	ASK(-EINVAL, vm, KVM_CREATE_VCPU, cap_fact(_i, KVM_CAP_MAX_VCPUS));
	host_close();
}
END_TEST

START_TEST(names_that_are_none)
{
	struct kernel_profile_row row;

	ck_assert_int_eq(kernel_set_profile("max"), 0);
	ck_assert_int_eq(kernel_set_profile("z80"), -ENOENT);
	ck_assert_int_eq(kernel_set_profile(""), -ENOENT);
	sys = kvm_host_open();
	/* It is what it was. */
	ASK(52, sys, KVM_CHECK_EXTENSION, KVM_CAP_ARM_VM_IPA_SIZE);
	kvm_host_close(sys);
	ck_assert(kernel_profile_row(0, &row));
	ck_assert_str_eq(row.name, "default");
	ck_assert(!kernel_profile_row(100, &row));
}
END_TEST

static void be_the_default(void)
{
	kernel_set_profile("default");
}

void add_tests_host(Suite *s)
{
	TCase *c = tcase_create("host");

	tcase_set_timeout(c, 60);

	tcase_add_checked_fixture(c, kvm_host_init, be_the_default);
	tcase_add_loop_test(c, capabilities, 0, NR_HOSTS);
	tcase_add_loop_test(c, registers, 0, NR_HOSTS);
	tcase_add_test(c, limits);
	tcase_add_loop_test(c, writable_masks, 0, NR_HOSTS);
	tcase_add_loop_test(c, what_the_guest_reads, 0, NR_HOSTS);
	tcase_add_loop_test(c, devices, 0, NR_HOSTS);
	tcase_add_loop_test(c, targets, 0, NR_HOSTS);
	tcase_add_loop_test(c, sizes, 0, NR_HOSTS);
	tcase_add_test(c, names_that_are_none);
	suite_add_tcase(s, c);
}
