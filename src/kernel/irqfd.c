/* SPDX-License-Identifier: MIT */
/*
 * KVM_IRQFD: an eventfd that injects an interrupt. A signal raises the line.
 * With RESAMPLE the guest's EOI (irqfd_acked()) lowers it and signals the
 * resample eventfd. Without, the architecture says (arch->irqfd_pulses): it is
 * lowered at once (Linux on PowerPC), or nothing does that (on arm64) and a
 * level-sensitive pin waits for KVM_IRQ_LINE.
 *
 * In Linux the interrupt is there and the count gone when write() returns. A
 * write() that the embedder sees has that too (kernel_eventfd_used()). Others
 * go straight to the host's kernel: the event thread delivers them, and before
 * it comes to that, every request that could tell the difference does
 * (irqfd_sync()).
 */
#include "kernel/irq.h"

#include <errno.h>
#include <stdlib.h>

#include "base/held-fd.h"
#include "base/log.h"
#include "base/refuse.h"
#include "kernel/misuse.h"
#include "kernel/turns.h"
#include "kernel/vm.h"

struct irqfd {
	uint64_t key, id; /* for the event thread; of the eventfd */
	uint32_t gsi;
	int fd, resample_fd; /* our duplicates; -1: no resampling */
	bool resample_blocks;
	bool passed_over;     /* its event is not a signal */
	bool drained;         /* its event is one, though it reads as empty */
	bool held;            /* its event is there, its time is not */
	unsigned int unheard; /* so many signals the guest can't have seen */
	struct irqfd *next;
};

/*
 * The process's VMs that have irqfds and, to be read without the lock, whether
 * there is one. A VM is here as long as its nr_irqfds is not 0; that changes
 * with its irqfd_lock held too.
 */
static pthread_mutex_t irqfd_vms_lock = PTHREAD_MUTEX_INITIALIZER;
struct vm *_Atomic kernel_irqfd_vms;

/* Both locks held. */
static void irqfd_count(struct vm *vm, int change)
{
	unsigned int was = atomic_fetch_add(&vm->nr_irqfds, change);
	struct vm *v = atomic_load(&kernel_irqfd_vms);

	if (!was) {
		vm->next_irqfd_vm = v;
		atomic_store(&kernel_irqfd_vms, vm);
	} else if (was + change == 0) {
		if (v == vm)
			atomic_store(&kernel_irqfd_vms, vm->next_irqfd_vm);
		for (; v; v = v->next_irqfd_vm)
			if (v->next_irqfd_vm == vm)
				v->next_irqfd_vm = vm->next_irqfd_vm;
	}
}

static void irqfd_lock(struct vm *vm)
{
	pthread_mutex_lock(&irqfd_vms_lock);
	pthread_mutex_lock(&vm->irqfd_lock);
}

static void irqfd_unlock(struct vm *vm)
{
	pthread_mutex_unlock(&vm->irqfd_lock);
	pthread_mutex_unlock(&irqfd_vms_lock);
}

static void irqfd_free(struct irqfd *i)
{
	if (i->fd >= 0)
		held_fd_close(i->fd);
	if (i->resample_fd >= 0)
		held_fd_close(i->resample_fd);
	free(i);
}

static int irqfd_open(struct irqfd *i, const struct kvm_irqfd *args)
{
	uint64_t id;

	i->fd = eventfd_dup(args->fd, &i->id);
	if (i->fd < 0)
		return i->fd;
	if (args->flags & KVM_IRQFD_FLAG_RESAMPLE) {
		i->resample_fd = eventfd_dup(args->resamplefd, &id);
		if (i->resample_fd < 0)
			return i->resample_fd;
		i->resample_blocks = eventfd_blocks(i->resample_fd);
	}
	return 0;
}

/*
 * An eventfd that was signalled before is an interrupt, but keeps its count. A
 * work item of Linux's has it and lowers the line again. What the new watch
 * tells is that old signal.
 */
static void irqfd_fire_first(struct vm *vm, struct irqfd *i)
{
	if (!eventfd_signalled(i->fd))
		return;
	i->passed_over = true;
	event_thread_collect(vm);
	i->passed_over = false;
	routing_inject(vm, i->gsi, true);
	if (i->resample_fd < 0)
		routing_inject(vm, i->gsi, false);
}

