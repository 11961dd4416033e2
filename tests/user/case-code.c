/* SPDX-License-Identifier: MIT */
/*
 * Code that a program makes, changes, moves and takes away; and what it may know
 * of its CPU and clock.
 */
#include "tests/user/user.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#define PAGE 4096ul
#define RET  0xd65f03c0u

typedef int function(void);

/* MOV w0, #n; RET */
static void put_function(uint8_t *at, unsigned int n)
{
	const uint32_t code[] = {0x52800000u | n << 5, RET};

	memcpy(at, code, sizeof(code));
	__builtin___clear_cache((char *)at, (char *)at + sizeof(code));
}

/* B @to */
static void put_branch(uint8_t *at, const uint8_t *to)
{
	uint32_t code = 0x14000000u | ((uint32_t)((to - at) / 4) & 0x3ffffff);

	memcpy(at, &code, sizeof(code));
	__builtin___clear_cache((char *)at, (char *)at + sizeof(code));
}

static int call(const void *at)
{
	int ret = 0;

	/* Often enough to be translated. */
	for (int k = 0; k < 100; k++)
		ret = ((function *)at)();
	return ret;
}

static uint8_t *map(size_t pages, int prot)
{
	void *p = mmap(NULL, pages * PAGE, prot, MAP_PRIVATE | MAP_ANONYMOUS,
		       -1, 0);

	CHECK(p != MAP_FAILED);
	return p;
}

#define RWX (PROT_READ | PROT_WRITE | PROT_EXEC)

static void rewritten(void)
{
	uint8_t *p = map(1, RWX);

	for (unsigned int n = 0; n < 20; n++) {
		put_function(p + 64, n);
		CHECK_EQ(call(p + 64), n);
	}
}

/* The page that branches stays as it is. */
static void rewritten_elsewhere(void)
{
	uint8_t *p = map(2, RWX);

	put_branch(p + 64, p + PAGE + 128);
	for (unsigned int n = 0; n < 20; n++) {
		put_function(p + PAGE + 128, n);
		CHECK_EQ(call(p + 64), n);
	}
	/* And gets somewhere else. */
	put_branch(p + PAGE + 128, p + 512);
	put_function(p + 512, 77);
	CHECK_EQ(call(p + 64), 77);
}

static void written_then_executed(void)
{
	uint8_t *p = map(1, PROT_READ | PROT_WRITE);

	for (unsigned int n = 0; n < 20; n++) {
		CHECK_EQ(mprotect(p, PAGE, PROT_READ | PROT_WRITE), 0);
		put_function(p, n);
		CHECK_EQ(mprotect(p, PAGE, PROT_READ | PROT_EXEC), 0);
		CHECK_EQ(call(p), n);
	}
}

/* Without any maintenance: what is mapped is what runs. */
static void mapped_anew(void)
{
	int fd = memfd_create("code", 0);
	const uint8_t *p;
	uint8_t *w;
	void *at;

	CHECK_EQ(ftruncate(fd, 8 * PAGE), 0);
	w = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(w != MAP_FAILED);
	for (unsigned int n = 0; n < 8; n++)
		put_function(w + n * PAGE, n);
	p = map(1, PROT_READ);
	for (unsigned int n = 0; n < 8; n++) {
		at = mmap((void *)p, PAGE, PROT_READ | PROT_EXEC,
			  MAP_SHARED | MAP_FIXED, fd, (off_t)(n * PAGE));
		CHECK(at == p);
		CHECK_EQ(call(p), n);
	}
	for (unsigned int n = 0; n < 8; n++) {
		CHECK_EQ(munmap((void *)p, PAGE), 0);
		at = mmap((void *)p, PAGE, PROT_READ | PROT_EXEC, MAP_SHARED,
			  fd, (off_t)(n * PAGE));
		CHECK(at == p);
		CHECK_EQ(call(p), n);
	}
}

static void moved(void)
{
	uint8_t *p = map(1, RWX), *q = map(1, RWX);

	put_function(p, 1);
	put_function(q, 2);
	CHECK_EQ(call(p), 1);
	CHECK_EQ(call(q), 2);
	CHECK(mremap(p, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, q) == q);
	CHECK_EQ(call(q), 1);
}

/* ---- maintenance of what is not there ------------------------------------- */

