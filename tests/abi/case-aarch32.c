/* SPDX-License-Identifier: MIT */
/*
 * vCPUs whose EL1 is in AArch32 state (KVM_ARM_VCPU_EL1_32BIT): reset, modes,
 * registers, what Linux injects, and PSCI in its 32-bit form. And what of CP14 EL0
 * has in AArch32 state.
 */
#include "abi.h"

#define EL1_32BIT (1u << KVM_ARM_VCPU_EL1_32BIT)
#define PSCI      (1u << KVM_ARM_VCPU_PSCI_0_2)

/* CPSR: Supervisor mode with A, I and F set, E, and T. */
#define CPSR_SVC 0x1d3
#define CPSR_E   0x200
#define CPSR_T   0x20

/* Instructions of A32. */
#define A32_STR_R0_R1    0xe5810000u
#define A32_STR_R2_R1    0xe5812000u
#define A32_B_SELF       0xeafffffeu
#define A32_MRS_R0_SPIRQ 0xe1010300u
#define A32_MRS_R2_LRABT 0xe1042300u
#define A32_HVC          0xe1400070u
#define A32_UDF          0xe7f000f1u
/* str r0, [r1]; b . */
#define T32_STR_AND_LOOP 0xe7fe6008u

static void open_a32(struct abi_vm *v)
{
	abi_vm_open_features(v, ABI_NO_GIC, EL1_32BIT);
	reg_set(v->vcpu, REG_X(1), GUEST_MMIO);
}

static bool is_mode(unsigned int mode)
{
	return mode <= 0x13 || mode == 0x17 || mode == 0x1b || mode == 0x1f;
}

static void modes(void)
{
	struct abi_vm v;

	open_a32(&v);
	EQUAL(reg_get(v.vcpu, REG_PSTATE), CPSR_SVC);
	for (unsigned int mode = 0; mode < 0x40; mode++) {
		bool good = (mode & 0x10) && is_mode(mode & 0x1f);

		ROW(abi_reg_set(v.vcpu, REG_PSTATE, mode) ? 0 : -1,
		    good ? 0 : EINVAL, "PSTATE");
		if (good)
			EQUAL(reg_get(v.vcpu, REG_PSTATE), mode);
	}
	OK(abi_init(&v));
	EQUAL(reg_get(v.vcpu, REG_PSTATE), CPSR_SVC);
}

/* Each write of a core register cuts them to 32 bits. */
static void narrow(void)
{
	struct abi_vm v;

	open_a32(&v);
	for (uint64_t n = 0; n < 31; n++)
		reg_set(v.vcpu, REG_X(n), 0x1234567800000000 + n);
	for (uint64_t n = 0; n < 31; n++)
		EQUAL(reg_get(v.vcpu, REG_X(n)), n);
	reg_set(v.vcpu, REG_PC, 0x1234567800001000);
	EQUAL(reg_get(v.vcpu, REG_PC), 0x1000);
}

/* All vCPUs of a VM have the same. */
static void width(void)
{
	struct kvm_vcpu_init init = {.target = KVM_ARM_TARGET_GENERIC_V8};
	struct abi_vm v;
	int second;

	open_a32(&v);
	second = ioctl(v.vm, KVM_CREATE_VCPU, 1);
	NEED(second >= 0);
	init.features[0] = PSCI;
	REFUSED(ioctl(second, KVM_ARM_VCPU_INIT, &init), EINVAL);
	init.features[0] = PSCI | EL1_32BIT;
	OK(ioctl(second, KVM_ARM_VCPU_INIT, &init));
	EQUAL(reg_get(second, REG_PSTATE), CPSR_SVC);
}

/* X17 is SP_irq, X20 LR_abt (Arm ARM D1.20.1). */
static void banked(void)
{
	struct abi_vm v;

	open_a32(&v);
	reg_set(v.vcpu, REG_X(17), 0x11223344);
	reg_set(v.vcpu, REG_X(20), 0x55667788);
	GUEST(&v, 0, A32_MRS_R0_SPIRQ, A32_MRS_R2_LRABT, A32_STR_R0_R1,
	      A32_STR_R2_R1, A32_B_SELF);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(v.run->mmio.len, 4);
	EQUAL(*(uint32_t *)v.run->mmio.data, 0x11223344);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(*(uint32_t *)v.run->mmio.data, 0x55667788);
}

