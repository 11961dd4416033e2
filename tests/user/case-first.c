/* SPDX-License-Identifier: MIT */
/*
 * What a program finds when it begins.
 */
#include "tests/user/machine.h"
#include "tests/user/user.h"

#include <sys/auxv.h>
#include <sys/utsname.h>

static void machine(void)
{
	struct utsname u;

	CHECK_EQ(uname(&u), 0);
	CHECK(!strcmp(u.machine, MACHINE_NAME));
	CHECK(!strcmp((const char *)getauxval(AT_PLATFORM), MACHINE_PLATFORM));
	CHECK_EQ(getauxval(AT_PAGESZ), 4096);
	CHECK(getauxval(AT_RANDOM));
}

const struct user_case first_cases[] = {
	{"first/machine", machine, NULL},
	{NULL, NULL, NULL},
};
