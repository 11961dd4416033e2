/* SPDX-License-Identifier: MIT */
/*
 * fauxkvm run: find the command, see what it is built for, and become it with
 * our libraries inside. Nothing is forked, so its exit status and the signal
 * it dies of are ours.
 *
 * For this host: the shim is preloaded. For arm64 and ppc64le on an x86-64 host
 * there are two engines. fauxkvm-user runs arm64 programs and has the model in
 * itself. QEMU's user mode runs either with the bridge as a plugin, and the
 * machine's thunk is preloaded inside, unless the program is static: then the
 * bridge alone sees its system calls. A script is judged by its interpreter.
 */
#include <elf.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/exec-env.h"
#include "base/host.h"
#include "base/log.h"
#include "base/types.h"
#include "kernel/kernel.h"
#include "tool/elf.h"
#include "tool/files.h"
#include "tool/find.h"
#include "tool/options.h"
#include "tool/run-files.h"
#include "tool/run.h"
#include "tool/log-options.h"
#include "tool/supervise.h"
#include "tool/tool.h"

/* A machine whose programs an engine runs. */
struct machine {
	const char *name;
	uint16_t elf;
	bool narrow;      /* of 32 bits */
	const char *arch; /* whose KVM its programs have */
	const char *qemu, *thunk;
	const char *package; /* of Debian's kind, that the thunk is in */
	const char *cross;   /* a sysroot, see files_sysroot() */
	const char *libc;    /* the package that has the latter */
	bool user;           /* fauxkvm-user runs its programs, too */
};

static const struct machine machines[] = {
	{
		.name = "arm64",
		.elf = EM_AARCH64,
		.arch = "arm64",
		.qemu = "qemu-aarch64",
		.thunk = "fauxkvm-thunk.so",
		.package = "fauxkvm",
		.cross = "/usr/aarch64-linux-gnu",
		.libc = "libc6-arm64-cross",
		.user = true,
	},
	{
		.name = "armhf",
		.elf = EM_ARM,
		.narrow = true,
		.arch = "arm64",
		.cross = "/usr/arm-linux-gnueabihf",
		.libc = "libc6-armhf-cross",
		.user = true,
	},
	{
		.name = "ppc64le",
		.elf = EM_PPC64,
		.arch = "ppc",
		.qemu = "qemu-ppc64le",
		.thunk = "fauxkvm-thunk-ppc64le.so",
		.package = "fauxkvm-ppc64el",
		.cross = "/usr/powerpc64le-linux-gnu",
		.libc = "libc6-ppc64el-cross",
	},
};

static const struct machine *machine_find(const struct program *p)
{
	if (!HOST_HAS_BRIDGE)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
		if (p->kind == PROGRAM_ELF && p->little &&
		    p->elf64 == !machines[i].narrow &&
		    p->machine == machines[i].elf)
			return &machines[i];
	return NULL;
}

struct run {
	struct run_options opts;
	char **command;         /* as given, ends with NULL */
	char path[PATH_MAX];    /* the file it names */
	struct program program; /* of that file, or of its interpreter */
	char **prefix;          /* a script's interpreter and argument */
};

/* ---- becoming it --------------------------------------------------------- */

struct args {
	char **v;
	size_t n;
};

static void args_add(struct args *args, const char *arg)
{
	char **v = realloc(args->v, (args->n + 2) * sizeof(*v));

	if (!v)
		abort();
	args->v = v;
	v[args->n++] = (char *)arg;
	v[args->n] = NULL;
}

static char *concat(const char *a, const char *b, const char *c)
{
	char *s;

	if (asprintf(&s, "%s%s%s", a, b, c) < 0)
		abort();
	return s;
}

