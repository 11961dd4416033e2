/* SPDX-License-Identifier: MIT */
/*
 * KVM_SET_GUEST_DEBUG: where single steps and hardware breakpoints stop, and
 * what they say.
 */
#include "abi.h"

#include <time.h>

#define BCR_EL1_WORD (1 | 1 << 1 | 0xf << 5) /* E, PMC = EL1, BAS = all */

#define EC_BREAKPOINT 0x30

static void set_debug(struct abi_vm *v, uint32_t how, uint64_t address)
{
	struct kvm_guest_debug debug = {.control = how};

	if (how)
		debug.control |= KVM_GUESTDBG_ENABLE;
	if (how & KVM_GUESTDBG_USE_HW) {
		debug.arch.dbg_bvr[0] = address;
		debug.arch.dbg_bcr[0] = BCR_EL1_WORD;
	}
	OK(ioctl(v->vcpu, KVM_SET_GUEST_DEBUG, &debug));
}

/* ---- hardware breakpoints ------------------------------------------------ */

static const uint32_t counting[] = {
	ASM_MOV(0, 2),                                   /* x0 rounds of */
	ASM_B(2),      ASM_NOP,    ASM_ADD_IMM(3, 3, 1), /* 12 */
	ASM_B(1),      0xf1000400, /* 20: subs x0, x0, #1 */
	0x54ffffa1,                /* b.ne .-12 */
	ASM_STR(3, 1), ASM_B_SELF,
};

static void counting_start(struct abi_vm *v, uint64_t rounds)
{
	abi_guest_load(v, 0x1000, counting, sizeof(counting) / 4);
	reg_set(v->vcpu, REG_X(1), GUEST_MMIO);
	reg_set(v->vcpu, REG_X(2), rounds);
	reg_set(v->vcpu, REG_X(3), 0);
}

/* At every word of the loop, after the loop ran without. */
static void breakpoint_in_loop(void)
{
	static const unsigned int where[] = {0, 4, 12, 16, 20, 24, 28};
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	counting_start(&v, 100);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	abi_run_nothing(&v);
	for (size_t k = 0; k < sizeof(where) / sizeof(*where); k++) {
		uint64_t at = GUEST_BASE + 0x1000 + where[k];

		counting_start(&v, 100);
		set_debug(&v, KVM_GUESTDBG_USE_HW, at);
		EQUAL(abi_run(&v), KVM_EXIT_DEBUG);
		EQUAL(reg_get(v.vcpu, REG_PC), at);
		EQUAL(v.run->debug.arch.hsr,
		      (uint32_t)EC_BREAKPOINT << 26 | 0x2000022);
		/* It is still there. */
		EQUAL(abi_run(&v), KVM_EXIT_DEBUG);
		EQUAL(reg_get(v.vcpu, REG_PC), at);
		set_debug(&v, 0, 0);
		EQUAL(abi_run(&v), KVM_EXIT_MMIO);
		EQUAL(*(uint64_t *)v.run->mmio.data, 100);
		abi_run_nothing(&v);
	}
}

/* Seconds of the processor for the loop. */
static double loop_time(struct abi_vm *v)
{
	struct timespec a, b;

	counting_start(v, 300000);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a);
	EQUAL(abi_run(v), KVM_EXIT_MMIO);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &b);
	abi_run_nothing(v);
	return b.tv_sec - a.tv_sec + (b.tv_nsec - a.tv_nsec) * 1e-9;
}

/* One that is never reached, in the same page and in another, does not make
 * the guest step: that took 30 times as long. */
static void breakpoint_costs_little(void)
{
	double without = 1e9, with = 1e9;
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	for (unsigned int k = 0; k < 5 || (k < 60 && with >= 4 * without);
	     k++) {
		double t;

		set_debug(&v, 0, 0);
		t = loop_time(&v);
		without = t < without ? t : without;
		set_debug(&v, KVM_GUESTDBG_USE_HW,
			  k % 2 ? GUEST_BASE + 0x1008 : GUEST_BASE + 0x200c);
		t = loop_time(&v);
		with = t < with ? t : with;
	}
	CHECK(with < 4 * without);
}

/* ---- single steps -------------------------------------------------------- */

#define VECTORS_OFF 0x10000
#define DATA        (GUEST_BASE + 0x20000)
#define REG_MDSCR   REG_SYS(2, 0, 0, 2, 2)
#define REG_OSLSR   REG_SYS(2, 0, 1, 1, 4)

