/* SPDX-License-Identifier: MIT */
/*
 * What a trace is of: filters as `fauxkvm trace -e` takes them, several joined
 * by ";". KIND or KIND=LIST, with "!" before the list for all but these:
 *
 *   ioctl=KVM_RUN,IRQ_LINE  requests by name
 *   exit=mmio,shutdown      KVM_RUN by the exit that it ends with
 *   guest=wfi,hvc           exits of the guest that the model handled itself
 *   irq=acknowledge,27      steps of the interrupt controller, by name or INTID
 *   vcpu=0                  of what these say, only what is of this vCPU
 *   failed                  of requests, only those that fail
 *
 * Kinds add up, the last two narrow down. A list of requests needs no "ioctl=".
 * Without a kind: all requests.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/irqchip.h"
#include "base/refuse.h"
#include "kernel/arch.h"
#include "kernel/by-name.h"
#include "kernel/system.h"
#include "kernel/trace.h"
#include "kernel/vcpu.h"
#include "kernel/vm.h"

enum filter_kind {
	FILTER_IOCTL,
	FILTER_EXIT,
	FILTER_GUEST,
	FILTER_IRQ,
	FILTER_VCPU,
	FILTER_FAILED,
	NR_FILTERS
};

struct filter_row {
	const char *name;
	bool narrows;
	/* Is @word one that can be in the list? NULL: there is no list. */
	bool (*known)(const char *word);
};

#define MAX_WORDS 64

static struct filter {
	bool given, but; /* "!" */
	unsigned int nr; /* 0: all */
	const char *word[MAX_WORDS];
} filters[NR_FILTERS];
static bool by_kind; /* one that adds was given */

/* ---- words --------------------------------------------------------------- */

static bool known_ioctl(const char *word)
{
	return ioctl_by_name(word) || !strcasecmp(word, "unknown");
}

static bool known_exit(const char *word)
{
	const struct kernel_exit_row *row;

	for (unsigned int n = 0; (row = kernel_exit_row(n)); n++)
		if (exit_is_named(word, row))
			return true;
	return false;
}

static bool known_guest(const char *word)
{
	const struct arch *arch = kernel_arch();
	const char *name;

	for (unsigned int n = 0; arch->exit_name && (name = arch->exit_name(n));
	     n++)
		if (!strcasecmp(word, name))
			return true;
	return false;
}

static bool is_number(const char *word)
{
	return *word && strspn(word, "0123456789") == strlen(word) &&
	       strlen(word) < 10;
}

static bool known_step(const char *word)
{
	for (unsigned int n = 0; n < NR_IRQ_STEPS; n++)
		if (!strcasecmp(word, irq_step_name(n)))
			return true;
	return is_number(word);
}

static const struct filter_row kinds[NR_FILTERS] = {
	[FILTER_IOCTL] = {"ioctl", false, known_ioctl},
	[FILTER_EXIT] = {"exit", false, known_exit},
	[FILTER_GUEST] = {"guest", false, known_guest},
	[FILTER_IRQ] = {"irq", false, known_step},
	[FILTER_VCPU] = {"vcpu", true, is_number},
	[FILTER_FAILED] = {"failed", true, NULL},
};

/* ---- reading filters ----------------------------------------------------- */

static int list_read(struct filter *f, const struct filter_row *row, char *list)
{
	char *w;

	if (*list == '!') {
		f->but = true;
		list++;
	}
	if (!*list)
		return refuse(EINVAL, FKVM_OPTION_VALUE,
			      "%s= is followed by nothing", row->name);
	while ((w = strsep(&list, ","))) {
		if (!row->known(w))
			return refuse(EINVAL, FKVM_OPTION_VALUE,
				      "'%s' is no %s", w, row->name);
		if (f->nr == MAX_WORDS)
			return refuse(E2BIG, FKVM_OPTION_VALUE,
				      "more than %d words", MAX_WORDS);
		f->word[f->nr++] = w;
	}
	return 0;
}

/* Does @list begin with a request? */
static bool is_requests(const char *list)
{
	char *word = strndup(list, strcspn(list, ","));
	bool known = word && known_ioctl(word);

	free(word);
	return known;
}

