/* SPDX-License-Identifier: MIT */
/*
 * The calls execve and execveat, see exec.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/exec-head.h"
#include "base/fault.h"
#include "base/held-fd.h"
#include "base/host.h"
#include "base/types.h"
#include "user/abi.h"
#include "user/convert.h"
#include "user/exec.h"
#include "user/path.h"
#include "user/seccomp.h"
#include "user/syscall.h"
#include "user/thread.h"

/* Of a script Linux reads that much, and takes no more interpreters in turn. */
#define HEAD_SIZE   256
#define MAX_SCRIPTS 5
/* engine -e N -L X -0 X -x X -d N -s N -k N -- path */
#define FRONT_MAX 17

static char engine[PATH_MAX];
static int engine_handle = -1; /* held-fd.h: its O_PATH */

char **exec_init(char **env, unsigned int hidden, int file)
{
	ssize_t n = readlink("/proc/self/exe", engine, sizeof(engine) - 1);

	engine[n > 0 ? n : 0] = '\0';
	if (file < 0)
		file = host_open("/proc/self/exe", O_PATH | O_CLOEXEC, 0);
	if (file < 0) /* without /proc */
		file = host_open((const char *)getauxval(AT_EXECFN),
				 O_PATH | O_CLOEXEC, 0);
	engine_handle = held_fd_take(file);
	held_fd_inherit(engine_handle);
	return exec_env_init(env, hidden);
}

/* A descriptor of the engine for who is executed, if its name doesn't lead to it:
 * the program has another root folder, or there is no /proc. Else -1. */
static long engine_kept(void)
{
	const int fd = held_fd_begin(engine_handle);
	struct stat file, named;
	long kept = -1;

	if (fd >= 0 &&
	    !host_raw(SYS_newfstatat, fd, "", &file, AT_EMPTY_PATH) &&
	    (host_raw(SYS_newfstatat, AT_FDCWD, engine, &named, 0) ||
	     file.st_dev != named.st_dev || file.st_ino != named.st_ino))
		kept = host_raw(SYS_fcntl, fd, F_DUPFD, 0);
	held_fd_end(engine_handle);
	return kept;
}

/* ---- what a file is ------------------------------------------------------ */

enum kind { KIND_HOSTS, KIND_OURS, KIND_SCRIPT, KIND_UNREAD };

/* The file, to be read; a descriptor may be one that can't be (O_PATH). */
static long open_file(int dir, const char *path, int flags)
{
	const int open_flags = O_RDONLY | O_CLOEXEC |
			       (flags & AT_SYMLINK_NOFOLLOW ? O_NOFOLLOW : 0);
	char link[40];

	if (*path)
		return host_raw(SYS_openat, dir, path, open_flags);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", dir);
	return host_raw(SYS_openat, AT_FDCWD, link, O_RDONLY | O_CLOEXEC);
}

/* @head gets the file's beginning, with a zero behind it. One that cannot be
 * read may be executed by the host all the same. KIND_UNREAD: there is no
 * descriptor to read it by. */
static enum kind kind_of(int dir, const char *path, int flags,
			 char head[HEAD_SIZE + 1])
{
	long fd = open_file(dir, path, flags), n;

	if (fd == -EMFILE || fd == -ENFILE)
		return KIND_UNREAD;
	if (fd < 0)
		return KIND_HOSTS;
	n = host_raw(SYS_pread64, fd, head, HEAD_SIZE, 0);
	host_raw(SYS_close, fd);
	head[n > 0 ? n : 0] = '\0';
	if (abi_of(head, n))
		return KIND_OURS;
	return n > 2 && head[0] == '#' && head[1] == '!' ? KIND_SCRIPT
							 : KIND_HOSTS;
}

/* May it be executed? 0 or -errno. */
static long check_access(int dir, const char *path, int flags)
{
	const int at =
		(flags & AT_SYMLINK_NOFOLLOW) | (*path ? 0 : AT_EMPTY_PATH);
	struct stat st;
	long ret = host_raw(SYS_newfstatat, dir, path, &st, at);

	if (ret)
		return ret;
	if (S_ISLNK(st.st_mode))
		return -ELOOP;
	if (!S_ISREG(st.st_mode))
		return -EACCES;
	return host_raw(SYS_faccessat2, dir, path, X_OK, at | AT_EACCESS);
}