/* Of an instruction, of a Load-Exclusive; and where none was stepped to its
 * end: an exception, what the kernel did for the guest. */
#define STEPPED     0xcb000022u
#define STEPPED_LDX 0xcb000062u
#define STEP_NONE   0xca000022u

#define EL1h_UNMASKED 0x5
#define EL1h_MASKED   0x3c5
#define PSTATE_TCO    (1u << 25)
#define SS_SET        0x200000

#define INC_X0 ASM_ADD_IMM(0, 0, 1)
#define INC_X2 ASM_ADD_IMM(2, 2, 1)

/* With vectors that count in x2, and x1 for MMIO. */
static void step_open(struct abi_vm *v)
{
	uint32_t *vectors;

	abi_vm_open(v, ABI_NO_GIC);
	vectors = (uint32_t *)(v->ram + VECTORS_OFF);
	for (unsigned int k = 0; k < 0x800 / 4; k++)
		vectors[k] = INC_X2;
	reg_set(v->vcpu, REG_VBAR, GUEST_BASE + VECTORS_OFF);
	reg_set(v->vcpu, REG_X(1), GUEST_MMIO);
}

#define STEP_GUEST(v, ...)                                \
	do {                                              \
		step_open(v);                             \
		GUEST(v, 0, __VA_ARGS__);                 \
		set_debug(v, KVM_GUESTDBG_SINGLESTEP, 0); \
	} while (0)

/* The next run stops @off behind GUEST_BASE and says @hsr. */
#define STOPS(v, off, says)                                            \
	do {                                                           \
		EQUAL(abi_run(v), KVM_EXIT_DEBUG);                     \
		EQUAL(reg_get((v)->vcpu, REG_PC), GUEST_BASE + (off)); \
		EQUAL((v)->run->debug.arch.hsr, (says));               \
	} while (0)

static void irq_line(struct abi_vm *v, int level)
{
	struct kvm_irq_level irq = {
		.irq = KVM_ARM_IRQ_TYPE_CPU << KVM_ARM_IRQ_TYPE_SHIFT,
		.level = level,
	};

	OK(ioctl(v->vm, KVM_IRQ_LINE, &irq));
}

static void step_plain(void)
{
	struct abi_vm own, *v = &own;

	STEP_GUEST(v, INC_X0, INC_X0, 0xc85f7c60 /* ldxr x0, [x3] */,
		   0xc87f1060 /* ldxp x0, x4, [x3] */,
		   0x085ffc60 /* ldaxrb w0, [x3] */,
		   0xc8047c60 /* stxr w4, x0, [x3] */,
		   0xc8dffc60 /* ldar x0, [x3] */, INC_X0);
	reg_set(v->vcpu, REG_X(3), DATA);
	STOPS(v, 4, STEPPED);
	abi_run_nothing(v);
	STOPS(v, 8, STEPPED);
	STOPS(v, 12, STEPPED_LDX);
	STOPS(v, 16, STEPPED_LDX);
	STOPS(v, 20, STEPPED_LDX);
	STOPS(v, 24, STEPPED);
	STOPS(v, 28, STEPPED);
	STOPS(v, 32, STEPPED);
}

/* At the first instruction of the vector, none executed. */
static void step_into_interrupt(void)
{
	struct abi_vm v;

	STEP_GUEST(&v, INC_X0, INC_X0, INC_X0);
	reg_set(v.vcpu, REG_PSTATE, EL1h_UNMASKED);
	STOPS(&v, 4, STEPPED);
	irq_line(&v, 1);
	STOPS(&v, VECTORS_OFF + 0x280, STEP_NONE);
	EQUAL(reg_get(v.vcpu, REG_X(2)), 0);
	/* Hardware with memory tagging has one bit more. */
	EQUAL(reg_get(v.vcpu, REG_PSTATE),
	      ioctl(v.kvm, KVM_CHECK_EXTENSION, KVM_CAP_ARM_MTE) == 1
		      ? EL1h_MASKED | PSTATE_TCO
		      : EL1h_MASKED);
	EQUAL(reg_get(v.vcpu, REG_ELR), GUEST_BASE + 4);
	/* The hardware's PSTATE, which has the VMM's step in it. */
	EQUAL(reg_get(v.vcpu, REG_SPSR), EL1h_UNMASKED | SS_SET);
	STOPS(&v, VECTORS_OFF + 0x284, STEPPED);
	EQUAL(reg_get(v.vcpu, REG_X(2)), 1);
}

