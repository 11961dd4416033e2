/* SPDX-License-Identifier: MIT */
/*
 * Floating point by this host, a whole register of the including unit's
 * arrangement: for cpu/fp/packed-body.h alone, if HOST_FP_PACKED is defined.
 */
#ifndef FAUXKVM_CPU_HOST_FP_PACKED_H
#define FAUXKVM_CPU_HOST_FP_PACKED_H

#if defined(__x86_64__)
#include "cpu/host-x86-64-fp-packed.h"
#endif

#endif
