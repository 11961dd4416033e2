/* SPDX-License-Identifier: MIT */
/*
 * The bodies of lane-by-lane Advanced SIMD instructions by arrangement: what
 * simd/lanes.c chooses from. Each function stands in the unit of its name
 * (simd/16b.c) and answers NULL for an operation the arrangement doesn't have.
 */
#ifndef FAUXKVM_CPU_SIMD_LANES_H
#define FAUXKVM_CPU_SIMD_LANES_H

#include "isa/insn.h"

insn_fn *simd_8b_body(enum a64_op op);
insn_fn *simd_16b_body(enum a64_op op);
insn_fn *simd_4h_body(enum a64_op op);
insn_fn *simd_8h_body(enum a64_op op);
insn_fn *simd_2s_body(enum a64_op op);
insn_fn *simd_4s_body(enum a64_op op);
insn_fn *simd_2d_body(enum a64_op op);
/* Scalars. */
insn_fn *simd_b_body(enum a64_op op);
insn_fn *simd_h_body(enum a64_op op);
insn_fn *simd_s_body(enum a64_op op);
insn_fn *simd_d_body(enum a64_op op);

#endif
