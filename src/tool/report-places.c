/* SPDX-License-Identifier: MIT */
/*
 * The report's table of where the guest's instructions were: by function where
 * symbols say which, else by page. See report.h.
 */
#include "tool/report.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define MAX_ROWS  60
#define MAX_INSNS 12 /* of each function that are named */
#define PAGE      UINT64_C(4096)

/* A function, or a page of code without one. */
struct place {
	const struct symbols *file; /* NULL: a page */
	const struct symbol *symbol;
	uint64_t start;
	bool el1;
	uint64_t cycles;
	size_t first, nr; /* of the sums, by address */
};

struct places {
	struct stat_sums sums;
	struct place *place;
	size_t nr;
	uint64_t all;
};

/* Where a kernel was moved to (KASLR) is known by its vectors. */
static void kernels_place(const struct report_options *opts,
			  const struct stat_vcpu *const *v, size_t n)
{
	for (size_t i = 0; i < opts->nr_symbols; i++) {
		struct symbols *s = opts->symbols[i];
		uint64_t vectors;

		if (s->offset_given || !symbols_address(s, "vectors", &vectors))
			continue;
		for (size_t k = 0; k < n; k++) {
			uint64_t at = stat_get(&v[k]->vectors);

			/* Those of an early mapping are no kernel's. */
			if (at >> 63 == vectors >> 63 &&
			    !((at - vectors) % PAGE))
				s->offset = at - vectors;
		}
	}
}

static void place_of(struct place *p, const struct report_options *opts,
		     uint64_t key)
{
	uint64_t pc = stat_place_pc(key);

	*p = (struct place){.start = pc & ~(PAGE - 1),
			    .el1 = key & STAT_PLACE_PRIVILEGED};
	for (size_t i = 0; i < opts->nr_symbols; i++) {
		const struct symbol *found = symbols_find(opts->symbols[i], pc);

		if (!found)
			continue;
		p->file = opts->symbols[i];
		p->symbol = found;
		p->start = found->start + p->file->offset;
		return;
	}
}

static int by_cycles(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->cycles != y->cycles)
		return x->cycles > y->cycles ? -1 : 1;
	return x->start < y->start ? -1 : x->start > y->start;
}

/* The sums are by address, so those of a place follow each other, but for the
 * level they are at. */
static void places_make(struct places *ps, const struct report_options *opts)
{
	ps->place = calloc(ps->sums.nr + 1, sizeof(*ps->place));
	if (!ps->place)
		abort();
	for (size_t i = 0; i < ps->sums.nr; i++) {
		struct place p, *last;

		place_of(&p, opts, ps->sums.sum[i].key);
		last = ps->nr ? &ps->place[ps->nr - 1] : NULL;
		if (!last || last->start != p.start || last->file != p.file ||
		    last->el1 != p.el1) {
			p.first = i;
			ps->place[ps->nr++] = p;
			last = &ps->place[ps->nr - 1];
		}
		last->nr++;
		last->cycles += ps->sums.sum[i].count;
		ps->all += ps->sums.sum[i].count;
	}
	ps->all += ps->sums.others;
	if (ps->nr)
		qsort(ps->place, ps->nr, sizeof(*ps->place), by_cycles);
}

/* Its instructions with the most, in order of address. */
static void insns_write(FILE *out, const struct places *ps,
			const struct place *p)
{
	uint64_t least = p->cycles / MAX_INSNS;
	const char *comma = "";

	for (size_t i = p->first; i < p->first + p->nr; i++) {
		const struct stat_sum *sum = &ps->sums.sum[i];

		if (sum->count < least)
			continue;
		fprintf(out, "%s+0x%" PRIx64 " %.1f\302\240%%", comma,
			stat_place_pc(sum->key) - p->start,
			100.0 * (double)sum->count / (double)ps->all);
		comma = ", ";
	}
}

static void place_write(FILE *out, const struct places *ps,
			const struct place *p)
{
	fprintf(out, "<tr><th>%s</th><th>", p->el1 ? "EL1" : "EL0");
	if (p->symbol)
		report_text(out, p->symbol->name, 128);
	else
		fputs("page", out);
	fprintf(out,
		"</th><td class=\"text\"><code>0x%" PRIx64
		"</code></td><td>%" PRIu64
		"</td><td>%.1f\302\240%%</td><td class=\"picture\">",
		p->start, p->cycles,
		100.0 * (double)p->cycles / (double)ps->all);
	report_bar(out, &p->cycles, 1, ps->place[0].cycles);
	fputs("</td><td class=\"text small\">", out);
	insns_write(out, ps, p);
	fputs("</td></tr>\n", out);
}

static void moved_write(FILE *out, const struct report_options *opts)
{
	for (size_t i = 0; i < opts->nr_symbols; i++) {
		const struct symbols *s = opts->symbols[i];

		fputs("<p>Names are those of <code>", out);
		report_text(out, s->path, 512);
		fputs("</code>", out);
		if (s->offset)
			fprintf(out,
				", which the guest has 0x%" PRIx64 " further",
				s->offset);
		fputs(".</p>\n", out);
	}
}

void report_places(FILE *out, const struct stat_view *view,
		   const struct stat_vm *vm, const struct report_options *opts)
{
	struct places ps = {0};
	const struct stat_vcpu **v;
	size_t n = stat_vcpus(view, vm, &v);
	uint64_t shown = 0;

	kernels_place(opts, v, n);
	free(v);
	stat_sums_of_vm(&ps.sums, view, vm, offsetof(struct stat_vcpu, places));
	places_make(&ps, opts);
	fputs("<h3>Where the guest's time went</h3>\n", out);
	if (!ps.all) {
		fputs("<p>It executed nothing.</p>\n", out);
	} else {
		fprintf(out,
			"<p>By %s, of which samples are taken between 1,000 "
			"and 64,000 apart.%s</p>\n",
			vm->counted ? "cycles" : "instructions",
			opts->nr_symbols
				? ""
				: " Functions have names with --symbols FILE.");
		moved_write(out, opts);
		report_table(out, "places", "Where the guest's time went",
			     vm->counted ? "level|function or page|from|cycles|"
					   "share||most at"
					 : "level|function or page|from|"
					   "instructions|share||most at");
	}
	for (size_t i = 0; i < ps.nr && i < MAX_ROWS; i++) {
		place_write(out, &ps, &ps.place[i]);
		shown += ps.place[i].cycles;
	}
	if (ps.all > shown)
		fprintf(out,
			"<tr><th></th><th>others</th><td></td><td>%" PRIu64
			"</td><td>%.1f\302\240%%</td><td></td><td></td></tr>\n",
			ps.all - shown,
			100.0 * (double)(ps.all - shown) / (double)ps.all);
	if (ps.all)
		report_table_end(out);
	free(ps.place);
	stat_sums_free(&ps.sums);
}
