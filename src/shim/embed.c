/* SPDX-License-Identifier: MIT */
/*
 * The kernel model in somebody else's process, see embed.h.
 */
#include "shim/embed.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fence.h"
#include "base/host.h"
#include "base/log.h"
#include "base/refuse.h"
#include "kernel/kernel.h"
#include "shim/fdtab.h"
#include "shim/process.h"
#include "shim/sig.h"
#include "shim/vmm-calls.h"

#define PAGE_SIZE   4096
#define SYSTEM_NAME "kvm"

#define STATUS_FLAGS (O_NONBLOCK | O_APPEND)

/* FS_IOC_GETFSUUID and FS_IOC_GETFSSYSFSPATH of Linux 6.9 */
#define FS_GETUUID      0x80111500
#define FS_GETSYSFSPATH 0x80811501

/* The locks' order is in kernel/vm.h. */
static void embed_fork_prepare(void)
{
	sig_hold();
	kernel_fork_prepare();
	fdtab_fork_prepare();
	sig_fork_prepare();
}

static void embed_fork_parent(void)
{
	sig_fork_parent();
	fdtab_fork_parent();
	kernel_forked_parent();
	sig_release();
}

static void embed_fork_child(void)
{
	kernel_forked_child();
	fdtab_fork_child();
	process_is_new();
	sig_fork_child();
	sig_release();
}

/* The same for a child that none of these prepared. */
static void embed_adopt(void)
{
	kernel_forked_child();
	fdtab_fork_child();
	sig_adopt();
}

static void draft_attrs_init(void)
{
	const char *env = getenv(DRAFT_ATTRS_ENV);

	kernel_offer_draft_attrs(env && *env && strcmp(env, "0") != 0);
}

/* The command has looked at the names; a VMM started otherwise goes on. */
static void choose_arch(void)
{
	const char *name = getenv(ARCH_ENV);

	if (name && kernel_set_arch(name))
		log_error(ARCH_ENV "=%s: neither arm64 nor ppc", name);
}

static void choose_host(void)
{
	const char *name = getenv(HOST_ENV);
	struct refusal r;

	refusal_begin(&r);
	if (name && kernel_set_profile(name))
		log_error(HOST_ENV "=%s: %s", name, r.why);
	refusal_end(&r);
}

/* Likewise. What cannot be used is as if it were not there. */
static void choose_clock(void)
{
	struct kernel_clock_options opts = KERNEL_CLOCK_DEFAULTS;
	const struct kernel_option_row *row;
	struct refusal r;

	for (unsigned int n = 0; (row = kernel_option_row(n)); n++) {
		const char *value = getenv(row->env);

		refusal_begin(&r);
		if (value && kernel_option_set(&opts, n, value))
			log_error("%s: %s", row->env, r.why);
		refusal_end(&r);
	}
	refusal_begin(&r);
	if (kernel_set_clock(&opts) || kernel_options_heard(&opts))
		log_error("%s", r.why);
	refusal_end(&r);
}

void embed_init(void)
{
	static const struct kernel_host host = {
		.install = fdtab_install,
		.free_pages = fdtab_free_pages,
		.reopen = fdtab_reopen,
		.lookup = fdtab_lookup,
		.run_begin = sig_run_begin,
		.run_end = sig_run_end,
	};

	fence_init();
	log_start();
	kernel_set_host(&host);
	draft_attrs_init();
	choose_arch();
	choose_host();
	choose_clock();
	sig_init();
	process_init(embed_adopt);
	pthread_atfork(embed_fork_prepare, embed_fork_parent, embed_fork_child);
}

/* A call that never comes to the model is refused: a line of the log as
 * kobj_ioctl() writes it. */
static long embed_refuse(int err, enum message id, const char *call, int kind,
			 int fd, const char *why)
{
	static const char *const objects[] = {
		[VMM_OTHER] = "file",    [VMM_SYSTEM] = "kvm",
		[VMM_VM] = "vm",         [VMM_VCPU] = "vcpu",
		[VMM_DEVICE] = "device", [VMM_STATS] = "stats",
	};
	struct refusal r = {.err = err, .id = id};

	if (log_enabled(LOG_INFO)) {
		snprintf(r.why, sizeof(r.why), "%s", why);
		refusal_log(&r, -err, call, objects[kind], fd);
	}
	return -err;
}

