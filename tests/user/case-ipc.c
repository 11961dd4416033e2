/* SPDX-License-Identifier: MIT */
/*
 * Queues, shared memory, timers, and I/O that is done meanwhile.
 */
#include "tests/user/user.h"

#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/io_uring.h>
#include <mqueue.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void queue(void)
{
	struct mq_attr attr = {.mq_maxmsg = 2, .mq_msgsize = 16};
	char name[32], text[16];
	unsigned int prio;
	mqd_t q;

	snprintf(name, sizeof(name), "/fauxkvm-%d", (int)getpid());
	q = mq_open(name, O_CREAT | O_EXCL | O_RDWR | O_NONBLOCK, 0600, &attr);
	if (q < 0 && (errno == ENOSYS || errno == EACCES))
		return; /* a host without queues */
	CHECK(q >= 0);
	CHECK_EQ(mq_unlink(name), 0);
	CHECK_EQ(mq_getattr(q, &attr), 0);
	CHECK_EQ(attr.mq_flags, O_NONBLOCK);
	CHECK_EQ(attr.mq_maxmsg, 2);
	CHECK_EQ(mq_send(q, "low", 4, 1), 0);
	CHECK_EQ(mq_send(q, "high", 5, 9), 0);
	CHECK_EQ(mq_send(q, "more", 5, 9), -1);
	CHECK_EQ(errno, EAGAIN);
	CHECK_EQ(mq_receive(q, text, sizeof(text), &prio), 5);
	CHECK_EQ(prio, 9);
	CHECK(!strcmp(text, "high"));
	attr.mq_flags = 0;
	CHECK_EQ(mq_setattr(q, &attr, NULL), 0);
	CHECK_EQ(mq_receive(q, text, sizeof(text), &prio), 4);
}

static void letters(void)
{
	struct {
		long type;
		char text[8];
	} m = {5, "five"};
	struct msqid_ds ds;
	int id = msgget(IPC_PRIVATE, 0600);

	CHECK(id >= 0);
	CHECK_EQ(msgsnd(id, &m, 8, 0), 0);
	CHECK_EQ(msgctl(id, IPC_STAT, &ds), 0);
	CHECK_EQ(ds.msg_qnum, 1);
	CHECK_EQ(ds.msg_lspid, getpid());
	CHECK_EQ(msgrcv(id, &m, 8, 4, IPC_NOWAIT), -1);
	CHECK_EQ(errno, ENOMSG);
	memset(&m, 0, sizeof(m));
	CHECK_EQ(msgrcv(id, &m, 8, 0, 0), 8);
	CHECK_EQ(m.type, 5);
	CHECK(!strcmp(m.text, "five"));
	CHECK_EQ(msgctl(id, IPC_RMID, NULL), 0);
}

static void shared(void)
{
	int id = shmget(IPC_PRIVATE, 3 * 4096, 0600);
	struct shmid_ds ds;
	char *a, *b;

	CHECK(id >= 0);
	a = shmat(id, NULL, 0);
	b = shmat(id, NULL, SHM_RDONLY);
	CHECK(a != (void *)-1 && b != (void *)-1 && a != b);
	CHECK_EQ(shmctl(id, IPC_RMID, NULL), 0);
	strcpy(a + 8000, "shared");
	CHECK(!strcmp(b + 8000, "shared"));
	CHECK_EQ(shmctl(id, IPC_STAT, &ds), 0);
	CHECK_EQ(ds.shm_nattch, 2);
	CHECK_EQ(ds.shm_segsz, 3 * 4096);
	CHECK_EQ(shmdt(a), 0);
	CHECK_EQ(shmdt(a), -1);
	CHECK_EQ(errno, EINVAL);
	CHECK_EQ(shmdt(b), 0);
}

static volatile int fired;

static void on_timer(int sig, siginfo_t *info, void *uc)
{
	(void)uc;
	if (sig == SIGUSR2 && info->si_code == SI_TIMER &&
	    info->si_value.sival_int == 1234)
		fired++;
}

static void timers(void)
{
	struct sigaction act = {.sa_sigaction = on_timer,
				.sa_flags = SA_SIGINFO};
	struct sigevent ev = {.sigev_notify = SIGEV_SIGNAL,
			      .sigev_signo = SIGUSR2,
			      .sigev_value = {.sival_int = 1234}};
	struct itimerspec when = {.it_value = {0, 1000000},
				  .it_interval = {0, 1000000}},
			  now;
	timer_t timer;

	CHECK_EQ(sigaction(SIGUSR2, &act, NULL), 0);
	CHECK_EQ(timer_create(CLOCK_MONOTONIC, &ev, &timer), 0);
	CHECK_EQ(timer_settime(timer, 0, &when, NULL), 0);
	while (fired < 3)
		pause();
	CHECK_EQ(timer_gettime(timer, &now), 0);
	CHECK_EQ(now.it_interval.tv_nsec, 1000000);
	CHECK(timer_getoverrun(timer) >= 0);
	CHECK_EQ(timer_delete(timer), 0);
}

static int scratch(void)
{
	int fd = memfd_create("case", MFD_CLOEXEC);

	CHECK(fd >= 0);
	return fd;
}

