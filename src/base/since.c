/* SPDX-License-Identifier: MIT */
/*
 * Which Linux is pretended, see since.h. It is chosen before the first request
 * and stays.
 */
#include "base/since.h"

#include <stdlib.h>

unsigned int linux_version = LINUX_NEWEST;

bool since_is_there(const char *since)
{
	char *end;
	unsigned long major;

	if (!since || *since < '0' || *since > '9')
		return true;
	major = strtoul(since, &end, 10);
	return linux_version >=
	       LINUX(major, *end == '.' ? strtoul(end + 1, NULL, 10) : 0);
}
