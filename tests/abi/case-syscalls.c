/* SPDX-License-Identifier: MIT */
/*
 * System calls beside ioctl() that VMMs use: asynchronous I/O, io_uring,
 * seccomp, memory policies. Issued by the instruction itself, as programs do
 * that are not C or use a library for one of them. Natively it is the host's
 * kernel that answers.
 */
#include "abi.h"

#include <linux/aio_abi.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <linux/seccomp.h>
#include <linux/time_types.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>

/* Newer than some headers. */
#define NR_OPENAT2      437
#define NR_EPOLL_PWAIT2 441
#define NR_FUTEX_WAITV  449

/* A file of a page, gone with the process. */
static int scratch_file(void)
{
	int fd = open("/tmp", O_TMPFILE | O_RDWR, 0600);

	if (fd < 0)
		fd = memfd_create("scratch", 0);
	NEED(fd >= 0 && ftruncate(fd, 4096) == 0);
	return fd;
}

/* ---- asynchronous I/O ---------------------------------------------------- */

static aio_context_t aio_open(unsigned int count)
{
	aio_context_t ctx = 0;

	if (RAW(SYS_io_setup, count, &ctx) < 0 && errno == ENOSYS)
		abi_skip("this kernel has no asynchronous I/O");
	NEED(ctx != 0);
	return ctx;
}

/* An eventfd is told @n times, of which each may come after what it tells. */
static void told_of(int event, uint64_t n)
{
	uint64_t count;

	for (uint64_t told = 0; told < n; told += count) {
		EQUAL((uint64_t)OK(read(event, &count, sizeof(count))), 8);
		CHECK(count <= n - told);
	}
}

static void case_aio(void)
{
	static char out[4096] __attribute__((aligned(4096)));
	static char in[4096] __attribute__((aligned(4096)));
	aio_context_t ctx = aio_open(8);
	struct io_event events[2];
	struct timespec soon = {.tv_nsec = 1000000};
	int fd = scratch_file(), event = eventfd(0, 0);
	struct iocb writing = {
		.aio_data = 11,
		.aio_lio_opcode = IOCB_CMD_PWRITE,
		.aio_fildes = (uint32_t)fd,
		.aio_buf = (uintptr_t)out,
		.aio_nbytes = sizeof(out),
		.aio_flags = IOCB_FLAG_RESFD,
		.aio_resfd = (uint32_t)event,
	};
	struct iocb readback = writing, *list[1] = {&writing};

	memset(out, 'a', sizeof(out));
	readback.aio_data = 12;
	readback.aio_lio_opcode = IOCB_CMD_PREAD;
	readback.aio_buf = (uintptr_t)in;
	EQUAL(OK(RAW(SYS_io_submit, ctx, 1, list)), 1);
	EQUAL(OK(RAW(SYS_io_getevents, ctx, 1, 2, events, NULL)), 1);
	EQUAL(events[0].data, 11);
	EQUAL(events[0].obj, (uintptr_t)&writing);
	EQUAL(events[0].res, sizeof(out));
	list[0] = &readback;
	EQUAL(OK(RAW(SYS_io_submit, ctx, 1, list)), 1);
	EQUAL(OK(RAW(SYS_io_getevents, ctx, 1, 2, events, NULL)), 1);
	EQUAL(events[0].data, 12);
	CHECK(!memcmp(in, out, sizeof(in)));
	told_of(event, 2);
	EQUAL(OK(RAW(SYS_io_getevents, ctx, 1, 2, events, &soon)), 0);
	/* libaio looks into the ring by itself. */
	EQUAL(((uint32_t *)ctx)[4], 0xa10a10a1);
	REFUSED(RAW(SYS_io_submit, ctx, 1, NULL), EFAULT);
	REFUSED(RAW(SYS_io_cancel, ctx, &readback, events), EINVAL);
	OK(RAW(SYS_io_destroy, ctx));
	REFUSED(RAW(SYS_io_destroy, ctx), EINVAL);
}

/* ---- signals and calls that wait for ever -------------------------------- */

/*
 * A signal's handler gives the call what it waits for. The timer strikes before
 * the call, on the way into it and while it sleeps; a call that misses the
 * signal never returns.
 */
