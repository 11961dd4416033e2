/* SPDX-License-Identifier: MIT */
/* The VM of tests/gic/gic-fake.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "gic-fake.h"

static struct fake_vm *fake_of(struct device_vm *vm)
{
	return container_of(vm, struct fake_vm, vm);
}

static uint64_t op_gpa_limit(struct device_vm *vm)
{
	return fake_of(vm)->ipa_limit;
}

static unsigned int op_vcpu_count(struct device_vm *vm)
{
	return fake_of(vm)->nr_vcpus;
}

static uint32_t op_vcpu_id(struct device_vm *vm, unsigned int index)
{
	return fake_of(vm)->ids[index];
}

static uint64_t op_vcpu_mpidr(struct device_vm *vm, unsigned int index)
{
	return fake_of(vm)->mpidrs[index];
}

static int op_vcpu_by_mpidr(struct device_vm *vm, uint64_t mpidr)
{
	const uint64_t aff = GENMASK(39, 32) | GENMASK(23, 0);
	struct fake_vm *f = fake_of(vm);

	for (unsigned int i = 0; i < f->nr_vcpus; i++)
		if (!((f->mpidrs[i] ^ mpidr) & aff))
			return (int)i;
	return -1;
}

static bool op_has_run(struct device_vm *vm)
{
	return fake_of(vm)->has_run;
}

static bool op_vcpu_creating(struct device_vm *vm)
{
	return fake_of(vm)->creating;
}

static void op_lock(struct device_vm *vm)
{
	fake_of(vm)->locked++;
}

static void op_unlock(struct device_vm *vm)
{
	ck_assert_int_gt(fake_of(vm)->locked--, 0);
}

static int op_trylock_vcpus(struct device_vm *vm)
{
	if (fake_of(vm)->vcpu_busy)
		return -EBUSY;
	fake_of(vm)->vcpus_locked++;
	return 0;
}

static void op_unlock_vcpus(struct device_vm *vm)
{
	ck_assert_int_gt(fake_of(vm)->vcpus_locked--, 0);
}

static void op_set_max_vcpus(struct device_vm *vm, unsigned int max)
{
	fake_of(vm)->max_vcpus = max;
}

static int op_mmio_add(struct device_vm *vm, struct mmio_frame *frame)
{
	struct fake_vm *f = fake_of(vm);
	unsigned int i;

	if (f->mmio_add_error)
		return f->mmio_add_error;
	for (i = 0; i < ARRAY_SIZE(f->frames) && f->frames[i]; i++)
		if (frame->base < f->frames[i]->base + f->frames[i]->size &&
		    f->frames[i]->base < frame->base + frame->size)
			return -EEXIST;
	ck_assert_uint_lt(i, ARRAY_SIZE(f->frames));
	f->frames[i] = frame;
	return 0;
}

static void op_mmio_remove(struct device_vm *vm, struct mmio_frame *frame)
{
	struct fake_vm *f = fake_of(vm);
	unsigned int i;

	for (i = 0; f->frames[i] != frame; i++)
		ck_assert_uint_lt(i + 1, ARRAY_SIZE(f->frames));
	for (; i + 1 < ARRAY_SIZE(f->frames); i++)
		f->frames[i] = f->frames[i + 1];
}

static bool in_ram(gpa_t gpa, size_t len)
{
	return gpa >= FAKE_RAM && gpa + len <= FAKE_RAM + FAKE_RAM_SIZE;
}

static int op_mem_read(struct device_vm *vm, gpa_t gpa, void *buf, size_t len)
{
	if (!in_ram(gpa, len))
		return -EFAULT;
	memcpy(buf, fake_of(vm)->ram + (gpa - FAKE_RAM), len);
	return 0;
}

static int op_mem_write(struct device_vm *vm, gpa_t gpa, const void *buf,
			size_t len)
{
	if (!in_ram(gpa, len))
		return -EFAULT;
	memcpy(fake_of(vm)->ram + (gpa - FAKE_RAM), buf, len);
	return 0;
}

static void op_set_pins(struct device_vm *vm, unsigned int index, uint32_t pins)
{
	struct fake_vm *f = fake_of(vm);
	bool irq = pins & GIC_PIN_IRQ, fiq = pins & GIC_PIN_FIQ;
	bool wake = pins & GIC_PIN_WAKE;

	ck_assert_uint_eq(pins & ~(GIC_PIN_IRQ | GIC_PIN_FIQ | GIC_PIN_WAKE),
			  0);
	/* An interrupt always ends a WFI. */
	ck_assert(wake || !(irq || fiq));
	/* Only changes are reported. */
	ck_assert(f->irq[index] != irq || f->fiq[index] != fiq ||
		  f->wake[index] != wake);
	f->irq[index] = irq;
	f->fiq[index] = fiq;
	f->wake[index] = wake;
}

