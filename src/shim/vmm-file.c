/* SPDX-License-Identifier: MIT */
/*
 * Opening and asking about /dev/kvm, ioctl(). Built into the shim, the thunk
 * and the bridge. The kernel does a call first, as it came, and then a
 * vmm_after_...() says what else the answer is: under the bridge it is QEMU
 * that does the call.
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

/* Could the kernel say this of a /dev/kvm that it does not have, or does not
 * give to us? */
static _Bool is_absent(long ret)
{
	return ret == -ENOENT || ret == -ENXIO || ret == -ENODEV ||
	       ret == -EACCES || ret == -EPERM;
}

/* The kernel reads a path first, since it answers EFAULT where we would crash;
 * EINVAL may come before it reads. */
_Bool vmm_leads_to_kvm(long ret, int dir, const char *path, _Bool follow)
{
	if (ret == -EFAULT || ret == -EINVAL)
		return 0;
	/* The call openat2: what it does not know, or what it may not cross. */
	if (ret == -E2BIG || ret == -EXDEV)
		return 0;
	if (!kvm_path_is(dir, path) &&
	    !(is_absent(ret) && kvm_path_leads(dir, path, follow)))
		return 0;
	return gate_present();
}

static _Bool is_kvm_device(unsigned int mode, unsigned int major,
			   unsigned int minor)
{
	return S_ISCHR(mode) && major == KVM_MAJOR && minor == KVM_MINOR &&
	       gate_present();
}

/* The host's own /dev/kvm, which a link may have led to. */
static _Bool is_host_kvm(long fd)
{
	struct stat st;

	return fd >= 0 && kvm_path_host_has() &&
	       host_raw(SYS_fstat, fd, &st) == 0 &&
	       is_kvm_device(st.st_mode, major(st.st_rdev), minor(st.st_rdev));
}

/* Those that mean something beside O_PATH. */
#define O_PATH_FLAGS (O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

static long kvm_open(int flags)
{
	if ((flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL))
		return -EEXIST;
	if (flags & O_DIRECTORY)
		return -ENOTDIR;
	return gate_open(flags & OPEN_KVM_FLAGS);
}

_Bool vmm_names_descriptor(const char *path)
{
	size_t len = strlen(path);

	return len && path[len - 1] >= '0' && path[len - 1] <= '9';
}

/* An anonymous inode cannot be opened, /dev/kvm is opened again. */
static _Bool reopened(long *fd, int flags)
{
	enum vmm_kind kind = vmm_kind((int)*fd);

	if (kind == VMM_OTHER)
		return 0;
	host_raw(SYS_close, *fd);
	*fd = kind == VMM_SYSTEM ? kvm_open(flags) : -ENXIO;
	return 1;
}

/* What would make a file is asked about it first. */
_Bool vmm_before_open(int dir, const char *path, int flags, long *ret)
{
	const _Bool follow = !(flags & (O_NOFOLLOW | O_EXCL));

	if (!(flags & O_CREAT) || (flags & O_PATH))
		return 0;
	*ret = host_raw(SYS_faccessat, dir, path, F_OK);
	if (!vmm_leads_to_kvm(*ret, dir, path, follow))
		return 0;
	*ret = kvm_open(flags);
	return 1;
}

_Bool vmm_after_open(int dir, const char *path, int flags, long *ret)
{
	if ((flags & O_PATH) && *ret >= 0)
		return 0;
	if (flags & O_PATH)
		flags &= O_PATH_FLAGS;
	if (vmm_leads_to_kvm(*ret, dir, path, !(flags & O_NOFOLLOW)) ||
	    is_host_kvm(*ret)) {
		if (*ret >= 0)
			host_raw(SYS_close, *ret);
		*ret = kvm_open(flags);
		return 1;
	}
	return *ret >= 0 && vmm_names_descriptor(path) && reopened(ret, flags);
}

long vmm_open(int dir, const char *path, int flags, unsigned int mode)
{
	long ret;

	if (vmm_before_open(dir, path, flags, &ret))
		return ret;
	ret = host_raw(SYS_openat, dir, path, flags, mode);
	vmm_after_open(dir, path, flags, &ret);
	return ret;
}

