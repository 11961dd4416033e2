/* SPDX-License-Identifier: MIT */
/*
 * Profile files: what a user changes of cost models, as an INI file. A section
 * is a model, a line in it "row = cycles"; "#" and ";" begin comments.
 */
#ifndef FAUXKVM_BASE_COSTS_FILE_H
#define FAUXKVM_BASE_COSTS_FILE_H

#include "base/costs.h"

/*
 * Read the profile @path, which may change any of @n models, into @p, which is
 * empty. 0, or refused with EINVAL or open()'s errno and a reason that begins
 * "FILE:LINE: "; @p is empty then.
 */
int costs_file_read(const char *path, const struct cost_model *const *models,
		    unsigned int n, struct cost_profile *p);
/* The same of @len bytes in memory, which are changed, with a byte of room
 * behind them; @name is what reasons call them. */
int costs_text_read(const char *name, char *text, size_t len,
		    const struct cost_model *const *models, unsigned int n,
		    struct cost_profile *p);

#endif