static bool irqfd_resampled(const struct vm *vm, uint32_t gsi)
{
	for (const struct irqfd *i = vm->irqfds; i; i = i->next)
		if (i->resample_fd >= 0 && i->gsi == gsi)
			return true;
	return false;
}

/* @i is not, or no longer, on the list. Nobody will lower its line after the
 * last that resamples it. */
static void irqfd_resample_end(struct vm *vm, const struct irqfd *i)
{
	if (i->resample_fd >= 0 && !irqfd_resampled(vm, i->gsi))
		routing_inject(vm, i->gsi, false);
}

/* Both locks held. */
static int irqfd_insert(struct vm *vm, struct irqfd *i)
{
	int ret;

	for (const struct irqfd *o = vm->irqfds; o; o = o->next) {
		if (o->id == i->id) {
			irqfd_resample_end(vm, i);
			return refuse(EBUSY, FKVM_IRQFD_BOUND,
				      "the eventfd is bound to gsi %u", o->gsi);
		}
	}
	i->key = ++vm->irqfd_key;
	ret = event_thread_watch(vm, i->fd, i->key);
	if (ret)
		return ret;
	i->next = vm->irqfds;
	vm->irqfds = i;
	irqfd_count(vm, 1);
	if (warnings_wanted())
		misuse_irqfd(vm, i->gsi, 0);
	if (i->resample_fd >= 0)
		atomic_store(&vm->has_resampler, true);
	irqfd_fire_first(vm, i);
	return 0;
}

static long irqfd_assign(struct vm *vm, const struct kvm_irqfd *args)
{
	struct irqfd *i;
	long ret;

	if (!irqchip_initialised(vm->dev.irqchip))
		return refuse(EAGAIN, FKVM_IRQFD_IRQCHIP,
			      "the VM has no irqchip that is initialised");
	i = calloc(1, sizeof(*i));
	if (!i)
		return refuse(ENOMEM, FKVM_NO_MEMORY,
			      "no memory for the irqfd");
	i->gsi = args->gsi;
	i->fd = i->resample_fd = -1;
	ret = irqfd_open(i, args);
	if (!ret)
		ret = event_thread_start(vm);
	if (!ret) {
		irqfd_lock(vm);
		ret = irqfd_insert(vm, i);
		irqfd_unlock(vm);
	}
	if (ret)
		irqfd_free(i);
	return ret;
}

/*
 * What is left of the count goes: from before @i was made, or of a semaphore's.
 * What is signalled meanwhile is an interrupt or stays. Both locks held.
 */
static void irqfd_drain(struct vm *vm, struct irqfd *i)
{
	event_thread_collect(vm);
	eventfd_drain(i->fd);
	i->drained = true;
	event_thread_collect(vm);
	i->drained = false;
}

/* Both locks held; @i is off the list. */
static void irqfd_remove(struct vm *vm, struct irqfd *i)
{
	event_thread_unwatch(vm, i->fd);
	irqfd_count(vm, -1);
	irqfd_free(i);
}

static long irqfd_deassign(struct vm *vm, const struct kvm_irqfd *args)
{
	struct irqfd *i, **link = &vm->irqfds;
	uint64_t id;
	int fd = eventfd_dup(args->fd, &id);

	if (fd < 0)
		return fd;
	held_fd_close(fd);
	irqfd_sync(vm);
	irqfd_lock(vm);
	while ((i = *link)) {
		if (i->id != id || i->gsi != args->gsi) {
			link = &i->next;
			continue;
		}
		irqfd_drain(vm, i);
		*link = i->next;
		irqfd_resample_end(vm, i);
		irqfd_remove(vm, i);
	}
	irqfd_unlock(vm);
	return 0;
}

static long irqfd_request(struct vm *vm, const void *arg)
{
	const struct kvm_irqfd *args = arg;

	if (args->flags & ~(KVM_IRQFD_FLAG_DEASSIGN | KVM_IRQFD_FLAG_RESAMPLE))
		return refuse(EINVAL, FKVM_IRQFD_FLAGS,
			      "flags %#x, known are DEASSIGN and RESAMPLE",
			      args->flags);
	return args->flags & KVM_IRQFD_FLAG_DEASSIGN ? irqfd_deassign(vm, args)
						     : irqfd_assign(vm, args);
}

