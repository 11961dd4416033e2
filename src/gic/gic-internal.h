/* SPDX-License-Identifier: MIT */
/*
 * Shared by the files of src/gic only: state of the GIC, its interrupts and
 * its vCPUs, and the register rows.
 *
 * Locks, outermost first:
 *   VM mutex, vCPU mutexes	ops->lock, ops->trylock_vcpus (src/kernel)
 *   gic->config		addresses, regions, initialisation
 *   its->cmd_lock		command queue registers of one ITS
 *   its->lock			devices, events and collections of one ITS
 *   gic->lock			every interrupt and CPU interface
 * All but the last may be held while guest memory is accessed, which takes as
 * long as the VMM's userfaultfd does; what a VMM may ask meanwhile, as of Linux,
 * needs gic->lock alone: lines, signals of irqfds, MSIs translated before.
 * ops->mmio_add is called with gic->config held and never with gic->lock;
 * ops->set_pins and vm_ops->ppi_level with gic->lock held; ops->irq_acked with
 * nothing held.
 *
 * Fields are protected by gic->lock unless a comment says otherwise.
 */
#ifndef FAUXKVM_GIC_INTERNAL_H
#define FAUXKVM_GIC_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/device.h"
#include "base/mmio-regs.h"
#include "fauxkvm/kvm.h"
#include "gic/costs.h"
#include "gic/gic.h"
#include "gic/tag-cache.h"

#define GIC_ADDR_UNDEF    (~UINT64_C(0))
#define GIC_NR_SGIS       16u
#define GIC_NR_PRIVATE    32u
#define GIC_MAX_VCPUS     512u
#define GIC_V2_MAX_VCPUS  8u
#define GIC_DEFAULT_IRQS  256u
#define GIC_MAX_RESERVED  1023u
#define GIC_SPURIOUS      1023u
#define GIC_SPURIOUS_G1   1022u /* GICv2: group 1 pending, AckCtl clear */
#define GIC_MIN_LPI       8192u
#define GIC_LPI_ID_BITS   16u
#define GIC_NR_LPIS       ((1u << GIC_LPI_ID_BITS) - GIC_MIN_LPI)
#define GIC_PRI_BITS      5u
#define GIC_PRI_MASK      0xf8u
#define GIC_PRI_LEVELS    32u
#define GIC_IDLE_PRIORITY 0xffu
#define GIC_BPR0_MIN      2u
#define GIC_BPR1_MIN      3u
#define GIC_PRODUCT_KVM   0x4bu
#define GIC_IMPLEMENTER   0x43bu
#define GIC_REV_MIN       2u
#define GIC_REV_MAX       3u
#define GIC_NEVER         UINT64_MAX

#define GICV2_DIST_SIZE   0x1000u
#define GICV2_CPU_SIZE    0x2000u
#define GICV3_DIST_SIZE   0x10000u
#define GICV3_REDIST_SIZE 0x20000u
#define GIC_ITS_SIZE      0x20000u

struct gic_irq {
	struct gic_irq *next, *prev; /* in a pending queue, or in flight */
	uint64_t place;              /* among equals, the lowest first */
	struct gic_vcpu *placed_on;  /* where it has, or had, its place */
	uint32_t left;               /* placed_on's exits when it was done */
	struct gic_vcpu *queued;     /* on this vCPU's pending queue */
	struct gic_vcpu *target;     /* where it goes, NULL: nowhere */
	struct gic_vcpu *active_on;  /* who acknowledged it */
	const void *owner;           /* in-kernel source, NULL: userspace */
	struct irq_tally *tally;     /* irq_tally_count()'s */
	uint32_t intid;
	uint32_t mpidr;  /* GICv3 SPI: GICD_IROUTER */
	uint32_t refs;   /* LPI: events that map it, 0: see lpi_at() */
	uint8_t targets; /* GICv2: GICD_ITARGETSR */
	uint8_t prio;
	uint8_t group;
	uint8_t source;                 /* GICv2 SGI: vCPU ids that sent it */
	uint8_t active_source;          /* GICv2 SGI: who sent the active one */
	uint8_t slot_group, slot_level; /* where it is queued */
	bool placed;                    /* to be delivered, or active */
	bool edge;
	bool enabled;
	bool line;  /* level of the input */
	bool latch; /* pending by an edge or a register */
	bool active;

