/* SPDX-License-Identifier: MIT */
/*
 * Restartable sequences: what the area says of the CPU, and what makes a critical
 * section begin anew.
 */
#include "tests/user/user.h"

#include <linux/membarrier.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#define SIGNATURE   0xd428bc00 /* BRK, as the kernel's header asks */
#define UNREGISTER  1
#define CPU_UNKNOWN 0xffffffffu

struct area {
	uint32_t cpu_id_start, cpu_id;
	uint64_t section;
	uint32_t flags, node_id, mm_cid, rest;
} __attribute__((aligned(32)));

/* The C library's, of newer ones: a thread has one area. */
extern const ptrdiff_t __rseq_offset __attribute__((weak));
extern const unsigned int __rseq_size __attribute__((weak));

static long rseq(struct area *a, int flags, uint32_t sig)
{
	return syscall(SYS_rseq, a, sizeof(*a), flags, sig);
}

static void drop_libc_area(void)
{
	if (&__rseq_size && __rseq_size)
		rseq((void *)((char *)__builtin_thread_pointer() +
			      __rseq_offset),
		     UNREGISTER, SIGNATURE);
}

static void begin(struct area *a)
{
	memset(a, 0, sizeof(*a));
	a->cpu_id = CPU_UNKNOWN;
	drop_libc_area();
	CHECK_EQ(rseq(a, 0, SIGNATURE), 0);
}

static uint32_t cpu_of(const struct area *a)
{
	return *(const volatile uint32_t *)&a->cpu_id;
}

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	CHECK_EQ(sched_setaffinity(0, sizeof(set), &set), 0);
}

/* ---- the area ------------------------------------------------------------ */

static void registered(void)
{
	static struct area a, b;

	begin(&a);
	CHECK(cpu_of(&a) != CPU_UNKNOWN);
	CHECK(a.cpu_id_start == a.cpu_id);
	errno = 0;
	CHECK(rseq(&a, 0, SIGNATURE) == -1 && errno == EBUSY);
	CHECK(rseq(&a, 0, 1) == -1 && errno == EPERM);
	CHECK(rseq(&b, 0, SIGNATURE) == -1 && errno == EINVAL);
	CHECK(rseq(&a, UNREGISTER, 1) == -1 && errno == EPERM);
	CHECK(rseq(&b, UNREGISTER, SIGNATURE) == -1 && errno == EINVAL);
	CHECK_EQ(rseq(&a, UNREGISTER, SIGNATURE), 0);
	CHECK(cpu_of(&a) == CPU_UNKNOWN);
	CHECK_EQ(rseq(&b, 0, SIGNATURE), 0);
}

static void migrates(void)
{
	static struct area a;
	cpu_set_t may;

	begin(&a);
	CHECK_EQ(sched_getaffinity(0, sizeof(may), &may), 0);
	for (int k = 0; k < 40; k++) {
		for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
			unsigned int now;

			if (!CPU_ISSET(cpu, &may))
				continue;
			pin(cpu);
			CHECK_EQ(cpu_of(&a), cpu);
			CHECK_EQ(syscall(SYS_getcpu, &now, NULL, NULL), 0);
			CHECK_EQ(now, cpu);
		}
	}
}

static void *own_area(void *arg)
{
	static __thread struct area a;

	(void)arg;
	begin(&a);
	CHECK(cpu_of(&a) != CPU_UNKNOWN);
	return NULL; /* registered, and its memory goes */
}

static void of_threads(void)
{
	static struct area a;

	begin(&a);
	for (int k = 0; k < 50; k++) {
		pthread_t t;

		CHECK_EQ(pthread_create(&t, NULL, own_area, NULL), 0);
		CHECK_EQ(pthread_join(t, NULL), 0);
	}
	CHECK(cpu_of(&a) != CPU_UNKNOWN);
}

/* ---- critical sections --------------------------------------------------- */

/* Adds 1 to *@v, slowly, if @cpu is right. False: not done. */
static bool add(struct area *a, long *v, uint32_t cpu)
{
	__asm__ goto(".pushsection __rseq_cs, \"aw\"; .balign 32;"
		     "9: .long 0, 0; .quad 1f, 2f - 1f, 4f; .popsection;"
		     "adrp x9, 9b; add x9, x9, :lo12:9b; str x9, [%0, #8];"
		     "1: ldr w9, [%0, #4]; cmp w9, %w2; b.ne %l[no];"
		     "ldr x9, [%1]; mov x10, #100;"
		     "3: subs x10, x10, #1; b.ne 3b;"
		     "add x9, x9, #1; str x9, [%1];"
		     "2: b 5f; .inst 0xd428bc00; 4: b %l[no]; 5:"
		     :
		     : "r"(a), "r"(v), "r"(cpu)
		     : "x9", "x10", "cc", "memory"
		     : no);
	return true;
no:
	return false;
}

/* Waits for *@flag, which is 0, then sets *@v. False: not done. */
static bool wait_and_set(struct area *a, volatile int *flag, long *v)
{
	__asm__ goto(".pushsection __rseq_cs, \"aw\"; .balign 32;"
		     "9: .long 0, 0; .quad 1f, 2f - 1f, 4f; .popsection;"
		     "adrp x9, 9b; add x9, x9, :lo12:9b; str x9, [%0, #8];"
		     "1: ldr w9, [%1]; cbnz w9, %l[no];"
		     "3: ldr w9, [%1]; cbz w9, 3b; str x9, [%2];"
		     "2: b 5f; .inst 0xd428bc00; 4: b %l[no]; 5:"
		     :
		     : "r"(a), "r"(flag), "r"(v)
		     : "x9", "cc", "memory"
		     : no);
	return true;
no:
	return false;
}

