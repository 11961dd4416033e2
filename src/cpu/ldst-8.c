/* SPDX-License-Identifier: MIT */
/*
 * Loads and stores of bytes.
 * The bodies are in ldst-body.h.
 */
#define BITS        8
#define DATA        uint8_t
#define SIGNED_DATA int8_t
#define LDST_BODIES ldst_bodies_8
#include "cpu/ldst-body.h"
