/* SPDX-License-Identifier: MIT */
/*
 * Litmus tests of the memory model (Arm ARM B2.3): what a barrier, an acquire or a
 * release forbids is never seen. Two PEs, or four, each do a few accesses to the two
 * variables x and y, round after round; in round n what is stored is n, so nothing has
 * to be cleared between rounds and an older value is a lesser one. Accesses of words
 * and of the doubleword that they are in are mixed, too, and code is such a variable.
 *
 * With FAUXKVM_LONG a million rounds of each shape, else 20000.
 */
#include <stdio.h>
#include <string.h>

#include "cpu-crew.h"
#include "engines.h"
#include "tests/a64.h"

/* As they stand in DATA, a line and more from one another; results behind them. */
#define X             0
#define Y             256
#define PROGRESS(k)   (512 + 256 * (k))
#define RESULTS(k)    (0x1800 + 0x1800 * (k))
#define CHUNK         384    /* rounds between two looks at the results */
#define CODE_AT       0x5000 /* of the code that changes */
#define PROGRAM_WORDS 32

/* x0, x1: a variable each; x2: the round. Results are x5 and x6. */
#define STR_ROUND(rn)   ASM_STR(2, rn)
#define STLR_ROUND(rn)  (0xc89ffc02u | (rn) << 5)
#define LDR(rt, rn)     ASM_LDR(rt, rn)
#define LDAR(rt, rn)    (0xc8dffc00u | (rn) << 5 | (rt))
#define LDAPR(rt, rn)   (0xf8bfc000u | (rn) << 5 | (rt))
#define LDAXR(rt, rn)   (0xc85ffc00u | (rn) << 5 | (rt))
#define SWPAL(rn)       (0xf8e28007u | (rn) << 5) /* x2, x7 */
#define STLRW_ROUND(rn) (0x889ffc02u | (rn) << 5)
#define LDARW(rt, rn)   (0x88dffc00u | (rn) << 5 | (rt))
/* Of FEAT_LSE: with x2, what was there to x7; with acquire, release or both. */
#define SWPL(rn)         (0xf8628007u | (rn) << 5)
#define SWPALW(rn)       (0xb8e28007u | (rn) << 5)
#define LDUMAXL(rn)      (0xf8626007u | (rn) << 5)
#define LDUMAXAL(rn)     (0xf8e26007u | (rn) << 5)
#define LDADDA_0(rt, rn) (0xf8bf0000u | (rn) << 5 | (rt)) /* + XZR */
/* From the round before to this one, by CASAL or CASL. */
#define CASAL_ROUND(rn) ASM_SUB_IMM(7, 2, 1), 0xc8e7fc02u | (rn) << 5
#define CASL_ROUND(rn)  ASM_SUB_IMM(7, 2, 1), 0xc8a7fc02u | (rn) << 5
/* The round in both words. */
#define STR_HALVES(rn)   0xaa028047u /* orr x7, x2, x2, lsl #32 */, ASM_STR(7, rn)
#define STR_LOW(rn)      ASM_STR_W(2, rn)
#define STR_HIGH(rn)     (ASM_STR_W(2, rn) | 1 << 10)
#define LDR_LOW(rt, rn)  ASM_LDR_W(rt, rn)
#define LDR_HIGH(rt, rn) (ASM_LDR_W(rt, rn) | 1 << 10)
/* Of the inner shareable domain, and of all that are wider. */
#define DMB_SY      0xd5033bbfu
#define DMB_LD      0xd50339bfu
#define DMB_ST      0xd5033abfu
#define DMB_OSHLD   0xd50331bfu
#define DMB_OSHST   0xd50332bfu
#define DMB_OSH     0xd50333bfu
#define DMB_FULL_LD 0xd5033dbfu
#define DMB_FULL_ST 0xd5033ebfu
#define DMB_FULL    0xd5033fbfu
#define DSB_ISH     0xd5033b9fu
#define DSB_OSH     0xd503339fu
#define DSB_ST      0xd5033a9fu
/* ldaxr, stlxr, and again until it succeeds. */
#define STLXR_ROUND(rn) LDAXR(7, rn), 0xc807fc02u | (rn) << 5, 0x35ffffc7u
/* Load @rd with an address that depends on @rt: eor x7, rt, rt; ldr rd, [rn, x7]. */
#define DEPEND(rt, rd, rn) \
	0xca000007u | (rt) << 16 | (rt) << 5, 0xf8676800u | (rn) << 5 | (rd)
