/* SPDX-License-Identifier: MIT */
/*
 * Hosts that INI files describe (docs/hosts.md), read and written.
 */
#ifndef FAUXKVM_KERNEL_ARM64_HOST_FILE_H
#define FAUXKVM_KERNEL_ARM64_HOST_FILE_H

#include "kernel/arm64/host.h"

#define ENC_MIDR  SYSREG_ENC(3, 0, 0, 0, 0)
#define ENC_CLIDR SYSREG_ENC(3, 1, 0, 0, 1)

/* A host and all that its profile points to. */
struct host_file {
	struct host_profile profile;
	char name[32], about[120];
	struct cpu_id ids[CPU_MODEL_IDS];
};

/* Read a file, or @len bytes of @text with a byte of room behind them, which
 * change. 0, or refused with a reason that begins "NAME:LINE: "; @out is as it
 * was then. */
int host_file_read(const char *path, struct host_file *out);
int host_text_read(const char *name, char *text, size_t len,
		   struct host_file *out);

/* A host_file can't be assigned: its profile points into it. */
void host_file_copy(struct host_file *to, const struct host_file *from);

/* All of @host as the text of a file, in memory of the caller's; NULL: no
 * memory. */
char *host_file_text(const struct host_profile *host);

#endif
