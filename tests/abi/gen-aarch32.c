/* SPDX-License-Identifier: MIT */
/*
 * Random orders on vCPUs whose EL1 is in AArch32 state: core registers by their
 * AArch64 names, modes, and short runs of A32 code, which ends in a store or
 * in a vector that says what came. On a host without it KVM refuses it all.
 * See random.h.
 */
#include "random.h"

#include <stdio.h>
#include <string.h>

#define REG_SPSR REG_CORE(0x48) /* svc, abt, und, irq, fiq */

#define MAX_EXITS 12
#define HANDLERS  0x100
#define CODE      0x1000

#define A32_B(words)     (0xea000000u | (((words)-2) & 0xffffff))
#define A32_MOV_R6(n)    (0xe3a06000u | (n))
#define A32_STR(rt, off) (0xe5870000u | (rt) << 12 | (off)) /* [r7, #off] */

/* ---- registers ----------------------------------------------------------- */

/* User, FIQ, IRQ, Supervisor, Abort, Undefined, System; Monitor, Hyp and no
 * modes; AArch64's. */
static uint64_t cpsr(void)
{
	uint64_t mode =
		odd(700) ? ONE_OF(0x10, 0x11, 0x12, 0x13, 0x17, 0x1b, 0x1f)
			 : below(32);

	return (odd(300) ? wild() & ~0x1full : below(16) << 6) | mode;
}

static void step_core(struct fresh *f)
{
	uint64_t val = odd(500) ? cpsr() : wild(), id;

	switch (below(6)) {
	case 0:
	case 1:
		id = REG_PSTATE;
		val = cpsr();
		break;
	case 2:
		/* The banked one, which the mode's may not have reached. */
		id = f->ran ? REG_PC : REG_SPSR + 2 * below(5);
		break;
	/* SP, PC, SP_EL1, ELR_EL1 */
	case 3: id = REG_CORE(ONE_OF(0x3e, 0x40, 0x44, 0x46)); break;
	default: id = REG_X(below(31));
	}
	step_reg(f, id, val);
}

static void step_sys(struct fresh *f)
{
	/* SCTLR, ACTLR, CPACR, TTBR0, TCR, AFSR0, ESR, FAR, PAR, MAIR, VBAR,
	 * CONTEXTIDR, TPIDR_EL1, TPIDRRO, DACR32, IFSR32, FPEXC32,
	 * MDSCR, ID_AA64PFR0, ID_PFR0 */
	uint64_t id = ONE_OF(
		ARM64_SYS_REG(3, 0, 1, 0, 0), ARM64_SYS_REG(3, 0, 1, 0, 1),
		ARM64_SYS_REG(3, 0, 1, 0, 2), ARM64_SYS_REG(3, 0, 2, 0, 0),
		ARM64_SYS_REG(3, 0, 2, 0, 2), ARM64_SYS_REG(3, 0, 5, 1, 0),
		ARM64_SYS_REG(3, 0, 5, 2, 0), ARM64_SYS_REG(3, 0, 6, 0, 0),
		ARM64_SYS_REG(3, 0, 7, 4, 0), ARM64_SYS_REG(3, 0, 10, 2, 0),
		ARM64_SYS_REG(3, 0, 12, 0, 0), ARM64_SYS_REG(3, 0, 13, 0, 1),
		ARM64_SYS_REG(3, 0, 13, 0, 4), ARM64_SYS_REG(3, 3, 13, 0, 3),
		ARM64_SYS_REG(3, 4, 3, 0, 0), ARM64_SYS_REG(3, 4, 5, 0, 1),
		ARM64_SYS_REG(3, 4, 5, 3, 0), ARM64_SYS_REG(2, 0, 0, 2, 2),
		ARM64_SYS_REG(3, 0, 0, 4, 0), ARM64_SYS_REG(3, 0, 0, 1, 0));

	step_reg(f, id, wild());
}

