/* SPDX-License-Identifier: MIT */
/*
 * GICv2 (IHI 0048B): distributor (GICD_*, chapter 4.3) and CPU interface. The
 * guest's CPU interface is what KVM maps there, the GICV_* view of chapter
 * 5.5; userspace sees the few registers of it that migrate, with GICC_PMR in
 * GICH_VMCR's 5-bit form. gic->lock is held.
 */
#include <errno.h>

#include "gic/gic-internal.h"

enum { GICD_CTLR = 0x0, GICD_TYPER = 0x4, GICD_IIDR = 0x8 };

static uint64_t gicd_read_misc(struct mmio_access *m)
{
	struct gic_access *a = gic_access_of(m);
	struct gic *gic = a->gic;

	switch (m->off) {
	case GICD_CTLR: return gic->enabled;
	case GICD_TYPER:
		return (gic_nr_irqs(gic) / 32 - 1) |
		       (uint64_t)(gic_online_vcpus(gic) - 1) << 5;
	default: return gic_dist_iidr(gic);
	}
}

static void gicd_write_misc(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);

	if (m->off != GICD_CTLR)
		return;
	gic_enable(a->gic, val & 1);
}

static int gicd_uwrite_misc(struct mmio_access *m, uint64_t val)
{
	if (m->off == GICD_IIDR)
		return gic_uwrite_iidr(m, val);
	gicd_write_misc(m, val);
	return 0;
}

/* Groups restore only for a VMM that showed it knows them by writing IIDR. */
static int gicd_uwrite_group(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);

	if (a->gic->v2_groups_writable)
		gic_write_group(m, val);
	return 0;
}

static uint64_t gicd_read_target(struct mmio_access *m)
{
	struct gic_access *a = gic_access_of(m);
	uint32_t intid = m->index;
	uint64_t val = 0;
	unsigned int i;

	for (i = 0; i < m->len; i++) {
		struct gic_irq *irq = gic_irq_find(a->gic, a->vcpu, intid + i);

		if (irq)
			val |= (uint64_t)irq->targets << (i * 8);
	}
	return val;
}

static void gicd_write_target(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);
	uint32_t intid = m->index;
	uint8_t online = (1u << gic_online_vcpus(a->gic)) - 1;
	unsigned int i;

	if (intid < GIC_NR_PRIVATE)
		return;
	for (i = 0; i < m->len; i++) {
		struct gic_irq *irq = gic_irq_find(a->gic, NULL, intid + i);
		unsigned int target;

		if (!irq)
			continue;
		irq->targets = val >> (i * 8) & online;
		/* 1 of N: the first; no target at all still is vCPU 0. */
		target = irq->targets ? __builtin_ctz(irq->targets) : 0;
		irq->target = a->gic->vcpus[target];
		gic_irq_changed(a->gic, irq);
	}
}

static void gicd_write_sgir(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);
	unsigned int intid = val & 0xf, targets = FIELD(val, 23, 16), i;
	unsigned int online = gic_online_vcpus(a->gic);
	unsigned int self = 1u << gic_vcpu_id(a->vcpu);
	uint64_t late = 0;

	switch (FIELD(val, 25, 24)) {
	case 0: break;
	case 1: targets = ((1u << online) - 1) & ~self; break;
	case 2: targets = self; break;
	default: return;
	}
	for (i = 0; i < online; i++) {
		struct gic_irq *irq;

		if (!(targets >> i & 1) || !a->gic->vcpus[i])
			continue;
		gic_step(a->gic, a->vcpu->index, IRQ_STEP_SGI, intid);
		irq = &a->gic->vcpus[i]->priv[intid];
		if (unlikely(a->gic->counted))
			irq->late = late += a->gic->costs[GIC_COST_SGI_TARGET];
		irq->latch = true;
		irq->source |= self;
		gic_irq_event(a->gic, irq);
	}
}

static uint64_t gicd_read_sgi_source(struct mmio_access *m)
{
	struct gic_access *a = gic_access_of(m);
	uint64_t val = 0;
	unsigned int i;

	for (i = 0; i < m->len; i++)
		val |= (uint64_t)a->vcpu->priv[(m->off & 0xf) + i].source
		       << (i * 8);
	return val;
}

static void gicd_write_cpendsgir(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);
	unsigned int i;

	for (i = 0; i < m->len; i++) {
		struct gic_irq *irq = &a->vcpu->priv[(m->off & 0xf) + i];

		irq->source &= ~(val >> (i * 8));
		if (!irq->source)
			irq->latch = false;
		gic_irq_changed(a->gic, irq);
	}
}

static void gicd_write_spendsgir(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);
	unsigned int i;

	for (i = 0; i < m->len; i++) {
		struct gic_irq *irq = &a->vcpu->priv[(m->off & 0xf) + i];

		irq->source |= val >> (i * 8);
		if (!irq->source)
			continue;
		irq->latch = true;
		gic_irq_event(a->gic, irq);
	}
}

#define PER_IRQ(reg, o, b, acc, ...)                              \
	{                                                         \
		o, (b)*1024 / 8, b, acc, __VA_ARGS__, .name = reg \
	}

