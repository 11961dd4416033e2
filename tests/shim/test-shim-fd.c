/* SPDX-License-Identifier: MIT */
/*
 * The registry of descriptors: which open file is which object, in threads, in
 * children and by other processes, and when an object is closed.
 */
#include "test-shim.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fault.h"
#include "shim/embed.h"
#include "shim/fdtab.h"
#include "shim/vmm-calls.h"

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

/* The first by a reference, the next announced, one within that. */
START_TEST(a_request_keeps_its_object)
{
	struct kobj *vm = object(KOBJ_VM, "kvm-vm", 0);
	struct fdtab_use use, inner;
	int fd = fdtab_install(vm), again;

	ck_assert_ptr_eq(fdtab_begin(&use, fd), vm);
	ck_assert_ptr_null(use.user);
	fdtab_end(&use);
	ck_assert_ptr_eq(fdtab_begin(&use, fd), vm);
	ck_assert_ptr_nonnull(use.user);
	ck_assert_int_eq(vm->refs, 1);
	ck_assert_ptr_eq(fdtab_begin(&inner, fd), vm);
	ck_assert_ptr_null(inner.user);
	fdtab_end(&inner);
	fd_close(fd);
	ck_assert_int_eq(closed, 0);
	ck_assert_ptr_null(fdtab_begin(&inner, fd));
	again = fdtab_install(object(KOBJ_VM, "kvm-vm", 0));
	fd_close(again);
	ck_assert_int_eq(closed, 1);
	ck_assert_str_eq(vm->name, "kvm-vm");
	fdtab_end(&use);
	ck_assert_int_eq(closed, 2);
	ck_assert_int_eq(freed, 2);
}
END_TEST

/* Requests on a number that is closed and is another object's all the time: what
 * is found is there until the end. */
#define BUSY_FD 250
#define MARK    40 /* in the object's name: tells it from the one before */
static atomic_bool over;

static void *request_all_the_time(void *arg)
{
	_Atomic unsigned long *found = arg;

	while (!over) {
		struct fdtab_use use;
		struct kobj *obj = fdtab_begin(&use, BUSY_FD);

		char mark;

		if (!obj)
			continue;
		/* Longer than a close takes. */
		mark = obj->name[MARK];
		for (int i = 0; i < 200000; i++)
			if (*(volatile char *)&obj->name[MARK] != mark) {
				over = true;
				return arg;
			}
		fdtab_end(&use);
		(*found)++;
	}
	return NULL;
}

START_TEST(closes_wait_for_requests)
{
	_Atomic unsigned long found[2] = {0};
	pthread_t threads[2];
	int rounds = 0;
	void *ret;

	over = false;
	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, request_all_the_time,
			       &found[i]);
	for (; !over && (found[0] < 200 || found[1] < 200); rounds++) {
		struct kobj *vm = object(KOBJ_VM, "kvm-vm", 0);
		int fd;

		vm->name[MARK] = (char)rounds;
		fd = fdtab_install(vm);
		ck_assert_int_eq(dup2(fd, BUSY_FD), BUSY_FD);
		fd_close(fd);
		for (int i = 0; i < rounds % 64; i++)
			embed_note(BUSY_FD);
		fd_close(BUSY_FD);
	}
	over = true;
	for (int i = 0; i < 2; i++) {
		pthread_join(threads[i], &ret);
		ck_assert_ptr_null(ret);
	}
	ck_assert_int_eq(closed, rounds);
	ck_assert_int_eq(freed, rounds);
}
END_TEST

/* More threads than places, some of which are their former owners'. */
static void *one_request(void *arg)
{
	struct fdtab_use use;

	for (int i = 0; i < 3; i++) {
		if (!fdtab_begin(&use, *(int *)arg))
			return arg;
		fdtab_end(&use);
	}
	return use.user ? NULL : arg;
}

START_TEST(threads_come_and_go)
{
	int fd = fdtab_install(object(KOBJ_VM, "kvm-vm", 0));
	pthread_t thread;
	void *ret;

	for (int i = 0; i < 600; i++) {
		ck_assert_int_eq(
			pthread_create(&thread, NULL, one_request, &fd), 0);
		pthread_join(thread, &ret);
		ck_assert_ptr_null(ret);
	}
	fd_close(fd);
	ck_assert_int_eq(closed, 1);
}
END_TEST

TCase *fd_tests(void)
{
	TCase *fd = tcase_create("descriptors");

	tcase_add_checked_fixture(fd, setup, NULL);
	tcase_add_test(fd, every_copy_of_a_descriptor_is_the_object);
	tcase_add_test(fd, a_range_closes_what_only_it_held);
	tcase_add_test(fd, pages_are_shared_with_the_descriptor);
	tcase_add_test(fd, a_passed_descriptor_is_the_object);
	tcase_add_test(fd, a_number_used_again_is_not_the_object);
	tcase_add_test(fd, a_failed_open_leaves_nothing);
	tcase_add_test(fd, threads_share_the_table);
	tcase_add_test(fd, foreign_descriptors);
	tcase_add_test(fd, a_request_keeps_its_object);
	tcase_add_test(fd, closes_wait_for_requests);
	tcase_add_test(fd, threads_come_and_go);
	if (!UNDER_TSAN) { /* it knows nothing of processes */
		tcase_add_test(fd,
			       a_forked_child_closes_nothing_of_its_parents);
		tcase_add_test(fd, a_fork_holds_signals_back);
		tcase_add_test(fd, a_vfork_child_closes_nothing);
	}
	return fd;
}
