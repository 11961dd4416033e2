/* SPDX-License-Identifier: MIT */
/*
 * The MPIC of src/mpic beside the reference of ref-mpic.h, in a VM of just what
 * it asks of one: every register and pin, by guests of several CPUs and by the
 * VMM's attributes. After each step the CPUs' inputs and the ends that irqfds
 * are told must be equal.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/device.h"
#include "base/fault.h"
#include "model.h"
#include "mpic/mpic.h"
#include "ref-mpic.h"

#define FAUXKVM_ABI_PPC
#include "fauxkvm/kvm.h"

enum step_mpic {
	STEP_READ, /* at: offset; len: 1 by the guest, 0 by the VMM */
	STEP_WRITE,
	STEP_PIN,   /* at: source, val: level */
	STEP_ACTIVE /* IRQ_ACTIVE of source at; len: 1 set to val */
};

struct world_mpic {
	struct device_vm vm;
	struct device *dev;
	struct mmio_frame *frame;
	bool pin[REF_MPIC_CPUS];
	unsigned int acked;
	int last_acked;
	struct ref_mpic ref;
	/* Few sources, so that they meet; of few priorities. */
	unsigned int source[12], sources, prios;
};

static struct world_mpic *world_of(struct device_vm *vm)
{
	return container_of(vm, struct world_mpic, vm);
}

static int op_mmio_add(struct device_vm *vm, struct mmio_frame *frame)
{
	world_of(vm)->frame = frame;
	return 0;
}

static void op_mmio_remove(struct device_vm *vm, struct mmio_frame *frame)
{
	world_of(vm)->frame = NULL;
}

static void op_set_pins(struct device_vm *vm, unsigned int index, uint32_t pins)
{
	world_of(vm)->pin[index] = pins & MPIC_PIN_INT;
}

static void op_irq_acked(struct device_vm *vm, unsigned int pin)
{
	world_of(vm)->acked++;
	world_of(vm)->last_acked = pin;
}

static const struct device_vm_ops world_ops = {
	.mmio_add = op_mmio_add,
	.mmio_remove = op_mmio_remove,
	.set_pins = op_set_pins,
	.irq_acked = op_irq_acked,
};

static int attr(struct world_mpic *w, enum attr_op op, uint32_t group,
		uint64_t nr, void *val)
{
	struct device_attr a = {group, nr, val};

	return attr_dispatch(w->dev->type->attrs, w->dev, op, &a);
}

static bool fails(char *why, size_t len, const char *what)
{
	snprintf(why, len, "%s is refused", what);
	return false;
}

static void *mpic_new(uint64_t seed)
{
	struct world_mpic *w = calloc(1, sizeof(*w));
	struct dice d = {~seed};
	bool v42 = dice_once(&d, 2);
	unsigned int cpus = 1 + dice_below(&d, REF_MPIC_CPUS);
	uint64_t base = UINT64_C(0xe0040000);
	uint32_t val = UINT32_C(1) << 31;

	w->vm.ops = &world_ops;
	w->last_acked = -1;
	if (fault_init() ||
	    (v42 ? &mpic_42_type : &mpic_20_type)
		    ->create(v42 ? &mpic_42_type : &mpic_20_type, &w->vm,
			     &w->dev))
		abort();
	for (unsigned int i = 0; i < cpus; i++)
		if (mpic_connect(w->dev, &w->vm, i, i))
			abort();
	if (attr(w, ATTR_SET, KVM_DEV_MPIC_GRP_MISC, KVM_DEV_MPIC_BASE_ADDR,
		 &base) ||
	    attr(w, ATTR_SET, KVM_DEV_MPIC_GRP_REGISTER, 0x1020, &val))
		abort();
	ref_mpic_init(&w->ref, v42, cpus);
	w->sources = 2 + dice_below(&d, 11);
	w->prios = 2 + dice_below(&d, 14);
	for (unsigned int i = 0; i < w->sources; i++)
		w->source[i] = dice_once(&d, 4)   ? 224 + dice_below(&d, 8)
			       : dice_once(&d, 2) ? dice_below(&d, 16)
						  : dice_below(&d, 256);
	return w;
}

static void mpic_free(void *world)
{
	struct world_mpic *w = world;

	irqchip_destroy(w->vm.irqchip);
	free(w);
}

/* ---- steps --------------------------------------------------------------- */

