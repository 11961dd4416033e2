/* SPDX-License-Identifier: MIT */
/*
 * The program's memory, see memory.h: what maps, unmaps and protects.
 */
#include "user/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include "base/host.h"
#include "base/types.h"
#include "user/lock.h"
#include "user/memory-internal.h"
#include "user/pe.h"
#include "user/rseq.h"

/* Flags that only an x86-64 Linux knows; arm64's ignores them. */
#define HOST_ONLY_FLAGS (0x40 | 0x80)

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

/* Counts changes of what may be executed. */
static _Atomic uint64_t exec_changes = 1;

void memory_enter(void)
{
	lock_take(LOCK_MEMORY);
	memory_follow_growth();
}

void memory_leave(void)
{
	lock_release(LOCK_MEMORY);
}

/* ---- a confined program ---------------------------------------------------- */

/* Below it the host maps nothing for who has no privilege, or little. */
#define LOWEST UINT64_C(0x10000)

uint64_t memory_end = VA_END, memory_top = VA_END;

void memory_confine(uint64_t end, uint64_t top)
{
	memory_end = end;
	memory_top = top;
}

uint64_t memory_gap(uint64_t len, uint64_t top)
{
	uint64_t at = LOWEST, found = 0, end;
	struct area *a;

	for (; at < top; at = area_end(a)) {
		a = area_first(at, top);
		end = a ? a->node.start : top;
		if (end > at && end - at >= len)
			found = end - len;
		if (!a)
			break;
	}
	return found;
}

/* ---- changes ------------------------------------------------------------- */

bool memory_is(uint64_t start, uint64_t end, const struct area *like,
	       struct area_room *r)
{
	bool exec = areas_set(start, end, like, r);

	if (exec)
		atomic_fetch_add(&exec_changes, 1);
	return exec;
}

bool memory_is_gone(uint64_t start, uint64_t end, struct area_room *r)
{
	bool exec = areas_remove(start, end, r);

	if (exec)
		atomic_fetch_add(&exec_changes, 1);
	return exec;
}

void memory_code_gone(bool gone, uint64_t start, uint64_t end)
{
	if (!gone)
		return;
	rseq_code_gone(start, end);
	pe_code_gone(start, end);
}

static int host_prot(int prot)
{
	return (prot & ~PROT_EXEC) | (prot & PROT_EXEC ? PROT_READ : 0);
}

/* ---- mmap ---------------------------------------------------------------- */

/* From @*at on, the next part of @*at to @end that is nobody's of the program:
 * its end, and *@at its start; 0: none. */
static uint64_t next_hole(uint64_t *at, uint64_t end)
{
	struct area *a;

	*at = areas_cover(*at, end);
	if (*at >= end)
		return 0;
	a = area_first(*at, end);
	return a ? a->node.start : end;
}

void memory_holes_free(uint64_t start, uint64_t end)
{
	uint64_t at = start, hole_end;

	while ((hole_end = next_hole(&at, end))) {
		host_raw(SYS_munmap, at, hole_end - at);
		at = hole_end;
	}
}

long memory_holes_take(uint64_t start, uint64_t end)
{
	uint64_t at = start, hole_end;
	long ret;

	while ((hole_end = next_hole(&at, end))) {
		ret = host_raw(SYS_mmap, at, hole_end - at, PROT_NONE,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE |
				       MAP_FIXED_NOREPLACE,
			       -1, 0);
		if (is_error(ret)) {
			memory_holes_free(start, at);
			/* What is there is the engine's. */
			return ret == -EEXIST ? -ENOMEM : ret;
		}
		at = hole_end;
	}
	return 0;
}

static long map_fixed(uint64_t addr, uint64_t len, int prot, int flags, int fd,
		      uint64_t offset)
{
	long ret = memory_holes_take(addr, addr + len);

	if (ret)
		return ret;
	ret = host_raw(SYS_mmap, addr, len, host_prot(prot), flags, fd, offset);
	if (is_error(ret))
		memory_holes_free(addr, addr + len);
	return ret;
}

