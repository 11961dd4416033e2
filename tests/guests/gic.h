/* SPDX-License-Identifier: MIT */
/* GICv2 and GICv3 as guest programs use them; boot.gic says which. */
#ifndef FAUXKVM_TESTS_GUEST_GIC_H
#define FAUXKVM_TESTS_GUEST_GIC_H

#include "guest.h"
#include "tests/gic/gic-regs.h"

#define INTID_NONE 1023

#define icc_read(reg)      read_sysreg(reg)
#define ICC_PMR            s3_0_c4_c6_0
#define ICC_IAR1           s3_0_c12_c12_0
#define ICC_EOIR1          s3_0_c12_c12_1
#define ICC_HPPIR1         s3_0_c12_c12_2
#define ICC_BPR1           s3_0_c12_c12_3
#define ICC_CTLR           s3_0_c12_c12_4
#define ICC_SRE            s3_0_c12_c12_5
#define ICC_IGRPEN1        s3_0_c12_c12_7
#define ICC_RPR            s3_0_c12_c11_3
#define ICC_SGI1R          s3_0_c12_c11_5
#define ICC_DIR            s3_0_c12_c11_1
#define GIC_READ_(reg)     read_sysreg(reg)
#define GIC_WRITE_(reg, v) write_sysreg(reg, v)
#define ICC_READ(reg)      GIC_READ_(reg)
#define ICC_WRITE(reg, v)  GIC_WRITE_(reg, v)

/* Once; then gic_init_cpu() on each CPU. */
void gic_init(void);
void gic_init_cpu(void);
/* This CPU's frame for SGIs and PPIs, the distributor for SPIs. */
uint64_t gic_frame(unsigned int intid);
void gic_enable(unsigned int intid);
void gic_disable(unsigned int intid);
void gic_set_priority(unsigned int intid, unsigned int priority);
void gic_set_edge(unsigned int intid, bool edge);
void gic_set_target(unsigned int intid, unsigned int cpu);
bool gic_pending(unsigned int intid);
bool gic_active(unsigned int intid);
unsigned int gic_ack(void); /* the IAR's value: GICv2 has the CPU in it */
void gic_eoi(unsigned int iar);
void gic_set_mask(unsigned int priority);
void gic_send_sgi(unsigned int sgi, unsigned int cpu);
void gic_send_sgi_others(unsigned int sgi);
uint64_t gic_redist(unsigned int cpu);

/* The ITS and CPU 0's LPIs; events 0 to @events - 1 of @device are the LPIs from
 * ITS_LPI on. */
#define ITS_LPI 8192
void its_on(unsigned int device, unsigned int events);
/* A command, which its_run() hands over with those before it and waits for. */
void its_put(uint64_t a, uint64_t b, uint64_t c);
void its_run(void);
unsigned int its_written(void); /* GITS_CWRITER behind the last command */

#endif
