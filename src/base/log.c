/* SPDX-License-Identifier: MIT */
/*
 * Diagnostics to stderr or a file, chosen by FAUXKVM_LOG (see log.h). A line
 * is formatted on the stack and written with one write(2), so lines of
 * several threads and processes do not mix.
 */
#include "base/log.h"
#include "base/host.h"
#include "base/log-setting.h"
#include "base/out-file.h"
#include "base/types.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static pthread_once_t log_once = PTHREAD_ONCE_INIT;
/* Published after log_path. */
enum { LOG_UNREAD = LOG_DEBUG + 1 };
_Atomic int log_max = LOG_UNREAD;
static char log_path[PATH_MAX]; /* empty: stderr */
static bool log_json;
static bool log_suppressed[NR_MESSAGES];

static const char *const level_names[] = {
	[LOG_ERROR] = "error",
	[LOG_WARN] = "warn",
	[LOG_INFO] = "info",
	[LOG_DEBUG] = "debug",
};

static void log_set_path(const char *path)
{
	const char *pid = strstr(path, "%p");
	char cwd[PATH_MAX] = "";
	int len;

	/* The VMM may go to another folder. */
	if (*path != '/' && getcwd(cwd, sizeof(cwd) - 1))
		strcat(cwd, "/");
	len = snprintf(log_path, sizeof(log_path), "%s%.*s", cwd,
		       pid ? (int)(pid - path) : (int)strlen(path), path);
	if (pid && len < (int)sizeof(log_path))
		snprintf(log_path + len, sizeof(log_path) - (size_t)len, "%d%s",
			 (int)getpid(), pid + 2);
}

/* Of "LEVEL" or "LEVEL:FILE", 0: there is no such level. */
static int level_of(const char *setting)
{
	size_t len = strcspn(setting, ":");

	for (int i = LOG_ERROR; i <= LOG_DEBUG; i++)
		if (strlen(level_names[i]) == len &&
		    !strncmp(setting, level_names[i], len))
			return i;
	return 0;
}

bool log_level_is_known(const char *setting)
{
	return level_of(setting);
}

/* Names that don't exist are ignored here; `fauxkvm run` refuses them. */
static void log_suppress(const char *names)
{
	while (names && *names) {
		size_t n = strcspn(names, ",");
		enum message id = message_find(names, n);

		if (id)
			log_suppressed[id] = true;
		names += n + (names[n] == ',');
	}
}

static _Atomic uint32_t *warned; /* NULL: nobody counts */

/* A mapping outlives a change of root and of namespaces. Without a level warnings are
 * counted, too, so they have to be given. */
