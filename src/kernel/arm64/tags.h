/* SPDX-License-Identifier: MIT */
/*
 * The allocation tags of a VM's memory (MTE), a byte for each 16 bytes, by host
 * address: slots that show the same mapping have the same. Memory comes for
 * what is asked for. Any thread, no lock.
 */
#ifndef FAUXKVM_KERNEL_ARM64_TAGS_H
#define FAUXKVM_KERNEL_ARM64_TAGS_H

#include "base/types.h"

#define TAG_GRANULE   16
#define TAGS_PER_PAGE 256

struct tag_store;
/* NULL: no memory. */
struct tag_store *tag_store_new(void);
void tag_store_free(struct tag_store *t);

/* The tags of the page at @host; @write: some may be written until
 * tag_store_recheck() of the page. NULL: no memory, or no address of a process. */
uint8_t *tag_store_page(struct tag_store *t, const uint8_t *host, bool write);

/* The host's mappings in [start, end) have changed: where a page is gone, its tags
 * are 0, as of the page that comes in its place. */
void tag_store_recheck(struct tag_store *t, uintptr_t start, uintptr_t end);

#endif
