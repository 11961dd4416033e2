/* SPDX-License-Identifier: MIT */
/*
 * What is about KVM among the system calls of a VMM under QEMU that did not come
 * through the thunk: of static programs, of those that have no libc, of libc
 * itself (fopen).
 *
 * What the answer is the shim's functions say (vmm-file.c, vmm-anon.c). Here
 * is which call is one for them, as cheaply as can be; what differs between the
 * VMM's kernel and the host's is in bridge-guest.c.
 */
#include "shim/bridge-raw.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/fault.h"
#include "base/host.h"
#include "base/types.h"
#include "shim/bridge-exec.h"
#include "shim/bridge-guest.h"
#include "shim/embed.h"
#include "shim/kvm-path.h"
#include "shim/sig.h"
#include "shim/vmm-calls.h"

/* ---- before QEMU does it ------------------------------------------------- */

static bool before_ioctl(const uint64_t args[6], int64_t *ret)
{
	const int fd = (int)args[0];
	const unsigned int cmd = (unsigned int)args[1];
	const unsigned int type = cmd >> 8 & 0xff;

	if (is_kvm_run(cmd) && sig_run_restart()) {
		*ret = -SIG_RESTART;
		return true;
	}
	if (vmm_before_ioctl(fd, cmd, args[2], ret))
		return true;
	/* QEMU does not know userfaultfd. */
	if (type == UFFDIO)
		*ret = sig_syscall(SYS_ioctl, args);
	return type == UFFDIO;
}

static bool before_open(const uint64_t args[6], int64_t *ret)
{
	const int flags = (int)bridge_open_flags(args[2]);
	char path[PATH_MAX];

	return (flags & O_CREAT) &&
	       copy_string_from_user(path, (const void *)args[1],
				     sizeof(path)) &&
	       vmm_before_open((int)args[0], path, flags, ret);
}

/* QEMU would fill all of the buffer. */
static bool before_readlink(const uint64_t args[6], int64_t *ret)
{
	char path[PATH_MAX];

	return copy_string_from_user(path, (const void *)args[1],
				     sizeof(path)) &&
	       vmm_may_read_link(path) &&
	       vmm_before_readlink((int)args[0], path, (char *)args[2], args[3],
				   ret);
}

/* Of a descriptor's calls those that a VMM seldom makes. */
static bool before_seldom(int64_t num, const uint64_t args[6], int64_t *ret)
{
	const int fd = (int)args[0];

	if (!gate_noted(fd) || vmm_kind(fd) == VMM_OTHER)
		return false;
	if (num == GUEST_FTRUNCATE)
		*ret = vmm_ftruncate(fd, (off_t)args[1]);
	else if (num == GUEST_FALLOCATE)
		*ret = vmm_fallocate(fd, (int)args[1], (off_t)args[2],
				     (off_t)args[3]);
	else
		*ret = vmm_fsync(fd, SYS_fsync);
	return true;
}

static bool before_mmap(const uint64_t args[6], int64_t *ret)
{
	long err;
	bool refused = embed_refuses_map((int)args[4], args[1], (int)args[2],
					 (int)args[3], args[5], &err);

	if (refused)
		*ret = err;
	return refused;
}

/* QEMU does not know the kernel's O_LARGEFILE. */
static bool before_fcntl(const uint64_t args[6], int64_t *ret)
{
	const int fd = (int)args[0], cmd = (int)args[1];
	bool ours = embed_file_call(FILE_FCNTL, fd, cmd, 0, ret);

	if (ours && cmd == F_GETFL && *ret >= 0)
		*ret = (int64_t)bridge_guest_open_flags((uint64_t)*ret);
	return ours;
}

bool bridge_raw_before(int64_t num, const uint64_t args[6], int64_t *ret)
{
	const int fd = (int)args[0];

	switch (num) {
	case GUEST_IOCTL: return before_ioctl(args, ret);
	case GUEST_OPENAT: return before_open(args, ret);
	case GUEST_READLINKAT: return before_readlink(args, ret);
	case GUEST_READ: return embed_file_call(FILE_READ, fd, 0, 0, ret);
	case GUEST_WRITE: return embed_file_call(FILE_WRITE, fd, 0, 0, ret);
	case GUEST_LSEEK:
		return embed_file_call(FILE_LSEEK, fd, (long)args[1],
				       (int)args[2], ret);
	case GUEST_FCNTL: return before_fcntl(args, ret);
	case GUEST_MMAP:
		return !(args[3] & MAP_ANONYMOUS) && before_mmap(args, ret);
	case GUEST_FTRUNCATE:
	case GUEST_FALLOCATE:
	case GUEST_FSYNC:
	case GUEST_FDATASYNC: return before_seldom(num, args, ret);
	}
	return false;
}

/* ---- after QEMU did it --------------------------------------------------- */

static bool after_open(const uint64_t args[6], int64_t *ret)
{
	char path[PATH_MAX];

	return copy_string_from_user(path, (const void *)args[1],
				     sizeof(path)) &&
	       vmm_after_open((int)args[0], path,
			      (int)bridge_open_flags(args[2]), ret);
}

/* Apart from what is found out before: room for a path is a page of the stack,
 * which costs a call that does not need it. */
