/* SPDX-License-Identifier: MIT */
/*
 * SIMD&FP loads and stores of Q registers; the bodies are in
 * simd/ldst-body.h.
 */
#define VLDST_SIZE   SIZE_Q
#define VLDST_PAIRS  1
#define VLDST_BODIES vldst_bodies_q
#include "cpu/simd/ldst-body.h"