static int become(const struct run *run, const char *file, struct args *args)
{
	long err;

	if (run->opts.dry_run) {
		const char *preload = getenv("LD_PRELOAD");

		if (preload)
			printf("LD_PRELOAD=%s\n", preload);
		for (size_t i = 0; i < args->n; i++)
			puts(args->v[i]);
		return tool_flush();
	}
	if (run->opts.begin) {
		int status = run->opts.begin();

		if (status)
			return status;
	}
	/* Past the shim, should we be preloaded: the environment is right. */
	err = host_raw(SYS_execve, file, args->v, environ);
	tool_fail("cannot execute %s: %s", file, strerror((int)-err));
	return EXIT_CANNOT_RUN;
}

static bool is_our_library(const char *path, size_t len)
{
	static const char *const names[] = {
		"libfauxkvm.so",
		"libfauxkvm-exec.so",
		"fauxkvm-thunk.so",
		"fauxkvm-thunk-ppc64le.so",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		size_t n = strlen(names[i]);

		if (len >= n && !memcmp(path + len - n, names[i], n) &&
		    (len == n || path[len - n - 1] == '/'))
			return true;
	}
	return false;
}

/*
 * @ours, if any, in front of what the user preloads already. Ours among that is
 * from a `fauxkvm run` around this one, perhaps for a program of the other
 * machine.
 */
static char *preload_list(const char *ours)
{
	const char *old = getenv("LD_PRELOAD");
	char *list = concat(ours, "", "");

	while (old && *old) {
		size_t n = strcspn(old, ": ");

		if (n && !is_our_library(old, n)) {
			char *entry = strndup(old, n), *longer;

			if (!entry)
				abort();
			longer = concat(list, *list ? ":" : "", entry);
			free(entry);
			free(list);
			list = longer;
		}
		old += n + (old[n] != '\0');
	}
	return list;
}

/* The dynamic linker takes its list apart there, and nothing can be quoted. */
static bool can_preload(const char *path)
{
	return !strpbrk(path, " :");
}

static int fail_preload(const char *path)
{
	return tool_fail("%s can't be preloaded, for the blank or colon in its "
			 "path: move the installation",
			 path);
}

/* Should the program execute others (shim/bridge-exec.h, shim/child-env.h). */
static void env_for_exec(void)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n <= 0)
		return;
	self[n] = '\0';
	setenv(EXEC_ENV_TOOL, self, 1);
}

static int run_native(struct run *run)
{
	char shim[PATH_MAX];
	struct args args = {0};

	if (!files_library("libfauxkvm.so", shim, sizeof(shim)))
		return tool_fail("libfauxkvm.so not found: is the installation "
				 "complete?");
	if (!can_preload(shim))
		return fail_preload(shim);
	setenv("LD_PRELOAD", preload_list(shim), 1);
	env_for_exec();
	/* The kernel handles #!; only a script without one needs its shell. */
	for (char **a = run->prefix; a && *a; a++)
		args_add(&args, *a);
	if (run->prefix)
		args_add(&args, run->path);
	else
		args_add(&args,
			 run->opts.argv0 ? run->opts.argv0 : run->command[0]);
	for (char **a = run->command + 1; *a; a++)
		args_add(&args, *a);
	return become(run, run->prefix ? run->prefix[0] : run->path, &args);
}

/* A comma would end a QEMU option's value; two stand for one. */
static char *qemu_quote(const char *value)
{
	char *out = malloc(2 * strlen(value) + 1), *o = out;

	if (!out)
		abort();
	for (; *value; value++) {
		*o++ = *value;
		if (*value == ',')
			*o++ = ',';
	}
	*o = '\0';
	return out;
}

/* The folder in which the program's own paths are to be looked up. */
static int sysroot_choose(struct run *run, const struct machine *m, char *buf,
			  size_t size)
{
	const char *interp = run->program.interp;
	char file[PATH_MAX];

	/* Static: what a user gives is for the files it opens. */
	if (!run->program.dynamic) {
		snprintf(buf, size, "%s",
			 run->opts.sysroot ? run->opts.sysroot : "/");
		return 0;
	}
	if (run->opts.sysroot) {
		if (files_find(run->opts.sysroot, interp, file, sizeof(file)))
			return snprintf(buf, size, "%s", run->opts.sysroot), 0;
		return tool_fail("%s: no %s in the sysroot %s", run->path,
				 interp, run->opts.sysroot);
	}
	if (files_sysroot(run->path, interp, m->cross, buf, size))
		return 0;
	return tool_fail("%s needs %s libraries (%s): give their folder with "
			 "--sysroot, or install %s",
			 run->path, m->name, interp, m->libc);
}

