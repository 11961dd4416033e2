/* SPDX-License-Identifier: MIT */
/*
 * Exclusives, ordered accesses and atomics of halfwords.
 * The bodies are in atomic-body.h.
 */
#define BITS          16
#define DATA          u16_alias
#define SIGNED_DATA   int16_t
#define ATOMIC_BODIES atomic_bodies_16
#include "cpu/atomic-body.h"
