/* SPDX-License-Identifier: MIT */
/*
 * The folder of a sysroot, see sysroot.h: a copy by links, packages unpacked
 * into it and taken out, its place taken at once by renameat2(2).
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/types.h"
#include "tool/children.h"
#include "tool/sysroot.h"
#include "tool/tool.h"

static int delete_entry(const char *path, const struct stat *st, int type,
			struct FTW *ftw)
{
	remove(path);
	return 0;
}

void tree_delete(const char *tree)
{
	nftw(tree, delete_entry, 32, FTW_DEPTH | FTW_PHYS);
}

struct names tree_packages(const char *dir)
{
	DIR *d = opendir(text("%s/" SYSROOT_DB "/info", dir));
	struct names names = {0};
	struct dirent *e;

	while (d && (e = readdir(d))) {
		char *dot = strrchr(e->d_name, '.');

		if (!dot || strcmp(dot, ".control"))
			continue;
		*dot = '\0';
		names_add(&names, e->d_name);
	}
	if (d)
		closedir(d);
	return names;
}

/* An earlier one that was interrupted is of no use. */
char *tree_new(struct sysroot *s)
{
	char *tree = text("%s.new", s->dir);
	const char *const copy[] = {"cp",   "-a", "--link", "--",
				    s->dir, tree, NULL};

	tree_delete(tree);
	/* Without the list of what is in it nothing could be removed. */
	if (access(text("%s/" SYSROOT_DB "/info", s->dir), F_OK) == 0) {
		if (child_run(&(struct child){.argv = copy,
					      .in = CHILD_FROM_NOTHING,
					      .log = s->log}))
			return tree;
	} else if (mkdir(tree, 0777) == 0 &&
		   mkdir(text("%s/" SYSROOT_DB, tree), 0777) == 0 &&
		   mkdir(text("%s/" SYSROOT_DB "/info", tree), 0777) == 0) {
		return tree;
	}
	tool_fail("cannot make %s: %s", tree, strerror(errno));
	return NULL;
}

/* ---- a package ----------------------------------------------------------- */

/*
 * A link to an absolute path would lead out of the sysroot for who does not take
 * it for the root, as QEMU's user mode does not.
 */
static void link_make_relative(const char *tree, const char *path)
{
	char *file = text("%s/%s", tree, path), *up = text("%s", "");
	char to[4096];
	ssize_t n = readlink(file, to, sizeof(to) - 1);

	if (n <= 0 || to[0] != '/')
		return;
	to[n] = '\0';
	for (const char *p = strchr(path, '/'); p; p = strchr(p + 1, '/'))
		up = text("%s../", up);
	unlink(file);
	if (symlink(text("%s%s", up, to + strspn(to, "/")), file))
		return;
}

struct unpacking {
	const char *tree;
	struct names files;
};

/* "./usr/bin/x", folders with a slash at their end */
static void file_read(char *line, void *arg)
{
	struct unpacking *u = arg;
	size_t len;

	if (strncmp(line, "./", 2) || !line[2])
		return;
	len = strlen(line);
	if (line[len - 1] == '/')
		line[len - 1] = '\0';
	names_add(&u->files, line + 2);
}

/* dpkg-deb | tar, which says what it unpacks. */
static bool deb_unpack(const struct sysroot *s, const char *deb,
		       struct unpacking *u)
{
	const char *const from[] = {"dpkg-deb", "--fsys-tarfile", deb, NULL};
	const char *const to[] = {"tar",
				  "-xvf",
				  "-",
				  "-C",
				  u->tree,
				  "--no-same-owner",
				  "--keep-directory-symlink",
				  "--warning=no-timestamp",
				  "--quoting-style=literal",
				  "--exclude=./usr/share/doc",
				  "--exclude=./usr/share/man",
				  "--exclude=./usr/share/locale",
				  NULL};
	int fd, pid;
	bool ok;

	pid = child_start_pipe(&(struct child){.argv = from,
					       .in = CHILD_FROM_NOTHING,
					       .log = s->log,
					       .heard_fd = 1},
			       &fd);
	if (pid < 0)
		return false;
	ok = child_run(&(struct child){.argv = to,
				       .in = fd,
				       .log = s->log,
				       .heard_fd = 1,
				       .line = file_read,
				       .arg = u});
	close(fd);
	return child_wait(pid) && ok;
}

/* A field, and the lines that it goes on. */
static void control_read(char *line, void *arg)
{
	names_add(arg, line);
}

