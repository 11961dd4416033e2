/* SPDX-License-Identifier: MIT */
/*
 * What is in the files of proc-file.h.
 */
#ifndef FAUXKVM_USER_PROC_TEXT_H
#define FAUXKVM_USER_PROC_TEXT_H

#include <stdbool.h>
#include <stdio.h>

/* /proc/PID/maps, or smaps: the program's mappings. */
void proc_text_maps(FILE *f, bool with_sizes);
/* Of the calling thread's, or of the first's but for what the engine knows of
 * the calling one: its seccomp filters. */
void proc_text_status(FILE *f, bool thread);
/* Of descriptor @fd; false: there is none. */
bool proc_text_fdinfo(FILE *f, long fd);
void proc_text_cmdline(FILE *f);
void proc_text_auxv(FILE *f);
void proc_text_cpuinfo(FILE *f);

#endif
