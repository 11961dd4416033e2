/* SPDX-License-Identifier: MIT */
/*
 * SIMD&FP loads and stores of S registers and of structures of 32-bit
 * elements; the bodies are in simd/ldst-body.h and simd/ldst-struct-body.h.
 */
#define VLDST_SIZE   SIZE_W
#define VLDST_PAIRS  1
#define VLDST_BODIES vldst_bodies_s
#include "cpu/simd/ldst-body.h"

#define VLDST_TYPE   uint32_t
#define VLDST_FIELD  s
#define VLDST_STRUCT vldst_struct_s
#include "cpu/simd/ldst-struct-body.h"