static bool control_write(const struct sysroot *s, const char *tree,
			  const char *deb, const char *name)
{
	/* Without what makes apt keep it for its own sake. What was unpacked
	 * without dependencies is not to look as if it lacked them. */
	const char *const argv[] = {
		"dpkg-deb",    "-f",       deb,
		"Package",     "Version",  "Architecture",
		"Multi-Arch",  "Provides", "Conflicts",
		"Breaks",      "Replaces", s->no_deps ? NULL : "Depends",
		"Pre-Depends", NULL};
	struct names control = {0};

	return child_run(&(struct child){.argv = argv,
					 .in = CHILD_FROM_NOTHING,
					 .log = s->log,
					 .heard_fd = 1,
					 .line = control_read,
					 .arg = &control}) &&
	       control.n &&
	       names_write(&control, text("%s/" SYSROOT_DB "/info/%s.control",
					  tree, name));
}

int tree_unpack(struct sysroot *s, const char *tree, const struct deb *deb)
{
	const char *file = apt_deb_file(s, deb);
	struct unpacking u = {.tree = tree};

	tree_drop(tree, deb->name);
	if (!deb_unpack(s, file, &u) ||
	    !control_write(s, tree, file, deb->name) ||
	    !names_write(&u.files, text("%s/" SYSROOT_DB "/info/%s.list", tree,
					deb->name))) {
		/* It may have been cut off by a full disk, or be damaged. */
		unlink(file);
		return tool_fail("cannot unpack %s: see %s/log", file, s->apt);
	}
	for (size_t i = 0; i < u.files.n; i++)
		link_make_relative(tree, u.files.v[i]);
	return 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What other packages than @package have, sorted. */
static struct names others_files(const char *tree, const char *package)
{
	struct names all = tree_packages(tree), out = {0};

	for (size_t i = 0; i < all.n; i++) {
		struct names files = {0};

		if (strcmp(all.v[i], package))
			files = names_read(text("%s/" SYSROOT_DB
						"/info/%s.list",
						tree, all.v[i]));
		for (size_t k = 0; k < files.n; k++)
			names_add(&out, files.v[k]);
	}
	if (out.n)
		qsort(out.v, out.n, sizeof(*out.v), compare);
	return out;
}

void tree_drop(const char *tree, const char *package)
{
	char *list = text("%s/" SYSROOT_DB "/info/%s.list", tree, package);
	struct names files = names_read(list), others = {0};

	if (files.n)
		others = others_files(tree, package);
	/* From below, so that folders are empty. */
	for (size_t i = files.n; i-- > 0;)
		if (!others.n || !bsearch(&files.v[i], others.v, others.n,
					  sizeof(*others.v), compare))
			remove(text("%s/%s", tree, files.v[i]));
	unlink(list);
	unlink(text("%s/" SYSROOT_DB "/info/%s.control", tree, package));
}

/* ---- as a whole ---------------------------------------------------------- */

/* The links of a newer distribution's root, which are in no package but
 * base-files. */
static void links_make(const char *tree)
{
	static const char *const names[] = {"bin", "sbin", "lib", "lib64"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *in_usr = text("usr/%s", names[i]);

		if (access(text("%s/%s", tree, in_usr), F_OK) == 0 &&
		    symlink(in_usr, text("%s/%s", tree, names[i])) &&
		    errno != EEXIST)
			continue;
	}
}

static bool db_write(const struct sysroot *s, const char *tree)
{
	struct names about = {0};

	names_add(&about, s->arch);
	names_add(&about, s->suite ? s->suite : "");
	names_add(&about, s->mirror ? s->mirror : "");
	names_add(&about, s->keyring ? s->keyring : "");
	return names_write(&about, text("%s/" SYSROOT_DB "/about", tree)) &&
	       names_write(&s->packages,
			   text("%s/" SYSROOT_DB "/packages", tree));
}

/* Two renames leave a moment without, on a file system that can't do better. */
static bool exchange(const char *tree, const char *dir)
{
	char *old = text("%s.old", dir);

	if (renameat2(AT_FDCWD, tree, AT_FDCWD, dir, RENAME_EXCHANGE) == 0)
		return true;
	if (errno == ENOENT)
		return rename(tree, dir) == 0;
	tree_delete(old);
	if (rename(dir, old) || rename(tree, dir))
		return false;
	tree_delete(old);
	return true;
}

int tree_replace(struct sysroot *s, char *tree)
{
	links_make(tree);
	if (!db_write(s, tree) || !exchange(tree, s->dir))
		return tool_fail("cannot make %s: %s", s->dir, strerror(errno));
	tree_delete(tree);
	return 0;
}
