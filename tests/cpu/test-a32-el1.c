/* SPDX-License-Identifier: MIT */
/*
 * AArch32 at EL1: reset, modes and their registers.
 */
#include "cpu-env.h"

#include "cpu/a32/mode.h"

static struct cpu_domain *domain;
static struct env *e;

static void setup(void)
{
	domain = cpu_domain_new();
	ck_assert_ptr_nonnull(domain);
	e = env_new(domain);
	cpu_set_aarch32(&e->cpu, true);
	cpu_reset(&e->cpu);
}

static void teardown(void)
{
	env_free(e);
	cpu_domain_free(domain);
}

static const uint8_t modes[] = {MODE_USR, MODE_FIQ, MODE_IRQ, MODE_SVC,
				MODE_ABT, MODE_UND, MODE_SYS};

START_TEST(reset)
{
	ck_assert(cpu_is_aarch32_el1(&e->cpu));
	ck_assert_uint_eq(cpu_pstate(&e->cpu), 0x1d3);
	ck_assert_uint_eq(e->cpu.el, 1);
	cpu_set_pstate(&e->cpu, MODE_USR | CPSR_T | CPSR_E | BIT(27));
	ck_assert_uint_eq(cpu_pstate(&e->cpu),
			  MODE_USR | CPSR_T | CPSR_E | BIT(27));
	ck_assert_uint_eq(e->cpu.el, 0);
	cpu_set_aarch32(&e->cpu, false);
	cpu_reset(&e->cpu);
	ck_assert_uint_eq(cpu_pstate(&e->cpu), 0x3c5);
}
END_TEST

/* R13 and R14, of FIQ mode R8 to R14: where AArch64 has them. */
START_TEST(registers_of_modes)
{
	static const struct {
		uint8_t mode, n, x;
	} of[] = {
		{MODE_USR, 0, 0},   {MODE_FIQ, 7, 7},   {MODE_USR, 12, 12},
		{MODE_USR, 13, 13}, {MODE_SYS, 14, 14}, {MODE_IRQ, 12, 12},
		{MODE_IRQ, 14, 16}, {MODE_IRQ, 13, 17}, {MODE_SVC, 14, 18},
		{MODE_SVC, 13, 19}, {MODE_ABT, 14, 20}, {MODE_ABT, 13, 21},
		{MODE_UND, 14, 22}, {MODE_UND, 13, 23}, {MODE_FIQ, 8, 24},
		{MODE_FIQ, 12, 28}, {MODE_FIQ, 13, 29}, {MODE_FIQ, 14, 30},
	};
	uint64_t x[31], back[31];

	for (unsigned int k = 0; k < 31; k++)
		x[k] = 0x1000 + k;
	cpu_a32_regs_from_x(&e->cpu, x);
	for (unsigned int m = 0; m < ARRAY_SIZE(modes); m++) {
		cpu_set_pstate(&e->cpu, modes[m]);
		cpu_a32_regs_to_x(&e->cpu, back);
		ck_assert_mem_eq(back, x, sizeof(x));
		for (size_t k = 0; k < ARRAY_SIZE(of); k++) {
			unsigned int n = of[k].n;

			if (of[k].mode == modes[m])
				ck_assert_uint_eq(e->cpu.x[n], x[of[k].x]);
			n = a32_reg_of_mode(&e->cpu, of[k].mode, n);
			ck_assert_uint_eq(e->cpu.x[n], x[of[k].x]);
		}
		cpu_a32_regs_from_x(&e->cpu, x);
		cpu_a32_regs_to_x(&e->cpu, back);
		ck_assert_mem_eq(back, x, sizeof(x));
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("a32-el1");
	TCase *tc = tcase_create("EL1");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, reset);
	tcase_add_test(tc, registers_of_modes);
	suite_add_tcase(s, tc);
	return check_run_engines(srunner_create(s));
}
