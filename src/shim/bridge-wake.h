/* SPDX-License-Identifier: MIT */
/*
 * The waits of a VMM under QEMU for descriptors, and its reads of them, where a
 * run is recorded or replayed: its calls as the host's, see wake-call.h.
 */
#ifndef FAUXKVM_SHIM_BRIDGE_WAKE_H
#define FAUXKVM_SHIM_BRIDGE_WAKE_H

#include <stdbool.h>
#include <stdint.h>

/* A ppoll of the guest's: true if it has waited, and *@ret is the answer. */
bool bridge_wake_ppoll(const uint64_t args[6], int64_t *ret);
/* A wait by epoll; @ts: its timeout is a struct timespec. */
bool bridge_wake_epoll(const uint64_t args[6], bool ts, int64_t *ret);

/* A read, readv, recvfrom or recvmsg of the guest's. True: *@ret is the answer.
 * Else it is to be done, and then wake_call_done(). */
bool bridge_wake_read(int64_t num, const uint64_t args[6], int64_t *ret);

#endif
