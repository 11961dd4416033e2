/* SPDX-License-Identifier: MIT */
/*
 * The requests of a vCPU that set it up: KVM_ARM_VCPU_INIT and its features,
 * states, pending events, debugging, the signal mask, the list of registers.
 */
#include "abi.h"

static int init(int vcpu, uint32_t target, uint32_t f0, uint32_t f1)
{
	struct kvm_vcpu_init i = {.target = target, .features = {f0, f1}};

	return ioctl(vcpu, KVM_ARM_VCPU_INIT, &i);
}

#define GENERIC KVM_ARM_TARGET_GENERIC_V8
#define OFF     (1u << KVM_ARM_VCPU_POWER_OFF)
#define PSCI    (1u << KVM_ARM_VCPU_PSCI_0_2)

static uint32_t state_of(int vcpu)
{
	struct kvm_mp_state state = {.mp_state = 99};

	OK(ioctl(vcpu, KVM_GET_MP_STATE, &state));
	return state.mp_state;
}

static int set_state(int vcpu, uint32_t to)
{
	struct kvm_mp_state state = {.mp_state = to};

	return ioctl(vcpu, KVM_SET_MP_STATE, &state);
}

/* Which capability announces each feature; 0: all hosts have it. */
static const uint32_t feature_cap[] = {
	[KVM_ARM_VCPU_EL1_32BIT] = KVM_CAP_ARM_EL1_32BIT,
	[KVM_ARM_VCPU_PMU_V3] = KVM_CAP_ARM_PMU_V3,
	[KVM_ARM_VCPU_SVE] = KVM_CAP_ARM_SVE,
	[KVM_ARM_VCPU_PTRAUTH_ADDRESS] = KVM_CAP_ARM_PTRAUTH_ADDRESS,
	[KVM_ARM_VCPU_PTRAUTH_GENERIC] = KVM_CAP_ARM_PTRAUTH_GENERIC,
};

static void init_errors(void)
{
	struct kvm_vcpu_init preferred;
	struct abi_vm v;
	int vcpu;

	abi_vm_bare(&v);
	vcpu = ioctl(v.vm, KVM_CREATE_VCPU, 0);
	NEED(vcpu >= 0);
	memset(&preferred, 0xff, sizeof(preferred));
	OK(ioctl(v.vm, KVM_ARM_PREFERRED_TARGET, &preferred));
	EQUAL(preferred.target, GENERIC);
	for (int i = 0; i < 7; i++)
		EQUAL(preferred.features[i], 0);
	for (uint32_t target = 6; target < 64; target++)
		REFUSED(init(vcpu, target, PSCI, 0), EINVAL);
	REFUSED(init(vcpu, ~0u, PSCI, 0), EINVAL);
	/* Targets before features, unknown features before absent ones. */
	REFUSED(init(vcpu, 6, 1u << 31, 1), EINVAL);
	for (int bit = 7; bit < 32; bit++)
		REFUSED(init(vcpu, GENERIC, 1u << bit, 0), ENOENT);
	REFUSED(init(vcpu, GENERIC, PSCI, 1), ENOENT);
	REFUSED(init(vcpu, GENERIC, ~0u, ~0u), ENOENT);
	for (int word = 1; word < 7; word++) {
		struct kvm_vcpu_init i = {.target = GENERIC};

		i.features[word] = 1u << 31;
		REFUSED(ioctl(vcpu, KVM_ARM_VCPU_INIT, &i), ENOENT);
	}
	/* Half of pointer authentication is never enough. */
	REFUSED(init(vcpu, GENERIC, 1 << KVM_ARM_VCPU_PTRAUTH_ADDRESS, 0),
		EINVAL);
	REFUSED(init(vcpu, GENERIC, 1 << KVM_ARM_VCPU_PTRAUTH_GENERIC, 0),
		EINVAL);
	for (unsigned int bit = 0; bit < ROWS(feature_cap); bit++)
		if (feature_cap[bit] &&
		    !ioctl(v.kvm, KVM_CHECK_EXTENSION, feature_cap[bit]))
			REFUSED(init(vcpu, GENERIC, 1u << bit, 0), EINVAL);
	/* None of it has initialised the vCPU. */
	REFUSED(ioctl(vcpu, KVM_RUN, 0), ENOEXEC);
	OK(init(vcpu, GENERIC, 0, 0));
}

