/* SPDX-License-Identifier: MIT */
/*
 * GICv3 redistributor (GICR_*): the RD frame and, at +64K, the SGI frame of
 * one vCPU. IHI 0069 chapters 12.10 and 12.11. gic->lock is held.
 */
#include "gic/gic-internal.h"

#define GICR_CTLR_ENABLE_LPIS BIT(0)
#define GICR_CTLR_CES         BIT(1)
#define GICR_CTLR_IR          BIT(2)
#define GICR_TYPER_PLPIS      BIT(0)
#define GICR_TYPER_LAST       BIT(4)
#define GICR_PENDBASER_PTZ    BIT(62)

#define PROPBASER_RES0 (GENMASK(63, 59) | GENMASK(55, 52) | GENMASK(6, 5))
#define PENDBASER_RES0                                                   \
	(BIT(63) | GENMASK(61, 59) | GENMASK(55, 52) | GENMASK(15, 12) | \
	 GENMASK(6, 0))

static uint64_t gicr_read_ctlr(struct gic_access *a)
{
	uint64_t val = a->vcpu->lpis_enabled ? GICR_CTLR_ENABLE_LPIS : 0;

	/* From revision 3 on LPIs can be disabled and invalidated here. */
	return a->gic->revision >= 3 ? val | GICR_CTLR_CES | GICR_CTLR_IR : val;
}

static void gicr_write_ctlr(struct gic_access *a, uint64_t val)
{
	bool on = val & GICR_CTLR_ENABLE_LPIS;

	if (!a->gic->has_its || on == a->vcpu->lpis_enabled)
		return;
	if (on)
		gic_lpis_enable(a->gic, a->vcpu);
	else
		gic_lpis_disable(a->gic, a->vcpu);
}

static uint64_t gicr_read_iidr(struct gic_access *a)
{
	return GIC_PRODUCT_KVM << 24 | GIC_IMPLEMENTER;
}

static uint64_t gicr_read_typer(struct gic_access *a)
{
	struct device_vm *vm = a->gic->vm;
	struct gic_vcpu *v = a->vcpu;
	uint64_t val;

	val = (v->gic->vm_ops->vcpu_mpidr(vm, v->index) & 0xffffff) << 32;
	val |= (uint64_t)(vm->ops->vcpu_id(vm, v->index) & 0xffff) << 8;
	if (a->gic->has_its)
		val |= GICR_TYPER_PLPIS;
	if (gic_redist_is_last(v))
		val |= GICR_TYPER_LAST;
	return gic_extract(val, a->off, a->len);
}

/* Linux keeps one property table for all redistributors (CommonLPIAff 0). */
static uint64_t gicr_read_propbaser(struct gic_access *a)
{
	return gic_extract(a->gic->propbaser, a->off, a->len);
}

static void gicr_write_propbaser(struct gic_access *a, uint64_t val)
{
	uint64_t reg;

	if (a->vcpu->lpis_enabled)
		return;
	reg = gic_insert(a->gic->propbaser, a->off, a->len, val);
	reg = gic_sanitise_cache(reg, 10, 7, 56);
	a->gic->propbaser = reg & ~PROPBASER_RES0;
}

static uint64_t gicr_read_pendbaser(struct gic_access *a)
{
	return gic_extract(a->vcpu->pendbaser & ~GICR_PENDBASER_PTZ, a->off,
			   a->len);
}

static void gicr_write_pendbaser(struct gic_access *a, uint64_t val)
{
	uint64_t reg;

	if (a->vcpu->lpis_enabled)
		return;
	reg = gic_insert(a->vcpu->pendbaser, a->off, a->len, val);
	reg = gic_sanitise_cache(reg, 10, 7, 56);
	a->vcpu->pendbaser = reg & ~PENDBASER_RES0;
}

static void gicr_write_invlpir(struct gic_access *a, uint64_t val)
{
	struct gic_irq *irq;
	uint32_t intid = val;

	/* The upper word is for GICv4.1's virtual PEs. */
	if ((a->off & 4) || !a->vcpu->lpis_enabled || intid < GIC_MIN_LPI)
		return;
	irq = gic_lpi_find(a->gic, intid);
	if (irq)
		gic_lpi_read_config(a->gic, irq, NULL);
}

