/* SPDX-License-Identifier: MIT */
/*
 * fauxkvm stat: what a statistics file says, as tables for people or as JSON,
 * once or every few seconds for as long as the VMM runs.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tool/options.h"
#include "tool/stat-view.h"
#include "tool/tool.h"

/* ---- for people ---------------------------------------------------------- */

static void latency_line(const struct stat_vm *vm, const struct histogram *h)
{
	static const unsigned int at[] = {0, 500, 990, 1000};
	char text[32];

	for (size_t i = 0; i < ARRAY_SIZE(at); i++)
		printf(" %11s", stat_time_text(text, sizeof(text), vm,
					       histogram_at(h, at[i])));
	putchar('\n');
}

static void irq_lines(const struct stat_vm *vm, const struct stat_irq *irq)
{
	bool first = true;
	char name[32];

	stat_irq_name(name, sizeof(name), vm, irq->tally.intid);
	printf("%4u  %-10s %12" PRIu64 "  ", irq->tally.vcpu, name,
	       stat_get(&irq->tally.count));
	for (unsigned int k = 0; k < NR_STAT_LATENCIES; k++) {
		const struct histogram *h = &irq->latency[k];

		if (!stat_get(&h->count))
			continue;
		if (!first)
			printf("%31s", "");
		first = false;
		printf("%-20s %11" PRIu64, stat_latency_names[k].text,
		       stat_get(&h->count));
		latency_line(vm, h);
	}
	if (first)
		putchar('\n');
}

static void irqs_print(const struct stat_view *view, const struct stat_vm *vm)
{
	const struct stat_irq **irq;
	size_t n = stat_irqs(view, vm, &irq);

	if (n)
		printf("\nvCPU  interrupt  acknowledged  %-20s %11s %11s %11s "
		       "%11s %11s\n",
		       vm->counted ? "latency in cycles" : "latency", "timed",
		       "min", "median", "99 %", "max");
	for (size_t i = 0; i < n; i++)
		irq_lines(vm, irq[i]);
	free(irq);
}

/* ---- exits, as `perf kvm stat` and kvm_stat have them --------------------- */

/* What each vCPU's exits of a kind came to at the last look, for rates. */
#define RATE_ROWS 1024
static struct {
	uint64_t exits[RATE_ROWS];
	double seconds; /* since then; 0: there was none */
} last;

static uint64_t *last_exits(const struct stat_vm *vm, const struct stat_vcpu *v,
			    unsigned int kind)
{
	return &last.exits[((vm->number * 16 + v->index) * STAT_KINDS + kind) %
			   RATE_ROWS];
}

static uint64_t time_mean(const struct stat_time *t)
{
	uint64_t timed = stat_get(&t->timed);

	return timed ? stat_get(&t->sum) / timed : 0;
}

/* What all exits of a kind took, if those that were timed are like the others. */
static double time_all(const struct stat_vcpu *v, unsigned int kind)
{
	return (double)time_mean(&v->time[kind]) * (double)stat_exits(v, kind);
}

static void exit_time(const struct stat_vm *vm, const struct stat_vcpu *v,
		      unsigned int kind, double all)
{
	const struct stat_time *t = &v->time[kind];
	const uint64_t ns[] = {stat_get(&t->min), stat_get(&t->max),
			       time_mean(t)};
	char text[32];

	if (!stat_get(&t->timed)) {
		printf(" %7s %11s %11s %11s", "-", "-", "-", "-");
		return;
	}
	printf(" %6.2f%%", 100 * time_all(v, kind) / all);
	for (size_t i = 0; i < ARRAY_SIZE(ns); i++)
		printf(" %11s", stat_time_text(text, sizeof(text), vm, ns[i]));
}

static void exit_line(const struct stat_vm *vm, const struct stat_vcpu *v,
		      unsigned int kind, double all_exits, double all_time)
{
	uint64_t n = stat_exits(v, kind), *before = last_exits(vm, v, kind);

	printf("%4u  %-12.*s %11" PRIu64 " %7.2f%%", v->index, STAT_NAME,
	       vm->exit_name[kind], n, 100 * (double)n / all_exits);
	exit_time(vm, v, kind, all_time);
	printf(" %11" PRIu64 " %11" PRIu64 " %11" PRIu64,
	       stat_get(&v->exits[kind][STAT_EXIT_HANDLED]),
	       stat_get(&v->exits[kind][STAT_EXIT_TO_VMM]),
	       stat_get(&v->exits[kind][STAT_EXIT_FAILED]));
	if (last.seconds > 0 && n >= *before)
		printf(" %9.0f", (double)(n - *before) / last.seconds);
	*before = n;
	putchar('\n');
}

