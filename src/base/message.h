/* SPDX-License-Identifier: MIT */
/*
 * The ids of explanations: which check refused a request, which misuse a
 * warning is about. Each is a row of messages.def; FKVM_SLOT_ALIGN there is
 * FKVM-SLOT-ALIGN to users, who grep for it, suppress it and look it up. An id
 * once given keeps its meaning; what the rows say may change.
 */
#ifndef FAUXKVM_BASE_MESSAGE_H
#define FAUXKVM_BASE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

enum message {
	FKVM_NONE,
#define REFUSAL(id, checks, mistake, remedy) id,
#define WARNING(id, checks, mistake, remedy) id,
#include "base/messages.def"
#undef REFUSAL
#undef WARNING
	NR_MESSAGES,
};

#define MESSAGE_NAME_MAX 40

/* "FKVM-SLOT-ALIGN", in @name. */
const char *message_name(enum message id, char name[MESSAGE_NAME_MAX]);

/* The message of that name (of @len bytes), FKVM_NONE: there is none. */
enum message message_find(const char *name, size_t len);

bool message_is_warning(enum message id);

#endif
