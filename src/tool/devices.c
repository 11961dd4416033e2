/* SPDX-License-Identifier: MIT */
/*
 * Names of devices by address, from a table of the user's or a device tree
 * (Devicetree Specification 0.4, chapters 2.3 and 5); see devices.h. Nothing of
 * either is believed.
 */
#include "tool/devices.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/types.h"
#include "tool/tool.h"

static void add(struct devices *d, uint64_t start, uint64_t size,
		const char *name, const char *more)
{
	struct device_range *r;

	if (!size || size - 1 > UINT64_MAX - start)
		return;
	d->range = realloc(d->range, (d->nr + 1) * sizeof(*d->range));
	if (!d->range)
		abort();
	r = &d->range[d->nr++];
	r->start = start;
	r->size = size;
	snprintf(r->name, sizeof(r->name), "%s%s", name, more);
}

void devices_add(struct devices *d, const struct device_range *range)
{
	add(d, range->start, range->size, range->name, "");
}

const struct device_range *devices_find(const struct devices *d, uint64_t gpa)
{
	for (size_t i = 0; i < d->nr; i++)
		if (gpa - d->range[i].start < d->range[i].size)
			return &d->range[i];
	return NULL;
}

void devices_free(struct devices *d)
{
	free(d->range);
	*d = (struct devices){0};
}

/* ---- device trees -------------------------------------------------------- */

#define MAGIC       0xd00dfeed
#define MAX_DEPTH   16
#define MAX_DEVICES 4096

enum token { BEGIN_NODE = 1, END_NODE, PROP, NOP, END = 9 };

struct prop {
	const uint8_t *data; /* NULL: the node has none */
	size_t len;
};

struct node {
	const char *name;
	struct prop reg, ranges;
	uint32_t address_cells, size_cells; /* of what is below */
	bool pci, told;
};

struct tree {
	struct devices *d;
	const uint8_t *at, *end; /* of the structure block */
	const char *strings;
	size_t strings_size;
	struct node node[MAX_DEPTH];
	unsigned int depth;
};

static uint32_t be32(const void *p)
{
	const uint8_t *b = p;

	return (uint32_t)b[0] << 24 | b[1] << 16 | b[2] << 8 | b[3];
}

/* So many cells, of which the last two count. */
static uint64_t cells(const uint8_t *p, uint32_t n)
{
	uint64_t v = 0;

	for (uint32_t i = 0; i < n; i++)
		v = v << 32 | be32(p + 4 * i);
	return v;
}

/* Where an address of the bus below node @n of those that are open is for the
 * root. */
static bool to_root(const struct tree *t, unsigned int n, uint64_t *address)
{
	for (; n; n--) {
		const struct node *bus = &t->node[n];
		uint32_t child = bus->address_cells, size = bus->size_cells;
		uint32_t parent = bus[-1].address_cells;
		size_t entry = 4 * (child + parent + size);
		const uint8_t *p = bus->ranges.data;
		size_t left = bus->ranges.len;

		if (!p)
			return false;
		if (!left)
			continue;
		for (; left >= entry && entry; left -= entry, p += entry)
			if (*address - cells(p, child) <
			    cells(p + 4 * (child + parent), size))
				break;
		if (left < entry || !entry)
			return false;
		*address += cells(p + 4 * child, parent) - cells(p, child);
	}
	return true;
}

/* A PCI host's windows: what is behind them is its bus's. */
static void tell_windows(struct tree *t, const struct node *host)
{
	static const char *const space[] = {"", " I/O", " memory",
					    " memory, 64 bits"};
	uint32_t child = host->address_cells, size = host->size_cells;
	uint32_t parent = host[-1].address_cells;
	size_t entry = 4 * (child + parent + size);
	const uint8_t *p = host->ranges.data;

	for (size_t left = host->ranges.len; p && child == 3 && left >= entry;
	     left -= entry, p += entry) {
		uint64_t start = cells(p + 4 * child, parent);

		if (to_root(t, t->depth - 2, &start))
			add(t->d, start, cells(p + 4 * (child + parent), size),
			    host->name, space[be32(p) >> 24 & 3]);
	}
}

/* All properties of the innermost node are known. */
static void tell_node(struct tree *t)
{
	struct node *n = &t->node[t->depth - 1];
	const uint8_t *p = n->reg.data;
	uint32_t address, size;
	size_t entry;

	if (n->told || t->depth < 2)
		return;
	n->told = true;
	address = n[-1].address_cells;
	size = n[-1].size_cells;
	entry = 4 * (address + size);
	for (size_t left = n->reg.len; p && size && left >= entry;
	     left -= entry, p += entry) {
		uint64_t start = cells(p, address);

		if (t->d->nr < MAX_DEVICES && to_root(t, t->depth - 2, &start))
			add(t->d, start, cells(p + 4 * address, size), n->name,
			    "");
	}
	if (n->pci)
		tell_windows(t, n);
}