/* Huge pages are mapped whole. */
static uint64_t map_len(uint64_t len, int flags)
{
	unsigned int shift = (unsigned int)flags >> MAP_HUGE_SHIFT & 0x3f;

	if (!(flags & MAP_HUGETLB) || !(flags & MAP_ANONYMOUS) || shift > 40)
		return ALIGN_UP(len, PAGE_SIZE);
	return ALIGN_UP(len, BIT(shift ? shift : 21));
}

/* Of what is wrong Linux says first that there is no such file. */
static long no_file_or(long err, int flags, int fd)
{
	if (!(flags & MAP_ANONYMOUS) && host_raw(SYS_fcntl, fd, F_GETFD) < 0)
		return -EBADF;
	return err;
}

/* Confined memory is filled from the top, and a hint is taken where nothing is, as
 * Linux has it. What is the host's in between is stepped over. */
static long map_low(uint64_t addr, uint64_t len, int prot, int flags, int fd,
		    uint64_t offset)
{
	uint64_t top = memory_top, at = addr & ~(PAGE_SIZE - 1);
	long ret = -EEXIST;

	flags |= MAP_FIXED_NOREPLACE;
	if (at >= LOWEST)
		ret = host_raw(SYS_mmap, at, len, host_prot(prot), flags, fd,
			       offset);
	while (ret == -EEXIST && (at = memory_gap(len, top))) {
		ret = host_raw(SYS_mmap, at, len, host_prot(prot), flags, fd,
			       offset);
		top = at + len - PAGE_SIZE;
	}
	return ret == -EEXIST ? no_file_or(-ENOMEM, flags, fd) : ret;
}

static bool is_fixed(int flags)
{
	return flags & (MAP_FIXED | MAP_FIXED_NOREPLACE);
}

/* What would be executed is of a file system that is mounted so that nothing is;
 * the host does not say so, where nothing is mapped executable. */
static bool may_not_execute(int prot, int flags, int fd)
{
	struct statfs st;

	return (prot & PROT_EXEC) && !(flags & MAP_ANONYMOUS) &&
	       !host_raw(SYS_fstatfs, fd, &st) && (st.f_flags & ST_NOEXEC);
}

long memory_map(uint64_t addr, uint64_t len, int prot, int flags, int fd,
		uint64_t offset)
{
	const struct area like = {
		.prot = prot & (PROT_READ | PROT_WRITE | PROT_EXEC),
		.grows = flags & MAP_GROWSDOWN,
	};
	struct area_room room;
	bool gone = false;
	long ret;

	flags &= ~HOST_ONLY_FLAGS;
	if (offset & (PAGE_SIZE - 1))
		return -EINVAL;
	if (!len)
		return no_file_or(-EINVAL, flags, fd);
	len = map_len(len, flags);
	if (!len || len > memory_end)
		return no_file_or(-ENOMEM, flags, fd);
	if (is_fixed(flags) && addr > memory_end - len)
		return no_file_or(-ENOMEM, flags, fd);
	if (is_fixed(flags) && (addr & (PAGE_SIZE - 1)))
		return no_file_or(-EINVAL, flags, fd);
	if (may_not_execute(prot, flags, fd))
		return -EPERM;
	/* Else the host may give what the program has no bits for. */
	if (addr > memory_end - len)
		addr = 0;
	if (!area_room_get(&room))
		return -ENOMEM;
	memory_enter();
	if (like.grows)
		memory_grows();
	flags |= memory_lock_flags();
	if ((flags & MAP_FIXED) && !(flags & MAP_FIXED_NOREPLACE))
		ret = map_fixed(addr, len, prot, flags, fd, offset);
	else if (memory_confined() && !is_fixed(flags))
		ret = map_low(addr, len, prot, flags, fd, offset);
	else
		ret = host_raw(SYS_mmap, addr, len, host_prot(prot), flags, fd,
			       offset);
	if (!is_error(ret))
		gone = memory_is((uint64_t)ret, (uint64_t)ret + len, &like,
				 &room);
	memory_leave();
	area_room_put(&room);
	memory_code_gone(gone, (uint64_t)ret, (uint64_t)ret + len);
	return ret;
}

/* ---- munmap -------------------------------------------------------------- */

