/* SPDX-License-Identifier: MIT */
/*
 * Names of addresses of a guest: the symbols of an arm64 ELF file (a vmlinux, a
 * firmware, a program), or a System.map.
 */
#ifndef FAUXKVM_TOOL_SYMBOLS_H
#define FAUXKVM_TOOL_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct symbol {
	uint64_t start, end; /* as the file has them; the end is not its own */
	const char *name;
};

struct symbols {
	char *data; /* the file */
	size_t size;
	struct symbol *symbol; /* sorted, none overlaps another */
	size_t nr;
	/* How much further the guest has them than the file. */
	uint64_t offset;
	bool offset_given;
	char path[];
};

/*
 * Read "FILE" or "FILE@OFFSET", a number as C has it: NULL, having said why.
 */
struct symbols *symbols_read(const char *name);
void symbols_free(struct symbols *s);

/* The address that symbol @name has in the file; false: there is none. */
bool symbols_address(const struct symbols *s, const char *name,
		     uint64_t *address);

/* Whose the guest's @address is; NULL: nobody's. */
const struct symbol *symbols_find(const struct symbols *s, uint64_t address);

#endif
