/* SPDX-License-Identifier: MIT */
/*
 * Saying a warning once, and counting it; see warn.h.
 */
#include "base/warn.h"

#include <stdarg.h>

/* The rows of warnings are the last ones. */
static unsigned int warning_bit(enum message id)
{
	return 1u << (NR_MESSAGES - 1 - id);
}

bool warn_is_new(struct warned *w, enum message id)
{
	return warnings_wanted() &&
	       !(w && (atomic_load(&w->kinds) & warning_bit(id)));
}

void warn_once(struct warned *w, enum message id, const char *fmt, ...)
{
	va_list ap;

	bug_on(!message_is_warning(id), "message %d is no warning", id);
	if (!warn_is_new(w, id) ||
	    (w &&
	     (atomic_fetch_or(&w->kinds, warning_bit(id)) & warning_bit(id))))
		return;
	va_start(ap, fmt);
	log_message(LOG_WARN, id, fmt, ap);
	va_end(ap);
}