static void op_irq_acked(struct device_vm *vm, unsigned int spi)
{
	struct fake_vm *f = fake_of(vm);

	/* No GIC lock is held: this would deadlock otherwise. */
	gic_set_line(f->gic, 0, spi + 32, false, BAD_POINTER);
	f->acked = spi;
	f->acked_calls++;
}

static bool op_ppi_level(struct device_vm *vm, unsigned int index,
			 unsigned int intid, bool *known)
{
	struct fake_vm *f = fake_of(vm);

	*known = f->timer_intid == intid;
	return *known && f->timer_level;
}

static void op_ppi_stale(struct device_vm *vm, unsigned int index)
{
	fake_of(vm)->stale[index]++;
}

static void op_step(struct device_vm *vm, unsigned int index, unsigned int step,
		    uint32_t intid, unsigned int cycles)
{
	struct fake_vm *f = fake_of(vm);

	ck_assert(vm->steps_heard);
	ck_assert_uint_lt(step, NR_IRQ_STEPS);
	f->charged[index] += cycles;
	if (vm->counted)
		f->now += cycles;
	f->steps[index][step]++;
	f->step_intid[index][step] = intid;
}

static uint64_t op_now(struct device_vm *vm)
{
	ck_assert(vm->counted);
	return fake_of(vm)->now;
}

static void op_due_at(struct device_vm *vm, unsigned int index, uint64_t when)
{
	struct fake_vm *f = fake_of(vm);

	ck_assert(vm->counted);
	if (f->due[index] > when)
		f->due[index] = when;
}

static const struct device_vm_ops fake_ops = {
	.gpa_limit = op_gpa_limit,
	.vcpu_count = op_vcpu_count,
	.vcpu_id = op_vcpu_id,
	.has_run = op_has_run,
	.vcpu_creating = op_vcpu_creating,
	.lock = op_lock,
	.unlock = op_unlock,
	.trylock_vcpus = op_trylock_vcpus,
	.unlock_vcpus = op_unlock_vcpus,
	.set_max_vcpus = op_set_max_vcpus,
	.mmio_add = op_mmio_add,
	.mmio_remove = op_mmio_remove,
	.mem_read = op_mem_read,
	.mem_write = op_mem_write,
	.set_pins = op_set_pins,
	.irq_acked = op_irq_acked,
	.step = op_step,
	.now = op_now,
	.due_at = op_due_at,
};

static const struct gic_vm_ops fake_gic_ops = {
	.vcpu_mpidr = op_vcpu_mpidr,
	.vcpu_by_mpidr = op_vcpu_by_mpidr,
	.ppi_level = op_ppi_level,
	.ppi_stale = op_ppi_stale,
};

static struct {
	uint32_t irqs;
	bool counted;
	const struct cost_model *model;
	const struct cost_profile *profile;
} next;

void fake_irqs(uint32_t irqs)
{
	next.irqs = irqs;
}

void fake_count_time(const struct cost_model *m, const struct cost_profile *p)
{
	next.counted = true;
	next.model = m;
	next.profile = p;
}

void fake_count_no_time(void)
{
	next.counted = false;
	next.model = NULL;
	next.profile = NULL;
}

void fake_time(struct fake_vm *f, uint64_t when)
{
	ck_assert_uint_ge(when, f->now);
	for (;;) {
		unsigned int i, first = 0;

		for (i = 1; i < f->nr_vcpus; i++)
			if (f->due[i] < f->due[first])
				first = i;
		if (f->due[first] > when)
			break;
		if (f->now < f->due[first])
			f->now = f->due[first];
		f->due[first] = UINT64_MAX;
		irqchip_vcpu_due(f->vm.irqchip, first);
	}
	f->now = when;
}

struct fake_vm *fake_new(unsigned int vcpus)
{
	struct fake_vm *f = calloc(1, sizeof(*f));
	unsigned int i;

