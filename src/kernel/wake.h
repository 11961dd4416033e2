/* SPDX-License-Identifier: MIT */
/*
 * What wakes a VMM's thread is an input where a run is recorded or replayed
 * (wake.c): a descriptor that others than this process make ready, as a socket.
 * The thread is told of it by the gate's rules and not before, and time stands
 * still until all that it does about it is done.
 *
 * The thread itself waits in a kernel_wait of kernel.h. All else here is asked
 * with turns->lock held; the lock of the waits is a leaf below that.
 */
#ifndef FAUXKVM_KERNEL_WAKE_H
#define FAUXKVM_KERNEL_WAKE_H

#include "base/types.h"

struct vm;

/* Is there a wake that waits to be told? Cheap. */
bool wakes_wait(void);
/* Is there one that input_hook admits now? */
bool wakes_may_enter(struct vm *vm);
/* Was one told, whose thread has not gone on yet? */
bool wakes_on_way(void);
/* Tell the first one that input_hook admits, the VMM being asleep. False: there
 * is none. */
bool wakes_admit(struct vm *vm);

/* The first VM of the process runs: what was told before, @each descriptor.
 * From now on a wake is an input of the VM's. */
typedef void wake_before_fn(void *ctx, int fd, uint64_t times);
void wakes_start(wake_before_fn *each, void *ctx);

void wake_fork_prepare(void);
void wake_forked_parent(void);
void wake_forked_child(void);

#endif
