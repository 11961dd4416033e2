/* SPDX-License-Identifier: MIT */
/*
 * Broadcast of TLB and instruction cache maintenance between the PEs of a VM
 * (Arm ARM D8.14, B2.7: completion by DSB).
 *
 * Each PE has an inbox of operations, guarded by the domain's one lock. A
 * broadcast only fills inboxes; a DSB raises CPU_REQ_INVAL where something is
 * left and waits. The receiver, between blocks, copies its inbox out, applies
 * it without the lock and then stores to @applied the domain's sequence
 * number it had seen under the lock. So everything sent up to number S has
 * been applied by a PE if @applied >= S, or if @applied >= its own @posted.
 *
 * Why a PE outside cpu_run() need not be waited for (Dekker's argument, all
 * four accesses sequentially consistent):
 *	sender:   A1 req |= INVAL	receiver: B1 running = true
 *		  A2 read running		  B2 read req
 * In the one total order either A1 comes before B2, and the receiver serves
 * its inbox before it executes anything; or B2, hence B1, comes before A1,
 * hence before A2, and the sender sees it running and waits. Leaving stores
 * running = false after the last use of a translation, so a sender that reads
 * it happens after that use.
 *
 * Waiting cannot deadlock: a waiter inside cpu_run() serves its own inbox
 * while it waits, a waiter outside is not waited for, and a receiver reaches
 * the end of a block without needing anything from anybody. The lock is a
 * leaf: nothing else is taken and no guest memory is touched under it.
 *
 * But for the host's memory: an access may wait until the VMM provides the page
 * (userfaultfd), and the VMM for whoever waits here. So a PE that waits in DSB
 * leaves when it is asked to, before the DSB; what the VMM's thread wants is
 * either not waited for or goes past such an access (enum cpu_flush).
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>

#include "base/fault.h"
#include "base/host.h"
#include "base/log.h"
#include "cpu/block.h"
#include "cpu/mmu-internal.h"
#include "cpu/tlb-check.h"

#define INBOX_SIZE 64
#define YIELDS     20 /* before a waiter sleeps */
#define WAIT_NS    1000000
/* A tenth of a second and more: an access that waits so long waits for the VMM */
#define FAULT_ROUNDS 100

struct inval {
	enum inval_op op;
	uint64_t arg;
};

struct inbox_content {
	struct inval tlb[INBOX_SIZE], code[INBOX_SIZE];
	unsigned int nr_tlb, nr_code;
	bool all_tlb, all_code, write, forget_tlb, forget_pages;
	bool ask_again; /* for what can be written, before it is forgotten */
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
	_Atomic bool running;
	pid_t tid;        /* of cpu_run(); set before @running */
	bool unsynced;    /* owner: has sent since its last DSB */
	struct cpu *next; /* domain's lock: member list */
};

struct cpu_domain {
	pthread_mutex_t lock;
	/* With waiters: an @applied or @running changed, an inbox filled. */
	pthread_cond_t progress;
	_Atomic unsigned int waiters;
	_Atomic unsigned int nr_members;
	uint64_t seq;
	struct cpu *members;
	_Atomic uint64_t code_map[DOMAIN_CODE_MAP_BITS / 64];
	atomic_bool code_told; /* domain_tell_code() */
#ifdef FAUXKVM_TLB_CHECK
	struct tlb_check *check;
#endif
};

struct cpu_domain *cpu_domain_new(void)
{
	struct cpu_domain *dom = calloc(1, sizeof(*dom));

	if (!dom)
		return NULL;
#ifdef FAUXKVM_TLB_CHECK
	dom->check = tlb_check_new();
	bug_on(!dom->check, "no memory to check TLBs");
#endif
	pthread_mutex_init(&dom->lock, NULL);
	pthread_cond_init(&dom->progress, NULL);
	return dom;
}

void cpu_domain_free(struct cpu_domain *dom)
{
	if (!dom)
		return;
	bug_on(dom->members, "domain freed with members");
	pthread_cond_destroy(&dom->progress);
	pthread_mutex_destroy(&dom->lock);
#ifdef FAUXKVM_TLB_CHECK
	tlb_check_free(dom->check);
#endif
	free(dom);
}

_Atomic uint64_t *domain_code_map(struct cpu_domain *dom)
{
	return dom->code_map;
}

bool domain_tell_code(struct cpu_domain *dom)
{
	return !atomic_exchange(&dom->code_told, true);
}