/* The KVM of such a program is the one that it is built for. */
static int arch_choose(const struct run *run, const struct machine *m)
{
	const char *asked = getenv(ARCH_ENV);

	if (asked && strcmp(asked, m->arch))
		return tool_fail("%s is a %s program, whose KVM is %s's: not "
				 "with --arch=%s",
				 run->path, m->name, m->arch, asked);
	setenv(ARCH_ENV, m->arch, 1);
	/* What was judged before the program was looked at. */
	return tool_host() || tool_clock(true) ? EXIT_USAGE : 0;
}

/* Scripts have their interpreter and its argument first. */
static void args_add_program(struct args *args, const struct run *run)
{
	if (!run->prefix) {
		args_add(args, "-0");
		args_add(args,
			 run->opts.argv0 ? run->opts.argv0 : run->command[0]);
	}
	for (char **a = run->prefix; a && *a; a++)
		args_add(args, *a);
	args_add(args, run->path);
	for (char **a = run->command + 1; *a; a++)
		args_add(args, *a);
}

static int run_by_user(struct run *run, const struct machine *m)
{
	char engine[PATH_MAX], sysroot[PATH_MAX], library[PATH_MAX];
	struct args args = {0};
	char *preload;

	if (!files_engine(engine, sizeof(engine)))
		return tool_fail("fauxkvm-user not found: is the installation "
				 "complete?");
	if (arch_choose(run, m) ||
	    sysroot_choose(run, m, sysroot, sizeof(sysroot)))
		return EXIT_USAGE;
	/* The engine is linked statically: this is for the program. */
	preload = preload_list("");
	if (*preload)
		setenv("LD_PRELOAD", preload, 1);
	else
		unsetenv("LD_PRELOAD");
	env_for_exec();
	if (files_library("libfauxkvm-exec.so", library, sizeof(library)) &&
	    can_preload(library))
		setenv(EXEC_ENV_LIBRARY, library, 1);
	args_add(&args, engine);
	if (strcmp(sysroot, "/")) {
		args_add(&args, "-L");
		args_add(&args, sysroot);
	}
	if (run->opts.gdb) {
		args_add(&args, "-g");
		args_add(&args, run->opts.gdb);
	}
	args_add_program(&args, run);
	return become(run, engine, &args);
}

/*
 * Is it a program that can't load plugins? One that is linked statically has none
 * of the functions for them, as Debian's is from 13 on.
 */
static bool qemu_lacks_plugins(const char *qemu)
{
	struct program p;

	return program_read(qemu, &p) == 0 && p.kind == PROGRAM_ELF &&
	       !program_contains(qemu, "qemu_plugin_register_vcpu_syscall_cb");
}

