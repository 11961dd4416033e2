/* SPDX-License-Identifier: MIT */
/*
 * The files that a run reads and writes, see run-files.h. What is written to one that
 * is something else too would destroy both: a recording that is replayed, say.
 */
#include "tool/run-files.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "base/types.h"
#include "kernel/kernel.h"
#include "kernel/trace.h"
#include "tool/files.h"
#include "tool/tool.h"

enum use {
	FILE_READ,
	FILE_WRITTEN,
	FILE_LINES, /* appended to, a line at a time */
};

struct run_file {
	const char *option, *path; /* NULL: none */
	enum use use;
};

/* Of "LEVEL:FILE". */
static const char *log_file(void)
{
	const char *log = getenv(LOG_ENV);
	const char *colon = log ? strchr(log, ':') : NULL;

	return colon && colon[1] ? colon + 1 : NULL;
}

static const char *host_file(void)
{
	const char *host = getenv(HOST_ENV);

	return host && strchr(host, '/') ? host : NULL;
}

/* Such lines may be read together. */
static bool may_share(const struct run_file *a, const struct run_file *b)
{
	return (a->use == FILE_READ && b->use == FILE_READ) ||
	       (a->use == FILE_LINES && b->use == FILE_LINES);
}

static int shares_check(const struct run_file *file, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			if (file[i].path && file[k].path &&
			    !may_share(&file[k], &file[i]) &&
			    files_same(file[k].path, file[i].path))
				return tool_fail("%s and %s are the same file: "
						 "%s",
						 file[k].option, file[i].option,
						 file[i].path);
	return 0;
}

static int write_check(const struct kernel_clock_options *clock)
{
	const char *const files[] = {clock->stat, clock->irq_trace,
				     clock->trace};
	struct stat st;

	/* It is mapped. */
	if (clock->stat && !stat(clock->stat, &st) && !S_ISREG(st.st_mode))
		return tool_fail("stat: %s: not a regular file", clock->stat);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (files[i] && strcmp(files[i], "/dev/stderr") &&
		    !files_can_write(files[i], 0))
			return tool_fail("%s: %s", files[i], strerror(errno));
	return 0;
}

int run_files_check(const struct run_options *opts)
{
	const struct kernel_clock_options *clock = kernel_clock();
	const struct run_file files[] = {
		{"suppress-file", opts->suppress_file, FILE_READ},
		{"host", host_file(), FILE_READ},
		{"costs", clock->costs, FILE_READ},
		{"replay", clock->replay, FILE_READ},
		{"record", clock->record, FILE_WRITTEN},
		{"stat", clock->stat, FILE_WRITTEN},
		{"irq-trace", clock->irq_trace, FILE_WRITTEN},
		{"trace", clock->trace,
		 clock->trace_format == TRACE_PERFETTO ? FILE_WRITTEN
						       : FILE_LINES},
		{"log", log_file(), FILE_LINES},
	};

	return write_check(clock) ? EXIT_USAGE
				  : shares_check(files, ARRAY_SIZE(files));
}
