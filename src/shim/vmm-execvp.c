/* SPDX-License-Identifier: MIT */
/*
 * The exec functions that look for a name in PATH, and those whose arguments are
 * a list, see vmm-exec.h. The C library's would execute by names of their own.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shim/vmm-exec.h"

/* As the C library has it for a program without PATH. */
#define DEFAULT_PATH "/bin:/usr/bin"

/* There is none at this place: the next one is looked at. */
static bool is_absence(long err)
{
	return err == -ENOENT || err == -ENOTDIR || err == -EACCES ||
	       err == -ESTALE || err == -ENODEV || err == -ETIMEDOUT;
}

long exec_search(const char *file, long (*try)(const char *path, void *arg),
		 void *arg)
{
	const size_t len = strlen(file);
	const char *path = getenv("PATH");
	char buf[PATH_MAX + NAME_MAX + 1];
	long ret, err = -ENOENT;

	if (!len)
		return -ENOENT;
	if (strchr(file, '/'))
		return try(file, arg);
	if (len > NAME_MAX)
		return -ENAMETOOLONG;
	if (!path)
		path = DEFAULT_PATH;
	for (;; path++) {
		size_t n = strcspn(path, ":");

		if (n < PATH_MAX - 1) {
			memcpy(buf, path, n);
			/* An empty element is the current folder. */
			if (n)
				buf[n] = '/';
			memcpy(buf + n + (n != 0), file, len + 1);
			ret = try(buf, arg);
			if (!is_absence(ret))
				return ret;
			if (ret == -EACCES)
				err = ret;
		}
		path += n;
		if (!*path)
			return err;
	}
}

struct args {
	char *const *argv, *const *env;
};

static long exec_by_shell(const char *path, const struct args *a)
{
	static char shell[] = "/bin/sh";
	const long argc = exec_count(a->argv);
	char **v = __builtin_alloca((size_t)(argc + 3) * sizeof(*v));
	long n = 0;

	v[n++] = shell;
	v[n++] = (char *)path;
	for (long i = 1; i < argc; i++)
		v[n++] = a->argv[i];
	v[n] = NULL;
	return vmm_execve(shell, v, a->env);
}

static long exec_or_shell(const char *path, void *arg)
{
	const struct args *a = arg;
	long ret = vmm_execve(path, a->argv, a->env);

	return ret == -ENOEXEC ? exec_by_shell(path, a) : ret;
}

long vmm_execvpe(const char *file, char *const *argv, char *const *env)
{
	struct args a = {argv, env};

	return exec_search(file, exec_or_shell, &a);
}

long vmm_execl(enum execl kind, const char *path, const char *arg, va_list ap)
{
	char **argv, *const *env = environ;
	va_list count;
	long n = 0;

	va_copy(count, ap);
	for (const char *a = arg; a; a = va_arg(count, char *))
		n++;
	va_end(count);
	argv = __builtin_alloca((size_t)(n + 1) * sizeof(*argv));
	argv[0] = (char *)arg;
	for (long i = 1; i <= n; i++)
		argv[i] = va_arg(ap, char *);
	if (kind == EXECLE)
		env = va_arg(ap, char *const *);
	return kind == EXECLP ? vmm_execvpe(path, argv, env)
			      : vmm_execve(path, argv, env);
}
