/* SPDX-License-Identifier: MIT */
/*
 * The subcommands of fauxkvm, and how they fail.
 */
#ifndef FAUXKVM_TOOL_TOOL_H
#define FAUXKVM_TOOL_TOOL_H

/*
 * Exit statuses as env(1) has them, apart from those of a COMMAND: a mistake in
 * the command line or something missing; a COMMAND that is there but cannot be
 * run; one that is not there.
 */
#define EXIT_USAGE      125
#define EXIT_CANNOT_RUN 126
#define EXIT_NOT_FOUND  127

/* Subcommands; argv[0] is the subcommand's name. They return an exit status. */
int tool_run(int argc, char **argv);
int tool_trace(int argc, char **argv);
int tool_list(int argc, char **argv);
int tool_stat(int argc, char **argv);
int tool_report(int argc, char **argv);
int tool_explain(int argc, char **argv);

void tool_list_messages(void);

/* What fauxkvm explain says of the message @id; empty: nothing. */
struct message_text {
	const char *checks, *mistake, *remedy;
};
const struct message_text *tool_message_text(int id);
int tool_sysroot(int argc, char **argv);

/* Be the architecture and the host that ARCH_ENV and HOST_ENV name, if they do.
 * 0 or EXIT_USAGE. */
int tool_host(void);
/* @host, as a user gives it: a file's with its whole path. */
const char *tool_host_name(const char *host);

/*
 * The options of kernel_option_row() as the environment has them, which is
 * where `fauxkvm run` puts them: the process's from here, files in the
 * environment with their whole path. @heard: one that has no effect is refused.
 * 0 or EXIT_USAGE.
 */
int tool_clock(bool heard);

/* What was printed is written, or it is said that it is not; 0 or EXIT_USAGE. */
int tool_flush(void);

/* Print "fauxkvm: ..." as one line on stderr; returns EXIT_USAGE. */
int tool_fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