/* ---- executing ----------------------------------------------------------- */

struct exec {
	struct user_thread *thread;
	int dir;
	const char *path; /* on the host; "": @dir is the file */
	const char *name; /* as the program said it */
	int flags;
	char **argv; /* with FRONT_MAX free in front */
	long argc;
	struct exec_env *env;
};

static long exec_host(const struct exec *e)
{
	uint64_t args[6] = {(uint64_t)e->dir, (uint64_t)e->path,
			    (uint64_t)(e->argv + FRONT_MAX)};

	exec_env_for_native(e->env);
	args[3] = (uint64_t)e->env->v;
	args[4] = (uint64_t)e->flags;
	return user_host_call(SYS_execveat, args);
}

/* A descriptor of the file that stays open, to be closed by the engine. */
static long file_kept(const struct exec *e)
{
	long fd = e->dir;

	if (!*e->path)
		return host_raw(SYS_fcntl, fd, F_DUPFD, 0);
	return host_raw(SYS_openat, e->dir, e->path, O_RDONLY);
}

static long exec_engine_with(struct exec *e, const char *path, const char *kept,
			     const char *filters)
{
	static char opt_engine[] = "-e", opt_sysroot[] = "-L",
		    opt_argv0[] = "-0", opt_name[] = "-x", opt_close[] = "-d",
		    opt_filters[] = "-s", opt_hidden[] = "-k", end[] = "--",
		    empty[] = "";
	char *front[FRONT_MAX], **argv, hidden[16], number[24];
	const char *sysroot = path_sysroot();
	const long fd = engine_kept();
	unsigned int n = 0;
	long ret;

	front[n++] = engine;
	if (fd >= 0) {
		snprintf(number, sizeof(number), "%ld", fd);
		front[n++] = opt_engine;
		front[n++] = number;
	}
	if (sysroot) {
		front[n++] = opt_sysroot;
		front[n++] = (char *)sysroot;
	}
	front[n++] = opt_argv0;
	front[n++] = e->argc ? e->argv[FRONT_MAX] : empty;
	front[n++] = opt_name;
	front[n++] = (char *)e->name;
	if (kept) {
		front[n++] = opt_close;
		front[n++] = (char *)kept;
	}
	if (filters) {
		front[n++] = opt_filters;
		front[n++] = (char *)filters;
	}
	exec_env_for_engine(e->env);
	if (e->env->hidden) {
		snprintf(hidden, sizeof(hidden), "%u", e->env->hidden);
		front[n++] = opt_hidden;
		front[n++] = hidden;
	}
	front[n++] = end;
	front[n++] = (char *)path;
	/* The path stands where argv[0] did. */
	argv = e->argv + FRONT_MAX + (e->argc ? 1 : 0) - n;
	memcpy(argv, front, n * sizeof(*argv));
	ret = user_host_call(
		SYS_execveat,
		(uint64_t[6]){fd < 0 ? (uint64_t)AT_FDCWD : (uint64_t)fd,
			      (uint64_t)(fd < 0 ? engine : empty),
			      (uint64_t)argv, (uint64_t)e->env->v,
			      fd < 0 ? 0 : AT_EMPTY_PATH});
	if (fd >= 0)
		host_raw(SYS_close, fd);
	return ret;
}

static long exec_engine(struct exec *e, const char *path, const char *kept)
{
	long fd = seccomp_keep(e->thread), ret;
	char number[24];

	if (fd < -1)
		return fd;
	if (fd < 0)
		return exec_engine_with(e, path, kept, NULL);
	snprintf(number, sizeof(number), "%ld", fd);
	ret = exec_engine_with(e, path, kept, number);
	host_raw(SYS_close, fd);
	return ret;
}

