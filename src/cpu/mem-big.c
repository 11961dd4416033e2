/* SPDX-License-Identifier: MIT */
/*
 * The build of the bodies that access memory where data is big-endian: all that is seen of it.
 */
#include "cpu/bodies.h"

const struct mem_bodies mem_big_bodies = {
	.ldst = ldst_body,
	.ldst_missed = ldst_missed_body,
	.vldst = vldst_body,
	.atomic = atomic_body,
	.sve = sve_ldst_body,
	.a32 = a32_ldst_body,
};
