/* SPDX-License-Identifier: MIT */
/*
 * The host's call clone3, see host-clone3.h. The C library has none for others.
 */
#include "user/host-clone3.h"

#include <sys/syscall.h>

#include "base/host.h"

long host_clone3_run(const struct host_clone3 *a, int (*fn)(void *), void *arg)
{
	register int (*entry)(void *) __asm__("r9") = fn;
	register void *with __asm__("r8") = arg;
	long ret;

	/* The child has nothing of this function but its registers. */
	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "xor %%ebp, %%ebp\n\t"
			 "mov %%r8, %%rdi\n\t"
			 "call *%%r9\n\t"
			 "mov %%eax, %%edi\n\t"
			 "mov %[exit], %%eax\n\t"
			 "syscall\n"
			 "1:"
			 : "=a"(ret)
			 : "0"((long)SYS_clone3), "D"(a), "S"(sizeof(*a)),
			   "r"(entry), "r"(with), [exit] "i"(SYS_exit)
			 : "rcx", "r11", "cc", "memory");
	return ret;
}

long host_clone3_fork(const struct host_clone3 *a)
{
	return host_raw(SYS_clone3, a, sizeof(*a));
}
