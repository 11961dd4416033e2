/* SPDX-License-Identifier: MIT */
/*
 * Faults on request, in the syntax of strace's --inject: a listener of the event
 * tap that answers in the model's place. Rules are joined by ";", each
 *
 *   REQUEST[,REQUEST]...[:WHAT]...   or !REQUEST..., or all
 *
 *   error=EINTR     refused so; the model is not asked
 *   retval=0        answered so; the model is not asked
 *   exit=mmio       KVM_RUN ends with this exit, the guest does not run; fields
 *                   of the exit may follow: phys_addr=0x1000:len=4
 *   signal=USR1     the thread gets the signal as it asks
 *   delay_enter=50  it waits before, microseconds (or 5ms, 1s, 100ns)
 *   delay_exit=50   and after
 *   when=2..8+3     the calls that it is for: FIRST[..LAST][+[STEP]]
 *   vcpu=1          of the requests of this vCPU only
 *
 * Calls are counted for each rule, in the process.
 */
#include "kernel/inject.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <fauxkvm/kvm.h>

#include "base/refuse.h"
#include "kernel/arch.h"
#include "kernel/by-name.h"
#include "kernel/decode.h"
#include "kernel/event.h"
#include "kernel/kernel.h"
#include "kernel/system.h"
#include "kernel/vcpu.h"

#define MAX_RULES    32
#define MAX_REQUESTS 32
#define MAX_FIELDS   16

struct exit_field {
	const struct decode_field *field;
	uint64_t value;
};

static struct rule {
	/* Requests; none: all. */
	const char *request[MAX_REQUESTS];
	unsigned int nr_requests;
	bool but;
	int vcpu;          /* -1: any */
	unsigned int said; /* read_what()'s, a bit each */

	uint64_t first, last, step; /* of the calls, from 1 */
	_Atomic uint64_t calls;

	bool answers; /* with result */
	long result;
	const struct kernel_exit_row *exit; /* NULL: none */
	struct kernel_exit_row exit_row;
	struct exit_field field[MAX_FIELDS];
	unsigned int nr_fields;
	int signal;
	uint64_t delay_enter, delay_exit; /* ns */
} rules[MAX_RULES];
static unsigned int nr_rules;

/* ---- at a request -------------------------------------------------------- */

static bool rule_is_for(const struct rule *r, const struct event *e)
{
	bool found = !r->nr_requests;

	if (!e->request.row)
		return false;
	for (unsigned int i = 0; i < r->nr_requests && !found; i++)
		found = !strcmp(r->request[i], e->request.row->name);
	if (found == r->but)
		return false;
	return r->vcpu < 0 ||
	       (e->request.obj->kind == KOBJ_VCPU &&
		vcpu_of(e->request.obj)->index == (unsigned int)r->vcpu);
}

static bool rule_is_due(struct rule *r)
{
	uint64_t n = atomic_fetch_add(&r->calls, 1) + 1;

	return n >= r->first && n <= r->last && !((n - r->first) % r->step);
}

static void make_exit(struct kvm_run *run, const void *rule)
{
	const struct rule *r = rule;

	memset(run->padding, 0, sizeof(run->padding));
	run->exit_reason = r->exit->reason;
	run->flags = 0;
	if (r->exit->event_name)
		run->system_event.type = r->exit->event;
	for (unsigned int i = 0; i < r->nr_fields; i++) {
		const struct decode_field *f = r->field[i].field;

		memcpy((char *)run + f->at, &r->field[i].value,
		       f->size < 8 ? f->size : 8);
	}
}

static void inject(struct event_listener *listener, struct event *e)
{
	if (e->kind != EVENT_REQUEST)
		return;
	for (unsigned int i = 0; i < nr_rules; i++) {
		struct rule *r = &rules[i];

		if (!rule_is_for(r, e) || !rule_is_due(r))
			continue;
		e->request.wait_before += r->delay_enter;
		e->request.wait_after += r->delay_exit;
		if (r->signal)
			e->request.signal = r->signal;
		if (r->answers && !e->request.answered) {
			e->request.answered = e->request.injected = true;
			e->request.result = r->result;
		}
		if (r->exit && e->request.obj->kind == KOBJ_VCPU) {
			e->request.make_exit = make_exit;
			e->request.rule = r;
		}
	}
}

static struct event_listener listener = {.event = inject};

/* ---- reading rules ------------------------------------------------------- */

static int read_requests(struct rule *r, char *list)
{
	const struct kernel_ioctl_row *row;
	char *w;

	if (*list == '!') {
		r->but = true;
		list++;
	}
	if (!*list)
		return refuse(EINVAL, FKVM_OPTION_VALUE,
			      "inject: no request is named");
	if (!strcmp(list, "all"))
		return r->but ? refuse(EINVAL, FKVM_OPTION_VALUE,
				       "inject: '!all' is no request")
			      : 0;
	while ((w = strsep(&list, ","))) {
		row = ioctl_by_name(w);
		if (!row)
			return refuse(EINVAL, FKVM_OPTION_VALUE,
				      "inject: no request is called "
				      "'%s'; see fauxkvm list ioctls",
				      w);
		if (r->nr_requests == MAX_REQUESTS)
			return refuse(E2BIG, FKVM_OPTION_VALUE,
				      "inject: more than %d requests",
				      MAX_REQUESTS);
		r->request[r->nr_requests++] = row->name;
	}
	return 0;
}

