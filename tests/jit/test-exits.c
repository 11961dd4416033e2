/* SPDX-License-Identifier: MIT */
/*
 * Every side exit of translated code is taken: in random programs (mixed.h), in
 * lock-step with the interpreter, ways out are taken that nothing calls for,
 * each alone, some, and all (jit_set_exits()). What comes out must not differ;
 * and of each operation, each way out that was ever emitted has been taken.
 */
#include <stdio.h>

#include "jit/jit.h"
#include "jit/translate.h"
#include "tests/check-main.h"
#include "twins.h"

#define MIN_PROGRAMS 2000
#define MAX_PROGRAMS 20000
#define MAX_NTH      8
#define NR_OPS       2048

static struct twins t;
static struct {
	uint64_t emitted, taken;
} counts[NR_OPS][NR_EXIT_KINDS][MAX_NTH];

/* What is taken: all, the @nth of a kind of each instruction, or a quarter. */
enum { TAKE_ALL, TAKE_NTH, TAKE_SOME, NR_WAYS };
static unsigned int way, nth;

static uint64_t *choose(const struct jit_exit *e)
{
	/* These are the block's, not an instruction's. */
	bool block = e->kind == EXIT_DUE || e->kind == EXIT_HEAD;
	unsigned int op = block ? 0 : e->insn->op;
	static uint64_t state = 1;

	ck_assert(op < NR_OPS && e->kind < NR_EXIT_KINDS && e->nth < MAX_NTH);
	counts[op][e->kind][e->nth].emitted++;
	state = state * UINT64_C(6364136223846793005) + 1;
	if ((way == TAKE_NTH && e->nth != nth) ||
	    (way == TAKE_SOME && state >> 62))
		return NULL;
	return &counts[op][e->kind][e->nth].taken;
}

static void setup(void)
{
	gen_seed(1);
	jit_set_memory(JIT_MEMORY_DEFAULT);
	jit_set_threshold(1);
	jit_set_exits(choose);
	twins_new(&t);
}

static void teardown(void)
{
	twins_free(&t);
	jit_set_exits(NULL);
}

/* Ways out that no program has reached. */
static unsigned int not_taken(bool show)
{
	static const char *const kinds[NR_EXIT_KINDS] = {
		[EXIT_INSN] = "its body",
		[EXIT_MISS_READ] = "miss of a read",
		[EXIT_MISS_WRITE] = "miss of a write",
		[EXIT_MISS_READ_UNPRIV] = "miss of an unprivileged read",
		[EXIT_MISS_WRITE_UNPRIV] = "miss of an unprivileged write",
		[EXIT_HEAD] = "the first body",
		[EXIT_DUE] = "the run loop",
	};
	unsigned int n = 0;

	for (unsigned int k = 0; k < NR_OPS * NR_EXIT_KINDS * MAX_NTH; k++) {
		unsigned int m = k % MAX_NTH,
			     kind = k / MAX_NTH % NR_EXIT_KINDS;
		unsigned int op = k / MAX_NTH / NR_EXIT_KINDS;

		if (!counts[op][kind][m].emitted || counts[op][kind][m].taken)
			continue;
		n++;
		if (show)
			fprintf(stderr,
				"%s, %s, number %u: emitted %llu times\n",
				op ? insn_row(op)->name : "block", kinds[kind],
				m,
				(unsigned long long)counts[op][kind][m]
					.emitted);
	}
	return n;
}

START_TEST(each_is_taken)
{
	static struct mixed m;
	unsigned int k = 0;

	while (k < MIN_PROGRAMS || (k < MAX_PROGRAMS && not_taken(false))) {
		for (unsigned int n = 0; n < 100; n++, k++) {
			way = k % NR_WAYS;
			nth = k / NR_WAYS % MAX_NTH;
			mixed_make(&m, k / 2 % (NR_GEN_GROUPS + 1));
			twins_run(&t, &m, k / 7 % 3);
		}
	}
	ck_assert_uint_eq(not_taken(true), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("jit-exits");
	TCase *tc = tcase_create("exits");
	const char *missing = jit_missing();

	if (missing) {
		printf("skipped: %s\n", missing);
		return 77;
	}
	tcase_set_timeout(tc, 300);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, each_is_taken);
	suite_add_tcase(suite, tc);
	return check_run(srunner_create(suite));
}
