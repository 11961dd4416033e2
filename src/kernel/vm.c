/* SPDX-License-Identifier: MIT */
/*
 * The VM object: its life, its place in the process, and what it offers its
 * devices (struct device_vm_ops).
 */
#include "kernel/misuse.h"
#include "kernel/vm.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fork-lock.h"
#include "base/host.h"
#include "base/log.h"
#include "base/refuse.h"
#include "base/thread-id.h"
#include "kernel/device.h"
#include "kernel/event.h"
#include "kernel/input.h"
#include "kernel/irq-stats.h"
#include "kernel/irq-trace.h"
#include "kernel/memslot.h"
#include "kernel/system.h"
#include "kernel/vcpu.h"

static pthread_rwlock_t vm_list_lock = PTHREAD_RWLOCK_INITIALIZER;
/* Changed and walked with the lock; whether there is one is asked without. */
static struct vm *vm_list;

static void vm_link(struct vm *vm)
{
	pthread_rwlock_wrlock(&vm_list_lock);
	vm->next = vm_list;
	vm->pprev = &vm_list;
	if (vm->next)
		vm->next->pprev = &vm->next;
	__atomic_store_n(&vm_list, vm, __ATOMIC_RELEASE);
	vm_hear_steps_of(vm);
	pthread_rwlock_unlock(&vm_list_lock);
}

/* If it is linked: others' links write pprev, too. */
static void vm_unlink(struct vm *vm)
{
	pthread_rwlock_wrlock(&vm_list_lock);
	if (vm->pprev)
		__atomic_store_n(vm->pprev, vm->next, __ATOMIC_RELAXED);
	if (vm->next)
		vm->next->pprev = vm->pprev;
	pthread_rwlock_unlock(&vm_list_lock);
}

/*
 * What a vCPU has cached of host memory are addresses, behind which the host's
 * own MMU has the change already, and decoded code, which it forgets before it
 * sees anything that is written after this. So nobody waits here: a vCPU may
 * be in an access that this very thread has to provide the page for.
 */
void kernel_host_memory_changed(const void *addr, size_t len)
{
	uintptr_t start = (uintptr_t)addr;

	if (!__atomic_load_n(&vm_list, __ATOMIC_ACQUIRE))
		return;
	pthread_rwlock_rdlock(&vm_list_lock);
	for (struct vm *vm = vm_list; vm; vm = vm->next) {
		if (vm->mm != kernel_mm)
			continue;
		if (vm->arch->host_changed)
			vm->arch->host_changed(vm, start, start + len);
		memslots_host_changed(vm, start, start + len);
	}
	pthread_rwlock_unlock(&vm_list_lock);
}

COLD long vm_refuse(struct vm *vm)
{
	if (vm->mm != kernel_mm)
		return refuse(EIO, FKVM_VM_FORKED,
			      "the VM belongs to the process before "
			      "fork()");
	return refuse(EIO, FKVM_VM_DEAD,
		      "the VM is dead: a first KVM_RUN failed");
}

void vm_set_dead(struct vm *vm)
{
	atomic_store(&vm->dead, true);
	for (unsigned int i = 0; i < vm_vcpu_count(vm); i++)
		vcpu_kick(vm->vcpus[i]);
}

void vm_stop(struct vm *vm)
{
	atomic_store(&vm->stopped, true);
	for (unsigned int i = 0; i < vm_vcpu_count(vm); i++)
		vcpu_kick(vm->vcpus[i]);
}

void vm_flush(struct vm *vm, unsigned int what)
{
	if (vm_vcpu_count(vm))
		vm->arch->vm_flush(vm, what);
}

static bool hears_steps(const struct vm *vm)
{
	return event_wanted() || vm->dev.counted || irq_stats_hears(vm);
}

/* Several threads may be here, each because of something else. */
void vm_hear_steps_of(struct vm *vm)
{
	bool hears;

	do {
		hears = hears_steps(vm);
		atomic_store(&vm->dev.steps_heard, hears);
	} while (hears != hears_steps(vm));
}

