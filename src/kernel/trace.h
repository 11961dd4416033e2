/* SPDX-License-Identifier: MIT */
/*
 * Traces of what a VMM asks of the model and what it is answered (`fauxkvm
 * trace`): a listener of the event tap that writes text, JSON lines or a trace
 * for Perfetto, or only counts. trace.c has the listener, trace-line.c what is
 * written, trace-filter.c what is left out, trace-file.c where it goes.
 */
#ifndef FAUXKVM_KERNEL_TRACE_H
#define FAUXKVM_KERNEL_TRACE_H

#include <sys/types.h>

#include "base/types.h"
#include "kernel/event.h"
#include "kernel/kernel.h"

/* Begin it if the process was told to; before the first object is made. */
void trace_init(void);
/* Are the filters of @opts right? 0, or refused. */
int trace_check(const struct kernel_clock_options *opts);

void trace_fork_prepare(void);
void trace_forked_parent(void);
void trace_forked_child(void);

/* ---- between the files of the trace; its lock is held -------------------- */

enum trace_format { TRACE_TEXT, TRACE_JSON, TRACE_PERFETTO };

#define TRACE_OBJECT 48
#define TRACE_ARGS   6000

/* A request that is on its way. */
struct trace_call {
	struct trace_call *next;
	pid_t tid;
	uint64_t start; /* ns, CLOCK_MONOTONIC */
	bool announced; /* its beginning has a line */
	bool hidden;    /* may turn out to have none */
	int fd;
	unsigned int cmd;
	const struct kernel_ioctl_row *row; /* NULL: unknown */
	int vcpu;                  /* its index, -1: none in particular */
	char object[TRACE_OBJECT]; /* "vcpu:0" */
	char args[TRACE_ARGS];     /* as they came in */
};

/* Lines into a buffer of the file's own, written by trace_file_flush(). */
void trace_line_announce(struct trace_call *call);
void trace_line_done(struct trace_call *call, const struct event *e,
		     uint64_t now);
void trace_line_step(const struct event *e, uint64_t now);
void trace_line_exit(const struct event *e, uint64_t now);
/* What of an argument is shown when it comes in. */
void trace_line_args(struct trace_call *call, const struct event *e);

/* ---- trace-filter.c ------------------------------------------------------ */

/* Are there lines of the kind at all? */
bool trace_wants_steps(void);
bool trace_wants_exits(void);
bool trace_wants_call(const struct trace_call *call);
/* Whether it is wanted is known when it is answered. */
bool trace_judges_answer(void);
bool trace_wants_answer(const struct trace_call *call, const struct event *e);
bool trace_wants_step(const struct event *e);
bool trace_wants_exit(const struct event *e);
/* 0, or refused. NULL: everything but steps and exits inside the model. */
int trace_filter_set(const char *filters);

/* ---- trace-file.c -------------------------------------------------------- */

/* A file, "/dev/stderr", or NULL: none. */
void trace_file_start(const char *path);
bool trace_file_wanted(void);
/* In a child of fork(): the file again. */
void trace_file_forked(void);
void trace_put(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void trace_file_flush(void);

/* The counts of `fauxkvm trace -c`, in memory that processes share. */
#define TRACE_COUNT_ENV   "FAUXKVM_TRACE_COUNT"
#define TRACE_COUNT_ROWS  192
#define TRACE_COUNT_MAGIC UINT64_C(0x31746e756f63) /* "count1" */

struct trace_count {
	_Atomic uint32_t state; /* 0: free, 1: being named, 2: named */
	char name[44];
	_Atomic uint64_t calls, errors, ns, max_ns;
};

struct trace_counts {
	uint64_t magic;
	struct trace_count row[TRACE_COUNT_ROWS];
};

void trace_count_start(const char *path);
bool trace_counts_wanted(void);
void trace_count_call(const char *name, bool failed, uint64_t ns);

#endif
