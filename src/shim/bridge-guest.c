/* SPDX-License-Identifier: MIT */
/*
 * The kernel interfaces of the machines that VMMs are built for, as far as the
 * bridge has to do with them, see bridge-guest.h: numbers of calls, flags of
 * open(), struct stat. Source: Linux's headers for each.
 */
#include "shim/bridge-guest.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/fault.h"
#include "base/types.h"
#include "shim/bridge-raw.h"

/* ---- numbers of calls ---------------------------------------------------- */

/* From here on they are the same for every machine. */
#define FIRST_COMMON 424

struct guest_call_number {
	uint16_t generic; /* + 1; 0: none */
	/* The generic one has a folder's descriptor in front, and this one is
	 * about the current folder. */
	bool at;
};

#define CALL(nr, generic_)    [nr] = {.generic = (generic_) + 1}
#define CALL_AT(nr, generic_) [nr] = {.generic = (generic_) + 1, .at = true}

/* A number on the right is one of bridge-syscalls.c's. */
static const struct guest_call_number ppc64_calls[] = {
	CALL(3, GUEST_READ),
	CALL(4, GUEST_WRITE),
	CALL_AT(5, GUEST_OPENAT),
	CALL(6, GUEST_CLOSE),
	CALL(11, GUEST_EXECVE),
	CALL(19, GUEST_LSEEK),
	CALL_AT(33, GUEST_FACCESSAT),
	CALL(41, GUEST_DUP),
	CALL(54, GUEST_IOCTL),
	CALL(55, GUEST_FCNTL),
	CALL(63, GUEST_DUP3), /* the older one without flags */
	CALL_AT(85, GUEST_READLINKAT),
	CALL(90, GUEST_MMAP),
	CALL(91, GUEST_MUNMAP),
	CALL(93, GUEST_FTRUNCATE),
	CALL_AT(106, GUEST_NEWFSTATAT),
	CALL(108, GUEST_FSTAT),
	CALL(118, GUEST_FSYNC),
	CALL(125, GUEST_MPROTECT),
	CALL(146, GUEST_WRITEV),
	CALL(148, GUEST_FDATASYNC),
	CALL(163, GUEST_MREMAP),
	CALL(171, GUEST_PRCTL),
	CALL(205, GUEST_MADVISE),
	CALL(227, 0),
	CALL(228, 1),
	CALL(229, 4),
	CALL(230, 2),
	CALL(231, 3),
	CALL(281, GUEST_PPOLL),
	CALL(286, GUEST_OPENAT),
	CALL(291, GUEST_NEWFSTATAT),
	CALL(296, GUEST_READLINKAT),
	CALL(298, GUEST_FACCESSAT),
	CALL(309, GUEST_FALLOCATE),
	CALL(316, GUEST_DUP3),
	CALL(351, 270),
	CALL(352, 271),
	CALL(364, 282),
	CALL(378, 284),
	CALL(380, 286),
	CALL(381, 287),
	CALL(383, GUEST_STATX),
	CALL(398, GUEST_SHMDT),
};

static const struct bridge_guest guests[] = {
	{
		.target = "aarch64",
		.elf_machine = EM_AARCH64,
		.clock = true,
		.open = {.directory = 040000,
			 .nofollow = 0100000,
			 .direct = 0200000,
			 .largefile = 0400000},
	},
	{
		.target = "ppc64le",
		.elf_machine = EM_PPC64,
		.host_stat = true,
		.calls = ppc64_calls,
		.nr_calls = ARRAY_SIZE(ppc64_calls),
		.open = {.directory = 040000,
			 .nofollow = 0100000,
			 .direct = 0400000,
			 .largefile = 0200000},
	},
};

const struct bridge_guest *bridge_guest = &guests[0];

bool bridge_guest_choose(const char *target)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(guests); i++) {
		if (strcmp(guests[i].target, target))
			continue;
		bridge_guest = &guests[i];
		return true;
	}
	return false;
}

static const struct guest_call_number *call_find(int64_t num)
{
	return num >= 0 && num < bridge_guest->nr_calls
		       ? &bridge_guest->calls[num]
		       : NULL;
}

int64_t bridge_guest_number(int64_t num)
{
	const struct guest_call_number *call;

	if (!bridge_guest->calls || num >= FIRST_COMMON)
		return num;
	call = call_find(num);
	return call ? (int64_t)call->generic - 1 : -1;
}

int64_t bridge_guest_call(int64_t num, uint64_t args[6])
{
	const struct guest_call_number *call = call_find(num);

	if (call && call->at) {
		memmove(args + 1, args, 5 * sizeof(*args));
		args[0] = (uint64_t)AT_FDCWD;
		/* What the older call has not. */
		if (call->generic == GUEST_NEWFSTATAT + 1)
			args[3] = 0;
	}
	return bridge_guest_number(num);
}

/* ---- flags of open() ----------------------------------------------------- */

#define HOST_LARGEFILE 0100000 /* the kernel's; in libc it is 0 */

static uint64_t flag_move(uint64_t flags, uint64_t from, uint64_t to)
{
	return flags & from ? to : 0;
}

uint64_t bridge_open_flags(uint64_t guest)
{
	const typeof(bridge_guest->open) *o = &bridge_guest->open;

	return (guest &
		~(o->directory | o->nofollow | o->direct | o->largefile)) |
	       flag_move(guest, o->directory, O_DIRECTORY) |
	       flag_move(guest, o->nofollow, O_NOFOLLOW) |
	       flag_move(guest, o->direct, O_DIRECT) |
	       flag_move(guest, o->largefile, HOST_LARGEFILE);
}

uint64_t bridge_guest_open_flags(uint64_t host)
{
	const typeof(bridge_guest->open) *o = &bridge_guest->open;

	return (host & ~(uint64_t)(O_DIRECTORY | O_NOFOLLOW | O_DIRECT |
				   HOST_LARGEFILE)) |
	       flag_move(host, O_DIRECTORY, o->directory) |
	       flag_move(host, O_NOFOLLOW, o->nofollow) |
	       flag_move(host, O_DIRECT, o->direct) |
	       flag_move(host, HOST_LARGEFILE, o->largefile);
}

/* ---- struct stat --------------------------------------------------------- */

/* Linux's generic one. */
struct guest_stat {
	uint64_t dev, ino;
	uint32_t mode, nlink, uid, gid;
	uint64_t rdev, pad, size;
	uint64_t blksize; /* and padding */
	uint64_t blocks;
	struct timespec atime, mtime, ctime;
	uint32_t unused[2];
};

long bridge_stat_write(uint64_t addr, const struct stat *st)
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

	if (bridge_guest->host_stat)
		return copy_to_user((void *)addr, st, sizeof(*st));
	return copy_to_user((void *)addr, &guest, sizeof(guest));
}

bool bridge_stat_read(uint64_t addr, struct stat *st)
{
	struct guest_stat guest;

	if (bridge_guest->host_stat)
		return !copy_from_user(st, (const void *)addr, sizeof(*st));
	if (copy_from_user(&guest, (const void *)addr, sizeof(guest)))
		return false;
	*st = (struct stat){
		.st_mode = guest.mode,
		.st_nlink = guest.nlink,
		.st_rdev = guest.rdev,
	};
	return true;
}
