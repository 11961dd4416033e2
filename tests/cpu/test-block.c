/* SPDX-License-Identifier: MIT */
/*
 * The block cache: code is decoded once, stays decoded until it is
 * invalidated, and is forgotten then even where two guest pages share a bit
 * of the code map.
 */
#include <stdlib.h>
#include <string.h>

#include "cpu/block.h"
#include "cpu/mmu.h"
#include "tests/a64.h"
#include "tests/check-main.h"

/* Their page numbers fold to the same bit (block.c, code_map_bit). */
#define PAGE_A UINT64_C(0x40000)
#define PAGE_B UINT64_C(0x100041000)

static uint32_t code_a[1024], code_b[1024];
static struct cpu *cpu;
static struct cpu_domain *domain;

static int env_page(struct cpu *c, gpa_t gpa, bool write, struct cpu_page *page)
{
	switch (gpa & ~UINT64_C(0xfff)) {
	case PAGE_A: page->host = (uint8_t *)code_a; break;
	case PAGE_B: page->host = (uint8_t *)code_b; break;
	default: return -1;
	}
	page->writable = true;
	return 0;
}

static const struct cpu_env env = {
	.page = env_page,
	.ipa_limit = UINT64_C(1) << 40,
};

static void write_code(unsigned int n)
{
	code_a[0] = code_b[0] = ASM_MOVZ(0, n, 0);
	code_a[1] = code_b[1] = ASM_HVC(0);
}

static uint64_t run_at(uint64_t pc)
{
	cpu->pc = pc;
	ck_assert_int_eq(cpu_run(cpu), CPU_EXIT_HVC);
	return cpu->x[0];
}

/* What IC IVAU does. */
static void invalidate(gpa_t pa)
{
	if (block_page_has_code(cpu, pa))
		domain_broadcast(cpu, INVAL_CODE_PAGE, pa);
}

static void setup(void)
{
	domain = cpu_domain_new();
	cpu = aligned_alloc(64, ALIGN_UP(sizeof(*cpu), 64));
	ck_assert(domain && cpu);
	ck_assert_int_eq(cpu_init(cpu, domain, &env, NULL), 0);
	cpu_reset(cpu);
	write_code(1);
}

static void teardown(void)
{
	cpu_destroy(cpu);
	free(cpu);
	cpu_domain_free(domain);
}

/* CTR_EL0.DIC = 0: without maintenance the old code goes on. */
START_TEST(stays_until_invalidated)
{
	ck_assert_uint_eq(run_at(PAGE_A), 1);
	write_code(2);
	ck_assert_uint_eq(run_at(PAGE_A), 1);
	invalidate(PAGE_A);
	ck_assert_uint_eq(run_at(PAGE_A), 2);
}
END_TEST

START_TEST(pages_that_share_a_bit)
{
	ck_assert_uint_eq(run_at(PAGE_A), 1);
	ck_assert_uint_eq(run_at(PAGE_B), 1);
	write_code(2);
	invalidate(PAGE_A);
	invalidate(PAGE_B);
	ck_assert_uint_eq(run_at(PAGE_B), 2);
	ck_assert_uint_eq(run_at(PAGE_A), 2);
}
END_TEST

START_TEST(code_map_is_cheap_for_data)
{
	ck_assert(!block_page_has_code(cpu, PAGE_A));
	run_at(PAGE_A);
	ck_assert(block_page_has_code(cpu, PAGE_A));
	ck_assert(!block_page_has_code(cpu, PAGE_A));
}
END_TEST

START_TEST(counts_instructions)
{
	uint64_t before = cpu->icount;

	run_at(PAGE_A);
	ck_assert_uint_eq(cpu->icount - before, 2);
}
END_TEST

/* Each class has its price; nothing is charged without prices. */
START_TEST(charges_by_class)
{
	static const struct cpu_costs costs = {
		.cycles = {[INSN_INT] = 3, [INSN_CONTEXT] = 40},
	};

	run_at(PAGE_A);
	ck_assert_uint_eq(cpu->cycles, 0);
	cpu_set_costs(cpu, &costs);
	run_at(PAGE_A);
	ck_assert_uint_eq(cpu->cycles, 43);
	run_at(PAGE_A);
	ck_assert_uint_eq(cpu->cycles, 86);
	cpu_set_costs(cpu, NULL);
	run_at(PAGE_A);
	ck_assert_uint_eq(cpu->cycles, 86);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cpu-block");
	TCase *tc = tcase_create("block cache");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, stays_until_invalidated);
	tcase_add_test(tc, pages_that_share_a_bit);
	tcase_add_test(tc, code_map_is_cheap_for_data);
	tcase_add_test(tc, counts_instructions);
	tcase_add_test(tc, charges_by_class);
	suite_add_tcase(s, tc);
	return check_run(srunner_create(s));
}
