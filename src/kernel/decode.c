/* SPDX-License-Identifier: MIT */
/*
 * Walking the rows of decode.h: a request's argument or an exit goes field by
 * field into a trace. The VMM's memory is read once a structure, and guarded: a
 * bad address is shown as it is.
 */
#include "kernel/decode.h"

#include <string.h>

#include "base/fault.h"
#include "kernel/arch.h"
#include "kernel/ioctl.h"
#include "kernel/system.h"
#include "kernel/vcpu.h"

/* Of a list so many are shown. */
#define MAX_ELEMENTS 32
#define MAX_ELEMENT  256

/* ---- finding rows -------------------------------------------------------- */

static const struct decode_request *find_in(const struct decode_table *t,
					    const char *name)
{
	for (unsigned int i = 0; t && i < t->nr_requests; i++)
		if (!strcmp(t->request[i].name, name))
			return &t->request[i];
	return NULL;
}

const struct decode_request *decode_request_find(const struct arch *arch,
						 const char *name)
{
	const struct decode_request *r = find_in(arch->decode, name);

	return r ? r : find_in(&decode_core, name);
}

static const struct decode_exit *exit_in(const struct decode_table *t,
					 uint32_t reason)
{
	const struct decode_exit *e = t ? t->exit : NULL;

	for (; e && e->fields; e++)
		if (e->reason == reason)
			return e;
	return NULL;
}

const struct decode_exit *decode_exit_find(const struct arch *arch,
					   uint32_t reason)
{
	const struct decode_exit *e = exit_in(arch->decode, reason);

	return e ? e : exit_in(&decode_core, reason);
}

/* ---- values -------------------------------------------------------------- */

static uint64_t load(const void *bytes, unsigned int size)
{
	uint64_t value = 0;

	memcpy(&value, bytes, size < sizeof(value) ? size : sizeof(value));
	return value;
}

static int64_t load_signed(const void *bytes, unsigned int size)
{
	unsigned int unused = 64 - 8 * (size < 8 ? size : 8);

	return (int64_t)(load(bytes, size) << unused) >> unused;
}

static const char *cap_name(const struct arch *arch, uint64_t number)
{
	const struct cap_row *row = cap_find(arch, number);

	return row ? row->name : NULL;
}

static void decode_reg(struct decode_call *c, const char *name, uint64_t id)
{
	const struct decode_table *t = c->arch->decode;
	char text[48];

	if (t && t->reg_name && t->reg_name(id, text, sizeof(text)))
		out_word(c->out, name, text);
	else
		out_hex(c->out, name, id);
}

static bool is_zero(const uint8_t *bytes, size_t n)
{
	while (n--)
		if (*bytes++)
			return false;
	return true;
}

static void decode_value(struct decode_call *c, const struct decode_field *f,
			 const char *name, const void *bytes)
{
	struct decode_out *o = c->out;
	const char *word;

	switch ((enum decode_kind)f->kind) {
	case DECODE_HEX: out_hex(o, name, load(bytes, f->size)); break;
	case DECODE_DEC: out_dec(o, name, load(bytes, f->size)); break;
	case DECODE_INT: out_int(o, name, load_signed(bytes, f->size)); break;
	case DECODE_ENUM:
		out_enum(o, name, f->names, load(bytes, f->size));
		break;
	case DECODE_FLAGS:
		out_flags(o, name, f->names, load(bytes, f->size));
		break;
	case DECODE_PAD:
		if (is_zero(bytes, f->size))
			break;
		/* fall through */
	case DECODE_BYTES: out_bytes(o, name, bytes, f->size); break;
	case DECODE_CAP:
		word = cap_name(c->arch, load(bytes, f->size));
		if (word)
			out_word(o, name, word);
		else
			out_dec(o, name, load(bytes, f->size));
		break;
	case DECODE_REG: decode_reg(c, name, load(bytes, f->size)); break;
	case DECODE_STRUCT:
		out_open(o, name, '{');
		decode_fields(c, f->fields, bytes);
		out_close(o, '}');
		break;
	case DECODE_FN: f->fn(c, f, bytes); break;
	case DECODE_TAIL:
	case DECODE_AT: break;
	}
}

/* ---- elements ------------------------------------------------------------ */

static uint64_t element_count(const struct decode_field *f, const uint8_t *base)
{
	return f->count ? f->count
			: load(base + f->count_at,
			       f->count_size ? f->count_size : 4);
}