static void exits_print(const struct stat_vm *vm, const struct stat_vcpu **v,
			size_t n)
{
	double exits = 0, time = 0;

	for (size_t i = 0; i < n; i++)
		for (unsigned int k = 0; k < STAT_KINDS; k++) {
			exits += (double)stat_exits(v[i], k);
			time += time_all(v[i], k);
		}
	if (exits == 0)
		return;
	printf("\nvCPU  exit             samples samples%%   time%%    min time"
	       "    max time   mean time     went on      to VMM      failed%s"
	       "\n",
	       last.seconds > 0 ? "  per second" : "");
	for (size_t i = 0; i < n; i++)
		for (unsigned int k = 0; k < STAT_KINDS; k++)
			if (stat_exits(v[i], k))
				exit_line(vm, v[i], k, exits,
					  time > 0 ? time : 1);
}

static void vcpus_print(const struct stat_view *view, const struct stat_vm *vm)
{
	const struct stat_vcpu **v;
	size_t n = stat_vcpus(view, vm, &v);
	bool head = false;

	exits_print(vm, v, n);
	for (size_t i = 0; i < n; i++)
		for (unsigned int k = 0; k < STAT_KINDS; k++) {
			uint64_t cycles = stat_get(&v[i]->class_cycles[k]);

			if (!cycles)
				continue;
			if (!head)
				printf("\nvCPU  instructions      cycles\n");
			head = true;
			printf("%4u  %-12.*s %11" PRIu64 "\n", v[i]->index,
			       STAT_NAME, vm->class_name[k], cycles);
		}
	free(v);
}

static void steps_print(const struct stat_view *view, const struct stat_vm *vm)
{
	struct stat_pmu pmu;
	bool head = false;

	for (unsigned int n = 0; n < STAT_STEPS; n++) {
		uint64_t count = stat_steps(vm, n);

		if (!count)
			continue;
		if (!head)
			printf("\nstep of the interrupt controller     "
			       "count\n");
		head = true;
		printf("%-28.*s %13" PRIu64 "\n", STAT_NAME, vm->step_name[n],
		       count);
	}
	for (unsigned int n = 0; stat_pmu_event(view, vm, n, &pmu); n++) {
		if (!n)
			printf("\nGIC-600 PMU event                    "
			       "count\n");
		printf("0x%02x %-23s %13" PRIu64 "  %s\n", pmu.event, pmu.name,
		       pmu.count, pmu.about);
	}
}

static void view_print(const struct stat_view *view)
{
	const struct stat_head *h = view->head;
	const struct stat_vm *vm = NULL;
	const struct stat_vcpu **v;

	printf("%.*s\nprocess %u, %s\n", STAT_COMMAND, h->command, h->pid,
	       view->running ? "running" : "ended");
	if (stat_get(&h->lost))
		printf("%" PRIu64 " things found no room in the file\n",
		       stat_get(&h->lost));
	while ((vm = stat_next_vm(view, vm))) {
		size_t n = stat_vcpus(view, vm, &v);

		free(v);
		/* A VMM makes some only to ask what there is. */
		if (!n)
			continue;
		printf("\nVM %u: %.*s, %zu vCPU%s, clock %.*s\n", vm->number,
		       STAT_NAME, vm->arch, n, n == 1 ? "" : "s", STAT_NAME,
		       vm->clock);
		irqs_print(view, vm);
		vcpus_print(view, vm);
		steps_print(view, vm);
	}
}

/* ---- JSON ---------------------------------------------------------------- */

static void latency_json(const char *name, const struct histogram *h)
{
	printf(",\"%s\":{\"count\":%" PRIu64, name, stat_get(&h->count));
	if (stat_get(&h->count))
		printf(",\"min\":%" PRIu64 ",\"median\":%" PRIu64
		       ",\"p99\":%" PRIu64 ",\"max\":%" PRIu64,
		       histogram_at(h, 0), histogram_at(h, 500),
		       histogram_at(h, 990), histogram_at(h, 1000));
	putchar('}');
}

static void irqs_json(const struct stat_view *view, const struct stat_vm *vm)
{
	const struct stat_irq **irq;
	size_t n = stat_irqs(view, vm, &irq);

	for (size_t i = 0; i < n; i++) {
		const struct irq_tally *t = &irq[i]->tally;

		printf("%s{\"vcpu\":%u,\"intid\":%u,\"count\":%" PRIu64,
		       i ? "," : "", t->vcpu, t->intid, stat_get(&t->count));
		for (unsigned int k = 0; k < NR_STAT_LATENCIES; k++)
			latency_json(stat_latency_names[k].json,
				     &irq[i]->latency[k]);
		putchar('}');
	}
	free(irq);
}

