/* SPDX-License-Identifier: MIT */
/*
 * What comes into a VM of counted time from outside, and who is told of it
 * (recording) or decides when it may (replaying).
 *
 * Such a VM's vCPUs take turns, and all that can change what the guest sees
 * enters by one gate, while no vCPU executes. Where it enters
 * is a place in the one order of all that the VM does, struct input_point,
 * which is the same in a run that repeats this one.
 */
#ifndef FAUXKVM_KERNEL_INPUT_H
#define FAUXKVM_KERNEL_INPUT_H

#include "base/types.h"
#include "kernel/kernel.h"

struct vcpu;
struct vm;

/* Whose turn it is not. */
#define INPUT_NOBODY (-1)

struct input_point {
	/* Local time of the vCPU whose turn it is; without one, of the VM. */
	uint64_t cycle;
	int owner; /* index of that vCPU or INPUT_NOBODY */
	/* How often a KVM_RUN of the VM's has returned, but for EINTR. */
	uint64_t exits;
};

static inline bool input_point_equal(const struct input_point *a,
				     const struct input_point *b)
{
	return a->cycle == b->cycle && a->owner == b->owner &&
	       a->exits == b->exits;
}

enum input_kind {
	INPUT_IRQFD,   /* a signal of an irqfd: gsi */
	INPUT_REQUEST, /* an ioctl of a thread that has not the turn: request */
	/* vCPU @vcpu did not come in time, and the others go on without it
	 * (its limit is --idle-wait of the host's time); it joins them again,
	 * or for the first time. */
	INPUT_AWAY,
	INPUT_BACK,
	/* A thread of the VMM's is told that a descriptor is ready which others
	 * than this process make so: wake. */
	INPUT_WAKE,
};

struct input {
	enum input_kind kind;
	struct input_point at;
	union {
		uint32_t gsi;
		unsigned int vcpu; /* index */
		struct {
			struct kobj *obj; /* VM, device or another's vCPU */
			const struct kernel_ioctl_row *row;
			unsigned long arg;
		} request;
		struct {
			int fd;
			/* POLLIN and its kind; admits() may leave some out. */
			unsigned int events;
			bool early; /* admits(): from before the VM first ran */
		} wake;
	};
};

/*
 * The one who listens; any function may be NULL. All are called while no vCPU
 * of the VM executes and none begins to, with the gate's lock held: they must
 * not call into the model nor wait, and have no other lock of the model's but
 * leaves around them. exit() and enter() are on the vCPU's thread, its mutex
 * held, without the gate's lock.
 */
struct input_hook {
	/* @input is about to take effect. */
	void (*entered)(struct input_hook *hook, struct vm *vm,
			const struct input *input);
	/* May @input enter now (input->at)? False: it waits, and the question
	 * comes again at the next point and about every millisecond. */
	bool (*admits)(struct input_hook *hook, struct vm *vm,
		       struct input *input);
	/* Before a VM of the process ran: may a thread be told that @fd is ready,
	 * as it was @times before? */
	bool (*early)(struct input_hook *hook, int fd, uint64_t times);
	/* @input, a request, can't enter now. 1: its thread does not wait, which
	 * gets @ret; the hook makes it later, request_later(). 0: try again.
	 * -1: it waits at the gate. No lock held; may wait a little. */
	int (*defers)(struct input_hook *hook, struct vm *vm,
		      const struct input *input, long *ret);
	/* Does an input have to enter at @at before the guest goes on? While
	 * true time stands still there; asked again after each input, and about
	 * every millisecond: the hook has its own limit. */
	bool (*awaits)(struct input_hook *hook, struct vm *vm,
		       const struct input_point *at);
	/* The guest has to stop at this local time of vCPU @owner, so that
	 * awaits() can be asked there; NO_DEADLINE: at no other than the clock's
	 * own points. Asked when @owner is let go. */
	uint64_t (*stop)(struct input_hook *hook, struct vm *vm, int owner);
	/* vCPU @vcpu is waited for at @at. 1: it is away now, 0: it is not,
	 * whatever the host's time is, -1: no opinion. */
	int (*away)(struct input_hook *hook, struct vm *vm,
		    const struct input_point *at, unsigned int vcpu);
	/* It has come, and has the turn. True: it is away all the same. */
	bool (*leaves)(struct input_hook *hook, struct vm *vm,
		       const struct input_point *at, unsigned int vcpu);
	/* A thread has read @ret bytes of @fd, or got -errno. */
	void (*was_read)(struct input_hook *hook, struct vm *vm,
			 const struct input_point *at, int fd, long ret);
	/* False: it may get whatever there is. Else *@n; @late: which it does
	 * not. */
	bool (*will_read)(struct input_hook *hook, struct vm *vm,
			  const struct input_point *at, int fd, bool late,
			  long *n);
	/* KVM_RUN of @vcpu returns @ret to the VMM; comes from it again, before
	 * what the VMM did in the meantime is looked at. */
	void (*exit)(struct input_hook *hook, struct vcpu *vcpu, long ret);
	void (*enter)(struct input_hook *hook, struct vcpu *vcpu);
	/* The VM goes: nothing runs any more, nobody refers to it. */
	void (*gone)(struct input_hook *hook, struct vm *vm);
};

/* Set before the first VM is made. NULL: nobody listens. */
extern struct input_hook *input_hook;

/* Where the VM is, for the holder of the turn and for who is inside the gate.
 * On any other thread it may be over when this returns. */
void input_point_now(struct vm *vm, struct input_point *at);

/* Make a request of @vm's that was deferred, with its argument in our memory.
 * False: it can't enter now. Nothing held. */
bool request_later(struct vm *vm, const struct kernel_ioctl_row *row,
		   void *arg);

#endif
