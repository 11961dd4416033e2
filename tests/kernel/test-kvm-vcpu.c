/* SPDX-License-Identifier: MIT */
/* vCPU requests: init, registers, states, events, attributes. */
#include "test-kvm.h"

#include <stdlib.h>

static long init(int fd, uint32_t target, uint32_t f0, uint32_t f1)
{
	struct kvm_vcpu_init i = {.target = target, .features = {f0, f1}};

	return KVM(fd, KVM_ARM_VCPU_INIT, &i);
}

START_TEST(vcpu_init)
{
	int fd = KVM(t.vm, KVM_CREATE_VCPU, 1);
	uint64_t val;
	struct kvm_one_reg reg = {REG_PC, (uintptr_t)&val};
	struct kvm_mp_state state = {99};
	int sve = 4;

	ASK(-ENOEXEC, fd, KVM_GET_ONE_REG, BAD_PTR);
	ASK(-ENOEXEC, fd, KVM_SET_ONE_REG, BAD_PTR);
	ASK(-ENOEXEC, fd, KVM_GET_REG_LIST, BAD_PTR);
	ASK(-ENOEXEC, fd, KVM_GET_VCPU_EVENTS, BAD_PTR);
	ASK(-ENOEXEC, fd, KVM_SET_VCPU_EVENTS, BAD_PTR);
	ASK(-ENOEXEC, fd, KVM_ARM_VCPU_FINALIZE, BAD_PTR);
	ASK(-EINVAL, fd, KVM_RUN, 1);
	ASK(-ENOEXEC, fd, KVM_RUN, 0);
	ASK(0, fd, KVM_GET_MP_STATE, &state);
	ck_assert_uint_eq(state.mp_state, 0);
	ASK(-EFAULT, fd, KVM_ARM_VCPU_INIT, BAD_PTR);
	ck_assert_int_eq(init(fd, 2, 4, 0), -EINVAL);
	ck_assert_int_eq(init(fd, 5, 0x80, 0), -ENOENT);
	ck_assert_int_eq(init(fd, 5, 4, 1), -ENOENT);
	for (int bit = 1; bit < 7; bit++)
		if (bit != 2)
			ck_assert_int_eq(init(fd, 5, 4 | 1 << bit, 0), -EINVAL);
	/* The VM's vCPUs have PSCI 0.2. */
	ck_assert_int_eq(init(fd, 5, 0, 0), -EINVAL);
	ck_assert_int_eq(init(fd, 5, 4 | 1, 0), 0);
	ASK(0, fd, KVM_GET_MP_STATE, &state);
	ck_assert_uint_eq(state.mp_state, KVM_MP_STATE_STOPPED);
	ck_assert_int_eq(init(fd, 5, 4, 0), 0);
	ASK(0, fd, KVM_GET_MP_STATE, &state);
	ck_assert_uint_eq(state.mp_state, KVM_MP_STATE_RUNNABLE);
	ck_assert_int_eq(init(fd, 5, 0, 0), -EINVAL);
	ASK(-EINVAL, fd, KVM_ARM_VCPU_FINALIZE, &sve);
	ASK(-EFAULT, fd, KVM_ARM_VCPU_FINALIZE, BAD_PTR);
	reg.id = 0x603000000013c005; /* MPIDR_EL1 */
	ASK(0, fd, KVM_GET_ONE_REG, &reg);
	ck_assert_uint_eq(val, 0x80000001);
	kvm_host_close(fd);
}
END_TEST

START_TEST(mpidr_of_ids)
{
	static const struct {
		unsigned int id;
		uint64_t mpidr;
	} rows[] = {{15, 0x8000000f}, {16, 0x80000100}, {511, 0x80001f0f}};

	for (size_t i = 0; i < 3; i++) {
		int fd = KVM(t.vm, KVM_CREATE_VCPU, rows[i].id);
		uint64_t val = 0;
		struct kvm_one_reg reg = {0x603000000013c005, (uintptr_t)&val};

		ck_assert_int_eq(init(fd, 5, 4, 0), 0);
		ASK(0, fd, KVM_GET_ONE_REG, &reg);
		ck_assert_uint_eq(val, rows[i].mpidr);
		/* Any value may be set, and a second init keeps it. */
		val = 0x80000007;
		ASK(0, fd, KVM_SET_ONE_REG, &reg);
		ck_assert_int_eq(init(fd, 5, 4, 0), 0);
		val = 0;
		ASK(0, fd, KVM_GET_ONE_REG, &reg);
		ck_assert_uint_eq(val, 0x80000007);
		kvm_host_close(fd);
	}
}
END_TEST

