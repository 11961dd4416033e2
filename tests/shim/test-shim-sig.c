/* SPDX-License-Identifier: MIT */
/*
 * The wrapper of the VMM's signal handlers: what they see, when they run, what
 * a masked run leaves pending, whose a fault is.
 */
#include "test-shim.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fault.h"
#include "shim/embed.h"
#include "shim/fdtab.h"
#include "shim/sig.h"

static volatile int handled, handled_kicks, handler_value;
static sigset_t handler_mask;

static void on_signal(int sig, siginfo_t *info, void *uc)
{
	handled++;
	handled_kicks = kicks;
	handler_value = info->si_value.sival_int;
	pthread_sigmask(SIG_BLOCK, NULL, &handler_mask);
}

static void on_plain_signal(int sig)
{
	handled++;
}

static void handler_set(int sig, int flags)
{
	struct sigaction act = {.sa_sigaction = on_signal,
				.sa_flags = SA_SIGINFO | flags};

	sigaddset(&act.sa_mask, SIGUSR2);
	ck_assert_int_eq(sig_action(sig, &act, NULL), 0);
	handled = kicks = 0;
}

static uint64_t blocked_now(void)
{
	sigset_t set;
	uint64_t mask;

	pthread_sigmask(SIG_BLOCK, NULL, &set);
	memcpy(&mask, &set, sizeof(mask));
	return mask;
}

static void block(int how, int sig)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	pthread_sigmask(how, &set, NULL);
}

static bool is_pending(int sig)
{
	sigset_t set;

	sigpending(&set);
	return sigismember(&set, sig);
}

START_TEST(a_delivered_signal_kicks_before_the_handler)
{
	handler_set(SIGUSR1, 0);
	raise(SIGUSR1);
	ck_assert_int_eq(handled, 1);
	ck_assert_int_eq(handled_kicks, 1);
	ck_assert(sigismember(&handler_mask, SIGUSR2));
	ck_assert(sigismember(&handler_mask, SIGUSR1));
}
END_TEST

START_TEST(the_vmm_sees_its_own_action)
{
	struct sigaction plain = {.sa_handler = on_plain_signal}, old;
	struct sigaction ignore = {.sa_handler = SIG_IGN};

	handler_set(SIGUSR1, SA_RESTART | SA_ONSTACK);
	ck_assert_int_eq(sig_action(SIGUSR1, &plain, &old), 0);
	ck_assert_ptr_eq(old.sa_sigaction, on_signal);
	ck_assert_int_eq(old.sa_flags & ~0x04000000,
			 SA_SIGINFO | SA_RESTART | SA_ONSTACK);
	ck_assert(sigismember(&old.sa_mask, SIGUSR2));
	ck_assert_int_eq(sig_action(SIGUSR1, &ignore, &old), 0);
	ck_assert_ptr_eq(old.sa_handler, on_plain_signal);
	ck_assert_int_eq(old.sa_flags & ~0x04000000, 0);
	ck_assert_int_eq(sig_action(SIGUSR1, NULL, &old), 0);
	ck_assert_ptr_eq(old.sa_handler, SIG_IGN);
	ck_assert_int_eq(sig_action(SIGKILL, &ignore, NULL), -EINVAL);
	ck_assert_int_eq(sig_action(0, NULL, &old), -EINVAL);
	ck_assert_int_eq(sig_action(65, NULL, &old), -EINVAL);
	/* SIGSEGV is always ours underneath. */
	ck_assert_int_eq(sig_action(SIGSEGV, NULL, &old), 0);
	ck_assert_ptr_eq(old.sa_handler, SIG_DFL);
}
END_TEST

START_TEST(a_one_shot_handler_runs_once)
{
	struct sigaction old;

	handler_set(SIGUSR1, (int)SA_RESETHAND);
	raise(SIGUSR1);
	ck_assert_int_eq(handled, 1);
	ck_assert_int_eq(sig_action(SIGUSR1, NULL, &old), 0);
	ck_assert_ptr_eq(old.sa_handler, SIG_DFL);
	raise(SIGUSR1); /* fatal, see the registration */
}
END_TEST

