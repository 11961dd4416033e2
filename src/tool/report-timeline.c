/* SPDX-License-Identifier: MIT */
/*
 * The timeline of the report: a lane for each interrupt and vCPU, and on it
 * each time that it waited, was served, and stayed active after its end. The
 * picture shows all of it; the script (report.js) draws a part of it from
 * the numbers beside.
 */
#include "tool/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/irqchip.h"

#define MAX_LANES   48
#define WIDTH       1000.0
#define LABEL_WIDTH 120.0
#define LANE_HEIGHT 18.0
#define AXIS_HEIGHT 20.0

/* One interrupt's life; a time that is not known is NONE. */
struct life {
	unsigned int lane;
	uint64_t pend, ack, eoi, deactivate;
};
#define NONE UINT64_MAX

struct lane {
	unsigned int vcpu;
	uint32_t intid;
	size_t open; /* number of the life that goes on, + 1; 0: none */
};

struct timeline {
	const struct stat_vm *vm;
	uint64_t start, end;
	struct life *lives;
	size_t nr_lives;
	struct lane lanes[MAX_LANES];
	unsigned int nr_lanes;
	uint64_t *gaps; /* pairs: from, to */
	size_t nr_gaps;
	bool lanes_left_out;
};

/* ---- from events to lives ------------------------------------------------ */

static struct lane *lane_of(struct timeline *t, const struct stat_event *e)
{
	for (unsigned int i = 0; i < t->nr_lanes; i++)
		if (t->lanes[i].vcpu == e->vcpu &&
		    t->lanes[i].intid == e->intid)
			return &t->lanes[i];
	t->lanes_left_out = true;
	return NULL;
}

static struct life *life_new(struct timeline *t, struct lane *l)
{
	struct life *life = &t->lives[t->nr_lives++];

	*life = (struct life){(unsigned int)(l - t->lanes), NONE, NONE, NONE,
			      NONE};
	l->open = t->nr_lives;
	return life;
}

static struct life *life_of(struct timeline *t, const struct lane *l)
{
	return l->open ? &t->lives[l->open - 1] : NULL;
}

/* Where an interrupt that a vCPU acknowledges was pended, if not there. */
static struct life *life_elsewhere(struct timeline *t, uint32_t intid)
{
	for (unsigned int i = 0; i < t->nr_lanes; i++) {
		struct life *life = life_of(t, &t->lanes[i]);

		if (t->lanes[i].intid == intid && life && life->ack == NONE)
			return life;
	}
	return NULL;
}

static void life_acknowledge(struct timeline *t, struct lane *l,
			     const struct stat_event *e)
{
	struct life *life = life_of(t, l), *other;

	if (!life || life->ack != NONE) {
		other = life_elsewhere(t, e->intid);
		life = life_new(t, l);
		if (other) {
			life->pend = other->pend;
			other->ack = other->pend; /* nothing to see there */
			t->lanes[other->lane].open = 0;
		}
	}
	life->ack = e->when;
}

static void event_follow(struct timeline *t, const struct stat_event *e)
{
	struct lane *l = lane_of(t, e);
	struct life *life = l ? life_of(t, l) : NULL;

	if (!l)
		return;
	switch (e->step) {
	case IRQ_STEP_PEND: life_new(t, l)->pend = e->when; break;
	case IRQ_STEP_ACKNOWLEDGE: life_acknowledge(t, l, e); break;
	case IRQ_STEP_EOI:
		if (life && life->ack != NONE && life->eoi == NONE)
			life->eoi = e->when;
		break;
	case IRQ_STEP_DEACTIVATE:
		if (life && life->ack != NONE)
			life->deactivate = e->when;
		l->open = 0;
		break;
	}
}

static void gap_add(struct timeline *t, uint64_t from, uint64_t to)
{
	t->gaps = realloc(t->gaps, (t->nr_gaps + 2) * sizeof(*t->gaps));
	if (!t->gaps)
		abort();
	t->gaps[t->nr_gaps++] = from;
	t->gaps[t->nr_gaps++] = to;
	for (unsigned int i = 0; i < t->nr_lanes; i++)
		t->lanes[i].open = 0;
}

