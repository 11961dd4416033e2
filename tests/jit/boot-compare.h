/* SPDX-License-Identifier: MIT */
/*
 * Comparison of a PE and its memory with what an entry of the log (boot-log.h)
 * says of the other's, and the report of what differs.
 */
#ifndef FAUXKVM_TESTS_JIT_BOOT_COMPARE_H
#define FAUXKVM_TESTS_JIT_BOOT_COMPARE_H

#include "boot-log.h"

/* False: @now or @ram, which is at BOOT_RAM, is not as @e says. */
bool step_same(const struct log_entry *e, const struct snapshot *now,
	       const uint8_t *ram);
/* What differs, on stderr. */
void step_report(const struct log_entry *e, const struct snapshot *now,
		 const uint8_t *ram);

#endif
