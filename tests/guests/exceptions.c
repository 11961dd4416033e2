/* SPDX-License-Identifier: MIT */
/*
 * Exceptions: syndromes, return addresses, levels, masks (Arm ARM D1.3, the
 * ESR_EL1 chapter).
 */
#include "guest.h"

#define SPSR_EL1H 0x3c5ul
#define SPSR_IL   (1ul << 20)

static void test_undefined(void)
{
	uint64_t pc;

	trap_on(0);
	__asm__ volatile("adr %0, 1f\n1: .inst 0" : "=&r"(pc));
	CHECK_EQ(trap_off(), EC_UNKNOWN);
	CHECK_EQ(trap.count, 1);
	CHECK_EQ(ESR_ISS(trap.esr), 0);
	CHECK_EQ(trap.esr >> 25 & 1, 1); /* IL */
	CHECK_EQ(trap.elr, pc);
	CHECK_EQ(trap.vector, 4); /* current EL with SP_ELx, synchronous */
	CHECK_EQ(trap.spsr & 0x3cf, SPSR_EL1H);

	trap_on(0); /* an EL2 register */
	__asm__ volatile("mrs %0, s3_4_c1_c0_0" : "=r"(pc));
	CHECK_EQ(trap_off(), EC_UNKNOWN);
}

static void test_calls(void)
{
	uint64_t pc, flags;

	trap_on(0);
	__asm__ volatile("adr %0, 1f\n svc #0x1234\n1:" : "=&r"(pc));
	CHECK_EQ(trap_off(), EC_SVC);
	CHECK_EQ(ESR_ISS(trap.esr), 0x1234);
	CHECK_EQ(trap.elr, pc); /* the instruction after it */

	trap_on(0);
	__asm__ volatile("adr %0, 1f\n1: brk #0xbeef" : "=&r"(pc));
	CHECK_EQ(trap_off(), EC_BRK);
	CHECK_EQ(ESR_ISS(trap.esr), 0xbeef);
	CHECK_EQ(trap.elr, pc);

	/* flags come back with ERET */
	trap_on(0);
	__asm__ volatile("msr nzcv, %1\n svc #1\n mrs %0, nzcv"
			 : "=r"(flags)
			 : "r"(0x90000000ul)
			 : "cc");
	CHECK_EQ(trap_off(), EC_SVC);
	CHECK_EQ(flags, 0x90000000);
	CHECK_EQ(trap.spsr >> 28, 9);
}

static void test_hypervisor_calls(void)
{
	uint64_t r;

	CHECK_EQ(hvc(0x84001234, 0, 0, 0), ~0ul); /* unknown: -1 */
	/* SMC of a guest: also the hypervisor's, -1 */
	__asm__ volatile("mov x0, %1\n smc #0\n mov %0, x0"
			 : "=r"(r)
			 : "r"(0x84001234ul)
			 : "x0", "x1", "x2", "x3", "memory");
	CHECK_EQ(r, ~0ul);
}

static void test_alignment(void)
{
	uint64_t pc, sp, back;
	static uint64_t word;

	/* PC: a branch to an odd address */
	__asm__ volatile("adr %0, 1f\n1:" : "=r"(back));
	__asm__ volatile("adr %0, 1f\n1:" : "=r"(pc));
	trap_on(0);
	__asm__ volatile("adr %0, 1f\n"
			 "str %0, %1\n"
			 "add %0, %0, #2\n"
			 "br %0\n"
			 "1: nop\n"
			 : "=&r"(pc), "=m"(trap.resume)::"memory");
	CHECK_EQ(trap_off(), EC_PC_ALIGN);
	CHECK_EQ(trap.elr, pc);
	CHECK_EQ(trap.far, pc);
	(void)back;

	/* SP: an access with a base that isn't 16-byte aligned (SCTLR.SA) */
	write_sysreg(sctlr_el1, read_sysreg(sctlr_el1) | 8);
	isb();
	trap_on(0);
	__asm__ volatile("msr spsel, #0\n"
			 "mov %0, sp\n"
			 "mov x9, %1\n"
			 "mov sp, x9\n"
			 "ldr x9, [sp]\n"
			 "mov sp, %0\n"
			 "msr spsel, #1\n"
			 : "=&r"(sp)
			 : "r"((uint64_t)&word + 8 + 1)
			 : "x9", "memory");
	if (boot.tcg) { /* doesn't have this check */
		CHECK_EQ(trap_off(), 0xff);
	} else {
		CHECK_EQ(trap_off(), EC_SP_ALIGN);
		CHECK_EQ(trap.vector, 0); /* current EL with SP_EL0 */
	}

	/* data: an exclusive must be aligned even in Normal memory */
	trap_on(0);
	__asm__ volatile("ldxr %0, [%1]"
			 : "=&r"(sp)
			 : "r"((uint64_t)&word + 1)
			 : "memory");
	CHECK_EQ(trap_off(), EC_DABT);
	CHECK_EQ(trap.esr & 0x3f, FSC_ALIGN);
	CHECK_EQ(trap.far, (uint64_t)&word + 1);

	/* SCTLR.A */
	write_sysreg(sctlr_el1, read_sysreg(sctlr_el1) | 2);
	isb();
	trap_on(0);
	__asm__ volatile("ldr %0, [%1]"
			 : "=&r"(sp)
			 : "r"((uint64_t)&word + 1)
			 : "memory");
	CHECK_EQ(trap_off(), EC_DABT);
	CHECK_EQ(trap.esr & 0x3f, FSC_ALIGN);
	write_sysreg(sctlr_el1, read_sysreg(sctlr_el1) & ~2ul);
	isb();
	trap_on(0);
	__asm__ volatile("ldr %0, [%1]"
			 : "=&r"(sp)
			 : "r"((uint64_t)&word + 1)
			 : "memory");
	CHECK_EQ(trap_off(), 0xff);
}

