/* SPDX-License-Identifier: MIT */
/*
 * The kernel interfaces of the machines that VMMs are built for, as far as the
 * bridge has to do with them, see bridge-guest.h: numbers of calls. Source: Linux's
 * headers for each.
 */
#include "shim/bridge-guest.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/fault.h"
#include "base/types.h"
#include "shim/bridge-raw.h"
#include "shim/guest-abi.h"

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
	CALL(397, GUEST_SHMAT),
	CALL(398, GUEST_SHMDT),
};

static const struct bridge_guest guests[] = {
	{
		.target = "aarch64",
		.elf_machine = EM_AARCH64,
		.clock = true,
		.open = &guest_open_arm64,
	},
	{
		.target = "ppc64le",
		.elf_machine = EM_PPC64,
		.host_stat = true,
		.calls = ppc64_calls,
		.nr_calls = ARRAY_SIZE(ppc64_calls),
		.open = &guest_open_ppc64,
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

/* ---- what guest-abi.h has ------------------------------------------------- */

uint64_t bridge_open_flags(uint64_t guest)
{
	return guest_open_to_host(bridge_guest->open, guest);
}

uint64_t bridge_guest_open_flags(uint64_t host)
{
	return guest_open_from_host(bridge_guest->open, host);
}

long bridge_stat_write(uint64_t addr, const struct stat *st)
{
	if (bridge_guest->host_stat)
		return copy_to_user((void *)addr, st, sizeof(*st));
	return guest_stat_write(addr, st);
}

bool bridge_stat_read(uint64_t addr, struct stat *st)
{
	if (bridge_guest->host_stat)
		return !copy_from_user(st, (const void *)addr, sizeof(*st));
	return guest_stat_read(addr, st);
}
