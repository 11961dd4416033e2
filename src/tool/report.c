/* SPDX-License-Identifier: MIT */
/*
 * fauxkvm report: a statistics file as one page of HTML that needs nothing
 * else: pictures are inline SVG, with the numbers beside them as tables.
 */
#include "tool/report.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tool/files.h"
#include "tool/options.h"
#include "tool/tool.h"

#define MAX_HISTOGRAMS 64 /* interrupts that have their distributions shown */

void report_text(FILE *out, const char *text, size_t max)
{
	for (size_t i = 0; i < max && text[i]; i++) {
		unsigned char c = (unsigned char)text[i];

		switch (c) {
		case '<': fputs("&lt;", out); break;
		case '>': fputs("&gt;", out); break;
		case '&': fputs("&amp;", out); break;
		case '"': fputs("&quot;", out); break;
		case '\'': fputs("&#39;", out); break;
		default:
			/* A byte that is no text by itself. */
			if (c < 0x20 || c >= 0x7f)
				fputs("\xef\xbf\xbd", out);
			else
				putc(c, out);
		}
	}
}

void report_key(FILE *out, const char *class, unsigned int height,
		const char *what)
{
	fprintf(out,
		"<span><svg viewBox=\"0 0 20 12\"><rect class=\"%s\" "
		"y=\"%u\" width=\"20\" height=\"%u\"/></svg> %s</span> ",
		class, (12 - height) / 2, height, what);
}

void report_table(FILE *out, const char *class, const char *name,
		  const char *columns)
{
	fprintf(out,
		"<div class=\"wide\" tabindex=\"0\" role=\"region\" "
		"aria-label=\"%s\"><table class=\"%s\"><thead><tr>",
		name, class);
	for (;;) {
		size_t len = strcspn(columns, "|");

		if (len)
			fprintf(out, "<th scope=\"col\">%.*s</th>", (int)len,
				columns);
		else
			fputs("<td></td>", out);
		if (!columns[len])
			break;
		columns += len + 1;
	}
	fputs("</tr></thead>\n<tbody>\n", out);
}

void report_table_end(FILE *out)
{
	fputs("</tbody></table></div>\n", out);
}

/* ---- interrupts ---------------------------------------------------------- */

static void latency_cells(FILE *out, const struct stat_vm *vm,
			  const struct histogram *h)
{
	static const unsigned int at[] = {0, 500, 990, 1000};
	char text[32];

	fprintf(out, "<td>%" PRIu64 "</td>", stat_get(&h->count));
	for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
		if (!stat_get(&h->count)) {
			fputs("<td></td>", out);
			continue;
		}
		/* The exact number for whoever looks for it. */
		fprintf(out, "<td><data value=\"%" PRIu64 "\">%s</data></td>",
			histogram_at(h, at[i]),
			stat_time_text(text, sizeof(text), vm,
				       histogram_at(h, at[i])));
	}
}

static void irq_rows(FILE *out, const struct stat_vm *vm,
		     const struct stat_irq *irq)
{
	const struct irq_tally *t = &irq->tally;
	unsigned int rows = 0;
	char name[32];

	for (unsigned int k = 0; k < NR_STAT_LATENCIES; k++)
		rows += k == 0 || stat_get(&irq->latency[k].count);
	stat_irq_name(name, sizeof(name), vm, t->intid);
	for (unsigned int k = 0; k < NR_STAT_LATENCIES; k++) {
		if (k && !stat_get(&irq->latency[k].count))
			continue;
		fputs(k ? "<tr>" : "<tr class=\"first\">", out);
		if (!k)
			fprintf(out,
				"<th rowspan=\"%u\">%u</th><th "
				"rowspan=\"%u\">%s</th><td rowspan=\"%u\">"
				"%" PRIu64 "</td>",
				rows, t->vcpu, rows, name, rows,
				stat_get(&t->count));
		fprintf(out, "<td class=\"text\">%s</td>",
			stat_latency_names[k].text);
		latency_cells(out, vm, &irq->latency[k]);
		fputs("</tr>\n", out);
	}
}

