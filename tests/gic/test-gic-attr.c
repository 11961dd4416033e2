/* SPDX-License-Identifier: MIT */
/*
 * The attributes of the GICv2 and GICv3 devices: every errno that
 * Linux gives in the order of its checks, and userspace's view of the registers.
 */
#include <errno.h>

#include "gic-fake.h"

#define ADDR      KVM_DEV_ARM_VGIC_GRP_ADDR
#define DIST      KVM_DEV_ARM_VGIC_GRP_DIST_REGS
#define CPU       KVM_DEV_ARM_VGIC_GRP_CPU_REGS
#define NR_IRQS   KVM_DEV_ARM_VGIC_GRP_NR_IRQS
#define CTRL      KVM_DEV_ARM_VGIC_GRP_CTRL
#define REDISTR   KVM_DEV_ARM_VGIC_GRP_REDIST_REGS
#define SYSREGS   KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS
#define LEVEL     KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO
#define INIT      KVM_DEV_ARM_VGIC_CTRL_INIT
#define SAVE      KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES
#define V2_DIST   KVM_VGIC_V2_ADDR_TYPE_DIST
#define V2_CPU    KVM_VGIC_V2_ADDR_TYPE_CPU
#define V3_DIST   KVM_VGIC_V3_ADDR_TYPE_DIST
#define V3_REDIST KVM_VGIC_V3_ADDR_TYPE_REDIST
#define V3_REGION KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION
#define CPU_ID(n) ((uint64_t)(n) << 32)
#define REGION(base, index, count) \
	((uint64_t)(base) | (index) | (uint64_t)(count) << 52)

START_TEST(create)
{
	const struct device_type *types[] = {&gic_v2_type, &gic_v3_type};
	unsigned int i;

	for (i = 0; i < 2; i++) {
		const struct device_type *t = types[i];
		struct fake_vm *f = fake_new(2);
		struct device *d = NULL;

		ck_assert_uint_eq(t->type, i ? 7 : 5);
		f->vcpu_busy = true;
		fails(EBUSY, t->create(t, &f->vm, &d));
		f->vcpu_busy = false;
		f->has_run = true;
		fails(EBUSY, t->create(t, &f->vm, &d));
		f->has_run = false;
		ck_assert_uint_eq(f->max_vcpus, 0);
		f->nr_vcpus = i ? 513 : 9;
		fails(E2BIG, t->create(t, &f->vm, &d));
		/* The limit is lower afterwards even so. */
		ck_assert_uint_eq(f->max_vcpus, i ? 512 : 8);
		ck_assert_ptr_null(d);
		ck_assert_int_eq(gic_model(f->gic), 0);
		f->nr_vcpus = 2;
		fake_device(f, t);
		ck_assert_int_eq(gic_model(f->gic), i ? 3 : 2);
		d = NULL;
		fails(EEXIST, t->create(t, &f->vm, &d));
		/* EEXIST before "has run". */
		f->has_run = true;
		fails(EEXIST, t->create(t, &f->vm, &d));
		fake_free(f);
	}
}
END_TEST

START_TEST(v2_addr)
{
	struct fake_vm *f = fake_new(1);
	struct device *d = fake_device(f, &gic_v2_type);

	ok(fake_has(d, ADDR, V2_DIST));
	ok(fake_has(d, ADDR, V2_CPU));
	fails(ENXIO, fake_has(d, ADDR, V3_DIST));
	fails(ENXIO, fake_has(d, ADDR, V3_REDIST));
	fails(ENXIO, fake_has(d, ADDR, 6));
	ck_assert_uint_eq(fake_get64(d, ADDR, V2_DIST), ~UINT64_C(0));
	ck_assert_uint_eq(fake_get64(d, ADDR, V2_CPU), ~UINT64_C(0));
	fails(EFAULT, fake_set(d, ADDR, V2_DIST, BAD_POINTER));
	fails(EFAULT, fake_set(d, ADDR, V3_DIST, BAD_POINTER));
	fails(ENXIO, fake_set64(d, ADDR, V3_DIST, 0));
	fails(ENXIO, fake_set64(d, ADDR, V3_REGION, 0));
	fails(ENXIO, fake_set64(d, ADDR, 4, 0));
	fails(EINVAL, fake_set64(d, ADDR, V2_DIST, 0x100));
	fails(EINVAL, fake_set64(d, ADDR, V2_CPU, -UINT64_C(0x1000)));
	fails(E2BIG, fake_set64(d, ADDR, V2_CPU, f->ipa_limit - 0x1000));
	fails(E2BIG, fake_set64(d, ADDR, V2_DIST, f->ipa_limit));
	ok(fake_set64(d, ADDR, V2_DIST, f->ipa_limit - 0x1000));
	fails(EEXIST, fake_set64(d, ADDR, V2_DIST, 0x100));
	ok(fake_set64(d, ADDR, V2_CPU, f->ipa_limit - 0x2000)); /* overlaps */
	ck_assert_uint_eq(fake_get64(d, ADDR, V2_CPU), f->ipa_limit - 0x2000);
	fails(EEXIST, gic_set_legacy_addr(f->gic, 0, 0));
	fails(EFAULT, fake_get(d, ADDR, V2_DIST, BAD_POINTER));
	fails(ENXIO, fake_get(d, ADDR, V3_DIST, BAD_POINTER));
	fails(EFAULT, fake_get(d, ADDR, V3_REGION, BAD_POINTER));
	fails(EINVAL, irqchip_first_run(f->vm.irqchip));
	fake_free(f);
}
END_TEST

