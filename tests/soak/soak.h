/* SPDX-License-Identifier: MIT */
/*
 * What the files of the soak share: a guest program that uses memory in every
 * way that makes a kernel change translations, and checks what it reads.
 *
 * A worker is a process that does one kind of work for a second or so with
 * random numbers of its own, and then exits; soak.c keeps many of them going.
 * What is wrong is said by fail() as a line that begins "guest: FAIL".
 */
#ifndef TESTS_SOAK_H
#define TESTS_SOAK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- soak.c -------------------------------------------------------------- */

struct rng {
	uint64_t state;
};

uint64_t rng_next(struct rng *rng);
/* 0 ... @n - 1 */
unsigned int rng_below(struct rng *rng, unsigned int n);
/* One in @n. */
bool rng_one_in(struct rng *rng, unsigned int n);

/* The worker's time is not over. */
bool more(void);
/* To some CPU, or free again. */
void hop(struct rng *rng);
/* Says what is wrong, with the worker's kind and seed, and ends the process. */
void fail(const char *format, ...)
	__attribute__((noreturn, format(printf, 1, 2)));
/* A call that cannot fail did. */
#define must(call)                             \
	({                                     \
		long must_ret_ = (long)(call); \
		if (must_ret_ == -1)           \
			fail("%s: %m", #call); \
		must_ret_;                     \
	})
/* Wait for a child that ends well. */
void reap(int pid);
/* The test of the console, see main(). */
int shell(void);
/* What a child that was executed does, by its arguments. */
int executed(int argc, char **argv);

/* ---- memory.c ------------------------------------------------------------ */

extern size_t page_size;

/*
 * Pages whose contents follow from a number each, wherever they are mapped.
 * 0: all zero.
 */
struct region {
	uint8_t *base;
	unsigned int pages;
	bool may_free; /* MADV_FREE: no other process ever shares the pages */
	uint64_t *tags;
	uint64_t
		*past; /* what was done to the page, the last in the low byte */
};

void page_fill(void *page, uint64_t tag);
void page_check(const void *page, uint64_t tag);
/* The same where it is known what was done to the page. */
void page_check_past(const void *page, uint64_t tag, uint64_t past);
void region_init(struct region *r, unsigned int pages);
void region_free(struct region *r);
void region_check(const struct region *r);
/* @steps operations on random pages, each checked. */
void region_stir(struct region *r, struct rng *rng, unsigned int steps);

/* ---- the kinds of work --------------------------------------------------- */

void work_copy_on_write(struct rng *rng);
void work_advise(struct rng *rng);
void work_remap(struct rng *rng);
void work_file(struct rng *rng);
void work_shootdown(struct rng *rng);
void work_code(struct rng *rng);
void work_atomics(struct rng *rng);
void work_registers(struct rng *rng);
void work_malloc(struct rng *rng);
void work_exec(struct rng *rng);

#endif
