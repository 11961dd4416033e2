/* SPDX-License-Identifier: MIT */
/*
 * What a file is that is to be executed: for which machine, and by whose help.
 */
#ifndef FAUXKVM_TOOL_ELF_H
#define FAUXKVM_TOOL_ELF_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

/* What the kernel would make of an executable file. */
struct program {
	enum program_kind {
		PROGRAM_ELF,
		PROGRAM_SCRIPT, /* #! or none: interp[0] runs it */
		PROGRAM_OTHER,
	} kind;
	uint16_t machine;      /* ELF e_machine */
	bool elf64, little;    /* 64 bits, little endian */
	bool dynamic;          /* has an interpreter */
	char interp[PATH_MAX]; /* ELF's or the script's interpreter */
	char interp_arg[256];  /* a script's one argument, or empty */
};

/* 0 or a negative errno. */
int program_read(const char *path, struct program *prog);

/* Is @text somewhere in the file? */
bool program_contains(const char *path, const char *text);

/* "arm64", "x86-64", ... or NULL for a machine without a name here. */
const char *program_machine_name(uint16_t machine);

#endif
