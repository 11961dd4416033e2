/* SPDX-License-Identifier: MIT */
/*
 * The program's data segment (the call brk) and its System V shared memory.
 */
#include <errno.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/syscall.h>

#include "base/host.h"
#include "base/types.h"
#include "user/memory-internal.h"
#include "user/lock.h"

/* ---- brk ----------------------------------------------------------------- */

/* Before that of the mappings. */
static uint64_t brk_start, brk_end;

void memory_set_brk(uint64_t start)
{
	brk_start = brk_end = start;
}

static bool brk_allowed(uint64_t end)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_DATA, &limit) ||
	       limit.rlim_cur == RLIM_INFINITY ||
	       end - brk_start <= limit.rlim_cur;
}

static bool brk_grow(uint64_t from, uint64_t to)
{
	long at = memory_map(from, to - from, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
			     -1, 0);

	if (at != (long)from) {
		if (!is_error(at))
			memory_unmap((uint64_t)at, to - from);
		return false;
	}
	memory_is_heap(from, to - from);
	return true;
}

static void brk_move(uint64_t end)
{
	uint64_t now = ALIGN_UP(brk_end, PAGE_SIZE);
	uint64_t want = ALIGN_UP(end, PAGE_SIZE);

	if (end < brk_start || end > memory_end || !brk_allowed(end))
		return;
	if (want > now && !brk_grow(now, want))
		return;
	if (want < now && memory_unmap(want, now - want))
		return;
	brk_end = end;
}

long memory_brk(uint64_t end)
{
	long ret;

	lock_take(LOCK_BRK);
	brk_move(end);
	ret = (long)brk_end;
	lock_release(LOCK_BRK);
	return ret;
}

void memory_fork_prepare(void)
{
	lock_take(LOCK_BRK);
	memory_enter();
}

void memory_fork_done(void)
{
	memory_leave();
	lock_release(LOCK_BRK);
}

/* ---- shared memory ------------------------------------------------------- */

/* Of the segment; -errno as shmat() has it. */
static long shm_size(int id)
{
	struct shmid_ds ds;

	if (shmctl(id, IPC_STAT, &ds))
		return -errno;
	return (long)ALIGN_UP(ds.shm_segsz, PAGE_SIZE);
}

static long attach(int id, uint64_t addr, uint64_t size, int flags)
{
	const bool replaces = addr && (flags & SHM_REMAP);
	long ret = replaces ? memory_holes_take(addr, addr + size) : 0;

	if (ret)
		return ret;
	if (!addr && memory_confined())
		addr = memory_gap(size, memory_top);
	ret = host_raw(SYS_shmat, id, addr, flags & ~SHM_EXEC);
	if (is_error(ret) && replaces)
		memory_holes_free(addr, addr + size);
	return ret;
}

long memory_shm_attach(int id, uint64_t addr, int flags)
{
	struct area like = {.prot = PROT_READ, .kind = AREA_SHM};
	struct area_room room;
	long ret, size = shm_size(id);
	bool gone = false;

	if (size < 0)
		return size;
	if (flags & SHM_RND)
		addr &= ~(PAGE_SIZE - 1);
	if ((addr & (PAGE_SIZE - 1)) || addr > memory_end - (uint64_t)size ||
	    (!addr && (flags & SHM_REMAP)))
		return -EINVAL;
	if (!(flags & SHM_RDONLY))
		like.prot |= PROT_WRITE;
	if (flags & SHM_EXEC)
		like.prot |= PROT_EXEC;
	if (!area_room_get(&room))
		return -ENOMEM;
	memory_enter();
	ret = attach(id, addr, (uint64_t)size, flags);
	if (!is_error(ret)) {
		like.attached = (uint64_t)ret;
		gone = memory_is((uint64_t)ret, (uint64_t)(ret + size), &like,
				 &room);
	}
	memory_leave();
	area_room_put(&room);
	memory_code_gone(gone, (uint64_t)ret, (uint64_t)(ret + size));
	return ret;
}

/* All of it that is still there goes. */
static bool forget_attached(uint64_t addr, struct area_room *room)
{
	uint64_t at = addr;
	bool gone = false;
	struct area *a;

	while ((a = area_first(at, VA_END))) {
		at = area_end(a);
		if (a->kind == AREA_SHM && a->attached == addr)
			gone |= memory_is_gone(a->node.start, at, room);
	}
	return gone;
}

long memory_shm_detach(uint64_t addr)
{
	struct area_room room;
	struct area *a;
	bool gone = false;
	long ret = -EINVAL;

	if (!area_room_get(&room))
		return -ENOMEM;
	memory_enter();
	a = area_first(addr, VA_END);
	if (a && a->kind == AREA_SHM && a->attached == addr)
		ret = host_raw(SYS_shmdt, addr);
	if (!ret)
		gone = forget_attached(addr, &room);
	memory_leave();
	area_room_put(&room);
	memory_code_gone(gone, addr, VA_END);
	return ret;
}