/* Elements that lie at @user, each a structure, or the only field of one. */
static void decode_elements(struct decode_call *c, const struct decode_field *f,
			    const uint8_t *base, unsigned long user)
{
	const struct decode_fields *fields = f->fields;
	uint64_t n = element_count(f, base);
	uint8_t element[MAX_ELEMENT];
	bool plain = fields->nr == 1 && !fields->field->name;

	if (!n && !user) {
		out_word(c->out, f->name, "NULL");
		return;
	}
	if (n && copy_from_user(element, (void *)user, fields->size)) {
		out_hex(c->out, f->name, user);
		return;
	}
	out_open(c->out, f->name, '[');
	for (uint64_t i = 0; i < n && !c->out->full; i++) {
		if (i == MAX_ELEMENTS) {
			out_more(c->out);
			break;
		}
		if (copy_from_user(element, (void *)(user + i * fields->size),
				   fields->size))
			break;
		if (!plain)
			out_open(c->out, NULL, '{');
		decode_fields(c, fields, element);
		if (!plain)
			out_close(c->out, '}');
	}
	out_close(c->out, ']');
}

static void decode_array(struct decode_call *c, const struct decode_field *f,
			 const uint8_t *bytes)
{
	struct decode_field one = *f;

	one.size = f->size / f->count;
	out_open(c->out, f->name, '[');
	for (unsigned int i = 0; i < f->count; i++)
		decode_value(c, &one, NULL, bytes + i * one.size);
	out_close(c->out, ']');
}

void decode_fields(struct decode_call *c, const struct decode_fields *fields,
		   const void *bytes)
{
	const uint8_t *base = bytes;

	for (unsigned int i = 0; i < fields->nr; i++) {
		const struct decode_field *f = &fields->field[i];

		if (!((f->way ? f->way : DECODE_IN) & c->way) ||
		    (c->failed && f->kind == DECODE_TAIL))
			continue;
		if (f->kind == DECODE_TAIL)
			decode_elements(c, f, base, c->at + fields->size);
		else if (f->kind == DECODE_AT)
			decode_elements(c, f, base, load(base + f->at, 8));
		else if (f->count)
			decode_array(c, f, base + f->at);
		else
			decode_value(c, f, f->name, base + f->at);
	}
}

/* ---- requests ------------------------------------------------------------ */

static bool goes_way(const struct decode_fields *fields, enum decode_way way)
{
	for (unsigned int i = 0; i < fields->nr; i++)
		if ((fields->field[i].way ? fields->field[i].way : DECODE_IN) &
		    way)
			return true;
	return false;
}

static void decode_foreign(struct decode_call *c)
{
	uint8_t bytes[MAX_ELEMENTS];
	size_t n = c->row->size < sizeof(bytes) ? c->row->size : sizeof(bytes);

	if (!n || copy_from_user(bytes, (void *)c->user, n))
		out_hex(c->out, NULL, c->user);
	else
		out_bytes(c->out, NULL, bytes, n);
}

static bool decode_points(struct decode_call *c,
			  const struct decode_fields *fields)
{
	union {
		uint8_t bytes[IOCTL_MAX_SIZE];
		uint64_t align;
	} arg;

	if (!goes_way(fields, c->way))
		return false;
	if (copy_from_user(arg.bytes, (void *)c->user, fields->size)) {
		out_hex(c->out, NULL, c->user);
		return true;
	}
	c->bytes = arg.bytes;
	c->at = c->user;
	out_open(c->out, NULL, '{');
	decode_fields(c, fields, arg.bytes);
	out_close(c->out, '}');
	return true;
}

bool decode_argument(struct decode_call *c)
{
	const struct decode_request *r =
		c->row ? decode_request_find(c->arch, c->row->name) : NULL;

	if (c->way == DECODE_OUT && (!r || r->arg != DECODE_POINTS))
		return false;
	if (!r || (r->arg == DECODE_NO_ARG && c->user)) {
		out_hex(c->out, NULL, c->user);
		return true;
	}
	switch (r->arg) {
	case DECODE_NO_ARG: return false;
	case DECODE_VALUE:
		decode_value(c, r->fields->field, NULL, &c->user);
		return true;
	case DECODE_FOREIGN: decode_foreign(c); return true;
	case DECODE_POINTS: break;
	}
	return decode_points(c, r->fields);
}

/* ---- exits --------------------------------------------------------------- */

void decode_exit(struct decode_out *out, const struct arch *arch,
		 const struct kvm_run *run)
{
	const struct decode_exit *e = decode_exit_find(arch, run->exit_reason);
	struct decode_call c = {.out = out, .arch = arch, .way = DECODE_BOTH};

	out_open(out, NULL, '{');
	out_word(out, "exit_reason", exit_reason_name(run));
	if (e)
		decode_fields(&c, e->fields, run);
	out_close(out, '}');
}
