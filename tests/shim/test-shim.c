/* SPDX-License-Identifier: MIT */
/*
 * The shim's registry of descriptors and its signal wrapper, without
 * interposition and with a stand-in for the kernel model (the functions of
 * kernel.h at the top).
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/host.h"
#include "kernel/kernel.h"
#include "shim/embed.h"
#include "shim/fdtab.h"
#include "shim/sig.h"
#include "shim/vmm-calls.h"
#include "tests/check-main.h"

#ifdef __SANITIZE_THREAD__
#define UNDER_TSAN 1
#else
#define UNDER_TSAN 0
#endif

/* Our faults are wanted, and one test has no descriptor left for the check. */
const char *__asan_default_options(void) __attribute__((visibility("default")));
const char *__asan_default_options(void)
{
	return "handle_segv=0:handle_sigbus=0:detect_leaks=0";
}

/* ---- the stand-in -------------------------------------------------------- */

static const struct kernel_host *host;
static _Atomic int closed, freed;
static int forked;
static __thread volatile int kicks;
static const void *changed_addr;

void kernel_set_host(const struct kernel_host *h)
{
	host = h;
}

static struct kobj *object(enum kobj_kind kind, const char *name, size_t size)
{
	struct kobj *obj = calloc(1, sizeof(*obj));

	ck_assert_ptr_nonnull(obj);
	obj->kind = kind;
	obj->size = size;
	obj->refs = 1;
	strcpy(obj->name, name);
	return obj;
}

struct kobj *kernel_open(void)
{
	return object(KOBJ_SYSTEM, "kvm", 0);
}

void kobj_get(struct kobj *obj)
{
	__atomic_add_fetch(&obj->refs, 1, __ATOMIC_RELAXED);
}

void kobj_put(struct kobj *obj)
{
	if (__atomic_sub_fetch(&obj->refs, 1, __ATOMIC_ACQ_REL))
		return;
	freed++;
	fdtab_free_pages(obj);
	free(obj);
}

void kobj_close(struct kobj *obj)
{
	closed++;
	kobj_put(obj);
}

long kobj_ioctl(struct kobj *obj, unsigned int cmd, unsigned long arg)
{
	return obj->kind * 1000 + (cmd & 0xff);
}

void kernel_signal_arrived(void)
{
	kicks++;
}

static int fork_prepared; /* and not over */

void kernel_fork_prepare(void)
{
	fork_prepared++;
}

void kernel_forked_parent(void)
{
	fork_prepared--;
}

void kernel_forked_child(void)
{
	forked++;
}

void kernel_host_memory_changed(const void *addr, size_t len)
{
	changed_addr = addr;
}

struct vm *_Atomic kernel_irqfd_vms;

void kernel_eventfd_used(void)
{
}

static bool fork_is_open; /* to signals, while the table is locked */

/* Prepare handlers run in reverse: after embed_init()'s. */
static void between_fork_handlers(void)
{
	sigset_t now;

	pthread_sigmask(SIG_BLOCK, NULL, &now);
	fork_is_open = !sigismember(&now, SIGUSR1);
}

static void setup(void)
{
	pthread_atfork(between_fork_handlers, NULL, NULL);
	embed_init();
	closed = freed = forked = kicks = 0;
}

/* close() as the shim does it */
static void fd_close(int fd)
{
	struct fdtab_closing c;

	fdtab_close_begin(&c, (unsigned int)fd, (unsigned int)fd);
	ck_assert_int_eq(close(fd), 0);
	fdtab_close_end(&c);
}

/* ---- descriptors --------------------------------------------------------- */

static bool is_object(int fd, const struct kobj *want)
{
	struct kobj *obj = fdtab_lookup(fd);

	if (obj)
		kobj_put(obj);
	return obj == want;
}

START_TEST(every_copy_of_a_descriptor_is_the_object)
{
	struct kobj *vm = object(KOBJ_VM, "kvm-vm", 0);
	int fd = fdtab_install(vm);
	int copies[] = {dup(fd), dup2(fd, 200), dup3(fd, 201, O_CLOEXEC),
			fcntl(fd, F_DUPFD, 300)};

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	ck_assert(is_object(fd, vm));
	for (unsigned int i = 0; i < ARRAY_SIZE(copies); i++)
		ck_assert(is_object(copies[i], vm));
	fd_close(fd);
	for (unsigned int i = 0; i < ARRAY_SIZE(copies); i++) {
		ck_assert_int_eq(closed, 0);
		ck_assert(is_object(copies[i], vm));
		fd_close(copies[i]);
	}
	ck_assert_int_eq(closed, 1);
	ck_assert_int_eq(freed, 1);
}
END_TEST

