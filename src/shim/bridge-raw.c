/* SPDX-License-Identifier: MIT */
/*
 * What is about KVM among the system calls of an arm64 VMM that did not come
 * through the thunk: of static programs, of those that have no libc, of libc
 * itself (fopen).
 *
 * A path is looked at when the kernel has read it and found nothing; but an
 * open of what by its text is /dev/kvm is answered at once, as it might make a
 * file or find the host's.
 */
#include "shim/bridge-raw.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/host.h"
#include "base/types.h"
#include "shim/bridge-exec.h"
#include "shim/embed.h"
#include "shim/kvm-path.h"
#include "shim/sig.h"
#include "shim/vmm-calls.h"

#define KVMIO   0xae
#define UFFDIO  0xaa
#define KVM_RUN 0xae80

/* arm64's values where x86-64 has others. */
#define GUEST_O_DIRECTORY 040000
#define GUEST_O_NOFOLLOW  0100000

static long kvm_open(int flags)
{
	if ((flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL))
		return -EEXIST;
	if (flags & GUEST_O_DIRECTORY)
		return -ENOTDIR;
	return embed_open(flags & (O_CLOEXEC | O_NONBLOCK));
}

static bool open_follows(int flags)
{
	return !(flags & GUEST_O_NOFOLLOW) &&
	       (flags & (O_CREAT | O_EXCL)) != (O_CREAT | O_EXCL);
}

static bool path_names_kvm(const uint64_t args[6])
{
	char path[PATH_MAX];

	return bridge_guest_string(args[1], path, sizeof(path)) &&
	       kvm_path_is((int)args[0], path);
}

static bool path_leads_to_kvm(const uint64_t args[6], bool follow)
{
	char path[PATH_MAX];

	return bridge_guest_string(args[1], path, sizeof(path)) &&
	       (kvm_path_is((int)args[0], path) ||
		kvm_path_leads((int)args[0], path, follow));
}

/* The kernel's answer where there is no /dev/kvm, or none for us. */
static bool is_absent(int64_t ret)
{
	return ret == -ENOENT || ret == -ENXIO || ret == -ENODEV ||
	       ret == -EACCES || ret == -EPERM;
}

/* struct stat of arm64 (Linux's generic one). */
struct guest_stat {
	uint64_t dev, ino;
	uint32_t mode, nlink, uid, gid;
	uint64_t rdev, pad, size;
	uint64_t blksize; /* and padding */
	uint64_t blocks, times[6];
	uint32_t unused[2];
};

/* As udev leaves the device node on a host with KVM. */
static int64_t kvm_stat(uint64_t addr)
{
	struct guest_stat st = {
		.dev = makedev(0, 5),
		.ino = 1,
		.mode = S_IFCHR | 0666,
		.nlink = 1,
		.uid = 0,
		.gid = 0,
		.rdev = makedev(KVM_MAJOR, KVM_MINOR),
		.blksize = 4096,
	};

	return copy_to_user((void *)addr, &st, sizeof(st)) ? -EFAULT : 0;
}

static int64_t kvm_statx(uint64_t addr)
{
	struct statx st = {
		.stx_mask = STATX_BASIC_STATS,
		.stx_blksize = 4096,
		.stx_nlink = 1,
		.stx_mode = S_IFCHR | 0666,
		.stx_ino = 1,
		.stx_rdev_major = KVM_MAJOR,
		.stx_rdev_minor = KVM_MINOR,
		.stx_dev_minor = 5,
	};

	return copy_to_user((void *)addr, &st, sizeof(st)) ? -EFAULT : 0;
}

/* ---- before QEMU does it ------------------------------------------------- */