#define ADDERS 4
#define ADDS   2000

static long sums[CPU_SETSIZE][8];

static void *adder(void *arg)
{
	static __thread struct area a;
	unsigned int cpu, done = 0;

	(void)arg;
	begin(&a);
	while (done < ADDS) {
		cpu = *(volatile uint32_t *)&a.cpu_id_start;
		done += add(&a, sums[cpu], cpu);
	}
	CHECK_EQ(rseq(&a, UNREGISTER, SIGNATURE), 0);
	return NULL;
}

static void adders(void)
{
	pthread_t t[ADDERS];
	long sum = 0;

	for (int k = 0; k < ADDERS; k++)
		CHECK_EQ(pthread_create(&t[k], NULL, adder, NULL), 0);
	for (int k = 0; k < ADDERS; k++)
		CHECK_EQ(pthread_join(t[k], NULL), 0);
	for (int k = 0; k < CPU_SETSIZE; k++)
		sum += sums[k][0];
	CHECK_EQ(sum, ADDERS * ADDS);
}

static volatile int flag;
static volatile uint64_t interrupted_at;

static void raise_flag(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)info;
	interrupted_at = ((ucontext_t *)context)->uc_mcontext.pc;
	flag = 1;
}

/* The signal comes in the section: it is left before the handler runs. */
static void by_signal(void)
{
	const struct itimerval soon = {.it_value = {.tv_usec = 20000}};
	struct sigaction act = {.sa_sigaction = raise_flag,
				.sa_flags = SA_SIGINFO};
	static struct area a;
	long done = 0;

	begin(&a);
	sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
	while (!flag)
		CHECK(!wait_and_set(&a, &flag, &done));
	CHECK_EQ(done, 0);
	while (!add(&a, &done, cpu_of(&a)))
		;
	CHECK_EQ(done, 1);
}

static void *raise_later(void *arg)
{
	(void)arg;
	usleep(20000);
	flag = 1;
	return NULL;
}

/* Both on one CPU: nobody raises the flag but in between. */
static void by_preemption(void)
{
	static struct area a;
	long done = 0;
	pthread_t t;

	begin(&a);
	pin(sched_getcpu());
	CHECK_EQ(pthread_create(&t, NULL, raise_later, NULL), 0);
	while (!flag)
		wait_and_set(&a, &flag, &done);
	CHECK_EQ(done, 0);
	CHECK_EQ(pthread_join(t, NULL), 0);
}

/* A fault of its own. */
static void by_fault(void)
{
	struct sigaction act = {.sa_sigaction = raise_flag,
				.sa_flags = SA_SIGINFO};
	static struct area a;
	long done = 0;

	begin(&a);
	sigaction(SIGSEGV, &act, NULL);
	CHECK(!wait_and_set(&a, (volatile int *)8, &done));
	CHECK(flag == 1 && !done);
	CHECK_EQ(*(uint32_t *)(interrupted_at - 4), SIGNATURE);
}

static void fence(void)
{
	static struct area a;

	begin(&a);
	CHECK_EQ(syscall(SYS_membarrier,
			 MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ, 0, 0),
		 0);
	CHECK_EQ(syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ,
			 0, 0),
		 0);
}

/* What the kernel does not like of it ends the process, once it was preempted. */
static void area_lost(void (*lose)(struct area *a))
{
	int status, told[2];
	char c;
	pid_t pid;

	CHECK_EQ(pipe(told), 0);
	pid = fork();
	CHECK(pid >= 0);
	if (!pid) {
		struct area *a = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
				      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		CHECK(a != MAP_FAILED);
		begin(a);
		dup2(told[1], STDERR_FILENO);
		close(told[1]);
		lose(a);
		for (;;)
			usleep(1);
	}
	close(told[1]);
	/* Nothing else is to be said of it. */
	CHECK_EQ(read(told[0], &c, 1), 0);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
	close(told[0]);
}

static void unmap_it(struct area *a)
{
	munmap(a, 4096);
}

static void protect_it(struct area *a)
{
	mprotect(a, 4096, PROT_READ);
}

static void announce_nonsense(struct area *a)
{
	*(volatile uint64_t *)&a->section = UINT64_C(1) << 63;
}

static void area_gone(void)
{
	area_lost(unmap_it);
	area_lost(protect_it);
	area_lost(announce_nonsense);
}

/* Without an area the code is like any other. */
static void without(void)
{
	static struct area a;
	long sum = 0;

	drop_libc_area();
	for (int k = 0; k < 1000; k++)
		CHECK(add(&a, &sum, 0));
	CHECK_EQ(sum, 1000);
}

#define NO_RSEQ "ENOSYS"

const struct user_case rseq_cases[] = {
	{"rseq/registered", registered, NO_RSEQ},
	{"rseq/migrates", migrates, NO_RSEQ},
	{"rseq/of-threads", of_threads, NO_RSEQ},
	{"rseq/adders", adders, NO_RSEQ},
	{"rseq/by-signal", by_signal, NO_RSEQ},
	{"rseq/by-preemption", by_preemption, NO_RSEQ},
	{"rseq/by-fault", by_fault, NO_RSEQ},
	{"rseq/fence", fence, NO_RSEQ},
	{"rseq/area-gone", area_gone, NO_RSEQ},
	{"rseq/without", without, NULL},
	{NULL, NULL, NULL},
};
