/* SPDX-License-Identifier: MIT */
/*
 * The vCPU object as every architecture has it, embedded in the
 * architecture's own (vcpu.c, vcpu-run.c).
 */
#ifndef FAUXKVM_KERNEL_VCPU_H
#define FAUXKVM_KERNEL_VCPU_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

#include <fauxkvm/kvm.h>

#include "base/types.h"
#include "base/warn.h"
#include "kernel/bus.h"
#include "kernel/dirty-ring.h"
#include "kernel/kernel.h"
#include "kernel/stats.h"
#include "kernel/turns.h"
#include "kernel/vcpu-lock.h"

struct bus;
struct stat_vcpu;
struct vm;

/* Bit of *vcpu->requests: leave the guest. The other bits are the engine's. */
#define VCPU_REQ_KICK 1u

struct vcpu {
	struct kobj obj; /* the descriptor; the VM owns the memory */
	struct vm *vm;
	unsigned int id, index;
	struct vcpu_lock lock;
	struct kvm_run *run;
	_Atomic uint32_t *requests; /* what the engine looks at */

	bool initialised; /* by the architecture's request, if it has one */
	bool has_run;
	/* Thread of the last successful checks; others ask whose it is. */
	_Atomic pid_t last_tid;
	bool mmio_needed; /* the VMM finishes an access, vcpu_mmio() */
	uint8_t mmio_len; /* of so many bytes */
	bool mmio_marked; /* a read whose answer is looked for, misuse.c */
	uint8_t mmio_unanswered;
	bool asked; /* a request but KVM_RUN since the last KVM_RUN */
	bool sigmask_set;
	uint64_t sigmask;
	/* When arch->vcpu_timer() is to be called, ns; NO_DEADLINE: never. */
	_Atomic uint64_t deadline;

	/* Sleeping: wait for a change of @wake after looking at the state. */
	_Atomic uint32_t wake;
	_Atomic uint32_t sleeping; /* until it is woken */
	uint64_t halt_poll;        /* ns that the next halt polls for */
	atomic_bool signal;        /* kernel_signal_arrived() */

	struct vcpu_turn turn; /* where time is counted */

	_Atomic(struct bus *) bus_in_use; /* hazard pointer, mmio-bus.c */
	struct bus_hole hole;             /* the last, mmio-bus.c */
	/* The slot found last and the version it is of; memslot.c. */
	const struct memslot *slot;
	uint64_t slots_version;
	struct dirty_ring dirty_ring;
	stat_t *stats; /* by index, stats_shown's or these */
	stat_t first_stats[MAX_VCPU_STATS];
	pid_t maker;                  /* the thread that made it */
	struct stats *stats_shown;    /* stats.c */
	uint64_t mmio_mark, mmio_was; /* what stands there if not, and before */
	/* Reads until the next one with a mark, and how many that was last time. */
	uint32_t mmio_unmarked, mmio_answered;
	struct warned warned;
	struct stat_vcpu *shown; /* in the statistics file; NULL: not */
};

static inline struct vcpu *vcpu_of(struct kobj *obj)
{
	return container_of(obj, struct vcpu, obj);
}

long vcpu_create(struct vm *vm, unsigned long id);
void vcpu_free(struct vcpu *vcpu);
struct vcpu *vcpu_by_id(struct vm *vm, unsigned int id);

/* ---- any thread; async-signal-safe --------------------------------------- */

/* A sleeping vCPU looks again at why it sleeps. */
void vcpu_wake(struct vcpu *vcpu);
/* A signal arrived for its thread, which is this one: as vcpu_kick(), but
 * nobody woke it. */
void vcpu_signalled(struct vcpu *vcpu);
/* Also out of the guest: the loop of KVM_RUN looks at everything again. */
void vcpu_kick(struct vcpu *vcpu);

/* ---- the vCPU's thread, inside KVM_RUN ----------------------------------- */

static inline bool vcpu_kicked(const struct vcpu *vcpu)
{
	return atomic_load(vcpu->requests) & VCPU_REQ_KICK;
}

/* The vCPU of @vm that this thread runs; NULL: none. */
struct vcpu *vcpu_running(const struct vm *vm);
/* KVM_RUN returns instead of entering the guest: its dirty ring is full. */
static inline bool dirty_ring_exits(struct vcpu *vcpu)
{
	return unlikely(vcpu->dirty_ring.full) && dirty_ring_exits_slow(vcpu);
}

/* Wait for an interrupt (arch->vcpu_wakeup()), driving the vCPU's timers. */
void vcpu_halt(struct vcpu *vcpu);
/* Wait until @ends says so, which looks at vcpu_kicked(), too. */
void vcpu_sleep(struct vcpu *vcpu, bool (*ends)(struct vcpu *vcpu));
/*
 * Sleep for @ns, at most until vcpu_wake(); 0: don't. What was not the case at
 * vcpu_nap_begin(), whose result is @seq, and is said by vcpu_wake(), is not
 * missed. Not where time is counted.
 */
uint32_t vcpu_nap_begin(struct vcpu *vcpu);
void vcpu_nap(struct vcpu *vcpu, uint32_t seq, uint64_t ns);
/*
 * An access of the guest outside memory: true when the model's bus took it
 * (*data: what was read). Else struct kvm_run is KVM_EXIT_MMIO and the next
 * KVM_RUN calls vcpu_mmio_done().
 */
bool vcpu_mmio(struct vcpu *vcpu, gpa_t gpa, bool write, unsigned int len,
	       uint64_t *data);
/* True if the VMM finished the access that was left to it. */
bool vcpu_mmio_done(struct vcpu *vcpu, uint64_t *data);
/* KVM_RUN ends because of something that user space has to see. */
long vcpu_exit_intr(struct vcpu *vcpu);

#endif
