/* SPDX-License-Identifier: MIT */
/*
 * What scripts/bench measures: loops of known length, timed by the guest's own
 * counter. One line each: name, operations, nanoseconds. Runs on the test VMM
 * and on QEMU's virt machine; ends by PSCI SYSTEM_OFF.
 */
#include "tests/guests/guest.h"

static uint8_t buffer[1 << 20] __attribute__((aligned(65536)));

static uint64_t now_ns(void)
{
	uint64_t count, f = read_sysreg(cntfrq_el0);

	isb();
	count = read_sysreg(cntvct_el0);
	return count / f * 1000000000 + count % f * 1000000000 / f;
}

/* Each runs @n rounds and returns the operations (instructions) done. */

static uint64_t run_integer(uint64_t n)
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

static uint64_t run_calls(uint64_t n)
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
	return n;
}

/* Copy 1 MiB in 16-byte steps, n times. */
static uint64_t run_memory(uint64_t n)
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

static uint64_t run_fp(uint64_t n)
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

static uint64_t run_simd(uint64_t n)
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

/* SVC and straight back. */
__asm__(".balign 2048\n"
	"quick_vectors:\n"
	".rept 16\n .balign 128\n eret\n .endr\n");
extern char quick_vectors[];

static uint64_t run_exceptions(uint64_t n)
{
	uint64_t old = read_sysreg(vbar_el1);

	write_sysreg(vbar_el1, (uint64_t)quick_vectors);
	isb();
	for (uint64_t i = 0; i < n; i++)
		__asm__ volatile("svc #0" ::: "memory");
	write_sysreg(vbar_el1, old);
	isb();
	return n;
}

/* A register of the console that does nothing. */
static uint64_t run_mmio(uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		mmio_read(BOARD_CONSOLE + 0x18);
	return n;
}

static uint64_t run_hvc(uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		hvc(PSCI_VERSION, 0, 0, 0);
	return n;
}

/* Double the rounds until it takes 300 ms. */
static void measure(const char *name, uint64_t (*run)(uint64_t), uint64_t n,
		    unsigned int per_round)
{
	for (;; n *= 2) {
		uint64_t t0 = now_ns(), ops = run(n), t;

		t = now_ns() - t0;
		if (t >= 300000000) {
			print("%s %lu %lu\n", name,
			      per_round ? n * per_round : ops, t);
			return;
		}
	}
}

void guest_main(void)
{
	measure("integer", run_integer, 100000, 0);
	measure("calls", run_calls, 100000, 9);
	measure("memory", run_memory, 4, 0);
	measure("fp", run_fp, 10000, 0);
	measure("simd", run_simd, 10000, 0);
	measure("exceptions", run_exceptions, 1000, 0);
	measure("hypercalls", run_hvc, 1000, 0);
	measure("mmio-exits", run_mmio, 1000, 0);
	hvc(PSCI_SYSTEM_OFF, 0, 0, 0);
}
