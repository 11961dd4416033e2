/* SPDX-License-Identifier: MIT */
/*
 * fork() while other threads are in the middle of a request: the child may use
 * KVM from its start, whatever they were doing; what it inherited answers EIO.
 */
#include "abi.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static struct abi_vm vm;
static atomic_bool stop;
static atomic_uint rounds; /* of the thread's work */

/* ---- what the threads do ------------------------------------------------- */

static void make_vms(void)
{
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	abi_vm_close(&v);
}

static void map_memory(void)
{
	static void *at;
	int prot = PROT_READ | PROT_WRITE;

	if (!at)
		at = mmap(NULL, 0x10000, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			  0);
	mmap(at, 0x10000, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	mprotect(at, 0x1000, PROT_READ);
	mprotect(vm.ram, 0x1000, prot);
	madvise(at, 0x1000, MADV_DONTNEED);
}

static void change_slots(void)
{
	struct kvm_userspace_memory_region slot = {
		.slot = 1,
		.guest_phys_addr = GUEST_BASE + GUEST_SIZE,
		.memory_size = 0x10000,
		.userspace_addr = (uintptr_t)vm.ram,
	};

	ioctl(vm.vm, KVM_SET_USER_MEMORY_REGION, &slot);
	slot.memory_size = 0;
	ioctl(vm.vm, KVM_SET_USER_MEMORY_REGION, &slot);
}

static void on_signal(int sig)
{
}

static void install_handlers(void)
{
	struct sigaction act = {.sa_handler = on_signal};

	sigaction(SIGUSR1, &act, NULL);
	act.sa_handler = SIG_DFL;
	sigaction(SIGUSR1, &act, NULL);
}

static void move_descriptors(void)
{
	int fd = dup(vm.vm);

	dup2(vm.vcpu, fd);
	close(fd);
}

static void read_statistics(void)
{
	char buf[64];
	int fd = ioctl(vm.vcpu, KVM_GET_STATS_FD, 0);

	if (fd < 0)
		return;
	if (read(fd, buf, sizeof(buf)) < 0)
		abort();
	close(fd);
}

static void run_the_vcpu(void)
{
	vm.run->immediate_exit = rounds % 2;
	ioctl(vm.vcpu, KVM_RUN, 0);
	reg_get(vm.vcpu, REG_PC);
}

/* ---- the child ----------------------------------------------------------- */

/* No check of the harness: only the parent counts. */
static int child_calls(void)
{
	struct sigaction act = {.sa_handler = on_signal};
	struct kvm_one_reg reg = {.id = REG_PC};
	uint64_t pc;

	alarm(60); /* what hangs is killed */
	reg.addr = (uintptr_t)&pc;
	if (ioctl(vm.vcpu, KVM_GET_ONE_REG, &reg) == 0 || errno != EIO)
		return 1;
	if (ioctl(vm.vm, KVM_CREATE_VCPU, 1) >= 0 || errno != EIO)
		return 2;
	if (ioctl(vm.kvm, KVM_GET_API_VERSION, 0) != 12)
		return 3;
	if (sigaction(SIGUSR1, &act, NULL) || raise(SIGUSR1))
		return 4;
	if (mprotect(vm.ram, 0x1000, PROT_READ) || close(vm.vcpu) ||
	    close(vm.vm))
		return 5;
	return 0;
}

static int child_work(void)
{
	struct abi_vm v;
	char buf[64];
	int fd, ret = child_calls();

	if (ret)
		return ret;
	abi_vm_open(&v, ABI_NO_GIC);
	v.run->immediate_exit = 1;
	if (ioctl(v.vcpu, KVM_RUN, 0) == 0 || errno != EINTR)
		return 6;
	fd = ioctl(v.vcpu, KVM_GET_STATS_FD, 0);
	if (fd < 0 || read(fd, buf, sizeof(buf)) <= 0)
		return 7;
	if (close(fd) || close(v.vcpu) || close(v.vm) || close(v.kvm))
		return 8;
	return 0;
}

/* ---- the cases ----------------------------------------------------------- */

/* Ways to fork in which no handler of pthread_atfork() runs. What a child does
 * after them takes no memory: nobody put malloc's locks right. */
static pid_t fork_bare(void)
{
	pid_t pid = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(child_calls());
	return pid;
}

static pid_t fork_bare_libc(void)
{
	pid_t pid = _Fork();

	if (pid == 0)
		_exit(child_calls());
	return pid;
}

static void *worker(void *arg)
{
	void (**works)(void) = arg;

	while (!atomic_load(&stop)) {
		for (void (**w)(void) = works; *w; w++)
			(*w)();
		atomic_fetch_add(&rounds, 1);
	}
	return NULL;
}

static void fork_beside(void (**works)(void), pid_t (*make)(void))
{
	const unsigned int forks = abi_times(20, 100);
	pthread_t thread;

	if (!vm.run)
		abi_vm_open(&vm, ABI_NO_GIC);
	GUEST(&vm, 0, ASM_MOVZ(1, 0x0900, 1), ASM_STR(0, 1), ASM_B(-1));
	atomic_store(&stop, false);
	NEED(!pthread_create(&thread, NULL, worker, works));
	for (unsigned int i = 0; i < forks; i++) {
		int status = -1;
		unsigned int before = rounds;
		pid_t pid;

		while (rounds == before)
			sched_yield();
		pid = make();
		if (pid == 0)
			_exit(child_work());
		NEED(pid > 0);
		EQUAL(waitpid(pid, &status, 0), pid);
		EQUAL(status, 0);
		if (status)
			break;
	}
	atomic_store(&stop, true);
	pthread_join(thread, NULL);
}

#define BESIDE(...)                                                 \
	do {                                                        \
		static void (*works[])(void) = {__VA_ARGS__, NULL}; \
		fork_beside(works, fork);                           \
	} while (0)

static void case_vms(void)
{
	BESIDE(make_vms);
}

static void case_memory(void)
{
	BESIDE(map_memory);
}

static void case_slots(void)
{
	BESIDE(change_slots);
}

static void case_handlers(void)
{
	BESIDE(install_handlers);
}

static void case_descriptors(void)
{
	BESIDE(move_descriptors);
}

static void case_statistics(void)
{
	BESIDE(read_statistics);
}

static void case_run(void)
{
	BESIDE(run_the_vcpu);
}

static void (*everything[])(void) = {
	make_vms,         map_memory,      change_slots, install_handlers,
	move_descriptors, read_statistics, run_the_vcpu, NULL,
};

static void case_bare(void)
{
	fork_beside(everything, fork_bare);
}

static void case_bare_libc(void)
{
	fork_beside(everything, fork_bare_libc);
}

/* Alone in its process such a child may do everything. */
static void case_bare_alone(void)
{
	int status = -1;
	pid_t pid;

	abi_vm_open(&vm, ABI_NO_GIC);
	pid = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (pid == 0)
		_exit(child_work());
	EQUAL(waitpid(pid, &status, 0), pid);
	EQUAL(status, 0);
	reg_get(vm.vcpu, REG_PC);
}

/* The child's child, and the parent goes on. */
static void case_generations(void)
{
	int status = -1;
	pid_t pid;

	abi_vm_open(&vm, ABI_NO_GIC);
	pid = fork();
	if (pid == 0) {
		struct abi_vm old = vm;

		abi_vm_open(&vm, ABI_NO_GIC);
		pid = fork();
		if (pid == 0)
			_exit(child_work());
		if (waitpid(pid, &status, 0) != pid || status)
			_exit(20);
		if (ioctl(old.vcpu, KVM_RUN, 0) == 0 || errno != EIO)
			_exit(21);
		reg_get(vm.vcpu, REG_PC);
		_exit(0);
	}
	EQUAL(waitpid(pid, &status, 0), pid);
	EQUAL(status, 0);
	reg_get(vm.vcpu, REG_PC);
}

const struct abi_case cases_fork[] = {
	{"fork/while-vms-are-made", case_vms, 60},
	{"fork/while-memory-is-mapped", case_memory, 60},
	{"fork/while-slots-change", case_slots, 60},
	{"fork/while-handlers-are-installed", case_handlers, 60},
	{"fork/while-descriptors-move", case_descriptors, 60},
	{"fork/while-statistics-are-read", case_statistics, 60},
	{"fork/while-a-vcpu-runs", case_run, 60},
	{"fork/without-atfork", case_bare, 60},
	{"fork/without-atfork-by-libc", case_bare_libc, 60},
	{"fork/without-atfork-alone", case_bare_alone},
	{"fork/generations", case_generations},
	{NULL},
};
