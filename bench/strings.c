/* SPDX-License-Identifier: MIT */
/*
 * C as compilers translate it, in the measuring guest: finding words by string
 * comparison, and an interpreter of byte codes, a switch by table.
 */
#include "bench.h"

/* ---- strings ------------------------------------------------------------- */

#define ONES  0x0101010101010101ul
#define HIGHS 0x8080808080808080ul

static const char words[][16] __attribute__((aligned(8))) = {
	"auto",     "break",  "case",     "char",     "const",    "continue",
	"default",  "do",     "double",   "else",     "enum",     "extern",
	"float",    "for",    "goto",     "if",       "inline",   "int",
	"long",     "return", "register", "restrict", "short",    "signed",
	"sizeof",   "static", "struct",   "switch",   "typedef",  "union",
	"unsigned", "void",   "volatile", "while",    "_Complex", "_Bool",
};
#define NR_WORDS (sizeof(words) / sizeof(words[0]))

/* By words of 8 bytes up to a zero byte, as C libraries do it. */
__attribute__((noinline)) static int compare(const char *a, const char *b)
{
	const uint64_t *p = (const uint64_t *)a, *q = (const uint64_t *)b;
	uint64_t x, y;

	do {
		x = *p++;
		y = *q++;
	} while (x == y && !((x - ONES) & ~x & HIGHS));
	if (x == y)
		return 0;
	x = __builtin_bswap64(x);
	y = __builtin_bswap64(y);
	return x < y ? -1 : x > y;
}

/* By bytes. */
__attribute__((noinline)) static unsigned int hash(const char *s)
{
	unsigned int h = 5381;

	while (*s)
		h = h * 33 + *(const unsigned char *)s++;
	return h;
}

/* Looks each word up among all; an operation is one comparison. */
uint64_t run_strings(uint64_t n)
{
	uint64_t ops = 0;
	unsigned int at = 0, found = 0, sum = 0;

	for (uint64_t i = 0; i < n; i++) {
		const char *want = words[at];

		sum += hash(want);
		for (unsigned int w = 0; w < NR_WORDS; w++, ops++)
			if (!compare(words[w], want)) {
				found += w == at;
				break;
			}
		at = (at * 5 + 7) % NR_WORDS;
	}
	CHECK_EQ(found, n);
	CHECK(sum != 0);
	return ops + n;
}

/* ---- a switch by table --------------------------------------------------- */

enum {
	OP_HALT,
	OP_PUSH,  /* a constant */
	OP_LOAD,  /* a variable */
	OP_STORE, /* a variable */
	OP_ADD,
	OP_SUB,
	OP_MUL,
	OP_AND,
	OP_SHR,
	OP_JUMP,
	OP_JZERO,
};

struct code {
	uint8_t op, arg;
};

/*
 * Variable 1: for all numbers from variable 0 down to 1, how often 3 x + 1 (of an
 * odd x) or x / 2 must be taken to come to 1.
 */
static const struct code collatz[] = {
	{OP_LOAD, 0},
	{OP_STORE, 2},
	/* 2: x is 1? */
	{OP_LOAD, 2},
	{OP_PUSH, 1},
	{OP_SUB, 0},
	{OP_JZERO, 25},
	/* 6 */
	{OP_LOAD, 1},
	{OP_PUSH, 1},
	{OP_ADD, 0},
	{OP_STORE, 1},
	/* 10: even? */
	{OP_LOAD, 2},
	{OP_PUSH, 1},
	{OP_AND, 0},
	{OP_JZERO, 20},
	/* 14 */
	{OP_LOAD, 2},
	{OP_PUSH, 3},
	{OP_MUL, 0},
	{OP_PUSH, 1},
	{OP_ADD, 0},
	{OP_JUMP, 23},
	/* 20 */
	{OP_LOAD, 2},
	{OP_PUSH, 1},
	{OP_SHR, 0},
	/* 23 */
	{OP_STORE, 2},
	{OP_JUMP, 2},
	/* 25: the next */
	{OP_LOAD, 0},
	{OP_PUSH, 1},
	{OP_SUB, 0},
	{OP_STORE, 0},
	{OP_LOAD, 0},
	{OP_JZERO, 32},
	{OP_JUMP, 0},
	/* 32 */
	{OP_HALT, 0},
};

/* Returns how many codes it executed. */
__attribute__((noinline)) static uint64_t interpret(const struct code *code,
						    uint64_t *vars)
{
	uint64_t stack[8], *top = stack, ops = 0;
	const struct code *at = code;

	for (;;) {
		const struct code c = *at++;

		ops++;
		switch (c.op) {
		case OP_HALT: return ops;
		case OP_PUSH: *top++ = c.arg; break;
		case OP_LOAD: *top++ = vars[c.arg]; break;
		case OP_STORE: vars[c.arg] = *--top; break;
		case OP_ADD:
			top--;
			top[-1] += *top;
			break;
		case OP_SUB:
			top--;
			top[-1] -= *top;
			break;
		case OP_MUL:
			top--;
			top[-1] *= *top;
			break;
		case OP_AND:
			top--;
			top[-1] &= *top;
			break;
		case OP_SHR:
			top--;
			top[-1] >>= *top;
			break;
		case OP_JUMP: at = code + c.arg; break;
		case OP_JZERO:
			if (!*--top)
				at = code + c.arg;
			break;
		}
	}
}

#define NUMBERS 30

static uint64_t collatz_steps(void)
{
	uint64_t steps = 0;

	for (uint64_t n = 1; n <= NUMBERS; n++)
		for (uint64_t x = n; x != 1; steps++)
			x = x & 1 ? 3 * x + 1 : x >> 1;
	return steps;
}

/* An operation is a byte code. */
uint64_t run_dispatch(uint64_t n)
{
	uint64_t ops = 0, vars[3];

	for (uint64_t i = 0; i < n; i++) {
		vars[0] = NUMBERS;
		vars[1] = 0;
		ops += interpret(collatz, vars);
	}
	CHECK_EQ(vars[1], collatz_steps());
	return ops;
}