	/* Where time is counted, see flight.c. */
	bool was_pending;        /* at the last look */
	uint64_t late;           /* what its cause takes, of the next look */
	uint64_t ready_at;       /* when it can be chosen */
	uint64_t arrives;        /* in flight: when it will be queued */
	struct gic_vcpu *flying; /* on this vCPU's list of flights */
};

struct gic_queue {
	struct gic_irq *first, *last;
};

/* @irq comes into @q behind @before, NULL: in front. It is in no queue. */
static inline void gic_queue_link(struct gic_queue *q, struct gic_irq *irq,
				  struct gic_irq *before)
{
	irq->prev = before;
	irq->next = before ? before->next : q->first;
	if (irq->next)
		irq->next->prev = irq;
	else
		q->last = irq;
	if (before)
		before->next = irq;
	else
		q->first = irq;
}

static inline void gic_queue_unlink(struct gic_queue *q, struct gic_irq *irq)
{
	if (irq->prev)
		irq->prev->next = irq->next;
	else
		q->first = irq->next;
	if (irq->next)
		irq->next->prev = irq->prev;
	else
		q->last = irq->prev;
}

/* One region of redistributor frames. Under gic->config. */
struct gic_region {
	struct gic_region *next;
	gpa_t base;
	uint32_t index;
	uint32_t count; /* 0: the legacy region, as long as there are vCPUs */
	uint32_t used;  /* frames registered so far */
};

struct gic_vcpu {
	struct gic *gic;
	unsigned int index;

	struct gic_irq priv[32]; /* SGIs and PPIs */
	/* Enabled, pending and inactive interrupts by group and priority, in
	 * order of place; bit n of ready[g]: queue[g][n] isn't empty. */
	struct gic_queue queue[2][GIC_PRI_LEVELS];
	uint32_t ready[2];
	uint32_t pins; /* last told to set_pins */
	/* Where time is counted: what is on its way here, the first to arrive
	 * first; when pins rise, GIC_NEVER: they have risen. */
	struct gic_queue flights;
	uint64_t rises;
	struct gic_run run;

	/* CPU interface, ICH_VMCR_EL2's fields. Binary points are as
	 * userspace wrote them while run.raw is true, and at least what 5-bit
	 * hardware has as soon as KVM_RUN begins. */
	bool en0, en1, ackctl, fiqen, cbpr, eoimode;
	uint8_t pmr, bpr0, bpr1;
	uint32_t ap0r, ap1r; /* active priorities; GICv2 uses ap1r only */
	uint8_t pri_bits;    /* ICC_CTLR_EL1.PRIbits + 1 and IDbits as */
	uint8_t id_bits;     /* userspace sees and may lower them */

	/* GICv3 redistributor */
	bool lpis_enabled;
	uint64_t pendbaser;
	struct mmio_frame rd_frame; /* under gic->config */
	struct gic_region *region;  /* under gic->config */
	uint32_t region_slot;
};

struct its;

struct gic;
struct gic_device {
	struct device dev;
	struct gic *gic;
};

struct gic {
	struct irqchip chip; /* how the VM sees it */
	/* The device of the types of vGIC, set before model; it is there
	 * without a descriptor, too. */
	struct gic_device self;
	struct device_vm *vm;
	const struct gic_vm_ops *vm_ops;
	/* Time is counted; what a step takes, 0: time is not counted. Constant
	 * after create, as where they come from. */
	bool counted;
	uint32_t costs[NR_GIC_COSTS];
	const struct cost_model *cost_model; /* NULL: the version's own */
	pthread_mutex_t config;
	pthread_mutex_t lock;

	/* Under config; read anywhere once initialised or ready is true. */
	atomic_int model; /* 0, 2 or 3 */
	atomic_bool initialised;
	atomic_bool ready; /* frames are on the bus */
	atomic_bool has_its;
	unsigned int nr_spis; /* 0: not chosen yet */
	gpa_t dist_base, cpu_base;
	struct gic_region *regions;
	struct mmio_frame dist_frame, cpu_frame;

