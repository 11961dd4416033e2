/* SPDX-License-Identifier: MIT */
/*
 * The way to the kernel model of those that have it in the same library: the
 * shim and the bridge.
 */
#include "base/types.h"
#include "shim/embed.h"
#include "shim/fdtab.h"
#include "shim/vmm-calls.h"

_Bool gate_present(void)
{
	return true;
}

long gate_open(int flags)
{
	return embed_open(flags);
}

_Bool gate_ioctl(int fd, unsigned int cmd, unsigned long arg, long *ret)
{
	if (likely(cmd == RUN_CMD && !arg)) {
		*ret = embed_run(fd);
		if (likely(*ret != EMBED_NOT_KNOWN))
			return true;
	}
	return embed_ioctl(fd, cmd, arg, ret);
}

long gate_run(int fd)
{
	long ret = embed_run(fd);

	return likely(ret != EMBED_NOT_KNOWN) ? ret
					      : vmm_ioctl_any(fd, RUN_CMD, 0);
}

_Bool gate_noted(int fd)
{
	return fdtab_was_ours(fd);
}

enum vmm_kind gate_kind(int fd)
{
	return (enum vmm_kind)embed_kind(fd);
}

void gate_file_truncated(int fd, uint64_t len)
{
	embed_file_truncated(fd, len);
}

void gate_file_allocated(int fd, int mode, uint64_t off, uint64_t len)
{
	embed_file_allocated(fd, mode, off, len);
}
