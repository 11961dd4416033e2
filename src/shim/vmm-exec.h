/* SPDX-License-Identifier: MIT */
/*
 * exec and posix_spawn of a native program: what is built for arm64 or ppc64le,
 * or is a script of such an interpreter, is run as `fauxkvm run` runs it, by
 * executing that command. All else is the host's affair, and inherits our library.
 *
 * In the shim, and alone in the library for native programs that arm64 programs
 * execute (exec-only.c). Between vfork() and exec nothing may allocate or lock.
 * Functions return -errno as in vmm-calls.h, vmm_spawn() an errno.
 */
#ifndef FAUXKVM_SHIM_VMM_EXEC_H
#define FAUXKVM_SHIM_VMM_EXEC_H

#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>

long vmm_execve(const char *path, char *const *argv, char *const *env);
long vmm_execveat(int dir, const char *path, char *const *argv,
		  char *const *env, int flags);
long vmm_fexecve(int fd, char *const *argv, char *const *env);
/* Looks for a name without a slash in PATH, has a shell run what is no program. */
long vmm_execvpe(const char *file, char *const *argv, char *const *env);

enum execl { EXECL, EXECLE, EXECLP };
/* The arguments behind @arg, which NULL ends; behind it the environment. */
long vmm_execl(enum execl kind, const char *path, const char *arg, va_list ap);

int vmm_spawn(bool search, pid_t *pid, const char *file,
	      const posix_spawn_file_actions_t *actions,
	      const posix_spawnattr_t *attr, char *const *argv,
	      char *const *env);

/* ---- among the three ----------------------------------------------------- */

/* Of a script Linux reads that much. */
#define EXEC_HEAD 256

/* A file that it takes the command to run. */
struct exec_file {
	const char *path;   /* of a program for another machine */
	const char *script; /* what is executed, if it is a script; or NULL */
	char *interp, *arg; /* of a script */
	char head[EXEC_HEAD + 1];
};

/* Is it one? It may be @path without a slash, in the current folder. */
bool exec_is_foreign(struct exec_file *f, int dir, const char *path, int flags);
long exec_count(char *const *v);
/* The arguments of that command: @v has room for EXEC_FRONT more than @argv, the
 * end included. */
#define EXEC_FRONT 9
void exec_front(char **v, const struct exec_file *f, char *const *argv,
		long argc);
/* May it be executed? 0 or -errno. */
long exec_access(int dir, const char *path, int flags);
/*
 * Calls @try for each file that PATH has by the name @file, until it does not
 * answer that there is none: that answer, or -EACCES if one was that, or -ENOENT.
 */
long exec_search(const char *file, long (*try)(const char *path, void *arg),
		 void *arg);

#endif