START_TEST(a_range_closes_what_only_it_held)
{
	struct fdtab_closing c;
	int fds[10], keep;

	for (unsigned int i = 0; i < ARRAY_SIZE(fds); i++) {
		fds[i] = fcntl(fdtab_install(object(KOBJ_DEVICE, "d", 0)),
			       F_DUPFD, 100);
		ck_assert_int_ge(fds[i], 100);
	}
	keep = dup(fds[3]); /* below 100 */
	fdtab_close_begin(&c, 3, ~0U);
	ck_assert_uint_eq(c.count, 10);
	for (int fd = 3; fd < 200; fd++)
		if (fd != keep)
			close(fd);
	fdtab_close_end(&c);
	ck_assert_int_eq(closed, 9);
	fd_close(keep);
	ck_assert_int_eq(closed, 10);
}
END_TEST

START_TEST(pages_are_shared_with_the_descriptor)
{
	struct kobj *vcpu = object(KOBJ_VCPU, "kvm-vcpu:0", 3 * 4096);
	int fd = fdtab_install(vcpu);
	char *p =
		mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	ck_assert_ptr_ne(p, MAP_FAILED);
	ck_assert_int_eq(p[4096], 0);
	strcpy(p + 4096, "from the VMM");
	ck_assert_str_eq((char *)vcpu->pages + 4096, "from the VMM");
	/* What the model uses cannot be taken away. */
	ck_assert_int_eq(ftruncate(fd, 0), -1);
	fd_close(fd);
	ck_assert_int_eq(freed, 1);
	ck_assert_str_eq(p + 4096, "from the VMM");
	munmap(p, 3 * 4096);
}
END_TEST

static int pass_through_socket(int fd)
{
	char byte = 'x', space[CMSG_SPACE(sizeof(int))] = {0};
	struct iovec iov = {&byte, 1};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = space,
			     .msg_controllen = sizeof(space)};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
	int pair[2], got;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
	ck_assert_int_eq(sendmsg(pair[0], &msg, 0), 1);
	ck_assert_int_eq(recvmsg(pair[1], &msg, 0), 1);
	memcpy(&got, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(got));
	close(pair[0]);
	close(pair[1]);
	return got;
}

START_TEST(a_passed_descriptor_is_the_object)
{
	struct kobj *vm = object(KOBJ_VM, "kvm-vm", 0);
	int fd = fdtab_install(vm), got = pass_through_socket(fd);

	ck_assert_int_ne(got, fd);
	ck_assert(is_object(got, vm));
	fd_close(fd);
	ck_assert_int_eq(closed, 0);
	fd_close(got);
	ck_assert_int_eq(closed, 1);
}
END_TEST

START_TEST(a_number_used_again_is_not_the_object)
{
	int fd = fdtab_install(object(KOBJ_VM, "kvm-vm", 0)), other;
	long ret;

	ck_assert(embed_ioctl(fd, 0xae03, 0, &ret));
	ck_assert_int_eq(ret, KOBJ_VM * 1000 + 3);
	fd_close(fd);
	other = open("/dev/null", O_RDONLY);
	ck_assert_int_eq(other, fd);
	ck_assert_ptr_null(fdtab_lookup(other));
	ck_assert(!embed_ioctl(other, 0xae03, 0, &ret));
	ck_assert_ptr_null(fdtab_lookup(-1));
	close(other);
}
END_TEST

START_TEST(a_failed_open_leaves_nothing)
{
	int last = -1, fd;
	long ret;

	while ((fd = open("/dev/null", O_RDONLY)) >= 0)
		last = fd;
	errno = 1234;
	ret = embed_open(O_RDWR);
	ck_assert_int_eq(ret, -EMFILE);
	ck_assert_int_eq(errno, 1234);
	ck_assert_int_eq(freed, 1);
	close(last);
	ret = embed_open(O_RDWR);
	ck_assert_int_eq(ret, last);
	ck_assert_int_eq(fcntl((int)ret, F_GETFD), 0);
	ck_assert_int_eq(embed_kind((int)ret), VMM_SYSTEM);
}
END_TEST

/* Numbers are given back and taken again by other threads all the time. */
static void *open_and_close(void *arg)
{
	for (int i = 0; i < 300; i++) {
		struct kobj *vm = object(KOBJ_VM, "kvm-vm", 0);
		int kvm = (int)embed_open(O_CLOEXEC), fd, copy;
		long ret;

		if (!embed_ioctl(kvm, 0xae00, 0, &ret) ||
		    ret != KOBJ_SYSTEM * 1000)
			return arg;
		fd = fdtab_install(vm);
		copy = dup(fd);
		fd_close(kvm);
		if (!is_object(fd, vm))
			return arg;
		fd_close(fd);
		if (!is_object(copy, vm))
			return arg;
		fd_close(copy);
	}
	return NULL;
}

START_TEST(threads_share_the_table)
{
	pthread_t threads[4];
	void *ret;

	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, open_and_close, threads);
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], &ret);
		ck_assert_ptr_null(ret);
	}
	ck_assert_int_eq(closed, 4 * 600);
	ck_assert_int_eq(freed, 4 * 600);
	ck_assert(!fdtab_in_use());
}
END_TEST

