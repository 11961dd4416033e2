/* SPDX-License-Identifier: MIT */
/*
 * What the interposed functions do: the libc function of that name as the VMM
 * sees it, with -errno for an error. Calls that have nothing to do with KVM go
 * to the kernel as they came.
 */
#ifndef FAUXKVM_SHIM_VMM_CALLS_H
#define FAUXKVM_SHIM_VMM_CALLS_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/types.h>

/* Type bytes of requests: KVM's, userfaultfd's. */
#define KVMIO  0xae
#define UFFDIO 0xaa

/* KVM_RUN by type and number; what is above differs between architectures, and
 * is nothing on most. */
#define RUN_CMD 0xae80
static inline _Bool is_kvm_run(unsigned int cmd)
{
	return (cmd & 0xffff) == RUN_CMD;
}

/* The numbers of /dev/kvm. */
#define KVM_MAJOR 10
#define KVM_MINOR 232

/* KVM's descriptors, in the order of enum kobj_kind. */
enum vmm_kind {
	VMM_OTHER,
	VMM_SYSTEM,
	VMM_VM,
	VMM_VCPU,
	VMM_DEVICE,
	VMM_STATS,
};

/* vmm-kind.c: shim, thunk and bridge */
/* What @fd is; the cost of fstat() for what is not KVM's. */
enum vmm_kind vmm_kind(int fd);
/* False: a file that looks like this is none of KVM's. (The bridge shows the
 * thunk /dev/kvm as a device, as it does everybody who asks QEMU.) */
static inline _Bool vmm_may_be_kvm(const struct stat *st)
{
	return (st->st_mode == (S_IFREG | 0600) && !st->st_nlink) ||
	       (S_ISCHR(st->st_mode) &&
		st->st_rdev == makedev(KVM_MAJOR, KVM_MINOR));
}

static inline _Bool vmm_statx_may_be_kvm(const struct statx *stx)
{
	const struct stat st = {
		.st_mode = stx->stx_mode,
		.st_nlink = stx->stx_mask & STATX_NLINK ? stx->stx_nlink : 0,
		.st_rdev = makedev(stx->stx_rdev_major, stx->stx_rdev_minor),
	};

	return vmm_may_be_kvm(&st);
}

/* vmm-file.c: shim, thunk and bridge */
long vmm_open(int dir, const char *path, int flags, unsigned int mode);
long vmm_access(int dir, const char *path, int mode, int flags);
long vmm_stat(int dir, const char *path, struct stat *st, int flags);
long vmm_fstat(int fd, struct stat *st);
long vmm_statx(int dir, const char *path, int flags, unsigned int mask,
	       struct statx *st);
long vmm_ioctl(int fd, unsigned long cmd, unsigned long arg);
/* The same, not made for KVM_RUN. */
long vmm_ioctl_any(int fd, unsigned long cmd, unsigned long arg)
	__attribute__((noinline));

/*
 * Around such a call that somebody else makes. Before: true if there is nothing
 * to make, *@ret is the answer. After: *@ret is what was answered; true if
 * the VMM is to see another, then *@ret and *@st are that. @path was read by
 * the kernel, unless *@ret says that it could not be.
 */
_Bool vmm_before_open(int dir, const char *path, int flags, long *ret);
/* With O_PATH it is the host's, if it has one; else a descriptor that is good for
 * more than Linux's. Not for the call openat2 with RESOLVE_IN_ROOT. */
_Bool vmm_after_open(int dir, const char *path, int flags, long *ret);
_Bool vmm_after_access(int dir, const char *path, int mode, int flags,
		       long *ret);
_Bool vmm_after_stat(int dir, const char *path, int flags, struct stat *st,
		     long *ret);
_Bool vmm_after_statx(int dir, const char *path, int flags, struct statx *st,
		      long *ret);
_Bool vmm_before_ioctl(int fd, unsigned int cmd, unsigned long arg, long *ret);
_Bool vmm_after_ioctl(int fd, unsigned int cmd, unsigned long arg, long *ret);
/* Does @path lead to our /dev/kvm, by its last component's link if @follow? @ret is
 * the kernel's answer to a call that took it. */