static int run_by_qemu(struct run *run, const struct machine *m)
{
	char bridge[PATH_MAX], thunk[PATH_MAX], sysroot[PATH_MAX];
	char qemu[PATH_MAX];
	struct args args = {0};
	char *preload;

	if (run->opts.qemu)
		snprintf(qemu, sizeof(qemu), "%s", run->opts.qemu);
	if (run->opts.qemu ? access(qemu, X_OK) != 0
			   : !files_in_path(m->qemu, qemu, sizeof(qemu)))
		return tool_fail("%s is built for %s and %s was not found: "
				 "install qemu-user",
				 run->path, m->name,
				 run->opts.qemu ? run->opts.qemu : m->qemu);
	if (qemu_lacks_plugins(qemu))
		return tool_fail(
			"%s is a QEMU that cannot load plugins: %sgive "
			"another one with --qemu",
			qemu, m->user ? "use --engine=user, or " : "");
	if (!files_library("fauxkvm-bridge.so", bridge, sizeof(bridge)) ||
	    !files_library(m->thunk, thunk, sizeof(thunk)))
		return tool_fail("fauxkvm-bridge.so or %s not found: is the "
				 "installation complete (package %s)?",
				 m->thunk, m->package);
	if (arch_choose(run, m) ||
	    sysroot_choose(run, m, sysroot, sizeof(sysroot)))
		return EXIT_USAGE;
	if (run->program.dynamic && !files_exist(sysroot, run->program.interp))
		return tool_fail("%s has no %s, which %s looks for: link its "
				 "usr/lib as lib, or use --engine=user",
				 sysroot, run->program.interp, m->qemu);
	if (!can_preload(thunk))
		return fail_preload(thunk);
	preload = preload_list(thunk);
	if (strchr(preload, ','))
		return tool_fail("%s cannot preload a path with a comma: %s",
				 m->qemu, preload);
	env_for_exec();
	/* What the user preloads is for the program, not for QEMU. */
	unsetenv("LD_PRELOAD");
	args_add(&args, qemu);
	/* In the child of a program with threads GLib's slices, which QEMU uses, may
	 * be locked for ever; malloc() is not. */
	if (!getenv("G_SLICE")) {
		setenv("G_SLICE", "always-malloc", 1);
		args_add(&args, "-U");
		args_add(&args, "G_SLICE");
	}
	args_add(&args, "-plugin");
	args_add(&args, concat("file=", qemu_quote(bridge), ""));
	args_add(&args, "-E");
	args_add(&args, concat("LD_PRELOAD=", preload, ""));
	if (strcmp(sysroot, "/")) {
		args_add(&args, "-L");
		args_add(&args, sysroot);
	}
	args_add_program(&args, run);
	return become(run, qemu, &args);
}

/* ---- recognising it ------------------------------------------------------ */

