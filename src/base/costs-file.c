/* SPDX-License-Identifier: MIT */
/*
 * Profile files, see costs-file.h. libinih takes them apart; what it would let
 * pass (lines longer than its buffer, sections without a row) is looked at
 * first.
 */
#include "base/costs-file.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/refuse.h"
#include "base/text-file.h"

#define FILE_MAX (1 << 20)
/* libinih's buffer is of 200 bytes. */
#define LINE_LEN_MAX 190

struct reading {
	const struct cost_model *const *models;
	unsigned int n;
	struct cost_profile profile;
	char why[160]; /* of the first line that was not taken */
};

static int line_handle(void *user, const char *section, const char *name,
		       const char *value)
{
	struct reading *r = user;
	enum cost_error err;

	if (r->why[0])
		return 0;
	err = cost_profile_set(&r->profile, r->models, r->n, section, name,
			       value);
	if (!err)
		return 1;
	snprintf(r->why, sizeof(r->why), "[%.40s] %.40s = %.40s: %s", section,
		 name, value, cost_error_text(err));
	return 0;
}

/* Why libinih shall not have this line, NULL: it may. */
static const char *line_check(const struct reading *r, const char *line,
			      size_t len)
{
	const char *end = memchr(line, ']', len);
	char name[LINE_LEN_MAX + 1];

	if (len > LINE_LEN_MAX)
		return "the line is too long";
	if (memchr(line, '\0', len))
		return "a NUL byte: this is no text";
	if (*line != '[' || !end)
		return NULL;
	memcpy(name, line + 1, end - line - 1);
	name[end - line - 1] = '\0';
	return cost_model_find(r->models, r->n, name)
		       ? NULL
		       : "no model is called like this section";
}

/* The number of the first line that is not taken, 0: none; @why not. */
static int lines_check(const struct reading *r, const char *text, size_t len,
		       const char **why)
{
	const char *end = text + len;

	for (int nr = 1; text < end; nr++) {
		const char *newline = memchr(text, '\n', end - text);
		size_t l = (newline ? newline : end) - text;

		*why = line_check(r, text, l);
		if (*why)
			return nr;
		text += l + 1;
	}
	return 0;
}

/* Parse the lines up to number @last: that of the first bad one, 0: none. */
static int lines_parse(struct reading *r, char *text, int last)
{
	char *end = text;

	for (int i = 0; i < last && *end; i++)
		end += strcspn(end, "\n") + (strchr(end, '\n') != NULL);
	if (last)
		*end = '\0';
	return ini_parse_string(text, line_handle, r);
}

int costs_text_read(const char *name, char *text, size_t len,
		    const struct cost_model *const *models, unsigned int n,
		    struct cost_profile *p)
{
	struct reading r = {.models = models, .n = n};
	const char *why = NULL;
	int bad;

	text[len] = '\0';
	bad = lines_check(&r, text, len, &why);
	if (!bad) {
		bad = lines_parse(&r, text, 0);
		if (bad > 0) {
			/* What it says of a later line is not why. */
			cost_profile_free(&r.profile);
			r.why[0] = '\0';
			lines_parse(&r, text, bad);
			why = r.why[0] ? r.why
				       : "neither [model] nor row = cycles";
		}
	}
	if (!bad) {
		*p = r.profile;
		return 0;
	}
	cost_profile_free(&r.profile);
	return bad > 0 ? refuse(EINVAL, FKVM_COSTS_FILE, "%s:%d: %s", name, bad,
				why)
		       : refuse(ENOMEM, FKVM_NO_MEMORY, "%s: no memory", name);
}

int costs_file_read(const char *path, const struct cost_model *const *models,
		    unsigned int n, struct cost_profile *p)
{
	char *text;
	long len = text_file_read(path, FILE_MAX, &text);
	int err;

	if (len < 0)
		return (int)len;
	err = costs_text_read(path, text, len, models, n, p);
	free(text);
	return err;
}
