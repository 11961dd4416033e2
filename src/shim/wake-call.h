/* SPDX-License-Identifier: MIT */
/*
 * System calls of a VMM by which it waits for descriptors or reads of them,
 * where a run is recorded or replayed (wake.h). For those who make them on its
 * behalf, the bridge and the engine for programs.
 *
 * A call is the host's: its number (SYS_ppoll, SYS_epoll_pwait,
 * SYS_epoll_pwait2, SYS_read, SYS_readv, SYS_recvfrom, SYS_recvmsg), its
 * structures, its masks of signals.
 */
#ifndef FAUXKVM_SHIM_WAKE_CALL_H
#define FAUXKVM_SHIM_WAKE_CALL_H

#include <stdbool.h>
#include <stdint.h>

/* True: it was made, *@ret is the answer or -SIG_RESTART. Else it is to be made,
 * and then the other tells what it answered. Only if kernel_asks_wake(). */
bool wake_call(long nr, const uint64_t args[6], long *ret);
/* Whatever the call was. */
void wake_call_done(const uint64_t args[6], long ret);

/* wake-read.c: of these the reads. */
bool wake_read(long nr, const uint64_t args[6], long *ret);

#endif
