/* SPDX-License-Identifier: MIT */
/*
 * What the tests of files share: a refusal must have this reason.
 */
#ifndef FAUXKVM_TESTS_KERNEL_TEST_FILES_H
#define FAUXKVM_TESTS_KERNEL_TEST_FILES_H

#include <check.h>
#include <string.h>

#include "base/refuse.h"

/* @call is refused with -@want and a reason that begins with @reason. */
#define ck_refused(call, want, reason)                                    \
	do {                                                              \
		struct refusal r_;                                        \
		long ret_;                                                \
                                                                          \
		refusal_begin(&r_);                                       \
		ret_ = (call);                                            \
		refusal_end(&r_);                                         \
		ck_assert_int_eq(ret_, -(want));                          \
		ck_assert_msg(!strncmp(r_.why, (reason), strlen(reason)), \
			      "the reason is '%s', not '%s'", r_.why,     \
			      (reason));                                  \
	} while (0)

Suite *costs_file_suite(void);
Suite *record_file_suite(void);

#endif
