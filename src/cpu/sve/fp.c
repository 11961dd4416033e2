/* SPDX-License-Identifier: MIT */
/* SVE: the choice of a body of floating point, by the type of elements. */
#include "cpu/sve/fp.h"

insn_fn *sve_fp_work(const struct insn *i)
{
	insn_fn *fn = sve_fp_convert_work(i);

	if (fn)
		return fn;
	switch (i->size) {
	case SIZE_H: return sve_fp_half_work(i);
	case SIZE_W: return sve_fp_single_work(i);
	case SIZE_X: return sve_fp_double_work(i);
	default: return NULL;
	}
}
