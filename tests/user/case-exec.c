/* SPDX-License-Identifier: MIT */
/*
 * Executing programs: this one again, a native one, scripts, and what is refused.
 */
#include "tests/user/user.h"

#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Says what it was executed with: a bit of the status for each thing that is
 * not as the test has made it. */
int exec_child(int argc, char **argv)
{
	const char *env = getenv("CASE_EXEC");
	char comm[16];
	sigset_t mask;
	int bad = 0;

	/* case-seccomp.c: it has a filter that answers this call so. */
	if (argc == 3 && !strcmp(argv[2], "filtered"))
		return getpriority(PRIO_PROCESS, 0) != -1 || errno != 77;

	/* A script of that name. */
	if (argc == 3 && strstr(argv[2], "/a-script"))
		return prctl(PR_GET_NAME, comm) || strcmp(comm, "a-script") ||
		       strcmp((const char *)getauxval(AT_EXECFN), argv[2]);

	if (argc != 4 || strcmp(argv[0], "zero") || strcmp(argv[2], "a b") ||
	    strcmp(argv[3], ""))
		bad |= 1;
	if (!env || strcmp(env, "x=y") || getenv("HOME"))
		bad |= 2;
	/* The dynamic linker says so if it took it. */
	if (!getenv("LD_BIND_NOW") || strcmp(getenv("LD_BIND_NOW"), "1"))
		bad |= 4;
	if (!getenv("GLIBC_TUNABLES") ||
	    strcmp(getenv("GLIBC_TUNABLES"), "glibc.rtld.nns=5"))
		bad |= 64;
	sigprocmask(SIG_BLOCK, NULL, &mask);
	if (!sigismember(&mask, SIGUSR1) || sigismember(&mask, SIGUSR2))
		bad |= 8;
	if (signal(SIGUSR2, SIG_DFL) != SIG_IGN ||
	    signal(SIGHUP, SIG_DFL) != SIG_DFL)
		bad |= 16;
	if (!getauxval(AT_EXECFN))
		bad |= 32;
	return bad;
}

static int status_of(pid_t pid)
{
	int status;

	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static char *const args[] = {"zero", "--executed", "a b", "", NULL};
static char *const env[] = {"CASE_EXEC=x=y", "LD_BIND_NOW=1",
			    "GLIBC_TUNABLES=glibc.rtld.nns=5", NULL};

static void on_hup(int sig)
{
	(void)sig;
}

static void prepare(void)
{
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR1);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	signal(SIGUSR2, SIG_IGN);
	signal(SIGHUP, on_hup);
}

static void itself(void)
{
	pid_t pid = fork();

	if (!pid) {
		prepare();
		execve("/proc/self/exe", args, env);
		_Exit(99);
	}
	CHECK_EQ(status_of(pid), 0);
}

static void by_descriptor(void)
{
	int fd = open((const char *)getauxval(AT_EXECFN), O_RDONLY | O_CLOEXEC);
	pid_t pid = fork();

	CHECK(fd >= 0);
	if (!pid) {
		prepare();
		fexecve(fd, args, env);
		_Exit(99);
	}
	CHECK_EQ(status_of(pid), 0);
}

static void by_path_descriptor(void)
{
	int fd = open("/proc/self/exe", O_PATH);
	pid_t pid = fork();

	CHECK(fd >= 0);
	if (!pid) {
		prepare();
		syscall(SYS_execveat, fd, "", args, env, AT_EMPTY_PATH);
		_Exit(99);
	}
	CHECK_EQ(status_of(pid), 0);
}

static void native(void)
{
	pid_t pid = fork();

	if (!pid) {
		execl("/bin/sh", "sh", "-c", "test \"$1\" = two && exit 7",
		      "one", "two", NULL);
		_Exit(99);
	}
	CHECK_EQ(status_of(pid), 7);
}

/* CASE_OTHER: these cases, of the other machine. */
static void other_machine(void)
{
	const char *other = getenv("CASE_OTHER");
	pid_t pid;

	if (!other)
		return;
	pid = vfork();
	if (!pid) {
		execl(other, other, "first/", NULL);
		_Exit(99);
	}
	CHECK_EQ(status_of(pid), 0);
}

static void write_script(char *name, const char *text, int mode)
{
	int fd = mkstemp(name);

	CHECK(fd >= 0);
	CHECK_EQ(write(fd, text, strlen(text)), strlen(text));
	CHECK_EQ(fchmod(fd, (mode_t)mode), 0);
	close(fd);
}

static void script(void)
{
	char name[] = "/tmp/case-exec-XXXXXX";
	pid_t pid;

	write_script(name, "#! /bin/sh  -e \ntest $# = 2 && exit 5\n", 0755);
	pid = fork();
	if (!pid) {
		execl(name, "ignored", "a", "b", NULL);
		_Exit(99);
	}
	CHECK_EQ(status_of(pid), 5);
	unlink(name);
}