static void prop_read(struct tree *t, const char *name, struct prop p)
{
	struct node *n = &t->node[t->depth - 1];

	if (!strcmp(name, "reg"))
		n->reg = p;
	else if (!strcmp(name, "ranges"))
		n->ranges = p;
	else if (!strcmp(name, "#address-cells") && p.len == 4)
		n->address_cells = be32(p.data);
	else if (!strcmp(name, "#size-cells") && p.len == 4)
		n->size_cells = be32(p.data);
	else if (!strcmp(name, "device_type") && p.len == 4)
		n->pci = !memcmp(p.data, "pci", 4);
	/* More is of no bus that there is. */
	if (n->address_cells > 4 || n->size_cells > 4)
		n->address_cells = n->size_cells = 0;
}

static bool skip(struct tree *t, size_t bytes)
{
	if (bytes > (size_t)(t->end - t->at))
		return false;
	t->at += ALIGN_UP(bytes, 4);
	return t->at <= t->end;
}

static bool begin_node(struct tree *t)
{
	const char *name = (const char *)t->at;
	size_t len = strnlen(name, (size_t)(t->end - t->at));

	if (t->depth)
		tell_node(t);
	if (t->depth == MAX_DEPTH || !skip(t, len + 1))
		return false;
	t->node[t->depth++] = (struct node){
		.name = name,
		.address_cells = 2,
		.size_cells = 1,
	};
	return true;
}

static bool prop(struct tree *t)
{
	struct prop p;
	uint32_t name;

	if (t->end - t->at < 8 || !t->depth)
		return false;
	p.len = be32(t->at);
	name = be32(t->at + 4);
	p.data = t->at += 8;
	if (!skip(t, p.len) || name >= t->strings_size)
		return false;
	prop_read(t, t->strings + name, p);
	return true;
}

/* False: it ends here. */
static bool token(struct tree *t)
{
	uint32_t what;

	if (t->end - t->at < 4)
		return false;
	what = be32(t->at);
	t->at += 4;
	switch (what) {
	case BEGIN_NODE: return begin_node(t);
	case END_NODE:
		if (!t->depth)
			return false;
		tell_node(t);
		return --t->depth;
	case PROP: return prop(t);
	case NOP: return true;
	default: return false;
	}
}

/* At least one byte of zeros is behind @tree + @size. */
bool devices_add_tree(struct devices *d, const void *tree, size_t size)
{
	const uint8_t *p = tree;
	struct tree t = {.d = d};
	uint32_t at, strings;

	if (size < 40 || be32(p) != MAGIC || be32(p + 4) > size)
		return false;
	size = be32(p + 4);
	at = be32(p + 8);
	strings = be32(p + 12);
	if (at > size || at % 4 || strings >= size)
		return false;
	t.at = p + at;
	t.end = p + ALIGN_DOWN(size, 4);
	t.strings = (const char *)p + strings;
	t.strings_size = size - strings;
	while (token(&t))
		;
	return true;
}

/* ---- tables -------------------------------------------------------------- */

/* NULL or what is wrong with it. */
static const char *line_read(struct devices *d, char *line)
{
	char *end, *name;
	uint64_t start, size;

	end = line + strcspn(line, "#");
	while (end > line && isspace((unsigned char)end[-1]))
		end--;
	*end = '\0';
	line += strspn(line, " \t");
	if (!*line)
		return NULL;
	errno = 0;
	start = strtoull(line, &end, 0);
	if (end == line || errno || !isspace((unsigned char)*end))
		return "no start address";
	line = end;
	size = strtoull(line, &end, 0);
	if (end == line || errno || !isspace((unsigned char)*end) || !size)
		return "no size";
	name = end + strspn(end, " \t");
	if (!*name)
		return "no name";
	add(d, start, size, name, "");
	return NULL;
}

static int table_read(struct devices *d, char *data, const char *path)
{
	unsigned int n = 1;
	char *next;

	for (char *line = data; line; line = next, n++) {
		const char *fault;

		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		fault = line_read(d, line);
		if (fault)
			return tool_fail("devices: %s:%u: %s: START SIZE NAME "
					 "is the form",
					 path, n, fault);
	}
	return 0;
}

#define MAX_FILE (4 << 20)

int devices_add_file(struct devices *d, const char *path)
{
	char *data = calloc(1, MAX_FILE + 1);
	FILE *in = fopen(path, "re");
	size_t n = in && data ? fread(data, 1, MAX_FILE, in) : 0;
	int ret = 0;

	if (!in || !data || ferror(in))
		ret = tool_fail("devices: %s: %s", path, strerror(errno));
	else if (!devices_add_tree(d, data, n))
		ret = strlen(data) == n
			      ? table_read(d, data, path)
			      : tool_fail("devices: %s is neither a device "
					  "tree nor a table",
					  path);
	if (in)
		fclose(in);
	free(data);
	return ret;
}
