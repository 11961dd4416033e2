/* SPDX-License-Identifier: MIT */
/*
 * The program's memory, see memory.h: a tree of its mappings with their
 * protection, under one lock that is held over the host's call too, so that
 * what is in the tree is mapped.
 */
#include "user/memory.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "base/host.h"
#include "base/types.h"
#include "kernel/itree.h"
#include "user/pe.h"

#define PAGE_SIZE UINT64_C(4096)
#define VA_END    (UINT64_C(1) << 47)

struct area {
	struct itree_node node;
	int prot;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct itree_node *areas;
static struct {
	uint64_t start, end;
} brk_area;

/* Counts changes of what may be executed. */
static _Atomic uint64_t exec_changes = 1;

static struct area *area_of(struct itree_node *n)
{
	return n ? container_of(n, struct area, node) : NULL;
}

static struct area *area_first(uint64_t start, uint64_t end)
{
	return area_of(itree_first(areas, start, end - 1));
}

/* ---- the tree ------------------------------------------------------------ */

static void area_insert(struct area *a, uint64_t start, uint64_t end, int prot)
{
	a->node.start = start;
	a->node.last = end - 1;
	a->prot = prot;
	itree_insert(&areas, &a->node);
}

/*
 * Forget @start to @end; @spare takes what is left behind it of an area that
 * reaches over both. True: something of it could be executed.
 */
static bool areas_remove(uint64_t start, uint64_t end, struct area **spare)
{
	bool exec = false;
	struct area *a;

	while ((a = area_first(start, end))) {
		uint64_t from = a->node.start, to = a->node.last + 1;

		exec |= a->prot & PROT_EXEC;
		itree_remove(&areas, &a->node);
		if (to > end) {
			struct area *rest = from < start ? *spare : a;

			if (from < start)
				*spare = NULL;
			area_insert(rest, end, to, a->prot);
		}
		if (from < start)
			area_insert(a, from, start, a->prot);
		else if (to <= end)
			free(a);
	}
	return exec;
}

/* @start to @end is the program's with @prot from now on. @n, @spare: memory.
 * True: code changed, which may be told when the lock is free (who fetches
 * code takes it). */
static bool areas_set(uint64_t start, uint64_t end, int prot, struct area *n,
		      struct area *spare)
{
	bool exec = areas_remove(start, end, &spare);

