/* SPDX-License-Identifier: MIT */
/*
 * Loads and stores of words and of pairs of them.
 * The bodies are in ldst-body.h and ldst-pair-body.h.
 */
#define BITS        32
#define DATA        u32_unaligned
#define SIGNED_DATA int32_t
#define LDST_BODIES ldst_bodies_32
#include "cpu/ldst-body.h"
#include "cpu/host-atomic.h"
#define LDST_PAIR_BODIES ldst_pair_bodies_32
#include "cpu/ldst-pair-body.h"
