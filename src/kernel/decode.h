/* SPDX-License-Identifier: MIT */
/*
 * What a request's argument and an exit hold, as rows: a structure's fields by
 * offset, size and meaning; a request by what its argument is. Tracing reads
 * them, and injection sets the fields of an exit by them. decode-requests.c and
 * decode-exits.c have the rows of every KVM, an architecture has its own
 * (arch->decode).
 */
#ifndef FAUXKVM_KERNEL_DECODE_H
#define FAUXKVM_KERNEL_DECODE_H

#include <stddef.h>

#include "base/types.h"
#include "kernel/decode-out.h"
#include "kernel/kernel.h"

struct arch;
struct kvm_run;

enum decode_kind {
	DECODE_HEX,
	DECODE_DEC,
	DECODE_INT,
	DECODE_ENUM,  /* names */
	DECODE_FLAGS, /* names */
	DECODE_BYTES,
	DECODE_PAD, /* shown if it is not 0 */
	DECODE_CAP,
	DECODE_REG,    /* the id of a register */
	DECODE_STRUCT, /* fields, embedded */
	DECODE_TAIL,   /* what follows the structure: elements of fields */
	DECODE_AT,     /* the address of elements of fields */
	DECODE_FN,     /* as fn says */
};

/* Which way a field goes. */
enum decode_way { DECODE_IN = 1, DECODE_OUT = 2, DECODE_BOTH = 3 };

struct decode_fields;
struct decode_call;

struct decode_field {
	const char *name;
	uint16_t at, size;
	uint8_t kind; /* enum decode_kind */
	uint8_t way;  /* enum decode_way; 0: in */
	/* Elements: an array has so many; those of DECODE_TAIL and DECODE_AT
	 * are counted by the 4 or 8 bytes at count_at if count is 0. */
	uint16_t count, count_at, count_size;
	const struct decode_name *names;
	const struct decode_fields *fields;
	void (*fn)(struct decode_call *c, const struct decode_field *f,
		   const void *value);
};

struct decode_fields {
	const struct decode_field *field;
	unsigned int nr;
	size_t size;
};

#define FIELD_OF(s, m, ...)                                     \
	{                                                       \
		.name = #m, .at = offsetof(struct s, m),        \
		.size = sizeof(((struct s *)0)->m), __VA_ARGS__ \
	}
#define FIELDS_OF(table, s)                                  \
	{                                                    \
		(table), ARRAY_SIZE(table), sizeof(struct s) \
	}

/* What the argument of a request is. */
enum decode_arg {
	DECODE_NO_ARG, /* 0, or it is refused */
	DECODE_VALUE,  /* field: of the argument itself */
	DECODE_POINTS, /* to a structure of fields */
	/* To so many bytes as the number says, of a structure that none of our
	 * KVMs has. */
	DECODE_FOREIGN,
};

struct decode_request {
	const char *name;
	enum decode_arg arg;
	const struct decode_fields *fields; /* of a value: its only field */
	/* Fields that are written are there after this errno, too. */
	int out_errno;
};

/* Rows of requests: @f is a struct decode_fields. */
#define REQUEST_NO_ARG(r)                        \
	{                                        \
		.name = #r, .arg = DECODE_NO_ARG \
	}
#define REQUEST_VALUE(r, f)                                     \
	{                                                       \
		.name = #r, .arg = DECODE_VALUE, .fields = &(f) \
	}
#define REQUEST_POINTS(r, f, ...)                                             \
	{                                                                     \
		.name = #r, .arg = DECODE_POINTS, .fields = &(f), __VA_ARGS__ \
	}
#define REQUEST_FOREIGN(r)                        \
	{                                         \
		.name = #r, .arg = DECODE_FOREIGN \
	}

/* What struct kvm_run holds. */
struct decode_exit {
	uint32_t reason;
	const struct decode_fields *fields;
};

#define RUN_FIELD(name_, member, ...)                                      \
	{                                                                  \
		.name = name_, .at = offsetof(struct kvm_run, member),     \
		.way = DECODE_BOTH,                                        \
		.size = sizeof(((struct kvm_run *)0)->member), __VA_ARGS__ \
	}

struct attr_row;

struct decode_table {
	const struct decode_request *request;
	unsigned int nr_requests;
	const struct decode_exit *exit; /* ends with one without fields */
	/* A register's name in @size bytes; false: it has none. NULL: none has. */
	bool (*reg_name)(uint64_t id, char *name, size_t size);
	const struct decode_name *device_types; /* of KVM_CREATE_DEVICE */
	/* What KVM_IRQ_LINE's number is made of. NULL: it is a number. */
	void (*irq)(struct decode_call *c, const char *name, uint32_t irq);
	/* The structure of an ATTR_STRUCT. False: the bytes as they are. NULL:
	 * there is none. */
	bool (*attr_struct)(struct decode_call *c, const char *name,
			    const struct attr_row *row, const void *bytes);
};

extern const struct decode_table decode_core;        /* decode-requests.c */
extern const struct decode_exit decode_core_exits[]; /* decode-exits.c */

/* A request that is being decoded. */
struct decode_call {
	struct decode_out *out;
	struct kobj *obj;
	const struct arch *arch;
	const struct kernel_ioctl_row *row;
	unsigned long user;  /* the argument */
	const void *bytes;   /* of the structure that it points to */
	unsigned long at;    /* the VMM's address of that */
	enum decode_way way; /* what is wanted */
	bool failed;         /* of what is written no list is */
};

/* NULL: no row has it, neither the architecture's nor the core's. */
const struct decode_request *decode_request_find(const struct arch *arch,
						 const char *name);
const struct decode_exit *decode_exit_find(const struct arch *arch,
					   uint32_t reason);

/*
 * The argument of @c->row as it comes in, or what the model has put there. It
 * writes nothing, and says so, if nothing of it goes that way.
 */
bool decode_argument(struct decode_call *c);
/* The exit that @run holds: its name and fields, or its name alone. */
void decode_exit(struct decode_out *out, const struct arch *arch,
		 const struct kvm_run *run);
/* Fields of the structure at @bytes. */
void decode_fields(struct decode_call *c, const struct decode_fields *fields,
		   const void *bytes);

/* For the rows of an architecture's. */
extern const struct decode_fields decode_enable_cap;

#endif
