/* SPDX-License-Identifier: MIT */
/*
 * Memory for translated code: the same pages twice, once writable and once
 * executable, so that nothing is ever both at an address.
 */
#ifndef FAUXKVM_JIT_CODE_MEMORY_H
#define FAUXKVM_JIT_CODE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

struct code_memory {
	uint8_t *write;     /* where it is written; NULL: none */
	const uint8_t *run; /* where it runs */
	size_t size;
	size_t second;   /* where the second of its two areas begins */
	size_t given[2]; /* up to there the host has, where it was asked */
};

/* @size and @second multiples of the page's. 0 or a negative errno. The host gives
 * pages as they are written, or before, many at a time: */
int code_memory_new(struct code_memory *m, size_t size, size_t second);
/* What is at @next, of which area it may be, will be written soon. */
void code_memory_want(struct code_memory *m, const uint8_t *next);
/* What is behind @keep bytes of either area goes back to the host. */
void code_memory_empty(struct code_memory *m, size_t keep);
void code_memory_free(struct code_memory *m);

#endif
