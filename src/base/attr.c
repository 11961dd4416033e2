/* SPDX-License-Identifier: MIT */
/*
 * Finding the row of a device attribute and calling it, and a table's check of
 * itself; see attr.h.
 */
#include "base/attr.h"

#include <errno.h>

#include "base/refuse.h"
#include "base/since.h"

const struct attr_row *attr_row_find(const struct attr_table *table,
				     uint32_t group, uint64_t attr)
{
	for (unsigned int k = 0; table && k < table->nr; k++) {
		const struct attr_row *row = &table->row[k];

		if (row->group == group && attr >= row->first &&
		    attr <= row->last && since_is_there(row->since))
			return row;
	}
	return NULL;
}

const char *attr_op_name(enum attr_op op)
{
	switch (op) {
	case ATTR_SET: return "set";
	case ATTR_GET: return "read";
	case ATTR_HAS: return "asked for";
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

static int refuse_unknown(const struct attr_table *table,
			  const struct device_attr *attr)
{
	for (unsigned int k = 0; table && k < table->nr; k++)
		if (table->row[k].group == attr->group)
			return refuse(ENXIO, FKVM_ATTR_NUMBER,
				      "%s has no attribute %#lx",
				      table->row[k].group_name, attr->attr);
	return refuse(ENXIO, FKVM_ATTR_GROUP, "there is no group %u",
		      attr->group);
}

int attr_dispatch(const struct attr_table *table, void *owner, enum attr_op op,
		  const struct device_attr *attr)
{
	const struct attr_row *row =
		attr_row_find(table, attr->group, attr->attr);
	attr_fn *fn;

	if (!row)
		return refuse_unknown(table, attr);
	fn = row_fn(row, op);
	if (fn && row->first == row->last)
		return refused_within(fn(owner, attr), "%s, %s",
				      row->group_name, row->name);
	if (fn)
		return refused_within(fn(owner, attr), "%s, %#lx",
				      row->group_name, attr->attr);
	if (op == ATTR_HAS && !row->absent)
		return 0;
	if (row->absent)
		return refuse_unknown(table, attr);
	return refuse(ENXIO, FKVM_ATTR_OPERATION, "%s, %s can't be %s",
		      row->group_name, row->name, attr_op_name(op));
}

const struct attr_row *attr_draft_find(const struct attr_table *table,
				       uint32_t number)
{
	for (unsigned int k = 0; number && table && k < table->nr; k++)
		if (table->row[k].draft == number)
			return &table->row[k];
	return NULL;
}

bool attr_table_can(const struct attr_table *table, enum attr_op op)
{
	for (unsigned int k = 0; table && k < table->nr; k++)
		if (op == ATTR_HAS || row_fn(&table->row[k], op))
			return true;
	return false;
}

static const char *row_fault(const struct attr_row *row)
{
	if (!row->group_name || !row->name)
		return "no name";
	/* The UAPI's word was expanded on its way to ATTR_ONE. */
	if (row->name[0] >= '0' && row->name[0] <= '9')
		return "a number for a name";
	if (row->first > row->last)
		return "an empty range";
	if (!row->set && !row->get)
		return "neither set nor get";
	if (!row->set && row->set_when)
		return "a time to set what can't be set";
	if ((row->payload == ATTR_STRUCT) != (row->size != 0))
		return "a size, or a structure, alone";
	if (row->get && row->payload == ATTR_NO_PAYLOAD)
		return "a get without payload";
	if (row->absent && row->has)
		return "absent, and a has hook";
	if (!row->absent && !row->since)
		return "no version";
	if (row->draft && (!row->set || (row->payload != ATTR_U32 &&
					 row->payload != ATTR_U64)))
		return "a number in the draft for what it can't set";
	return NULL;
}

const char *attr_table_fault(const struct attr_table *table, unsigned int *nr)
{
	for (*nr = 0; *nr < table->nr; ++*nr) {
		const struct attr_row *row = &table->row[*nr];
		const char *fault = row_fault(row);

		if (fault)
			return fault;
		if (attr_row_find(table, row->group, row->first) != row &&
		    attr_row_find(table, row->group, row->last) != row)
			return "hidden by a row before it";
		if (row->draft && attr_draft_find(table, row->draft) != row)
			return "the draft's number of a row before it";
	}
	return table->nr ? NULL : "no rows";
}
