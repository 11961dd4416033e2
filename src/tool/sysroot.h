/* SPDX-License-Identifier: MIT */
/*
 * Sysroots of unpacked Debian packages: a folder of the cache each, made by the
 * host's apt and dpkg-deb without privilege, and what is known of it in
 * its SYSROOT_DB:
 *
 *   about           machine, suite, mirror, keyring; a line each, may be empty
 *   packages        the names that were asked for
 *   info/P.control  of each unpacked package: what apt has to know of it
 *   info/P.list     its files
 *
 * A sysroot is never changed: a new one, with links to the old one's files, takes
 * its place when it is complete.
 */
#ifndef FAUXKVM_TOOL_SYSROOT_H
#define FAUXKVM_TOOL_SYSROOT_H

#include <stdbool.h>
#include <stddef.h>

#define SYSROOT_DB ".fauxkvm"

struct names {
	char **v;
	size_t n;
};

struct sysroot {
	/* What the options say; NULL: as the sysroot is, else the default. */
	const char *arch, *suite, *mirror, *keyring, *name;
	bool no_deps;
	char *cache;     /* where all are */
	char *dir;       /* this one */
	char *apt;       /* the folder apt works in */
	int log;         /* a file there */
	char *lists_why; /* apt's first complaint of its sources; NULL: none */
	struct names packages;
};

/* A package that is to come. */
struct deb {
	char *name, *version, *arch;
};

struct debs {
	struct deb *v;
	size_t n;
	char *why; /* the first dependency that cannot be had */
};

/* The functions of the options. */
int sysroot_set_arch(void *to, const char *value);
int sysroot_set_suite(void *to, const char *value);
int sysroot_set_mirror(void *to, const char *value);
int sysroot_set_keyring(void *to, const char *value);
int sysroot_set_name(void *to, const char *value);
int sysroot_set_no_deps(void *to, const char *value);

/* Did somebody ask for it, or for what is never without it? */
bool sysroot_is_asked(const struct sysroot *s, const char *package);

/* ---- sysroot-names.c ----------------------------------------------------- */

/* As asprintf(), which does not fail. */
char *text(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

void names_add(struct names *names, const char *name);
bool names_have(const struct names *names, const char *name);
void names_remove(struct names *names, const char *name);
/* Of a file, one a line; none if it is not there. */
struct names names_read(const char *path);
bool names_write(const struct names *names, const char *path);

/* For a terminal; the last one is wiped off by NULL. */
void progress(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* ---- sysroot-apt.c ------------------------------------------------------- */

/* Make the folder it works in. 0 or EXIT_USAGE, having said why, as all here. */
int apt_setup(struct sysroot *s);
/* The packages that @s->packages need and @s->dir has not, downloaded. */
int apt_fetch(struct sysroot *s, const struct names *packages,
	      struct debs *debs);
/* The packages of @s->dir that nobody asked for and none needs. */
int apt_unneeded(struct sysroot *s, struct names *packages);
/* The file of a downloaded package. */
char *apt_deb_file(const struct sysroot *s, const struct deb *deb);
/* Forget the downloaded ones. */
void apt_clean(const struct sysroot *s);
/* Is become: a command that sees the configuration. */
int apt_exec(struct sysroot *s, char **argv);

/* ---- sysroot-tree.c ------------------------------------------------------ */

/* A copy of @s->dir to change, "" if there is none. Freed by the next one. */
char *tree_new(struct sysroot *s);
int tree_unpack(struct sysroot *s, const char *tree, const struct deb *deb);
void tree_drop(const char *tree, const char *package);
/* It takes the place of @s->dir. */
int tree_replace(struct sysroot *s, char *tree);
void tree_delete(const char *tree);
/* The unpacked packages of a sysroot. */
struct names tree_packages(const char *dir);

#endif
