/* SPDX-License-Identifier: MIT */
/*
 * Files, descriptors and waiting for them.
 */
#include "tests/user/machine.h"
#include "tests/user/user.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <poll.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static char dir[64];

/* A folder of the case's own. */
static void enter(void)
{
	strcpy(dir, "/tmp/fauxkvm-case-XXXXXX");
	CHECK(mkdtemp(dir));
	CHECK_EQ(chdir(dir), 0);
}

static void leave(void)
{
	CHECK_EQ(chdir("/"), 0);
	CHECK_EQ(rmdir(dir), 0);
}

/* Values of flags as arm64 has them, whatever the host's are. */
static void flags(void)
{
	int fd, fds[2];

	enter();
	fd = open("f", O_RDWR | O_CREAT | O_EXCL, 0640);
	CHECK(fd >= 0);
	CHECK_EQ(fcntl(fd, F_GETFL), O_RDWR | 0400000);
	CHECK_EQ(fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK), 0);
	CHECK_EQ(fcntl(fd, F_GETFL), O_RDWR | O_APPEND | O_NONBLOCK | 0400000);
	CHECK_EQ(close(fd), 0);
	CHECK_EQ(open("f", O_RDONLY | O_DIRECTORY), -1);
	CHECK_EQ(errno, ENOTDIR);
	CHECK_EQ(symlink("f", "l"), 0);
	CHECK_EQ(open("l", O_RDONLY | O_NOFOLLOW), -1);
	CHECK_EQ(errno, ELOOP);
	fd = open(".", O_TMPFILE | O_RDWR, 0600);
	CHECK(fd >= 0 || errno == EOPNOTSUPP);
	if (fd >= 0)
		CHECK_EQ(close(fd), 0);
	CHECK_EQ(pipe2(fds, O_DIRECT | O_CLOEXEC), 0);
	CHECK_EQ(fcntl(fds[1], F_GETFL), O_WRONLY | O_DIRECT);
	CHECK_EQ(fcntl(fds[1], F_GETFD), FD_CLOEXEC);
	CHECK_EQ(write(fds[1], "ab", 2), 2);
	CHECK_EQ(write(fds[1], "cd", 2), 2);
	char buf[8];
	CHECK_EQ(read(fds[0], buf, 8), 2);
	CHECK_EQ(unlink("f"), 0);
	CHECK_EQ(unlink("l"), 0);
	leave();
}

static void how(void)
{
	struct open_how how = {
		.flags = O_RDONLY | O_DIRECTORY,
		.resolve = RESOLVE_BENEATH,
	};
	int fd = (int)syscall(SYS_openat2, AT_FDCWD, ".", &how, sizeof(how));

	CHECK(fd >= 0);
	CHECK_EQ(close(fd), 0);
	CHECK_EQ(syscall(SYS_openat2, AT_FDCWD, "..", &how, sizeof(how)), -1);
	CHECK_EQ(errno, EXDEV);
	CHECK_EQ(syscall(SYS_openat2, AT_FDCWD, ".", &how, 8), -1);
	CHECK_EQ(errno, EINVAL);
	CHECK_EQ(syscall(SYS_openat2, AT_FDCWD, ".", 8, sizeof(how)), -1);
	CHECK_EQ(errno, EFAULT);
}

static void status(void)
{
	struct statfs fs;
	struct statx stx;
	struct stat st;

	CHECK_EQ(stat("/dev/null", &st), 0);
	CHECK(S_ISCHR(st.st_mode));
	CHECK_EQ(st.st_rdev, makedev(1, 3));
	CHECK_EQ(st.st_size, 0);
	CHECK_EQ(st.st_nlink, 1);
	CHECK_EQ(statx(AT_FDCWD, "/dev/null", 0, STATX_BASIC_STATS, &stx), 0);
	CHECK_EQ(stx.stx_mode, st.st_mode);
	CHECK_EQ(stx.stx_ino, st.st_ino);
	CHECK_EQ(stx.stx_ctime.tv_sec, st.st_ctim.tv_sec);
	CHECK_EQ(stx.stx_ctime.tv_nsec, st.st_ctim.tv_nsec);
	CHECK_EQ(lstat("/proc/self/exe", &st), 0);
	CHECK(S_ISLNK(st.st_mode));
	CHECK_EQ(stat("/nothing", &st), -1);
	CHECK_EQ(errno, ENOENT);
	CHECK_EQ(syscall(MACHINE_FSTATAT, AT_FDCWD, "/", 8, 0), -1);
	CHECK_EQ(errno, EFAULT);
	CHECK_EQ(syscall(MACHINE_FSTATAT, AT_FDCWD, 8, &st, 0), -1);
	CHECK_EQ(errno, EFAULT);
	CHECK_EQ(fstat(-1, &st), -1);
	CHECK_EQ(errno, EBADF);
	CHECK_EQ(statfs("/proc", &fs), 0);
	CHECK_EQ(fs.f_type, 0x9fa0);
	CHECK_EQ(fs.f_bsize, 4096);
}