#define KICKS 3000

static void kicks_handler(void (*handler)(int), int flags)
{
	struct sigaction act = {.sa_handler = handler, .sa_flags = flags};

	NEED(sigaction(SIGALRM, &act, NULL) == 0);
}

static void kick_soon(unsigned int i)
{
	struct itimerval timer = {.it_value.tv_usec = 1 + i % 30};

	NEED(setitimer(ITIMER_REAL, &timer, NULL) == 0);
}

static aio_context_t kicked_ctx;
static int kicked_fd;

static void on_kick_submit(int sig)
{
	static char byte;
	struct iocb iocb = {
		.aio_lio_opcode = IOCB_CMD_PREAD,
		.aio_fildes = (uint32_t)kicked_fd,
		.aio_buf = (uintptr_t)&byte,
		.aio_nbytes = 1,
	};
	struct iocb *list[1] = {&iocb};

	RAW(SYS_io_submit, kicked_ctx, 1, list);
}

/* Linux ends the call with EINTR whatever SA_RESTART says. */
static void case_aio_signal(void)
{
	struct io_event event;

	kicked_ctx = aio_open(8);
	kicked_fd = scratch_file();
	kicks_handler(on_kick_submit, SA_RESTART);
	for (unsigned int i = 0; i < KICKS; i++) {
		kick_soon(i);
		while (RAW(SYS_io_getevents, kicked_ctx, 1, 1, &event, NULL) !=
		       1)
			EQUAL((uint64_t)errno, EINTR);
	}
}

static volatile uint32_t kicked_word;

static void on_kick_word(int sig)
{
	kicked_word++;
}

struct waiter {
	uint64_t val, addr;
	uint32_t flags, reserved;
};

static void case_futex_signal(void)
{
	struct waiter waiter = {
		.addr = (uintptr_t)&kicked_word,
		.flags = 2, /* FUTEX2_SIZE_U32 */
	};

	if (RAW(NR_FUTEX_WAITV, NULL, 0, 0, NULL, 0) < 0 && errno == ENOSYS)
		abi_skip("this kernel has no futex_waitv()");
	kicks_handler(on_kick_word, 0);
	for (unsigned int i = 0; i < KICKS; i++) {
		kick_soon(i);
		while (kicked_word == i) {
			waiter.val = i;
			RAW(NR_FUTEX_WAITV, &waiter, 1, 0, NULL, 0);
			CHECK(errno == EINTR || errno == EAGAIN);
		}
	}
}

/* ---- io_uring ------------------------------------------------------------ */

struct ring {
	int fd;
	uint32_t *sq_tail, *sq_mask, *sq_array, *cq_head, *cq_tail, *cq_mask;
	struct io_uring_sqe *sqes;
	struct io_uring_cqe *cqes;
};

static void ring_open(struct ring *ring)
{
	struct io_uring_params p = {0};
	size_t size;
	char *m;

	ring->fd = (int)RAW(SYS_io_uring_setup, 8, &p);
	if (ring->fd < 0 && (errno == ENOSYS || errno == EPERM))
		abi_skip("this kernel has no io_uring");
	NEED(ring->fd >= 0 && (p.features & IORING_FEAT_SINGLE_MMAP));
	EQUAL(p.flags, 0);
	size = p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe);
	if (size < p.sq_off.array + p.sq_entries * 4)
		size = p.sq_off.array + p.sq_entries * 4;
	m = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
		 ring->fd, IORING_OFF_SQ_RING);
	NEED(m != MAP_FAILED);
	ring->sqes = mmap(NULL, p.sq_entries * sizeof(struct io_uring_sqe),
			  PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
			  ring->fd, IORING_OFF_SQES);
	NEED(ring->sqes != MAP_FAILED);
	ring->sq_tail = (uint32_t *)(m + p.sq_off.tail);
	ring->sq_mask = (uint32_t *)(m + p.sq_off.ring_mask);
	ring->sq_array = (uint32_t *)(m + p.sq_off.array);
	ring->cq_head = (uint32_t *)(m + p.cq_off.head);
	ring->cq_tail = (uint32_t *)(m + p.cq_off.tail);
	ring->cq_mask = (uint32_t *)(m + p.cq_off.ring_mask);
	ring->cqes = (struct io_uring_cqe *)(m + p.cq_off.cqes);
}