static void step_events(struct fresh *f)
{
	unsigned int n;
	int fd = fresh_vcpu(f, &n);

	say(" EVENTS");
	events_call(fd);
}

/* ---- runs ---------------------------------------------------------------- */

/* Of Supervisor mode: what elsewhere is UNPREDICTABLE or UNKNOWN. Nothing that uses
 * SPSR, which QEMU's TCG has beside the banked one that KVM writes. */
static uint32_t banked_insn(void)
{
	return ONE_OF(0xe10f0000, /* mrs r0, cpsr */
		      0xe16ff003, /* msr spsr, r3 */
		      0xe1050200, /* mrs r0, sp of User mode */
		      0xe1060200, /* mrs r0, lr of User mode */
		      0xe1080200, /* mrs r0, r8 of FIQ mode */
		      0xe1010300, /* mrs r0, sp of IRQ mode */
		      0xe1440300, /* mrs r0, spsr of Abort mode */
		      0xe127f303, /* msr sp, r3, of Undefined mode */
		      0xe16ef203, /* msr spsr, r3, of FIQ mode */
		      0xe126f203, /* msr lr, r3, of User mode */
		      0xf8950a00, /* rfeia r5 */
		      0xf8cd0513  /* srsia sp, #0x13 */
	);
}

static uint32_t state_insn(void)
{
	return ONE_OF(0xe121f003, /* msr cpsr, r3, its control */
		      0xe128f003, /* msr cpsr, r3, its flags */
		      0xf102001f, /* cps #0x1f */
		      0xf1020010, /* cps #0x10 */
		      0xf10801c0, /* cpsie aif */
		      0xf10e00d2, /* cpsid if, #0x12 */
		      0xef000000, /* svc #0 */
		      0xe1400070, /* hvc #0 */
		      0xe1400070, /* hvc #0 */
		      0xe1600070, /* smc #0 */
		      0xe7f000f0, /* udf #0 */
		      0xe1200070, /* bkpt #0 */
		      0xf1010200, /* setend be */
		      0xe320f002, /* wfe */
		      0xe320f001, /* yield */
		      0xf57ff06f, /* isb */
		      0xe1a0000f, /* mov r0, pc */
		      0xe1a0000d, /* mov r0, sp */
		      0xe1a0d003, /* mov sp, r3 */
		      0xe1a0000e, /* mov r0, lr */
		      0xe0900003  /* adds r0, r0, r3 */
	);
}

/* MRC and MCR of r3. */
static uint32_t cp15_insn(void)
{
	return ONE_OF(0xee073fba,             /* CP15DMB */
		      0xee073f15,             /* ICIALLU */
		      0xee083f17,             /* TLBIALL */
		      0xee100f10,             /* MIDR */
		      0xee100fb0,             /* MPIDR */
		      0xee100f11,             /* ID_PFR0 */
		      0xee100f12,             /* ID_ISAR0 */
		      0xee110f10,             /* SCTLR */
		      0xee110f30,             /* ACTLR */
		      0xee110f50,             /* CPACR */
		      0xee110f11,             /* SCR */
		      0xee033f10,             /* DACR */
		      0xee130f10,             /* DACR */
		      0xee150f10,             /* DFSR */
		      0xee150f30,             /* IFSR */
		      0xee160f10,             /* DFAR */
		      0xee160f50,             /* IFAR */
		      0xee0d3f30,             /* CONTEXTIDR */
		      0xee1d0f30, 0xee1d0f50, /* TPIDRURW */
		      0xee0d3f90,             /* TPIDRPRW */
		      0xee1d0f90, 0xee1e0f10, /* CNTFRQ */
		      0xee1e0f11,             /* CNTKCTL */
		      0xec520f3e,             /* CNTV_CVAL */
		      0xee190f1c,             /* PMCR */
		      0xee190f1e,             /* PMUSERENR */
		      0xee1a0f12,             /* PRRR */
		      0xee1c0f10,             /* VBAR */
		      0xee140f16,             /* ICC_PMR */
		      0xee043f16,             /* ICC_PMR */
		      0xee1f0f10,             /* implementation's */
		      0xee300f10,             /* CCSIDR */
		      0xee300f30,             /* CLIDR */
		      0xee500f10,             /* CSSELR */
		      0xec520f02              /* TTBR0 */
	);
}

