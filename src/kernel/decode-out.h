/* SPDX-License-Identifier: MIT */
/*
 * Decoded values on their way into a trace: text in strace's manner or JSON, by
 * the same calls, in memory of the caller's. What finds no room is left out as a
 * whole, so that JSON stays JSON; text says "..." instead.
 */
#ifndef FAUXKVM_KERNEL_DECODE_OUT_H
#define FAUXKVM_KERNEL_DECODE_OUT_H

#include "base/types.h"

struct decode_out {
	char *buf; /* ends with a zero */
	size_t size, len;
	bool json;
	bool first; /* of the innermost structure or list */
	bool full;
	unsigned int depth; /* of what was not begun for want of room */
};

/* A value's name; a table ends with NULL. */
struct decode_name {
	uint64_t value;
	const char *name;
};
#define DECODE_NAME(value)    \
	{                     \
		value, #value \
	}

void out_begin(struct decode_out *o, char *buf, size_t size, bool json);
/* @name NULL: an element of a list, or the outermost value. */
void out_open(struct decode_out *o, const char *name, char bracket);
void out_close(struct decode_out *o, char bracket);
void out_hex(struct decode_out *o, const char *name, uint64_t value);
void out_dec(struct decode_out *o, const char *name, uint64_t value);
void out_int(struct decode_out *o, const char *name, int64_t value);
/* A word that needs no quotes in text. */
void out_word(struct decode_out *o, const char *name, const char *word);
/* A string as it came from outside. */
void out_text(struct decode_out *o, const char *name, const char *text);
/* The value's name, the value where it has none. */
void out_enum(struct decode_out *o, const char *name,
	      const struct decode_name *names, uint64_t value);
/* The names of bits, and what is left of them. */
void out_flags(struct decode_out *o, const char *name,
	       const struct decode_name *names, uint64_t value);
/* "0011aaff": in memory's order. */
void out_bytes(struct decode_out *o, const char *name, const void *bytes,
	       size_t n);
/* There were more elements than the list has. */
void out_more(struct decode_out *o);

/* printf() as it is, for what is no value; cut off where there is no room. */
void out_raw(struct decode_out *o, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
