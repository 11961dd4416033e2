/* SPDX-License-Identifier: MIT */
/*
 * Threads of one address space on several CPUs: translations that one of them
 * changes under the others, code that they write and run, atomic operations on
 * memory whose protection comes and goes.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#include "tests/soak/soak.h"

#define NR_THREADS 3

struct thread {
	pthread_t id;
	struct rng rng;
	unsigned int number;
	void *shared;
};

static void run_threads(struct rng *rng, void *(*body)(void *), void *shared)
{
	struct thread threads[NR_THREADS];

	for (unsigned int k = 0; k < NR_THREADS; k++) {
		threads[k] = (struct thread){
			.rng = {rng_next(rng)}, .number = k, .shared = shared};
		if (pthread_create(&threads[k].id, NULL, body, &threads[k]))
			fail("pthread_create");
	}
	for (unsigned int k = 0; k < NR_THREADS; k++)
		pthread_join(threads[k].id, NULL);
}

/* ---- translations -------------------------------------------------------- */

static __thread sigjmp_buf *volatile landing;

static void on_segv(int sig)
{
	if (landing)
		siglongjmp(*landing, 1);
	fail("SIGSEGV");
}

/* Can it be read or, with @write, written? Writing changes nothing. */
static bool reachable(volatile uint64_t *p, bool write)
{
	sigjmp_buf here;
	volatile bool ok = false;

	if (!sigsetjmp(here, 1)) {
		landing = &here;
		if (write)
			*p = *p;
		else
			(void)*p;
		ok = true;
	}
	landing = NULL;
	return ok;
}

enum { SHOOT_PAGES = 16 };

/* What everybody must see of each page once its lock has been taken. */
struct shoot {
	pthread_rwlock_t lock[SHOOT_PAGES];
	uint64_t tag[SHOOT_PAGES];
	int prot[SHOOT_PAGES];
	uint8_t *base;
};

static void shoot_look(struct shoot *s, unsigned int k)
{
	uint8_t *page = s->base + k * page_size;

	pthread_rwlock_rdlock(&s->lock[k]);
	if (reachable((void *)page, false) != !!(s->prot[k] & PROT_READ))
		fail("page %p can%s be read", page,
		     s->prot[k] & PROT_READ ? "not" : "");
	if (s->prot[k] & PROT_READ)
		page_check(page, s->tag[k]);
	if (s->prot[k] == PROT_READ && reachable((void *)page, true))
		fail("page %p can be written", page);
	pthread_rwlock_unlock(&s->lock[k]);
}

/* Another page, another protection, or both. */
static void shoot_change(struct shoot *s, struct rng *rng, unsigned int k)
{
	static const int prots[] = {PROT_NONE, PROT_READ,
				    PROT_READ | PROT_WRITE};
	uint8_t *page = s->base + k * page_size;

	pthread_rwlock_wrlock(&s->lock[k]);
	switch (rng_below(rng, 3)) {
	case 0:
		must(munmap(page, page_size));
		/* fall through */
	case 1:
		if (mmap(page, page_size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
			 0) != page)
			fail("mmap: %m");
		page_check(page, 0);
		s->tag[k] = rng_next(rng) | 1;
		page_fill(page, s->tag[k]);
		break;
	}
	s->prot[k] = prots[rng_below(rng, 3)];
	must(mprotect(page, page_size, s->prot[k]));
	pthread_rwlock_unlock(&s->lock[k]);
}

static void *shoot_body(void *arg)
{
	struct thread *t = arg;

	while (more()) {
		if (rng_one_in(&t->rng, 100))
			hop(&t->rng);
		if (rng_one_in(&t->rng, 3))
			shoot_change(t->shared, &t->rng,
				     rng_below(&t->rng, SHOOT_PAGES));
		else
			shoot_look(t->shared, rng_below(&t->rng, SHOOT_PAGES));
	}
	return NULL;
}

