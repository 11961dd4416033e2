/* SPDX-License-Identifier: MIT */
/*
 * seccomp: calls that a filter gives away to who listens.
 */
#include "tests/user/machine.h"
#include "tests/user/user.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Of getpriority() all is given away; of the rest nothing. */
static long listen_with(unsigned int flags)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getpriority, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
	};
	struct sock_fprog prog = {sizeof(code) / sizeof(code[0]), code};

	CHECK_EQ(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &prog);
}

/* A child that makes the call with @who, and ends with 0 if it got what it
 * expects. */
static pid_t asks(int who, long ret, int err)
{
	pid_t pid = fork();

	if (!pid) {
		errno = 0;
		CHECK_EQ(syscall(SYS_getpriority, PRIO_PROCESS, who, 3, 4, 5,
				 UINT64_C(1) << 60),
			 ret);
		CHECK_EQ(errno, err);
		_Exit(0);
	}
	return pid;
}

static void ends_well(pid_t pid)
{
	int status;

	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK_EQ(status, 0);
}

static struct seccomp_notif_resp heard(int fd, pid_t pid, int who)
{
	struct seccomp_notif n = {0};

	CHECK_EQ(ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &n), 0);
	CHECK_EQ(n.pid, pid);
	CHECK_EQ(n.data.nr, SYS_getpriority);
	CHECK_EQ(n.data.arch, MACHINE_AUDIT);
	CHECK_EQ(n.data.args[0], PRIO_PROCESS);
	CHECK_EQ(n.data.args[1], who);
	CHECK_EQ(n.data.args[5], UINT64_C(1) << 60);
	CHECK_EQ(ioctl(fd, SECCOMP_IOCTL_NOTIF_ID_VALID, &n.id), 0);
	return (struct seccomp_notif_resp){.id = n.id};
}

static void answered(int fd, int who, struct seccomp_notif_resp with, long ret,
		     int err)
{
	pid_t pid = asks(who, ret, err);

	with.id = heard(fd, pid, who).id;
	CHECK_EQ(ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &with), 0);
	CHECK_EQ(ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &with), -1);
	CHECK(errno == ENOENT || errno == EINPROGRESS);
	ends_well(pid);
	CHECK_EQ(ioctl(fd, SECCOMP_IOCTL_NOTIF_ID_VALID, &with.id), -1);
	CHECK_EQ(errno, ENOENT);
}

#define ANSWER(...) ((struct seccomp_notif_resp){__VA_ARGS__})

static void answers(void)
{
	const long own = syscall(SYS_getpriority, PRIO_PROCESS, 0);
	int fd = (int)listen_with(SECCOMP_FILTER_FLAG_NEW_LISTENER);

	CHECK(fd >= 0);
	CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	answered(fd, 1, ANSWER(.val = 4711), 4711, 0);
	answered(fd, 2, ANSWER(.val = INT64_C(1) << 40), INT64_C(1) << 40, 0);
	answered(fd, 3, ANSWER(.error = -EXDEV), -1, EXDEV);
	answered(fd, 4, ANSWER(.error = -ENOSYS), -1, ENOSYS);
	answered(fd, 5, ANSWER(.error = -512), -1, 512);
	answered(fd, 6, ANSWER(.error = -513), -1, 513);
	/* The kernel's own answer */
	answered(fd, 0, ANSWER(.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE), own,
		 0);
}

static void refused(void)
{
	struct seccomp_notif n = {.pid = 1};
	struct seccomp_notif_resp resp;
	uint32_t action = SECCOMP_RET_USER_NOTIF;
	struct seccomp_notif_sizes sizes;
	int fd;
	pid_t pid;

	CHECK_EQ(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action), 0);
	CHECK_EQ(syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes), 0);
	CHECK_EQ(sizes.seccomp_notif, sizeof(n));
	CHECK_EQ(sizes.seccomp_notif_resp, sizeof(resp));
	CHECK_EQ(listen_with(SECCOMP_FILTER_FLAG_NEW_LISTENER |
			     SECCOMP_FILTER_FLAG_TSYNC),
		 -1);
	CHECK_EQ(errno, EINVAL);
	/* Killable while it waits, which is for listeners only */
	CHECK_EQ(listen_with(1 << 5), -1);
	CHECK_EQ(errno, EINVAL);
	fd = (int)listen_with(SECCOMP_FILTER_FLAG_NEW_LISTENER);
	CHECK(fd >= 0);
	CHECK_EQ(listen_with(SECCOMP_FILTER_FLAG_NEW_LISTENER), -1);
	CHECK_EQ(errno, EBUSY);
	CHECK_EQ(ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &n), -1);
	CHECK_EQ(errno, EINVAL);
	pid = asks(1, -1, EPERM);
	resp = heard(fd, pid, 1);
	resp.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	resp.error = -EPERM;
	CHECK_EQ(ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &resp), -1);
	CHECK_EQ(errno, EINVAL);
	resp.flags = 0;
	CHECK_EQ(ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &resp), 0);
	ends_well(pid);
}

