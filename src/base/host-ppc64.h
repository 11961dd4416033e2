/* SPDX-License-Identifier: MIT */
/*
 * The system call instruction of a ppc64le host (so far: the thunk, whose host
 * is qemu-ppc64le). Value or -errno, errno is not touched. The kernel tells an
 * error by the summary overflow bit of CR0 and gives its number as positive.
 */
#ifndef FAUXKVM_BASE_HOST_PPC64_H
#define FAUXKVM_BASE_HOST_PPC64_H

static inline long host_raw6(long nr, long a, long b, long c, long d, long e,
			     long f)
{
	register long r0 __asm__("r0") = nr;
	register long r3 __asm__("r3") = a;
	register long r4 __asm__("r4") = b;
	register long r5 __asm__("r5") = c;
	register long r6 __asm__("r6") = d;
	register long r7 __asm__("r7") = e;
	register long r8 __asm__("r8") = f;

	__asm__ volatile("sc\n\t"
			 "bns+ 1f\n\t"
			 "neg %1, %1\n"
			 "1:"
			 : "+r"(r0), "+r"(r3), "+r"(r4), "+r"(r5), "+r"(r6),
			   "+r"(r7), "+r"(r8)
			 :
			 : "memory", "cr0", "ctr", "xer", "r9", "r10", "r11",
			   "r12");
	return r3;
}

#define HOST_O_LARGEFILE 0200000

#endif