/* /dev/kvm has mode 0666: nobody may execute it. */
_Bool vmm_after_access(int dir, const char *path, int mode, int flags,
		       long *ret)
{
	if (!vmm_leads_to_kvm(*ret, dir, path, !(flags & AT_SYMLINK_NOFOLLOW)))
		return 0;
	*ret = mode & X_OK ? -EACCES : 0;
	return 1;
}

long vmm_access(int dir, const char *path, int mode, int flags)
{
	long ret = flags ? host_raw(SYS_faccessat2, dir, path, mode, flags)
			 : host_raw(SYS_faccessat, dir, path, mode);

	vmm_after_access(dir, path, mode, flags, &ret);
	return ret;
}

/* The device node as udev leaves it on a host with KVM. */
static long kvm_stat(struct stat *st)
{
	/* It is the kernel that finds out whether @st can be written. */
	long ret = host_raw(SYS_newfstatat, AT_FDCWD, "/", st, 0);

	if (ret < 0)
		return ret;
	memset(st, 0, sizeof(*st));
	st->st_dev = makedev(0, 5);
	st->st_ino = 1;
	st->st_mode = S_IFCHR | 0666;
	st->st_nlink = 1;
	st->st_rdev = makedev(KVM_MAJOR, KVM_MINOR);
	st->st_blksize = 4096;
	return 0;
}

static long kvm_statx(struct statx *st)
{
	long ret = host_raw(SYS_statx, AT_FDCWD, "/", 0, 0, st);

	if (ret < 0)
		return ret;
	memset(st, 0, sizeof(*st));
	st->stx_mask = STATX_BASIC_STATS;
	st->stx_blksize = 4096;
	st->stx_nlink = 1;
	st->stx_mode = S_IFCHR | 0666;
	st->stx_ino = 1;
	st->stx_rdev_major = KVM_MAJOR;
	st->stx_rdev_minor = KVM_MINOR;
	st->stx_dev_minor = 5;
	return 0;
}

/* Other KVM descriptors are anonymous inodes, of no type. */
static void anon_stat(struct stat *st)
{
	st->st_mode = 0600;
	st->st_nlink = 1;
	st->st_uid = 0;
	st->st_gid = 0;
	st->st_size = 0;
	st->st_blocks = 0;
}

static void anon_statx(struct statx *st)
{
	st->stx_mode = 0600;
	st->stx_nlink = 1;
	st->stx_uid = 0;
	st->stx_gid = 0;
	st->stx_size = 0;
	st->stx_blocks = 0;
}

/* What the file at @path, of which @ret and @st are known, is: a KVM
 * descriptor under its name in /proc is. */