	bool enabled; /* GICD_CTLR: group 1 (v3) or all (v2) */
	uint8_t revision;
	bool v2_groups_writable;
	uint64_t propbaser;

	uint64_t places; /* taken so far */
	struct gic_irq *spis;
	struct gic_irq **lpis;      /* see lpi_place(), made by the first LPI */
	uint32_t lpi_end;           /* no LPI at or above this index */
	uint32_t lpi_max;           /* room there is */
	struct tag_cache lpi_cache; /* whose configuration is at hand */

	/* vCPUs in order of creation; entries appear under lock. */
	atomic_uint nr_vcpus;
	struct gic_vcpu *vcpus[GIC_MAX_VCPUS];

	_Atomic(struct its *) itses; /* only ever added to */
};

static inline unsigned int gic_nr_irqs(const struct gic *gic)
{
	return gic->nr_spis + GIC_NR_PRIVATE;
}

static inline uint32_t gic_vcpu_id(const struct gic_vcpu *v)
{
	return v->gic->vm->ops->vcpu_id(v->gic->vm, v->index);
}

static inline unsigned int gic_online_vcpus(const struct gic *gic)
{
	return gic->vm->ops->vcpu_count(gic->vm);
}

static inline bool gic_heard(const struct gic *gic)
{
	return HAS_EVENT_TAP &&
	       unlikely(atomic_load_explicit(&gic->vm->steps_heard,
					     memory_order_relaxed));
}

/* Tell whoever wants to hear of it that vCPU @index made @step for @intid; what
 * follows the gic is evaluated only then. */
#define gic_step(gic, ...)                              \
	do {                                            \
		if (gic_heard(gic))                     \
			gic_step_now(gic, __VA_ARGS__); \
	} while (0)

static inline void gic_lock(struct gic *gic)
{
	pthread_mutex_lock(&gic->lock);
}

static inline void gic_unlock(struct gic *gic)
{
	pthread_mutex_unlock(&gic->lock);
}

/* irqchip.c */
extern const struct irqchip_ops gic_irqchip_ops;
/* For gic_step(): the step takes what the table says of the vCPU's time, if it
 * takes any, or @cycles. */
COLD void gic_step_now(struct gic *gic, unsigned int index, enum irq_step step,
		       uint32_t intid);
COLD void gic_step_cycles(struct gic *gic, unsigned int index,
			  enum irq_step step, uint32_t intid, uint32_t cycles);

/* What irqchip.c passes on; base/irqchip.h has the contracts. */
void gic_vm_free(struct gic *gic);
int gic_vcpu_created(struct gic *gic, unsigned int index);
void gic_vcpu_gone(struct gic *gic, unsigned int index);
/* KVM_ARM_VCPU_INIT again. As in Linux that touches only the PPIs of mapped
 * sources (timers), which become inactive and low; CPU interface registers
 * and all else are the VMM's to reset. */
void gic_vcpu_reset(struct gic *gic, unsigned int index);
void gic_vcpu_sync(struct gic *gic, unsigned int index);
void gic_vcpu_load(struct gic *gic, unsigned int index);
void gic_vcpu_put(struct gic *gic, unsigned int index);
void gic_vcpu_due(struct gic *gic, unsigned int index); /* flight.c */
/* As Linux's kvm_vgic_map_resources. */
int gic_map_resources(struct gic *gic);

/* gic.c. All with gic->config held, gic->lock not. */
int gic_create(struct gic *gic, int model); /* VM mutex held too */
int gic_init(struct gic *gic);
struct gic_vcpu *gic_vcpu_get(struct gic *gic, unsigned int index);

/* costs.c. Time is counted from now on, by the table of the model. config held. */
void gic_costs_start(struct gic *gic);

/* frames.c. gic->config held. 0, or the errno that setting @addr gives. */
int gic_check_range(struct gic *gic, gpa_t now, gpa_t addr, uint64_t align,
		    uint64_t size);
