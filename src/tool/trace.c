/* SPDX-License-Identifier: MIT */
/*
 * fauxkvm trace: run a command as `fauxkvm run` does and write down what KVM is
 * asked and answers. The command's process writes itself, so that this one only
 * becomes it; where something comes behind the last line (the end of Perfetto's
 * list, the table of -c) it waits for it instead.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/out-file.h"
#include "base/refuse.h"
#include "base/types.h"
#include "kernel/kernel.h"
#include "kernel/trace.h"
#include "tool/files.h"
#include "tool/options.h"
#include "tool/run.h"
#include "tool/supervise.h"
#include "tool/tool.h"

#define STDERR_PATH "/dev/stderr"

static struct {
	const char *file; /* NULL: stderr */
	int fd;           /* of the file, while more is to be written there */
	const char *format;
	bool list; /* is that Perfetto's? */
	bool count;
	const char *filter_typed; /* NULL: none by -e */
	struct trace_counts *counts;
	const char *command;
} trace;

/* ---- what comes at the end ----------------------------------------------- */

static int by_time(const void *a, const void *b)
{
	uint64_t x = atomic_load(&((const struct trace_count *)a)->ns);
	uint64_t y = atomic_load(&((const struct trace_count *)b)->ns);

	return x < y ? 1 : x > y ? -1 : 0;
}

static void table_text(FILE *out, const struct trace_count *c, unsigned int nr,
		       const struct trace_count *sum)
{
	double all = sum->ns ? (double)sum->ns : 1;

	fprintf(out,
		"%% time     seconds  usecs/call    usecs max     calls    "
		"errors ioctl\n"
		"------ ----------- ----------- ------------ --------- "
		"--------- --------------------\n");
	for (unsigned int i = 0; i <= nr; i++) {
		const struct trace_count *r = i < nr ? &c[i] : sum;
		double ns = (double)r->ns;

		if (i == nr)
			fprintf(out, "------ ----------- ----------- "
				     "------------ --------- --------- "
				     "--------------------\n");
		fprintf(out, "%6.2f %11.6f %11.1f %12.1f %9" PRIu64,
			100 * ns / all, ns / 1e9,
			r->calls ? ns / 1e3 / (double)r->calls : 0,
			(double)r->max_ns / 1e3, r->calls);
		if (r->errors)
			fprintf(out, " %9" PRIu64, r->errors);
		else
			fprintf(out, " %9s", "");
		fprintf(out, " %s\n", i < nr ? r->name : "total");
	}
}

static void table_json(FILE *out, const struct trace_count *c, unsigned int nr,
		       const struct trace_count *sum)
{
	fprintf(out, "{\"calls\":[");
	for (unsigned int i = 0; i < nr; i++)
		fprintf(out,
			"%s{\"ioctl\":\"%s\",\"calls\":%" PRIu64
			",\"errors\":%" PRIu64 ",\"seconds\":%.9f"
			",\"max_seconds\":%.9f}",
			i ? "," : "", c[i].name, c[i].calls, c[i].errors,
			(double)c[i].ns / 1e9, (double)c[i].max_ns / 1e9);
	fprintf(out,
		"],\"total\":{\"calls\":%" PRIu64 ",\"errors\":%" PRIu64
		",\"seconds\":%.9f}}\n",
		sum->calls, sum->errors, (double)sum->ns / 1e9);
}

static int fail_file(void)
{
	return tool_fail("%s: %s", trace.file, strerror(errno));
}

static FILE *end_open(void)
{
	FILE *out = trace.file ? fdopen(trace.fd, "w") : stderr;

	if (!out)
		fail_file();
	return out;
}

static int end_close(FILE *out)
{
	int err;

	if (out == stderr)
		return fflush(out) ? EXIT_USAGE : 0;
	err = ferror(out) ? EIO : 0;
	if (fclose(out))
		err = errno;
	errno = err;
	return err ? fail_file() : 0;
}

static int table_write(void)
{
	static struct trace_count rows[TRACE_COUNT_ROWS];
	struct trace_count sum = {.state = 0};
	unsigned int nr = 0;
	FILE *out = end_open();

	if (!out)
		return EXIT_USAGE;
	for (unsigned int i = 0; i < TRACE_COUNT_ROWS; i++) {
		const struct trace_count *c = &trace.counts->row[i];

		if (atomic_load(&c->state) != 2)
			continue;
		memcpy(&rows[nr++], c, sizeof(*c));
		sum.calls += c->calls;
		sum.errors += c->errors;
		sum.ns += c->ns;
		if (c->max_ns > sum.max_ns)
			sum.max_ns = c->max_ns;
	}
	qsort(rows, nr, sizeof(rows[0]), by_time);
	if (!strcmp(trace.format, "json"))
		table_json(out, rows, nr, &sum);
	else
		table_text(out, rows, nr, &sum);
	return end_close(out);
}

/* Every line before has a comma behind it: there has to be one more. */
static int perfetto_end(pid_t pid)
{
	FILE *out = end_open();

	if (!out)
		return EXIT_USAGE;
	fprintf(out,
		"{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":%d,"
		"\"args\":{\"name\":\"",
		(int)pid);
	for (const char *c = trace.command; *c; c++)
		if (*c >= ' ' && *c < 0x7f && *c != '"' && *c != '\\')
			fputc(*c, out);
	fputs("\"}}\n]\n", out);
	return end_close(out);
}