static void irq_histograms(FILE *out, const struct stat_vm *vm,
			   const struct stat_irq *irq)
{
	char name[32], title[96];

	stat_irq_name(name, sizeof(name), vm, irq->tally.intid);
	fprintf(out, "<section class=\"irq\"><h4>vCPU %u, %s</h4>\n",
		irq->tally.vcpu, name);
	for (unsigned int k = 0; k < NR_STAT_LATENCIES; k++) {
		const struct histogram *h = &irq->latency[k];
		char median[32], p99[32];

		if (!stat_get(&h->count))
			continue;
		snprintf(title, sizeof(title), "vCPU %u, %s: %s",
			 irq->tally.vcpu, name, stat_latency_names[k].text);
		fputs("<figure>", out);
		report_histogram(out, vm, h, title);
		fprintf(out,
			"<figcaption>%s: median %s, 99 %% within "
			"%s</figcaption></figure>\n",
			stat_latency_names[k].text,
			stat_time_text(median, sizeof(median), vm,
				       histogram_at(h, 500)),
			stat_time_text(p99, sizeof(p99), vm,
				       histogram_at(h, 990)));
	}
	fputs("</section>\n", out);
}

static void irqs_write(FILE *out, const struct stat_view *view,
		       const struct stat_vm *vm)
{
	const struct stat_irq **irq;
	size_t n = stat_irqs(view, vm, &irq), shown = 0;

	fputs("<h3>Interrupts</h3>\n", out);
	if (!n)
		fputs("<p>There were none.</p>\n", out);
	else
		report_table(out, "interrupts", "Interrupts",
			     vm->counted
				     ? "vCPU|interrupt|acknowledged|latency "
				       "in cycles|timed|minimum|median|99 %|"
				       "maximum"
				     : "vCPU|interrupt|acknowledged|latency|"
				       "timed|minimum|median|99 %|maximum");
	for (size_t i = 0; i < n; i++)
		irq_rows(out, vm, irq[i]);
	if (n)
		fputs("</tbody></table></div>\n<h3>Latencies</h3>\n<p "
		      "class=\"key\">How many there were of each latency, on a "
		      "logarithmic scale. <svg viewBox=\"0 0 20 12\"><path "
		      "class=\"median\" d=\"M10 0V12\"/></svg> median <svg "
		      "viewBox=\"0 0 20 12\"><path class=\"p99\" d=\"M10 "
		      "0V12\"/></svg> 99th percentile</p>\n",
		      out);
	for (size_t i = 0; i < n && shown < MAX_HISTOGRAMS; i++) {
		if (!stat_get(&irq[i]->latency[STAT_PEND_TO_ACK].count))
			continue;
		irq_histograms(out, vm, irq[i]);
		shown++;
	}
	free(irq);
}

/* ---- exits, instructions, steps ------------------------------------------ */

static void exits_write(FILE *out, const struct stat_vm *vm,
			const struct stat_vcpu *const *v, size_t n)
{
	uint64_t most = 1;

	for (size_t i = 0; i < n; i++)
		for (unsigned int k = 0; k < STAT_KINDS; k++)
			most = max_u64(most, stat_exits(v[i], k));
	fputs("<h3>Exits by kind</h3>\n<p class=\"key\">", out);
	report_key(out, "part-0", 12, "the guest went on");
	report_key(out, "part-1", 12, "to the VMM");
	report_key(out, "part-2", 12, "failed");
	fputs("</p>\n", out);
	report_table(out, "exits", "Exits by kind",
		     "vCPU|exit|went on|to VMM|failed|");
	for (size_t i = 0; i < n; i++)
		for (unsigned int k = 0; k < STAT_KINDS; k++) {
			uint64_t part[NR_STAT_EXITS];

			if (!stat_exits(v[i], k))
				continue;
			fprintf(out, "<tr><th>%u</th><th>", v[i]->index);
			report_text(out, vm->exit_name[k], STAT_NAME);
			fputs("</th>", out);
			for (unsigned int e = 0; e < NR_STAT_EXITS; e++) {
				part[e] = stat_get(&v[i]->exits[k][e]);
				fprintf(out, "<td>%" PRIu64 "</td>", part[e]);
			}
			fputs("<td class=\"picture\">", out);
			report_bar(out, part, NR_STAT_EXITS, most);
			fputs("</td></tr>\n", out);
		}
	report_table_end(out);
}

