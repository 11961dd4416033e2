/* SPDX-License-Identifier: MIT */
/*
 * The call clone3: what of its structure is refused, and what clone can't say.
 */
#include "tests/user/user.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define INTO_CGROUP   (UINT64_C(1) << 33)
#define TIME_NS       UINT64_C(0x80)
#define CLEAR_SIGHAND (UINT64_C(1) << 32)

struct args {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack,
		stack_size, tls, set_tid, set_tid_size, cgroup;
};

/* In the child it does not return. */
static long clone3(struct args *a, size_t size)
{
	long pid = syscall(SYS_clone3, a, size);

	if (!pid)
		_exit(7);
	return pid < 0 ? -errno : pid;
}

static long with(struct args a)
{
	return clone3(&a, sizeof(a));
}

static void ends(long pid)
{
	int status;

	CHECK(pid > 0);
	CHECK_EQ(waitpid((pid_t)pid, &status, __WALL), pid);
	CHECK_EQ(WEXITSTATUS(status), 7);
}

#define ARGS(...) ((struct args){.exit_signal = SIGCHLD, __VA_ARGS__})

static void sizes(void)
{
	const size_t page = 4096;
	char *at = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct args *a = (struct args *)at;

	CHECK(at != MAP_FAILED);
	CHECK_EQ(munmap(at + page, page), 0);
	a->exit_signal = SIGCHLD;
	CHECK_EQ(clone3(a, 0), -EINVAL);
	CHECK_EQ(clone3(a, 63), -EINVAL);
	CHECK_EQ(clone3(a, page + 1), -E2BIG);
	CHECK_EQ(clone3(NULL, sizeof(*a)), -EFAULT);
	ends(clone3(a, 64));
	ends(clone3(a, 80));
	ends(clone3(a, page));
	at[100] = 1;
	CHECK_EQ(clone3(a, 104), -E2BIG);
	ends(clone3(a, 96));
	a = (struct args *)(at + page - 64);
	a->exit_signal = SIGCHLD;
	CHECK_EQ(clone3(a, 88), -EFAULT);
	ends(clone3(a, 64));
}

static void refused(void)
{
	static char stack[4096];
	pid_t numbers[1] = {1};

	CHECK_EQ(with(ARGS(.flags = UINT64_C(1) << 40)), -EINVAL);
	CHECK_EQ(with(ARGS(.flags = SIGCHLD)), -EINVAL);
	CHECK_EQ(with(ARGS(.flags = 0x400000)), -EINVAL);
	CHECK_EQ(with((struct args){.exit_signal = 65}), -EINVAL);
	CHECK_EQ(with((struct args){.exit_signal = UINT64_C(1) << 32}),
		 -EINVAL);
	CHECK_EQ(with(ARGS(.flags = CLONE_PARENT)), -EINVAL);
	CHECK_EQ(with(ARGS(.flags = CLONE_SIGHAND | CLONE_VM | CLEAR_SIGHAND)),
		 -EINVAL);
	CHECK_EQ(with(ARGS(.flags = CLONE_PIDFD | CLONE_PARENT_SETTID,
			   .pidfd = (uintptr_t)numbers,
			   .parent_tid = (uintptr_t)numbers)),
		 -EINVAL);
	CHECK_EQ(with(ARGS(.stack = (uintptr_t)stack)), -EINVAL);
	CHECK_EQ(with(ARGS(.stack_size = sizeof(stack))), -EINVAL);
	CHECK_EQ(with(ARGS(.set_tid_size = 1)), -EINVAL);
	CHECK_EQ(with(ARGS(.set_tid = (uintptr_t)numbers)), -EINVAL);
	CHECK_EQ(with(ARGS(.set_tid = (uintptr_t)numbers, .set_tid_size = 33)),
		 -EINVAL);
	CHECK_EQ(with(ARGS(.set_tid = 8, .set_tid_size = 1)), -EFAULT);
	CHECK_EQ(with(ARGS(.flags = INTO_CGROUP, .cgroup = -1ull)), -EINVAL);
	CHECK_EQ(with(ARGS(.flags = INTO_CGROUP, .cgroup = 999)), -EBADF);
}

/* Refused as it is everywhere: no file of a cgroup. */
static void into_cgroup(void)
{
	struct args a = ARGS(.flags = INTO_CGROUP);
	int fd = open("/dev/null", O_RDONLY);

	CHECK(fd >= 0);
	a.cgroup = (uint64_t)fd;
	CHECK_EQ(clone3(&a, 80), -EINVAL);
	CHECK_EQ(with(a), -EBADF);
	a.flags |= CLONE_VM | CLONE_VFORK;
	CHECK_EQ(with(a), -EBADF);
	a.flags = INTO_CGROUP | CLONE_VM;
	CHECK_EQ(with(a), -EBADF);
}

static bool may_set_tid(void)
{
	pid_t own = getpid();
	long ret = with(ARGS(.set_tid = (uintptr_t)&own, .set_tid_size = 1));

	CHECK(ret == -EEXIST || ret == -EPERM);
	return ret == -EEXIST;
}

static void set_tid(void)
{
	static const uint64_t shares[] = {0, CLONE_VM | CLONE_VFORK};
	const uint64_t stack_size = 65536;
	char *stack = mmap(NULL, stack_size, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pid_t pid, told, pidfd;

	if (!may_set_tid())
		return;
	for (int k = 0; k < 2; k++) {
		struct args a =
			ARGS(.flags = shares[k] | CLONE_PARENT_SETTID |
				      CLONE_PIDFD,
			     .parent_tid = (uintptr_t)&told,
			     .pidfd = (uintptr_t)&pidfd, .set_tid_size = 1);

		/* A number that was in use and is not any more */
		pid = (pid_t)with(ARGS());
		ends(pid);
		a.set_tid = (uintptr_t)&pid;
		if (shares[k])
			a.stack = (uintptr_t)stack, a.stack_size = stack_size;
		told = pidfd = -1;
		CHECK_EQ(with(a), pid);
		CHECK_EQ(told, pid);
		CHECK_EQ(fcntl(pidfd, F_GETFD), FD_CLOEXEC);
		close(pidfd);
		ends(pid);
	}
}

/* If that is allowed */
static void time_namespace(void)
{
	long ret = with(ARGS(.flags = TIME_NS));

	if (ret > 0)
		ends(ret);
	else
		CHECK(ret == -EPERM || ret == -EINVAL);
}

static const char qemu[] = "clone3 is not known";

const struct user_case clone3_cases[] = {
	{"clone3/sizes", sizes, qemu},
	{"clone3/refused", refused, qemu},
	{"clone3/into-cgroup", into_cgroup, qemu},
	{"clone3/set-tid", set_tid, qemu},
	{"clone3/time-namespace", time_namespace, qemu},
	{NULL, NULL, NULL},
};
