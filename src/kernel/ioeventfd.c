/* SPDX-License-Identifier: MIT */
/*
 * KVM_IOEVENTFD: a guest write signals an eventfd instead of leaving KVM_RUN.
 * No guest of ours has port I/O or CCW: such ones are registered and never
 * match.
 */
#include "kernel/bus.h"

#include <errno.h>
#include <stdlib.h>

#include "base/held-fd.h"
#include "base/refuse.h"
#include "kernel/irq.h"
#include "kernel/turns.h"
#include "kernel/vm.h"

bool ioeventfd_write(struct vm *vm, const struct ioeventfd *e, gpa_t gpa,
		     unsigned int len, uint64_t data)
{
	if (gpa != e->addr || (e->len && len != e->len))
		return false;
	if (!e->wildcard && (data & GENMASK(len * 8 - 1, 0)) != e->datamatch)
		return false;
	vm_signal(vm, e->fd, e->blocks);
	if (unlikely(vm->turns))
		turn_output(vm);
	return true;
}

static unsigned int bus_of_flags(uint32_t flags)
{
	if (flags & KVM_IOEVENTFD_FLAG_PIO)
		return BUS_PIO;
	if (flags & KVM_IOEVENTFD_FLAG_VIRTIO_CCW_NOTIFY)
		return BUS_CCW;
	return BUS_MMIO;
}

static bool ioeventfd_collides(struct vm *vm, const struct ioeventfd *e)
{
	for (const struct ioeventfd *o = vm->ioeventfds; o; o = o->next)
		if (o->bus == e->bus && o->addr == e->addr &&
		    (!o->len || !e->len ||
		     (o->len == e->len && (o->wildcard || e->wildcard ||
					   o->datamatch == e->datamatch))))
			return true;
	return false;
}

static uint64_t match_value(const struct kvm_ioeventfd *args)
{
	return args->len && args->len < 8
		       ? args->datamatch & GENMASK(args->len * 8 - 1, 0)
		       : args->datamatch;
}

static long ioeventfd_assign_locked(struct vm *vm, struct ioeventfd *e)
{
	struct bus_entry entry = {e->addr, e->len, BUS_IOEVENTFD, e};
	int ret;

	if (ioeventfd_collides(vm, e))
		return refuse(EEXIST, FKVM_IOEVENTFD_TAKEN,
			      "another ioeventfd has %#lx+%u or a part "
			      "of it for these values",
			      e->addr, e->len);
	ret = bus_add(vm, e->bus, &entry);
	if (ret)
		return ret;
	e->next = vm->ioeventfds;
	vm->ioeventfds = e;
	return 0;
}

static long ioeventfd_check(const struct kvm_ioeventfd *args)
{
	bool match = args->flags & KVM_IOEVENTFD_FLAG_DATAMATCH;

	if (args->len > 8 || (args->len && (args->len & (args->len - 1))))
		return refuse(EINVAL, FKVM_IOEVENTFD_LEN,
			      "len %u is not 0, 1, 2, 4 or 8", args->len);
	if (args->addr + args->len < args->addr)
		return refuse(EINVAL, FKVM_IOEVENTFD_WRAPS,
			      "addr %#lx+%u wraps", (uint64_t)args->addr,
			      args->len);
	if (args->flags & ~KVM_IOEVENTFD_VALID_FLAG_MASK)
		return refuse(EINVAL, FKVM_IOEVENTFD_FLAGS,
			      "flags %#x, known are %#x", args->flags,
			      KVM_IOEVENTFD_VALID_FLAG_MASK);
	if (!args->len && match)
		return refuse(EINVAL, FKVM_IOEVENTFD_LEN,
			      "DATAMATCH without a len");
	return 0;
}

static long ioeventfd_assign(struct vm *vm, const struct kvm_ioeventfd *args)
{
	struct ioeventfd *e;
	long ret = ioeventfd_check(args);

	if (ret)
		return ret;
	e = calloc(1, sizeof(*e));
	if (!e)
		return refuse(ENOMEM, FKVM_NO_MEMORY,
			      "no memory for the ioeventfd");
	e->addr = args->addr;
	e->len = args->len;
	e->bus = bus_of_flags(args->flags);
	e->wildcard = !(args->flags & KVM_IOEVENTFD_FLAG_DATAMATCH);
	e->datamatch = e->wildcard ? 0 : match_value(args);
	e->fd = eventfd_dup(args->fd, &e->eventfd_id);
	if (e->fd < 0) {
		ret = e->fd;
		free(e);
		return ret;
	}
	e->blocks = eventfd_blocks(e->fd);
	pthread_mutex_lock(&vm->slots_lock);
	ret = ioeventfd_assign_locked(vm, e);
	pthread_mutex_unlock(&vm->slots_lock);
	if (ret) {
		held_fd_close(e->fd);
		free(e);
	}
	return ret;
}

static long ioeventfd_deassign(struct vm *vm, const struct kvm_ioeventfd *args)
{
	bool wildcard = !(args->flags & KVM_IOEVENTFD_FLAG_DATAMATCH);
	unsigned int bus = bus_of_flags(args->flags);
	struct ioeventfd *e, **link;
	bool found = false;
	uint64_t id;
	int fd = eventfd_dup(args->fd, &id);

	if (fd < 0)
		return fd;
	held_fd_close(fd);
	pthread_mutex_lock(&vm->slots_lock);
	for (link = &vm->ioeventfds; (e = *link); link = &e->next) {
		if (e->bus != bus || e->eventfd_id != id ||
		    e->addr != args->addr || e->len != args->len ||
		    e->wildcard != wildcard ||
		    (!wildcard && e->datamatch != match_value(args)))
			continue;
		*link = e->next;
		bus_remove(vm, bus, e);
		held_fd_close(e->fd);
		free(e);
		found = true;
		break;
	}
	pthread_mutex_unlock(&vm->slots_lock);
	if (!found)
		return refuse(ENOENT, FKVM_IOEVENTFD_NONE,
			      "descriptor %d has no ioeventfd at "
			      "%#lx+%u with this match",
			      args->fd, (uint64_t)args->addr, args->len);
	return 0;
}

static long ioeventfd_request(struct vm *vm, const void *arg)
{
	const struct kvm_ioeventfd *args = arg;

	return args->flags & KVM_IOEVENTFD_FLAG_DEASSIGN
		       ? ioeventfd_deassign(vm, args)
		       : ioeventfd_assign(vm, args);
}

long ioeventfd_set(struct vm *vm, const struct kvm_ioeventfd *args)
{
	return fd_room_call(ioeventfd_request, vm, args);
}

void ioeventfd_free_all(struct vm *vm)
{
	struct ioeventfd *e;

	while ((e = vm->ioeventfds)) {
		vm->ioeventfds = e->next;
		held_fd_close(e->fd);
		free(e);
	}
}
