/* SPDX-License-Identifier: MIT */
/*
 * Two or four PEs on as many threads hammer the same memory: exclusives, LSE, and the
 * order that STLR/LDAR (RCsc) and DMB promise. A lost update or a mutual
 * exclusion that does not exclude shows in a counter.
 */
#include <string.h>

#include "cpu-crew.h"
#include "cpu/host-atomic.h"
#include "engines.h"

#define LOOPS 600000 /* of all together */

/* x0: DATA, x1: loops. */
static void run_all(const uint32_t *code, size_t size)
{
	for (unsigned int k = 0; k < crew_size; k++) {
		crew_cpus[k]->x[0] = DATA;
		crew_cpus[k]->x[1] = LOOPS / crew_size;
	}
	crew_run(code, size);
}

static const uint32_t llsc_code[] = {
	0xc85ffc02, /* ldaxr x2, [x0] */
	0x91000442, /* add x2, x2, #1 */
	0xc803fc02, /* stlxr w3, x2, [x0] */
	0x35ffffa3, /* cbnz w3, .-12 */
	0xf1000421, /* subs x1, x1, #1 */
	0x54ffff61, /* b.ne .-20 */
	0xd4000002, /* hvc #0 */
};

static const uint32_t llsc_byte_code[] = {
	0x085f7c02, /* ldxrb w2, [x0] */
	0x11000442, /* add w2, w2, #1 */
	0x08037c02, /* stxrb w3, w2, [x0] */
	0x35ffffa3, /* cbnz w3, .-12 */
	0xf1000421, /* subs x1, x1, #1 */
	0x54ffff61, /* b.ne .-20 */
	0xd4000002, /* hvc #0 */
};

static const uint32_t llsc_pair_code[] = {
	0xc87f9002, /* ldaxp x2, x4, [x0] */
	0x91000442, /* add x2, x2, #1 */
	0x91000884, /* add x4, x4, #2 */
	0xc8239002, /* stlxp w3, x2, x4, [x0] */
	0x35ffff83, /* cbnz w3, .-16 */
	0xf1000421, /* subs x1, x1, #1 */
	0x54ffff41, /* b.ne .-24 */
	0xd4000002, /* hvc #0 */
};

static const uint32_t lse_code[] = {
	0xd2800022, /* movz x2, #1 */
	0xf8e20003, /* ldaddal x2, x3, [x0] */
	0xf822001f, /* ldadd x2, xzr, [x0] */
	0xf1000421, /* subs x1, x1, #1 */
	0x54ffff81, /* b.ne .-16 */
	0xd4000002, /* hvc #0 */
};

/* x7 counts pairs of which the halves are not alike. */
static const uint32_t pair_code[] = {
	0xa9000401, /* stp x1, x1, [x0] */
	0xa9401003, /* ldp x3, x4, [x0] */
	0xeb04007f, /* cmp x3, x4 */
	0x9a8704e7, /* cinc x7, x7, ne */
	0xf1000421, /* subs x1, x1, #1 */
	0x54ffff61, /* b.ne .-20 */
	0xd4000002, /* hvc #0 */
};

static const uint32_t casp_loop_code[] = {
	0xa9400c02, /* ldp x2, x3, [x0] */
	0xaa0203e4, /* mov x4, x2 */
	0xaa0303e5, /* mov x5, x3 */
	0x91000446, /* add x6, x2, #1 */
	0x91000867, /* add x7, x3, #2 */
	0x4862fc06, /* caspal x2, x3, x6, x7, [x0] */
	0xeb04005f, /* cmp x2, x4 */
	0xfa450060, /* ccmp x3, x5, #0, eq */
	0x54ffff21, /* b.ne .-28 */
	0xf1000421, /* subs x1, x1, #1 */
	0x54fffec1, /* b.ne .-40 */
	0xd4000002, /* hvc #0 */
};

