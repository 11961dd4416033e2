/* SPDX-License-Identifier: MIT */
/*
 * Writing decoded values as text or JSON, see decode-out.h. Numbers that are
 * shown in hexadecimal are strings in JSON, whose own numbers have 53 bits in
 * most programs.
 */
#include "kernel/decode-out.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Room that stays for the brackets that are open, and ", ...". */
#define RESERVE 64

void out_begin(struct decode_out *o, char *buf, size_t size, bool json)
{
	*o = (struct decode_out){
		.buf = buf, .size = size, .json = json, .first = true};
	*buf = '\0';
}

void out_raw(struct decode_out *o, const char *fmt, ...)
{
	size_t room = o->size - o->len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(o->buf + o->len, room, fmt, ap);
	va_end(ap);
	o->len += n < 0 ? 0 : (size_t)n < room ? (size_t)n : room - 1;
}

/* Is there room for @n bytes and what comes around them? */
static bool out_room(struct decode_out *o, const char *name, size_t n)
{
	if (name)
		n += strlen(name);
	if (!o->full && o->len + n + 8 + RESERVE <= o->size)
		return true;
	if (!o->full && !o->json)
		out_raw(o, o->first ? "..." : ", ...");
	o->full = true;
	return false;
}

static void out_name(struct decode_out *o, const char *name)
{
	if (!o->first)
		out_raw(o, o->json ? "," : ", ");
	o->first = false;
	if (name)
		out_raw(o, o->json ? "\"%s\":" : "%s=", name);
}

static void out_value(struct decode_out *o, const char *name, const char *value)
{
	if (!out_room(o, name, strlen(value)))
		return;
	out_name(o, name);
	out_raw(o, "%s", value);
}

/* What is not begun for want of room is counted, for out_close(). */
void out_open(struct decode_out *o, const char *name, char bracket)
{
	if (o->depth || !out_room(o, name, 1)) {
		o->depth++;
		return;
	}
	out_name(o, name);
	out_raw(o, "%c", bracket);
	o->first = true;
}

void out_close(struct decode_out *o, char bracket)
{
	if (o->depth) {
		o->depth--;
		return;
	}
	out_raw(o, "%c", bracket);
	o->first = false;
}

void out_hex(struct decode_out *o, const char *name, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), o->json ? "\"%#" PRIx64 "\"" : "%#" PRIx64,
		 value);
	out_value(o, name, text);
}

void out_dec(struct decode_out *o, const char *name, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	out_value(o, name, text);
}

void out_int(struct decode_out *o, const char *name, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, value);
	out_value(o, name, text);
}

void out_word(struct decode_out *o, const char *name, const char *word)
{
	if (!out_room(o, name, strlen(word) + 2))
		return;
	out_name(o, name);
	out_raw(o, o->json ? "\"%s\"" : "%s", word);
}

void out_text(struct decode_out *o, const char *name, const char *text)
{
	if (!out_room(o, name, 6 * strlen(text) + 2))
		return;
	out_name(o, name);
	out_raw(o, "\"");
	for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
		if (*c == '"' || *c == '\\')
			out_raw(o, "\\%c", *c);
		else if (*c < ' ' || *c >= 0x7f)
			out_raw(o, "\\u%04x", *c);
		else
			out_raw(o, "%c", *c);
	}
	out_raw(o, "\"");
}

static const char *name_of(const struct decode_name *names, uint64_t value)
{
	for (; names && names->name; names++)
		if (names->value == value)
			return names->name;
	return NULL;
}

void out_enum(struct decode_out *o, const char *name,
	      const struct decode_name *names, uint64_t value)
{
	const char *word = name_of(names, value);

	if (word)
		out_word(o, name, word);
	else
		out_hex(o, name, value);
}

/* In text "A|B|0x10", in JSON a list. */
void out_flags(struct decode_out *o, const char *name,
	       const struct decode_name *names, uint64_t value)
{
	char text[512];
	struct decode_out all;
	const char *between = "";

	out_begin(&all, text, sizeof(text), o->json);
	if (o->json)
		out_raw(&all, "[");
	for (; names && names->name && value; names++) {
		if (!names->value || (value & names->value) != names->value)
			continue;
		value &= ~names->value;
		out_raw(&all, o->json ? "%s\"%s\"" : "%s%s", between,
			names->name);
		between = o->json ? "," : "|";
	}
	if (value || (!o->json && !*between))
		out_raw(&all, o->json ? "%s\"%#" PRIx64 "\"" : "%s%#" PRIx64,
			between, value);
	if (o->json)
		out_raw(&all, "]");
	out_value(o, name, text);
}

void out_bytes(struct decode_out *o, const char *name, const void *bytes,
	       size_t n)
{
	const uint8_t *b = bytes;

	if (!out_room(o, name, 2 * n + 2))
		return;
	out_name(o, name);
	out_raw(o, "\"");
	for (size_t i = 0; i < n; i++)
		out_raw(o, "%02x", b[i]);
	out_raw(o, "\"");
}

void out_more(struct decode_out *o)
{
	if (!o->json)
		out_value(o, NULL, "...");
}
