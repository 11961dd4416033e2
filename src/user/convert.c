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
#include "user/path.h"

/* ---- open() -------------------------------------------------------------- */

static const struct {
	uint32_t arm64, host;
} open_flags[] = {
	{040000, 0200000},  /* O_DIRECTORY */
	{0100000, 0400000}, /* O_NOFOLLOW */
	{0200000, 040000},  /* O_DIRECT */
	{0400000, 0100000}, /* O_LARGEFILE */
};

uint64_t convert_open_flags(uint64_t flags)
{
	uint64_t host = flags;

	for (unsigned int k = 0; k < ARRAY_SIZE(open_flags); k++)
		host &= ~(uint64_t)open_flags[k].arm64;
	for (unsigned int k = 0; k < ARRAY_SIZE(open_flags); k++)
		if (flags & open_flags[k].arm64)
			host |= open_flags[k].host;
	return host;
}

uint64_t convert_open_flags_back(uint64_t flags)
{
	uint64_t guest = flags;

	for (unsigned int k = 0; k < ARRAY_SIZE(open_flags); k++)
		guest &= ~(uint64_t)open_flags[k].host;
	for (unsigned int k = 0; k < ARRAY_SIZE(open_flags); k++)
		if (flags & open_flags[k].host)
			guest |= open_flags[k].arm64;
	return guest;
}

/* ---- paths --------------------------------------------------------------- */

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

/* ---- struct stat --------------------------------------------------------- */

struct stat_arm64 {
	uint64_t dev, ino;
	uint32_t mode, nlink, uid, gid;
	uint64_t rdev, pad1;
	int64_t size;
	int32_t blksize, pad2;
	int64_t blocks;
	int64_t atime;
	uint64_t atime_nsec;
	int64_t mtime;
	uint64_t mtime_nsec;
	int64_t ctime;
	uint64_t ctime_nsec;
	uint32_t unused[2];
};

int convert_stat_out(uint64_t addr, const struct stat *st)
{
	const struct stat_arm64 out = {
		.dev = st->st_dev,
		.ino = st->st_ino,
		.mode = st->st_mode,
		.nlink = (uint32_t)st->st_nlink,
		.uid = st->st_uid,
		.gid = st->st_gid,
		.rdev = st->st_rdev,
		.size = st->st_size,
		.blksize = (int32_t)st->st_blksize,
		.blocks = st->st_blocks,
		.atime = st->st_atim.tv_sec,
		.atime_nsec = (uint64_t)st->st_atim.tv_nsec,
		.mtime = st->st_mtim.tv_sec,
		.mtime_nsec = (uint64_t)st->st_mtim.tv_nsec,
		.ctime = st->st_ctim.tv_sec,
		.ctime_nsec = (uint64_t)st->st_ctim.tv_nsec,
	};

	return copy_to_user((void *)addr, &out, sizeof(out)) ? -EFAULT : 0;
}