_Bool vmm_leads_to_kvm(long ret, int dir, const char *path, _Bool follow);
/* A name such as those in /proc/self/fd? */
_Bool vmm_names_descriptor(const char *path);

/* vmm-syscall.c: shim and thunk */
long vmm_syscall(long nr, long a, long b, long c, long d, long e, long f);

/* vmm-anon.c: shim, thunk and bridge */
long vmm_ftruncate(int fd, off_t len);
long vmm_fallocate(int fd, int mode, off_t off, off_t len);
long vmm_fsync(int fd, long nr); /* SYS_fsync, SYS_fdatasync */
long vmm_readlink(int dir, const char *path, char *buf, size_t size);
/* False, and cheap: vmm_before_readlink() has nothing to say of @path. */
_Bool vmm_may_read_link(const char *path);
_Bool vmm_before_readlink(int dir, const char *path, char *buf, size_t size,
			  long *ret);
int vmm_isatty(int fd); /* as libc: 0 and errno, or 1 */

/* vmm-openat2.c: shim. @how may be anything. */
long vmm_openat2(int dir, const char *path, const void *how, size_t size);

/* vmm-fd.c: shim */
long vmm_close(int fd);
long vmm_close_range(unsigned int first, unsigned int last, int flags);
long vmm_closefrom(int first);
long vmm_dup2(int from, int to);
long vmm_dup3(int from, int to, int flags);

/* vmm-io.c: shim */
long vmm_lseek(int fd, off_t off, int whence);
long vmm_fcntl(int fd, int cmd, unsigned long arg);
long vmm_read(int fd, void *buf, size_t len);
long vmm_read_chk(int fd, void *buf, size_t len, size_t size);
long vmm_write(int fd, const void *buf, size_t len);
long vmm_eventfd_read(int fd, uint64_t *value);
long vmm_eventfd_write(int fd, uint64_t value);

/* vmm-memory.c: shim */
long vmm_mmap(void *addr, size_t len, int prot, int flags, int fd, off_t off);
long vmm_munmap(void *addr, size_t len);
long vmm_mprotect(void *addr, size_t len, int prot);
long vmm_pkey_mprotect(void *addr, size_t len, int prot, int key);
long vmm_madvise(void *addr, size_t len, int advice);
long vmm_mremap(void *addr, size_t len, size_t newlen, int flags, void *to);
long vmm_shmat(int id, const void *addr, int flags);
long vmm_shmdt(const void *addr);

/* vmm-signal.c: shim */
long vmm_signal(int sig, void *handler, int flags);
long vmm_sigset(int sig, void *handler);
long vmm_sigignore(int sig);
long vmm_siginterrupt(int sig, int on);

/* vmm-cancel.c: shim */
int vmm_cancel(pthread_t thread); /* as libc: 0 or an errno */
/* As libc: a FILE, or 0 and errno. */
long vmm_fopen(const char *path, const char *mode);
long vmm_fopen64(const char *path, const char *mode);

/*
 * The way to the kernel model, different where the model is (gate-embed.c) and
 * in the thunk (gate-thunk.c).
 */
/* A descriptor of /dev/kvm. @flags: those that a descriptor keeps, which have
 * the same values on all architectures. */
#define OPEN_KVM_FLAGS (O_CLOEXEC | O_ACCMODE | O_NONBLOCK | O_APPEND)
long gate_open(int flags);
/* False: @fd is not a KVM descriptor. */
/* vmm_ioctl() for KVM_RUN without an argument. */
long gate_run(int fd);
_Bool gate_ioctl(int fd, unsigned int cmd, unsigned long arg, long *ret);
/* False, and cheap: as far as is known, @fd is none of KVM's. */
_Bool gate_noted(int fd);
/* What @fd is, if vmm_may_be_kvm(). */
enum vmm_kind gate_kind(int fd);
/* embed_file_truncated() and embed_file_allocated(); the bridge sees the calls
 * of the thunk's program itself. */
void gate_file_truncated(int fd, uint64_t len);
void gate_file_allocated(int fd, int mode, uint64_t off, uint64_t len);
/* userfaultfd(), in the thunk only: fd or negative errno. */
long gate_userfaultfd(int flags);
/* Can "/dev/kvm" be answered at all? */
_Bool gate_present(void);

#endif