static long system_open(void)
{
	struct kobj *obj;
	long fd;

	if (!kernel_serves_program())
		return -ENODEV;
	obj = kernel_open();
	if (!obj)
		return -ENOMEM;
	/* foreign_ioctl() knows it by this name. */
	strcpy(obj->name, SYSTEM_NAME);
	fd = fdtab_install(obj);
	if (fd < 0)
		kobj_put(obj);
	return fd;
}

static void refuse_open(int err)
{
	static const char only_64[] =
		"this KVM is for 64-bit programs, that of the hosts cortex-a15 "
		"and cortex-a7 for 32-bit ones";

	if (err == ENODEV)
		embed_refuse(err, FKVM_COMPAT, "open", VMM_SYSTEM, -1, only_64);
	else if (err == ENOMEM)
		embed_refuse(err, FKVM_NO_MEMORY, "open", VMM_SYSTEM, -1,
			     "no memory");
	else
		embed_refuse(err, FKVM_NO_FD, "open", VMM_SYSTEM, -1,
			     "no descriptor is free");
}

long embed_open(int flags)
{
	int saved = errno;
	long fd;

	sig_hold();
	fd = system_open();
	if (fd >= 0 && (flags & O_ACCMODE) != O_RDWR)
		fdtab_limit((int)fd, flags & O_ACCMODE);
	if (fd < 0)
		refuse_open((int)-fd);
	if (fd >= 0 && !(flags & O_CLOEXEC))
		host_fcntl((int)fd, F_SETFD, 0);
	if (fd >= 0 && (flags & STATUS_FLAGS))
		host_fcntl((int)fd, F_SETFL, flags & STATUS_FLAGS);
	errno = saved;
	sig_release();
	return fd;
}

/* A descriptor of another process's model, by its name. */
static enum vmm_kind kind_of_name(const char *name)
{
	if (!strcmp(name, SYSTEM_NAME))
		return VMM_SYSTEM;
	if (!strcmp(name, "kvm-vm"))
		return VMM_VM;
	if (strstr(name, "-stats"))
		return VMM_STATS;
	return strncmp(name, "kvm-vcpu:", 9) ? VMM_DEVICE : VMM_VCPU;
}

int embed_kind(int fd)
{
	int saved = errno, kind;
	char name[64];

	sig_hold();
	kind = fdtab_kind(fd);
	if (kind >= 0)
		kind += VMM_SYSTEM;
	else if (fdtab_is_foreign(fd, name, sizeof(name)))
		kind = kind_of_name(name);
	else
		kind = VMM_OTHER;
	errno = saved;
	sig_release();
	return kind;
}

static long refuse_ioctl(int err, enum message id, unsigned int cmd, int kind,
			 int fd, const char *why)
{
	char call[24];

	if (!log_enabled(LOG_INFO))
		return -err;
	snprintf(call, sizeof(call), "ioctl 0x%x", cmd);
	return embed_refuse(err, id, call, kind, fd, why);
}

/*
 * A descriptor from another process, or from before exec. /dev/kvm itself
 * works there as in Linux: it gets a model of this process. A VM belongs to
 * the memory of its maker.
 */
static COLD bool foreign_ioctl(int fd, unsigned int cmd, unsigned long arg,
			       long *ret)
{
	char name[64];
	struct kobj *obj;
	int kind;

	if (!fdtab_is_foreign(fd, name, sizeof(name)))
		return false;
	kind = kind_of_name(name);
	if (kind == VMM_STATS) {
		*ret = refuse_ioctl(ENOTTY, FKVM_STATS_REQUEST, cmd, kind, fd,
				    "statistics know no request");
		return true;
	}
	if (!kernel_serves_program()) {
		*ret = refuse_ioctl(EINVAL, FKVM_COMPAT, cmd, kind, fd,
				    "the program is of 32 bits");
		return true;
	}
	if (kind != VMM_SYSTEM) {
		*ret = refuse_ioctl(EIO, FKVM_FOREIGN_FD, cmd, kind, fd,
				    "its VM belongs to another process");
		return true;
	}
	obj = fdtab_adopt(fd);
	if (!obj) {
		*ret = refuse_ioctl(ENOMEM, FKVM_NO_MEMORY, cmd, kind, fd,
				    "no memory for a model of this process");
		return true;
	}
	*ret = kobj_ioctl(obj, fd, cmd, arg);
	kobj_put(obj);
	return true;
}

