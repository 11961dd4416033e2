/* SPDX-License-Identifier: MIT */
/*
 * The engine's malloc(), in place of the C library's.
 *
 * A child of vfork() has the engine's memory, and may be killed at any instruction: a
 * lock that it holds then is held for ever. Here there is none: free blocks
 * of a size are a list whose head is changed by one instruction, and what a
 * child had taken is lost with it. For the same reason a child of fork() finds a
 * heap that is whole, whatever other threads did.
 *
 * Blocks come from one area that is reserved at once: pieces of the host's memory
 * would come to lie in holes of the program's own mappings. Large ones are mapped by themselves.
 */
#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/host.h"
#include "base/log.h"
#include "base/types.h"

/* Sanitizers have their own. */
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

#define AREA_MAX   (UINT64_C(128) << 20)
#define AREA_MIN   (UINT64_C(1) << 20)
#define AREA_STEP  (UINT64_C(1) << 20) /* becomes memory at a time */
#define UNIT       16
#define BLOCK_MAX  (UINT64_C(1) << 20) /* more is mapped by itself */
#define PLACE_BITS 24                  /* of an offset in units */
#define PLACE_MASK (BIT(PLACE_BITS) - 1)

/* What a block is, in its head. */
enum block_state {
	BLOCK_USED = 0x75736564,
	BLOCK_FREE = 0x66726565,
	BLOCK_MAPPED = 0x6d617070, /* by itself */
	BLOCK_WITHIN = 0x77697468, /* no block: of what is aligned */
};

/* In front of what the caller gets. */
struct head {
	/* FREE: the next one's place, in units from the area's beginning, and 0
	 * is none. USED: size of the block, MAPPED: of the mapping. WITHIN: how
	 * far behind the block's own head this is. */
	_Atomic uint64_t value;
	uint32_t state;
	uint32_t class;
};
_Static_assert(sizeof(struct head) == UNIT, "what follows is aligned");

/* Four sizes for each power of two. */
#define CLASSES 61

static uint8_t *_Atomic area;
static _Atomic uint64_t area_size, area_used, area_usable;

/* Of each class: the place of the first block, and above PLACE_BITS how many changes
 * there were: who has looked at a block that is gone and back sees it by that. */
static _Atomic uint64_t lists[CLASSES];

static unsigned int class_of(uint64_t size, uint64_t *rounded)
{
	unsigned int shift;

	if (size <= 4 * UNIT) {
		*rounded = ALIGN_UP(size, UNIT);
		return (unsigned int)(*rounded / UNIT);
	}
	shift = 61 - (unsigned int)__builtin_clzll(size - 1);
	*rounded = (((size - 1) >> shift) + 1) << shift;
	return 5 + 4 * (shift - 4) + (unsigned int)((size - 1) >> shift) - 4;
}

/* ---- the area ------------------------------------------------------------ */

/* Two that begin at once: one of them gives its own back. */
static uint8_t *area_begin(void)
{
	uint8_t *none = NULL, *made = MAP_FAILED;
	uint64_t size = AREA_MAX;

	for (; made == MAP_FAILED && size >= AREA_MIN; size /= 2)
		made = host_mmap(NULL, size, PROT_NONE,
				 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
				 -1, 0);
	if (made == MAP_FAILED)
		return NULL;
	size *= 2;
	if (!atomic_compare_exchange_strong(&area, &none, made)) {
		host_munmap(made, size);
		return none;
	}
	atomic_store(&area_size, size);
	return made;
}

/* All below @end is memory. */
static bool area_grow(uint8_t *base, uint64_t end)
{
	uint64_t usable = atomic_load(&area_usable);

	while (usable < end) {
		const uint64_t more = ALIGN_UP(end, AREA_STEP);

		if (host_mprotect(base + usable, more - usable,
				  PROT_READ | PROT_WRITE))
			return false;
		atomic_compare_exchange_strong(&area_usable, &usable, more);
		usable = atomic_load(&area_usable);
	}
	return true;
}

/* A new block, of zeroes. NULL: there is no more. */
static struct head *carve(uint64_t size)
{
	uint8_t *base = atomic_load(&area) ?: area_begin();
	uint64_t used = atomic_load(&area_used);

	if (!base)
		return NULL;
	do {
		if (used + UNIT + size > atomic_load(&area_size))
			return NULL;
	} while (!atomic_compare_exchange_weak(&area_used, &used, used + size));
	used += UNIT; /* place 0 is none */
	if (!area_grow(base, used + size))
		return NULL;
	return (struct head *)(base + used);
}

/* ---- blocks -------------------------------------------------------------- */

static struct head *list_take(unsigned int class)
{
	uint64_t first = atomic_load(&lists[class]), next;
	struct head *h;

