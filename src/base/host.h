/* SPDX-License-Identifier: MIT */
/*
 * System calls for our own use, past the interposed names. Inside the shim the
 * libc functions of the same names are interposed: our own code must not call
 * those (it would find itself), it calls these. tests/check/check-symbols holds
 * every folder to that.
 *
 * host_raw() is the bare system call: value or -errno. The others behave as
 * the libc function whose name they carry, errno included, and leave errno
 * alone on success. Functions that are not interposed (eventfd, poll,
 * memfd_create, pthread_sigmask, ...) are called as usual.
 */
#ifndef FAUXKVM_BASE_HOST_H
#define FAUXKVM_BASE_HOST_H

#include <signal.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Each has, beside host_raw6():
 *
 * HOST_O_LARGEFILE: what open() adds to its flags.
 *
 * and where the model is:
 *
 * HOST_ELF_MACHINE: e_machine of the programs that it runs.
 * HOST_HAS_BRIDGE: is src/shim/bridge.c made for it, with which QEMU's user
 *   mode runs VMMs for other machines?
 * host_relax(): waits in a loop for another thread.
 * host_fault_resume(uc): in a signal handler that will be left by a jump: the
 *   floating-point modes and flags (cpu/fp/fp.h) of the code that faulted.
 * host_context_pc(uc): where a signal came.
 */
#if defined(__x86_64__)
#include "base/host-x86-64.h"
#elif defined(__aarch64__)
#include "base/host-arm64.h"
#elif defined(__powerpc64__)
#include "base/host-ppc64.h"
#else
#error "no host-<architecture>.h for this architecture"
#endif

#define HOST_RAW_N(nr, a, b, c, d, e, f, ...)                             \
	host_raw6((long)(nr), (long)(a), (long)(b), (long)(c), (long)(d), \
		  (long)(e), (long)(f))
/* host_raw(number, up to six arguments) */
#define host_raw(...) HOST_RAW_N(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)

int host_open(const char *path, int flags, mode_t mode);
int host_close(int fd);
int host_fcntl(int fd, int cmd, long arg);
ssize_t host_read(int fd, void *buf, size_t len);
ssize_t host_write(int fd, const void *buf, size_t len);

/*
 * Past what the VMM is signalled for: a write to a file of ours, or its growing, beyond
 * RLIMIT_FSIZE (SIGXFSZ) or to a pipe that nobody reads any more (SIGPIPE) is an errno
 * alone. The first as host_raw() has it, the other as write().
 */
long host_raw_quiet(long nr, long a, long b, long c, long d);
ssize_t host_write_quiet(int fd, const void *buf, size_t len);
/* All of it: 0, or an errno when part of it may have been written. */
int host_write_all_quiet(int fd, const void *buf, size_t len);

void *host_mmap(void *addr, size_t len, int prot, int flags, int fd,
		off_t offset);
int host_munmap(void *addr, size_t len);
int host_madvise(void *addr, size_t len, int advice);
int host_mprotect(void *addr, size_t len, int prot);

/* The disposition the kernel has, which in the shim is not the VMM's view. */
int host_sigaction(int sig, const struct sigaction *act, struct sigaction *old);

#endif
