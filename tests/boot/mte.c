/* SPDX-License-Identifier: MIT */
/*
 * A program in a guest with memory tagging, of the boot tests. It has PROT_MTE memory and
 * says what its kernel makes of tags and of checks that fail: "guest: ok NAME" or
 * "guest: FAIL NAME: ...". Static.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define HWCAP2_MTE_BIT (1ul << 18)
#define PROT_MTE_BIT   0x20
#define SET_CTRL       55
#define CTRL_ADDR      1ul /* tags of addresses are the kernel's, too */
#define CTRL_SYNC      2ul
#define CTRL_ASYNC     4ul
#define CTRL_NOT_0     (0xfffeul << 3) /* what IRG may choose */
#define PEEK_TAGS      33
#define MTESERR        9
#define MTEAERR        8
#define GRANULE        16
#define SIZE           (64 * 4096)

static sigjmp_buf back;
static volatile siginfo_t seen;

static void on_segv(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	seen = *info;
	siglongjmp(back, 1);
}

static void check(const char *name, int ok)
{
	if (ok)
		printf("guest: ok %s\n", name);
	else
		printf("guest: FAIL %s: code %d at %p, errno %d\n", name,
		       seen.si_code, seen.si_addr, errno);
}

static void set_ctrl(unsigned long how)
{
	if (prctl(SET_CTRL, CTRL_ADDR | CTRL_NOT_0 | how, 0, 0, 0))
		printf("guest: FAIL prctl: errno %d\n", errno);
}

static char *with_random_tag(char *p)
{
	char *tagged;

	__asm__ volatile("irg %0, %1" : "=r"(tagged) : "r"(p));
	return tagged;
}

static void store_tag(char *p)
{
	__asm__ volatile("stg %0, [%0]" ::"r"(p) : "memory");
}

static char *load_tag(char *p)
{
	__asm__ volatile("ldg %0, [%0]" : "+r"(p)::"memory");
	return p;
}

static unsigned int tag_of(const char *p)
{
	return (uintptr_t)p >> 56 & 15;
}

static char *with_tag(char *p, unsigned int tag)
{
	return (char *)(((uintptr_t)p & ~(UINT64_C(15) << 56)) | (uint64_t)tag
									 << 56);
}

/* Another one. */
static char *wrong(char *p)
{
	return with_tag(p, tag_of(p) ^ 5);
}

/* si_code of the fault that a store to @p is; 0: none. */
static int store_faults(volatile char *p, char value)
{
	memset((void *)&seen, 0, sizeof(seen));
	if (sigsetjmp(back, 1))
		return seen.si_code;
	*p = value;
	return 0;
}

static int load_faults(volatile char *p)
{
	memset((void *)&seen, 0, sizeof(seen));
	if (sigsetjmp(back, 1))
		return seen.si_code;
	(void)*p;
	return 0;
}

/* Until the kernel is entered, at a system call at the latest. */
static int store_faults_late(volatile char *p, char value)
{
	memset((void *)&seen, 0, sizeof(seen));
	if (sigsetjmp(back, 1))
		return seen.si_code;
	*p = value;
	getppid();
	return 0;
}

static void synchronous(char *p)
{
	set_ctrl(CTRL_SYNC);
	p[0] = 1;
	check("right tag", !store_faults(p + 15, 2) && p[15] == 2);
	check("wrong tag", store_faults(wrong(p) + 3, 9) == MTESERR &&
				   seen.si_addr == with_tag(p + 3, 0) &&
				   p[3] == 0);
	check("load", load_faults(wrong(p)) == MTESERR);
	check("next granule", store_faults(p + GRANULE, 1) == MTESERR);
	check("no tag", store_faults(with_tag(p, 0), 1) == MTESERR);
}

