/* SPDX-License-Identifier: MIT */
/*
 * Cases that ask a KVM what Linux answers: the harness. One program for x86-64
 * and arm64 that knows only libc and /dev/kvm, so that it runs under `fauxkvm
 * run` natively and as an arm64 VMM, and on a real kernel (tests/real-kvm).
 * The values in the cases are the real kernel's.
 *
 * Each case runs in a process of its own, with a time limit: what hangs or
 * crashes has failed. Checks that fail are counted, and the case goes on.
 */
#ifndef FAUXKVM_TESTS_ABI_H
#define FAUXKVM_TESTS_ABI_H

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <fauxkvm/kvm.h>

#include "tests/a64.h"

/* ioctl(), noted for scripts/abi-coverage if that is wanted: record.c. */
int abi_ioctl(int fd, unsigned long request, ...);
#define ioctl abi_ioctl
void abi_record_open(void);
void abi_record_write(FILE *to, const char *name);

struct abi_case {
	const char *name; /* "topic/what-holds"; the last row has NULL */
	void (*run)(void);
	unsigned int seconds; /* of an idle machine, at most; 0: 20 */
};

/* ---- checks: they say file, line and values ------------------------------ */

void abi_check(const char *file, int line, bool ok, const char *what);
void abi_equal(const char *file, int line, uint64_t got, uint64_t want,
	       const char *what);
/* @ret of a system call and the errno it left, against 0 or an errno. */
long abi_answers(const char *file, int line, long ret, int want,
		 const char *what);

