/* SPDX-License-Identifier: MIT */
/*
 * Arguments and environment of what the program executes, see exec.h.
 */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/exec-env.h"
#include "base/fault.h"
#include "user/abi.h"
#include "user/convert.h"
#include "user/exec.h"

#define PRELOAD EXEC_ENV_PRELOAD "="

/* Of a string of the environment, as Linux has it. */
#define MAX_STRING (128 << 10)

/* What the engine began with, if `fauxkvm run` began it. */
static char *kept[EXEC_ENV_MAX];
static unsigned int kept_count;
static const char *library; /* for native programs; NULL: there is none */

static void keep(char **env)
{
	bool by_tool = false;

	for (; *env && kept_count < EXEC_ENV_MAX; env++) {
		if (!exec_env_begins(*env, EXEC_ENV_OURS))
			continue;
		kept[kept_count++] = *env;
		by_tool |= exec_env_value(*env, EXEC_ENV_TOOL) != NULL;
		if (exec_env_value(*env, EXEC_ENV_LIBRARY))
			library = exec_env_value(*env, EXEC_ENV_LIBRARY);
	}
	if (!by_tool) {
		kept_count = 0;
		library = NULL;
	}
}

char **exec_env_init(char **env, unsigned int hidden)
{
	const size_t len = strlen(EXEC_ENV_PREFIX);
	char **programs;
	size_t n = 0;

	for (; env[n]; n++)
		if (exec_env_begins(env[n], EXEC_ENV_PREFIX))
			env[n] += len;
	keep(env);
	if (!hidden || hidden > n)
		return env;
	/* The engine goes on to see them. */
	n -= hidden;
	programs = calloc(n + 1, sizeof(*programs));
	return programs ? memcpy(programs, env, n * sizeof(*env)) : env;
}

/* ---- vectors of strings -------------------------------------------------- */

/* Number of strings at @addr, or -EFAULT. */
static long vector_count(uint64_t addr)
{
	uint64_t p = 0;

	for (long n = 0;; n++) {
		if (!addr)
			return 0;
		if (copy_from_user(
			    &p, (void *)(addr + (uint64_t)n * user_abi->word),
			    user_abi->word))
			return -EFAULT;
		if (!p)
			return n;
	}
}

/* @n of the program's words are @v, which may be where they are, in front. */
static void words_widen(char **v, long n)
{
	const char *words = (const char *)v;
	uint64_t p = 0;

	while (n--) {
		memcpy(&p, words + n * user_abi->word, user_abi->word);
		v[n] = (char *)p;
	}
}

char **exec_vector(struct user_thread *t, uint64_t addr, long front, long back,
		   long *count, long *err)
{
	char **v;

	*count = vector_count(addr);
	*err = *count < 0 ? *count : -ENOMEM;
	if (*count < 0)
		return NULL;
	v = exec_alloc(t, (uint64_t)(*count + front + back + 1) * sizeof(*v));
	if (v && *count &&
	    copy_from_user(v + front, (void *)addr,
			   (size_t)*count * user_abi->word)) {
		*err = -EFAULT;
		return NULL;
	}
	if (v && user_abi->word < sizeof(*v))
		words_widen(v + front, *count);
	return v;
}

/* ---- the environment ----------------------------------------------------- */

long exec_env_read(struct exec_env *e, struct user_thread *t, uint64_t addr)
{
	long err;

	*e = (struct exec_env){.thread = t};
	/* What is kept, and LD_PRELOAD. */
	e->v = exec_vector(t, addr, 0, kept_count + 1, &e->count, &err);
	return e->v ? 0 : err;
}

/* Does the string at @entry, of the program's memory, begin so? */
static bool entry_begins(const char *entry, const char *with)
{
	char text[64];
	size_t len = strlen(with);

	return !copy_from_user(text, entry, 1) && text[0] == with[0] &&
	       len <= sizeof(text) && !copy_from_user(text, entry, len) &&
	       !memcmp(text, with, len);
}

/* Takes the place of entry @i, or is a new one: @front and then the program's
 * string at @entry. Where that cannot be read the host will say so. */
static void entry_make(struct exec_env *e, long i, const char *front,
		       const char *entry)
{
	const size_t len = strlen(front);
	char *made = exec_alloc(e->thread, len + MAX_STRING);

	if (!made)
		return;
	if (!copy_string_from_user(made + len, entry, MAX_STRING)) {
		exec_shrink(e->thread, made, 0);
		return;
	}
	memcpy(made, front, len);
	exec_shrink(e->thread, made, strlen(made) + 1);
	e->v[i] = made;
}

/* Would the engine's C library take it for its own? The engine has no dynamic
 * linker. */
static bool is_hosts(const char *entry)
{
	return entry_begins(entry, "MALLOC_") ||
	       entry_begins(entry, "GLIBC_TUNABLES=");
}

static long env_find(const struct exec_env *e, const char *name)
{
	for (long i = 0; i < e->count; i++)
		if (entry_begins(e->v[i], name))
			return i;
	return -1;
}

static bool env_has(const struct exec_env *e, const char *entry)
{
	char text[64];
	const size_t len = strcspn(entry, "=") + 1;

	if (len >= sizeof(text))
		return true;
	memcpy(text, entry, len);
	text[len] = '\0';
	return env_find(e, text) >= 0;
}

/* Has the program cleared its environment? Then what was kept is added. */
static void env_complete(struct exec_env *e)
{
	const long count = e->count;

	if (!kept_count || env_find(e, EXEC_ENV_TOOL "=") >= 0)
		return;
	for (unsigned int i = 0; i < kept_count; i++)
		if (!env_has(e, kept[i]))
			e->v[e->count++] = kept[i];
	e->hidden = (unsigned int)(e->count - count);
}

void exec_env_for_engine(struct exec_env *e)
{
	for (long i = 0; i < e->count; i++)
		if (is_hosts(e->v[i]))
			entry_make(e, i, EXEC_ENV_PREFIX, e->v[i]);
	env_complete(e);
}

void exec_env_for_native(struct exec_env *e)
{
	char front[sizeof(PRELOAD) + PATH_MAX + 1];
	long i;

	env_complete(e);
	if (!library)
		return;
	i = env_find(e, PRELOAD);
	snprintf(front, sizeof(front), PRELOAD "%s%s", library,
		 i < 0 ? "" : ":");
	if (i < 0)
		entry_make(e, e->count++, front, "");
	else
		entry_make(e, i, front, e->v[i] + strlen(PRELOAD));
}
