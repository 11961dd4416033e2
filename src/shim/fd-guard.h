/* SPDX-License-Identifier: MIT */
/*
 * System calls that close or fill descriptors, past those that the model
 * holds (base/held-fd.h): for a VMM these numbers are not open, as in Linux.
 * Each is the system call of its name: value or -errno.
 */
#ifndef FAUXKVM_SHIM_FD_GUARD_H
#define FAUXKVM_SHIM_FD_GUARD_H

long fd_guard_close(int fd);
long fd_guard_close_range(unsigned int first, unsigned int last, int flags);
/* What the model holds at @to goes elsewhere. */
long fd_guard_dup3(int from, int to, int flags);

#endif