START_TEST(a_fault_in_a_guard_never_reaches_the_vmm)
{
	char *page =
		mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char c;

	handler_set(SIGSEGV, 0);
	ck_assert_int_eq(copy_from_user(&c, page, 1), -EFAULT);
	ck_assert_int_eq(copy_to_user(page, &c, 1), -EFAULT);
	ck_assert_int_eq(handled, 0);
	raise(SIGSEGV);
	ck_assert_int_eq(handled, 1);
	munmap(page, 4096);
}
END_TEST

static char *faulting_page;
static volatile int repaired;

static void on_fault_repair(int sig)
{
	repaired++;
	mprotect(faulting_page, 4096, PROT_READ | PROT_WRITE);
}

static void on_signal_fault(int sig)
{
	*(volatile char *)faulting_page = 1;
	handled++;
}

/* KVM_RUN is a guarded region, and a VMM's handler may interrupt it: what the
 * handler does, faults included, is the VMM's. */
START_TEST(a_fault_of_a_handler_is_the_vmms)
{
	struct sigaction fault = {.sa_handler = on_fault_repair};
	struct sigaction usr1 = {.sa_handler = on_signal_fault};
	struct fault_guard g;

	faulting_page =
		mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ck_assert_int_eq(sig_action(SIGSEGV, &fault, NULL), 0);
	ck_assert_int_eq(sig_action(SIGUSR1, &usr1, NULL), 0);
	if (fault_guard_enter(&g))
		ck_abort_msg("the guard took the handler's fault");
	raise(SIGUSR1);
	ck_assert_ptr_eq(fault_guard_top, &g);
	fault_guard_leave(&g);
	ck_assert_int_eq(repaired, 1);
	ck_assert_int_eq(handled, 1);
}
END_TEST

START_TEST(a_fault_of_the_vmms_own_kills_it)
{
	volatile uintptr_t nowhere = 16;

	*(volatile int *)nowhere = 1; /* SIGSEGV, see the registration */
}
END_TEST

/* KVM_RUN as the shim calls it. */
static int run_begin(const uint64_t *mask)
{
	sig_hold();
	return sig_run_begin(mask);
}

static void run_end(void)
{
	sig_run_end();
	sig_release();
}

/* KVM_RUN with a mask that lets SIGUSR1 through while the VMM blocks it. */
static const uint64_t let_usr1 = ~BIT(SIGUSR1 - 1);

static void check_pending_usr1(int value)
{
	struct timespec zero = {0};
	siginfo_t info;
	sigset_t set;

	ck_assert_int_eq(handled, 0);
	ck_assert(blocked_now() & BIT(SIGUSR1 - 1));
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	ck_assert_int_eq(sigtimedwait(&set, &info, &zero), SIGUSR1);
	ck_assert_int_eq(info.si_value.sival_int, value);
	ck_assert_int_eq(info.si_code, SI_QUEUE);
	ck_assert_int_eq(info.si_pid, getpid());
	ck_assert_int_eq(sigtimedwait(&set, &info, &zero), -1);
}

static void mask_run_begin_pending(bool with_handler)
{
	uint64_t before;

	if (with_handler)
		handler_set(SIGUSR1, 0);
	block(SIG_BLOCK, SIGUSR1);
	before = blocked_now();
	pthread_sigqueue(pthread_self(), SIGUSR1,
			 (union sigval){.sival_int = 7});
	ck_assert_int_eq(run_begin(&let_usr1), -EINTR);
	run_end();
	ck_assert_uint_eq(blocked_now(), before);
	check_pending_usr1(7);
	/* And without one it runs. */
	ck_assert_int_eq(run_begin(&let_usr1), 0);
	ck_assert(!(blocked_now() & BIT(SIGUSR1 - 1)));
	ck_assert(blocked_now() & BIT(SIGUSR2 - 1));
	kicks = 0;
	pthread_sigqueue(pthread_self(), SIGUSR1,
			 (union sigval){.sival_int = 8});
	ck_assert_int_eq(kicks, 1);
	ck_assert(is_pending(SIGUSR1));
	run_end();
	ck_assert_uint_eq(blocked_now(), before);
	check_pending_usr1(8);
}

