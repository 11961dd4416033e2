/* SPDX-License-Identifier: MIT */
/*
 * System calls about the process and its threads.
 */
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/host.h"
#include "user/abi.h"
#include "user/syscall.h"
#include "user/thread.h"

long call_exit(struct user_thread *t, const uint64_t args[6])
{
	t->ended = true;
	t->exit_code = (int)args[0];
	return USER_REGISTERS_SET;
}

long call_exit_group(struct user_thread *t, const uint64_t args[6])
{
	if (!t->beside)
		gdb_ends(0, (int)args[0]);
	return host_raw(SYS_exit_group, args[0]);
}

long call_set_tid_address(struct user_thread *t, const uint64_t args[6])
{
	t->clear_tid = args[0];
	return t->tid;
}

long call_uname(struct user_thread *t, const uint64_t args[6])
{
	struct utsname u;

	(void)t;
	if (uname(&u))
		return -errno;
	memset(u.machine, 0, sizeof(u.machine));
	strcpy(u.machine, user_abi->machine);
	return copy_to_user((void *)args[0], &u, sizeof(u)) ? -EFAULT : 0;
}
