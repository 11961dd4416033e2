/* SPDX-License-Identifier: MIT */
/*
 * fauxkvm sysroot: fetch, list and remove the packages of other machines that
 * fauxkvm run finds programs and libraries in. See sysroot.h.
 */
#include "tool/options.h"
#include "tool/sysroot.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/types.h"
#include "tool/files.h"
#include "tool/tool.h"

/* ---- options ------------------------------------------------------------- */

int sysroot_set_arch(void *to, const char *value)
{
	struct sysroot *s = to;

	if (strcmp(value, "arm64") && strcmp(value, "armhf") &&
	    strcmp(value, "ppc64el"))
		return tool_fail("no machine is called '%s'; there are arm64, "
				 "armhf and ppc64el",
				 value);
	s->arch = value;
	return 0;
}

/* Without what would lead elsewhere in a path or a line of apt's sources. */
static bool is_word(const char *value)
{
	if (!isalnum((unsigned char)*value))
		return false;
	for (; *value; value++)
		if (!isalnum((unsigned char)*value) && !strchr("-._+~", *value))
			return false;
	return true;
}

int sysroot_set_suite(void *to, const char *value)
{
	struct sysroot *s = to;

	if (!is_word(value))
		return tool_fail("'%s' is no name of a suite", value);
	s->suite = value;
	return 0;
}

int sysroot_set_name(void *to, const char *value)
{
	struct sysroot *s = to;

	if (!is_word(value) || !strncmp(value, "apt", 3) ||
	    files_is_unfinished(value))
		return tool_fail("'%s' cannot be the name of a sysroot", value);
	s->name = value;
	return 0;
}

int sysroot_set_mirror(void *to, const char *value)
{
	struct sysroot *s = to;

	if (!strchr(value, ':') || *value == ':' || strpbrk(value, " \t\n[]"))
		return tool_fail("'%s' is no address of a mirror", value);
	s->mirror = value;
	return 0;
}

int sysroot_set_keyring(void *to, const char *value)
{
	struct sysroot *s = to;
	struct stat st;

	s->keyring = realpath(value, NULL);
	if (!s->keyring || stat(s->keyring, &st) || access(value, R_OK))
		return tool_fail("%s: %s", value, strerror(errno));
	return S_ISREG(st.st_mode) ? 0
				   : tool_fail("%s: not a regular file", value);
}

int sysroot_set_no_deps(void *to, const char *value)
{
	struct sysroot *s = to;

	s->no_deps = true;
	return 0;
}

/* ---- which one ----------------------------------------------------------- */

static const char *about(const struct names *known, size_t n,
			 const char *otherwise)
{
	return n < known->n && known->v[n][0] ? known->v[n] : otherwise;
}

/* An existing one is as it is. */
static int like_before(struct sysroot *s)
{
	struct names known =
		names_read(text("%s/" SYSROOT_DB "/about", s->dir));
	const char *arch = about(&known, 0, NULL);
	const char *suite = about(&known, 1, NULL);

	if (arch && s->arch && strcmp(arch, s->arch))
		return tool_fail("%s is a sysroot of %s", s->dir, arch);
	if (arch && s->suite && (!suite || strcmp(suite, s->suite)))
		return tool_fail("%s is a sysroot of %s", s->dir,
				 suite ? suite : "the host's suite");
	if (!s->arch)
		s->arch = arch ? arch : "arm64";
	if (!s->suite)
		s->suite = suite;
	if (!s->mirror)
		s->mirror = about(&known, 2, NULL);
	if (!s->keyring)
		s->keyring = about(&known, 3, NULL);
	return 0;
}

static int cache_find(struct sysroot *s)
{
	char cache[PATH_MAX];

	if (!files_cache(cache, sizeof(cache)))
		return tool_fail("no folder for sysroots: set FAUXKVM_CACHE or "
				 "HOME");
	s->cache = text("%s", cache);
	return 0;
}

static int sysroot_choose(struct sysroot *s)
{
	const char *arch = s->arch ? s->arch : "arm64";

	if (!s->name)
		s->name = text("sysroot%s%s%s%s", s->suite ? "-" : "",
			       s->suite ? s->suite : "",
			       strcmp(arch, "arm64") ? "-" : "",
			       strcmp(arch, "arm64") ? arch : "");
	s->dir = text("%s/%s", s->cache, s->name);
	s->packages = names_read(text("%s/" SYSROOT_DB "/packages", s->dir));
	return like_before(s);
}

