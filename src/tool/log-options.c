/* SPDX-License-Identifier: MIT */
/*
 * The options of the log, see log-options.h.
 */
#include "tool/log-options.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/message.h"
#include "base/refuse.h"
#include "base/text-file.h"
#include "tool/options.h"
#include "tool/run.h"
#include "tool/tool.h"

#define SUPPRESS_FILE_MAX 65536

/* More than are there already. */
static int suppress_more(struct run_options *run, const char *ids)
{
	char *all;

	if (asprintf(&all, "%s%s%s", run->suppress ? run->suppress : "",
		     run->suppress ? "," : "", ids) < 0)
		return tool_fail("no memory");
	free(run->suppress);
	run->suppress = all;
	return setenv(SUPPRESS_ENV, all, 1) ? tool_fail("no memory") : 0;
}

/* @where: the option, or the line of a file. */
static int ids_check(const char *ids, const char *where)
{
	size_t n;

	do {
		n = strcspn(ids, ",");
		if (!message_find(ids, n))
			return tool_fail("%s: there is no message '%.*s'; "
					 "see fauxkvm list messages",
					 where, (int)n, ids);
		ids += n;
	} while (*ids++);
	return 0;
}

int run_set_suppress(void *to, const char *value)
{
	return ids_check(value, "suppress") ? EXIT_USAGE
					    : suppress_more(to, value);
}

/* An id a line; what follows '#' is a comment. */
static int lines_suppress(struct run_options *run, char *text)
{
	char *line, where[PATH_MAX + 32];
	unsigned int nr = 0;

	while ((line = strsep(&text, "\n"))) {
		line[strcspn(line, "#")] = '\0';
		line += strspn(line, " \t");
		line[strcspn(line, " \t\r")] = '\0';
		snprintf(where, sizeof(where), "suppress-file: %s:%u",
			 run->suppress_file, ++nr);
		if (*line &&
		    (ids_check(line, where) || suppress_more(run, line)))
			return EXIT_USAGE;
	}
	return 0;
}

int run_set_suppress_file(void *to, const char *value)
{
	if (access(value, R_OK))
		return tool_fail("suppress-file: %s: %s", value,
				 strerror(errno));
	((struct run_options *)to)->suppress_file = value;
	return 0;
}

static int file_suppress(struct run_options *run)
{
	struct refusal r;
	char *text;
	long len;
	int ret;

	refusal_begin(&r);
	len = text_file_read(run->suppress_file, SUPPRESS_FILE_MAX, &text);
	refusal_end(&r);
	if (len < 0)
		return tool_fail("suppress-file: %s", r.why);
	text[len] = '\0';
	ret = lines_suppress(run, text);
	free(text);
	/* Their ids are in the environment, for whoever is executed. */
	unsetenv("FAUXKVM_SUPPRESS_FILE");
	return ret;
}

int run_set_log_format(void *to, const char *value)
{
	if (!strcmp(value, "text") || !strcmp(value, "json"))
		return 0;
	return tool_fail("log-format: '%s' is neither text nor json", value);
}

int run_set_error_exitcode(void *to, const char *value)
{
	char *end;
	long n = strtol(value, &end, 10);

	if (!*value || *end || n < 1 || n > 255)
		return tool_fail("error-exitcode: '%s' is no number from 1 to "
				 "255",
				 value);
	((struct run_options *)to)->error_exitcode = (int)n;
	return 0;
}

int log_options_finish(struct run_options *run)
{
	const char *log = getenv(LOG_ENV);

	if (run->suppress_file && file_suppress(run))
		return EXIT_USAGE;
	if (!run->error_exitcode)
		return 0;
	/* The whole run is watched, not each program in it. */
	unsetenv("FAUXKVM_ERROR_EXITCODE");
	if (!log || !*log)
		return setenv(LOG_ENV, "warn", 1) ? tool_fail("no memory") : 0;
	if (!strncmp(log, "error", 5))
		return tool_fail("error-exitcode: --log %s gives no warnings",
				 log);
	return 0;
}
