/* SPDX-License-Identifier: MIT */
/*
 * The smallest architecture, see stub-arch.h.
 */
#include "stub-arch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/refuse.h"
#include "kernel/ioctl-rows.h"
#include "kernel/memslot.h"
#include "kernel/vm.h"

struct stub_access stub_access;
unsigned int stub_flushed, stub_vms, stub_vcpus, stub_gone;
gpa_t stub_gone_start, stub_gone_end;

struct vcpu_stub {
	struct vcpu vcpu;
	_Atomic uint32_t requests;
};

struct stub_device {
	struct device dev;
	struct mmio_frame frame;
	uint32_t value;
};

/* ---- VM and vCPU --------------------------------------------------------- */

static long stub_vm_new(unsigned long type, struct vm **vm)
{
	if (type == STUB_BAD_TYPE)
		return refuse(EINVAL, FKVM_VM_TYPE, "the stub's bad type");
	*vm = calloc(1, sizeof(**vm));
	if (!*vm)
		return refuse(ENOMEM, FKVM_NO_MEMORY, "no memory for the VM");
	(*vm)->gpa_limit = STUB_GPA_LIMIT;
	stub_vms++;
	return 0;
}

static int stub_vm_init(struct vm *vm)
{
	return 0;
}

static void stub_vm_free(struct vm *vm)
{
	stub_vms--;
	free(vm);
}

static void stub_vm_flush(struct vm *vm, unsigned int what)
{
	stub_flushed |= what;
}

static void stub_code_gone(struct vm *vm, gpa_t start, gpa_t end)
{
	stub_gone_start = start;
	stub_gone_end = end;
	stub_gone++;
}

static long stub_irq_line(struct vm *vm, struct kvm_irq_level *irq)
{
	irq->status = -1; /* nobody takes it */
	return 0;
}

static long stub_vcpu_check(struct vm *vm, unsigned long id)
{
	return 0;
}

static struct vcpu *stub_vcpu_new(struct vm *vm)
{
	struct vcpu_stub *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->vcpu.vm = vm;
	s->vcpu.requests = &s->requests;
	stub_vcpus++;
	return &s->vcpu;
}

static void stub_vcpu_free(struct vcpu *vcpu)
{
	stub_vcpus--;
	free(container_of(vcpu, struct vcpu_stub, vcpu));
}

static void stub_nothing(struct vcpu *vcpu)
{
}

static long stub_run_check(struct vcpu *vcpu)
{
	return 0;
}

static void stub_run_begin(struct vcpu *vcpu)
{
	uint64_t data;

	if (vcpu_mmio_done(vcpu, &data) && !stub_access.write)
		stub_access.value = data;
}

/* One access; what memory or the bus takes ends KVM_RUN as "unknown". */
static long stub_enter(struct vcpu *vcpu)
{
	struct stub_access *a = &stub_access;
	uint64_t data = a->write ? a->value : 0;
	bool writable = false;
	uint8_t *page;
	int none = memslot_page(vcpu, a->gpa, a->write, &page, &writable);

	if (!none && (!a->write || writable)) {
		if (a->write)
			memcpy(page + a->gpa % GUEST_PAGE_SIZE, &data, 4);
		else
			memcpy(&data, page + a->gpa % GUEST_PAGE_SIZE, 4);
	} else if (!vcpu_mmio(vcpu, a->gpa, a->write, 4, &data)) {
		return 0;
	}
	if (!a->write)
		a->value = data;
	return 0;
}

static bool stub_wakeup(struct vcpu *vcpu)
{
	return true;
}

static void stub_set_pins(struct vcpu *vcpu, uint32_t pins)
{
}

/* ---- the device ---------------------------------------------------------- */

static bool stub_read(struct mmio_frame *f, unsigned int vcpu, uint64_t off,
		      unsigned int len, uint64_t *val)
{
	*val = container_of(f, struct stub_device, frame)->value;
	return off == STUB_DEV_REGISTER;
}

static bool stub_write(struct mmio_frame *f, unsigned int vcpu, uint64_t off,
		       unsigned int len, uint64_t val)
{
	if (off != STUB_DEV_REGISTER)
		return false;
	container_of(f, struct stub_device, frame)->value = val;
	return true;
}

static int stub_create(const struct device_type *type, struct device_vm *vm,
		       struct device **out)
{
	struct stub_device *d = calloc(1, sizeof(*d));
	int ret;

	if (!d)
		return -ENOMEM;
	d->dev = (struct device){type, vm};
	d->frame = (struct mmio_frame){
		.base = STUB_DEV_BASE,
		.size = STUB_DEV_SIZE,
		.read = stub_read,
		.write = stub_write,
	};
	*out = &d->dev;
	ret = vm->ops->mmio_add(vm, &d->frame);
	if (ret)
		free(d);
	return ret;
}

