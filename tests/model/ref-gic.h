/* SPDX-License-Identifier: MIT */
/*
 * A reference model of a guest's GICv2, GICv3 and ITS: slow, obvious, and
 * written from the manuals (IHI 0048B, IHI 0069H) without a look at src/gic.
 * What the manuals leave open is what Linux's KVM does, stated where it is
 * used. Everything is an array and a loop over all of it.
 *
 * What a guest of KVM sees as its CPU interface is the virtual one: 5 bits of
 * priority, one line for IRQ and one for FIQ, no security states.
 */
#ifndef FAUXKVM_TESTS_MODEL_REF_GIC_H
#define FAUXKVM_TESTS_MODEL_REF_GIC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/types.h"

#define REF_VCPUS   4
#define REF_IRQS    1024 /* SGIs, PPIs, SPIs */
#define REF_LPIS    64   /* 8192.. */
#define REF_LPI     8192
#define REF_LIST    (REF_IRQS + REF_LPIS)
#define REF_DEVICES 4
#define REF_EVENTS  8
#define REF_COLLS   4

#define REF_NEVER UINT64_MAX

#define REF_PIN_IRQ  1
#define REF_PIN_FIQ  2
#define REF_PIN_WAKE 4

struct ref_irq {
	unsigned int intid;
	bool exists; /* LPI: an event is mapped to it, or it is: */
	bool orphan; /* only on a list still */
	bool enabled, edge, line, latch, active;
	uint8_t prio, group;
	int target;            /* vCPU, -1: nobody */
	int taken_by;          /* active: the vCPU that can end it, -1: none */
	int listed;            /* on this vCPU's list, -1: on none */
	bool held;             /* as it was last looked at */
	uint8_t targets;       /* GICv2 SPI */
	uint32_t router;       /* GICv3 SPI */
	uint8_t source;        /* GICv2 SGI: a bit per sender */
	uint8_t active_source; /* GICv2 SGI */
	/* Counted time: */
	bool was_pending;
	uint32_t late; /* what its cause took */
	uint64_t pended, arrives;
	int way, there; /* to and at a vCPU, -1: none */
	uint8_t there_group, there_prio;
};

struct ref_cpu {
	struct ref_irq priv[32];
	/* What this vCPU has to look at, in the order of coming. */
	struct ref_irq *list[REF_LIST];
	unsigned int listed;
	uint8_t pmr, bpr0, bpr1;
	bool grpen0, grpen1, cbpr, eoimode;
	bool ackctl, fiqen;  /* GICv2 */
	uint32_t ap0r, ap1r; /* GICv2: only the first */
	/* Counted time: the pins as they are, and when they rise. */
	unsigned int pins;
	uint64_t rises;
	/* LPIs */
	bool lpis;
	uint8_t pending[REF_LPIS / 8]; /* its table in memory */
};

struct ref_event {
	bool mapped, cached;
	struct ref_irq *lpi;
	int coll; /* its number, -1: none */
};

struct ref_its {
	bool enabled;
	struct {
		bool mapped;
		unsigned int bits;
		struct ref_event event[REF_EVENTS];
	} device[REF_DEVICES];
	struct {
		bool exists, mapped;
		unsigned int target;
	} coll[REF_COLLS];
};

struct ref_gic {
	int version;
	unsigned int vcpus, irqs;
	bool enabled; /* GICD_CTLR */
	struct ref_cpu cpu[REF_VCPUS];
	struct ref_irq spi[REF_IRQS];
	struct ref_irq lpi[REF_LPIS];
	struct ref_its its;
	uint8_t config[REF_LPIS]; /* the LPIs' table in memory */
	/* Counted time; what each part of an interrupt's way takes, by kind:
	 * SGI, PPI, SPI, LPI. */
	bool counted;
	uint64_t now;
	uint32_t pend[4], choose, route[4], signal, sgi_target;
	unsigned int acked; /* level SPIs that came to their end */
};

/* ref-gic.c: state, order and the CPU interface's decisions */
void ref_init(struct ref_gic *g, int version, unsigned int vcpus,
	      unsigned int irqs);
