/* SPDX-License-Identifier: MIT */
/*
 * What the options of fauxkvm run say; the model's own are kernel_clock().
 */
#ifndef FAUXKVM_TOOL_RUN_H
#define FAUXKVM_TOOL_RUN_H

#include <stdbool.h>

struct run_options {
	const char *sysroot; /* absolute; NULL: to be found */
	const char *qemu;    /* absolute; NULL: from PATH */
	const char *engine;  /* NULL: not asked for one */
	const char *gdb;     /* where a debugger comes; NULL: nowhere */
	const char *argv0;   /* what the command is told, NULL: as given */
	char *suppress;      /* ids of messages, by commas; NULL: none */
	const char *suppress_file;
	int error_exitcode; /* of a run that was warned, 0: its own */
	bool dry_run;
	const char *counts; /* a file for trace -c; NULL: none */
	/*
	 * Called when nothing is left but to execute the COMMAND, so that what is
	 * written is begun for one that is there. 0: go on, else an exit status.
	 */
	int (*begin)(void);
};

/* Run the COMMAND, argv[optind], whose options were read. Returns only if it
 * can't be run, or only shown: an exit status. */
int run_command(const struct run_options *opts, int argc, char **argv);

#endif
