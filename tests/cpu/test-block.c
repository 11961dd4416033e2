/* SPDX-License-Identifier: MIT */
/*
 * The block cache: code is decoded once, stays decoded until it is
 * invalidated or doubted, and is forgotten then even where two guest pages
 * share a bit of the code map.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

static bool code_map_is_empty(void)
{
	for (unsigned int k = 0; k < DOMAIN_CODE_MAP_BITS / 64; k++)
		if (domain_code_map(domain)[k])
			return false;
	return true;
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
	block_forget_code(cpu, PAGE_A);
	ck_assert_uint_eq(run_at(PAGE_A), 2);
}
END_TEST

START_TEST(pages_that_share_a_bit)
{
	ck_assert_uint_eq(run_at(PAGE_A), 1);
	ck_assert_uint_eq(run_at(PAGE_B), 1);
	write_code(2);
	block_forget_code(cpu, PAGE_A);
	block_forget_code(cpu, PAGE_B);
	ck_assert_uint_eq(run_at(PAGE_B), 2);
	ck_assert_uint_eq(run_at(PAGE_A), 2);
}
END_TEST

START_TEST(code_map_is_cheap_for_data)
{
	ck_assert(code_map_is_empty());
	run_at(PAGE_A);
	ck_assert(!code_map_is_empty());
	block_forget_code(cpu, PAGE_A + 64);
	ck_assert(code_map_is_empty());
}
END_TEST

START_TEST(counts_instructions)
{
	uint64_t before = cpu->cycles;

	run_at(PAGE_A);
	ck_assert_uint_eq(cpu->cycles - before, 2);
}
END_TEST

/* Each class has its price, and one cycle without prices. */
START_TEST(charges_by_class)
{
	static const struct cpu_costs costs = {
		.cycles = {[COST_INT] = 3, [COST_CALL] = 40},
	};

	run_at(PAGE_A);
	ck_assert_uint_eq(cpu->cycles, 2);
	cpu_set_costs(cpu, &costs);
	run_at(PAGE_A);
	ck_assert_uint_eq(cpu->cycles, 45);
	run_at(PAGE_A);
	ck_assert_uint_eq(cpu->cycles, 88);
	cpu_set_costs(cpu, NULL);
	run_at(PAGE_A);
	ck_assert_uint_eq(cpu->cycles, 90);
}
END_TEST

/* ---- doubt ---------------------------------------------------------------- */

/* Words that somebody writes who does no maintenance that the PE sees. */
START_TEST(doubted_code_is_compared)
{
	ck_assert_uint_eq(run_at(PAGE_A), 1);
	write_code(2);
	cpu_doubt_code(cpu);
	ck_assert_uint_eq(run_at(PAGE_A), 2);
	/* Asked once: what follows is the guest's own affair again. */
	write_code(3);
	ck_assert_uint_eq(run_at(PAGE_A), 2);
	cpu_doubt_code(cpu);
	ck_assert_uint_eq(run_at(PAGE_B), 3);
	ck_assert_uint_eq(run_at(PAGE_A), 3);
}
END_TEST

/* Nothing is decoded again because of doubt alone, or because of data. */
START_TEST(unchanged_code_stays)
{
	const struct block *first;

	ck_assert_uint_eq(run_at(PAGE_A), 1);
	cpu->pc = PAGE_A;
	first = block_lookup(cpu);
	for (unsigned int k = 0; k < 10; k++) {
		code_a[5] = k;
		code_a[1023] = k;
		cpu_doubt_code(cpu);
		ck_assert_uint_eq(run_at(PAGE_A), 1);
		cpu->pc = PAGE_A;
		ck_assert_ptr_eq(block_lookup(cpu), first);
	}
}
END_TEST

/* A block that was decoded after the change must not hide another that was
 * decoded before it and holds the same words. */
