/* SPDX-License-Identifier: MIT */
/*
 * What the first bytes of a file that is to be executed say: an ELF file for a
 * machine, or a script for an interpreter (execve(2)). For whoever executes,
 * also between vfork() and execve(): nothing is allocated.
 */
#ifndef FAUXKVM_BASE_EXEC_HEAD_H
#define FAUXKVM_BASE_EXEC_HEAD_H

#include <elf.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The machine of the 64-bit little-endian ELF file that begins with the @n bytes
 * at @head; EM_NONE: it is none. */
static inline uint16_t exec_head_machine(const void *head, long n)
{
	Elf64_Ehdr eh;

	if (n < (long)sizeof(eh))
		return EM_NONE;
	memcpy(&eh, head, sizeof(eh));
	return !memcmp(eh.e_ident, ELFMAG, SELFMAG) &&
			       eh.e_ident[EI_CLASS] == ELFCLASS64 &&
			       eh.e_ident[EI_DATA] == ELFDATA2LSB
		       ? eh.e_machine
		       : EM_NONE;
}

/* Do the @n bytes at @head begin a little-endian ELF file of that class, for that
 * machine? */
static inline bool exec_head_is(const void *head, long n, unsigned int class,
				uint16_t machine)
{
	Elf32_Ehdr eh; /* so far alike in both */

	if (n < (long)sizeof(eh))
		return false;
	memcpy(&eh, head, sizeof(eh));
	return !memcmp(eh.e_ident, ELFMAG, SELFMAG) &&
	       eh.e_ident[EI_CLASS] == class &&
	       eh.e_ident[EI_DATA] == ELFDATA2LSB && eh.e_machine == machine;
}

/*
 * "#! interpreter [one argument]", a string, taken apart in place: both point
 * into @head, and are "" if there is none; the argument has no blanks around it.
 * False: it is no script with "#!", and is as it was.
 */
static inline bool exec_head_script(char *head, char **interp, char **arg)
{
	char *end;

	if (strncmp(head, "#!", 2))
		return false;
	head += 2;
	head[strcspn(head, "\n")] = '\0';
	head += strspn(head, " \t");
	*interp = head;
	end = head + strcspn(head, " \t");
	*arg = end + strspn(end, " \t");
	*end = '\0';
	end = *arg + strlen(*arg);
	while (end > *arg && strchr(" \t", end[-1]))
		*--end = '\0';
	return true;
}

#endif
