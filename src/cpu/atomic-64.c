/* SPDX-License-Identifier: MIT */
/*
 * Exclusives, ordered accesses and atomics of doublewords.
 * The bodies are in atomic-body.h.
 */
#define BITS          64
#define DATA          u64_alias
#define SIGNED_DATA   int64_t
#define ATOMIC_BODIES atomic_bodies_64
#include "cpu/atomic-body.h"
