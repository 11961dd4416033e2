/* SPDX-License-Identifier: MIT */
/*
 * Finding the row of a device attribute and calling it; see attr.h.
 */
#include "base/attr.h"

#include <errno.h>

#include "base/log.h"

const struct attr_row *attr_find(const struct attr_table *table, uint32_t group,
				 uint64_t attr)
{
	for (unsigned int k = 0; k < table->nr; k++) {
		const struct attr_row *row = &table->row[k];

		if (row->group == group && attr >= row->first &&
		    attr <= row->last)
			return row;
	}
	return NULL;
}

static attr_fn *row_fn(const struct attr_row *row, enum attr_op op)
{
	switch (op) {
	case ATTR_SET: return row->set;
	case ATTR_GET: return row->get;
	case ATTR_HAS: return row->has;
	}
	return NULL;
}

int attr_dispatch(const struct attr_table *table, void *owner, enum attr_op op,
		  const struct device_attr *attr)
{
	const struct attr_row *row = attr_find(table, attr->group, attr->attr);
	attr_fn *fn;

	if (!row) {
		explain("attribute 0x%llx of group %u is unknown",
			(unsigned long long)attr->attr, attr->group);
		return -ENXIO;
	}
	fn = row_fn(row, op);
	if (fn)
		return fn(owner, attr);
	if (op == ATTR_HAS)
		return 0;
	explain("%s, %s: can't be %s", row->group_name, row->name,
		op == ATTR_SET ? "set" : "read");
	return -ENXIO;
}

bool attr_table_can(const struct attr_table *table, enum attr_op op)
{
	for (unsigned int k = 0; k < table->nr; k++)
		if (op == ATTR_HAS || row_fn(&table->row[k], op))
			return true;
	return false;
}
