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

static uint64_t gicr_read_ctlr(struct mmio_access *m)
{
	struct gic_access *a = gic_access_of(m);
	uint64_t val = a->vcpu->lpis_enabled ? GICR_CTLR_ENABLE_LPIS : 0;

	/* From revision 3 on LPIs can be disabled and invalidated here. */
	return a->gic->revision >= 3 ? val | GICR_CTLR_CES | GICR_CTLR_IR : val;
}

static void gicr_write_ctlr(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);
	bool on = val & GICR_CTLR_ENABLE_LPIS;

	if (!a->gic->has_its || on == a->vcpu->lpis_enabled)
		return;
	if (on)
		gic_lpis_enable(a->gic, a->vcpu);
	else
		gic_lpis_disable(a->gic, a->vcpu);
}

static uint64_t gicr_read_iidr(struct mmio_access *m)
{
	return GIC_PRODUCT_KVM << 24 | GIC_IMPLEMENTER;
}

static uint64_t gicr_read_typer(struct mmio_access *m)
{
	struct gic_access *a = gic_access_of(m);
	struct device_vm *vm = a->gic->vm;
	struct gic_vcpu *v = a->vcpu;
	uint64_t val;

	val = (v->gic->vm_ops->vcpu_mpidr(vm, v->index) & 0xffffff) << 32;
	val |= (uint64_t)(vm->ops->vcpu_id(vm, v->index) & 0xffff) << 8;
	if (a->gic->has_its)
		val |= GICR_TYPER_PLPIS;
	if (gic_redist_is_last(v))
		val |= GICR_TYPER_LAST;
	return gic_extract(val, m->off, m->len);
}

/* Linux keeps one property table for all redistributors (CommonLPIAff 0). */
static uint64_t gicr_read_propbaser(struct mmio_access *m)
{
	struct gic_access *a = gic_access_of(m);

	return gic_extract(a->gic->propbaser, m->off, m->len);
}

static void gicr_write_propbaser(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);
	uint64_t reg;

	if (a->vcpu->lpis_enabled)
		return;
	reg = gic_insert(a->gic->propbaser, m->off, m->len, val);
	reg = gic_sanitise_cache(reg, 10, 7, 56);
	a->gic->propbaser = reg & ~PROPBASER_RES0;
}

static uint64_t gicr_read_pendbaser(struct mmio_access *m)
{
	struct gic_access *a = gic_access_of(m);

	return gic_extract(a->vcpu->pendbaser & ~GICR_PENDBASER_PTZ, m->off,
			   m->len);
}

static void gicr_write_pendbaser(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);
	uint64_t reg;

	if (a->vcpu->lpis_enabled)
		return;
	reg = gic_insert(a->vcpu->pendbaser, m->off, m->len, val);
	reg = gic_sanitise_cache(reg, 10, 7, 56);
	a->vcpu->pendbaser = reg & ~PENDBASER_RES0;
}

static void gicr_write_invlpir(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);
	uint32_t intid = val;

	/* The upper word is for GICv4.1's virtual PEs. */
	if ((m->off & 4) || !a->vcpu->lpis_enabled || intid < GIC_MIN_LPI)
		return;
	gic_lpi_read_config(a->gic, intid, NULL);
}

static void gicr_write_invallr(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);

	if (!(m->off & 4) && a->vcpu->lpis_enabled)
		gic_lpi_invall(a->gic, a->vcpu);
}

#define SGI 0x10000

/* clang-format off */
static const struct mmio_reg gicr_rows[] = {
	{ 0x0000, 4, 0, MMIO_W32, gicr_read_ctlr, gicr_write_ctlr,
	  .name = "GICR_CTLR" },
	{ 0x0004, 4, 0, MMIO_W32, gicr_read_iidr, gic_write_wi,
	  .name = "GICR_IIDR" },
	{ 0x0008, 8, 0, MMIO_W64 | MMIO_W32, gicr_read_typer, gic_write_wi,
	  .uwrite = gic_uwrite_wi, .name = "GICR_TYPER" },
	{ 0x0014, 4, 0, MMIO_W32, gic_read_raz, gic_write_wi,
	  .name = "GICR_WAKER" },
	{ 0x0070, 8, 0, MMIO_W64 | MMIO_W32, gicr_read_propbaser,
	  gicr_write_propbaser, .name = "GICR_PROPBASER" },
	{ 0x0078, 8, 0, MMIO_W64 | MMIO_W32, gicr_read_pendbaser,
	  gicr_write_pendbaser, .name = "GICR_PENDBASER" },
	{ 0x00a0, 8, 0, MMIO_W64 | MMIO_W32, gic_read_raz, gicr_write_invlpir,
	  .name = "GICR_INVLPIR" },
	{ 0x00b0, 8, 0, MMIO_W64 | MMIO_W32, gic_read_raz, gicr_write_invallr,
	  .name = "GICR_INVALLR" },
	/* Invalidations are complete when the store is: never busy. */
	{ 0x00c0, 4, 0, MMIO_W32, gic_read_raz, gic_write_wi,
	  .name = "GICR_SYNCR" },
	{ 0xffd0, 48, 0, MMIO_W32, gic_read_v3_id, gic_write_wi,
	  .name = "GICR_IDREGS" },
	{ SGI + 0x0080, 4, 1, MMIO_W32, gic_read_group, gic_write_group,
	  .name = "GICR_IGROUPR0" },
	{ SGI + 0x0100, 4, 1, MMIO_W32, gic_read_enable, gic_write_senable,
	  .name = "GICR_ISENABLER0" },
	{ SGI + 0x0180, 4, 1, MMIO_W32, gic_read_enable, gic_write_cenable,
	  .name = "GICR_ICENABLER0" },
	{ SGI + 0x0200, 4, 1, MMIO_W32, gic_read_pending, gic_write_spending,
	  .uread = gic_uread_pending, .uwrite = gic_uwrite_latch,
	  .name = "GICR_ISPENDR0" },
	{ SGI + 0x0280, 4, 1, MMIO_W32, gic_read_pending, gic_write_cpending,
	  .uread = gic_read_raz, .uwrite = gic_uwrite_wi,
	  .name = "GICR_ICPENDR0" },
	{ SGI + 0x0300, 4, 1, MMIO_W32, gic_read_active, gic_write_sactive,
	  .name = "GICR_ISACTIVER0" },
	{ SGI + 0x0380, 4, 1, MMIO_W32, gic_read_active, gic_write_cactive,
	  .name = "GICR_ICACTIVER0" },
	{ SGI + 0x0400, 32, 8, MMIO_W32 | MMIO_W8, gic_read_priority,
	  gic_write_priority, .name = "GICR_IPRIORITYR" },
	{ SGI + 0x0c00, 8, 2, MMIO_W32, gic_read_config, gic_write_config,
	  .name = "GICR_ICFGR" },
	{ SGI + 0x0d00, 4, 0, MMIO_W32, gic_read_raz, gic_write_wi,
	  .name = "GICR_IGRPMODR0" },
	{ SGI + 0x0e00, 4, 0, MMIO_W32, gic_read_raz, gic_write_wi,
	  .name = "GICR_NSACR" },
};
/* clang-format on */

const struct mmio_regs gicv3_redist_regs = {
	.name = "GICR",
	.row = gicr_rows,
	.nr = ARRAY_SIZE(gicr_rows),
};
