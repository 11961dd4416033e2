/* SPDX-License-Identifier: MIT */
/*
 * syscall(), by which a VMM may make any of the calls that we answer. Built
 * into the shim and into the thunk.
 */
#include <fcntl.h>
#include <sys/syscall.h>

#include "base/host.h"
#include "shim/vmm-calls.h"

/* Only what a VMM may reach KVM with; all else is passed on unseen. */
long vmm_syscall(long nr, long a, long b, long c, long d, long e, long f)
{
	switch (nr) {
#ifdef SYS_open
	case SYS_open:
		return vmm_open(AT_FDCWD, (const char *)a, (int)b,
				(unsigned int)c);
	case SYS_creat:
		return vmm_open(AT_FDCWD, (const char *)a,
				O_CREAT | O_WRONLY | O_TRUNC, (unsigned int)b);
	case SYS_access:
		return vmm_access(AT_FDCWD, (const char *)a, (int)b, 0);
	case SYS_stat:
		return vmm_stat(AT_FDCWD, (const char *)a, (struct stat *)b, 0);
	case SYS_lstat:
		return vmm_stat(AT_FDCWD, (const char *)a, (struct stat *)b,
				AT_SYMLINK_NOFOLLOW);
	case SYS_readlink:
		return vmm_readlink(AT_FDCWD, (const char *)a, (char *)b,
				    (size_t)c);
#endif
	case SYS_openat:
		return vmm_open((int)a, (const char *)b, (int)c,
				(unsigned int)d);
	case SYS_ioctl:
		return vmm_ioctl((int)a, (unsigned long)b, (unsigned long)c);
	case SYS_ftruncate: return vmm_ftruncate((int)a, b);
	case SYS_fallocate: return vmm_fallocate((int)a, (int)b, c, d);
	case SYS_readlinkat:
		return vmm_readlink((int)a, (const char *)b, (char *)c,
				    (size_t)d);
	case SYS_newfstatat:
		return vmm_stat((int)a, (const char *)b, (struct stat *)c,
				(int)d);
	case SYS_fstat: return vmm_fstat((int)a, (struct stat *)b);
	case SYS_faccessat:
		return vmm_access((int)a, (const char *)b, (int)c, 0);
	case SYS_faccessat2:
		return vmm_access((int)a, (const char *)b, (int)c, (int)d);
	case SYS_statx:
		return vmm_statx((int)a, (const char *)b, (int)c,
				 (unsigned int)d, (struct statx *)e);
#ifndef FAUXKVM_NATIVE
	case SYS_userfaultfd: return gate_userfaultfd((int)a);
#endif
#ifdef FAUXKVM_NATIVE
	case SYS_openat2:
		return vmm_openat2((int)a, (const char *)b, (const void *)c,
				   (size_t)d);
	case SYS_fcntl: return vmm_fcntl((int)a, (int)b, (unsigned long)c);
	case SYS_read: return vmm_read((int)a, (void *)b, (size_t)c);
	case SYS_write: return vmm_write((int)a, (const void *)b, (size_t)c);
	case SYS_lseek: return vmm_lseek((int)a, b, (int)c);
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
	case SYS_pkey_mprotect:
		return vmm_pkey_mprotect((void *)a, (size_t)b, (int)c, (int)d);
	case SYS_madvise: return vmm_madvise((void *)a, (size_t)b, (int)c);
	case SYS_mmap:
		return vmm_mmap((void *)a, (size_t)b, (int)c, (int)d, (int)e,
				f);
	case SYS_mremap:
		return vmm_mremap((void *)a, (size_t)b, (size_t)c, (int)d,
				  (void *)e);
	case SYS_shmat: return vmm_shmat((int)a, (const void *)b, (int)c);
	case SYS_shmdt: return vmm_shmdt((const void *)a);
#endif
	}
	return host_raw(nr, a, b, c, d, e, f);
}