START_TEST(a_masked_run_leaves_the_signal_pending)
{
	mask_run_begin_pending(true);
}
END_TEST

START_TEST(a_masked_run_needs_no_handler)
{
	mask_run_begin_pending(false);
}
END_TEST

START_TEST(a_masked_run_lets_open_signals_be_handled)
{
	uint64_t none = 0, before = blocked_now();

	handler_set(SIGUSR1, 0);
	ck_assert_int_eq(run_begin(&none), 0);
	raise(SIGUSR1);
	ck_assert_int_eq(handled, 0);
	ck_assert_int_eq(kicks, 1);
	run_end();
	ck_assert_int_eq(handled, 1);
	ck_assert_uint_eq(blocked_now(), before);
}
END_TEST

START_TEST(a_masked_run_holds_back_what_only_kvm_blocks)
{
	uint64_t all = ~UINT64_C(0), before = blocked_now();

	handler_set(SIGUSR1, 0);
	ck_assert_int_eq(run_begin(&all), 0);
	raise(SIGUSR1);
	ck_assert_int_eq(handled, 0);
	ck_assert_int_eq(kicks, 0);
	run_end();
	ck_assert_int_eq(handled, 1);
	ck_assert_uint_eq(blocked_now(), before);
}
END_TEST

/* Several at once: one the VMM handles, two it blocks, all pending. */
START_TEST(a_masked_run_sorts_several_signals)
{
	uint64_t none = 0, before;

	handler_set(SIGUSR1, 0);
	handler_set(SIGALRM, 0);
	block(SIG_BLOCK, SIGUSR1);
	block(SIG_BLOCK, SIGRTMIN);
	block(SIG_BLOCK, SIGALRM);
	before = blocked_now();
	raise(SIGRTMIN);
	raise(SIGRTMIN);
	raise(SIGUSR1);
	raise(SIGALRM);
	handled = 0;
	ck_assert_int_eq(run_begin(&none), -EINTR);
	run_end();
	ck_assert_int_eq(handled, 0);
	ck_assert_uint_eq(blocked_now(), before);
	ck_assert(is_pending(SIGUSR1) && is_pending(SIGALRM));
	for (int i = 0; i < 2; i++) {
		struct timespec zero = {0};
		sigset_t set;

		sigemptyset(&set);
		sigaddset(&set, SIGRTMIN);
		ck_assert_int_eq(sigtimedwait(&set, NULL, &zero), SIGRTMIN);
	}
	block(SIG_UNBLOCK, SIGALRM);
	ck_assert_int_eq(handled, 1);
	block(SIG_UNBLOCK, SIGUSR1);
	ck_assert_int_eq(handled, 2);
}
END_TEST

/* Outside KVM_RUN too, and only the outermost release lets them run. */
START_TEST(handlers_wait_for_the_end_of_a_request)
{
	uint64_t before = blocked_now();

	handler_set(SIGUSR1, 0);
	handler_set(SIGALRM, 0);
	sig_hold();
	sig_hold();
	raise(SIGUSR1);
	raise(SIGALRM);
	sig_release();
	ck_assert_int_eq(handled, 0);
	sig_release();
	ck_assert_int_eq(handled, 2);
	ck_assert_uint_eq(blocked_now(), before);
	/* A run that begins when one waits already has something to do. */
	sig_hold();
	raise(SIGUSR1);
	ck_assert_int_eq(sig_run_begin(NULL), -EINTR);
	sig_run_end();
	ck_assert_int_eq(sig_run_begin(&let_usr1), -EINTR);
	sig_run_end();
	ck_assert_int_eq(handled, 2);
	sig_release();
	ck_assert_int_eq(handled, 3);
	ck_assert_uint_eq(blocked_now(), before);
}
END_TEST

