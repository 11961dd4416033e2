/* SPDX-License-Identifier: MIT */
/*
 * The VM object as every architecture has it, embedded in the architecture's
 * own, and the order of all locks.
 *
 * Lock order, outermost first:
 *   vm_list_lock        the process's VMs (kernel_host_memory_changed)
 *   vm->lock            configuration (Linux: kvm->lock)
 *   vcpu->lock          held for the whole of every vCPU ioctl
 *   the architecture's  what only it configures (arm64: vm_arm64.config)
 *   vm->slots_lock      writers of memory slots and of the buses
 *   irqfd_vms_lock      the process's VMs with irqfds
 *   vm->irqfd_lock      irqfds, their resamplers and the events of both
 *   events.start_lock   making the event thread
 *   vm->route_lock      GSI routing table
 *   a vCPU's timers     the level a timer drives (vcpu_arm64.timer.lock)
 *   the irqchip's locks (src/gic)
 *   vm->slots_gate (read), vm->ring_lock, vm->signal_lock, events.arm_lock, a
 *   vCPU's power (vcpu_arm64.power_lock): leaves, but that arch->code_gone() has
 *   the engine's own lock (cpu/domain.c) under slots_gate; with that one held
 *   nothing of the kernel's is called, and nobody waits for a vCPU
 * Of the process, and taken while it forks, in this order: vm_list_lock,
 * room_lock (making descriptors; outside those from irqfd_vms_lock on), the
 * statistics', their file's and the event tap's, the shim's fdtab_lock and sig_lock. What
 * irqfd_vms_lock guards a child does not have; the others are a VM's, which no
 * child uses (kernel_mm).
 * Where time is counted (kernel/turns.h) the gate stands between vcpu->lock and
 * what is below it, outside vm->lock, and turns->lock between vm->irqfd_lock and
 * the timers' level. vm_runs_thread() reads the list with a vcpu->lock held:
 * nobody waits for one with vm_list_lock.
 * Guest execution happens with vcpu->lock held and nothing else. Its
 * callbacks take the timers' lock and below.
 */
#ifndef FAUXKVM_KERNEL_VM_H
#define FAUXKVM_KERNEL_VM_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/device.h"
#include "base/irqchip.h"
#include "base/types.h"
#include "kernel/arch.h"
#include "kernel/bus.h"
#include "kernel/irq.h"
#include "kernel/kernel.h"
#include "kernel/memslot.h"
#include "kernel/system.h"
#include "kernel/stats.h"
#include "kernel/time.h"

#define MAX_VCPUS 512

struct ioeventfd;
struct irq_stats;
struct irqfd;
struct turns;
struct vcpu;
struct vm_device;

struct vm {
	struct kobj obj;
	const struct arch *arch;
	struct device_vm dev;
	uint32_t mm; /* which process image may use it */
	atomic_bool dead;
	struct vm *next, **pprev; /* vm_list */

	pthread_mutex_t lock, slots_lock, irqfd_lock, route_lock, ring_lock;
	pthread_mutex_t signal_lock;
	pthread_rwlock_t slots_gate;
	uint64_t gpa_limit; /* the first address that no slot may have */

	/* vCPUs: vcpus[0..nr_vcpus) are complete; lock to add. */
	struct vcpu *vcpus[MAX_VCPUS];
	_Atomic unsigned int nr_vcpus, creating;
	_Atomic unsigned int max_vcpus;
	atomic_bool has_run;

	_Atomic(const struct memslots *) slots;
	struct memslot_table memory;
	bool manual_protect, initially_set;
	/* Of each vCPU; 0: no rings. lock and slots_lock to change. */
	_Atomic uint32_t dirty_ring_bytes;
	bool dirty_ring_bitmap; /* and a bitmap; slots_lock */
	_Atomic(struct bus *) bus[NR_BUSES];
	_Atomic uint64_t bus_version;    /* of all of them: changes so far */
	struct bus *bus_spare[NR_BUSES]; /* slots_lock */
	struct coalesced_zone *zones;
	/* In the pages of the vCPU created first, and seen in all. */
	struct kvm_coalesced_mmio_ring *ring;
	struct ioeventfd *ioeventfds;
	struct routing *routing; /* NULL: the default */