static void gicr_write_invallr(struct gic_access *a, uint64_t val)
{
	if (!(a->off & 4) && a->vcpu->lpis_enabled)
		gic_lpi_invall(a->gic, a->vcpu);
}

#define SGI 0x10000

/* clang-format off */
static const struct gic_reg gicr_rows[] = {
	{ 0x0000, 4, 0, GIC_W32, gicr_read_ctlr, gicr_write_ctlr,
	  NULL, NULL, "GICR_CTLR" },
	{ 0x0004, 4, 0, GIC_W32, gicr_read_iidr, gic_write_wi,
	  NULL, NULL, "GICR_IIDR" },
	{ 0x0008, 8, 0, GIC_W64 | GIC_W32, gicr_read_typer, gic_write_wi,
	  NULL, gic_uwrite_wi, "GICR_TYPER" },
	{ 0x0010, 4, 0, GIC_W32, gic_read_raz, gic_write_wi,
	  NULL, NULL, "GICR_STATUSR" },
	{ 0x0014, 4, 0, GIC_W32, gic_read_raz, gic_write_wi,
	  NULL, NULL, "GICR_WAKER" },
	{ 0x0070, 8, 0, GIC_W64 | GIC_W32, gicr_read_propbaser,
	  gicr_write_propbaser, NULL, NULL, "GICR_PROPBASER" },
	{ 0x0078, 8, 0, GIC_W64 | GIC_W32, gicr_read_pendbaser,
	  gicr_write_pendbaser, NULL, NULL, "GICR_PENDBASER" },
	{ 0x00a0, 8, 0, GIC_W64 | GIC_W32, gic_read_raz, gicr_write_invlpir,
	  NULL, NULL, "GICR_INVLPIR" },
	{ 0x00b0, 8, 0, GIC_W64 | GIC_W32, gic_read_raz, gicr_write_invallr,
	  NULL, NULL, "GICR_INVALLR" },
	/* Invalidations are complete when the store is: never busy. */
	{ 0x00c0, 4, 0, GIC_W32, gic_read_raz, gic_write_wi,
	  NULL, NULL, "GICR_SYNCR" },
	{ 0xffd0, 48, 0, GIC_W32, gic_read_v3_id, gic_write_wi,
	  NULL, NULL, "GICR_IDREGS" },
	{ SGI + 0x0080, 4, 0, GIC_W32, gic_read_group, gic_write_group,
	  NULL, NULL, "GICR_IGROUPR0" },
	{ SGI + 0x0100, 4, 0, GIC_W32, gic_read_enable, gic_write_senable,
	  NULL, NULL, "GICR_ISENABLER0" },
	{ SGI + 0x0180, 4, 0, GIC_W32, gic_read_enable, gic_write_cenable,
	  NULL, NULL, "GICR_ICENABLER0" },
	{ SGI + 0x0200, 4, 0, GIC_W32, gic_read_pending, gic_write_spending,
	  gic_uread_pending, gic_uwrite_latch, "GICR_ISPENDR0" },
	{ SGI + 0x0280, 4, 0, GIC_W32, gic_read_pending, gic_write_cpending,
	  gic_read_raz, gic_uwrite_wi, "GICR_ICPENDR0" },
	{ SGI + 0x0300, 4, 0, GIC_W32, gic_read_active, gic_write_sactive,
	  NULL, NULL, "GICR_ISACTIVER0" },
	{ SGI + 0x0380, 4, 0, GIC_W32, gic_read_active, gic_write_cactive,
	  NULL, NULL, "GICR_ICACTIVER0" },
	{ SGI + 0x0400, 32, 0, GIC_W32 | GIC_W8, gic_read_priority,
	  gic_write_priority, NULL, NULL, "GICR_IPRIORITYR" },
	{ SGI + 0x0c00, 8, 0, GIC_W32, gic_read_config, gic_write_config,
	  NULL, NULL, "GICR_ICFGR" },
	{ SGI + 0x0d00, 4, 0, GIC_W32, gic_read_raz, gic_write_wi,
	  NULL, NULL, "GICR_IGRPMODR0" },
	{ SGI + 0x0e00, 4, 0, GIC_W32, gic_read_raz, gic_write_wi,
	  NULL, NULL, "GICR_NSACR" },
};
/* clang-format on */

const struct gic_regs gicv3_redist_regs = {gicr_rows, ARRAY_SIZE(gicr_rows)};
