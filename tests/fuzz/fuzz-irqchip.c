/* SPDX-License-Identifier: MIT */
/*
 * An interrupt controller alone: any access of a guest (frame, offset, size,
 * alignment), any system register, any attribute of a VMM (group, number,
 * vCPU, pointer), lines, messages and time, to a GICv2, a GICv3 with an ITS or an
 * MPIC whose time is counted or not. It must neither die nor answer what cannot
 * be.
 */
#include <errno.h>

#include "base/fault.h"
#include "fauxkvm/kvm.h"
#include "fuzz.h"
#include "gic/costs.h"
#include "gic/gic.h"
#include "mpic/mpic.h"
#include "tests/gic/gic-regs.h"

const size_t fuzz_input_max = 4096;

#define VCPUS     3
#define RAM       UINT64_C(0x40000000)
#define RAM_SIZE  0x40000u
#define DIST      UINT64_C(0x08000000)
#define CPU       UINT64_C(0x08010000)
#define ITS       UINT64_C(0x08080000)
#define REDIST    UINT64_C(0x080a0000)
#define MPIC      UINT64_C(0xe0040000)
#define MAX_STEPS 400

struct world {
	struct device_vm vm;
	struct gic *gic; /* NULL: an MPIC */
	struct device *dev, *its;
	struct mmio_frame *frame[16];
	unsigned int frames;
	uint64_t now, due[VCPUS];
	bool has_run;
	uint8_t ram[RAM_SIZE];
};

static struct world *world_of(struct device_vm *vm)
{
	return container_of(vm, struct world, vm);
}

/* ---- a VM ---------------------------------------------------------------- */

static uint64_t op_gpa_limit(struct device_vm *vm)
{
	return UINT64_C(1) << 40;
}

static unsigned int op_vcpu_count(struct device_vm *vm)
{
	return VCPUS;
}

static uint32_t op_vcpu_id(struct device_vm *vm, unsigned int index)
{
	return index;
}

static bool op_has_run(struct device_vm *vm)
{
	return world_of(vm)->has_run;
}

static bool op_vcpu_creating(struct device_vm *vm)
{
	return false;
}

static void op_nothing(struct device_vm *vm)
{
}

static int op_trylock_vcpus(struct device_vm *vm)
{
	return 0;
}

static void op_set_max_vcpus(struct device_vm *vm, unsigned int max)
{
}

static int op_mmio_add(struct device_vm *vm, struct mmio_frame *frame)
{
	struct world *w = world_of(vm);

	if (w->frames == ARRAY_SIZE(w->frame))
		return -ENOSPC;
	w->frame[w->frames++] = frame;
	return 0;
}

static void op_mmio_remove(struct device_vm *vm, struct mmio_frame *frame)
{
	struct world *w = world_of(vm);
	unsigned int i = 0;

	while (i < w->frames && w->frame[i] != frame)
		i++;
	if (i == w->frames)
		fuzz_fail("a frame is removed that is not there");
	w->frame[i] = w->frame[--w->frames];
}

static bool in_ram(gpa_t gpa, size_t len)
{
	return gpa >= RAM && gpa - RAM < RAM_SIZE &&
	       len <= RAM_SIZE - (gpa - RAM);
}

static int op_mem_read(struct device_vm *vm, gpa_t gpa, void *buf, size_t len)
{
	if (!in_ram(gpa, len))
		return -EFAULT;
	memcpy(buf, world_of(vm)->ram + (gpa - RAM), len);
	return 0;
}

static int op_mem_write(struct device_vm *vm, gpa_t gpa, const void *buf,
			size_t len)
{
	if (!in_ram(gpa, len))
		return -EFAULT;
	memcpy(world_of(vm)->ram + (gpa - RAM), buf, len);
	return 0;
}

static void op_set_pins(struct device_vm *vm, unsigned int index, uint32_t pins)
{
	uint32_t known = GIC_PIN_IRQ | GIC_PIN_FIQ | GIC_PIN_WAKE;

	if (index >= VCPUS || pins & ~known)
		fuzz_fail("vCPU %u: pins %#x", index, pins);
}

static void op_irq_acked(struct device_vm *vm, unsigned int pin)
{
	if (pin >= 1020)
		fuzz_fail("pin %u ended", pin);
	irqchip_set_pin(vm->irqchip, pin, 0);
}

static void op_step(struct device_vm *vm, unsigned int index, unsigned int step,
		    uint32_t intid, unsigned int cycles)
{
	if (index >= VCPUS || step >= NR_IRQ_STEPS)
		fuzz_fail("vCPU %u: step %u", index, step);
	world_of(vm)->now += cycles;
}

