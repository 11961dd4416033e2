/* SPDX-License-Identifier: MIT */
/*
 * A guest that acknowledges one interrupt after the other and tells: which are
 * delivered, and in what order. With a GICv3 unless a name says otherwise; INTIDs
 * of SPIs are 32 to 63 where they are a bit of a register.
 */
#ifndef FAUXKVM_TESTS_ABI_ORDER_H
#define FAUXKVM_TESTS_ABI_ORDER_H

#include "abi.h"

#define GICD_CTLR     0x000
#define GICD_IGROUP   0x080
#define GICD_ISENABLE 0x100
#define GICD_ICENABLE 0x180
#define GICD_ISPEND   0x200
#define GICD_PRIORITY 0x400
#define GICD_ICFGR    0xc00
#define GICD_IROUTER  0x6000

#define ICC(crn, crm, op2) \
	(3u << 14 | 0u << 11 | (crn) << 7 | (crm) << 3 | (op2))
#define ICC_PMR     ICC(4, 6, 0)
#define ICC_BPR0    ICC(12, 8, 3)
#define ICC_SGI1R   ICC(12, 11, 5)
#define ICC_BPR1    ICC(12, 12, 3)
#define ICC_IAR1    ICC(12, 12, 0)
#define ICC_EOIR1   ICC(12, 12, 1)
#define ICC_IGRPEN0 ICC(12, 12, 6)
#define ICC_IGRPEN1 ICC(12, 12, 7)
#define ICC_CTLR    ICC(12, 12, 4)
#define ICC_RPR     ICC(12, 11, 3)

#define SPI(n) (1u << ((n)-32))

uint64_t icc_get(const struct abi_vm *v, uint32_t enc);
void icc_set(const struct abi_vm *v, uint32_t enc, uint64_t val);
/* A register of GICv2's CPU interface, by offset. */
uint32_t cpu_get(const struct abi_vm *v, uint32_t off);
void cpu_set(const struct abi_vm *v, uint32_t off, uint32_t val);
void spi_line(const struct abi_vm *v, unsigned int intid, int level);
void spis_enable(const struct abi_vm *v, uint32_t bits);
/* SPI 40 level or edge, whatever else. */
void trigger(const struct abi_vm *v, bool edge);
/* Which SPIs are. */
uint32_t pending(const struct abi_vm *v);

/* The GIC and its one CPU interface are on; what is enabled has one priority. */
void order_open(struct abi_vm *v);
/* @first as in abi_vm_open_with(). */
void order_open_with(struct abi_vm *v, void (*first)(struct abi_vm *v));
void order_open_v2(struct abi_vm *v);
/* The next interrupt that the guest acknowledges, 1023: none. */
unsigned int order_next(struct abi_vm *v);
/* The guest acknowledges these, up to 0; then none is left if @all. */
void order_is(struct abi_vm *v, const unsigned int *want, bool all);
#define ORDER(v, ...) \
	order_is((v), (const unsigned int[]){__VA_ARGS__, 0}, true)
#define FIRST(v, ...) \
	order_is((v), (const unsigned int[]){__VA_ARGS__, 0}, false)

#endif
