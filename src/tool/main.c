/* SPDX-License-Identifier: MIT */
/*
 * The fauxkvm command: the choice of a subcommand, help, mistakes in its use.
 */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/refuse.h"
#include "kernel/kernel.h"
#include "tool/files.h"
#include "tool/options.h"
#include "tool/tool.h"

/* A name may hold what ends a line, or what a terminal acts on. */
static void line_put(const char *line)
{
	fputs("fauxkvm: ", stderr);
	for (; *line; line++)
		if (iscntrl((unsigned char)*line))
			fprintf(stderr, "\\%03o", (unsigned char)*line);
		else
			fputc(*line, stderr);
	fputc('\n', stderr);
}

int tool_fail(const char *fmt, ...)
{
	char line[4096];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	line_put(line);
	return EXIT_USAGE;
}

/* An error before this one's is all that may be left of it. */
int tool_flush(void)
{
	int err = ferror(stdout) ? EIO : 0;

	if (fflush(stdout))
		err = errno;
	return err ? tool_fail("standard output: %s", strerror(err)) : 0;
}

/* Names of hosts have neither a slash nor a suffix. */
const char *tool_host_name(const char *host)
{
	size_t len = strlen(host);

	return strchr(host, '/') || (len > 4 && !strcmp(host + len - 4, ".ini"))
		       ? files_absolute(host)
		       : host;
}

int tool_host(void)
{
	const char *arch = getenv(ARCH_ENV);
	const char *name = getenv(HOST_ENV);
	struct refusal r;
	int err;

	if (arch && kernel_set_arch(arch))
		return tool_fail("no architecture is called '%s'; there are "
				 "arm64 and ppc",
				 arch);
	if (!name)
		return 0;
	name = tool_host_name(name);
	if (setenv(HOST_ENV, name, 1))
		return tool_fail("no memory");
	refusal_begin(&r);
	err = kernel_set_profile(name);
	refusal_end(&r);
	return err ? tool_fail("host: %s", r.why) : 0;
}

static int clock_set(struct kernel_clock_options *opts, bool heard)
{
	const struct kernel_option_row *row;
	const char *text;
	int err;

	for (unsigned int n = 0; (row = kernel_option_row(n)); n++) {
		text = getenv(row->env);
		err = text ? kernel_option_set(opts, n, text) : 0;
		if (err)
			return err;
		text = row->file ? kernel_option_text(opts, n) : NULL;
		if (text && setenv(row->env, text, 1))
			return refuse(ENOMEM, FKVM_NO_MEMORY, "no memory");
	}
	err = kernel_set_clock(opts);
	return err || !heard ? err : kernel_options_heard(opts);
}

int tool_clock(bool heard)
{
	struct kernel_clock_options opts = KERNEL_CLOCK_DEFAULTS;
	struct refusal r;
	int err;

	refusal_begin(&r);
	err = clock_set(&opts, heard);
	refusal_end(&r);
	return err ? tool_fail("%s", r.why) : 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	const struct tool_command *command = tool_command_find(what);
	char file[PATH_MAX];

	if (command)
		return command->main(argc - 1, argv + 1);
	if (!strcmp(what, "help") && argc > 3)
		return tool_fail("help takes one command; see fauxkvm --help");
	if (!strcmp(what, "help") && argc > 2) {
		if (!tool_command_find(argv[2]))
			return tool_fail("unknown command '%s'; see fauxkvm "
					 "--help",
					 argv[2]);
		return tool_help(argv[2]);
	}
	if (!strcmp(what, "--help") || !strcmp(what, "-h") ||
	    !strcmp(what, "help"))
		return tool_help(NULL);
	if (!strcmp(what, "--version") || !strcmp(what, "-V"))
		return tool_version();
	if (!*what)
		return tool_fail("no command given; see fauxkvm --help");
	if (strchr(what, '/') || files_in_path(what, file, sizeof(file)))
		return tool_fail("unknown command '%s'; to run a program: "
				 "fauxkvm run -- %s",
				 what, what);
	return tool_fail("unknown command '%s'; see fauxkvm --help", what);
}