static void time_json(const struct stat_time *t)
{
	if (stat_get(&t->timed))
		printf(",\"time\":{\"timed\":%" PRIu64 ",\"sum\":%" PRIu64
		       ",\"min\":%" PRIu64 ",\"max\":%" PRIu64
		       ",\"mean\":%" PRIu64 "}",
		       stat_get(&t->timed), stat_get(&t->sum),
		       stat_get(&t->min), stat_get(&t->max), time_mean(t));
	putchar('}');
}

static void vcpu_json(const struct stat_vm *vm, const struct stat_vcpu *v)
{
	const char *comma = "";

	printf("{\"index\":%u,\"id\":%u,\"exits\":[", v->index, v->id);
	for (unsigned int k = 0; k < STAT_KINDS; k++) {
		if (!stat_exits(v, k))
			continue;
		printf("%s{\"kind\":", comma);
		stat_json_string(stdout, vm->exit_name[k], STAT_NAME);
		printf(",\"handled\":%" PRIu64 ",\"to_vmm\":%" PRIu64
		       ",\"failed\":%" PRIu64,
		       stat_get(&v->exits[k][STAT_EXIT_HANDLED]),
		       stat_get(&v->exits[k][STAT_EXIT_TO_VMM]),
		       stat_get(&v->exits[k][STAT_EXIT_FAILED]));
		time_json(&v->time[k]);
		comma = ",";
	}
	printf("],\"class_cycles\":{");
	comma = "";
	for (unsigned int k = 0; k < STAT_KINDS; k++) {
		if (!stat_get(&v->class_cycles[k]))
			continue;
		fputs(comma, stdout);
		stat_json_string(stdout, vm->class_name[k], STAT_NAME);
		printf(":%" PRIu64, stat_get(&v->class_cycles[k]));
		comma = ",";
	}
	printf("}}");
}

static void accesses_json(const struct stat_view *view,
			  const struct stat_vm *vm)
{
	struct stat_sums sums;

	stat_sums_of_vm(&sums, view, vm, offsetof(struct stat_vcpu, accesses));
	printf(",\"accesses\":[");
	for (size_t i = 0; i < sums.nr; i++)
		printf("%s{\"address\":\"0x%" PRIx64
		       "\",\"write\":%s,\"of\":\"%s\",\"count\":%" PRIu64 "}",
		       i ? "," : "", sums.sum[i].key >> STAT_ACCESS_SHIFT,
		       sums.sum[i].key & STAT_ACCESS_WRITE ? "true" : "false",
		       sums.sum[i].key & STAT_ACCESS_MODEL ? "model" : "vmm",
		       sums.sum[i].count);
	putchar(']');
	stat_sums_free(&sums);
}

/* The most first, and not all of a long run's. */
#define MAX_PLACES 1000

static int by_count(const void *a, const void *b)
{
	const struct stat_sum *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return x->key < y->key ? -1 : x->key > y->key;
}

static void places_json(const struct stat_view *view, const struct stat_vm *vm)
{
	struct stat_sums sums;
	uint64_t others;

	stat_sums_of_vm(&sums, view, vm, offsetof(struct stat_vcpu, places));
	others = sums.others;
	if (sums.nr)
		qsort(sums.sum, sums.nr, sizeof(*sums.sum), by_count);
	printf(",\"places\":[");
	for (size_t i = 0; i < sums.nr; i++) {
		if (i >= MAX_PLACES) {
			others += sums.sum[i].count;
			continue;
		}
		printf("%s{\"pc\":\"0x%" PRIx64
		       "\",\"privileged\":%s,\"count\":%" PRIu64 "}",
		       i ? "," : "", stat_place_pc(sums.sum[i].key),
		       sums.sum[i].key & STAT_PLACE_PRIVILEGED ? "true"
							       : "false",
		       sums.sum[i].count);
	}
	printf("],\"places_others\":%" PRIu64, others);
	stat_sums_free(&sums);
}

static void refusals_json(const struct stat_view *view)
{
	struct stat_refusal *list;
	size_t n = stat_refusals(view, &list);

	printf(",\"refusals\":[");
	for (size_t i = 0; i < n; i++) {
		const struct stat_refusal *r = &list[i];

		printf("%s{\"request\":", i ? "," : "");
		stat_json_string(stdout, r->request, sizeof(r->request));
		printf(",\"object\":");
		stat_json_string(stdout, r->object, sizeof(r->object));
		printf(",\"errno\":%u,\"count\":%" PRIu64 ",\"id\":", r->err,
		       stat_get(&r->count));
		stat_json_string(stdout, r->id, sizeof(r->id));
		printf(",\"why\":");
		stat_json_string(stdout, r->why, sizeof(r->why));
		putchar('}');
	}
	putchar(']');
	free(list);
}