START_TEST(reset_values)
{
	ck_assert_uint_eq(reg_get(0x6030000000100042), 0x3c5);      /* PSTATE */
	ck_assert_uint_eq(reg_get(0x603000000013c080), 0x00c50078); /* SCTLR */
	ck_assert_uint_eq(reg_get(0x603000000013c100), 0x1de7ec7edbadc0de);
	ck_assert_uint_eq(reg_get(0x603000000013c102), 0); /* TCR */
	reg_set(REG_X(3), 5);
	reg_set(0x603000000013c100, 5);
	reg_set(0x603000000013c801, reg_get(0x603000000013c801)); /* CLIDR */
	ck_assert_int_eq(init(t.vcpu, 5, 4, 0), 0);
	ck_assert_uint_eq(reg_get(REG_X(3)), 0);
	ck_assert_uint_eq(reg_get(0x603000000013c100), 0x1de7ec7edbadc0de);
}
END_TEST

START_TEST(reg_list)
{
	struct kvm_reg_list head = {0};
	struct kvm_reg_list *list = malloc(8 + 300 * 8);

	ASK(-EFAULT, t.vcpu, KVM_GET_REG_LIST, BAD_PTR);
	ASK(-E2BIG, t.vcpu, KVM_GET_REG_LIST, &head);
	ck_assert_uint_eq(head.n, 259);
	list->n = 300;
	ASK(0, t.vcpu, KVM_GET_REG_LIST, list);
	ck_assert_uint_eq(list->n, 259);
	ck_assert_uint_eq(list->reg[0], REG_X(0));
	ck_assert_uint_eq(list->reg[74], 0x60200000001000d5); /* FPCR */
	ck_assert_uint_eq(list->reg[75], KVM_REG_ARM_PSCI_VERSION);
	ck_assert_uint_eq(list->reg[81], KVM_REG_ARM_VENDOR_HYP_BMAP);
	ck_assert_uint_eq(list->reg[82], KVM_REG_ARM_TIMER_CTL);
	ck_assert_uint_eq(list->reg[88], 0x603000000013c000);  /* MIDR */
	ck_assert_uint_eq(list->reg[90], 0x603000000013c807);  /* AIDR */
	ck_assert_uint_eq(list->reg[91], 0x6030000000138004);  /* DBGBVR0 */
	ck_assert_uint_eq(list->reg[244], 0x603000000013e298); /* FPEXC32 */
	ck_assert_uint_eq(list->reg[245], 0x6020000000110000); /* CCSIDR 0 */
	ck_assert_uint_eq(list->reg[258], 0x602000000011000d);
	for (int i = 92; i < 245; i++)
		ck_assert_uint_lt(list->reg[i - 1], list->reg[i]);
	/* Everything listed can be read, and written back. */
	for (int i = 0; i < 259; i++) {
		uint64_t buf[2];
		struct kvm_one_reg reg = {list->reg[i], (uintptr_t)buf};

		ck_assert_msg(!KVM(t.vcpu, KVM_GET_ONE_REG, &reg), "get 0x%llx",
			      (unsigned long long)reg.id);
		ck_assert_msg(!KVM(t.vcpu, KVM_SET_ONE_REG, &reg), "set 0x%llx",
			      (unsigned long long)reg.id);
	}
	free(list);
}
END_TEST

static long get(uint64_t id, void *p)
{
	struct kvm_one_reg reg = {id, (uintptr_t)p};

	return KVM(t.vcpu, KVM_GET_ONE_REG, &reg);
}

