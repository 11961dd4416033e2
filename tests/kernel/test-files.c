/* SPDX-License-Identifier: MIT */
/*
 * Files that a user writes or names, each kind in its own file.
 */
#include "test-files.h"

#include "tests/check-main.h"

int main(void)
{
	SRunner *r = srunner_create(costs_file_suite());

	srunner_add_suite(r, record_file_suite());
	return check_run(r);
}
