/* SPDX-License-Identifier: MIT */
/*
 * Refused requests, counted in the statistics file with the reason that
 * base/refuse.h has for them.
 */
#ifndef FAUXKVM_KERNEL_STAT_REFUSAL_H
#define FAUXKVM_KERNEL_STAT_REFUSAL_H

#include "base/refuse.h"
#include "kernel/kernel.h"

/* @request of an @object, "vm" or "vcpu", was answered with @ret, an errno. Any
 * thread. Nothing happens if there is no file. */
void stat_refusal_count(const char *request, const char *object, long ret,
			const struct refusal *why);

#endif