long irqfd_set(struct vm *vm, const struct kvm_irqfd *args)
{
	return fd_room_call(irqfd_request, vm, args);
}

void irqfd_release_all(struct vm *vm)
{
	struct irqfd *i;

	irqfd_lock(vm);
	while ((i = vm->irqfds)) {
		irqfd_drain(vm, i);
		vm->irqfds = i->next;
		irqfd_resample_end(vm, i);
		irqfd_remove(vm, i);
	}
	irqfd_unlock(vm);
}

int irqfd_watch_all(struct vm *vm)
{
	int ret = 0;

	for (const struct irqfd *i = vm->irqfds; i && !ret; i = i->next)
		ret = event_thread_watch(vm, i->fd, i->key);
	return ret;
}

static void irqfd_signalled(struct vm *vm, struct irqfd *i)
{
	struct input input = {.kind = INPUT_IRQFD, .gsi = i->gsi};

	i->held = unlikely(vm->turns) && !gate_input(vm, &input);
	if (i->held || !(eventfd_drain(i->fd) || i->drained))
		return;
	routing_inject(vm, i->gsi, true);
	if (unlikely(warnings_wanted()))
		i->unheard = misuse_irqfd(vm, i->gsi, i->unheard);
	if (vm->arch->irqfd_pulses && i->resample_fd < 0)
		routing_inject(vm, i->gsi, false);
}

bool irqfd_event(struct vm *vm, uint64_t key)
{
	struct irqfd *i;

	for (i = vm->irqfds; i && i->key != key; i = i->next)
		;
	if (i && !i->passed_over)
		irqfd_signalled(vm, i);
	return i != NULL;
}

bool irqfd_look_again(struct vm *vm)
{
	bool entered = false;

	pthread_mutex_lock(&vm->irqfd_lock);
	for (struct irqfd *i = vm->irqfds; i; i = i->next) {
		if (!i->held)
			continue;
		irqfd_signalled(vm, i);
		entered |= !i->held;
	}
	pthread_mutex_unlock(&vm->irqfd_lock);
	return entered;
}

void irqfd_sync_now(struct vm *vm)
{
	int saved = errno;

	pthread_mutex_lock(&vm->irqfd_lock);
	event_thread_collect(vm);
	pthread_mutex_unlock(&vm->irqfd_lock);
	errno = saved;
}

/* Where time is counted, a signal that can't enter now is left to the event
 * thread: to wait for the gate with a lock held would be wrong. Only for that thread,
 * which often comes in for a signal that is delivered already. */
static void irqfd_sync_or_leave(struct vm *vm)
{
	struct gate_pass pass = {.told = false};

	if (likely(!vm->turns)) {
		irqfd_sync_now(vm);
	} else if (gate_try_after_brief(vm, &pass)) {
		irqfd_sync_now(vm);
		gate_end(vm, &pass);
	}
}

void kernel_eventfd_used(void)
{
	pthread_mutex_lock(&irqfd_vms_lock);
	for (struct vm *vm = atomic_load(&kernel_irqfd_vms); vm;
	     vm = vm->next_irqfd_vm)
		irqfd_sync_or_leave(vm);
	pthread_mutex_unlock(&irqfd_vms_lock);
}

void irqfd_forked_child(void)
{
	irqfd_vms_lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
	atomic_store(&kernel_irqfd_vms, NULL);
}

/* The gsi is found through the routing, whose table may have changed since. */
void irqfd_acked(struct vm *vm, unsigned int pin)
{
	int gsi;

	if (!atomic_load(&vm->has_resampler))
		return;
	pthread_mutex_lock(&vm->irqfd_lock);
	gsi = routing_gsi_of_pin(vm, pin);
	if (gsi >= 0 && irqfd_resampled(vm, gsi))
		routing_inject(vm, gsi, false);
	for (struct irqfd *i = vm->irqfds; i; i = i->next) {
		if (i->resample_fd < 0 || (int64_t)i->gsi != gsi)
			continue;
		vm_signal(vm, i->resample_fd, i->resample_blocks);
		if (unlikely(vm->turns))
			turn_output(vm);
	}
	pthread_mutex_unlock(&vm->irqfd_lock);
}
