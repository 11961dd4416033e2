/* SPDX-License-Identifier: MIT */
/*
 * fauxkvm list: what the kernel model knows, from its own tables.
 */
#include <stdio.h>
#include <string.h>

#include "base/types.h"
#include "kernel/kernel.h"
#include "tool/tool.h"

static void list_ioctls(void)
{
	const struct kernel_ioctl_row *row;

	printf("%-7s %-36s %-10s %5s %-7s %s\n", "fd", "ioctl", "command",
	       "bytes", "since", "state");
	for (unsigned int i = 0; (row = kernel_ioctl_row(i)); i++)
		printf("%-7s %-36s 0x%08x %5u %-7s %s\n", row->fd, row->name,
		       row->cmd, row->size, row->since ? row->since : "-",
		       row->implemented ? "implemented" : "refused");
}

static void list_caps(void)
{
	const struct kernel_cap_row *row;

	printf("%-6s %-40s %10s %10s\n", "number", "capability", "system",
	       "vm");
	for (unsigned int i = 0; (row = kernel_cap_row(i)); i++)
		printf("%-6u %-40s %10ld %10ld\n", row->number, row->name,
		       row->system_value, row->vm_value);
}

static void list_devices(void)
{
	const struct kernel_device_row *row;

	printf("%-20s %4s %-28s %5s %s\n", "device", "type", "group", "nr",
	       "payload");
	for (unsigned int i = 0; (row = kernel_device_row(i)); i++)
		printf("%-20s %4u %-28s %5u %s\n", row->device, row->type,
		       row->group, row->group_nr,
		       row->payload ? row->payload : "-");
}

int tool_list(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*print)(void);
	} lists[] = {
		{"ioctls", list_ioctls},
		{"caps", list_caps},
		{"devices", list_devices},
	};

	if (argc != 2)
		return tool_fail("list takes one of ioctls, caps, devices");
	for (unsigned int i = 0; i < ARRAY_SIZE(lists); i++) {
		if (strcmp(argv[1], lists[i].name))
			continue;
		lists[i].print();
		return fflush(stdout) ? EXIT_USAGE : 0;
	}
	return tool_fail("list: '%s' is not one of ioctls, caps, devices",
			 argv[1]);
}
