/* SPDX-License-Identifier: MIT */
/*
 * Which file a bare command name is.
 */
#ifndef FAUXKVM_TOOL_FIND_H
#define FAUXKVM_TOOL_FIND_H

#include <stdbool.h>
#include <stddef.h>

/*
 * In @sysroot, if it is not NULL; in PATH; in the sysroots that
 * `fauxkvm sysroot` made. One in PATH that knows only the KVM of this
 * machine, as the host's own QEMU does, is passed over.
 */
bool find_command(const char *sysroot, const char *name, char *buf,
		  size_t size);

/* What `fauxkvm sysroot` is told to fetch command @name; NULL: not known. */
const char *find_package(const char *name);

#endif