static bool read_number(const char *text, uint64_t max, uint64_t *n)
{
	char *end;

	errno = 0;
	*n = strtoull(text, &end, 0);
	return *text >= '0' && *text <= '9' && !*end && !errno && *n <= max;
}

static int refuse_two_answers(void)
{
	return refuse(EINVAL, FKVM_OPTION_COMBINATION,
		      "inject: error= and retval= exclude each other");
}

static int read_error(struct rule *r, const char *text)
{
	uint64_t n;

	if (r->answers)
		return refuse_two_answers();
	r->answers = true;
	if (read_number(text, 4095, &n) && n) {
		r->result = -(long)n;
		return 0;
	}
	for (int err = 1; err < 256; err++) {
		const char *name = strerrorname_np(err);

		if (!name || strcmp(name, text))
			continue;
		r->result = -err;
		return 0;
	}
	return refuse(EINVAL, FKVM_OPTION_VALUE,
		      "inject: no error is called '%s'", text);
}

static int read_retval(struct rule *r, const char *text)
{
	uint64_t n;

	if (!read_number(text, INT32_MAX, &n))
		return refuse(EINVAL, FKVM_OPTION_VALUE,
			      "inject: retval: '%s' is no number from "
			      "0 to %d",
			      text, INT32_MAX);
	if (r->answers)
		return refuse_two_answers();
	r->answers = true;
	r->result = (long)n;
	return 0;
}

static int read_signal(struct rule *r, const char *text)
{
	uint64_t n;

	if (read_number(text, 64, &n) && n) {
		r->signal = (int)n;
		return 0;
	}
	if (!strncmp(text, "SIG", 3))
		text += 3;
	for (int sig = 1; sig < 32; sig++) {
		const char *name = sigabbrev_np(sig);

		if (!name || strcmp(name, text))
			continue;
		r->signal = sig;
		return 0;
	}
	return refuse(EINVAL, FKVM_OPTION_VALUE,
		      "inject: no signal is called '%s'", text);
}

static int read_delay(uint64_t *ns, const char *text)
{
	static const struct {
		const char *unit;
		uint64_t ns;
	} units[] = {
		{"", 1000},      {"ns", 1},         {"us", 1000},
		{"ms", 1000000}, {"s", 1000000000},
	};
	char *end;
	uint64_t n = strtoull(text, &end, 10);

	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (*text < '0' || *text > '9' || strcmp(end, units[i].unit))
			continue;
		if (n > UINT64_C(3600000000000) / units[i].ns)
			break;
		*ns = n * units[i].ns;
		return 0;
	}
	return refuse(EINVAL, FKVM_OPTION_VALUE,
		      "inject: '%s' is no delay of an hour at most", text);
}

static int read_delay_enter(struct rule *r, const char *text)
{
	return read_delay(&r->delay_enter, text);
}

static int read_delay_exit(struct rule *r, const char *text)
{
	return read_delay(&r->delay_exit, text);
}

/* FIRST, FIRST+, FIRST+STEP, and each with ..LAST behind FIRST. */
static int read_when(struct rule *r, const char *text)
{
	char *end;

	errno = 0;
	r->first = r->last = strtoul(text, &end, 10);
	r->step = 1;
	if (!strncmp(end, "..", 2))
		r->last = end[2] < '0' || end[2] > '9'
				  ? 0
				  : strtoul(end + 2, &end, 10);
	else if (*end == '+')
		r->last = UINT64_MAX;
	if (*end == '+' && end[1])
		r->step = end[1] < '0' || end[1] > '9'
				  ? 0
				  : strtoul(end + 1, &end, 10);
	else if (*end == '+')
		end++;
	if (*text < '0' || *text > '9' || *end || errno || !r->first ||
	    r->last < r->first || !r->step)
		return refuse(EINVAL, FKVM_OPTION_VALUE,
			      "inject: when: '%s' is not "
			      "FIRST[..LAST][+[STEP]]",
			      text);
	return 0;
}

static int read_vcpu(struct rule *r, const char *text)
{
	uint64_t n;

	if (!read_number(text, 65535, &n))
		return refuse(EINVAL, FKVM_OPTION_VALUE,
			      "inject: vcpu: '%s' is no number", text);
	r->vcpu = (int)n;
	return 0;
}

static int read_exit(struct rule *r, const char *text)
{
	const struct kernel_exit_row *row;

	for (unsigned int n = 0; (row = kernel_exit_row(n)); n++) {
		if (!exit_is_named(text, row))
			continue;
		r->exit_row = *row;
		r->exit = &r->exit_row;
		return 0;
	}
	return refuse(EINVAL, FKVM_OPTION_VALUE,
		      "inject: no exit is called '%s'; see fauxkvm "
		      "list exits",
		      text);
}

