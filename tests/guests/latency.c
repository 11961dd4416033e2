/* SPDX-License-Identifier: MIT */
/*
 * How long interrupts take, by the counter and the cycle counter: an SGI (to
 * another CPU, too, which then has a cycle counter of its own), the timer's PPI, an SPI by irqfd, an LPI by KVM_SIGNAL_MSI and by an INT command;
 * in WFI, and while instructions execute. Prints a line for each, of which
 * tests/vmm/check-latency knows what it must be in counted time:
 *
 *   what how counter cycles nops
 *
 * counter and cycles: from the cause (the timer: from the match) to the first
 * read behind it; nops: how many executed before the interrupt was taken.
 */
#include "gic.h"
#include "guest.h"

#define SGI   5
#define TIMER 27
#define SPI   (32 + 3)
#define LPI   ITS_LPI

extern char latency_vectors[];

/* What the first instructions behind the interrupt read. */
struct times {
	uint64_t counter, cycles;             /* before the cause */
	uint64_t end_counter, end_cycles, pc; /* behind it */
};

/*
 * The IRQ vector reads before it does anything else, and goes on at X5 with
 * interrupts masked. Nothing is saved: the code that is interrupted knows.
 */
__asm__(".balign 2048\n"
	"latency_vectors:\n"
	".skip 0x280\n"
	"mrs x2, cntvct_el0\n"
	"mrs x4, pmccntr_el0\n"
	"mrs x3, elr_el1\n"
	"br x5\n"
	".balign 2048\n");

/* @cause is one instruction, of X0 and X8 and nothing else. */
#define BEFORE                         \
	"adr x5, 2f\n"                 \
	"isb\n"                        \
	"mrs %[cycles], pmccntr_el0\n" \
	"mrs %[counter], cntvct_el0\n"
#define AFTER                      \
	"2:\n"                     \
	"mov %[end_counter], x2\n" \
	"mov %[end_cycles], x4\n"
#define RESULTS                                               \
	[counter] "=&r"(t.counter), [cycles] "=&r"(t.cycles), \
		[end_counter] "=&r"(t.end_counter),           \
		[end_cycles] "=&r"(t.end_cycles)
#define SCRATCH "x2", "x3", "x4", "x5", "memory"

#define MEASURE_WFI(cause, val, addr)                                       \
	({                                                                  \
		struct times t;                                             \
		register uint64_t x0 __asm__("x0") = (val);                 \
		register uint64_t x8 __asm__("x8") = (addr);                \
                                                                            \
		__asm__ volatile(BEFORE cause "\n"                          \
					      "wfi\n"                       \
					      "mrs x2, cntvct_el0\n"        \
					      "mrs x4, pmccntr_el0\n" AFTER \
:RESULTS                                                                    \
				 : "r"(x0), "r"(x8)                         \
				 : SCRATCH);                                \
		t.pc = 0;                                                   \
		t;                                                          \
	})

#define MEASURE_NOPS(cause, val, addr)                                   \
	({                                                               \
		struct times t;                                          \
		register uint64_t x0 __asm__("x0") = (val);              \
		register uint64_t x8 __asm__("x8") = (addr);             \
                                                                         \
		write_sysreg(vbar_el1, latency_vectors);                 \
		__asm__ volatile("msr daifclr, #2\n" BEFORE cause "\n"   \
				 "1:\n"                                  \
				 ".rept 1200\n"                          \
				 "nop\n"                                 \
				 ".endr\n"                               \
				 "msr daifset, #2\n"                     \
				 "adr x3, 1b\n"                          \
				 "sub x3, x3, #4\n" AFTER "adr x5, 1b\n" \
				 "sub %[pc], x3, x5\n"                   \
				 : RESULTS, [pc] "=&r"(t.pc)             \
				 : "r"(x0), "r"(x8)                      \
				 : SCRATCH);                             \
		write_sysreg(vbar_el1, vectors);                         \
		isb();                                                   \
		t;                                                       \
	})

/* When it began. */
#define CAUSE_AT(cause, val, addr)                            \
	({                                                    \
		uint64_t t_;                                  \
		register uint64_t x0 __asm__("x0") = (val);   \
		register uint64_t x8 __asm__("x8") = (addr);  \
                                                              \
		__asm__ volatile("isb\n"                      \
				 "mrs %0, cntvct_el0\n" cause \
				 : "=&r"(t_)                  \
				 : "r"(x0), "r"(x8)           \
				 : "memory");                 \
		t_;                                           \
	})

extern char vectors[];

static void print_times(const char *what, const char *how,
			const struct times *t)
{
	print("%s %s %lu %lu %lu\n", what, how, t->end_counter - t->counter,
	      t->end_cycles - t->cycles, t->pc / 4);
}

static void finish_irq(unsigned int intid)
{
	unsigned int iar = gic_ack();

	CHECK_EQ(iar & (boot.gic == 2 ? 0x3ff : 0xffffff), intid);
	if (intid == TIMER)
		write_sysreg(cntv_ctl_el0, 0);
	gic_eoi(iar);
}

/* The first of each pair fills TLBs and caches; both are right. */
#define MEASURE(what, intid, cause, val, addr)                            \
	do {                                                              \
		for (unsigned int n_ = 0; n_ < 2; n_++) {                 \
			struct times t_ = MEASURE_WFI(cause, val, addr);  \
                                                                          \
			if (n_)                                           \
				print_times(what, "wfi", &t_);            \
			finish_irq(intid);                                \
		}                                                         \
		for (unsigned int n_ = 0; n_ < 2; n_++) {                 \
			struct times t_ = MEASURE_NOPS(cause, val, addr); \
                                                                          \
			if (n_)                                           \
				print_times(what, "nops", &t_);           \
			finish_irq(intid);                                \
		}                                                         \
	} while (0)

