/* SPDX-License-Identifier: MIT */
/*
 * What the host's kernel is told of the program (PR_SET_MM, prctl(2)), so that it tells
 * others, and what an engine finds of another one's program by that, see proc-file.h.
 */
#include "user/proc-file.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/host.h"

/*
 * Fields of /proc/PID/stat (proc(5), from 1), which has what a process began
 * with but for the present end of brk.
 */
enum {
	STAT_START_CODE = 26,
	STAT_END_CODE,
	STAT_START_STACK,
	STAT_START_DATA = 45,
	STAT_END_DATA,
	STAT_START_BRK,
	STAT_FIELDS = 52,
};

static bool stat_fields(const char *path, uint64_t fields[STAT_FIELDS])
{
	char text[1024], *at;
	FILE *f = fopen(path, "re");
	size_t n;

	if (!f)
		return false;
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	at = strrchr(text, ')'); /* the name has any characters */
	if (!at || strlen(at) < 4)
		return false;
	at += 4;
	for (unsigned int k = 4; k < STAT_FIELDS; k++)
		fields[k] = strtoull(at, &at, 10);
	return fields[STAT_START_CODE];
}

/* Since the kernel knows, /proc/PID/cmdline is right by itself. */
static bool told;

void proc_file_tell(const struct proc_told *t)
{
	uint64_t was[STAT_FIELDS];
	struct prctl_mm_map map;
	const bool code = t->code < t->code_end;

	if (!stat_fields("/proc/self/stat", was))
		return;
	map = (struct prctl_mm_map){
		.start_code = code ? t->code : was[STAT_START_CODE],
		.end_code = code ? t->code_end : was[STAT_END_CODE],
		.start_data = was[STAT_START_DATA],
		.end_data = was[STAT_END_DATA],
		.start_brk = was[STAT_START_BRK],
		.brk = (uint64_t)host_raw(SYS_brk, 0),
		.start_stack = was[STAT_START_STACK],
		.arg_start = t->args,
		.arg_end = t->env,
		.env_start = t->env,
		.env_end = t->end,
		.exe_fd = (uint32_t)-1,
	};
	told = !host_raw(SYS_prctl, PR_SET_MM, PR_SET_MM_MAP, &map, sizeof(map),
			 0);
}

bool proc_file_is_told(void)
{
	return told;
}

/* ---- other processes ----------------------------------------------------- */

static bool is_engine(long pid)
{
	struct stat ours, its;
	char path[32];

	snprintf(path, sizeof(path), "/proc/%ld/exe", pid);
	return !host_raw(SYS_newfstatat, -1, path, &its, 0) &&
	       !host_raw(SYS_newfstatat, -1, "/proc/self/exe", &ours, 0) &&
	       its.st_ino == ours.st_ino && its.st_dev == ours.st_dev;
}

/* The file that is mapped at @va there, as far as it has one. */
static bool mapped_file(long pid, uint64_t va, char *buf)
{
	char path[32], *line = NULL;
	size_t size = 0;
	bool found = false;
	uint64_t start, end;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%ld/maps", pid);
	f = fopen(path, "re");
	while (f && !found && getline(&line, &size, f) > 0) {
		char *name = strchr(line, '/');

		if (sscanf(line, "%" SCNx64 "-%" SCNx64, &start, &end) < 2 ||
		    va < start || va >= end)
			continue;
		if (!name)
			break;
		name[strcspn(name, "\n")] = '\0';
		found = snprintf(buf, PATH_MAX, "%s", name) < PATH_MAX;
	}
	if (f)
		fclose(f);
	free(line);
	return found;
}

bool proc_exe_of(long pid, char *buf)
{
	uint64_t fields[STAT_FIELDS];
	char path[32];

	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	return is_engine(pid) && stat_fields(path, fields) &&
	       mapped_file(pid, fields[STAT_START_CODE], buf);
}
