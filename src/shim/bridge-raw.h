/* SPDX-License-Identifier: MIT */
/*
 * System calls of a VMM under QEMU about KVM that did not come through the thunk.
 */
#ifndef FAUXKVM_SHIM_BRIDGE_RAW_H
#define FAUXKVM_SHIM_BRIDGE_RAW_H

#include <stdbool.h>
#include <stdint.h>

/* Linux's generic table, which is arm64's; bridge-guest.h has the way to it. */
enum guest_syscall {
	GUEST_DUP = 23,
	GUEST_DUP3 = 24,
	GUEST_EPOLL_PWAIT = 22,
	GUEST_FCNTL = 25,
	GUEST_IOCTL = 29,
	GUEST_FTRUNCATE = 46,
	GUEST_FALLOCATE = 47,
	GUEST_FACCESSAT = 48,
	GUEST_OPENAT = 56,
	GUEST_CLOSE = 57,
	GUEST_LSEEK = 62,
	GUEST_READ = 63,
	GUEST_WRITE = 64,
	GUEST_READV = 65,
	GUEST_WRITEV = 66,
	GUEST_PPOLL = 73,
	GUEST_READLINKAT = 78,
	GUEST_NEWFSTATAT = 79,
	GUEST_FSTAT = 80,
	GUEST_FSYNC = 82,
	GUEST_FDATASYNC = 83,
	GUEST_PRCTL = 167,
	GUEST_SHMAT = 196,
	GUEST_SHMDT = 197,
	GUEST_RECVFROM = 207,
	GUEST_RECVMSG = 212,
	GUEST_MUNMAP = 215,
	GUEST_MREMAP = 216,
	GUEST_EXECVE = 221,
	GUEST_MMAP = 222,
	GUEST_MPROTECT = 226,
	GUEST_MADVISE = 233,
	GUEST_STATX = 291,
	GUEST_CLOSE_RANGE = 436,
	GUEST_FACCESSAT2 = 439,
};

/* Before QEMU does the call and after it answered *@ret. True: *@ret is what
 * the guest is to see. */
bool bridge_raw_before(int64_t num, const uint64_t args[6], int64_t *ret);
bool bridge_raw_after(int64_t num, const uint64_t args[6], int64_t *ret);

#endif
