/* SPDX-License-Identifier: MIT */
/*
 * Requests and exits by what a user calls them, see by-name.h.
 */
#include "kernel/by-name.h"

#include <string.h>
#include <strings.h>

#include "kernel/kernel.h"

bool is_named(const char *word, const char *name, const char *prefix)
{
	size_t n = strlen(prefix);

	return !strcasecmp(word, name) ||
	       (!strncmp(name, prefix, n) && !strcasecmp(word, name + n));
}

const struct kernel_ioctl_row *ioctl_by_name(const char *word)
{
	const struct kernel_ioctl_row *row;

	for (unsigned int n = 0; (row = kernel_ioctl_row(n)); n++)
		if (is_named(word, row->name, "KVM_"))
			return row;
	return NULL;
}

bool exit_is_named(const char *word, const struct kernel_exit_row *row)
{
	return is_named(word, row->name, "KVM_EXIT_") ||
	       (row->event_name &&
		is_named(word, row->event_name, "KVM_SYSTEM_EVENT_"));
}
