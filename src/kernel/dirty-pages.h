/* SPDX-License-Identifier: MIT */
/*
 * Bitmaps of dirty pages in a trace (dirty-pages.c): as ranges of pages.
 */
#ifndef FAUXKVM_KERNEL_DIRTY_PAGES_H
#define FAUXKVM_KERNEL_DIRTY_PAGES_H

#include "kernel/decode.h"

/* A slot was set: how large the bitmaps for it are. Calls for one VM do not
 * overlap with each other nor with the two below. */
void dirty_pages_note(struct kobj *vm, uint32_t slot, uint64_t size);

/* For the rows of KVM_GET_DIRTY_LOG and KVM_CLEAR_DIRTY_LOG. */
void dirty_pages_of_slot(struct decode_call *c, const struct decode_field *f,
			 const void *value);
void dirty_pages_to_clear(struct decode_call *c, const struct decode_field *f,
			  const void *value);

#endif