/* An access to a frame by vCPU @vcpu: locks, charges, reports the end of an
 * interrupt. @owner: whose registers, NULL: those of @vcpu. No lock held. */
bool gic_frame_read(struct gic *gic, const struct mmio_regs *regs,
		    struct gic_vcpu *owner, unsigned int vcpu, uint64_t off,
		    unsigned int len, uint64_t *val);
bool gic_frame_write(struct gic *gic, const struct mmio_regs *regs,
		     struct gic_vcpu *owner, unsigned int vcpu, uint64_t off,
		     unsigned int len, uint64_t val);

/* gic.c. vCPU by id or by affinity (Aff3 to Aff0 of MPIDR_EL1); NULL: none. */
struct gic_vcpu *gic_vcpu_by_id(struct gic *gic, uint32_t id);
struct gic_vcpu *gic_vcpu_by_aff(struct gic *gic, uint64_t aff);

/* regions.c: GICv3 redistributor regions. gic->config held. */
int gic_region_set(struct gic *gic, uint32_t index, gpa_t base, uint32_t count);
struct gic_region *gic_region_find(struct gic *gic, uint32_t index);
int gic_redist_register(struct gic *gic, struct gic_vcpu *v,
			unsigned int online);
/* Its place in the region stays taken. */
void gic_redist_unregister(struct gic *gic, struct gic_vcpu *v);
bool gic_regions_valid(struct gic *gic, unsigned int online);
bool gic_redist_is_last(const struct gic_vcpu *v);

/*
 * deliver.c. gic->lock held.
 */
/* NULL: no such interrupt. @v matters for SGIs and PPIs only. */
struct gic_irq *gic_irq_find(struct gic *gic, struct gic_vcpu *v,
			     uint32_t intid);
static inline bool gic_irq_pending(const struct gic_irq *irq)
{
	return irq->latch || (!irq->edge && irq->line);
}
/* The vCPU's guest was left for the hypervisor: on its thread. */
static inline void gic_vcpu_exited(struct gic_vcpu *v)
{
	gic_run_exited(&v->run);
}
/* Queue @irq, which is not yet, on @v; take it off where it is. */
void gic_queue_add(struct gic_vcpu *v, struct gic_irq *irq);
void gic_queue_remove(struct gic_irq *irq);
/* Re-sort @irq after any of its fields changed and update vCPU pins. An event
 * puts it on a vCPU's list, another change does not: gic_irq_listed(). */
void gic_irq_event(struct gic *gic, struct gic_irq *irq);
void gic_irq_changed(struct gic *gic, struct gic_irq *irq);
/* Is it on a list of Linux's, see deliver.c? Of vCPU @irq->placed_on. */
bool gic_irq_listed(const struct gic_irq *irq);
/* Drop @irq from every queue (an LPI about to be freed). */
void gic_irq_forget(struct gic *gic, struct gic_irq *irq);
/* Set or clear the active state by register write. */
void gic_irq_set_active(struct gic *gic, struct gic_irq *irq, bool active);
/* Is @irq a PPI wired to a source that tells its *level (the arch timer)? */
bool gic_irq_mapped(struct gic *gic, struct gic_vcpu *v,
		    const struct gic_irq *irq, bool *level);
/* If so, take over the level; gic_irq_event() or gic_irq_changed() is the
 * caller's. */
void gic_irq_sample(struct gic *gic, struct gic_vcpu *v, struct gic_irq *irq);
void gic_pins_update(struct gic *gic, struct gic_vcpu *v);
/* GICD_CTLR's enable bit. */
void gic_enable(struct gic *gic, bool on);

/* flight.c. What irq_look() does where time is counted. @to: who @irq
 * should be queued on, NULL: nobody. */
COLD void gic_irq_update_counted(struct gic *gic, struct gic_irq *irq,
				 struct gic_vcpu *to);
/* @irq, which is in flight, never arrives. */
void gic_flight_cancel(struct gic_irq *irq);
/* What there is of @pins, the levels that should be, at this time. */
COLD uint32_t gic_pins_counted(struct gic *gic, struct gic_vcpu *v,
			       uint32_t pins);