/* SGIs are the kernel's; other registers of the CPU interface are not. */
static void step_sgi(void)
{
	static const uint32_t code[] = {
		0xd518cbaa, /* msr ICC_SGI1R_EL1, x10 */
		0xd538cc00, /* mrs x0, ICC_IAR1_EL1 */
		0xd518cbea, /* msr ICC_SGI0R_EL1, x10 */
	};
	struct abi_vm v;

	abi_vm_open(&v, ABI_GICV3);
	abi_guest_load(&v, 0, code, 3);
	set_debug(&v, KVM_GUESTDBG_SINGLESTEP, 0);
	STOPS(&v, 4, STEP_NONE);
	STOPS(&v, 8, STEPPED);
	STOPS(&v, 12, STEP_NONE);
}

/* One that the step itself unmasks comes after the step. */
static void step_unmasks(void)
{
	struct abi_vm v;

	STEP_GUEST(&v, ASM_DAIFCLR(2), INC_X0);
	irq_line(&v, 1);
	STOPS(&v, 4, STEPPED);
	STOPS(&v, VECTORS_OFF + 0x280, STEP_NONE);
}

static void step_faults(void)
{
	struct abi_vm v;

	STEP_GUEST(&v, ASM_UDF, INC_X0);
	STOPS(&v, VECTORS_OFF + 0x200, STEP_NONE);
	EQUAL(reg_get(v.vcpu, REG_SPSR), EL1h_MASKED | SS_SET);
	STOPS(&v, VECTORS_OFF + 0x204, STEPPED);

	STEP_GUEST(&v, ASM_LDR(0, 3), INC_X0);
	reg_set(v.vcpu, REG_X(3), 1ull << 50);
	STOPS(&v, VECTORS_OFF + 0x200, STEP_NONE);
	EQUAL(reg_get(v.vcpu, REG_SPSR), EL1h_MASKED | SS_SET);

	/* A fetch that fails is a step as well. */
	STEP_GUEST(&v, INC_X0);
	reg_set(v.vcpu, REG_PC, 1ull << 50);
	STOPS(&v, VECTORS_OFF + 0x200, STEP_NONE);
	EQUAL(reg_get(v.vcpu, REG_X(2)), 0);

	STEP_GUEST(&v, ASM_SVC(3), INC_X0);
	STOPS(&v, VECTORS_OFF + 0x200, STEP_NONE);
	EQUAL(reg_get(v.vcpu, REG_SPSR), EL1h_MASKED);
}

static void step_calls(void)
{
	static const uint32_t calls[] = {ASM_HVC(0), ASM_SMC(0)};
	struct abi_vm v;

	for (unsigned int k = 0; k < 2; k++) {
		STEP_GUEST(&v, INC_X0, INC_X0, INC_X0);
		memcpy(v.ram, &calls[k], 4);
		__builtin___clear_cache((char *)v.ram, (char *)v.ram + 4);
		reg_set(v.vcpu, REG_X(0), 0x84000000); /* PSCI_VERSION */
		STOPS(&v, 4, STEP_NONE);
		EQUAL(reg_get(v.vcpu, REG_X(0)), 0x10001);
		STOPS(&v, 8, STEPPED);
	}
	STEP_GUEST(&v, ASM_ERET, INC_X0, INC_X0, INC_X0);
	reg_set(v.vcpu, REG_ELR, GUEST_BASE + 8);
	reg_set(v.vcpu, REG_SPSR, EL1h_MASKED);
	STOPS(&v, 8, STEPPED);
	STOPS(&v, 12, STEPPED);
}

/* The access counts as the step of the run that finishes it. */
static void step_over_access(void)
{
	struct abi_vm v;

	STEP_GUEST(&v, ASM_STR(0, 1), INC_X0, INC_X0);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE);
	STOPS(&v, 4, STEP_NONE);
	STOPS(&v, 8, STEPPED);

	/* If stepping begins there, too. */
	step_open(&v);
	GUEST(&v, 0, ASM_LDR(0, 1), INC_X0, INC_X0);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	set_debug(&v, KVM_GUESTDBG_SINGLESTEP, 0);
	STOPS(&v, 4, STEP_NONE);
	STOPS(&v, 8, STEPPED);
}