START_TEST(v3_addr)
{
	struct fake_vm *f = fake_new(4);
	struct device *d = fake_device(f, &gic_v3_type);

	ok(fake_has(d, ADDR, V3_DIST));
	ok(fake_has(d, ADDR, V3_REDIST));
	ok(fake_has(d, ADDR, V3_REGION));
	fails(ENXIO, fake_has(d, ADDR, V2_DIST));
	fails(ENXIO, fake_has(d, ADDR, 4));
	fails(EFAULT, fake_set(d, ADDR, V2_DIST, BAD_POINTER));
	fails(ENXIO, fake_set64(d, ADDR, V2_DIST, 0));
	fails(ENXIO, fake_set64(d, ADDR, 4, 0));
	ck_assert_uint_eq(fake_get64(d, ADDR, V3_DIST), ~UINT64_C(0));
	ck_assert_uint_eq(fake_get64(d, ADDR, V3_REDIST), ~UINT64_C(0));
	fails(EINVAL, fake_set64(d, ADDR, V3_DIST, 0x1000));
	fails(EINVAL, fake_set64(d, ADDR, V3_REDIST, 0x11000));
	fails(E2BIG, fake_set64(d, ADDR, V3_DIST, f->ipa_limit));
	fails(E2BIG,
	      fake_set64(d, ADDR, V3_REDIST, f->ipa_limit - 3 * 0x20000));
	fails(EINVAL, fake_set64(d, ADDR, V3_REDIST, -UINT64_C(0x20000)));
	ok(fake_set64(d, ADDR, V3_DIST, FAKE_DIST));
	fails(EEXIST, fake_set64(d, ADDR, V3_DIST, FAKE_DIST));
	/* Over the distributor. */
	fails(EINVAL, fake_set64(d, ADDR, V3_REDIST, FAKE_DIST - 0x60000));
	/* The bus refuses: nothing stays behind. */
	f->mmio_add_error = -ENOSPC;
	fails(ENOSPC, fake_set64(d, ADDR, V3_REDIST, FAKE_REDIST));
	f->mmio_add_error = 0;
	ck_assert_uint_eq(fake_get64(d, ADDR, V3_REDIST), ~UINT64_C(0));
	ck_assert_ptr_null(f->frames[0]);
	ok(fake_set64(d, ADDR, V3_REDIST, FAKE_REDIST));
	ck_assert_uint_eq(f->frames[3]->base, FAKE_REDIST + 3 * 0x20000);
	ck_assert_ptr_null(f->frames[4]);
	fails(EEXIST, fake_set64(d, ADDR, V3_REDIST, FAKE_REDIST));
	ck_assert_uint_eq(fake_get64(d, ADDR, V3_REDIST), FAKE_REDIST);
	ck_assert_uint_eq(fake_get64(d, ADDR, V3_DIST), FAKE_DIST);
	/* Mixing: index 0 is refused, index 1 is not. */
	fails(EINVAL, fake_set64(d, ADDR, V3_REGION, REGION(0x10000000, 0, 1)));
	ok(fake_set64(d, ADDR, V3_REGION, REGION(0x10000000, 1, 1)));
	fake_free(f);
}
END_TEST

START_TEST(v3_regions)
{
	struct fake_vm *f = fake_new(3);
	struct device *d = fake_device(f, &gic_v3_type);
	uint64_t val;

	fails(EFAULT, fake_set(d, ADDR, V3_REGION, BAD_POINTER));
	fails(EINVAL, fake_set64(d, ADDR, V3_REGION, REGION(0x100000, 0, 0)));
	fails(EINVAL,
	      fake_set64(d, ADDR, V3_REGION, REGION(0x100000, 0, 2) | 0x1000));
	fails(EINVAL, fake_set64(d, ADDR, V3_REGION, REGION(0x100000, 1, 2)));
	fails(E2BIG, fake_set64(d, ADDR, V3_REGION,
				REGION(f->ipa_limit - 0x20000, 0, 2)));
	ok(fake_set64(d, ADDR, V3_REGION, REGION(0x100000, 0, 2)));
	fails(EINVAL, fake_set64(d, ADDR, V3_REDIST, 0x1000000));
	fails(EINVAL, fake_set64(d, ADDR, V3_REGION, REGION(0x200000, 2, 2)));
	fails(EINVAL, fake_set64(d, ADDR, V3_REGION, REGION(0x120000, 1, 2)));
	/* The distributor over a region: found when the next is added. */
	ok(fake_set64(d, ADDR, V3_DIST, 0x100000));
	fails(EINVAL, fake_set64(d, ADDR, V3_REGION, REGION(0x200000, 1, 2)));

	val = 0;
	ok(fake_get(d, ADDR, V3_REGION, &val));
	ck_assert_uint_eq(val, REGION(0x100000, 0, 2));
	val = 1;
	fails(ENOENT, fake_get(d, ADDR, V3_REGION, &val));
	fails(EFAULT, fake_get(d, ADDR, V3_REGION, BAD_POINTER));
	ok(fake_set(d, CTRL, INIT, NULL));
	/* vCPU 2 has no frame. */
	fails(ENXIO, irqchip_first_run(f->vm.irqchip));
	fake_free(f);
}
END_TEST

