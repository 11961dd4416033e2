/* SPDX-License-Identifier: MIT */
/*
 * Self-hosted debug at EL1: hardware breakpoint, watchpoint, software step
 * (Arm ARM D2).
 */
#include "guest.h"

#define MDSCR_SS  1ul
#define MDSCR_KDE (1ul << 13)
#define MDSCR_MDE (1ul << 15)
#define SPSR_SS   (1ul << 21)

#define STEPS 4

static unsigned int steps;
static uint64_t step_pc[STEPS + 1];

static bool on_step(struct frame *f)
{
	if (ESR_EC(f->esr) != EC_SS)
		return false;
	if (steps <= STEPS)
		step_pc[steps] = f->elr;
	if (++steps > STEPS) {
		write_sysreg(mdscr_el1, 0);
		isb();
		f->spsr &= ~SPSR_SS;
	} else {
		f->spsr |= SPSR_SS;
	}
	return true;
}

static void test_step(void)
{
	uint64_t start, n = 0;

	sync_hook = on_step;
	__asm__ volatile("adr %0, 1f\n"
			 "msr elr_el1, %0\n"
			 "msr spsr_el1, %2\n" /* D clear, SS set, EL1h */
			 "msr mdscr_el1, %3\n"
			 "isb\n"
			 "eret\n"
			 "1: add %1, %1, #1\n"
			 "add %1, %1, #2\n"
			 "b 2f\n"
			 "add %1, %1, #100\n"
			 "2: add %1, %1, #4\n"
			 "add %1, %1, #8\n"
			 "add %1, %1, #16\n"
			 "msr daifset, #8\n"
			 : "=&r"(start), "+&r"(n)
			 : "r"(0x1c5ul | SPSR_SS), "r"(MDSCR_SS | MDSCR_KDE)
			 : "memory", "cc");
	sync_hook = NULL;
	CHECK_EQ(n, 31);
	CHECK_EQ(steps, STEPS + 1);
	/* each exception is before the next instruction */
	CHECK_EQ(step_pc[0], start + 4);
	CHECK_EQ(step_pc[1], start + 8);
	CHECK_EQ(step_pc[2], start + 16);
	CHECK_EQ(step_pc[3], start + 20);
}

static void test_breakpoint(void)
{
	uint64_t pc, n = 0;

	__asm__ volatile("adr %0, 1f\n b 2f\n1: nop\n2:" : "=r"(pc));
	write_sysreg(mdscr_el1, MDSCR_MDE | MDSCR_KDE);
	for (unsigned int round = 0; round < 2; round++) {
		/* E, PMC = EL1, BAS = all */
		uint64_t bcr = round ? 0 : 1 | 1 << 1 | 0xf << 5;

		trap_on(0);
		__asm__ volatile("adr %0, 1f\n"
				 "msr dbgbvr0_el1, %0\n"
				 "msr dbgbcr0_el1, %2\n"
				 "isb\n"
				 "msr daifclr, #8\n"
				 "add %1, %1, #1\n"
				 "1: add %1, %1, #2\n"
				 "msr daifset, #8\n"
				 "msr dbgbcr0_el1, xzr\n"
				 "isb"
				 : "=&r"(pc), "+&r"(n)
				 : "r"(bcr)
				 : "memory");
		if (round) {
			CHECK_EQ(trap_off(), 0xff);
			CHECK_EQ(n, 4);
		} else {
			CHECK_EQ(trap_off(), EC_BP);
			CHECK_EQ(trap.elr, pc);
			CHECK_EQ(trap.esr & 0x3f, 0x22);
			CHECK_EQ(n, 1); /* the trap went past it */
		}
	}
	write_sysreg(mdscr_el1, 0);
	isb();
}

static void watch(volatile uint64_t *p, uint64_t wcr)
{
	write_sysreg(dbgwvr0_el1, (uint64_t)p);
	write_sysreg(dbgwcr0_el1, wcr);
	write_sysreg(mdscr_el1, MDSCR_MDE | MDSCR_KDE);
	isb();
	__asm__ volatile("msr daifclr, #8" ::: "memory");
}

static void unwatch(void)
{
	__asm__ volatile("msr daifset, #8" ::: "memory");
	write_sysreg(dbgwcr0_el1, 0);
	write_sysreg(mdscr_el1, 0);
	isb();
}

static void test_watchpoint(void)
{
	static volatile uint64_t data[4] __attribute__((aligned(32)));
	uint64_t v;
	/* E, PAC = EL1, BAS = all eight bytes; LSC: load 1, store 2 */
	uint64_t wcr = 1 | 1 << 1 | 0xff << 5;

	data[1] = 5;
	watch(&data[1], wcr | 2 << 3); /* stores */
	v = data[1];
	trap_on(0);
	data[1] = 6;
	CHECK_EQ(trap_off(), EC_WP);
	CHECK_EQ(trap.far, (uint64_t)&data[1]);
	CHECK_EQ(trap.esr >> 6 & 1, 1);
	CHECK_EQ(trap.esr & 0x3f, 0x22);
	trap_on(0);
	data[0] = 7;
	data[2] = 7;
	CHECK_EQ(trap_off(), 0xff);
	unwatch();
	CHECK_EQ(v, 5);
	CHECK_EQ(data[1], 5);

	watch(&data[1], wcr | 1 << 3); /* loads */
	data[1] = 8;
	trap_on(0);
	v = data[1];
	CHECK_EQ(trap_off(), EC_WP);
	CHECK_EQ(trap.esr >> 6 & 1, 0);
	unwatch();
	CHECK_EQ(data[1], 8);

	/* two bytes of the doubleword only */
	watch(&data[1], (1 | 1 << 1 | 3 << 3 | 0x0c << 5));
	trap_on(0);
	__asm__ volatile("strb wzr, [%0]" ::"r"((uint64_t)&data[1] + 1));
	CHECK_EQ(trap_off(), 0xff);
	trap_on(0);
	__asm__ volatile("strb wzr, [%0]" ::"r"((uint64_t)&data[1] + 3));
	CHECK_EQ(trap_off(), EC_WP);
	unwatch();
	data[1] = 9;
	CHECK_EQ(data[1], 9);
}

void guest_main(void)
{
	write_sysreg(oslar_el1, 0);
	isb();
	CHECK_EQ(read_sysreg(oslsr_el1) & 2, 0);
	test_breakpoint();
	test_watchpoint();
	test_step();
}