static void test_fp_trap(void)
{
	trap_on(0);
	write_sysreg(cpacr_el1, 0);
	isb();
	__asm__ volatile(".arch_extension fp\n fmov d0, d1");
	write_sysreg(cpacr_el1, 3 << 20);
	isb();
	CHECK_EQ(trap_off(), EC_FP);
	CHECK_EQ(trap.esr >> 20 & 0x1f, 0x1e); /* CV, COND = AL */
}

static void test_illegal_return(void)
{
	uint64_t resume;

	/* ERET to EL2: PSTATE.IL is set, the next instruction traps */
	__asm__ volatile("adr %0, 1f\n b 2f\n1: b 3f\n2:" : "=&r"(resume));
	trap_on(0);
	__asm__ volatile("adr x9, 1f\n"
			 "msr elr_el1, x9\n"
			 "mov x9, #0x3c9\n"
			 "msr spsr_el1, x9\n"
			 "adr x9, 2f\n"
			 "str x9, %0\n"
			 "isb\n"
			 "eret\n"
			 "1: mov x9, #0\n"
			 "2: nop\n"
			 "3: nop\n"
			 : "=m"(trap.resume)::"x9", "memory");
	CHECK_EQ(trap_off(), EC_ILLEGAL);
	CHECK(trap.spsr & SPSR_IL);
	CHECK_EQ(trap.count, 1);
}

/* ---- EL0 ----------------------------------------------------------------- */

static uint64_t user_page[512] __attribute__((aligned(4096)));

static uint64_t run_user(uint64_t (*code)(uint64_t), uint64_t arg)
{
	return call_el0((uint64_t(*)(uint64_t))USER(code), arg,
			USER(user_page + 512), USER(el0_return));
}

#define USER_CODE __attribute__((noinline, noclone))

USER_CODE static uint64_t user_add(uint64_t a)
{
	uint64_t v;

	__asm__ volatile("add %0, %1, #5" : "=r"(v) : "r"(a));
	return v;
}

USER_CODE static uint64_t user_sctlr(uint64_t a)
{
	return read_sysreg(sctlr_el1);
}

USER_CODE static uint64_t user_daif(uint64_t a)
{
	return read_sysreg(daif);
}

USER_CODE static uint64_t user_ctr(uint64_t a)
{
	return read_sysreg(ctr_el0);
}

USER_CODE static uint64_t user_wfi(uint64_t a)
{
	wfi();
	return a;
}

USER_CODE static uint64_t user_kernel_load(uint64_t a)
{
	return *(volatile uint64_t *)a;
}

USER_CODE static uint64_t user_jump(uint64_t a)
{
	__asm__ volatile("br %0" ::"r"(a));
	return 0;
}

USER_CODE static uint64_t user_counter(uint64_t a)
{
	return read_sysreg(cntvct_el0) != 0;
}

USER_CODE static uint64_t user_hvc(uint64_t a)
{
	__asm__ volatile("hvc #0" ::: "x0");
	return a;
}

USER_CODE static uint64_t user_spsel(uint64_t a)
{
	return read_sysreg(spsel);
}

USER_CODE static uint64_t user_svc(uint64_t a)
{
	__asm__ volatile("svc #3");
	return a;
}

static unsigned int user_trap(uint64_t (*code)(uint64_t), uint64_t arg)
{
	trap_on(0);
	run_user(code, arg);
	return trap_off();
}