/* All that is known of the VM's interrupts, those with the most first, then by
 * vCPU and INTID. */
static int by_count(const void *a, const void *b)
{
	uint64_t x =
		stat_get(&(*(const struct stat_irq *const *)a)->tally.count);
	uint64_t y =
		stat_get(&(*(const struct stat_irq *const *)b)->tally.count);

	return x > y ? -1 : x < y;
}

static int by_vcpu(const void *a, const void *b)
{
	const struct lane *x = a, *y = b;

	if (x->vcpu != y->vcpu)
		return x->vcpu < y->vcpu ? -1 : 1;
	return x->intid < y->intid ? -1 : x->intid > y->intid;
}

static void lanes_choose(struct timeline *t, const struct stat_view *view)
{
	const struct stat_irq **irq;
	size_t n = stat_irqs(view, t->vm, &irq);

	if (n)
		qsort(irq, n, sizeof(*irq), by_count);
	for (size_t i = 0; i < n && i < MAX_LANES; i++)
		t->lanes[t->nr_lanes++] = (struct lane){irq[i]->tally.vcpu,
							irq[i]->tally.intid, 0};
	qsort(t->lanes, t->nr_lanes, sizeof(*t->lanes), by_vcpu);
	free(irq);
}

static void timeline_make(struct timeline *t, const struct stat_event *e,
			  size_t n)
{
	t->lives = calloc(n + 1, sizeof(*t->lives));
	if (!t->lives)
		abort();
	t->start = e[0].when;
	for (size_t i = 0; i < n; i++) {
		t->start = min_u64(t->start, e[i].when);
		t->end = max_u64(t->end, e[i].when);
		if (e[i].gap && i)
			gap_add(t, e[i - 1].when, e[i].when);
		event_follow(t, &e[i]);
	}
	if (t->end == t->start)
		t->end++;
}

/* ---- the picture --------------------------------------------------------- */

static double x_of(const struct timeline *t, uint64_t when)
{
	return LABEL_WIDTH + (double)(when - t->start) /
				     (double)(t->end - t->start) *
				     (WIDTH - LABEL_WIDTH);
}

/* One pixel is not drawn twice. */
static void part_draw(FILE *out, const struct timeline *t, double *drawn,
		      const char *class, uint64_t from, uint64_t to,
		      unsigned int lane, double top, double height)
{
	double x = x_of(t, from), width = x_of(t, to) - x;

	if (width < 0.6)
		width = 0.6;
	if (x + width <= *drawn + 0.3)
		return;
	*drawn = x + width;
	fprintf(out,
		"<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
		"height=\"%.1f\"/>\n",
		class, x, lane * LANE_HEIGHT + top, width, height);
}

static void lives_draw(FILE *out, const struct timeline *t)
{
	double wait[MAX_LANES] = {0}, serve[MAX_LANES] = {0};
	double active[MAX_LANES] = {0};

	for (size_t i = 0; i < t->nr_lives; i++) {
		const struct life *l = &t->lives[i];

		if (l->pend != NONE && l->ack != NONE && l->ack != l->pend)
			part_draw(out, t, &wait[l->lane], "wait", l->pend,
				  l->ack, l->lane, 7, 4);
		if (l->eoi != NONE)
			part_draw(out, t, &serve[l->lane], "serve", l->ack,
				  l->eoi, l->lane, 3, 12);
		if (l->eoi != NONE && l->deactivate != NONE &&
		    l->deactivate > l->eoi)
			part_draw(out, t, &active[l->lane], "active", l->eoi,
				  l->deactivate, l->lane, 6, 6);
	}
}

static void gaps_draw(FILE *out, const struct timeline *t)
{
	double height = t->nr_lanes * LANE_HEIGHT, drawn = 0;

	for (size_t i = 0; i < t->nr_gaps; i += 2)
		if (x_of(t, t->gaps[i + 1]) - x_of(t, t->gaps[i]) > 0.5)
			part_draw(out, t, &drawn, "gap", t->gaps[i],
				  t->gaps[i + 1], 0, 0, height);
}

