/* SPDX-License-Identifier: MIT */
/*
 * What the program executes in its place: an arm64 program goes on with this
 * engine, which is executed anew with the same options; a native one is the
 * host's affair; a script has the interpreter that the program would find.
 *
 * The environment is the program's. What the engine's C library would take for
 * its own goes to the engine by other names, which exec_init() undoes.
 */
#ifndef FAUXKVM_USER_EXEC_H
#define FAUXKVM_USER_EXEC_H

/* In front of GLIBC_TUNABLES and the like. */
#define EXEC_ENV_PREFIX "FAUXKVM_ENV_"

/* Once, before the program runs: @env gets the program's names back. */
void exec_init(char **env);

#endif