static long exec_ours(struct exec *e)
{
	char path[48], number[24];
	long fd, ret;

	if (*e->path && (e->dir == AT_FDCWD || *e->path == '/') &&
	    !(e->flags & AT_SYMLINK_NOFOLLOW))
		return exec_engine(e, e->path, NULL);
	fd = file_kept(e);
	if (fd < 0)
		return fd;
	snprintf(path, sizeof(path), "/proc/self/fd/%ld", fd);
	snprintf(number, sizeof(number), "%ld", fd);
	ret = exec_engine(e, path, number);
	host_raw(SYS_close, fd);
	return ret;
}

static long exec_any(struct exec *e, unsigned int depth);

/* Interpreter, its argument, the script, and the arguments but for the name. */
static long exec_script(struct exec *e, char head[HEAD_SIZE + 1],
			unsigned int depth)
{
	char buf[PATH_MAX], *interp, *arg, **v;
	struct exec in = *e;
	long more;

	if (!exec_head_script(head, &interp, &arg) || !*interp)
		return -ENOEXEC;
	more = *arg ? 3 : 2;
	in.argc = e->argc ? e->argc + more - 1 : more;
	v = exec_alloc(e->thread,
		       (uint64_t)(FRONT_MAX + in.argc + 1) * sizeof(*v));
	if (!v)
		return -ENOMEM;
	v[FRONT_MAX] = interp;
	v[FRONT_MAX + 1] = arg;
	v[FRONT_MAX + more - 1] = (char *)e->name;
	if (e->argc > 1)
		memcpy(v + FRONT_MAX + more, e->argv + FRONT_MAX + 1,
		       (size_t)(e->argc - 1) * sizeof(*v));
	in.argv = v;
	in.dir = AT_FDCWD;
	in.flags = 0;
	in.path = path_on_host(interp, buf);
	return exec_any(&in, depth + 1);
}

static long exec_any(struct exec *e, unsigned int depth)
{
	char head[HEAD_SIZE + 1];
	long ret = check_access(e->dir, e->path, e->flags);

	if (ret)
		return ret;
	if (depth > MAX_SCRIPTS)
		return -ELOOP;
	switch (kind_of(e->dir, e->path, e->flags, head)) {
	case KIND_OURS: return exec_ours(e);
	case KIND_SCRIPT: return exec_script(e, head, depth);
	/* A shell would take it for a script if it were ENOEXEC. */
	case KIND_UNREAD:
		ret = exec_host(e);
		return ret == -ENOEXEC ? -EMFILE : ret;
	default: return exec_host(e);
	}
}

static long exec(struct user_thread *t, int dir, uint64_t path, uint64_t argv,
		 uint64_t envp, int flags)
{
	char name[PATH_MAX], buf[PATH_MAX], shown[PATH_MAX + 32];
	struct exec_env env;
	struct exec e = {
		.thread = t,
		.dir = dir,
		.flags = flags,
		.name = name,
		.env = &env,
	};
	long ret;

	if (!copy_string_from_user(name, (const void *)path, sizeof(name)))
		return copy_from_user(name, (void *)path, sizeof(name))
			       ? -EFAULT
			       : -ENAMETOOLONG;
	if (!*name && !(flags & AT_EMPTY_PATH))
		return -ENOENT;
	e.path = path_on_host(name, buf);
	if (dir != AT_FDCWD && *name != '/') {
		snprintf(shown, sizeof(shown),
			 *name ? "/dev/fd/%d/%s" : "/dev/fd/%d", dir, name);
		e.name = shown;
	}
	e.argv = exec_vector(t, argv, FRONT_MAX, 0, &e.argc, &ret);
	if (e.argv)
		ret = exec_env_read(&env, t, envp);
	if (e.argv && !ret)
		ret = exec_any(&e, 0);
	exec_free(t);
	return ret;
}

long call_execve(struct user_thread *t, const uint64_t args[6])
{
	return exec(t, AT_FDCWD, args[0], args[1], args[2], 0);
}

long call_execveat(struct user_thread *t, const uint64_t args[6])
{
	const int flags = (int)args[4];

	if (flags & ~(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW))
		return -EINVAL;
	return exec(t, (int)args[0], args[1], args[2], args[3], flags);
}
