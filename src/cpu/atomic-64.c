/* SPDX-License-Identifier: MIT */
/*
 * Atomics of doublewords; the bodies are in atomic-body.h.
 */
#define BITS          64
#define DATA          u64_alias
#define SIGNED_DATA   int64_t
#define ATOMIC_BODIES atomic_bodies_64
#include "cpu/atomic-body.h"
