/* SPDX-License-Identifier: MIT */
/*
 * Shared by the files of src/mpic only: state of an MPIC, its sources and its
 * CPUs, and the register rows.
 *
 * Locks, outermost first:
 *   VM mutex, vCPU mutexes	ops->lock, ops->trylock_vcpus (src/kernel)
 *   mpic->config		the address of the registers
 *   mpic->lock			every source and CPU
 * ops->mmio_add is called with mpic->config held and never with mpic->lock;
 * ops->set_pins with mpic->lock held; ops->irq_acked with nothing held.
 *
 * Fields are protected by mpic->lock unless a comment says otherwise.
 */
#ifndef FAUXKVM_MPIC_INTERNAL_H
#define FAUXKVM_MPIC_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/device.h"
#include "base/mmio-regs.h"
#include "mpic/mpic.h"

/* Numbers of sources: those with a pin, then IPIs, then timers. */
#define MPIC_NR_EXTERNAL 16u
#define MPIC_MSI0        224u /* eight of the internal ones */
#define MPIC_NR_MSIS     8u
#define MPIC_IPI0        MPIC_NR_PINS
#define MPIC_NR_IPIS     4u
#define MPIC_TIMER0      (MPIC_IPI0 + MPIC_NR_IPIS)
#define MPIC_NR_TIMERS   4u
#define MPIC_NR_SOURCES  (MPIC_TIMER0 + MPIC_NR_TIMERS)

#define MPIC_SIZE       0x40000u
#define MPIC_PRIORITIES 16u
#define MPIC_UNTOUCHED  UINT32_MAX /* what reads where no register is */

#define GCR_RESET (1u << 31)
#define GCR_PROXY 0x60000000u

#define IVPR_MASK        (1u << 31)
#define IVPR_ACTIVITY    (1u << 30)
#define IVPR_POLARITY    (1u << 23)
#define IVPR_SENSE       (1u << 22)
#define IVPR_VECTOR      0xffffu
#define IVPR_PRIORITY(x) ((unsigned int)FIELD(x, 19, 16))

#define IDR_EXTERNAL_PIN (1u << 31)
#define TBCR_INHIBIT     (1u << 31)

/* What a source drives: a CPU's INT, its critical input; by ILR also machine
 * check, 2, and beyond that nothing, though it has eight bits. */
enum {
	MPIC_INT,
	MPIC_CRITICAL,
};

/* In what the models differ. */
struct mpic_model {
	struct device_type const *type;
	uint32_t brr1;
	uint32_t frr;      /* without the number of CPUs */
	uint32_t gcr_mask; /* mode bits that are kept */
	bool idr_critical; /* IDR chooses critical delivery; else ILR does */
};

struct mpic_source {
	uint32_t ivpr, idr;
	uint32_t dest;    /* CPUs, a bit each */
	int32_t pending;  /* not 0: it is; KVM_IRQ_LINE may give any level */
	uint8_t output;   /* MPIC_INT ...; of MPIC 4.2 ILR */
	bool level;       /* level-sensitive */
	bool ignore_mask; /* critical, on MPIC 2.0 */
	struct irq_tally *tally; /* irq_tally_count()'s */
};

/*
 * A set of sources by priority. What Linux knows of the best of it is from the
 * last time it looked (mpic_set_look()), and several decisions rest on that,
 * however old it is; so here too.
 */
struct mpic_set {
	uint64_t member[MPIC_PRIORITIES][(MPIC_NR_SOURCES + 63) / 64];
	uint16_t levels; /* priorities that have members */
	int16_t next;    /* the best then, -1: the set was empty */
	int16_t priority;
};

/* A source on its way to a CPU, where time is counted. */
struct mpic_flight {
	uint64_t arrival;
	uint32_t source;
};

struct mpic_cpu {
	int vcpu; /* connected as it, -1: none */
	uint32_t ctpr;
	struct mpic_set raised, serving;
	bool asserted; /* INT */
	/* On their way: sources, the first to arrive first, and a rise of INT
	 * that CTPR or EOI made due (UINT64_MAX: none). */
	struct mpic_flight flight[MPIC_NR_SOURCES];
	unsigned int nr_flights;
	uint64_t rise;
};

struct mpic {
	struct irqchip chip; /* how the VM sees it */
	struct device dev;
	struct device_vm *vm;
	const struct mpic_model *model; /* constant */
	uint32_t cycles[NR_IRQ_STEPS];  /* constant: what each step costs */

	pthread_mutex_t config;
	struct mmio_frame frame; /* base and mapped: under config */
	bool mapped;

	pthread_mutex_t lock;
	unsigned int nr_cpus; /* the highest connected, plus 1 */
	uint32_t gcr, svr, tfrr;
	uint32_t tbcr[MPIC_NR_TIMERS];
	uint32_t msir[MPIC_NR_MSIS];
	struct mpic_source source[MPIC_NR_SOURCES];
	struct mpic_cpu cpu[MPIC_NR_CPUS];
};

static inline struct mpic *mpic_of_chip(struct irqchip *chip)
{
	return container_of(chip, struct mpic, chip);
}