static void test_el0(void)
{
	static uint64_t secret = 42;
	uint64_t sctlr = read_sysreg(sctlr_el1);

	map_user();
	CHECK_EQ(run_user(user_add, 37), 42);
	CHECK_EQ(user_trap(user_sctlr, 0), EC_UNKNOWN);
	CHECK_EQ(trap.vector, 8); /* lower EL, AArch64 */
	CHECK_EQ(user_trap(user_spsel, 0), EC_UNKNOWN);
	CHECK_EQ(user_trap(user_hvc, 0), EC_UNKNOWN);
	CHECK_EQ(user_trap(user_svc, 0), EC_SVC);
	CHECK_EQ(ESR_ISS(trap.esr), 3);

	/* SCTLR_EL1 traps: EC 0x18 with the access in ISS */
	CHECK_EQ(user_trap(user_daif, 0), EC_SYSREG);
	CHECK_EQ(trap.esr & 0x3ffc1f,
		 3 << 20 | 4 << 10 | 3 << 14 | 1 << 17 | 1 | 2 << 1);
	CHECK_EQ(user_trap(user_ctr, 0), EC_SYSREG);
	CHECK_EQ(user_trap(user_wfi, 0), EC_WFX);
	CHECK_EQ(user_trap(user_counter, 0), EC_SYSREG);
	write_sysreg(sctlr_el1, sctlr | 1 << 9 | 1 << 15 | 1 << 16);
	write_sysreg(cntkctl_el1, 2);
	isb();
	CHECK_EQ(user_trap(user_daif, 0), 0xff);
	CHECK_EQ(run_user(user_daif, 0), 0x3c0);
	CHECK_EQ(run_user(user_ctr, 0), read_sysreg(ctr_el0));
	CHECK_EQ(run_user(user_counter, 0), 1);
	write_sysreg(sctlr_el1, sctlr);
	write_sysreg(cntkctl_el1, 0);
	isb();

	/* memory EL0 may not read, and may not execute */
	CHECK_EQ(user_trap(user_kernel_load, (uint64_t)&secret), EC_DABT_LOW);
	CHECK_EQ(trap.esr & 0x3f, FSC_PERM(1));
	CHECK_EQ(trap.far, (uint64_t)&secret);
	CHECK_EQ(run_user(user_kernel_load, USER(&secret)), 42);
	CHECK_EQ(user_trap(user_jump, (uint64_t)test_el0), EC_IABT_LOW);
	CHECK_EQ(trap.esr & 0x3f, FSC_PERM(1));
	CHECK_EQ(trap.elr, (uint64_t)test_el0);
	CHECK_EQ(trap.far, (uint64_t)test_el0);

	/* EL1 may not execute what EL0 may write: PXN is set here as well */
	trap_call(USER(user_add));
	CHECK_EQ(trap_off(), EC_IABT);
	CHECK_EQ(trap.esr & 0x3f, FSC_PERM(2));
}

/* Of a load from MMIO KVM loses the sign. */
static void test_signed_mmio(uint64_t a)
{
	uint64_t v;

	__asm__ volatile("ldrsb %0, [%1]" : "=r"(v) : "r"(a + 7));
	CHECK_EQ(v, 0x88);
	__asm__ volatile("ldrsb %w0, [%1]" : "=r"(v) : "r"(a + 7));
	CHECK_EQ(v, 0x88);
	__asm__ volatile("ldrsh %0, [%1]" : "=r"(v) : "r"(a + 6));
	CHECK_EQ(v, 0x8877);
	__asm__ volatile("ldrsw %0, [%1]" : "=r"(v) : "r"(a + 4));
	CHECK_EQ(v, 0x88776655);
}

static void test_mmio(void)
{
	uint64_t a = BOARD_TEST + TEST_SCRATCH, v, w;

	mmio_write64(a, 0x8877665544332211);
	CHECK_EQ(mmio_read(BOARD_TEST + TEST_LAST_LEN), 8);
	CHECK_EQ(mmio_read64(a), 0x8877665544332211);
	test_signed_mmio(a);
	__asm__ volatile("ldrh %w0, [%1]" : "=r"(v) : "r"(a + 6));
	CHECK_EQ(v, 0x8877);
	__asm__ volatile("strb wzr, [%0]" ::"r"(a + 7));
	CHECK_EQ(mmio_read(BOARD_TEST + TEST_LAST_LEN), 1);
	__asm__ volatile("ldr xzr, [%0]" ::"r"(a));
	CHECK_EQ(mmio_read64(a), 0x0077665544332211);
	CHECK_EQ(mmio_read(BOARD_NOTHING), 0xffffffff);
	/* read-only memory: reads are memory, writes are MMIO */
	v = *(volatile uint32_t *)(BOARD_ROM + 8);
	CHECK_EQ(v, 0x0f0f0002);
	mmio_write(BOARD_ROM + 8, 0);
	w = *(volatile uint32_t *)(BOARD_ROM + 8);
	CHECK_EQ(w, 0x0f0f0002);
}

static void test_self_modifying(void)
{
	static uint32_t code[2] __attribute__((aligned(64)));
	uint64_t (*f)(void) = (uint64_t(*)(void))code;

	for (unsigned int i = 0; i < 100; i++) {
		code[0] = 0xd2800000 | i << 5; /* mov x0, #i */
		code[1] = 0xd65f03c0;          /* ret */
		sync_code(code, sizeof(code));
		if (f() != i)
			break;
		if (i == 99)
			passed++;
	}
	CHECK_EQ(f(), 99);
}

void guest_main(void)
{
	test_undefined();
	test_calls();
	test_hypervisor_calls();
	test_alignment();
	test_fp_trap();
	test_illegal_return();
	test_mmio();
	test_self_modifying();
	test_el0();
}
