/* SPDX-License-Identifier: MIT */
/*
 * The report's pictures of what happened when: a row for each kind of exit, and
 * for the instructions of each vCPU, over the VM's time. See report.h.
 */
#include "tool/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH  1000.0
#define HEIGHT 30.0

/* What is added up, in columns of @width. */
struct row {
	uint64_t width;
	uint64_t n[STAT_COLUMNS];
};

static void row_widen(struct row *r, uint64_t width)
{
	while (r->width < width && r->width) {
		for (unsigned int i = 0; i < STAT_COLUMNS / 2; i++)
			r->n[i] = r->n[2 * i] + r->n[2 * i + 1];
		memset(&r->n[STAT_COLUMNS / 2], 0, sizeof(r->n) / 2);
		r->width *= 2;
	}
}

static void row_read(struct row *r, const _Atomic uint64_t *n, uint64_t width)
{
	r->width = width;
	for (unsigned int i = 0; i < STAT_COLUMNS; i++)
		r->n[i] = stat_get(&n[i]);
}

static void row_add(struct row *r, struct row *more)
{
	if (!r->width)
		r->width = more->width;
	row_widen(more, r->width);
	row_widen(r, more->width);
	for (unsigned int i = 0; i < STAT_COLUMNS; i++)
		r->n[i] += more->n[i];
}

static uint64_t row_most(const struct row *r)
{
	uint64_t most = 0;

	for (unsigned int i = 0; i < STAT_COLUMNS; i++)
		most = max_u64(most, r->n[i]);
	return most;
}

static uint64_t row_sum(const struct row *r)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < STAT_COLUMNS; i++)
		sum += r->n[i];
	return sum;
}

/* Columns up to the last that has something. */
static unsigned int row_columns(const struct row *r)
{
	unsigned int n = STAT_COLUMNS;

	while (n && !r->n[n - 1])
		n--;
	return n;
}

static void row_picture(FILE *out, const struct row *r, unsigned int columns,
			const char *name)
{
	uint64_t most = row_most(r);
	double width = WIDTH / columns;

	fprintf(out,
		"<svg class=\"course\" role=\"img\" viewBox=\"0 0 %.0f %.0f\" "
		"preserveAspectRatio=\"none\" aria-label=\"",
		WIDTH, HEIGHT);
	report_text(out, name, STAT_NAME);
	fputs(" over time\">", out);
	for (unsigned int i = 0; i < columns; i++) {
		/* One of a million can still be seen. */
		double height =
			1 + (double)r->n[i] / (double)most * (HEIGHT - 1);

		if (r->n[i])
			fprintf(out,
				"<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
				"height=\"%.1f\"/>",
				i * width, HEIGHT - height, width, height);
	}
	fputs("</svg>", out);
}

static void row_write(FILE *out, const struct stat_vm *vm, const struct row *r,
		      unsigned int columns, const char *name)
{
	unsigned int at = 0;
	char when[32];

	if (!row_sum(r))
		return;
	while (r->n[at] != row_most(r))
		at++;
	fputs("<tr><th>", out);
	report_text(out, name, STAT_NAME);
	fprintf(out, "</th><td>%" PRIu64 "</td><td>%" PRIu64 "</td><td>%s</td>",
		row_sum(r), row_most(r),
		stat_time_text(when, sizeof(when), vm, at * r->width));
	fputs("<td class=\"picture\">", out);
	row_picture(out, r, columns, name);
	fputs("</td></tr>\n", out);
}

struct course {
	struct row exits[STAT_COURSE_KINDS];
	struct row *ran; /* of each vCPU */
	unsigned int columns;
	uint64_t width;
};

/* All rows have the same columns. */
static void course_level(struct course *c, size_t vcpus)
{
	for (unsigned int k = 0; k < STAT_COURSE_KINDS; k++)
		c->width = max_u64(c->width, c->exits[k].width);
	for (unsigned int k = 0; k < STAT_COURSE_KINDS; k++) {
		row_widen(&c->exits[k], c->width);
		c->columns = max_u64(c->columns, row_columns(&c->exits[k]));
	}
	for (size_t i = 0; i < vcpus; i++) {
		row_widen(&c->ran[i], c->width);
		c->columns = max_u64(c->columns, row_columns(&c->ran[i]));
	}
}

/* A file that is damaged has widths that are none. */
static bool is_width(uint64_t width)
{
	return width && !(width & (width - 1)) && width < BIT(62);
}

/* Exits that came after the last look are of the last column. */
static void vcpu_read(struct course *c, const struct stat_vcpu *v,
		      const struct stat_course *s, uint64_t width,
		      struct row *ran)
{
	struct row exits[STAT_COURSE_KINDS];
	unsigned int last;

	row_read(ran, s->ran, width);
	last = row_columns(ran);
	for (unsigned int k = 0; k < STAT_COURSE_KINDS; k++) {
		row_read(&exits[k], s->exits[k], width);
		last = max_u64(last, row_columns(&exits[k]));
	}
	for (unsigned int k = 0; k < STAT_COURSE_KINDS; k++) {
		uint64_t all = stat_exits(v, k), seen = row_sum(&exits[k]);

		if (all > seen)
			exits[k].n[last ? last - 1 : 0] += all - seen;
		row_add(&c->exits[k], &exits[k]);
	}
}

static void course_read(struct course *c, const struct stat_view *view,
			const struct stat_vcpu *const *v, size_t n)
{
	c->ran = calloc(n + 1, sizeof(*c->ran));
	if (!c->ran)
		abort();
	for (size_t i = 0; i < n; i++) {
		const struct stat_course *s = stat_course(view, v[i]);
		uint64_t width = s ? stat_get(&s->width) : 0;

		if (is_width(width))
			vcpu_read(c, v[i], s, width, &c->ran[i]);
	}
	course_level(c, n);
}

static void course_write(FILE *out, const struct stat_vm *vm,
			 const struct course *c,
			 const struct stat_vcpu *const *v, size_t n)
{
	char name[STAT_NAME + 1], width[32], all[32];

	fprintf(out,
		"<p>A column is %s, the whole %s. Instructions are known by "
		"samples.</p>\n",
		stat_time_text(width, sizeof(width), vm, c->width),
		stat_time_text(all, sizeof(all), vm, c->columns * c->width));
	report_table(out, "course", "Exits over time",
		     "exit|all|most in a column|from|");
	for (unsigned int k = 0; k < STAT_COURSE_KINDS; k++) {
		snprintf(name, sizeof(name), "%.*s", STAT_NAME,
			 vm->exit_name[k]);
		row_write(out, vm, &c->exits[k], c->columns, name);
	}
	for (size_t i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "vCPU %u %s", v[i]->index,
			 vm->counted ? "cycles" : "instructions");
		row_write(out, vm, &c->ran[i], c->columns, name);
	}
	report_table_end(out);
}

void report_course(FILE *out, const struct stat_view *view,
		   const struct stat_vm *vm)
{
	struct course c = {0};
	const struct stat_vcpu **v;
	size_t n = stat_vcpus(view, vm, &v);

	course_read(&c, view, v, n);
	fputs("<h3>Exits over time</h3>\n", out);
	if (c.columns)
		course_write(out, vm, &c, v, n);
	else
		fputs("<p>There were none.</p>\n", out);
	free(c.ran);
	free(v);
}