/* @v matters for SGIs and PPIs. NULL: no such interrupt. */
struct ref_irq *ref_irq(struct ref_gic *g, unsigned int v, unsigned int intid);
bool ref_pending(const struct ref_irq *irq);
/* Something of its own happened to @irq: Linux looks at it. */
void ref_event(struct ref_gic *g, struct ref_irq *irq);
/* Anything else about it changed: it is on no list for that. */
void ref_changed(struct ref_gic *g, struct ref_irq *irq);
/* Off the list, if it is on one. */
void ref_unlist(struct ref_gic *g, struct ref_irq *irq);
/* GICD_CTLR. */
void ref_enable(struct ref_gic *g, bool on);
/* It is no more: nobody's list has it. */
void ref_gone(struct ref_gic *g, struct ref_irq *irq);
/* The guest of @v was left for the hypervisor. */
void ref_exit(struct ref_gic *g, unsigned int v);
/* Its highest pending interrupt of an enabled group, or NULL. */
struct ref_irq *ref_best(struct ref_gic *g, unsigned int v);
/* ... if priority mask and running priority let it through. */
struct ref_irq *ref_signalled(struct ref_gic *g, unsigned int v);
unsigned int ref_running(struct ref_gic *g, unsigned int v);
/* The pins as they are; as they should be. */
unsigned int ref_pins(struct ref_gic *g, unsigned int v);
unsigned int ref_pins_wanted(struct ref_gic *g, unsigned int v);
/* The INTID, with its sender for an SGI of GICv2. */
uint32_t ref_acknowledge(struct ref_gic *g, unsigned int v,
			 struct ref_irq *irq);
/* The priority that was dropped, 0xff: none was active. */
unsigned int ref_drop(struct ref_gic *g, unsigned int v);
void ref_deactivate(struct ref_gic *g, struct ref_irq *irq);
/* The priority's bits that preempt, for a group. */
unsigned int ref_group_priority(struct ref_gic *g, unsigned int v,
				unsigned int prio, unsigned int group);
void ref_line(struct ref_gic *g, unsigned int v, unsigned int intid,
	      bool level);
/* @late: behind how many other targets of the same write. */
void ref_sgi(struct ref_gic *g, unsigned int from, unsigned int to,
	     unsigned int intid, unsigned int late);

/* ref-time.c, where time is counted: @irq is looked at, is no more; the CPU
 * interface of @v is; time goes on. */
void ref_time_event(struct ref_gic *g, struct ref_irq *irq);
void ref_time_gone(struct ref_gic *g, struct ref_irq *irq);
void ref_time_pins(struct ref_gic *g, unsigned int v);
void ref_time_go(struct ref_gic *g, uint64_t when);

/* ref-gicd.c: a distributor's or redistributor's register, 32 bits wide or a
 * byte where a byte is a field; others are not asked. @owner: whose
 * redistributor (GICv2 and the distributor: the vCPU that accesses it). */
uint32_t ref_gicd_read(struct ref_gic *g, unsigned int owner, uint32_t off,
		       unsigned int len);
void ref_gicd_write(struct ref_gic *g, unsigned int owner, uint32_t off,
		    unsigned int len, uint64_t val);
uint64_t ref_gicr_read(struct ref_gic *g, unsigned int owner, uint32_t off,
		       unsigned int len);
void ref_gicr_write(struct ref_gic *g, unsigned int owner, uint32_t off,
		    unsigned int len, uint64_t val);

/* ref-cpu.c: the CPU interface's registers */
uint64_t ref_icc_read(struct ref_gic *g, unsigned int v, uint32_t enc);
void ref_icc_write(struct ref_gic *g, unsigned int v, uint32_t enc,
		   uint64_t val);
uint32_t ref_gicc_read(struct ref_gic *g, unsigned int v, uint32_t off);
void ref_gicc_write(struct ref_gic *g, unsigned int v, uint32_t off,
		    uint32_t val);

/* ref-its.c: commands, messages, and LPIs */
void ref_its_command(struct ref_gic *g, const uint64_t cmd[4]);
int ref_msi(struct ref_gic *g, unsigned int device, unsigned int event);
void ref_its_enable(struct ref_gic *g, bool enable);
void ref_lpis_enable(struct ref_gic *g, unsigned int v, bool enable);
/* GICR_INVLPIR, GICR_INVALLR */
void ref_lpi_invalidate(struct ref_gic *g, struct ref_irq *lpi);
void ref_lpi_invalidate_all(struct ref_gic *g, unsigned int v);

#endif