static void log_count(const char *path)
{
	void *page;
	int fd;

	if (!path || !*path)
		return;
	fd = host_open(path, O_RDWR | O_CLOEXEC | O_NOCTTY, 0);
	if (fd < 0)
		return;
	page = (void *)host_raw(SYS_mmap, 0, WARNED_SIZE,
				PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	host_close(fd);
	if ((unsigned long)page < -4095UL)
		warned = page;
}

static void log_form(void)
{
	const char *format = getenv(LOG_FORMAT_ENV);

	log_json = format && !strcmp(format, "json");
	log_suppress(getenv(SUPPRESS_ENV));
	log_count(getenv(WARNED_ENV));
}

static void log_setup(void)
{
	const char *env = getenv("FAUXKVM_LOG");
	const char *colon;

	if (!env || !*env) {
		atomic_store(&log_max, 0);
		return;
	}
	colon = strchr(env, ':');
	log_form();
	if (colon && colon[1])
		log_set_path(colon + 1);
	atomic_store_explicit(&log_max, level_of(env), memory_order_release);
}

void log_start(void)
{
	log_enabled_now(LOG_ERROR);
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
static int file_line(const char *line, size_t len)
{
	int fd = out_file_open(log_path, O_APPEND | O_NOFOLLOW);
	int err;

	if (fd < 0)
		return errno;
	err = host_write_all_quiet(fd, line, len);
	host_close(fd);
	return err;
}

/* That a log is not whole has to be seen somewhere, once. */
static void log_line(const char *line, size_t len)
{
	static atomic_bool told;
	static char text[PATH_MAX + 128];
	int err;

	if (!log_path[0]) {
		host_write_all_quiet(STDERR_FILENO, line, len);
		return;
	}
	err = file_line(line, len);
	if (!err || atomic_exchange(&told, true))
		return;
	snprintf(text, sizeof(text),
		 "fauxkvm[%d] error: %s: the log is not whole: %s\n",
		 (int)getpid(), log_path, strerrordesc_np(err));
	host_write_all_quiet(STDERR_FILENO, text, strlen(text));
}

static size_t clamp_len(int n, size_t size)
{
	if (n < 0)
		return 0;
	return (size_t)n < size ? (size_t)n : size - 1;
}

/* A line as it grows; what doesn't fit is cut off. */
struct line {
	char text[1536];
	size_t len;
};

static __attribute__((format(printf, 2, 3))) void line_add(struct line *l,
							   const char *fmt, ...)
{
	/* One byte less for the newline. */
	const size_t room = sizeof(l->text) - 1 - l->len;
	va_list ap;

	va_start(ap, fmt);
	l->len += clamp_len(vsnprintf(l->text + l->len, room, fmt, ap), room);
	va_end(ap);
}

/* @text as JSON has strings, and nothing of it beyond the line. */
static void line_add_json(struct line *l, const char *key, const char *text)
{
	line_add(l, ", \"%s\": \"", key);
	for (; *text && l->len < sizeof(l->text) - 64; text++) {
		const unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			line_add(l, "\\%c", c);
		else if (c < 0x20 || c >= 0x7f)
			line_add(l, "\\u%04x", c);
		else
			line_add(l, "%c", c);
	}
	line_add(l, "\"");
}

static const char *errno_name(int err)
{
	const char *name = strerrorname_np(err);

	return name ? name : "?";
}

static void line_text(struct line *l, const struct log_entry *e)
{
	char id[MESSAGE_NAME_MAX];

	line_add(l, "fauxkvm[%d] %s: ", (int)getpid(), level_names[e->level]);
	if (e->call)
		line_add(l, "%s(%s fd %d) = -1 %s: ", e->call, e->object, e->fd,
			 errno_name(e->err));
	line_add(l, "%s", e->text);
	if (e->id)
		line_add(l, " [%s]", message_name(e->id, id));
}

static void line_json(struct line *l, const struct log_entry *e)
{
	char id[MESSAGE_NAME_MAX];
	struct timespec now;

	host_raw(SYS_clock_gettime, CLOCK_REALTIME, (long)&now);
	line_add(l, "{\"time\": %lld.%06ld, \"pid\": %d, \"tid\": %ld",
		 (long long)now.tv_sec, now.tv_nsec / 1000, (int)getpid(),
		 host_raw(SYS_gettid));
	line_add_json(l, "level", level_names[e->level]);
	if (e->id)
		line_add_json(l, "id", message_name(e->id, id));
	if (e->call) {
		line_add_json(l, "call", e->call);
		line_add_json(l, "object", e->object);
		line_add(l, ", \"fd\": %d", e->fd);
		line_add_json(l, "errno", errno_name(e->err));
	}
	line_add_json(l, "message", e->text);
	line_add(l, "}");
}

void log_entry(const struct log_entry *e)
{
	int saved = errno;
	struct line l = {.len = 0};

	if (log_suppressed[e->id])
		return;
	if (warned && message_is_warning(e->id))
		atomic_fetch_add(warned, 1);
	if (log_json)
		line_json(&l, e);
	else
		line_text(&l, e);
	l.text[l.len++] = '\n';
	log_line(l.text, l.len);
	errno = saved;
}

void log_message(enum log_level level, enum message id, const char *fmt,
		 va_list ap)
{
	int saved = errno;
	char text[1024];
	const struct log_entry e = {.level = level, .id = id, .text = text};

	vsnprintf(text, sizeof(text), fmt, ap);
	log_entry(&e);
	errno = saved;
}

void log_write(enum log_level level, const char *fmt, ...)
{
	va_list ap;

	if (!log_enabled(level))
		return;
	va_start(ap, fmt);
	log_message(level, FKVM_NONE, fmt, ap);
	va_end(ap);
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
