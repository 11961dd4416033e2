/* SPDX-License-Identifier: MIT */
/* The VM of tests/mpic/mpic-fake.h. */
#include <errno.h>
#include <stdlib.h>

#include "base/fault.h"
#include "base/log.h"
#include "mpic-fake.h"

/* Fuzzers use this VM, too: Check's assertions work in its tests alone. */
#define must(what) bug_on(!(what), "the VM of tests/mpic")

static struct fake_vm *fake_of(struct device_vm *vm)
{
	return container_of(vm, struct fake_vm, vm);
}

static int op_mmio_add(struct device_vm *vm, struct mmio_frame *frame)
{
	struct fake_vm *f = fake_of(vm);

	must(!f->frame);
	if (f->mmio_add_error)
		return f->mmio_add_error;
	f->frame = frame;
	return 0;
}

static void op_mmio_remove(struct device_vm *vm, struct mmio_frame *frame)
{
	must(fake_of(vm)->frame == frame);
	fake_of(vm)->frame = NULL;
}

static void op_set_pins(struct device_vm *vm, unsigned int index, uint32_t pins)
{
	struct fake_vm *f = fake_of(vm);

	must(index < FAKE_VCPUS);
	must(!(pins & ~MPIC_PIN_INT));
	f->pin[index] = pins;
	f->driven[index]++;
}

static void op_irq_acked(struct device_vm *vm, unsigned int pin)
{
	struct fake_vm *f = fake_of(vm);

	must(pin < MPIC_NR_PINS);
	f->acked = pin;
	f->acked_calls++;
	/* No lock of the MPIC's is held: this would deadlock otherwise. */
	if (!f->keep_lines)
		must(!irqchip_set_pin(vm->irqchip, pin, 0));
}

static void op_step(struct device_vm *vm, unsigned int index, unsigned int step,
		    uint32_t intid, unsigned int cycles)
{
	struct fake_vm *f = fake_of(vm);

	must(vm->steps_heard);
	must(index < FAKE_VCPUS);
	must(step < NR_IRQ_STEPS);
	f->charged[index] += cycles;
	f->steps[index][step]++;
}

static uint64_t op_now(struct device_vm *vm)
{
	must(vm->counted);
	return fake_of(vm)->now;
}

static void op_due_at(struct device_vm *vm, unsigned int index, uint64_t when)
{
	struct fake_vm *f = fake_of(vm);

	must(vm->counted);
	if (f->due[index] > when)
		f->due[index] = when;
}

static const struct device_vm_ops fake_ops = {
	.mmio_add = op_mmio_add,
	.mmio_remove = op_mmio_remove,
	.set_pins = op_set_pins,
	.irq_acked = op_irq_acked,
	.step = op_step,
	.now = op_now,
	.due_at = op_due_at,
};

struct fake_vm *fake_new(const struct device_type *type, unsigned int cpus,
			 bool counted)
{
	return fake_new_profiled(type, cpus, counted, NULL);
}

struct fake_vm *fake_new_profiled(const struct device_type *type,
				  unsigned int cpus, bool counted,
				  const struct cost_profile *profile)
{
	struct fake_vm *f = calloc(1, sizeof(*f));
	uint64_t base = FAKE_BASE;
	unsigned int i;

	must(!fault_init());
	f->vm.ops = &fake_ops;
	f->vm.counted = counted;
	f->vm.costs = profile;
	f->vm.steps_heard = counted;
	f->acked = -1;
	for (i = 0; i < FAKE_VCPUS; i++)
		f->due[i] = UINT64_MAX;
	must(!type->create(type, &f->vm, &f->dev));
	for (i = 0; i < cpus; i++)
		must(!mpic_connect(f->dev, &f->vm, i, i));
	must(!attr_set(f, KVM_DEV_MPIC_GRP_MISC, KVM_DEV_MPIC_BASE_ADDR,
		       &base));
	set_reg(f, GCR, GCR_RST);
	for (i = 0; i < cpus; i++)
		set_reg(f, OF_CPU(i) + CTPR, 0);
	return f;
}

void fake_free(struct fake_vm *f)
{
	irqchip_destroy(f->vm.irqchip);
	must(!f->vm.irqchip);
	free(f);
}

int attr_set(struct fake_vm *f, uint32_t group, uint64_t attr, void *addr)
{
	struct device_attr a = {group, attr, addr};

	return attr_dispatch(f->dev->type->attrs, f->dev, ATTR_SET, &a);
}

int attr_get(struct fake_vm *f, uint32_t group, uint64_t attr, void *addr)
{
	struct device_attr a = {group, attr, addr};

	return attr_dispatch(f->dev->type->attrs, f->dev, ATTR_GET, &a);
}

int attr_has(struct fake_vm *f, uint32_t group, uint64_t attr)
{
	struct device_attr a = {group, attr, NULL};

	return attr_dispatch(f->dev->type->attrs, f->dev, ATTR_HAS, &a);
}

uint32_t reg(struct fake_vm *f, uint64_t off)
{
	uint32_t val[2] = {0xbadbad, 0x5afe};

	must(!attr_get(f, KVM_DEV_MPIC_GRP_REGISTER, off, val));
	must(val[1] == 0x5afe); /* no more than 32 bits */
	return val[0];
}

void set_reg(struct fake_vm *f, uint64_t off, uint32_t val)
{
	must(!attr_set(f, KVM_DEV_MPIC_GRP_REGISTER, off, &val));
}

bool guest_read(struct fake_vm *f, unsigned int v, uint64_t off,
		unsigned int len, uint64_t *val)
{
	must(f->frame);
	return f->frame->read(f->frame, v, off, len, val);
}

bool guest_write(struct fake_vm *f, unsigned int v, uint64_t off,
		 unsigned int len, uint64_t val)
{
	must(f->frame);
	return f->frame->write(f->frame, v, off, len, val);
}

uint32_t iack(struct fake_vm *f, unsigned int v)
{
	uint64_t val = 0xbadbad;

	must(guest_read(f, v, IACK, 4, &val));
	return val;
}

void eoi(struct fake_vm *f, unsigned int v)
{
	must(guest_write(f, v, EOI, 4, 0));
}

void line(struct fake_vm *f, unsigned int pin, int level)
{
	must(!irqchip_set_pin(f->vm.irqchip, pin, level));
}

void source(struct fake_vm *f, unsigned int n, unsigned int prio, uint32_t cpus)
{
	set_reg(f, IDR + OF_SOURCE(n), cpus);
	set_reg(f, IVPR + OF_SOURCE(n), PRIORITY(prio) | n);
}

void time_is(struct fake_vm *f, uint64_t now)
{
	for (unsigned int i = 0; i < FAKE_VCPUS; i++) {
		/* In steps, as the VM's clock calls it. */
		while (f->due[i] <= now) {
			f->now = f->due[i];
			f->due[i] = UINT64_MAX;
			irqchip_vcpu_due(f->vm.irqchip, i);
		}
	}
	f->now = now;
}
