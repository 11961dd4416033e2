/* SPDX-License-Identifier: MIT */
/*
 * Loops of instructions, in assembler so that they are known: what the measuring
 * guest's lines about a CPU run. An operation is an instruction.
 */
#include "bench.h"

uint8_t buffer[1 << 20] __attribute__((aligned(65536)));

uint64_t run_integer(uint64_t n)
{
	uint64_t sum = 1, at = 0, rounds = n, v;

	__asm__ volatile("1: ldr %2, [%4, %1]\n"
			 "add %2, %2, %0\n"
			 "eor %0, %0, %2, lsl #7\n"
			 "str %2, [%4, %1]\n"
			 "add %1, %1, #8\n"
			 "and %1, %1, #0xff8\n"
			 "subs %3, %3, #1\n"
			 "b.ne 1b"
			 : "+r"(sum), "+r"(at), "=&r"(v), "+r"(rounds)
			 : "r"(buffer)
			 : "cc", "memory");
	return n * 8;
}

uint64_t run_calls(uint64_t n)
{
	uint64_t rounds = n;

	__asm__ volatile("adr x9, 3f\n"
			 "mov x10, #0\n"
			 "1: bl 2f\n"
			 "blr x9\n"
			 "subs %0, %0, #1\n"
			 "b.ne 1b\n"
			 "b 4f\n"
			 "2: add x10, x10, #1\n"
			 "cbz x10, 2b\n"
			 "ret\n"
			 "3: tbz x10, #63, 5f\n"
			 "nop\n"
			 "5: ret\n"
			 "4:"
			 : "+r"(rounds)::"x9", "x10", "x30", "cc");
	return n * 9;
}

/* Copies half of the buffer to the other half. */
uint64_t run_memory(uint64_t n)
{
	for (uint64_t i = 0; i < n; i++) {
		uint64_t from = (uint64_t)buffer,
			 to = from + sizeof(buffer) / 2;
		uint64_t left = sizeof(buffer) / 2 / 32, a, b, c, d;

		__asm__ volatile("1: ldp %3, %4, [%0], #16\n"
				 "ldp %5, %6, [%0], #16\n"
				 "stp %3, %4, [%1], #16\n"
				 "stp %5, %6, [%1], #16\n"
				 "subs %2, %2, #1\n"
				 "b.ne 1b"
				 : "+r"(from), "+r"(to), "+r"(left), "=&r"(a),
				   "=&r"(b), "=&r"(c), "=&r"(d)::"cc",
				   "memory");
	}
	return n * (sizeof(buffer) / 2 / 32) * 6;
}

uint64_t run_fp(uint64_t n)
{
	uint64_t rounds = n;

	__asm__ volatile(".arch_extension fp\n"
			 "fmov d0, #1.0\n fmov d1, #1.5\n fmov d2, #0.5\n"
			 "fmov d3, #2.0\n"
			 "1: fmul d4, d0, d1\n"
			 "fadd d0, d4, d2\n"
			 "fmadd d5, d0, d2, d1\n"
			 "fsub d0, d5, d4\n"
			 "fdiv d6, d0, d3\n"
			 "fcmp d6, d0\n"
			 "fcsel d0, d6, d1, mi\n"
			 "fabs d0, d0\n"
			 "subs %0, %0, #1\n"
			 "b.ne 1b"
			 : "+r"(rounds)::"cc");
	return n * 10;
}

/* Four chains that don't wait for each other. */
uint64_t run_fp_parallel(uint64_t n)
{
	uint64_t rounds = n;

	__asm__ volatile(".arch_extension fp\n"
			 "fmov d0, #1.0\n fmov d1, #1.5\n fmov d2, #0.5\n"
			 "fmov d3, #2.0\n fmov d4, #0.75\n fmov d5, #0.5\n"
			 "fmov d6, #0.25\n"
			 "1: fmul d0, d0, d4\n"
			 "fmul d1, d1, d4\n"
			 "fmul d2, d2, d4\n"
			 "fmul d3, d3, d4\n"
			 "fadd d0, d0, d5\n"
			 "fadd d1, d1, d5\n"
			 "fadd d2, d2, d5\n"
			 "fadd d3, d3, d5\n"
			 "fmadd d0, d0, d6, d5\n"
			 "fmadd d1, d1, d6, d5\n"
			 "fmadd d2, d2, d6, d5\n"
			 "fmadd d3, d3, d6, d5\n"
			 "subs %0, %0, #1\n"
			 "b.ne 1b"
			 : "+r"(rounds)::"cc");
	return n * 14;
}