static sigjmp_buf env;
static siginfo_t info;

static void note_fault(int sig, siginfo_t *i, void *context)
{
	(void)sig;
	(void)context;
	info = *i;
	siglongjmp(env, 1);
}

static void clean(const uint8_t *p)
{
	__asm__ volatile("dc cvau, %0" : : "r"(p) : "memory");
}

static void invalidate(const uint8_t *p)
{
	__asm__ volatile("ic ivau, %0" : : "r"(p) : "memory");
}

static bool faults(void (*op)(const uint8_t *p), const uint8_t *p)
{
	info.si_addr = NULL;
	if (!sigsetjmp(env, 1)) {
		op(p);
		return false;
	}
	return info.si_addr == p;
}

static void maintenance(void)
{
	const struct sigaction act = {.sa_sigaction = note_fault,
				      .sa_flags = SA_SIGINFO};
	uint8_t *p = map(1, PROT_READ);

	CHECK_EQ(sigaction(SIGSEGV, &act, NULL), 0);
	CHECK(!faults(clean, p) && !faults(invalidate, p));
	CHECK_EQ(munmap(p, PAGE), 0);
	CHECK(faults(clean, p) && faults(invalidate, p));
}

/* ---- another thread ------------------------------------------------------ */

static _Atomic int want = -1, got = -1;
static _Atomic bool over;
static uint8_t *shared_code;

/* What it has seen change, it calls. Else it calls all the time. */
static void *caller(void *arg)
{
	(void)arg;
	while (!over) {
		int n = want, ret;

		if (n < 0)
			continue;
		__asm__ volatile("isb" ::: "memory");
		ret = call(shared_code);
		if (got != n)
			CHECK(ret >= n);
		got = n;
	}
	return NULL;
}

static void await(int n)
{
	want = n;
	while (got != n)
		sched_yield();
}

/* By IC IVAU; and by a mapping over it, while the other runs it. */
static void changed_by_another(void)
{
	int fd = memfd_create("code", 0);
	pthread_t thread;
	uint8_t *w;

	CHECK_EQ(ftruncate(fd, 2 * PAGE), 0);
	w = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	shared_code = map(1, RWX);
	put_function(shared_code, 0);
	CHECK_EQ(pthread_create(&thread, NULL, caller, NULL), 0);
	for (int n = 0; n < 50; n++) {
		put_function(shared_code, (unsigned int)n);
		await(n);
	}
	for (int n = 50; n < 100; n++) {
		off_t off = (off_t)(n & 1) * (off_t)PAGE;

		put_function(w + off, (unsigned int)n);
		CHECK(mmap(shared_code, PAGE, PROT_READ | PROT_EXEC,
			   MAP_SHARED | MAP_FIXED, fd, off) == shared_code);
		await(n);
	}
	over = true;
	CHECK_EQ(pthread_join(thread, NULL), 0);
}

/* ---- the CPU ------------------------------------------------------------- */

#define READ_ID(name)                                         \
	({                                                    \
		uint64_t v_;                                  \
		__asm__ volatile("mrs %0, " name : "=r"(v_)); \
		v_;                                           \
	})

static void id_registers(void)
{
	uint64_t caps = getauxval(AT_HWCAP), isar0, pfr0;

	CHECK(caps & HWCAP_CPUID);
	isar0 = READ_ID("id_aa64isar0_el1");
	pfr0 = READ_ID("id_aa64pfr0_el1");
	CHECK(READ_ID("midr_el1") >> 16 & 15);
	CHECK_EQ(!!(caps & HWCAP_AES), (isar0 >> 4 & 15) >= 1);
	CHECK_EQ(!!(caps & HWCAP_PMULL), (isar0 >> 4 & 15) >= 2);
	CHECK_EQ(!!(caps & HWCAP_SHA2), (isar0 >> 12 & 15) >= 1);
	CHECK_EQ(!!(caps & HWCAP_CRC32), (isar0 >> 16 & 15) >= 1);
	CHECK_EQ(!!(caps & HWCAP_ATOMICS), (isar0 >> 20 & 15) >= 2);
	CHECK_EQ(!!(caps & HWCAP_ASIMDDP), (isar0 >> 44 & 15) >= 1);
	CHECK_EQ(!!(caps & HWCAP_FP), (pfr0 >> 16 & 15) != 15);
	CHECK_EQ(pfr0 & 15, 1);
	CHECK_EQ(READ_ID("ctr_el0") >> 31, 1);
	CHECK_EQ(READ_ID("dczid_el0") & 16, 0);
}

