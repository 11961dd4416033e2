/* SPDX-License-Identifier: MIT */
/*
 * Robust futexes of a thread that ends, see robust.h.
 */
#include "user/robust.h"

#include <linux/futex.h>
#include <sys/syscall.h>

#include "base/fault.h"
#include "base/host.h"
#include "base/types.h"
#include "user/abi.h"
#include "user/syscall.h"
#include "user/thread.h"

/* The head of a list. */
struct head {
	uint64_t first;
	int64_t offset; /* from an entry to its futex */
	uint64_t pending;
};

/* A word of the program's at @addr. False: it is not there. */
static bool word_read(uint64_t addr, uint64_t *val)
{
	*val = 0;
	return !copy_from_user(val, (void *)addr, user_abi->word);
}

static bool head_read(struct head *h, uint64_t addr)
{
	uint64_t offset;

	if (!word_read(addr, &h->first) ||
	    !word_read(addr + user_abi->word, &offset) ||
	    !word_read(addr + 2u * user_abi->word, &h->pending))
		return false;
	h->offset = user_abi->word == 4 ? (int32_t)offset : (int64_t)offset;
	return true;
}

/* As the kernel: a list without an end is left. */
#define MAX_LOCKS 2048

/* Bit 0 of a pointer: the futex has priority inheritance, and the kernel does
 * what is to be done about it. */
#define IS_PI UINT64_C(1)

/* Its owner is dead if that is @tid. True: somebody is to be woken. */
static bool word_change(uint32_t *word, pid_t tid, bool pi, bool pending)
{
	uint32_t val = __atomic_load_n(word, __ATOMIC_SEQ_CST), dead;

	/* Unlocked, but whether a waiter was woken is not known. */
	if (pending && !pi && !val)
		return true;
	do {
		if ((val & FUTEX_TID_MASK) != (uint32_t)tid)
			return false;
		dead = (val & FUTEX_WAITERS) | FUTEX_OWNER_DIED;
	} while (!__atomic_compare_exchange_n(
		word, &val, dead, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
	return !pi && (val & FUTEX_WAITERS);
}

/* False: the word is not there. */
static bool word_die(uint64_t addr, pid_t tid, bool pi, bool pending)
{
	struct fault_guard guard;
	bool wake;

	if ((addr & 3) || fault_guard_enter(&guard))
		return false;
	wake = word_change((uint32_t *)addr, tid, pi, pending);
	fault_guard_leave(&guard);
	if (wake)
		host_raw(SYS_futex, addr, FUTEX_WAKE, 1);
	return true;
}

static void list_walk(const struct head *head, uint64_t list, pid_t tid)
{
	const uint64_t offset = (uint64_t)head->offset;
	uint64_t pending = head->pending & ~IS_PI;
	uint64_t at = head->first, next;

	for (unsigned int k = 0; k < MAX_LOCKS; k++) {
		uint64_t entry = at & ~IS_PI;
		bool last;

		if (entry == list)
			break;
		/* The entry may be another's as soon as it is dead. */
		last = !word_read(entry, &next);
		if (entry != pending &&
		    !word_die(entry + offset, tid, at & IS_PI, false))
			return;
		if (last)
			return;
		at = next;
	}
	if (pending)
		word_die(pending + offset, tid, head->pending & IS_PI, true);
}

void robust_list_end(struct user_thread *t)
{
	struct head head;

	if (!t->robust_list)
		return;
	if (head_read(&head, t->robust_list))
		list_walk(&head, t->robust_list, t->tid);
	t->robust_list = 0;
	host_raw(SYS_set_robust_list, NULL, sizeof(head));
}

long call_set_robust_list(struct user_thread *t, const uint64_t args[6])
{
	long ret = host_raw(SYS_set_robust_list, args[0], args[1]);

	if (!ret)
		t->robust_list = args[0];
	return ret;
}
