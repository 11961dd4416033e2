/* SPDX-License-Identifier: MIT */
/*
 * Memory of the calls execve and execveat, see exec.h: pieces that hang on the thread.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/types.h"
#include "user/exec.h"
#include "user/thread.h"

#define PIECE_MIN (UINT64_C(64) << 10)

struct exec_memory {
	struct exec_memory *next;
	uint64_t size, used; /* this head included */
};

static struct exec_memory *piece_new(uint64_t need, struct exec_memory *next)
{
	const uint64_t size = max_u64(PIECE_MIN, need);
	struct exec_memory *m = calloc(1, size);

	if (!m)
		return NULL;
	*m = (struct exec_memory){next, size, ALIGN_UP(sizeof(*m), 16)};
	return m;
}

void *exec_alloc(struct user_thread *t, uint64_t size)
{
	struct exec_memory *m = t->exec_memory;

	size = ALIGN_UP(size, 16);
	if (size > PTRDIFF_MAX - PIECE_MIN)
		return NULL;
	if (!m || m->size - m->used < size) {
		m = piece_new(size + ALIGN_UP(sizeof(*m), 16), m);
		if (!m)
			return NULL;
		t->exec_memory = m;
	}
	m->used += size;
	return (char *)m + m->used - size;
}

void exec_shrink(struct user_thread *t, void *last, uint64_t size)
{
	struct exec_memory *m = t->exec_memory;

	m->used = (uint64_t)((char *)last - (char *)m) + ALIGN_UP(size, 16);
}

void exec_free(struct user_thread *t)
{
	struct exec_memory *m;

	while ((m = t->exec_memory)) {
		t->exec_memory = m->next;
		free(m);
	}
}
