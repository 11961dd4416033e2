/* SPDX-License-Identifier: MIT */
/*
 * fauxkvm list: what the kernel model knows, from its own tables.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/costs.h"
#include "base/refuse.h"
#include "base/since.h"
#include "base/types.h"
#include "kernel/kernel.h"
#include "tool/options.h"
#include "tool/tool.h"

#define LISTS                                                     \
	"ioctls, caps, devices, registers, exits, hosts [HOST], " \
	"messages, costs [MODEL]"

static void list_ioctls(void)
{
	static const char *const kinds[] = {"system", "vm", "vcpu", "device"};
	const struct kernel_ioctl_row *row;

	printf("%-7s %-36s %-10s %5s %-7s %s\n", "fd", "ioctl", "command",
	       "bytes", "since", "state");
	for (unsigned int k = 0; k < ARRAY_SIZE(kinds); k++) {
		for (unsigned int i = 0; (row = kernel_ioctl_row(i)); i++) {
			if (strcmp(row->fd, kinds[k]))
				continue;
			printf("%-7s %-36s 0x%08x %5u %-7s %s\n", row->fd,
			       row->name, row->cmd, row->size,
			       row->since ? row->since : "-",
			       !since_is_there(row->since) ? "not yet"
			       : row->optional             ? "if asked for"
			       : row->implemented          ? "implemented"
							   : "refused");
		}
	}
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

static const char *payload_name(const struct attr_row *row)
{
	static const char *const names[] = {
		[ATTR_NO_PAYLOAD] = "none", [ATTR_U32] = "u32",
		[ATTR_S32] = "s32",         [ATTR_U64] = "u64",
		[ATTR_STRUCT] = "struct",
	};

	return names[row->payload];
}

/* All that holds for setting the attribute, in @buf. */
static const char *when_text(const struct attr_row *row, char *buf, size_t size)
{
	static const struct {
		enum attr_when when;
		const char *name;
	} names[] = {
		{ATTR_ONCE, "once"},
		{ATTR_BEFORE_INIT, "before init"},
		{ATTR_AFTER_INIT, "after init"},
		{ATTR_BEFORE_RUN, "before run"},
		{ATTR_STOPPED, "stopped"},
	};
	size_t len = 0;

	if (!row->set_when)
		return row->set ? "any time" : "never";
	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++)
		if (row->set_when & names[i].when && len < size)
			len += snprintf(buf + len, size - len, "%s%s",
					len ? ", " : "", names[i].name);
	return buf;
}

/* One line an attribute; a range of them is "first-last", in hexadecimal. */
static void list_devices(void)
{
	struct kernel_attr_row a;
	char type[12], range[40], when[64];

	printf("%-16s %4s %2s %-32s %-42s %-18s %-7s %-19s %-7s %s\n", "device",
	       "type", "nr", "group", "attribute", "numbers", "payload", "set",
	       "since", "state");
	for (unsigned int i = 0; kernel_attr_row(i, &a); i++) {
		const struct attr_row *row = a.row;

		snprintf(type, sizeof(type), a.type < 0 ? "-" : "%d", a.type);
		if (!row) {
			printf("%-16s %4s  - -\n", a.owner, type);
			continue;
		}
		if (row->absent)
			continue;
		if (row->first == row->last)
			snprintf(range, sizeof(range), "%llx",
				 (unsigned long long)row->first);
		else
			snprintf(range, sizeof(range), "%llx-%llx",
				 (unsigned long long)row->first,
				 (unsigned long long)row->last);
		printf("%-16s %4s %2u %-32s %-42s %-18s %-7s %-19s %-7s %s\n",
		       a.owner, type, row->group, row->group_name, row->name,
		       range, payload_name(row),
		       when_text(row, when, sizeof(when)), row->since,
		       a.there ? "implemented" : "absent");
	}
}

