/* SPDX-License-Identifier: MIT */
/*
 * A lock that outlives who holds it: a process that shares the memory, as vfork()
 * makes it, may be killed at any instruction, and whoever has waited for it gives
 * back what it held.
 *
 * It is a word that says who holds it: a change of the word is all there is to
 * taking it, so that nobody dies between the two. The C library's mutexes write
 * down their owner afterwards.
 */
#ifndef FAUXKVM_BASE_WORD_LOCK_H
#define FAUXKVM_BASE_WORD_LOCK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Zeroes are one that is free. */
struct word_lock {
	/* futex: 0, or a thread's number, and whether others wait */
	_Atomic uint32_t word;
};

void word_lock_take(struct word_lock *lock);
/* By whoever: in the child of a fork() by the thread that there is. */
void word_lock_release(struct word_lock *lock);

/*
 * The calling thread holds none, but a process that had its thread-local storage is
 * gone. True: that one held this lock, which is the caller's now, and what it
 * protects is as that process left it.
 */
bool word_lock_inherited(struct word_lock *lock);

#endif
