/* SPDX-License-Identifier: MIT */
/*
 * What arm64 Linux and x86-64 Linux have differently at the edge of the kernel:
 * values and structures from the program to the host and back.
 *
 * Pointers are the program's: what can't be read or written is -EFAULT.
 */
#ifndef FAUXKVM_USER_CONVERT_H
#define FAUXKVM_USER_CONVERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Flags of open: four have other values on arm64. */
uint64_t convert_open_flags(uint64_t flags);
uint64_t convert_open_flags_back(uint64_t flags);

/* Linux takes the tag off an address of memory that is mapped, whether or not the process may
 * pass pointers with one; not where something is to be mapped. */
static inline uint64_t convert_untagged(uint64_t addr)
{
	return addr >> 55 & 1 ? addr : addr & ~(UINT64_C(0xff) << 56);
}

/* The path at @addr, where it is on the host; @buf (PATH_MAX) may be used, @follow
 * as path_find() has it. False and *@host = @addr: as it is, or unreadable, which
 * the host will say. */
bool convert_path_link(uint64_t addr, bool follow, char *buf, uint64_t *host);

#endif
