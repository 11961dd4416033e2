/* SPDX-License-Identifier: MIT */
/*
 * What a user calls requests and exits in filters and rules: a name as Linux has
 * it, or without its prefix, in any case of letters.
 */
#ifndef FAUXKVM_KERNEL_BY_NAME_H
#define FAUXKVM_KERNEL_BY_NAME_H

#include <stdbool.h>

struct kernel_exit_row;
struct kernel_ioctl_row;

/* "KVM_RUN", "kvm_run" and "run" are @name "KVM_RUN" with @prefix "KVM_". */
bool is_named(const char *word, const char *name, const char *prefix);

/* NULL: no request is called so. */
const struct kernel_ioctl_row *ioctl_by_name(const char *word);

/* By its reason, or the event of a system event. */
bool exit_is_named(const char *word, const struct kernel_exit_row *row);

#endif
