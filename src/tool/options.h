/* SPDX-License-Identifier: MIT */
/*
 * What a command of fauxkvm takes: rows of options.def and, for run, those of
 * kernel_option_row(); how they are read and how help is made of them.
 */
#ifndef FAUXKVM_TOOL_OPTIONS_H
#define FAUXKVM_TOOL_OPTIONS_H

#include "base/types.h"

struct tool_option {
	const char *command; /* whose it is, "": every one's */
	const char *name;    /* without "--" */
	char letter;         /* of -x, 0: none */
	const char *value;   /* what it takes, NULL: nothing */
	const char *env;     /* the variable for it, NULL: none */
	bool joins;          /* given several times all count, with ";" */
	/*
	 * Check @value (NULL: it takes none) and keep it in @to, what the
	 * command gave tool_options_read(). 0 or EXIT_USAGE, having said why.
	 * NULL: the variable is all there is to it.
	 */
	int (*set)(void *to, const char *value);
	const char *wrong; /* a value that is refused, NULL: none */
	const char *about;
};

struct tool_command {
	const char *name;
	/* argv[0] is the command's name. An exit status. */
	int (*main)(int argc, char **argv);
	const char *synopsis; /* after the name, a line each way to use it */
	const char *words;    /* the first operand is one of "a|b", or "" */
	const char *about;
};

/* NULL: there is no @n-th, none of that name. */
const struct tool_command *tool_command(unsigned int n);
const struct tool_command *tool_command_find(const char *name);

/* The @n-th option of @command, run's with those of the model, trace's with
 * run's. */
bool tool_option(const char *command, unsigned int n, struct tool_option *out);

/*
 * Read the options of the command argv[0] into @to, and from the environment
 * those that are not given; optind is then the first operand's. An option's
 * variable is set to its value before its function is called, which may set it
 * to another. Operands may stand before options, unless the synopsis has
 * a COMMAND.
 * TOOL_GO_ON or the status to exit with: a mistake, or help was all there was
 * to do.
 */
#define TOOL_GO_ON (-1)
int tool_options_read(int argc, char **argv, void *to);

/* How the option whose function is called was given: "-i", "follow", or its
 * variable. */
const char *tool_option_typed(void);

/* Was the option @name on the command line that is being read, or was? */
bool tool_option_given(const char *name);

/* The help of one command, NULL: of fauxkvm. An exit status. */
int tool_help(const char *command);
int tool_version(void);

/* The functions of options.def's rows; sysroot's are in sysroot.h. */
int trace_set_output(void *to, const char *value);
int trace_set_filter(void *to, const char *value);
int trace_set_format(void *to, const char *value);
int trace_set_count(void *to, const char *value);
int run_set_argv0(void *to, const char *value);
int run_set_dry_run(void *to, const char *value);
int run_set_engine(void *to, const char *value);
int run_set_gdb(void *to, const char *value);
int run_set_error_exitcode(void *to, const char *value);
int run_set_log(void *to, const char *value);
int run_set_log_format(void *to, const char *value);
int run_set_suppress(void *to, const char *value);
int run_set_suppress_file(void *to, const char *value);
int run_set_qemu(void *to, const char *value);
int run_set_sysroot(void *to, const char *value);
int stat_set_follow(void *to, const char *value);
int stat_set_json(void *to, const char *value);
int report_set_devices(void *to, const char *value);
int report_set_html(void *to, const char *value);
int report_set_symbols(void *to, const char *value);

#endif
