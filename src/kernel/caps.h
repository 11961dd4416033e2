/* SPDX-License-Identifier: MIT */
/*
 * Capabilities as rows: what KVM_CHECK_EXTENSION gives and KVM_ENABLE_CAP on a
 * VM does. caps.c has those that every KVM answers alike, an architecture's
 * table its own. A row lies where its number is, for VMMs ask often.
 */
#ifndef FAUXKVM_KERNEL_CAPS_H
#define FAUXKVM_KERNEL_CAPS_H

#include <fauxkvm/kvm.h>

#include "base/types.h"

struct arch;
struct vm;

struct cap_row {
	const char *name; /* NULL: there is no such row */
	unsigned int number;
	long value;                  /* when rule is NULL */
	long (*rule)(struct vm *vm); /* vm NULL: system descriptor */
	long (*enable)(struct vm *vm, const struct kvm_enable_cap *cap);
	/* Linux version from which on the number is known; NULL: it always was. */
	const char *since;
	bool any_flags; /* enable() judges cap->flags, or nobody does */
};

struct cap_table {
	const struct cap_row *row;
	unsigned int nr;
};

#define CAP(n, ...)       \
	[KVM_CAP_##n] = { \
		.name = "KVM_CAP_" #n, .number = KVM_CAP_##n, __VA_ARGS__}
#define CAP_YES(n) CAP(n, .value = 1)
#define CAP_NO(n)  CAP(n, .value = 0)

/* @vm NULL: asked of the system descriptor. 0 for an unknown one. */
long cap_check(const struct arch *arch, struct vm *vm, unsigned int cap);
/* NULL: no row has the number. */
const struct cap_row *cap_find(const struct arch *arch, unsigned int number);
long cap_enable(struct vm *vm, const struct kvm_enable_cap *cap);

/* CPUs of the host: how many vCPUs are recommended. */
unsigned int host_online_cpus(void);

#endif
