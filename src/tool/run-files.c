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
	bool made; /* here it is asked whether it can be written */
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

static int write_check(const struct run_file *file, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (file[i].made && file[i].path &&
		    strcmp(file[i].path, "/dev/stderr") &&
		    !files_can_write(file[i].path, 0))
			return tool_fail("%s: %s: %s", file[i].option,
					 file[i].path, strerror(errno));
	return 0;
}

/* It is mapped. */
static int stat_check(const char *path)
{
	struct stat st;

	if (path && !stat(path, &st) && !S_ISREG(st.st_mode))
		return tool_fail("stat: %s: not a regular file", path);
	return 0;
}

int run_files_check(const struct run_options *opts)
{
	const struct kernel_clock_options *clock = kernel_clock();
	const struct run_file files[] = {
		{"suppress-file", opts->suppress_file, FILE_READ, false},
		{"host", host_file(), FILE_READ, false},
		{"costs", clock->costs, FILE_READ, false},
		{"replay", clock->replay, FILE_READ, false},
		{"record", clock->record, FILE_WRITTEN, false},
		{"stat", clock->stat, FILE_WRITTEN, true},
		{"irq-trace", clock->irq_trace, FILE_WRITTEN, true},
		{"trace", clock->trace,
		 clock->trace_format == TRACE_PERFETTO ? FILE_WRITTEN
						       : FILE_LINES,
		 true},
		{"trace", opts->counts, FILE_WRITTEN, false},
		{"log", log_file(), FILE_LINES, false},
	};

	if (stat_check(clock->stat) || write_check(files, ARRAY_SIZE(files)))
		return EXIT_USAGE;
	return shares_check(files, ARRAY_SIZE(files));
}
