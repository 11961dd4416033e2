/* SPDX-License-Identifier: MIT */
/*
 * What the two embedders of the kernel model, the native shim and the bridge,
 * have in common. Everything here speaks -errno.
 */
#ifndef FAUXKVM_SHIM_EMBED_H
#define FAUXKVM_SHIM_EMBED_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/kernel.h"

/* Once per process, before the VMM runs. */
void embed_init(void);

/* open("/dev/kvm"): a descriptor or -errno. @flags: OPEN_KVM_FLAGS. */
long embed_open(int flags);

/* The ioctl if @fd is a KVM descriptor, of KVM or any other. False: it is not. */
bool embed_ioctl(int fd, unsigned int cmd, unsigned long arg, long *ret);

/* KVM_RUN without an argument, of a descriptor that is known and a thread that
 * is; else EMBED_NOT_KNOWN, and the way is embed_ioctl(). */
long embed_run(int fd);
#define EMBED_NOT_KNOWN 1

/* Should @fd be an object's, its number is known from now on (fdtab_was_ours()). */
void embed_note(int fd);

/* What @fd is, of this process's model or another's: enum vmm_kind. */
int embed_kind(int fd);

/*
 * A call of the VMM's on any file: what Linux answers if @fd is one of KVM's.
 * False, and cheap: it is the file's affair. FILE_LSEEK has offset and whence,
 * FILE_FCNTL the command.
 */
enum file_call { FILE_READ, FILE_WRITE, FILE_LSEEK, FILE_FCNTL };
bool embed_file_call(enum file_call call, int fd, long a, long b, long *ret);

/* See kernel_host_memory_changed(); only when a KVM object exists. A range whose
 * length is not known is all that a process can map, from 0. */
#define EMBED_ALL_MEMORY (UINT64_C(1) << 48)
void embed_memory_changed(unsigned long addr, size_t len);
/* The same of madvise(), which with MADV_REMOVE is about all mappings of a file. */
void embed_memory_advised(unsigned long addr, size_t len, int advice);
/* File @fd was truncated to @len, or fallocate() of @mode has changed what is in
 * it; see kernel_host_file_changed(). */
void embed_file_truncated(int fd, uint64_t len);
void embed_file_allocated(int fd, int mode, uint64_t off, uint64_t len);

/* Before the VMM maps @len bytes of @fd: true if Linux refuses, *@ret: why. */
bool embed_refuses_map(int fd, size_t len, int prot, int flags,
		       unsigned long offset, long *ret);

/* The VMM mapped @len bytes of @fd at @addr: shows there the parts that are not
 * the descriptor's own pages (struct kobj_part). */
void embed_mapped(int fd, unsigned long addr, size_t len, int prot, int flags,
		  unsigned long offset);

/*
 * Of the VMM's reads and writes those that may concern an irqfd: to be called
 * before a read of @len bytes, and after a write that returned @ret. Linux
 * takes writes of 8 bytes only; more than a few hundred nobody reads.
 */
static inline bool embed_may_read_eventfd(size_t len)
{
	return len >= 8 && len <= 512 && kernel_has_irqfds();
}

static inline bool embed_may_have_written_eventfd(long ret)
{
	return ret == 8 && kernel_has_irqfds();
}

void embed_eventfd_used(void);

#endif