/* What of @addr to @end is the program's, under the lock. *@gone: as memory_is_gone(). */
static long unmap(uint64_t addr, uint64_t end, bool *gone,
		  struct area_room *room)
{
	struct area *a;
	uint64_t at;
	long ret = 0;

	for (at = addr; (a = area_first(at, end));) {
		uint64_t from = max_u64(a->node.start, at);
		uint64_t to = min_u64(area_end(a), end);

		ret = host_raw(SYS_munmap, from, to - from);
		if (ret)
			break;
		at = to;
	}
	*gone = memory_is_gone(addr, at, room);
	return ret;
}

long memory_unmap(uint64_t addr, uint64_t len)
{
	uint64_t end = addr + ALIGN_UP(len, PAGE_SIZE);
	struct area_room room;
	long ret;
	bool gone;

	if ((addr & (PAGE_SIZE - 1)) || end <= addr || end > memory_end)
		return -EINVAL;
	if (!area_room_get(&room))
		return -ENOMEM;
	memory_enter();
	ret = unmap(addr, end, &gone, &room);
	memory_leave();
	area_room_put(&room);
	memory_code_gone(gone, addr, end);
	return ret;
}

/* ---- mprotect ------------------------------------------------------------ */

/* Each area for itself, as Linux does it, too: what comes before one that
 * refuses has changed. */
static long protect(uint64_t addr, uint64_t end, int prot, uint64_t *changed)
{
	uint64_t at = addr;
	struct area *a;
	long ret = 0;

	while (at < end && (a = area_at(at))) {
		uint64_t to = min_u64(area_end(a), end);

		ret = host_raw(SYS_mprotect, at, to - at, host_prot(prot));
		if (ret)
			break;
		at = to;
	}
	*changed = at;
	return ret ?: at < end ? -ENOMEM : 0;
}

/* PROT_GROWSDOWN: from where the stack begins. 0 or -errno. */
static long grow_down(uint64_t *addr, int *prot)
{
	struct area *a;

	if (!(*prot & (PROT_GROWSDOWN | PROT_GROWSUP)))
		return 0;
	a = area_at(*addr);
	if (!a)
		return -ENOMEM;
	if ((a->kind != AREA_STACK && !a->grows) || (*prot & PROT_GROWSUP))
		return -EINVAL;
	*addr = a->node.start;
	*prot &= ~PROT_GROWSDOWN;
	return 0;
}

long memory_protect(uint64_t addr, uint64_t len, int prot)
{
	uint64_t end = addr + ALIGN_UP(len, PAGE_SIZE), changed = addr;
	struct area_room room;
	bool gone = false;
	long ret;

	if ((addr & (PAGE_SIZE - 1)) ||
	    ((prot & PROT_GROWSDOWN) && (prot & PROT_GROWSUP)))
		return -EINVAL;
	if (!len)
		return 0;
	if (end <= addr)
		return -ENOMEM;
	if (prot & ~(PROT_READ | PROT_WRITE | PROT_EXEC | PROT_GROWSDOWN |
		     PROT_GROWSUP | 8 /* PROT_SEM */))
		return -EINVAL;
	if (!area_room_get(&room))
		return -ENOMEM;
	memory_enter();
	ret = grow_down(&addr, &prot);
	prot &= PROT_READ | PROT_WRITE | PROT_EXEC;
	if (!ret)
		ret = protect(addr, end, prot, &changed);
	if (changed > addr)
		gone = areas_protect(addr, changed, prot, &room);
	if (gone)
		atomic_fetch_add(&exec_changes, 1);
	memory_leave();
	area_room_put(&room);
	memory_code_gone(gone, addr, changed);
	return ret;
}

/* ---- mremap -------------------------------------------------------------- */

static long remap_check(uint64_t old, uint64_t old_len, uint64_t len, int flags,
			uint64_t to)
{
	const bool fixed = flags & MREMAP_FIXED;
	const bool keep = flags & MREMAP_DONTUNMAP;

	if ((flags & ~(MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP)) ||
	    ((fixed || keep) && !(flags & MREMAP_MAYMOVE)) ||
	    (keep && old_len != len) || (old & (PAGE_SIZE - 1)) || !len)
		return -EINVAL;
	if (fixed &&
	    ((to & (PAGE_SIZE - 1)) || len > memory_end ||
	     to > memory_end - len || (old < to + len && to < old + old_len)))
		return -EINVAL;
	return len > memory_end ? -ENOMEM : 0;
}