/* GICR_TYPER.Last: at the end of a region unless another continues it. */
START_TEST(v3_last)
{
	struct fake_vm *f = fake_new(4);
	struct device *d = fake_device(f, &gic_v3_type);
	static const struct {
		gpa_t at;
		bool last;
	} rows[] = {
		{0x100000, false}, /* continued by region 2 */
		{0x200000, false},
		{0x220000, true},
		{0x120000, true}, /* vCPU 3, alone so far in region 2 */
	};
	unsigned int i;

	ok(fake_set64(d, ADDR, V3_DIST, FAKE_DIST));
	ok(fake_set64(d, ADDR, V3_REGION, REGION(0x100000, 0, 1)));
	ok(fake_set64(d, ADDR, V3_REGION, REGION(0x200000, 1, 2)));
	fails(ENXIO, irqchip_first_run(f->vm.irqchip)); /* vCPU 3 */
	ok(fake_set64(d, ADDR, V3_REGION, REGION(0x120000, 2, 2)));
	ok(fake_set(d, CTRL, INIT, NULL));
	for (i = 0; i < 4; i++)
		ck_assert_uint_eq(mmio_rd(f, 0, rows[i].at + 8, 8) >> 4 & 1,
				  rows[i].last);
	fake_free(f);
}
END_TEST

/* vCPUs made after the region was set. */
START_TEST(v3_late_vcpu)
{
	struct fake_vm *f = fake_new(1);
	struct device *d = fake_device(f, &gic_v3_type);

	ok(fake_set64(d, ADDR, V3_DIST, FAKE_REDIST + 0x40000));
	ok(fake_set64(d, ADDR, V3_REDIST, FAKE_REDIST));
	f->mmio_add_error = -ENOSPC;
	fails(ENOSPC, irqchip_vcpu_created(f->vm.irqchip, 1));
	f->mmio_add_error = 0;
	ok(irqchip_vcpu_created(f->vm.irqchip, 1));
	f->nr_vcpus = 2;
	ck_assert_uint_eq(f->frames[1]->base, FAKE_REDIST + 0x20000);
	/* The third runs into the distributor: seen with the fourth. */
	ok(irqchip_vcpu_created(f->vm.irqchip, 2));
	f->nr_vcpus = 3;
	fails(EINVAL, irqchip_vcpu_created(f->vm.irqchip, 3));
	ok(fake_set(d, CTRL, INIT, NULL));
	fails(EINVAL, irqchip_first_run(f->vm.irqchip));
	fake_free(f);
}
END_TEST

START_TEST(map_order)
{
	struct fake_vm *f = fake_new(1);
	struct device *d;

	ok(irqchip_first_run(f->vm.irqchip)); /* no GIC: nothing to do */
	d = fake_device(f, &gic_v3_type);
	fails(ENXIO, irqchip_first_run(f->vm.irqchip));
	ok(fake_set64(d, ADDR, V3_REDIST, FAKE_REDIST));
	fails(ENXIO, irqchip_first_run(f->vm.irqchip));
	ok(fake_set64(d, ADDR, V3_DIST, FAKE_REDIST + 0x10000));
	fails(EINVAL, irqchip_first_run(f->vm.irqchip));
	fake_free(f);

	f = fake_new(1);
	d = fake_device(f, &gic_v3_type);
	ok(fake_set64(d, ADDR, V3_REDIST, FAKE_REDIST));
	ok(fake_set64(d, ADDR, V3_DIST, FAKE_DIST));
	fails(EBUSY, irqchip_first_run(f->vm.irqchip));
	ok(fake_set(d, CTRL, INIT, NULL));
	f->mmio_add_error = -EEXIST;
	fails(EEXIST, irqchip_first_run(f->vm.irqchip));
	f->mmio_add_error = 0;
	ok(irqchip_first_run(f->vm.irqchip));
	ok(irqchip_first_run(f->vm.irqchip));
	fake_free(f);
}
END_TEST

START_TEST(nr_irqs)
{
	static const uint32_t bad[] = {0, 32, 63, 65, 100, 1023, 1024, 2048};
	const struct device_type *types[] = {&gic_v2_type, &gic_v3_type};
	unsigned int t, i;

	for (t = 0; t < 2; t++) {
		struct fake_vm *f = fake_new(1);
		struct device *d = fake_device(f, types[t]);

		ok(fake_has(d, NR_IRQS, 77));
		ck_assert_uint_eq(fake_get32(d, NR_IRQS, 0), 32);
		fails(EFAULT, fake_set(d, NR_IRQS, 0, BAD_POINTER));
		fails(EFAULT, fake_get(d, NR_IRQS, 0, BAD_POINTER));
		for (i = 0; i < ARRAY_SIZE(bad); i++)
			fails(EINVAL, fake_set32(d, NR_IRQS, 0, bad[i]));
		ok(fake_set32(d, NR_IRQS, 0, 96));
		fails(EBUSY, fake_set32(d, NR_IRQS, 0, 96));
		fails(EINVAL, fake_set32(d, NR_IRQS, 0, 97));
		ck_assert_uint_eq(fake_get32(d, NR_IRQS, 5), 96);
		ok(fake_set(d, CTRL, INIT, NULL));
		ck_assert_uint_eq(irqchip_nr_pins(f->vm.irqchip), 64);
		ok(gic_set_line(f->gic, 0, 95, true, NULL));
		fails(EINVAL, gic_set_line(f->gic, 0, 96, true, NULL));
		fake_free(f);

		f = fake_new(1);
		d = fake_device(f, types[t]);
		ok(fake_set(d, CTRL, INIT, NULL));
		ck_assert_uint_eq(fake_get32(d, NR_IRQS, 0), 256);
		fails(EBUSY, fake_set32(d, NR_IRQS, 0, 64));
		fake_free(f);
	}
}
END_TEST

