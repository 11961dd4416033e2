/* SPDX-License-Identifier: MIT */
/*
 * The event tap: who wants to know what the model does listens here. Requests
 * before and after they are answered, exits of the guest, steps of an irqchip.
 * Tracing, statistics, injected errors, recording and reports are listeners.
 *
 * As long as nobody listens an event costs a load and a predicted branch.
 */
#ifndef FAUXKVM_KERNEL_EVENT_H
#define FAUXKVM_KERNEL_EVENT_H

#include <stdatomic.h>

#include "base/device.h"
#include "base/types.h"
#include "kernel/kernel.h"

struct kvm_run;
struct vcpu;
struct vm;

enum event_kind {
	/* A request, before any of its checks. A listener may answer it
	 * (event.request.answered): then nothing else happens. */
	EVENT_REQUEST,
	/* The same, answered. */
	EVENT_REQUEST_DONE,
	/* The guest left its engine and the model did what that means. */
	EVENT_EXIT,
	/* An irqchip did one of the steps that can have a price. */
	EVENT_IRQCHIP_STEP,
};

struct event {
	enum event_kind kind;
	union {
		struct {
			struct kobj *obj;
			int fd; /* by which it came */
			const struct kernel_ioctl_row *row; /* NULL: unknown */
			unsigned int cmd;
			unsigned long arg;
			long result; /* value or negative errno */
			bool answered;
			/*
			 * What a listener makes of it before it is answered:
			 * waits, ns; a signal for its thread; an exit that
			 * KVM_RUN ends with in place of running the guest, by a
			 * function that is given @rule.
			 */
			uint64_t wait_before, wait_after;
			int signal;
			void (*make_exit)(struct kvm_run *run,
					  const void *rule);
			const void *rule;
			bool injected; /* an answer or an exit is made up */
			/* Done, with an errno: why; NULL: nobody says. */
			const char *why;
		} request;
		struct {
			struct vcpu *vcpu;
			const char *reason; /* the architecture's name of it */
			/* 1: the guest goes on, 0: struct kvm_run has the
			 * exit, else KVM_RUN's negative errno */
			long result;
		} exit;
		struct {
			struct vm *vm;
			unsigned int vcpu; /* index of the vCPU concerned */
			unsigned int step; /* enum irq_step */
			uint32_t intid;    /* or IRQ_NONE */
			unsigned int cycles;
			uint64_t when; /* clock_now() */
		} irqchip;
	};
};

/*
 * Called on the thread where the event happens, with whatever locks the model
 * holds there (a vCPU's mutex, an irqchip's): it must not block, nor call into
 * the model, nor listen or unlisten. A VMM that makes requests in a signal
 * handler has its listeners called there, but not inside another request of the
 * same thread.
 */
struct event_listener {
	void (*event)(struct event_listener *listener, struct event *event);
	struct event_listener *next; /* the tap's */
};

/* @listener is the caller's and lives until event_unlisten() has returned;
 * after that it is not called any more. Any thread. */
void event_listen(struct event_listener *listener);
void event_unlisten(struct event_listener *listener);

/* Around fork(), see kernel_fork_prepare(). Listeners stay in the child. */
void event_fork_prepare(void);
void event_forked_parent(void);
void event_forked_child(void);

/* The tap's own: who listens, the latest first. */
extern struct event_listener *_Atomic event_listeners;

static inline bool event_wanted(void)
{
	return HAS_EVENT_TAP &&
	       unlikely(atomic_load_explicit(&event_listeners,
					     memory_order_relaxed));
}

/* Tell every listener; only after event_wanted() said so. */
void event_send(struct event *event);

#endif