/*
 * Requests that Linux answers for any file before a driver sees them. Some by
 * the host, others not, as ours is a file of another file system.
 */
static COLD bool vfs_ioctl(int kind, int fd, unsigned int cmd,
			   unsigned long arg, long *ret)
{
	static const char anonymous[] = "the file is an anonymous inode";

	switch (cmd) {
	case FIOCLEX:
	case FIONCLEX:
	case FIONBIO:
	case FIOASYNC:
	case FIGETBSZ:
	case FICLONE:
	case FICLONERANGE: *ret = host_raw(SYS_ioctl, fd, cmd, arg); break;
	case FIOQSIZE:
	case FS_GETUUID:
	case FS_GETSYSFSPATH:
		*ret = refuse_ioctl(ENOTTY, FKVM_ANON_REQUEST, cmd, kind, fd,
				    anonymous);
		break;
	case FITHAW:
	case FIDEDUPERANGE:
		*ret = refuse_ioctl(EINVAL, FKVM_ANON_REQUEST, cmd, kind, fd,
				    anonymous);
		break;
	case FIFREEZE:
	case FS_IOC_FIEMAP:
		*ret = refuse_ioctl(EOPNOTSUPP, FKVM_ANON_REQUEST, cmd, kind,
				    fd, anonymous);
		break;
	default: return false;
	}
	return true;
}

/*
 * A request of KVM's to what is none of its descriptors: what KVM_CREATE_DEVICE
 * left in fd when it failed, say. The host answers; of what may be its own KVM
 * nothing is said.
 */
static void tell_no_kvm(int fd, unsigned int cmd)
{
	const struct kernel_ioctl_row *row;
	struct stat st;

	for (unsigned int n = 0; (row = kernel_ioctl_row(n)); n++)
		if (row->cmd == cmd)
			break;
	if (!row)
		return;
	if (host_raw(SYS_fstat, fd, &st) < 0)
		embed_refuse(EBADF, FKVM_NOT_KVM, row->name, VMM_OTHER, fd,
			     "the descriptor is not open");
	else if (!vmm_may_be_kvm(&st))
		embed_refuse(ENOTTY, FKVM_NOT_KVM, row->name, VMM_OTHER, fd,
			     "the descriptor is none of KVM's");
}

static COLD bool not_ours(int fd, unsigned int cmd, unsigned long arg,
			  long *ret)
{
	int saved = errno;
	bool ours = foreign_ioctl(fd, cmd, arg, ret);

	if (!ours && (cmd >> 8 & 0xff) == KVMIO && log_enabled(LOG_INFO))
		tell_no_kvm(fd, cmd);
	errno = saved;
	return ours;
}

bool embed_ioctl(int fd, unsigned int cmd, unsigned long arg, long *ret)
{
	struct fdtab_use use;
	struct kobj *obj;
	bool ours = true;

	sig_hold();
	obj = fdtab_begin(&use, fd);
	if (likely(obj)) {
		if (likely(((cmd >> 8) & 0xff) == KVMIO) ||
		    !vfs_ioctl(VMM_SYSTEM + (int)obj->kind, fd, cmd, arg, ret))
			*ret = kobj_ioctl(obj, fd, cmd, arg);
		fdtab_end(&use);
	} else {
		ours = not_ours(fd, cmd, arg, ret);
	}
	sig_release();
	return ours;
}

/* By the short way, if there is one. */
static ALWAYS_INLINE long run_again(struct kobj *obj, int *error)
{
	long (*again)(struct kobj *, const volatile bool *) =
		atomic_load_explicit(&obj->again, memory_order_acquire);
	int saved;
	long ret;

	if (!again)
		return KOBJ_NOT_AGAIN;
	saved = *error;
	ret = again(obj, sig_run_due());
	*error = saved;
	return ret;
}

