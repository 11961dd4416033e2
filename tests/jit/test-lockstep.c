/* SPDX-License-Identifier: MIT */
/*
 * The translator in lock-step with the interpreter: random programs (mixed.h),
 * compared after each block, at random times, and as a whole; with counted time,
 * counters, little memory for code, and blocks that begin in the interpreter.
 *
 * FAUXKVM_LOCKSTEP in the environment is the number of instructions of each
 * group, FAUXKVM_LOCKSTEP_SEED names the series.
 */
#include <stdio.h>

#include "jit/engine-state.h"
#include "jit/jit.h"
#include "tests/a64.h"
#include "tests/check-main.h"
#include "twins.h"

static struct twins t;
static uint64_t instructions = 30000;

static void setup_with(size_t memory, unsigned int threshold)
{
	const char *seed = getenv("FAUXKVM_LOCKSTEP_SEED");
	const char *count = getenv("FAUXKVM_LOCKSTEP");

	gen_seed(seed ? strtoull(seed, NULL, 0) : 1);
	if (count)
		instructions = strtoull(count, NULL, 0);
	jit_set_memory(memory);
	jit_set_threshold(threshold);
	twins_new(&t);
}

static void setup(void)
{
	setup_with(JIT_MEMORY_DEFAULT, 1);
}

/* With less of the host. */
static void setup_avx(void)
{
	jit_set_isa(JIT_ISA_AVX);
	setup();
}

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

static void setup_little_memory(void)
{
	setup_with(JIT_MEMORY_MIN, 1);
}

static void setup_threshold(void)
{
	setup_with(JIT_MEMORY_DEFAULT, 16);
}

static void setup_time(void)
{
	setup();
	twins_count_time(&t, "cortex-a72");
}

static void setup_classes(void)
{
	setup_time();
	twins_count_classes(&t);
}

static void setup_counter(void)
{
	setup();
	twins_count_events(&t, false);
}

static void setup_counters_per_block(void)
{
	setup();
	twins_count_events(&t, true);
}

static void setup_all(void)
{
	setup_with(JIT_MEMORY_MIN, 3);
	twins_count_time(&t, "neoverse-n1");
	twins_count_classes(&t);
	twins_count_events(&t, true);
}

static void teardown(void)
{
	twins_free(&t);
	jit_set_isa(JIT_ISA_ALL);
}

/* Each mode in turn, until there have been enough instructions. */
static void run_group(enum gen_group group)
{
	static struct mixed m;

	t.instructions = 0;
	for (unsigned int k = 0; t.instructions < instructions; k++) {
		mixed_make(&m, group);
		twins_run(&t, &m, k % 3);
	}
	if (group == GEN_LDST)
		ck_assert_uint_gt(t.host_faults, 10);
}

START_TEST(groups)
{
	run_group(_i);
}
END_TEST

START_TEST(everything)
{
	run_group(GEN_A64_ANY);
}
END_TEST

/* Vectors of 256 bits where they may be longer, of 128, and as long as code is
 * for; of 1024 there is none. */
START_TEST(sve)
{
	static const struct {
		uint16_t lengths;
		uint8_t zcr;
	} of[] = {{0x3, 15}, {0xffff, 1}, {0x3, 0}, {0xb, 3}, {0xff, 7}};
	static const uint8_t g[] = {GEN_SVE_PRED, GEN_SVE_INT, GEN_SVE_FP};

	twins_use_sve(&t, of[_i % 5].lengths, of[_i % 5].zcr);
	run_group(g[_i / 5]);
}
END_TEST

/* A32, T32; with VFP and Advanced SIMD. */
START_TEST(aarch32)
{
	static struct mixed m;

	t.instructions = 0;
	for (unsigned int k = 0; t.instructions < instructions; k++) {
		mixed_make_a32(&m, _i & 1, _i & 2);
		twins_run(&t, &m, k % 3);
	}
}
END_TEST

/* With write-back, and the base is what is loaded or stored: the manual leaves
 * it open and insn-gen.c leaves it out, but both engines do the same. */
