/* SPDX-License-Identifier: MIT */
/*
 * What arm64 Linux and x86-64 Linux have differently, see convert.h.
 */
#include "user/convert.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/fault.h"
#include "base/types.h"
#include "shim/guest-abi.h"
#include "user/path.h"

uint64_t convert_open_flags(uint64_t flags)
{
	return guest_open_to_host(&guest_open_arm64, flags);
}

uint64_t convert_open_flags_back(uint64_t flags)
{
	return guest_open_from_host(&guest_open_arm64, flags);
}

bool convert_path_link(uint64_t addr, bool follow, char *buf, uint64_t *host)
{
	char path[PATH_MAX];
	const char *there;

	*host = addr;
	if (!copy_string_from_user(path, (const void *)addr, sizeof(path)))
		return false;
	there = path_find(path, follow, buf);
	if (there == path)
		return false;
	*host = (uint64_t)there;
	return true;
}