START_TEST(change_between_two_blocks)
{
	code_a[9] = ASM_NOP;
	code_a[10] = ASM_MOVZ(0, 1, 0);
	code_a[11] = ASM_HVC(0);
	ck_assert_uint_eq(run_at(PAGE_A + 40), 1);
	code_a[10] = ASM_MOVZ(0, 2, 0);
	ck_assert_uint_eq(run_at(PAGE_A + 36), 2);
	cpu_doubt_code(cpu);
	ck_assert_uint_eq(run_at(PAGE_A + 40), 2);
}
END_TEST

/* Every word of a page, at both ends of what is kept together. */
START_TEST(each_word_is_compared)
{
	for (unsigned int k = 0; k < 1023; k++)
		code_a[k] = ASM_ADD_IMM(0, 0, 1);
	code_a[1023] = ASM_HVC(0);
	cpu->x[0] = 0;
	ck_assert_uint_eq(run_at(PAGE_A), 1023);
	for (unsigned int k = 0; k < 1023; k++) {
		code_a[k] = ASM_ADD_IMM(0, 0, 2);
		cpu_doubt_code(cpu);
		cpu->x[0] = 0;
		ck_assert_uint_eq(run_at(PAGE_A), 1024 + k);
	}
}
END_TEST

/* More jumps than the jump cache notes one by one, then few. */
START_TEST(doubt_reaches_every_jump)
{
	code_a[0] = ASM_MOVZ(0, 0, 0);
	for (unsigned int k = 1; k < 1022; k++)
		code_a[k] = k % 2 ? ASM_ADD_IMM(0, 0, 1) : ASM_B(1);
	code_a[1022] = ASM_HVC(0);
	ck_assert_uint_eq(run_at(PAGE_A), 511);
	for (unsigned int k = 1; k < 1022; k += 2) {
		code_a[k] = ASM_ADD_IMM(0, 0, 3);
		cpu_doubt_code(cpu);
		ck_assert_uint_eq(run_at(PAGE_A), 511 + 2 * ((k + 1) / 2));
		ck_assert_uint_eq(run_at(PAGE_A + 4 * 1021),
				  511 + 2 * ((k + 1) / 2) + (k < 1021 ? 1 : 3));
	}
}
END_TEST

static unsigned int lines_in(const char *path)
{
	FILE *f = fopen(path, "r");
	unsigned int n = 0;
	int c;

	ck_assert_ptr_nonnull(f);
	while ((c = fgetc(f)) != EOF)
		n += c == '\n';
	fclose(f);
	return n;
}

/* Said once, and not of breakpoints. */
START_TEST(change_is_told)
{
	char path[] = "test-block-log.XXXXXX", env_value[64];
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	close(fd);
	snprintf(env_value, sizeof(env_value), "warn:%s", path);
	setenv("FAUXKVM_LOG", env_value, 1);
	ck_assert_uint_eq(run_at(PAGE_A), 1);
	code_a[0] = ASM_BRK(0);
	cpu_doubt_code(cpu);
	cpu->sys.vbar_el1 = PAGE_B;
	code_b[0x200 / 4] = ASM_HVC(0);
	ck_assert_uint_eq(run_at(PAGE_A), 1);
	code_a[0] = ASM_MOVZ(0, 1, 0);
	cpu_doubt_code(cpu);
	ck_assert_uint_eq(run_at(PAGE_A), 1);
	ck_assert_uint_eq(lines_in(path), 0);
	for (unsigned int k = 2; k < 5; k++) {
		write_code(k);
		cpu_doubt_code(cpu);
		ck_assert_uint_eq(run_at(PAGE_A), k);
		ck_assert_uint_eq(lines_in(path), 1);
	}
	unlink(path);
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
	tcase_add_test(tc, doubted_code_is_compared);
	tcase_add_test(tc, unchanged_code_stays);
	tcase_add_test(tc, change_between_two_blocks);
	tcase_add_test(tc, each_word_is_compared);
	tcase_add_test(tc, doubt_reaches_every_jump);
	tcase_add_test(tc, change_is_told);
	suite_add_tcase(s, tc);
	return check_run(srunner_create(s));
}