static int errno_of(const char *path)
{
	pid_t pid = fork();

	if (!pid) {
		execl(path, path, NULL);
		_Exit(errno);
	}
	return status_of(pid);
}

static void refused(void)
{
	char name[] = "/tmp/case-exec-XXXXXX", text[] = "/tmp/case-exec-XXXXXX";
	char lost[] = "/tmp/case-exec-XXXXXX";

	CHECK_EQ(errno_of("/nowhere/to/be/found"), ENOENT);
	CHECK_EQ(errno_of(""), ENOENT);
	CHECK_EQ(errno_of("/tmp"), EACCES);
	CHECK_EQ(errno_of("/dev/null/x"), ENOTDIR);
	write_script(name, "#!/bin/sh\n", 0600);
	CHECK_EQ(errno_of(name), EACCES);
	write_script(text, "neither\n", 0755);
	CHECK_EQ(errno_of(text), ENOEXEC);
	write_script(lost, "#!/nowhere/sh\n", 0755);
	CHECK_EQ(errno_of(lost), ENOENT);
	unlink(name);
	unlink(text);
	unlink(lost);
	CHECK_EQ(syscall(SYS_execve, 8, args, env), -1);
	CHECK_EQ(errno, EFAULT);
	CHECK_EQ(syscall(SYS_execve, "/bin/sh", 8, NULL), -1);
	CHECK_EQ(errno, EFAULT);
	CHECK_EQ(syscall(SYS_execveat, AT_FDCWD, "/bin/sh", args, env, 1), -1);
	CHECK_EQ(errno, EINVAL);
}

static void spawn(void)
{
	char *const sh[] = {"sh", "-c", "exit 9", NULL};
	posix_spawnattr_t attr;
	sigset_t set;
	pid_t pid;

	CHECK_EQ(posix_spawn(&pid, "/bin/sh", NULL, NULL, sh, env), 0);
	CHECK_EQ(status_of(pid), 9);
	posix_spawnattr_init(&attr);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	posix_spawnattr_setsigmask(&attr, &set);
	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	posix_spawnattr_setsigdefault(&attr, &set);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK |
						POSIX_SPAWN_SETSIGDEF);
	signal(SIGUSR2, SIG_IGN);
	signal(SIGHUP, on_hup);
	CHECK_EQ(posix_spawn(&pid, "/proc/self/exe", NULL, &attr, args, env),
		 0);
	CHECK_EQ(status_of(pid), 0);
	/* What the child did to its actions is not ours. */
	CHECK(signal(SIGHUP, SIG_DFL) == on_hup);
}

/* The child says why by the memory it shares with us. */
static void spawn_fails(void)
{
	pid_t pid;

	CHECK_EQ(posix_spawn(&pid, "/nowhere", NULL, NULL, args, env), ENOENT);
	CHECK_EQ(posix_spawn(&pid, "/tmp", NULL, NULL, args, env), EACCES);
	CHECK_EQ(waitpid(-1, NULL, 0), -1);
	CHECK_EQ(errno, ECHILD);
}

static void spawn_actions(void)
{
	char *const sh[] = {"sh", "-c", "echo out; exec 3>&- 2>/dev/null",
			    NULL};
	posix_spawn_file_actions_t fa;
	char buf[8] = "";
	int p[2];
	pid_t pid;

	CHECK_EQ(pipe(p), 0);
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_adddup2(&fa, p[1], 1);
	posix_spawn_file_actions_addclose(&fa, p[0]);
	posix_spawn_file_actions_addclose(&fa, p[1]);
	CHECK_EQ(posix_spawn(&pid, "/bin/sh", &fa, NULL, sh, env), 0);
	CHECK_EQ(status_of(pid), 0);
	CHECK_EQ(read(p[0], buf, sizeof(buf)), 4);
	CHECK(!strcmp(buf, "out\n"));
	/* Closed in the child only. */
	CHECK_EQ(write(p[1], "x", 1), 1);
}

static void copy_itself(const char *path)
{
	int from = open("/proc/self/exe", O_RDONLY);
	int to = open(path, O_WRONLY | O_CREAT | O_EXCL, 0755);
	struct stat st;

	CHECK(from >= 0 && to >= 0);
	CHECK_EQ(fstat(from, &st), 0);
	CHECK_EQ(sendfile(to, from, NULL, (size_t)st.st_size), st.st_size);
	close(from);
	close(to);
}

/* A root folder with nothing but this program, if it needs no other and may change
 * the root. It executes itself once more there. */
