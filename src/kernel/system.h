/* SPDX-License-Identifier: MIT */
/*
 * The process's model: what its embedder does for it, and whether this is
 * still the process that made an object (system.c).
 */
#ifndef FAUXKVM_KERNEL_SYSTEM_H
#define FAUXKVM_KERNEL_SYSTEM_H

#include "kernel/kernel.h"

struct kvm_run;

extern struct kernel_host kernel_host;
/* Counts forks: a VM belongs to the process image that made it. */
extern uint32_t kernel_mm;

struct vm;

/* The VM that @obj belongs to; NULL for the system object. */
struct vm *kobj_vm(struct kobj *obj);

/* -EINVAL: the request takes no argument, and has @user. */
long refuse_argument(unsigned long user);

/* The exit that @run holds, by its row (exits.c). */
const char *exit_name(const struct kvm_run *run);
/* Its reason's name, whichever system event it is. */
const char *exit_reason_name(const struct kvm_run *run);

#endif
