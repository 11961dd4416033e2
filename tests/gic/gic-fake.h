/* SPDX-License-Identifier: MIT */
/*
 * A VM of nothing but what src/gic asks of one (struct device_vm_ops), whose
 * every answer a test can choose and every call it can count.
 */
#ifndef FAUXKVM_TESTS_GIC_FAKE_H
#define FAUXKVM_TESTS_GIC_FAKE_H

#include <check.h>
#include <stdatomic.h>

#include "base/device.h"
#include "base/sysreg-enc.h"
#include "fauxkvm/kvm.h"
#include "gic/gic.h"
#include "tests/gic/gic-regs.h"

#define FAKE_VCPUS    8
#define FAKE_RAM      UINT64_C(0x40000000)
#define FAKE_RAM_SIZE (8u << 20)
#define FAKE_DIST     UINT64_C(0x08000000)
#define FAKE_CPU      UINT64_C(0x08010000)
#define FAKE_REDIST   UINT64_C(0x080a0000)
#define FAKE_ITS      UINT64_C(0x08080000)
#define BAD_POINTER   ((void *)8)

struct fake_vm {
	struct device_vm vm;
	struct gic *gic;
	struct device *dev, *its;
	unsigned int nr_vcpus;
	uint32_t ids[FAKE_VCPUS + 1];
	uint64_t mpidrs[FAKE_VCPUS + 1];
	uint64_t ipa_limit;
	unsigned int max_vcpus;
	bool has_run, creating, vcpu_busy;
	int locked, vcpus_locked; /* depth; must be 0 after each call */
	int mmio_add_error;       /* instead of adding a frame */
	struct mmio_frame *frames[64];
	uint8_t *ram;
	atomic_bool irq[FAKE_VCPUS], fiq[FAKE_VCPUS], wake[FAKE_VCPUS];
	atomic_int acked; /* the last SPI, -1: none yet */
	atomic_uint acked_calls;
	uint32_t timer_intid; /* a PPI with a source, 0: none */
	bool timer_level;
	unsigned int stale[FAKE_VCPUS]; /* ppi_stale() calls */
	unsigned int charged[FAKE_VCPUS];
	/* Counted time: what it is (for all vCPUs), and when each is due,
	 * UINT64_MAX: never. */
	uint64_t now, due[FAKE_VCPUS];
	unsigned int steps[FAKE_VCPUS][NR_IRQ_STEPS];
	uint32_t step_intid[FAKE_VCPUS][NR_IRQ_STEPS]; /* of the last */
};

struct fake_vm *fake_new(unsigned int vcpus);
void fake_free(struct fake_vm *f);
/* GICv3s that this process makes from now on have so many interrupts, 0: as
 * many as without a word. */
void fake_irqs(uint32_t irqs);
/* VMs that this process makes from now on count time, by these costs. */
void fake_count_time(const struct cost_model *m, const struct cost_profile *p);
void fake_count_no_time(void);
/* Go on to @when; vCPUs are told when they are due. */
void fake_time(struct fake_vm *f, uint64_t when);
/* A device of @type, which must succeed. */
struct device *fake_device(struct fake_vm *f, const struct device_type *type);
/* A VM with a GICv3 (or GICv2) on the bus; guest interrupts unmasked. */
struct fake_vm *fake_v3(unsigned int vcpus);
struct fake_vm *fake_v2(unsigned int vcpus);
struct fake_vm *fake_v3_its(unsigned int vcpus);

int fake_set(struct device *d, uint32_t group, uint64_t attr, void *addr);
int fake_get(struct device *d, uint32_t group, uint64_t attr, void *addr);
int fake_has(struct device *d, uint32_t group, uint64_t attr);
int fake_set64(struct device *d, uint32_t group, uint64_t attr, uint64_t val);
int fake_set32(struct device *d, uint32_t group, uint64_t attr, uint32_t val);
uint64_t fake_get64(struct device *d, uint32_t group, uint64_t attr);
uint32_t fake_get32(struct device *d, uint32_t group, uint64_t attr);

/* Guest accesses by vCPU @v. */
uint64_t mmio_rd(struct fake_vm *f, unsigned int v, gpa_t at, unsigned int len);
void mmio_wr(struct fake_vm *f, unsigned int v, gpa_t at, unsigned int len,
	     uint64_t val);
