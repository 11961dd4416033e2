/* SPDX-License-Identifier: MIT */
/*
 * What only programs of 32-bit Arm have: the kernel's helpers at fixed addresses, calls of
 * the architecture's, both kinds of signal frames in both instruction sets, and
 * times whose upper halves nobody set.
 */
#include "tests/user/user.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define HELPER(type, at) ((type)(at))
typedef int cmpxchg_fn(int old, int val, volatile int *at);
typedef int cmpxchg64_fn(const int64_t *old, const int64_t *val,
			 volatile int64_t *at);
#define kuser_version   (*(const int *)0xffff0ffc)
#define kuser_tls       HELPER(void *(*)(void), 0xffff0fe0)
#define kuser_cmpxchg   HELPER(cmpxchg_fn *, 0xffff0fc0)
#define kuser_barrier   HELPER(void (*)(void), 0xffff0fa0)
#define kuser_cmpxchg64 HELPER(cmpxchg64_fn *, 0xffff0f60)

static void helpers(void)
{
	volatile int64_t wide = INT64_C(0x1122334455667788);
	int64_t old = wide, val = INT64_C(-5);
	volatile int word = 3;
	void *tls;

	CHECK_EQ(kuser_version, 5);
	__asm__("mrc p15, 0, %0, c13, c0, 3" : "=r"(tls));
	CHECK(kuser_tls() == tls);
	kuser_barrier();
	CHECK(kuser_cmpxchg(2, 7, &word));
	CHECK_EQ(word, 3);
	CHECK(!kuser_cmpxchg(3, 7, &word));
	CHECK_EQ(word, 7);
	CHECK(!kuser_cmpxchg64(&old, &val, &wide));
	CHECK_EQ(wide, -5);
	old ^= INT64_C(1) << 40;
	CHECK(kuser_cmpxchg64(&old, &val, &wide));
	old = -5 ^ INT64_C(1) << 63;
	val = 9;
	CHECK(kuser_cmpxchg64(&old, &val, &wide));
	CHECK_EQ(wide, -5);
}

#define COUNT 20000

static volatile int counted;
static volatile int64_t counted_wide;

static void *count(void *arg)
{
	int64_t was, next;
	int old;

	for (int k = 0; k < COUNT; k++) {
		do {
			old = counted;
		} while (kuser_cmpxchg(old, old + 1, &counted));
		do {
			was = counted_wide;
			next = was + (INT64_C(1) << 32 | 1);
		} while (kuser_cmpxchg64(&was, &next, &counted_wide));
	}
	return arg;
}

static void helpers_of_threads(void)
{
	pthread_t t;

	CHECK_EQ(pthread_create(&t, NULL, count, NULL), 0);
	count(NULL);
	CHECK_EQ(pthread_join(t, NULL), 0);
	CHECK_EQ(counted, 2 * COUNT);
	CHECK_EQ(counted_wide, (INT64_C(1) << 32 | 1) * 2 * COUNT);
}

/* Code is written, executed, and written anew. */
static void cache_flush(void)
{
	uint32_t *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(code != MAP_FAILED);
	for (uint32_t k = 0; k < 200; k++) {
		code[0] = 0xe3a00000 | k; /* mov r0, #k */
		code[1] = 0xe12fff1e;     /* bx lr */
		__builtin___clear_cache((char *)code, (char *)(code + 2));
		CHECK_EQ(((uint32_t(*)(void))code)(), k);
	}
}

static volatile int hits;

__attribute__((target("arm"))) static void in_a32(int sig)
{
	hits += sig == SIGUSR1;
}

__attribute__((target("thumb"))) static void in_t32(int sig)
{
	hits += sig == SIGUSR1;
}

__attribute__((target("arm"))) static void info_a32(int sig, siginfo_t *info,
						    void *context)
{
	const ucontext_t *uc = context;

	hits += info->si_signo == sig && uc->uc_mcontext.arm_sp > 4096;
}

__attribute__((target("thumb"))) static void info_t32(int sig, siginfo_t *info,
						      void *context)
{
	const ucontext_t *uc = context;

	hits += info->si_signo == sig && uc->uc_mcontext.arm_sp > 4096;
}