#define ROOMY __attribute__((noinline))

ROOMY static bool after_access(const uint64_t args[6], int flags, int64_t *ret)
{
	char path[PATH_MAX];

	return copy_string_from_user(path, (const void *)args[1],
				     sizeof(path)) &&
	       vmm_after_access((int)args[0], path, (int)args[2], flags, ret);
}

/* May what QEMU found out be about KVM? */
static bool stat_looks_like_kvm(uint64_t addr)
{
	struct stat st;

	return bridge_stat_read(addr, &st) && vmm_may_be_kvm(&st);
}

static bool after_fstat(const uint64_t args[6], int64_t *ret)
{
	struct stat st;

	if (*ret != 0 || !stat_looks_like_kvm(args[1]) ||
	    host_raw(SYS_fstat, args[0], &st) < 0 ||
	    !vmm_after_stat((int)args[0], "", 0, &st, ret))
		return false;
	if (*ret == 0)
		*ret = bridge_stat_write(args[1], &st);
	return true;
}

/* The path, NULL if there is none. */
static bool stat_path(uint64_t addr, int64_t ret, char *buf, const char **path)
{
	*path = addr ? buf : NULL;
	if (!addr)
		return ret == -EFAULT;
	return copy_string_from_user(buf, (const void *)addr, PATH_MAX);
}

ROOMY static bool after_stat(const uint64_t args[6], int64_t *ret)
{
	const int dir = (int)args[0], flags = (int)args[3];
	char buf[PATH_MAX];
	const char *path;
	struct stat st;

	if (!stat_path(args[1], *ret, buf, &path) ||
	    (*ret == 0 && host_raw(SYS_newfstatat, dir, path, &st, flags) < 0))
		return false;
	if (!vmm_after_stat(dir, path, flags, &st, ret))
		return false;
	if (*ret == 0)
		*ret = bridge_stat_write(args[2], &st);
	return true;
}

/* struct statx is everywhere the same. */
static bool after_statx(const uint64_t args[6], int64_t *ret)
{
	struct statx *const guest = (struct statx *)args[4];
	char buf[PATH_MAX];
	const char *path;
	struct statx st;

	if (*ret == 0 && (copy_from_user(&st, guest, sizeof(st)) ||
			  !vmm_statx_may_be_kvm(&st)))
		return false;
	if (!stat_path(args[1], *ret, buf, &path) ||
	    !vmm_after_statx((int)args[0], path, (int)args[2], &st, ret))
		return false;
	if (*ret == 0 && copy_to_user(guest, &st, sizeof(st)))
		*ret = -EFAULT;
	return true;
}

/* The shim finds duplicates when requests are made on them; here it costs
 * nothing to know them at once. */
static void after_dup(const uint64_t args[6], int64_t ret)
{
	if (ret >= 0 && gate_noted((int)args[0]))
		embed_note((int)ret);
}

/*
 * QEMU takes advice for a hint, which it may ignore with success, and MADV_DONTNEED
 * of a private file as well, since pages may be larger on other hosts. A VMM that
 * gives memory back has to find zeros, or the file, and so does its guest.
 */
static bool after_madvise(const uint64_t args[6], int64_t *ret)
{
	const int advice = (int)args[2];

	switch (advice) {
	case MADV_DONTNEED:
	case MADV_REMOVE:
	case MADV_DONTNEED_LOCKED:
	case MADV_POPULATE_READ:
	case MADV_POPULATE_WRITE:
		if (*ret)
			return false;
		*ret = host_raw(SYS_madvise, args[0], args[1], advice);
		embed_memory_advised(args[0], args[1], advice);
		return true;
	}
	return false;
}

bool bridge_raw_after(int64_t num, const uint64_t args[6], int64_t *ret)
{
	const bool done = *ret == 0;

	switch (num) {
	case GUEST_DUP:
	case GUEST_DUP3: after_dup(args, *ret); break;
	case GUEST_FCNTL:
		if (args[1] == F_DUPFD || args[1] == F_DUPFD_CLOEXEC)
			after_dup(args, *ret);
		break;
	case GUEST_IOCTL:
		return vmm_after_ioctl((int)args[0], (unsigned int)args[1],
				       args[2], ret);
	case GUEST_OPENAT: return after_open(args, ret);
	/* What is there is not our /dev/kvm, unless the host has one. */
	case GUEST_FACCESSAT:
		return (!done || kvm_path_host_has()) &&
		       after_access(args, 0, ret);
	case GUEST_FACCESSAT2:
		return (!done || kvm_path_host_has()) &&
		       after_access(args, (int)args[3], ret);
	case GUEST_FSTAT: return after_fstat(args, ret);
	case GUEST_NEWFSTATAT:
		return (!done || stat_looks_like_kvm(args[2])) &&
		       after_stat(args, ret);
	case GUEST_STATX: return after_statx(args, ret);
	case GUEST_MADVISE: return after_madvise(args, ret);
	case GUEST_FTRUNCATE:
		if (done)
			embed_file_truncated((int)args[0], args[1]);
		break;
	case GUEST_FALLOCATE:
		if (done)
			embed_file_allocated((int)args[0], (int)args[1],
					     args[2], args[3]);
		break;
	}
	return false;
}
