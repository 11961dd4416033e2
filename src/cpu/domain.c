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
 *	sender:   A1 req |= INVAL	receiver: B1 place = IN
 *		  A2 read place			  B2 read req
 * In the one total order either A1 comes before B2, and the receiver serves
 * its inbox before it executes anything; or B2, hence B1, comes before A1,
 * hence before A2, and the sender sees it running and waits. Leaving stores
 * @place after the last use of a translation, so a sender that reads
 * it happens after that use.
 *
 * Both B1 and leaving are locked instructions, 5 ns each, paid for at each exit
 * and mostly for nothing. So a PE that nobody has asked about for CALM entries enters
 * lightly: B1 is a plain store to @inside and a fence_light(). Who asks, under
 * the lock, takes @light away before A2 and has the fence_heavy() that belongs
 * to it: either the other's store is seen, or the other sees behind it that
 * it may not enter this way. So one who broadcasts all the time pays for one
 * fence_heavy() in CALM entries of another, and a VM with one PE for
 * none but those of the VMM's requests.
 *
 * A PE that waits in DSB is outside in this sense: it uses no translation until
 * it goes on. So waiting cannot deadlock: nobody waits for a waiter, and a
 * receiver reaches the end of a block without needing anything from anybody.
 * The lock is a leaf: nothing else is taken and no guest memory is touched
 * under it. It is not held while one waits: whoever is waited for needs it.
 *
 * A waiter looks for a moment, then sleeps on the other's @awaited. It does not
 * offer its host CPU by sched_yield(): Linux (6.18) takes the rest of a time
 * slice from a thread that does, so on a loaded host it gets its CPU back
 * milliseconds after the answer.
 *
 * But for the host's memory: an access may wait until the VMM provides the page
 * (userfaultfd), and the VMM for whoever waits here. So a PE that waits in DSB
 * leaves when it is asked to, before the DSB; what the VMM's thread wants is
 * either not waited for or goes past such an access (enum cpu_flush).
 */
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>

#include "base/fault.h"
#include "base/fence.h"
#include "base/host.h"
#include "base/log.h"
#include "base/thread-id.h"
#include "cpu/block.h"
#include "cpu/domain-internal.h"
#include "cpu/exec.h"
#include "cpu/tlb-check.h"

/* Before a waiter sleeps: 2 us, for one that runs answers within 1 */
#define LOOKS   100
#define WAIT_NS 1000000
/* A tenth of a second and more: an access that waits so long waits for the VMM */
#define FAULT_ROUNDS 100
/* A fence_heavy() takes as long as some hundred locked instructions. */
#define CALM 256

struct cpu_domain *cpu_domain_new(void)
{
	struct cpu_domain *dom = calloc(1, sizeof(*dom));

	if (!dom)
		return NULL;
#ifdef FAUXKVM_TLB_CHECK
	dom->check = tlb_check_new();
	bug_on(!dom->check, "no memory to check TLBs");
#endif
	dom->seats.number = dom->seats.free = INT_MAX;
	return dom;
}

void cpu_domain_free(struct cpu_domain *dom)
{
	if (!dom)
		return;
	bug_on(dom->members, "domain freed with members");
#ifdef FAUXKVM_TLB_CHECK
	tlb_check_free(dom->check);
#endif
	free(dom);
}

_Atomic uint64_t *domain_code_map(struct cpu_domain *dom)
{
	return dom->code_map;
}

struct warned *domain_warned(struct cpu_domain *dom)
{
	return &dom->warned;
}

int domain_join(struct cpu *cpu, struct cpu_domain *dom)
{
	cpu->inbox = calloc(1, sizeof(*cpu->inbox));
	if (!cpu->inbox)
		return -ENOMEM;
	cpu->domain = dom;
	word_lock_take(&dom->lock);
	cpu->inbox->next = dom->members;
	dom->members = cpu;
	atomic_fetch_add(&dom->nr_members, 1);
	seats_join(dom, cpu);
	word_lock_release(&dom->lock);
	return 0;
}

/* Somebody else may still look at @box; with the lock. */
static bool is_watched(const struct cpu_domain *dom,
		       const struct cpu_inbox *box)
{
	for (const struct cpu *m = dom->members; m; m = m->inbox->next)
		if (m->inbox->watched == box)
			return true;
	return box->watchers;
}