START_TEST(ctrl)
{
	struct fake_vm *f = fake_new(0);
	struct device *d = fake_device(f, &gic_v3_type);

	ok(fake_has(d, CTRL, INIT));
	ok(fake_has(d, CTRL, SAVE));
	fails(ENXIO, fake_has(d, CTRL, 1));
	fails(ENXIO, fake_set(d, CTRL, 1, NULL));
	fails(ENXIO, fake_set(d, CTRL, 4, NULL));
	fails(ENXIO, fake_get(d, CTRL, INIT, NULL));
	f->vcpu_busy = true;
	fails(EBUSY, fake_set(d, CTRL, SAVE, NULL));
	f->vcpu_busy = false;
	fails(ENXIO, fake_set(d, CTRL, SAVE, NULL));
	f->creating = true;
	fails(EBUSY, fake_set(d, CTRL, INIT, NULL));
	f->creating = false;
	ok(fake_set(d, CTRL, INIT, NULL)); /* without any vCPU */
	f->creating = true;
	ok(fake_set(d, CTRL, INIT, NULL)); /* again */
	ok(fake_set(d, CTRL, SAVE, NULL));
	fails(ENXIO, fake_set(d, CPU, GICC_CTLR, NULL));
	fails(ENXIO, fake_set(d, 8, 0, NULL));
	fails(ENXIO, fake_get(d, 8, 0, NULL));
	fails(ENXIO, fake_has(d, 8, 0));
	fails(ENXIO, fake_has(d, CPU, GICC_CTLR));
	/* Registers need a vCPU. */
	fails(EINVAL, fake_set(d, DIST, GICD_CTLR, BAD_POINTER));
	fails(EINVAL, fake_get(d, DIST, GICD_CTLR, BAD_POINTER));
	fails(EINVAL, fake_has(d, DIST, GICD_CTLR));
	fake_free(f);

	f = fake_new(0);
	d = fake_device(f, &gic_v2_type);
	ok(fake_has(d, CTRL, INIT));
	fails(ENXIO, fake_has(d, CTRL, SAVE));
	fails(ENXIO, fake_set(d, CTRL, SAVE, NULL));
	fails(ENXIO, fake_set(d, REDISTR, GICR_CTLR, NULL));
	fails(ENXIO, fake_get(d, SYSREGS, 0, NULL));
	fails(ENXIO, fake_has(d, LEVEL, 0));
	fake_free(f);
}
END_TEST

