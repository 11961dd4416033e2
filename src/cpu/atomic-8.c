/* SPDX-License-Identifier: MIT */
/*
 * Atomics of bytes; the bodies are in atomic-body.h.
 */
#define BITS          8
#define DATA          uint8_t
#define SIGNED_DATA   int8_t
#define ATOMIC_BODIES atomic_bodies_8
#include "cpu/atomic-body.h"
