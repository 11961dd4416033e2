/* SPDX-License-Identifier: MIT */
/*
 * Files of /proc that say something about the machine or the process that is
 * not so for the program: the host's processor, the engine's mappings and
 * arguments. A program that opens one gets what it would read on arm64 Linux.
 */
#ifndef FAUXKVM_USER_PROC_FILE_H
#define FAUXKVM_USER_PROC_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum proc_file {
	PROC_FILE_NONE,
	PROC_FILE_EXE,
	PROC_FILE_EXE_OF_OTHER,
	PROC_FILE_MAPS,
	PROC_FILE_SMAPS,
	PROC_FILE_STATUS,
	PROC_FILE_THREAD_STATUS,
	PROC_FILE_CMDLINE,
	PROC_FILE_AUXV,
	PROC_FILE_CPUINFO,
	PROC_FILE_FDINFO,
};

/* Which of them is @path? *@number: whose PROC_FILE_EXE_OF_OTHER is, the only one of
 * other processes; of which descriptor PROC_FILE_FDINFO is. */
enum proc_file proc_file_of(int dir, const char *path, long *number);

/* A descriptor with the content of @file (not of PROC_FILE_EXE or that of others), with
 * its @number, as it is now, as open() would return it with @flags (the host's), or -errno. */
long proc_file_open(enum proc_file file, int flags, long number);

/* The program of process @pid, another one of this engine's, to @buf (PATH_MAX bytes).
 * False: it is none that may be looked at. */
bool proc_exe_of(long pid, char *buf);

/* What the program began with; @argv, @auxv: copied. */
void proc_file_set_start(char *const *argv, const void *auxv, size_t auxv_size);
/* The auxiliary vector of that, and how many bytes it has. */
const void *proc_file_auxv(size_t *size);

/*
 * The program's code is from @code to @code_end, its arguments are from @args to @env in
 * its memory, its environment from there to @end: tells the host's kernel, for whoever
 * asks it (ps, pgrep, proc_exe_of()). A kernel that can't be told (without
 * CONFIG_CHECKPOINT_RESTORE) shows the engine's to others.
 */
struct proc_told {
	uint64_t code, code_end, args, env, end;
};
void proc_file_tell(const struct proc_told *t);
bool proc_file_is_told(void);

#endif