START_TEST(v2_registers)
{
	struct fake_vm *f = fake_new(2);
	struct device *d = fake_device(f, &gic_v2_type);

	f->ids[1] = 5; /* a vCPU is named by its id */
	fails(EINVAL, fake_has(d, DIST, CPU_ID(1)));
	ok(fake_has(d, DIST, CPU_ID(5)));
	fails(ENXIO, fake_has(d, DIST, 0x2));
	fails(ENXIO, fake_has(d, DIST, GICD_TYPER2));
	fails(ENXIO,
	      fake_has(d, DIST, GICD_ISENABLER + 4)); /* 32 interrupts so far */
	ok(fake_has(d, CPU, GICC_PMR));
	fails(ENXIO, fake_has(d, CPU, GICC_IAR)); /* IAR isn't userspace's */
	ok(fake_has(d, CPU, GICC_APR + 12));
	fails(EINVAL, fake_set(d, DIST, CPU_ID(1), BAD_POINTER));
	fails(EFAULT, fake_set(d, DIST, GICD_CTLR, BAD_POINTER));
	f->vcpu_busy = true;
	fails(EFAULT, fake_set(d, DIST, GICD_CTLR, BAD_POINTER));
	fails(EBUSY, fake_set32(d, DIST, GICD_CTLR, 0));
	fails(EBUSY, fake_get(d, DIST, GICD_CTLR, BAD_POINTER));
	f->vcpu_busy = false;
	f->creating = true;
	fails(EBUSY, fake_set32(d, DIST, GICD_CTLR, 0));
	ck_assert(!irqchip_initialised(f->vm.irqchip));
	f->creating = false;
	fails(EFAULT, fake_get(d, DIST, GICD_CTLR, BAD_POINTER));
	ck_assert(irqchip_initialised(f->vm.irqchip)); /* by the access */
	ok(fake_has(d, DIST, GICD_ISENABLER + 4));

	ck_assert_uint_eq(fake_get32(d, DIST, GICD_TYPER), 1 << 5 | 7);
	/* Unknown: reads 0, takes anything. */
	ok(fake_set32(d, DIST, GICD_TYPER2, 1));
	ck_assert_uint_eq(fake_get32(d, DIST, GICD_TYPER2), 0);
	ck_assert_uint_eq(fake_get32(d, DIST, 0x2), 0);
	ok(fake_set32(d, CPU, GICC_IAR, 1));
	ck_assert_uint_eq(fake_get32(d, CPU, GICC_IAR), 0);

	/* Groups are read-only until IIDR was written. */
	ok(fake_set32(d, DIST, GICD_IGROUPR + 4, 0xff));
	ck_assert_uint_eq(fake_get32(d, DIST, GICD_IGROUPR + 4), 0);
	ck_assert_uint_eq(fake_get32(d, DIST, GICD_IIDR), 0x4b00343b);
	fails(EINVAL, fake_set32(d, DIST, GICD_IIDR, 0x4b00143b));
	fails(EINVAL, fake_set32(d, DIST, GICD_IIDR, 0x4b00443b));
	fails(EINVAL, fake_set32(d, DIST, GICD_IIDR, 0x4c00343b));
	ok(fake_set32(d, DIST, GICD_IIDR, 0x4b00243b));
	ck_assert_uint_eq(fake_get32(d, DIST, GICD_IIDR), 0x4b00243b);
	ok(fake_set32(d, DIST, GICD_IGROUPR + 4, 0xff));
	ck_assert_uint_eq(fake_get32(d, DIST, GICD_IGROUPR + 4), 0xff);

	/* SGIs: pending by userspace, from the vCPU itself. */
	ok(fake_set32(d, DIST, CPU_ID(5) | GICD_ISPENDR, 1 << 3));
	ck_assert_uint_eq(fake_get32(d, DIST, CPU_ID(5) | GICD_ISPENDR),
			  1 << 3);
	ck_assert_uint_eq(fake_get32(d, DIST, CPU_ID(0) | GICD_ISPENDR), 0);
	ck_assert_uint_eq(fake_get32(d, DIST, CPU_ID(5) | GICD_SPENDSGIR),
			  UINT32_C(1) << (24 + 5));
	ok(fake_set32(d, DIST, CPU_ID(5) | GICD_ICPENDR, 1 << 3));
	ck_assert_uint_eq(fake_get32(d, DIST, CPU_ID(5) | GICD_SPENDSGIR), 0);

	/* PMR in 5 bits; the rest as written until the vCPU runs. */
	ok(fake_set32(d, CPU, GICC_PMR, 0x1e));
	ck_assert_uint_eq(fake_get32(d, CPU, GICC_PMR), 0x1e);
	ok(fake_set32(d, CPU, GICC_PMR, 0x1ff));
	ck_assert_uint_eq(fake_get32(d, CPU, GICC_PMR), 0x1f);
	ck_assert_uint_eq(fake_get32(d, CPU, GICC_BPR), 0);
	ok(fake_set32(d, CPU, GICC_BPR, 1));
	ck_assert_uint_eq(fake_get32(d, CPU, GICC_BPR), 1);
	ok(fake_set32(d, CPU, GICC_ABPR, 0xfc));
	ck_assert_uint_eq(fake_get32(d, CPU, GICC_ABPR), 4);
	ok(fake_set32(d, CPU, GICC_APR, 0x80000001));
	ck_assert_uint_eq(fake_get32(d, CPU, GICC_APR), 0x80000001);
	ok(fake_set32(d, CPU, GICC_APR + 4, 1));
	ck_assert_uint_eq(fake_get32(d, CPU, GICC_APR + 4), 0);
	ck_assert_uint_eq(fake_get32(d, CPU, GICC_IIDR), 0x04b2043b);
	ok(fake_set32(d, CPU, GICC_CTLR, ~0u));
	ck_assert_uint_eq(fake_get32(d, CPU, GICC_CTLR), 0x21f);
	ck_assert_uint_eq(fake_get32(d, CPU, CPU_ID(5)), 0);
	irqchip_vcpu_sync(f->vm.irqchip, 0);
	ck_assert_uint_eq(fake_get32(d, CPU, GICC_BPR), 1);
	irqchip_vcpu_load(f->vm.irqchip, 0);
	ck_assert_uint_eq(fake_get32(d, CPU, GICC_BPR), 2);
	fake_free(f);
}
END_TEST

