/* SPDX-License-Identifier: MIT */
/*
 * Threads: pthreads, what clone says of them, robust locks of one that dies.
 */
#include "tests/user/user.h"

#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define THREADS 8

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long counter;
static __thread long own;

static void *count(void *arg)
{
	for (int k = 0; k < 10000; k++) {
		pthread_mutex_lock(&lock);
		counter++;
		pthread_mutex_unlock(&lock);
		own += (long)arg;
	}
	return (void *)own;
}

static void many(void)
{
	pthread_t threads[THREADS];
	void *ret;

	for (long k = 0; k < THREADS; k++)
		CHECK_EQ(pthread_create(&threads[k], NULL, count, (void *)k),
			 0);
	for (long k = 0; k < THREADS; k++) {
		CHECK_EQ(pthread_join(threads[k], &ret), 0);
		CHECK_EQ(ret, k * 10000);
	}
	CHECK_EQ(counter, THREADS * 10000);
}

static void *tell_tid(void *arg)
{
	*(pid_t *)arg = gettid();
	CHECK(gettid() != getpid());
	CHECK_EQ(syscall(SYS_tgkill, getpid(), gettid(), 0), 0);
	return NULL;
}

static void tids(void)
{
	pid_t a = 0, b = 0;
	pthread_t t;

	CHECK_EQ(gettid(), getpid());
	CHECK_EQ(pthread_create(&t, NULL, tell_tid, &a), 0);
	CHECK_EQ(pthread_join(t, NULL), 0);
	CHECK_EQ(pthread_create(&t, NULL, tell_tid, &b), 0);
	CHECK_EQ(pthread_join(t, NULL), 0);
	CHECK(a && b && a != b);
}

/* One after another: numbers, stacks and PEs are given back. */
static void churn(void)
{
	for (int k = 0; k < 300; k++) {
		pid_t tid;
		pthread_t t;

		CHECK_EQ(pthread_create(&t, NULL, tell_tid, &tid), 0);
		CHECK_EQ(pthread_join(t, NULL), 0);
	}
}

static void *take_and_die(void *arg)
{
	CHECK_EQ(pthread_mutex_lock(arg), 0);
	return NULL;
}

static void robust(void)
{
	pthread_mutexattr_t attr;
	pthread_mutex_t m;
	pthread_t t;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(&m, &attr);
	CHECK_EQ(pthread_create(&t, NULL, take_and_die, &m), 0);
	CHECK_EQ(pthread_join(t, NULL), 0);
	CHECK_EQ(pthread_mutex_lock(&m), EOWNERDEAD);
	CHECK_EQ(pthread_mutex_consistent(&m), 0);
	CHECK_EQ(pthread_mutex_unlock(&m), 0);
}

/* The kernel's list of them leads to a word that is not there. */
static void *die_with_no_word(void *arg)
{
	static struct robust_list entry;
	struct robust_list_head head = {{&entry}, 0, NULL};

	entry.next = &head.list;
	head.futex_offset = (char *)arg - (char *)&entry;
	CHECK_EQ(syscall(SYS_set_robust_list, &head, sizeof(head)), 0);
	syscall(SYS_exit, 0);
	return NULL;
}

static void robust_nowhere(void)
{
	char *gone =
		mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pthread_t t;

	CHECK(gone != MAP_FAILED);
	CHECK_EQ(pthread_create(&t, NULL, die_with_no_word, gone), 0);
	CHECK_EQ(pthread_join(t, NULL), 0);
	CHECK_EQ(munmap(gone, 4096), 0);
}

/* The one that waits is woken. */
static void robust_wakes(void)
{
	pthread_mutexattr_t attr;
	static pthread_mutex_t m;
	pthread_t t;

	for (int k = 0; k < 50; k++) {
		int ret;

		pthread_mutexattr_init(&attr);
		pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
		pthread_mutex_init(&m, &attr);
		CHECK_EQ(pthread_create(&t, NULL, take_and_die, &m), 0);
		ret = pthread_mutex_lock(&m);
		CHECK(ret == 0 || ret == EOWNERDEAD);
		if (ret == 0) {
			pthread_mutex_unlock(&m);
			CHECK_EQ(pthread_join(t, NULL), 0);
			CHECK_EQ(pthread_mutex_lock(&m), EOWNERDEAD);
		} else {
			CHECK_EQ(pthread_join(t, NULL), 0);
		}
		pthread_mutex_consistent(&m);
		pthread_mutex_unlock(&m);
	}
}

__attribute__((noreturn)) static void *wait_cancelled(void *arg)
{
	sem_t never;

	sem_init(&never, 0, 0);
	sem_post(arg);
	for (;;)
		sem_wait(&never);
}

/* Signal 32, which glibc keeps to itself. */
static void cancel(void)
{
	sem_t ready;
	pthread_t t;
	void *ret;

	sem_init(&ready, 0, 0);
	CHECK_EQ(pthread_create(&t, NULL, wait_cancelled, &ready), 0);
	sem_wait(&ready);
	CHECK_EQ(pthread_cancel(t), 0);
	CHECK_EQ(pthread_join(t, &ret), 0);
	CHECK(ret == PTHREAD_CANCELED);
}

