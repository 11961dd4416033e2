/* SPDX-License-Identifier: MIT */
/*
 * Finding files, see files.h. Our libraries are looked for relative to the
 * running executable first, so that a build folder works, and an installation
 * that was moved.
 */
#include "tool/files.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/out-file.h"
#include "base/types.h"

static bool is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	       access(path, X_OK) == 0;
}

static bool join(char *buf, size_t size, const char *dir, const char *sub,
		 const char *name)
{
	return (size_t)snprintf(buf, size, "%s%s/%s", dir, sub, name) < size;
}

/* The folder of this executable. */
static bool own_folder(char *buf, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", buf, size - 1);
	char *slash;

	if (n <= 0)
		return false;
	buf[n] = '\0';
	slash = strrchr(buf, '/');
	if (slash)
		*slash = '\0';
	return slash != NULL;
}

/*
 * The folder @lib as seen from an executable that is in BINDIR now: the part of
 * both that is the same is replaced.
 */
static bool moved_folder(const char *bin, const char *lib, char *buf,
			 size_t size)
{
	const char *was = BINDIR;
	size_t same = 0, bin_len = strlen(bin), tail;

	for (size_t i = 0; was[i] && was[i] == lib[i]; i++)
		if (was[i] == '/')
			same = i;
	tail = strlen(was + same);
	if (bin_len < tail || strcmp(bin + bin_len - tail, was + same))
		return false;
	return (size_t)snprintf(buf, size, "%.*s%s", (int)(bin_len - tail), bin,
				lib + same) < size;
}

/* @name in one of the folders @build of a build or in @installed. */
static bool own_file(const char *name, const char *const *build,
		     const char *installed, char *buf, size_t size)
{
	char dir[PATH_MAX], lib[PATH_MAX];

	if (own_folder(dir, sizeof(dir))) {
		for (; *build; build++)
			if (join(buf, size, dir, *build, name) &&
			    access(buf, R_OK) == 0)
				return true;
		if (moved_folder(dir, installed, lib, sizeof(lib)) &&
		    join(buf, size, lib, "", name) && access(buf, R_OK) == 0)
			return true;
	}
	return join(buf, size, installed, "", name) && access(buf, R_OK) == 0;
}

bool files_library(const char *name, char *buf, size_t size)
{
	static const char *const build[] = {"/src/shim", NULL};

	return own_file(name, build, PKGLIBDIR, buf, size);
}

bool files_engine(char *buf, size_t size)
{
	static const char *const build[] = {"/src/user", NULL};

	return own_file("fauxkvm-user", build, PKGLIBEXECDIR, buf, size);
}

bool files_in_path(const char *name, char *buf, size_t size)
{
	const char *path = getenv("PATH");
	char dir[PATH_MAX];

	if (!path)
		path = "/usr/local/bin:/usr/bin:/bin";
	for (;;) {
		size_t n = strcspn(path, ":");

		/* An empty element is the current folder. */
		snprintf(dir, sizeof(dir), "%.*s", n ? (int)n : 1,
			 n ? path : ".");
		if (join(buf, size, dir, "", name) && is_program(buf))
			return true;
		if (!path[n])
			return false;
		path += n + 1;
	}
}

bool files_in_sysroot(const char *sysroot, const char *name, char *buf,
		      size_t size)
{
	static const char *const bins[] = {"/usr/local/bin", "/usr/bin", "/bin",
					   "/usr/sbin", "/sbin"};

	for (unsigned int i = 0; i < ARRAY_SIZE(bins); i++)
		if (join(buf, size, sysroot, bins[i], name) && is_program(buf))
			return true;
	return false;
}

bool files_exist(const char *root, const char *path)
{
	char full[PATH_MAX];

	return (size_t)snprintf(full, sizeof(full), "%s%s",
				strcmp(root, "/") ? root : "",
				path) < sizeof(full) &&
	       access(full, F_OK) == 0;
}

bool files_find(const char *root, const char *path, char *buf, size_t size)
{
	const char *under = strcmp(root, "/") ? root : "";
	size_t first;
	char top[PATH_MAX];

	if ((size_t)snprintf(buf, size, "%s%s", under, path) >= size)
		return false;
	if (access(buf, F_OK) == 0)
		return true;
	first = strspn(path, "/");
	first += strcspn(path + first, "/");
	snprintf(top, sizeof(top), "%s%.*s", under, (int)first, path);
	return access(top, F_OK) != 0 && join(buf, size, under, "/usr", path) &&
	       access(buf, F_OK) == 0;
}

