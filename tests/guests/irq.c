/* SPDX-License-Identifier: MIT */
/*
 * Interrupts through GICv2 or GICv3: SPIs by irqfd and by KVM_IRQ_LINE, SGIs,
 * priorities and preemption, masks, targets, resampling, ioeventfds; LPIs
 * through the ITS if there is one.
 */
#include "gic.h"
#include "guest.h"

#define SPI(n) (32 + (n))
#define GOT    64

static volatile unsigned int got[GOT], nr_got, last_cpu;
static volatile bool lower_line; /* the handler lowers SPI 5's level */

static void on_irq(struct frame *f)
{
	unsigned int iar = gic_ack(), intid = iar & 0xffffff;

	if (boot.gic == 2)
		intid &= 0x3ff;
	if (intid == INTID_NONE)
		return;
	if (nr_got < GOT)
		got[nr_got] = intid;
	last_cpu = cpu_index();
	if (intid == SPI(5) && lower_line)
		mmio_write(BOARD_TEST + TEST_IRQ_LOW, 5);
	dsb();
	nr_got++;
	gic_eoi(iar);
}

static bool wait_irqs(unsigned int n)
{
	return WAIT_FOR(nr_got >= n, 20000);
}

/* Is one signalled to this CPU? From where it was raised it may be on its way,
 * and so may its end. */
static bool wait_signal(bool up)
{
	return WAIT_FOR(!!(read_sysreg(isr_el1) & 0x80) == up, 20000);
}

static void reset_log(void)
{
	nr_got = 0;
	dsb();
}

static void setup(unsigned int intid, bool edge)
{
	gic_set_edge(intid, edge);
	gic_set_priority(intid, 0xa0);
	gic_set_target(intid, 0);
	gic_enable(intid);
}

static void test_identity(void)
{
	uint32_t typer = mmio_read(BOARD_GICD + GICD_TYPER);

	CHECK_EQ(typer & 0x1f, boot.irqs / 32 - 1);
	CHECK_EQ(mmio_read(BOARD_GICD + GICD_ISENABLER + 4), 0);
	gic_enable(SPI(3));
	CHECK_EQ(mmio_read(BOARD_GICD + GICD_ISENABLER + 4), 1 << 3);
	gic_disable(SPI(3));
	CHECK_EQ(mmio_read(BOARD_GICD + GICD_ISENABLER + 4), 0);
	gic_set_priority(SPI(3), 0x58);
	CHECK_EQ(mmio_read(BOARD_GICD + GICD_IPRIORITYR + SPI(3) / 4 * 4) >>
				 SPI(3) % 4 * 8 &
			 0xff,
		 0x58);
}

static void test_irqfd(void)
{
	reset_log();
	setup(SPI(1), true);
	irq_on();
	for (unsigned int i = 1; i <= 100; i++) {
		mmio_write(BOARD_TEST + TEST_IRQFD, 1);
		if (!wait_irqs(i)) {
			CHECK(!"an irqfd's interrupt is lost");
			return;
		}
	}
	CHECK_EQ(nr_got, 100);
	CHECK_EQ(got[0], SPI(1));
	/* while masked it stays pending, once */
	irq_off();
	reset_log();
	mmio_write(BOARD_TEST + TEST_IRQFD, 1);
	mmio_write(BOARD_TEST + TEST_IRQFD, 1);
	CHECK(WAIT_FOR(gic_pending(SPI(1)), 20000));
	CHECK(wait_signal(true));
	CHECK_EQ(nr_got, 0);
	irq_on();
	CHECK(wait_irqs(1));
	/* disabled: pending, not delivered */
	gic_disable(SPI(1));
	reset_log();
	mmio_write(BOARD_TEST + TEST_IRQFD, 1);
	CHECK(WAIT_FOR(gic_pending(SPI(1)), 20000));
	CHECK_EQ(nr_got, 0);
	gic_enable(SPI(1));
	CHECK(wait_irqs(1));
	gic_disable(SPI(1));
}

