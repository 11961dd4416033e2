/* SPDX-License-Identifier: MIT */
/*
 * Whole text files that a user names, as profiles and recordings are.
 */
#ifndef FAUXKVM_BASE_TEXT_FILE_H
#define FAUXKVM_BASE_TEXT_FILE_H

#include "base/types.h"

/*
 * All of the regular file @path, at most @max bytes, with a NUL byte behind:
 * its length, or refused with a reason that begins "FILE: ". The text is the
 * caller's to free.
 */
long text_file_read(const char *path, size_t max, char **text);

#endif
