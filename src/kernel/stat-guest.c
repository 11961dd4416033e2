/* SPDX-License-Identifier: MIT */
/*
 * What a vCPU's guest does; see stat-guest.h.
 *
 * Where its instructions are is known by samples, each of which stands for as
 * many cycles as lie between two. In the beginning they are close, so that
 * short runs have enough of them.
 *
 * The course over time has a fixed number of columns, of a power of two: when
 * time passes the last, each two become one. Exits are not timed one by one;
 * those since the last look are of then.
 */
#include "kernel/stat-guest.h"

#include <string.h>

#include "kernel/vcpu.h"
#include "kernel/vm.h"

/* ---- tables -------------------------------------------------------------- */

#define FIRST_BITS 10
#define MORE_BITS  2
#define MAX_BITS   16
#define MAX_PROBES 32

static uint64_t get(const _Atomic uint64_t *n)
{
	return atomic_load_explicit(n, memory_order_relaxed);
}

static void add(_Atomic uint64_t *n, uint64_t more)
{
	atomic_store_explicit(n, get(n) + more, memory_order_relaxed);
}

/* The entry of @key, or a free one; NULL: there is none nearby. */
static struct stat_entry *entry_find(struct stat_table *t, uint64_t key)
{
	uint64_t mask = BIT(t->bits) - 1;
	uint64_t at = key * UINT64_C(0x9e3779b97f4a7c15) >> (64 - t->bits);

	for (unsigned int n = 0; n < MAX_PROBES; n++, at++) {
		struct stat_entry *e = &t->entry[at & mask];
		uint64_t is = get(&e->key);

		if (is == key || !is)
			return e;
	}
	return NULL;
}

/* A larger one in front; what is in the others stays there. NULL: they are
 * large enough, or there is no room. */
static struct stat_table *table_grow(struct stat_tally *t)
{
	struct stat_table *old = t->table, *new;
	uint32_t bits = old ? old->bits + MORE_BITS : FIRST_BITS;
	uint64_t at;

	if (bits > MAX_BITS)
		return NULL;
	new = stat_file_alloc(sizeof(*new) + sizeof(new->entry[0]) * BIT(bits),
			      &at);
	if (!new)
		return NULL;
	new->bits = bits;
	atomic_store(&new->next, get(&t->first));
	atomic_store_explicit(&t->first, at, memory_order_release);
	return t->table = new;
}

static void tally(struct stat_tally *t, uint64_t key, uint64_t n)
{
	struct stat_entry *e = t->table ? entry_find(t->table, key) : NULL;

	if (!e && !t->full) {
		t->full = !table_grow(t);
		e = t->full ? NULL : entry_find(t->table, key);
	}
	if (!e) {
		add(&t->others, n);
		return;
	}
	add(&e->count, n);
	atomic_store_explicit(&e->key, key, memory_order_release);
}

/* ---- the course over time ------------------------------------------------ */

#define FIRST_WIDTH (UINT64_C(1) << 18)
#define COLUMNS     STAT_COLUMNS
#define LOOKS       4 /* at exits, in a column's time at most */

static void columns_halve(_Atomic uint64_t *n)
{
	for (unsigned int i = 0; i < COLUMNS / 2; i++)
		atomic_store_explicit(&n[i],
				      get(&n[2 * i]) + get(&n[2 * i + 1]),
				      memory_order_relaxed);
	for (unsigned int i = COLUMNS / 2; i < COLUMNS; i++)
		atomic_store_explicit(&n[i], 0, memory_order_relaxed);
}

/* The column of @now. */
static unsigned int column_at(struct vcpu *vcpu, struct stat_course *c,
			      uint64_t now)
{
	uint64_t started = vcpu->shown->own.started;
	uint64_t passed = now > started ? now - started : 0;

	while (passed >> __builtin_ctzll(get(&c->width)) >= COLUMNS) {
		for (unsigned int k = 0; k < STAT_COURSE_KINDS; k++)
			columns_halve(c->exits[k]);
		columns_halve(c->ran);
		atomic_store(&c->width, 2 * get(&c->width));
	}
	return (unsigned int)(passed >> __builtin_ctzll(get(&c->width)));
}

void stat_guest_course(struct vcpu *vcpu, uint64_t now)
{
	struct stat_vcpu *s = vcpu->shown;
	struct stat_course *c = s->own.course;
	unsigned int at;

	if (!c || now < s->own.course_next)
		return;
	at = column_at(vcpu, c, now);
	s->own.course_next = now + get(&c->width) / LOOKS;
	for (unsigned int k = 0; k < STAT_COURSE_KINDS; k++) {
		uint64_t all = 0, new;

		for (unsigned int e = 0; e < NR_STAT_EXITS; e++)
			all += get(&s->exits[k][e]);
		new = all - s->own.seen[k];
		if (new)
			add(&c->exits[k][at], new);
		s->own.seen[k] = all;
	}
}

/* ---- what is counted ----------------------------------------------------- */

void stat_guest_begin(struct vcpu *vcpu)
{
	struct stat_vcpu *s = vcpu->shown;
	uint64_t at;

	s->own.random = 0x9e3779b9u ^ vcpu->index;
	s->own.course = stat_file_alloc(sizeof(struct stat_course), &at);
	if (!s->own.course)
		return;
	atomic_store(&s->own.course->width, FIRST_WIDTH);
	atomic_store(&s->course, at);
}

void stat_guest_end(struct vcpu *vcpu, uint64_t now)
{
	vcpu->shown->own.course_next = 0;
	stat_guest_course(vcpu, now);
}

void stat_guest_access(struct vcpu *vcpu, gpa_t gpa, bool write, uint32_t model)
{
	tally(&vcpu->shown->accesses,
	      gpa << STAT_ACCESS_SHIFT | (write ? STAT_ACCESS_WRITE : 0) |
		      (model ? STAT_ACCESS_MODEL : 0) | STAT_KEY_USED,
	      model ? model : 1);
}

/* Twice as far apart after as many, up to this. */
#define FIRST_PERIOD 1000
#define MORE_AFTER   512
#define MAX_DOUBLED  6

static uint32_t random_next(struct stat_vcpu *s)
{
	s->own.random ^= s->own.random << 13;
	s->own.random ^= s->own.random >> 17;
	return s->own.random ^= s->own.random << 5;
}

static uint32_t period_now(const struct stat_vcpu *s)
{
	uint32_t doubled = s->own.samples / MORE_AFTER;

	return FIRST_PERIOD << (doubled < MAX_DOUBLED ? doubled : MAX_DOUBLED);
}

uint32_t stat_guest_sample(struct vcpu *vcpu, uint64_t pc, bool privileged,
			   uint64_t vectors)
{
	struct stat_vcpu *s = vcpu->shown;
	uint32_t period = period_now(s);
	uint64_t now = clock_now(&vcpu->vm->clock);

	tally(&s->places,
	      pc << STAT_PLACE_SHIFT |
		      (privileged ? STAT_PLACE_PRIVILEGED : 0) | STAT_KEY_USED,
	      period);
	if (vectors && privileged)
		atomic_store_explicit(&s->vectors, vectors,
				      memory_order_relaxed);
	stat_guest_course(vcpu, now);
	if (s->own.course)
		add(&s->own.course->ran[column_at(vcpu, s->own.course, now)],
		    period);
	if (s->own.samples < UINT32_MAX)
		s->own.samples++;
	period = period_now(s);
	return period / 2 + random_next(s) % period;
}