/* In its place if that can be, else to where map_low() would put it. */
static long remap_low(uint64_t old, uint64_t old_len, uint64_t len, int flags)
{
	uint64_t top = memory_top, to;
	long ret = -ENOMEM;

	if (!(flags & MREMAP_DONTUNMAP) && old_len && len <= memory_end - old)
		ret = host_raw(SYS_mremap, old, old_len, len, 0);
	if (ret != -ENOMEM || !(flags & MREMAP_MAYMOVE))
		return ret;
	while ((to = memory_gap(len, top))) {
		ret = memory_holes_take(to, to + len);
		top = to + len - PAGE_SIZE;
		if (ret)
			continue;
		ret = host_raw(SYS_mremap, old, old_len, len,
			       flags | MREMAP_FIXED, to);
		if (is_error(ret))
			memory_holes_free(to, to + len);
		return ret;
	}
	return ret;
}

/* Of what becomes smaller the rest is unmapped first, whatever it is, and there may be holes
 * in it. */
static long remap_shrink(uint64_t old, uint64_t *old_len, uint64_t len,
			 bool *gone, struct area_room *room)
{
	const uint64_t end = old + *old_len;
	long ret;

	if (*old_len <= len)
		return 0;
	if (!area_at(old))
		return -EFAULT;
	if (end < old || end > memory_end)
		return -EINVAL;
	ret = unmap(old + len, end, gone, room);
	*old_len = len;
	return ret;
}

/* What moves is one mapping of the host's, and all of it the program's. */
static long remap(uint64_t old, uint64_t old_len, uint64_t len, int flags,
		  uint64_t to)
{
	const bool fixed = flags & MREMAP_FIXED;
	const struct area *a = area_at(old);
	long ret;

	if (!a)
		return -EFAULT;
	/* To the host what may be read and what may be executed is alike. */
	if (old_len > area_end(a) - old)
		return -EFAULT;
	if (fixed) {
		ret = memory_holes_take(to, to + len);
		if (ret)
			return ret;
	}
	if (memory_confined() && !fixed)
		return remap_low(old, old_len, len, flags);
	ret = host_raw(SYS_mremap, old, old_len, len, flags, to);
	if (is_error(ret) && fixed)
		memory_holes_free(to, to + len);
	return ret;
}

/* What a mapping that is moved or grows leaves, and what is where it comes to: may code of these
 * be gone? */
struct remapped {
	struct area_room old_room, room;
	bool old_gone, gone;
};

static long remap_whole(uint64_t old, uint64_t old_len, uint64_t len, int flags,
			uint64_t to, struct remapped *r)
{
	long ret = remap(old, old_len, len, flags, to);
	const uint64_t now = (uint64_t)ret;
	struct area like;

	if (is_error(ret))
		return ret;
	like = *area_at(old);
	if (flags & MREMAP_DONTUNMAP)
		r->old_gone = like.prot & PROT_EXEC;
	else if (old_len)
		r->old_gone = memory_is_gone(old, old + old_len, &r->old_room);
	r->gone = memory_is(now, now + len, &like, &r->room);
	return ret;
}

static long remap_locked(uint64_t old, uint64_t *old_len, uint64_t len,
			 int flags, uint64_t to, struct remapped *r,
			 struct area_room *room, bool *tail_gone)
{
	long ret = remap_shrink(old, old_len, len, tail_gone, room);

	if (ret)
		return ret;
	if (*old_len == len && !(flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)))
		return area_at(old) ? (long)old : -EFAULT;
	return remap_whole(old, *old_len, len, flags, to, r);
}