void work_shootdown(struct rng *rng)
{
	struct shoot s = {0};

	signal(SIGSEGV, on_segv);
	s.base = mmap(NULL, SHOOT_PAGES * page_size, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (unsigned int k = 0; k < SHOOT_PAGES; k++) {
		pthread_rwlock_init(&s.lock[k], NULL);
		s.prot[k] = PROT_READ | PROT_WRITE;
	}
	run_threads(rng, shoot_body, &s);
}

/* ---- code ---------------------------------------------------------------- */

/* mov w0, #low; movk w0, #high, lsl #16; ret */
static void code_write(uint32_t *code, uint32_t val)
{
	code[0] = 0x52800000 | (val & 0xffff) << 5;
	code[1] = 0x72a00000 | val >> 16 << 5;
	code[2] = 0xd65f03c0;
	__builtin___clear_cache((char *)code, (char *)(code + 3));
}

struct code {
	uint8_t *base;
	pthread_mutex_t lock;
	uint32_t common; /* lock: what the code there returns */
};

/* Each thread has code of its own, all of it in one page. */
static void *code_body(void *arg)
{
	struct thread *t = arg;
	struct code *c = t->shared;
	uint32_t *own = (uint32_t *)(c->base + 64 + t->number * 64);
	uint32_t *common = (uint32_t *)c->base;

	while (more()) {
		uint32_t val = rng_next(&t->rng), got;

		if (rng_one_in(&t->rng, 200))
			hop(&t->rng);
		code_write(own, val);
		got = ((uint32_t(*)(void))own)();
		if (got != val)
			fail("new code returns 0x%x, not 0x%x", got, val);
		if (!rng_one_in(&t->rng, 4))
			continue;
		pthread_mutex_lock(&c->lock);
		__asm__ volatile("isb" ::: "memory");
		got = ((uint32_t(*)(void))common)();
		if (got != c->common)
			fail("code of another thread returns 0x%x, not 0x%x",
			     got, c->common);
		c->common = val;
		code_write(common, val);
		pthread_mutex_unlock(&c->lock);
	}
	return NULL;
}

void work_code(struct rng *rng)
{
	struct code c = {.lock = PTHREAD_MUTEX_INITIALIZER, .common = 1};

	c.base = mmap(NULL, page_size, PROT_READ | PROT_WRITE | PROT_EXEC,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (c.base == MAP_FAILED)
		fail("mmap of code: %m");
	code_write((uint32_t *)c.base, c.common);
	run_threads(rng, code_body, &c);
}

/* ---- atomics ------------------------------------------------------------- */

/* One page, written to while another thread takes the right away. */
struct counters {
	_Atomic uint64_t exclusive, fetched,
		pair[2] __attribute__((aligned(16)));
};

struct atomics {
	struct counters *page;
	_Atomic uint64_t wanted, running;
};

/* The instruction is tried again: the page is writable now and then. */
static void on_segv_again(int sig)
{
}

static void add_exclusive(_Atomic uint64_t *p)
{
	uint64_t val;
	uint32_t failed;

	__asm__ volatile("1: ldxr %0, %2; add %0, %0, #1; stxr %w1, %0, %2;"
			 "cbnz %w1, 1b"
			 : "=&r"(val), "=&r"(failed), "+Q"(*p)
			 :
			 : "memory");
}

/* Both halves count. */
static void add_pair(_Atomic uint64_t *p)
{
	uint64_t lo, hi;
	uint32_t failed;

	__asm__ volatile("1: ldaxp %0, %1, %3; add %0, %0, #1; add %1, %1, #1;"
			 "stlxp %w2, %0, %1, %3; cbnz %w2, 1b"
			 : "=&r"(lo), "=&r"(hi), "=&r"(failed), "+Q"(*p)
			 :
			 : "memory");
}

/* Written back once, however often the store had to be tried. */
static void store_pairs(uint8_t *page, uint64_t val)
{
	uint64_t *p = (uint64_t *)(page + 64), *end = p + 32;
	uint64_t *q = p;

	while (q != end)
		__asm__ volatile("stp %1, %2, [%0], #16"
				 : "+r"(q)
				 : "r"(val), "r"(~val)
				 : "memory");
}

static void *atomics_body(void *arg)
{
	struct thread *t = arg;
	struct atomics *a = t->shared;
	uint8_t *own = (uint8_t *)a->page + 512 * (1 + t->number);

	while (more()) {
		uint64_t val = rng_next(&t->rng);

		if (rng_one_in(&t->rng, 200))
			hop(&t->rng);
		add_exclusive(&a->page->exclusive);
		atomic_fetch_add(&a->page->fetched, 1);
		add_pair(a->page->pair);
		atomic_fetch_add(&a->wanted, 1);
		if (!rng_one_in(&t->rng, 8))
			continue;
		store_pairs(own, val);
		for (unsigned int k = 0; k < 32; k++)
			if (((volatile uint64_t *)(own + 64))[k] !=
			    (k & 1 ? ~val : val))
				fail("half %u of a stored pair", k);
	}
	atomic_fetch_sub(&a->running, 1);
	return NULL;
}

static void *protect_body(void *arg)
{
	struct thread *t = arg;
	struct atomics *a = t->shared;

	while (atomic_load(&a->running)) {
		must(mprotect(a->page, page_size, PROT_READ));
		sched_yield();
		must(mprotect(a->page, page_size, PROT_READ | PROT_WRITE));
		for (unsigned int k = rng_below(&t->rng, 2000); k; k--)
			__asm__ volatile("" ::: "memory");
	}
	return NULL;
}

void work_atomics(struct rng *rng)
{
	struct atomics a = {.running = NR_THREADS};
	struct thread t = {.rng = {rng_next(rng)}, .shared = &a};
	struct sigaction again = {.sa_handler = on_segv_again};

	sigaction(SIGSEGV, &again, NULL);
	a.page = mmap(NULL, page_size, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pthread_create(&t.id, NULL, protect_body, &t))
		fail("pthread_create");
	run_threads(rng, atomics_body, &a);
	pthread_join(t.id, NULL);
	if (a.page->exclusive != a.wanted || a.page->fetched != a.wanted ||
	    a.page->pair[0] != a.wanted || a.page->pair[1] != a.wanted)
		fail("%llu additions, counted %llu, %llu, %llu and %llu",
		     (unsigned long long)a.wanted,
		     (unsigned long long)a.page->exclusive,
		     (unsigned long long)a.page->fetched,
		     (unsigned long long)a.page->pair[0],
		     (unsigned long long)a.page->pair[1]);
}
