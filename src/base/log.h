/* SPDX-License-Identifier: MIT */
/*
 * Diagnostics: lines by level, why an errno was given, and our own mistakes.
 * We live in somebody else's process: nothing is ever written to its stdout,
 * and nothing at all unless FAUXKVM_LOG is set, except a bug_on() report. No
 * function here changes errno.
 *
 * FAUXKVM_LOG=LEVEL[:FILE], LEVEL one of error, warn, info, debug; without
 * FILE lines go to stderr, "%p" in FILE stands for the process id. FILE may not
 * be a symbolic link. FAUXKVM_LOG_FORMAT=json makes an object of each line, see
 * docs/log.schema.json. FAUXKVM_SUPPRESS=ID[,ID...] drops what has one of these
 * ids (message.h).
 */
#ifndef FAUXKVM_BASE_LOG_H
#define FAUXKVM_BASE_LOG_H

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/message.h"

#define LOG_ENV        "FAUXKVM_LOG"
#define LOG_FORMAT_ENV "FAUXKVM_LOG_FORMAT"
#define SUPPRESS_ENV   "FAUXKVM_SUPPRESS"
/* A file of WARNED_SIZE bytes whose first word counts warnings: of the run,
 * for `fauxkvm run --error-exitcode`. It is not there: nobody counts. */
#define WARNED_ENV  "FAUXKVM_WARNED"
#define WARNED_SIZE 4096

enum log_level { LOG_ERROR = 1, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* The highest level that is written, 0: nothing; before the environment was
 * read one above all. For log_enabled() only. */
extern _Atomic int log_max;
bool log_enabled_now(enum log_level level);

/* True when a line of @level would be written: guard costly arguments. */
static inline bool log_enabled(enum log_level level)
{
	int max = atomic_load_explicit(&log_max, memory_order_relaxed);

	return __builtin_expect((int)level <= max, 0) && log_enabled_now(level);
}

/*
 * Write one line (no newline in @fmt needed) prefixed with the process and
 * the level. Thread-safe; not async-signal-safe.
 */
void log_write(enum log_level level, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* A line and its parts. Where @call is NULL it is only @text that is said. */
struct log_entry {
	enum log_level level;
	enum message id;  /* FKVM_NONE: it has none */
	const char *call; /* a request or system call that failed with @err */
	const char *object;
	int fd, err;
	const char *text;
};

/* Write it, unless its id is suppressed; whether its level is enabled is the
 * caller's to ask. */
void log_entry(const struct log_entry *e);
/* The same of a text alone. */
void log_message(enum log_level level, enum message id, const char *fmt,
		 va_list ap) __attribute__((format(printf, 3, 0)));

/* Map WARNED_ENV's file, before the VMM can lose sight of it. */
void log_start(void);

#define log_error(...) log_write(LOG_ERROR, __VA_ARGS__)
#define log_warn(...)  log_write(LOG_WARN, __VA_ARGS__)
#define log_info(...)                                     \
	do {                                              \
		if (log_enabled(LOG_INFO))                \
			log_write(LOG_INFO, __VA_ARGS__); \
	} while (0)
#define log_debug(...)                                     \
	do {                                               \
		if (log_enabled(LOG_DEBUG))                \
			log_write(LOG_DEBUG, __VA_ARGS__); \
	} while (0)

/*
 * Our own mistake: prints file, line, condition and the formatted message to
 * stderr and aborts. Stays in release builds. Never for anything a guest or a
 * VMM can cause.
 */
#define bug_on(cond, ...)                                                   \
	do {                                                                \
		if (__builtin_expect(!!(cond), 0))                          \
			bug_report(__FILE__, __LINE__, #cond, __VA_ARGS__); \
	} while (0)

void bug_report(const char *file, int line, const char *cond, const char *fmt,
		...) __attribute__((noreturn, format(printf, 4, 5)));

#endif
