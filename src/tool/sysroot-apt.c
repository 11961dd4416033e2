/* SPDX-License-Identifier: MIT */
/*
 * The host's apt at work in a folder of its own, see sysroot.h: it sees the
 * host's sources but only one architecture, and what a sysroot has as what is
 * installed. What is half downloaded stays and is gone on with.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/types.h"
#include "tool/children.h"
#include "tool/files.h"
#include "tool/sysroot.h"
#include "tool/tool.h"

/* Lists are good for a day, and until a package is not found. */
#define LISTS_AGE (24 * 60 * 60)

static int out_of_disk(const char *path)
{
	return tool_fail("%s: %s", path, strerror(errno));
}

/* Of the last program's log: its first line that is an error, or a warning too. */
static char *log_complaint(const struct sysroot *s, bool warnings)
{
	struct names log = names_read(text("%s/log", s->apt));

	for (size_t i = 0; i < log.n; i++)
		if (!strncmp(log.v[i], "E: ", 3) ||
		    (warnings && !strncmp(log.v[i], "W: ", 3)))
			return log.v[i] + 3;
	return NULL;
}

/* What went wrong, as apt has it: @why or the first line that says so. */
static int apt_failed(const struct sysroot *s, const char *doing,
		      const char *why)
{
	progress(NULL);
	if (!why)
		why = log_complaint(s, false);
	if (why)
		return tool_fail("cannot %s: apt: %s", doing, why);
	return tool_fail("cannot %s: see %s/log", doing, s->apt);
}

static bool apt_run(const struct sysroot *s, const char *const *argv,
		    const char *cwd, int fd, void (*line)(char *, void *),
		    void *arg)
{
	if (ftruncate(s->log, 0) || lseek(s->log, 0, SEEK_SET))
		return false;
	return child_run(&(struct child){
		.argv = argv,
		.cwd = cwd,
		.in = CHILD_FROM_NOTHING,
		.log = s->log,
		.heard_fd = fd,
		.line = line,
		.arg = arg,
	});
}

/* "dlstatus:N:PERCENT:what" while it downloads */
static void apt_progress(char *line, void *what)
{
	double percent;

	if (sscanf(line, "dlstatus:%*d:%lf", &percent) == 1)
		progress("fauxkvm: %s %.0f %%", (const char *)what, percent);
}

/* Nothing of that machine at all, as on the mirrors of some distributions. */
static bool knows_no_package(const struct sysroot *s)
{
	glob_t g;

	if (glob(text("%s/state/lists/*_Packages*", s->apt), 0, NULL, &g))
		return true;
	globfree(&g);
	return false;
}

static void apt_update(struct sysroot *s)
{
	static const char *const argv[] = {"apt-get",          "-q",     "-o",
					   "APT::Status-Fd=3", "update", NULL};
	int fd;

	/* A source of the host's that fails is not always needed. */
	apt_run(s, argv, NULL, CHILD_PROGRESS_FD, apt_progress,
		"reading the lists of packages");
	s->lists_why = log_complaint(s, true);
	/* Without any the next command tries again. */
	if (knows_no_package(s))
		return;
	fd = creat(text("%s/updated", s->apt), 0666);
	if (fd >= 0)
		close(fd);
}

/* ---- its configuration --------------------------------------------------- */

/* One of the host's sources. */
struct source {
	char uri[512], suite[128], component[64];
	bool found;
};

static void source_read(char *line, void *arg)
{
	struct source *source = arg, s = {.found = false};

	/* An updates' suite has not all. */
	if (!source->found &&
	    sscanf(line, "%511s %127s %63s", s.uri, s.suite, s.component) ==
		    3 &&
	    !strcmp(s.component, "main") && !strpbrk(s.suite, "-/")) {
		s.found = true;
		*source = s;
	}
}