static long set(uint64_t id, uint64_t val)
{
	struct kvm_one_reg reg = {id, (uintptr_t)&val};

	return KVM(t.vcpu, KVM_SET_ONE_REG, &reg);
}

static long set_bad(uint64_t id)
{
	struct kvm_one_reg reg = {id, BAD_PTR};

	return KVM(t.vcpu, KVM_SET_ONE_REG, &reg);
}

START_TEST(one_reg_errors)
{
	uint64_t v[2];
	static const struct {
		uint64_t id;
		long get, set, set_bad;
	} rows[] = {
		{0x4030000000100000, -EINVAL, -EINVAL, -EINVAL}, /* arm */
		{0x6030000100100000, -EINVAL, -EINVAL, -EINVAL},
		{0x6030000010100000, -ENOENT, -ENOENT, -ENOENT},
		{0x60300000001000d8, -ENOENT, -ENOENT, -ENOENT},
		{0x6020000000100000, -EINVAL, -EINVAL, -EINVAL}, /* X0, 32 */
		{0x6030000000100001, -EINVAL, -EINVAL, -EINVAL},
		{0x6030000000100054, -EINVAL, -EINVAL, -EINVAL}, /* V0, 64 */
		{0x60200000001000d6, -EINVAL, -EINVAL, -EINVAL}, /* reserved */
		{0x60200000001000d7, -ENOENT, -ENOENT, -ENOENT},
		{0x602000000011000e, -ENOENT, -ENOENT, -ENOENT}, /* CCSIDR 14 */
		{0x6020000000110100, -ENOENT, -ENOENT, -ENOENT},
		{0x6030000000110000, -ENOENT, -ENOENT, -ENOENT},
		{0x6030000000140004, -ENOENT, -ENOENT, -EFAULT},
		{0x6020000000140000, -ENOENT, -ENOENT, -ENOENT},
		{0x6030000000160003, -ENOENT, -ENOENT, -EFAULT},
		{0x6080000000150000, -ENOENT, -ENOENT, -ENOENT}, /* Z0 */
		{0x606000000015ffff, -ENOENT, -ENOENT, -ENOENT}, /* VLS */
		{0x6030000000150000, -EINVAL, -EINVAL, -EINVAL},
		{0x6080000000150400, -EINVAL, -EINVAL, -EINVAL},
		{0x6030000000130000, -ENOENT, -ENOENT, -EFAULT},
		{0x602000000013c080, -ENOENT, -ENOENT, -EFAULT}, /* SCTLR, 32 */
		{0x603000000013c200, -ENOENT, -ENOENT, -EFAULT}, /* SPSR_EL1 */
		{0x603000000013dce0, -ENOENT, -ENOENT, -EFAULT}, /* PMCR */
		{0x603000000013e088, -ENOENT, -ENOENT, -EFAULT}, /* HCR_EL2 */
		{0x603000000013c085, -ENOENT, -ENOENT, -EFAULT}, /* RGSR */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned long long id = rows[i].id;

		ck_assert_msg(get(id, v) == rows[i].get, "get 0x%llx: %ld", id,
			      get(id, v));
		ck_assert_msg(set(id, 0) == rows[i].set, "set 0x%llx: %ld", id,
			      set(id, 0));
		ck_assert_msg(set_bad(id) == rows[i].set_bad,
			      "set 0x%llx from a bad pointer: %ld", id,
			      set_bad(id));
	}
	ck_assert_int_eq(get(REG_PC, (void *)BAD_PTR), -EFAULT);
	ck_assert_int_eq(set_bad(REG_PC), -EFAULT);
	ASK(-EFAULT, t.vcpu, KVM_GET_ONE_REG, BAD_PTR);
}
END_TEST

