/* SPDX-License-Identifier: MIT */
/*
 * Checking the TLBs at every hit, see tlb-check.h. Empty in other builds.
 *
 * Time is a count of invalidations issued in the domain. An entry has the time
 * at which its walk began, an invalidation the time at which it was issued,
 * before it was queued: so an invalidation that is younger than the entry must
 * have removed it by the time its sender is past its DSB. Of those, the
 * youngest is kept for each address, ASID and for everything.
 *
 * One lock per domain, a leaf. A hit takes it only if an invalidation was
 * completed since the entry's last one, or if the tables differ.
 */
#include "cpu/tlb-check.h"

#ifdef FAUXKVM_TLB_CHECK

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "cpu/mmu-internal.h"

#define PAGE_MASK    (~UINT64_C(0xfff))
#define DONE_SIZE    (1u << 18)
#define NR_SUSPECTS  256
#define NR_ISSUED    4096 /* of one PE before its DSB */
#define PATIENCE_SEC 5

/* Sizes of mappings: pages and blocks of the three granules. */
static const uint8_t sizes[] = {12, 14, 16, 21, 25, 29, 30};

struct done {
	uint64_t key; /* address of a mapping | log2 of its size */
	uint64_t time;
};

struct issued {
	const struct cpu *cpu;
	enum inval_op op;
	uint64_t arg, time;
};

/* A hit that the tables contradict. */
struct suspect {
	const struct cpu *cpu; /* NULL: the place is free */
	gva_t va;
	gpa_t had, walked;
	uint16_t asid;
	uint8_t lg, fsc; /* fsc: of the fault that the walk gives, or 0xff */
	bool code, write, reported;
	uint64_t pc;
	time_t since;
};

struct tlb_check {
	pthread_mutex_t lock;
	_Atomic uint64_t time;       /* of the last one issued */
	_Atomic uint64_t completed;  /* how many are */
	_Atomic unsigned int active; /* suspects */
	_Atomic uint64_t hits, differences, unexplained;

	/* lock: */
	uint64_t done_all, done_asid[1 << 16];
	struct done done[DONE_SIZE];
	struct issued issued[NR_ISSUED];
	unsigned int nr_issued;
	struct suspect suspects[NR_SUSPECTS];
};

static struct tlb_check *check_of(const struct cpu *cpu)
{
	return domain_tlb_check(cpu->domain);
}

struct tlb_check *tlb_check_new(void)
{
	struct tlb_check *c = calloc(1, sizeof(*c));

	if (c)
		pthread_mutex_init(&c->lock, NULL);
	return c;
}

void tlb_check_free(struct tlb_check *c)
{
	log_info("TLB check: %" PRIu64 " hits, %" PRIu64 " invalidations, "
		 "%" PRIu64 " differences, %" PRIu64 " unexplained",
		 c->hits, c->completed, c->differences, c->unexplained);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

uint64_t tlb_check_now(struct cpu *cpu)
{
	return atomic_load(&check_of(cpu)->time);
}

static uint16_t current_asid(const struct cpu *cpu)
{
	uint64_t ttbr = cpu->sys.tcr_el1 & BIT(22) ? cpu->sys.ttbr1_el1
						   : cpu->sys.ttbr0_el1;

	return cpu->sys.tcr_el1 & BIT(36) ? ttbr >> 48 : ttbr >> 48 & 0xff;
}

/* About where: a jump has no instruction of its own. */
static uint64_t where(const struct cpu *cpu)
{
	return cpu->cur ? cpu->page_va + cpu->cur->pgoff : cpu->pc;
}

static time_t now_sec(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &ts);
	return ts.tv_sec;
}

/* ---- invalidations that are complete ------------------------------------- */

static struct done *done_slot(struct tlb_check *c, uint64_t key)
{
	uint64_t h = key * UINT64_C(0x9e3779b97f4a7c15);

	return &c->done[h >> 46];
}

static uint64_t key_of(gva_t va, unsigned int lg)
{
	return (va >> lg << lg & PAGE_MASK) | lg;
}