uint64_t icc_rd(struct fake_vm *f, unsigned int v, uint32_t enc);
void icc_wr(struct fake_vm *f, unsigned int v, uint32_t enc, uint64_t val);

#define GICD(f, v, off)      ((uint32_t)mmio_rd(f, v, FAKE_DIST + (off), 4))
#define GICD_W(f, v, off, x) mmio_wr(f, v, FAKE_DIST + (off), 4, x)
#define GICC(f, v, off)      ((uint32_t)mmio_rd(f, v, FAKE_CPU + (off), 4))
#define GICC_W(f, v, off, x) mmio_wr(f, v, FAKE_CPU + (off), 4, x)
#define REDIST(v)            (FAKE_REDIST + (v)*UINT64_C(0x20000))
#define GICR(f, v, off)      ((uint32_t)mmio_rd(f, v, REDIST(v) + (off), 4))
#define GICR_W(f, v, off, x) mmio_wr(f, v, REDIST(v) + (off), 4, x)

#define ICC_PMR     SYSREG_ENC(3, 0, 4, 6, 0)
#define ICC_IAR0    SYSREG_ENC(3, 0, 12, 8, 0)
#define ICC_EOIR0   SYSREG_ENC(3, 0, 12, 8, 1)
#define ICC_HPPIR0  SYSREG_ENC(3, 0, 12, 8, 2)
#define ICC_BPR0    SYSREG_ENC(3, 0, 12, 8, 3)
#define ICC_AP0R0   SYSREG_ENC(3, 0, 12, 8, 4)
#define ICC_AP1R0   SYSREG_ENC(3, 0, 12, 9, 0)
#define ICC_AP1R1   SYSREG_ENC(3, 0, 12, 9, 1)
#define ICC_DIR     SYSREG_ENC(3, 0, 12, 11, 1)
#define ICC_RPR     SYSREG_ENC(3, 0, 12, 11, 3)
#define ICC_SGI1R   SYSREG_ENC(3, 0, 12, 11, 5)
#define ICC_ASGI1R  SYSREG_ENC(3, 0, 12, 11, 6)
#define ICC_SGI0R   SYSREG_ENC(3, 0, 12, 11, 7)
#define ICC_IAR1    SYSREG_ENC(3, 0, 12, 12, 0)
#define ICC_EOIR1   SYSREG_ENC(3, 0, 12, 12, 1)
#define ICC_HPPIR1  SYSREG_ENC(3, 0, 12, 12, 2)
#define ICC_BPR1    SYSREG_ENC(3, 0, 12, 12, 3)
#define ICC_CTLR    SYSREG_ENC(3, 0, 12, 12, 4)
#define ICC_SRE     SYSREG_ENC(3, 0, 12, 12, 5)
#define ICC_IGRPEN0 SYSREG_ENC(3, 0, 12, 12, 6)
#define ICC_IGRPEN1 SYSREG_ENC(3, 0, 12, 12, 7)

/* An MSI as KVM_SIGNAL_MSI gives it. */
int fake_msi(struct fake_vm *f, gpa_t doorbell, uint32_t devid, bool has_devid,
	     uint32_t data);

/* Enable SPI @id at priority @prio, edge or level. */
void spi_setup(struct fake_vm *f, unsigned int id, unsigned int prio,
	       bool edge);
#define SPI 40u /* any */

/* Guest memory. */
uint64_t ram_get(struct fake_vm *f, gpa_t at, unsigned int len);
void ram_put(struct fake_vm *f, gpa_t at, unsigned int len, uint64_t val);

#define ok(expr)       ck_assert_int_eq(expr, 0)
#define fails(e, expr) ck_assert_int_eq(expr, -(e))

Suite *gic_v3_suite(void);
Suite *gic_v3_registers_suite(void);
Suite *gic_v2_suite(void);
Suite *gic_attr_suite(void);
Suite *gic_its_suite(void);
Suite *attr_rows_suite(void);
Suite *mmio_regs_suite(void);
Suite *costs_suite(void);
Suite *gic_flight_suite(void);
Suite *gic_load_suite(void);

#endif
