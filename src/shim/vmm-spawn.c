/* SPDX-License-Identifier: MIT */
/*
 * posix_spawn() and posix_spawnp(), see vmm-exec.h: the C library's, with the
 * command in the place of a program for another machine.
 *
 * What is executed is judged here, in the parent: a path that is relative to a
 * folder that the actions change to is not found.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "shim/child-env.h"
#include "shim/vmm-exec.h"

typedef int spawn_fn(pid_t *pid, const char *file,
		     const posix_spawn_file_actions_t *actions,
		     const posix_spawnattr_t *attr, char *const *argv,
		     char *const *env);

/* dlsym() takes locks, so not in a child of vfork(): who spawns is none. */
static spawn_fn *libc_spawn(bool search)
{
	static spawn_fn *fns[2];
	spawn_fn *fn = __atomic_load_n(&fns[search], __ATOMIC_RELAXED);

	if (!fn) {
		fn = (spawn_fn *)dlsym(RTLD_NEXT,
				       search ? "posix_spawnp" : "posix_spawn");
		__atomic_store_n(&fns[search], fn, __ATOMIC_RELAXED);
	}
	return fn;
}

/* @buf of PATH_MAX gets the path of what can be executed. */
static long found(const char *path, void *buf)
{
	long ret = exec_access(AT_FDCWD, path, 0);

	if (!ret && snprintf(buf, PATH_MAX, "%s%s",
			     strchr(path, '/') ? "" : "./", path) >= PATH_MAX)
		ret = -ENAMETOOLONG;
	return ret;
}

static bool is_foreign(struct exec_file *f, bool search, const char *file,
		       char buf[PATH_MAX])
{
	long ret = search ? exec_search(file, found, buf) : found(file, buf);

	return !ret && exec_is_foreign(f, AT_FDCWD, buf, 0);
}

int vmm_spawn(bool search, pid_t *pid, const char *file,
	      const posix_spawn_file_actions_t *actions,
	      const posix_spawnattr_t *attr, char *const *argv,
	      char *const *env)
{
	spawn_fn *spawn = libc_spawn(search);
	char path[PATH_MAX], **v;
	struct exec_file f;
	struct child_env e;
	bool foreign;
	long argc;

	if (!spawn)
		return ENOSYS;
	if (!child_env_tool())
		return spawn(pid, file, actions, attr, argv, env);
	foreign = is_foreign(&f, search, file, path);
	if (foreign) {
		argc = exec_count(argv);
		v = __builtin_alloca((size_t)(argc + EXEC_FRONT) * sizeof(*v));
		exec_front(v, &f, argv, argc);
		argv = v;
		file = v[0];
	}
	if (child_env_plan(&e, env, !foreign))
		env = child_env_make(&e, __builtin_alloca(child_env_size(&e)));
	return spawn(pid, file, actions, attr, argv, env);
}