uint64_t run_simd(uint64_t n)
{
	uint64_t rounds = n, at = (uint64_t)buffer;

	__asm__ volatile(".arch_extension simd\n"
			 "movi v0.4s, #1\n movi v1.4s, #3\n movi v2.16b, #7\n"
			 "fmov v6.4s, #1.0\n fmov v7.4s, #0.5\n"
			 "1: add v3.4s, v0.4s, v1.4s\n"
			 "mul v4.4s, v3.4s, v1.4s\n"
			 "eor v0.16b, v4.16b, v3.16b\n"
			 "uqadd v5.16b, v0.16b, v2.16b\n"
			 "ext v0.16b, v5.16b, v0.16b, #4\n"
			 "zip1 v1.8h, v0.8h, v3.8h\n"
			 "fmla v6.4s, v7.4s, v7.4s\n"
			 "fmul v6.4s, v6.4s, v7.4s\n"
			 "str q0, [%1]\n"
			 "ldr q3, [%1]\n"
			 "subs %0, %0, #1\n"
			 "b.ne 1b"
			 : "+r"(rounds)
			 : "r"(at)
			 : "cc", "memory");
	return n * 12;
}

#define LIMBS 32

/*
 * @sum += @a * @b for numbers of LIMBS words, four at a time as a Montgomery
 * multiplication by hand does it; returns what is carried out.
 */
static uint64_t add_product(uint64_t *sum, const uint64_t *a, uint64_t b)
{
	uint64_t carry = 0, left = LIMBS / 4;

	__asm__ volatile("1: ldp x4, x5, [%1], #16\n"
			 "ldp x6, x7, [%1], #16\n"
			 "ldp x12, x13, [%0]\n"
			 "ldp x14, x15, [%0, #16]\n"
			 "mul x8, x4, %4\n"
			 "umulh x4, x4, %4\n"
			 "mul x9, x5, %4\n"
			 "umulh x5, x5, %4\n"
			 "mul x10, x6, %4\n"
			 "umulh x6, x6, %4\n"
			 "mul x11, x7, %4\n"
			 "umulh x7, x7, %4\n"
			 "adds x8, x8, %2\n"
			 "adcs x9, x9, x4\n"
			 "adcs x10, x10, x5\n"
			 "adcs x11, x11, x6\n"
			 "adc %2, x7, xzr\n"
			 "adds x12, x12, x8\n"
			 "adcs x13, x13, x9\n"
			 "adcs x14, x14, x10\n"
			 "adcs x15, x15, x11\n"
			 "adc %2, %2, xzr\n"
			 "stp x12, x13, [%0], #16\n"
			 "stp x14, x15, [%0], #16\n"
			 "sub %3, %3, #1\n"
			 "cbnz %3, 1b"
			 : "+r"(sum), "+r"(a), "+r"(carry), "+r"(left)
			 : "r"(b)
			 : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11",
			   "x12", "x13", "x14", "x15", "cc", "memory");
	return carry;
}

/* Montgomery multiplications without the last subtraction, 2048 bits. */
uint64_t run_rsa(uint64_t n)
{
	static uint64_t sum[2 * LIMBS + 1], a[LIMBS], modulus[LIMBS];
	const uint64_t inverse = 0x9e3779b97f4a7c15;

	for (unsigned int i = 0; i < LIMBS; i++) {
		a[i] = inverse * (i + 1);
		modulus[i] = ~(inverse << i % 17);
	}
	for (uint64_t r = 0; r < n; r++)
		for (unsigned int i = 0; i < LIMBS; i++) {
			uint64_t *at = sum + i;

			at[LIMBS] = add_product(at, a, a[i] + r);
			at[LIMBS] += add_product(at, modulus, *at * inverse);
		}
	return n * LIMBS * 2 * (LIMBS / 4 * 26);
}
