/* SPDX-License-Identifier: MIT */
/*
 * Warnings: what a VMM or guest does that Linux allows and that is hardly meant
 * (a WARNING row of messages.def). They are lines of the log at level warn, each
 * kind once for each object, and are counted for `fauxkvm run --error-exitcode`.
 *
 * Nothing is looked at unless the log is at warn: ask warnings_wanted() before
 * a check that costs.
 */
#ifndef FAUXKVM_BASE_WARN_H
#define FAUXKVM_BASE_WARN_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/log.h"
#include "base/message.h"

/* What an object has been warned of; all 0 at first. */
struct warned {
	_Atomic unsigned int kinds;
};

static inline bool warnings_wanted(void)
{
	return log_enabled(LOG_WARN);
}

/* Say it, unless @w knows of it already; NULL: always. Any thread, locks may be
 * held; leaves errno alone. */
void warn_once(struct warned *w, enum message id, const char *fmt, ...)
	__attribute__((format(printf, 3, 4), cold));

/* Is @w yet to be told of @id, were it the case? */
bool warn_is_new(struct warned *w, enum message id);

#endif
