/* SPDX-License-Identifier: MIT */
/*
 * Mappings by MAP_GROWSDOWN. The host's kernel makes one larger when the page below
 * is touched, and tells nobody; so the tree of areas is corrected before it is
 * asked. Nothing but the mapping itself can be in what it has become: the kernel
 * keeps a distance to all others that may be accessed.
 */
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/host.h"
#include "user/memory-internal.h"

/* A program without such has nothing to correct. Stays true. */
static _Atomic bool some;

void memory_grows(void)
{
	atomic_store(&some, true);
}

/* Reads the two addresses that a line of /proc/self/maps begins with. */
struct reader {
	uint64_t start, end, value;
	bool past; /* behind them */
};

/* True: both are known by @c. */
static bool read_byte(struct reader *r, char c)
{
	if (c == '\n') {
		r->past = false;
	} else if (r->past) {
		return false;
	} else if (c == '-') {
		r->start = r->value;
	} else if (c == ' ') {
		r->end = r->value;
		r->past = true;
		return true;
	} else {
		r->value = r->value << 4 |
			   (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
		return false;
	}
	r->value = 0;
	return false;
}

/* Where the host's mapping that has @va begins; @va: it can't be said. Without the C
 * library's memory, as a process that shares ours may be killed here. */
static uint64_t mapping_start(uint64_t va)
{
	long n, fd = host_raw(SYS_openat, AT_FDCWD, "/proc/self/maps",
			      O_RDONLY | O_CLOEXEC, 0);
	struct reader r = {.past = false};
	uint64_t found = va;
	char buf[512];

	if (fd < 0)
		return va;
	while (found == va &&
	       (n = host_raw(SYS_read, fd, buf, sizeof(buf))) > 0) {
		for (long k = 0; k < n; k++)
			if (read_byte(&r, buf[k]) && r.start <= va &&
			    va < r.end)
				found = r.start;
	}
	host_raw(SYS_close, fd);
	return found;
}

void memory_follow_growth(void)
{
	struct area *a;
	uint64_t start;
	uint8_t in_core;

	if (likely(!atomic_load_explicit(&some, memory_order_relaxed)))
		return;
	for (uint64_t at = 0; (a = area_first(at, VA_END)); at = area_end(a)) {
		start = a->node.start;
		if (!a->grows || start < PAGE_SIZE || area_at(start - 1) ||
		    host_raw(SYS_mincore, start - PAGE_SIZE, PAGE_SIZE,
			     &in_core))
			continue;
		area_begins(a, mapping_start(start));
	}
}
