/* SPDX-License-Identifier: MIT */
/*
 * A place in a function to come back to, out of a signal handler too. To mark one
 * is a part of each entry of the guest, and the C library's way is 30
 * instructions: what the compiler has for it is three stores, as the function
 * that is left saves its caller's registers anyway. The sanitizers know only
 * the C library's.
 *
 * host_jump_mark(place): 0, and after host_jump_go(place) from a function that
 * was called since, 1.
 */
#ifndef FAUXKVM_BASE_HOST_JUMP_H
#define FAUXKVM_BASE_HOST_JUMP_H

#if defined(__x86_64__) && defined(FAUXKVM_TAIL_CALLS)
typedef void *host_jump_place[5];
#define host_jump_mark(place) __builtin_setjmp(place)
#define host_jump_go(place)   __builtin_longjmp(place, 1)
#else
#include <setjmp.h>
typedef sigjmp_buf host_jump_place;
#define host_jump_mark(place) sigsetjmp(place, 0)
#define host_jump_go(place)   siglongjmp(place, 1)
#endif

#endif