START_TEST(base_is_data)
{
	/* Of registers 0; a pair's second one is the other or the base. */
	static const struct {
		uint32_t word, by;
		bool pair, second;
	} accesses[] = {
		/* LDR and STR: behind, by nothing, before */
		{0xf8408400, 8, false, false},
		{0xf8400400, 0, false, false},
		{0xf8408c00, 8, false, false},
		{0xf8008400, 8, false, false},
		{0xf8008c00, 8, false, false},
		/* LDP and STP */
		{0xa8c10000, 16, true, false},
		{0xa8c10000, 16, true, true},
		{0xa9c10000, 16, true, false},
		{0xa9c10000, 16, true, true},
		{0xa8810000, 16, true, false},
		{0xa8810000, 16, true, true},
	};
	static const unsigned int bases[] = {0, 19}; /* pinned or not */
	const uint64_t at = MIXED_DATA + MIXED_DATA_PAGES / 2 * 4096;
	const unsigned int other = 1;
	static struct mixed m;

	for (unsigned int k = 0; k < 2 * ARRAY_SIZE(accesses); k++) {
		unsigned int base = bases[k % 2], a = k / 2;
		unsigned int first = accesses[a].second ? other : base;

		memset(&m, 0, sizeof(m));
		for (unsigned int n = 0; n < 31; n++)
			m.in.x[n] = at + 64 * n;
		/* The TLB has the page when the second block begins. */
		m.words[0] = ASM_STR(30, base);
		m.words[1] = ASM_LDR(30, base);
		m.words[2] = ASM_B(1);
		m.words[3] = accesses[a].word | base << 5 | first;
		if (accesses[a].pair)
			m.words[3] |= (accesses[a].second ? base : other) << 10;
		m.words[4] = ASM_HVC(1);
		twins_run(&t, &m, TWINS_WHOLE);
		ck_assert_uint_eq(t.cpu[1]->x[base],
				  at + 64 * base + accesses[a].by);
	}
}
END_TEST

/* In loops of one block that count in all ways: what the flags are when an access
 * is left, in any round, to a VMM, an exception, the host. */
START_TEST(flags_in_loops)
{
	/* Read-only, MMIO, device, not mapped; 8 is memory. */
	static const unsigned int pages[] = {2, 4, 6, 14, 8};
	unsigned int page = pages[_i];
	static struct mixed m;

	for (unsigned int k = 0; mixed_make_walk(&m, k, page, 0, false); k++)
		for (unsigned int nth = 0; nth < 48; nth++) {
			mixed_make_walk(&m, k, page, nth / 6, nth & 1);
			if (page == 8)
				twins_take_page(&t, page);
			twins_run(&t, &m, TWINS_WHOLE);
		}
	if (page == 8)
		ck_assert_uint_gt(t.host_faults, 10);
}
END_TEST

/* Until the memory for code has been full some times. */
START_TEST(little_memory)
{
	static struct mixed m;
	const struct jit *jit = t.cpu[1]->engine_data;
	unsigned int emptied = 0;

	for (unsigned int k = 0; emptied < 3; k++) {
		const uint8_t *p = jit->c.p;

		mixed_make(&m, GEN_A64_ANY);
		twins_run(&t, &m, k % 3);
		emptied += jit->c.p < p;
		ck_assert_uint_lt(k, 20000);
	}
}
END_TEST

static const struct {
	const char *name;
	void (*setup)(void);
	bool fills; /* its memory for code */
} ways[] = {
	{"little memory", setup_little_memory, true},
	{"threshold", setup_threshold, false},
	{"counted time", setup_time, false},
	{"time by class", setup_classes, false},
	{"a counter", setup_counter, false},
	{"counters by the block", setup_counters_per_block, false},
	{"all at once", setup_all, true},
};

/* All groups with each. */
static const struct {
	const char *name;
	void (*setup)(void);
} isas[] = {
	{"AVX", setup_avx},
	{"x86-64-v2", setup_v2},
	{"SSE2", setup_sse2},
};

int main(void)
{
	Suite *suite = suite_create("jit-lockstep");
	TCase *tc = tcase_create("lockstep");
	const char *missing = jit_missing();

	if (missing) {
		printf("skipped: %s\n", missing);
		return 77;
	}
	tcase_set_timeout(tc, 3000);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, groups, 0, GEN_A64_ANY + 1);
	tcase_add_loop_test(tc, aarch32, 0, 4);
	tcase_add_loop_test(tc, sve, 0, 15);
	tcase_add_test(tc, base_is_data);
	tcase_add_loop_test(tc, flags_in_loops, 0, 5);
	suite_add_tcase(suite, tc);
	for (unsigned int k = 0; k < ARRAY_SIZE(ways); k++) {
		tc = tcase_create(ways[k].name);
		tcase_set_timeout(tc, 3000);
		tcase_add_checked_fixture(tc, ways[k].setup, teardown);
		if (ways[k].fills)
			tcase_add_test(tc, little_memory);
		else
			tcase_add_test(tc, everything);
		if (!ways[k].fills)
			tcase_add_loop_test(tc, aarch32, 0, 4);
		suite_add_tcase(suite, tc);
	}
	for (unsigned int k = 0; k < ARRAY_SIZE(isas); k++) {
		tc = tcase_create(isas[k].name);
		tcase_set_timeout(tc, 3000);
		tcase_add_checked_fixture(tc, isas[k].setup, teardown);
		tcase_add_loop_test(tc, groups, 0, GEN_A64_ANY + 1);
		tcase_add_loop_test(tc, aarch32, 0, 4);
		suite_add_tcase(suite, tc);
	}
	return check_run(srunner_create(suite));
}
