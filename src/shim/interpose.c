/* SPDX-License-Identifier: MIT */
/*
 * The exported functions, made from interposers.h. A function has an internal
 * name in C and the libc name only as its symbol, so no libc declaration is in
 * the way and our code cannot call it by accident.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>

#include "base/host.h"
#include "shim/interposers.h"
#include "shim/sig.h"
#include "shim/vmm-calls.h"
#if defined(FAUXKVM_NATIVE) || defined(FAUXKVM_EXEC_ONLY)
#include <unistd.h>

#include "shim/vmm-exec.h"
#endif

/* The C library says 0. */
#undef O_LARGEFILE
#define O_LARGEFILE HOST_O_LARGEFILE

/* Apart: the functions have nothing to keep then while they call theirs. */
static __attribute__((noinline)) long edge_error(long ret)
{
	errno = (int)-ret;
	return -1;
}

static inline long edge(long ret)
{
	return ret < 0 && ret > -4096 ? edge_error(ret) : ret;
}

#define INTERPOSE(type, name, params, value)            \
	extern type ip_##name params __asm__(#name)     \
		__attribute__((visibility("default"))); \
	type ip_##name params                           \
	{                                               \
		return (type)edge(value);               \
	}

#ifndef FAUXKVM_EXEC_ONLY
INTERPOSERS_BOTH(INTERPOSE)
#endif
#ifdef FAUXKVM_NATIVE
INTERPOSERS_NATIVE(INTERPOSE)
#endif
#if defined(FAUXKVM_NATIVE) || defined(FAUXKVM_EXEC_ONLY)
INTERPOSERS_EXEC(INTERPOSE)
#endif
