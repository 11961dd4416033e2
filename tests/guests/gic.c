/* SPDX-License-Identifier: MIT */
/* GICv2 and GICv3 for guest programs (IHI 0048, IHI 0069). */
#include "gic.h"

static uint64_t bit_reg(unsigned int intid, unsigned int reg)
{
	return gic_frame(intid) + reg + intid / 32 * 4;
}

uint64_t gic_redist(unsigned int cpu)
{
	return BOARD_GICR + cpu * 0x20000ul;
}

uint64_t gic_frame(unsigned int intid)
{
	if (boot.gic == 3 && intid < 32)
		return gic_redist(cpu_index()) + GICR_SGI;
	return BOARD_GICD;
}

void gic_init(void)
{
	/* GICv3: ARE_NS, group 1; GICv2: group 0 alone */
	mmio_write(BOARD_GICD + GICD_CTLR, boot.gic == 3 ? 0x12 : 1);
}

void gic_init_cpu(void)
{
	if (boot.gic == 2) {
		mmio_write(BOARD_GICC + GICC_PMR, 0xff);
		mmio_write(BOARD_GICC + GICC_CTLR, 1);
		return;
	}
	mmio_write(gic_redist(cpu_index()) + GICR_WAKER, 0);
	mmio_write(gic_frame(0) + GICD_IGROUPR, ~0u);
	ICC_WRITE(ICC_SRE, 7);
	isb();
	ICC_WRITE(ICC_PMR, 0xff);
	ICC_WRITE(ICC_CTLR, 0);
	ICC_WRITE(ICC_IGRPEN1, 1);
	isb();
}

void gic_enable(unsigned int intid)
{
	if (boot.gic == 3 && intid >= 32) {
		uint64_t a = bit_reg(intid, GICD_IGROUPR);

		mmio_write(a, mmio_read(a) | 1u << intid % 32);
	}
	mmio_write(bit_reg(intid, GICD_ISENABLER), 1u << intid % 32);
}

void gic_disable(unsigned int intid)
{
	mmio_write(bit_reg(intid, GICD_ICENABLER), 1u << intid % 32);
}

void gic_set_priority(unsigned int intid, unsigned int priority)
{
	__asm__ volatile("strb %w0, [%1]" ::"r"(priority),
			 "r"(gic_frame(intid) + GICD_IPRIORITYR + intid)
			 : "memory");
}

void gic_set_edge(unsigned int intid, bool edge)
{
	uint64_t a = gic_frame(intid) + GICD_ICFGR + intid / 16 * 4;
	uint32_t bit = 2u << intid % 16 * 2, v = mmio_read(a);

	mmio_write(a, edge ? v | bit : v & ~bit);
}

void gic_set_target(unsigned int intid, unsigned int cpu)
{
	if (boot.gic == 3) {
		mmio_write64(BOARD_GICD + GICD_IROUTER + intid * 8, cpu);
		return;
	}
	__asm__ volatile("strb %w0, [%1]" ::"r"(1u << cpu),
			 "r"((uint64_t)BOARD_GICD + GICD_ITARGETSR + intid)
			 : "memory");
}

static bool bit_set(unsigned int intid, unsigned int reg)
{
	return mmio_read(bit_reg(intid, reg)) >> intid % 32 & 1;
}

bool gic_pending(unsigned int intid)
{
	return bit_set(intid, GICD_ISPENDR);
}

bool gic_active(unsigned int intid)
{
	return bit_set(intid, GICD_ISACTIVER);
}

unsigned int gic_ack(void)
{
	uint64_t v;

	if (boot.gic == 2)
		return mmio_read(BOARD_GICC + GICC_IAR);
	v = ICC_READ(ICC_IAR1);
	dsb();
	return v;
}

void gic_eoi(unsigned int iar)
{
	if (boot.gic == 2) {
		mmio_write(BOARD_GICC + GICC_EOIR, iar);
		return;
	}
	ICC_WRITE(ICC_EOIR1, iar);
	isb();
}

void gic_set_mask(unsigned int priority)
{
	if (boot.gic == 2) {
		mmio_write(BOARD_GICC + GICC_PMR, priority);
		return;
	}
	ICC_WRITE(ICC_PMR, priority);
	isb();
}

void gic_send_sgi(unsigned int sgi, unsigned int cpu)
{
	dsb();
	if (boot.gic == 2)
		mmio_write(BOARD_GICD + GICD_SGIR, 1u << (16 + cpu) | sgi);
	else
		ICC_WRITE(ICC_SGI1R, (uint64_t)sgi << 24 | 1ul << cpu);
	isb();
}

void gic_send_sgi_others(unsigned int sgi)
{
	dsb();
	if (boot.gic == 2)
		mmio_write(BOARD_GICD + GICD_SGIR, 1u << 24 | sgi);
	else
		ICC_WRITE(ICC_SGI1R, (uint64_t)sgi << 24 | 1ul << 40);
	isb();
}

/* ---- ITS ----------------------------------------------------------------- */

static uint64_t *commands;
static unsigned int command_at;

void its_put(uint64_t a, uint64_t b, uint64_t c)
{
	commands[command_at / 8] = a;
	commands[command_at / 8 + 1] = b;
	commands[command_at / 8 + 2] = c;
	commands[command_at / 8 + 3] = 0;
	command_at += 32;
	dsb();
}

unsigned int its_written(void)
{
	return command_at;
}

void its_run(void)
{
	mmio_write64(BOARD_ITS + GITS_CWRITER, command_at);
	CHECK(WAIT_FOR(mmio_read64(BOARD_ITS + GITS_CREADR) == command_at,
		       20000));
}

static void its_tables(void)
{
	uint64_t baser;

	for (unsigned int i = 0; i < 8; i++) {
		baser = mmio_read64(BOARD_ITS + GITS_BASER + 8 * i);
		if (!(baser >> 56 & 7))
			continue;
		mmio_write64(BOARD_ITS + GITS_BASER + 8 * i,
			     (uint64_t)alloc64k(65536) | 2 << 8 | 1ul << 63 |
				     (baser & 7ul << 56));
	}
}

void its_on(unsigned int device, unsigned int events)
{
	uint8_t *prop = alloc64k(65536);

	commands = alloc64k(65536);
	for (unsigned int e = 0; e < events; e++)
		prop[e] = 0xa0 | 1;
	dsb();
	mmio_write64(gic_redist(0) + GICR_PROPBASER, (uint64_t)prop | 15);
	mmio_write64(gic_redist(0) + GICR_PENDBASER,
		     (uint64_t)alloc64k(65536) | 1ul << 62);
	mmio_write(gic_redist(0) + GICR_CTLR, 1);
	its_tables();
	mmio_write64(BOARD_ITS + GITS_CBASER,
		     (uint64_t)commands | 15 | 1ul << 63);
	mmio_write(BOARD_ITS + GITS_CTLR, 1);
	its_put(ITS_MAPD | (uint64_t)device << 32, 4,
		(uint64_t)alloc64k(65536) | 1ul << 63);
	its_put(ITS_MAPC, 0, 1ul << 63);
	for (uint64_t e = 0; e < events; e++)
		its_put(ITS_MAPTI | (uint64_t)device << 32,
			e | (ITS_LPI + e) << 32, 0);
	its_run();
}
