/* SPDX-License-Identifier: MIT */
/*
 * What a native program's children inherit, see child-env.h.
 */
#include "shim/child-env.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/exec-env.h"

#define PRELOAD EXEC_ENV_PRELOAD "="

/* Copies: a program may write over its environment (setproctitle). */
static char *kept[EXEC_ENV_MAX + 1];
static unsigned int kept_count;
static char *ours; /* the library's path */
static size_t ours_len;
static const char *tool;

/* Is the entry of @len bytes at @path a library of that name? */
static bool is_named(const char *path, size_t len, const char *name)
{
	size_t n = strlen(name);

	return len > n && path[len - n - 1] == '/' &&
	       !memcmp(path + len - n, name, n);
}

/* The next entry of a list that colons and blanks divide; NULL: no more. */
static const char *entry_next(const char *at, size_t *len)
{
	at += strspn(at, ": ");
	*len = strcspn(at, ": ");
	return *len ? at : NULL;
}

void child_env_init(const char *library)
{
	const char *at = getenv(EXEC_ENV_PRELOAD);
	size_t len;

	for (; at && (at = entry_next(at, &len)); at += len)
		if (is_named(at, len, library))
			break;
	if (!at)
		return;
	for (char **e = environ; *e && kept_count < EXEC_ENV_MAX; e++)
		if (exec_env_begins(*e, EXEC_ENV_OURS) &&
		    (kept[kept_count] = strdup(*e)))
			kept_count++;
	ours = strndup(at, len);
	ours_len = len;
	for (unsigned int i = 0; ours && !tool && i < kept_count; i++)
		tool = exec_env_value(kept[i], EXEC_ENV_TOOL);
}

const char *child_env_tool(void)
{
	return tool;
}

static bool is_ours(const char *at, size_t len)
{
	return len == ours_len && !memcmp(at, ours, len);
}

/* The list @old with ours in front, or without. With @to NULL only its length. */
static size_t list_make(const char *old, bool preloads, char *to)
{
	size_t n = 0, len;

	if (preloads) {
		if (to)
			memcpy(to, ours, ours_len);
		n = ours_len;
	}
	for (; (old = entry_next(old, &len)); old += len) {
		if (is_ours(old, len))
			continue;
		if (to && n)
			to[n] = ':';
		n += n != 0;
		if (to)
			memcpy(to + n, old, len);
		n += len;
	}
	return n;
}

static bool list_has_ours(const char *list)
{
	size_t len;

	for (; (list = entry_next(list, &len)); list += len)
		if (is_ours(list, len))
			return true;
	return false;
}

bool child_env_plan(struct child_env *e, char *const *env, bool preloads)
{
	static char *const none[] = {NULL};
	const char *list = "";

	*e = (struct child_env){
		.old = env ? env : none,
		.preload = -1,
		.cleared = true,
		.preloads = preloads,
	};
	for (; e->old[e->count]; e->count++) {
		if (exec_env_begins(e->old[e->count], PRELOAD))
			e->preload = e->count;
		else if (exec_env_begins(e->old[e->count], EXEC_ENV_TOOL "="))
			e->cleared = false;
	}
	if (e->preload >= 0)
		list = e->old[e->preload] + strlen(PRELOAD);
	if (list_has_ours(list) != preloads) {
		e->preload_len = list_make(list, preloads, NULL);
		e->drop = !e->preload_len;
	}
	return e->cleared || e->drop || e->preload_len;
}

size_t child_env_size(const struct child_env *e)
{
	/* One more for LD_PRELOAD, one for the end. */
	return ((size_t)e->count + kept_count + 2) * sizeof(char *) +
	       strlen(PRELOAD) + e->preload_len + 1;
}

/* Does @env have the variable of @entry? */
static bool env_has(char *const *env, long count, const char *entry)
{
	const size_t len = strcspn(entry, "=") + 1;

	for (long i = 0; i < count; i++)
		if (!strncmp(env[i], entry, len))
			return true;
	return false;
}

char **child_env_make(const struct child_env *e, void *memory)
{
	char **env = memory, **at = env;
	const char *list =
		e->preload < 0 ? "" : e->old[e->preload] + strlen(PRELOAD);
	char *text = (char *)(env + e->count + kept_count + 2);

	for (long i = 0; i < e->count; i++)
		if (i != e->preload || !(e->drop || e->preload_len))
			*at++ = e->old[i];
	if (e->preload_len) {
		*at++ = strcpy(text, PRELOAD);
		text += strlen(PRELOAD);
		text[list_make(list, e->preloads, text)] = '\0';
	}
	for (unsigned int i = 0; e->cleared && i < kept_count; i++)
		if (!env_has(e->old, e->count, kept[i]))
			*at++ = kept[i];
	*at = NULL;
	return env;
}