START_TEST(one_reg_values)
{
	uint64_t pfr0 = reg_get(0x603000000013c020);

	/* PSTATE: only modes the vCPU may have. */
	for (uint64_t mode = 0; mode < 32; mode++)
		ck_assert_int_eq(set(0x6030000000100042, 0x3c0 | mode),
				 mode == 0 || mode == 4 || mode == 5 ? 0
								     : -EINVAL);
	/* Invariants take their own value only. */
	ck_assert_int_eq(set(0x603000000013c000, reg_get(0x603000000013c000)),
			 0);
	ck_assert_int_eq(set(0x603000000013c000, 1), -EINVAL);
	/* ID registers: a field may go down, not up; RAZ takes 0. */
	ck_assert_uint_eq(pfr0 >> 24 & 15, 1);
	ck_assert_int_eq(set(0x603000000013c020, pfr0 + (1ull << 24)), -EINVAL);
	ck_assert_int_eq(set(0x603000000013c020, pfr0 | 0xful << 28), -EINVAL);
	ck_assert_int_eq(set(0x603000000013c030, 0), 0); /* ISAR0 */
	ck_assert_uint_eq(reg_get(0x603000000013c030), 0);
	ck_assert_int_eq(set(0x603000000013c030, 1ull << 60), -EINVAL);
	ck_assert_int_eq(set(0x603000000013c023, 0), 0);
	ck_assert_int_eq(set(0x603000000013c023, 1), -EINVAL);
	ck_assert_int_eq(set(0x603000000013c008, 0x1234), 0); /* ID_PFR0: WI */
	ck_assert_uint_eq(reg_get(0x603000000013c008), 0);
	ck_assert_int_eq(set(0x603000000013c028, 5), -EINVAL); /* DebugVer */
	/* OSLSR: bit 1. */
	ck_assert_int_eq(
		set(0x603000000013808c, reg_get(0x603000000013808c) ^ 2), 0);
	ck_assert_int_eq(set(0x603000000013808c, 0), -EINVAL);
	/* CLIDR: with IDC 0 a level of coherence is needed. */
	ck_assert_int_eq(set(0x603000000013c801, 0), -EINVAL);
	ck_assert_int_eq(set(0x603000000013c801, 0x09200003 | 1ull << 40), 0);
	ck_assert_int_eq(set(0x603000000013c801, 0x09200003 | 1ull << 47),
			 -EINVAL);
}
END_TEST

START_TEST(firmware_regs)
{
	ck_assert_uint_eq(reg_get(KVM_REG_ARM_PSCI_VERSION), 0x10001);
	ck_assert_int_eq(set(KVM_REG_ARM_PSCI_VERSION, 1), -EINVAL);
	ck_assert_int_eq(set(KVM_REG_ARM_PSCI_VERSION, 0x10002), -EINVAL);
	ck_assert_int_eq(set(KVM_REG_ARM_PSCI_VERSION, 2), 0);
	ck_assert_uint_eq(reg_get(KVM_REG_ARM_PSCI_VERSION), 2);
	ck_assert_int_eq(set(KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1, 3), -EINVAL);
	ck_assert_int_eq(set(KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1, 0x10),
			 -EINVAL);
	ck_assert_int_eq(set(KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1, 0), 0);
	ck_assert_uint_eq(reg_get(KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1), 2);
	ck_assert_int_eq(set(KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2, 0x12), 0);
	ck_assert_int_eq(set(KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2, 0x11),
			 -EINVAL);
	ck_assert_int_eq(set(KVM_REG_ARM_STD_BMAP, 2), -EINVAL);
	ck_assert_int_eq(set(KVM_REG_ARM_VENDOR_HYP_BMAP, 1), 0);
	ck_assert_uint_eq(reg_get(KVM_REG_ARM_VENDOR_HYP_BMAP), 1);
}
END_TEST

START_TEST(ids_after_the_run)
{
	GUEST(0, ASM_MOVZ(0, 0x8400, 1), ASM_MOVK(0, 8, 0), ASM_HVC(0));
	ASK(0, t.vcpu, KVM_RUN, 0);
	/* No GICv3: the field is gone, and all is final. */
	ck_assert_uint_eq(reg_get(0x603000000013c020) >> 24 & 15, 0);
	ck_assert_int_eq(set(0x603000000013c030, reg_get(0x603000000013c030)),
			 0);
	ck_assert_int_eq(set(0x603000000013c030, 0), -EBUSY);
	ck_assert_int_eq(set(KVM_REG_ARM_STD_BMAP, 1), 0);
	ck_assert_int_eq(set(KVM_REG_ARM_STD_BMAP, 0), -EBUSY);
}
END_TEST