long memory_remap(uint64_t old, uint64_t old_len, uint64_t len, int flags,
		  uint64_t to)
{
	struct remapped r = {.gone = false};
	struct area_room tail = {{NULL}};
	uint64_t end, kept;
	bool tail_gone = false;
	long ret;

	old_len = kept = ALIGN_UP(old_len, PAGE_SIZE);
	len = ALIGN_UP(len, PAGE_SIZE);
	end = old + old_len;
	ret = remap_check(old, old_len, len, flags, to);
	if (ret)
		return ret;
	if (area_room_get(&r.old_room) && area_room_get(&r.room) &&
	    area_room_get(&tail)) {
		memory_enter();
		ret = remap_locked(old, &kept, len, flags, to, &r, &tail,
				   &tail_gone);
		memory_leave();
	} else {
		ret = -ENOMEM;
	}
	area_room_put(&tail);
	area_room_put(&r.room);
	area_room_put(&r.old_room);
	memory_code_gone(tail_gone, old + len, end);
	memory_code_gone(r.old_gone, old, old + kept);
	memory_code_gone(r.gone, (uint64_t)ret, (uint64_t)ret + len);
	return ret;
}

long memory_remap_file(uint64_t addr, uint64_t len, uint64_t prot,
		       uint64_t pgoff, uint64_t flags)
{
	uint64_t end = addr + len;
	bool gone = false;
	long ret;

	memory_enter();
	if (end > addr && areas_cover(addr, end) == end) {
		ret = host_raw(SYS_remap_file_pages, addr, len, prot, pgoff,
			       flags);
		gone = area_at(addr)->prot & PROT_EXEC;
	} else {
		ret = -EINVAL;
	}
	memory_leave();
	memory_code_gone(gone && !ret, addr, end);
	return ret;
}

/* ---- questions ----------------------------------------------------------- */

static void set_kind(uint64_t addr, uint64_t len, enum area_kind kind)
{
	struct area_room room;
	struct area like;

	if (!area_room_get(&room))
		return;
	memory_enter();
	like = *area_at(addr);
	like.kind = kind;
	areas_set(addr, addr + len, &like, &room);
	memory_leave();
	area_room_put(&room);
}

void memory_is_stack(uint64_t addr, uint64_t len)
{
	set_kind(addr, len, AREA_STACK);
}

void memory_is_guard(uint64_t addr, uint64_t len)
{
	set_kind(addr, len, AREA_GUARD);
}

void memory_is_heap(uint64_t addr, uint64_t len)
{
	set_kind(addr, len, AREA_HEAP);
}

void memory_is_vdso(uint64_t addr, uint64_t len)
{
	set_kind(addr, len, AREA_VDSO);
}

void memory_is_vectors(uint64_t addr, uint64_t len)
{
	set_kind(addr, len, AREA_VECTORS);
}

/* Until the program changes it. */
static bool is_guard(const struct area *a)
{
	return a->kind == AREA_GUARD && a->prot == PROT_NONE;
}

bool memory_guards(uint64_t va)
{
	struct area *a;
	bool yes;

	memory_enter();
	a = area_at(va);
	yes = a && is_guard(a);
	memory_leave();
	return yes;
}

bool memory_area(uint64_t from, struct memory_area *area)
{
	static const char *const names[] = {
		[AREA_PLAIN] = NULL,          [AREA_HEAP] = "[heap]",
		[AREA_STACK] = "[stack]",     [AREA_VDSO] = "[vdso]",
		[AREA_VECTORS] = "[vectors]",
	};
	struct area *a;

	memory_enter();
	do {
		a = area_first(from, VA_END);
		from = a ? area_end(a) : from;
	} while (a && is_guard(a));
	if (a)
		*area = (struct memory_area){
			.start = a->node.start,
			.end = area_end(a),
			.prot = a->prot,
			.name = a->kind < ARRAY_SIZE(names) ? names[a->kind]
							    : NULL,
		};
	memory_leave();
	return a;
}

bool memory_covered(uint64_t addr, uint64_t len)
{
	bool yes;

	memory_enter();
	yes = addr + len >= addr && areas_cover(addr, addr + len) == addr + len;
	memory_leave();
	return yes;
}

bool memory_mapped(uint64_t va)
{
	return memory_covered(va, 1);
}

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
	memory_enter();
	a = area_at(va);
	yes = a && (a->prot & PROT_EXEC);
	memory_leave();
	if (yes) {
		known[page % KNOWN].page = page;
		known[page % KNOWN].changes = changes;
	}
	return yes;
}
