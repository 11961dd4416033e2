/* SPDX-License-Identifier: MIT */
/*
 * Vector floating point of two singles (2S), half a register, at once, where
 * the host can.
 */
#define FP_BITS        32
#define FP_LANES       2
#define FP_BY_LANES    fp_single_body
#define FP_PACKED_BODY fp_2s_body
#include "cpu/fp/packed-body.h"
