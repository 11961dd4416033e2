/* SPDX-License-Identifier: MIT */
/*
 * What the kernels of the machines that VMMs are built for have otherwise, see
 * guest-abi.h.
 */
#include "shim/guest-abi.h"

#include <errno.h>
#include <fcntl.h>

#include "base/fault.h"

/* ---- flags of open() ----------------------------------------------------- */

#define HOST_LARGEFILE 0100000 /* the kernel's; in libc it is 0 */

const struct guest_open_flags guest_open_arm64 = {
	.directory = 040000,
	.nofollow = 0100000,
	.direct = 0200000,
	.largefile = 0400000,
};
const struct guest_open_flags guest_open_ppc64 = {
	.directory = 040000,
	.nofollow = 0100000,
	.direct = 0400000,
	.largefile = 0200000,
};

static uint64_t flag_move(uint64_t flags, uint64_t from, uint64_t to)
{
	return flags & from ? to : 0;
}

uint64_t guest_open_to_host(const struct guest_open_flags *o, uint64_t guest)
{
	return (guest &
		~(o->directory | o->nofollow | o->direct | o->largefile)) |
	       flag_move(guest, o->directory, O_DIRECTORY) |
	       flag_move(guest, o->nofollow, O_NOFOLLOW) |
	       flag_move(guest, o->direct, O_DIRECT) |
	       flag_move(guest, o->largefile, HOST_LARGEFILE);
}

uint64_t guest_open_from_host(const struct guest_open_flags *o, uint64_t host)
{
	return (host & ~(uint64_t)(O_DIRECTORY | O_NOFOLLOW | O_DIRECT |
				   HOST_LARGEFILE)) |
	       flag_move(host, O_DIRECTORY, o->directory) |
	       flag_move(host, O_NOFOLLOW, o->nofollow) |
	       flag_move(host, O_DIRECT, o->direct) |
	       flag_move(host, HOST_LARGEFILE, o->largefile);
}

long guest_how_read(const struct guest_open_flags *o, uint64_t addr,
		    uint64_t size, union guest_how *how)
{
	if (size < sizeof(how->how))
		return -EINVAL;
	if (size > sizeof(how->bytes))
		return -E2BIG;
	if (copy_from_user(how->bytes, (const void *)addr, size))
		return -EFAULT;
	how->how.flags = guest_open_to_host(o, how->how.flags);
	return 0;
}

/* ---- struct stat --------------------------------------------------------- */

int guest_stat_write(uint64_t addr, const struct stat *st)
{
	struct guest_stat guest = {
		.dev = st->st_dev,
		.ino = st->st_ino,
		.mode = st->st_mode,
		.nlink = (uint32_t)st->st_nlink,
		.uid = st->st_uid,
		.gid = st->st_gid,
		.rdev = st->st_rdev,
		.size = (uint64_t)st->st_size,
		.blksize = (uint64_t)st->st_blksize,
		.blocks = (uint64_t)st->st_blocks,
		.atime = st->st_atim,
		.mtime = st->st_mtim,
		.ctime = st->st_ctim,
	};

	return copy_to_user((void *)addr, &guest, sizeof(guest));
}

bool guest_stat_read(uint64_t addr, struct stat *st)
{
	struct guest_stat guest;

	if (copy_from_user(&guest, (const void *)addr, sizeof(guest)))
		return false;
	*st = (struct stat){
		.st_mode = guest.mode,
		.st_nlink = guest.nlink,
		.st_rdev = guest.rdev,
	};
	return true;
}
