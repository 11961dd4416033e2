/* SPDX-License-Identifier: MIT */
/*
 * Files that a user names to be written: traces, recordings, logs.
 */
#ifndef FAUXKVM_BASE_OUT_FILE_H
#define FAUXKVM_BASE_OUT_FILE_H

#include <stdbool.h>

/* With O_NOFOLLOW among @flags a link to one is none. */
bool out_file_is_fifo(const char *path, int flags);

/*
 * Can @path be opened to be written, with @flags beside, or made? 0 or a negative
 * errno. It is neither made nor emptied: what would write it may yet be refused.
 * A FIFO, /dev/fd/N too, is not opened: its reader would see the end.
 */
int out_file_check(const char *path, int flags);

/*
 * @path to be written, made if need be, with @flags beside: a descriptor, or -1
 * with errno. A FIFO without a reader is ENXIO; one that is full is waited for.
 */
int out_file_open(const char *path, int flags);

#endif