int domain_join(struct cpu *cpu, struct cpu_domain *dom)
{
	cpu->inbox = calloc(1, sizeof(*cpu->inbox));
	if (!cpu->inbox)
		return -ENOMEM;
	cpu->domain = dom;
	pthread_mutex_lock(&dom->lock);
	cpu->inbox->next = dom->members;
	dom->members = cpu;
	atomic_fetch_add(&dom->nr_members, 1);
	pthread_mutex_unlock(&dom->lock);
	return 0;
}

void domain_part(struct cpu *cpu)
{
	struct cpu_domain *dom = cpu->domain;
	struct cpu **p;

	if (!cpu->inbox)
		return;
	pthread_mutex_lock(&dom->lock);
	for (p = &dom->members; *p != cpu; p = &(*p)->inbox->next)
		;
	*p = cpu->inbox->next;
	atomic_fetch_sub(&dom->nr_members, 1);
	pthread_cond_broadcast(&dom->progress);
	pthread_mutex_unlock(&dom->lock);
	free(cpu->inbox);
	cpu->inbox = NULL;
}

/* ---- applying ------------------------------------------------------------ */

static void apply(struct cpu *cpu, const struct inval *v)
{
	switch (v->op) {
	case INVAL_TLB_ALL: tlb_flush_all(cpu); break;
	case INVAL_TLB_VA: tlb_flush_va(cpu, v->arg); break;
	case INVAL_TLB_ASID: tlb_flush_asid(cpu, v->arg); break;
	case INVAL_TLB_WRITE: tlb_flush_write(cpu); break;
	case INVAL_TLB_FORGET: tlb_forget(cpu); break;
	case INVAL_CODE_PAGE: block_invalidate_page(cpu, v->arg); break;
	case INVAL_CODE_ALL: block_invalidate_all(cpu); break;
	}
}

static void apply_content(struct cpu *cpu, const struct inbox_content *c)
{
	if (unlikely(c->ask_again))
		tlb_ask_again(cpu);
	if (c->forget_pages)
		tlb_flush_pages(cpu);
	if (c->write)
		tlb_flush_write(cpu);
	if (c->forget_tlb)
		tlb_forget(cpu);
	if (c->all_tlb)
		tlb_flush_all(cpu);
	for (unsigned int k = 0; k < c->nr_tlb; k++)
		apply(cpu, &c->tlb[k]);
	if (c->all_code)
		block_invalidate_all(cpu);
	for (unsigned int k = 0; k < c->nr_code; k++)
		apply(cpu, &c->code[k]);
}

/* Wake those who wait for what we just did. Either their look at our atomics
 * sees it, or we see them counted (both sequentially consistent). */
static void tell_waiters(struct cpu_domain *dom)
{
	if (likely(!atomic_load(&dom->waiters)))
		return;
	pthread_mutex_lock(&dom->lock);
	pthread_cond_broadcast(&dom->progress);
	pthread_mutex_unlock(&dom->lock);
}

void domain_serve(struct cpu *cpu)
{
	struct cpu_domain *dom = cpu->domain;
	struct cpu_inbox *box = cpu->inbox;
	struct inbox_content c;
	uint64_t seen;

	pthread_mutex_lock(&dom->lock);
	atomic_fetch_and(&cpu->req, ~(uint32_t)CPU_REQ_INVAL);
	memcpy(&c, &box->in, sizeof(c));
	box->in.nr_tlb = box->in.nr_code = 0;
	box->in.all_tlb = box->in.all_code = false;
	box->in.write = box->in.forget_tlb = false;
	box->in.forget_pages = box->in.ask_again = false;
	seen = dom->seq;
	pthread_mutex_unlock(&dom->lock);
	apply_content(cpu, &c);
	atomic_store(&box->applied, seen);
	tell_waiters(dom);
}

/* ---- posting ------------------------------------------------------------- */

static void post_code(struct inbox_content *c, enum inval_op op, uint64_t arg)
{
	if (c->all_code)
		return;
	if (op == INVAL_CODE_PAGE && c->nr_code < INBOX_SIZE) {
		c->code[c->nr_code++] = (struct inval){op, arg};
		return;
	}
	c->all_code = true;
	c->nr_code = 0;
}

static void post_tlb(struct inbox_content *c, enum inval_op op, uint64_t arg)
{
	if (c->all_tlb)
		return;
	if (op != INVAL_TLB_ALL && c->nr_tlb < INBOX_SIZE) {
		c->tlb[c->nr_tlb++] = (struct inval){op, arg};
		return;
	}
	c->all_tlb = true;
	c->nr_tlb = 0;
}