/* A slot lost to another key makes us miss something, no more. */
static void done_add(struct tlb_check *c, const struct issued *i)
{
	switch (i->op) {
	case INVAL_TLB_ALL: c->done_all = i->time; break;
	case INVAL_TLB_ASID: c->done_asid[i->arg & 0xffff] = i->time; break;
	case INVAL_TLB_VA:
		for (unsigned int k = 0; k < ARRAY_SIZE(sizes); k++) {
			uint64_t key = key_of(i->arg, sizes[k]);
			struct done *d = done_slot(c, key);

			/* Senders may be past their DSBs in another order. */
			if (d->key == key && d->time > i->time)
				continue;
			*d = (struct done){key, i->time};
		}
		break;
	default: break;
	}
}

static uint64_t done_time(struct tlb_check *c, const struct cpu *cpu, gva_t va,
			  unsigned int lg)
{
	uint64_t key = key_of(va, lg), time = c->done_all;
	const struct done *d = done_slot(c, key);

	if (d->key == key && d->time > time)
		time = d->time;
	if (cpu->tlb_ctx[va >> 63] >= CTX_FIRST &&
	    c->done_asid[current_asid(cpu)] > time)
		time = c->done_asid[current_asid(cpu)];
	return time;
}

/* An entry as old as @age may still be used. */
static void check_age(struct cpu *cpu, gva_t va, struct tlb_age *age,
		      const char *what)
{
	struct tlb_check *c = check_of(cpu);
	uint64_t completed = atomic_load(&c->completed), time;

	if (age->checked == completed)
		return;
	pthread_mutex_lock(&c->lock);
	time = done_time(c, cpu, va, age->lg);
	pthread_mutex_unlock(&c->lock);
	bug_on(time > age->entered,
	       "TLB check: %s of 0x%" PRIx64 " (2^%u bytes, context %" PRIu64
	       ", EL%u, pc 0x%" PRIx64 ") is of time %" PRIu64
	       ", was invalidated at %" PRIu64,
	       what, va, age->lg, cpu->tlb_ctx[va >> 63], cpu->el, where(cpu),
	       age->entered, time);
	age->checked = completed;
}

/* ---- suspects ------------------------------------------------------------ */

/* Does an invalidation explain why @s is not in the tables any more? */
static bool explains(const struct suspect *s, const struct cpu *local,
		     enum inval_op op, uint64_t arg)
{
	if (local && s->cpu != local)
		return false;
	switch (op) {
	case INVAL_TLB_ALL: return true;
	case INVAL_TLB_VA: return !((s->va ^ arg) >> s->lg);
	case INVAL_TLB_ASID: return s->asid == arg;
	default: return false;
	}
}

static void suspect_report(struct tlb_check *c, struct suspect *s)
{
	s->reported = true;
	c->unexplained++;
	log_warn("TLB check: pc 0x%" PRIx64 ", %s 0x%" PRIx64 " (asid %u) went "
		 "to 0x%" PRIx64 ", the tables say 0x%" PRIx64 ", fault 0x%x",
		 s->pc,
		 s->code    ? "code at"
		 : s->write ? "store to"
			    : "load from",
		 s->va, s->asid, s->had, s->walked, s->fsc);
}

/* Caller holds the lock. */
static void explain_suspects(struct tlb_check *c, const struct cpu *local,
			     enum inval_op op, uint64_t arg)
{
	time_t now = now_sec();

	for (unsigned int k = 0; k < NR_SUSPECTS; k++) {
		struct suspect *s = &c->suspects[k];

		if (!s->cpu)
			continue;
		if (explains(s, local, op, arg)) {
			s->cpu = NULL;
			c->active--;
		} else if (!s->reported && now > s->since + PATIENCE_SEC) {
			suspect_report(c, s);
		}
	}
}

/* A full table forgets the oldest: what matters comes again. */
static void suspect_add(struct cpu *cpu, const struct suspect *new)
{
	struct tlb_check *c = check_of(cpu);
	struct suspect *place = NULL;

	c->differences++;
	/* What explains it is in our inbox. */
	if (domain_unapplied(cpu))
		return;
	pthread_mutex_lock(&c->lock);
	for (unsigned int k = 0; k < NR_SUSPECTS; k++) {
		struct suspect *s = &c->suspects[k];

		if (s->cpu == cpu && s->va == new->va && s->asid == new->asid &&
		    s->code == new->code) {
			place = NULL;
			break;
		}
		if (!s->cpu || !place ||
		    (place->cpu && s->since < place->since))
			place = s;
	}
	if (place) {
		c->active += !place->cpu;
		*place = *new;
	}
	pthread_mutex_unlock(&c->lock);
}