static uint64_t op_now(struct device_vm *vm)
{
	return world_of(vm)->now;
}

static void op_due_at(struct device_vm *vm, unsigned int index, uint64_t when)
{
	struct world *w = world_of(vm);

	if (index >= VCPUS || !vm->counted)
		fuzz_fail("vCPU %u is due", index);
	if (w->due[index] > when)
		w->due[index] = when;
}

static uint64_t op_mpidr(struct device_vm *vm, unsigned int index)
{
	return UINT64_C(0x80000000) | index;
}

static int op_vcpu_by_mpidr(struct device_vm *vm, uint64_t mpidr)
{
	return mpidr < vm->ops->vcpu_count(vm) ? (int)mpidr : -1;
}

static bool op_ppi_level(struct device_vm *vm, unsigned int index,
			 unsigned int intid, bool *known)
{
	*known = false;
	return false;
}

static void op_ppi_stale(struct device_vm *vm, unsigned int index)
{
	if (index >= VCPUS)
		fuzz_fail("a PPI of vCPU %u", index);
}

static const struct device_vm_ops ops = {
	.gpa_limit = op_gpa_limit,
	.vcpu_count = op_vcpu_count,
	.vcpu_id = op_vcpu_id,
	.has_run = op_has_run,
	.vcpu_creating = op_vcpu_creating,
	.lock = op_nothing,
	.unlock = op_nothing,
	.trylock_vcpus = op_trylock_vcpus,
	.unlock_vcpus = op_nothing,
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

static const struct gic_vm_ops gic_ops = {
	.vcpu_mpidr = op_mpidr,
	.vcpu_by_mpidr = op_vcpu_by_mpidr,
	.ppi_level = op_ppi_level,
	.ppi_stale = op_ppi_stale,
};

/* ---- attributes ---------------------------------------------------------- */

static int attr(struct device *dev, enum attr_op op, uint32_t group,
		uint64_t nr, void *addr)
{
	struct device_attr a = {group, nr, addr};

	return attr_dispatch(dev->type->attrs, dev, op, &a);
}

static void set64(struct device *dev, uint32_t group, uint64_t nr, uint64_t val)
{
	attr(dev, ATTR_SET, group, nr, &val);
}

/* Often of a group that the device has, of the registers' numbers. */
static void any_attr(struct fuzz_input *in, struct world *w)
{
	/* What a VMM may have to read: bytes, and nothing behind them. */
	uint64_t *val = malloc(sizeof(*val));
	uint8_t how = fuzz_u8(in);
	struct device *dev = how & 0x80 && w->its ? w->its : w->dev;
	uint32_t group = how & 0x40 ? fuzz_u32(in) : fuzz_below(in, 10);
	uint64_t nr = how & 0x20 ? fuzz_u64(in) : fuzz_u16(in);
	int ret;

	if (how & 0x10)
		nr &= ~UINT64_C(3);
	if (how & 0x08)
		nr |= (uint64_t)fuzz_below(in, 4) << 32;
	*val = fuzz_u64(in);
	ret = attr(dev, how % 3, group, nr,
		   (how & 7) == 7 ? (void *)(uintptr_t)8 : val);
	if (ret > 0 || ret < -4095)
		fuzz_fail("attribute: %d", ret);
	free(val);
}

/* ---- a guest ------------------------------------------------------------- */

static void any_access(struct fuzz_input *in, struct world *w)
{
	uint8_t how = fuzz_u8(in);
	unsigned int len = 1u << (how & 3), v = fuzz_below(in, VCPUS);
	struct mmio_frame *f;
	uint64_t off, val = 0;

	if (!w->frames)
		return;
	f = w->frame[fuzz_below(in, w->frames)];
	off = how & 0x40 ? fuzz_u32(in) : fuzz_u16(in);
	off = how & 0x20 ? off % f->size : off % 0x1000 % f->size;
	/* As the bus does: not over the frame's end. */
	if (off > f->size - len)
		return;
	if (how & 0x10)
		off &= ~(uint64_t)(len - 1);
	if (how & 0x80) {
		f->write(f, v, off, len, fuzz_u64(in));
		return;
	}
	if (f->read(f, v, off, len, &val) && len < 8 && val >> 8 * len)
		fuzz_fail("offset %#llx reads %#llx in %u bytes",
			  (unsigned long long)off, (unsigned long long)val,
			  len);
}

static void any_sysreg(struct fuzz_input *in, struct world *w)
{
	uint8_t how = fuzz_u8(in);
	unsigned int v = fuzz_below(in, VCPUS);
	/* S3_0_C12_C8_0 .. S3_0_C12_C15_7, or C4_C6_0, or any */
	uint32_t enc = how & 0x40   ? fuzz_u16(in)
		       : how & 0x20 ? 0xc230
				    : 0xc640 | (fuzz_u8(in) & 0x3f);
	uint64_t val;

	if (!w->gic)
		return;
	if (how & 1)
		gic_icc_write(w->gic, v, enc,
			      how & 2 ? fuzz_u64(in) : fuzz_u16(in));
	else
		gic_icc_read(w->gic, v, enc, &val);
}

/* A command at the queue's place, and the ITS told of it. */
static void its_command(struct fuzz_input *in, struct world *w)
{
	static const uint8_t ops[] = {
		ITS_MAPD, ITS_MAPC,  ITS_MAPTI,   ITS_MAPTI, ITS_MOVI,
		ITS_INT,  ITS_CLEAR, ITS_DISCARD, ITS_INV,   ITS_INVALL,
		ITS_MAPI, ITS_SYNC,  ITS_MOVALL,
	};
	uint8_t how = fuzz_u8(in);
	uint64_t cmd[4] = {
		ops[fuzz_below(in, sizeof(ops))] | (uint64_t)fuzz_below(in, 3)
							   << 32,
		(uint64_t)(8192 + fuzz_below(in, 16)) << 32 | fuzz_below(in, 8),
		(uint64_t) !(how & 15) << 62 | UINT64_C(1) << 63 |
			fuzz_below(in, 4),
		(uint64_t)fuzz_below(in, 4) << 16,
	};

	if (!w->its)
		return;
	if (how & 0x10)
		cmd[how & 3] = fuzz_u64(in);
	else if ((cmd[0] & 0xff) == ITS_MAPD)
		cmd[2] = UINT64_C(1) << 63 | (RAM + 0x20000);
	else
		cmd[2] |= (uint64_t)fuzz_below(in, 4) << 16;
	for (unsigned int i = 0; i < w->frames; i++) {
		struct mmio_frame *f = w->frame[i];
		uint64_t at = 0;

		if (f->base != ITS)
			continue;
		f->read(f, 0, GITS_CWRITER, 8, &at);
		at &= 0xfe0;
		memcpy(w->ram + 0x10000 + at, cmd, sizeof(cmd));
		f->write(f, 0, GITS_CWRITER, 8, (at + 32) & 0xfff);
		return;
	}
}

static void its_start(struct world *w)
{
	for (unsigned int i = 0; i < w->frames; i++) {
		struct mmio_frame *f = w->frame[i];

		if (f->base == ITS) {
			f->write(f, 0, GITS_BASER, 8,
				 UINT64_C(1) << 63 | (RAM + 0x30000));
			f->write(f, 0, GITS_BASER + 8, 8,
				 UINT64_C(1) << 63 | (RAM + 0x30000));
			f->write(f, 0, GITS_CBASER, 8,
				 UINT64_C(1) << 63 | (RAM + 0x10000));
			f->write(f, 0, GITS_CTLR, 4, 1);
		} else if (f->base >= REDIST) {
			f->write(f, 0, GICR_PROPBASER, 8, RAM | 15);
			f->write(f, 0, GICR_PENDBASER, 8, RAM);
			f->write(f, 0, GICR_CTLR, 4, 1);
		}
	}
}

/* ---- the world around ---------------------------------------------------- */

static void time_goes(struct world *w, uint64_t cycles)
{
	uint64_t end = w->now + cycles;
	unsigned int calls = 0;

	for (unsigned int v = 0; v < VCPUS; v++)
		while (w->due[v] <= end) {
			if (w->now < w->due[v])
				w->now = w->due[v];
			w->due[v] = UINT64_MAX;
			irqchip_vcpu_due(w->vm.irqchip, v);
			if (++calls > 100000)
				fuzz_fail("vCPU %u is due again and again", v);
		}
	if (w->now < end)
		w->now = end;
}

static void any_input(struct fuzz_input *in, struct world *w)
{
	struct irqchip *chip = w->vm.irqchip;
	struct irqchip_msi msi = {.doorbell = ITS + GITS_TRANSLATER};
	uint8_t how = fuzz_u8(in);

	switch (how & 7) {
	case 0:
	case 1:
		irqchip_set_pin(chip, fuzz_u16(in) >> (how >> 5), how >> 3 & 1);
		break;
	case 2:
		msi.data = how & 8 ? fuzz_u32(in) : fuzz_below(in, 8);
		msi.devid = how & 16 ? fuzz_u32(in) : fuzz_below(in, 3);
		msi.has_devid = how & 32 || how & 64;
		if (how & 128)
			msi.doorbell = fuzz_u64(in);
		irqchip_msi(chip, &msi);
		break;
	case 3:
		if (w->gic)
			gic_set_line(w->gic, fuzz_below(in, VCPUS + 1),
				     fuzz_u16(in) >> (how >> 4), how & 8, NULL);
		break;
	case 4: time_goes(w, how & 8 ? fuzz_u16(in) : how); break;
	case 5:
		if (how & 8)
			chip->ops->vcpu_reset(chip, fuzz_below(in, VCPUS));
		else
			chip->ops->vcpu_sync(chip, fuzz_below(in, VCPUS));
		break;
	case 6:
		irqchip_vcpu_load(chip, fuzz_below(in, VCPUS));
		irqchip_vcpu_put(chip, fuzz_below(in, VCPUS));
		break;
	case 7: {
		uint32_t epr;

		if (!w->gic)
			mpic_take_epr(chip, fuzz_below(in, VCPUS), &epr);
		break;
	}
	}
}

/* ---- worlds -------------------------------------------------------------- */

static void gic_world(struct world *w, int version)
{
	struct device *dev = NULL;
	const struct device_type *type =
		version == 2 ? &gic_v2_type : &gic_v3_type;

	w->gic = gic_vm_new(&w->vm, &gic_ops);
	for (unsigned int v = 0; v < VCPUS; v++)
		irqchip_vcpu_created(w->vm.irqchip, v);
	if (type->create(type, &w->vm, &w->dev))
		fuzz_fail("no GIC");
	if (version == 2) {
		gic_set_legacy_addr(w->gic, 0, DIST);
		gic_set_legacy_addr(w->gic, 1, CPU);
	} else {
		set64(w->dev, KVM_DEV_ARM_VGIC_GRP_ADDR,
		      KVM_VGIC_V3_ADDR_TYPE_DIST, DIST);
		set64(w->dev, KVM_DEV_ARM_VGIC_GRP_ADDR,
		      KVM_VGIC_V3_ADDR_TYPE_REDIST, REDIST);
		if (gic_its_type.create(&gic_its_type, &w->vm, &dev))
			fuzz_fail("no ITS");
		w->its = dev;
		set64(dev, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_ITS_ADDR_TYPE,
		      ITS);
	}
	attr(w->dev, ATTR_SET, KVM_DEV_ARM_VGIC_GRP_CTRL,
	     KVM_DEV_ARM_VGIC_CTRL_INIT, NULL);
	if (irqchip_first_run(w->vm.irqchip))
		fuzz_fail("the GIC does not start");
	w->has_run = true;
	if (w->its)
		its_start(w);
}

/* <fauxkvm/kvm.h> has one architecture's part at a time. */
#define MPIC_GRP_MISC     1
#define MPIC_GRP_REGISTER 2

static void mpic_world(struct world *w, const struct device_type *type)
{
	uint32_t val = 1u << 31;

	if (type->create(type, &w->vm, &w->dev))
		fuzz_fail("no MPIC");
	for (unsigned int v = 0; v < VCPUS; v++)
		if (mpic_connect(w->dev, &w->vm, v, v))
			fuzz_fail("vCPU %u is not connected", v);
	set64(w->dev, MPIC_GRP_MISC, 0, MPIC);
	attr(w->dev, ATTR_SET, MPIC_GRP_REGISTER, 0x1020, &val);
}

static void world_free(struct world *w)
{
	if (w->its)
		w->its->type->destroy(w->its);
	irqchip_destroy(w->vm.irqchip);
	free(w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, data + size};
	struct world *w = calloc(1, sizeof(*w));
	uint8_t how = fuzz_u8(&in);

	if (fault_init())
		fuzz_fail("fault_init");
	w->vm.ops = &ops;
	w->vm.counted = how & 4;
	w->vm.steps_heard = how & 4 || how & 8;
	memset(w->due, 0xff, sizeof(w->due));
	switch (how & 3) {
	case 0: gic_world(w, 2); break;
	case 1: gic_world(w, 3); break;
	case 2: mpic_world(w, &mpic_20_type); break;
	case 3: mpic_world(w, &mpic_42_type); break;
	}
	for (unsigned int i = 0; i < MAX_STEPS && !fuzz_empty(&in); i++)
		switch (fuzz_below(&in, 8)) {
		case 0: any_attr(&in, w); break;
		case 1: any_sysreg(&in, w); break;
		case 2:
		case 3: any_input(&in, w); break;
		case 4: its_command(&in, w); break;
		default: any_access(&in, w);
		}
	world_free(w);
	return 0;
}