static inline void mpic_lock(struct mpic *m)
{
	pthread_mutex_lock(&m->lock);
}

static inline void mpic_unlock(struct mpic *m)
{
	pthread_mutex_unlock(&m->lock);
}

/* irqchip.c */
extern const struct irqchip_ops mpic_irqchip_ops;

/* mpic.c */
int mpic_create(const struct device_type *type, struct device_vm *vm,
		struct device **out); /* VM mutex held */
struct device *mpic_find(struct device_vm *vm, const struct device_type *type);
void mpic_free(struct mpic *m);
/* The CPU that the registers of "the current CPU" are of for vCPU @vcpu. One
 * that isn't connected is CPU 0, as in Linux. mpic->lock held. */
unsigned int mpic_cpu_of(const struct mpic *m, unsigned int vcpu);
/* GCR.RST and the reset of a new device. mpic->lock held. */
void mpic_reset(struct mpic *m);

/* deliver.c: sources and their way to a CPU. mpic->lock held. */
void mpic_set_source(struct mpic *m, unsigned int source, int32_t level);
void mpic_write_ivpr(struct mpic *m, unsigned int source, uint32_t val);
void mpic_write_idr(struct mpic *m, unsigned int source, uint32_t val);
/* MSIIR, and what KVM_SIGNAL_MSI does. */
void mpic_send_msi(struct mpic *m, uint32_t msiir);
void mpic_send_ipi(struct mpic *m, unsigned int ipi, uint32_t cpus);
/* The CPU forgets all that is raised, in service and on its way. */
void mpic_cpu_reset(struct mpic_cpu *c);
/* What is on its way to the CPU and due by now arrives. */
void mpic_cpu_due(struct mpic *m, unsigned int cpu);

/*
 * cpu.c: what a CPU does. @paid: its vCPU pays for it, as it was the guest who
 * asked. mpic->lock held.
 */
uint32_t mpic_acknowledge(struct mpic *m, unsigned int cpu, bool paid);
/* The source that ended: if it has a pin, irq_acked must hear of it after the
 * lock is dropped. -1: none was in service. */
int mpic_end(struct mpic *m, unsigned int cpu, bool paid);
void mpic_write_ctpr(struct mpic *m, unsigned int cpu, uint32_t val);

/* deliver.c, for cpu.c. */
void mpic_set_add(struct mpic_set *s, unsigned int source, unsigned int prio);
void mpic_set_del(struct mpic_set *s, unsigned int source, unsigned int prio);
int mpic_set_look(struct mpic_set *s); /* its best, -1: empty */
bool mpic_set_has(const struct mpic_set *s, unsigned int source,
		  unsigned int prio);
void mpic_update(struct mpic *m, unsigned int source);
void mpic_raise(struct mpic *m, unsigned int cpu); /* CTPR or EOI made it due */
void mpic_lower(struct mpic *m, unsigned int cpu);

/* costs.c */
void mpic_costs_init(struct mpic *m);
/* Tells whoever wants to hear of it that @cpu made @step for @source. */
void mpic_step_slow(struct mpic *m, int vcpu, enum irq_step step,
		    uint32_t source, bool paid);
static inline void mpic_step(struct mpic *m, int vcpu, enum irq_step step,
			     uint32_t source, bool paid)
{
	if (unlikely(atomic_load_explicit(&m->vm->steps_heard,
					  memory_order_relaxed)))
		mpic_step_slow(m, vcpu, step, source, paid);
}

/*
 * An access to a register, around what the dispatcher of the rows
 * (base/mmio-regs.h) knows of it. The repetition of a table (access.bank) is
 * the CPU, the source or the timer; for the current CPU's registers, it is that
 * CPU, and MPIC_NR_CPUS or more where there is none.
 */
struct mpic_access {
	struct mmio_access m;
	struct mpic *mpic;
	int ended; /* out: what mpic_end() said, or -1 */
};

/* A part of the registers: what its rows don't have reads as all ones (or as
 * zero), and writes are ignored. */
struct mpic_block {
	uint32_t off, size;
	const struct mmio_regs *regs; /* NULL: no register is modelled */
	bool zero;                    /* reads as zero */
	bool sparse; /* where not aligned to 16 bytes reads are refused */
};

/* regs.c: ascending. */
extern const struct mpic_block mpic_blocks[];
extern const unsigned int mpic_nr_blocks;

/*
 * frame.c. The register at @off of the 256 KiB, by vCPU @vcpu (-1: by
 * userspace): 0 or -ENXIO. No lock held.
 */
int mpic_read_reg(struct mpic *m, int vcpu, uint64_t off, uint32_t *val);
int mpic_write_reg(struct mpic *m, int vcpu, uint64_t off, uint32_t val);
bool mpic_frame_read(struct mmio_frame *f, unsigned int vcpu, uint64_t off,
		     unsigned int len, uint64_t *val);
bool mpic_frame_write(struct mmio_frame *f, unsigned int vcpu, uint64_t off,
		      unsigned int len, uint64_t val);

#endif
