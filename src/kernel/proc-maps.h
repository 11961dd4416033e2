/* SPDX-License-Identifier: MIT */
/*
 * What the host says of this process's mappings, /proc/self/maps.
 */
#ifndef FAUXKVM_KERNEL_PROC_MAPS_H
#define FAUXKVM_KERNEL_PROC_MAPS_H

#include <sys/types.h>

#include "base/types.h"

/* All of a file of /proc, to be freed; NULL: it can't be read. */
char *proc_text(const char *path);

/* The line behind @line; NULL: it was the last. */
const char *proc_next_line(const char *line);

struct proc_map {
	uintptr_t start, end;
	uint64_t offset; /* in the file */
	dev_t dev;
	ino_t inode;      /* 0: no file */
	const char *name; /* in the line, up to its end */
};

/* A line of /proc/self/maps; false: it is none. */
bool proc_map_read(const char *line, struct proc_map *map);

#endif
