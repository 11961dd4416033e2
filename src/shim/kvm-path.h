/* SPDX-License-Identifier: MIT */
/*
 * Recognising /dev/kvm by any path that leads to it.
 */
#ifndef FAUXKVM_SHIM_KVM_PATH_H
#define FAUXKVM_SHIM_KVM_PATH_H

#include <stdbool.h>

/*
 * Does @path, seen from directory descriptor @dir, name /dev/kvm? By its text:
 * symbolic links are not followed, "." and ".." are. @path must be readable.
 */
bool kvm_path_is(int dir, const char *path);

/*
 * Does @path lead to /dev/kvm by symbolic links, its last component among them
 * if @follow? Asks the kernel: for a path of which it said that there is
 * nothing.
 */
bool kvm_path_leads(int dir, const char *path, bool follow);

/* The host has a /dev/kvm of its own, not ours. */
bool kvm_path_host_has(void);

#endif
