/* SPDX-License-Identifier: MIT */
/*
 * Executes a program by every way that the C library has, with what each answers
 * when it fails. Started by tests/shim/check-exec, which compares the output with
 * that for a native program without fauxkvm.
 *
 *   exec-ways FOLDER: has the program `told`, which says what it was given, and
 *   files that cannot be executed.
 *   exec-ways FOLDER PROGRAM ARGUMENT: executes that with no environment.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char *const args[] = {"zero", "one two", "", "three", NULL};
static char *const env[] = {"TOLD=by env", "A=1", NULL};
static char *const no_env[] = {NULL};

/* ---- ways ---------------------------------------------------------------- */

static void way_execve(const char *p)
{
	execve(p, args, env);
}

static void way_execve_no_env(const char *p)
{
	execve(p, args, no_env);
}

static void way_execve_null(const char *p)
{
	char *const one[] = {"one", NULL};

	execve(p, one, NULL);
}

static void way_execv(const char *p)
{
	execv(p, args);
}

static void way_execv_cleared(const char *p)
{
	clearenv();
	execv(p, args);
}

static void way_execv_own_preload(const char *p)
{
	/* Of the user's own, which a program may well replace ours with. */
	setenv("LD_PRELOAD", "", 1);
	setenv("LD_LIBRARY_PATH", "/some:/where", 1);
	execv(p, args);
}

static void way_execvp(const char *p)
{
	execvp(p, args);
}

static void way_execvpe(const char *p)
{
	execvpe(p, args, env);
}

static void way_execl(const char *p)
{
	execl(p, "l0", "l1", "l2", "l3", "l4", "l5", "l6", "l7", NULL);
}

static void way_execle(const char *p)
{
	execle(p, "e0", "e1", NULL, env);
}

static void way_execlp(const char *p)
{
	execlp(p, "p0", "p1", "p2", NULL);
}

static void way_fexecve(const char *p)
{
	/* A script's interpreter opens it. */
	int fd = open(p, O_RDONLY);

	if (fd >= 0)
		fexecve(fd, args, env);
}

static void way_execveat(const char *p)
{
	const char *name = strrchr(p, '/');
	char dir[4096];
	int fd;

	snprintf(dir, sizeof(dir), "%.*s", name ? (int)(name - p) : 1,
		 name ? p : ".");
	fd = open(dir, O_PATH | O_DIRECTORY);
	if (fd >= 0)
		execveat(fd, name ? name + 1 : p, args, env, 0);
}

static void way_execveat_nofollow(const char *p)
{
	execveat(AT_FDCWD, p, args, env, AT_SYMLINK_NOFOLLOW);
}

static void way_chdir(const char *p)
{
	const char *name = strrchr(p, '/');
	char dir[4096];

	if (!name)
		return;
	snprintf(dir, sizeof(dir), "%.*s", (int)(name - p), p);
	if (!chdir(dir))
		execve(name + 1, args, env);
}

static void *exec_in_thread(void *p)
{
	execve(p, args, env);
	return (void *)(long)errno;
}

static void way_thread(const char *p)
{
	pthread_t t;
	void *err;

	pthread_create(&t, NULL, exec_in_thread, (void *)p);
	pthread_join(t, &err);
	errno = (int)(long)err;
}

/* ---- ways that make the child themselves --------------------------------- */

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return status;
}

static int way_vfork(const char *p)
{
	volatile int err = 0;
	pid_t pid = vfork();

	if (!pid) {
		execve(p, args, env);
		err = errno;
		_exit(99);
	}
	printf("errno of the child %d\n", err);
	return wait_for(pid);
}

static int way_spawn(const char *p)
{
	pid_t pid;
	int err = posix_spawn(&pid, p, NULL, NULL, args, env);

	printf("answer %d\n", err);
	return err ? -1 : wait_for(pid);
}

static int way_spawnp(const char *p)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t set;
	pid_t pid;
	int err;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, 1, 2);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigmask(&attr, &set);
	err = posix_spawnp(&pid, p, &actions, &attr, args, no_env);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attr);
	printf("answer %d\n", err);
	return err ? -1 : wait_for(pid);
}

static int way_system(const char *p)
{
	char command[4200];

	snprintf(command, sizeof(command), "'%s' by system", p);
	return system(command);
}

static int way_popen(const char *p)
{
	char command[4200], line[256];
	FILE *f;

	snprintf(command, sizeof(command), "'%s' by popen", p);
	f = popen(command, "r");
	if (!f)
		return -1;
	while (fgets(line, sizeof(line), f))
		fputs(line, stdout);
	return pclose(f);
}

/* ---- all of them --------------------------------------------------------- */

static const struct {
	const char *name;
	void (*exec)(const char *path); /* in a child: returns if it fails */
	int (*run)(const char *path);   /* a status of wait() */
} ways[] = {
	{"execve", way_execve, NULL},
	{"execve without environment", way_execve_no_env, NULL},
	{"execve with NULL", way_execve_null, NULL},
	{"execv", way_execv, NULL},
	{"execv, cleared", way_execv_cleared, NULL},
	{"execv, own LD_PRELOAD", way_execv_own_preload, NULL},
	{"execvp", way_execvp, NULL},
	{"execvpe", way_execvpe, NULL},
	{"execl", way_execl, NULL},
	{"execle", way_execle, NULL},
	{"execlp", way_execlp, NULL},
	{"fexecve", way_fexecve, NULL},
	{"execveat", way_execveat, NULL},
	{"execveat, nofollow", way_execveat_nofollow, NULL},
	{"a name in the folder", way_chdir, NULL},
	{"from a thread", way_thread, NULL},
	{"vfork", NULL, way_vfork},
	{"posix_spawn", NULL, way_spawn},
	{"posix_spawnp", NULL, way_spawnp},
	{"system", NULL, way_system},
	{"popen", NULL, way_popen},
};

/* How many descriptors are open: a way that fails leaves none. */
static int count_fds(void)
{
	int n = 0;

	for (int fd = 0; fd < 64; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static int exec_in_child(void (*exec)(const char *path), const char *path)
{
	pid_t pid = fork();
	int err;

	if (!pid) {
		const int before = count_fds();

		errno = 0;
		exec(path);
		err = errno;
		printf("errno %d, %s\n", err,
		       count_fds() - before > 1 ? "descriptors left" : "clean");
		fflush(stdout);
		_exit(98);
	}
	return wait_for(pid);
}

int main(int argc, char **argv)
{
	static const char *const files[] = {
		"told", "told-static", "script",     "link",   "missing",
		"text", "closed",      "told/below", "folder", "empty",
	};
	char path[4096];

	if (argc < 2 || chdir(argv[1]))
		return 2;
	if (argc > 2) {
		execve(argv[2], argv + 2, no_env);
		return 2;
	}
	setenv("PATH", "folder:.:/usr/bin:/bin", 1);
	for (unsigned int f = 0; f < sizeof(files) / sizeof(*files); f++) {
		for (unsigned int i = 0; i < sizeof(ways) / sizeof(*ways);
		     i++) {
			const bool search = strchr(ways[i].name, 'p');
			int status;

			snprintf(path, sizeof(path), "%s%s",
				 f % 2 && search ? "" : "./", files[f]);
			printf("== %s %s\n", ways[i].name, path);
			fflush(stdout);
			status = ways[i].run
					 ? ways[i].run(path)
					 : exec_in_child(ways[i].exec, path);
			printf("status %x\n", status);
		}
	}
	return 0;
}
