/* SPDX-License-Identifier: MIT */
/*
 * Counting refused requests; see stat-refusal.h. There is no lock: entries are
 * only added. Two threads may add the same one, and who reads adds them up.
 */
#include "kernel/stat-refusal.h"

#include <stdio.h>
#include <string.h>

#include "kernel/stat-file.h"

static struct stat_refusal *refusal_at(struct stat_head *head, uint64_t at)
{
	return at ? (void *)((char *)head + at) : NULL;
}

/* The text of a request's reason has numbers; those of the first are kept. */
static bool is_same(const struct stat_refusal *r,
		    const struct stat_refusal *other)
{
	return r->err == other->err && !strcmp(r->request, other->request) &&
	       !strcmp(r->object, other->object) && !strcmp(r->id, other->id);
}

static void refusal_add(struct stat_head *head, const struct stat_refusal *what)
{
	uint64_t at, next = atomic_load(&head->first_refusal);
	struct stat_refusal *r = stat_file_alloc(sizeof(*r), &at);

	if (!r)
		return;
	*r = *what;
	do
		atomic_store(&r->next, next);
	while (!atomic_compare_exchange_weak(&head->first_refusal, &next, at));
}

void stat_refusal_count(const char *request, const char *object, long ret,
			const struct refusal *why)
{
	struct stat_head *head = stat_file_made();
	struct stat_refusal what = {.count = 1, .err = (uint32_t)-ret};
	struct stat_refusal *r;
	char name[MESSAGE_NAME_MAX];

	if (!head)
		return;
	snprintf(what.request, sizeof(what.request), "%s", request);
	/* Without the number, as of "vcpu:0". */
	snprintf(what.object, sizeof(what.object), "%.*s",
		 (int)strcspn(object, ":"), object);
	if (refusal_explains(why, ret)) {
		snprintf(what.id, sizeof(what.id), "%s",
			 message_name(why->id, name));
		snprintf(what.why, sizeof(what.why), "%s", why->why);
	}
	r = refusal_at(head, atomic_load(&head->first_refusal));
	while (r && !is_same(r, &what))
		r = refusal_at(head, atomic_load(&r->next));
	if (r)
		atomic_fetch_add(&r->count, 1);
	else
		refusal_add(head, &what);
}