long embed_run(int fd)
{
	struct fd_user *user = fd_user_self;
	long ret = EMBED_NOT_KNOWN;
	struct kobj *obj;

	sig_hold();
	obj = fdtab_announced(user, fd);
	if (likely(obj)) {
		ret = run_again(obj, user->error);
		if (unlikely(ret == KOBJ_NOT_AGAIN))
			ret = kobj_ioctl(obj, fd, RUN_CMD, 0);
		fd_user_end(user);
	}
	sig_release();
	return ret;
}

/* Linux's anonymous inodes are not opened, which would set O_LARGEFILE. */
static long status_flags(int kind, int fd)
{
	long flags = host_raw(SYS_fcntl, fd, F_GETFL);

	return flags < 0 || kind == VMM_SYSTEM ? flags
					       : flags & ~HOST_O_LARGEFILE;
}

static long no_content(enum file_call call, int kind, int fd)
{
	const bool reads = call == FILE_READ;
	const long flags = host_raw(SYS_fcntl, fd, F_GETFL);
	const char *name = reads ? "read" : "write";

	if ((flags & O_ACCMODE) == (reads ? O_WRONLY : O_RDONLY))
		return embed_refuse(EBADF, FKVM_FILE_ACCESS, name, kind, fd,
				    "not open for that");
	return embed_refuse(EINVAL, FKVM_FILE_CONTENT, name, kind, fd,
			    "only statistics have content");
}

/* They are a memfd's. */
static long no_seals(int cmd, int kind, int fd)
{
	const bool adds = kind == VMM_STATS && cmd == F_ADD_SEALS;

	return embed_refuse(adds ? EPERM : EINVAL, FKVM_FILE_SEALS, "fcntl",
			    kind, fd, "no seals: the file is no memfd");
}

/* As of an anonymous inode, but statistics have content and a position. */
static bool file_answer(enum file_call call, int kind, int fd, long a, long b,
			long *ret)
{
	switch (call) {
	case FILE_READ:
	case FILE_WRITE:
		if (kind == VMM_STATS)
			return false;
		*ret = no_content(call, kind, fd);
		return true;
	case FILE_LSEEK:
		if (b < 0 || b > SEEK_HOLE)
			*ret = embed_refuse(EINVAL, FKVM_FILE_POSITION, "lseek",
					    kind, fd, "no such whence");
		else if (kind == VMM_DEVICE)
			*ret = embed_refuse(ESPIPE, FKVM_FILE_POSITION, "lseek",
					    kind, fd,
					    "a device has no position");
		else
			*ret = host_raw(SYS_lseek, fd, 0, SEEK_CUR);
		return true;
	case FILE_FCNTL:
		if (a == F_GETFL)
			*ret = status_flags(kind, fd);
		else
			*ret = no_seals((int)a, kind, fd);
		return true;
	}
	return false;
}

/* Flags and seals are asked for so seldom that duplicates are looked for. */
static bool file_may_be_ours(enum file_call call, int fd)
{
	bool ours;

	if (fdtab_was_ours(fd))
		return true;
	if (call != FILE_FCNTL || !fdtab_in_use())
		return false;
	sig_hold();
	ours = fdtab_kind(fd) >= 0;
	sig_release();
	return ours;
}

bool embed_file_call(enum file_call call, int fd, long a, long b, long *ret)
{
	int kind;

	if (call == FILE_FCNTL && a != F_GET_SEALS && a != F_ADD_SEALS &&
	    a != F_GETFL)
		return false;
	if (!file_may_be_ours(call, fd))
		return false;
	kind = embed_kind(fd);
	return kind != VMM_OTHER && file_answer(call, kind, fd, a, b, ret);
}

void embed_note(int fd)
{
	struct kobj *obj;
	int saved = errno;

	sig_hold();
	obj = fdtab_lookup(fd);
	if (obj)
		kobj_put(obj);
	errno = saved;
	sig_release();
}

