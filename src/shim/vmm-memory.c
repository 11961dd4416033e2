/* SPDX-License-Identifier: MIT */
/*
 * Calls that change mappings: vCPUs forget what they know of the range. It is
 * told after the change: until then a vCPU uses the old pages or the new, or
 * takes the fault, as on hardware before the MMU notifier's end.
 */
#include <errno.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>

#include "base/host.h"
#include "base/types.h"
#include "shim/embed.h"
#include "shim/vmm-calls.h"

long vmm_mmap(void *addr, size_t len, int prot, int flags, int fd, off_t off)
{
	long ret;

	if (!(flags & MAP_ANONYMOUS) &&
	    embed_refuses_map(fd, len, prot, flags, (unsigned long)off, &ret))
		return ret;
	ret = host_raw(SYS_mmap, addr, len, prot, flags, fd, off);
	if ((flags & MAP_FIXED) && (ret >= 0 || ret < -4095))
		embed_memory_changed((unsigned long)addr, len);
	if (!(flags & MAP_ANONYMOUS) && (ret >= 0 || ret < -4095))
		embed_mapped(fd, (unsigned long)ret, len, prot, flags,
			     (unsigned long)off);
	return ret;
}

/* The range has changed, in part even when the call failed half way. */
static long changed(const void *addr, size_t len, long ret)
{
	embed_memory_changed((unsigned long)addr, len);
	return ret;
}

long vmm_munmap(void *addr, size_t len)
{
	return changed(addr, len, host_raw(SYS_munmap, addr, len));
}

long vmm_mprotect(void *addr, size_t len, int prot)
{
	return changed(addr, len, host_raw(SYS_mprotect, addr, len, prot));
}

long vmm_pkey_mprotect(void *addr, size_t len, int prot, int key)
{
	return changed(addr, len,
		       host_raw(SYS_pkey_mprotect, addr, len, prot, key));
}

long vmm_madvise(void *addr, size_t len, int advice)
{
	long ret = host_raw(SYS_madvise, addr, len, advice);

	embed_memory_advised((unsigned long)addr, len, advice);
	return ret;
}

long vmm_mremap(void *addr, size_t len, size_t newlen, int flags, void *to)
{
	long ret = host_raw(SYS_mremap, addr, len, newlen, flags, to);

	if (flags & MREMAP_FIXED)
		embed_memory_changed((unsigned long)to, newlen);
	return changed(addr, len, ret);
}

/* A segment's length is its own: say all. */
long vmm_shmat(int id, const void *addr, int flags)
{
	long ret = host_raw(SYS_shmat, id, addr, flags);

	return flags & SHM_REMAP ? changed(NULL, EMBED_ALL_MEMORY, ret) : ret;
}

long vmm_shmdt(const void *addr)
{
	return changed(NULL, EMBED_ALL_MEMORY, host_raw(SYS_shmdt, addr));
}
