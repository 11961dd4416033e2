/* SPDX-License-Identifier: MIT */
/*
 * Which Linux is pretended, for rows that say since which one they are there.
 */
#ifndef FAUXKVM_BASE_SINCE_H
#define FAUXKVM_BASE_SINCE_H

#include <stdbool.h>

/* Versions compare as numbers. */
#define LINUX(major, minor) ((major) << 8 | (minor))
#define LINUX_NEWEST        LINUX(6, 12)

extern unsigned int linux_version;

static inline bool linux_is_since(unsigned int major, unsigned int minor)
{
	return linux_version >= LINUX(major, minor);
}

/* A row of this since ("base", "<=6.1", "6.4", "-" or NULL) is there: what is
 * not a number always was. */
bool since_is_there(const char *since);

#endif
