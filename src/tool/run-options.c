/* SPDX-License-Identifier: MIT */
/*
 * The options of fauxkvm run that are not the model's: each value is checked
 * before anything starts, and files are named from the root, as the COMMAND may
 * go to another folder.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log-setting.h"
#include "tool/files.h"
#include "tool/options.h"
#include "tool/run.h"
#include "tool/tool.h"

static int fail_file(const char *option, const char *path)
{
	return tool_fail("%s: %s: %s", option, path, strerror(errno));
}

int run_set_sysroot(void *to, const char *value)
{
	struct run_options *run = to;
	struct stat st;

	if (stat(value, &st))
		return fail_file("sysroot", value);
	errno = ENOTDIR;
	if (!S_ISDIR(st.st_mode))
		return fail_file("sysroot", value);
	run->sysroot = files_absolute(value);
	setenv("FAUXKVM_SYSROOT", run->sysroot, 1);
	return 0;
}

int run_set_qemu(void *to, const char *value)
{
	struct run_options *run = to;
	struct stat st;

	if (access(value, X_OK) || stat(value, &st))
		return fail_file("qemu", value);
	if (!S_ISREG(st.st_mode))
		return tool_fail("qemu: %s: not a regular file", value);
	if (tool_option_given("qemu") && tool_option_given("engine") &&
	    !strcmp(run->engine, "user"))
		return tool_fail("qemu: not with --engine=user");
	run->qemu = files_absolute(value);
	setenv("FAUXKVM_QEMU", run->qemu, 1);
	return 0;
}

int run_set_engine(void *to, const char *value)
{
	struct run_options *run = to;

	if (strcmp(value, "user") && strcmp(value, "qemu"))
		return tool_fail("no engine is called '%s'; there are user and "
				 "qemu",
				 value);
	if (strcmp(value, "user") || !run->qemu) {
		run->engine = value;
		return 0;
	}
	/* Of a QEMU that was asked for on the command line: what is there too is a
	 * mistake, what is in the environment is not as near. */
	if (tool_option_given("engine"))
		return tool_fail("engine: user runs nothing by --qemu");
	return unsetenv("FAUXKVM_ENGINE") ? tool_fail("no memory") : 0;
}

/* As base/log.c will open it: not by a link, and again for each line. */
int run_set_log(void *to, const char *value)
{
	const char *file = strchr(value, ':');
	struct stat st;
	char *whole;
	int err;

	if (!log_level_is_known(value))
		return tool_fail("log: '%s' begins with none of error, warn, "
				 "info and debug",
				 value);
	if (!file)
		return 0;
	if (!*++file)
		return tool_fail("log: no file is named");
	whole = files_absolute(file);
	if (lstat(whole, &st))
		st.st_mode = 0;
	if (S_ISLNK(st.st_mode))
		return tool_fail(
			"log: %s is a symbolic link, which is not followed",
			file);
	if (S_ISFIFO(st.st_mode))
		return tool_fail("log: %s is a FIFO, whose reader would see "
				 "its end after each line",
				 file);
	if (!files_can_write(whole, O_APPEND | O_NOFOLLOW))
		return fail_file("log", file);
	if (asprintf(&whole, "%.*s%s", (int)(file - value), value, whole) < 0)
		abort();
	err = setenv("FAUXKVM_LOG", whole, 1);
	free(whole);
	return err ? tool_fail("no memory") : 0;
}

int run_set_gdb(void *to, const char *value)
{
	const char *colon = strrchr(value, ':');
	const char *port = colon ? colon + 1 : value;
	char *end;
	unsigned long n = strtoul(port, &end, 10);

	if (*port < '0' || *port > '9' || *end || !n || n > 65535)
		return tool_fail("gdb: '%s' is no port", value);
	((struct run_options *)to)->gdb = value;
	return 0;
}

int run_set_argv0(void *to, const char *value)
{
	((struct run_options *)to)->argv0 = value;
	return 0;
}

int run_set_dry_run(void *to, const char *value)
{
	((struct run_options *)to)->dry_run = true;
	return 0;
}