static bool folder_make(char *path)
{
	for (char *slash = path; (slash = strchr(slash + 1, '/'));) {
		*slash = '\0';
		mkdir(path, 0777);
		*slash = '/';
	}
	return mkdir(path, 0777) == 0 || errno == EEXIST;
}

/* One at a time may change the cache. */
static int lock(const struct sysroot *s)
{
	int fd;

	if (!folder_make(s->cache))
		return tool_fail("%s: %s", s->cache, strerror(errno));
	fd = open(text("%s/lock", s->cache), O_RDWR | O_CREAT | O_CLOEXEC,
		  0666);
	if (fd < 0)
		return tool_fail("%s/lock: %s", s->cache, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		progress("fauxkvm: waiting for another one that changes %s",
			 s->cache);
		/* It may fetch for an hour: a log has to say what goes on. */
		if (!isatty(STDERR_FILENO))
			fprintf(stderr,
				"fauxkvm: waiting for another one that changes "
				"%s\n",
				s->cache);
		while (flock(fd, LOCK_EX))
			if (errno != EINTR)
				return tool_fail("%s/lock: %s", s->cache,
						 strerror(errno));
		progress(NULL);
	}
	return 0;
}

/* What it is has to be looked at when nobody changes it any more. */
static int sysroot_begin(struct sysroot *s)
{
	return cache_find(s) || lock(s) || sysroot_choose(s) ? EXIT_USAGE : 0;
}

/* ---- install, remove ----------------------------------------------------- */

/* As Debian has them; of apt's ways to say more, =VERSION and /SUITE. A name
 * with '-' at its end would remove. */
static int packages_check(const struct names *packages)
{
	for (size_t i = 0; i < packages->n; i++) {
		const char *p = packages->v[i];
		size_t len = strcspn(p, "=/");

		if (!isalnum((unsigned char)*p) || len < 2 ||
		    strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789+-.") !=
			    len ||
		    p[len - 1] == '-' || (p[len] && !p[len + 1]))
			return tool_fail("'%s' is no name of a package", p);
	}
	return 0;
}

static char *bare_name(const char *package)
{
	return text("%.*s", (int)strcspn(package, "=/"), package);
}

static bool all_there(const struct sysroot *s, const struct names *packages)
{
	for (size_t i = 0; i < packages->n; i++)
		if (!names_have(&s->packages, bare_name(packages->v[i])))
			return false;
	return true;
}

/* What a package needs as it is usually run, and only recommends. */
static const struct {
	const char *package, *needs;
} companions[] = {
	{"qemu-system-arm", "ipxe-qemu"},
	{"qemu-system-ppc", "ipxe-qemu"},
};

bool sysroot_is_asked(const struct sysroot *s, const char *package)
{
	if (names_have(&s->packages, package))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(companions); i++)
		if (!strcmp(companions[i].needs, package) &&
		    names_have(&s->packages, companions[i].package))
			return true;
	return false;
}

/* @packages with their companions. */
static struct names with_companions(const struct names *packages)
{
	struct names all = {0};

	for (size_t i = 0; i < packages->n; i++)
		names_add(&all, packages->v[i]);
	for (size_t i = 0; i < ARRAY_SIZE(companions); i++)
		if (names_have(&all, companions[i].package) &&
		    !names_have(&all, companions[i].needs))
			names_add(&all, companions[i].needs);
	return all;
}

/* What was asked for has to be a package: only such can be removed. */
static int packages_ask(struct sysroot *s, const char *tree,
			const struct names *packages)
{
	struct names have = tree_packages(tree);

	for (size_t i = 0; i < packages->n; i++) {
		const char *name = bare_name(packages->v[i]);

		if (!names_have(&have, name))
			return tool_fail("%s is a name for several packages: "
					 "choose one",
					 name);
		if (!names_have(&s->packages, name))
			names_add(&s->packages, name);
	}
	return 0;
}

static int install(struct sysroot *s, const struct names *packages)
{
	struct names wanted = with_companions(packages);
	struct debs debs = {0};
	char *tree;

	if (packages_check(packages) || sysroot_begin(s))
		return EXIT_USAGE;
	if (all_there(s, packages))
		return 0;
	if (apt_setup(s) ||
	    apt_fetch(s, s->no_deps ? packages : &wanted, &debs))
		return EXIT_USAGE;
	tree = tree_new(s);
	if (!tree)
		return EXIT_USAGE;
	for (size_t i = 0; i < debs.n; i++) {
		progress("fauxkvm: unpacking packages: %zu of %zu", i + 1,
			 debs.n);
		if (tree_unpack(s, tree, &debs.v[i]))
			return EXIT_USAGE;
	}
	progress(NULL);
	if (packages_ask(s, tree, packages) || tree_replace(s, tree))
		return EXIT_USAGE;
	apt_clean(s);
	printf("%s: %zu packages\n", s->dir, tree_packages(s->dir).n);
	return 0;
}

