/* SPDX-License-Identifier: MIT */
/*
 * What an in-kernel device (GIC, ITS, MPIC, VFIO) and the VM that holds it
 * know of each other. A device sees only this header of the world above;
 * src/kernel implements struct device_vm once for all of them.
 */
#ifndef FAUXKVM_BASE_DEVICE_H
#define FAUXKVM_BASE_DEVICE_H

#include <stdatomic.h>

#include "base/attr.h"
#include "base/types.h"
#include "base/warn.h"

struct cost_profile;
struct device;
struct device_vm;
struct irqchip;

/*
 * A device type. Every function returns 0 or a negative errno exactly as
 * Linux would. Attributes are called without any VM lock held.
 */
struct device_type {
	const char *name; /* "kvm-arm-vgic-v3": the fd's name */
	uint32_t type;    /* KVM_DEV_TYPE_* */
	/* Make a device in @vm; *out is the new device. Called with the VM's
	 * configuration mutex held (as Linux's kvm->lock). */
	int (*create)(const struct device_type *type, struct device_vm *vm,
		      struct device **out);
	/* The VM's one device of this type, however it was made; NULL: it has
	 * none. The hook is NULL: a VM may have several, or names them only by
	 * descriptor. */
	struct device *(*find)(struct device_vm *vm);
	/* The attributes; owner of their functions is the struct device. An
	 * operation that no row has: the ioctl answers EPERM. NULL: none. */
	const struct attr_table *attrs;
	/* The device's last descriptor was closed (VFIO goes then, a VGIC
	 * stays until the VM goes). May be NULL. */
	void (*release)(struct device *dev);
	/* The VM goes: free @dev. Nothing runs any more. May be NULL. */
	void (*destroy)(struct device *dev);
};

struct device {
	const struct device_type *type;
	struct device_vm *vm;
};

/*
 * An MMIO frame on the VM's bus. read/write are called on a vCPU's thread
 * (vcpu = its index) with no lock held and never for an access that crosses
 * the end of the frame. @len is 1, 2, 4 or 8; the value is in the low bits.
 * false: the device does not answer there; the access goes on to whoever is
 * next on the bus, at last to the VMM as KVM_EXIT_MMIO.
 */
struct mmio_frame {
	gpa_t base;
	uint64_t size;
	bool hardware; /* under Linux the guest accesses a real device */
	bool (*read)(struct mmio_frame *f, unsigned int vcpu, uint64_t off,
		     unsigned int len, uint64_t *val);
	bool (*write)(struct mmio_frame *f, unsigned int vcpu, uint64_t off,
		      unsigned int len, uint64_t val);
};

/* Of one interrupt and vCPU: device_vm_ops.tally_due() is called so often. */
#define IRQ_TALLY_PERIOD 16

/* Where the acknowledges of one interrupt by one vCPU are counted. */
struct irq_tally {
	_Atomic uint64_t count;
	uint32_t vcpu, intid;
};

/* What a VM offers its devices. Implemented by src/kernel/. */
struct device_vm_ops {
	/* Upper bound (exclusive) of guest physical addresses. */
	uint64_t (*gpa_limit)(struct device_vm *vm);

	/* vCPUs in order of creation ("index", 0-based, never removed). */
	unsigned int (*vcpu_count)(struct device_vm *vm);
	uint32_t (*vcpu_id)(struct device_vm *vm, unsigned int index);
	/* True once any vCPU has entered KVM_RUN's loop. */
	bool (*has_run)(struct device_vm *vm);
	/* KVM_CREATE_VCPU in progress on another thread (Linux: EBUSY). */
	bool (*vcpu_creating)(struct device_vm *vm);

	/*
	 * The VM's configuration mutex (kvm->lock). Outermost lock: taken by
	 * devices around attribute work that changes configuration.
	 */
	void (*lock)(struct device_vm *vm);
	void (*unlock)(struct device_vm *vm);
	/*
	 * Try to take every vCPU's mutex: 0, or -EBUSY (nothing held) if any is
	 * held by another thread, i.e. inside KVM_RUN or another vCPU ioctl.
	 * VM mutex must be held.
	 */
	int (*trylock_vcpus)(struct device_vm *vm);
	void (*unlock_vcpus)(struct device_vm *vm);

	/* Sets the VM's vCPU limit, which some controllers lower. */
	void (*set_max_vcpus)(struct device_vm *vm, unsigned int max);

	/* Bus: 0, -EEXIST (collision), -ENOSPC. Frame memory stays the
	 * caller's and must live until mmio_remove or the VM's end. */
	int (*mmio_add)(struct device_vm *vm, struct mmio_frame *f);
	void (*mmio_remove)(struct device_vm *vm, struct mmio_frame *f);