/* clang-format off */
static const struct mmio_reg gicd_rows[] = {
	/* offset, bytes, bits per interrupt, access; guest read, write;
	 * userspace read, write (NULL: as the guest); name */
	{ 0x000, 12, 0, MMIO_W32, gicd_read_misc, gicd_write_misc,
	  .uwrite = gicd_uwrite_misc, .name = "GICD_CTLR" },
	PER_IRQ("GICD_IGROUPR", 0x080, 1, MMIO_W32,
		gic_read_group, gic_write_group, .uwrite = gicd_uwrite_group),
	PER_IRQ("GICD_ISENABLER", 0x100, 1, MMIO_W32,
		gic_read_enable, gic_write_senable),
	PER_IRQ("GICD_ICENABLER", 0x180, 1, MMIO_W32,
		gic_read_enable, gic_write_cenable),
	PER_IRQ("GICD_ISPENDR", 0x200, 1, MMIO_W32,
		gic_read_pending, gic_write_spending, .uread = gic_uread_pending),
	PER_IRQ("GICD_ICPENDR", 0x280, 1, MMIO_W32,
		gic_read_pending, gic_write_cpending, .uread = gic_uread_pending),
	PER_IRQ("GICD_ISACTIVER", 0x300, 1, MMIO_W32,
		gic_read_active, gic_write_sactive),
	PER_IRQ("GICD_ICACTIVER", 0x380, 1, MMIO_W32,
		gic_read_active, gic_write_cactive),
	PER_IRQ("GICD_IPRIORITYR", 0x400, 8, MMIO_W32 | MMIO_W8,
		gic_read_priority, gic_write_priority),
	PER_IRQ("GICD_ITARGETSR", 0x800, 8, MMIO_W32 | MMIO_W8,
		gicd_read_target, gicd_write_target),
	PER_IRQ("GICD_ICFGR", 0xc00, 2, MMIO_W32,
		gic_read_config, gic_write_config),
	{ 0xf00, 4, 0, MMIO_W32, gic_read_raz, gicd_write_sgir,
	  .name = "GICD_SGIR" },
	{ 0xf10, 16, 0, MMIO_W32 | MMIO_W8, gicd_read_sgi_source,
	  gicd_write_cpendsgir, .name = "GICD_CPENDSGIR" },
	{ 0xf20, 16, 0, MMIO_W32 | MMIO_W8, gicd_read_sgi_source,
	  gicd_write_spendsgir, .name = "GICD_SPENDSGIR" },
};
/* clang-format on */

const struct mmio_regs gicv2_dist_regs = {
	.name = "GICD",
	.row = gicd_rows,
	.nr = ARRAY_SIZE(gicd_rows),
};

/* CPU interface */

static uint64_t gicc_read_ctlr(struct mmio_access *m)
{
	struct gic_access *a = gic_access_of(m);
	const struct gic_vcpu *v = a->vcpu;

	return v->en0 | v->en1 << 1 | v->ackctl << 2 | v->fiqen << 3 |
	       v->cbpr << 4 | v->eoimode << 9;
}

static void gicc_write_ctlr(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);
	struct gic_vcpu *v = a->vcpu;

	v->en0 = val & BIT(0);
	v->en1 = val & BIT(1);
	v->ackctl = val & BIT(2);
	v->fiqen = val & BIT(3);
	v->cbpr = val & BIT(4);
	v->eoimode = val & BIT(9);
	gic_pins_update(a->gic, v);
}

static uint64_t gicc_read_pmr(struct mmio_access *m)
{
	struct gic_access *a = gic_access_of(m);

	return a->vcpu->pmr;
}

static void gicc_write_pmr(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);

	a->vcpu->pmr = val & GIC_PRI_MASK;
	gic_pins_update(a->gic, a->vcpu);
}

static uint64_t gicc_uread_pmr(struct mmio_access *m)
{
	struct gic_access *a = gic_access_of(m);

	return a->vcpu->pmr >> 3;
}

static int gicc_uwrite_pmr(struct mmio_access *m, uint64_t val)
{
	gicc_write_pmr(m, val << 3);
	return 0;
}

static uint64_t gicc_read_bpr(struct mmio_access *m)
{
	struct gic_access *a = gic_access_of(m);

	return a->vcpu->bpr0;
}

static void gicc_write_bpr(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);

	val &= 7;
	a->vcpu->bpr0 = val < GIC_BPR0_MIN ? GIC_BPR0_MIN : val;
	gic_pins_update(a->gic, a->vcpu);
}

static int gicc_uwrite_bpr(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);

	a->vcpu->bpr0 = val & 7;
	a->vcpu->run.raw = true;
	gic_pins_update(a->gic, a->vcpu);
	return 0;
}

static uint64_t gicc_read_abpr(struct mmio_access *m)
{
	struct gic_access *a = gic_access_of(m);

	return a->vcpu->bpr1;
}

static void gicc_write_abpr(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);

	val &= 7;
	a->vcpu->bpr1 = val < GIC_BPR1_MIN ? GIC_BPR1_MIN : val;
	gic_pins_update(a->gic, a->vcpu);
}