/* A branch that depends on @rt, and ISB. */
#define CONTROL_ISB(rt) ASM_CBNZ(rt, 1), ASM_ISB

struct thread {
	bool swapped; /* x0 is y, x1 is x */
	uint32_t body[10];
};

struct result {
	uint64_t a, b; /* x5, x6 */
};

struct shape {
	const char *name;
	struct thread threads[CREW_MAX];
	/* Of round @n, by all. */
	bool (*forbidden)(uint64_t n, const struct result *r);
};

/* ---- store buffering: neither sees the other's store ---------------------- */

static bool both_old(uint64_t n, const struct result *r)
{
	return r[0].a < n && r[1].a < n;
}

#define SB(name, ...)                                                  \
	{                                                              \
		name, {{false, {__VA_ARGS__}}, {true, {__VA_ARGS__}}}, \
			both_old                                       \
	}

/* ---- message passing: y is new, x is not ---------------------------------- */

static bool message_lost(uint64_t n, const struct result *r)
{
	(void)n;
	return r[1].b < r[1].a;
}

#define WORDS(...) __VA_ARGS__
/* The reader has y in x0. */
#define MP(name, writer, reader)                                          \
	{                                                                 \
		name, {{false, {writer}}, {true, {reader}}}, message_lost \
	}

/* ---- load buffering: each sees the store behind the other's load ---------- */

static bool both_new(uint64_t n, const struct result *r)
{
	return r[0].a >= n && r[1].a >= n;
}

#define LB(name, ...)                                                  \
	{                                                              \
		name, {{false, {__VA_ARGS__}}, {true, {__VA_ARGS__}}}, \
			both_new                                       \
	}

/* ---- words of one doubleword ------------------------------------------------ */

static bool is_torn(uint64_t n, const struct result *r)
{
	(void)n;
	return r[1].a >> 32 != (uint32_t)r[1].a;
}

/* The low word was written first. */
static bool high_is_ahead(uint64_t n, const struct result *r)
{
	(void)n;
	return r[1].a >> 32 > (uint32_t)r[1].a;
}

static bool both_halves_old(uint64_t n, const struct result *r)
{
	return r[0].a >> 32 < n && (uint32_t)r[1].a < n;
}

#define HALVES(name, forbidden, writer, reader)                         \
	{                                                               \
		name, {{false, {writer}}, {false, {reader}}}, forbidden \
	}

/* ---- code -------------------------------------------------------------------- */

/*
 * x13 is a branch to one of PADS that say which, x12 that to the first. Between two
 * looks at the results no PE is ahead of the other by half of them, however long that
 * one is not executed between x6 and x5.
 */
#define PADS        1024
#define FIRST_PAD   4 /* words behind the branch */
#define BRANCH_PADS (0x14000000u | FIRST_PAD)

_Static_assert(CHUNK < PADS / 2, "");

static bool code_is_old(uint64_t n, const struct result *r)
{
	(void)n;
	return (r[1].a - r[1].b) % PADS >= PADS / 2;
}

static const struct shape code_shape = {
	"IC IVAU",
	{{false,
	  {0x92402447 /* and x7, x2, #1023 */,
	   0x8b070587 /* add x7, x12, x7, lsl #1 */, ASM_STR_W(7, 13),
	   ASM_SYS(3, 7, 11, 1, 13) /* dc cvau, x13 */, DSB_ISH,
	   ASM_SYS(3, 7, 5, 1, 13) /* ic ivau, x13 */, DSB_ISH, STLR_ROUND(0)}},
	 {false, {LDAR(6, 0), ASM_ISB, ASM_BLR(13)}}},
	code_is_old,
};

