/* SPDX-License-Identifier: MIT */
/*
 * Finding the row of a register access and calling it, and a table's check of
 * itself; see mmio-regs.h.
 */
#include "base/mmio-regs.h"

#include <errno.h>

#include "base/log.h"
#include "base/refuse.h"

bool mmio_regs_enter(const struct mmio_regs *regs, uint32_t off,
		     struct mmio_access *a)
{
	uint32_t rel = off - regs->off;

	if (!regs->count) {
		a->off = rel;
		return off >= regs->off;
	}
	if (off < regs->off || rel / regs->stride >= regs->count)
		return false;
	a->bank = rel / regs->stride;
	a->off = rel % regs->stride;
	return true;
}

const struct mmio_reg *mmio_reg_at(const struct mmio_regs *regs, uint32_t off)
{
	unsigned int low = 0, high = regs->nr;

	while (low < high) {
		unsigned int mid = (low + high) / 2;
		const struct mmio_reg *r = &regs->row[mid];

		if (off < r->off)
			high = mid;
		else if (off - r->off >= r->len)
			low = mid + 1;
		else
			return r;
	}
	return NULL;
}

/* Bytes of one register of the row: the widest access. */
static unsigned int reg_size(const struct mmio_reg *r)
{
	unsigned int widths = r->flags & MMIO_WIDTHS, size = MMIO_W64;

	while (size && !(widths & size))
		size >>= 1;
	return size;
}

const struct mmio_reg *mmio_reg_find(const struct mmio_regs *regs,
				     struct mmio_access *a)
{
	const struct mmio_reg *r = mmio_reg_at(regs, a->off);
	uint32_t rel;

	if (!r || (r->flags & (a->user ? MMIO_GUEST_ONLY : MMIO_USER_ONLY)))
		return NULL;
	if (!(r->flags & a->len & MMIO_WIDTHS) || !IS_ALIGNED(a->off, a->len))
		return NULL;
	rel = a->off - r->off;
	if (r->stride) {
		a->index = rel / r->stride;
		return rel % r->stride < reg_size(r) ? r : NULL;
	}
	if (!r->bits)
		return r;
	a->index = r->first + rel * 8 / r->bits;
	return a->index < a->limit ? r : NULL;
}

/* The row that is missing, as far as the access tells it. */
static void log_unknown(const struct mmio_regs *regs,
			const struct mmio_access *a, const char *what)
{
	log_debug("%s: no row for a guest's %s: "
		  "{ 0x%04x, %u, 0, MMIO_W%u, read, write, "
		  ".name = \"%s_%04x\" },",
		  regs->name, what, a->off, a->len, a->len * 8, regs->name,
		  a->off);
}

bool mmio_regs_read(const struct mmio_regs *regs, struct mmio_access *a,
		    uint64_t *val)
{
	const struct mmio_reg *r = mmio_reg_find(regs, a);

	if (unlikely(!r || !r->read)) {
		log_unknown(regs, a, "read");
		return false;
	}
	*val = r->read(a);
	return true;
}

bool mmio_regs_write(const struct mmio_regs *regs, struct mmio_access *a,
		     uint64_t val)
{
	const struct mmio_reg *r = mmio_reg_find(regs, a);

	if (unlikely(!r || !r->write)) {
		log_unknown(regs, a, "write");
		return false;
	}
	r->write(a, a->len < 8 ? val & (BIT(a->len * 8) - 1) : val);
	return true;
}

int mmio_reg_uread(const struct mmio_reg *r, struct mmio_access *a,
		   uint64_t *val)
{
	if (!r->uread && !r->read)
		return refuse(ENXIO, FKVM_REG_OPERATION, "%s can't be read",
			      r->name);
	*val = r->uread ? r->uread(a) : r->read(a);
	return 0;
}

int mmio_reg_uwrite(const struct mmio_reg *r, struct mmio_access *a,
		    uint64_t val)
{
	if (r->uwrite)
		return r->uwrite(a, val);
	if (!r->write)
		return refuse(ENXIO, FKVM_REG_OPERATION, "%s can't be written",
			      r->name);
	r->write(a, val);
	return 0;
}

/* ---- the check ----------------------------------------------------------- */

static const char *hooks_fault(const struct mmio_reg *r)
{
	if (!r->name)
		return "no name";
	if (!r->read != !!(r->flags & MMIO_NO_READ))
		return "a read hook and MMIO_NO_READ, or neither";
	if (!r->write != !!(r->flags & MMIO_NO_WRITE))
		return "a write hook and MMIO_NO_WRITE, or neither";
	if ((r->flags & MMIO_GUEST_ONLY) && (r->uread || r->uwrite))
		return "a userspace hook where userspace can't come";
	if ((r->flags & MMIO_GUEST_ONLY) && (r->flags & MMIO_USER_ONLY))
		return "neither for the guest nor for userspace";
	return NULL;
}

static const char *extent_fault(const struct mmio_reg *r)
{
	unsigned int size = reg_size(r);

	if (!size)
		return "no access width";
	if (!r->len || r->off + r->len < r->off)
		return "empty, or wraps around";
	if (!IS_ALIGNED(r->off, size))
		return "not aligned to its widest access";
	if (r->stride && (r->stride < size || r->len % r->stride || r->bits))
		return "the stride does not fit";
	if (!r->stride && r->len % size)
		return "the length is no multiple of its widest access";
	if (r->bits > 8 ? r->bits % 8 : r->bits && 8 % r->bits)
		return "elements that don't fit into bytes";
	return NULL;
}

const char *mmio_regs_fault(const struct mmio_regs *regs, unsigned int *nr)
{
	const char *fault;
	unsigned int k;

	for (k = 0; k < regs->nr; k++) {
		const struct mmio_reg *r = &regs->row[k];

		*nr = k;
		fault = hooks_fault(r);
		if (!fault)
			fault = extent_fault(r);
		if (fault)
			return fault;
		if (k && r[-1].off + r[-1].len > r->off)
			return "out of order, or overlaps the row before";
		if (regs->count && r->off + r->len > regs->stride)
			return "leaves the repeated table";
	}
	*nr = 0;
	if (!regs->name || !regs->nr)
		return "the table has no name or no rows";
	if (!regs->count != !regs->stride)
		return "the table has a stride or a count alone";
	return NULL;
}
