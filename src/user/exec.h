/* SPDX-License-Identifier: MIT */
/*
 * What the program executes in its place: an arm64 program goes on with this
 * engine, which is executed anew with the same options; a native one is the
 * host's affair; a script has the interpreter that the program would find.
 *
 * The environment is the program's. What the engine's C library would take for
 * its own goes to the engine by other names, which exec_init() undoes. What
 * `fauxkvm run` was told (FAUXKVM_*) goes along even if the program cleared it: to
 * an arm64 program's engine, which does not show it to the program, and to a
 * native one with a library that has its arm64 programs come back to us
 * (shim/exec-only.c).
 */
#ifndef FAUXKVM_USER_EXEC_H
#define FAUXKVM_USER_EXEC_H

#include <stdint.h>

/* In front of GLIBC_TUNABLES and the like. */
#define EXEC_ENV_PREFIX "FAUXKVM_ENV_"

/* Once, before the program runs: @env gets the program's names back. What is
 * returned is the program's, without the last @hidden. @file: a descriptor of the
 * engine, which the one before it has opened, or -1. */
char **exec_init(char **env, unsigned int hidden, int file);

/* ---- exec-memory.c ------------------------------------------------------- */

/*
 * What is needed to execute is of no use to who is executed, but a child of vfork()
 * leaves it to its parent, and may be killed in the middle: so it hangs on @t, where
 * the parent finds it. Zeros, but for what exec_shrink() took back. NULL: there is none.
 */
struct user_thread;
void *exec_alloc(struct user_thread *t, uint64_t size);
/* @last, which is what was allocated last, has @size bytes only. */
void exec_shrink(struct user_thread *t, void *last, uint64_t size);
/* All of it. */
void exec_free(struct user_thread *t);

/* ---- calls-exec.c and exec-env.c ----------------------------------------- */

/* The vector of strings at @addr with @front and @back free entries around it,
 * from exec_alloc(); NULL and *@err. The strings stay where they are: the host says
 * so if one cannot be read. */
char **exec_vector(struct user_thread *t, uint64_t addr, long front, long back,
		   long *count, long *err);

/* The environment of what is executed. */
struct exec_env {
	char **v;
	long count;
	unsigned int hidden;        /* of its end, from the program */
	struct user_thread *thread; /* exec_alloc()'s */
};

char **exec_env_init(char **env, unsigned int hidden);
/* What is at @addr: 0 or -errno. */
long exec_env_read(struct exec_env *e, struct user_thread *t, uint64_t addr);
/* Changes it for the engine that an arm64 program goes on with, for a native
 * program. Once, and not before it is known which it is. */
void exec_env_for_engine(struct exec_env *e);
void exec_env_for_native(struct exec_env *e);

#endif