static void list_registers(void)
{
	struct kernel_reg_row reg;

	printf("%-18s %-10s %4s %s\n", "id", "family", "bits", "register");
	for (unsigned int i = 0; kernel_reg_row(i, &reg); i++)
		printf("0x%016llx %-10s %4u %s\n", (unsigned long long)reg.id,
		       reg.family, 8u << (reg.id >> 52 & 15), reg.name);
}

static void list_exits(void)
{
	const struct kernel_exit_row *row;

	printf("%-6s %-25s %5s %-25s %s\n", "reason", "exit", "event", "name",
	       "state");
	for (unsigned int i = 0; (row = kernel_exit_row(i)); i++)
		printf("%-6u %-25s %5u %-25s %s\n", row->reason, row->name,
		       row->event, row->event_name ? row->event_name : "-",
		       row->made ? "made" : "never");
}

/* A machine a line, and below what it would say of itself if it were real. */
static void list_hosts(void)
{
	struct kernel_profile_row row;
	struct kernel_profile_limit l;

	for (unsigned int n = 0; kernel_profile_row(n, &row); n++) {
		printf("%-17s %s\n", row.name, row.about);
		for (unsigned int k = 0; kernel_profile_limit(n, k, &l); k++)
			printf("    %s.%s is %u, not %u\n", l.reg, l.field,
			       l.here, l.real);
	}
}

/* It as a file, with where each value comes from as far as that is known. */
static int list_host(const char *name)
{
	struct refusal r;
	char *text;
	int err;

	refusal_begin(&r);
	err = kernel_profile_text(name, &text);
	refusal_end(&r);
	if (err)
		return tool_fail("list hosts: %s", r.why);
	fputs(text, stdout);
	free(text);
	return tool_flush();
}

/* A model's figures as VMs of this environment have them. */
static int list_model(const struct cost_model *m)
{
	uint32_t *cycles = calloc(m->nr, sizeof(*cycles));

	if (!cycles)
		return tool_fail("no memory");
	costs_fill(cycles, m, kernel_cost_profile());
	printf("[%s]\n# %s\n", m->name, m->about);
	for (unsigned int i = 0; i < m->nr; i++) {
		const struct cost_row *row = &m->rows[i];

		if (!row->name)
			continue;
		printf("%-24s = %-6u ; ", row->name, cycles[i]);
		if (cycles[i] == row->cycles)
			printf("%s\n", row->source);
		else
			printf("%s, not %u\n", kernel_clock()->costs,
			       row->cycles);
	}
	free(cycles);
	return 0;
}

/* What `--costs` takes, and could change. @name NULL: every model. */
static int list_costs(const char *name)
{
	const struct cost_model *m;
	int ret = 0, found = 0;

	for (unsigned int n = 0; !ret && (m = kernel_cost_model(n)); n++) {
		if (name && strcmp(name, m->name))
			continue;
		if (found++)
			putchar('\n');
		ret = list_model(m);
	}
	if (name && !found)
		return tool_fail("no model is called '%s'; see fauxkvm list "
				 "costs",
				 name);
	return ret ? EXIT_USAGE : tool_flush();
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
		{"registers", list_registers},
		{"exits", list_exits},
		{"hosts", list_hosts},
		{"messages", tool_list_messages},
	};
	int ret;

	ret = tool_options_read(argc, argv, NULL);
	if (ret != TOOL_GO_ON)
		return ret;
	argc -= optind;
	argv += optind;
	if (tool_host() || tool_clock(false))
		return EXIT_USAGE;
	if (argc > 0 && argc < 3 && !strcmp(argv[0], "costs"))
		return list_costs(argv[1]);
	if (argc == 2 && !strcmp(argv[0], "hosts"))
		return list_host(tool_host_name(argv[1]));
	if (argc != 1)
		return tool_fail("list takes one of " LISTS);
	for (unsigned int i = 0; i < ARRAY_SIZE(lists); i++) {
		if (strcmp(argv[0], lists[i].name))
			continue;
		lists[i].print();
		return tool_flush();
	}
	return tool_fail("list: '%s' is not one of " LISTS, argv[0]);
}