/*
 * For writing: of two threads that listen and unlisten at the same moment the
 * later one must not have its answer replaced by the earlier one's.
 */
void vm_hear_steps(void)
{
	pthread_rwlock_wrlock(&vm_list_lock);
	for (struct vm *vm = vm_list; vm; vm = vm->next)
		vm_hear_steps_of(vm);
	pthread_rwlock_unlock(&vm_list_lock);
}

bool vm_runs_thread(pid_t tid)
{
	bool runs = false;

	pthread_rwlock_rdlock(&vm_list_lock);
	for (struct vm *vm = vm_list; vm && !runs; vm = vm->next)
		for (unsigned int i = 0; i < vm_vcpu_count(vm); i++)
			runs |= vm->vcpus[i]->turn.in &&
				vm->vcpus[i]->last_tid == tid;
	pthread_rwlock_unlock(&vm_list_lock);
	return runs;
}

/* False: it is about to be destroyed. */
static bool get_if_used(struct vm *vm)
{
	uint64_t refs = __atomic_load_n(&vm->obj.refs, __ATOMIC_RELAXED);

	while (refs && !__atomic_compare_exchange_n(
			       &vm->obj.refs, &refs, refs + 1, true,
			       __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
	return refs;
}

struct vm *vm_recorded(void)
{
	struct vm *vm;

	pthread_rwlock_rdlock(&vm_list_lock);
	for (vm = vm_list; vm && !(atomic_load(&vm->record) && get_if_used(vm));
	     vm = vm->next)
		;
	pthread_rwlock_unlock(&vm_list_lock);
	return vm;
}

void vm_fork_prepare(void)
{
	pthread_rwlock_rdlock(&vm_list_lock);
}

void vm_forked_parent(void)
{
	pthread_rwlock_unlock(&vm_list_lock);
}

void vm_forked_child(void)
{
	fork_rwlock_reset(&vm_list_lock);
}

void vm_timers_expire(struct vm *vm)
{
	uint64_t now = clock_now(&vm->clock);

	for (unsigned int i = 0; i < vm_vcpu_count(vm); i++) {
		struct vcpu *vcpu = vm->vcpus[i];
		uint64_t deadline = atomic_load(&vcpu->deadline);

		if (deadline <= now)
			vm->arch->vcpu_timer(vcpu);
		else if (deadline != NO_DEADLINE)
			clock_deadline(&vm->clock, deadline);
	}
}

/* Time is counted if the process was told so and the architecture can. */
static int vm_init_clock(struct vm *vm)
{
	const struct kernel_clock_options *o = kernel_clock();

	vm->clock.ops = &clock_host_ops;
	if (o->clock != KERNEL_CLOCK_CYCLES || !vm->arch->vcpu_time)
		return 0;
	vm->turns = turns_new(o->quantum, o->idle_wait_ms);
	if (!vm->turns)
		return refuse(ENOMEM, FKVM_NO_MEMORY,
			      "no memory for the VM's clock");
	vm->clock.ops = &clock_cycles_ops;
	vm->dev.counted = true;
	return 0;
}

static int vm_init(struct vm *vm, const struct arch *arch)
{
	int ret;

	vm->obj.kind = KOBJ_VM;
	vm->stats = vm->first_stats;
	vm->maker = thread_id();
	vm->obj.refs = 1;
	vm->arch = arch;
	vm->mm = kernel_mm;
	snprintf(vm->obj.name, sizeof(vm->obj.name), "kvm-vm");
	vm->dev.ops = &vm_device_ops;
	vm->dev.costs = kernel_cost_profile();
	vm->max_vcpus = arch->max_vcpus;
	pthread_mutex_init(&vm->lock, NULL);
	pthread_mutex_init(&vm->slots_lock, NULL);
	pthread_mutex_init(&vm->irqfd_lock, NULL);
	pthread_mutex_init(&vm->route_lock, NULL);
	pthread_mutex_init(&vm->ring_lock, NULL);
	pthread_mutex_init(&vm->signal_lock, NULL);
	pthread_rwlock_init(&vm->slots_gate, NULL);
	event_thread_init(vm);
	memslots_init(vm);
	ret = vm_init_clock(vm);
	return ret ? ret : bus_init(vm);
}

/* Nothing runs and nobody refers to the VM any more. */
void vm_destroy(struct vm *vm)
{
	vm_unlink(vm);
	irqfd_release_all(vm);
	event_thread_stop(vm);
	/* The event thread tells it of irqfds. */
	if (input_hook && input_hook->gone)
		input_hook->gone(input_hook, vm);
	device_destroy_all(vm);
	irqchip_destroy(vm->dev.irqchip);
	irq_stats_end(vm);
	for (unsigned int i = 0; i < vm_vcpu_count(vm); i++)
		vcpu_free(vm->vcpus[i]);
	stats_owner_gone(&vm->obj);
	ioeventfd_free_all(vm);
	coalesced_free_all(vm);
	bus_free(vm);
	memslots_free(vm);
	routing_free(vm);
	turns_free(vm->turns);
	pthread_mutex_destroy(&vm->lock);
	pthread_mutex_destroy(&vm->slots_lock);
	pthread_mutex_destroy(&vm->irqfd_lock);
	pthread_mutex_destroy(&vm->route_lock);
	pthread_mutex_destroy(&vm->ring_lock);
	pthread_mutex_destroy(&vm->signal_lock);
	pthread_rwlock_destroy(&vm->slots_gate);
	vm->arch->vm_free(vm);
}

/* 0, or the errno of having no descriptor free. */
static long number_free(void)
{
	long fd = host_raw(SYS_epoll_create1, EPOLL_CLOEXEC);

	if (fd < 0)
		return refuse(-fd, FKVM_NO_FD, "no descriptor is free");
	host_raw(SYS_close, fd);
	return 0;
}

long vm_create(const struct arch *arch, unsigned long type)
{
	struct vm *vm = NULL;
	long ret;

	irq_trace_init();
	ret = arch->vm_new(type, &vm);

	if (ret) {
		/* Linux takes a number before it looks at the type. */
		long none = number_free();

		return none ? none : ret;
	}
	ret = vm_init(vm, arch);
	if (!ret)
		ret = arch->vm_init(vm);
	if (!ret) {
		irq_stats_begin(vm);
		vm_link(vm);
		ret = kernel_host.install(&vm->obj);
	}
	if (ret < 0)
		vm_destroy(vm);
	return ret;
}

int vm_trylock_vcpus(struct vm *vm)
{
	unsigned int n = vm_vcpu_count(vm), begun = 0, i = 0;

	while (begun < n && vcpu_lock_try_begin(&vm->vcpus[begun]->lock))
		begun++;
	fence_heavy();
	while (i < begun && vcpu_lock_try_end(&vm->vcpus[i]->lock))
		i++;
	if (i == n)
		return 0;
	while (begun)
		vcpu_unlock(&vm->vcpus[--begun]->lock);
	return refuse(EBUSY, FKVM_VCPU_BUSY, "vCPU %u is inside an ioctl",
		      vm->vcpus[i]->id);
}

void vm_unlock_vcpus(struct vm *vm)
{
	unsigned int n = vm_vcpu_count(vm);

	for (unsigned int i = 0; i < n; i++)
		vcpu_unlock(&vm->vcpus[i]->lock);
}

/* ---- struct device_vm_ops ------------------------------------------------ */

static uint64_t op_gpa_limit(struct device_vm *dev)
{
	return vm_of_dev(dev)->gpa_limit;
}

static unsigned int op_vcpu_count(struct device_vm *dev)
{
	return vm_vcpu_count(vm_of_dev(dev));
}

static uint32_t op_vcpu_id(struct device_vm *dev, unsigned int index)
{
	return vm_of_dev(dev)->vcpus[index]->id;
}

static bool op_has_run(struct device_vm *dev)
{
	return atomic_load(&vm_of_dev(dev)->has_run);
}

static bool op_vcpu_creating(struct device_vm *dev)
{
	return atomic_load(&vm_of_dev(dev)->creating) != 0;
}

static void op_lock(struct device_vm *dev)
{
	pthread_mutex_lock(&vm_of_dev(dev)->lock);
}

static void op_unlock(struct device_vm *dev)
{
	pthread_mutex_unlock(&vm_of_dev(dev)->lock);
}

static int op_trylock_vcpus(struct device_vm *dev)
{
	return vm_trylock_vcpus(vm_of_dev(dev));
}

static void op_unlock_vcpus(struct device_vm *dev)
{
	vm_unlock_vcpus(vm_of_dev(dev));
}

static void op_set_max_vcpus(struct device_vm *dev, unsigned int max)
{
	atomic_store(&vm_of_dev(dev)->max_vcpus, max);
}

static int op_mmio_add(struct device_vm *dev, struct mmio_frame *f)
{
	struct vm *vm = vm_of_dev(dev);
	struct bus_entry e = {f->base, f->size, BUS_FRAME, f};
	int ret;

	pthread_mutex_lock(&vm->slots_lock);
	ret = bus_add(vm, BUS_MMIO, &e);
	if (!ret && warnings_wanted())
		misuse_frame(vm, f);
	pthread_mutex_unlock(&vm->slots_lock);
	return ret;
}

static void op_mmio_remove(struct device_vm *dev, struct mmio_frame *f)
{
	struct vm *vm = vm_of_dev(dev);

	pthread_mutex_lock(&vm->slots_lock);
	bus_remove(vm, BUS_MMIO, f);
	pthread_mutex_unlock(&vm->slots_lock);
}

static int op_mem_read(struct device_vm *dev, gpa_t gpa, void *buf, size_t len)
{
	return vm_mem_read(vm_of_dev(dev), gpa, buf, len);
}

static int op_mem_write(struct device_vm *dev, gpa_t gpa, const void *buf,
			size_t len)
{
	return vm_mem_write(vm_of_dev(dev), gpa, buf, len);
}

static void op_set_pins(struct device_vm *dev, unsigned int index,
			uint32_t pins)
{
	struct vm *vm = vm_of_dev(dev);
	struct vcpu *vcpu = vm->vcpus[index];

	vm->arch->vcpu_set_pins(vcpu, pins);
	if (unlikely(vm->turns && pins))
		turn_pins(vcpu);
	else if (pins)
		vcpu_wake(vcpu);
}

static void op_irq_acked(struct device_vm *dev, unsigned int pin)
{
	irqfd_acked(vm_of_dev(dev), pin);
}

static void op_step(struct device_vm *dev, unsigned int index,
		    unsigned int step, uint32_t intid, unsigned int cycles)
{
	struct vm *vm = vm_of_dev(dev);

	if (cycles)
		clock_charge(&vm->clock, index, cycles);
	if (vm->irq_stats)
		irq_stats_step(vm, index, step, intid);
	if (event_wanted()) {
		struct event event = {
			.kind = EVENT_IRQCHIP_STEP,
			.irqchip = {.vm = vm,
				    .vcpu = index,
				    .step = step,
				    .intid = intid,
				    .cycles = cycles,
				    .when = clock_now(&vm->clock)},
		};

		event_send(&event);
	}
}

static uint64_t op_now(struct device_vm *dev)
{
	return clock_now(&vm_of_dev(dev)->clock);
}

static void op_due_at(struct device_vm *dev, unsigned int index, uint64_t when)
{
	struct vm *vm = vm_of_dev(dev);

	clock_due_at(&vm->clock, vm->vcpus[index], when);
}

const struct device_vm_ops vm_device_ops = {
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
	.tally = irq_stats_tally,
	.tally_due = irq_stats_due,
};