static int gicc_uwrite_abpr(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);

	a->vcpu->bpr1 = val & 7;
	a->vcpu->run.raw = true;
	gic_pins_update(a->gic, a->vcpu);
	return 0;
}

static uint64_t gicc_read_iar(struct mmio_access *m)
{
	struct gic_access *a = gic_access_of(m);

	return gic_cpu_acknowledge(a->gic, a->vcpu, -1);
}

static uint64_t gicc_read_aiar(struct mmio_access *m)
{
	struct gic_access *a = gic_access_of(m);

	return gic_cpu_acknowledge(a->gic, a->vcpu, 1);
}

static uint64_t gicc_read_hppir(struct mmio_access *m)
{
	struct gic_access *a = gic_access_of(m);

	return gic_cpu_highest(a->gic, a->vcpu, -1);
}

static uint64_t gicc_read_ahppir(struct mmio_access *m)
{
	struct gic_access *a = gic_access_of(m);

	return gic_cpu_highest(a->gic, a->vcpu, 1);
}

static uint64_t gicc_read_rpr(struct mmio_access *m)
{
	struct gic_access *a = gic_access_of(m);

	return gic_cpu_running(a->vcpu);
}

static void gicc_write_eoir(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);

	a->acked = gic_cpu_eoi(a->gic, a->vcpu, val, -1);
}

static void gicc_write_aeoir(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);

	a->acked = gic_cpu_eoi(a->gic, a->vcpu, val, 1);
}

static void gicc_write_dir(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);

	a->acked = gic_cpu_deactivate(a->gic, a->vcpu, val);
}

/* 32 preemption levels fit APR0; the others are RAZ/WI. */
static uint64_t gicc_read_apr(struct mmio_access *m)
{
	struct gic_access *a = gic_access_of(m);

	return m->off == 0xd0 ? a->vcpu->ap1r : 0;
}

static void gicc_write_apr(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);

	if (m->off != 0xd0)
		return;
	a->vcpu->ap1r = val;
	gic_pins_update(a->gic, a->vcpu);
}

/* The guest reads the hardware's (GIC-400 GICV_IIDR), userspace KVM's own. */
static uint64_t gicc_read_iidr(struct mmio_access *m)
{
	return 0x0202143b;
}

static uint64_t gicc_uread_iidr(struct mmio_access *m)
{
	return GIC_PRODUCT_KVM << 20 | 2 << 16 | GIC_IMPLEMENTER;
}

#define GUEST (MMIO_W32 | MMIO_GUEST_ONLY)

/* clang-format off */
static const struct mmio_reg gicc_rows[] = {
	{ 0x00, 4, 0, MMIO_W32, gicc_read_ctlr, gicc_write_ctlr,
	  .name = "GICC_CTLR" },
	{ 0x04, 4, 0, MMIO_W32, gicc_read_pmr, gicc_write_pmr,
	  .uread = gicc_uread_pmr, .uwrite = gicc_uwrite_pmr,
	  .name = "GICC_PMR" },
	{ 0x08, 4, 0, MMIO_W32, gicc_read_bpr, gicc_write_bpr,
	  .uwrite = gicc_uwrite_bpr, .name = "GICC_BPR" },
	{ 0x0c, 4, 0, GUEST, gicc_read_iar, gic_write_wi,
	  .name = "GICC_IAR" },
	{ 0x10, 4, 0, GUEST, gic_read_raz, gicc_write_eoir,
	  .name = "GICC_EOIR" },
	{ 0x14, 4, 0, GUEST, gicc_read_rpr, gic_write_wi,
	  .name = "GICC_RPR" },
	{ 0x18, 4, 0, GUEST, gicc_read_hppir, gic_write_wi,
	  .name = "GICC_HPPIR" },
	{ 0x1c, 4, 0, MMIO_W32, gicc_read_abpr, gicc_write_abpr,
	  .uwrite = gicc_uwrite_abpr, .name = "GICC_ABPR" },
	{ 0x20, 4, 0, GUEST, gicc_read_aiar, gic_write_wi,
	  .name = "GICC_AIAR" },
	{ 0x24, 4, 0, GUEST, gic_read_raz, gicc_write_aeoir,
	  .name = "GICC_AEOIR" },
	{ 0x28, 4, 0, GUEST, gicc_read_ahppir, gic_write_wi,
	  .name = "GICC_AHPPIR" },
	{ 0xd0, 16, 0, MMIO_W32, gicc_read_apr, gicc_write_apr,
	  .name = "GICC_APR" },
	{ 0xfc, 4, 0, MMIO_W32, gicc_read_iidr, gic_write_wi,
	  .uread = gicc_uread_iidr, .name = "GICC_IIDR" },
	{ 0x1000, 4, 0, GUEST, gic_read_raz, gicc_write_dir,
	  .name = "GICC_DIR" },
};
/* clang-format on */

const struct mmio_regs gicv2_cpu_regs = {
	.name = "GICC",
	.row = gicc_rows,
	.nr = ARRAY_SIZE(gicc_rows),
};
