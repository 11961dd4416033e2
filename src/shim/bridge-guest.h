/* SPDX-License-Identifier: MIT */
/*
 * What the bridge has to know of the machine that the VMM is built for: arm64 or
 * ppc64le. Its calls are numbered here as arm64's are (enum guest_syscall of
 * bridge-raw.h, Linux's generic table).
 */
#ifndef FAUXKVM_SHIM_BRIDGE_GUEST_H
#define FAUXKVM_SHIM_BRIDGE_GUEST_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

struct guest_call_number;
struct guest_open_flags;

struct bridge_guest {
	const char *target;   /* what QEMU calls it */
	uint16_t elf_machine; /* little endian, 64 bits */
	bool clock;           /* reads its counter as bridge-clock.h says */
	bool host_stat;       /* its struct stat is the host's */
	/* By its own numbers; NULL: they are the generic table's. */
	const struct guest_call_number *calls;
	unsigned int nr_calls;
	const struct guest_open_flags *open;
};

/* The one that the VMM is of: arm64 until another is chosen. */
extern const struct bridge_guest *bridge_guest;

/* By QEMU's name of the target. False: none of ours. */
bool bridge_guest_choose(const char *target);

/* The generic number of the guest's call @num, -1: it has none, or the bridge
 * does not care. */
int64_t bridge_guest_number(int64_t num);
/* The same before the call: @args become those of the generic one. */
int64_t bridge_guest_call(int64_t num, uint64_t args[6]);

/* Flags of open() as the host has them, and back. */
uint64_t bridge_open_flags(uint64_t guest);
uint64_t bridge_guest_open_flags(uint64_t host);

/* 0 or -EFAULT: @st to the guest's struct stat at @addr. */
long bridge_stat_write(uint64_t addr, const struct stat *st);
/* The reverse of it, as far as vmm_may_be_kvm() looks; false: not readable. */
bool bridge_stat_read(uint64_t addr, struct stat *st);

#endif