static void test_level(void)
{
	reset_log();
	setup(SPI(5), false);
	lower_line = true;
	mmio_write(BOARD_TEST + TEST_IRQ_HIGH, 5);
	CHECK(wait_irqs(1));
	CHECK(!gic_pending(SPI(5)));
	CHECK_EQ(nr_got, 1);
	/* as long as the line is high it comes again */
	lower_line = false;
	irq_off();
	reset_log();
	mmio_write(BOARD_TEST + TEST_IRQ_HIGH, 5);
	for (unsigned int i = 0; i < 3; i++) {
		unsigned int iar;

		CHECK(wait_signal(true));
		iar = gic_ack();
		CHECK_EQ(iar & 0x3ff, SPI(5));
		CHECK(gic_active(SPI(5)));
		gic_eoi(iar);
		CHECK(!gic_active(SPI(5)));
		CHECK(gic_pending(SPI(5)));
	}
	mmio_write(BOARD_TEST + TEST_IRQ_LOW, 5);
	CHECK(!gic_pending(SPI(5)));
	CHECK(wait_signal(false));
	CHECK_EQ(gic_ack() & 0x3ff, INTID_NONE);
	irq_on();
	gic_disable(SPI(5));
	/* set pending by software, no line */
	reset_log();
	gic_set_edge(SPI(6), true);
	setup(SPI(6), true);
	mmio_write(BOARD_GICD + GICD_ISPENDR + 4, 1 << 6);
	CHECK(wait_irqs(1));
	CHECK_EQ(got[0], SPI(6));
	gic_disable(SPI(6));
}

static void test_priorities(void)
{
	unsigned int a, b, c;

	irq_off();
	setup(SPI(1), true);
	setup(SPI(2), true);
	setup(SPI(3), true);
	gic_set_priority(SPI(1), 0xc0);
	gic_set_priority(SPI(2), 0x40);
	gic_set_priority(SPI(3), 0x80);
	mmio_write(BOARD_TEST + TEST_IRQFD, 1);
	mmio_write(BOARD_TEST + TEST_IRQFD, 3);
	CHECK(WAIT_FOR(gic_pending(SPI(1)) && gic_pending(SPI(3)), 20000));
	CHECK(wait_signal(true));
	a = gic_ack();
	CHECK_EQ(a & 0x3ff, SPI(3));
	/* 1 is less urgent than what runs: nothing; 2 preempts */
	CHECK_EQ(gic_ack() & 0x3ff, INTID_NONE);
	mmio_write(BOARD_TEST + TEST_IRQFD, 2);
	CHECK(WAIT_FOR(gic_pending(SPI(2)), 20000));
	CHECK(wait_signal(true));
	b = gic_ack();
	CHECK_EQ(b & 0x3ff, SPI(2));
	gic_eoi(b);
	gic_eoi(a);
	c = gic_ack();
	CHECK_EQ(c & 0x3ff, SPI(1));
	gic_eoi(c);
	/* the priority mask */
	gic_set_mask(0x80);
	mmio_write(BOARD_TEST + TEST_IRQFD, 3);
	CHECK(WAIT_FOR(gic_pending(SPI(3)), 20000));
	CHECK_EQ(gic_ack() & 0x3ff, INTID_NONE);
	gic_set_mask(0xff);
	CHECK(wait_signal(true));
	a = gic_ack();
	CHECK_EQ(a & 0x3ff, SPI(3));
	gic_eoi(a);
	irq_on();
	gic_disable(SPI(1));
	gic_disable(SPI(2));
	gic_disable(SPI(3));
}

static void test_events(void)
{
	CHECK_EQ(mmio_read(BOARD_TEST + TEST_IOEVENTS), 0);
	for (unsigned int i = 0; i < 5; i++)
		mmio_write(BOARD_IOEVENT, i);
	CHECK_EQ(mmio_read(BOARD_TEST + TEST_IOEVENTS), 5);
	mmio_write(BOARD_IOEVENT_55, 0x55);
	mmio_write(BOARD_IOEVENT_55, 0x56);
	mmio_write(BOARD_IOEVENT_55, 0x55);
	CHECK_EQ(mmio_read(BOARD_TEST + TEST_IOEVENTS_55), 2);
	CHECK_EQ(mmio_read(BOARD_TEST + TEST_IOEVENTS), 0);
}

