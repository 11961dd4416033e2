/* SPDX-License-Identifier: MIT */
/*
 * Robust futexes of a thread that ends (Linux's robust-futex-ABI): its locks
 * are marked as a dead owner's. The host's kernel does that when the process is
 * ended; of a thread alone it has to be done before the thread is said to be gone,
 * as its memory may be somebody else's then.
 */
#ifndef FAUXKVM_USER_ROBUST_H
#define FAUXKVM_USER_ROBUST_H

struct user_thread;

/* On the thread, when it runs no more. */
void robust_list_end(struct user_thread *t);

#endif
