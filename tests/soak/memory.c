/* SPDX-License-Identifier: MIT */
/*
 * Private memory that checks itself: copy-on-write over several generations of
 * fork(), mremap(), what madvise() may throw away or swap out, pages of files.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/soak/soak.h"

#ifndef MADV_PAGEOUT
#define MADV_COLD    20
#define MADV_PAGEOUT 21
#endif

size_t page_size;

/* ---- pages --------------------------------------------------------------- */

static uint64_t word_of(uint64_t tag, size_t k)
{
	return tag ? (tag + k) * UINT64_C(0x9e3779b97f4a7c15) : 0;
}

void page_fill(void *page, uint64_t tag)
{
	volatile uint64_t *p = page;

	for (size_t k = 0; k < page_size / 8; k++)
		p[k] = word_of(tag, k);
}

/* What the kernel knows of the page: see its Documentation, pagemap. */
static uint64_t pagemap(const void *page)
{
	uint64_t entry = 0;
	int fd = open("/proc/self/pagemap", O_RDONLY);

	if (fd < 0 ||
	    pread(fd, &entry, 8, (uintptr_t)page / page_size * 8) != 8)
		entry = ~UINT64_C(0);
	close(fd);
	return entry;
}

void page_check_past(const void *page, uint64_t tag, uint64_t past)
{
	const volatile uint64_t *p = page;
	unsigned int wrong = 0;
	uint64_t got;
	size_t k, j;

	for (k = 0; k < page_size / 8; k++) {
		got = p[k];
		if (got != word_of(tag, k))
			break;
	}
	if (k == page_size / 8)
		return;
	for (j = 0; j < page_size / 8; j++)
		wrong += p[j] != word_of(tag, j);
	fail("word %zu of the page at %p is 0x%llx, now 0x%llx, not 0x%llx; %u "
	     "words are wrong; past 0x%llx, pagemap 0x%llx",
	     k, page, (unsigned long long)got, (unsigned long long)p[k],
	     (unsigned long long)word_of(tag, k), wrong,
	     (unsigned long long)past, (unsigned long long)pagemap(page));
}

void page_check(const void *page, uint64_t tag)
{
	page_check_past(page, tag, 0);
}

/* ---- regions ------------------------------------------------------------- */

