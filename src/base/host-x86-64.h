/* SPDX-License-Identifier: MIT */
/*
 * The system call instruction of an x86-64 host (value or -errno, errno is not
 * touched), and what else of it differs.
 */
#ifndef FAUXKVM_BASE_HOST_X86_64_H
#define FAUXKVM_BASE_HOST_X86_64_H

#include <ucontext.h>

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

#define HOST_O_LARGEFILE 0100000
#define HOST_ELF_MACHINE 62 /* EM_X86_64 */
#define HOST_HAS_BRIDGE  1

/* Linux starts a handler with a fresh MXCSR. */
static inline void host_fault_resume(const ucontext_t *uc)
{
	if (uc->uc_mcontext.fpregs)
		__builtin_ia32_ldmxcsr(uc->uc_mcontext.fpregs->mxcsr);
}

static inline unsigned long host_context_pc(const ucontext_t *uc)
{
	return (unsigned long)uc->uc_mcontext.gregs[REG_RIP];
}

#endif