bool files_cache(char *buf, size_t size)
{
	const char *cache = getenv("FAUXKVM_CACHE");
	const char *xdg = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");

	if (cache && *cache)
		return (size_t)snprintf(buf, size, "%s", cache) < size;
	if (xdg && *xdg)
		return join(buf, size, xdg, "", "fauxkvm");
	return home && *home && join(buf, size, home, "/.cache", "fauxkvm");
}

bool files_is_unfinished(const char *name)
{
	const char *end = strrchr(name, '.');

	return end && (!strcmp(end, ".new") || !strcmp(end, ".old"));
}

/* First the one without a suite or a machine in its name. */
bool files_cached(bool (*is_it)(const char *dir, void *arg), void *arg,
		  char *buf, size_t size)
{
	char cache[PATH_MAX], pattern[PATH_MAX + 16];
	bool found = false;
	glob_t g;

	if (!files_cache(cache, sizeof(cache)) ||
	    !join(buf, size, cache, "", "sysroot"))
		return false;
	if (is_it(buf, arg))
		return true;
	snprintf(pattern, sizeof(pattern), "%s/sysroot-*", cache);
	if (glob(pattern, 0, NULL, &g))
		return false;
	for (size_t i = 0; i < g.gl_pathc && !found; i++)
		found = !files_is_unfinished(g.gl_pathv[i]) &&
			is_it(g.gl_pathv[i], arg) &&
			(size_t)snprintf(buf, size, "%s", g.gl_pathv[i]) < size;
	globfree(&g);
	return found;
}

static bool has_interp(const char *dir, void *interp)
{
	char file[PATH_MAX];

	return files_find(dir, interp, file, sizeof(file));
}

bool files_sysroot(const char *program, const char *interp, const char *cross,
		   char *buf, size_t size)
{
	char above[PATH_MAX], file[PATH_MAX];
	char *slash;

	if (files_exist("/", interp))
		return snprintf(buf, size, "/") > 0;
	if (realpath(program, above)) {
		while ((slash = strrchr(above, '/')) && slash != above) {
			*slash = '\0';
			/* What is above has it, too, and all paths. */
			if (!strcmp(strrchr(above, '/'), "/usr"))
				continue;
			if (files_find(above, interp, file, sizeof(file)))
				return snprintf(buf, size, "%s", above) > 0;
		}
	}
	if (files_cached(has_interp, (void *)interp, buf, size))
		return true;
	snprintf(buf, size, "%s", cross);
	return files_find(buf, interp, file, sizeof(file));
}

char *files_absolute(const char *path)
{
	char *cwd = *path == '/' ? NULL : getcwd(NULL, 0), *whole;

	if (asprintf(&whole, "%s%s%s", cwd ? cwd : "", cwd ? "/" : "", path) <
	    0)
		abort();
	free(cwd);
	return whole;
}

/* Of the folder in which @path is, or is to be. */
static bool folder_stat(const char *path, struct stat *st)
{
	const char *slash = strrchr(path, '/');
	char *folder =
		slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	bool ok;

	if (!folder)
		abort();
	ok = stat(folder, st) == 0;
	free(folder);
	return ok;
}

/* Neither is there yet. */
static bool same_to_be(const char *a, const char *b)
{
	const char *base_a = strrchr(a, '/'), *base_b = strrchr(b, '/');
	struct stat x, y;

	return !strcmp(base_a ? base_a + 1 : a, base_b ? base_b + 1 : b) &&
	       folder_stat(a, &x) && folder_stat(b, &y) &&
	       x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

bool files_same(const char *a, const char *b)
{
	struct stat x, y;

	int no_a = stat(a, &x), no_b = stat(b, &y);

	if (no_a && no_b)
		return same_to_be(a, b);
	return !no_a && !no_b && S_ISREG(x.st_mode) && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

bool files_can_write(const char *path, int flags)
{
	int err = out_file_check(path, flags);

	if (err)
		errno = -err;
	return !err;
}
