/* SPDX-License-Identifier: MIT */
/*
 * Faults on request (`fauxkvm run --inject`): answers, exits, signals and delays
 * that a VMM would hardly ever meet, at the calls that the user names; inject.c.
 */
#ifndef FAUXKVM_KERNEL_INJECT_H
#define FAUXKVM_KERNEL_INJECT_H

struct kernel_clock_options;

/* Read the rules of @opts: 0, or refused. */
int inject_check(const struct kernel_clock_options *opts);
/* Begin, if there is one; before the first object is made. */
void inject_init(void);

#endif
