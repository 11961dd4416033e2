/* SPDX-License-Identifier: MIT */
/*
 * INI files, see ini-file.h. libinih takes them apart; what it would let pass
 * (lines longer than its buffer, sections without a line) is looked at first.
 */
#include "base/ini-file.h"

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
	const struct ini_reader *reader;
	void *user;
	char why[260]; /* of the first line that was not taken */
};

static int line_handle(void *user, const char *section, const char *name,
		       const char *value)
{
	struct reading *r = user;
	char why[120] = "";

	if (r->why[0])
		return 0;
	if (r->reader->line(r->user, section, name, value, why, sizeof(why)))
		return 1;
	snprintf(r->why, sizeof(r->why), "[%.40s] %.40s = %.40s: %s", section,
		 name, value, why);
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
	return r->reader->section(r->user, name);
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

int ini_text_read(const char *name, char *text, size_t len,
		  const struct ini_reader *reader, void *user)
{
	struct reading r = {.reader = reader, .user = user};
	const char *why = NULL;
	char form[80];
	int bad;

	text[len] = '\0';
	bad = lines_check(&r, text, len, &why);
	if (!bad) {
		bad = lines_parse(&r, text, 0);
		if (bad > 0) {
			/* What it says of a later line is not why. */
			reader->forget(user);
			r.why[0] = '\0';
			lines_parse(&r, text, bad);
			snprintf(form, sizeof(form), "neither %s",
				 reader->lines);
			why = r.why[0] ? r.why : form;
		}
	}
	if (!bad)
		return 0;
	reader->forget(user);
	return bad > 0 ? reader->mistake(name, bad, why)
		       : refuse(ENOMEM, FKVM_NO_MEMORY, "%s: no memory", name);
}

int ini_file_read(const char *path, const struct ini_reader *reader, void *user)
{
	char *text;
	long len = text_file_read(path, FILE_MAX, &text);
	int err;

	if (len < 0)
		return (int)len;
	err = ini_text_read(path, text, len, reader, user);
	free(text);
	return err;
}