/* The features are the VM's; POWER_OFF is of each call. */
static void init_again(void)
{
	struct abi_vm v;
	int second;

	abi_vm_open(&v, ABI_NO_GIC);
	second = ioctl(v.vm, KVM_CREATE_VCPU, 1);
	NEED(second >= 0);
	REFUSED(init(second, GENERIC, 0, 0), EINVAL);
	REFUSED(ioctl(second, KVM_RUN, 0), ENOEXEC);
	OK(init(second, GENERIC, PSCI | OFF, 0));
	EQUAL(state_of(second), KVM_MP_STATE_STOPPED);
	OK(init(second, GENERIC, PSCI, 0));
	EQUAL(state_of(second), KVM_MP_STATE_RUNNABLE);
	REFUSED(init(second, GENERIC, 0, 0), EINVAL);
	REFUSED(init(second, GENERIC, OFF, 0), EINVAL);
	EQUAL(state_of(second), KVM_MP_STATE_RUNNABLE);
	/* What a register says is what it was, or its reset. */
	reg_set(second, REG_SYS(3, 0, 0, 0, 5), 0x80000007);
	reg_set(second, REG_X(3), 5);
	OK(init(second, GENERIC, PSCI, 0));
	EQUAL(reg_get(second, REG_SYS(3, 0, 0, 0, 5)), 0x80000007);
	EQUAL(reg_get(second, REG_X(3)), 0);
	REFUSED(init(v.vcpu, 99, 0, 0), EINVAL);
	EQUAL(reg_get(v.vcpu, REG_PSTATE), 0x3c5);
}

static void finalize(void)
{
	static const int features[] = {0, 1, 2, 3, 5, 6, 7, -1, 1 << 30};
	struct abi_vm v;
	int sve = KVM_ARM_VCPU_SVE;

	abi_vm_open(&v, ABI_NO_GIC);
	for (size_t i = 0; i < ROWS(features); i++)
		REFUSED(ioctl(v.vcpu, KVM_ARM_VCPU_FINALIZE, &features[i]),
			EINVAL);
	/* The vCPU has no such feature, whatever the host has. */
	REFUSED(ioctl(v.vcpu, KVM_ARM_VCPU_FINALIZE, &sve), EINVAL);
}

static void states(void)
{
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	for (uint32_t state = 0; state < 32; state++) {
		bool there = state == KVM_MP_STATE_RUNNABLE ||
			     state == KVM_MP_STATE_STOPPED ||
			     state == KVM_MP_STATE_SUSPENDED;

		if (there)
			OK(set_state(v.vcpu, state));
		else
			REFUSED(set_state(v.vcpu, state), EINVAL);
		if (there)
			EQUAL(state_of(v.vcpu), state);
	}
	EQUAL(state_of(v.vcpu), KVM_MP_STATE_SUSPENDED);
	REFUSED(set_state(v.vcpu, ~0u), EINVAL);
	EQUAL(state_of(v.vcpu), KVM_MP_STATE_SUSPENDED);
	OK(abi_init(&v));
	EQUAL(state_of(v.vcpu), KVM_MP_STATE_RUNNABLE);
}

static int set_events(int vcpu, const struct kvm_vcpu_events *ev)
{
	return ioctl(vcpu, KVM_SET_VCPU_EVENTS, ev);
}

static void events(void)
{
	struct kvm_vcpu_events ev, none = {0};
	struct abi_vm v;
	bool ras;

	abi_vm_open(&v, ABI_NO_GIC);
	ras = ioctl(v.kvm, KVM_CHECK_EXTENSION, KVM_CAP_ARM_INJECT_SERROR_ESR);
	for (int i = 0; i < 12; i++) {
		ev = none;
		ev.reserved[i] = 1;
		REFUSED(set_events(v.vcpu, &ev), EINVAL);
	}
	for (int i = 0; i < 5; i++) {
		ev = none;
		ev.exception.pad[i] = 1;
		REFUSED(set_events(v.vcpu, &ev), EINVAL);
	}
	OK(set_events(v.vcpu, &none));
	/* A syndrome needs the host's RAS extension, and fits in 25 bits. */
	ev = none;
	ev.exception.serror_pending = 1;
	ev.exception.serror_has_esr = 1;
	ev.exception.serror_esr = 1 << 25;
	REFUSED(set_events(v.vcpu, &ev), EINVAL);
	ev.exception.serror_esr = ~0ull;
	REFUSED(set_events(v.vcpu, &ev), EINVAL);
	ev.exception.serror_esr = 0x1000002;
	if (ras)
		OK(set_events(v.vcpu, &ev));
	else
		REFUSED(set_events(v.vcpu, &ev), EINVAL);
	/* Without an SError nobody looks at it. */
	ev.exception.serror_pending = 0;
	ev.exception.serror_esr = ~0ull;
	OK(set_events(v.vcpu, &ev));
	/* Only what is refused leaves the abort undone. */
	reg_set(v.vcpu, REG_PC, GUEST_BASE + 0x100);
	ev = none;
	ev.exception.ext_dabt_pending = 1;
	ev.reserved[0] = 1;
	REFUSED(set_events(v.vcpu, &ev), EINVAL);
	abi_run_nothing(&v);
	EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE + 0x100);

	ev = none;
	ev.exception.serror_pending = 1;
	OK(set_events(v.vcpu, &ev));
	memset(&ev, 0xff, sizeof(ev));
	OK(ioctl(v.vcpu, KVM_GET_VCPU_EVENTS, &ev));
	EQUAL(ev.exception.serror_pending, 1);
	EQUAL(ev.exception.serror_has_esr, ras);
	EQUAL(ev.exception.ext_dabt_pending, 0);
	for (int i = 0; i < 12; i++)
		EQUAL(ev.reserved[i], 0);
}

