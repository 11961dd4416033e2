/* SPDX-License-Identifier: MIT */
/*
 * Memory-mapped registers as rows: one table per frame of a device, and the one
 * dispatcher that finds the row of an access and checks width and alignment.
 * A row serves the guest (read, write) and userspace (uread, uwrite) side by
 * side. Nothing here knows a device; no locks.
 *
 * An interrupt controller whose registers are spread (an MPIC: 32 bits every
 * 16 or 32 bytes, a whole set again for each CPU) has rows with a stride and
 * tables with a place, stride and count; see struct mmio_regs.
 */
#ifndef FAUXKVM_BASE_MMIO_REGS_H
#define FAUXKVM_BASE_MMIO_REGS_H

#include "base/types.h"

/* One access, on its way to a handler; a device embeds it in its own. */
struct mmio_access {
	uint32_t off;       /* in the table */
	unsigned int len;   /* bytes: 1, 2, 4 or 8 */
	bool user;          /* by userspace, not by the guest */
	unsigned int limit; /* elements the device has; see mmio_reg.bits */
	/* Filled in on the way: */
	unsigned int bank;  /* repetition of the table */
	unsigned int index; /* first element, or repetition of the row */
};

/* A row's flags: widths allowed (the sum of their bytes), and who may. */
enum {
	MMIO_W8 = 1,
	MMIO_W16 = 2,
	MMIO_W32 = 4,
	MMIO_W64 = 8,
	MMIO_WIDTHS = 15,
	MMIO_GUEST_ONLY = 16, /* not there for userspace */
	MMIO_USER_ONLY = 32,
	MMIO_NO_READ =
		64, /* refused: nobody answers, as at an unknown offset */
	MMIO_NO_WRITE = 128,
};

/*
 * A register, or several of one kind: bytes off to off + len - 1 of the table.
 *
 * With @stride only the first bytes (as many as the widest access) of every
 * @stride are registers, access.index tells which. With @bits the bytes are
 * elements of that many bits (interrupts), numbered from @first;
 * access.index is the first that is accessed, and it must be below
 * access.limit.
 */
struct mmio_reg {
	uint32_t off, len;
	uint8_t bits;  /* per element, 0: no elements */
	uint8_t flags; /* MMIO_* */
	uint64_t (*read)(struct mmio_access *a);
	void (*write)(struct mmio_access *a, uint64_t val);
	uint64_t (*uread)(struct mmio_access *a); /* NULL: read */
	/* 0 or a negative errno. NULL: write, which can't fail. */
	int (*uwrite)(struct mmio_access *a, uint64_t val);
	const char *name;
	uint16_t first;
	uint16_t stride; /* 0: registers lie side by side */
};

/*
 * A table of rows in ascending order. It may be there several times: @count
 * times every @stride bytes from @off of the frame on.
 */
struct mmio_regs {
	const char *name; /* of the frame: "GICD" */
	const struct mmio_reg *row;
	unsigned int nr;
	uint32_t off, stride, count; /* 0: once, at the frame's start */
};

/*
 * Is @off of the frame in a repetition of the table? Then a->off and a->bank
 * are set. Not needed for a table that is there once.
 */
bool mmio_regs_enter(const struct mmio_regs *regs, uint32_t off,
		     struct mmio_access *a);

/* The row whose bytes @off is one of; NULL: none. */
const struct mmio_reg *mmio_reg_at(const struct mmio_regs *regs, uint32_t off);

/*
 * The row for an access that its width, alignment and range allow; sets
 * a->index. NULL: none.
 */
const struct mmio_reg *mmio_reg_find(const struct mmio_regs *regs,
				     struct mmio_access *a);

/*
 * The guest's accesses. False: no row allows it, which is logged (debug) in the
 * form of a row ready to paste; *val is untouched.
 */
bool mmio_regs_read(const struct mmio_regs *regs, struct mmio_access *a,
		    uint64_t *val);
bool mmio_regs_write(const struct mmio_regs *regs, struct mmio_access *a,
		     uint64_t val);

/* Userspace's way into a row that was found. -ENXIO: MMIO_NO_READ, _WRITE. */
int mmio_reg_uread(const struct mmio_reg *r, struct mmio_access *a,
		   uint64_t *val);
int mmio_reg_uwrite(const struct mmio_reg *r, struct mmio_access *a,
		    uint64_t val);

/*
 * What is wrong with the table (order, overlap, missing hooks, widths that
 * don't fit ...), and in which row; NULL: nothing. For tests.
 */
const char *mmio_regs_fault(const struct mmio_regs *regs, unsigned int *nr);

#endif
