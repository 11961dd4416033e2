/* SPDX-License-Identifier: MIT */
/*
 * The frame of a signal handler of the program's, as arm64 Linux has it:
 * siginfo, ucontext with a record of FP and SIMD and, after a fault, one of ESR,
 * and a frame record.
 */
#ifndef FAUXKVM_USER_FRAME_H
#define FAUXKVM_USER_FRAME_H

#include <signal.h>
#include <stdint.h>

struct user_action;
struct user_altstack;
struct user_thread;

/* AT_MINSIGSTKSZ, and the least that sigaltstack() takes. */
#define FRAME_SIZE       4720
#define FRAME_STACK_SIZE 5120

/* The handler of @act runs next; it returns to what @t was at, with the mask
 * @saved. 0 or -EFAULT and nothing has changed. */
int frame_push(struct user_thread *t, const struct user_action *act, int sig,
	       const siginfo_t *info, uint64_t saved);

/* What a handler that returns leaves at the stack pointer: the registers, the
 * alternate stack, and *@mask. 0 or -EFAULT; USER_AGAIN if @set_mask said so. */
long frame_pop(struct user_thread *t,
	       long (*set_mask)(struct user_thread *t, uint64_t mask));

/* The alternate stack is @new from now on, with the flags as they are given: 0, or what
 * sigaltstack() answers. */
long frame_set_altstack(struct user_thread *t, const struct user_altstack *new);

/* Is @sp on the alternate stack of @t? */
_Bool frame_on_altstack(const struct user_thread *t, uint64_t sp);

#endif