static uint32_t some_source(struct world_mpic *w, struct dice *d)
{
	return w->source[dice_below(d, w->sources)];
}

/* Of the vCPU itself or of any by its number. */
static uint32_t cpu_reg(struct world_mpic *w, struct dice *d, uint32_t off)
{
	if (!dice_once(d, 4))
		return off;
	return 0x20000 + 0x1000 * dice_below(d, w->ref.cpus) + off;
}

static uint32_t some_reg(struct world_mpic *w, struct dice *d)
{
	static const uint32_t regs[] = {0x1000, 0x1020, 0x10e0,
					0x10f0, 0x1720, 0x1740};
	static const uint32_t of_source[] = {0, 0, 0x10, 0x18};
	static const uint32_t of_cpu[] = {0x40, 0x80, 0x80, 0x90, 0xb0};

	switch (dice_below(d, 8)) {
	case 0: return regs[dice_below(d, 6)];
	case 1: return 0x10a0 + 0x10 * dice_below(d, 4);
	case 2: return 0x1100 + 0x10 * dice_below(d, 16);
	case 3: return 0x1600 + 0x10 * dice_below(d, 8);
	case 4: return cpu_reg(w, d, of_cpu[dice_below(d, 5)]);
	}
	return 0x10000 + 0x20 * some_source(w, d) + of_source[dice_below(d, 4)];
}

static uint32_t ivpr(struct world_mpic *w, struct dice *d)
{
	uint32_t val = dice_below(d, w->prios) << 16 | dice_below(d, 0x10000);

	if (dice_once(d, 5))
		val |= 1u << 31;
	if (dice_once(d, 2))
		val |= 1u << 22;
	return dice_once(d, 20) ? (uint32_t)dice_u64(d) : val;
}

static uint32_t idr(struct dice *d)
{
	uint32_t val = dice_below(d, 1 << REF_MPIC_CPUS);

	return dice_once(d, 8) ? (uint32_t)dice_u64(d) : val;
}

static void config_step(struct world_mpic *w, struct dice *d, struct step *step)
{
	uint32_t base = 0x10000 + 0x20 * some_source(w, d);

	step->kind = STEP_WRITE;
	switch (dice_below(d, 8)) {
	case 0:
		step->at = 0x10a0 + 0x10 * dice_below(d, 4);
		step->val = ivpr(w, d);
		break;
	case 1:
		step->at = base + 0x18;
		step->val = dice_once(d, 2) ? 0 : dice_below(d, 5);
		break;
	case 2:
		step->at = 0x1100 + 0x10 * dice_below(d, 16);
		step->val = (uint32_t)dice_u64(d);
		break;
	case 3:
	case 4:
		step->at = base + 0x10;
		step->val = idr(d);
		break;
	default: step->at = base; step->val = ivpr(w, d);
	}
	if (dice_once(d, 60)) {
		step->at = dice_once(d, 2) ? 0x1020 : 0x10e0;
		step->val = (uint32_t)dice_u64(d) >> dice_below(d, 3);
	}
}

static void mpic_make(void *world, struct dice *d, struct step *step)
{
	struct world_mpic *w = world;
	unsigned int what = dice_below(d, 100);

	memset(step, 0, sizeof(*step));
	step->vcpu = dice_below(d, w->ref.cpus);
	step->len = !dice_once(d, 6);
	if (what < 25) {
		step->kind = STEP_PIN;
		step->at = some_source(w, d);
		step->val = dice_once(d, 10) ? 7 : dice_once(d, 2);
	} else if (what < 45) {
		step->kind = STEP_READ;
		step->at = cpu_reg(w, d, 0xa0);
	} else if (what < 60) {
		step->kind = STEP_WRITE;
		step->at = cpu_reg(w, d, 0xb0);
	} else if (what < 65) {
		step->kind = STEP_WRITE;
		step->at = cpu_reg(w, d, 0x80);
		step->val = dice_once(d, 2) ? 0 : dice_below(d, w->prios);
	} else if (what < 70) {
		step->kind = STEP_WRITE;
		step->at = cpu_reg(w, d, 0x40 + 0x10 * dice_below(d, 4));
		step->val = idr(d);
	} else if (what < 75) {
		step->kind = STEP_WRITE;
		step->at = 0x1740;
		step->val = (uint32_t)dice_u64(d);
	} else if (what < 87) {
		config_step(w, d, step);
	} else if (what < 90) {
		step->kind = STEP_ACTIVE;
		step->at = dice_once(d, 4) ? dice_below(d, 256)
					   : some_source(w, d);
		step->val = dice_once(d, 2);
	} else {
		step->kind = STEP_READ;
		step->at = some_reg(w, d);
	}
}

