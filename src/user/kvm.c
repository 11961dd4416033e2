/* SPDX-License-Identifier: MIT */
/*
 * What of the program's system calls is KVM's, see kvm.h: a row for each call of
 * the host's that may be.
 *
 * Pointers are the program's, or to what convert.c made of it. Whoever looks at
 * a path or a structure of the program's copies it first: the kernel has read it
 * already, but another thread may have unmapped it since.
 */
#include "user/kvm.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/fault.h"
#include "base/held-fd.h"
#include "base/host.h"
#include "base/types.h"
#include "shim/embed.h"
#include "shim/kvm-path.h"
#include "shim/sig.h"
#include "shim/vmm-calls.h"
#include "shim/wake-call.h"
#include "user/convert.h"
#include "user/syscall.h"

void kvm_init(void)
{
	/* Handlers of the program run when its PE comes round. */
	sig_two_step = true;
	held_fd_all_seen();
	embed_init();
}

/* ---- opening ------------------------------------------------------------- */

/* Room for a path is a page of the stack, which a call that is found to have
 * nothing to do with KVM does not pay for. */
#define ROOMY __attribute__((noinline))

ROOMY static bool open_before(int dir, uint64_t name, int flags, long *ret)
{
	char path[PATH_MAX];

	return copy_string_from_user(path, (const void *)name, sizeof(path)) &&
	       vmm_before_open(dir, path, flags, ret);
}

ROOMY static void open_after(int dir, uint64_t name, int flags, long *ret)
{
	char path[PATH_MAX];

	if (copy_string_from_user(path, (const void *)name, sizeof(path)))
		vmm_after_open(dir, path, flags, ret);
}

static bool before_openat(const uint64_t args[6], long *ret)
{
	return (args[2] & O_CREAT) &&
	       open_before((int)args[0], args[1], (int)args[2], ret);
}

static void after_openat(const uint64_t args[6], long *ret)
{
	open_after((int)args[0], args[1], (int)args[2], ret);
}

/* A smaller structure is the kernel's to refuse, and in another root /dev/kvm is
 * another file. */
static bool how_flags(const uint64_t args[6], int *flags)
{
	struct open_how how;

	if (args[3] < sizeof(how) ||
	    copy_from_user(&how, (const void *)args[2], sizeof(how)) ||
	    (how.resolve & RESOLVE_IN_ROOT))
		return false;
	*flags = (int)how.flags;
	return true;
}

static bool before_openat2(const uint64_t args[6], long *ret)
{
	int flags;

	return how_flags(args, &flags) && (flags & O_CREAT) &&
	       open_before((int)args[0], args[1], flags, ret);
}

static void after_openat2(const uint64_t args[6], long *ret)
{
	int flags;

	if (how_flags(args, &flags))
		open_after((int)args[0], args[1], flags, ret);
}

/* ---- asking about a file ------------------------------------------------- */

ROOMY static void access_after(const uint64_t args[6], int flags, long *ret)
{
	char path[PATH_MAX];

	/* What is there is not our /dev/kvm, unless the host has one. */
	if (*ret == 0 && !kvm_path_host_has())
		return;
	if (copy_string_from_user(path, (const void *)args[1], sizeof(path)))
		vmm_after_access((int)args[0], path, (int)args[2], flags, ret);
}

static void after_faccessat(const uint64_t args[6], long *ret)
{
	access_after(args, 0, ret);
}

static void after_faccessat2(const uint64_t args[6], long *ret)
{
	access_after(args, (int)args[3], ret);
}

/* The path, NULL if there is none; false: unreadable, as the kernel found. */
static bool stat_path(uint64_t name, long ret, char *buf, const char **path)
{
	*path = name ? buf : NULL;
	if (!name)
		return ret == 0 || ret == -EFAULT;
	return copy_string_from_user(buf, (const void *)name, PATH_MAX);
}

/* The structure is the host's and ours, convert.c makes the program's. */
static void after_fstat(const uint64_t args[6], long *ret)
{
	struct stat *const st = (struct stat *)args[1];

	if (*ret == 0 && vmm_may_be_kvm(st))
		vmm_after_stat((int)args[0], "", 0, st, ret);
}