/* A list that is closed has no line of a child's behind it. The child returns. */
static int wait_for_end(void)
{
	int ended, err;
	pid_t pid;

	fflush(NULL);
	pid = supervise_child(!trace.count, &ended);
	if (pid < 0)
		return EXIT_USAGE;
	if (!pid)
		return 0;
	err = trace.count ? table_write() : trace.list ? perfetto_end(pid) : 0;
	exit(err && ended == 0 ? err : supervise_end(ended));
}

/* ---- before it begins ---------------------------------------------------- */

static int counts_make(void)
{
	trace.counts = supervise_share(TRACE_COUNT_ENV, sizeof(*trace.counts));
	if (!trace.counts)
		return EXIT_USAGE;
	trace.counts->magic = TRACE_COUNT_MAGIC;
	return 0;
}

/*
 * An empty file, to which the processes append; with "[" if it is a list. Where
 * something comes at the end it stays open, and a FIFO does, whose reader sees one
 * stream of them all.
 */
static int begin(void)
{
	bool list = trace.list && !trace.count;
	bool waits = list || trace.count;

	if (!trace.file || strstr(trace.file, "%p"))
		return waits ? wait_for_end() : 0;
	waits |= out_file_is_fifo(trace.file, 0);
	trace.fd = open(trace.file,
			O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC |
				O_NOCTTY,
			0666);
	if (trace.fd < 0 || (list && write(trace.fd, "[\n", 2) != 2))
		return fail_file();
	if (waits)
		return wait_for_end();
	close(trace.fd);
	return 0;
}

/* ---- options ------------------------------------------------------------- */

int trace_set_output(void *to, const char *value)
{
	if (!*value)
		return tool_fail("%s: no file is named", tool_option_typed());
	if (*value == '|' || *value == '!')
		return tool_fail("%s: '%s' is no file: a shell makes a pipe of "
				 ">(COMMAND)",
				 tool_option_typed(), value);
	if (!strcmp(value, "-"))
		return tool_fail("%s: '-' is no file: say /dev/stdout, or ./-",
				 tool_option_typed());
	if (!strstr(value, "%p") && !files_can_write(value, 0))
		return tool_fail("%s: %s: %s", tool_option_typed(), value,
				 strerror(errno));
	trace.file = value;
	return 0;
}

/* Several are joined, and judged when the architecture is known. */
int trace_set_filter(void *to, const char *value)
{
	const char *old = getenv("FAUXKVM_TRACE_FILTER");
	char *all;

	if (asprintf(&all, "%s%s%s", old ? old : "", old && *old ? ";" : "",
		     value) < 0)
		abort();
	setenv("FAUXKVM_TRACE_FILTER", all, 1);
	free(all);
	trace.filter_typed = tool_option_typed();
	if (!*value)
		return tool_fail("%s: no filter is given", trace.filter_typed);
	return 0;
}

int trace_set_format(void *to, const char *value)
{
	if (strcmp(value, "text") && strcmp(value, "json") &&
	    strcmp(value, "perfetto"))
		return tool_fail("%s: '%s' is none of text|json|perfetto%s",
				 tool_option_typed(), value,
				 *value == '-' ? " (children are traced anyhow)"
					       : "");
	setenv("FAUXKVM_TRACE_FORMAT", value, 1);
	return 0;
}

int trace_set_count(void *to, const char *value)
{
	trace.count = true;
	return 0;
}

/* As the model would, but with the option's name. */
static int filters_check(void)
{
	struct refusal r;
	int err;

	if (!trace.filter_typed)
		return 0;
	refusal_begin(&r);
	err = trace_filter_set(getenv("FAUXKVM_TRACE_FILTER"));
	refusal_end(&r);
	return err ? tool_fail("%s: %s", trace.filter_typed, r.why) : 0;
}

/* What the model would refuse is refused before a file is emptied. */
static int options_check(void)
{
	bool list;

	if (tool_option_given("trace"))
		return tool_fail("--trace is run's: say -o %s",
				 getenv("FAUXKVM_TRACE"));
	if (trace.count)
		unsetenv("FAUXKVM_TRACE");
	else
		setenv("FAUXKVM_TRACE", trace.file ? trace.file : STDERR_PATH,
		       1);
	trace.format = getenv("FAUXKVM_TRACE_FORMAT");
	if (!trace.format)
		trace.format = "text";
	if (tool_host() || filters_check() || tool_clock(false))
		return EXIT_USAGE;
	list = trace.list = !strcmp(trace.format, "perfetto");
	if (list && trace.count)
		return tool_fail("-c counts: it has no form for Perfetto");
	if (list && (!trace.file || strstr(trace.file, "%p")))
		return tool_fail("a trace for Perfetto is one file: give it "
				 "with -o");
	if (trace.count && trace.file && strstr(trace.file, "%p"))
		return tool_fail("-c is one table for all processes: its file "
				 "can't have %%p");
	return 0;
}

int tool_trace(int argc, char **argv)
{
	struct run_options opts = {0};
	int ret;

	unsetenv(TRACE_COUNT_ENV);
	ret = tool_options_read(argc, argv, &opts);
	if (ret != TOOL_GO_ON)
		return ret;
	if (optind >= argc)
		return tool_fail("no COMMAND given; see fauxkvm trace --help");
	trace.command = argv[optind];
	if (options_check() || (trace.count && counts_make()))
		return EXIT_USAGE;
	opts.counts = trace.count ? trace.file : NULL;
	opts.begin = begin;
	/* That a trace is not whole has to be seen. */
	setenv(LOG_ENV, "error", 0);
	return run_command(&opts, argc, argv);
}