static void epoll(void)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.u64 = ~0ULL << 32},
			   got[3];
	int ep = epoll_create1(EPOLL_CLOEXEC), e1 = eventfd(1, 0),
	    e2 = eventfd(2, EFD_NONBLOCK);
	struct timespec zero = {0, 0};

	CHECK_EQ(epoll_ctl(ep, EPOLL_CTL_ADD, e1, &ev), 0);
	ev.data.u64 = 0x123456789abcdef;
	ev.events = EPOLLIN | EPOLLOUT | EPOLLET;
	CHECK_EQ(epoll_ctl(ep, EPOLL_CTL_ADD, e2, &ev), 0);
	CHECK_EQ(epoll_ctl(ep, EPOLL_CTL_ADD, e2, &ev), -1);
	CHECK_EQ(errno, EEXIST);
	memset(got, 0x55, sizeof(got));
	CHECK_EQ(epoll_wait(ep, got, 3, 1000), 2);
	CHECK_EQ(got[0].data.u64, ~0ULL << 32);
	CHECK_EQ(got[0].events, EPOLLIN);
	CHECK_EQ(got[1].data.u64, 0x123456789abcdef);
	CHECK_EQ(got[1].events, EPOLLIN | EPOLLOUT);
	CHECK_EQ(got[2].data.u64, 0x5555555555555555);
	CHECK_EQ(epoll_ctl(ep, EPOLL_CTL_DEL, e1, NULL), 0);
	CHECK_EQ(epoll_wait(ep, got, 3, 0), 0);
	CHECK_EQ(syscall(SYS_epoll_pwait2, ep, got, 3, &zero, NULL, 0), 0);
	CHECK_EQ(epoll_wait(ep, got, 0, 0), -1);
	CHECK_EQ(errno, EINVAL);
	CHECK_EQ(
		syscall(SYS_epoll_pwait, ep, got, INT_MAX / 16 + 1, 0, NULL, 0),
		-1);
	CHECK_EQ(errno, EINVAL);
	CHECK_EQ(epoll_wait(-1, got, 1, 0), -1);
	CHECK_EQ(errno, EBADF);
	CHECK_EQ(syscall(SYS_epoll_ctl, ep, EPOLL_CTL_MOD, e2, 8), -1);
	CHECK_EQ(errno, EFAULT);
}

/* More ready than there is room for on the engine's stack. */
static void epoll_many(void)
{
	enum { N = 200 };
	struct epoll_event ev = {.events = EPOLLIN}, got[N];
	int ep = epoll_create1(0);
	bool seen[N] = {false};

	for (int k = 0; k < N; k++) {
		int fd = eventfd(1, 0);

		CHECK(fd >= 0);
		ev.data.fd = k;
		CHECK_EQ(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev), 0);
	}
	CHECK_EQ(epoll_wait(ep, got, N, 0), N);
	for (int k = 0; k < N; k++) {
		CHECK(!seen[got[k].data.fd]);
		seen[got[k].data.fd] = true;
	}
}

