/* SPDX-License-Identifier: MIT */
/*
 * SIMD&FP loads and stores of D registers and of structures of 64-bit
 * elements; the bodies are in simd/ldst-body.h and simd/ldst-struct-body.h.
 */
#define VLDST_SIZE   SIZE_X
#define VLDST_PAIRS  1
#define VLDST_BODIES vldst_bodies_d
#include "cpu/simd/ldst-body.h"

#define VLDST_TYPE   uint64_t
#define VLDST_FIELD  d
#define VLDST_STRUCT vldst_struct_d
#include "cpu/simd/ldst-struct-body.h"
