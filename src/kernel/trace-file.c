/* SPDX-License-Identifier: MIT */
/*
 * Where a trace goes: a file that several processes append to, a line at a
 * time, and the counts that they share; see trace.h.
 *
 * A line is whole in one write(), so that lines of processes do not mix and a
 * crash loses none that was complete.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/held-fd.h"
#include "base/host.h"
#include "base/log.h"
#include "base/out-file.h"
#include "kernel/trace.h"

#define BUFFER_SIZE (128 << 10)
/* What is there before more is written than one line. */
#define FULL_SIZE (64 << 10)

static const char *wanted; /* NULL: no file */
static int handle = -1;
static char buffer[BUFFER_SIZE];
static size_t filled;

bool trace_file_wanted(void)
{
	return wanted;
}

static int file_open(const char *path)
{
	char name[PATH_MAX];
	const char *pid = strstr(path, "%p");

	if (!strcmp(path, "/dev/stderr"))
		return host_fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	if (pid)
		snprintf(name, sizeof(name), "%.*s%d%s", (int)(pid - path),
			 path, (int)getpid(), pid + 2);
	return out_file_open(pid ? name : path, O_APPEND);
}

void trace_file_start(const char *path)
{
	wanted = path;
	if (!path)
		return;
	handle = held_fd_take(file_open(path));
	if (handle < 0) {
		log_error("the trace %s: %s", path, strerror(-handle));
		wanted = NULL;
	}
}

void trace_file_forked(void)
{
	filled = 0;
	trace_file_start(wanted);
}

void trace_put(const char *fmt, ...)
{
	size_t room = sizeof(buffer) - filled;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buffer + filled, room, fmt, ap);
	va_end(ap);
	filled += n < 0 ? 0 : (size_t)n < room ? (size_t)n : room - 1;
	if (filled > FULL_SIZE && buffer[filled - 1] == '\n')
		trace_file_flush();
}

/* Once: a full disk would be told of for each line. */
static void write_failed(int err)
{
	static bool told;

	if (!told)
		log_error("%s: the trace is not whole: %s", wanted,
			  strerror(err));
	told = true;
}

void trace_file_flush(void)
{
	int fd, err;

	if (!filled)
		return;
	fd = held_fd_begin(handle);
	err = fd < 0 ? 0 : host_write_all_quiet(fd, buffer, filled);
	if (err)
		write_failed(err);
	held_fd_end(handle);
	filled = 0;
}

/* ---- counts -------------------------------------------------------------- */

static struct trace_counts *counts;

bool trace_counts_wanted(void)
{
	return counts;
}

void trace_count_start(const char *path)
{
	int fd = host_open(path, O_RDWR | O_CLOEXEC | O_NOCTTY, 0);
	void *at;

	if (fd < 0) {
		log_error(TRACE_COUNT_ENV "=%s: %s", path, strerror(errno));
		return;
	}
	at = host_mmap(NULL, sizeof(*counts), PROT_READ | PROT_WRITE,
		       MAP_SHARED, fd, 0);
	host_close(fd);
	if (at != MAP_FAILED &&
	    ((struct trace_counts *)at)->magic == TRACE_COUNT_MAGIC)
		counts = at;
}

/* Names are given in order, once each, by whichever process is first. */
static struct trace_count *count_find(const char *name)
{
	for (unsigned int i = 0; i < TRACE_COUNT_ROWS; i++) {
		struct trace_count *c = &counts->row[i];
		uint32_t state = 0;

		if (atomic_compare_exchange_strong(&c->state, &state, 1)) {
			snprintf(c->name, sizeof(c->name), "%s", name);
			atomic_store(&c->state, 2);
			return c;
		}
		/* Another process writes it, unless it died just there. */
		for (int n = 0; state == 1 && n < 1000; n++) {
			sched_yield();
			state = atomic_load(&c->state);
		}
		if (state == 2 && !strcmp(c->name, name))
			return c;
	}
	return NULL;
}

void trace_count_call(const char *name, bool failed, uint64_t ns)
{
	struct trace_count *c = count_find(name);
	uint64_t max;

	if (!c)
		return;
	atomic_fetch_add(&c->calls, 1);
	atomic_fetch_add(&c->ns, ns);
	if (failed)
		atomic_fetch_add(&c->errors, 1);
	max = atomic_load(&c->max_ns);
	while (ns > max && !atomic_compare_exchange_weak(&c->max_ns, &max, ns))
		;
}
