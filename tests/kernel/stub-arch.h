/* SPDX-License-Identifier: MIT */
/*
 * An architecture that has nothing but what the core of src/kernel asks for:
 * requests by PowerPC's numbers, a big-endian "guest" that makes one access of 32
 * bits in each KVM_RUN, a device with one register and one attribute, one with
 * none.
 */
#ifndef FAUXKVM_TESTS_STUB_ARCH_H
#define FAUXKVM_TESTS_STUB_ARCH_H

#include "kernel/vcpu.h"

#define STUB_MAX_VCPUS    2
#define STUB_GPA_LIMIT    0x100000000ull
#define STUB_DEV_TYPE     4711
#define STUB_PLAIN_TYPE   4712
#define STUB_DEV_GROUP    1
#define STUB_DEV_VALUE    7
#define STUB_DEV_BASE     0x10000
#define STUB_DEV_SIZE     0x1000
#define STUB_DEV_REGISTER 0x10 /* the only offset that answers */
/* KVM_CREATE_VM's type that is refused. */
#define STUB_BAD_TYPE 1

/* What the guest of vCPU 0 does next, and what came of it. */
struct stub_access {
	gpa_t gpa;
	bool write;
	uint32_t value;
};
extern struct stub_access stub_access;
/* Flushes asked for (enum vm_flush), VMs and vCPUs that exist. */
extern unsigned int stub_flushed, stub_vms, stub_vcpus;
/* What arch->code_gone() was told of last, and how often. */
extern gpa_t stub_gone_start, stub_gone_end;
extern unsigned int stub_gone;

#endif
