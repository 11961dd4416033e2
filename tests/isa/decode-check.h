/* SPDX-License-Identifier: MIT */
/*
 * What the tests of decode tables share, of A64 and of A32 and T32: are rows sound, and
 * each disagreement with another decoder is told once.
 */
#ifndef FAUXKVM_TESTS_DECODE_CHECK_H
#define FAUXKVM_TESTS_DECODE_CHECK_H

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "isa/insn.h"

#define MAX_REPORTS 100

/* Of this test; the fixture begins with none. */
static unsigned int reports;

/* It counts once per row, name and first letter of @what. True: it is new, and there
 * is room to say so. */
static inline bool report_is_new(const char *what, const char *name,
				 const struct insn_row *row)
{
	static char seen[MAX_REPORTS][64];
	char key[64];

	snprintf(key, sizeof(key), "%s/%s/%.1s", name ? name : "-",
		 row ? row->name : "no row", what);
	for (unsigned int i = 0; i < reports && i < MAX_REPORTS; i++)
		if (!strcmp(seen[i], key))
			return false;
	if (reports++ >= MAX_REPORTS)
		return false;
	strcpy(seen[reports - 1], key);
	return true;
}

/* No row has bits that its mask lacks, and no two are alike. */
static inline void rows_check_sound(const struct insn_row *rows, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		const struct insn_row *a = &rows[i];

		ck_assert_msg(!(a->value & ~a->mask), "%s", a->name);
		for (unsigned int k = 0; k < i; k++) {
			const struct insn_row *b = &rows[k];

			ck_assert_str_ne(a->name, b->name);
			ck_assert_msg(a->fixed_bits != b->fixed_bits ||
					      ((a->value ^ b->value) & a->mask &
					       b->mask),
				      "%s and %s overlap", a->name, b->name);
		}
	}
}

#endif
