/* SPDX-License-Identifier: MIT */
/*
 * Cases of what an arm64 program sees of Linux. One arm64 program has them all,
 * a file for each area; every case runs in a child of its own. They ask the real
 * kernel's answers, so they pass wherever arm64 Linux is right: under
 * fauxkvm-user, and under qemu-aarch64 but for those that say otherwise.
 */
#ifndef FAUXKVM_TESTS_USER_H
#define FAUXKVM_TESTS_USER_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct user_case {
	const char *name; /* NULL: the end */
	void (*run)(void);
	const char *qemu; /* not NULL: qemu-aarch64 7.2 differs, and how */
};

extern const struct user_case arm_cases[];
extern const struct user_case clone3_cases[];
extern const struct user_case code_cases[];
extern const struct user_case exec_cases[];
extern const struct user_case fault_cases[];
extern const struct user_case file_cases[];
extern const struct user_case first_cases[];
extern const struct user_case ipc_cases[];
extern const struct user_case killed_cases[];
extern const struct user_case memory_cases[];
extern const struct user_case proc_cases[];
extern const struct user_case process_cases[];
extern const struct user_case rseq_cases[];
extern const struct user_case seccomp_cases[];
extern const struct user_case seccomp_listen_cases[];
extern const struct user_case signal_cases[];
extern const struct user_case socket_cases[];
extern const struct user_case thread_cases[];

/* What the program is when case-exec.c has executed it with "--executed". */
int exec_child(int argc, char **argv);
/* With "--waits", by case-proc.c: says so by a byte on stdout. */
int wait_to_be_killed(void);

/* Ends the case: failed. */
#define CHECK(what)                                                        \
	do {                                                               \
		if (!(what)) {                                             \
			printf("%s:%d: not so: %s (errno %d)\n", __FILE__, \
			       __LINE__, #what, errno);                    \
			fflush(stdout);                                    \
			_Exit(1);                                          \
		}                                                          \
	} while (0)
#define CHECK_EQ(a, b)                                                    \
	do {                                                              \
		long long a_ = (long long)(a), b_ = (long long)(b);       \
		if (a_ != b_) {                                           \
			printf("%s:%d: %s is %lld (%#llx), not %s, %lld " \
			       "(errno %d)\n",                            \
			       __FILE__, __LINE__, #a, a_,                \
			       (unsigned long long)a_, #b, b_, errno);    \
			fflush(stdout);                                   \
			_Exit(1);                                         \
		}                                                         \
	} while (0)

#endif
