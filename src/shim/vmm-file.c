/* SPDX-License-Identifier: MIT */
/*
 * Opening and asking about /dev/kvm, ioctl(), syscall(). Built into the shim
 * and into the thunk.
 */
#include "shim/vmm-calls.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/host.h"
#include "shim/kvm-path.h"

#define KVM_MAJOR 10
#define KVM_MINOR 232

static _Bool is_kvm(int dir, const char *path)
{
	return kvm_path_is(dir, path) && gate_present();
}

long vmm_open(int dir, const char *path, int flags, unsigned int mode)
{
	if (!(flags & O_PATH) && is_kvm(dir, path)) {
		if ((flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL))
			return -EEXIST;
		if (flags & O_DIRECTORY)
			return -ENOTDIR;
		return gate_open(flags & (O_CLOEXEC | O_NONBLOCK));
	}
	return host_raw(SYS_openat, dir, path, flags, mode);
}

/* /dev/kvm has mode 0666: nobody may execute it. */
long vmm_access(int dir, const char *path, int mode, int flags)
{
	if (is_kvm(dir, path)) {
		if (mode & ~(R_OK | W_OK | X_OK))
			return -EINVAL;
		return mode & X_OK ? -EACCES : 0;
	}
	if (flags)
		return host_raw(SYS_faccessat2, dir, path, mode, flags);
	return host_raw(SYS_faccessat, dir, path, mode);
}

/* The device node as udev leaves it on a host with KVM. */
static void kvm_stat(struct stat *st)
{
	memset(st, 0, sizeof(*st));
	st->st_dev = makedev(0, 5);
	st->st_ino = 1;
	st->st_mode = S_IFCHR | 0666;
	st->st_nlink = 1;
	st->st_rdev = makedev(KVM_MAJOR, KVM_MINOR);
	st->st_blksize = 4096;
}

static void kvm_statx(struct statx *st)
{
	memset(st, 0, sizeof(*st));
	st->stx_mask = STATX_BASIC_STATS;
	st->stx_blksize = 4096;
	st->stx_nlink = 1;
	st->stx_mode = S_IFCHR | 0666;
	st->stx_ino = 1;
	st->stx_rdev_major = KVM_MAJOR;
	st->stx_rdev_minor = KVM_MINOR;
	st->stx_dev_minor = 5;
}

/* fstat(fd) in the clothes of fstatat and statx */
static _Bool is_open_kvm(int dir, const char *path, int flags)
{
	if (!(flags & AT_EMPTY_PATH))
		return 0;
	return (!path || !*path) && gate_is_system(dir);
}

long vmm_stat(int dir, const char *path, struct stat *st, int flags)
{
	if (is_kvm(dir, path) || is_open_kvm(dir, path, flags)) {
		if (!st)
			return -EFAULT;
		kvm_stat(st);
		return 0;
	}
	return host_raw(SYS_newfstatat, dir, path, st, flags);
}

long vmm_fstat(int fd, struct stat *st)
{
	if (gate_is_system(fd)) {
		if (!st)
			return -EFAULT;
		kvm_stat(st);
		return 0;
	}
	return host_raw(SYS_fstat, fd, st);
}

long vmm_statx(int dir, const char *path, int flags, unsigned int mask,
	       struct statx *st)
{
	if (is_kvm(dir, path) || is_open_kvm(dir, path, flags)) {
		if (!st)
			return -EFAULT;
		kvm_statx(st);
		return 0;
	}
	return host_raw(SYS_statx, dir, path, flags, mask, st);
}

long vmm_ioctl(int fd, unsigned long cmd, unsigned long arg)
{
	long ret;

	if (gate_ioctl(fd, (unsigned int)cmd, arg, &ret))
		return ret;
	return host_raw(SYS_ioctl, fd, cmd, arg);
}

/* Only what a VMM may reach KVM with; all else is passed on unseen. */
long vmm_syscall(long nr, long a, long b, long c, long d, long e, long f)
{
	switch (nr) {
#ifdef SYS_open
	case SYS_open:
		return vmm_open(AT_FDCWD, (const char *)a, (int)b,
				(unsigned int)c);
#endif
	case SYS_openat:
		return vmm_open((int)a, (const char *)b, (int)c,
				(unsigned int)d);
	case SYS_ioctl:
		return vmm_ioctl((int)a, (unsigned long)b, (unsigned long)c);
	case SYS_statx:
		return vmm_statx((int)a, (const char *)b, (int)c,
				 (unsigned int)d, (struct statx *)e);
#ifndef FAUXKVM_NATIVE
	case SYS_userfaultfd: return gate_userfaultfd((int)a);
#endif
#ifdef FAUXKVM_NATIVE
	case SYS_close: return vmm_close((int)a);
	case SYS_close_range:
		return vmm_close_range((unsigned int)a, (unsigned int)b,
				       (int)c);
	case SYS_dup3: return vmm_dup3((int)a, (int)b, (int)c);
#ifdef SYS_dup2
	case SYS_dup2: return vmm_dup2((int)a, (int)b);
#endif
	case SYS_munmap: return vmm_munmap((void *)a, (size_t)b);
	case SYS_mprotect: return vmm_mprotect((void *)a, (size_t)b, (int)c);
	case SYS_madvise: return vmm_madvise((void *)a, (size_t)b, (int)c);
	case SYS_mmap:
		return vmm_mmap((void *)a, (size_t)b, (int)c, (int)d, (int)e,
				f);
	case SYS_mremap:
		return vmm_mremap((void *)a, (size_t)b, (size_t)c, (int)d,
				  (void *)e);
#endif
	}
	return host_raw(nr, a, b, c, d, e, f);
}
