/* SPDX-License-Identifier: MIT */
/*
 * System calls that QEMU's user mode lacks, see bridge-syscalls.h: a table by
 * arm64's numbers (Linux's generic table). Most go to the host's kernel as they
 * are: pointers mean the same memory, descriptors, process and signal numbers
 * below 32 are the host's, and structures of 64-bit arm64 and x86-64 are mostly
 * equal; where they differ there is a function.
 *
 * Not here, though QEMU lacks it: rseq(), whose point is that the kernel looks
 * at where the program was interrupted; it would look at QEMU's code.
 */
#include "shim/bridge-syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/io_uring.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>

#include "base/fault.h"
#include "base/host.h"
#include "base/log.h"
#include "base/types.h"
#include "shim/bridge-exec.h"
#include "shim/bridge-guest.h"
#include "shim/bridge-raw.h"
#include "shim/bridge-wake.h"
#include "shim/embed.h"
#include "shim/guest-abi.h"
#include "shim/sig.h"
#include "shim/vmm-calls.h"

/* ---- signal masks ---------------------------------------------------------
 * Real-time signals have other host numbers under QEMU (bridge.c). While such a
 * call waits the host's mask is the one it brought; a signal that only this one
 * lets through ends the call with EINTR, but QEMU keeps it until the guest's
 * own mask lets it through too. */

#define SIGSET_SIZE 8

long bridge_mask_translate(uint64_t addr, uint64_t size, uint64_t *mask)
{
	if (!addr)
		return 0;
	if (size != SIGSET_SIZE)
		return -EINVAL;
	if (copy_from_user(mask, (const void *)addr, sizeof(*mask)))
		return -EFAULT;
	if (sig_translate_mask)
		*mask = sig_translate_mask(*mask);
	return (long)(uintptr_t)mask;
}

struct sigset_arg {
	uint64_t set, size;
};

static long call_io_pgetevents(const uint64_t args[6])
{
	uint64_t host[6], mask;
	struct sigset_arg arg;
	long translated;

	memcpy(host, args, sizeof(host));
	if (args[5]) {
		if (copy_from_user(&arg, (const void *)args[5], sizeof(arg)))
			return -EFAULT;
		translated = bridge_mask_translate(arg.set, arg.size, &mask);
		if (translated < 0)
			return translated;
		arg.set = (uint64_t)translated;
		host[5] = (uintptr_t)&arg;
	}
	return sig_syscall(SYS_io_pgetevents, host);
}

/* Newer than Debian's header: the fifth argument is no pointer. */
#define ENTER_EXT_ARG_REG (1U << 6)

static long call_io_uring_enter(const uint64_t args[6])
{
	uint64_t host[6], mask;
	struct io_uring_getevents_arg arg;
	long translated;

	memcpy(host, args, sizeof(host));
	if (!args[4] || (args[3] & ENTER_EXT_ARG_REG))
		return sig_syscall(SYS_io_uring_enter, host);
	if (!(args[3] & IORING_ENTER_EXT_ARG)) {
		translated = bridge_mask_translate(args[4], args[5], &mask);
		host[4] = (uint64_t)translated;
	} else {
		if (args[5] != sizeof(arg))
			return sig_syscall(SYS_io_uring_enter, host);
		if (copy_from_user(&arg, (const void *)args[4], sizeof(arg)))
			return -EFAULT;
		translated = bridge_mask_translate(arg.sigmask, arg.sigmask_sz,
						   &mask);
		arg.sigmask = (uint64_t)translated;
		host[4] = (uintptr_t)&arg;
	}
	if (translated < 0)
		return translated;
	return sig_syscall(SYS_io_uring_enter, host);
}

/* ---- calls with structures that differ ----------------------------------- */

/* Not packed, as it is on x86-64. */
struct guest_epoll_event {
	uint32_t events;
	uint32_t pad;
	uint64_t data;
};

long bridge_epoll_events(uint64_t addr, const struct epoll_event *events,
			 long nr)
{
	struct guest_epoll_event event = {0};

	for (long i = 0; i < nr; i++) {
		event.events = events[i].events;
		event.data = events[i].data.u64;
		if (copy_to_user((struct guest_epoll_event *)addr + i, &event,
				 sizeof(event)))
			return -EFAULT;
	}
	return nr;
}

static long call_epoll_pwait2(const uint64_t args[6])
{
	int64_t answer;

	int max = (int)args[2];
	struct epoll_event *events;
	uint64_t host[6], mask;
	long ret;

	if (max <= 0)
		return -EINVAL;
	if (bridge_wake_epoll(args, true, &answer))
		return answer;
	max = max > BRIDGE_EPOLL_MAX ? BRIDGE_EPOLL_MAX : max;
	ret = bridge_mask_translate(args[4], args[5], &mask);
	if (ret < 0)
		return ret;
	events = malloc((size_t)max * sizeof(*events));
	if (!events)
		return -ENOMEM;
	memcpy(host, args, sizeof(host));
	host[1] = (uintptr_t)events;
	host[2] = (uint64_t)max;
	host[4] = (uint64_t)ret;
	ret = sig_syscall(SYS_epoll_pwait2, host);
	ret = bridge_epoll_events(args[1], events, ret);
	free(events);
	return ret;
}

