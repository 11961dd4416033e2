/* SPDX-License-Identifier: MIT */
/*
 * The engine's locks, see lock.h.
 */
#include "user/lock.h"

#include "base/word-lock.h"
#include "user/area.h"
#include "user/pe.h"

static struct word_lock locks[USER_LOCKS];

void lock_take(enum user_lock which)
{
	word_lock_take(&locks[which]);
}

void lock_release(enum user_lock which)
{
	word_lock_release(&locks[which]);
}

void locks_give_back(void)
{
	for (unsigned int k = 0; k < USER_LOCKS; k++) {
		if (!word_lock_inherited(&locks[k]))
			continue;
		if (k == LOCK_MEMORY)
			areas_recover();
		word_lock_release(&locks[k]);
	}
	pe_give_back();
}
