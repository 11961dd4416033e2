/* SPDX-License-Identifier: MIT */
/* SVE: the choice of a body of integer arithmetic, by the size of elements. */
#include "cpu/sve/int.h"

insn_fn *sve_int_work(const struct insn *i)
{
	switch (i->size) {
	case SIZE_B: return sve_int_b_work(i);
	case SIZE_H: return sve_int_h_work(i);
	case SIZE_W: return sve_int_s_work(i);
	case SIZE_X: return sve_int_d_work(i);
	default: return NULL;
	}
}
