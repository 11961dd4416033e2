/* SPDX-License-Identifier: MIT */
/*
 * execve() and what else executes a file by its path or descriptor, see
 * vmm-exec.h.
 */
#include "shim/vmm-exec.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/exec-head.h"
#include "base/host.h"
#include "shim/child-env.h"

/* ---- what a file is ------------------------------------------------------ */

static bool is_foreign_elf(const char *head, long n)
{
	uint16_t machine = exec_head_machine(head, n);

	return HOST_HAS_BRIDGE &&
	       (machine == EM_AARCH64 || machine == EM_PPC64 ||
		exec_head_is(head, n, ELFCLASS32, EM_ARM));
}

/* The file's beginning, with a zero behind it; how much there is, or none. */
static long head_read(int dir, const char *path, int flags,
		      char head[EXEC_HEAD + 1])
{
	const int open_flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK |
			       (flags & AT_SYMLINK_NOFOLLOW ? O_NOFOLLOW : 0);
	char link[40];
	long fd, n;

	if (path && !*path && flags & AT_EMPTY_PATH) {
		/* A descriptor may be one that can't be read (O_PATH). */
		snprintf(link, sizeof(link), "/proc/self/fd/%d", dir);
		path = link;
	}
	fd = host_raw(SYS_openat, dir, path, open_flags);
	if (fd < 0)
		return 0;
	n = host_raw(SYS_pread64, fd, head, EXEC_HEAD, 0);
	host_raw(SYS_close, fd);
	head[n > 0 ? n : 0] = '\0';
	return n;
}

bool exec_is_foreign(struct exec_file *f, int dir, const char *path, int flags)
{
	char inner[EXEC_HEAD + 1], *arg;
	long n = head_read(dir, path, flags, f->head);

	f->path = path;
	f->script = NULL;
	if (is_foreign_elf(f->head, n))
		return true;
	if (n < 3 || !exec_head_script(f->head, &f->interp, &arg) ||
	    !*f->interp)
		return false;
	f->arg = *arg ? arg : NULL;
	f->path = f->interp;
	f->script = path;
	n = head_read(AT_FDCWD, f->interp, 0, inner);
	return is_foreign_elf(inner, n);
}

long exec_access(int dir, const char *path, int flags)
{
	const long at = AT_EACCESS | (flags & AT_EMPTY_PATH);
	struct stat st;
	long ret = host_raw(SYS_newfstatat, dir, path, &st, flags);

	if (ret)
		return ret;
	if (!S_ISREG(st.st_mode))
		return -EACCES;
	ret = host_raw(SYS_faccessat2, dir, path, X_OK, at);
	return ret == -ENOSYS ? host_raw(SYS_faccessat, dir, path, X_OK) : ret;
}

/* ---- executing it -------------------------------------------------------- */

long exec_count(char *const *v)
{
	long n = 0;

	while (v && v[n])
		n++;
	return n;
}

void exec_front(char **v, const struct exec_file *f, char *const *argv,
		long argc)
{
	static char run[] = "run", argv0[] = "--argv0", end[] = "--",
		    none[] = "";

	*v++ = (char *)child_env_tool();
	*v++ = run;
	*v++ = argv0;
	if (f->script)
		*v++ = f->interp;
	else
		*v++ = argc ? argv[0] : none;
	*v++ = end;
	*v++ = (char *)f->path;
	if (f->script && f->arg)
		*v++ = f->arg;
	if (f->script)
		*v++ = (char *)f->script;
	for (long i = 1; i < argc; i++)
		*v++ = argv[i];
	*v = NULL;
}

static long exec_with(long dir, const char *path, char *const *argv,
		      char *const *env, long flags, bool preloads)
{
	struct child_env e;

	if (child_env_plan(&e, env, preloads))
		env = child_env_make(&e, __builtin_alloca(child_env_size(&e)));
	if (dir == AT_FDCWD && !flags)
		return host_raw(SYS_execve, path, argv, env);
	return host_raw(SYS_execveat, dir, path, argv, env, flags);
}

static long exec_tool(struct exec_file *f, char *const *argv, char *const *env)
{
	const long argc = exec_count(argv);
	char path[PATH_MAX + 2], **v;

	/* The command would look for it in PATH. */
	if (!strchr(f->path, '/')) {
		snprintf(path, sizeof(path), "./%s", f->path);
		f->path = path;
	}
	v = __builtin_alloca((size_t)(argc + EXEC_FRONT) * sizeof(*v));
	exec_front(v, f, argv, argc);
	return exec_with(AT_FDCWD, v[0], v, env, 0, false);
}

static bool is_same_file(long fd, const char *path)
{
	struct stat a, b;

	return !host_raw(SYS_fstat, fd, &a) &&
	       !host_raw(SYS_newfstatat, AT_FDCWD, path, &b, 0) &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* A file that no path leads to (memfd) by a descriptor that stays open. */
static long exec_tool_fd(struct exec_file *f, long fd, char *const *argv,
			 char *const *env)
{
	char link[40], path[PATH_MAX];
	long n, ret;

	snprintf(link, sizeof(link), "/proc/self/fd/%ld", fd);
	n = host_raw(SYS_readlinkat, AT_FDCWD, link, path, sizeof(path) - 1);
	path[n > 0 ? n : 0] = '\0';
	fd = is_same_file(fd, path) ? -1 : host_raw(SYS_fcntl, fd, F_DUPFD, 0);
	if (fd >= 0)
		snprintf(path, sizeof(path), "/dev/fd/%ld", fd);
	*(f->script ? &f->script : &f->path) = path;
	ret = exec_tool(f, argv, env);
	if (fd >= 0)
		host_raw(SYS_close, fd);
	return ret;
}

static long exec_tool_at(struct exec_file *f, int dir, const char *path,
			 char *const *argv, char *const *env)
{
	const long flags = host_raw(SYS_fcntl, dir, F_GETFD);
	char name[PATH_MAX + 40];
	long fd, ret;

	if (flags < 0)
		return flags;
	if (!(flags & FD_CLOEXEC)) {
		snprintf(name, sizeof(name), "/dev/fd/%d%s%s", dir,
			 *path ? "/" : "", path);
		*(f->script ? &f->script : &f->path) = name;
		return exec_tool(f, argv, env);
	}
	if (!*path)
		return exec_tool_fd(f, dir, argv, env);
	fd = host_raw(SYS_openat, dir, path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return fd;
	ret = exec_tool_fd(f, fd, argv, env);
	host_raw(SYS_close, fd);
	return ret;
}

long vmm_execveat(int dir, const char *path, char *const *argv,
		  char *const *env, int flags)
{
	struct exec_file f;
	long ret;

	if (!child_env_tool())
		return host_raw(SYS_execveat, dir, path, argv, env, flags);
	if (!exec_is_foreign(&f, dir, path, flags))
		return exec_with(dir, path, argv, env, flags, true);
	ret = exec_access(dir, path, flags);
	if (ret)
		return ret;
	if (dir == AT_FDCWD || *path == '/')
		return exec_tool(&f, argv, env);
	return exec_tool_at(&f, dir, path, argv, env);
}

long vmm_execve(const char *path, char *const *argv, char *const *env)
{
	if (!child_env_tool())
		return host_raw(SYS_execve, path, argv, env);
	return vmm_execveat(AT_FDCWD, path, argv, env, 0);
}

long vmm_fexecve(int fd, char *const *argv, char *const *env)
{
	if (fd < 0 || !argv || !env)
		return -EINVAL;
	return vmm_execveat(fd, "", argv, env, AT_EMPTY_PATH);
}