/* Says why a COMMAND can't be run; the status for that error. */
static int fail_command(int err, const char *fmt, ...)
{
	char line[PATH_MAX + 256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	tool_fail("%s", line);
	return err == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN;
}

/* The command's file: by its path, or as find_command() has it. */
static int command_find(struct run *run)
{
	const char *name = run->command[0], *package;

	if (strchr(name, '/')) {
		snprintf(run->path, sizeof(run->path), "%s", name);
		if (access(run->path, X_OK) == 0)
			return 0;
		return fail_command(errno, "%s: %s", name, strerror(errno));
	}
	if (find_command(run->opts.sysroot, name, run->path, sizeof(run->path)))
		return 0;
	package = find_package(name);
	if (package)
		return fail_command(
			ENOENT,
			"%s: command not found for another machine "
			"than this one: fetch it by 'fauxkvm sysroot "
			"install %s'",
			name, package);
	return fail_command(
		ENOENT, "%s: command not found%s", *name ? name : "''",
		run->opts.sysroot ? " in the sysroot or in PATH" : " in PATH");
}

/* Replace a script by its interpreter, which decides how to run it. */
static int script_resolve(struct run *run)
{
	static char *prefix[3];
	static struct program script;
	char file[PATH_MAX];
	int err;

	script = run->program;
	/* A machine's script names its interpreter as seen in the sysroot. */
	if (!run->opts.sysroot ||
	    !files_find(run->opts.sysroot, script.interp, file, sizeof(file)))
		snprintf(file, sizeof(file), "%s", script.interp);
	err = program_read(file, &run->program);
	if (err < 0)
		return fail_command(-err, "%s: its interpreter %s: %s",
				    run->path, script.interp, strerror(-err));
	prefix[0] = strdup(file);
	prefix[1] = script.interp_arg[0] ? script.interp_arg : NULL;
	run->prefix = prefix;
	return 0;
}

static bool machine_is_known(uint16_t machine)
{
	return machine == HOST_ELF_MACHINE ||
	       (HOST_HAS_BRIDGE && (machine == EM_AARCH64 ||
				    machine == EM_ARM || machine == EM_PPC64));
}

static int program_refuse(const struct run *run)
{
	const struct program *p = &run->program;
	const char *machine = program_machine_name(p->machine);

	if (p->kind != PROGRAM_ELF)
		return fail_command(ENOEXEC,
				    "%s is not a program that can be run here",
				    run->path);
	if (!p->little || !machine_is_known(p->machine))
		return fail_command(
			ENOEXEC,
			"%s is built for %s%s: only %s%s programs can "
			"be run",
			run->path, machine ? machine : "an unknown machine",
			p->little ? "" : " (big endian)",
			HOST_HAS_BRIDGE ? "arm64, armhf, ppc64le and " : "",
			program_machine_name(HOST_ELF_MACHINE));
	if (!p->elf64)
		return fail_command(
			ENOEXEC,
			"%s is a 32-bit program: only 64-bit ones can "
			"be run",
			run->path);
	return fail_command(ENOEXEC,
			    "%s is statically linked, so nothing can be loaded "
			    "into it: build it dynamically",
			    run->path);
}

/* Ours, unless asked for QEMU's, or for a QEMU. */
static bool engine_is_ours(const struct run *run)
{
	const struct run_options *opts = &run->opts;

	return opts->engine ? !strcmp(opts->engine, "user") : !opts->qemu;
}

static int gdb_refuse(void)
{
	return tool_fail("--gdb is for programs that fauxkvm's own engine "
			 "runs");
}

static int run_start(struct run *run)
{
	const struct machine *machine;
	int ret = command_find(run);

	if (ret)
		return ret;
	ret = program_read(run->path, &run->program);
	if (ret < 0)
		return fail_command(-ret, "%s: %s", run->path, strerror(-ret));
	if (run->program.kind == PROGRAM_SCRIPT) {
		ret = script_resolve(run);
		if (ret)
			return ret;
	}
	if (run->program.kind == PROGRAM_ELF && run->program.elf64 &&
	    run->program.machine == HOST_ELF_MACHINE && run->program.dynamic)
		return run->opts.gdb ? gdb_refuse() : run_native(run);
	machine = machine_find(&run->program);
	if (!machine)
		return program_refuse(run);
	if (!machine->qemu && !engine_is_ours(run))
		return tool_fail("%s programs are run by fauxkvm's own engine "
				 "only",
				 machine->name);
	if (run->opts.gdb && machine->narrow)
		return tool_fail("--gdb knows arm64 programs only");
	if (run->opts.gdb && !(engine_is_ours(run) && machine->user))
		return gdb_refuse();
	return engine_is_ours(run) && machine->user ? run_by_user(run, machine)
						    : run_by_qemu(run, machine);
}

static bool writes_files(const struct kernel_clock_options *opts)
{
	return opts->record || opts->stat || opts->irq_trace || opts->trace;
}

int run_command(const struct run_options *opts, int argc, char **argv)
{
	static struct run run;

	run.opts = *opts;
	if (optind >= argc)
		return tool_fail("no COMMAND given; see fauxkvm run --help");
	if (tool_host() || tool_clock(true) || run_files_check(&run.opts) ||
	    log_options_finish(&run.opts))
		return EXIT_USAGE;
	/* A recording that ends, a replay that diverges has to be seen. */
	if (writes_files(kernel_clock()) || kernel_clock()->replay)
		setenv("FAUXKVM_LOG", "error", 0);
	run.command = argv + optind;
	if (run.opts.error_exitcode && !run.opts.dry_run &&
	    supervise(run.opts.error_exitcode))
		return EXIT_USAGE;
	return run_start(&run);
}

int tool_run(int argc, char **argv)
{
	struct run_options opts = {0};
	int ret = tool_options_read(argc, argv, &opts);

	return ret == TOOL_GO_ON ? run_command(&opts, argc, argv) : ret;
}
