/* SPDX-License-Identifier: MIT */
/*
 * The variables by which `fauxkvm run` reaches what its COMMAND executes: set by src/tool, kept by
 * the engine for arm64 programs (user/exec-env.c), by the shim for native ones
 * (shim/child-env.c), and read by the bridge (shim/bridge-exec.c).
 */
#ifndef FAUXKVM_BASE_EXEC_ENV_H
#define FAUXKVM_BASE_EXEC_ENV_H

#include <stdbool.h>
#include <string.h>

/* All of ours begin so, and go to children whole. */
#define EXEC_ENV_OURS "FAUXKVM_"
/* Of these, as many at most. */
#define EXEC_ENV_MAX 64

/* The fauxkvm that runs what is executed; "" or none: nobody does. */
#define EXEC_ENV_TOOL "FAUXKVM_TOOL"
/* What an arm64 program's native children preload. */
#define EXEC_ENV_LIBRARY "FAUXKVM_EXEC_LIBRARY"
#define EXEC_ENV_PRELOAD "LD_PRELOAD"

static inline bool exec_env_begins(const char *entry, const char *with)
{
	return !strncmp(entry, with, strlen(with));
}

/* The value if @entry is "NAME=VALUE" of that name and not empty; else NULL. */
static inline const char *exec_env_value(const char *entry, const char *name)
{
	const size_t len = strlen(name);

	return exec_env_begins(entry, name) && entry[len] == '=' &&
			       entry[len + 1]
		       ? entry + len + 1
		       : NULL;
}

#endif
