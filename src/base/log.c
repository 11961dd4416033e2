/* SPDX-License-Identifier: MIT */
/*
 * Diagnostics to stderr or a file, chosen by FAUXKVM_LOG (see log.h). A line
 * is formatted on the stack and written with one write(2), so lines of
 * several threads and processes do not mix.
 */
#include "base/log.h"
#include "base/host.h"
#include "base/types.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pthread_once_t log_once = PTHREAD_ONCE_INIT;
/* Published after log_path. */
enum { LOG_UNREAD = LOG_DEBUG + 1 };
_Atomic int log_max = LOG_UNREAD;
static char log_path[256]; /* empty: stderr */

static const char *const level_names[] = {
	[LOG_ERROR] = "error",
	[LOG_WARN] = "warn",
	[LOG_INFO] = "info",
	[LOG_DEBUG] = "debug",
};

static void log_set_path(const char *path)
{
	const char *pid = strstr(path, "%p");

	if (pid)
		snprintf(log_path, sizeof(log_path), "%.*s%d%s",
			 (int)(pid - path), path, (int)getpid(), pid + 2);
	else
		snprintf(log_path, sizeof(log_path), "%s", path);
}

static void log_setup(void)
{
	const char *env = getenv("FAUXKVM_LOG");
	const char *colon;
	int max = 0;
	size_t len;

	if (!env || !*env) {
		atomic_store(&log_max, 0);
		return;
	}
	colon = strchr(env, ':');
	len = colon ? (size_t)(colon - env) : strlen(env);
	for (int i = LOG_ERROR; i <= LOG_DEBUG; i++)
		if (strlen(level_names[i]) == len &&
		    !strncmp(env, level_names[i], len))
			max = i;
	if (colon && colon[1])
		log_set_path(colon + 1);
	atomic_store_explicit(&log_max, max, memory_order_release);
}

bool log_enabled_now(enum log_level level)
{
	int max = atomic_load_explicit(&log_max, memory_order_acquire);

	if (unlikely(max == LOG_UNREAD)) {
		int saved = errno;

		pthread_once(&log_once, log_setup);
		errno = saved;
		max = atomic_load(&log_max);
	}
	return (int)level <= max;
}

/* Opened per line: a descriptor kept open is one the VMM might close or dup. */
static void log_line(const char *line, size_t len)
{
	int fd = STDERR_FILENO;
	ssize_t ret;

	if (log_path[0]) {
		fd = host_open(log_path,
			       O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC |
				       O_NOFOLLOW,
			       0644);
		if (fd < 0)
			return;
	}
	do {
		ret = host_write(fd, line, len);
	} while (ret < 0 && errno == EINTR);
	if (fd != STDERR_FILENO)
		host_close(fd);
}

static size_t clamp_len(int n, size_t size)
{
	if (n < 0)
		return 0;
	return (size_t)n < size ? (size_t)n : size - 1;
}

void log_write(enum log_level level, const char *fmt, ...)
{
	int saved = errno;
	char line[1024];
	size_t len;
	va_list ap;

	if (!log_enabled(level))
		return;
	len = clamp_len(snprintf(line, sizeof(line), "fauxkvm[%d] %s: ",
				 (int)getpid(), level_names[level]),
			sizeof(line));
	va_start(ap, fmt);
	len += clamp_len(vsnprintf(line + len, sizeof(line) - len - 1, fmt, ap),
			 sizeof(line) - len - 1);
	va_end(ap);
	line[len++] = '\n';
	log_line(line, len);
	errno = saved;
}

void bug_report(const char *file, int line, const char *cond, const char *fmt,
		...)
{
	char msg[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	fprintf(stderr, "fauxkvm: bug at %s:%d: %s: %s\n", file, line, cond,
		msg);
	abort();
}
