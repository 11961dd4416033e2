/* SPDX-License-Identifier: MIT */
/*
 * The files that a run reads and writes.
 */
#ifndef FAUXKVM_TOOL_RUN_FILES_H
#define FAUXKVM_TOOL_RUN_FILES_H

#include "tool/run.h"

/*
 * Can those of kernel_clock() be written that are to be, and is none of them
 * also another that @opts or the environment names? An earlier one stays as it
 * is. 0 or EXIT_USAGE.
 */
int run_files_check(const struct run_options *opts);

#endif
