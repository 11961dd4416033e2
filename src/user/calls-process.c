/* SPDX-License-Identifier: MIT */
/*
 * System calls about the process and its threads.
 */
#include <errno.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/host.h"
#include "kernel/kernel.h"
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

/* Which a 32-bit program has not by itself: setarch gives it. */
bool process_is_linux32(void)
{
	long persona = host_raw(SYS_personality, 0xffffffff);

	return persona >= 0 && (persona & PER_MASK) == PER_LINUX32;
}

bool process_is_armv7(void)
{
	return user_abi->word == 4 && kernel_serves_program();
}

static const char *machine(void)
{
	if (process_is_armv7())
		return "armv7l";
	return process_is_linux32() ? "armv8l" : "aarch64";
}

long call_uname(struct user_thread *t, const uint64_t args[6])
{
	struct utsname u;

	(void)t;
	if (uname(&u))
		return -errno;
	memset(u.machine, 0, sizeof(u.machine));
	strcpy(u.machine, machine());
	return copy_to_user((void *)args[0], &u, sizeof(u)) ? -EFAULT : 0;
}