/* A filter without a listener, and one that has lost it */
static void nobody(void)
{
	int fd;

	CHECK_EQ(listen_with(0), 0);
	ends_well(asks(1, -1, ENOSYS));
	fd = (int)listen_with(SECCOMP_FILTER_FLAG_NEW_LISTENER |
			      SECCOMP_FILTER_FLAG_TSYNC |
			      SECCOMP_FILTER_FLAG_TSYNC_ESRCH);
	CHECK(fd >= 0);
	answered(fd, 1, ANSWER(.val = 9), 9, 0);
	CHECK_EQ(close(fd), 0);
	ends_well(asks(1, -1, ENOSYS));
	/* One more, once there is none: and that is asked. */
	fd = (int)listen_with(SECCOMP_FILTER_FLAG_NEW_LISTENER);
	CHECK(fd >= 0);
	answered(fd, 2, ANSWER(.val = 10), 10, 0);
}

static void polled(void)
{
	int fd = (int)listen_with(SECCOMP_FILTER_FLAG_NEW_LISTENER);
	struct pollfd p = {.fd = fd, .events = POLLIN | POLLOUT};
	struct seccomp_notif_resp resp;
	pid_t pid;

	CHECK(fd >= 0);
	CHECK_EQ(poll(&p, 1, 0), 0);
	pid = asks(1, 7, 0);
	CHECK_EQ(poll(&p, 1, -1), 1);
	CHECK_EQ(p.revents, POLLIN);
	resp = heard(fd, pid, 1);
	CHECK_EQ(poll(&p, 1, -1), 1);
	CHECK_EQ(p.revents, POLLOUT);
	resp.val = 7;
	CHECK_EQ(ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &resp), 0);
	ends_well(pid);
}

/* The child's call answers the descriptor that it is given. */
static void gives_descriptor(void)
{
	int fd = (int)listen_with(SECCOMP_FILTER_FLAG_NEW_LISTENER), pair[2];
	struct seccomp_notif_addfd add = {
		.flags = SECCOMP_ADDFD_FLAG_SETFD | SECCOMP_ADDFD_FLAG_SEND,
		.newfd = 77,
	};
	pid_t pid;
	char c = 0;

	CHECK(fd >= 0);
	CHECK_EQ(pipe(pair), 0);
	pid = fork();
	if (!pid) {
		CHECK_EQ(syscall(SYS_getpriority, PRIO_PROCESS, 1, 3, 4, 5,
				 UINT64_C(1) << 60),
			 77);
		CHECK_EQ(write(77, "x", 1), 1);
		_Exit(0);
	}
	add.id = heard(fd, pid, 1).id;
	add.srcfd = (uint32_t)pair[1];
	CHECK_EQ(ioctl(fd, SECCOMP_IOCTL_NOTIF_ADDFD, &add), 77);
	CHECK_EQ(read(pair[0], &c, 1), 1);
	CHECK_EQ(c, 'x');
	ends_well(pid);
}

/* What is executed is still listened to. */
static void executed(void)
{
	char *const args[] = {"zero", "--executed", "filtered", NULL};
	int fd = (int)listen_with(SECCOMP_FILTER_FLAG_NEW_LISTENER);
	struct seccomp_notif_resp resp = {.error = -77};
	struct seccomp_notif n = {0};
	pid_t pid = fork();

	CHECK(fd >= 0);
	if (!pid) {
		execv("/proc/self/exe", args);
		_Exit(9);
	}
	CHECK_EQ(ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &n), 0);
	CHECK_EQ(n.pid, pid);
	CHECK_EQ(n.data.nr, SYS_getpriority);
	resp.id = n.id;
	CHECK_EQ(ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &resp), 0);
	ends_well(pid);
}

static void note(int sig)
{
	CHECK_EQ(sig, SIGUSR1);
}

/* A handler that runs while the call waits: it is EINTR, or asked again. */
static void interrupted(void)
{
	int fd = (int)listen_with(SECCOMP_FILTER_FLAG_NEW_LISTENER);
	struct seccomp_notif_resp resp;
	struct sigaction act = {.sa_handler = note};
	uint64_t id;
	pid_t pid;

	CHECK(fd >= 0);
	CHECK_EQ(sigaction(SIGUSR1, &act, NULL), 0);
	pid = asks(1, -1, EINTR);
	heard(fd, pid, 1);
	CHECK_EQ(kill(pid, SIGUSR1), 0);
	ends_well(pid);

	act.sa_flags = SA_RESTART;
	CHECK_EQ(sigaction(SIGUSR1, &act, NULL), 0);
	pid = asks(1, 5, 0);
	id = heard(fd, pid, 1).id;
	CHECK_EQ(kill(pid, SIGUSR1), 0);
	resp = heard(fd, pid, 1);
	CHECK(resp.id != id);
	resp.val = 5;
	CHECK_EQ(ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &resp), 0);
	ends_well(pid);
}

static const char qemu[] = "filters are not known";

const struct user_case seccomp_listen_cases[] = {
	{"seccomp-listen/answers", answers, qemu},
	{"seccomp-listen/refused", refused, qemu},
	{"seccomp-listen/nobody", nobody, qemu},
	{"seccomp-listen/polled", polled, qemu},
	{"seccomp-listen/gives-descriptor", gives_descriptor, qemu},
	{"seccomp-listen/executed", executed, qemu},
	{"seccomp-listen/interrupted", interrupted, qemu},
	{NULL, NULL, NULL},
};