/* Those of the distributions the host has keys of, as an option. */
static char *keyrings(void)
{
	char *list = "";
	glob_t g;

	if (glob("/usr/share/keyrings/*-archive-keyring.gpg", 0, NULL, &g))
		return "";
	for (size_t i = 0; i < g.gl_pathc; i++)
		list = text("%s%s%s", list, *list ? "," : "", g.gl_pathv[i]);
	globfree(&g);
	return text("[signed-by=%s] ", list);
}

static bool write_file(const char *path, const char *content)
{
	FILE *f = fopen(path, "we");

	if (!f)
		return false;
	fputs(content, f);
	return fclose(f) == 0;
}

/* Other content than it had: what is known of packages is of no use. */
static bool write_source(const struct sysroot *s, const char *content)
{
	const char *path = text("%s/sources/sysroot.list", s->apt);
	struct names had = names_read(path), is = {0};
	char *line = text("%s", content);
	bool same;

	for (line = strtok(line, "\n"); line; line = strtok(NULL, "\n"))
		names_add(&is, line);
	same = had.n == is.n;
	for (size_t i = 0; same && i < is.n; i++)
		same = !strcmp(had.v[i], is.v[i]);
	if (same)
		return true;
	unlink(text("%s/updated", s->apt));
	return write_file(path, content);
}

/*
 * The sources of another suite or mirror. A suite like bookworm-backports
 * has not all: it is taken with the one that it is based on.
 */
static int sources_make(const struct sysroot *s)
{
	static const char *const argv[] = {
		"apt-get",
		"indextargets",
		"--format",
		"$(REPO_URI) $(RELEASE) $(COMPONENT)",
		"Created-By: Packages",
		NULL};
	struct source host = {.found = false};
	const char *suite, *mirror, *options = "";
	char *base;

	if (!s->suite || !s->mirror)
		apt_run(s, argv, NULL, 1, source_read, &host);
	if (!host.found && !(s->suite && s->mirror))
		return tool_fail("apt on this host has no source with a "
				 "component main: give --suite and --mirror");
	suite = s->suite ? s->suite : host.suite;
	mirror = s->mirror ? s->mirror : host.uri;
	if (s->keyring)
		options = text("[signed-by=%s] ", s->keyring);
	/* Whoever can write the folder is the user's affair. */
	else if (!strncmp(mirror, "file:", 5) || !strncmp(mirror, "copy:", 5))
		options = "[trusted=yes] ";
	else
		options = keyrings();
	base = text("%.*s", (int)strcspn(suite, "-"), suite);
	return write_source(s,
			    text("deb %s%s %s main\n%s", options, mirror, suite,
				 !strcmp(base, suite)
					 ? ""
					 : text("deb %s%s %s main\n", options,
						mirror, base)))
		       ? 0
		       : out_of_disk(s->apt);
}

static int conf_write(const struct sysroot *s, bool own_sources)
{
	const char *conf = text("%s/apt.conf", s->apt);
	char *sources = "", *prefer = "";

	if (own_sources)
		sources = text("Dir::Etc::sourcelist \"/dev/null\";\n"
			       "Dir::Etc::sourceparts \"%s/sources\";\n",
			       s->apt);
	if (s->suite && strchr(s->suite, '-'))
		prefer = text("APT::Default-Release \"%s\";\n", s->suite);
	if (!write_file(conf, text("APT::Architecture \"%s\";\n"
				   "#clear APT::Architectures;\n"
				   "APT::Architectures { \"%s\"; };\n"
				   "APT::Install-Recommends \"false\";\n"
				   "APT::AutoRemove::RecommendsImportant "
				   "\"false\";\n"
				   "APT::AutoRemove::SuggestsImportant "
				   "\"false\";\n"
				   "#clear APT::NeverAutoRemove;\n"
				   "APT::Sandbox::User \"\";\n"
				   "#clear APT::Update::Post-Invoke;\n"
				   "#clear APT::Update::Post-Invoke-Success;\n"
				   "#clear DPkg::Post-Invoke;\n"
				   "#clear APT::Periodic;\n"
				   "APT::Keep-Downloaded-Packages \"true\";\n"
				   "Acquire::Languages \"none\";\n"
				   "Acquire::Retries \"3\";\n"
				   "Dir::State \"%s/state\";\n"
				   "Dir::State::status \"%s/state/status\";\n"
				   "Dir::Cache \"%s/cache\";\n"
				   "%s%s",
				   s->arch, s->arch, s->apt, s->apt, s->apt,
				   sources, prefer)))
		return out_of_disk(conf);
	return 0;
}

