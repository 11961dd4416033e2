/* SPDX-License-Identifier: MIT */
/*
 * Parts of the page that fauxkvm report makes, each of which writes HTML or an
 * inline SVG. What comes from the file is escaped.
 */
#ifndef FAUXKVM_TOOL_REPORT_H
#define FAUXKVM_TOOL_REPORT_H

#include <stdio.h>

#include "tool/stat-view.h"

/* The style sheet and the script, in the page's head and at its end. */
extern const char report_css[], report_js[];

/* How a latency is distributed: logarithmic, with median and 99th percentile.
 * @name is the picture's. */
void report_histogram(FILE *out, const struct stat_vm *vm,
		      const struct histogram *h, const char *name);

/* A bar of parts of @total, one class each: "part-0" and so on. */
void report_bar(FILE *out, const uint64_t *part, unsigned int parts,
		uint64_t total);

/* The last interrupts, with what the script needs to draw them closer. */
void report_timeline(FILE *out, const struct stat_view *view,
		     const struct stat_vm *vm);

#endif
