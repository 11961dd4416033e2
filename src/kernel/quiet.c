/* SPDX-License-Identifier: MIT */
/*
 * Is the VMM asleep? Whether anything it does may still come in, see turns.h: a
 * thread of the process that is not asleep and executes no vCPU. Who waits for
 * an eventfd is awake as soon as it is signalled, so those need no look.
 *
 * A thread's state is in /proc. One after the other being asleep proves nothing:
 * the last one may have woken the first. But then it has run; so their times on a
 * processor are read before and after, and must be the same.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/held-fd.h"
#include "base/host.h"
#include "base/log.h"
#include "base/thread-id.h"
#include "kernel/turns-internal.h"
#include "kernel/vcpu.h"
#include "kernel/vm.h"

struct thread {
	pid_t tid;
	int stat, times; /* handles of its files in /proc */
	bool busy;       /* given up: not waited for until it has slept */
	bool skip;       /* executes a vCPU, or asks */
	char seen[64];   /* what stood in times */
};

struct quiet {
	int dir; /* handle of /proc/self/task; < 0: none yet */
	unsigned int nr, room;
	nlink_t links; /* of dir when the threads were listed */
	struct thread *threads;
	bool warned;
};

struct quiet *quiet_new(void)
{
	struct quiet *q = calloc(1, sizeof(*q));

	if (q)
		q->dir = -1;
	return q;
}

static void thread_close(const struct thread *t)
{
	held_fd_close(t->stat);
	held_fd_close(t->times);
}

void quiet_free(struct quiet *q)
{
	for (unsigned int i = 0; i < q->nr; i++)
		thread_close(&q->threads[i]);
	if (q->dir >= 0)
		held_fd_close(q->dir);
	free(q->threads);
	free(q);
}

/* ---- threads ------------------------------------------------------------- */

static int open_handle(const char *path, int flags)
{
	return held_fd_take(host_open(path, flags | O_CLOEXEC, 0));
}

static bool threads_add(struct quiet *q, pid_t tid)
{
	struct thread *t, *more;
	char path[64];

	if (q->nr == q->room) {
		more = realloc(q->threads, (q->room + 16) * sizeof(*more));
		if (!more)
			return false;
		q->threads = more;
		q->room += 16;
	}
	t = &q->threads[q->nr];
	*t = (struct thread){.tid = tid};
	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	t->stat = open_handle(path, O_RDONLY);
	snprintf(path, sizeof(path), "/proc/self/task/%d/schedstat", tid);
	t->times = open_handle(path, O_RDONLY);
	q->nr++;
	return t->stat >= 0;
}

static nlink_t nr_links(const struct quiet *q)
{
	struct stat st = {0};
	int fd = held_fd_begin(q->dir);

	if (fd >= 0)
		host_raw(SYS_fstat, fd, &st);
	held_fd_end(q->dir);
	return st.st_nlink;
}

static bool was_busy(const struct thread *old, unsigned int nr, pid_t tid)
{
	for (unsigned int i = 0; i < nr; i++)
		if (old[i].tid == tid)
			return old[i].busy;
	return false;
}

/* List the threads anew: some were made or are gone. */
static bool threads_list(struct quiet *q)
{
	struct thread *old = q->threads;
	unsigned int nr_old = q->nr;
	const struct dirent *e;
	bool ok = true;
	DIR *dir;

	if (q->dir >= 0)
		held_fd_close(q->dir);
	q->dir = open_handle("/proc/self/task", O_RDONLY | O_DIRECTORY);
	q->threads = NULL;
	q->nr = q->room = 0;
	q->links = nr_links(q);
	dir = opendir("/proc/self/task");
	while (dir && ok && (e = readdir(dir))) {
		pid_t tid = atoi(e->d_name);

		if (!tid)
			continue;
		ok = threads_add(q, tid);
		if (ok)
			q->threads[q->nr - 1].busy = was_busy(old, nr_old, tid);
	}
	if (dir)
		closedir(dir);
	for (unsigned int i = 0; i < nr_old; i++)
		thread_close(&old[i]);
	free(old);
	if (!dir || !ok)
		q->links = 0;
	return dir && ok;
}

/* Bytes read of a file in /proc from its beginning; < 0: the thread is gone. */
static ssize_t read_again(int handle, char *buf, size_t size)
{
	int fd = held_fd_begin(handle);
	ssize_t n = fd < 0 ? -1 : pread(fd, buf, size - 1, 0);

	held_fd_end(handle);
	buf[n > 0 ? n : 0] = 0;
	return n;
}

/* Of a line of /proc/self/task/N/stat: the state's letter. */
static char state_letter(const char *line)
{
	const char *end = strrchr(line, ')');

	return end && end[1] ? end[2] : '?';
}

enum sleep { ASLEEP, AWAKE, GONE };

/* Asleep now: neither ready to run nor in an uninterruptible wait. */
static enum sleep thread_state(struct thread *t)
{
	char line[160];

	if (read_again(t->stat, line, sizeof(line)) <= 0)
		return GONE;
	switch (state_letter(line)) {
	case 'S': t->busy = false; return ASLEEP;
	case 'T': /* stopped, by a debugger or a signal: it sleeps */
	case 't': return ASLEEP;
	case 'Z':
	case 'X': return GONE;
	}
	return t->busy ? ASLEEP : AWAKE;
}

static enum sleep threads_state(struct quiet *q)
{
	char times[sizeof(q->threads->seen)];
	const pid_t self = thread_id();

	for (unsigned int i = 0; i < q->nr; i++) {
		struct thread *t = &q->threads[i];

		t->skip = t->tid == self || vm_runs_thread(t->tid);
		if (!t->skip && t->times >= 0)
			read_again(t->times, t->seen, sizeof(t->seen));
	}
	for (unsigned int i = 0; i < q->nr; i++) {
		struct thread *t = &q->threads[i];
		enum sleep state = t->skip ? ASLEEP : thread_state(t);

		if (state != ASLEEP)
			return state;
	}
	for (unsigned int i = 0; i < q->nr; i++) {
		struct thread *t = &q->threads[i];

		if (t->skip || t->busy || t->times < 0)
			continue;
		if (read_again(t->times, times, sizeof(times)) <= 0)
			return GONE;
		if (strcmp(times, t->seen))
			return AWAKE;
	}
	return ASLEEP;
}

static bool threads_asleep(struct quiet *q)
{
	enum sleep state;

	if (q->dir < 0 || nr_links(q) != q->links) {
		if (!threads_list(q))
			return false;
	}
	state = threads_state(q);
	if (state == GONE)
		q->links = 0;
	return state == ASLEEP && nr_links(q) == q->links;
}

bool quiet_look(struct quiet *q)
{
	int saved = errno;
	bool quiet = threads_asleep(q);

	errno = saved;
	return quiet;
}

void quiet_give_up(struct vm *vm, struct quiet *q)
{
	int saved = errno;

	for (unsigned int i = 0; i < q->nr; i++)
		if (!q->threads[i].skip &&
		    thread_state(&q->threads[i]) == AWAKE)
			q->threads[i].busy = true;
	if (!q->warned)
		log_info("the VMM was busy for %lu ms: time goes on, and the "
			 "run can't be repeated but by --replay",
			 vm->turns->wait_ns / 1000000);
	q->warned = true;
	errno = saved;
}
