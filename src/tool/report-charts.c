/* SPDX-License-Identifier: MIT */
/*
 * The still pictures of the report: histograms and bars, see report.h.
 */
#include "tool/report.h"

#include <inttypes.h>

/* ---- histograms ---------------------------------------------------------- */

#define WIDTH  300.0
#define HEIGHT 70.0
#define LABELS 14.0 /* below */

/* Four bins in each power of two; the first four have one value each. */
static unsigned int bin_of(uint64_t value)
{
	unsigned int top;

	if (value < 4)
		return (unsigned int)value;
	top = 63 - __builtin_clzll(value);
	return (top - 1) * 4 + (value >> (top - 2) & 3);
}

static double bin_low(unsigned int bin)
{
	if (bin < 4)
		return bin;
	return (4 | (bin & 3)) * (double)(UINT64_C(1) << (bin / 4 - 1));
}

struct axis {
	unsigned int first, bins;
};

static double axis_x(const struct axis *a, uint64_t value)
{
	unsigned int bin = bin_of(value);
	double low = bin_low(bin), part = 0.5;

	if (bin >= 4)
		part = ((double)value - low) / (bin_low(bin + 1) - low);
	return (bin - a->first + part) / a->bins * WIDTH;
}

static void bins_fill(const struct histogram *h, uint64_t *bin)
{
	for (unsigned int i = 0; i < HISTOGRAM_BUCKETS; i++)
		bin[bin_of(histogram_low(i))] +=
			atomic_load_explicit((_Atomic uint32_t *)&h->bucket[i],
					     memory_order_relaxed);
}

static void mark(FILE *out, const struct axis *a, uint64_t value,
		 const char *class)
{
	double x = axis_x(a, value);

	fprintf(out, "<path class=\"%s\" d=\"M%.1f 0V%.0f\"/>", class, x,
		HEIGHT);
}

static void label(FILE *out, const struct stat_vm *vm, const struct axis *a,
		  uint64_t value, const char *anchor)
{
	char text[32];

	fprintf(out, "<text x=\"%.1f\" y=\"%.0f\" text-anchor=\"%s\">%s</text>",
		axis_x(a, value), HEIGHT + LABELS - 2, anchor,
		stat_time_text(text, sizeof(text), vm, value));
}

/* Powers of ten that are not in the way of the ends. */
static void labels(FILE *out, const struct stat_vm *vm, const struct axis *a,
		   uint64_t min, uint64_t max)
{
	label(out, vm, a, min, axis_x(a, min) < WIDTH / 2 ? "start" : "end");
	if (axis_x(a, max) - axis_x(a, min) > WIDTH / 3)
		label(out, vm, a, max, "end");
	for (uint64_t ten = 1; ten <= max / 10; ten *= 10) {
		double x;

		if (ten < min)
			continue;
		x = axis_x(a, ten);
		fprintf(out, "<path class=\"grid\" d=\"M%.1f 0V%.0f\"/>", x,
			HEIGHT);
		if (x > axis_x(a, min) + WIDTH * 0.2 &&
		    x < axis_x(a, max) - WIDTH * 0.2)
			label(out, vm, a, ten, "middle");
	}
}

void report_histogram(FILE *out, const struct stat_vm *vm,
		      const struct histogram *h, const char *name)
{
	uint64_t bin[64 * 4] = {0}, most = 1;
	uint64_t min = histogram_at(h, 0), max = histogram_at(h, 1000);
	struct axis a = {bin_of(min), 1};
	double width;

	if (max < min)
		return;
	a.bins = bin_of(max) - a.first + 1;
	width = WIDTH / a.bins;
	bins_fill(h, bin);
	for (unsigned int i = 0; i < ARRAY_SIZE(bin); i++)
		most = max_u64(most, bin[i]);
	fprintf(out,
		"<svg class=\"histogram\" role=\"img\" viewBox=\"0 0 %.0f "
		"%.0f\" aria-label=\"%s\">",
		WIDTH, HEIGHT + LABELS, name);
	labels(out, vm, &a, min, max);
	for (unsigned int i = 0; i < a.bins && a.first + i < ARRAY_SIZE(bin);
	     i++) {
		uint64_t n = bin[a.first + i];
		/* One of a million can still be seen. */
		double height = n ? 1 + (double)n / most * (HEIGHT - 1) : 0;

		if (!n)
			continue;
		fprintf(out,
			"<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
			"height=\"%.1f\"><title>%" PRIu64 "</title></rect>",
			i * width, HEIGHT - height,
			width > 3 ? width - 1 : width, height, n);
	}
	mark(out, &a, histogram_at(h, 500), "median");
	mark(out, &a, histogram_at(h, 990), "p99");
	fprintf(out, "<path class=\"axis\" d=\"M0 %.0fH%.0f\"/></svg>\n",
		HEIGHT, WIDTH);
}

/* ---- bars ---------------------------------------------------------------- */

void report_bar(FILE *out, const uint64_t *part, unsigned int parts,
		uint64_t total)
{
	double x = 0;

	fputs("<svg class=\"bar\" viewBox=\"0 0 200 12\" "
	      "preserveAspectRatio=\"none\" aria-hidden=\"true\">",
	      out);
	for (unsigned int i = 0; i < parts && total; i++) {
		double width = (double)part[i] / total * 200;

		if (part[i] && width < 1)
			width = 1;
		fprintf(out,
			"<rect class=\"part-%u\" x=\"%.2f\" width=\"%.2f\" "
			"height=\"12\"/>",
			i, x, width);
		x += width;
	}
	fputs("</svg>", out);
}
