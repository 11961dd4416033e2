/* SPDX-License-Identifier: MIT */
/*
 * System calls of System V's IPC: only the state of a set of semaphores has
 * another layout (x86's header of it has padding that the generic one has not).
 */
#include <errno.h>
#include <string.h>
#include <sys/sem.h>
#include <sys/syscall.h>

#include "base/fault.h"
#include "base/host.h"
#include "user/syscall.h"

#ifndef SEM_STAT_ANY
#define SEM_STAT_ANY 20
#endif

struct semid_arm64 {
	struct ipc_perm perm;
	int64_t otime, ctime;
	uint64_t nsems, unused[2];
};

struct semid_host {
	struct ipc_perm perm;
	/* Of each two words the first is used. */
	int64_t otime[2], ctime[2];
	uint64_t nsems, unused[2];
};

static long semctl_stat(const uint64_t args[6])
{
	struct semid_arm64 out = {.otime = 0};
	struct semid_host host;
	long ret = host_raw(SYS_semctl, args[0], args[1], args[2], &host);

	if (ret < 0)
		return ret;
	out.perm = host.perm;
	out.otime = host.otime[0];
	out.ctime = host.ctime[0];
	out.nsems = host.nsems;
	return copy_to_user((void *)args[3], &out, sizeof(out)) ? -EFAULT : ret;
}

static long semctl_set(const uint64_t args[6])
{
	struct semid_host host = {.nsems = 0};
	struct semid_arm64 in;

	if (copy_from_user(&in, (const void *)args[3], sizeof(in)))
		return -EFAULT;
	host.perm = in.perm;
	return host_raw(SYS_semctl, args[0], args[1], args[2], &host);
}

long call_semctl(struct user_thread *t, const uint64_t args[6])
{
	(void)t;
	switch ((int)args[2]) {
	case IPC_STAT:
	case SEM_STAT:
	case SEM_STAT_ANY: return semctl_stat(args);
	case IPC_SET: return semctl_set(args);
	}
	return host_raw(SYS_semctl, args[0], args[1], args[2], args[3]);
}
