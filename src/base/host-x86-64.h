/* SPDX-License-Identifier: MIT */
/*
 * The system call instruction of an x86-64 host (value or -errno, errno is not
 * touched), and the one that waits in a loop.
 */
#ifndef FAUXKVM_BASE_HOST_X86_64_H
#define FAUXKVM_BASE_HOST_X86_64_H

static inline long host_raw6(long nr, long a, long b, long c, long d, long e,
			     long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8),
			   "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
}

static inline void host_relax(void)
{
	__builtin_ia32_pause();
}

#endif
