/* SPDX-License-Identifier: MIT */
/*
 * Guest memory under ThreadSanitizer. Two vCPUs may access the same byte at
 * once, and so may the VMM: what then happens is the guest program's affair,
 * not an error of the interpreter, whose plain loads and stores are what the
 * guest asked for. Only these addresses are excused, and the state of the
 * model never lies in them.
 */
#ifndef FAUXKVM_TESTS_TSAN_H
#define FAUXKVM_TESTS_TSAN_H

#include <stddef.h>

#ifdef __SANITIZE_THREAD__
/* Of the sanitizer's runtime. */
void AnnotateBenignRaceSized(const char *file, int line,
			     const volatile void *mem, size_t size,
			     const char *why);
static inline void tsan_guest_memory(void *mem, size_t size)
{
	AnnotateBenignRaceSized(__FILE__, __LINE__, mem, size, "guest memory");
}
#else
static inline void tsan_guest_memory(void *mem, size_t size)
{
}
#endif

#endif