static int remove_packages(struct sysroot *s, const struct names *packages)
{
	struct names unneeded = {0};
	char *tree;

	if (sysroot_begin(s))
		return EXIT_USAGE;
	for (size_t i = 0; i < packages->n; i++) {
		if (!names_have(&s->packages, packages->v[i]))
			return tool_fail("%s was not installed into %s",
					 packages->v[i], s->dir);
		names_remove(&s->packages, packages->v[i]);
	}
	if (!s->packages.n) {
		/* From its name at once, as others may look for it. */
		tree = text("%s.new", s->dir);
		tree_delete(tree);
		if (rename(s->dir, tree))
			return tool_fail("%s: %s", s->dir, strerror(errno));
		tree_delete(tree);
		return 0;
	}
	if (apt_setup(s) || apt_unneeded(s, &unneeded))
		return EXIT_USAGE;
	tree = tree_new(s);
	if (!tree)
		return EXIT_USAGE;
	for (size_t i = 0; i < unneeded.n; i++)
		tree_drop(tree, unneeded.v[i]);
	return tree_replace(s, tree);
}

/* ---- list ---------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* None if there is no such folder. @err: 0 or EXIT_USAGE. */
static struct names sysroots(const char *cache, int *err)
{
	struct names names = {0};
	DIR *d = opendir(cache);
	struct dirent *e;

	if (!d && errno != ENOENT)
		*err = tool_fail("%s: %s", cache, strerror(errno));
	while (d && (e = readdir(d)))
		if (!files_is_unfinished(e->d_name) &&
		    access(text("%s/%s/" SYSROOT_DB "/about", cache, e->d_name),
			   F_OK) == 0)
			names_add(&names, e->d_name);
	if (d)
		closedir(d);
	if (names.n)
		qsort(names.v, names.n, sizeof(*names.v), by_name);
	return names;
}

static const char *version_of(const char *dir, const char *package)
{
	struct names control = names_read(
		text("%s/" SYSROOT_DB "/info/%s.control", dir, package));

	for (size_t i = 0; i < control.n; i++)
		if (!strncmp(control.v[i], "Version: ", 9))
			return control.v[i] + 9;
	return "";
}

static int list(const struct sysroot *options)
{
	int err = 0;
	struct names all = sysroots(options->cache, &err);

	for (size_t i = 0; i < all.n; i++) {
		struct names packages, have;
		struct sysroot s = *options;

		s.name = all.v[i];
		if (options->name && strcmp(options->name, s.name))
			continue;
		s.arch = s.suite = NULL;
		if (sysroot_choose(&s))
			return EXIT_USAGE;
		packages = s.packages;
		have = tree_packages(s.dir);
		qsort(packages.v, packages.n, sizeof(*packages.v), by_name);
		printf("%s %s %s %s\n", s.name, s.arch, s.suite ? s.suite : "-",
		       s.dir);
		for (size_t k = 0; k < packages.n; k++)
			printf("  %s %s\n", packages.v[k],
			       version_of(s.dir, packages.v[k]));
		if (have.n > packages.n)
			printf("  and %zu that they need\n",
			       have.n - packages.n);
	}
	return err ? err : tool_flush();
}

/* ---- the command --------------------------------------------------------- */

int tool_sysroot(int argc, char **argv)
{
	struct sysroot s = {0};
	struct names words = {0};
	const char *what;
	int ret = tool_options_read(argc, argv, &s);

	if (ret != TOOL_GO_ON)
		return ret;
	what = optind < argc ? argv[optind++] : "";
	if (!strcmp(what, "apt") && optind < argc)
		return sysroot_begin(&s) || apt_setup(&s)
			       ? EXIT_USAGE
			       : apt_exec(&s, argv + optind);
	for (; optind < argc; optind++)
		names_add(&words, argv[optind]);
	if (!strcmp(what, "list") && !words.n)
		return cache_find(&s) ? EXIT_USAGE : list(&s);
	if (!strcmp(what, "install") && words.n)
		return install(&s, &words);
	if (!strcmp(what, "remove") && words.n)
		return remove_packages(&s, &words);
	return tool_fail("sysroot: give install PACKAGE..., remove PACKAGE..., "
			 "list, or apt -- PROGRAM...");
}