static uint32_t cp14_insn(void)
{
	return ONE_OF(0xee100e10,             /* DBGDIDR */
		      0xee100e52,             /* DBGDSCRext */
		      0xee003e52, 0xee100e90, /* DBGBVR0 */
		      0xee110e10,             /* DBGDRAR */
		      0xee110e91,             /* DBGOSLSR */
		      0xec520e01              /* DBGDRAR, 64 bits */
	);
}

/* At r5. */
static uint32_t memory_insn(void)
{
	return ONE_OF(0xe5950000, /* ldr r0, [r5] */
		      0xe5853000, /* str r3, [r5] */
		      0xe5d50000, /* ldrb r0, [r5] */
		      0xe5c53000, /* strb r3, [r5] */
		      0xe1d500b0, /* ldrh r0, [r5] */
		      0xe1c530b0, /* strh r3, [r5] */
		      0xe1d500d0, /* ldrsb r0, [r5] */
		      0xe1d500f0, /* ldrsh r0, [r5] */
		      0xe4950004, /* ldr r0, [r5], #4 */
		      0xe5a53008, /* str r3, [r5, #8]! */
		      0xe1c500d0, /* ldrd r0, r1, [r5] */
		      0xe1c520f0, /* strd r2, r3, [r5] */
		      0xe8950003, /* ldm r5, {r0, r1} */
		      0xe885000c, /* stm r5, {r2, r3} */
		      0xe1950c9f, /* lda r0, [r5] */
		      0xe185fc93, /* stl r3, [r5] */
		      0xe4b50000  /* ldrt r0, [r5], #0 */
	);
}

static uint32_t vector_insn(void)
{
	return ONE_OF(0xee003a10, /* vmov s0, r3 */
		      0xee100a10, /* vmov r0, s0 */
		      0xeef10a10, /* vmrs r0, fpscr */
		      0xeef80a10, /* vmrs r0, fpexc */
		      0xeee84a10, /* vmsr fpexc, r4 */
		      0xeee13a10, /* vmsr fpscr, r3 */
		      0xeef00a10, /* vmrs r0, fpsid */
		      0xeef70a10, /* vmrs r0, mvfr0 */
		      0xed950b00, /* vldr d0, [r5] */
		      0xf2020844  /* vadd.i8 q0, q1, q2 */
	);
}

static uint32_t pick_insn(bool svc)
{
	switch (below(10)) {
	case 0:
	case 1: return svc ? banked_insn() : state_insn();
	case 2:
	case 3: return state_insn();
	case 4:
	case 5: return cp15_insn();
	case 6: return cp14_insn();
	case 7: return vector_insn();
	default: return memory_insn();
	}
}

/* Each says its number, SPSR, LR, DFSR, IFSR, and r0 at the end. All by r6: in a
 * store's syndrome QEMU's TCG has LR of any mode as R14 of User mode. */
static void handlers_put(void)
{
	uint32_t *ram = (uint32_t *)FRESH_HVA;

	for (unsigned int n = 0; n < 8; n++) {
		uint32_t *p = ram + (HANDLERS + n * 0x40) / 4;

		ram[n] = A32_B(p - &ram[n]);
		*p++ = A32_MOV_R6(n);
		*p++ = A32_STR(6, 4);
		*p++ = 0xe14f6000; /* mrs r6, spsr */
		*p++ = A32_STR(6, 4);
		*p++ = 0xe1a0600e; /* mov r6, lr */
		*p++ = A32_STR(6, 4);
		*p++ = 0xee156f10; /* mrc p15, 0, r6, c5, c0, 0 */
		*p++ = A32_STR(6, 4);
		*p++ = 0xee156f30; /* mrc p15, 0, r6, c5, c0, 1 */
		*p++ = A32_STR(6, 4);
		*p++ = A32_STR(0, 0);
		*p++ = A32_B(0);
	}
}