/* CPU interface operations. @group -1: GICv2's common registers. */
void gic_cpu_load(struct gic_vcpu *v); /* raw is true: values become real */
uint32_t gic_cpu_acknowledge(struct gic *gic, struct gic_vcpu *v, int group);
uint32_t gic_cpu_highest(struct gic *gic, struct gic_vcpu *v, int group);
/* These return the SPI (0-based) whose end irq_acked must hear of after
 * gic->lock is dropped, or -1. */
int gic_cpu_eoi(struct gic *gic, struct gic_vcpu *v, uint32_t id, int group);
int gic_cpu_deactivate(struct gic *gic, struct gic_vcpu *v, uint32_t id);
uint8_t gic_cpu_running(const struct gic_vcpu *v);
uint8_t gic_cpu_bpr1(const struct gic_vcpu *v);

/*
 * An access to a register of a GIC, around what the dispatcher of the rows
 * (base/mmio-regs.h) knows of it. An element of a row is an interrupt.
 */
struct gic_access {
	struct mmio_access m;
	struct gic *gic;
	struct gic_vcpu *vcpu;  /* whose registers */
	struct gic_vcpu *actor; /* the vCPU that executes, NULL: userspace */
	struct its *its;        /* ITS registers only */
	int acked;              /* out: SPI to report by irq_acked, or -1 */
};

static inline struct gic_access *gic_access_of(struct mmio_access *m)
{
	return container_of(m, struct gic_access, m);
}

extern const struct mmio_regs gicv2_dist_regs, gicv2_cpu_regs;
extern const struct mmio_regs gicv3_dist_regs, gicv3_redist_regs;
extern const struct mmio_regs its_regs;

/* frames.c. 32 bits by userspace: 0 or a negative errno; what no row allows
 * reads as zero and is ignored on write. gic->lock not held. */
int gic_uaccess(struct gic *gic, const struct mmio_regs *regs,
		struct gic_vcpu *v, uint32_t off, bool write, uint32_t *val);

/* Part of a 64-bit register that an access covers, and its replacement. */
static inline uint64_t gic_extract(uint64_t reg, uint32_t off, unsigned int len)
{
	reg >>= (off & 7) * 8;
	return len < 8 ? reg & (BIT(len * 8) - 1) : reg;
}

static inline uint64_t gic_insert(uint64_t reg, uint32_t off, unsigned int len,
				  uint64_t val)
{
	unsigned int low = (off & 4) * 8;
	uint64_t mask = len < 8 ? (BIT(len * 8) - 1) << low : ~UINT64_C(0);

	return (reg & ~mask) | ((val << low) & mask);
}

/* irq-regs.c: handlers of registers that several frames share. */
uint64_t gic_read_raz(struct mmio_access *m);
uint64_t gic_read_rao(struct mmio_access *m);
void gic_write_wi(struct mmio_access *m, uint64_t val);
int gic_uwrite_wi(struct mmio_access *m, uint64_t val);
uint64_t gic_read_group(struct mmio_access *m);
void gic_write_group(struct mmio_access *m, uint64_t val);
uint64_t gic_read_enable(struct mmio_access *m);
void gic_write_senable(struct mmio_access *m, uint64_t val);
void gic_write_cenable(struct mmio_access *m, uint64_t val);
uint64_t gic_read_pending(struct mmio_access *m);
uint64_t gic_uread_pending(struct mmio_access *m);
void gic_write_spending(struct mmio_access *m, uint64_t val);
void gic_write_cpending(struct mmio_access *m, uint64_t val);
int gic_uwrite_latch(struct mmio_access *m, uint64_t val); /* v3 ISPENDR */
uint64_t gic_read_active(struct mmio_access *m);
void gic_write_sactive(struct mmio_access *m, uint64_t val);
void gic_write_cactive(struct mmio_access *m, uint64_t val);
uint64_t gic_read_priority(struct mmio_access *m);
void gic_write_priority(struct mmio_access *m, uint64_t val);
uint64_t gic_read_config(struct mmio_access *m);
void gic_write_config(struct mmio_access *m, uint64_t val);
uint64_t gic_read_v3_id(struct mmio_access *m);
uint32_t gic_dist_iidr(const struct gic *gic);
int gic_uwrite_iidr(struct mmio_access *m, uint64_t val);
/* KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO; gic->lock not held. */
int gic_level_info(struct gic *gic, struct gic_vcpu *v, uint32_t intid,
		   bool write, uint32_t *val);