static int filter_read(char *text)
{
	char *list = strchr(text, '=');
	struct filter *f;
	unsigned int k;
	bool but = *text == '!';

	if (list)
		*list++ = '\0';
	text += but;
	for (k = 0; k < NR_FILTERS; k++)
		if (!strcmp(text, kinds[k].name))
			break;
	if (k == NR_FILTERS && !list && is_requests(text)) {
		k = FILTER_IOCTL;
		list = text;
	}
	if (k == NR_FILTERS)
		return refuse(EINVAL, FKVM_OPTION_VALUE,
			      "'%s' is none of ioctl, exit, guest, irq, vcpu, "
			      "failed%s",
			      text, list ? "" : ", and no request");
	f = &filters[k];
	f->given = true;
	f->but ^= but;
	by_kind |= !kinds[k].narrows;
	if (list && !kinds[k].known)
		return refuse(EINVAL, FKVM_OPTION_VALUE, "%s takes no list",
			      text);
	if (!list && (but || k == FILTER_VCPU))
		return refuse(EINVAL, FKVM_OPTION_VALUE, "%s needs a list",
			      text);
	return list ? list_read(f, &kinds[k], list) : 0;
}

int trace_filter_set(const char *text)
{
	char *copy, *f;
	int err = 0;

	memset(filters, 0, sizeof(filters));
	by_kind = false;
	copy = text ? strdup(text) : NULL; /* its words stay in use */
	if (text && !copy)
		return refuse(ENOMEM, FKVM_NO_MEMORY, "no memory");
	while (!err && (f = strsep(&copy, ";")))
		err = filter_read(f);
	return err;
}

/* ---- asking them --------------------------------------------------------- */

/* Is the kind wanted, and one of its words what @is says? */
static bool wanted(enum filter_kind kind,
		   bool (*is)(const char *word, const void *what),
		   const void *what)
{
	const struct filter *f = &filters[kind];
	bool found = false;

	if (!f->given)
		return false;
	for (unsigned int i = 0; i < f->nr && !found; i++)
		found = is(f->word[i], what);
	return !f->nr || found != f->but;
}

static bool is_vcpu(const char *word, const void *what)
{
	return atoi(word) == *(const int *)what;
}

/* What is of no vCPU goes where all but some are wanted. */
static bool of_vcpu(int vcpu)
{
	return !filters[FILTER_VCPU].given ||
	       wanted(FILTER_VCPU, is_vcpu, &vcpu);
}

static bool is_request(const char *word, const void *what)
{
	return is_named(word, what, "KVM_");
}

static bool is_run(const struct trace_call *call)
{
	return call->row && !strcmp(call->row->name, "KVM_RUN");
}

bool trace_wants_call(const struct trace_call *call)
{
	const char *name = call->row ? call->row->name : "unknown";

	return of_vcpu(call->vcpu) &&
	       (!by_kind || wanted(FILTER_IOCTL, is_request, name) ||
		(filters[FILTER_EXIT].given && is_run(call)));
}

bool trace_judges_answer(void)
{
	return filters[FILTER_FAILED].given || filters[FILTER_EXIT].given;
}

static bool is_exit_of(const char *word, const void *what)
{
	const struct kvm_run *run = what;
	const struct kernel_exit_row *row;

	for (unsigned int n = 0; (row = kernel_exit_row(n)); n++)
		if (row->reason == run->exit_reason &&
		    (!row->event || row->event == run->system_event.type) &&
		    exit_is_named(word, row))
			return true;
	return false;
}

bool trace_wants_answer(const struct trace_call *call, const struct event *e)
{
	const char *name = call->row ? call->row->name : "unknown";

	if (filters[FILTER_FAILED].given && e->request.result >= 0)
		return false;
	if (!by_kind || wanted(FILTER_IOCTL, is_request, name))
		return true;
	return is_run(call) && !e->request.result &&
	       wanted(FILTER_EXIT, is_exit_of, vcpu_of(e->request.obj)->run);
}

bool trace_wants_steps(void)
{
	return filters[FILTER_IRQ].given;
}

static bool is_step(const char *word, const void *what)
{
	const struct event *e = what;

	if (is_number(word))
		return e->irqchip.intid == strtoul(word, NULL, 10);
	return !strcasecmp(word, irq_step_name(e->irqchip.step));
}

bool trace_wants_step(const struct event *e)
{
	return of_vcpu((int)e->irqchip.vcpu) && wanted(FILTER_IRQ, is_step, e);
}

bool trace_wants_exits(void)
{
	return filters[FILTER_GUEST].given;
}

static bool is_reason(const char *word, const void *what)
{
	return !strcasecmp(word, what);
}

/* What goes to the VMM is KVM_RUN's line. */
bool trace_wants_exit(const struct event *e)
{
	return e->exit.result > 0 && of_vcpu((int)e->exit.vcpu->index) &&
	       wanted(FILTER_GUEST, is_reason, e->exit.reason);
}