void domain_part(struct cpu *cpu)
{
	struct cpu_domain *dom = cpu->domain;
	struct cpu **p;

	if (!cpu->inbox)
		return;
	word_lock_take(&dom->lock);
	for (p = &dom->members; *p != cpu; p = &(*p)->inbox->next)
		;
	*p = cpu->inbox->next;
	atomic_fetch_sub(&dom->nr_members, 1);
	seats_part(dom, cpu);
	/* It is not in cpu_run(), so they won't look for long. */
	while (is_watched(dom, cpu->inbox)) {
		word_lock_release(&dom->lock);
		sched_yield();
		word_lock_take(&dom->lock);
	}
	word_lock_release(&dom->lock);
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
	if (unlikely(c->mark_again))
		tlb_mark_again(cpu);
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
 * sees it, or we see that they wait (both sequentially consistent). */
static __attribute__((noinline)) void wake_waiters(struct cpu_inbox *box)
{
	if (atomic_exchange(&box->awaited, 0))
		host_raw(SYS_futex, &box->awaited, FUTEX_WAKE_PRIVATE,
			 INT32_MAX);
}

static ALWAYS_INLINE void tell_waiters(struct cpu_inbox *box)
{
	if (unlikely(atomic_load(&box->awaited)))
		wake_waiters(box);
}

void domain_abandon(struct cpu *cpu)
{
	struct cpu_inbox *box = cpu->inbox;

	atomic_store(&box->inside, false);
	seat_abandon(cpu);
	tell_waiters(box);
	domain_part(cpu);
}

void domain_serve(struct cpu *cpu)
{
	struct cpu_domain *dom = cpu->domain;
	struct cpu_inbox *box = cpu->inbox;
	struct inbox_content c;
	uint64_t seen;

	word_lock_take(&dom->lock);
	atomic_fetch_and(&cpu->req, ~(uint32_t)CPU_REQ_INVAL);
	memcpy(&c, &box->in, sizeof(c));
	box->in.nr_tlb = box->in.nr_code = 0;
	box->in.all_tlb = box->in.all_code = false;
	box->in.write = box->in.forget_tlb = false;
	box->in.forget_pages = box->in.mark_again = false;
	seen = dom->seq;
	word_lock_release(&dom->lock);
	apply_content(cpu, &c);
	atomic_store(&box->applied, seen);
	tell_waiters(box);
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
	word_lock_take(&dom->lock);
	post_others(dom, cpu, op, arg);
	word_lock_release(&dom->lock);
	cpu->unsynced = true;
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
		cpu->unsynced = true;
	if (!(atomic_load(word) & mask))
		return;
	word_lock_take(&dom->lock);
	if (atomic_fetch_and(word, ~mask) & mask) {
		struct inval v = {INVAL_CODE_PAGE, pa};

		post_others(dom, cpu, v.op, v.arg);
		word_lock_release(&dom->lock);
		apply(cpu, &v);
		return;
	}
	word_lock_release(&dom->lock);
}

bool domain_post_code(struct cpu_domain *dom, unsigned int bit, gpa_t pa)
{
	_Atomic uint64_t *word = &dom->code_map[bit / 64];
	uint64_t mask = BIT(bit % 64);
	bool was;

	if (!(atomic_load(word) & mask))
		return false;
	word_lock_take(&dom->lock);
	was = atomic_fetch_and(word, ~mask) & mask;
	if (was)
		post_others(dom, NULL, INVAL_CODE_PAGE, pa);
	word_lock_release(&dom->lock);
	return was;
}

/* Raise the request where something is left. Caller holds the lock. */
static void ring_members(struct cpu_domain *dom)
{
	for (struct cpu *m = dom->members; m; m = m->inbox->next)
		if (atomic_load(&m->inbox->applied) < m->inbox->posted)
			atomic_fetch_or(&m->req, CPU_REQ_INVAL);
}

/* ---- waiting ------------------------------------------------------------- */

void domain_be_exact(struct cpu_domain *dom, const struct cpu *self)
{
	bool taken = false;

	for (struct cpu *m = dom->members; m; m = m->inbox->next)
		if (m != self && atomic_load(&m->inbox->light)) {
			atomic_store(&m->inbox->light, false);
			taken = true;
		}
	if (taken)
		fence_heavy();
}

/* Runs and has not applied up to @need. */
static bool box_behind(const struct cpu_inbox *box, uint64_t need)
{
	return box_runs(box) && atomic_load(&box->applied) < need;
}

/* Of @target, what was sent to it. Caller holds the lock. */
static uint64_t box_need(const struct cpu_inbox *box, uint64_t target)
{
	return min_u64(target, box->posted);
}

/* One that is behind, or NULL. Caller holds the lock. */
static struct cpu_inbox *first_behind(struct cpu_domain *dom,
				      const struct cpu *self, uint64_t target,
				      bool past_faults)
{
	domain_be_exact(dom, self);
	for (struct cpu *m = dom->members; m; m = m->inbox->next) {
		struct cpu_inbox *box = m->inbox;
		bool excused = past_faults && box->excused >= target;

		if (m != self && !excused &&
		    box_behind(box, box_need(box, target)))
			return box;
	}
	return NULL;
}

/*
 * A PE whose access waits for memory has not got to its inbox. What it may
 * still write, it will say; some of it will not have been written then, so a
 * wait that ends by itself (for the host's locks, for a page from disk) is no
 * excuse. Each time a wait_settled() has slept in vain; caller holds the lock.
 */
static void excuse_faults(struct cpu_domain *dom, uint64_t target)
{
	for (struct cpu *m = dom->members; m; m = m->inbox->next) {
		struct cpu_inbox *box = m->inbox;

		uint64_t applied = atomic_load(&box->applied);

		if (!box_behind(box, box_need(box, target)) ||
		    box->fault_at != applied || !fault_waits(box->tid)) {
			box->fault_at = applied;
			box->fault_rounds = 0;
		} else if (++box->fault_rounds >= FAULT_ROUNDS) {
			box->in.mark_again = true;
			box->excused = target;
		}
	}
}

/* False: it has not got there within WAIT_NS. */
static bool await_answer(struct cpu_inbox *box, uint64_t need)
{
	const struct timespec wait = {.tv_nsec = WAIT_NS};

	for (unsigned int k = 0; k < LOOKS; k++) {
		if (!box_behind(box, need))
			return true;
		host_relax();
	}
	atomic_store(&box->awaited, 1);
	if (box_behind(box, need))
		host_raw(SYS_futex, &box->awaited, FUTEX_WAIT_PRIVATE, 1,
			 &wait);
	return !box_behind(box, need);
}

/* With the lock: @box stays while the caller looks at it without. */
static void watch(const struct cpu *self, struct cpu_inbox *box)
{
	if (self)
		self->inbox->watched = box;
	else
		box->watchers++;
}

static void unwatch(const struct cpu *self, struct cpu_inbox *box)
{
	if (self)
		self->inbox->watched = NULL;
	else
		box->watchers--;
}

/*
 * Caller holds the lock, which is dropped meanwhile, and is outside cpu_run(),
 * or as good as that. @self may be NULL. False: @self is asked to leave.
 */
static bool wait_settled(struct cpu_domain *dom, const struct cpu *self,
			 bool past_faults)
{
	uint64_t target = dom->seq;
	struct cpu_inbox *box;

	while ((box = first_behind(dom, self, target, past_faults))) {
		uint64_t need = box_need(box, target);
		bool answered;

		watch(self, box);
		word_lock_release(&dom->lock);
		answered = await_answer(box, need);
		word_lock_take(&dom->lock);
		unwatch(self, box);
		if (answered)
			continue;
		if (self && (atomic_load(&self->req) & CPU_REQ_KICK))
			return false;
		if (past_faults)
			excuse_faults(dom, target);
	}
	return true;
}

static ALWAYS_INLINE void leave_lightly(struct cpu_inbox *box)
{
	atomic_store_explicit(&box->inside, false, memory_order_release);
	fence_light_known();
	/* Somebody waits, perhaps. */
	if (unlikely(!atomic_load_explicit(&box->light, memory_order_relaxed)))
		atomic_thread_fence(memory_order_seq_cst);
}

/* False: @inside says whether that is to be taken back. */
static ALWAYS_INLINE bool try_lightly(struct cpu_inbox *box)
{
	if (!atomic_load_explicit(&box->light, memory_order_relaxed))
		return false;
	atomic_store_explicit(&box->inside, true, memory_order_relaxed);
	fence_light_known();
	return likely(atomic_load_explicit(&box->light, memory_order_acquire));
}

/* Where seats are scarce places must be exact. */
static COLD void become_light(struct cpu *cpu)
{
	struct cpu_domain *dom = cpu->domain;

	cpu->inbox->calm = 0;
	if (!atomic_load(&fence_is_light))
		return;
	word_lock_take(&dom->lock);
	if (!atomic_load(&dom->seats.scarce))
		atomic_store(&cpu->inbox->light, true);
	word_lock_release(&dom->lock);
}

static __attribute__((noinline)) bool place_in_exactly(struct cpu *cpu)
{
	struct cpu_inbox *box = cpu->inbox;
	uint32_t out = PLACE_OUT;

	if (atomic_load_explicit(&box->inside, memory_order_relaxed)) {
		leave_lightly(box);
		tell_waiters(box);
	}
	if (unlikely(++box->calm >= CALM))
		become_light(cpu);
	return atomic_compare_exchange_strong(&box->place, &out, PLACE_IN);
}

/* Its own thread: it has a seat and executes from now on. */
static ALWAYS_INLINE bool place_in(struct cpu *cpu)
{
	return likely(try_lightly(cpu->inbox)) || place_in_exactly(cpu);
}

static void place_out(struct cpu_inbox *box)
{
	uint32_t in = PLACE_IN;

	if (likely(atomic_load_explicit(&box->inside, memory_order_relaxed)))
		leave_lightly(box);
	/* Somebody else has its seat, or it had none and did not execute. */
	else if (!atomic_compare_exchange_strong(&box->place, &in, PLACE_OUT))
		atomic_store(&box->place, PLACE_NONE);
	tell_waiters(box);
}

/* In DSB, with something to wait for. */
static bool wait_as_outside(struct cpu_domain *dom, struct cpu *cpu)
{
	struct cpu_inbox *box = cpu->inbox;
	bool runs = box_runs(box), settled;

	if (runs)
		place_out(box);
	word_lock_take(&dom->lock);
	settled = wait_settled(dom, cpu, false);
	word_lock_release(&dom->lock);
	if (runs && !place_in(cpu))
		seat_take(cpu);
	return settled;
}

bool domain_wait(struct cpu *cpu)
{
	struct cpu_domain *dom = cpu->domain;
	bool settled;

	if (likely(!cpu->unsynced)) {
		tlb_check_complete(cpu);
		return true;
	}
	word_lock_take(&dom->lock);
	ring_members(dom);
	settled = !first_behind(dom, cpu, dom->seq, false);
	word_lock_release(&dom->lock);
	if (!settled)
		settled = wait_as_outside(dom, cpu);
	cpu->unsynced = !settled;
	/* Whoever leaves serves it there, and has the instruction until then. */
	if (!settled)
		return false;
	/* Nobody waited for us meanwhile. */
	if (atomic_load(&cpu->req) & CPU_REQ_INVAL)
		domain_serve(cpu);
	tlb_check_complete(cpu);
	return true;
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

	word_lock_take(&dom->lock);
	yes = atomic_load(&cpu->inbox->applied) < cpu->inbox->posted;
	word_lock_release(&dom->lock);
	return yes;
}

#endif

/* It is only once in a while that something has to be called here. */

static __attribute__((noinline)) void enter_slow(struct cpu *cpu)
{
	cpu->inbox->tid = thread_id();
	if (!place_in_exactly(cpu))
		seat_take(cpu);
	if (atomic_load(&cpu->req) & CPU_REQ_INVAL)
		domain_serve(cpu);
}

void domain_enter(struct cpu *cpu)
{
	struct cpu_inbox *box = cpu->inbox;

	box->tid = thread_id_known;
	if (unlikely(!box->tid || !try_lightly(box)))
		return enter_slow(cpu);
	if (unlikely(atomic_load(&cpu->req) & CPU_REQ_INVAL))
		return domain_serve(cpu);
}

static __attribute__((noinline)) void leave_slow(struct cpu *cpu)
{
	struct cpu_domain *dom = cpu->domain;

	if (atomic_load(&cpu->req) & CPU_REQ_INVAL)
		domain_serve(cpu);
	if (cpu->unsynced) {
		word_lock_take(&dom->lock);
		ring_members(dom);
		word_lock_release(&dom->lock);
	}
	place_out(cpu->inbox);
}

/*
 * Pages that were written are known before we are out. What was sent and never
 * waited for is on its way at least.
 */
void domain_leave(struct cpu *cpu)
{
	struct cpu_inbox *box = cpu->inbox;

	if (unlikely((atomic_load(&cpu->req) & CPU_REQ_INVAL) ||
		     cpu->unsynced ||
		     !atomic_load_explicit(&box->inside, memory_order_relaxed)))
		return leave_slow(cpu);
	leave_lightly(box);
	tell_waiters(box);
}

bool cpu_executes(const struct cpu *cpu)
{
	return box_runs(cpu->inbox);
}

void cpu_domain_flush(struct cpu_domain *dom, uint32_t what)
{
	word_lock_take(&dom->lock);
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
	word_lock_release(&dom->lock);
}

/* An inbox may lack what was being put into it, and whom it is for not know of
 * it. */
void cpu_domain_give_back(struct cpu_domain *dom)
{
	bool inherited = word_lock_inherited(&dom->lock);

	if (!inherited)
		word_lock_take(&dom->lock);
	for (struct cpu *m = dom->members; inherited && m; m = m->inbox->next) {
		post(dom, m, INVAL_TLB_ALL, 0);
		post(dom, m, INVAL_CODE_ALL, 0);
	}
	ring_members(dom);
	word_lock_release(&dom->lock);
}
