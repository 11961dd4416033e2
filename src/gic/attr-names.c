/* SPDX-License-Identifier: MIT */
/*
 * Names of the attributes that are registers of a GIC or an ITS, for traces: the register, its
 * number if there are several, and after a slash whose it is, "GICD_ISENABLER1",
 * "ICC_PMR_EL1/0.0.0.1" (affinity), "GICC_CTLR/cpu1".
 */
#include <stdio.h>
#include <string.h>

#include "gic/gic-internal.h"

/* Registers that share a row have names of their own here. */
static const struct {
	const char *row;
	uint32_t at; /* from the row's start */
	const char *name;
} shared[] = {
	{"GICD_CTLR", 0x4, "GICD_TYPER"},
	{"GICD_CTLR", 0x8, "GICD_IIDR"},
	{"GICD_CTLR", 0xc, "GICD_TYPER2"},
};

static const char *shared_name(const struct mmio_reg *r, uint32_t at)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(shared); i++)
		if (shared[i].at == at && !strcmp(shared[i].row, r->name))
			return shared[i].name;
	return NULL;
}

/* How many bytes each of the row's registers has, 0: there is only one. */
static unsigned int numbered(const struct mmio_reg *r)
{
	size_t len = strlen(r->name);

	if (r->name[len - 1] >= '0' && r->name[len - 1] <= '9')
		return 0;
	if (r->bits)
		return r->bits == 64 ? 8 : 4;
	return r->flags & MMIO_W64 && r->len > 8 ? 8 : 0;
}

static bool register_name(const struct mmio_regs *regs, uint32_t off,
			  const char *whose, char *name, size_t size)
{
	const struct mmio_reg *r = mmio_reg_at(regs, off);
	char number[16] = "", rest[16] = "";
	unsigned int width;
	const char *own;
	uint32_t at;

	if (!r)
		return false;
	at = off - r->off;
	own = shared_name(r, at);
	width = own ? 0 : numbered(r);
	if (own) {
		at = 0;
	} else if (width) {
		at += r->first * r->bits / 8;
		snprintf(number, sizeof(number), "%u", at / width);
		at %= width;
	}
	if (at)
		snprintf(rest, sizeof(rest), "+%#x", at);
	snprintf(name, size, "%s%s%s%s", own ? own : r->name, number, rest,
		 whose);
	return true;
}

static bool v2_name(const struct mmio_regs *regs, uint64_t attr, char *name,
		    size_t size)
{
	char whose[16] = "";

	if (attr >> 32)
		snprintf(whose, sizeof(whose), "/cpu%lu", FIELD(attr, 39, 32));
	return !(attr >> 40) && register_name(regs, attr, whose, name, size);
}

bool gicv2_dist_attr_name(uint64_t attr, char *name, size_t size)
{
	return v2_name(&gicv2_dist_regs, attr, name, size);
}

bool gicv2_cpu_attr_name(uint64_t attr, char *name, size_t size)
{
	return v2_name(&gicv2_cpu_regs, attr, name, size);
}

/* Bits 63-32, Aff3..Aff0, as Linux writes an affinity. */
static void affinity(uint64_t attr, char *text, size_t size)
{
	snprintf(text, size, "/%lu.%lu.%lu.%lu", FIELD(attr, 63, 56),
		 FIELD(attr, 55, 48), FIELD(attr, 47, 40), FIELD(attr, 39, 32));
}

bool gicv3_dist_attr_name(uint64_t attr, char *name, size_t size)
{
	return !(attr >> 32) &&
	       register_name(&gicv3_dist_regs, attr, "", name, size);
}

bool gicv3_redist_attr_name(uint64_t attr, char *name, size_t size)
{
	char whose[24];

	affinity(attr, whose, sizeof(whose));
	return register_name(&gicv3_redist_regs, attr, whose, name, size);
}

bool gicv3_icc_attr_name(uint64_t attr, char *name, size_t size)
{
	const char *reg = attr & 0xffff0000 ? NULL : gic_icc_name(attr);
	char whose[24];

	affinity(attr, whose, sizeof(whose));
	return reg && snprintf(name, size, "%s%s", reg, whose) > 0;
}

bool gic_its_attr_name(uint64_t attr, char *name, size_t size)
{
	return !(attr >> 32) && register_name(&its_regs, attr, "", name, size);
}