/* The wrapper put in for sigwait's sake must not change the default action. */
START_TEST(a_wrapped_default_still_kills)
{
	block(SIG_BLOCK, SIGUSR1);
	ck_assert_int_eq(run_begin(&let_usr1), 0);
	run_end();
	block(SIG_UNBLOCK, SIGUSR1);
	raise(SIGUSR1); /* fatal, see the registration */
}
END_TEST

START_TEST(two_steps_keep_what_came_between)
{
	handler_set(SIGUSR1, 0);
	sig_two_step = true;
	raise(SIGUSR1);
	ck_assert(sig_run_restart());
	ck_assert(!sig_run_restart());
	ck_assert_int_eq(run_begin(NULL), 0);
	run_end();
	ck_assert(!sig_run_restart());
	raise(SIGUSR1);
	ck_assert_int_eq(run_begin(NULL), -EINTR);
	run_end();
	ck_assert_int_eq(run_begin(&let_usr1), -EINTR);
	run_end();
	ck_assert(sig_run_restart());
	ck_assert(!sig_run_restart());
	ck_assert_int_eq(run_begin(&let_usr1), 0);
	run_end();
}
END_TEST

/* A child in which no atfork handler ran finds out by itself, once. */
START_TEST(a_bare_child_is_noticed)
{
	int fd = fdtab_install(object(KOBJ_VM, "kvm-vm", 0)), status;
	pid_t pid = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	long ret;

	if (pid == 0) {
		handler_set(SIGUSR1, 0);
		if (forked != 1 || raise(SIGUSR1) || handled != 1)
			_exit(1);
		if (!embed_ioctl(fd, 0, 0, &ret) || forked != 1)
			_exit(2);
		fd_close(fd);
		_exit(closed ? 3 : 0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	fd_close(fd);
	ck_assert_int_eq(closed, 1);
	ck_assert_int_eq(forked, 0);
}
END_TEST

TCase *sig_tests(void)
{
	TCase *sig = tcase_create("signals");

	tcase_add_checked_fixture(sig, setup, NULL);
	tcase_add_test(sig, a_delivered_signal_kicks_before_the_handler);
	if (!UNDER_TSAN) { /* it handles SIGSEGV itself */
		tcase_add_test_raise_signal(
			sig, a_fault_of_the_vmms_own_kills_it, SIGSEGV);
		tcase_add_test(sig, the_vmm_sees_its_own_action);
		tcase_add_test(sig, a_fault_of_a_handler_is_the_vmms);
	}
	tcase_add_test_raise_signal(sig, a_one_shot_handler_runs_once, SIGUSR1);
	tcase_add_test(sig, a_fault_in_a_guard_never_reaches_the_vmm);
	tcase_add_test(sig, a_masked_run_leaves_the_signal_pending);
	tcase_add_test(sig, a_masked_run_needs_no_handler);
	tcase_add_test(sig, a_masked_run_lets_open_signals_be_handled);
	tcase_add_test(sig, a_masked_run_holds_back_what_only_kvm_blocks);
	tcase_add_test(sig, a_masked_run_sorts_several_signals);
	tcase_add_test(sig, handlers_wait_for_the_end_of_a_request);
	tcase_add_test_raise_signal(sig, a_wrapped_default_still_kills,
				    SIGUSR1);
	tcase_add_test(sig, two_steps_keep_what_came_between);
	return sig;
}

TCase *sig_child_tests(void)
{
	TCase *child = tcase_create("bare children");

	/* It needs MADV_WIPEONFORK, which QEMU 7.2's user mode ignores. */
	tcase_set_tags(child, "qemu-user");
	tcase_add_checked_fixture(child, setup, NULL);
	if (!UNDER_TSAN) /* it knows nothing of processes */
		tcase_add_test(child, a_bare_child_is_noticed);
	return child;
}
