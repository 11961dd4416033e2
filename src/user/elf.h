/* SPDX-License-Identifier: MIT */
/*
 * Loading an arm64 ELF file (ELF for the Arm 64-bit Architecture) into the
 * program's memory, by Linux's rules.
 */
#ifndef FAUXKVM_USER_ELF_H
#define FAUXKVM_USER_ELF_H

#include <limits.h>
#include <stdint.h>

struct elf_image {
	uint64_t entry;
	uint64_t base; /* what was added to the file's addresses */
	uint64_t phdr; /* of the program headers in memory, 0: nowhere */
	uint64_t end;  /* behind the last byte, bss included */
	uint16_t phnum;
	char interp[PATH_MAX]; /* "": none */
};

/* 0 or -errno as the call execve has it: -ENOEXEC is no arm64 program. @fd stays the
 * caller's. */
int elf_load(int fd, struct elf_image *image);

#endif
