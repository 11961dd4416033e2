/* SPDX-License-Identifier: MIT */
/*
 * What a translation keeps beside its code, in one area for each PE: which host
 * instructions access guest memory, from its beginning, and jumps that wait for a
 * block, from its end. It is reserved when the PE begins. The memory of a program that
 * runs by our own engine is a child's of vfork(), too, which translates and may be killed in the
 * middle of it: so nothing here is malloc()'s, whose lock it would keep. And what
 * the host maps page by page would come to lie in holes of the program's own mappings.
 */
#ifndef FAUXKVM_JIT_RECORDS_H
#define FAUXKVM_JIT_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/types.h"
#include "jit/x86.h"

struct insn;

/* A host instruction that accesses guest memory for @insn; ascending. */
struct jit_access {
	uint32_t at; /* offset in the code */
	uint16_t k;  /* @insn's, in its block */
	/* So many instructions behind @insn is the one that flags are of which
	 * may not be stored (flags-loop.c); 0: they are. */
	uint16_t flags_by;
	const struct insn *insn;
};

/* A jump within a page to a block that is not translated yet. */
struct jit_edge {
	struct jit_edge *next;
	uint64_t pa : 48;    /* jumps to blocks at higher ones do not wait */
	uint64_t state : 16; /* the block's */
	struct x86_site site;
};

struct jit_records {
	size_t size;
	struct jit_access *accesses; /* where the area begins; NULL: none */
	size_t nr_accesses;
	struct jit_edge *lowest; /* behind the last: the end of the area */
	struct jit_edge *unused; /* above it */
};

/* 0 or a negative errno; @size a multiple of the page's. */
int records_new(struct jit_records *r, size_t size);
void records_free(struct jit_records *r);
/* Nothing is kept. */
void records_empty(struct jit_records *r);
/* Is there room for a block's accesses and edges? */
bool records_room(const struct jit_records *r, size_t accesses, size_t edges);
/* NULL: there is no room, but for @accesses. */
struct jit_edge *edge_new(struct jit_records *r, size_t accesses);
void edge_unused(struct jit_records *r, struct jit_edge *e);

#endif