/* One request to its end: its result. */
static int ring_do(struct ring *ring, const struct io_uring_sqe *sqe)
{
	uint32_t tail = *ring->sq_tail, index = tail & *ring->sq_mask, head;
	int res;

	ring->sqes[index] = *sqe;
	ring->sq_array[index] = index;
	__atomic_store_n(ring->sq_tail, tail + 1, __ATOMIC_RELEASE);
	EQUAL(OK(RAW(SYS_io_uring_enter, ring->fd, 1, 1, IORING_ENTER_GETEVENTS,
		     NULL, 0)),
	      1);
	head = *ring->cq_head;
	NEED(__atomic_load_n(ring->cq_tail, __ATOMIC_ACQUIRE) == head + 1);
	EQUAL(ring->cqes[head & *ring->cq_mask].user_data, sqe->user_data);
	res = ring->cqes[head & *ring->cq_mask].res;
	__atomic_store_n(ring->cq_head, head + 1, __ATOMIC_RELEASE);
	return res;
}

static void case_uring(void)
{
	char out[512], in[512] = "";
	int event = eventfd(0, 0), fd = scratch_file();
	struct io_uring_sqe sqe = {.opcode = IORING_OP_NOP, .user_data = 1};
	struct __kernel_timespec soon = {.tv_nsec = 1000000};
	struct io_uring_getevents_arg arg = {.ts = (uintptr_t)&soon};
	struct ring ring;

	ring_open(&ring);
	EQUAL((uint64_t)ring_do(&ring, &sqe), 0);
	OK(RAW(SYS_io_uring_register, ring.fd, IORING_REGISTER_EVENTFD, &event,
	       1));
	memset(out, 'u', sizeof(out));
	sqe = (struct io_uring_sqe){
		.opcode = IORING_OP_WRITE,
		.fd = fd,
		.addr = (uintptr_t)out,
		.len = sizeof(out),
		.user_data = 2,
	};
	EQUAL((uint64_t)ring_do(&ring, &sqe), sizeof(out));
	sqe.opcode = IORING_OP_READ;
	sqe.addr = (uintptr_t)in;
	sqe.user_data = 3;
	EQUAL((uint64_t)ring_do(&ring, &sqe), sizeof(in));
	CHECK(!memcmp(in, out, sizeof(in)));
	told_of(event, 2);
	REFUSED(RAW(SYS_io_uring_enter, ring.fd, 0, 1,
		    IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG, &arg,
		    sizeof(arg)),
		ETIME);
	REFUSED(RAW(SYS_io_uring_setup, 0, &arg), EINVAL);
	REFUSED(RAW(SYS_io_uring_setup, 8, NULL), EFAULT);
	/* A ring is where the kernel puts it. */
	REFUSED((long)mmap(in, 4096, PROT_READ, MAP_SHARED | MAP_FIXED, ring.fd,
			   IORING_OFF_SQES),
		EINVAL);
	OK(munmap(ring.sqes, 4096));
	OK(close(ring.fd));
}

/* An operation that a probe calls supported does what arm64's flags say. */
static void case_uring_open(void)
{
	struct {
		struct io_uring_probe head;
		struct io_uring_probe_op ops[128];
	} probe = {0};
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_OPENAT,
		.fd = AT_FDCWD,
		.addr = (uintptr_t) "/dev/null",
		.open_flags = O_RDONLY | O_DIRECTORY,
	};
	struct ring ring;
	int res;

	ring_open(&ring);
	OK(RAW(SYS_io_uring_register, ring.fd, IORING_REGISTER_PROBE, &probe,
	       128));
	CHECK(probe.ops[IORING_OP_READ].flags & IO_URING_OP_SUPPORTED);
	res = ring_do(&ring, &sqe);
	if (probe.ops[IORING_OP_OPENAT].flags & IO_URING_OP_SUPPORTED)
		EQUAL((uint64_t)-res, ENOTDIR);
	else
		EQUAL((uint64_t)-res, EACCES);
}