static int refuse_twice(const char *name)
{
	return refuse(EINVAL, FKVM_OPTION_COMBINATION,
		      "inject: %s= is said twice", name);
}

/* A field of the exit that was named before. */
static int read_field(struct rule *r, const char *name, const char *text)
{
	const struct decode_exit *e =
		r->exit ? decode_exit_find(kernel_arch(), r->exit->reason)
			: NULL;
	const struct decode_field *f = NULL;
	uint64_t value;

	for (unsigned int i = 0; e && i < e->fields->nr; i++)
		if (!strcmp(e->fields->field[i].name, name))
			f = &e->fields->field[i];
	for (unsigned int i = 0; f && i < r->nr_fields; i++)
		if (r->field[i].field == f)
			return refuse_twice(name);
	if (!f)
		return refuse(EINVAL, FKVM_OPTION_VALUE,
			      "inject: '%s' is nothing to inject%s", name,
			      r->exit ? ", nor a field of the exit" : "");
	if (!read_number(text,
			 f->size < 8 ? (UINT64_C(1) << 8 * f->size) - 1
				     : UINT64_MAX,
			 &value))
		return refuse(EINVAL, FKVM_OPTION_VALUE,
			      "inject: %s: '%s' is no number that "
			      "fits in %u bytes",
			      name, text, f->size < 8 ? f->size : 8);
	if (r->nr_fields == MAX_FIELDS)
		return refuse(E2BIG, FKVM_OPTION_VALUE,
			      "inject: more than %d fields", MAX_FIELDS);
	r->field[r->nr_fields++] = (struct exit_field){f, value};
	return 0;
}

static bool said_twice(struct rule *r, unsigned int what)
{
	bool twice = r->said >> what & 1;

	r->said |= 1u << what;
	return twice;
}

static int read_what(struct rule *r, char *text)
{
	static const struct {
		const char *name;
		int (*read)(struct rule *r, const char *value);
	} what[] = {
		{"error", read_error},
		{"retval", read_retval},
		{"exit", read_exit},
		{"signal", read_signal},
		{"delay_enter", read_delay_enter},
		{"delay_exit", read_delay_exit},
		{"when", read_when},
		{"vcpu", read_vcpu},
	};
	char *value = strchr(text, '=');

	if (!value || !value[1])
		return refuse(EINVAL, FKVM_OPTION_VALUE,
			      "inject: '%s' has no value", text);
	*value++ = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(what); i++)
		if (!strcmp(text, what[i].name))
			return said_twice(r, i) ? refuse_twice(text)
						: what[i].read(r, value);
	return read_field(r, text, value);
}

static int rule_judge(const struct rule *r)
{
	bool run = r->nr_requests == 1 && !r->but &&
		   !strcmp(r->request[0], "KVM_RUN");

	if (r->answers && r->exit)
		return refuse(EINVAL, FKVM_OPTION_VALUE,
			      "inject: an exit is an answer: not with "
			      "error= or retval=");
	if (r->exit && !run)
		return refuse(EINVAL, FKVM_OPTION_VALUE,
			      "inject: only KVM_RUN ends with an exit");
	if (!r->answers && !r->exit && !r->signal && !r->delay_enter &&
	    !r->delay_exit)
		return refuse(EINVAL, FKVM_OPTION_VALUE,
			      "inject: nothing is said to inject: "
			      "error=, retval=, exit=, signal=, "
			      "delay_enter= or delay_exit=");
	return 0;
}

static int read_rule(char *text)
{
	struct rule *r = &rules[nr_rules];
	char *part;
	int err;

	if (nr_rules == MAX_RULES)
		return refuse(E2BIG, FKVM_OPTION_VALUE,
			      "inject: more than %d rules", MAX_RULES);
	memset(r, 0, sizeof(*r));
	r->vcpu = -1;
	r->first = r->step = 1;
	r->last = UINT64_MAX;
	err = read_requests(r, strsep(&text, ":"));
	while (!err && (part = strsep(&text, ":")))
		err = read_what(r, part);
	if (!err)
		err = rule_judge(r);
	nr_rules += !err;
	return err;
}

int inject_check(const struct kernel_clock_options *opts)
{
	char *copy, *rest, *rule;
	int err = 0;

	nr_rules = 0;
	if (!opts->inject)
		return 0;
	copy = strdup(opts->inject);
	if (!copy)
		return refuse(ENOMEM, FKVM_NO_MEMORY, "no memory");
	rest = copy;
	while (!err && (rule = strsep(&rest, ";")))
		err = read_rule(rule);
	free(copy);
	if (err)
		nr_rules = 0;
	return err;
}

static void start(void)
{
	if (nr_rules)
		event_listen(&listener);
}

void inject_init(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, start);
}