static void waiting(void)
{
	struct timespec wait = {0, 1000000};
	struct pollfd p = {.events = POLLIN};
	uint64_t val;
	fd_set in;

	p.fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	CHECK(p.fd >= 0);
	CHECK_EQ(read(p.fd, &val, 8), -1);
	CHECK_EQ(errno, EAGAIN);
	CHECK_EQ(ppoll(&p, 1, &wait, NULL), 0);
	CHECK_EQ(timerfd_settime(p.fd, 0,
				 &(struct itimerspec){.it_value = {0, 1000}},
				 NULL),
		 0);
	CHECK_EQ(poll(&p, 1, -1), 1);
	CHECK_EQ(p.revents, POLLIN);
	CHECK_EQ(read(p.fd, &val, 8), 8);
	CHECK_EQ(val, 1);
	FD_ZERO(&in);
	FD_SET(p.fd, &in);
	CHECK_EQ(pselect(p.fd + 1, &in, NULL, NULL, &wait, NULL), 0);
	CHECK(!FD_ISSET(p.fd, &in));
}

static volatile int handled;

static void on_signal(int sig)
{
	handled += sig == SIGUSR1;
}

/* A blocked signal that waits ends a call whose mask lets it through. */
static void masks(void)
{
	struct pollfd p = {.fd = eventfd(0, 0), .events = POLLIN};
	struct epoll_event ev = {.events = EPOLLIN};
	int ep = epoll_create1(0);
	sigset_t none, usr1, now;

	CHECK_EQ(epoll_ctl(ep, EPOLL_CTL_ADD, p.fd, &ev), 0);
	CHECK(signal(SIGUSR1, on_signal) != SIG_ERR);
	sigemptyset(&none);
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	CHECK_EQ(sigprocmask(SIG_BLOCK, &usr1, NULL), 0);
	for (int k = 0; k < 3; k++) {
		CHECK_EQ(raise(SIGUSR1), 0);
		CHECK_EQ(handled, k);
		if (k == 0)
			CHECK_EQ(ppoll(&p, 1, NULL, &none), -1);
		else if (k == 1)
			CHECK_EQ(pselect(0, NULL, NULL, NULL, NULL, &none), -1);
		else
			CHECK_EQ(epoll_pwait(ep, &ev, 1, -1, &none), -1);
		CHECK_EQ(errno, EINTR);
		CHECK_EQ(handled, k + 1);
		CHECK_EQ(sigprocmask(SIG_BLOCK, NULL, &now), 0);
		CHECK(sigismember(&now, SIGUSR1));
	}
	CHECK_EQ(syscall(SYS_ppoll, &p, 1, NULL, &none, 4), -1);
	CHECK_EQ(errno, EINVAL);
	CHECK_EQ(syscall(SYS_ppoll, &p, 1, NULL, (void *)8, 8), -1);
	CHECK_EQ(errno, EFAULT);
}

/* What the machine has not, or a program may not do here. */
static void refused(void)
{
	CHECK_EQ(syscall(SYS_pkey_alloc, 0, 0), -1);
	CHECK_EQ(errno, ENOSPC);
	CHECK_EQ(syscall(SYS_pkey_alloc, 1, 0), -1);
	CHECK_EQ(errno, EINVAL);
	CHECK_EQ(syscall(SYS_pkey_free, 1), -1);
	CHECK_EQ(errno, EINVAL);
	CHECK_EQ(syscall(SYS_perf_event_open, (void *)8, 0, -1, -1, 0), -1);
	CHECK_EQ(errno, EFAULT);
	CHECK_EQ(syscall(SYS_kexec_load, 0, 0, NULL, 0), -1);
	CHECK_EQ(errno, EPERM);
	/* The machine's; what else it says is of who runs the test (setarch -R). */
	CHECK_EQ(syscall(SYS_personality, 0xffffffff) & 0xff, 0);
	CHECK_EQ(syscall(1000), -1);
	CHECK_EQ(errno, ENOSYS);
}

static void watch(void)
{
	char buf[sizeof(struct inotify_event) + NAME_MAX + 1]
		__attribute__((aligned(8)));
	struct inotify_event *ev = (void *)buf;
	int in = inotify_init1(IN_NONBLOCK | IN_CLOEXEC), wd, fd;

	enter();
	wd = inotify_add_watch(in, ".", IN_CREATE);
	CHECK(wd >= 0);
	fd = open("new", O_CREAT | O_WRONLY, 0600);
	CHECK(fd >= 0);
	CHECK(read(in, buf, sizeof(buf)) > 0);
	CHECK_EQ(ev->mask, IN_CREATE);
	CHECK(!strcmp(ev->name, "new"));
	CHECK_EQ(unlink("new"), 0);
	leave();
}