ROOMY static void stat_after(const uint64_t args[6], struct stat *st, long *ret)
{
	char buf[PATH_MAX];
	const char *path;

	if (stat_path(args[1], *ret, buf, &path))
		vmm_after_stat((int)args[0], path, (int)args[3], st, ret);
}

static void after_newfstatat(const uint64_t args[6], long *ret)
{
	struct stat *const st = (struct stat *)args[2];

	if (*ret || vmm_may_be_kvm(st))
		stat_after(args, st, ret);
}

ROOMY static void statx_after(const uint64_t args[6], struct statx *stx,
			      long *ret)
{
	char buf[PATH_MAX];
	const char *path;

	if (!stat_path(args[1], *ret, buf, &path) ||
	    !vmm_after_statx((int)args[0], path, (int)args[2], stx, ret))
		return;
	if (*ret == 0 && copy_to_user((void *)args[4], stx, sizeof(*stx)))
		*ret = -EFAULT;
}

static void after_statx(const uint64_t args[6], long *ret)
{
	struct statx stx;

	if (*ret ||
	    (!copy_from_user(&stx, (const void *)args[4], sizeof(stx)) &&
	     vmm_statx_may_be_kvm(&stx)))
		statx_after(args, &stx, ret);
}

ROOMY static bool before_readlinkat(const uint64_t args[6], long *ret)
{
	char path[PATH_MAX];

	return copy_string_from_user(path, (const void *)args[1],
				     sizeof(path)) &&
	       vmm_may_read_link(path) &&
	       vmm_before_readlink((int)args[0], path, (char *)args[2], args[3],
				   ret);
}

/* ---- requests ------------------------------------------------------------ */

static bool before_ioctl(const uint64_t args[6], long *ret)
{
	const unsigned int cmd = (unsigned int)args[1];

	/* The program's handler for what has come runs first (shim/sig.c). */
	if (is_kvm_run(cmd) && sig_run_restart()) {
		*ret = USER_AGAIN;
		return true;
	}
	return vmm_before_ioctl((int)args[0], cmd, args[2], ret);
}

static void after_ioctl(const uint64_t args[6], long *ret)
{
	vmm_after_ioctl((int)args[0], (unsigned int)args[1], args[2], ret);
}

/* ---- other calls on a descriptor ----------------------------------------- */

static void after_wake(const uint64_t args[6], long *ret)
{
	wake_call_done(args, *ret);
}

static bool before_read(const uint64_t args[6], long *ret)
{
	if (embed_file_call(FILE_READ, (int)args[0], 0, 0, ret))
		return true;
	if (embed_may_read_eventfd(args[2]))
		embed_eventfd_used();
	return false;
}

static bool before_write(const uint64_t args[6], long *ret)
{
	return embed_file_call(FILE_WRITE, (int)args[0], 0, 0, ret);
}

static void after_write(const uint64_t args[6], long *ret)
{
	(void)args;
	if (embed_may_have_written_eventfd(*ret))
		embed_eventfd_used();
}

static bool before_lseek(const uint64_t args[6], long *ret)
{
	return embed_file_call(FILE_LSEEK, (int)args[0], (long)args[1],
			       (int)args[2], ret);
}

static bool before_fcntl(const uint64_t args[6], long *ret)
{
	return embed_file_call(FILE_FCNTL, (int)args[0], (int)args[1], 0, ret);
}

static bool is_ours(uint64_t fd)
{
	return gate_noted((int)fd) && vmm_kind((int)fd) != VMM_OTHER;
}

static bool before_ftruncate(const uint64_t args[6], long *ret)
{
	if (!is_ours(args[0]))
		return false;
	*ret = vmm_ftruncate((int)args[0], (off_t)args[1]);
	return true;
}

static bool before_fallocate(const uint64_t args[6], long *ret)
{
	if (!is_ours(args[0]))
		return false;
	*ret = vmm_fallocate((int)args[0], (int)args[1], (off_t)args[2],
			     (off_t)args[3]);
	return true;
}

static void after_ftruncate(const uint64_t args[6], long *ret)
{
	if (!*ret)
		embed_file_truncated((int)args[0], args[1]);
}

static void after_fallocate(const uint64_t args[6], long *ret)
{
	if (!*ret)
		embed_file_allocated((int)args[0], (int)args[1], args[2],
				     args[3]);
}