/* Data is as it is in memory. */
static void big_endian_store(void)
{
	struct abi_vm v;

	open_a32(&v);
	reg_set(v.vcpu, REG_X(0), 0x11223344);
	reg_set(v.vcpu, REG_PSTATE, CPSR_SVC | CPSR_E);
	GUEST(&v, 0, A32_STR_R0_R1, A32_STR_R0_R1, A32_B_SELF);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(*(uint32_t *)v.run->mmio.data, 0x44332211);
	abi_run_nothing(&v);
	reg_set(v.vcpu, REG_PSTATE, CPSR_SVC);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(*(uint32_t *)v.run->mmio.data, 0x11223344);
}

/* Without VBAR the vectors are at 0: Undefined Instruction at 4. */
static void undefined(void)
{
	struct abi_vm v;

	open_a32(&v);
	reg_set(v.vcpu, REG_VBAR, GUEST_BASE + 0x1000);
	GUEST(&v, 0x1000, A32_B_SELF, A32_STR_R0_R1, A32_B_SELF);
	GUEST(&v, 0, A32_UDF, A32_B_SELF);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE + 0x1004);
	EQUAL(reg_get(v.vcpu, REG_PSTATE) & 0x3f, 0x1b);
	/* LR_und is 4 behind, SPSR_und what it was. */
	EQUAL(reg_get(v.vcpu, REG_X(22)), GUEST_BASE + 4);
	if (!getenv("ABI_TCG")) /* TCG shows EL2 what the mode last left with */
		EQUAL(reg_get(v.vcpu, REG_SPSR + 4), CPSR_SVC);
}

#define PSR_DIT   (1u << 24) /* to KVM; to the guest 21 */
#define CPSR_DIT  (1u << 21)
#define CPSR_SSBS (1u << 23)
#define CPSR_PAN  (1u << 22)
#define CPSR_SYS  0x1df

static bool id_says(struct abi_vm *v, unsigned int crm, unsigned int op2,
		    unsigned int shift)
{
	return reg_get(v->vcpu, REG_SYS(3, 0, 0, crm, op2)) >> shift & 15;
}

/* The guest's next store; of CPSR TCG shows no DIT. */
static void expect_psr(struct abi_vm *v, uint32_t want, uint32_t hidden)
{
	EQUAL(abi_run(v), KVM_EXIT_MMIO);
	EQUAL(*(uint32_t *)v->run->mmio.data & ~hidden, want & ~hidden);
}

/* DIT, SSBS and PAN through an SVC: SPSR_svc and CPSR as the guest reads them, with
 * SCTLR.SPAN and without. */
static void newer_state(void)
{
	uint32_t dit, ssbs, pan, hidden = getenv("ABI_TCG") ? CPSR_DIT : 0;
	struct abi_vm v;

	open_a32(&v);
	dit = id_says(&v, 1, 0, 24) ? CPSR_DIT : 0;  /* ID_PFR0_EL1 */
	ssbs = id_says(&v, 3, 4, 4) ? CPSR_SSBS : 0; /* ID_PFR2_EL1 */
	pan = id_says(&v, 1, 7, 16) ? CPSR_PAN : 0;  /* ID_MMFR3_EL1 */
	reg_set(v.vcpu, REG_VBAR, GUEST_BASE + 0x1000);
	/* mrs r0, spsr; str; mrs r0, cpsr; str */
	GUEST(&v, 0x1008, 0xe14f0000u, A32_STR_R0_R1, 0xe10f0000u,
	      A32_STR_R0_R1, A32_B_SELF);
	for (unsigned int span = 0; span < 2; span++) {
		GUEST(&v, 0, 0xef000000u /* svc */);
		reg_set(v.vcpu, REG_PC, GUEST_BASE);
		reg_set(v.vcpu, REG_SYS(3, 0, 1, 0, 0),
			0x00450078 | span << 23);
		reg_set(v.vcpu, REG_PSTATE, CPSR_SYS | PSR_DIT | CPSR_SSBS);
		expect_psr(&v, CPSR_SYS | dit | ssbs, 0);
		expect_psr(&v, CPSR_SVC | dit | (span ? 0 : pan), hidden);
		abi_run_nothing(&v);
		EQUAL(reg_get(v.vcpu, REG_PSTATE),
		      CPSR_SVC | (dit ? PSR_DIT : 0) | (span ? 0 : pan));
	}
	reg_set(v.vcpu, REG_PC, GUEST_BASE);
	reg_set(v.vcpu, REG_PSTATE, CPSR_SYS | CPSR_PAN);
	expect_psr(&v, CPSR_SYS | pan, 0);
	expect_psr(&v, CPSR_SVC | pan, 0);
}