/* ---- the clock ----------------------------------------------------------- */

static uint64_t ns(const struct timespec *ts)
{
	return (uint64_t)ts->tv_sec * 1000000000 + (uint64_t)ts->tv_nsec;
}

/* By libc, which has it from the vDSO, and by the kernel, in turn. */
static void clock_agrees(void)
{
	static const clockid_t clocks[] = {CLOCK_MONOTONIC, CLOCK_REALTIME,
					   CLOCK_BOOTTIME, CLOCK_MONOTONIC_RAW,
					   CLOCK_PROCESS_CPUTIME_ID};
	struct timespec ts;

	for (size_t c = 0; c < sizeof(clocks) / sizeof(clocks[0]); c++) {
		uint64_t last = 0;

		for (int k = 0; k < 20000; k++) {
			if (k & 1)
				CHECK_EQ(clock_gettime(clocks[c], &ts), 0);
			else
				CHECK_EQ(syscall(SYS_clock_gettime, clocks[c],
						 &ts),
					 0);
			CHECK(ns(&ts) >= last);
			last = ns(&ts);
		}
	}
	CHECK_EQ(clock_gettime(12345, &ts), -1);
	CHECK_EQ(errno, EINVAL);
	CHECK_EQ(clock_getres(CLOCK_MONOTONIC, &ts), 0);
	CHECK_EQ(ns(&ts), 1);
}

/* The library finds functions there, so it is a file that can be read. */
static void vdso(void)
{
	const uint8_t *p = (const uint8_t *)getauxval(AT_SYSINFO_EHDR);

	CHECK(p);
	CHECK(!memcmp(p, "\177ELF\2\1\1", 7));
}

#define PSTATE_DIT (UINT64_C(1) << 24)

static volatile uint64_t seen_pstate;

static void exchange_dit(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	seen_pstate = uc->uc_mcontext.pstate;
	uc->uc_mcontext.pstate ^= PSTATE_DIT;
}

/* Through a signal, in the frame and from it. */
static void data_independent_timing(void)
{
	struct sigaction act = {.sa_sigaction = exchange_dit,
				.sa_flags = SA_SIGINFO};
	uint64_t now;

	if (!(getauxval(AT_HWCAP) & HWCAP_DIT))
		return;
	CHECK_EQ(sigaction(SIGUSR1, &act, NULL), 0);
	for (uint64_t on = 0; on < 2; on++) {
		__asm__ volatile("msr s3_3_c4_c2_5, %0" : : "r"(on << 24));
		raise(SIGUSR1);
		__asm__ volatile("mrs %0, s3_3_c4_c2_5" : "=r"(now));
		CHECK_EQ(seen_pstate & PSTATE_DIT, on << 24);
		CHECK_EQ(now, on ? 0 : PSTATE_DIT);
	}
}

/* ---- where it begins ----------------------------------------------------- */

/* One string behind the other, as whoever changes its title needs them. */
static void strings_in_order(void)
{
	extern char **environ;
	const char *name = (const char *)getauxval(AT_EXECFN);
	char **e = environ;

	CHECK(name && strlen(name) > 0);
	for (; e[0] && e[1]; e++)
		CHECK(e[0] + strlen(e[0]) + 1 == e[1]);
}

const struct user_case code_cases[] = {
	{"code/rewritten", rewritten, NULL},
	{"code/rewritten_elsewhere", rewritten_elsewhere, NULL},
	{"code/written_then_executed", written_then_executed, NULL},
	{"code/mapped_anew", mapped_anew, NULL},
	{"code/moved", moved, NULL},
	{"code/maintenance", maintenance, "passes it over"},
	{"code/changed_by_another", changed_by_another, NULL},
	{"code/id_registers", id_registers, NULL},
	{"code/clock", clock_agrees, NULL},
	{"code/vdso", vdso, "7.2 has none"},
	{"code/data_independent_timing", data_independent_timing, NULL},
	{"code/strings", strings_in_order, NULL},
	{NULL, NULL, NULL},
};
