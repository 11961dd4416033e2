/* SPDX-License-Identifier: MIT */
/*
 * Whether this is still the process that the model is in. fork() tells us; but
 * the bare system call, _Fork() and others make a child in which no handler of
 * pthread_atfork() ran, whose locks are as other threads held them. A page that
 * the kernel empties in every child (MADV_WIPEONFORK) shows that for one load.
 */
#ifndef FAUXKVM_SHIM_PROCESS_H
#define FAUXKVM_SHIM_PROCESS_H

#include <stdint.h>

#include "base/types.h"

/* @adopt puts the model's state right in such a child; signals are blocked. */
void process_init(void (*adopt)(void));
/* In a child of fork(), whose state is right. */
void process_is_new(void);

void process_adopt(void);
extern const volatile uint32_t *process_mark; /* -> 0: a new process */

/* Before anything that takes a lock of the process's. */
static inline void process_check(void)
{
	if (unlikely(!*process_mark))
		process_adopt();
}

#endif