/* Finished by a run that does not enter the guest, it is no step of the next
 * one, which steps an instruction. */
static void step_after_immediate_exit(void)
{
	struct abi_vm v;

	STEP_GUEST(&v, ASM_STR(0, 1), INC_X0, INC_X0);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	abi_run_nothing(&v);
	EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE + 4);
	STOPS(&v, 8, STEPPED);
	EQUAL(reg_get(v.vcpu, REG_X(0)), 1);
	STOPS(&v, 12, STEPPED);
}

static void step_into_injected_abort(void)
{
	struct kvm_vcpu_events events = {.exception.ext_dabt_pending = 1};
	struct abi_vm v;

	STEP_GUEST(&v, ASM_LDR(0, 1), INC_X0);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	OK(ioctl(v.vcpu, KVM_SET_VCPU_EVENTS, &events));
	STOPS(&v, VECTORS_OFF + 0x200, STEP_NONE);
	EQUAL(reg_get(v.vcpu, REG_X(2)), 0);
	EQUAL(reg_get(v.vcpu, REG_SPSR), EL1h_MASKED | SS_SET);
	STOPS(&v, VECTORS_OFF + 0x204, STEPPED);
}

/* What the kernel does for the guest has no syndrome. */
static void step_trapped(void)
{
	struct abi_vm v;

	STEP_GUEST(&v, ASM_MSR(ENC_MDSCR, 0), ASM_MRS(0, ENC_MDSCR),
		   ASM_MRS(0, SYSREG_ENC(3, 0, 0, 4, 0)), ASM_WFE, INC_X0);
	STOPS(&v, 4, STEP_NONE);
	STOPS(&v, 8, STEP_NONE);
	STOPS(&v, 12, STEP_NONE);
	STOPS(&v, 16, STEPPED);
	STOPS(&v, 20, STEPPED);
}

/* When KVM does an access: to read, to write; WITHOUT_FWB: and the core has no FEAT_S2FWB;
 * WITHOUT_EVT, WITHOUT_VHE, WITH_RAS alike. */
enum {
	BY_READ = 1 << 0,
	BY_WRITE = 1 << 1,
	BY_BOTH = BY_READ | BY_WRITE,
	WITHOUT_FWB = 1 << 2,
	WITHOUT_EVT = 1 << 3,
	WITHOUT_VHE = 1 << 4,
	WITH_RAS = 1 << 5,
};