START_TEST(v3_registers)
{
	struct fake_vm *f = fake_new(2);
	struct device *d = fake_device(f, &gic_v3_type);
	uint64_t v1 = UINT64_C(0x01020304) << 32;

	f->mpidrs[1] = UINT64_C(0x0180020304);
	fails(EINVAL, fake_has(d, REDISTR, CPU_ID(1)));
	ok(fake_has(d, REDISTR, v1));
	ok(fake_has(d, DIST, v1 | GICD_TYPER)); /* affinity ignored */
	fails(ENXIO, fake_has(d, DIST, 0x6));
	fails(ENXIO, fake_has(d, DIST, 0x14));
	fails(ENXIO, fake_has(d, DIST, GICD_ISENABLER + 4));
	ok(fake_has(d, REDISTR, GICR_PENDBASER + 4));
	ok(fake_has(d, REDISTR, GICR_NSACR));
	fails(ENXIO, fake_has(d, REDISTR, GICR_SETLPIR));
	fails(EINVAL, fake_set(d, REDISTR, CPU_ID(1), BAD_POINTER));
	fails(EFAULT, fake_set(d, DIST, GICD_CTLR, BAD_POINTER));
	f->vcpu_busy = true;
	fails(EBUSY, fake_set32(d, DIST, GICD_CTLR, 0));
	fails(EBUSY, fake_get(d, REDISTR, GICR_CTLR, BAD_POINTER));
	f->vcpu_busy = false;
	fails(EBUSY, fake_set32(d, DIST, GICD_CTLR, 0)); /* not initialised */
	fails(EBUSY, fake_get(d, REDISTR, GICR_CTLR, BAD_POINTER));
	ok(fake_set(d, CTRL, INIT, NULL));
	fails(EFAULT, fake_get(d, DIST, GICD_CTLR, BAD_POINTER));
	fails(EFAULT, fake_get(d, REDISTR, GICR_CTLR, BAD_POINTER));

	ck_assert_uint_eq(fake_get32(d, DIST, GICD_TYPER), 9u << 19 | 7);
	ok(fake_set32(d, DIST, GICD_TYPER, 0)); /* TYPER: ignored */
	ck_assert_uint_eq(fake_get32(d, DIST, GICD_TYPER), 9u << 19 | 7);
	ok(fake_set32(d, DIST, GICD_TYPER2, 0));
	fails(EINVAL, fake_set32(d, DIST, GICD_TYPER2, 1));
	ck_assert_uint_eq(fake_get32(d, DIST, GICD_STATUSR), ~0u);
	fails(EINVAL, fake_set32(d, DIST, GICD_IIDR, 0x4b00143b));
	ok(fake_set32(d, DIST, GICD_IIDR, 0x4b00243b));
	ck_assert_uint_eq(fake_get32(d, REDISTR, GICR_CTLR),
			  0); /* no CES, IR */
	ok(fake_set32(d, DIST, GICD_IIDR, 0x4b00343b));
	ck_assert_uint_eq(fake_get32(d, REDISTR, GICR_CTLR), 6);
	ok(fake_set32(d, DIST, GICD_CTLR, 2));
	ck_assert_uint_eq(fake_get32(d, DIST, GICD_CTLR), 0x52);
	ok(fake_set32(d, REDISTR, GICR_STATUSR, ~0u));
	ck_assert_uint_eq(fake_get32(d, REDISTR, GICR_STATUSR), 0);
	ck_assert_uint_eq(fake_get32(d, REDISTR, v1 | GICR_TYPER), 1 << 8);
	ck_assert_uint_eq(fake_get32(d, REDISTR, v1 | (GICR_TYPER + 4)),
			  0x020304);
	ck_assert_uint_eq(fake_get32(d, DIST, 0x14), 0);
	ok(fake_set32(d, DIST, 0x14, 1));
	/* 64-bit registers in halves. */
	ok(fake_set32(d, DIST, GICD_IROUTER + 40 * 8, 0x020304));
	ck_assert_uint_eq(fake_get32(d, DIST, GICD_IROUTER + 40 * 8), 0x020304);
	ck_assert_uint_eq(fake_get32(d, DIST, GICD_IROUTER + 4 + 40 * 8), 0);

	/* ISPENDR is the latch, zeros clear it; ICPENDR is nothing. */
	ok(fake_set32(d, DIST, GICD_ICFGR + 8, 0));
	ok(gic_set_line(f->gic, 0, 41, true, NULL));
	ok(fake_set32(d, DIST, GICD_ISPENDR + 4, 1 << 8));
	ck_assert_uint_eq(fake_get32(d, DIST, GICD_ISPENDR + 4), 1 << 8);
	ok(fake_set32(d, DIST, GICD_ICPENDR + 4, 1 << 8));
	ck_assert_uint_eq(fake_get32(d, DIST, GICD_ISPENDR + 4), 1 << 8);
	ck_assert_uint_eq(fake_get32(d, DIST, GICD_ICPENDR + 4), 0);
	ok(fake_set32(d, DIST, GICD_ISPENDR + 4, 1 << 7));
	ck_assert_uint_eq(fake_get32(d, DIST, GICD_ISPENDR + 4), 1 << 7);
	ck_assert_uint_eq(fake_get32(d, LEVEL, 32), 1 << 9);
	ok(fake_set32(d, REDISTR, v1 | GICR_ISPENDR0, 1 << 3));
	ck_assert_uint_eq(fake_get32(d, REDISTR, v1 | GICR_ISPENDR0), 1 << 3);
	ck_assert_uint_eq(fake_get32(d, REDISTR, GICR_ISPENDR0), 0);
	fake_free(f);
}
END_TEST

