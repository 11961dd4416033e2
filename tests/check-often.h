/* SPDX-License-Identifier: MIT */
/*
 * What is asserted millions of times: Check's own macros tell its process of each
 * that holds, by a write().
 */
#ifndef FAUXKVM_TESTS_CHECK_OFTEN_H
#define FAUXKVM_TESTS_CHECK_OFTEN_H

#include <check.h>

#define CHECK_OFTEN(what)                               \
	do {                                            \
		if (!(what))                            \
			ck_abort_msg("not so: " #what); \
	} while (0)

#endif