static const struct {
	uint32_t enc;
	uint8_t when;
} accesses[] = {
	{SYSREG_ENC(3, 0, 0, 0, 0), 0},       /* MIDR_EL1 */
	{SYSREG_ENC(3, 0, 0, 1, 0), BY_BOTH}, /* ID_PFR0_EL1 */
	{SYSREG_ENC(3, 0, 0, 7, 2), BY_BOTH}, /* ID_AA64MMFR2_EL1 */
	{SYSREG_ENC(3, 0, 1, 0, 0), BY_WRITE | WITHOUT_FWB},  /* SCTLR_EL1 */
	{SYSREG_ENC(3, 0, 1, 0, 1), BY_BOTH},                 /* ACTLR_EL1 */
	{SYSREG_ENC(3, 0, 1, 0, 2), 0},                       /* CPACR_EL1 */
	{SYSREG_ENC(3, 0, 2, 0, 0), BY_WRITE | WITHOUT_FWB},  /* TTBR0_EL1 */
	{SYSREG_ENC(3, 0, 2, 0, 1), BY_WRITE | WITHOUT_FWB},  /* TTBR1_EL1 */
	{SYSREG_ENC(3, 0, 2, 0, 2), BY_WRITE | WITHOUT_FWB},  /* TCR_EL1 */
	{SYSREG_ENC(3, 0, 4, 0, 0), 0},                       /* SPSR_EL1 */
	{SYSREG_ENC(3, 0, 5, 1, 0), BY_WRITE | WITHOUT_FWB},  /* AFSR0_EL1 */
	{SYSREG_ENC(3, 0, 5, 2, 0), BY_WRITE | WITHOUT_FWB},  /* ESR_EL1 */
	{SYSREG_ENC(3, 0, 5, 3, 0), BY_BOTH | WITH_RAS},      /* ERRIDR_EL1 */
	{SYSREG_ENC(3, 0, 6, 0, 0), BY_WRITE | WITHOUT_FWB},  /* FAR_EL1 */
	{SYSREG_ENC(3, 0, 7, 4, 0), 0},                       /* PAR_EL1 */
	{SYSREG_ENC(3, 0, 10, 2, 0), BY_WRITE | WITHOUT_FWB}, /* MAIR_EL1 */
	{SYSREG_ENC(3, 0, 10, 3, 0), BY_WRITE | WITHOUT_FWB}, /* AMAIR_EL1 */
	{SYSREG_ENC(3, 0, 10, 4, 3), BY_BOTH},                /* LORC_EL1 */
	{SYSREG_ENC(3, 0, 12, 0, 0), 0},                      /* VBAR_EL1 */
	{SYSREG_ENC(3, 0, 13, 0, 1),
	 BY_WRITE | WITHOUT_FWB},                           /* CONTEXTIDR_EL1 */
	{SYSREG_ENC(3, 0, 13, 0, 4), 0},                    /* TPIDR_EL1 */
	{SYSREG_ENC(3, 0, 14, 1, 0), 0},                    /* CNTKCTL_EL1 */
	{SYSREG_ENC(3, 1, 0, 0, 0), BY_BOTH},               /* CCSIDR_EL1 */
	{SYSREG_ENC(3, 1, 0, 0, 1), BY_BOTH},               /* CLIDR_EL1 */
	{SYSREG_ENC(3, 2, 0, 0, 0), BY_BOTH},               /* CSSELR_EL1 */
	{SYSREG_ENC(3, 3, 0, 0, 1), BY_BOTH | WITHOUT_EVT}, /* CTR_EL0 */
	{SYSREG_ENC(3, 3, 0, 0, 7), 0},                     /* DCZID_EL0 */
	{SYSREG_ENC(3, 3, 4, 4, 0), 0},                     /* FPCR */
	{SYSREG_ENC(3, 3, 13, 0, 2), 0},                    /* TPIDR_EL0 */
	{SYSREG_ENC(3, 3, 14, 0, 0), 0},                    /* CNTFRQ_EL0 */
	{SYSREG_ENC(3, 3, 14, 0, 1), 0},                    /* CNTPCT_EL0 */
	{SYSREG_ENC(3, 3, 14, 0, 2), 0},                    /* CNTVCT_EL0 */
	{SYSREG_ENC(3, 3, 14, 2, 1), BY_BOTH | WITHOUT_VHE}, /* CNTP_CTL_EL0 */
	{SYSREG_ENC(3, 3, 14, 2, 2), BY_BOTH | WITHOUT_VHE}, /* CNTP_CVAL_EL0 */
	{SYSREG_ENC(3, 3, 14, 3, 1), 0},                     /* CNTV_CTL_EL0 */
};

static uint64_t id_field(struct abi_vm *v, uint64_t id, unsigned int at)
{
	return reg_get(v->vcpu, id) >> at & 15;
}

/* Where the host's core lets KVM see it. */
static unsigned int traps(struct abi_vm *v, unsigned int when)
{
	const uint64_t mmfr2 = REG_SYS(3, 0, 0, 7, 2);
	const uint64_t pfr0 = REG_SYS(3, 0, 0, 4, 0);

	if (((when & WITHOUT_FWB) && id_field(v, mmfr2, 40)) ||
	    ((when & WITHOUT_EVT) && id_field(v, mmfr2, 56)) ||
	    ((when & WITHOUT_VHE) && abi_has_vhe(v)) ||
	    ((when & WITH_RAS) && !id_field(v, pfr0, 28)))
		return 0;
	return when & BY_BOTH;
}

/* Of one instruction, at the start of a VM's memory; 0: an exception instead. */
static uint32_t step_one(struct abi_vm *v, uint32_t insn)
{
	abi_guest_load(v, 0, &insn, 1);
	EQUAL(abi_run(v), KVM_EXIT_DEBUG);
	return reg_get(v->vcpu, REG_PC) == GUEST_BASE + 4
		       ? v->run->debug.arch.hsr
		       : 0;
}