/* What @s->dir has is what is installed; @s->packages are asked for. */
static int state_write(const struct sysroot *s)
{
	struct names have = tree_packages(s->dir);
	FILE *status = fopen(text("%s/state/status", s->apt), "we");
	FILE *marks = fopen(text("%s/state/extended_states", s->apt), "we");

	if (!status || !marks)
		return out_of_disk(s->apt);
	for (size_t i = 0; i < have.n; i++) {
		struct names control =
			names_read(text("%s/" SYSROOT_DB "/info/%s.control",
					s->dir, have.v[i]));

		for (size_t k = 0; k < control.n; k++)
			fprintf(status, "%s\n", control.v[k]);
		fprintf(status, "Status: install ok installed\n\n");
		if (!sysroot_is_asked(s, have.v[i]))
			fprintf(marks,
				"Package: %s\nArchitecture: %s\n"
				"Auto-Installed: 1\n\n",
				have.v[i], s->arch);
	}
	return fclose(status) | fclose(marks) ? out_of_disk(s->apt) : 0;
}

static bool make_folder(const char *path)
{
	return mkdir(path, 0777) == 0 || errno == EEXIST;
}

static int folders_make(const struct sysroot *s)
{
	static const char *const subs[] = {"",
					   "/state",
					   "/state/lists",
					   "/state/lists/partial",
					   "/cache",
					   "/cache/archives",
					   "/cache/archives/partial",
					   "/sources"};

	for (size_t i = 0; i < ARRAY_SIZE(subs); i++)
		if (!make_folder(text("%s%s", s->apt, subs[i])))
			return out_of_disk(s->apt);
	return 0;
}

static bool lists_are_new(const struct sysroot *s)
{
	struct stat st;

	return stat(text("%s/updated", s->apt), &st) == 0 &&
	       time(NULL) - st.st_mtime < LISTS_AGE;
}

