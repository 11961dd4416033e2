/* SPDX-License-Identifier: MIT */
/*
 * seccomp of an arm64 VMM: filters are judged by the host's kernel and are
 * there for whoever asks (PR_GET_SECCOMP, /proc/PID/status, threads and
 * children, TSYNC), but let everything pass. They are about arm64's system call
 * numbers, and what the host's kernel sees are QEMU's and the model's calls.
 *
 * So the kernel gets the VMM's program with "allow" in front of it: nothing
 * after that is reached, but all of it is checked (seccomp(2); the checks are
 * those of any classic BPF program and go by offsets that do not move).
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "base/fault.h"
#include "base/host.h"
#include "base/log.h"
#include "shim/bridge-syscalls.h"

/* Set on this thread; what strict mode forbids is not forbidden. */
static __thread bool strict __attribute__((tls_model("initial-exec")));

static void say_once(void)
{
	static bool said;

	if (!__atomic_exchange_n(&said, true, __ATOMIC_RELAXED))
		log_info("the VMM's seccomp filter is accepted and checked, "
			 "but not enforced");
}

static long filter_install(uint64_t flags, const struct sock_fprog *prog)
{
	/* One of full length loses its first instruction, unchecked. */
	unsigned int front = prog->len < BPF_MAXINSNS;
	struct sock_fprog mine = {.len = (unsigned short)(prog->len + front)};
	long ret;

	mine.filter = calloc(mine.len, sizeof(*mine.filter));
	if (!mine.filter)
		return -ENOMEM;
	if (copy_from_user(&mine.filter[front], prog->filter,
			   prog->len * sizeof(*mine.filter))) {
		/* Flags and privileges come before that. */
		free(mine.filter);
		return host_raw(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags,
				prog);
	}
	mine.filter[0] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
						      SECCOMP_RET_ALLOW);
	/* Spares the host's kernel mitigations that old ones do by default. */
	ret = host_raw(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		       flags | SECCOMP_FILTER_FLAG_SPEC_ALLOW, &mine);
	free(mine.filter);
	if (ret >= 0)
		say_once();
	return ret;
}

static long set_filter(uint64_t flags, uint64_t prog)
{
	struct sock_fprog guest;

	/* What is wrong already is for the kernel to refuse, in its order. */
	if (copy_from_user(&guest, (const void *)prog, sizeof(guest)) ||
	    !guest.len || guest.len > BPF_MAXINSNS)
		return host_raw(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags,
				prog);
	return filter_install(flags, &guest);
}

static long set_strict(uint64_t flags, uint64_t arg)
{
	if (flags || arg)
		return -EINVAL;
	if (host_raw(SYS_prctl, PR_GET_SECCOMP) == SECCOMP_MODE_FILTER)
		return -EINVAL;
	strict = true;
	say_once();
	return 0;
}

long bridge_seccomp(const uint64_t args[6])
{
	unsigned int op = (unsigned int)args[0];
	unsigned int flags = (unsigned int)args[1];

	switch (op) {
	case SECCOMP_SET_MODE_STRICT: return set_strict(flags, args[2]);
	case SECCOMP_SET_MODE_FILTER: return set_filter(flags, args[2]);
	}
	return host_raw(SYS_seccomp, op, flags, args[2]);
}

bool bridge_seccomp_prctl(const uint64_t args[6], int64_t *ret)
{
	switch ((int)args[0]) {
	case PR_GET_SECCOMP:
		*ret = strict ? SECCOMP_MODE_STRICT
			      : host_raw(SYS_prctl, PR_GET_SECCOMP);
		return true;
	case PR_SET_SECCOMP:
		if (args[1] == SECCOMP_MODE_STRICT)
			*ret = set_strict(0, 0);
		else if (args[1] == SECCOMP_MODE_FILTER)
			*ret = set_filter(0, args[2]);
		else
			*ret = -EINVAL;
		return true;
	}
	return false;
}
