/* SPDX-License-Identifier: MIT */
/*
 * The call openat2, for which Debian's C libraries have no function. Built into the shim.
 */
#include <linux/openat2.h>
#include <sys/syscall.h>

#include "base/fault.h"
#include "base/host.h"
#include "shim/vmm-calls.h"

long vmm_openat2(int dir, const char *path, const void *how, size_t size)
{
	struct open_how h;
	_Bool looks = size >= sizeof(h) &&
		      !copy_from_user(&h, how, sizeof(h)) &&
		      !(h.resolve & RESOLVE_IN_ROOT);
	long ret;

	if (looks && vmm_before_open(dir, path, (int)h.flags, &ret))
		return ret;
	ret = host_raw(SYS_openat2, dir, path, how, size);
	if (looks)
		vmm_after_open(dir, path, (int)h.flags, &ret);
	return ret;
}