static void step_trapped_accesses(void)
{
	static const uint32_t set_way[] = {0xd5087641, 0xd5087a41, 0xd5087e41};
	struct abi_vm v;

	for (size_t k = 0; k < sizeof(accesses) / sizeof(accesses[0]); k++) {
		uint32_t enc = accesses[k].enc, says;
		unsigned int by;

		step_open(&v);
		set_debug(&v, KVM_GUESTDBG_SINGLESTEP, 0);
		by = traps(&v, accesses[k].when);
		says = step_one(&v, ASM_MRS(0, enc));
		if (says)
			EQUAL(says, by & BY_READ ? STEP_NONE : STEPPED);
		says = step_one(&v, ASM_MSR(enc, 0));
		if (says)
			EQUAL(says, by & BY_WRITE ? STEP_NONE : STEPPED);
		abi_vm_close(&v);
	}
	step_open(&v);
	set_debug(&v, KVM_GUESTDBG_SINGLESTEP, 0);
	for (unsigned int k = 0; k < 3; k++)
		EQUAL(step_one(&v, set_way[k]), STEP_NONE);
}

/* A physical timer with an offset of its own is KVM's, too, on every core. */
static void step_shifted_timer(void)
{
	struct kvm_arm_counter_offset offset = {.counter_offset = 1000};
	struct abi_vm v;

	step_open(&v);
	OK(ioctl(v.vm, KVM_ARM_SET_COUNTER_OFFSET, &offset));
	set_debug(&v, KVM_GUESTDBG_SINGLESTEP, 0);
	EQUAL(step_one(&v, ASM_MRS(0, SYSREG_ENC(3, 3, 14, 0, 1))), STEP_NONE);
	EQUAL(step_one(&v, ASM_MRS(0, SYSREG_ENC(3, 3, 14, 2, 1))), STEP_NONE);
	EQUAL(step_one(&v, ASM_MRS(0, SYSREG_ENC(3, 3, 14, 3, 1))), STEPPED);
}

/* ---- the guest's own, while the VMM debugs ------------------------------- */

/* Whatever the VMM debugs by, the guest's breakpoints come to it; its own
 * registers take their place. */
static void guest_breakpoint(void)
{
	static const uint32_t how[] = {KVM_GUESTDBG_ENABLE,
				       KVM_GUESTDBG_USE_SW_BP,
				       KVM_GUESTDBG_USE_HW};
	struct abi_vm v;

	for (unsigned int k = 0; k < 3; k++) {
		step_open(&v);
		GUEST(&v, 0, INC_X0, INC_X0, ASM_STR(0, 1));
		reg_set(v.vcpu, REG_PSTATE, EL1h_UNMASKED);
		reg_set(v.vcpu, REG_SYS(2, 0, 0, 0, 4), GUEST_BASE + 4);
		reg_set(v.vcpu, REG_SYS(2, 0, 0, 0, 5), BCR_EL1_WORD);
		reg_set(v.vcpu, REG_MDSCR, 1 << 15 | 1 << 13);
		reg_set(v.vcpu, REG_OSLSR, 8); /* not locked */
		set_debug(&v, how[k], GUEST_BASE + 0x1000);
		if (how[k] == KVM_GUESTDBG_USE_HW) {
			EQUAL(abi_run(&v), KVM_EXIT_MMIO);
			continue;
		}
		STOPS(&v, 4, (uint32_t)EC_BREAKPOINT << 26 | 0x2000022);
		STOPS(&v, 4, (uint32_t)EC_BREAKPOINT << 26 | 0x2000022);
	}
}

/* ERET at 4 to 8 with SPSR.SS as in @spsr, MDSCR_EL1.SS and KDE set. */
static void guest_steps(struct abi_vm *v, uint32_t word, uint64_t spsr)
{
	uint32_t store = ASM_STR(0, 1);

	step_open(v);
	memcpy(v->ram + VECTORS_OFF + 0x200, &store, 4);
	GUEST(v, 0, ASM_MSR(SYSREG_ENC(2, 0, 1, 0, 4), 31), ASM_ERET, INC_X0,
	      INC_X0, ASM_STR(0, 1));
	memcpy(v->ram + 8, &word, 4);
	__builtin___clear_cache((char *)v->ram, (char *)v->ram + 12);
	reg_set(v->vcpu, REG_X(3), DATA);
	reg_set(v->vcpu, REG_ELR, GUEST_BASE + 8);
	reg_set(v->vcpu, REG_SPSR, spsr);
	reg_set(v->vcpu, REG_MDSCR, 1 | 1 << 13);
}

