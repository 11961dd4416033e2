/* SPDX-License-Identifier: MIT */
/*
 * Which device is at a guest physical address: by the device tree that the guest
 * was given, or by a table of the user's.
 */
#ifndef FAUXKVM_TOOL_DEVICES_H
#define FAUXKVM_TOOL_DEVICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct device_range {
	uint64_t start, size;
	char name[64];
};

struct devices {
	struct device_range *range;
	size_t nr;
};

/* Add what a flattened device tree of at most @size bytes says. False: it is
 * none. */
bool devices_add_tree(struct devices *d, const void *tree, size_t size);

/*
 * Add what a file says: a device tree, or lines "START SIZE NAME" (numbers as C
 * has them, # begins a comment). 0 or EXIT_USAGE, having said why.
 */
int devices_add_file(struct devices *d, const char *path);
void devices_add(struct devices *d, const struct device_range *range);
void devices_free(struct devices *d);

/* NULL: nobody is known at @gpa. What was added first counts. */
const struct device_range *devices_find(const struct devices *d, uint64_t gpa);

#endif