static void vm_json(const struct stat_view *view, const struct stat_vm *vm)
{
	const struct stat_vcpu **v;
	size_t n = stat_vcpus(view, vm, &v);
	const char *comma = "";
	struct stat_pmu pmu;

	printf("{\"number\":%u,\"arch\":", vm->number);
	stat_json_string(stdout, vm->arch, STAT_NAME);
	printf(",\"clock\":");
	stat_json_string(stdout, vm->clock, STAT_NAME);
	printf(",\"unit\":\"%s\",\"ended\":%s,\"vcpus\":[",
	       vm->counted ? "cycles" : "ns",
	       stat_get(&vm->ended) || !view->running ? "true" : "false");
	for (size_t i = 0; i < n; i++) {
		fputs(i ? "," : "", stdout);
		vcpu_json(vm, v[i]);
	}
	free(v);
	printf("],\"interrupts\":[");
	irqs_json(view, vm);
	printf("],\"steps\":{");
	for (unsigned int s = 0; s < STAT_STEPS; s++) {
		if (!stat_steps(vm, s))
			continue;
		fputs(comma, stdout);
		stat_json_string(stdout, vm->step_name[s], STAT_NAME);
		printf(":%" PRIu64, stat_steps(vm, s));
		comma = ",";
	}
	printf("},\"gic600_pmu\":{");
	for (unsigned int i = 0; stat_pmu_event(view, vm, i, &pmu); i++)
		printf("%s\"%s\":%" PRIu64, i ? "," : "", pmu.name, pmu.count);
	putchar('}');
	accesses_json(view, vm);
	places_json(view, vm);
	printf(",\"events_seen\":%" PRIu64 "}", stat_get(&vm->events_written));
}

static void view_json(const struct stat_view *view)
{
	const struct stat_head *h = view->head;
	const struct stat_vm *vm = NULL;

	printf("{\"version\":%u,\"program\":", h->version);
	stat_json_string(stdout, h->program, sizeof(h->program));
	printf(",\"command\":");
	stat_json_string(stdout, h->command, STAT_COMMAND);
	printf(",\"pid\":%u,\"running\":%s,\"started\":%" PRIu64
	       ",\"lost\":%" PRIu64 ",\"vms\":[",
	       h->pid, view->running ? "true" : "false", h->started,
	       stat_get(&h->lost));
	while ((vm = stat_next_vm(view, vm))) {
		fputs(vm->number ? "," : "", stdout);
		vm_json(view, vm);
	}
	putchar(']');
	refusals_json(view);
	printf("}\n");
}

/* ---- the command --------------------------------------------------------- */

static bool seconds_read(const char *text, struct timespec *t)
{
	char *end;
	double s = strtod(text, &end);

	if (end == text || *end || !(s >= 0.01 && s <= 86400))
		return false;
	t->tv_sec = (time_t)s;
	t->tv_nsec = (long)((s - (double)t->tv_sec) * 1e9);
	return true;
}

static int show(const char *name, bool json, bool *running)
{
	struct stat_view view;

	if (stat_view_read(&view, name))
		return EXIT_USAGE;
	if (json)
		view_json(&view);
	else
		view_print(&view);
	*running = view.running;
	stat_view_free(&view);
	return tool_flush();
}

struct stat_options {
	bool json, follow;
	struct timespec pause;
};

int stat_set_json(void *to, const char *value)
{
	((struct stat_options *)to)->json = true;
	return 0;
}

int stat_set_follow(void *to, const char *value)
{
	struct stat_options *opts = to;

	opts->follow = true;
	if (!seconds_read(value, &opts->pause))
		return tool_fail("%s: '%s' is no number of seconds",
				 tool_option_typed(), value);
	return 0;
}

int tool_stat(int argc, char **argv)
{
	struct stat_options opts = {0};
	int ret = tool_options_read(argc, argv, &opts);
	bool running;

	if (ret != TOOL_GO_ON)
		return ret;
	if (argc - optind != 1)
		return tool_fail("give one statistics FILE or process id; see "
				 "fauxkvm stat --help");
	for (;;) {
		ret = show(argv[optind], opts.json, &running);
		if (ret || !opts.follow || !running)
			return ret;
		nanosleep(&opts.pause, NULL);
		last.seconds = (double)opts.pause.tv_sec +
			       (double)opts.pause.tv_nsec / 1e9;
		if (!opts.json)
			putchar('\n');
	}
}