static void classes_write(FILE *out, const struct stat_vm *vm,
			  const struct stat_vcpu *const *v, size_t n)
{
	uint64_t most = 0, sum;

	for (size_t i = 0; i < n; i++)
		for (unsigned int k = 0; k < STAT_KINDS; k++)
			most = max_u64(most, stat_get(&v[i]->class_cycles[k]));
	fputs("<h3>Cycles by class of instruction</h3>\n", out);
	if (!most) {
		fputs("<p>They are known where time is counted "
		      "(--clock=cycles).</p>\n",
		      out);
		return;
	}
	report_table(out, "classes", "Cycles by class of instruction",
		     "vCPU|class|cycles|share|");
	for (size_t i = 0; i < n; i++) {
		sum = 0;
		for (unsigned int k = 0; k < STAT_KINDS; k++)
			sum += stat_get(&v[i]->class_cycles[k]);
		for (unsigned int k = 0; k < STAT_KINDS; k++) {
			uint64_t c = stat_get(&v[i]->class_cycles[k]);

			if (!c)
				continue;
			fprintf(out, "<tr><th>%u</th><th>", v[i]->index);
			report_text(out, vm->class_name[k], STAT_NAME);
			fprintf(out,
				"</th><td>%" PRIu64 "</td><td>%.1f %%</td><td "
				"class=\"picture\">",
				c, 100.0 * (double)c / (double)sum);
			report_bar(out, &c, 1, most);
			fputs("</td></tr>\n", out);
		}
	}
	report_table_end(out);
}

static void steps_write(FILE *out, const struct stat_view *view,
			const struct stat_vm *vm)
{
	struct stat_pmu pmu;

	fputs("<h3>The interrupt controller</h3>\n<div class=\"beside\">\n",
	      out);
	if (vm->counted)
		report_table(out, "steps", "Steps of interrupts", "step|count");
	for (unsigned int s = 0; vm->counted && s < STAT_STEPS; s++) {
		if (!stat_steps(vm, s))
			continue;
		fputs("<tr><th>", out);
		report_text(out, vm->step_name[s], STAT_NAME);
		fprintf(out, "</th><td>%" PRIu64 "</td></tr>\n",
			stat_steps(vm, s));
	}
	if (vm->counted)
		report_table_end(out);
	for (unsigned int n = 0; stat_pmu_event(view, vm, n, &pmu); n++) {
		if (!n)
			report_table(out, "pmu", "Events of a GIC-600",
				     "GIC-600 PMU event||count");
		fprintf(out,
			"<tr><th>%s (0x%x)</th><td class=\"text\">%s</td><td>"
			"%" PRIu64 "</td></tr>\n",
			pmu.name, pmu.event, pmu.about, pmu.count);
	}
	if (stat_pmu_event(view, vm, 0, &pmu))
		report_table_end(out);
	fputs("</div>\n", out);
}

/* ---- the page ------------------------------------------------------------ */

static void vm_write(FILE *out, const struct stat_view *view,
		     const struct stat_vm *vm,
		     const struct report_options *opts)
{
	const struct stat_vcpu **v;
	size_t n = stat_vcpus(view, vm, &v);

	/* A VMM makes some only to ask what there is. */
	if (n) {
		fprintf(out, "<section class=\"vm\"><h2>VM %u: ", vm->number);
		report_text(out, vm->arch, STAT_NAME);
		fprintf(out, ", %zu vCPU%s, clock ", n, n == 1 ? "" : "s");
		report_text(out, vm->clock, STAT_NAME);
		fputs("</h2>\n", out);
		report_course(out, view, vm);
		exits_write(out, vm, v, n);
		report_devices(out, view, vm, opts);
		report_places(out, view, vm, opts);
		irqs_write(out, view, vm);
		fputs("<h3>Timeline</h3>\n", out);
		report_timeline(out, view, vm);
		classes_write(out, vm, v, n);
		steps_write(out, view, vm);
		fputs("</section>\n", out);
	}
	free(v);
}