/* ---- the shapes ---------------------------------------------------------------- */

static const struct shape pairs[] = {
	SB("SB dmb", STR_ROUND(0), DMB_SY, LDR(5, 1)),
	SB("SB dsb", STR_ROUND(0), ASM_DSB, LDR(5, 1)),
	SB("SB dsb st", STR_ROUND(0), DSB_ST, LDR(5, 1)),
	SB("SB stlr, ldar", STLR_ROUND(0), LDAR(5, 1)),
	SB("SB swpal", SWPAL(0), LDR(5, 1)),
	SB("SB stlxr, ldar", STLXR_ROUND(0), LDAR(5, 1)),
	SB("SB dmb sy", STR_ROUND(0), DMB_FULL, LDR(5, 1)),
	SB("SB dmb osh", STR_ROUND(0), DMB_OSH, LDR(5, 1)),
	SB("SB dsb ish", STR_ROUND(0), DSB_ISH, LDR(5, 1)),
	SB("SB dsb osh", STR_ROUND(0), DSB_OSH, LDR(5, 1)),
	SB("SB swpal w", SWPALW(0), LDR(5, 1)),
	SB("SB ldumaxal", LDUMAXAL(0), LDR(5, 1)),
	SB("SB casal", CASAL_ROUND(0), LDR(5, 1)),
	SB("SB stlr, ldaxr", STLR_ROUND(0), LDAXR(5, 1)),
	SB("SB stlr, ldadda", STLR_ROUND(0), LDADDA_0(5, 1)),
	SB("SB stlr w, ldar w", STLRW_ROUND(0), LDARW(5, 1)),
	SB("SB swpl, ldar", SWPL(0), LDAR(5, 1)),
	MP("MP dmb st, dmb ld", WORDS(STR_ROUND(0), DMB_ST, STR_ROUND(1)),
	   WORDS(LDR(5, 0), DMB_LD, LDR(6, 1))),
	MP("MP stlr, ldar", WORDS(STR_ROUND(0), STLR_ROUND(1)),
	   WORDS(LDAR(5, 0), LDR(6, 1))),
	MP("MP stlr, ldapr", WORDS(STR_ROUND(0), STLR_ROUND(1)),
	   WORDS(LDAPR(5, 0), LDR(6, 1))),
	MP("MP stlr, ldaxr", WORDS(STR_ROUND(0), STLR_ROUND(1)),
	   WORDS(LDAXR(5, 0), LDR(6, 1))),
	MP("MP stlr, address", WORDS(STR_ROUND(0), STLR_ROUND(1)),
	   WORDS(LDR(5, 0), DEPEND(5, 6, 1))),
	MP("MP stlr, control and isb", WORDS(STR_ROUND(0), STLR_ROUND(1)),
	   WORDS(LDR(5, 0), CONTROL_ISB(5), LDR(6, 1))),
	MP("MP dmb, dmb", WORDS(STR_ROUND(0), DMB_FULL, STR_ROUND(1)),
	   WORDS(LDR(5, 0), DMB_FULL, LDR(6, 1))),
	MP("MP dmb oshst, dmb oshld",
	   WORDS(STR_ROUND(0), DMB_OSHST, STR_ROUND(1)),
	   WORDS(LDR(5, 0), DMB_OSHLD, LDR(6, 1))),
	MP("MP dmb full st, dmb full ld",
	   WORDS(STR_ROUND(0), DMB_FULL_ST, STR_ROUND(1)),
	   WORDS(LDR(5, 0), DMB_FULL_LD, LDR(6, 1))),
	MP("MP dsb st, dsb", WORDS(STR_ROUND(0), DSB_ST, STR_ROUND(1)),
	   WORDS(LDR(5, 0), DSB_ISH, LDR(6, 1))),
	MP("MP swpl, ldadda", WORDS(STR_ROUND(0), SWPL(1)),
	   WORDS(LDADDA_0(5, 0), LDR(6, 1))),
	MP("MP ldumaxl, ldar", WORDS(STR_ROUND(0), LDUMAXL(1)),
	   WORDS(LDAR(5, 0), LDR(6, 1))),
	MP("MP casl, ldapr", WORDS(STR_ROUND(0), CASL_ROUND(1)),
	   WORDS(LDAPR(5, 0), LDR(6, 1))),
	MP("MP stlxr, ldar w", WORDS(STR_ROUND(0), STLXR_ROUND(1)),
	   WORDS(LDARW(5, 0), LDR(6, 1))),
	MP("MP stlr w, ldapr", WORDS(STR_ROUND(0), STLRW_ROUND(1)),
	   WORDS(LDAPR(5, 0), LDR(6, 1))),
	LB("LB ldapr", LDAPR(5, 1), STR_ROUND(0)),
	LB("LB ldadda", LDADDA_0(5, 1), STR_ROUND(0)),
	LB("LB swpl", LDR(5, 1), SWPL(0)),
	LB("LB dmb sy", LDR(5, 1), DMB_FULL, STR_ROUND(0)),
	HALVES("halves at once", is_torn, STR_HALVES(0), LDR(5, 0)),
	HALVES("low before high, at once", high_is_ahead,
	       WORDS(STR_LOW(0), DMB_ST, STR_HIGH(0)), LDR(5, 0)),
	HALVES("halves at once, one by one", message_lost, STR_HALVES(0),
	       WORDS(LDR_HIGH(5, 0), DMB_LD, LDR_LOW(6, 0))),
	HALVES("low before high, by ldar", high_is_ahead,
	       WORDS(STR_LOW(0), DMB_ST, STR_HIGH(0)), LDAR(5, 0)),
	HALVES("SB halves", both_halves_old,
	       WORDS(STR_LOW(0), DMB_SY, LDR(5, 0)),
	       WORDS(STR_HIGH(0), DMB_SY, LDR(5, 0))),
	LB("LB dmb", LDR(5, 1), DMB_SY, STR_ROUND(0)),
	LB("LB dmb ld", LDR(5, 1), DMB_LD, STR_ROUND(0)),
	LB("LB ldar", LDAR(5, 1), STR_ROUND(0)),
	LB("LB stlr", LDR(5, 1), STLR_ROUND(0)),
};

