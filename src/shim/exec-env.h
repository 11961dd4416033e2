/* SPDX-License-Identifier: MIT */
/*
 * The environment of what a native program executes: our library is preloaded
 * there, too, and what `fauxkvm run` was told is known there even if the
 * program cleared its environment.
 *
 * Used between vfork() and exec: nothing allocates, locks or sets errno. The
 * caller has the memory, on its stack.
 */
#ifndef FAUXKVM_SHIM_EXEC_ENV_H
#define FAUXKVM_SHIM_EXEC_ENV_H

#include <stdbool.h>
#include <stddef.h>

/* Once, by the library that is called @library in LD_PRELOAD. */
void exec_env_init(const char *library);

/* The command that runs programs for other machines. NULL: there is none, and
 * what is executed is the host's affair alone. */
const char *exec_env_tool(void);

/* What is to be done to an environment; made by exec_env_plan(). */
struct exec_env {
	char *const *old;
	long count;         /* of @old */
	long preload;       /* which of @old is LD_PRELOAD; -1: none is */
	size_t preload_len; /* of what takes its place; 0: it stays */
	bool drop;          /* nothing takes its place */
	bool cleared;       /* what was kept is added */
	bool preloads;      /* ours is to be in it; false: is not to be */
};

/* True: it needs exec_env_size() bytes, in which exec_env_make() makes the new
 * one. False: it is right as it is. */
bool exec_env_plan(struct exec_env *e, char *const *env, bool preloads);
size_t exec_env_size(const struct exec_env *e);
char **exec_env_make(const struct exec_env *e, void *memory);

#endif
