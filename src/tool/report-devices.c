/* SPDX-License-Identifier: MIT */
/*
 * The report's table of accesses outside memory, by device and register. See
 * report.h.
 */
#include "tool/report.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DEVICES   60
#define MAX_REGISTERS 24
#define PAGE          UINT64_C(4096)

struct reg {
	uint64_t gpa, reads, writes;
};

struct device_use {
	const struct device_range *range; /* NULL: nobody knows whose it is */
	uint64_t start;
	bool model; /* it is not the VMM's */
	uint64_t reads, writes;
	struct reg *reg;
	size_t nr_regs;
};

struct found {
	struct device_use *device;
	size_t nr;
};

static struct device_use *device_of(struct found *f,
				    const struct devices *known, uint64_t gpa,
				    bool model)
{
	const struct device_range *range = devices_find(known, gpa);
	uint64_t start = range ? range->start : gpa & ~(PAGE - 1);

	for (size_t i = f->nr; i; i--) {
		struct device_use *d = &f->device[i - 1];

		if (d->start == start && d->model == model && d->range == range)
			return d;
	}
	f->device = realloc(f->device, (f->nr + 1) * sizeof(*f->device));
	if (!f->device)
		abort();
	f->device[f->nr] = (struct device_use){
		.range = range, .start = start, .model = model};
	return &f->device[f->nr++];
}

/* They come by address. */
static void access_add(struct device_use *d, uint64_t gpa, bool write,
		       uint64_t count)
{
	struct reg *r = d->nr_regs ? &d->reg[d->nr_regs - 1] : NULL;

	if (!r || r->gpa != gpa) {
		d->reg = realloc(d->reg, (d->nr_regs + 1) * sizeof(*d->reg));
		if (!d->reg)
			abort();
		r = &d->reg[d->nr_regs++];
		*r = (struct reg){.gpa = gpa};
	}
	*(write ? &r->writes : &r->reads) += count;
	*(write ? &d->writes : &d->reads) += count;
}

static int by_accesses(const void *a, const void *b)
{
	const struct device_use *x = a, *y = b;
	uint64_t n = x->reads + x->writes, m = y->reads + y->writes;

	if (n != m)
		return n > m ? -1 : 1;
	return x->start < y->start ? -1 : x->start > y->start;
}

static int by_count(const void *a, const void *b)
{
	const struct reg *x = a, *y = b;
	uint64_t n = x->reads + x->writes, m = y->reads + y->writes;

	if (n != m)
		return n > m ? -1 : 1;
	return x->gpa < y->gpa ? -1 : x->gpa > y->gpa;
}

static void found_make(struct found *f, const struct stat_sums *sums,
		       const struct devices *known)
{
	for (size_t i = 0; i < sums->nr; i++) {
		uint64_t key = sums->sum[i].key;
		uint64_t gpa = key >> STAT_ACCESS_SHIFT;

		access_add(device_of(f, known, gpa, key & STAT_ACCESS_MODEL),
			   gpa, key & STAT_ACCESS_WRITE, sums->sum[i].count);
	}
	if (f->nr)
		qsort(f->device, f->nr, sizeof(*f->device), by_accesses);
}

static void registers_write(FILE *out, struct device_use *d)
{
	const char *comma = "";

	qsort(d->reg, d->nr_regs, sizeof(*d->reg), by_count);
	for (size_t i = 0; i < d->nr_regs && i < MAX_REGISTERS; i++) {
		const struct reg *r = &d->reg[i];

		fprintf(out, "%s+0x%" PRIx64, comma, r->gpa - d->start);
		if (r->reads)
			fprintf(out, " r\302\240%" PRIu64, r->reads);
		if (r->writes)
			fprintf(out, " w\302\240%" PRIu64, r->writes);
		comma = ", ";
	}
	if (d->nr_regs > MAX_REGISTERS)
		fprintf(out, ", %zu more", d->nr_regs - MAX_REGISTERS);
}

static void device_write(FILE *out, struct device_use *d, uint64_t most)
{
	const uint64_t part[] = {d->reads, d->writes};
	uint64_t size = d->range ? d->range->size : PAGE;

	fputs("<tr><th>", out);
	if (d->range)
		report_text(out, d->range->name, sizeof(d->range->name));
	else
		fprintf(out, "0x%" PRIx64, d->start);
	fprintf(out,
		"</th><td class=\"text\"><code>0x%" PRIx64
		"\342\200\2230x%" PRIx64
		"</code></td><td class=\"text\">%s</td><td>%" PRIu64
		"</td><td>%" PRIu64 "</td><td class=\"picture\">",
		d->start, d->start + size - 1, d->model ? "model" : "VMM",
		d->reads, d->writes);
	report_bar(out, part, 2, most);
	fputs("</td><td class=\"text small\">", out);
	registers_write(out, d);
	fputs("</td></tr>\n", out);
}

static void found_write(FILE *out, struct found *f)
{
	uint64_t most = f->device[0].reads + f->device[0].writes;

	fputs("<p class=\"key\">", out);
	report_key(out, "part-0", 12, "reads");
	report_key(out, "part-1", 12, "writes");
	fputs("</p>\n", out);
	report_table(out, "devices", "Accesses by device",
		     "device|addresses|answered by|reads|writes||registers");
	for (size_t i = 0; i < f->nr && i < MAX_DEVICES; i++)
		device_write(out, &f->device[i], most);
	report_table_end(out);
	if (f->nr > MAX_DEVICES)
		fprintf(out, "<p>%zu more had fewer.</p>\n",
			f->nr - MAX_DEVICES);
}

void report_devices(FILE *out, const struct stat_view *view,
		    const struct stat_vm *vm, const struct report_options *opts)
{
	const void *tree =
		stat_view_at(view, stat_get(&vm->tree), vm->tree_size);
	struct devices known = {0};
	struct stat_sums sums;
	struct found f = {0};

	for (size_t i = 0; i < opts->devices.nr; i++)
		devices_add(&known, &opts->devices.range[i]);
	if (tree)
		devices_add_tree(&known, tree, vm->tree_size);
	stat_sums_of_vm(&sums, view, vm, offsetof(struct stat_vcpu, accesses));
	found_make(&f, &sums, &known);
	fputs("<h3>Devices</h3>\n", out);
	if (f.nr)
		found_write(out, &f);
	else
		fputs("<p>Nothing was accessed outside memory.</p>\n", out);
	if (sums.others)
		fprintf(out,
			"<p>%" PRIu64 " accesses found no room in the "
			"file.</p>\n",
			sums.others);
	for (size_t i = 0; i < f.nr; i++)
		free(f.device[i].reg);
	free(f.device);
	stat_sums_free(&sums);
	devices_free(&known);
}
