/* SPDX-License-Identifier: MIT */
/*
 * What the parts of the PowerPC profile's client share: the descriptors that
 * they ask and the functions that main() calls in turn.
 */
#ifndef FAUXKVM_TESTS_PPC_PROFILE_H
#define FAUXKVM_TESTS_PPC_PROFILE_H

#include "ppc.h"

extern int kvm, vm, vcpu, device;

#define SAY(what, ret) printf("%s = %s\n", what, answer(ret))

/* Begins a part of the answers. */
void topic(const char *name);

/* A VM with vCPU 0 in @vm and @vcpu. */
void new_vm(void);
void end_vm(void);
/* The descriptor of an MPIC of @vm, or minus an errno. */
int new_mpic(void);

/* ---- profile-system.c ------------------------------------------------------ */

void system_requests(void);
void capabilities(void);
void request_numbers(void);

/* ---- profile-vm.c ---------------------------------------------------------- */

void vcpu_ids(void);
void memory(void);
void pvinfo(void);
void vm_caps(void);
void interrupts(const char *when);
void devices(void);
void device_descriptor(void);

/* ---- profile-regs.c -------------------------------------------------------- */

void regs(void);
void sregs(void);
void one_reg(void);
void timers(void);
void fpu(void);
/* Also where the TLB or a capability changes what they say. */
void get_sregs(const char *what);
void reg_get(uint64_t id);

/* ---- profile-tlb.c --------------------------------------------------------- */

void tlb_config(void);
void tlb_entries(void);

/* ---- profile-vcpu.c -------------------------------------------------------- */

void vcpu_caps(void);
void mpic_connect(void);
void guest_debug(void);
void small_requests(void);
void run_errors(void);

#endif
