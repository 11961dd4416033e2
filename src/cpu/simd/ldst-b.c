/* SPDX-License-Identifier: MIT */
/*
 * SIMD&FP loads and stores of B registers and of structures of 8-bit
 * elements; the bodies are in simd/ldst-body.h and simd/ldst-struct-body.h.
 */
#define VLDST_SIZE   SIZE_B
#define VLDST_PAIRS  0
#define VLDST_BODIES vldst_bodies_b
#include "cpu/simd/ldst-body.h"

#define VLDST_TYPE   uint8_t
#define VLDST_FIELD  b
#define VLDST_STRUCT vldst_struct_b
#include "cpu/simd/ldst-struct-body.h"
