/* SPDX-License-Identifier: MIT */
/*
 * A check of the rows of kernel/decode.h, for each architecture's test: every
 * request that is implemented has its argument decoded, whole, and no field of a
 * structure is left out but what only pads it.
 */
#ifndef FAUXKVM_TESTS_TEST_DECODE_H
#define FAUXKVM_TESTS_TEST_DECODE_H

#include "kernel/arch.h"
#include "kernel/decode.h"

/* @fields has rows of every byte from 0 to the structure's end, but for
 * paddings of less than eight bytes and what another field's function shows. */
static inline size_t decode_gap(const struct decode_fields *fields)
{
	size_t gap = 0, at = 0;

	while (at < fields->size) {
		size_t next = fields->size, end = at;

		for (unsigned int i = 0; i < fields->nr; i++) {
			const struct decode_field *f = &fields->field[i];

			if (f->at <= at && f->at + f->size > end)
				end = f->at + f->size;
			if (f->at > at && f->at < next)
				next = f->at;
		}
		if (end > at) {
			at = end;
			continue;
		}
		gap = next - at > gap ? next - at : gap;
		at = next;
	}
	return gap;
}

static inline void decode_check_rows(const struct arch *arch)
{
	const struct kernel_ioctl_row *row;
	unsigned int n;

	for (n = 0; (row = kernel_ioctl_row(n)); n++) {
		const struct decode_request *r =
			decode_request_find(arch, row->name);

		ck_assert_msg(r, "%s is not decoded", row->name);
		if (!row->implemented)
			continue;
		ck_assert_msg(r->arg != DECODE_FOREIGN,
			      "%s is known, but only its bytes are shown",
			      row->name);
		if (!row->size)
			continue;
		ck_assert_msg(r->arg == DECODE_POINTS,
			      "the argument of %s stays a pointer", row->name);
		ck_assert_msg(r->fields->size == row->size,
			      "%s has %u bytes, its rows have %zu", row->name,
			      row->size, r->fields->size);
		ck_assert_msg(decode_gap(r->fields) < 8,
			      "%zu bytes of %s are not decoded",
			      decode_gap(r->fields), row->name);
	}
	ck_assert_uint_gt(n, 50);
}

#endif