void embed_memory_changed(unsigned long addr, size_t len)
{
	int saved = errno;

	if (!fdtab_in_use() || !len)
		return;
	sig_hold();
	kernel_host_memory_changed((const void *)addr, len);
	errno = saved;
	sig_release();
}

void embed_memory_advised(unsigned long addr, size_t len, int advice)
{
	int saved = errno;

	if (advice != MADV_REMOVE) {
		embed_memory_changed(addr, len);
		return;
	}
	if (!fdtab_in_use() || !len)
		return;
	sig_hold();
	kernel_host_memory_removed((const void *)addr, len);
	errno = saved;
	sig_release();
}

#define FILE_END UINT64_MAX

static void file_changed(int fd, uint64_t start, uint64_t end)
{
	int saved = errno;

	if (!fdtab_in_use())
		return;
	sig_hold();
	kernel_host_file_changed(fd, start, end);
	errno = saved;
	sig_release();
}

void embed_file_truncated(int fd, uint64_t len)
{
	file_changed(fd, len, FILE_END);
}

void embed_file_allocated(int fd, int mode, uint64_t off, uint64_t len)
{
	/* All behind it is elsewhere. */
	if (mode & (FALLOC_FL_COLLAPSE_RANGE | FALLOC_FL_INSERT_RANGE))
		file_changed(fd, off, FILE_END);
	else if (mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_UNSHARE_RANGE))
		file_changed(fd, off, off + len);
}

void embed_eventfd_used(void)
{
	int saved = errno;

	sig_hold();
	kernel_eventfd_used();
	errno = saved;
	sig_release();
}

/* A second mapping, at @at, of @size bytes that are mapped shared at @pages. */
static void pages_share(void *pages, size_t size, void *at, int prot)
{
	int saved = errno;
	long ret = host_raw(SYS_mremap, pages, 0, size,
			    MREMAP_MAYMOVE | MREMAP_FIXED, at);

	if (ret >= 0 || ret < -4095)
		host_mprotect(at, size, prot);
	errno = saved;
}

/* @offset, @end: what is mapped of the descriptor, in bytes. */
static void part_share(const struct kobj_part *part, char *addr,
		       uint64_t offset, uint64_t end, int prot)
{
	uint64_t first = max_u64(offset, part->at);
	uint64_t last = min_u64(end, part->at + part->size);

	if (part->pages && first < last)
		pages_share((char *)part->pages + (first - part->at),
			    last - first, addr + (first - offset), prot);
}

static bool is_shared(int flags)
{
	return (flags & MAP_TYPE) == MAP_SHARED ||
	       (flags & MAP_TYPE) == MAP_SHARED_VALIDATE;
}

static uint64_t whole_pages(size_t len)
{
	return (len + PAGE_SIZE - 1) & -(uint64_t)PAGE_SIZE;
}

bool embed_refuses_map(int fd, size_t len, int prot, int flags,
		       unsigned long offset, long *ret)
{
	struct refusal why;
	struct kobj *obj;
	long err = 0;

	if (!fdtab_in_use() || !len)
		return false;
	sig_hold();
	obj = fdtab_lookup(fd);
	if (obj) {
		refusal_begin(&why);
		err = kobj_check_map(obj, offset, whole_pages(len),
				     prot & PROT_EXEC, is_shared(flags));
		refusal_end(&why);
		if (err)
			embed_refuse((int)-err, why.id, "mmap",
				     VMM_SYSTEM + (int)obj->kind, fd, why.why);
		kobj_put(obj);
	}
	sig_release();
	if (err)
		*ret = err;
	return err;
}

void embed_mapped(int fd, unsigned long addr, size_t len, int prot, int flags,
		  unsigned long offset)
{
	uint64_t end = offset + whole_pages(len);
	struct kobj *obj;

	if (!fdtab_in_use() || !is_shared(flags))
		return;
	sig_hold();
	obj = fdtab_lookup(fd);
	for (unsigned int i = 0; obj && i < ARRAY_SIZE(obj->part); i++)
		part_share(&obj->part[i], (char *)addr, offset, end, prot);
	if (obj)
		kobj_put(obj);
	sig_release();
}
