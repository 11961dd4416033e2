/* SPDX-License-Identifier: MIT */
/*
 * The options of run that say how the log is written and what of it, where they
 * go together (log-options.c). Each by itself is a row of options.def.
 */
#ifndef FAUXKVM_TOOL_LOG_OPTIONS_H
#define FAUXKVM_TOOL_LOG_OPTIONS_H

struct run_options;

/*
 * After all options were read: ids of a file join the others, and a run that is
 * to be watched for warnings has a log that gives them. 0 or EXIT_USAGE.
 */
int log_options_finish(struct run_options *run);

#endif
