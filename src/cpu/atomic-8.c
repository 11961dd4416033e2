/* SPDX-License-Identifier: MIT */
/*
 * Exclusives, ordered accesses and atomics of bytes.
 * The bodies are in atomic-body.h.
 */
#define BITS          8
#define DATA          uint8_t
#define SIGNED_DATA   int8_t
#define ATOMIC_BODIES atomic_bodies_8
#include "cpu/atomic-body.h"
