/* SPDX-License-Identifier: MIT */
/*
 * Parts of the page that fauxkvm report makes, each of which writes HTML or an
 * inline SVG. What comes from the file is escaped.
 */
#ifndef FAUXKVM_TOOL_REPORT_H
#define FAUXKVM_TOOL_REPORT_H

#include <stdio.h>

#include "tool/devices.h"
#include "tool/stat-view.h"
#include "tool/symbols.h"

/* The style sheet and the script, in the page's head and at its end. */
extern const char report_css[], report_js[];

/* How a latency is distributed: logarithmic, with median and 99th percentile.
 * @name is the picture's. */
void report_histogram(FILE *out, const struct stat_vm *vm,
		      const struct histogram *h, const char *name);

/* A bar of parts of @total, one class each: "part-0" and so on. */
void report_bar(FILE *out, const uint64_t *part, unsigned int parts,
		uint64_t total);

/* Of a picture's key: what a part of @class, @height of 12 high, is. */
void report_key(FILE *out, const char *class, unsigned int height,
		const char *what);

/* @text, at most @max bytes of it, escaped. */
void report_text(FILE *out, const char *text, size_t max);

/* The head of a table that scrolls by itself where there is no room for it;
 * @columns are separated by "|", the last one may be a picture's: "". Its end. */
void report_table(FILE *out, const char *class, const char *name,
		  const char *columns);
void report_table_end(FILE *out);

/* What the user says beyond the file. */
struct report_options {
	const char *to;
	struct symbols **symbols;
	size_t nr_symbols;
	struct devices devices;
	const char **read; /* files that these are from */
	size_t nr_read;
};

/* Requests that were refused, of the whole process. */
void report_refusals(FILE *out, const struct stat_view *view);
/* How exits and instructions are spread over time. */
void report_course(FILE *out, const struct stat_view *view,
		   const struct stat_vm *vm);
/* Accesses outside memory by device. */
void report_devices(FILE *out, const struct stat_view *view,
		    const struct stat_vm *vm,
		    const struct report_options *opts);
/* Where the guest's instructions were. */
void report_places(FILE *out, const struct stat_view *view,
		   const struct stat_vm *vm, const struct report_options *opts);

/* The last interrupts, with what the script needs to draw them closer. */
void report_timeline(FILE *out, const struct stat_view *view,
		     const struct stat_vm *vm);

#endif