int apt_setup(struct sysroot *s)
{
	static const char *const needed[] = {"apt-get", "dpkg-deb", "tar"};
	bool own_sources = s->suite || s->mirror || s->keyring;
	char file[PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		if (!files_in_path(needed[i], file, sizeof(file)))
			return tool_fail("this host has no %s, which fetches "
					 "and unpacks Debian's packages: give "
					 "run a --sysroot made elsewhere",
					 needed[i]);
	s->apt = text("%s/apt%s%s%s%s", s->cache, s->suite ? "-" : "",
		      s->suite ? s->suite : "",
		      strcmp(s->arch, "arm64") ? "-" : "",
		      strcmp(s->arch, "arm64") ? s->arch : "");
	if (folders_make(s))
		return EXIT_USAGE;
	s->log = open(text("%s/log", s->apt), O_RDWR | O_CREAT | O_CLOEXEC,
		      0666);
	if (s->log < 0)
		return out_of_disk(s->apt);
	setenv("LC_ALL", "C.UTF-8", 1);
	unsetenv("LD_PRELOAD");
	unsetenv("TAR_OPTIONS");
	if (own_sources && sources_make(s))
		return EXIT_USAGE;
	if (conf_write(s, own_sources) || state_write(s))
		return EXIT_USAGE;
	setenv("APT_CONFIG", text("%s/apt.conf", s->apt), 1);
	if (!lists_are_new(s))
		apt_update(s);
	return 0;
}

/* ---- asking it ----------------------------------------------------------- */

/* "Inst NAME [OLD] (VERSION RELEASE [ARCH]) []" */
static void inst_read(char *line, void *arg)
{
	struct debs *debs = arg;
	char name[256], version[256], *paren, *arch;
	struct deb *v;

	if (!debs->why && strstr(line, "Depends: "))
		debs->why = text("%s", line + strspn(line, " "));
	if (sscanf(line, "Inst %255[^ :]", name) != 1)
		return;
	paren = strchr(line, '(');
	arch = paren ? strrchr(paren, '[') : NULL;
	while (arch && arch[1] == ']' && arch > paren) {
		*arch = '\0';
		arch = strrchr(paren, '[');
	}
	if (!arch || sscanf(paren, "(%255s", version) != 1)
		return;
	v = realloc(debs->v, (debs->n + 1) * sizeof(*v));
	if (!v)
		abort();
	debs->v = v;
	v[debs->n++] = (struct deb){
		.name = text("%s", name),
		.version = text("%s", version),
		.arch = text("%.*s", (int)strcspn(arch + 1, "]"), arch + 1),
	};
}

/* "Package: ", "Version: ", "Architecture: " of apt-cache show */
static void show_read(char *line, void *arg)
{
	struct debs *debs = arg;
	char word[256];
	struct deb *v;

	if (sscanf(line, "Package: %255s", word) == 1) {
		v = realloc(debs->v, (debs->n + 1) * sizeof(*v));
		if (!v)
			abort();
		debs->v = v;
		v[debs->n++] = (struct deb){.name = text("%s", word)};
	} else if (debs->n && sscanf(line, "Version: %255s", word) == 1) {
		debs->v[debs->n - 1].version = text("%s", word);
	} else if (debs->n && sscanf(line, "Architecture: %255s", word) == 1) {
		debs->v[debs->n - 1].arch = text("%s", word);
	}
}

/* @front, then @packages. */
static const char *const *argv_make(const char *const *front,
				    const struct names *packages)
{
	struct names argv = {0};

	for (; *front; front++)
		names_add(&argv, *front);
	for (size_t i = 0; i < packages->n; i++)
		names_add(&argv, packages->v[i]);
	names_add(&argv, "");
	argv.v[argv.n - 1] = NULL;
	return (const char *const *)argv.v;
}

static bool apt_choose(const struct sysroot *s, const struct names *packages,
		       struct debs *debs)
{
	static const char *const install[] = {"apt-get", "-s", "-q", "-y",
					      "install", "--", NULL};
	static const char *const show[] = {"apt-cache", "--no-all-versions",
					   "show", "--", NULL};

	debs->n = 0;
	if (s->no_deps)
		return apt_run(s, argv_make(show, packages), NULL, 1, show_read,
			       debs);
	return apt_run(s, argv_make(install, packages), NULL, 1, inst_read,
		       debs);
}

/* A character of a name that apt would write as %xx, see apt_deb_file(). */
static char *quoted(const char *name, const char *bad)
{
	char *out = text("%s", "");

	for (; *name; name++)
		out = text(strchr(bad, *name) || *name == '%' ? "%s%%%02x"
							      : "%s%c",
			   out, *name);
	return out;
}

char *apt_deb_file(const struct sysroot *s, const struct deb *deb)
{
	return text("%s/cache/archives/%s_%s_%s.deb", s->apt,
		    quoted(deb->name, "_:"), quoted(deb->version, "_:"),
		    quoted(deb->arch, "_:."));
}

static bool all_downloaded(const struct sysroot *s, const struct debs *debs)
{
	for (size_t i = 0; i < debs->n; i++)
		if (access(apt_deb_file(s, &debs->v[i]), R_OK))
			return false;
	return true;
}

static bool apt_install(const struct sysroot *s, const struct names *packages)
{
	static const char *const argv[] = {
		"apt-get", "-q",      "-y", "-o", "APT::Status-Fd=3",
		"-d",      "install", "--", NULL};

	return apt_run(s, argv_make(argv, packages), NULL, CHILD_PROGRESS_FD,
		       apt_progress, "fetching packages:");
}

/* What is not among apt's own files: without dependencies, from a folder. */
static bool apt_download(const struct sysroot *s, const struct debs *debs)
{
	static const char *const argv[] = {
		"apt-get",  "-q", "-o", "APT::Status-Fd=3",
		"download", "--", NULL};
	struct names missing = {0};

	for (size_t i = 0; i < debs->n; i++)
		if (access(apt_deb_file(s, &debs->v[i]), R_OK))
			names_add(&missing, text("%s=%s", debs->v[i].name,
						 debs->v[i].version));
	return apt_run(s, argv_make(argv, &missing),
		       text("%s/cache/archives", s->apt), CHILD_PROGRESS_FD,
		       apt_progress, "fetching packages:");
}

/* apt's words where a mirror was not reached. */
static bool is_of_the_network(const char *why)
{
	static const char *const words[] = {
		"Temporary failure resolving", "Could not resolve",
		"Could not connect",           "Cannot initiate the connection",
		"Connection failed",           "Connection timed out"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strstr(why, words[i]))
			return true;
	return false;
}

static int no_packages(const struct sysroot *s)
{
	const char *where =
		s->mirror ? "that mirror is" : "this host's apt looks";
	const char *why = s->lists_why;

	progress(NULL);
	if (!why)
		return tool_fail("no packages for %s where %s: give --mirror "
				 "and --suite",
				 s->arch, where);
	if (is_of_the_network(why))
		return tool_fail("cannot reach the packages for %s: apt: %s",
				 s->arch, why);
	return tool_fail("no packages for %s where %s: apt: %s%s", s->arch,
			 where, why,
			 strstr(why, "NO_PUBKEY") ? ": give --keyring"
			 : s->mirror              ? ""
				     : ": give --mirror and --suite");
}

int apt_fetch(struct sysroot *s, const struct names *packages,
	      struct debs *debs)
{
	bool found = apt_choose(s, packages, debs);

	if (!found) {
		apt_update(s);
		found = apt_choose(s, packages, debs);
	}
	if (!found && knows_no_package(s))
		return no_packages(s);
	if (!found)
		return apt_failed(s, "find the packages", debs->why);
	if (!all_downloaded(s, debs) && !s->no_deps &&
	    !apt_install(s, packages))
		return apt_failed(s, "fetch the packages", NULL);
	if (!all_downloaded(s, debs) && !apt_download(s, debs))
		return apt_failed(s, "fetch the packages", NULL);
	progress(NULL);
	return 0;
}

static void remv_read(char *line, void *arg)
{
	char name[256];

	if (sscanf(line, "Remv %255[^ :]", name) == 1)
		names_add(arg, name);
}

int apt_unneeded(struct sysroot *s, struct names *packages)
{
	static const char *const argv[] = {"apt-get", "-s",         "-qq",
					   "-y",      "autoremove", NULL};

	return apt_run(s, argv, NULL, 1, remv_read, packages)
		       ? 0
		       : apt_failed(s, "see what is not needed", NULL);
}

void apt_clean(const struct sysroot *s)
{
	glob_t g;

	if (glob(text("%s/cache/archives/*.deb", s->apt), 0, NULL, &g))
		return;
	for (size_t i = 0; i < g.gl_pathc; i++)
		unlink(g.gl_pathv[i]);
	globfree(&g);
}

int apt_exec(struct sysroot *s, char **argv)
{
	if (knows_no_package(s))
		return no_packages(s);
	progress(NULL);
	execvp(argv[0], argv);
	return tool_fail("%s: %s", argv[0], strerror(errno));
}
