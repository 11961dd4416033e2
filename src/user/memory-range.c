/* SPDX-License-Identifier: MIT */
/*
 * System calls about a range of the program's memory: the host's, for each part
 * of the range that is the program's. A hole is ENOMEM, as Linux has it: some
 * calls go on behind it.
 */
#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "base/fault.h"
#include "base/host.h"
#include "base/types.h"
#include "user/memory-internal.h"

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ  22
#define MADV_POPULATE_WRITE 23
#endif
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif
#ifndef SYS_mseal
#define SYS_mseal 462
#endif
#ifndef MLOCK_ONFAULT
#define MLOCK_ONFAULT 1
#endif

/* The host's call @nr for a part, with @arg. */
struct range_call {
	long nr;
	uint64_t arg;
	bool goes_on; /* behind a hole */
	bool locked;  /* it would do harm to what is not the program's */
};

/* The next part at @*at or above. False: there is none. */
static bool next_part(const struct range_call *c, uint64_t *at, uint64_t *to,
		      uint64_t end)
{
	struct area *a;

	if (!c->locked)
		memory_enter();
	a = area_first(*at, end);
	if (a) {
		*at = max_u64(*at, a->node.start);
		*to = areas_cover(*at, end);
	}
	if (!c->locked)
		memory_leave();
	return a;
}

static long each_part(const struct range_call *c, uint64_t addr, uint64_t end)
{
	uint64_t at = addr, to = addr;
	long ret = 0, err;

	while (at < end && next_part(c, &at, &to, end)) {
		if (at > addr)
			ret = -ENOMEM;
		if (ret && !c->goes_on)
			return ret;
		err = host_raw(c->nr, at, to - at, c->arg);
		if (err)
			return err;
		addr = at = to;
	}
	return addr < end ? -ENOMEM : ret;
}

/* 0: go on with @*end; else the answer, of an empty range 1. */
static long range_check(uint64_t addr, uint64_t len, uint64_t *end)
{
	*end = addr + ALIGN_UP(len, PAGE_SIZE);
	if (addr & (PAGE_SIZE - 1))
		return -EINVAL;
	if (*end < addr)
		return -ENOMEM;
	return *end == addr;
}

static long range_do(const struct range_call *c, uint64_t addr, uint64_t len)
{
	uint64_t end;
	long ret = range_check(addr, len, &end);

	/* What else is wrong, the host says of nothing, too. */
	if (ret == 1)
		return host_raw(c->nr, addr, 0, c->arg);
	if (ret)
		return ret;
	if (c->locked)
		memory_enter();
	ret = each_part(c, addr, end);
	if (c->locked)
		memory_leave();
	return ret;
}

/* ---- the calls ----------------------------------------------------------- */

/* What may take long does no harm. */
static bool is_patient(int advice)
{
	switch (advice) {
	case MADV_NORMAL:
	case MADV_RANDOM:
	case MADV_SEQUENTIAL:
	case MADV_WILLNEED:
	case MADV_POPULATE_READ:
	case MADV_POPULATE_WRITE:
	case MADV_COLLAPSE: return true;
	default: return false;
	}
}

long memory_advise(uint64_t addr, uint64_t len, int advice)
{
	const struct range_call c = {SYS_madvise, (uint64_t)advice, true,
				     !is_patient(advice)};
	long ret;

	if (addr + ALIGN_UP(len, PAGE_SIZE) < addr ||
	    (len && !ALIGN_UP(len, PAGE_SIZE)))
		return -EINVAL;
	ret = host_raw(SYS_madvise, PAGE_SIZE, 0, advice);
	return ret ?: range_do(&c, addr, len);
}

long memory_sync(uint64_t addr, uint64_t len, int flags)
{
	const struct range_call c = {SYS_msync, (uint64_t)flags, true, false};
	long ret = host_raw(SYS_msync, PAGE_SIZE, 0, flags);

	return ret ?: range_do(&c, addr, len);
}

static void to_pages(uint64_t *addr, uint64_t *len)
{
	*len += *addr & (PAGE_SIZE - 1);
	*addr &= ~(PAGE_SIZE - 1);
}

long memory_lock(uint64_t addr, uint64_t len, unsigned int flags)
{
	const struct range_call c = {SYS_mlock2, flags, false, false};

	if (flags & ~(unsigned int)MLOCK_ONFAULT)
		return -EINVAL;
	to_pages(&addr, &len);
	return range_do(&c, addr, len);
}

long memory_unlock(uint64_t addr, uint64_t len)
{
	const struct range_call c = {SYS_munlock, 0, false, false};

	to_pages(&addr, &len);
	return range_do(&c, addr, len);
}

long memory_seal(uint64_t addr, uint64_t len, unsigned long flags)
{
	const struct range_call c = {SYS_mseal, flags, false, true};
	uint64_t end;
	long ret = range_check(addr, len, &end);

	if (ret == -ENOMEM)
		return -EINVAL;
	if (!ret && !flags && !memory_covered(addr, end - addr))
		return -ENOMEM;
	return range_do(&c, addr, len);
}

long memory_in_core(uint64_t addr, uint64_t len, uint64_t vec)
{
	uint64_t end;
	long ret = range_check(addr, len, &end);

	if (ret == 1)
		return len ? -ENOMEM : 0;
	if (ret)
		return ret;
	if (end > VA_END || !memory_covered(addr, end - addr))
		return -ENOMEM;
	return host_raw(SYS_mincore, addr, len, vec);
}

/* ---- all of it ----------------------------------------------------------- */

/* By mlockall(): MCL_FUTURE and MCL_ONFAULT of it. Under the lock. */
static int lock_future;

int memory_lock_flags(void)
{
	return (lock_future & MCL_FUTURE) && !(lock_future & MCL_ONFAULT)
		       ? MAP_LOCKED
		       : 0;
}

/* What can't be locked is left out, as mlockall() does it. */
static void each_area(long nr, uint64_t arg)
{
	uint64_t at = 0;
	struct area *a;

	while ((a = area_first(at, VA_END))) {
		host_raw(nr, a->node.start, area_end(a) - a->node.start, arg);
		at = area_end(a);
	}
}

long memory_lock_all(int flags)
{
	if (!flags || (flags & ~(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT)) ||
	    flags == MCL_ONFAULT)
		return -EINVAL;
	memory_enter();
	lock_future = flags;
	if (flags & MCL_CURRENT)
		each_area(SYS_mlock2, flags & MCL_ONFAULT ? MLOCK_ONFAULT : 0);
	memory_leave();
	return 0;
}

long memory_unlock_all(void)
{
	memory_enter();
	lock_future = 0;
	each_area(SYS_munlock, 0);
	memory_leave();
	return 0;
}
