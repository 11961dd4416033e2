/* SPDX-License-Identifier: MIT */
/*
 * Lists of names, texts and progress for fauxkvm sysroot, see sysroot.h. Memory
 * is the process's, which ends soon.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tool/sysroot.h"

char *text(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		abort();
	va_end(ap);
	return s;
}

void names_add(struct names *names, const char *name)
{
	char **v = realloc(names->v, (names->n + 1) * sizeof(*v));

	if (!v)
		abort();
	names->v = v;
	v[names->n++] = text("%s", name);
}

bool names_have(const struct names *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (!strcmp(names->v[i], name))
			return true;
	return false;
}

void names_remove(struct names *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (!strcmp(names->v[i], name))
			names->v[i--] = names->v[--names->n];
}

struct names names_read(const char *path)
{
	struct names names = {0};
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	while (f && (n = getline(&line, &size, f)) > 0) {
		if (line[n - 1] == '\n')
			line[n - 1] = '\0';
		names_add(&names, line);
	}
	free(line);
	if (f)
		fclose(f);
	return names;
}

bool names_write(const struct names *names, const char *path)
{
	bool bad;
	FILE *f;

	/* It may be a link to another sysroot's. */
	unlink(path);
	f = fopen(path, "we");
	if (!f)
		return false;
	for (size_t i = 0; i < names->n; i++)
		fprintf(f, "%s\n", names->v[i]);
	bad = ferror(f);
	return fclose(f) == 0 && !bad;
}

void progress(const char *fmt, ...)
{
	static bool shown;
	va_list ap;

	if (!isatty(STDERR_FILENO) || (!fmt && !shown))
		return;
	fputs("\r\033[K", stderr);
	if (fmt) {
		va_start(ap, fmt);
		vfprintf(stderr, fmt, ap);
		va_end(ap);
	}
	shown = fmt;
	fflush(stderr);
}