/* As the kernel has it; without a restorer it is the kernel that knows the way
 * back. */
static void install_raw(void *handler, unsigned int flags)
{
	const struct {
		void *handler;
		unsigned int flags;
		void *restorer;
		uint32_t mask[2];
	} act = {.handler = handler, .flags = flags};

	CHECK_EQ(syscall(SYS_rt_sigaction, SIGUSR1, &act, NULL, 8), 0);
}

static void frames(void)
{
	install_raw(in_a32, 0);
	raise(SIGUSR1);
	install_raw(in_t32, 0);
	raise(SIGUSR1);
	install_raw(info_a32, SA_SIGINFO);
	raise(SIGUSR1);
	install_raw(info_t32, SA_SIGINFO);
	raise(SIGUSR1);
	CHECK_EQ(hits, 4);
	signal(SIGUSR1, in_t32);
	raise(SIGUSR1);
	CHECK_EQ(hits, 5);
}

#define CPSR_DIT  (1u << 21)
#define CPSR_SSBS (1u << 23)
#define CPSR_BOTH (CPSR_DIT | CPSR_SSBS)

static volatile uint32_t seen_cpsr;

static void exchange_bits(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	seen_cpsr = (uint32_t)uc->uc_mcontext.arm_cpsr;
	uc->uc_mcontext.arm_cpsr ^= CPSR_BOTH;
}

/* DIT and SSBS, where CPSR has them: in the frame, and from it. */
static void newer_state(void)
{
	uint32_t now;

	install_raw(exchange_bits, SA_SIGINFO);
	for (uint32_t k = 0; k < 4; k++) {
		uint32_t bits =
			(k & 1 ? CPSR_DIT : 0) | (k & 2 ? CPSR_SSBS : 0);

		__asm__ volatile("msr cpsr_s, %0" : : "r"(bits));
		raise(SIGUSR1);
		__asm__ volatile("mrs %0, cpsr" : "=r"(now));
		CHECK_EQ(seen_cpsr & (CPSR_BOTH | 1u << 24), bits);
		CHECK_EQ(now & CPSR_BOTH, bits ^ CPSR_BOTH);
	}
}

/* In compatible calls the kernel looks at 32 bits of the nanoseconds. */
static void upper_halves(void)
{
	struct {
		int64_t sec;
		uint32_t nsec, rest;
	} ts = {0, 1000000, 0xdeadbeef};
	uint32_t futex = 1;

	CHECK_EQ(syscall(SYS_clock_nanosleep_time64, CLOCK_MONOTONIC, 0, &ts,
			 NULL),
		 0);
	CHECK_EQ(syscall(SYS_futex_time64, &futex, 0, 1, &ts, NULL, 0), -1);
	CHECK_EQ(errno, ETIMEDOUT);
	CHECK_EQ(syscall(SYS_ppoll_time64, NULL, 0, &ts, NULL, 8), 0);
	ts.sec = 0;
	ts.nsec = 1000;
	ts.rest = 1;
	CHECK_EQ(syscall(SYS_pselect6_time64, 0, NULL, NULL, NULL, &ts, NULL),
		 0);
}

/* KVM of arm64 is there, and not for it. */
static void no_kvm(void)
{
	CHECK_EQ(access("/dev/kvm", F_OK), 0);
	CHECK(open("/dev/kvm", O_RDWR) < 0);
	CHECK_EQ(errno, ENODEV);
	CHECK(open("/dev/kvm", O_RDWR | O_CREAT | O_EXCL, 0600) < 0);
	CHECK_EQ(errno, EEXIST);
	/* What the host has no node for cannot be named. */
	CHECK(open("/dev/kvm", O_PATH) >= 0 || errno == ENODEV);
}

const struct user_case arm_cases[] = {
	{"arm/helpers", helpers, NULL},
	{"arm/helpers-of-threads", helpers_of_threads, NULL},
	{"arm/cache-flush", cache_flush, NULL},
	{"arm/frames", frames, NULL},
	{"arm/newer-state", newer_state, NULL},
	{"arm/upper-halves", upper_halves, NULL},
	{"arm/no-kvm", no_kvm, NULL},
	{NULL, NULL, NULL},
};
