/* SPDX-License-Identifier: MIT */
/*
 * The environment of what a native program executes: our library is preloaded
 * there, too, and what `fauxkvm run` was told is known there even if the
 * program cleared its environment.
 *
 * Used between vfork() and exec: nothing allocates, locks or sets errno. The
 * caller has the memory, on its stack.
 */
#ifndef FAUXKVM_SHIM_CHILD_ENV_H
#define FAUXKVM_SHIM_CHILD_ENV_H

#include <stdbool.h>
#include <stddef.h>

/* Once, by the library that is called @library in LD_PRELOAD. */
void child_env_init(const char *library);

/* The command that runs programs for other machines. NULL: there is none, and
 * what is executed is the host's affair alone. */
const char *child_env_tool(void);

/* What is to be done to an environment; made by child_env_plan(). */
struct child_env {
	char *const *old;
	long count;         /* of @old */
	long preload;       /* which of @old is LD_PRELOAD; -1: none is */
	size_t preload_len; /* of what takes its place; 0: it stays */
	bool drop;          /* nothing takes its place */
	bool cleared;       /* what was kept is added */
	bool preloads;      /* ours is to be in it; false: is not to be */
};

/* True: it needs child_env_size() bytes, in which child_env_make() makes the new
 * one. False: it is right as it is. */
bool child_env_plan(struct child_env *e, char *const *env, bool preloads);
size_t child_env_size(const struct child_env *e);
char **child_env_make(const struct child_env *e, void *memory);

#endif
