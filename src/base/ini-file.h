/* SPDX-License-Identifier: MIT */
/*
 * INI files that a user writes, line by line. "[section]", "name = value"; "#"
 * and ";" begin comments. The first line that is not taken is told with its
 * number, whatever is wrong with it.
 */
#ifndef FAUXKVM_BASE_INI_FILE_H
#define FAUXKVM_BASE_INI_FILE_H

#include <stdbool.h>

#include "base/types.h"

/* Who takes the lines; @user is the last argument of ini_text_read(). */
struct ini_reader {
	/* Why there is no section @name; NULL: there is. */
	const char *(*section)(void *user, const char *name);
	/* Take a line; false: @why says what is wrong with it. */
	bool (*line)(void *user, const char *section, const char *name,
		     const char *value, char *why, size_t size);
	/* Forget all that was taken: lines may be read a second time. */
	void (*forget)(void *user);
	const char *lines; /* "[model] nor row = cycles": what lines can be */
	/* Refuse, for @why, what is in line @nr. */
	int (*mistake)(const char *name, int nr, const char *why);
};

/*
 * Give the lines of @len bytes of @text to @reader; the text changes, and has a
 * byte of room behind it. 0, or refused with a reason that begins "NAME:LINE: ";
 * what was taken is forgotten then.
 */
int ini_text_read(const char *name, char *text, size_t len,
		  const struct ini_reader *reader, void *user);
/* The same of a file, which open() may refuse too. */
int ini_file_read(const char *path, const struct ini_reader *reader,
		  void *user);

#endif
