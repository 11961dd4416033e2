/* SPDX-License-Identifier: MIT */
/*
 * Loads and stores of halfwords.
 * The bodies are in ldst-body.h.
 */
#define BITS        16
#define DATA        u16_unaligned
#define SIGNED_DATA int16_t
#define LDST_BODIES ldst_bodies_16
#include "cpu/ldst-body.h"
