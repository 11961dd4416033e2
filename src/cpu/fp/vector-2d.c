/* SPDX-License-Identifier: MIT */
/*
 * Vector floating point of two doubles (2D) at once, where the host can.
 */
#define FP_BITS        64
#define FP_LANES       2
#define FP_BY_LANES    fp_double_body
#define FP_PACKED_BODY fp_2d_body
#include "cpu/fp/packed-body.h"
