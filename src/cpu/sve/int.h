/* SPDX-License-Identifier: MIT */
/*
 * SVE integer arithmetic, copies and permutations: the units of one size of elements,
 * int-b.c, permute-b.c and so on, and what they share.
 */
#ifndef FAUXKVM_CPU_SVE_INT_H
#define FAUXKVM_CPU_SVE_INT_H

#include "cpu/sve/pred.h"

insn_fn *sve_int_b_work(const struct insn *i);
insn_fn *sve_int_h_work(const struct insn *i);
insn_fn *sve_int_s_work(const struct insn *i);
insn_fn *sve_int_d_work(const struct insn *i);

insn_fn *sve_permute_b_work(const struct insn *i);
insn_fn *sve_permute_h_work(const struct insn *i);
insn_fn *sve_permute_s_work(const struct insn *i);
insn_fn *sve_permute_d_work(const struct insn *i);

/* V<@n> = @v, and the rest of Z<@n> is zero. */
static inline void sve_v_set(struct cpu *cpu, unsigned int n, uint64_t v)
{
	cpu->vreg[n].d[0] = v;
	cpu->vreg[n].d[1] = 0;
	sve_v_written(cpu, n);
}

#endif