/* attr.c */
struct gic *gic_of_device(void *owner);

/* attr-regs.c. Stop every vCPU and lock the configuration: 0 or -EBUSY. No lock
 * held. */
int gic_stop_vm(struct gic *gic);
void gic_resume_vm(struct gic *gic);
attr_fn gicv2_dist_attr_set, gicv2_dist_attr_get, gicv2_dist_attr_has;
attr_fn gicv2_cpu_attr_set, gicv2_cpu_attr_get, gicv2_cpu_attr_has;
attr_fn gicv3_dist_attr_set, gicv3_dist_attr_get, gicv3_dist_attr_has;
attr_fn gicv3_redist_attr_set, gicv3_redist_attr_get, gicv3_redist_attr_has;
attr_fn gicv3_icc_attr_set, gicv3_icc_attr_get, gicv3_icc_attr_has;
attr_fn gicv3_level_attr_set, gicv3_level_attr_get, gicv3_level_attr_has;

/* attr-names.c: attr_row.describe */
bool gicv2_dist_attr_name(uint64_t attr, char *name, size_t size);
bool gicv2_cpu_attr_name(uint64_t attr, char *name, size_t size);
bool gicv3_dist_attr_name(uint64_t attr, char *name, size_t size);
bool gicv3_redist_attr_name(uint64_t attr, char *name, size_t size);
bool gicv3_icc_attr_name(uint64_t attr, char *name, size_t size);
bool gic_its_attr_name(uint64_t attr, char *name, size_t size);

/* icc.c: KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS. */
bool gic_icc_has(uint32_t enc);
const char *gic_icc_name(uint32_t enc); /* NULL: there is none */
int gic_icc_user(struct gic *gic, struct gic_vcpu *v, uint32_t enc, bool write,
		 uint64_t *val);
void gic_cpu_user_ctlr(struct gic_vcpu *v);

/* lpi.c. gic->lock held; where "meanwhile" is said it is let go of for accesses
 * to guest memory. */
struct gic_irq *gic_lpi_find(struct gic *gic, uint32_t intid);
/* A reference to LPI @intid, made (for @target) if it doesn't exist; *err is
 * the errno when NULL is returned. Meanwhile it may be found by others. */
struct gic_irq *gic_lpi_get(struct gic *gic, uint32_t intid,
			    struct gic_vcpu *target, int *err);
void gic_lpi_put(struct gic *gic, struct gic_irq *irq);
/* Meanwhile the LPI may go, that is no error. @only: if it goes there, NULL:
 * wherever. */
int gic_lpi_read_config(struct gic *gic, uint32_t intid, struct gic_vcpu *only);
void gic_lpi_invall(struct gic *gic, struct gic_vcpu *v); /* meanwhile */
void gic_lpi_move_all(struct gic *gic, struct gic_vcpu *from,
		      struct gic_vcpu *to);
void gic_lpis_enable(struct gic *gic, struct gic_vcpu *v); /* meanwhile */
void gic_lpis_disable(struct gic *gic, struct gic_vcpu *v);
int gic_lpi_save_pending(struct gic *gic); /* meanwhile */
void gic_lpi_free_all(struct gic *gic);
uint32_t gic_lpi_limit(const struct gic *gic); /* by GICR_PROPBASER.IDbits */
uint64_t gic_sanitise_cache(uint64_t reg, unsigned int share,
			    unsigned int inner, unsigned int outer);

/* its.c */
int gic_msi(struct gic *gic, const struct irqchip_msi *msi);
void its_forget_translations(struct gic *gic); /* any lock */

#endif
