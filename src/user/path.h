/* SPDX-License-Identifier: MIT */
/*
 * Where a path of the program's is on the host: under the sysroot if something
 * is there, as `qemu-aarch64 -L` has it, else as it stands.
 */
#ifndef FAUXKVM_USER_PATH_H
#define FAUXKVM_USER_PATH_H

/* Of the process. NULL: none. Not copied. */
void path_set_sysroot(const char *dir);
const char *path_sysroot(void);

/* @path, or @buf (PATH_MAX bytes) with where it is. @path is readable. */
const char *path_on_host(const char *path, char *buf);

#endif
