/* SPDX-License-Identifier: MIT */
/*
 * The waits of a VMM under QEMU for descriptors, where a run is recorded or
 * replayed (wake.h).
 */
#ifndef FAUXKVM_SHIM_BRIDGE_WAKE_H
#define FAUXKVM_SHIM_BRIDGE_WAKE_H

#include <stdbool.h>
#include <stdint.h>

/* A ppoll of the guest's: true if it has waited, and *@ret is the answer. */
bool bridge_wake_ppoll(const uint64_t args[6], int64_t *ret);

#endif
