/* SPDX-License-Identifier: MIT */
/*
 * exec in a VMM under QEMU, see bridge-exec.h. A plugin cannot change the
 * arguments of a system call but what they point to: LD_PRELOAD is shortened
 * in place, and put back should the call return.
 */
#include "shim/bridge-exec.h"

#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/exec-env.h"
#include "base/exec-head.h"
#include "base/fault.h"
#include "base/host.h"
#include "base/types.h"
#include "shim/bridge-guest.h"

#define THUNK   "fauxkvm-thunk" /* of whatever machine */
#define PRELOAD EXEC_ENV_PRELOAD "="
/* Arguments put in front: tool run --argv0 X [--sysroot X] [--qemu X] -- path */
#define FRONT_MAX 10

static char *tool, *sysroot, *qemu;

static __thread struct {
	char *addr;  /* the guest's string; NULL: nothing changed */
	char *saved; /* what stood there */
	size_t size;
} exec_env __attribute__((tls_model("initial-exec")));

static char *env_copy(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? strdup(value) : NULL;
}

void bridge_exec_init(void)
{
	tool = env_copy(EXEC_ENV_TOOL);
	sysroot = env_copy("FAUXKVM_SYSROOT");
	qemu = env_copy("FAUXKVM_QEMU");
}

static bool is_guest_program(const char *path)
{
	Elf64_Ehdr eh;
	long fd, n;

	/* Under QEMU's eyes the same path: exec ignores its -L. */
	if (host_raw(SYS_faccessat, AT_FDCWD, path, X_OK) < 0)
		return false;
	fd = host_raw(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = host_raw(SYS_pread64, fd, &eh, sizeof(eh), 0);
	host_raw(SYS_close, fd);
	return exec_head_machine(&eh, n) == bridge_guest->elf_machine;
}

static bool names_thunk(const char *path, size_t len)
{
	const char *slash = memrchr(path, '/', len);
	const char *name = slash ? slash + 1 : path;

	return (size_t)(path + len - name) >= strlen(THUNK) &&
	       !strncmp(name, THUNK, strlen(THUNK));
}

/* Take the thunk out of "LD_PRELOAD=a:b c". True: it was there. */
static bool preload_strip(char *entry)
{
	char *list = entry + strlen(PRELOAD), *p = list, *out = list;
	bool found = false;

	while (*p) {
		size_t n = strcspn(p, ": ");
		bool is_thunk = names_thunk(p, n);

		found |= is_thunk;
		if (!is_thunk && n) {
			if (out != list)
				*out++ = ':';
			memmove(out, p, n);
			out += n;
		}
		p += n;
		p += *p != '\0';
	}
	*out = '\0';
	return found;
}

static void env_strip(uint64_t envp)
{
	char entry[PATH_MAX + 64], *addr;
	size_t size;

	for (unsigned int i = 0;; i++) {
		if (copy_from_user(&addr, (char **)envp + i, sizeof(addr)) ||
		    !addr)
			return;
		if (!copy_string_from_user(entry, addr, sizeof(entry)) ||
		    strncmp(entry, PRELOAD, strlen(PRELOAD)))
			continue;
		size = strlen(entry) + 1;
		exec_env.saved = malloc(size);
		if (!exec_env.saved)
			return;
		memcpy(exec_env.saved, entry, size);
		exec_env.size = size;
		if (preload_strip(entry) &&
		    !copy_to_user(addr, entry, strlen(entry) + 1)) {
			exec_env.addr = addr;
			return;
		}
		free(exec_env.saved);
	}
}

/* Number of arguments, -1: not readable. */
static long argv_count(uint64_t argv)
{
	char *arg;

	for (long n = 0;; n++) {
		if (copy_from_user(&arg, (char **)argv + n, sizeof(arg)))
			return -1;
		if (!arg)
			return n;
	}
}

/* Become `fauxkvm run ... -- path argv[1]...`; returns when that fails. */
static void exec_tool(const char *path, uint64_t argv, uint64_t envp)
{
	long n = argv_count(argv), front = 0;
	char **args;

	if (n < 1)
		return;
	args = calloc((size_t)n + FRONT_MAX + 1, sizeof(*args));
	if (!args)
		return;
	args[front++] = tool;
	args[front++] = (char *)"run";
	args[front++] = (char *)"--argv0";
	copy_from_user(&args[front++], (char **)argv, sizeof(*args));
	if (sysroot) {
		args[front++] = (char *)"--sysroot";
		args[front++] = sysroot;
	}
	if (qemu) {
		args[front++] = (char *)"--qemu";
		args[front++] = qemu;
	}
	args[front++] = (char *)"--";
	args[front++] = (char *)path;
	copy_from_user(&args[front], (char **)argv + 1,
		       (size_t)n * sizeof(*args));
	host_raw(SYS_execve, tool, args, envp);
	free(args);
}

void bridge_exec_begin(uint64_t path, uint64_t argv, uint64_t envp)
{
	char file[PATH_MAX];

	if (!copy_string_from_user(file, (const void *)path, sizeof(file)))
		return;
	env_strip(envp);
	if (tool && is_guest_program(file))
		exec_tool(file, argv, envp);
}

void bridge_exec_failed(void)
{
	if (!exec_env.addr)
		return;
	copy_to_user(exec_env.addr, exec_env.saved, exec_env.size);
	free(exec_env.saved);
	exec_env.addr = NULL;
}
