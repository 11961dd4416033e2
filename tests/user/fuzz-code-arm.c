/* SPDX-License-Identifier: MIT */
/*
 * Random code of 32-bit Arm, as fuzz-code.c has arm64's: cases with an odd number
 * are T32, the others A32. What faults is skipped, system calls are left out, and
 * most branches lead forward. Whether a case ends by a signal of ours is all that
 * is told. For tests/user/check-fuzz-code.
 *
 *   fuzz-code-arm SEED CASES
 */
#include "fuzz-code.h"

#define CODE     ((uint16_t *)CODE_AT)
#define BKPT_A32 0xe1200070
#define BKPT_T32 0xbe00
#define CPSR_T   0x20
#define CPSR_IT  0x0600fc00
#define CPSR_E   0x200

static void run_code(void);

static void next_round(mcontext_t *c)
{
	const uint32_t at = (uint32_t)run_code;

	if (++round_number == ROUNDS)
		_exit(0);
	memcpy(DATA, data, DATA_SIZE);
	faults = 0;
	c->arm_sp = (uint32_t)MIDDLE;
	c->arm_pc = at & ~1u;
	c->arm_cpsr &= ~(uint32_t)(CPSR_T | CPSR_IT | CPSR_E);
	if (at & 1)
		c->arm_cpsr |= CPSR_T;
}

static void skip(mcontext_t *c)
{
	if (!(c->arm_cpsr & CPSR_T)) {
		c->arm_pc += 4;
		return;
	}
	c->arm_pc += *(uint16_t *)c->arm_pc >> 11 >= 0x1d ? 4 : 2;
	c->arm_cpsr &= ~(uint32_t)CPSR_IT;
}

/* A loop that goes back is left by the alarm. */
static void note(int sig, siginfo_t *info, void *context)
{
	mcontext_t *c = &((ucontext_t *)context)->uc_mcontext;

	(void)info;
	if (sig == SIGPROF)
		_exit(0);
	if (sig == SIGTRAP || ++faults > MAX_FAULTS ||
	    c->arm_pc - (uint32_t)CODE >= CODE_SIZE) {
		next_round(c);
		return;
	}
	skip(c);
	if (faults & 1)
		c->arm_r3 = c->arm_r8 = c->arm_sp = (uint32_t)MIDDLE;
}

/* ---- code ---------------------------------------------------------------- */

static uint32_t a32_word(void)
{
	/* Top bytes with many instructions */
	static const uint8_t tops[] = {0xe0, 0xe1, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6,
				       0xe7, 0xe8, 0xe9, 0xec, 0xed, 0xee, 0xf2,
				       0xf3, 0xf4, 0xfe, 0xfc, 0x10, 0x23, 0x97,
				       0x08, 0xe6, 0xf2, 0xf3, 0xee, 0xf4};
	uint32_t word;

	do {
		word = random_word_of(tops, sizeof(tops));
		/* To the PC is far away, mostly. */
		if (word >> 28 != 15 && !(word >> 27 & 1) && random_bits() % 16)
			word &= ~0x8000u;
	} while ((word & 0x0f000000) == 0x0f000000);
	if ((word & 0x0e000000) == 0x0a000000)
		word = (word & 0xff000000) | random_bits() % 12;
	return word;
}

static uint16_t t32_half(void)
{
	/* The beginning of many instructions of 32 bits, and IT */
	static const uint8_t tops[] = {0xea, 0xeb, 0xf0, 0xf1, 0xf2, 0xf3, 0xf8,
				       0xf9, 0xfa, 0xfb, 0xe8, 0xe9, 0xec, 0xed,
				       0xee, 0xef, 0xff, 0xfe, 0xbf};
	uint32_t half;

	do {
		half = random_bits() & 0xffff;
		if (random_bits() % 3 == 0)
			half = (half & 0xff) |
			       (uint32_t)tops[random_bits() % sizeof(tops)]
				       << 8;
	} while ((half & 0xff00) == 0xdf00);
	if ((half & 0xf000) == 0xd000)
		half = (half & 0xff00) | (1 + random_bits() % 12);
	if ((half & 0xf800) == 0xe000)
		half = (half & 0xf800) | (1 + random_bits() % 12);
	return (uint16_t)half;
}

static void make_code(void)
{
	for (unsigned int k = 0; k < CODE_SIZE / 4; k++) {
		uint32_t word = k < WORDS ? a32_word() : BKPT_A32;

		memcpy(CODE + 2 * k, &word, sizeof(word));
	}
	for (unsigned int k = 0; number % 2 && k < CODE_SIZE / 2; k++)
		CODE[k] = k < 2 * WORDS ? t32_half() : BKPT_T32;
	__builtin___clear_cache((char *)CODE, (char *)CODE + CODE_SIZE);
}

/* All registers are set, most are addresses. */
static __attribute__((target("arm"), noinline)) void run_code(void)
{
	__asm__ volatile("mov r0, %0; mov r9, %1; vldm r0!, {d0-d15};"
			 "vldm r0!, {d16-d31}; sub r0, r0, #256; mov r1, #0;"
			 "vmsr fpscr, r1; mov r2, #5; mov r5, #64; mvn r11, #2;"
			 ".irp r, 1,3,4,6,7,8,10,12,13,14; mov r\\r, r0; .endr;"
			 "cmp r0, #1; bx r9"
			 :
			 : "r"(MIDDLE), "r"((uint32_t)CODE | number % 2)
			 : "r0", "r9", "memory");
}

int main(int argc, char **argv)
{
	run_cases(argc, argv, 8, note, make_code, run_code);
	printf("%u cases\n", number);
	return 0;
}
