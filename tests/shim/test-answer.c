/* SPDX-License-Identifier: MIT */
/*
 * Returning to QEMU's CPU loop with an answer (bridge-answer.c), with functions
 * here in QEMU's place, and a signal after each instruction of it.
 */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <ucontext.h>

#include "shim/bridge-answer.h"
#include "test-shim.h"
#include "tests/check-main.h"

#define EFLAGS_TF 0x100 /* a trap after each instruction */

static volatile int steps;
static volatile bool stepping;

/* What is below the stack pointer is anybody's, but for the red zone. */
static void on_step(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;
	unsigned char below[4096];

	memset(below, 0xa5, sizeof(below));
	__asm__ volatile("" ::"r"(below) : "memory");
	steps++;
	if (!stepping)
		uc->uc_mcontext.gregs[REG_EFL] &= ~EFLAGS_TF;
}

static void steps_begin(void)
{
	struct sigaction act = {
		.sa_sigaction = on_step,
		.sa_flags = SA_SIGINFO,
	};

	ck_assert_int_eq(sigaction(SIGTRAP, &act, NULL), 0);
	stepping = true;
	__asm__ volatile("subq $128, %%rsp\n\t"
			 "pushfq\n\t"
			 "orq %0, (%%rsp)\n\t"
			 "popfq\n\t"
			 "addq $128, %%rsp"
			 :
			 : "i"(EFLAGS_TF)
			 : "memory", "cc");
}

/* The function that tells the plugins before a call and after it. */
static __attribute__((noinline)) int64_t system_call(int64_t num)
{
	if (!num) {
		bridge_answer_learn_before();
		bridge_answer_learn_after();
	} else {
		if (num > 1)
			steps_begin();
		bridge_answer(num);
	}
	return -ENOSYS;
}

static int64_t cpu_loop(int64_t num)
{
	volatile int64_t kept = ~num;
	int64_t ret = system_call(num);

	stepping = false;
	ck_assert_int_eq(kept, ~num);
	return ret;
}

START_TEST(answers_are_results)
{
	ck_assert_int_eq(cpu_loop(0), -ENOSYS);
	ck_assert(bridge_answer_known);
	ck_assert_int_eq(cpu_loop(1), 1);
}
END_TEST

START_TEST(signals_do_not_harm_answers)
{
	ck_assert_int_eq(cpu_loop(0), -ENOSYS);
	ck_assert_int_eq(cpu_loop(INT64_C(1) << 40), INT64_C(1) << 40);
	ck_assert_int_gt(steps, 100);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("answer");
	TCase *t = tcase_create("answer");

	/* A sanitizer's runtime does not see the frames go. */
	if (!UNDER_SANITIZER) {
		tcase_add_test(t, answers_are_results);
		tcase_add_test(t, signals_do_not_harm_answers);
	}
	suite_add_tcase(s, t);
	return check_run(srunner_create(s));
}