static void asynchronous(char *p)
{
	set_ctrl(CTRL_ASYNC);
	check("asynchronous", store_faults_late(wrong(p) + 4, 7) == MTEAERR &&
				      !seen.si_addr && p[4] == 7);
	check("asynchronous, right", !store_faults_late(p + 4, 8));
	set_ctrl(0);
	check("not checked", !store_faults_late(wrong(p) + 4, 9) && p[4] == 9);
	set_ctrl(CTRL_SYNC);
}

/* The kernel's accesses for the program. */
static void system_calls(char *p)
{
	int fds[2];

	if (pipe(fds))
		return;
	errno = 0;
	check("write()", write(fds[1], p, 1) == 1);
	check("write() of a wrong tag",
	      write(fds[1], wrong(p), 1) == -1 && errno == EFAULT);
	check("read() to a wrong tag",
	      read(fds[0], wrong(p), 1) == -1 && errno == EFAULT);
	close(fds[0]);
	close(fds[1]);
}

/* A page that is copied on write takes its tags along. */
static void forks(char *p)
{
	unsigned int tag = tag_of(p);
	int status = 0;
	pid_t pid;

	p[0] = 11;
	fflush(stdout);
	pid = fork();
	if (!pid) {
		int bad = tag_of(load_tag(p)) != tag;

		p[0] = 12;
		bad |= tag_of(load_tag(p)) != tag;
		store_tag(wrong(p));
		_exit(bad);
	}
	waitpid(pid, &status, 0);
	check("fork()", !status && p[0] == 11 && tag_of(load_tag(p)) == tag);
}

/* Through the kernel's own reads of tags. */
static void traced(char *p)
{
	unsigned char tags[2] = {0xff, 0xff};
	struct iovec iov = {tags, sizeof(tags)};
	int status = 0;
	long n;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	n = ptrace(PEEK_TAGS, pid, with_tag(p, 0), &iov);
	check("PTRACE_PEEKMTETAGS",
	      !n && iov.iov_len == 2 && tags[0] == tag_of(p) && !tags[1]);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
}

static unsigned int tag_number(unsigned int at)
{
	return (at / GRANULE * 7 + 3) & 15;
}

/* All granules, each page by memory that was never there before. */
static void many(void)
{
	char *p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE | PROT_MTE_BIT,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned int bad = 0;

	for (unsigned int at = 0; at < SIZE; at += GRANULE)
		bad += tag_of(load_tag(p + at)) != 0;
	for (unsigned int at = 0; at < SIZE; at += GRANULE)
		store_tag(with_tag(p + at, tag_number(at)));
	for (unsigned int at = 0; at < SIZE; at += GRANULE)
		*with_tag(p + at, tag_number(at)) = (char)at;
	for (unsigned int at = 0; at < SIZE; at += GRANULE)
		bad += tag_of(load_tag(p + at)) != tag_number(at);
	/* Gone, and there again without tags. */
	madvise(p, SIZE, MADV_DONTNEED);
	for (unsigned int at = 0; at < SIZE; at += GRANULE)
		bad += tag_of(load_tag(p + at)) != 0 || p[at];
	check("all granules", !bad);
}

int main(void)
{
	struct sigaction sa = {.sa_sigaction = on_segv, .sa_flags = SA_SIGINFO};
	char *p;

	sigaction(SIGSEGV, &sa, NULL);
	check("HWCAP2_MTE", !!(getauxval(AT_HWCAP2) & HWCAP2_MTE_BIT));
	set_ctrl(CTRL_SYNC);
	p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_MTE_BIT,
		 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	check("PROT_MTE", p != MAP_FAILED);
	if (p == MAP_FAILED)
		return 1;
	p = with_random_tag(p);
	check("IRG", tag_of(p) != 0);
	store_tag(p);
	check("LDG", tag_of(load_tag(with_tag(p, 0))) == tag_of(p));
	synchronous(p);
	asynchronous(p);
	system_calls(p);
	forks(p);
	traced(p);
	many();
	printf("guest: ok tags\n");
	return 0;
}
