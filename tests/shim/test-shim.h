/* SPDX-License-Identifier: MIT */
/*
 * What the shim's unit tests share: the stand-in for the kernel model that
 * test-shim.c has, and what it saw.
 */
#ifndef FAUXKVM_TESTS_TEST_SHIM_H
#define FAUXKVM_TESTS_TEST_SHIM_H

#include <check.h>
#include <stdbool.h>

#include "kernel/kernel.h"

#ifdef __SANITIZE_THREAD__
#define UNDER_TSAN 1
#else
#define UNDER_TSAN 0
#endif
#if defined(__SANITIZE_ADDRESS__) || UNDER_TSAN
#define UNDER_SANITIZER 1
#else
#define UNDER_SANITIZER 0
#endif

extern const struct kernel_host *host; /* as embed_init() gave it */
extern _Atomic int closed, freed;      /* objects */
extern int forked, fork_prepared;      /* children; forks that are not over */
extern __thread volatile int kicks;
extern const void *changed_addr;
extern bool fork_is_open; /* to signals, while the table is locked */

struct kobj *object(enum kobj_kind kind, const char *name, size_t size);
/* close() as the shim does it */
void fd_close(int fd);
/* The fixture. */
void setup(void);

TCase *fd_tests(void);
TCase *sig_tests(void);
TCase *wake_tests(void);
TCase *sig_child_tests(void);

#endif