START_TEST(states_and_events)
{
	struct kvm_mp_state state = {1};
	struct kvm_vcpu_events ev = {.reserved = {[11] = 1}};
	struct kvm_guest_debug dbg = {.control = 4};
	struct {
		uint32_t len;
		uint8_t set[8];
	} mask = {.len = 4};

	ASK(-EFAULT, t.vcpu, KVM_GET_MP_STATE, BAD_PTR);
	ASK(-EFAULT, t.vcpu, KVM_SET_MP_STATE, BAD_PTR);
	ASK(-EINVAL, t.vcpu, KVM_SET_MP_STATE, &state);
	state.mp_state = KVM_MP_STATE_SUSPENDED;
	ASK(0, t.vcpu, KVM_SET_MP_STATE, &state);
	ASK(0, t.vcpu, KVM_GET_MP_STATE, &state);
	ck_assert_uint_eq(state.mp_state, KVM_MP_STATE_SUSPENDED);

	ASK(-EINVAL, t.vcpu, KVM_SET_VCPU_EVENTS, &ev);
	ev = (struct kvm_vcpu_events){.exception.pad = {[4] = 1}};
	ASK(-EINVAL, t.vcpu, KVM_SET_VCPU_EVENTS, &ev);
	ev = (struct kvm_vcpu_events){.exception = {.serror_pending = 1,
						    .serror_has_esr = 1,
						    .serror_esr = BIT(25)}};
	ASK(-EINVAL, t.vcpu, KVM_SET_VCPU_EVENTS, &ev);
	ev.exception.serror_has_esr = 0;
	ASK(0, t.vcpu, KVM_SET_VCPU_EVENTS, &ev);
	memset(&ev, 0xff, sizeof(ev));
	ASK(0, t.vcpu, KVM_GET_VCPU_EVENTS, &ev);
	ck_assert_uint_eq(ev.exception.serror_pending, 1);
	ck_assert_uint_eq(ev.exception.serror_has_esr, 1);
	ck_assert_uint_eq(ev.exception.serror_esr, BIT(24));
	ck_assert_uint_eq(ev.exception.ext_dabt_pending, 0);
	ck_assert_uint_eq(ev.reserved[11], 0);

	ASK(-EFAULT, t.vcpu, KVM_SET_GUEST_DEBUG, BAD_PTR);
	ASK(-EINVAL, t.vcpu, KVM_SET_GUEST_DEBUG, &dbg);
	dbg.control = 0x30003;
	ASK(0, t.vcpu, KVM_SET_GUEST_DEBUG, &dbg);
	dbg.control = 0;
	ASK(0, t.vcpu, KVM_SET_GUEST_DEBUG, &dbg);

	ASK(-EFAULT, t.vcpu, KVM_SET_SIGNAL_MASK, BAD_PTR);
	ASK(-EINVAL, t.vcpu, KVM_SET_SIGNAL_MASK, &mask);
	mask.len = 8;
	ASK(0, t.vcpu, KVM_SET_SIGNAL_MASK, &mask);
	ASK(0, t.vcpu, KVM_SET_SIGNAL_MASK, 0);
}
END_TEST

static long attr(unsigned int cmd, uint32_t group, uint64_t nr, void *p)
{
	struct kvm_device_attr a = {
		.group = group, .attr = nr, .addr = (uintptr_t)p};

	return KVM(t.vcpu, cmd, &a);
}

