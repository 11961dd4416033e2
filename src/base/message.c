/* SPDX-License-Identifier: MIT */
/*
 * The names of explanations, see message.h. What they say is not here: a VMM's
 * process has no use for it.
 */
#include "base/message.h"

#include <string.h>

static const char *const names[NR_MESSAGES] = {
#define REFUSAL(id, checks, mistake, remedy) [id] = #id,
#define WARNING(id, checks, mistake, remedy) [id] = #id,
#include "base/messages.def"
#undef REFUSAL
#undef WARNING
};

static const bool warnings[NR_MESSAGES] = {
#define REFUSAL(id, checks, mistake, remedy)
#define WARNING(id, checks, mistake, remedy) [id] = true,
#include "base/messages.def"
#undef REFUSAL
#undef WARNING
};

const char *message_name(enum message id, char name[MESSAGE_NAME_MAX])
{
	const char *from = names[id] ? names[id] : "";
	size_t i;

	for (i = 0; from[i] && i < MESSAGE_NAME_MAX - 1; i++)
		name[i] = from[i] == '_' ? '-' : from[i];
	name[i] = '\0';
	return name;
}

enum message message_find(const char *name, size_t len)
{
	char have[MESSAGE_NAME_MAX];

	for (int id = FKVM_NONE + 1; id < NR_MESSAGES; id++) {
		message_name((enum message)id, have);
		if (strlen(have) == len && !memcmp(have, name, len))
			return (enum message)id;
	}
	return FKVM_NONE;
}

bool message_is_warning(enum message id)
{
	return warnings[id];
}