/* ---- independent reads of independent writes ------------------------------ */

/* Both readers have seen the first variable they read change, the second not. */
static bool disagree(uint64_t n, const struct result *r)
{
	(void)n;
	return r[2].a > r[3].b && r[3].a > r[2].b;
}

#define IRIW(name, ...)                           \
	{                                         \
		name,                             \
			{{false, {STR_ROUND(0)}}, \
			 {true, {STR_ROUND(0)}},  \
			 {false, {__VA_ARGS__}},  \
			 {true, {__VA_ARGS__}}},  \
			disagree                  \
	}

static const struct shape fours[] = {
	IRIW("IRIW dmb", LDR(5, 0), DMB_SY, LDR(6, 1)),
	IRIW("IRIW dmb ld", LDR(5, 0), DMB_LD, LDR(6, 1)),
	IRIW("IRIW ldar", LDAR(5, 0), LDAR(6, 1)),
};

/* ---- running -------------------------------------------------------------- */

static unsigned int rounds(void)
{
	return getenv("FAUXKVM_LONG") ? 1000000 : 20000;
}

/*
 * x3: the last round, x4: where results go, x8: its own progress, x9: that of another,
 * for which it waits, but not for long: the rounds of two PEs begin together if both
 * have a host CPU.
 */
static void program(uint32_t *code, const struct thread *t, bool waits)
{
	static const uint32_t wait[] = {
		0xd2800c8a, /* mov x10, #100 */
		0xf9400127, /* ldr x7, [x9] */
		0x910004e7, /* add x7, x7, #1 */
		0xeb0200ff, /* cmp x7, x2 */
		0x54000062, /* b.hs .+12 */
		0xf100054a, /* subs x10, x10, #1 */
		0x54ffff61, /* b.ne .-20 */
	};
	unsigned int n = 0, loop = 0;

	if (waits) {
		memcpy(code, wait, sizeof(wait));
		n = ARRAY_SIZE(wait);
	}
	for (unsigned int k = 0; k < ARRAY_SIZE(t->body) && t->body[k]; k++)
		code[n++] = t->body[k];
	code[n++] = 0xa8811885; /* stp x5, x6, [x4], #16 */
	code[n++] = ASM_STR(2, 8);
	code[n++] = ASM_ADD_IMM(2, 2, 1);
	code[n++] = 0xeb03005f;                             /* cmp x2, x3 */
	code[n] = 0x54000009 | ((loop - n) & 0x7ffff) << 5; /* b.ls loop */
	code[n + 1] = ASM_HVC(0);
	ck_assert_uint_lt(n + 1, PROGRAM_WORDS);
}

