/* SPDX-License-Identifier: MIT */
/*
 * Which Linux is pretended, see since.h. It is chosen before the first request
 * and stays.
 */
#include "base/since.h"

unsigned int linux_version = LINUX_NEWEST;

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Asked at each attribute: strtoul() would be most of that. */
static unsigned int number(const char **s)
{
	unsigned int n = 0;

	for (; is_digit(**s); ++*s)
		n = 10 * n + (unsigned int)(**s - '0');
	return n;
}

bool since_is_there(const char *since)
{
	unsigned int major, minor = 0;

	if (!since || !is_digit(*since))
		return true;
	major = number(&since);
	if (*since == '.') {
		since++;
		minor = number(&since);
	}
	return linux_version >= LINUX(major, minor);
}