static bool raw_ioctl(const uint64_t args[6], int64_t *ret)
{
	unsigned int cmd = (unsigned int)args[1], type = cmd >> 8 & 0xff;
	long value;

	if (type == UFFDIO) {
		*ret = sig_syscall(SYS_ioctl, args);
		return true;
	}
	if (type != KVMIO)
		return false;
	/* In this order: a signal after the first is one that KVM_RUN sees,
	 * one before it is delivered by QEMU now. */
	if (cmd == KVM_RUN) {
		sig_run_clear();
		if (sig_restart()) {
			*ret = -SIG_RESTART;
			return true;
		}
	}
	/* QEMU would say ENOSYS. */
	if (!embed_ioctl((int)args[0], cmd, args[2], &value))
		value = host_raw(SYS_fcntl, args[0], F_GETFD) < 0 ? -EBADF
								  : -ENOTTY;
	*ret = value;
	return true;
}

static bool raw_open(const uint64_t args[6], int64_t *ret)
{
	int flags = (int)args[2];
	bool creates = flags & O_CREAT;

	if (flags & O_PATH)
		return false;
	if (!path_names_kvm(args) &&
	    !(creates && path_leads_to_kvm(args, open_follows(flags))))
		return false;
	*ret = kvm_open(flags);
	return true;
}

/* Nothing but the descriptor. */
static bool is_open_kvm(const uint64_t args[6], uint64_t flags)
{
	char path[1];

	return (flags & AT_EMPTY_PATH) &&
	       embed_kind((int)args[0]) == VMM_SYSTEM &&
	       bridge_guest_string(args[1], path, sizeof(path));
}

bool bridge_raw_before(int64_t num, const uint64_t args[6], int64_t *ret)
{
	switch (num) {
	case GUEST_IOCTL: return raw_ioctl(args, ret);
	case GUEST_OPENAT: return raw_open(args, ret);
	case GUEST_FSTAT:
		if (embed_kind((int)args[0]) != VMM_SYSTEM)
			return false;
		*ret = kvm_stat(args[1]);
		return true;
	case GUEST_NEWFSTATAT:
		if (!is_open_kvm(args, args[3]))
			return false;
		*ret = kvm_stat(args[2]);
		return true;
	case GUEST_STATX:
		if (!is_open_kvm(args, args[2]))
			return false;
		*ret = kvm_statx(args[4]);
		return true;
	}
	return false;
}

/* ---- after QEMU did it --------------------------------------------------- */

/* The host's own /dev/kvm, which a link may have led to. */
static bool is_host_kvm(int64_t fd)
{
	struct stat st;

	return kvm_path_host_has() && host_raw(SYS_fstat, fd, &st) == 0 &&
	       S_ISCHR(st.st_mode) && major(st.st_rdev) == KVM_MAJOR &&
	       minor(st.st_rdev) == KVM_MINOR;
}

bool bridge_raw_after(int64_t num, const uint64_t args[6], int64_t *ret)
{
	bool follow;

	if (num == GUEST_OPENAT && *ret >= 0) {
		if ((args[2] & O_PATH) || !is_host_kvm(*ret))
			return false;
		host_raw(SYS_close, *ret);
		*ret = kvm_open((int)args[2]);
		return true;
	}
	if (!is_absent(*ret))
		return false;
	switch (num) {
	case GUEST_OPENAT: follow = open_follows((int)args[2]); break;
	case GUEST_FACCESSAT: follow = true; break;
	case GUEST_FACCESSAT2:
	case GUEST_NEWFSTATAT: follow = !(args[3] & AT_SYMLINK_NOFOLLOW); break;
	case GUEST_STATX: follow = !(args[2] & AT_SYMLINK_NOFOLLOW); break;
	default: return false;
	}
	if (!path_leads_to_kvm(args, follow))
		return false;
	switch (num) {
	case GUEST_OPENAT:
		if (args[2] & O_PATH)
			return false;
		*ret = kvm_open((int)args[2]);
		break;
	case GUEST_NEWFSTATAT: *ret = kvm_stat(args[2]); break;
	case GUEST_STATX: *ret = kvm_statx(args[4]); break;
	default: *ret = args[2] & X_OK ? -EACCES : 0;
	}
	return true;
}
