/* SPDX-License-Identifier: MIT */
/*
 * A VM of nothing but what src/mpic asks of one (struct device_vm_ops), whose
 * every answer a test can choose and every call it can count.
 */
#ifndef FAUXKVM_TESTS_MPIC_FAKE_H
#define FAUXKVM_TESTS_MPIC_FAKE_H

#include <check.h>

#include "base/device.h"
#include "mpic/mpic.h"

#ifndef FAUXKVM_ABI_PPC
#define FAUXKVM_ABI_PPC
#endif
#include "fauxkvm/kvm.h"

#define FAKE_VCPUS  40
#define FAKE_BASE   UINT64_C(0xe0040000)
#define BAD_POINTER ((void *)8)

/* Registers. */
enum {
	FRR = 0x1000,
	GCR = 0x1020,
	PIR = 0x1090,
	IPIVPR = 0x10a0,
	MSIR = 0x1600,
	MSIIR = 0x1740,
	IVPR = 0x10000,
	IDR = 0x10010,
	ILR = 0x10018,
	CPU = 0x20000, /* those of CPU n: + n * 0x1000; of one's own: 0 */
	IPIDR = 0x40,
	CTPR = 0x80,
	WHOAMI = 0x90,
	IACK = 0xa0,
	EOI = 0xb0,
};
#define OF_CPU(n)    (CPU + 0x1000 * (n))
#define OF_SOURCE(n) (0x20 * (n))
#define PRIORITY(n)  ((uint32_t)(n) << 16)
#define SENSE        0x00400000u
#define ACTIVITY     0x40000000u
#define MASK         0x80000000u
#define SPURIOUS     0xffffu
#define GCR_RST      0x80000000u

struct fake_vm {
	struct device_vm vm;
	struct device *dev;
	struct mmio_frame *frame; /* on the bus, NULL: none */
	int mmio_add_error;       /* instead of adding it */
	atomic_bool pin[FAKE_VCPUS];
	unsigned int driven[FAKE_VCPUS]; /* calls of set_pins */
	int acked;                       /* the last pin, -1: none yet */
	unsigned int acked_calls;
	bool keep_lines; /* else a pin is lowered when its interrupt ends */
	unsigned int charged[FAKE_VCPUS];
	unsigned int steps[FAKE_VCPUS][NR_IRQ_STEPS];
	uint64_t now;
	uint64_t due[FAKE_VCPUS]; /* UINT64_MAX: none is asked for */
};

/* A VM with an MPIC at FAKE_BASE; vCPU n is CPU n, of @cpus; after a reset by
 * GCR, with CTPR 0. counted: its time is counted, and steps are heard. */
struct fake_vm *fake_new(const struct device_type *type, unsigned int cpus,
			 bool counted);
struct fake_vm *fake_new_profiled(const struct device_type *type,
				  unsigned int cpus, bool counted,
				  const struct cost_profile *profile);
void fake_free(struct fake_vm *f);

/* Registers by attribute, which must succeed. */
uint32_t reg(struct fake_vm *f, uint64_t off);
void set_reg(struct fake_vm *f, uint64_t off, uint32_t val);
int attr_set(struct fake_vm *f, uint32_t group, uint64_t attr, void *addr);
int attr_get(struct fake_vm *f, uint32_t group, uint64_t attr, void *addr);
int attr_has(struct fake_vm *f, uint32_t group, uint64_t attr);
/* Accesses of vCPU @v's guest: does the MPIC answer? */
bool guest_read(struct fake_vm *f, unsigned int v, uint64_t off,
		unsigned int len, uint64_t *val);
bool guest_write(struct fake_vm *f, unsigned int v, uint64_t off,
		 unsigned int len, uint64_t val);
uint32_t iack(struct fake_vm *f, unsigned int v); /* 32 bits, it answers */
void eoi(struct fake_vm *f, unsigned int v);
void line(struct fake_vm *f, unsigned int pin, int level);
/* Source @n: unmasked, of priority @prio, for @cpus; its vector is its number.
 */
void source(struct fake_vm *f, unsigned int n, unsigned int prio,
	    uint32_t cpus);
/* Time is @now: whatever is due arrives. */
void time_is(struct fake_vm *f, uint64_t now);

#define ok(expr)       ck_assert_int_eq(expr, 0)
#define fails(e, expr) ck_assert_int_eq(expr, -(e))

Suite *mpic_registers_suite(void);
Suite *mpic_delivery_suite(void);
Suite *mpic_time_suite(void);
Suite *mpic_walks_suite(void);

#endif
