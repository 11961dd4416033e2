/* SPDX-License-Identifier: MIT */
/*
 * System calls about the program's memory: memory.h does them.
 */
#include "user/memory.h"
#include "user/syscall.h"

long call_brk(struct user_thread *t, const uint64_t args[6])
{
	(void)t;
	return memory_brk(args[0]);
}

long call_mmap(struct user_thread *t, const uint64_t args[6])
{
	(void)t;
	return memory_map(args[0], args[1], (int)args[2], (int)args[3],
			  (int)args[4], args[5]);
}

long call_munmap(struct user_thread *t, const uint64_t args[6])
{
	(void)t;
	return memory_unmap(args[0], args[1]);
}

long call_mprotect(struct user_thread *t, const uint64_t args[6])
{
	(void)t;
	return memory_protect(args[0], args[1], (int)args[2]);
}

long call_mremap(struct user_thread *t, const uint64_t args[6])
{
	(void)t;
	return memory_remap(args[0], args[1], args[2], (int)args[3], args[4]);
}