/* Data abort by KVM_SET_VCPU_EVENTS: an external one in DFSR. */
static void injected_abort(void)
{
	struct kvm_vcpu_events ev = {.exception.ext_dabt_pending = 1};
	struct abi_vm v;

	open_a32(&v);
	reg_set(v.vcpu, REG_VBAR, GUEST_BASE + 0x1000);
	/* TTBCR: no EAE, so DFSR has the Short-descriptor format. */
	reg_set(v.vcpu, REG_SYS(3, 0, 2, 0, 2), 0);
	GUEST(&v, 0x1010, A32_STR_R2_R1, A32_B_SELF);
	GUEST(&v, 0, A32_STR_R0_R1, A32_B_SELF);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	OK(ioctl(v.vcpu, KVM_SET_VCPU_EVENTS, &ev));
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE + 0x1010);
	EQUAL(reg_get(v.vcpu, REG_PSTATE) & 0x3f, 0x17);
	EQUAL(reg_get(v.vcpu, REG_ESR), 0x8);
	EQUAL((uint32_t)reg_get(v.vcpu, REG_SYS(3, 0, 6, 0, 0)), GUEST_MMIO);
	/* LR_abt: 8 behind the instruction, which was not done. */
	EQUAL(reg_get(v.vcpu, REG_X(20)), GUEST_BASE + 8);
}

/* R0 of an HVC with this function; the results have 32 bits. */
static uint32_t psci(struct abi_vm *v, uint32_t fn, uint32_t r1)
{
	reg_set(v->vcpu, REG_X(0), fn);
	reg_set(v->vcpu, REG_X(1), r1);
	reg_set(v->vcpu, REG_X(4), GUEST_MMIO);
	/* hvc 0; str r0, [r4]; b . */
	GUEST(v, 0, A32_HVC, 0xe5840000u, A32_B_SELF);
	EQUAL(abi_run(v), KVM_EXIT_MMIO);
	abi_run_nothing(v);
	return *(uint32_t *)v->run->mmio.data;
}

static void psci_calls(void)
{
	struct abi_vm v;

	open_a32(&v);
	EQUAL(psci(&v, 0x84000000, 0), 0x10001);
	EQUAL(psci(&v, 0x84000003, 99), -2u);
	/* What is of 64 bits is not there: CPU_ON, and asked by FEATURES. */
	EQUAL(psci(&v, 0xc4000003, 0), -1u);
	EQUAL(psci(&v, 0x8400000a, 0xc4000003), -1u);
	EQUAL(psci(&v, 0x8400000a, 0x84000003), 0);
	EQUAL(psci(&v, 0x80000000, 0), 0x10001);
	EQUAL(psci(&v, 0x8400003f, 0), -1u);
}

/* Bit 0 of CPU_ON's entry: T32. */
static void entry_in_t32(void)
{
	struct kvm_mp_state off = {.mp_state = KVM_MP_STATE_STOPPED};
	struct kvm_run *run;
	struct abi_vm v;
	int second;

	open_a32(&v);
	second = abi_vcpu(&v, 1, &run);
	OK(ioctl(second, KVM_SET_MP_STATE, &off));
	reg_set(v.vcpu, REG_X(2), GUEST_BASE + 0x2001);
	reg_set(v.vcpu, REG_X(3), 0xcafe);
	memcpy(v.ram + 0x2000, &(uint32_t){T32_STR_AND_LOOP}, 4);
	EQUAL(psci(&v, 0x84000003, 1), 0);
	run->immediate_exit = 1;
	REFUSED(ioctl(second, KVM_RUN, 0), EINTR);
	run->immediate_exit = 0;
	/* R1 is 0 after the reset, where there is no memory. */
	OK(ioctl(second, KVM_RUN, 0));
	EQUAL(run->exit_reason, KVM_EXIT_MMIO);
	EQUAL(run->mmio.phys_addr, 0);
	EQUAL(*(uint32_t *)run->mmio.data, 0xcafe);
	EQUAL(reg_get(second, REG_PC), GUEST_BASE + 0x2000);
	EQUAL(reg_get(second, REG_PSTATE), CPSR_SVC | CPSR_T);
}