static int debug(int vcpu, uint32_t control)
{
	struct kvm_guest_debug dbg = {.control = control, .pad = ~0u};

	memset(&dbg.arch, 0xff, sizeof(dbg.arch));
	return ioctl(vcpu, KVM_SET_GUEST_DEBUG, &dbg);
}

static void debug_bits(void)
{
	struct abi_vm v;
	int raw;

	abi_vm_open(&v, ABI_NO_GIC);
	raw = ioctl(v.vm, KVM_CREATE_VCPU, 1);
	NEED(raw >= 0);
	for (unsigned int bit = 0; bit < 32; bit++) {
		bool there = bit < 2 || bit == 16 || bit == 17;

		if (there)
			OK(debug(v.vcpu, 1u << bit));
		else
			REFUSED(debug(v.vcpu, 1u << bit), EINVAL);
		/* The bit for all does not excuse another. */
		if (!there)
			REFUSED(debug(v.vcpu, 1u << bit | 1), EINVAL);
	}
	OK(debug(v.vcpu, 0x30003));
	OK(debug(v.vcpu, 0));
	OK(debug(raw, 0x30003));
	REFUSED(debug(raw, 4), EINVAL);
}

static void signal_masks(void)
{
	struct {
		uint32_t len;
		uint8_t bits[12];
	} mask = {.len = 8};
	char *end = abi_bad_pointer(0, 8);
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	OK(ioctl(v.vcpu, KVM_SET_SIGNAL_MASK, &mask));
	for (uint32_t len = 0; len < 20; len++) {
		mask.len = len;
		if (len != 8)
			REFUSED(ioctl(v.vcpu, KVM_SET_SIGNAL_MASK, &mask),
				EINVAL);
	}
	/* The length first, then the set. */
	memcpy(end - 4, &mask.len, 4);
	REFUSED(ioctl(v.vcpu, KVM_SET_SIGNAL_MASK, end - 4), EINVAL);
	mask.len = 8;
	memcpy(end - 4, &mask.len, 4);
	REFUSED(ioctl(v.vcpu, KVM_SET_SIGNAL_MASK, end - 4), EFAULT);
	OK(ioctl(v.vcpu, KVM_SET_SIGNAL_MASK, NULL));
}

static void register_list(void)
{
	struct {
		uint64_t n;
		uint64_t reg[1024];
	} list = {0};
	char *end = abi_bad_pointer(0, 8);
	struct abi_vm v;
	uint64_t n;

	abi_vm_open(&v, ABI_NO_GIC);
	REFUSED(ioctl(v.vcpu, KVM_GET_REG_LIST, &list), E2BIG);
	n = list.n;
	CHECK(n > 200 && n < ROWS(list.reg));
	list.n = n - 1;
	REFUSED(ioctl(v.vcpu, KVM_GET_REG_LIST, &list), E2BIG);
	EQUAL(list.n, n);
	/* 32 bits of the count are all that is compared. */
	list.n = 1ull << 32 | (n - 1);
	REFUSED(ioctl(v.vcpu, KVM_GET_REG_LIST, &list), E2BIG);
	list.n = ROWS(list.reg);
	OK(ioctl(v.vcpu, KVM_GET_REG_LIST, &list));
	EQUAL(list.n, n);
	EQUAL(list.reg[0], REG_X(0));
	/* No room behind the count, or for all but the last. */
	memcpy(end - 8, &n, 8);
	REFUSED(ioctl(v.vcpu, KVM_GET_REG_LIST, end - 8), EFAULT);
	memcpy(end - 8 * n, &n, 8);
	REFUSED(ioctl(v.vcpu, KVM_GET_REG_LIST, end - 8 * n), EFAULT);
	memcpy(end - 8 * n - 8, &n, 8);
	OK(ioctl(v.vcpu, KVM_GET_REG_LIST, end - 8 * n - 8));
	memset(end - 8, 0, 8);
	REFUSED(ioctl(v.vcpu, KVM_GET_REG_LIST, end - 8), E2BIG);
}

const struct abi_case cases_init[] = {
	{"init/errors", init_errors},
	{"init/again", init_again},
	{"init/finalize", finalize},
	{"init/states", states},
	{"init/events", events},
	{"init/debug-bits", debug_bits},
	{"init/signal-masks", signal_masks},
	{"init/register-list", register_list},
	{NULL},
};
