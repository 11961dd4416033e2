/* SPDX-License-Identifier: MIT */
/*
 * A guest can't write host code: of what the translator emits, no more than
 * four bytes in a row are the guest's to choose (a fifth is needed to jump on
 * to the next such place). Each encoding's bits but the registers are chosen
 * at random many times; where the code has the same length, the bytes that
 * had many values are those that were chosen.
 *
 * And memory for code is never writable where it can be executed.
 */
#include <pthread.h>
#include <stdio.h>

#include "emitted.h"
#include "jit/jit.h"
#include "tests/a64.h"
#include "tests/check-main.h"
#include "tests/check-often.h"
#include "tests/isa/insn-gen.h"

#define TRIES    250
#define MAX_CODE 1024

/* By length of the code: the values that each byte has had. */
static struct {
	bool seen;
	uint64_t values[MAX_CODE][4];
} codes[MAX_CODE];

static void note(const uint8_t *code, size_t len)
{
	CHECK_OFTEN(len < MAX_CODE);
	codes[len].seen = true;
	for (size_t k = 0; k < len; k++)
		codes[len].values[k][code[k] / 64] |= BIT(code[k] % 64);
}

/* More values than there are opcodes to choose from, or registers. */
static bool is_free(const uint64_t values[4])
{
	unsigned int n = 0;

	for (unsigned int k = 0; k < 4; k++)
		n += __builtin_popcountll(values[k]);
	return n > 16;
}

static unsigned int longest_run(size_t len)
{
	unsigned int longest = 0, now = 0;

	for (size_t k = 0; k < len; k++) {
		now = is_free(codes[len].values[k]) ? now + 1 : 0;
		longest = now > longest ? now : longest;
	}
	return longest;
}

/* Fields of five bits are registers, but for these. */
static uint32_t register_bits(const struct insn_row *row)
{
	static const char registers[] = "dnmtas";
	uint32_t bits = 0;
	int k = 31;

	for (const char *p = row->pattern; *p; p++)
		if (*p != '_') {
			if (strchr(registers, *p))
				bits |= BIT(k);
			k--;
		}
	return bits;
}

/* The most bytes in a row that @row lets a guest choose. */
static unsigned int chosen_by(const struct insn_row *row)
{
	uint32_t fixed = register_bits(row), registers, word;
	struct emitted o;
	struct insn i;
	unsigned int n = 0;

	/* What the row before had: all would be 32 MiB for each row. */
	for (size_t len = 1; len < MAX_CODE; len++)
		if (codes[len].seen) {
			memset(codes[len].values, 0,
			       len * sizeof(codes[len].values[0]));
			codes[len].seen = false;
		}
	if (!gen_row_valid(row, &registers))
		return 0;
	for (unsigned int k = 0; k < TRIES; k++) {
		word = (gen_row_word(row) & ~fixed) | (registers & fixed);
		if (insn_decode(word, &i) != row)
			continue;
		emitted_make(&o, &word, 1);
		if (o.n)
			note(o.at[0], o.end - o.at[0]);
	}
	for (size_t len = 1; len < MAX_CODE; len++)
		if (codes[len].seen && longest_run(len) > n)
			n = longest_run(len);
	return n;
}

START_TEST(no_row_has_more_than_four)
{
	unsigned int nr, most = 0, bad = 0;
	const struct insn_row *rows = insn_rows(&nr);

	gen_seed(1);
	emitted_isa(_i);
	/* Pinned registers and others. */
	for (unsigned int k = 0; k < 2 * nr; k++) {
		unsigned int n = chosen_by(&rows[k % nr]);

		most = n > most ? n : most;
		if (n <= 4)
			continue;
		fprintf(stderr, "%s: %u bytes\n", rows[k % nr].name, n);
		bad++;
	}
	ck_assert_uint_eq(bad, 0);
	/* It is seen at all. */
	ck_assert_uint_eq(most, 4);
}
END_TEST

/* ---- constants by hand --------------------------------------------------- */

/* @value anywhere in the code: the most of its bytes that stand in a row. */
static unsigned int found(const struct emitted *o, uint64_t value)
{
	unsigned int most = 0;

	for (const uint8_t *p = o->at[0]; p < o->end; p++)
		for (unsigned int from = 0; from < 8; from++) {
			unsigned int n = 0;

			while (from + n < 8 && p + n < o->end &&
			       p[n] == (uint8_t)(value >> 8 * (from + n)))
				n++;
			most = n > most ? n : most;
		}
	return most;
}

/* MOVZ and MOVK of all parts, which are constants of one register. */
START_TEST(four_parts)
{
	static const uint64_t values[] = {
		UINT64_C(0x0f050f051234c3c3),
		UINT64_C(0xeb0a90909090050f),
		UINT64_C(0x123456789abcdef0),
	};
	struct emitted o;

	emitted_isa(_i);
	for (unsigned int k = 0; k < ARRAY_SIZE(values) * 31; k++) {
		uint64_t v = values[k / 31];
		unsigned int r = k % 31;
		const uint32_t words[] = {
			ASM_MOVZ(r, v & 0xffff, 0),
			ASM_MOVK(r, v >> 16 & 0xffff, 1),
			ASM_MOVK(r, v >> 32 & 0xffff, 2),
			ASM_MOVK(r, v >> 48, 3),
		};

		emitted_make(&o, words, 4);
		ck_assert_uint_eq(o.n, 4);
		ck_assert_uint_le(found(&o, v), 4);
		ck_assert_uint_ge(found(&o, v), 2);
	}
}
END_TEST

/* ---- memory -------------------------------------------------------------- */

/* Lines of /proc/self/maps with @perms; of memory for code, too. */
static unsigned int mappings(const char *perms, bool code)
{
	FILE *f = fopen("/proc/self/maps", "r");
	char line[512], is[8];
	unsigned int n = 0;

	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof(line), f)) {
		ck_assert_int_eq(sscanf(line, "%*s %7s", is), 1);
		n += !strncmp(is, perms, strlen(perms)) &&
		     (!code || strstr(line, "fauxkvm-code"));
	}
	fclose(f);
	return n;
}

START_TEST(two_views)
{
	const uint32_t nop = ASM_NOP;
	struct emitted o;

	emitted_make(&o, &nop, 1);
	ck_assert_uint_eq(mappings("rwx", false) + mappings("-wx", false), 0);
	ck_assert_uint_eq(mappings("rw-", true), 1);
	ck_assert_uint_eq(mappings("r-x", true), 1);
	ck_assert_uint_eq(mappings("", true), 2);
	ck_assert_ptr_ne(o.jit->memory.write, o.jit->memory.run);
	ck_assert_int_ne(o.run, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("jit-constants");
	TCase *tc = tcase_create("constants");

	if (jit_missing()) {
		printf("skipped: %s\n", jit_missing());
		return 77;
	}
	tcase_set_timeout(tc, 300);
	tcase_add_checked_fixture(tc, emitted_setup, emitted_teardown);
	/* With all of a host, and with less. */
	tcase_add_loop_test(tc, no_row_has_more_than_four, 0, NR_JIT_ISAS);
	tcase_add_loop_test(tc, four_parts, 0, NR_JIT_ISAS);
	tcase_add_test(tc, two_views);
	suite_add_tcase(suite, tc);
	return check_run(srunner_create(suite));
}
