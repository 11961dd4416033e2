/* SPDX-License-Identifier: MIT */
/*
 * Random code at EL0, for whoever runs programs: each case is a child that runs
 * some random words, most of which are instructions, a number of times. What
 * faults is skipped, and in the last round reported, a line with the signal and
 * sums of registers, vectors and memory. System calls are left out, and branches
 * lead forward. For tests/user/check-fuzz-code.
 *
 *   fuzz-code SEED CASES
 */
#include "fuzz-code.h"

#define CODE ((uint32_t *)CODE_AT)
#define BRK  0xd4200000u

static uint8_t stack_of_code[4096] __attribute__((aligned(16)));

static uint64_t sum(const void *p, size_t len)
{
	uint64_t s = 1469598103934665603u;

	for (size_t k = 0; k < len; k++)
		s = (s ^ ((const uint8_t *)p)[k]) * 1099511628211u;
	return s;
}

/* ---- a report ------------------------------------------------------------ */

static void report(int sig, const siginfo_t *info, const mcontext_t *c)
{
	const struct fpsimd_context *v = (const void *)c->__reserved;
	char line[256];
	int n = snprintf(line, sizeof(line),
			 "%u: signal %d code %d at %llx address %llx x %016llx "
			 "nzcv %llx v %016llx fpsr %x memory %016llx\n",
			 number, sig, info->si_code, c->pc,
			 (unsigned long long)info->si_addr,
			 (unsigned long long)sum(c->regs, 32 * 8),
			 c->pstate >> 28,
			 (unsigned long long)sum(v->vregs, 512), v->fpsr,
			 (unsigned long long)sum(DATA, DATA_SIZE));

	if (write(1, line, (size_t)n) != n)
		_exit(3);
}

static void run_code(void);

/* From the beginning, with the same memory: so often that all of it has been
 * translated in the last round, which is reported. */
static void next_round(mcontext_t *c)
{
	if (++round_number == ROUNDS)
		_exit(0);
	memcpy(DATA, data, DATA_SIZE);
	faults = 0;
	c->sp = (uint64_t)(stack_of_code + sizeof(stack_of_code));
	c->pc = (uint64_t)run_code;
}

/* A fault is skipped, and now and then some registers are addresses again. */
static void note(int sig, siginfo_t *info, void *context)
{
	mcontext_t *c = &((ucontext_t *)context)->uc_mcontext;

	if (round_number == ROUNDS - 1 || sig == SIGPROF)
		report(sig, info, c);
	if (sig == SIGPROF)
		_exit(0);
	if (sig == SIGTRAP || ++faults > MAX_FAULTS ||
	    c->pc - (uint64_t)CODE >= CODE_SIZE) {
		next_round(c);
		return;
	}
	c->pc += 4;
	if (faults & 1)
		c->regs[3] = c->regs[19] = c->sp = (uint64_t)MIDDLE;
}

/* ---- code ---------------------------------------------------------------- */

/* Where branches have their offset: one that leads forward a little. */
static uint32_t lead_forward(uint32_t word)
{
	const uint32_t by = 1 + random_bits() % 12;

	if ((word & 0x7c000000) == 0x14000000)
		return (word & 0xfc000000) | by;
	if ((word & 0xff000010) == 0x54000000 ||
	    (word & 0x7e000000) == 0x34000000)
		return (word & 0xff00001f) | by << 5;
	if ((word & 0x7e000000) == 0x36000000)
		return (word & 0xfff8001f) | by << 5;
	return word;
}

static uint32_t random_word(void)
{
	/* Top bytes with many instructions */
	static const uint8_t tops[] = {
		0x8b, 0xf9, 0xb9, 0x4e, 0x6e, 0x0e, 0x1e, 0x3d, 0x38, 0xf8,
		0xa9, 0x88, 0xc8, 0x0c, 0x4c, 0x9b, 0x54, 0x34, 0xb5, 0x36,
		0x78, 0x39, 0xf9, 0x91, 0xcb, 0xab, 0xeb, 0xda, 0x9a, 0xfa};
	uint32_t word;

	/* Exceptions and system registers: time is not the same twice. */
	do {
		word = random_word_of(tops, sizeof(tops));
	} while (word >> 24 == 0xd4 || word >> 24 == 0xd5);
	return lead_forward(word);
}

static void make_code(void)
{
	for (unsigned int k = 0; k < CODE_SIZE / 4; k++)
		CODE[k] = k < WORDS ? random_word() : BRK;
	__builtin___clear_cache((char *)CODE, (char *)CODE + CODE_SIZE);
}

/* All registers are set, most are addresses. */
static void run_code(void)
{
	__asm__ volatile(
		"mov x0, %0; mov x9, %1;"
		"mov x2, #5; mov x8, #-3; mov x12, #64; mov sp, x0;"
		".irp r, 1,3,4,5,6,7,10,11,13,14,15,16,17,18,19,20,21,22,23,"
		"24,25,26,27,28,29,30; mov x\\r, x0; .endr;"
		".irp r, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,"
		"21,22,23,24,25,26,27,28,29,30,31;"
		"ldr q\\r, [x0, #16 * \\r]; .endr;"
		"msr fpsr, xzr; cmp x0, #1; br x9"
		:
		: "r"(MIDDLE), "r"(CODE)
		: "x0", "x9", "memory");
}

int main(int argc, char **argv)
{
	run_cases(argc, argv, 20, note, make_code, run_code);
	return 0;
}
