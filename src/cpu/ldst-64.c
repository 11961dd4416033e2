/* SPDX-License-Identifier: MIT */
/*
 * Loads and stores of doublewords and of pairs of them.
 * The bodies are in ldst-body.h and ldst-pair-body.h.
 */
#define BITS        64
#define DATA        u64_unaligned
#define SIGNED_DATA int64_t
#define LDST_BODIES ldst_bodies_64
#include "cpu/ldst-body.h"
#include "cpu/host-atomic.h"
#define LDST_PAIR_BODIES ldst_pair_bodies_64
#include "cpu/ldst-pair-body.h"
