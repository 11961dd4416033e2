/* SPDX-License-Identifier: MIT */
/*
 * The system call instruction of an arm64 host (value or -errno, errno is not
 * touched), and what else of it differs. The thunk has it too: its host is
 * qemu-aarch64.
 */
#ifndef FAUXKVM_BASE_HOST_ARM64_H
#define FAUXKVM_BASE_HOST_ARM64_H

#include <ucontext.h>

static inline long host_raw6(long nr, long a, long b, long c, long d, long e,
			     long f)
{
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;

	__asm__ volatile("svc #0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "memory", "cc");
	return x0;
}

static inline void host_relax(void)
{
	__asm__ volatile("yield");
}

#define HOST_O_LARGEFILE 0400000
#define HOST_ELF_MACHINE 183 /* EM_AARCH64 */
#define HOST_HAS_BRIDGE  0

/* Linux leaves FPCR and FPSR as they are. */
static inline void host_fault_resume(const ucontext_t *uc)
{
	(void)uc;
}

static inline unsigned long host_context_pc(const ucontext_t *uc)
{
	return uc->uc_mcontext.pc;
}

#endif