#define ESR_STEPPED     0xcf000022u
#define ESR_STEPPED_LDX 0xcf000062u
#define ESR_STEP_NONE   0xce000022u

static void guest_step_syndrome(void)
{
	struct abi_vm v;

	guest_steps(&v, INC_X0, EL1h_UNMASKED | SS_SET);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(reg_get(v.vcpu, REG_ESR), ESR_STEPPED);
	EQUAL(reg_get(v.vcpu, REG_ELR), GUEST_BASE + 12);
	guest_steps(&v, 0xc85f7c60 /* ldxr x0, [x3] */, EL1h_UNMASKED | SS_SET);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(reg_get(v.vcpu, REG_ESR), ESR_STEPPED_LDX);
	/* Pending from the return on. */
	guest_steps(&v, INC_X0, EL1h_UNMASKED);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(reg_get(v.vcpu, REG_ESR), ESR_STEP_NONE);
	EQUAL(reg_get(v.vcpu, REG_ELR), GUEST_BASE + 8);
	/* An access that the VMM finishes. */
	guest_steps(&v, ASM_STR(0, 1), EL1h_UNMASKED | SS_SET);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(reg_get(v.vcpu, REG_PSTATE), EL1h_UNMASKED | SS_SET);
	abi_run_nothing(&v);
	EQUAL(reg_get(v.vcpu, REG_PSTATE), EL1h_UNMASKED);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(reg_get(v.vcpu, REG_ESR), ESR_STEP_NONE);
	EQUAL(reg_get(v.vcpu, REG_ELR), GUEST_BASE + 12);
}

/* The guest cannot step while the VMM debugs, by whatever. */
static void guest_step_taken_away(void)
{
	struct abi_vm v;

	guest_steps(&v, INC_X0, EL1h_UNMASKED | SS_SET);
	set_debug(&v, KVM_GUESTDBG_ENABLE, 0);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE + 16);
	EQUAL(reg_get(v.vcpu, REG_X(0)), 2);
}

/* PSTATE.SS without MDSCR_EL1.SS is gone with the return to the guest. */
static void guest_step_bit(void)
{
	struct abi_vm v;

	step_open(&v);
	GUEST(&v, 0, ASM_STR(0, 1));
	reg_set(v.vcpu, REG_PSTATE, EL1h_MASKED | SS_SET);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(reg_get(v.vcpu, REG_PSTATE), EL1h_MASKED);
}

/* What the guest writes goes into the core, what the VMM writes does not at once. */
static void watchpoint_address(void)
{
	const uint64_t id = REG_SYS(2, 0, 0, 0, 6);
	struct abi_vm v;

	step_open(&v);
	reg_set(v.vcpu, id, 0x1003);
	EQUAL(reg_get(v.vcpu, id), 0x1003);
	GUEST(&v, 0, ASM_MSR(SYSREG_ENC(2, 0, 0, 0, 6), 2), ASM_STR(0, 1));
	reg_set(v.vcpu, REG_X(2), 0x2003);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(reg_get(v.vcpu, id), 0x2000);
}

const struct abi_case cases_debug[] = {
	{"debug/breakpoint-in-loop", breakpoint_in_loop},
	{"debug/breakpoint-costs-little", breakpoint_costs_little},
	{"debug/step", step_plain},
	{"debug/step-into-interrupt", step_into_interrupt},
	{"debug/step-sgi", step_sgi},
	{"debug/step-unmasks", step_unmasks},
	{"debug/step-faults", step_faults},
	{"debug/step-calls", step_calls},
	{"debug/step-over-access", step_over_access},
	{"debug/step-after-immediate-exit", step_after_immediate_exit},
	{"debug/step-into-injected-abort", step_into_injected_abort},
	{"debug/step-trapped", step_trapped},
	{"debug/step-trapped-accesses", step_trapped_accesses},
	{"debug/step-shifted-timer", step_shifted_timer},
	{"debug/guest-breakpoint", guest_breakpoint},
	{"debug/guest-step-syndrome", guest_step_syndrome},
	{"debug/guest-step-taken-away", guest_step_taken_away},
	{"debug/guest-step-bit", guest_step_bit},
	{"debug/watchpoint-address", watchpoint_address},
	{NULL},
};
