/* SPDX-License-Identifier: MIT */
/*
 * exec in an arm64 VMM: what is executed instead. An arm64 program goes on
 * under `fauxkvm run`, as the kernel would start it (a host does not run it
 * otherwise); a native one gets rid of the arm64 thunk in LD_PRELOAD, which its
 * dynamic linker would complain about.
 */
#ifndef FAUXKVM_SHIM_BRIDGE_EXEC_H
#define FAUXKVM_SHIM_BRIDGE_EXEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Remember what `fauxkvm run` said of itself in the environment. */
void bridge_exec_init(void);

/* Before the guest's execve(path, argv, envp); all are guest addresses. Does
 * not return when it executed the program itself. */
void bridge_exec_begin(uint64_t path, uint64_t argv, uint64_t envp);

/* It failed: the guest's memory is as before. */
void bridge_exec_failed(void);

#endif