#define CHECK(cond)      abi_check(__FILE__, __LINE__, (cond), #cond)
#define EQUAL(got, want) abi_equal(__FILE__, __LINE__, (got), (want), #got)
/* The call succeeds; its value. */
#define OK(call) (errno = 0, abi_answers(__FILE__, __LINE__, (call), 0, #call))
/* The call fails with the errno @want. */
#define REFUSED(call, want) \
	(errno = 0, abi_answers(__FILE__, __LINE__, (call), (want), #call))
/* The same for a row of a table, 0: it succeeds; @name says which. */
#define ROW(call, want, name) \
	(errno = 0, abi_answers(__FILE__, __LINE__, (call), (want), (name)))
#define ROWS(table) (sizeof(table) / sizeof(*(table)))
/* Without this nothing else makes sense: ends the case when it fails. */
#define NEED(cond)                                              \
	do {                                                    \
		if (!(cond))                                    \
			abi_give_up(__FILE__, __LINE__, #cond); \
	} while (0)
void abi_give_up(const char *file, int line, const char *what)
	__attribute__((noreturn));
/* The host cannot be asked (it has no GICv2, no userfaultfd, ...). */
void abi_skip(const char *why) __attribute__((noreturn));
/* How often, or how long: @many in the long form (FAUXKVM_LONG), else @few. */
unsigned int abi_times(unsigned int few, unsigned int many);
/* Guest time is counted, which is not the host's: see docs/clock.md. */
bool abi_counted(void);

/* ---- a VM ---------------------------------------------------------------- */

#define GUEST_BASE 0x40000000ull
#define GUEST_SIZE 0x100000ull
#define GUEST_MMIO 0x09000000ull /* no memory: exits with KVM_EXIT_MMIO */
/* Frames of the GIC, where QEMU's and kvmtool's are roughly. */
#define GUEST_GICD 0x08000000ull
#define GUEST_GICC 0x08010000ull /* GICv2's CPU interface */
#define GUEST_GICR 0x080a0000ull /* GICv3's redistributors */

struct abi_vm {
	int kvm, vm, vcpu, gic; /* -1: not there */
	struct kvm_run *run;    /* of the vCPU */
	size_t run_size;        /* as KVM_GET_VCPU_MMAP_SIZE has it */
	uint8_t *ram;           /* GUEST_SIZE bytes at GUEST_BASE, slot 0 */
	uint32_t features;      /* of its vCPUs, beside PSCI 0.2 */
};

enum abi_gic { ABI_NO_GIC, ABI_GICV2, ABI_GICV3 };

/*
 * A VM with RAM, one initialised vCPU (PSCI 0.2) and perhaps a GIC, which is
 * initialised and has 64 SPIs and less. Skips the case if the host has no such
 * GIC. It ends with abi_vm_close() or the process.
 */
void abi_vm_open(struct abi_vm *v, enum abi_gic gic);
/* KVM_CREATE_VM of 40 bits of address, or of all that the host has: a
 * descriptor, or -1 and errno. Where its addresses end. */
int abi_create_vm(int kvm);
uint64_t abi_ipa_end(void);
/* Its mappings and descriptors: a VM ends with the last of them. */
void abi_vm_close(struct abi_vm *v);
/* Only /dev/kvm and a VM, the rest is -1. */
void abi_vm_bare(struct abi_vm *v);
/* A device of KVM_CREATE_DEVICE. Skips the case if the host has none. */
int abi_device(const struct abi_vm *v, uint32_t type);
/* Does the host have it? */
bool abi_device_there(const struct abi_vm *v, uint32_t type);
/* The same; @first does what has to be done before the VM has anything. */
void abi_vm_open_with(struct abi_vm *v, enum abi_gic gic,
		      void (*first)(struct abi_vm *v));
/* The same with more features. Skips the case if the host lacks one. */
void abi_vm_open_features(struct abi_vm *v, enum abi_gic gic,
			  uint32_t features);
/* One more initialised vCPU; *@run is its mapping unless @run is NULL. */
int abi_vcpu(struct abi_vm *v, unsigned int id, struct kvm_run **run);
/* KVM_ARM_VCPU_INIT of the VM's vCPU again: 0, or -1 and errno. */
int abi_init(struct abi_vm *v);

/* KVM_ENABLE_CAP with one argument: 0, or -1 and errno. */
int abi_enable(int fd, uint32_t cap, uint32_t flags, uint64_t arg);

/* ioctl() on the vCPU of registers; false: errno. */
bool abi_reg_get(int vcpu, uint64_t id, uint64_t *val);
bool abi_reg_set(int vcpu, uint64_t id, uint64_t val);
/* The same for what cannot fail. */
uint64_t reg_get(int vcpu, uint64_t id);
void reg_set(int vcpu, uint64_t id, uint64_t val);
#define REG_X(n)   (0x6030000000100000ull + 2 * (n))
#define REG_SP     0x603000000010003eull
#define REG_PC     0x6030000000100040ull
#define REG_PSTATE 0x6030000000100042ull
#define REG_ELR    0x6030000000100046ull
#define REG_SPSR   0x6030000000100048ull
/* A system register: op0, op1, CRn, CRm, op2 as the manual has them. */
#define REG_SYS(op0, op1, crn, crm, op2)                                  \
	(0x6030000000130000ull | (op0) << 14 | (op1) << 11 | (crn) << 7 | \
	 (crm) << 3 | (op2))
#define REG_ESR  REG_SYS(3, 0, 5, 2, 0)
#define REG_VBAR REG_SYS(3, 0, 12, 0, 0)

/* CNTFRQ_EL0 as a guest reads it: ticks a second of its counters. */
uint64_t abi_counter_hz(void);

/* KVM_{SET,GET,HAS}_DEVICE_ATTR: 0, or -1 and errno. */
int abi_attr(int fd, unsigned long request, uint32_t group, uint64_t attr,
	     void *addr);
/* A register of the GIC's distributor. */
uint32_t abi_dist_get(const struct abi_vm *v, uint32_t off);
void abi_dist_set(const struct abi_vm *v, uint32_t off, uint32_t val);

/*
 * Pointers with nothing behind: not mapped, no address of a process, a
 * kernel's, and one with @size bytes of which the last is not mapped.
 */
#define NR_BAD_POINTERS 5
void *abi_bad_pointer(unsigned int n, size_t size);

/* Put @code at GUEST_BASE + @off, visible to the guest, and start there. */
void abi_guest_load(struct abi_vm *v, uint64_t off, const uint32_t *code,
		    size_t words);
#define GUEST(v, off, ...)                                            \
	do {                                                          \
		static const uint32_t code_[] = {__VA_ARGS__};        \
		abi_guest_load((v), (off), code_, sizeof(code_) / 4); \
	} while (0)
/* KVM_RUN until an exit that is not a signal's; its reason. */
uint32_t abi_run(struct abi_vm *v);
/* KVM_RUN that only does what is owed, such as the access of the last exit. */
void abi_run_nothing(struct abi_vm *v);
/* KVM_RUN without a GIC, that ends for a change of a timer's line: of KVM_ARM_DEV_EL1_VTIMER
 * and PTIMER these are up. */
void abi_run_timer_line(struct abi_vm *v, uint64_t level);
/* The core has FEAT_VHE, so that KVM need not emulate the physical timer. */
bool abi_has_vhe(const struct abi_vm *v);

/* ---- system calls -------------------------------------------------------- */

/* As syscall(), but nothing between us and the kernel. */
long abi_raw(long nr, ...);
/* All six arguments, as the kernel looks at no more than it needs. */
#define RAW_N(nr, a, b, c, d, e, f, ...)                                \
	abi_raw((long)(nr), (long)(a), (long)(b), (long)(c), (long)(d), \
		(long)(e), (long)(f))
#define RAW(...) RAW_N(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)

/* ---- the program --------------------------------------------------------- */

extern const struct abi_case cases_aarch32[];
extern const struct abi_case cases_arm32[];
extern const struct abi_case cases_attr[];
extern const struct abi_case cases_bus[];
extern const struct abi_case cases_busy[];
extern const struct abi_case cases_cap[];
extern const struct abi_case cases_code[];
extern const struct abi_case cases_counter[];
extern const struct abi_case cases_crossing[];
extern const struct abi_case cases_crowd[];
extern const struct abi_case cases_debug[];
extern const struct abi_case cases_draft[];
extern const struct abi_case cases_everything[];
extern const struct abi_case cases_exit[];
extern const struct abi_case cases_family[];
extern const struct abi_case cases_file[];
extern const struct abi_case cases_first[];
extern const struct abi_case cases_fork[];
extern const struct abi_case cases_gic[];
extern const struct abi_case cases_hole[];
extern const struct abi_case cases_init[];
extern const struct abi_case cases_inject[];
extern const struct abi_case cases_irqfd[];
extern const struct abi_case cases_its[];
extern const struct abi_case cases_legacy[];
extern const struct abi_case cases_life[];
extern const struct abi_case cases_line[];
extern const struct abi_case cases_list[];
extern const struct abi_case cases_lpi[];
extern const struct abi_case cases_memory[];
extern const struct abi_case cases_mpidr[];
extern const struct abi_case cases_mte[];
extern const struct abi_case cases_numbers[];
extern const struct abi_case cases_onereg[];
extern const struct abi_case cases_path[];
extern const struct abi_case cases_pauth[];
extern const struct abi_case cases_pmu[];
extern const struct abi_case cases_pmu_regs[];
extern const struct abi_case cases_ppi[];
extern const struct abi_case cases_ras[];
extern const struct abi_case cases_request[];
extern const struct abi_case cases_ring[];
extern const struct abi_case cases_ring_entries[];
extern const struct abi_case cases_ring_live[];
extern const struct abi_case cases_signal[];
extern const struct abi_case cases_slot[];
extern const struct abi_case cases_stats[];
extern const struct abi_case cases_steal[];
extern const struct abi_case cases_sve[];
extern const struct abi_case cases_syscalls[];
extern const struct abi_case cases_thread[];
extern const struct abi_case cases_timer[];
extern const struct abi_case cases_uffd[];
extern const struct abi_case cases_vcpu[];

#endif