/* ---- seccomp ------------------------------------------------------------- */

#define SECCOMP(...) RAW(SYS_seccomp, __VA_ARGS__)

static struct sock_filter allow_all[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0xffff, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};

/* The line "Seccomp:" of our status. */
static int status_seccomp(void)
{
	FILE *file = fopen("/proc/thread-self/status", "r");
	char line[256];
	int mode = -1;

	while (file && fgets(line, sizeof(line), file))
		sscanf(line, "Seccomp: %d", &mode);
	if (file)
		fclose(file);
	return mode;
}

static void *thread_mode(void *arg)
{
	return (void *)(intptr_t)RAW(SYS_prctl, PR_GET_SECCOMP);
}

static void case_seccomp_filter(void)
{
	struct sock_fprog prog = {4, allow_all};
	pthread_t thread;
	void *mode;
	int status;
	pid_t pid;

	EQUAL((uint64_t)OK(RAW(SYS_prctl, PR_GET_SECCOMP)), 0);
	OK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	OK(SECCOMP(SECCOMP_SET_MODE_FILTER, 0, &prog));
	EQUAL((uint64_t)OK(RAW(SYS_prctl, PR_GET_SECCOMP)), 2);
	EQUAL((uint64_t)status_seccomp(), 2);
	NEED(!pthread_create(&thread, NULL, thread_mode, NULL));
	pthread_join(thread, &mode);
	EQUAL((uintptr_t)mode, 2);
	pid = fork();
	if (pid == 0)
		_exit((int)RAW(SYS_prctl, PR_GET_SECCOMP));
	NEED(waitpid(pid, &status, 0) == pid);
	EQUAL((uint64_t)status, 2 << 8);
	/* One more, for all threads, and by the older call. */
	OK(SECCOMP(SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &prog));
	OK(RAW(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog));
	/* There is no way back. */
	REFUSED(SECCOMP(SECCOMP_SET_MODE_STRICT, 0, NULL), EINVAL);
	REFUSED(RAW(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_STRICT, 0), EINVAL);
	REFUSED(RAW(SYS_prctl, PR_SET_SECCOMP, 0, 0), EINVAL);
}