static void measure_sgi(void)
{
	gic_set_priority(SGI, 0xa0);
	gic_enable(SGI);
	if (boot.gic == 2)
		MEASURE("sgi", SGI, "str w0, [x8]", 1 << 16 | SGI,
			BOARD_GICD + GICD_SGIR);
	else
		MEASURE("sgi", SGI, "msr s3_0_c12_c11_5, x0",
			(uint64_t)SGI << 24 | 1, 0);
}

static volatile uint64_t other_time, other_sgis;
static volatile bool other_ready;

void guest_cpu(unsigned int index)
{
	uint64_t t;

	gic_init_cpu();
	gic_set_priority(SGI, 0xa0);
	gic_enable(SGI);
	other_ready = true;
	for (;;) {
		__asm__ volatile("wfi\n"
				 "mrs %0, cntvct_el0"
				 : "=r"(t)::"memory");
		finish_irq(SGI);
		other_time = t;
		dsb();
		other_sgis++;
	}
}

static void measure_sgi_to_other(void)
{
	uint64_t ms, t;

	CHECK_EQ(cpu_on(1), 0);
	CHECK(WAIT_FOR(other_ready, 20000));
	for (unsigned int n = 0; n < 2; n++) {
		/* it is in WFI by then */
		for (ms = now_ms(); now_ms() < ms + 3;)
			;
		if (boot.gic == 2)
			t = CAUSE_AT("str w0, [x8]", 2 << 16 | SGI,
				     BOARD_GICD + GICD_SGIR);
		else
			t = CAUSE_AT("msr s3_0_c12_c11_5, x0",
				     (uint64_t)SGI << 24 | 2, 0);
		CHECK(WAIT_FOR(other_sgis > n, 20000));
		if (n)
			print("sgi-other wfi %lu 0 0\n", other_time - t);
	}
}

static void measure_spi(void)
{
	gic_set_edge(SPI, true);
	gic_set_priority(SPI, 0xa0);
	gic_set_target(SPI, 0);
	gic_enable(SPI);
	MEASURE("spi", SPI, "str w0, [x8]", SPI - 32, BOARD_TEST + TEST_IRQFD);
	gic_disable(SPI);
}

/* From now; long enough for all that is done before the instructions count. */
static uint64_t arm_timer(void)
{
	uint64_t at;

	isb();
	at = read_sysreg(cntvct_el0) + 700;
	write_sysreg(cntv_cval_el0, at);
	write_sysreg(cntv_ctl_el0, 1);
	isb();
	return at;
}

/* Also: how long before the match the instructions began. */
static void print_timer(const char *how, struct times *t, uint64_t at)
{
	uint64_t ahead = at - t->counter;

	CHECK(ahead < 700);
	t->counter += ahead;
	t->cycles += ahead;
	print("timer %s %lu %lu %lu %lu\n", how, t->end_counter - t->counter,
	      t->end_cycles - t->cycles, t->pc / 4, ahead);
}

static void measure_timer(void)
{
	struct times t;
	uint64_t at;

	gic_set_priority(TIMER, 0xa0);
	gic_enable(TIMER);
	for (unsigned int n = 0; n < 4; n++) {
		at = arm_timer();
		t = n < 2 ? MEASURE_WFI("nop", 0, 0)
			  : MEASURE_NOPS("nop", 0, 0);
		if (n & 1)
			print_timer(n < 2 ? "wfi" : "nops", &t, at);
		finish_irq(TIMER);
	}
}

/* ---- LPIs ---------------------------------------------------------------- */

/* An LPI whose translation is in no cache, then one that is in all. */
static void measure_lpi(void)
{
	struct times t;

	/* brings the code and BOARD_TEST into the TLB, and is not an event */
	mmio_write(BOARD_TEST + TEST_MSI, 31);
	t = MEASURE_WFI("str w0, [x8]", 0, BOARD_TEST + TEST_MSI);
	print_times("lpi-cold", "wfi", &t);
	finish_irq(LPI);
	MEASURE("lpi", LPI, "str w0, [x8]", 0, BOARD_TEST + TEST_MSI);

	for (unsigned int n = 0; n < 4; n++) {
		its_put(ITS_INT | 1ul << 32, 1, 0);
		t = n < 2 ? MEASURE_WFI("str x0, [x8]", its_written(),
					BOARD_ITS + GITS_CWRITER)
			  : MEASURE_NOPS("str x0, [x8]", its_written(),
					 BOARD_ITS + GITS_CWRITER);
		if (n & 1)
			print_times("int", n < 2 ? "wfi" : "nops", &t);
		finish_irq(LPI + 1);
	}
}

void guest_main(void)
{
	gic_init();
	gic_init_cpu();
	/* the cycle counter, for all of EL1 */
	write_sysreg(pmcr_el0, 1 | 1 << 2 | 1 << 6);
	write_sysreg(pmccfiltr_el0, 0);
	write_sysreg(pmcntenset_el0, 1ul << 31);
	isb();
	measure_sgi();
	measure_sgi_to_other();
	measure_spi();
	measure_timer();
	if (boot.its) {
		its_on(1, 2);
		measure_lpi();
	}
}
