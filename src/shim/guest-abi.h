/* SPDX-License-Identifier: MIT */
/*
 * What the kernels of the machines that VMMs are built for have otherwise than
 * this host's, in values and structures: for the bridge, and for the engine that
 * runs arm64 programs. Source: Linux's headers for each.
 */
#ifndef FAUXKVM_SHIM_GUEST_ABI_H
#define FAUXKVM_SHIM_GUEST_ABI_H

#include <linux/openat2.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

/* Flags of open() that have other values than the host's. */
struct guest_open_flags {
	uint64_t directory, nofollow, direct, largefile;
};
extern const struct guest_open_flags guest_open_arm64, guest_open_ppc64;

/* Flags of open() as the host has them, and back. */
uint64_t guest_open_to_host(const struct guest_open_flags *o, uint64_t guest);
uint64_t guest_open_from_host(const struct guest_open_flags *o, uint64_t host);

/* What the call openat2 takes; no kernel takes more. */
union guest_how {
	struct open_how how;
	uint8_t bytes[4096];
};

/*
 * The @size bytes at @addr, with flags as the host has them: 0 or -errno. What is
 * beyond the structure we know has to be zero, which the kernel judges.
 */
long guest_how_read(const struct guest_open_flags *o, uint64_t addr,
		    uint64_t size, union guest_how *how);

/* Linux's generic one. */
struct guest_stat {
	uint64_t dev, ino;
	uint32_t mode, nlink, uid, gid;
	uint64_t rdev, pad, size;
	uint64_t blksize; /* and padding */
	uint64_t blocks;
	struct timespec atime, mtime, ctime;
	uint32_t unused[2];
};

/* 0 or -EFAULT: @st to the struct stat of the generic ABI at @addr. */
int guest_stat_write(uint64_t addr, const struct stat *st);
/* The reverse of it, as far as vmm_may_be_kvm() looks; false: not readable. */
bool guest_stat_read(uint64_t addr, struct stat *st);

#endif
