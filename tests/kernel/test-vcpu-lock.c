/* SPDX-License-Identifier: MIT */
/*
 * A vCPU's lock: who owns it, who has to wait, and that two never have it
 * whatever threads come, with cheap fences, without, and when they are lost.
 */
#include <check.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "kernel/vcpu-lock.h"
#include "tests/check-main.h"

static struct vcpu_lock l;

static void setup(void)
{
	vcpu_lock_init(&l);
}

static void setup_light(void)
{
	fence_init();
	setup();
}

/* As by a VMM that confines itself after it has made its VM. */
static void setup_lost(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_membarrier, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = {ARRAY_SIZE(code), code};

	setup_light();
	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter),
			 0);
}

static void teardown(void)
{
	vcpu_lock_destroy(&l);
}

/* ---- two threads, step by step ------------------------------------------- */

static bool try_lock(void)
{
	bool begun = vcpu_lock_try_begin(&l), free;

	fence_heavy();
	free = begun && vcpu_lock_try_end(&l);
	if (begun && !free)
		vcpu_unlock(&l);
	return free;
}

static void *try_and_unlock(void *arg)
{
	*(bool *)arg = try_lock();
	if (*(bool *)arg)
		vcpu_unlock(&l);
	return NULL;
}

static bool others_could_have_it(void)
{
	pthread_t other;
	bool could;

	ck_assert_int_eq(pthread_create(&other, NULL, try_and_unlock, &could),
			 0);
	pthread_join(other, NULL);
	return could;
}

START_TEST(without_an_owner)
{
	vcpu_lock(&l);
	ck_assert_uint_eq(l.held, 0);
	ck_assert(!others_could_have_it());
	vcpu_unlock(&l);
	ck_assert(others_could_have_it());
}
END_TEST

START_TEST(the_owner)
{
	vcpu_lock(&l);
	vcpu_lock_own(&l);
	ck_assert(!others_could_have_it());
	vcpu_unlock(&l);
	ck_assert(others_could_have_it());
	for (int i = 0; i < 2; i++) {
		vcpu_lock(&l);
		vcpu_lock_own(&l);
		ck_assert_uint_eq(l.held, 1);
		ck_assert(!others_could_have_it());
		ck_assert(vcpu_lock_is_owner(&l));
		vcpu_unlock(&l);
		ck_assert_uint_eq(l.held, 0);
		ck_assert(others_could_have_it());
	}
	/* As one of all vCPUs. */
	ck_assert(try_lock());
	ck_assert(!others_could_have_it());
	vcpu_unlock(&l);
	ck_assert(others_could_have_it());
}
END_TEST

static void *run_it(void *arg)
{
	vcpu_lock(&l);
	vcpu_lock_own(&l);
	vcpu_unlock(&l);
	return NULL;
}

START_TEST(another_thread_runs_it)
{
	pthread_t other;

	run_it(NULL);
	ck_assert(vcpu_lock_is_owner(&l));
	pthread_create(&other, NULL, run_it, NULL);
	pthread_join(other, NULL);
	ck_assert_ptr_null(l.owner);
	for (int i = 0; i < 2; i++) {
		vcpu_lock(&l);
		vcpu_lock_own(&l);
		ck_assert_ptr_null(l.owner);
		ck_assert_uint_eq(l.held, 0);
		ck_assert(!others_could_have_it());
		vcpu_unlock(&l);
	}
	ck_assert(others_could_have_it());
}
END_TEST

/* ---- all at once --------------------------------------------------------- */

#define ROUNDS 5000

static volatile unsigned int inside, count;
static _Atomic unsigned int used, guests;
static bool overlap;

static void use_it(void)
{
	if (inside++)
		overlap = true;
	for (volatile int i = 0; i < 20; i++)
		;
	count++;
	if (--inside)
		overlap = true;
}

static void *owner_thread(void *arg)
{
	while (guests) {
		vcpu_lock(&l);
		vcpu_lock_own(&l);
		use_it();
		vcpu_unlock(&l);
		used++;
	}
	return NULL;
}

static void *guest_thread(void *arg)
{
	for (int i = 0; i < ROUNDS; i++) {
		if (i % 3 == 0 && try_lock()) {
			use_it();
			vcpu_unlock(&l);
			used++;
		} else if (i % 3) {
			vcpu_lock(&l);
			use_it();
			vcpu_unlock(&l);
			used++;
		}
	}
	guests--;
	return NULL;
}

/* With one owner (0), and with two threads that run it (1). */
START_TEST(never_two)
{
	pthread_t threads[4];
	const int runners = 1 + _i;

	overlap = false;
	inside = count = 0;
	used = 0;
	guests = 2;
	for (int i = 0; i < 3 + _i; i++)
		pthread_create(&threads[i], NULL,
			       i < runners ? owner_thread : guest_thread, NULL);
	for (int i = 0; i < 3 + _i; i++)
		pthread_join(threads[i], NULL);
	ck_assert(!overlap);
	ck_assert_uint_eq(count, used);
	ck_assert_uint_eq(l.held, 0);
	ck_assert(!l.wanted);
}
END_TEST

static TCase *tests(const char *name, void (*begin)(void))
{
	TCase *t = tcase_create(name);

	tcase_add_checked_fixture(t, begin, teardown);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, without_an_owner);
	tcase_add_test(t, the_owner);
	tcase_add_test(t, another_thread_runs_it);
	tcase_add_loop_test(t, never_two, 0, 2);
	return t;
}

static Suite *suite(void)
{
	Suite *s = suite_create("vcpu-lock");

	suite_add_tcase(s, tests("light fences", setup_light));
	suite_add_tcase(s, tests("full fences", setup));
	suite_add_tcase(s, tests("lost fences", setup_lost));
	return s;
}

int main(void)
{
	return check_run(srunner_create(suite()));
}
