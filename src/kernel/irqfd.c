/* SPDX-License-Identifier: MIT */
/*
 * KVM_IRQFD: an eventfd that injects an interrupt. The event thread waits for
 * it; a signal raises the line. With RESAMPLE the guest's EOI (irqfd_acked())
 * lowers it and signals the resample eventfd; without, nothing does (Linux on
 * arm64): a level-sensitive pin then waits for KVM_IRQ_LINE.
 */
#include "kernel/irq.h"

#include <errno.h>
#include <stdlib.h>

#include "base/host.h"
#include "base/log.h"
#include "kernel/vm.h"

struct irqfd {
	uint64_t key, id; /* for the event thread; of the eventfd */
	uint32_t gsi;
	int fd, resample_fd; /* our duplicates; -1: no resampling */
	struct irqfd *next;
};

static void irqfd_free(struct irqfd *i)
{
	if (i->fd >= 0)
		host_close(i->fd);
	if (i->resample_fd >= 0)
		host_close(i->resample_fd);
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
	}
	return 0;
}

/* irqfd_lock held. An eventfd that is signalled already fires at once: the
 * thread's poll is level triggered. */
static int irqfd_insert(struct vm *vm, struct irqfd *i)
{
	int ret;

	for (const struct irqfd *o = vm->irqfds; o; o = o->next) {
		if (o->id == i->id) {
			explain("KVM_IRQFD: the eventfd is bound to gsi %u",
				o->gsi);
			return -EBUSY;
		}
	}
	i->key = ++vm->irqfd_key;
	ret = event_thread_watch(vm, i->fd, i->key);
	if (ret)
		return ret;
	i->next = vm->irqfds;
	vm->irqfds = i;
	if (i->resample_fd >= 0)
		atomic_store(&vm->has_resampler, true);
	return 0;
}

static long irqfd_assign(struct vm *vm, const struct kvm_irqfd *args)
{
	struct irqfd *i;
	long ret;

	if (!irqchip_initialised(vm->dev.irqchip)) {
		explain("KVM_IRQFD: no irqchip that is initialised");
		return -EAGAIN;
	}
	i = calloc(1, sizeof(*i));
	if (!i)
		return -ENOMEM;
	i->gsi = args->gsi;
	i->fd = i->resample_fd = -1;
	ret = irqfd_open(i, args);
	if (!ret)
		ret = event_thread_start(vm);
	if (!ret) {
		pthread_mutex_lock(&vm->irqfd_lock);
		ret = irqfd_insert(vm, i);
		pthread_mutex_unlock(&vm->irqfd_lock);
	}
	if (ret)
		irqfd_free(i);
	return ret;
}

static long irqfd_deassign(struct vm *vm, const struct kvm_irqfd *args)
{
	struct irqfd *i, **link = &vm->irqfds;
	uint64_t id;
	int fd = eventfd_dup(args->fd, &id);

	if (fd < 0)
		return fd;
	host_close(fd);
	pthread_mutex_lock(&vm->irqfd_lock);
	while ((i = *link)) {
		if (i->id != id || i->gsi != args->gsi) {
			link = &i->next;
			continue;
		}
		*link = i->next;
		event_thread_unwatch(vm, i->fd);
		irqfd_free(i);
	}
	pthread_mutex_unlock(&vm->irqfd_lock);
	return 0;
}

long irqfd_set(struct vm *vm, const struct kvm_irqfd *args)
{
	if (args->flags &
	    ~(KVM_IRQFD_FLAG_DEASSIGN | KVM_IRQFD_FLAG_RESAMPLE)) {
		explain("KVM_IRQFD: flags 0x%x", args->flags);
		return -EINVAL;
	}
	return args->flags & KVM_IRQFD_FLAG_DEASSIGN ? irqfd_deassign(vm, args)
						     : irqfd_assign(vm, args);
}

void irqfd_release_all(struct vm *vm)
{
	struct irqfd *i;

	pthread_mutex_lock(&vm->irqfd_lock);
	while ((i = vm->irqfds)) {
		vm->irqfds = i->next;
		event_thread_unwatch(vm, i->fd);
		irqfd_free(i);
	}
	pthread_mutex_unlock(&vm->irqfd_lock);
}

void irqfd_event(struct vm *vm, uint64_t key)
{
	struct irqfd *i;

	pthread_mutex_lock(&vm->irqfd_lock);
	for (i = vm->irqfds; i && i->key != key; i = i->next)
		;
	if (i && eventfd_drain(i->fd))
		routing_inject(vm, i->gsi, true);
	pthread_mutex_unlock(&vm->irqfd_lock);
}

/* The gsi is found through the routing, whose table may have changed since. */
void irqfd_acked(struct vm *vm, unsigned int pin)
{
	if (!atomic_load(&vm->has_resampler))
		return;
	pthread_mutex_lock(&vm->irqfd_lock);
	for (struct irqfd *i = vm->irqfds; i; i = i->next) {
		struct route r;

		if (i->resample_fd < 0)
			continue;
		r = routing_get(vm, i->gsi);
		if (r.type != KVM_IRQ_ROUTING_IRQCHIP || r.pin != pin)
			continue;
		routing_inject(vm, i->gsi, false);
		eventfd_signal(i->resample_fd);
	}
	pthread_mutex_unlock(&vm->irqfd_lock);
}
