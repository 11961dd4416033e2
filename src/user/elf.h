/* SPDX-License-Identifier: MIT */
/*
 * Loading an ELF file of user_abi (ELF for the Arm 64-bit Architecture, ELF for the
 * Arm Architecture) into the program's memory, by Linux's rules.
 */
#ifndef FAUXKVM_USER_ELF_H
#define FAUXKVM_USER_ELF_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

struct elf_image {
	uint64_t entry;
	uint64_t base; /* what was added to the file's addresses */
	uint64_t phdr; /* of the program headers in memory, 0: nowhere */
	uint64_t end;  /* behind the last byte, bss included */
	uint64_t code, code_end; /* what may be executed, from its first byte */
	uint16_t phnum, phent;
	bool stack_exec;       /* PT_GNU_STACK asks for it */
	char interp[PATH_MAX]; /* "": none */
};

enum elf_role {
	ELF_PROGRAM, /* far from all else, with room for its data behind it */
	ELF_INTERP,
};

/* 0 or -errno as the call execve has it: -ENOEXEC is no such program. @fd stays the
 * caller's. */
int elf_load(int fd, enum elf_role role, struct elf_image *image);

/* A multiple of the page size below @range; 0 if nothing is to be random
 * (personality(2)). */
uint64_t elf_random(uint64_t range);

#endif
