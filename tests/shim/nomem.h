/* SPDX-License-Identifier: MIT */
/*
 * Allocations that fail when a test says so: malloc() and its kin, mmap(),
 * threads, and descriptors that cost the host memory, for a program linked
 * with --wrap of each (tests/shim/local.mk).
 */
#ifndef FAUXKVM_TESTS_NOMEM_H
#define FAUXKVM_TESTS_NOMEM_H

#include <stdbool.h>

/* Count from 0 again: the @at-th allocation from now on fails, and after it
 * each @every-th; 0: none. Allocations are counted while armed. */
void nomem_plan(unsigned int at, unsigned int every);
/* For this thread and all others. */
void nomem_arm(bool on);
/* Allocations counted, and how many of them failed, since nomem_plan(). */
unsigned int nomem_seen(void);
unsigned int nomem_failed(void);
/* Who asked for the last one that failed. */
const void *nomem_caller(void);
/* Blocks of the heap asked for while armed that are not free. */
int nomem_live(void);

#endif
