/* SPDX-License-Identifier: MIT */
/*
 * What the rest of a VMM may do while one of its threads is in KVM_RUN: fork,
 * map and unmap, start threads, take signals, lose the guest's memory, exit.
 * Under QEMU several of these stop all CPUs of the process for a moment, which
 * must not wait for KVM_RUN. Built for x86-64 and for arm64.
 */
#include <pthread.h>
#include <signal.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "tiny-vm.h"

static atomic_int outcome; /* of the last KVM_RUN: 1 running, -errno */
static atomic_uint handled;

static void check(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "FAIL: %s (%s)\n", what, strerror(errno));
	_exit(1);
}

static void on_signal(int sig)
{
	atomic_fetch_add(&handled, 1);
}

/* counts at the start of its memory: ldr x0,[x1]; add x0,x0,#1; str; b */
static const uint32_t guest_count[] = {
	0x58000101,    /* ldr x1, =GUEST_BASE + 0x8000 (aligned: MMU off) */
	ASM_LDR(0, 1), /* loop */
	ASM_ADD_IMM(0, 0, 1),
	ASM_STR(0, 1),
	ASM_B(-3), /* loop */
	ASM_NOP,
	ASM_NOP,
	ASM_NOP,
	GUEST_BASE + 0x8000,
	0,
};

static uint64_t guest_counter(void)
{
	return *(volatile uint64_t *)(guest_memory + 0x8000);
}

static void *vcpu_thread(void *arg)
{
	atomic_store(&outcome, 1);
	atomic_store(&outcome, ioctl(vcpu_fd, KVM_RUN, 0) ? -errno : 0);
	return NULL;
}

static void vcpu_start(pthread_t *thread)
{
	uint64_t before = guest_counter();

	check(!pthread_create(thread, NULL, vcpu_thread, NULL), "thread");
	while (guest_counter() < before + 1000)
		sched_yield();
}

static void still_running(const char *what)
{
	uint64_t before = guest_counter();

	while (guest_counter() < before + 1000 && atomic_load(&outcome) == 1)
		sched_yield();
	check(atomic_load(&outcome) == 1, what);
}

static void *nothing(void *arg)
{
	void *p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	memset(p, 1, 1 << 20);
	mprotect(p, 1 << 20, PROT_READ);
	munmap(p, 1 << 20);
	return NULL;
}

static void test_process_work(void)
{
	pthread_t vcpu, other;
	int status;

	vcpu_start(&vcpu);
	for (int i = 0; i < 20; i++) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(ioctl(vcpu_fd, KVM_RUN, 0) == -1 && errno == EIO
				      ? 0
				      : 1);
		check(waitpid(pid, &status, 0) == pid && status == 0,
		      "fork while a vCPU runs");
	}
	still_running("running after forks");
	for (int i = 0; i < 50; i++) {
		check(!pthread_create(&other, NULL, nothing, NULL), "thread");
		pthread_join(other, NULL);
	}
	still_running("running after threads and mappings");
	check(system("exit 3") == 3 << 8, "system()");
	still_running("running after system()");
	check(pthread_kill(vcpu, SIGUSR1) == 0, "pthread_kill");
	pthread_join(vcpu, NULL);
	check(outcome == -EINTR && handled == 1, "EINTR and one handler");
}

/* Threads that live at the same time, and a VM of one's own. */
static void child_work(void)
{
	pthread_t thread[4];
	int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	for (int i = 0; i < 4; i++)
		check(!pthread_create(&thread[i], NULL, nothing, NULL),
		      "a thread of a child");
	check(fd >= 0 && ioctl(fd, KVM_CREATE_VM, 0) >= 0, "a child's VM");
	for (int i = 0; i < 4; i++)
		pthread_join(thread[i], NULL);
}

/* As a daemon begins: a child of a process with threads goes on as the VMM, or
 * a child of that one. */
static void test_children_with_threads(void)
{
	pthread_t vcpu;
	int status;
	pid_t pid;

	vcpu_start(&vcpu);
	pid = fork();
	if (pid == 0) {
		child_work();
		pid = fork();
		if (pid == 0) {
			child_work();
			_exit(0);
		}
		_exit(waitpid(pid, &status, 0) == pid && status == 0 ? 0 : 1);
	}
	check(waitpid(pid, &status, 0) == pid && status == 0,
	      "a child with threads");
	still_running("running after a child with threads");
	pthread_kill(vcpu, SIGUSR1);
	pthread_join(vcpu, NULL);
}

static void test_memory_gone(void)
{
	pthread_t vcpu;

	vcpu_start(&vcpu);
	munmap(guest_memory, GUEST_SIZE);
	pthread_join(vcpu, NULL);
	check(outcome == -EFAULT, "EFAULT when the memory has gone");
	/* And comes back: the same vCPU goes on. */
	check(mmap(guest_memory, GUEST_SIZE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		   0) == guest_memory,
	      "mmap");
	memcpy(guest_memory, guest_count, sizeof(guest_count));
	vcpu_start(&vcpu);
	mprotect(guest_memory, GUEST_SIZE, PROT_READ);
	pthread_join(vcpu, NULL);
	check(outcome == -EFAULT, "EFAULT when the memory is read-only");
	mprotect(guest_memory, GUEST_SIZE, PROT_READ | PROT_WRITE);
	vcpu_start(&vcpu);
	/* Its counter starts again whenever its page is a new one. */
	for (int i = 0; i < 20; i++) {
		madvise(guest_memory + 0x8000, 0x1000, MADV_DONTNEED);
		still_running("running after madvise");
	}
}

int main(void)
{
	struct sigaction act = {.sa_handler = on_signal};

	setvbuf(stdout, NULL, _IONBF, 0);
	sigaction(SIGUSR1, &act, NULL);
	vm_make(guest_count, sizeof(guest_count));
	test_process_work();
	test_children_with_threads();
	test_memory_gone();
	/* The vCPU is in KVM_RUN still. */
	printf("shim-run: all well\n");
	exit(0);
}
