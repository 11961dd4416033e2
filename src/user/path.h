/* SPDX-License-Identifier: MIT */
/*
 * Where a path of the program's is on the host: under the sysroot if something
 * is there, as `qemu-aarch64 -L` has it, else as it stands. Symbolic links under
 * the sysroot lead to where they would if it were the root.
 *
 * What describes the running machine or belongs to the user is never the
 * sysroot's: /, /dev, /proc, /sys, /run, /tmp, /home, /root.
 */
#ifndef FAUXKVM_USER_PATH_H
#define FAUXKVM_USER_PATH_H

#include <stdbool.h>

/* Of the process. NULL: none. Not copied. */
void path_set_sysroot(const char *dir);
const char *path_sysroot(void);

/* The file that the program is, as the host's kernel has it: where
 * /proc/self/exe leads. */
void path_set_exe(const char *path);
const char *path_exe(void);

/* @path, or @buf (PATH_MAX bytes) with where it is. @path is readable. */
const char *path_on_host(const char *path, char *buf);
/* @follow: if it is a symbolic link, what it leads to is meant. */
const char *path_find(const char *path, bool follow, char *buf);

#endif