static void *wait_for_end(void *arg)
{
	sem_wait(arg);
	return NULL;
}

/* Signal 33: all threads change, or none has. */
static void change_ids(void)
{
	pthread_t t[4];
	sem_t end;

	sem_init(&end, 0, 0);
	for (int k = 0; k < 4; k++)
		CHECK_EQ(pthread_create(&t[k], NULL, wait_for_end, &end), 0);
	CHECK_EQ(setuid(getuid()), 0);
	CHECK_EQ(setgid(getgid()), 0);
	for (int k = 0; k < 4; k++)
		sem_post(&end);
	for (int k = 0; k < 4; k++)
		CHECK_EQ(pthread_join(t[k], NULL), 0);
}

__attribute__((noreturn)) static void *exit_later(void *arg)
{
	usleep(20000);
	_Exit((int)(long)arg);
}

/* The others go on, and the process's status is theirs to say. */
static void first_ends(void)
{
	pthread_t t;

	CHECK_EQ(pthread_create(&t, NULL, exit_later, (void *)0), 0);
	pthread_exit(NULL);
}

static void invalid(void)
{
	CHECK_EQ(syscall(SYS_clone, CLONE_THREAD, 0, 0, 0, 0), -1);
	CHECK_EQ(errno, EINVAL);
	CHECK_EQ(syscall(SYS_clone, CLONE_SIGHAND, 0, 0, 0, 0), -1);
	CHECK_EQ(errno, EINVAL);
	CHECK_EQ(syscall(SYS_clone, CLONE_NEWNS | CLONE_FS, 0, 0, 0, 0), -1);
	CHECK_EQ(errno, EINVAL);
	for (int k = 0; k < 4; k++) {
		static const int of_thread =
			CLONE_THREAD | CLONE_SIGHAND | CLONE_VM;
		static const int flags[] = {
			of_thread | CLONE_NEWUSER,
			of_thread | CLONE_NEWPID,
			of_thread | CLONE_NEWNS | CLONE_FS,
			CLONE_NEWIPC | CLONE_SYSVSEM,
		};

		CHECK_EQ(syscall(SYS_clone, flags[k], 0, 0, 0, 0), -1);
		CHECK(errno == EINVAL || (k == 3 && errno == EPERM));
	}
	CHECK_EQ(syscall(SYS_clone3, NULL, 8), -1);
	CHECK_EQ(errno, EINVAL);
	CHECK_EQ(syscall(SYS_clone3, NULL, 64), -1);
	CHECK_EQ(errno, EFAULT);
	CHECK_EQ(syscall(SYS_set_robust_list, NULL, 23), -1);
	CHECK_EQ(errno, EINVAL);
}

static volatile int beside_tid;
static volatile ino_t beside_space;

static int in_thread(void *arg)
{
	struct stat st;

	(void)arg;
	if (!stat("/proc/thread-self/ns/uts", &st))
		beside_space = st.st_ino;
	beside_tid = (int)syscall(SYS_gettid);
	for (;;)
		syscall(SYS_ppoll, NULL, 0, NULL, NULL, 0);
	return 0;
}

/* As clone() says: a thread's descriptor (Linux 6.9), and spaces of its own. */
static void descriptor_and_spaces(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	const int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
			  CLONE_THREAD | CLONE_SYSVSEM;
	struct stat st;
	int fd = -1, ret;

	ret = clone(in_thread, stack + sizeof(stack), flags | CLONE_PIDFD, NULL,
		    (void *)&fd);
	CHECK(ret > 0 || errno == EINVAL);
	if (ret > 0) {
		CHECK(fd >= 0);
		while (beside_tid != ret) /* the last that the thread writes */
			sched_yield();
		CHECK_EQ(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0), 0);
	}
	beside_tid = 0;
	beside_space = 0;
	ret = clone(in_thread, stack + sizeof(stack) / 2, flags | CLONE_NEWUTS,
		    NULL);
	if (ret < 0) {
		CHECK_EQ(errno, EPERM);
		return;
	}
	while (beside_tid != ret)
		sched_yield();
	CHECK(beside_space);
	CHECK_EQ(stat("/proc/thread-self/ns/uts", &st), 0);
	CHECK(st.st_ino != beside_space);
}

const struct user_case thread_cases[] = {
	{"thread/many", many, NULL},
	{"thread/tids", tids, NULL},
	{"thread/churn", churn, NULL},
	{"thread/robust", robust, "robust lists are not known"},
	{"thread/robust-nowhere", robust_nowhere, "robust lists are not known"},
	{"thread/robust-wakes", robust_wakes, "robust lists are not known"},
	{"thread/cancel", cancel, NULL},
	{"thread/change-ids", change_ids, NULL},
	{"thread/first-ends", first_ends, NULL},
	{"thread/invalid", invalid, "clone3 is not known"},
	{"thread/descriptor-and-spaces", descriptor_and_spaces,
	 "takes neither flag"},
	{NULL, NULL, NULL},
};
