/* SPDX-License-Identifier: MIT */
/*
 * Collecting the reasons of refusals; see refuse.h.
 */
#include "base/refuse.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__thread struct refusal *refusal_now __attribute__((tls_model("initial-exec")));

void refusal_begin(struct refusal *r)
{
	r->err = -1;
	r->id = FKVM_NONE;
	r->outer = refusal_now;
	refusal_now = r;
}

void refusal_end(struct refusal *r)
{
	refusal_now = r->outer;
	if (!r->outer || r->err < 0)
		return;
	r->outer->err = r->err;
	r->outer->id = r->id;
	memcpy(r->outer->why, r->why, sizeof(r->why));
}

bool refusal_explains(const struct refusal *r, long ret)
{
	return ret >= 0 || r->err == -ret;
}

void refusal_note(int err, enum message id, const char *fmt, ...)
{
	struct refusal *r = refusal_now;
	va_list ap;

	r->err = err;
	r->id = id;
	va_start(ap, fmt);
	vsnprintf(r->why, sizeof(r->why), fmt, ap);
	va_end(ap);
}

void refusal_within(int err, const char *fmt, ...)
{
	struct refusal *r = refusal_now;
	char why[sizeof(r->why)];
	va_list ap;
	int len;

	if (r->err != err)
		return;
	memcpy(why, r->why, sizeof(why));
	va_start(ap, fmt);
	len = vsnprintf(r->why, sizeof(r->why), fmt, ap);
	va_end(ap);
	if (len >= 0 && (size_t)len < sizeof(r->why))
		snprintf(r->why + len, sizeof(r->why) - len, ": %s", why);
}

void refusal_log(const struct refusal *r, long ret, const char *call,
		 const char *object, int fd)
{
	const bool known = refusal_explains(r, ret);
	const struct log_entry e = {
		.level = LOG_INFO,
		.id = known ? r->id : FKVM_NONE,
		.call = call,
		.object = object,
		.fd = fd,
		.err = (int)-ret,
		.text = known ? r->why : "no explanation",
	};

	if (log_enabled(LOG_INFO))
		log_entry(&e);
}