static void test_resample(void)
{
	unsigned int n;

	reset_log();
	setup(SPI(9), false);
	CHECK_EQ(mmio_read(BOARD_TEST + TEST_RESAMPLED), 0);
	mmio_write(BOARD_TEST + TEST_RESAMPLE, 9);
	CHECK(wait_irqs(1));
	/* the end of the interrupt lowered the line and told the VMM */
	CHECK(WAIT_FOR((n = mmio_read(BOARD_TEST + TEST_RESAMPLED)), 20000));
	CHECK_EQ(n, 1);
	CHECK(!gic_pending(SPI(9)));
	gic_disable(SPI(9));
}

/* ---- SGIs and targets ---------------------------------------------------- */

static volatile unsigned int secondary_ready, secondary_got, secondary_id;
static volatile bool secondary_stop;

static void on_secondary_irq(struct frame *f)
{
	unsigned int iar = gic_ack();

	secondary_id = boot.gic == 2 ? iar & 0x3ff : iar;
	gic_eoi(iar);
	dsb();
	secondary_got++;
}

static void on_any_irq(struct frame *f)
{
	if (cpu_index() == 0)
		on_irq(f);
	else
		on_secondary_irq(f);
}

void guest_cpu(unsigned int index)
{
	gic_init_cpu();
	gic_enable(3);
	gic_set_priority(3, 0xa0);
	secondary_ready = 1;
	dsb();
	while (!secondary_stop) {
		irq_off();
		if (!secondary_stop)
			wfi();
		irq_on();
		isb();
	}
	irq_off();
}

static void test_sgis(void)
{
	/* to itself */
	reset_log();
	gic_set_priority(3, 0xa0);
	gic_enable(3);
	gic_send_sgi(3, 0);
	CHECK(wait_irqs(1));
	CHECK_EQ(got[0], 3);
	if (boot.cpus < 2)
		return;
	CHECK_EQ(cpu_on(1), 0);
	CHECK(WAIT_FOR(secondary_ready, 20000));
	for (unsigned int i = 1; i <= 50; i++) {
		if (i & 1)
			gic_send_sgi(3, 1);
		else
			gic_send_sgi_others(3);
		if (!WAIT_FOR(secondary_got >= i, 20000)) {
			CHECK(!"an SGI is lost");
			return;
		}
	}
	CHECK_EQ(secondary_got, 50);
	CHECK_EQ(secondary_id, 3);
	/* an SPI sent there */
	setup(SPI(4), true);
	gic_set_target(SPI(4), 1);
	reset_log();
	mmio_write(BOARD_TEST + TEST_IRQFD, 4);
	CHECK(WAIT_FOR(secondary_got == 51, 20000));
	CHECK_EQ(secondary_id, SPI(4));
	CHECK_EQ(nr_got, 0);
	secondary_stop = true;
	dsb();
	gic_send_sgi(3, 1);
	CHECK(WAIT_FOR(hvc(PSCI_AFFINITY_INFO, 1, 0, 0) == 1, 20000));
}

/* ---- ITS ----------------------------------------------------------------- */

#define LPI_FIRST 8192

static uint64_t *commands;
static unsigned int command_at;

static void its_command(uint64_t a, uint64_t b, uint64_t c)
{
	commands[command_at / 8] = a;
	commands[command_at / 8 + 1] = b;
	commands[command_at / 8 + 2] = c;
	commands[command_at / 8 + 3] = 0;
	command_at = (command_at + 32) % 65536;
	dsb();
	mmio_write64(BOARD_ITS + GITS_CWRITER, command_at);
}

static bool its_idle(void)
{
	return WAIT_FOR(mmio_read64(BOARD_ITS + GITS_CREADR) == command_at,
			20000);
}

