/* SPDX-License-Identifier: MIT */
/*
 * GICv3 distributor (GICD_*), one security state (GICD_CTLR.DS) and affinity
 * routing always on. IHI 0069 chapter 12.9. Registers of SGIs and PPIs are
 * the redistributor's; their words here are RAZ/WI. gic->lock is held.
 */
#include <errno.h>

#include "base/refuse.h"
#include "gic/gic-internal.h"

#define GICD_CTLR_ENABLE_GRP1 BIT(1)
#define GICD_CTLR_ARE         BIT(4)
#define GICD_CTLR_DS          BIT(6)
#define GICD_TYPER_LPIS       BIT(17)
#define GICD_TYPER_IDBITS(n)  ((uint64_t)((n)-1) << 19)

enum { GICD_CTLR = 0x0, GICD_TYPER = 0x4, GICD_IIDR = 0x8, GICD_TYPER2 = 0xc };

static uint64_t gicd_read_misc(struct mmio_access *m)
{
	struct gic_access *a = gic_access_of(m);
	struct gic *gic = a->gic;
	uint64_t val;

	switch (m->off) {
	case GICD_CTLR:
		val = GICD_CTLR_ARE | GICD_CTLR_DS;
		return gic->enabled ? val | GICD_CTLR_ENABLE_GRP1 : val;
	case GICD_TYPER:
		val = gic_nr_irqs(gic) / 32 - 1;
		if (gic->has_its)
			return val | GICD_TYPER_LPIS |
			       GICD_TYPER_IDBITS(GIC_LPI_ID_BITS);
		return val | GICD_TYPER_IDBITS(10);
	case GICD_IIDR: return gic_dist_iidr(gic);
	default: /* GICD_TYPER2: no GICv4.1 */ return 0;
	}
}

static void gicd_write_misc(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);

	if (m->off != GICD_CTLR)
		return;
	gic_enable(a->gic, val & GICD_CTLR_ENABLE_GRP1);
}

static int gicd_uwrite_misc(struct mmio_access *m, uint64_t val)
{
	switch (m->off) {
	case GICD_TYPER2:
		if (val != gicd_read_misc(m))
			return refuse(EINVAL, FKVM_VGIC_REG_FIXED,
				      "GICD_TYPER2 is read-only and differs");
		return 0;
	case GICD_IIDR: return gic_uwrite_iidr(m, val);
	default: gicd_write_misc(m, val); return 0;
	}
}

static uint64_t gicd_read_irouter(struct mmio_access *m)
{
	struct gic_access *a = gic_access_of(m);
	struct gic_irq *irq;

	irq = gic_irq_find(a->gic, NULL, m->index);
	return irq && !(m->off & 4) ? gic_extract(irq->mpidr, m->off, m->len)
				    : 0;
}

static void gicd_write_irouter(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);
	struct gic_irq *irq;

	/* The upper word would hold Aff3, which KVM doesn't implement. */
	if (m->off & 4)
		return;
	irq = gic_irq_find(a->gic, NULL, m->index);
	if (!irq)
		return;
	irq->mpidr = val & 0xffffff;
	irq->target = gic_vcpu_by_aff(a->gic, irq->mpidr);
	gic_irq_changed(a->gic, irq);
}

/* The private interrupts' part of a per-interrupt register, and the rest. */
#define SHARED(reg, o, b, acc, ...)                                         \
	{o, (b)*32 / 8, b, acc, gic_read_raz, gic_write_wi, .name = reg},   \
	{                                                                   \
		o + (b)*32 / 8, (b) * (1024 - 32) / 8, b, acc, __VA_ARGS__, \
			.name = reg, .first = 32                            \
	}

/* clang-format off */
static const struct mmio_reg gicd_rows[] = {
	/* offset, bytes, bits per interrupt, access; guest read, write;
	 * userspace read, write (NULL: as the guest); name */
	{ 0x0000, 16, 0, MMIO_W32, gicd_read_misc, gicd_write_misc,
	  .uwrite = gicd_uwrite_misc, .name = "GICD_CTLR" },
	{ 0x0010, 4, 0, MMIO_W32, gic_read_rao, gic_write_wi,
	  .name = "GICD_STATUSR" },
	SHARED("GICD_IGROUPR", 0x0080, 1, MMIO_W32,
	       gic_read_group, gic_write_group),
	SHARED("GICD_ISENABLER", 0x0100, 1, MMIO_W32,
	       gic_read_enable, gic_write_senable),
	SHARED("GICD_ICENABLER", 0x0180, 1, MMIO_W32,
	       gic_read_enable, gic_write_cenable),
	SHARED("GICD_ISPENDR", 0x0200, 1, MMIO_W32,
	       gic_read_pending, gic_write_spending, .uread = gic_uread_pending, .uwrite = gic_uwrite_latch),
	SHARED("GICD_ICPENDR", 0x0280, 1, MMIO_W32,
	       gic_read_pending, gic_write_cpending, .uread = gic_read_raz, .uwrite = gic_uwrite_wi),
	SHARED("GICD_ISACTIVER", 0x0300, 1, MMIO_W32,
	       gic_read_active, gic_write_sactive),
	SHARED("GICD_ICACTIVER", 0x0380, 1, MMIO_W32,
	       gic_read_active, gic_write_cactive),
	SHARED("GICD_IPRIORITYR", 0x0400, 8, MMIO_W32 | MMIO_W8,
	       gic_read_priority, gic_write_priority),
	SHARED("GICD_ITARGETSR", 0x0800, 8, MMIO_W32 | MMIO_W8,
	       gic_read_raz, gic_write_wi),
	SHARED("GICD_ICFGR", 0x0c00, 2, MMIO_W32,
	       gic_read_config, gic_write_config),
	SHARED("GICD_IGRPMODR", 0x0d00, 1, MMIO_W32,
	       gic_read_raz, gic_write_wi),
	SHARED("GICD_IROUTER", 0x6000, 64, MMIO_W64 | MMIO_W32,
	       gicd_read_irouter, gicd_write_irouter),
	{ 0xffd0, 48, 0, MMIO_W32, gic_read_v3_id, gic_write_wi,
	  .name = "GICD_IDREGS" },
};
/* clang-format on */

const struct mmio_regs gicv3_dist_regs = {
	.name = "GICD",
	.row = gicd_rows,
	.nr = ARRAY_SIZE(gicd_rows),
};