	/* Guest memory by physical address: 0 or -EFAULT. Marks the pages
	 * dirty. Safe with the device's own locks held. */
	int (*mem_read)(struct device_vm *vm, gpa_t gpa, void *buf, size_t len);
	int (*mem_write)(struct device_vm *vm, gpa_t gpa, const void *buf,
			 size_t len);

	/*
	 * The interrupt inputs of vCPU @index changed: @pins are the new
	 * levels, a bit each, numbered by the irqchip's door. Any thread,
	 * device locks held; never blocks, never calls back; wakes a vCPU
	 * that waits for interrupts.
	 */
	void (*set_pins)(struct device_vm *vm, unsigned int index,
			 uint32_t pins);

	/* The interrupt of irqchip pin @pin ended while level-triggered:
	 * irqfd resample (KVM_IRQFD_FLAG_RESAMPLE). No device lock held. */
	void (*irq_acked)(struct device_vm *vm, unsigned int pin);

	/*
	 * The irqchip made @step (enum irq_step) for vCPU @index, which takes
	 * @cycles of that vCPU's counted time, 0: none. @intid: the interrupt
	 * by the irqchip's numbers, or IRQ_NONE. Called only while steps_heard
	 * is set. Any thread, device locks may be held; never blocks, never
	 * calls back.
	 */
	void (*step)(struct device_vm *vm, unsigned int index,
		     unsigned int step, uint32_t intid, unsigned int cycles);

	/*
	 * Counted time, as long as steps_heard is set by a clock that counts.
	 * now(): cycles at this point, for what this thread does: of the vCPU
	 * that it runs, of the VM on any other. due_at(): call
	 * irqchip_ops.vcpu_due() of vCPU @index when its time is @when; of
	 * several the earliest is kept, and vcpu_due() asks for the next. Any
	 * thread, device locks may be held; never blocks, never calls back.
	 */
	uint64_t (*now)(struct device_vm *vm);
	void (*due_at)(struct device_vm *vm, unsigned int index, uint64_t when);

	/*
	 * For irq_tally_count(), both with the irqchip's lock held: where to
	 * count interrupt @intid of vCPU @index (NULL: there is no room); and
	 * that one of these counts is a multiple of IRQ_TALLY_PERIOD.
	 */
	struct irq_tally *(*tally)(struct device_vm *vm, unsigned int index,
				   uint32_t intid);
	void (*tally_due)(struct device_vm *vm);
};

/*
 * 0: nobody can hear of steps, nor of requests and exits (kernel/event.h), and nothing
 * looks whether anybody does. tests/slow/stat-cost is built so, to compare.
 */
#ifndef HAS_EVENT_TAP
#define HAS_EVENT_TAP 1
#endif

struct device_vm {
	const struct device_vm_ops *ops;
	/* NULL: the VM has none (yet). Set once, by whoever makes it, when it
	 * is complete; read by any thread without a lock. */
	_Atomic(struct irqchip *) irqchip;
	/* Steps are counted or listened to: step() is told of each. Set by the
	 * VM at any time. */
	atomic_bool steps_heard;
	/* Time is counted: an interrupt is on its way for as long as its steps
	 * take. Constant from the VM's creation. */
	bool counted;
	/* Acknowledges are counted. Constant from the VM's creation. */
	bool tallied;

	/* What a user changed of the cost models, NULL: nothing. Constant from
	 * the VM's creation. */
	const struct cost_profile *costs;
	struct warned warned;
};

/*
 * vCPU @index acknowledged interrupt @intid. @tally is the irqchip's memory of
 * where the interrupt was counted last, at first NULL. To be called after
 * IRQ_STEP_ACKNOWLEDGE was told, with the irqchip's lock held: the steps of
 * interrupts (intid is not IRQ_NONE) are told one at a time.
 */
static inline void irq_tally_count(struct device_vm *vm,
				   struct irq_tally **tally, unsigned int index,
				   uint32_t intid)
{
	struct irq_tally *t = *tally;
	uint64_t count;

	if (likely(!vm->tallied))
		return;
	if (unlikely(!t || t->vcpu != index))
		t = *tally = vm->ops->tally(vm, index, intid);
	if (unlikely(!t))
		return;
	/* Nothing else is written, least of all what other vCPUs read. */
	count = atomic_load_explicit(&t->count, memory_order_relaxed) + 1;
	atomic_store_explicit(&t->count, count, memory_order_relaxed);
	if (unlikely(!(count % IRQ_TALLY_PERIOD)))
		vm->ops->tally_due(vm);
}

#endif
