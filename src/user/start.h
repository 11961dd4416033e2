/* SPDX-License-Identifier: MIT */
/*
 * How a program begins: it and its ELF interpreter loaded, a stack with
 * arguments, environment and auxiliary vector as Linux has them for arm64.
 */
#ifndef FAUXKVM_USER_START_H
#define FAUXKVM_USER_START_H

struct cpu;

struct start {
	const char *path;   /* where the program is on the host */
	const char *execfn; /* what it was started as: AT_EXECFN */
	char *const *argv, *const *envp;
};

/* @cpu is about to run it. 0 or -errno as the call execve has it. */
int start_program(struct cpu *cpu, const struct start *s);

#endif