static bool granted(unsigned int perm, unsigned int mode, bool write)
{
	switch (mode) {
	case TLB_EL0: return perm & (write ? PERM_W0 : PERM_R0);
	case TLB_EL1_PAN:
		return !mmu_pan_takes(perm) &&
		       (perm & (write ? PERM_W1 : PERM_R1));
	default: return perm & (write ? PERM_W1 : PERM_R1);
	}
}

/* Walk again. @code: executed; else by the rights of @mode. */
static void check_walk(struct cpu *cpu, gva_t va, gpa_t had, unsigned int mode,
		       bool code, bool write)
{
	struct mmu_fault f;
	struct mmu_walk w;
	struct suspect s;
	bool ok;

	atomic_fetch_add_explicit(&check_of(cpu)->hits, 1,
				  memory_order_relaxed);
	if (!mmu_walk(cpu, va, &w, &f)) {
		if ((f.fsc & ~3) == FSC_ACCESS_FLAG)
			return;
		w = (struct mmu_walk){.lg = 12};
	} else {
		f.fsc = 0xff;
		if (code)
			ok = w.perm & (cpu->el ? PERM_X1 : PERM_X0);
		else
			ok = !cpu->mmu->on || granted(w.perm, mode, write);
		if (ok && !((w.pa ^ had) & PAGE_MASK))
			return;
	}
	s = (struct suspect){
		.cpu = cpu,
		.va = va & PAGE_MASK,
		.had = had & PAGE_MASK,
		.walked = w.pa & PAGE_MASK,
		.asid = current_asid(cpu),
		.lg = w.lg,
		.fsc = f.fsc,
		.code = code,
		.write = write,
		.pc = where(cpu),
		.since = now_sec(),
	};
	suspect_add(cpu, &s);
}

/* ---- hits ---------------------------------------------------------------- */

void tlb_check_data(struct cpu *cpu, struct cpu_tlb_entry *e, gva_t va,
		    bool write)
{
	unsigned int mode = (e - &cpu->tlbs[0][0]) / CPU_TLB_SIZE;

	check_age(cpu, va, &e->age, "data entry");
	check_walk(cpu, va, e->attr & PAGE_MASK, mode, false, write);
}

void tlb_check_code(struct cpu *cpu, gva_t va, gpa_t pa, struct tlb_age *age)
{
	if (age)
		check_age(cpu, va, age, "code entry");
	check_walk(cpu, va, pa, 0, true, false);
}

/* ---- invalidations ------------------------------------------------------- */

void tlb_check_issue(struct cpu *cpu, enum inval_op op, uint64_t arg)
{
	struct tlb_check *c = check_of(cpu);
	uint64_t time = atomic_fetch_add(&c->time, 1) + 1;

	pthread_mutex_lock(&c->lock);
	explain_suspects(c, NULL, op, arg);
	if (c->nr_issued < NR_ISSUED)
		c->issued[c->nr_issued++] = (struct issued){cpu, op, arg, time};
	pthread_mutex_unlock(&c->lock);
}

void tlb_check_complete(struct cpu *cpu)
{
	struct tlb_check *c = check_of(cpu);
	unsigned int left = 0;

	pthread_mutex_lock(&c->lock);
	for (unsigned int k = 0; k < c->nr_issued; k++) {
		if (c->issued[k].cpu == cpu) {
			done_add(c, &c->issued[k]);
			c->completed++;
		} else {
			c->issued[left++] = c->issued[k];
		}
	}
	c->nr_issued = left;
	pthread_mutex_unlock(&c->lock);
}

void tlb_check_local(struct cpu *cpu, enum inval_op op, uint64_t arg)
{
	struct tlb_check *c = check_of(cpu);

	if (!atomic_load(&c->active))
		return;
	pthread_mutex_lock(&c->lock);
	explain_suspects(c, cpu, op, arg);
	pthread_mutex_unlock(&c->lock);
}

#endif