	do {
		if (!(first & PLACE_MASK))
			return NULL;
		h = (struct head *)(atomic_load(&area) +
				    (first & PLACE_MASK) * UNIT);
		/* Another may have it by now: then the change fails. */
		next = atomic_load(&h->value) & PLACE_MASK;
		next |= ((first >> PLACE_BITS) + 1) << PLACE_BITS;
	} while (!atomic_compare_exchange_weak(&lists[class], &first, next));
	return h;
}

static void list_put(struct head *h, unsigned int class)
{
	const uint64_t place =
		(uint64_t)((uint8_t *)h - atomic_load(&area)) / UNIT;
	uint64_t first = atomic_load(&lists[class]), next;

	do {
		atomic_store(&h->value, first & PLACE_MASK);
		next = place | ((first >> PLACE_BITS) + 1) << PLACE_BITS;
	} while (!atomic_compare_exchange_weak(&lists[class], &first, next));
}

static struct head *map_one(uint64_t size)
{
	struct head *h;

	size = ALIGN_UP(size, 4096);
	h = host_mmap(NULL, size, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (h == MAP_FAILED)
		return NULL;
	h->state = BLOCK_MAPPED;
	atomic_store(&h->value, size);
	return h;
}

/* @fresh: what follows the head is zero. */
static struct head *block_new(uint64_t size, bool *fresh)
{
	struct head *h = NULL;
	unsigned int class;

	*fresh = true;
	if (size > PTRDIFF_MAX - 2 * UNIT)
		return NULL;
	size += UNIT;
	if (size > BLOCK_MAX)
		return map_one(size);
	class = class_of(size, &size);
	h = list_take(class);
	*fresh = !h;
	if (!h)
		h = carve(size);
	if (!h)
		return map_one(size);
	h->state = BLOCK_USED;
	h->class = class;
	atomic_store(&h->value, size);
	return h;
}

static struct head *head_of(void *p)
{
	struct head *h = (struct head *)p - 1;

	if (h->state == BLOCK_WITHIN)
		h = (struct head *)((uint8_t *)h - atomic_load(&h->value));
	bug_on(h->state != BLOCK_USED && h->state != BLOCK_MAPPED,
	       "memory that is not in use is given back or grows");
	return h;
}

static size_t usable(const void *p, const struct head *h)
{
	return atomic_load(&h->value) -
	       (size_t)((const uint8_t *)p - (const uint8_t *)h);
}

/* ---- the C library's names ----------------------------------------------- */

void *malloc(size_t size)
{
	bool fresh;
	struct head *h = block_new(size, &fresh);

	if (!h)
		errno = ENOMEM;
	return h ? h + 1 : NULL;
}

void *calloc(size_t n, size_t size)
{
	struct head *h = NULL;
	bool fresh;

	if (!__builtin_mul_overflow(n, size, &size))
		h = block_new(size, &fresh);
	if (!h) {
		errno = ENOMEM;
		return NULL;
	}
	return fresh ? h + 1 : memset(h + 1, 0, size);
}

void free(void *p)
{
	struct head *h;

	if (!p)
		return;
	h = head_of(p);
	if (h->state == BLOCK_MAPPED) {
		host_munmap(h, atomic_load(&h->value));
		return;
	}
	h->state = BLOCK_FREE;
	list_put(h, h->class);
}

void *realloc(void *p, size_t size)
{
	const struct head *h = p ? head_of(p) : NULL;
	size_t had;
	void *more;

	if (!h)
		return malloc(size);
	if (!size) {
		free(p);
		return NULL;
	}
	had = usable(p, h);
	if (size <= had)
		return p;
	more = malloc(size);
	if (!more)
		return NULL;
	memcpy(more, p, had);
	free(p);
	return more;
}

void *aligned_alloc(size_t align, size_t size)
{
	struct head *within;
	uint8_t *p, *at;

	if (!align || (align & (align - 1))) {
		errno = EINVAL;
		return NULL;
	}
	if (align <= UNIT || size > PTRDIFF_MAX - align)
		return malloc(size);
	p = malloc(size + align);
	at = (uint8_t *)ALIGN_UP((uintptr_t)p, align);
	if (!p || at == p)
		return p;
	within = (struct head *)at - 1;
	within->state = BLOCK_WITHIN;
	atomic_store(&within->value, (uint64_t)(at - p));
	return at;
}

/* What the C library's own would give, free() above would not know. */
void *memalign(size_t align, size_t size)
{
	return aligned_alloc(align, size);
}

int posix_memalign(void **out, size_t align, size_t size)
{
	int saved = errno;
	void *p;

	if (align % sizeof(void *))
		return EINVAL;
	p = aligned_alloc(align, size);
	if (!p) {
		int err = errno;

		errno = saved;
		return err;
	}
	*out = p;
	return 0;
}

size_t malloc_usable_size(void *p)
{
	return p ? usable(p, head_of(p)) : 0;
}

#endif