static void axis_draw(FILE *out, const struct timeline *t)
{
	double y = t->nr_lanes * LANE_HEIGHT;
	char text[32];

	for (unsigned int i = 0; i <= 4; i++) {
		uint64_t when = (t->end - t->start) / 4 * i;
		double x = x_of(t, t->start + when);

		fprintf(out,
			"<path class=\"grid\" d=\"M%.1f 0V%.1f\"/><text "
			"x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n",
			x, y, x, y + 14,
			i == 4 ? "end"
			: i    ? "middle"
			       : "start",
			stat_time_text(text, sizeof(text), t->vm, when));
	}
}

static void picture(FILE *out, const struct timeline *t)
{
	double height = t->nr_lanes * LANE_HEIGHT + AXIS_HEIGHT;
	char name[32];

	fprintf(out,
		"<svg class=\"timeline\" role=\"img\" viewBox=\"0 0 %.0f "
		"%.0f\" data-left=\"%.0f\" data-lane=\"%.0f\" "
		"aria-label=\"Timeline of the last interrupts\">\n",
		WIDTH, height, LABEL_WIDTH, LANE_HEIGHT);
	for (unsigned int i = 0; i < t->nr_lanes; i++) {
		stat_irq_name(name, sizeof(name), t->vm, t->lanes[i].intid);
		fprintf(out,
			"<text x=\"0\" y=\"%.1f\">vCPU %u, %s</text><path "
			"class=\"grid\" d=\"M0 %.1fH%.0f\"/>\n",
			i * LANE_HEIGHT + 13, t->lanes[i].vcpu, name,
			(i + 1) * LANE_HEIGHT, WIDTH);
	}
	fputs("<g class=\"view\">\n", out);
	gaps_draw(out, t);
	axis_draw(out, t);
	lives_draw(out, t);
	fputs("</g></svg>\n", out);
}

/* ---- the numbers --------------------------------------------------------- */

static void number(FILE *out, const struct timeline *t, uint64_t when,
		   char after)
{
	if (when == NONE)
		fprintf(out, "-1%c", after);
	else
		fprintf(out, "%" PRIu64 "%c", when - t->start, after);
}

static void numbers(FILE *out, const struct timeline *t)
{
	fprintf(out,
		"<script type=\"application/json\" class=\"lives\">"
		"{\"span\":%" PRIu64 ",\"unit\":\"%s\",\"gaps\":[",
		t->end - t->start, t->vm->counted ? "cycles" : "ns");
	for (size_t i = 0; i < t->nr_gaps; i++)
		fprintf(out, "%s%" PRIu64, i ? "," : "", t->gaps[i] - t->start);
	fputs("],\"lives\":[", out);
	for (size_t i = 0; i < t->nr_lives; i++) {
		const struct life *l = &t->lives[i];

		fprintf(out, "%s[%u,", i ? "," : "", l->lane);
		number(out, t, l->pend, ',');
		number(out, t, l->ack, ',');
		number(out, t, l->eoi, ',');
		number(out, t, l->deactivate, ']');
	}
	fputs("]}</script>\n", out);
}

void report_timeline(FILE *out, const struct stat_view *view,
		     const struct stat_vm *vm)
{
	struct timeline t = {.vm = vm};
	struct stat_event *events;
	size_t n = stat_events(view, vm, &events);

	if (!n) {
		fputs("<p>No interrupt was seen.</p>\n", out);
		return;
	}
	lanes_choose(&t, view);
	timeline_make(&t, events, n);
	fprintf(out,
		"<p>The last %zu of %" PRIu64 " steps that were recorded.%s%s"
		"</p>\n",
		n, stat_get(&vm->events_written),
		t.nr_gaps ? " Interrupts come so fast that only some are "
			    "timed: nothing is known of the time under the "
			    "stripes."
			  : "",
		t.lanes_left_out ? " Rare interrupts are left out." : "");
	fputs("<p class=\"key\">", out);
	report_key(out, "wait", 4, "pending, not acknowledged");
	report_key(out, "serve", 12, "acknowledge to EOI");
	report_key(out, "active", 6, "EOI to deactivation");
	fputs("</p>\n<div class=\"zoomable\">", out);
	picture(out, &t);
	numbers(out, &t);
	fputs("</div>\n", out);
	free(t.lives);
	free(t.gaps);
	free(events);
}
