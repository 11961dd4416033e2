/* SPDX-License-Identifier: MIT */
/*
 * fauxkvm list messages, fauxkvm explain: the rows of messages.def for people.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/message.h"
#include "base/types.h"
#include "tool/options.h"
#include "tool/tool.h"

static const struct message_text texts[NR_MESSAGES] = {
#define REFUSAL(id, checks, mistake, remedy) [id] = {checks, mistake, remedy},
#define WARNING(id, checks, mistake, remedy) [id] = {checks, mistake, remedy},
#include "base/messages.def"
#undef REFUSAL
#undef WARNING
};

const struct message_text *tool_message_text(int id)
{
	return &texts[id];
}

void tool_list_messages(void)
{
	char name[MESSAGE_NAME_MAX];

	printf("%-26s %-7s %s\n", "id", "kind", "what Linux checks, or does");
	for (int id = FKVM_NONE + 1; id < NR_MESSAGES; id++)
		printf("%-26s %-7s %s\n", message_name((enum message)id, name),
		       message_is_warning((enum message)id) ? "warning"
							    : "refusal",
		       texts[id].checks);
}

static void paragraph(const char *head, const char *text)
{
	if (*text)
		printf("    %s %s\n", head, text);
}

#define MAX_NEAR 6

/* @part may be all that is remembered of an id: says which have it. */
static int explain_near(const char *part)
{
	char name[MESSAGE_NAME_MAX],
		near[16 + MAX_NEAR * (MESSAGE_NAME_MAX + 2)] = "";
	unsigned int nr = 0;

	for (int id = FKVM_NONE + 1; *part && id < NR_MESSAGES; id++) {
		if (!strcasestr(message_name((enum message)id, name), part) ||
		    nr++ >= MAX_NEAR)
			continue;
		strcat(near, nr > 1 ? ", " : "; there is ");
		strcat(near, name);
	}
	return tool_fail("explain: there is no message '%s'%s%s; see fauxkvm "
			 "list messages",
			 part, near, nr > MAX_NEAR ? ", ..." : "");
}

static int explain(const char *name)
{
	enum message id = message_find(name, strlen(name));
	const struct message_text *t = &texts[id];

	if (!id)
		return explain_near(name);
	printf("%s\n", name);
	paragraph(message_is_warning(id) ? "Linux:" : "Linux checks:",
		  t->checks);
	paragraph("Usual mistake:", t->mistake);
	paragraph("What to do:", t->remedy);
	return 0;
}

int tool_explain(int argc, char **argv)
{
	int ret = tool_options_read(argc, argv, NULL);

	if (ret != TOOL_GO_ON)
		return ret;
	if (optind >= argc)
		return tool_fail("explain takes ids as the log has them; see "
				 "fauxkvm list messages");
	for (int i = optind; i < argc; i++)
		if (explain(argv[i]))
			return EXIT_USAGE;
	return tool_flush();
}