/* ---- CP14 at EL0, below an EL1 in AArch64 state ---------------------------- */

#define A32_SVC     0xef000000u
#define EC_UNKNOWN  0x00u
#define EC_SVC32    0x11u
#define BEFORE      0x5a5a5a5au
#define ID_PFR0_A64 REG_SYS(3, 0, 0, 4, 0)
#define ID_DFR0_A64 REG_SYS(3, 0, 0, 5, 0)

/* @word at EL0, whose R0 and R1 are BEFORE: how EL1 is entered then. */
static unsigned int ec_at_el0(struct abi_vm *v, uint32_t word)
{
	const uint32_t code[] = {word, A32_SVC};

	memcpy(v->ram + 0x1000, code, sizeof(code));
	/* Synchronous, from a lower EL in AArch32 state. */
	GUEST(v, 0x600, ASM_STR(0, 9), ASM_B_SELF);
	GUEST(v, 0x800, ASM_SYS(0, 7, 5, 0, 31) /* ic iallu */, ASM_DSB,
	      ASM_ISB, ASM_ERET);
	reg_set(v->vcpu, REG_ELR, GUEST_BASE + 0x1000);
	reg_set(v->vcpu, REG_SPSR, 0x10);
	reg_set(v->vcpu, REG_VBAR, GUEST_BASE);
	reg_set(v->vcpu, REG_X(0), BEFORE);
	reg_set(v->vcpu, REG_X(1), BEFORE);
	reg_set(v->vcpu, REG_X(9), GUEST_MMIO);
	EQUAL(abi_run(v), KVM_EXIT_MMIO);
	abi_run_nothing(v);
	return reg_get(v->vcpu, REG_ESR) >> 26;
}

/* As KVM makes it up: WRPs, BRPs, CTX_CMPs, version; EL3 is not there. */
static uint64_t dbgdidr(struct abi_vm *v)
{
	uint64_t dfr0 = reg_get(v->vcpu, ID_DFR0_A64);

	return (dfr0 >> 20 & 15) << 28 | (dfr0 >> 12 & 15) << 24 |
	       (dfr0 >> 28 & 15) << 20 | (dfr0 & 15) << 16 | 1u << 15;
}

static void debug_at_el0(void)
{
	static const struct {
		const char *name;
		uint32_t word;
		unsigned int ec;
		bool pair, is_id;
	} rows[] = {
		{"DBGDIDR", 0xee100e10, EC_SVC32, false, true},
		{"DBGDIDR, written", 0xee000e10, EC_UNKNOWN},
		{"DBGDRAR", 0xee110e10, EC_SVC32},
		{"DBGDSAR", 0xee120e10, EC_SVC32},
		{"DBGDRAR of 64 bits", 0xec510e01, EC_SVC32, true},
		{"DBGDSAR of 64 bits", 0xec510e02, EC_SVC32, true},
		{"DBGDSCRext", 0xee100e52, EC_UNKNOWN},
		{"JIDR", 0xeef00e10, EC_UNKNOWN},
		{"TEEHBR", 0xeef10e10, EC_UNKNOWN},
	};
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	if ((reg_get(v.vcpu, ID_PFR0_A64) & 15) != 2)
		abi_skip("no AArch32 at EL0");
	for (size_t i = 0; i < ROWS(rows); i++) {
		bool done = rows[i].ec == EC_SVC32;
		uint64_t read = rows[i].is_id ? dbgdidr(&v) : 0;

		ROW(ec_at_el0(&v, rows[i].word) == rows[i].ec ? 0 : -1, 0,
		    rows[i].name);
		EQUAL(reg_get(v.vcpu, REG_X(0)), done ? read : BEFORE);
		EQUAL(reg_get(v.vcpu, REG_X(1)), rows[i].pair ? read : BEFORE);
	}
}

const struct abi_case cases_aarch32[] = {
	{"aarch32/debug-at-el0", debug_at_el0},
	{"aarch32/modes", modes},
	{"aarch32/narrow", narrow},
	{"aarch32/width", width},
	{"aarch32/banked", banked},
	{"aarch32/big-endian-store", big_endian_store},
	{"aarch32/undefined", undefined},
	{"aarch32/newer-state", newer_state},
	{"aarch32/injected-abort", injected_abort},
	{"aarch32/psci", psci_calls},
	{"aarch32/entry-in-t32", entry_in_t32},
	{NULL},
};