static const uint32_t swp_lock_code[] = {
	0x52800022, /* movz w2, #1 */
	0xb8a28003, /* swpa w2, w3, [x0] */
	0x35ffffc3, /* cbnz w3, .-8 */
	0xf9402004, /* ldr x4, [x0, #64] */
	0x91000484, /* add x4, x4, #1 */
	0xf9002004, /* str x4, [x0, #64] */
	0x889ffc1f, /* stlr wzr, [x0] */
	0xf1000421, /* subs x1, x1, #1 */
	0x54ffff01, /* b.ne .-32 */
	0xd4000002, /* hvc #0 */
};

static const uint32_t peterson_code[] = {
	0xd2800026, /* movz x6, #1 */
	0xc89ffc46, /* stlr x6, [x2] */
	0xc89ffca4, /* stlr x4, [x5] */
	0xc8dffc67, /* ldar x7, [x3] */
	0xb4000087, /* cbz x7, .+16 */
	0xc8dffca7, /* ldar x7, [x5] */
	0xeb0400ff, /* cmp x7, x4 */
	0x54ffff80, /* b.eq .-16 */
	0xf9400007, /* ldr x7, [x0] */
	0x910004e7, /* add x7, x7, #1 */
	0xf9000007, /* str x7, [x0] */
	0xc89ffc5f, /* stlr xzr, [x2] */
	0xf1000421, /* subs x1, x1, #1 */
	0x54fffe61, /* b.ne .-52 */
	0xd4000002, /* hvc #0 */
};

static const uint32_t peterson_dmb_code[] = {
	0xd2800026, /* movz x6, #1 */
	0xf9000046, /* str x6, [x2] */
	0xd5033bbf, /* dmb ish */
	0xf90000a4, /* str x4, [x5] */
	0xd5033bbf, /* dmb ish */
	0xf9400067, /* ldr x7, [x3] */
	0xd5033bbf, /* dmb ish */
	0xb40000a7, /* cbz x7, .+20 */
	0xf94000a7, /* ldr x7, [x5] */
	0xd5033bbf, /* dmb ish */
	0xeb0400ff, /* cmp x7, x4 */
	0x54ffff40, /* b.eq .-24 */
	0xf9400007, /* ldr x7, [x0] */
	0x910004e7, /* add x7, x7, #1 */
	0xf9000007, /* str x7, [x0] */
	0xd5033bbf, /* dmb ish */
	0xf900005f, /* str xzr, [x2] */
	0xf1000421, /* subs x1, x1, #1 */
	0x54fffdc1, /* b.ne .-72 */
	0xd4000002, /* hvc #0 */
};

START_TEST(exclusive_add)
{
	run_all(llsc_code, sizeof(llsc_code));
	ck_assert_uint_eq(*crew_data(0), LOOPS);
}
END_TEST

START_TEST(exclusive_byte_add)
{
	*crew_data(0) = 0x1100;
	run_all(llsc_byte_code, sizeof(llsc_byte_code));
	ck_assert_uint_eq(*crew_data(0), 0x1100 + LOOPS % 256);
}
END_TEST

START_TEST(exclusive_pair)
{
	run_all(llsc_pair_code, sizeof(llsc_pair_code));
	ck_assert_uint_eq(*crew_data(0), LOOPS);
	ck_assert_uint_eq(*crew_data(8), 2 * LOOPS);
}
END_TEST

START_TEST(lse_add)
{
	run_all(lse_code, sizeof(lse_code));
	ck_assert_uint_eq(*crew_data(0), 2 * LOOPS);
}
END_TEST

/* FEAT_LSE2 */
START_TEST(lse_add_unaligned)
{
	for (unsigned int off = 1; off <= 8; off++) {
		uint64_t sum;

		memset(crew_data(0), 0, 32);
		for (unsigned int k = 0; k < crew_size; k++) {
			crew_cpus[k]->pc = CODE;
			crew_cpus[k]->x[0] = DATA + off;
			crew_cpus[k]->x[1] = LOOPS / 8 / crew_size;
		}
		crew_run(lse_code, sizeof(lse_code));
		memcpy(&sum, (const uint8_t *)crew_data(0) + off, 8);
		ck_assert_uint_eq(sum, 2 * (LOOPS / 8));
	}
}
END_TEST