static enum vmm_kind kind_at(int dir, const char *path, long ret,
			     const struct stat *st)
{
	enum vmm_kind kind;
	long fd;

	if (ret < 0 || !vmm_may_be_kvm(st) || !gate_present())
		return VMM_OTHER;
	if (!*path)
		return gate_kind(dir);
	fd = host_raw(SYS_openat, dir, path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return VMM_OTHER;
	kind = gate_kind((int)fd);
	host_raw(SYS_close, fd);
	return kind;
}

/* fstat(fd) in the clothes of fstatat and statx. @ret as for vmm_leads_to_kvm(); without
 * a path Linux 6.11 and later do not mind. */
static _Bool is_open_kvm(long ret, int dir, const char *path, int flags)
{
	if (!(flags & AT_EMPTY_PATH))
		return 0;
	return (!path || (ret == 0 && !*path)) && vmm_kind(dir) == VMM_SYSTEM;
}

_Bool vmm_after_stat(int dir, const char *path, int flags, struct stat *st,
		     long *ret)
{
	enum vmm_kind kind = VMM_SYSTEM;

	if (!is_open_kvm(*ret, dir, path, flags) &&
	    !vmm_leads_to_kvm(*ret, dir, path,
			      !(flags & AT_SYMLINK_NOFOLLOW)) &&
	    !(*ret == 0 && is_kvm_device(st->st_mode, major(st->st_rdev),
					 minor(st->st_rdev))))
		kind = kind_at(dir, path, *ret, st);
	if (kind == VMM_SYSTEM)
		*ret = kvm_stat(st);
	else if (kind != VMM_OTHER)
		anon_stat(st);
	return kind != VMM_OTHER;
}

long vmm_stat(int dir, const char *path, struct stat *st, int flags)
{
	long ret = host_raw(SYS_newfstatat, dir, path, st, flags);

	vmm_after_stat(dir, path, flags, st, &ret);
	return ret;
}

long vmm_fstat(int fd, struct stat *st)
{
	long ret = host_raw(SYS_fstat, fd, st);

	vmm_after_stat(fd, "", 0, st, &ret);
	return ret;
}

_Bool vmm_after_statx(int dir, const char *path, int flags, struct statx *st,
		      long *ret)
{
	enum vmm_kind kind = VMM_OTHER;

	if (is_open_kvm(*ret, dir, path, flags) ||
	    vmm_leads_to_kvm(*ret, dir, path, !(flags & AT_SYMLINK_NOFOLLOW)) ||
	    (*ret == 0 && is_kvm_device(st->stx_mode, st->stx_rdev_major,
					st->stx_rdev_minor))) {
		kind = VMM_SYSTEM;
	} else if (*ret == 0 && st->stx_mask & STATX_NLINK) {
		const struct stat known = {.st_mode = st->stx_mode,
					   .st_nlink = st->stx_nlink};

		kind = kind_at(dir, path, *ret, &known);
	}
	if (kind == VMM_SYSTEM)
		*ret = kvm_statx(st);
	else if (kind != VMM_OTHER)
		anon_statx(st);
	return kind != VMM_OTHER;
}

long vmm_statx(int dir, const char *path, int flags, unsigned int mask,
	       struct statx *st)
{
	long ret = host_raw(SYS_statx, dir, path, flags, mask, st);

	vmm_after_statx(dir, path, flags, st, &ret);
	return ret;
}

_Bool vmm_before_ioctl(int fd, unsigned int cmd, unsigned long arg, long *ret)
{
	const unsigned int type = (cmd >> 8) & 0xff;

	return (type == KVMIO || type == UFFDIO || gate_noted(fd)) &&
	       gate_ioctl(fd, cmd, arg, ret);
}

/* The host, or QEMU, refuses it with *@ret: perhaps since the descriptor is
 * KVM's or is none. */
_Bool vmm_after_ioctl(int fd, unsigned int cmd, unsigned long arg, long *ret)
{
	const long refused = *ret;
	struct stat st;

	if (refused != -ENOTTY && refused != -ENOSYS && refused != -EFAULT)
		return 0;
	/* QEMU looks at the argument first. */
	if (host_raw(SYS_fstat, fd, &st) < 0)
		*ret = -EBADF;
	else if (refused == -EFAULT)
		return 0;
	else if (!vmm_may_be_kvm(&st) || !gate_ioctl(fd, cmd, arg, ret))
		*ret = -ENOTTY; /* what QEMU does not know is ENOSYS */
	return *ret != refused;
}

/* Not inlined: KVM's own requests don't pay for it. */
static __attribute__((noinline)) long ioctl_other(int fd, unsigned long request,
						  unsigned long arg)
{
	const unsigned int cmd = (unsigned int)request;
	long ret;

	if (gate_noted(fd) && gate_ioctl(fd, cmd, arg, &ret))
		return ret;
	ret = host_raw(SYS_ioctl, fd, request, arg);
	vmm_after_ioctl(fd, cmd, arg, &ret);
	return ret;
}

long vmm_ioctl_any(int fd, unsigned long request, unsigned long arg)
{
	const unsigned int cmd = (unsigned int)request;
	const unsigned int type = (cmd >> 8) & 0xff;
	long ret;

	if ((type == KVMIO || type == UFFDIO) && gate_ioctl(fd, cmd, arg, &ret))
		return ret;
	return ioctl_other(fd, request, arg);
}

long vmm_ioctl(int fd, unsigned long request, unsigned long arg)
{
	if ((unsigned int)request == RUN_CMD && !arg)
		return gate_run(fd);
	return vmm_ioctl_any(fd, request, arg);
}
