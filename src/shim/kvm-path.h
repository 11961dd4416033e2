/* SPDX-License-Identifier: MIT */
/*
 * Recognising /dev/kvm by any path that leads to it.
 */
#ifndef FAUXKVM_SHIM_KVM_PATH_H
#define FAUXKVM_SHIM_KVM_PATH_H

#include <stdbool.h>

/*
 * Does @path, seen from directory descriptor @dir, name /dev/kvm? Symbolic
 * links are not followed, "." and ".." are.
 */
bool kvm_path_is(int dir, const char *path);

#endif
