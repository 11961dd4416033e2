/* SPDX-License-Identifier: MIT */
/*
 * The thunk's way to the kernel model: the reserved system call of
 * bridge-abi.h. Runs inside an arm64 or ppc64le VMM under QEMU, built without a
 * C library of its own: what it calls (strlen, errno) is the VMM's.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/syscall.h>

#include "base/host.h"
#include "shim/bridge-abi.h"
#include "shim/vmm-calls.h"

/* Type and number of KVM_CREATE_DEVICE, which returns its descriptor in the
 * second word of its argument. */
#define CREATE_DEVICE 0xaee0

static int64_t bridge(long fn, long a, long b, long c)
{
	volatile int64_t result = BRIDGE_ABSENT;

	/* The answer itself is always -ENOSYS. */
	host_raw(BRIDGE_SYSCALL, fn, &result, a, b, c);
	return result;
}

/* Let the bridge see which host signal a guest real-time signal is. */
static void signal_probe(void)
{
	uint64_t probe = UINT64_C(1) << (BRIDGE_PROBE_SIGNAL - 1);
	uint64_t old = 0;

	host_raw(SYS_rt_sigprocmask, SIG_UNBLOCK, &probe, &old, sizeof(old));
	bridge(BRIDGE_SIGNAL_PROBE, 0, 0, 0);
	host_raw(SYS_rt_sigprocmask, SIG_BLOCK, &probe, NULL, sizeof(old));
	bridge(BRIDGE_SIGNAL_PROBE, 1, 0, 0);
	host_raw(SYS_rt_sigprocmask, SIG_SETMASK, &old, NULL, sizeof(old));
}

/* Asked at the first need: other constructors may come before any of ours. */
_Bool gate_present(void)
{
	static signed char present; /* 0: not asked yet */
	struct bridge_hello hello = {
		.magic = BRIDGE_MAGIC,
		.self = (uintptr_t)&hello,
	};

	if (!present)
		present =
			bridge(BRIDGE_HELLO, (long)&hello, 0, 0) == 0 ? 1 : -1;
	return present > 0;
}

long gate_open(int flags)
{
	static bool probed;

	if (!probed)
		signal_probe();
	probed = true;
	return (long)bridge(BRIDGE_OPEN, flags, 0, 0);
}

/* A bit for each low number on which a request was made, or that one
 * returned; atomic. */
#define NOTED_FDS 1024
#define WORD_BITS (8 * sizeof(unsigned long))
static unsigned long noted[NOTED_FDS / WORD_BITS];

_Bool gate_noted(int fd)
{
	const unsigned int n = (unsigned int)fd;

	return n < NOTED_FDS &&
	       __atomic_load_n(&noted[n / WORD_BITS], __ATOMIC_RELAXED) >>
			       n % WORD_BITS &
		       1;
}

void gate_file_truncated(int fd, uint64_t len)
{
}

void gate_file_allocated(int fd, int mode, uint64_t off, uint64_t len)
{
}

static void note(int fd)
{
	const unsigned int n = (unsigned int)fd;

	if (n < NOTED_FDS && !gate_noted(fd))
		__atomic_or_fetch(&noted[n / WORD_BITS], 1ul << n % WORD_BITS,
				  __ATOMIC_RELAXED);
}

/* @ret is perhaps the descriptor that the request made. */
static void note_request(int fd, unsigned int cmd, unsigned long arg, long ret)
{
	if (ret < 0)
		return;
	note(fd);
	if (ret)
		note((int)ret);
	/* The model has just written there. */
	if ((cmd & 0xffff) == CREATE_DEVICE)
		note(((const int *)arg)[1]);
}

_Bool gate_ioctl(int fd, unsigned int cmd, unsigned long arg, long *ret)
{
	unsigned int type = (cmd >> 8) & 0xff;

	if (!gate_present())
		return false;
	if (type != KVMIO && vmm_kind(fd)) {
		*ret = (long)bridge(BRIDGE_IOCTL, fd, cmd, (long)arg);
		return true;
	}
	if (type != KVMIO && type != UFFDIO)
		return false;
	if (type == UFFDIO) {
		*ret = (long)bridge(BRIDGE_UFFD_IOCTL, fd, cmd, (long)arg);
		return true;
	}
	do
		*ret = (long)bridge(BRIDGE_IOCTL, fd, cmd, (long)arg);
	while (*ret == BRIDGE_AGAIN);
	note_request(fd, cmd, arg, *ret);
	return true;
}

long gate_run(int fd)
{
	return vmm_ioctl_any(fd, RUN_CMD, 0);
}

long gate_userfaultfd(int flags)
{
	if (!gate_present())
		return -ENOSYS;
	return (long)bridge(BRIDGE_UFFD, flags, 0, 0);
}

enum vmm_kind gate_kind(int fd)
{
	return (enum vmm_kind)bridge(BRIDGE_KIND, fd, 0, 0);
}