static void stub_destroy(struct device *dev)
{
	free(container_of(dev, struct stub_device, dev));
}

static int stub_value_set(void *owner, const struct device_attr *attr)
{
	struct stub_device *d = container_of(owner, struct stub_device, dev);

	return copy_from_user(&d->value, attr->addr, sizeof(d->value));
}

static int stub_value_get(void *owner, const struct device_attr *attr)
{
	struct stub_device *d = container_of(owner, struct stub_device, dev);

	return copy_to_user(attr->addr, &d->value, sizeof(d->value));
}

static const struct attr_row stub_rows[] = {
	{
		.group_name = "STUB_DEV_GROUP",
		.name = "STUB_DEV_VALUE",
		.group = STUB_DEV_GROUP,
		.first = STUB_DEV_VALUE,
		.last = STUB_DEV_VALUE,
		.payload = ATTR_U32,
		.set_when = ATTR_ANYTIME,
		.since = "-",
		.set = stub_value_set,
		.get = stub_value_get,
	},
};
static const struct attr_table stub_attrs = {stub_rows, ARRAY_SIZE(stub_rows)};

static const struct device_type stub_type = {
	.name = "kvm-stub",
	.type = STUB_DEV_TYPE,
	.create = stub_create,
	.attrs = &stub_attrs,
	.destroy = stub_destroy,
};

/* ---- a device without attributes ----------------------------------------- */

static int plain_create(const struct device_type *type, struct device_vm *vm,
			struct device **out)
{
	*out = calloc(1, sizeof(**out));
	if (!*out)
		return -ENOMEM;
	**out = (struct device){type, vm};
	return 0;
}

static void plain_destroy(struct device *dev)
{
	free(dev);
}

static const struct device_type plain_type = {
	.name = "kvm-stub-plain",
	.type = STUB_PLAIN_TYPE,
	.create = plain_create,
	.destroy = plain_destroy,
};

/* ---- the table ----------------------------------------------------------- */

static const struct ioctl_row ioctl_rows[] = {
#include "kernel/ioctls.def"
	IOCTL(KOBJ_VM, KVM_GET_DIRTY_LOG, COPY_IN, "base",
	      vm_ioctl_get_dirty_log) IOCTL_REFUSED(KOBJ_VCPU, "KVM_SET_SREGS",
						    KVM_SET_SREGS, COPY_IN)};

/* One of its own, one that the core has too. */
static const struct cap_row cap_rows[] = {
	CAP_NO(ONE_REG),
	CAP(IRQ_MPIC, .value = 3),
};
static const struct cap_table caps = {cap_rows, ARRAY_SIZE(cap_rows)};

static const struct stat_row vcpu_stats[] = {
	STAT_COUNTER("mmio_exits", STAT_MMIO_EXIT_USER),
};

static const struct device_type *const device_types[] = {&stub_type,
							 &plain_type, NULL};

static const struct cost_model *stub_cost_model(unsigned int n)
{
	static const struct cost_row rows[] = {{"access", 3, "assumed"}};
	static const struct cost_model model = {"stub", "a guest", rows, 1};

	return n ? NULL : &model;
}

static const struct arch arch_stub = {
	.name = "stub",
	.ioctls = ioctl_rows,
	.nr_ioctls = ARRAY_SIZE(ioctl_rows),
	.unknown_request = {[KOBJ_SYSTEM] = EINVAL,
			    [KOBJ_VM] = ENOTTY,
			    [KOBJ_VCPU] = EINVAL,
			    [KOBJ_DEVICE] = ENOTTY,
			    [KOBJ_STATS] = ENOTTY},
	.caps = &caps,
	.vcpu_stats = vcpu_stats,
	.nr_vcpu_stats = ARRAY_SIZE(vcpu_stats),
	.device_types = device_types,
	.cost_model = stub_cost_model,
	.max_vcpus = STUB_MAX_VCPUS,
	.irqchip_pins = 256,
	.big_endian = true,
	.memslot_flags = KVM_MEM_LOG_DIRTY_PAGES,
	.vm_new = stub_vm_new,
	.vm_init = stub_vm_init,
	.vm_free = stub_vm_free,
	.vm_flush = stub_vm_flush,
	.code_gone = stub_code_gone,
	.irq_line = stub_irq_line,
	.vcpu_check = stub_vcpu_check,
	.vcpu_new = stub_vcpu_new,
	.vcpu_init = stub_nothing,
	.vcpu_free = stub_vcpu_free,
	.vcpu_run_check = stub_run_check,
	.vcpu_run_begin = stub_run_begin,
	.vcpu_enter = stub_enter,
	.vcpu_run_end = stub_nothing,
	.vcpu_wakeup = stub_wakeup,
	.vcpu_timer = stub_nothing,
	.vcpu_set_pins = stub_set_pins,
};

const struct arch *kernel_arch(void)
{
	return &arch_stub;
}
