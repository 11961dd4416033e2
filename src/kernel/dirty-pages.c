/* SPDX-License-Identifier: MIT */
/*
 * Bitmaps of dirty pages in a trace, see dirty-pages.h. A bitmap's size is its
 * slot's, which the model's own locks guard; so the tracer keeps what it was
 * told, of the latest slots.
 */
#include "kernel/dirty-pages.h"

#include <pthread.h>
#include <stdio.h>

#include <fauxkvm/kvm.h>

#include "base/fault.h"
#include "kernel/memslot.h"

#define MAX_NOTED  64
#define MAX_RANGES 16

static pthread_mutex_t noted_lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	const struct kobj *vm;
	uint32_t slot;
	uint64_t pages;
} noted[MAX_NOTED];
static unsigned int next_noted;

void dirty_pages_note(struct kobj *vm, uint32_t slot, uint64_t size)
{
	unsigned int i;

	pthread_mutex_lock(&noted_lock);
	for (i = 0; i < MAX_NOTED; i++)
		if (noted[i].vm == vm && noted[i].slot == slot)
			break;
	if (i == MAX_NOTED)
		i = next_noted++ % MAX_NOTED;
	noted[i].vm = vm;
	noted[i].slot = slot;
	noted[i].pages = size >> GUEST_PAGE_SHIFT;
	pthread_mutex_unlock(&noted_lock);
}

/* 0: not known. */
static uint64_t pages_of(const struct kobj *vm, uint32_t slot)
{
	uint64_t pages = 0;

	pthread_mutex_lock(&noted_lock);
	for (unsigned int i = 0; i < MAX_NOTED; i++)
		if (noted[i].vm == vm && noted[i].slot == slot)
			pages = noted[i].pages;
	pthread_mutex_unlock(&noted_lock);
	return pages;
}

static void range(struct decode_call *c, uint64_t from, uint64_t to)
{
	char text[48];

	snprintf(text, sizeof(text), from + 1 == to ? "%#lx" : "%#lx-%#lx",
		 from, to - 1);
	out_word(c->out, NULL, text);
}

/* The pages from @first whose bit the bitmap at @user has. */
static void ranges(struct decode_call *c, const char *name, unsigned long user,
		   uint64_t first, uint64_t pages)
{
	uint64_t word = 0, from = 0;
	unsigned int shown = 0;
	bool in = false;

	if (!pages || copy_from_user(&word, (void *)user, sizeof(word))) {
		out_hex(c->out, name, user);
		return;
	}
	out_open(c->out, name, '[');
	for (uint64_t i = 0; i <= pages; i++) {
		bool set;

		if (!(i % 64) && i < pages &&
		    copy_from_user(&word, (void *)(user + i / 8), sizeof(word)))
			word = 0;
		set = i < pages && word >> i % 64 & 1;
		if (set && !in)
			from = i;
		else if (!set && in && shown++ < MAX_RANGES)
			range(c, first + from, first + i);
		in = set;
	}
	if (shown > MAX_RANGES)
		out_more(c->out);
	out_close(c->out, ']');
}

void dirty_pages_of_slot(struct decode_call *c, const struct decode_field *f,
			 const void *value)
{
	const struct kvm_dirty_log *log = c->bytes;

	ranges(c, f->name, (unsigned long)log->dirty_bitmap, 0,
	       pages_of(c->obj, log->slot));
}

void dirty_pages_to_clear(struct decode_call *c, const struct decode_field *f,
			  const void *value)
{
	const struct kvm_clear_dirty_log *log = c->bytes;

	ranges(c, f->name, (unsigned long)log->dirty_bitmap, log->first_page,
	       log->num_pages);
}
