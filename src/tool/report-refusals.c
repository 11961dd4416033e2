/* SPDX-License-Identifier: MIT */
/*
 * The report's table of requests that were refused, with what fauxkvm explain
 * says of each reason. See report.h.
 */
#include "tool/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "tool/tool.h"

static void paragraph(FILE *out, const char *head, const char *text)
{
	if (!*text)
		return;
	fprintf(out, "<p>%s: ", head);
	report_text(out, text, SIZE_MAX);
	fputs("</p>", out);
}

static void refusal_write(FILE *out, const struct stat_refusal *r)
{
	const char *name = strerrorname_np((int)r->err);
	enum message id = message_find(r->id, strlen(r->id));
	const struct message_text *t = tool_message_text(id);

	fputs("<tr><th>", out);
	report_text(out, r->request, sizeof(r->request));
	fputs("</th><td class=\"text\">", out);
	report_text(out, r->object, sizeof(r->object));
	if (name)
		fprintf(out, "</td><td class=\"text\">%s", name);
	else
		fprintf(out, "</td><td class=\"text\">errno %u", r->err);
	fprintf(out, "</td><td>%" PRIu64 "</td><td class=\"text small\">",
		stat_get(&r->count));
	report_text(out, r->why, sizeof(r->why));
	if (id) {
		fputs("<details><summary>", out);
		report_text(out, r->id, sizeof(r->id));
		fputs("</summary>", out);
		paragraph(out, "Linux checks", t->checks);
		paragraph(out, "Usual mistake", t->mistake);
		paragraph(out, "What to do", t->remedy);
		fputs("</details>", out);
	}
	fputs("</td></tr>\n", out);
}

void report_refusals(FILE *out, const struct stat_view *view)
{
	struct stat_refusal *list;
	size_t n = stat_refusals(view, &list);

	fputs("<section><h2>Requests that were refused</h2>\n", out);
	if (n) {
		fputs("<p>EINTR of KVM_RUN is how a VMM stops a vCPU. The "
		      "reason is that of the first.</p>\n",
		      out);
		report_table(out, "refusals", "Requests that were refused",
			     "request|descriptor|errno|times|reason");
	} else {
		fputs("<p>There were none.</p>\n", out);
	}
	for (size_t i = 0; i < n; i++)
		refusal_write(out, &list[i]);
	if (n)
		report_table_end(out);
	fputs("</section>\n", out);
	free(list);
}