static bool before_fsync(const uint64_t args[6], long *ret)
{
	if (!is_ours(args[0]))
		return false;
	*ret = vmm_fsync((int)args[0], SYS_fsync);
	return true;
}

/* ---- descriptors that come and go ----------------------------------------- */

static bool before_close(const uint64_t args[6], long *ret)
{
	*ret = vmm_close((int)args[0]);
	return true;
}

static bool before_close_range(const uint64_t args[6], long *ret)
{
	*ret = vmm_close_range((unsigned int)args[0], (unsigned int)args[1],
			       (int)args[2]);
	return true;
}

static void after_dup(const uint64_t args[6], long *ret)
{
	if (*ret >= 0 && gate_noted((int)args[0]))
		embed_note((int)*ret);
}

static bool before_dup3(const uint64_t args[6], long *ret)
{
	*ret = vmm_dup3((int)args[0], (int)args[1], (int)args[2]);
	after_dup(args, ret);
	return true;
}

static void after_fcntl(const uint64_t args[6], long *ret)
{
	if ((int)args[1] == F_DUPFD || (int)args[1] == F_DUPFD_CLOEXEC)
		after_dup(args, ret);
}

/* ---- memory -------------------------------------------------------------- */

void kvm_memory_changed(uint64_t addr, uint64_t len)
{
	embed_memory_changed(addr, len);
}

void kvm_memory_advised(uint64_t addr, uint64_t len, int advice)
{
	embed_memory_advised(addr, len, advice);
}

bool kvm_refuses_map(int fd, uint64_t len, int prot, int flags, uint64_t offset,
		     long *ret)
{
	return !(flags & MAP_ANONYMOUS) &&
	       embed_refuses_map(fd, len, prot, flags, offset, ret);
}

void kvm_mapped(int fd, uint64_t addr, uint64_t len, int prot, int flags,
		uint64_t offset)
{
	if (!(flags & MAP_ANONYMOUS))
		embed_mapped(fd, addr, len, prot & ~PROT_EXEC, flags, offset);
}

bool kvm_before(const struct kvm_call *kvm, long nr, const uint64_t args[6],
		long *ret)
{
	if (kvm->before && kvm->before(args, ret))
		return true;
	return kvm->wakes && unlikely(kernel_asks_wake()) &&
	       wake_call(nr, args, ret);
}

/* ---- the table ----------------------------------------------------------- */

const struct kvm_call kvm_calls[KVM_CALLS] = {
	[SYS_close] = {before_close, NULL},
	[SYS_close_range] = {before_close_range, NULL},
	[SYS_dup] = {NULL, after_dup},
	[SYS_dup3] = {before_dup3, NULL},
	[SYS_epoll_pwait] = {NULL, NULL, true},
	[SYS_epoll_pwait2] = {NULL, NULL, true},
	[SYS_faccessat] = {NULL, after_faccessat},
	[SYS_faccessat2] = {NULL, after_faccessat2},
	[SYS_fallocate] = {before_fallocate, after_fallocate},
	[SYS_fcntl] = {before_fcntl, after_fcntl},
	[SYS_fdatasync] = {before_fsync, NULL},
	[SYS_fstat] = {NULL, after_fstat},
	[SYS_fsync] = {before_fsync, NULL},
	[SYS_ftruncate] = {before_ftruncate, after_ftruncate},
	[SYS_ioctl] = {before_ioctl, after_ioctl},
	[SYS_lseek] = {before_lseek, NULL},
	[SYS_newfstatat] = {NULL, after_newfstatat},
	[SYS_openat] = {before_openat, after_openat},
	[SYS_openat2] = {before_openat2, after_openat2},
	[SYS_ppoll] = {NULL, NULL, true},
	[SYS_read] = {before_read, after_wake, true},
	[SYS_readlinkat] = {before_readlinkat, NULL},
	[SYS_readv] = {NULL, after_wake, true},
	[SYS_recvfrom] = {NULL, after_wake, true},
	[SYS_recvmsg] = {NULL, after_wake, true},
	[SYS_statx] = {NULL, after_statx},
	[SYS_write] = {before_write, after_write},
	[SYS_writev] = {NULL, after_write},
};