START_TEST(v3_sysregs)
{
	static const struct {
		uint32_t enc;
		int get;
	} rows[] = {
		{ICC_PMR, 0},
		{ICC_BPR0, 0},
		{ICC_BPR1, 0},
		{ICC_AP0R0, 0},
		{ICC_AP1R0, 0},
		{ICC_CTLR, 0},
		{ICC_SRE, 0},
		{ICC_IGRPEN0, 0},
		{ICC_IGRPEN1, 0},
		{ICC_AP0R0 + 1, -EINVAL},
		{ICC_AP0R0 + 2, -EINVAL},
		{ICC_AP0R0 + 3, -EINVAL},
		{ICC_AP1R1, -EINVAL},
		{ICC_AP1R1 + 1, -EINVAL},
		{ICC_AP1R1 + 2, -EINVAL},
	};
	static const uint32_t none[] = {
		ICC_IAR1,
		ICC_EOIR1,
		ICC_DIR,
		ICC_SGI1R,
		ICC_RPR,
		0,
		SYSREG_ENC(3, 0, 4, 12, 4),
	};
	struct fake_vm *f = fake_new(2);
	struct device *d = fake_device(f, &gic_v3_type);
	uint64_t val;
	unsigned int i;

	fails(EINVAL, fake_has(d, SYSREGS, CPU_ID(2) | ICC_PMR));
	fails(EINVAL, fake_set(d, SYSREGS, CPU_ID(2), BAD_POINTER));
	fails(EBUSY, fake_set(d, SYSREGS, ICC_PMR, BAD_POINTER));
	fails(EBUSY, fake_get(d, SYSREGS, ICC_PMR, BAD_POINTER));
	ok(fake_set(d, CTRL, INIT, NULL));
	fails(EFAULT, fake_set(d, SYSREGS, ICC_IAR1, BAD_POINTER));
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		ok(fake_has(d, SYSREGS, rows[i].enc));
		val = 0;
		ck_assert_int_eq(fake_get(d, SYSREGS, rows[i].enc, &val),
				 rows[i].get);
		if (rows[i].get)
			fails(EINVAL, fake_set64(d, SYSREGS, rows[i].enc, 0));
		else
			fails(EFAULT,
			      fake_get(d, SYSREGS, rows[i].enc, BAD_POINTER));
	}
	for (i = 0; i < ARRAY_SIZE(none); i++) {
		fails(ENXIO, fake_has(d, SYSREGS, none[i]));
		fails(ENOENT, fake_get(d, SYSREGS, none[i], &val));
		fails(ENOENT, fake_set64(d, SYSREGS, none[i], 0));
	}
	f->vcpu_busy = true;
	fails(EBUSY, fake_set64(d, SYSREGS, ICC_PMR, 0));
	f->vcpu_busy = false;

	ck_assert_uint_eq(fake_get64(d, SYSREGS, ICC_SRE), 7);
	ok(fake_set64(d, SYSREGS, ICC_SRE, 1));
	fails(EINVAL, fake_set64(d, SYSREGS, ICC_SRE, 6));
	ck_assert_uint_eq(fake_get64(d, SYSREGS, ICC_CTLR), 0x8c00);
	fails(EINVAL, fake_set64(d, SYSREGS, ICC_CTLR, 0x8d00)); /* PRIbits */
	fails(EINVAL, fake_set64(d, SYSREGS, ICC_CTLR, 0x9400)); /* IDbits */
	fails(EINVAL, fake_set64(d, SYSREGS, ICC_CTLR, 0xcc00)); /* SEIS */
	fails(EINVAL, fake_set64(d, SYSREGS, ICC_CTLR, 0x0c00)); /* A3V */
	ok(fake_set64(d, SYSREGS, ICC_CTLR, 0x8c03));
	ck_assert_uint_eq(fake_get64(d, SYSREGS, ICC_CTLR), 0x8c03);
	ok(fake_set64(d, SYSREGS, ICC_BPR0, 4));
	ck_assert_uint_eq(fake_get64(d, SYSREGS, ICC_BPR1), 5); /* CBPR */
	ok(fake_set64(d, SYSREGS, ICC_BPR1, 7));
	ok(fake_set64(d, SYSREGS, ICC_CTLR, 0x8300)); /* narrower: stays */
	ck_assert_uint_eq(fake_get64(d, SYSREGS, ICC_CTLR), 0x8300);
	fails(EINVAL, fake_set64(d, SYSREGS, ICC_CTLR, 0x8c00));
	ck_assert_uint_eq(fake_get64(d, SYSREGS, ICC_BPR1), 0);
	ok(fake_set64(d, SYSREGS, ICC_PMR, 0x1ff));
	ck_assert_uint_eq(fake_get64(d, SYSREGS, ICC_PMR), 0xff);
	ok(fake_set64(d, SYSREGS, ICC_AP1R0, 0x100000080));
	ck_assert_uint_eq(fake_get64(d, SYSREGS, ICC_AP1R0), 0x80);
	ok(fake_set64(d, SYSREGS, ICC_IGRPEN1, 3));
	ck_assert_uint_eq(fake_get64(d, SYSREGS, ICC_IGRPEN1), 1);
	ck_assert_uint_eq(fake_get64(d, SYSREGS, CPU_ID(1) | ICC_IGRPEN1), 0);
	/* The guest sees binary points through 5-bit hardware. */
	ck_assert_uint_eq(icc_rd(f, 0, ICC_PMR), 0xff);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_RPR), 7 << 3);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_BPR1), 3);
	ck_assert_uint_eq(fake_get64(d, SYSREGS, ICC_BPR1), 3);
	fake_free(f);
}
END_TEST