	ck_assert_int_eq(fault_init(), 0);
	f->vm.ops = &fake_ops;
	f->ipa_limit = UINT64_C(1) << 40;
	f->ram = calloc(1, FAKE_RAM_SIZE);
	f->acked = -1;
	for (i = 0; i <= FAKE_VCPUS; i++) {
		f->ids[i] = i;
		f->mpidrs[i] = UINT64_C(0x80000000) | i;
	}
	for (i = 0; i < FAKE_VCPUS; i++)
		f->due[i] = UINT64_MAX;
	f->vm.counted = next.counted;
	f->vm.costs = next.profile;
	f->gic = gic_vm_new(&f->vm, &fake_gic_ops);
	gic_set_cost_model(f->gic, next.model);
	for (i = 0; i < vcpus; i++) {
		ck_assert_int_eq(irqchip_vcpu_created(f->vm.irqchip, i), 0);
		f->nr_vcpus++;
	}
	return f;
}

void fake_free(struct fake_vm *f)
{
	ck_assert_int_eq(f->locked, 0);
	ck_assert_int_eq(f->vcpus_locked, 0);
	if (f->its)
		f->its->type->destroy(f->its);
	irqchip_destroy(f->vm.irqchip);
	free(f->ram);
	free(f);
}

struct device *fake_device(struct fake_vm *f, const struct device_type *type)
{
	struct device *d = NULL;

	ck_assert_int_eq(type->create(type, &f->vm, &d), 0);
	ck_assert_ptr_nonnull(d);
	if (type == &gic_its_type)
		f->its = d;
	else
		f->dev = d;
	return d;
}

static void v3_start(struct fake_vm *f)
{
	unsigned int i;

	ck_assert_int_eq(fake_set(f->dev, KVM_DEV_ARM_VGIC_GRP_CTRL,
				  KVM_DEV_ARM_VGIC_CTRL_INIT, NULL),
			 0);
	ck_assert_int_eq(irqchip_first_run(f->vm.irqchip), 0);
	f->has_run = true;
	GICD_W(f, 0, GICD_CTLR, 0x2);
	for (i = 0; i < f->nr_vcpus; i++) {
		icc_wr(f, i, ICC_PMR, 0xf0);
		icc_wr(f, i, ICC_IGRPEN1, 1);
		icc_wr(f, i, ICC_IGRPEN0, 1);
	}
}

static struct fake_vm *v3_new(unsigned int vcpus)
{
	struct fake_vm *f = fake_new(vcpus);

	fake_device(f, &gic_v3_type);
	if (next.irqs)
		ck_assert_int_eq(fake_set32(f->dev,
					    KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0,
					    next.irqs),
				 0);
	ck_assert_int_eq(fake_set64(f->dev, KVM_DEV_ARM_VGIC_GRP_ADDR,
				    KVM_VGIC_V3_ADDR_TYPE_DIST, FAKE_DIST),
			 0);
	ck_assert_int_eq(fake_set64(f->dev, KVM_DEV_ARM_VGIC_GRP_ADDR,
				    KVM_VGIC_V3_ADDR_TYPE_REDIST, FAKE_REDIST),
			 0);
	return f;
}

struct fake_vm *fake_v3(unsigned int vcpus)
{
	struct fake_vm *f = v3_new(vcpus);

	v3_start(f);
	return f;
}

struct fake_vm *fake_v3_its(unsigned int vcpus)
{
	struct fake_vm *f = v3_new(vcpus);

	fake_device(f, &gic_its_type);
	ck_assert_int_eq(fake_set64(f->its, KVM_DEV_ARM_VGIC_GRP_ADDR,
				    KVM_VGIC_ITS_ADDR_TYPE, FAKE_ITS),
			 0);
	v3_start(f);
	return f;
}

struct fake_vm *fake_v2(unsigned int vcpus)
{
	struct fake_vm *f = fake_new(vcpus);
	unsigned int i;

	fake_device(f, &gic_v2_type);
	ck_assert_int_eq(gic_set_legacy_addr(f->gic, 0, FAKE_DIST), 0);
	ck_assert_int_eq(gic_set_legacy_addr(f->gic, 1, FAKE_CPU), 0);
	ck_assert_int_eq(irqchip_first_run(f->vm.irqchip), 0);
	f->has_run = true;
	GICD_W(f, 0, GICD_CTLR, 0x1);
	for (i = 0; i < vcpus; i++) {
		GICC_W(f, i, GICC_PMR, 0xf0);
		GICC_W(f, i, GICC_CTLR, 0x1);
	}
	return f;
}

int fake_set(struct device *d, uint32_t group, uint64_t attr, void *addr)
{
	struct device_attr a = {group, attr, addr};

	return attr_dispatch(d->type->attrs, d, ATTR_SET, &a);
}