START_TEST(attributes)
{
	int32_t irq = 20;

	ASK(-EFAULT, t.vcpu, KVM_SET_DEVICE_ATTR, BAD_PTR);
	ck_assert_int_eq(attr(KVM_HAS_DEVICE_ATTR, 3, 0, 0), -ENXIO);
	ck_assert_int_eq(attr(KVM_SET_DEVICE_ATTR, 0, 0, &irq), -ENODEV);
	ck_assert_int_eq(attr(KVM_GET_DEVICE_ATTR, 0, 0, &irq), -EINVAL);
	ck_assert_int_eq(attr(KVM_HAS_DEVICE_ATTR, 0, 0, 0), -ENXIO);
	/* Timers: GET works without VGIC, SET does not. */
	ck_assert_int_eq(attr(KVM_GET_DEVICE_ATTR, 1, 0, &irq), 0);
	ck_assert_int_eq(irq, 27);
	ck_assert_int_eq(attr(KVM_GET_DEVICE_ATTR, 1, 3, &irq), 0);
	ck_assert_int_eq(irq, 26);
	ck_assert_int_eq(attr(KVM_GET_DEVICE_ATTR, 1, 4, &irq), -ENXIO);
	ck_assert_int_eq(attr(KVM_HAS_DEVICE_ATTR, 1, 1, 0), 0);
	ck_assert_int_eq(attr(KVM_SET_DEVICE_ATTR, 1, 0, &irq), -EINVAL);
	kvm_host_close(test_vm_gicv3());
	ck_assert_int_eq(attr(KVM_GET_DEVICE_ATTR, 0, 0, &irq), -ENODEV);
	ck_assert_int_eq(attr(KVM_SET_DEVICE_ATTR, 1, 0, (void *)BAD_PTR),
			 -EFAULT);
	irq = 32;
	ck_assert_int_eq(attr(KVM_SET_DEVICE_ATTR, 1, 0, &irq), -EINVAL);
	irq = 15;
	ck_assert_int_eq(attr(KVM_SET_DEVICE_ATTR, 1, 0, &irq), -EINVAL);
	irq = 30; /* the other timer's: found out at the first run */
	ck_assert_int_eq(attr(KVM_SET_DEVICE_ATTR, 1, 4, &irq), -ENXIO);
	ck_assert_int_eq(attr(KVM_SET_DEVICE_ATTR, 1, 0, &irq), 0);
	GUEST(0, ASM_MOVZ(0, 0x8400, 1), ASM_MOVK(0, 8, 0), ASM_HVC(0));
	ASK(-EINVAL, t.vcpu, KVM_RUN, 0);
	irq = 20;
	ck_assert_int_eq(attr(KVM_SET_DEVICE_ATTR, 1, 0, &irq), 0);
	ASK(0, t.vcpu, KVM_RUN, 0);
	ck_assert_int_eq(attr(KVM_SET_DEVICE_ATTR, 1, 0, &irq), -EBUSY);
}
END_TEST

/*
 * The checks of the address, where a host has the feature; the guest's calls.
 * Time that is stolen: tests/slow/selftests (steal_time).
 */
