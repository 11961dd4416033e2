/* SPDX-License-Identifier: MIT */
/*
 * The bodies of lane-by-lane Advanced SIMD instructions by arrangement: what
 * simd-lanes.c chooses from. Each function stands in the unit of its name
 * (simd-16b.c) and answers NULL for an operation the arrangement doesn't have.
 */
#ifndef FAUXKVM_CPU_SIMD_LANES_H
#define FAUXKVM_CPU_SIMD_LANES_H

#include "isa/insn.h"

insn_fn *simd_body_8b(enum a64_op op);
insn_fn *simd_body_16b(enum a64_op op);
insn_fn *simd_body_4h(enum a64_op op);
insn_fn *simd_body_8h(enum a64_op op);
insn_fn *simd_body_2s(enum a64_op op);
insn_fn *simd_body_4s(enum a64_op op);
insn_fn *simd_body_2d(enum a64_op op);
/* Scalars. */
insn_fn *simd_body_b(enum a64_op op);
insn_fn *simd_body_h(enum a64_op op);
insn_fn *simd_body_s(enum a64_op op);
insn_fn *simd_body_d(enum a64_op op);

#endif
