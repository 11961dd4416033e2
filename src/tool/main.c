/* SPDX-License-Identifier: MIT */
/*
 * The fauxkvm command: the choice of a subcommand, help, mistakes in its use.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/refuse.h"
#include "kernel/kernel.h"
#include "tool/tool.h"

static const char usage[] =
	"Usage: fauxkvm run [OPTION]... -- COMMAND [ARGUMENT]...\n"
	"       fauxkvm list ioctls|caps|devices|registers|exits|hosts\n"
	"       fauxkvm list costs [MODEL]\n"
	"       fauxkvm stat [--json] [--follow SECONDS] FILE|PID\n"
	"       fauxkvm report --html OUT FILE|PID\n"
	"       fauxkvm sysroot [OPTION]... install PACKAGE... | remove "
	"PACKAGE... | list\n"
	"       fauxkvm --help | --version\n"
	"\n"
	"Run a virtual machine monitor built for arm64, on x86-64 also for "
	"ppc64le (or a\n"
	"program of the host's own that speaks the KVM interface of one of "
	"them), with a\n"
	"/dev/kvm that needs neither such hardware nor virtualisation.\n"
	"\n"
	"Options of run:\n"
	"  --sysroot DIR      where a COMMAND of another machine finds its "
	"libraries\n"
	"                     (DIR/lib, DIR/usr/lib) and is itself looked for "
	"first\n"
	"  --engine NAME      what runs arm64 programs on x86-64: user, "
	"fauxkvm's own\n"
	"                     engine (the default), or qemu, QEMU's user mode\n"
	"  --qemu FILE        the qemu-aarch64 or qemu-ppc64le to use, and so "
	"that engine;\n"
	"                     default: from PATH\n"
	"  --host NAME        the Arm machine to be, one of fauxkvm list "
	"hosts\n"
	"  --log LEVEL[:FILE] error, warn, info or debug; FILE may hold %p for "
	"the\n"
	"                     process id; info says why an ioctl failed\n"
	"  --argv0 NAME       what COMMAND is told as its name\n"
	"  --draft-device-attr\n"
	"                     VMs have the two requests of docs/device-attr.md "
	"that\n"
	"                     Linux has not\n"
	"  --dry-run          print what would be executed, one argument a "
	"line\n";

/* After the options of kernel_option_row(). */
static const char usage_end[] =
	"\n"
	"The exit status is COMMAND's; 2 if it could not be started.\n"
	"\n"
	"Environment: FAUXKVM_LOG as --log, FAUXKVM_SYSROOT as --sysroot,\n"
	"FAUXKVM_QEMU as --qemu, FAUXKVM_ENGINE as --engine, FAUXKVM_HOST as "
	"--host and\n"
	"FAUXKVM_ARCH as --arch (these two for list, too),\n"
	"FAUXKVM_DRAFT_DEVICE_ATTR=1 as --draft-device-attr, and for the "
	"options "
	"from\n"
	"--clock on FAUXKVM_ and their name: FAUXKVM_IDLE_WAIT.\n";

int tool_fail(const char *fmt, ...)
{
	char line[4096];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	fprintf(stderr, "fauxkvm: %s\n", line);
	return EXIT_USAGE;
}

static int help(void)
{
	const struct kernel_option_row *row;

	fputs(usage, stdout);
	for (unsigned int n = 0; (row = kernel_option_row(n)); n++) {
		int len = printf("  --%s %s", row->name, row->value);

		if (len > 20)
			len = printf("\n") - 1;
		printf("%*s%s\n", 21 - len, "", row->about);
	}
	fputs(usage_end, stdout);
	return fflush(stdout) ? EXIT_USAGE : 0;
}

int tool_host(void)
{
	const char *arch = getenv(ARCH_ENV);
	const char *name = getenv(HOST_ENV);

	if (arch && kernel_set_arch(arch))
		return tool_fail("no architecture is called '%s'; there are "
				 "arm64 and ppc",
				 arch);
	if (!name || !kernel_set_profile(name))
		return 0;
	return tool_fail("no host is called '%s'; see fauxkvm list hosts",
			 name);
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

	if (!strcmp(what, "run"))
		return tool_run(argc - 1, argv + 1);
	if (!strcmp(what, "stat"))
		return tool_stat(argc - 1, argv + 1);
	if (!strcmp(what, "report"))
		return tool_report(argc - 1, argv + 1);
	if (!strcmp(what, "sysroot"))
		return tool_sysroot(argc - 1, argv + 1);
	if (!strcmp(what, "list"))
		return tool_list(argc - 1, argv + 1);
	if (!strcmp(what, "--help") || !strcmp(what, "-h") ||
	    !strcmp(what, "help")) {
		return help();
	}
	if (!strcmp(what, "--version")) {
		puts("fauxkvm " PACKAGE_VERSION);
		return 0;
	}
	if (!*what)
		return tool_fail("no command given; see fauxkvm --help");
	return tool_fail("unknown command '%s'; see fauxkvm --help", what);
}
