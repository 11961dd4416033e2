/* SPDX-License-Identifier: MIT */
/*
 * Interrupts from outside the guest: GSI routes, irqfds, the VMM's eventfds and
 * the thread that waits for them (routing.c, irqfd.c, eventfd.c,
 * event-thread.c).
 */
#ifndef FAUXKVM_KERNEL_IRQ_H
#define FAUXKVM_KERNEL_IRQ_H

#include <pthread.h>
#include <stdatomic.h>

#include <fauxkvm/kvm.h>

#include "base/types.h"

#define MAX_GSI 4096

struct vm;

/* ---- descriptors of the VMM ---------------------------------------------- */

/* The handle (base/held-fd.h) of our own duplicate of the VMM's eventfd @fd; *id
 * tells one eventfd from another. -EBADF, -EINVAL (not an eventfd), -EMFILE. */
int eventfd_dup(int fd, uint64_t *id);
/* Does the VMM wait when it writes to it and it is full? */
bool eventfd_blocks(int handle);
/* Add 1 to an eventfd; to one that blocks, without waiting: @lock is the VM's
 * signal_lock. */
void eventfd_signal(int handle);
void eventfd_signal_blocking(int handle, pthread_mutex_t *lock);
/* Drain it without blocking, false when it was 0. */
bool eventfd_drain(int handle);
bool eventfd_signalled(int handle);

/* @make(), and if that found no descriptor free (-EMFILE) again where there is
 * one. fd-room.c has how. */
long fd_room_call(long (*make)(struct vm *vm, const void *arg), struct vm *vm,
		  const void *arg);
/* Around fork(), see kernel_fork_prepare(). */
void fd_room_fork_prepare(void);
void fd_room_forked_parent(void);
void fd_room_forked_child(void);

/* ---- routes and irqfds --------------------------------------------------- */

struct route {
	uint8_t type; /* 0: none, KVM_IRQ_ROUTING_* */
	uint32_t flags;
	union {
		uint32_t pin;
		struct kvm_irq_routing_msi msi;
	};
};

struct routing {
	bool before_init; /* replaced by the default when the irqchip is
			   * initialised */
	struct route route[MAX_GSI];
	/* + 1; of several the table's last, 0: none. */
	uint16_t gsi_of_pin[MAX_GSI];
};

/* The pin that @gsi's route leads to, though it may not exist; -1: none. Where
 * there is no table, that is what the default route would be. */
int routing_pin(struct vm *vm, unsigned int gsi);
long routing_set(struct vm *vm, const struct kvm_irq_routing *hdr,
		 const void *user_entries);
void routing_free(struct vm *vm);
/* The gsi that hears when the guest has finished the irqchip's @pin, -1: none. */
int routing_gsi_of_pin(struct vm *vm, unsigned int pin);
/* Linux's kvm_set_irq() for an irqfd. */
void routing_inject(struct vm *vm, unsigned int gsi, int level);
/* The same for KVM_IRQ_LINE: its status, -1: there was nobody to take it. */
int routing_set_level(struct vm *vm, unsigned int gsi, int level);
long msi_signal(struct vm *vm, const struct kvm_msi *msi);

long irqfd_set(struct vm *vm, const struct kvm_irqfd *args);
void irqfd_release_all(struct vm *vm);
/* The interrupts of all signals that irqfds got before the call are delivered.
 * Whoever looks at the irqchip or changes routes calls irqfd_sync() first. */
void irqfd_sync_now(struct vm *vm);
/* From event_thread_collect(): what is watched as @key was signalled. False: it
 * is no irqfd's any more. */
bool irqfd_event(struct vm *vm, uint64_t key);
/* Watch all of them, in a new epoll descriptor. */
int irqfd_watch_all(struct vm *vm);
/* Inside the gate: what input_hook held back may enter now. True: some did. */
bool irqfd_look_again(struct vm *vm);
void irqfd_acked(struct vm *vm, unsigned int pin);
/* In the child after fork(), where no irqfd is. */
void irqfd_forked_child(void);

/* ---- event thread -------------------------------------------------------- */

struct event_thread {
	pthread_t thread;
	atomic_bool started; /* set under start_lock */
	pthread_mutex_t start_lock, arm_lock;
	atomic_bool stop;
	/* Handles (base/held-fd.h); replaced under irqfd_lock and arm_lock. */
	atomic_int epoll_fd, timer_fd, stop_fd;
	unsigned int strays;    /* events of nobody, in a row */
	atomic_bool unwatched;  /* what it made again last is not complete */
	_Atomic uint64_t armed; /* timer_fd's deadline, ns */
};

void event_thread_init(struct vm *vm);
int event_thread_start(struct vm *vm); /* idempotent */
void event_thread_stop(struct vm *vm);
/* irqfd_lock held, here and below. Each signal of a held descriptor is one
 * event. */
int event_thread_watch(struct vm *vm, int handle, uint64_t key);
void event_thread_unwatch(struct vm *vm, int handle);
/* irqfd_event() for each event there is. True: the timer's is among them. */
bool event_thread_collect(struct vm *vm);
/* See that the thread looks at the timers at @deadline (ns) or earlier. */
void event_thread_deadline(struct vm *vm, uint64_t deadline);

#endif