/* The kernel's ring of it is memory of the program. */
static void aio(void)
{
	int fd = scratch();
	char out[512] = "written", in[512];
	struct iocb write = {.aio_lio_opcode = IOCB_CMD_PWRITE,
			     .aio_fildes = (uint32_t)fd,
			     .aio_buf = (uintptr_t)out,
			     .aio_nbytes = sizeof(out),
			     .aio_data = 77},
		    *list = &write;
	struct io_event ev;
	aio_context_t ctx = 0;

	CHECK_EQ(syscall(SYS_io_setup, 8, &ctx), 0);
	CHECK(ctx);
	/* The ring that the kernel has there: its magic number is the fifth word. */
	CHECK_EQ(((const volatile uint32_t *)ctx)[4], 0xa10a10a1);
	CHECK_EQ(syscall(SYS_io_submit, ctx, 1, &list), 1);
	CHECK_EQ(syscall(SYS_io_getevents, ctx, 1, 1, &ev, NULL), 1);
	CHECK_EQ(ev.data, 77);
	CHECK_EQ(ev.res, sizeof(out));
	CHECK_EQ(pread(fd, in, sizeof(in), 0), sizeof(in));
	CHECK(!strcmp(in, "written"));
	CHECK_EQ(syscall(SYS_io_destroy, ctx), 0);
	CHECK_EQ(syscall(SYS_io_destroy, ctx), -1);
	CHECK_EQ(errno, EINVAL);
}

static void *ring_map(int fd, size_t size, off_t what)
{
	void *map = mmap(NULL, size, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_POPULATE, fd, what);

	CHECK(map != MAP_FAILED);
	return map;
}

static void uring(void)
{
	struct io_uring_params p = {.flags = 0};
	int fd = (int)syscall(SYS_io_uring_setup, 4, &p);
	struct io_uring_sqe *sqe;
	struct io_uring_cqe *cqe;
	char *sq, *cq;

	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		return; /* a host without */
	CHECK(fd >= 0);
	sq = ring_map(fd, p.sq_off.array + p.sq_entries * 4,
		      IORING_OFF_SQ_RING);
	cq = ring_map(fd, p.cq_off.cqes + p.cq_entries * sizeof(*cqe),
		      IORING_OFF_CQ_RING);
	sqe = ring_map(fd, p.sq_entries * sizeof(*sqe), IORING_OFF_SQES);
	memset(sqe, 0, sizeof(*sqe));
	sqe->opcode = IORING_OP_NOP;
	sqe->user_data = 99;
	*(uint32_t *)(sq + p.sq_off.array) = 0;
	__atomic_store_n((uint32_t *)(sq + p.sq_off.tail), 1, __ATOMIC_RELEASE);
	CHECK_EQ(syscall(SYS_io_uring_enter, fd, 1, 1, IORING_ENTER_GETEVENTS,
			 NULL, 0),
		 1);
	cqe = (void *)(cq + p.cq_off.cqes);
	CHECK_EQ(__atomic_load_n((uint32_t *)(cq + p.cq_off.tail),
				 __ATOMIC_ACQUIRE),
		 1);
	CHECK_EQ(cqe->user_data, 99);
	CHECK_EQ(cqe->res, 0);
	CHECK_EQ(munmap(sqe, p.sq_entries * sizeof(*sqe)), 0);
}

/* What libuv has of a ring: where the features say that resources have tags, it takes every
 * request of 5.13's to be there, and aborts if one is not. */
static void uring_epoll(void)
{
	const int op_epoll_ctl = 29;
	struct io_uring_params p = {.flags = 0};
	struct epoll_event ev = {EPOLLIN, {.u64 = 0x0123456789abcdef}}, got;
	int fd = (int)syscall(SYS_io_uring_setup, 4, &p);
	int ep = epoll_create1(0), in = eventfd(1, 0);
	struct io_uring_sqe *sqe;
	struct io_uring_cqe *cqe;
	char *sq, *cq;

	if (fd < 0 || !(p.features & IORING_FEAT_RSRC_TAGS))
		return;
	sq = ring_map(fd, p.sq_off.array + p.sq_entries * 4,
		      IORING_OFF_SQ_RING);
	cq = ring_map(fd, p.cq_off.cqes + p.cq_entries * sizeof(*cqe),
		      IORING_OFF_CQ_RING);
	sqe = ring_map(fd, p.sq_entries * sizeof(*sqe), IORING_OFF_SQES);
	memset(sqe, 0, sizeof(*sqe));
	sqe->opcode = (uint8_t)op_epoll_ctl;
	sqe->fd = ep;
	sqe->off = (uint64_t)in;
	sqe->len = EPOLL_CTL_ADD;
	sqe->addr = (uintptr_t)&ev;
	*(uint32_t *)(sq + p.sq_off.array) = 0;
	__atomic_store_n((uint32_t *)(sq + p.sq_off.tail), 1, __ATOMIC_RELEASE);
	CHECK_EQ(syscall(SYS_io_uring_enter, fd, 1, 1, IORING_ENTER_GETEVENTS,
			 NULL, 0),
		 1);
	cqe = (void *)(cq + p.cq_off.cqes);
	CHECK_EQ(cqe->res, 0);
	CHECK_EQ(epoll_wait(ep, &got, 1, 0), 1);
	CHECK_EQ(got.data.u64, ev.data.u64);
}

const struct user_case ipc_cases[] = {
	{"ipc/mqueue", queue, NULL},
	{"ipc/msg", letters, NULL},
	{"ipc/shm", shared, NULL},
	{"ipc/timer", timers, NULL},
	{"ipc/aio", aio, "has none"},
	{"ipc/io_uring", uring, "has none"},
	{"ipc/io_uring-epoll", uring_epoll, "has none"},
	{NULL, NULL, NULL},
};