int fake_get(struct device *d, uint32_t group, uint64_t attr, void *addr)
{
	struct device_attr a = {group, attr, addr};

	return attr_dispatch(d->type->attrs, d, ATTR_GET, &a);
}

int fake_has(struct device *d, uint32_t group, uint64_t attr)
{
	struct device_attr a = {group, attr, NULL};

	return attr_dispatch(d->type->attrs, d, ATTR_HAS, &a);
}

int fake_set64(struct device *d, uint32_t group, uint64_t attr, uint64_t val)
{
	return fake_set(d, group, attr, &val);
}

int fake_set32(struct device *d, uint32_t group, uint64_t attr, uint32_t val)
{
	return fake_set(d, group, attr, &val);
}

uint64_t fake_get64(struct device *d, uint32_t group, uint64_t attr)
{
	uint64_t val = UINT64_C(0xbadbadbadbadbad);

	ck_assert_int_eq(fake_get(d, group, attr, &val), 0);
	return val;
}

uint32_t fake_get32(struct device *d, uint32_t group, uint64_t attr)
{
	uint32_t val[2] = {0xbadbad, 0x5afe};

	ck_assert_int_eq(fake_get(d, group, attr, val), 0);
	ck_assert_uint_eq(val[1], 0x5afe); /* no more than 32 bits */
	return val[0];
}

static struct mmio_frame *frame_at(struct fake_vm *f, gpa_t at)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(f->frames) && f->frames[i]; i++)
		if (at - f->frames[i]->base < f->frames[i]->size)
			return f->frames[i];
	ck_abort_msg("nothing at %#llx", (unsigned long long)at);
	return NULL;
}

uint64_t mmio_rd(struct fake_vm *f, unsigned int v, gpa_t at, unsigned int len)
{
	struct mmio_frame *frame = frame_at(f, at);
	uint64_t val = UINT64_C(0xbadbadbad);

	irqchip_vcpu_load(f->vm.irqchip, v);
	ck_assert(frame->read(frame, v, at - frame->base, len, &val));
	return val;
}

void mmio_wr(struct fake_vm *f, unsigned int v, gpa_t at, unsigned int len,
	     uint64_t val)
{
	struct mmio_frame *frame = frame_at(f, at);

	irqchip_vcpu_load(f->vm.irqchip, v);
	ck_assert(frame->write(frame, v, at - frame->base, len, val));
}

uint64_t icc_rd(struct fake_vm *f, unsigned int v, uint32_t enc)
{
	uint64_t val = UINT64_C(0xbadbadbad);

	irqchip_vcpu_load(f->vm.irqchip, v);
	ck_assert(gic_icc_read(f->gic, v, enc, &val));
	return val;
}

void icc_wr(struct fake_vm *f, unsigned int v, uint32_t enc, uint64_t val)
{
	irqchip_vcpu_load(f->vm.irqchip, v);
	ck_assert(gic_icc_write(f->gic, v, enc, val));
}

int fake_msi(struct fake_vm *f, gpa_t doorbell, uint32_t devid, bool has_devid,
	     uint32_t data)
{
	struct irqchip_msi msi = {
		.doorbell = doorbell,
		.data = data,
		.devid = devid,
		.has_devid = has_devid,
	};

	return irqchip_msi(f->vm.irqchip, &msi);
}

uint64_t ram_get(struct fake_vm *f, gpa_t at, unsigned int len)
{
	uint64_t val = 0;

	ck_assert(in_ram(at, len));
	memcpy(&val, f->ram + (at - FAKE_RAM), len);
	return val;
}

void ram_put(struct fake_vm *f, gpa_t at, unsigned int len, uint64_t val)
{
	ck_assert(in_ram(at, len));
	memcpy(f->ram + (at - FAKE_RAM), &val, len);
}

void spi_setup(struct fake_vm *f, unsigned int id, unsigned int prio, bool edge)
{
	uint32_t cfg = GICD(f, 0, GICD_ICFGR + id / 16 * 4);
	uint32_t bit = 2u << id % 16 * 2;

	GICD_W(f, 0, GICD_ICFGR + id / 16 * 4, edge ? cfg | bit : cfg & ~bit);
	mmio_wr(f, 0, FAKE_DIST + GICD_IPRIORITYR + id, 1, prio);
	GICD_W(f, 0, GICD_ISENABLER + id / 32 * 4, 1u << id % 32);
}
