/* SPDX-License-Identifier: MIT */
/*
 * What a translation keeps beside its code, see records.h.
 */
#include "jit/records.h"

#include <errno.h>
#include <sys/mman.h>

#include "base/host.h"

/* Of each end, when nothing is kept: the rest goes back to the host. */
#define KEPT ((size_t)64 << 10)

static struct jit_edge *end_of(const struct jit_records *r)
{
	return (struct jit_edge *)r->accesses + r->size / sizeof(*r->lowest);
}

int records_new(struct jit_records *r, size_t size)
{
	void *area =
		host_mmap(NULL, size, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	*r = (struct jit_records){.size = size};
	if (area == MAP_FAILED)
		return -ENOMEM;
	/* A child of fork() has not the code, either. */
	host_madvise(area, size, MADV_DONTFORK);
	r->accesses = area;
	r->lowest = end_of(r);
	return 0;
}

void records_free(struct jit_records *r)
{
	if (r->accesses)
		host_munmap(r->accesses, r->size);
	*r = (struct jit_records){0};
}

void records_empty(struct jit_records *r)
{
	uint8_t *area = (uint8_t *)r->accesses;
	const size_t below = r->nr_accesses * sizeof(*r->accesses);
	const size_t above = (end_of(r) - r->lowest) * sizeof(*r->lowest);

	if (below > KEPT || above > KEPT)
		host_madvise(area + KEPT, r->size - 2 * KEPT, MADV_DONTNEED);
	r->nr_accesses = 0;
	r->lowest = end_of(r);
	r->unused = NULL;
}

bool records_room(const struct jit_records *r, size_t accesses, size_t edges)
{
	const uint8_t *used = (const uint8_t *)(r->accesses + r->nr_accesses);

	return (size_t)((const uint8_t *)r->lowest - used) >=
	       accesses * sizeof(*r->accesses) + edges * sizeof(*r->lowest);
}

struct jit_edge *edge_new(struct jit_records *r, size_t accesses)
{
	struct jit_edge *e = r->unused;

	if (e) {
		r->unused = e->next;
		return e;
	}
	return records_room(r, accesses, 1) ? --r->lowest : NULL;
}

void edge_unused(struct jit_records *r, struct jit_edge *e)
{
	e->next = r->unused;
	r->unused = e;
}