/* Caller holds the lock. */
static void post(struct cpu_domain *dom, struct cpu *to, enum inval_op op,
		 uint64_t arg)
{
	struct inbox_content *c = &to->inbox->in;

	switch (op) {
	case INVAL_TLB_WRITE: c->write = true; break;
	case INVAL_TLB_FORGET: c->forget_tlb = true; break;
	case INVAL_CODE_PAGE:
	case INVAL_CODE_ALL: post_code(c, op, arg); break;
	default: post_tlb(c, op, arg); break;
	}
	to->inbox->posted = ++dom->seq;
}

/* Caller holds the lock. */
static void post_others(struct cpu_domain *dom, const struct cpu *self,
			enum inval_op op, uint64_t arg)
{
	for (struct cpu *m = dom->members; m; m = m->inbox->next)
		if (m != self)
			post(dom, m, op, arg);
}

/* One that joins now has nothing to forget. */
static bool is_alone(struct cpu_domain *dom)
{
	return atomic_load(&dom->nr_members) == 1;
}

void domain_broadcast(struct cpu *cpu, enum inval_op op, uint64_t arg)
{
	struct cpu_domain *dom = cpu->domain;
	struct inval v = {op, arg};

	tlb_check_issue(cpu, op, arg);
	apply(cpu, &v);
	if (is_alone(dom))
		return;
	pthread_mutex_lock(&dom->lock);
	post_others(dom, cpu, op, arg);
	pthread_mutex_unlock(&dom->lock);
	cpu->inbox->unsynced = true;
}

/*
 * The bit is cleared under the lock that guards the inboxes: whoever finds it
 * clear and then takes the lock, in domain_wait(), finds them filled.
 */
void domain_forget_code(struct cpu *cpu, unsigned int bit, gpa_t pa)
{
	struct cpu_domain *dom = cpu->domain;
	_Atomic uint64_t *word = &dom->code_map[bit / 64];
	uint64_t mask = BIT(bit % 64);

	if (!is_alone(dom))
		cpu->inbox->unsynced = true;
	if (!(atomic_load(word) & mask))
		return;
	pthread_mutex_lock(&dom->lock);
	if (atomic_fetch_and(word, ~mask) & mask) {
		struct inval v = {INVAL_CODE_PAGE, pa};

		post_others(dom, cpu, v.op, v.arg);
		pthread_mutex_unlock(&dom->lock);
		apply(cpu, &v);
		return;
	}
	pthread_mutex_unlock(&dom->lock);
}

/* Raise the request where something is left. Caller holds the lock. */
static void ring_members(struct cpu_domain *dom)
{
	for (struct cpu *m = dom->members; m; m = m->inbox->next)
		if (atomic_load(&m->inbox->applied) < m->inbox->posted)
			atomic_fetch_or(&m->req, CPU_REQ_INVAL);
	if (atomic_load(&dom->waiters))
		pthread_cond_broadcast(&dom->progress);
}

/* ---- waiting ------------------------------------------------------------- */

/* Runs and has not applied up to @target. Caller holds the lock. */
static bool is_behind(const struct cpu *cpu, uint64_t target)
{
	const struct cpu_inbox *box = cpu->inbox;
	uint64_t need = min_u64(target, box->posted);

	return atomic_load(&box->running) && atomic_load(&box->applied) < need;
}

/* Nobody is behind. Caller holds the lock. */
static bool all_settled(struct cpu_domain *dom, const struct cpu *self,
			uint64_t target, bool past_faults)
{
	for (struct cpu *m = dom->members; m; m = m->inbox->next) {
		bool excused = past_faults && m->inbox->excused >= target;

		if (m != self && !excused && is_behind(m, target))
			return false;
	}
	return true;
}

/*
 * A PE whose access waits for memory has not got to its inbox. What it may
 * still write, it will say; some of it will not have been written then, so a
 * wait that ends by itself (for the host's locks, for a page from disk) is no
 * excuse. Once in each round of wait_settled(); caller holds the lock.
 */
static void excuse_faults(struct cpu_domain *dom, uint64_t target)
{
	for (struct cpu *m = dom->members; m; m = m->inbox->next) {
		struct cpu_inbox *box = m->inbox;

		uint64_t applied = atomic_load(&box->applied);

		if (!is_behind(m, target) || box->fault_at != applied ||
		    !fault_waits(box->tid)) {
			box->fault_at = applied;
			box->fault_rounds = 0;
		} else if (++box->fault_rounds >= FAULT_ROUNDS) {
			box->in.ask_again = true;
			box->excused = target;
		}
	}
}