	struct irqfd *irqfds;
	uint64_t irqfd_key;
	_Atomic unsigned int nr_irqfds;
	struct vm *next_irqfd_vm; /* irqfd.c's list */
	atomic_bool has_resampler;
	struct event_thread events;
	struct clock clock;
	struct turns *turns;  /* NULL: time is not counted */
	atomic_bool stopped;  /* KVM_RUN fails: the replay diverged */
	void *_Atomic record; /* the recording's or replay's of it */

	/* KVM_CAP_HALT_POLL, ns. Until then 0: a host whose administrator
	 * turned polling off. */
	_Atomic uint32_t max_halt_poll;

	struct vm_device *devices;
	bool has_vfio;
	stat_t *stats; /* NR_VM_STATS of them, stats_shown's or these */
	stat_t first_stats[NR_VM_STATS];
	pid_t maker;                 /* the thread that made it */
	struct stats *stats_shown;   /* stats.c */
	struct irq_stats *irq_stats; /* NULL: not wanted */
};

static inline struct vm *vm_of(struct kobj *obj)
{
	return container_of(obj, struct vm, obj);
}

static inline struct vm *vm_of_dev(struct device_vm *dev)
{
	return container_of(dev, struct vm, dev);
}

static inline unsigned int vm_vcpu_count(struct vm *vm)
{
	return atomic_load_explicit(&vm->nr_vcpus, memory_order_acquire);
}

static inline bool vm_has_irqchip(struct vm *vm)
{
	return irqchip_present(vm->dev.irqchip);
}

/*
 * What an access of @len bytes (1, 2, 4 or 8) carries, the way a VMM sees it in
 * struct kvm_run, the coalesced ring and KVM_IOEVENTFD: bytes in the order that
 * the guest has them in memory, read as a number by the host. And back. (The
 * model's own devices see the number itself.)
 */
static inline uint64_t vm_as_in_memory(const struct vm *vm, uint64_t data,
				       unsigned int len)
{
	return unlikely(vm->arch->big_endian)
		       ? __builtin_bswap64(data) >> (64 - len * 8)
		       : data;
}

/* Signal an eventfd of the VMM's; never waits. */
static inline void vm_signal(struct vm *vm, int fd, bool blocks)
{
	if (blocks)
		eventfd_signal_blocking(fd, &vm->signal_lock);
	else
		eventfd_signal(fd);
}

/* See irqfd_sync_now(). */
static inline void irqfd_sync(struct vm *vm)
{
	if (unlikely(
		    atomic_load_explicit(&vm->nr_irqfds, memory_order_relaxed)))
		irqfd_sync_now(vm);
}

long vm_create(const struct arch *arch, unsigned long type);
void vm_destroy(struct vm *vm);
/* -EIO for a child of fork() or a dead VM, else 0. */
long vm_refuse(struct vm *vm);
static inline long vm_check(struct vm *vm)
{
	return likely(vm->mm == kernel_mm && !atomic_load(&vm->dead))
		       ? 0
		       : vm_refuse(vm);
}
void vm_set_dead(struct vm *vm);
/* Its vCPUs do not run any more; where time is counted only. */
void vm_stop(struct vm *vm);
/* arch->vm_flush(), if there is a vCPU. */
void vm_flush(struct vm *vm, unsigned int what);
/* 0 or -EBUSY: all or nothing; vm->lock held. */
int vm_trylock_vcpus(struct vm *vm);
void vm_unlock_vcpus(struct vm *vm);
/* The thread is in KVM_RUN of a vCPU with counted time. Takes vm_list_lock. */
bool vm_runs_thread(pid_t tid);
/* A VM that is recorded or replayed, referred to; NULL: there is none. */
struct vm *vm_recorded(void);
/* event_wanted() has changed: the VMs' irqchips tell their steps. */
void vm_hear_steps(void);
/* Or one VM's reason for it has. Any lock may be held. */
void vm_hear_steps_of(struct vm *vm);
/* Around fork(), see kernel_fork_prepare(). */
void vm_fork_prepare(void);
void vm_forked_parent(void);
void vm_forked_child(void);
/* Event thread: deadlines of vCPUs that have come. */
void vm_timers_expire(struct vm *vm);
extern const struct device_vm_ops vm_device_ops;

#endif