START_TEST(exclusive_unaligned)
{
	uint64_t sum;

	for (unsigned int k = 0; k < crew_size; k++) {
		crew_cpus[k]->x[0] = DATA + 5;
		crew_cpus[k]->x[1] = LOOPS / crew_size;
	}
	crew_run(llsc_code, sizeof(llsc_code));
	memcpy(&sum, (const uint8_t *)crew_data(0) + 5, 8);
	ck_assert_uint_eq(sum, LOOPS);
}
END_TEST

START_TEST(pair_is_whole)
{
	run_all(pair_code, sizeof(pair_code));
	for (unsigned int k = 0; k < crew_size; k++)
		ck_assert_uint_eq(crew_cpus[k]->x[7], 0);
}
END_TEST

START_TEST(compare_and_swap_pair)
{
	run_all(casp_loop_code, sizeof(casp_loop_code));
	ck_assert_uint_eq(*crew_data(0), LOOPS);
	ck_assert_uint_eq(*crew_data(8), 2 * LOOPS);
}
END_TEST

START_TEST(swap_lock)
{
	run_all(swp_lock_code, sizeof(swp_lock_code));
	ck_assert_uint_eq(*crew_data(64), LOOPS);
}
END_TEST

/*
 * Peterson's lock: my flag (x2), the other's (x3), whose turn it is (x5; the
 * other's number in x4). It needs a store ordered before a later load.
 */
static void run_peterson(const uint32_t *code, size_t size)
{
	for (unsigned int k = 0; k < 2; k++) {
		crew_cpus[k]->x[2] = DATA + 64 + 64 * k;
		crew_cpus[k]->x[3] = DATA + 64 + 64 * !k;
		crew_cpus[k]->x[4] = 1 + !k;
		crew_cpus[k]->x[5] = DATA + 192;
	}
	run_all(code, size);
	ck_assert_uint_eq(*crew_data(0), LOOPS);
}

START_TEST(store_release_load_acquire)
{
	run_peterson(peterson_code, sizeof(peterson_code));
}
END_TEST

START_TEST(barrier)
{
	run_peterson(peterson_dmb_code, sizeof(peterson_dmb_code));
}
END_TEST

static TCase *case_of(Suite *s, const char *name, void (*setup)(void))
{
	TCase *tc = tcase_create(name);

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, setup, crew_teardown);
	suite_add_tcase(s, tc);
	return tc;
}

static void add_counters(TCase *tc)
{
	tcase_add_test(tc, exclusive_add);
	tcase_add_test(tc, exclusive_byte_add);
	tcase_add_test(tc, exclusive_pair);
	tcase_add_test(tc, lse_add);
	tcase_add_test(tc, compare_and_swap_pair);
	tcase_add_test(tc, swap_lock);
	if (!HOST_LSE2)
		return;
	tcase_add_test(tc, lse_add_unaligned);
	tcase_add_test(tc, exclusive_unaligned);
	tcase_add_test(tc, pair_is_whole);
}

int main(void)
{
	Suite *s = suite_create("cpu-atomic");
	TCase *tc = case_of(s, "two PEs", crew_setup);

	add_counters(tc);
	tcase_add_test(tc, barrier);
	add_counters(case_of(s, "four PEs", crew_setup_four));
	/* QEMU 7.2's user mode has not this order. */
	tc = case_of(s, "release, then acquire", crew_setup);
	tcase_set_tags(tc, "qemu-user");
	tcase_add_test(tc, store_release_load_acquire);
	return check_run_engines(srunner_create(s));
}