static void root_folder(void)
{
	char dir[] = "/tmp/user-root-XXXXXX", path[64];
	pid_t pid;
	int status;

	if (getauxval(AT_BASE))
		return;
	CHECK(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/itself", dir);
	copy_itself(path);
	pid = fork();
	if (!pid) {
		if (chroot(dir) && (unshare(CLONE_NEWUSER) || chroot(dir)))
			_Exit(98);
		if (chdir("/"))
			_Exit(97);
		prepare();
		execve("/itself", args, env);
		_Exit(99);
	}
	status = status_of(pid);
	CHECK(!status || status == 98);
	CHECK_EQ(unlink(path), 0);
	CHECK_EQ(rmdir(dir), 0);
}

/* The process is called as the script is, not as its interpreter. */
static void script_name(void)
{
	char dir[] = "/tmp/user-script-XXXXXX", path[64], exe[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	FILE *f;
	pid_t pid;

	CHECK(n > 0 && mkdtemp(dir));
	exe[n] = '\0';
	snprintf(path, sizeof(path), "%s/a-script", dir);
	f = fopen(path, "we");
	CHECK(f);
	CHECK(fprintf(f, "#!%s --executed\n", exe) > 0);
	CHECK_EQ(fclose(f), 0);
	CHECK_EQ(chmod(path, 0755), 0);
	pid = fork();
	if (!pid) {
		execl(path, "other", NULL);
		_Exit(99);
	}
	CHECK_EQ(status_of(pid), 0);
	CHECK_EQ(unlink(path), 0);
	CHECK_EQ(rmdir(dir), 0);
}

/* tests/user/check-cases has a sysroot with this program behind an absolute link,
 * which leads to nothing on the host. */
static void absolute_link(void)
{
	const char *link = getenv("CASE_LINK");
	pid_t pid;

	if (!link)
		return;
	CHECK_EQ(access(link, X_OK), 0);
	pid = fork();
	if (!pid) {
		prepare();
		execve(link, args, env);
		_Exit(99);
	}
	CHECK_EQ(status_of(pid), 0);
}

/* The same sysroot's folder, that the host does not have, is one to be in; so is one that
 * both have, the host's. */
static void sysroot_folder(void)
{
	const char *folder = getenv("CASE_FOLDER");
	char here[PATH_MAX];
	size_t len;

	if (!folder)
		return;
	CHECK_EQ(chdir(folder), 0);
	CHECK_EQ(access("cases", X_OK), 0);
	CHECK(getcwd(here, sizeof(here)));
	len = strlen(here);
	CHECK(len > strlen(folder));
	CHECK(!strcmp(here + len - strlen(folder), folder));
	CHECK_EQ(chdir(here), 0);
	CHECK_EQ(access("cases", X_OK), 0);
	CHECK_EQ(chdir("/usr"), 0);
	CHECK(getcwd(here, sizeof(here)));
	CHECK(!strcmp(here, "/usr"));
	CHECK_EQ(chdir("/only-here/none"), -1);
	CHECK_EQ(errno, ENOENT);
	CHECK_EQ(chdir("/only-here/cases"), -1);
	CHECK_EQ(errno, ENOTDIR);
	CHECK_EQ(chdir((const char *)16), -1);
	CHECK_EQ(errno, EFAULT);
}

/* Linux needs none to execute; the engine says that it has none, and nothing that a
 * shell would take for a script. */
static void no_descriptor(void)
{
	char *argv[] = {"true", NULL}, *envp[] = {NULL};
	struct rlimit limit;
	pid_t pid;

	CHECK_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = 32;
	CHECK_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
	while (fcntl(1, F_DUPFD_CLOEXEC, 0) >= 0)
		;
	CHECK_EQ(errno, EMFILE);
	CHECK_EQ(execve("/proc/self/exe", argv, envp), -1);
	CHECK_EQ(errno, EMFILE);
	pid = fork();
	if (!pid) {
		execve("/bin/true", argv, envp);
		_Exit(1);
	}
	CHECK_EQ(status_of(pid), 0);
}

const struct user_case exec_cases[] = {
	{"exec/itself", itself, "an arm64 program is not executed"},
	{"exec/by-descriptor", by_descriptor,
	 "an arm64 program is not executed"},
	{"exec/by-path-descriptor", by_path_descriptor,
	 "an arm64 program is not executed"},
	{"exec/native", native, NULL},
	{"exec/other-machine", other_machine, NULL},
	{"exec/script", script, NULL},
	{"exec/script-name", script_name, "an arm64 program is not executed"},
	{"exec/refused", refused, "another errno of bad addresses"},
	{"exec/spawn", spawn, "an arm64 program is not executed"},
	{"exec/spawn-fails", spawn_fails, "the memory is not shared"},
	{"exec/spawn-actions", spawn_actions, NULL},
	{"exec/absolute-link", absolute_link, NULL},
	{"exec/sysroot-folder", sysroot_folder, NULL},
	{"exec/no-descriptor", no_descriptor, "executes as Linux"},
	{"exec/root-folder", root_folder, "an arm64 program is not executed"},
	{NULL, NULL, NULL},
};
