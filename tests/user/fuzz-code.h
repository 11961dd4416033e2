/* SPDX-License-Identifier: MIT */
/*
 * What random code of either kind of Arm has in common (fuzz-code.c, fuzz-code-arm.c):
 * where it is, what it finds, and a child for each case. The including file says
 * what a case's code is, and what is done about its faults.
 */
#ifndef FAUXKVM_TESTS_USER_FUZZ_CODE_H
#define FAUXKVM_TESTS_USER_FUZZ_CODE_H

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#define CODE_AT    ((void *)0x10000000)
#define DATA       ((uint8_t *)0x20000000)
#define MIDDLE     (DATA + DATA_SIZE / 2)
#define CODE_SIZE  4096
#define DATA_SIZE  65536
#define WORDS      96
#define ROUNDS     20
#define MAX_FAULTS 60

static unsigned int number; /* of the case */
static unsigned int round_number, faults;
static uint64_t state;
static uint8_t data[DATA_SIZE]; /* what is there when a round begins */

static uint32_t random_bits(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 16);
}

/* The word's top byte is one of @tops now, mostly. */
static inline uint32_t random_word_of(const uint8_t *tops, size_t n)
{
	uint32_t word = random_bits();

	if (random_bits() % 8)
		word = (word & 0xffffff) | (uint32_t)tops[random_bits() % n]
						   << 24;
	return word;
}

static void catch_signals(void (*note)(int, siginfo_t *, void *))
{
	static const int signals[] = {SIGILL,  SIGSEGV, SIGBUS,
				      SIGTRAP, SIGFPE,  SIGPROF};
	const struct sigaction act = {.sa_sigaction = note,
				      .sa_flags = SA_SIGINFO | SA_ONSTACK};
	const stack_t stack = {.ss_sp = malloc(65536), .ss_size = 65536};

	if (sigaltstack(&stack, NULL))
		exit(3);
	for (size_t k = 0; k < sizeof(signals) / sizeof(signals[0]); k++)
		sigaction(signals[k], &act, NULL);
}

static void map(void *at, size_t size, int prot)
{
	if (mmap(at, size, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		 0) == MAP_FAILED)
		exit(3);
}

/* Arguments: SEED and CASES, each of which ends by itself, or by a signal after
 * @seconds of the processor's. */
static void run_cases(int argc, char **argv, unsigned int seconds,
		      void (*note)(int, siginfo_t *, void *),
		      void (*make_code)(void), void (*run_code)(void))
{
	unsigned int cases = argc > 2 ? (unsigned int)atoi(argv[2]) : 50;
	const struct itimerval limit = {.it_value = {.tv_sec = seconds}};
	int status;

	state = 88172645463325252u ^
		(argc > 1 ? (uint64_t)atoi(argv[1]) : 1) * 2654435761u;
	map(CODE_AT, CODE_SIZE, PROT_READ | PROT_WRITE | PROT_EXEC);
	map(DATA, DATA_SIZE, PROT_READ | PROT_WRITE);
	catch_signals(note);
	for (unsigned int k = 0; k < DATA_SIZE; k++)
		data[k] = DATA[k] = (uint8_t)random_bits();
	for (number = 0; number < cases; number++) {
		make_code();
		if (!fork()) {
			setitimer(ITIMER_PROF, &limit, NULL);
			run_code();
		}
		if (wait(&status) > 0 && status)
			dprintf(1, "%u: status %x\n", number, status);
	}
}

#endif
