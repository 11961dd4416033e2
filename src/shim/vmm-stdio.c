/* SPDX-License-Identifier: MIT */
/*
 * fopen() of /dev/kvm, in the native shim. The C library's own opens by a call
 * that is not interposed, so what it opened is looked at, and opened again by
 * vmm_open() if that is, or would be, KVM.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/host.h"
#include "shim/kvm-path.h"
#include "shim/vmm-calls.h"

typedef FILE *fopen_fn(const char *path, const char *mode);

static int mode_flags(const char *mode)
{
	int flags = mode[0] == 'r' ? O_RDONLY : O_WRONLY;

	/* As the C library reads it: up to a comma. */
	for (mode++; *mode && *mode != ','; mode++) {
		if (*mode == '+')
			flags = O_RDWR;
		else if (*mode == 'e')
			flags |= O_CLOEXEC;
	}
	return flags;
}

static FILE *kvm_fopen(const char *path, const char *mode)
{
	long fd = vmm_open(AT_FDCWD, path, mode_flags(mode), 0);
	FILE *f;

	if (fd < 0) {
		errno = (int)-fd;
		return NULL;
	}
	f = fdopen((int)fd, mode);
	if (!f)
		vmm_close((int)fd);
	return f;
}

/* Does @path lead to a KVM that only the shim has? Asked if the C library could
 * not open it. */
static _Bool leads_to_kvm(const char *path)
{
	struct stat st;

	return vmm_stat(AT_FDCWD, path, &st, 0) == 0 && S_ISCHR(st.st_mode) &&
	       st.st_rdev == makedev(KVM_MAJOR, KVM_MINOR);
}

static _Bool is_host_kvm(FILE *f)
{
	struct stat st;

	return kvm_path_host_has() &&
	       host_raw(SYS_fstat, fileno(f), &st) == 0 &&
	       S_ISCHR(st.st_mode) &&
	       st.st_rdev == makedev(KVM_MAJOR, KVM_MINOR);
}

static long fopen_by(const char *name, const char *path, const char *mode)
{
	fopen_fn *real;
	FILE *f;

	if (path && mode && kvm_path_is(AT_FDCWD, path))
		return (long)kvm_fopen(path, mode);
	real = (fopen_fn *)dlsym(RTLD_NEXT, name);
	if (!real) {
		errno = ENOSYS;
		return 0;
	}
	f = real(path, mode);
	if (f ? is_host_kvm(f) : errno != EFAULT && leads_to_kvm(path)) {
		if (f)
			fclose(f);
		return (long)kvm_fopen(path, mode);
	}
	return (long)f;
}

long vmm_fopen(const char *path, const char *mode)
{
	return fopen_by("fopen", path, mode);
}

long vmm_fopen64(const char *path, const char *mode)
{
	return fopen_by("fopen64", path, mode);
}