static void chunk(const struct shape *s, const uint32_t *code, size_t size,
		  uint64_t first)
{
	for (unsigned int k = 0; k < crew_size; k++) {
		const bool swapped = s->threads[k].swapped;
		uint64_t *x = crew_cpus[k]->x;

		x[0] = DATA + (swapped ? Y : X);
		x[1] = DATA + (swapped ? X : Y);
		x[2] = first;
		x[3] = first + CHUNK - 1;
		x[4] = DATA + RESULTS(k);
		x[5] = x[6] = 0;
		x[8] = DATA + PROGRESS(k);
		x[9] = DATA + PROGRESS(!k);
		x[12] = BRANCH_PADS;
		x[13] = DATA + CODE_AT;
		crew_cpus[k]->pc = CODE + k * PROGRAM_WORDS * 4;
	}
	crew_run(code, size);
}

static void check(const struct shape *s, uint64_t first)
{
	for (unsigned int n = 0; n < CHUNK; n++) {
		struct result r[CREW_MAX];

		for (unsigned int k = 0; k < crew_size; k++)
			memcpy(&r[k], crew_data(RESULTS(k)) + 2 * n,
			       sizeof(r[k]));
		ck_assert_msg(!s->forbidden(first + n, r),
			      "%s, round %lu: %lu %lu, %lu %lu", s->name,
			      (long)(first + n), (long)r[0].a, (long)r[0].b,
			      (long)r[1].a, (long)r[1].b);
	}
}

static void run_shape(const struct shape *s)
{
	uint32_t code[CREW_MAX * PROGRAM_WORDS] = {0};

	for (unsigned int k = 0; k < crew_size; k++)
		program(code + k * PROGRAM_WORDS, &s->threads[k],
			crew_size == 2);
	for (uint64_t first = 1; first < rounds(); first += CHUNK) {
		chunk(s, code, sizeof(code), first);
		check(s, first);
	}
}

START_TEST(two)
{
	run_shape(&pairs[_i]);
}
END_TEST

START_TEST(code)
{
	uint32_t *at = (uint32_t *)crew_data(CODE_AT);

	at[0] = BRANCH_PADS;
	for (unsigned int k = 0; k < PADS; k++) {
		at[FIRST_PAD + 2 * k] = ASM_MOVZ(5, k, 0);
		at[FIRST_PAD + 2 * k + 1] = ASM_RET;
	}
	run_shape(&code_shape);
}
END_TEST

START_TEST(four)
{
	run_shape(&fours[_i]);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cpu-litmus");
	TCase *tc = tcase_create("two PEs");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, crew_setup, crew_teardown);
	tcase_add_loop_test(tc, two, 0, ARRAY_SIZE(pairs));
	tcase_add_test(tc, code);
	suite_add_tcase(s, tc);
	tc = tcase_create("four PEs");
	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, crew_setup_four, crew_teardown);
	tcase_add_loop_test(tc, four, 0, ARRAY_SIZE(fours));
	suite_add_tcase(s, tc);
	return check_run_engines(srunner_create(s));
}
