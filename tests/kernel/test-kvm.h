/* SPDX-License-Identifier: MIT */
/*
 * Shared by the test-kvm-*.c: a VM in a known state and small guests.
 */
#ifndef FAUXKVM_TESTS_TEST_KVM_H
#define FAUXKVM_TESTS_TEST_KVM_H

#include <check.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "kvm-host.h"
#include "tests/a64.h"

#define GUEST_BASE 0x40000000ull
#define GUEST_SIZE 0x100000ull
#define GUEST_MMIO 0x09000000ull

/* An address no process has: a pointer that faults. */
#define BAD_PTR 0xffff800000000000ull

struct test_vm {
	int sys, vm, vcpu;
	struct kvm_run *run;
	uint8_t *ram; /* GUEST_SIZE bytes at GUEST_BASE, slot 0 */
};
extern struct test_vm t;

/* Defaults, and the engine that FAUXKVM_CPU says (tests/cpu/engines.h). */
struct kernel_clock_options test_options(void);
/* A VM with one vCPU that is initialised (PSCI 0.2) and RAM. */
void test_vm_open(void);
/* The same with dirty rings of so many bytes. */
void test_vm_open_rings(uint64_t bytes);
/* Everything; fails the test when an object stays behind. */
void test_vm_close(void);
/* More vCPUs, initialised like the first one: @number with that. */
#define TEST_VCPUS 4
extern int test_vcpus[TEST_VCPUS];
void test_vcpus_open(unsigned int number);
void test_vcpus_close(void);
/* Also a VGIC v3, initialised; returns its descriptor. */
int test_vm_gicv3(void);

uint64_t reg_get(uint64_t id);
void reg_set(uint64_t id, uint64_t val);
void reg_set_of(int vcpu, uint64_t id, uint64_t val);
#define REG_X(n) (0x6030000000100000ull + 2 * (n))
#define REG_PC   0x6030000000100040ull

/* Put @code at GUEST_BASE + @off and let the vCPU start there. */
void guest_load(uint64_t off, const uint32_t *code, size_t words);
#define GUEST(off, ...)                                        \
	do {                                                   \
		static const uint32_t code_[] = {__VA_ARGS__}; \
		guest_load(off, code_, sizeof(code_) / 4);     \
	} while (0)

/*
 * @vcpu's MMU on: 39-bit input, VA = PA, 1 GiB blocks of Normal memory; FP and
 * SIMD; vectors at GUEST_VECTORS. The table is at GUEST_TABLE, both from
 * GUEST_BASE on.
 */
#define GUEST_TABLE   0x1000
#define GUEST_VECTORS 0x3000
void guest_mmu_on(int vcpu);

/* KVM_RUN on a thread of its own; stop it with a signal: what it returned. */
void run_start(void);
long run_stop(void);
/* Wait until it has returned by itself. */
long run_wait(void);

/* ioctl() that must answer @want. */
#define ASK(want, fd, cmd, arg) ck_assert_int_eq(KVM(fd, cmd, arg), want)

void add_tests_host(Suite *s);
void add_tests_host_file(Suite *s);
void add_tests_system(Suite *s);
void add_tests_memory(Suite *s);
void add_tests_vcpu(Suite *s);
void add_tests_run(Suite *s);
void add_tests_irq(Suite *s);
void add_tests_event(Suite *s);
void add_tests_trace(Suite *s);
void add_tests_clock(Suite *s);
void add_tests_record(Suite *s);
void add_tests_running(Suite *s);
void add_tests_harvest(Suite *s);

/* A case with the VM above around each test. */
TCase *case_with_vm(Suite *s, const char *name);

#endif