static void sets(void)
{
	struct semid_ds ds = {.sem_nsems = 77};
	int id = semget(IPC_PRIVATE, 3, 0600);
	time_t now = time(NULL);

	CHECK(id >= 0);
	CHECK_EQ(semctl(id, 0, IPC_STAT, &ds), 0);
	CHECK_EQ(ds.sem_nsems, 3);
	CHECK_EQ(ds.sem_otime, 0);
	CHECK(ds.sem_ctime <= now && ds.sem_ctime > now - 100);
	CHECK_EQ(ds.sem_perm.mode, 0600);
	ds.sem_perm.mode = 0640;
	CHECK_EQ(semctl(id, 0, IPC_SET, &ds), 0);
	CHECK_EQ(semctl(id, 1, SETVAL, 5), 0);
	CHECK_EQ(semctl(id, 1, GETVAL), 5);
	CHECK_EQ(semop(id, &(struct sembuf){1, -5, 0}, 1), 0);
	CHECK_EQ(semctl(id, 0, IPC_STAT, &ds), 0);
	CHECK(ds.sem_otime >= now);
	CHECK_EQ(ds.sem_perm.mode, 0640);
	/* A 32-bit C library copies it itself. */
#ifdef __aarch64__
	CHECK_EQ(semctl(id, 0, IPC_STAT, (void *)8), -1);
	CHECK_EQ(errno, EFAULT);
#endif
	CHECK_EQ(semctl(id, 0, IPC_RMID), 0);
}

/* A descriptor goes by message, with the credentials. */
static void messages(void)
{
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr head;
	} control = {.head = {.cmsg_len = CMSG_LEN(sizeof(int)),
			      .cmsg_level = SOL_SOCKET,
			      .cmsg_type = SCM_RIGHTS}};
	char text[8] = "hello";
	struct iovec iov = {text, 5};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = &control,
			     .msg_controllen = sizeof(control)};
	struct sockaddr_un addr;
	socklen_t len = sizeof(addr);
	int fds[2], one = 1, got;

	CHECK_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
	memcpy(CMSG_DATA(&control.head), &fds[1], sizeof(int));
	CHECK_EQ(sendmsg(fds[0], &msg, 0), 5);
	memset(text, 0, sizeof(text));
	CHECK_EQ(recvmsg(fds[1], &msg, MSG_CMSG_CLOEXEC), 5);
	CHECK(!strcmp(text, "hello"));
	memcpy(&got, CMSG_DATA(&control.head), sizeof(int));
	CHECK_EQ(fcntl(got, F_GETFD), FD_CLOEXEC);
	CHECK_EQ(send(got, "x", 1, MSG_DONTWAIT), 1);
	CHECK_EQ(recv(fds[0], text, 8, 0), 1);
	CHECK_EQ(setsockopt(fds[0], SOL_SOCKET, SO_PASSCRED, &one, sizeof(one)),
		 0);
	CHECK_EQ(getsockname(fds[0], (struct sockaddr *)&addr, &len), 0);
	CHECK_EQ(len, 2);
	CHECK_EQ(recv(fds[0], (void *)8, 8, MSG_DONTWAIT), -1);
	CHECK(errno == EAGAIN);
}

const struct user_case file_cases[] = {
	{"file/flags", flags, "hides O_LARGEFILE"},
	{"file/openat2", how, "has none"},
	{"file/stat", status, NULL},
	{"file/epoll", epoll, "has no epoll_pwait2"},
	{"file/epoll-many", epoll_many, NULL},
	{"file/wait", waiting, NULL},
	{"file/masks", masks, NULL},
	{"file/refused", refused, "lacks some of them"},
	{"file/inotify", watch, NULL},
	{"file/semaphores", sets, NULL},
	{"file/messages", messages, "looks at the buffer first"},
	{NULL, NULL, NULL},
};
