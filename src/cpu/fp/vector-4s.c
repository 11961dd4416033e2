/* SPDX-License-Identifier: MIT */
/*
 * Vector floating point of four singles (4S) at once, where the host can.
 */
#define FP_BITS        32
#define FP_LANES       4
#define FP_BY_LANES    fp_single_body
#define FP_PACKED_BODY fp_4s_body
#include "cpu/fp/packed-body.h"
