/* SPDX-License-Identifier: MIT */
/*
 * System calls of an arm64 VMM that QEMU's user mode lacks: what the bridge
 * answers in its place.
 */
#ifndef FAUXKVM_SHIM_BRIDGE_SYSCALLS_H
#define FAUXKVM_SHIM_BRIDGE_SYSCALLS_H

#include <stdbool.h>
#include <stdint.h>

/* False: @num is QEMU's affair. @ret: value, -errno or -SIG_RESTART. */
bool bridge_syscalls(int64_t num, const uint64_t args[6], int64_t *ret);

/* The guest's mask of signals at @addr as a host one, put in @mask: its address
 * or NULL. -errno. */
long bridge_mask_translate(uint64_t addr, uint64_t size, uint64_t *mask);

/* At once; the rest comes next time. */
#define BRIDGE_EPOLL_MAX 4096
/* What a wait answered, @nr events or -errno, to the guest's array at @addr. */
struct epoll_event;
long bridge_epoll_events(uint64_t addr, const struct epoll_event *events,
			 long nr);

/* bridge-uring.c: io_uring, and mmap() of its rings */
bool bridge_uring_mmap(const uint64_t args[6], int64_t *ret);
long bridge_uring_setup(const uint64_t args[6]);
long bridge_uring_register(const uint64_t args[6]);

/* bridge-seccomp.c: seccomp by its own call and by prctl() */
long bridge_seccomp(const uint64_t args[6]);
bool bridge_seccomp_prctl(const uint64_t args[6], int64_t *ret);

#endif
