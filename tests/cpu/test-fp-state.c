/* SPDX-License-Identifier: MIT */
/*
 * cpu/fp/fp.h: the guest's rounding mode and cumulative flags while it runs, and
 * the host's own environment untouched by it.
 */
#include <fenv.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/fault.h"
#include "cpu/fp/fp.h"
#include "tests/check-main.h"

static struct cpu *cpu;

static void setup(void)
{
	cpu = aligned_alloc(64, ALIGN_UP(sizeof(*cpu), 64));
	ck_assert_ptr_nonnull(cpu);
	cpu->fpcr = cpu->fpsr = 0;
	cpu->fp_active = false;
	fesetround(FE_TONEAREST);
	feclearexcept(FE_ALL_EXCEPT);
}

static void teardown(void)
{
	fesetround(FE_TONEAREST);
	free(cpu);
}

/* Inexact, and which way it rounds tells the mode. */
static double third(double sign)
{
	volatile double one = sign, three = 3, res = one / three;

	return res;
}

START_TEST(unimplemented_bits_are_ignored)
{
	fp_write_fpcr(cpu, 0xffffffff);
	ck_assert_uint_eq(fp_read_fpcr(cpu), FPCR_MASK);
	fp_write_fpsr(cpu, 0xffffffff);
	ck_assert_uint_eq(fp_read_fpsr(cpu) & 0x0fffffff, 0x0800009f);
}
END_TEST

START_TEST(flags_accumulate)
{
	fp_enter(cpu);
	ck_assert_uint_eq(fp_read_fpsr(cpu), 0);
	third(1);
	ck_assert_uint_eq(fp_read_fpsr(cpu), FPSR_IXC);
	fp_set_qc(cpu);
	fp_write_fpcr(cpu, 3 << FPCR_RMODE_SHIFT); /* flags stay */
	ck_assert_uint_eq(fp_read_fpsr(cpu), FPSR_IXC | FPSR_QC);
	fp_write_fpsr(cpu, FPSR_DZC);
	ck_assert_uint_eq(fp_read_fpsr(cpu), FPSR_DZC);
	third(1);
	fp_leave(cpu);
	ck_assert_uint_eq(cpu_fpsr(cpu), FPSR_DZC | FPSR_IXC);
	ck_assert_int_eq(fetestexcept(FE_ALL_EXCEPT), 0);
}
END_TEST

START_TEST(host_flags_are_not_the_guests)
{
	third(1);
	ck_assert_uint_eq(fp_read_fpsr(cpu), 0);
	fp_enter(cpu);
	ck_assert_uint_eq(fp_read_fpsr(cpu), 0);
	fp_leave(cpu);
	ck_assert_uint_eq(fp_read_fpsr(cpu), 0);
	ck_assert_int_eq(fetestexcept(FE_INEXACT), FE_INEXACT);
}
END_TEST

/* Left in the host's register, since the guest has them too: until it says that
 * it has not. */
START_TEST(flags_of_both)
{
	fp_write_fpsr(cpu, FPSR_IXC);
	third(1);
	fp_enter(cpu);
	ck_assert_uint_eq(fp_read_fpsr(cpu), FPSR_IXC);
	fp_leave(cpu);
	ck_assert_uint_eq(fp_read_fpsr(cpu), FPSR_IXC);
	fp_enter(cpu);
	fp_write_fpsr(cpu, 0);
	ck_assert_uint_eq(fp_read_fpsr(cpu), 0);
	fp_leave(cpu);
	ck_assert_uint_eq(fp_read_fpsr(cpu), 0);
	ck_assert_int_eq(fetestexcept(FE_ALL_EXCEPT), FE_INEXACT);
}
END_TEST

START_TEST(rounding_modes)
{
	static const int host[4] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD,
				    FE_TOWARDZERO};
	double mine, want, up;

	fesetround(host[_i]);
	want = third(-1);
	fesetround(FE_UPWARD); /* the host's own */
	up = third(1);
	fp_write_fpcr(cpu, (uint32_t)_i << FPCR_RMODE_SHIFT);
	fp_enter(cpu);
	mine = third(-1);
	fp_leave(cpu);
	ck_assert(third(1) == up && up != -third(-1));
	ck_assert(mine == want);
	fp_enter(cpu); /* changed while running */
	fp_write_fpcr(cpu, 0);
	fp_write_fpcr(cpu, (uint32_t)_i << FPCR_RMODE_SHIFT);
	mine = third(-1);
	fp_leave(cpu);
	ck_assert(mine == want);
}
END_TEST

/* A bad host address reached by the guest: mode and flags survive the jump
 * out of the signal handler. */
START_TEST(host_fault_keeps_the_environment)
{
	volatile char *hole =
		mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	double near = third(-1), down;
	volatile bool faulted = false;
	struct fault_guard g;

	ck_assert_int_eq(fault_init(), 0);
	fp_write_fpcr(cpu, 2 << FPCR_RMODE_SHIFT);
	fp_enter(cpu);
	if (fault_guard_enter(&g)) {
		faulted = true;
	} else {
		third(1);
		*hole = 1;
		fault_guard_leave(&g);
	}
	ck_assert(faulted);
	ck_assert_uint_eq(fp_read_fpsr(cpu), FPSR_IXC);
	down = third(-1);
	fp_leave(cpu);
	ck_assert(down < near);
	ck_assert(third(-1) == near);
	ck_assert_uint_eq(fp_read_fpsr(cpu), FPSR_IXC);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("fp-state");
	TCase *tc = tcase_create("fp-state");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, unimplemented_bits_are_ignored);
	tcase_add_test(tc, flags_accumulate);
	tcase_add_test(tc, host_flags_are_not_the_guests);
	tcase_add_test(tc, flags_of_both);
	tcase_add_loop_test(tc, rounding_modes, 0, 4);
	tcase_add_test(tc, host_fault_keeps_the_environment);
	suite_add_tcase(s, tc);
	return check_run(srunner_create(s));
}