START_TEST(v3_level_info)
{
	struct fake_vm *f = fake_new(2);
	struct device *d = fake_device(f, &gic_v3_type);

	ok(fake_has(d, LEVEL, CPU_ID(9) | 33));
	fails(ENXIO, fake_has(d, LEVEL, 1 << 10));
	fails(EINVAL, fake_set(d, LEVEL, CPU_ID(9), BAD_POINTER));
	fails(EFAULT, fake_set(d, LEVEL, 1 << 10, BAD_POINTER));
	fails(EBUSY, fake_set32(d, LEVEL, 0, 0));
	ok(fake_set(d, CTRL, INIT, NULL));
	fails(EINVAL, fake_set32(d, LEVEL, 1 << 10, 0));
	fails(EINVAL, fake_set32(d, LEVEL, 1, 0));
	fails(EINVAL, fake_get(d, LEVEL, 16, BAD_POINTER));
	fails(EFAULT, fake_get(d, LEVEL, 0, BAD_POINTER));

	ok(fake_set32(d, LEVEL, CPU_ID(1), ~0u));
	ck_assert_uint_eq(fake_get32(d, LEVEL, CPU_ID(1)), 0xffff0000);
	ck_assert_uint_eq(fake_get32(d, LEVEL, CPU_ID(0)), 0);
	/* Edge interrupts keep it, but read 0. */
	ok(fake_set32(d, DIST, GICD_ICFGR + 8, 2));
	ok(fake_set32(d, LEVEL, 32, 3));
	ck_assert_uint_eq(fake_get32(d, LEVEL, 32), 2);
	ok(fake_set32(d, DIST, GICD_ICFGR + 8, 0));
	ck_assert_uint_eq(fake_get32(d, LEVEL, 32), 3);
	ok(fake_set32(d, LEVEL, 256, ~0u));
	ck_assert_uint_eq(fake_get32(d, LEVEL, 256), 0);
	fake_free(f);
}
END_TEST

/* State written by userspace makes the pins what they were. */
START_TEST(v3_restore)
{
	struct fake_vm *a = fake_v3(1), *b;
	static const uint32_t dist[] = {0x0,   0x84,  0x104, 0xc08,
					0x428, 0x304, 0x204, 0x6000 + 40 * 8};
	static const uint32_t icc[] = {ICC_CTLR,    ICC_PMR,    ICC_BPR0,
				       ICC_BPR1,    ICC_AP0R0,  ICC_AP1R0,
				       ICC_IGRPEN0, ICC_IGRPEN1};
	unsigned int i;

	GICD_W(a, 0, GICD_ISENABLER + 4, 7 << 8);
	GICD_W(a, 0, GICD_IPRIORITYR + 40, 0x00204060);
	GICD_W(a, 0, GICD_ICFGR + 8, 2 << 16 | 2 << 18);
	ok(gic_set_line(a->gic, 0, 40, true, NULL));
	ck_assert_uint_eq(icc_rd(a, 0, ICC_IAR1), 40);
	ok(gic_set_line(a->gic, 0, 42, true, NULL)); /* level, preempts */
	ck_assert(a->irq[0]);

	b = fake_new(1);
	fake_device(b, &gic_v3_type);
	ok(fake_set(b->dev, CTRL, INIT, NULL));
	for (i = 0; i < ARRAY_SIZE(icc); i++)
		ok(fake_set64(b->dev, SYSREGS, icc[i],
			      fake_get64(a->dev, SYSREGS, icc[i])));
	for (i = 0; i < ARRAY_SIZE(dist); i++)
		ok(fake_set32(b->dev, DIST, dist[i],
			      fake_get32(a->dev, DIST, dist[i])));
	ck_assert(!b->irq[0]);
	ok(fake_set32(b->dev, LEVEL, 32, fake_get32(a->dev, LEVEL, 32)));
	ck_assert(b->irq[0]);
	ck_assert_uint_eq(icc_rd(b, 0, ICC_RPR), 0x60);
	ck_assert_uint_eq(icc_rd(b, 0, ICC_IAR1), 42);
	icc_wr(b, 0, ICC_EOIR1, 42);
	icc_wr(b, 0, ICC_EOIR1, 40);
	ck_assert_uint_eq(fake_get32(b->dev, DIST, GICD_ISACTIVER + 4), 0);
	fake_free(a);
	fake_free(b);
}
END_TEST

Suite *gic_attr_suite(void)
{
	Suite *s = suite_create("gic-attr");
	TCase *t = tcase_create("errnos");

	tcase_add_test(t, create);
	tcase_add_test(t, v2_addr);
	tcase_add_test(t, v3_addr);
	tcase_add_test(t, v3_regions);
	tcase_add_test(t, v3_last);
	tcase_add_test(t, v3_late_vcpu);
	tcase_add_test(t, map_order);
	tcase_add_test(t, nr_irqs);
	tcase_add_test(t, ctrl);
	suite_add_tcase(s, t);
	t = tcase_create("userspace");
	tcase_add_test(t, v2_registers);
	tcase_add_test(t, v3_registers);
	tcase_add_test(t, v3_sysregs);
	tcase_add_test(t, v3_level_info);
	tcase_add_test(t, v3_restore);
	suite_add_tcase(s, t);
	return s;
}