static void code_put(bool svc)
{
	uint32_t *at = (uint32_t *)(FRESH_HVA + CODE), *end = at;

	for (unsigned int left = 1 + below(4); left--; end++) {
		*end = pick_insn(svc);
		say("%s%08x", end == at ? "" : " ", *end);
	}
	*end++ = A32_STR(0, 0);
	*end++ = A32_B(0);
	__builtin___clear_cache((char *)FRESH_HVA, (char *)end);
}

static uint64_t data_address(void)
{
	return ONE_OF(RAM_GPA + 0x2000, RAM_GPA + 0x2008, GPA_MMIO + 0x1000,
		      GPA_MMIO + 0x1000, GPA_GICD, 0x70000000);
}

static int regs_put(int fd, uint32_t psr)
{
	int err = 0;

	err |= reg_quiet(fd, REG_PSTATE, psr);
	err |= reg_say(fd, 0,
		       ONE_OF(0x84000000, 0x84000002, 0x8400000a, 0x80000000,
			      0x80000001, 0x84000004, 0xc4000004, 0));
	err |= reg_say(fd, 1, ONE_OF(0x84000003, 0x80008000, 0, 1));
	err |= reg_say(fd, 3, odd(500) ? cpsr() : wild());
	err |= reg_say(fd, 4, ONE_OF(0, 1u << 30));
	err |= reg_say(fd, 5, data_address());
	/* LR and SP of Supervisor mode */
	err |= reg_say(fd, 18, RAM_GPA + CODE + 4 * below(8));
	err |= reg_say(fd, 19, RAM_GPA + 0x3000);
	err |= reg_quiet(fd, REG_X(7), GPA_MMIO);
	err |= reg_quiet(fd, REG_PC, RAM_GPA + CODE);
	err |= reg_quiet(fd, ARM64_SYS_REG(3, 0, 12, 0, 0), RAM_GPA); /* VBAR */
	if (odd(600)) {
		say(" fp");
		/* CPACR */
		err |= reg_quiet(fd, ARM64_SYS_REG(3, 0, 1, 0, 2), 0xf00000);
	}
	return err;
}

static void step_guest(struct fresh *f)
{
	struct kvm_userspace_memory_region slot = {
		.guest_phys_addr = RAM_GPA,
		.memory_size = FRESH_SIZE,
		.userspace_addr = FRESH_HVA,
	};
	uint32_t psr = ONE_OF(0x1d3, 0x1d3, 0x1d3, 0x1d0, 0x1df);
	unsigned int n;
	int fd = fresh_vcpu(f, &n), err;

	/* The code is A32. */
	if (!(f->features >> KVM_ARM_VCPU_EL1_32BIT & 1))
		return;
	ioctl(f->vm, KVM_SET_USER_MEMORY_REGION, &slot);
	f->ran = true;
	say(" guest %#x [", psr);
	handlers_put();
	code_put(psr == 0x1d3);
	say("]");
	err = regs_put(fd, psr);
	say(" = %d", err);
	if (f->run[n] && !err)
		guest_exits(fd, f->run[n], MAX_EXITS, 1);
}

static step *const steps[] = {
	step_init, step_core,   step_core,     step_core,  step_core,
	step_core, step_sys,    step_sys,      step_guest, step_guest,
	step_vcpu, step_events, step_reg_list,
};

void fresh_aarch32(void)
{
	static const struct purpose aarch32 = {1u << KVM_ARM_VCPU_EL1_32BIT,
					       NULL, steps, LENGTH(steps)};

	fresh_run(&aarch32);
}