static void wait_progress(struct cpu_domain *dom)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += WAIT_NS;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	pthread_cond_timedwait(&dom->progress, &dom->lock, &until);
}

/*
 * Caller holds the lock, which is dropped meanwhile. @self may be NULL. False:
 * @self is asked to leave.
 */
static bool wait_settled(struct cpu_domain *dom, struct cpu *self,
			 bool past_faults)
{
	uint64_t target = dom->seq;
	unsigned int round = 0;

	while (!all_settled(dom, self, target, past_faults)) {
		if (self && (atomic_load(&self->req) & CPU_REQ_INVAL)) {
			pthread_mutex_unlock(&dom->lock);
			domain_serve(self);
			pthread_mutex_lock(&dom->lock);
		} else if (round++ < YIELDS) {
			pthread_mutex_unlock(&dom->lock);
			sched_yield();
			pthread_mutex_lock(&dom->lock);
		} else {
			if (self && (atomic_load(&self->req) & CPU_REQ_KICK))
				return false;
			atomic_fetch_add(&dom->waiters, 1);
			if (!all_settled(dom, self, target, past_faults))
				wait_progress(dom);
			atomic_fetch_sub(&dom->waiters, 1);
			if (past_faults)
				excuse_faults(dom, target);
		}
	}
	return true;
}

bool domain_wait(struct cpu *cpu)
{
	struct cpu_domain *dom = cpu->domain;
	bool settled;

	if (likely(!cpu->inbox->unsynced)) {
		tlb_check_complete(cpu);
		return true;
	}
	pthread_mutex_lock(&dom->lock);
	ring_members(dom);
	settled = wait_settled(dom, cpu, false);
	pthread_mutex_unlock(&dom->lock);
	cpu->inbox->unsynced = !settled;
	if (settled)
		tlb_check_complete(cpu);
	return settled;
}

#ifdef FAUXKVM_TLB_CHECK
struct tlb_check *domain_tlb_check(const struct cpu_domain *dom)
{
	return dom->check;
}

bool domain_unapplied(struct cpu *cpu)
{
	struct cpu_domain *dom = cpu->domain;
	bool yes;

	pthread_mutex_lock(&dom->lock);
	yes = atomic_load(&cpu->inbox->applied) < cpu->inbox->posted;
	pthread_mutex_unlock(&dom->lock);
	return yes;
}

#endif

static pid_t thread_id(void)
{
	static __thread pid_t tid __attribute__((tls_model("initial-exec")));

	if (unlikely(!tid))
		tid = (pid_t)host_raw(SYS_gettid);
	return tid;
}

void domain_enter(struct cpu *cpu)
{
	cpu->inbox->tid = thread_id();
	atomic_store(&cpu->inbox->running, true);
	if (atomic_load(&cpu->req) & CPU_REQ_INVAL)
		domain_serve(cpu);
}

void domain_leave(struct cpu *cpu)
{
	struct cpu_domain *dom = cpu->domain;

	/* Pages that were written are known before we are out. */
	if (unlikely(atomic_load(&cpu->req) & CPU_REQ_INVAL))
		domain_serve(cpu);
	/* What was sent and never waited for is on its way at least. */
	if (unlikely(cpu->inbox->unsynced)) {
		pthread_mutex_lock(&dom->lock);
		ring_members(dom);
		pthread_mutex_unlock(&dom->lock);
	}
	atomic_store(&cpu->inbox->running, false);
	tell_waiters(dom);
}

void cpu_domain_flush(struct cpu_domain *dom, uint32_t what)
{
	pthread_mutex_lock(&dom->lock);
	for (struct cpu *m = dom->members; m; m = m->inbox->next) {
		if (what & CPU_FLUSH_WRITE)
			post(dom, m, INVAL_TLB_WRITE, 0);
		if (what & CPU_FLUSH_TLB) {
			m->inbox->in.forget_pages = true;
			post(dom, m, INVAL_TLB_FORGET, 0);
		}
		if (what & CPU_FLUSH_CODE)
			post(dom, m, INVAL_CODE_ALL, 0);
	}
	ring_members(dom);
	if (!(what & CPU_FLUSH_NO_WAIT))
		wait_settled(dom, NULL, what & CPU_FLUSH_PAST_FAULTS);
	pthread_mutex_unlock(&dom->lock);
}
