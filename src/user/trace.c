/* SPDX-License-Identifier: MIT */
/*
 * A line in the log for each system call, see trace.h. Names of errors and
 * signals are the host's, whose numbers are arm64's.
 */
#include "user/trace.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "base/log.h"
#include "user/convert.h"
#include "user/syscall.h"

#define LINE_MAX_LEN 512
#define TEXT_MAX     96

struct line {
	char text[LINE_MAX_LEN];
	size_t len;
};

__attribute__((format(printf, 2, 3))) static void put(struct line *l,
						      const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(l->text + l->len, sizeof(l->text) - l->len, fmt, ap);
	va_end(ap);
	if (n > 0)
		l->len += (size_t)n;
	if (l->len >= sizeof(l->text))
		l->len = sizeof(l->text) - 1;
}

static void put_path(struct line *l, uint64_t addr)
{
	char text[TEXT_MAX];

	if (!addr)
		put(l, "NULL");
	else if (copy_string_from_user(text, (const void *)addr, sizeof(text)))
		put(l, "\"%s\"", text);
	else if (copy_from_user(text, (const void *)addr, sizeof(text)))
		put(l, "%#" PRIx64, addr);
	else
		put(l, "\"%.*s\"...", TEXT_MAX, text);
}

static void put_arg(struct line *l, unsigned int kind, uint64_t val)
{
	const char *name;

	switch (kind) {
	case ARG_FD: put(l, "%d", (int)val); return;
	case ARG_DIR_FD:
		if ((int)val == AT_FDCWD)
			put(l, "AT_FDCWD");
		else
			put(l, "%d", (int)val);
		return;
	case ARG_SIZE: put(l, "%" PRIu64, val); return;
	case ARG_PATH:
	case ARG_LINK:
	case ARG_NEW_PATH: put_path(l, val); return;
	case ARG_SIGNAL:
		name = sigabbrev_np((int)val);
		if (name)
			put(l, "SIG%s", name);
		else
			put(l, "%d", (int)val);
		return;
	case ARG_OPEN_FLAGS: put(l, "%#o", (unsigned int)val); return;
	case ARG_POINTER:
		if (!val) {
			put(l, "NULL");
			return;
		}
	}
	if (val < 10)
		put(l, "%" PRIu64, val);
	else if ((int64_t)val < 0 && (int64_t)val > -4096)
		put(l, "%" PRId64, (int64_t)val);
	else
		put(l, "%#" PRIx64, val);
}

static void put_call(struct line *l, const struct user_call *call,
		     const uint64_t args[6])
{
	put(l, "%s(", call->name);
	for (unsigned int k = 0; k < 6 && call->args[k] != ARG_NONE; k++) {
		if (k)
			put(l, ", ");
		put_arg(l, call->args[k], args[k]);
	}
	put(l, ")");
}

void trace_begin(const struct user_call *call, const uint64_t args[6])
{
	struct line l = {.len = 0};

	put_call(&l, call, args);
	log_debug("%s...", l.text);
}

static void put_result(struct line *l, long ret)
{
	const char *name;

	if (ret == USER_AGAIN)
		put(l, " = (made again)");
	else if (ret == USER_REGISTERS_SET)
		put(l, " = (registers)");
	else if (ret >= 0 || ret < -4095)
		put(l, ret >= -4096 && ret < 65536 ? " = %ld" : " = %#lx", ret);
	else if ((name = strerrorname_np((int)-ret)))
		put(l, " = -%s", name);
	else
		put(l, " = %ld", ret);
}

void trace_call(uint64_t nr, const struct user_call *call,
		const uint64_t args[6], long ret)
{
	struct line l = {.len = 0};

	if (call)
		put_call(&l, call, args);
	else
		put(&l, "system call %" PRIu64, nr);
	put_result(&l, ret);
	log_debug("%s", l.text);
}
