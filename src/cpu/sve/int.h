/* SPDX-License-Identifier: MIT */
/* SVE integer arithmetic: the units of one size of elements; int-b.c and so on. */
#ifndef FAUXKVM_CPU_SVE_INT_H
#define FAUXKVM_CPU_SVE_INT_H

#include "cpu/sve/sve.h"

insn_fn *sve_int_b_work(const struct insn *i);
insn_fn *sve_int_h_work(const struct insn *i);
insn_fn *sve_int_s_work(const struct insn *i);
insn_fn *sve_int_d_work(const struct insn *i);

#endif
