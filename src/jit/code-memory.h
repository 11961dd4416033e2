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
	size_t given; /* of it the host has given, where it was asked */
};

/* @size a multiple of the page's. 0 or a negative errno. The host gives pages
 * as they are written, or before, many at a time: */
int code_memory_new(struct code_memory *m, size_t size);
/* What comes behind @used bytes will be written soon. */
void code_memory_want(struct code_memory *m, size_t used);
/* What is behind @keep bytes goes back to the host. */
void code_memory_empty(struct code_memory *m, size_t keep);
void code_memory_free(struct code_memory *m);

#endif