static long call_openat2(const uint64_t args[6])
{
	const int dir = (int)args[0];
	char path[PATH_MAX];
	union guest_how h;
	const uint64_t host[6] = {args[0], args[1], (uintptr_t)&h, args[3]};
	bool readable;
	long ret;

	ret = guest_how_read(bridge_guest->open, args[2], args[3], &h);
	if (ret)
		return ret;
	readable = !(h.how.resolve & RESOLVE_IN_ROOT) &&
		   copy_string_from_user(path, (const void *)args[1],
					 sizeof(path));
	if (readable && vmm_before_open(dir, path, (int)h.how.flags, &ret))
		return ret;
	ret = sig_syscall(SYS_openat2, host);
	if (readable)
		vmm_after_open(dir, path, (int)h.how.flags, &ret);
	return ret;
}

/* It may be about our own memory slots. */
static long call_process_madvise(const uint64_t args[6])
{
	long ret = sig_syscall(SYS_process_madvise, args);

	embed_memory_changed(0, EMBED_ALL_MEMORY);
	return ret;
}

/* ---- the table ----------------------------------------------------------- */

struct guest_call {
	long host; /* its number there; 0: see below */
	long (*call)(const uint64_t args[6]);
};

/* Newer than Debian's headers. */
enum {
	NR_CACHESTAT = 451,
	NR_FCHMODAT2 = 452,
	NR_FUTEX_WAKE = 454,
	NR_FUTEX_WAIT = 455,
	NR_FUTEX_REQUEUE = 456,
};

/* Since 424 the numbers are the same everywhere. */
#define SAME(nr) [nr] = {.host = (nr)}

static const struct guest_call guest_calls[] = {
	/* asynchronous I/O, as libaio has it */
	[0] = {.host = SYS_io_setup},
	[1] = {.host = SYS_io_destroy},
	[2] = {.host = SYS_io_submit},
	[3] = {.host = SYS_io_cancel},
	[4] = {.host = SYS_io_getevents},
	[292] = {.call = call_io_pgetevents},
	/* io_uring */
	[425] = {.call = bridge_uring_setup},
	[426] = {.call = call_io_uring_enter},
	[427] = {.call = bridge_uring_register},
	/* where memory is */
	[235] = {.host = SYS_mbind},
	[236] = {.host = SYS_get_mempolicy},
	[237] = {.host = SYS_set_mempolicy},
	[238] = {.host = SYS_migrate_pages},
	[239] = {.host = SYS_move_pages},
	SAME(SYS_set_mempolicy_home_node),
	/* what a process may still do */
	[277] = {.call = bridge_seccomp},
	SAME(SYS_landlock_create_ruleset),
	SAME(SYS_landlock_add_rule),
	SAME(SYS_landlock_restrict_self),
	/* keys */
	[217] = {.host = SYS_add_key},
	[218] = {.host = SYS_request_key},
	[219] = {.host = SYS_keyctl},
	/* memory */
	[270] = {.host = SYS_process_vm_readv},
	[271] = {.host = SYS_process_vm_writev},
	[282] = {.host = SYS_userfaultfd},
	[284] = {.host = SYS_mlock2},
	[440] = {.call = call_process_madvise},
	SAME(SYS_memfd_secret),
	SAME(SYS_process_mrelease),
	/* files */
	[286] = {.host = SYS_preadv2},
	[287] = {.host = SYS_pwritev2},
	[437] = {.call = call_openat2},
	SAME(NR_CACHESTAT),
	SAME(NR_FCHMODAT2),
	/* mounts by descriptor, for what serves directories to a guest */
	SAME(SYS_open_tree),
	SAME(SYS_move_mount),
	SAME(SYS_fsopen),
	SAME(SYS_fsconfig),
	SAME(SYS_fsmount),
	SAME(SYS_fspick),
	SAME(SYS_mount_setattr),
	/* waiting */
	[441] = {.call = call_epoll_pwait2},
	SAME(SYS_futex_waitv),
	SAME(NR_FUTEX_WAKE),
	SAME(NR_FUTEX_WAIT),
	SAME(NR_FUTEX_REQUEUE),
};

bool bridge_syscalls(int64_t num, const uint64_t args[6], int64_t *ret)
{
	const struct guest_call *row;

	switch (num) {
	case GUEST_PRCTL: return bridge_seccomp_prctl(args, ret);
	case GUEST_MMAP: return bridge_uring_mmap(args, ret);
	case GUEST_EPOLL_PWAIT: return bridge_wake_epoll(args, false, ret);
	case GUEST_PPOLL: return bridge_wake_ppoll(args, ret);
	case GUEST_READ:
	case GUEST_READV:
	case GUEST_RECVFROM:
	case GUEST_RECVMSG: return bridge_wake_read(num, args, ret);
	}
	if (num < 0 || num >= (int64_t)ARRAY_SIZE(guest_calls))
		return false;
	row = &guest_calls[num];
	if (row->call)
		*ret = row->call(args);
	else if (row->host)
		*ret = sig_syscall(row->host, args);
	return row->call || row->host;
}