static void case_seccomp_checks(void)
{
	static struct sock_filter longest[BPF_MAXINSNS];
	static struct sock_filter bad_code[] = {BPF_STMT(0xffff, 0)};
	static struct sock_filter no_end[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
	};
	static struct sock_filter jump_out[] = {
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 5, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	static struct sock_filter unset[] = {
		BPF_STMT(BPF_LD | BPF_MEM, 3),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	static const struct sock_fprog bad[] = {
		{0, allow_all}, {BPF_MAXINSNS + 1, allow_all},
		{1, bad_code},  {1, no_end},
		{2, jump_out},  {2, unset},
	};
	struct sock_fprog prog = {4, allow_all}, nowhere = {4, (void *)8};
	unsigned int action = SECCOMP_RET_TRAP;
	struct seccomp_notif_sizes sizes = {0};

	for (int i = 0; i < BPF_MAXINSNS; i++)
		longest[i] = allow_all[3];
	REFUSED(SECCOMP(77, 0, NULL), EINVAL);
	REFUSED(SECCOMP(SECCOMP_SET_MODE_FILTER, 1 << 20, &prog), EINVAL);
	REFUSED(SECCOMP(SECCOMP_SET_MODE_FILTER, 0, NULL), EFAULT);
	REFUSED(SECCOMP(SECCOMP_SET_MODE_STRICT, 1, NULL), EINVAL);
	REFUSED(SECCOMP(SECCOMP_SET_MODE_STRICT, 0, &prog), EINVAL);
	OK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	REFUSED(SECCOMP(SECCOMP_SET_MODE_FILTER, 0, &nowhere), EFAULT);
	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		REFUSED(SECCOMP(SECCOMP_SET_MODE_FILTER, 0, &bad[i]), EINVAL);
	EQUAL((uint64_t)OK(RAW(SYS_prctl, PR_GET_SECCOMP)), 0);
	OK(SECCOMP(SECCOMP_GET_ACTION_AVAIL, 0, &action));
	action = 0x12340000;
	REFUSED(SECCOMP(SECCOMP_GET_ACTION_AVAIL, 0, &action), EOPNOTSUPP);
	REFUSED(SECCOMP(SECCOMP_GET_ACTION_AVAIL, 1, &action), EINVAL);
	REFUSED(SECCOMP(SECCOMP_GET_ACTION_AVAIL, 0, NULL), EFAULT);
	OK(SECCOMP(SECCOMP_GET_NOTIF_SIZES, 0, &sizes));
	EQUAL(sizes.seccomp_data, sizeof(struct seccomp_data));
	REFUSED(SECCOMP(SECCOMP_GET_NOTIF_SIZES, 0, NULL), EFAULT);
	prog = (struct sock_fprog){BPF_MAXINSNS, longest};
	OK(SECCOMP(SECCOMP_SET_MODE_FILTER, 0, &prog));
}

/* Neither privileged nor bound to gain no privileges. */
static void case_seccomp_privilege(void)
{
	struct sock_fprog prog = {4, allow_all}, empty = {0, allow_all};
	struct sock_fprog nowhere = {4, (void *)8};

	if (geteuid() == 0)
		NEED(RAW(SYS_setresuid, 65534, 65534, 65534) == 0);
	REFUSED(SECCOMP(SECCOMP_SET_MODE_FILTER, 0, &prog), EACCES);
	REFUSED(SECCOMP(SECCOMP_SET_MODE_FILTER, 0, &nowhere), EACCES);
	REFUSED(SECCOMP(SECCOMP_SET_MODE_FILTER, 0, &empty), EINVAL);
	REFUSED(RAW(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog),
		EACCES);
	OK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	OK(RAW(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog));
}

/* ---- others -------------------------------------------------------------- */

static void case_epoll_pwait2(void)
{
	struct epoll_event events[3] = {0};
	struct timespec soon = {.tv_nsec = 1000000};
	int epoll = epoll_create1(0), fds[2];

	if (RAW(NR_EPOLL_PWAIT2, epoll, events, 3, &soon, NULL, 8) < 0 &&
	    errno == ENOSYS)
		abi_skip("this kernel has no epoll_pwait2()");
	for (int i = 0; i < 2; i++) {
		struct epoll_event event = {.events = EPOLLIN};

		event.data.u64 = 0x1122334455667700 + (uint64_t)i;
		fds[i] = eventfd(1, 0);
		OK(epoll_ctl(epoll, EPOLL_CTL_ADD, fds[i], &event));
	}
	EQUAL((uint64_t)OK(
		      RAW(NR_EPOLL_PWAIT2, epoll, events, 3, NULL, NULL, 8)),
	      2);
	for (int i = 0; i < 2; i++) {
		EQUAL(events[i].events, EPOLLIN);
		EQUAL(events[i].data.u64, 0x1122334455667700 + (uint64_t)i);
	}
	REFUSED(RAW(NR_EPOLL_PWAIT2, epoll, events, 0, NULL, NULL, 8), EINVAL);
	REFUSED(RAW(NR_EPOLL_PWAIT2, epoll, NULL, 2, NULL, NULL, 8), EFAULT);
	REFUSED(RAW(NR_EPOLL_PWAIT2, epoll, events, 2, NULL, events, 7),
		EINVAL);
}

struct how {
	uint64_t flags, mode, resolve, more[2];
};

#define RESOLVES_BENEATH 0x08
#define RESOLVES_IN_ROOT 0x10

/* Ours, whatever the host has; by the function, as nobody sees a native program's
 * instruction. */
static void openat2_kvm(struct how *how)
{
	const size_t size = offsetof(struct how, more);
	long kvm = OK(syscall(NR_OPENAT2, AT_FDCWD, "/dev/kvm", how, size));
	int tmp = (int)OK(open("/tmp", O_PATH | O_DIRECTORY));

	EQUAL((uint64_t)OK(ioctl((int)kvm, KVM_CHECK_EXTENSION,
				 KVM_CAP_ARM_PSCI_0_2)),
	      1);
	kvm = OK(syscall(NR_OPENAT2, AT_FDCWD, "/dev/kvm", how, sizeof(*how)));
	EQUAL((uint64_t)OK(ioctl((int)kvm, KVM_GET_API_VERSION, 0)), 12);
	how->more[1] = 1;
	REFUSED(syscall(NR_OPENAT2, AT_FDCWD, "/dev/kvm", how, sizeof(*how)),
		E2BIG);
	how->resolve = RESOLVES_BENEATH;
	REFUSED(syscall(NR_OPENAT2, AT_FDCWD, "/dev/kvm", how, size), EXDEV);
	how->resolve = RESOLVES_IN_ROOT;
	REFUSED(syscall(NR_OPENAT2, tmp, "/dev/kvm", how, size), ENOENT);
}

static void case_openat2(void)
{
	struct how how = {.flags = O_RDONLY | O_DIRECTORY};
	const size_t size = offsetof(struct how, more);
	char name[] = "/tmp/abi-link-XXXXXX";

	REFUSED(RAW(NR_OPENAT2, AT_FDCWD, "/dev/null", &how, size), ENOTDIR);
	OK(RAW(NR_OPENAT2, AT_FDCWD, "/dev", &how, size));
	how.flags = O_RDONLY | O_NOFOLLOW;
	NEED(mkdtemp(name) && rmdir(name) == 0 && symlink("/dev", name) == 0);
	REFUSED(RAW(NR_OPENAT2, AT_FDCWD, name, &how, size), ELOOP);
	unlink(name);
	how.flags = (uint64_t)1 << 40;
	REFUSED(RAW(NR_OPENAT2, AT_FDCWD, "/dev", &how, size), EINVAL);
	REFUSED(RAW(NR_OPENAT2, AT_FDCWD, "/dev", &how, 8), EINVAL);
	REFUSED(RAW(NR_OPENAT2, AT_FDCWD, "/dev/kvm", 8, size), EFAULT);
	how.flags = O_RDWR;
	if (access("/dev/kvm", R_OK) == 0)
		openat2_kvm(&how);
}

static void case_mempolicy(void)
{
	int mode = -1;

	if (RAW(SYS_get_mempolicy, &mode, NULL, 0, NULL, 0) < 0 &&
	    errno == ENOSYS)
		abi_skip("this kernel has no memory policies");
	EQUAL((uint64_t)mode, 0);
	REFUSED(RAW(SYS_get_mempolicy, &mode, NULL, 0, NULL, 1 << 20), EINVAL);
	REFUSED(RAW(SYS_mbind, 1, 4096, 0, NULL, 0, 0), EINVAL);
}

static void case_preadv2(void)
{
	char a[3] = "", b[3] = "";
	struct iovec iov[2] = {{a, 2}, {b, 2}};
	int fd = scratch_file();

	EQUAL((uint64_t)OK(pwrite(fd, "wxyz", 4, 0)), 4);
	EQUAL((uint64_t)OK(RAW(SYS_preadv2, fd, iov, 2, 0, 0, 0)), 4);
	CHECK(!strcmp(a, "wx") && !strcmp(b, "yz"));
	REFUSED(RAW(SYS_preadv2, fd, iov, 2, 0, 0, 1 << 30), EOPNOTSUPP);
}

const struct abi_case cases_syscalls[] = {
	{"syscalls/aio", case_aio},
	{"syscalls/aio-signal", case_aio_signal, 60},
	{"syscalls/futex-waitv-signal", case_futex_signal, 60},
	{"syscalls/io-uring", case_uring},
	{"syscalls/io-uring-open", case_uring_open},
	{"syscalls/seccomp-filter", case_seccomp_filter},
	{"syscalls/seccomp-checks", case_seccomp_checks},
	{"syscalls/seccomp-privilege", case_seccomp_privilege},
	{"syscalls/epoll-pwait2", case_epoll_pwait2},
	{"syscalls/openat2", case_openat2},
	{"syscalls/mempolicy", case_mempolicy},
	{"syscalls/preadv2", case_preadv2},
	{NULL},
};