START_TEST(stolen_time)
{
	struct kvm_mp_state on = {KVM_MP_STATE_RUNNABLE};
	uint64_t gpa = GUEST_BASE + 0x8000;
	int have = attr(KVM_HAS_DEVICE_ATTR, 2, 0, 0) == 0;

	ck_assert_int_eq(attr(KVM_HAS_DEVICE_ATTR, 2, 1, 0), -ENXIO);
	if (!have)
		return;
	memset(t.ram + 0x8000, 0xff, 128);
	/* PV_TIME_FEATURES of PV_TIME_ST, then SYSTEM_OFF. */
	GUEST(0, ASM_MOVZ(0, 0xc500, 1), ASM_MOVK(0, 0x20, 0),
	      ASM_MOVZ(1, 0xc500, 1), ASM_MOVK(1, 0x21, 0), ASM_HVC(0),
	      ASM_MOV(19, 0), ASM_MOVZ(0, 0xc500, 1), ASM_MOVK(0, 0x21, 0),
	      ASM_HVC(0), ASM_MOV(20, 0), ASM_MOVZ(0, 0x8400, 1),
	      ASM_MOVK(0, 8, 0), ASM_HVC(0));
	ASK(0, t.vcpu, KVM_RUN, 0);
	ck_assert_uint_eq(reg_get(REG_X(19)), UINT64_MAX);
	ck_assert_uint_eq(reg_get(REG_X(20)), UINT64_MAX);

	ck_assert_int_eq(attr(KVM_SET_DEVICE_ATTR, 2, 0, (void *)BAD_PTR),
			 -EFAULT);
	gpa += 8;
	ck_assert_int_eq(attr(KVM_SET_DEVICE_ATTR, 2, 0, &gpa), -EINVAL);
	gpa = GUEST_BASE + GUEST_SIZE;
	ck_assert_int_eq(attr(KVM_SET_DEVICE_ATTR, 2, 0, &gpa), -EINVAL);
	gpa = GUEST_BASE + 0x8000;
	ck_assert_int_eq(attr(KVM_SET_DEVICE_ATTR, 2, 0, &gpa), 0);
	ck_assert_int_eq(attr(KVM_SET_DEVICE_ATTR, 2, 0, &gpa), -EEXIST);
	gpa = 0;
	ck_assert_int_eq(attr(KVM_GET_DEVICE_ATTR, 2, 0, &gpa), 0);
	ck_assert_uint_eq(gpa, GUEST_BASE + 0x8000);
	reg_set(REG_PC, GUEST_BASE);
	ASK(0, t.vcpu, KVM_SET_MP_STATE, &on);
	ASK(0, t.vcpu, KVM_RUN, 0);
	ck_assert_uint_eq(reg_get(REG_X(19)), 0);
	ck_assert_uint_eq(reg_get(REG_X(20)), GUEST_BASE + 0x8000);
	/* 64 bytes were cleared. */
	ck_assert_uint_eq(*(uint64_t *)(t.ram + 0x8000), 0);
	ck_assert_uint_eq(t.ram[0x803f], 0);
	ck_assert_uint_eq(t.ram[0x8040], 0xff);
}
END_TEST

START_TEST(counters)
{
	struct kvm_arm_counter_offset off = {1000, 0};
	uint64_t cnt;

	cnt = reg_get(KVM_REG_ARM_TIMER_CNT);
	ck_assert_uint_lt(cnt, 62500000ull * 50);
	reg_set(KVM_REG_ARM_TIMER_CNT, 1ull << 40);
	cnt = reg_get(KVM_REG_ARM_TIMER_CNT);
	ck_assert_uint_ge(cnt, 1ull << 40);
	ck_assert_uint_lt(cnt, (1ull << 40) + 62500000ull * 5);
	/* A new vCPU restarts the counter of all. */
	kvm_host_close(KVM(t.vm, KVM_CREATE_VCPU, 1));
	ck_assert_uint_lt(reg_get(KVM_REG_ARM_TIMER_CNT), 62500000ull * 5);
	/* The VM-wide offset wins from then on. */
	ASK(0, t.vm, KVM_ARM_SET_COUNTER_OFFSET, &off);
	cnt = reg_get(KVM_REG_ARM_PTIMER_CNT);
	reg_set(KVM_REG_ARM_PTIMER_CNT, 5);
	ck_assert_uint_ge(reg_get(KVM_REG_ARM_PTIMER_CNT), cnt);
	/* The condition is seen in CTL, whether enabled or not. */
	reg_set(KVM_REG_ARM_TIMER_CVAL, ~0ull);
	reg_set(KVM_REG_ARM_TIMER_CTL, 7);
	ck_assert_uint_eq(reg_get(KVM_REG_ARM_TIMER_CTL), 3);
	reg_set(KVM_REG_ARM_TIMER_CVAL, 0);
	ck_assert_uint_eq(reg_get(KVM_REG_ARM_TIMER_CTL), 7);
}
END_TEST

void add_tests_vcpu(Suite *s)
{
	TCase *c = case_with_vm(s, "vcpu");

	tcase_add_test(c, vcpu_init);
	tcase_add_test(c, mpidr_of_ids);
	tcase_add_test(c, reset_values);
	tcase_add_test(c, reg_list);
	tcase_add_test(c, one_reg_errors);
	tcase_add_test(c, one_reg_values);
	tcase_add_test(c, firmware_regs);
	tcase_add_test(c, ids_after_the_run);
	tcase_add_test(c, states_and_events);
	tcase_add_test(c, attributes);
	tcase_add_test(c, stolen_time);
	tcase_add_test(c, counters);
}