static void page_write(FILE *out, const struct stat_view *view,
		       const struct report_options *opts)
{
	const struct stat_head *h = view->head;
	const struct stat_vm *vm = NULL;
	time_t start = (time_t)(h->started / 1000000000);
	struct tm tm;
	char when[64] = "";

	if (gmtime_r(&start, &tm))
		strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S UTC", &tm);
	fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\""
	      "><meta name=\"viewport\" content=\"width=device-width, "
	      "initial-scale=1\"><meta name=\"color-scheme\" content=\"light "
	      "dark\">\n<title>fauxkvm report: ",
	      out);
	report_text(out, h->command, STAT_COMMAND);
	fprintf(out,
		"</title>\n<style>\n%s</style></head>\n<body>\n<header>"
		"<h1>What the guest did</h1>\n<p><code>",
		report_css);
	report_text(out, h->command, STAT_COMMAND);
	fprintf(out, "</code></p>\n<p>Process %u, started %s, %s. ", h->pid,
		when, view->running ? "still running" : "ended");
	report_text(out, h->program, sizeof(h->program));
	fputs(".</p>\n", out);
	if (stat_get(&h->lost))
		fprintf(out,
			"<p>%" PRIu64 " things found no room in the file.</p>",
			stat_get(&h->lost));
	fputs("</header>\n<main>\n", out);
	while ((vm = stat_next_vm(view, vm)))
		vm_write(out, view, vm, opts);
	report_refusals(out, view);
	fprintf(out, "</main>\n<script>\n%s</script>\n</body></html>\n",
		report_js);
}

/* At once: of many writes stdio does not keep the errno of the one that failed. */
static int page_put(FILE *out, const struct stat_view *view,
		    const struct report_options *opts)
{
	char *text = NULL;
	size_t len = 0;
	FILE *page = open_memstream(&text, &len);
	int err = 0;

	if (!page)
		return errno;
	page_write(page, view, opts);
	if (fclose(page) || fwrite(text, 1, len, out) != len || fflush(out))
		err = errno;
	free(text);
	return err;
}

static bool is_read(const char *to, const struct stat_view *view,
		    const struct report_options *opts)
{
	bool same = files_same(to, view->path);

	for (size_t i = 0; i < opts->nr_read; i++)
		same |= files_same(to, opts->read[i]);
	return same;
}

static int report(const struct report_options *opts, const char *from)
{
	const char *to = opts->to;
	bool to_stdout = !strcmp(to, "-");
	struct stat_view view;
	FILE *out;
	int err;

	if (stat_view_read(&view, from))
		return EXIT_USAGE;
	if (!to_stdout && is_read(to, &view, opts)) {
		stat_view_free(&view);
		return tool_fail("--html: %s is what is read", to);
	}
	out = to_stdout ? stdout : fopen(to, "we");
	if (!out) {
		err = errno;
		stat_view_free(&view);
		return tool_fail("%s: %s", to, strerror(err));
	}
	err = page_put(out, &view, opts);
	stat_view_free(&view);
	if (!to_stdout && fclose(out) && !err)
		err = errno;
	return err ? tool_fail("%s: %s", to_stdout ? "standard output" : to,
			       strerror(err))
		   : 0;
}

int report_set_html(void *to, const char *value)
{
	((struct report_options *)to)->to = value;
	return 0;
}

static void report_reads(struct report_options *opts, const char *path)
{
	opts->read =
		realloc(opts->read, (opts->nr_read + 1) * sizeof(*opts->read));
	if (!opts->read)
		abort();
	opts->read[opts->nr_read++] = path;
}

int report_set_symbols(void *to, const char *value)
{
	struct report_options *opts = to;
	struct symbols *s = symbols_read(value);

	if (!s)
		return EXIT_USAGE;
	opts->symbols = realloc(opts->symbols, (opts->nr_symbols + 1) *
						       sizeof(*opts->symbols));
	if (!opts->symbols)
		abort();
	opts->symbols[opts->nr_symbols++] = s;
	report_reads(opts, s->path);
	return 0;
}

int report_set_devices(void *to, const char *value)
{
	struct report_options *opts = to;

	report_reads(opts, value);
	return devices_add_file(&opts->devices, value);
}

int tool_report(int argc, char **argv)
{
	struct report_options opts = {0};
	int ret = tool_options_read(argc, argv, &opts);

	if (ret == TOOL_GO_ON)
		ret = opts.to && argc - optind == 1
			      ? report(&opts, argv[optind])
			      : tool_fail("give --html OUT and one statistics "
					  "FILE or process id; see fauxkvm "
					  "report --help");
	for (size_t i = 0; i < opts.nr_symbols; i++)
		symbols_free(opts.symbols[i]);
	free(opts.symbols);
	free(opts.read);
	devices_free(&opts.devices);
	return ret;
}