static void *map(unsigned int pages)
{
	void *p = mmap(NULL, pages * page_size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		fail("mmap of %u pages: %m", pages);
	return p;
}

void region_init(struct region *r, unsigned int pages)
{
	r->base = map(pages);
	r->pages = pages;
	r->may_free = false;
	r->tags = calloc(pages, sizeof(r->tags[0]));
	r->past = calloc(pages, sizeof(r->past[0]));
}

void region_free(struct region *r)
{
	must(munmap(r->base, r->pages * page_size));
	free(r->tags);
	free(r->past);
}

static uint8_t *page_of(const struct region *r, unsigned int k)
{
	return r->base + k * page_size;
}

enum past {
	PAST_FILLED = 1,
	PAST_CROSSED,
	PAST_COPIED,
	PAST_DROPPED,
	PAST_FREED,
	PAST_FREED_OUT,
	PAST_PROTECTED,
	PAST_OUT,
	PAST_COLD,
	PAST_FORKED, /* in the child */
};

static void note(struct region *r, unsigned int k, unsigned int n,
		 enum past what)
{
	while (n--)
		r->past[k + n] = r->past[k + n] << 8 | what;
}

static void check_one(const struct region *r, unsigned int k)
{
	page_check_past(page_of(r, k), r->tags[k], r->past[k]);
}

void region_check(const struct region *r)
{
	for (unsigned int k = 0; k < r->pages; k++)
		check_one(r, k);
}

static void refill(struct region *r, struct rng *rng, unsigned int k)
{
	r->tags[k] = rng_next(rng) | 1;
	page_fill(page_of(r, k), r->tags[k]);
	note(r, k, 1, PAST_FILLED);
}

/* Eight bytes across the end of a page, there and back. */
static void cross(struct region *r, struct rng *rng, unsigned int k)
{
	uint64_t old, new = rng_next(rng), got;
	uint8_t *p;

	if (k + 1 == r->pages)
		return;
	p = page_of(r, k + 1) - 1 - rng_below(rng, 7);
	memcpy(&old, p, 8);
	memcpy(p, &new, 8);
	__asm__ volatile("" ::: "memory");
	memcpy(&got, p, 8);
	if (got != new)
		fail("8 bytes at %p are 0x%llx, not 0x%llx", p,
		     (unsigned long long)got, (unsigned long long)new);
	memcpy(p, &old, 8);
	note(r, k, 2, PAST_CROSSED);
}

static void copy(struct region *r, unsigned int from, unsigned int to)
{
	if (from == to)
		return;
	memcpy(page_of(r, to), page_of(r, from), page_size);
	r->tags[to] = r->tags[from];
	note(r, to, 1, PAST_COPIED);
}

/* Some pages from @k on. */
static unsigned int run_of(const struct region *r, struct rng *rng,
			   unsigned int k)
{
	unsigned int n = 1 + rng_below(rng, 8);

	return n < r->pages - k ? n : r->pages - k;
}

static void drop(struct region *r, unsigned int k, unsigned int n)
{
	must(madvise(page_of(r, k), n * page_size, MADV_DONTNEED));
	memset(&r->tags[k], 0, n * sizeof(r->tags[0]));
	note(r, k, n, PAST_DROPPED);
}

/*
 * Freed pages hold what they held, or nothing. Not with pages that fork()
 * shares: Linux (6.1 and 6.12, on QEMU's own CPU too) loses those of the other
 * process when they came back from zram by a read and both have them clean.
 */
static void lazy_drop(struct region *r, struct rng *rng, unsigned int k)
{
	if (!r->may_free || madvise(page_of(r, k), page_size, MADV_FREE))
		return;
	note(r, k, 1, PAST_FREED);
	if (rng_one_in(rng, 2)) {
		madvise(page_of(r, k), page_size, MADV_PAGEOUT);
		note(r, k, 1, PAST_FREED_OUT);
	}
	if (!*(volatile uint64_t *)page_of(r, k))
		page_check(page_of(r, k), 0);
	refill(r, rng, k);
}

static void protect(struct region *r, struct rng *rng, unsigned int k,
		    unsigned int n)
{
	must(mprotect(page_of(r, k), n * page_size,
		      rng_one_in(rng, 2) ? PROT_READ : PROT_NONE));
	note(r, k, n, PAST_PROTECTED);
	if (rng_one_in(rng, 4)) {
		madvise(page_of(r, k), n * page_size, MADV_PAGEOUT);
		note(r, k, n, PAST_OUT);
	}
	must(mprotect(page_of(r, k), n * page_size, PROT_READ | PROT_WRITE));
}

/* Errors of these are those of a kernel without swap. */
static void page_out(struct region *r, struct rng *rng, unsigned int k,
		     unsigned int n)
{
	bool cold = rng_one_in(rng, 4);

	madvise(page_of(r, k), n * page_size, cold ? MADV_COLD : MADV_PAGEOUT);
	note(r, k, n, cold ? PAST_COLD : PAST_OUT);
}

void region_stir(struct region *r, struct rng *rng, unsigned int steps)
{
	while (steps--) {
		unsigned int k = rng_below(rng, r->pages);

		check_one(r, k);
		switch (rng_below(rng, 16)) {
		case 0: drop(r, k, run_of(r, rng, k)); break;
		case 1: lazy_drop(r, rng, k); break;
		case 2:
		case 3: page_out(r, rng, k, run_of(r, rng, k)); break;
		case 4: protect(r, rng, k, run_of(r, rng, k)); break;
		case 5:
		case 6: cross(r, rng, k); break;
		case 7:
		case 8: copy(r, k, rng_below(rng, r->pages)); break;
		default: refill(r, rng, k); break;
		}
	}
}

/* ---- copy-on-write ------------------------------------------------------- */

/* Each process has its own tags, copied as the pages are. */
static void generation(struct region *r, struct rng *rng, unsigned int depth)
{
	unsigned int n = 1 + rng_below(rng, 3);
	pid_t child[3];

	for (unsigned int k = 0; k < n; k++) {
		uint64_t seed = rng_next(rng);

		child[k] = must(fork());
		if (!child[k]) {
			struct rng mine = {seed};

			note(r, 0, r->pages, PAST_FORKED);
			hop(&mine);
			region_stir(r, &mine, 8 + rng_below(&mine, 24));
			if (depth && rng_one_in(&mine, 2))
				generation(r, &mine, depth - 1);
			region_check(r);
			_exit(0);
		}
		region_stir(r, rng, rng_below(rng, 16));
	}
	for (unsigned int k = 0; k < n; k++)
		reap(child[k]);
	region_check(r);
}

void work_copy_on_write(struct rng *rng)
{
	struct region r;

	region_init(&r, 16 + rng_below(rng, 240));
	while (more()) {
		region_stir(&r, rng, 32);
		generation(&r, rng, 2);
	}
	region_free(&r);
}

/* ---- advice -------------------------------------------------------------- */

void work_advise(struct rng *rng)
{
	struct region r;

	/* Now and then large enough for huge pages. */
	region_init(&r, rng_one_in(rng, 4) ? 2048 : 256);
	r.may_free = true;
	while (more()) {
		hop(rng);
		region_stir(&r, rng, 64);
		if (rng_one_in(rng, 8))
			region_check(&r);
	}
	region_check(&r);
	region_free(&r);
}

/* ---- mremap -------------------------------------------------------------- */

/* To somewhere else, of another size; what is lost is lost, the new is zero. */
static void resize(struct region *r, struct rng *rng)
{
	unsigned int pages = 1 + rng_below(rng, 300);
	void *p = mremap(r->base, r->pages * page_size, pages * page_size,
			 MREMAP_MAYMOVE);

	if (p == MAP_FAILED)
		fail("mremap: %m");
	r->base = p;
	r->tags = realloc(r->tags, pages * sizeof(r->tags[0]));
	r->past = realloc(r->past, pages * sizeof(r->past[0]));
	for (unsigned int k = r->pages; k < pages; k++)
		r->tags[k] = r->past[k] = 0;
	r->pages = pages;
}

/* The pages of one region and those of another change places. */
static void exchange(struct region *a, struct region *b)
{
	size_t a_len = a->pages * page_size, b_len = b->pages * page_size;
	uint8_t *gap = map(a->pages + b->pages);

	if (mremap(a->base, a_len, a_len, MREMAP_MAYMOVE | MREMAP_FIXED, gap) !=
		    gap ||
	    mremap(b->base, b_len, b_len, MREMAP_MAYMOVE | MREMAP_FIXED,
		   gap + a_len) != gap + a_len)
		fail("mremap to a fixed address: %m");
	a->base = gap;
	b->base = gap + a_len;
}

void work_remap(struct rng *rng)
{
	struct region a, b;

	region_init(&a, 1 + rng_below(rng, 200));
	region_init(&b, 1 + rng_below(rng, 200));
	while (more()) {
		region_stir(&a, rng, 16);
		region_stir(&b, rng, 16);
		if (rng_one_in(rng, 2))
			exchange(&a, &b);
		else
			resize(rng_one_in(rng, 2) ? &a : &b, rng);
		if (rng_one_in(rng, 4))
			generation(&a, rng, 0);
		region_check(&a);
		region_check(&b);
	}
	region_free(&a);
	region_free(&b);
}

/* ---- files --------------------------------------------------------------- */

/* One page of a file in memory by a mapping of each kind and by read(). */
static void file_page(int fd, uint8_t *shared, struct rng *rng, unsigned int k,
		      uint64_t *tag)
{
	uint8_t *private, buf[page_size];

	page_check(shared + k * page_size, *tag);
	private = mmap(NULL, page_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd,
		       k * page_size);
	if (private == MAP_FAILED)
		fail("mmap of a file: %m");
	page_check(private, *tag);
	page_fill(private, rng_next(rng) | 1);
	must(pread(fd, buf, page_size, k * page_size));
	page_check(buf, *tag);
	*tag = rng_next(rng) | 1;
	if (rng_one_in(rng, 2)) {
		page_fill(buf, *tag);
		must(pwrite(fd, buf, page_size, k * page_size));
	} else {
		page_fill(shared + k * page_size, *tag);
	}
	if (rng_one_in(rng, 4))
		madvise(shared + k * page_size, page_size, MADV_PAGEOUT);
	must(munmap(private, page_size));
}

void work_file(struct rng *rng)
{
	enum { PAGES = 64 };
	uint64_t tags[PAGES] = {0};
	int fd = must(memfd_create("soak", 0));
	uint8_t *shared;

	must(ftruncate(fd, PAGES * page_size));
	shared = mmap(NULL, PAGES * page_size, PROT_READ | PROT_WRITE,
		      MAP_SHARED, fd, 0);
	if (shared == MAP_FAILED)
		fail("mmap of a file: %m");
	while (more()) {
		unsigned int k = rng_below(rng, PAGES);

		if (rng_one_in(rng, 64))
			hop(rng);
		if (rng_one_in(rng, 32)) {
			must(ftruncate(fd, k * page_size));
			must(ftruncate(fd, PAGES * page_size));
			memset(&tags[k], 0, (PAGES - k) * sizeof(tags[0]));
		}
		file_page(fd, shared, rng, k, &tags[k]);
	}
	for (unsigned int k = 0; k < PAGES; k++)
		page_check(shared + k * page_size, tags[k]);
	must(munmap(shared, PAGES * page_size));
	close(fd);
}
