/* SPDX-License-Identifier: MIT */
/*
 * SIMD&FP loads and stores of H registers and of structures of 16-bit
 * elements; the bodies are in simd/ldst-body.h and simd/ldst-struct-body.h.
 */
#define VLDST_SIZE   SIZE_H
#define VLDST_PAIRS  0
#define VLDST_BODIES vldst_bodies_h
#include "cpu/simd/ldst-body.h"

#define VLDST_TYPE   uint16_t
#define VLDST_FIELD  h
#define VLDST_STRUCT vldst_struct_h
#include "cpu/simd/ldst-struct-body.h"