	area_insert(n, start, end, prot);
	free(spare);
	if (exec || (prot & PROT_EXEC))
		atomic_fetch_add(&exec_changes, 1);
	return exec;
}

static int host_prot(int prot)
{
	return (prot & ~PROT_EXEC) | (prot & PROT_EXEC ? PROT_READ : 0);
}

/* ---- mmap ---------------------------------------------------------------- */

/* Is all of it the program's, or free? The host says where only it knows. */
static long map_fixed(uint64_t addr, uint64_t len, int prot, int flags, int fd,
		      uint64_t offset)
{
	uint64_t end = addr + len, at = addr;
	struct area *a;
	long ret;

	if (addr & (PAGE_SIZE - 1))
		return -EINVAL;
	if (end > VA_END || end < addr)
		return -ENOMEM;
	/* What lies between the program's own must be nobody's. */
	while (at < end) {
		uint64_t free_end;

		a = area_first(at, end);
		free_end = a ? a->node.start : end;
		if (at < free_end) {
			ret = host_raw(SYS_mmap, at, free_end - at, PROT_NONE,
				       MAP_PRIVATE | MAP_ANONYMOUS |
					       MAP_NORESERVE |
					       MAP_FIXED_NOREPLACE,
				       -1, 0);
			if (ret < 0)
				return -ENOMEM;
		}
		at = a ? a->node.last + 1 : end;
	}
	return host_raw(SYS_mmap, addr, len, host_prot(prot), flags | MAP_FIXED,
			fd, offset);
}

long memory_map(uint64_t addr, uint64_t len, int prot, int flags, int fd,
		uint64_t offset)
{
	struct area *n, *spare;
	bool exec = false;
	long ret;

	if (!len)
		return -EINVAL;
	len = ALIGN_UP(len, PAGE_SIZE);
	if (!len || len > VA_END)
		return -ENOMEM;
	n = malloc(sizeof(*n));
	spare = malloc(sizeof(*spare));
	if (!n || !spare) {
		free(n);
		free(spare);
		return -ENOMEM;
	}
	pthread_mutex_lock(&lock);
	if ((flags & MAP_FIXED) && !(flags & MAP_FIXED_NOREPLACE))
		ret = map_fixed(addr, len, prot, flags, fd, offset);
	else
		ret = host_raw(SYS_mmap, addr, len, host_prot(prot), flags, fd,
			       offset);
	if (ret < 0 && ret > -4096) {
		free(n);
		free(spare);
	} else {
		exec = areas_set((uint64_t)ret, (uint64_t)ret + len, prot, n,
				 spare);
	}
	pthread_mutex_unlock(&lock);
	if (exec)
		pe_code_changed();
	return ret;
}

/* ---- what is mapped ------------------------------------------------------ */

long memory_unmap(uint64_t addr, uint64_t len)
{
	struct area *spare, *a;
	uint64_t end, at;
	bool exec;
	long ret = 0;

	len = ALIGN_UP(len, PAGE_SIZE);
	end = addr + len;
	if ((addr & (PAGE_SIZE - 1)) || !len || end < addr || end > VA_END)
		return -EINVAL;
	spare = malloc(sizeof(*spare));
	if (!spare)
		return -ENOMEM;
	pthread_mutex_lock(&lock);
	for (at = addr; ret == 0 && (a = area_first(at, end));
	     at = a->node.last + 1) {
		uint64_t from = a->node.start < at ? at : a->node.start;
		uint64_t to = a->node.last + 1 > end ? end : a->node.last + 1;

		ret = host_raw(SYS_munmap, from, to - from);
	}
	exec = areas_remove(addr, end, &spare);
	free(spare);
	if (exec)
		atomic_fetch_add(&exec_changes, 1);
	pthread_mutex_unlock(&lock);
	if (exec)
		pe_code_changed();
	return ret;
}

/* No hole between @addr and @end? */
static bool is_covered(uint64_t addr, uint64_t end)
{
	while (addr < end) {
		struct area *a = area_of(itree_at(areas, addr));

		if (!a)
			return false;
		addr = a->node.last + 1;
	}
	return true;
}

long memory_protect(uint64_t addr, uint64_t len, int prot)
{
	uint64_t end = addr + ALIGN_UP(len, PAGE_SIZE);
	struct area *n, *spare;
	bool exec = false;
	long ret;

	if ((addr & (PAGE_SIZE - 1)) || end < addr)
		return -EINVAL;
	if (addr == end)
		return 0;
	n = malloc(sizeof(*n));
	spare = malloc(sizeof(*spare));
	if (!n || !spare) {
		free(n);
		free(spare);
		return -ENOMEM;
	}
	pthread_mutex_lock(&lock);
	ret = is_covered(addr, end) ? host_raw(SYS_mprotect, addr, end - addr,
					       host_prot(prot))
				    : -ENOMEM;
	if (ret) {
		free(n);
		free(spare);
	} else {
		exec = areas_set(addr, end, prot, n, spare);
	}
	pthread_mutex_unlock(&lock);
	if (exec)
		pe_code_changed();
	return ret;
}

long memory_remap(uint64_t old, uint64_t old_len, uint64_t len, int flags,
		  uint64_t to)
{
	struct area *n, *spare, *a;
	bool exec = false;
	int prot;
	long ret;

	if (flags & (MREMAP_FIXED | MREMAP_DONTUNMAP))
		return -ENOSYS;
	old_len = ALIGN_UP(old_len, PAGE_SIZE);
	len = ALIGN_UP(len, PAGE_SIZE);
	n = malloc(sizeof(*n));
	spare = malloc(sizeof(*spare));
	pthread_mutex_lock(&lock);
	a = area_of(itree_at(areas, old));
	if (!n || !spare || !a || !len) {
		ret = !n || !spare ? -ENOMEM : !a ? -EFAULT : -EINVAL;
		free(n);
		free(spare);
	} else {
		prot = a->prot;
		ret = host_raw(SYS_mremap, old, old_len, len, flags, to);
		if (ret < 0 && ret > -4096) {
			free(n);
			free(spare);
		} else {
			struct area *other = malloc(sizeof(*other));

			if (old_len)
				areas_remove(old, old + old_len, &other);
			free(other);
			exec = areas_set((uint64_t)ret, (uint64_t)ret + len,
					 prot, n, spare);
		}
	}
	pthread_mutex_unlock(&lock);
	if (exec)
		pe_code_changed();
	return ret;
}

/* ---- brk ----------------------------------------------------------------- */

void memory_set_brk(uint64_t start)
{
	brk_area.start = brk_area.end = start;
}

long memory_brk(uint64_t end)
{
	uint64_t now = ALIGN_UP(brk_area.end, PAGE_SIZE);
	uint64_t want = ALIGN_UP(end, PAGE_SIZE);

	if (end < brk_area.start)
		return (long)brk_area.end;
	if (want > now &&
	    memory_map(now, want - now, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
		       0) != (long)now)
		return (long)brk_area.end;
	if (want < now)
		memory_unmap(want, now - want);
	brk_area.end = end;
	return (long)end;
}

/* ---- /proc/self/maps ------------------------------------------------------ */

bool memory_area(uint64_t from, struct memory_area *area)
{
	struct area *a;

	if (from >= VA_END)
		return false;
	pthread_mutex_lock(&lock);
	a = area_first(from, VA_END);
	if (a)
		*area = (struct memory_area){
			.start = a->node.start,
			.end = a->node.last + 1,
			.prot = a->prot,
			.name = a->node.start >= brk_area.start &&
						a->node.start < brk_area.end
					? "[heap]"
					: NULL,
		};
	pthread_mutex_unlock(&lock);
	return a;
}

/* ---- code ---------------------------------------------------------------- */

#define KNOWN 64

bool memory_executable(uint64_t va)
{
	static __thread struct {
		uint64_t page, changes;
	} known[KNOWN];
	uint64_t page = va / PAGE_SIZE;
	uint64_t changes = atomic_load(&exec_changes);
	struct area *a;
	bool yes;

	if (known[page % KNOWN].page == page &&
	    known[page % KNOWN].changes == changes)
		return true;
	pthread_mutex_lock(&lock);
	a = area_of(itree_at(areas, va));
	yes = a && (a->prot & PROT_EXEC);
	pthread_mutex_unlock(&lock);
	if (yes) {
		known[page % KNOWN].page = page;
		known[page % KNOWN].changes = changes;
	}
	return yes;
}

bool memory_mapped(uint64_t va)
{
	bool yes;

	pthread_mutex_lock(&lock);
	yes = itree_at(areas, va);
	pthread_mutex_unlock(&lock);
	return yes;
}

void memory_fork_prepare(void)
{
	pthread_mutex_lock(&lock);
}

void memory_fork_done(void)
{
	pthread_mutex_unlock(&lock);
}
