/* SPDX-License-Identifier: MIT */
/*
 * Where things are: our libraries, programs, sysroots. Functions that fill
 * @buf return false when there is no such thing.
 */
#ifndef FAUXKVM_TOOL_FILES_H
#define FAUXKVM_TOOL_FILES_H

#include <stdbool.h>
#include <stddef.h>

/* One of our libraries: beside the build, or where it was installed. */
bool files_library(const char *name, char *buf, size_t size);

/* fauxkvm-user, likewise. */
bool files_engine(char *buf, size_t size);

/* An executable file in PATH; in the bin folders of a sysroot. */
bool files_in_path(const char *name, char *buf, size_t size);
bool files_in_sysroot(const char *sysroot, const char *name, char *buf,
		      size_t size);

/* The folder of what was fetched. */
bool files_cache(char *buf, size_t size);
/* The first of the sysroots there that are found by themselves for which is_it(). */
bool files_cached(bool (*is_it)(const char *dir, void *arg), void *arg,
		  char *buf, size_t size);
/* Is a folder in it of this @name one that is being made or deleted? */
bool files_is_unfinished(const char *name);

/*
 * A sysroot with the dynamic linker @interp: "/", a folder above @program,
 * one that `fauxkvm sysroot` made, or the cross compiler's, @cross.
 */
bool files_sysroot(const char *program, const char *interp, const char *cross,
		   char *buf, size_t size);

/* @path from the root, in memory of the caller's. */
char *files_absolute(const char *path);

/* As out_file_check(): false with errno. */
bool files_can_write(const char *path, int flags);

/* Are both one file, or will be, to which what is written stays? A terminal, a pipe
 * or /dev/null is none. */
bool files_same(const char *a, const char *b);

/* Is there @path in @root? */
bool files_exist(const char *root, const char *path);

/*
 * @path in @root; what would be in /lib, /bin and the like is looked for in
 * /usr if @root has no such folder: unpacked packages of a newer distribution,
 * whose links to /usr no package of theirs contains.
 */
bool files_find(const char *root, const char *path, char *buf, size_t size);

#endif