/* In a process that did not make it, a VM's descriptor is dead, /dev/kvm not. */
START_TEST(foreign_descriptors)
{
	int pair[2], vm = -1, kvm = -1, status;
	long ret;
	pid_t pid;

	/* The maker is a child: its table is not ours. */
	ck_assert_int_eq(pipe(pair), 0);
	pid = fork();
	if (pid == 0) {
		dup2(fdtab_install(object(KOBJ_VM, "kvm-vm", 0)), 400);
		dup2((int)embed_open(O_RDWR), 401);
		ck_assert_int_eq(write(pair[1], "x", 1), 1);
		pause();
	}
	ck_assert_int_eq(read(pair[0], &status, 1), 1);
	vm = (int)syscall(SYS_pidfd_getfd, syscall(SYS_pidfd_open, pid, 0), 400,
			  0);
	kvm = (int)syscall(SYS_pidfd_getfd, syscall(SYS_pidfd_open, pid, 0),
			   401, 0);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	if (vm < 0 && errno == EPERM)
		return; /* no ptrace here */
	ck_assert(embed_ioctl(vm, 0xae41, 0, &ret));
	ck_assert_int_eq(ret, -EIO);
	ck_assert(embed_ioctl(vm, 0x5401, 0, &ret));
	ck_assert_int_eq(ret, -EIO);
	ck_assert(embed_ioctl(kvm, 0xae00, 0, &ret));
	ck_assert_int_eq(ret, KOBJ_SYSTEM * 1000);
	ck_assert_int_eq(embed_kind(kvm), VMM_SYSTEM);
	fd_close(kvm);
	ck_assert_int_eq(closed, 1);
}
END_TEST

START_TEST(a_forked_child_closes_nothing_of_its_parents)
{
	int fd = fdtab_install(object(KOBJ_VM, "kvm-vm", 0)), status;
	pid_t pid = fork();

	if (pid == 0) {
		int own;

		if (forked != 1)
			_exit(1);
		fd_close(fd);
		if (closed)
			_exit(2);
		own = fdtab_install(object(KOBJ_VM, "kvm-vm", 0));
		fd_close(own);
		_exit(closed == 1 ? 0 : 3);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(forked, 0);
	ck_assert_ptr_nonnull(fdtab_lookup(fd));
}
END_TEST

/* A handler that calls ioctl() must not find the table locked by its own
 * thread. */
START_TEST(a_fork_holds_signals_back)
{
	sigset_t before = {0}, after = {0};
	int status;
	pid_t pid;

	pthread_sigmask(SIG_BLOCK, NULL, &before);
	pid = fork();
	pthread_sigmask(SIG_BLOCK, NULL, &after);
	if (pid == 0)
		_exit(memcmp(&before, &after, sizeof(before)) != 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert_mem_eq(&before, &after, sizeof(before));
	ck_assert(!fork_is_open);
	ck_assert_int_eq(fork_prepared, 0);
}
END_TEST

/* A vfork child has our memory but a descriptor table of its own. */
START_TEST(a_vfork_child_closes_nothing)
{
	int fd = fdtab_install(object(KOBJ_VM, "kvm-vm", 0)), status;
	pid_t pid = vfork();

	if (pid == 0) {
		fd_close(fd);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(closed, 0);
	ck_assert_ptr_nonnull(fdtab_lookup(fd));
}
END_TEST

/* ---- signals ------------------------------------------------------------- */

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
	sig_run_clear();
	ck_assert_int_eq(run_begin(NULL), 0);
	run_end();
	sig_run_clear();
	raise(SIGUSR1);
	ck_assert_int_eq(run_begin(NULL), -EINTR);
	run_end();
	ck_assert_int_eq(run_begin(&let_usr1), -EINTR);
	run_end();
	sig_run_clear();
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

int main(void)
{
	Suite *s = suite_create("shim");
	TCase *fd = tcase_create("descriptors"), *sig = tcase_create("signals");

	tcase_add_checked_fixture(fd, setup, NULL);
	tcase_add_test(fd, every_copy_of_a_descriptor_is_the_object);
	tcase_add_test(fd, a_range_closes_what_only_it_held);
	tcase_add_test(fd, pages_are_shared_with_the_descriptor);
	tcase_add_test(fd, a_passed_descriptor_is_the_object);
	tcase_add_test(fd, a_number_used_again_is_not_the_object);
	tcase_add_test(fd, a_failed_open_leaves_nothing);
	tcase_add_test(fd, threads_share_the_table);
	tcase_add_test(fd, foreign_descriptors);
	if (!UNDER_TSAN) { /* it knows nothing of processes */
		tcase_add_test(fd,
			       a_forked_child_closes_nothing_of_its_parents);
		tcase_add_test(fd, a_fork_holds_signals_back);
		tcase_add_test(fd, a_bare_child_is_noticed);
		tcase_add_test(fd, a_vfork_child_closes_nothing);
	}
	suite_add_tcase(s, fd);

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
	suite_add_tcase(s, sig);

	return check_run(srunner_create(s));
}
