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

#define MIN_PROGRAMS 1000
#define MAX_PROGRAMS 120000
#define MAX_NTH      8
#define NR_EMITTERS  512

static struct twins t;
/* By emit function. The first is for what has none, whose body runs, and for
 * what is the block's: to the run loop, before a loop. */
static struct {
	emit_fn *emit;
	enum a64_op op; /* one that it is for */
	struct {
		uint64_t emitted, taken;
	} counts[NR_EXIT_KINDS][MAX_NTH];
} emitters[NR_EMITTERS];

/* What is taken: all, the @nth of a kind of each instruction, or a quarter. */
enum { TAKE_ALL, TAKE_NTH, TAKE_SOME, NR_WAYS };
static unsigned int way, nth;

static unsigned int emitter_index(const struct jit_exit *e)
{
	bool block = e->kind == EXIT_DUE || e->kind == EXIT_HEAD;
	emit_fn *emit = block ? NULL : emitter_of(e->insn);
	unsigned int k = 0;

	while (k < NR_EMITTERS && emitters[k].emit != emit &&
	       (!k || emitters[k].emit))
		k++;
	/* An assertion that holds takes a system call of Check's. */
	if (k == NR_EMITTERS)
		ck_abort_msg("more than %u emit functions", NR_EMITTERS);
	emitters[k].emit = emit;
	emitters[k].op = e->insn->op;
	return k;
}

static uint64_t *choose(const struct jit_exit *e)
{
	unsigned int k = emitter_index(e);
	static uint64_t state = 1;

	if (e->kind >= NR_EXIT_KINDS || e->nth >= MAX_NTH)
		ck_abort_msg("way out %u of kind %u", e->nth, e->kind);
	emitters[k].counts[e->kind][e->nth].emitted++;
	state = state * UINT64_C(6364136223846793005) + 1;
	if ((way == TAKE_NTH && e->nth != nth) ||
	    (way == TAKE_SOME && state >> 62))
		return NULL;
	return &emitters[k].counts[e->kind][e->nth].taken;
}

static void setup(void)
{
	gen_seed(1);
	jit_set_memory(JIT_MEMORY_DEFAULT);
	jit_set_threshold(1);
	jit_set_exits(choose);
	twins_new(&t);
}

/* With less of the host there are other ones. */
static void setup_v2(void)
{
	jit_set_isa(JIT_ISA_V2);
	setup();
}

static void setup_sse2(void)
{
	jit_set_isa(JIT_ISA_SSE2);
	setup();
}

static void teardown(void)
{
	twins_free(&t);
	jit_set_exits(NULL);
	jit_set_isa(JIT_ISA_ALL);
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
	unsigned int bad = 0;

	for (unsigned int k = 0; k < NR_EMITTERS * NR_EXIT_KINDS * MAX_NTH;
	     k++) {
		unsigned int n = k % MAX_NTH,
			     kind = k / MAX_NTH % NR_EXIT_KINDS;
		unsigned int m = k / MAX_NTH / NR_EXIT_KINDS;
		uint64_t emitted = emitters[m].counts[kind][n].emitted;

		if (!emitted || emitters[m].counts[kind][n].taken)
			continue;
		bad++;
		if (show)
			fprintf(stderr,
				"%s, %s, number %u: emitted %llu times\n",
				m ? insn_row(emitters[m].op)->name : "any",
				kinds[kind], n, (unsigned long long)emitted);
	}
	return bad;
}

START_TEST(each_is_taken)
{
	/* Of what has ways out that are seldom there. */
	static const uint8_t rare[] = {GEN_FP, GEN_SIMD, GEN_FP, GEN_ATOMIC,
				       GEN_A64_ANY};
	static struct mixed m;
	unsigned int k = 0;

	while (k < MIN_PROGRAMS || (k < MAX_PROGRAMS && not_taken(false))) {
		for (unsigned int n = 0; n < 100; n++, k++) {
			way = k % 5 ? k % NR_WAYS : TAKE_NTH;
			nth = 1 + k / NR_WAYS % 3;
			mixed_make(&m,
				   k < MIN_PROGRAMS
					   ? k / 2 % (GEN_A64_ANY + 1)
					   : rare[k / 2 % ARRAY_SIZE(rare)]);
			twins_run(&t, &m, k / 7 % 3);
		}
	}
	ck_assert_uint_eq(not_taken(true), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("jit-exits");
	static const struct {
		const char *name;
		void (*setup)(void);
	} isas[] = {
		{"all", setup},
		{"x86-64-v2", setup_v2},
		{"SSE2", setup_sse2},
	};
	const char *missing = jit_missing();

	if (missing) {
		printf("skipped: %s\n", missing);
		return 77;
	}
	for (unsigned int k = 0; k < ARRAY_SIZE(isas); k++) {
		TCase *tc = tcase_create(isas[k].name);

		tcase_set_timeout(tc, 300);
		tcase_add_checked_fixture(tc, isas[k].setup, teardown);
		tcase_add_test(tc, each_is_taken);
		suite_add_tcase(suite, tc);
	}
	return check_run(srunner_create(suite));
}
