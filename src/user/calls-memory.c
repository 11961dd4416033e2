/* SPDX-License-Identifier: MIT */
/*
 * System calls about the program's memory: memory.h does them.
 */
#include <errno.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>

#include "base/held-fd.h"
#include "user/convert.h"
#include "user/kvm.h"
#include "user/memory.h"
#include "user/rseq.h"
#include "user/syscall.h"

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

/* What was there is another's now, in part even when the call failed half way:
 * vCPUs that run from it forget it. */
static long changed(uint64_t addr, uint64_t len, long ret)
{
	kvm_memory_changed(addr, len);
	return ret;
}

long call_brk(struct user_thread *t, const uint64_t args[6])
{
	uint64_t old = (uint64_t)memory_brk(0);
	uint64_t end = (uint64_t)memory_brk(args[0]);

	(void)t;
	return changed(end, end < old ? old - end : 0, (long)end);
}

long call_mmap(struct user_thread *t, const uint64_t args[6])
{
	const int prot = (int)args[2], flags = (int)args[3], fd = (int)args[4];
	long ret;

	(void)t;
	if (!(flags & MAP_ANONYMOUS) && held_fd_is(fd))
		return -EBADF;
	if (kvm_refuses_map(fd, args[1], prot, flags, args[5], &ret))
		return ret;
	ret = memory_map(args[0], args[1], prot, flags, fd, args[5]);
	if (flags & MAP_FIXED)
		kvm_memory_changed(args[0], args[1]);
	if (ret >= 0 && (prot & PROT_EXEC) && !(flags & MAP_ANONYMOUS))
		rseq_file_mapped(fd, (uint64_t)ret, args[5]);
	if (ret >= 0)
		kvm_mapped(fd, (uint64_t)ret, args[1], prot, flags, args[5]);
	return ret;
}

long call_munmap(struct user_thread *t, const uint64_t args[6])
{
	const uint64_t addr = convert_untagged(args[0]);

	(void)t;
	return changed(addr, args[1], memory_unmap(addr, args[1]));
}

long call_mprotect(struct user_thread *t, const uint64_t args[6])
{
	const uint64_t addr = convert_untagged(args[0]);

	(void)t;
	return changed(addr, args[1],
		       memory_protect(addr, args[1], (int)args[2]));
}

long call_mremap(struct user_thread *t, const uint64_t args[6])
{
	const uint64_t addr = convert_untagged(args[0]);
	long ret = memory_remap(addr, args[1], args[2], (int)args[3], args[4]);

	(void)t;
	if (args[3] & MREMAP_FIXED)
		kvm_memory_changed(args[4], args[2]);
	return changed(addr, args[1], ret);
}

long call_remap_file_pages(struct user_thread *t, const uint64_t args[6])
{
	(void)t;
	return changed(
		args[0], args[1],
		memory_remap_file(args[0], args[1], args[2], args[3], args[4]));
}

/* ---- a range ------------------------------------------------------------- */

long call_madvise(struct user_thread *t, const uint64_t args[6])
{
	const uint64_t addr = convert_untagged(args[0]);
	long ret = memory_advise(addr, args[1], (int)args[2]);

	(void)t;
	kvm_memory_advised(addr, args[1], (int)args[2]);
	return ret;
}

long call_msync(struct user_thread *t, const uint64_t args[6])
{
	const uint64_t addr = convert_untagged(args[0]);

	(void)t;
	return memory_sync(addr, args[1], (int)args[2]);
}

long call_mlock(struct user_thread *t, const uint64_t args[6])
{
	const uint64_t addr = convert_untagged(args[0]);

	(void)t;
	return memory_lock(addr, args[1], 0);
}

long call_mlock2(struct user_thread *t, const uint64_t args[6])
{
	const uint64_t addr = convert_untagged(args[0]);

	(void)t;
	return memory_lock(addr, args[1], (unsigned int)args[2]);
}

long call_munlock(struct user_thread *t, const uint64_t args[6])
{
	const uint64_t addr = convert_untagged(args[0]);

	(void)t;
	return memory_unlock(addr, args[1]);
}

long call_mlockall(struct user_thread *t, const uint64_t args[6])
{
	(void)t;
	return memory_lock_all((int)args[0]);
}

long call_munlockall(struct user_thread *t, const uint64_t args[6])
{
	(void)t;
	(void)args;
	return memory_unlock_all();
}

long call_mincore(struct user_thread *t, const uint64_t args[6])
{
	const uint64_t addr = convert_untagged(args[0]);

	(void)t;
	return memory_in_core(addr, args[1], args[2]);
}

long call_mseal(struct user_thread *t, const uint64_t args[6])
{
	const uint64_t addr = convert_untagged(args[0]);

	(void)t;
	return memory_seal(addr, args[1], args[2]);
}

/* ---- System V ------------------------------------------------------------ */

/* Its length is the segment's: say all. */
long call_shmat(struct user_thread *t, const uint64_t args[6])
{
	const int flags = (int)args[2];

	(void)t;
	return changed(0, flags & SHM_REMAP ? KVM_ALL_MEMORY : 0,
		       memory_shm_attach((int)args[0], args[1], flags));
}

long call_shmdt(struct user_thread *t, const uint64_t args[6])
{
	(void)t;
	return changed(0, KVM_ALL_MEMORY, memory_shm_detach(args[0]));
}

/* Of its own process, too, Linux 6.12 takes only advice that changes nothing that
 * can be read; a newer host would let it reach the engine's memory. */
long call_process_madvise(struct user_thread *t, const uint64_t args[6])
{
	(void)t;
	switch ((int)args[3]) {
	case MADV_COLD:
	case MADV_PAGEOUT:
	case MADV_WILLNEED:
	case MADV_COLLAPSE: return user_host_call(SYS_process_madvise, args);
	}
	return -EINVAL;
}
