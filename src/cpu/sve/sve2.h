/* SPDX-License-Identifier: MIT */
/* SVE2 integers: the units of one size of elements, sve2-b.c and so on. */
#ifndef FAUXKVM_CPU_SVE_SVE2_H
#define FAUXKVM_CPU_SVE_SVE2_H

#include "cpu/fp/softfloat.h"
#include "cpu/sve/sve.h"

insn_fn *sve2_b_work(const struct insn *i);
insn_fn *sve2_h_work(const struct insn *i);
insn_fn *sve2_s_work(const struct insn *i);
insn_fn *sve2_d_work(const struct insn *i);

#endif
