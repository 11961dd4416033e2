/* SPDX-License-Identifier: MIT */
/*
 * The files of data/hosts as part of the program, so that their names need no
 * file to be found.
 */
#ifndef FAUXKVM_KERNEL_ARM64_HOST_SHIPPED_H
#define FAUXKVM_KERNEL_ARM64_HOST_SHIPPED_H

struct host_profile;

/* NULL: there is no @n-th. */
const struct host_profile *host_shipped(unsigned int n);
/* The file of @host in memory of the caller's; NULL: it has none. */
char *host_shipped_text(const struct host_profile *host);

#endif
