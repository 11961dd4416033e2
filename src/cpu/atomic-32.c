/* SPDX-License-Identifier: MIT */
/*
 * Exclusives, ordered accesses and atomics of words.
 * The bodies are in atomic-body.h.
 */
#define BITS          32
#define DATA          u32_alias
#define SIGNED_DATA   int32_t
#define ATOMIC_BODIES atomic_bodies_32
#include "cpu/atomic-body.h"