static void test_its(void)
{
	uint8_t *prop = alloc64k(65536);
	uint64_t pend = (uint64_t)alloc64k(65536);
	uint64_t typer = mmio_read64(BOARD_ITS + GITS_TYPER);
	uint64_t target, baser;

	commands = alloc64k(65536);
	CHECK(typer & 1); /* physical LPIs */
	/* LPI configuration: priority 0xa0, enabled */
	for (unsigned int i = 0; i < 16; i++)
		prop[i] = 0xa0 | 1;
	dsb();
	mmio_write64(gic_redist(0) + GICR_PROPBASER, (uint64_t)prop | 15);
	mmio_write64(gic_redist(0) + GICR_PENDBASER, pend | 1ul << 62);
	mmio_write(gic_redist(0) + GICR_CTLR, 1);
	/* tables: a device table and a collection table, 64 KiB each */
	for (unsigned int i = 0; i < 8; i++) {
		baser = mmio_read64(BOARD_ITS + GITS_BASER + 8 * i);
		if (!(baser >> 56 & 7))
			continue;
		mmio_write64(BOARD_ITS + GITS_BASER + 8 * i,
			     (uint64_t)alloc64k(65536) | 2 << 8 | 1ul << 63 |
				     (baser & 7ul << 56));
	}
	mmio_write64(BOARD_ITS + GITS_CBASER,
		     (uint64_t)commands | 15 | 1ul << 63);
	mmio_write(BOARD_ITS + GITS_CTLR, 1);
	/* GITS_TYPER.PTA: the target is an address or a processor number */
	target = typer >> 19 & 1
			 ? gic_redist(0)
			 : (mmio_read64(gic_redist(0) + GICR_TYPER) >> 8 &
			    0xffff) << 16;
	/* MAPD device 1: 5 event bits; MAPC collection 0; MAPTI; INV; SYNC */
	its_command(ITS_MAPD | 1ul << 32, 4,
		    (uint64_t)alloc64k(65536) | 1ul << 63);
	its_command(ITS_MAPC, 0, target | 1ul << 63);
	for (uint64_t e = 0; e < 4; e++)
		its_command(ITS_MAPTI | 1ul << 32, e | (LPI_FIRST + e) << 32,
			    0);
	its_command(ITS_INV | 1ul << 32, 0, 0);
	its_command(ITS_SYNC, 0, target);
	CHECK(its_idle());

	for (unsigned int e = 0; e < 4; e++) {
		reset_log();
		mmio_write(BOARD_TEST + TEST_MSI, e);
		CHECK_EQ((int32_t)mmio_read(BOARD_TEST + TEST_MSI_RESULT), 1);
		CHECK(wait_irqs(1));
		CHECK_EQ(got[0], LPI_FIRST + e);
	}
	/* INT command: the same without a device */
	reset_log();
	its_command(ITS_INT | 1ul << 32, 2, 0);
	CHECK(wait_irqs(1));
	CHECK_EQ(got[0], LPI_FIRST + 2);
	/* disabled in the table and invalidated: pending until enabled */
	prop[1] = 0xa0;
	its_command(ITS_INV | 1ul << 32, 1, 0);
	CHECK(its_idle());
	reset_log();
	mmio_write(BOARD_TEST + TEST_MSI, 1);
	CHECK(!WAIT_FOR(nr_got, 20));
	prop[1] = 0xa1;
	its_command(ITS_INV | 1ul << 32, 1, 0);
	CHECK(wait_irqs(1));
	CHECK_EQ(got[0], LPI_FIRST + 1);
	/* DISCARD: the event is gone */
	its_command(ITS_DISCARD | 1ul << 32, 1, 0);
	CHECK(its_idle());
	reset_log();
	mmio_write(BOARD_TEST + TEST_MSI, 1);
	CHECK(!WAIT_FOR(nr_got, 20));
}

void guest_main(void)
{
	gic_init();
	gic_init_cpu();
	irq_hook = on_any_irq;
	test_identity();
	test_irqfd();
	test_level();
	test_priorities();
	test_events();
	test_resample();
	if (boot.its)
		test_its();
	test_sgis();
}
