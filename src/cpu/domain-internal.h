/* SPDX-License-Identifier: MIT */
/*
 * What domain.c and seats.c share: the PEs of a VM, what one has to apply, and
 * whether it executes. All under the domain's lock but where it says otherwise.
 */
#ifndef FAUXKVM_CPU_DOMAIN_INTERNAL_H
#define FAUXKVM_CPU_DOMAIN_INTERNAL_H

#include "base/warn.h"
#include "base/word-lock.h"
#include "cpu/mmu-internal.h"

#define INBOX_SIZE 64

/*
 * Whether a PE executes, and has a seat (seats.c). Its own thread goes from OUT
 * to IN and back, without the lock; all else is done with it. One that enters
 * lightly (domain.c) stays OUT and says so in @inside.
 */
enum place {
	PLACE_NONE,  /* does not execute, no seat */
	PLACE_OUT,   /* does not execute, may any time as it has a seat */
	PLACE_IN,    /* executes */
	PLACE_EXTRA, /* executes without a seat, for a moment */
};

struct seat_wait {
	bool queued;
	bool slept;             /* owner: in WFI, since it last executed */
	_Atomic uint64_t since; /* has had its seat */
	uint64_t extra_end;     /* owner: may be PLACE_EXTRA until then */
	struct cpu *next;       /* in the queue */
};

struct seats {
	unsigned int number; /* all there are */
	_Atomic int free;    /* negative: there were more */
	struct cpu *queue;   /* first come, first served */
	_Atomic bool scarce; /* fewer than PEs */
	_Atomic bool wanted; /* the queue is not empty */
};

struct inval {
	enum inval_op op;
	uint64_t arg;
};

struct inbox_content {
	struct inval tlb[INBOX_SIZE], code[INBOX_SIZE];
	unsigned int nr_tlb, nr_code;
	bool all_tlb, all_code, write, forget_tlb, forget_pages;
	bool mark_again; /* what can be written, before it is forgotten */
};

struct cpu_inbox {
	struct inbox_content in; /* domain's lock */
	uint64_t posted;         /* domain's lock: number of the last one */
	uint64_t excused;        /* domain's lock: not waited for up to this */
	/* domain's lock: rounds in a row that its access has waited, with that
	 * much applied */
	unsigned int fault_rounds;
	uint64_t fault_at;
	_Atomic uint64_t applied;
	_Atomic uint32_t place;   /* enum place, see seats.c */
	_Atomic bool inside;      /* owner: executes, entered lightly */
	_Atomic bool light;       /* domain's lock: it may enter that way */
	unsigned int calm;        /* owner: entries since it might not */
	_Atomic uint32_t awaited; /* futex: 1 if somebody may sleep on it */
	unsigned int watchers; /* domain's lock: who look without it, no PEs */
	/* domain's lock: the one that its PE looks at without it. A count would
	 * keep those who were killed meanwhile. */
	struct cpu_inbox *watched;
	pid_t tid;             /* of cpu_run(); set before @place */
	struct cpu *next;      /* domain's lock: member list */
	struct seat_wait seat; /* domain's lock */
};

struct cpu_domain {
	struct word_lock lock;
	_Atomic unsigned int nr_members;
	uint64_t seq;
	struct cpu *members;
	struct seats seats;
	_Atomic uint64_t code_map[DOMAIN_CODE_MAP_BITS / 64];
	struct warned warned;
#ifdef FAUXKVM_TLB_CHECK
	struct tlb_check *check;
#endif
};

/* Executes: a DSB waits for it. Any thread; others than its own have to call
 * domain_be_exact() first. */
static inline bool box_runs(const struct cpu_inbox *box)
{
	return atomic_load(&box->place) >= PLACE_IN ||
	       atomic_load(&box->inside);
}

/* From now on what box_runs() says of all but @self (or NULL) is so. With the
 * lock, and until that is released. */
void domain_be_exact(struct cpu_domain *dom, const struct cpu *self);

/* Leave PLACE_NONE, for PLACE_IN; not if @cpu is asked to leave before there is
 * a seat: then it must not execute. Owner thread, without the lock. */
void seat_take(struct cpu *cpu);
/* It does not execute any more, whatever its place says. Any thread. */
void seat_abandon(struct cpu *cpu);
/* What domain_join() and domain_part() do; with the lock. */
void seats_join(struct cpu_domain *dom, struct cpu *cpu);
void seats_part(struct cpu_domain *dom, struct cpu *cpu);

#endif
