/* SPDX-License-Identifier: MIT */
/*
 * Loops by SVE as compilers make them, of as many elements as a vector has: what
 * counts is elements, so that lengths compare.
 */
#include "bench.h"

#define BYTES 4096

/* CPACR_EL1.ZEN; the longest vector that there is. */
void setup_sve(void)
{
	__asm__ volatile(".arch_extension sve\n"
			 "mrs x0, cpacr_el1\n"
			 "orr x0, x0, #(3 << 16)\n"
			 "msr cpacr_el1, x0\n"
			 "isb\n"
			 "mov x0, #15\n"
			 "msr s3_0_c1_c2_0, x0\n"
			 "isb" ::
				 : "x0", "memory");
}

uint64_t run_sve_copy(uint64_t n)
{
	for (uint64_t k = 0; k < n; k++) {
		uint64_t i = 0;

		__asm__ volatile(".arch_extension sve\n"
				 "whilelo p0.b, %0, %3\n"
				 "1: ld1b z0.b, p0/z, [%1, %0]\n"
				 "st1b z0.b, p0, [%2, %0]\n"
				 "incb %0\n"
				 "whilelo p0.b, %0, %3\n"
				 "b.any 1b"
				 : "+r"(i)
				 : "r"(buffer), "r"(buffer + BYTES),
				   "r"((uint64_t)BYTES)
				 : "cc", "memory");
	}
	return n * BYTES;
}

uint64_t run_sve_dot(uint64_t n)
{
	for (uint64_t k = 0; k < n; k++) {
		uint64_t i = 0;

		__asm__ volatile(".arch_extension sve\n"
				 "mov z1.d, #0\n"
				 "fmov z4.d, #0.5\n"
				 "whilelo p0.d, %0, %3\n"
				 "1: ld1d z2.d, p0/z, [%1, %0, lsl #3]\n"
				 "ld1d z3.d, p0/z, [%2, %0, lsl #3]\n"
				 "fadd z2.d, z2.d, z4.d\n"
				 "fmla z1.d, p0/m, z2.d, z3.d\n"
				 "incd %0\n"
				 "whilelo p0.d, %0, %3\n"
				 "b.any 1b"
				 : "+r"(i)
				 : "r"(buffer), "r"(buffer + BYTES),
				   "r"((uint64_t)BYTES / 8)
				 : "cc", "memory");
	}
	return n * BYTES / 8;
}

uint64_t run_sve_int(uint64_t n)
{
	for (uint64_t k = 0; k < n; k++) {
		uint64_t i = 0;

		__asm__ volatile(".arch_extension sve\n"
				 "ptrue p1.s\n"
				 "whilelo p0.s, %0, %3\n"
				 "1: ld1w z2.s, p0/z, [%1, %0, lsl #2]\n"
				 "ld1w z3.s, p0/z, [%2, %0, lsl #2]\n"
				 "add z3.s, z3.s, z2.s\n"
				 "mul z3.s, p1/m, z3.s, z2.s\n"
				 "eor z3.d, z3.d, z2.d\n"
				 "st1w z3.s, p0, [%2, %0, lsl #2]\n"
				 "incw %0\n"
				 "whilelo p0.s, %0, %3\n"
				 "b.any 1b"
				 : "+r"(i)
				 : "r"(buffer), "r"(buffer + BYTES),
				   "r"((uint64_t)BYTES / 4)
				 : "cc", "memory");
	}
	return n * BYTES / 4;
}