/* ---- both ---------------------------------------------------------------- */

static bool read_equal(struct world_mpic *w, const struct step *step, char *why,
		       size_t len)
{
	uint32_t ref =
		ref_mpic_read(&w->ref, step->len ? step->vcpu : -1, step->at);
	uint64_t val = 0;
	uint32_t val32;

	if (step->len &&
	    !w->frame->read(w->frame, step->vcpu, step->at, 4, &val))
		return fails(why, len, "the read");
	if (!step->len &&
	    attr(w, ATTR_GET, KVM_DEV_MPIC_GRP_REGISTER, step->at, &val32))
		return fails(why, len, "the read");
	if (!step->len)
		val = val32;
	if (val == ref)
		return true;
	snprintf(why, len, "reads %#llx, reference %#x",
		 (unsigned long long)val, ref);
	return false;
}

static bool write_both(struct world_mpic *w, const struct step *step, char *why,
		       size_t len)
{
	uint32_t val = step->val;

	ref_mpic_write(&w->ref, step->len ? step->vcpu : -1, step->at, val);
	if (step->len ? !w->frame->write(w->frame, step->vcpu, step->at, 4, val)
		      : attr(w, ATTR_SET, KVM_DEV_MPIC_GRP_REGISTER, step->at,
			     &val))
		return fails(why, len, "the write");
	return true;
}

static bool active_equal(struct world_mpic *w, const struct step *step,
			 char *why, size_t len)
{
	uint32_t val = step->val;

	if (step->len) {
		ref_mpic_pin(&w->ref, step->at, val);
		if (attr(w, ATTR_SET, KVM_DEV_MPIC_GRP_IRQ_ACTIVE, step->at,
			 &val))
			return fails(why, len, "IRQ_ACTIVE");
		return true;
	}
	if (attr(w, ATTR_GET, KVM_DEV_MPIC_GRP_IRQ_ACTIVE, step->at, &val))
		return fails(why, len, "IRQ_ACTIVE");
	if (val == w->ref.source[step->at].pending)
		return true;
	snprintf(why, len, "IRQ_ACTIVE is %u, reference %u", val,
		 w->ref.source[step->at].pending);
	return false;
}

static bool mpic_run(void *world, const struct step *step, char *why,
		     size_t len)
{
	struct world_mpic *w = world;
	bool same = true;

	switch (step->kind) {
	case STEP_READ: same = read_equal(w, step, why, len); break;
	case STEP_WRITE: same = write_both(w, step, why, len); break;
	case STEP_ACTIVE: same = active_equal(w, step, why, len); break;
	case STEP_PIN:
		irqchip_set_pin(w->vm.irqchip, step->at, step->val);
		ref_mpic_pin(&w->ref, step->at, step->val);
		break;
	}
	if (!same)
		return false;
	for (unsigned int i = 0; i < w->ref.cpus; i++)
		if (w->pin[i] != w->ref.cpu[i].pin) {
			snprintf(why, len, "CPU %u: input is %u, reference %u",
				 i, w->pin[i], w->ref.cpu[i].pin);
			return false;
		}
	if (w->acked == w->ref.acked && w->last_acked == w->ref.last_acked)
		return true;
	snprintf(why, len, "%u ends, the last of %d; reference %u, %d",
		 w->acked, w->last_acked, w->ref.acked, w->ref.last_acked);
	return false;
}

static void mpic_print(const struct step *step, char *buf, size_t len)
{
	static const char *const names[] = {"read", "write", "pin",
					    "IRQ_ACTIVE"};

	snprintf(buf, len, "%s %u %s %#x %#llx",
		 step->len ? "CPU" : "the VMM, not", step->vcpu,
		 names[step->kind], step->at, (unsigned long long)step->val);
}

const struct world_type world_mpic = {
	.name = "mpic",
	.new = mpic_new,
	.free = mpic_free,
	.make = mpic_make,
	.run = mpic_run,
	.print = mpic_print,
};
